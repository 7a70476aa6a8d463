package web

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/chromedp"

	"ocenaurzedu.eu/pkg/store"
)

// What the service refuses for good holds nothing up and is told in the panel; a kiosk that is full says so before anybody
// begins, and has room again once the network is back.
func TestKioskQueue(t *testing.T) {
	t.Parallel()
	h := start(t)
	h.createTablet()
	k, admin := kiosk(t, h, "tablet")
	version := h.count(`SELECT max(id) FROM versions WHERE tenant_id = $1`, h.ids["tablet"])
	k.offline(true)
	k.rate("3") // the page knows now that nothing answers
	k.queue(fmt.Sprintf(`
		const answer = (key, more) => ({ tried: 0, fields: [["_v", "%d"], ["_key", "klucz-odpowiedzi-" + key], ["overall", "5"], ...more] });
		await queue.add({ tried: 0, fields: [["_v", "%d"], ["_key", "klucz-odpowiedzi-pusta"]] }); // 422
		await queue.add({ tried: 0, fields: [["_v", "999999"], ["_key", "klucz-odpowiedzi-wersja"], ["overall", "5"]] });              // 409
		await queue.add(answer("dawna", [["_day", "2025-01-01"]]));                                                                     // 410
		await queue.add({ ...answer("niepewna", []), tried: Date.now() - 41 * 3600 * 1000 });                                           // its key may be forgotten
		await queue.add(answer("dobra", []));
		while (await queue.add(answer("n" + await queue.count(), []))) {}
		return await queue.count();`, version, version), "500")
	k.later(4)
	k.wait(`document.getElementById("nowa").getAttribute("aria-disabled") === null`)
	k.touch("#nowa")
	until(t, k.ctx, `document.getElementById("pelny").checkVisibility() && !document.getElementById("start").checkVisibility()`)
	k.see("Ankieta jest chwilowo niedostępna", "Prosimy poprosić pracownika o ankietę papierową.")
	k.shot("kiosk-pelny")
	k.queue(`for (let n = 0, item, after = 0; (item = await queue.first(after)) !== null; after = item.place) if (++n > 6) await queue.remove(item.place); return await queue.count();`, "6")
	k.offline(false)
	k.comeBack(`(async () => { const { keep } = await import(document.body.dataset.keep); return await (await keep("kiosk", 500)).count() === 0; })()`)
	k.comeBack(`new Promise((r) => { r(localStorage.getItem("kiosk-refused") === "4"); })`)
	until(t, k.ctx, `document.getElementById("start").checkVisibility()`)
	if n := k.stored(); n != 2 {
		t.Errorf("%d answers are stored, want the two that could be", n)
	}
	k.waitNoted(admin)
}

// queue runs a script with the queue of the page, and wants what it returns.
func (k *keyboard) queue(script, want string) {
	k.t.Helper()
	got, err := chromedp.Run(k.ctx, chromedp.Evaluate[string](`(async () => { const { keep } = await import(document.body.dataset.keep); const queue = await keep("kiosk", 500);
		return String(await (async () => {`+script+`})()); })()`, chromedp.EvalAwaitPromise))
	if err != nil || got != want {
		k.t.Fatalf("the queue: %s, %v; want %s", got, err, want)
	}
}

// waitNoted waits until the panel tells what the device has told last.
func (k *keyboard) waitNoted(admin *person) {
	k.t.Helper()
	for deadline := time.Now().Add(patience); ; {
		k.comeBack(`(async () => { await fetch("/robots.txt"); return true; })()`)
		page := words(admin.get(devicesPath).body)
		if strings.Contains(page, "<dt>Czekają w&nbsp;urządzeniu</dt><dd>0</dd>") && strings.Contains(page, "<dt>Nieprzyjęte</dt><dd>4</dd>") {
			return
		}
		if time.Now().After(deadline) {
			k.t.Fatalf("the panel does not tell of 4 that were refused: %s", page)
		}
	}
}

func TestDevicesPageIsAccessible(t *testing.T) {
	t.Parallel()
	axe := axeSource(t)
	h := start(t)
	admin := h.logIn("osielsko", store.RoleAdministrator)
	first := admin.paired("Tablet w sali obsługi")
	for range 12 {
		first.post("/kiosk/odpowiedz", first.answer("_fast", "1"))
	}
	first.post("/kiosk/stan", map[string][]string{"queued": {"7"}, "refused": {"1"}})
	admin.paired("Ekran na parterze")
	h.advance(5 * time.Minute)
	admin.newCode("Tablet w referacie")
	k := sitDown(t, admin, devicesPath)
	for _, width := range []int64{360, 1280} {
		for _, scheme := range []string{"light", "dark"} {
			look(t, k.ctx, width, scheme, h.address("osielsko", devicesPath), "")
			k.do(chromedp.Evaluate[chromedp.Void](`document.querySelectorAll("details").forEach((e) => { e.open = true; })`))
			checkAxe(t, k.ctx, axe)
			k.shot(fmt.Sprintf("urzadzenia-%d-%s", width, scheme))
		}
	}
	k.see("brak łączności", "czeka na sparowanie", "działa raz, do godziny 10:15", "Dni do sprawdzenia: 1")
}

// An answer on its way is noted as tried before it goes: the tablet may be switched off before there is a reply, and on again
// when the service does not know its key any more.
func TestKioskNotesWhatIsOnItsWay(t *testing.T) {
	t.Parallel()
	h := start(t)
	h.createTablet()
	k, _ := kiosk(t, h, "tablet")
	k.offline(true)
	k.rate("3")
	k.queue(`return await queue.count();`, "1")
	under := make(chan struct{}, 10)
	if err := chromedp.Listen(k.ctx, func(event any) {
		if _, ok := event.(*fetch.EventRequestPaused); ok {
			under <- struct{}{}
		}
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(k.ctx, fetch.Enable, fetch.EnableParams{Patterns: []*fetch.RequestPattern{{URLPattern: "*/kiosk/odpowiedz", RequestStage: fetch.RequestStageRequest}}}); err != nil {
		t.Fatal(err)
	}
	// The first try, without a network, has noted it too: that is taken back.
	k.queue(`const { place, value } = await queue.first(); await queue.change(place, { ...value, tried: 0 }); return "";`, "")
	k.offline(false)
	k.do(chromedp.Evaluate[chromedp.Void](`dispatchEvent(new Event("online")), undefined`))
	select {
	case <-under:
	case <-time.After(patience):
		t.Fatal("nothing is sent")
	}
	k.queue(`return (await queue.first()).value.tried > 0;`, "true")
	k.mendReplies()
	k.comeBack(`(async () => { const { keep } = await import(document.body.dataset.keep); return await (await keep("kiosk", 500)).count() === 0; })()`)
	if n := k.stored(); n != 1 {
		t.Errorf("%d answers are stored, want one", n)
	}
}

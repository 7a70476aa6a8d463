package web

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/network"
	cdpage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// stillClock makes the page's clock go on by a test alone: later(seconds).
const stillClock = `{
	let now = Date.now();
	Date.now = () => now;
	window.later = (seconds) => { now += 1000 * seconds; };
}`

// kiosk is a tablet of an office in Chromium, paired by its page.
func kiosk(t *testing.T, h *harness, slug string) (*keyboard, *person) {
	t.Helper()
	admin := h.logIn(slug, store.RoleAdministrator)
	code := admin.newCode("Tablet w holu")
	k := desk(t, &person{harness: h, slug: slug})
	onEachPage(t, k.ctx, stillClock)
	k.do(chromedp.EmulateViewport(1280, 800, chromedp.EmulateTouch))
	k.visit("/kiosk")
	k.see("Parowanie urządzenia")
	k.shot("kiosk-parowanie")
	k.fill("code", strings.ToLower(code))
	k.load(200, chromedp.Tap(button("Połącz urządzenie")))
	k.wait(`document.activeElement.tagName === "H1" && document.getElementById("zacznij").checkVisibility()`)
	return k, admin
}

// createTablet adds an office that asks the kiosk's questionnaire.
func (h *harness) createTablet() {
	h.t.Helper()
	h.create(context.Background(), store.NewTenant{Slug: "tablet", Questionnaire: h.questionnaire("kiosk.yaml"),
		Office: survey.Office{Name: "Urząd Miejski w Tabletowie", Colour: "#1d4f8c", DPO: "iod@tablet.example"}, ServicePoints: []survey.SeedServicePoint{{Code: "hol", Name: "Biuro Obsługi Interesantów"}}})
	h.refresh()
}

// touch taps what is on the screen.
func (k *keyboard) touch(what chromedp.Search) {
	k.t.Helper()
	ctx, stop := context.WithTimeout(k.ctx, patience)
	defer stop()
	if err := chromedp.Do(ctx, chromedp.Tap(what)); err != nil {
		k.t.Fatalf("tap %v: %v\non the page: %s", what, err, k.text())
	}
}

// later puts the page's clock forward.
func (k *keyboard) later(seconds int) {
	k.t.Helper()
	k.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`later(%d), undefined`, seconds)))
}

// begin touches the button of the first screen.
func (k *keyboard) begin() {
	k.t.Helper()
	k.wait(`document.getElementById("zacznij").checkVisibility()`)
	k.touch("#zacznij")
	k.wait(`document.getElementById("dalej").checkVisibility() && document.activeElement.matches("[data-label]")`)
}

// forward goes on to a screen whose question has the words.
func (k *keyboard) forward(words string) {
	k.t.Helper()
	k.touch("#dalej")
	k.wait(fmt.Sprintf(`document.activeElement.textContent.replaceAll("\u00a0", " ").includes(%q)`, words))
}

// rate gives an answer from the first screen to the thanks.
func (k *keyboard) rate(value string) {
	k.t.Helper()
	k.begin()
	k.tap("overall", value)
	k.forward("Co wpłynęło na tę ocenę?")
	k.forward("Co chce nam Pani/Pan przekazać?")
	k.touch("#dalej")
	k.wait(`document.getElementById("koniec").checkVisibility()`)
}

// anew goes from the thanks to the first screen.
func (k *keyboard) anew() {
	k.t.Helper()
	k.later(4)
	k.wait(`document.getElementById("nowa").getAttribute("aria-disabled") === null`)
	k.touch("#nowa")
	k.wait(`document.getElementById("start").checkVisibility()`)
}

// offline takes the network away from the page and from its service worker, or gives it back.
func (k *keyboard) offline(away bool) {
	k.t.Helper()
	conditions := []*network.Conditions{}
	if away {
		conditions = append(conditions, &network.Conditions{Offline: true, DownloadThroughput: -1, UploadThroughput: -1})
	}
	if _, err := chromedp.Call(k.ctx, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
		EmulateOfflineServiceWorker: &away, MatchedNetworkConditions: conditions}); err != nil {
		k.t.Fatal(err)
	}
	if _, err := chromedp.Call(k.ctx, network.OverrideNetworkState, network.OverrideNetworkStateParams{Offline: away, DownloadThroughput: -1, UploadThroughput: -1}); err != nil {
		k.t.Fatal(err)
	}
}

func (k *keyboard) stored() int {
	k.t.Helper()
	return k.count(`SELECT count(*) FROM submissions WHERE channel = 'kiosk'`)
}

func TestKioskWalk(t *testing.T) {
	t.Parallel()
	h := start(t)
	h.createTablet()
	k, admin := kiosk(t, h, "tablet")
	k.see("Jak nam poszło?", "Ankieta jest anonimowa", "Biuro Obsługi Interesantów", "English", "українська")
	k.shot("kiosk-start")
	k.begin()
	k.see("Pytanie 1 z 3", "Jak ocenia Pani/Pan dzisiejszą obsługę?", "bardzo dobrze")
	if text := k.text(); strings.Contains(text, "Co wpłynęło") || strings.Contains(text, "anonimowa") {
		t.Errorf("more than one screen is shown: %s", text)
	}
	for _, what := range []string{"#dalej", "#wstecz", ".choice"} { // WCAG 2.2 asks for 24 px, a kiosk for more
		if h := k.read(fmt.Sprintf(`Math.min(...[...document.querySelectorAll(%q)].filter((e) => e.checkVisibility()).map((e) => e.getBoundingClientRect().height)) >= 64`, what)); h != "true" {
			t.Errorf("%s is lower than 64 px", what)
		}
	}
	k.shot("kiosk-pytanie")
	k.touch("#dalej")
	k.wait(`document.querySelector(".note")?.getAttribute("role") === "alert" && document.activeElement.name === "overall" && document.activeElement.getAttribute("aria-invalid") === "true"`)
	k.see("Prosimy o odpowiedź – to pytanie jest wymagane.")
	k.shot("kiosk-brak")
	k.tap("overall", "5")
	k.forward("Co wpłynęło na tę ocenę?")
	k.tap("why", "courtesy")
	k.tap("why", "outcome")
	k.shot("kiosk-kilka")
	k.forward("Co chce nam Pani/Pan przekazać?")
	k.write("remarks", "Bardzo miła obsługa.")
	k.touch("#wstecz")
	k.wait(`document.querySelector("[name=why][value=outcome]").checkVisibility() && document.querySelector("[name=why][value=outcome]").checked`)
	k.forward("Co chce nam Pani/Pan przekazać?")
	k.see("Wyślij ankietę")
	k.touch("#dalej")
	k.wait(`document.getElementById("koniec").checkVisibility() && document.activeElement.textContent.startsWith("Dziękujemy")`)
	k.see("Dziękujemy, ankieta została zapisana", "Dziękujemy za ocenę!")
	k.shot("kiosk-dziekujemy")
	if n := k.stored(); n != 1 {
		t.Errorf("%d answers are stored, want 1", n)
	}
	if n := k.count(`SELECT count(*) FROM remarks WHERE text = 'Bardzo miła obsługa.'`); n != 1 {
		t.Errorf("%d remarks are stored, want 1", n)
	}
	// The next one can't begin at once, and begins with an empty form.
	k.touch("#nowa")
	if got := k.read(`document.getElementById("koniec").checkVisibility()`); got != "true" {
		t.Error("the thanks can be tapped away at once")
	}
	k.anew()
	k.begin()
	if got := k.read(`document.querySelector("form :checked") === null && document.getElementsByName("remarks")[0].value === ""`); got != "true" {
		t.Error("the next person sees answers of the one before")
	}
	k.idles()

	k.load(200, chromedp.Tap(chromedp.CSS(`.languages a[lang=uk]`)))
	until(t, k.ctx, `document.getElementById("zacznij")?.checkVisibility() === true`)
	k.see("Як ми впоралися?", "Анкета анонімна")
	k.later(31)
	until(t, k.ctx, `location.search === "" && document.getElementById("zacznij")?.checkVisibility() === true`)

	k.touch(link("Deklaracja dostępności"))
	k.wait(`document.getElementById("okno").open && document.getElementById("okno-tresc").textContent.includes("Deklaracja") || document.getElementById("okno-h").textContent === "Deklaracja dostępności"`)
	k.shot("kiosk-deklaracja")
	k.touch("#zamknij")
	k.wait(`location.pathname === "/kiosk" && !document.getElementById("okno").open`)

	admin.post(devicesPath+"/"+fmt.Sprint(k.count(`SELECT id FROM devices`)), map[string][]string{"do": {"remove"}})
	k.do(chromedp.Evaluate[chromedp.Void](`dispatchEvent(new Event("online")), undefined`))
	until(t, k.ctx, `location.pathname === "/kiosk/parowanie"`)
}

// idles wants the screen cleared after half a minute, told 20 s before, and later for who asks for time.
func (k *keyboard) idles() {
	k.t.Helper()
	k.tap("overall", "1")
	k.later(12)
	k.wait(`document.getElementById("czas").checkVisibility() && Number(document.getElementById("sekundy").textContent) <= 18 && document.getElementById("ostrzezenie").textContent !== ""`)
	k.see("Ekran zaraz się wyczyści. Pozostało sekund:", "Potrzebuję więcej czasu")
	k.shot("kiosk-bezczynny")
	k.touch("#wiecej")
	k.wait(`!document.getElementById("czas").checkVisibility()`)
	k.later(150)
	k.later(15)
	k.wait(`document.getElementById("czas").checkVisibility()`)
	if got := k.read(`document.querySelector("[name=overall]:checked").value`); got != "1" {
		k.t.Errorf("after 165 s of the 180 that were asked for, the answer is %q", got)
	}
	k.touch(".brand") // any touch is a sign of life
	k.wait(`!document.getElementById("czas").checkVisibility()`)
	k.later(181)
	k.wait(`document.getElementById("start").checkVisibility() && document.querySelector("form :checked") === null`)
	if n := k.stored(); n != 1 {
		k.t.Errorf("%d answers are stored; one that somebody left must not be", n)
	}
	k.begin()
	k.later(31) // the next person has half a minute again
	k.wait(`document.getElementById("start").checkVisibility()`)
}

func TestKioskWithoutNetwork(t *testing.T) {
	t.Parallel()
	h := start(t)
	h.createTablet()
	k, _ := kiosk(t, h, "tablet")
	k.wait(`document.documentElement.dataset.shell === "kept" && navigator.serviceWorker.controller !== null`)
	k.offline(true)
	k.rate("4")
	k.see("Odpowiedzi są zachowane", "To urządzenie nie ma teraz połączenia.", "wyślą się same")
	if strings.Contains(k.text(), "zapisana") {
		t.Error("an answer that waits is said to be stored")
	}
	k.shot("kiosk-bez-sieci")
	k.anew()
	// Switched off and on, it still shows the survey, and has not lost what waits.
	k.do(chromedp.Navigate(k.address(k.slug, "/kiosk")))
	until(t, k.ctx, `document.getElementById("zacznij")?.checkVisibility() === true`)
	k.rate("2")
	k.anew()
	kept, err := chromedp.Run(k.ctx, chromedp.Evaluate[string](`(async () => { const db = await new Promise((r) => { const q = indexedDB.open("kiosk"); q.onsuccess = () => r(q.result); });
		const all = await new Promise((r) => { const q = db.transaction("kept").objectStore("kept").getAll(); q.onsuccess = () => r(q.result); }); db.close();
		return all.length + " " + all.every((e) => !new TextDecoder().decode(e.data).includes("overall")); })()`, chromedp.EvalAwaitPromise))
	if err != nil || kept != "2 true" {
		t.Errorf("kept answers, and whether they are encrypted: %s, %v; want 2 true", kept, err)
	}
	if n := k.stored(); n != 0 {
		t.Fatalf("%d answers are stored without a network", n)
	}
	// An answer whose reply is lost stays, and is sent again: it is stored once.
	cut := k.cutReplies()
	k.offline(false)
	k.do(chromedp.Evaluate[chromedp.Void](`dispatchEvent(new Event("online")), undefined`))
	select {
	case <-cut:
	case <-k.ctx.Done():
		t.Fatalf("no answer was sent again: %s", k.text())
	}
	if n := k.stored(); n != 1 {
		t.Errorf("%d answers are stored when the first reply is lost, want 1", n)
	}
	k.mendReplies()
	k.comeBack(`(async () => { const db = await new Promise((r) => { const q = indexedDB.open("kiosk"); q.onsuccess = () => r(q.result); });
		const n = await new Promise((r) => { const q = db.transaction("kept").objectStore("kept").count(); q.onsuccess = () => r(q.result); }); db.close(); return n === 0; })()`)
	if n := k.stored(); n != 2 {
		t.Errorf("%d answers are stored, want 2", n)
	}
	if n := h.count(`SELECT sum(answers) FROM kiosk_days`); n != 2 {
		t.Errorf("%d answers are counted, want 2", n)
	}
	k.rate("5")
	k.see("ankieta została zapisana")
	if n := k.stored(); n != 3 {
		t.Errorf("%d answers are stored, want 3", n)
	}
}

// comeBack tells the page that the network is back until a promise of it is kept.
func (k *keyboard) comeBack(promise string) {
	k.t.Helper()
	ctx, stop := context.WithTimeout(k.ctx, patience)
	defer stop()
	for {
		done, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`dispatchEvent(new Event("online")), `+promise, chromedp.EvalAwaitPromise))
		if err != nil {
			k.t.Fatalf("waiting for %s: %v\non the page: %s", promise, err, k.text())
		}
		if done {
			return
		}
	}
}

// cutReplies lets answers reach the service and their replies be lost. It tells when one was.
func (k *keyboard) cutReplies() <-chan struct{} {
	k.t.Helper()
	cut := make(chan struct{}, 100)
	if err := chromedp.Listen(k.ctx, func(event any) {
		if paused, ok := event.(*fetch.EventRequestPaused); ok {
			go func() {
				_, _ = chromedp.Call(k.ctx, fetch.FailRequest, fetch.FailRequestParams{RequestID: paused.RequestID, ErrorReason: network.ErrorReasonConnectionReset})
				cut <- struct{}{}
			}()
		}
	}); err != nil {
		k.t.Fatal(err)
	}
	if _, err := chromedp.Call(k.ctx, fetch.Enable, fetch.EnableParams{Patterns: []*fetch.RequestPattern{{URLPattern: "*/kiosk/odpowiedz", RequestStage: fetch.RequestStageResponse}}}); err != nil {
		k.t.Fatal(err)
	}
	return cut
}

func (k *keyboard) mendReplies() {
	k.t.Helper()
	if _, err := chromedp.Call(k.ctx, fetch.Disable, struct{}{}); err != nil {
		k.t.Fatal(err)
	}
}

// Every kind of question has its screens, which axe finds nothing wrong with.
func TestKioskShowsEveryKind(t *testing.T) {
	t.Parallel()
	axe := axeSource(t)
	h := startEvery(t)
	k, _ := kiosk(t, h, "wszystko")
	if _, err := chromedp.Call(k.ctx, cdpage.SetBypassCSP, cdpage.SetBypassCSPParams{Enabled: true}); err != nil {
		t.Fatal(err)
	}
	for _, size := range []struct {
		width, height int64
		scheme        string
	}{{1280, 800, "light"}, {800, 1280, "dark"}} {
		k.do(chromedp.EmulateViewport(size.width, size.height, chromedp.EmulateTouch))
		if _, err := chromedp.Call(k.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: size.scheme}}}); err != nil {
			t.Fatal(err)
		}
		k.visit("/kiosk")
		until(t, k.ctx, `document.getElementById("zacznij")?.checkVisibility() === true`)
		checkAxe(t, k.ctx, axe)
		k.begin()
		for n := 1; ; n++ {
			k.shot(fmt.Sprintf("kiosk-%d-%02d", size.width, n))
			checkAxe(t, k.ctx, axe)
			if rows := k.read(`[...document.querySelectorAll("tr.item")].filter((e) => e.checkVisibility()).length`); len(rows) > 1 || rows > "4" {
				t.Errorf("screen %d has %s rows", n, rows)
			}
			k.do(chromedp.Evaluate[chromedp.Void](answerScreen))
			before := k.read(`document.getElementById("tresc").innerText`)
			k.touch("#dalej")
			k.wait(fmt.Sprintf(`document.getElementById("tresc").innerText !== %q && document.getElementById("dalej").getAttribute("aria-disabled") === null`, before))
			if k.read(`document.getElementById("koniec").checkVisibility()`) == "true" {
				break
			}
			if n > 60 {
				t.Fatalf("no end: %s", k.text())
			}
		}
		checkAxe(t, k.ctx, axe)
	}
	if n := k.stored(); n != 2 {
		t.Errorf("%d answers are stored, want 2", n)
	}
}

// answerScreen answers what is on the screen: of each group of radio buttons the first, of others one.
const answerScreen = `{
	const seen = new Set();
	for (const e of document.querySelectorAll("#ankieta .question :is(input, textarea)")) {
		if (!e.closest(".question").checkVisibility() || !e.closest("label, .question").checkVisibility() || seen.has(e.name) || e.closest(".other")) continue;
		seen.add(e.name);
		if (e.type === "radio" || e.type === "checkbox") e.click();
		else { e.value = e.inputMode === "numeric" ? "5" : "słowa"; e.dispatchEvent(new Event("input", { bubbles: true })); }
	}
}`

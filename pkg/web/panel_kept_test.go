package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"ocenaurzedu.eu/pkg/store"
)

// run runs a script in the page and waits for what it promises.
func (k *keyboard) run(script string) string {
	k.t.Helper()
	got, err := chromedp.Run(k.ctx, chromedp.Evaluate[string]("(async () => { "+script+" })().then(String)", chromedp.EvalAwaitPromise))
	if err != nil {
		k.t.Fatalf("%s: %v", script, err)
	}
	return got
}

// open leads the browser to an address of the person's office, and waits until a sheet can be typed there.
func (k *keyboard) open(path string) {
	k.t.Helper()
	k.do(chromedp.Navigate(k.address(k.slug, path)))
	k.wait(`"ready" in (document.getElementById("typing")?.dataset ?? {})`)
}

// written waits until all that was typed is on the disk.
func (k *keyboard) written() {
	k.t.Helper()
	k.wait(`!("keeping" in document.getElementById("typing").dataset)`)
}

const (
	netAway = `window.real ??= fetch; window.fetch = () => Promise.reject(new TypeError("away"));`
	netBack = `window.fetch = window.real; dispatchEvent(new Event("online"));`
)

// What is typed outlasts a closed window and a session that ran out, is nobody else's, and can't be read off the disk.
func TestTypedSheetOutlastsItsWindow(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleEmployee)
	batch := openPaperBatch(t, p, nil)
	first := sitDown(t, p, batch+"/arkusz")
	first.ready(1)
	first.press(kb.Enter + "8pokój 3")
	first.written()
	const words = `document.getElementById("w-department.other-t").value`
	second := tab(t, first.ctx, p)
	second.open(batch + "/arkusz")
	if got := second.read(words); got != "" {
		t.Errorf("a second window took the sheet of the first: %q", got)
	}
	first.do(chromedp.Navigate("about:blank")) // closed
	second.open(batch + "/arkusz")
	second.waitTold("Przywrócono")
	if got := second.read(words); got != "pokój 3" {
		t.Errorf("after the window was closed: %q, want what was typed", got)
	}
	disk := second.run(fmt.Sprintf(`
		const db = await new Promise((done) => { const r = indexedDB.open("typing:" + %q); r.onsuccess = () => done(r.result); });
		const all = (store) => new Promise((done) => { const r = db.transaction(store).objectStore(store).getAll(); r.onsuccess = () => done(r.result); });
		const kept = await all("kept"), [key] = await all("secret");
		db.close();
		return kept.length + " " + key.extractable + " " + new TextDecoder().decode(kept[0].data);`, p.login))
	if !strings.HasPrefix(disk, "1 false ") || strings.Contains(disk, "pok") || strings.Contains(disk, "department") {
		t.Errorf("on the disk: %q; want one sheet, not to be read, and a key that stays in the browser", disk)
	}

	if _, err := h.owner.Exec(`DELETE FROM sessions`); err != nil {
		t.Fatal(err)
	}
	second.run(`document.getElementById("sheet").requestSubmit();`)
	second.waitTold("Sesja wygasła")
	if got := second.read(`document.querySelector("#told a").getAttribute("href")`); got != "/panel/logowanie?dalej="+url.QueryEscape(batch+"/arkusz") {
		t.Errorf("the way back leads to %q", got)
	}
	p.resume()
	become(t, second.ctx, p)
	second.open("/panel/logowanie?dalej=" + url.QueryEscape(batch+"/arkusz"))
	second.waitTold("Przywrócono")
	second.run(`document.getElementById("sheet").requestSubmit();`)
	second.waitTold("Arkusz zapisany jako nr\u00a01")
	if h.count(`SELECT count(*) FROM remarks WHERE text = 'pokój 3'`) != 1 || second.kept() != "0" {
		t.Errorf("stored %d times, %s kept; want once and none", h.count(`SELECT count(*) FROM remarks WHERE text = 'pokój 3'`), second.kept())
	}
}

// Sheets wait while the network is away. One that is refused then is there to be mended, in another batch too; one that is in
// doubt is not sent by itself; a log-out and a week erase all.
func TestTypedSheetsWait(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleEmployee)
	short, _, _ := printed(t, h, "osielsko", publishedID(t, h, "osielsko"))
	batch, other := openPaperBatch(t, p, nil), openPaperBatch(t, p, nil)
	mustType(t, p, other, url.Values{"overall": {"5"}, "_code": {short}})
	k := sitDown(t, p, batch+"/arkusz")
	k.ready(1)
	stored := func() int {
		return h.count(`SELECT count(*) FROM submissions WHERE tenant_id = $1`, h.ids["osielsko"])
	}
	const list = `document.getElementById("kept").innerText`
	k.run(netAway)
	k.press(short + kb.Enter + "1")
	k.run(`document.getElementById("sheet").requestSubmit();`)
	k.wait(list + `.includes("arkusze: 1")`)
	k.press(kb.Enter + "2")
	k.run(`document.getElementById("sheet").requestSubmit();`)
	k.wait(list + `.includes("arkusze: 2")`)
	k.run(netBack)
	k.wait(list + `.includes("Ten arkusz już wpisano: partia nr")`)
	k.waitTold("Zaległy arkusz wysłany")
	if n := stored(); n != 2 {
		t.Errorf("stored = %d, want the first batch's sheet and one of the two that waited", n)
	}
	// The batch is closed meanwhile: the sheet that was refused goes into another one.
	p.post(batch+"/zamknij", url.Values{"all": {"1"}})
	third := openPaperBatch(t, p, nil)
	k.open(third + "/arkusz")
	k.wait(list + `.includes("już zamkniętej")`)
	k.run(`document.querySelector("#kept button").click();`)
	k.wait(`document.getElementById("code").value !== "" && document.querySelector("#w-department [value=office]").checked`)
	k.run(`document.getElementById("code").value = ""; document.getElementById("sheet").requestSubmit();`)
	k.waitTold("Arkusz zapisany jako nr\u00a01")
	if n := stored(); n != 3 || k.kept() != "0" {
		t.Errorf("stored = %d, kept = %s; want 3 and none", n, k.kept())
	}

	k.run(netAway)
	k.run(`document.querySelector("#w-overall [data-key='4']").click(); document.getElementById("sheet").requestSubmit();`)
	k.wait(list + `.includes("arkusze: 1")`)
	k.run(`const now = Date.now.bind(Date); Date.now = () => now() + 2 * 86400000; ` + netBack)
	k.wait(list + `.includes("mógł zostać zapisany")`)
	k.run(`window.confirm = (words) => { window.asked = words; return false; }; document.querySelector("#leave button").click();`)
	k.wait(`window.asked?.includes("czekają arkusze")`)
	if n := stored(); n != 3 || k.kept() != "1" {
		t.Errorf("in doubt: stored = %d, kept = %s; want 3 and 1", n, k.kept())
	}
	k.do(chromedp.Navigate(k.address("osielsko", "/panel")))
	k.wait(`document.getElementById("kept")?.innerText.includes("czekają niezapisane arkusze: 1")`)
	const names = `return (await indexedDB.databases()).map((db) => db.name).join();`
	if got := k.run(names); got != "typing:"+p.login {
		t.Errorf("databases: %q", got)
	}
	k.run(`window.confirm = () => true; document.querySelector("#leave button").click();`)
	until(t, k.ctx, `location.pathname === "/panel/logowanie" && document.readyState === "complete"`)
	if got := k.run(names); got != "" {
		t.Errorf("after the log-out the browser keeps %q", got)
	}

	p.resume()
	become(t, k.ctx, p)
	k.open(third + "/arkusz")
	k.run(`document.querySelector("#w-overall [data-key='4']").click();`)
	k.written()
	if got := k.kept(); got != "1" {
		t.Fatalf("kept = %s, want 1", got)
	}
	got := k.run(`
		const { open } = await import(document.getElementById("typing").dataset.kept), { keep, account } = document.getElementById("typing").dataset;
		const kept = await open(keep, account), before = (await kept.all()).length, now = Date.now.bind(Date);
		Date.now = () => now() + 8 * 86400000;
		return before + " " + (await kept.all()).length;`)
	if got != "1 0" || k.kept() != "0" {
		t.Errorf("before and after a week: %s, kept %s; want 1 0 and 0", got, k.kept())
	}
}

// A log-in leads back to the page that the session ran out on, and to no other address.
func TestLogInLeadsBack(t *testing.T) {
	h := start(t)
	const sheet = "/panel/ankiety-papierowe/7/arkusz"
	if got := h.get("osielsko", sheet); got.Header.Get("Location") != "/panel/logowanie?dalej="+url.QueryEscape(sheet) {
		t.Errorf("a sheet for a stranger leads to %q", got.Header.Get("Location"))
	}
	p := h.logIn("osielsko", store.RoleEmployee)
	for next, want := range map[string]string{
		sheet: sheet, "": "/panel", "https://zly.example/": "/panel", "//zly.example": "/panel", "/panel//zly.example": "/panel", "/panel/../": "/panel",
		"/panel/\\zly.example": "/panel", "/panel/x?y=z": "/panel", "/": "/panel", "/panel/a\r\nSet-Cookie: x": "/panel",
	} {
		got := p.get("/panel/logowanie?dalej=" + url.QueryEscape(next))
		if got.StatusCode != http.StatusSeeOther || got.Header.Get("Location") != want {
			t.Errorf("log-in on to %q leads to %q, want %q", next, got.Header.Get("Location"), want)
		}
	}
	form := h.get("osielsko", "/panel/logowanie?dalej="+url.QueryEscape(sheet))
	if !strings.Contains(form.body, `action="/panel/logowanie?dalej=`) {
		t.Errorf("the form of the log-in forgets where to go on:\n%s", form.body)
	}
	half := h.post("osielsko", "/panel/logowanie?dalej="+url.QueryEscape(sheet), url.Values{"login": {p.login}, "password": {testPassword}})
	if got := half.Header.Get("Location"); got != "/panel/logowanie/kod?dalej="+url.QueryEscape(sheet) {
		t.Errorf("after the password: %q", got)
	}
}

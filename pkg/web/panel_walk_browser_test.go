package web

import (
	"fmt"
	"testing"

	cdpage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// walker is a person who looks at every page that they come to.
type walker struct {
	*keyboard
	axe  string
	step int
}

// walk lets axe into the pages that a person comes to from now on.
func walk(k *keyboard, axe string) *walker {
	k.t.Helper()
	if _, err := chromedp.Call(k.ctx, cdpage.SetBypassCSP, cdpage.SetBypassCSPParams{Enabled: true}); err != nil {
		k.t.Fatal(err)
	}
	return &walker{keyboard: k, axe: axe}
}

// inspect lets axe look at the page on a phone and at a desk, and wants its one heading and its place in the menu.
func (w *walker) inspect(name, heading, menu string) {
	w.t.Helper()
	w.step++
	for _, width := range []int64{360, 1280} {
		w.do(chromedp.EmulateViewport(width, 900))
		w.wait(fmt.Sprintf(`innerWidth === %d && [...document.querySelectorAll("iframe")].every((f) => f.contentDocument?.readyState === "complete" && f.contentDocument.body.childElementCount > 0)`, width))
		checkAxe(w.t, w.ctx, w.axe)
		w.shot(fmt.Sprintf("droga-%02d-%s-%d", w.step, name, width))
	}
	if got := words(w.read(`[...document.querySelectorAll("h1")].map((h) => h.textContent).join("|")`)); got != heading {
		w.t.Errorf("%s: the heading is %q, want %q", name, got, heading)
	}
	if got := words(w.read(`[...document.querySelectorAll("nav.tabs [aria-current]")].map((a) => a.textContent).join("|")`)); got != menu {
		w.t.Errorf("%s: the menu marks %q, want %q", name, got, menu)
	}
}

// menu follows a link of the panel's menu.
func (w *walker) menu(path string) {
	w.t.Helper()
	w.follow(`nav.tabs a[href="` + path + `"]`)
}

// From the results to a report, from what a report finds to an action, and from both to what residents read: by keys.
func TestWalkFromResultsToResidents(t *testing.T) {
	axe := axeSource(t)
	h := start(t)
	h.ratedTwoYears("osielsko", 400)
	h.waited(survey.NewDay(2025, 11, 3), "1", "2", "2", "3", "1", "2", "2", "3", "1", "1", "2", "1")
	k := sitDown(t, h.logIn("osielsko", store.RoleAdministrator), "/panel")
	w := walk(k, axe)
	visitor := walk(phone(t, k), axe)
	visitor.visit("/dziekujemy")
	miss(t, "thanks before anything is published", visitor.text(), "wyniki poprzednich", "Wyniki ankiety", "nasze działania")

	w.results()
	second := w.reports()
	w.action(second)
	w.publish()

	visitor.visit("/dziekujemy")
	visitor.inspect("dziekujemy", "Dziękujemy, ankieta została zapisana", "")
	visitor.load(200, chromedp.Tap(link("Zobacz wyniki poprzednich ankiet")))
	visitor.see("Urząd Gminy Osielsko, 1 lipca – 31 grudnia 2025 r.", "Otwarte dane")
	visitor.inspect("wyniki", "Wyniki badania satysfakcji klientów", "")
	visitor.load(200, chromedp.Tap(link("Państwa głos")))
	visitor.see("zrobione", "1 marca 2026", "Dlatego otwieramy wtedy drugie okienko.")
	visitor.inspect("dzialania", "Państwa głos – nasze działania", "")
	for _, path := range []string{"/dzialania", "/wyniki"} {
		visitor.visit(path)
		miss(t, "the residents' "+path, visitor.text(), "kierownik Referatu", "dwa razy więcej", w.login, "Przekroje", "n za małe 2")
	}
	if names := visitor.cookies(); len(names) != 0 {
		t.Errorf("a resident's browser keeps %v", names)
	}
}

// results reads the results, some channels of them, and a cross-tab of those.
func (w *walker) results() {
	w.t.Helper()
	w.menu("/panel/wyniki")
	w.see("Ostatnie 12 miesięcy", "Ocena ogólna")
	w.inspect("wyniki", "Wyniki", "Wyniki")
	w.enter(`.scope summary`)
	w.tick(`input[name=kanal][value=web]`)
	w.tick(`input[name=kanal][value=qr]`)
	w.follow(`.scope form button`)
	w.see("Tylko: strona internetowa, kod QR.")
	w.inspect("filtr", "Wyniki", "Wyniki")
	w.follow(`.parts a[href^="/panel/wyniki/przekroj"]`)
	w.reach("#kolumny")
	w.press("miesi") // a list chooses by typing
	w.wait(`document.querySelector("#kolumny").value === "-month"`)
	w.follow(`.builder button`)
	w.see("według: miesiąc", "Tylko: strona internetowa, kod QR.", "Średnia (przedział 95%)")
	w.inspect("przekroj", "Przekroje", "Wyniki")
}

// reports makes two reports, finds them in the archive, compares them, and opens the second, whose address it returns.
func (w *walker) reports() string {
	w.t.Helper()
	w.menu("/panel/raporty")
	w.see("Archiwum jest jeszcze puste.")
	var made string
	for _, half := range [][2]string{{"2025-01-01", "2025-06-30"}, {"2025-07-01", "2025-12-31"}} {
		w.menu("/panel/raporty")
		w.follow(`main a[href="/panel/raporty/nowy"]`)
		if made == "" {
			w.inspect("nowy-raport", "Generuj raport", "Raporty")
		}
		w.set("from", half[0])
		w.set("to", half[1])
		w.follow(`form:has(#from) .send button`)
		made = w.read(`location.pathname`)
	}
	w.menu("/panel/raporty")
	w.see("nr 1", "nr 2", "2 raporty.")
	w.inspect("archiwum", "Raporty", "Raporty")
	w.tick(`tr:nth-child(1) input[name=r]`)
	w.tick(`tr:nth-child(2) input[name=r]`)
	w.follow(`form[action="/panel/raporty/porownanie"] .send button`)
	w.see("Zmianą nazywamy tylko różnicę", "1 lipca 2025 – 31 grudnia 2025", "+0,30")
	w.inspect("porownanie", "Porównanie raportów nr 1 i 2", "Raporty")
	w.menu("/panel/raporty")
	w.follow(`a[href="` + made + `"]`)
	w.see("W raporcie", "Wskaźnik łączny", "Przekroje", "Co poprawić", "α")
	w.inspect("raport", "Raport nr 2", "Raporty")
	return made
}

// action acts on what a report found, says that it is done, and tells residents.
func (w *walker) action(report string) {
	w.t.Helper()
	w.follow(`a[aria-label^="Dodaj działanie: Czas oczekiwania"]`)
	w.inspect("nowe-dzialanie", "Nowe działanie", "Działania")
	w.fill("action", "W poniedziałki otwieramy drugie okienko.")
	w.fill("owner", "kierownik Referatu Organizacyjnego")
	w.set("due", "2026-02-28")
	w.follow(`main form .send button`)
	w.see("Działanie nr 1", "Działanie jest zapisane w rejestrze.")
	w.follow(`main a[href$="/edycja"]`)
	w.fill("cause", "W poniedziałki przychodzi dwa razy więcej osób niż w inne dni.")
	w.set("status", "done")
	w.set("done_on", "2026-03-01")
	w.follow(`main form .send button`)
	w.see("wykonane", "Czeka na podpis nadzoru")
	w.fill("public_text", "Pisali Państwo, że w poniedziałki długo się czeka. Dlatego otwieramy wtedy drugie okienko.")
	w.follow(`button[value=publish]`)
	w.see("Opublikowano.", "widzą mieszkańcy")
	w.inspect("dzialanie", "Działanie nr 1", "Działania")
	w.menu("/panel/dzialania")
	w.inspect("rejestr", "Działania", "Działania")
	w.visit(report)
	miss(w.t, "a report made before the register", w.text(), "Rejestr działań")
	w.menu("/panel/raporty")
	w.follow(`main a[href="/panel/raporty/projekt"]`)
	w.see("Rejestr działań w dniu sporządzenia raportu", "W poniedziałki przychodzi dwa razy więcej osób", "do 28 lutego 2026")
	w.inspect("projekt", "Projekt raportu", "Raporty")
}

// publish publishes the newest report, which its form offers first.
func (w *walker) publish() {
	w.t.Helper()
	w.menu("/panel/wyniki-publiczne")
	w.inspect("publiczne", "Wyniki publiczne", "Wyniki publiczne")
	w.follow(`form[action="/panel/wyniki-publiczne/nowe"] .send button`)
	w.see("Tak zobaczą to wszyscy")
	w.inspect("podglad", "Publikacja raportu nr 2", "Wyniki publiczne")
	w.follow(`form[action="/panel/wyniki-publiczne/nowe"] button`)
	w.see("strona jest wyłączona")
	w.follow(`form:has([name=open]) button`)
	w.see("Strona jest włączona.")
	w.inspect("opublikowane", "Wyniki publiczne", "Wyniki publiczne")
}

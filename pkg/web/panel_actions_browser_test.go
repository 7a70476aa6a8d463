package web

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	cdpage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"ocenaurzedu.eu/pkg/auth"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// logInAs logs a person in at the desk.
func (k *keyboard) logInAs(p *person) {
	k.t.Helper()
	k.visit("/panel/logowanie")
	k.do(chromedp.SendKeys(chromedp.ID("login"), p.login), chromedp.SendKeys(chromedp.ID("password"), testPassword))
	k.load(200, chromedp.Click(button("Dalej")))
	code, err := auth.TOTPCode(p.secret, p.clock.now())
	if err != nil {
		k.t.Fatal(err)
	}
	k.do(chromedp.SendKeys(chromedp.ID("code"), code))
	k.load(200, chromedp.Click(button("Zaloguj")))
}

// link finds a link by the words in it.
func link(words string) chromedp.Search {
	return chromedp.Search(fmt.Sprintf(`//a[contains(translate(., "%s", " "), "%s")]`, hardSpace, words))
}

// set chooses a value in a list, or a day, of a form.
func (k *keyboard) set(id, value string) {
	k.t.Helper()
	if got := k.read(fmt.Sprintf(`(document.getElementById(%q).value = %q, document.getElementById(%q).value)`, id, value, id)); got != value {
		k.t.Fatalf("%s takes %q for %q", id, got, value)
	}
}

// From a report to an action, to its effect in the next report, to the supervisor's signature and what residents read.
func TestActionsWalk(t *testing.T) {
	h := start(t)
	p, supervisor := h.logIn("osielsko", store.RoleEmployee), h.logIn("osielsko", store.RoleSupervisor)
	h.waited(survey.NewDay(2025, 11, 3), "1", "2", "2", "3", "1", "2", "2", "3")
	k := desk(t, p)
	visitor := phone(t, k)
	k.logInAs(p)
	k.visit("/panel/raporty/nowy")
	k.set("from", "2025-01-01")
	k.set("to", "2025-12-31")
	k.load(200, chromedp.Click(button("Generuj raport")))
	k.see("Co poprawić", "wśród najniższych ocen")
	k.shot("dzialania-1-raport")
	k.load(200, chromedp.Click(chromedp.CSS(`a[aria-label^="Dodaj działanie: Czas oczekiwania"]`)))
	k.see("Nowe działanie")
	if got := k.read(`document.getElementById("check").value`); got != "Porównanie tej oceny w następnym raporcie." {
		t.Errorf("the form is not filled: %q", got)
	}
	k.fill("action", "W poniedziałki otwieramy drugie okienko.")
	k.fill("owner", "kierownik Referatu Organizacyjnego")
	k.load(422, chromedp.Click(button("Dodaj działanie")))
	k.see("Termin: Prosimy wypełnić to pole.")
	if got := k.read(`document.getElementById("action").value`); got != "W poniedziałki otwieramy drugie okienko." {
		t.Errorf("of what was typed %q is left", got)
	}
	k.shot("dzialania-2-formularz")
	k.set("due", "2026-02-28")
	k.set("department", "Referat Organizacyjny")
	k.load(200, chromedp.Click(button("Dodaj działanie")))
	k.see("Działanie nr 1", "Działanie jest zapisane w rejestrze.", "Skutek zmierzy pierwszy raport po wykonaniu działania.")

	k.load(200, chromedp.Click(link("Zmień działanie")))
	k.fill("cause", "W poniedziałki przychodzi dwa razy więcej osób niż w inne dni.")
	k.set("status", "done")
	k.set("done_on", "2026-01-15")
	k.load(200, chromedp.Click(button("Zapisz działanie")))
	k.see("wykonane", "Czeka na podpis nadzoru")
	h.waited(survey.NewDay(2026, 1, 20), "4", "4", "5", "4", "5", "4", "5", "4")
	k.visit("/panel/raporty/nowy")
	k.set("from", "2026-01-16")
	k.load(200, chromedp.Click(button("Generuj raport")))
	k.visit(actionsPath)
	k.load(200, chromedp.Click(link("Nr 1.")))
	k.see("Czas oczekiwania na obsługę lub połączenie: poprawa.", "+2,38 (od +")
	k.shot("dzialania-3-skutek")
	address := k.read(`location.pathname`)

	k.load(200, chromedp.Click(button("Wyloguj")))
	k.logInAs(supervisor)
	k.visit(actionsPath)
	k.see("czeka na podpis nadzoru 1")
	k.visit(address)
	k.fill("note", "Proszę utrzymać do końca roku.")
	k.load(200, chromedp.Click(button("Podpisz działanie")))
	k.see("podpisane przez nadzór", "aktualny", supervisor.login, "Proszę utrzymać do końca roku.")
	k.shot("dzialania-4-podpis")

	k.load(200, chromedp.Click(button("Wyloguj")))
	h.advance(31e9) // another code
	k.logInAs(p)
	k.visit(address)
	k.fill("public_text", "Pisali Państwo, że w poniedziałki długo się czeka. Dlatego otwieramy wtedy drugie okienko.")
	k.load(200, chromedp.Click(button("Opublikuj")))
	k.see("Opublikowano.", "aktualny", "widzą mieszkańcy")
	visitor.visit("/dziekujemy")
	visitor.load(200, chromedp.Tap(link("Zobacz, co zrobiliśmy")))
	visitor.see("Państwa głos – nasze działania", "zrobione", "15 stycznia 2026", "Dlatego otwieramy wtedy drugie okienko.")
	miss(t, "the residents' page", visitor.text(), "Referat", "kierownik", "dwa razy więcej", "Proszę utrzymać", "2,38")
	visitor.shot("dzialania-5-mieszkancy")
	if names := visitor.cookies(); len(names) != 0 {
		t.Errorf("a resident's browser keeps %v", names)
	}
}

// The register's pages in their states, at a desk and on a phone, by day and by night.
func TestActionPagesAreAccessible(t *testing.T) {
	axe := axeSource(t)
	h, ctx := start(t), startBrowser(t)
	p, supervisor := h.logIn("osielsko", store.RoleEmployee), h.logIn("osielsko", store.RoleSupervisor)
	report, address := p.found()
	p.post(address, p.edited(address, done("2026-01-15")...))
	h.waited(survey.NewDay(2026, 1, 20), "4", "4", "5", "4", "5", "4", "5", "4")
	p.generate(url.Values{"from": {"2026-01-01"}, "to": {"2026-03-10"}})
	p.act(with(typedAction(), "finding", "Trudno trafić do właściwego stanowiska", "due", "2026-02-01", "department", "Referat Organizacyjny"))
	supervisor.post(address+"/podpis", with(revision(2), "note", "Proszę utrzymać."))
	p.post(address+"/publikacja", with(revision(2), "do", "publish", "public_text", "Pisali Państwo o kolejkach.\nOtworzyliśmy drugie okienko."))
	signed, empty := h.logIn("osielsko", store.RoleSupervisor), h.logIn("dobrcz", store.RoleEmployee)
	other := p.act(with(typedAction(), done("2026-02-01")...))
	const send, late = `document.querySelector("main form").submit(); true`, `document.querySelector("[name=revision]").value = 1; document.querySelector("main form").submit(); true`
	states := []versionState{
		{name: "dzialania", path: actionsPath, who: p}, {name: "dzialania-pusto", path: actionsPath, who: empty}, {name: "dzialania-zadne", path: actionsPath + "?stan=failed", who: p},
		{name: "rejestr", path: actionsPath + "/rejestr", who: p}, {name: "nowe", path: actionsPath + "/nowe?raport=1&wynik=quality.waiting", who: p},
		{name: "nowe-bledy", path: actionsPath + "/nowe", who: p, script: send}, {name: "edycja-konflikt", path: address + "/edycja", who: p, script: late},
		{name: "jedno", path: address, who: p}, {name: "jedno-nadzor", path: other, who: signed}, {name: "raport-dzialania", path: report, who: p},
		{name: "mieszkancy", path: "/dzialania", who: p}, {name: "mieszkancy-en", path: "/dzialania?lang=en", who: p}, {name: "mieszkancy-pusto", path: "/dzialania", who: empty},
		{name: "dziekujemy", path: "/dziekujemy", who: p},
	}
	for _, state := range states {
		become(t, ctx, state.who)
		for _, width := range []int64{360, 1280} {
			for _, scheme := range []string{"light", "dark"} {
				t.Run(fmt.Sprintf("%s/%d/%s", state.name, width, scheme), func(t *testing.T) {
					look(t, ctx, width, scheme, h.address(state.who.slug, state.path), state.script)
					if state.script != "" {
						until(t, ctx, `document.querySelector(".errors") !== null`)
					}
					checkAxe(t, ctx, axe)
					shoot(t, ctx, fmt.Sprintf("%s-%d-%s", state.name, width, scheme))
				})
			}
		}
	}
}

// The register on paper has nothing of the panel around it.
func TestRegisterPrints(t *testing.T) {
	h, ctx := start(t), startBrowser(t)
	p := h.logIn("osielsko", store.RoleSupervisor)
	clerk := h.logIn("osielsko", store.RoleEmployee)
	clerk.found()
	for range 9 {
		clerk.act(with(typedAction(), "finding", "Długie czekanie: „Czas oczekiwania na obsługę lub połączenie” – średnia 2,00 w skali od 1 do 5 (przedział orientacyjny 95%: 1,77–2,23; n = 40).",
			"cause", "W poniedziałki i w dni po świętach przychodzi dwa razy więcej osób niż zwykle, a stanowisk jest tyle samo.", "department", "Referat Inwestycji i Gospodarki Przestrzennej",
			"check", "Porównanie tej oceny w następnym raporcie."))
	}
	become(t, ctx, p)
	look(t, ctx, 1280, "light", h.address("osielsko", actionsPath+"/rejestr"), "")
	if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"}); err != nil {
		t.Fatal(err)
	}
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.body.innerText`))
	if err != nil {
		t.Fatal(err)
	}
	hold(t, "the print", words(text), "Rejestr działań naprawczych i doskonalących", "Urząd Gminy Osielsko", "Długie czekanie", "kierownik Referatu Organizacyjnego", "Zatwierdził(a), data i podpis")
	miss(t, "the print", words(text), "Wyloguj", "Ctrl+P", "← Działania", "Deklaracja")
	landscape := true
	printed, err := chromedp.Call(ctx, cdpage.PrintToPDF, cdpage.PrintToPDFParams{PreferCSSPageSize: &landscape})
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`/MediaBox \[0 0 84[12][.\d]* 59[45][.\d]*\]`).Match(printed.Data) {
		t.Error("the register is not printed on A4 across")
	}
	if dir := os.Getenv("SCREENSHOTS"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, "rejestr.pdf"), printed.Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

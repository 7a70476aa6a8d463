package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"ocenaurzedu.eu/pkg/sheet"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

func period(from, to string) url.Values { return url.Values{"from": {from}, "to": {to}} }

// changeQuality publishes the questionnaire with another scale of the table and without the question whether it was settled.
func (h *harness) changeQuality(slug string) {
	h.t.Helper()
	ctx, scope := context.Background(), h.scope(slug)
	admin := h.logIn(slug, store.RoleAdministrator)
	admin.post("/panel/raporty/dotychczasowe", url.Values{"next": {"/panel/ankieta"}})
	draft, err := scope.Draft(ctx)
	if err != nil {
		h.t.Fatal(err)
	}
	draft.Questionnaire.Question("quality").Scale = &survey.Scale{Points: []survey.Point{{Label: survey.PL("całkiem źle")}, {Label: survey.PL("tak sobie")}, {Label: survey.PL("znakomicie")}}}
	draft.Questionnaire.Question("settled").Key = "done"
	layout, err := sheet.NewLayout(&draft.Questionnaire)
	if err != nil {
		h.t.Fatal(err)
	}
	boxes, err := json.Marshal(layout)
	if err != nil {
		h.t.Fatal(err)
	}
	if _, err := scope.Publish(ctx, store.NewVersion{Draft: *draft, Sheet: boxes, By: store.Actor{Login: admin.login, At: h.clock.now()}}, nil); err != nil {
		h.t.Fatal(err)
	}
}

// twoYears fills the archive with last year's report (nr 2), of worse ratings, and this year's (nr 3), after a change of the
// questionnaire (nr 1 opened the gate). It returns their addresses.
func (h *harness) twoYears() (before, now string) {
	h.t.Helper()
	for i := range 60 {
		h.answer("osielsko", given{n: 1, day: survey.NewDay(2025, 5, 1+i%28), channel: survey.ChannelPaperTyped, point: h.pointID("osielsko", "bok"),
			values: survey.Values{"overall": {strconv.Itoa(2 + i%3)}, "quality.signs": {strconv.Itoa(3 + i%3)}, "settled": {"yes"}}})
	}
	h.changeQuality("osielsko")
	for i := range 50 {
		h.answer("osielsko", given{n: 1, day: survey.NewDay(2026, 2, 1+i%28), values: survey.Values{"overall": {strconv.Itoa(4 + i%2)}, "quality.signs": {"2"}, "done": {"yes"}}})
	}
	admin := h.logIn("osielsko", store.RoleAdministrator)
	return admin.generate(period("2025-01-01", "2025-12-31")), admin.generate(thisYear())
}

func idOf(report string) string { return report[strings.LastIndexByte(report, '/')+1:] }

func TestReportComparison(t *testing.T) {
	h := start(t)
	before, now := h.twoYears()
	a, b := idOf(before), idOf(now)
	p := h.logIn("osielsko", store.RoleSupervisor)
	page := p.get("/panel/raporty/porownanie?a=" + a + "&b=" + b)
	h.expect("comparison", page, 200, "Porównanie raportów nr 2 i 3", "3,00", "4,50", "+1,50", "wzrost", "pytanie zmieniono", "n = 60", "n = 50", "<svg", "Pytania zmienione – bez porównania",
		"Tylko w raporcie nr 2", "Tylko w raporcie nr 3", "Wniosek", "not:", "Okresy zachodzą na siebie", "Raporty mają różny zakres")
	h.expect("this year's report", p.get(now), 200, "Porównanie z wcześniejszym okresem", "raport nr 2", "+1,50", "wzrost")
	for _, way := range []string{"?a=" + b + "&b=" + a, "?r=" + a + "&r=" + b} {
		got := p.get("/panel/raporty/porownanie" + way)
		if got.StatusCode != 303 || got.Header.Get("Location") != "/panel/raporty/porownanie?a="+a+"&b="+b && !strings.HasPrefix(way, "?r=") {
			t.Errorf("%s = %d to %q; want the earlier one first", way, got.StatusCode, got.Header.Get("Location"))
		}
	}
	admin := h.logIn("osielsko", store.RoleAdministrator)
	partly := idOf(admin.generate(with(period("2025-05-01", "2025-06-30"), "channel", "paper_typed")))
	h.expect("other scope", p.get("/panel/raporty/porownanie?a="+partly+"&b="+b), 200, "Raporty mają różny zakres", "not:", "Okresy zachodzą")
	h.expect("overlap", p.get("/panel/raporty/porownanie?a="+partly+"&b="+a), 200, "Okresy zachodzą na siebie")
	for _, way := range []string{"", "?r=" + a, "?r=1&r=2&r=3"} {
		if got := p.get("/panel/raporty/porownanie" + way); got.StatusCode != 303 || !strings.HasPrefix(got.Header.Get("Location"), "/panel/raporty?wybrano=") {
			t.Errorf("%q = %d to %q; want back to the archive", way, got.StatusCode, got.Header.Get("Location"))
		}
	}
	h.expect("not two", p.get("/panel/raporty?wybrano=1"), 200, "Prosimy zaznaczyć dwa raporty")
	h.expect("nobody's", p.get("/panel/raporty/porownanie?a=999999&b="+b), 404)
	h.expect("no number", p.get("/panel/raporty/porownanie?a=x&b="+b), 404)
	h.expect("another office's", h.logIn("dobrcz", store.RoleAdministrator).get("/panel/raporty/porownanie?a="+a+"&b="+b), 404)
}

// What a report was compared with when it was made stays in it, and is not the wrong one.
func TestReportComparesWithTheOneBefore(t *testing.T) {
	h := start(t)
	ctx, tenant := context.Background(), h.web.directory.Load().tenant("osielsko")
	h.answer("osielsko", given{n: 40, day: survey.NewDay(2025, 2, 3), values: survey.Values{"overall": {"3"}}})
	h.answer("osielsko", given{n: 40, day: survey.NewDay(2026, 2, 3), values: survey.Values{"overall": {"4"}}})
	document := func(filter survey.Filter) string {
		t.Helper()
		d, err := h.web.ReportDocument(ctx, tenant, filter, store.Actor{Login: "x", At: h.web.Now()})
		if err != nil {
			t.Fatal(err)
		}
		if d.Comparison == nil {
			return "none"
		}
		return fmt.Sprintf("nr %d %s n=%d", d.Comparison.Number, d.Comparison.Before.From, d.Comparison.BeforeN)
	}
	february := survey.Filter{From: survey.NewDay(2026, 2, 1), To: survey.NewDay(2026, 2, 28)}
	if got := document(february); got != "nr 0 2025-02-01 n=40" {
		t.Errorf("without an archive it is compared with %s", got)
	}
	admin := h.logIn("osielsko", store.RoleAdministrator)
	admin.generate(period("2025-02-01", "2025-02-28"))                                 // nr 1
	admin.generate(with(period("2025-02-01", "2025-12-31"), "channel", "paper_typed")) // nr 2: other channels
	admin.generate(period("2025-02-01", "2026-02-01"))                                 // nr 3: has a day in common
	admin.generate(period("2025-01-01", "2025-02-27"))                                 // nr 4: ends earlier than nr 1
	for filter, want := range map[*survey.Filter]string{
		&february: "nr 1 2025-02-01 n=40",
		{From: february.From, To: february.To, Channels: []survey.Channel{survey.ChannelPaperTyped}}: "nr 2 2025-02-01 n=0",
		{From: february.From, To: february.To, Channels: []survey.Channel{survey.ChannelKiosk}}:      "none",
		{From: survey.NewDay(2024, 1, 1), To: survey.NewDay(2026, 2, 28)}:                            "none",
	} {
		if got := document(*filter); got != want {
			t.Errorf("%+v is compared with %s; want %s", *filter, got, want)
		}
	}
}

func TestReportsAreFound(t *testing.T) {
	h := start(t)
	_, now := h.twoYears()
	p := h.logIn("osielsko", store.RoleEmployee)
	if got := p.post(now+"/sprawa", url.Values{"sign": {"OR.0643.2.2026"}, "jrwa": {"0643"}, "category": {"B5"}, "_revision": {"0"}}); got.StatusCode != 303 {
		t.Fatalf("signs = %d", got.StatusCode)
	}
	for query, want := range map[string][]string{
		"":                    {"3 raporty", "Raport nr 1", "Raport nr 2", "Raport nr 3", "OR.0643.2.2026", "kat. B5"},
		"?szukaj=or.0643":     {"1 raport", "Raport nr 3", "not:", "Raport nr 2"},
		"?szukaj=2":           {"Raport nr 2", "not:", "Raport nr 1"},
		"?rok=2026":           {"2 raporty", "Raport nr 1", "Raport nr 3", "not:", "Raport nr 2"},
		"?rok=2025":           {"2 raporty", "Raport nr 1", "Raport nr 2", "not:", "Raport nr 3"},
		"?zakres=calosc":      {"Raport nr 1", "not:", "Raport nr 2"},
		"?zakres=wybor":       {"Raport nr 2", "Raport nr 3", "not:", "Raport nr 1"},
		"?rok=x&zakres=y":     {"3 raporty"},
		"?szukaj=%25_%27--":   {"Żaden raport nie pasuje"},
		"?szukaj=%3Cscript%3": {"not:", "<script>"},
	} {
		h.expect("archive"+query, p.get("/panel/raporty"+query), 200, want...)
	}
}

// The archive is read by fifties, and a page that is no more leads to the first.
func TestReportsByPages(t *testing.T) {
	h := start(t)
	frozen, err := h.web.freeze(h.fullDocument("osielsko"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range reportsAPage + 1 {
		r := *frozen
		r.Number, r.Case = i+1, store.ReportCase{}
		if err := h.scope("osielsko").ArchiveReport(context.Background(), &r); err != nil {
			t.Fatal(err)
		}
	}
	p := h.logIn("osielsko", store.RoleEmployee)
	h.expect("first", p.get("/panel/raporty?rok=2026"), 200, "51 raportów, strona 1 z 2", `href="/panel/raporty?rok=2026&strona=2"`, "Raport nr 51", "Raport nr 2", "not:", `"Raport nr 1"`)
	h.expect("second", p.get("/panel/raporty?rok=2026&strona=2"), 200, "strona 2 z 2", `href="/panel/raporty?rok=2026"`, `"Raport nr 1"`, "not:", "Raport nr 51")
	if got := p.get("/panel/raporty?rok=2026&strona=7"); got.StatusCode != 303 || got.Header.Get("Location") != "/panel/raporty?rok=2026" {
		t.Errorf("page 7 = %d to %q", got.StatusCode, got.Header.Get("Location"))
	}
}

func TestReportCases(t *testing.T) {
	h := start(t)
	h.answer("osielsko", given{n: 5})
	employee, supervisor := h.logIn("osielsko", store.RoleEmployee), h.logIn("osielsko", store.RoleSupervisor)
	report := employee.generate(with(thisYear(), "sign", "OR.1.2026", "category", "B5"))
	signs := func(sign, jrwa, category, revision string) url.Values {
		return url.Values{"sign": {sign}, "jrwa": {jrwa}, "category": {category}, "_revision": {revision}}
	}
	h.expect("written when it was made", employee.get(report), 200, "OR.1.2026")
	if d := h.thawed("osielsko", report); d.Case.Sign != "OR.1.2026" || d.Case.Category != "B5" {
		t.Errorf("the report was made with the signs %+v", d.Case)
	}
	pdf := employee.get(report + "/raport.pdf").body
	for _, bad := range []url.Values{signs(strings.Repeat("x", 61), "", "", "1"), signs("a\x00b", "", "", "1"), signs("", "06 43", "", "1"), signs("", "", "C7", "1")} {
		got := employee.post(report+"/sprawa", bad)
		if got.StatusCode != 422 || !strings.Contains(got.body, "Prosimy poprawić oznaczenia") {
			t.Errorf("%v = %d; want 422", bad, got.StatusCode)
		}
	}
	h.expect("new report with a wrong sign", employee.post("/panel/raporty", with(thisYear(), "jrwa", "abc")), 422, "Symbol JRWA", "Prosimy podać same cyfry", `value="abc"`)
	if got := employee.post(report+"/sprawa", signs("OR.2.2026", "0643", "B5", "1")); got.StatusCode != 303 {
		t.Errorf("save = %d", got.StatusCode)
	}
	h.expect("stale", employee.post(report+"/sprawa", signs("OR.9.2026", "", "", "1")), 409, "Ktoś zapisał oznaczenia w międzyczasie", "OR.2.2026", `value="OR.9.2026"`)
	h.expect("read by the supervisor", supervisor.get(report+"/sprawa"), 200, "OR.2.2026", "<del>OR.1.2026</del>", employee.login, "not:", "<button class=\"btn\">Zapisz")
	h.expect("written by the supervisor", supervisor.post(report+"/sprawa", signs("x", "", "", "2")), 403)
	h.expect("log", employee.get("/panel/dziennik"), 200, "oznaczenia raportu, numer: 1")
	if employee.get(report+"/raport.pdf").body != pdf {
		t.Error("the file changed with what was written on the report")
	}
	foreign := h.logIn("dobrcz", store.RoleAdministrator)
	h.expect("another office's", foreign.get(report+"/sprawa"), 404)
	h.expect("another office's", foreign.post(report+"/sprawa", signs("x", "", "", "0")), 404)
	h.expect("nobody's", employee.post("/panel/raporty/999999/sprawa", signs("x", "", "", "0")), 404)
}

func TestReportTerms(t *testing.T) {
	h := start(t)
	h.answer("osielsko", given{n: 8})
	admin, employee := h.logIn("osielsko", store.RoleAdministrator), h.logIn("osielsko", store.RoleEmployee)
	h.expect("today is the day", admin.get("/panel/raporty/terminy"), 200, "Urząd nie ma jeszcze raportu", "60 dni przed terminem", "10 marca 2026")
	h.expect("home", admin.get("/panel"), 200, "Projekt raportu", "Zbliża się termin raportu")
	draft := admin.get("/panel/raporty/projekt")
	h.expect("draft", draft, 200, "Projekt raportu", "11 marca 2025 – 10 marca 2026", "Generuj i złóż w archiwum", "not:", "raport.pdf", "SHA-256", "Raport nr")
	h.expect("supervisor's draft", h.logIn("osielsko", store.RoleSupervisor).get("/panel/raporty/projekt"), 200, "not:", "Generuj i złóż")
	if n := h.count(`SELECT count(*) FROM reports`); n != 0 {
		t.Errorf("a draft was archived: %d reports", n)
	}
	h.expect("unknown schedule", admin.post("/panel/raporty/terminy", url.Values{"every": {"week"}}), 422, "Nie znamy takiego harmonogramu")
	h.expect("employee's schedule", employee.post("/panel/raporty/terminy", url.Values{"every": {"year"}}), 403)
	if got := admin.post("/panel/raporty/terminy", url.Values{"every": {"quarter"}}); got.StatusCode != 303 {
		t.Errorf("save = %d", got.StatusCode)
	}
	h.expect("employee reads", employee.get("/panel/raporty/terminy"), 200, "Co kwartał; następny za okres 1 stycznia 2026 – 31 marca 2026", "not:", "Co miesiąc")
	h.expect("log", admin.get("/panel/dziennik"), 200, "zmiana harmonogramu raportów")
	admin.generate(period("2025-03-11", "2026-03-10"))
	h.expect("done for a year", admin.get("/panel/raporty/terminy"), 200, "10 marca 2027", "365")
	h.expect("home", admin.get("/panel"), 200, "not:", "Zbliża się termin", "Czas na raport")
}

// From the archive to the comparison and the signs of a report, by keyboard and without script.
func TestArchiveInTheBrowser(t *testing.T) {
	h := start(t)
	h.twoYears()
	k := sitDown(t, h.logIn("osielsko", store.RoleEmployee), "/panel/raporty")
	for _, scripts := range []bool{true, false} {
		k.scripts(scripts)
		k.visit("/panel/raporty")
		k.load(200, chromedp.Click(button("Porównaj zaznaczone")))
		k.see("Prosimy zaznaczyć dwa raporty")
		k.do(chromedp.Click(chromedp.CSS("tbody tr:nth-child(1) .pick")), chromedp.Click(chromedp.CSS("tbody tr:nth-child(2) .pick")))
		k.load(200, chromedp.Click(button("Porównaj zaznaczone")))
		k.see("Porównanie raportów nr 2 i 3", "wzrost", "pytanie zmieniono")
	}
	k.visit("/panel/raporty")
	k.load(200, chromedp.Click(chromedp.CSS(`tbody tr:first-child a[href$="/sprawa"]`)))
	k.fill("sign", "OR.0643.2.2026")
	k.fill("jrwa", "06/43")
	k.load(422, chromedp.Click(button("Zapisz oznaczenia")))
	k.see("Prosimy poprawić oznaczenia", "Prosimy podać same cyfry")
	k.fill("jrwa", "0643")
	k.load(200, chromedp.Click(button("Zapisz oznaczenia")))
	k.see("Oznaczenia są zapisane", "OR.0643.2.2026")
	k.visit("/panel/raporty?szukaj=OR.0643.2")
	k.see("1 raport", "OR.0643.2.2026", "JRWA 0643")
}

// The pages of the archive in their states, at a desk and on a phone, by day and by night.
func TestReportPagesAreAccessible(t *testing.T) {
	axe := axeSource(t)
	h, ctx := start(t), startBrowser(t)
	h.expect("empty", h.logIn("dobrcz", store.RoleEmployee).get("/panel/raporty"), 200)
	before, now := h.twoYears()
	p, supervisor := h.logIn("osielsko", store.RoleAdministrator), h.logIn("osielsko", store.RoleSupervisor)
	for i, sign := range []string{"OR.0643.1.2026", "OR.0643.2.2026"} {
		p.post(now+"/sprawa", url.Values{"sign": {sign}, "jrwa": {"0643"}, "category": {"B5"}, "_revision": {strconv.Itoa(i)}})
	}
	p.post("/panel/raporty/terminy", url.Values{"every": {"quarter", "year"}})
	h.seedLetters("osielsko", p.login)
	compare := "/panel/raporty/porownanie?a=" + idOf(before) + "&b=" + idOf(now)
	states := []versionState{
		{name: "raporty", path: "/panel/raporty", who: p},
		{name: "raporty-wybierz", path: "/panel/raporty?wybrano=1&szukaj=nic", who: p},
		{name: "raporty-pusto", path: "/panel/raporty", who: h.logIn("dobrcz", store.RoleEmployee)},
		{name: "raporty-nadzor", path: "/panel/raporty", who: supervisor},
		{name: "raporty-porownanie", path: compare, who: p},
		{name: "raporty-raport", path: now, who: p},
		{name: "raporty-projekt", path: "/panel/raporty/projekt", who: p},
		{name: "raporty-sprawa", path: now + "/sprawa", who: p},
		{name: "raporty-sprawa-blad", path: now + "/sprawa", who: p, script: `document.getElementById("category").value = "C"; document.querySelector("main form").submit(); true`},
		{name: "raporty-sprawa-nadzor", path: now + "/sprawa", who: supervisor},
		{name: "raporty-terminy", path: "/panel/raporty/terminy", who: p},
		{name: "raporty-terminy-nadzor", path: "/panel/raporty/terminy", who: supervisor},
		{name: "raporty-nowy", path: "/panel/raporty/nowy", who: p},
		{name: "start-termin", path: "/panel", who: h.logIn("dobrcz", store.RoleEmployee)},
	}
	for _, state := range states {
		become(t, ctx, state.who)
		for _, width := range []int64{360, 1280} {
			for _, scheme := range []string{"light", "dark"} {
				t.Run(fmt.Sprintf("%s/%d/%s", state.name, width, scheme), func(t *testing.T) {
					look(t, ctx, width, scheme, h.address(state.who.slug, state.path), state.script)
					checkAxe(t, ctx, axe)
					shoot(t, ctx, fmt.Sprintf("%s-%d-%s", state.name, width, scheme))
				})
			}
		}
	}
}

// seedLetters puts a letter of each state into the outbox.
func (h *harness) seedLetters(slug, to string) {
	h.t.Helper()
	ctx, scope, tenant := context.Background(), h.scope(slug), h.web.directory.Load().tenant(slug)
	duty, err := scope.Duty(ctx)
	if err != nil {
		h.t.Fatal(err)
	}
	subject, body := h.web.reminderWords(tenant, *duty)
	due := duty.In(h.web.Now().Location()).Due()
	for _, days := range survey.Reminders() {
		letters := h.web.letters(tenant, []string{to}, fmt.Sprintf("termin-%s-%d", due, days), subject, body)
		if _, err := scope.Remind(ctx, store.DutyMail{Due: due, Days: days, At: h.web.Now()}, letters); err != nil {
			h.t.Fatal(err)
		}
	}
}

// Where only two people answered since the last report, the page tells that its figures wait.
func TestReportThatWaitsSaysSo(t *testing.T) {
	h := start(t)
	h.answer("osielsko", given{n: 10, day: survey.NewDay(2026, 1, 5), values: survey.Values{"overall": {"4"}}})
	admin := h.logIn("osielsko", store.RoleAdministrator)
	h.expect("first", admin.get(admin.generate(thisYear())), 200, "not:", "Stan z raportu")
	h.answer("osielsko", given{n: 2, day: survey.NewDay(2026, 2, 5), values: survey.Values{"overall": {"1"}}})
	h.expect("second", admin.get(admin.generate(thisYear())), 200, "Stan z raportu nr 1: od tego czasu odpowiedzi jest za mało, aby je podać.")
}

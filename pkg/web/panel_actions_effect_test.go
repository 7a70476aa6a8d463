package web

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// waited stores answers that rate all rows of the default questionnaire, waiting as told.
func (h *harness) waited(day survey.Day, waiting ...string) {
	h.t.Helper()
	for i, rating := range waiting {
		values := survey.Values{"overall": {"4"}, "settled": {"yes"}, "quality.waiting": {rating}}
		for j, row := range []string{"signs", "comfort", "courtesy", "hours", "speed", "knowledge", "clarity"} {
			values["quality."+row] = []string{[]string{"4", "5"}[(i+j)%2]}
		}
		h.answer("osielsko", given{n: 5, day: day, values: values})
	}
}

// found makes a report of 2025, in which waiting does worst, and an action out of it.
func (p *person) found() (report, address string) {
	p.t.Helper()
	p.waited(survey.NewDay(2025, 11, 3), "1", "2", "2", "3", "1", "2", "2", "3")
	report = p.generate(url.Values{"from": {"2025-01-01"}, "to": {"2025-12-31"}})
	form := typedAction()
	for field, value := range map[string]string{"finding": "Długo się czeka", "report": "1", "measure": "quality.waiting"} {
		form.Set(field, value)
	}
	return report, p.act(form)
}

// A report's page offers what does worst, and the form comes filled.
func TestReportOffersActions(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleEmployee)
	report, _ := p.found()
	const waiting = "/panel/dzialania/nowe?raport=1&wynik=quality.waiting"
	h.expect("report", p.get(report), 200, "Co poprawić", "wśród najniższych ocen", waiting)
	h.expect("the form", p.get(waiting), 200, "„Czas oczekiwania na obsługę lub połączenie” – średnia 2,00 w skali od 1 do 5", "n = 40", `value="1" selected`, `value="quality.waiting" selected`)
	h.expect("an area", p.get("/panel/dzialania/nowe?raport=1&wynik=quality@timeliness"), 200, "„Terminowość” – średnia")
	h.expect("what the report does not tell", p.get("/panel/dzialania/nowe?raport=1&wynik=quality.privacy"), 404)
	h.expect("no such report", p.get("/panel/dzialania/nowe?raport=2"), 404)
	h.expect("no number", p.get("/panel/dzialania/nowe?raport=99999999999"), 404)
	h.expect("supervisor", h.logIn("osielsko", store.RoleSupervisor).get(report), 200, "not:", "Dodaj działanie")
}

// What the next report says of what was done, in its cases.
func TestActionEffect(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleEmployee)
	_, address := p.found()
	h.expect("planned", p.get(address), 200, "Czas oczekiwania na obsługę lub połączenie</b>: 2,00 (", "w raporcie nr 1", "Skutek zmierzy pierwszy raport po wykonaniu działania.")
	p.post(address, p.edited(address, done("2026-01-15")...))
	h.expect("done", p.get(address), 200, "za okres, który zaczyna się po 31 grudnia 2025")

	p.waited(survey.NewDay(2026, 1, 20), "4", "4", "5", "4", "5", "4", "5", "4")
	p.generate(url.Values{"from": {"2025-06-01"}, "to": {"2026-02-10"}}) // shares answers with the first
	h.expect("a report that shares answers", p.get(address), 200, "za okres, który zaczyna się po 31 grudnia 2025")
	p.generate(url.Values{"from": {"2026-01-01"}, "to": {"2026-02-10"}})
	h.expect("better", p.get(address), 200, ": poprawa.", "+2,38 (od +", "Część odpowiedzi w późniejszym raporcie jest sprzed wykonania", "2,00", "4,38")
	h.expect("register", p.get(actionsPath+"/rejestr"), 200, "przed 2,00 (", "po 4,38 (", "różnica +2,38 (od +", ": poprawa.")

	p.waited(survey.NewDay(2026, 2, 20), "2")
	p.generate(url.Values{"from": {"2026-02-15"}, "to": {"2026-02-25"}})
	h.expect("few", p.get(address), 200, "za mało odpowiedzi, aby mówić o zmianie", "not:", ": poprawa.")
	h.answer("osielsko", given{n: 40, day: survey.NewDay(2026, 3, 2)})
	h.answer("osielsko", given{n: 3, day: survey.NewDay(2026, 3, 2), values: survey.Values{"overall": {"4"}, "quality.waiting": {"5"}}})
	p.generate(url.Values{"from": {"2026-03-01"}, "to": {"2026-03-03"}})
	h.expect("too few to be told", p.get(address), 200, "n za małe", "not:", "5,00", "2,00 (")
	p.waited(survey.NewDay(2026, 3, 5), "2", "3", "1", "2", "2", "2", "3", "1")
	p.generate(url.Values{"from": {"2026-03-04"}, "to": {"2026-03-10"}})
	h.expect("the same", p.get(address), 200, "w granicach błędu – zmiany nie da się stwierdzić", "not:", "Część odpowiedzi")
}

// The report in the making has the register, and tells itself what became of an action.
func TestReportHasTheRegister(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleEmployee)
	_, address := p.found()
	p.post(address, p.edited(address, done("2026-01-15")...))
	p.waited(survey.NewDay(2026, 1, 20), "4", "4", "5", "4", "5", "4", "5", "4")
	for _, tt := range []struct{ from, want string }{{"2026-01-16", "przed 2,00 ("}, {"2025-12-31", ""}} {
		from, err := survey.ParseDay(tt.from)
		if err != nil {
			t.Fatal(err)
		}
		d, err := h.web.ReportDocument(context.Background(), h.web.directory.Load().tenant("osielsko"), survey.Filter{From: from, To: survey.NewDay(2026, 3, 10)}, store.Actor{Login: "x", At: h.web.Now()})
		if err != nil {
			t.Fatal(err)
		}
		if len(d.Actions) != 1 || d.Actions[0].Finding != "Długo się czeka" {
			t.Fatalf("actions of the document: %+v", d.Actions)
		}
		effect := plain(d.Actions[0].Effect)
		if tt.want == "" && effect != "" || !strings.Contains(effect, tt.want) || strings.Contains(effect, "Część odpowiedzi") {
			t.Errorf("from %s the effect is %q; want %q", tt.from, effect, tt.want)
		}
	}
	if got := p.json(p.generate(thisYear())); got.Summary.N != 40 {
		t.Errorf("the report with a register takes in %d answers, want 40", got.Summary.N)
	}
}

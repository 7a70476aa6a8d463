package web

import (
	"context"
	"slices"
	"strings"
	"testing"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// A day on which somebody filled the survey again and again is told in the panel and in every format of the report, with
// totals with and without it; nothing is left out. A kiosk that answers late is counted too.
func TestSuspectDaysAreTold(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleAdministrator)
	today := h.web.today()
	for i := range 12 {
		for _, values := range []survey.Values{{"overall": {"4"}}, {"overall": {"4"}, "settled": {"yes"}}, {"overall": {"5"}}, {"overall": {"3"}}, {"overall": {"5"}, "settled": {"no"}}} {
			h.answer("osielsko", given{n: 1, day: today.Add(-20 + i), values: values})
		}
	}
	if home := p.get("/panel"); strings.Contains(home.body, "Dni do sprawdzenia") {
		t.Error("a usual month is told to be suspicious")
	}
	h.answer("osielsko", given{n: 48, day: today.Add(-1), values: survey.Values{"overall": {"1"}}})
	h.answer("osielsko", given{n: 12, day: today.Add(-1), channel: survey.ChannelPaperTyped, values: survey.Values{"overall": {"3"}}}) // a batch of paper is no flood
	home := p.get("/panel")
	home.body = strings.ReplaceAll(home.body, hardSpace, " ")
	h.expect("home", home, 200, "Dni do sprawdzenia", "9 marca 2026 r. (strona internetowa): 48 ankiet, zwykle 5, w tym 48 o identycznych odpowiedziach",
		"Razem z tymi dniami: 120 ankiet, ocena ogólna 2,80; bez nich: 72 ankiety, ocena ogólna 4,00.", "not:", "papier (wpisany): 12", "{{")

	address := p.generate(thisYear())
	page := p.get(address)
	page.body = strings.ReplaceAll(page.body, hardSpace, " ")
	const told = "48 ankiet, zwykle 5"
	h.expect("report", page, 200, "Dni do sprawdzenia", told, "Żadnej ankiety z tego powodu nie usunięto")
	d := p.json(address)
	if s := d.Summary.Suspects; s == nil || len(s.Days) != 1 || s.N != 72 || s.Days[0].N != 48 || !s.Days[0].Rate || !s.Days[0].Alike || d.Summary.N != 120 {
		t.Errorf("suspects in the JSON: %+v of %d", s, d.Summary.N)
	}
	csv := p.get(address + "/raport.csv").body
	for _, line := range []string{"dzień do sprawdzenia;2026-03-09;strona internetowa;", ";bez dni do sprawdzenia;ankiety;72;"} {
		if !strings.Contains(csv, line) {
			t.Errorf("the CSV lacks %q", line)
		}
	}
	hold(t, "the PDF", words(pdfText(t, p.get(address+"/raport.pdf").body)), told, "bez nich: 72 ankiety")
	rows, err := book(t, []byte(p.get(address+"/raport.xlsx").body)).GetRows("Podsumowanie")
	if err != nil || !slices.ContainsFunc(rows, func(row []string) bool {
		return len(row) > 1 && row[0] == "Dni do sprawdzenia" && strings.Contains(words(row[1]), told)
	}) {
		t.Errorf("the XLSX tells no suspicious day, %v", err)
	}
}

// What would tell of too few is not had by taking the suspicious days away.
func TestSuspectsWithholdWhatIsLeft(t *testing.T) {
	h := start(t)
	today := h.web.today()
	for i := range 12 {
		h.answer("osielsko", given{n: 1, day: today.Add(-20 + i), values: survey.Values{"overall": {"4"}}})
	}
	h.answer("osielsko", given{n: 37, day: today.Add(-1), values: survey.Values{"settled": {"yes"}, "overall": {"1"}}})
	scope := h.scope("osielsko")
	if err := scope.CountDays(context.Background()); err != nil {
		t.Fatal(err)
	}
	results, err := scope.Results(context.Background(), survey.Filter{From: today.AddMonths(-2), To: today})
	if err != nil || len(results.Suspicions) != 1 || len(results.Suspects) != 1 {
		t.Fatalf("suspicions %+v, %v", results.Suspicions, err)
	}
	n := 0
	for _, part := range results.Suspects[0].Parts {
		n += part.N
	}
	if n != 37 {
		t.Errorf("the suspicious day has %d submissions, want 37", n)
	}
	filtered, err := scope.Results(context.Background(), survey.Filter{From: today.AddMonths(-2), To: today, Channels: []survey.Channel{survey.ChannelKiosk}})
	if err != nil || filtered.Suspicions != nil {
		t.Errorf("a report of the kiosk alone tells of %+v, %v", filtered.Suspicions, err)
	}
}

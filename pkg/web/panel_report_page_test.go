package web

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"ocenaurzedu.eu/pkg/report"
	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// partOf is what a section of a page tells, by the id of its heading; "": it has none.
func partOf(page, id string) string {
	found := regexp.MustCompile(`(?s)<section[^>]* aria-labelledby="` + id + `">.*?</section>`).FindString(page)
	return toldBy(regexp.MustCompile(`(?s)<svg.*?</svg>`).ReplaceAllString(found, ""))
}

// crossesOf are the cross-tabs in a report's JSON.
func (p *person) crossesOf(address string) []stats.Cross {
	p.t.Helper()
	var d struct{ Crosses []stats.Cross }
	if err := json.Unmarshal([]byte(p.get(address+"/raport.json").body), &d); err != nil {
		p.t.Fatalf("%s as JSON: %v", address, err)
	}
	return d.Crosses
}

// crossLines are the lines of a cross-tab's table as a page tells them.
func crossLines(x *stats.Cross) []string {
	table := report.NewCrossed(x)
	total := func(line stats.CrossLine) string {
		if line.Suppressed {
			return " n za małe"
		}
		return " " + numberPL(line.N)
	}
	var lines []string
	for i, row := range table.Rows {
		line := row
		for _, cell := range table.Cells[i] {
			switch {
			case cell.Suppressed:
				line += " n za małe"
			case cell.Share.OK:
				line += " " + percent1PL(cell.Share.Value) + " " + numberPL(cell.Count)
			default:
				line += " –"
			}
		}
		lines = append(lines, words(line+total(table.Cross.Rows[i])))
	}
	last := "n"
	for _, column := range table.Cross.Columns {
		last += total(column)
	}
	return append(lines, words(last))
}

// The page of a report has what its PDF and XLSX have: indicators, α, cross-tabs and the register of actions.
func TestReportPageHasAllParts(t *testing.T) {
	h := start(t)
	h.ratedTwoYears("osielsko", 500)
	p, supervisor := h.logIn("osielsko", store.RoleEmployee), h.logIn("osielsko", store.RoleSupervisor)
	first := p.generate(thisYear())
	if page := p.get(first).body; partOf(page, "rejestr") != "" || strings.Contains(page, `href="#rejestr"`) || strings.Contains(page, "naprawcze") {
		t.Error("a report has a register that was empty when it was made")
	}
	address := p.act(with(typedAction(), "department", "Referat Organizacyjny"))
	p.post(address, p.edited(address, done("2026-03-01")...))
	p.post(address+"/publikacja", with(revision(2), "do", "publish", "public_text", "Otworzyliśmy drugie okienko."))
	made := p.generate(thisYear())
	page, d := p.get(made).body, p.json(made)
	for _, id := range []string{"dzialania", "obszary", "wskazniki", "przekroje", "rejestr"} {
		if !strings.Contains(page, `<a href="#`+id+`">`) || !strings.Contains(page, `<h2 id="`+id+`">`) {
			t.Errorf("%s is not in the contents, or not on the page", id)
		}
	}
	areas := partOf(page, "obszary")
	hold(t, "areas", areas, "α", words(report.AlphaMethod))
	for _, a := range d.Summary.Areas {
		if !a.Alpha.OK || !strings.HasSuffix(lineFrom(areas, a.Label.PL), " "+report.Decimal(a.Alpha.Value, 2)) {
			t.Errorf("area %s tells %q, α is %+v", a.Label.PL, lineFrom(areas, a.Label.PL), a.Alpha)
		}
	}
	indicators := partOf(page, "wskazniki")
	hold(t, "indicators", indicators, words(report.IndicatorMethod))
	if len(d.Summary.Indicators) < 2 || !d.Summary.Composite.OK {
		t.Fatalf("the sample has indicators %+v", d.Summary.Indicators)
	}
	for _, i := range d.Summary.Indicators {
		hold(t, "indicators", indicators, words(strings.Join([]string{indicatorPL(i.Role), report.Decimal(i.Value.Value, 1), report.TenthSpan(i.Value), numberPL(i.Value.N), numberPL(i.Items), report.Short(i.Weight)}, " ")))
	}
	hold(t, "indicators", indicators, "Wskaźnik łączny", report.Decimal(d.Summary.Composite.Value, 1)+" "+report.TenthSpan(d.Summary.Composite))
	hold(t, "register", partOf(page, "rejestr"), "1 Długie czekanie Przyczyna: Jedno okienko Drugie okienko w poniedziałki kierownik Referatu Organizacyjnego Referat Organizacyjny do 30 czerwca 2026 wykonane Ocena w następnym raporcie")
	miss(t, "the page", toldBy(page), "Otworzyliśmy", "NaN", "%!", "<no value>", "crossView")
	p.checkCrosses(made, page)
	if page := supervisor.get(made).body; partOf(page, "dzialania") != "" || strings.Contains(page, "#dzialania") || partOf(page, "rejestr") == "" {
		t.Error("the supervisor is offered to add actions, or does not see those that there are")
	}
}

// lineFrom is the rest of a table's line in a told section, behind its heading and up to the next word.
func lineFrom(told, heading string) string {
	_, rest, _ := strings.Cut(told, words(heading)+" ")
	return words(regexp.MustCompile(`^[\d,% –]*`).FindString(rest))
}

// checkCrosses holds the cross-tabs of a report's page against those of its JSON.
func (p *person) checkCrosses(address, page string) {
	p.t.Helper()
	crosses, told := p.crossesOf(address), partOf(page, "przekroje")
	if len(crosses) < 3 {
		p.t.Fatalf("the sample has %d cross-tabs", len(crosses))
	}
	for i := range crosses {
		table := report.NewCrossed(&crosses[i])
		hold(p.t, "cross-tabs", told, append(crossLines(&crosses[i]), words(table.Title()))...)
	}
	if n := strings.Count(page, "chart-wrap cross-chart"); n != len(crosses) {
		p.t.Errorf("%d charts of %d cross-tabs", n, len(crosses))
	}
}

// What a cross-tab withholds stands nowhere on a page, neither in the report nor in the results.
func TestReportPageWithholds(t *testing.T) {
	h := start(t)
	for i, rating := range []string{"3", "4", "5"} {
		h.answer("osielsko", given{n: 11 + i, values: survey.Values{"overall": {rating}, "sex": {"woman"}}})
		h.answer("osielsko", given{n: 21 + i, values: survey.Values{"overall": {rating}, "sex": {"man"}}})
	}
	h.answer("osielsko", given{n: 2, values: survey.Values{"overall": {"1"}, "sex": {"undisclosed"}}})
	p := h.logIn("osielsko", store.RoleEmployee)
	made := p.generate(thisYear())
	page, crosses := p.get(made).body, p.crossesOf(made)
	at := slices.IndexFunc(crosses, func(x stats.Cross) bool { return x.Column.Question == "sex" })
	if at < 0 || !crosses[at].Cells[0][2].Suppressed || !crosses[at].Means[2].Suppressed {
		t.Fatalf("the sample withholds nothing: %+v", crosses)
	}
	hold(t, "the report", partOf(page, "przekroje"), crossLines(&crosses[at])...)
	for what, told := range map[string]string{"the report": partOf(page, "przekroje"), "the results": partOf(p.get("/panel/wyniki/przekroj?kolumny=sex").body, "tabela")} {
		hold(t, what, told, "bardzo słabo (1) n za małe 0,0% 0 n za małe 2", "Średnia (przedział 95%) n za małe")
		miss(t, what, told, "100,0%")
	}
	if indicators := partOf(page, "wskazniki"); indicators == "" || strings.Contains(indicators, "łączny") {
		t.Errorf("one indicator makes no composite: %q", indicators)
	}
}

// A total that is withheld is no nought.
func TestCrossTableWithholdsTotals(t *testing.T) {
	views, err := newViews()
	if err != nil {
		t.Fatal(err)
	}
	page, err := views.pages["panel/results_cross"]()
	if err != nil {
		t.Fatal(err)
	}
	line := func(value string, n int) stats.CrossLine {
		return stats.CrossLine{Value: value, Label: survey.PL(value), N: n, Suppressed: n == 0}
	}
	x := stats.Cross{RowLabel: survey.PL("Wiersze"), ColLabel: survey.PL("Kolumny"), N: 20, Rows: []stats.CrossLine{line("tak", 12), line("nie", 0)}, Columns: []stats.CrossLine{line("pierwsza", 17), line("druga", 0)},
		Cells: [][]stats.CrossCell{{{Count: 11, Share: stats.Share{OK: true, Value: 0.5}}, {Suppressed: true}}, {{Suppressed: true}, {Suppressed: true}}}}
	var b strings.Builder
	if err := page.ExecuteTemplate(&b, "cross-table", newCrossView(&x, "")); err != nil {
		t.Fatal(err)
	}
	hold(t, "the table", toldBy(b.String()), "tak 50,0% 11 n za małe 12 nie n za małe n za małe n za małe n 17 n za małe 20")
}

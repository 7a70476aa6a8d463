package report

import (
	"fmt"
	"slices"
	"strings"

	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/survey"
)

// trendHeight is the height of the chart of months, in millimetres.
const trendHeight = 72.0

// trend puts the months: charts of the overall rating with intervals and drawn breaks, and the table of their figures.
func (p *pdfPage) trend() {
	if len(p.doc.Summary.Months) < 2 {
		return
	}
	lines := p.doc.trendLines()
	charts, t := trendCharts(lines), p.monthsTable(lines)
	tall := float64(len(charts))*(trendHeight+24) + p.height(t)
	p.heading(0, "Wyniki w kolejnych miesiącach", min(tall, pageEnd-marginTop-40))
	for _, chart := range charts {
		p.trendPicture(chart)
	}
	if len(charts) > 0 {
		p.note(p.trendNote())
		p.y += 2
	}
	p.put(t)
}

// monthsTable lists the months of each series; a month without a rating has its number of questionnaires.
func (p *pdfPage) monthsTable(lines []stats.TrendLine) table {
	low, high := p.doc.overallScale()
	if len(lines) > 1 {
		low, high = 0, 0 // each series has a scale of its own
	}
	t := table{columns: ratingColumns("Miesiąc", low, high)}
	if len(lines) < 2 {
		for _, m := range p.doc.Summary.Months {
			t.rows = append(t.rows, ratingRow(stats.Group{Key: firstUpper(monthWords(m.Month)), N: m.N, Rating: m.Rating, Withheld: m.Withheld}, low, high))
		}
		return t
	}
	t.columns[1].title = "Ocen (n)"
	for _, l := range lines {
		t.rows = append(t.rows, row{heading: firstUpper(seriesName(l.Versions)) + ", skala od " + Short(l.Min) + " do " + Short(l.Max)})
		for _, point := range l.Points {
			r := ratingRow(stats.Group{Key: firstUpper(monthWords(point.Month)), N: point.Rating.N, Rating: point.Rating, Withheld: point.Withheld}, l.Min, l.Max)
			if point.Withheld {
				r.cells[1] = cell{text: none, muted: true}
			}
			t.rows = append(t.rows, r)
		}
	}
	return t
}

func (p *pdfPage) trendPicture(lines []stats.TrendLine) {
	months, breaks := p.doc.Summary.Months, p.doc.trendBreaks()
	caption := table{caption: "Ocena ogólna: średnia w miesiącu i przedział orientacyjny 95% (skala od " + Short(lines[0].Min) + " do " + Short(lines[0].Max) + ")"}
	p.room(p.captionHeight(caption) + trendHeight)
	p.caption(caption)
	f := frame{marginLeft, p.y, textColumn, trendHeight, quadrantText}
	p.picture(trendWords(lines, breaks), f, func() { p.draw(trendChart(months, lines, p.doc.trendLines(), breaks, f)) })
	p.y += trendHeight + 2
}

// trendNote says how the charts are to be read.
func (p *pdfPage) trendNote() string {
	note := "Oś pokazuje tylko ten wycinek skali, w którym są wyniki. Miesięcy, których wyniku nie podano, nie łączymy linią."
	breaks := p.doc.trendBreaks()
	if len(breaks) > 0 {
		note += " Przerywana linia pionowa oznacza nową wersję ankiety"
		if slices.ContainsFunc(breaks, func(b trendBreak) bool { return b.broken }) {
			note += ", a podwójna – zmianę sensu lub skali pytania: wyników przed nią i po niej nie należy łączyć"
		}
		note += "."
	}
	return note
}

// comparison sets the report beside an earlier one.
func (p *pdfPage) comparison() {
	c := p.doc.Comparison
	if c == nil {
		return
	}
	p.heading(0, "Porównanie z poprzednim raportem", 80)
	p.paragraph(p.doc.comparedWith(c))
	if c.Overall != nil {
		t := changes("Ocena ogólna")
		t.rows = []row{changeRow("Średnia", *c.Overall, 2)}
		if top := topRow(*c.Overall); top.cells != nil {
			t.rows = append(t.rows, top)
		}
		p.changeGroup("Ocena ogólna", t)
	}
	t := changes("Wskaźnik (0–100)")
	for _, i := range c.Indicators {
		t.rows = append(t.rows, changeRow(firstUpper(RoleName(i.Role)), i.Change, 1))
	}
	p.changeGroup("Wskaźniki", t)
	t = changes("Obszar")
	for _, a := range c.Areas {
		t.rows = append(t.rows, changeRow(firstUpper(a.Label.PL), a.Change, 2))
	}
	p.changeGroup("Obszary", t)
	t = changes("Pytanie lub stwierdzenie")
	for _, i := range c.Items {
		name := firstUpper(i.Label.PL)
		if a := aspectName(i.Aspect); a != "" {
			name += " (" + a + ")"
		}
		t.rows = append(t.rows, changeRow(name, i.Change, 2))
	}
	p.changeGroup("Oceniane pytania i stwierdzenia", t)
	p.channelsCompared(c)
	p.note("Zmianę średniej ocenia test Welcha, zmianę odsetka – przedział dla różnicy dwóch odsetków, oba na poziomie 95%. „Wzrost” i „spadek” piszemy tylko wtedy, gdy przedział zmiany nie zawiera zera i w obu okresach odpowiedzi jest dość; w pozostałych wypadkach różnica jest „w granicach błędu”. Zmianę liczymy ze średnich przed zaokrągleniem, dlatego może się różnić o 0,01 od różnicy liczb w tabeli. Próba nielosowa: to wskazówka, nie dowód.")
}

// comparedWith names the earlier report and its size.
func (d *Document) comparedWith(c *stats.Comparison) string {
	text := "Poprzedni raport"
	if c.Number > 0 {
		text += " (nr" + hard + integer(c.Number) + ")"
	}
	if period := periodWords(c.Before.From, c.Before.To); period != "" {
		text += " obejmuje okres " + strings.TrimSuffix(period, ".")
	}
	return text + fmt.Sprintf(". Zebrano wtedy %s, teraz %s.", forms(c.BeforeN), forms(d.Summary.N))
}

func (p *pdfPage) changeGroup(title string, t table) {
	if len(t.rows) == 0 {
		return
	}
	if !slices.ContainsFunc(t.rows, func(r row) bool { return r.cells[len(r.cells)-1].text != VerdictName(stats.VerdictWithheld) }) {
		p.heading(1, title, styleBody.lineHeight())
		p.paragraph("Nie porównujemy: w" + hard + "jednym z" + hard + "okresów wyniki wstrzymano, bo odpowiedzi było zbyt mało.")
		return
	}
	p.heading(1, title, min(p.height(t), together))
	p.put(t)
}

// changes is an empty table of changes.
func changes(first string) table {
	return table{columns: []column{{title: first, width: 48, align: "L"}, {title: "Poprzednio", width: 19, align: "R"}, {title: "Teraz", width: 15, align: "R"}, {title: "Zmiana", width: 17, align: "R"},
		{title: "Przedział zmiany 95%", width: 33, align: "R"}, {title: "Ocena zmiany", width: 32, align: "L"}}}
}

func changeRow(name string, c stats.Change, places int) row {
	write := func(f stats.Figure) cell {
		if !f.OK {
			return cell{text: none, muted: true}
		}
		return cell{text: Decimal(f.Value, places)}
	}
	difference, interval := cell{text: none, muted: true}, cell{text: none, muted: true}
	if d := c.Difference; d.OK {
		difference = cell{text: signed(d.Value, places)}
		interval = cell{text: "od" + hard + signed(d.Low, places) + " do" + hard + signed(d.High, places), muted: true}
	}
	return row{cells: []cell{{text: name}, write(c.Before), write(c.Now), difference, interval, {text: verdictMark(c.Verdict) + VerdictName(c.Verdict)}}}
}

// topRow is the change of the share of the best points, in percentage points; no cells where there is none.
func topRow(c stats.Change) row {
	if !c.Top2Before.OK || !c.Top2Now.OK || c.Top2Verdict == "" {
		return row{}
	}
	difference, interval := cell{text: none, muted: true}, cell{text: none, muted: true}
	if d := c.Top2; d.OK {
		difference = cell{text: signed(100*d.Value, 1) + hard + "p.p."}
		interval = cell{text: "od" + hard + signed(100*d.Low, 1) + " do" + hard + signed(100*d.High, 1), muted: true}
	}
	return row{cells: []cell{{text: "Odsetek najwyższych ocen"}, {text: percent(c.Top2Before.Value)}, {text: percent(c.Top2Now.Value)}, difference, interval, {text: verdictMark(c.Top2Verdict) + VerdictName(c.Top2Verdict)}}}
}

// channelsCompared puts how the questionnaires came then and now: other channels bring other people.
func (p *pdfPage) channelsCompared(c *stats.Comparison) {
	if len(c.Channels) == 0 {
		return
	}
	t := table{columns: []column{{title: "Sposób wypełnienia", width: 62, align: "L"}, {title: "Poprzednio: ankiety", width: 28, align: "R"}, {title: "Poprzednio: %", width: 23, align: "R"}, {title: "Teraz: ankiety", width: 28, align: "R"}, {title: "Teraz: %", width: 23, align: "R"}}}
	for _, before := range c.Channels {
		cells := []cell{{text: firstUpper(channelName(before.Channel))}, {text: integer(before.N)}, {text: percent(before.Share)}, {text: "0"}, {text: percent(0)}}
		for _, now := range p.doc.Summary.Channels {
			if now.Channel == before.Channel {
				cells[3], cells[4] = cell{text: integer(now.N)}, cell{text: percent(now.Share)}
			}
		}
		t.rows = append(t.rows, row{cells: cells})
	}
	p.changeGroup("Sposób wypełnienia ankiet", t)
}

// peers set the office beside the county's offices.
func (p *pdfPage) peers() {
	c := p.doc.Peers
	if c == nil {
		return
	}
	t := table{columns: []column{{title: "Ocena ogólna", width: 80, align: "L"}, {title: "% zakresu skali", width: 30, align: "R"}, {title: "Od 0 do 100", width: 54, align: "L", picture: true}}}
	for _, r := range []struct {
		name  string
		value float64
	}{{p.doc.Office.Name, c.Own}, {"Średnia urzędów (" + c.County + ")", c.Mean}} {
		t.rows = append(t.rows, row{cells: []cell{{text: r.name}, {text: Decimal(r.value, 1)}, plainBar(stats.Share{OK: true, Value: r.value / 100, Low: r.value / 100, High: r.value / 100})}})
	}
	p.heading(0, "Na tle urzędów powiatu", p.height(t)+30)
	p.paragraph(p.doc.concludePeers() + " Średnia to średnia z wyników urzędów, także tego; każdy waży tyle samo, niezależnie od liczby ankiet.")
	p.put(t)
}

// actions put the register of corrective actions.
func (p *pdfPage) actions() {
	if len(p.doc.Actions) == 0 {
		return
	}
	t := table{named: 1, columns: []column{{title: "Nr", width: 9, align: "R"}, {title: "Ustalenie i przyczyna", width: 40, align: "L"}, {title: "Działanie", width: 36, align: "L"}, {title: "Odpowiada, termin", width: 30, align: "L"}, {title: "Stan", width: 28, align: "L"}, {title: "Jak sprawdzimy", width: 21, align: "L"}}}
	t.columns[5].width = textColumn - t.width() + 21
	for _, a := range p.doc.Actions {
		t.rows = append(t.rows, actionRow(a))
	}
	p.heading(0, "Działania naprawcze i doskonalące", min(p.height(t)+24, together))
	p.paragraph(RegisterLead)
	p.put(t)
}

func actionRow(a survey.CorrectiveAction) row {
	finding := a.Finding
	if a.Cause != "" {
		finding += "\nPrzyczyna: " + a.Cause
	}
	owner := a.Owner
	if a.Department != "" {
		owner += "\n" + a.Department
	}
	if !a.Due.IsZero() {
		owner += "\ndo " + dayWords(a.Due)
	}
	status := firstUpper(StatusName(a.Status))
	if a.SignedBy != "" {
		status += "\npodpisano: " + a.SignedBy
	}
	check := a.Check
	if check == "" {
		check = none
	}
	return row{cells: []cell{{text: integer(a.Number)}, {text: finding}, {text: a.Action}, {text: owner}, {text: status}, {text: check}}}
}

package report

import (
	"strconv"
	"strings"

	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/survey"
)

// structure puts how many questionnaires came by each channel and service point, and who filled them as far as the
// metryczka tells.
func (p *pdfPage) structure() {
	s := p.doc.Summary
	t := table{columns: countColumns("Sposób wypełnienia")}
	for _, c := range s.Channels {
		t.rows = append(t.rows, countRow(firstUpper(channelName(c.Channel)), c.N, s.N))
	}
	t.rows = append(t.rows, totalRow(s.N))
	p.heading(0, "Struktura respondentów", p.height(t)+18)
	p.heading(1, "Według kanału", p.height(t))
	p.put(t)
	p.servicePoints()
	p.profile()
}

func countColumns(first string) []column {
	return []column{{title: first, width: 70, align: "L"}, {title: "Ankiety", width: 20, align: "R"}, {title: "% wszystkich", width: 24, align: "R"}, {width: 50, align: "L", picture: true}}
}

func countRow(name string, n, all int) row {
	value := 0.0
	if all > 0 {
		value = float64(n) / float64(all)
	}
	part := stats.Share{OK: all > 0, Count: n, N: all, Value: value, Low: value, High: value}
	return row{cells: []cell{{text: name, muted: n == 0}, {text: integer(n), muted: n == 0}, {text: percent(value), muted: n == 0}, plainBar(part)}}
}

func totalRow(n int) row {
	return row{total: true, cells: []cell{{text: "Razem"}, {text: integer(n)}, {text: wholePercent(n)}, {}}}
}

// servicePoints put how many questionnaires each service point brought, where there are any.
func (p *pdfPage) servicePoints() {
	s := p.doc.Summary
	if len(s.ServicePoints) < 2 {
		return
	}
	t := table{columns: countColumns("Punkt obsługi")}
	for _, g := range s.ServicePoints {
		t.rows = append(t.rows, countRow(firstUpper(p.doc.servicePoint(g.Key)), g.N, s.N))
	}
	t.rows = append(t.rows, totalRow(s.N))
	p.heading(1, "Według punktu obsługi", min(p.height(t), together))
	p.put(t)
}

// profile puts the questions of the metryczka: they describe the respondents and keep their numbers.
func (p *pdfPage) profile() {
	first := true
	for i, number := range p.doc.numbered() {
		q := &p.doc.Summary.Questions[i]
		if !q.Profile || q.Kind == survey.KindInfo || p.doc.Summary.N == 0 {
			continue
		}
		if first {
			p.heading(1, "Metryczka", p.questionHeight(q)+24)
			p.paragraph("Odpowiedzi na pytania o respondentów; były dobrowolne.")
			first = false
		}
		p.question(number, q)
	}
}

// wholePercent is 100% of something, or a dash of nothing.
func wholePercent(n int) string {
	if n == 0 {
		return "–"
	}
	return percent(1)
}

// plainBar is a bar without an interval: of a share that is counted, not estimated.
func plainBar(s stats.Share) cell {
	return cell{draw: func(f frame) []shape {
		f.y, f.h = f.y+0.5, f.h-1
		shapes := shareBar(s, f)
		if s.OK {
			shapes = shapes[:len(shapes)-1]
		}
		return shapes
	}}
}

// overallScale is the lowest and highest score of the overall rating; both 0 where none was asked.
func (d *Document) overallScale() (low, high float64) {
	if o := d.Summary.Overall; o != nil {
		return o.Min, o.Max
	}
	return 0, 0
}

func ratingColumns(title string, low, high float64) []column {
	chart := ""
	if high > low {
		chart = "Skala od " + Short(low) + " do " + Short(high)
	}
	return []column{{title: title, width: 58, align: "L"}, {title: "Ankiety", width: 18, align: "R"}, {title: "Średnia", width: 20, align: "R"}, {title: "Przedział 95%", width: 26, align: "R"}, {title: chart, width: 42, align: "C", picture: true}}
}

// ratingRow is a row of a table of means, of a group whose key is its name; a withheld mean is told in words
// and not drawn.
func ratingRow(g stats.Group, low, high float64) row {
	return row{cells: []cell{{text: g.Key}, {text: integer(g.N)}, {text: figure(g.Rating, g.Withheld), muted: !g.Rating.OK}, {text: FigureSpan(g.Rating), muted: true}, dot(g.Rating, low, high)}}
}

// overall puts the overall rating by channel and by service point.
func (p *pdfPage) overall() {
	s := p.doc.Summary
	if s.Overall == nil || s.N == 0 {
		return
	}
	byChannel := p.groups("Sposób wypełnienia", s.ByChannel, func(key string) string { return channelName(survey.Channel(key)) })
	p.heading(0, "Ocena ogólna", p.height(byChannel)+20)
	if q := p.doc.overallQuestion(); q != nil {
		p.paragraph("Pytanie: „" + q.Label.PL + "”.")
		if note := p.doc.seriesNote(q); note != "" {
			p.note(note)
		}
	}
	if len(byChannel.rows) > 0 {
		p.heading(1, "Ocena według kanału", p.start(byChannel))
		p.put(byChannel)
	}
	if points := p.groups("Punkt obsługi", s.ServicePoints, p.doc.servicePoint); len(points.rows) > 0 {
		p.heading(1, "Ocena według punktu obsługi", min(p.height(points), together))
		p.put(points)
	}
	p.note("Kropka to średnia, pas – przedział orientacyjny 95%; próba nielosowa. „" + firstUpper(tooFew) + "” oznacza wynik wstrzymany ze względu na małą liczbę odpowiedzi.")
}

func (p *pdfPage) groups(title string, groups []stats.Group, name func(string) string) table {
	low, high := p.doc.overallScale()
	t := table{columns: ratingColumns(title, low, high)}
	for _, g := range groups {
		if g.N > 0 {
			g.Key = firstUpper(name(g.Key))
			t.rows = append(t.rows, ratingRow(g, low, high))
		}
	}
	return t
}

// areas put the areas, best first, with means, intervals, the outer boxes and how well their rows agree.
func (p *pdfPage) areas() {
	areas := p.doc.Summary.Areas
	if len(areas) == 0 || p.doc.Summary.N == 0 {
		return
	}
	t := table{columns: []column{{title: "Obszar", width: 47, align: "L"}, {title: "n", width: 13, align: "R"}, {title: "Średnia", width: 17, align: "R"}, {title: "Przedział 95%", width: 21, align: "R"},
		{title: "Najwyższe oceny", width: 18, align: "R"}, {title: "Najniższe oceny", width: 18, align: "R"}, {title: "α", width: 12, align: "R"}, {title: "Na skali", width: 18, align: "C", picture: true}}}
	for _, a := range areas {
		t.rows = append(t.rows, areaRow(a))
	}
	p.heading(0, "Obszary", min(p.height(t)+34, together))
	p.paragraph("Obszar łączy oceny kilku stwierdzeń z tabeli ocen. Obszary uporządkowano od najlepszego; wstrzymane podano na końcu. Te same osoby oceniają wszystkie stwierdzenia, dlatego przedział liczymy ostrożnie: n to liczba odpowiedzi na to stwierdzenie obszaru, które ma ich najwięcej.")
	p.put(t)
	p.note(AlphaMethod)
}

func areaRow(a stats.Area) row {
	label := a.Label.PL
	if a.Rows > 0 {
		label += " (" + counted(a.Rows, "stwierdzenie", "stwierdzenia", "stwierdzeń") + ")"
	}
	n := cell{text: integer(a.Rating.N)}
	if !a.Rating.OK {
		n = cell{text: none, muted: true}
	}
	return row{cells: []cell{{text: firstUpper(label)}, n, {text: figure(a.Rating, a.Withheld), muted: !a.Rating.OK}, {text: FigureSpan(a.Rating), muted: true},
		{text: share(a.Top2, a.Withheld), muted: !a.Top2.OK}, {text: share(a.Bottom2, a.Withheld), muted: !a.Bottom2.OK}, {text: alphaWords(a.Alpha), muted: !a.Alpha.OK}, dot(a.Rating, a.Min, a.Max)}}
}

func alphaWords(a stats.Alpha) string {
	if !a.OK {
		return none
	}
	return Decimal(a.Value, 2)
}

// indicators put the composites with the weights that the office set.
func (p *pdfPage) indicators() {
	s := p.doc.Summary
	if len(s.Indicators) == 0 {
		return
	}
	t := table{columns: []column{{title: "Wskaźnik", width: 50, align: "L"}, {title: "Składniki", width: 19, align: "R"}, {title: "Waga", width: 15, align: "R"}, {title: "Wartość (0–100)", width: 20, align: "R"}, {title: "Przedział 95%", width: 26, align: "R"},
		{title: "Od 0 do 100", width: 34, align: "C", picture: true}}}
	for _, i := range s.Indicators {
		t.rows = append(t.rows, row{cells: []cell{{text: firstUpper(RoleName(i.Role))}, {text: integer(i.Items)}, {text: Short(i.Weight)}, {text: tenth(i.Value, i.Withheld), muted: !i.Value.OK}, {text: TenthSpan(i.Value), muted: true}, dot(i.Value, 0, 100)}})
	}
	if s.Composite.OK {
		t.rows = append(t.rows, row{total: true, cells: []cell{{text: "Wskaźnik łączny"}, {text: integer(len(s.Indicators))}, {}, {text: tenth(s.Composite, false)}, {text: TenthSpan(s.Composite), muted: true}, dot(s.Composite, 0, 100)}})
	}
	p.heading(0, "Wskaźniki", p.height(t)+24)
	p.paragraph(IndicatorMethod)
	p.put(t)
}

// tenth writes a figure of 0 to 100, or why there is none.
func tenth(f stats.Figure, withheld bool) string {
	if !f.OK {
		return absent(withheld)
	}
	return Decimal(f.Value, 1)
}

// TenthSpan writes the interval of a figure of 0 to 100; "" where there is none.
func TenthSpan(f stats.Figure) string {
	if !f.OK {
		return ""
	}
	return span(Decimal(f.Low, 1), Decimal(f.High, 1))
}

// statesNote says how many were asked and what became of them.
func statesNote(it *stats.Item) string {
	text := "Zadano w " + integer(it.Asked) + " " + plural(it.Asked, "ankiecie", "ankietach", "ankietach") + "; ważne odpowiedzi: n = " + integer(it.Valid)
	counts := stateCounts(it.States)
	for _, s := range counts[:len(counts)-1] {
		if s.n > 0 {
			text += "; " + s.name + ": " + integer(s.n)
		}
	}
	return text + "." + notAsked(it.States)
}

// notAsked says how many were not asked, as a rule hid the question from them; "" if none.
func notAsked(s stats.States) string {
	if s.Hidden == 0 {
		return ""
	}
	return " Nie pytano: " + counted(s.Hidden, "osoba", "osoby", "osób") + " (pytanie warunkowe)."
}

// stateCount is one state without substance and how many there were.
type stateCount struct {
	name string
	n    int
}

func stateCounts(s stats.States) []stateCount {
	return []stateCount{{"nie dotyczy", s.NotApplicable}, {"nie mam zdania", s.NoOpinion}, {"brak odpowiedzi", s.Blank}, {"nieczytelne", s.Unreadable}, {"nie pytano", s.Hidden}}
}

// figuresNote tells the figures of a scored question.
func figuresNote(q *stats.Question, it *stats.Item) string {
	if !it.Rating.OK {
		return ""
	}
	mean, scale := figure(it.Rating, false), "; skala od "+Short(it.Min)+" do "+Short(it.Max)
	if q.Kind == survey.KindNumber {
		mean, scale = strings.TrimSpace(mean+" "+q.Unit.PL), ""
	}
	text := "Średnia " + mean + " (przedział " + FigureSpan(it.Rating) + scale + "), odchylenie standardowe " + Decimal(it.SD, 2) + ", mediana " + Short(it.Median)
	if it.Top2.OK && it.Bottom2.OK {
		text += ", " + boxName(it.Box, true) + " " + percent(it.Top2.Value) + ", " + boxName(it.Box, false) + " " + percent(it.Bottom2.Value)
	}
	return text + "."
}

// npsNote tells the promoter score, with the formula's name in plain words.
func npsNote(it *stats.Item) string {
	if !it.NPS.OK {
		return ""
	}
	return "Wskaźnik polecenia NPS: " + Decimal(it.NPS.Value, 1) + " (przedział " + span(Decimal(it.NPS.Low, 1), Decimal(it.NPS.High, 1)) + "), czyli odsetek ocen 9–10 minus odsetek ocen 0–6."
}

// digit is a value's score where its label does not tell it already.
func digit(v stats.Value) string {
	if v.Score == nil || v.Label.PL == "" || v.Label.PL == Short(*v.Score) {
		return ""
	}
	if _, err := strconv.Atoi(v.Label.PL); err == nil {
		return ""
	}
	return Short(*v.Score)
}

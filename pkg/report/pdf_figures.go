package report

import (
	"strconv"
	"strings"

	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/survey"
)

// structure puts how many questionnaires came by each channel and in each month.
func (p *pdfPage) structure() {
	s := p.doc.Summary
	t := table{columns: []column{{"Sposób wypełnienia", 58, "L"}, {"Ankiety", 20, "R"}, {"% wszystkich", 24, "R"}, {"", 62, "L"}}}
	for _, c := range s.Channels {
		part := stats.Share{OK: s.N > 0, Count: c.N, N: s.N, Value: c.Share, Low: c.Share, High: c.Share}
		cells := []cell{{text: firstUpper(channelName(c.Channel)), muted: c.N == 0}, {text: integer(c.N), muted: c.N == 0}, {text: percent(c.Share), muted: c.N == 0}, plainBar(part)}
		t.rows = append(t.rows, row{cells: cells})
	}
	t.rows = append(t.rows, row{cells: []cell{{text: "Razem"}, {text: integer(s.N)}, {text: wholePercent(s.N)}, {}}})
	p.heading(0, "Zebrane ankiety", p.height(t)+18)
	p.heading(1, "Według kanału", p.height(t))
	p.put(t)
	p.months()
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

func (p *pdfPage) months() {
	s := p.doc.Summary
	if len(s.Months) < 2 {
		return
	}
	low, high := p.doc.overallScale()
	t := table{columns: ratingColumns("Miesiąc", low, high)}
	for _, m := range s.Months {
		t.rows = append(t.rows, ratingRow(stats.Group{Key: firstUpper(monthWords(m.Month)), N: m.N, Rating: m.Rating, Withheld: m.Withheld}, low, high))
	}
	p.heading(1, "Według miesiąca, z oceną ogólną", p.start(t))
	p.put(t)
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
	return []column{{title, 58, "L"}, {"Ankiety", 18, "R"}, {"Średnia", 20, "R"}, {"Przedział 95%", 26, "R"}, {chart, 42, "C"}}
}

// ratingRow is a row of a table of means, of a group whose key is its name; a withheld mean is told in words
// and not drawn.
func ratingRow(g stats.Group, low, high float64) row {
	return row{cells: []cell{{text: g.Key}, {text: integer(g.N)}, {text: figure(g.Rating, g.Withheld), muted: !g.Rating.OK}, {text: FigureSpan(g.Rating), muted: true}, dot(g.Rating, low, high)}}
}

// comparisons put the overall rating by channel and by service point.
func (p *pdfPage) comparisons() {
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
		p.heading(1, "Według kanału", p.start(byChannel))
		p.put(byChannel)
	}
	if points := p.groups("Punkt obsługi", s.ServicePoints, p.doc.servicePoint); len(points.rows) > 0 {
		p.heading(1, "Według punktu obsługi", p.start(points))
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

// areas put the areas, best first, with means, intervals and the outer boxes.
func (p *pdfPage) areas() {
	areas := p.doc.Summary.Areas
	if len(areas) == 0 {
		return
	}
	t := table{columns: []column{{"Obszar", 52, "L"}, {"n", 13, "R"}, {"Średnia", 18, "R"}, {"Przedział 95%", 21, "R"}, {"Najwyższe oceny", 18, "R"}, {"Najniższe oceny", 18, "R"}, {"Średnia na skali", 24, "C"}}}
	for _, a := range areas {
		t.rows = append(t.rows, areaRow(a))
	}
	p.heading(0, "Obszary", p.height(t)+12)
	p.paragraph("Obszar łączy oceny kilku stwierdzeń z tabeli ocen. Obszary uporządkowano od najlepszego; wstrzymane podano na końcu. Te same osoby oceniają wszystkie stwierdzenia, dlatego przedział liczymy ostrożnie: n to liczba odpowiedzi na to stwierdzenie obszaru, które ma ich najwięcej.")
	p.put(t)
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
		{text: share(a.Top2, a.Withheld), muted: !a.Top2.OK}, {text: share(a.Bottom2, a.Withheld), muted: !a.Bottom2.OK}, dot(a.Rating, a.Min, a.Max)}}
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

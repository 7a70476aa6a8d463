package report

import (
	"slices"
	"strconv"

	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/survey"
	"ocenaurzedu.eu/pkg/tagged"
)

// together is the tallest question, in millimetres, that is kept on one page.
const together = 120.0

// questions put every question under its section's heading.
func (p *pdfPage) questions() {
	d := p.doc
	if len(d.Summary.Questions) == 0 || d.Summary.N == 0 {
		return
	}
	first := slices.IndexFunc(d.Summary.Questions, func(q stats.Question) bool { return q.Kind != survey.KindInfo && !q.Profile })
	if first < 0 {
		return
	}
	const intro, headings = 18.0, 26.0
	p.heading(0, "Wyniki pytań", intro+headings+p.questionHeight(&d.Summary.Questions[first]))
	p.paragraph("„% ważnych” liczymy od ważnych odpowiedzi (n), „% wszystkich” – od wszystkich, którym pytanie zadano (N). Słupek pokazuje % ważnych, kreska na nim – przedział orientacyjny 95%.")
	section := ""
	for i, number := range d.numbered() {
		q := &d.Summary.Questions[i]
		if q.Kind == survey.KindInfo || q.Profile {
			continue
		}
		if q.Section.PL != section && q.Section.PL != "" {
			section = q.Section.PL
			p.heading(1, section, p.questionHeight(q)+12)
		}
		p.question(number, q)
	}
}

// questionHeight is what must follow a heading on its page: the whole question if it is small.
func (p *pdfPage) questionHeight(q *stats.Question) float64 {
	t, ok := p.questionTable(q)
	notes := 1.0
	for _, text := range p.notesOf(q) {
		notes += float64(len(p.lines(styleNote, textColumn, text)))*styleNote.lineHeight() + 1.5
	}
	if !ok {
		return 2*styleBody.lineHeight() + notes
	}
	if h := p.height(t) + notes; h <= together {
		return h
	}
	return p.start(t) + notes
}

func (p *pdfPage) question(number string, q *stats.Question) {
	title := number + ". " + q.Label.PL
	if q.Break {
		title += " (" + seriesName(q.Versions) + ")"
	}
	p.heading(2, title, p.questionHeight(q))
	for _, text := range p.notesOf(q) {
		p.note(text)
	}
	t, ok := p.questionTable(q)
	switch {
	case isTable(q) && ok:
		for _, side := range Sides(q) {
			p.side(q, side)
		}
	case ok:
		p.put(t)
	default:
		p.withoutTable(q)
	}
}

// side puts a table question's side: its figures, and how the answers are spread.
func (p *pdfPage) side(q *stats.Question, side Side) {
	t := p.matrixTable(q, side)
	if side.Title != "" {
		p.y += 1.5
		t.caption = side.Title
	}
	if h := p.height(t); h <= together/2 {
		p.room(h)
	}
	p.put(t)
	p.distributions(side)
}

// seriesName names a broken series by its versions.
func seriesName(v []int) string { return "wersja " + versionList(v) }

// notesOf are what stands between a question's heading and its table: its series, who was asked it, and of a
// question that is one item its figures and base.
func (p *pdfPage) notesOf(q *stats.Question) []string {
	notes := append([]string{p.doc.seriesNote(q)}, p.doc.QuestionNotes(q)...)
	if _, ok := p.questionTable(q); ok && !isTable(q) {
		it := &q.Items[0]
		notes = append(notes, figuresNote(q, it), npsNote(it), statesNote(it), heldWords(it.Held))
	}
	if isTable(q) {
		notes = append(notes, completionNote(q.Completion), heldRows(q))
	}
	return slices.DeleteFunc(notes, func(s string) bool { return s == "" })
}

// completionNote tells how much of a table was filled in; "" where that is not told.
func completionNote(s stats.Share) string {
	if !s.OK {
		return ""
	}
	return "Wypełniono " + percent(s.Value) + " pól tabeli, licząc także „nie dotyczy” i „nie mam zdania”."
}

// withoutTable tells a question whose answers are texts, withheld or not there.
func (p *pdfPage) withoutTable(q *stats.Question) {
	if len(q.Items) == 0 {
		p.paragraph("Brak odpowiedzi.")
		return
	}
	it := &q.Items[0]
	switch {
	case it.Suppressed:
		p.paragraph(firstUpper(tooFew) + ": wynik wstrzymano. Odpowiedzi było zbyt mało albo zdradziłby inny wstrzymany wynik.")
	case it.Valid == 0:
		p.paragraph("Brak ważnych odpowiedzi." + notAsked(it.States))
	case q.Kind == survey.KindText:
		text := "Odpowiedzi wpisano w " + integer(it.Valid) + " z " + integer(it.Asked) + " ankiet"
		if it.Asked > 0 {
			text += " (" + percent(float64(it.Valid)/float64(it.Asked)) + ")"
		}
		p.paragraph(text + "." + notAsked(it.States) + " Ich treść jest w rozdziale „Uwagi klientów”.")
	default:
		p.paragraph(statesNote(it))
	}
}

// questionTable makes the table of a question; ok is false where there is none to show.
func (p *pdfPage) questionTable(q *stats.Question) (t table, ok bool) {
	if len(q.Items) == 0 || q.Kind == survey.KindText {
		return table{}, false
	}
	if isTable(q) {
		return p.matrixTable(q, Sides(q)[0]), true
	}
	it := &q.Items[0]
	if it.Suppressed || it.Valid == 0 || len(it.Values) == 0 {
		return table{}, false
	}
	return valuesTable(q, it), true
}

// valuesTable is the table of one item: a row a value.
func valuesTable(q *stats.Question, it *stats.Item) table {
	first := "Odpowiedź"
	if q.Kind == survey.KindNumber && q.Unit.PL != "" {
		first = "Wartość (" + q.Unit.PL + ")"
	}
	valid := "% ważnych"
	if q.Kind == survey.KindMulti {
		valid = "% osób"
	}
	t := table{columns: []column{{title: first, width: 60, align: "L"}, {title: "Liczba", width: 15, align: "R"}, {title: valid, width: 19, align: "R"}, {title: "Przedział 95%", width: 24, align: "R"}, {title: "% wszystkich", width: 22, align: "R"}, {width: 24, align: "L", picture: true}}}
	for _, v := range it.Values {
		label := valueName(v)
		if s := digit(v); s != "" {
			label += " (" + s + ")"
		}
		t.rows = append(t.rows, row{cells: []cell{{text: label}, {text: integer(v.Count)}, {text: share(v.Share, false)}, {text: ShareSpan(v.Share), muted: true}, {text: percent(v.OfAll), muted: true}, bar(v.Share)}})
	}
	return t
}

// matrixTable is one table of a side with a row a row, under the headings of the areas.
func (p *pdfPage) matrixTable(q *stats.Question, side Side) table {
	states := usedStates(side.Items)
	t := table{columns: []column{{title: side.first(), align: "L"}, {title: "n", align: "R"}, {title: "Średnia", align: "R"}, {title: "Przedział 95%", align: "R"}, {title: "Najwyższe oceny", align: "R"}, {title: "Najniższe oceny", align: "R"}}}
	for _, s := range states {
		t.columns = append(t.columns, column{title: stateShort(s), align: "R"})
	}
	area := ""
	for i := range side.Items {
		it := &side.Items[i]
		if it.Area != area && !side.Areas {
			area = it.Area
			if name := areaName(q, area); name != "" {
				t.rows = append(t.rows, row{heading: firstUpper(name)})
			}
		}
		t.rows = append(t.rows, matrixRow(it, states))
	}
	return p.fitted(t)
}

func matrixRow(it *stats.Item, states []int) row {
	label := cell{text: firstUpper(RowName(it))}
	if it.Suppressed {
		cells := []cell{label, {text: none, muted: true}, {text: tooFew, muted: true}}
		for range 3 + len(states) {
			cells = append(cells, cell{text: none, muted: true})
		}
		return row{cells: cells}
	}
	cells := []cell{label, {text: integer(it.Valid)}, {text: figure(it.Rating, fewScored(it))}, {text: FigureSpan(it.Rating), muted: true}, {text: share(it.Top2, fewScored(it) && it.Box > 0)}, {text: share(it.Bottom2, fewScored(it) && it.Box > 0)}}
	if it.Valid == 0 {
		cells = []cell{label, {text: "0"}, {text: none}, {}, {text: none}, {text: none}}
	}
	counts := stateCounts(it.States)
	for _, s := range states {
		cells = append(cells, cell{text: integer(counts[s].n), muted: true})
	}
	return row{cells: cells}
}

// usedStates are the places in stateCounts that some row has; a blank is always told.
func usedStates(items []stats.Item) []int {
	var used []int
	for s := range stateCounts(stats.States{}) {
		there := s == stateBlank
		for i := range items {
			there = there || stateCounts(items[i].States)[s].n > 0
		}
		if there {
			used = append(used, s)
		}
	}
	return used
}

// stateBlank is the place of "brak odpowiedzi" in stateCounts.
const stateBlank = 2

func stateShort(s int) string {
	return [...]string{"Nie dotyczy", "Bez zdania", "Brak odp.", "Nieczyt.", "Nie pytano"}[s]
}

func areaName(q *stats.Question, key string) string {
	for _, a := range q.Areas {
		if a.Key == key {
			return a.Label.PL
		}
	}
	return ""
}

// distributions put a bar a row, with a key of the points.
func (p *pdfPage) distributions(side Side) {
	order := "od najgorszej do najlepszej"
	if side.Importance {
		order = "od najmniejszej ważności do największej"
	}
	t := table{columns: []column{{title: side.first(), width: 74, align: "L"}, {title: "Rozkład ważnych odpowiedzi (%), " + order, width: textColumn - 74, align: "L"}}}
	var points []stats.Value
	for i := range side.Items {
		it := &side.Items[i]
		label := cell{text: firstUpper(RowName(it))}
		if it.Suppressed || it.Valid == 0 {
			t.rows = append(t.rows, row{cells: []cell{label, {text: reason(it), muted: true}}})
			continue
		}
		points = worstFirst(it.Values)
		t.rows = append(t.rows, row{cells: []cell{label, stack(it)}})
	}
	if points == nil {
		return
	}
	p.room(p.start(t) + 8)
	p.legend(points)
	p.put(t)
}

// reason says why an item has no figures.
func reason(it *stats.Item) string {
	if it.Suppressed {
		return tooFew
	}
	return "brak ważnych odpowiedzi"
}

// legend puts the points of a scale with their tones, over as many lines as they need. The bars are told point by point, so
// that the key is for the eye alone.
func (p *pdfPage) legend(points []stats.Value) {
	const swatch = 3.2
	x := marginLeft
	for i, v := range points {
		label := valueName(v)
		if label == "" {
			label = strconv.Itoa(i + 1)
		}
		label = p.clip(styleNote, textColumn-swatch-2, label)
		w := swatch + 1.5 + p.width(styleNote, label) + 5
		if x > marginLeft && x+w > marginLeft+textColumn {
			x, p.y = marginLeft, p.y+styleNote.lineHeight()+0.5
		}
		f := frame{x, p.y, swatch, swatch, 0}
		t := stepTone(i, len(points))
		shapes := []shape{{kind: shapeRect, x: f.x, y: f.y, w: f.w, h: f.h, tone: t}}
		if t == toneLow2 || t == toneLow1 {
			shapes = append(shapes, hatch(f)...)
		}
		p.aside(tagged.Decoration, func() {
			p.draw(shapes)
			p.text(styleNote, x+swatch+1.5, p.y+2.7, 0, "L", label)
		})
		x += w
	}
	p.y += styleNote.lineHeight() + 1.5
}

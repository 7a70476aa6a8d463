package report

import (
	"slices"
	"strconv"

	"ocenaurzedu.eu/pkg/stats"
)

// quadrantText is the height of a chart's text, in millimetres.
const quadrantText = 2.9

// quadrantHeight is the height of a chart of importance and satisfaction, in millimetres: many points need room.
func quadrantHeight(q *stats.Quadrant) float64 {
	if len(q.Points) <= 8 {
		return 66
	}
	return 84
}

// quadrants set importance and satisfaction against each other, a chart and a table a question.
func (p *pdfPage) quadrants() {
	if len(p.doc.Summary.Quadrants) == 0 {
		return
	}
	p.heading(0, "Ważność i zadowolenie", 30+p.together(&p.doc.Summary.Quadrants[0]))
	p.paragraph(QuadrantMethod)
	if slices.ContainsFunc(p.doc.Summary.Quadrants, func(q stats.Quadrant) bool { return q.Derived }) {
		p.paragraph(DerivedMethod)
	}
	for i := range p.doc.Summary.Quadrants {
		p.quadrant(&p.doc.Summary.Quadrants[i])
	}
}

func (p *pdfPage) quadrant(q *stats.Quadrant) {
	if len(q.Points) == 0 {
		return
	}
	t := quadrantTable(q)
	p.heading(1, q.Label.PL, p.together(q))
	if note := p.doc.quadrantNote(q); note != "" {
		p.note(note)
	}
	h := quadrantHeight(q)
	p.room(h)
	f := frame{marginLeft, p.y, textColumn, h, quadrantText}
	p.picture(quadrantWords(q), f, func() { p.draw(quadrantChart(q, f)) })
	p.y += h + 3
	p.put(t)
	for _, note := range QuadrantNotes(q) {
		p.note(note)
	}
}

// together is the height of a chart, its table and what is said of them, as far as a page can hold that: the table tells
// the chart's numbers.
func (p *pdfPage) together(q *stats.Quadrant) float64 {
	const notes, headings = 16.0, 60.0
	return min(quadrantHeight(q)+3+p.height(quadrantTable(q))+notes, pageEnd-marginTop-headings)
}

// quadrantTable lists the points by quarter, with their numbers in the chart.
func quadrantTable(q *stats.Quadrant) table {
	first := "Stwierdzenie"
	if ofAreas(q) {
		first = "Obszar"
	}
	importance := "Ważność (średnia)"
	if q.Derived {
		importance = "Ważność wyprowadzona (ρ)"
	}
	t := table{named: 1, columns: []column{{title: "Nr", width: 10, align: "R"}, {title: first, width: 72, align: "L"}, {title: importance, width: 25, align: "R"}, {title: "n", width: 16, align: "R"}, {title: "Zadowolenie (średnia)", width: 25, align: "R"}, {title: "n", width: 16, align: "R"}}}
	var quarter stats.QuadrantName
	for i, point := range q.Points {
		if point.Quadrant != quarter {
			quarter = point.Quadrant
			t.rows = append(t.rows, row{heading: QuadrantTitle(quarter)})
		}
		t.rows = append(t.rows, row{cells: []cell{{text: strconv.Itoa(i + 1)}, {text: pointName(point)}, {text: Decimal(point.Importance.Value, 2)}, {text: integer(point.Importance.N), muted: true},
			{text: Decimal(point.Satisfaction.Value, 2)}, {text: integer(point.Satisfaction.N), muted: true}}})
	}
	return t
}

package sheet

import (
	"math"

	"ocenaurzedu.eu/pkg/survey"
)

const (
	statementMin = 66.0 // narrowest column of statements
	keepRows     = 6    // an area of up to so many rows is not split
	areaGap      = 0.6
)

// table is a matrix being laid out, or the part of one that has columns of its own.
type table struct {
	q       *survey.Question
	name    string // of a part
	all     []choice
	columns columns
	aspects []string // of a row: two where both are rated on one scale
	named   bool     // the aspects stand beside their boxes
	stacked bool     // statements stand above their boxes: too many columns for beside
}

// aspectsAbove reports whether the boxes start so far left that an aspect's name stands above them.
func (f *flow) aspectsAbove(t table) bool { return f.start(t.columns)-left < f.d.aspect }

// newTable spreads the columns of a table whose rows are rated by aspects on one scale.
func (f *flow) newTable(q *survey.Question, name string, aspects ...string) table {
	t := table{q: q, name: name, all: choicesOf(q, aspects[0], f.words), aspects: aspects, named: len(aspects) > 1}
	room := right - left - statementMin
	if t.named {
		room -= f.d.aspect
	}
	if t.stacked = f.d.stacked || float64(len(t.all))*f.d.pitchAcross+optOutGap > room; t.stacked {
		room = right - left
	}
	t.columns = f.columns(t.all, room)
	return t
}

// matrix lays statements with a row of boxes each, areas under their headings. A paired matrix on one scale has two
// rows of boxes a statement; where importance has a scale of its own, its columns head a table of their own, as they
// do where it is asked of areas.
func (f *flow) matrix(q *survey.Question, label string) []block {
	switch {
	case q.Kind == survey.KindPaired && q.Importance == nil:
		return []block{f.rated(f.newTable(q, "", survey.AspectImportance, survey.AspectSatisfaction), label)}
	case q.Kind == survey.KindPaired:
		importance := f.newTable(q, f.words.rateImportance, survey.AspectImportance)
		satisfaction := f.newTable(q, f.words.rateSatisfaction, survey.AspectSatisfaction)
		align(&importance, &satisfaction)
		return []block{f.rated(importance, label), f.rated(satisfaction, "")}
	case q.AsksImportance():
		return []block{f.rated(f.newTable(q, "", ""), label), f.weighed(f.newTable(q, f.words.rateAreas, survey.AspectImportance))}
	}
	return []block{f.rated(f.newTable(q, "", ""), label)}
}

// align puts the boxes of two tables with as many columns below each other.
func align(a, b *table) {
	if len(a.all) != len(b.all) || a.stacked || b.stacked {
		return
	}
	if a.columns.pitch < b.columns.pitch {
		a, b = b, a
	}
	b.columns.xs, b.columns.pitch = a.columns.xs, a.columns.pitch
}

// rated lays a table of the question's rows; label is "" in all but the first.
func (f *flow) rated(t table, label string) block {
	b := f.tableBlock(t, label)
	for _, area := range areas(t.q) {
		b.chunks = append(b.chunks, f.areaChunks(t, area)...)
	}
	return b
}

// weighed lays a table of the question's areas.
func (f *flow) weighed(t table) block {
	b := f.tableBlock(t, "")
	for i, a := range t.q.Areas {
		one := f.rowChunk(t, statement{area: a.Key, label: a.Label.In(f.words.lang)})
		one.keep = together(i, len(t.q.Areas))
		b.chunks = append(b.chunks, one)
	}
	return b
}

// tableBlock is a table's head, to be repeated on each page on which the table continues.
func (f *flow) tableBlock(t table, label string) block {
	c := t.columns
	head := chunk{height: c.height + headGap, keep: true, draw: func(y float64) { f.drawHeads(c, y) }}
	b := block{repeat: &head, low: c.xs[0]-c.pitch/2 > headX && head.height < f.d.top-f.d.noteY-0.5, part: label == ""}
	b.chunks = f.matrixHead(t, label, head)
	return b
}

// matrixHead lays the question, beside its columns' heads where there is room.
func (f *flow) matrixHead(t table, label string, head chunk) []chunk {
	above := len(t.columns.legend) > 0 || t.stacked
	width := right - left
	if !above {
		width = t.columns.xs[0] - t.columns.pitch/2 - left - 1
	}
	var lines []line
	if label != "" {
		lines = f.label(t.q, label, width)
	}
	name := f.wrap(width, run{style: StyleArea, text: t.name})
	if above {
		lines = append(lines, name...)
		title := chunk{height: heightOf(lines) + labelGap, keep: true, draw: func(y float64) { f.lines(left, y, lines) }}
		return append(append([]chunk{title}, f.legendChunk(t.columns)...), head)
	}
	h := max(heightOf(lines)+heightOf(name)+headGap, head.height)
	return []chunk{{height: h, keep: true, draw: func(y float64) {
		f.lines(left, y, lines)
		f.lines(left, y+h-headGap-heightOf(name), name)
		head.draw(y + h - head.height)
	}}}
}

// areas lists the rows without an area, then those of each area in order.
func areas(q *survey.Question) []survey.Area {
	return append([]survey.Area{{}}, q.Areas...)
}

// areaChunks lays an area's heading and rows. Short areas stay together; of longer ones no row stands alone.
func (f *flow) areaChunks(t table, area survey.Area) []chunk {
	var rows []survey.Row
	for _, r := range t.q.Rows {
		if r.Area == area.Key {
			rows = append(rows, r)
		}
	}
	var chunks []chunk
	if area.Key != "" && len(rows) > 0 {
		lines := f.wrap(f.start(t.columns)-left, run{style: StyleArea, text: area.Label.In(f.words.lang)})
		if t.stacked {
			lines = f.wrap(right-left, run{style: StyleArea, text: area.Label.In(f.words.lang)})
		}
		chunks = append(chunks, chunk{height: heightOf(lines) + 2*areaGap, keep: true, draw: func(y float64) {
			f.lines(left, y+areaGap+0.3, lines)
		}})
	}
	for i, r := range rows {
		one := f.rowChunk(t, statement{row: r.Key, label: r.Label.In(f.words.lang)})
		one.keep = together(i, len(rows))
		chunks = append(chunks, one)
	}
	return chunks
}

// together reports whether row i of n stays with the next one.
func together(i, n int) bool { return i < n-1 && (n <= keepRows || i == 0 || i == n-2) }

// statement is what a line of a table rates: a row or an area.
type statement struct {
	row, area, label string
}

// rowChunk lays one statement and its boxes.
func (f *flow) rowChunk(t table, s statement) chunk {
	width := f.start(t.columns) - left
	if t.named {
		width -= f.d.aspect
	}
	if t.stacked {
		width = right - left
	}
	text := f.wrap(width, run{style: StyleText, text: s.label})
	rows := f.boxRows(t)
	h := max(heightOf(text)+2*rowSlack, rows)
	if t.stacked {
		h = heightOf(text) + rowSlack + rows
	}
	return chunk{height: h, draw: func(y float64) {
		f.rule(left, y, right, y, hairline, hairGrey)
		if t.stacked {
			f.lines(left, y+rowSlack, text)
		} else {
			f.lines(left, y+(h-heightOf(text))/2, text)
		}
		from := y + h - rows
		if !t.stacked {
			from = y + (h-rows)/2
		}
		f.rowBoxes(t, s, from)
	}}
}

// boxRows is the height of a statement's rows of boxes.
func (f *flow) boxRows(t table) float64 {
	switch {
	case !t.named:
		return f.d.pitchDown
	case f.aspectsAbove(t):
		return 2 * (f.d.pitchDown + lineHeight(f.d.sizes[StyleHint]))
	}
	return 2 * f.d.pitchDown
}

// rowBoxes draws a statement's boxes from y down, one row or one an aspect with its name.
func (f *flow) rowBoxes(t table, s statement, y float64) {
	for i, aspect := range t.aspects {
		if t.named {
			name := f.wrap(math.MaxFloat64, run{style: StyleHint, text: []string{f.words.importance, f.words.satisfaction}[i]})
			if f.aspectsAbove(t) {
				y = f.lines(left, y, name)
			} else {
				f.lines(f.start(t.columns)-widest(name), y+(f.d.pitchDown-heightOf(name))/2, name)
			}
		}
		for i, one := range t.all {
			f.box(Box{Question: t.q.Key, Row: s.row, Area: s.area, Aspect: aspect, Option: one.value, Kind: one.kind, X: t.columns.xs[i], Y: y + f.d.pitchDown/2})
		}
		y += f.d.pitchDown
	}
}

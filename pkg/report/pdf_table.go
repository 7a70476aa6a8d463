package report

import (
	"math"
	"strings"

	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/tagged"
)

// Space in and around tables, in millimetres.
const (
	cellPad  = 1.5 // left and right
	rowPad   = 1.3 // above and below
	tableGap = 5.0 // below a table
	minRow   = 6.2
)

// column is a column of a table. What stands in a column of pictures only repeats figures beside it: it is no part of the
// document's structure.
type column struct {
	title   string
	width   float64 // millimetres; the columns of a table sum to textColumn or less
	align   string  // L, C, R
	picture bool
}

// cell is a cell: text, or a drawing.
type cell struct {
	text  string
	muted bool
	alt   string                // what a drawing shows, in words, where the columns beside it do not tell it
	draw  func(f frame) []shape // nil: text only; the frame is the cell less its padding
}

// row is a row of a table. A row with a heading spans the table and stays with the row after it.
type row struct {
	heading string
	cells   []cell
	total   bool // a sum: set apart
}

// table is a table whose header is repeated on every page that it runs over. Each row has a header cell.
type table struct {
	caption string // "": what stands above it tells what it is
	columns []column
	rows    []row
	named   int // the column of the rows' header cells
}

// put draws the table and moves on below it.
func (p *pdfPage) put(t table) {
	p.room(p.start(t))
	p.tree.In(tagged.Table, func() {
		p.caption(t)
		p.tree.In(tagged.Head, func() { p.tree.In(tagged.Row, func() { p.tableHead(t) }) })
		p.tree.In(tagged.Rows, func() { p.tableRows(t) })
	})
	p.rule(marginLeft, p.y, t.width(), 0.3, inkMuted)
	p.y += tableGap
}

func (p *pdfPage) tableRows(t table) {
	for i, r := range t.rows {
		if p.y+p.firstRows(t, i) > pageEnd {
			p.rule(marginLeft, p.y, t.width(), 0.3, inkMuted)
			p.newPage()
			p.aside(tagged.Decoration, func() { p.tableHead(t) })
		}
		p.tree.In(tagged.Row, func() { p.tableRow(t, r) })
	}
}

func (p *pdfPage) caption(t table) {
	if t.caption == "" {
		return
	}
	p.tree.In(tagged.Caption, func() { p.block(styleTable.strong(), marginLeft, textColumn, t.caption) })
	p.y += 1
}

// captionHeight is the height of a table's caption with the space after it.
func (p *pdfPage) captionHeight(t table) float64 {
	if t.caption == "" {
		return 0
	}
	return p.tall(styleTable.strong(), textColumn, t.caption) + 1
}

func (t table) width() float64 {
	sum := 0.0
	for _, c := range t.columns {
		sum += c.width
	}
	return sum
}

// fitted gives each column but the first the width of its longest word or figure, and the first what is left: words are the
// longest there.
func (p *pdfPage) fitted(t table) table {
	t.columns[0].width = 0
	for j := 1; j < len(t.columns); j++ {
		widest := 0.0
		for _, word := range strings.Fields(t.columns[j].title) {
			widest = max(widest, p.width(styleHead, word))
		}
		for _, r := range t.rows {
			if r.heading == "" && j < len(r.cells) {
				widest = max(widest, p.width(styleTable, r.cells[j].text))
			}
		}
		t.columns[j].width = math.Ceil(2*(widest+2*cellPad+0.6)) / 2
	}
	t.columns[0].width = textColumn - t.width()
	return t
}

// height is the height of the whole table on one page.
func (p *pdfPage) height(t table) float64 {
	h := p.captionHeight(t) + p.head(t) + tableGap
	for _, r := range t.rows {
		h += p.rowHeight(t, r)
	}
	return h
}

// start is the least of a table that may stand at the foot of a page: its head and three rows.
func (p *pdfPage) start(t table) float64 {
	h := p.captionHeight(t) + p.head(t)
	for i := range min(len(t.rows), 3) {
		h += p.rowHeight(t, t.rows[i])
	}
	return h
}

// firstRows is the height of row i, and of the row after it where row i is a heading, or where that row is the last: none
// stands alone under the head of a page.
func (p *pdfPage) firstRows(t table, i int) float64 {
	if i >= len(t.rows) {
		return 0
	}
	h := p.rowHeight(t, t.rows[i])
	switch {
	case t.rows[i].heading != "":
		h += p.firstRows(t, i+1)
	case i == len(t.rows)-2:
		h += p.rowHeight(t, t.rows[i+1])
	}
	return h
}

func (p *pdfPage) head(t table) float64 {
	most := 1
	for _, c := range t.columns {
		most = max(most, len(p.lines(styleHead, c.width-2*cellPad, c.title)))
	}
	return float64(most)*styleHead.lineHeight() + 2*rowPad
}

func (p *pdfPage) rowHeight(t table, r row) float64 {
	if r.heading != "" {
		return float64(len(p.lines(styleTable.strong(), t.width(), r.heading)))*styleTable.lineHeight() + 2*rowPad + 1.5
	}
	most := 1
	for i, c := range r.cells {
		if c.text != "" {
			s := styleTable
			s.bold = r.total
			most = max(most, len(p.lines(s, t.columns[i].width-2*cellPad, c.text)))
		}
	}
	return max(minRow, float64(most)*styleTable.lineHeight()+2*rowPad)
}

// tableHead puts the header: titles on a common foot line, over a rule.
func (p *pdfPage) tableHead(t table) {
	h, x := p.head(t), marginLeft
	for _, c := range t.columns {
		put := func() { p.headCell(c, frame{x + cellPad, p.y, c.width - 2*cellPad, h, 0}) }
		if c.picture || p.artifact != "" {
			p.aside(tagged.Decoration, put)
		} else {
			p.tree.Within(tagged.Element{Role: tagged.Header, Scope: tagged.OfColumn}, put)
		}
		x += c.width
	}
	p.y += h
	p.rule(marginLeft, p.y, t.width(), 0.3, inkMuted)
}

func (p *pdfPage) headCell(c column, f frame) {
	lines := p.lines(styleHead, f.w, c.title)
	y := f.y + f.h - rowPad - float64(len(lines))*styleHead.lineHeight()
	for i, line := range lines {
		p.text(styleHead, f.x, y+styleHead.size*point, f.w, c.align, spaced(line, i, len(lines)))
		y += styleHead.lineHeight()
	}
}

// spaced ends a line with a space where another one follows.
func spaced(line string, i, n int) string {
	if i < n-1 {
		return line + " "
	}
	return line
}

func (p *pdfPage) tableRow(t table, r row) {
	h := p.rowHeight(t, r)
	if r.heading != "" {
		p.headingRow(t, r, h)
		return
	}
	if r.total {
		p.rule(marginLeft, p.y, t.width(), 0.3, inkMuted)
	}
	x := marginLeft
	for i, c := range r.cells {
		col := t.columns[i]
		put := func() { p.tableCell(col, c, frame{x + cellPad, p.y, col.width - 2*cellPad, h, 0}, r.total) }
		switch {
		case col.picture:
			p.aside(tagged.Decoration, put)
		case i == t.named:
			p.tree.Within(tagged.Element{Role: tagged.Header, Scope: tagged.OfRow}, put)
		default:
			p.tree.In(tagged.Cell, put)
		}
		x += col.width
	}
	p.y += h
	p.rule(marginLeft, p.y, t.width(), 0.15, inkRule)
}

// headingRow puts a heading over all columns of a table.
func (p *pdfPage) headingRow(t table, r row, h float64) {
	s := styleTable.strong().inked(p.accent)
	span := 0
	for _, c := range t.columns {
		if !c.picture {
			span++
		}
	}
	p.tree.Within(tagged.Element{Role: tagged.Header, Scope: tagged.OfColumn, Span: span}, func() {
		y := p.y + rowPad + 1.5
		lines := p.lines(s, t.width()-2*cellPad, r.heading)
		for i, line := range lines {
			p.text(s, marginLeft+cellPad, y+s.size*point, 0, "L", spaced(line, i, len(lines)))
			y += s.lineHeight()
		}
	})
	p.y += h
	p.rule(marginLeft, p.y, t.width(), 0.15, inkRule)
}

// tableCell puts a cell in its frame. Figures stand on the first line of a tall row, as its label does.
func (p *pdfPage) tableCell(col column, c cell, f frame, strong bool) {
	s := styleTable
	s.bold = strong
	if c.muted {
		s = s.inked(inkMuted)
	}
	y := f.y + rowPad
	if f.h == minRow {
		y = f.y + (minRow-s.lineHeight())/2
	}
	if c.draw != nil {
		top := y + s.lineHeight()/2
		at := frame{f.x, top - 1.9, f.w, 3.8, 2.4}
		if c.alt == "" {
			p.aside(tagged.Decoration, func() { p.draw(c.draw(at)) })
			return
		}
		p.picture(c.alt, at, func() { p.draw(c.draw(at)) })
		return
	}
	if c.text == "" {
		return
	}
	lines := p.lines(s, f.w, c.text)
	for i, line := range lines {
		p.text(s, f.x, y+s.size*point, f.w, col.align, spaced(line, i, len(lines)))
		y += s.lineHeight()
	}
}

// draw draws shapes that are laid out in millimetres.
func (p *pdfPage) draw(shapes []shape) {
	for _, s := range shapes {
		ink := p.ink(s.tone)
		switch s.kind {
		case shapeRect:
			p.fill(s.x, s.y, s.w, s.h, ink)
		case shapeLine:
			p.mark(false)
			p.pdf.SetDrawColor(ink.r, ink.g, ink.b)
			p.pdf.SetLineWidth(lineWidth(s.tone))
			p.pdf.Line(s.x, s.y, s.x+s.w, s.y+s.h)
		case shapeDot:
			p.mark(false)
			p.pdf.SetFillColor(ink.r, ink.g, ink.b)
			p.pdf.Circle(s.x, s.y, s.w, "F")
		case shapeText:
			st := style{size: s.h / point, lead: s.h / point, ink: p.inkOn(s.on)}
			align := map[string]string{"start": "L", "middle": "C", "end": "R"}[s.anchor]
			p.text(st, s.x, s.y, 0, align, s.text)
		}
	}
}

// ink is the printed colour of a tone: greys for the lower half of a scale, tints of the accent for the upper.
func (p *pdfPage) ink(t tone) rgb {
	switch t {
	case toneMuted:
		return inkRule
	case toneTrack:
		return inkTrack
	case toneBar:
		return p.accent.mix(0.15)
	case toneLow2:
		return rgb{0xa3, 0xab, 0xb6}
	case toneLow1:
		return rgb{0xc9, 0xcf, 0xd6}
	case toneMid:
		return rgb{0xe6, 0xea, 0xee}
	case toneHigh1:
		return p.accent.mix(0.55)
	case toneHigh2:
		return p.accent.mix(0.05)
	case toneHatch, toneGap:
		return inkWhite
	}
	return inkText
}

// inkOn is the colour of text on a tone.
func (p *pdfPage) inkOn(t tone) rgb {
	if t == toneHigh2 {
		return inkWhite
	}
	return inkText
}

func lineWidth(t tone) float64 {
	switch t {
	case toneInk:
		return 0.35
	case toneGap:
		return 0.4
	}
	return 0.2
}

// bar is a cell with a share's bar.
func bar(s stats.Share) cell {
	return cell{draw: func(f frame) []shape {
		f.y, f.h = f.y+0.5, f.h-1
		return shareBar(s, f)
	}}
}

// dot is a cell with a mean and its interval.
func dot(fig stats.Figure, low, high float64) cell {
	return cell{draw: func(f frame) []shape { return dotInterval(fig, low, high, f) }}
}

// stack is a cell with an item's distribution.
func stack(it *stats.Item) cell {
	return cell{alt: distributionWords(it), draw: func(f frame) []shape { return stackedBar(it.Values, f) }}
}

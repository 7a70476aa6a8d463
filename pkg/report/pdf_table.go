package report

import "ocenaurzedu.eu/pkg/stats"

// Space in and around tables, in millimetres.
const (
	cellPad  = 1.5 // left and right
	rowPad   = 1.3 // above and below
	tableGap = 5.0 // below a table
	minRow   = 6.2
)

// column is a column of a table.
type column struct {
	title string
	width float64 // millimetres; the columns of a table sum to textColumn or less
	align string  // L, C, R
}

// cell is a cell: text, or a drawing.
type cell struct {
	text  string
	muted bool
	draw  func(f frame) []shape // nil: text only; the frame is the cell less its padding
}

// row is a row of a table. A row with a heading spans the table and stays with the row after it.
type row struct {
	heading string
	cells   []cell
}

// table is a table whose header is repeated on every page that it runs over.
type table struct {
	columns []column
	rows    []row
}

// put draws the table and moves on below it.
func (p *pdfPage) put(t table) {
	p.room(p.head(t) + p.firstRows(t, 0))
	p.tableHead(t)
	for i, r := range t.rows {
		if p.y+p.firstRows(t, i) > pageEnd {
			p.rule(marginLeft, p.y, t.width(), 0.3, inkMuted)
			p.newPage()
			p.tableHead(t)
		}
		p.tableRow(t, r)
	}
	p.rule(marginLeft, p.y, t.width(), 0.3, inkMuted)
	p.y += tableGap
}

func (t table) width() float64 {
	sum := 0.0
	for _, c := range t.columns {
		sum += c.width
	}
	return sum
}

// height is the height of the whole table on one page.
func (p *pdfPage) height(t table) float64 {
	h := p.head(t) + tableGap
	for _, r := range t.rows {
		h += p.rowHeight(t, r)
	}
	return h
}

// start is the least of a table that may stand at the foot of a page: its head and two rows.
func (p *pdfPage) start(t table) float64 {
	h := p.head(t)
	for i := range min(len(t.rows), 3) {
		h += p.rowHeight(t, t.rows[i])
	}
	return h
}

// firstRows is the height of row i, and of the row after it where row i is a heading.
func (p *pdfPage) firstRows(t table, i int) float64 {
	if i >= len(t.rows) {
		return 0
	}
	h := p.rowHeight(t, t.rows[i])
	if t.rows[i].heading != "" {
		h += p.firstRows(t, i+1)
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
			most = max(most, len(p.lines(styleTable, t.columns[i].width-2*cellPad, c.text)))
		}
	}
	return max(minRow, float64(most)*styleTable.lineHeight()+2*rowPad)
}

// tableHead puts the header: titles on a common foot line, over a rule.
func (p *pdfPage) tableHead(t table) {
	h, x := p.head(t), marginLeft
	for _, c := range t.columns {
		lines := p.lines(styleHead, c.width-2*cellPad, c.title)
		y := p.y + h - rowPad - float64(len(lines))*styleHead.lineHeight()
		for _, line := range lines {
			p.text(styleHead, x+cellPad, y+styleHead.size*point, c.width-2*cellPad, c.align, line)
			y += styleHead.lineHeight()
		}
		x += c.width
	}
	p.y += h
	p.rule(marginLeft, p.y, t.width(), 0.3, inkMuted)
}

func (p *pdfPage) tableRow(t table, r row) {
	h := p.rowHeight(t, r)
	if r.heading != "" {
		s := styleTable.strong().inked(p.accent)
		y := p.y + rowPad + 1.5
		for _, line := range p.lines(s, t.width()-2*cellPad, r.heading) {
			p.text(s, marginLeft+cellPad, y+s.size*point, 0, "L", line)
			y += s.lineHeight()
		}
		p.y += h
		p.rule(marginLeft, p.y, t.width(), 0.15, inkRule)
		return
	}
	x := marginLeft
	for i, c := range r.cells {
		p.tableCell(t.columns[i], c, frame{x + cellPad, p.y, t.columns[i].width - 2*cellPad, h, 0})
		x += t.columns[i].width
	}
	p.y += h
	p.rule(marginLeft, p.y, t.width(), 0.15, inkRule)
}

// tableCell puts a cell in its frame. Figures stand on the first line of a tall row, as its label does.
func (p *pdfPage) tableCell(col column, c cell, f frame) {
	s := styleTable
	if c.muted {
		s = s.inked(inkMuted)
	}
	lines := p.lines(s, f.w, c.text)
	y := f.y + rowPad
	if f.h == minRow {
		y = f.y + (minRow-s.lineHeight())/2
	}
	if c.draw != nil {
		top := y + s.lineHeight()/2
		p.draw(c.draw(frame{f.x, top - 1.9, f.w, 3.8, 2.4}))
		return
	}
	for _, line := range lines {
		p.text(s, f.x, y+s.size*point, f.w, col.align, line)
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
			p.pdf.SetDrawColor(ink.r, ink.g, ink.b)
			p.pdf.SetLineWidth(lineWidth(s.tone))
			p.pdf.Line(s.x, s.y, s.x+s.w, s.y+s.h)
		case shapeDot:
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

// stack is a cell with a distribution.
func stack(values []stats.Value) cell {
	return cell{draw: func(f frame) []shape { return stackedBar(values, f) }}
}

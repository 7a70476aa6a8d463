package sheet

import (
	"math"

	"ocenaurzedu.eu/pkg/survey"
)

const (
	maxCols     = 6   //
	rowSlack    = 0.9 // above and below a label of several lines
	besideLines = 3   // of a question with boxes beside it
	maxLabel    = 2   // lines of an option, where it can be helped
)

// cell is one choice in a grid of boxes; x is its left edge from the grid's, width its room for text.
type cell struct {
	choice
	x, width float64
	lines    []line
}

type gridRow struct {
	cells  []cell
	height float64
}

// grid is rows of choices in columns.
type grid struct {
	rows []gridRow
}

func (g grid) height() float64 {
	h := 0.0
	for _, r := range g.rows {
		h += r.height
	}
	return h
}

// runsOf is a choice's label, a digit before it, help and where to go on behind it.
func runsOf(c choice) []run {
	var runs []run
	if c.digit != "" {
		runs = append(runs, run{style: StyleDigit, text: c.digit})
	}
	runs = append(runs, run{style: StyleText, text: c.label})
	if c.help != "" {
		runs = append(runs, run{style: StyleHint, text: c.help})
	}
	if c.after != "" {
		runs = append(runs, run{style: StyleHint, text: c.after})
	}
	return runs
}

// choicesOf lists a question's boxes, with where to go on from each.
func (f *flow) choicesOf(q *survey.Question) []choice {
	all := choicesOf(q, "", f.words)
	for i := range all {
		all[i].after = f.guide.after(q, all[i].value)
	}
	return all
}

// grid arranges choices in columns, in reading order. It reports false if a label would take more lines
// than maxLabel or a word would be broken, in which case fewer columns serve better.
func (f *flow) grid(choices []choice, width float64, cols int) (grid, bool) {
	var g grid
	pitch, ok, at := width/float64(cols), true, cols
	for _, c := range choices {
		room := pitch - f.d.columnGap()
		if c.write {
			need := f.d.labelAt() + min(f.labelWidth(c), width/2) + f.d.writeMin
			if at < cols && need > width-pitch*float64(at) {
				at = cols
			}
			room = width - pitch*float64(at%cols) - f.d.labelAt() - f.d.writeMin
		} else {
			ok = ok && f.fits(room, maxLabel, runsOf(c)...)
		}
		if at >= cols {
			g.rows = append(g.rows, gridRow{height: f.d.pitchDown})
			at = 0
		}
		x := pitch * float64(at)
		row := &g.rows[len(g.rows)-1]
		one := cell{c, x, room, f.wrap(room, runsOf(c)...)}
		row.cells = append(row.cells, one)
		row.height = max(row.height, heightOf(one.lines)+2*rowSlack)
		at++
		if c.write {
			at = cols
		}
	}
	return g, ok
}

func (f *flow) labelWidth(c choice) float64 { return widest(f.wrap(math.MaxFloat64, runsOf(c)...)) }

// bestGrid takes the number of columns that needs the least height, and of those the smallest, so that
// labels have room.
func (f *flow) bestGrid(choices []choice, width float64) grid {
	best, _ := f.grid(choices, width, 1)
	for cols := 2; cols <= maxCols; cols++ {
		if g, ok := f.grid(choices, width, cols); ok && g.height() < best.height()-0.01 {
			best = g
		}
	}
	return best
}

// allBeside reports whether each question with boxes of a section has room for them beside its label, in
// one row. Only then do they stand there: a section keeps one arrangement.
func (f *flow) allBeside(s *survey.Section) bool {
	for i := range s.Questions {
		q := &s.Questions[i]
		switch q.Kind {
		case survey.KindSingle, survey.KindMulti, survey.KindYesNo, survey.KindScale, survey.KindEmoji:
			if _, ok := f.beside(q, "00. "+q.Label.In(f.words.lang), f.choicesOf(q)); !ok {
				return false
			}
		}
	}
	return true
}

// choices lays a question with a box an option.
func (f *flow) choices(q *survey.Question, label string) block {
	all := f.choicesOf(q)
	if f.sideways {
		b, _ := f.beside(q, label, all)
		return b
	}
	return f.below(q, label, f.bestGrid(all, right-left))
}

// oneRow lays a scale as one row of labelled boxes, or reports false if they do not fit.
func (f *flow) oneRow(q *survey.Question, label string) (block, bool) {
	all := f.choicesOf(q)
	if f.sideways {
		return f.beside(q, label, all)
	}
	if len(all) > maxCols {
		return block{}, false
	}
	g, ok := f.grid(all, right-left, len(all))
	return f.below(q, label, g), ok
}

// beside lays a question with its boxes in one row to the right of the label.
func (f *flow) beside(q *survey.Question, label string, all []choice) (block, bool) {
	lines := f.label(q, label, f.d.sideWidth())
	if len(all) > maxCols || len(lines) > besideLines {
		return block{}, false
	}
	g, ok := f.grid(all, right-f.d.sideX, len(all))
	if !ok || len(g.rows) != 1 {
		return block{}, false
	}
	h := max(g.rows[0].height, heightOf(lines)+2*rowSlack)
	g.rows[0].height = h
	return block{chunks: []chunk{{height: h, draw: func(y float64) {
		f.lines(left, y+(h-heightOf(lines))/2, lines)
		f.gridRow(q, g.rows[0], f.d.sideX, y)
	}}}}, true
}

// below lays a question with its boxes under the label.
func (f *flow) below(q *survey.Question, label string, g grid) block {
	b := block{chunks: []chunk{f.labelChunk(q, label)}}
	for i, row := range g.rows {
		b.chunks = append(b.chunks, chunk{height: row.height, keep: i < len(g.rows)-1, draw: func(y float64) {
			f.gridRow(q, row, left, y)
		}})
	}
	return b
}

// label is a question's number and wording, then its hints in a lighter face.
func (f *flow) label(q *survey.Question, label string, width float64) []line {
	return f.wrap(width, run{style: StyleQuestion, text: label}, run{style: StyleHint, text: f.words.hint(q)})
}

func (f *flow) labelChunk(q *survey.Question, label string) chunk {
	lines := f.label(q, label, right-left)
	return chunk{height: heightOf(lines) + labelGap, keep: true, draw: func(y float64) { f.lines(left, y, lines) }}
}

// gridRow draws boxes, labels and lines to write on, in the middle of the row's height.
func (f *flow) gridRow(q *survey.Question, row gridRow, x, y float64) {
	middle := y + row.height/2
	for _, c := range row.cells {
		f.box(Box{Question: q.Key, Option: c.value, Kind: c.kind, X: x + c.x + f.d.boxAt(), Y: middle})
		f.lines(x+c.x+f.d.labelAt(), middle-heightOf(c.lines)/2, c.lines)
		if c.write {
			from := x + c.x + f.d.labelAt() + widest(c.lines) + 1.5
			end := x + c.x + f.d.labelAt() + c.width + f.d.writeMin
			f.area(Area{Question: q.Key, Option: c.value, Kind: AreaOther, X: from, Y: middle - f.d.writeHeight/2 - 0.5, W: end - from, H: f.d.writeHeight})
		}
	}
}

const (
	unitWidth  = 60.0
	longField  = 24.0
	fewLetters = 300 // a limit up to which half a long field is enough
)

// numberField lays a number: a frame, the unit, and below them the opt-outs.
func (f *flow) numberField(q *survey.Question, label string) block {
	unit := f.wrap(unitWidth, run{style: StyleText, text: q.Unit.In(f.words.lang)})
	h := max(f.d.fieldHeight+0.6, heightOf(unit))
	field := func(x, y float64) {
		f.area(Area{Question: q.Key, Kind: AreaNumber, X: x, Y: y + (h-f.d.fieldHeight)/2, W: f.d.fieldWidth, H: f.d.fieldHeight})
		f.lines(x+f.d.fieldWidth+2, y+(h-heightOf(unit))/2, unit)
	}
	var b block
	optOuts := f.choicesOf(q)
	if lines := f.label(q, label, f.d.sideWidth()); len(lines) <= besideLines {
		both := max(h, heightOf(lines)+2*rowSlack)
		b.chunks = []chunk{{height: both, keep: len(optOuts) > 0, draw: func(y float64) {
			f.lines(left, y+(both-heightOf(lines))/2, lines)
			field(f.d.sideX, y+(both-h)/2)
		}}}
	} else {
		b.chunks = []chunk{f.labelChunk(q, label), {height: h, keep: len(optOuts) > 0, draw: func(y float64) { field(left, y) }}}
	}
	if len(optOuts) > 0 {
		g := f.bestGrid(optOuts, right-f.d.sideX)
		for i, row := range g.rows {
			b.chunks = append(b.chunks, chunk{height: row.height, keep: i < len(g.rows)-1, draw: func(y float64) { f.gridRow(q, row, f.d.sideX, y) }})
		}
	}
	return b
}

// textField lays a framed area as wide as the page.
func (f *flow) textField(q *survey.Question, label string) block {
	h := longField
	switch {
	case q.Short:
		h = f.d.shortField
	case q.MaxText() <= fewLetters:
		h = max(longField/2, f.d.shortField)
	}
	return block{chunks: []chunk{f.labelChunk(q, label), {height: h + 0.6, draw: func(y float64) {
		f.area(Area{Question: q.Key, Kind: AreaText, X: left, Y: y + 0.3, W: right - left, H: h})
	}}}}
}

// info lays an instruction, which stays with what follows it.
func (f *flow) info(q *survey.Question, label string) block {
	lines := f.wrap(right-left, run{style: StyleQuestion, text: label})
	help := f.wrap(right-left, run{style: StyleText, text: q.Help.In(f.words.lang)})
	return block{chunks: []chunk{{height: heightOf(lines) + heightOf(help) + 1.6, keep: true, draw: func(y float64) {
		f.lines(left, f.lines(left, y, lines)+0.3, help)
	}}}}
}

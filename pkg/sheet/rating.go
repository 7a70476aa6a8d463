package sheet

import (
	"math"
	"slices"

	"ocenaurzedu.eu/pkg/tagged"
)

// part of a page is a paragraph, or a rating.
type part struct {
	text  paragraph
	table *rating
}

// rating is what stands on a page of a matrix under heads of its columns, found again in the Layout: a table to whoever has
// the sheet read out.
type rating struct {
	heads []paragraph // by column
	named bool        // the lines have names of aspects
	lines []ratingLine
}

// ratingLine is a statement with a row of boxes, or one of its aspects, or the heading of those that follow.
type ratingLine struct {
	area   paragraph
	label  paragraph // of an aspect only with the first one
	aspect paragraph
}

// boxRow is a row of boxes side by side.
type boxRow struct {
	question, row, area string
	y                   float64
	xs                  []float64
}

func (r boxRow) statement() bool { return r.row != "" || r.area != "" }

func (r boxRow) same(o boxRow) bool {
	return r.question == o.question && r.row == o.row && r.area == o.area
}

// boxRows gathers the boxes of a page, which are in its order.
func boxRows(boxes []Box) []boxRow {
	var rows []boxRow
	for _, b := range boxes {
		one := boxRow{question: b.Question, row: b.Row, area: b.Area, y: b.Y}
		if n := len(rows); n == 0 || !rows[n-1].same(one) || rows[n-1].y != b.Y {
			rows = append(rows, one)
		}
		last := &rows[len(rows)-1]
		last.xs = append(last.xs, b.X)
	}
	return rows
}

// partsOf gathers the paragraphs of a page. What does not look like a rating stays paragraphs.
func partsOf(all []paragraph, boxes []Box, width func(Words) float64) []part {
	rows := boxRows(boxes)
	var out []part
	for i := 0; i < len(all); {
		n := 0
		for i+n < len(all) && isHead(all[i+n]) {
			n++
		}
		if table, used := ratingOf(all[i:], n, rows, width); table != nil {
			out = append(out, part{table: table})
			i += used
			continue
		}
		for range max(1, n) {
			out = append(out, part{text: all[i]})
			i++
		}
	}
	return out
}

func isHead(p paragraph) bool { return p[0].Style == StyleHead || p[0].Style == StyleDigit }

// ratingOf finds the rating whose heads are the first n paragraphs, and tells how many paragraphs it takes; nil if there is
// none.
func ratingOf(all []paragraph, n int, rows []boxRow, width func(Words) float64) (*rating, int) {
	rows = below(all, n, rows)
	if n == 0 || len(rows) == 0 {
		return nil, 0
	}
	t := &rating{heads: headsOf(all[:n], rows[0].xs, width)}
	if slices.ContainsFunc(t.heads, func(p paragraph) bool { return len(p) == 0 }) {
		return nil, 0
	}
	for i := 1; i < len(rows); i++ {
		t.named = t.named || rows[i].same(rows[i-1])
	}
	at := n
	take := func(style Style) paragraph {
		if at == len(all) || all[at][0].Style != style {
			return nil
		}
		at++
		return all[at-1]
	}
	for i, r := range rows {
		var line ratingLine
		if i == 0 || !r.same(rows[i-1]) {
			for area := take(StyleArea); area != nil; area = take(StyleArea) {
				t.lines = append(t.lines, ratingLine{area: area})
			}
			if line.label = take(StyleText); line.label == nil {
				return nil, 0
			}
		}
		if t.named {
			if line.aspect = take(StyleHint); line.aspect == nil {
				return nil, 0
			}
		}
		t.lines = append(t.lines, line)
	}
	return t, at
}

// below are the rows under the first n paragraphs that belong to one table, as far as the next heads.
func below(all []paragraph, n int, rows []boxRow) []boxRow {
	from, to := 0.0, math.Inf(1)
	for i, p := range all {
		switch y := p[len(p)-1].Y; {
		case i < n:
			from = max(from, y)
		case isHead(p) && y > from:
			to = min(to, y)
		}
	}
	first := slices.IndexFunc(rows, func(r boxRow) bool { return r.y > from })
	if first < 0 || !rows[first].statement() {
		return nil
	}
	last := first
	for last < len(rows) && rows[last].y < to && rows[last].statement() && rows[last].question == rows[first].question && slices.Equal(rows[last].xs, rows[first].xs) {
		last++
	}
	return rows[first:last]
}

// headsOf puts each paragraph to the column over whose boxes it stands.
func headsOf(all []paragraph, xs []float64, width func(Words) float64) []paragraph {
	heads := make([]paragraph, len(xs))
	for _, p := range all {
		x := p[0].X
		if !p[0].Turn {
			x += width(p[0]) / 2
		}
		nearest := 0
		for i := range xs {
			if math.Abs(xs[i]-x) < math.Abs(xs[nearest]-x) {
				nearest = i
			}
		}
		heads[nearest] = append(heads[nearest], p...)
	}
	return heads
}

// table draws the texts of a rating. Its cells are empty: there is a box in each.
func (d *drawing) table(t *rating) {
	titles := 1
	if t.named {
		titles = 2
	}
	row := func(draw func()) { d.tree.In(tagged.Row, draw) }
	empty := func(n int) {
		for range n {
			d.tree.In(tagged.Cell, func() {})
		}
	}
	d.tree.In(tagged.Table, func() {
		d.tree.In(tagged.Head, func() {
			row(func() {
				empty(titles)
				for _, head := range t.heads {
					d.header(tagged.OfColumn, 1, head)
				}
			})
		})
		d.tree.In(tagged.Rows, func() {
			for _, line := range t.lines {
				row(func() { d.ratingLine(line, titles, len(t.heads), empty) })
			}
		})
	})
}

func (d *drawing) ratingLine(line ratingLine, titles, boxes int, empty func(int)) {
	if line.area != nil {
		d.header(tagged.OfRow, titles+boxes, line.area)
		return
	}
	if line.label == nil {
		empty(1)
	} else {
		d.header(tagged.OfRow, 1, line.label)
	}
	if line.aspect != nil {
		d.header(tagged.OfRow, 1, line.aspect)
	}
	empty(boxes)
}

func (d *drawing) header(scope tagged.Scope, span int, p paragraph) {
	d.tree.Within(tagged.Element{Role: tagged.Header, Scope: scope, Span: span}, func() {
		d.tree.Content()
		d.lines(p)
	})
}

package sheet

import (
	"math"

	"ocenaurzedu.eu/pkg/tagged"
)

// A Layout holds lines of text, not paragraphs: what belongs together is told by style and place. Boxes, rules and
// fiducials are for a pen and a scanner; to whoever has the sheet read out they are decoration.

// paragraph is lines of one text.
type paragraph []Words

// paragraphs joins the lines of a page: those of one style that go on, on a line or directly below.
func paragraphs(all []Words, width func(Words) float64) []paragraph {
	var out []paragraph
	for _, w := range all {
		if n := len(out); n > 0 && continues(out[n-1], w, width) {
			out[n-1] = append(out[n-1], w)
			continue
		}
		out = append(out, paragraph{w})
	}
	return out
}

// continues reports whether words go on with a paragraph: next to its last ones, or on the next line at its left edge; the
// heads of columns are centred.
func continues(p paragraph, w Words, width func(Words) float64) bool {
	last := p[len(p)-1]
	if w.Style != last.Style || w.Size != last.Size || w.Turn || last.Turn {
		return false
	}
	em := w.Size * point
	below, gap := w.Y-last.Y, w.X-last.X-width(last)
	next := math.Abs(below) < 0.1 && gap >= 0 && gap < 0.5*em && w.Style != StyleHead && w.Style != StyleDigit // the next column's
	edge := math.Abs(w.X - p[0].X)
	if w.Style == StyleHead {
		edge = min(edge, math.Abs(w.X+width(w)/2-last.X-width(last)/2))
	}
	return next || below > 0.5*em*leading && below < 1.3*em*leading && edge < 0.3
}

// parts are the texts of each page of a Layout.
func parts(l *Layout) ([][]part, error) {
	pdf, err := newDocument() // measures only: the sheet's own would keep every change of its font
	if err != nil {
		return nil, err
	}
	width := func(w Words) float64 {
		setFont(pdf, w.Style.bold(), w.Size)
		return pdf.GetStringWidth(w.Text)
	}
	var all [][]part
	for i := range l.Pages {
		all = append(all, partsOf(paragraphs(l.Pages[i].Words, width), l.Pages[i].Boxes, width))
	}
	return all, nil
}

// role is what a paragraph is; a heading is a level below the one before it at most.
func (d *drawing) role(p paragraph) tagged.Role {
	level := map[Style]int{StyleTitle: 1, StyleSection: 2, StyleQuestion: 3}[p[0].Style]
	if level == 0 {
		return tagged.Paragraph
	}
	d.level = min(level, d.level+1)
	return []tagged.Role{tagged.Heading1, tagged.Heading2, tagged.Heading3}[d.level-1]
}

// texts draws the texts of a page in order, each example of marking before what is said of it.
func (d *drawing) texts(page *Page, parts []part, first bool) {
	pictures := page.Pictures
	for _, one := range parts {
		if one.table != nil {
			d.table(one.table)
			continue
		}
		p := one.text
		for len(pictures) > 0 && first && p[0].Style == StyleHint && p[0].X > pictures[0].X && math.Abs(p[0].Y-pictures[0].Y) < 2*pictures[0].Size {
			d.example(pictures[0])
			pictures = pictures[1:]
		}
		if !first && p[0].Y < d.d.top {
			d.tree.Artifact(tagged.PageHeader)
			d.lines(p)
			continue
		}
		if p[0].Y > footFrom {
			d.tree.Artifact(tagged.PageFooter)
			d.lines(p)
			continue
		}
		d.tree.In(d.role(p), func() { d.tree.Content(); d.lines(p) })
	}
	for _, picture := range pictures {
		d.example(picture)
	}
}

// said draws a paragraph of its own.
func (d *drawing) said(draw func()) {
	d.tree.In(tagged.Paragraph, func() {
		d.tree.Content()
		draw()
	})
}

// lines draws a paragraph; a space that is not seen parts a line's last word from the next line's first.
func (d *drawing) lines(p paragraph) {
	for i, w := range p {
		if i < len(p)-1 {
			w.Text += " "
		}
		d.text(w)
	}
}

// example draws one of the pictures of the head, told in words.
func (d *drawing) example(p Picture) {
	alt := d.words.exampleCross
	if p.Kind == "filled" {
		alt = d.words.exampleFilled
	}
	d.figure(alt, [4]float64{p.X - p.Size/2, p.Y - p.Size/2, p.Size, p.Size}, func() { d.picture(p) })
}

// figure draws within x, y, width, height.
func (d *drawing) figure(alt string, at [4]float64, draw func()) {
	foot := d.print.Layout.PageHeight - at[1]
	box := [4]float64{at[0] / point, (foot - at[3]) / point, (at[0] + at[2]) / point, foot / point}
	d.tree.Within(tagged.Element{Role: tagged.Figure, Alt: alt, Box: box}, func() {
		d.tree.Content()
		draw()
	})
}

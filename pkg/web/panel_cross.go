package web

import (
	"html/template"

	"ocenaurzedu.eu/pkg/report"
	"ocenaurzedu.eu/pkg/stats"
)

// crossView is a cross-tab as a page draws it.
type crossView struct {
	report.Crossed
	Note string // what it is made of, in words; "": the page tells it
}

func newCrossView(x *stats.Cross, note string) *crossView {
	return &crossView{report.NewCrossed(x), note}
}

// Chart draws the table.
func (v *crossView) Chart() template.HTML { return report.CrossSVG(v.Crossed, v.Title()) }

// Cell is a cell of the table.
func (v *crossView) Cell(row, column int) stats.CrossCell { return v.Cells[row][column] }

// Crosses are the cross-tabs of a report.
func (p reportPage) Crosses() []*crossView {
	var all []*crossView
	for i := range p.Document.Crosses {
		x := &p.Document.Crosses[i]
		all = append(all, newCrossView(x, glue(p.Document.CrossNote(x))))
	}
	return all
}

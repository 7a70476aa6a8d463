package report

import (
	"ocenaurzedu.eu/pkg/stats"
)

// csvMore writes what stands around the Summary: cross-tabs, the comparison and the register of actions.
func (d *Document) csvMore(t *csvTable) {
	for i := range d.Crosses {
		t.cross(&d.Crosses[i])
	}
	if c := d.Comparison; c != nil {
		t.comparison(c)
	}
	for _, a := range d.Actions {
		p := csvPlace{table: "działanie", key: integer(a.Number), name: a.Finding, row: a.Due.String(), label: a.Action}
		t.figure(p, measured{measure: "stan: " + plain(StatusName(a.Status))})
	}
}

// cross writes a cross-tab: the name is what divides, the row its group, the label the answer.
func (t *csvTable) cross(c *stats.Cross) {
	for j, col := range c.Columns {
		p := csvPlace{table: "przekrój", key: c.Row.Question, name: c.RowLabel.PL + " – według: " + lower(c.ColLabel.PL), versions: versionList(c.Versions), row: lineName(col)}
		total := count("razem", col.N)
		if col.Suppressed {
			total = measured{measure: "razem", withheld: true}
		}
		t.figure(p, total)
		for i, line := range c.Rows {
			cell := c.Cells[i][j]
			p.label = lineName(line)
			if cell.Suppressed {
				t.figure(p, measured{measure: "liczba", withheld: true})
				continue
			}
			t.figure(p, count("liczba", cell.Count))
			t.figure(p, ofShare("udział w kolumnie", cell.Share, false))
		}
		if p.label = ""; j < len(c.Means) {
			t.figure(p, ofFigure("średnia", c.Means[j].Rating, c.Means[j].Suppressed))
		}
	}
}

// comparison writes the changes: the label says what each amounts to.
func (t *csvTable) comparison(c *stats.Comparison) {
	change := func(key, name, row string, one stats.Change) {
		p := csvPlace{table: "porównanie", key: key, name: name, row: row, label: plain(VerdictName(one.Verdict))}
		t.figure(p, ofFigure("poprzednio", one.Before, false))
		t.figure(p, ofFigure("teraz", one.Now, false))
		t.figure(p, ofFigure("różnica", one.Difference, false))
		if one.Top2.OK {
			p.label = plain(VerdictName(one.Top2Verdict))
			t.figure(p, ofFigure("różnica najwyższych ocen", one.Top2, false))
		}
	}
	if c.Overall != nil {
		change("ocena ogólna", "ocena ogólna", "", *c.Overall)
	}
	for _, each := range c.Indicators {
		change(string(each.Role), RoleName(each.Role), "", each.Change)
	}
	for _, each := range c.Areas {
		change(each.Question, each.Label.PL, each.Key, each.Change)
	}
	for _, each := range c.Items {
		change(each.Question, each.Label.PL, each.Row, each.Change)
	}
}

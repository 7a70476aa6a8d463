package report

import (
	"fmt"

	"ocenaurzedu.eu/pkg/stats"
)

// A cross-tab: the width, in millimetres, of what the rows are named in, and how many columns a table has room for.
const (
	crossName = 44.0
	crossMost = 7
)

// crosses put the cross-tabs, wide ones in several tables.
func (p *pdfPage) crosses() {
	if len(p.doc.Crosses) == 0 {
		return
	}
	p.heading(0, "Przekroje", 90)
	p.paragraph(CrossMethod)
	for i := range p.doc.Crosses {
		p.cross(&p.doc.Crosses[i])
	}
}

func (p *pdfPage) cross(c *stats.Cross) {
	title := c.RowLabel.PL + " – według: " + lower(c.ColLabel.PL)
	if c.Withheld || len(c.Columns) == 0 {
		p.heading(1, title, 3*styleBody.lineHeight())
		p.paragraph(firstUpper(tooFew) + ": tabeli nie podajemy.")
		return
	}
	tables := (len(c.Columns) + crossMost - 1) / crossMost
	for k := range tables {
		from, to := k*len(c.Columns)/tables, (k+1)*len(c.Columns)/tables
		t := crossTable(c, from, to)
		if k == 0 {
			p.heading(1, title, min(p.height(t)+12, together))
			p.note(p.doc.CrossNote(c))
		} else {
			t.caption = fmt.Sprintf("%s (część %d z %d)", c.ColLabel.PL, k+1, tables)
		}
		p.put(t)
	}
}

// CrossNote tells the table's base.
func (d *Document) CrossNote(c *stats.Cross) string {
	text := "n = " + integer(c.N) + " (ankiety z odpowiedzią na oba)"
	if c.Left > 0 {
		text += "; poza tabelą: " + integer(c.Left)
	}
	if len(c.Versions) > 0 {
		text += "; " + plural(len(c.Versions), "wersja", "wersje", "wersje") + " ankiety: " + versionList(c.Versions)
	}
	if len(c.LeftOut) > 0 {
		text += "; pominięto odpowiedzi z" + hard + versionsGenitive(c.LeftOut) + ", bo pytano w" + hard + "nich inaczej"
	}
	text += "."
	if c.Where != nil {
		text += " Tylko ankiety, w" + hard + "których " + conditionWords(*c.Where, d.asked()) + "."
	}
	if c.Overlap {
		text += " Jedna osoba może być w" + hard + "kilku kolumnach."
	}
	if held := heldWords(c.Held); held != "" {
		text += " " + held
	}
	if c.Multi {
		text += " Można było wskazać kilka odpowiedzi, dlatego odsetki w kolumnie sumują się do ponad 100%."
	}
	return text
}

// crossTable is the part of a cross-tab with the columns from one to another.
func crossTable(c *stats.Cross, from, to int) table {
	width := (textColumn - crossName) / float64(to-from)
	if most := 28.0; width > most {
		width = most
	}
	t := table{columns: []column{{title: c.RowLabel.PL, width: textColumn - width*float64(to-from), align: "L"}}}
	for _, col := range c.Columns[from:to] {
		t.columns = append(t.columns, column{title: lineName(col), width: width, align: "R"})
	}
	for i, line := range c.Rows {
		cells := []cell{{text: lineName(line)}}
		for j := from; j < to; j++ {
			cells = append(cells, crossCell(c.Cells[i][j]))
		}
		t.rows = append(t.rows, row{cells: cells})
	}
	totals := []cell{{text: "Razem (n)"}}
	for _, col := range c.Columns[from:to] {
		text := integer(col.N)
		if col.Suppressed {
			text = tooFew
		}
		totals = append(totals, cell{text: text})
	}
	t.rows = append(t.rows, row{total: true, cells: totals})
	if len(c.Means) == len(c.Columns) {
		t.rows = append(t.rows, meansRow(c.Means[from:to]))
	}
	return t
}

func meansRow(means []stats.CrossMean) row {
	cells := []cell{{text: "Średnia i przedział"}}
	for _, m := range means {
		text := figure(m.Rating, m.Suppressed)
		if m.Rating.OK {
			text += "\n" + FigureSpan(m.Rating)
		}
		cells = append(cells, cell{text: text})
	}
	return row{cells: cells}
}

func crossCell(c stats.CrossCell) cell {
	switch {
	case c.Suppressed:
		return cell{text: tooFew, muted: true}
	case !c.Share.OK:
		return cell{text: integer(c.Count), muted: c.Count == 0}
	}
	return cell{text: percent(c.Share.Value) + "\n" + integer(c.Count), muted: c.Count == 0}
}

func lineName(l stats.CrossLine) string {
	if l.Label.PL == "" {
		return firstUpper(l.Value)
	}
	return firstUpper(l.Label.PL)
}

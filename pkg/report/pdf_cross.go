package report

import (
	"fmt"
	"slices"
	"strings"

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
	text := p.doc.elsewhereNote()
	if !slices.ContainsFunc(p.doc.Crosses, func(c stats.Cross) bool { return !p.doc.elsewhere(&c) }) {
		p.heading(0, "Przekroje", p.tall(styleBody, textColumn, text))
		p.paragraph(text)
		return
	}
	p.heading(0, "Przekroje", 90)
	p.paragraph(CrossMethod)
	for i := range p.doc.Crosses {
		if !p.doc.elsewhere(&p.doc.Crosses[i]) {
			p.cross(&p.doc.Crosses[i])
		}
	}
	if text != "" {
		p.heading(1, "Tabele we wcześniejszych raportach", p.tall(styleBody, textColumn, text))
		p.paragraph(text)
	}
}

// elsewhere reports whether a table that waits is of less than a third of the report's answers: it would be taken for a result of
// the whole period, so that the report names where it stands and does not repeat it.
func (d *Document) elsewhere(c *stats.Cross) bool {
	return c.Held > 0 && !c.Withheld && 3*(c.N+c.Left) < d.Summary.N
}

// elsewhereNote names the tables that stand in earlier reports alone, and why; "" where there are none.
func (d *Document) elsewhereNote() string {
	var names []string
	for i := range d.Crosses {
		if c := &d.Crosses[i]; d.elsewhere(c) {
			names = append(names, "„"+lower(c.ColLabel.PL)+"” (ostatni nr"+hard+integer(c.Held)+", razem n"+hard+"="+hard+integer(c.N)+")")
		}
	}
	if len(names) == 0 {
		return ""
	}
	return "Ocenę ogólną w" + hard + "podziale na grupy podały wcześniejsze raporty: " + strings.Join(names, ", ") + ". Tych tabel nie powtarzamy, bo obejmują mniej niż jedną trzecią ankiet tego raportu, a" + hard + "nowszych nie podajemy: zestawione z" + hard + "tamtymi, zdradziłyby odpowiedzi zbyt małej liczby osób."
}

// withheldNote says once under a table why cells of it are withheld; "" where none is.
func withheldNote(c *stats.Cross, threshold int) string {
	crossed := NewCrossed(c)
	if !crossed.Hides() {
		return ""
	}
	text := "„" + firstUpper(tooFew) + "”: odpowiedziało tak mniej niż " + integer(threshold) + " osób albo z" + hard + "komórki dałoby się obliczyć inną wstrzymaną, odejmując ją od sumy."
	if len(c.Means) > 0 && meansHidden(c.Means) {
		text += " Średnich nie podajemy z" + hard + "tego samego powodu."
	}
	return text
}

func meansHidden(means []stats.CrossMean) bool {
	return !slices.ContainsFunc(means, func(m stats.CrossMean) bool { return !m.Suppressed })
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
	if text := withheldNote(c, p.doc.Summary.Threshold); text != "" {
		p.y -= tableGap - 1.5
		p.note(text)
		p.y += 2
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
	if c.Held > 0 {
		text += " Tabela podsumowuje tylko wcześniejsze raporty (ostatni: nr" + hard + integer(c.Held) + "): nowsza, zestawiona z" + hard + "nimi, zdradziłaby odpowiedzi zbyt małej liczby osób."
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
	for i := 0; i < len(c.Rows); i++ {
		cells := []cell{{text: lineName(c.Rows[i])}}
		for j := from; j < to; j++ {
			cells = append(cells, crossCell(c.Cells[i][j]))
		}
		for ; tellsNothing(c, i) && i+1 < len(c.Rows) && tellsNothing(c, i+1); i++ {
			cells[0].text += ", " + lower(lineName(c.Rows[i+1]))
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
	if len(c.Means) == len(c.Columns) && !meansHidden(c.Means) {
		t.rows = append(t.rows, meansRow(c.Means[from:to]))
	}
	return t
}

// tellsNothing reports whether all of a row is withheld: neighbours of which that is so share a line.
func tellsNothing(c *stats.Cross, i int) bool {
	return !slices.ContainsFunc(c.Cells[i], func(cell stats.CrossCell) bool { return !cell.Suppressed })
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

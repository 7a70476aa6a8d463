package report

import (
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"

	"ocenaurzedu.eu/pkg/stats"
)

// crossesSheet holds the cross-tabs below each other, as people read them: of each, shares of the column, and counts under
// them. Without any it is not there.
func (d *Document) crossesSheet(b *book) {
	if len(d.Crosses) == 0 {
		return
	}
	b.sheet(sheetCrosses, true)
	b.keep(b.file.SetColWidth(sheetCrosses, "A", "A", crossLabel))
	most, row := 1, 1
	for i := range d.Crosses {
		c := &d.Crosses[i]
		if d.elsewhere(c) {
			continue
		}
		most = max(most, len(c.Columns))
		note := strings.TrimSpace(d.CrossNote(c) + " " + withheldNote(c, d.Summary.Threshold))
		row = b.cross(c, note, row) + 1
	}
	if text := d.elsewhereNote(); text != "" {
		b.crossWords(row, text)
	}
	last, err := excelize.ColumnNumberToName(most + 1)
	b.keep(err)
	b.keep(b.file.SetColWidth(sheetCrosses, "B", last, crossWidth))
	b.keep(b.file.SetPanes(sheetCrosses, &excelize.Panes{Freeze: true, XSplit: 1, TopLeftCell: "B1", ActivePane: "topRight"}))
	b.keep(b.file.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: quoted(sheetCrosses) + "!$A:$A", Scope: sheetCrosses}))
}

// Widths, in characters, of the lines' names and of a column of a cross-tab.
const (
	crossLabel = 40.0
	crossWidth = 16.0
)

// cross puts one cross-tab at a row and returns the next free one.
func (b *book) cross(c *stats.Cross, note string, row int) int {
	b.put(sheetCrosses, 1, row, c.RowLabel.PL+" – według: "+lower(c.ColLabel.PL), formatSubtitle)
	if c.Withheld || len(c.Columns) == 0 {
		b.put(sheetCrosses, 1, row+1, firstUpper(tooFew)+": tabeli nie podajemy.", formatText)
		return row + 2
	}
	b.crossWords(row+1, note)
	row = b.crossPart(c, row+2, "% kolumny", func(cell stats.CrossCell) any { return shareValue(cell.Share, cell.Suppressed) })
	row = b.crossMeans(c, row)
	row = b.crossPart(c, row, "Liczba odpowiedzi", func(cell stats.CrossCell) any { return countValue(cell.Count, cell.Suppressed) })
	b.put(sheetCrosses, 1, row, "Razem (n)", formatBold)
	for j, col := range c.Columns {
		b.put(sheetCrosses, 2+j, row, countValue(col.N, col.Suppressed), formatInt)
	}
	return row + 1
}

// crossWords put a text over the first columns, so that it is no wider than a table.
func (b *book) crossWords(row int, text string) {
	const columns = 4
	b.put(sheetCrosses, 1, row, plain(text), formatWrap)
	last, err := excelize.CoordinatesToCellName(columns, row)
	b.keep(err)
	b.keep(b.file.MergeCell(sheetCrosses, fmt.Sprintf("A%d", row), last))
	b.rowLines(sheetCrosses, row, linesOf(plain(text), crossLabel+(columns-1)*crossWidth))
}

// crossPart puts a cross-tab's cells as shares or as counts, under a header.
func (b *book) crossPart(c *stats.Cross, head int, title string, value func(stats.CrossCell) any) int {
	b.put(sheetCrosses, 1, head, title, formatHead)
	lines := 1
	for j, col := range c.Columns {
		b.put(sheetCrosses, 2+j, head, lineName(col), formatHeadRight)
		lines = max(lines, linesOf(lineName(col), crossWidth-1))
	}
	b.keep(b.file.SetRowHeight(sheetCrosses, head, float64(lines)*lineOfRow+2))
	for i, line := range c.Rows {
		r := head + 1 + i
		b.put(sheetCrosses, 1, r, lineName(line), formatWrap)
		b.rowLines(sheetCrosses, r, linesOf(lineName(line), 40))
		for j, cell := range c.Cells[i] {
			v, format := value(cell), formatShare
			if _, whole := v.(int); whole {
				format = formatInt
			}
			b.put(sheetCrosses, 2+j, r, v, format)
		}
	}
	return head + 1 + len(c.Rows)
}

// crossMeans puts the means of scores with their intervals.
func (b *book) crossMeans(c *stats.Cross, row int) int {
	if len(c.Means) != len(c.Columns) {
		return row
	}
	for k, name := range []string{"Średnia", "Dół 95%", "Góra 95%"} {
		b.put(sheetCrosses, 1, row+k, name, formatBold)
		for j, m := range c.Means {
			value := [...]any{figureValue(m.Rating, m.Suppressed), bound(m.Rating.OK, m.Rating.Low), bound(m.Rating.OK, m.Rating.High)}[k]
			b.put(sheetCrosses, 2+j, row+k, value, formatMean)
		}
	}
	return row + 3
}

// countValue is a count for a cell: a number, or "n za małe".
func countValue(n int, withheld bool) any {
	if withheld {
		return tooFew
	}
	return n
}

// indicatorsSheet holds the composite indicators with their weights. Without any it is not there.
func (d *Document) indicatorsSheet(b *book) {
	if len(d.Summary.Indicators) == 0 {
		return
	}
	b.sheet(sheetIndicators, true)
	columns := []sheetColumn{{"Wskaźnik", 30, formatWrap}, {"Wartość (0–100)", 12, formatMean}, {"Dół 95%", 9, formatMean}, {"Góra 95%", 9, formatMean}, {"n", 9, formatInt}, {"Pozycje", 9, formatInt}, {"Waga", 9, formatMean}}
	var rows [][]any
	for _, each := range d.Summary.Indicators {
		rows = append(rows, append(figureCells(firstUpper(RoleName(each.Role)), each.Value, each.Withheld), each.Items, each.Weight))
	}
	if d.Summary.Composite.OK {
		rows = append(rows, append(figureCells("Wskaźnik łączny", d.Summary.Composite, false), nil, nil))
	}
	b.table(sheetIndicators, columns, rows)
	low, high, last := 0.0, 100.0, len(rows)+1
	b.chart(bookChart{sheet: sheetIndicators, cell: at(1, last+3), title: "Wskaźniki (0–100)", kind: excelize.Bar, height: uint(140 + 40*len(rows)), format: "0", low: &low, high: &high,
		series: []excelize.ChartSeries{{Name: b.ref(sheetIndicators, 2, 1, 1), Categories: b.ref(sheetIndicators, 1, 2, last), Values: b.ref(sheetIndicators, 2, 2, last), Fill: solid("1D4F8C")}}})
}

// figureCells are a name and a figure with its interval and n.
func figureCells(name string, f stats.Figure, withheld bool) []any {
	var n any
	if f.OK {
		n = f.N
	}
	return []any{name, figureValue(f, withheld), bound(f.OK, f.Low), bound(f.OK, f.High), n}
}

// comparisonSheet sets the figures beside those of the earlier report. Without one it is not there.
func (d *Document) comparisonSheet(b *book) {
	c := d.Comparison
	if c == nil {
		return
	}
	b.sheet(sheetComparison, true)
	columns := []sheetColumn{{"Co", 18, formatText}, {"Nazwa", 46, formatWrap}, {"Poprzednio", 11, formatMean}, {"Poprzednio (n)", 11, formatInt}, {"Teraz", 10, formatMean}, {"Teraz (n)", 10, formatInt},
		{"Różnica", 10, formatMean}, {"Dół 95%", 9, formatMean}, {"Góra 95%", 9, formatMean}, {"Zmiana", 20, formatText}, {"Najwyższe oceny poprzednio", 12, formatShare}, {"Najwyższe oceny teraz", 12, formatShare}, {"Zmiana najwyższych ocen", 20, formatText}}
	var rows [][]any
	add := func(what, name string, change stats.Change) { rows = append(rows, comparedCells(what, name, change)) }
	if c.Overall != nil {
		add("ocena ogólna", d.overallName(), *c.Overall)
	}
	for _, each := range c.Indicators {
		add("wskaźnik", firstUpper(RoleName(each.Role)), each.Change)
	}
	for _, each := range c.Areas {
		add("obszar", each.Label.PL, each.Change)
	}
	for _, each := range c.Items {
		name := each.Label.PL
		if a := aspectName(each.Aspect); a != "" {
			name += " (" + a + ")"
		}
		add("pytanie", name, each.Change)
	}
	b.table(sheetComparison, columns, rows)
	row := len(rows) + 3
	for _, line := range [][2]string{{"Poprzedni okres", fmt.Sprintf("%s, %s", periodWords(c.Before.From, c.Before.To), forms(c.BeforeN))}, {"Obecny okres", fmt.Sprintf("%s, %s", d.period(), forms(d.Summary.N))}} {
		b.put(sheetComparison, 1, row, line[0], formatBold)
		b.put(sheetComparison, 2, row, plain(line[1]), formatWrap)
		row++
	}
}

func (d *Document) overallName() string {
	if q := d.overallQuestion(); q != nil {
		return q.Label.PL
	}
	return "Ocena ogólna"
}

func comparedCells(what, name string, c stats.Change) []any {
	n := func(f stats.Figure) any { return bound(f.OK, float64(f.N)) }
	top := ""
	if c.Top2Verdict != "" {
		top = plain(VerdictName(c.Top2Verdict))
	}
	return []any{what, name, figureValue(c.Before, false), n(c.Before), figureValue(c.Now, false), n(c.Now), figureValue(c.Difference, false), bound(c.Difference.OK, c.Difference.Low), bound(c.Difference.OK, c.Difference.High),
		plain(VerdictName(c.Verdict)), shareValue(c.Top2Before, false), shareValue(c.Top2Now, false), top}
}

// actionsSheet holds the register of corrective actions. Without any it is not there.
func (d *Document) actionsSheet(b *book) {
	if len(d.Actions) == 0 {
		return
	}
	b.sheet(sheetActions, true)
	columns := []sheetColumn{{"Nr", 6, formatInt}, {"Z raportu nr", 9, formatInt}, {"Ustalenie", 34, formatWrap}, {"Przyczyna", 30, formatWrap}, {"Działanie", 34, formatWrap}, {"Odpowiada", 22, formatWrap}, {"Referat", 20, formatWrap},
		{"Termin", 12, formatDay}, {"Stan", 14, formatText}, {"Sposób sprawdzenia", 30, formatWrap}, {"Podpis nadzoru", 22, formatWrap}}
	var rows [][]any
	for _, a := range d.Actions {
		var from any
		if a.Report > 0 {
			from = a.Report
		}
		signed := a.SignedBy
		if signed != "" && !a.SignedAt.IsZero() {
			signed += ", " + plain(dateWords(a.SignedAt.In(d.GeneratedAt.Location())))
		}
		rows = append(rows, []any{a.Number, from, a.Finding, a.Cause, a.Action, a.Owner, a.Department, a.Due, plain(StatusName(a.Status)), a.Check, signed})
	}
	b.table(sheetActions, columns, rows)
}

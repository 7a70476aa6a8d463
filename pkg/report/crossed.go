package report

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"

	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/survey"
)

// NewCrossed words a cross-tab for a page. Points of a scale are put from the worst to the best, whatever the
// questionnaire's order.
func NewCrossed(x *stats.Cross) Crossed {
	sorted := *x
	ordered := len(x.Rows) > 1 && !slices.ContainsFunc(x.Rows, func(l stats.CrossLine) bool { return l.Score == nil })
	if ordered && !x.Multi {
		order := make([]int, len(x.Rows))
		for i := range order {
			order[i] = i
		}
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(*x.Rows[a].Score, *x.Rows[b].Score) })
		sorted.Rows, sorted.Cells = nil, nil
		for _, i := range order {
			sorted.Rows, sorted.Cells = append(sorted.Rows, x.Rows[i]), append(sorted.Cells, x.Cells[i])
		}
	}
	c := Crossed{Cross: &sorted, Ordered: ordered && !x.Multi}
	for _, line := range sorted.Rows {
		c.Rows = append(c.Rows, crossLine(stats.Dimension{}, line))
	}
	for _, line := range sorted.Columns {
		c.Columns = append(c.Columns, crossLine(x.Column, line))
	}
	return c
}

// crossLine is the wording of a line.
func crossLine(d stats.Dimension, line stats.CrossLine) string {
	switch d.Property {
	case stats.PropertyChannel:
		return channelName(survey.Channel(line.Value))
	case stats.PropertyMonth:
		month, err := survey.ParseDay(line.Value)
		if err == nil {
			return monthWords(month)
		}
	case stats.PropertyPoint, stats.PropertyDepartment:
		none := map[string]string{stats.PropertyPoint: "bez punktu obsługi", stats.PropertyDepartment: "bez referatu"}[d.Property]
		if line.Value == "0" {
			return none
		}
	}
	name := cmp.Or(line.Label.PL, line.Value)
	if line.Score != nil {
		if digit := Short(*line.Score); digit != name {
			name += " (" + digit + ")"
		}
	}
	return name
}

// ColumnTitle words what the columns of a cross-tab are.
func (c *Crossed) ColumnTitle() string {
	switch c.Column.Property {
	case stats.PropertyChannel:
		return "sposób wypełnienia"
	case stats.PropertyPoint:
		return "punkt obsługi"
	case stats.PropertyDepartment:
		return "referat"
	case stats.PropertyMonth:
		return "miesiąc"
	}
	return c.ColLabel.PL
}

// Title names the cross-tab.
func (c *Crossed) Title() string { return c.RowLabel.PL + " – według: " + lower(c.ColumnTitle()) }

// Hides reports whether a cell or a mean of it is withheld.
func (c *Crossed) Hides() bool {
	return slices.ContainsFunc(c.Cells, func(cells []stats.CrossCell) bool {
		return slices.ContainsFunc(cells, func(cell stats.CrossCell) bool { return cell.Suppressed })
	})
}

// columnN is the total of a column; "" where it is withheld.
func (c *Crossed) columnN(j int) string {
	if c.Cross.Columns[j].Suppressed {
		return ""
	}
	return strconv.Itoa(c.Cross.Columns[j].N)
}

// CSV writes the table, a cell a line, for Polish Excel as Document.CSV does. No text in it can start a formula.
func (c *Crossed) CSV(w io.Writer) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return fmt.Errorf("cross-tab as CSV: %w", err)
	}
	out := csv.NewWriter(w)
	out.Comma, out.UseCRLF = ';', true
	line := func(fields ...string) { _ = out.Write(fields) } // the writer keeps the first error for its end
	line("wiersz", "kolumna", "miara", "wartość", "dół 95%", "góra 95%", "n kolumny", "wstrzymane")
	for i, row := range c.Rows {
		for j, column := range c.Columns {
			cell, n := c.Cells[i][j], c.columnN(j)
			if cell.Suppressed {
				line(safe(row), safe(column), "liczba", "", "", "", n, "tak")
				continue
			}
			line(safe(row), safe(column), "liczba", strconv.Itoa(cell.Count), "", "", n, "")
			if cell.Share.OK {
				line(safe(row), safe(column), "udział", commaNumber(cell.Share.Value), commaNumber(cell.Share.Low), commaNumber(cell.Share.High), n, "")
			}
		}
	}
	for j, mean := range c.Means {
		column, n := safe(c.Columns[j]), c.columnN(j)
		switch {
		case mean.Suppressed:
			line("", column, "średnia", "", "", "", n, "tak")
		case mean.Rating.OK:
			line("", column, "średnia", commaNumber(mean.Rating.Value), commaNumber(mean.Rating.Low), commaNumber(mean.Rating.High), n, "")
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("cross-tab as CSV: %w", err)
	}
	return nil
}

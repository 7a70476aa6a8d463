package stats

import "slices"

// sumCross adds up the same table in a family of reports; nil: nothing, or not in the outer one. What one of them suppresses
// is suppressed in the sum.
func (t *table) sumCross(e *Earlier, around Around) *Cross {
	var all *Cross
	for i := range e.of {
		x := t.in(&e.of[i].Earlier, around)
		if x == nil || x.Withheld || x.blank() {
			if i == 0 && e.outer() {
				return nil
			}
			continue
		}
		if all == nil {
			copied := *x
			copied.Rows, copied.Columns, copied.Cells = nil, nil, nil
			copied.N, copied.Left, copied.Held, copied.Means = 0, 0, 0, nil
			all = &copied
		}
		for _, v := range x.Versions {
			all.Versions = ascending(slices.Clone(all.Versions), v)
		}
		all.add(x, e.of[i].sign)
	}
	if all != nil {
		all.shares()
	}
	return all
}

// add adds a table up, or takes it off.
func (x *Cross) add(other *Cross, sign int) {
	rows, cols := addLines(&x.Rows, other.Rows, sign), addLines(&x.Columns, other.Columns, sign)
	for len(x.Cells) < len(x.Rows) {
		x.Cells = append(x.Cells, nil)
	}
	for i := range x.Cells {
		for len(x.Cells[i]) < len(x.Columns) {
			x.Cells[i] = append(x.Cells[i], CrossCell{})
		}
	}
	x.N += sign * other.N
	x.Left += sign * other.Left
	for i, row := range other.Cells {
		for j, c := range row {
			cell := &x.Cells[rows[i]][cols[j]]
			if cell.Suppressed = cell.Suppressed || c.Suppressed; cell.Suppressed {
				cell.Count = 0
				continue
			}
			cell.Count += sign * c.Count
		}
	}
}

// addLines adds totals up, of lines that are not there yet too, and returns where the lines are.
func addLines(all *[]CrossLine, lines []CrossLine, sign int) []int {
	var at []int
	for _, line := range lines {
		i := slices.IndexFunc(*all, func(l CrossLine) bool { return l.Value == line.Value })
		if i < 0 {
			i = len(*all)
			*all = append(*all, CrossLine{Value: line.Value, Label: line.Label, Score: line.Score})
		}
		at = append(at, i)
		have := &(*all)[i]
		have.All += sign * line.All
		if have.Suppressed = have.Suppressed || line.Suppressed; have.Suppressed {
			have.N = 0
			continue
		}
		have.N += sign * line.N
	}
	return at
}

// shares fills the shares of columns of which all is told.
func (x *Cross) shares() {
	for i, row := range x.Cells {
		for j := range row {
			if column := x.Columns[j]; !row[j].Suppressed && !column.Suppressed && column.N > 0 {
				x.Cells[i][j].Share = ShareOf(row[j].Count, column.N)
			}
		}
	}
}

package stats

import "slices"

// secrecy is what of a cross-tab is not told.
type secrecy struct {
	cells      [][]bool
	rows, cols []bool // totals: not told where the Summary's number less the total would tell of few people, who are not in the table
}

// at is whether a cell of the table's frame is hidden: one column more is the rows' totals, one row more the columns'.
func (s *secrecy) at(i, j int) *bool {
	switch {
	case i == len(s.rows) && j == len(s.cols):
		return new(bool) // the corner is told
	case i == len(s.rows):
		return &s.cols[j]
	case j == len(s.cols):
		return &s.rows[i]
	}
	return &s.cells[i][j]
}

// protect decides what of the table is suppressed; false: nothing may be told.
func (t *table) protect(threshold int) (*secrecy, bool) {
	s := &secrecy{rows: make([]bool, len(t.rows)), cols: make([]bool, len(t.cols))}
	for range t.rows {
		s.cells = append(s.cells, make([]bool, len(t.cols)))
	}
	if few(t.n, threshold) || t.chosen && few(t.base-t.n, threshold) {
		return nil, false
	}
	if t.row.multi || t.column.multi {
		if t.chosen && t.fewInTotals(threshold) || t.fewOutside(threshold) {
			return nil, false
		}
		return s, t.protectPicks(s, threshold)
	}
	return s, t.protectFrame(s, threshold)
}

// single reports whether the table divides by one value a submission in rows and columns, and no condition chooses.
func (t *table) single() bool { return !t.row.multi && !t.column.multi && !t.chosen }

// framed reports whether somebody may have a row's value, as the Summary tells, and not be in the table.
func (t *table) framed() bool { return t.chosen || t.column.dimension.Property == "" }

// frame is the table with one more column and row, if there may be any, of those who have the value but are not in the table,
// as they did not answer the other question or do not meet the condition. Its totals are what the Summary tells. A total of the
// table is told where its cell in the frame is. Which channel somebody came by who left the question out is no answer, so that
// a property has no such row.
func (t *table) frame() [][]int {
	var cells [][]int
	for i, row := range t.cells {
		cells = append(cells, slices.Clone(row))
		if t.framed() {
			cells[i] = append(cells[i], t.allRows[i]-t.rows[i])
		}
	}
	if !t.framed() {
		return cells
	}
	last := make([]int, len(t.cols)+1) // in the corner nobody: the number of the table's submissions is told
	for j := range t.cols {
		last[j] = t.allCols[j] - t.cols[j]
	}
	return append(cells, last)
}

// grid makes a grid of the frame's size.
func (t *table) grid(cells [][]int, threshold int) *grid {
	g := newGrid(cells, threshold)
	if t.framed() {
		g.told, g.exact = map[[2]int]bool{{len(t.rows), len(t.cols)}: true}, true
	}
	return g
}

// protectFrame protects a table of one value a submission. The totals of one with a condition are cells of other tables, of
// each question by the condition.
func (t *table) protectFrame(s *secrecy, threshold int) bool {
	r, c := len(t.rows), len(t.cols)
	g := t.grid(t.frame(), threshold)
	if t.chosen {
		for i := range t.rows {
			if few(t.rows[i], threshold) {
				g.hide(i, c)
			}
		}
		for j := range t.cols {
			if few(t.cols[j], threshold) {
				g.hide(r, j)
			}
		}
	}
	ok := g.protect(threshold)
	for i, row := range g.hidden {
		for j, hidden := range row {
			if hidden {
				*s.at(i, j) = true
			}
		}
	}
	return ok
}

// fewInTotals reports whether a total, or what the condition left out of it, is of few people.
func (t *table) fewInTotals(threshold int) bool {
	for i, n := range t.rows {
		if few(n, threshold) || few(t.allRows[i]-n, threshold) {
			return true
		}
	}
	for j, n := range t.cols {
		if few(n, threshold) || few(t.allCols[j]-n, threshold) {
			return true
		}
	}
	return false
}

// fewOutside reports whether few people have a value, or did not pick an option, and are not in the table, of a table in which
// this would take totals that several of its parts share.
func (t *table) fewOutside(threshold int) bool {
	if t.column.dimension.Property != "" {
		return false
	}
	both := t.row.multi && t.column.multi
	for i, n := range t.rows {
		out := t.allRows[i] - n
		if (both || t.column.multi) && (few(out, threshold) || both && few(t.rowBase-t.n-out, threshold)) {
			return true
		}
	}
	for j, n := range t.cols {
		out := t.allCols[j] - n
		if (both || t.row.multi) && (few(out, threshold) || both && few(t.colBase-t.n-out, threshold)) {
			return true
		}
	}
	return false
}

// protectPicks protects a table in which one submission stands in several rows or columns. Of each option there are those
// who picked it and those who did not, who together are known: a table of its own, in which either tells the other.
func (t *table) protectPicks(s *secrecy, threshold int) bool {
	rows, cols := [][]int{indices(len(t.rows))}, [][]int{indices(len(t.cols))}
	if t.row.multi {
		rows = singles(len(t.rows))
	}
	if t.column.multi {
		cols = singles(len(t.cols))
	}
	for _, r := range rows {
		for _, c := range cols {
			g := newGrid(t.options(r, c), threshold)
			g.tied = func(i, j int) [][2]int {
				var others [][2]int
				if t.row.multi {
					others = append(others, [2]int{1 - i, j})
				}
				if t.column.multi {
					others = append(others, [2]int{i, 1 - j})
				}
				return others
			}
			if !g.protect(threshold) {
				return false
			}
			for i, row := range r {
				for j, column := range c {
					s.cells[row][column] = g.hidden[i][j]
				}
			}
			t.hideOutside(s, g, r, c)
		}
	}
	return true
}

// hideOutside hides the total of the option whose grid has those who are not in the table.
func (t *table) hideOutside(s *secrecy, g *grid, rows, cols []int) {
	switch {
	case !t.outside():
	case t.row.multi:
		s.rows[rows[0]] = g.hidden[0][len(cols)]
	default:
		s.cols[cols[0]] = g.hidden[len(rows)][0]
	}
}

// outside reports whether the grid of an option has those too who did not answer the other question, of one value.
func (t *table) outside() bool {
	return !t.chosen && t.column.dimension.Property == "" && t.row.multi != t.column.multi
}

// options is the part of the table of some rows and columns, with a row or column of who did not pick the one that there is,
// and one of who is not in the table.
func (t *table) options(rows, cols []int) [][]int {
	var cells [][]int
	for _, i := range rows {
		var row []int
		for _, j := range cols {
			row = append(row, t.cells[i][j])
		}
		if t.column.multi {
			row = append(row, t.rows[i]-row[0])
		}
		cells = append(cells, row)
	}
	if t.row.multi {
		var rest []int
		for k, j := range cols {
			rest = append(rest, t.cols[j]-cells[0][k])
		}
		if t.column.multi {
			rest = append(rest, t.n-t.cols[cols[0]]-cells[0][1])
		}
		cells = append(cells, rest)
	}
	switch {
	case !t.outside():
	case t.row.multi:
		out := t.allRows[rows[0]] - t.rows[rows[0]]
		cells[0], cells[1] = append(cells[0], out), append(cells[1], t.rowBase-t.n-out)
	default:
		out := t.allCols[cols[0]] - t.cols[cols[0]]
		cells = append(cells, []int{out, t.colBase - t.n - out})
	}
	return cells
}

func indices(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

func singles(n int) [][]int {
	var all [][]int
	for i := range n {
		all = append(all, []int{i})
	}
	return all
}

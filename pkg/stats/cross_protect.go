package stats

// secrecy is what of a cross-tab is not told.
type secrecy struct {
	cells      [][]bool
	rows, cols []bool // totals: only of a table with a condition, as the Summary tells the others
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
	several := t.row.multi || t.column.multi
	switch {
	case several && t.chosen && t.fewInTotals(threshold):
		return nil, false
	case several:
		return s, t.protectPicks(s, threshold)
	case t.chosen:
		return s, t.protectChosen(s, threshold)
	}
	g := newGrid(t.cells, threshold)
	ok := g.protect(threshold)
	s.cells = g.hidden
	return s, ok
}

// single reports whether the table divides by one value a submission in rows and columns, and no condition chooses.
func (t *table) single() bool { return !t.row.multi && !t.column.multi && !t.chosen }

// protectChosen protects a table with a condition. Its totals are cells of other tables: of each question by the
// condition. So the grid has one more column and row, of those who have the value but do not meet the condition (or did
// not answer the other question), and then its totals are what the Summary tells. A total is told where its such cell is.
func (t *table) protectChosen(s *secrecy, threshold int) bool {
	r, c := len(t.rows), len(t.cols)
	var cells [][]int
	for i, row := range t.cells {
		cells = append(cells, append(append([]int{}, row...), t.allRows[i]-t.rows[i]))
	}
	last := make([]int, c+1)
	for j := range t.cols {
		last[j] = t.allCols[j] - t.cols[j]
	}
	g := newGrid(append(cells, last), threshold)
	g.told = map[[2]int]bool{{r, c}: true} // else the number of the table's submissions would not be told
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
	ok := g.protect(threshold)
	for i := range t.rows {
		copy(s.cells[i], g.hidden[i])
		s.rows[i] = g.hidden[i][c]
	}
	copy(s.cols, g.hidden[r])
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
		}
	}
	return true
}

// options is the part of the table of some rows and columns, with a row or column of who did not pick the one that there is.
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

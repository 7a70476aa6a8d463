package stats

// protect tells which cells are suppressed; not ok: nothing may be told.
func (t *table) protect(threshold int) (hidden [][]bool, ok bool) {
	hidden = make([][]bool, len(t.rows))
	for i := range hidden {
		hidden[i] = make([]bool, len(t.cols))
		for j := range hidden[i] {
			hidden[i][j] = few(t.cells[i][j], threshold)
		}
	}
	return hidden, !few(t.n, threshold)
}

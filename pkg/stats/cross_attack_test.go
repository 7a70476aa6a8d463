package stats

import (
	"fmt"
	"math"
	"math/rand"
	"strings"
	"testing"
)

// attack writes down all that a cross-tab of one answer each, and the Summary beside it, say of those who answered both
// questions and of those who answered only one. It returns the suppressed cells that it can work out, or narrow to fewer than
// threshold values where the Summary, with its ratings of columns where these are given, and the number of the table do not.
func attack(x *Cross, threshold int, beside ...map[int]Group) []string {
	if x.Withheld {
		return nil
	}
	rows, cols := len(x.Rows), len(x.Columns)
	at := func(i, j int) int { return i*(cols+1) + j } // row or column number rows, cols: who did not answer the question
	all, alone := &system{unknowns: (rows + 1) * (cols + 1)}, &system{unknowns: (rows + 1) * (cols + 1)}
	line := func(i, j, down, right, n, right0 int, systems ...*system) {
		terms := map[int]float64{}
		for k := range n {
			terms[at(i+k*down, j+k*right)] = 1
		}
		for _, s := range systems {
			s.equation(terms, float64(right0))
		}
	}
	var hidden [][2]int
	cell := func(i, j, n int, suppressed bool) {
		if suppressed {
			hidden = append(hidden, [2]int{i, j})
			return
		}
		all.equation(map[int]float64{at(i, j): 1}, float64(n))
	}
	inTable := map[int]float64{}
	for i, row := range x.Rows {
		line(i, 0, 0, 1, cols+1, row.All, all, alone)
		cell(i, cols, row.All-row.N, row.Suppressed)
		for j, c := range x.Cells[i] {
			cell(i, j, c.Count, c.Suppressed)
			inTable[at(i, j)] = 1
		}
	}
	all.equation(inTable, float64(x.N))
	alone.equation(inTable, float64(x.N))
	for j, column := range x.Columns {
		line(0, j, 1, 0, rows+1, column.All, all, alone)
		cell(rows, j, column.All-column.N, column.Suppressed)
		moment := map[int]float64{}
		for i := range x.Rows {
			if score := x.Rows[i].Score; score != nil {
				moment[at(i, j)] = *score
			}
		}
		for _, groups := range beside {
			rating(groups[j], x, func(i int) int { return at(i, j) }, all, alone)
		}
		if len(x.Means) > 0 && x.Means[j].Rating.OK {
			all.equation(moment, x.Means[j].Rating.Value*float64(x.Means[j].Rating.N))
		}
	}
	var broken []string
	for _, c := range hidden {
		of := map[int]float64{at(c[0], c[1]): 1}
		low, high := all.bounds(of)
		least, most := alone.bounds(of)
		if high-low < min(float64(threshold-1), most-least)-1e-6 || most > least+1e-6 && all.determined(of) {
			broken = append(broken, fmt.Sprintf("row %d column %d is within %g and %g, without the table %g and %g", c[0], c[1], low, high, least, most))
		}
	}
	return broken
}

// rating writes down what a mean, the deviation that its interval tells, and Top2 say of a column.
func rating(g Group, x *Cross, at func(i int) int, systems ...*system) {
	if !g.Rating.OK {
		return
	}
	n := float64(g.Rating.N)
	variance := g.Rating.standardError() * g.Rating.standardError() * n
	count, first, second, top := map[int]float64{}, map[int]float64{}, map[int]float64{}, map[int]float64{}
	for i, line := range x.Rows {
		count[at(i)], first[at(i)], second[at(i)] = 1, *line.Score, *line.Score**line.Score
		if i >= len(x.Rows)-2 {
			top[at(i)] = 1
		}
	}
	for _, s := range systems {
		s.equation(count, n)
		s.equation(first, math.Round(n*g.Rating.Value))
		s.equation(second, math.Round(variance*(n-1)+n*g.Rating.Value*g.Rating.Value))
		s.equation(top, float64(g.Top2.Count))
	}
}

// drawTable makes a table as offices have them: few low ratings, columns of very different size.
func drawTable(r *rand.Rand, rows, cols, n int) *table {
	t := &table{row: &axis{}, column: &axis{}, rows: make([]int, rows), cols: make([]int, cols)}
	for i := range rows {
		score := float64(i + 1)
		t.row.lines = append(t.row.lines, CrossLine{Value: fmt.Sprint(i + 1), Score: &score})
		t.cells = append(t.cells, make([]int, cols))
	}
	weight := make([]float64, cols)
	for j := range weight {
		t.column.lines = append(t.column.lines, CrossLine{Value: fmt.Sprint(j + 1)})
		weight[j] = r.ExpFloat64()
	}
	for range n {
		i := rows - 1 - min(rows-1, int(r.ExpFloat64()*float64(rows)/3))
		j := 0
		for at := r.Float64() * sum(weight); j < cols-1 && at > weight[j]; j++ {
			at -= weight[j]
		}
		t.cells[i][j]++
		t.rows[i]++
		t.cols[j]++
		t.n++
	}
	t.all, t.allRows, t.allCols = t.n, append([]int{}, t.rows...), append([]int{}, t.cols...)
	return t
}

// leaveOut adds people who answered only one of the two questions: one for so many who answered both; 0: none.
func (t *table) leaveOut(r *rand.Rand, one int) *table {
	if one == 0 {
		return t
	}
	for i, row := range t.cells {
		for j, n := range row {
			for range n {
				switch r.Intn(2 * one) {
				case 0:
					t.allRows[i]++
				case 1:
					t.allCols[j]++
				}
			}
		}
	}
	t.rowBase, t.colBase = sumOf(t.allRows), sumOf(t.allCols)
	return t
}

func sum(xs []float64) float64 {
	total := 0.0
	for _, x := range xs {
		total += x
	}
	return total
}

// TestAttackerCannotSolveACrossTab plays the attacker on thousands of tables.
func TestAttackerCannotSolveACrossTab(t *testing.T) {
	r := rand.New(rand.NewSource(5))
	hidden, cells, withheld := 0, 0, 0
	for range 2500 {
		tab := drawTable(r, 2+r.Intn(5), 2+r.Intn(6), 5+r.Intn(400)).leaveOut(r, []int{0, 5, 20, 50}[r.Intn(4)])
		threshold := []int{3, 5, 5, 10}[r.Intn(4)]
		x := tab.cross(Rules{Threshold: threshold}, Around{})
		if x.Withheld {
			withheld++
		}
		for i, row := range x.Cells {
			for j, c := range row {
				cells++
				if c.Suppressed {
					hidden++
				}
				if !c.Suppressed && few(tab.cells[i][j], threshold) || c.Suppressed && (c.Count != 0 || c.Share.OK) {
					t.Fatalf("threshold %d: cell %d, %d of %v is told as %+v", threshold, i, j, tab.cells, c)
				}
			}
			if out := tab.allRows[i] - tab.rows[i]; !x.Rows[i].Suppressed && few(out, threshold) {
				t.Fatalf("threshold %d: %d people have the value %d and did not answer the other question", threshold, out, i)
			}
		}
		if broken := attack(x, threshold); len(broken) > 0 {
			t.Fatalf("threshold %d, table %v:\n%s", threshold, tab.cells, strings.Join(broken, "\n"))
		}
	}
	t.Logf("%d of %d cells are suppressed, %d tables withheld", hidden, cells, withheld)
	if hidden < 1000 || hidden > cells*2/3 || withheld > 100 {
		t.Errorf("%d of %d cells are suppressed and %d tables withheld", hidden, cells, withheld)
	}
}

// TestAttackerSolvesPrimarySuppressionAlone shows that the attacker finds what is left open.
func TestAttackerSolvesPrimarySuppressionAlone(t *testing.T) {
	r := rand.New(rand.NewSource(6))
	found := 0
	for range 200 {
		tab := drawTable(r, 2+r.Intn(5), 2+r.Intn(6), 50+r.Intn(400))
		x := tab.cross(Rules{Threshold: 3}, Around{})
		for i, row := range tab.cells {
			for j, n := range row {
				x.Cells[i][j] = CrossCell{Count: n, Suppressed: few(n, 5)}
				if few(n, 5) {
					x.Cells[i][j].Count = 0
				}
			}
		}
		x.Means = nil
		if len(attack(x, 5)) > 0 {
			found++
		}
	}
	if found < 150 {
		t.Errorf("only %d of 200 tables with primary suppression alone are solved", found)
	}
}

// TestUsualTablesLoseFewCells is what suppression may cost of tables of 6,000 answers.
func TestUsualTablesLoseFewCells(t *testing.T) {
	for _, tt := range []struct{ rows, cols, one int }{{5, 4, 0}, {5, 8, 0}, {3, 12, 0}, {5, 4, 20}, {5, 8, 20}, {3, 12, 20}} {
		r, hidden, cells := rand.New(rand.NewSource(7)), 0, 0
		for range 100 {
			for _, row := range drawTable(r, tt.rows, tt.cols, 6000).leaveOut(r, tt.one).cross(Rules{}, Around{}).Cells {
				for _, c := range row {
					cells++
					if c.Suppressed {
						hidden++
					}
				}
			}
		}
		t.Logf("%d × %d, one left out for %d: %d of %d cells suppressed", tt.rows, tt.cols, tt.one, hidden, cells)
		if hidden*100 > 15*cells {
			t.Errorf("%d × %d: %d of %d cells suppressed", tt.rows, tt.cols, hidden, cells)
		}
	}
}

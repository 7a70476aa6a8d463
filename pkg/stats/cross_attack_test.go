package stats

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"
)

// attack writes down all that a cross-tab says of a table of one answer each and returns the suppressed cells that it can
// work out, or narrow to fewer than threshold values where the totals alone do not.
func attack(x *Cross, threshold int) []string {
	if x.Withheld {
		return nil
	}
	unknown := make([][]int, len(x.Rows))
	s := &system{}
	for i, row := range x.Cells {
		unknown[i] = make([]int, len(row))
		for j, c := range row {
			unknown[i][j] = -1
			if c.Suppressed {
				unknown[i][j] = s.unknowns
				s.unknowns++
			}
		}
	}
	for i, line := range x.Rows {
		terms, right := map[int]float64{}, line.N
		for j, c := range x.Cells[i] {
			known(terms, &right, unknown[i][j], c.Count)
		}
		s.equation(terms, float64(right))
	}
	for j, line := range x.Columns {
		terms, right := map[int]float64{}, line.N
		moment, of := map[int]float64{}, 0.0
		for i := range x.Rows {
			known(terms, &right, unknown[i][j], x.Cells[i][j].Count)
			if u, score := unknown[i][j], x.Rows[i].Score; score != nil && u >= 0 {
				moment[u] = *score
			} else if score != nil {
				of -= *score * float64(x.Cells[i][j].Count)
			}
		}
		s.equation(terms, float64(right))
		if len(x.Means) > 0 && x.Means[j].Rating.OK {
			s.equation(moment, of+x.Means[j].Rating.Value*float64(x.Means[j].Rating.N))
		}
	}
	var broken []string
	for i := range x.Cells {
		for j := range x.Cells[i] {
			u := unknown[i][j]
			if u < 0 {
				continue
			}
			totals := min(x.Rows[i].N, x.Columns[j].N) - max(0, x.Rows[i].N+x.Columns[j].N-x.N)
			low, high := s.bounds(map[int]float64{u: 1})
			if width := high - low; width < float64(min(threshold-1, totals))-1e-6 || s.determined(map[int]float64{u: 1}) {
				broken = append(broken, fmt.Sprintf("row %d column %d is within %g and %g", i, j, low, high))
			}
		}
	}
	return broken
}

func known(terms map[int]float64, right *int, unknown, count int) {
	if unknown >= 0 {
		terms[unknown] = 1
		return
	}
	*right -= count
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
	t.all = t.n
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
		tab := drawTable(r, 2+r.Intn(5), 2+r.Intn(6), 5+r.Intn(400))
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
	r := rand.New(rand.NewSource(7))
	for _, tt := range []struct{ rows, cols int }{{5, 4}, {5, 8}, {3, 12}} {
		hidden, cells := 0, 0
		for range 20 {
			for _, row := range drawTable(r, tt.rows, tt.cols, 6000).cross(Rules{}, Around{}).Cells {
				for _, c := range row {
					cells++
					if c.Suppressed {
						hidden++
					}
				}
			}
		}
		t.Logf("%d × %d: %d of %d cells suppressed", tt.rows, tt.cols, hidden, cells)
		if hidden*100 > 12*cells {
			t.Errorf("%d × %d: %d of %d cells suppressed", tt.rows, tt.cols, hidden, cells)
		}
	}
}

package stats

import (
	"fmt"
	"math/rand"
	"testing"
	"time"

	"ocenaurzedu.eu/pkg/survey"
)

// attackSuccessive writes down two tables of which the second has all people of the first, and returns the cells suppressed
// in either that come out narrower than the totals and the threshold leave them.
func attackSuccessive(before, after *Cross, threshold int) []string {
	rows, cols := len(before.Rows), len(before.Columns)
	sys := &system{unknowns: 2 * rows * cols} // of each cell who was there, and who came
	was := func(i, j int) int { return i*cols + j }
	came := func(i, j int) int { return (rows+i)*cols + j }
	for i := range rows {
		for j := range cols {
			if c := before.Cells[i][j]; !c.Suppressed {
				sys.equation(map[int]float64{was(i, j): 1}, float64(c.Count))
			}
			if c := after.Cells[i][j]; !c.Suppressed {
				sys.equation(map[int]float64{was(i, j): 1, came(i, j): 1}, float64(c.Count))
			}
		}
	}
	line := func(n int, at func(k int) (i, j int), was func(i, j int) int, total int) {
		terms := map[int]float64{}
		for k := range n {
			terms[was(at(k))] = 1
		}
		sys.equation(terms, float64(total))
	}
	for i := range rows {
		at := func(k int) (int, int) { return i, k }
		line(cols, at, was, before.Rows[i].N)
		line(cols, at, came, after.Rows[i].N-before.Rows[i].N)
	}
	for j := range cols {
		at := func(k int) (int, int) { return k, j }
		line(rows, at, was, before.Columns[j].N)
		line(rows, at, came, after.Columns[j].N-before.Columns[j].N)
	}
	possible := func(r, c, n int) int { return min(r, c) - max(0, r+c-n) }
	var broken []string
	for i := range rows {
		for j := range cols {
			then := possible(before.Rows[i].N, before.Columns[j].N, before.N)
			since := possible(after.Rows[i].N-before.Rows[i].N, after.Columns[j].N-before.Columns[j].N, after.N-before.N)
			check := func(what string, terms map[int]float64, width int) {
				if low, high := sys.bounds(terms); high-low < float64(min(threshold-1, width))-1e-6 {
					broken = append(broken, fmt.Sprintf("%s %d, %d is within %g and %g, want a width of %d", what, i, j, low, high, width))
				}
			}
			hidBefore, hidAfter := before.Cells[i][j].Suppressed, after.Cells[i][j].Suppressed
			if hidBefore {
				check("before", map[int]float64{was(i, j): 1}, then)
			}
			if hidAfter && !hidBefore {
				check("after", map[int]float64{was(i, j): 1, came(i, j): 1}, since)
			}
			if hidAfter && hidBefore {
				check("both", map[int]float64{was(i, j): 1, came(i, j): 1}, max(then, since))
			}
			if !hidBefore && !hidAfter && few(after.Cells[i][j].Count-before.Cells[i][j].Count, threshold) {
				broken = append(broken, fmt.Sprintf("%d, %d: the new people of a cell are told", i, j))
			}
		}
	}
	return broken
}

// add puts more people into a table.
func (t *table) add(r *rand.Rand, n int) *table {
	more := *t
	more.rows, more.cols, more.cells = append([]int{}, t.rows...), append([]int{}, t.cols...), nil
	for _, row := range t.cells {
		more.cells = append(more.cells, append([]int{}, row...))
	}
	for range n {
		i, j := r.Intn(len(t.rows)), r.Intn(len(t.cols))
		more.cells[i][j]++
		more.rows[i]++
		more.cols[j]++
		more.n++
	}
	more.all, more.allRows, more.allCols = more.n, append([]int{}, more.rows...), append([]int{}, more.cols...)
	return &more
}

// TestAttackerCannotSolveSuccessiveCrossTabs makes the same table in a second report, with a few or many more people.
func TestAttackerCannotSolveSuccessiveCrossTabs(t *testing.T) {
	r := rand.New(rand.NewSource(9))
	held, told, alone := 0, 0, 0
	for range 500 {
		first := drawTable(r, 2+r.Intn(4), 2+r.Intn(4), 30+r.Intn(300))
		second := first.add(r, r.Intn(1+r.Intn(600)))
		filter := survey.Filter{}
		x := first.cross(Rules{}, Around{})
		y := second.cross(Rules{Earlier: []Earlier{{Number: 7, Summary: &Summary{Filter: filter}, Crosses: []Cross{*x}}}}, Around{Told: &Summary{Filter: filter}})
		if x.Withheld || y.Withheld {
			continue
		}
		if y.Held != 0 {
			if y.Held != 7 || y.N != x.N || second.n == first.n {
				t.Fatalf("%+v waits, with %d new people", y, second.n-first.n)
			}
			held++
			continue
		}
		told++
		if broken := attackSuccessive(x, y, 5); len(broken) > 0 {
			t.Fatalf("%v then %v:\n%s", first.cells, second.cells, broken)
		}
		if second.n-first.n > 0 && len(attackSuccessive(x, second.cross(Rules{}, Around{}), 5)) > 0 {
			alone++
		}
	}
	t.Logf("%d wait, %d told, %d would be broken without looking back", held, told, alone)
	if held < 50 || told < 50 || alone < 10 {
		t.Errorf("%d wait, %d told, %d would be broken without looking back", held, told, alone)
	}
}

// TestCrossTabWaitsAsTheFullestReportToldIt has a large report and then a small one from which a few people could be subtracted: what
// is told is the large one's table, not the last one's.
func TestCrossTabWaitsAsTheFullestReportToldIt(t *testing.T) {
	r := rand.New(rand.NewSource(4))
	day := func(month int) survey.Day { return survey.NewDay(2026, time.Month(month), 1) }
	large := drawTable(r, 3, 3, 600)
	now := large.add(r, 2)
	small := drawTable(r, 3, 3, 60)
	fullest, last := large.cross(Rules{}, Around{}), small.cross(Rules{}, Around{})
	if fullest.Withheld || last.Withheld {
		t.Fatal("the tables of the earlier reports are withheld")
	}
	rules := Rules{Earlier: []Earlier{
		{Number: 1, Summary: &Summary{Filter: survey.Filter{From: day(1), To: day(9)}}, Crosses: []Cross{*fullest}},
		{Number: 2, Summary: &Summary{Filter: survey.Filter{From: day(4), To: day(6)}}, Crosses: []Cross{*last}},
	}}
	x := now.cross(rules, Around{Told: &Summary{Filter: survey.Filter{From: day(1), To: day(10)}}})
	if x.Withheld || x.Held != 1 || x.N != fullest.N {
		t.Errorf("withheld %t, held %d, n = %d; want the table of report 1, n = %d", x.Withheld, x.Held, x.N, fullest.N)
	}
}

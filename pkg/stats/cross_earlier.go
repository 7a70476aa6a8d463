package stats

import (
	"cmp"
	"reflect"
	"slices"

	"ocenaurzedu.eu/pkg/survey"
)

// since holds a table, of which secrecy says what is suppressed, against the same table in earlier reports. What makes the
// difference is a table of its own: its cells of few people are suppressed and protected as any others are, and what the
// earlier report suppressed stays so. Then each solution of one table goes with one of the other. Where that would take more
// than half of what the earlier report told, the table waits: it is returned as it stood in that report within the filter which had
// most answers, as whoever has that report has the table already. Where there is none, as the earlier report had more than this
// one, it is withheld. nil: it is told, with what secrecy says now.
func (t *table) since(s *secrecy, rules Rules, around Around) *Cross {
	if around.Told == nil {
		return nil
	}
	filter := around.Told.Filter
	for again := true; again; {
		again = false
		for i := len(rules.Earlier) - 1; i >= 0; i-- {
			e := &rules.Earlier[i]
			grown, shrunk := takesIn(filter, e.Summary.Filter), takesIn(e.Summary.Filter, filter)
			x := t.in(e, around)
			if x == nil || x.Withheld || !grown && !shrunk {
				continue
			}
			more, ok := t.protectChange(s, x, rules.threshold())
			if ok {
				again = again || more
				continue
			}
			return t.stood(x, rules, around)
		}
	}
	return nil
}

// stood is the table as the report within the filter that had most answers told it, of several the latest; without any, x, of which
// nothing is told.
func (t *table) stood(x *Cross, rules Rules, around Around) *Cross {
	var best *Cross
	number := 0
	for i := range rules.Earlier {
		e := &rules.Earlier[i]
		told := t.in(e, around)
		if told == nil || told.Withheld || !takesIn(around.Told.Filter, e.Summary.Filter) || best != nil && told.N < best.N {
			continue
		}
		best, number = told, e.Number
	}
	if best == nil {
		then := *x
		then.Held = 0
		then.withhold()
		return &then
	}
	then := *best
	then.Held = cmp.Or(best.Held, number)
	return &then
}

// waits reports whether the summary tells of a question as it stood in an earlier report, or nothing: then a table of how it
// is now would tell more.
func (s *Summary) waits(d Dimension) bool {
	if s == nil || d.Property != "" {
		return false
	}
	for i := range s.Questions {
		for _, it := range s.Questions[i].Items {
			if s.Questions[i].Key == d.Question && it.Aspect == d.Aspect && (it.Row == d.Row || it.Row == "" && it.Area == d.Row) && (it.Held > 0 || it.Suppressed) {
				return true
			}
		}
	}
	return false
}

// in finds the same table in an earlier report; nil: there is none.
func (t *table) in(e *Earlier, around Around) *Cross {
	for i := range e.Crosses {
		x := &e.Crosses[i]
		if x.Row == t.row.dimension && x.Column == t.column.dimension && sameCondition(x.Where, around.Where) {
			return x
		}
	}
	return nil
}

func sameCondition(a, b *survey.Condition) bool {
	if a == nil || b == nil {
		return a == b
	}
	return reflect.DeepEqual(a, b)
}

// places finds lines of an earlier table among those of this one; nil: not all are there.
func places(before, now []CrossLine) []int {
	at := make([]int, len(before))
	for i, line := range before {
		at[i] = slices.IndexFunc(now, func(l CrossLine) bool { return l.Value == line.Value })
		if at[i] < 0 {
			return nil
		}
	}
	return at
}

// protectChange suppresses what the difference to an earlier table calls for, and reports whether that was more than was
// suppressed already; not ok: it is too much.
func (t *table) protectChange(s *secrecy, x *Cross, threshold int) (more, ok bool) {
	rows, cols := places(x.Rows, t.row.lines), places(x.Columns, t.column.lines)
	if rows == nil || cols == nil {
		return false, false
	}
	change, before, told := t.change(x, rows, cols)
	differs := t.differs(x, rows, cols)
	for i, row := range before {
		for j, suppressed := range row {
			more = more || suppressed && !s.cells[i][j]
			s.cells[i][j] = s.cells[i][j] || suppressed
		}
	}
	if !differs {
		return more, true
	}
	if few(max(t.n-x.N, x.N-t.n), threshold) || !t.single() {
		return more, !few(max(t.n-x.N, x.N-t.n), threshold) && enough(change, threshold) && !x.hides()
	}
	g := newGrid(change, threshold)
	g.total(t, x, rows, cols)
	then := grid{rows: make([]int, len(t.rows)), cols: make([]int, len(t.cols)), n: x.N}
	for i, line := range x.Rows {
		then.rows[rows[i]] = line.N
	}
	for j, line := range x.Columns {
		then.cols[cols[j]] = line.N
	}
	for i := range change {
		for j := range change[i] {
			if g.hidden[i][j] = before[i][j] && then.possible(i, j) >= g.width; s.cells[i][j] { // wide enough as it was
				g.hide(i, j)
			}
		}
	}
	if !g.protect(threshold) {
		return more, false
	}
	lost := 0
	for i, row := range g.hidden {
		for j, hidden := range row {
			if hidden && !before[i][j] {
				lost++
			}
			more = more || hidden && !s.cells[i][j]
			s.cells[i][j] = s.cells[i][j] || hidden
		}
	}
	return more, 2*lost <= told
}

// change is the table of how many more, or fewer, there are than in an earlier one; 0 where that was suppressed, as nobody
// knows. Lines that it did not have had nobody. told is how many cells it told.
func (t *table) change(x *Cross, rows, cols []int) (change [][]int, suppressed [][]bool, told int) {
	for _, row := range t.cells {
		change, suppressed = append(change, slices.Clone(row)), append(suppressed, make([]bool, len(row)))
	}
	for i, row := range x.Cells {
		for j, c := range row {
			a, b := rows[i], cols[j]
			if c.Suppressed {
				change[a][b], suppressed[a][b] = 0, true
				continue
			}
			told++
			change[a][b] = max(t.cells[a][b]-c.Count, c.Count-t.cells[a][b])
		}
	}
	return change, suppressed, told
}

// differs reports whether anything that the earlier table told is not so any more.
func (t *table) differs(x *Cross, rows, cols []int) bool {
	for i, line := range x.Rows {
		if !line.Suppressed && line.N != t.rows[rows[i]] {
			return true
		}
		for j, c := range x.Cells[i] {
			if !c.Suppressed && c.Count != t.cells[rows[i]][cols[j]] {
				return true
			}
		}
	}
	for j, line := range x.Columns {
		if !line.Suppressed && line.N != t.cols[cols[j]] {
			return true
		}
	}
	return t.n != x.N
}

// total sets the totals of a table of changes, which are told of both tables.
func (g *grid) total(t *table, x *Cross, rows, cols []int) {
	g.rows, g.cols, g.n = slices.Clone(t.rows), slices.Clone(t.cols), max(t.n-x.N, x.N-t.n)
	for i, line := range x.Rows {
		g.rows[rows[i]] = max(t.rows[rows[i]]-line.N, line.N-t.rows[rows[i]])
	}
	for j, line := range x.Columns {
		g.cols[cols[j]] = max(t.cols[cols[j]]-line.N, line.N-t.cols[cols[j]])
	}
}

// enough reports whether no cell changed by few people.
func enough(change [][]int, threshold int) bool {
	for _, row := range change {
		for _, n := range row {
			if few(n, threshold) {
				return false
			}
		}
	}
	return true
}

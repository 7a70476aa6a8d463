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
// than half of what the earlier report told, the table waits: it is returned as it stood. Where it can't wait, as the earlier
// report had more than this one, it is withheld. nil: it is told, with what secrecy says now.
func (t *table) since(s *secrecy, rules Rules, around Around) *Cross {
	if around.Told == nil {
		return nil
	}
	filter := around.Told.Filter
	rules.Earlier = rules.withFamilies(filter)
	for again := true; again; {
		again = false
		for i := len(rules.Earlier) - 1; i >= 0; i-- {
			e := &rules.Earlier[i]
			grown, shrunk := takesIn(filter, e.Summary.Filter), takesIn(e.Summary.Filter, filter)
			x := t.in(e, around)
			if x == nil || x.Withheld || x.blank() || !grown && !shrunk {
				continue
			}
			more, ok := t.protectChange(s, x, rules.threshold())
			if ok {
				again = again || more
				continue
			}
			return t.waiting(rules, around)
		}
	}
	return nil
}

// waiting returns the table as the report, or the family of reports, told it that has most of what the filter chooses; withheld
// where there is none.
func (t *table) waiting(rules Rules, around Around) *Cross {
	var most *Cross
	for i := range rules.Earlier {
		e := &rules.Earlier[i]
		x := t.in(e, around)
		if x == nil || x.Withheld || x.blank() || e.outer() || !takesIn(around.Told.Filter, e.Summary.Filter) || most != nil && x.N < most.N {
			continue
		}
		then := *x
		then.Held = cmp.Or(x.Held, e.Number)
		most = &then
	}
	if most == nil {
		most = &Cross{Row: t.row.dimension, Column: t.column.dimension, Where: around.Where, RowLabel: t.row.label, ColLabel: t.column.label,
			Multi: t.row.multi, Overlap: t.column.multi, Versions: append([]int{}, t.versions...), LeftOut: t.left, Rated: around.Told.rated()}
		most.withhold()
	}
	return most
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
	if e.of != nil {
		return t.sumCross(e, around)
	}
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

// before is what an earlier table told, in the lines of this one's frame. Lines that it did not have had nobody.
type before struct {
	cells      [][]int
	suppressed [][]bool
	rows, cols []int // totals of the frame
	n          int
	told       int // cells
}

// before reads an earlier table; not ok: it has lines that this one has not.
func (t *table) before(x *Cross) (b before, ok bool) {
	rows, cols := places(x.Rows, t.row.lines), places(x.Columns, t.column.lines)
	if rows == nil || cols == nil {
		return b, false
	}
	for _, row := range t.frame() {
		b.cells, b.suppressed = append(b.cells, make([]int, len(row))), append(b.suppressed, make([]bool, len(row)))
	}
	b.rows, b.cols = make([]int, len(b.cells)), make([]int, len(b.cells[0]))
	put := func(i, j, n int, suppressed bool) {
		if b.suppressed[i][j] = suppressed; !suppressed {
			b.cells[i][j] = n
			b.told++
		}
	}
	for i, line := range x.Rows {
		line.All = max(line.All, line.N) // of an archive that did not tell it: all answered both
		for j, c := range x.Cells[i] {
			put(rows[i], cols[j], c.Count, c.Suppressed)
		}
		if b.rows[rows[i]] = line.All; t.framed() {
			put(rows[i], len(t.cols), line.All-line.N, line.Suppressed)
			b.cols[len(t.cols)] += line.All
		}
		b.n += line.All
	}
	for j, line := range x.Columns {
		line.All = max(line.All, line.N)
		if b.cols[cols[j]] = line.N; t.framed() {
			b.cols[cols[j]] = line.All
			put(len(t.rows), cols[j], line.All-line.N, line.Suppressed)
			b.rows[len(t.rows)] += line.All
		}
	}
	if t.framed() { // of one value a submission: who answered one question less those who answered both
		b.n += b.rows[len(t.rows)] - x.N
		b.rows[len(t.rows)], b.cols[len(t.cols)] = b.rows[len(t.rows)]-x.N, b.cols[len(t.cols)]-x.N
	}
	return b, true
}

// protectChange suppresses what the difference to an earlier table calls for, and reports whether that was more than was
// suppressed already; not ok: it is too much.
func (t *table) protectChange(s *secrecy, x *Cross, threshold int) (more, ok bool) {
	then, ok := t.before(x)
	if !ok {
		return false, false
	}
	more = s.add(then.suppressed)
	now := t.frame()
	if !t.differs(then, now, x) {
		return more, true
	}
	change := then.change(now)
	if came := max(t.n-x.N, x.N-t.n); few(came, threshold) || !t.single() {
		return more, !few(came, threshold) && enough(change, threshold) && !x.hides()
	}
	g := t.changeGrid(change, then, threshold)
	old := grid{rows: then.rows, cols: then.cols, n: then.n}
	for i := range change {
		for j := range change[i] {
			if g.hidden[i][j] = then.suppressed[i][j] && old.possible(i, j) >= g.width; *s.at(i, j) { // wide enough as it was
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
			if hidden && !then.suppressed[i][j] {
				lost++
			}
		}
	}
	return s.add(g.hidden) || more, 2*lost <= then.told
}

// add hides more, and reports whether it was any.
func (s *secrecy) add(hidden [][]bool) bool {
	more := false
	for i, row := range hidden {
		for j, is := range row {
			if is && !*s.at(i, j) {
				*s.at(i, j), more = true, true
			}
		}
	}
	return more
}

// change is how many more, or fewer, there are than in the earlier table; 0 where that was suppressed, as nobody knows.
func (b before) change(now [][]int) [][]int {
	change := make([][]int, len(now))
	for i, row := range now {
		for j, n := range row {
			if n = max(n-b.cells[i][j], b.cells[i][j]-n); b.suppressed[i][j] {
				n = 0
			}
			change[i] = append(change[i], n)
		}
	}
	return change
}

// differs reports whether anything that the earlier table told is not so any more.
func (t *table) differs(b before, now [][]int, x *Cross) bool {
	differs := t.n != x.N
	for i, row := range now {
		for j, count := range row {
			differs = differs || !b.suppressed[i][j] && count != b.cells[i][j]
		}
	}
	rows, cols := t.totals()
	return differs || !slices.Equal(rows, b.rows) || !slices.Equal(cols, b.cols)
}

// totals are those of the frame.
func (t *table) totals() (rows, cols []int) {
	rows, cols = slices.Clone(t.allRows), slices.Clone(t.cols)
	if t.framed() {
		cols = slices.Clone(t.allCols)
		rows, cols = append(rows, sumOf(cols)-t.n), append(cols, sumOf(rows)-t.n)
	}
	return rows, cols
}

func sumOf(numbers []int) int {
	n := 0
	for _, m := range numbers {
		n += m
	}
	return n
}

// changeGrid is the table of changes. Its totals are told of both tables.
func (t *table) changeGrid(change [][]int, then before, threshold int) *grid {
	g := t.grid(change, threshold)
	g.exact = false
	rows, cols := t.totals()
	g.n = max(sumOf(rows)-then.n, then.n-sumOf(rows))
	for i, n := range then.rows {
		g.rows[i] = max(rows[i]-n, n-rows[i])
	}
	for j, n := range then.cols {
		g.cols[j] = max(cols[j]-n, n-cols[j])
	}
	return g
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

package stats

import (
	"slices"

	"ocenaurzedu.eu/pkg/survey"
)

// Dimension is what a cross-tab divides submissions by: a question, a row of a matrix, or a property of the
// submission.
type Dimension struct {
	Question string `json:"question,omitempty"`
	Row      string `json:"row,omitempty"`
	Aspect   string `json:"aspect,omitempty"`
	Property string `json:"property,omitempty"` // one of the constants; empty: a question
}

// The properties of a submission.
const (
	PropertyChannel    = "channel"
	PropertyPoint      = "point"
	PropertyDepartment = "department" // of the service point
	PropertyMonth      = "month"
)

// Cross is a question's answers (rows) divided by another dimension (columns): from codes alone, protected as a whole. A suppressed
// cell carries no number. Shares are of the column's valid answers.
type Cross struct {
	Row      Dimension         `json:"row"`
	Column   Dimension         `json:"column"`
	Where    *survey.Condition `json:"where,omitempty"` // only submissions that meet it are in the table; nil: all of the filter
	RowLabel survey.Text       `json:"row_label"`
	ColLabel survey.Text       `json:"column_label"`
	N        int               `json:"n"`                 // submissions with an answer to both
	Multi    bool              `json:"multi,omitempty"`   // several answers a submission in the rows: shares sum to over 100 %
	Overlap  bool              `json:"overlap,omitempty"` // several answers a submission in the columns: one submission stands in several
	Rows     []CrossLine       `json:"rows"`
	Columns  []CrossLine       `json:"columns"`
	Cells    [][]CrossCell     `json:"cells"`           // by row, then by column
	Means    []CrossMean       `json:"means,omitempty"` // of the row question's scores by column; none without scores
	Versions []int             `json:"versions"`
	LeftOut  []int             `json:"versions_left_out,omitempty"` // numbers of versions with answers that ask one of the two otherwise or not at all
	Held     int               `json:"held,omitempty"`              // number of the report in which it stood so: too few people make the difference since; 0: it is as it is now
	Withheld bool              `json:"withheld"`                    // nothing may be told
	Rated    string            `json:"rated,omitempty"`             // key of the question whose rating the Summary beside the table tells by channel, service point and month
	Left     int               `json:"left_out"`                    // submissions of the filter that are not in the table: no answer to one of the two
}

// CrossLine is the heading of a row or column with its total.
type CrossLine struct {
	Value      string      `json:"value"` // of the choice; the channel; the point's or department's id, "0" for none; the month's first day
	Label      survey.Text `json:"label"`
	Score      *float64    `json:"score,omitempty"`
	N          int         `json:"n"`             // in the table
	All        int         `json:"all,omitempty"` // of the filter, whether or not they meet the condition or answered the other question: the Summary tells it
	Suppressed bool        `json:"suppressed"`
}

// CrossCell is how many gave the row's answer in the column.
type CrossCell struct {
	Count      int   `json:"count"`
	Share      Share `json:"share"` // of the column's total
	Suppressed bool  `json:"suppressed"`
}

// CrossMean is the mean in one column.
type CrossMean struct {
	Rating     Figure `json:"rating"`
	Suppressed bool   `json:"suppressed"`
}

// Place is a service point or a department, by its id.
type Place struct {
	ID         int64
	Name       string
	Department int64 // of a service point; 0: none
}

// Around is what a cross-tab takes besides the answers.
type Around struct {
	Where               *survey.Condition // nil: all submissions
	Points, Departments []Place           // for their names, in the order of the table
	// Told is the summary that the same filter and rules make, beside which the table is told; nil: none, and no earlier
	// report is looked at.
	Told *Summary
}

// CrossTab makes a cross-tab of columns, which a filter chose. row is a question (or one of its rows), column a question or a
// property. Versions that ask either in another series than the newest one that asks both are left out and named.
// survey.ErrNotFound: no version asks it, or it has no values to tabulate.
func CrossTab(columns []*survey.Columns, row, column Dimension, rules Rules, around Around) (*Cross, error) {
	t, err := newTable(columns, row, column, around)
	if err != nil {
		return nil, err
	}
	for _, c := range columns {
		if around.Where != nil {
			t.countAll(c)
			c = c.Where(*around.Where)
		}
		t.count(c)
	}
	t.trim()
	return t.cross(rules, around), nil
}

// table is a cross-tab under count.
type table struct {
	row, column *axis
	cells       [][]int
	rows, cols  []int // submissions in the table with the row's, and with the column's value
	n, all      int   // submissions in the table, and of the filter and the condition
	chosen      bool  // by a condition
	allRows     []int // submissions of the filter with the row's value, whether or not they are in the table: what the Summary tells
	allCols     []int
	rowBase     int // submissions of the filter with an answer to the row's question
	colBase     int
	base        int // n without the condition, where there is one
	versions    []int
	left        []int
}

func newTable(columns []*survey.Columns, row, column Dimension, around Around) (*table, error) {
	if row.Property != "" {
		return nil, survey.ErrNotFound
	}
	t := &table{chosen: around.Where != nil}
	var err error
	for _, v := range newestFirst(columns) {
		if t.row, err = questionAxis(v, row); err != nil {
			continue
		}
		if column.Property != "" {
			t.column, err = propertyAxis(columns, column, around)
		} else {
			t.column, err = questionAxis(v, column)
		}
		if err == nil {
			break
		}
	}
	if t.row == nil || t.column == nil {
		return nil, survey.ErrNotFound
	}
	t.cells = make([][]int, len(t.row.lines))
	for i := range t.cells {
		t.cells[i] = make([]int, len(t.column.lines))
	}
	t.rows, t.cols = make([]int, len(t.row.lines)), make([]int, len(t.column.lines))
	t.allRows, t.allCols = make([]int, len(t.rows)), make([]int, len(t.cols))
	return t, nil
}

// newestFirst lists the versions of columns.
func newestFirst(columns []*survey.Columns) []*survey.Version {
	var versions []*survey.Version
	for _, c := range columns {
		if !slices.ContainsFunc(versions, func(v *survey.Version) bool { return v.ID == c.Version.ID }) {
			versions = append(versions, c.Version)
		}
	}
	slices.SortFunc(versions, func(a, b *survey.Version) int { return b.Number - a.Number })
	return versions
}

// count adds the submissions of some columns.
func (t *table) count(c *survey.Columns) {
	t.all += c.N
	row, column := t.row.in(c), t.column.in(c)
	if row == nil || column == nil {
		if c.N > 0 {
			t.left = ascending(t.left, c.Version.Number)
		}
		if !t.chosen {
			t.countAll(c)
		}
		return
	}
	if c.N > 0 {
		t.versions = ascending(t.versions, c.Version.Number)
	}
	if t.single() {
		t.countPairs(together(c, row.base, column.base))
		return
	}
	if !t.chosen {
		t.countAll(c)
	}
	base := together(c, row.base, column.base)
	base.each(func(_, _, n int) { t.n += n })
	for i, r := range row.picks {
		together(c, r, column.base).each(func(line, _, n int) { t.rows[i+line] += n })
	}
	for j, col := range column.picks {
		together(c, row.base, col).each(func(_, line, n int) { t.cols[j+line] += n })
	}
	for i, r := range row.picks {
		for j, col := range column.picks {
			together(c, r, col).each(func(line, other, n int) { t.cells[i+line][j+other] += n })
		}
	}
}

// countPairs counts all of a table of one value a submission in one pass.
func (t *table) countPairs(pairs counts) {
	for i, row := range pairs.a.lines {
		for j, column := range pairs.b.lines {
			n := pairs.n[i*pairs.width+j]
			if row >= 0 {
				t.allRows[row] += n
				t.rowBase += n
			}
			if column >= 0 {
				t.allCols[column] += n
				t.colBase += n
			}
			if row >= 0 && column >= 0 {
				t.cells[row][column] += n
				t.rows[row] += n
				t.cols[column] += n
				t.n += n
			}
		}
	}
}

// countAll counts who has a row's or a column's value, whether or not they meet the condition or answered the other question,
// in versions that ask no other too.
func (t *table) countAll(c *survey.Columns) {
	row, column := t.row.in(c), t.column.in(c)
	everybody := reading{-1, []int{0}}
	if row != nil {
		together(c, row.base, everybody).each(func(_, _, n int) { t.rowBase += n })
		for i, r := range row.picks {
			together(c, r, everybody).each(func(line, _, n int) { t.allRows[i+line] += n })
		}
	}
	if column != nil {
		together(c, everybody, column.base).each(func(_, _, n int) { t.colBase += n })
		for j, col := range column.picks {
			together(c, everybody, col).each(func(_, line, n int) { t.allCols[j+line] += n })
		}
	}
	if t.chosen && row != nil && column != nil {
		together(c, row.base, column.base).each(func(_, _, n int) { t.base += n })
	}
}

// trim drops channels, points, departments and months from which nobody is in the table.
func (t *table) trim() {
	for j := len(t.cols) - 1; j >= 0; j-- {
		if t.cols[j] == 0 && (t.allCols[j] == 0 || !t.chosen) && t.column.dimension.Property != "" {
			t.dropColumn(j)
		}
	}
}

func (t *table) dropColumn(j int) {
	t.column.lines = slices.Delete(t.column.lines, j, j+1)
	t.cols, t.allCols = slices.Delete(t.cols, j, j+1), slices.Delete(t.allCols, j, j+1)
	for i := range t.cells {
		t.cells[i] = slices.Delete(t.cells[i], j, j+1)
	}
}

// cross protects the table and makes its figures.
func (t *table) cross(rules Rules, around Around) *Cross {
	threshold := rules.threshold()
	x := &Cross{
		Row: t.row.dimension, Column: t.column.dimension, Where: around.Where, RowLabel: t.row.label, ColLabel: t.column.label,
		Multi: t.row.multi, Overlap: t.column.multi, Rows: []CrossLine{}, Columns: []CrossLine{}, Cells: [][]CrossCell{},
		Versions: append([]int{}, t.versions...), LeftOut: t.left, Rated: around.Told.rated(),
	}
	hidden, ok := t.protect(threshold)
	if !ok {
		x.withhold()
		return x
	}
	if then := t.since(hidden, rules, around); then != nil {
		return then
	}
	if around.Told.waits(t.row.dimension) || around.Told.waits(t.column.dimension) {
		x.withhold()
		return x
	}
	if x.besideRatings() && hidden.some() {
		if t.chosen {
			x.withhold()
			return x
		}
		hidden.all()
	}
	x.N, x.Left = t.n, t.all-t.n
	x.Rows, x.Columns = totals(t.row.lines, t.rows, t.allRows, hidden.rows), totals(t.column.lines, t.cols, t.allCols, hidden.cols)
	for i := range t.rows {
		cells := make([]CrossCell, len(t.cols))
		for j := range cells {
			cells[j].Suppressed = hidden.cells[i][j]
			if cells[j].Suppressed {
				continue
			}
			cells[j].Count = t.cells[i][j]
			if !hidden.cols[j] {
				cells[j].Share = ShareOf(t.cells[i][j], t.cols[j])
			}
		}
		x.Cells = append(x.Cells, cells)
	}
	x.Means = t.means(hidden)
	x.takeRatings(around.Told)
	return x
}

func totals(lines []CrossLine, n, of []int, hidden []bool) []CrossLine {
	all := make([]CrossLine, len(lines))
	for i, line := range lines {
		line.All = of[i]
		if line.Suppressed = hidden[i]; !hidden[i] {
			line.N = n[i]
		}
		all[i] = line
	}
	return all
}

// means makes the mean of each column that has no suppressed cell: with others, it would be an equation to solve for them.
func (t *table) means(hidden *secrecy) []CrossMean {
	scores, scored := make([]float64, len(t.rows)), make([]bool, len(t.rows))
	some := false
	for i, line := range t.row.lines {
		if line.Score != nil {
			scores[i], scored[i], some = *line.Score, true, true
		}
	}
	if !some || t.row.multi {
		return nil
	}
	means := make([]CrossMean, len(t.cols))
	for j := range means {
		means[j].Suppressed = hidden.cols[j]
		values := make([]int, len(t.rows))
		for i := range values {
			values[i] = t.cells[i][j]
			means[j].Suppressed = means[j].Suppressed || hidden.cells[i][j]
		}
		if d := newDist(scores, scored, values); !means[j].Suppressed && len(d.scores) >= 2 && d.n() > 0 {
			mean, sd := d.moments()
			means[j].Rating = estimate(mean, sd, d.n())
		}
	}
	return means
}

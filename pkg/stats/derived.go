package stats

import (
	"math"
	"slices"

	"ocenaurzedu.eu/pkg/survey"
)

// fewestTogether is how many people must have answered two things or more before a figure of how they go together, ρ or α, is
// told. With 30 the 95 % interval of a ρ near 0 is about ±0.36, that of an α of 0.7 of two rows about 0.37 to 0.86 (L. S. Feldt,
// Psychometrika 30, 1965): of fewer it is chance. And of few people, of whom the rows' distributions are told, such a figure
// leaves so few ways in which their answers can go together that it would tell single sheets; cross-tabs suppress such.
const fewestTogether = 30

// asksImportance reports whether anything is rated for importance.
func asksImportance(all []*series) bool {
	return slices.ContainsFunc(all, func(s *series) bool {
		return slices.ContainsFunc(s.lines, func(l *line) bool { return l.aspect == survey.AspectImportance })
	})
}

// rowOfSeries is a row of a matrix with its series.
type rowOfSeries struct {
	*line
	of *series
}

// derived makes a quadrant of the rows of matrices, whose importance is their correlation with the overall rating; none
// without codes, an overall rating or two such rows. Rows of different scales can't share an axis: it takes the scale that
// most rows have, and of a row with several series the newest.
func derived(all []*series, columns []*survey.Columns, threshold int) []Quadrant {
	o := overall(all)
	if o == nil || len(columns) == 0 || o.lines[0].withheld || o.lines[0].held != nil {
		return []Quadrant{}
	}
	rows := ratedRows(all)
	if len(rows) == 0 {
		return []Quadrant{}
	}
	first := rows[0].of
	q := Quadrant{Question: first.question.Key, Label: first.question.Label, Break: first.again, Derived: true, Importance: Axis{Min: -1, Max: 1}}
	for _, r := range rows {
		for _, v := range r.versions {
			q.Versions = ascending(q.Versions, v)
		}
		it := r.of.toItem(r.line, threshold)
		rho := correlate(r, o, columns)
		if !it.Rating.OK || it.Held > 0 || rho.N < max(fewestTogether, threshold) || !rho.OK {
			q.Withheld++
			continue
		}
		q.Satisfaction = Axis{Min: it.Min, Max: it.Max, Points: it.Points}
		q.Points = append(q.Points, QuadrantPoint{Question: r.of.question.Key, Row: it.Row, Area: it.Area, Label: it.Label,
			Versions: it.Versions, Break: it.Break, Importance: rho, Satisfaction: it.Rating})
	}
	if len(q.Points) < 2 {
		return []Quadrant{}
	}
	q.cut()
	return []Quadrant{q}
}

// ratedRows lists the rows of all matrices that have the scale that most of them have.
func ratedRows(all []*series) []rowOfSeries {
	type name struct{ question, row string }
	seen := map[name]bool{}
	byScale := map[Axis][]rowOfSeries{}
	var best Axis
	for _, s := range all {
		for _, l := range s.lines {
			d := s.spread(l, l.values)
			if s.question.Kind != survey.KindMatrix || len(d.scores) < 2 || seen[name{s.question.Key, l.row.Key}] {
				continue
			}
			seen[name{s.question.Key, l.row.Key}] = true
			scale := Axis{Min: d.scores[0], Max: d.scores[len(d.scores)-1], Points: len(d.scores)}
			byScale[scale] = append(byScale[scale], rowOfSeries{l, s})
			if len(byScale[scale]) > len(byScale[best]) {
				best = scale
			}
		}
	}
	return byScale[best]
}

// correlate returns Spearman's ρ of a row's ratings with the overall rating over the submissions that have both, whose
// number is N; not OK where one of the two is always the same.
func correlate(r rowOfSeries, o *series, columns []*survey.Columns) Figure {
	row, all := r.of.ranking(r.line), o.ranking(o.lines[0])
	table := make([][]int, row.steps)
	for i := range table {
		table[i] = make([]int, all.steps)
	}
	for _, c := range columns {
		x, y := r.of.column(r.line, c), o.column(o.lines[0], c)
		if x == nil || y == nil {
			continue
		}
		for i := range c.N {
			if a, b := row.of(x.At(i)), all.of(y.At(i)); a >= 0 && b >= 0 {
				table[a][b]++
			}
		}
	}
	return spearman(table)
}

// ranking puts codes in the order of their scores.
type ranking struct {
	steps int
	place []int // by value; −1: not scored
}

func (s *series) ranking(l *line) ranking {
	scores, scored := s.scores(l)
	d := newDist(scores, scored, l.values)
	r := ranking{len(d.scores), make([]int, len(scores))}
	for i := range scores {
		r.place[i] = -1
		if scored[i] {
			r.place[i], _ = slices.BinarySearch(d.scores, scores[i])
		}
	}
	return r
}

// of returns the place of a code's score, or −1 of a code without one.
func (r ranking) of(c survey.Code) int {
	if c < survey.CodeFirst {
		return -1
	}
	return r.place[c-survey.CodeFirst]
}

// spearman returns the rank correlation of pairs counted in a table whose lines and columns ascend: Pearson's r of the
// ranks, where equal answers share the mean of their ranks (C. Spearman, 1904; M. G. Kendall, Rank Correlation Methods, 3).
// Its 95 % interval is Fisher's with the variance (1+ρ²/2)/(n−3) (D. G. Bonett, T. A. Wright, Psychometrika 65, 2000).
func spearman(table [][]int) Figure {
	lines := make([]int, len(table))
	var columns []int
	n := 0
	for i, line := range table {
		if columns == nil {
			columns = make([]int, len(line))
		}
		for j, c := range line {
			lines[i] += c
			columns[j] += c
			n += c
		}
	}
	x, y := midranks(lines), midranks(columns)
	middle := float64(n+1) / 2
	xy, xx, yy := 0.0, 0.0, 0.0
	for i, line := range table {
		for j, c := range line {
			xy += float64(c) * (x[i] - middle) * (y[j] - middle)
		}
		xx += float64(lines[i]) * (x[i] - middle) * (x[i] - middle)
	}
	for j, c := range columns {
		yy += float64(c) * (y[j] - middle) * (y[j] - middle)
	}
	if n < 4 || xx == 0 || yy == 0 {
		return Figure{N: n}
	}
	rho := max(-1, min(1, xy/math.Sqrt(xx*yy)))
	half := z95 * math.Sqrt((1+rho*rho/2)/float64(n-3))
	return Figure{OK: true, N: n, Value: rho, Low: math.Tanh(math.Atanh(rho) - half), High: math.Tanh(math.Atanh(rho) + half)}
}

// midranks returns the mean rank of each step of a scale, of how often each was taken.
func midranks(counts []int) []float64 {
	ranks := make([]float64, len(counts))
	before := 0
	for i, c := range counts {
		ranks[i] = float64(before) + float64(c+1)/2
		before += c
	}
	return ranks
}

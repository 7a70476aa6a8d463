package stats

import (
	"slices"

	"ocenaurzedu.eu/pkg/survey"
)

// Alpha is Cronbach's α = r/(r−1)·(1−Σs²ᵢ/s²ₓ) of an area's r rows over the submissions that answered all of them (L. J.
// Cronbach, Psychometrika 16, 1951). It is made of codes, so that it is there only where Results.Columns are, of
// the versions that ask all the rows that the newest of them asks, each in the same series. It is told of at least
// 30 people and 2 rows, and not where one of the rows is withheld or all gave the same sum.
type Alpha struct {
	OK    bool    `json:"ok"`
	Value float64 `json:"value"`
	N     int     `json:"n"`    // submissions that answered all rows
	Rows  int     `json:"rows"` // r
}

// alpha makes the α of an area's rows.
func (s *series) alpha(a survey.Area, columns []*survey.Columns) Alpha {
	rows := s.newestRows(a)
	if len(rows) < 2 || slices.ContainsFunc(rows, func(l *line) bool { return l.withheld || l.held != nil }) {
		return Alpha{}
	}
	each, total := make([]spread, len(rows)), spread{}
	for _, c := range columns {
		s.spreadRows(rows, c, each, &total)
	}
	variances := 0.0
	for _, row := range each {
		variances += row.variance()
	}
	if total.n < fewestTogether || total.variance() <= 0 {
		return Alpha{}
	}
	return Alpha{OK: true, Value: cronbach(len(rows), variances, total.variance()), N: total.n, Rows: len(rows)}
}

// cronbach returns α of the sum of the rows' variances and the variance of their sum.
func cronbach(rows int, variances, total float64) float64 {
	r := float64(rows)
	return r / (r - 1) * (1 - variances/total)
}

// newestRows returns the lines of an area's satisfaction that the newest version that has any of them asks.
func (s *series) newestRows(a survey.Area) []*line {
	newest := 0
	var rows []*line
	for _, l := range s.lines {
		if l.row.Key != "" && l.row.Area == a.Key && l.aspect != survey.AspectImportance {
			rows = append(rows, l)
			newest = max(newest, slices.Max(l.versions))
		}
	}
	return slices.DeleteFunc(rows, func(l *line) bool { return !slices.Contains(l.versions, newest) })
}

// spreadRows adds the submissions of one version that answered all rows; none if it does not ask them all.
func (s *series) spreadRows(rows []*line, c *survey.Columns, each []spread, total *spread) {
	codes := make([]*survey.Column, len(rows))
	for i, l := range rows {
		if codes[i] = s.column(l, c); codes[i] == nil {
			return
		}
	}
	scores, scored := s.scores(rows[0]) // the rows of a matrix share one scale
	middle := (slices.Min(scores) + slices.Max(scores)) / 2
	given := make([]float64, len(rows))
submissions:
	for i := range c.N {
		sum := 0.0
		for j := range codes {
			value := int(codes[j].At(i) - survey.CodeFirst)
			if value < 0 || !scored[value] {
				continue submissions
			}
			given[j] = scores[value] - middle
			sum += given[j]
		}
		for j, x := range given {
			each[j].add(x)
		}
		total.add(sum)
	}
}

// column returns what one version's submissions answered to a line; nil if the version does not ask it in the same series.
func (s *series) column(l *line, c *survey.Columns) *survey.Column {
	q := c.Version.Questionnaire.Question(s.question.Key)
	if q == nil || identity(q) != identity(s.question) {
		return nil
	}
	i := slices.IndexFunc(c.Version.Layout.Slots, func(slot survey.Slot) bool {
		return slot.Question == q.Key && slot.Row == l.row.Key && slot.Aspect == l.aspect && slot.Area == l.area.Key && slot.Option == ""
	})
	if i < 0 || !l.pairs(&line{row: rowOf(q, l.row.Key)}) {
		return nil
	}
	return &c.Codes[i]
}

// spread sums scores up, taken from the middle of their scale so that nothing is lost by rounding.
type spread struct {
	n            int
	sum, squares float64
}

func (s *spread) add(x float64) {
	s.n++
	s.sum += x
	s.squares += x * x
}

// variance is the sample variance (n−1); 0 too where all that is left is what rounding leaves.
func (s *spread) variance() float64 {
	n := float64(s.n)
	rest := s.squares - s.sum*s.sum/n
	if rest <= 1e-12*s.squares {
		return 0
	}
	return rest / (n - 1)
}

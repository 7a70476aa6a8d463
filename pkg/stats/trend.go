package stats

import (
	"cmp"
	"slices"
	"strings"

	"ocenaurzedu.eu/pkg/survey"
)

// trend fills the overall rating's lines over time. The newest is that of Months. Older ones are series that may carry
// the rating too, each as long as no version of it is in a line already. Nothing but their months is told of their
// parts, so that these alone are protected.
func (s *Summary) trend(all []*series, tallies []survey.Tally, rules Rules) {
	s.Trend = []TrendLine{}
	newest, taken := overall(all), map[int]bool{}
	for _, each := range all {
		if !each.ratesAll() || slices.ContainsFunc(each.versions, func(v int) bool { return taken[v] }) {
			continue
		}
		for _, v := range each.versions {
			taken[v] = true
		}
		line := each.trendLine()
		switch {
		case each.lines[0].withheld:
			line.Withheld = true
		case each == newest:
			line.Points = s.monthPoints()
		default:
			s.older(&line, each, tallies, rules)
		}
		s.Trend = append(s.Trend, line)
	}
	slices.SortStableFunc(s.Trend, func(a, b TrendLine) int { return slices.Max(a.Versions) - slices.Max(b.Versions) })
}

func (s *series) trendLine() TrendLine {
	d := s.spread(s.lines[0], s.lines[0].values)
	return TrendLine{Question: s.question.Key, Label: s.question.Label, Versions: s.versions, Series: max(s.question.Series, 1), Break: s.again,
		Min: d.scores[0], Max: d.scores[len(d.scores)-1], Points: []TrendPoint{}}
}

// monthPoints takes over the months that have a rating.
func (s *Summary) monthPoints() []TrendPoint {
	points := []TrendPoint{}
	for _, m := range s.Months {
		if m.Rating.OK || m.Withheld {
			points = append(points, TrendPoint{m.Month, m.Rating, m.Withheld, m.Held})
		}
	}
	return points
}

// older rates the months of an older series. Few sheets of one come in late, but they do, on paper: where the difference
// from an earlier report would tell of them, the whole line waits with that report, or is withheld where it can't.
func (s *Summary) older(line *TrendLine, of *series, tallies []survey.Tally, rules Rules) {
	cells := of.cells(tallies)
	parts := slices.DeleteFunc(divide(cells), func(p *part) bool { return p.division != byMonth })
	protect(parts, s.Threshold)
	slices.SortFunc(parts, func(a, b *part) int { return strings.Compare(a.key, b.key) })
	for _, p := range parts {
		month, err := survey.ParseDay(p.key)
		if err != nil {
			continue // it is the text of a day
		}
		line.Points = append(line.Points, TrendPoint{Month: month, Rating: of.rating(p, cells).Rating, Withheld: p.withheld})
	}
	held, known := of.lines[0].held, false
	now := line.Points
	for _, e := range rules.Earlier {
		told := e.points(of)
		grown, shrunk := takesIn(s.Filter, e.Summary.Filter), takesIn(e.Summary.Filter, s.Filter)
		if told == nil || !grown && !shrunk {
			continue
		}
		waits := held != nil && held.Held == e.Number
		if !waits && !tellsFew(parts, now, told, s.Threshold) {
			continue
		}
		if line.Withheld = !grown; line.Withheld {
			line.Points = []TrendPoint{}
			return
		}
		line.Points, known = waitingPoints(told, e.Number), true
	}
	if held != nil && !known {
		line.Points, line.Withheld = []TrendPoint{}, true
	}
}

// points returns what an earlier report told of a series by month; nil: nothing.
func (e Earlier) points(s *series) []TrendPoint {
	if e.of != nil {
		return e.sumPoints(s)
	}
	for _, line := range e.Summary.Trend {
		if line.Question == s.question.Key && overlap(line.Versions, s.versions) {
			return line.Points
		}
	}
	if q := e.Summary.overallQuestion(); len(e.Summary.Trend) == 0 && q != nil && q.Key == s.question.Key && overlap(q.Versions, s.versions) {
		return e.Summary.monthPoints() // it was archived before there were lines
	}
	return nil
}

// tellsFew reports whether months, as they are now and as they were told, differ by few people, or by a correction.
func tellsFew(parts []*part, now, told []TrendPoint, threshold int) bool {
	var news []*part
	corrected := false
	for i, p := range parts {
		n := p.n
		for _, t := range told {
			if t.Month == now[i].Month && t.Rating.OK {
				n = max(p.n-t.Rating.N, t.Rating.N-p.n)
				corrected = corrected || n == 0 && now[i].Rating.OK && !now[i].Rating.like(t.Rating)
			}
		}
		news = append(news, &part{division: byMonth, key: p.key, n: n, cells: p.cells})
	}
	protect(news, threshold)
	return corrected || slices.ContainsFunc(news, func(p *part) bool { return p.withheld && !parts[slices.Index(news, p)].withheld })
}

// waitingPoints are an earlier report's, marked so.
func waitingPoints(told []TrendPoint, number int) []TrendPoint {
	points := slices.Clone(told)
	for i := range points {
		points[i].Held = cmp.Or(points[i].Held, number)
	}
	return points
}

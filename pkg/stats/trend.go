package stats

import (
	"slices"

	"ocenaurzedu.eu/pkg/survey"
)

// trend fills the overall rating's lines over time. The newest is that of Months. Older ones are series that may carry
// the rating too, each as long as no version of it is in a line already. Nothing but their months is told of their
// parts, so that these alone are protected.
func (s *Summary) trend(all []*series, tallies []survey.Tally) {
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
			line.Points = each.monthPoints(tallies, s.Threshold)
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
			points = append(points, TrendPoint{m.Month, m.Rating, m.Withheld})
		}
	}
	return points
}

// monthPoints rates the months of an older series.
func (s *series) monthPoints(tallies []survey.Tally, threshold int) []TrendPoint {
	cells := s.cells(tallies)
	parts := slices.DeleteFunc(divide(cells), func(p *part) bool { return p.division != byMonth })
	protect(parts, threshold)
	slices.SortFunc(parts, func(a, b *part) int { return slices.Compare([]byte(a.key), []byte(b.key)) })
	points := []TrendPoint{}
	for _, p := range parts {
		month, err := survey.ParseDay(p.key)
		if err != nil {
			continue // it is the text of a day
		}
		points = append(points, TrendPoint{month, s.rating(p, cells).Rating, p.withheld})
	}
	return points
}

package stats

import (
	"cmp"
	"slices"

	"ocenaurzedu.eu/pkg/survey"
)

// Finding is a rated item that does worse than others: where a corrective action may begin.
type Finding struct {
	Measure survey.Measure
	Label   survey.Text // the row's or area's, or the question's
	Improve bool        // it is in the quarter "priorytet do poprawy" of a quadrant: important, but less satisfying
	Low     bool        // it is among the lowest ratings
	Rating  Figure
	Min     float64 // lowest and highest score that the scale offers
	Max     float64
}

// lowest is how many of the lowest ratings are findings.
const lowest = 3

// Findings lists what does worst in a summary: first what its quadrants call a priority, then its lowest ratings by
// percent of range. An older series whose question goes on in a newer one is none, nor is what is withheld.
func Findings(s *Summary) []Finding {
	var all []Finding
	for i := range s.Quadrants {
		q := &s.Quadrants[i]
		for _, p := range q.Points {
			m := survey.Measure{Question: q.Question, Row: p.Row}
			if p.Row == "" {
				m.Area = p.Area
			}
			if p.Quadrant == QuadrantImprove && placeOf(all, m) < 0 {
				all = append(all, Finding{Measure: m, Label: p.Label, Improve: true, Rating: p.Satisfaction, Min: q.Satisfaction.Min, Max: q.Satisfaction.Max})
			}
		}
	}
	for _, f := range lowRatings(s) {
		if i := placeOf(all, f.Measure); i >= 0 {
			all[i].Low = true
			continue
		}
		all = append(all, f)
	}
	return all
}

func placeOf(all []Finding, m survey.Measure) int {
	return slices.IndexFunc(all, func(f Finding) bool { return f.Measure == m })
}

// lowRatings are the lowest of the rows of tables, where there are at least twice as many: of three rows none is among the
// lowest three.
func lowRatings(s *Summary) []Finding {
	var rows []Finding
	for i := range s.Questions {
		q := &s.Questions[i]
		for j := range q.Items {
			it := &q.Items[j]
			m := survey.Measure{Question: q.Key, Row: it.Row}
			if it.Row != "" && it.Aspect != survey.AspectImportance && it.Rating.OK && it.Points >= 2 && placeOf(rows, m) < 0 {
				rows = append(rows, Finding{Measure: m, Label: it.Label, Low: true, Rating: it.Rating, Min: it.Min, Max: it.Max})
			}
		}
	}
	slices.SortStableFunc(rows, func(a, b Finding) int {
		return cmp.Compare(PercentOfRange(a.Rating.Value, a.Min, a.Max), PercentOfRange(b.Rating.Value, b.Min, b.Max))
	})
	return rows[:min(lowest, len(rows)/2)]
}

// Of returns the change of an item or area and its wording; false if the comparison has no such one.
func (c *Comparison) Of(m survey.Measure) (Change, survey.Text, bool) {
	for _, a := range c.Areas {
		if m.Area != "" && a.Question == m.Question && a.Key == m.Area {
			return a.Change, a.Label, true
		}
	}
	for _, it := range c.Items {
		if m.Area == "" && it.Question == m.Question && it.Row == m.Row && it.Aspect != survey.AspectImportance {
			return it.Change, it.Label, true
		}
	}
	return Change{}, survey.Text{}, false
}

// Measured returns what a summary tells of an item or area; false if it tells nothing.
func (s *Summary) Measured(m survey.Measure) (Finding, bool) {
	for _, a := range s.Areas {
		if m.Area != "" && a.Question == m.Question && a.Key == m.Area && a.Rating.OK {
			return Finding{Measure: m, Label: a.Label, Rating: a.Rating, Min: a.Min, Max: a.Max}, true
		}
	}
	for i := range s.Questions {
		q := &s.Questions[i]
		for j := range q.Items {
			it := &q.Items[j]
			if m.Area != "" || q.Key != m.Question || it.Row != m.Row || it.Aspect == survey.AspectImportance || !it.Rating.OK {
				continue
			}
			label := it.Label
			if label.PL == "" {
				label = q.Label
			}
			return Finding{Measure: m, Label: label, Rating: it.Rating, Min: it.Min, Max: it.Max}, true
		}
	}
	return Finding{}, false
}

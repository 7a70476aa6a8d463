package stats

import "ocenaurzedu.eu/pkg/survey"

// Suspects tells the days that look stuffed, and the totals without them. The rows themselves stay: a person judges.
type Suspects struct {
	Days    []survey.Suspicion `json:"days"`
	N       int                `json:"n"`       // submissions without these days
	Overall Figure             `json:"overall"` // overall rating without them; not OK where there is none, or where it would tell of too few
}

// suspects makes the figures without the days that look stuffed; nil: there are none.
func (s *Summary) suspects(results survey.Results, filter survey.Filter, rules Rules) *Suspects {
	if len(results.Suspicions) == 0 {
		return nil
	}
	rules.Earlier = nil
	rest := Summarize(survey.Results{Tallies: without(results.Tallies, results.Suspects)}, filter, rules)
	out := Suspects{Days: results.Suspicions, N: rest.N}
	if rest.Overall == nil || s.Overall == nil || rest.Overall.Suppressed || s.Overall.Suppressed || s.Overall.Held > 0 {
		return &out
	}
	if gone := s.Overall.Valid - rest.Overall.Valid; gone == 0 || gone >= s.Threshold { // else it would be had by subtraction
		out.Overall = rest.Overall.Rating
	}
	return &out
}

// without takes some counts out of tallies that have them.
func without(tallies, some []survey.Tally) []survey.Tally {
	var all []survey.Tally
	for _, t := range tallies {
		rest := survey.Tally{Version: t.Version}
		for _, part := range t.Parts {
			part.Counts = append([]int64(nil), part.Counts...)
			for _, each := range some {
				if each.Version.ID == t.Version.ID {
					subtract(&part, each.Parts)
				}
			}
			rest.Parts = append(rest.Parts, part)
		}
		all = append(all, rest)
	}
	return all
}

func subtract(part *survey.TallyPart, some []survey.TallyPart) {
	for _, each := range some {
		if each.Month == part.Month && each.Channel == part.Channel && each.ServicePoint == part.ServicePoint {
			part.N -= each.N
			for i, c := range each.Counts {
				part.Counts[i] -= c
			}
		}
	}
}

package stats

import (
	"ocenaurzedu.eu/pkg/survey"
)

// Indicator is a composite of all items with one role: the mean of their percents of range P = (x̄−min)/(max−min)·100.
// It is no institution's own formula, and its weight is printed beside it. Items are rated questions and rows of
// matrices (their satisfaction); of one with several series the newest. Numbers are none, as more is not better.
//
// The same people answer all items, so that their means are not independent, and how they depend a report need not
// know: as √Var(Σaᵢ) ≤ Σ√Var(aᵢ) whatever the dependence, half the interval is the mean of the items' halves. It is
// rather too wide than too narrow, and so is that of the composite, which is made of the indicators in the same way.
type Indicator struct {
	Role     survey.Role `json:"role"`
	Items    int         `json:"items"`    // how many percents of range it is the mean of; withheld ones are left out
	Weight   float64     `json:"weight"`   // in the composite of all roles, as the office set it; above 0
	Value    Figure      `json:"value"`    // 0 to 100; N: the answers to the item that has most
	Withheld bool        `json:"withheld"` // there are answers, but none may be told
}

// indicate fills the indicators and their composite.
func (s *Summary) indicate(rules Rules) {
	s.Indicators = []Indicator{}
	var values []Figure
	var weights []float64
	for _, role := range survey.Roles() {
		told, withheld := s.feeding(role)
		if len(told)+withheld == 0 {
			continue
		}
		i := Indicator{Role: role, Items: len(told), Weight: survey.Weights(rules.Weights).Of(role), Withheld: len(told) == 0}
		var percents []Figure
		for _, each := range told {
			percents = append(percents, each.Rating.percentOfRange(each.Min, each.Max))
		}
		i.Value = dependentMean(percents, nil)
		s.Indicators = append(s.Indicators, i)
		if i.Value.OK {
			values, weights = append(values, i.Value), append(weights, i.Weight)
		}
	}
	s.Composite = Figure{}
	if len(values) >= 2 {
		s.Composite = dependentMean(values, weights)
	}
}

// dependentMean is the weighted mean of estimates made of the same people's answers; without weights each counts the
// same. Its N is the largest of theirs; see Indicator.
func dependentMean(figures []Figure, weights []float64) Figure {
	var mean Figure
	half, sum := 0.0, 0.0
	for i, f := range figures {
		w := 1.0
		if weights != nil {
			w = weights[i]
		}
		mean.OK, mean.N = true, max(mean.N, f.N)
		mean.Value += w * f.Value
		half += w * (f.High - f.Low) / 2
		sum += w
	}
	if !mean.OK {
		return Figure{}
	}
	mean.Value /= sum
	mean.Low, mean.High = mean.Value-half/sum, mean.Value+half/sum
	return mean
}

// asked is an item with its question.
type asked struct {
	*Item
	of *Question
}

// feeding lists the items that feed an indicator and are told, and counts those that are not.
func (s *Summary) feeding(role survey.Role) (told []asked, withheld int) {
	type name struct{ question, row string }
	seen := map[name]bool{}
	for i := range s.Questions {
		q := &s.Questions[i]
		for j := range q.Items {
			it := &q.Items[j]
			if it.Role != role || it.Aspect == survey.AspectImportance || it.Points < 2 || seen[name{q.Key, it.Row}] {
				continue
			}
			seen[name{q.Key, it.Row}] = true // the newest series comes first
			switch {
			case it.Suppressed:
				withheld++
			case it.Rating.OK:
				told = append(told, asked{it, q})
			}
		}
	}
	return told, withheld
}

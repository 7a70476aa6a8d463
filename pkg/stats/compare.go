package stats

import (
	"math"
	"slices"

	"ocenaurzedu.eu/pkg/survey"
)

// FewestToCompare is how many answers each side of a change must have. Of fewer the distribution of ratings, which
// crowd at one end of the scale, is too skewed for the interval of a mean.
const FewestToCompare = 30

// Compare sets a summary beside an earlier one of the same office. It reads nothing but what the two tell, so that it
// may be given summaries of the archive, and nothing of what one of them withholds is in it.
func Compare(before, now *Summary) *Comparison {
	c := &Comparison{Before: before.Filter, BeforeN: before.N, Channels: before.Channels,
		Indicators: []RoleChange{}, Areas: []AreaChange{}, Items: []ItemChange{}}
	for i := range now.Questions {
		q := &now.Questions[i]
		for j := range q.Items {
			if it := &q.Items[j]; it.Points >= 2 {
				label := it.Label
				if label.PL == "" {
					label = q.Label
				}
				c.Items = append(c.Items, ItemChange{q.Key, it.Row, it.Aspect, label, before.changeOf(asked{it, q})})
			}
		}
	}
	if q := now.overallQuestion(); q != nil {
		change := before.changeOf(asked{&q.Items[0], q})
		if change.Verdict == VerdictNew && before.overallQuestion() != nil { // another question has become the overall one
			change = unmatched(asked{&q.Items[0], q}.side(), VerdictBroken)
		}
		c.Overall = &change
	}
	for _, a := range now.Areas {
		c.Areas = append(c.Areas, AreaChange{a.Question, a.Key, a.Label, before.areaChange(now, a)})
	}
	for _, i := range now.Indicators {
		c.Indicators = append(c.Indicators, RoleChange{i.Role, before.roleChange(now, i)})
	}
	return c
}

// overallQuestion returns the question that Overall is of, or nil.
func (s *Summary) overallQuestion() *Question {
	i := slices.IndexFunc(s.Questions, func(q Question) bool {
		return q.Role == survey.RoleOverall && len(q.Items) == 1 && q.Items[0].Points >= 2
	})
	if i < 0 {
		return nil
	}
	return &s.Questions[i]
}

// side is one side of a change.
type side struct {
	rating     Figure
	top2       Share
	suppressed bool
}

func (a asked) side() side { return side{a.Rating, a.Top2, a.Suppressed} }

func (a Area) side() side { return side{a.Rating, a.Top2, a.Withheld} }

// changeOf sets an item of a later summary beside the same one of this.
func (s *Summary) changeOf(now asked) Change {
	verdict := VerdictNew
	for i := range s.Questions {
		q := &s.Questions[i]
		for j := range q.Items {
			before := asked{&q.Items[j], q}
			switch {
			case before.same(now):
				return contrast(before.side(), now.side())
			case before.named(now):
				verdict = VerdictBroken
			}
		}
	}
	return unmatched(now.side(), verdict)
}

// areaChange compares an area if the same rows are told on both sides: else a row that came or went would look like a
// change of all.
func (s *Summary) areaChange(later *Summary, now Area) Change {
	verdict := VerdictNew
	for _, before := range s.Areas {
		if before.Question != now.Question || before.Key != now.Key {
			continue
		}
		verdict = VerdictBroken
		switch rows, others := later.rowsOf(now), s.rowsOf(before); {
		case before.Withheld || now.Withheld:
			return Change{Verdict: VerdictWithheld}
		case !before.Rating.OK || !now.Rating.OK || sameItems(others, rows):
			return contrast(before.side(), now.side())
		}
	}
	return unmatched(now.side(), verdict)
}

// rowsOf lists the rows that are taken in by an area.
func (s *Summary) rowsOf(a Area) []asked {
	var rows []asked
	for i := range s.Questions {
		q := &s.Questions[i]
		if q.Key != a.Question || !overlap(q.Versions, a.Versions) {
			continue
		}
		for j := range q.Items {
			if it := &q.Items[j]; it.Area == a.Key && it.Aspect != survey.AspectImportance && it.Rating.OK {
				rows = append(rows, asked{it, q})
			}
		}
	}
	return rows
}

// roleChange compares an indicator if it is made of the same items on both sides.
func (s *Summary) roleChange(later *Summary, now Indicator) Change {
	i := slices.IndexFunc(s.Indicators, func(i Indicator) bool { return i.Role == now.Role })
	if i < 0 {
		return unmatched(side{rating: now.Value, suppressed: now.Withheld}, VerdictNew)
	}
	before := s.Indicators[i]
	if before.Withheld || now.Withheld {
		return Change{Verdict: VerdictWithheld}
	}
	told, _ := s.feeding(now.Role)
	if others, _ := later.feeding(now.Role); !sameItems(told, others) {
		return unmatched(side{rating: now.Value}, VerdictBroken)
	}
	return contrast(side{rating: before.Value}, side{rating: now.Value})
}

// sameItems reports whether two lists have the same items, in whatever order.
func sameItems(some, others []asked) bool {
	return len(some) == len(others) && !slices.ContainsFunc(some, func(a asked) bool {
		return !slices.ContainsFunc(others, a.same)
	})
}

// named reports whether two items have one name.
func (a asked) named(b asked) bool {
	return a.of.Key == b.of.Key && a.Row == b.Row && a.Aspect == b.Aspect && (a.Row != "" || a.Area == b.Area)
}

// same reports whether two items are of one series: the same name and meaning, and the same choices with the same scores. An
// archived summary that does not tell the meaning is of one with another where a version is in both.
func (a asked) same(b asked) bool {
	if !a.named(b) || a.of.Kind != b.of.Kind || scale(a) != scale(b) {
		return false
	}
	if a.of.Series == 0 || b.of.Series == 0 {
		return overlap(a.Versions, b.Versions)
	}
	return a.of.Series == b.of.Series && max(a.Item.Series, 1) == max(b.Item.Series, 1)
}

// scale is equal for items whose ratings have the same choices and scores, in questions that have them too: the
// importance of an area begins anew with the scale of its question, as its series does.
func scale(a asked) string {
	var choices []survey.Choice
	for _, it := range a.of.Items {
		if it.Aspect != survey.AspectImportance {
			choices = choicesOf(it)
			break
		}
	}
	return structure(choices) + " |" + structure(choicesOf(*a.Item))
}

func choicesOf(it Item) []survey.Choice {
	var choices []survey.Choice
	for _, v := range it.Values {
		choices = append(choices, survey.Choice{Value: v.Value, Score: v.Score})
	}
	return choices
}

// overlap reports whether two ascending lists of versions have one in common.
func overlap(some, others []int) bool {
	return slices.ContainsFunc(some, func(v int) bool { return slices.Contains(others, v) })
}

// unmatched is what is told where there is nothing to compare with.
func unmatched(now side, verdict Verdict) Change {
	if now.suppressed {
		return Change{Verdict: VerdictWithheld}
	}
	c := Change{Now: now.rating, Top2Now: now.top2, Verdict: verdict}
	if now.top2.OK {
		c.Top2Verdict = verdict
	}
	return c
}

// contrast compares two sides of one series.
func contrast(before, now side) Change {
	if before.suppressed || now.suppressed {
		return Change{Verdict: VerdictWithheld}
	}
	c := Change{Before: before.rating, Now: now.rating, Top2Before: before.top2, Top2Now: now.top2, Verdict: VerdictTooFew}
	if before.top2.OK || now.top2.OK {
		c.Top2Verdict = VerdictTooFew
	}
	if !before.rating.OK || !now.rating.OK {
		return c
	}
	c.Difference = welch(before.rating, now.rating)
	c.Verdict = verdict(c.Difference)
	if before.top2.OK && now.top2.OK {
		c.Top2 = newcombe(before.top2, now.top2)
		c.Top2.N = c.Difference.N // of an area: people, not their answers
		c.Top2Verdict = verdict(c.Top2)
	}
	return c
}

// verdict says what a difference amounts to.
func verdict(difference Figure) Verdict {
	switch {
	case difference.N < FewestToCompare:
		return VerdictTooFew
	case difference.Low > 0:
		return VerdictUp
	case difference.High < 0:
		return VerdictDown
	}
	return VerdictWithin
}

// welch returns the difference of two means with its interval.
func welch(before, now Figure) Figure {
	a, b := before.standardError(), now.standardError()
	a, b = a*a, b*b
	freedoms := float64(before.N + now.N - 2) // where nobody differs from anybody, it does not matter
	if a+b > 0 {
		freedoms = (a + b) * (a + b) / (a*a/float64(before.N-1) + b*b/float64(now.N-1))
	}
	half := tQuantile(max(1, freedoms)) * math.Sqrt(a+b)
	d := now.Value - before.Value
	return Figure{OK: true, N: min(before.N, now.N), Value: d, Low: d - half, High: d + half}
}

// newcombe returns the difference of two shares with its interval, made of theirs.
func newcombe(before, now Share) Figure {
	d := now.Value - before.Value
	return Figure{OK: true, N: min(before.N, now.N), Value: d,
		Low:  d - math.Hypot(now.Value-now.Low, before.High-before.Value),
		High: d + math.Hypot(now.High-now.Value, before.Value-before.Low)}
}

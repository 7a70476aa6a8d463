package stats

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ocenaurzedu.eu/pkg/survey"
)

// quartersOf archives a report of each quarter of 2025.
func quartersOf(rt *rapid.T, v *survey.Version, all []filled) []Earlier {
	var reports []Earlier
	for i := range 4 {
		filter := survey.Filter{From: survey.NewDay(2025, 1, 1).AddMonths(3 * i), To: survey.NewDay(2025, []time.Month{3, 6, 9, 12}[i], []int{31, 30, 30, 31}[i])}
		some := slices.DeleteFunc(slices.Clone(all), func(f filled) bool { return f.month.Before(filter.From) || filter.To.Before(f.month) })
		results := count([]*survey.Version{v}, some)
		rules := Rules{Earlier: slices.Clone(reports)}
		s := Summarize(results, filter, rules)
		x, err := CrossTab(results.Columns, Dimension{Question: "overall"}, Dimension{Question: "settled"}, rules, Around{Told: s})
		if err != nil {
			rt.Fatal(err)
		}
		reports = append(reports, Earlier{Number: i + 1, Summary: archivedSummary(rt, s), Crosses: []Cross{*x}})
	}
	return reports
}

func tellsAll(s *Summary) bool {
	return !slices.ContainsFunc(s.Questions, func(q Question) bool {
		return slices.ContainsFunc(q.Items, func(it Item) bool { return it.Suppressed })
	})
}

// otherValues draws answers of the people to the questions that they answered, none of which is as it was.
func otherValues(rt *rapid.T, people []filled) []filled {
	var others []filled
	for _, f := range people {
		f.codes = slices.Clone(f.codes)
		for i, slot := range f.version.Layout.Slots {
			if slot.Values > 1 && f.codes[i] >= survey.CodeFirst {
				f.codes[i] = survey.CodeFirst + (f.codes[i]-survey.CodeFirst+int16(rapid.IntRange(1, slot.Values-1).Draw(rt, "other")))%int16(slot.Values)
			}
		}
		others = append(others, f)
	}
	return others
}

// TestLateAnswersOfFewDoNotShow makes reports of four quarters, then one of the year, when a few late sheets were typed that
// belong to more than one of them: whatever they say of what they
// answered, it must be the same to the byte.
func TestLateAnswersOfFewDoNotShow(t *testing.T) {
	v := everyKind(t)
	year := survey.Filter{From: survey.NewDay(2025, 1, 1), To: survey.NewDay(2025, 12, 31)}
	compared := 0
	rapid.Check(t, func(rt *rapid.T) {
		var all []filled
		var places []filled
		for i := range 4 {
			places = append(places, filled{month: survey.NewDay(2025, 1, 1).AddMonths(3 * i), channel: survey.ChannelPaperTyped})
			all = append(all, answersOf(rt, v, 40, places[i])...)
		}
		reports := quartersOf(rt, v, all)
		if slices.ContainsFunc(reports, func(e Earlier) bool { return !tellsAll(e.Summary) }) {
			return
		}
		late := rapid.IntRange(1, 4).Draw(rt, "late")
		var came []filled
		for i := range late {
			came = append(came, answersOf(rt, v, 1, places[i%4])...)
		}
		made := func() string {
			more := slices.Concat(all, otherValues(rt, came))
			results := count([]*survey.Version{v}, more)
			s := Summarize(results, year, Rules{Earlier: reports})
			x, err := CrossTab(results.Columns, Dimension{Question: "overall"}, Dimension{Question: "settled"}, Rules{Earlier: reports}, Around{Told: s})
			if err != nil {
				rt.Fatal(err)
			}
			if s.N != 160+late || s.Overall.Valid == 0 && !s.Overall.Suppressed {
				rt.Fatalf("the year has %d and %+v", s.N, s.Overall)
			}
			x.Held = 0
			return asJSON(rt, forget(s)) + asJSON(rt, x)
		}
		if a, b := made(), made(); a != b {
			rt.Fatalf("what %d late people answered shows:\n%s", late, whereTheyDiffer(a, b))
		}
		compared++
	})
	if compared < 20 {
		t.Errorf("only %d years were compared", compared)
	}
}

// TestQuarterBesideTheOthers makes a report of the last quarter when those of the year and of the other quarters are archived,
// and the year's took in a few late sheets: what the year leaves of the quarters must not be of few.
func TestQuarterBesideTheOthers(t *testing.T) {
	v := everyKind(t)
	year := survey.Filter{From: survey.NewDay(2025, 1, 1), To: survey.NewDay(2025, 12, 31)}
	rapid.Check(t, func(rt *rapid.T) {
		var all []filled
		for i := range 4 {
			all = append(all, answersOf(rt, v, 40, filled{month: survey.NewDay(2025, 1, 1).AddMonths(3 * i), channel: survey.ChannelPaperTyped})...)
		}
		quarters := quartersOf(rt, v, all)
		late := rapid.IntRange(1, 9).Draw(rt, "late")
		more := slices.Concat(all, answersOf(rt, v, late, filled{month: survey.NewDay(2025, 2, 1), channel: survey.ChannelPaperTyped}))
		whole := Summarize(count([]*survey.Version{v}, more), year, Rules{})
		rules := Rules{Earlier: append(slices.Clone(quarters[:3]), Earlier{Number: 9, Summary: archivedSummary(rt, whole)})}
		last := slices.DeleteFunc(slices.Clone(more), func(f filled) bool { return f.month.Before(survey.NewDay(2025, 10, 1)) })
		s := Summarize(count([]*survey.Version{v}, last), quarters[3].Summary.Filter, rules)
		for i, q := range s.Questions {
			for j, it := range q.Items {
				rest := whole.Questions[i].Items[j].Valid - it.Valid
				known := !it.Suppressed && !whole.Questions[i].Items[j].Suppressed
				for _, e := range quarters[:3] {
					rest -= e.Summary.Questions[i].Items[j].Valid
				}
				if known && rest > 0 && rest < 5 {
					rt.Fatalf("%s: the year less its quarters are the answers of %d people", q.Key, rest)
				}
			}
		}
	})
}

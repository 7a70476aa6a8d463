package stats

import (
	"encoding/json"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"ocenaurzedu.eu/pkg/survey"
)

// archivedSummary is a summary as the archive gives it back.
func archivedSummary(t interface{ Fatal(...any) }, s *Summary) *Summary {
	var back Summary
	if err := json.Unmarshal([]byte(asJSON(t, s)), &back); err != nil {
		t.Fatal(err)
	}
	return &back
}

// everyKind asks a question of each kind, one of them only of those who said no.
func everyKind(t testing.TB) *survey.Version {
	rows := []survey.Row{{Key: "r1", Label: survey.PL("Czystość"), Area: "a"}, {Key: "r2", Label: survey.PL("Kolejka"), Area: "a"}, {Key: "r3", Label: survey.PL("Dojazd"), Area: "a"}}
	areas := []survey.Area{{Key: "a", Label: survey.PL("Warunki")}}
	return version(t, 1,
		overallQuestion(5),
		survey.Question{Key: "settled", Kind: survey.KindYesNo, Label: survey.PL("Załatwione?")},
		survey.Question{Key: "why", Kind: survey.KindMulti, Label: survey.PL("Dlaczego nie?"), Options: []survey.Option{{Key: "x", Label: survey.PL("x")}, {Key: "y", Label: survey.PL("y")}},
			ShowIf: &survey.Rule{All: []survey.Condition{{Question: "settled", Is: []string{"no"}}}}},
		survey.Question{Key: "matrix", Kind: survey.KindMatrix, Label: survey.PL("Oceń"), Scale: scaleOf(5), Rows: rows, Areas: areas, OptOuts: []survey.OptOut{survey.NotApplicable}},
		survey.Question{Key: "nps", Kind: survey.KindNPS, Label: survey.PL("Polecisz?")},
		survey.Question{Key: "wait", Kind: survey.KindNumber, Label: survey.PL("Ile minut?"), Max: 30})
}

// answersOf draws submissions of one channel, point and month.
func answersOf(t *rapid.T, v *survey.Version, n int, like filled) []filled {
	var all []filled
	for range n {
		f := like
		f.version, f.codes = v, make([]int16, len(v.Layout.Slots))
		own := 0 // slot of the multi question whose options follow
		for i, slot := range v.Layout.Slots {
			f.codes[i] = survey.CodeFirst + int16(rapid.IntRange(0, slot.Values-1).Draw(t, "value"))
			if rapid.IntRange(0, 9).Draw(t, "valid") == 0 || slot.Option != "" && rapid.Bool().Draw(t, "picked") {
				f.codes[i] = survey.CodeBlank
			}
			if slot.Option == "" {
				own = i
			} else if f.codes[own] == survey.CodeBlank {
				f.codes[i] = survey.CodeBlank
			}
		}
		all = append(all, f)
	}
	return all
}

// TestNewAnswersOfFewDoNotShow makes a report, adds fewer people than the threshold, and makes another: whatever the new
// ones answered, it must be the same to the byte. Enough more, and it is as if there were no earlier one.
func TestNewAnswersOfFewDoNotShow(t *testing.T) {
	v := everyKind(t)
	rapid.Check(t, func(rt *rapid.T) {
		places := []filled{{month: survey.NewDay(2025, 1, 1), channel: survey.ChannelWeb}, {month: survey.NewDay(2025, 2, 1), channel: survey.ChannelKiosk, point: 7}}
		all := slices.Concat(answersOf(rt, v, 40, places[0]), answersOf(rt, v, 40, places[1]))
		first := Summarize(count([]*survey.Version{v}, all), survey.Filter{}, Rules{})
		rules := Rules{Earlier: []Earlier{{Number: 3, Summary: archivedSummary(rt, first)}}}
		if slices.ContainsFunc(first.Questions, func(q Question) bool {
			return slices.ContainsFunc(q.Items, func(it Item) bool { return it.Suppressed })
		}) {
			return // more answers may make it told
		}
		few, place := rapid.IntRange(1, 4).Draw(rt, "new"), rapid.SampledFrom(places).Draw(rt, "place")
		second := func() *Summary {
			return Summarize(count([]*survey.Version{v}, slices.Concat(all, answersOf(rt, v, few, place))), survey.Filter{}, rules)
		}
		one, other := second(), second()
		for _, s := range []*Summary{one, other} {
			if s.N != 80+few {
				rt.Fatalf("%d submissions, want %d", s.N, 80+few)
			}
		}
		if a, b := asJSON(rt, forget(one)), asJSON(rt, forget(other)); a != b {
			rt.Fatalf("what %d new people answered shows:\n%s\n%s", few, a, b)
		}
		if first.Overall.Valid != one.Overall.Valid || first.Overall.Rating != one.Overall.Rating {
			rt.Fatalf("overall %+v, want it as it was: %+v", one.Overall, first.Overall)
		}
		rules.Earlier = append(rules.Earlier, Earlier{Number: 4, Summary: archivedSummary(rt, one)})
		more := slices.Concat(all, answersOf(rt, v, 60, places[0]), answersOf(rt, v, 60, places[1]))
		got := Summarize(count([]*survey.Version{v}, more), survey.Filter{}, rules)
		want := Summarize(count([]*survey.Version{v}, more), survey.Filter{}, Rules{})
		if a, b := asJSON(rt, got), asJSON(rt, want); a != b {
			rt.Fatalf("with 120 new people figures still wait:\n%s\n%s", a, b)
		}
	})
}

// forget takes the number of the report away that something waits with: whether anything came in may show.
func forget(s *Summary) *Summary {
	copied := *s
	copied.Questions = slices.Clone(s.Questions)
	for i := range copied.Questions {
		copied.Questions[i].Items = slices.Clone(copied.Questions[i].Items)
		for j := range copied.Questions[i].Items {
			copied.Questions[i].Items[j].Held = 0
		}
	}
	if s.Overall != nil {
		overall := *s.Overall
		overall.Held = 0
		copied.Overall = &overall
	}
	copied.ByChannel, copied.ServicePoints, copied.Months = slices.Clone(s.ByChannel), slices.Clone(s.ServicePoints), slices.Clone(s.Months)
	for _, groups := range [][]Group{copied.ByChannel, copied.ServicePoints} {
		for i := range groups {
			groups[i].Held = 0
		}
	}
	for i := range copied.Months {
		copied.Months[i].Held = 0
	}
	copied.Trend = slices.Clone(s.Trend)
	for i := range copied.Trend {
		copied.Trend[i].Points = slices.Clone(s.Trend[i].Points)
		for j := range copied.Trend[i].Points {
			copied.Trend[i].Points[j].Held = 0
		}
	}
	return &copied
}

// TestReportWithinAnEarlierOne leaves out three people that the year's report had.
func TestReportWithinAnEarlierOne(t *testing.T) {
	v := everyKind(t)
	rapid.Check(t, func(rt *rapid.T) {
		january, december := filled{month: survey.NewDay(2025, 1, 1), channel: survey.ChannelWeb}, filled{month: survey.NewDay(2025, 12, 1), channel: survey.ChannelWeb}
		left := rapid.IntRange(1, 12).Draw(rt, "left out")
		some := answersOf(rt, v, 40, january)
		year := survey.Filter{From: survey.NewDay(2025, 1, 1), To: survey.NewDay(2025, 12, 31)}
		part := survey.Filter{From: year.From, To: survey.NewDay(2025, 11, 30)}
		first := Summarize(count([]*survey.Version{v}, slices.Concat(some, answersOf(rt, v, left, december))), year, Rules{})
		second := Summarize(count([]*survey.Version{v}, some), part, Rules{Earlier: []Earlier{{Number: 3, Summary: archivedSummary(rt, first)}}})
		for i, q := range second.Questions {
			for j, it := range q.Items {
				before := first.Questions[i].Items[j]
				if it.Held != 0 {
					rt.Fatalf("%s waits with a report that has more than it", q.Key)
				}
				if people := before.Valid - it.Valid; !before.Suppressed && !it.Suppressed && people > 0 && people < 5 {
					rt.Fatalf("%s: the answers of %d people are the difference", q.Key, people)
				}
				if before.Valid-it.Valid >= 5 && it.Suppressed && q.Key == "overall" && it.Valid >= 5 {
					rt.Fatalf("%s is withheld though the difference is %d", q.Key, before.Valid-it.Valid)
				}
			}
		}
	})
}

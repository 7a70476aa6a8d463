package stats

import (
	"math/rand"
	"testing"

	"ocenaurzedu.eu/pkg/survey"
)

// TestAttackerCannotSolveATableBesideRatings gives the attacker mean, deviation and Top2 of the channels.
func TestAttackerCannotSolveATableBesideRatings(t *testing.T) {
	r, v := rand.New(rand.NewSource(11)), version(t, 1, overallQuestion(5))
	blank, told := 0, 0
	for range 150 {
		var all []filled
		lean := 0.3 + r.Float64()*2
		for range 40 + r.Intn(1200) {
			f := filled{version: v, month: survey.NewDay(2025, 1, 1), channel: survey.Channels()[min(2, int(r.ExpFloat64()))]}
			f.codes = []int16{survey.CodeFirst + 4 - int16(min(4, r.ExpFloat64()*lean*2))}
			all = append(all, f)
		}
		results := count([]*survey.Version{v}, all)
		s := Summarize(results, survey.Filter{}, Rules{})
		x, err := CrossTab(results.Columns, Dimension{Question: "overall"}, Dimension{Property: PropertyChannel}, Rules{}, Around{Told: s})
		if err != nil {
			t.Fatal(err)
		}
		groups := map[int]Group{}
		for j, line := range x.Columns {
			groups[j], _ = s.group(PropertyChannel, line.Value)
			if x.blank() && x.Means[j].Rating != groups[j].Rating {
				t.Fatalf("the mean of %s is %+v, want the Summary's %+v", line.Value, x.Means[j], groups[j].Rating)
			}
		}
		if broken := attack(x, 5, groups); len(broken) > 0 {
			t.Fatalf("%s\n%s", broken, asJSON(t, x))
		}
		switch {
		case x.blank():
			blank++
		case !x.Withheld:
			told++
		}
	}
	t.Logf("%d told, %d without cells", told, blank)
	if told < 20 || blank < 20 {
		t.Errorf("%d told, %d without cells", told, blank)
	}
}

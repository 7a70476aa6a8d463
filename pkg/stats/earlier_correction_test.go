package stats

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"ocenaurzedu.eu/pkg/survey"
)

// TestCorrectionOfASheetDoesNotShow corrects one typed sheet after a report, which leaves the same number of answers
// everywhere: another report must say the same whatever the correction.
func TestCorrectionOfASheetDoesNotShow(t *testing.T) {
	v := everyKind(t)
	rapid.Check(t, func(rt *rapid.T) {
		all := slices.Concat(answersOf(rt, v, 40, filled{month: survey.NewDay(2025, 1, 1), channel: survey.ChannelWeb}),
			answersOf(rt, v, 20, filled{month: survey.NewDay(2025, 2, 1), channel: survey.ChannelPaperTyped, point: 7}),
			answersOf(rt, v, 20, filled{month: survey.NewDay(2025, 2, 1), channel: survey.ChannelKiosk, point: 8}))
		first := Summarize(count([]*survey.Version{v}, all), survey.Filter{}, Rules{})
		if !tellsAll(first) {
			return
		}
		rules := Rules{Earlier: []Earlier{{Number: 3, Summary: archivedSummary(rt, first)}}}
		corrected := func() string {
			more := slices.Concat(all[:40], otherValues(rt, all[40:41]), all[41:])
			return asJSON(rt, forget(Summarize(count([]*survey.Version{v}, more), survey.Filter{}, rules)))
		}
		if a, b := corrected(), corrected(); a != b {
			rt.Fatalf("what a sheet was corrected to shows:\n%s", whereTheyDiffer(a, b))
		}
	})
}

// whereTheyDiffer shows where two texts begin to differ.
func whereTheyDiffer(a, b string) string {
	at := 0
	for at < min(len(a), len(b)) && a[at] == b[at] {
		at++
	}
	from := max(0, at-300)
	return a[from:min(len(a), at+300)] + "\n" + b[from:min(len(b), at+300)]
}

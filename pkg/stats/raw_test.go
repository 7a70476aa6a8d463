package stats

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"ocenaurzedu.eu/pkg/survey"
)

// TestTold draws tallies and looks at what is left once all that rows tell is taken away.
func TestTold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		threshold := rapid.IntRange(FloorThreshold, HighestThreshold).Draw(t, "threshold")
		tally := survey.Tally{Version: &survey.Version{ID: 7}}
		total := 0
		for i := range rapid.IntRange(0, 12).Draw(t, "parts") {
			n := rapid.IntRange(0, 14).Draw(t, fmt.Sprint("n", i))
			total += n
			tally.Parts = append(tally.Parts, survey.TallyPart{Month: survey.NewDay(2026, 1, 1).AddMonths(i % 4), Channel: survey.Channels()[i/4%2], ServicePoint: int64(i / 8), N: n})
		}
		told := Told([]survey.Tally{tally}, Rules{Threshold: threshold})
		hidden := 0
		for _, p := range tally.Parts {
			place := Origin{7, p.Month, p.Channel, p.ServicePoint}
			if told[place] && p.N > 0 && p.N < threshold {
				t.Fatalf("a place of %d is told at the threshold %d", p.N, threshold)
			}
			if !told[place] {
				hidden += p.N
			}
		}
		if hidden > 0 && hidden < threshold && hidden != total {
			t.Fatalf("%d submissions of %d stand alone without a place at the threshold %d", hidden, total, threshold)
		}
		if everyPlaceIsLarge(tally, threshold) && hidden > 0 {
			t.Fatalf("%d are hidden though no place is small", hidden)
		}
	})
}

func everyPlaceIsLarge(tally survey.Tally, threshold int) bool {
	for _, p := range tally.Parts {
		if p.N > 0 && p.N < threshold {
			return false
		}
	}
	return true
}

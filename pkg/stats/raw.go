package stats

import (
	"cmp"
	"slices"

	"ocenaurzedu.eu/pkg/survey"
)

// Origin is where a single submission came from, as far as a row of it tells that.
type Origin struct {
	Version      int64
	Month        survey.Day
	Channel      survey.Channel
	ServicePoint int64
}

// Told returns the places that rows of single submissions may tell. A place with fewer submissions than the threshold
// would say whose answers these are to whoever was there, and so would one that is left when all others are told: of
// each version the places that are not told have together at least as many submissions as the threshold, or there are
// none. Only tallies of whole months are exact.
func Told(tallies []survey.Tally, rules Rules) map[Origin]bool {
	told := map[Origin]bool{}
	for _, t := range tallies {
		counts := map[Origin]int{}
		for _, p := range t.Parts {
			counts[Origin{t.Version.ID, p.Month, p.Channel, p.ServicePoint}] += p.N
		}
		var places []Origin
		for p := range counts {
			places = append(places, p)
		}
		slices.SortFunc(places, func(a, b Origin) int {
			return cmp.Or(counts[a]-counts[b], a.Month.Sub(b.Month), cmp.Compare(a.Channel, b.Channel), cmp.Compare(a.ServicePoint, b.ServicePoint))
		})
		hidden, least := 0, rules.threshold()
		for _, p := range places {
			if few(counts[p], least) || few(hidden, least) {
				hidden += counts[p]
				continue
			}
			told[p] = true
		}
	}
	return told
}

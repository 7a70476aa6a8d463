package survey

import (
	"cmp"
	"slices"
)

// DayCount is what a day brought by a channel that nobody watches (web, qr, kiosk).
type DayCount struct {
	Day     Day     `json:"day"`
	Channel Channel `json:"channel"`
	N       int     `json:"n"`              // submissions
	Same    int     `json:"same"`           // of these, those with the answers that were given most often on the day
	Fast    int     `json:"fast,omitempty"` // of a kiosk: those that came faster than people take turns, or than they read
}

// Suspicion is a day that looks as if somebody had filled the survey again and again. It is a flag for a person to
// judge: nothing is left out because of it.
type Suspicion struct {
	DayCount
	Usual float64 `json:"usual"`           // median of the channel's days with answers
	Rate  bool    `json:"rate"`            // far more came than usual
	Alike bool    `json:"alike"`           // far more of them were the same than usual
	Burst bool    `json:"burst,omitempty"` // somebody only tapped on a kiosk
}

// Bounds of what is usual. They are wide: a day after a notice in the local paper may bring many times the usual number,
// and a flag that is often wrong is soon ignored. As in control charts, the day is set against the others' median, which a
// few wild days don't move.
const (
	suspectDays  = 10 // days with answers that say what is usual
	suspectMost  = 30 // fewer on one day harm no yearly figure
	suspectTimes = 6  // times the usual
	suspectSame  = 10 // fewer alike are a family
	suspectShare = .4 // of a day's submissions
	suspectFast  = 10 // ten taps a minute are one child
	hastyShare   = .1 // of a kiosk's day; a busy one has some at its busiest
)

// Hasty reports whether a kiosk's day looks as if somebody had only tapped.
func Hasty(n, fast int) bool { return fast >= suspectFast && float64(fast) >= hastyShare*float64(n) }

// Suspicious returns the days that look stuffed, in their order. A day is set against the other days of its channel; with
// fewer than ten of these nothing is said, but of a kiosk on which somebody only tapped.
func Suspicious(days []DayCount) []Suspicion {
	byChannel := map[Channel][]DayCount{}
	for _, d := range days {
		byChannel[d.Channel] = append(byChannel[d.Channel], d)
	}
	var found []Suspicion
	for _, all := range byChannel {
		counts := make([]float64, len(all))
		for i, d := range all {
			counts[i] = float64(d.N)
		}
		usual := median(counts)
		for _, d := range all {
			s := Suspicion{DayCount: d, Usual: usual}
			known := len(all) > suspectDays
			s.Rate = known && d.N >= suspectMost && float64(d.N) > suspectTimes*usual
			s.Alike = known && d.Same >= suspectSame && repeated(d.N, d.Same) >= suspectShare && repeated(d.N, d.Same) > 2*usualShare(all, d)
			s.Burst = Hasty(d.N, d.Fast)
			if s.Rate || s.Alike || s.Burst {
				found = append(found, s)
			}
		}
	}
	slices.SortFunc(found, func(a, b Suspicion) int { return cmp.Or(a.Day.Sub(b.Day), cmp.Compare(a.Channel, b.Channel)) })
	return found
}

// repeated is the share of a day's submissions that say again what another one of the day said. The first one says nothing
// again: on a day with a single submission nothing is alike.
func repeated(n, same int) float64 { return float64(same-1) / float64(max(n-1, 1)) }

// usualShare is that share on the other days together. A kiosk with one question has many alike every day.
func usualShare(all []DayCount, but DayCount) float64 {
	n, same := 1, 1
	for _, d := range all {
		if d.Day != but.Day {
			n, same = n+d.N-1, same+d.Same-1
		}
	}
	return repeated(n, same)
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	if n%2 == 1 {
		return sorted[n/2]
	}
	return (sorted[n/2-1] + sorted[n/2]) / 2
}

package guard

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// one takes an event of one limit in the process.
func (b *buckets) one(limit Limit, subject string, at time.Time) Verdict {
	checks := []Check{{limit, subject}}
	return verdictOf(checks, b.take(checks, true, at))
}

func TestBucketsAreBounded(t *testing.T) {
	b, at := newBuckets(time.Now()), time.Now()
	for i := range 5 * generation {
		if got := b.one(hourly(1), fmt.Sprint(i), at); !got.Allowed {
			t.Fatalf("a new subject was refused: %+v", got)
		}
	}
	if n := len(b.now) + len(b.old); n > 2*generation {
		t.Errorf("%d buckets, want at most %d", n, 2*generation)
	}
	if got := b.one(hourly(1), fmt.Sprint(5*generation-1), at); got.Allowed {
		t.Error("the latest bucket was forgotten")
	}
	if got := b.one(hourly(1), fmt.Sprint(4*generation-1), at); got.Allowed {
		t.Error("a bucket of the generation before was forgotten")
	}
}

func TestBucketsOfAClockSetBack(t *testing.T) {
	b := newBuckets(time.Now())
	b.one(hourly(1), "a", time.Now().Add(48*time.Hour))
	if got := b.one(hourly(1), "a", time.Now()); got.Allowed || got.RetryAfter > time.Hour {
		t.Errorf("%+v; want to wait an hour at most", got)
	}
}

// Whenever events come: in no stretch of time do more pass than the burst and one for each Per, who waits as told passes,
// and nobody waits longer than a Per.
func TestBucketsNeverLetMoreThrough(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := Limit{Name: "x", Burst: rapid.IntRange(1, 20).Draw(t, "burst"), Per: time.Duration(rapid.IntRange(1, 5000).Draw(t, "per")) * time.Millisecond}
		gaps := rapid.SliceOfN(rapid.Int64Range(0, 3*int64(limit.Per)), 1, 200).Draw(t, "gaps")
		begin := time.Unix(1_800_000_000, 0)
		b, at := newBuckets(begin), begin
		var passed []time.Time
		for i, gap := range gaps {
			if at = at.Add(time.Duration(gap)); i%3 > 0 {
				at = at.Add(-time.Duration(gap)) // many at the same moment
			}
			got := b.one(limit, "a", at)
			if got.Allowed {
				passed = append(passed, at)
			} else if got.RetryAfter > limit.Per || !verdictAt(b, limit, at.Add(got.RetryAfter)).Allowed {
				t.Fatalf("refused for %v: too long, or still refused then", got.RetryAfter)
			}
			if got.Allowed && got.Left > limit.Burst-1 {
				t.Fatalf("%d left of a burst of %d", got.Left, limit.Burst)
			}
		}
		for i := range passed {
			for j := i; j < len(passed); j++ {
				if most := limit.Burst + int(passed[j].Sub(passed[i])/limit.Per); j-i+1 > most {
					t.Fatalf("%d events passed within %v, want at most %d", j-i+1, passed[j].Sub(passed[i]), most)
				}
			}
		}
	})
}

// verdictAt looks, and counts nothing.
func verdictAt(b *buckets, limit Limit, at time.Time) Verdict {
	checks := []Check{{limit, "a"}}
	return verdictOf(checks, b.take(checks, false, at))
}

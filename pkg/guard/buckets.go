package guard

import (
	"sync"
	"time"
)

// generation is how many subjects a generation of buckets holds; two generations take some 10 MB.
const generation = 32 << 10

// buckets count events in the process by the same GCRA as gcra.lua. Their memory is bounded: when a
// generation is full, the one before is forgotten. Who floods the service from more addresses than
// that gets fresh buckets, and honest residents are not refused for it.
type buckets struct {
	start time.Time

	mu       sync.Mutex
	now, old map[string]time.Duration // theoretical arrival time since start, by limit and subject
}

func newBuckets(start time.Time) *buckets {
	return &buckets{start: start, now: make(map[string]time.Duration)}
}

// take answers as gcra.lua does: it counts an event at the time, or looks, and returns how long each check has to wait.
func (b *buckets) take(checks []Check, count bool, at time.Time) []time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := at.Sub(b.start)
	over, tats := make([]time.Duration, len(checks)), make([]time.Duration, len(checks))
	for i, c := range checks {
		full := c.Limit.Per * time.Duration(c.Limit.Burst)
		tat := min(max(b.tat(c.key(), now), now), now+full) // later than a full burst: the clock was set back
		over[i], tats[i] = tat-now-full+c.Limit.Per, tat+c.Limit.Per
		count = count && over[i] <= 0
	}
	if count {
		for i, c := range checks {
			b.set(c.key(), tats[i])
		}
	}
	return over
}

func (c Check) key() string { return c.Limit.Name + "\x00" + c.Subject }

func (b *buckets) tat(key string, now time.Duration) time.Duration {
	if tat, ok := b.now[key]; ok {
		return tat
	}
	if tat, ok := b.old[key]; ok {
		return tat
	}
	return now
}

func (b *buckets) set(key string, tat time.Duration) {
	if len(b.now) >= generation {
		b.now, b.old = make(map[string]time.Duration), b.now
	}
	b.now[key] = tat
}

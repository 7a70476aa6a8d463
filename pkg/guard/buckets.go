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

// take counts an event at the time if the limit lets it through.
func (b *buckets) take(limit Limit, subject string, at time.Time) Verdict {
	b.mu.Lock()
	defer b.mu.Unlock()
	now, key := at.Sub(b.start), limit.Name+"\x00"+subject
	tat, known := b.now[key]
	if !known {
		if tat, known = b.old[key]; !known {
			tat = now
		}
	}
	full := limit.Per * time.Duration(limit.Burst)
	tat = min(max(tat, now), now+full) // later than a full burst: the clock was set back
	if wait := tat - now - full + limit.Per; wait > 0 {
		return Verdict{RetryAfter: wait, Fallback: true}
	}
	if len(b.now) >= generation {
		b.now, b.old = make(map[string]time.Duration), b.now
	}
	b.now[key] = tat + limit.Per
	return Verdict{Allowed: true, Fallback: true}
}

package intake

import (
	"time"

	"ocenaurzedu.eu/pkg/store"
)

// NewSingle starts an intake with one committer, whose batches can be told beforehand.
func NewSingle(s *store.Store) *Intake { return start(s, 1, patience) }

// NewImpatient starts an intake whose submitters wait only for so long.
func NewImpatient(s *store.Store, patience time.Duration) *Intake { return start(s, 1, patience) }

// Capacity is how many entries may wait.
const Capacity = queueLength

// Waiting tells how many entries wait in the queue.
func Waiting(i *Intake) int { return len(i.queue) }

package intake

import "ocenaurzedu.eu/pkg/store"

// NewSingle starts an intake with one committer, whose batches can be told beforehand.
func NewSingle(s *store.Store) *Intake { return start(s, 1) }

// Capacity is how many entries may wait.
const Capacity = queueLength

// Waiting tells how many entries wait in the queue.
func Waiting(i *Intake) int { return len(i.queue) }

package intake

// Capacity is how many entries may wait.
const Capacity = queueLength

// Waiting tells how many entries wait in the queue.
func Waiting(i *Intake) int { return len(i.queue) }

// Package intake takes submissions in by group commit: what has queued while the previous transaction ran
// goes into the next one together, and each submitter is answered after the commit that it shares with its
// neighbours. Under load that costs one flush for many; without load nobody waits for anybody.
package intake

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

const (
	queueLength = 1024                  // beyond it a submission is refused, and its form drawn again with everything typed
	batchLength = 256                   // most submissions of one transaction
	committers  = 2                     // while one waits for the disk the other gathers and counts; a third only makes batches smaller
	fullBatch   = 64                    // from here on a larger one is hardly cheaper than two beside each other
	turnTaken   = 10 * time.Millisecond // longest wait for another's small batch: one that takes longer is held up, and must not hold up others
	patience    = 8 * time.Second       // of a submitter; shorter than a shutdown waits for requests, and than a browser's own patience
)

// Intake is the one way in for submissions of every channel. It is safe for concurrent use.
type Intake struct {
	store    *store.Store
	patience time.Duration
	queue    chan *waiting
	turn     chan struct{} // taken by whoever commits
	full     chan struct{} // tells that the queue is worth a second transaction beside
	done     chan struct{} // closed when the committers have ended

	mu     sync.RWMutex // held for reading while something is put into the queue
	closed bool
}

// waiting is a submission in the queue and where its answer goes.
type waiting struct {
	entry  store.Entry
	answer chan error // has room for the one answer, so that no committer ever waits
}

// New starts the committers.
func New(s *store.Store) *Intake { return start(s, committers, patience) }

func start(s *store.Store, committers int, patience time.Duration) *Intake {
	i := &Intake{store: s, patience: patience, queue: make(chan *waiting, queueLength), turn: make(chan struct{}, 1), full: make(chan struct{}, 1), done: make(chan struct{})}
	var running sync.WaitGroup
	for range committers {
		running.Go(i.run)
	}
	go func() {
		running.Wait()
		close(i.done)
	}()
	return i
}

// Submit returns nil once the submission, or an earlier one with the same key, is committed. With
// survey.ErrUnavailable (the queue is full, the service is closing, the database is away, ctx ended, no answer for
// twelve seconds) it may or may not be stored, and the same key can be sent again. survey.ErrClosed and survey.ErrTaken: the
// sheet's batch is closed, its serial was typed before.
func (i *Intake) Submit(ctx context.Context, e store.Entry) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("submit: %w: %w", survey.ErrUnavailable, err)
	}
	ctx, cancel := context.WithTimeout(ctx, i.patience)
	defer cancel()
	w := &waiting{e, make(chan error, 1)}
	if err := i.enqueue(w); err != nil {
		return err
	}
	select {
	case err := <-w.answer:
		return err
	case <-ctx.Done():
		return fmt.Errorf("submit: %w: %w", survey.ErrUnavailable, ctx.Err())
	}
}

func (i *Intake) enqueue(w *waiting) error {
	i.mu.RLock()
	defer i.mu.RUnlock()
	if i.closed {
		return fmt.Errorf("submit: closing: %w", survey.ErrUnavailable)
	}
	select {
	case i.queue <- w:
		if len(i.queue) >= fullBatch {
			select {
			case i.full <- struct{}{}:
			default:
			}
		}
		return nil
	default:
		return fmt.Errorf("submit: the queue is full: %w", survey.ErrUnavailable)
	}
}

// Close refuses what comes from now on, and returns when everything in the queue is answered or ctx ends.
func (i *Intake) Close(ctx context.Context) error {
	i.mu.Lock()
	if !i.closed {
		i.closed = true
		close(i.queue)
	}
	i.mu.Unlock()
	select {
	case <-i.done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("drain: %w", ctx.Err())
	}
}

// run commits batch after batch until the queue is closed and empty.
func (i *Intake) run() {
	for first := range i.queue {
		i.next(first)
	}
}

// next commits a batch. While another is being committed it waits a moment and gathers more: two small transactions at
// once take a third more of the processors than one of both. A full one goes beside, as one gathers and counts while the
// other waits for the disk.
func (i *Intake) next(first *waiting) {
	mine := i.takeTurn()
	i.commit(i.gather(first))
	if mine {
		<-i.turn
	}
}

// takeTurn waits for the turn, but not for long, and not with a full batch.
func (i *Intake) takeTurn() bool {
	select {
	case i.turn <- struct{}{}:
		return true
	default:
	}
	waited := time.NewTimer(turnTaken)
	defer waited.Stop()
	select {
	case i.turn <- struct{}{}:
		return true
	case <-i.full:
		return false
	case <-waited.C:
		return false
	}
}

// gather takes what is in the queue now, without waiting for more.
func (i *Intake) gather(first *waiting) []*waiting {
	batch := []*waiting{first}
	for len(batch) < batchLength {
		select {
		case w, ok := <-i.queue:
			if !ok {
				return batch
			}
			batch = append(batch, w)
		default:
			return batch
		}
	}
	return batch
}

// commit stores a batch and answers everyone in it. A fault of one entry must not sink its neighbours, so a
// batch that was refused is tried again one by one, until the database goes away: the others of the batch
// would only wait for that in turn.
func (i *Intake) commit(batch []*waiting) {
	err := i.addSurely(batch)
	if errors.Is(err, store.ErrBusy) {
		i.commitApart(batch)
		return
	}
	if err == nil || len(batch) == 1 || errors.Is(err, survey.ErrUnavailable) {
		answer(batch, err)
		return
	}
	for n, w := range batch {
		err := i.addSurely([]*waiting{w})
		if errors.Is(err, survey.ErrUnavailable) {
			answer(batch[n:], err)
			return
		}
		w.answer <- err
	}
}

// commitApart stores each tenant's share of a batch by itself, once: what somebody holds is one tenant's tallies or
// batches, and the others' submissions need not wait for it.
func (i *Intake) commitApart(batch []*waiting) {
	shares := map[int64][]*waiting{}
	for _, w := range batch {
		shares[w.entry.Tenant] = append(shares[w.entry.Tenant], w)
	}
	var away error
	for _, share := range shares {
		err := away
		if err == nil {
			err = i.add(share)
		}
		if errors.Is(err, survey.ErrUnavailable) && !errors.Is(err, store.ErrBusy) {
			away = err
		}
		answer(share, err)
	}
}

func answer(batch []*waiting, err error) {
	for _, w := range batch {
		w.answer <- err
	}
}

// addSurely tries a second time where the outcome is unknown, which is safe: what was committed is known by
// its key.
func (i *Intake) addSurely(batch []*waiting) error {
	err := i.add(batch)
	if errors.Is(err, survey.ErrUnavailable) && !errors.Is(err, store.ErrBusy) {
		err = i.add(batch)
	}
	return err
}

// add runs one transaction. A panic in it is an error to those who wait, not the end of the committer.
func (i *Intake) add(batch []*waiting) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("add submissions: panic: %v\n%s", r, debug.Stack())
		}
	}()
	entries := make([]store.Entry, len(batch))
	for n, w := range batch {
		entries[n] = w.entry
	}
	return i.store.AddSubmissions(context.Background(), entries) // the pool's time-outs bound it; one caller's ctx must not end the others' commit
}

package guard

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	restTime     = time.Second // how long Redis is not asked after it failed
	pipelineMost = 256         // questions of one pipeline
)

var errResting = fmt.Errorf("%w: failed a moment ago", ErrUnavailable)

// question is one call of gcra.lua. Those of concurrent requests go in one pipeline: whoever comes while it is under way
// waits for the next one, which leaves as soon as it is back. There is no timer, so that a lone question waits for nobody.
type question struct {
	keys []string
	args []any
	over []time.Duration // the answer: see verdictOf
	err  error
	done chan struct{} // closed when over and err are told
}

func newQuestion(salt []byte, count bool, checks []Check) *question {
	q := &question{keys: make([]string, 0, len(checks)), args: make([]any, 1, 2*len(checks)+1), done: make(chan struct{})}
	q.args[0] = count
	for _, c := range checks {
		q.keys = append(q.keys, "guard:"+c.Limit.Name+":"+hmacName(salt, c.key()))
		q.args = append(q.args, c.Limit.Per.Microseconds(), c.Limit.Burst)
	}
	return q
}

// ask puts a question to Redis and waits for the answer, unless Redis is resting. Its error is ErrUnavailable.
func (g *Guard) ask(ctx context.Context, q *question) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	g.mu.Lock()
	if !g.admit() {
		g.mu.Unlock()
		return errResting
	}
	g.waiting = append(g.waiting, q)
	first := !g.flying
	g.flying = true
	g.mu.Unlock()
	if first && g.flight() {
		go func() {
			for g.flight() {
			}
		}()
	}
	select {
	case <-q.done:
		return q.err
	case <-ctx.Done(): // it may be counted all the same
		return fmt.Errorf("%w: %w", ErrUnavailable, ctx.Err())
	}
}

// flight sends one pipeline of those who wait, and reports whether more have come meanwhile. Whoever waits behind one that
// fails does not wait for another.
func (g *Guard) flight() bool {
	g.mu.Lock()
	n := min(len(g.waiting), pipelineMost)
	batch := g.waiting[:n:n]
	g.waiting = g.waiting[n:]
	g.mu.Unlock()

	err := g.send(batch)

	g.mu.Lock()
	g.note(err)
	if err != nil {
		batch, g.waiting = append(batch, g.waiting...), nil
	}
	g.flying = len(g.waiting) > 0
	more := g.flying
	g.mu.Unlock()
	for _, q := range batch {
		if err != nil {
			q.err = fmt.Errorf("%w: %w", ErrUnavailable, err)
		}
		close(q.done)
	}
	return more
}

// send answers the questions. Its error is that of the whole pipeline; what Redis replies to one of them alone is that
// question's own.
func (g *Guard) send(batch []*question) (err error) {
	defer func() {
		if r := recover(); r != nil { // else the others would wait for ever
			err = fmt.Errorf("ask Redis: panic: %v", r)
		}
	}()
	ctx, cancel := context.WithTimeout(context.Background(), g.budget) // no caller's: none may end the others' questions
	defer cancel()
	unknown, err := g.pipe(ctx, batch, g.take.EvalSha)
	if err == nil && len(unknown) > 0 { // Redis does not know the script, and counted nothing
		_, err = g.pipe(ctx, unknown, g.take.Eval)
	}
	return err
}

// pipe sends the questions at once and returns those for which Redis lacks the script.
func (g *Guard) pipe(ctx context.Context, batch []*question, run func(context.Context, redis.Scripter, []string, ...any) *redis.Cmd) (unknown []*question, err error) {
	pipeline := g.rdb.Pipeline()
	replies := make([]*redis.Cmd, len(batch))
	for i, q := range batch {
		replies[i] = run(ctx, pipeline, q.keys, q.args...)
	}
	var reply redis.Error
	if _, err := pipeline.Exec(ctx); err != nil && !errors.As(err, &reply) {
		return nil, err
	}
	for i, q := range batch {
		micros, err := replies[i].Int64Slice()
		if redis.HasErrorPrefix(err, "NOSCRIPT") {
			unknown = append(unknown, q)
		}
		q.answer(micros, err)
	}
	return unknown, nil
}

// answer takes Redis's reply.
func (q *question) answer(micros []int64, err error) {
	q.over, q.err = make([]time.Duration, len(micros)), nil
	if err == nil && len(micros) != len(q.keys) {
		err = fmt.Errorf("%d numbers for %d limits", len(micros), len(q.keys))
	}
	if err != nil {
		q.err = fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	for i, n := range micros {
		q.over[i] = time.Duration(n) * time.Microsecond
	}
}

// admit reports whether Redis may be asked. The first to ask after a rest prolongs it for the others, until
// its own question is answered. g.mu is held.
func (g *Guard) admit() bool {
	now := g.now()
	if g.restUntil.IsZero() {
		return true
	}
	if left := g.restUntil.Sub(now); left > 0 && left <= restTime { // more: the clock was set back
		return false
	}
	g.restUntil = now.Add(restTime)
	return true
}

// note gives Redis a rest after an error, and ends it otherwise. g.mu is held.
func (g *Guard) note(err error) {
	g.restUntil = time.Time{}
	if err != nil {
		g.restUntil = g.now().Add(restTime)
	}
}

// Package guard limits how often something may be done, counted in Redis so that all processes of the
// service count together. What it stores are counters under an HMAC with a salt that lives in Redis only
// and at most 24 h: after that nobody can tell, not even with an address in hand, whose counter it was.
//
// Redis may be down or hang. Allow then counts in the process and the survey stays open; AllowStrict says
// so, and log-in waits. Either way a request is held up for one time-out at most, as the
// next ones don't ask Redis again for a second.
//
// Whoever is over a limit may be asked for work in place of waiting: see NewWork.
package guard

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"math"
	"net/netip"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// Errors of a Guard.
var (
	// ErrUnavailable reports that Redis is down or did not answer in time; the caller may try again.
	ErrUnavailable = errors.New("limits unavailable")
	// ErrLimit reports a Limit that makes no sense. It is a mistake of the program.
	ErrLimit = errors.New("malformed limit")
)

// Limit lets Burst events through at once and one more each time that Per has passed.
type Limit struct {
	Name  string        // keeps the counters of different limits apart
	Burst int           // at least 1
	Per   time.Duration // at least a millisecond
}

// Check is a limit and whose events it counts: an address of Address, an account, a tenant.
type Check struct {
	Limit   Limit
	Subject string
}

// Verdict says whether an event may take place. An allowed event is counted by all its checks, a refused one by none.
type Verdict struct {
	Allowed    bool
	RetryAfter time.Duration // how long until the event is let through; 0 if it is
	Refused    string        // name of the limit to wait for longest; "" if the event is let through
	Left       int           // how many more may follow this one at once
	Fallback   bool          // counted in this process alone, as Redis is away
}

// Guard counts events in one Redis. It is safe for concurrent use.
type Guard struct {
	rdb     *redis.Client
	now     func() time.Time
	budget  time.Duration // for one question to Redis, connecting included
	take    *redis.Script
	getSalt *redis.Script
	local   *buckets

	mu        sync.Mutex
	restUntil time.Time   // Redis is not asked before
	waiting   []*question // for the next pipeline
	flying    bool        // a pipeline is under way, and takes up who waits when it is back
	salt      salt        // as Redis has it
	ownSalt   salt        // for when Redis is away
}

var (
	//go:embed gcra.lua
	gcraScript string
	//go:embed salt.lua
	saltScript string
)

// New returns a Guard over a client made with Options. The clock must go on, as time.Now does with any
// offset: a clock that stands still would never let Redis be asked again after a failure.
func New(rdb *redis.Client, now func() time.Time) *Guard {
	budget := rdb.Options().ReadTimeout * 3 / 2
	if budget <= 0 {
		budget = patience * 3 / 2 // the client would wait for ever
	}
	return &Guard{
		rdb:     rdb,
		now:     now,
		budget:  budget,
		take:    redis.NewScript(gcraScript),
		getSalt: redis.NewScript(saltScript),
		local:   newBuckets(now()),
	}
}

// Allow counts an event if all the checks let it through. While Redis is away it counts in the process.
// Its only error is ErrLimit.
func (g *Guard) Allow(ctx context.Context, checks ...Check) (Verdict, error) {
	return g.either(ctx, true, checks)
}

// Look says what Allow would say, and counts nothing.
func (g *Guard) Look(ctx context.Context, checks ...Check) (Verdict, error) {
	return g.either(ctx, false, checks)
}

// AllowStrict is Allow for what must not go on uncounted. While Redis is away, its error is ErrUnavailable.
func (g *Guard) AllowStrict(ctx context.Context, checks ...Check) (Verdict, error) {
	return g.shared(ctx, true, checks)
}

// either counts in Redis or, while it is away, in the process.
func (g *Guard) either(ctx context.Context, count bool, checks []Check) (Verdict, error) {
	verdict, err := g.shared(ctx, count, checks)
	if errors.Is(err, ErrUnavailable) {
		verdict, err = verdictOf(checks, g.local.take(checks, count, g.now())), nil
		verdict.Fallback = true
	}
	return verdict, err
}

// shared counts in Redis.
func (g *Guard) shared(ctx context.Context, count bool, checks []Check) (Verdict, error) {
	for _, c := range checks {
		if c.Limit.Name == "" || c.Limit.Burst < 1 || c.Limit.Per < time.Millisecond {
			return Verdict{}, fmt.Errorf("limit %+v: %w", c.Limit, ErrLimit)
		}
	}
	key, err := g.sharedSalt(ctx)
	if err != nil {
		return Verdict{}, fmt.Errorf("salt: %w", err)
	}
	q := newQuestion(key, count, checks)
	if err := g.ask(ctx, q); err != nil {
		return Verdict{}, fmt.Errorf("limits: %w", err)
	}
	return verdictOf(checks, q.over), nil
}

// verdictOf makes a verdict of how long each check has to wait; below 0, that is what is left of its burst.
func verdictOf(checks []Check, over []time.Duration) Verdict {
	v := Verdict{Allowed: true, Left: math.MaxInt}
	for i, wait := range over {
		if wait > v.RetryAfter {
			v.Allowed, v.RetryAfter, v.Refused = false, wait, checks[i].Limit.Name
		}
		v.Left = min(v.Left, int(max(0, -wait/checks[i].Limit.Per)))
	}
	return v
}

// Address names an IP address without telling it: the same for the same address only as long as the salt
// lives. An IPv6 network of 64 bits counts as one address, as one household has it all; an IPv4
// address in IPv6 form is the IPv4 address.
func (g *Guard) Address(ctx context.Context, ip netip.Addr) string {
	ip = ip.Unmap().WithZone("")
	if ip.Is6() {
		ip = netip.PrefixFrom(ip, 64).Masked().Addr()
	}
	key, err := g.sharedSalt(ctx)
	if err != nil {
		key = g.localSalt()
	}
	return hmacName(key, string(ip.AsSlice()))
}

// Package guard limits how often something may be done, counted in Redis so that all processes of the
// service count together. What it stores are counters under an HMAC with a salt that lives in Redis only
// and at most 24 h: after that nobody can tell, not even with an address in hand, whose counter it was.
//
// Redis may be down or hang. Allow then counts in the process and the survey stays open; AllowStrict says
// so, and log-in waits. Either way a request is held up for one time-out at most, as the
// next ones don't ask Redis again for a second.
package guard

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"errors"
	"fmt"
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

const (
	saltLife   = 24 * time.Hour // promise to residents: no counter can be told to be an address's for longer
	saltCached = time.Minute    // how long a process may go on with a salt that Redis has lost
	restTime   = time.Second    // how long Redis is not asked after it failed
	saltBytes  = 32
	nameBytes  = 16 // of an HMAC: enough that no two subjects share a counter
)

// Limit lets Burst events through at once and one more each time that Per has passed.
type Limit struct {
	Name  string        // keeps the counters of different limits apart
	Burst int           // at least 1
	Per   time.Duration // at least a millisecond
}

// Verdict says whether an event may take place. An allowed event is counted, a refused one is not.
type Verdict struct {
	Allowed    bool
	RetryAfter time.Duration // how long until the next event is let through; 0 if this one is
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
	restUntil time.Time // Redis is not asked before
	salt      salt      // as Redis has it
	ownSalt   salt      // for when Redis is away
}

// salt is a secret key and when it has to be forgotten.
type salt struct {
	key   []byte
	until time.Time
}

// lives reports whether the salt may be used. One that would live longer than ever granted is of a clock
// that was set back since.
func (s salt) lives(now time.Time, longest time.Duration) bool {
	return s.key != nil && now.Before(s.until) && s.until.Sub(now) <= longest
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
	budget := 2 * rdb.Options().ReadTimeout
	if budget <= 0 {
		budget = 2 * patience // the client would wait for ever
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

// Allow counts an event of the subject, such as an address of Address or an account, if the limit lets
// it through. While Redis is away it counts in the process. Its only error is ErrLimit.
func (g *Guard) Allow(ctx context.Context, limit Limit, subject string) (Verdict, error) {
	verdict, err := g.AllowStrict(ctx, limit, subject)
	if errors.Is(err, ErrUnavailable) {
		return g.local.take(limit, subject, g.now()), nil
	}
	return verdict, err
}

// AllowStrict is Allow for what must not go on uncounted. While Redis is away, its error is ErrUnavailable.
func (g *Guard) AllowStrict(ctx context.Context, limit Limit, subject string) (Verdict, error) {
	if limit.Name == "" || limit.Burst < 1 || limit.Per < time.Millisecond {
		return Verdict{}, fmt.Errorf("limit %+v: %w", limit, ErrLimit)
	}
	var wait time.Duration
	err := g.ask(ctx, func(ctx context.Context) error {
		key, err := g.sharedSalt(ctx)
		if err != nil {
			return err
		}
		counter := "guard:" + limit.Name + ":" + hmacName(key, limit.Name+"\x00"+subject)
		micros, err := g.take.Run(ctx, g.rdb, []string{counter}, limit.Per.Microseconds(), limit.Burst).Int64()
		wait = time.Duration(micros) * time.Microsecond
		return err
	})
	if err != nil {
		return Verdict{}, fmt.Errorf("limit %s: %w", limit.Name, err)
	}
	return Verdict{Allowed: wait == 0, RetryAfter: wait}, nil
}

// Address names an IP address without telling it: the same for the same address only as long as the salt
// lives. An IPv6 network of 64 bits counts as one address, as one household has it all; an IPv4
// address in IPv6 form is the IPv4 address.
func (g *Guard) Address(ctx context.Context, ip netip.Addr) string {
	ip = ip.Unmap().WithZone("")
	if ip.Is6() {
		ip = netip.PrefixFrom(ip, 64).Masked().Addr()
	}
	key := g.cachedSalt()
	if key == nil {
		err := g.ask(ctx, func(ctx context.Context) (err error) {
			key, err = g.sharedSalt(ctx)
			return err
		})
		if err != nil {
			key = g.localSalt()
		}
	}
	return hmacName(key, string(ip.AsSlice()))
}

// ask puts a question to Redis within the budget, unless Redis is resting. Whatever goes wrong is
// ErrUnavailable and gives Redis a rest, after which a single question goes first.
func (g *Guard) ask(ctx context.Context, question func(context.Context) error) error {
	if !g.admit() {
		return fmt.Errorf("%w: failed a moment ago", ErrUnavailable)
	}
	bounded, cancel := context.WithTimeout(ctx, g.budget)
	defer cancel()
	err := question(bounded)
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case err == nil:
		g.restUntil = time.Time{}
		return nil
	case ctx.Err() == nil: // that the caller went away says nothing about Redis
		g.restUntil = g.now().Add(restTime)
	}
	return fmt.Errorf("%w: %w", ErrUnavailable, err)
}

// admit reports whether Redis may be asked. The first to ask after a rest prolongs it for the others, until
// its own question is answered.
func (g *Guard) admit() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
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

// cachedSalt returns the shared salt if it was fetched lately, or nil.
func (g *Guard) cachedSalt() []byte {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.salt.lives(g.now(), saltCached) {
		g.salt = salt{}
	}
	return g.salt.key
}

// sharedSalt returns the salt of all processes, and makes it if there is none.
func (g *Guard) sharedSalt(ctx context.Context) ([]byte, error) {
	if key := g.cachedSalt(); key != nil {
		return key, nil
	}
	offered := base64.RawURLEncoding.EncodeToString(random(saltBytes))
	reply, err := g.getSalt.Run(ctx, g.rdb, []string{"guard:salt"}, offered, saltLife.Milliseconds()).Slice()
	if err != nil {
		return nil, err
	}
	text, isText := reply[0].(string)
	left, isNumber := reply[1].(int64)
	if !isText || !isNumber || text == "" {
		return nil, fmt.Errorf("salt: unexpected reply of types %T, %T", reply[0], reply[1])
	}
	life := min(time.Duration(left)*time.Millisecond, saltCached)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.salt = salt{[]byte(text), g.now().Add(life)}
	return g.salt.key, nil
}

// localSalt returns the salt of this process, which serves while Redis is away.
func (g *Guard) localSalt() []byte {
	g.mu.Lock()
	defer g.mu.Unlock()
	if now := g.now(); !g.ownSalt.lives(now, saltLife) {
		g.ownSalt = salt{random(saltBytes), now.Add(saltLife)}
	}
	return g.ownSalt.key
}

// hmacName names a subject by an HMAC-SHA256 that is cut to 128 bits, in base64url.
func hmacName(key []byte, subject string) string {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(subject))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:nameBytes])
}

// random returns n random bytes. crypto/rand never fails: it ends the program instead.
func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return b
}

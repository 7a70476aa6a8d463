package guard

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"time"
)

const (
	saltLife   = 24 * time.Hour // promise to residents: no counter can be told to be an address's for longer
	saltCached = time.Minute    // how long a process may go on with a salt that Redis has lost
	saltBytes  = 32
	nameBytes  = 16 // of an HMAC: enough that no two subjects share a counter
)

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
	g.mu.Lock()
	admitted := g.admit()
	g.mu.Unlock()
	if !admitted {
		return nil, errResting
	}
	bounded, cancel := context.WithTimeout(ctx, g.budget)
	defer cancel()
	fetched, err := g.fetchSalt(bounded)
	g.mu.Lock()
	defer g.mu.Unlock()
	if err == nil || ctx.Err() == nil { // that the caller went away says nothing about Redis
		g.note(err)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	g.salt = fetched
	return fetched.key, nil
}

func (g *Guard) fetchSalt(ctx context.Context) (salt, error) {
	offered := base64.RawURLEncoding.EncodeToString(random(saltBytes))
	reply, err := g.getSalt.Run(ctx, g.rdb, []string{"guard:salt"}, offered, saltLife.Milliseconds()).Slice()
	if err != nil {
		return salt{}, err
	}
	text, isText := reply[0].(string)
	left, isNumber := reply[1].(int64)
	if !isText || !isNumber || text == "" {
		return salt{}, fmt.Errorf("salt: unexpected reply of types %T, %T", reply[0], reply[1])
	}
	return salt{[]byte(text), g.now().Add(min(time.Duration(left)*time.Millisecond, saltCached))}, nil
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

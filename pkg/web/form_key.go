package web

import (
	"crypto/rand"
	"encoding/hex"
	"sync"

	"github.com/google/uuid"
)

// keySource makes idempotency keys as newKey does, and reads the system's random bytes for many of them at once.
type keySource struct{ pool sync.Pool }

// randomKeys are bytes of which no key was made yet.
type randomKeys struct {
	bytes [64 * 16]byte
	left  int
}

// next writes a fresh key: a random UUID (RFC 9562, 5.4).
func (s *keySource) next(key *[keyLength]byte) {
	r, _ := s.pool.Get().(*randomKeys)
	if r == nil {
		r = new(randomKeys)
	}
	if r.left == 0 {
		_, _ = rand.Read(r.bytes[:]) // it ends the process rather than fail
		r.left = len(r.bytes)
	}
	from := r.bytes[r.left-16 : r.left]
	id := uuid.UUID(from)
	clear(from) // nobody reads from memory what a form was given
	r.left -= 16
	s.pool.Put(r)
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	hex.Encode(key[:8], id[:4])
	hex.Encode(key[9:13], id[4:6])
	hex.Encode(key[14:18], id[6:8])
	hex.Encode(key[19:23], id[8:10])
	hex.Encode(key[24:], id[10:])
	key[8], key[13], key[18], key[23] = '-', '-', '-', '-'
}

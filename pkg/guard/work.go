package guard

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
)

// Work is asked of a browser in place of waiting: to look for numbers whose hashes are small. It costs somebody who
// answers once a second or two of waiting, and makes each of thousands cost as much. A program made for it is ten times as
// fast as a browser: work slows a flood down and tells residents from it, a limit of its own has to end it.
//
// The work has parts, as many searches in a row vary less than a long one does: with 16 of them one browser in
// 1,500 needs twice as long as expected, with one search it would be one in seven.
//
// Part i is done by a number n for which SHA-256(seed ‖ i ‖ n), both numbers as 32 bits, big-endian, begins with 32 bits
// that are below 2³² / tries. The seed is the HMAC at the end of the challenge: nobody can prepare work before it is asked.
type Work struct {
	Challenge string // signed; comes back with the solution
	Seed      string // 32 bytes in base64url
	Parts     int
	Tries     int // expected for each part
}

// WorkLife is how long a challenge may be answered.
const WorkLife = 10 * time.Minute

const (
	workParts  = 16
	workSkew   = time.Minute // that clocks of two processes may be apart
	nonceBytes = 16
)

// What is wrong with a solution.
var (
	// ErrWorkForged reports a challenge that is not ours, or not for the subject.
	ErrWorkForged = errors.New("challenge of something else")
	// ErrWorkExpired reports a challenge that is too old.
	ErrWorkExpired = errors.New("challenge expired")
	// ErrWorkUndone reports numbers that do not solve the challenge.
	ErrWorkUndone = errors.New("work not done")
)

// NewWork makes work for a subject that takes about 16 × tries hashes. The secret is that of all processes, so that
// each of them takes the solution. The subject says all that the solution may be used for: work that is bound to what
// can be stored only once is of single use, without anybody keeping a list of what was used.
func NewWork(secret []byte, subject string, tries int, now time.Time) Work {
	head := strconv.FormatInt(now.Add(WorkLife).Unix(), 10) + "." + strconv.Itoa(tries) + "." + base64.RawURLEncoding.EncodeToString(random(nonceBytes))
	seed := base64.RawURLEncoding.EncodeToString(workMAC(secret, head, subject))
	return Work{Challenge: head + "." + seed, Seed: seed, Parts: workParts, Tries: tries}
}

// CheckWork returns nil for a solved challenge of the subject: numbers in decimal digits, one a part, with dots between.
func CheckWork(secret []byte, subject, challenge, solution string, now time.Time) error {
	head, sum, _ := cutLast(challenge)
	seed, err := base64.RawURLEncoding.DecodeString(sum)
	if err != nil || !hmac.Equal(seed, workMAC(secret, head, subject)) {
		return ErrWorkForged
	}
	fields := strings.Split(head, ".") // as NewWork made them
	expires, _ := strconv.ParseInt(fields[0], 10, 64)
	tries, _ := strconv.Atoi(fields[1])
	if left := time.Unix(expires, 0).Sub(now); left < 0 || left > WorkLife+workSkew {
		return ErrWorkExpired
	}
	numbers := strings.SplitN(solution, ".", workParts+1)
	if len(numbers) != workParts {
		return ErrWorkUndone
	}
	for i, digits := range numbers {
		n, err := strconv.ParseUint(digits, 10, 32)
		if err != nil || !solves(seed, i, uint32(n), tries) {
			return ErrWorkUndone
		}
	}
	return nil
}

func solves(seed []byte, part int, n uint32, tries int) bool {
	message := make([]byte, 0, sha256.Size+8)
	message = append(message, seed...)
	message = binary.BigEndian.AppendUint32(message, uint32(part))
	message = binary.BigEndian.AppendUint32(message, n)
	sum := sha256.Sum256(message)
	return binary.BigEndian.Uint32(sum[:]) < uint32(math.MaxUint32/max(tries, 2))
}

// workMAC signs the length of the head too, so that no part of a subject, which holds what a browser sent, can be taken
// for the head's and the work be used for the rest.
func workMAC(secret []byte, head, subject string) []byte {
	h := hmac.New(sha256.New, secret)
	h.Write([]byte("work\x00" + strconv.Itoa(len(head)) + "\x00" + head + subject))
	return h.Sum(nil)
}

func cutLast(s string) (before, after string, found bool) {
	i := strings.LastIndexByte(s, '.')
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

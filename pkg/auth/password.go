// Package auth holds what proves who someone is: passwords, one-time codes, recovery codes, session and
// CSRF tokens. It does no I/O; what it returns is for the store to keep and to compare.
package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// Parameters of argon2id (RFC 9106) by the OWASP Password Storage Cheat Sheet: 19 MiB, two passes, one lane.
const (
	argonMemory  = 19 * 1024 // KiB
	argonTime    = 2
	argonThreads = 1
	saltBytes    = 16
	keyBytes     = 32
)

// Bounds of what an encoded hash may ask for, so that a broken row can't take the machine's memory.
const (
	maxArgonMemory  = 256 * 1024 // KiB
	maxArgonTime    = 16
	maxArgonThreads = 8
	maxKeyBytes     = 64
)

// ErrBadHash reports a stored password hash that isn't argon2id in PHC encoding, or asks for too much.
var ErrBadHash = errors.New("malformed password hash")

// Hasher hashes and checks passwords, a few at a time: each takes 19 MiB for some 20 ms, and log-ins that
// come all at once must not take the memory of the service.
type Hasher struct {
	slots     chan struct{}
	dummySalt []byte
}

// NewHasher returns a Hasher that computes at most so many hashes at once; at least one.
func NewHasher(parallel int) *Hasher {
	return &Hasher{slots: make(chan struct{}, max(1, parallel)), dummySalt: random(saltBytes)}
}

// Hash returns the password's hash in PHC encoding: $argon2id$v=19$m=19456,t=2,p=1$salt$key. Its only
// error is the context's, when no slot became free in time.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	p := params{memory: argonMemory, time: argonTime, threads: argonThreads, salt: random(saltBytes), key: make([]byte, keyBytes)}
	key, err := h.derive(ctx, p, password)
	if err != nil {
		return "", err
	}
	p.key = key
	return p.String(), nil
}

// Verify reports whether the password belongs to the encoded hash. For the empty hash of an unknown login
// or an account without a password it computes just as long and says no, so that the time taken
// doesn't tell which logins exist (OWASP Authentication Cheat Sheet). Errors: the context's, ErrBadHash.
func (h *Hasher) Verify(ctx context.Context, encoded, password string) (bool, error) {
	if encoded == "" {
		p := params{memory: argonMemory, time: argonTime, threads: argonThreads, salt: h.dummySalt, key: make([]byte, keyBytes)}
		_, err := h.derive(ctx, p, password)
		return false, err
	}
	p, err := parseParams(encoded)
	if err != nil {
		return false, err
	}
	key, err := h.derive(ctx, p, password)
	return err == nil && subtle.ConstantTimeCompare(key, p.key) == 1, err
}

// derive computes the key for a password once a slot is free.
func (h *Hasher) derive(ctx context.Context, p params, password string) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("hash password: %w", err)
	}
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	case <-ctx.Done():
		return nil, fmt.Errorf("hash password: %w", ctx.Err())
	}
	return argon2.IDKey(normal(password), p.salt, p.time, p.memory, p.threads, uint32(len(p.key))), nil
}

// normal is the password as every keyboard and system would send it: ą as one character, not as a and a
// tail (NIST SP 800-63B, 3.1.1.2).
func normal(password string) []byte { return norm.NFKC.Bytes([]byte(password)) }

// params is an encoded hash, taken apart.
type params struct {
	memory, time uint32 // KiB, passes
	threads      uint8
	salt, key    []byte
}

// String is the PHC encoding.
func (p params) String() string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s",
		argon2.Version, p.memory, p.time, p.threads, b64.EncodeToString(p.salt), b64.EncodeToString(p.key))
}

// parseParams reads what String writes.
func parseParams(encoded string) (params, error) {
	var p params
	fields := strings.Split(encoded, "$")
	if len(fields) != 6 || fields[0] != "" || fields[1] != "argon2id" || fields[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return p, ErrBadHash
	}
	if _, err := fmt.Sscanf(fields[3], "m=%d,t=%d,p=%d", &p.memory, &p.time, &p.threads); err != nil {
		return p, ErrBadHash
	}
	var saltErr, keyErr error
	p.salt, saltErr = base64.RawStdEncoding.Strict().DecodeString(fields[4])
	p.key, keyErr = base64.RawStdEncoding.Strict().DecodeString(fields[5])
	switch {
	case saltErr != nil, keyErr != nil,
		p.memory < 8*uint32(p.threads), p.memory > maxArgonMemory,
		p.time < 1, p.time > maxArgonTime, p.threads < 1, p.threads > maxArgonThreads,
		len(p.salt) < 8, len(p.salt) > maxKeyBytes, len(p.key) < 16, len(p.key) > maxKeyBytes,
		p.String() != encoded:
		return params{}, ErrBadHash
	}
	return p, nil
}

// Problem says in one word why a password won't do; the locale files hold a sentence for each.
type Problem string

// Problems of a password. The zero Problem is none.
const (
	ProblemTooShort Problem = "too_short" // fewer than MinPassword characters
	ProblemTooLong  Problem = "too_long"  // more than MaxPassword characters
	ProblemLogin    Problem = "login"     // the login, or the login with little else
	ProblemCommon   Problem = "common"    // among the first that anybody tries
)

// Bounds of a password's length in characters. NIST SP 800-63B (3.1.1.2) asks for length and a list of
// common ones, and forbids rules about kinds of characters.
const (
	MinPassword = 12
	MaxPassword = 200
)

// PasswordProblem says what is wrong with a new password for the login, or "".
func PasswordProblem(password, login string) Problem {
	plain := string(normal(password))
	length := utf8.RuneCountInString(plain)
	switch {
	case length < MinPassword:
		return ProblemTooShort
	case length > MaxPassword:
		return ProblemTooLong
	case nearLogin(plain, login):
		return ProblemLogin
	case common(plain):
		return ProblemCommon
	}
	return ""
}

// nearLogin reports whether the password is the login, or its name or domain, with less than half of a
// password's length added.
func nearLogin(password, login string) bool {
	low, login := strings.ToLower(password), strings.ToLower(strings.TrimSpace(login))
	name, domain, _ := strings.Cut(login, "@")
	for _, known := range []string{login, name, domain} {
		if len(known) >= 3 && utf8.RuneCountInString(strings.ReplaceAll(low, known, "")) < MinPassword/2 {
			return true
		}
	}
	return false
}

// distinctRunes is how many different characters a password has at least: "aaaaaaaaaaaa" and
// "121212121212" are guessed first.
const distinctRunes = 5

// common reports whether a password is a common one, repeats itself, or is a common one with digits and
// signs around it.
func common(password string) bool {
	low := strings.ToLower(password)
	seen := make(map[rune]bool)
	for _, r := range low {
		seen[r] = true
	}
	if len(seen) < distinctRunes {
		return true
	}
	bare := strings.Trim(low, "0123456789!@#$%^&*()-_=+.,;:?/ ")
	for _, known := range commonPasswords {
		if low == known || bare == known || strings.ReplaceAll(low, known, "") == "" {
			return true
		}
	}
	return false
}

// commonPasswords lists what is tried first on an office in Poland, in lower case and without the digits
// and signs that are put around it.
var commonPasswords = [...]string{
	"123456789012", "1234567890123", "012345678901", "0987654321", "1234567890", "123456", "abcdef", "abcdefghijkl",
	"qwerty", "qwertyuiop", "qwertyuiop[]", "qwertyuiopas", "qwertyuiopasdf", "asdfghjkl", "asdfghjkl;'", "zxcvbnm", "1qaz2wsx", "1qaz2wsx3edc",
	"zaq12wsx", "zaq1xsw2", "zaq12wsxcde3", "!qaz2wsx", "q1w2e3r4t5y6", "1q2w3e4r5t6y",
	"haslo", "hasło", "haslohaslo", "hasłohasło", "mojehaslo", "mojehasło", "tajnehaslo", "tajnehasło", "trudnehaslo", "password", "passwordpassword", "passw0rd", "p@ssw0rd",
	"letmein", "letmeinplease", "iloveyou", "changeme", "zmienmnie", "zmieńmnie", "zmientohaslo", "zmieńtohasło", "correcthorsebatterystaple",
	"admin", "administrator", "adminadmin", "root", "welcome", "witaj", "witajcie", "dzieńdobry", "dziendobry",
	"urzad", "urząd", "urzadgminy", "urządgminy", "urzadmiasta", "urządmiasta", "urzadgminyosielsko", "gmina", "starostwo", "sekretariat", "sekretarz", "burmistrz", "wojt", "wójt",
	"ocenurzad", "oceńurząd", "ocenaurzedu", "ocenaurzędu", "ankieta", "ankieta satysfakcji", "osielsko", "bydgoszcz",
	"kochamcie", "kochamcię", "polska", "polskapolska", "matrix", "monika", "mateusz", "agnieszka", "katarzyna", "krzysztof",
	"styczeń", "styczen", "luty", "marzec", "kwiecień", "kwiecien", "maj", "czerwiec", "lipiec", "sierpień", "sierpien",
	"wrzesień", "wrzesien", "październik", "pazdziernik", "listopad", "grudzień", "grudzien", "wiosna", "lato", "jesień", "jesien", "zima",
}

// random returns n random bytes. crypto/rand never fails: it ends the program instead.
func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return b
}

package guard

import (
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"
)

// solve does the work as a browser would.
func solve(t testing.TB, w Work) string {
	t.Helper()
	seed, err := base64.RawURLEncoding.DecodeString(w.Seed)
	if err != nil || len(seed) != 32 {
		t.Fatalf("seed %q: %v", w.Seed, err)
	}
	numbers := make([]string, w.Parts)
	for i := range numbers {
		n := uint32(0)
		for !solves(seed, i, n, w.Tries) {
			n++
		}
		numbers[i] = strconv.FormatUint(uint64(n), 10)
	}
	return strings.Join(numbers, ".")
}

func TestWork(t *testing.T) {
	secret, now := []byte("secret of all processes"), time.Unix(1_800_000_000, 0)
	w := NewWork(secret, "osielsko/ankieta/klucz", 200, now)
	solution := solve(t, w)
	easier := strings.Replace(w.Challenge, ".200.", ".2.", 1)
	later := strings.Replace(w.Challenge, "1800000600", "1800009999", 1)
	other := NewWork(secret, "osielsko/ankieta/klucz", 200, now)
	tests := []struct {
		name                         string
		secret                       string
		subject, challenge, solution string
		after                        time.Duration
		want                         error
	}{
		{"solved", "", "", w.Challenge, solution, 0, nil},
		{"solved again, by another process", "", "", w.Challenge, solution, time.Minute, nil},
		{"at the last moment", "", "", w.Challenge, solution, WorkLife, nil},
		{"too late", "", "", w.Challenge, solution, WorkLife + time.Second, ErrWorkExpired},
		{"made by a clock that ran ahead", "", "", w.Challenge, solution, -2 * time.Minute, ErrWorkExpired},
		{"of another questionnaire", "", "osielsko/inna/klucz", w.Challenge, solution, 0, ErrWorkForged},
		{"of another office", "", "dobrcz/ankieta/klucz", w.Challenge, solution, 0, ErrWorkForged},
		{"of another form", "", "osielsko/ankieta/klucz2", w.Challenge, solution, 0, ErrWorkForged},
		{"of another service", "another", "", w.Challenge, solution, 0, ErrWorkForged},
		{"made easier", "", "", easier, solution, 0, ErrWorkForged},
		{"made to last", "", "", later, solution, 0, ErrWorkForged},
		{"another challenge's solution", "", "", other.Challenge, solution, 0, ErrWorkUndone},
		{"no challenge", "", "", "", solution, 0, ErrWorkForged},
		{"nonsense", "", "", "a.b.c.d", solution, 0, ErrWorkForged},
		{"no solution", "", "", w.Challenge, "", 0, ErrWorkUndone},
		{"a part too few", "", "", w.Challenge, solution[:strings.LastIndex(solution, ".")], 0, ErrWorkUndone},
		{"a part too many", "", "", w.Challenge, solution + ".0", 0, ErrWorkUndone},
		{"the first part for all", "", "", w.Challenge, strings.Repeat(strings.Split(solution, ".")[0]+".", 15) + "0", 0, ErrWorkUndone},
		{"no numbers", "", "", w.Challenge, strings.Repeat("x.", 15) + "x", 0, ErrWorkUndone},
		{"numbers out of range", "", "", w.Challenge, strings.Repeat("-1.", 15) + "99999999999", 0, ErrWorkUndone},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			key, subject := secret, "osielsko/ankieta/klucz"
			if tt.secret != "" {
				key = []byte(tt.secret)
			}
			if tt.subject != "" {
				subject = tt.subject
			}
			if got := CheckWork(key, subject, tt.challenge, tt.solution, now.Add(tt.after)); !errors.Is(got, tt.want) {
				t.Errorf("CheckWork = %v, want %v", got, tt.want)
			}
		})
	}
}

// A browser chooses the key that ends a subject: whatever it holds, work for it is no work for a part of it.
func TestWorkForALongKeyIsNotForItsEnd(t *testing.T) {
	secret, now := []byte("secret of all processes"), time.Unix(1_800_000_000, 0)
	const begin, end = "osielsko/ankieta/klucz", "dobrcz/ankieta/klucz"
	for _, between := range []string{"\x00", ".", "/", ""} {
		w := NewWork(secret, begin+between+end, 2, now)
		head, sum, _ := cutLast(w.Challenge)
		for _, grown := range []string{"", begin, "\x00" + begin, begin + between, "\x00" + begin + between} {
			if err := CheckWork(secret, end, head+grown+"."+sum, solve(t, w), now); !errors.Is(err, ErrWorkForged) {
				t.Errorf("with %q in the head: %v; want ErrWorkForged", grown, err)
			}
		}
	}
}

// The hashes that work takes are as many as it says: the mean of many is near, and none is far.
func TestWorkTakesWhatItSays(t *testing.T) {
	const tries, rounds = 60, 200
	total := 0
	for i := range rounds {
		n := 0
		for _, number := range strings.Split(solve(t, NewWork([]byte("s"), strconv.Itoa(i), tries, time.Now())), ".") {
			last, err := strconv.Atoi(number)
			if err != nil {
				t.Fatal(err)
			}
			n += last + 1
		}
		if total += n; n > 4*tries*workParts {
			t.Errorf("one of %d took %d hashes, want about %d", rounds, n, tries*workParts)
		}
	}
	if mean := total / rounds; mean < tries*workParts*9/10 || mean > tries*workParts*11/10 {
		t.Errorf("work took %d hashes in the mean, want about %d", mean, tries*workParts)
	}
}

func BenchmarkCheckWork(b *testing.B) {
	w := NewWork([]byte("s"), "a", 20000, time.Now())
	solution := solve(b, w)
	for b.Loop() {
		if err := CheckWork([]byte("s"), "a", w.Challenge, solution, time.Now()); err != nil {
			b.Fatal(err)
		}
	}
}

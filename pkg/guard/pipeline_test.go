package guard

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
)

// TestOneProbe checks that after the rest one caller asks first while the others still do without.
func TestOneProbe(t *testing.T) {
	c := new(clock)
	g := New(client(t, "unix:///nonexistent/socket"), c.now)
	if !g.admit() {
		t.Fatal("a new guard does not ask Redis")
	}
	g.note(errors.New("down"))
	if g.admit() {
		t.Error("Redis is asked right after it failed")
	}
	c.advance(restTime)
	if !g.admit() || g.admit() {
		t.Error("after the rest, not exactly one caller asks")
	}
	c.advance(-time.Hour)
	if !g.admit() {
		t.Error("a clock set back keeps Redis from being asked")
	}
	if g.note(nil); !g.admit() || !g.admit() {
		t.Error("after an answer not all callers ask")
	}
}

// TestGCRAOfScriptAndProcess holds gcra.lua to the same answers as the buckets in the process, which a property test
// holds to what GCRA promises: random events of three limits, with a clock that also goes back.
func TestGCRAOfScriptAndProcess(t *testing.T) {
	mini := miniredis.RunT(t)
	g := New(client(t, "redis://"+mini.Addr()+"?read_timeout=20s"), time.Now)
	begin := time.Unix(1_800_000_000, 0)
	limits := []Limit{{"a", 1, time.Second}, {"b", 7, 300 * time.Millisecond}, {"c", 3, 10 * time.Second}}
	local, at := newBuckets(begin), begin
	for i := range 600 {
		at = at.Add(time.Duration(rand.IntN(700)-50) * time.Millisecond)
		if i%100 == 99 {
			at = at.Add(-time.Hour)
		}
		mini.SetTime(at)
		var checks []Check
		for _, limit := range limits {
			if rand.IntN(2) == 0 {
				checks = append(checks, Check{limit, "x"})
			}
		}
		if len(checks) == 0 {
			continue
		}
		count := rand.IntN(4) > 0
		got, err := g.shared(t.Context(), count, checks)
		if want := verdictOf(checks, local.take(checks, count, at)); err != nil || got != want {
			t.Fatalf("event %d of %v (count %t): %+v, %v; in process %+v", i, checks, count, got, err, want)
		}
	}
}

// An event counts for all its limits or for none, and looking counts for none.
func TestSeveralLimitsOfOneEvent(t *testing.T) {
	down := New(client(t, "unix:///nonexistent/socket"), time.Now)
	for name, g := range map[string]*Guard{"Redis": patientGuard(t, startRedis(t)), "without Redis": down} {
		t.Run(name, func(t *testing.T) {
			wide, narrow := Check{Limit{"wide", 5, time.Hour}, "office"}, Check{Limit{"narrow", 2, time.Minute}, "one"}
			tests := []struct {
				name    string
				ask     func(context.Context, ...Check) (Verdict, error)
				checks  []Check
				allowed bool
				refused string
				left    int
			}{
				{"look", g.Look, []Check{wide, narrow}, true, "", 1},
				{"first", g.Allow, []Check{wide, narrow}, true, "", 1},
				{"second", g.Allow, []Check{wide, narrow}, true, "", 0},
				{"refused by one", g.Allow, []Check{wide, narrow}, false, "narrow", 0},
				{"look at what is refused", g.Look, []Check{wide, narrow}, false, "narrow", 0},
				{"the other did not count it", g.Look, []Check{wide}, true, "", 2},
				{"another subject", g.Allow, []Check{wide, {narrow.Limit, "two"}}, true, "", 1},
				{"and again", g.Allow, []Check{wide}, true, "", 1},
				{"the last", g.Allow, []Check{wide}, true, "", 0},
				{"both refuse", g.Allow, []Check{narrow, wide}, false, "wide", 0},
			}
			for _, tt := range tests {
				got, err := tt.ask(t.Context(), tt.checks...)
				if err != nil || got.Allowed != tt.allowed || got.Refused != tt.refused || got.Left != tt.left || (got.RetryAfter > 0) == tt.allowed {
					t.Errorf("%s: %+v, %v; want allowed %t, refused %q, left %d", tt.name, got, err, tt.allowed, tt.refused, tt.left)
				}
			}
		})
	}
}

// While one pipeline is under way, all who ask wait for one next pipeline: the number of round trips that n callers need is
// far below n. Each gets its own verdict.
func TestConcurrentChecksShareRoundTrips(t *testing.T) {
	s := startRedis(t)
	g := patientGuard(t, s)
	trips := new(tripCounter)
	g.rdb.AddHook(trips)
	if _, err := g.AllowStrict(t.Context(), Check{hourly(1), "warm"}); err != nil {
		t.Fatal(err)
	}
	trips.reset()
	const callers, subjects, burst = 2000, 40, 20
	var all sync.WaitGroup
	var mu sync.Mutex
	passed := map[string]int{}
	for i := range callers {
		subject := fmt.Sprint(i % subjects)
		all.Go(func() {
			got, err := g.AllowStrict(t.Context(), Check{hourly(burst), subject})
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			} else if got.Allowed {
				passed[subject]++
			}
		})
	}
	all.Wait()
	for subject, n := range passed {
		if n != burst {
			t.Errorf("%d events of %s passed, want %d", n, subject, burst)
		}
	}
	if n := trips.n(); len(passed) != subjects || n > callers/4 {
		t.Errorf("%d subjects in %d round trips for %d callers", len(passed), n, callers)
	}
}

// tripCounter counts round trips.
type tripCounter struct {
	mu    sync.Mutex
	count int
}

func (c *tripCounter) reset() { c.mu.Lock(); c.count = 0; c.mu.Unlock() }
func (c *tripCounter) n() int { c.mu.Lock(); defer c.mu.Unlock(); return c.count }

func (c *tripCounter) DialHook(next redis.DialHook) redis.DialHook { return next }
func (c *tripCounter) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return next
}
func (c *tripCounter) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		c.mu.Lock()
		c.count++
		c.mu.Unlock()
		return next(ctx, cmds)
	}
}

// A counter that Redis can't read fails its own check, not its neighbours'.
func TestOneBrokenCounter(t *testing.T) {
	s := startRedis(t)
	g, rdb := patientGuard(t, s), patientClient(t, s)
	key, err := g.sharedSalt(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	broken := newQuestion(key, true, []Check{{hourly(1), "broken"}})
	if err := rdb.LPush(t.Context(), broken.keys[0], "x").Err(); err != nil {
		t.Fatal(err)
	}
	sound := newQuestion(key, true, []Check{{hourly(1), "sound"}})
	if err := g.send([]*question{broken, sound}); err != nil || sound.err != nil || len(sound.over) != 1 {
		t.Errorf("the neighbour of a broken counter: %v, %v, %v", err, sound.err, sound.over)
	}
	if !errors.Is(broken.err, ErrUnavailable) || !strings.Contains(broken.err.Error(), "WRONGTYPE") {
		t.Errorf("a broken counter: %v", broken.err)
	}
}

// A Redis that was restarted or flushed knows no script.
func TestScriptForgotten(t *testing.T) {
	s := startRedis(t)
	g, rdb := patientGuard(t, s), patientClient(t, s)
	for range 3 {
		if got, err := g.AllowStrict(t.Context(), Check{hourly(100), "a"}); err != nil || !got.Allowed {
			t.Fatalf("%+v, %v", got, err)
		}
		if err := rdb.ScriptFlush(t.Context()).Err(); err != nil {
			t.Fatal(err)
		}
	}
}

// processorTime is what this process has used of processors. It tells ways apart on a machine that others use too.
func processorTime(b *testing.B) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// processorTime is what Redis has used.
func (s *server) processorTime(b *testing.B) time.Duration {
	info, err := patientClient(b, s).InfoMap(b.Context(), "cpu").Result()
	if err != nil {
		b.Fatal(err)
	}
	total := 0.0
	for _, name := range []string{"used_cpu_user", "used_cpu_sys"} {
		seconds, err := strconv.ParseFloat(info["CPU"][name], 64)
		if err != nil {
			b.Fatalf("INFO cpu: %v in %v", err, info)
		}
		total += seconds
	}
	return time.Duration(total * float64(time.Second))
}

// BenchmarkAllow compares checks gathered in pipelines with one round trip each, of 64 goroutines and of one: two limits
// a check, as a survey has.
func BenchmarkAllow(b *testing.B) {
	s := startRedis(b)
	g, limit := patientGuard(b, s), Limit{Name: "bench", Burst: 1 << 30, Per: time.Millisecond}
	key, err := g.sharedSalt(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	alone := func(ctx context.Context, checks ...Check) (Verdict, error) {
		q := newQuestion(key, true, checks)
		return Verdict{}, g.take.Run(ctx, g.rdb, q.keys, q.args...).Err()
	}
	ways := []struct {
		name  string
		allow func(context.Context, ...Check) (Verdict, error)
	}{{"gathered", g.AllowStrict}, {"one by one", alone}}
	for _, goroutines := range []int{64, 1} {
		for _, way := range ways {
			b.Run(fmt.Sprintf("%d/%s", goroutines, way.name), func(b *testing.B) {
				var all sync.WaitGroup
				own, redis := processorTime(b), s.processorTime(b)
				for n := range goroutines {
					all.Go(func() {
						for i := n; i < b.N; i += goroutines {
							if _, err := way.allow(b.Context(), Check{limit, fmt.Sprint(i % 5000)}, Check{limit, "office"}); err != nil {
								b.Error(err)
							}
						}
					})
				}
				all.Wait()
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "checks/s")
				b.ReportMetric(float64((processorTime(b)-own).Nanoseconds())/float64(b.N), "ns-own/op")
				b.ReportMetric(float64((s.processorTime(b)-redis).Nanoseconds())/float64(b.N), "ns-redis/op")
			})
		}
	}
}

package guard

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// hourly lets no event be regained during a test.
func hourly(burst int) Limit { return Limit{Name: "survey", Burst: burst, Per: time.Hour} }

func TestAllow(t *testing.T) {
	down, err := Options("unix:///nonexistent/socket")
	if err != nil {
		t.Fatal(err)
	}
	mini := miniredis.RunT(t)
	tests := []struct {
		name     string
		guard    *Guard
		fallback bool
	}{
		{"Redis", patientGuard(t, startRedis(t)), false},
		{"Redis of the demo, in process", New(client(t, "redis://"+mini.Addr()+"?read_timeout=20s"), time.Now), false},
		{"without Redis", New(closing(t, redis.NewClient(down)), time.Now), true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			checkBurst(t, tt.guard, tt.fallback)
			checkRegained(t, tt.guard)
		})
	}
}

// checkBurst checks that a burst passes and no more, for each subject and limit apart.
func checkBurst(t *testing.T, g *Guard, fallback bool) {
	t.Helper()
	for _, limit := range []Limit{hourly(3), {Name: "login", Burst: 1, Per: time.Minute}} {
		for _, subject := range []string{"a", "b"} {
			for i := range limit.Burst + 2 {
				got, err := g.Allow(t.Context(), Check{limit, subject})
				if err != nil || got.Allowed != (i < limit.Burst) || got.Fallback != fallback {
					t.Errorf("event %d of %s for %+v: %+v, %v; want allowed %t, fallback %t", i+1, subject, limit, got, err, i < limit.Burst, fallback)
				}
				if late := got.RetryAfter; got.Allowed != (late == 0) || late < 0 || late > limit.Per {
					t.Errorf("event %d of %s for %+v: retry after %v", i+1, subject, limit, late)
				}
			}
		}
	}
}

// checkRegained checks that events come back one by one.
func checkRegained(t *testing.T, g *Guard) {
	t.Helper()
	limit := Limit{Name: "fast", Burst: 2, Per: 200 * time.Millisecond}
	begin, passed := time.Now(), 0
	eventually(t, "five events", func() bool {
		if got, _ := g.Allow(t.Context(), Check{limit, "a"}); got.Allowed {
			passed++
		}
		return passed == 5
	})
	if took := time.Since(begin); took < 3*limit.Per-5*time.Millisecond {
		t.Errorf("five events took %v; three of them had to wait %v each", took, limit.Per)
	}
}

func TestAllowIsExact(t *testing.T) {
	s := startRedis(t)
	guards := [...]*Guard{patientGuard(t, s), patientGuard(t, s)} // two processes of the service
	var passed atomic.Int64
	var all sync.WaitGroup
	for i := range 100 {
		all.Go(func() {
			got, err := guards[i%len(guards)].AllowStrict(t.Context(), Check{hourly(50), "a"})
			if err != nil {
				t.Error(err)
			}
			if got.Allowed {
				passed.Add(1)
			}
		})
	}
	all.Wait()
	if got := passed.Load(); got != 50 {
		t.Errorf("%d of 100 events passed, want 50", got)
	}
}

func TestMalformedLimit(t *testing.T) {
	g := patientGuard(t, startRedis(t))
	for _, limit := range []Limit{{}, {"", 1, time.Second}, {"x", 0, time.Second}, {"x", 1, 0}, {"x", 1, time.Microsecond}, {"x", 1, -time.Second}} {
		if got, err := g.Allow(t.Context(), Check{limit, "a"}); got.Allowed || !errors.Is(err, ErrLimit) {
			t.Errorf("Allow(%+v) = %+v, %v; want ErrLimit", limit, got, err)
		}
	}
}

// TestClockSetBack leaves counters of a future and a broken one, as after a clock that ran ahead.
func TestClockSetBack(t *testing.T) {
	s := startRedis(t)
	g, rdb, ctx := patientGuard(t, s), patientClient(t, s), t.Context()
	limit := Limit{Name: "x", Burst: 3, Per: time.Minute}
	if _, err := g.AllowStrict(ctx, Check{limit, "a"}); err != nil {
		t.Fatal(err)
	}
	keys, err := rdb.Keys(ctx, "guard:x:*").Result()
	if err != nil || len(keys) != 1 {
		t.Fatalf("counters %v, %v; want one", keys, err)
	}
	ahead := time.Now().Add(48 * time.Hour).UnixMicro()
	if err := rdb.Set(ctx, keys[0], ahead, 0).Err(); err != nil {
		t.Fatal(err)
	}
	if got, err := g.AllowStrict(ctx, Check{limit, "a"}); err != nil || got.Allowed || got.RetryAfter > limit.Per {
		t.Errorf("with a counter of the day after tomorrow: %+v, %v; want to wait a minute at most", got, err)
	}
	if err := rdb.Set(ctx, keys[0], "nonsense", 0).Err(); err != nil {
		t.Fatal(err)
	}
	if got, err := g.AllowStrict(ctx, Check{limit, "a"}); err != nil || !got.Allowed {
		t.Errorf("with a broken counter: %+v, %v; want a new one", got, err)
	}
	if life, err := rdb.PTTL(ctx, keys[0]).Result(); err != nil || life <= 0 || life > limit.Per {
		t.Errorf("the counter of one event lives %v, %v; want until it is regained", life, err)
	}
}

func TestRedisKilled(t *testing.T) {
	s := startRedis(t)
	g := New(client(t, s.url()), time.Now)
	checkOutage(t, g, s.kill, s.start)
}

func TestRedisHangs(t *testing.T) {
	s := startRedis(t)
	g := New(client(t, s.url()), time.Now)
	checkOutage(t, g, func() { s.signal(syscall.SIGSTOP) }, func() { s.signal(syscall.SIGCONT) })
}

// checkOutage checks that the survey goes on and log-in waits while Redis is away, and that both find
// back. A hundred requests in a row would wait 10 s if each asked a Redis that hangs.
func checkOutage(t *testing.T, g *Guard, away, back func()) {
	t.Helper()
	eventually(t, "Redis counts", func() bool {
		got, err := g.Allow(t.Context(), Check{hourly(1000), "before"})
		return err == nil && got.Allowed && !got.Fallback
	})
	away()
	limit := hourly(60)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	for i := range 100 {
		if got, err := g.Allow(ctx, Check{limit, "a"}); err != nil || !got.Fallback || got.Allowed != (i < limit.Burst) {
			t.Fatalf("Allow %d while Redis is away: %+v, %v; want fallback, allowed %t", i+1, got, err, i < limit.Burst)
		}
		if got, err := g.AllowStrict(ctx, Check{limit, "a"}); got.Allowed || !errors.Is(err, ErrUnavailable) {
			t.Fatalf("AllowStrict while Redis is away: %+v, %v; want ErrUnavailable", got, err)
		}
		if got := g.Address(ctx, netip.MustParseAddr("192.0.2.1")); got == "" {
			t.Fatal("Address while Redis is away is empty")
		}
	}
	if ctx.Err() != nil {
		t.Error("300 questions to a Redis that is away took 5 s")
	}
	back()
	eventually(t, "Redis counts again", func() bool {
		got, err := g.AllowStrict(t.Context(), Check{hourly(100000), "after"})
		return err == nil && got.Allowed
	})
}

// TestCallerGone checks that a caller who left does not make the others do without Redis.
func TestCallerGone(t *testing.T) {
	g := patientGuard(t, startRedis(t))
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := g.AllowStrict(gone, Check{hourly(5), "a"}); !errors.Is(err, ErrUnavailable) || !errors.Is(err, context.Canceled) {
		t.Errorf("AllowStrict with a cancelled context: %v", err)
	}
	if got, err := g.AllowStrict(t.Context(), Check{hourly(5), "a"}); err != nil || !got.Allowed {
		t.Errorf("AllowStrict after another's context was cancelled: %+v, %v", got, err)
	}
}

func TestAddress(t *testing.T) {
	s := startRedis(t)
	g, other := patientGuard(t, s), patientGuard(t, s)
	name := func(g *Guard, ip string) string { return g.Address(t.Context(), netip.MustParseAddr(ip)) }
	tests := []struct {
		a, b string
		same bool
	}{
		{"192.0.2.1", "192.0.2.1", true},
		{"192.0.2.1", "192.0.2.2", false},
		{"192.0.2.1", "::ffff:192.0.2.1", true},
		{"2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true},
		{"2001:db8:1:2::1", "2001:db8:1:3::1", false},
		{"fe80::1%eth0", "fe80::2%eth1", true},
		{"192.0.2.1", "2001:db8::1", false},
	}
	for _, tt := range tests {
		if a, b := name(g, tt.a), name(other, tt.b); (a == b) != tt.same {
			t.Errorf("%s is %s and %s is %s; want the same: %t", tt.a, a, tt.b, b, tt.same)
		}
	}
	if got := g.Address(t.Context(), netip.Addr{}); got == "" || got == name(g, "192.0.2.1") {
		t.Errorf("no address is named %q", got)
	}
}

func TestSaltIsForgotten(t *testing.T) {
	s := startRedis(t)
	c, ctx, rdb := new(clock), t.Context(), patientClient(t, s)
	g := New(patientClient(t, s), c.now)
	ip := netip.MustParseAddr("192.0.2.1")
	first := g.Address(ctx, ip)
	if life, err := rdb.PTTL(ctx, "guard:salt").Result(); err != nil || life <= 0 || life > 24*time.Hour {
		t.Errorf("the salt lives %v, %v; want 24 h at most", life, err)
	}
	drop := func() {
		if err := rdb.Del(ctx, "guard:salt").Err(); err != nil {
			t.Fatal(err)
		}
	}
	drop()
	if got := g.Address(ctx, ip); got != first {
		t.Error("the salt is fetched anew each time")
	}
	c.advance(saltCached + time.Second)
	second := g.Address(ctx, ip)
	if second == first {
		t.Error("a process kept a salt that Redis has lost for more than a minute")
	}
	// A cached salt must not outlive the one in Redis, however young the cache is.
	c.advance(saltCached + time.Second)
	if err := rdb.PExpire(ctx, "guard:salt", 30*time.Second).Err(); err != nil {
		t.Fatal(err)
	}
	if got := g.Address(ctx, ip); got != second {
		t.Error("the salt changed while Redis had it")
	}
	drop()
	c.advance(31 * time.Second)
	if got := g.Address(ctx, ip); got == second {
		t.Error("a process kept a salt past its 24 h")
	}
}

func TestLocalSalt(t *testing.T) {
	c := new(clock)
	g, other := New(client(t, "unix:///nonexistent/socket"), c.now), New(client(t, "unix:///nonexistent/socket"), c.now)
	ip, ctx := netip.MustParseAddr("192.0.2.1"), t.Context()
	first := g.Address(ctx, ip)
	if got := g.Address(ctx, ip); got != first {
		t.Error("the local salt changes with each call")
	}
	if got := other.Address(ctx, ip); got == first {
		t.Error("two processes have one local salt")
	}
	c.advance(saltLife + time.Second)
	if got := g.Address(ctx, ip); got == first {
		t.Error("the local salt is older than 24 h")
	}
}

// TestNothingInClear looks for addresses and accounts in all that Redis holds.
func TestNothingInClear(t *testing.T) {
	s := startRedis(t)
	g, rdb, ctx := patientGuard(t, s), patientClient(t, s), t.Context()
	const ip, login = "192.0.2.77", "wrona@example.pl"
	for _, subject := range []string{g.Address(ctx, netip.MustParseAddr(ip)), login, ip} {
		if _, err := g.AllowStrict(ctx, Check{hourly(3), subject}); err != nil {
			t.Fatal(err)
		}
	}
	keys, err := rdb.Keys(ctx, "*").Result()
	if err != nil || len(keys) != 4 {
		t.Fatalf("keys %v, %v; want the salt and three counters", keys, err)
	}
	for _, key := range keys {
		value, err := rdb.Get(ctx, key).Result()
		if err != nil {
			t.Fatal(err)
		}
		if all := key + value; strings.Contains(all, ip) || strings.Contains(all, login) {
			t.Errorf("Redis holds %q: %q", key, value)
		}
		if life, err := rdb.PTTL(ctx, key).Result(); err != nil || life <= 0 {
			t.Errorf("%q lives for ever", key)
		}
	}
}

func TestOptions(t *testing.T) {
	opts, err := Options("redis://user:secret@redis.example:6380/2")
	if err != nil {
		t.Fatal(err)
	}
	if opts.Addr != "redis.example:6380" || opts.DB != 2 || opts.Username != "user" || opts.Password != "secret" {
		t.Errorf("Options read %+v", opts)
	}
	for name, timeout := range map[string]time.Duration{"dial": opts.DialTimeout, "read": opts.ReadTimeout, "write": opts.WriteTimeout, "pool": opts.PoolTimeout} {
		if timeout <= 0 || timeout > 75*time.Millisecond {
			t.Errorf("%s time-out %v, want at most 75 ms", name, timeout)
		}
	}
	if opts.MaxRetries != -1 || opts.DialerRetries != 1 || !opts.ContextTimeoutEnabled || !opts.DisableIdentity ||
		opts.MaintNotificationsConfig.Mode != maintnotifications.ModeDisabled {
		t.Errorf("Options leave repeats or handshakes: %+v", opts)
	}
	if opts, err := Options("redis://localhost?read_timeout=1s&max_retries=2"); err != nil || opts.ReadTimeout != time.Second || opts.MaxRetries != 2 {
		t.Errorf("Options override what the address says: %+v, %v", opts, err)
	}
	for _, bad := range []string{"", "http://localhost", "redis://localhost/x", "redis://localhost?tyop=1", "::"} {
		if _, err := Options(bad); err == nil {
			t.Errorf("Options(%q) gives no error", bad)
		}
	}
}

package embedded

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

func client(t *testing.T, url string) *redis.Client {
	t.Helper()
	o, err := redis.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	o.ReadTimeout, o.MaxRetries = 300*time.Millisecond, -1
	c := redis.NewClient(o)
	t.Cleanup(func() { c.Close() })
	return c
}

// checkRedis tries what the limits need: expiry by the clock, the server's time, scripts.
func checkRedis(t *testing.T, url string) {
	t.Helper()
	ctx, c := testContext(t), client(t, url)
	if err := c.Set(ctx, "short", "1", 50*time.Millisecond).Err(); err != nil {
		t.Fatal(err)
	}
	if err := c.Set(ctx, "long", "1", time.Hour).Err(); err != nil {
		t.Fatal(err)
	}
	gone := func() bool { return errors.Is(c.Get(ctx, "short").Err(), redis.Nil) }
	if !within(10*time.Second, gone) {
		t.Error("a key of 50 ms does not expire")
	}
	if got, err := c.Get(ctx, "long").Result(); got != "1" || err != nil {
		t.Errorf("a key of an hour = %q, %v; want it kept", got, err)
	}
	now, err := c.Time(ctx).Result()
	if off := time.Since(now).Abs(); err != nil || off > 5*time.Second {
		t.Errorf("TIME = %v, %v; %v off", now, err, off)
	}
	script := "local now = redis.call('TIME'); redis.call('SET', KEYS[1], now[1], 'PX', ARGV[1]); return redis.call('PTTL', KEYS[1])"
	left, err := c.Eval(ctx, script, []string{"scripted"}, 60000).Int()
	if err != nil || left <= 0 || left > 60000 {
		t.Errorf("script = %d, %v; want the milliseconds left of 60000", left, err)
	}
}

func TestRedis(t *testing.T) {
	r, err := StartRedis()
	if err != nil {
		t.Fatal(err)
	}
	checkRedis(t, r.URL())
	r.Stop()
	if err := client(t, r.URL()).Ping(testContext(t)).Err(); err == nil {
		t.Error("it answers after Stop")
	}
}

func startRedisServer(t *testing.T) *RedisServer {
	t.Helper()
	r, err := StartRedisServer(testContext(t), nil)
	if errors.Is(err, ErrNoRedisServer) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Stop(); err != nil {
			t.Errorf("Stop: %v", err)
		}
	})
	return r
}

func TestRedisServer(t *testing.T) {
	checkRedis(t, startRedisServer(t).URL())
}

func TestRedisServerFaults(t *testing.T) {
	ctx, r := testContext(t), startRedisServer(t)
	url, c := r.URL(), client(t, r.URL())
	if err := c.Set(ctx, "k", "1", 0).Err(); err != nil {
		t.Fatal(err)
	}

	if err := r.Pause(); err != nil {
		t.Fatal(err)
	}
	var timeout interface{ Timeout() bool }
	if err := c.Ping(ctx).Err(); !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Errorf("paused: PING = %v; want a timeout", err)
	}
	if err := r.Resume(); err != nil {
		t.Fatal(err)
	}
	if got, err := c.Get(ctx, "k").Result(); got != "1" || err != nil {
		t.Errorf("resumed: GET = %q, %v; want 1", got, err)
	}

	if err := r.Stop(); err != nil {
		t.Fatal(err)
	}
	if err := c.Ping(ctx).Err(); err == nil || errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("stopped: PING = %v; want a refusal", err)
	}
	if err := r.Pause(); err == nil {
		t.Error("stopped: Pause = no error")
	}
	if err := r.Restart(ctx); err != nil || r.URL() != url {
		t.Fatalf("Restart = %v, %s; want %s", err, r.URL(), url)
	}
	if err := c.Get(ctx, "k").Err(); !errors.Is(err, redis.Nil) {
		t.Errorf("restarted: GET = %v; want it empty", err)
	}
}

package guard

import (
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// patience is how long anything about Redis may take: to connect, to wait for a connection, to write,
// to read. A healthy Redis answers in a millisecond, on a machine that is busy beyond its means in 20 or 30; the
// library's own 5 s, tried four times, would hold up every resident while Redis hangs. A Guard spends one and a half
// of these at most on a question (promises: 150 ms in the 99th percentile).
const patience = 75 * time.Millisecond

// Options reads a Redis address (redis://, rediss:// or unix://) and sets what it leaves open for
// a service that must not wait: short time-outs, no repeats, deadlines of the context kept.
func Options(url string) (*redis.Options, error) {
	opts, err := redis.ParseURL(url)
	if err != nil {
		return nil, fmt.Errorf("redis address: %w", err)
	}
	for _, timeout := range []*time.Duration{&opts.DialTimeout, &opts.ReadTimeout, &opts.WriteTimeout, &opts.PoolTimeout} {
		if *timeout == 0 {
			*timeout = patience
		}
	}
	if opts.MaxRetries == 0 {
		opts.MaxRetries = -1 // none; a script that ran but whose answer was lost would count twice
	}
	opts.DialerRetries = 1
	opts.ContextTimeoutEnabled = true
	opts.PipelinePoolSize = -1 // one pipeline at a time needs no pool of its own
	// Each connection starts with one HELLO and nothing else: no CLIENT SETINFO, no CLIENT MAINT_NOTIFICATIONS,
	// which moves time-outs to 10 s while a managed Redis is being moved, and no pushes of RESP3.
	opts.DisableIdentity = true
	opts.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	if opts.Protocol == 0 {
		opts.Protocol = 2
	}
	return opts, nil
}

package embedded

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/alicebob/miniredis/v2"
)

// Redis is a Redis inside this process, for the demo: it needs no binary, and forgets all when it stops.
type Redis struct {
	server *miniredis.Miniredis
	url    string
}

// StartRedis starts one on a free port of 127.0.0.1. Keys expire by the clock, as in a real server.
func StartRedis() (*Redis, error) {
	server := miniredis.NewMiniRedis()
	server.ClockTTL(true) // else keys would expire only when a test says so
	if err := server.StartAddr("127.0.0.1:0"); err != nil {
		return nil, fmt.Errorf("embedded redis: %w", err)
	}
	return &Redis{server, "redis://" + server.Addr() + "/0"}, nil
}

// URL returns the address for REDIS_URL.
func (r *Redis) URL() string { return r.url }

// Stop closes the port and all connections.
func (r *Redis) Stop() { r.server.Close() }

// RedisServer is a real redis-server, for tests: it keeps nothing on disk, and can be made to fail.
type RedisServer struct {
	binary string
	as     account
	log    io.Writer

	mu      sync.Mutex
	port    int
	process *process // nil while stopped
}

// ErrNoRedisServer reports that no redis-server is installed.
var ErrNoRedisServer = errors.New("redis-server is not installed (Debian's package is redis-server)")

// StartRedisServer starts the redis-server of PATH on a free port of 127.0.0.1 and returns once it accepts
// connections. Its messages go to log, which may be nil. Without a binary the error is ErrNoRedisServer.
func StartRedisServer(ctx context.Context, log io.Writer) (*RedisServer, error) {
	binary, err := exec.LookPath("redis-server")
	if err != nil {
		return nil, ErrNoRedisServer
	}
	as, err := serverAccount()
	if err != nil {
		return nil, fmt.Errorf("embedded redis-server: %w", err)
	}
	r := &RedisServer{binary: binary, as: as, log: log}
	if err := r.Restart(ctx); err != nil {
		return nil, err
	}
	return r, nil
}

// URL returns the address for REDIS_URL. It stays the same over restarts.
func (r *RedisServer) URL() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return "redis://" + net.JoinHostPort("127.0.0.1", strconv.Itoa(r.port)) + "/0"
}

// Stop ends the server and waits for it. Stopping what is stopped does nothing.
func (r *RedisServer) Stop() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stop()
}

// Restart starts the server again, empty, on the same port, stopping it before if it runs.
func (r *RedisServer) Restart(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.stop(); err != nil {
		return err
	}
	port, err := launchOn(ctx, r.port, r.launch)
	if err != nil {
		return fmt.Errorf("embedded redis-server: %w", err)
	}
	r.port = port
	return nil
}

// Pause makes the server hang: connections are accepted by the kernel and nothing answers, until Resume.
func (r *RedisServer) Pause() error { return r.signal(syscall.SIGSTOP) }

// Resume ends Pause.
func (r *RedisServer) Resume() error { return r.signal(syscall.SIGCONT) }

func (r *RedisServer) signal(signal syscall.Signal) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.process == nil {
		return errors.New("embedded redis-server: stopped")
	}
	return r.process.cmd.Process.Signal(signal)
}

func (r *RedisServer) stop() error {
	if r.process == nil {
		return nil
	}
	if err := r.process.end(5*time.Second, syscall.SIGTERM, syscall.SIGKILL); err != nil {
		return fmt.Errorf("embedded redis-server: %w", err)
	}
	r.process = nil
	return nil
}

func (r *RedisServer) launch(ctx context.Context, port int) error {
	cmd := exec.Command(r.binary, "--bind", "127.0.0.1", "--port", strconv.Itoa(port), "--save", "",
		"--appendonly", "no", "--daemonize", "no", "--dir", "/", "--logfile", "")
	server, err := startProcess(cmd, r.as, syscall.SIGKILL, r.log)
	if err != nil {
		return err
	}
	err = server.await(ctx, func() bool { return strings.Contains(server.log.String(), "Ready to accept connections") })
	if err != nil {
		return errors.Join(err, server.end(5*time.Second, syscall.SIGKILL))
	}
	r.process = server
	return nil
}

// Pid returns the process number of the running server, 0 while it is stopped.
func (r *RedisServer) Pid() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.process == nil {
		return 0
	}
	return r.process.cmd.Process.Pid
}

package guard

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// server is a Redis of one test, on a socket in a directory of its own.
type server struct {
	t      testing.TB
	dir    string
	cmd    *exec.Cmd
	exited chan struct{}
}

// startRedis starts a Redis that ends with the test.
func startRedis(t testing.TB) *server {
	t.Helper()
	dir, err := os.MkdirTemp("", "guard") // t.TempDir may be too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	s := &server{t: t, dir: dir}
	t.Cleanup(func() {
		s.kill()
		_ = os.RemoveAll(dir)
	})
	s.start()
	return s
}

func (s *server) url() string { return "unix://" + filepath.Join(s.dir, "s") }

// start starts the process and waits until it answers.
func (s *server) start() {
	s.t.Helper()
	path, err := exec.LookPath("redis-server")
	if err != nil {
		s.t.Fatalf("these tests need redis-server on the PATH: %v", err)
	}
	s.cmd = exec.Command(path, "--port", "0", "--unixsocket", filepath.Join(s.dir, "s"), "--save", "", "--appendonly", "no", "--dir", s.dir)
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.exited = make(chan struct{})
	go func(cmd *exec.Cmd, exited chan struct{}) {
		_ = cmd.Wait()
		close(exited)
	}(s.cmd, s.exited)
	rdb := patientClient(s.t, s)
	eventually(s.t, "Redis answers", func() bool { return rdb.Ping(s.t.Context()).Err() == nil })
}

func (s *server) kill() {
	_ = s.cmd.Process.Kill()
	<-s.exited
}

func (s *server) signal(sig syscall.Signal) {
	s.t.Helper()
	if err := s.cmd.Process.Signal(sig); err != nil {
		s.t.Fatal(err)
	}
}

// client returns a client with the service's own options.
func client(t testing.TB, url string) *redis.Client {
	t.Helper()
	opts, err := Options(url)
	if err != nil {
		t.Fatal(err)
	}
	return closing(t, redis.NewClient(opts))
}

// patientClient waits longer than the service does, so that a busy machine doesn't look like a Redis that hangs.
func patientClient(t testing.TB, s *server) *redis.Client {
	t.Helper()
	return client(t, s.url()+"?dial_timeout=20s&read_timeout=20s&write_timeout=20s&pool_timeout=20s")
}

func closing(t testing.TB, rdb *redis.Client) *redis.Client {
	t.Cleanup(func() { _ = rdb.Close() })
	return rdb
}

// eventually waits for a condition.
func eventually(t testing.TB, what string, condition func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !condition() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("still not: %s", what)
		}
	}
}

// clock is real time with an offset.
type clock struct{ offset atomic.Int64 }

func (c *clock) now() time.Time                   { return time.Now().Add(time.Duration(c.offset.Load())) }
func (c *clock) advance(d time.Duration)          { c.offset.Add(int64(d)) }
func patientGuard(t testing.TB, s *server) *Guard { return New(patientClient(t, s), time.Now) }

package embedded

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"
)

// poll is how often a condition outside this process (a file, a log line, a process table) is looked at.
const poll = 10 * time.Millisecond

// process is a server that we started and that does not outlive us.
type process struct {
	cmd  *exec.Cmd
	log  *tail
	done chan struct{} // closed when it has ended
	err  error         // how it ended; valid once done is closed
}

// startProcess starts cmd as the given account, in a process group of its own, so that Ctrl-C reaches us first
// and we end it in order. When we die without that, the kernel sends it lastWill.
//
// The kernel ties that signal to the thread that forked, not to the process, and Go ends idle threads. So one
// goroutine keeps its thread from the start to the end of the server.
func startProcess(cmd *exec.Cmd, as account, lastWill syscall.Signal, log io.Writer) (*process, error) {
	p := &process{cmd: cmd, log: &tail{next: log}, done: make(chan struct{})}
	cmd.Dir, cmd.Env = "/", []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C.UTF-8", "TZ=UTC"}
	cmd.Stdout, cmd.Stderr = p.log, p.log
	cmd.WaitDelay = 5 * time.Second
	cmd.SysProcAttr = as.attributes()
	cmd.SysProcAttr.Setpgid = true
	cmd.SysProcAttr.Pdeathsig = lastWill

	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err != nil {
			return
		}
		p.err = cmd.Wait()
		close(p.done)
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", filepath.Base(cmd.Path), err)
	}
	return p, nil
}

// await waits until ready says so. It fails when the process ends first or the context does.
func (p *process) await(ctx context.Context, ready func() bool) error {
	tick := time.NewTicker(poll)
	defer tick.Stop()
	for !ready() {
		select {
		case <-p.done:
			return fmt.Errorf("%s ended while starting: %w: %s", filepath.Base(p.cmd.Path), p.err, p.log)
		case <-ctx.Done():
			return fmt.Errorf("%s is not ready: %w: %s", filepath.Base(p.cmd.Path), ctx.Err(), p.log)
		case <-tick.C:
		}
	}
	return nil
}

// end sends the signals one after another, giving the process the patience after each, until it has ended.
func (p *process) end(patience time.Duration, signals ...syscall.Signal) error {
	for _, signal := range signals {
		// Both fail only when the process has ended, which is what we want. A paused one must go on to hear us.
		_ = p.cmd.Process.Signal(signal)
		_ = p.cmd.Process.Signal(syscall.SIGCONT)
		select {
		case <-p.done:
			return nil
		case <-time.After(patience):
		}
	}
	return fmt.Errorf("%s (process %d) does not end", filepath.Base(p.cmd.Path), p.cmd.Process.Pid)
}

// tail passes a server's messages on and keeps the last of them for our own error messages.
type tail struct {
	next io.Writer // nil: nobody else wants them

	mu   sync.Mutex
	last []byte
}

const tailSize = 8 << 10

// Write keeps and passes on. A reader that is gone must not stop the server, so that it never fails.
func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last = append(t.last, b...)
	if over := len(t.last) - tailSize; over > 0 {
		t.last = append([]byte(nil), t.last[over:]...)
	}
	if t.next != nil {
		_, _ = t.next.Write(b)
	}
	return len(b), nil
}

// String returns the last messages.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(string(t.last))
}

// freePort returns a port of 127.0.0.1 that nobody listened on a moment ago. Somebody else may be quicker, so
// the callers try again with another one.
func freePort() (int, error) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("free port: %w", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// launchOn launches a server on the given port, or on a free one if it is 0, and returns that port. Another program
// may have taken the port since it was chosen or since the server last had it, and the backends of a killed
// Postgres take a moment to go: after these failures, known by the server's messages, it tries again.
func launchOn(ctx context.Context, wanted int, launch func(context.Context, int) error) (int, error) {
	const attempts = 8
	for attempt := 1; ; attempt++ {
		port := wanted
		if wanted == 0 {
			var err error
			if port, err = freePort(); err != nil {
				return 0, err
			}
		}
		err := launch(ctx, port)
		if err == nil {
			return port, nil
		}
		passing := strings.Contains(err.Error(), "Address already in use") ||
			strings.Contains(err.Error(), "pre-existing shared memory block")
		if attempt == attempts || !passing {
			return 0, err
		}
		select {
		case <-time.After(time.Duration(attempt) * 50 * time.Millisecond):
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
}

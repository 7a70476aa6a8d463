package embedded

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"testing"
	"time"
)

const abandonedDir = "EMBEDDED_TEST_ABANDONED_DIR"

// TestMain lets abandon run this binary as a program that starts a server and waits to be killed.
func TestMain(m *testing.M) {
	dir := os.Getenv(abandonedDir)
	if dir == "" {
		os.Exit(m.Run())
	}
	p, err := StartPostgres(context.Background(), PostgresOptions{Dir: dir, Settings: quick})
	if err == nil {
		var db *sql.DB
		if db, err = sql.Open("postgres", p.OwnerURL("postgres")); err == nil {
			_, err = db.Exec("CREATE TABLE kept AS SELECT 1 AS n")
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println("pid", p.Pid())
	select {}
}

// abandon starts a server from another process, kills that process and returns the server's process numbers.
func abandon(t *testing.T, dir string) []int {
	t.Helper()
	starter := exec.Command(os.Args[0])
	starter.Env = append(os.Environ(), abandonedDir+"="+dir)
	starter.Stderr = os.Stderr
	out, err := starter.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := starter.Start(); err != nil {
		t.Fatal(err)
	}
	var server int
	for lines := bufio.NewScanner(out); server == 0 && lines.Scan(); {
		_, _ = fmt.Sscanf(lines.Text(), "pid %d", &server)
	}
	var pids []int
	if server != 0 {
		pids = children(t, server)
	}
	_ = starter.Process.Kill() // it may have ended by itself,
	_ = starter.Wait()         // which shows in that it named no server
	if server == 0 {
		t.Fatal("the starter did not start a server")
	}
	return pids
}

func TestPostgresDiesWithItsStarter(t *testing.T) {
	dir := t.TempDir()
	for _, pid := range abandon(t, dir) {
		if !within(30*time.Second, func() bool { return !running(pid) }) {
			t.Errorf("process %d outlived its starter", pid)
		}
	}
	wantQuery(t, start(t, PostgresOptions{Dir: dir}), "SELECT n FROM kept", "1")
}

// A new start at once, while the old server is still ending, waits for it.
func TestPostgresFollowsAKilledStarter(t *testing.T) {
	dir := t.TempDir()
	old := abandon(t, dir)
	p := start(t, PostgresOptions{Dir: dir})
	wantQuery(t, p, "SELECT n FROM kept", "1")
	if running(old[0]) {
		t.Errorf("the server %d outlived its starter", old[0])
	}
}

// The kernel's signal goes by the thread that started the server. That must not be the caller's, which may end.
func TestPostgresOutlivesTheStartingThread(t *testing.T) {
	var (
		p      *Postgres
		err    error
		thread int
	)
	onEndingThread(func() {
		p, err = StartPostgres(testContext(t), PostgresOptions{Dir: t.TempDir(), Settings: quick})
		thread = syscall.Gettid()
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Stop() })
	gone := func() bool {
		_, err := os.Stat(fmt.Sprintf("/proc/self/task/%d", thread))
		return err != nil
	}
	if !within(time.Minute, gone) {
		t.Fatal("the thread does not end")
	}
	// A server that was told to stop would break this off.
	wantQuery(t, p, "SELECT 'alive' FROM pg_sleep(0.3)", "alive")
}

// onEndingThread runs f on a thread that ends with it: one that a goroutine locked and never unlocked. The process's
// first thread never ends; if it comes up, it is held while another is taken.
func onEndingThread(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread()
		if syscall.Gettid() == os.Getpid() {
			onEndingThread(f)
			runtime.UnlockOSThread()
			return
		}
		f()
	}()
	<-done
}

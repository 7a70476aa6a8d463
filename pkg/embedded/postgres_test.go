package embedded

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	_ "github.com/lib/pq"
)

// quick leaves out what only matters when the power fails.
var quick = map[string]string{"fsync": "off"}

func start(t *testing.T, o PostgresOptions) *Postgres {
	t.Helper()
	if o.Settings == nil {
		o.Settings = quick
	}
	p, err := StartPostgres(testContext(t), o)
	if err != nil {
		t.Fatalf("StartPostgres: %v", err)
	}
	t.Cleanup(func() {
		if err := p.Stop(); err != nil {
			t.Errorf("Stop: %v", err)
		}
	})
	return p
}

func testContext(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

func exec1(t *testing.T, p *Postgres, statement string) {
	t.Helper()
	db := open(t, p.OwnerURL("postgres"))
	if _, err := db.Exec(statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func query(t *testing.T, p *Postgres, statement string) (string, error) {
	t.Helper()
	var got string
	err := open(t, p.OwnerURL("postgres")).QueryRow(statement).Scan(&got)
	return got, err
}

func wantQuery(t *testing.T, p *Postgres, statement, want string) {
	t.Helper()
	if got, err := query(t, p, statement); err != nil || got != want {
		t.Errorf("%s = %q, %v; want %q", statement, got, err, want)
	}
}

func open(t *testing.T, dsn string) *sql.DB {
	t.Helper()
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// children returns the process numbers of the server and of all it forked.
func children(t *testing.T, server int) []int {
	t.Helper()
	pids := []int{server}
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range stats {
		b, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		// pid (name) state parent …; the name may hold spaces.
		fields := strings.Fields(string(b[strings.LastIndexByte(string(b), ')')+1:]))
		if fields[1] == strconv.Itoa(server) {
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
			pids = append(pids, pid)
		}
	}
	return pids
}

// running tells whether the process still does something, zombies do not.
func running(pid int) bool {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	return !strings.HasPrefix(string(b[strings.LastIndexByte(string(b), ')')+1:]), " Z")
}

func TestPostgresKeepsItsDataAndLeavesNoProcess(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "kept")
	p := start(t, PostgresOptions{Dir: dir})
	wantQuery(t, p, "SELECT 1", "1")
	wantQuery(t, p, "SHOW fsync", "off")
	wantQuery(t, p, "SHOW server_encoding", "UTF8")
	wantQuery(t, p, "SHOW listen_addresses", "127.0.0.1")
	wantQuery(t, p, "SELECT lower('ŻÓŁĆ')", "żółć")
	exec1(t, p, "CREATE TABLE kept AS SELECT 'osielsko' AS slug")

	all := children(t, p.Pid())
	if len(all) < 4 {
		t.Fatalf("server with children = %v; want several", all)
	}
	if err := p.Stop(); err != nil {
		t.Fatal(err)
	}
	for _, pid := range all {
		if running(pid) {
			t.Errorf("process %d is left after Stop", pid)
		}
	}
	if err := p.Stop(); err != nil || p.Pid() != 0 {
		t.Errorf("second Stop = %v, Pid = %d; want nothing to happen", err, p.Pid())
	}

	p = start(t, PostgresOptions{Dir: dir})
	wantQuery(t, p, "SELECT slug FROM kept", "osielsko")
	if err := p.Stop(); err != nil {
		t.Fatal(err)
	}
	p = start(t, PostgresOptions{Dir: dir, Fresh: true})
	wantQuery(t, p, "SELECT count(*) FROM pg_tables WHERE tablename = 'kept'", "0")
}

func TestPostgresRestart(t *testing.T) {
	p := start(t, PostgresOptions{Dir: t.TempDir(), Fresh: true})
	before := p.URL("postgres", "postgres")
	exec1(t, p, "CREATE TABLE kept AS SELECT 1 AS n")

	steps := []struct {
		name string
		stop func() error
	}{
		{"in order", func() error { return nil }},
		{"after a crash", p.StopImmediate},
		{"after kill -9", func() error { return syscall.Kill(p.Pid(), syscall.SIGKILL) }},
		{"while it hangs", func() error { return syscall.Kill(p.Pid(), syscall.SIGSTOP) }},
	}
	for _, step := range steps {
		t.Run(step.name, func(t *testing.T) {
			old := p.Pid()
			if err := step.stop(); err != nil {
				t.Fatal(err)
			}
			if err := p.Restart(testContext(t)); err != nil {
				t.Fatal(err)
			}
			wantQuery(t, p, "SELECT n FROM kept", "1")
			if got := p.URL("postgres", "postgres"); got != before || p.Pid() == old {
				t.Errorf("URL = %s, Pid = %d; want %s and another than %d", got, p.Pid(), before, old)
			}
		})
	}
}

func TestPostgresInUse(t *testing.T) {
	dir := t.TempDir()
	p := start(t, PostgresOptions{Dir: dir})
	if _, err := StartPostgres(testContext(t), PostgresOptions{Dir: dir, Fresh: true}); !errors.Is(err, ErrInUse) {
		t.Fatalf("second StartPostgres on the directory = %v; want ErrInUse", err)
	}
	wantQuery(t, p, "SELECT 1", "1")
}

func TestPostgresRefusals(t *testing.T) {
	taken, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	put := func(name, text string) string {
		dir := t.TempDir()
		if err := os.MkdirAll(filepath.Join(dir, "cluster"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "cluster", name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	precious := put("thesis.odt", "years of work")
	tests := []struct {
		name    string
		options PostgresOptions
		want    string
	}{
		{"no directory", PostgresOptions{}, "no data directory"},
		{"not a cluster", PostgresOptions{Dir: precious, Fresh: true}, "is not a Postgres cluster"},
		{"another version's cluster", PostgresOptions{Dir: put("PG_VERSION", "9\n")}, "made by PostgreSQL 9"},
		{"a setting that does not exist", PostgresOptions{Dir: t.TempDir(), Settings: map[string]string{"fsync": "off", "colour": "red"}}, `"colour"`},
		{"a port in use", PostgresOptions{Dir: t.TempDir(), Settings: quick, Port: taken.Addr().(*net.TCPAddr).Port}, "Address already in use"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := StartPostgres(testContext(t), tt.options)
			if err == nil {
				t.Fatalf("StartPostgres = no error (Stop: %v); want %q", p.Stop(), tt.want)
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("StartPostgres = %v; want %q", err, tt.want)
			}
		})
	}
	if _, err := os.Stat(filepath.Join(precious, "cluster", "thesis.odt")); err != nil {
		t.Errorf("somebody's file is gone: %v", err)
	}
}

func TestPostgresCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	dir := t.TempDir()
	if _, err := StartPostgres(ctx, PostgresOptions{Dir: dir, Settings: quick}); err == nil {
		t.Fatal("StartPostgres with a cancelled context = no error")
	}
	wantQuery(t, start(t, PostgresOptions{Dir: dir}), "SELECT 1", "1")
}

// A foreign process that has got the number of a dead server looks to Postgres like that server.
func TestPostgresStaleLockFile(t *testing.T) {
	dir := t.TempDir()
	p := start(t, PostgresOptions{Dir: dir})
	as := p.cluster.as
	if err := p.Stop(); err != nil {
		t.Fatal(err)
	}
	foreign := exec.Command("sleep", "600")
	foreign.SysProcAttr = as.attributes()
	if err := foreign.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = foreign.Process.Kill(), foreign.Wait() })
	dead := exec.Command("true")
	if err := dead.Run(); err != nil {
		t.Fatal(err)
	}

	tests := []struct{ name, content string }{
		{"of a foreign process", fmt.Sprintf("%d\n%s\n1\n5432\n\n127.0.0.1\n\nready   \n", foreign.Process.Pid, p.cluster.data())},
		{"of a dead process", fmt.Sprintf("%d\n%s\n1\n5432\n\n127.0.0.1\n\nready   \n", dead.Process.Pid, p.cluster.data())},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			lock := filepath.Join(p.cluster.data(), lockFileName)
			if err := os.WriteFile(lock, []byte(tt.content), 0o600); err != nil {
				t.Fatal(err)
			}
			if os.Geteuid() == 0 {
				if err := os.Chown(lock, as.uid, as.gid); err != nil {
					t.Fatal(err)
				}
			}
			if err := p.Restart(testContext(t)); err != nil {
				t.Fatal(err)
			}
			wantQuery(t, p, "SELECT 1", "1")
			if err := p.Stop(); err != nil {
				t.Fatal(err)
			}
		})
	}
	if !running(foreign.Process.Pid) {
		t.Error("the foreign process was killed")
	}
}

// A server that nobody looks after any more is ended, whoever started it.
func TestPostgresEvictsOldServer(t *testing.T) {
	dir := t.TempDir()
	p := start(t, PostgresOptions{Dir: dir})
	if err := p.Stop(); err != nil {
		t.Fatal(err)
	}
	port, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	old := exec.Command(filepath.Join(p.binaries.dir, "postgres"), "-D", p.cluster.data(), "-p", strconv.Itoa(port), "-c", "unix_socket_directories=")
	old.SysProcAttr = p.cluster.as.attributes()
	if err := old.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- old.Wait() }()
	t.Cleanup(func() { _ = old.Process.Kill() })
	ready := func() bool {
		lock, err := readLockFile(p.cluster.data())
		return err == nil && lock.pid == old.Process.Pid && lock.status == "ready"
	}
	if !within(time.Minute, ready) {
		t.Fatal("the old server does not start")
	}

	if err := p.Restart(testContext(t)); err != nil {
		t.Fatal(err)
	}
	wantQuery(t, p, "SELECT 1", "1")
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		t.Error("the old server still runs")
	}
}

func TestReachLeavesHomesAlone(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root runs servers as somebody else")
	}
	closed := t.TempDir()
	if err := os.Chmod(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", filepath.Join(closed, "elsewhere")) // so that closed is no temporary directory
	_, err := StartPostgres(testContext(t), PostgresOptions{Dir: filepath.Join(closed, "data")})
	if err == nil || !strings.Contains(err.Error(), "can't get into "+closed) {
		t.Errorf("StartPostgres = %v; want that the directory is closed", err)
	}
	info, err := os.Stat(closed)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("mode = %v, %v; want it unchanged", info.Mode(), err)
	}
}

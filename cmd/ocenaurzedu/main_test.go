package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"ocenaurzedu.eu/pkg/embedded"
	"ocenaurzedu.eu/pkg/pgtest"
)

// binaryDir keeps the program that the tests run.
var binaryDir = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "ocenaurzedu-cmd-")
	if err != nil {
		return "", err
	}
	out, err := exec.Command("go", "build", "-buildvcs=false", "-o", filepath.Join(dir, "ocenaurzedu"), ".").CombinedOutput()
	if err != nil {
		err = fmt.Errorf("go build: %w\n%s", err, out)
	}
	return dir, err
})

func TestMain(m *testing.M) {
	code := m.Run()
	if dir, err := binaryDir(); err == nil {
		_ = os.RemoveAll(dir)
	}
	os.Exit(code)
}

// command prepares a run of the program with settings, and nothing else of the environment but PATH.
func command(t testing.TB, settings []string, args ...string) *exec.Cmd {
	t.Helper()
	dir, err := binaryDir()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(filepath.Join(dir, "ocenaurzedu"), args...)
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()}, settings...)
	return cmd
}

// result is what a run of the program left.
type result struct {
	out, err string
	code     int
}

func runCommand(t testing.TB, settings []string, args ...string) result {
	t.Helper()
	cmd := command(t, settings, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("%v: %v", args, err)
	}
	return result{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

// mustRun runs a command that must succeed and reads its JSON into dest, unless that is nil.
func mustRun(t testing.TB, settings []string, dest any, args ...string) {
	t.Helper()
	r := runCommand(t, settings, args...)
	if r.code != 0 {
		t.Fatalf("%v: exit code %d\n%s", args, r.code, r.err)
	}
	if dest == nil {
		return
	}
	if err := json.Unmarshal([]byte(r.out), dest); err != nil {
		t.Fatalf("%v: %v in %s", args, err, r.out)
	}
}

// refused runs a command that must be refused with one line that says why.
func refused(t testing.TB, settings []string, code int, why string, args ...string) {
	t.Helper()
	r := runCommand(t, settings, args...)
	if r.code != code || strings.Count(r.err, "\n") != 1 || !strings.Contains(r.err, why) {
		t.Errorf("%v: exit code %d, %q; want %d and %q in one line", args, r.code, r.err, code, why)
	}
	if strings.Contains(r.err, "goroutine") || strings.Contains(r.err, "pq:") {
		t.Errorf("%v: %q is no answer for a person", args, r.err)
	}
}

// settings are those of a database of its own, with the service on a free port of *.localhost.
func settings(t testing.TB) []string {
	t.Helper()
	redis, err := embedded.StartRedis()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(redis.Stop)
	serviceURL, ownerURL := pgtest.Database(t)
	return []string{"DATABASE_URL=" + serviceURL, "DATABASE_OWNER_URL=" + ownerURL, "REDIS_URL=" + redis.URL(), "BASE_DOMAIN=localhost",
		"LISTEN_ADDR=127.0.0.1:0", "ADMIN_ADDR=127.0.0.1:0", "DRAIN_DELAY=0s"}
}

// running is a service that runs.
type running struct {
	cmd            *exec.Cmd
	address, admin string // host:port
	port           string
	ended          chan struct{} // closed when it has ended and everything it wrote is read
	errors         lockedLog     // what it wrote to standard error

	mu    sync.Mutex
	lines []string // of its log
}

// startServe starts the service and returns once it listens.
func startServe(t testing.TB, settings []string) *running {
	t.Helper()
	r := &running{cmd: command(t, settings, "serve"), ended: make(chan struct{})}
	out, err := r.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	r.cmd.Stderr = io.MultiWriter(os.Stderr, &r.errors)
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	listening := make(chan [2]string, 1)
	go r.read(out, listening)
	t.Cleanup(func() {
		_ = r.cmd.Process.Kill() // fails where it has ended
		<-r.ended
	})
	select {
	case addresses := <-listening:
		r.address, r.admin = addresses[0], addresses[1]
		r.port = r.address[strings.LastIndex(r.address, ":")+1:]
	case <-r.ended:
		t.Fatalf("serve ended at once: %s", r.log())
	case <-time.After(30 * time.Second):
		t.Fatalf("serve does not listen: %s", r.log())
	}
	return r
}

func (r *running) read(out io.Reader, listening chan<- [2]string) {
	scanner := bufio.NewScanner(out)
	for scanner.Scan() {
		var line struct{ Msg, Address, Admin string }
		if json.Unmarshal(scanner.Bytes(), &line) == nil && line.Msg == "listening" {
			listening <- [2]string{line.Address, line.Admin}
		}
		r.mu.Lock()
		r.lines = append(r.lines, scanner.Text())
		r.mu.Unlock()
	}
	_ = r.cmd.Wait() // the exit code is in ProcessState
	close(r.ended)
}

func (r *running) log() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.lines, "\n")
}

// get asks for a page of an office; host "" is the listener's own address.
func (r *running) get(t testing.TB, slug, path string) *http.Response {
	t.Helper()
	response, err := r.try(slug, path)
	if err != nil {
		t.Fatal(err)
	}
	return response
}

func (r *running) try(slug, path string) (*http.Response, error) {
	request, err := http.NewRequest(http.MethodGet, "http://"+r.address+path, nil)
	if err != nil {
		return nil, err
	}
	if slug != "" {
		request.Host = slug + ".localhost:" + r.port
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 20 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	response.Body = io.NopCloser(bytes.NewReader(body))
	return response, err
}

// end sends the signal and returns the exit code.
func (r *running) end(t testing.TB, signal os.Signal) int {
	t.Helper()
	if err := r.cmd.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}
	return r.wait(t)
}

func (r *running) wait(t testing.TB) int {
	t.Helper()
	select {
	case <-r.ended:
	case <-time.After(25 * time.Second): // after which an orchestrator kills
		t.Fatalf("not ended after 25 s: %s", r.log())
	}
	return r.cmd.ProcessState.ExitCode()
}

// eventually waits until the condition holds.
func eventually(t testing.TB, what string, condition func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !condition() {
		select {
		case <-ctx.Done():
			t.Fatalf("never: %s", what)
		case <-tick.C:
		}
	}
}

func TestUsage(t *testing.T) {
	refused(t, nil, exitUsage, "try --help")
	refused(t, nil, exitUsage, "bogus", "bogus")
	refused(t, nil, exitUsage, "--slug", "tenant", "add")
	refused(t, nil, exitUsage, "--role", "user", "add", "--tenant=osielsko", "--email=a@b.example", "--name=A", "--role=operator")
	refused(t, nil, exitUsage, "--reason", "user", "reset", "--tenant=osielsko", "--email=a@b.example")
	if r := runCommand(t, nil, "--help"); r.code != 0 || !strings.Contains(r.out, "migrate") || r.err != "" {
		t.Errorf("--help: exit code %d, %s%s", r.code, r.out, r.err)
	}
}

func TestConfig(t *testing.T) {
	var listed []struct{ Name, Default, Meaning string }
	mustRun(t, []string{"DATABASE_URL=postgres://service:tajne@db/ocena"}, &listed, "config", "--json")
	if len(listed) < 12 || listed[0].Name != "APP_ENV" || listed[0].Default != "production" || listed[0].Meaning == "" {
		t.Errorf("config --json: %+v", listed)
	}
	table := runCommand(t, []string{"DATABASE_URL=postgres://service:tajne@db/ocena"}, "config")
	for _, s := range listed {
		if !strings.Contains(table.out, s.Name) || strings.Contains(table.out, "tajne") {
			t.Errorf("config does not tell %s, or shows a password:\n%s", s.Name, table.out)
		}
	}
}

// serve tells all that is wrong at once, and takes a moved clock in tests only.
func TestServeRefusesWrongSettings(t *testing.T) {
	good := []string{"BASE_DOMAIN=localhost", "DATABASE_URL=postgres://service:tajne@127.0.0.1:1/ocena", "REDIS_URL=redis://127.0.0.1:1", "LISTEN_ADDR=127.0.0.1:0"}
	tests := []struct {
		name, want string
		settings   []string
	}{
		{"nothing set", "BASE_DOMAIN: must be set; DATABASE_URL: must be set; REDIS_URL: must be set", nil},
		{"several wrong", "LISTEN_ADDR: want host:port or :port, such as :8080; ADMIN_ADDR: the host must be", append(good, "ADMIN_ADDR=0.0.0.0:9090", "LISTEN_ADDR=8080")},
		{"a moved clock in production", "APP_FAKE_NOW: is for tests", append(good, "APP_FAKE_NOW=2026-03-10T09:00:00Z")},
		{"a moved clock in a demo", "APP_FAKE_NOW: serve takes it only with APP_ENV=test", append(good, "APP_FAKE_NOW=2026-03-10T09:00:00Z", "APP_ENV=demo")},
		{"no number of a Redis database", "REDIS_URL: want redis://", append(good, "REDIS_URL=redis://:tajne@127.0.0.1/x")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			refused(t, tt.settings, exitRefused, tt.want, "serve")
			if r := runCommand(t, tt.settings, "serve"); strings.Contains(r.err, "tajne") {
				t.Errorf("serve shows a password: %s", r.err)
			}
		})
	}
	if r := runCommand(t, good, "config", "--check"); r.code != 0 {
		t.Errorf("config --check of good settings: %s", r.err)
	}
}

func TestRoutes(t *testing.T) {
	var routes []struct {
		Method, Path, Audience string
		Changes                *bool
	}
	mustRun(t, nil, &routes, "routes", "--json")
	seen := map[string]bool{}
	for _, r := range routes {
		if r.Method == "" || !strings.HasPrefix(r.Path, "/") || r.Audience == "" || r.Changes == nil {
			t.Errorf("route %+v is not told whole", r)
		}
		if seen[r.Method+" "+r.Path] {
			t.Errorf("%s %s is listed twice", r.Method, r.Path)
		}
		seen[r.Method+" "+r.Path] = true
	}
	for _, want := range []string{"GET /assets/:name", "GET /panel/logowanie", "POST /panel/logowanie", "GET /healthz", "GET /readyz", "GET /metrics"} {
		if !seen[want] {
			t.Errorf("%s is not listed", want)
		}
	}
	if table := runCommand(t, nil, "routes"); strings.Count(table.out, "\n") != len(routes)+1 {
		t.Errorf("the table has other lines than the %d routes:\n%s", len(routes), table.out)
	}
}

func TestMigrate(t *testing.T) {
	with := settings(t)
	var migrated struct{ Version int64 }
	mustRun(t, with, &migrated, "migrate", "--json")
	if migrated.Version < 5 {
		t.Errorf("migrate tells version %d", migrated.Version)
	}
	refused(t, []string{}, exitRefused, "DATABASE_OWNER_URL: must be set", "migrate")
	refused(t, []string{"DATABASE_OWNER_URL=postgres://owner:tajne@127.0.0.1:1/ocena"}, exitRefused, "refused", "migrate")
}

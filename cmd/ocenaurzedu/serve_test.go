package main

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/valyala/fasthttp"

	"ocenaurzedu.eu/migrations"
	"ocenaurzedu.eu/pkg/config"
	"ocenaurzedu.eu/pkg/embedded"
	"ocenaurzedu.eu/pkg/store"
)

// The service says 503 while its last requests end, answers them, and exits with 0.
func TestServeDrains(t *testing.T) {
	r := startServe(t, append(settings(t), "DRAIN_DELAY=2s"))
	if got := r.get(t, "", "/readyz").StatusCode; got != http.StatusOK {
		t.Fatalf("/readyz says %d", got)
	}
	slow, err := net.Dial("tcp", r.address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = slow.Close() }()
	_, _ = fmt.Fprintf(slow, "POST /healthz HTTP/1.1\r\nHost: nobody.localhost\r\nContent-Length: 4\r\n\r\nab") // under way: half a body
	if err := r.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	eventually(t, "/readyz says 503 while draining", func() bool {
		response, err := r.try("", "/readyz")
		return err == nil && response.StatusCode == http.StatusServiceUnavailable
	})
	eventually(t, "no more connections are taken", func() bool {
		_, err := r.try("", "/readyz")
		return err != nil
	})
	if _, err := fmt.Fprint(slow, "cd"); err != nil {
		t.Fatalf("the request under way was cut off: %v", err)
	}
	if response, err := http.ReadResponse(bufio.NewReader(slow), nil); err != nil || response.StatusCode != http.StatusMisdirectedRequest {
		t.Errorf("the request under way got %+v, %v; want 421", response, err)
	}
	_ = slow.Close()
	if code := r.wait(t); code != 0 {
		t.Errorf("exit code %d: %s", code, r.log())
	}
	if !strings.Contains(r.log(), `"msg":"stopped"`) {
		t.Errorf("the log does not tell that it stopped: %s", r.log())
	}
}

// Standard output holds nothing but JSON lines, and no line holds an address, a path or a query.
func TestServeLogs(t *testing.T) {
	r := startServe(t, append(settings(t), "TRUSTED_PROXIES=127.0.0.1"))
	r.get(t, "nobody", "/some/path?secret=tajne")
	r.get(t, "", "/healthz")
	if code := r.end(t, syscall.SIGINT); code != 0 {
		t.Errorf("exit code %d", code)
	}
	requests := 0
	for line := range strings.SplitSeq(r.log(), "\n") {
		var entry struct{ Msg, Time, Level string }
		if err := json.Unmarshal([]byte(line), &entry); err != nil || entry.Time == "" || entry.Level == "" {
			t.Errorf("%q is no line of a log: %v", line, err)
		}
		if entry.Msg == "request" {
			requests++
		}
		if strings.Contains(line, "tajne") || strings.Contains(line, "some/path") {
			t.Errorf("the log tells what a resident asked for: %s", line)
		}
	}
	if requests != 2 {
		t.Errorf("%d requests in the log, want 2:\n%s", requests, r.log())
	}
}

func TestAdminListener(t *testing.T) {
	r := startServe(t, settings(t))
	for path, want := range map[string]string{"/metrics": "ocenaurzedu_", "/healthz": "ok", "/readyz": "ready"} {
		response, err := http.Get("http://" + r.admin + path)
		if err != nil {
			t.Fatal(err)
		}
		body := make([]byte, 1<<20)
		n, _ := bufio.NewReader(response.Body).Read(body)
		_ = response.Body.Close()
		if response.StatusCode != http.StatusOK || n == 0 || path != "/metrics" && !strings.Contains(string(body[:n]), want) {
			t.Errorf("%s: %d %q, want %q", path, response.StatusCode, body[:n], want)
		}
	}
	if got := r.get(t, "", "/metrics").StatusCode; got != http.StatusMisdirectedRequest {
		t.Errorf("/metrics on the public listener: %d, want 421", got)
	}
}

// The service starts while the database is away, says so, and serves once it is back.
func TestServeWaitsForTheDatabase(t *testing.T) {
	ctx := context.Background()
	pg, err := embedded.StartPostgres(ctx, embedded.PostgresOptions{Dir: filepath.Join(t.TempDir(), "pg"), Settings: map[string]string{"fsync": "off"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pg.Stop() })
	makeDatabase(t, pg)
	with := append(settings(t), "DATABASE_URL="+pg.URL(demoLogin, demoDatabase))
	mustRun(t, with, nil, "tenant", "add", "--slug=osielsko", "--name=Urząd Gminy Osielsko", "--admin-email=anna@osielsko.example", "--json")
	if err := pg.Stop(); err != nil {
		t.Fatal(err)
	}

	r := startServe(t, with)
	if got := r.get(t, "", "/healthz").StatusCode; got != http.StatusOK {
		t.Errorf("/healthz without a database: %d", got)
	}
	for _, path := range []string{"/readyz", "/panel/logowanie"} {
		if got := r.get(t, "osielsko", path); got.StatusCode != http.StatusServiceUnavailable || got.Header.Get("Retry-After") == "" {
			t.Errorf("%s without a database: %d, Retry-After %q", path, got.StatusCode, got.Header.Get("Retry-After"))
		}
	}
	refused(t, with, exitRefused, "the database can't be reached", "tenant", "list")

	if err := pg.Restart(ctx); err != nil {
		t.Fatal(err)
	}
	eventually(t, "/readyz says 200 once the database is back", func() bool { return r.get(t, "", "/readyz").StatusCode == http.StatusOK })
	eventually(t, "the office is served", func() bool { return r.get(t, "osielsko", "/panel/logowanie").StatusCode == http.StatusOK })
	if code := r.end(t, syscall.SIGTERM); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

func makeDatabase(t *testing.T, pg *embedded.Postgres) {
	t.Helper()
	if err := prepareDatabase(context.Background(), pg); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Migrate(context.Background(), pg.OwnerURL(demoDatabase), "", migrations.Files); err != nil {
		t.Errorf("migrate twice: %v", err)
	}
	db, err := sql.Open("postgres", pg.OwnerURL(demoDatabase))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var inherits bool
	if err := db.QueryRow(`SELECT rolinherit FROM pg_roles WHERE rolname = $1`, demoLogin).Scan(&inherits); err != nil || inherits {
		t.Errorf("the service's login inherits rights: %t, %v", inherits, err)
	}
}

// In a test the clock starts at APP_FAKE_NOW.
func TestServeFakeNow(t *testing.T) {
	with := append(settings(t), "APP_ENV=test", "APP_FAKE_NOW=2030-05-06T12:00:00Z")
	var invited invitedPerson
	mustRun(t, with, &invited, "tenant", "add", "--slug=osielsko", "--name=Urząd Gminy Osielsko", "--admin-email=anna@osielsko.example", "--json")
	if got := invited.Expires.UTC().Format("2006-01-02 15:04"); got != "2030-05-13 12:00" {
		t.Errorf("the invitation expires at %s", got)
	}
	r := startServe(t, with)
	eventually(t, "the invitation is open", func() bool {
		return r.get(t, "osielsko", strings.TrimPrefix(invited.Link, invited.Address)).StatusCode == http.StatusOK
	})
}

// A service that knows the secret and no office yet sends nobody away from an address that is right.
func TestServeWaitsForTheOffices(t *testing.T) {
	cfg, err := config.Load(config.Environ([]string{"BASE_DOMAIN=localhost", "DATABASE_URL=postgres://nobody@127.0.0.1:1/nothing", "REDIS_URL=redis://127.0.0.1:1"}))
	if err != nil {
		t.Fatal(err)
	}
	s, err := newService(context.Background(), cfg, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.close() }()
	s.open.Store(true)
	var c fasthttp.RequestCtx
	c.Request.SetRequestURI("http://osielsko.localhost/")
	s.whenOpen(func(*fasthttp.RequestCtx) { t.Error("the request was let in") })(&c)
	if c.Response.StatusCode() != http.StatusServiceUnavailable {
		t.Errorf("status %d, want 503", c.Response.StatusCode())
	}
}

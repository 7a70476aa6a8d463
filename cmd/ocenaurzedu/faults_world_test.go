package main

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"

	"ocenaurzedu.eu/pkg/embedded"
)

// world is a private Postgres and Redis, and a proxy before each of them and before the program under test.
type world struct {
	whole                  *testing.T // the test that the servers live as long as; its parts come and go
	pg                     *embedded.Postgres
	redis                  *embedded.RedisServer
	toPostgres, toRedis    *link
	toProgram              *link
	with                   []string // settings of the service, which reaches both through the proxies
	owner                  *sql.DB  // past the proxies
	offices                []*faultOffice
	crowd                  *driver
	service                *running
	former                 []*running // services that have ended
	serverLog              *lockedLog // of Postgres and Redis
	goroutines, memory     float64    // of an idle service that has served everybody once
	dir                    string
	smallDisk, withoutDisk string // a small tmpfs, or why there is none
}

// link is a proxy between two that can be made to misbehave.
type link struct{ *toxiproxy.Proxy }

func newLink(t *testing.T, name, upstream string) *link {
	t.Helper()
	p := toxiproxy.NewProxy(toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop()), name, "127.0.0.1:0", upstream)
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	return &link{p}
}

// lead makes the link end elsewhere, on the same address. It closes all connections.
func (l *link) lead(t *testing.T, upstream string) {
	t.Helper()
	l.Stop()
	eventually(t, "the link is open again", func() bool { // an outgoing connection may have taken the port meanwhile
		return l.Update(&toxiproxy.Proxy{Listen: l.Listen, Upstream: upstream}) == nil &&
			l.Update(&toxiproxy.Proxy{Listen: l.Listen, Upstream: upstream, Enabled: true}) == nil
	})
}

// disturb makes the link misbehave until mend.
func (l *link) disturb(t *testing.T, kind, attributes string) (mend func()) {
	t.Helper()
	toxic, err := l.Toxics.AddToxicJson(strings.NewReader(fmt.Sprintf(`{"type": %q, "stream": "downstream", "attributes": {%s}}`, kind, attributes)))
	if err != nil {
		t.Fatal(err)
	}
	return sync.OnceFunc(func() {
		if err := l.Toxics.RemoveToxic(context.Background(), toxic.Name); err != nil {
			t.Error(err)
		}
	})
}

// lockedLog keeps what servers write.
type lockedLog struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lockedLog) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *lockedLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// newWorld starts both servers with the settings of production, and adds the offices. Postgres gets more settings
// from the caller.
func newWorld(t *testing.T, offices int, more map[string]string) *world {
	t.Helper()
	ctx := context.Background()
	w := &world{whole: t, serverLog: &lockedLog{}}
	w.dir = t.TempDir()
	w.mountSmallDisk(t) // before Postgres, so that it is unmounted after it
	var err error
	w.pg, err = embedded.StartPostgres(ctx, embedded.PostgresOptions{Dir: filepath.Join(w.dir, "pg"), Settings: more, Log: w.serverLog})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.pg.StopImmediate() })
	if err := prepareDatabase(ctx, w.pg); err != nil {
		t.Fatal(err)
	}
	w.redis, err = embedded.StartRedisServer(ctx, w.serverLog)
	if errors.Is(err, embedded.ErrNoRedisServer) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.redis.Stop() })
	w.toPostgres, w.toRedis = newLink(t, "postgres", hostOf(t, w.pg.URL(demoLogin, demoDatabase))), newLink(t, "redis", hostOf(t, w.redis.URL()))
	w.toProgram = newLink(t, "program", "127.0.0.1:1")
	w.with = []string{"DATABASE_URL=" + through(t, w.pg.URL(demoLogin, demoDatabase), w.toPostgres), "REDIS_URL=" + through(t, w.redis.URL(), w.toRedis),
		"BASE_DOMAIN=localhost", "LISTEN_ADDR=127.0.0.1:0", "ADMIN_ADDR=127.0.0.1:0", "DRAIN_DELAY=0s", "TRUSTED_PROXIES=127.0.0.1", "LOG_LEVEL=DEBUG"}
	if w.owner, err = sql.Open("postgres", w.pg.OwnerURL(demoDatabase)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.owner.Close() })
	w.owner.SetMaxIdleConns(0) // Postgres is restarted under it
	w.offices = addFaultOffices(t, w.pg.URL(demoLogin, demoDatabase), offices)
	return w
}

func hostOf(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.Host
}

// through makes an address lead through a proxy.
func through(t *testing.T, address string, l *link) string {
	t.Helper()
	return strings.Replace(address, hostOf(t, address), l.Listen, 1)
}

// start starts the service and lets the crowd reach it.
func (w *world) start(t *testing.T) {
	t.Helper()
	if w.service != nil {
		w.former = append(w.former, w.service)
	}
	w.service = startServe(w.whole, w.with)
	w.toProgram.lead(t, w.service.address)
}

// kill ends the service with kill -9.
func (w *world) kill(t *testing.T) {
	t.Helper()
	if err := w.service.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-w.service.ended
}

// until waits for a condition that no clock decides: the crowd got so far.
func (w *world) until(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !condition(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s; %s", what, w.crowd.state())
		}
	}
}

// afterStored waits until n more forms are acknowledged.
func (w *world) afterStored(t *testing.T, n int) {
	t.Helper()
	before, _ := w.crowd.counts()
	w.until(t, fmt.Sprintf("%d more forms are stored", n), func() bool { now, _ := w.crowd.counts(); return now >= before+n })
}

// afterFailed waits until n more attempts fail.
func (w *world) afterFailed(t *testing.T, n int) {
	t.Helper()
	_, before := w.crowd.counts()
	w.until(t, fmt.Sprintf("%d more attempts fail", n), func() bool { _, now := w.crowd.counts(); return now >= before+n })
}

// metric reads a number that the service tells of itself.
func (w *world) metric(t *testing.T, name string) float64 {
	t.Helper()
	response, err := http.Get("http://" + w.service.admin + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	for lines := bufio.NewScanner(response.Body); lines.Scan(); {
		if value, ok := strings.CutPrefix(lines.Text(), name+" "); ok {
			n, err := strconv.ParseFloat(value, 64)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
	}
	t.Fatalf("no metric %s", name)
	return 0
}

// verify runs the operator's command, past the proxies.
func (w *world) verify(t *testing.T) []problem {
	t.Helper()
	r := runCommand(t, append(w.with, "DATABASE_URL="+w.pg.URL(demoLogin, demoDatabase)), "verify")
	if r.code == 0 {
		return nil
	}
	return []problem{{miscounted, r.out + r.err}}
}

// logs tells addresses and markers that any log holds.
func (w *world) logs() []problem {
	var problems []problem
	all := map[string]string{"Postgres and Redis": w.serverLog.String()}
	for i, r := range append(w.former, w.service) {
		if r != nil {
			all[fmt.Sprintf("service %d", i)] = r.log() + r.errors.String()
		}
	}
	for who, text := range all {
		for _, secret := range []string{markerPrefix, "198.51.100.", "203.0.113.", "2001:db8:"} {
			if at := strings.Index(text, secret); at >= 0 {
				problems = append(problems, problem{leaked, fmt.Sprintf("%s: %.300s", who, text[max(0, at-200):])})
			}
		}
	}
	return problems
}

// mountSmallDisk mounts a tmpfs of 160 MB, if this process may.
func (w *world) mountSmallDisk(t *testing.T) {
	t.Helper()
	dir := filepath.Join(w.dir, "small")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() != 0 {
		w.withoutDisk = "only root may mount a small disk"
		return
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=160m,mode=0777"); err != nil {
		w.withoutDisk = fmt.Sprintf("this machine lets nobody mount a small disk: %v", err)
		return
	}
	w.smallDisk = dir
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
}

// serve makes another program the one under test.
func (w *world) serve(t *testing.T, program http.Handler) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: program}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	w.toProgram.lead(t, listener.Addr().String())
}

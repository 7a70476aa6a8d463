package web

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	_ "time/tzdata" // the offices' time zone, on any machine

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"ocenaurzedu.eu/pkg/auth"
	"ocenaurzedu.eu/pkg/guard"
	"ocenaurzedu.eu/pkg/intake"
	"ocenaurzedu.eu/pkg/pgtest"
	"ocenaurzedu.eu/pkg/sheet"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
	"ocenaurzedu.eu/tenants"
)

// harness is the service on a port of its own, with Osielsko, Dobrcz and powiat bydgoski as they are seeded,
// and a clock that begins at 10:00 on 10 March 2026 in Warsaw and goes on.
type harness struct {
	t     *testing.T
	web   *Server
	store *store.Store
	owner *sql.DB // sees all rows of all tenants
	redis *miniredis.Miniredis
	clock *testClock
	log   *logBuffer
	http  *http.Client
	ids   map[string]int64 // tenants by slug
}

// start starts a service on a database of its own.
func start(t *testing.T, change ...func(*Options)) *harness {
	t.Helper()
	db, owner := pgtest.StoreAndOwner(t)
	return startOn(t, db, owner, change...)
}

// startOn starts a service on an empty database.
func startOn(t *testing.T, db *store.Store, owner *sql.DB, change ...func(*Options)) *harness {
	t.Helper()
	ctx := context.Background()
	h := &harness{t: t, store: db, owner: owner, clock: newTestClock(), log: &logBuffer{}, ids: map[string]int64{}}
	h.seed(ctx)
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	secret, err := db.Secret(ctx)
	if err != nil {
		t.Fatalf("secret: %v", err)
	}
	in := intake.New(db)
	t.Cleanup(func() { _ = in.Close(ctx) })
	library, err := fs.Sub(tenants.Files, "questionnaires")
	if err != nil {
		t.Fatal(err)
	}
	o := Options{
		Library: library,
		Store:   db, Intake: in, Guard: h.startGuard(), Hasher: auth.NewHasher(2), Secret: secret, Now: h.clock.now,
		Site: Site{BaseDomain: "localhost", Scheme: "http", Port: strconv.Itoa(listener.Addr().(*net.TCPAddr).Port)},
		Log:  slog.New(slog.NewJSONHandler(h.log, nil)), Requests: h.log,
	}
	for _, f := range change {
		f(&o)
	}
	if h.web, err = New(ctx, o); err != nil {
		t.Fatalf("web.New: %v", err)
	}
	go func() { _ = h.web.App().Listener(listener) }() // ends with Shutdown
	t.Cleanup(func() { _ = h.web.App().ShutdownWithTimeout(5 * time.Second) })
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp4", listener.Addr().String())
	}
	transport := &http.Transport{DialContext: dial, MaxIdleConnsPerHost: 64, DisableCompression: true}
	h.http = &http.Client{Transport: transport, Timeout: 30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	t.Cleanup(transport.CloseIdleConnections)
	return h
}

func (h *harness) startGuard() *guard.Guard {
	h.t.Helper()
	server := miniredis.RunT(h.t)
	opts, err := guard.Options("redis://" + server.Addr() + "?dial_timeout=20s&read_timeout=20s&write_timeout=20s&pool_timeout=20s") // a busy machine is no outage
	if err != nil {
		h.t.Fatal(err)
	}
	client := redis.NewClient(opts)
	h.t.Cleanup(func() { _ = client.Close() })
	h.redis = server
	return guard.New(client, h.clock.now)
}

func (h *harness) seed(ctx context.Context) {
	h.t.Helper()
	county := survey.CountySeed{}
	h.readYAML("counties/powiat-bydgoski.yaml", &county)
	if _, err := h.store.CreateCounty(ctx, survey.County{Slug: county.Slug, Name: county.Name, TERYT: county.TERYT}); err != nil {
		h.t.Fatal(err)
	}
	for _, slug := range []string{"osielsko", "dobrcz"} {
		office := survey.Seed{}
		h.readYAML("offices/"+slug+".yaml", &office)
		h.create(ctx, store.NewTenant{Slug: slug, County: county.Slug, Population: office.Population, Office: office.Office, Departments: office.Departments,
			ServicePoints: office.ServicePoints, Questionnaire: h.questionnaire(office.Questionnaire)})
	}
	h.create(ctx, store.NewTenant{Slug: county.Slug, County: county.Slug, Office: county.Office})
}

// create adds an office and returns its id.
func (h *harness) create(ctx context.Context, n store.NewTenant) int64 {
	h.t.Helper()
	n.At, n.Reason = h.clock.now().AddDate(-1, 0, 0), "test"
	if n.Questionnaire != nil {
		layout, err := sheet.NewLayout(n.Questionnaire)
		if err != nil {
			h.t.Fatal(err)
		}
		if n.Sheet, err = json.Marshal(layout); err != nil {
			h.t.Fatal(err)
		}
	}
	id, err := h.store.CreateTenant(ctx, n)
	if err != nil {
		h.t.Fatal(err)
	}
	h.ids[n.Slug] = id
	return id
}

func (h *harness) readYAML(file string, into any) {
	h.t.Helper()
	data, err := tenants.Files.ReadFile(file)
	if err != nil {
		h.t.Fatal(err)
	}
	if err := survey.ParseYAML(file, data, into); err != nil {
		h.t.Fatal(err)
	}
}

// questionnaire reads a shipped questionnaire: default.yaml, short.yaml, kiosk.yaml.
func (h *harness) questionnaire(file string) *survey.Questionnaire {
	h.t.Helper()
	data, err := tenants.Files.ReadFile("questionnaires/" + file)
	if err != nil {
		h.t.Fatal(err)
	}
	q, err := survey.ParseQuestionnaire(file, data)
	if err != nil {
		h.t.Fatal(err)
	}
	return q
}

// advance puts the clocks of the service and of Redis forward.
func (h *harness) advance(d time.Duration) {
	h.clock.advance(d)
	h.redis.SetTime(time.Now().Add(time.Duration(h.clock.offset.Load())))
	h.redis.FastForward(d)
}

// scope returns an office's scope.
func (h *harness) scope(slug string) *store.Scope { return h.store.Scope(h.ids[slug]) }

// refresh lets the service read offices and published versions anew, as Watch does.
func (h *harness) refresh() {
	h.t.Helper()
	if err := h.web.reload(context.Background()); err != nil {
		h.t.Fatal(err)
	}
}

// address is where a page of an office is, for a client that resolves *.localhost.
func (h *harness) address(slug, path string) string { return h.web.Site.Address(slug) + path }

// count returns what a query of one number finds in the whole database.
func (h *harness) count(query string, args ...any) int {
	h.t.Helper()
	var n int
	if err := h.owner.QueryRow(query, args...).Scan(&n); err != nil {
		h.t.Fatalf("%s: %v", query, err)
	}
	return n
}

// answer is a response that was read to its end.
type answer struct {
	*http.Response
	body string
}

// do sends a request. Redirects are not followed, and what is compressed stays so.
func (h *harness) do(r *http.Request) *answer {
	h.t.Helper()
	response, err := h.http.Do(r)
	if err != nil {
		h.t.Fatalf("%s %s: %v", r.Method, r.URL, err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		h.t.Fatalf("%s %s: %v", r.Method, r.URL, err)
	}
	return &answer{response, string(body)}
}

// request makes a request as a browser sends it; values nil: GET, else a form.
func (h *harness) request(slug, path string, values url.Values) *http.Request {
	h.t.Helper()
	method, body := http.MethodGet, io.Reader(nil)
	if values != nil {
		method, body = http.MethodPost, strings.NewReader(values.Encode())
	}
	r, err := http.NewRequest(method, h.address(slug, path), body)
	if err != nil {
		h.t.Fatal(err)
	}
	if values != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	return r
}

func (h *harness) get(slug, path string) *answer {
	h.t.Helper()
	return h.do(h.request(slug, path, nil))
}

func (h *harness) post(slug, path string, values url.Values) *answer {
	h.t.Helper()
	if values == nil {
		values = url.Values{}
	}
	return h.do(h.request(slug, path, values))
}

// person is somebody who is logged in to an office's panel.
type person struct {
	*harness
	slug   string
	login  string
	secret string // of one-time codes
	cookie *http.Cookie
	hash   []byte // of the session's token
}

// password of every account that logIn makes.
const testPassword = "poprawny-koń-bateria-zszywka"

// logIn adds an account with the role and a full session of it.
func (h *harness) logIn(slug string, role store.Role) *person {
	h.t.Helper()
	ctx, now, scope := context.Background(), h.clock.now(), h.scope(slug)
	p := &person{harness: h, slug: slug, login: string(role) + strconv.Itoa(h.count(`SELECT count(*) FROM accounts`)) + "@" + slug + ".example"}
	_, invitation := auth.NewToken()
	err := h.store.Invite(ctx, scope.Tenant(), store.Invitation{Login: p.login, Name: "Osoba testowa", Role: role, Token: invitation, At: now,
		Expires: now.Add(time.Hour), Reason: "test"})
	if err != nil {
		h.t.Fatal(err)
	}
	if p.secret, _, err = auth.NewTOTP("Test", p.login); err != nil {
		h.t.Fatal(err)
	}
	password, err := h.web.Hasher.Hash(ctx, testPassword)
	if err != nil {
		h.t.Fatal(err)
	}
	account, err := scope.AcceptInvitation(ctx, invitation, store.Credentials{PasswordHash: password, TOTPSecret: p.secret}, now)
	if err != nil {
		h.t.Fatal(err)
	}
	_, half := auth.NewToken()
	token, full := auth.NewToken()
	if err := scope.StartSession(ctx, half, account.ID, now); err != nil {
		h.t.Fatal(err)
	}
	if err := scope.FinishSession(ctx, half, full, account.ID, store.SecondFactor{Step: 1}, now); err != nil {
		h.t.Fatal(err)
	}
	p.cookie, p.hash = &http.Cookie{Name: h.web.cookieName(), Value: token}, full
	return p
}

// csrf returns a token for a form of the person's session.
func (p *person) csrf() string { return auth.CSRFToken(p.hash) }

func (p *person) get(path string) *answer {
	p.t.Helper()
	r := p.request(p.slug, path, nil)
	r.AddCookie(p.cookie)
	return p.do(r)
}

// post sends a form of the panel; its token is added unless values have one.
func (p *person) post(path string, values url.Values) *answer {
	p.t.Helper()
	if values == nil {
		values = url.Values{}
	}
	if !values.Has("_csrf") {
		values.Set("_csrf", p.csrf())
	}
	r := p.request(p.slug, path, values)
	r.AddCookie(p.cookie)
	return p.do(r)
}

// testClock goes on from a fixed moment; a test may put it forward.
type testClock struct {
	began  time.Time
	from   time.Time
	offset atomic.Int64
}

func newTestClock() *testClock {
	warsaw, err := time.LoadLocation("Europe/Warsaw")
	if err != nil {
		panic(err) // tzdata is linked in
	}
	return &testClock{began: time.Now(), from: time.Date(2026, time.March, 10, 10, 0, 0, 0, warsaw)}
}

func (c *testClock) now() time.Time {
	return c.from.Add(time.Since(c.began) + time.Duration(c.offset.Load()))
}

func (c *testClock) advance(d time.Duration) { c.offset.Add(int64(d)) }

// logBuffer keeps what the service logs.
type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// loopback trusts the tests' own connections as a proxy.
func loopback(o *Options) { o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} }

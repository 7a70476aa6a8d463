package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lib/pq"

	"ocenaurzedu.eu/pkg/pgtest"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// Size of the crowd that the driver plays.
const (
	faultOffices = 60
	faultWorkers = 40
	faultRate    = 160 // most requests a second; a form takes two
)

// markerPrefix begins every marker. Markers are letters only, so that pkg/privacy has nothing to replace in them.
const markerPrefix = "znaczniczek"

// faultOffice is an office that residents of the driver answer.
type faultOffice struct {
	tenant  int64
	slug    string
	version *survey.Version
	point   int64 // its service point "bok"
}

// slip is one filled form in the ledger: what a resident sent, and what has to be stored of it.
type slip struct {
	marker  string
	office  *faultOffice
	address string // the resident's
	query   string // of the page that the form came from
	answers url.Values
	want    string    // its row, as rows tells it
	known   bool      // acknowledged
	refused bool      // with an answer that no resend mends; it may be stored once or not at all
	began   time.Time // of the first attempt
}

// driver plays residents who send forms, keeps a ledger of them, and compares it with what is stored. It knows the
// program under test by its pages only.
type driver struct {
	address string // host:port
	offices []*faultOffice
	client  *http.Client
	ticks   *time.Ticker
	ended   context.Context

	mu           sync.Mutex
	changed      *sync.Cond // paused, busy
	random       *rand.Rand
	paused       bool
	busy         int // workers with a form under way
	slips        []*slip
	acknowledged map[string]int // by slug
	failures     int            // forms sent without an answer or with one that asks to send again
	lastFailure  string
	favourite    *faultOffice  // has seven times the rate of the others; nil: none
	since        time.Time     // end of the last fault
	first        time.Duration // from then to the first acknowledgement; 0: none yet
	surprises    []problem
}

// problem is something that must not be. Kind is one of the words below.
type problem struct{ kind, text string }

const (
	lost       = "lost"       // acknowledged and not stored
	twice      = "twice"      // stored more than once
	foreign    = "foreign"    // under another tenant
	incomplete = "incomplete" // not as it was sent, or without its marker
	unkeyed    = "unkeyed"    // not as many keys as submissions
	miscounted = "miscounted" // tallies that the answers don't bear out
	leaked     = "leaked"     // an address or a marker in a log
	answered   = "answered"   // an answer that no resident should get
)

// startDriver lets the crowd loose on the program at the address. It ends with the test.
func startDriver(t *testing.T, address string, offices []*faultOffice) *driver {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	d := &driver{address: address, offices: offices, ended: ctx, ticks: time.NewTicker(time.Second / faultRate), random: rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 0)),
		acknowledged: map[string]int{},
		client: &http.Client{Timeout: 15 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: faultWorkers},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	d.changed = sync.NewCond(&d.mu)
	var workers sync.WaitGroup
	for range faultWorkers {
		workers.Go(d.work)
	}
	t.Cleanup(func() {
		cancel()
		d.resume()
		workers.Wait()
		d.ticks.Stop()
		d.client.CloseIdleConnections()
	})
	return d
}

// work sends one form after another until the test ends.
func (d *driver) work() {
	for d.begin() {
		s := d.fill()
		for !d.attempt(s) && d.ended.Err() == nil {
		}
		d.mu.Lock()
		d.busy--
		d.changed.Broadcast()
		d.mu.Unlock()
	}
}

// begin waits while the crowd is paused; false: the test ends.
func (d *driver) begin() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	for d.paused && d.ended.Err() == nil {
		d.changed.Wait()
	}
	d.busy++
	return d.ended.Err() == nil
}

// pause lets every form that is under way come to its end and holds the next ones back.
func (d *driver) pause(t *testing.T) {
	t.Helper()
	d.mu.Lock()
	d.paused = true
	d.mu.Unlock()
	eventually(t, "every form under way is stored", func() bool {
		d.mu.Lock()
		defer d.mu.Unlock()
		return d.busy == 0
	})
	d.client.CloseIdleConnections()
}

func (d *driver) isPaused() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.paused
}

func (d *driver) resume() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.paused = false
	d.changed.Broadcast()
}

// fill makes the next form of some resident.
func (d *driver) fill() *slip {
	d.mu.Lock()
	defer d.mu.Unlock()
	office := d.offices[d.random.IntN(len(d.offices))]
	if len(d.slips) < len(d.offices) {
		office = d.offices[len(d.slips)] // each is answered once at the beginning
	}
	if n := d.random.IntN(len(d.offices) + 6); d.favourite != nil && n < 7 {
		office = d.favourite
	}
	s := &slip{office: office, address: d.residence(), marker: markerPrefix + letters(len(d.slips)), began: time.Now()}
	values, channel, point := survey.Values{"overall": {fmt.Sprint(1 + d.random.IntN(3))}, "remarks": {"uwaga " + s.marker}}, survey.ChannelWeb, int64(0)
	for _, row := range []string{"quality.polite", "quality.quick"} {
		values[row] = [][]string{{"1"}, {"2"}, {"3"}, {"na"}, {}}[d.random.IntN(5)]
	}
	switch d.random.IntN(3) {
	case 0:
		values["improve"] = []string{"hours", "other"}
		values["improve.other"] = []string{"inne " + s.marker}
	case 1:
		values["improve"] = []string{"signs"}
	}
	if d.random.IntN(4) == 0 {
		s.query, channel, point = "?p=bok", survey.ChannelQR, office.point
	}
	sub, err := office.version.Fill(values, channel, survey.Day{})
	if err != nil {
		panic(err) // the driver's own mistake
	}
	s.answers, s.want = url.Values(values), rowOf(office.tenant, sub, point)
	d.slips = append(d.slips, s)
	return s
}

// residence returns an address out of those that are kept for documentation (RFC 5737, RFC 3849), so that it can be
// recognized wherever it turns up. There are enough that no limit for an address is reached.
func (d *driver) residence() string {
	switch n := d.random.IntN(256); d.random.IntN(3) {
	case 0:
		return fmt.Sprintf("198.51.100.%d", n)
	case 1:
		return fmt.Sprintf("203.0.113.%d", n)
	default:
		return fmt.Sprintf("2001:db8:%x:%x::1", n, d.random.IntN(1<<16))
	}
}

// letters writes a number without digits.
func letters(n int) string {
	b := []byte("aaaaaa")
	for i := len(b) - 1; n > 0; i-- {
		b[i] = byte('a' + n%26)
		n /= 26
	}
	return string(b)
}

// attempt opens the form, or sends it if it is open; true: that is the end of it. Between the two others have their
// turn, so that whatever happens finds some with a form to send. As in a browser, a resend sends the same form.
func (d *driver) attempt(s *slip) bool {
	select {
	case <-d.ticks.C:
	case <-d.ended.Done():
		return true
	}
	if !s.answers.Has(fieldKey) {
		return d.open(s)
	}
	status, body, location, err := d.ask(s, http.MethodPost, s.answers)
	if err == nil && status == http.StatusSeeOther && location == "/dziekujemy" {
		d.acknowledge(s)
		return true
	}
	return d.note(s, status, body, err)
}

const fieldKey = "_key"

// open opens the form and takes over what the page hides in it.
func (d *driver) open(s *slip) (end bool) {
	status, body, _, err := d.ask(s, http.MethodGet, nil)
	if err != nil || status == http.StatusServiceUnavailable {
		return false
	}
	for _, field := range hiddenField.FindAllStringSubmatch(body, -1) {
		s.answers.Set(field[1], field[2])
	}
	if status != http.StatusOK || !s.answers.Has(fieldKey) {
		return d.note(s, status, body, nil)
	}
	return false
}

func (d *driver) ask(s *slip, method string, form url.Values) (status int, body, location string, err error) {
	request, err := http.NewRequestWithContext(d.ended, method, "http://"+d.address+"/"+s.query, strings.NewReader(form.Encode()))
	if err != nil {
		return 0, "", "", err
	}
	request.Host = s.office.slug + ".localhost"
	request.Header.Set("X-Forwarded-For", s.address)
	if method == http.MethodPost {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	response, err := d.client.Do(request)
	if err != nil {
		return 0, "", "", err
	}
	defer func() { _ = response.Body.Close() }()
	page, err := io.ReadAll(response.Body)
	return response.StatusCode, string(page), response.Header.Get("Location"), err
}

func (d *driver) acknowledge(s *slip) {
	d.mu.Lock()
	defer d.mu.Unlock()
	s.known = true
	d.acknowledged[s.office.slug]++
	if d.first == 0 && !d.since.IsZero() {
		d.first = time.Since(d.since)
	}
}

// note takes an attempt down that was not acknowledged, and tells whether it was the last one.
func (d *driver) note(s *slip, status int, body string, err error) (end bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err != nil || status == http.StatusServiceUnavailable {
		d.failures++
		d.lastFailure = fmt.Sprintf("%d %v", status, err)
		return false
	}
	s.refused = true
	if d.ended.Err() == nil {
		d.surprises = append(d.surprises, problem{answered, fmt.Sprintf("%s, %v after it began, got %d: %.300s", s.office.slug, time.Since(s.began), status, body)})
	}
	return true
}

// counts returns how many forms were acknowledged, and how many attempts failed.
func (d *driver) counts() (acknowledged, failures int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, n := range d.acknowledged {
		acknowledged += n
	}
	return acknowledged, d.failures
}

// state tells how far the crowd is.
func (d *driver) state() string {
	stored, failed := d.counts()
	d.mu.Lock()
	defer d.mu.Unlock()
	return fmt.Sprintf("%d forms stored, %d attempts failed, the last one with: %s", stored, failed, d.lastFailure)
}

// healed notes that a fault ends now.
func (d *driver) healed() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.since, d.first = time.Now(), 0
}

// recovery returns how long after the last fault the first form was acknowledged; 0: not yet.
func (d *driver) recovery() time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.first
}

// compare tells what is stored otherwise than the ledger says. The crowd must be paused.
func (d *driver) compare(t *testing.T, owner *sql.DB) []problem {
	t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	stored, problems := rows(t, owner)
	for _, s := range d.slips {
		got := stored[s.marker]
		delete(stored, s.marker)
		tenant, _, _ := strings.Cut(s.want, " ")
		switch {
		case len(got) == 0 && s.known:
			problems = append(problems, problem{lost, fmt.Sprintf("%s: want %s", s.marker, s.want)})
		case len(got) == 0 && !s.refused:
			problems = append(problems, problem{lost, fmt.Sprintf("%s: given up", s.marker)})
		case len(got) > 1:
			problems = append(problems, problem{twice, fmt.Sprintf("%s: %d times", s.marker, len(got))})
		}
		for _, row := range got {
			if !strings.HasPrefix(row, tenant+" ") {
				problems = append(problems, problem{foreign, fmt.Sprintf("%s: %s; want %s", s.marker, row, s.want)})
			} else if row != s.want {
				problems = append(problems, problem{incomplete, fmt.Sprintf("%s: %s; want %s", s.marker, row, s.want)})
			}
		}
	}
	for marker, all := range stored {
		problems = append(problems, problem{incomplete, fmt.Sprintf("%d submissions marked %q, which nobody sent: %s", len(all), marker, all[0])})
	}
	problems, d.surprises = append(problems, d.surprises...), nil
	return append(problems, keys(t, owner)...)
}

// rowOf tells a submission in one line; tenant first.
func rowOf(tenant int64, sub *survey.Submission, point int64) string {
	var remarks []string
	for _, r := range sub.Remarks {
		remarks = append(remarks, r.Question+"="+r.Text)
	}
	slices.Sort(remarks)
	return fmt.Sprintf("%d %d %s %d %v %s", tenant, sub.VersionID, sub.Channel, point, sub.Codes, strings.Join(remarks, "|"))
}

// rows returns all that is stored, as rowOf tells it, by marker; "" is a submission without one.
func rows(t *testing.T, owner *sql.DB) (map[string][]string, []problem) {
	t.Helper()
	found, err := owner.Query(`
		SELECT s.tenant_id, s.version_id, s.channel, COALESCE(s.service_point_id, 0), s.codes,
		       COALESCE(array_agg(r.question || '=' || r.text ORDER BY r.question) FILTER (WHERE r.question IS NOT NULL), '{}')
		FROM submissions s
		LEFT JOIN remarks r ON r.tenant_id = s.tenant_id AND r.submission_id = s.id
		GROUP BY s.tenant_id, s.id`)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = found.Close() }()
	stored := map[string][]string{}
	for found.Next() {
		var tenant, point int64
		var sub survey.Submission
		var codes pq.Int32Array
		var remarks pq.StringArray
		if err := found.Scan(&tenant, &sub.VersionID, &sub.Channel, &point, &codes, &remarks); err != nil {
			t.Fatal(err)
		}
		for _, code := range codes {
			sub.Codes = append(sub.Codes, int16(code))
		}
		marker := ""
		for _, remark := range remarks {
			question, text, _ := strings.Cut(remark, "=")
			sub.Remarks = append(sub.Remarks, survey.Remark{Question: question, Text: text})
			if at := strings.Index(text, markerPrefix); at >= 0 && question == "remarks" {
				marker = text[at:]
			}
		}
		stored[marker] = append(stored[marker], rowOf(tenant, &sub, point))
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return stored, nil
}

// keys tells offices that have not one key a submission.
func keys(t *testing.T, owner *sql.DB) []problem {
	t.Helper()
	found, err := owner.Query(`
		SELECT t.slug, s.n, k.n
		FROM tenants t
		CROSS JOIN LATERAL (SELECT count(*) AS n FROM submissions WHERE tenant_id = t.id) s
		CROSS JOIN LATERAL (SELECT count(*) AS n FROM submission_keys WHERE tenant_id = t.id) k
		WHERE s.n <> k.n`)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = found.Close() }()
	var problems []problem
	for found.Next() {
		var slug string
		var submissions, kept int
		if err := found.Scan(&slug, &submissions, &kept); err != nil {
			t.Fatal(err)
		}
		problems = append(problems, problem{unkeyed, fmt.Sprintf("%s has %d submissions and %d keys", slug, submissions, kept)})
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return problems
}

// addFaultOffices adds the offices of the driver.
func addFaultOffices(t *testing.T, databaseURL string, n int) []*faultOffice {
	t.Helper()
	s, err := store.Open(store.Options{URL: databaseURL})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var offices []*faultOffice
	for i := range n {
		o := &faultOffice{slug: fmt.Sprintf("urzad-%d", i)}
		scope := pgtest.Tenant(t, s, o.slug, "")
		version, err := scope.PublishedVersion(context.Background())
		points, pointsErr := scope.ServicePoints(context.Background())
		if err := errors.Join(err, pointsErr); err != nil {
			t.Fatal(err)
		}
		o.tenant, o.version, o.point = scope.Tenant(), version, points[0].ID
		offices = append(offices, o)
	}
	return offices
}

// summarize tells problems by kind, the first few of each.
func summarize(problems []problem) string {
	byKind := map[string][]string{}
	for _, p := range problems {
		byKind[p.kind] = append(byKind[p.kind], p.text)
	}
	var b strings.Builder
	for _, kind := range slices.Sorted(maps.Keys(byKind)) {
		all := byKind[kind]
		fmt.Fprintf(&b, "%d %s:\n\t%s\n", len(all), kind, strings.Join(all[:min(len(all), 5)], "\n\t"))
	}
	return b.String()
}

package web

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"ocenaurzedu.eu/pkg/guard"
)

var workAsked = regexp.MustCompile(`data-seed="([^"]+)" data-parts="(\d+)" data-tries="(\d+)"`)

// solve does the work that a page asks for, as its worker does, and returns the page's form with it.
func solve(t *testing.T, body string) url.Values {
	t.Helper()
	m := workAsked.FindStringSubmatch(body)
	if m == nil {
		t.Fatalf("the page asks for no work: %.2000s", body)
	}
	seed, err := base64.RawURLEncoding.DecodeString(m[1])
	if err != nil {
		t.Fatal(err)
	}
	parts, _ := strconv.Atoi(m[2])
	tries, _ := strconv.Atoi(m[3])
	numbers := make([]string, parts)
	var all sync.WaitGroup
	for i := range numbers {
		all.Go(func() {
			message := binary.BigEndian.AppendUint64(slices.Clone(seed), uint64(i)<<32)
			for n := uint32(0); numbers[i] == ""; n++ {
				binary.BigEndian.PutUint32(message[len(seed)+4:], n)
				if sum := sha256.Sum256(message); uint64(binary.BigEndian.Uint32(sum[:]))*uint64(tries) < 1<<32-1<<20 {
					numbers[i] = strconv.Itoa(int(n))
				}
			}
		})
	}
	all.Wait()
	fields := without(hidden(body), fieldPlain) // script runs
	fields.Set(fieldSolved, strings.Join(numbers, "."))
	return fields
}

// use counts n events of a limit as if they had come from the tests' own address.
func (h *harness) use(limit guard.Limit, n int) {
	h.t.Helper()
	ctx := context.Background()
	subject := "wszystko/wszystko/" + h.web.Guard.Address(ctx, netip.MustParseAddr("127.0.0.1"))
	if limit == limitTenant {
		subject = "wszystko"
	}
	for i := range n {
		got, err := h.web.Guard.Allow(ctx, guard.Check{Limit: limit, Subject: subject})
		if err != nil || !got.Allowed {
			h.t.Fatalf("use %d of %s: %+v, %v", i+1, limit.Name, got, err)
		}
	}
}

// remarking are answers that fit, with something to lose.
func remarking(more url.Values) url.Values {
	return merge(merge(valid(), url.Values{fieldKey: {newKey()}, "remarks": {"Zostaje"}}), more)
}

// checkKept checks that a form was refused with 429 and when to come again, and that it still holds what remarking has.
func checkKept(t *testing.T, name string, got *answer) {
	t.Helper()
	if got.StatusCode != http.StatusTooManyRequests || got.Header.Get("Retry-After") == "" {
		t.Errorf("%s: %d, Retry-After %q; want 429", name, got.StatusCode, got.Header.Get("Retry-After"))
	}
	if !strings.Contains(got.body, "Zostaje</textarea>") || len(tags(got.body, `name="overall"`, `value="4"`, "checked")) != 1 || hidden(got.body).Get(fieldKey) == "" {
		t.Errorf("%s: something typed was lost", name)
	}
}

func TestTwoHundredAtOnceWithWork(t *testing.T) {
	h := start(t)
	asked := 0
	for i := range 200 {
		form := url.Values{fieldKey: {newKey()}, "overall": {fmt.Sprint(i%5 + 1)}}
		got := h.post("osielsko", "/", form)
		if got.StatusCode == http.StatusTooManyRequests {
			asked++
			got = h.post("osielsko", "/", merge(solve(t, got.body), url.Values{"overall": form["overall"]}))
		}
		if got.StatusCode != http.StatusSeeOther {
			t.Fatalf("resident %d = %d, want 303", i+1, got.StatusCode)
		}
	}
	if n := h.count(`SELECT sum(n) FROM tallies`); n != 200 || asked < 75 || asked > 80 {
		t.Errorf("%d counted, want 200; %d were asked for work, want those beyond the burst", n, asked)
	}
}

func TestTwoHundredAtOnceWithoutScript(t *testing.T) {
	h := startEvery(t)
	for i := range 200 {
		if got := h.post("wszystko", "/", remarking(url.Values{fieldPlain: {"1"}})); got.StatusCode != http.StatusSeeOther {
			t.Fatalf("resident %d = %d, want 303", i+1, got.StatusCode)
		}
	}
	last := h.post("wszystko", "/", remarking(url.Values{fieldPlain: {"1"}}))
	for n := 0; last.StatusCode == http.StatusSeeOther && n < 30; n++ {
		last = h.post("wszystko", "/", remarking(url.Values{fieldPlain: {"1"}}))
	}
	checkKept(t, "beyond the bucket of browsers without script", last)
	hold(t, "the page", words(last.body), "Prosimy wysłać ankietę ponownie za")
	miss(t, "the page", last.body, "work.js", "data-seed")
	h.advance(limitPlain.Per)
	if again := h.post("wszystko", "/", hidden(last.body)); again.StatusCode != http.StatusUnprocessableEntity { // only the hidden fields
		t.Errorf("a form without answers = %d, want 422", again.StatusCode)
	}
	if again := h.post("wszystko", "/", merge(remarking(nil), hidden(last.body))); again.StatusCode != http.StatusSeeOther {
		t.Errorf("after a while = %d, want 303", again.StatusCode)
	}
}

// What is no solution for this form is refused with new work, in words, and keeps everything.
func TestWorkThatIsNotTaken(t *testing.T) {
	h := startEvery(t)
	h.use(limitSurvey, limitSurvey.Burst)
	first := h.post("wszystko", "/", remarking(nil))
	checkKept(t, "asked for work", first)
	hold(t, "the page", words(first.body), "Jeszcze chwila", "prosimy przeglądarkę o krótkie obliczenie")
	if policy := first.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "worker-src 'self';") || strings.Contains(policy, "unsafe") {
		t.Errorf("CSP %q", policy)
	}
	if policy := h.get("wszystko", "/").Header.Get("Content-Security-Policy"); strings.Contains(policy, "worker-src") {
		t.Errorf("a page without work may start workers: %q", policy)
	}
	done := merge(remarking(nil), solve(t, first.body))
	tests := []struct {
		name   string
		change url.Values
		after  time.Duration
	}{
		{"for another form", url.Values{fieldKey: {newKey()}}, 0},
		{"a challenge of ours made up", url.Values{fieldWork: {"1999999999.2.AAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}}, 0},
		{"no challenge", url.Values{fieldWork: {""}}, 0},
		{"numbers made up", url.Values{fieldSolved: {strings.Repeat("1.", 15) + "1"}}, 0},
		{"nonsense", url.Values{fieldSolved: {"<script>"}, fieldWork: {"\x00'\""}}, 0},
	}
	for _, tt := range tests {
		got := h.post("wszystko", "/", merge(merge(url.Values{}, done), tt.change))
		checkKept(t, tt.name, got)
		if !strings.Contains(words(got.body), "robi je jeszcze raz") || workAsked.FindString(got.body) == workAsked.FindString(first.body) || !strings.Contains(got.body, "data-again") {
			t.Errorf("%s: no new work", tt.name)
		}
	}
	if n := h.count(`SELECT count(*) FROM submissions`); n != 0 {
		t.Errorf("%d stored, want none", n)
	}
	h.clock.advance(guard.WorkLife + time.Second) // the counters stay as they are
	expired := h.post("wszystko", "/", merge(url.Values{}, done))
	checkKept(t, "expired", expired)
	if got := h.post("wszystko", "/", merge(merge(url.Values{}, done), solve(t, expired.body))); got.StatusCode != http.StatusSeeOther {
		t.Errorf("with new work = %d, want 303", got.StatusCode)
	}
	metrics := h.metrics()
	hold(t, "the metrics", metrics, `ocenaurzedu_limit_checks_total{limit="survey",verdict="work"} 7`, `{limit="survey-work",verdict="wrong"} 5`,
		`{limit="survey-work",verdict="expired"} 1`, `{limit="survey-work",verdict="solved"} 1`, `{limit="survey-work",verdict="allowed"} 1`)
}

// metrics are what the operator's dashboards read of limits.
func (h *harness) metrics() string {
	h.t.Helper()
	r, err := http.NewRequest(http.MethodGet, "/metrics", nil)
	if err != nil {
		h.t.Fatal(err)
	}
	r.Host = "admin"
	response, err := h.web.Admin().Test(r, -1)
	if err != nil {
		h.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	return strings.Join(regexp.MustCompile(`(?m)^ocenaurzedu_limit_checks_total.*$`).FindAllString(string(body), -1), "\n")
}

// Work of one replica is taken by the other, once: the same form sent to both is one submission, and a new one needs new work.
func TestWorkIsOfSingleUseOnAllReplicas(t *testing.T) {
	h := startEvery(t)
	replica, err := New(t.Context(), h.web.Options)
	if err != nil {
		t.Fatal(err)
	}
	at := func(s *Server, values url.Values) int {
		response, err := s.App().Test(h.request("wszystko", "/", values), -1)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		return response.StatusCode
	}
	h.use(limitSurvey, limitSurvey.Burst)
	h.web.Guard.Address(t.Context(), netip.IPv4Unspecified()) // App().Test comes from 0.0.0.0
	subject := "wszystko/wszystko/" + h.web.Guard.Address(t.Context(), netip.IPv4Unspecified())
	for range limitSurvey.Burst {
		if _, err := h.web.Guard.Allow(t.Context(), guard.Check{Limit: limitSurvey, Subject: subject}); err != nil {
			t.Fatal(err)
		}
	}
	form := merge(remarking(nil), solve(t, h.post("wszystko", "/", remarking(nil)).body))
	for i, s := range []*Server{replica, h.web, replica} {
		if got := at(s, form); got != http.StatusSeeOther {
			t.Errorf("sent for time %d = %d, want 303", i+1, got)
		}
	}
	if n := h.count(`SELECT count(*) FROM submissions`); n != 1 {
		t.Errorf("%d stored, want 1", n)
	}
	for i, s := range []*Server{replica, h.web} {
		if got := at(s, merge(merge(url.Values{}, form), url.Values{fieldKey: {newKey()}})); got != http.StatusTooManyRequests {
			t.Errorf("the work for another form, at replica %d = %d, want 429", i+1, got)
		}
	}
}

// A key in the address is no key: the work that was done for the form's own would be good for any number of others.
func TestWorkIsForTheKeyThatIsStored(t *testing.T) {
	h := startEvery(t)
	h.use(limitSurvey, limitSurvey.Burst)
	form := merge(remarking(nil), solve(t, h.post("wszystko", "/", remarking(nil)).body))
	for range 3 {
		if got := h.post("wszystko", "/?"+url.Values{fieldKey: {newKey()}}.Encode(), form); got.StatusCode != http.StatusSeeOther {
			t.Fatalf("sent = %d, want 303", got.StatusCode)
		}
	}
	if n := h.count(`SELECT count(*) FROM submissions`); n != 1 {
		t.Errorf("%d stored with the work for one", n)
	}
}

// An address that goes on is asked for more, and at last has to wait; whoever shares it and runs no script is not asked.
func TestLadder(t *testing.T) {
	h := startEvery(t)
	h.redis.SetTime(time.Now()) // stands still, so that nothing is regained
	h.use(limitSurvey, limitSurvey.Burst)
	tries := func() int {
		m := workAsked.FindStringSubmatch(h.post("wszystko", "/", remarking(nil)).body)
		if m == nil {
			t.Fatal("no work")
		}
		n, _ := strconv.Atoi(m[3])
		return n
	}
	first := h.post("wszystko", "/", remarking(nil))
	var harder []int
	for _, more := range []int{0, limitWork.Burst / 6, limitWork.Burst / 3} {
		h.use(limitWork, more)
		harder = append(harder, tries()/baseTries)
	}
	if !slices.Equal(harder, []int{1, 2, 3}) {
		t.Errorf("work gets %v times as hard, want 1, 2, 3", harder)
	}
	h.use(limitWork, limitWork.Burst/2)
	last := h.post("wszystko", "/", remarking(nil))
	checkKept(t, "after all", last)
	hold(t, "the page", words(last.body), "Prosimy chwilę poczekać")
	miss(t, "the page", last.body, "data-seed")
	late := h.post("wszystko", "/", merge(remarking(nil), solve(t, first.body)))
	checkKept(t, "work for nothing", late)
	if kept := hidden(late.body); kept.Get(fieldSolved) == "" {
		t.Error("work that was done is lost")
	} else if h.advance(limitWork.Per); h.post("wszystko", "/", merge(remarking(nil), kept)).StatusCode != http.StatusSeeOther {
		t.Error("after a while it is not taken")
	}
	if got := h.post("wszystko", "/", remarking(url.Values{fieldPlain: {"1"}})); got.StatusCode != http.StatusSeeOther {
		t.Errorf("without script = %d, want 303", got.StatusCode)
	}
	if got := h.post("wszystko", "/", merge(remarking(nil), without(hidden(first.body), fieldPlain))); got.StatusCode != http.StatusSeeOther {
		t.Errorf("with a script that did not work = %d, want 303", got.StatusCode)
	}
}

// Beyond its ceiling everybody of an office is asked for work, and nobody who does it is refused.
func TestCeilingOfAnOffice(t *testing.T) {
	h := startEvery(t, loopback)
	h.redis.SetTime(time.Now()) // stands still, so that nothing is regained
	h.use(limitTenant, limitTenant.Burst)
	for i := range 3 {
		send := func(slug string, values url.Values) *answer {
			r := h.request(slug, "/", values)
			r.Header.Set("X-Forwarded-For", fmt.Sprintf("203.0.113.%d", i))
			return h.do(r)
		}
		got := send("wszystko", remarking(nil))
		checkKept(t, "beyond the ceiling", got)
		if got := send("wszystko", merge(remarking(nil), solve(t, got.body))); got.StatusCode != http.StatusSeeOther {
			t.Errorf("with work = %d, want 303", got.StatusCode)
		}
		if got := send("wszystko", remarking(url.Values{fieldPlain: {"1"}})); got.StatusCode != http.StatusSeeOther {
			t.Errorf("without script = %d, want 303", got.StatusCode)
		}
		if got := send("osielsko", url.Values{fieldKey: {newKey()}, "overall": {"5"}}); got.StatusCode != http.StatusSeeOther {
			t.Errorf("another office = %d, want 303", got.StatusCode)
		}
	}
	hold(t, "the metrics", h.metrics(), `{limit="survey-tenant",verdict="work"} 3`, `{limit="survey-tenant",verdict="plain"} 3`, `{limit="survey-tenant",verdict="allowed"} 3`, `{limit="survey-plain",verdict="allowed"} 3`)
}

// Work that was done is not lost with an outage of Postgres, nor with a fault to mend.
func TestWorkIsKept(t *testing.T) {
	h := startEvery(t)
	h.use(limitSurvey, limitSurvey.Burst)
	done := solve(t, h.post("wszystko", "/", remarking(nil)).body)
	got := h.post("wszystko", "/", without(merge(remarking(nil), done), "matter"))
	if kept := hidden(got.body); got.StatusCode != http.StatusUnprocessableEntity || kept.Get(fieldSolved) != done.Get(fieldSolved) || kept.Get(fieldWork) != done.Get(fieldWork) {
		t.Fatalf("a fault = %d with %v", got.StatusCode, kept)
	}
	if got := h.post("wszystko", "/", merge(remarking(nil), hidden(got.body))); got.StatusCode != http.StatusSeeOther {
		t.Errorf("mended = %d, want 303", got.StatusCode)
	}
}

// While Redis hangs, surveys stay open, the ladder holds, and nobody waits for long.
func TestRedisHangsUnderTheLadder(t *testing.T) {
	silent, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = silent.Close() })
	opts, err := guard.Options("redis://" + silent.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(opts)
	t.Cleanup(func() { _ = client.Close() })
	h := startEvery(t, func(o *Options) { o.Guard = guard.New(client, o.Now) })
	var taken []time.Duration
	work := 0
	for i := range limitSurvey.Burst + 3 {
		began := time.Now()
		got := h.post("wszystko", "/", remarking(nil))
		taken = append(taken, time.Since(began))
		if got.StatusCode == http.StatusTooManyRequests {
			work++
			got = h.post("wszystko", "/", merge(remarking(nil), solve(t, got.body)))
		}
		if got.StatusCode != http.StatusSeeOther {
			t.Fatalf("submission %d = %d, want 303", i+1, got.StatusCode)
		}
	}
	if work != 3 {
		t.Errorf("%d were asked for work, want 3", work)
	}
	slices.Sort(taken)
	median, slowest := taken[len(taken)/2], taken[len(taken)-1]
	t.Logf("median %v, slowest %v", median, slowest)
	if slowest-median > 500*time.Millisecond { // 100 ms on a machine that does nothing else
		t.Errorf("Redis held a resident up for %v, others took %v", slowest, median)
	}
	hold(t, "the metrics", h.metrics(), `{limit="survey",verdict="allowed_without_redis"} 120`, `{limit="survey",verdict="work_without_redis"} 3`,
		`{limit="survey-work",verdict="allowed_without_redis"} 3`)
	if login := h.post("osielsko", "/panel/logowanie", url.Values{"login": {"a@b.pl"}, "password": {"x"}}); login.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("log-in = %d, want 503", login.StatusCode)
	}
}

// Neither Redis nor the log knows an address, whatever step of the ladder it is on.
func TestLadderTellsNoAddress(t *testing.T) {
	h := startEvery(t, loopback)
	const address = "203.0.113.99"
	send := func(values url.Values) *answer {
		r := h.request("wszystko", "/", values)
		r.Header.Set("X-Forwarded-For", address)
		return h.do(r)
	}
	for range limitSurvey.Burst {
		send(remarking(nil))
	}
	send(remarking(url.Values{fieldPlain: {"1"}}))
	send(merge(remarking(nil), solve(t, send(remarking(nil)).body)))
	h.post("osielsko", "/panel/logowanie", url.Values{"login": {"wrona@osielsko.example"}, "password": {"x"}})
	dump, log := h.redis.Dump(), h.log.String()
	if strings.Count(dump, "guard:") < 5 {
		t.Fatalf("Redis holds %s", dump)
	}
	for _, private := range []string{address, "203.0", "127.0.0.1", "wrona", "wszystko", "osielsko", "\xcb\x00\x71\x63"} {
		if strings.Contains(dump, private) {
			t.Errorf("Redis tells %q", private)
		}
	}
	for _, private := range []string{address, "127.0.0.1", "wrona"} {
		if strings.Contains(log, private) {
			t.Errorf("the log tells %q", private)
		}
	}
}

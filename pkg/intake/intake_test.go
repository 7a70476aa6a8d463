package intake_test

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"ocenaurzedu.eu/pkg/intake"
	"ocenaurzedu.eu/pkg/pgtest"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

var ctx = context.Background()

// office is a tenant and its published version.
type office struct {
	tenant  int64
	version *survey.Version
}

func offices(t *testing.T, s *store.Store, n int) []office {
	t.Helper()
	all := make([]office, n)
	for i := range all {
		scope := pgtest.Tenant(t, s, fmt.Sprintf("urzad-%d", i), "")
		version, err := scope.PublishedVersion(ctx)
		if err != nil {
			t.Fatalf("published version: %v", err)
		}
		all[i] = office{scope.Tenant(), version}
	}
	return all
}

// entry makes submission number n, whose remark is its marker. A resend of it has another id and the same key.
func (o office) entry(t *testing.T, n int) store.Entry {
	t.Helper()
	values := survey.Values{"overall": {fmt.Sprint(n%3 + 1)}, "quality.polite": {"na"}, "improve": {"hours", "other"}, "improve.other": {"ławki"},
		"remarks": {fmt.Sprintf("uwaga %d", n)}}
	channel := []survey.Channel{survey.ChannelWeb, survey.ChannelQR, survey.ChannelKiosk}[n%3]
	sub, err := o.version.Fill(values, channel, survey.NewDay(2026, 2, 20).Add(n%20))
	if err != nil {
		t.Errorf("fill: %v", err)
		return store.Entry{}
	}
	sub.ID = uuid.NewString()
	key := sha256.Sum256(fmt.Append(nil, n))
	return store.Entry{Tenant: o.tenant, Key: key[:], Submission: sub, Layout: &o.version.Layout}
}

// start returns an intake that ends with the test.
func start(t *testing.T, s *store.Store) *intake.Intake {
	t.Helper()
	i := intake.New(s)
	t.Cleanup(func() { finish(t, i) })
	return i
}

// startSingle is start with one committer.
func startSingle(t *testing.T, s *store.Store) *intake.Intake {
	t.Helper()
	i := intake.NewSingle(s)
	t.Cleanup(func() { finish(t, i) })
	return i
}

// Nobody waits for as long as Postgres may hang; the form can be sent again.
func TestASubmitterIsNotKeptWaiting(t *testing.T) {
	s, owner := pgtest.StoreAndOwner(t)
	i := intake.NewImpatient(s, 50*time.Millisecond)
	t.Cleanup(func() { finish(t, i) })
	e := offices(t, s, 1)[0].entry(t, 1)
	_, release := hold(t, owner)
	if err := i.Submit(ctx, e); !errors.Is(err, survey.ErrUnavailable) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("submit = %v; want ErrUnavailable after 50 ms", err)
	}
	release()
	again := intake.New(s)
	t.Cleanup(func() { finish(t, again) })
	if err := again.Submit(ctx, e); err != nil {
		t.Errorf("sent again: %v", err)
	}
	verify(t, owner, 1)
}

func finish(t *testing.T, i *intake.Intake) {
	t.Helper()
	limited, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	if err := i.Close(limited); err != nil {
		t.Errorf("close: %v", err)
	}
}

func lines(t *testing.T, owner *sql.DB, query string) []string {
	t.Helper()
	rows, err := owner.Query(query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer func() { _ = rows.Close() }()
	var all []string
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatalf("scan: %v", err)
		}
		all = append(all, line)
	}
	if err := rows.Err(); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return all
}

// verify checks that n submissions are stored, each whole and once, and that the tallies are what a recount of the
// codes gives.
func verify(t *testing.T, owner *sql.DB, n int) {
	t.Helper()
	for what, query := range map[string]string{
		"submissions": `SELECT count(*)::text FROM submissions`,
		"keys":        `SELECT count(*)::text FROM submission_keys`,
		"markers":     `SELECT count(DISTINCT (tenant_id, text))::text FROM remarks WHERE question = 'remarks'`,
		"remarks":     `SELECT (count(*) / 2.0)::float8::text FROM remarks`,
		"tallied":     `SELECT COALESCE(sum(n), 0)::text FROM tallies`,
	} {
		if got := lines(t, owner, query)[0]; got != fmt.Sprint(n) {
			t.Errorf("%s %s; want %d", got, what, n)
		}
	}
	for _, line := range lines(t, owner, `
		WITH slots AS (
			SELECT v.tenant_id, v.id AS version_id, i, (slot ->> 'offset')::int AS start
			FROM versions v CROSS JOIN LATERAL jsonb_array_elements(v.layout -> 'slots') WITH ORDINALITY AS e (slot, i)
		), counted AS (
			SELECT s.tenant_id, s.version_id, date_trunc('month', s.day)::date AS month, s.channel, slots.start + s.codes[slots.i] AS counter, count(*) AS times
			FROM submissions s JOIN slots USING (tenant_id, version_id)
			GROUP BY 1, 2, 3, 4, 5
		), kept AS (
			SELECT tenant_id, version_id, month, channel, i - 1 AS counter, times
			FROM tallies CROSS JOIN LATERAL unnest(counts) WITH ORDINALITY AS c (times, i)
			WHERE times <> 0
		)
		SELECT format('tenant %s %s %s counter %s: counted %s, kept %s', tenant_id, month, channel, counter, counted.times, kept.times)
		FROM counted FULL JOIN kept USING (tenant_id, version_id, month, channel, counter)
		WHERE counted.times IS DISTINCT FROM kept.times`) {
		t.Error(line)
	}
}

func TestEachSubmissionIsStoredOnce(t *testing.T) {
	s, owner := pgtest.StoreAndOwner(t)
	all := offices(t, s, 3)
	i := start(t, s)
	const entries = 600
	var group sync.WaitGroup
	for n := range entries {
		for range 1 + n%2 { // every other one is clicked twice
			group.Go(func() {
				if err := i.Submit(ctx, all[n%3].entry(t, n)); err != nil {
					t.Errorf("submit %d: %v", n, err)
				}
			})
		}
	}
	group.Wait()
	verify(t, owner, entries)
}

// hold keeps the committer busy until release: it locks the keys' table that every transaction begins with, and
// waits until the first entry's transaction stands before it.
func hold(t *testing.T, owner *sql.DB) (blocked func(), release func()) {
	t.Helper()
	tx, err := owner.Begin()
	if err != nil {
		t.Fatalf("begin: %v", err)
	}
	if _, err := tx.Exec(`LOCK TABLE submission_keys IN ACCESS EXCLUSIVE MODE`); err != nil {
		t.Fatalf("lock: %v", err)
	}
	blocked = func() {
		t.Helper()
		await(t, func() bool {
			return len(lines(t, owner, `SELECT pid::text FROM pg_locks WHERE NOT granted AND relation = 'submission_keys'::regclass`)) > 0
		})
	}
	release = sync.OnceFunc(func() { _ = tx.Rollback() })
	t.Cleanup(release)
	return blocked, release
}

// await waits for a condition that must come true soon.
func await(t *testing.T, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !condition(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("waited in vain")
		}
	}
}

// transactions counts the transactions that wrote submissions.
func transactions(t *testing.T, owner *sql.DB) int {
	t.Helper()
	return len(lines(t, owner, `SELECT DISTINCT xmin::text FROM submissions`))
}

// One tenant's tally is held by somebody: the others' submissions of the same batch are stored all the same.
func TestOneTenantsLockHoldsNobodyElse(t *testing.T) {
	s, owner := pgtest.StoreAndOwner(t)
	all := offices(t, s, 3)
	i := startSingle(t, s)
	like := func(n int) store.Entry { return all[n%3].entry(t, 60*n) } // of one channel and month, so of one tally
	for n := range all {
		if err := i.Submit(ctx, like(n)); err != nil {
			t.Fatal(err)
		}
	}
	locked, err := owner.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = locked.Rollback() }()
	if _, err := locked.Exec(`SELECT n FROM tallies WHERE tenant_id = $1 FOR UPDATE`, like(1).Tenant); err != nil {
		t.Fatal(err)
	}
	blocked, release := hold(t, owner)
	errs := make([]error, 6)
	var group sync.WaitGroup
	group.Go(func() { errs[0] = i.Submit(ctx, like(3)) })
	blocked()
	for n := 1; n < len(errs); n++ {
		group.Go(func() { errs[n] = i.Submit(ctx, like(3+n)) })
	}
	await(t, func() bool { return intake.Waiting(i) == len(errs)-1 })
	release()
	group.Wait()
	for n, err := range errs {
		if held := n%3 == 1; held && !errors.Is(err, store.ErrBusy) || !held && err != nil {
			t.Errorf("submission %d of tenant %d: %v", n, n%3, err)
		}
	}
	_ = locked.Rollback()
	verify(t, owner, 3+4)
}

func TestNeighboursShareACommitAndABadOneSinksAlone(t *testing.T) {
	tests := []struct {
		name         string
		spoil        func(e *store.Entry)
		want         error // nil: any error
		transactions int   // that the other ten need, besides the first
	}{
		{"none bad", nil, nil, 1},
		{"another tenant's version", func(e *store.Entry) { e.Submission.VersionID = math.MaxInt32 }, survey.ErrNotFound, 10},
		{"a batch that is not open", func(e *store.Entry) { e.Sheet = &store.SheetRef{Batch: math.MaxInt32} }, survey.ErrClosed, 10},
		{"codes that don't fit", func(e *store.Entry) { e.Submission.Codes = e.Submission.Codes[1:] }, nil, 10},
		{"text that Postgres can't hold", func(e *store.Entry) { e.Submission.Remarks[0].Text = "\x00" }, nil, 10},
		{"one that panics", func(e *store.Entry) { e.Layout = nil }, nil, 10},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, owner := pgtest.StoreAndOwner(t)
			o := offices(t, s, 1)[0]
			i := startSingle(t, s)
			blocked, release := hold(t, owner)
			var group sync.WaitGroup
			submit := func(n int, bad bool) {
				e := o.entry(t, n)
				if bad {
					tt.spoil(&e)
				}
				group.Go(func() {
					err := i.Submit(ctx, e)
					if (err != nil) != bad || bad && (errors.Is(err, survey.ErrUnavailable) || tt.want != nil && !errors.Is(err, tt.want)) {
						t.Errorf("submit %d = %v; bad: %t, want %v", n, err, bad, tt.want)
					}
				})
			}
			submit(0, false)
			blocked() // what comes now queues behind the first
			for n := 1; n <= 10; n++ {
				submit(n, false)
			}
			if tt.spoil != nil {
				submit(11, true)
			}
			await(t, func() bool { return intake.Waiting(i) == map[bool]int{true: 10, false: 11}[tt.spoil == nil] })
			release()
			group.Wait()
			if got := transactions(t, owner); got != 1+tt.transactions {
				t.Errorf("%d transactions; want %d", got, 1+tt.transactions)
			}
			verify(t, owner, 11)
		})
	}
}

func TestClosedIntakeDrainsAndRefuses(t *testing.T) {
	s, owner := pgtest.StoreAndOwner(t)
	o := offices(t, s, 1)[0]
	i := intake.NewSingle(s)
	blocked, release := hold(t, owner)
	var group sync.WaitGroup
	for n := range 5 {
		group.Go(func() {
			if err := i.Submit(ctx, o.entry(t, n)); err != nil {
				t.Errorf("submit %d: %v", n, err)
			}
		})
		if n == 0 {
			blocked() // the others queue behind it
		}
	}
	await(t, func() bool { return intake.Waiting(i) == 4 })
	short, cancel := context.WithTimeout(ctx, time.Millisecond)
	defer cancel()
	if err := i.Close(short); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("close while entries wait = %v; want DeadlineExceeded", err)
	}
	if err := i.Submit(ctx, o.entry(t, 99)); !errors.Is(err, survey.ErrUnavailable) {
		t.Errorf("submit to a closed intake = %v; want ErrUnavailable", err)
	}
	release()
	group.Wait()
	finish(t, i) // closes again
	verify(t, owner, 5)
}

func TestEndedContextIsUnavailableAndTheKeyStaysSafe(t *testing.T) {
	s, owner := pgtest.StoreAndOwner(t)
	o := offices(t, s, 1)[0]
	i := startSingle(t, s)
	blocked, release := hold(t, owner)
	impatient, cancel := context.WithCancel(ctx)
	answer := make(chan error, 1)
	go func() { answer <- i.Submit(impatient, o.entry(t, 1)) }()
	blocked()
	cancel()
	if err := <-answer; !errors.Is(err, survey.ErrUnavailable) || !errors.Is(err, context.Canceled) {
		t.Errorf("submit = %v; want ErrUnavailable and Canceled", err)
	}
	if err := i.Submit(impatient, o.entry(t, 2)); !errors.Is(err, survey.ErrUnavailable) {
		t.Errorf("submit with an ended context = %v; want ErrUnavailable", err)
	}
	release()
	if err := i.Submit(ctx, o.entry(t, 1)); err != nil {
		t.Errorf("resend: %v", err)
	}
	verify(t, owner, 1)
}

func TestFullQueueRefuses(t *testing.T) {
	s, owner := pgtest.StoreAndOwner(t)
	o := offices(t, s, 1)[0]
	i := startSingle(t, s)
	blocked, release := hold(t, owner)
	impatient, cancel := context.WithCancel(ctx)
	go func() { _ = i.Submit(ctx, o.entry(t, 0)) }()
	blocked()
	var group sync.WaitGroup
	for n := range intake.Capacity {
		group.Go(func() { _ = i.Submit(impatient, o.entry(t, 1+n%5)) })
	}
	await(t, func() bool { return intake.Waiting(i) == intake.Capacity })
	if err := i.Submit(ctx, o.entry(t, 77)); !errors.Is(err, survey.ErrUnavailable) {
		t.Errorf("submit to a full queue = %v; want ErrUnavailable", err)
	}
	cancel()
	group.Wait()
	release()
	finish(t, i)
	verify(t, owner, 6)
}

// TestTerminatedBackendsLoseAndDoubleNothing ends the service's connections again and again while residents submit,
// and resend with the same key what was not acknowledged.
func TestTerminatedBackendsLoseAndDoubleNothing(t *testing.T) {
	s, owner := pgtest.StoreAndOwner(t)
	all := offices(t, s, 3)
	i := start(t, s)
	const residents, each = 24, 25
	var group sync.WaitGroup
	for r := range residents {
		group.Go(func() {
			for n := r * each; n < (r+1)*each; n++ {
				for err := errors.New("not sent"); err != nil; {
					err = i.Submit(ctx, all[n%3].entry(t, n))
					if err != nil && !errors.Is(err, survey.ErrUnavailable) {
						t.Errorf("submit %d: %v", n, err)
						return
					}
				}
			}
		})
	}
	ended := make(chan struct{})
	go func() { group.Wait(); close(ended) }()
	const enough = 200
	kills := 0
	for running := true; running && kills < enough; {
		select {
		case <-ended:
			running = false
		case <-time.After(3 * time.Millisecond):
			kills += len(lines(t, owner, `
				WITH busy AS MATERIALIZED (
					SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'ocena_intake' AND state <> 'idle'
				)
				SELECT pid::text FROM busy WHERE pg_terminate_backend(pid)`))
		}
	}
	<-ended
	if kills == 0 {
		t.Error("no transaction was broken off; the test shows nothing")
	}
	verify(t, owner, residents*each)
}

package store_test

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/google/uuid"

	"ocenaurzedu.eu/pkg/pgtest"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

func TestAddSubmissionsStoresEachKeyOnce(t *testing.T) {
	s := pgtest.Store(t)
	osielsko, dobrcz := pgtest.Tenant(t, s, "osielsko", ""), pgtest.Tenant(t, s, "dobrcz", "")
	day := survey.NewDay(2026, 3, 10)
	values := survey.Values{"overall": {"3"}, "quality.polite": {"na"}, "improve": {"other"}, "improve.other": {"ławki"}, "remarks": {"Dziękuję"}}

	first := []store.Entry{entry(t, osielsko, "a", values, day), entry(t, osielsko, "a", values, day), entry(t, dobrcz, "a", values, day)}
	for range 2 { // the second time is a resend: other ids, the same keys
		if err := s.AddSubmissions(ctx, first); err != nil {
			t.Fatalf("add: %v", err)
		}
		for i := range first {
			first[i].Submission.ID = uuid.NewString()
		}
	}
	for _, scope := range []*store.Scope{osielsko, dobrcz} {
		if n := total(t, scope, year); n != 1 {
			t.Errorf("tenant %d has %d submissions; want 1", scope.Tenant(), n)
		}
	}
	results, err := osielsko.Results(ctx, year)
	if err != nil || results.Pending != 2 {
		t.Fatalf("results = %d remarks that wait, %v; want 2", results.Pending, err)
	}
}

func TestResultsTakesMonthsFromTalliesAndEdgesFromCodes(t *testing.T) {
	s := pgtest.Store(t)
	scope := pgtest.Tenant(t, s, "osielsko", "")
	var entries []store.Entry
	for i := range 120 { // a submission a day from 1 January 2026
		entries = append(entries, entry(t, scope, fmt.Sprint(i), survey.Values{"overall": {"2"}}, survey.NewDay(2026, 1, 1).Add(i)))
	}
	if err := s.AddSubmissions(ctx, entries); err != nil {
		t.Fatalf("add: %v", err)
	}
	tests := []struct {
		name     string
		from, to survey.Day
		want     int
	}{
		{"everything", survey.NewDay(2025, 1, 1), survey.NewDay(2027, 1, 1), 120},
		{"a whole month", survey.NewDay(2026, 2, 1), survey.NewDay(2026, 2, 28), 28},
		{"ragged on both sides", survey.NewDay(2026, 1, 31), survey.NewDay(2026, 3, 1), 30},
		{"ragged start", survey.NewDay(2026, 1, 2), survey.NewDay(2026, 1, 31), 30},
		{"within a month", survey.NewDay(2026, 1, 10), survey.NewDay(2026, 1, 12), 3},
		{"one day", survey.NewDay(2026, 1, 10), survey.NewDay(2026, 1, 10), 1},
		{"over a month's end without a whole one", survey.NewDay(2026, 1, 30), survey.NewDay(2026, 2, 2), 4},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if n := total(t, scope, survey.Filter{From: tt.from, To: tt.to}); n != tt.want {
				t.Errorf("n from %s to %s = %d; want %d", tt.from, tt.to, n, tt.want)
			}
		})
	}
}

func TestGateHoldsEditsBackUntilAReportIsArchived(t *testing.T) {
	s := pgtest.Store(t)
	scope := pgtest.Tenant(t, s, "osielsko", "")
	office, err := scope.Office(ctx)
	if err != nil {
		t.Fatalf("office: %v", err)
	}
	office.Office.Phone, office.UpdatedAt, office.UpdatedBy = "52 000 00 00", pgtest.Now(), "anna@osielsko.example"
	if err := scope.SaveOffice(ctx, *office, nil); !errors.Is(err, survey.ErrReportRequired) {
		t.Fatalf("save without a report = %v; want ErrReportRequired", err)
	}
	if err := scope.SaveOffice(ctx, *office, report(t, scope, 0)); err != nil {
		t.Fatalf("save with a report: %v", err)
	}
	office.Revision++
	if err := s.AddSubmissions(ctx, []store.Entry{entry(t, scope, "a", survey.Values{"overall": {"1"}}, survey.NewDay(2026, 3, 10))}); err != nil {
		t.Fatalf("add: %v", err)
	}
	if err := scope.SaveOffice(ctx, *office, nil); !errors.Is(err, survey.ErrReportRequired) {
		t.Errorf("save after a new answer = %v; want ErrReportRequired", err)
	}
	incomplete := report(t, scope, 0) // leaves the answer out
	if err := scope.SaveOffice(ctx, *office, incomplete); !errors.Is(err, survey.ErrReportRequired) {
		t.Errorf("save with a report that leaves an answer out = %v; want ErrReportRequired", err)
	}
	if err := scope.SaveOffice(ctx, *office, report(t, scope, 1)); err != nil {
		t.Errorf("save with a report of the answer: %v", err)
	}
	if err := scope.SaveOffice(ctx, *office, nil); !errors.Is(err, survey.ErrConflict) {
		t.Errorf("save of an old revision = %v; want ErrConflict", err)
	}
}

// Two replicas that add to the same tallies, each with its entries the other way round, wait for each other and never in
// a circle; the first submissions of a month, which make the tallies, as well as those that follow.
func TestReplicasAddToTheSameTallies(t *testing.T) {
	url, ownerURL := pgtest.Database(t)
	owner, err := sql.Open("postgres", ownerURL)
	must(t, "open", err)
	t.Cleanup(func() { _ = owner.Close() })
	var replicas []*store.Store
	for range 4 {
		s, err := store.Open(store.Options{URL: url})
		must(t, "open", err)
		t.Cleanup(s.Close)
		replicas = append(replicas, s)
	}
	scopes := make([]*store.Scope, 12)
	for i := range scopes {
		scopes[i] = pgtest.Tenant(t, replicas[0], fmt.Sprintf("urzad-%d", i), "")
	}
	const rounds = 15
	var all sync.WaitGroup
	for r, s := range replicas {
		all.Go(func() {
			for round := range rounds {
				var entries []store.Entry
				for _, scope := range scopes {
					entries = append(entries, entry(t, scope, fmt.Sprint(r, round, scope.Tenant()), survey.Values{"overall": {"1"}}, survey.NewDay(2026, 1, 1).AddMonths(round/2)))
				}
				if r%2 == 1 {
					slices.Reverse(entries)
				}
				if err := s.AddSubmissions(ctx, entries); err != nil {
					t.Errorf("replica %d, round %d: %v", r, round, err)
				}
			}
		})
	}
	all.Wait()
	recount(t, owner)
	for _, scope := range scopes {
		if n := total(t, scope, year); n != rounds*len(replicas) {
			t.Errorf("tenant %d has %d submissions; want %d", scope.Tenant(), n, rounds*len(replicas))
		}
	}
}

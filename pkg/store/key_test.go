package store_test

import (
	"testing"

	"github.com/google/uuid"

	"ocenaurzedu.eu/pkg/pgtest"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// Keys of earlier days go, of every tenant; the others still hold a second copy back, and no answer is touched.
func TestDropKeys(t *testing.T) {
	s, owner := pgtest.StoreAndOwner(t)
	osielsko, dobrcz := pgtest.Tenant(t, s, "osielsko", ""), pgtest.Tenant(t, s, "dobrcz", "")
	edge, values := survey.NewDay(2126, 3, 10), survey.Values{"overall": {"3"}}
	century := survey.Filter{From: survey.NewDay(2126, 1, 1), To: survey.NewDay(2126, 12, 31)}
	kept := entry(t, osielsko, "kept", values, edge)
	must(t, "add", s.AddSubmissions(ctx, []store.Entry{
		kept, entry(t, osielsko, "old", values, edge.Add(-1)), entry(t, dobrcz, "older", values, edge.Add(-40)),
	}))
	if n, err := s.DropKeys(ctx, edge); n != 2 || err != nil {
		t.Errorf("DropKeys = %d, %v; want 2", n, err)
	}
	if n, err := s.DropKeys(ctx, edge); n != 0 || err != nil {
		t.Errorf("second DropKeys = %d, %v; want 0", n, err)
	}
	if left := lines(t, owner, `SELECT tenant_id::text || ' ' || day::text FROM submission_keys`); len(left) != 1 {
		t.Errorf("keys left: %v; want one", left)
	}
	kept.Submission.ID = uuid.NewString()
	must(t, "resend", s.AddSubmissions(ctx, []store.Entry{kept}))
	if a, b := total(t, osielsko, century), total(t, dobrcz, century); a != 2 || b != 1 {
		t.Errorf("submissions %d and %d; want 2 and 1", a, b)
	}
}

// A sheet filled in long ago is typed today: its key is as young as any other.
func TestKeyOfOldPaperIsOfToday(t *testing.T) {
	s, owner := pgtest.StoreAndOwner(t)
	osielsko := pgtest.Tenant(t, s, "osielsko", "")
	must(t, "add", s.AddSubmissions(ctx, []store.Entry{entry(t, osielsko, "paper", survey.Values{"overall": {"3"}}, survey.NewDay(2020, 1, 2))}))
	if young := lines(t, owner, `SELECT 'x' FROM submission_keys WHERE day >= CURRENT_DATE - 1`); len(young) != 1 {
		t.Errorf("the key of a sheet of 2020 is not of today")
	}
}

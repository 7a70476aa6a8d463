package store_test

import (
	"testing"
	"time"

	"ocenaurzedu.eu/pkg/store"
)

// A stack that somebody works on at the last moment, while scans are being erased, keeps all: what was decided of its sheets
// is not in the answers yet.
func TestStackThatIsApprovedIsNotErased(t *testing.T) {
	s, owner, _ := open(t)
	scope := plainTenant(t, s, "osielsko")
	version, err := scope.PublishedVersion(ctx)
	must(t, "version", err)
	batch := openScan(t, scope)
	f := scanned(t, scope, batch, "file")
	f.Pages = 1
	page := located(1, version.ID, 7, true)
	must(t, "add page", scope.AddScanPage(ctx, f, page, admin.At.Add(time.Minute)))
	f.State = store.FileRead
	must(t, "end file", scope.EndScanFile(ctx, f))
	questions, err := scope.NextScanQuestions(ctx, batch, 1, nil, admin, admin.At)
	must(t, "questions", err)
	must(t, "decide", scope.DecideScan(ctx, batch, []store.ScanDecision{{Question: questions[0].ID, Value: []string{"2"}}}, admin))

	late := admin.At.AddDate(0, 0, store.ScanDays+1)
	tx, err := owner.BeginTx(ctx, nil)
	must(t, "begin", err)
	defer func() { _ = tx.Rollback() }()
	done, err := tx.ExecContext(ctx, `UPDATE scan_batches SET state = 'approving', touched_at = $2 WHERE id = $1`, batch, late)
	must(t, "approve", err)
	if n, _ := done.RowsAffected(); n != 1 {
		t.Fatalf("%d stacks are approved, want one", n)
	}
	erased := make(chan error)
	go func() {
		_, err := scope.EraseScans(ctx, late)
		erased <- err
	}()
	for waiting := false; !waiting; { // for the stack
		must(t, "locks", owner.QueryRow(`SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE a.datname = current_database() AND NOT l.granted)`).Scan(&waiting))
	}
	must(t, "commit", tx.Commit())
	must(t, "erase", <-erased)
	values, err := scope.ScanValues(ctx, page.Sheet)
	if err != nil || values.Get("overall") != "2" {
		t.Errorf("the approved sheet says %v, %v; want what was decided", values, err)
	}
	if b, err := scope.Scan(ctx, batch); err != nil || b.ErasedAt != nil {
		t.Errorf("the stack = %+v, %v; want it kept", b, err)
	}
}

package scan

import (
	"context"
	"errors"
	"testing"
	"time"

	"ocenaurzedu.eu/pkg/omr"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// another opens a stack beside the first one, and makes it the one that files go to.
func (w *world) another() (first *store.ScanBatch) {
	w.t.Helper()
	first, w.batch = w.batch, &store.ScanBatch{Day: survey.NewDay(2026, 3, 9), OpenedBy: clerk.Login, OpenedAt: w.now}
	w.must("open", w.scope.OpenScan(context.Background(), w.batch))
	return first
}

// joined adds a page to a sheet of two pages, as it comes with a file of the present stack.
func (w *world) joined(name string, sheetPage int, field string, flagged bool) (*store.ScanFile, *store.ScanPage) {
	w.t.Helper()
	ctx := context.Background()
	w.send(name)
	f, err := w.scope.ClaimScanFile(ctx, w.now, w.now.Add(time.Minute))
	w.must("claim", err)
	f.Pages = 1
	p := &store.ScanPage{Number: 1, State: store.PageRead, Algorithm: omr.Algorithm, VersionID: w.version.ID, SheetPages: 2, SheetPage: sheetPage, Serial: 7, Reading: []byte(`{}`),
		Picture: []byte("picture"), Kind: "image/png", Questions: []store.ScanQuestion{{Field: field, Kind: store.AskOne, Proposal: []string{"1"}, Flagged: flagged}}}
	w.must("add page", w.scope.AddScanPage(ctx, f, p, w.now.Add(time.Minute)))
	f.State = store.FileRead
	w.must("end file", w.scope.EndScanFile(ctx, f))
	return f, p
}

// A sheet whose pages came with two stacks is verified in the first one: its pictures are to be had there, as long as it is
// open, and go with it.
func TestSheetOfTwoStacks(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	w.joined("first", 1, "quality.polite", false)
	first := w.another()
	f, p := w.joined("second", 2, "overall", true)
	questions, err := w.scope.NextScanQuestions(ctx, first.ID, 5, nil, clerk, w.now)
	if err != nil || len(questions) != 1 {
		t.Fatalf("questions of the first stack: %d, %v; want one", len(questions), err)
	}
	picture := func() error {
		_, _, err := w.scope.ScanPicture(ctx, questions[0].Batch, questions[0].Page)
		return err
	}
	if _, err := w.scope.ScanPage(ctx, questions[0].Batch, questions[0].Page); err != nil {
		t.Errorf("the page of a question of the first stack: %v", err)
	}
	if err := picture(); err != nil {
		t.Errorf("the picture of a question of the first stack: %v", err)
	}
	if pages, err := w.scope.ScanSheetPages(ctx, first.ID, p.Sheet); err != nil || len(pages) != 2 {
		t.Errorf("pages of the sheet: %d, %v; want both", len(pages), err)
	}

	w.must("retention", w.scope.SaveScanRetention(ctx, 0, clerk))
	second := store.Actor{Login: clerk.Login, At: w.now}
	w.must("approve the second", w.scope.ApproveScan(ctx, w.batch.ID, false, second))
	w.must("step", w.step())
	w.must("erase", w.runner.Erase(ctx))
	w.now = w.now.Add(2 * time.Minute)
	w.must("erase", w.runner.Erase(ctx))
	if err := picture(); err != nil {
		t.Errorf("the picture is gone before anybody has answered its question: %v", err)
	}
	w.must("decide", w.scope.DecideScan(ctx, first.ID, []store.ScanDecision{{Question: questions[0].ID, Value: []string{"2"}}}, second))
	w.must("approve the first", w.scope.ApproveScan(ctx, first.ID, false, second))
	if err := w.scope.CancelScanFile(ctx, w.batch.ID, f.ID, second); !errors.Is(err, survey.ErrClosed) {
		t.Errorf("cancel a file of an approved stack: %v, want ErrClosed", err)
	}
	w.must("step", w.step())
	w.now = w.now.Add(2 * time.Minute)
	w.must("erase", w.runner.Erase(ctx))
	if err := picture(); !errors.Is(err, survey.ErrNotFound) {
		t.Errorf("the picture after the first stack's time: %v, want ErrNotFound", err)
	}
	if n := w.submissions(); n != 1 {
		t.Errorf("%d answers, want one", n)
	}
	n, err := w.scope.Verify(ctx, survey.NewDay(2026, 3, 31), func(string) bool { return true }, func(d store.Difference) { t.Errorf("the tally differs: %+v", d) })
	if err != nil || n != 1 {
		t.Errorf("verify: %d, %v; want one", n, err)
	}
}

// What was decided of an approved sheet stays, although a file of an open stack brought the page.
func TestFileOfAnApprovedSheetStays(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	w.joined("first", 1, "quality.polite", false)
	first := w.another()
	f, _ := w.joined("second", 2, "overall", true)
	questions, err := w.scope.NextScanQuestions(ctx, first.ID, 5, nil, clerk, w.now)
	w.must("questions", err)
	w.must("decide", w.scope.DecideScan(ctx, first.ID, []store.ScanDecision{{Question: questions[0].ID, Value: []string{"2"}}}, clerk))
	w.must("approve", w.scope.ApproveScan(ctx, first.ID, false, clerk))
	if err := w.scope.CancelScanFile(ctx, w.batch.ID, f.ID, clerk); !errors.Is(err, survey.ErrClosed) {
		t.Errorf("cancel: %v, want ErrClosed", err)
	}
	if values, err := w.scope.ScanValues(ctx, questions[0].Sheet); err != nil || values.Get("overall") != "2" {
		t.Errorf("the approved sheet says %v, %v; want what was decided", values, err)
	}
}

// A stack that was erased before anybody approved it brought no answers: its files can be sent again.
func TestForgottenFileCanBeSentAgain(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	w.send("a", w.page(1, "1", false))
	w.must("step", w.step())
	w.now = w.now.AddDate(0, 0, store.ScanDays+1)
	w.must("erase", w.runner.Erase(ctx))
	w.another()
	w.send("a", w.page(1, "1", false))
	w.must("step", w.step())
	w.wantStates(store.PageRead)
}

// A later reading neither brings a sheet back that a person put aside, nor takes one away that it can't read any more.
func TestReadingAgainKeepsSheets(t *testing.T) {
	w := newWorld(t)
	ctx := context.Background()
	old := func(serial uint32) Page {
		p := w.page(serial, "1", false)
		p.Algorithm = omr.Algorithm - 1
		return p
	}
	w.send("a", old(1), old(2))
	w.must("step", w.step())
	sheets, err := w.scope.ScanSheets(ctx, w.batch.ID)
	w.must("sheets", err)
	w.must("put aside", w.scope.SettleScanSheet(ctx, w.batch.ID, sheets[0].ID, store.SheetRejected, clerk))
	w.must("again", w.scope.ReadScansAgain(ctx, w.batch.ID, omr.Algorithm, clerk))
	w.pages = []Page{w.page(1, "1", false), {Page: omr.Page{State: omr.Unsupported, Reason: reasonCrashed, Algorithm: omr.Algorithm}}}
	w.must("step", w.step())
	again, err := w.scope.ScanSheets(ctx, w.batch.ID)
	w.must("sheets", err)
	if len(again) != 2 || again[0].State != store.SheetRejected || again[1].State != store.SheetOpen || again[1].Have != 1 {
		t.Errorf("sheets after the second reading = %+v; want the first put aside, the second as it was", again)
	}
	w.wantStates(store.PageRead, store.PageRead)
}

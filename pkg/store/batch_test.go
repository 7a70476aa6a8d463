package store_test

import (
	"errors"
	"slices"
	"sync"
	"testing"

	"ocenaurzedu.eu/pkg/pgtest"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

func TestBatchTakesSheetsUntilItIsClosed(t *testing.T) {
	s, owner, _ := open(t)
	scope := plainTenant(t, s, "osielsko")
	b := openBatch(t, scope)
	first := sheet(t, scope, b, 1, 41, survey.Values{"overall": {"1"}, "quality.quick": {"unreadable"}, "remarks": {"mała czcionka"}})
	second := sheet(t, scope, b, 2, 0, survey.Values{"overall": {"3"}})
	must(t, "add", s.AddSubmissions(ctx, []store.Entry{second, first}))

	twice := sheet(t, scope, b, 3, 41, survey.Values{"overall": {"2"}})
	if err := s.AddSubmissions(ctx, []store.Entry{twice}); !errors.Is(err, survey.ErrTaken) {
		t.Errorf("a serial typed twice = %v; want ErrTaken", err)
	}
	corrected := *first.Submission
	corrected.Codes = slices.Clone(first.Submission.Codes)
	corrected.Codes[0] = survey.CodeFirst + 2
	corrected.Remarks = []survey.Remark{{Question: "remarks", Text: "mała litera", State: survey.RemarkNew}}
	must(t, "correct", scope.CorrectSheet(ctx, correction(&corrected, first.Layout, 1)))
	recount(t, owner)

	sheets, err := scope.TypedSheets(ctx, b.ID)
	must(t, "sheets", err)
	if len(sheets) != 2 || sheets[0].Number != 1 || sheets[0].Serial != 41 || !slices.Equal(sheets[0].Submission.Codes, corrected.Codes) ||
		len(sheets[0].Submission.Remarks) != 1 || sheets[0].Submission.Remarks[0].Text != "mała litera" || sheets[1].Serial != 0 {
		t.Errorf("sheets = %+v; want the corrected first and the second", sheets)
	}
	must(t, "close", scope.CloseBatch(ctx, b.ID, admin))
	if err := scope.CloseBatch(ctx, b.ID, admin); !errors.Is(err, survey.ErrClosed) {
		t.Errorf("close again = %v; want ErrClosed", err)
	}
	if err := s.AddSubmissions(ctx, []store.Entry{sheet(t, scope, b, 3, 0, survey.Values{"overall": {"2"}})}); !errors.Is(err, survey.ErrClosed) {
		t.Errorf("add to a closed batch = %v; want ErrClosed", err)
	}
	if err := scope.CorrectSheet(ctx, correction(first.Submission, first.Layout, 2)); !errors.Is(err, survey.ErrClosed) {
		t.Errorf("correct in a closed batch = %v; want ErrClosed", err)
	}
	got, err := scope.Batch(ctx, b.ID)
	if err != nil || got.Open() || got.ClosedBy != admin.Login || got.Sheets != 2 || got.Version != 1 {
		t.Errorf("batch = %+v, %v; want it closed, with 2 sheets of version 1", got, err)
	}
	if n := total(t, scope, year); n != 2 {
		t.Errorf("n = %d; want 2", n)
	}
	recount(t, owner)
}

func TestCorrectSheetRefuses(t *testing.T) {
	s, owner, _ := open(t)
	scope := plainTenant(t, s, "osielsko")
	web := entry(t, scope, "web", survey.Values{"overall": {"1"}}, survey.NewDay(2026, 3, 10))
	must(t, "add", s.AddSubmissions(ctx, []store.Entry{web}))
	if err := scope.CorrectSheet(ctx, correction(web.Submission, web.Layout, 1)); !errors.Is(err, survey.ErrClosed) {
		t.Errorf("correct what came over the web = %v; want ErrClosed", err)
	}
	short := *web.Submission
	short.Codes = short.Codes[1:]
	if err := scope.CorrectSheet(ctx, correction(&short, web.Layout, 1)); err == nil {
		t.Error("codes that don't fit are taken")
	}
	recount(t, owner)
}

// TestCloseBatchRacesWithTyping closes a batch while sheets come in: each is either in before, or refused.
func TestCloseBatchRacesWithTyping(t *testing.T) {
	s, owner, _ := open(t)
	scope := plainTenant(t, s, "osielsko")
	b := openBatch(t, scope)
	entries := make([]store.Entry, 40)
	for i := range entries {
		entries[i] = sheet(t, scope, b, i+1, 0, survey.Values{"overall": {"1"}})
	}
	var mu sync.Mutex
	var all sync.WaitGroup
	stored := 0
	for i, e := range entries {
		all.Go(func() {
			if i == len(entries)/2 {
				if err := scope.CloseBatch(ctx, b.ID, admin); err != nil {
					t.Errorf("close: %v", err)
				}
			}
			err := s.AddSubmissions(ctx, []store.Entry{e})
			if err != nil && !errors.Is(err, survey.ErrClosed) {
				t.Errorf("add = %v; want nil or ErrClosed", err)
			}
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				stored++
			}
		})
	}
	all.Wait()
	if n := total(t, scope, year); n != stored {
		t.Errorf("%d sheets were stored, %d acknowledged", n, stored)
	}
	recount(t, owner)
}

func TestRecordPrintGivesEachSerialOnce(t *testing.T) {
	s, _, _ := open(t)
	scope := plainTenant(t, s, "osielsko")
	version, err := scope.PublishedVersion(ctx)
	must(t, "version", err)
	var mu sync.Mutex
	var all sync.WaitGroup
	given := map[int64]int{}
	for i := range 20 {
		all.Go(func() {
			p, err := scope.RecordPrint(ctx, version.ID, i+1, admin)
			if err != nil {
				t.Errorf("print: %v", err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			for serial := p.FirstSerial; serial < p.FirstSerial+int64(p.Copies); serial++ {
				given[serial]++
			}
		})
	}
	all.Wait()
	const sheets = 20 * 21 / 2
	for serial := int64(1); serial <= sheets; serial++ {
		if given[serial] != 1 {
			t.Errorf("serial %d was given %d times; want once", serial, given[serial])
		}
	}
	for _, tt := range []struct {
		serial int64
		known  bool
	}{{0, false}, {1, true}, {sheets, true}, {sheets + 1, false}} {
		got, err := scope.VersionOfSerial(ctx, tt.serial)
		if known := err == nil && got == version.ID; known != tt.known || err != nil && !errors.Is(err, survey.ErrNotFound) {
			t.Errorf("version of serial %d = %d, %v; want it known: %t", tt.serial, got, err, tt.known)
		}
	}
	for _, copies := range []int{0, -1, 501} {
		if _, err := scope.RecordPrint(ctx, version.ID, copies, admin); err == nil {
			t.Errorf("%d copies are taken", copies)
		}
	}
}

func TestResultsDigestNamesTheState(t *testing.T) {
	s := pgtest.Store(t)
	scope := plainTenant(t, s, "osielsko")
	digest := func() string {
		results, err := scope.Results(ctx, survey.Filter{From: survey.NewDay(2020, 1, 1), To: survey.NewDay(2020, 1, 2)}) // takes in nothing
		must(t, "results", err)
		return results.Digest
	}
	empty := digest()
	b := openBatch(t, scope)
	e := sheet(t, scope, b, 1, 0, survey.Values{"overall": {"1"}})
	must(t, "add", s.AddSubmissions(ctx, []store.Entry{e}))
	one := digest()
	changed := *e.Submission
	changed.Codes = slices.Clone(changed.Codes)
	changed.Codes[0]++
	must(t, "correct", scope.CorrectSheet(ctx, correction(&changed, e.Layout, 1)))
	corrected := digest()
	must(t, "correct back", scope.CorrectSheet(ctx, correction(e.Submission, e.Layout, 2)))
	if empty == one || one == corrected || digest() != one {
		t.Errorf("digests: none %q, one %q, corrected %q, corrected back %q; want only the second and the last alike", empty, one, corrected, digest())
	}
	must(t, "add elsewhere", s.AddSubmissions(ctx, []store.Entry{entry(t, plainTenant(t, s, "dobrcz"), "x", survey.Values{"overall": {"1"}}, year.From)}))
	if digest() != one {
		t.Error("another tenant's answer changes the digest")
	}
}

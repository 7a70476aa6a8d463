package store_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// ewa is who keys sheets again that jan@urzad.example typed.
var ewa = store.Actor{Login: "ewa@urzad.example", At: admin.At}

// typed makes a batch of n sheets.
func typed(t testing.TB, s *store.Store, scope *store.Scope, n int) (*store.Batch, []store.Entry) {
	t.Helper()
	b := openBatch(t, scope)
	entries := make([]store.Entry, n)
	for i := range entries {
		entries[i] = sheet(t, scope, b, 0, 0, survey.Values{"overall": {"1"}, "quality.quick": {"2"}, "remarks": {"dobrze"}})
	}
	must(t, "add", s.AddSubmissions(ctx, entries))
	return b, entries
}

func sample(t testing.TB, scope *store.Scope, batch int64) []store.RekeyedSheet {
	t.Helper()
	sheets, err := scope.RekeyedSheets(ctx, batch)
	must(t, "sample", err)
	return sheets
}

func TestDrawSheetsOnlyAdds(t *testing.T) {
	s, _, _ := open(t)
	scope := plainTenant(t, s, "osielsko")
	for _, tt := range []struct{ sheets, percent, want int }{{0, 10, 0}, {3, 10, 3}, {20, 10, 5}, {51, 10, 6}, {40, 100, 40}} {
		b, _ := typed(t, s, scope, tt.sheets)
		must(t, "draw", scope.DrawSheets(ctx, b.ID, tt.percent, admin))
		first := sample(t, scope, b.ID)
		if len(first) != tt.want {
			t.Errorf("%d %% of %d sheets are %d; want %d", tt.percent, tt.sheets, len(first), tt.want)
		}
		must(t, "draw again", scope.DrawSheets(ctx, b.ID, tt.percent, admin))
		same := func(a, b store.RekeyedSheet) bool { return a.Submission == b.Submission }
		if again := sample(t, scope, b.ID); !slices.EqualFunc(first, again, same) {
			t.Errorf("drawn again: %v; want the same %v", again, first)
		}
	}
	b, _ := typed(t, s, scope, 30)
	must(t, "draw", scope.DrawSheets(ctx, b.ID, 20, admin))
	first := sample(t, scope, b.ID)
	must(t, "draw more", scope.DrawSheets(ctx, b.ID, 50, admin))
	more := sample(t, scope, b.ID)
	for _, sheet := range first {
		if !slices.ContainsFunc(more, func(r store.RekeyedSheet) bool { return r.Submission == sheet.Submission }) {
			t.Errorf("sheet %d is no longer in the sample", sheet.Number)
		}
	}
	if len(first) != 6 || len(more) != 15 {
		t.Errorf("20 %% of 30 are %d, 50 %% are %d; want 6 and 15", len(first), len(more))
	}
}

func TestRekeySheetAndSettle(t *testing.T) {
	s, owner, _ := open(t)
	scope := plainTenant(t, s, "osielsko")
	b, entries := typed(t, s, scope, 5)
	must(t, "draw", scope.DrawSheets(ctx, b.ID, 10, admin))
	version, err := scope.PublishedVersion(ctx)
	must(t, "version", err)
	again := func(i int, values survey.Values) *survey.Submission {
		sub := sheet(t, scope, b, 0, 0, values).Submission
		sub.ID = entries[i].Submission.ID
		return sub
	}
	typist := store.Actor{Login: "jan@urzad.example", At: admin.At}
	other := again(0, survey.Values{"overall": {"1"}, "quality.quick": {"3"}, "quality.polite": {"na"}})
	if err := scope.RekeySheet(ctx, b.ID, other, version, typist); !errors.Is(err, store.ErrSamePerson) {
		t.Errorf("keyed again by its typist: %v; want ErrSamePerson", err)
	}
	for range 2 { // the second time because the answer was lost
		must(t, "rekey", scope.RekeySheet(ctx, b.ID, other, version, ewa))
	}
	if err := scope.RekeySheet(ctx, b.ID, again(0, survey.Values{"overall": {"2"}}), version, ewa); !errors.Is(err, survey.ErrTaken) {
		t.Errorf("keyed again otherwise: %v; want ErrTaken", err)
	}
	must(t, "rekey alike", scope.RekeySheet(ctx, b.ID, again(1, survey.Values{"overall": {"1"}, "quality.quick": {"2"}}), version, ewa))
	if n := total(t, scope, year); n != 5 {
		t.Errorf("n = %d; second keyings count as answers", n)
	}
	recount(t, owner)
	batch, err := scope.Batch(ctx, b.ID)
	must(t, "batch", err)
	if want := (store.Rekeying{RekeyPercent: 10, Drawn: 5, Rekeyed: 2, Compared: 5, Differing: 2, Unsettled: 1}); batch.Rekeying != want {
		t.Errorf("second keying = %+v; want %+v", batch.Rekeying, want)
	}

	settled := *entries[0].Submission
	settled.Codes = other.Codes
	stale := correction(&settled, entries[0].Layout, 2)
	if err := scope.SettleSheet(ctx, stale); !errors.Is(err, survey.ErrConflict) {
		t.Errorf("settled on what was not seen: %v; want ErrConflict", err)
	}
	must(t, "settle", scope.SettleSheet(ctx, correction(&settled, entries[0].Layout, 1)))
	recount(t, owner)
	sheets, err := scope.TypedSheets(ctx, b.ID)
	must(t, "sheets", err)
	i := slices.IndexFunc(sheets, func(one store.TypedSheet) bool { return one.Submission.ID == settled.ID })
	if got := sheets[i]; !slices.Equal(got.Submission.Codes, other.Codes) || len(got.Submission.Remarks) != 1 || got.Revision != 2 {
		t.Errorf("settled sheet = %+v; want the second keying's codes and the remark", got)
	}
	batch, err = scope.Batch(ctx, b.ID)
	must(t, "batch", err)
	if batch.Unsettled != 0 || batch.Differing != 2 {
		t.Errorf("settled: %+v; want no difference left, and the two that there were still told", batch.Rekeying)
	}
	must(t, "close", scope.CloseBatch(ctx, b.ID, admin))
	for what, err := range map[string]error{
		"draw":  scope.DrawSheets(ctx, b.ID, 50, admin),
		"rekey": scope.RekeySheet(ctx, b.ID, again(2, survey.Values{"overall": {"1"}}), version, ewa),
	} {
		if !errors.Is(err, survey.ErrClosed) {
			t.Errorf("%s in a closed batch: %v; want ErrClosed", what, err)
		}
	}
}

// Two clerks at one batch: each sheet has a number of its own, whatever was wished, and no correction undoes another.
func TestTwoClerksAtOneBatch(t *testing.T) {
	s, owner, _ := open(t)
	scope := plainTenant(t, s, "osielsko")
	b := openBatch(t, scope)
	const each = 15
	var all sync.WaitGroup
	entries := [2][each]store.Entry{}
	for clerk := range entries {
		for i := range each {
			entries[clerk][i] = sheet(t, scope, b, i+1, 0, survey.Values{"overall": {"1"}}) // both wish for the same numbers
		}
		all.Go(func() {
			for _, e := range entries[clerk] {
				if err := s.AddSubmissions(ctx, []store.Entry{e}); err != nil {
					t.Errorf("add: %v", err)
				}
			}
		})
	}
	all.Wait()
	sheets, err := scope.TypedSheets(ctx, b.ID)
	must(t, "sheets", err)
	for i, one := range sheets {
		if one.Number != i+1 {
			t.Fatalf("the %d. sheet has the number %d", i+1, one.Number)
		}
	}
	if len(sheets) != 2*each {
		t.Fatalf("%d sheets; want %d", len(sheets), 2*each)
	}
	number, err := scope.NumberOfSheet(ctx, b.ID, sheets[7].Submission.ID, "nikt")
	if err != nil || number != 8 {
		t.Errorf("number of the 8. sheet = %d, %v", number, err)
	}
	if number, err = scope.NumberOfSheet(ctx, b.ID, "00000000-0000-4000-8000-000000000000", "jan@urzad.example"); err != nil || number != 2*each {
		t.Errorf("number of a sheet that came twice = %d, %v; want the typist's last, %d", number, err, 2*each)
	}

	results := make(chan error, 8)
	for i := range 8 {
		all.Go(func() {
			changed := sheets[0].Submission
			changed.Codes = slices.Clone(changed.Codes)
			changed.Codes[1] = survey.CodeFirst + int16(i%3)
			results <- scope.CorrectSheet(ctx, correction(&changed, entries[0][0].Layout, 1))
		})
	}
	all.Wait()
	close(results)
	done := 0
	for err := range results {
		if err == nil {
			done++
		} else if !errors.Is(err, survey.ErrConflict) {
			t.Errorf("correction: %v; want nil or ErrConflict", err)
		}
	}
	if done != 1 {
		t.Errorf("%d of 8 corrections of one revision are taken; want 1", done)
	}
	recount(t, owner)
}

func TestSheetOfSerial(t *testing.T) {
	s, _, _ := open(t)
	scope := plainTenant(t, s, "osielsko")
	b := openBatch(t, scope)
	must(t, "add", s.AddSubmissions(ctx, []store.Entry{sheet(t, scope, b, 4, 77, survey.Values{"overall": {"1"}})}))
	place, err := scope.SheetOfSerial(ctx, 77)
	if err != nil || place.Batch != b.ID || place.Number != 4 || !place.Open {
		t.Errorf("place of serial 77 = %s, %v; want number 4 of the open batch", fmt.Sprintf("%+v", place), err)
	}
	if _, err := scope.SheetOfSerial(ctx, 78); !errors.Is(err, survey.ErrNotFound) {
		t.Errorf("place of a serial that was not typed: %v; want ErrNotFound", err)
	}
}

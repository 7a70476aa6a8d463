package store_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"ocenaurzedu.eu/pkg/pgtest"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

func exportCases() map[string]scopeCase {
	return map[string]scopeCase{
		"StartExport": {hides: true, call: alone(func(s *store.Scope, id ids) error {
			// An hour later, so that the tenant's own one has broken off.
			e := &store.Export{ID: id.export, Format: store.ExportXLSX, Filter: year, CreatedAt: admin.At.Add(time.Hour), CreatedBy: "x"}
			if err := s.StartExport(ctx, e); err != nil {
				return err
			}
			return s.CancelExport(ctx, e.ID, admin)
		})},
		"BeatExport": {foreign: survey.ErrConflict, hides: true, call: alone(func(s *store.Scope, id ids) error { return s.BeatExport(ctx, id.export, 5, admin.At) })},
		"EndExport": {foreign: survey.ErrConflict, hides: true, call: alone(func(s *store.Scope, id ids) error {
			return s.EndExport(ctx, &store.Export{ID: id.export, State: store.ExportReady, FinishedAt: admin.At})
		})},
		"CancelExport": {foreign: survey.ErrNotFound, hides: true, call: alone(func(s *store.Scope, id ids) error { return s.CancelExport(ctx, id.export, admin) })},
		"Exports":      {call: func(s *store.Scope, _ ids) (any, error) { return s.Exports(ctx, 10, admin.At) }},
		"Export":       {foreign: survey.ErrNotFound, call: func(s *store.Scope, id ids) (any, error) { return s.Export(ctx, id.export, admin.At) }},
		"NextSubmissions": {hides: true, call: func(s *store.Scope, _ ids) (any, error) {
			var b store.SubmissionBatch
			if err := s.NextSubmissions(ctx, year, 10, &b); err != nil {
				return nil, err
			}
			var points []int64
			for _, sub := range b.Submissions {
				points = append(points, sub.VersionID)
			}
			return len(points), nil
		}},
	}
}

// TestNextSubmissions reads all submissions of a filter once, in small batches and by random ids.
func TestNextSubmissions(t *testing.T) {
	s := pgtest.Store(t)
	scope := plainTenant(t, s, "eksport")
	neighbour := plainTenant(t, s, "sasiad")
	want := map[string]survey.Code{}
	for i := range 23 {
		e := entryVia(t, scope, fmt.Sprint(i), survey.Channels()[i%2], survey.Values{"overall": {fmt.Sprint(1 + i%3)}}, survey.NewDay(2026, 3, 1+i))
		must(t, "add", s.AddSubmissions(ctx, []store.Entry{e, entry(t, neighbour, fmt.Sprint("n", i), survey.Values{"overall": {"1"}}, survey.NewDay(2026, 3, 1+i))}))
		if i%2 == 0 && i >= 4 {
			want[e.Submission.ID] = e.Submission.Codes[0]
		}
	}
	filter := survey.Filter{From: survey.NewDay(2026, 3, 5), To: survey.NewDay(2026, 12, 31), Channels: survey.Channels()[:1]}
	var b store.SubmissionBatch
	var order []string
	for {
		must(t, "next", scope.NextSubmissions(ctx, filter, 4, &b))
		if len(b.Submissions) == 0 {
			break
		}
		for _, sub := range b.Submissions {
			if code, ok := want[sub.ID]; !ok || sub.Codes[0] != code || sub.Channel != survey.ChannelWeb {
				t.Errorf("submission %+v; want one of the filter with the code %d", sub, code)
			}
			order = append(order, sub.ID)
		}
	}
	if len(order) != len(want) || !slices.IsSorted(order) {
		t.Errorf("read %d submissions, in order: %t; want each of %d once, by id", len(order), slices.IsSorted(order), len(want))
	}
	for _, id := range order {
		if v := uuid.MustParse(id).Version(); v != 4 {
			t.Errorf("id %s has the version %d; the order is random only with 4", id, v)
		}
	}
}

// TestExportStates walks an export through its life.
func TestExportStates(t *testing.T) {
	scope := plainTenant(t, pgtest.Store(t), "eksport")
	begin := func(at time.Time) (*store.Export, error) {
		e := &store.Export{Format: store.ExportXLSX, Filter: year, Total: 9, CreatedAt: at, CreatedBy: "anna"}
		return e, scope.StartExport(ctx, e)
	}
	first, err := begin(admin.At)
	must(t, "start", err)
	if _, err := begin(admin.At.Add(time.Second)); !errors.Is(err, survey.ErrConflict) {
		t.Errorf("a second export beside a running one: %v; want %v", err, survey.ErrConflict)
	}
	must(t, "beat", scope.BeatExport(ctx, first.ID, 5, admin.At.Add(2*time.Second)))
	if e, err := scope.Export(ctx, first.ID, admin.At.Add(3*time.Second)); err != nil || e.State != store.ExportRunning || e.Rows != 5 || e.Total != 9 || e.Filter.To != year.To {
		t.Errorf("running export = %+v, %v", e, err)
	}
	must(t, "cancel", scope.CancelExport(ctx, first.ID, admin))
	if err := scope.BeatExport(ctx, first.ID, 6, admin.At); !errors.Is(err, survey.ErrConflict) {
		t.Errorf("beat of a cancelled export: %v; want %v", err, survey.ErrConflict)
	}
	second, err := begin(admin.At.Add(time.Minute))
	must(t, "start another", err)
	gone := admin.At.Add(3 * time.Minute)
	if e, err := scope.Export(ctx, second.ID, gone); err != nil || e.State != store.ExportBroken {
		t.Errorf("an export silent for two minutes = %+v, %v; want it broken off", e, err)
	}
	third, err := begin(gone)
	must(t, "start beside a broken one", err)
	third.State, third.Rows, third.Bytes, third.FinishedAt = store.ExportReady, 9, 1234, gone
	must(t, "end", scope.EndExport(ctx, third))
	all, err := scope.Exports(ctx, 10, gone)
	must(t, "exports", err)
	if len(all) != 3 || all[0].State != store.ExportReady || all[0].Bytes != 1234 || all[1].State != store.ExportBroken || all[2].State != store.ExportCancelled {
		t.Errorf("exports = %+v", all)
	}
}

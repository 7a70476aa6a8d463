package store_test

import (
	"errors"
	"testing"

	"ocenaurzedu.eu/pkg/pgtest"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

func TestDraftOfAnOldRevisionConflicts(t *testing.T) {
	s := pgtest.Store(t)
	scope := plainTenant(t, s, "osielsko")
	draft, err := scope.Draft(ctx)
	must(t, "draft", err)
	draft.Questionnaire.Title = survey.PL("Nowa")
	draft.UpdatedAt, draft.UpdatedBy = admin.At, admin.Login
	saved := *draft
	saved.Revision, err = scope.SaveDraft(ctx, *draft, store.Edit{})
	must(t, "save", err)
	if _, err := scope.SaveDraft(ctx, *draft, store.Edit{}); !errors.Is(err, survey.ErrConflict) {
		t.Errorf("save of the old revision = %v; want ErrConflict", err)
	}
	publish := func(d store.Draft, archive *store.Report) error {
		_, err := scope.Publish(ctx, store.NewVersion{Draft: d, Sheet: []byte(`{"pages": 2}`), By: admin}, archive)
		return err
	}
	if err := publish(saved, nil); !errors.Is(err, survey.ErrReportRequired) {
		t.Errorf("publish without a report = %v; want ErrReportRequired", err)
	}
	if err := publish(*draft, report(t, scope, -1)); !errors.Is(err, survey.ErrConflict) {
		t.Errorf("publish of the old revision = %v; want ErrConflict", err)
	}
	if reports, err := scope.Reports(ctx); err != nil || len(reports) != 0 {
		t.Errorf("the refused edit left %d reports, %v; want none", len(reports), err)
	}
	must(t, "publish", publish(saved, report(t, scope, -1)))
	v, err := scope.PublishedVersion(ctx)
	if err != nil || v.Number != 2 || v.Questionnaire.Title != survey.PL("Nowa") {
		t.Errorf("published version = %+v, %v; want number 2, Nowa", v, err)
	}
	if layout, err := scope.SheetLayout(ctx, v.ID, "A"); err != nil || string(layout) != `{"pages": 2}` {
		t.Errorf("sheet = %s, %v", layout, err)
	}
	versions, err := scope.Versions(ctx)
	if err != nil || len(versions) != 2 || versions[0].Number != 2 || versions[1].PublishedBy != store.Operator {
		t.Errorf("versions = %+v, %v; want 2 and the operator's 1", versions, err)
	}
}

func TestOldVersionKeepsItsAnswers(t *testing.T) {
	s, owner, _ := open(t)
	scope := plainTenant(t, s, "osielsko")
	must(t, "add", s.AddSubmissions(ctx, []store.Entry{entry(t, scope, "old", survey.Values{"overall": {"1"}}, survey.NewDay(2026, 3, 10))}))
	draft, err := scope.Draft(ctx)
	must(t, "draft", err)
	draft.Questionnaire.Sections[0].Questions = draft.Questionnaire.Sections[0].Questions[:1]
	_, err = scope.Publish(ctx, store.NewVersion{Draft: *draft, Sheet: []byte(`{}`), By: admin}, report(t, scope, -1))
	must(t, "publish", err)
	must(t, "add", s.AddSubmissions(ctx, []store.Entry{entry(t, scope, "new", survey.Values{"overall": {"3"}}, survey.NewDay(2026, 3, 11))}))
	results, err := scope.Results(ctx, year)
	must(t, "results", err)
	if len(results.Tallies) != 2 || len(results.Tallies[0].Parts) != 1 || len(results.Tallies[1].Parts) != 1 {
		t.Fatalf("results = %+v; want a tally of each version", results.Tallies)
	}
	for i, tally := range results.Tallies {
		if n := len(tally.Version.Questionnaire.Questions()); n != 4-3*i || tally.Parts[0].N != 1 || len(tally.Parts[0].Counts) != tally.Version.Layout.Counters {
			t.Errorf("tally %d = %d questions, n %d, %d counters", i, n, tally.Parts[0].N, len(tally.Parts[0].Counts))
		}
	}
	recount(t, owner)
}

func TestGateTellsWhatTheDatabaseWillDo(t *testing.T) {
	s := pgtest.Store(t)
	scope := plainTenant(t, s, "osielsko")
	check := func(when string, open bool, latest int) {
		t.Helper()
		gate, err := scope.Gate(ctx)
		must(t, "gate", err)
		number := 0
		if gate.Latest != nil {
			number = gate.Latest.Number
		}
		if gate.Open != open || number != latest {
			t.Errorf("%s: open %t, latest %d; want %t, %d", when, gate.Open, number, open, latest)
		}
		office, err := scope.Office(ctx)
		must(t, "office", err)
		office.UpdatedAt, office.UpdatedBy = admin.At, admin.Login
		err = scope.SaveOffice(ctx, *office, nil)
		if (err == nil) != open || err != nil && !errors.Is(err, survey.ErrReportRequired) {
			t.Errorf("%s: an edit ends with %v; want it to pass: %t", when, err, open)
		}
	}
	archive := func(r *store.Report) { must(t, "archive", scope.ArchiveReport(ctx, r)) }
	check("new", false, 0)
	archive(report(t, scope, -1))
	check("report of nothing yet", true, 1)
	b := openBatch(t, scope)
	e := sheet(t, scope, b, 1, 0, survey.Values{"overall": {"1"}})
	must(t, "add", s.AddSubmissions(ctx, []store.Entry{e}))
	check("a new answer", false, 1)
	archive(report(t, scope, 0)) // leaves the answer out
	check("an incomplete report", false, 1)
	archive(report(t, scope, -1))
	check("a complete report", true, 3)
	changed := *e.Submission
	changed.Codes = append([]int16{survey.CodeFirst + 1}, e.Submission.Codes[1:]...)
	must(t, "correct", scope.CorrectSheet(ctx, correction(&changed, e.Layout, 1)))
	check("a correction", false, 3)
	archive(report(t, scope, -1))
	check("a report of the correction", true, 4)
	must(t, "correct back", scope.CorrectSheet(ctx, correction(e.Submission, e.Layout, 2)))
	check("corrected back to what report 3 holds", true, 4)

	id, err := s.CreateTenant(ctx, store.NewTenant{Slug: "dobrcz", Office: survey.Office{Name: "Dobrcz"}, At: admin.At})
	must(t, "tenant", err)
	scope = s.Scope(id)
	check("an office without a questionnaire", true, 0)
}

func TestArchiveReportTakesANumberOnce(t *testing.T) {
	s := pgtest.Store(t)
	scope := plainTenant(t, s, "osielsko")
	first, second := report(t, scope, -1), report(t, scope, -1)
	must(t, "archive", scope.ArchiveReport(ctx, first))
	if err := scope.ArchiveReport(ctx, second); !errors.Is(err, survey.ErrConflict) {
		t.Errorf("the same number again = %v; want ErrConflict", err)
	}
	got, err := scope.Report(ctx, first.ID)
	if err != nil || !got.Complete || string(got.PDF) != "%PDF-pdf" || string(got.XLSX) != "PKxlsx" || got.From != year.From || got.Filter.To != year.To ||
		string(got.PDFHash) != string(key("%PDF-pdf")) || got.Digest != first.Digest {
		t.Errorf("report = %+v, %v", got, err)
	}
	if n, err := scope.NextReportNumber(ctx); err != nil || n != 2 {
		t.Errorf("next number = %d, %v; want 2", n, err)
	}
	none := report(t, scope, -1)
	none.Versions, none.Complete = nil, true
	none.Digest = "made up"
	must(t, "archive", scope.ArchiveReport(ctx, none))
	if none.Complete {
		t.Error("a report of another state of the results counts as complete")
	}
}

func TestSaveServicePoint(t *testing.T) {
	s := pgtest.Store(t)
	scope := plainTenant(t, s, "osielsko")
	kasa := store.ServicePoint{Code: "kasa", Name: "Kasa", ValidFrom: survey.NewDay(2026, 3, 1)}
	if err := scope.SaveServicePoint(ctx, kasa, admin, nil); !errors.Is(err, survey.ErrReportRequired) {
		t.Errorf("without a report = %v; want ErrReportRequired", err)
	}
	must(t, "add", scope.SaveServicePoint(ctx, kasa, admin, report(t, scope, -1)))
	if err := scope.SaveServicePoint(ctx, kasa, admin, nil); !errors.Is(err, survey.ErrTaken) {
		t.Errorf("the same code again = %v; want ErrTaken", err)
	}
	points, err := scope.ServicePoints(ctx)
	must(t, "points", err)
	if len(points) != 2 || points[0].Code != "kasa" {
		t.Fatalf("points = %+v; want kasa and bok", points)
	}
	ended := points[0]
	ended.Name, ended.ValidTo = "Kasa główna", survey.NewDay(2026, 3, 31)
	must(t, "end", scope.SaveServicePoint(ctx, ended, admin, nil))
	points, err = scope.ServicePoints(ctx)
	must(t, "points", err)
	got := points[0]
	if got.Name != "Kasa główna" || got.OpenOn(survey.NewDay(2026, 2, 28)) || !got.OpenOn(ended.ValidTo) || got.OpenOn(ended.ValidTo.Add(1)) {
		t.Errorf("point = %+v; want it open from 1 to 31 March", got)
	}
}

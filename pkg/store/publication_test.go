package store_test

import (
	"context"
	"errors"
	"testing"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// publication makes an edition of a report, to be published beside those that there are.
func publication(t testing.TB, scope *store.Scope, report int64, content string) (*store.Publication, []store.PublicFile, int64) {
	t.Helper()
	all, err := scope.Publications(ctx)
	must(t, "publications", err)
	last := int64(0)
	if len(all) > 0 {
		last = all[len(all)-1].ID
	}
	p := &store.Publication{ReportID: report, Name: "2026-1", PeriodTo: year.To, Edition: []byte(`{"office": "` + content + `"}`), PublishedAt: admin.At, PublishedBy: content}
	return p, []store.PublicFile{{Name: "wyniki.csv", Data: []byte(content)}}, last
}

// addPublication publishes a tenant's report, where everybody may see it.
func addPublication(t testing.TB, scope *store.Scope, id *ids) {
	t.Helper()
	p, files, last := publication(t, scope, id.report, secret)
	must(t, "publish report", scope.PublishReport(ctx, p, files, last))
	must(t, "open public page", scope.OpenPublic(ctx, true, admin))
	id.publication = p.ID
}

func publicationCases() map[string]scopeCase {
	return map[string]scopeCase{
		"PublicOpen":   {hides: true, call: func(s *store.Scope, _ ids) (any, error) { return s.PublicOpen(ctx) }},
		"ShowsResults": {hides: true, call: func(s *store.Scope, _ ids) (any, error) { return s.ShowsResults(ctx) }},
		"OpenPublic":   {hides: true, call: alone(func(s *store.Scope, _ ids) error { return s.OpenPublic(ctx, false, admin) })},
		"Publications": {call: func(s *store.Scope, _ ids) (any, error) { return s.Publications(ctx) }},
		"Published":    {call: func(s *store.Scope, _ ids) (any, error) { return s.Published(ctx, "") }},
		"PublicFiles":  {hides: true, call: func(s *store.Scope, id ids) (any, error) { return s.PublicFiles(ctx, id.publication) }},
		"PublicFile": {foreign: survey.ErrNotFound, call: func(s *store.Scope, _ ids) (any, error) {
			f, err := s.PublicFile(ctx, "2026-1", "wyniki.csv", nil)
			if err != nil {
				return nil, err
			}
			return string(f.Data), nil
		}},
		"PublishReport": {foreign: survey.ErrNotFound, hides: true, call: alone(func(s *store.Scope, id ids) error {
			all, err := s.Publications(ctx)
			if err != nil {
				return err
			}
			last := int64(0)
			if len(all) > 0 {
				last = all[len(all)-1].ID
			}
			return s.PublishReport(ctx, &store.Publication{ReportID: id.report, Name: "2026-1", PeriodTo: year.To, Edition: []byte(`{}`), PublishedAt: admin.At, PublishedBy: "x"}, nil, last)
		})},
		"WithdrawPublication": {foreign: survey.ErrNotFound, hides: true, call: alone(func(s *store.Scope, id ids) error {
			return s.WithdrawPublication(ctx, id.publication, admin)
		})},
		"StillApproved": {hides: true, call: func(s *store.Scope, id ids) (any, error) {
			approved, err := s.StillApproved(ctx, []string{id.remark.Text})
			return len(approved), err
		}},
	}
}

// What is published is seen while the page is open and until it is withdrawn, and stays in the record of what was seen.
func TestPublications(t *testing.T) {
	s, owner, _ := open(t)
	scope := plainTenant(t, s, "urzad")
	r := report(t, scope, -1)
	must(t, "archive", scope.ArchiveReport(ctx, r))
	shown := func() int {
		t.Helper()
		all, err := scope.Published(ctx, "")
		must(t, "published", err)
		return len(all)
	}
	p, files, last := publication(t, scope, r.ID, "jeden")
	must(t, "publish", scope.PublishReport(ctx, p, files, last))
	if n := shown(); n != 0 {
		t.Errorf("%d editions are shown while the page is closed", n)
	}
	must(t, "open", scope.OpenPublic(ctx, true, admin))
	if n := shown(); n != 1 {
		t.Errorf("%d editions are shown, want 1", n)
	}
	again, files, last := publication(t, scope, r.ID, "dwa")
	if err := scope.PublishReport(ctx, again, files, last-1); !errors.Is(err, survey.ErrConflict) {
		t.Errorf("publishing beside an older state = %v, want a conflict", err)
	}
	must(t, "publish again", scope.PublishReport(ctx, again, files, last))
	f, err := scope.PublicFile(ctx, "2026-1", "wyniki.csv", nil)
	must(t, "file", err)
	if string(f.Data) != "dwa" || f.Size != 3 {
		t.Errorf("file = %q, %d bytes", f.Data, f.Size)
	}
	if known, err := scope.PublicFile(ctx, "2026-1", "wyniki.csv", f.Hash); err != nil || len(known.Data) != 0 {
		t.Errorf("a file that the reader has = %q, %v", known.Data, err)
	}
	must(t, "withdraw", scope.WithdrawPublication(ctx, again.ID, admin))
	if err := scope.WithdrawPublication(ctx, again.ID, admin); !errors.Is(err, survey.ErrNotFound) {
		t.Errorf("withdrawing twice = %v", err)
	}
	if _, err := scope.PublicFile(ctx, "2026-1", "wyniki.csv", nil); !errors.Is(err, survey.ErrNotFound) || shown() != 0 {
		t.Errorf("after it was withdrawn: %v, %d shown", err, shown())
	}
	if all, err := scope.Publications(ctx); err != nil || len(all) != 2 {
		t.Errorf("the record has %d editions, %v; want 2", len(all), err)
	}
	for _, change := range []string{`UPDATE publications SET withdrawn_at = NULL`, `DELETE FROM publications`, `UPDATE publication_files SET name = 'x'`, `DELETE FROM publication_files`} {
		if _, err := owner.ExecContext(context.Background(), change); err == nil {
			t.Errorf("%s goes through", change)
		}
	}
}

// A remark that is let pass is told; one that was taken back is not any more.
func TestStillApproved(t *testing.T) {
	s, _, _ := open(t)
	scope, id := secretTenant(t, s, "uwagi")
	told := func() int {
		t.Helper()
		approved, err := scope.StillApproved(ctx, []string{id.remark.Text, "inna"})
		must(t, "approved", err)
		return len(approved)
	}
	if n := told(); n != 0 {
		t.Errorf("%d texts are told before a review", n)
	}
	must(t, "approve", scope.ReviewRemark(ctx, id.remark.ID, id.remark.State, survey.RemarkApproved, admin))
	if n := told(); n != 1 {
		t.Errorf("%d texts are told after it, want 1", n)
	}
	must(t, "take back", scope.ReviewRemark(ctx, id.remark.ID, survey.RemarkApproved, survey.RemarkWithheld, admin))
	if n := told(); n != 0 {
		t.Errorf("%d texts are told that were taken back", n)
	}
}

package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ocenaurzedu.eu/pkg/pgtest"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// title saves the draft with another title, by a person, some seconds after admin.At.
func title(t *testing.T, scope *store.Scope, text, actor string, seconds int, e store.Edit) *store.Draft {
	t.Helper()
	draft, err := scope.Draft(ctx)
	must(t, "draft", err)
	draft.Questionnaire.Title = survey.PL(text)
	draft.UpdatedAt, draft.UpdatedBy = admin.At.Add(time.Duration(seconds)*time.Second), actor
	draft.Revision, err = scope.SaveDraft(ctx, *draft, e)
	must(t, "save", err)
	return draft
}

func TestDraftEdits(t *testing.T) {
	scope := plainTenant(t, pgtest.Store(t), "osielsko")
	first, err := scope.Draft(ctx)
	must(t, "draft", err)
	typing, other := store.Edit{Action: "question", Target: "a"}, store.Edit{Action: "question", Target: "b"}
	title(t, scope, "1", "ewa", 0, typing)
	title(t, scope, "2", "ewa", 20, typing) // goes on with the same
	title(t, scope, "3", "ewa", 40, other)
	title(t, scope, "4", "jan", 45, other)
	title(t, scope, "5", "jan", 85, other) // after a while

	type line struct {
		Revision                     int
		Actor, Target, Before, After string
	}
	lines := func(since int) []line {
		edits, err := scope.DraftEdits(ctx, since)
		must(t, "edits", err)
		var all []line
		for _, e := range edits {
			all = append(all, line{e.Revision - first.Revision, e.Actor, e.Target, e.Before.Title.PL, e.After.Title.PL})
		}
		return all
	}
	start := first.Questionnaire.Title.PL
	want := []line{{2, "ewa", "a", start, "2"}, {3, "ewa", "b", "2", "3"}, {4, "jan", "b", "3", "4"}, {5, "jan", "b", "4", "5"}}
	if diff := cmp.Diff(want, lines(first.Revision)); diff != "" {
		t.Errorf("edits (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want[3:], lines(first.Revision+4)); diff != "" {
		t.Errorf("edits since revision 4 (-want +got):\n%s", diff)
	}
}

func TestLastEdit(t *testing.T) {
	scope := plainTenant(t, pgtest.Store(t), "osielsko")
	if _, err := scope.LastEdit(ctx, "ewa", admin.At); !errors.Is(err, survey.ErrNotFound) {
		t.Fatalf("last edit of an untouched draft = %v, want ErrNotFound", err)
	}
	title(t, scope, "1", "ewa", 0, store.Edit{Action: "move"})
	title(t, scope, "2", "ewa", 1, store.Edit{Action: "move"})
	title(t, scope, "3", "jan", 2, store.Edit{Action: "move"})
	for _, want := range []string{"2", "1"} {
		last, err := scope.LastEdit(ctx, "ewa", admin.At)
		must(t, "last edit", err)
		if last.After.Title.PL != want {
			t.Errorf("last edit made %q, want %q", last.After.Title.PL, want)
		}
		title(t, scope, "back", "ewa", 3, store.Edit{Action: "undo", Undoes: last.Revision})
	}
	if last, err := scope.LastEdit(ctx, "ewa", admin.At); !errors.Is(err, survey.ErrNotFound) {
		t.Errorf("last edit after all were taken back = %+v, %v; want ErrNotFound", last, err)
	}
	if last, err := scope.LastEdit(ctx, "jan", admin.At.Add(time.Minute)); !errors.Is(err, survey.ErrNotFound) {
		t.Errorf("edit before this session = %+v, %v; want ErrNotFound", last, err)
	}
}

// Edits are told for a month; the draft itself stays.
func TestOldEditsGo(t *testing.T) {
	scope := plainTenant(t, pgtest.Store(t), "osielsko")
	title(t, scope, "1", "ewa", 0, store.Edit{Action: "move"})
	title(t, scope, "2", "ewa", 31*24*3600, store.Edit{Action: "move"})
	edits, err := scope.DraftEdits(ctx, 0)
	if err != nil || len(edits) != 1 || edits[0].After.Title.PL != "2" {
		t.Errorf("edits after a month = %d, %v; want the last one", len(edits), err)
	}
}

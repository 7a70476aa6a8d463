package store_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"ocenaurzedu.eu/pkg/pgtest"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// tenDays are days of a period of ten.
func tenDays(month int) survey.Filter {
	first := survey.NewDay(2026, 1, 1).AddMonths(month - 1)
	return survey.Filter{From: first, To: first.Add(9)}
}

// archive puts a report of a filter into the archive.
func archive(t testing.TB, scope *store.Scope, filter survey.Filter) int {
	t.Helper()
	number, err := scope.NextReportNumber(ctx)
	must(t, "number", err)
	r := &store.Report{ReportInfo: store.ReportInfo{Number: number, GeneratedAt: admin.At, GeneratedBy: secret}, Filter: filter, Summary: []byte(`{"digest": "tajne"}`),
		PDF: []byte("%PDF-x"), XLSX: []byte("PKx")}
	must(t, "archive", scope.ArchiveReport(ctx, r))
	return number
}

func action() survey.CorrectiveAction {
	return survey.CorrectiveAction{Finding: "tajne ustalenie", Action: "tajne działanie", Owner: "tajny referat", Due: survey.NewDay(2026, 6, 1), Status: survey.ActionDone,
		DoneOn: survey.NewDay(2026, 3, 1), Published: true, PublicText: "tajne słowa"}
}

// addActions puts an action into the register, published and signed, and a report after it.
func addActions(t testing.TB, scope *store.Scope, id *ids) {
	t.Helper()
	by := store.Actor{Login: secret, At: admin.At}
	id.reportNumber = archive(t, scope, tenDays(2))
	archive(t, scope, tenDays(3))
	a := action()
	var err error
	a.Report = id.reportNumber
	a.ID, err = scope.AddAction(ctx, a, uuid.NewString(), by)
	must(t, "add action", err)
	a.Revision = 1
	must(t, "publish action", scope.SaveAction(ctx, a, by))
	must(t, "sign action", scope.SignAction(ctx, a.ID, store.SignOff{Revision: 2, Note: "tajna uwaga", SignedBy: secret, SignedAt: admin.At}))
	a.Revision, a.Cause = 2, "tajna przyczyna"
	must(t, "change action", scope.SaveAction(ctx, a, by))
	id.action = a.ID
}

// actionCases are those of the register of actions, see scopeCases.
func actionCases() map[string]scopeCase {
	return map[string]scopeCase{
		"Actions": {call: func(s *store.Scope, _ ids) (any, error) { return s.Actions(ctx) }},
		"Action":  {foreign: survey.ErrNotFound, call: func(s *store.Scope, id ids) (any, error) { return s.Action(ctx, id.action) }},
		"AddAction": {foreign: survey.ErrNotFound, hides: true, call: func(s *store.Scope, id ids) (any, error) {
			a := action()
			a.Report = id.reportNumber
			n, err := s.AddAction(ctx, a, uuid.NewString(), admin)
			return n > 0, err
		}},
		"SaveAction": {foreign: survey.ErrNotFound, hides: true, call: alone(func(s *store.Scope, id ids) error {
			a := action()
			a.ID, a.Revision = id.action, 3
			return s.SaveAction(ctx, a, admin)
		})},
		"SignAction": {foreign: survey.ErrNotFound, hides: true, call: alone(func(s *store.Scope, id ids) error {
			return s.SignAction(ctx, id.action, store.SignOff{Revision: 3, SignedBy: "x", SignedAt: admin.At})
		})},
		"SignOffs":       {call: func(s *store.Scope, id ids) (any, error) { return s.SignOffs(ctx, id.action) }},
		"ActionHistory":  {call: func(s *store.Scope, _ ids) (any, error) { return s.ActionHistory(ctx, 1) }},
		"PublicActions":  {call: func(s *store.Scope, _ ids) (any, error) { return s.PublicActions(ctx) }},
		"ReportByNumber": {foreign: survey.ErrNotFound, call: func(s *store.Scope, id ids) (any, error) { return s.ReportByNumber(ctx, id.reportNumber) }},
		"ReportAfter": {foreign: survey.ErrNotFound, call: func(s *store.Scope, id ids) (any, error) {
			return s.ReportAfter(ctx, id.reportNumber, survey.NewDay(2026, 3, 1))
		}},
	}
}

// An action keeps all its fields, and each change is remembered as it was before and after.
func TestActionKeepsItsFields(t *testing.T) {
	scope := pgtest.Tenant(t, pgtest.Store(t), "a", "")
	a := action()
	a.Report, a.Cause, a.Department, a.Check = archive(t, scope, tenDays(1)), "Przyczyna", "Referat", "Jak"
	a.Measure = survey.Measure{Question: "quality", Row: "quick"}
	id, err := scope.AddAction(ctx, a, uuid.NewString(), admin)
	must(t, "add", err)
	a.ID, a.Number, a.Revision, a.Published = id, 1, 1, false // adding publishes nothing
	got, err := scope.Action(ctx, id)
	must(t, "read", err)
	days := cmp.Comparer(func(a, b survey.Day) bool { return a == b })
	if diff := cmp.Diff(a, *got, days); diff != "" {
		t.Errorf("added and read (-want +got):\n%s", diff)
	}
	changed := *got
	changed.Status, changed.Measure, changed.Published = survey.ActionEffective, survey.Measure{Question: "quality", Area: "staff"}, true
	must(t, "save", scope.SaveAction(ctx, changed, admin))
	changed.Revision = 2
	all, err := scope.Actions(ctx)
	must(t, "list", err)
	if diff := cmp.Diff([]survey.CorrectiveAction{changed}, all, days); diff != "" {
		t.Errorf("saved and listed (-want +got):\n%s", diff)
	}
	if err := scope.SaveAction(ctx, *got, admin); !errors.Is(err, survey.ErrConflict) {
		t.Errorf("save of an old revision = %v; want a conflict", err)
	}
	history, err := scope.ActionHistory(ctx, 1)
	must(t, "history", err)
	if len(history) != 2 || history[0].Action != "action.publish" || history[1].Action != "action.add" || history[1].Before != nil {
		t.Fatalf("history = %+v", history)
	}
	if diff := cmp.Diff([]survey.CorrectiveAction{*got, changed}, []survey.CorrectiveAction{*history[0].Before, *history[0].After}, days); diff != "" {
		t.Errorf("history (-want +got):\n%s", diff)
	}
}

// Actions added at once get numbers without gaps, and a form sent twice at once adds one.
func TestActionsAddedAtOnce(t *testing.T) {
	scope := pgtest.Tenant(t, pgtest.Store(t), "a", "")
	keys := []string{uuid.NewString(), uuid.NewString(), uuid.NewString(), uuid.NewString()}
	var wait sync.WaitGroup
	added := make([]int64, 2*len(keys))
	for i := range added {
		wait.Go(func() {
			var err error
			if added[i], err = scope.AddAction(ctx, action(), keys[i%len(keys)], admin); err != nil {
				t.Errorf("add: %v", err)
			}
		})
	}
	wait.Wait()
	all, err := scope.Actions(ctx)
	must(t, "list", err)
	var numbers []int
	for _, a := range all {
		numbers = append(numbers, a.Number)
	}
	if fmt.Sprint(numbers) != "[1 2 3 4]" {
		t.Errorf("numbers %v; want 1 to 4", numbers)
	}
	for i, key := range keys {
		if added[i] != added[i+len(keys)] {
			t.Errorf("form %s added %d and %d", key, added[i], added[i+len(keys)])
		}
	}
}

// A sign-off is good until more than the publication changes, and stands for ever.
func TestSignOffs(t *testing.T) {
	s, _, service := open(t)
	scope := pgtest.Tenant(t, s, "a", "")
	a := action()
	a.Status, a.DoneOn = survey.ActionUnderWay, survey.Day{}
	id, err := scope.AddAction(ctx, a, uuid.NewString(), admin)
	must(t, "add", err)
	sign := func(revision int) error {
		return scope.SignAction(ctx, id, store.SignOff{Revision: revision, SignedBy: "sekretarz", SignedAt: admin.At})
	}
	change := func(f func(*survey.CorrectiveAction)) {
		t.Helper()
		now, err := scope.Action(ctx, id)
		must(t, "read", err)
		f(now)
		must(t, "save", scope.SaveAction(ctx, *now, admin))
	}
	signed := func(want string) {
		t.Helper()
		now, err := scope.Action(ctx, id)
		must(t, "read", err)
		if now.SignedBy != want || now.SignedAt.IsZero() != (want == "") {
			t.Errorf("signed by %q at %v; want %q", now.SignedBy, now.SignedAt, want)
		}
	}
	if err := sign(1); !errors.Is(err, survey.ErrConflict) {
		t.Errorf("signing what is open = %v", err)
	}
	change(func(a *survey.CorrectiveAction) { a.Status = survey.ActionDropped })
	if err := sign(1); !errors.Is(err, survey.ErrConflict) {
		t.Errorf("signing what was not seen = %v", err)
	}
	must(t, "sign", sign(2))
	signed("sekretarz")
	if err := sign(2); !errors.Is(err, survey.ErrConflict) {
		t.Errorf("signing twice = %v", err)
	}
	change(func(a *survey.CorrectiveAction) { a.Published = true })
	signed("sekretarz")
	change(func(a *survey.CorrectiveAction) { a.Owner = "inny" })
	signed("")
	must(t, "sign again", sign(4))
	signed("sekretarz")
	app := as(t, service, "ocena_app")
	for _, statement := range []string{`UPDATE action_signoffs SET note = 'x'`, `DELETE FROM action_signoffs`, `DELETE FROM actions`} {
		refused(t, app, scope.Tenant(), denied, statement)
	}
}

// Which report tells the effect of what was found in another one.
func TestReportAfter(t *testing.T) {
	scope := pgtest.Tenant(t, pgtest.Store(t), "a", "")
	kiosk := tenDays(5)
	kiosk.Channels = []survey.Channel{survey.ChannelKiosk}
	found := archive(t, scope, tenDays(2))
	archive(t, scope, tenDays(2))                                                          // the same days again
	archive(t, scope, survey.Filter{From: tenDays(2).To, To: survey.NewDay(2026, 12, 31)}) // shares a day
	march := archive(t, scope, tenDays(3))                                                 //
	archive(t, scope, kiosk)                                                               // another choice
	april := archive(t, scope, tenDays(4))                                                 // the newest that fits
	tests := []struct {
		name  string
		found int
		done  survey.Day
		want  int // 0: none
	}{
		{"the newest", found, survey.NewDay(2026, 2, 20), april},
		{"done within it", found, survey.NewDay(2026, 4, 5), april},
		{"done on its last day", found, tenDays(4).To, 0},
		{"found later", march, survey.NewDay(2026, 2, 20), april},
		{"found last", april, survey.NewDay(2026, 2, 20), 0},
		{"no such report", 99, survey.NewDay(2026, 2, 20), 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := scope.ReportAfter(ctx, tt.found, tt.done)
			if tt.want == 0 {
				if !errors.Is(err, survey.ErrNotFound) {
					t.Errorf("= %+v, %v; want none", got, err)
				}
				return
			}
			if err != nil || got.Number != tt.want || got.Filter.From.IsZero() || len(got.Summary) == 0 {
				t.Errorf("= %+v, %v; want report %d", got, err, tt.want)
			}
		})
	}
}

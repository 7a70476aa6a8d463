package main

import (
	"testing"
	"time"

	"ocenaurzedu.eu/pkg/survey"
)

// Each office of the demo with answers has a register, and its texts pass the form.
func TestDemoActions(t *testing.T) {
	with := settings(t)
	o := demoConsole(open(t, with))
	offices, err := o.addDemoOffices()
	if err != nil {
		t.Fatal(err)
	}
	s := demoService(t, with)
	s.now = o.now
	p := &program{ctx: o.ctx, out: t.Output(), err: t.Output()}
	if err := s.addDemoHistory(o.ctx, p); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	for range 2 { // the second start finds it there
		if err := s.addDemoActions(o.ctx); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("the register took %v", time.Since(began))
	scope := scopeOf(t, o.store, demoOffice)
	actions, err := scope.Actions(o.ctx)
	if err != nil {
		t.Fatal(err)
	}
	today := survey.DayOf(o.now())
	states := map[survey.ActionStatus]int{}
	overdue, signed := 0, 0
	for i := range actions {
		a := &actions[i]
		states[a.Status]++
		if err := a.Faults(today); err != nil {
			t.Errorf("action %d: %v", a.Number, err)
		}
		if a.Overdue(today) {
			overdue++
		}
		if a.SignedBy != "" {
			signed++
		}
	}
	if len(actions) != 3 || states[survey.ActionDone] != 1 || states[survey.ActionUnderWay] != 1 || overdue != 1 || signed != 1 {
		t.Errorf("%d actions, %v, %d overdue, %d signed", len(actions), states, overdue, signed)
	}
	published, err := scope.PublicActions(o.ctx)
	if err != nil || len(published) != 1 {
		t.Errorf("%d actions are published, %v", len(published), err)
	}
	if _, err := scope.ReportAfter(o.ctx, actions[0].Report, actions[0].DoneOn); err != nil {
		t.Errorf("no report tells what became of the action: %v", err)
	}
	for _, office := range offices {
		if office.Slug != demoOffice && len(mustActions(t, o, office.ID)) != 0 {
			t.Errorf("%s has a register without answers", office.Slug)
		}
	}
}

func mustActions(t *testing.T, o *console, tenant int64) []survey.CorrectiveAction {
	t.Helper()
	actions, err := o.store.Scope(tenant).Actions(o.ctx)
	if err != nil {
		t.Fatal(err)
	}
	return actions
}

func TestQuarter(t *testing.T) {
	for _, tt := range []struct {
		day      survey.Day
		later    int
		from, to string
	}{
		{survey.NewDay(2026, 11, 25), -1, "2026-07-01", "2026-09-30"}, {survey.NewDay(2026, 11, 25), -2, "2026-04-01", "2026-06-30"},
		{survey.NewDay(2026, 1, 1), -1, "2025-10-01", "2025-12-31"}, {survey.NewDay(2026, 3, 31), 0, "2026-01-01", "2026-03-31"},
	} {
		if got := quarter(tt.day, tt.later); got.From.String() != tt.from || got.To.String() != tt.to {
			t.Errorf("quarter(%v, %d) = %v to %v; want %s to %s", tt.day, tt.later, got.From, got.To, tt.from, tt.to)
		}
	}
}

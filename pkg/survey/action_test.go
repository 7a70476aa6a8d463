package survey

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestActionFaults(t *testing.T) {
	today := NewDay(2026, 3, 10)
	long := strings.Repeat("ą", MaxRemark+1)
	tests := []struct {
		name   string
		change func(*CorrectiveAction)
		want   string
	}{
		{"right", func(*CorrectiveAction) {}, "[]"},
		{"nothing", func(a *CorrectiveAction) { *a = CorrectiveAction{} }, "[{finding required 0} {action required 0} {owner required 0} {due required 0} {status unknown 0}]"},
		{"blank", func(a *CorrectiveAction) { a.Finding = " \n" }, "[{finding required 0}]"},
		{"long finding", func(a *CorrectiveAction) { a.Finding = strings.Repeat("ą", MaxLabel+1) }, "[{finding too_long 500}]"},
		{"as long as may be", func(a *CorrectiveAction) {
			a.Finding, a.Action = strings.Repeat("ą", MaxLabel), strings.Repeat("ą", MaxRemark)
		}, "[]"},
		{"long texts", func(a *CorrectiveAction) { a.Cause, a.Action, a.Check, a.PublicText = long, long, long, long },
			"[{cause too_long 4000} {action too_long 4000} {check too_long 4000} {public_text too_long 4000}]"},
		{"unprintable", func(a *CorrectiveAction) { a.Owner, a.Department = "a\x00", "\x1b" }, "[{owner bad_pattern 0} {department bad_pattern 0}]"},
		{"unknown status", func(a *CorrectiveAction) { a.Status = "later" }, "[{status unknown 0}]"},
		{"overdue is no fault", func(a *CorrectiveAction) { a.Due = today.Add(-100) }, "[]"},
		{"done", func(a *CorrectiveAction) { a.Status, a.DoneOn, a.Cause, a.Check = ActionDone, today, "c", "h" }, "[]"},
		{"done, nothing else", func(a *CorrectiveAction) { a.Status = ActionDone }, "[{cause required 0} {check required 0} {done_on required 0}]"},
		{"failed, nothing else", func(a *CorrectiveAction) { a.Status = ActionFailed }, "[{cause required 0} {check required 0} {done_on required 0}]"},
		{"done tomorrow", func(a *CorrectiveAction) {
			a.Status, a.DoneOn, a.Cause, a.Check = ActionEffective, today.Add(1), "c", "h"
		}, "[{done_on future_day 0}]"},
		{"done and dropped", func(a *CorrectiveAction) { a.Status, a.DoneOn = ActionDropped, today }, "[{done_on misplaced 0}]"},
		{"published without a text", func(a *CorrectiveAction) { a.Published = true }, "[{public_text required 0}]"},
		{"published", func(a *CorrectiveAction) { a.Published, a.PublicText = true, "t" }, "[]"},
		{"a row", func(a *CorrectiveAction) { a.Measure = Measure{Question: "q", Row: "r"} }, "[]"},
		{"a row of no question", func(a *CorrectiveAction) { a.Measure = Measure{Row: "r"} }, "[{measure unknown 0}]"},
		{"row and area", func(a *CorrectiveAction) { a.Measure = Measure{Question: "q", Row: "r", Area: "a"} }, "[{measure unknown 0}]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := CorrectiveAction{Finding: "f", Action: "a", Owner: "o", Due: today.Add(30), Status: ActionPlanned}
			tt.change(&a)
			invalid := &InvalidError{}
			if err := a.Faults(today); err != nil && !errors.As(err, &invalid) {
				t.Fatal(err)
			}
			if got := fmt.Sprint(invalid.Fields); got != tt.want {
				t.Errorf("Faults = %s; want %s", got, tt.want)
			}
		})
	}
}

func TestSortActions(t *testing.T) {
	today := NewDay(2026, 3, 10)
	actions := []CorrectiveAction{
		{Number: 1, Status: ActionDone, Due: today.Add(-50)}, {Number: 2, Status: ActionPlanned, Due: today.Add(5)}, {Number: 3, Status: ActionUnderWay, Due: today.Add(-1)},
		{Number: 4, Status: ActionPlanned, Due: today.Add(-9)}, {Number: 5, Status: ActionDropped, Due: today}, {Number: 6, Status: ActionPlanned, Due: today},
	}
	SortActions(actions)
	var got []string
	for _, a := range actions {
		got = append(got, fmt.Sprint(a.Number, a.Overdue(today)))
	}
	if want := "[4 true 3 true 6 false 2 false 5 false 1 false]"; fmt.Sprint(got) != want {
		t.Errorf("order and overdue = %v; want %s", got, want)
	}
}

// A sign-off is good while nothing but the publication changes.
func TestSameSubstance(t *testing.T) {
	a := CorrectiveAction{Finding: "f", Status: ActionDone, Revision: 1}
	b := a
	b.Published, b.PublicText, b.Revision, b.SignedBy, b.Effect = true, "t", 7, "s", "e"
	if !a.SameSubstance(&b) {
		t.Error("a publication is another substance")
	}
	b.Measure.Row = "r"
	if a.SameSubstance(&b) {
		t.Error("another measure is the same substance")
	}
}

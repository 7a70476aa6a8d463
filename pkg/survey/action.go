package survey

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// ActionStatus is where a corrective action stands.
type ActionStatus string

// The states of an action.
const (
	ActionPlanned   ActionStatus = "planned"   // planowane
	ActionUnderWay  ActionStatus = "under_way" // w toku
	ActionDone      ActionStatus = "done"      // wykonane: its effect is to be measured
	ActionEffective ActionStatus = "effective" // skuteczne: checked, the effect is there
	ActionFailed    ActionStatus = "failed"    // nieskuteczne: checked, no effect
	ActionDropped   ActionStatus = "dropped"   // zaniechane
)

// ActionStatuses lists all states in the order of an action's life.
func ActionStatuses() []ActionStatus {
	return []ActionStatus{ActionPlanned, ActionUnderWay, ActionDone, ActionEffective, ActionFailed, ActionDropped}
}

// Done reports whether what was planned has been carried out, whatever came of it.
func (s ActionStatus) Done() bool {
	return s == ActionDone || s == ActionEffective || s == ActionFailed
}

// Open reports whether there is still something to do. Only what is not open can be signed off.
func (s ActionStatus) Open() bool { return s == ActionPlanned || s == ActionUnderWay }

// CorrectiveAction is a line of the register of actions (standards of kontrola zarządcza: finding → cause → action →
// owner → due → effect checked in the next report).
type CorrectiveAction struct {
	ID         int64
	Number     int    // 1, 2, 3 … within the office
	Report     int    // number of the report that it was found in; 0: none
	Finding    string // what is wrong
	Cause      string
	Action     string // what is done
	Owner      string // post or unit, not a resident
	Department string
	Due        Day
	Status     ActionStatus
	DoneOn     Day     // when it was carried out; none: not yet
	Check      string  // how the effect is checked, in words
	Measure    Measure // the figure that shall change; zero: none
	Effect     string  // what the next report told of it, in words, where the register is part of a report; "": nothing yet
	Published  bool    // shown under "Państwa głos – nasze działania"
	PublicText string  // what residents read of it
	SignedBy   string  // supervisor who signed it off as it is now; empty: nobody yet
	SignedAt   time.Time
	Revision   int // raised by each change; an edit names the one it began with
}

// Measure names a rated item or an area of a report.
type Measure struct {
	Question string `json:"question,omitempty"`
	Row      string `json:"row,omitempty"`
	Area     string `json:"area,omitempty"`
}

// Overdue reports whether the action should have been carried out before today.
func (a *CorrectiveAction) Overdue(today Day) bool { return a.Status.Open() && a.Due.Before(today) }

// SameSubstance reports whether two states of an action differ in nothing but their publication: a sign-off of the one
// is good for the other.
func (a *CorrectiveAction) SameSubstance(b *CorrectiveAction) bool {
	return a.substance() == b.substance()
}

// substance is what is signed off.
func (a *CorrectiveAction) substance() CorrectiveAction {
	return CorrectiveAction{ID: a.ID, Number: a.Number, Report: a.Report, Finding: a.Finding, Cause: a.Cause, Action: a.Action, Owner: a.Owner, Department: a.Department,
		Due: a.Due, Status: a.Status, DoneOn: a.DoneOn, Check: a.Check, Measure: a.Measure}
}

// SortActions puts those overdue first, the longest overdue at the top, then the open ones by the day that they are due,
// then the others, the newest first.
func SortActions(actions []CorrectiveAction) {
	slices.SortStableFunc(actions, func(a, b CorrectiveAction) int {
		switch {
		case a.Status.Open() != b.Status.Open():
			if a.Status.Open() {
				return -1
			}
			return 1
		case a.Status.Open() && a.Due != b.Due: // what is overdue is due before all else
			return a.Due.Sub(b.Due)
		}
		return b.Number - a.Number
	})
}

// Faults says all that is wrong with an action. Whoever says that it was carried out also says when, what the cause was and
// how the effect is checked. Fields are named as in the form; today is the last day that it may have been carried out on.
func (a *CorrectiveAction) Faults(today Day) error {
	var bad InvalidError
	texts := []struct {
		field, value string
		most         int
		required     bool
	}{
		{"finding", a.Finding, MaxLabel, true}, {"cause", a.Cause, MaxRemark, a.Status.Done()}, {"action", a.Action, MaxRemark, true},
		{"owner", a.Owner, MaxLabel, true}, {"department", a.Department, MaxLabel, false}, {"check", a.Check, MaxRemark, a.Status.Done()},
		{"public_text", a.PublicText, MaxRemark, a.Published},
	}
	for _, t := range texts {
		switch {
		case t.required && strings.TrimSpace(t.value) == "":
			bad.Add(t.field, ProblemRequired, 0)
		case utf8.RuneCountInString(t.value) > t.most:
			bad.Add(t.field, ProblemTooLong, t.most)
		case !printable(t.value):
			bad.Add(t.field, ProblemBadPattern, 0)
		}
	}
	if a.Due.IsZero() {
		bad.Add("due", ProblemRequired, 0)
	}
	if !slices.Contains(ActionStatuses(), a.Status) {
		bad.Add("status", ProblemUnknown, 0)
	}
	switch {
	case a.Status.Done() && a.DoneOn.IsZero():
		bad.Add("done_on", ProblemRequired, 0)
	case !a.Status.Done() && !a.DoneOn.IsZero():
		bad.Add("done_on", ProblemMisplaced, 0)
	case today.Before(a.DoneOn):
		bad.Add("done_on", ProblemFutureDay, 0)
	}
	if m := a.Measure; m != (Measure{}) && (m.Question == "" || m.Row != "" && m.Area != "") {
		bad.Add("measure", ProblemUnknown, 0)
	}
	return bad.Err()
}

// CheckNote says what is wrong with a note of any length up to that of a remark; nil: nothing.
func CheckNote(field, note string) []FieldError {
	var bad InvalidError
	switch {
	case utf8.RuneCountInString(note) > MaxRemark:
		bad.Add(field, ProblemTooLong, MaxRemark)
	case !printable(note):
		bad.Add(field, ProblemBadPattern, 0)
	}
	return bad.Fields
}

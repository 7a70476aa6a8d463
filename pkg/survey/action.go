package survey

import "time"

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
	Check      string  // how the effect is checked, in words
	Measure    Measure // the figure that shall change; zero: none
	Published  bool    // shown under "Państwa głos – nasze działania"
	PublicText string  // what residents read of it
	SignedBy   string  // supervisor who signed it off; empty: nobody yet
	SignedAt   time.Time
}

// Measure names a rated item or an area of a report.
type Measure struct {
	Question string `json:"question,omitempty"`
	Row      string `json:"row,omitempty"`
	Area     string `json:"area,omitempty"`
}

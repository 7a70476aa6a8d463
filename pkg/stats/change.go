package stats

import "ocenaurzedu.eu/pkg/survey"

// Verdict says what a difference between two periods amounts to.
type Verdict string

// The verdicts. Only the first two are changes.
const (
	VerdictUp     Verdict = "up"      // the interval lies above 0
	VerdictDown   Verdict = "down"    // the interval lies below 0
	VerdictWithin Verdict = "within"  // w granicach błędu: the interval holds 0
	VerdictTooFew Verdict = "too_few" // one side has too few answers to compare
	VerdictBroken Verdict = "broken"  // the series is broken: scale or meaning changed, or it is made of other rows
	VerdictNew    Verdict = "new"     // the earlier summary does not ask it

	// VerdictWithheld: one of the two withholds it, so that nothing is told of either.
	VerdictWithheld Verdict = "withheld"
)

// Comparison sets a summary beside an earlier one of the same office.
type Comparison struct {
	Before     survey.Filter  `json:"before"`
	BeforeN    int            `json:"before_n"`
	Number     int            `json:"number,omitempty"` // of the earlier report in the archive; 0: not archived
	Overall    *Change        `json:"overall,omitempty"`
	Indicators []RoleChange   `json:"indicators"`
	Areas      []AreaChange   `json:"areas"`
	Items      []ItemChange   `json:"items"`    // rated items, in the order of the newer summary
	Channels   []ChannelCount `json:"channels"` // of the earlier summary
}

// Change is the difference of two means by Welch's interval (B. L. Welch, Biometrika 34, 1947; degrees of freedom by F. E.
// Satterthwaite, Biometrics Bulletin 2, 1946), and of two shares of the top box by the hybrid of Wilson's scores (R. G.
// Newcombe, Statistics in Medicine 17, 1998, 873–890, method 10). The scores of both sides are of one scale. A
// difference counts as a change if its interval excludes 0 and both sides have at least FewestToCompare answers.
//
// What is new, or broken, has the newer side alone; what is withheld, none. A side that nobody answered is not OK.
type Change struct {
	Before      Figure  `json:"before"`
	Now         Figure  `json:"now"`
	Difference  Figure  `json:"difference"` // of means; N: the smaller n
	Verdict     Verdict `json:"verdict"`
	Top2Before  Share   `json:"top2_before"`
	Top2Now     Share   `json:"top2_now"`
	Top2        Figure  `json:"top2_difference"` // of shares, −1 to 1; N: the smaller n
	Top2Verdict Verdict `json:"top2_verdict"`    // "": it has no top box
}

// RoleChange is the change of an indicator, in points of 0 to 100; it has no top box.
type RoleChange struct {
	Role survey.Role `json:"role"`
	Change
}

// AreaChange is the change of an area.
type AreaChange struct {
	Question string      `json:"question"`
	Key      string      `json:"key"`
	Label    survey.Text `json:"label"`
	Change
}

// ItemChange is the change of a question, or of a row of a matrix.
type ItemChange struct {
	Question string      `json:"question"`
	Row      string      `json:"row,omitempty"`
	Aspect   string      `json:"aspect,omitempty"`
	Label    survey.Text `json:"label"` // the question's, or the row's
	Change
}

package survey

import (
	"errors"
	"fmt"
	"strings"
)

// Errors that a caller can act on. Everything else that goes wrong is either an *InvalidError, which a
// person can mend, or a fault of the service.
var (
	// ErrNotFound reports that the tenant has no such record. Another tenant's record gives the same
	// error, so that its existence does not leak.
	ErrNotFound = errors.New("not found")
	// ErrConflict reports that somebody else changed the record in the meantime.
	ErrConflict = errors.New("changed by somebody else")
	// ErrReportRequired reports that the office's data or questionnaire can't change before a report of
	// the results so far has been archived (order of the wójt of Osielsko 18/2017, § 5).
	ErrReportRequired = errors.New("a report of the results so far is required first")
	// ErrClosed reports that a batch of paper is closed and takes no more sheets and no corrections.
	ErrClosed = errors.New("closed")
	// ErrTaken reports that a name that must be unique is in use.
	ErrTaken = errors.New("taken")
	// ErrUnavailable reports that a service we depend on is away; the caller may try again.
	ErrUnavailable = errors.New("unavailable")
	// ErrTooLarge reports that what was asked for would take more memory than there is for it; a shorter period needs less.
	ErrTooLarge = errors.New("too large")
	// ErrUnreadable reports that a text holds what no keyboard types and Postgres does not keep: a NUL, or bytes that are
	// no UTF-8.
	ErrUnreadable = errors.New("unreadable text")
)

// Problem says in one word what is wrong with a field; the locale files hold a sentence for each.
type Problem string

// Problems of an answer.
const (
	ProblemRequired    Problem = "required"     // no answer to a required question
	ProblemUnknown     Problem = "unknown"      // a value that the question does not offer
	ProblemSeveral     Problem = "several"      // more than one value where one is asked
	ProblemTooFew      Problem = "too_few"      // fewer picks than N
	ProblemTooMany     Problem = "too_many"     // more picks than N
	ProblemExclusive   Problem = "exclusive"    // an exclusive option with others
	ProblemNotNumber   Problem = "not_number"   // not a whole number
	ProblemBelow       Problem = "below"        // less than N
	ProblemAbove       Problem = "above"        // more than N
	ProblemTooLong     Problem = "too_long"     // more than N characters
	ProblemUnchosen    Problem = "unchosen"     // the text of an option beside another answer
	ProblemFutureDay   Problem = "future_day"   // a day that has not come yet
	ProblemBadPattern  Problem = "bad_pattern"  // not of the form that the field has
	ProblemTaken       Problem = "taken"        // in use elsewhere
	ProblemChanged     Problem = "changed"      // somebody else saved in the meantime
	ProblemLowContrast Problem = "low_contrast" // colours too close to read
)

// Problems of a questionnaire.
const (
	ProblemBadKey           Problem = "bad_key"            // a key that is not a lower-case identifier
	ProblemDuplicateKey     Problem = "duplicate_key"      // a key used twice
	ProblemNoLabel          Problem = "no_label"           // no Polish wording
	ProblemEmpty            Problem = "empty"              // nothing in it: no sections, questions, options or rows
	ProblemTooManyItems     Problem = "too_many_items"     // more than N of something else than what follows
	ProblemTooManyQuestions Problem = "too_many_questions" // more than N in the questionnaire
	ProblemTooManyOptions   Problem = "too_many_options"   // more than N of a question
	ProblemTooManyRows      Problem = "too_many_rows"      // more than N of a table
	ProblemTooManyAreas     Problem = "too_many_areas"     // more than N of a table
	ProblemBadKind          Problem = "bad_kind"           // an unknown kind of question
	ProblemBadScale         Problem = "bad_scale"          // fewer than 2 or more than 11 points
	ProblemBadBounds        Problem = "bad_bounds"         // bounds of a condition that no answer meets
	ProblemBadRange         Problem = "bad_range"          // the highest number is not above the lowest, or by more than N
	ProblemBadPicks         Problem = "bad_picks"          // more picks than the N options that go together, or fewest above most
	ProblemBadLimit         Problem = "bad_limit"          // a text's limit that is not 0 to N characters
	ProblemMisplaced        Problem = "misplaced"          // a property that this kind of question does not have
	ProblemUnknownArea      Problem = "unknown_area"       // a row in an area that the matrix does not list
	ProblemBadRole          Problem = "bad_role"           // a role that no indicator knows
	ProblemBadLanguage      Problem = "bad_language"       // a language that residents can't choose, or twice the same
	ProblemBadRule          Problem = "bad_rule"           // a rule without a condition, or a condition without an answer
	ProblemRuleUnknown      Problem = "rule_unknown"       // a condition on a question, row or answer that is not there
	ProblemRuleAhead        Problem = "rule_ahead"         // a condition on a question that comes later
	ProblemRuleCycle        Problem = "rule_cycle"         // a condition that depends, perhaps through others, on what it shows
	ProblemDead             Problem = "dead"               // a question that no answers ever show
)

// FieldError is one thing that a person can mend.
type FieldError struct {
	Field   string  // name of the form field, or path in a questionnaire (sections[0].questions[2].key)
	Problem Problem // what is wrong
	N       int     // the bound that was broken, where there is one
}

// InvalidError lists all that a person has to mend, in the order of the page. It is never empty.
type InvalidError struct {
	Fields []FieldError
}

// Error lists fields and problems for logs and the command line.
func (e *InvalidError) Error() string {
	parts := make([]string, len(e.Fields))
	for i, f := range e.Fields {
		parts[i] = fmt.Sprintf("%s: %s", f.Field, f.Problem)
		if f.N != 0 {
			parts[i] += fmt.Sprintf(" (%d)", f.N)
		}
	}
	return "invalid: " + strings.Join(parts, "; ")
}

// Add notes a problem.
func (e *InvalidError) Add(field string, problem Problem, n int) {
	e.Fields = append(e.Fields, FieldError{field, problem, n})
}

// Err returns the error, or nil if nothing was noted.
func (e *InvalidError) Err() error {
	if len(e.Fields) == 0 {
		return nil
	}
	return e
}

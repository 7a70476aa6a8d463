package survey

import (
	"strings"
	"unicode"
)

// RemarkState says how far a remark may travel.
type RemarkState string

// States of a remark. Only approved ones leave the office.
const (
	RemarkNew      RemarkState = "new"      // nothing suspicious found; nobody looked yet
	RemarkUnsure   RemarkState = "unsure"   // perhaps personal data in it; nobody looked yet
	RemarkApproved RemarkState = "approved" // a person let it pass
	RemarkWithheld RemarkState = "withheld" // a person kept it back
)

// Waiting reports whether nobody has looked at the remark yet.
func (s RemarkState) Waiting() bool { return s == RemarkNew || s == RemarkUnsure }

// Remark is a free text of a submission, after personal data were replaced in it. The field is a text
// question's key, or key.option for the "jakie?" text of an option.
type Remark struct {
	Question string
	Text     string
	State    RemarkState
}

// AlikeLength is how many characters a remark may have to be reviewed together with those alike.
const AlikeLength = 40

// Alike returns what remarks have in common that say the same, "Brak." and "brak": small letters and digits, with
// single blanks. What has none is alike by its signs: "-", "–" and "." all say nothing.
func Alike(text string) string {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.M, r) })
	if len(words) == 0 && strings.IndexFunc(text, unicode.IsSymbol) < 0 {
		return "-"
	}
	if len(words) == 0 {
		return strings.Join(strings.Fields(text), " ")
	}
	return strings.Join(words, " ")
}

// FieldLabel returns the wording of a field that takes remarks: of a text question, or of a question and its option.
// It is empty for a field that the questionnaire does not have.
func (q *Questionnaire) FieldLabel(field string) Text {
	key, option, _ := strings.Cut(field, ".")
	question := q.Question(key)
	if question == nil {
		return Text{}
	}
	if option == "" {
		return question.Label
	}
	for _, o := range question.Options {
		if o.Key == option {
			return question.Label.And(o.Label)
		}
	}
	return Text{}
}

// And words a question together with its option, in the languages that either has.
func (t Text) And(option Text) Text {
	both := PL(t.PL + " – " + option.PL)
	if t.EN != "" || option.EN != "" {
		both.EN = t.In(English) + " – " + option.In(English)
	}
	if t.UK != "" || option.UK != "" {
		both.UK = t.In(Ukrainian) + " – " + option.In(Ukrainian)
	}
	return both
}

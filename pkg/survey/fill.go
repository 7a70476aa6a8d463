package survey

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Values are the fields of a filled form: Slot.Field names the field, Choice.Value and the words below
// its values. The text of option o of question q is in the field q.o.
type Values map[string][]string

// Values that stand for a state instead of a substantive answer.
const (
	ValueNotApplicable = "na"         // nie dotyczy
	ValueNoOpinion     = "dk"         // nie mam zdania
	ValueUnreadable    = "unreadable" // nieczytelne; accepted from paper only
)

// Get returns the first value of a field without white space around it, or "".
func (v Values) Get(field string) string {
	if len(v[field]) == 0 {
		return ""
	}
	return strings.TrimSpace(v[field][0])
}

// Fill makes a submission of a filled form, or an *InvalidError that lists everything to mend in the order
// of the page. On paper channels nothing is required and a mark may be unreadable. Fields that the version
// does not know are ignored; a value that a question does not offer is not. Answers to questions that a rule
// hides are dropped, but kept on paper, where they are counted as hidden; nothing is required of them.
func (v *Version) Fill(values Values, channel Channel, day Day) (*Submission, error) {
	f := v.fill(values, channel)
	if err := f.bad.Err(); err != nil {
		return nil, err
	}
	return &Submission{VersionID: v.ID, Channel: channel, Day: day, Codes: f.codes, Remarks: f.remarks}, nil
}

func (v *Version) fill(values Values, channel Channel) *filling {
	f := filling{values: values, paper: channel.OnPaper()}
	if n := len(v.Layout.Slots); n > 0 {
		f.codes = make([]int16, 0, n)
	}
	gates := v.Layout.Gates
	if len(gates) == 0 {
		for i := range v.Questionnaire.Sections {
			for j := range v.Questionnaire.Sections[i].Questions {
				f.question(&v.Questionnaire.Sections[i].Questions[j])
			}
		}
		f.counted = f.codes
		return &f
	}
	for _, q := range v.Questionnaire.Questions() {
		before := f
		f.question(q)
		f.counted = append(f.counted, f.codes[len(f.counted):]...)
		if len(gates) == 0 || gates[0].Question != q.Key {
			continue
		}
		if gates[0].shut(f.counted) {
			f.hide(before)
		}
		gates = gates[1:]
	}
	return &f
}

// filling is one Fill under way. It appends codes in the order in which NewLayout pushes slots.
type filling struct {
	values  Values
	paper   bool
	codes   []int16
	counted []int16 // codes as they count: see Layout.Effective
	remarks []Remark
	bad     InvalidError
}

// hide takes back what was filled since before, for a question that is not shown. On paper the answers stay.
func (f *filling) hide(before filling) {
	for i := len(before.codes); i < len(f.codes); i++ {
		if !f.paper || f.codes[i] == CodeBlank {
			f.codes[i] = CodeHidden
		}
	}
	if !f.paper {
		f.remarks, f.bad = before.remarks, before.bad
	}
}

func (f *filling) question(q *Question) {
	switch q.Kind {
	case KindInfo:
	case KindText:
		f.text(q)
	case KindNumber:
		f.one(q, q.Key, q.Required, func(s string) (Code, Problem, int) { return number(q, s) })
	case KindMulti:
		f.multi(q)
	case KindMatrix:
		for _, r := range q.Rows {
			f.choice(q, q.Key+"."+r.Key, "", r.Required)
		}
		if q.AsksImportance() {
			for _, a := range q.Areas {
				f.choice(q, q.Key+"."+a.Key+"."+AspectImportance, AspectImportance, false)
			}
		}
	case KindPaired:
		for _, r := range q.Rows {
			f.choice(q, q.Key+"."+r.Key+"."+AspectImportance, AspectImportance, r.Required)
			f.choice(q, q.Key+"."+r.Key+"."+AspectSatisfaction, AspectSatisfaction, r.Required)
		}
	default:
		f.choice(q, q.Key, "", false)
		f.optionTexts(q)
	}
}

// Picked returns what was given for a single or multi question. The text of an option ("jakie?") chooses it, as whoever
// writes there means it; not in a single question with another answer, nor in one that can't be read on paper.
func (q *Question) Picked(values Values) []string {
	given := nonEmpty(values[q.Key])
	for _, o := range q.Options {
		open := len(given) == 0 || q.Kind == KindMulti && !slices.Contains(given, ValueUnreadable)
		if open && o.Text && !slices.Contains(given, o.Key) && cleanText(values.Get(q.Key+"."+o.Key)) != "" {
			given = append(given, o.Key)
		}
	}
	return given
}

// given returns the values of one of the question's fields.
func (q *Question) given(values Values, field string) []string {
	if len(q.Options) > 0 {
		return q.Picked(values)
	}
	return nonEmpty(values[field])
}

// choice fills one slot whose value is one of the question's choices of that aspect. It is required if the
// question or, of a matrix, its row is.
func (f *filling) choice(q *Question, field, aspect string, required bool) {
	f.one(q, field, q.Required || required, func(s string) (Code, Problem, int) {
		i := q.choiceAt(aspect, s)
		if i < 0 {
			return CodeBlank, ProblemUnknown, 0
		}
		return CodeFirst + Code(i), "", 0
	})
}

// one fills one slot from a field with at most one value.
func (f *filling) one(q *Question, field string, required bool, parse func(string) (Code, Problem, int)) {
	code, problem, n := CodeBlank, Problem(""), 0
	given := q.given(f.values, field)
	switch {
	case len(given) > 1:
		problem = ProblemSeveral
	case len(given) == 0 && required && !f.paper:
		problem = ProblemRequired
	case len(given) == 1:
		var ok bool
		if code, ok = f.state(q, given[0]); !ok {
			code, problem, n = parse(given[0])
		}
	}
	if problem != "" {
		f.bad.Add(field, problem, n)
	}
	f.codes = append(f.codes, code)
}

// state reads an opt-out or, on paper, the unreadable mark.
func (f *filling) state(q *Question, value string) (Code, bool) {
	switch {
	case value == ValueNotApplicable && q.Has(NotApplicable):
		return CodeNotApplicable, true
	case value == ValueNoOpinion && q.Has(NoOpinion):
		return CodeNoOpinion, true
	case value == ValueUnreadable && f.paper:
		return CodeUnreadable, true
	}
	return CodeBlank, false
}

func number(q *Question, s string) (Code, Problem, int) {
	n, err := strconv.Atoi(s)
	switch {
	case err != nil:
		return CodeBlank, ProblemNotNumber, 0
	case n < q.Min:
		return CodeBlank, ProblemBelow, q.Min
	case n > q.Max:
		return CodeBlank, ProblemAbove, q.Max
	}
	return CodeFirst + Code(n-q.Min), "", 0
}

// multi fills the question's own slot and one for each option.
func (f *filling) multi(q *Question) {
	given := q.Picked(f.values)
	state, picked := CodeBlank, make([]Code, len(q.Options))
	if len(given) == 1 {
		if code, ok := f.state(q, given[0]); ok {
			state, given = code, nil
		}
	}
	if problem, n := f.picks(q, given, picked); problem != "" && (!f.paper || problem == ProblemUnknown) {
		if state == CodeBlank {
			f.bad.Add(q.Key, problem, n)
		}
	} else if problem == ProblemTooMany || problem == ProblemExclusive {
		state, picked = CodeUnreadable, make([]Code, len(q.Options)) // paper: more marks than the rule allows can't be read
	}
	if slices.Contains(picked, CodeFirst) {
		state = CodeFirst
	}
	f.codes = append(append(f.codes, state), picked...)
	f.optionTexts(q)
}

// picks notes which options were picked and says what is wrong with the choice.
func (f *filling) picks(q *Question, given []string, picked []Code) (Problem, int) {
	count, exclusive := 0, false
	for _, value := range given {
		i := slices.IndexFunc(q.Options, func(o Option) bool { return o.Key == value })
		if _, state := f.state(q, value); state {
			exclusive = true // "nie dotyczy" beside an option; alone it never gets here
			count++
			continue
		}
		if i < 0 {
			return ProblemUnknown, 0
		}
		if picked[i] != CodeFirst {
			count++
		}
		picked[i] = CodeFirst
		exclusive = exclusive || q.Options[i].Exclusive
	}
	switch {
	case count == 0 && q.Required:
		return ProblemRequired, 0
	case exclusive && count > 1:
		return ProblemExclusive, 0
	case q.Max > 0 && count > q.Max:
		return ProblemTooMany, q.Max
	case count > 0 && count < q.Min && !exclusive:
		return ProblemTooFew, q.Min
	}
	return "", 0
}

// optionTexts keeps the "jakie?" texts. None is lost: one beside another answer has to be mended, and on paper it is kept
// of a question that can't be read too.
func (f *filling) optionTexts(q *Question) {
	given := q.Picked(f.values)
	for _, o := range q.Options {
		field := q.Key + "." + o.Key
		if !o.Text || !f.remark(q, field) || slices.Contains(given, o.Key) || f.paper && slices.Contains(given, ValueUnreadable) {
			continue
		}
		f.bad.Add(field, ProblemUnchosen, 0)
	}
}

func (f *filling) text(q *Question) {
	if f.paper && f.values.Get(q.Key) == ValueUnreadable {
		f.codes = append(f.codes, CodeUnreadable)
		return
	}
	code := CodeBlank
	if f.remark(q, q.Key) {
		code = CodeFirst
	} else if q.Required && !f.paper {
		f.bad.Add(q.Key, ProblemRequired, 0)
	}
	f.codes = append(f.codes, code)
}

// remark keeps a free text, if there is one.
func (f *filling) remark(q *Question, field string) bool {
	text := cleanText(f.values.Get(field))
	if text == "" {
		return false
	}
	if n := q.MaxText(); utf8.RuneCountInString(text) > n {
		f.bad.Add(field, ProblemTooLong, n)
	}
	f.remarks = append(f.remarks, Remark{Question: field, Text: text, State: RemarkNew})
	return true
}

// cleanText makes text that Postgres, XML and a reader can take: valid UTF-8, line ends as \n, no other
// control characters.
func cleanText(s string) string {
	s = strings.ToValidUTF8(strings.ReplaceAll(s, "\r\n", "\n"), "\uFFFD")
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == '\r':
			return '\n'
		case unprintable(r):
			return -1
		}
		return r
	}, s))
}

// printable reports whether Postgres, XML and a reader can take a text as it stands.
func printable(s string) bool { return utf8.ValidString(s) && !strings.ContainsFunc(s, unprintable) }

// unprintable tells control characters, but for tabs and line ends, and what XML 1.0 has no place for.
func unprintable(r rune) bool {
	return r < ' ' && r != '\n' && r != '\r' && r != '\t' || r >= 0x7F && r < 0xA0 || r == 0xFFFE || r == 0xFFFF
}

// nonEmpty returns values without white space around them, and without the empty ones.
func nonEmpty(values []string) []string {
	if !slices.ContainsFunc(values, func(v string) bool { return v == "" || strings.TrimSpace(v) != v }) {
		return values
	}
	var kept []string
	for _, v := range values {
		if v = strings.TrimSpace(v); v != "" {
			kept = append(kept, v)
		}
	}
	return kept
}

// ErrMismatch reports that a submission is not of the version that was asked to read it.
var ErrMismatch = errors.New("submission of another version")

// Values is Fill's inverse: the form fields that give the submission's codes and remarks. A submission of another
// version is ErrMismatch, even where its codes would fit.
func (v *Version) Values(sub *Submission) (Values, error) {
	if sub.VersionID != v.ID || !v.Layout.Fits(sub.Codes) {
		return nil, fmt.Errorf("submission of version %d read by version %d: %w", sub.VersionID, v.ID, ErrMismatch)
	}
	values := Values{}
	for i, slot := range v.Layout.Slots {
		if value := v.value(slot, sub.Codes[i]); value != "" {
			values[slot.Field()] = append(values[slot.Field()], value)
		}
	}
	for _, r := range sub.Remarks {
		values[r.Question] = []string{r.Text}
	}
	return values, nil
}

func (v *Version) value(slot Slot, code Code) string {
	q := v.Questionnaire.Question(slot.Question)
	switch {
	case code == CodeBlank || code == CodeHidden:
		return ""
	case code == CodeNotApplicable:
		return ValueNotApplicable
	case code == CodeNoOpinion:
		return ValueNoOpinion
	case code == CodeUnreadable:
		return ValueUnreadable
	case slot.Option != "":
		return slot.Option
	case q.Kind == KindMulti || q.Kind == KindText:
		return "" // the options' slots and the remark tell
	case q.Kind == KindNumber:
		return itoa(q.Min + int(code-CodeFirst))
	}
	return q.ChoicesOf(slot.Aspect)[code-CodeFirst].Value
}

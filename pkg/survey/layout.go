package survey

import "strconv"

// Code is what one slot of a submission holds: a state without substance, or CodeFirst plus the place of
// the value among those that the slot's question offers, counted from 0 (for a number: its distance from
// the lower bound). For a slot of a multi question CodeFirst means "picked" and CodeBlank "not picked".
type Code = int16

// States without substance. None of them ever enters a mean or a base of valid answers.
const (
	CodeBlank         Code = 0 // brak odpowiedzi
	CodeNotApplicable Code = 1 // nie dotyczy
	CodeNoOpinion     Code = 2 // nie mam zdania
	CodeUnreadable    Code = 3 // nieczytelne or marked twice; paper only
	CodeHidden        Code = 4 // not shown, by a rule
	CodeFirst         Code = 5 // the first substantive value
)

// Aspects of a paired matrix.
const (
	AspectImportance   = "importance"
	AspectSatisfaction = "satisfaction"
)

// Slot is one place in a submission's codes: a question, a row of a matrix, or an option of a multi
// question. A multi question has, before its options' slots, one slot without an option that tells
// whether the question was answered at all (CodeFirst) or why not.
type Slot struct {
	Question string `json:"question"`
	Row      string `json:"row,omitempty"`
	Area     string `json:"area,omitempty"` // importance of an area of a matrix
	Option   string `json:"option,omitempty"`
	Aspect   string `json:"aspect,omitempty"`
	Values   int    `json:"values"` // how many substantive values
	Offset   int    `json:"offset"` // the slot's first counter in a tally
}

// Counters returns how many counters of a tally the slot takes: one a state, one a value.
func (s Slot) Counters() int { return int(CodeFirst) + s.Values }

// Layout tells where each answer stands in a submission's codes, and where each code is counted in a
// tally. It is frozen with its version.
type Layout struct {
	Slots    []Slot `json:"slots"`
	Counters int    `json:"counters"`        // length of a tally's counts
	Gates    []Gate `json:"gates,omitempty"` // the visibility rules, in the order of the questions
}

// NewLayout lays a questionnaire out, in the order of its questions.
func NewLayout(q *Questionnaire) Layout {
	var l Layout
	for _, question := range q.Questions() {
		l.add(question)
	}
	l.gates(q)
	return l
}

func (l *Layout) add(q *Question) {
	switch q.Kind {
	case KindInfo:
	case KindText:
		l.push(Slot{Question: q.Key, Values: 1})
	case KindNumber:
		l.push(Slot{Question: q.Key, Values: q.Max - q.Min + 1})
	case KindMulti:
		l.push(Slot{Question: q.Key, Values: 1})
		for _, o := range q.Options {
			l.push(Slot{Question: q.Key, Option: o.Key, Values: 1})
		}
	case KindMatrix:
		for _, r := range q.Rows {
			l.push(Slot{Question: q.Key, Row: r.Key, Values: len(q.Choices())})
		}
		if q.AsksImportance() {
			for _, a := range q.Areas {
				l.push(Slot{Question: q.Key, Area: a.Key, Aspect: AspectImportance, Values: len(q.Importance.Points)})
			}
		}
	case KindPaired:
		for _, r := range q.Rows {
			l.push(Slot{Question: q.Key, Row: r.Key, Aspect: AspectImportance, Values: len(q.ChoicesOf(AspectImportance))})
			l.push(Slot{Question: q.Key, Row: r.Key, Aspect: AspectSatisfaction, Values: len(q.Choices())})
		}
	default:
		l.push(Slot{Question: q.Key, Values: len(q.Choices())})
	}
}

func (l *Layout) push(s Slot) {
	s.Offset = l.Counters
	l.Slots = append(l.Slots, s)
	l.Counters += s.Counters()
}

// Field returns the name of the form field that fills the slot: the question's key; key.row for a row;
// key.row.importance and key.row.satisfaction for a paired row; key.area.importance for an area. Options share
// their question's field.
func (s Slot) Field() string {
	switch {
	case s.Area != "":
		return s.Question + "." + s.Area + "." + s.Aspect
	case s.Aspect != "":
		return s.Question + "." + s.Row + "." + s.Aspect
	case s.Row != "":
		return s.Question + "." + s.Row
	}
	return s.Question
}

// Count adds one submission's codes to a tally's counts, or takes them off with by = -1. Both must be of
// this layout. An answer that breaks a rule is counted as hidden.
func (l *Layout) Count(counts []int64, codes []int16, by int64) {
	codes = l.Effective(codes)
	for i, s := range l.Slots {
		counts[s.Offset+int(codes[i])] += by
	}
}

// Fits reports whether codes are of this layout: one a slot, each within the slot's values.
func (l *Layout) Fits(codes []int16) bool {
	if len(codes) != len(l.Slots) {
		return false
	}
	for i, s := range l.Slots {
		if codes[i] < 0 || int(codes[i]) >= s.Counters() {
			return false
		}
	}
	return true
}

func itoa(i int) string { return strconv.Itoa(i) }

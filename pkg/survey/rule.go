package survey

import (
	"fmt"
	"slices"
)

// Rule says when a question or a section is shown: if all of All hold and, where there are any in Any, at least
// one of them. A rule looks back: it may only ask for questions that stand before what it shows.
type Rule struct {
	All []Condition `yaml:"all,omitempty" json:"all,omitempty"`
	Any []Condition `yaml:"any,omitempty" json:"any,omitempty"`
}

// Condition holds if the answer to an earlier question is one of Is or lies within the bounds. An answer that was
// not given, or to a question that was not shown, is none.
type Condition struct {
	Question string   `yaml:"question" json:"question"`
	Row      string   `yaml:"row,omitempty" json:"row,omitempty"`           // matrix
	Is       []string `yaml:"is,omitempty,flow" json:"is,omitempty"`        // values of choices, or opt-outs; multi: one of them is picked
	AtLeast  *int     `yaml:"at_least,omitempty" json:"at_least,omitempty"` // number, nps
	AtMost   *int     `yaml:"at_most,omitempty" json:"at_most,omitempty"`   // number, nps
	Not      bool     `yaml:"not,omitempty" json:"not,omitempty"`           // the opposite: holds without an answer too
}

// Skip leads from a question forward: whoever answers one of Is goes on to the question or section To.
type Skip struct {
	Is []string `yaml:"is,flow"`
	To string   `yaml:"to"`
}

// conditions returns all conditions of a rule, or none of no rule.
func (r *Rule) conditions() []Condition {
	if r == nil {
		return nil
	}
	return slices.Concat(r.All, r.Any)
}

// SkipTo makes whoever answers one of is to the question from go on to the question or section to: all that stands
// between them gets the condition that the answer was another one. The error is an *InvalidError if to is not
// further on than the next question.
func (q *Questionnaire) SkipTo(from string, is []string, to string) error {
	condition := Condition{Question: from, Is: is, Not: true}
	after, found, skipped := false, false, 0
	for i := range q.Sections {
		s := &q.Sections[i]
		if found = s.Key == to; found {
			break
		}
		whole := after && !slices.ContainsFunc(s.Questions, func(question Question) bool { return question.Key == to })
		if whole {
			s.ShowIf = s.ShowIf.and(condition)
			skipped += len(s.Questions)
			continue
		}
		for j := range s.Questions {
			question := &s.Questions[j]
			if found = question.Key == to && after; found {
				break
			}
			if after {
				question.ShowIf = question.ShowIf.and(condition)
				skipped++
			}
			after = after || question.Key == from
		}
		if found {
			break
		}
	}
	if !after || !found || skipped == 0 {
		return &InvalidError{Fields: []FieldError{{Field: "skip", Problem: ProblemRuleUnknown}}}
	}
	return nil
}

// and returns a rule that asks for the condition too.
func (r *Rule) and(c Condition) *Rule {
	if r == nil {
		return &Rule{All: []Condition{c}}
	}
	return &Rule{All: append(slices.Clone(r.All), c), Any: r.Any}
}

// compileSkips turns the skips of a file into rules.
func (q *Questionnaire) compileSkips() error {
	var bad InvalidError
	clone := *q
	for i := range q.Sections {
		for j := range q.Sections[i].Questions {
			question := &q.Sections[i].Questions[j]
			for k, skip := range question.Skips {
				if clone.SkipTo(question.Key, skip.Is, skip.To) != nil {
					bad.Add(fmt.Sprintf("sections[%d].questions[%d].skip[%d].to", i, j, k), ProblemRuleUnknown, 0)
				}
			}
			question.Skips = nil
		}
	}
	return bad.Err()
}

// Gate is the visibility rule of one question, compiled to the codes of a layout: it is shown if all its tests
// pass. A section's rule stands in the gates of its questions.
type Gate struct {
	Question string   `json:"question"`
	From     int      `json:"from"` // its slots are From … To-1; a note has none
	To       int      `json:"to"`
	Tests    [][]Test `json:"tests"` // of each list at least one must hold
}

// Test holds if one of its spans has its slot's code, or with Not if none has.
type Test struct {
	Not   bool   `json:"not,omitempty"`
	Spans []Span `json:"spans"`
}

// Span is the codes Low … High of a slot.
type Span struct {
	Slot int  `json:"slot"`
	Low  Code `json:"low"`
	High Code `json:"high"`
}

func (t Test) holds(codes []int16) bool {
	met := slices.ContainsFunc(t.Spans, func(s Span) bool {
		return s.Slot < len(codes) && s.Low <= codes[s.Slot] && codes[s.Slot] <= s.High
	})
	return met != t.Not
}

// open reports whether the gate's question is shown, given the codes before it as they count.
func (g *Gate) open(codes []int16) bool {
	for _, some := range g.Tests {
		if !slices.ContainsFunc(some, func(t Test) bool { return t.holds(codes) }) {
			return false
		}
	}
	return true
}

// gates compiles the rules of a questionnaire whose slots are laid out.
func (l *Layout) gates(q *Questionnaire) {
	at := 0
	for i := range q.Sections {
		for j := range q.Sections[i].Questions {
			question := &q.Sections[i].Questions[j]
			from := at
			for at < len(l.Slots) && l.Slots[at].Question == question.Key {
				at++
			}
			g := Gate{Question: question.Key, From: from, To: at}
			for _, r := range []*Rule{q.Sections[i].ShowIf, question.ShowIf} {
				g.Tests = append(g.Tests, l.tests(q, r)...)
			}
			if len(g.Tests) > 0 {
				l.Gates = append(l.Gates, g)
			}
		}
	}
}

func (l *Layout) tests(q *Questionnaire, r *Rule) [][]Test {
	if r == nil {
		return nil
	}
	var tests [][]Test
	for _, c := range r.All {
		tests = append(tests, []Test{l.test(q, c)})
	}
	var some []Test
	for _, c := range r.Any {
		some = append(some, l.test(q, c))
	}
	if len(some) > 0 {
		tests = append(tests, some)
	}
	return tests
}

// test compiles a condition. One that asks for what is not there holds never, or with Not always.
func (l *Layout) test(q *Questionnaire, c Condition) Test {
	t := Test{Not: c.Not, Spans: []Span{}}
	source := q.Question(c.Question)
	if source == nil {
		return t
	}
	for i, slot := range l.Slots {
		if slot.Question != c.Question || slot.Row != c.Row || slot.Aspect != "" {
			continue
		}
		for _, value := range c.Is {
			if code, ok := codeOf(source, slot, value); ok {
				t.Spans = append(t.Spans, Span{i, code, code})
			}
		}
		if low, high, ok := c.bounds(source); ok && slot.Option == "" {
			t.Spans = append(t.Spans, Span{i, low, high})
		}
	}
	return t
}

// codeOf returns the code by which a slot says that a value was chosen.
func codeOf(q *Question, slot Slot, value string) (Code, bool) {
	switch {
	case slot.Option != "":
		return CodeFirst, slot.Option == value
	case value == ValueNotApplicable:
		return CodeNotApplicable, q.Has(NotApplicable)
	case value == ValueNoOpinion:
		return CodeNoOpinion, q.Has(NoOpinion)
	case q.Kind == KindMulti:
		return 0, false
	}
	i := slices.IndexFunc(q.Choices(), func(choice Choice) bool { return choice.Value == value })
	return CodeFirst + Code(i), i >= 0
}

// bounds returns the codes that a condition with bounds asks for.
func (c Condition) bounds(q *Question) (low, high Code, ok bool) {
	first, last := q.Min, q.Max
	if q.Kind == KindNPS {
		first, last = 0, 10
	}
	if c.AtLeast == nil && c.AtMost == nil || q.Kind != KindNumber && q.Kind != KindNPS {
		return 0, 0, false
	}
	from, to := first, last
	if c.AtLeast != nil {
		from = max(from, *c.AtLeast)
	}
	if c.AtMost != nil {
		to = min(to, *c.AtMost)
	}
	if from > to {
		return 0, 0, false
	}
	return CodeFirst + Code(from-first), CodeFirst + Code(to-first), true
}

// Effective returns codes as they count: an answer to a question that a rule hides is CodeHidden. On paper such an
// answer is kept in the codes all the same.
func (l *Layout) Effective(codes []int16) []int16 {
	if len(l.Gates) == 0 {
		return codes
	}
	counted := slices.Clone(codes)
	for i := range l.Gates {
		l.Gates[i].shut(counted)
	}
	return counted
}

// shut sets the gate's codes to CodeHidden unless it is open, and reports whether it did.
func (g *Gate) shut(codes []int16) bool {
	if g.open(codes) {
		return false
	}
	for i := g.From; i < g.To && i < len(codes); i++ {
		codes[i] = CodeHidden
	}
	return true
}

// Hidden returns the keys of the questions that rules hide from whoever filled the form so far.
func (v *Version) Hidden(values Values, channel Channel) map[string]bool {
	f := v.fill(values, channel)
	hidden := map[string]bool{}
	for i := range v.Layout.Gates {
		if g := &v.Layout.Gates[i]; g.shut(f.counted) {
			hidden[g.Question] = true
		}
	}
	return hidden
}

// Pages splits a questionnaire for browsers without script, as keys of questions: where no rule asks for an answer
// of the same page, all questions stand on one. A page begins with a section where it can, and with a question
// where the rule asks for one of the same section.
func (q *Questionnaire) Pages() [][]string {
	var pages [][]string
	here := map[string]bool{} // questions of the page
	turn := func() {
		pages, here = append(pages, nil), map[string]bool{}
	}
	asksHere := func(r *Rule) bool {
		return slices.ContainsFunc(r.conditions(), func(c Condition) bool { return here[c.Question] })
	}
	turn()
	for i := range q.Sections {
		s := &q.Sections[i]
		if asksHere(s.ShowIf) || slices.ContainsFunc(s.Questions, func(question Question) bool { return asksHere(question.ShowIf) }) {
			turn()
		}
		for j := range s.Questions {
			if asksHere(s.Questions[j].ShowIf) {
				turn()
			}
			last := len(pages) - 1
			pages[last] = append(pages[last], s.Questions[j].Key)
			here[s.Questions[j].Key] = true
		}
	}
	return pages
}

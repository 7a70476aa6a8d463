package survey

import (
	"fmt"
	"slices"
)

// rules checks the visibility rules of a questionnaire: that each asks for an answer that can be given before, and
// that there are answers which show what it hides.
func (c *check) rules(q *Questionnaire) {
	order := map[string]int{}
	for i, question := range q.Questions() {
		order[question.Key] = i
	}
	clean := true
	at := 0
	for i := range q.Sections {
		s, path := &q.Sections[i], fmt.Sprintf("sections[%d]", i)
		clean = c.rule(path+".show_if", q, s.ShowIf, stretch{at, at + len(s.Questions), order}) && clean
		for j := range s.Questions {
			clean = c.rule(fmt.Sprintf("%s.questions[%d].show_if", path, j), q, s.Questions[j].ShowIf, stretch{at, at + 1, order}) && clean
			at++
		}
	}
	if clean && len(c.bad.Fields) == 0 {
		c.dead(q)
	}
}

// stretch is the questions that a rule shows: those at the places from … to-1.
type stretch struct {
	from, to int
	order    map[string]int // place of each question
}

// rule checks one rule, and reports whether it is sound.
func (c *check) rule(path string, q *Questionnaire, r *Rule, shows stretch) bool {
	if r == nil {
		return true
	}
	n := len(c.bad.Fields)
	if len(r.conditions()) == 0 {
		c.bad.Add(path, ProblemBadRule, 0)
	}
	for i, condition := range r.All {
		c.condition(fmt.Sprintf("%s.all[%d]", path, i), q, condition, shows)
	}
	for i, condition := range r.Any {
		c.condition(fmt.Sprintf("%s.any[%d]", path, i), q, condition, shows)
	}
	return len(c.bad.Fields) == n
}

func (c *check) condition(path string, q *Questionnaire, condition Condition, shows stretch) {
	source := q.Question(condition.Question)
	switch {
	case source == nil || source.Kind == KindInfo || source.Kind == KindText || source.Kind == KindPaired:
		c.bad.Add(path+".question", ProblemRuleUnknown, 0)
		return
	case shows.order[condition.Question] >= shows.from:
		problem := ProblemRuleAhead
		if dependsOn(q, condition.Question, shows, map[string]bool{}) {
			problem = ProblemRuleCycle
		}
		c.bad.Add(path+".question", problem, shows.order[condition.Question]+1)
		return
	}
	hasRow := slices.ContainsFunc(source.Rows, func(r Row) bool { return r.Key == condition.Row })
	if source.Kind == KindMatrix != hasRow || source.Kind != KindMatrix && condition.Row != "" {
		c.bad.Add(path+".row", ProblemRuleUnknown, 0)
	}
	bounded := condition.AtLeast != nil || condition.AtMost != nil
	if len(condition.Is) == 0 && !bounded {
		c.bad.Add(path+".is", ProblemBadRule, 0)
	}
	if _, _, ok := condition.bounds(source); bounded && !ok {
		c.bad.Add(path+".at_least", ProblemBadBounds, source.Max)
	}
	for _, value := range condition.Is {
		if !source.answers(value) {
			c.bad.Add(path+".is", ProblemRuleUnknown, 0)
		}
	}
}

// answers reports whether a value is one that the question (or each of its rows) takes.
func (q *Question) answers(value string) bool {
	switch OptOut(value) {
	case NotApplicable, NoOpinion:
		return q.Has(OptOut(value))
	}
	return slices.ContainsFunc(q.Choices(), func(c Choice) bool { return c.Value == value })
}

// dependsOn reports whether a question is among those of a stretch, or its rules ask, perhaps through others, for one.
func dependsOn(q *Questionnaire, key string, shows stretch, seen map[string]bool) bool {
	if at, there := shows.order[key]; there && shows.from <= at && at < shows.to {
		return true
	}
	if seen[key] {
		return false
	}
	seen[key] = true
	for i := range q.Sections {
		for j := range q.Sections[i].Questions {
			question := &q.Sections[i].Questions[j]
			if question.Key != key {
				continue
			}
			for _, c := range slices.Concat(question.ShowIf.conditions(), q.Sections[i].ShowIf.conditions()) {
				if dependsOn(q, c.Question, shows, seen) {
					return true
				}
			}
		}
	}
	return false
}

// mostTrials bounds the search for answers that show a question; a rule that needs more is taken to be alive.
const mostTrials = 50_000

// dead finds questions that no answers show.
func (c *check) dead(q *Questionnaire) {
	l := NewLayout(q)
	for i := range q.Sections {
		for j := range q.Sections[i].Questions {
			question := &q.Sections[i].Questions[j]
			g := slices.IndexFunc(l.Gates, func(g Gate) bool { return g.Question == question.Key })
			if g < 0 {
				continue
			}
			s := search{q: q, layout: &l, codes: make([]int16, len(l.Slots)), trials: mostTrials}
			if !s.reaches(g) {
				c.bad.Add(fmt.Sprintf("sections[%d].questions[%d].show_if", i, j), ProblemDead, 0)
			}
		}
	}
}

// search looks for answers that open a gate.
type search struct {
	q      *Questionnaire
	layout *Layout
	codes  []int16
	gates  []int // the gate, and those of what it asks for
	slots  []int // what they ask for
	trials int
}

func (s *search) reaches(gate int) bool {
	s.collect(gate)
	slices.Sort(s.slots)
	slices.Sort(s.gates)
	return s.try(0, gate)
}

// collect gathers the slots that a gate depends on, perhaps through the gates of other questions.
func (s *search) collect(gate int) {
	if slices.Contains(s.gates, gate) {
		return
	}
	s.gates = append(s.gates, gate)
	for _, some := range s.layout.Gates[gate].Tests {
		for _, t := range some {
			for _, span := range t.Spans {
				if !slices.Contains(s.slots, span.Slot) {
					s.slots = append(s.slots, span.Slot)
				}
				source := s.layout.Slots[span.Slot].Question
				if g := slices.IndexFunc(s.layout.Gates, func(g Gate) bool { return g.Question == source }); g >= 0 {
					s.collect(g)
				}
			}
		}
	}
}

// try sets the i-th slot to each code that the tests tell apart, and goes on to the next.
func (s *search) try(i, gate int) bool {
	if s.trials--; s.trials < 0 {
		return true
	}
	if i == len(s.slots) {
		return s.consistent() && s.open(gate)
	}
	for _, code := range s.distinct(s.slots[i]) {
		s.codes[s.slots[i]] = code
		if s.try(i+1, gate) {
			return true
		}
	}
	return false
}

// distinct returns one code of each class of codes that the tests of the search treat alike.
func (s *search) distinct(slot int) []Code {
	values := s.layout.Slots[slot].Values
	classes, codes := map[string]bool{}, []Code{}
	for code := CodeBlank; code < CodeFirst+Code(values); code++ {
		if !s.possible(slot, code) {
			continue
		}
		class := ""
		for _, g := range s.gates {
			for _, some := range s.layout.Gates[g].Tests {
				for _, t := range some {
					for _, span := range t.Spans {
						if span.Slot == slot {
							class += fmt.Sprint(span.Low <= code && code <= span.High)
						}
					}
				}
			}
		}
		if !classes[class] {
			classes[class] = true
			codes = append(codes, code)
		}
	}
	return codes
}

// possible reports whether somebody in front of a screen can leave the code in the slot.
func (s *search) possible(slot int, code Code) bool {
	source := s.q.Question(s.layout.Slots[slot].Question)
	switch code {
	case CodeBlank:
		return !source.Required || source.Kind == KindMulti
	case CodeNotApplicable:
		return source.Has(NotApplicable)
	case CodeNoOpinion:
		return source.Has(NoOpinion)
	case CodeUnreadable, CodeHidden:
		return false
	}
	return true
}

// consistent reports whether the picks of each multi question go together: no more than it allows, and an
// exclusive one or an opt-out alone.
func (s *search) consistent() bool {
	type picks struct{ n, exclusive int }
	all := map[string]picks{}
	for _, at := range s.slots {
		slot := s.layout.Slots[at]
		source := s.q.Question(slot.Question)
		if source.Kind != KindMulti || s.codes[at] == CodeBlank {
			continue
		}
		p := all[slot.Question]
		p.n++
		i := slices.IndexFunc(source.Options, func(o Option) bool { return o.Key == slot.Option })
		if i < 0 || source.Options[i].Exclusive {
			p.exclusive++
		}
		if all[slot.Question] = p; p.exclusive > 0 && p.n > 1 || source.Max > 0 && p.n > source.Max {
			return false
		}
	}
	return true
}

// open reports whether the gate is open given the codes, after all gates before it.
func (s *search) open(gate int) bool {
	codes := slices.Clone(s.codes)
	for _, g := range s.gates {
		hidden := s.layout.Gates[g].shut(codes)
		if g == gate {
			return !hidden
		}
	}
	return false
}

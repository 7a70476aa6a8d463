package sheet

import (
	"reflect"
	"slices"
	"strconv"

	"ocenaurzedu.eu/pkg/survey"
)

// clause is a part of a visibility rule: it holds if one of its conditions does. What has a rule is shown if all its
// clauses hold.
type clause []survey.Condition

func clauses(r *survey.Rule) []clause {
	if r == nil {
		return nil
	}
	var all []clause
	for _, c := range r.All {
		all = append(all, clause{c})
	}
	if len(r.Any) > 0 {
		all = append(all, r.Any)
	}
	return all
}

// item is a question in the order of the sheet.
type item struct {
	q       *survey.Question
	section *survey.Section
	number  int      // as printed; 0 of a note
	clauses []clause // its section's, then its own
}

// guide leads a person with a pen through the visibility rules of a questionnaire: by a jump at the answer that hides
// what follows, else by an instruction above what has the rule. It is a function of the questionnaire alone.
type guide struct {
	words    words
	items    []item
	places   map[string]int                      // of questions in items, by key
	jumps    map[*survey.Question]map[string]int // by answer: the place where to go on
	ofParts  map[*survey.Section][]clause        // what no jump tells, to be printed with the section
	ofSingle map[*survey.Question][]clause       // and with the question
	texts    map[*survey.Question]string         // instructions above questions, in words
}

func newGuide(q *survey.Questionnaire, w words) *guide {
	g := &guide{words: w, places: map[string]int{}, jumps: map[*survey.Question]map[string]int{},
		ofParts: map[*survey.Section][]clause{}, ofSingle: map[*survey.Question][]clause{}, texts: map[*survey.Question]string{}}
	number := 0
	for i := range q.Sections {
		s := &q.Sections[i]
		for j := range s.Questions {
			one := item{q: &s.Questions[j], section: s, clauses: slices.Concat(clauses(s.ShowIf), clauses(s.Questions[j].ShowIf))}
			if one.q.Kind != survey.KindInfo {
				number++
				one.number = number
			}
			if _, twice := g.places[one.q.Key]; !twice {
				g.places[one.q.Key] = len(g.items)
			}
			g.items = append(g.items, one)
		}
	}
	first := 0
	for i := range q.Sections {
		s := &q.Sections[i]
		g.part(s, first)
		first += len(s.Questions)
	}
	g.instruct()
	return g
}

// part decides for each clause of a section, whose first question is at a place, and of its questions how it is
// told.
func (g *guide) part(s *survey.Section, first int) {
	last := first + len(s.Questions)
	for _, c := range clauses(s.ShowIf) {
		told := last > first
		for at := first; at < last; at++ {
			told = told && g.skipped(at, c)
		}
		if told {
			g.jump(c)
		} else {
			g.ofParts[s] = append(g.ofParts[s], c)
		}
	}
	for at := first; at < last; at++ {
		q := g.items[at].q
		for _, c := range clauses(q.ShowIf) {
			if g.skipped(at, c) {
				g.jump(c)
			} else {
				g.ofSingle[q] = append(g.ofSingle[q], c)
			}
		}
	}
}

// mostJumps is how many answers of a question may lead past the same clause; with more of them an instruction is
// easier to follow.
const mostJumps = 2

// skipped reports whether jumps tell a clause of the question at a place: few answers of one question make it fail,
// and each of them hides all that stands between.
func (g *guide) skipped(at int, c clause) bool {
	from, ok := g.source(c)
	if !ok || from >= at {
		return false
	}
	fails, others := g.failing(from, c)
	if len(fails) == 0 || len(fails) > min(mostJumps, others) {
		return false
	}
	for _, value := range fails {
		if g.end(from, value) <= at {
			return false
		}
	}
	if slices.ContainsFunc(c, func(one survey.Condition) bool { return one.Not }) {
		return true
	}
	// It fails without an answer too. Whoever was led past the source must have been led past this question.
	for _, of := range g.items[from].clauses {
		if !slices.ContainsFunc(g.items[at].clauses, func(have clause) bool { return reflect.DeepEqual(of, have) }) {
			return false
		}
	}
	return true
}

// jump notes where the answers lead that make a clause fail.
func (g *guide) jump(c clause) {
	from, _ := g.source(c)
	q := g.items[from].q
	if g.jumps[q] == nil {
		g.jumps[q] = map[string]int{}
	}
	fails, _ := g.failing(from, c)
	for _, value := range fails {
		g.jumps[q][value] = g.end(from, value)
	}
}

// source is the place of the one question that a clause asks for, if it is one from whose answers jumps can lead.
func (g *guide) source(c clause) (int, bool) {
	at, ok := g.places[c[0].Question]
	for _, one := range c {
		ok = ok && one.Question == c[0].Question && one.Row == ""
	}
	if !ok {
		return 0, false
	}
	switch q := g.items[at].q; q.Kind {
	case survey.KindSingle, survey.KindYesNo, survey.KindScale, survey.KindEmoji, survey.KindNPS:
		return at, true
	case survey.KindMulti: // from an answer that stands alone, so that nobody leaves before the last one
		return at, len(c) == 1 && c[0].Not && !slices.ContainsFunc(c[0].Is, func(value string) bool { return !alone(q, value) })
	}
	return 0, false
}

// alone reports whether a value of a multi question goes with no other.
func alone(q *survey.Question, value string) bool {
	return q.Has(survey.OptOut(value)) || slices.ContainsFunc(q.Options, func(o survey.Option) bool { return o.Key == value && o.Exclusive })
}

// failing lists the answers to the question at a place that make a clause fail, and counts the others.
func (g *guide) failing(from int, c clause) (fails []string, others int) {
	for _, value := range answers(g.items[from].q) {
		if slices.ContainsFunc(c, func(one survey.Condition) bool { return holds(g.items[from].q, one, value) }) {
			others++
		} else {
			fails = append(fails, value)
		}
	}
	return fails, others
}

// end is the first place behind from that an answer there does not hide.
func (g *guide) end(from int, value string) int {
	at := from + 1
	for at < len(g.items) && slices.ContainsFunc(g.items[at].clauses, func(c clause) bool {
		source, ok := g.source(c)
		if !ok || source != from {
			return false
		}
		fails, _ := g.failing(from, c)
		return slices.Contains(fails, value)
	}) {
		at++
	}
	return at
}

// answers lists the values that a question, or each row of it, takes.
func answers(q *survey.Question) []string {
	var all []string
	for _, c := range choicesOf(q, "", words{}) {
		all = append(all, c.value)
	}
	return all
}

// holds reports whether a condition holds given an answer to its question.
func holds(q *survey.Question, c survey.Condition, value string) bool {
	met := slices.Contains(c.Is, value)
	if n, err := strconv.Atoi(value); err == nil && q.Kind == survey.KindNPS && (c.AtLeast != nil || c.AtMost != nil) {
		met = met || (c.AtLeast == nil || n >= *c.AtLeast) && (c.AtMost == nil || n <= *c.AtMost)
	}
	return met != c.Not
}

package stats

import (
	"fmt"
	"slices"
	"strings"

	"ocenaurzedu.eu/pkg/survey"
)

// series is a question that stood unchanged in one or more versions, with its counts.
type series struct {
	question *survey.Question // as the newest of its versions words it
	section  survey.Text
	choices  []survey.Choice
	areas    []survey.Area // the newest version's, then those that only older ones have
	versions []int
	lines    []*line
	again    bool // another series has the same key
}

// line is an item with its counts: a question, or a row of a matrix.
type line struct {
	row      survey.Row
	aspect   string
	versions []int
	asked    int // submissions of its versions
	states   [survey.CodeFirst]int
	valid    int
	values   []int // by choice; of a number by its distance from the lower bound
	withheld bool
}

// join adds the tallies up and makes one series of each question that did not change. The order is the
// newest version's; an older series follows the newer ones of its key, and questions that the newest version
// does not have come last.
func join(tallies []survey.Tally) []*series {
	var all []*series
	known := map[string]*series{}
	for _, t := range slices.Backward(tallies) {
		n, counts := total(t)
		for _, section := range t.Version.Questionnaire.Sections {
			for i := range section.Questions {
				q := &section.Questions[i]
				if q.Kind == survey.KindInfo {
					continue
				}
				s := known[identity(q)]
				if s == nil {
					s = &series{question: q, section: section.Title, choices: q.Choices()}
					known[identity(q)] = s
					all = insert(all, s)
				}
				s.take(t.Version, q, n, counts)
			}
		}
	}
	return all
}

// insert puts a series after the last one of its key, or at the end, and marks the break.
func insert(all []*series, s *series) []*series {
	at := len(all)
	for i, other := range all {
		if other.question.Key == s.question.Key {
			other.again, s.again, at = true, true, i+1
		}
	}
	return slices.Insert(all, at, s)
}

// identity is equal for two wordings of a question that make one series: key, kind, Polish label, and value,
// Polish label and score of each choice, or the bounds and unit of a number. The rows of a matrix are
// compared one by one.
func identity(q *survey.Question) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%q %q %q", q.Key, q.Kind, q.Label.PL)
	if q.Kind == survey.KindNumber {
		fmt.Fprintf(&b, " %d %d %q", q.Min, q.Max, q.Unit.PL)
	}
	for _, c := range q.Choices() {
		fmt.Fprintf(&b, " %q %q", c.Value, c.Label.PL)
		if c.Score != nil {
			fmt.Fprintf(&b, " %g", *c.Score)
		}
	}
	return b.String()
}

// total adds the parts of a tally up.
func total(t survey.Tally) (n int, counts []int64) {
	counts = make([]int64, t.Version.Layout.Counters)
	for _, p := range t.Parts {
		n += p.N
		for i, c := range p.Counts {
			counts[i] += c
		}
	}
	return n, counts
}

// take adds what one version counted of the question.
func (s *series) take(v *survey.Version, q *survey.Question, n int, counts []int64) {
	s.versions = ascending(s.versions, v.Number)
	for _, a := range q.Areas {
		if !slices.ContainsFunc(s.areas, func(have survey.Area) bool { return have.Key == a.Key }) {
			s.areas = append(s.areas, a)
		}
	}
	for _, slot := range v.Layout.Slots {
		if slot.Question != q.Key {
			continue
		}
		l := s.line(q, slot)
		if slot.Option == "" {
			l.versions = ascending(l.versions, v.Number)
			l.asked += n
			for i := range l.states {
				l.states[i] += int(counts[slot.Offset+i])
			}
		}
		l.take(q, slot, counts)
	}
}

// take adds the substantive answers that the slot counted. The own slot of a multi question tells how many
// answered, those of its options what they picked.
func (l *line) take(q *survey.Question, slot survey.Slot, counts []int64) {
	first := slot.Offset + int(survey.CodeFirst)
	for i := range slot.Values {
		c := int(counts[first+i])
		switch {
		case slot.Option != "":
			l.values[option(q, slot.Option)] += c
		case q.Kind == survey.KindMulti || q.Kind == survey.KindText:
			l.valid += c
		default:
			l.valid += c
			l.values[i] += c
		}
	}
}

// option returns the place of the question's option with the key.
func option(q *survey.Question, key string) int {
	return slices.IndexFunc(q.Options, func(o survey.Option) bool { return o.Key == key })
}

// line returns the line that the slot belongs to. A row joins one of an older version where key and Polish
// label are the same; else it follows the newer rows of its key, or comes last.
func (s *series) line(q *survey.Question, slot survey.Slot) *line {
	row := rowOf(q, slot.Row)
	at := len(s.lines)
	for i, l := range s.lines {
		if l.row.Key != row.Key {
			continue
		}
		if l.row.Label.PL == row.Label.PL && l.aspect == slot.Aspect {
			return l
		}
		at = i + 1
	}
	values := len(s.choices)
	if q.Kind == survey.KindNumber {
		values = slot.Values
	}
	l := &line{row: row, aspect: slot.Aspect, values: make([]int, values)}
	s.lines = slices.Insert(s.lines, at, l)
	return l
}

func rowOf(q *survey.Question, key string) survey.Row {
	for _, r := range q.Rows {
		if r.Key == key {
			return r
		}
	}
	return survey.Row{}
}

// broken reports whether another line has the same row and aspect.
func (s *series) broken(l *line) bool {
	return slices.ContainsFunc(s.lines, func(other *line) bool {
		return other != l && other.row.Key == l.row.Key && other.aspect == l.aspect
	})
}

// ascending adds a version's number, once, to numbers in ascending order.
func ascending(numbers []int, number int) []int {
	at, found := slices.BinarySearch(numbers, number)
	if found {
		return numbers
	}
	return slices.Insert(numbers, at, number)
}

// scores returns the score of each of a line's values; scored tells which have one. Picks of a multi question
// have none, as one person's picks do not make a rating.
func (s *series) scores() (scores []float64, scored []bool) {
	if s.question.Kind == survey.KindNumber {
		n := s.question.Max - s.question.Min + 1
		scores, scored = make([]float64, n), make([]bool, n)
		for i := range scores {
			scores[i], scored[i] = float64(s.question.Min+i), true
		}
		return scores, scored
	}
	scores, scored = make([]float64, len(s.choices)), make([]bool, len(s.choices))
	for i, c := range s.choices {
		if c.Score != nil && s.question.Kind != survey.KindMulti {
			scores[i], scored[i] = *c.Score, true
		}
	}
	return scores, scored
}

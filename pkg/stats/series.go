package stats

import (
	"fmt"
	"slices"
	"strings"

	"ocenaurzedu.eu/pkg/survey"
)

// series is a question that was asked in one or more versions as one, with its counts.
type series struct {
	question *survey.Question // as the newest of its versions words it
	section  survey.Text
	rules    []*survey.Rule // by which the newest of its versions shows it
	areas    []survey.Area  // the newest version's, then those that only older ones have
	versions []int
	wordings wordings
	lines    []*line
	again    bool // another series has the same key
}

// line is an item with its counts: a question, a row of a matrix, or the importance of an area.
type line struct {
	row      survey.Row
	area     survey.Area // of the importance of an area
	aspect   string
	choices  []survey.Choice // as the newest of its versions words them
	versions []int
	wordings wordings
	asked    int // submissions of its versions
	states   [survey.CodeFirst]int
	valid    int
	values   []int   // by choice; of a number by its distance from the lower bound
	asks     []*line // what the rules ask for by which it is shown or hidden
	withheld bool
	held     *Item // as an earlier report told it, while too little was answered since; nil: as it is now
	gone     bool  // it must not be told beside an earlier report
}

// wordings tells since when something is worded as it is. Versions are taken newest first.
type wordings struct {
	last   string // of the version taken last
	since  int    // its number
	change []int  // numbers of the versions that worded it anew, ascending
}

func (w *wordings) take(wording string, version int) {
	if w.since != 0 && wording != w.last {
		w.change = ascending(w.change, w.since)
	}
	w.last, w.since = wording, version
}

// wording is equal where Polish readers see the same words: spaces of any kind are one.
func wording(words ...string) string {
	for i := range words {
		words[i] = strings.Join(strings.Fields(words[i]), " ")
	}
	return strings.Join(words, "\n")
}

// wordingOf joins the words of a question that its answers are given to: its own, its choices' and its unit.
func wordingOf(q *survey.Question) string {
	words := []string{q.Label.PL, q.Unit.PL}
	for _, aspect := range []string{"", survey.AspectImportance} {
		for _, c := range q.ChoicesOf(aspect) {
			words = append(words, c.Label.PL)
		}
	}
	return wording(words...)
}

// join adds the tallies up and makes one series of each question whose answers count together. The order is the
// newest version's; an older series follows the newer ones of its key, and questions that the newest version
// does not have come last.
func join(tallies []survey.Tally) []*series {
	var all []*series
	known := map[string]*series{}
	for _, t := range slices.Backward(tallies) {
		n, counts := total(t)
		v := counted{t.Version, n, counts, make([]*line, len(t.Version.Layout.Slots))}
		for i := range t.Version.Questionnaire.Sections {
			section := &t.Version.Questionnaire.Sections[i]
			for j := range section.Questions {
				q := &section.Questions[j]
				if q.Kind == survey.KindInfo {
					continue
				}
				s := known[identity(q)]
				if s == nil {
					s = &series{question: q, section: section.Title}
					for _, r := range []*survey.Rule{section.ShowIf, q.ShowIf} {
						if r != nil {
							s.rules = append(s.rules, r)
						}
					}
					known[identity(q)] = s
					all = insert(all, s)
				}
				s.take(v, q)
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

// identity is equal for two questions that make one series: their editor says so by the same Series, and their
// answers can be counted together, as key, kind, and the bounds of a number or value and score of each choice are
// the same. Wording does not matter. Rows and importance are compared one by one.
func identity(q *survey.Question) string {
	id := fmt.Sprintf("%q %q %d", q.Key, q.Kind, max(q.Series, 1))
	if q.Kind == survey.KindNumber {
		id += fmt.Sprintf(" %d %d", q.Min, q.Max)
	}
	return id + structure(q.Choices())
}

// structure is equal for choices whose counts can be added one by one.
func structure(choices []survey.Choice) string {
	var b strings.Builder
	for _, c := range choices {
		fmt.Fprintf(&b, " %q", c.Value)
		if c.Score != nil {
			fmt.Fprintf(&b, " %g", *c.Score)
		}
	}
	return b.String()
}

// counted is what one version counted, and the lines that its slots belong to.
type counted struct {
	*survey.Version
	n      int
	counts []int64
	lines  []*line
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
func (s *series) take(v counted, q *survey.Question) {
	s.versions = ascending(s.versions, v.Number)
	s.wordings.take(wordingOf(q), v.Number)
	for _, a := range q.Areas {
		if !slices.ContainsFunc(s.areas, func(have survey.Area) bool { return have.Key == a.Key }) {
			s.areas = append(s.areas, a)
		}
	}
	asks := v.asks(q.Key)
	for i, slot := range v.Layout.Slots {
		if slot.Question != q.Key {
			continue
		}
		l := s.line(q, slot)
		v.lines[i] = l
		if slot.Option == "" {
			l.versions = ascending(l.versions, v.Number)
			l.wordings.take(wording(rowOf(q, slot.Row).Label.PL, areaOf(q, slot.Area).Label.PL), v.Number)
			l.asked += v.n
			for state := range l.states {
				l.states[state] += int(v.counts[slot.Offset+state])
			}
			l.asks = append(l.asks, asks...)
		}
		l.take(q, slot, v.counts)
	}
}

// asks lists the lines that the question's rules ask for. A rule looks back, so they are known.
func (v counted) asks(question string) []*line {
	var lines []*line
	for _, g := range v.Layout.Gates {
		if g.Question != question {
			continue
		}
		for _, t := range slices.Concat(g.Tests...) {
			for _, span := range t.Spans {
				lines = append(lines, v.lines[span.Slot])
			}
		}
	}
	return lines
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

// line returns the line that the slot belongs to. A row joins one of an older version where key and series are the
// same, and for importance the choices too; else it follows the newer rows of its key, or comes last.
func (s *series) line(q *survey.Question, slot survey.Slot) *line {
	l := &line{row: rowOf(q, slot.Row), area: areaOf(q, slot.Area), aspect: slot.Aspect, choices: q.ChoicesOf(slot.Aspect)}
	at := len(s.lines)
	for i, have := range s.lines {
		if have.row.Key != l.row.Key || have.area.Key != l.area.Key {
			continue
		}
		if have.pairs(l) && have.aspect == l.aspect && structure(have.choices) == structure(l.choices) {
			return have
		}
		at = i + 1
	}
	l.values = make([]int, len(l.choices))
	if q.Kind == survey.KindNumber {
		l.values = make([]int, slot.Values)
	}
	s.lines = slices.Insert(s.lines, at, l)
	return l
}

// pairs reports whether two lines are of the same row in the same series.
func (l *line) pairs(other *line) bool {
	return l.row.Key == other.row.Key && max(l.row.Series, 1) == max(other.row.Series, 1)
}

// label is the wording of the line's own; empty for a question of its own.
func (l *line) label() survey.Text {
	if l.area.Key != "" {
		return l.area.Label
	}
	return l.row.Label
}

// areaKey is the area that the line belongs to, or whose importance it is.
func (l *line) areaKey() string {
	if l.area.Key != "" {
		return l.area.Key
	}
	return l.row.Area
}

func rowOf(q *survey.Question, key string) survey.Row {
	for _, r := range q.Rows {
		if r.Key == key {
			return r
		}
	}
	return survey.Row{}
}

func areaOf(q *survey.Question, key string) survey.Area {
	for _, a := range q.Areas {
		if a.Key == key {
			return a
		}
	}
	return survey.Area{}
}

// role returns the indicator that a line feeds: its area's, or else its question's. Importance feeds none.
func (s *series) role(l *line) survey.Role {
	if l.aspect == survey.AspectImportance {
		return ""
	}
	for _, a := range s.areas {
		if a.Key == l.row.Area && a.Role != "" {
			return a.Role
		}
	}
	return s.question.Role
}

// broken reports whether another line is of the same row or area, and aspect.
func (s *series) broken(l *line) bool {
	return slices.ContainsFunc(s.lines, func(other *line) bool {
		return other != l && other.row.Key == l.row.Key && other.area.Key == l.area.Key && other.aspect == l.aspect
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
func (s *series) scores(l *line) (scores []float64, scored []bool) {
	scores, scored = make([]float64, len(l.values)), make([]bool, len(l.values))
	if s.question.Kind == survey.KindNumber {
		for i := range scores {
			scores[i], scored[i] = float64(s.question.Min+i), true
		}
		return scores, scored
	}
	for i, c := range l.choices {
		if c.Score != nil && s.question.Kind != survey.KindMulti {
			scores[i], scored[i] = *c.Score, true
		}
	}
	return scores, scored
}

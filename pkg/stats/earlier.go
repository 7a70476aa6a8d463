package stats

import (
	"cmp"
	"math"
	"slices"

	"ocenaurzedu.eu/pkg/survey"
)

// # Successive reports
//
// Whoever has two reports of which one takes in the other can subtract. Where that would tell the answers of fewer people
// than the threshold – two came in since, as § 5 makes a report before each change –, the item waits: it says what the
// earlier report said, and which that was. How many submissions came is told all the same. Where it is the new report that
// lies within the earlier one, there is nothing older to say, and the item is withheld.

// Earlier is a report that was told: one of the archive.
type Earlier struct {
	Number  int
	Summary *Summary
	Crosses []Cross  // its cross-tabs
	of      []signed // of a family of reports: these; then Summary has its filter alone
}

// hold lets lines wait, or marks them as gone. The latest report that a line can wait with is taken. What one line does
// may bear on those that its answers show or hide.
func hold(all []*series, filter survey.Filter, rules Rules) {
	for again := len(rules.Earlier) > 0; again; {
		again = false
		for _, s := range all {
			for _, l := range s.lines {
				if l.held == nil && !l.gone && s.question.Kind != survey.KindText {
					s.compare(l, filter, rules)
					again = again || l.held != nil || l.gone
				}
			}
		}
	}
}

// compare holds one line against all earlier reports.
func (s *series) compare(l *line, filter survey.Filter, rules Rules) {
	known := false
	for _, e := range rules.Earlier {
		it := e.item(s, l)
		if it == nil {
			continue
		}
		known = true
		people, silent := s.since(l, it)
		hidden := l.states[survey.CodeHidden] != it.States.Hidden && l.asksHeld()
		if !hidden && !few(people, rules.threshold()) && (people > 0 || !few(silent, rules.threshold())) {
			continue
		}
		switch {
		case takesIn(filter, e.Summary.Filter) && !e.outer() && (e.of == nil || s.question.Kind != survey.KindNumber):
			held := *it
			held.Held = cmp.Or(it.Held, e.Number)
			l.held = &held
		case takesIn(filter, e.Summary.Filter) || takesIn(e.Summary.Filter, filter):
			l.gone = true // the ranges of numbers can't be added up
		}
	}
	if l.held != nil {
		l.wait(s.question.Kind)
	}
	l.gone = l.held == nil && (l.gone || !known && l.asksHeld())
}

// item returns what the report told of a line, or nil.
func (e Earlier) item(s *series, l *line) *Item {
	if e.of != nil {
		return e.sumItem(s, l)
	}
	for i := range e.Summary.Questions {
		q := &e.Summary.Questions[i]
		if q.Key != s.question.Key || q.Kind != s.question.Kind || !meet(q.Versions, s.versions) {
			continue
		}
		for j := range q.Items {
			it := &q.Items[j]
			if it.Row == l.row.Key && it.Aspect == l.aspect && it.Area == l.areaKey() && meet(it.Versions, l.versions) {
				if it.Suppressed {
					return nil
				}
				return it
			}
		}
	}
	return nil
}

func meet(a, b []int) bool {
	return slices.ContainsFunc(a, func(n int) bool { return slices.Contains(b, n) })
}

// since tells how many people's answers make the difference between a line and what was told of it, and how many ways not to
// answer do. To whom it was not shown is what the answers to another question say.
func (s *series) since(l *line, it *Item) (people, silent int) {
	for state, n := range it.states() {
		if survey.Code(state) != survey.CodeHidden {
			silent += max(l.states[state]-n, n-l.states[state])
		}
	}
	valid := max(l.valid-it.Valid, it.Valid-l.valid)
	if s.question.Kind == survey.KindNumber { // ranges are not compared: a correction shows in the mean
		mean, _ := s.spread(l, l.values).moments()
		if it.Rating.OK && math.Abs(mean-it.Rating.Value) > 1e-9*max(1, math.Abs(mean)) {
			valid = max(1, valid)
		}
		return valid, silent
	}
	for i, v := range it.Values {
		if i < len(l.values) {
			people += max(l.values[i]-v.Count, v.Count-l.values[i])
		}
	}
	if s.question.Kind == survey.KindMulti && people > 0 { // one person may have several picks
		people = min(people, max(1, valid))
	}
	return max(people, valid), silent
}

func (it *Item) states() [survey.CodeFirst]int {
	var states [survey.CodeFirst]int
	states[survey.CodeBlank], states[survey.CodeNotApplicable], states[survey.CodeNoOpinion] = it.States.Blank, it.States.NotApplicable, it.States.NoOpinion
	states[survey.CodeUnreadable], states[survey.CodeHidden] = it.States.Unreadable, it.States.Hidden
	return states
}

// asksHeld reports whether the line is shown by answers that wait: how many were asked it would count new ones.
func (l *line) asksHeld() bool {
	return slices.ContainsFunc(l.asks, func(asked *line) bool { return asked.held != nil })
}

// wait gives a line the counts of the report that it waits with. The single values of a number are not told; of these the
// item is taken over as it was.
func (l *line) wait(kind survey.Kind) {
	l.states, l.valid = l.held.states(), l.held.Valid
	l.asked = l.held.Asked + l.held.States.Hidden
	if kind == survey.KindNumber {
		return
	}
	l.values = make([]int, len(l.values))
	for i, v := range l.held.Values {
		if i < len(l.values) {
			l.values[i] = v.Count
		}
	}
}

// takesIn reports whether a filter chooses all that another one does.
func takesIn(outer, inner survey.Filter) bool {
	return !inner.From.Before(outer.From) && !outer.To.Before(inner.To) &&
		includes(outer.Channels, inner.Channels) && includes(outer.ServicePoints, inner.ServicePoints)
}

// includes reports whether every one of inner is in outer; an empty list is all.
func includes[T comparable](outer, inner []T) bool {
	if len(outer) == 0 {
		return true
	}
	return len(inner) > 0 && !slices.ContainsFunc(inner, func(x T) bool { return !slices.Contains(outer, x) })
}

// holdParts lets the ratings of channels, service points and months wait that would tell of few people since an earlier
// report. What came in since is itself divided into parts, and protected like them. It returns what parts say that wait; a
// part for which the earlier report had nothing to say is withheld. now is what a part says now.
func (s *Summary) holdParts(parts []*part, rules Rules, now func(*part) Group) map[*part]Group {
	waiting := map[*part]Group{}
	for _, e := range rules.Earlier {
		grown, shrunk := takesIn(s.Filter, e.Summary.Filter), takesIn(e.Summary.Filter, s.Filter)
		if e.Summary.Overall == nil || e.Summary.Overall.Suppressed || !grown && !shrunk {
			continue
		}
		news := e.news(parts, now)
		protect(news, s.Threshold)
		for i, p := range parts {
			if p.withheld || !news[i].withheld {
				continue
			}
			told, is := e.part(p)
			if is && told.Rating.OK && grown {
				told.Held = cmp.Or(told.Held, e.Number)
				waiting[p] = told
				continue
			}
			p.gone = true
		}
		protect(parts, s.Threshold)
	}
	return waiting
}

// news makes parts of what came in since the report: of those that it told, and the others, of which nobody knows how much. A
// correction leaves the number as it was, and is of one person at least.
func (e Earlier) news(parts []*part, now func(*part) Group) []*part {
	var news []*part
	for _, p := range parts {
		n := p.n
		if told, is := e.part(p); is && told.Rating.OK {
			n = max(p.n-told.Rating.N, told.Rating.N-p.n)
			if g := now(p); n == 0 && (!g.Rating.like(told.Rating) || told.Top2.OK && g.Top2.Count != told.Top2.Count) {
				n = 1
			}
		}
		news = append(news, &part{division: p.division, key: p.key, n: n, cells: p.cells})
	}
	return news
}

// like reports whether two figures are the same but for what rounding leaves.
func (f Figure) like(other Figure) bool {
	near := func(a, b float64) bool { return math.Abs(a-b) <= 1e-9*max(1, math.Abs(a)) }
	return f.N == other.N && near(f.Value, other.Value) && near(f.Low, other.Low)
}

// part returns what the report told of a part.
func (e Earlier) part(p *part) (Group, bool) {
	if e.of != nil {
		return e.sumPart(p)
	}
	if p.division == byMonth {
		for _, m := range e.Summary.Months {
			if m.Month.String() == p.key {
				return Group{Rating: m.Rating, Withheld: m.Withheld, Held: m.Held}, true
			}
		}
		return Group{}, false
	}
	groups := e.Summary.ByChannel
	if p.division == byPoint {
		groups = e.Summary.ServicePoints
	}
	i := slices.IndexFunc(groups, func(g Group) bool { return g.Key == p.key })
	if i < 0 {
		return Group{}, false
	}
	return groups[i], true
}

// HeldBy returns the numbers of the reports that items wait with, ascending.
func (s *Summary) HeldBy() []int {
	var numbers []int
	for _, q := range s.Questions {
		for _, it := range q.Items {
			if it.Held > 0 {
				numbers = ascending(numbers, it.Held)
			}
		}
	}
	return numbers
}

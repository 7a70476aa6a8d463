package stats

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"ocenaurzedu.eu/pkg/survey"
)

// dist is a distribution of scored answers: counts by score, scores ascending and each once. It holds scores
// that nobody gave too, as they make the scale.
type dist struct {
	scores []float64
	counts []int
}

// spread makes a distribution of counts by value, of a line or of a part of it.
func (s *series) spread(l *line, values []int) dist {
	scores, scored := s.scores(l)
	return newDist(scores, scored, values)
}

func newDist(scores []float64, scored []bool, values []int) dist {
	var d dist
	for i, score := range scores {
		if !scored[i] {
			continue
		}
		at, found := slices.BinarySearch(d.scores, score)
		if !found {
			d.scores, d.counts = slices.Insert(d.scores, at, score), slices.Insert(d.counts, at, 0)
		}
		d.counts[at] += values[i]
	}
	return d
}

func (d dist) n() int {
	n := 0
	for _, c := range d.counts {
		n += c
	}
	return n
}

// moments returns mean and sample standard deviation (n−1); 0 where there are too few answers for them.
func (d dist) moments() (mean, sd float64) {
	n := float64(d.n())
	if n == 0 {
		return 0, 0
	}
	for i, score := range d.scores {
		mean += score * float64(d.counts[i])
	}
	mean /= n
	if n == 1 {
		return mean, 0
	}
	for i, score := range d.scores {
		sd += (score - mean) * (score - mean) * float64(d.counts[i])
	}
	return mean, math.Sqrt(sd / (n - 1))
}

// median returns the middle score, of an even number of answers the midpoint of the middle two; 0 of none.
func (d dist) median() float64 {
	n := d.n()
	if n == 0 {
		return 0
	}
	return (d.at((n-1)/2) + d.at(n/2)) / 2
}

// at returns the score of answer i in ascending order, counted from 0.
func (d dist) at(i int) float64 {
	for j, c := range d.counts {
		if i < c {
			return d.scores[j]
		}
		i -= c
	}
	return 0
}

// box is how many points of the scale the top and the bottom box take in: 2, but 1 where there are only 2 or
// 3, as two of three would hold the middle. One point alone is no scale.
func (d dist) box() int {
	switch {
	case len(d.scores) < 2:
		return 0
	case len(d.scores) < 4:
		return 1
	}
	return 2
}

// boxes returns how many answers are in the top and in the bottom box.
func (d dist) boxes() (top, bottom int) {
	for i := range d.box() {
		top += d.counts[len(d.counts)-1-i]
		bottom += d.counts[i]
	}
	return top, bottom
}

// rated reports whether the scores make a scale and there are enough scored answers for figures.
func (d dist) rated(threshold int) bool { return len(d.scores) >= 2 && d.n() >= threshold }

// toItem makes an item of a line's counts.
func (s *series) toItem(l *line, threshold int) Item {
	if l.held != nil && !l.withheld && s.question.Kind == survey.KindNumber {
		return *l.held
	}
	d := s.spread(l, l.values)
	it := Item{
		Row: l.row.Key, Label: l.label(), Area: l.areaKey(), Aspect: l.aspect, Series: max(l.row.Series, 1), Role: s.role(l), Versions: l.versions, Reworded: l.wordings.change,
		Break: s.broken(l), Asked: l.asked, Suppressed: l.withheld, Values: []Value{},
	}
	if len(d.scores) >= 2 {
		it.Min, it.Max = d.scores[0], d.scores[len(d.scores)-1]
		if s.question.Kind != survey.KindNumber {
			it.Points, it.Box = len(d.scores), d.box()
		}
	}
	if l.held != nil && !l.withheld {
		it.Held = l.held.Held
	}
	if !l.withheld {
		it.Asked -= l.states[survey.CodeHidden]
		it.Valid = l.valid
		it.States = toStates(l.states)
		it.Missing = ShareOf(it.States.Blank+it.States.Unreadable, it.Asked)
	}
	it.Values = s.toValues(l, it.Asked)
	if !l.withheld && d.rated(threshold) {
		it.figures(s.question.Kind, d)
	}
	return it
}

// complete fills how much of what was asked for was answered.
func (q *Question) complete() {
	answered, asked, people := 0, 0, 0
	for _, it := range q.Items {
		if it.Suppressed {
			continue
		}
		answered += it.Missing.N - it.Missing.Count
		asked += it.Missing.N
		people = max(people, it.Missing.N)
	}
	if q.Completion = ShareOf(answered, asked); people > 0 {
		q.Completion.Low, q.Completion.High = wilson(q.Completion.Value, people)
	}
}

func toStates(states [survey.CodeFirst]int) States {
	return States{
		Blank: states[survey.CodeBlank], NotApplicable: states[survey.CodeNotApplicable], NoOpinion: states[survey.CodeNoOpinion],
		Unreadable: states[survey.CodeUnreadable], Hidden: states[survey.CodeHidden],
	}
}

// figures fills what is made of scores.
func (it *Item) figures(kind survey.Kind, d dist) {
	mean, sd := d.moments()
	it.Rating, it.SD, it.Median = estimate(mean, sd, d.n()), sd, d.median()
	if it.Box > 0 {
		top, bottom := d.boxes()
		it.Top2, it.Bottom2 = ShareOf(top, d.n()), ShareOf(bottom, d.n())
	}
	if kind == survey.KindNPS {
		it.NPS = promoters(d.counts)
	}
}

// toValues lists how often each choice was taken. Choices of a withheld line are listed without a count; a
// withheld number has none, as its ranges follow the answers.
func (s *series) toValues(l *line, asked int) []Value {
	if s.question.Kind == survey.KindNumber {
		if l.withheld || l.valid == 0 {
			return []Value{}
		}
		return ranges(s.question, l, asked)
	}
	values := make([]Value, len(l.choices))
	for i, c := range l.choices {
		values[i] = Value{Value: c.Value, Label: c.Label, Score: c.Score}
		if !l.withheld {
			values[i].count(l.values[i], l.valid, asked)
		}
	}
	return values
}

func (v *Value) count(count, valid, asked int) {
	v.Count, v.Share = count, ShareOf(count, valid)
	if asked > 0 {
		v.OfAll = float64(count) / float64(asked)
	}
}

// withhold marks the lines that too few people answered, and those that rules show by such; see the package comment.
func withhold(all []*series, n, threshold int) {
	for _, s := range all {
		for _, l := range s.lines {
			asked := l.asked - l.states[survey.CodeHidden]
			base := l.valid
			if s.question.Kind == survey.KindText {
				base = asked
			}
			l.withheld = l.gone || few(n, threshold) || few(base, threshold) || few(asked, threshold)
		}
	}
	for again := true; again; {
		again = false
		for _, s := range all {
			for _, l := range s.lines {
				if !l.withheld && slices.ContainsFunc(l.asks, func(asked *line) bool { return asked.withheld }) {
					l.withheld, again = true, true
				}
			}
		}
	}
}

// few reports whether n is a number of people that must not be told about.
func few(n, threshold int) bool { return n > 0 && n < threshold }

// mostRanges is how many ranges of numbers a table and a chart can carry.
const mostRanges = 12

// ranges sorts the answers to a number question into at most mostRanges equal ranges of round width, or into
// single values where these suffice. They span what was answered.
func ranges(q *survey.Question, l *line, asked int) []Value {
	lowest := slices.IndexFunc(l.values, func(c int) bool { return c > 0 }) + q.Min
	highest := lowest
	for i, c := range l.values {
		if c > 0 {
			highest = q.Min + i
		}
	}
	width := roundWidth(lowest, highest)
	values := []Value{}
	for from := floor(lowest, width); from <= highest; from += width {
		first, last := max(from, q.Min), min(from+width-1, q.Max)
		count := 0
		for i := first; i <= last; i++ {
			count += l.values[i-q.Min]
		}
		v := Value{Value: span(first, last, "-"), Label: survey.PL(span(first, last, "–"))}
		v.count(count, l.valid, asked)
		values = append(values, v)
	}
	return values
}

// roundWidth returns the smallest of 1, 2, 5, 10, 20, 50 … that needs at most mostRanges ranges.
func roundWidth(lowest, highest int) int {
	for tens := 1; ; tens *= 10 {
		for _, width := range []int{tens, 2 * tens, 5 * tens} {
			if (highest-floor(lowest, width))/width < mostRanges {
				return width
			}
		}
	}
}

// span words a range, or its one value. Negative bounds are set apart by a word, as a dash would look like a
// second minus.
func span(first, last int, dash string) string {
	if first == last {
		return strconv.Itoa(first)
	}
	if first < 0 {
		dash = " do "
	}
	return strconv.Itoa(first) + dash + strconv.Itoa(last)
}

// floor returns the greatest multiple of width that is at most n.
func floor(n, width int) int {
	rest := n % width
	if rest < 0 {
		rest += width
	}
	return n - rest
}

// byPercent orders means by percent of range, highest first.
func byPercent(a, b Area) int {
	return cmp.Compare(PercentOfRange(b.Rating.Value, b.Min, b.Max), PercentOfRange(a.Rating.Value, a.Min, a.Max))
}

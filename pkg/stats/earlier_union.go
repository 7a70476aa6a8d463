package stats

import (
	"math"
	"reflect"
	"slices"
	"strings"

	"ocenaurzedu.eu/pkg/survey"
)

// # Families of reports
//
// Whoever has the reports of four quarters and that of the year can take their sum off it: what is left are the few sheets that
// were typed late. So the sum of archived reports of which none shares a submission with another is held against a new report
// like one report, and so is what a larger report leaves of some that lie within it beside the new one. An item that some of
// them do not tell is the sum of those that do. Families that can take in no further report tell more than their parts, so that
// these alone are looked at; of very many (reports made anew again and again) the first mostFamilies.

// mostFamilies bounds how many families of reports are looked at, mostSteps how long they are looked for.
const (
	mostFamilies = 64
	mostSteps    = 1 << 14
)

// signed is a report that is added (1) or taken off (−1).
type signed struct {
	Earlier
	sign int
}

// withFamilies puts the families of reports, that a report of the filter could be held against, before the reports.
func (r Rules) withFamilies(filter survey.Filter) []Earlier {
	reports := distinct(r.Earlier)
	var all []Earlier
	inside := slices.DeleteFunc(slices.Clone(reports), func(e Earlier) bool { return !takesIn(filter, e.Summary.Filter) })
	for _, family := range families(inside, 2) {
		all = append(all, sumOfReports(filter, nil, family))
	}
	for i, outer := range reports {
		if !takesIn(outer.Summary.Filter, filter) {
			continue
		}
		beside := slices.DeleteFunc(slices.Clone(reports), func(e Earlier) bool {
			return e.Number == reports[i].Number || !takesIn(outer.Summary.Filter, e.Summary.Filter) || !disjoint(e.Summary.Filter, filter)
		})
		for _, family := range families(beside, 1) {
			all = append(all, sumOfReports(outer.Summary.Filter, &outer, family))
		}
	}
	return append(all, r.Earlier...)
}

// distinct leaves out reports that say what a newer one of the same filter says.
func distinct(reports []Earlier) []Earlier {
	var some []Earlier
	for i, e := range reports {
		same := func(o Earlier) bool {
			return e.Summary.Digest != "" && o.Summary.Digest == e.Summary.Digest && reflect.DeepEqual(o.Summary.Filter, e.Summary.Filter)
		}
		if !slices.ContainsFunc(reports[i+1:], same) {
			some = append(some, e)
		}
	}
	return some
}

// sumOfReports makes one report of a family: their sum, or what it leaves of an outer one.
func sumOfReports(filter survey.Filter, outer *Earlier, family []Earlier) Earlier {
	e := Earlier{Summary: &Summary{Filter: filter}}
	sign := 1
	if outer != nil {
		sign = -1
		e.of = append(e.of, signed{*outer, 1})
	}
	for _, member := range family {
		e.of = append(e.of, signed{member, sign})
		e.Number = max(e.Number, member.Number)
	}
	for _, member := range e.of {
		if o := member.Summary.Overall; o != nil && !o.Suppressed {
			e.Summary.Overall = o
		}
	}
	return e
}

// families lists sets of at least so many reports, of which no two share a submission, that can take in no further one.
func families(reports []Earlier, least int) [][]Earlier {
	var all [][]Earlier
	steps := 0
	free := func(e Earlier, family []Earlier) bool {
		return !slices.ContainsFunc(family, func(o Earlier) bool { return !disjoint(e.Summary.Filter, o.Summary.Filter) })
	}
	var extend func(family []Earlier, from int)
	extend = func(family []Earlier, from int) {
		if steps++; steps > mostSteps || len(all) == mostFamilies {
			return
		}
		complete := true
		for i, e := range reports {
			if !free(e, family) {
				continue
			}
			complete = false
			if i >= from {
				extend(append(slices.Clone(family), e), i+1)
			}
		}
		if complete && len(family) >= least {
			all = append(all, family)
		}
	}
	extend(nil, 0)
	return all
}

// disjoint reports whether no submission can be chosen by both filters.
func disjoint(a, b survey.Filter) bool {
	return a.To.Before(b.From) || b.To.Before(a.From) || apart(a.Channels, b.Channels) || apart(a.ServicePoints, b.ServicePoints)
}

// apart reports whether two lists have nothing in common; an empty one is all.
func apart[T comparable](a, b []T) bool {
	return len(a) > 0 && len(b) > 0 && !slices.ContainsFunc(a, func(x T) bool { return slices.Contains(b, x) })
}

// sumItem adds up what the family told of a line; nil: nothing, or not the outer report. It has the counts alone.
func (e Earlier) sumItem(s *series, l *line) *Item {
	var all *Item
	var mean moments
	for i, member := range e.of {
		it := member.item(s, l)
		switch {
		case it == nil && i == 0 && e.outer():
			return nil
		case it == nil:
			continue
		case all == nil:
			all = &Item{Values: make([]Value, len(it.Values))}
		}
		all.Valid, all.Asked = all.Valid+member.sign*it.Valid, all.Asked+member.sign*it.Asked
		states := it.states()
		for state, n := range all.states() {
			states[state] = n + member.sign*states[state]
		}
		all.States = toStates(states)
		for v := range min(len(it.Values), len(all.Values)) {
			all.Values[v].Count += member.sign * it.Values[v].Count
		}
		mean.add(it.Rating, member.sign)
	}
	if all != nil {
		all.Rating = mean.figure()
	}
	return all
}

// outer reports whether the family is taken off a larger report.
func (e Earlier) outer() bool { return len(e.of) > 0 && e.of[len(e.of)-1].sign < 0 }

// sumPart adds up what the family told of a part.
func (e Earlier) sumPart(p *part) (Group, bool) {
	var m moments
	top, any := 0, false
	for i, member := range e.of {
		g, is := member.part(p)
		if i == 0 && e.outer() && (!is || !g.Rating.OK) {
			return Group{}, false
		}
		if any = any || is; is && g.Rating.OK {
			m.add(g.Rating, member.sign)
			top += member.sign * g.Top2.Count
		}
	}
	g := Group{Rating: m.figure()}
	if g.Withheld = !g.Rating.OK; g.Rating.OK && p.division != byMonth {
		g.Top2 = ShareOf(top, g.Rating.N)
	}
	return g, any
}

// sumPoints adds up what the family told of a series by month.
func (e Earlier) sumPoints(s *series) []TrendPoint {
	var points []TrendPoint
	for i, member := range e.of {
		told := member.points(s)
		if told == nil && i == 0 && e.outer() {
			return nil
		}
		for _, p := range told {
			at := slices.IndexFunc(points, func(have TrendPoint) bool { return have.Month == p.Month })
			if at < 0 && member.sign > 0 {
				points = append(points, p)
				continue
			}
			if at >= 0 && p.Rating.OK && points[at].Rating.OK {
				var m moments
				m.add(points[at].Rating, 1)
				m.add(p.Rating, member.sign)
				points[at].Rating = m.figure()
			}
		}
	}
	slices.SortFunc(points, func(a, b TrendPoint) int { return strings.Compare(a.Month.String(), b.Month.String()) })
	return points
}

// moments adds means up.
type moments struct {
	n            int
	sum, squares float64
}

func (m *moments) add(f Figure, sign int) {
	if !f.OK {
		return
	}
	n := float64(f.N)
	variance := f.standardError() * f.standardError() * n
	m.n += sign * f.N
	m.sum += float64(sign) * n * f.Value
	m.squares += float64(sign) * (variance*(n-1) + n*f.Value*f.Value)
}

func (m *moments) figure() Figure {
	if m.n < 1 {
		return Figure{}
	}
	n := float64(m.n)
	mean := m.sum / n
	if m.n == 1 {
		return Figure{OK: true, N: 1, Value: mean, Low: mean, High: mean}
	}
	return estimate(mean, math.Sqrt(max(0, m.squares-n*mean*mean)/(n-1)), m.n)
}

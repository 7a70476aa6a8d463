package report

import (
	"slices"

	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/survey"
)

// mostOverlaps is of how many published reports the periods may hang together with a new one's: all ways to add and
// subtract them are looked through.
const mostOverlaps = 6

// connected returns the editions whose periods overlap that of the report, or one that does, and so on.
func connected(d *Document, earlier []*Edition) []*Edition {
	reached, rest := []survey.Filter{d.Summary.Filter}, slices.Clone(earlier)
	var near []*Edition
	for again := true; again; {
		again = false
		rest = slices.DeleteFunc(rest, func(e *Edition) bool {
			f := e.Summary.Filter
			touches := slices.ContainsFunc(reached, func(r survey.Filter) bool { return !f.To.Before(r.From) && !r.To.Before(f.From) })
			if touches {
				near, reached, again = append(near, e), append(reached, f), true
			}
			return touches
		})
	}
	return near
}

// overlaps counts the reports, but for this one, that connected editions are of.
func overlaps(d *Document, earlier []*Edition) int {
	numbers := map[int]bool{}
	for _, e := range connected(d, earlier) {
		if e.Number != d.Number {
			numbers[e.Number] = true
		}
	}
	return len(numbers)
}

// near reports whether a count of answers differs by fewer than the threshold, but not by nothing, from what the
// connected editions tell of the same answers, added and subtracted in any way. Editions of one report tell the same
// counts and are one.
func (c *cover) near(n int, told func(*stats.Summary) []int) bool {
	byReport := map[int][]int{}
	for _, e := range c.earlier {
		byReport[e.Number] = append(byReport[e.Number], told(e.Summary)...)
	}
	var options [][]int
	for _, counts := range byReport {
		slices.Sort(counts)
		if counts = slices.Compact(counts); len(counts) > 0 {
			options = append(options, counts)
		}
	}
	return n > 0 && nearAny(n, options, false, c.rules.Threshold)
}

func nearAny(rest int, options [][]int, taken bool, threshold int) bool {
	if len(options) == 0 {
		return taken && rest != 0 && rest < threshold && -rest < threshold
	}
	if nearAny(rest, options[1:], taken, threshold) {
		return true
	}
	for _, n := range options[0] {
		if nearAny(rest-n, options[1:], true, threshold) || nearAny(rest+n, options[1:], true, threshold) {
			return true
		}
	}
	return false
}

// ofItem finds how many answered an item, in a summary that tells it.
func ofItem(question string, it stats.Item) func(*stats.Summary) []int {
	return func(s *stats.Summary) []int {
		var counts []int
		for _, q := range s.Questions {
			for _, have := range q.Items {
				if q.Key == question && have.Row == it.Row && have.Area == it.Area && have.Aspect == it.Aspect && !have.Suppressed && have.Valid > 0 {
					counts = append(counts, have.Valid)
				}
			}
		}
		return counts
	}
}

// divide fills the overall rating by the parts of the breakdown.
func (c *cover) divide(out *stats.Summary) {
	groups := c.parts(c.from, c.rules.Breakdown)
	switch {
	case c.rules.Breakdown == BreakdownNone:
		return
	case out.Overall == nil || out.Overall.Suppressed:
		for i := range groups {
			groups[i] = stats.Group{Key: groups[i].Key, N: groups[i].N, Withheld: groups[i].N > 0}
		}
	default:
		c.holdParts(groups)
	}
	switch c.rules.Breakdown {
	case BreakdownChannel:
		out.ByChannel = groups
	case BreakdownPoint:
		out.ServicePoints = groups
	case BreakdownMonth:
		for i := range groups {
			out.Months[i].Rating, out.Months[i].Withheld, out.Months[i].Held = groups[i].Rating, groups[i].Withheld, groups[i].Held
		}
	}
}

// parts lists the overall rating by the parts of a breakdown.
func (c *cover) parts(s *stats.Summary, by Breakdown) []stats.Group {
	from := map[Breakdown][]stats.Group{BreakdownChannel: s.ByChannel, BreakdownPoint: s.ServicePoints}[by]
	var groups []stats.Group
	for _, g := range from {
		groups = append(groups, stats.Group{Key: g.Key, N: g.N, Rating: publicFigure(g.Rating), Top2: publicShare(g.Top2), Withheld: g.Withheld, Held: g.Held})
	}
	if by == BreakdownMonth {
		for _, m := range s.Months {
			groups = append(groups, stats.Group{Key: m.Month.String(), N: m.N, Rating: publicFigure(m.Rating), Withheld: m.Withheld, Held: m.Held})
		}
	}
	return groups
}

// holdParts holds back the parts that are small, those whose difference to other editions is, and as many more as it
// takes that what is held back is at least two parts with threshold ratings together. What an overlapping edition held
// back stays so; where one told a part that would have to hide another now, no part is told.
func (c *cover) holdParts(groups []stats.Group) {
	hold := func(g *stats.Group) { *g = stats.Group{Key: g.Key, N: g.N, Withheld: true} }
	for i := range groups {
		g := &groups[i]
		if g.Rating.OK && (g.Rating.N < c.rules.Threshold || c.near(g.Rating.N, c.ofPart(g.Key)) || c.toldBefore(g.Key, false)) {
			hold(g)
		}
	}
	for {
		held, rest, smallest := c.rest(groups)
		if held == 0 || held > 1 && rest >= c.rules.Threshold || smallest < 0 {
			break
		}
		hold(&groups[smallest])
	}
	held, rest, _ := c.rest(groups)
	unsafe := held > 0 && c.near(rest, func(s *stats.Summary) []int {
		_, n, _ := (&cover{from: s}).rest(c.parts(s, c.rules.Breakdown))
		return []int{n}
	})
	for _, g := range groups {
		unsafe = unsafe || g.Withheld && c.toldBefore(g.Key, true)
	}
	for i := range groups {
		if unsafe && groups[i].Rating.OK {
			hold(&groups[i])
		}
	}
}

// rest tells how many parts are held back, how many ratings they have together, and which told part is the smallest (-1:
// none is told).
func (c *cover) rest(groups []stats.Group) (held, ratings, smallest int) {
	smallest = -1
	if c.from.Overall != nil {
		ratings = c.from.Overall.Rating.N
	}
	for i, g := range groups {
		switch {
		case g.Withheld:
			held++
		case g.Rating.OK:
			ratings -= g.Rating.N
			if smallest < 0 || g.Rating.N < groups[smallest].Rating.N {
				smallest = i
			}
		}
	}
	return held, ratings, smallest
}

// ofPart finds how many ratings a part has, in a summary that tells it.
func (c *cover) ofPart(key string) func(*stats.Summary) []int {
	return func(s *stats.Summary) []int {
		for _, g := range c.parts(s, c.rules.Breakdown) {
			if g.Key == key && g.Rating.OK {
				return []int{g.Rating.N}
			}
		}
		return nil
	}
}

// toldBefore reports whether an overlapping edition with this breakdown tells the part, or, if told is false, holds it back.
func (c *cover) toldBefore(key string, told bool) bool {
	for _, e := range c.earlier {
		for _, g := range c.parts(e.Summary, c.rules.Breakdown) {
			if e.Rules.Breakdown == c.rules.Breakdown && g.Key == key && (g.Rating.OK && told || g.Withheld && !told) {
				return true
			}
		}
	}
	return false
}

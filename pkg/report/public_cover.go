package report

import (
	"cmp"
	"slices"
	"strings"

	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/survey"
)

// cover takes away from an archived Summary what its public edition holds back.
//
// An item that fewer people answered than the public threshold goes, and with it whatever it could be had of: the
// items that its answers show or hide, the areas, indicators and quadrants that it is in. So does one that differs from
// the same item of overlapping editions, taken together in any way, by fewer answers than that. Of the overall rating's
// breakdown at least two parts are held back with at least threshold ratings together, or none.
type cover struct {
	from    *stats.Summary
	rules   PublicRules
	earlier []*Edition      // of overlapping periods
	fresh   map[[2]int]bool // items, by question and place, that are held back here and told by the report
}

// summary names each field of a Summary that gets out, down to the last: a field that is added to stats one day is not
// public until it is named here (TestPublicFields).
func (c *cover) summary() *stats.Summary {
	s := c.from
	c.holdItems()
	out := &stats.Summary{
		Filter:    survey.Filter{From: s.Filter.From, To: s.Filter.To},
		Threshold: c.rules.Threshold, N: s.N,
		Paper:         stats.PaperReturn{Issued: s.Paper.Issued, Returned: s.Paper.Returned, Rate: s.Paper.Rate},
		ServicePoints: []stats.Group{}, ByChannel: []stats.Group{}, Quadrants: []stats.Quadrant{}, Remarks: []stats.RemarkGroup{},
	}
	for _, v := range s.Versions {
		out.Versions = append(out.Versions, stats.VersionCount{ID: 0, Number: v.Number, Published: v.Published, Title: v.Title, N: v.N})
	}
	for _, ch := range s.Channels {
		out.Channels = append(out.Channels, stats.ChannelCount{Channel: ch.Channel, N: ch.N, Share: ch.Share})
	}
	for _, m := range s.Months {
		out.Months = append(out.Months, stats.MonthCount{Month: m.Month, N: m.N})
	}
	for i, q := range s.Questions {
		out.Questions = append(out.Questions, c.question(i, q))
	}
	if s.Overall != nil {
		item := publicItem(*s.Overall, c.holdsOverall(), c.rules.Threshold)
		out.Overall = &item
	}
	c.figures(out)
	c.divide(out)
	c.remarks(out)
	return out
}

// holdItems finds the items to hold back.
func (c *cover) holdItems() {
	c.fresh = map[[2]int]bool{}
	for i, q := range c.from.Questions {
		for j, it := range q.Items {
			n := it.Valid
			if q.Kind == survey.KindText { // its texts pass a person's review, so that its base is those asked
				n = it.Asked
			}
			few := n > 0 && n < c.rules.Threshold || c.from.N < c.rules.Threshold
			if !it.Suppressed && (few || q.Kind != survey.KindText && c.near(n, ofItem(q.Key, it))) {
				c.fresh[[2]int{i, j}] = true
			}
		}
	}
	for again := true; again; {
		again = false
		for i, q := range c.from.Questions {
			if !c.depends(i, q) {
				continue
			}
			for j, it := range q.Items {
				if at := [2]int{i, j}; !it.Suppressed && !c.fresh[at] {
					c.fresh[at], again = true, true
				}
			}
		}
	}
}

// depends reports whether how many were asked the question would tell of an item that is held back here. The Summary
// has the rules of the newest version alone: where there were others, any item that is held back may be in them.
func (c *cover) depends(place int, q stats.Question) bool {
	hidden := slices.ContainsFunc(q.Items, func(it stats.Item) bool { return it.States.Hidden > 0 })
	if !hidden && len(q.ShowIf) == 0 {
		return false
	}
	for at := range c.fresh {
		asked := c.from.Questions[at[0]]
		if at[0] == place {
			continue
		}
		if hidden && len(q.Versions) > 1 {
			return true
		}
		for _, r := range q.ShowIf {
			for _, condition := range slices.Concat(r.All, r.Any) {
				if condition.Question == asked.Key && (condition.Row == "" || condition.Row == asked.Items[at[1]].Row) {
					return true
				}
			}
		}
	}
	return false
}

// holds reports whether any item of the kind is held back that the report tells.
func (c *cover) holds(is func(q stats.Question, it stats.Item) bool) bool {
	for at := range c.fresh {
		if q := c.from.Questions[at[0]]; is(q, q.Items[at[1]]) {
			return true
		}
	}
	return false
}

// holdsOverall reports whether the overall rating is held back: it is an item of one of the questions.
func (c *cover) holdsOverall() bool {
	n := c.from.Overall.Valid
	return n > 0 && n < c.rules.Threshold ||
		c.holds(func(q stats.Question, _ stats.Item) bool { return q.Role == survey.RoleOverall && len(q.Items) == 1 })
}

func (c *cover) question(place int, q stats.Question) stats.Question {
	out := stats.Question{Key: q.Key, Kind: q.Kind, Section: q.Section, Label: q.Label, Help: q.Help, Unit: q.Unit, Profile: q.Profile, Role: q.Role,
		ShowIf: q.ShowIf, Versions: q.Versions, Reworded: q.Reworded, Break: q.Break, Series: q.Series, Areas: q.Areas, Items: []stats.Item{}}
	if !c.holds(func(asked stats.Question, _ stats.Item) bool { return asked.Key == q.Key }) && q.Completion.N >= c.rules.Threshold {
		out.Completion = publicShare(q.Completion) // else an item could be had of it and of the others
	}
	for j, it := range q.Items {
		out.Items = append(out.Items, publicItem(it, c.fresh[[2]int{place, j}], c.rules.Threshold))
	}
	return out
}

// publicItem copies an item, or only its name and how many were asked it.
func publicItem(it stats.Item, held bool, threshold int) stats.Item {
	out := stats.Item{Row: it.Row, Label: it.Label, Area: it.Area, Aspect: it.Aspect, Role: it.Role, Versions: it.Versions, Reworded: it.Reworded,
		Break: it.Break, Series: it.Series, Held: it.Held, Asked: it.Asked, Suppressed: it.Suppressed || held, Values: []stats.Value{}}
	if out.Suppressed {
		out.Asked += it.States.Hidden // as of every suppressed item; 0 where the report suppresses it
		return out                    // without values: the ranges of a number are made of its answers
	}
	out.Valid, out.Missing = it.Valid, publicShare(it.Missing)
	out.States = stats.States{Blank: it.States.Blank, NotApplicable: it.States.NotApplicable, NoOpinion: it.States.NoOpinion, Unreadable: it.States.Unreadable,
		Hidden: it.States.Hidden}
	for _, v := range it.Values {
		out.Values = append(out.Values, stats.Value{Value: v.Value, Label: v.Label, Score: v.Score, Count: v.Count, Share: publicShare(v.Share), OfAll: v.OfAll})
	}
	out.Min, out.Max, out.Points, out.Box = it.Min, it.Max, it.Points, it.Box
	if it.Rating.OK && it.Rating.N >= threshold {
		out.Rating, out.SD, out.Median = publicFigure(it.Rating), it.SD, it.Median
		out.Top2, out.Bottom2 = publicShare(it.Top2), publicShare(it.Bottom2)
	}
	if it.NPS.N >= threshold {
		out.NPS = publicFigure(it.NPS)
	}
	return out
}

func publicFigure(f stats.Figure) stats.Figure {
	return stats.Figure{OK: f.OK, N: f.N, Value: f.Value, Low: f.Low, High: f.High}
}

func publicShare(s stats.Share) stats.Share {
	return stats.Share{OK: s.OK, Count: s.Count, N: s.N, Value: s.Value, Low: s.Low, High: s.High}
}

// figures fills what is made of several items. What an item that is held back is in is held back as a whole: without
// it, it would have to be computed anew, and with it, the item could be had.
func (c *cover) figures(out *stats.Summary) {
	out.Areas = []stats.Area{}
	for _, a := range c.from.Areas {
		out.Areas = append(out.Areas, c.area(a))
	}
	slices.SortStableFunc(out.Areas, func(a, b stats.Area) int {
		switch {
		case a.Rating.OK && b.Rating.OK:
			return 0 // best first, as they are
		case a.Rating.OK != b.Rating.OK && a.Rating.OK:
			return -1
		case a.Rating.OK != b.Rating.OK:
			return 1
		}
		return cmp.Or(strings.Compare(a.Question, b.Question), strings.Compare(a.Key, b.Key)) // their order would tell which is better
	})
	held := false
	for _, r := range c.from.Indicators {
		each := stats.Indicator{Role: r.Role, Items: r.Items, Weight: r.Weight, Value: publicFigure(r.Value), Withheld: r.Withheld}
		if r.Value.OK && (r.Value.N < c.rules.Threshold || c.holds(func(_ stats.Question, it stats.Item) bool { return it.Role == r.Role })) {
			each.Value, each.Items, each.Withheld, held = stats.Figure{}, 0, true, true
		}
		out.Indicators = append(out.Indicators, each)
	}
	if !held && c.from.Composite.N >= c.rules.Threshold {
		out.Composite = publicFigure(c.from.Composite)
	}
	for _, q := range c.from.Quadrants {
		few := slices.ContainsFunc(q.Points, func(p stats.QuadrantPoint) bool {
			return min(p.Importance.N, p.Satisfaction.N) < c.rules.Threshold
		})
		if few || c.holds(func(asked stats.Question, _ stats.Item) bool { return q.Derived || asked.Key == q.Question }) {
			continue
		}
		out.Quadrants = append(out.Quadrants, publicQuadrant(q))
	}
}

func (c *cover) area(a stats.Area) stats.Area {
	out := stats.Area{Question: a.Question, Key: a.Key, Label: a.Label, Role: a.Role, Versions: a.Versions, Withheld: a.Withheld, Points: a.Points, Box: a.Box,
		Min: a.Min, Max: a.Max}
	if a.Rating.OK && a.Rating.N < c.rules.Threshold || c.holds(func(q stats.Question, it stats.Item) bool {
		return q.Key == a.Question && it.Area == a.Key && it.Aspect != survey.AspectImportance
	}) {
		out.Withheld = true
		return out
	}
	out.Rows, out.Rating, out.Top2, out.Bottom2 = a.Rows, publicFigure(a.Rating), publicShare(a.Top2), publicShare(a.Bottom2)
	if a.Alpha.N >= c.rules.Threshold {
		out.Alpha = stats.Alpha{OK: a.Alpha.OK, Value: a.Alpha.Value, N: a.Alpha.N, Rows: a.Alpha.Rows}
	}
	return out
}

func publicQuadrant(q stats.Quadrant) stats.Quadrant {
	axis := func(a stats.Axis) stats.Axis { return stats.Axis{Cut: a.Cut, Min: a.Min, Max: a.Max, Points: a.Points} }
	out := stats.Quadrant{Question: q.Question, Label: q.Label, Versions: q.Versions, Break: q.Break, Importance: axis(q.Importance),
		Satisfaction: axis(q.Satisfaction), Withheld: q.Withheld, CSI: q.CSI, Derived: q.Derived}
	for _, p := range q.Points {
		out.Points = append(out.Points, stats.QuadrantPoint{Question: p.Question, Row: p.Row, Area: p.Area, Label: p.Label, Versions: p.Versions, Break: p.Break,
			Importance: publicFigure(p.Importance), Satisfaction: publicFigure(p.Satisfaction), Quadrant: p.Quadrant})
	}
	return out
}

// remarks fills the approved remarks, without month and channel, in the order of the alphabet, but not those of an item
// that is held back.
func (c *cover) remarks(out *stats.Summary) {
	if !c.rules.Remarks || c.from.N < c.rules.Threshold {
		return
	}
	out.RemarksWithheld = c.from.RemarksWithheld
	for _, g := range c.from.Remarks {
		key, _, _ := strings.Cut(g.Question, ".")
		if c.holds(func(q stats.Question, _ stats.Item) bool { return q.Key == key }) {
			out.RemarksWithheld = true
			continue
		}
		group := stats.RemarkGroup{Question: g.Question, Label: g.Label, Remarks: []stats.Remark{}}
		for _, r := range g.Remarks {
			group.Remarks = append(group.Remarks, stats.Remark{Text: r.Text})
		}
		slices.SortFunc(group.Remarks, func(a, b stats.Remark) int { return strings.Compare(a.Text, b.Text) })
		out.Remarks = append(out.Remarks, group)
	}
}

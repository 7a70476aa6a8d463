package stats

import (
	"slices"
	"strconv"

	"ocenaurzedu.eu/pkg/survey"
)

// The ways in which submissions are divided.
const (
	byChannel = iota
	byPoint
	byMonth
	divisions
)

// cell is the rated answers of one channel, service point and month, by choice.
type cell struct {
	keys   [divisions]string
	values []int
	n      int
}

// cells returns the counts of a series with one line, apart by channel, service point and month. Only
// answers with a score are in; cells without any are left out. They are in the order of their keys, so that the
// same results give the same summary.
func (s *series) cells(tallies []survey.Tally) []cell {
	_, scored := s.scores(s.lines[0])
	at := map[[divisions]string]int{}
	var all []cell
	for _, t := range tallies {
		slot := s.slot(t.Version)
		if slot < 0 {
			continue
		}
		for _, p := range t.Parts {
			keys := [divisions]string{string(p.Channel), strconv.FormatInt(p.ServicePoint, 10), p.Month.Month().String()}
			i, found := at[keys]
			if !found {
				i = len(all)
				at[keys] = i
				all = append(all, cell{keys: keys, values: make([]int, len(scored))})
			}
			first := t.Version.Layout.Slots[slot].Offset + int(survey.CodeFirst)
			for v, is := range scored {
				if is && first+v < len(p.Counts) {
					all[i].values[v] += int(p.Counts[first+v])
					all[i].n += int(p.Counts[first+v])
				}
			}
		}
	}
	all = slices.DeleteFunc(all, func(c cell) bool { return c.n == 0 })
	slices.SortFunc(all, func(a, b cell) int { return slices.Compare(a.keys[:], b.keys[:]) })
	return all
}

// slot returns the place of the series' slot in a version's layout, or -1 if the version is not of the series.
func (s *series) slot(v *survey.Version) int {
	if q := v.Questionnaire.Question(s.question.Key); q == nil || identity(q) != identity(s.question) {
		return -1
	}
	return slices.IndexFunc(v.Layout.Slots, func(slot survey.Slot) bool { return slot.Question == s.question.Key })
}

// rate fills the overall rating, in all and by channel, service point and month. s of an office that asks
// none is nil.
func (s *Summary) rate(o *series, tallies []survey.Tally, rules Rules) {
	if o == nil {
		return
	}
	item := o.toItem(o.lines[0], s.Threshold)
	s.Overall = &item
	if item.Suppressed {
		s.withholdParts()
		return
	}
	cells := o.cells(tallies)
	parts := divide(cells)
	protect(parts, s.Threshold)
	waiting := s.holdParts(parts, rules, func(p *part) Group { return o.rating(&part{cells: p.cells}, cells) })
	for _, p := range parts {
		g, waits := waiting[p]
		if !waits || p.withheld {
			g = o.rating(p, cells)
		}
		s.place(p, g)
	}
}

// divide makes the parts of each division that hold any rated answers.
func divide(cells []cell) []*part {
	var parts []*part
	for division := range divisions {
		at := map[string]*part{}
		for i, c := range cells {
			key := c.keys[division]
			if at[key] == nil {
				at[key] = &part{division: division, key: key, cells: make([]bool, len(cells))}
				parts = append(parts, at[key])
			}
			at[key].cells[i] = true
			at[key].n += c.n
		}
	}
	return parts
}

// rating makes a part's figures, or none where it is withheld.
func (s *series) rating(p *part, cells []cell) Group {
	if p.withheld {
		return Group{Withheld: true}
	}
	values := make([]int, len(s.lines[0].values))
	for i, c := range cells {
		if p.cells[i] {
			for v, n := range c.values {
				values[v] += n
			}
		}
	}
	d := s.spread(s.lines[0], values)
	mean, sd := d.moments()
	top, _ := d.boxes()
	return Group{Rating: estimate(mean, sd, d.n()), Top2: ShareOf(top, d.n())}
}

// withholdParts withholds every part with submissions, also those without a rating: which of them have one
// would tell something of so few answers.
func (s *Summary) withholdParts() {
	for _, groups := range [][]Group{s.ByChannel, s.ServicePoints} {
		for i := range groups {
			groups[i].Withheld = groups[i].N > 0
		}
	}
	for i := range s.Months {
		s.Months[i].Withheld = s.Months[i].N > 0
	}
}

// place puts a part's figures where the part is listed.
func (s *Summary) place(p *part, g Group) {
	if p.division == byMonth {
		for i := range s.Months {
			if s.Months[i].Month.String() == p.key {
				s.Months[i].Rating, s.Months[i].Withheld, s.Months[i].Held = g.Rating, g.Withheld, g.Held
			}
		}
		return
	}
	groups := s.ByChannel
	if p.division == byPoint {
		groups = s.ServicePoints
	}
	for i := range groups {
		if groups[i].Key == p.key {
			groups[i].Rating, groups[i].Top2, groups[i].Withheld, groups[i].Held = g.Rating, g.Top2, g.Withheld, g.Held
		}
	}
}

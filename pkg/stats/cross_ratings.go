package stats

import "slices"

// # Cross-tabs beside the Summary's ratings
//
// The Summary tells n, mean, interval and Top2 of the overall rating by channel, service point and month: four linear
// equations of the cells of a column of the table of the overall rating by the same property, since the interval tells the
// standard deviation. Of a scale of up to four points they are solved, of five they leave one way to differ. No suppression
// of single cells stands up to that. So where any cell of such a table must be suppressed, all are, and the table has its
// totals and, for means, the Summary's own: it tells nothing that the Summary does not.

// rated returns the key of the question whose rating is told by channel, service point and month; "" if there is none.
func (s *Summary) rated() string {
	if s == nil || s.Overall == nil || s.Overall.Suppressed {
		return ""
	}
	if q := s.overallQuestion(); q != nil {
		return q.Key
	}
	return ""
}

// besideRatings reports whether the Summary tells ratings of the table's columns, or of parts of them.
func (x *Cross) besideRatings() bool {
	return x.Rated != "" && x.Row == Dimension{Question: x.Rated} && x.Column.Property != ""
}

// blank reports whether the table has no cells that are told, for the Summary's ratings.
func (x *Cross) blank() bool {
	return x.besideRatings() && !slices.ContainsFunc(x.Cells, func(row []CrossCell) bool {
		return slices.ContainsFunc(row, func(c CrossCell) bool { return !c.Suppressed })
	})
}

// takeRatings fills the means of a blank table with those that the Summary tells.
func (x *Cross) takeRatings(s *Summary) {
	if !x.blank() {
		return
	}
	for j := range x.Means {
		if g, told := s.group(x.Column.Property, x.Columns[j].Value); told && g.Rating.OK {
			x.Means[j] = CrossMean{Rating: g.Rating}
		}
	}
}

// group returns what the summary says of a channel, a service point or a month.
func (s *Summary) group(property, key string) (Group, bool) {
	division, known := map[string]int{PropertyChannel: byChannel, PropertyPoint: byPoint, PropertyMonth: byMonth}[property]
	if !known {
		return Group{}, false
	}
	return Earlier{Summary: s}.part(&part{division: division, key: key})
}

// some reports whether any cell is hidden.
func (s *secrecy) some() bool {
	return slices.ContainsFunc(s.cells, func(row []bool) bool { return slices.Contains(row, true) })
}

// all hides every cell.
func (s *secrecy) all() {
	for _, row := range s.cells {
		for j := range row {
			row[j] = true
		}
	}
}

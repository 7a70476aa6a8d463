package stats

import (
	"cmp"
	"slices"

	"ocenaurzedu.eu/pkg/survey"
)

// place is a month and a channel.
type place struct {
	month   survey.Day
	channel survey.Channel
}

// tell groups the remarks by question, in the order of the report; the "jakie?" texts of an option stand
// under their question. Within a group they are ordered by what is told of them, so that nothing links the
// texts of one sheet. Those of an item that is withheld are left out, and so are, to be safe, those that a
// person has not let pass.
func (s *Summary) tell(remarks []survey.ResultRemark, all []*series, tallies []survey.Tally) {
	versions := map[int64]*survey.Version{}
	for _, t := range tallies {
		versions[t.Version.ID] = t.Version
	}
	fields := map[string][]survey.ResultRemark{}
	for _, r := range remarks {
		if v := versions[r.VersionID]; v != nil && r.State == survey.RemarkApproved {
			fields[r.Question] = append(fields[r.Question], r)
		}
	}
	tellable := s.tellable(tallies)
	for _, each := range all {
		for _, f := range each.fields() {
			from := slices.DeleteFunc(slices.Clone(fields[f.name]), func(r survey.ResultRemark) bool { return each.slot(versions[r.VersionID]) < 0 })
			switch {
			case len(from) == 0:
			case each.lines[0].withheld:
				s.RemarksWithheld = true
			default:
				s.Remarks = append(s.Remarks, f.group(from, tellable))
			}
		}
	}
}

// group makes the group of a field's remarks.
func (f field) group(from []survey.ResultRemark, tellable map[place]place) RemarkGroup {
	g := RemarkGroup{Question: f.name, Label: f.label, Remarks: []Remark{}}
	for _, r := range from {
		at := tellable[place{r.Month.Month(), r.Channel}]
		g.Remarks = append(g.Remarks, Remark{Text: r.Text, Channel: at.channel, Month: at.month})
	}
	slices.SortFunc(g.Remarks, func(a, b Remark) int {
		return cmp.Or(cmp.Compare(a.Month.String(), b.Month.String()), cmp.Compare(a.Channel, b.Channel), cmp.Compare(a.Text, b.Text))
	})
	return g
}

// field is a form field that takes remarks.
type field struct {
	name  string
	label survey.Text
}

// fields lists the series' fields for remarks; which options take a text may differ from version to version.
func (s *series) fields() []field {
	q := s.question
	if q.Kind == survey.KindText {
		return []field{{q.Key, q.Label}}
	}
	var fields []field
	for _, o := range q.Options {
		fields = append(fields, field{q.Key + "." + o.Key, q.Label.And(o.Label)})
	}
	return fields
}

// tellable says what may be told of a remark from a month and channel, so that the submissions that it may
// be of are at least threshold: both, the month alone, or nothing. What is not told of a month (or of all
// months) is, together, at least threshold submissions too.
func (s *Summary) tellable(tallies []survey.Tally) map[place]place {
	n := map[place]int{}
	for _, t := range tallies {
		for _, p := range t.Parts {
			n[place{p.Month.Month(), p.Channel}] += p.N
		}
	}
	tell := map[place]place{}
	var months []*part
	for _, m := range s.Months {
		months = append(months, &part{n: m.N})
	}
	hide(months, s.Threshold)
	for i, m := range s.Months {
		var channels []*part
		for _, c := range survey.Channels() {
			channels = append(channels, &part{n: n[place{m.Month, c}]})
		}
		hide(channels, s.Threshold)
		for j, c := range survey.Channels() {
			switch {
			case months[i].withheld:
			case channels[j].withheld:
				tell[place{m.Month, c}] = place{month: m.Month}
			default:
				tell[place{m.Month, c}] = place{m.Month, c}
			}
		}
	}
	return tell
}

// hide withholds the parts with few submissions, and the next smallest until there are enough together.
func hide(parts []*part, threshold int) {
	for _, p := range parts {
		p.withheld = few(p.n, threshold)
	}
	for {
		hidden := 0
		for _, p := range parts {
			if p.withheld {
				hidden += p.n
			}
		}
		if !few(hidden, threshold) || !withholdSmallest(parts) {
			return
		}
	}
}

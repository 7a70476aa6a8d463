package stats

import (
	"cmp"
	"slices"
	"strconv"

	"ocenaurzedu.eu/pkg/survey"
)

// threshold returns the threshold that the rules set, within the bounds that hold for everybody.
func (r Rules) threshold() int {
	if r.Threshold == 0 {
		return DefaultThreshold
	}
	return min(max(r.Threshold, FloorThreshold), HighestThreshold)
}

// Summarize makes the figures of one tenant's results, which the filter chose. The tallies must be oldest
// version first and each part's counts of its version's layout. Versions without a submission are left out
// where there is one with some.
func Summarize(results survey.Results, filter survey.Filter, rules Rules) *Summary {
	tallies := answered(results.Tallies)
	s := &Summary{
		Filter: filter, Threshold: rules.threshold(), Digest: results.Digest,
		Versions: []VersionCount{}, Questions: []Question{}, Remarks: []RemarkGroup{},
	}
	s.count(tallies)
	s.Paper = paperReturn(results.Issued, results.Returned)
	all := join(tallies)
	rules.Earlier = rules.withFamilies(filter)
	hold(all, filter, rules)
	withhold(all, s.N, s.Threshold)
	for _, each := range all {
		s.Questions = append(s.Questions, each.toQuestion(s.Threshold))
	}
	s.Areas = areas(all, results.Columns, s.Threshold)
	s.Quadrants = quadrants(all, s.Threshold)
	if !asksImportance(all) {
		s.Quadrants = derived(all, results.Columns, s.Threshold)
	}
	s.rate(overall(all), tallies, rules)
	s.trend(all, tallies, rules)
	s.indicate(rules)
	if !few(s.N, s.Threshold) {
		s.Pending = results.Pending
	}
	s.tell(results.Remarks, all, tallies)
	s.Suspects = s.suspects(results, filter, rules)
	return s
}

// answered drops tallies without submissions, unless there are no others.
func answered(tallies []survey.Tally) []survey.Tally {
	var some []survey.Tally
	for _, t := range tallies {
		if n, _ := total(t); n > 0 {
			some = append(some, t)
		}
	}
	if len(some) == 0 {
		return tallies
	}
	return some
}

// count fills what is always told: how many submissions came, by version, channel, month and service point.
func (s *Summary) count(tallies []survey.Tally) {
	channels, months, points := map[survey.Channel]int{}, map[survey.Day]int{}, map[int64]int{}
	for _, t := range tallies {
		n := 0
		for _, p := range t.Parts {
			n += p.N
			channels[p.Channel] += p.N
			points[p.ServicePoint] += p.N
			if p.N > 0 {
				months[p.Month.Month()] += p.N
			}
		}
		s.N += n
		v := t.Version
		s.Versions = append(s.Versions, VersionCount{v.ID, v.Number, survey.DayOf(v.PublishedAt), v.Questionnaire.Title, n})
	}
	s.Channels, s.ByChannel = []ChannelCount{}, []Group{}
	for _, c := range survey.Channels() {
		count := ChannelCount{Channel: c, N: channels[c]}
		if s.N > 0 {
			count.Share = float64(count.N) / float64(s.N)
		}
		s.Channels = append(s.Channels, count)
		s.ByChannel = append(s.ByChannel, Group{Key: string(c), N: count.N})
	}
	s.ServicePoints = []Group{}
	for _, id := range pointOrder(points) {
		s.ServicePoints = append(s.ServicePoints, Group{Key: strconv.FormatInt(id, 10), N: points[id]})
	}
	s.Months = monthCounts(months)
}

// pointOrder returns the service points' ids, ascending, with "none" last.
func pointOrder(points map[int64]int) []int64 {
	var ids []int64
	for id, n := range points {
		if n > 0 {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(a, b int64) int {
		if (a == 0) != (b == 0) {
			return cmp.Compare(b, a)
		}
		return cmp.Compare(a, b)
	})
	return ids
}

// monthCounts lists the months from the first to the last with submissions, without gaps.
func monthCounts(months map[survey.Day]int) []MonthCount {
	counts := []MonthCount{}
	var first, last survey.Day
	for m := range months {
		if first.IsZero() || m.Before(first) {
			first = m
		}
		if last.Before(m) {
			last = m
		}
	}
	if first.IsZero() {
		return counts
	}
	for m := first; !last.Before(m); m = m.AddMonths(1) {
		counts = append(counts, MonthCount{Month: m, N: months[m]})
	}
	return counts
}

// paperReturn relates forms that came back to forms handed out, of the batches in which both were recorded.
func paperReturn(issued, returned int) PaperReturn {
	p := PaperReturn{Issued: issued, Returned: returned}
	if issued > 0 {
		p.Rate = float64(returned) / float64(issued)
	}
	return p
}

func (s *series) toQuestion(threshold int) Question {
	q := s.question
	out := Question{
		Key: q.Key, Kind: q.Kind, Section: s.section, Label: q.Label, Help: q.Help, Unit: q.Unit, Profile: q.Profile,
		Series: max(q.Series, 1), Role: q.Role, ShowIf: s.rules, Versions: s.versions, Reworded: s.wordings.change, Break: s.again, Areas: s.areas, Items: []Item{},
	}
	for _, l := range s.lines {
		out.Items = append(out.Items, s.toItem(l, threshold))
	}
	out.complete()
	return out
}

// overall returns the series that carries the overall rating: the first in the order of the report, or nil.
func overall(all []*series) *series {
	if i := slices.IndexFunc(all, (*series).ratesAll); i >= 0 {
		return all[i]
	}
	return nil
}

// ratesAll reports whether a series may carry the overall rating: it has the role, one line and a scale of scores.
func (s *series) ratesAll() bool {
	if s.question.Role != survey.RoleOverall || len(s.lines) != 1 || s.question.Kind == survey.KindNumber {
		return false
	}
	return len(s.spread(s.lines[0], s.lines[0].values).scores) >= 2
}

// areas pools the rows of each area that are not withheld, best first; areas without a figure last.
func areas(all []*series, columns []*survey.Columns, threshold int) []Area {
	out := []Area{}
	for _, s := range all {
		for _, a := range s.areas {
			if each := s.area(a, threshold); len(each.Versions) > 0 {
				each.Alpha = s.alpha(a, columns)
				out = append(out, each)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Area) int {
		if a.Rating.OK != b.Rating.OK {
			if a.Rating.OK {
				return -1
			}
			return 1
		}
		return byPercent(a, b)
	})
	return out
}

func (s *series) area(a survey.Area, threshold int) Area {
	out := Area{Question: s.question.Key, Key: a.Key, Label: a.Label, Role: cmp.Or(a.Role, s.question.Role), Versions: []int{}}
	var pooled dist
	people, rows := 0, map[string]bool{}
	for _, l := range s.lines {
		if l.row.Area != a.Key || l.aspect == survey.AspectImportance {
			continue
		}
		for _, v := range l.versions {
			out.Versions = ascending(out.Versions, v)
		}
		d := s.spread(l, l.values)
		if pooled.scores == nil { // the rows of a matrix share one scale
			pooled = s.spread(l, make([]int, len(l.values)))
		}
		if l.withheld || !d.rated(threshold) {
			out.Withheld = out.Withheld || l.withheld
			continue
		}
		rows[l.row.Key] = true
		people = max(people, d.n())
		for i, c := range d.counts {
			pooled.counts[i] += c
		}
	}
	out.Rows = len(rows)
	out.Withheld = out.Withheld && out.Rows == 0
	out.figures(pooled, people)
	return out
}

// figures fills an area from its rows' answers; people is how many answered the row that has most.
func (a *Area) figures(pooled dist, people int) {
	if len(pooled.scores) < 2 {
		return
	}
	a.Min, a.Max = pooled.scores[0], pooled.scores[len(pooled.scores)-1]
	a.Points, a.Box = len(pooled.scores), pooled.box()
	if people == 0 {
		return
	}
	mean, sd := pooled.moments()
	a.Rating = estimate(mean, sd, people)
	top, bottom := pooled.boxes()
	a.Top2, a.Bottom2 = ShareOf(top, pooled.n()), ShareOf(bottom, pooled.n())
	a.Top2.Low, a.Top2.High = wilson(a.Top2.Value, people)
	a.Bottom2.Low, a.Bottom2.High = wilson(a.Bottom2.Value, people)
}

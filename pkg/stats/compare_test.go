package stats

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ocenaurzedu.eu/pkg/survey"
)

// ratings makes a sheet of one answer each, of how many gave each point.
func ratings(v *survey.Version, counts ...int) []filled {
	var all []filled
	for i, n := range counts {
		all = append(all, sheets(n, v, survey.ChannelWeb, first+int16(i))...)
	}
	return all
}

func summaryOf(v *survey.Version, all []filled) *Summary {
	return Summarize(count([]*survey.Version{v}, all), survey.Filter{}, Rules{})
}

// TestVerdicts sets the overall rating of two years side by side.
func TestVerdicts(t *testing.T) {
	plain := func(number int, change func(*survey.Question)) *survey.Version {
		q := overallQuestion(5)
		if change != nil {
			change(&q)
		}
		return version(t, number, q)
	}
	v := plain(1, nil)
	again := plain(2, func(q *survey.Question) { q.Series = 2 })
	four := plain(2, func(q *survey.Question) { q.Scale = scaleOf(4) })
	turned := plain(2, func(q *survey.Question) { q.Scale.BestFirst = true })
	other := plain(2, func(q *survey.Question) { q.Key = "whole" })
	nothing := version(t, 2, survey.Question{Key: "done", Kind: survey.KindYesNo, Label: survey.PL("Załatwiona?")})
	tests := []struct {
		name        string
		before, now *Summary
		want, top2  Verdict
		told        bool // a difference
	}{
		{"the same", summaryOf(v, ratings(v, 5, 5, 10, 20, 10)), summaryOf(v, ratings(v, 5, 5, 10, 20, 10)), VerdictWithin, VerdictWithin, true},
		{"better", summaryOf(v, ratings(v, 10, 20, 10, 5, 5)), summaryOf(v, ratings(v, 0, 5, 10, 20, 15)), VerdictUp, VerdictUp, true},
		{"worse", summaryOf(v, ratings(v, 0, 5, 10, 20, 15)), summaryOf(v, ratings(v, 10, 20, 10, 5, 5)), VerdictDown, VerdictDown, true},
		{"the mean alone", summaryOf(v, ratings(v, 20, 20, 20, 0, 0)), summaryOf(v, ratings(v, 0, 10, 50, 0, 0)), VerdictUp, VerdictWithin, true},
		{"all alike", summaryOf(v, ratings(v, 0, 0, 0, 30)), summaryOf(v, ratings(v, 0, 0, 0, 0, 30)), VerdictUp, VerdictWithin, true},
		{"29 before", summaryOf(v, ratings(v, 29, 0, 0, 0, 0)), summaryOf(v, ratings(v, 0, 0, 0, 0, 50)), VerdictTooFew, VerdictTooFew, true},
		{"29 now", summaryOf(v, ratings(v, 50, 0, 0, 0, 0)), summaryOf(v, ratings(v, 0, 0, 0, 0, 29)), VerdictTooFew, VerdictTooFew, true},
		{"nobody before", summaryOf(v, sheets(40, v, survey.ChannelWeb, survey.CodeBlank)), summaryOf(v, ratings(v, 0, 0, 0, 0, 50)), VerdictTooFew, VerdictTooFew, false},
		{"withheld before", summaryOf(v, ratings(v, 4, 0, 0, 0, 0)), summaryOf(v, ratings(v, 0, 0, 0, 0, 50)), VerdictWithheld, "", false},
		{"withheld now", summaryOf(v, ratings(v, 50, 0, 0, 0, 0)), summaryOf(v, ratings(v, 0, 0, 0, 0, 4)), VerdictWithheld, "", false},
		{"another meaning", summaryOf(v, ratings(v, 50)), summaryOf(again, ratings(again, 50)), VerdictBroken, VerdictBroken, false},
		{"another scale", summaryOf(v, ratings(v, 50)), summaryOf(four, ratings(four, 50)), VerdictBroken, VerdictBroken, false},
		{"turned round", summaryOf(v, ratings(v, 50)), summaryOf(turned, ratings(turned, 50)), VerdictBroken, VerdictBroken, false},
		{"another question", summaryOf(v, ratings(v, 50)), summaryOf(other, ratings(other, 50)), VerdictBroken, VerdictBroken, false},
		{"not asked before", summaryOf(nothing, ratings(nothing, 50)), summaryOf(v, ratings(v, 50)), VerdictNew, VerdictNew, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := Compare(tt.before, tt.now)
			o := c.Overall
			if o == nil || o.Verdict != tt.want || o.Top2Verdict != tt.top2 || o.Difference.OK != tt.told || c.BeforeN != tt.before.N {
				t.Fatalf("%+v; want %s, %s, a difference: %t", o, tt.want, tt.top2, tt.told)
			}
			if tt.want == VerdictWithheld && *o != (Change{Verdict: VerdictWithheld}) {
				t.Errorf("a withheld side, but %+v is told", o)
			}
			if tt.want == VerdictBroken && (o.Before.OK || !o.Now.OK) {
				t.Errorf("broken: %+v; want the newer side alone", o)
			}
		})
	}
	if c := Compare(summaryOf(v, ratings(v, 50)), summaryOf(nothing, ratings(nothing, 50))); c.Overall != nil || len(c.Items) != 0 {
		t.Errorf("not asked any more: %+v, items %+v; want none", c.Overall, c.Items)
	}
}

// TestCompareOldArchive takes summaries that were archived before they told the series: a version in both makes them one.
func TestCompareOldArchive(t *testing.T) {
	v, later := version(t, 1, overallQuestion(5)), version(t, 2, overallQuestion(5))
	old := summaryOf(v, ratings(v, 10, 10, 10, 10, 10))
	old.Questions[0].Series = 0
	if got := Compare(old, summaryOf(v, ratings(v, 0, 0, 0, 0, 50))).Overall.Verdict; got != VerdictUp {
		t.Errorf("of one version: %s, want up", got)
	}
	if got := Compare(old, summaryOf(later, ratings(later, 0, 0, 0, 0, 50))).Overall.Verdict; got != VerdictBroken {
		t.Errorf("of another version: %s, want broken, as nobody can tell", got)
	}
}

// areaVersion asks some rows of one area, and the overall rating.
func areaVersion(t *testing.T, number int, rows ...string) *survey.Version {
	m := survey.Question{Key: "m", Kind: survey.KindMatrix, Label: survey.PL("Oceń"), Role: survey.RoleEmployee, Scale: scaleOf(5), Areas: []survey.Area{{Key: "a", Label: survey.PL("Warunki")}}}
	for _, r := range rows {
		m.Rows = append(m.Rows, survey.Row{Key: r, Label: survey.PL(r), Area: "a"})
	}
	return version(t, number, m, overallQuestion(5))
}

// TestCompareComposition compares areas and indicators of the same rows only.
func TestCompareComposition(t *testing.T) {
	two, three := areaVersion(t, 1, "x", "y"), areaVersion(t, 2, "x", "y", "z")
	answered := func(v *survey.Version, low, high int) *Summary {
		rows := len(v.Layout.Slots)
		return summaryOf(v, slices.Concat(sheets(low, v, survey.ChannelWeb, slices.Repeat([]int16{first}, rows)...),
			sheets(high, v, survey.ChannelWeb, slices.Repeat([]int16{first + 4}, rows)...)))
	}
	same := Compare(answered(two, 40, 10), answered(two, 10, 40))
	if a, i := same.Areas[0].Change, same.Indicators[0]; a.Verdict != VerdictUp || i.Verdict != VerdictUp || i.Role != survey.RoleEmployee || !near(i.Difference.Value, 60, 1e-9) || i.Top2Verdict != "" {
		t.Errorf("the same rows: area %+v, indicator %+v; want up", a, i)
	}
	grown := Compare(answered(two, 40, 10), answered(three, 10, 40))
	if a, i := grown.Areas[0].Change, grown.Indicators[0]; a.Verdict != VerdictBroken || a.Before.OK || i.Verdict != VerdictBroken || i.Before.OK {
		t.Errorf("a row more: area %+v, indicator %+v; want broken", a, i)
	}
	if i := grown.Items[slices.IndexFunc(grown.Items, func(i ItemChange) bool { return i.Row == "y" })]; i.Verdict != VerdictUp {
		t.Errorf("a row that stayed: %+v; want up", i)
	}
	if i := grown.Indicators[1]; i.Role != survey.RoleOverall || i.Verdict != VerdictUp {
		t.Errorf("the overall indicator: %+v; want up", i)
	}
}

// TestCompareWithItself finds no change whatever the survey, and nothing of what is withheld.
func TestCompareWithItself(t *testing.T) {
	compared := 0
	rapid.Check(t, func(rt *rapid.T) {
		versions, all := drawSurvey(rt, t, 80)
		s := Summarize(count(versions, all), survey.Filter{}, Rules{Threshold: 3})
		c := Compare(s, s)
		var changes []Change
		if c.Overall != nil {
			changes = append(changes, *c.Overall)
		}
		for _, i := range c.Items {
			changes = append(changes, i.Change)
		}
		for _, a := range c.Areas {
			changes = append(changes, a.Change)
		}
		for _, i := range c.Indicators {
			changes = append(changes, i.Change)
		}
		for _, change := range changes {
			compared++
			switch change.Verdict {
			case VerdictWithin:
			case VerdictTooFew:
				if change.Difference.OK && change.Difference.N >= FewestToCompare {
					rt.Fatalf("too few, with %d: %+v", change.Difference.N, change)
				}
			case VerdictWithheld:
				if change != (Change{Verdict: VerdictWithheld}) {
					rt.Fatalf("withheld, but %+v", change)
				}
			default:
				rt.Fatalf("%s of a summary and itself: %+v", change.Verdict, change)
			}
			if d := change.Difference; d.OK && (d.Value != 0 || d.Low > 0 || d.High < 0) {
				rt.Fatalf("a difference of a summary and itself: %+v", change)
			}
		}
	})
	if compared < 500 {
		t.Errorf("only %d changes came up", compared)
	}
}

// TestWelchIsWider holds the interval of a difference between that of either side and their sum, and turns it round.
func TestWelchIsWider(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		figure := func(name string) Figure {
			return estimate(rapid.Float64Range(1, 5).Draw(rt, name), rapid.Float64Range(0.1, 2).Draw(rt, "sd"), rapid.IntRange(2, 500).Draw(rt, "n"))
		}
		a, b := figure("before"), figure("now")
		d, back := welch(a, b), welch(b, a)
		half, ha, hb := (d.High-d.Low)/2, (a.High-a.Low)/2, (b.High-b.Low)/2
		if half > ha+hb+1e-9 || !near(d.Low, -back.High, 1e-9) || !near(d.Value, -back.Value, 1e-12) {
			rt.Fatalf("±%v of ±%v and ±%v; %+v turned round %+v", half, ha, hb, d, back)
		}
		n := func() (int, int) {
			n := rapid.IntRange(1, 300).Draw(rt, "n")
			return rapid.IntRange(0, n).Draw(rt, "count"), n
		}
		p, q := ShareOf(n()), ShareOf(n())
		s, turned := newcombe(p, q), newcombe(q, p)
		if s.Low > s.Value || s.High < s.Value || s.Low < -1-1e-9 || s.High > 1+1e-9 || !near(s.Low, -turned.High, 1e-12) {
			rt.Fatalf("%+v of %+v and %+v, turned round %+v", s, p, q, turned)
		}
	})
}

// TestTrend draws the overall rating by month, a line each series, with a break where the scale changed.
func TestTrend(t *testing.T) {
	v1, v2 := version(t, 1, overallQuestion(4)), version(t, 2, overallQuestion(5))
	var all []filled
	add := func(v *survey.Version, month, n int, code int16) {
		for _, f := range sheets(n, v, survey.ChannelWeb, code) {
			f.month = survey.NewDay(2025, 0, 1).AddMonths(month)
			all = append(all, f)
		}
	}
	add(v1, 1, 10, first)
	add(v1, 2, 8, first+1)
	add(v1, 3, 2, first+3) // too few, so that another month goes with it
	add(v2, 3, 9, first+4)
	add(v2, 5, 7, first+2)
	s := Summarize(count([]*survey.Version{v1, v2}, all), survey.Filter{}, Rules{})
	type point struct {
		Month    string
		Value    float64
		Withheld bool
	}
	var got [][]point
	for _, line := range s.Trend {
		var points []point
		for _, p := range line.Points {
			points = append(points, point{p.Month.String(), p.Rating.Value, p.Withheld})
		}
		got = append(got, points)
	}
	want := [][]point{
		{{"2025-01-01", 1, false}, {"2025-02-01", 0, true}, {"2025-03-01", 0, true}},
		{{"2025-03-01", 5, false}, {"2025-05-01", 3, false}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("trend (-want +got):\n%s", diff)
	}
	if a, b := s.Trend[0], s.Trend[1]; !a.Break || !b.Break || a.Max != 4 || b.Max != 5 || !slices.Equal(a.Versions, []int{1}) || a.Question != "overall" {
		t.Errorf("lines %+v and %+v; want a break between scales of 4 and 5", a, b)
	}
}

// TestTrendWaits lets an older line stand as an earlier report told it while the difference is few people's, and tells it
// anew once they are enough. A report within the earlier one has no line.
func TestTrendWaits(t *testing.T) {
	v1, v2 := version(t, 1, overallQuestion(4)), version(t, 2, overallQuestion(5))
	of := func(month, n int, code int16) []filled {
		all := sheets(n, v1, survey.ChannelPaperTyped, code)
		for i := range all {
			all[i].month = survey.NewDay(2025, 0, 1).AddMonths(month)
		}
		return all
	}
	year := survey.Filter{From: survey.NewDay(2025, 1, 1), To: survey.NewDay(2025, 12, 31)}
	newer := sheets(20, v2, survey.ChannelWeb, first+4)
	old := slices.Concat(of(1, 10, first), of(2, 10, first+1), newer)
	summarize := func(all []filled, filter survey.Filter, earlier ...Earlier) TrendLine {
		return Summarize(count([]*survey.Version{v1, v2}, all), filter, Rules{Earlier: earlier}).Trend[0]
	}
	before := Earlier{Number: 7, Summary: Summarize(count([]*survey.Version{v1, v2}, old), year, Rules{})}
	tests := []struct {
		name     string
		all      []filled
		filter   survey.Filter
		february float64
		held     int
		withheld bool
	}{
		{"nothing came", old, year, 2, 0, false},
		{"two came", slices.Concat(old, of(2, 2, first+3)), year, 2, 7, false},
		{"ten came", slices.Concat(old, of(2, 10, first+3)), year, 3, 0, false},
		{"a period within", slices.Concat(of(1, 8, first), of(2, 10, first+1), newer), survey.Filter{From: survey.NewDay(2025, 1, 3), To: survey.NewDay(2025, 12, 31)}, 0, 0, true},
	}
	for _, tt := range tests {
		line := summarize(tt.all, tt.filter, before)
		if line.Withheld != tt.withheld || !tt.withheld && (len(line.Points) != 2 || line.Points[1].Rating.Value != tt.february || line.Points[1].Held != tt.held) || tt.withheld && len(line.Points) > 0 {
			t.Errorf("%s: %+v, want February %v, held %d, withheld %t", tt.name, line, tt.february, tt.held, tt.withheld)
		}
	}
}

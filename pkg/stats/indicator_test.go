package stats

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"ocenaurzedu.eu/pkg/survey"
)

// TestIndicatorsLeaveOutWhatIsWithheld makes them of what is told, and says so where that is nothing.
func TestIndicatorsLeaveOutWhatIsWithheld(t *testing.T) {
	v := areaVersion(t, 1, "x", "y")
	s := summaryOf(v, slices.Concat(sheets(6, v, survey.ChannelWeb, first+4, survey.CodeBlank, survey.CodeBlank), sheets(3, v, survey.ChannelWeb, first+4, first, first)))
	if i := s.Indicators[0]; len(s.Indicators) != 2 || i.Role != survey.RoleEmployee || i.Items != 1 || i.Withheld || i.Value.Value != 100 || i.Value.N != 9 || i.Weight != 1 {
		t.Errorf("one of two rows is withheld: %+v", s.Indicators)
	}
	if i := s.Indicators[1]; !i.Withheld || i.Value.OK || i.Items != 0 {
		t.Errorf("the overall rating is withheld: %+v", i)
	}
	if s.Composite.OK {
		t.Errorf("a composite of one indicator: %+v, want none", s.Composite)
	}
}

// TestIndicatorsOfSeries takes the newest series of an item, and no importance and no numbers.
func TestIndicatorsOfSeries(t *testing.T) {
	number := survey.Question{Key: "wait", Kind: survey.KindNumber, Label: survey.PL("Ile minut?"), Max: 60, Role: survey.RoleEfficiency}
	p := pairs(2, scaleOf(3), scaleOf(5))
	p.Role = survey.RoleEfficiency
	v1, v2 := version(t, 1, overallQuestion(4), number, p), version(t, 2, overallQuestion(5), number, p)
	all := slices.Concat(sheets(6, v1, survey.ChannelWeb, first, first+30, first, first+4, first, first+4), sheets(7, v2, survey.ChannelWeb, first+2, first+30, first, first+4, first, first+4))
	s := Summarize(count([]*survey.Version{v1, v2}, all), survey.Filter{}, Rules{Weights: map[survey.Role]float64{survey.RoleEfficiency: 3}})
	if i := s.Indicators; len(i) != 2 || i[0].Items != 2 || i[0].Value.Value != 100 || i[0].Weight != 3 || i[1].Items != 1 || i[1].Value.Value != 50 {
		t.Errorf("indicators %+v; want the two rows' satisfaction, and the newest overall rating", s.Indicators)
	}
	if !near(s.Composite.Value, 87.5, 1e-12) {
		t.Errorf("composite %+v, want (3·100 + 50)/4", s.Composite)
	}
}

// TestIndicatorsWithinRange keeps every percent within 0 to 100, and the interval no narrower than independence would.
func TestIndicatorsWithinRange(t *testing.T) {
	made := 0
	rapid.Check(t, func(rt *rapid.T) {
		var figures []Figure
		squares := 0.0
		for range rapid.IntRange(1, 6).Draw(rt, "items") {
			n := rapid.IntRange(2, 200).Draw(rt, "n")
			f := estimate(rapid.Float64Range(1, 5).Draw(rt, "mean"), rapid.Float64Range(0, 2).Draw(rt, "sd"), n).percentOfRange(1, 5)
			figures = append(figures, f)
			squares += (f.High - f.Value) * (f.High - f.Value)
		}
		m := dependentMean(figures, nil)
		made++
		if m.Value < -1e-9 || m.Value > 100+1e-9 || (m.High-m.Value)*float64(len(figures)) < math.Sqrt(squares)-1e-9 {
			rt.Fatalf("%+v of %+v", m, figures)
		}
	})
	if made == 0 {
		t.Error("none was made")
	}
}

// TestAlpha withholds, leaves out and breaks as it should; that the figure is right is TestGolden's.
func TestAlpha(t *testing.T) {
	v := areaVersion(t, 1, "x", "y")
	alike := func(n int) []filled {
		return slices.Concat(sheets(n, v, survey.ChannelWeb, first, first, first), sheets(n, v, survey.ChannelWeb, first+4, first+4, first))
	}
	partly := sheets(9, v, survey.ChannelWeb, first+4, survey.CodeBlank, first)
	other := areaVersion(t, 2, "x", "y", "z")
	single := areaVersion(t, 1, "x")
	tests := []struct {
		name     string
		versions []*survey.Version
		all      []filled
		want     Alpha
	}{
		{"identical rows", []*survey.Version{v}, alike(15), Alpha{true, 1, 30, 2}},
		{"who left a row out", []*survey.Version{v}, slices.Concat(alike(15), partly), Alpha{true, 1, 30, 2}},
		{"29 people", []*survey.Version{v}, slices.Concat(alike(14), alike(1)[:1]), Alpha{}},
		{"a row withheld", []*survey.Version{v}, slices.Concat(alike(2), partly), Alpha{}},
		{"all the same", []*survey.Version{v}, sheets(20, v, survey.ChannelWeb, first, first, first), Alpha{}},
		{"one row", []*survey.Version{single}, sheets(20, single, survey.ChannelWeb, first, first), Alpha{}},
		{"a version without a row", []*survey.Version{v, other}, slices.Concat(alike(50), sheets(15, other, survey.ChannelWeb, first, first, first, first), sheets(15, other, survey.ChannelWeb, first+4, first+4, first+4, first)), Alpha{true, 1, 30, 3}},
		{"too few complete", []*survey.Version{v, other}, slices.Concat(alike(50), sheets(4, other, survey.ChannelWeb, first, first, first, first), sheets(9, other, survey.ChannelWeb, first+1, survey.CodeBlank, first+4, first)), Alpha{}},
	}
	for _, tt := range tests {
		s := Summarize(count(tt.versions, tt.all), survey.Filter{}, Rules{})
		if got := s.Areas[0].Alpha; got.OK != tt.want.OK || got.N != tt.want.N || got.Rows != tt.want.Rows || !near(got.Value, tt.want.Value, 1e-12) {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
	r := count([]*survey.Version{v}, alike(15))
	r.Columns = nil
	if got := Summarize(r, survey.Filter{}, Rules{}).Areas[0].Alpha; got != (Alpha{}) {
		t.Errorf("without codes: %+v, want none", got)
	}
}

// TestDerivedImportance needs 30 people who rated both, two rows, and an overall rating that may be told.
func TestDerivedImportance(t *testing.T) {
	v := areaVersion(t, 1, "x", "y", "z")
	// x goes with the overall rating, y against it; z is always the same, so that it goes with nothing.
	people := func(n int) []filled {
		var all []filled
		for i := range n {
			c := int16(i % 5)
			all = append(all, sheets(1, v, survey.ChannelWeb, first+c, first+4-c, first+2, first+c)...)
		}
		return all
	}
	q := summaryOf(v, people(30)).Quadrants
	if len(q) != 1 || !q[0].Derived || q[0].CSI != 0 || q[0].Withheld != 1 || q[0].Importance != (Axis{0, -1, 1, 0}) || q[0].Satisfaction != (Axis{3, 1, 5, 5}) {
		t.Fatalf("quadrants %+v", q)
	}
	for i, want := range []struct {
		row  string
		rho  float64
		name QuadrantName
	}{{"x", 1, QuadrantStrength}, {"y", -1, QuadrantExcess}} {
		if p := q[0].Points[i]; p.Row != want.row || p.Question != "m" || !near(p.Importance.Value, want.rho, 1e-12) || p.Importance.N != 30 || p.Quadrant != want.name || p.Importance.Low < -1 || p.Importance.High > 1 {
			t.Errorf("point %+v, want %+v", p, want)
		}
	}
	asks := areaVersion(t, 1, "x", "y")
	m := asks.Questionnaire.Sections[0].Questions[0]
	m.Importance = scaleOf(3)
	asks = version(t, 1, m, overallQuestion(5))
	var asked []filled
	for i := range 40 {
		c := first + int16(i%5)
		asked = append(asked, sheets(1, asks, survey.ChannelWeb, c, c, first, c)...)
	}
	hidden := slices.Concat(people(28), sheets(40, v, survey.ChannelWeb, first, first, first, survey.CodeBlank))
	for name, s := range map[string]*Summary{"29 people": summaryOf(v, people(29)), "28 of 68 rated both": summaryOf(v, hidden), "importance is asked": summaryOf(asks, asked)} {
		if slices.ContainsFunc(s.Quadrants, func(q Quadrant) bool { return q.Derived }) {
			t.Errorf("%s: %+v, want none derived", name, s.Quadrants)
		}
	}
}

// TestSpearman holds ρ between −1 and 1 and does not mind which of the two comes first.
func TestSpearman(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		lines, columns := rapid.IntRange(1, 5).Draw(rt, "lines"), rapid.IntRange(1, 5).Draw(rt, "columns")
		table, turned := make([][]int, lines), make([][]int, columns)
		for j := range turned {
			turned[j] = make([]int, lines)
		}
		for i := range table {
			table[i] = make([]int, columns)
			for j := range table[i] {
				table[i][j] = rapid.IntRange(0, 9).Draw(rt, "count")
				turned[j][i] = table[i][j]
			}
		}
		a, b := spearman(table), spearman(turned)
		if a.OK != b.OK || !near(a.Value, b.Value, 1e-12) || a.Value < -1 || a.Value > 1 || a.OK && (a.Low > a.Value || a.High < a.Value) || math.IsNaN(a.Low+a.High) {
			rt.Fatalf("%+v, turned %+v", a, b)
		}
	})
}

// TestMissing tells item non-response of each item and the completion of each question.
func TestMissing(t *testing.T) {
	v := areaVersion(t, 1, "x", "y")
	s := summaryOf(v, slices.Concat(sheets(6, v, survey.ChannelWeb, first, first, first), sheets(2, v, survey.ChannelPaperTyped, survey.CodeBlank, survey.CodeNotApplicable, survey.CodeNoOpinion),
		sheets(1, v, survey.ChannelPaperTyped, survey.CodeUnreadable, survey.CodeHidden, first)))
	q := s.Questions[0]
	if x, y := q.Items[0].Missing, q.Items[1].Missing; x.Count != 3 || x.N != 9 || y.Count != 0 || y.N != 8 || !x.OK {
		t.Errorf("missing %+v and %+v; want 3 of 9 and none of 8", x, y)
	}
	low, high := wilson(14.0/17, 9)
	if c := q.Completion; c.Count != 14 || c.N != 17 || c.Low != low || c.High != high {
		t.Errorf("completion %+v; want 14 of 17 with the interval of 9 people", c)
	}
	if c := s.Questions[1].Completion; c.Value != 1 {
		t.Errorf("completion of the overall rating %+v; want all, as an opt-out is an answer", c)
	}
}

package stats

import (
	"encoding/json"
	"maps"
	"math"
	"os"
	"slices"
	"strconv"
	"testing"

	"ocenaurzedu.eu/pkg/survey"
)

// goldenCase is a case of testdata/golden/golden.py: answers by form field, and its own figures of them.
type goldenCase struct {
	Name          string
	Questionnaire survey.Questionnaire
	Weights       map[survey.Role]float64
	Before, Now   []map[string]string
	WantBefore    map[string]any `json:"want_before"`
	WantNow       map[string]any `json:"want_now"`
	WantChange    map[string]any `json:"want_change"`
}

// TestGolden holds every figure against an independent computation in Python.
func TestGolden(t *testing.T) {
	data, err := os.ReadFile("testdata/golden/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []goldenCase
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			before, now := c.summarize(t, c.Before), c.summarize(t, c.Now)
			agree(t, "before", figuresOf(before), c.WantBefore)
			agree(t, "now", figuresOf(now), c.WantNow)
			agree(t, "change", changesOf(Compare(before, now)), c.WantChange)
			agree(t, "change of archived summaries", changesOf(Compare(archived(t, before), archived(t, now))), c.WantChange)
		})
	}
	if len(cases) < 3 {
		t.Errorf("%d cases, want 3", len(cases))
	}
}

func (c goldenCase) summarize(t *testing.T, people []map[string]string) *Summary {
	t.Helper()
	v := version(t, 1, c.Questionnaire.Sections[0].Questions...)
	states := map[string]int16{"": survey.CodeBlank, "?": survey.CodeUnreadable, "na": survey.CodeNotApplicable, "dk": survey.CodeNoOpinion}
	var all []filled
	for _, person := range people {
		f := filled{version: v, month: survey.NewDay(2025, 3, 1), channel: survey.ChannelWeb}
		for _, slot := range v.Layout.Slots {
			value := person[slot.Field()]
			code, state := states[value]
			if !state {
				choices := v.Questionnaire.Question(slot.Question).ChoicesOf(slot.Aspect)
				i := slices.IndexFunc(choices, func(c survey.Choice) bool { return c.Value == value })
				if i < 0 {
					t.Fatalf("%s has no %q", slot.Field(), value)
				}
				code = survey.CodeFirst + int16(i)
			}
			f.codes = append(f.codes, code)
		}
		all = append(all, f)
	}
	return Summarize(count([]*survey.Version{v}, all), survey.Filter{}, Rules{Weights: c.Weights})
}

// archived is a summary as it comes back from the archive.
func archived(t *testing.T, s *Summary) *Summary {
	t.Helper()
	var back Summary
	if err := json.Unmarshal([]byte(asJSON(t, s)), &back); err != nil {
		t.Fatal(err)
	}
	return &back
}

// agree compares figures by name, numbers to 1e-9.
func agree(t *testing.T, what string, got, want map[string]any) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(want)) {
		g, ok := got[name]
		number, isNumber := want[name].(float64)
		gotNumber, _ := g.(float64)
		if !ok || isNumber && !(math.Abs(gotNumber-number) <= 1e-9) || !isNumber && g != want[name] {
			t.Errorf("%s: %s = %v, want %v", what, name, g, want[name])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if _, ok := want[name]; !ok {
			t.Errorf("%s: %s = %v is not in the other computation", what, name, got[name])
		}
	}
}

// named collects figures by the names that golden.py gives them.
type named map[string]any

func (n named) figure(name string, f Figure) {
	n[name], n[name+".low"], n[name+".high"] = f.Value, f.Low, f.High
}

func (n named) ShareOf(name string, s Share) {
	n[name], n[name+".low"], n[name+".high"] = s.Value, s.Low, s.High
}

func (n named) count(name string, i int) { n[name] = float64(i) }

// field is the form field of an item.
func fieldOf(q, row, area, aspect string) string {
	slot := survey.Slot{Question: q, Row: row, Aspect: aspect}
	if row == "" && aspect != "" {
		slot.Area = area
	}
	return slot.Field()
}

func figuresOf(s *Summary) map[string]any {
	n := named{}
	for _, q := range s.Questions {
		n.ShareOf(q.Key+".completion", q.Completion)
		for _, it := range q.Items {
			n.item(fieldOf(q.Key, it.Row, it.Area, it.Aspect), q, it)
		}
	}
	for _, a := range s.Areas {
		n.figure("area "+a.Key, a.Rating)
		n.ShareOf("area "+a.Key+".top2", a.Top2)
		n.ShareOf("area "+a.Key+".bottom2", a.Bottom2)
		n["area "+a.Key+".alpha"] = a.Alpha.Value
		n.count("area "+a.Key+".alpha_n", a.Alpha.N)
	}
	for _, i := range s.Indicators {
		n.figure("indicator "+string(i.Role), i.Value)
		n["indicator "+string(i.Role)+".weight"] = i.Weight
	}
	n.figure("composite", s.Composite)
	for _, q := range s.Quadrants {
		n.quadrant(q)
	}
	return n
}

func (n named) item(name string, q Question, it Item) {
	n.count(name+".asked", it.Asked)
	n.count(name+".valid", it.Valid)
	n.figure(name+".mean", it.Rating)
	n[name+".sd"], n[name+".median"] = it.SD, it.Median
	n.ShareOf(name+".top2", it.Top2)
	n.ShareOf(name+".bottom2", it.Bottom2)
	n.ShareOf(name+".missing", it.Missing)
	for _, v := range it.Values {
		n.ShareOf(name+"="+v.Value, v.Share)
		n[name+"="+v.Value+".of_all"] = v.OfAll
	}
	if q.Kind == survey.KindNPS {
		n.figure(name+".nps", it.NPS)
	}
}

func (n named) quadrant(q Quadrant) {
	name := "quadrant " + q.Question
	if q.Derived {
		name = "derived"
	} else {
		n[name+".csi"] = q.CSI
	}
	n[name+".cut_importance"], n[name+".cut_satisfaction"] = q.Importance.Cut, q.Satisfaction.Cut
	for _, p := range q.Points {
		key := p.Row
		if key == "" {
			key = p.Area
		}
		n[name+" "+key] = string(p.Quadrant)
		if q.Derived {
			n.figure("rho "+key, p.Importance)
			n.count("rho "+key+".n", p.Importance.N)
		}
	}
}

func changesOf(c *Comparison) map[string]any {
	n := named{}
	for _, i := range c.Items {
		n.change(fieldOf(i.Question, i.Row, areaOfLabel(i), i.Aspect), i.Change)
	}
	for _, a := range c.Areas {
		n.change("area "+a.Key, a.Change)
	}
	for _, i := range c.Indicators {
		n.change("indicator "+string(i.Role), i.Change)
	}
	return n
}

// areaOfLabel is the key of the area whose importance an item is: the golden areas are labelled by their keys.
func areaOfLabel(i ItemChange) string { return map[string]string{"X": "x", "Y": "y"}[i.Label.PL] }

func (n named) change(name string, c Change) {
	n.figure(name, c.Difference)
	n[name+".verdict"] = string(c.Verdict)
	if c.Top2Verdict != "" {
		n.figure(name+".top2", c.Top2)
		n[name+".top2.verdict"] = string(c.Top2Verdict)
	}
}

// TestTextbook holds formulas against published numbers.
func TestTextbook(t *testing.T) {
	whole := func(value, low, high float64) Figure { return Figure{Value: value, Low: low, High: high} }
	rating := func(xs ...float64) Figure {
		var s spread
		for _, x := range xs {
			s.add(x)
		}
		return estimate(s.sum/float64(s.n), math.Sqrt(s.variance()), s.n)
	}
	ranks := func(places ...int) [][]int { // one column a line
		table := make([][]int, len(places))
		for i, p := range places {
			table[i] = make([]int, len(places))
			table[i][p-1] = 1
		}
		return table
	}
	tests := []struct {
		name      string
		got, want Figure
		by        float64
	}{
		{"Wilson, 90 % of 30", wholeShare(ShareOf(27, 30)), whole(.9, .74, .97), .005},
		{"Wilson, 100 % of 10", wholeShare(ShareOf(10, 10)), whole(1, .72, 1), .005},
		{"Newcombe 1998, table II (a), 48/80 to 56/70", newcombe(ShareOf(48, 80), ShareOf(56, 70)), whole(.2, .0524, .3339), 5e-5},
		{"Newcombe 1998, table II (b), 3/10 to 9/10", newcombe(ShareOf(3, 10), ShareOf(9, 10)), whole(.6, .1705, .8090), 5e-5},
		{"Newcombe 1998, table II (d), 0/29 to 5/56", newcombe(ShareOf(0, 29), ShareOf(5, 56)), whole(.0893, -.0381, .1926), 5e-5},
		// Student, The probable error of a mean, 1908: hours of sleep that two drugs gave; the interval as R's t.test prints it.
		{"Welch, Student's sleep", welch(rating(0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2), rating(1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4)), whole(1.58, -0.2054832, 3.3654832), 5e-8},
		// Intelligence and hours of television of ten people: ρ = −29/165.
		{"Spearman", Figure{Value: spearman(ranks(1, 6, 8, 7, 10, 9, 3, 5, 2, 4)).Value}, whole(-29.0/165, 0, 0), 1e-12},
		// J. M. Bland, D. G. Altman, BMJ 314, 1997: the mini-HAQ's 10 items.
		{"Cronbach, mini-HAQ", Figure{Value: cronbach(10, 11.16, 77.44)}, whole(.95, 0, 0), .005},
	}
	for _, tt := range tests {
		if !near(tt.got.Value, tt.want.Value, tt.by) || !near(tt.got.Low, tt.want.Low, tt.by) || !near(tt.got.High, tt.want.High, tt.by) {
			t.Errorf("%s = %s %s %s, want %+v", tt.name, digits(tt.got.Value), digits(tt.got.Low), digits(tt.got.High), tt.want)
		}
	}
}

func wholeShare(s Share) Figure { return Figure{Value: s.Value, Low: s.Low, High: s.High} }

func digits(x float64) string { return strconv.FormatFloat(x, 'g', 12, 64) }

package stats

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ocenaurzedu.eu/pkg/survey"
)

// TestSeries spans three versions: corrected words go on, a changed scale breaks, and so do a question and a row
// whose editor declared a new series.
func TestSeries(t *testing.T) {
	row := func(key, label string, series int) survey.Row {
		return survey.Row{Key: key, Label: survey.PL(label), Area: "a", Series: series}
	}
	matrix := func(rows ...survey.Row) survey.Question {
		return survey.Question{Key: "m", Kind: survey.KindMatrix, Label: survey.PL("Oceń"), Scale: scaleOf(4), Rows: rows, Areas: []survey.Area{{Key: "a", Label: survey.PL("Warunki")}}}
	}
	yesNo := func(key, label string, series int) survey.Question {
		return survey.Question{Key: key, Kind: survey.KindYesNo, Label: survey.PL(label), Series: series}
	}
	reworded := overallQuestion(5)
	reworded.Label, reworded.Help = survey.PL("Jak Pani/Pan ocenia urząd?"), survey.PL("Proszę wybrać jedną odpowiedź")
	v1 := version(t, 1, overallQuestion(4), yesNo("gone", "Dawne?", 0), matrix(row("r", "Czystosc", 0), row("q", "Kolejka", 0)), yesNo("done", "Załatwiona?", 0))
	v2 := version(t, 2, matrix(row("r", "Czystość", 1), row("q", "Kolejka", 0)), overallQuestion(5), yesNo("done", "Załatwiona?", 2))
	v3 := version(t, 3, reworded, matrix(row("q", "Kolejka", 2), row("r", "Czystość", 1)), yesNo("done", "Załatwiona?", 2))
	all := slices.Concat(
		sheets(6, v1, survey.ChannelWeb, first+3, first, first+1, first, first),
		sheets(7, v2, survey.ChannelWeb, first+2, first+1, first+4, first),
		sheets(8, v3, survey.ChannelWeb, first+3, first, first+3, first+1))
	s := Summarize(count([]*survey.Version{v1, v2, v3}, all), survey.Filter{}, Rules{})
	type shape struct {
		Key              string
		Versions, Reword []int
		Break            bool
		Items            []string
		Valid            []int
	}
	var got []shape
	for _, q := range s.Questions {
		g := shape{Key: q.Key, Versions: q.Versions, Reword: q.Reworded, Break: q.Break}
		for _, it := range q.Items {
			g.Items, g.Valid = append(g.Items, it.Label.PL), append(g.Valid, it.Valid)
		}
		got = append(got, g)
	}
	want := []shape{
		{"overall", []int{2, 3}, []int{3}, true, []string{""}, []int{15}},
		{"overall", []int{1}, nil, true, []string{""}, []int{6}},
		{"m", []int{1, 2, 3}, nil, false, []string{"Kolejka", "Kolejka", "Czystość"}, []int{8, 13, 21}},
		{"done", []int{2, 3}, nil, true, []string{""}, []int{15}},
		{"done", []int{1}, nil, true, []string{""}, []int{6}},
		{"gone", []int{1}, nil, false, []string{""}, []int{6}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("series (-want +got):\n%s", diff)
	}
	items := s.Questions[2].Items
	if !items[0].Break || !items[1].Break || items[2].Break || !slices.Equal(items[2].Reworded, []int{2}) || items[0].Reworded != nil {
		t.Errorf("breaks and words of rows: %+v", items)
	}
	if s.Overall.Valid != 15 || s.Questions[0].Label.PL != "Jak Pani/Pan ocenia urząd?" || s.Questions[0].Help.PL == "" {
		t.Errorf("overall %+v, label %q; want the newest series in the newest wording", s.Overall, s.Questions[0].Label)
	}
	// Answers to the area's rows: scores 1, 2 (6 sheets), 3, 2 (7), 4, 1 (8): 93 over 42, top 2 of 4: 15.
	a := s.Areas[0]
	if len(s.Areas) != 1 || a.Rows != 2 || a.Rating.N != 21 || !near(a.Rating.Value, 93.0/42, 1e-12) || a.Top2.Count != 15 || a.Top2.N != 42 {
		t.Errorf("area %+v", a)
	}
	if low, _ := wilson(15.0/42, 21); a.Top2.Low != low {
		t.Errorf("area's interval starts at %v, want %v, of the 21 people of the fullest row", a.Top2.Low, low)
	}
}

// TestIdentity changes one thing of a question each and tells whether answers before and after count together.
func TestIdentity(t *testing.T) {
	single := func() survey.Question {
		return survey.Question{Key: "k", Kind: survey.KindSingle, Label: survey.PL("Sprawa?"), Options: []survey.Option{{Key: "a", Label: survey.PL("A"), Score: new(1.0)}, {Key: "b", Label: survey.PL("B"), Score: new(2.0)}}}
	}
	scale := func() survey.Question {
		return survey.Question{Key: "k", Kind: survey.KindScale, Label: survey.PL("Ocena?"), Scale: scaleOf(5)}
	}
	number := func() survey.Question {
		return survey.Question{Key: "k", Kind: survey.KindNumber, Label: survey.PL("Ile?"), Max: 60, Unit: survey.PL("min")}
	}
	tests := []struct {
		name     string
		question func() survey.Question
		change   func(*survey.Question)
		same     bool
		reworded bool
	}{
		{"nothing", single, func(*survey.Question) {}, true, false},
		{"first series by its number", single, func(q *survey.Question) { q.Series = 1 }, true, false},
		{"new series", single, func(q *survey.Question) { q.Series = 2 }, false, false},
		{"label", single, func(q *survey.Question) { q.Label.PL = "Jaka sprawa?" }, true, true},
		{"label's spaces", single, func(q *survey.Question) { q.Label.PL = " Sprawa?\u00a0" }, true, false},
		{"translation", single, func(q *survey.Question) { q.Label.EN = "Matter?" }, true, false},
		{"help", single, func(q *survey.Question) { q.Help.PL = "Jedna odpowiedź" }, true, false},
		{"option's label", single, func(q *survey.Question) { q.Options[1].Label.PL = "Be" }, true, true},
		{"option's score", single, func(q *survey.Question) { *q.Options[1].Score = 3 }, false, false},
		{"option without score", single, func(q *survey.Question) { q.Options[1].Score = nil }, false, false},
		{"option more", single, func(q *survey.Question) {
			q.Options = append(q.Options, survey.Option{Key: "c", Label: survey.PL("C")})
		}, false, false},
		{"options turned", single, func(q *survey.Question) { slices.Reverse(q.Options) }, false, false},
		{"kind", single, func(q *survey.Question) { q.Kind = survey.KindMulti }, false, false},
		{"rule", single, func(q *survey.Question) { q.ShowIf = &survey.Rule{} }, true, false},
		{"opt-out", scale, func(q *survey.Question) { q.OptOuts = []survey.OptOut{survey.NoOpinion} }, true, false},
		{"point's label", scale, func(q *survey.Question) { q.Scale.Points[0].Label.PL = "Źle" }, true, true},
		{"point more", scale, func(q *survey.Question) { q.Scale = scaleOf(6) }, false, false},
		{"best first", scale, func(q *survey.Question) { q.Scale.BestFirst = true }, false, false},
		{"bounds", number, func(q *survey.Question) { q.Max = 90 }, false, false},
		{"unit", number, func(q *survey.Question) { q.Unit.PL = "minut" }, true, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before, after := tt.question(), tt.question()
			tt.change(&after)
			if got := identity(&before) == identity(&after); got != tt.same {
				t.Errorf("one series: %t, want %t", got, tt.same)
			}
			if got := wordingOf(&before) != wordingOf(&after); tt.same && got != tt.reworded {
				t.Errorf("reworded: %t, want %t", got, tt.reworded)
			}
		})
	}
}

// TestRewordedFromOn names the versions in which words changed, there and back again.
func TestRewordedFromOn(t *testing.T) {
	var versions []*survey.Version
	var all []filled
	for i, label := range []string{"Kolejka", "Kolejki", "Kolejki", "Kolejka"} {
		q := survey.Question{Key: "m", Kind: survey.KindMatrix, Label: survey.PL("Oceń"), Scale: scaleOf(3), Rows: []survey.Row{{Key: "r", Label: survey.PL(label)}}}
		v := version(t, i+1, q)
		versions, all = append(versions, v), append(all, sheets(5, v, survey.ChannelWeb, first)...)
	}
	q := Summarize(count(versions, all), survey.Filter{}, Rules{}).Questions[0]
	if it := q.Items[0]; !slices.Equal(it.Reworded, []int{2, 4}) || it.Label.PL != "Kolejka" || it.Valid != 20 || q.Reworded != nil {
		t.Errorf("%+v", it)
	}
}

// TestImportanceScaleBreaksImportanceOnly changes the scale of importance alone: satisfaction goes on.
func TestImportanceScaleBreaksImportanceOnly(t *testing.T) {
	pair := func(points int) survey.Question {
		return survey.Question{Key: "p", Kind: survey.KindPaired, Label: survey.PL("Oceń"), Scale: scaleOf(5), Importance: scaleOf(points), Rows: []survey.Row{{Key: "r", Label: survey.PL("Kolejka")}, {Key: "s", Label: survey.PL("Wiedza")}}}
	}
	v1, v2 := version(t, 1, pair(3)), version(t, 2, pair(5))
	all := slices.Concat(sheets(6, v1, survey.ChannelWeb, first+2, first, first+1, first+2), sheets(7, v2, survey.ChannelWeb, first+4, first+4, first+1, first))
	s := Summarize(count([]*survey.Version{v1, v2}, all), survey.Filter{}, Rules{})
	type shape struct {
		Row, Aspect   string
		Points, Valid int
		Break         bool
		Values        int
	}
	var got []shape
	for _, it := range s.Questions[0].Items {
		got = append(got, shape{it.Row, it.Aspect, it.Points, it.Valid, it.Break, len(it.Values)})
	}
	want := []shape{
		{"r", survey.AspectImportance, 5, 7, true, 5}, {"r", survey.AspectSatisfaction, 5, 13, false, 5}, {"r", survey.AspectImportance, 3, 6, true, 3},
		{"s", survey.AspectImportance, 5, 7, true, 5}, {"s", survey.AspectSatisfaction, 5, 13, false, 5}, {"s", survey.AspectImportance, 3, 6, true, 3},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("items (-want +got):\n%s", diff)
	}
	if q := s.Quadrants; len(q) != 1 || len(q[0].Points) != 2 || q[0].Importance.Points != 5 || q[0].Importance.Cut != 3.5 {
		t.Errorf("quadrants %+v, want one, on the newer scale of importance", q)
	}
}

// TestRoles has an area's role take the place of its question's for the area's rows.
func TestRoles(t *testing.T) {
	q := survey.Question{Key: "m", Kind: survey.KindMatrix, Label: survey.PL("Oceń"), Scale: scaleOf(5), Importance: scaleOf(4), Role: survey.RoleEfficiency,
		Areas: []survey.Area{{Key: "a", Label: survey.PL("Warunki")}, {Key: "b", Label: survey.PL("Pracownik"), Role: survey.RoleEmployee}},
		Rows:  []survey.Row{{Key: "r", Label: survey.PL("Kolejka"), Area: "a"}, {Key: "s", Label: survey.PL("Wiedza"), Area: "b"}, {Key: "t", Label: survey.PL("Inne")}}}
	v := version(t, 1, overallQuestion(5), q)
	s := Summarize(count([]*survey.Version{v}, sheets(9, v, survey.ChannelWeb, first, first, first, first, first, first)), survey.Filter{}, Rules{})
	var got []survey.Role
	for _, q := range s.Questions {
		for _, it := range q.Items {
			got = append(got, it.Role)
		}
	}
	for _, a := range s.Areas {
		got = append(got, a.Role)
	}
	want := []survey.Role{survey.RoleOverall, survey.RoleEfficiency, survey.RoleEmployee, survey.RoleEfficiency, "", "", survey.RoleEfficiency, survey.RoleEmployee}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("roles (-want +got):\n%s", diff)
	}
}

package stats

import (
	"fmt"
	"testing"

	"ocenaurzedu.eu/pkg/survey"
)

// rated makes an item of a table with a mean on a scale from 1 to 5.
func rated(row string, mean float64) Item {
	return Item{Row: row, Label: survey.PL("Wiersz " + row), Points: 5, Min: 1, Max: 5, Rating: Figure{OK: true, N: 40, Value: mean, Low: mean - 0.1, High: mean + 0.1}}
}

func measured(m survey.Measure) string { return m.Question + "." + m.Row + "@" + m.Area }

func TestFindings(t *testing.T) {
	importance := rated("b", 1.0)
	importance.Aspect = survey.AspectImportance
	withheld := Item{Row: "w", Points: 5, Min: 1, Max: 5, Suppressed: true}
	long := rated("long", 3.5) // of ten points: 25 % of the range, while 3.5 of five is 62.5 %
	long.Points, long.Min, long.Max = 10, 1, 11
	s := &Summary{
		Questions: []Question{
			{Key: "q", Items: []Item{rated("a", 4.5), rated("b", 4.0), importance, rated("c", 3.0), withheld, rated("d", 2.0), rated("e", 4.1), long}},
			{Key: "q", Items: []Item{rated("c", 1.5)}}, // an older series
			{Key: "overall", Items: []Item{{Points: 5, Min: 1, Max: 5, Rating: Figure{OK: true, Value: 1.1}}}},
		},
		Quadrants: []Quadrant{{Question: "q", Satisfaction: Axis{Min: 1, Max: 5}, Points: []QuadrantPoint{
			{Area: "x", Label: survey.PL("Obszar x"), Quadrant: QuadrantImprove, Satisfaction: Figure{OK: true, Value: 3.3}},
			{Row: "d", Area: "x", Label: survey.PL("Wiersz d"), Quadrant: QuadrantImprove, Satisfaction: Figure{OK: true, Value: 2.0}},
			{Row: "a", Quadrant: QuadrantStrength},
		}}},
	}
	var got []string
	for _, f := range Findings(s) {
		got = append(got, fmt.Sprint(measured(f.Measure), " ", f.Improve, " ", f.Low, " ", f.Rating.Value))
	}
	want := "[q.@x true false 3.3 q.d@ true true 2 q.long@ false true 3.5 q.c@ false true 3]"
	if fmt.Sprint(got) != want {
		t.Errorf("findings = %v; want %s", got, want)
	}
	few := &Summary{Questions: []Question{{Key: "q", Items: []Item{rated("a", 4), rated("b", 3), rated("c", 2)}}}}
	if got := Findings(few); len(got) != 1 || got[0].Measure.Row != "c" {
		t.Errorf("of three rows %v are findings; want the lowest", got)
	}
	if got := Findings(&Summary{}); len(got) != 0 {
		t.Errorf("findings of nothing: %v", got)
	}
}

func TestMeasured(t *testing.T) {
	importance := rated("a", 1.0)
	importance.Aspect = survey.AspectImportance
	overall := rated("", 4.4)
	overall.Label = survey.Text{}
	s := &Summary{
		Questions: []Question{{Key: "q", Items: []Item{importance, rated("a", 4.5), {Row: "w", Suppressed: true, Points: 5}}}, {Key: "overall", Label: survey.PL("Ogólnie"), Items: []Item{overall}}},
		Areas:     []Area{{Question: "q", Key: "x", Label: survey.PL("Obszar"), Min: 1, Max: 5, Rating: Figure{OK: true, Value: 3.9}}, {Question: "q", Key: "y", Withheld: true}},
	}
	c := Compare(s, s)
	tests := []struct {
		m     survey.Measure
		label string
		want  float64 // 0: not told
	}{
		{survey.Measure{Question: "q", Row: "a"}, "Wiersz a", 4.5}, {survey.Measure{Question: "q", Area: "x"}, "Obszar", 3.9}, {survey.Measure{Question: "overall"}, "Ogólnie", 4.4},
		{survey.Measure{Question: "q", Row: "w"}, "", 0}, {survey.Measure{Question: "q", Area: "y"}, "", 0}, {survey.Measure{Question: "q", Area: "a"}, "", 0},
		{survey.Measure{Question: "q"}, "", 0}, {survey.Measure{Question: "other"}, "", 0},
	}
	for _, tt := range tests {
		t.Run(measured(tt.m), func(t *testing.T) {
			got, ok := s.Measured(tt.m)
			if ok != (tt.want > 0) || got.Rating.Value != tt.want || got.Label.PL != tt.label {
				t.Errorf("Measured = %v %q, %t; want %v %q", got.Rating.Value, got.Label.PL, ok, tt.want, tt.label)
			}
			change, label, _ := c.Of(tt.m)
			if tt.want > 0 && (change.Now.Value != tt.want || label.PL != tt.label) {
				t.Errorf("Of = %v %q; want %v %q", change.Now.Value, label.PL, tt.want, tt.label)
			}
			if tt.want == 0 && change.Now.OK {
				t.Errorf("Of tells %v of what is not told", change.Now.Value)
			}
		})
	}
}

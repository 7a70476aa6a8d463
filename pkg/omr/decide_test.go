package omr

import (
	"slices"
	"strings"
	"testing"

	"ocenaurzedu.eu/pkg/sheet"
)

// row makes boxes of one question: M marked, F filled, D doubtful, d a speck, _ empty, o empty with ink beside.
func row(kind sheet.BoxKind, states string) []Box {
	boxes := make([]Box, len(states))
	for i, s := range states {
		b := Box{Box: sheet.Box{Question: "q", Option: string(rune('a' + i)), Kind: kind}, State: Empty}
		switch s {
		case 'M':
			b.State, b.Measures = Marked, Measures{Coverage: 0.2, Stroke: 1}
		case 'F':
			b.State, b.Measures = Filled, Measures{Coverage: 0.9, Stroke: 1.3, Cells: 1}
		case 'D':
			b.State, b.Measures = Doubtful, Measures{Coverage: 0.06, Stroke: 0.4}
		case 'd':
			b.State, b.Measures = Doubtful, Measures{Coverage: 0.01, Stroke: 0.15}
		case 'o':
			b.Measures.Beside = 0.2
		}
		boxes[i] = b
	}
	return boxes
}

func TestDecide(t *testing.T) {
	special := func(kind sheet.BoxKind, at int, boxes []Box) []Box {
		boxes[at].Kind = kind
		return boxes
	}
	one, many := sheet.BoxChoice, sheet.BoxPick
	tests := []struct {
		name    string
		boxes   []Box
		bilevel bool
		want    string // values
		reason  Reason
	}{
		{"one mark", row(one, "_M___"), false, "b", ""},
		{"blank", row(one, "_____"), false, "", ""},
		{"blank on a bilevel scan", row(one, "_____"), true, "", BlankBilevel},
		{"opt-outs alone, blank on a bilevel scan", row(sheet.BoxOptOut, "__"), true, "", ""},
		{"one mark on a bilevel scan", row(one, "_M___"), true, "b", ""},
		{"several marks", row(one, "_M_M_"), false, "bd", SeveralMarks},
		{"a row marked all over", row(one, "MMMMM"), false, "abcde", SeveralMarks},
		{"corrected", row(one, "F__M_"), false, "d", ""},
		{"corrected twice", row(one, "F_FM_"), false, "d", ""},
		{"filled only", row(one, "F____"), false, "a", OnlyFilled},
		{"two filled", row(one, "F_F__"), false, "ac", OnlyFilled},
		{"doubtful", row(one, "D____"), false, "a", DoubtfulMark},
		{"a speck alone", row(one, "d____"), false, "a", DoubtfulMark},
		{"a mark and doubt", row(one, "D_M__"), false, "c", DoubtfulMark},
		{"a mark and a speck", row(one, "d_M__"), false, "c", ""},
		{"filled and doubt", row(one, "F_D__"), false, "c", DoubtfulMark},
		{"ink beside", row(one, "__o__"), false, "", InkBeside},
		{"a mark, and a circle around another", row(one, "M_o__"), false, "a", InkBeside},
		{"picks", row(many, "MM_M_"), false, "abd", ""},
		{"picks, one taken back", row(many, "MF_M_"), false, "ad", ""},
		{"picks and a speck", row(many, "M_d__"), false, "a", DoubtfulMark},
		{"picks and ink beside another", row(many, "M_o__"), false, "a", InkBeside},
		{"exclusive alone", special(sheet.BoxExclusive, 4, row(many, "____M")), false, "e", ""},
		{"exclusive and more", special(sheet.BoxExclusive, 4, row(many, "M___M")), false, "ae", ExclusivePicked},
		{"opt-out and more", special(sheet.BoxOptOut, 4, row(many, "M___M")), false, "ae", ExclusivePicked},
		{"opt-out and a choice", special(sheet.BoxOptOut, 4, row(one, "M___M")), false, "ae", SeveralMarks},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Decide(tt.boxes, tt.bilevel)
			if len(got) != 1 || strings.Join(got[0].Values, "") != tt.want || got[0].Reason != tt.reason || got[0].Flagged != (tt.reason != "") {
				t.Errorf("Decide = %+v; want %q, %q", got, tt.want, tt.reason)
			}
			for _, b := range tt.boxes {
				if want := tt.reason != "" || b.State == Doubtful; b.Flagged != want {
					t.Errorf("box %s flagged %t; want %t", b.Option, b.Flagged, want)
				}
			}
		})
	}
}

func TestDecideKeepsRowsAreasAndAspectsApart(t *testing.T) {
	var boxes []Box
	for _, key := range []sheet.Box{{Question: "a"}, {Question: "a", Row: "r"}, {Question: "a", Row: "r", Aspect: "importance"}, {Question: "a", Area: "r"}, {Question: "b"}} {
		for _, b := range row(sheet.BoxChoice, "_M") {
			key.Option, key.Kind = b.Option, b.Kind
			b.Box = key
			boxes = append(boxes, b)
		}
	}
	got := Decide(boxes, false)
	if len(got) != 5 {
		t.Fatalf("%d questions; want 5", len(got))
	}
	for i, q := range got {
		if q.Flagged || !slices.Equal(q.Values, []string{"b"}) || q.Question != boxes[2*i].Question || q.Row != boxes[2*i].Row || q.Area != boxes[2*i].Area || q.Aspect != boxes[2*i].Aspect {
			t.Errorf("question %d is %+v", i, q)
		}
	}
}

// TestMoreInkIsNeverEmptyAgain adds ink in steps to each measure: a state once left is not empty again.
func TestMoreInkIsNeverEmptyAgain(t *testing.T) {
	for cover := 0.0; cover <= 1; cover += 0.01 {
		left := false
		for stroke := 0.0; stroke <= 1.4; stroke += 0.05 {
			in := ink{faint: cover, faints: stroke, Measures: Measures{Coverage: cover, Stroke: stroke, Cells: cover}}
			empty := judge(in) == Empty
			if left && empty {
				t.Fatalf("cover %.2f, stroke %.2f is empty again", cover, stroke)
			}
			left = left || !empty
		}
	}
}

func TestJudgeBrokenStrokes(t *testing.T) {
	tests := []struct {
		name    string
		cover   float64
		stroke  float64
		bilevel bool
		want    BoxState
	}{
		{"across the box", 0.016, 0.8, true, Marked},
		{"half across", 0.016, 0.6, true, Doubtful},
		{"hardly there", 0.012, 0.8, true, Doubtful},
		{"of a grey scan", 0.016, 0.8, false, Doubtful},
	}
	for _, tt := range tests {
		in := ink{faint: tt.cover, faints: tt.stroke, bilevel: tt.bilevel, Measures: Measures{Coverage: tt.cover, Stroke: tt.stroke}}
		if got := judge(in); got != tt.want {
			t.Errorf("%s: %s; want %s", tt.name, got, tt.want)
		}
	}
}

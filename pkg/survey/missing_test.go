package survey

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMissing(t *testing.T) {
	both := func(s string) Text { return Text{PL: s, EN: s + " (en)"} }
	q := &Questionnaire{Title: both("T"), Intro: PL("Wstęp"), Languages: []string{English}, Sections: []Section{
		{Key: "s", Title: PL("Sekcja"), Help: Text{PL: "H", EN: " \n"}, Questions: []Question{
			{Key: "a", Kind: KindSingle, Label: both("A"), Help: PL("pomoc"), Options: []Option{
				{Key: "x", Label: both("X")}, {Key: "y", Label: PL("Y"), Help: PL("y?")}}},
			{Key: "m", Kind: KindPaired, Label: Text{PL: "M", UK: "М"}, Unit: Text{EN: "only English"},
				Scale:      &Scale{Points: []Point{{Label: both("źle")}, {Label: PL("dobrze")}}},
				Importance: &Scale{Points: []Point{{Label: PL("mało")}, {Label: both("bardzo")}}},
				Areas:      []Area{{Key: "r", Label: PL("Obszar")}}, Rows: []Row{{Key: "r", Label: PL("Wiersz"), Area: "r"}, {Key: "t", Label: both("T")}}},
		}},
	}}
	want := []Gap{
		{"", "", "intro", "", "", "Wstęp"},
		{"s", "", "title", "", "", "Sekcja"},
		{"s", "", "help", "", "", "H"}, // white space is no translation
		{"s", "a", "help", "", "", "pomoc"},
		{"s", "a", "options", "y", "", "Y"},
		{"s", "a", "options", "y", "help", "y?"},
		{"s", "m", "label", "", "", "M"},
		{"s", "m", "scale", "2", "", "dobrze"},
		{"s", "m", "importance", "1", "", "mało"},
		{"s", "m", "areas", "r", "", "Obszar"},
		{"s", "m", "rows", "r", "", "Wiersz"},
	}
	if diff := cmp.Diff(want, q.Missing(English)); diff != "" {
		t.Errorf("Missing(en) (-want +got):\n%s", diff)
	}
	if got := q.Missing(Ukrainian); len(got) != 16 { // all Polish wordings but the one with a Ukrainian label
		t.Errorf("Missing(uk) = %d wordings, want 16: %v", len(got), got)
	}
	if got := q.Missing(Polish); got != nil {
		t.Errorf("Missing(pl) = %v, want none", got)
	}
}

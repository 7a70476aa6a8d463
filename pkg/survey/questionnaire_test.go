package survey

import (
	"encoding/json"
	"slices"
	"testing"
)

func TestTextIn(t *testing.T) {
	all, some := Text{"tak", "yes", "так"}, Text{PL: "tak", EN: "yes"}
	for _, tt := range []struct {
		text       Text
		lang, want string
	}{{all, Polish, "tak"}, {all, English, "yes"}, {all, Ukrainian, "так"}, {some, Ukrainian, "tak"}, {some, "de", "tak"}, {Text{"tak", " ", "\t"}, English, "tak"}, {Text{"tak", " ", "\t"}, Ukrainian, "tak"}, {PL("tak"), English, "tak"}} {
		if got := tt.text.In(tt.lang); got != tt.want {
			t.Errorf("%v.In(%q) = %q, want %q", tt.text, tt.lang, got, tt.want)
		}
	}
}

// A text that was in several languages turns into one that is Polish only, without a rest of what it was.
func TestTextUnmarshalJSONReplaces(t *testing.T) {
	text := Text{"a", "b", "c"}
	if err := json.Unmarshal([]byte(`"nowe"`), &text); err != nil || text != PL("nowe") {
		t.Errorf("Unmarshal gives %v, %v", text, err)
	}
	if err := json.Unmarshal([]byte(`5`), &text); err == nil {
		t.Error("a number is taken for a text")
	}
}

// Scores are oriented so that higher is better, whichever way the points are printed.
func TestChoicesScores(t *testing.T) {
	own := []Point{{Score: score(0)}, {}, {Score: score(10)}}
	tests := []struct {
		name string
		q    Question
		want []float64
	}{
		{"worst first", Question{Kind: KindScale, Scale: points(4)}, []float64{1, 2, 3, 4}},
		{"best first", Question{Kind: KindEmoji, Scale: &Scale{Points: make([]Point, 3), BestFirst: true}}, []float64{3, 2, 1}},
		{"own scores", Question{Kind: KindMatrix, Scale: &Scale{Points: own}}, []float64{0, 2, 10}},
		{"own scores, best first", Question{Kind: KindMatrix, Scale: &Scale{Points: own, BestFirst: true}}, []float64{0, 2, 10}},
		{"nps", Question{Kind: KindNPS}, []float64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}},
		{"no scale", Question{Kind: KindScale}, nil},
		{"text", Question{Kind: KindText}, nil},
	}
	for _, tt := range tests {
		var got []float64
		for _, c := range tt.q.Choices() {
			got = append(got, *c.Score)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: scores %v, want %v", tt.name, got, tt.want)
		}
	}
	for _, q := range []Question{{Kind: KindYesNo, Partly: true}, {Kind: KindSingle, Options: options("a")}} {
		for _, c := range q.Choices() {
			if c.Score != nil {
				t.Errorf("%s: %s is scored", q.Kind, c.Value)
			}
		}
	}
}

// Codes of a version with a longer scale or another order of kinds don't fit a version that lacks their
// values: a sheet of one version can't be typed into the other.
func TestFitsOfAnotherVersion(t *testing.T) {
	five := pin(Question{Key: "q", Kind: KindScale, Scale: points(5)})
	three := pin(Question{Key: "q", Kind: KindScale, Scale: points(3)})
	multi := pin(Question{Key: "q", Kind: KindMulti, Options: options("a")})
	sub, err := five.Fill(Values{"q": {"4"}}, ChannelWeb, Day{})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name    string
		version *Version
		want    bool
	}{{"its own", five, true}, {"shorter scale", three, false}, {"more slots", multi, false}} {
		if got := tt.version.Layout.Fits(sub.Codes); got != tt.want {
			t.Errorf("%s: Fits = %t, want %t", tt.name, got, tt.want)
		}
	}
	if five.Layout.Fits(nil) || five.Layout.Fits([]int16{-1}) {
		t.Error("no codes, or a negative one, fit")
	}
}

package survey_test

import (
	"strings"
	"testing"
	"time"

	"ocenaurzedu.eu/pkg/survey"
	"ocenaurzedu.eu/tenants"
)

func TestLength(t *testing.T) {
	const character, choice = 52 * time.Millisecond, 2650 * time.Millisecond
	scale := &survey.Scale{Points: []survey.Point{{Label: survey.PL("źle")}, {Label: survey.PL("dobrze")}}} // 9 characters
	rows := []survey.Row{{Key: "a", Label: survey.PL("aaaa")}, {Key: "b", Label: survey.PL("bb")}}
	label := survey.PL(strings.Repeat("ż", 10))
	tests := []struct {
		name      string
		questions []survey.Question
		want      survey.Length
	}{
		{"nothing", nil, survey.Length{}},
		{"a note is read and not counted", []survey.Question{{Kind: survey.KindInfo, Label: label}}, survey.Length{Time: 10 * character}},
		{"a choice", []survey.Question{{Kind: survey.KindSingle, Label: label, Options: []survey.Option{{Label: survey.PL("abc"), Help: survey.PL("de")}}}},
			survey.Length{Questions: 1, Time: 15*character + choice}},
		{"several choices", []survey.Question{{Kind: survey.KindMulti, Label: label}}, survey.Length{Questions: 1, Time: 10*character + 2*choice}},
		{"a known scale is not read again", []survey.Question{{Kind: survey.KindScale, Label: label, Scale: scale}, {Kind: survey.KindScale, Scale: scale}},
			survey.Length{Questions: 2, Time: 19*character + 2*choice}},
		{"a table is a question with an answer a row", []survey.Question{{Kind: survey.KindMatrix, Label: label, Scale: scale, Rows: rows}},
			survey.Length{Questions: 1, Ratings: 2, Time: 25*character + 2*choice}},
		{"two answers a row, on scales of their own", []survey.Question{{Kind: survey.KindPaired, Scale: scale, Rows: rows,
			Importance: &survey.Scale{Points: []survey.Point{{Label: survey.PL("ważne")}}}}}, survey.Length{Questions: 1, Ratings: 4, Time: 20*character + 4*choice}},
		{"importance of areas", []survey.Question{{Kind: survey.KindMatrix, Scale: scale, Rows: rows, Areas: []survey.Area{{Label: survey.PL("abc")}},
			Importance: scale}}, survey.Length{Questions: 1, Ratings: 3, Time: 18*character + 3*choice}},
		{"a number", []survey.Question{{Kind: survey.KindNumber}}, survey.Length{Questions: 1, Time: 3300 * time.Millisecond}},
		{"a text and a line", []survey.Question{{Kind: survey.KindText}, {Kind: survey.KindText, Short: true}}, survey.Length{Questions: 2, Time: 16 * time.Second}},
		{"a draft without a scale", []survey.Question{{Kind: survey.KindEmoji}}, survey.Length{Questions: 1, Time: choice}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q := survey.Questionnaire{Intro: survey.PL("Nie liczy się."), Sections: []survey.Section{{Questions: tt.questions}}}
			if got := q.Length(); got != tt.want {
				t.Errorf("Length = %+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestLong(t *testing.T) {
	for _, tt := range []struct {
		length survey.Length
		want   bool
	}{
		{survey.Length{Questions: 15, Time: 5 * time.Minute}, false},
		{survey.Length{Questions: 16}, true},
		{survey.Length{Time: 5*time.Minute + 1}, true},
	} {
		if got := tt.length.Long(); got != tt.want {
			t.Errorf("%+v.Long() = %t, want %t", tt.length, got, tt.want)
		}
	}
}

// The shipped questionnaires keep the limit, and the short one keeps its word: seven questions, under a minute.
func TestShippedQuestionnairesAreShort(t *testing.T) {
	entries, err := tenants.Files.ReadDir("questionnaires")
	if err != nil || len(entries) < 5 {
		t.Fatalf("%d shipped questionnaires, %v", len(entries), err)
	}
	for _, e := range entries {
		data, err := tenants.Files.ReadFile("questionnaires/" + e.Name())
		if err != nil {
			t.Fatal(err)
		}
		q, err := survey.ParseQuestionnaire(e.Name(), data)
		if err != nil {
			t.Fatal(err)
		}
		l := q.Length()
		if l.Long() || e.Name() == "short.yaml" && (l.Questions != 7 || l.Time > time.Minute) {
			t.Errorf("%s: %+v", e.Name(), l)
		}
		t.Logf("%s: %+v", e.Name(), l)
	}
}

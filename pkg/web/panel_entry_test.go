package web

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"ocenaurzedu.eu/pkg/survey"
)

func TestEntryKeys(t *testing.T) {
	points := func(n int, scores ...float64) *survey.Scale {
		s := &survey.Scale{}
		for i := range n {
			p := survey.Point{Label: survey.PL("x")}
			if scores != nil {
				p.Score = &scores[i]
			}
			s.Points = append(s.Points, p)
		}
		return s
	}
	options := func(n int) []survey.Option {
		o := make([]survey.Option, n)
		for i := range o {
			o[i].Key = "o" + strconv.Itoa(i)
		}
		return o
	}
	digits := func(s *survey.Scale, best bool) *survey.Scale { s.Digits, s.BestFirst = true, best; return s }
	tests := []struct {
		name string
		q    survey.Question
		want string
	}{
		{"by place", survey.Question{Kind: survey.KindScale, Scale: points(5)}, "12345"},
		{"the printed digit, best first", survey.Question{Kind: survey.KindScale, Scale: digits(points(5), true)}, "54321"},
		{"printed scores from 0", survey.Question{Kind: survey.KindScale, Scale: digits(points(3, 0, 1, 2), false)}, "012"},
		{"halves are no keys", survey.Question{Kind: survey.KindScale, Scale: digits(points(3, 1, 1.5, 2), false)}, "123"},
		{"the same score twice", survey.Question{Kind: survey.KindScale, Scale: digits(points(3, 1, 1, 2), false)}, "123"},
		{"0 to 10", survey.Question{Kind: survey.KindNPS}, "0123456789+"},
		{"eleven points with digits", survey.Question{Kind: survey.KindScale, Scale: digits(points(11), false)}, "1234567890a"},
		{"yes, partly, no", survey.Question{Kind: survey.KindYesNo, Partly: true}, "123"},
		{"twelve options", survey.Question{Kind: survey.KindMulti, Options: options(12)}, "1234567890ab"},
		{"as many options as there may be", survey.Question{Kind: survey.KindSingle, Options: options(survey.MaxOptions)}, choiceKeys[:survey.MaxOptions]},
	}
	for _, tt := range tests {
		if got := strings.Join(keysOf(&tt.q, ""), ""); got != tt.want {
			t.Errorf("%s: keysOf = %s, want %s", tt.name, got, tt.want)
		}
	}
	pair := survey.Question{Kind: survey.KindPaired, Scale: digits(points(3, 0, 1, 2), false), Importance: points(2, 7, 8)}
	if got := strings.Join(keysOf(&pair, survey.AspectImportance), ""); got != "12" {
		t.Errorf("importance without printed digits: keysOf = %s, want 12 by place", got)
	}
	pair.Importance.Digits = true
	if got := strings.Join(keysOf(&pair, survey.AspectImportance), "") + strings.Join(keysOf(&pair, survey.AspectSatisfaction), ""); got != "78012" {
		t.Errorf("each scale with its digits: keysOf = %s, want 78 and 012", got)
	}
	if seen := slices.Sorted(slices.Values(strings.Split(choiceKeys, ""))); len(slices.Compact(seen)) != len(choiceKeys) {
		t.Error("two choices share a key")
	}
}

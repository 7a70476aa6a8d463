package stats

import (
	"testing"

	"ocenaurzedu.eu/pkg/survey"
)

func TestSuspectsTellNoSmallGroup(t *testing.T) {
	scale := &survey.Scale{Points: []survey.Point{{Label: survey.PL("źle")}, {Label: survey.PL("średnio")}, {Label: survey.PL("dobrze")}}}
	q := survey.Questionnaire{Sections: []survey.Section{{Questions: []survey.Question{{Key: "overall", Kind: survey.KindScale, Role: survey.RoleOverall, Scale: scale}}}}}
	v := &survey.Version{ID: 1, Number: 1, Questionnaire: q, Layout: survey.NewLayout(&q)}
	// part counts so many submissions, of which some answered "źle".
	part := func(n, rated int) survey.TallyPart {
		p := survey.TallyPart{Month: survey.NewDay(2026, 3, 1), Channel: survey.ChannelWeb, N: n, Counts: make([]int64, v.Layout.Counters)}
		for i := range n {
			code := survey.CodeBlank
			if i < rated {
				code = survey.CodeFirst
			}
			v.Layout.Count(p.Counts, []int16{int16(code)}, 1)
		}
		return p
	}
	tests := []struct {
		name      string
		all, gone int // who answered, of 100 submissions and of the 40 of the suspicious day
		told      bool
	}{
		{"many on either side", 80, 30, true},
		{"nobody of that day answered", 60, 0, true},
		{"few of that day answered", 64, 4, false},
		{"few are left", 34, 30, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			results := survey.Results{Tallies: []survey.Tally{{Version: v, Parts: []survey.TallyPart{part(100, tt.all)}}},
				Suspects:   []survey.Tally{{Version: v, Parts: []survey.TallyPart{part(40, tt.gone)}}},
				Suspicions: []survey.Suspicion{{DayCount: survey.DayCount{N: 40}}}}
			got := Summarize(results, survey.Filter{}, Rules{}).Suspects
			if got.N != 60 || got.Overall.OK != tt.told || tt.told && got.Overall.N != tt.all-tt.gone {
				t.Errorf("Suspects = %+v; want 60, told %t", got, tt.told)
			}
		})
	}
	if got := Summarize(survey.Results{Tallies: []survey.Tally{{Version: v, Parts: []survey.TallyPart{part(9, 9)}}}}, survey.Filter{}, Rules{}); got.Suspects != nil {
		t.Errorf("without a suspicious day: %+v", got.Suspects)
	}
}

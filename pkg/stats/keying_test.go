package stats

import (
	"testing"

	"ocenaurzedu.eu/pkg/survey"
)

func TestCompareKeying(t *testing.T) {
	scale := &survey.Scale{Points: []survey.Point{{Label: survey.PL("źle")}, {Label: survey.PL("dobrze")}}}
	q := survey.Questionnaire{Sections: []survey.Section{{Questions: []survey.Question{
		{Key: "overall", Kind: survey.KindScale, Scale: scale},
		{Key: "quality", Kind: survey.KindMatrix, Scale: scale, Rows: []survey.Row{{Key: "a"}, {Key: "b"}}},
		{Key: "sex", Kind: survey.KindYesNo},
	}}}}
	v := &survey.Version{Questionnaire: q, Layout: survey.NewLayout(&q)}
	sheets := []KeyedTwice{
		{[]int16{5, 5, 5, 0}, []int16{5, 5, 6, 0}},
		{[]int16{6, 5, 0, 0}, []int16{6, 5, 0, 0}},
		{[]int16{6, 0, 0, 0}, []int16{5, 0, 5, 0}},
	}
	k := CompareKeying(v, sheets)
	if k.Sheets != 3 || k.All.Count != 3 || k.All.N != 7 || !k.All.OK || k.All.Low <= 0.15 || k.All.High >= 0.76 {
		t.Errorf("all = %+v of %d sheets; want 3 of 7 on 3", k.All, k.Sheets)
	}
	if len(k.Questions) != 2 || k.Questions[0].Question != "overall" || k.Questions[0].Share.Count != 1 || k.Questions[0].Share.N != 3 ||
		k.Questions[1].Question != "quality" || k.Questions[1].Share.Count != 2 || k.Questions[1].Share.N != 4 {
		t.Errorf("questions = %+v; want 1 of 3 for overall, 2 of 4 for quality, and none that nobody answered", k.Questions)
	}
	if none := CompareKeying(v, nil); none.All.OK || none.Questions != nil {
		t.Errorf("of nothing: %+v; want no share", none)
	}
}

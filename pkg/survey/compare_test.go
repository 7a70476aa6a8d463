package survey

import (
	"slices"
	"testing"
)

func TestPairs(t *testing.T) {
	scale := &Scale{Points: []Point{{Label: PL("źle")}, {Label: PL("dobrze")}}}
	q := Questionnaire{Sections: []Section{{Questions: []Question{
		{Key: "overall", Kind: KindScale, Scale: scale},
		{Key: "quality", Kind: KindMatrix, Scale: scale, Rows: []Row{{Key: "a"}, {Key: "b"}}},
		{Key: "improve", Kind: KindMulti, Options: []Option{{Key: "x"}, {Key: "y"}}},
		{Key: "remarks", Kind: KindText},
	}}}}
	v := &Version{Questionnaire: q, Layout: NewLayout(&q)}
	// codes: overall, quality.a, quality.b, improve, improve/x, improve/y, remarks
	tests := []struct {
		name          string
		first, second []int16
		want, differ  []string
	}{
		{"nothing", []int16{0, 0, 0, 0, 0, 0, 0}, []int16{0, 0, 0, 0, 0, 0, 0}, nil, nil},
		{"alike", []int16{5, 6, 0, 5, 5, 0, 5}, []int16{5, 6, 0, 5, 5, 0, 0}, []string{"overall", "quality.a", "improve"}, nil},
		{"a slip", []int16{5, 6, 0, 0, 0, 0, 0}, []int16{6, 6, 0, 0, 0, 0, 0}, []string{"overall", "quality.a"}, []string{"overall"}},
		{"the next row", []int16{5, 6, 0, 0, 0, 0, 0}, []int16{5, 0, 6, 0, 0, 0, 0}, []string{"overall", "quality.a", "quality.b"}, []string{"quality.a", "quality.b"}},
		{"another option is one difference", []int16{0, 0, 0, 5, 5, 0, 0}, []int16{0, 0, 0, 5, 0, 5, 0}, []string{"improve"}, []string{"improve"}},
		{"hidden is blank", []int16{5, 4, 4, 0, 0, 0, 0}, []int16{5, 0, 0, 4, 4, 4, 4}, []string{"overall"}, nil},
		{"unreadable is an answer of the typist", []int16{3, 0, 0, 0, 0, 0, 0}, []int16{0, 0, 0, 0, 0, 0, 0}, []string{"overall"}, []string{"overall"}},
	}
	for _, tt := range tests {
		var got, differ []string
		for _, p := range v.Pairs(tt.first, tt.second) {
			got = append(got, p.Slot.Field())
			if p.Differ {
				differ = append(differ, p.Slot.Field())
			}
		}
		if !slices.Equal(got, tt.want) || !slices.Equal(differ, tt.differ) {
			t.Errorf("%s: fields %v, different %v; want %v, %v", tt.name, got, differ, tt.want, tt.differ)
		}
	}
}

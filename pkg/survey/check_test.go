package survey

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
)

// sound is a questionnaire without faults that a case then spoils.
func sound() *Questionnaire {
	scale := &Scale{Points: []Point{{Label: PL("źle")}, {Label: PL("średnio")}, {Label: PL("dobrze")}}}
	return &Questionnaire{Key: "q", Title: PL("Ankieta"), Sections: []Section{{Key: "s", Title: PL("Część"), Questions: []Question{
		{Key: "single", Kind: KindSingle, Label: PL("?"), Options: []Option{{Key: "a", Label: PL("a")}, {Key: "b", Label: PL("b")}}},
		{Key: "multi", Kind: KindMulti, Label: PL("?"), Options: []Option{{Key: "a", Label: PL("a")}, {Key: "b", Label: PL("b")}}},
		{Key: "scale", Kind: KindScale, Label: PL("?"), Scale: scale},
		{Key: "matrix", Kind: KindMatrix, Label: PL("?"), Scale: scale, Areas: []Area{{Key: "x", Label: PL("x")}}, Rows: []Row{{Key: "r", Label: PL("r"), Area: "x"}}},
		{Key: "yesno", Kind: KindYesNo, Label: PL("?")},
		{Key: "emoji", Kind: KindEmoji, Label: PL("?"), Scale: &Scale{Points: slices.Clone(scale.Points)}},
		{Key: "number", Kind: KindNumber, Label: PL("?"), Max: 10},
		{Key: "text", Kind: KindText, Label: PL("?")},
		{Key: "info", Kind: KindInfo, Label: PL("?")},
		{Key: "paired", Kind: KindPaired, Label: PL("?"), Scale: scale, Rows: []Row{{Key: "r", Label: PL("r")}}},
	}}}}
}

// Places of the kinds in sound.
const (
	atSingle = iota
	atMulti
	atScale
	atMatrix
	atYesNo
	atEmoji
	atNumber
	atText
	atInfo
	atPaired
)

type spoil struct {
	name  string
	spoil func(q *Questionnaire, at func(int) *Question)
	want  []FieldError
}

func runSpoils(t *testing.T, tests []spoil) {
	t.Helper()
	if err := sound().Check(); err != nil {
		t.Fatalf("Check of a sound questionnaire: %v", err)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q := sound()
			tt.spoil(q, func(i int) *Question { return &q.Sections[0].Questions[i] })
			var invalid *InvalidError
			if err := q.Check(); !errors.As(err, &invalid) || !slices.Equal(invalid.Fields, tt.want) {
				t.Errorf("Check = %v, want %v", err, tt.want)
			}
		})
	}
}

func fault(path string, problem Problem, n int) []FieldError {
	return []FieldError{{path, problem, n}}
}

func TestCheckFrame(t *testing.T) {
	long, longer := strings.Repeat("ą", MaxLabel+1), strings.Repeat("ą", MaxRemark+1)
	type at = func(int) *Question
	runSpoils(t, []spoil{
		{"no key", func(q *Questionnaire, _ at) { q.Key = "" }, fault("key", ProblemBadKey, 0)},
		{"key with a dot", func(q *Questionnaire, _ at) { q.Key = "a.b" }, fault("key", ProblemBadKey, 0)},
		{"key of our own fields", func(_ *Questionnaire, at at) { at(0).Key = "_key" }, fault("sections[0].questions[0].key", ProblemBadKey, 0)},
		{"key with a line end", func(_ *Questionnaire, at at) { at(0).Key = "a\n" }, fault("sections[0].questions[0].key", ProblemBadKey, 0)},
		{"blank title", func(q *Questionnaire, _ at) { q.Title = Text{PL: " ", EN: "Survey"} }, fault("title", ProblemNoLabel, 0)},
		{"long title", func(q *Questionnaire, _ at) { q.Title.UK = long }, fault("title", ProblemTooLong, MaxLabel)},
		{"NUL in a title", func(q *Questionnaire, _ at) { q.Title.PL = "a\x00" }, fault("title", ProblemBadPattern, 0)},
		{"invalid UTF-8", func(_ *Questionnaire, at at) { at(0).Label.PL = "a\xff" }, fault("sections[0].questions[0].label", ProblemBadPattern, 0)},
		{"long introduction", func(q *Questionnaire, _ at) { q.Intro.PL = longer }, fault("intro", ProblemTooLong, MaxRemark)},
		{"long thanks", func(q *Questionnaire, _ at) { q.Thanks.PL = longer }, fault("thanks", ProblemTooLong, MaxRemark)},
		{"no sections", func(q *Questionnaire, _ at) { q.Sections = nil }, fault("sections", ProblemEmpty, 0)},
		{"nothing to answer", func(q *Questionnaire, at at) { q.Sections[0].Questions = []Question{*at(atInfo)} }, fault("sections", ProblemEmpty, 0)},
		{"empty section", func(q *Questionnaire, _ at) { q.Sections = append(q.Sections, Section{Key: "e", Title: PL("e")}) }, fault("sections[1].questions", ProblemEmpty, 0)},
		{"section twice", func(q *Questionnaire, at at) {
			q.Sections = append(q.Sections, Section{Key: "s", Title: PL("s"), Questions: []Question{{Key: "z", Kind: KindNPS, Label: PL("?")}}})
		}, fault("sections[1].key", ProblemDuplicateKey, 0)},
		{"section without title", func(q *Questionnaire, _ at) { q.Sections[0].Title = Text{} }, fault("sections[0].title", ProblemNoLabel, 0)},
		{"section with long help", func(q *Questionnaire, _ at) { q.Sections[0].Help.PL = longer }, fault("sections[0].help", ProblemTooLong, MaxRemark)},
		{"question twice, across sections", func(q *Questionnaire, at at) {
			q.Sections = append(q.Sections, Section{Key: "t", Title: PL("t"), Questions: []Question{*at(atYesNo)}})
		}, fault("sections[1].questions[0].key", ProblemDuplicateKey, 0)},
		{"too many questions", func(q *Questionnaire, _ at) {
			for i := range MaxQuestions - 9 {
				q.Sections[0].Questions = append(q.Sections[0].Questions, Question{Key: "n" + itoa(i), Kind: KindNPS, Label: PL("?")})
			}
		}, fault("sections", ProblemTooManyQuestions, MaxQuestions)},
	})
}

func TestCheckQuestions(t *testing.T) {
	const at0, at1, at2, at3 = "sections[0].questions[0]", "sections[0].questions[1]", "sections[0].questions[2]", "sections[0].questions[3]"
	const at5, at6, at7 = "sections[0].questions[5]", "sections[0].questions[6]", "sections[0].questions[7]"
	type at = func(int) *Question
	nan, inf := math.NaN(), math.Inf(1)
	runSpoils(t, []spoil{
		{"no kind", func(_ *Questionnaire, at at) { at(atYesNo).Kind = "" }, fault("sections[0].questions[4].kind", ProblemBadKind, 0)},
		{"no options", func(_ *Questionnaire, at at) { at(atSingle).Options = nil }, fault(at0+".options", ProblemEmpty, 0)},
		{"too many options", func(_ *Questionnaire, at at) {
			for i := range MaxOptions - 1 {
				at(atSingle).Options = append(at(atSingle).Options, Option{Key: "o" + itoa(i), Label: PL("o")})
			}
		}, fault(at0+".options", ProblemTooManyOptions, MaxOptions)},
		{"option twice", func(_ *Questionnaire, at at) { at(atSingle).Options[1].Key = "a" }, fault(at0+".options[1].key", ProblemDuplicateKey, 0)},
		{"option named as an opt-out", func(_ *Questionnaire, at at) { at(atSingle).Options[1].Key = "na" }, fault(at0+".options[1].key", ProblemDuplicateKey, 0)},
		{"option without label", func(_ *Questionnaire, at at) { at(atMulti).Options[0].Label = Text{} }, fault(at1+".options[0].label", ProblemNoLabel, 0)},
		{"option with bad help", func(_ *Questionnaire, at at) { at(atMulti).Options[0].Help.PL = "\x1b" }, fault(at1+".options[0].help", ProblemBadPattern, 0)},
		{"option scored NaN", func(_ *Questionnaire, at at) { at(atMulti).Options[0].Score = &nan }, fault(at1+".options[0].score", ProblemNotNumber, 0)},
		{"exclusive single option", func(_ *Questionnaire, at at) { at(atSingle).Options[0].Exclusive = true }, fault(at0+".options[0].exclusive", ProblemMisplaced, 0)},
		{"more picks than options", func(_ *Questionnaire, at at) { at(atMulti).Max = 3 }, fault(at1+".max", ProblemBadPicks, 2)},
		{"fewest over most", func(_ *Questionnaire, at at) { at(atMulti).Min, at(atMulti).Max = 2, 1 }, fault(at1+".max", ProblemBadPicks, 2)},
		{"fewest over options", func(_ *Questionnaire, at at) { at(atMulti).Min = 3 }, fault(at1+".max", ProblemBadPicks, 2)},
		{"fewest over options that go together", func(_ *Questionnaire, at at) { at(atMulti).Min, at(atMulti).Options[0].Exclusive = 2, true }, fault(at1+".max", ProblemBadPicks, 1)},
		{"negative picks", func(_ *Questionnaire, at at) { at(atMulti).Min = -1 }, fault(at1+".max", ProblemBadPicks, 2)},
		{"no scale", func(_ *Questionnaire, at at) { at(atScale).Scale = nil }, fault(at2+".scale", ProblemEmpty, 0)},
		{"one point", func(_ *Questionnaire, at at) { at(atScale).Scale = &Scale{Points: []Point{{Label: PL("a")}}} }, fault(at2+".scale.points", ProblemBadScale, 0)},
		{"four faces", func(_ *Questionnaire, at at) {
			at(atEmoji).Scale.Points = append(at(atEmoji).Scale.Points, Point{Label: PL("a")})
		}, fault(at5+".scale.points", ProblemBadScale, 0)},
		{"face without label", func(_ *Questionnaire, at at) { at(atEmoji).Scale.Points[2].Label = Text{} }, fault(at5+".scale.points[2].label", ProblemNoLabel, 0)},
		{"infinite score", func(_ *Questionnaire, at at) { at(atEmoji).Scale.Points[1].Score = &inf }, fault(at5+".scale.points[1].score", ProblemNotNumber, 0)},
		{"no rows", func(_ *Questionnaire, at at) { at(atMatrix).Rows = nil }, fault(at3+".rows", ProblemEmpty, 0)},
		{"too many rows", func(_ *Questionnaire, at at) {
			for i := range MaxRows {
				at(atMatrix).Rows = append(at(atMatrix).Rows, Row{Key: "o" + itoa(i), Label: PL("o")})
			}
		}, fault(at3+".rows", ProblemTooManyRows, MaxRows)},
		{"too many areas", func(_ *Questionnaire, at at) {
			for i := range MaxRows {
				at(atMatrix).Areas = append(at(atMatrix).Areas, Area{Key: "a" + itoa(i), Label: PL("a")})
			}
		}, fault(at3+".areas", ProblemTooManyAreas, MaxRows)},
		{"row twice", func(_ *Questionnaire, at at) { at(atMatrix).Rows = append(at(atMatrix).Rows, at(atMatrix).Rows[0]) }, fault(at3+".rows[1].key", ProblemDuplicateKey, 0)},
		{"area twice", func(_ *Questionnaire, at at) { at(atMatrix).Areas = append(at(atMatrix).Areas, at(atMatrix).Areas[0]) }, fault(at3+".areas[1].key", ProblemDuplicateKey, 0)},
		{"row in no area listed", func(_ *Questionnaire, at at) { at(atMatrix).Rows[0].Area = "y" }, fault(at3+".rows[0].area", ProblemUnknownArea, 0)},
		{"bounds the wrong way round", func(_ *Questionnaire, at at) { at(atNumber).Min = 10 }, fault(at6+".max", ProblemBadRange, MaxNumberSpan)},
		{"wide bounds", func(_ *Questionnaire, at at) { at(atNumber).Max = MaxNumberSpan + 1 }, fault(at6+".max", ProblemBadRange, MaxNumberSpan)},
		{"bounds whose difference overflows", func(_ *Questionnaire, at at) { at(atNumber).Min, at(atNumber).Max = math.MinInt, math.MaxInt }, fault(at6+".max", ProblemBadRange, MaxNumberSpan)},
		{"long unit", func(_ *Questionnaire, at at) { at(atNumber).Unit.PL = strings.Repeat("x", MaxLabel+1) }, fault(at6+".unit", ProblemTooLong, MaxLabel)},
		{"limit beyond ours", func(_ *Questionnaire, at at) { at(atText).Limit = MaxRemark + 1 }, fault(at7+".limit", ProblemBadLimit, MaxRemark)},
		{"unknown opt-out", func(_ *Questionnaire, at at) { at(atScale).OptOuts = []OptOut{"xx"} }, fault(at2+".opt_outs", ProblemUnknown, 0)},
		{"opt-out twice", func(_ *Questionnaire, at at) { at(atScale).OptOuts = []OptOut{NoOpinion, NoOpinion} }, fault(at2+".opt_outs", ProblemUnknown, 0)},
		{"unknown role", func(_ *Questionnaire, at at) { at(atScale).Role = "xx" }, fault(at2+".role", ProblemBadRole, 0)},
	})
}

func TestCheckMisplaced(t *testing.T) {
	tests := []struct {
		property string
		at       int
		spoil    func(q *Question)
	}{
		{"options", atScale, func(q *Question) { q.Options = options("a") }},
		{"scale", atSingle, func(q *Question) { q.Scale = points(3) }},
		{"rows", atScale, func(q *Question) { q.Rows = []Row{{Key: "r"}} }},
		{"areas", atSingle, func(q *Question) { q.Areas = []Area{{Key: "r"}} }},
		{"partly", atSingle, func(q *Question) { q.Partly = true }},
		{"min", atSingle, func(q *Question) { q.Min = 1 }},
		{"max", atText, func(q *Question) { q.Max = 1 }},
		{"unit", atText, func(q *Question) { q.Unit = PL("min") }},
		{"limit", atNumber, func(q *Question) { q.Limit = 1 }},
		{"short", atNumber, func(q *Question) { q.Short = true }},
		{"role", atText, func(q *Question) { q.Role = RoleOverall }},
		{"required", atInfo, func(q *Question) { q.Required = true }},
		{"opt_outs", atInfo, func(q *Question) { q.OptOuts = []OptOut{NotApplicable} }},
		{"opt_outs", atText, func(q *Question) { q.OptOuts = []OptOut{NotApplicable} }},
	}
	for _, tt := range tests {
		path := "sections[0].questions[" + itoa(tt.at) + "]." + tt.property
		runSpoils(t, []spoil{{path, func(_ *Questionnaire, at func(int) *Question) { tt.spoil(at(tt.at)) }, fault(path, ProblemMisplaced, 0)}})
	}
}

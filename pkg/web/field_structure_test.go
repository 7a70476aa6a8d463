package web

import (
	"slices"
	"testing"
	"unicode/utf8"

	"ocenaurzedu.eu/pkg/survey"
)

// The twelve questionnaires have the structure for which each was chosen (issue 3).
func TestFieldStructures(t *testing.T) {
	questions := map[string]*survey.Questionnaire{}
	for _, f := range fieldSurveys() {
		questions[f.slug] = f.read(t)
	}
	of := func(slug, key string) *survey.Question {
		if q := questions[slug].Question(key); q != nil {
			return q
		}
		t.Fatalf("%s has no question %s", slug, key)
		return nil
	}
	sentence := func(label survey.Text) bool { return utf8.RuneCountInString(label.PL) > 40 }
	matters, desk, first := of("kozmin", "matters"), of("swierzawa", "desk"), of("karczew", "first_contact")
	pairs, areas, grid := of("slomniki", "aspects"), of("swiecie", "quality"), of("sierpc", "quality")
	scale, rows, faces := of("koscielec", "overall"), of("karczew", "statements"), of("trzcianka", "overall")
	asked := 0
	for _, q := range questions["krosno"].Questions() {
		if q.Kind != survey.KindInfo {
			asked++
		}
	}
	tests := []struct {
		name string
		is   bool
	}{
		{"Zielona Góra skips to the end", of("zielona-gora", "overall").ShowIf != nil || questions["zielona-gora"].Sections[1].ShowIf != nil},
		{"Zielona Góra has four points", len(of("zielona-gora", "courtesy").Scale.Points) == 4},
		{"Sierpc has five areas on five points", len(grid.Areas) == 5 && len(grid.Scale.Points) == 5},
		{"Świecie asks for importance of areas", areas.AsksImportance() && len(areas.Areas) == 3},
		{"Kościelec has four points and no opinion", len(scale.Scale.Points) == 4 && scale.Has(survey.NoOpinion) && !scale.Has(survey.NotApplicable)},
		{"Karczew's best point comes first", rows.Kind == survey.KindMatrix && rows.Scale.BestFirst},
		{"Karczew's options are sentences", sentence(first.Options[0].Label) && sentence(first.Options[1].Label) && sentence(rows.Rows[0].Label)},
		{"Cieszyn has two opt-outs", of("cieszyn", "quality").Has(survey.NotApplicable) && of("cieszyn", "quality").Has(survey.NoOpinion)},
		{"Koźmin has a long list to pick from", matters.Kind == survey.KindMulti && len(matters.Options) > 20 && matters.Max == 0},
		{"Świerzawa asks for the desk's number", desk.Kind == survey.KindNumber && desk.Required},
		{"Słomniki rates the same rows twice", pairs.Kind == survey.KindPaired && pairs.Importance != nil},
		{"Kutno takes two picks at most", of("kutno", "priorities").Max == 2},
		{"Trzcianka shows faces", faces.Kind == survey.KindEmoji && len(faces.Scale.Points) == 5 && slices.Equal(questions["trzcianka"].Languages, []string{"en", "uk"})},
		{"Krosno asks seven questions", asked == 7},
	}
	for _, tt := range tests {
		if !tt.is {
			t.Errorf("not so: %s", tt.name)
		}
	}
}

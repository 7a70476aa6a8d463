package web

import (
	"strings"
	"testing"

	"ocenaurzedu.eu/pkg/survey"
)

// wordedQuestionnaire has a source of every kind that a rule can ask for.
func wordedQuestionnaire() *survey.Questionnaire {
	scale := &survey.Scale{Points: []survey.Point{{Label: survey.PL("źle")}, {Label: survey.PL("dobrze")}}}
	return &survey.Questionnaire{Key: "ankieta", Title: survey.PL("Ankieta"), Sections: []survey.Section{{Key: "a", Title: survey.PL("Sprawa"), Questions: []survey.Question{
		{Key: "note", Kind: survey.KindInfo, Label: survey.PL("Dzień dobry")},
		{Key: "settled", Kind: survey.KindYesNo, Label: survey.PL("Czy sprawa została załatwiona?"), Partly: true, OptOuts: []survey.OptOut{survey.NotApplicable}},
		{Key: "ways", Kind: survey.KindMulti, Label: survey.PL("Jak?"), Options: []survey.Option{{Key: "phone", Label: survey.PL("telefon")}, {Key: "mail", Label: survey.PL("poczta")}}},
		{Key: "wait", Kind: survey.KindNumber, Label: survey.PL("Ile minut?"), Max: 90},
		{Key: "rate", Kind: survey.KindMatrix, Label: survey.PL("Oceny"), Scale: scale, Rows: []survey.Row{{Key: "kind", Label: survey.PL("uprzejmość")}}},
		{Key: "why", Kind: survey.KindText, Label: survey.PL("Dlaczego?")},
	}}}}
}

func TestRuleSentence(t *testing.T) {
	n := func(i int) *int { return &i }
	is := func(question string, values ...string) survey.Condition {
		return survey.Condition{Question: question, Is: values}
	}
	tests := []struct {
		name string
		rule *survey.Rule
		want string
	}{
		{"none", nil, "Pokaż zawsze"},
		{"one answer", &survey.Rule{All: []survey.Condition{is("settled", "no")}}, "Pokaż, jeśli w pytaniu 1 wybrano »nie«"},
		{"some answers", &survey.Rule{All: []survey.Condition{is("settled", "no", "na")}}, "Pokaż, jeśli w pytaniu 1 wybrano »nie« lub »nie dotyczy«"},
		{"another answer", &survey.Rule{All: []survey.Condition{{Question: "settled", Is: []string{"yes"}, Not: true}}}, "Pokaż, jeśli w pytaniu 1 nie wybrano »tak«"},
		{"a pick", &survey.Rule{All: []survey.Condition{is("ways", "phone")}}, "Pokaż, jeśli w pytaniu 2 zaznaczono »telefon«"},
		{"at least", &survey.Rule{All: []survey.Condition{{Question: "wait", AtLeast: n(30)}}}, "Pokaż, jeśli w pytaniu 3 podano co najmniej 30"},
		{"between", &survey.Rule{All: []survey.Condition{{Question: "wait", AtLeast: n(5), AtMost: n(9)}}}, "Pokaż, jeśli w pytaniu 3 podano od 5 do 9"},
		{"a row", &survey.Rule{All: []survey.Condition{{Question: "rate", Row: "kind", Is: []string{"1"}}}}, "Pokaż, jeśli w pytaniu 4 w wierszu „uprzejmość” wybrano »źle«"},
		{"all", &survey.Rule{All: []survey.Condition{is("settled", "no"), is("ways", "mail")}}, "Pokaż, jeśli w pytaniu 1 wybrano »nie« i w pytaniu 2 zaznaczono »poczta«"},
		{"any", &survey.Rule{Any: []survey.Condition{is("settled", "no"), is("ways", "mail")}}, "Pokaż, jeśli w pytaniu 1 wybrano »nie« lub w pytaniu 2 zaznaczono »poczta«"},
		{"both", &survey.Rule{All: []survey.Condition{is("ways", "mail")}, Any: []survey.Condition{is("settled", "no"), is("settled", "partly")}},
			"Pokaż, jeśli w pytaniu 2 zaznaczono »poczta« i (w pytaniu 1 wybrano »nie« lub w pytaniu 1 wybrano »częściowo«)"},
		{"a question that is gone", &survey.Rule{All: []survey.Condition{is("gone", "x")}}, "Pokaż, jeśli w pytaniu, którego już nie ma, podano odpowiedź"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := strings.ReplaceAll(ruleSentence(wordedQuestionnaire(), tt.rule), hardSpace, " ")
			if got != tt.want {
				t.Errorf("ruleSentence = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestDifferenceLines(t *testing.T) {
	before, after := wordedQuestionnaire(), wordedQuestionnaire()
	after.Question("settled").Label.PL = "Czy sprawa jest załatwiona?"
	after.Question("settled").Required = true
	after.Question("ways").Options = after.Question("ways").Options[:1]
	after.Question("wait").Label.EN = "How many minutes?"
	after.Question("why").ShowIf = &survey.Rule{All: []survey.Condition{{Question: "settled", Is: []string{"no"}}}}
	questions := after.Sections[0].Questions
	after.Sections[0].Questions = append(questions[:4:4], questions[5])
	want := []string{
		"Pytanie 1 „Czy sprawa jest załatwiona?”: zmieniono: treść | Czy sprawa została załatwiona? | Czy sprawa jest załatwiona?",
		"Pytanie 1 „Czy sprawa jest załatwiona?”: włączono: odpowiedź wymagana |  | ",
		"Pytanie 2 „Jak?”: usunięto: odpowiedź | poczta | ",
		"Pytanie 3 „Ile minut?”: dodano: treść po angielsku |  | How many minutes?",
		"Pytanie 4 „Dlaczego?”: zmieniono warunek wyświetlania | Pokaż zawsze | Pokaż, jeśli w pytaniu 1 wybrano »nie«",
		"Pytanie 4 „Oceny”: usunięto |  | ",
	}
	var got []string
	for _, l := range differenceLines(before, after) {
		got = append(got, strings.ReplaceAll(l.Where+": "+l.Text+" | "+l.Before+" | "+l.After, hardSpace, " "))
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("differences:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestShorten(t *testing.T) {
	long := strings.Repeat("bardzo ", 20)
	if got := shorten(long); len([]rune(got)) > 48 || !strings.HasSuffix(got, "bardzo…") {
		t.Errorf("shorten = %q", got)
	}
	if got := shorten(" krótka  treść "); got != "krótka treść" {
		t.Errorf("shorten = %q", got)
	}
}

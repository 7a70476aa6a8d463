package report

import (
	"slices"
	"strings"
	"testing"

	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/survey"
)

func TestRuleWords(t *testing.T) {
	known := map[string]asked{
		"done": {"1", false, nil, map[string]string{"yes": "tak", "partly": "częściowo", "no": "nie"}},
		"ways": {"2", true, nil, map[string]string{"phone": "telefon", "mail": "poczta"}},
		"wait": {"3", false, nil, nil},
		"rate": {"4", false, map[string]string{"kind": "uprzejmość"}, map[string]string{"1": "źle"}},
	}
	is := func(question string, values ...string) survey.Condition {
		return survey.Condition{Question: question, Is: values}
	}
	rule := func(all ...survey.Condition) *survey.Rule { return &survey.Rule{All: all} }
	tests := []struct {
		name  string
		rules []*survey.Rule
		want  string
	}{
		{"none", nil, ""},
		{"no rule", []*survey.Rule{nil}, ""},
		{"an answer", []*survey.Rule{rule(is("done", "no"))}, "w pytaniu 1 wybrano „nie”"},
		{"answers", []*survey.Rule{rule(is("done", "no", "partly", "na"))}, "w pytaniu 1 wybrano „nie” lub „częściowo” lub „nie dotyczy”"},
		{"another answer", []*survey.Rule{rule(survey.Condition{Question: "done", Is: []string{"yes", "dk"}, Not: true})}, "w pytaniu 1 nie wybrano „tak” lub „nie mam zdania”"},
		{"a pick", []*survey.Rule{rule(is("ways", "mail"))}, "w pytaniu 2 zaznaczono „poczta”"},
		{"at least", []*survey.Rule{rule(survey.Condition{Question: "wait", AtLeast: new(30)})}, "w pytaniu 3 podano co najmniej 30"},
		{"at most", []*survey.Rule{rule(survey.Condition{Question: "wait", AtMost: new(5)})}, "w pytaniu 3 podano najwyżej 5"},
		{"between", []*survey.Rule{rule(survey.Condition{Question: "wait", AtLeast: new(5), AtMost: new(9)})}, "w pytaniu 3 podano od 5 do 9"},
		{"one number", []*survey.Rule{rule(survey.Condition{Question: "wait", AtLeast: new(5), AtMost: new(5)})}, "w pytaniu 3 podano 5"},
		{"a row", []*survey.Rule{rule(survey.Condition{Question: "rate", Row: "kind", Is: []string{"1"}})}, "w pytaniu 4 przy stwierdzeniu „uprzejmość” wybrano „źle”"},
		{"section and question", []*survey.Rule{rule(is("done", "no")), rule(is("ways", "mail"))}, "w pytaniu 1 wybrano „nie” oraz w pytaniu 2 zaznaczono „poczta”"},
		{"any", []*survey.Rule{{Any: []survey.Condition{is("done", "no"), is("ways", "mail")}}}, "w pytaniu 1 wybrano „nie” albo w pytaniu 2 zaznaczono „poczta”"},
		{"all and any", []*survey.Rule{{All: []survey.Condition{is("done", "no")}, Any: []survey.Condition{is("ways", "mail"), is("ways", "phone")}}},
			"w pytaniu 1 wybrano „nie” oraz (w pytaniu 2 zaznaczono „poczta” albo w pytaniu 2 zaznaczono „telefon”)"},
		{"a question that is not in the report", []*survey.Rule{rule(is("gone", "x"))}, "na wcześniejsze pytanie odpowiedziano w określony sposób"},
		{"a long answer", []*survey.Rule{rule(is("done", strings.Repeat("a", 90)))}, "w pytaniu 1 wybrano „" + strings.Repeat("a", 59) + "…”"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := plain(ruleWords(tt.rules, known)); got != tt.want {
				t.Errorf("ruleWords = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestRewordedWords(t *testing.T) {
	item := func(label string, versions ...int) stats.Item {
		return stats.Item{Label: survey.PL(label), Reworded: versions}
	}
	tests := []struct {
		name string
		q    stats.Question
		want string
	}{
		{"nothing", stats.Question{Items: []stats.Item{item("A")}}, ""},
		{"question", stats.Question{Reworded: []int{2}}, "pytania lub odpowiedzi (w wersji 2)"},
		{"question and row", stats.Question{Reworded: []int{2, 4}, Items: []stats.Item{item("A", 3), item("B")}}, "pytania lub odpowiedzi (w wersjach 2, 4) i wiersza „A” (w wersji 3)"},
		{"a paired row once", stats.Question{Items: []stats.Item{item("A", 3), item("A", 3)}}, "wiersza „A” (w wersji 3)"},
		{"rows", stats.Question{Items: []stats.Item{item("A", 3), item("B", 2, 3)}}, "wierszy „A”, „B” (w wersjach 2, 3)"},
		{"many rows", stats.Question{Items: []stats.Item{item("A", 3), item("B", 3), item("C", 3), item("D", 3)}}, "4 wierszy (w wersji 3)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := plain(rewordedWords(&tt.q)); got != tt.want {
				t.Errorf("rewordedWords = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestNotesOfQuestions(t *testing.T) {
	d := importanceDocument()
	want := map[string]string{
		"settled": "Bez zmiany sensu poprawiono brzmienie: pytania lub odpowiedzi (w wersji 2). Wyniki liczymy razem.",
		"missing": "Zadawane tylko, jeśli w pytaniu 1 wybrano „nie” lub „częściowo”.",
		"remarks": "Zadawane tylko, jeśli w pytaniu 3 wybrano „bardzo niezadowolony(-a)” lub „niezadowolony(-a)” albo w pytaniu 1 wybrano „nie”.",
		"pairs":   "Bez zmiany sensu poprawiono brzmienie: wiersza „Czas oczekiwania na przyjęcie” (w wersji 2). Wyniki liczymy razem.",
		"areas":   "Zadawane tylko, jeśli w pytaniu 1 nie wybrano „nie”.",
	}
	for i := range d.Summary.Questions {
		q := &d.Summary.Questions[i]
		if got := plain(strings.Join(d.QuestionNotes(q), " ")); got != want[q.Key] {
			t.Errorf("notes of %s: %q, want %q", q.Key, got, want[q.Key])
		}
	}
	if got, want := plain(d.ConditionalNote()), "Pytania 2, 4 i 6 zadawano tylko części osób, zależnie od wcześniejszych odpowiedzi; warunek podajemy przy pytaniu. Kogo nie pytano, tego nie wliczamy do podstawy procentów."; got != want {
		t.Errorf("ConditionalNote = %q, want %q", got, want)
	}
	if got, want := plain(d.ChangesNote()), "Pytania 1 i 5: poprawiono brzmienie bez zmiany sensu, wyniki liczymy razem."; got != want {
		t.Errorf("ChangesNote = %q, want %q", got, want)
	}
	if got, want := plain(fixture().ChangesNote()), "Pytanie 2: zmieniono sens lub skalę, dlatego wyniki podajemy osobno dla każdej serii wersji."; got != want {
		t.Errorf("ChangesNote of a break = %q, want %q", got, want)
	}
}

// A row that began a new series while its question went on is told, once for both of its aspects.
func TestBrokenRowsAreTold(t *testing.T) {
	broken := func(label string) stats.Item {
		return stats.Item{Row: "r", Label: survey.PL(label), Break: true, Versions: []int{2}}
	}
	tests := []struct {
		name string
		q    stats.Question
		want string
	}{
		{"none", stats.Question{Items: []stats.Item{{Label: survey.PL("A")}}}, ""},
		{"one, twice", stats.Question{Items: []stats.Item{broken("A"), broken("A")}}, "pozycji „A”"},
		{"some", stats.Question{Items: []stats.Item{broken("A"), broken("B")}}, "pozycji „A”, „B”"},
		{"many", stats.Question{Items: []stats.Item{broken("A"), broken("B"), broken("C"), broken("D")}}, "4 pozycji"},
		{"of a question that is new itself", stats.Question{Break: true, Items: []stats.Item{broken("A")}}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := plain(brokenWords(&tt.q)); got != tt.want {
				t.Errorf("brokenWords = %q, want %q", got, tt.want)
			}
		})
	}
	d := importanceDocument()
	q := &d.Summary.Questions[slices.IndexFunc(d.Summary.Questions, func(q stats.Question) bool { return q.Key == "pairs" })]
	q.Items = slices.Clone(q.Items)
	q.Items[0].Break = true
	if got, want := plain(d.QuestionNotes(q)[0]), "Zmieniono sens lub skalę pozycji „"+q.Items[0].Label.PL+"”, dlatego wyniki podajemy tu osobno dla każdej serii wersji."; got != want {
		t.Errorf("note %q, want %q", got, want)
	}
	if got, want := plain(d.ChangesNote()), "Pytanie 5: zmieniono sens lub skalę niektórych pozycji tabeli"; !strings.HasPrefix(got, want) {
		t.Errorf("ChangesNote = %q, want %q first", got, want)
	}
}

// TestSides keeps what is rated for different things, or on different scales, in different tables.
func TestSides(t *testing.T) {
	d := importanceDocument()
	got := map[string][]string{}
	for i := range d.Summary.Questions {
		q := &d.Summary.Questions[i]
		for _, s := range Sides(q) {
			labels := []string{s.Title, s.first()}
			for _, it := range s.Items {
				labels = append(labels, it.Row+it.Area)
			}
			if isTable(q) {
				got[q.Key] = append(got[q.Key], strings.Join(labels, " "))
			}
		}
	}
	rows := "politepeople expertpeople discreetpeople waitingcourse quickcourse informedcourse parkingcourse rarecourse"
	if want := []string{"Zadowolenie Stwierdzenie " + rows, "Ważność Stwierdzenie " + rows}; !slices.Equal(got["pairs"], want) {
		t.Errorf("pairs: %q, want %q", got["pairs"], want)
	}
	if want := []string{"Oceny Stwierdzenie hoursreach phonereach respectstaff wordsstaff timeresult", "Ważność obszarów Obszar reach staff result"}; !slices.Equal(got["areas"], want) {
		t.Errorf("areas: %q, want %q", got["areas"], want)
	}
	for _, q := range fixture().Summary.Questions {
		if isTable(&q) && (len(Sides(&q)) != 1 || Sides(&q)[0].Title != "") {
			t.Errorf("%s has sides %+v, want one without a title", q.Key, Sides(&q))
		}
	}
	older := stats.Question{Kind: survey.KindPaired, Items: []stats.Item{
		{Row: "r", Aspect: survey.AspectImportance, Values: values([]string{"a", "b"}, []int{1, 1}, 2, 2)}, {Row: "r", Aspect: survey.AspectImportance, Values: values([]string{"a", "b", "c"}, []int{1, 1, 1}, 3, 3)}}}
	if n := len(Sides(&older)); n != 2 {
		t.Errorf("importance on two scales has %d sides, want 2", n)
	}
}

package web

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// arranged is a draft of two sections with questions and one without.
func arranged() *survey.Questionnaire {
	yesNo := func(key string) survey.Question {
		return survey.Question{Key: key, Kind: survey.KindYesNo, Label: survey.PL("Pytanie " + key)}
	}
	series := yesNo("c")
	series.Series = 2
	return &survey.Questionnaire{Key: "ankieta", Title: survey.PL("Ankieta"), Sections: []survey.Section{
		{Key: "one", Title: survey.PL("Pierwsza"), Questions: []survey.Question{yesNo("a"), yesNo("b")}},
		{Key: "two", Title: survey.PL("Druga"), Questions: []survey.Question{series, yesNo("d")}},
		{Key: "three", Title: survey.PL("Trzecia")},
	}}
}

// shape tells the order of a questionnaire; keys that the service made up are "new".
func outlineOf(q *survey.Questionnaire) string {
	var all []string
	for _, s := range q.Sections {
		words := []string{s.Key + ":"}
		for _, question := range s.Questions {
			words = append(words, question.Key)
		}
		all = append(all, strings.Join(words, " "))
	}
	return freshKey.ReplaceAllString(strings.Join(all, " | "), "new")
}

var freshKey = regexp.MustCompile(`\b(pytanie|sekcja)_[a-z2-7]{8}\b`)

func TestDraftIsArranged(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleAdministrator)
	tests := []struct {
		name string
		form url.Values
		want string // order, or "" as it was
		told string // to who does not see it
	}{
		{"down", url.Values{"do": {"down"}, "key": {"a"}}, "one: b a | two: c d | three:", "Pytanie „Pytanie a” jest teraz na miejscu 2 z 4, w sekcji „Pierwsza”."},
		{"up", url.Values{"do": {"up"}, "key": {"b"}}, "one: b a | two: c d | three:", "Pytanie „Pytanie b” jest teraz na miejscu 1 z 4, w sekcji „Pierwsza”."},
		{"up over a border", url.Values{"do": {"up"}, "key": {"c"}}, "one: a b c | two: d | three:", "na miejscu 3 z 4, w sekcji „Pierwsza”."},
		{"down over a border", url.Values{"do": {"down"}, "key": {"b"}}, "one: a | two: b c d | three:", "na miejscu 2 z 4, w sekcji „Druga”."},
		{"down into an empty section", url.Values{"do": {"down"}, "key": {"d"}}, "one: a b | two: c | three: d", "w sekcji „Trzecia”."},
		{"up at the top", url.Values{"do": {"up"}, "key": {"a"}}, "", "na miejscu 1 z 4"},
		{"before another", url.Values{"do": {"move"}, "key": {"d"}, "section": {"one"}, "before": {"b"}}, "one: a d b | two: c | three:", "na miejscu 2 z 4"},
		{"to the end", url.Values{"do": {"move"}, "key": {"a"}, "section": {"two"}, "before": {""}}, "one: b | two: c d a | three:", "na miejscu 4 z 4"},
		{"within a section", url.Values{"do": {"move"}, "key": {"b"}, "section": {"one"}, "before": {"a"}}, "one: b a | two: c d | three:", "na miejscu 1 z 4"},
		{"before itself", url.Values{"do": {"move"}, "key": {"a"}, "section": {"one"}, "before": {"a"}}, "", "na miejscu 1 z 4"},
		{"before what is gone", url.Values{"do": {"move"}, "key": {"a"}, "section": {"one"}, "before": {"x"}}, "one: b a | two: c d | three:", "na miejscu 2 z 4"},
		{"into an empty section", url.Values{"do": {"move"}, "key": {"a"}, "section": {"three"}}, "one: b | two: c d | three: a", "w sekcji „Trzecia”."},
		{"duplicate", url.Values{"do": {"duplicate"}, "key": {"c"}}, "one: a b | two: c new d | three:", "Dodano kopię pytania."},
		{"remove", url.Values{"do": {"remove"}, "key": {"c"}}, "one: a b | two: d | three:", "Usunięto pytanie „Pytanie c”."},
		{"section up", url.Values{"do": {"section-up"}, "key": {"two"}}, "two: c d | one: a b | three:", "Sekcja „Druga” jest teraz 1. z 3."},
		{"section down", url.Values{"do": {"section-down"}, "key": {"one"}}, "two: c d | one: a b | three:", "Sekcja „Pierwsza” jest teraz 2. z 3."},
		{"first section up", url.Values{"do": {"section-up"}, "key": {"one"}}, "", "Sekcja „Pierwsza” jest teraz 1. z 3."},
		{"last section down", url.Values{"do": {"section-down"}, "key": {"three"}}, "", "Sekcja „Trzecia” jest teraz 3. z 3."},
		{"section removed with its questions", url.Values{"do": {"section-remove"}, "key": {"one"}}, "two: c d | three:", "Usunięto sekcję „Pierwsza”."},
		{"section added", url.Values{"do": {"section-add"}}, "one: a b | two: c d | three: | new:", "Dodano sekcję."},
		{"cleared", url.Values{"do": {"clear"}}, "new:", "Szkic jest pusty."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h.setDraft("osielsko", arranged())
			before := h.draft("osielsko")
			a := p.live("/panel/ankieta/uklad", tt.form)
			after := h.draft("osielsko")
			if tt.want == "" {
				tt.want = outlineOf(&before.Questionnaire)
			}
			if got := outlineOf(&after.Questionnaire); a.StatusCode != 200 || got != tt.want {
				t.Errorf("%v = %d, draft %q; want 200, %q", tt.form, a.StatusCode, got, tt.want)
			}
			if changed := after.Revision > before.Revision; changed != (tt.want != outlineOf(&before.Questionnaire)) {
				t.Errorf("%v raised the revision: %t", tt.form, changed)
			}
			if told := strings.ReplaceAll(a.attribute(t, "powiedziano", "data-told"), hardSpace, " "); !strings.Contains(told, tt.told) {
				t.Errorf("%v told %q, want %q", tt.form, told, tt.told)
			}
		})
	}
}

// A copy is a question of its own: its answers are no series of the one that it was made of.
func TestCopyIsAnotherQuestion(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleAdministrator)
	h.setDraft("osielsko", everything(t))
	a := p.edit("/panel/ankieta/uklad", url.Values{"do": {"duplicate"}, "key": {"desk"}})
	q := h.draft("osielsko").Questionnaire
	was, double := q.Question("desk"), &q.Sections[0].Questions[2]
	if want := "/panel/ankieta?p=" + double.Key + "#p-" + double.Key; a.StatusCode != 303 || a.Header.Get("Location") != want {
		t.Errorf("duplicate = %d to %q; want 303 to %q", a.StatusCode, a.Header.Get("Location"), want)
	}
	if !freshKey.MatchString(double.Key) || double.Series != 0 || was.Series != 3 {
		t.Errorf("copy = %q of series %d beside series %d; want a new key of series 0 beside 3", double.Key, double.Series, was.Series)
	}
	double.Key, double.Series = was.Key, was.Series
	same(t, "copy", was, double)
}

func TestEachKindIsAdded(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleAdministrator)
	h.setDraft("osielsko", arranged())
	kinds := (*editorPage)(nil).Kinds()
	if len(kinds) != 11 {
		t.Fatalf("%d kinds, want 11", len(kinds))
	}
	keys := map[string]bool{}
	for _, kind := range kinds {
		a := p.edit("/panel/ankieta/uklad", url.Values{"do": {"add"}, "key": {"two"}, "kind": {string(kind.Kind)}})
		questions := h.draft("osielsko").Questionnaire.Sections[1].Questions
		last := questions[len(questions)-1]
		if want := "/panel/ankieta?p=" + last.Key + "#p-" + last.Key; a.StatusCode != 303 || a.Header.Get("Location") != want || last.Kind != kind.Kind {
			t.Fatalf("add %s = %d to %q, the last is %s; want 303 to %q", kind.Kind, a.StatusCode, a.Header.Get("Location"), last.Kind, want)
		}
		if !freshKey.MatchString(last.Key) || keys[last.Key] {
			t.Errorf("key of a new %s = %q, want a valid one of its own", kind.Kind, last.Key)
		}
		keys[last.Key] = true
		page := p.get(a.Header.Get("Location"))
		if _, form := page.openForm(t, true); page.StatusCode != 200 || form == nil || !strings.Contains(page.body, "Rodzaj: <b>"+kindPL(kind.Kind)+"</b>") {
			t.Errorf("form of a new %s = %d", kind.Kind, page.StatusCode)
		}
	}
	if n := len(h.draft("osielsko").Questionnaire.Questions()); n != 4+len(kinds) {
		t.Errorf("%d questions, want %d", n, 4+len(kinds))
	}
}

func TestArrangingRefuses(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleAdministrator)
	full := arranged()
	for i := len(full.Questions()); i < survey.MaxQuestions; i++ {
		full.Sections[2].Questions = append(full.Sections[2].Questions, survey.Question{Key: "q" + strconv.Itoa(i), Kind: survey.KindYesNo, Label: survey.PL("Pytanie")})
	}
	const tooMany = "Ankieta może mieć najwyżej 200 pytań. Prosimy najpierw usunąć któreś."
	tests := []struct {
		name  string
		draft *survey.Questionnaire
		form  url.Values
		want  int
		told  string
	}{
		{"an unknown action", arranged(), url.Values{"do": {"fly"}, "key": {"a"}}, 404, ""},
		{"an unknown action of a section", arranged(), url.Values{"do": {"fly"}, "key": {"one"}}, 404, ""},
		{"no action", arranged(), url.Values{"key": {"a"}}, 404, ""},
		{"an unknown kind", arranged(), url.Values{"do": {"add"}, "key": {"one"}, "kind": {"slider"}}, 404, ""},
		{"an unknown section", arranged(), url.Values{"do": {"add"}, "key": {"a"}, "kind": {"yesno"}}, 404, ""},
		{"up of none", arranged(), url.Values{"do": {"up"}, "key": {"x"}}, 404, ""},
		{"down of a section's key", arranged(), url.Values{"do": {"down"}, "key": {"one"}}, 404, ""},
		{"move of none", arranged(), url.Values{"do": {"move"}, "key": {"x"}, "section": {"one"}}, 404, ""},
		{"move to nowhere", arranged(), url.Values{"do": {"move"}, "key": {"a"}, "section": {"x"}}, 404, ""},
		{"duplicate of none", arranged(), url.Values{"do": {"duplicate"}, "key": {"x"}}, 404, ""},
		{"remove of none", arranged(), url.Values{"do": {"remove"}, "key": {"x"}}, 404, ""},
		{"section-remove of a question's key", arranged(), url.Values{"do": {"section-remove"}, "key": {"a"}}, 404, ""},
		{"section-up of none", arranged(), url.Values{"do": {"section-up"}, "key": {"x"}}, 404, ""},
		{"question 201", full, url.Values{"do": {"add"}, "key": {"one"}, "kind": {"info"}}, 400, tooMany},
		{"copy 201", full, url.Values{"do": {"duplicate"}, "key": {"a"}}, 400, tooMany},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h.setDraft("osielsko", tt.draft)
			before := h.draft("osielsko").Revision
			a := p.edit("/panel/ankieta/uklad", tt.form)
			if body := strings.ReplaceAll(a.body, hardSpace, " "); a.StatusCode != tt.want || !strings.Contains(body, tt.told) {
				t.Errorf("%v = %d; want %d with %q", tt.form, a.StatusCode, tt.want, tt.told)
			}
			if h.draft("osielsko").Revision != before {
				t.Errorf("%v changed the draft", tt.form)
			}
		})
	}
}

// editorPosts are the addresses that change a draft, with forms that would.
func editorPosts() map[string]url.Values {
	return map[string]url.Values{
		"/panel/ankieta/tresc":      {"title": {"Obcy tytuł"}},
		"/panel/ankieta/sekcja/one": {"title": {"Obca sekcja"}},
		"/panel/ankieta/pytanie/a":  {"label": {"Obce pytanie"}},
		"/panel/ankieta/uklad":      {"do": {"remove"}, "key": {"a"}},
		"/panel/ankieta/cofnij":     {"do": {"undo"}},
	}
}

func TestOnlyTheOfficesAdministratorEdits(t *testing.T) {
	h := start(t)
	for _, slug := range []string{"osielsko", "dobrcz"} {
		h.setDraft(slug, arranged())
	}
	revision := strconv.Itoa(h.draft("osielsko").Revision)
	for _, role := range []store.Role{store.RoleEmployee, store.RoleSupervisor, store.RoleAnalyst} {
		p := h.logIn("osielsko", role)
		if a := p.get("/panel/ankieta"); a.StatusCode != 403 || strings.Contains(a.body, "Pytanie a") {
			t.Errorf("editor as %s = %d; want 403", role, a.StatusCode)
		}
		for path, form := range editorPosts() {
			form.Set("revision", revision)
			if a := p.post(path, form); a.StatusCode != 403 {
				t.Errorf("%s as %s = %d; want 403", path, role, a.StatusCode)
			}
		}
	}
	administrator, other := h.logIn("osielsko", store.RoleAdministrator), h.logIn("osielsko", store.RoleAdministrator)
	stranger := *h.logIn("dobrcz", store.RoleAdministrator)
	stranger.slug = "osielsko" // with the cookie of another office
	for path, form := range editorPosts() {
		form.Set("revision", revision)
		for _, a := range []*answer{h.post("osielsko", path, form), stranger.post(path, form)} {
			if a.StatusCode != 303 || a.Header.Get("Location") != "/panel/logowanie" {
				t.Errorf("%s logged out = %d to %q; want the log-in", path, a.StatusCode, a.Header.Get("Location"))
			}
		}
		for _, token := range []string{"", "x", other.csrf()} {
			form.Set("_csrf", token)
			if a := administrator.post(path, form); a.StatusCode != 403 {
				t.Errorf("%s with the token %q = %d; want 403", path, token, a.StatusCode)
			}
		}
	}
	if a := h.get("osielsko", "/panel/ankieta"); a.StatusCode != 303 || a.Header.Get("Location") != "/panel/logowanie" {
		t.Errorf("editor logged out = %d to %q; want the log-in", a.StatusCode, a.Header.Get("Location"))
	}
	if got := strconv.Itoa(h.draft("osielsko").Revision); got != revision {
		t.Errorf("revision %s; want %s as before", got, revision)
	}
	before := h.draftJSON("dobrcz")
	for _, path := range []string{"/panel/ankieta/tresc", "/panel/ankieta/sekcja/one", "/panel/ankieta/pytanie/a", "/panel/ankieta/uklad", "/panel/ankieta/cofnij"} {
		if a := administrator.edit(path, editorPosts()[path]); a.StatusCode != 303 {
			t.Errorf("%s as administrator = %d; want 303", path, a.StatusCode)
		}
	}
	if h.draftJSON("dobrcz") != before {
		t.Error("an edit of one office's draft changed another's")
	}
}

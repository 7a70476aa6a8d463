package web

import (
	"context"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// draft reads the draft of an office.
func (h *harness) draft(slug string) *store.Draft {
	h.t.Helper()
	d, err := h.scope(slug).Draft(context.Background())
	if err != nil {
		h.t.Fatal(err)
	}
	return d
}

// edit sends a form of the editor with the draft's revision.
func (p *person) edit(path string, values url.Values) *answer {
	p.t.Helper()
	if !values.Has("revision") {
		values.Set("revision", strconv.Itoa(p.draft(p.slug).Revision))
	}
	return p.post(path, values)
}

func TestDraftIsArranged(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleAdministrator)
	keys := func() string {
		var all []string
		for _, q := range h.draft("osielsko").Questionnaire.Questions() {
			all = append(all, q.Key)
		}
		return strings.Join(all, " ")
	}
	before := keys()
	if a := p.edit("/panel/ankieta/uklad", url.Values{"do": {"down"}, "key": {"department"}}); a.StatusCode != 303 {
		t.Fatalf("down = %d", a.StatusCode)
	}
	if got := keys(); !strings.HasPrefix(got, "matter department ") {
		t.Errorf("after down: %s", got)
	}
	p.edit("/panel/ankieta/uklad", url.Values{"do": {"up"}, "key": {"department"}})
	if got := keys(); got != before {
		t.Errorf("after down and up: %s; want %s", got, before)
	}
	p.edit("/panel/ankieta/uklad", url.Values{"do": {"up"}, "key": {"quality"}}) // the first of its section goes to the end of the one before
	if got := keys(); !strings.HasPrefix(got, "department matter contact settled quality ") || len(h.draft("osielsko").Questionnaire.Sections[1].Questions) != 0 {
		t.Errorf("after moving over the section's border: %s", got)
	}
	p.edit("/panel/ankieta/uklad", url.Values{"do": {"remove"}, "key": {"matter"}})
	if got := keys(); strings.Contains(got, "matter") {
		t.Errorf("after remove: %s", got)
	}
	section := h.draft("osielsko").Questionnaire.Sections[0].Key
	for _, kind := range editorKinds() {
		a := p.edit("/panel/ankieta/uklad", url.Values{"do": {"add"}, "key": {section}, "kind": {string(kind)}})
		if a.StatusCode != 303 || !strings.HasPrefix(a.Header.Get("Location"), "/panel/ankieta/pytanie/") {
			t.Fatalf("add %s = %d", kind, a.StatusCode)
		}
		if form := p.get(a.Header.Get("Location")); form.StatusCode != 200 || !strings.Contains(form.body, kindPL(kind)) {
			t.Errorf("form of a new %s = %d", kind, form.StatusCode)
		}
	}
	if a := p.edit("/panel/ankieta/uklad", url.Values{"do": {"remove"}, "key": {"nic"}}); a.StatusCode != 404 {
		t.Errorf("remove what is not there = %d; want 404", a.StatusCode)
	}
	if a := p.edit("/panel/ankieta/uklad", url.Values{"do": {"up"}, "key": {"overall"}, "revision": {"1"}}); a.StatusCode != 409 {
		t.Errorf("an edit of an old revision = %d; want 409", a.StatusCode)
	}
}

func TestQuestionIsEdited(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleAdministrator)
	form := url.Values{"label": {"Co poprawić najpierw?"}, "max": {"2"},
		"opcja.0.key": {"waiting"}, "opcja.0.label": {"Czas oczekiwania"}, "opcja.0.place": {"2"},
		"opcja.1.label": {"Coś innego"}, "opcja.1.place": {"1"}, "opcja.1.text": {"1"}, "opcja.2.label": {""}}
	if a := p.edit("/panel/ankieta/pytanie/improve", form); a.StatusCode != 303 {
		t.Fatalf("save = %d %s", a.StatusCode, a.body)
	}
	q := h.draft("osielsko").Questionnaire.Question("improve")
	if q.Label.PL != "Co poprawić najpierw?" || q.Max != 2 || len(q.Options) != 2 || !q.Options[0].Text || q.Options[1].Key != "waiting" {
		t.Errorf("question = %+v", q)
	}
	form.Set("label", "")
	form.Set("max", "7")
	form.Set("revision", strconv.Itoa(h.draft("osielsko").Revision))
	a := p.post("/panel/ankieta/pytanie/improve", form)
	if a.StatusCode != 422 || !strings.Contains(a.body, "Prosimy wpisać treść po polsku.") || !strings.Contains(a.body, `value="Coś innego"`) || !strings.Contains(a.body, `value="7"`) {
		t.Errorf("a question without a wording = %d; want 422 with everything typed", a.StatusCode)
	}
	if got := h.draft("osielsko").Questionnaire.Question("improve"); got.Label.PL == "" {
		t.Error("the refused question was kept")
	}
	form.Set("label", "Wersja drugiej osoby")
	form.Set("revision", "1")
	if a := p.post("/panel/ankieta/pytanie/improve", form); a.StatusCode != 409 || !strings.Contains(a.body, "Wersja drugiej osoby") {
		t.Errorf("a save of an old revision = %d; want 409 with everything typed", a.StatusCode)
	}
	for _, path := range []string{"/panel/ankieta/pytanie/nic", "/panel/ankieta/pytanie/improve%00"} {
		if a := p.get(path); a.StatusCode != 404 {
			t.Errorf("%s = %d; want 404", path, a.StatusCode)
		}
	}
}

func TestPublishingWaitsForTheReport(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleAdministrator)
	draft := h.draft("osielsko").Questionnaire
	values := url.Values{"title": {"Nowy tytuł ankiety"}, "intro": {draft.Intro.PL}}
	for i, section := range draft.Sections {
		values.Set("section."+strconv.Itoa(i)+".title", section.Title.PL)
	}
	if a := p.edit("/panel/ankieta/tresc", values); a.StatusCode != 303 {
		t.Fatalf("wording = %d", a.StatusCode)
	}
	a := p.edit("/panel/ankieta/publikacja", url.Values{})
	if a.StatusCode != 409 || !strings.Contains(a.body, "Najpierw raport") {
		t.Errorf("publishing without a report = %d; want 409 with the reason", a.StatusCode)
	}
	if resident := h.get("osielsko", "/"); strings.Contains(resident.body, "Nowy tytuł ankiety") {
		t.Error("residents see an unpublished title")
	}
	if a := p.post("/panel/raporty/dotychczasowe", url.Values{"next": {"/panel/ankieta"}}); a.StatusCode != 303 || a.Header.Get("Location") != "/panel/ankieta" {
		t.Fatalf("report so far = %d to %q", a.StatusCode, a.Header.Get("Location"))
	}
	if a := p.edit("/panel/ankieta/publikacja", url.Values{}); a.StatusCode != 303 {
		t.Fatalf("publishing with a report = %d %s", a.StatusCode, regexp.MustCompile(`<h2>.*</h2>`).FindString(a.body))
	}
	if resident := h.get("osielsko", "/"); !strings.Contains(resident.body, "Nowy tytuł ankiety") {
		t.Error("residents don't see the published title")
	}
	versions, err := h.scope("osielsko").Versions(context.Background())
	if err != nil || len(versions) != 2 {
		t.Errorf("versions = %v, %v; want 2", versions, err)
	}
	q := h.draft("osielsko").Questionnaire
	p.edit("/panel/ankieta/uklad", url.Values{"do": {"add"}, "key": {q.Sections[0].Key}, "kind": {string(survey.KindSingle)}})
	if a := p.edit("/panel/ankieta/publikacja", url.Values{}); a.StatusCode != 422 || !strings.Contains(a.body, "Zanim ankieta będzie mogła zostać opublikowana") {
		t.Errorf("publishing a question without wording = %d; want 422", a.StatusCode)
	}
}

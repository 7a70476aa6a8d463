package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"ocenaurzedu.eu/pkg/store"
)

// editors are two administrators of an office whose draft is a small one.
func editors(t *testing.T) (h *harness, a, b *person) {
	t.Helper()
	h = start(t)
	a, b = h.logIn("osielsko", store.RoleAdministrator), h.logIn("osielsko", store.RoleAdministrator)
	h.setDraft("osielsko", arranged())
	return h, a, b
}

// wording is a form of a question of which only the wording is told, drawn at a revision; 0: now.
func wording(text string, revision int) url.Values {
	v := url.Values{"label": {text}}
	if revision > 0 {
		v.Set("revision", strconv.Itoa(revision))
	}
	return v
}

// labels tells the wordings of a draft's questions.
func (h *harness) labels(slug string) string {
	h.t.Helper()
	var all []string
	draft := h.draft(slug).Questionnaire
	for _, q := range draft.Questions() {
		all = append(all, q.Label.PL)
	}
	return strings.Join(all, " | ")
}

// toldOthers returns what a page says that others did since its form was drawn.
func (a *answer) toldOthers() string {
	_, box, _ := strings.Cut(a.body, `id="inni"`)
	box, _, _ = strings.Cut(box, "</div>")
	return box
}

func TestTwoEditorsOfDifferentQuestions(t *testing.T) {
	h, a, b := editors(t)
	drawn := h.draft("osielsko").Revision
	if answer := a.live("/panel/ankieta/pytanie/a", wording("Treść od Anny", drawn)); answer.StatusCode != 200 || strings.Contains(answer.body, `id="inni"`) {
		t.Errorf("the first save = %d; want 200 that tells of nobody", answer.StatusCode)
	}
	answer := b.live("/panel/ankieta/pytanie/d", wording("Treść od Bartosza", drawn))
	if told := answer.toldOthers(); answer.StatusCode != 200 || !strings.Contains(told, a.login) || !strings.Contains(told, "Pytanie"+hardSpace+"1") || strings.Contains(told, b.login) {
		t.Errorf("the second save = %d and tells %q; want 200 with who changed what", answer.StatusCode, told)
	}
	if got, want := h.labels("osielsko"), "Treść od Anny | Pytanie b | Pytanie c | Treść od Bartosza"; got != want {
		t.Errorf("draft %q, want %q", got, want)
	}
	// moving, adding and removing go together with typing
	drawn = h.draft("osielsko").Revision
	a.live("/panel/ankieta/uklad", url.Values{"do": {"remove"}, "key": {"b"}, "revision": {strconv.Itoa(drawn)}})
	b.live("/panel/ankieta/pytanie/c", wording("Inne c", drawn))
	b.live("/panel/ankieta/sekcja/two", url.Values{"title": {"Inna druga"}, "revision": {strconv.Itoa(drawn)}})
	a.live("/panel/ankieta/tresc", url.Values{"title": {"Inny tytuł"}, "revision": {strconv.Itoa(drawn)}})
	b.live("/panel/ankieta/uklad", url.Values{"do": {"up"}, "key": {"d"}, "revision": {strconv.Itoa(drawn)}})
	got := h.draft("osielsko").Questionnaire
	if order := outlineOf(&got); order != "one: a | two: d c | three:" || got.Question("c").Label.PL != "Inne c" || got.Sections[1].Title.PL != "Inna druga" || got.Title.PL != "Inny tytuł" {
		t.Errorf("draft %s, %q; want what both did", order, h.labels("osielsko"))
	}
	back := b.get("/panel/ankieta?p=c&od=" + strconv.Itoa(drawn))
	if told := back.toldOthers(); !strings.Contains(told, "usunięto") || strings.Contains(told, b.login) {
		t.Errorf("who comes back is told %q; want what the other did", told)
	}
}

func TestTwoEditorsOfOneQuestion(t *testing.T) {
	for _, script := range []bool{false, true} {
		h, a, b := editors(t)
		drawn := h.draft("osielsko").Revision
		send := b.post
		if script {
			send = b.live
		}
		a.post("/panel/ankieta/pytanie/a", wording("Treść od Anny", drawn))
		answer := send("/panel/ankieta/pytanie/a", wording("Treść „od” <Bartosza>", drawn))
		_, form := answer.openForm(t, script)
		if answer.StatusCode != 409 || form.Get("label") != "Treść „od” <Bartosza>" || !strings.Contains(answer.body, "Nie zapisano: ktoś zmienił to samo") ||
			!strings.Contains(answer.body, a.login) || !strings.Contains(answer.body, "jest nadal w&nbsp;formularzu") {
			t.Fatalf("the second save (script: %t) = %d with %v; want 409 with everything typed, and who was faster", script, answer.StatusCode, form)
		}
		if got := h.labels("osielsko"); !strings.HasPrefix(got, "Treść od Anny |") {
			t.Errorf("draft %q; want the first save", got)
		}
		form.Set("label", "Jeszcze raz")
		if again := send("/panel/ankieta/pytanie/a", form); again.StatusCode != 409 {
			t.Errorf("saved again without a look = %d; want 409", again.StatusCode)
		}
		over := answer.over(t)
		a.post("/panel/ankieta/pytanie/a", wording("Anna pisze dalej", h.draft("osielsko").Revision))
		form.Set("over", over)
		if again := send("/panel/ankieta/pytanie/a", form); again.StatusCode != 409 || !strings.Contains(again.body, "Jeszcze raz") {
			t.Errorf("over what was not seen = %d; want 409", again.StatusCode)
		} else {
			form.Set("over", again.over(t))
		}
		if done := send("/panel/ankieta/pytanie/a", form); done.StatusCode >= 400 {
			t.Errorf("over what was seen = %d", done.StatusCode)
		}
		if got, want := h.labels("osielsko"), "Jeszcze raz | Pytanie b | Pytanie c | Pytanie d"; got != want {
			t.Errorf("draft %q, want %q", got, want)
		}
	}
}

// over returns the revision that the button names by which a person saves all the same.
func (a *answer) over(t *testing.T) string {
	t.Helper()
	_, value, found := strings.Cut(a.body, `form="formularz" name="over" value="`)
	value, _, _ = strings.Cut(value, `"`)
	if !found {
		t.Fatal("no button to save all the same")
	}
	return value
}

func TestConflicts(t *testing.T) {
	h, a, b := editors(t)
	tests := []struct {
		name        string
		first       func(revision url.Values)
		path        string
		second      url.Values
		typed, kept string // what is still on the page; what the draft has
	}{
		{"the heading of a section", func(v url.Values) { v.Set("title", "Od Anny"); a.post("/panel/ankieta/sekcja/one", v) },
			"/panel/ankieta/sekcja/one", url.Values{"title": {"Od Bartosza"}}, "Od Bartosza", "Od Anny"},
		{"the title", func(v url.Values) { v.Set("title", "Od Anny"); a.post("/panel/ankieta/tresc", v) },
			"/panel/ankieta/tresc", url.Values{"title": {"Od Bartosza"}}, "Od Bartosza", "Od Anny"},
		{"a removed question", func(v url.Values) { v.Set("do", "remove"); v.Set("key", "a"); a.post("/panel/ankieta/uklad", v) },
			"/panel/ankieta/pytanie/a", url.Values{"label": {"Od Bartosza"}}, "Od Bartosza", "Pytanie b"},
		{"a removed section", func(v url.Values) {
			v.Set("do", "section-remove")
			v.Set("key", "one")
			a.post("/panel/ankieta/uklad", v)
		},
			"/panel/ankieta/sekcja/one", url.Values{"title": {"Od Bartosza"}}, "Od Bartosza", "Druga"},
		{"a removal of what was changed", func(v url.Values) { v.Set("label", "Od Anny"); a.post("/panel/ankieta/pytanie/a", v) },
			"/panel/ankieta/uklad", url.Values{"do": {"remove"}, "key": {"a"}}, "Tej zmiany nie wprowadzono.", "Od Anny"},
		{"a removal of a section that was changed", func(v url.Values) { v.Set("label", "Od Anny"); a.post("/panel/ankieta/pytanie/a", v) },
			"/panel/ankieta/uklad", url.Values{"do": {"section-remove"}, "key": {"one"}}, "Tej zmiany nie wprowadzono.", "Od Anny"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h.setDraft("osielsko", arranged())
			drawn := strconv.Itoa(h.draft("osielsko").Revision)
			tt.first(url.Values{"revision": {drawn}})
			before := h.draftJSON("osielsko")
			tt.second.Set("revision", drawn)
			answer := b.post(tt.path, tt.second)
			if answer.StatusCode != 409 || !strings.Contains(answer.body, tt.typed) {
				t.Errorf("%s = %d; want 409 with %q", tt.path, answer.StatusCode, tt.typed)
			}
			if got := h.draftJSON("osielsko"); got != before || !strings.Contains(got, tt.kept) || strings.Contains(got, "Bartosza") {
				t.Errorf("draft:\n%s\nwant it as the first one left it, with %q", got, tt.kept)
			}
		})
	}
}

// Of a revision of which nothing is known any more nobody can tell what was changed since.
func TestUnknownRevision(t *testing.T) {
	h, _, b := editors(t)
	if _, err := h.owner.Exec(`DELETE FROM draft_edits`); err != nil {
		t.Fatal(err)
	}
	before := h.draftJSON("osielsko")
	for _, revision := range []string{"0", "1", "-5", "99", "9999999999999999999", "", "pięć"} {
		answer := b.post("/panel/ankieta/pytanie/a", url.Values{"label": {"Napisane dawno temu"}, "revision": {revision}})
		if answer.StatusCode != 409 || !strings.Contains(answer.body, "Napisane dawno temu") {
			t.Errorf("save of revision %q = %d; want 409 with what was typed", revision, answer.StatusCode)
		}
	}
	if h.draftJSON("osielsko") != before {
		t.Error("a form of an unknown revision changed the draft")
	}
}

// A publication changes nothing that a form could be in conflict with.
func TestPublicationIsNoConflict(t *testing.T) {
	h, a, b := editors(t)
	h.setDraft("osielsko", h.questionnaire("short.yaml"))
	drawn := h.draft("osielsko")
	key := drawn.Questionnaire.Questions()[0].Key
	action, form := b.get("/panel/ankieta?p="+key).openForm(t, true)
	a.post("/panel/raporty/dotychczasowe", url.Values{"next": {"/panel/ankieta"}})
	if answer := a.edit("/panel/ankieta/publikacja", url.Values{}); answer.StatusCode != 303 {
		t.Fatalf("publication = %d", answer.StatusCode)
	}
	form.Set("label", "Treść po publikacji")
	answer := b.live(action, form)
	if told := answer.toldOthers(); answer.StatusCode != 200 || !strings.Contains(told, a.login) || !strings.Contains(told, "opublikowano ankietę") {
		t.Errorf("save after a publication = %d, told %q; want 200 that tells of it", answer.StatusCode, told)
	}
	if draft := h.draft("osielsko"); draft.Questionnaire.Question(key).Label.PL != "Treść po publikacji" {
		t.Error("the save after a publication was lost")
	}
	if undo := a.live("/panel/ankieta/cofnij", url.Values{}); undo.attribute(t, "powiedziano", "data-told") != "Nie ma już czego cofnąć." {
		t.Error("a publication can be taken back")
	}
}

func TestUndo(t *testing.T) {
	h, a, b := editors(t)
	was := h.draftJSON("osielsko")
	undo := func(p *person) string {
		answer := p.live("/panel/ankieta/cofnij", url.Values{"p": {"a"}})
		if answer.StatusCode != 200 {
			t.Errorf("undo = %d", answer.StatusCode)
		}
		return strings.ReplaceAll(answer.attribute(t, "powiedziano", "data-told"), hardSpace, " ")
	}
	if told := undo(a); told != "Nie ma już czego cofnąć." || h.draftJSON("osielsko") != was {
		t.Errorf("undo of nothing told %q", told)
	}
	a.post("/panel/ankieta/pytanie/a", wording("Jeden", h.draft("osielsko").Revision))
	b.post("/panel/ankieta/pytanie/d", wording("Od drugiej osoby", h.draft("osielsko").Revision))
	a.edit("/panel/ankieta/uklad", url.Values{"do": {"remove"}, "key": {"b"}})
	if told := undo(a); !strings.HasPrefix(told, "Cofnięto: ") || !strings.Contains(told, "usunięto") {
		t.Errorf("undo told %q; want the removal", told)
	}
	if got, want := h.labels("osielsko"), "Jeden | Pytanie b | Pytanie c | Od drugiej osoby"; got != want {
		t.Errorf("after one undo %q, want %q", got, want)
	}
	undo(a)
	if got, want := h.labels("osielsko"), "Pytanie a | Pytanie b | Pytanie c | Od drugiej osoby"; got != want {
		t.Errorf("after two %q, want %q", got, want)
	}
	if told := undo(a); told != "Nie ma już czego cofnąć." {
		t.Errorf("the third undo told %q", told)
	}
	if page := a.get("/panel/ankieta"); page.attribute(t, "cofnij", "aria-disabled") != "true" {
		t.Error("the page offers an undo of nothing")
	}
	if page := b.get("/panel/ankieta"); page.attribute(t, "cofnij", "aria-disabled") == "true" {
		t.Error("the page offers the other no undo")
	}
	if answer := b.post("/panel/ankieta/cofnij", url.Values{"s": {"one"}}); answer.StatusCode != 303 || answer.Header.Get("Location") != "/panel/ankieta?s=one#s-one" {
		t.Errorf("undo without script = %d to %q", answer.StatusCode, answer.Header.Get("Location"))
	}
	if h.draftJSON("osielsko") != was {
		t.Error("all was taken back, but the draft is not what it was")
	}
}

func TestUndoOfWhatAnotherChanged(t *testing.T) {
	h, a, b := editors(t)
	a.post("/panel/ankieta/pytanie/a", wording("Od Anny", h.draft("osielsko").Revision))
	b.post("/panel/ankieta/pytanie/a", wording("Od Bartosza", h.draft("osielsko").Revision))
	before := h.draftJSON("osielsko")
	for _, path := range []string{"", "a"} {
		answer := a.live("/panel/ankieta/cofnij", url.Values{"p": {path}})
		if answer.StatusCode != 409 || !strings.Contains(answer.body, "Tej zmiany nie wprowadzono.") || !strings.Contains(answer.body, b.login) || strings.Contains(answer.body, `name="over"`) {
			t.Errorf("undo of what another changed = %d; want 409 that names who", answer.StatusCode)
		}
	}
	if h.draftJSON("osielsko") != before {
		t.Error("the undo changed the draft")
	}
}

// What is typed within half a minute is one edit; another question or another person begins a new one.
func TestTypingIsOneUndo(t *testing.T) {
	h, a, b := editors(t)
	type step struct {
		who        *person
		key, text  string
		afterwards time.Duration
	}
	for _, s := range []step{{a, "a", "T", 5 * time.Second}, {a, "a", "Tr", 25 * time.Second}, {a, "a", "Treść", 31 * time.Second}, {a, "a", "Treść pytania", 0}, {a, "b", "Inne", 0}, {b, "c", "Od drugiej osoby", 0}, {a, "b", "Inne b", 0}} {
		s.who.post("/panel/ankieta/pytanie/"+s.key, wording(s.text, h.draft("osielsko").Revision))
		h.advance(s.afterwards)
	}
	var got []string
	for range 4 {
		a.live("/panel/ankieta/cofnij", url.Values{})
		labels := strings.Split(h.labels("osielsko"), " | ")
		got = append(got, strings.Join(labels[:2], " "))
	}
	if want := []string{"Treść pytania Inne", "Treść pytania Pytanie b", "Treść Pytanie b", "Pytanie a Pytanie b"}; !slices.Equal(got, want) {
		t.Errorf("undone step by step: %q, want %q", got, want)
	}
}

// Saves that come at once wait for each other: of three, the last one is tried for the third time.
func TestSavesAtOnce(t *testing.T) {
	h, a, b := editors(t)
	for round := range 5 {
		drawn, answers := h.draft("osielsko").Revision, make([]*answer, 3)
		var wg sync.WaitGroup
		for i, key := range []string{"a", "b", "c"} {
			p := []*person{a, b}[i%2]
			wg.Go(func() {
				answers[i] = p.post("/panel/ankieta/pytanie/"+key, wording(key+strconv.Itoa(round), drawn))
			})
		}
		wg.Wait()
		for i, key := range []string{"a", "b", "c"} {
			draft := h.draft("osielsko").Questionnaire
			if got := draft.Question(key).Label.PL; answers[i].StatusCode != 303 || got != key+strconv.Itoa(round) {
				t.Errorf("save of %s = %d, draft has %q; want 303 and what was typed", key, answers[i].StatusCode, got)
			}
		}
	}
}

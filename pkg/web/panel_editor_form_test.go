package web

import (
	"context"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// openForm reads the editor's open form as a browser sends it: without script with the lines in noscript, with it
// without them. The form is nil if none is open.
func (a *answer) openForm(t *testing.T, script bool) (action string, values url.Values) {
	t.Helper()
	page, err := html.ParseWithOptions(strings.NewReader(a.body), html.ParseOptionEnableScripting(script))
	if err != nil {
		t.Fatal(err)
	}
	for n := range page.Descendants() {
		if n.Data == "form" && attribute(n, "id") == "formularz" {
			values = url.Values{}
			readFields(n, values)
			return attribute(n, "action"), values
		}
	}
	return "", nil
}

// attribute returns an attribute of the element with an id.
func (a *answer) attribute(t *testing.T, id, name string) string {
	t.Helper()
	page, err := html.Parse(strings.NewReader(a.body))
	if err != nil {
		t.Fatal(err)
	}
	for n := range page.Descendants() {
		if attribute(n, "id") == id {
			return attribute(n, name)
		}
	}
	return ""
}

// doubleID returns an id that two elements of a page have, or "".
func doubleID(t *testing.T, a *answer) string {
	t.Helper()
	page, err := html.Parse(strings.NewReader(a.body))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{"": true}
	for n := range page.Descendants() {
		if id := attribute(n, "id"); id != "" && seen[id] {
			return id
		} else {
			seen[id] = true
		}
	}
	return ""
}

// same compares two things as they are stored.
func same(t *testing.T, what string, want, got any) {
	t.Helper()
	a, errA := json.MarshalIndent(want, "", " ")
	b, errB := json.MarshalIndent(got, "", " ")
	if errA != nil || errB != nil {
		t.Fatal(errA, errB)
	}
	if diff := cmp.Diff(string(a), string(b)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func attribute(n *html.Node, name string) string {
	i := slices.IndexFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
	if i < 0 {
		return ""
	}
	return n.Attr[i].Val
}

func has(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

// readFields adds the fields in a node as HTML says that a form is sent (form-data set).
func readFields(n *html.Node, values url.Values) {
	for child := range n.ChildNodes() {
		name := attribute(child, "name")
		switch {
		case child.Data == "template":
		case child.Data == "input" && attribute(child, "type") == "checkbox" && !has(child, "checked"):
		case child.Data == "input":
			values.Add(name, attribute(child, "value"))
		case child.Data == "textarea":
			values.Add(name, strings.ReplaceAll(textOf(child), "\n", "\r\n"))
		case child.Data == "select":
			var chosen []string
			for option := range child.Descendants() {
				if option.Data == "option" && (has(option, "selected") || chosen == nil) {
					chosen = []string{attribute(option, "value")}
				}
			}
			values[name] = append(values[name], chosen...)
		default:
			readFields(child, values)
		}
	}
}

// textOf returns the text in a node.
func textOf(n *html.Node) string {
	var text strings.Builder
	for each := range n.Descendants() {
		if each.Type == html.TextNode {
			text.WriteString(each.Data)
		}
	}
	return text.String()
}

// setDraft makes a questionnaire the draft of an office, as an import does.
func (h *harness) setDraft(slug string, q *survey.Questionnaire) {
	h.t.Helper()
	d := h.draft(slug)
	d.Questionnaire, d.UpdatedAt, d.UpdatedBy = *q, h.clock.now(), "test"
	if _, err := h.scope(slug).SaveDraft(context.Background(), *d, store.Edit{Action: editFile}); err != nil {
		h.t.Fatal(err)
	}
}

// draftJSON is the draft as it is stored.
func (h *harness) draftJSON(slug string) string {
	h.t.Helper()
	data, err := json.MarshalIndent(h.draft(slug).Questionnaire, "", " ")
	if err != nil {
		h.t.Fatal(err)
	}
	return string(data)
}

// Whatever the draft holds, its form shows all of it: sent back as it is, it changes nothing.
func TestFormsLoseNothing(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleAdministrator)
	for name, q := range editedQuestionnaires(t) {
		t.Run(name, func(t *testing.T) {
			h.setDraft("osielsko", q)
			want, revision := h.draftJSON("osielsko"), h.draft("osielsko").Revision
			paths := []string{"?p=" + wholeKey}
			for _, s := range q.Sections {
				paths = append(paths, "?s="+s.Key)
			}
			for _, question := range q.Questions() {
				paths = append(paths, "?p="+question.Key)
			}
			for _, path := range paths {
				page := p.get("/panel/ankieta" + path)
				for _, script := range []bool{false, true} {
					action, form := page.openForm(t, script)
					if form == nil {
						t.Fatalf("%s = %d, without a form", path, page.StatusCode)
					}
					if script {
						form.Set("_live", "1")
					}
					if a := p.post(action, form); a.StatusCode != 303 {
						t.Errorf("%s sent back (script: %t) = %d; want 303", path, script, a.StatusCode)
					}
				}
				if got := h.draft("osielsko").Revision; got != revision {
					t.Errorf("%s sent back changed the draft (-was +is):\n%s", path, cmp.Diff(want, h.draftJSON("osielsko")))
					h.setDraft("osielsko", q)
					revision = h.draft("osielsko").Revision
				}
			}
			if got := h.draftJSON("osielsko"); got != want {
				t.Errorf("draft (-was +is):\n%s", cmp.Diff(want, got))
			}
		})
	}
}

// editedQuestionnaires are those that we ship, those of real offices, and one that has everything.
func editedQuestionnaires(t *testing.T) map[string]*survey.Questionnaire {
	t.Helper()
	all := map[string]*survey.Questionnaire{"everything": everything(t)}
	for _, dir := range []string{"../../tenants/questionnaires", "testdata/questionnaires"} {
		names, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
		if err != nil || len(names) < 5 {
			t.Fatalf("questionnaires in %s: %v, %v", dir, names, err)
		}
		for _, name := range names {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			q, err := survey.ParseQuestionnaire(name, data)
			if err != nil {
				t.Fatal(err)
			}
			all[filepath.Base(name)] = q
		}
	}
	return all
}

// everything reads the questionnaire that has each property that there is, in an order of its own.
func everything(t *testing.T) *survey.Questionnaire {
	t.Helper()
	data, err := os.ReadFile("testdata/everything.yaml")
	if err != nil {
		t.Fatal(err)
	}
	q, err := survey.ParseQuestionnaire("everything.yaml", data)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// lines makes the fields of a list of n lines, each with a wording.
func lines(list string, n int) url.Values {
	v := url.Values{"label": {"Treść"}}
	for i := range n {
		id := list[:1] + "_" + strconv.Itoa(i)
		v.Add(list, id)
		v.Set(list+"."+id+".label", "Pozycja "+strconv.Itoa(i+1))
	}
	return v
}

// What is too much for a questionnaire is kept in the draft, told at its field, and not published.
func TestTooMuchIsKeptAndTold(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleAdministrator)
	long := strings.Repeat("ż", survey.MaxLabel+1)
	const badScale, badRange = "Skala musi mieć od 2 do 11 punktów", "Największa wartość musi być większa od najmniejszej, ale nie więcej niż o 1000."
	tests := []struct {
		name, key string
		form      url.Values
		told      string
		kept      func(q *survey.Question) bool
	}{
		{"a label of 501 characters", "desk", url.Values{"label": {long}}, "500 znaków", func(q *survey.Question) bool { return q.Label.PL == long }},
		{"an option of 501 characters", "desk", url.Values{"label": {"Który?"}, "options": {"a"}, "options.a.label": {long}}, "500 znaków", func(q *survey.Question) bool { return q.Options[0].Label.PL == long }},
		{"61 options", "desk", lines("options", 61), "Pytanie może mieć najwyżej 60 odpowiedzi do wyboru.", func(q *survey.Question) bool { return len(q.Options) == 61 }},
		{"41 rows", "quality", lines("rows", 41), "Tabela może mieć najwyżej 40 wierszy.", func(q *survey.Question) bool { return len(q.Rows) == 41 }},
		{"12 points", "overall", lines("scale", 12), badScale, func(q *survey.Question) bool { return len(q.Scale.Points) == 12 }},
		{"4 faces", "face", lines("scale", 4), badScale, func(q *survey.Question) bool { return len(q.Scale.Points) == 4 }},
		{"1 point of importance", "pairs", url.Values{"label": {"Pary"}, "asks_importance": {"1"}, "importance": {"p1"}, "importance.p1.label": {"ważne"}}, badScale, func(q *survey.Question) bool { return len(q.Importance.Points) == 1 }},
		{"letters for a number", "minutes", url.Values{"label": {"Ile?"}, "min": {"trzy"}, "max": {"sto"}}, badRange, func(q *survey.Question) bool { return q.Min == 0 && q.Max == 0 }},
		{"a number that no computer holds", "minutes", url.Values{"label": {"Ile?"}, "max": {"99999999999999999999"}}, badRange, func(q *survey.Question) bool { return q.Max > 0 }},
		{"more answers than there are", "why", url.Values{"label": {"Po co?"}, "max": {"3"}, "options": {"x"}, "options.x.label": {"X"}}, "Liczby odpowiedzi do zaznaczenia są nieprawidłowe", func(q *survey.Question) bool { return q.Max == 3 }},
		{"a limit of minus one", "remarks", url.Values{"label": {"Uwagi"}, "limit": {"-1"}}, "Odpowiedź może mieć od 1 do 4000 znaków.", func(q *survey.Question) bool { return q.Limit == -1 }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h.setDraft("osielsko", everything(t))
			a := p.live("/panel/ankieta/pytanie/"+tt.key, tt.form)
			body := strings.ReplaceAll(a.body, hardSpace, " ")
			_, told, found := strings.Cut(body, tt.told)
			if before, _, _ := strings.Cut(body, tt.told); a.StatusCode != 200 || !found || !strings.Contains(before[strings.LastIndex(before, "<"):], "data-fault>") || !strings.HasPrefix(told[strings.Index(told, "<"):], "</p>") {
				t.Errorf("save = %d; want 200 with %q at the field", a.StatusCode, tt.told)
			}
			if draft := h.draft("osielsko").Questionnaire; !tt.kept(draft.Question(tt.key)) {
				t.Errorf("question = %+v; want what was typed", draft.Question(tt.key))
			}
			if list := p.get("/panel/ankieta"); !strings.Contains(list.body, `class="ed-lacking">do `) {
				t.Error("the list does not say that there is something to mend")
			}
			if a := p.edit("/panel/ankieta/publikacja", url.Values{}); a.StatusCode != 422 {
				t.Errorf("publication = %d; want 422", a.StatusCode)
			}
		})
	}
}

// A form may be as long as a question can be; beyond that it is refused, in words.
func TestLongForms(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleAdministrator)
	h.setDraft("osielsko", everything(t))
	text := strings.Repeat("ї", survey.MaxRemark)
	whole, section, question := url.Values{}, url.Values{}, lines("options", survey.MaxOptions)
	for _, lang := range []string{"", ".en", ".uk"} {
		for _, field := range []string{"intro", "thanks"} {
			whole.Set(field+lang, text)
		}
		section.Set("help"+lang, text)
		for _, id := range question["options"] {
			question.Set("options."+id+".label"+lang, text[:2*survey.MaxLabel])
		}
	}
	for path, form := range map[string]url.Values{"tresc": whole, "sekcja/first": section, "pytanie/desk": question} {
		if a := p.edit("/panel/ankieta/"+path, form); a.StatusCode != 303 {
			t.Errorf("the longest form of %s = %d; want 303", path, a.StatusCode)
		}
	}
	before := h.draftJSON("osielsko")
	megabyte := strings.Repeat("a", 1<<20)
	for path, form := range map[string]url.Values{
		"tresc": {"title": {megabyte + megabyte}}, "pytanie/desk": {"label": {megabyte + megabyte}}, "uklad": {"do": {"up"}, "key": {"desk"}, "x": {megabyte}}, "pytanie/why": lines("options", linesRead+1),
	} {
		a := p.edit("/panel/ankieta/"+path, form)
		if a.StatusCode != 413 || !strings.Contains(a.body, "Prosimy skrócić wpisany tekst.") {
			t.Errorf("too long a form of %s = %d; want 413 in Polish", path, a.StatusCode)
		}
	}
	if h.draftJSON("osielsko") != before {
		t.Error("a refused form changed the draft")
	}
	h.setDraft("osielsko", everything(t))
	for i, key := range []string{"again", "overall", "face"} {
		want := []int{303, 303, 413}[i] // the draft as a whole has a limit too
		if a := p.edit("/panel/ankieta/pytanie/"+key, url.Values{"label": {megabyte[:900<<10]}}); a.StatusCode != want {
			t.Errorf("900 kB in %s = %d; want %d", key, a.StatusCode, want)
		}
	}
	if draft := h.draft("osielsko").Questionnaire; draft.Question("face").Label.PL != "Buźka" {
		t.Error("a draft of more than 2 MB was kept")
	}
}

// Whatever is typed is text on the page, in lists, forms, menus, sentences and what others are told.
func TestTypedTextIsText(t *testing.T) {
	h := start(t)
	p, other := h.logIn("osielsko", store.RoleAdministrator), h.logIn("osielsko", store.RoleAdministrator)
	const typed = `"><script>alert('1')</script></textarea><img src=x onerror=alert(2)>{{.CSRF}}`
	q := conditional(t, `, show_if: {all: [{question: desk, is: [usc]}, {question: quality, row: time, is: ["1"]}]}`)
	q.Languages = []string{survey.English}
	text := survey.Text{PL: typed, EN: typed, UK: typed}
	q.Title, q.Intro, q.Thanks = text, text, text
	for i := range q.Sections {
		q.Sections[i].Title, q.Sections[i].Help = text, text
	}
	for _, question := range q.Questions() {
		question.Label, question.Help = text, text
		for i := range question.Options {
			question.Options[i].Label, question.Options[i].Help = text, text
		}
		for i := range question.Rows {
			question.Rows[i].Label = text
		}
		for i := range pointsOf(question.Scale) {
			question.Scale.Points[i].Label = text
		}
	}
	q.Question("minutes").Unit = text
	h.setDraft("osielsko", q)
	paths := []string{"", "?p=-", "?s=b", "?p=desk", "?p=minutes", "?p=quality", "?p=pairs", "?p=details", "?p=" + url.QueryEscape(typed), "?s=" + url.QueryEscape(typed)}
	for _, path := range paths {
		page := p.get("/panel/ankieta" + path)
		if page.StatusCode != 200 || !strings.Contains(page.body, "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;") {
			t.Errorf("%s = %d; want the text on it", path, page.StatusCode)
		}
		for _, bad := range []string{"<script>alert", "<img src=x"} {
			if strings.Contains(page.body, bad) {
				t.Errorf("%s has %s in it", path, bad)
			}
		}
	}
	drawn := strconv.Itoa(h.draft("osielsko").Revision)
	p.post("/panel/ankieta/pytanie/desk", url.Values{"label": {typed + "1"}, "revision": {drawn}})
	for name, page := range map[string]*answer{
		"what others are told": other.live("/panel/ankieta/pytanie/why", url.Values{"label": {typed + "2"}, "revision": {drawn}}),
		"a conflict":           other.live("/panel/ankieta/pytanie/desk", url.Values{"label": {typed + "3"}, "revision": {drawn}}),
		"an undo":              p.live("/panel/ankieta/cofnij", url.Values{"p": {typed}, "s": {typed}}),
		"an error":             p.edit("/panel/ankieta/uklad", url.Values{"do": {typed}, "key": {typed}}),
	} {
		if strings.Contains(page.body, "<script>alert") || strings.Contains(page.body, "<img src=x") {
			t.Errorf("%s (%d) has markup that was typed", name, page.StatusCode)
		}
	}
}

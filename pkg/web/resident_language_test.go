package web

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
	"ocenaurzedu.eu/templates"
)

// locale reads the wordings of a file: a wording's plural forms by name, "" for the only one.
func locale(t *testing.T, file string) map[string]map[string]string {
	t.Helper()
	data, err := templates.Files.ReadFile("locales/" + file)
	if err != nil {
		t.Fatal(err)
	}
	var raw map[string]any
	if err := yaml.Unmarshal(data, &raw); err != nil {
		t.Fatal(err)
	}
	all := map[string]map[string]string{}
	for id, value := range raw {
		all[id] = map[string]string{}
		switch v := value.(type) {
		case string:
			all[id][""] = v
		case map[string]any:
			for form, wording := range v {
				all[id][form] = wording.(string)
			}
		}
	}
	return all
}

func TestLanguagesSayTheSame(t *testing.T) {
	polish, staff := locale(t, "pl.yaml"), locale(t, "panel.pl.yaml")
	for id := range staff {
		if _, both := polish[id]; both {
			t.Errorf("%s stands in both Polish files", id)
		}
	}
	placeholder := regexp.MustCompile(`\{\{\.\w+\}\}`)
	forms := map[string][]string{"pl": {"few", "many", "one", "other"}, "uk": {"few", "many", "one", "other"}, "en": {"one", "other"}}
	for _, lang := range []string{"pl", "en", "uk"} {
		texts := locale(t, lang+".yaml")
		if diff := cmp.Diff(slices.Sorted(maps.Keys(polish)), slices.Sorted(maps.Keys(texts))); diff != "" {
			t.Errorf("ids of %s.yaml (-pl +%s):\n%s", lang, lang, diff)
		}
		for id, wording := range texts {
			_, plain := polish[id][""]
			if want := forms[lang]; !plain && !slices.Equal(slices.Sorted(maps.Keys(wording)), want) || plain && !slices.Equal(slices.Sorted(maps.Keys(wording)), []string{""}) {
				t.Errorf("%s.yaml: %s has the forms %q", lang, id, slices.Sorted(maps.Keys(wording)))
			}
			for form, text := range wording {
				want := polish[id][""]
				if !plain {
					want = polish[id]["other"]
				}
				a, b := placeholder.FindAllString(text, -1), placeholder.FindAllString(want, -1)
				slices.Sort(a)
				slices.Sort(b)
				if text == "" || !slices.Equal(a, b) {
					t.Errorf("%s.yaml: %s %s has %q, want %q", lang, id, form, a, b)
				}
			}
		}
	}
}

// Every problem of the domain has its sentence, in Polish for the staff or in all languages for residents.
func TestProblemsHaveSentences(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "../survey/errors.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	polish, staff, n := locale(t, "pl.yaml"), locale(t, "panel.pl.yaml"), 0
	ast.Inspect(file, func(node ast.Node) bool {
		spec, ok := node.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if kind, ok := spec.Type.(*ast.Ident); ok && kind.Name == "Problem" {
			id := "problem_" + strings.Trim(spec.Values[0].(*ast.BasicLit).Value, `"`)
			if n++; polish[id] == nil && staff[id] == nil {
				t.Errorf("%s has no sentence", id)
			}
		}
		return true
	})
	if n < 30 {
		t.Errorf("%d problems found", n)
	}
}

func TestPluralsOfLanguages(t *testing.T) {
	v, err := newViews()
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		lang    string
		seconds int
		want    string
	}{
		{"pl", 1, "1 sekundę"}, {"pl", 22, "22 sekundy"}, {"pl", 12, "12 sekund"}, {"pl", 61, "2 minuty"}, {"en", 1, "1 second"}, {"en", 30, "30 seconds"}, {"en", 60, "1 minute"},
		{"uk", 1, "1 секунду"}, {"uk", 3, "3 секунди"}, {"uk", 11, "11 секунд"}, {"uk", 21, "21 секунду"}, {"uk", 300, "5 хвилин"},
	}
	for _, tt := range tests {
		if got, err := v.texts.wait(tt.lang, tt.seconds); words(got) != tt.want || err != nil {
			t.Errorf("wait(%s, %d) = %q, %v; want %q", tt.lang, tt.seconds, got, err, tt.want)
		}
	}
}

func TestLanguageOfTheAddress(t *testing.T) {
	h := startRules(t)
	tests := []struct{ path, lang, title, note string }{
		{"/", "pl", "Ankieta z warunkami", "Ankieta jest anonimowa"},
		{"/?lang=pl", "pl", "Ankieta z warunkami", "Ankieta jest anonimowa"},
		{"/?lang=en", "en", "Survey with rules", "The survey is anonymous"},
		{"/?lang=uk&p=okienko", "uk", "Анкета з умовами", "Анкета анонімна"},
		{"/?lang=de", "pl", "Ankieta z warunkami", "Ankieta jest anonimowa"},
		{"/?lang=EN", "pl", "Ankieta z warunkami", "Ankieta jest anonimowa"},
		{"/dziekujemy?lang=en", "en", "Many thanks.", "What happens to the answers"},
		{"/prywatnosc?lang=uk", "uk", "Приватність в анкеті", "Чого ми не зберігаємо"},
		{"/deklaracja-dostepnosci?lang=en", "en", `<div class="stack" lang="pl">`, "official document in Polish"},
		{"/nie-ma?lang=en", "en", "There is no such page", "Go to the survey"},
	}
	for _, tt := range tests {
		got := h.get("warunki", tt.path)
		for _, want := range []string{`<html lang="` + tt.lang + `">`, tt.title, tt.note, `lang="en" hreflang="en"`, `lang="uk" hreflang="uk"`, `>polski</a>`, `>English</a>`, `>українська</a>`} {
			if !strings.Contains(strings.ReplaceAll(got.body, hardSpace, " "), want) {
				t.Errorf("%s lacks %q", tt.path, want)
			}
		}
		if len(tags(got.body, "<a", `hreflang="`+tt.lang+`"`, `aria-current="true"`)) != 1 || strings.Count(got.body, "aria-current") != 1 {
			t.Errorf("%s: not one language is the current one", tt.path)
		}
		if cookies := got.Header.Values("Set-Cookie"); len(cookies) > 0 {
			t.Errorf("%s sets %q", tt.path, cookies)
		}
		for _, m := range links.FindAllStringSubmatch(got.body, -1) {
			own := strings.HasPrefix(m[1], "/") && !strings.HasPrefix(m[1], "/panel") && !strings.Contains(m[1], "lang=")
			if own && tt.lang != "pl" && !strings.Contains(got.body, `href="`+m[1]+`" lang="pl" hreflang="pl"`) {
				t.Errorf("%s: the link to %s forgets the language", tt.path, m[1])
			}
			if strings.Contains(tt.path, "okienko") && strings.HasPrefix(m[1], "/") && !strings.HasPrefix(m[1], "/panel") && !strings.Contains(m[1], "p=okienko") {
				t.Errorf("%s: the link to %s forgets the service point", tt.path, m[1])
			}
		}
	}
	if form := hidden(h.get("warunki", "/?lang=en&p=okienko").body); form.Get("_lang") != "en" || form.Get("_p") != "okienko" {
		t.Errorf("the form carries %v", form)
	}
	if body := h.get("warunki", "/?p=nie-ma%22%3E").body; strings.Contains(body, "nie-ma") {
		t.Error("an unknown service point is carried on")
	}
}

// A code leads to the survey in the phone's language, as far as it is offered; every other address is in Polish. Whoever
// then chooses another one keeps it.
func TestLanguageOfThePhone(t *testing.T) {
	h := startRules(t)
	tests := []struct{ path, accept, lang, vary string }{
		{"/?p=okienko", "", "pl", "Accept-Language"},
		{"/?p=okienko", "uk-UA,uk;q=0.9,ru;q=0.8,en;q=0.7", "uk", "Accept-Language"},
		{"/?p=okienko", "EN-us", "en", "Accept-Language"},
		{"/?p=okienko", "en-US,en;q=0.9,pl;q=0.8", "en", "Accept-Language"},
		{"/?p=okienko", "en;q=0.2, uk;q=0.7, pl;q=0.5", "uk", "Accept-Language"},
		{"/?p=okienko", "pl, en;q=0.9", "pl", "Accept-Language"},
		{"/?p=okienko", "en;q=0, uk;q=0.001", "uk", "Accept-Language"},
		{"/?p=okienko", "ru-RU,ru;q=0.9,uk;q=0.3", "uk", "Accept-Language"},
		{"/?p=okienko", "de-DE,de;q=0.9", "pl", "Accept-Language"},
		{"/?p=okienko", "de, *;q=0.5, en;q=0.4", "pl", "Accept-Language"},
		{"/?p=okienko", "en;q=najpierw", "pl", "Accept-Language"},
		{"/?p=okienko", strings.Repeat("x-", 1500), "pl", "Accept-Language"},
		{"/?p=nie-ma", "en", "en", "Accept-Language"},
		{"/?lang=auto", "en", "en", "Accept-Language"},
		{"/?lang=auto", "", "pl", "Accept-Language"},
		{"/?lang=pl&p=okienko", "en", "pl", ""},
		{"/?lang=uk&p=okienko", "en", "uk", ""},
		{"/?lang=xx&p=okienko", "en", "pl", ""},
		{"/", "en", "pl", ""},
		{"/dziekujemy", "en", "pl", ""},
		{"/prywatnosc?p=okienko", "en", "pl", ""},
	}
	for range 2 { // drawn, and kept
		for _, tt := range tests {
			r := h.request("warunki", tt.path, nil)
			if tt.accept != "" {
				r.Header.Set("Accept-Language", tt.accept)
			}
			got := h.do(r)
			if got.StatusCode != 200 || !strings.Contains(got.body, `<html lang="`+tt.lang+`">`) || got.Header.Get("Vary") != tt.vary {
				t.Errorf("%s for %.60q: %d, want %s, Vary %q: %q", tt.path, tt.accept, got.StatusCode, tt.lang, tt.vary, got.Header.Values("Vary"))
			}
		}
	}
	r := h.request("warunki", "/?p=okienko", nil)
	r.Header.Set("Accept-Language", "en")
	r.Header.Set("Accept-Encoding", "gzip")
	if got := h.do(r); !slices.Equal(got.Header.Values("Vary"), []string{"Accept-Encoding, Accept-Language"}) {
		t.Errorf("Vary of a packed form = %q", got.Header.Values("Vary"))
	}
	// the way back to Polish, and on from there
	r = h.request("warunki", "/?p=okienko", nil)
	r.Header.Set("Accept-Language", "en")
	if body := h.do(r).body; len(tags(body, "<a", `href="/?lang=pl&amp;p=okienko"`, `hreflang="pl"`)) != 1 || hidden(body).Get("_lang") != "en" || hidden(body).Get("_p") != "okienko" {
		t.Error("no way from the phone's language to Polish")
	}
	for _, path := range []string{"/?lang=pl&p=okienko", "/prywatnosc?lang=pl&p=okienko"} {
		r = h.request("warunki", path, nil)
		r.Header.Set("Accept-Language", "en")
		if body := h.do(r).body; len(tags(body, `class="brand"`, `href="/?lang=pl&amp;p=okienko"`)) != 1 {
			t.Errorf("%s: the link to the survey forgets that Polish was chosen", path)
		}
	}
	got := h.post("warunki", "/?lang=pl&p=okienko", merge(url.Values{"_lang": {"pl"}, "_p": {"okienko"}, "_key": {newKey()}}, happy()))
	if got.StatusCode != http.StatusSeeOther || got.Header.Get("Location") != "/dziekujemy" || h.count(`SELECT count(*) FROM submissions WHERE channel = 'qr'`) != 1 {
		t.Errorf("sent in Polish = %d to %q", got.StatusCode, got.Header.Get("Location"))
	}
}

func TestLanguageOfTheForm(t *testing.T) {
	h := startRules(t)
	drawn := h.form("warunki", "/?lang=uk", happy())
	with := func(more url.Values) url.Values { return merge(maps.Clone(drawn), more) }
	got := h.post("warunki", "/", with(url.Values{"recommend": {"99"}})) // the hidden field alone tells the language
	if got.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(got.body, `<html lang="uk">`) || !strings.Contains(got.body, "Будь ласка, виберіть одну") || !strings.Contains(got.body, `action="/?lang=uk"`) {
		t.Errorf("a fault in Ukrainian = %d: %s", got.StatusCode, got.body)
	}
	stay := with(url.Values{"_do": {doStay}, "_page": {"3"}})
	if got = h.post("warunki", "/?lang=en", stay); got.StatusCode != http.StatusOK || !strings.Contains(got.body, `<html lang="en">`) || hidden(got.body).Get("_lang") != "en" ||
		hidden(withoutTemplates(got.body)).Get("letters") != "no" || len(tags(got.body, `name="worth.hours.satisfaction"`, `value="3"`, "checked")) != 1 {
		t.Errorf("another language in the middle = %d, without the answers: %s", got.StatusCode, got.body)
	}
	if got = h.post("warunki", "/", with(url.Values{"recommend": {"9"}})); got.StatusCode != http.StatusSeeOther || got.Header.Get("Location") != "/dziekujemy?lang=uk" {
		t.Errorf("sent in Ukrainian = %d to %q", got.StatusCode, got.Header.Get("Location"))
	}
	if got = h.post("warunki", "/", with(url.Values{"_lang": {"de"}, "recommend": {"9"}})); got.Header.Get("Location") != "/dziekujemy" {
		t.Errorf("sent in a language that is not offered: to %q", got.Header.Get("Location"))
	}
	big := url.Values{"better": {strings.Repeat("a", 65<<10)}}.Encode()
	raw := h.raw(t, fmt.Sprintf("POST /?lang=en HTTP/1.1\nHost: warunki.localhost:PORT\nConnection: close\nContent-Type: application/x-www-form-urlencoded\nContent-Length: %d\n\n%s", len(big), big))
	if raw.StatusCode != http.StatusRequestEntityTooLarge || !strings.Contains(raw.body, "Please shorten the text") {
		t.Errorf("too much in English = %d: %q", raw.StatusCode, raw.body)
	}
	every := startEvery(t)
	for _, path := range []string{"/?lang=en", "/prywatnosc?lang=en"} {
		if body := every.get("wszystko", path).body; !strings.Contains(body, `<html lang="pl">`) || strings.Contains(body, "hreflang") || strings.Contains(body, `class="languages"`) || strings.Contains(body, "lang=en") {
			t.Errorf("%s of a survey in Polish alone offers languages", path)
		}
	}
}

// texts lists the words that the page shows in its own language.
const ownTexts = `(() => {
	const found = [], walk = document.createTreeWalker(document, NodeFilter.SHOW_TEXT);
	while (walk.nextNode()) {
		const e = walk.currentNode.parentElement;
		if (e && !e.closest("script, style, head, noscript") && e.closest("[lang]").lang === document.documentElement.lang) found.push(walk.currentNode.data);
	}
	for (const e of document.querySelectorAll("[aria-label], [data-send]")) found.push(e.ariaLabel ?? Object.values(e.dataset).join(" "));
	return found.join(" ");
})()`

var (
	word      = regexp.MustCompile(`\p{L}+`)
	notPolish = regexp.MustCompile(`^(PESEL|QR|IP|BIP|UODO|cookie|e|mail|kiosk|iod|warunki|example|n|N|do|to|a)$`) // words that other languages may share
)

// polishWords are the words that only Polish texts have, of ours and of the questionnaire.
func polishWords(t *testing.T, lang string) map[string]bool {
	t.Helper()
	q, err := survey.ParseQuestionnaire("rules.yaml", []byte(withRules))
	if err != nil {
		t.Fatal(err)
	}
	only := map[string]bool{}
	add := func(text string, is bool) {
		for _, w := range word.FindAllString(strings.ToLower(text), -1) {
			if is {
				only[w] = true
			} else {
				delete(only, w)
			}
		}
	}
	for _, file := range []string{"pl.yaml", lang + ".yaml"} {
		for _, forms := range locale(t, file) {
			for _, text := range forms {
				add(text, file == "pl.yaml")
			}
		}
	}
	for _, question := range q.Questions() {
		add(question.Label.PL, true)
		for _, r := range question.Rows {
			add(r.Label.PL, true)
		}
		for _, c := range question.Choices() {
			add(c.Label.PL, true)
		}
	}
	for _, question := range q.Questions() {
		add(question.Label.In(lang), false)
		for _, c := range question.Choices() {
			if c.Label.EN != "" {
				add(c.Label.In(lang), false)
			}
		}
	}
	return only
}

func TestNoPolishIsLeft(t *testing.T) {
	h, ctx := startRules(t), startBrowser(t)
	clerk := h.logIn("warunki", store.RoleEmployee)
	clerk.post(clerk.act(with(typedAction(), done("2026-03-01")...))+"/publikacja", with(revision(1), "do", "publish", "public_text", "Otworzyliśmy okienko podawcze."))
	for _, lang := range []string{survey.English, survey.Ukrainian} {
		polish := polishWords(t, lang)
		if len(polish) < 300 || !polish["dalej"] || !polish["uprzejmość"] {
			t.Fatalf("%d Polish words", len(polish))
		}
		const send = `document.querySelector("#wyslij").click(); true`
		for _, p := range []struct{ path, script string }{
			{"/?p=okienko&", ""}, {"/?p=okienko&", send}, {"/dziekujemy?", ""}, {"/dzialania?", ""}, {"/prywatnosc?", ""}, {"/deklaracja-dostepnosci?", ""}, {"/nie-ma?", ""},
		} {
			look(t, ctx, 1280, "light", h.address("warunki", p.path+"lang="+lang), p.script)
			text, err := chromedp.Run(ctx, chromedp.Evaluate[string](ownTexts))
			if err != nil || len(text) < 100 {
				t.Fatalf("%s: %v, %q", p.path, err, text)
			}
			for _, w := range word.FindAllString(text, -1) {
				foreign := polish[strings.ToLower(w)] || strings.ContainsAny(w, "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ") || lang == survey.Ukrainian && w[0] < 0x80
				if foreign && !notPolish.MatchString(w) {
					t.Errorf("%s in %s (%q): has %q", p.path, lang, p.script, w)
				}
			}
			marked, err := chromedp.Run(ctx, chromedp.Evaluate[string](`[...document.querySelectorAll("[lang=pl]")].map((e) => e.textContent).join(" | ")`))
			if err != nil || !strings.Contains(marked, "Urząd Gminy Warunki") || strings.HasPrefix(p.path, "/?p") && (!strings.Contains(marked, "okienko podawcze") || !strings.Contains(marked, "polski")) {
				t.Errorf("%s in %s: marked as Polish is %q (%v)", p.path, lang, marked, err)
			}
		}
	}
}

package web

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
	"ocenaurzedu.eu/tenants"
)

// upload sends a file, or text if there is no file, as the form of the library does.
func (p *person) upload(path string, file []byte, fields url.Values) *answer {
	p.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	fields.Set("_csrf", p.csrf())
	if !fields.Has("revision") {
		fields.Set("revision", strconv.Itoa(p.draft(p.slug).Revision))
	}
	for name, values := range fields {
		if err := form.WriteField(name, values[0]); err != nil {
			p.t.Fatal(err)
		}
	}
	part, err := form.CreateFormFile("plik", "ankieta.yaml")
	if err == nil {
		_, err = part.Write(file)
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		p.t.Fatal(err)
	}
	r := p.request(p.slug, path, url.Values{})
	r.Body, r.ContentLength = nil, 0
	r, err = http.NewRequest(http.MethodPost, r.URL.String(), &body)
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.AddCookie(p.cookie)
	return p.do(r)
}

func TestLibraryOffersWhatWeShip(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleAdministrator)
	page := words(p.get("/panel/ankieta/biblioteka").body)
	hold(t, "the library", page, "Ankieta badania satysfakcji Klienta", "13 pytań, w tabelach 20 ocen, około 4 minut", "Krótka ankieta o obsłudze w urzędzie", "7 pytań, mniej niż minuta",
		"Języki: polski, angielski i ukraiński", `href="/panel/ankieta/wersje/1#przywroc"`, "Wczytaj do szkicu")
	files, err := fs.Glob(tenants.Files, "questionnaires/*.yaml")
	if err != nil || len(files) < 5 {
		t.Fatalf("shipped: %v, %v", files, err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		q := h.questionnaire(filepath.Base(file))
		item, err := h.web.shippedOf(name)
		if err != nil || item.About == "" || !strings.Contains(page, words(item.About)) {
			t.Errorf("%s has no sentence in the library: %+v, %v", file, item.About, err)
		}
		hold(t, file, words(p.get("/panel/ankieta/biblioteka/"+name).body), words(q.Title.PL), `src="/panel/ankieta/biblioteka/`+name+`/podglad"`, "Strona 1 z", "Użyj jako szkicu")
		hold(t, file, words(p.get("/panel/ankieta/biblioteka/"+name+"/podglad").body), words(q.Title.PL), words(q.Questions()[0].Label.PL))
	}
	for _, path := range []string{"nic", "nic/podglad", "..%2Foffices%2Fosielsko", "default.yaml"} {
		if a := p.get("/panel/ankieta/biblioteka/" + path); a.StatusCode != 404 {
			t.Errorf("GET %s = %d, want 404", path, a.StatusCode)
		}
	}
}

func TestLibraryMustBeReadable(t *testing.T) {
	broken := fstest.MapFS{"a.yaml": {Data: []byte("key: a\nnote: x\n")}}
	if _, err := readLibrary(broken); err == nil || !strings.Contains(err.Error(), `a.yaml:2:1: unknown field "note"`) {
		t.Errorf("readLibrary = %v, want the file's fault", err)
	}
	if all, err := readLibrary(nil); all != nil || err != nil {
		t.Errorf("readLibrary(nil) = %v, %v", all, err)
	}
}

func TestShippedQuestionnaireBecomesTheDraft(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleAdministrator)
	key := h.draft("osielsko").Questionnaire.Key
	for _, bad := range []url.Values{{"name": {"nic"}}, {}} {
		if a := p.edit("/panel/ankieta/biblioteka", bad); a.StatusCode != 404 {
			t.Errorf("using %v = %d, want 404", bad, a.StatusCode)
		}
	}
	if a := p.edit("/panel/ankieta/biblioteka", url.Values{"name": {"short"}, "revision": {"0"}}); a.StatusCode != 409 {
		t.Errorf("using one over somebody's changes = %d, want 409", a.StatusCode)
	}
	if a := p.edit("/panel/ankieta/biblioteka", url.Values{"name": {"short"}}); a.StatusCode != 303 || a.Header.Get("Location") != "/panel/ankieta" {
		t.Fatalf("using one = %d to %q", a.StatusCode, a.Header.Get("Location"))
	}
	q := h.draft("osielsko").Questionnaire
	if diff := survey.Diff(h.questionnaire("short.yaml"), &q); len(diff) != 0 || q.Key != key {
		t.Errorf("the draft, of the key %s, differs from what was chosen: %v", q.Key, diff)
	}
	if edit, err := h.scope("osielsko").LastEdit(context.Background(), p.login, h.clock.now().AddDate(0, 0, -1)); err != nil || len(edit.Before.Questions()) != 13 {
		t.Errorf("the edit can't be taken back: %v", err)
	}
	hold(t, "the history", words(p.get("/panel/ankieta/wersje").body), "użyto gotowej ankiety „Krótka ankieta o obsłudze w urzędzie”: ")
}

// What is exported comes in again as it was, be it sent as a file or pasted: the shipped ones, those of twelve offices,
// and one with everything.
func TestExportRoundTrips(t *testing.T) {
	h := startEvery(t)
	p := h.logIn("wszystko", store.RoleAdministrator)
	all := map[string][]byte{"every.yaml": []byte(everyKind)}
	for _, pattern := range []string{"testdata/questionnaires/*.yaml", "../../tenants/questionnaires/*.yaml"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) < 5 {
			t.Fatalf("%s: %d files, %v", pattern, len(files), err)
		}
		for _, file := range files {
			if all[filepath.Base(file)], err = os.ReadFile(file); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, data := range all {
		if a := p.upload(importPath, data, url.Values{}); a.StatusCode != 303 || a.Header.Get("Location") != "/panel/ankieta" {
			t.Fatalf("%s: import = %d to %q", name, a.StatusCode, a.Header.Get("Location"))
		}
		before := h.draft("wszystko").Questionnaire
		out := p.get("/panel/ankieta/ankieta.yaml")
		if out.StatusCode != 200 || !strings.HasPrefix(out.Header.Get("Content-Type"), "application/yaml") ||
			!strings.HasPrefix(out.Header.Get("Content-Disposition"), `attachment; filename="ankieta-wszystko-szkic.yaml"`) {
			t.Fatalf("%s: export = %d %v", name, out.StatusCode, out.Header)
		}
		p.change("", "", func(q *survey.Questionnaire) { *q = survey.Questionnaire{Key: q.Key} })
		if a := p.upload(importPath, nil, url.Values{"tekst": {out.body}}); a.StatusCode != 303 {
			t.Fatalf("%s: import of the export = %d", name, a.StatusCode)
		}
		if diff := cmp.Diff(before, h.draft("wszystko").Questionnaire); diff != "" {
			t.Errorf("%s (-before +after):\n%s", name, diff)
		}
	}
	out := h.logIn("osielsko", store.RoleSupervisor).get("/panel/ankieta/wersje/1/ankieta.yaml")
	q, err := survey.ParseQuestionnaire("v1.yaml", []byte(out.body))
	if err != nil || len(survey.Diff(h.questionnaire("default.yaml"), q)) != 0 || !strings.Contains(out.Header.Get("Content-Disposition"), "ankieta-osielsko-v1.yaml") {
		t.Errorf("version 1 as a file: %v, %s", err, out.Header.Get("Content-Disposition"))
	}
}

// Faults of a file are told with line and path in Polish, and nothing changes.
func TestImportTellsWhatToMend(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleAdministrator)
	before := h.draft("osielsko")
	const head = "key: a\ntitle: T\nsections:\n- key: s\n  title: S\n  questions:\n  - key: q\n    kind: yesno\n    label: Q\n" // line 7
	tests := []struct{ name, file, want string }{
		{"unknown field", head + "    lable: x\n", "wiersz 10, kolumna 5: nieznane pole »lable« – czy chodziło o »label«? (sections[0].questions[0].lable)"},
		{"field of nowhere", "kolor: x\n", "wiersz 1, kolumna 1: nieznane pole »kolor« (kolor)"},
		{"field twice", "key: a\nkey: b\n", "wiersz 2, kolumna 1: pole »key« występuje drugi raz"},
		{"not a number", head + "    limit: dużo\n", "wiersz 10, kolumna 12: powinna tu stać liczba (sections[0].questions[0].limit)"},
		{"not a flag", head + "    required: tak\n", "powinno tu stać true (tak) albo false (nie)"},
		{"not a list", head + "    options: a\n", "powinna tu stać lista"},
		{"not a text", "key: a\ntitle: [T]\n", "wiersz 2, kolumna 8: powinien tu stać tekst (title)"},
		{"not a mapping", "- a\n", "wiersz 1, kolumna 1: powinny tu stać pola z wartościami"},
		{"no bracket", "key: [a\n", "wiersz 1, kolumna 6: brakuje zamykającego nawiasu »]«"},
		{"no brace", "key: {a: b\n", "brakuje zamykającego nawiasu »}«"},
		{"no quotes", "key: 'a\n", "brakuje zamykającego cudzysłowu"},
		{"colon", "key: a: b\n", "dwukropek w niewłaściwym miejscu"},
		{"tab", "key: a\n\ttitle: x\n", "zamiast tabulatora prosimy użyć spacji"},
		{"alias", "key: *a\n", "odwołanie »*« do czegoś, czego wcześniej w pliku nie ma"},
		{"other syntax", "key: @a\n", "tego zapisu nie da się odczytać"},
		{"comment only", "# nic\n", "W pliku nic nie ma."},
		{"two", head + "---\n" + head, "więcej niż jedna ankieta"},
		{"a bomb", "key: " + strings.Repeat("[", 5000), "zapis jest zbyt złożony"},
		{"a picture", "\x89PNG\r\n\x1a\n\x00\x00", "powinny tu stać pola z wartościami"},
		{"bad key", head + "  - {key: Q 2, kind: nps, label: Q}\n", "wiersz 10: Identyfikator może mieć tylko małe litery"},
		{"key twice", head + "  - {key: q, kind: nps, label: Q}\n", "wiersz 10: Ten identyfikator jest już użyty. Prosimy wpisać inny. (sections[0].questions[1].key)"},
		{"unknown kind", head + "  - key: r\n    label: R\n    kind: slider\n", "wiersz 12: Nieznany rodzaj pytania. (sections[0].questions[1].kind)"},
		{"skip to nowhere", head + "    skip: [{is: [yes], to: nic}]\n", "sections[0].questions[0].skip[0].to"},
		{"nothing", "", "Prosimy wybrać plik albo wkleić jego treść."},
		{"blanks", " \n\n", "Prosimy wybrać plik albo wkleić jego treść."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, a := range []*answer{p.upload(importPath, []byte(tt.file), url.Values{}), p.upload(importPath, nil, url.Values{"tekst": {tt.file}}),
				p.edit(importPath, url.Values{"tekst": {tt.file}})} {
				if a.StatusCode != http.StatusUnprocessableEntity {
					t.Errorf("import = %d, want 422", a.StatusCode)
				}
				hold(t, "the page", words(a.body), "Pliku nie wczytano", words(tt.want))
			}
		})
	}
	if after := h.draft("osielsko"); after.Revision != before.Revision {
		t.Error("a refused file changed the draft")
	}
	pasted := p.upload(importPath, nil, url.Values{"tekst": {"key: <a>\n\ttitle"}})
	hold(t, "the page", pasted.body, "key: &lt;a&gt;\n\ttitle</textarea>", "<details open>")
	conflict := p.upload(importPath, nil, url.Values{"tekst": {head}, "revision": {"0"}})
	if hold(t, "the page", words(conflict.body), "W międzyczasie szkic się zmienił", "kind: yesno"); conflict.StatusCode != http.StatusConflict {
		t.Errorf("import over somebody's changes = %d, want 409", conflict.StatusCode)
	}
	many := head
	for i := range 30 {
		many += fmt.Sprintf("  - {key: q, kind: nps, label: %d}\n", i)
	}
	hold(t, "the page", words(p.upload(importPath, []byte(many), url.Values{}).body), "…oraz 10 innych błędów")
}

// A draft need not be complete: what the editor can mend comes in, with a warning.
func TestImportOfWhatIsIncomplete(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleAdministrator)
	const file = "key: a\ntitle: T\nsections:\n- key: s\n  title: S\n  questions:\n  - key: q\n    kind: single\n"
	a := p.upload(importPath, []byte(file), url.Values{})
	if a.StatusCode != 303 || a.Header.Get("Location") != "/panel/ankieta/biblioteka?wczytano=1" {
		t.Fatalf("import = %d to %q", a.StatusCode, a.Header.Get("Location"))
	}
	hold(t, "the page", words(p.get("/panel/ankieta/biblioteka?wczytano=1").body), "Ankieta z&nbsp;pliku jest w&nbsp;szkicu",
		`<a href="/panel/ankieta?p=q">Pytanie 1</a>: Prosimy wpisać treść po polsku.`, `Przejdź do edytora`)
	if q := h.draft("osielsko").Questionnaire.Question("q"); q == nil || q.Kind != survey.KindSingle {
		t.Errorf("the draft has %+v", q)
	}
}

// Files have a limit of their own, and one address.
func TestImportHasLimits(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleAdministrator)
	comment := func(n int) []byte {
		return append([]byte("key: a\ntitle: T\nsections: [{key: s, title: S, questions: [{key: q, kind: nps, label: Q}]}]\n"), bytes.Repeat([]byte("#\n"), n/2)...)
	}
	for _, tt := range []struct {
		size, want int
	}{{bodyLimit * 2, 303}, {1<<20 - 200, 303}, {1<<20 + 10, 413}, {1<<20 + bodyLimit + 10, 413}, {5 << 20, 413}} {
		a := p.upload(importPath, comment(tt.size), url.Values{})
		if a.StatusCode != tt.want || tt.want == 413 && !strings.Contains(words(a.body), "Plik jest większy niż 1 MB") {
			t.Errorf("a file of %d bytes = %d, want %d with the reason: %.200s", tt.size, a.StatusCode, tt.want, a.body)
		}
	}
	for _, path := range []string{"/panel/ankieta/biblioteka", "/panel/ankieta/publikacja", "/panel/urzad", "/", importPath + "/", importPath + "?a=b&x=" + strings.Repeat("x", 10)} {
		if a := p.upload(path, []byte("key: a"), url.Values{}); a.StatusCode != 415 && a.StatusCode != 404 && !strings.HasPrefix(path, importPath+"?") {
			t.Errorf("a file at %s = %d, want 415", path, a.StatusCode)
		}
	}
	big := url.Values{"name": {strings.Repeat("x", bodyLimit)}}
	if a := p.post("/panel/urzad", big); a.StatusCode != 413 {
		t.Errorf("a form of 64 KiB = %d, want 413", a.StatusCode)
	}
	employee := h.logIn("osielsko", store.RoleEmployee)
	if a := employee.upload(importPath, comment(10), url.Values{}); a.StatusCode != 403 {
		t.Errorf("an employee's file = %d, want 403", a.StatusCode)
	}
	other := h.logIn("dobrcz", store.RoleAdministrator)
	other.slug = "osielsko" // their cookie at another office
	if a := other.upload(importPath, comment(10), url.Values{}); a.StatusCode != 303 || a.Header.Get("Location") != "/panel/logowanie" {
		t.Errorf("another office's file = %d to %q", a.StatusCode, a.Header.Get("Location"))
	}
	stale := p.csrf()
	p.hash = []byte("x")
	if a := p.upload(importPath, comment(10), url.Values{}); a.StatusCode != 403 {
		t.Errorf("a file without the session's token (%s) = %d, want 403", stale[:3], a.StatusCode)
	}
}

// What was pasted survives an outage of the database.
func TestImportSurvivesAnOutage(t *testing.T) {
	h, pg := startFragile(t)
	p := h.logIn("osielsko", store.RoleAdministrator)
	if err := pg.StopImmediate(); err != nil {
		t.Fatal(err)
	}
	a := p.upload(importPath, nil, url.Values{"tekst": {"key: <ankieta>"}, "revision": {"1"}})
	if a.StatusCode != 503 || !strings.Contains(a.body, `name="tekst" value="key: &lt;ankieta&gt;"`) || !strings.Contains(a.body, `enctype="multipart/form-data"`) {
		t.Errorf("an import while the database is away = %d %s; want 503 with the form to send again", a.StatusCode, a.body)
	}
}

// A clerk takes a file of another office and reads what is wrong with it, at the keyboard.
func TestImportInTheBrowser(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleAdministrator)
	file := filepath.Join(t.TempDir(), "ankieta.yaml")
	good, err := os.ReadFile("testdata/questionnaires/krosno.yaml")
	if err != nil {
		t.Fatal(err)
	}
	write := func(data []byte) {
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(append(good, "lable: x\n"...))
	k := sitDown(t, p, "/panel/ankieta/biblioteka")
	k.do(chromedp.SetUploadFiles(chromedp.ID("plik"), []string{file}))
	k.load(422, chromedp.Click(button("Wczytaj do szkicu")))
	k.see("Pliku nie wczytano", "nieznane pole »lable« – czy chodziło o »label«?", "Szkic się nie zmienił")
	k.wait(`document.activeElement.className === "errors"`)
	write(good)
	k.do(chromedp.SetUploadFiles(chromedp.ID("plik"), []string{file}))
	k.load(200, chromedp.Click(button("Wczytaj do szkicu")))
	if at := k.read(`location.pathname`); at != "/panel/ankieta" {
		t.Errorf("after the file on %s", at)
	}
	want, err := survey.ParseQuestionnaire("krosno.yaml", good)
	if err != nil {
		t.Fatal(err)
	}
	got := h.draft("osielsko").Questionnaire
	if diff := survey.Diff(want, &got); len(diff) != 0 {
		t.Errorf("the draft differs from the file: %v", diff)
	}
}

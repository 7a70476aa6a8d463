package web

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"ocenaurzedu.eu/pkg/sheet"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

func TestPrintSheets(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleEmployee)
	version := publishedID(t, h, "osielsko")
	tests := []struct{ copies, version, says string }{
		{"0", "", "od 1 do 500"}, {"501", "", "od 1 do 500"}, {"-3", "", "od 1 do 500"}, {"wiele", "", "od 1 do 500"}, {"", "", "od 1 do 500"},
		{"5", "999999", "wybrać wersję"}, {"5", "x", "wybrać wersję"}, {"5", strconv.FormatInt(publishedID(t, h, "dobrcz"), 10), "wybrać wersję"},
	}
	for _, tt := range tests {
		got := p.post("/panel/wydruk", url.Values{"copies": {tt.copies}, "version": {tt.version}})
		if got.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(got.body, tt.says) {
			t.Errorf("%q copies of version %q: %d, want 422 with %q", tt.copies, tt.version, got.StatusCode, tt.says)
		}
	}
	if n := h.count(`SELECT count(*) FROM prints`); n != 0 {
		t.Fatalf("runs after refusals = %d, want 0: serials must not be lost", n)
	}
	first := p.post("/panel/wydruk", url.Values{"copies": {"2"}})
	second := p.post("/panel/wydruk", url.Values{"copies": {"1"}, "version": {strconv.FormatInt(version, 10)}})
	for i, got := range []*answer{first, second} {
		if got.StatusCode != http.StatusOK || got.Header.Get("Content-Type") != "application/pdf" {
			t.Fatalf("print %d: %d, %s", i, got.StatusCode, got.Header.Get("Content-Type"))
		}
	}
	want := `attachment; filename="ankieta-osielsko-v1-0001-0002.pdf"; filename*=UTF-8''Ankieta%20%E2%80%93%20Urz%C4%85d%20Gminy%20Osielsko%20%E2%80%93%20wersja%201%20%E2%80%93%20arkusze%200001%E2%80%930002.pdf`
	if got := first.Header.Get("Content-Disposition"); got != want {
		t.Errorf("Content-Disposition = %s\nwant %s", got, want)
	}
	if got := second.Header.Get("Content-Disposition"); !strings.Contains(got, "v1-0003-0003.pdf") {
		t.Errorf("Content-Disposition of the next run = %s, want serial 3", got)
	}
	text := pdfText(t, first.body)
	for serial := range uint32(2) {
		short := sheet.Code{Tenant: h.ids["osielsko"], Version: version, Page: 1, Serial: serial + 1}.Short()
		if !strings.Contains(text, short[:5]+" "+short[5:9]+" "+short[9:]) {
			t.Errorf("the PDF lacks the code of sheet %d", serial+1)
		}
	}
	for _, part := range []string{"Urząd Gminy Osielsko", "Ankieta badania satysfakcji Klienta", "Uprzejmość i kultura rozmowy"} {
		if !strings.Contains(text, part) {
			t.Errorf("the PDF lacks %q", part)
		}
	}
}

// A version that was published when there was but one sheet is printed in any language and size, from what was frozen first.
func TestPrintSheetsInLanguagesAndSizes(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleEmployee)
	version := publishedID(t, h, "osielsko")
	form := p.get("/panel/wydruk").body
	hold(t, "the form", form, `name="lang" value="pl" checked`, `name="lang" value="uk"`, `name="size" value="normal" checked`, `name="duplex" value="1" checked`)
	if n := h.count(`SELECT count(*) FROM version_sheets`); n != 0 {
		t.Fatalf("%d layouts frozen before anything is printed, want 0", n)
	}
	got := p.post("/panel/wydruk", url.Values{"copies": {"2"}, "lang": {"uk"}, "size": {"large"}, "duplex": {"1"}})
	if got.StatusCode != http.StatusOK {
		t.Fatalf("print = %d", got.StatusCode)
	}
	hold(t, "Content-Disposition", got.Header.Get("Content-Disposition"), "ankieta-osielsko-v1-uk-duzy-druk-0001-0002.pdf", "po%20ukrai%C5%84sku%20%E2%80%93%20du%C5%BCy%20druk")
	text := pdfText(t, got.body)
	short := sheet.Code{Tenant: h.ids["osielsko"], Version: version, Page: 1, Serial: 2, Format: "F"}.Short()
	hold(t, "the sheet", text, "Просимо поставити хрестик", "сторінка 7 з 7", "Urząd Gminy Osielsko", short[:5]+" "+short[5:9]+" "+short[9:])
	if n := strings.Count(text, "\f"); n != 15 {
		t.Errorf("%d pages, want two sheets of 7 with a blank back between", n)
	}
	if n := strings.Count(pdfText(t, p.post("/panel/wydruk", url.Values{"copies": {"2"}, "lang": {"uk"}, "size": {"large"}}).body), "\f"); n != 14 {
		t.Errorf("%d pages on one side, want 14", n)
	}
	if n := h.count(`SELECT count(*) FROM version_sheets WHERE format = 'F'`); n != 1 {
		t.Errorf("%d layouts frozen, want 1", n)
	}
	hold(t, "more than fit into a file", words(p.post("/panel/wydruk", url.Values{"copies": {"300"}, "lang": {"uk"}, "size": {"large"}}).body), "ma 7 stron, więc", "najwyżej 214")
	for _, bad := range []url.Values{{"copies": {"1"}, "lang": {"de"}}, {"copies": {"1"}, "lang": {""}, "version": {"9999"}}} {
		if a := p.post("/panel/wydruk", bad); a.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%v = %d, want 422", bad, a.StatusCode)
		}
	}
	hold(t, "a language that the version lacks", words(p.post("/panel/wydruk", url.Values{"copies": {"1"}, "lang": {"de"}, "size": {"large"}}).body),
		"nie ma treści w tym języku", `name="size" value="large" checked`)
	if n := h.count(`SELECT count(*) FROM prints`); n != 2 {
		t.Errorf("%d runs, want 2: none of what was refused", n)
	}
}

// What fits on paper in normal print alone can be published, and the checklist says so.
func TestChecklistTellsWhichSheetsThereWillNotBe(t *testing.T) {
	q := &survey.Questionnaire{Key: "long", Title: survey.PL("Długa"), Languages: []string{survey.English}}
	section := survey.Section{Key: "s", Title: survey.PL("Uwagi")}
	for i := range 160 {
		section.Questions = append(section.Questions, survey.Question{Key: "q" + strconv.Itoa(i), Kind: survey.KindText, Short: true, Label: survey.PL("Jednym słowem")})
	}
	q.Sections = []survey.Section{section}
	if c := checkSheet(q); c.State != checkWarn || !strings.Contains(c.Text, "Nie będzie arkuszy, które byłyby dłuższe: polski, duży druk; angielski, duży druk.") {
		t.Errorf("check of 160 lines = %+v", c)
	}
	q.Sections[0].Questions = q.Sections[0].Questions[:10]
	if c := checkSheet(q); c.State != checkDone || strings.Contains(c.Text, "Nie będzie") {
		t.Errorf("check of 10 lines = %+v", c)
	}
}

// Whatever the language of a sheet, its code leads to the same version.
func TestCodeOfAnyFormat(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleEmployee)
	version := publishedID(t, h, "osielsko")
	where := openPaperBatch(t, p, url.Values{"day": {"2026-03-10"}})
	p.post("/panel/wydruk", url.Values{"copies": {"6"}, "lang": {"en"}})
	for i, format := range []string{"A", "B", "C", "D", "E", "F"} {
		code := sheet.Code{Tenant: h.ids["osielsko"], Version: version, Page: 1, Serial: uint32(i + 1), Format: format}
		for _, typed := range []string{code.Short(), code.Encode()} {
			hold(t, "code "+typed, p.get(where+"/kod?kod="+typed).body, `"fits":true`)
		}
	}
}

func pdfText(t *testing.T, pdf string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "sheet.pdf")
	if err := os.WriteFile(file, []byte(pdf), 0o600); err != nil {
		t.Fatal(err)
	}
	text, err := exec.Command("pdftotext", "-layout", file, "-").Output()
	if err != nil {
		t.Fatalf("pdftotext: %v", err)
	}
	return string(text)
}

func TestBanner(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleSupervisor)
	r := p.request("osielsko", "/panel/baner", nil)
	r.AddCookie(p.cookie)
	r.Header.Set("X-Forwarded-Host", "zly.example")
	page := p.do(r)
	home := h.web.Site.Address("osielsko") + "/"
	for _, part := range []string{`&lt;a href=&#34;` + home + `&#34;&gt;`, `<a href="` + home + `"><svg`, "aria-label=\"Oceń Urząd – ankieta dla mieszkańców, Urząd Gminy Osielsko\"",
		`href="/panel/baner/qr/strona.svg" download="qr-osielsko.svg"`, `width="240"`, `width="150"`} {
		if !strings.Contains(page.body, part) {
			t.Errorf("the page lacks %s", part)
		}
	}
	if strings.Contains(page.body, "zly.example") {
		t.Error("the page tells an address from the request")
	}
	snippet := newBanner("x", home, survey.Office{Name: `"><script>`, Colour: "#ffff00"}, 150, 50).Snippet
	for _, word := range []string{"<script", "style=", "#ffff00", "class="} {
		if strings.Contains(snippet, word) {
			t.Errorf("the snippet has %s: %s", word, snippet)
		}
	}
	points, err := h.scope("osielsko").ServicePoints(context.Background())
	if err != nil || len(points) == 0 {
		t.Fatalf("ServicePoints = %v, %v", points, err)
	}
	for _, name := range []string{"strona", points[0].Code} {
		svg, png := p.get("/panel/baner/qr/"+name+".svg"), p.get("/panel/baner/qr/"+name+".png")
		want := home + "?lang=auto"
		if name != "strona" {
			want = home + "?p=" + name
		}
		if svg.Header.Get("Content-Type") != "image/svg+xml" || !strings.Contains(svg.body, `aria-label="QR: `+want+`"`) {
			t.Errorf("%s.svg is no QR of %s", name, want)
		}
		if png.Header.Get("Content-Type") != "image/png" || !strings.HasPrefix(png.body, "\x89PNG") {
			t.Errorf("%s.png is no PNG", name)
		}
	}
	for _, name := range []string{"nic.svg", "strona.gif", "strona", ".svg"} {
		if got := p.get("/panel/baner/qr/" + name); got.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d, want 404", name, got.StatusCode)
		}
	}
}

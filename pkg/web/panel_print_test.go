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

package web

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

var (
	loads = regexp.MustCompile(`<(?:link|script|img|form|iframe|source|object|embed|use)\b[^>]*?\b(?:href|src|action|data|srcset)="([^"]*)"`)
	links = regexp.MustCompile(`<a\b[^>]*\bhref="([^"]*)"`)
	ids   = regexp.MustCompile(`\bid="([^"]*)"`)
	refs  = regexp.MustCompile(`\b(?:for|aria-labelledby|aria-describedby)="([^"]*)"|href="#([^"]*)"`)
)

// pagesOf returns residents' pages of an office by name.
func (h *harness) pagesOf(slug string) map[string]string {
	h.t.Helper()
	pages := map[string]string{"with errors": h.post(slug, "/", url.Values{"_key": {newKey()}, "minutes": {"x"}, "quality.polite": {"9"}}).body}
	for _, path := range []string{"/", "/dziekujemy", "/prywatnosc", "/deklaracja-dostepnosci", "/nie-ma"} {
		pages[path] = h.get(slug, path).body
	}
	return pages
}

func TestPagesHoldTogether(t *testing.T) {
	h := startEvery(t)
	for _, slug := range []string{"osielsko", "wszystko"} {
		for name, body := range h.pagesOf(slug) {
			for _, m := range loads.FindAllStringSubmatch(body, -1) {
				if !strings.HasPrefix(m[1], "/") || strings.HasPrefix(m[1], "//") {
					t.Errorf("%s %s loads %q", slug, name, m[1])
				}
			}
			for _, m := range links.FindAllStringSubmatch(body, -1) {
				own := strings.HasPrefix(m[1], "/") && !strings.HasPrefix(m[1], "//") || strings.HasPrefix(m[1], "#") || strings.HasPrefix(m[1], h.web.Site.Address(slug)) ||
					strings.HasPrefix(m[1], "mailto:") || strings.HasPrefix(m[1], "tel:")
				if !own && m[1] != "https://bip.brpo.gov.pl" {
					t.Errorf("%s %s leads to %q", slug, name, m[1])
				}
			}
			checkIDs(t, slug+" "+name, body)
			checkWords(t, slug+" "+name, body)
		}
	}
}

// checkIDs finds ids that stand twice and references to ids that aren't there.
func checkIDs(t *testing.T, name, body string) {
	t.Helper()
	seen := map[string]bool{}
	for _, m := range ids.FindAllStringSubmatch(body, -1) {
		if seen[m[1]] {
			t.Errorf("%s: id %q stands twice", name, m[1])
		}
		seen[m[1]] = true
	}
	for _, m := range refs.FindAllStringSubmatch(body, -1) {
		for _, id := range strings.Fields(m[1] + " " + m[2]) {
			if !seen[id] {
				t.Errorf("%s: refers to id %q, which isn't there", name, id)
			}
		}
	}
}

var offlineScript = regexp.MustCompile(`<script type="module" src="/assets/offline\.js\?v=[0-9a-f]{12}"></script>`)

// checkWords finds what must not be in a resident's page.
func checkWords(t *testing.T, name, body string) {
	t.Helper()
	body = offlineScript.ReplaceAllString(body, "") // the one that a survey and its thanks may have
	for _, word := range []string{"style=", "<style", "onclick", "<script", "javascript:", "ZgotmplZ", "&lt;no value", "<no value", "%!", "<nil>", "Dobrcz", "cdn", "fonts.g", "gravatar", "analytics",
		"Content-Length", "TODO", "Lorem", "%v", "pq:", "0001-01-01", " %) "} {
		if strings.Contains(body, word) {
			t.Errorf("%s: has %q", name, word)
		}
	}
	for _, must := range []string{`<html lang="pl">`, `href="/deklaracja-dostepnosci">Deklaracja dostępności</a>`, `class="skip" href="#tresc"`, `<meta name="viewport"`, "<h1"} {
		if n := strings.Count(body, must); n != 1 {
			t.Errorf("%s: has %q %d times, want once", name, must, n)
		}
	}
}

func TestSurveyTellsFirstWhatIsKept(t *testing.T) {
	h := startEvery(t)
	body := h.get("osielsko", "/").body
	clause, first := strings.Index(body, "Ankieta jest anonimowa"), strings.Index(body, "<fieldset")
	if clause < 0 || first < clause {
		t.Errorf("the clause stands at %d, the first question at %d", clause, first)
	}
	for _, words := range []string{"iod@osielsko.example", "Urząd Gminy Osielsko", "dobrowolny", "cookie"} {
		if at := strings.Index(body[clause:], words); at < 0 || clause+at > first {
			t.Errorf("the clause lacks %q", words)
		}
	}
	if strings.Contains(h.get("wszystko", "/").body, "Kontakt w sprawie") {
		t.Error("an office without a data protection officer shows a contact")
	}
	if full := h.get("wszystko", "/prywatnosc").body; !strings.Contains(full, "nie podał jeszcze kontaktu") {
		t.Error("the full clause does not own up to the missing contact")
	}
}

func TestSurveyIsLabelled(t *testing.T) {
	h := startEvery(t)
	body := h.get("wszystko", "/").body
	for _, words := range []string{"Pytanie</span>", "brak", "undefined"} {
		if strings.Contains(body, words) {
			t.Errorf("the page has %q", words)
		}
	}
	for _, want := range []string{
		"Pytanie 1 z 12", "Pytanie 12 z 12", "(odpowiedź wymagana)", "Prosimy zaznaczyć od 2 do 3", "Liczba całkowita od 0 do 240", "Jak wypełniać", `inputmode="numeric"`, "minut</span>",
		`<th scope="row" id="q-quality.polite-r">Uprzejmość</th>`, `<th scope="rowgroup" colspan="6">Pracownicy</th>`, `aria-labelledby="q-quality.polite-r q-quality-h0"`,
		`aria-labelledby="q-worth.hours-r q-worth.hours.importance-r q-worth-h0"`, `maxlength="20"`, "nie mam zdania", "nie podawać danych osobowych", "częściowo",
	} {
		if !strings.Contains(strings.ReplaceAll(body, "\u00a0", " "), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	controls := tags(body, "<input", `type="radio"`)
	// overall 5+1, agree 4, face 3, matter 2, quality 3×5, worth 4×3, settled 3+1, recommend 11
	if len(controls) != 6+4+3+2+15+12+4+11 {
		t.Errorf("%d radio buttons", len(controls))
	}
	if strings.Contains(body, "Pytanie 13") || strings.Contains(strings.Join(controls, ""), "checked") {
		t.Error("an information is numbered or something is answered beforehand")
	}
	if got := h.get("wszystko", "/?p=okienko").body; !strings.Contains(got, "Okienko 1") || !strings.Contains(got, `name="_p" value="okienko"`) {
		t.Error("the service point of the address is not shown")
	}
}

// Importance is asked with its own scale: of an area in a group that is named after it, of rows in a table of its own.
func TestImportanceIsLabelled(t *testing.T) {
	h := startRules(t)
	body := strings.ReplaceAll(h.post("warunki", "/", url.Values{"_key": {newKey()}, "settled": {"no"}}).body, "\u00a0", " ")
	checkIDs(t, "importance", body)
	for _, want := range []string{
		`<legend><span class="hidden">Ludzie: </span>Jak ważny jest dla Pani/Pana ten obszar?</legend>`, `<legend><span class="hidden">Czas: </span>Jak ważny jest dla Pani/Pana ten obszar?</legend>`,
		`<input type="radio" id="q-quality.people.importance-4" name="quality.people.importance" value="4"><span>najważniejszy</span>`, `name="quality.time.importance" value="dk"`,
		`id="q-quality.polite-r">Uprzejmość <span class="need">(wymagane)</span>`, `id="q-quality.wise-r">Wiedza</th>`,
		`<caption id="q-worth-importance-c">ważność</caption>`, `<caption id="q-worth-satisfaction-c">zadowolenie</caption>`, `id="q-worth-importance-h1"><b>2</b> bardzo ważne</th>`,
		`aria-labelledby="q-worth-importance-c q-worth.hours.importance-r q-worth-importance-h1"`, `aria-labelledby="q-worth-satisfaction-c q-worth.hours.satisfaction-r q-worth-satisfaction-h2"`,
		`<q>Godziny – ważność</q>`, `<q>Godziny – zadowolenie</q>`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if n := len(tags(body, `name="worth.hours.importance"`)); n != 2 {
		t.Errorf("importance offers %d points, want its own 2", n)
	}
}

func TestOfficeWithoutSurvey(t *testing.T) {
	h := start(t)
	h.create(context.Background(), store.NewTenant{Slug: "nowy", Office: survey.Office{Name: "Urząd Gminy Nowy"}})
	h.refresh()
	if got := h.get("nowy", "/"); got.StatusCode != http.StatusNotFound || !strings.Contains(got.body, "Ankieta nie jest jeszcze dostępna") || strings.Contains(got.body, "<form") {
		t.Errorf("GET / = %d: %s", got.StatusCode, got.body)
	}
	if got := h.post("nowy", "/", url.Values{"overall": {"5"}}); got.StatusCode != http.StatusNotFound {
		t.Errorf("POST / = %d", got.StatusCode)
	}
	got := h.get("powiat-bydgoski", "/")
	for _, want := range []string{`href="` + h.address("osielsko", "/") + `"`, `href="` + h.address("dobrcz", "/") + `"`, "Urząd Gminy Dobrcz"} {
		if got.StatusCode != http.StatusOK || !strings.Contains(got.body, want) {
			t.Errorf("the county's page (%d) lacks %q", got.StatusCode, want)
		}
	}
	if strings.Contains(got.body, "Urząd Gminy Nowy") {
		t.Error("the county's page lists an office of no county")
	}
}

func TestDeclaration(t *testing.T) {
	h := startEvery(t)
	mandatory := []string{"a11y-wstep", "a11y-podmiot", "a11y-zakres", "a11y-url", "a11y-data-publikacja", "a11y-data-aktualizacja", "a11y-status", "a11y-data-sporzadzenie",
		"a11y-kontakt", "a11y-email", "a11y-telefon", "a11y-procedura", "a11y-architektura", "a11y-komunikacja"}
	headings := []string{"<h1>Deklaracja dostępności</h1>", "<h2>Stan dostępności cyfrowej</h2>", "<h2>Niedostępne treści</h2>", "<h2>Przygotowanie deklaracji dostępności</h2>",
		"<h2>Udogodnienia, ograniczenia i inne informacje</h2>", "<h2>Skróty klawiszowe</h2>", "<h2>Informacje zwrotne i dane kontaktowe</h2>",
		"<h2>Obsługa wniosków i skarg związanych z dostępnością</h2>", "<h2>Pozostałe informacje</h2>", "<h3>Aplikacje mobilne</h3>", "<h3>Dostępność architektoniczna</h3>",
		"<h3>Dostępność komunikacyjno-informacyjna</h3>"}
	for _, slug := range []string{"osielsko", "wszystko", "powiat-bydgoski"} {
		body := h.get(slug, "/deklaracja-dostepnosci").body
		for _, id := range mandatory {
			if n := strings.Count(body, `id="`+id+`"`); n != 1 {
				t.Errorf("%s: id %s stands %d times, want once", slug, id, n)
			}
		}
		at := -1
		for _, heading := range headings {
			next := strings.Index(body, heading)
			if next <= at {
				t.Errorf("%s: %s is missing or out of order", slug, heading)
			}
			at = next
		}
		dates := regexp.MustCompile(`<time [^>]*datetime="(\d{4}-\d\d-\d\d)"`).FindAllString(body, -1)
		if len(dates) != 3 || strings.Count(body, "<time") != 3 {
			t.Errorf("%s: dates %q", slug, dates)
		}
	}
	full, bare := h.get("osielsko", "/deklaracja-dostepnosci").body, h.get("wszystko", "/deklaracja-dostepnosci").body
	for _, want := range []string{`href="mailto:dostepnosc@osielsko.example"`, `href="tel:520000000"`, h.address("osielsko", "/"), "Szosa Gdańska 55A", "bez progów", "języka migowego", "7&nbsp;dni", "bip.brpo.gov.pl",
		`id="a11y-data-publikacja" datetime="2025-03-10"`} {
		if !strings.Contains(full, want) {
			t.Errorf("the declaration lacks %q", want)
		}
	}
	for _, want := range []string{"nie podał jeszcze adresu", "nie podał jeszcze numeru", "nie opisał jeszcze dostępności siedziby", "nie wskazał jeszcze"} {
		if !strings.Contains(bare, want) || strings.Contains(full, want) {
			t.Errorf("%q: in the bare record %t, in the full one %t", want, strings.Contains(bare, want), strings.Contains(full, want))
		}
	}
	h.republish("osielsko", func(q *survey.Questionnaire) { q.Title = survey.PL("Nowa ankieta") })
	if body := h.get("osielsko", "/deklaracja-dostepnosci").body; !strings.Contains(body, `id="a11y-data-publikacja" datetime="2025-03-10"`) ||
		!strings.Contains(body, `id="a11y-data-aktualizacja" datetime="2026-03-10"`) {
		t.Error("a new version does not move the date of the last update alone")
	}
}

func TestPagesAreLight(t *testing.T) {
	h := startEvery(t)
	for _, slug := range []string{"osielsko", "wszystko"} {
		total, body := h.weight(slug, "/"), h.get(slug, "/").body
		var parts []string
		for _, m := range loads.FindAllStringSubmatch(body, -1) {
			if m[1] != "/" { // the form's own address
				parts = append(parts, m[1])
			}
		}
		if !slices.Contains(parts, "/urzad.css") || len(parts) < 3 {
			t.Fatalf("%s loads %q", slug, parts)
		}
		for _, part := range parts {
			total += h.weight(slug, part)
		}
		if total > 30<<10 {
			t.Errorf("%s weighs %d bytes with %q, want at most %d", slug, total, parts, 30<<10)
		}
	}
}

func TestRobots(t *testing.T) {
	h := start(t)
	if got := h.get("osielsko", "/robots.txt"); got.StatusCode != http.StatusOK || !strings.Contains(got.body, "Disallow: /panel") {
		t.Errorf("GET /robots.txt = %d %q", got.StatusCode, got.body)
	}
}

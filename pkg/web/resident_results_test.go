package web

import (
	"archive/zip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"ocenaurzedu.eu/pkg/report"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// editionOf are the rules of an edition as the panel offers them.
func editionOf(report string, more ...string) url.Values {
	form := url.Values{"report": {strings.TrimPrefix(report, "/panel/raporty/")}, "threshold": {"10"}, "breakdown": {"channel"}, "remarks": {"1"}, "licence": {"cc-by"}}
	for i := 0; i < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	return form
}

// publishResults publishes a report and opens the page.
func (p *person) publishResults(report string, more ...string) {
	p.t.Helper()
	if got := p.post("/panel/wyniki-publiczne/nowe", editionOf(report, more...)); got.StatusCode != 303 {
		p.t.Fatalf("publish %s = %d:\n%.3000s", report, got.StatusCode, got.body)
	}
	if got := p.post("/panel/wyniki-publiczne", url.Values{"open": {"1"}}); got.StatusCode != 303 {
		p.t.Fatalf("open = %d", got.StatusCode)
	}
}

// startPublic starts a service with an office whose remarks are in every state, and with items that too few answered for
// the public, and for anybody.
func startPublic(t *testing.T) (*harness, *person, string) {
	t.Helper()
	h := start(t)
	bok := h.pointID("osielsko", "bok")
	for i := range 6 {
		h.answer("osielsko", given{n: 5, day: survey.NewDay(2026, 1, 5+i), point: bok, values: survey.Values{"overall": {fmt.Sprint(3 + i%3)}, "quality.signs": {"5"}, "quality.comfort": {fmt.Sprint(2 + i%3)}}})
	}
	h.answer("osielsko", given{n: 4, channel: survey.ChannelQR, values: survey.Values{"overall": {"1"}, "quality.signs": {"1"}, "quality.courtesy": {"2"}}})
	h.answer("osielsko", given{n: 3, channel: survey.ChannelQR, values: survey.Values{"overall": {"1"}, "quality.courtesy": {"5"}}})
	h.answer("osielsko", given{n: 3, channel: survey.ChannelKiosk, values: survey.Values{"overall": {"2"}, "quality.waiting": {"1"}}})
	h.remarked("osielsko", "zatwierdzona uwaga o parkingu", "czekająca uwaga o kolejce", "wstrzymana uwaga o kasie", "Pani Iksińska jest bardzo miła", "cofnięta uwaga o windzie", "=SUM(1;2) zatwierdzona")
	admin := h.logIn("osielsko", store.RoleAdministrator)
	for _, piece := range []string{"parkingu", "windzie", "SUM"} {
		admin.review("approve", piece)
	}
	admin.review("withhold", "kasie")
	admin.review("redact", "Iksińska", "word", "1", "cover", "[NAZWISKO]")
	admin.review("approve", "[NAZWISKO]")
	return h, admin, admin.generate(thisYear())
}

// review does something to a remark that holds a piece of text.
func (p *person) review(do, piece string, more ...string) {
	p.t.Helper()
	r := p.remark(p.slug, piece)
	if got := p.post("/panel/uwagi/"+r.ID, reviewing(do, r, more...)); got.StatusCode != 303 {
		p.t.Fatalf("%s %q = %d:\n%.1000s", do, piece, got.StatusCode, got.body)
	}
}

// An office that publishes nothing has no such page, nor any sign of one.
func TestResultsAreOffByDefault(t *testing.T) {
	h, admin, report := startPublic(t)
	paths := []string{"/wyniki", "/wyniki/2026-1", "/wyniki/dane.json", "/wyniki/dane/2026-1/wyniki.csv", "/wyniki/dane/2026-1/uwagi.csv"}
	off := func(when string) {
		t.Helper()
		h.expect(when+": form", h.get("osielsko", "/"), 200, "not:", "Wyniki badania")
		for _, query := range []string{"", "?lang=en"} {
			want := h.get("osielsko", "/nie-ma"+query)
			for _, path := range paths {
				got := h.get("osielsko", path+query)
				if got.StatusCode != 404 || got.body != want.body {
					t.Errorf("%s: %s = %d, not like any unknown address", when, path+query, got.StatusCode)
				}
				for _, header := range []string{"Etag", "Cache-Control", "Access-Control-Allow-Origin", "Content-Type"} {
					if got.Header.Get(header) != want.Header.Get(header) {
						t.Errorf("%s: %s has %s %q", when, path, header, got.Header.Get(header))
					}
				}
			}
		}
	}
	off("at first")
	admin.post("/panel/wyniki-publiczne", url.Values{"open": {"1"}})
	off("open, with nothing published")
	admin.publishResults(report)
	h.expect("published: form", h.get("osielsko", "/"), 200, `href="/wyniki"`, "Wyniki badania")
	h.expect("published: form in English", h.get("osielsko", "/?lang=en"), 200, "Survey results")
	h.expect("form of another office", h.get("dobrcz", "/"), 200, "not:", "Wyniki badania")
	for _, path := range paths {
		if got := h.get("osielsko", path); got.StatusCode != 200 {
			t.Errorf("published: %s = %d", path, got.StatusCode)
		}
		if got := h.get("dobrcz", path); got.StatusCode != 404 {
			t.Errorf("of another office: %s = %d", path, got.StatusCode)
		}
	}
	admin.post("/panel/wyniki-publiczne", url.Values{"open": {"0"}})
	off("closed again")
	admin.post("/panel/wyniki-publiczne", url.Values{"open": {"1"}})
	id := h.count(`SELECT id FROM publications`)
	if got := admin.post(fmt.Sprintf("/panel/wyniki-publiczne/%d/wycofaj", id), nil); got.StatusCode != 303 {
		t.Fatalf("withdraw = %d", got.StatusCode)
	}
	off("withdrawn")
}

// everyPublicByte fetches all that an office publishes, by address; workbooks are unpacked.
func (h *harness) everyPublicByte(slug string) map[string]string {
	h.t.Helper()
	all := map[string]string{}
	for _, path := range []string{"/wyniki", "/wyniki?lang=en", "/wyniki/dane.json"} {
		all[path] = h.get(slug, path).body
	}
	for _, m := range regexp.MustCompile(`href="(/wyniki[^"]*)"`).FindAllStringSubmatch(all["/wyniki"], -1) {
		got := h.get(slug, m[1])
		if got.StatusCode != 200 {
			h.t.Errorf("%s = %d", m[1], got.StatusCode)
		}
		if all[m[1]] = got.body; !strings.HasSuffix(m[1], ".xlsx") {
			continue
		}
		book, err := zip.NewReader(strings.NewReader(got.body), int64(len(got.body)))
		if err != nil {
			h.t.Fatal(err)
		}
		for _, f := range book.File {
			r, err := f.Open()
			if err != nil {
				h.t.Fatal(err)
			}
			content, err := io.ReadAll(r)
			if err != nil {
				h.t.Fatal(err)
			}
			all[m[1]+"!"+f.Name] = string(content)
		}
	}
	return all
}

// Nothing that is not approved, and no figure of what is held back, is in any byte that is public.
func TestNothingUnapprovedIsPublic(t *testing.T) {
	h, admin, report := startPublic(t)
	admin.publishResults(report)
	admin.review("reopen", "windzie") // approved when the report was made and when it was published
	all := h.everyPublicByte("osielsko")
	for _, end := range []string{"wyniki.csv", "wyniki.json", "wyniki.xlsx", "slownik.csv", "uwagi.csv", "xl/worksheets/sheet2.xml"} {
		if !slices.ContainsFunc(slices.Collect(maps.Keys(all)), func(path string) bool { return strings.HasSuffix(path, end) }) {
			t.Errorf("%s was not fetched", end)
		}
	}
	for path, body := range all {
		for _, word := range []string{"kolejce", "kasie", "Iksińska", "windzie", admin.login, "czeka", "Biuro Obsługi", "generated_by", "digest", "administrator"} {
			if strings.Contains(body, word) {
				t.Errorf("%s has %q", path, word)
			}
		}
	}
	for _, told := range []struct{ path, text string }{
		{"/wyniki", "zatwierdzona uwaga o parkingu"}, {"/wyniki", "Pani [NAZWISKO] jest bardzo miła"}, {"/wyniki/dane/2026-1/uwagi.csv", "'=SUM(1;2) zatwierdzona"},
	} {
		if !strings.Contains(all[told.path], told.text) {
			t.Errorf("%s lacks %q", told.path, told.text)
		}
	}
	h.checkHeld(admin, report, all)
}

// checkHeld looks for the figures of each item that the report tells and the edition does not, or neither tells.
func (h *harness) checkHeld(admin *person, report string, all map[string]string) {
	t := h.t
	t.Helper()
	var open struct {
		Wyniki []struct {
			Tabela, Klucz, Wiersz, Miara string
			Wartosc                      *float64
			N                            *int
			Wstrzymane                   bool
		}
	}
	if err := json.Unmarshal([]byte(all["/wyniki/dane/2026-1/wyniki.json"]), &open); err != nil {
		t.Fatal(err)
	}
	held := 0
	for _, q := range admin.json(report).Summary.Questions {
		for _, it := range q.Items {
			if it.Valid == 0 && !it.Suppressed || it.Valid >= 10 || q.Kind == survey.KindText {
				continue
			}
			held++
			for _, r := range open.Wyniki {
				if r.Klucz == q.Key && r.Wiersz == it.Row && r.Tabela == "pytanie" && r.Miara != "zadano" && (r.Wartosc != nil || !r.Wstrzymane) {
					t.Errorf("the data tell of %s %s, which %d answered: %+v", q.Key, it.Row, it.Valid, r)
				}
			}
			if mean := fmt.Sprintf("%.9g", it.Rating.Value); it.Rating.OK && len(mean) > 6 {
				for path, body := range all {
					if strings.Contains(body, mean) || strings.Contains(body, strings.Replace(mean, ".", ",", 1)) {
						t.Errorf("%s has the mean %s of %s %s", path, mean, q.Key, it.Row)
					}
				}
			}
		}
	}
	for _, r := range open.Wyniki {
		if r.N != nil && *r.N < 10 && *r.N > 0 {
			t.Errorf("a figure of %d is told: %+v", *r.N, r)
		}
		if r.Tabela == "punkt" {
			t.Errorf("service points are told: %+v", r)
		}
	}
	if held < 2 {
		t.Errorf("only %d items are held back; the test shows little", held)
	}
}

// Public pages and data are kept by readers until they change, set no cookie and load nothing from elsewhere.
func TestResultsForEverybody(t *testing.T) {
	h, admin, report := startPublic(t)
	admin.publishResults(report)
	for _, path := range []string{"/wyniki", "/wyniki/2026-1", "/wyniki/dane.json", "/wyniki/dane/2026-1/wyniki.csv", "/wyniki/dane/2026-1/wyniki.json", "/wyniki/dane/2026-1/wyniki.xlsx", "/wyniki/dane/2026-1/slownik.csv", "/wyniki/dane/2026-1/uwagi.csv"} {
		got := h.get("osielsko", path)
		tag := got.Header.Get("Etag")
		if got.StatusCode != 200 || tag == "" || got.Header.Get("Set-Cookie") != "" || got.Header.Get("Cache-Control") != "public, no-cache" {
			t.Errorf("%s = %d, headers %v", path, got.StatusCode, got.Header)
		}
		if open := strings.Contains(path, "dane"); open != (got.Header.Get("Access-Control-Allow-Origin") == "*") {
			t.Errorf("%s: Access-Control-Allow-Origin %q", path, got.Header.Get("Access-Control-Allow-Origin"))
		}
		r := h.request("osielsko", path, nil)
		r.Header.Set("If-None-Match", tag)
		r.Header.Set("Accept-Encoding", "gzip")
		if again := h.do(r); again.StatusCode != http.StatusNotModified || again.body != "" || again.Header.Get("Etag") != tag {
			t.Errorf("%s again = %d with %d bytes, tag %q", path, again.StatusCode, len(again.body), again.Header.Get("Etag"))
		}
		r = h.request("osielsko", path, nil)
		r.Method = http.MethodHead
		if head := h.do(r); head.StatusCode != 200 || head.body != "" || head.Header.Get("Etag") != tag {
			t.Errorf("HEAD %s = %d, tag %q", path, head.StatusCode, head.Header.Get("Etag"))
		}
	}
	for _, path := range []string{"/wyniki", "/wyniki/2026-1?lang=uk"} {
		body := h.get("osielsko", path).body
		for _, m := range loads.FindAllStringSubmatch(body, -1) {
			if !strings.HasPrefix(m[1], "/") || strings.HasPrefix(m[1], "//") {
				t.Errorf("%s loads %q", path, m[1])
			}
		}
		checkIDs(t, path, body)
		for _, word := range []string{"style=", "<script", "ZgotmplZ", "no value", "%!", "0001-01-01", "_csrf"} {
			if strings.Contains(body, word) {
				t.Errorf("%s has %q", path, word)
			}
		}
	}
	h.expect("in Ukrainian", h.get("osielsko", "/wyniki/2026-1?lang=uk"), 200, `<html lang="uk">`, "Відкриті дані", `href="/wyniki/2026-1?lang=en"`, "Результати наведено польською мовою")
	h.expect("no such file", h.get("osielsko", "/wyniki/dane/2026-1/raport.pdf"), 404)
	h.expect("no such edition", h.get("osielsko", "/wyniki/2025-1"), 404)
	var index struct {
		Dataset []struct {
			License      map[string]string `json:"dct:license"`
			Distribution []struct {
				URL  map[string]string `json:"dcat:downloadURL"`
				Size int               `json:"dcat:byteSize"`
			} `json:"dcat:distribution"`
		} `json:"dcat:dataset"`
	}
	if err := json.Unmarshal([]byte(h.get("osielsko", "/wyniki/dane.json").body), &index); err != nil || len(index.Dataset) != 1 {
		t.Fatalf("index: %v, %+v", err, index)
	}
	for _, d := range index.Dataset[0].Distribution {
		path := strings.TrimPrefix(d.URL["@id"], h.web.Site.Address("osielsko"))
		if got := h.get("osielsko", path); got.StatusCode != 200 || len(got.body) != d.Size {
			t.Errorf("%s = %d, %d bytes; the index says %d", path, got.StatusCode, len(got.body), d.Size)
		}
	}
	if n := len(index.Dataset[0].Distribution); n != 4 || !strings.Contains(index.Dataset[0].License["@id"], "licenses/by/4.0") {
		t.Errorf("the index has %d files, licence %v", n, index.Dataset[0].License)
	}
}

// The way of a publication in the panel: look, publish, a second year, another edition of the first one.
func TestPublishResults(t *testing.T) {
	h, admin, report := startPublic(t)
	form := func(more ...string) string {
		return "/panel/wyniki-publiczne/nowe?" + editionOf(report, more...).Encode()
	}
	h.expect("panel", admin.get("/panel/wyniki-publiczne"), 200, "wyłączona", "Nic jeszcze nie jest opublikowane", "Opublikuj raport", "nr 1: ")
	h.expect("look", admin.get(form()), 200, "Publikacja raportu nr", "pominięte na stronie", "/wyniki/2026-1", "Opublikuj</button>")
	h.expect("preview", admin.get("/panel/wyniki-publiczne/podglad?"+editionOf(report).Encode()), 200, "Otwarte dane", "zatwierdzona uwaga o parkingu", "not:", "windzie uwaga")
	h.expect("threshold", admin.get(form("threshold", "4")), 422, "Prosimy wpisać liczbę nie mniejszą niż 5.")
	h.expect("no number", admin.get(form("threshold", "kilka")), 422, "Prosimy wpisać liczbę całkowitą")
	h.expect("licence", admin.post("/panel/wyniki-publiczne/nowe", editionOf(report, "licence", "moja")), 422, "Prosimy poprawić formularz")
	h.expect("too few", admin.get(form("threshold", "100")), 422, "Ankiet w raporcie jest mniej")
	h.expect("no report", admin.get(form("report", "999")), 404)
	if n := h.count(`SELECT count(*) FROM publications`); n != 0 {
		t.Fatalf("%d publications before the button", n)
	}
	admin.publishResults(report)
	h.expect("panel", admin.get("/panel/wyniki-publiczne?wynik=opublikowano"), 200, "Wyniki są opublikowane", "włączona", "CC BY 4.0", "Wycofaj")
	h.expect("page", h.get("osielsko", "/wyniki"), 200, "Wyniki badania satysfakcji klientów", "próba jest nielosowa", "<svg", "CC BY 4.0", "not:", "Wyniki z innych okresów")

	admin.publishResults(report, "breakdown", "month", "remarks", "")
	h.expect("again", h.get("osielsko", "/wyniki/2026-1"), 200, "not:", "parkingu", "Uwagi klientów")
	if n := h.count(`SELECT count(*) FROM publications WHERE withdrawn_at IS NULL`); n != 1 {
		t.Errorf("%d editions of one report are published", n)
	}
	h.answer("osielsko", given{n: 20, day: survey.NewDay(2025, 6, 1)})
	older := admin.generate(url.Values{"from": {"2025-01-01"}, "to": {"2025-12-31"}})
	admin.publishResults(older)
	h.expect("newest period first", h.get("osielsko", "/wyniki"), 200, `href="/wyniki/2025-2"`, `href="/wyniki/2026-1" aria-current="page"`)
	h.expect("archive", h.get("osielsko", "/wyniki/2025-2"), 200, "1 stycznia – 31 grudnia 2025")
	point := admin.generate(with(thisYear(), "channel", "web"))
	h.expect("choice of reports", admin.get("/panel/wyniki-publiczne"), 200, "nr 2: ", "not:", "nr 3: ")
	h.expect("a part", admin.post("/panel/wyniki-publiczne/nowe", editionOf(point)), 422, "Raport obejmuje wybrane kanały")
	h.expect("log", admin.get("/panel/dziennik"), 200, "publikacja wyników")
}

// Two administrators who publish at once: the second edition is made beside the first.
func TestEditionsAreMadeOneAfterAnother(t *testing.T) {
	h, admin, address := startPublic(t)
	var id int64
	if _, err := fmt.Sscanf(address, "/panel/raporty/%d", &id); err != nil {
		t.Fatal(err)
	}
	tenant := h.web.directory.Load().tenant("osielsko")
	rules := report.PublicRules{Threshold: 10, Breakdown: report.BreakdownChannel, Remarks: true, Licence: "cc0"}
	slow, err := h.web.newEdition(context.Background(), tenant, id, rules)
	if err != nil {
		t.Fatal(err)
	}
	admin.publishResults(address)
	by := store.Actor{Login: admin.login, At: h.clock.now()}
	if err := publish(context.Background(), h.scope("osielsko"), slow, by); err == nil {
		t.Error("an edition is published that does not know of the one before")
	}
	if err := h.web.PublishReport(context.Background(), tenant, id, rules, by); err != nil {
		t.Errorf("made anew: %v", err)
	}
}

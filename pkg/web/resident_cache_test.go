package web

import (
	"compress/gzip"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"ocenaurzedu.eu/pkg/survey"
)

var keyField = regexp.MustCompile(`name="_key" value="([^"]*)"`)

// freshForm fetches a form, compressed or not, and returns its bytes without the key, and the key.
func (h *harness) freshForm(slug, path string, packed bool) (form, key string) {
	h.t.Helper()
	r := h.request(slug, path, nil)
	if packed {
		r.Header.Set("Accept-Encoding", "gzip, deflate, br")
	}
	a := h.do(r)
	if got := a.Header.Get("Content-Encoding"); packed != (got == "gzip") || a.StatusCode != 200 || a.Header.Get("Content-Type") != "text/html; charset=utf-8" {
		h.t.Fatalf("%s%s: status %d, encoding %q, %v", slug, path, a.StatusCode, got, a.Header)
	}
	if packed {
		unpacked, err := gzip.NewReader(strings.NewReader(a.body))
		if err != nil {
			h.t.Fatalf("%s%s: %v", slug, path, err)
		}
		plain, err := io.ReadAll(unpacked) // checks length and sum
		if err != nil {
			h.t.Fatalf("%s%s: %v", slug, path, err)
		}
		a.body = string(plain)
	}
	found := keyField.FindAllStringSubmatch(a.body, -1)
	if len(found) != 1 || len(found[0][1]) != keyLength {
		h.t.Fatalf("%s%s: keys %q", slug, path, found)
	}
	return strings.Replace(a.body, found[0][1], "", 1), found[0][1]
}

// A form that was kept is byte for byte what would be drawn anew, is nobody else's, and has a fresh key each time.
func TestKeptFormsAreThoseThatWouldBeDrawn(t *testing.T) {
	h := start(t)
	code := ""
	if err := h.owner.QueryRow(`SELECT code FROM service_points WHERE tenant_id = $1 ORDER BY id LIMIT 1`, h.ids["osielsko"]).Scan(&code); err != nil {
		t.Fatal(err)
	}
	paths := []string{"/", "/?lang=en", "/?lang=uk", "/?lang=xx", "/?p=" + code, "/?lang=en&p=" + code, "/?p=nieznany"}
	keys, forms := map[string]bool{}, map[string]string{}
	for range 3 {
		for _, slug := range []string{"osielsko", "dobrcz"} {
			for _, path := range paths {
				for _, packed := range []bool{false, true} {
					form, key := h.freshForm(slug, path, packed)
					if keys[key] {
						t.Errorf("%s%s: the key %s came twice", slug, path, key)
					}
					keys[key] = true
					if first, ok := forms[slug+path]; ok && form != first {
						t.Errorf("%s%s, packed %t: another form than at first", slug, path, packed)
					}
					forms[slug+path] = form
				}
			}
		}
	}
	h.web.forms.now, h.web.forms.old = nil, nil
	for at, kept := range forms {
		slug, path, _ := strings.Cut(at, "/")
		if drawn, _ := h.freshForm(slug, "/"+path, false); drawn != kept {
			t.Errorf("%s: drawn anew it is another form", at)
		}
		if other := map[string]string{"osielsko": "Dobrcz", "dobrcz": "Osielsk"}[slug]; strings.Contains(kept, other) {
			t.Errorf("%s tells of %s", at, other)
		}
	}
	for a, b := range map[string]string{"osielsko/": "dobrcz/", "osielsko/?lang=en": "osielsko/", "osielsko/?lang=uk": "osielsko/?lang=en", "osielsko/?p=" + code: "osielsko/"} {
		if forms[a] == forms[b] {
			t.Errorf("%s and %s are the same form", a, b)
		}
	}
	if forms["osielsko/"] != forms["osielsko/?lang=xx"] || forms["osielsko/"] != forms["osielsko/?p=nieznany"] {
		t.Error("what nobody offers makes another form")
	}
}

// A reload of the directory leaves forms where nothing changed; what changed shows at once.
func TestKeptFormsGoWithWhatTheyTellOf(t *testing.T) {
	h := start(t)
	old, _ := h.freshForm("osielsko", "/", false)
	h.freshForm("dobrcz", "/", false)
	kept := func(slug string) *drawnForm {
		return h.web.forms.get(formKey{tenant: h.ids[slug], lang: survey.Polish})
	}
	osielsko, dobrcz := kept("osielsko"), kept("dobrcz")
	for range 2 {
		h.refresh()
		h.freshForm("osielsko", "/", true)
	}
	if osielsko == nil || kept("osielsko") != osielsko {
		t.Error("a reload threw the form away")
	}
	h.republish("osielsko", func(q *survey.Questionnaire) { q.Title = survey.PL("Zupełnie nowa ankieta") })
	h.refresh()
	if form, _ := h.freshForm("osielsko", "/", true); form == old || !strings.Contains(form, "Zupełnie nowa ankieta") {
		t.Error("the form of an older version came")
	}
	if _, err := h.owner.Exec(`ALTER TABLE offices DISABLE TRIGGER require_report`); err != nil {
		t.Fatal(err)
	}
	if _, err := h.owner.Exec(`UPDATE offices SET record = jsonb_set(record, '{name}', '"Urząd po zmianie nazwy"') WHERE tenant_id = $1`, h.ids["osielsko"]); err != nil {
		t.Fatal(err)
	}
	h.refresh()
	if form, _ := h.freshForm("osielsko", "/", true); !strings.Contains(form, "Urząd po zmianie nazwy") {
		t.Error("the form tells the office's old name")
	}
	h.freshForm("dobrcz", "/", true)
	if dobrcz == nil || kept("dobrcz") != dobrcz {
		t.Error("another office's change threw the form away")
	}
}

// The cache forgets what was not asked for lately, and never more than that.
func TestFormCacheIsBounded(t *testing.T) {
	var cache formCache
	often := formKey{tenant: -1}
	cache.put(often, &drawnForm{})
	for i := range 5 * mostForms {
		cache.put(formKey{tenant: int64(i)}, &drawnForm{})
		if i%100 == 0 && cache.get(often) == nil {
			t.Fatalf("a form that is asked for is forgotten after %d others", i)
		}
		if n := len(cache.now) + len(cache.old); n > 2*mostForms {
			t.Fatalf("%d forms; want %d at most", n, 2*mostForms)
		}
	}
	if cache.get(formKey{tenant: 1}) != nil {
		t.Error("the first of many is still there")
	}
}

// The sum of two texts is made of their sums and the length of the second.
func TestZeroBytes(t *testing.T) {
	text := []byte(strings.Repeat("Zażółć gęślą jaźń. ", 500))
	for range 200 {
		a, b := text[:rand.IntN(len(text))], text[:rand.IntN(len(text))]
		m := zeroBytes(len(b))
		got, want := m.times(crc32.ChecksumIEEE(a))^crc32.ChecksumIEEE(b), crc32.ChecksumIEEE([]byte(string(a)+string(b)))
		if got != want {
			t.Fatalf("%d and %d bytes: %08x; want %08x", len(a), len(b), got, want)
		}
	}
}

package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"ocenaurzedu.eu/pkg/auth"
	"ocenaurzedu.eu/pkg/store"
)

// tablet is a device's browser without script: it keeps the one cookie.
type tablet struct {
	*harness
	slug   string
	cookie *http.Cookie // nil: not paired
	id     int64
}

var codeOnPage = regexp.MustCompile(`<p class="pairing">([0-9A-Z]{4}-[0-9A-Z]{4})</p>`)

// newCode adds a device in the panel and returns its code.
func (p *person) newCode(name string) string {
	p.t.Helper()
	point := p.count(`SELECT min(id) FROM service_points WHERE tenant_id = $1`, p.ids[p.slug])
	got := p.post(devicesPath, url.Values{"name": {name}, "point": {strconv.Itoa(point)}})
	if got.StatusCode != http.StatusSeeOther {
		p.t.Fatalf("add a device: %d %s", got.StatusCode, got.body)
	}
	return p.shownCode()
}

// shownCode is the code that the panel shows.
func (p *person) shownCode() string {
	p.t.Helper()
	found := codeOnPage.FindStringSubmatch(p.get(devicesPath).body)
	if found == nil {
		p.t.Fatal("the panel shows no code")
	}
	return found[1]
}

// pair types a code on a device.
func (h *harness) pair(slug, code string) (*tablet, *answer) {
	h.t.Helper()
	k := &tablet{harness: h, slug: slug}
	got := h.post(slug, "/kiosk/parowanie", url.Values{"code": {code}})
	for _, c := range got.Cookies() {
		if c.Name == "kiosk" {
			k.cookie = c
		}
	}
	return k, got
}

// paired adds a device and pairs it.
func (p *person) paired(name string) *tablet {
	p.t.Helper()
	k, got := p.pair(p.slug, p.newCode(name))
	if got.StatusCode != http.StatusSeeOther || k.cookie == nil {
		p.t.Fatalf("pairing: %d, cookie %v", got.StatusCode, k.cookie)
	}
	k.id = int64(p.count(`SELECT id FROM devices WHERE name = $1`, name))
	return k
}

func (k *tablet) get(path string) *answer {
	k.t.Helper()
	r := k.request(k.slug, path, nil)
	if k.cookie != nil {
		r.AddCookie(k.cookie)
	}
	return k.do(r)
}

func (k *tablet) post(path string, values url.Values) *answer {
	k.t.Helper()
	r := k.request(k.slug, path, values)
	if k.cookie != nil {
		r.AddCookie(k.cookie)
	}
	return k.do(r)
}

// answer is what the device's script sends.
func (k *tablet) answer(more ...string) url.Values {
	k.t.Helper()
	version := k.count(`SELECT max(id) FROM versions WHERE tenant_id = $1`, k.ids[k.slug])
	values := url.Values{"overall": {"4"}, "_key": {newKey()}, "_v": {strconv.Itoa(version)}}
	for i := 0; i < len(more); i += 2 {
		values.Set(more[i], more[i+1])
	}
	return values
}

func TestPairing(t *testing.T) {
	h := start(t)
	admin := h.logIn("osielsko", store.RoleAdministrator)
	code := admin.newCode("Tablet w holu")
	if got := h.get("osielsko", "/kiosk"); got.StatusCode != http.StatusSeeOther || got.Header.Get("Location") != "/kiosk/parowanie" {
		t.Errorf("a stranger's kiosk: %d to %q, want the page of the code", got.StatusCode, got.Header.Get("Location"))
	}
	if strings.Contains(h.logIn("osielsko", store.RoleEmployee).get(devicesPath).body, code) {
		t.Error("an employee is shown the code")
	}
	if _, got := h.pair("dobrcz", code); got.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("the code at another office: %d, want 422", got.StatusCode)
	}
	k, got := h.pair("osielsko", " "+strings.ToLower(strings.Replace(code, "-", " ", 1))+" ")
	if got.StatusCode != http.StatusSeeOther || k.cookie == nil {
		t.Fatalf("pairing: %d %s", got.StatusCode, got.body)
	}
	if c := k.cookie; !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.Domain != "" || len(c.Value) != 43 || c.MaxAge < 300*24*3600 {
		t.Errorf("the cookie is %+v", c)
	}
	if h.count(`SELECT count(*) FROM devices WHERE token = convert_to($1, 'UTF8')`, k.cookie.Value) != 0 || h.count(`SELECT count(*) FROM devices WHERE length(token) = 32`) != 1 {
		t.Error("the token is not stored as a hash")
	}
	page := k.get("/kiosk")
	h.expect("kiosk", page, 200, "Ankieta jest anonimowa", `id="zacznij"`, "data-checks=", "not:", "{{", `href="/panel"`)
	if page.Header.Get("Cache-Control") != "no-store" || !strings.Contains(page.Header.Get("Content-Security-Policy"), "worker-src 'self'") {
		t.Errorf("headers of the kiosk: %v", page.Header)
	}
	if _, again := h.pair("osielsko", code); again.StatusCode != http.StatusUnprocessableEntity || len(again.Cookies()) != 0 {
		t.Errorf("the code a second time: %d, want 422", again.StatusCode)
	}
	late := admin.newCode("Drugi")
	h.advance(codeLife)
	if _, got := h.pair("osielsko", late); got.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("the code after ten minutes: %d, want 422", got.StatusCode)
	}
	if foreign := (&tablet{harness: h, slug: "dobrcz", cookie: k.cookie}).get("/kiosk"); foreign.StatusCode != http.StatusSeeOther {
		t.Errorf("the token at another office: %d, want 303 to the page of the code", foreign.StatusCode)
	}
}

// Where there is TLS the cookie is bound to the host by its name.
func TestKioskCookieWithTLS(t *testing.T) {
	h := start(t, func(o *Options) { o.Site.Scheme = "https" })
	until, seed := h.clock.now().Add(time.Minute), auth.NewPairingSeed()
	point := h.count(`SELECT min(id) FROM service_points WHERE tenant_id = $1`, h.ids["osielsko"])
	err := h.scope("osielsko").AddDevice(t.Context(), &store.Device{Name: "Tablet", ServicePoint: int64(point), Seed: seed, Until: &until}, store.Actor{Login: "test", At: h.clock.now()})
	if err != nil {
		t.Fatal(err)
	}
	r := h.request("osielsko", "/kiosk/parowanie", url.Values{"code": {auth.PairingCode(h.web.Secret, h.ids["osielsko"], seed)}})
	r.URL.Scheme = "http" // as the proxy that ends TLS asks
	if c := h.do(r).Cookies(); len(c) != 1 || c[0].Name != "__Host-kiosk" || !c[0].Secure || !c[0].HttpOnly || c[0].Path != "/" || c[0].Domain != "" {
		t.Errorf("the cookies are %+v", c)
	}
}

func TestPairingIsLimited(t *testing.T) {
	h := start(t)
	admin := h.logIn("osielsko", store.RoleAdministrator)
	code := admin.newCode("Tablet")
	for i := range limitPairing.Burst {
		if _, got := h.pair("osielsko", "0000-0000"); got.StatusCode != http.StatusUnprocessableEntity {
			t.Fatalf("guess %d: %d, want 422", i+1, got.StatusCode)
		}
	}
	if _, got := h.pair("osielsko", code); got.StatusCode != http.StatusTooManyRequests || got.Header.Get("Retry-After") == "" {
		t.Errorf("a guess too many: %d, Retry-After %q; want 429", got.StatusCode, got.Header.Get("Retry-After"))
	}
	h.advance(2 * time.Minute)
	h.redis.SetError("LOADING")
	if _, got := h.pair("osielsko", code); got.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("without Redis: %d, want 503", got.StatusCode)
	}
	h.redis.SetError("")
	h.advance(time.Minute)
	if k, got := h.pair("osielsko", code); k.cookie == nil {
		t.Errorf("after the wait: %d %s", got.StatusCode, got.body)
	}
}

func TestKioskTakesAnswers(t *testing.T) {
	h := start(t)
	k := h.logIn("osielsko", store.RoleAdministrator).paired("Tablet")
	values := k.answer("remarks", "Prosimy dzwonić: 601 234 567")
	for range 2 { // the reply may have been lost
		if got := k.post("/kiosk/odpowiedz", values); got.StatusCode != http.StatusNoContent {
			t.Fatalf("answer: %d %s", got.StatusCode, got.body)
		}
	}
	if n := h.count(`SELECT count(*) FROM submissions s JOIN devices d USING (tenant_id, service_point_id) WHERE channel = 'kiosk' AND day = '2026-03-10'`); n != 1 {
		t.Errorf("%d answers of the kiosk's point are stored, want 1", n)
	}
	if n := h.count(`SELECT sum(answers) FROM kiosk_days`); n != 1 {
		t.Errorf("%d answers are counted, want 1", n)
	}
	if n := h.count(`SELECT count(*) FROM remarks WHERE text LIKE '%601%'`); n != 0 {
		t.Error("a telephone number is stored")
	}
	tests := []struct {
		name   string
		values url.Values
		want   int
	}{
		{"nothing required is answered", k.answer("overall", ""), 422},
		{"no key", k.answer("_key", ""), 400},
		{"a version that the office does not have", k.answer("_v", "999999"), 409},
		{"one that waited", k.answer("_queued", "1", "_day", "2026-03-02"), 204},
		{"one that waited for too long", k.answer("_queued", "1", "_day", "2026-02-01"), 410},
		{"one of a clock that is ahead", k.answer("_queued", "1", "_day", "2027-01-01"), 204},
		{"one of no day", k.answer("_queued", "1", "_day", "wczoraj"), 204},
		{"not one that waited, whatever day it names", k.answer("_day", "2026-03-03"), 204},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := k.post("/kiosk/odpowiedz", tt.values); got.StatusCode != tt.want {
				t.Errorf("%d %s, want %d", got.StatusCode, got.body, tt.want)
			}
		})
	}
	if got := k.post("/kiosk/odpowiedz", k.answer("overall", "")); got.body != `{"overall":"Prosimy o`+hardSpace+`odpowiedź – to pytanie jest wymagane."}` {
		t.Errorf("what is to be mended is told as %s", got.body)
	}
	for day, want := range map[string]int{"2026-03-02": 1, "2026-03-10": 4, "2026-03-03": 0} {
		if n := h.count(`SELECT count(*) FROM submissions WHERE day = $1`, day); n != want {
			t.Errorf("%d answers of %s, want %d", n, day, want)
		}
	}
	if got := (&tablet{harness: h, slug: "osielsko"}).post("/kiosk/odpowiedz", k.answer()); got.StatusCode != http.StatusUnauthorized {
		t.Errorf("an answer of a stranger: %d, want 401", got.StatusCode)
	}
}

// Without script the kiosk is a form.
func TestKioskWithoutScript(t *testing.T) {
	h := start(t)
	k := h.logIn("osielsko", store.RoleAdministrator).paired("Tablet")
	form := hidden(k.get("/kiosk").body)
	if got := k.post("/kiosk", form); got.StatusCode != 422 || !strings.Contains(got.body, `id="bledy"`) || !strings.Contains(got.body, `action="/kiosk"`) {
		t.Errorf("an empty form: %d %s", got.StatusCode, got.body)
	}
	form.Set("overall", "5")
	got := k.post("/kiosk", form)
	if got.StatusCode != http.StatusSeeOther || got.Header.Get("Location") != "/kiosk/dziekujemy" {
		t.Errorf("the form: %d to %q", got.StatusCode, got.Header.Get("Location"))
	}
	h.expect("thanks", k.get("/kiosk/dziekujemy"), 200, "Dziękujemy", `href="/kiosk"`, "not:", "/panel")
	if h.count(`SELECT count(*) FROM submissions WHERE channel = 'kiosk' AND service_point_id IS NOT NULL`) != 1 {
		t.Error("the answer is not stored as a kiosk's")
	}
	if got := (&tablet{harness: h, slug: "osielsko"}).post("/kiosk", form); got.StatusCode != http.StatusSeeOther || got.Header.Get("Location") != "/kiosk/parowanie" {
		t.Errorf("a stranger's form: %d to %q", got.StatusCode, got.Header.Get("Location"))
	}
}

func TestDevicesInThePanel(t *testing.T) {
	h := start(t)
	admin := h.logIn("osielsko", store.RoleAdministrator)
	employee := h.logIn("osielsko", store.RoleEmployee)
	h.expect("empty list", employee.get(devicesPath), 200, "Nie ma jeszcze żadnego urządzenia", "not:", "Dodaj i")
	k := admin.paired("Tablet w holu")
	for _, bad := range []url.Values{{"name": {""}, "point": {"1"}}, {"name": {"tablet W holu"}, "point": {"1"}}, {"name": {strings.Repeat("ż", 61)}}, {"name": {"x"}, "point": {"999999"}}} {
		h.expect("a bad device", admin.post(devicesPath, bad), 422, "Prosimy poprawić urządzenie")
	}
	k.post("/kiosk/odpowiedz", k.answer())
	state := k.post("/kiosk/stan", url.Values{"queued": {"7"}, "refused": {"2"}})
	if want := `{"open":true,"version":` + k.answer().Get("_v") + `}`; state.body != want {
		t.Errorf("the device is told %s, want %s", state.body, want)
	}
	page := employee.get(devicesPath)
	page.body = strings.ReplaceAll(page.body, hardSpace, " ")
	h.expect("list", page, 200, "Tablet w holu", "działa", "<dd>10 marca 2026, 10:00</dd>", "<dd>1</dd>", "<dd>7</dd>", "Nieprzyjęte", "not:", "Wstrzymaj")
	address := devicesPath + "/" + strconv.FormatInt(k.id, 10)
	for role, p := range map[string]*person{"employee": employee, "supervisor": h.logIn("osielsko", store.RoleSupervisor)} {
		if got := p.post(address, url.Values{"do": {"remove"}}); got.StatusCode != http.StatusForbidden {
			t.Errorf("a device removed by %s: %d, want 403", role, got.StatusCode)
		}
	}
	stranger := h.logIn("dobrcz", store.RoleAdministrator)
	for _, do := range []string{"code", "pause", "resume", "remove"} {
		if foreign, none := stranger.post(address, url.Values{"do": {do}}), stranger.post(devicesPath+"/999999", url.Values{"do": {do}}); foreign.StatusCode != 404 || none.StatusCode != 404 {
			t.Errorf("%s another office's device: %d, nobody's: %d; want 404", do, foreign.StatusCode, none.StatusCode)
		}
	}

	admin.post(address, url.Values{"do": {"pause"}})
	if got := k.get("/kiosk"); got.Header.Get("Location") != "/kiosk/przerwa" {
		t.Errorf("a paused kiosk leads to %q", got.Header.Get("Location"))
	}
	h.expect("break", k.get("/kiosk/przerwa"), 200, "Ankieta jest chwilowo wstrzymana")
	if got := k.post("/kiosk/stan", url.Values{}); !strings.Contains(got.body, `"open":false`) {
		t.Errorf("a paused kiosk is told %s", got.body)
	}
	if got := k.post("/kiosk/odpowiedz", k.answer()); got.StatusCode != http.StatusNoContent {
		t.Errorf("an answer that was begun before the break: %d, want 204", got.StatusCode)
	}
	admin.post(address, url.Values{"do": {"resume"}})

	admin.post(address, url.Values{"do": {"code"}})
	again, _ := h.pair("osielsko", admin.shownCode())
	if old, fresh := k.post("/kiosk/stan", url.Values{}), again.post("/kiosk/stan", url.Values{}); old.StatusCode != 401 || fresh.StatusCode != 200 {
		t.Errorf("after pairing again the old token gives %d, the new one %d", old.StatusCode, fresh.StatusCode)
	}
	admin.post(address, url.Values{"do": {"remove"}})
	if got := again.post("/kiosk/odpowiedz", k.answer()); got.StatusCode != 401 {
		t.Errorf("an answer of a removed device: %d, want 401", got.StatusCode)
	}
	if got := again.get("/kiosk"); got.Header.Get("Location") != "/kiosk/parowanie" {
		t.Errorf("a removed device leads to %q", got.Header.Get("Location"))
	}
	h.expect("list", employee.get(devicesPath), 200, "Nie ma jeszcze żadnego urządzenia")
	h.expect("log", employee.get("/panel/dziennik"), 200, "nowe urządzenie: Tablet w holu", "sparowanie urządzenia", "wstrzymanie urządzenia", "wznowienie urządzenia", "usunięcie urządzenia")
}

// A kiosk has its own bucket: 200 residents at its address don't hamper it, a device that floods hampers itself alone, and
// while Redis is away the same holds in the process.
func TestKioskHasItsOwnBucket(t *testing.T) {
	for _, away := range []bool{false, true} {
		t.Run("redis away: "+strconv.FormatBool(away), func(t *testing.T) {
			h := start(t)
			admin := h.logIn("osielsko", store.RoleAdministrator)
			flooding, other := admin.paired("Zalewa"), admin.paired("Spokojny")
			if away {
				h.redis.SetError("LOADING")
			}
			for i := range 200 {
				got := h.post("osielsko", "/", url.Values{"overall": {"4"}, "_key": {newKey()}, "_plain": {"1"}})
				if got.StatusCode != http.StatusSeeOther {
					t.Fatalf("resident %d of 200 at one address: %d", i+1, got.StatusCode)
				}
			}
			n := 0
			for ; n <= limitKiosk.Burst+5; n++ {
				got := flooding.post("/kiosk/odpowiedz", flooding.answer())
				if got.StatusCode == http.StatusTooManyRequests {
					if got.Header.Get("Retry-After") == "" {
						t.Error("429 without Retry-After")
					}
					break
				}
				if got.StatusCode != http.StatusNoContent {
					t.Fatalf("answer %d of the kiosk: %d %s", n+1, got.StatusCode, got.body)
				}
			}
			if n < limitKiosk.Burst || n > limitKiosk.Burst+2 { // time goes on meanwhile
				t.Errorf("a device gets %d answers through at once, want %d", n, limitKiosk.Burst)
			}
			if got := other.post("/kiosk/odpowiedz", other.answer()); got.StatusCode != http.StatusNoContent {
				t.Errorf("the other device: %d, want 204", got.StatusCode)
			}
			if got := h.post("osielsko", "/", url.Values{"overall": {"4"}, "_key": {newKey()}, "_plain": {"1"}}); got.StatusCode != http.StatusSeeOther {
				t.Errorf("a resident beside the flood: %d, want 303", got.StatusCode)
			}
			h.advance(6 * time.Second)
			if got := flooding.post("/kiosk/odpowiedz", flooding.answer()); got.StatusCode != http.StatusNoContent {
				t.Errorf("six seconds later: %d, want 204", got.StatusCode)
			}
			if n := h.count(`SELECT sum(fast) FROM kiosk_days WHERE device_id = $1`, flooding.id); n < limitKiosk.Burst-limitPace.Burst-1 {
				t.Errorf("%d answers of the flood are marked as fast", n)
			}
			if n := h.count(`SELECT sum(fast) FROM kiosk_days WHERE device_id = $1`, other.id); n != 0 {
				t.Errorf("%d answers of the other device are marked as fast, want none", n)
			}
		})
	}
}

// Tapping is told on the page of devices, on the panel's first page and in the report; nothing is left out for it.
func TestTappingIsTold(t *testing.T) {
	h := start(t)
	admin := h.logIn("osielsko", store.RoleAdministrator)
	k := admin.paired("Tablet")
	for range 12 {
		if got := k.post("/kiosk/odpowiedz", k.answer("_fast", "1")); got.StatusCode != http.StatusNoContent {
			t.Fatal(got.StatusCode, got.body)
		}
	}
	told := map[string]string{devicesPath: "10 marca 2026: 12 takich ankiet z 12", "/panel": "kiosk w urzędzie): 12 ankiet, w tym 12 jedna po drugiej tak szybko, jakby ktoś tylko dotykał ekranu",
		admin.generate(thisYear()): "wypełniano je na kiosku szybciej, niż da się przeczytać pytania"}
	for path, want := range told {
		page := admin.get(path)
		page.body = strings.ReplaceAll(page.body, hardSpace, " ")
		page.body = strings.ReplaceAll(page.body, "&nbsp;", " ")
		h.expect(path, page, 200, want)
	}
	if n := h.count(`SELECT count(*) FROM submissions`); n != 12 {
		t.Errorf("%d answers are stored, want all 12", n)
	}
}

package web

import (
	"context"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"ocenaurzedu.eu/pkg/auth"
	"ocenaurzedu.eu/pkg/store"
)

// cookieOf returns the panel's cookie that an answer sets, or "".
func (h *harness) cookieOf(a *answer) string {
	for _, cookie := range a.Cookies() {
		if cookie.Name == h.web.cookieName() {
			return cookie.Value
		}
	}
	return ""
}

// csrfIn finds the token of the forms of a page.
func csrfIn(t *testing.T, body string) string {
	t.Helper()
	m := regexp.MustCompile(`name="_csrf" value="([^"]+)"`).FindStringSubmatch(body)
	if m == nil {
		t.Fatalf("no _csrf in %s", body)
	}
	return m[1]
}

// with sends a request with a cookie of the panel.
func (h *harness) with(cookie, slug, path string, values url.Values) *answer {
	h.t.Helper()
	r := h.request(slug, path, values)
	r.Header.Set("Cookie", h.web.cookieName()+"="+cookie)
	return h.do(r)
}

func TestLogInTakesPasswordAndCode(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleAdministrator)
	wrong := h.post("osielsko", "/panel/logowanie", url.Values{"login": {p.login}, "password": {"nie to hasło, naprawdę"}})
	unknown := h.post("osielsko", "/panel/logowanie", url.Values{"login": {"nikt@osielsko.example"}, "password": {testPassword}})
	if wrong.StatusCode != 422 || unknown.StatusCode != 422 || strings.ReplaceAll(wrong.body, p.login, "") != strings.ReplaceAll(unknown.body, "nikt@osielsko.example", "") {
		t.Errorf("a wrong password and an unknown login are told apart: %d, %d", wrong.StatusCode, unknown.StatusCode)
	}
	half := h.post("osielsko", "/panel/logowanie", url.Values{"login": {strings.ToUpper(p.login)}, "password": {testPassword}})
	cookie := h.cookieOf(half)
	if half.StatusCode != 303 || cookie == "" {
		t.Fatalf("log-in = %d, cookie %q; want 303 and a cookie", half.StatusCode, cookie)
	}
	if a := h.with(cookie, "osielsko", "/panel", nil); a.StatusCode != 303 || a.Header.Get("Location") != "/panel/logowanie/kod" {
		t.Errorf("the panel after the password alone = %d to %q; want the code's page", a.StatusCode, a.Header.Get("Location"))
	}
	form := h.with(cookie, "osielsko", "/panel/logowanie/kod", nil)
	code, err := auth.TOTPCode(p.secret, h.clock.now())
	if err != nil {
		t.Fatal(err)
	}
	send := func(code string) *answer {
		return h.with(cookie, "osielsko", "/panel/logowanie/kod", url.Values{"_csrf": {csrfIn(t, form.body)}, "code": {code}})
	}
	if a := send("000000"); a.StatusCode != 422 || !strings.Contains(a.body, "Ten kod nie pasuje") {
		t.Errorf("a wrong code = %d", a.StatusCode)
	}
	full := send(code)
	if full.StatusCode != 303 || h.cookieOf(full) == "" || h.cookieOf(full) == cookie {
		t.Fatalf("the right code = %d; want 303 and a new session", full.StatusCode)
	}
	home := h.with(h.cookieOf(full), "osielsko", "/panel", nil)
	for _, words := range []string{"Wprowadź ankietę (papierową)", "Pobierz ankietę do wydrukowania (pdf)", "Generuj raport", "Edytuj dane urzędu", "Edytuj ankietę"} {
		if !strings.Contains(home.body, words) {
			t.Errorf("the first page lacks %q (status %d)", words, home.StatusCode)
		}
	}
	if a := h.with(h.cookieOf(full), "dobrcz", "/panel", nil); a.StatusCode != 303 || a.Header.Get("Location") != "/panel/logowanie" {
		t.Errorf("another office's panel with the session = %d; want its log-in", a.StatusCode)
	}
	again := h.post("osielsko", "/panel/logowanie", url.Values{"login": {p.login}, "password": {testPassword}})
	cookie = h.cookieOf(again)
	form = h.with(cookie, "osielsko", "/panel/logowanie/kod", nil)
	if a := send(code); a.StatusCode != 422 {
		t.Errorf("the same code a second time = %d; want 422", a.StatusCode)
	}
}

func TestLogOutEndsTheSession(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleEmployee)
	if a := p.get("/panel"); a.StatusCode != 200 {
		t.Fatalf("panel = %d", a.StatusCode)
	}
	if a := p.post("/panel/wyloguj", url.Values{"_csrf": {"nieprawdziwy"}}); a.StatusCode != 403 {
		t.Errorf("log-out with a false token = %d; want 403", a.StatusCode)
	}
	if a := p.post("/panel/wyloguj", nil); a.StatusCode != 303 {
		t.Errorf("log-out = %d; want 303", a.StatusCode)
	}
	if a := p.get("/panel"); a.StatusCode != 303 {
		t.Errorf("panel after log-out = %d; want 303 to log-in", a.StatusCode)
	}
}

func TestInvitationSetsPasswordAndSecondFactor(t *testing.T) {
	h := start(t)
	token, hash := auth.NewToken()
	now := h.clock.now()
	err := h.store.Invite(context.Background(), h.ids["osielsko"], store.Invitation{Login: "nowa@osielsko.example", Role: store.RoleAdministrator,
		Token: hash, At: now, Expires: now.Add(time.Hour), Reason: "test"})
	if err != nil {
		t.Fatal(err)
	}
	path := "/panel/zaproszenie/" + token
	if a := h.get("dobrcz", path); a.StatusCode != 404 {
		t.Errorf("the invitation at another office = %d; want 404", a.StatusCode)
	}
	form := h.get("osielsko", path)
	m := regexp.MustCompile(`name="secret" value="([^"]+)"`).FindStringSubmatch(form.body)
	if m == nil {
		t.Fatalf("no secret in the form: %d %s", form.StatusCode, form.body)
	}
	accept := func(password, again, code string) *answer {
		return h.post("osielsko", path, url.Values{"secret": {m[1]}, "password": {password}, "again": {again}, "code": {code}})
	}
	code, err := auth.TOTPCode(m[1], now)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, password, again, code, want string }{
		{"short password", "krótkie", "krótkie", code, "mniej niż 12"},
		{"passwords differ", testPassword, testPassword + "x", code, "różnią się"},
		{"wrong code", testPassword, testPassword, "000000", "Kod z"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if a := accept(tt.password, tt.again, tt.code); a.StatusCode != 422 || !strings.Contains(a.body, tt.want) || !strings.Contains(a.body, m[1]) {
				t.Errorf("status %d; want 422 with %q and the same secret", a.StatusCode, tt.want)
			}
		})
	}
	if a := accept(testPassword, testPassword, code); a.StatusCode != 200 || strings.Count(a.body, "<li>") < 10 {
		t.Errorf("accept = %d; want 200 with ten recovery codes", a.StatusCode)
	}
	if a := h.get("osielsko", path); a.StatusCode != 404 {
		t.Errorf("the used invitation = %d; want 404", a.StatusCode)
	}
}

func TestPanelRefusesOtherSites(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleAdministrator)
	tests := []struct{ name, site, origin string }{
		{"sibling subdomain", "same-site", ""},
		{"another site", "cross-site", ""},
		{"old browser with another origin", "", "http://dobrcz.localhost"},
		{"neither header", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := p.request("osielsko", "/panel/wyloguj", url.Values{"_csrf": {p.csrf()}})
			r.AddCookie(p.cookie)
			r.Header.Del("Sec-Fetch-Site")
			if tt.site != "" {
				r.Header.Set("Sec-Fetch-Site", tt.site)
			}
			if tt.origin != "" {
				r.Header.Set("Origin", tt.origin)
			}
			if a := h.do(r); a.StatusCode != 403 {
				t.Errorf("status %d; want 403", a.StatusCode)
			}
		})
	}
}

// TestRoutesByRole tries every route of the panel as every role. What a role may not open is 403, and a
// stranger is led to the log-in; everything else is answered, be it that an id is missing or a form is empty.
func TestRoutesByRole(t *testing.T) {
	h := start(t)
	people := map[store.Role]*person{}
	for _, role := range []store.Role{store.RoleAdministrator, store.RoleEmployee, store.RoleSupervisor} {
		people[role] = h.logIn("osielsko", role)
	}
	people[store.RoleAnalyst] = h.logIn("powiat-bydgoski", store.RoleAnalyst)
	allowed := map[Audience]string{
		Staff: "administrator employee supervisor", Typist: "administrator employee", Supervisor: "supervisor", Administrator: "administrator", Analyst: "analyst",
		Member: "administrator employee supervisor analyst",
	}
	parameters := regexp.MustCompile(`:[a-z]+`)
	for _, r := range h.web.Routes() {
		roles, ok := allowed[r.Audience]
		if !ok {
			if r.Audience != Anyone && r.Audience != LoggedOut && r.Audience != HalfIn {
				t.Errorf("%s %s has the unknown audience %q", r.Method, r.Path, r.Audience)
			}
			continue
		}
		path := parameters.ReplaceAllString(r.Path, "1")
		for role, p := range people {
			var a *answer
			if r.Method == "GET" {
				a = p.get(path)
			} else {
				a = p.post(path, nil)
			}
			if forbidden := !strings.Contains(roles, string(role)); forbidden != (a.StatusCode == 403) {
				t.Errorf("%s %s as %s = %d; allowed: %s", r.Method, path, role, a.StatusCode, roles)
			}
			if a.StatusCode >= 500 {
				t.Errorf("%s %s as %s = %d", r.Method, path, role, a.StatusCode)
			}
		}
		var a *answer
		if r.Method == "GET" {
			a = h.get("osielsko", path)
		} else {
			a = h.post("osielsko", path, nil)
		}
		if to, _, _ := strings.Cut(a.Header.Get("Location"), "?dalej="); a.StatusCode != 303 || to != "/panel/logowanie" {
			t.Errorf("%s %s as a stranger = %d to %q; want the log-in", r.Method, path, a.StatusCode, a.Header.Get("Location"))
		}
	}
}

package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"ocenaurzedu.eu/pkg/auth"
	"ocenaurzedu.eu/pkg/store"
)

// guess tries a password from an address, with cookies.
func (h *harness) guess(login, password, address string, cookies ...*http.Cookie) *answer {
	h.t.Helper()
	r := h.request("osielsko", "/panel/logowanie", url.Values{"login": {login}, "password": {password}})
	r.Header.Set("X-Forwarded-For", address)
	for _, cookie := range cookies {
		r.AddCookie(cookie)
	}
	return h.do(r)
}

// finish sends the one-time code of a person who has just given the password, from an address.
func (p *person) finish(half *answer, address string, cookies ...*http.Cookie) *answer {
	p.t.Helper()
	p.clock.advance(time.Minute) // a code is good once
	code, err := auth.TOTPCode(p.secret, p.clock.now())
	if err != nil {
		p.t.Fatal(err)
	}
	token := p.cookieOf(half)
	r := p.request(p.slug, "/panel/logowanie/kod", url.Values{"_csrf": {auth.CSRFToken(auth.HashToken(token))}, "code": {code}})
	r.Header.Set("X-Forwarded-For", address)
	for _, cookie := range append(cookies, &http.Cookie{Name: p.web.cookieName(), Value: token}) {
		r.AddCookie(cookie)
	}
	return p.do(r)
}

// deviceOf returns the cookie by which a browser is known, or nil.
func (h *harness) deviceOf(a *answer) *http.Cookie {
	for _, cookie := range a.Cookies() {
		if cookie.Name == h.web.deviceName() {
			return cookie
		}
	}
	return nil
}

// Guessing one account from very many addresses ends at a limit of the account. Its owner still gets in with the browser
// of before, whatever the address, and so does everybody with another account.
func TestAttackOnOneAccountFromEverywhere(t *testing.T) {
	h := start(t, loopback)
	h.redis.SetTime(h.clock.now()) // stands still, so that nothing is regained
	owner, other := h.logIn("osielsko", store.RoleAdministrator), h.logIn("osielsko", store.RoleEmployee)
	full := owner.finish(h.guess(owner.login, testPassword, "198.51.100.1"), "198.51.100.1")
	device := h.deviceOf(full)
	if full.StatusCode != http.StatusSeeOther || device == nil {
		t.Fatalf("log-in = %d, cookies %v", full.StatusCode, full.Cookies())
	}
	if device.Domain != "" || device.Path != "/" || !device.HttpOnly || device.SameSite != http.SameSiteStrictMode || device.MaxAge != 90*24*3600 || strings.Contains(device.Value, owner.login) {
		t.Errorf("the cookie is %+v", device)
	}
	guesses, refused := 0, 0
	for i := 0; refused < 5 && i < 200; i++ {
		a := h.guess(owner.login, "zgaduję po raz "+fmt.Sprint(i), fmt.Sprintf("203.0.113.%d", i%200+1))
		switch a.StatusCode {
		case http.StatusUnprocessableEntity:
			guesses++
		case http.StatusTooManyRequests:
			refused++
		default:
			t.Fatalf("guess %d = %d", i+1, a.StatusCode)
		}
	}
	if guesses > limitAccount.Burst || refused == 0 {
		t.Errorf("%d guesses were heard from 200 addresses, want at most %d", guesses, limitAccount.Burst)
	}
	if a := h.guess(owner.login, testPassword, "198.51.100.1"); a.StatusCode != http.StatusTooManyRequests {
		t.Errorf("a browser that is not known = %d, want 429", a.StatusCode)
	}
	half := h.guess(owner.login, testPassword, "203.0.113.1", device)
	if half.StatusCode != http.StatusSeeOther {
		t.Fatalf("the owner's browser = %d, want 303", half.StatusCode)
	}
	if a := owner.finish(half, "203.0.113.1", device); a.StatusCode != http.StatusSeeOther || h.deviceOf(a) == nil {
		t.Errorf("the owner's code = %d, want 303", a.StatusCode)
	}
	if a := h.guess(other.login, testPassword, "198.51.100.2"); a.StatusCode != http.StatusSeeOther {
		t.Errorf("another account = %d, want 303", a.StatusCode)
	}
	if a := h.guess(owner.login, testPassword, "198.51.100.3", &http.Cookie{Name: device.Name, Value: device.Value[:60] + "AAAA" + device.Value[64:]}); a.StatusCode != http.StatusTooManyRequests {
		t.Errorf("with a made-up cookie = %d, want 429", a.StatusCode)
	}
}

// A browser that is known may guess no more than others do.
func TestAKnownBrowserIsLimitedToo(t *testing.T) {
	h := start(t, loopback)
	h.redis.SetTime(h.clock.now())
	owner, other := h.logIn("osielsko", store.RoleAdministrator), h.logIn("osielsko", store.RoleEmployee)
	device := h.deviceOf(owner.finish(h.guess(owner.login, testPassword, "198.51.100.1"), "198.51.100.1"))
	for i := range limitDevice.Burst {
		if a := h.guess(owner.login, "zgaduję po raz kolejny", fmt.Sprintf("203.0.113.%d", i+1), device); a.StatusCode != http.StatusUnprocessableEntity {
			t.Fatalf("guess %d = %d, want 422", i+1, a.StatusCode)
		}
	}
	if a := h.guess(owner.login, testPassword, "203.0.113.99", device); a.StatusCode != http.StatusTooManyRequests {
		t.Errorf("beyond the limit of a browser = %d, want 429", a.StatusCode)
	}
	for i := range limitLogin.Burst + 1 {
		a := h.guess(other.login, "zgaduję po raz kolejny", "203.0.113.100", device)
		if want := i < limitLogin.Burst; (a.StatusCode == http.StatusUnprocessableEntity) != want {
			t.Errorf("guess %d of another account = %d", i+1, a.StatusCode)
		}
	}
}

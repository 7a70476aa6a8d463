package web

import (
	"net/url"
	"strconv"
	"strings"
	"testing"

	"ocenaurzedu.eu/pkg/store"
)

// What was typed in the panel survives an outage of the database and somebody who was faster.
func TestPanelKeepsWhatWasTyped(t *testing.T) {
	h, pg := startFragile(t)
	p := h.logIn("osielsko", store.RoleAdministrator)
	stale := p.post("/panel/ankieta/tresc", url.Values{"revision": {"99"}, "title": {"Tytuł pisany długo"}})
	if stale.StatusCode != 409 || !strings.Contains(stale.body, "Tytuł pisany długo") {
		t.Errorf("a save of an old revision = %d; want 409 with what was typed", stale.StatusCode)
	}
	if err := pg.StopImmediate(); err != nil {
		t.Fatal(err)
	}
	away := p.post("/panel/urzad", url.Values{"name": {"Urząd <nowy>"}, "revision": {"1"}})
	if away.StatusCode != 503 || away.Header.Get("Retry-After") == "" || !strings.Contains(away.body, `name="name" value="Urząd &lt;nowy&gt;"`) ||
		!strings.Contains(away.body, "Wyślij jeszcze raz") {
		t.Errorf("a save while the database is away = %d %s; want 503 with the form to send again", away.StatusCode, away.body)
	}
	login := h.post("osielsko", "/panel/logowanie", url.Values{"login": {p.login}, "password": {testPassword}})
	if login.StatusCode != 503 || strings.Contains(login.body, testPassword) {
		t.Errorf("a log-in while the database is away = %d; want 503 without the password", login.StatusCode)
	}
}

// Another office's record and one that is nowhere are the same to the byte.
func TestForeignRecordLooksLikeNone(t *testing.T) {
	h := start(t)
	osielsko, dobrcz := h.logIn("osielsko", store.RoleAdministrator), h.logIn("dobrcz", store.RoleAdministrator)
	if a := osielsko.post("/panel/raporty/dotychczasowe", url.Values{"next": {"/panel/urzad"}}); a.StatusCode != 303 {
		t.Fatalf("report = %d", a.StatusCode)
	}
	foreign := h.count(`SELECT max(id) FROM reports`)
	if foreign == 0 {
		t.Fatal("no report")
	}
	a, b := dobrcz.get("/panel/raporty/"+strconv.Itoa(foreign)), dobrcz.get("/panel/raporty/999999")
	if a.StatusCode != 404 || a.body != b.body {
		t.Errorf("another office's report = %d, differs from one that is nowhere: %t", a.StatusCode, a.body != b.body)
	}
}

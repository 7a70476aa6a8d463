package web

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"ocenaurzedu.eu/pkg/auth"
	"ocenaurzedu.eu/pkg/store"
)

func TestPaperByRole(t *testing.T) {
	h := start(t)
	batch := openPaperBatch(t, h.logIn("osielsko", store.RoleEmployee), nil)
	pages := []struct {
		path string
		post url.Values // nil: GET
		want map[store.Role]int
	}{
		{"/panel/ankiety-papierowe", nil, map[store.Role]int{"administrator": 200, "employee": 200, "supervisor": 200, "analyst": 403}},
		{batch, nil, map[store.Role]int{"administrator": 200, "employee": 200, "supervisor": 200, "analyst": 403}},
		{batch + "/arkusz", nil, map[store.Role]int{"administrator": 200, "employee": 200, "supervisor": 403, "analyst": 403}},
		{batch + "/kod?kod=A", nil, map[store.Role]int{"administrator": 200, "employee": 200, "supervisor": 403, "analyst": 403}},
		{"/panel/ankiety-papierowe", url.Values{"day": {"2026-03-01"}}, map[store.Role]int{"administrator": 303, "employee": 303, "supervisor": 403, "analyst": 403}},
		{batch + "/arkusz", url.Values{"overall": {"1"}}, map[store.Role]int{"administrator": 303, "employee": 303, "supervisor": 403, "analyst": 403}},
		{"/panel/wydruk", nil, map[store.Role]int{"administrator": 200, "employee": 200, "supervisor": 403, "analyst": 403}},
		{"/panel/wydruk", url.Values{"copies": {"1"}}, map[store.Role]int{"administrator": 200, "employee": 200, "supervisor": 403, "analyst": 403}},
		{"/panel/baner", nil, map[store.Role]int{"administrator": 200, "employee": 200, "supervisor": 200, "analyst": 403}},
		{"/panel/baner/qr/strona.svg", nil, map[store.Role]int{"administrator": 200, "employee": 200, "supervisor": 200, "analyst": 403}},
		{batch + "/zamknij", url.Values{}, map[store.Role]int{"supervisor": 403, "analyst": 403}},
	}
	for _, role := range []store.Role{store.RoleAdministrator, store.RoleEmployee, store.RoleSupervisor, store.RoleAnalyst} {
		p := h.logIn("osielsko", role)
		for _, page := range pages {
			want, tried := page.want[role]
			if !tried {
				continue
			}
			got := &answer{}
			if page.post == nil {
				got = p.get(page.path)
			} else {
				form := maps.Clone(page.post)
				form.Set("_key", newKey())
				got = p.post(page.path, form)
			}
			if got.StatusCode != want {
				t.Errorf("%s %s as %s: %d, want %d", got.Request.Method, page.path, role, got.StatusCode, want)
			}
		}
	}
	supervisor := h.logIn("osielsko", store.RoleSupervisor)
	if page := supervisor.get("/panel/ankiety-papierowe").body; strings.Contains(page, "Nowa partia") || strings.Contains(page, "wpisuj dalej") {
		t.Error("a supervisor is offered what changes something")
	}
}

func TestPaperOfAnotherOffice(t *testing.T) {
	h := start(t)
	batch := openPaperBatch(t, h.logIn("osielsko", store.RoleEmployee), nil)
	mustType(t, h.logIn("osielsko", store.RoleEmployee), batch, url.Values{"overall": {"2"}})
	var id string
	if err := h.owner.QueryRow(`SELECT submission_id FROM batch_sheets`).Scan(&id); err != nil {
		t.Fatal(err)
	}
	p := h.logIn("dobrcz", store.RoleAdministrator)
	const none = "/panel/ankiety-papierowe/999999"
	values := func() url.Values { return url.Values{"overall": {"1"}, "_key": {newKey()}} }
	for _, end := range []string{"", "/arkusz", "/arkusz/" + id, "/kod?kod="} {
		if foreign, missing := p.get(batch+end), p.get(none+end); foreign.StatusCode != http.StatusNotFound || missing.StatusCode != http.StatusNotFound {
			t.Errorf("GET another office's %s: %d, one that is not: %d; want 404 for both", end, foreign.StatusCode, missing.StatusCode)
		}
	}
	for _, end := range []string{"/arkusz", "/arkusz/" + id, "/zamknij"} {
		if got := p.post(batch+end, values()); got.StatusCode != http.StatusNotFound {
			t.Errorf("POST another office's %s: %d, want 404", end, got.StatusCode)
		}
	}
	if strings.Contains(p.get("/panel/ankiety-papierowe").body, batch+`"`) {
		t.Error("another office's batch is listed")
	}
}

// A form that has lost its session's token changes nothing.
func TestPaperNeedsToken(t *testing.T) {
	h := start(t)
	p, other := h.logIn("osielsko", store.RoleEmployee), h.logIn("osielsko", store.RoleEmployee)
	for _, token := range []string{"", "x", auth.CSRFToken(other.hash)} {
		if got := p.post("/panel/wydruk", url.Values{"copies": {"1"}, "_csrf": {token}}); got.StatusCode != http.StatusForbidden {
			t.Errorf("printing with the token %q: %d, want 403", token, got.StatusCode)
		}
	}
}

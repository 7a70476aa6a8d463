package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"ocenaurzedu.eu/pkg/store"
)

func TestPostersOfAnOffice(t *testing.T) {
	h := start(t)
	points, err := h.scope("osielsko").ServicePoints(context.Background())
	if err != nil || len(points) < 2 {
		t.Fatalf("ServicePoints = %v, %v", points, err)
	}
	closed := points[1]
	if _, err := h.owner.Exec(`ALTER TABLE service_points DISABLE TRIGGER require_report`); err != nil {
		t.Fatal(err)
	}
	if _, err := h.owner.Exec(`UPDATE service_points SET valid_to = '2026-03-01' WHERE tenant_id = $1 AND id = $2`, h.ids["osielsko"], closed.ID); err != nil {
		t.Fatal(err)
	}
	p := h.logIn("osielsko", store.RoleEmployee)
	h.expect("the page", p.get(postersPath+"?rodzaj=stojak&punkt="+points[0].Code), 200, "Pobierz wszystko (PDF)", points[0].Name, `value="stojak" checked`, `value="`+points[0].Code+`" checked`,
		"not:", closed.Name+`</span>`, `value="plakat-a4" checked`)
	tests := []struct {
		query string
		pages string // "": refused
		says  []string
	}{
		{"rodzaj=plakat-a4&punkt=" + points[0].Code, "1", []string{points[0].Name, "osielsko.localhost", "Oceń Urząd", "Urząd Gminy Osielsko", "Rate the Office"}},
		{"rodzaj=plakat-a4&rodzaj=wizytowki&punkt=strona", "2", []string{"Ankieta jest anonimowa"}},
		{"punkt=" + points[0].Code, "5", []string{points[0].Name}},
		{"rodzaj=ulotka", "", []string{"Prosimy wybrać rodzaj"}},
		{"rodzaj=stojak&punkt=" + closed.Code, "", []string{"Prosimy wybrać punkt", `value="stojak" checked`}},
		{"punkt=zly", "", []string{"Prosimy wybrać punkt"}},
	}
	for _, tt := range tests {
		r := p.request("osielsko", postersPath+"/plakaty.pdf?"+tt.query, nil)
		r.AddCookie(p.cookie)
		r.Header.Set("X-Forwarded-Host", "zly.example")
		got := p.do(r)
		if tt.pages == "" {
			if got.StatusCode != http.StatusUnprocessableEntity || !holdsAll(got.body, tt.says) {
				t.Errorf("%s: %d, want 422 with %q", tt.query, got.StatusCode, tt.says)
			}
			continue
		}
		if got.StatusCode != 200 || got.Header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(got.Header.Get("Content-Disposition"), `attachment; filename="plakaty-osielsko.pdf"; filename*=UTF-8''Oce%C5%84%20`) {
			t.Fatalf("%s: %d, %v", tt.query, got.StatusCode, got.Header)
		}
		text, alts := pdfText(t, got.body), posterAlts(t, got.body)
		if !holdsAll(words(text), tt.says) || !strings.Contains(alts, "Pages:           "+tt.pages+"\n") || strings.Contains(text+alts, "zly.example") {
			t.Errorf("%s: want %s pages with %q, got %s\n%s", tt.query, tt.pages, tt.says, alts, text)
		}
	}
	all := p.get(postersPath + "/plakaty.pdf")
	open := 0
	for _, point := range points {
		if point.ID != closed.ID {
			open++
		}
	}
	if want := 5 * (open + 1); all.StatusCode != 200 || strings.Count(all.body, "/Type /Page\n") != want {
		t.Errorf("everything: %d with %d pages, want %d", all.StatusCode, strings.Count(all.body, "/Type /Page\n"), want)
	}
}

func holdsAll(text string, parts []string) bool {
	for _, part := range parts {
		if !strings.Contains(words(text), part) {
			return false
		}
	}
	return true
}

// posterAlts is what pdfinfo tells of a PDF.
func posterAlts(t *testing.T, pdf string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "posters.pdf")
	if err := os.WriteFile(file, []byte(pdf), 0o600); err != nil {
		t.Fatal(err)
	}
	text, err := exec.Command("pdfinfo", file).Output()
	if err != nil {
		t.Fatalf("pdfinfo: %v", err)
	}
	return string(text)
}

// The crest and the colour are the office's own: yellow is darkened until white can be read on it.
func TestPosterColour(t *testing.T) {
	for hex, want := range map[string]string{"": "", "zielony": "", "#000080": "#000080"} {
		if got := posterColour(hex); got != want {
			t.Errorf("posterColour(%q) = %q, want %q", hex, got, want)
		}
	}
	for _, hex := range []string{"#ffff00", "#ffffff", "#ff8800"} {
		colour, ok := parseColour(posterColour(hex))
		if !ok || colour.contrast(lightSurface) < 5 {
			t.Errorf("posterColour(%q) = %v, on which white can't be read", hex, colour)
		}
	}
}

func TestPostersByRole(t *testing.T) {
	h := start(t)
	want := map[store.Role]int{store.RoleAdministrator: 200, store.RoleEmployee: 200, store.RoleSupervisor: 403, store.RoleAnalyst: 403}
	for role, status := range want {
		p := h.logIn("osielsko", role)
		for _, path := range []string{postersPath, postersPath + "/plakaty.pdf?rodzaj=stojak&punkt=strona"} {
			if got := p.get(path); got.StatusCode != status {
				t.Errorf("%s as %s: %d, want %d", path, role, got.StatusCode, status)
			}
		}
	}
	supervisor := h.logIn("osielsko", store.RoleSupervisor)
	for _, path := range []string{"/panel/urzad/punkty", "/panel/baner"} {
		if strings.Contains(supervisor.get(path).body, postersPath) {
			t.Errorf("%s offers a supervisor what it may not open", path)
		}
	}
	other := h.logIn("dobrcz", store.RoleAdministrator)
	if got := other.get(postersPath + "/plakaty.pdf?" + url.Values{paramPlace: {"kasa-osielska"}}.Encode()); got.StatusCode != 422 {
		t.Errorf("a point that is not the office's: %d, want 422", got.StatusCode)
	}
}

func TestPostersPageIsAccessible(t *testing.T) {
	axe := axeSource(t)
	h, ctx := start(t), startBrowser(t)
	p := h.logIn("osielsko", store.RoleEmployee)
	become(t, ctx, p)
	for width, scheme := range map[int64]string{360: "light", 1280: "dark"} {
		for name, query := range map[string]string{"strona": "", "odmowa": "/plakaty.pdf?rodzaj=ulotka&punkt=zly"} {
			t.Run(fmt.Sprintf("%s/%d", name, width), func(t *testing.T) {
				look(t, ctx, width, scheme, h.address(p.slug, postersPath+query), "")
				checkAxe(t, ctx, axe)
				shoot(t, ctx, fmt.Sprintf("plakaty-%s-%d-%s", name, width, scheme))
			})
		}
	}
}

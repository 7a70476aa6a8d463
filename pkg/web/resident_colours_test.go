package web

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

func TestColoursCanBeRead(t *testing.T) {
	for _, hex := range []string{"#17594a", "#8a1538", "#004b87", "#000000", "#767676", "#5c2d91", "#ffd400", "#ffffff"} {
		colour, ok := parseColour(hex)
		if !ok || colour.String() != hex {
			t.Fatalf("parseColour(%q) = %v, %t", hex, colour, ok)
		}
		light, dark := colour.until(rgb{}, lightPaper), colour.until(lightSurface, darkRaised)
		pairs := []struct {
			name     string
			on, text rgb
		}{
			{"on paper", lightPaper, light}, {"on its light tint", lightSurface.mix(light, .09), light}, {"white on it", light, lightSurface},
			{"on the dark surface", darkSurface, dark}, {"on its dark tint", darkSurface.mix(dark, .11), dark}, {"its own dark on it", dark, dark.mix(rgb{}, .88)},
		}
		for _, p := range pairs {
			if c := p.text.contrast(p.on); c < 4.5 {
				t.Errorf("%s %s: contrast %.2f, want 4.5", hex, p.name, c)
			}
		}
	}
	for _, hex := range []string{"", "#", "#12345", "red", "#12345g", "#1234567"} {
		if _, ok := parseColour(hex); ok {
			t.Errorf("parseColour(%q) is fine, want not", hex)
		}
	}
}

func TestColoursOfAnOffice(t *testing.T) {
	h := start(t)
	h.create(context.Background(), store.NewTenant{Slug: "barwny", Office: survey.Office{Name: "Urząd Gminy Barwny", Colour: "#8a1538"}})
	h.refresh()
	got := h.get("barwny", "/urzad.css")
	if got.StatusCode != http.StatusOK || !strings.HasPrefix(got.Header.Get("Content-Type"), "text/css") ||
		!regexp.MustCompile(`^:root\{--accent:#8a1538;--on-accent:#fff;--tint:#[0-9a-f]{6}\}\n@media \(prefers-color-scheme:dark\)`).MatchString(got.body) {
		t.Errorf("GET /urzad.css = %d, %q, %q", got.StatusCode, got.Header.Get("Content-Type"), got.body)
	}
	if got := h.get("dobrcz", "/urzad.css"); got.StatusCode != http.StatusOK || strings.Contains(got.body, "8a1538") {
		t.Errorf("the other office has %d, %q", got.StatusCode, got.body)
	}
}

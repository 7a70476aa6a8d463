package web

import (
	"fmt"
	"net/url"
	"testing"

	"github.com/chromedp/chromedp"

	"ocenaurzedu.eu/pkg/survey"
)

// The public results and the panel's pages about them, on a phone and at a desk, by day and by night.
func TestPublicResultsAreAccessible(t *testing.T) {
	axe := axeSource(t)
	h, admin, report := startPublic(t)
	ctx := startBrowser(t)
	const publication, look1 = "/panel/wyniki-publiczne", "/panel/wyniki-publiczne/nowe?"
	states := []versionState{
		{name: "publiczne-panel-puste", path: publication, who: admin},
		{name: "publiczne-panel-przed", path: look1 + editionOf(report).Encode(), who: admin},
		{name: "publiczne-panel-odmowa", path: look1 + editionOf(report, "threshold", "100").Encode(), who: admin},
		{name: "publiczne-panel-blad", path: look1 + editionOf(report, "threshold", "1").Encode(), who: admin},
		{name: "publiczne-panel", path: publication, who: admin, before: func() {
			h.answer("osielsko", given{n: 20, day: survey.NewDay(2025, 6, 1), values: survey.Values{"overall": {"5"}, "quality.signs": {"4"}, "matter": {"taxes", "waste"}}})
			admin.publishResults(admin.generate(url.Values{"from": {"2025-01-01"}, "to": {"2025-12-31"}}))
			admin.publishResults(report)
		}},
		{name: "publiczne-wyniki", path: "/wyniki", who: admin}, {name: "publiczne-wyniki-en", path: "/wyniki/2025-2?lang=en", who: admin},
	}
	for _, state := range states {
		if state.before != nil {
			state.before()
		}
		become(t, ctx, state.who)
		for _, width := range []int64{360, 1280} {
			for _, scheme := range []string{"light", "dark"} {
				t.Run(fmt.Sprintf("%s/%d/%s", state.name, width, scheme), func(t *testing.T) {
					look(t, ctx, width, scheme, h.address(state.who.slug, state.path), "")
					until(t, ctx, `[...document.querySelectorAll("iframe")].every(f => f.contentDocument?.readyState === "complete" && f.contentDocument.body.childElementCount > 0)`)
					checkAxe(t, ctx, axe)
					shoot(t, ctx, fmt.Sprintf("%s-%d-%s", state.name, width, scheme))
				})
			}
		}
	}
}

// The walk, on pages that have no script: choose, look, publish, open, read as a resident.
func TestPublishWalk(t *testing.T) {
	h, admin, _ := startPublic(t)
	ctx := startBrowser(t)
	become(t, ctx, admin)
	look(t, ctx, 1280, "light", h.address("osielsko", "/panel/wyniki-publiczne"), "")
	press := func(button, arrived string) {
		t.Helper()
		script := fmt.Sprintf(`[...document.querySelectorAll("main button")].find(b => b.textContent.startsWith(%q)).click(); true`, button)
		if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](script)); err != nil {
			t.Fatalf("press %q: %v", button, err)
		}
		until(t, ctx, fmt.Sprintf(`document.readyState === "complete" && document.querySelector("main")?.textContent.includes(%q)`, arrived))
	}
	press("Zobacz, co będzie widać", "Tak zobaczą to wszyscy")
	press("Opublikuj", "strona jest wyłączona")
	press("Włącz stronę", "Strona jest włączona")
	look(t, ctx, 1280, "light", h.address("osielsko", "/wyniki"), "")
	until(t, ctx, `document.querySelector("h1").textContent === "Wyniki badania satysfakcji klientów" && document.querySelectorAll("svg.chart").length > 0`)
}

package web

import (
	"context"
	"fmt"
	"net/url"
	"testing"
	"time"
)

// Residents are led to the results from the moment at which there are some, and no longer than that.
func TestResidentsAreLedToResults(t *testing.T) {
	h, admin, report := startPublic(t)
	pages := []string{"/", "/dziekujemy", "/prywatnosc"}
	check := func(when string, led bool) {
		t.Helper()
		want := []string{"not:", "/wyniki"}
		if led {
			want = []string{`<li><a href="/wyniki">Wyniki ankiety</a></li>`}
		}
		for _, page := range pages {
			h.expect(when+": "+page, h.get("osielsko", page), 200, want...)
			h.expect(when+": "+page+" of another office", h.get("dobrcz", page), 200, "not:", "/wyniki")
		}
	}
	check("at first", false)
	admin.post(publicPath, url.Values{"open": {"1"}})
	check("open, with nothing published", false)
	admin.publishResults(report)
	check("published", true)
	h.expect("thanks", h.get("osielsko", "/dziekujemy"), 200, `<p><a href="/wyniki">Zobacz wyniki poprzednich ankiet</a></p>`)
	h.expect("thanks in English", h.get("osielsko", "/dziekujemy?lang=en"), 200, `href="/wyniki?lang=en">Survey results<`, `href="/wyniki?lang=en">See the results of earlier surveys<`)
	h.expect("unknown address", h.get("osielsko", "/nie-ma"), 404, `href="/wyniki"`)
	h.expect("panel", admin.get("/panel"), 200, "not:", `href="/wyniki"`)
	admin.post(publicPath, url.Values{"open": {"0"}})
	h.expect("unknown address, before anything else is read", h.get("osielsko", "/nie-ma"), 404, "not:", "/wyniki")
	check("closed", false)
	admin.post(publicPath, url.Values{"open": {"1"}})
	check("open again", true)
	admin.post(fmt.Sprintf("%s/%d/wycofaj", publicPath, h.count(`SELECT id FROM publications`)), nil)
	check("withdrawn", false)
}

// Another replica hears from the database of each change of what residents are led to.
func TestResultsAreToldToReplicas(t *testing.T) {
	h, admin, report := startPublic(t)
	ctx, stop := context.WithCancel(context.Background())
	t.Cleanup(stop)
	heard := make(chan struct{}, 100)
	go func() { _ = h.store.WatchDirectory(ctx, func() { heard <- struct{}{} }) }()
	next := func(what string) {
		t.Helper()
		select {
		case <-heard:
		case <-time.After(20 * time.Second):
			t.Fatalf("nobody was told of %s", what)
		}
	}
	next("the connection")
	admin.post(publicPath, url.Values{"open": {"1"}})
	next("the page's opening")
	admin.post(publicPath+"/nowe", editionOf(report))
	next("an edition")
	admin.post(fmt.Sprintf("%s/%d/wycofaj", publicPath, h.count(`SELECT id FROM publications`)), nil)
	next("its withdrawal")
}

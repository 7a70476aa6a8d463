package web

import (
	"context"
	"database/sql"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ocenaurzedu.eu/migrations"
	"ocenaurzedu.eu/pkg/embedded"
	"ocenaurzedu.eu/pkg/store"
)

// startFragile starts a service on a Postgres of its own, which the test may stop.
func startFragile(t *testing.T) (*harness, *embedded.Postgres) {
	t.Helper()
	ctx := context.Background()
	pg, err := embedded.StartPostgres(ctx, embedded.PostgresOptions{Dir: filepath.Join(t.TempDir(), "pg"), Fresh: true,
		Settings: map[string]string{"fsync": "off", "full_page_writes": "off"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pg.Stop() })
	owner, err := sql.Open("postgres", pg.OwnerURL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = owner.Close() })
	const service, database = "ocena_service", "fragile"
	if _, err := owner.Exec(`CREATE DATABASE ` + database); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Migrate(ctx, pg.OwnerURL(database), pg.URL(service, database), migrations.Files); err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(store.Options{URL: pg.URL(service, database), Wait: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	rows, err := sql.Open("postgres", pg.OwnerURL(database))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = rows.Close() })
	h := startOn(t, db, rows)
	h.createEvery()
	return h, pg
}

func TestPostgresAway(t *testing.T) {
	h, pg := startFragile(t)
	form := h.form("wszystko", "/?p=okienko", merge(valid(), url.Values{"remarks": {"Nie zgub mnie"}, "settled": {"no"}}))
	cold := url.Values{"_key": {newKey()}, "overall": {"5"}, "remarks": {"<i>Też nie</i>"}} // to an office whose survey nobody opened yet
	if err := pg.StopImmediate(); err != nil {
		t.Fatal(err)
	}
	if got := h.get("wszystko", "/"); got.StatusCode != http.StatusOK || !strings.Contains(got.body, "Wszystkie rodzaje") {
		t.Errorf("GET / = %d, want the survey", got.StatusCode)
	}
	got := h.post("wszystko", "/", form)
	if got.StatusCode != http.StatusServiceUnavailable || got.Header.Get("Retry-After") == "" {
		t.Fatalf("POST = %d, Retry-After %q", got.StatusCode, got.Header.Get("Retry-After"))
	}
	if !strings.Contains(got.body, "Nie zgub mnie</textarea>") || len(tags(got.body, `name="settled"`, `value="no"`, "checked")) != 1 || hidden(got.body).Get("_p") != "okienko" {
		t.Error("something typed was lost")
	}
	if key := hidden(got.body).Get("_key"); key != form.Get("_key") {
		t.Errorf("the key became %q, want %q", key, form.Get("_key"))
	}
	kept := h.post("dobrcz", "/", cold)
	if back := hidden(kept.body); kept.StatusCode != http.StatusServiceUnavailable || back.Get("_key") != cold.Get("_key") || back.Get("remarks") != "&lt;i&gt;Też nie&lt;/i&gt;" {
		t.Errorf("an office read for the first time = %d, kept %q", kept.StatusCode, back)
	}
	if err := pg.Restart(context.Background()); err != nil {
		t.Fatal(err)
	}
	for _, again := range []struct {
		slug   string
		values url.Values
	}{{"wszystko", form}, {"wszystko", form}, {"dobrcz", cold}} {
		if got := h.post(again.slug, "/", again.values); got.StatusCode != http.StatusSeeOther {
			t.Errorf("once Postgres is back, %s = %d: %s", again.slug, got.StatusCode, got.body)
		}
	}
	if n := h.count(`SELECT count(*) FROM submissions`); n != 2 {
		t.Errorf("%d stored, want 2", n)
	}
}

func TestRedisAway(t *testing.T) {
	h := startEvery(t)
	h.redis.Close()
	began := time.Now()
	for range 5 {
		if got := h.post("wszystko", "/", h.form("wszystko", "/", valid())); got.StatusCode != http.StatusSeeOther {
			t.Errorf("POST = %d, want 303", got.StatusCode)
		}
	}
	if taken := time.Since(began); taken > 5*time.Second {
		t.Errorf("five residents waited %v", taken)
	}
	if n := h.count(`SELECT count(*) FROM submissions`); n != 5 {
		t.Errorf("%d stored, want 5", n)
	}
}

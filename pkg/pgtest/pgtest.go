// Package pgtest gives each test a database of its own on a private Postgres, with the roles of production.
package pgtest

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	_ "github.com/lib/pq" // the driver of the owner's connections

	"ocenaurzedu.eu/migrations"
	"ocenaurzedu.eu/pkg/embedded"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

const (
	template = "ocena_template"
	service  = "ocena_service" // the service's login: a member of the roles that inherits nothing
)

// cluster is the process's Postgres; the tests of a package share it. It dies with the process.
var cluster = sync.OnceValues(startCluster)

var databases atomic.Int64

func startCluster() (*embedded.Postgres, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	dir, err := os.MkdirTemp("", "ocenaurzedu-pgtest-")
	if err != nil {
		return nil, err
	}
	pg, err := embedded.StartPostgres(ctx, embedded.PostgresOptions{
		Dir: filepath.Join(dir, "data"), Fresh: true,
		Settings: map[string]string{"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "max_connections": "200"},
	})
	if err != nil {
		return nil, err
	}
	owner, err := sql.Open("postgres", pg.OwnerURL("postgres"))
	if err != nil {
		return nil, err
	}
	defer func() { _ = owner.Close() }()
	if _, err := owner.ExecContext(ctx, `CREATE DATABASE `+template); err != nil {
		return nil, err
	}
	_, err = store.Migrate(ctx, pg.OwnerURL(template), pg.URL(service, template), migrations.Files)
	return pg, err
}

// Database makes a database with the current schema and returns the addresses of its service and its owner.
func Database(t testing.TB) (serviceURL, ownerURL string) {
	t.Helper()
	pg, err := cluster()
	if err != nil {
		t.Fatalf("start Postgres: %v", err)
	}
	name := fmt.Sprintf("t%d_%d", os.Getpid(), databases.Add(1))
	admin := open(t, pg.OwnerURL("postgres"))
	if _, err := admin.Exec(`CREATE DATABASE ` + name + ` TEMPLATE ` + template); err != nil {
		t.Fatalf("create database: %v", err)
	}
	t.Cleanup(func() { _, _ = admin.Exec(`DROP DATABASE ` + name + ` WITH (FORCE)`) }) // the cluster goes away anyway
	return pg.URL(service, name), pg.OwnerURL(name)
}

// Store returns a store on a database of its own.
func Store(t testing.TB) *store.Store {
	t.Helper()
	s, _ := StoreAndOwner(t)
	return s
}

// StoreAndOwner returns a store on a database of its own, and the database owner's connection, which sees all.
func StoreAndOwner(t testing.TB) (*store.Store, *sql.DB) {
	t.Helper()
	serviceURL, ownerURL := Database(t)
	s, err := store.Open(store.Options{URL: serviceURL})
	if err != nil {
		t.Fatalf("open store: %v", err)
	}
	owner := open(t, ownerURL)
	t.Cleanup(s.Close)
	return s, owner
}

func open(t testing.TB, url string) *sql.DB {
	t.Helper()
	db, err := sql.Open("postgres", url)
	if err != nil {
		t.Fatalf("open database: %v", err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// Now is the moment at which fixtures are made.
func Now() time.Time { return time.Date(2026, time.March, 10, 9, 0, 0, 0, time.UTC) }

// Questionnaire is a small questionnaire: an overall rating, a matrix of two rows, a multi and a remark.
func Questionnaire() *survey.Questionnaire {
	scale := &survey.Scale{Points: []survey.Point{{Label: survey.PL("źle")}, {Label: survey.PL("średnio")}, {Label: survey.PL("dobrze")}}}
	return &survey.Questionnaire{Key: "ankieta", Title: survey.PL("Ankieta"), Sections: []survey.Section{{
		Key: "main", Title: survey.PL("Ocena"), Questions: []survey.Question{
			{Key: "overall", Kind: survey.KindScale, Label: survey.PL("Ocena ogólna"), Required: true, Role: survey.RoleOverall, Scale: scale},
			{Key: "quality", Kind: survey.KindMatrix, Label: survey.PL("Jakość"), Scale: scale, OptOuts: []survey.OptOut{survey.NotApplicable},
				Areas: []survey.Area{{Key: "staff", Label: survey.PL("Obsługa")}},
				Rows:  []survey.Row{{Key: "polite", Label: survey.PL("Uprzejmość"), Area: "staff"}, {Key: "quick", Label: survey.PL("Szybkość"), Area: "staff"}}},
			{Key: "improve", Kind: survey.KindMulti, Label: survey.PL("Co poprawić"), Max: 2, Options: []survey.Option{
				{Key: "hours", Label: survey.PL("Godziny")}, {Key: "signs", Label: survey.PL("Oznakowanie")}, {Key: "other", Label: survey.PL("Inne"), Text: true}}},
			{Key: "remarks", Kind: survey.KindText, Label: survey.PL("Uwagi")},
		}}}}
}

// Tenant adds an office with the slug, the questionnaire of this package and a service point "bok".
func Tenant(t testing.TB, s *store.Store, slug, county string) *store.Scope {
	t.Helper()
	id, err := s.CreateTenant(context.Background(), store.NewTenant{
		Slug: slug, County: county, Population: 10000, Office: survey.Office{Name: "Urząd Gminy " + slug}, Questionnaire: Questionnaire(),
		Sheet: []byte(`{}`), At: Now(), ServicePoints: []survey.SeedServicePoint{{Code: "bok", Name: "Biuro obsługi"}}, Reason: "test",
	})
	if err != nil {
		t.Fatalf("create tenant %s: %v", slug, err)
	}
	return s.Scope(id)
}

package store_test

import (
	"context"
	"errors"
	"syscall"
	"testing"
	"time"

	"ocenaurzedu.eu/pkg/pgtest"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

func TestCreateTenantRefuses(t *testing.T) {
	s, owner, _ := open(t)
	plainTenant(t, s, "osielsko")
	before := lines(t, owner, `SELECT slug FROM tenants`)
	tests := []struct {
		name string
		new  store.NewTenant
		want error
	}{
		{"a slug in use", store.NewTenant{Slug: "osielsko", At: admin.At}, survey.ErrTaken},
		{"an unknown county", store.NewTenant{Slug: "dobrcz", County: "nigdzie", At: admin.At}, survey.ErrNotFound},
		{"a point twice", store.NewTenant{Slug: "dobrcz", At: admin.At, ServicePoints: []survey.SeedServicePoint{{Code: "a"}, {Code: "a"}}}, survey.ErrTaken},
	}
	for _, tt := range tests {
		if _, err := s.CreateTenant(ctx, tt.new); !errors.Is(err, tt.want) {
			t.Errorf("%s = %v; want %v", tt.name, err, tt.want)
		}
	}
	if after := lines(t, owner, `SELECT slug FROM tenants`); len(after) != len(before) {
		t.Errorf("refused tenants are there: %q", after)
	}
	_, err := s.CreateCounty(ctx, survey.County{Slug: "powiat", Name: "Powiat", TERYT: "0403"})
	must(t, "county", err)
	if _, err := s.CreateCounty(ctx, survey.County{Slug: "powiat"}); !errors.Is(err, survey.ErrTaken) {
		t.Errorf("a county twice = %v; want ErrTaken", err)
	}
}

func TestDirectoryListsActiveOffices(t *testing.T) {
	s, owner, _ := open(t)
	county, err := s.CreateCounty(ctx, survey.County{Slug: "powiat-bydgoski", Name: "Powiat bydgoski", TERYT: "0403"})
	must(t, "county", err)
	osielsko := pgtest.Tenant(t, s, "osielsko", "powiat-bydgoski")
	seat, closed := plainTenant(t, s, "powiat-bydgoski"), plainTenant(t, s, "closed")
	_, err = owner.Exec(`UPDATE tenants SET active = false WHERE id = $1`, closed.Tenant())
	must(t, "close", err)
	d, err := s.Directory(ctx)
	must(t, "directory", err)
	if len(d.Tenants) != 2 || d.Tenants[0].ID != osielsko.Tenant() || d.Tenants[0].CountyID != county || d.Tenants[0].Population != 10000 ||
		d.Tenants[0].Office.Name != "Urząd Gminy osielsko" || d.Tenants[1].Slug != "powiat-bydgoski" || d.Tenants[1].CountyID != 0 {
		t.Errorf("tenants = %+v; want osielsko of the county, and the county's seat", d.Tenants)
	}
	if len(d.Counties) != 1 || d.Counties[0].ID != county || d.Counties[0].TenantID != seat.Tenant() || d.Counties[0].TERYT != "0403" {
		t.Errorf("counties = %+v; want one with the seat %d", d.Counties, seat.Tenant())
	}
}

// next waits for a signal; false if none comes within some seconds.
func next(signals <-chan struct{}) bool {
	select {
	case <-signals:
		return true
	case <-time.After(10 * time.Second):
		return false
	}
}

func TestWatchDirectoryTellsOfChanges(t *testing.T) {
	s, owner, _ := open(t)
	scope := plainTenant(t, s, "osielsko")
	must(t, "archive", scope.ArchiveReport(ctx, report(t, scope, -1)))
	watching, stop := context.WithCancel(ctx)
	changed, ended := make(chan struct{}, 100), make(chan error, 1)
	go func() { ended <- s.WatchDirectory(watching, func() { changed <- struct{}{} }) }()
	if !next(changed) {
		t.Fatal("no signal after the first connection")
	}
	office, err := scope.Office(ctx)
	must(t, "office", err)
	office.UpdatedAt = admin.At
	steps := []struct {
		name string
		do   func() error
	}{
		{"an edit of an office", func() error { return scope.SaveOffice(ctx, *office, nil) }},
		{"a new point", func() error {
			return scope.SaveServicePoint(ctx, store.ServicePoint{Code: "x", ValidFrom: year.From}, admin, nil)
		}},
		{"a new county", func() error { _, err := s.CreateCounty(ctx, survey.County{Slug: "powiat"}); return err }},
		{"a new tenant", func() error { plainTenant(t, s, "dobrcz"); return nil }},
		{"a lost connection", func() error {
			_, err := owner.Exec(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'`)
			return err
		}},
	}
	for _, step := range steps {
		for len(changed) > 0 {
			<-changed
		}
		must(t, step.name, step.do())
		if !next(changed) {
			t.Errorf("no signal after %s", step.name)
		}
	}
	stop()
	select {
	case err := <-ended:
		if !errors.Is(err, context.Canceled) {
			t.Errorf("the watch ended with %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Error("the watch does not end with its context")
	}
}

func TestWatchDirectoryEndsWhilePostgresIsAway(t *testing.T) {
	s, err := store.Open(store.Options{URL: "postgres://nobody@127.0.0.1:1/none?sslmode=disable"}) // nothing listens on port 1
	must(t, "open", err)
	defer s.Close()
	watching, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- s.WatchDirectory(watching, func() { t.Error("signal without a connection") }) }()
	stop()
	select {
	case err := <-ended:
		if !errors.Is(err, context.Canceled) {
			t.Errorf("the watch ended with %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Error("the watch does not end with its context")
	}
}

// A connection that hangs, as of a database that has moved to another machine, must not end the watch.
func TestWatchDirectoryGivesUpAConnectionThatHangs(t *testing.T) {
	s, owner, _ := open(t)
	watching, stop := context.WithCancel(ctx)
	defer stop()
	changed := make(chan struct{}, 1000)
	go func() { _ = s.WatchDirectoryAt(watching, 100*time.Millisecond, func() { changed <- struct{}{} }) }()
	if !next(changed) || !next(changed) {
		t.Fatal("no signals before the connection hangs")
	}
	const listening = `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid() AND application_name = ''`
	var pid int
	must(t, "listening process", owner.QueryRow(listening).Scan(&pid))
	must(t, "stop", syscall.Kill(pid, syscall.SIGSTOP))
	t.Cleanup(func() { _ = syscall.Kill(pid, syscall.SIGCONT) })
	for len(changed) > 0 {
		<-changed
	}
	for range 5 { // two may be on their way
		if !next(changed) {
			t.Fatal("no signal after the connection hung")
		}
	}
}

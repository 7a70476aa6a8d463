package store_test

import (
	"errors"
	"io/fs"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"ocenaurzedu.eu/migrations"
	"ocenaurzedu.eu/pkg/embedded"
	"ocenaurzedu.eu/pkg/pgtest"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// ownCluster starts a Postgres that a test may stop, with the schema in it.
func ownCluster(t *testing.T) (*embedded.Postgres, *store.Store) {
	t.Helper()
	return clusterWith(t, migrations.Files)
}

// clusterWith is ownCluster with the schema of some migrations.
func clusterWith(t *testing.T, files fs.FS) (*embedded.Postgres, *store.Store) {
	t.Helper()
	pg, err := embedded.StartPostgres(ctx, embedded.PostgresOptions{Dir: filepath.Join(t.TempDir(), "pg"), Fresh: true, Settings: map[string]string{"fsync": "off"}})
	must(t, "start Postgres", err)
	t.Cleanup(func() { _ = pg.Stop() })
	_, err = store.Migrate(ctx, pg.OwnerURL("postgres"), pg.URL("ocena_login", "postgres"), files)
	must(t, "migrate", err)
	s, err := store.Open(store.Options{URL: pg.URL("ocena_login", "postgres")})
	must(t, "open store", err)
	t.Cleanup(s.Close)
	return pg, s
}

// A service is ready on the newest schema only: Ready must look for what the last migration adds.
func TestNotReadyWithoutTheLastMigration(t *testing.T) {
	files, err := fs.Glob(migrations.Files, "*.sql")
	must(t, "migrations", err)
	older := fstest.MapFS{}
	for _, name := range files[:len(files)-1] {
		content, err := fs.ReadFile(migrations.Files, name)
		must(t, name, err)
		older[name] = &fstest.MapFile{Data: content}
	}
	pg, s := clusterWith(t, older)
	if err := s.Ready(ctx); err == nil || errors.Is(err, survey.ErrUnavailable) {
		t.Errorf("ready without %s = %v; want an error that tells to migrate", files[len(files)-1], err)
	}
	_, err = store.Migrate(ctx, pg.OwnerURL("postgres"), "", migrations.Files)
	must(t, "migrate", err)
	must(t, "ready", s.Ready(ctx))
}

func TestPostgresStopsAndComesBack(t *testing.T) {
	pg, s := ownCluster(t)
	scope := pgtest.Tenant(t, s, "osielsko", "")
	must(t, "ready", s.Ready(ctx))
	e := entry(t, scope, "a", survey.Values{"overall": {"1"}}, survey.NewDay(2026, 3, 10))
	fill := func() { // all connections of the pool, so that all of them die
		var all sync.WaitGroup
		for range 30 {
			all.Go(func() { _, _ = scope.PublishedVersion(ctx) })
		}
		all.Wait()
	}
	for range 2 {
		fill()
		must(t, "stop", pg.StopImmediate())
		for name, err := range map[string]error{
			"read": second(scope.PublishedVersion(ctx)), "write": s.AddSubmissions(ctx, []store.Entry{e}), "county": second(s.County(1).Tallies(ctx, year.From, year.To)),
			"operator": second(s.Directory(ctx)), "ready": s.Ready(ctx), "report": second(scope.Results(ctx, year)), "secret": second(s.Secret(ctx)),
		} {
			if !errors.Is(err, survey.ErrUnavailable) {
				t.Errorf("%s while Postgres is away = %v; want ErrUnavailable", name, err)
			}
		}
		must(t, "restart", pg.Restart(ctx))
		start := time.Now()
		must(t, "the first write after the restart", s.AddSubmissions(ctx, []store.Entry{e}))
		must(t, "the first read after the restart", second(scope.Results(ctx, year)))
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("back after %s; want at most 5 s", took)
		}
	}
	if n := total(t, scope, year); n != 1 {
		t.Errorf("n = %d; want 1", n)
	}
}

// TestRestartCostsNoRequest restarts Postgres while the pool is full of idle connections: none of them is handed out.
func TestRestartCostsNoRequest(t *testing.T) {
	pg, s := ownCluster(t)
	scope := pgtest.Tenant(t, s, "osielsko", "")
	burst := func() (failed []error) {
		var mu sync.Mutex
		var all sync.WaitGroup
		for range 40 {
			all.Go(func() {
				if _, err := scope.PublishedVersion(ctx); err != nil {
					mu.Lock()
					defer mu.Unlock()
					failed = append(failed, err)
				}
			})
		}
		all.Wait()
		return failed
	}
	if failed := burst(); len(failed) != 0 {
		t.Fatalf("before: %v", failed)
	}
	must(t, "restart", pg.Restart(ctx))
	if failed := burst(); len(failed) != 0 {
		t.Errorf("%d of 40 requests after a restart failed, the first with %v", len(failed), failed[0])
	}
}

func second[T any](_ T, err error) error { return err }

// A server process that hangs while its connection stays open is given up, and the next one is asked.
func TestPostgresHangs(t *testing.T) {
	pg, _ := ownCluster(t)
	s, err := store.Open(store.Options{URL: pg.URL("ocena_login", "postgres"), Statement: time.Second})
	must(t, "open store", err)
	t.Cleanup(s.Close)
	scope := pgtest.Tenant(t, s, "osielsko", "")
	e := entry(t, scope, "a", survey.Values{"overall": {"1"}}, survey.NewDay(2026, 3, 10))
	must(t, "connect", s.AddSubmissions(ctx, []store.Entry{e}))
	owner := connect(t, pg.OwnerURL("postgres"))
	var pid int
	must(t, "find the connection", owner.QueryRow(`SELECT pid FROM pg_stat_activity WHERE application_name = 'ocena_intake'`).Scan(&pid))
	must(t, "hang", syscall.Kill(pid, syscall.SIGSTOP))
	t.Cleanup(func() { _ = syscall.Kill(pid, syscall.SIGCONT) })
	answer := make(chan error, 1)
	go func() { answer <- s.AddSubmissions(ctx, []store.Entry{e}) }()
	select {
	case err := <-answer:
		if err != nil {
			t.Errorf("a write whose first connection hangs: %v", err)
		}
	case <-time.After(30 * time.Second):
		t.Fatal("a write on a connection that hangs never ends")
	}
}

package store_test

import (
	"context"
	"database/sql"
	"io/fs"
	"testing"
	"testing/fstest"

	"ocenaurzedu.eu/migrations"
	"ocenaurzedu.eu/pkg/pgtest"
	"ocenaurzedu.eu/pkg/store"
)

// While a long report keeps a migration from its table, others get at the table all the same; once the report has ended
// the migration goes through.
func TestMigrationLetsOthersBy(t *testing.T) {
	ctx := context.Background()
	_, ownerURL := pgtest.Database(t)
	owner, err := sql.Open("postgres", ownerURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = owner.Close() })
	files := fstest.MapFS{"99999_probe.sql": {Data: []byte("-- +goose Up\nALTER TABLE tallies ADD COLUMN probe integer;\n")}}
	names, err := fs.Glob(migrations.Files, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		data, err := fs.ReadFile(migrations.Files, name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: data}
	}

	report, err := owner.BeginTx(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := report.Exec(`LOCK TABLE tallies IN ACCESS SHARE MODE`); err != nil {
		t.Fatal(err)
	}
	migrated := make(chan error, 1)
	go func() {
		_, err := store.Migrate(ctx, ownerURL, "", files)
		migrated <- err
	}()
	for waiting := false; !waiting; {
		if err := owner.QueryRow(`SELECT EXISTS (SELECT FROM pg_locks WHERE relation = 'tallies'::regclass AND NOT granted)`).Scan(&waiting); err != nil {
			t.Fatal(err)
		}
	}
	submission, err := owner.BeginTx(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := submission.Exec(`SET LOCAL lock_timeout = '3s'; LOCK TABLE tallies IN ROW EXCLUSIVE MODE`); err != nil {
		t.Errorf("a submission behind the migration: %v", err)
	}
	for _, tx := range []*sql.Tx{submission, report} {
		if err := tx.Rollback(); err != nil {
			t.Fatal(err)
		}
	}
	if err := <-migrated; err != nil {
		t.Errorf("migrate: %v", err)
	}
	var there bool
	if err := owner.QueryRow(`SELECT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'tallies'::regclass AND attname = 'probe')`).Scan(&there); err != nil || !there {
		t.Errorf("the migration went through: %t, %v", there, err)
	}
}

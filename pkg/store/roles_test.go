package store_test

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/lib/pq"

	"ocenaurzedu.eu/pkg/pgtest"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// Codes that Postgres and our triggers answer with.
const (
	denied         = "42501" // insufficient_privilege; row-level security's WITH CHECK too
	reportRequired = "OC001"
	closed         = "OC002"
)

// refused fails the test unless a statement ends with the SQLSTATE. It runs in a transaction of the tenant.
func refused(t *testing.T, db *sql.DB, tenant int64, code, statement string, args ...any) {
	t.Helper()
	tx := inTenant(t, db, tenant)
	_, err := tx.Exec(statement, args...)
	_ = tx.Rollback()
	var pqErr *pq.Error
	if !errors.As(err, &pqErr) || string(pqErr.Code) != code {
		t.Errorf("%s: %v; want SQLSTATE %s", statement, err, code)
	}
}

// affected runs a statement in a transaction of the tenant, which is rolled back, and returns how many rows it changed.
func affected(t *testing.T, db *sql.DB, tenant int64, statement string, args ...any) int64 {
	t.Helper()
	tx := inTenant(t, db, tenant)
	defer func() { _ = tx.Rollback() }()
	result, err := tx.Exec(statement, args...)
	if err != nil {
		t.Errorf("%s: %v", statement, err)
		return -1
	}
	n, err := result.RowsAffected()
	must(t, "rows affected", err)
	return n
}

// readable lists the relations of which a role may read a column.
func readable(t *testing.T, owner *sql.DB, role string) []string {
	t.Helper()
	return lines(t, owner, ours+`
		SELECT relname FROM relations
		WHERE relkind IN ('r', 'v', 'm', 'p', 'S') AND (has_any_column_privilege($1, oid, 'SELECT') OR has_table_privilege($1, oid, 'SELECT'))
		ORDER BY 1`, role)
}

func TestRolesReadOnlyWhatTheyNeed(t *testing.T) {
	s, owner, service := open(t)
	scope, _ := secretTenant(t, s, "a")
	tests := []struct{ role, want string }{
		{"ocena_county", "tallies"},
		{"ocena_intake", "batch_sheets batches submission_keys tallies"},
		{"ocena_operator", "accounts counties departments duties duty_mails invitations offices outbox questionnaires recovery_codes scan_batches scan_files schedules service_points sessions submission_keys tenants versions"},
	}
	for _, tt := range tests {
		t.Run(tt.role, func(t *testing.T) {
			may := readable(t, owner, tt.role)
			if got := strings.Join(may, " "); got != tt.want {
				t.Errorf("may read %s; want %s", got, tt.want)
			}
			db := as(t, service, tt.role)
			for _, table := range lines(t, owner, ours+` SELECT relname FROM relations WHERE relkind IN ('r', 'v')`) {
				if !strings.Contains(" "+tt.want+" ", " "+table+" ") {
					refused(t, db, scope.Tenant(), denied, `SELECT count(*) FROM `+table)
				}
			}
		})
	}
}

func TestNoRoleReadsAnotherRolesColumns(t *testing.T) {
	s, _, service := open(t)
	scope, _ := secretTenant(t, s, "a")
	operator, intake, county := as(t, service, "ocena_operator"), as(t, service, "ocena_intake"), as(t, service, "ocena_county")
	for _, statement := range []string{
		`SELECT password_hash FROM accounts`, `SELECT totp_secret FROM accounts`, `SELECT totp_step FROM accounts`, `SELECT token FROM sessions`,
		`SELECT token FROM invitations`, `SELECT hash FROM recovery_codes`, `SELECT accounts FROM accounts`,
		`UPDATE accounts SET password_hash = '' RETURNING password_hash`, `UPDATE accounts SET password_hash = '' WHERE password_hash LIKE 'a%'`,
		`UPDATE accounts SET password_hash = 'mine' WHERE login LIKE '2%'`, `UPDATE accounts SET totp_secret = 'mine' WHERE login LIKE '2%'`, // invited, nothing set
		`UPDATE accounts SET password_hash = NULL`,
		`UPDATE accounts SET role = 'administrator'`, `UPDATE accounts SET disabled = false`, `DELETE FROM accounts`, `UPDATE sessions SET stage = 'full'`,
		`INSERT INTO accounts (tenant_id, login, role, created_at, password_hash) VALUES (current_tenant(), 'x', 'employee', now(), 'mine')`,
		`INSERT INTO sessions (tenant_id, token, account_id, stage, created_at, seen_at) VALUES (current_tenant(), '', 1, 'full', now(), now())`,
		`SELECT recipient FROM outbox`, `SELECT body FROM outbox`, `SELECT sign FROM report_cases`, `SELECT name FROM scan_files`, `SELECT opened_by FROM scan_batches`,
		`UPDATE duties SET since = now()`, `UPDATE schedules SET done_to = done_to`,
		`UPDATE offices SET threshold = 3`, `INSERT INTO reports (tenant_id) VALUES (1)`, `DELETE FROM audit_log`,
	} {
		refused(t, operator, scope.Tenant(), denied, statement)
	}
	for _, statement := range []string{
		`SELECT opened_by FROM batches`, `UPDATE batches SET id = id + 1`, `UPDATE batches SET closed_at = NULL`, `UPDATE submissions SET codes = '{}'`,
		`DELETE FROM submissions`, `DELETE FROM tallies`, `INSERT INTO submissions SELECT * FROM submissions`,
		`INSERT INTO remarks (tenant_id, submission_id, question, text, state) VALUES (1, gen_random_uuid(), 'q', 't', 'new') RETURNING text`,
	} {
		if statement == `UPDATE batches SET id = id + 1` { // an identity column takes no value, whoever asks
			refused(t, intake, 0, "428C9", statement)
			continue
		}
		refused(t, intake, 0, denied, statement)
	}
	for _, statement := range []string{`UPDATE tallies SET n = 0`, `INSERT INTO tallies (tenant_id) VALUES (1)`, `SELECT slug FROM tenants`, `SELECT content FROM versions`} {
		refused(t, county, 0, denied, statement)
	}
}

func TestNoTenantNoRows(t *testing.T) {
	s, owner, service := open(t)
	victim, _ := secretTenant(t, s, "a")
	other := plainTenant(t, s, "b")
	app := as(t, service, "ocena_app")
	for _, table := range lines(t, owner, ours+` SELECT relname FROM tenant_tables WHERE has_table_privilege('ocena_app', oid, 'SELECT')
		UNION ALL SELECT 'answers'`) {
		for _, tt := range []struct {
			name   string
			tenant int64
			some   bool
		}{{"no tenant", 0, false}, {"another tenant", other.Tenant(), false}, {"the tenant", victim.Tenant(), true}} {
			var n int
			err := inTenant(t, app, tt.tenant).QueryRow(`SELECT count(*) FROM `+table+` WHERE tenant_id = $1`, victim.Tenant()).Scan(&n)
			if err != nil || n > 0 != tt.some {
				t.Errorf("%s: with %s set %d rows, %v; want some: %t", table, tt.name, n, err, tt.some)
			}
		}
	}
	for _, role := range []string{"ocena_operator", "ocena_county"} {
		var n int
		table := map[string]string{"ocena_operator": "accounts", "ocena_county": "tallies"}[role]
		if err := inTenant(t, as(t, service, role), 0).QueryRow(`SELECT count(tenant_id) FROM ` + table).Scan(&n); err != nil || n != 0 {
			t.Errorf("%s without a tenant or county sees %d rows of %s, %v; want none", role, n, table, err)
		}
	}
}

// TestHostileTenantChangesNothingOfAnother writes with the role of the service, as somebody who can send any SQL as one tenant.
func TestHostileTenantChangesNothingOfAnother(t *testing.T) {
	s, owner, service := open(t)
	victim, id := secretTenant(t, s, "a")
	other := plainTenant(t, s, "b")
	app := as(t, service, "ocena_app")
	for _, table := range lines(t, owner, ours+` SELECT relname FROM tenant_tables WHERE has_any_column_privilege('ocena_app', oid, 'UPDATE')`) {
		column := lines(t, owner, `SELECT a.attname FROM pg_attribute a WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND a.attidentity = '' AND a.attname <> 'tenant_id'
			AND has_column_privilege('ocena_app', a.attrelid, a.attname, 'UPDATE')`, table)[0]
		if n := affected(t, app, other.Tenant(), `UPDATE `+table+` SET `+column+` = `+column+` WHERE tenant_id = $1`, victim.Tenant()); n != 0 {
			t.Errorf("it changes %d rows of %s", n, table)
		}
	}
	for _, table := range lines(t, owner, ours+` SELECT relname FROM tenant_tables WHERE has_table_privilege('ocena_app', oid, 'DELETE')`) {
		if n := affected(t, app, other.Tenant(), `DELETE FROM `+table+` WHERE tenant_id = $1`, victim.Tenant()); n != 0 {
			t.Errorf("it deletes %d rows of %s", n, table)
		}
	}
	for _, statement := range []string{
		`UPDATE questionnaires SET tenant_id = $1`,
		`INSERT INTO audit_log (tenant_id, at, actor, action) VALUES ($1, now(), 'x', 'x')`,
		`INSERT INTO accounts (tenant_id, login, role, created_at) VALUES ($1, 'x', 'administrator', now())`,
		`INSERT INTO tallies (tenant_id, version_id, month, channel, n, counts) VALUES ($1, 1, '2026-03-01', 'web', 1, '{1}')`,
	} {
		refused(t, app, other.Tenant(), denied, statement, victim.Tenant())
	}
	// Whether another tenant has an id does not show in what a foreign key answers.
	for _, submission := range []string{id.sheet.ID, "00000000-0000-4000-8000-000000000000"} {
		refused(t, app, other.Tenant(), "23503", `INSERT INTO remarks (tenant_id, submission_id, question, text, state) VALUES ($1, $2, 'q', 't', 'new')`,
			other.Tenant(), submission)
	}
}

func TestTenantEndsWithItsTransaction(t *testing.T) {
	_, owner, service := open(t)
	s, err := store.Open(store.Options{URL: service, AppConns: 1})
	must(t, "open store", err)
	defer s.Close()
	scope := pgtest.Tenant(t, s, "osielsko", "")
	_, err = scope.Office(ctx)
	must(t, "office", err)
	visible := func() string {
		var left sql.NullString
		var pid, rows int
		err := store.AppPool(s).QueryRow(`SELECT current_setting('ocena.tenant', true), pg_backend_pid(), (SELECT count(*) FROM offices)`).Scan(&left, &pid, &rows)
		must(t, "query", err)
		return fmt.Sprintf("tenant %q, %d rows", left.String, rows)
	}
	if got := visible(); got != `tenant "", 0 rows` {
		t.Errorf("after a transaction its connection shows %s", got)
	}
	if _, err := scope.Batch(ctx, 77); !errors.Is(err, survey.ErrNotFound) {
		t.Fatalf("batch = %v", err)
	}
	if got := visible(); got != `tenant "", 0 rows` {
		t.Errorf("after a transaction rolled back its connection shows %s", got)
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("a batch of nil does not panic; find another way to panic in a transaction")
			}
		}()
		_ = scope.OpenBatch(ctx, nil)
	}()
	if got := visible(); got != `tenant "", 0 rows` {
		t.Errorf("after a panic its connection shows %s", got)
	}
	if left := lines(t, owner, `SELECT query FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'`); len(left) != 0 {
		t.Errorf("transactions left open: %q", left)
	}
}

func TestWhatIsWrittenStays(t *testing.T) {
	s, owner, service := open(t)
	scope, _ := secretTenant(t, s, "a")
	app := as(t, service, "ocena_app")
	for _, db := range []*sql.DB{app, owner} { // the triggers hold even the owner back
		for _, statement := range []string{
			`UPDATE versions SET content = '{}'`, `DELETE FROM versions`, `UPDATE version_sheets SET layout = '{}'`, `DELETE FROM version_sheets`, `UPDATE reports SET n = 0`, `DELETE FROM reports`, `UPDATE audit_log SET actor = 'x'`,
		} {
			refused(t, db, scope.Tenant(), denied, statement)
		}
	}
	intake := as(t, service, "ocena_intake")
	for _, table := range []string{"tallies", "submission_keys", "batches"} {
		if got := lines(t, intake, `SELECT count(tenant_id)::text FROM `+table); got[0] != "0" {
			t.Errorf("the intake without tenants set sees %s rows of %s; want none", got[0], table)
		}
	}
	for _, statement := range []string{
		`DELETE FROM audit_log`, `TRUNCATE audit_log`, `DELETE FROM submissions`, `UPDATE submissions SET day = day`, `UPDATE submissions SET tenant_id = tenant_id`,
		`DELETE FROM offices`, `DELETE FROM batches`, `UPDATE batches SET version_id = version_id`, `DELETE FROM batch_sheets`, `DELETE FROM tallies`,
		`UPDATE tenants SET active = false`, `UPDATE secrets SET value = ''`, `SELECT hash FROM submission_keys`, `CREATE TABLE public.mine (id int)`,
		`ALTER TABLE offices DISABLE TRIGGER ALL`, `SET session_replication_role = replica`,
	} {
		refused(t, app, scope.Tenant(), denied, statement)
	}
	refused(t, app, scope.Tenant(), closed, `UPDATE submissions SET codes = codes WHERE channel = 'web'`)
	refused(t, app, scope.Tenant(), "23514", `UPDATE tallies SET counts = add_counts(counts, '{1}')`) // vectors of unequal lengths
}

// TestTemporaryTablesDoNotFoolTriggers hides the tables that triggers ask behind temporary ones.
func TestTemporaryTablesDoNotFoolTriggers(t *testing.T) {
	s, _, service := open(t)
	scope := plainTenant(t, s, "a")
	b := openBatch(t, scope)
	must(t, "add", s.AddSubmissions(ctx, []store.Entry{sheet(t, scope, b, 1, 0, survey.Values{"overall": {"1"}})}))
	must(t, "close", scope.CloseBatch(ctx, b.ID, admin))
	app := as(t, service, "ocena_app")
	for _, path := range []string{``, `SET LOCAL search_path = pg_temp, public;`} {
		refused(t, app, scope.Tenant(), reportRequired, path+`
			CREATE TEMPORARY TABLE versions (tenant_id bigint) ON COMMIT DROP;
			UPDATE offices SET threshold = 3`)
		refused(t, app, scope.Tenant(), reportRequired, path+`
			CREATE TEMPORARY TABLE reports ON COMMIT DROP AS SELECT current_tenant() AS tenant_id, true AS complete, results_digest(current_tenant()) AS digest;
			UPDATE offices SET threshold = 3`)
		refused(t, app, scope.Tenant(), closed, path+`
			CREATE TEMPORARY TABLE batches ON COMMIT DROP AS SELECT tenant_id, id, NULL::timestamptz AS closed_at FROM public.batches;
			UPDATE submissions SET codes = codes`)
	}
	refused(t, app, scope.Tenant(), closed, `UPDATE batches SET closed_at = NULL, closed_by = NULL`)
}

package store_test

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ocenaurzedu.eu/pkg/pgtest"
)

// ours begins every query of the catalogue: relations, functions and tables of tenants that are not Postgres's own.
const ours = `
	WITH schemas AS (
		SELECT oid, nspname, nspacl, nspowner FROM pg_namespace
		WHERE nspname NOT IN ('pg_catalog', 'information_schema') AND nspname NOT LIKE 'pg\_%'
	), relations AS (
		SELECT c.* FROM pg_class c JOIN schemas s ON s.oid = c.relnamespace
	), functions AS (
		SELECT p.* FROM pg_proc p JOIN schemas s ON s.oid = p.pronamespace
	), tenant_tables AS (
		SELECT r.oid, r.relname, r.relrowsecurity, r.relforcerowsecurity, a.attnum, a.attnotnull
		FROM relations r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
		WHERE r.relkind IN ('r', 'p', 'f')
	), our_roles AS (
		SELECT * FROM pg_roles WHERE rolname IN ('ocena_app', 'ocena_intake', 'ocena_county', 'ocena_operator')
	), our_logins AS (
		SELECT r.* FROM pg_roles r WHERE EXISTS (SELECT FROM pg_auth_members m JOIN our_roles o ON o.oid = m.roleid WHERE m.member = r.oid)
	)`

// catalogueRules are the rules of isolation that the catalogue can tell: each query lists what breaks the rule, and
// each of breaks is a statement after which it must list something.
var catalogueRules = []struct {
	name, query string
	breaks      []string
}{
	{"tables without tenant_id are on the list", `
		SELECT relname FROM relations r
		WHERE relkind IN ('r', 'p', 'f') AND relname NOT IN ('counties', 'tenants', 'secrets', 'goose_db_version')
		  AND NOT EXISTS (SELECT FROM tenant_tables t WHERE t.oid = r.oid)`,
		[]string{`CREATE TABLE notes (id bigint PRIMARY KEY)`, `CREATE SCHEMA side; CREATE TABLE side.notes (id bigint PRIMARY KEY)`}},
	{"row-level security is enabled and forced", `
		SELECT relname FROM tenant_tables WHERE NOT relrowsecurity OR NOT relforcerowsecurity`,
		[]string{
			`CREATE TABLE notes (tenant_id bigint PRIMARY KEY)`,
			`ALTER TABLE remarks DISABLE ROW LEVEL SECURITY`,
			`ALTER TABLE remarks NO FORCE ROW LEVEL SECURITY`,
		}},
	{"tenant_id is never NULL, and every table has a primary key", `
		SELECT relname FROM tenant_tables t
		WHERE NOT attnotnull OR NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = t.oid AND i.indisprimary)`,
		[]string{`CREATE TABLE notes (tenant_id bigint NOT NULL)`, `CREATE TABLE notes (tenant_id bigint, id bigint PRIMARY KEY)`}},
	{"unique indexes begin with tenant_id", `
		SELECT i.indexrelid::regclass::text FROM tenant_tables t JOIN pg_index i ON i.indrelid = t.oid
		WHERE (i.indisunique OR i.indisexclusion) AND i.indkey[0] <> t.attnum`,
		[]string{
			`CREATE UNIQUE INDEX ON accounts (login)`,
			`ALTER TABLE accounts ADD UNIQUE (login, tenant_id)`,
			`ALTER TABLE remarks DROP CONSTRAINT remarks_pkey CASCADE, ADD PRIMARY KEY (submission_id, question, tenant_id)`,
		}},
	{"foreign keys carry tenant_id first", `
		SELECT c.conname FROM pg_constraint c
		LEFT JOIN tenant_tables t ON t.oid = c.conrelid
		LEFT JOIN tenant_tables f ON f.oid = c.confrelid
		WHERE c.contype = 'f' AND (t.oid IS NOT NULL OR f.oid IS NOT NULL)
		  AND (t.oid IS NULL OR c.conkey[1] <> t.attnum
		    OR f.oid IS NULL AND (c.confrelid <> 'public.tenants'::regclass OR cardinality(c.conkey) <> 1)
		    OR c.confkey[1] IS DISTINCT FROM COALESCE(f.attnum, c.confkey[1]))`,
		[]string{
			`ALTER TABLE batches ADD UNIQUE (id), ADD COLUMN twin bigint REFERENCES batches (id)`,
			`ALTER TABLE tenants ADD COLUMN office bigint REFERENCES offices`,
			`ALTER TABLE batches ADD COLUMN county bigint REFERENCES counties`,
			`ALTER TABLE batches ADD UNIQUE (id, tenant_id), ADD COLUMN twin bigint, ADD FOREIGN KEY (tenant_id, twin) REFERENCES batches (id, tenant_id)`,
		}},
	{"views run with their reader's rights", `
		SELECT relname FROM relations
		WHERE relkind = 'v' AND NOT COALESCE(reloptions && ARRAY['security_invoker=true', 'security_invoker=on', 'security_invoker=1'], false)`,
		[]string{`CREATE VIEW all_remarks AS SELECT text FROM remarks`, `ALTER VIEW answers SET (security_invoker = false)`}},
	{"no materialised view and no foreign table", `
		SELECT relname FROM relations WHERE relkind IN ('m', 'f')`,
		[]string{`CREATE MATERIALIZED VIEW all_remarks AS SELECT text FROM remarks`}},
	{"functions with their owner's rights are on the list", `
		SELECT proname FROM functions WHERE prosecdef AND proname <> 'county_tenants'`,
		[]string{`CREATE FUNCTION peek() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS 'SELECT count(*) FROM public.remarks'`}},
	{"functions have a search_path, but for those that name no table", `
		SELECT proname FROM functions
		WHERE proname NOT IN ('current_tenant', 'intake_tenants', 'add_counts', 'count_at')
		  AND NOT EXISTS (SELECT FROM unnest(proconfig) c WHERE c LIKE 'search\_path=pg\_catalog, public, pg\_temp')`,
		[]string{
			`ALTER FUNCTION county_tenants() RESET search_path`,
			`ALTER FUNCTION require_report() SET search_path = public`, // pg_temp is searched first where it isn't named
		}},
	{"roles can't log in, rule over others or pass row-level security by", `
		SELECT rolname FROM our_roles
		WHERE rolsuper OR rolbypassrls OR rolcanlogin OR rolcreaterole OR rolcreatedb OR rolreplication
		   OR EXISTS (SELECT FROM pg_auth_members m WHERE m.member = our_roles.oid)
		UNION ALL
		SELECT rolname FROM our_logins WHERE rolsuper OR rolbypassrls OR rolcreaterole OR rolinherit
		UNION ALL
		SELECT 'only ' || count(*) FROM our_roles HAVING count(*) <> 4`,
		[]string{
			`ALTER ROLE ocena_app SUPERUSER`, `ALTER ROLE ocena_intake BYPASSRLS`, `ALTER ROLE ocena_county LOGIN`, `GRANT ocena_app TO ocena_county`,
			`GRANT pg_read_all_data TO ocena_operator`, `ALTER ROLE ocena_service BYPASSRLS`, `ALTER ROLE ocena_service INHERIT`,
			`ALTER ROLE ocena_county RENAME TO ocena_powiat`,
		}},
	{"roles own nothing and can create nothing", `
		SELECT r.rolname FROM (TABLE our_roles UNION ALL TABLE our_logins) r JOIN pg_shdepend d ON d.refclassid = 'pg_authid'::regclass AND d.refobjid = r.oid
		WHERE d.deptype = 'o'
		UNION ALL
		SELECT r.rolname FROM (TABLE our_roles UNION ALL TABLE our_logins) r CROSS JOIN schemas s
		WHERE has_schema_privilege(r.oid, s.oid, 'CREATE') OR has_database_privilege(r.oid, current_database(), 'CREATE')`,
		[]string{
			`ALTER VIEW answers OWNER TO ocena_app`, `GRANT CREATE ON SCHEMA public TO ocena_intake`, `GRANT CREATE ON SCHEMA public TO PUBLIC`,
			`ALTER FUNCTION county_tenants() OWNER TO ocena_county`,
		}},
	{"PUBLIC may nothing", `
		SELECT relname FROM relations, aclexplode(relacl) acl WHERE acl.grantee = 0
		UNION ALL
		SELECT r.relname FROM relations r JOIN pg_attribute a ON a.attrelid = r.oid, aclexplode(a.attacl) acl WHERE acl.grantee = 0
		UNION ALL
		SELECT proname FROM functions, aclexplode(COALESCE(proacl, acldefault('f', proowner))) acl WHERE acl.grantee = 0
		UNION ALL
		SELECT nspname FROM schemas, aclexplode(COALESCE(nspacl, acldefault('n', nspowner))) acl WHERE acl.grantee = 0`,
		[]string{
			`GRANT SELECT ON tallies TO PUBLIC`, `GRANT SELECT (login) ON accounts TO PUBLIC`, `GRANT EXECUTE ON FUNCTION county_tenants() TO PUBLIC`,
			`GRANT USAGE ON SCHEMA public TO PUBLIC`,
		}},
	{"no trigger is switched off", `
		SELECT tgname FROM pg_trigger JOIN relations r ON r.oid = tgrelid WHERE tgenabled <> 'O'`,
		[]string{`ALTER TABLE offices DISABLE TRIGGER require_report`, `ALTER TABLE remarks DISABLE TRIGGER ALL`}},
}

type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// lines runs a query of one column of text.
func lines(t testing.TB, db queryer, query string, args ...any) []string {
	t.Helper()
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		t.Fatalf("query: %v\n%s", err, query)
	}
	defer func() { _ = rows.Close() }()
	var all []string
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatalf("scan: %v", err)
		}
		all = append(all, line)
	}
	if err := rows.Err(); err != nil {
		t.Fatalf("query: %v\n%s", err, query)
	}
	return all
}

func TestCatalogueKeepsTenantsApart(t *testing.T) {
	_, owner := pgtest.StoreAndOwner(t)
	for _, rule := range catalogueRules {
		t.Run(rule.name, func(t *testing.T) {
			if broken := lines(t, owner, ours+rule.query); len(broken) != 0 {
				t.Errorf("broken by %s", strings.Join(broken, ", "))
			}
		})
	}
}

// TestCatalogueRulesCanFail breaks every rule in a transaction that is rolled back.
func TestCatalogueRulesCanFail(t *testing.T) {
	_, owner := pgtest.StoreAndOwner(t)
	for _, rule := range catalogueRules {
		for _, offence := range rule.breaks {
			t.Run(rule.name+": "+offence, func(t *testing.T) {
				tx := offend(t, owner, offence)
				if len(lines(t, tx, ours+rule.query)) == 0 {
					t.Errorf("the rule lets %q pass", offence)
				}
			})
		}
	}
}

// offend runs a statement in a transaction that ends, without a trace, with the test.
func offend(t *testing.T, owner *sql.DB, statement string) *sql.Tx {
	t.Helper()
	tx, err := owner.Begin()
	if err != nil {
		t.Fatalf("begin: %v", err)
	}
	t.Cleanup(func() { _ = tx.Rollback() })
	if _, err := tx.Exec(statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	return tx
}

// policyQuery tells of each policy: table.policy, whom it is for, which commands, what it lets see and write.
const policyQuery = ours + `
	SELECT format('%s.%s %s %s %s / %s', tablename, policyname, array_to_string(roles, ','), cmd, COALESCE(qual, '-'), COALESCE(with_check, '-'))
	FROM pg_policies JOIN schemas ON nspname = schemaname`

// wantWidePolicies are the policies that don't hold their role to one tenant, each with its reason.
var wantWidePolicies = []string{
	// A commit of the intake gathers submissions of many tenants, and names them; it may add to these, and read
	// their keys, counts and whether a batch is closed.
	"batch_sheets.intake ocena_intake INSERT - / (tenant_id = ANY (intake_tenants()))",
	"batch_sheets.intake_read ocena_intake SELECT (tenant_id = ANY (intake_tenants())) / -", // places in stacks, to number them
	"batches.intake ocena_intake SELECT (tenant_id = ANY (intake_tenants())) / -",
	"batches.intake_lock ocena_intake UPDATE (tenant_id = ANY (intake_tenants())) / false",
	"remarks.intake ocena_intake INSERT - / (tenant_id = ANY (( SELECT intake_tenants() AS intake_tenants)::bigint[]))",
	"submission_keys.intake ocena_intake ALL (tenant_id = ANY (( SELECT intake_tenants() AS intake_tenants)::bigint[])) / (tenant_id = ANY (( SELECT intake_tenants() AS intake_tenants)::bigint[]))",
	"submissions.intake ocena_intake INSERT - / (tenant_id = ANY (( SELECT intake_tenants() AS intake_tenants)::bigint[]))",
	"tallies.intake ocena_intake ALL ((tenant_id + 0) = ANY (( SELECT intake_tenants() AS intake_tenants)::bigint[])) / (tenant_id = ANY (( SELECT intake_tenants() AS intake_tenants)::bigint[]))",
	// Old keys of all tenants are dropped at once; only their day can be read.
	"submission_keys.retention ocena_operator DELETE true / -",
	"submission_keys.retention_read ocena_operator SELECT true / -",
	// Every host is known from the directory.
	"offices.directory ocena_operator SELECT true / -",
	// Who is late with the yearly report, for whom a report or a mail is due: moments and counts.
	"duties.duty ocena_operator SELECT true / -",
	"duty_mails.duty ocena_operator SELECT true / -",
	"outbox.duty ocena_operator SELECT true / -",
	"scan_batches.work ocena_operator SELECT true / -",
	"scan_files.work ocena_operator SELECT true / -",
	"schedules.duty ocena_operator SELECT true / -",
	"tallies.county ocena_county SELECT (tenant_id IN ( SELECT county_tenants() AS county_tenants)) / -",
}

// widePolicies lists the policies that are not simply "this tenant's rows, to see and to write".
func widePolicies(t *testing.T, db queryer) []string {
	t.Helper()
	all := slices.DeleteFunc(lines(t, db, policyQuery), func(p string) bool {
		return strings.HasSuffix(p, " ALL (tenant_id = current_tenant()) / (tenant_id = current_tenant())") && !strings.Contains(p, " public ")
	})
	slices.Sort(all)
	return all
}

func TestPoliciesHoldToOneTenant(t *testing.T) {
	_, owner := pgtest.StoreAndOwner(t)
	want := slices.Sorted(slices.Values(wantWidePolicies))
	if diff := cmp.Diff(want, widePolicies(t, owner)); diff != "" {
		t.Errorf("policies that reach further than one tenant (-want +got):\n%s", diff)
	}
	for _, offence := range []string{
		`CREATE POLICY open ON remarks TO ocena_app USING (true)`,
		`CREATE POLICY open ON remarks USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant())`, // to PUBLIC
		`ALTER POLICY tenant ON remarks WITH CHECK (true)`,
		`ALTER POLICY county ON tallies USING (true)`,
		`CREATE POLICY tenant2 ON remarks FOR SELECT TO ocena_app USING (tenant_id >= current_tenant())`,
	} {
		t.Run(offence, func(t *testing.T) {
			if cmp.Equal(want, widePolicies(t, offend(t, owner, offence))) {
				t.Errorf("the list of policies lets %q pass", offence)
			}
		})
	}
}

package store_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ocenaurzedu.eu/pkg/pgtest"
)

// grantQuery tells "role object: privileges" of every relation, column and function, for everybody but the owner.
const grantQuery = ours + `, grants AS (
		SELECT acl.grantee, r.relname::text AS object, acl.privilege_type AS privilege, acl.is_grantable
		FROM relations r, aclexplode(r.relacl) acl WHERE acl.grantee <> r.relowner
		UNION ALL
		SELECT acl.grantee, r.relname, format('%s(%s)', acl.privilege_type, string_agg(a.attname, ',' ORDER BY a.attname)), acl.is_grantable
		FROM relations r JOIN pg_attribute a ON a.attrelid = r.oid, aclexplode(a.attacl) acl WHERE acl.grantee <> r.relowner
		GROUP BY acl.grantee, r.relname, acl.privilege_type, acl.is_grantable
		UNION ALL
		SELECT acl.grantee, proname || '()', acl.privilege_type, acl.is_grantable
		FROM functions, aclexplode(proacl) acl WHERE acl.grantee <> proowner
	)
	SELECT format('%s %s: %s', COALESCE(rolname, 'PUBLIC'), object,
	              string_agg(privilege || CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END, ' ' ORDER BY privilege))
	FROM grants LEFT JOIN pg_roles ON oid = grantee
	GROUP BY rolname, object
	ORDER BY 1`

// wantGrants is all that the roles may do. Whoever adds a line says by it that the role needs that.
const wantGrants = `
ocena_app accounts: INSERT SELECT UPDATE
ocena_app action_signoffs: INSERT SELECT
ocena_app actions: INSERT SELECT UPDATE
ocena_app add_counts(): EXECUTE
ocena_app answers: SELECT
ocena_app audit_log: INSERT SELECT
ocena_app batch_sheets: SELECT UPDATE(revision)
ocena_app batches: INSERT SELECT UPDATE(closed_at,closed_by,issued,rekey_percent,returned)
ocena_app counties: SELECT
ocena_app current_tenant(): EXECUTE
ocena_app day_counts: INSERT SELECT UPDATE
ocena_app departments: INSERT SELECT UPDATE
ocena_app devices: INSERT SELECT UPDATE
ocena_app draft_edits: DELETE INSERT SELECT UPDATE
ocena_app duties: INSERT SELECT UPDATE
ocena_app duty_mails: INSERT SELECT
ocena_app export_jobs: INSERT SELECT UPDATE(beat_at,bytes,finished_at,rows,state)
ocena_app invitations: DELETE INSERT SELECT
ocena_app kiosk_days: INSERT SELECT UPDATE
ocena_app offices: SELECT UPDATE
ocena_app outbox: INSERT SELECT UPDATE(next_at,problem,sent_at,tries)
ocena_app prints: INSERT SELECT
ocena_app public_pages: INSERT SELECT UPDATE
ocena_app publication_files: INSERT SELECT
ocena_app publications: INSERT SELECT UPDATE(withdrawn_at)
ocena_app questionnaires: SELECT UPDATE
ocena_app recovery_codes: DELETE INSERT SELECT
ocena_app rekeyed_sheets: INSERT SELECT UPDATE(codes,compared,differing,first_codes,keyed_by,settled_by)
ocena_app remark_themes: DELETE INSERT SELECT
ocena_app remarks: DELETE INSERT SELECT UPDATE(reviewed_by,reviewed_on,state,text)
ocena_app report_cases: INSERT SELECT UPDATE
ocena_app reports: INSERT SELECT
ocena_app results_digest(): EXECUTE
ocena_app scan_batches: DELETE INSERT SELECT UPDATE
ocena_app scan_decisions: DELETE INSERT SELECT UPDATE
ocena_app scan_files: DELETE INSERT SELECT UPDATE
ocena_app scan_pages: DELETE INSERT SELECT UPDATE
ocena_app scan_parts: DELETE INSERT SELECT UPDATE
ocena_app scan_questions: DELETE INSERT SELECT UPDATE
ocena_app scan_settings: DELETE INSERT SELECT UPDATE
ocena_app scan_sheets: DELETE INSERT SELECT UPDATE
ocena_app schedules: DELETE INSERT SELECT UPDATE
ocena_app secrets: SELECT
ocena_app service_points: INSERT SELECT UPDATE
ocena_app sessions: DELETE INSERT SELECT UPDATE
ocena_app submissions: SELECT UPDATE(codes)
ocena_app tallies: INSERT SELECT UPDATE
ocena_app tenants: SELECT
ocena_app themes: DELETE INSERT SELECT UPDATE(folded,name)
ocena_app version_sheets: INSERT SELECT
ocena_app versions: INSERT SELECT
ocena_county county_tenants(): EXECUTE
ocena_county current_tenant(): EXECUTE
ocena_county tallies: SELECT
ocena_intake add_counts(): EXECUTE
ocena_intake add_submissions(): EXECUTE
ocena_intake add_tallies(): EXECUTE
ocena_intake batch_sheets: INSERT SELECT(batch_id,number,tenant_id)
ocena_intake batches: SELECT(closed_at,id,tenant_id) UPDATE(id)
ocena_intake count_at(): EXECUTE
ocena_intake current_tenant(): EXECUTE
ocena_intake intake_tenants(): EXECUTE
ocena_intake remarks: INSERT
ocena_intake submission_keys: INSERT SELECT
ocena_intake submissions: INSERT
ocena_intake tallies: INSERT SELECT UPDATE
ocena_operator accounts: INSERT(created_at,login,name,role,tenant_id) SELECT(created_at,disabled,id,login,name,role,tenant_id) UPDATE(password_hash,totp_secret)
ocena_operator audit_log: INSERT
ocena_operator counties: INSERT SELECT UPDATE
ocena_operator current_tenant(): EXECUTE
ocena_operator departments: INSERT SELECT
ocena_operator duties: INSERT SELECT
ocena_operator duty_mails: SELECT
ocena_operator invitations: DELETE INSERT SELECT(account_id,tenant_id)
ocena_operator offices: INSERT SELECT
ocena_operator outbox: SELECT(next_at,tenant_id)
ocena_operator questionnaires: INSERT SELECT
ocena_operator recovery_codes: DELETE SELECT(account_id,tenant_id)
ocena_operator scan_batches: SELECT(erased_at,lease_until,state,tenant_id,touched_at)
ocena_operator scan_files: SELECT(lease_until,state,tenant_id)
ocena_operator schedules: SELECT
ocena_operator service_points: INSERT SELECT
ocena_operator sessions: DELETE SELECT(account_id,tenant_id)
ocena_operator submission_keys: DELETE SELECT(day)
ocena_operator tenants: INSERT SELECT UPDATE
ocena_operator version_sheets: INSERT
ocena_operator versions: INSERT SELECT
`

func TestGrantsAreThoseOfTheTable(t *testing.T) {
	_, owner := pgtest.StoreAndOwner(t)
	want := strings.Split(strings.TrimSpace(wantGrants), "\n")
	if diff := cmp.Diff(want, lines(t, owner, grantQuery)); diff != "" {
		t.Errorf("grants (-want +got):\n%s", diff)
	}
	for _, offence := range []string{
		`GRANT SELECT ON remarks TO ocena_county`, `GRANT SELECT (password_hash) ON accounts TO ocena_operator`, `GRANT DELETE ON audit_log TO ocena_app`,
		`GRANT SELECT ON submissions TO ocena_intake`, `GRANT EXECUTE ON FUNCTION county_tenants() TO ocena_app`, `GRANT SELECT ON remarks TO ocena_service`,
		`GRANT TRUNCATE ON tallies TO ocena_app`, `GRANT SELECT ON tallies TO ocena_county WITH GRANT OPTION`, `GRANT SELECT ON goose_db_version TO ocena_app`,
		`REVOKE SELECT ON tallies FROM ocena_county`,
	} {
		t.Run(offence, func(t *testing.T) {
			if cmp.Equal(want, lines(t, offend(t, owner, offence), grantQuery)) {
				t.Errorf("the table of grants lets %q pass", offence)
			}
		})
	}
}

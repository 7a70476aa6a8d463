package store_test

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"ocenaurzedu.eu/pkg/pgtest"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

var ctx = context.Background()

// year is a filter that takes in all that the fixtures hold.
var year = survey.Filter{From: survey.NewDay(2026, 1, 1), To: survey.NewDay(2026, 12, 31)}

// admin is who does things in the fixtures.
var admin = store.Actor{Login: "anna@urzad.example", At: pgtest.Now()}

// key makes what stands for the SHA-256 of a token, a code or an idempotency key.
func key(parts ...any) []byte {
	sum := sha256.Sum256(fmt.Append(nil, parts...))
	return sum[:]
}

// open returns a store on a database of its own, the owner's connection, and the service's address.
func open(t testing.TB) (*store.Store, *sql.DB, string) {
	t.Helper()
	serviceURL, ownerURL := pgtest.Database(t)
	s, err := store.Open(store.Options{URL: serviceURL})
	if err != nil {
		t.Fatalf("open store: %v", err)
	}
	t.Cleanup(s.Close)
	return s, connect(t, ownerURL), serviceURL
}

func connect(t testing.TB, address string) *sql.DB {
	t.Helper()
	db, err := sql.Open("postgres", address)
	if err != nil {
		t.Fatalf("open database: %v", err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// as connects as the service does, with one of its roles.
func as(t testing.TB, serviceURL, role string) *sql.DB {
	t.Helper()
	u, err := url.Parse(serviceURL)
	if err != nil {
		t.Fatalf("service address: %v", err)
	}
	q := u.Query()
	q.Set("role", role)
	u.RawQuery = q.Encode()
	return connect(t, u.String())
}

// inTenant begins a transaction of a tenant that is rolled back when the test ends; tenant 0 sets none.
func inTenant(t testing.TB, db *sql.DB, tenant int64) *sql.Tx {
	t.Helper()
	tx, err := db.Begin()
	if err != nil {
		t.Fatalf("begin: %v", err)
	}
	t.Cleanup(func() { _ = tx.Rollback() })
	if tenant != 0 {
		if _, err := tx.Exec(`SELECT set_config('ocena.tenant', $1, true)`, fmt.Sprint(tenant)); err != nil {
			t.Fatalf("set tenant: %v", err)
		}
	}
	return tx
}

// must fails the test where a fixture can't be made.
func must(t testing.TB, what string, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

// entry makes a submission of the tenant's published version.
func entry(t testing.TB, scope *store.Scope, name string, values survey.Values, day survey.Day) store.Entry {
	t.Helper()
	return entryVia(t, scope, name, survey.ChannelWeb, values, day)
}

func entryVia(t testing.TB, scope *store.Scope, name string, channel survey.Channel, values survey.Values, day survey.Day) store.Entry {
	t.Helper()
	version, err := scope.PublishedVersion(ctx)
	must(t, "published version", err)
	sub, err := version.Fill(values, channel, day)
	must(t, "fill", err)
	sub.ID = uuid.NewString()
	return store.Entry{Tenant: scope.Tenant(), Key: key(name), Submission: sub, Layout: &version.Layout}
}

// sheet makes a typed sheet of a batch.
func sheet(t testing.TB, scope *store.Scope, batch *store.Batch, number int, serial int64, values survey.Values) store.Entry {
	t.Helper()
	e := entryVia(t, scope, uuid.NewString(), survey.ChannelPaperTyped, values, batch.Day)
	e.Submission.ServicePoint = batch.ServicePoint
	e.Sheet = &store.SheetRef{Batch: batch.ID, Number: number, Serial: serial, TypedBy: "jan@urzad.example"}
	return e
}

// correction makes a correction of a typed sheet that began with a revision of it.
func correction(sub *survey.Submission, layout *survey.Layout, revision int) store.Correction {
	return store.Correction{Sheet: sub, Layout: layout, Revision: revision, By: admin}
}

func openBatch(t testing.TB, scope *store.Scope) *store.Batch {
	t.Helper()
	version, err := scope.PublishedVersion(ctx)
	must(t, "published version", err)
	b := &store.Batch{VersionID: version.ID, Day: survey.NewDay(2026, 3, 9), OpenedBy: admin.Login, OpenedAt: admin.At}
	must(t, "open batch", scope.OpenBatch(ctx, b))
	return b
}

// report makes a report of all the tenant's results, or of n of them if n is not negative.
func report(t testing.TB, scope *store.Scope, n int) *store.Report {
	t.Helper()
	results, err := scope.Results(ctx, year)
	must(t, "results", err)
	number, err := scope.NextReportNumber(ctx)
	must(t, "next number", err)
	if n < 0 {
		n = count(results)
	}
	return &store.Report{
		ReportInfo: store.ReportInfo{Number: number, N: n, Versions: []int64{1}, GeneratedAt: admin.At, GeneratedBy: admin.Login},
		Filter:     year, Summary: []byte(`{"office": "tajne"}`), PDF: []byte("%PDF-pdf"), XLSX: []byte("PKxlsx"), Digest: results.Digest,
	}
}

func count(results *survey.Results) int {
	n := 0
	for _, tally := range results.Tallies {
		for _, part := range tally.Parts {
			n += part.N
		}
	}
	return n
}

func total(t testing.TB, scope *store.Scope, f survey.Filter) int {
	t.Helper()
	results, err := scope.Results(ctx, f)
	must(t, "results", err)
	return count(results)
}

// account invites a person to a tenant and accepts, with TOTP step 100 and two recovery codes.
func account(t testing.TB, s *store.Store, scope *store.Scope, login string) *store.Account {
	t.Helper()
	must(t, "invite", s.Invite(ctx, scope.Tenant(), invitation(login)))
	a, err := scope.AcceptInvitation(ctx, key("invitation", login), store.Credentials{PasswordHash: "hash of " + login, TOTPSecret: "secret of " + login,
		TOTPStep: 100, RecoveryCodes: [][]byte{key("recovery 1", login), key("recovery 2", login)}}, admin.At)
	must(t, "accept", err)
	return a
}

func invitation(login string) store.Invitation {
	return store.Invitation{Login: login, Name: "Tajne", Role: store.RoleAdministrator, Token: key("invitation", login), At: admin.At,
		Expires: admin.At.AddDate(0, 0, 7), Reason: "tajne: nowa osoba"}
}

// recount fails the test where a tally is not what the submissions' codes say. It counts in SQL, apart from the
// program's own counting: for each slot, how often each code stands in it.
func recount(t testing.TB, owner *sql.DB) {
	t.Helper()
	wrong := lines(t, owner, `
		WITH slots AS (
			SELECT v.tenant_id, v.id AS version_id, i, (slot ->> 'offset')::int AS start
			FROM versions v CROSS JOIN LATERAL jsonb_array_elements(v.layout -> 'slots') WITH ORDINALITY AS e (slot, i)
		), counted AS (
			SELECT s.tenant_id, s.version_id, date_trunc('month', s.day)::date AS month, s.channel, COALESCE(s.service_point_id, 0) AS point,
			       slots.start + s.codes[slots.i] AS counter, count(*) AS times
			FROM submissions s JOIN slots USING (tenant_id, version_id)
			GROUP BY 1, 2, 3, 4, 5, 6
		), kept AS (
			SELECT tenant_id, version_id, month, channel, service_point_id AS point, i - 1 AS counter, times
			FROM tallies CROSS JOIN LATERAL unnest(counts) WITH ORDINALITY AS c (times, i)
			WHERE times <> 0
		), numbers AS (
			SELECT tenant_id, version_id, date_trunc('month', day)::date AS month, channel, COALESCE(service_point_id, 0) AS point, count(*) AS n
			FROM submissions GROUP BY 1, 2, 3, 4, 5
		)
		SELECT format('tenant %s version %s %s %s counter %s: counted %s, kept %s', tenant_id, version_id, month, channel, counter, counted.times, kept.times)
		FROM counted FULL JOIN kept USING (tenant_id, version_id, month, channel, point, counter)
		WHERE counted.times IS DISTINCT FROM kept.times
		UNION ALL
		SELECT format('tenant %s version %s %s %s: n counted %s, kept %s', tenant_id, version_id, month, channel, numbers.n, t.n)
		FROM numbers FULL JOIN (SELECT *, service_point_id AS point FROM tallies WHERE n <> 0) t USING (tenant_id, version_id, month, channel, point)
		WHERE numbers.n IS DISTINCT FROM t.n`)
	if len(wrong) != 0 {
		t.Errorf("tallies don't hold what was answered:\n%s", strings.Join(wrong, "\n"))
	}
}

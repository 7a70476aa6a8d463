package store_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"ocenaurzedu.eu/pkg/pgtest"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// verifiedTenant makes a tenant with five web submissions of February and March and a typed sheet.
func verifiedTenant(t testing.TB, s *store.Store) *store.Scope {
	t.Helper()
	scope := pgtest.Tenant(t, s, "gmina", "")
	entries := []store.Entry{
		entry(t, scope, "a", survey.Values{"overall": {"1"}, "quality.polite": {"na"}, "remarks": {"uwaga"}}, survey.NewDay(2026, 2, 27)),
		entry(t, scope, "b", survey.Values{"overall": {"2"}, "improve": {"other", "hours"}, "improve.other": {"ławki"}}, survey.NewDay(2026, 2, 28)),
		entry(t, scope, "c", survey.Values{"overall": {"3"}, "quality.polite": {"2"}}, survey.NewDay(2026, 2, 28)),
		entry(t, scope, "d", survey.Values{"overall": {"3"}}, survey.NewDay(2026, 3, 1)),
		entry(t, scope, "e", survey.Values{"overall": {"3"}, "remarks": {"druga"}}, survey.NewDay(2026, 3, 2)),
	}
	batch := openBatch(t, scope)
	entries = append(entries, sheet(t, scope, batch, 1, 0, survey.Values{"overall": {"2"}, "quality.quick": {"unreadable"}}))
	must(t, "add submissions", s.AddSubmissions(ctx, entries))
	return scope
}

func TestVerify(t *testing.T) {
	february, march := survey.NewDay(2026, 2, 1), survey.NewDay(2026, 3, 1)
	tally := func(month survey.Day, slot string, tally, recount int64) store.Difference {
		return store.Difference{What: store.DifferentTally, Month: month, Channel: survey.ChannelWeb, Slot: slot, Tally: tally, Recount: recount}
	}
	tests := []struct {
		name, spoil string
		want        []store.Difference
	}{
		{"nothing wrong", ``, nil},
		{"one too many", `UPDATE tallies SET n = n + 1 WHERE month = '2026-02-01'`, []store.Difference{tally(february, "n", 4, 3)}},
		{"a counter of a value and one of a state", `UPDATE tallies SET counts[5 + 3] = 7, counts[8 + 2] = 0 WHERE month = '2026-02-01'`,
			[]store.Difference{tally(february, "overall=3", 7, 1), tally(february, "quality.polite=na", 0, 1)}},
		{"a counter too few", `UPDATE tallies SET counts = counts[1:array_length(counts, 1) - 1] WHERE month = '2026-02-01'`,
			[]store.Difference{tally(february, "remarks=1", 0, 1)}},
		{"a counter too many", `UPDATE tallies SET counts = counts || 2 WHERE month = '2026-02-01'`, []store.Difference{tally(february, "counter 54", 2, 0)}},
		{"a tally without answers", `INSERT INTO tallies (tenant_id, version_id, month, channel, n, counts) SELECT tenant_id, version_id, month, 'qr', 1, '{}' FROM tallies WHERE month = '2026-02-01'`,
			[]store.Difference{{What: store.DifferentTally, Month: february, Channel: survey.ChannelQR, Slot: "n", Tally: 1}}},
		{"answers without a tally", `DELETE FROM tallies WHERE channel = 'web' AND month = '2026-03-01'`, []store.Difference{
			tally(march, "n", 0, 2), tally(march, "overall=3", 0, 2), tally(march, "quality.polite=blank", 0, 2), tally(march, "quality.quick=blank", 0, 2),
			tally(march, "improve=blank", 0, 2), tally(march, "improve.hours=blank", 0, 2), tally(march, "improve.signs=blank", 0, 2),
			tally(march, "improve.other=blank", 0, 2), tally(march, "remarks=blank", 0, 1), tally(march, "remarks=1", 0, 1)}},
		{"answers lost", `DELETE FROM submissions WHERE day = '2026-03-01'`, []store.Difference{
			tally(march, "n", 2, 1), tally(march, "overall=3", 2, 1), tally(march, "quality.polite=blank", 2, 1), tally(march, "quality.quick=blank", 2, 1),
			tally(march, "improve=blank", 2, 1), tally(march, "improve.hours=blank", 2, 1), tally(march, "improve.signs=blank", 2, 1),
			tally(march, "improve.other=blank", 2, 1), tally(march, "remarks=blank", 1, 0)}},
		{"codes that don't fit", `UPDATE submissions SET codes = codes || 0::smallint WHERE day = '2026-03-01';
			UPDATE tallies SET n = 1 WHERE channel = 'web' AND month = '2026-03-01'`, []store.Difference{
			tally(march, "overall=3", 2, 1), tally(march, "quality.polite=blank", 2, 1), tally(march, "quality.quick=blank", 2, 1),
			tally(march, "improve=blank", 2, 1), tally(march, "improve.hours=blank", 2, 1), tally(march, "improve.signs=blank", 2, 1),
			tally(march, "improve.other=blank", 2, 1), tally(march, "remarks=blank", 1, 0),
			{What: store.DifferentCodes, Month: march, Channel: survey.ChannelWeb, Slot: "codes", Rows: 1}}},
		{"a remark to no question", `UPDATE remarks SET question = 'nobody' WHERE question = 'improve.other'`,
			[]store.Difference{{What: store.DifferentRemark, Slot: "nobody", Rows: 1}}},
		{"a remark to a question without words", `UPDATE remarks SET question = 'overall'`,
			[]store.Difference{{What: store.DifferentRemark, Slot: "overall", Rows: 3}}},
		{"a remark that should have been replaced", `UPDATE remarks SET text = '601 234 567' WHERE question = 'improve.other'`,
			[]store.Difference{{What: store.DifferentWords, Slot: "improve.other", Rows: 1}}},
		{"remarks of no submission", `ALTER TABLE remarks DROP CONSTRAINT remarks_tenant_id_submission_id_fkey;
			UPDATE remarks SET submission_id = gen_random_uuid() WHERE question = 'remarks'`, []store.Difference{{What: store.DifferentRemark, Slot: "remarks", Rows: 2}}},
		{"keys", `ALTER TABLE submission_keys DROP CONSTRAINT submission_keys_hash_check;
			INSERT INTO submission_keys (tenant_id, hash, day) SELECT id, 'x', CURRENT_DATE FROM tenants;
			UPDATE submission_keys SET day = '2999-01-01' WHERE hash <> 'x'`,
			[]store.Difference{{What: store.DifferentKey, Slot: "hash", Rows: 1}, {What: store.DifferentKey, Slot: "day", Rows: 6}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, owner, _ := open(t)
			scope := verifiedTenant(t, s)
			// As whoever may do anything; the triggers, that answers are edited only within a batch, are off.
			_, err := owner.Exec(`SET session_replication_role = replica; ` + tt.spoil)
			must(t, "spoil", err)
			var got []store.Difference
			n, err := scope.Verify(ctx, survey.NewDay(2026, 3, 11), func(words string) bool { return words != "601 234 567" }, func(d store.Difference) {
				d.Version = 0
				got = append(got, d)
			})
			must(t, "verify", err)
			if want := map[bool]int{true: 5, false: 6}[tt.name == "answers lost"]; n != want {
				t.Errorf("%d submissions, want %d", n, want)
			}
			if diff := cmp.Diff(tt.want, got, cmp.Comparer(func(a, b survey.Day) bool { return a == b })); diff != "" {
				t.Errorf("differences (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTenantNames(t *testing.T) {
	s, owner, _ := open(t)
	pgtest.Tenant(t, s, "pierwsza", "")
	pgtest.Tenant(t, s, "druga", "")
	_, err := owner.Exec(`UPDATE tenants SET active = false WHERE slug = 'pierwsza'`)
	must(t, "deactivate", err)
	names, err := s.TenantNames(ctx)
	if err != nil || len(names) != 2 || names[0].Slug != "pierwsza" || names[1].Slug != "druga" {
		t.Errorf("TenantNames = %+v, %v; want both", names, err)
	}
}

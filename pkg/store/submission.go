package store

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ocenaurzedu.eu/pkg/survey"
)

// Entry is one submission on its way in.
type Entry struct {
	Tenant     int64
	Key        []byte // auth.IdempotencyHash: the same key is stored once, however often it comes
	Submission *survey.Submission
	Layout     *survey.Layout // of the submission's version
	Sheet      *SheetRef      // paper: its place in a batch; nil otherwise
}

// SheetRef is a paper sheet's place in a batch.
type SheetRef struct {
	Batch  int64
	Number int
	Serial int64 // 0: typed without a code
}

// AddSubmissions stores entries in one transaction: keys, answers, remarks, tallies, places in batches. An entry
// whose key was stored before, or stands twice here, adds nothing. An error means that nothing was stored, or,
// where the connection broke, that nobody knows; the same keys may be sent again in either case.
func (s *Store) AddSubmissions(ctx context.Context, entries []Entry) error {
	for _, e := range entries {
		if !e.Layout.Fits(e.Submission.Codes) {
			return fmt.Errorf("submission of version %d: codes don't fit its layout", e.Submission.VersionID)
		}
	}
	err := inTx(ctx, s.intake, s.wait, func(tx *sqlx.Tx) error {
		if err := setIntake(ctx, tx, entries); err != nil {
			return err
		}
		fresh, err := insertKeys(ctx, tx, entries)
		if err != nil || len(fresh) == 0 {
			return err
		}
		if err := insertAnswers(ctx, tx, fresh); err != nil {
			return err
		}
		if err := insertRemarks(ctx, tx, fresh); err != nil {
			return err
		}
		if err := insertSheets(ctx, tx, fresh); err != nil {
			return err
		}
		return addTallies(ctx, tx, tallyRows(fresh))
	})
	if err != nil {
		return fmt.Errorf("add submissions: %w", err)
	}
	return nil
}

// setIntake sets the tenants that the transaction may add to, for row-level security.
func setIntake(ctx context.Context, tx *sqlx.Tx, entries []Entry) error {
	tenants := make([]int64, len(entries))
	for i, e := range entries {
		tenants[i] = e.Tenant
	}
	slices.Sort(tenants)
	tenants = slices.Compact(tenants)
	_, err := tx.ExecContext(ctx, `SELECT set_config('ocena.intake', $1, true)`, arrayLiteral(tenants))
	return err
}

// insertKeys returns the entries whose keys are new. Keys go in sorted, so that two replicas with the same
// keys can't block each other in a circle.
func insertKeys(ctx context.Context, tx *sqlx.Tx, entries []Entry) ([]Entry, error) {
	sorted := slices.Clone(entries)
	slices.SortStableFunc(sorted, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(a.Tenant, b.Tenant), bytes.Compare(a.Key, b.Key))
	})
	var tenants pq.Int64Array
	var keys pq.ByteaArray
	var days pq.StringArray
	for _, e := range sorted {
		tenants, keys, days = append(tenants, e.Tenant), append(keys, e.Key), append(days, e.Submission.Day.String())
	}
	rows, err := tx.QueryContext(ctx, `
		INSERT INTO submission_keys (tenant_id, hash, day)
		SELECT tenant_id, hash, GREATEST(day, CURRENT_DATE) -- paper may be days old; its key is not
		FROM unnest($1::bigint[], $2::bytea[], $3::date[]) WITH ORDINALITY AS k (tenant_id, hash, day, i)
		ORDER BY i
		ON CONFLICT DO NOTHING
		RETURNING tenant_id, hash`, tenants, keys, days)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	type tenantKey struct {
		tenant int64
		key    string
	}
	inserted := map[tenantKey]bool{}
	for rows.Next() {
		var tenant int64
		var key []byte
		if err := rows.Scan(&tenant, &key); err != nil {
			return nil, err
		}
		inserted[tenantKey{tenant, string(key)}] = true
	}
	var fresh []Entry
	for _, e := range sorted {
		if k := (tenantKey{e.Tenant, string(e.Key)}); inserted[k] {
			delete(inserted, k) // the second one of the same batch is a repetition
			fresh = append(fresh, e)
		}
	}
	return fresh, rows.Err()
}

func insertAnswers(ctx context.Context, tx *sqlx.Tx, entries []Entry) error {
	var tenants, versions, points pq.Int64Array
	var ids, channels, days, codes pq.StringArray
	for _, e := range entries {
		sub := e.Submission
		tenants, versions, points = append(tenants, e.Tenant), append(versions, sub.VersionID), append(points, sub.ServicePoint)
		ids, channels, days = append(ids, sub.ID), append(channels, string(sub.Channel)), append(days, sub.Day.String())
		codes = append(codes, arrayLiteral(sub.Codes))
	}
	_, err := tx.ExecContext(ctx, `
		INSERT INTO submissions (tenant_id, id, version_id, channel, service_point_id, day, codes)
		SELECT tenant_id, id, version_id, channel, NULLIF(point, 0), day, codes::smallint[]
		FROM unnest($1::bigint[], $2::uuid[], $3::bigint[], $4::text[], $5::bigint[], $6::date[], $7::text[])
		  AS e (tenant_id, id, version_id, channel, point, day, codes)`, tenants, ids, versions, channels, points, days, codes)
	return err
}

func insertRemarks(ctx context.Context, tx *sqlx.Tx, entries []Entry) error {
	var tenants pq.Int64Array
	var ids, questions, texts, states pq.StringArray
	for _, e := range entries {
		for _, r := range e.Submission.Remarks {
			tenants, ids, questions = append(tenants, e.Tenant), append(ids, e.Submission.ID), append(questions, r.Question)
			texts, states = append(texts, r.Text), append(states, string(r.State))
		}
	}
	if len(tenants) == 0 {
		return nil
	}
	_, err := tx.ExecContext(ctx, `
		INSERT INTO remarks (tenant_id, submission_id, question, text, state)
		SELECT tenant_id, submission_id, question, text, state
		FROM unnest($1::bigint[], $2::uuid[], $3::text[], $4::text[], $5::text[])
		  AS r (tenant_id, submission_id, question, text, state)`, tenants, ids, questions, texts, states)
	return err
}

func insertSheets(ctx context.Context, tx *sqlx.Tx, entries []Entry) error {
	sheets := slices.DeleteFunc(slices.Clone(entries), func(e Entry) bool { return e.Sheet == nil })
	slices.SortFunc(sheets, func(a, b Entry) int { // two committers lock the batches in one order
		return cmp.Or(cmp.Compare(a.Tenant, b.Tenant), cmp.Compare(a.Sheet.Batch, b.Sheet.Batch), cmp.Compare(a.Sheet.Number, b.Sheet.Number))
	})
	for _, e := range sheets {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO batch_sheets (tenant_id, batch_id, submission_id, number, serial)
			VALUES ($1, $2, $3, $4, NULLIF($5, 0))`, e.Tenant, e.Sheet.Batch, e.Submission.ID, e.Sheet.Number, e.Sheet.Serial)
		if err != nil {
			return err
		}
	}
	return nil
}

// tallyRow is what a batch adds to one tally.
type tallyRow struct {
	tenant, version int64
	month           survey.Day
	channel         survey.Channel
	point           int64
	n               int64
	length          int     // of the tally's vector
	places          []int64 // of the counters that go up by one, counted from 1; a place may come often
}

// tallyRows sums entries up by tally, in the order of the tallies' key: transactions that take rows in one
// order can't block each other in a circle.
func tallyRows(entries []Entry) []*tallyRow {
	type key struct {
		tenant, version, point int64
		month                  survey.Day
		channel                survey.Channel
	}
	sums := map[key]*tallyRow{}
	rows := make([]*tallyRow, 0, len(entries))
	for _, e := range entries {
		sub := e.Submission
		k := key{e.Tenant, sub.VersionID, sub.ServicePoint, sub.Day.Month(), sub.Channel}
		row := sums[k]
		if row == nil {
			row = &tallyRow{tenant: k.tenant, version: k.version, month: k.month, channel: k.channel, point: k.point, length: e.Layout.Counters}
			sums[k] = row
			rows = append(rows, row)
		}
		row.n++
		for i, code := range e.Layout.Effective(sub.Codes) {
			row.places = append(row.places, int64(e.Layout.Slots[i].Offset+int(code)+1))
		}
	}
	slices.SortFunc(rows, func(a, b *tallyRow) int {
		return cmp.Or(cmp.Compare(a.tenant, b.tenant), cmp.Compare(a.version, b.version), a.month.Sub(b.month),
			cmp.Compare(a.channel, b.channel), cmp.Compare(a.point, b.point))
	})
	return rows
}

// addTallies counts in the transaction that adds, and not later: folding vectors that were put aside would make an
// append of what is now a change in place (some 40 µs with all of Postgres's bookkeeping), but every reader of a tally,
// the gate of § 5 included, would have to add up and to lock what is not folded yet. Measured with ops/bench submit.
func addTallies(ctx context.Context, tx *sqlx.Tx, sums []*tallyRow) error {
	n := len(sums)
	tenants, versions, points := make(pq.Int64Array, n), make(pq.Int64Array, n), make(pq.Int64Array, n)
	times, lengths := make(pq.Int64Array, n), make(pq.Int64Array, n)
	months, channels, places := make(pq.StringArray, n), make(pq.StringArray, n), make(pq.StringArray, n)
	for i, r := range sums {
		tenants[i], versions[i], points[i], times[i], lengths[i] = r.tenant, r.version, r.point, r.n, int64(r.length)
		months[i], channels[i], places[i] = r.month.String(), string(r.channel), arrayLiteral(r.places)
	}
	_, err := tx.ExecContext(ctx, `
		SELECT add_tallies($1::bigint[], $2::bigint[], $3::date[], $4::text[], $5::bigint[], $6::integer[], $7::integer[], $8::text[])`,
		tenants, versions, months, channels, points, times, lengths, places)
	return err
}

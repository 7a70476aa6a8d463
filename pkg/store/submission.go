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
	Stored     *bool          // set to true if it was not stored under its key before; to be read after success alone; nil: nobody asks
}

// SheetRef is a paper sheet's place in a batch.
type SheetRef struct {
	Batch   int64
	Number  int    // wished; 0, or one that another sheet has: the next
	Serial  int64  // 0: typed without a code
	TypedBy string // an account's login
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
	entries = byKey(entries)
	err := inTx(ctx, s.intake, s.wait, func(tx *sqlx.Tx) error {
		// Whoever corrects a sheet holds its batch before its tally, so that sheets have to come before tallies too.
		if slices.ContainsFunc(entries, func(e Entry) bool { return e.Sheet != nil }) {
			return addStepwise(ctx, tx, entries)
		}
		return addAtOnce(ctx, tx, entries)
	})
	if err != nil {
		return fmt.Errorf("add submissions: %w", err)
	}
	return nil
}

// byKey sorts entries, so that two replicas with the same keys can't block each other in a circle.
func byKey(entries []Entry) []Entry {
	sorted := slices.Clone(entries)
	slices.SortStableFunc(sorted, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(a.Tenant, b.Tenant), bytes.Compare(a.Key, b.Key))
	})
	return sorted
}

// addAtOnce adds all in one round trip, on the guess that no key was stored before. Where one was, the call has added the
// new keys alone, and what belongs to them follows.
func addAtOnce(ctx context.Context, tx *sqlx.Tx, entries []Entry) error {
	answers, remarks, tallies := answersOf(entries), remarksOf(entries), talliesOf(tallyRows(entries))
	var done bool
	var tenants pq.Int64Array
	var keys pq.ByteaArray
	err := tx.QueryRowContext(ctx, `
		SELECT done, fresh_tenants, fresh_hashes
		FROM add_submissions($1, $2::bigint[], $3::bytea[], $4::uuid[], $5::bigint[], $6::text[], $7::bigint[], $8::date[], $9::text[],
			$10::bigint[], $11::uuid[], $12::text[], $13::text[], $14::text[],
			$15::bigint[], $16::bigint[], $17::date[], $18::text[], $19::bigint[], $20::integer[], $21::integer[], $22::text[])`,
		arrayLiteral(tenantsOf(entries)),
		answers.tenants, keysOf(entries), answers.ids, answers.versions, answers.channels, answers.points, answers.days, answers.codes,
		remarks.tenants, remarks.ids, remarks.questions, remarks.texts, remarks.states,
		tallies.tenants, tallies.versions, tallies.months, tallies.channels, tallies.points, tallies.times, tallies.lengths, tallies.places,
	).Scan(&done, &tenants, &keys)
	if err != nil {
		return err
	}
	if done {
		tellStored(entries)
		return nil
	}
	fresh := freshOf(entries, tenants, keys)
	if len(fresh) == 0 {
		return nil
	}
	return addFresh(ctx, tx, fresh)
}

// addStepwise adds by a statement for each table.
func addStepwise(ctx context.Context, tx *sqlx.Tx, entries []Entry) error {
	_, err := tx.ExecContext(ctx, `SELECT set_config('ocena.intake', $1, true)`, arrayLiteral(tenantsOf(entries)))
	if err != nil {
		return err
	}
	fresh, err := insertKeys(ctx, tx, entries)
	if err != nil || len(fresh) == 0 {
		return err
	}
	return addFresh(ctx, tx, fresh)
}

// tellStored tells those who ask that theirs is a new one. Where the outcome is unknown then, and the next try finds the key,
// that is still so.
func tellStored(fresh []Entry) {
	for _, e := range fresh {
		if e.Stored != nil {
			*e.Stored = true
		}
	}
}

// addFresh adds what belongs to new keys.
func addFresh(ctx context.Context, tx *sqlx.Tx, fresh []Entry) error {
	tellStored(fresh)
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
}

// tenantsOf returns the tenants that the transaction may add to, for row-level security.
func tenantsOf(entries []Entry) []int64 {
	tenants := make([]int64, len(entries))
	for i, e := range entries {
		tenants[i] = e.Tenant
	}
	slices.Sort(tenants)
	return slices.Compact(tenants)
}

func keysOf(entries []Entry) pq.ByteaArray {
	keys := make(pq.ByteaArray, len(entries))
	for i, e := range entries {
		keys[i] = e.Key
	}
	return keys
}

// insertKeys returns the entries whose keys are new.
func insertKeys(ctx context.Context, tx *sqlx.Tx, entries []Entry) ([]Entry, error) {
	answers := answersOf(entries)
	rows, err := tx.QueryContext(ctx, `
		INSERT INTO submission_keys (tenant_id, hash, day)
		SELECT tenant_id, hash, GREATEST(day, CURRENT_DATE) -- paper may be days old; its key is not
		FROM unnest($1::bigint[], $2::bytea[], $3::date[]) WITH ORDINALITY AS k (tenant_id, hash, day, i)
		ORDER BY i
		ON CONFLICT DO NOTHING
		RETURNING tenant_id, hash`, answers.tenants, keysOf(entries), answers.days)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var tenants []int64
	var keys [][]byte
	for rows.Next() {
		var tenant int64
		var key []byte
		if err := rows.Scan(&tenant, &key); err != nil {
			return nil, err
		}
		tenants, keys = append(tenants, tenant), append(keys, key)
	}
	return freshOf(entries, tenants, keys), rows.Err()
}

// freshOf returns the entries whose keys were inserted, each once.
func freshOf(entries []Entry, tenants []int64, keys [][]byte) []Entry {
	type tenantKey struct {
		tenant int64
		key    string
	}
	inserted := map[tenantKey]bool{}
	for i := range keys {
		inserted[tenantKey{tenants[i], string(keys[i])}] = true
	}
	var fresh []Entry
	for _, e := range entries {
		if k := (tenantKey{e.Tenant, string(e.Key)}); inserted[k] {
			delete(inserted, k) // the second one of the same batch is a repetition
			fresh = append(fresh, e)
		}
	}
	return fresh
}

// answerArrays are answers as Postgres takes them: a column an array.
type answerArrays struct {
	tenants, versions, points  pq.Int64Array
	ids, channels, days, codes pq.StringArray
}

func answersOf(entries []Entry) answerArrays {
	n := len(entries)
	a := answerArrays{
		tenants: make(pq.Int64Array, n), versions: make(pq.Int64Array, n), points: make(pq.Int64Array, n), ids: make(pq.StringArray, n),
		channels: make(pq.StringArray, n), days: make(pq.StringArray, n), codes: make(pq.StringArray, n),
	}
	for i, e := range entries {
		sub := e.Submission
		a.tenants[i], a.versions[i], a.points[i], a.ids[i] = e.Tenant, sub.VersionID, sub.ServicePoint, sub.ID
		a.channels[i], a.days[i], a.codes[i] = string(sub.Channel), sub.Day.String(), arrayLiteral(sub.Codes)
	}
	return a
}

func insertAnswers(ctx context.Context, tx *sqlx.Tx, entries []Entry) error {
	a := answersOf(entries)
	_, err := tx.ExecContext(ctx, `
		INSERT INTO submissions (tenant_id, id, version_id, channel, service_point_id, day, codes)
		SELECT tenant_id, id, version_id, channel, NULLIF(point, 0), day, codes::smallint[]
		FROM unnest($1::bigint[], $2::uuid[], $3::bigint[], $4::text[], $5::bigint[], $6::date[], $7::text[])
		  AS e (tenant_id, id, version_id, channel, point, day, codes)`, a.tenants, a.ids, a.versions, a.channels, a.points, a.days, a.codes)
	return err
}

// remarkArrays are remarks as Postgres takes them. None is nil, which would be NULL.
type remarkArrays struct {
	tenants                       pq.Int64Array
	ids, questions, texts, states pq.StringArray
}

func remarksOf(entries []Entry) remarkArrays {
	c := remarkArrays{pq.Int64Array{}, pq.StringArray{}, pq.StringArray{}, pq.StringArray{}, pq.StringArray{}}
	for _, e := range entries {
		for _, r := range e.Submission.Remarks {
			c.tenants, c.ids, c.questions = append(c.tenants, e.Tenant), append(c.ids, e.Submission.ID), append(c.questions, r.Question)
			c.texts, c.states = append(c.texts, r.Text), append(c.states, string(r.State))
		}
	}
	return c
}

func insertRemarks(ctx context.Context, tx *sqlx.Tx, entries []Entry) error {
	r := remarksOf(entries)
	if len(r.tenants) == 0 {
		return nil
	}
	_, err := tx.ExecContext(ctx, `
		INSERT INTO remarks (tenant_id, submission_id, question, text, state)
		SELECT tenant_id, submission_id, question, text, state
		FROM unnest($1::bigint[], $2::uuid[], $3::text[], $4::text[], $5::text[])
		  AS r (tenant_id, submission_id, question, text, state)`, r.tenants, r.ids, r.questions, r.texts, r.states)
	return err
}

func insertSheets(ctx context.Context, tx *sqlx.Tx, entries []Entry) error {
	sheets := slices.DeleteFunc(slices.Clone(entries), func(e Entry) bool { return e.Sheet == nil })
	slices.SortFunc(sheets, func(a, b Entry) int { // two committers lock the batches in one order
		return cmp.Or(cmp.Compare(a.Tenant, b.Tenant), cmp.Compare(a.Sheet.Batch, b.Sheet.Batch), cmp.Compare(a.Sheet.Number, b.Sheet.Number))
	})
	for _, e := range sheets {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO batch_sheets (tenant_id, batch_id, submission_id, number, serial, typed_by)
			VALUES ($1, $2, $3, $4, NULLIF($5, 0), $6)`, e.Tenant, e.Sheet.Batch, e.Submission.ID, e.Sheet.Number, e.Sheet.Serial, e.Sheet.TypedBy)
		if err != nil {
			return err
		}
	}
	return nil
}

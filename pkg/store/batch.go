package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ocenaurzedu.eu/pkg/survey"
)

// Batch is a stack of paper that is typed together.
type Batch struct {
	ID           int64
	VersionID    int64      `db:"version_id"`
	Version      int        // its number
	ServicePoint int64      `db:"service_point_id"` // 0: none
	Day          survey.Day // on which the forms were filled in
	Issued       *int       // forms handed out; nil: not recorded
	Returned     *int       // forms that came back; nil: not recorded
	Sheets       int        // typed so far
	OpenedBy     string     `db:"opened_by"`
	OpenedAt     time.Time  `db:"opened_at"`
	ClosedBy     string     `db:"closed_by"` // "": still open
}

// Open reports whether sheets can be added and corrected.
func (b *Batch) Open() bool { return b.ClosedBy == "" }

// OpenBatch starts a batch and sets its ID.
func (s *Scope) OpenBatch(ctx context.Context, b *Batch) error {
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		err := tx.GetContext(ctx, &b.ID, `
			INSERT INTO batches (tenant_id, version_id, service_point_id, day, issued, returned, opened_by, opened_at)
			VALUES ($1, $2, NULLIF($3, 0), $4, $5, $6, $7, $8)
			RETURNING id`, s.tenant, b.VersionID, b.ServicePoint, b.Day, b.Issued, b.Returned, b.OpenedBy, b.OpenedAt)
		if err != nil {
			return err
		}
		return s.audit(ctx, tx, Event{At: b.OpenedAt, Actor: b.OpenedBy, Action: "batch.open", Subject: fmt.Sprint(b.ID)})
	})
	if err != nil {
		return fmt.Errorf("open batch: %w", err)
	}
	return nil
}

const batchQuery = `
	SELECT b.id, b.version_id, v.number AS version, COALESCE(b.service_point_id, 0) AS service_point_id, b.day, b.issued, b.returned,
	       b.opened_by, b.opened_at, COALESCE(b.closed_by, '') AS closed_by,
	       (SELECT count(*) FROM batch_sheets bs WHERE bs.tenant_id = b.tenant_id AND bs.batch_id = b.id) AS sheets
	FROM batches b
	JOIN versions v ON v.tenant_id = b.tenant_id AND v.id = b.version_id
	WHERE b.tenant_id = $1 AND b.scan_batch_id IS NULL`

// Batch returns one of the tenant's batches, or survey.ErrNotFound.
func (s *Scope) Batch(ctx context.Context, id int64) (*Batch, error) {
	var b Batch
	if err := s.get(ctx, &b, batchQuery+` AND b.id = $2`, s.tenant, id); err != nil {
		return nil, fmt.Errorf("batch %d: %w", id, err)
	}
	return &b, nil
}

// Batches returns the newest batches, at most n, the open ones first.
func (s *Scope) Batches(ctx context.Context, n int) ([]Batch, error) {
	var batches []Batch
	err := s.list(ctx, &batches, batchQuery+`
		ORDER BY b.closed_at IS NOT NULL, b.id DESC
		LIMIT $2`, s.tenant, n)
	if err != nil {
		return nil, fmt.Errorf("batches: %w", err)
	}
	return batches, nil
}

// CloseBatch ends a batch: no sheet can be added or corrected from now on. survey.ErrClosed if it was.
func (s *Scope) CloseBatch(ctx context.Context, id int64, by Actor) error {
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		var closed bool
		err := tx.GetContext(ctx, &closed, `
			SELECT closed_at IS NOT NULL
			FROM batches
			WHERE tenant_id = $1 AND id = $2
			FOR UPDATE`, s.tenant, id)
		if err != nil {
			return err
		}
		if closed {
			return survey.ErrClosed
		}
		err = one(ctx, tx, `
			UPDATE batches
			SET closed_by = $3, closed_at = $4
			WHERE tenant_id = $1 AND id = $2`, s.tenant, id, by.Login, by.At)
		if err != nil {
			return err
		}
		return s.audit(ctx, tx, Event{At: by.At, Actor: by.Login, Action: "batch.close", Subject: fmt.Sprint(id)})
	})
	if err != nil {
		return fmt.Errorf("close batch %d: %w", id, err)
	}
	return nil
}

// TypedSheet is a sheet of a batch as it was typed.
type TypedSheet struct {
	Number     int   // place in the stack, from 1
	Serial     int64 // 0: typed without a code
	Submission survey.Submission
}

// TypedSheets returns the sheets of a batch in their order.
func (s *Scope) TypedSheets(ctx context.Context, batch int64) ([]TypedSheet, error) {
	var sheets []TypedSheet
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		rows, err := tx.QueryContext(ctx, `
			SELECT bs.number, COALESCE(bs.serial, 0), s.id, s.version_id, s.channel, COALESCE(s.service_point_id, 0), s.day, s.codes
			FROM batch_sheets bs
			JOIN submissions s ON s.tenant_id = bs.tenant_id AND s.id = bs.submission_id
			WHERE bs.tenant_id = $1 AND bs.batch_id = $2
			ORDER BY bs.number, s.id`, s.tenant, batch)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var t TypedSheet
			sub := &t.Submission
			err := rows.Scan(&t.Number, &t.Serial, &sub.ID, &sub.VersionID, &sub.Channel, &sub.ServicePoint, &sub.Day, (*codeArray)(&sub.Codes))
			if err != nil {
				return err
			}
			sheets = append(sheets, t)
		}
		if err := rows.Err(); err != nil {
			return err
		}
		return s.addRemarks(ctx, tx, batch, sheets)
	})
	if err != nil {
		return nil, fmt.Errorf("sheets of batch %d: %w", batch, err)
	}
	return sheets, nil
}

func (s *Scope) addRemarks(ctx context.Context, tx *sqlx.Tx, batch int64, sheets []TypedSheet) error {
	rows, err := tx.QueryContext(ctx, `
		SELECT r.submission_id, r.question, r.text, r.state
		FROM batch_sheets bs
		JOIN remarks r ON r.tenant_id = bs.tenant_id AND r.submission_id = bs.submission_id
		WHERE bs.tenant_id = $1 AND bs.batch_id = $2
		ORDER BY r.question`, s.tenant, batch)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	remarks := map[string][]survey.Remark{}
	for rows.Next() {
		var id string
		var r survey.Remark
		if err := rows.Scan(&id, &r.Question, &r.Text, &r.State); err != nil {
			return err
		}
		remarks[id] = append(remarks[id], r)
	}
	for i := range sheets {
		sheets[i].Submission.Remarks = remarks[sheets[i].Submission.ID]
	}
	return rows.Err()
}

// CorrectSheet replaces the answers of a typed sheet while its batch is open, and keeps the tally right.
// sub.ID names the sheet; version, channel, day and point stay as they were. survey.ErrClosed,
// survey.ErrNotFound.
func (s *Scope) CorrectSheet(ctx context.Context, sub *survey.Submission, layout *survey.Layout) error {
	if !layout.Fits(sub.Codes) {
		return fmt.Errorf("correct sheet: codes don't fit the layout")
	}
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		var before codeArray
		var row tallyRow
		err := tx.QueryRowContext(ctx, `
			SELECT version_id, channel, COALESCE(service_point_id, 0), day, codes
			FROM submissions
			WHERE tenant_id = $1 AND id = $2 AND version_id = $3
			FOR UPDATE`, s.tenant, sub.ID, sub.VersionID).Scan(&row.version, &row.channel, &row.point, &row.month, &before)
		if err != nil {
			return err
		}
		err = one(ctx, tx, `
			UPDATE submissions
			SET codes = $3::smallint[]
			WHERE tenant_id = $1 AND id = $2`, s.tenant, sub.ID, arrayLiteral(sub.Codes))
		if err != nil {
			return err
		}
		change := make([]int64, layout.Counters)
		layout.Count(change, before, -1)
		layout.Count(change, sub.Codes, 1)
		err = one(ctx, tx, `
			UPDATE tallies
			SET counts = add_counts(counts, $6::integer[])
			WHERE tenant_id = $1 AND version_id = $2 AND month = $3 AND channel = $4 AND service_point_id = $5`,
			s.tenant, row.version, row.month.Month(), row.channel, row.point, arrayLiteral(change))
		if err != nil {
			return err
		}
		return s.replaceRemarks(ctx, tx, sub)
	})
	if err != nil {
		return fmt.Errorf("correct sheet: %w", err)
	}
	return nil
}

// replaceRemarks leaves remarks as they are whose text stays, with their review, and those that a reviewer took words
// out of: a form that was opened before must not bring them back.
func (s *Scope) replaceRemarks(ctx context.Context, tx *sqlx.Tx, sub *survey.Submission) error {
	var before []struct {
		Question, Text string
		Redacted       bool
	}
	err := tx.SelectContext(ctx, &before, `
		SELECT question, text, redacted
		FROM remarks
		WHERE tenant_id = $1 AND submission_id = $2
		FOR UPDATE`, s.tenant, sub.ID)
	if err != nil {
		return err
	}
	after := *sub
	after.Remarks = slices.Clone(sub.Remarks)
	var gone pq.StringArray
	for _, old := range before {
		at := slices.IndexFunc(after.Remarks, func(r survey.Remark) bool { return r.Question == old.Question })
		switch {
		case !old.Redacted && (at < 0 || after.Remarks[at].Text != old.Text):
			gone = append(gone, old.Question)
		case at >= 0:
			after.Remarks = slices.Delete(after.Remarks, at, at+1)
		}
	}
	_, err = tx.ExecContext(ctx, `
		DELETE FROM remarks
		WHERE tenant_id = $1 AND submission_id = $2 AND question = ANY ($3)`, s.tenant, sub.ID, gone)
	if err != nil {
		return err
	}
	return insertRemarks(ctx, tx, []Entry{{Tenant: s.tenant, Submission: &after}})
}

// Print is a run of printed sheets with the serials FirstSerial … FirstSerial+Copies−1.
type Print struct {
	VersionID   int64
	FirstSerial int64
	Copies      int
}

// RecordPrint takes the next serials for a run of sheets.
func (s *Scope) RecordPrint(ctx context.Context, version int64, copies int, by Actor) (*Print, error) {
	p := Print{VersionID: version, Copies: copies}
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		// Two runs at once must not take the same serials; the lock is gone with the transaction.
		if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('prints', $1))`, s.tenant); err != nil {
			return err
		}
		err := tx.GetContext(ctx, &p.FirstSerial, `
			INSERT INTO prints (tenant_id, first_serial, copies, version_id, printed_at, printed_by)
			SELECT $1, COALESCE(max(first_serial + copies), 1), $2, $3, $4, $5
			FROM prints
			WHERE tenant_id = $1
			RETURNING first_serial`, s.tenant, copies, version, by.At, by.Login)
		if err != nil {
			return err
		}
		return s.audit(ctx, tx, Event{At: by.At, Actor: by.Login, Action: "sheet.print", Subject: fmt.Sprint(copies)})
	})
	if err != nil {
		return nil, fmt.Errorf("print: %w", err)
	}
	return &p, nil
}

// VersionOfSerial returns the version that a serial was printed from, or survey.ErrNotFound.
func (s *Scope) VersionOfSerial(ctx context.Context, serial int64) (int64, error) {
	var version int64
	err := s.get(ctx, &version, `
		SELECT version_id
		FROM prints
		WHERE tenant_id = $1 AND first_serial <= $2 AND first_serial + copies > $2`, s.tenant, serial)
	if err != nil {
		return 0, fmt.Errorf("serial %d: %w", serial, err)
	}
	return version, nil
}

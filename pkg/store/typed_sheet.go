package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ocenaurzedu.eu/pkg/survey"
)

// TypedSheet is a sheet of a batch as it was typed.
type TypedSheet struct {
	Number     int    // place in the stack, from 1
	Serial     int64  // 0: typed without a code
	TypedBy    string // an account's login; "": not known
	Revision   int    // raised by each correction
	Submission survey.Submission
}

// TypedSheets returns the sheets of a batch in their order.
func (s *Scope) TypedSheets(ctx context.Context, batch int64) ([]TypedSheet, error) {
	var sheets []TypedSheet
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		rows, err := tx.QueryContext(ctx, `
			SELECT bs.number, COALESCE(bs.serial, 0), bs.typed_by, bs.revision, s.id, s.version_id, s.channel, COALESCE(s.service_point_id, 0), s.day, s.codes
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
			err := rows.Scan(&t.Number, &t.Serial, &t.TypedBy, &t.Revision, &sub.ID, &sub.VersionID, &sub.Channel, &sub.ServicePoint, &sub.Day,
				(*codeArray)(&sub.Codes))
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

// Correction replaces the answers of a typed sheet while its batch is open.
type Correction struct {
	Sheet    *survey.Submission // its ID names the sheet; channel, day and point stay as they were
	Layout   *survey.Layout
	Revision int // of the sheet that the correction began with
	By       Actor
}

// CorrectSheet replaces the answers of a typed sheet, and keeps the tally right. survey.ErrClosed, survey.ErrNotFound, and
// survey.ErrConflict if somebody else corrected it meanwhile.
func (s *Scope) CorrectSheet(ctx context.Context, c Correction) error {
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		if err := s.correct(ctx, tx, c, "sheet.correct"); err != nil {
			return err
		}
		return s.replaceRemarks(ctx, tx, c.Sheet)
	})
	if err != nil {
		return fmt.Errorf("correct sheet: %w", err)
	}
	return nil
}

// correct replaces a sheet's codes and tells the log that it was done, without the answers.
func (s *Scope) correct(ctx context.Context, tx *sqlx.Tx, c Correction, action string) error {
	if !c.Layout.Fits(c.Sheet.Codes) {
		return fmt.Errorf("codes don't fit the layout")
	}
	var before codeArray
	var row tallyRow
	err := tx.QueryRowContext(ctx, `
		SELECT version_id, channel, COALESCE(service_point_id, 0), day, codes
		FROM submissions
		WHERE tenant_id = $1 AND id = $2 AND version_id = $3
		FOR UPDATE`, s.tenant, c.Sheet.ID, c.Sheet.VersionID).Scan(&row.version, &row.channel, &row.point, &row.month, &before)
	if err != nil {
		return err
	}
	err = one(ctx, tx, `
		UPDATE submissions
		SET codes = $3::smallint[]
		WHERE tenant_id = $1 AND id = $2`, s.tenant, c.Sheet.ID, arrayLiteral(c.Sheet.Codes))
	if err != nil {
		return err
	}
	var place string
	err = tx.GetContext(ctx, &place, `
		UPDATE batch_sheets
		SET revision = revision + 1
		WHERE tenant_id = $1 AND submission_id = $2 AND revision = $3
		RETURNING batch_id || '/' || number`, s.tenant, c.Sheet.ID, c.Revision)
	if errors.Is(err, sql.ErrNoRows) {
		return survey.ErrConflict
	}
	if err != nil {
		return err
	}
	change := make([]int64, c.Layout.Counters)
	c.Layout.Count(change, before, -1)
	c.Layout.Count(change, c.Sheet.Codes, 1)
	err = one(ctx, tx, `
		UPDATE tallies
		SET counts = add_counts(counts, $6::integer[])
		WHERE tenant_id = $1 AND version_id = $2 AND month = $3 AND channel = $4 AND service_point_id = $5`,
		s.tenant, row.version, row.month.Month(), row.channel, row.point, arrayLiteral(change))
	if err != nil {
		return err
	}
	return s.audit(ctx, tx, Event{At: c.By.At, Actor: c.By.Login, Action: action, Subject: place})
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

// SheetPlace is where a sheet was typed.
type SheetPlace struct {
	Batch      int64 `db:"batch_id"`
	Number     int
	Submission string `db:"submission_id"`
	Open       bool   // its batch
	Scan       int64  // stack that it was scanned with; 0: it was typed
}

// SheetOfSerial returns where the sheet with a serial was typed or scanned, or survey.ErrNotFound.
func (s *Scope) SheetOfSerial(ctx context.Context, serial int64) (*SheetPlace, error) {
	var place SheetPlace
	err := s.get(ctx, &place, `
		SELECT bs.batch_id, bs.number, bs.submission_id, b.closed_at IS NULL AS open, COALESCE(b.scan_batch_id, 0) AS scan
		FROM batch_sheets bs
		JOIN batches b ON b.tenant_id = bs.tenant_id AND b.id = bs.batch_id
		WHERE bs.tenant_id = $1 AND bs.serial = $2`, s.tenant, serial)
	if err != nil {
		return nil, fmt.Errorf("sheet of serial %d: %w", serial, err)
	}
	return &place, nil
}

// NumberOfSheet returns the number that a sheet got when it was typed. If it came a second time, and the first one was
// stored, that is the last one that the person typed into the batch.
func (s *Scope) NumberOfSheet(ctx context.Context, batch int64, submission, typedBy string) (int, error) {
	var number int
	err := s.get(ctx, &number, `
		SELECT number
		FROM batch_sheets
		WHERE tenant_id = $1 AND batch_id = $2 AND (submission_id = $3 OR typed_by = $4)
		ORDER BY submission_id = $3 DESC, number DESC
		LIMIT 1`, s.tenant, batch, submission, typedBy)
	if err != nil {
		return 0, fmt.Errorf("number of a sheet of batch %d: %w", batch, err)
	}
	return number, nil
}

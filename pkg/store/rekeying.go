package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jmoiron/sqlx"

	"ocenaurzedu.eu/pkg/survey"
)

// minRekeyed is the smallest sample of a batch; all sheets if there are fewer. A share of less tells next to nothing.
const minRekeyed = 5

// ErrSamePerson reports that somebody would key a sheet again that they typed themselves.
var ErrSamePerson = errors.New("the second keying is another person's")

// RekeyedSheet is a sheet of a batch's sample.
type RekeyedSheet struct {
	Submission string
	Number     int
	Serial     int64  // 0: typed without a code
	TypedBy    string // whoever opened the batch, where it was not kept
	Revision   int
	Now        []int16 // the sheet's codes as they are
	DrawnBy    string
	KeyedBy    string // "": not yet
	First      []int16
	Codes      []int16
	Compared   int
	Differing  int
	SettledBy  string // "": not yet, or nothing to settle
}

// Unsettled reports whether somebody has to look at the paper.
func (r *RekeyedSheet) Unsettled() bool { return r.Differing > 0 && r.SettledBy == "" }

// DrawSheets draws at random so many of a batch's typed sheets for the second keying that the sample is the given share of
// them, and at least 5. What was drawn stays: a second call only adds, for sheets that were typed since.
func (s *Scope) DrawSheets(ctx context.Context, batch int64, percent int, by Actor) error {
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		err := one(ctx, tx, `
			UPDATE batches
			SET rekey_percent = $3
			WHERE tenant_id = $1 AND id = $2`, s.tenant, batch, percent)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			WITH typed AS (
				SELECT bs.submission_id, rs.submission_id IS NOT NULL AS drawn
				FROM batch_sheets bs
				JOIN submissions s ON s.tenant_id = bs.tenant_id AND s.id = bs.submission_id AND s.channel = 'paper_typed'
				LEFT JOIN rekeyed_sheets rs ON rs.tenant_id = bs.tenant_id AND rs.submission_id = bs.submission_id
				WHERE bs.tenant_id = $1 AND bs.batch_id = $2
			)
			INSERT INTO rekeyed_sheets (tenant_id, batch_id, submission_id, drawn_by)
			SELECT $1, $2, submission_id, $5
			FROM typed
			WHERE NOT drawn
			ORDER BY gen_random_uuid() -- of the system's randomness: nobody foresees what is drawn
			LIMIT (SELECT GREATEST(0, GREATEST($4, ceil(count(*) * $3 / 100.0)) - count(*) FILTER (WHERE drawn)) FROM typed)`,
			s.tenant, batch, percent, minRekeyed, by.Login)
		if err != nil {
			return err
		}
		return s.audit(ctx, tx, Event{At: by.At, Actor: by.Login, Action: "batch.draw", Subject: fmt.Sprint(batch)})
	})
	if err != nil {
		return fmt.Errorf("draw sheets of batch %d: %w", batch, err)
	}
	return nil
}

// RekeyedSheets returns a batch's sample in the order of its numbers.
func (s *Scope) RekeyedSheets(ctx context.Context, batch int64) ([]RekeyedSheet, error) {
	var sheets []RekeyedSheet
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		rows, err := tx.QueryContext(ctx, `
			SELECT rs.submission_id, bs.number, COALESCE(bs.serial, 0), COALESCE(NULLIF(bs.typed_by, ''), b.opened_by), bs.revision, s.codes,
			       rs.drawn_by, COALESCE(rs.keyed_by, ''), COALESCE(rs.first_codes, '{}'), COALESCE(rs.codes, '{}'),
			       COALESCE(rs.compared, 0), COALESCE(rs.differing, 0), COALESCE(rs.settled_by, '')
			FROM rekeyed_sheets rs
			JOIN batch_sheets bs ON bs.tenant_id = rs.tenant_id AND bs.submission_id = rs.submission_id
			JOIN batches b ON b.tenant_id = rs.tenant_id AND b.id = rs.batch_id
			JOIN submissions s ON s.tenant_id = rs.tenant_id AND s.id = rs.submission_id
			WHERE rs.tenant_id = $1 AND rs.batch_id = $2
			ORDER BY bs.number`, s.tenant, batch)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var r RekeyedSheet
			err := rows.Scan(&r.Submission, &r.Number, &r.Serial, &r.TypedBy, &r.Revision, (*codeArray)(&r.Now),
				&r.DrawnBy, &r.KeyedBy, (*codeArray)(&r.First), (*codeArray)(&r.Codes), &r.Compared, &r.Differing, &r.SettledBy)
			if err != nil {
				return err
			}
			sheets = append(sheets, r)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("second keying of batch %d: %w", batch, err)
	}
	return sheets, nil
}

// RekeySheet keeps what a second person keyed of a sheet in the sample, beside what the sheet holds then. Sent again by the same
// person it is kept once. ErrSamePerson; survey.ErrTaken if somebody was faster; survey.ErrClosed, survey.ErrNotFound.
func (s *Scope) RekeySheet(ctx context.Context, batch int64, sub *survey.Submission, version *survey.Version, by Actor) error {
	if sub.VersionID != version.ID || !version.Layout.Fits(sub.Codes) {
		return fmt.Errorf("rekey sheet: codes don't fit the layout")
	}
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		var typedBy, keyedBy string
		var first, codes codeArray
		var number int
		err := tx.QueryRowContext(ctx, `
			SELECT bs.number, COALESCE(NULLIF(bs.typed_by, ''), b.opened_by), COALESCE(rs.keyed_by, ''), COALESCE(rs.codes, '{}'), s.codes
			FROM rekeyed_sheets rs
			JOIN batch_sheets bs ON bs.tenant_id = rs.tenant_id AND bs.submission_id = rs.submission_id
			JOIN batches b ON b.tenant_id = rs.tenant_id AND b.id = rs.batch_id
			JOIN submissions s ON s.tenant_id = rs.tenant_id AND s.id = rs.submission_id
			WHERE rs.tenant_id = $1 AND rs.batch_id = $2 AND rs.submission_id = $3 AND s.version_id = $4
			FOR UPDATE OF rs`, s.tenant, batch, sub.ID, version.ID).Scan(&number, &typedBy, &keyedBy, &codes, &first)
		switch {
		case err != nil:
			return err
		case typedBy == by.Login:
			return ErrSamePerson
		case keyedBy == by.Login && slices.Equal(codes, sub.Codes):
			return nil
		case keyedBy != "":
			return survey.ErrTaken
		}
		differing, pairs := 0, version.Pairs(first, sub.Codes)
		for _, p := range pairs {
			if p.Differ {
				differing++
			}
		}
		err = one(ctx, tx, `
			UPDATE rekeyed_sheets
			SET keyed_by = $4, first_codes = $5::smallint[], codes = $6::smallint[], compared = $7, differing = $8
			WHERE tenant_id = $1 AND batch_id = $2 AND submission_id = $3`,
			s.tenant, batch, sub.ID, by.Login, arrayLiteral(first), arrayLiteral(sub.Codes), len(pairs), differing)
		if err != nil {
			return err
		}
		return s.audit(ctx, tx, Event{At: by.At, Actor: by.Login, Action: "sheet.rekey", Subject: fmt.Sprintf("%d/%d", batch, number)})
	})
	if err != nil {
		return fmt.Errorf("rekey sheet: %w", err)
	}
	return nil
}

// SettleSheet ends a sheet's differences: a person with the paper has said what its codes are to be, and the sheet is
// corrected to them. Remarks stay. Errors as of CorrectSheet.
func (s *Scope) SettleSheet(ctx context.Context, c Correction) error {
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		if err := s.correct(ctx, tx, c, "sheet.settle"); err != nil {
			return err
		}
		return one(ctx, tx, `
			UPDATE rekeyed_sheets
			SET settled_by = $3
			WHERE tenant_id = $1 AND submission_id = $2 AND differing > 0 AND settled_by IS NULL`, s.tenant, c.Sheet.ID, c.By.Login)
	})
	if err != nil {
		return fmt.Errorf("settle sheet: %w", err)
	}
	return nil
}

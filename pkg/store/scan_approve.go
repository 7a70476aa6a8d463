package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"ocenaurzedu.eu/pkg/survey"
)

// ApproveScan lets the sheets of an open stack on their way into the answers: each has its id from now on, so that it is
// stored once whatever happens. With rejectRest what is left to do is put aside first. survey.ErrClosed: the stack is not
// open; survey.ErrConflict: something is left to do, a file is being read, or nothing is there to approve.
func (s *Scope) ApproveScan(ctx context.Context, batch int64, rejectRest bool, by Actor) error {
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		if err := s.touchScan(ctx, tx, batch, by.At); err != nil {
			return err
		}
		if rejectRest {
			if err := s.rejectRest(ctx, tx, batch); err != nil {
				return err
			}
		}
		if err := s.nothingLeft(ctx, tx, batch); err != nil {
			return err
		}
		if err := s.numberSheets(ctx, tx, batch, by); err != nil {
			return err
		}
		err := one(ctx, tx, `
			UPDATE scan_batches
			SET state = 'approving', approved_by = $3, approved_at = $4
			WHERE tenant_id = $1 AND id = $2`, s.tenant, batch, by.Login, by.At)
		if err != nil {
			return err
		}
		return s.audit(ctx, tx, Event{At: by.At, Actor: by.Login, Action: "scan.approve", Subject: fmt.Sprint(batch)})
	})
	if err != nil {
		return fmt.Errorf("approve scanned batch %d: %w", batch, err)
	}
	return nil
}

// rejectRest puts aside the sheets with something open, and the pages that were not located.
func (s *Scope) rejectRest(ctx context.Context, tx *sqlx.Tx, batch int64) error {
	for _, statement := range []string{`
		UPDATE scan_sheets sh
		SET state = 'rejected'
		WHERE tenant_id = $1 AND batch_id = $2 AND state = 'open' AND (fault <> '' OR ` + scanIncomplete + ` OR EXISTS (
			SELECT
			FROM scan_questions q
			LEFT JOIN scan_decisions d ON d.tenant_id = q.tenant_id AND d.sheet_id = q.sheet_id AND d.field = q.field
			WHERE q.tenant_id = sh.tenant_id AND q.sheet_id = sh.id AND ` + asked + `))`, `
		UPDATE scan_pages
		SET settled = 'rejected'
		WHERE tenant_id = $1 AND batch_id = $2 AND settled = '' AND state IN ('not_located', 'unsupported')`} {
		if _, err := tx.ExecContext(ctx, statement, s.tenant, batch); err != nil {
			return err
		}
	}
	return nil
}

// nothingLeft says whether a stack can be approved.
func (s *Scope) nothingLeft(ctx context.Context, tx *sqlx.Tx, batch int64) error {
	var ready bool
	err := tx.GetContext(ctx, &ready, `
		SELECT EXISTS (SELECT FROM scan_pages WHERE tenant_id = $1 AND batch_id = $2)
		   AND NOT EXISTS (SELECT FROM scan_files WHERE tenant_id = $1 AND batch_id = $2 AND state IN ('sending', 'waiting', 'reading'))
		   AND NOT EXISTS (SELECT FROM scan_pages WHERE tenant_id = $1 AND batch_id = $2 AND settled = '' AND state IN ('not_located', 'unsupported'))
		   AND NOT EXISTS (SELECT FROM scan_sheets sh WHERE tenant_id = $1 AND batch_id = $2 AND state = 'open' AND (fault <> '' OR `+scanIncomplete+`))
		   AND NOT EXISTS (
			SELECT
			FROM scan_questions q
			JOIN scan_sheets sh ON sh.tenant_id = q.tenant_id AND sh.id = q.sheet_id
			LEFT JOIN scan_decisions d ON d.tenant_id = q.tenant_id AND d.sheet_id = q.sheet_id AND d.field = q.field
			WHERE q.tenant_id = $1 AND q.batch_id = $2 AND `+asked+`)`, s.tenant, batch)
	if err == nil && !ready {
		return survey.ErrConflict
	}
	return err
}

// numberSheets opens a batch for each version among the sheets and gives each sheet its place in it and its id. What was
// recorded of forms handed out stands once, with the first of them.
func (s *Scope) numberSheets(ctx context.Context, tx *sqlx.Tx, batch int64, by Actor) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO batches (tenant_id, version_id, service_point_id, day, issued, returned, opened_by, opened_at, scan_batch_id)
		SELECT b.tenant_id, v.version_id, b.service_point_id, b.day, CASE WHEN v.first THEN b.issued END, CASE WHEN v.first THEN b.returned END, $3, $4, b.id
		FROM scan_batches b
		CROSS JOIN LATERAL (
			SELECT sh.version_id, row_number() OVER (ORDER BY sh.version_id) = 1 AS first
			FROM scan_sheets sh
			WHERE sh.tenant_id = b.tenant_id AND sh.batch_id = b.id AND sh.state = 'open'
			GROUP BY sh.version_id) v
		WHERE b.tenant_id = $1 AND b.id = $2`, s.tenant, batch, by.Login, by.At)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		UPDATE scan_sheets sh
		SET submission_id = gen_random_uuid(), into_batch = n.into_batch, number = n.number
		FROM (
			SELECT sh.id, b.id AS into_batch, row_number() OVER (PARTITION BY b.id ORDER BY sh.id) AS number
			FROM scan_sheets sh
			JOIN batches b ON b.tenant_id = sh.tenant_id AND b.scan_batch_id = sh.batch_id AND b.version_id = sh.version_id
			WHERE sh.tenant_id = $1 AND sh.batch_id = $2 AND sh.state = 'open') n
		WHERE sh.tenant_id = $1 AND sh.id = n.id`, s.tenant, batch)
	return err
}

// FaultScanSheet notes that the answers of a sheet contradict each other, at a field; "" takes that back.
func (s *Scope) FaultScanSheet(ctx context.Context, batch, sheet int64, field string) error {
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		return one(ctx, tx, `
			UPDATE scan_sheets
			SET fault = $4
			WHERE tenant_id = $1 AND batch_id = $2 AND id = $3 AND state = 'open'`, s.tenant, batch, sheet, field)
	})
	if err != nil {
		return fmt.Errorf("fault of scanned sheet %d: %w", sheet, err)
	}
	return nil
}

// ClaimScanApproval takes an approved stack whose sheets wait to be stored, and holds it until a moment. survey.ErrNotFound:
// there is none.
func (s *Scope) ClaimScanApproval(ctx context.Context, now, until time.Time) (*ScanBatch, error) {
	var b ScanBatch
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		var id int64
		err := tx.GetContext(ctx, &id, `
			UPDATE scan_batches
			SET lease = $4, lease_until = $3
			WHERE tenant_id = $1 AND id = (
				SELECT id
				FROM scan_batches
				WHERE tenant_id = $1 AND state = 'approving' AND (lease_until IS NULL OR lease_until < $2)
				ORDER BY id
				LIMIT 1
				FOR UPDATE SKIP LOCKED)
			RETURNING id`, s.tenant, now, until, uuid.NewString())
		if err != nil {
			return err
		}
		return tx.GetContext(ctx, &b, scanQuery+` AND b.id = $2`, s.tenant, id)
	})
	if err != nil {
		return nil, fmt.Errorf("claim scanned batch: %w", err)
	}
	return &b, nil
}

// SheetStored reports whether a sheet's answers are stored.
func (s *Scope) SheetStored(ctx context.Context, submission string) (bool, error) {
	var stored bool
	err := s.get(ctx, &stored, `
		SELECT EXISTS (SELECT FROM submissions WHERE tenant_id = $1 AND id = $2)`, s.tenant, submission)
	if err != nil {
		return false, fmt.Errorf("stored sheet: %w", err)
	}
	return stored, nil
}

// EndScanSheet notes what became of a sheet of a stack that its caller holds, and holds the stack for longer.
// survey.ErrConflict: it is somebody else's by now.
func (s *Scope) EndScanSheet(ctx context.Context, b *ScanBatch, sheet int64, state string, until time.Time) error {
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		err := one(ctx, tx, `
			UPDATE scan_batches
			SET lease_until = $4
			WHERE tenant_id = $1 AND id = $2 AND lease = NULLIF($3, '')::uuid AND state = 'approving'`, s.tenant, b.ID, b.Lease, until)
		if err != nil {
			return changedMeanwhile(err)
		}
		return one(ctx, tx, `
			UPDATE scan_sheets
			SET state = $4
			WHERE tenant_id = $1 AND batch_id = $2 AND id = $3 AND state = 'open'`, s.tenant, b.ID, sheet, state)
	})
	if err != nil {
		return fmt.Errorf("end scanned sheet %d: %w", sheet, err)
	}
	return nil
}

// EndScanApproval closes a stack that its caller holds: all its sheets are where they belong. survey.ErrConflict.
func (s *Scope) EndScanApproval(ctx context.Context, b *ScanBatch, at time.Time) error {
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		err := one(ctx, tx, `
			UPDATE scan_batches
			SET state = 'approved', lease = NULL, lease_until = NULL
			WHERE tenant_id = $1 AND id = $2 AND lease = NULLIF($3, '')::uuid AND state = 'approving'
			  AND NOT EXISTS (SELECT FROM scan_sheets WHERE tenant_id = $1 AND batch_id = $2 AND state = 'open')`, s.tenant, b.ID, b.Lease)
		if err != nil {
			return changedMeanwhile(err)
		}
		_, err = tx.ExecContext(ctx, `
			UPDATE batches
			SET closed_by = $3, closed_at = $4
			WHERE tenant_id = $1 AND scan_batch_id = $2 AND closed_at IS NULL`, s.tenant, b.ID, b.ApprovedBy, at)
		if err != nil {
			return err
		}
		var sheets int
		err = tx.GetContext(ctx, &sheets, `
			SELECT count(*)
			FROM scan_sheets
			WHERE tenant_id = $1 AND batch_id = $2 AND state = 'approved'`, s.tenant, b.ID)
		if err != nil {
			return err
		}
		return s.audit(ctx, tx, Event{At: at, Actor: b.ApprovedBy, Action: "scan.approved", Subject: fmt.Sprint(b.ID), After: sheets})
	})
	if err != nil {
		return fmt.Errorf("end of scanned batch %d: %w", b.ID, err)
	}
	return nil
}

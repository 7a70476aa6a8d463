package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
)

// ScansToErase returns the tenants that have a stack whose scans are here and that nobody worked on since a moment.
func (s *Store) ScansToErase(ctx context.Context, before time.Time) ([]int64, error) {
	var tenants []int64
	err := inTx(ctx, s.operator, s.wait, func(tx *sqlx.Tx) error {
		return tx.SelectContext(ctx, &tenants, `
			SELECT DISTINCT tenant_id
			FROM scan_batches
			WHERE erased_at IS NULL AND touched_at <= $1
			ORDER BY tenant_id`, before)
	})
	if err != nil {
		return nil, fmt.Errorf("scans to erase: %w", err)
	}
	return tenants, nil
}

// EraseScans erases the files, pictures, crops and readings of stacks whose time is over, and returns how many stacks: of
// those approved after the office's retention, of those that nobody worked on for ScanDays. What is left are counts and
// serials; the audit log says so.
func (s *Scope) EraseScans(ctx context.Context, now time.Time) (int, error) {
	days, err := s.ScanRetention(ctx)
	if err != nil {
		return 0, err
	}
	var batches []int64
	err = s.list(ctx, &batches, `
		SELECT id
		FROM scan_batches
		WHERE tenant_id = $1 AND `+scanOver+`
		ORDER BY id`, s.tenant, now.AddDate(0, 0, -days), now.AddDate(0, 0, -ScanDays))
	if err != nil {
		return 0, fmt.Errorf("scans to erase: %w", err)
	}
	for _, batch := range batches {
		// On the pool of reports: to delete some hundred megabytes takes longer than a request may.
		if err := s.txOn(ctx, s.store.reports, func(tx *sqlx.Tx) error { return s.eraseScan(ctx, tx, batch, days, now) }); err != nil {
			return 0, fmt.Errorf("erase scanned batch %d: %w", batch, err)
		}
	}
	return len(batches), nil
}

// scanOver holds of a stack whose scans are to be erased: approved before $2, or not touched since $3.
const scanOver = `erased_at IS NULL AND (state = 'approved' AND approved_at <= $2 OR state = 'open' AND touched_at <= $3)`

func (s *Scope) eraseScan(ctx context.Context, tx *sqlx.Tx, batch int64, days int, now time.Time) error {
	var told struct {
		Files int    `json:"files"`
		Pages int    `json:"pages"`
		State string `json:"-"`
	}
	err := tx.GetContext(ctx, &told, `
		SELECT (SELECT count(*) FROM scan_files f WHERE f.tenant_id = b.tenant_id AND f.batch_id = b.id AND f.state NOT IN ('cancelled', 'repeated')) AS files,
		       (SELECT count(*) FROM scan_pages p WHERE p.tenant_id = b.tenant_id AND p.batch_id = b.id) AS pages, b.state
		FROM scan_batches b
		WHERE b.tenant_id = $1 AND b.id = $4 AND `+scanOver+`
		FOR UPDATE`, s.tenant, now.AddDate(0, 0, -days), now.AddDate(0, 0, -ScanDays), batch)
	if err != nil {
		return noRow(err) // another replica was faster, or somebody works on it again
	}
	err = one(ctx, tx, `
		UPDATE scan_batches b
		SET erased_at = $3, state = CASE WHEN state = 'open' THEN 'abandoned' ELSE state END, audited = a.n, audited_wrong = a.wrong
		FROM (
			SELECT count(*) AS n, count(*) FILTER (WHERE NOT (d.value @> q.proposal AND d.value <@ q.proposal)) AS wrong
			FROM scan_questions q
			JOIN scan_decisions d ON d.tenant_id = q.tenant_id AND d.sheet_id = q.sheet_id AND d.field = q.field
			WHERE q.tenant_id = $1 AND q.batch_id = $2 AND q.audit AND NOT q.flagged) a
		WHERE b.tenant_id = $1 AND b.id = $2`, s.tenant, batch, now)
	if err != nil {
		return err
	}
	for _, statement := range []string{`
		DELETE FROM scan_parts p
		USING scan_files f
		WHERE p.tenant_id = $1 AND f.tenant_id = $1 AND f.batch_id = $2 AND p.file_id = f.id`, `
		DELETE FROM scan_decisions d
		USING scan_sheets sh
		WHERE d.tenant_id = $1 AND sh.tenant_id = $1 AND sh.batch_id = $2 AND d.sheet_id = sh.id`, `
		DELETE FROM scan_questions
		WHERE tenant_id = $1 AND batch_id = $2`, `
		UPDATE scan_pages p
		SET reading = NULL, picture = NULL, kind = ''
		WHERE tenant_id = $1 AND COALESCE((
			SELECT CASE WHEN b.erased_at IS NULL THEN b.id ELSE $2 END -- a page goes with the stack of its sheet
			FROM scan_sheets sh
			JOIN scan_batches b ON b.tenant_id = sh.tenant_id AND b.id = sh.batch_id
			WHERE sh.tenant_id = p.tenant_id AND sh.id = p.sheet_id), batch_id) = $2 AND (
			batch_id = $2 OR sheet_id IN (SELECT id FROM scan_sheets WHERE tenant_id = $1 AND batch_id = $2))`, `
		UPDATE scan_files
		SET state = 'cancelled', lease = NULL, lease_until = NULL
		WHERE tenant_id = $1 AND batch_id = $2 AND (state IN ('sending', 'waiting', 'reading')
			OR state = 'read' AND (SELECT state FROM scan_batches WHERE tenant_id = $1 AND id = $2) = 'abandoned')`, `
		UPDATE scan_sheets
		SET state = 'rejected'
		WHERE tenant_id = $1 AND batch_id = $2 AND state = 'open'`} {
		if _, err := tx.ExecContext(ctx, statement, s.tenant, batch); err != nil {
			return err
		}
	}
	return s.audit(ctx, tx, Event{At: now, Actor: "system", Action: "scan.erase", Subject: fmt.Sprint(batch), After: told})
}

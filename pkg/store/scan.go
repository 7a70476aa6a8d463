package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"ocenaurzedu.eu/pkg/survey"
)

// ScanDays is how long an office's scans stay after their approval where it has set nothing else, and how long a stack
// that nobody works on is kept.
const ScanDays = 30

// ScanState is where a scanned stack stands.
type ScanState string

// States of a stack.
const (
	ScanOpen      ScanState = "open"      // takes files, is read and verified
	ScanApproving ScanState = "approving" // its sheets are being stored
	ScanApproved  ScanState = "approved"
	ScanAbandoned ScanState = "abandoned" // erased before anybody approved it
)

// ScanBatch is a stack of paper that is scanned together. Its sheets may be of several versions.
type ScanBatch struct {
	ID           int64
	ServicePoint int64      `db:"service_point_id"` // 0: none
	Day          survey.Day // on which the forms were filled in
	Issued       *int       // forms handed out; nil: not recorded
	Returned     *int       // forms that came back; nil: not recorded
	State        ScanState
	OpenedBy     string     `db:"opened_by"`
	OpenedAt     time.Time  `db:"opened_at"`
	ApprovedBy   string     `db:"approved_by"` // "": not yet
	ApprovedAt   *time.Time `db:"approved_at"`
	TouchedAt    time.Time  `db:"touched_at"`
	ErasedAt     *time.Time `db:"erased_at"` // nil: its pictures are here
	Audited      int        // questions of the blind audit that were answered
	AuditedWrong int        `db:"audited_wrong"` // and of these, answered otherwise than they were read
	Lease        string     // of whoever stores its sheets
}

const scanQuery = `
	SELECT b.id, COALESCE(b.service_point_id, 0) AS service_point_id, b.day, b.issued, b.returned, b.state, b.opened_by, b.opened_at,
	       COALESCE(b.approved_by, '') AS approved_by, b.approved_at, b.touched_at, b.erased_at, COALESCE(b.lease::text, '') AS lease,
	       COALESCE(a.n, b.audited) AS audited, COALESCE(a.wrong, b.audited_wrong) AS audited_wrong
	FROM scan_batches b
	LEFT JOIN LATERAL (
		SELECT count(*) AS n, count(*) FILTER (WHERE NOT (d.value @> q.proposal AND d.value <@ q.proposal)) AS wrong
		FROM scan_questions q
		JOIN scan_decisions d ON d.tenant_id = q.tenant_id AND d.sheet_id = q.sheet_id AND d.field = q.field
		WHERE q.tenant_id = b.tenant_id AND q.batch_id = b.id AND q.audit AND NOT q.flagged
	) a ON b.erased_at IS NULL
	WHERE b.tenant_id = $1`

// OpenScan starts a stack and sets its ID.
func (s *Scope) OpenScan(ctx context.Context, b *ScanBatch) error {
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		err := tx.GetContext(ctx, &b.ID, `
			INSERT INTO scan_batches (tenant_id, service_point_id, day, issued, returned, opened_by, opened_at, touched_at)
			VALUES ($1, NULLIF($2, 0), $3, $4, $5, $6, $7, $7)
			RETURNING id`, s.tenant, b.ServicePoint, b.Day, b.Issued, b.Returned, b.OpenedBy, b.OpenedAt)
		if err != nil {
			return err
		}
		return s.audit(ctx, tx, Event{At: b.OpenedAt, Actor: b.OpenedBy, Action: "scan.open", Subject: fmt.Sprint(b.ID)})
	})
	if err != nil {
		return fmt.Errorf("open scanned batch: %w", err)
	}
	b.State = ScanOpen
	return nil
}

// Scan returns one of the tenant's scanned stacks, or survey.ErrNotFound.
func (s *Scope) Scan(ctx context.Context, id int64) (*ScanBatch, error) {
	var b ScanBatch
	if err := s.get(ctx, &b, scanQuery+` AND b.id = $2`, s.tenant, id); err != nil {
		return nil, fmt.Errorf("scanned batch %d: %w", id, err)
	}
	return &b, nil
}

// Scans returns the newest stacks, at most n, the open ones first.
func (s *Scope) Scans(ctx context.Context, n int) ([]ScanBatch, error) {
	var batches []ScanBatch
	err := s.list(ctx, &batches, scanQuery+`
		ORDER BY b.state IN ('approved', 'abandoned'), b.id DESC
		LIMIT $2`, s.tenant, n)
	if err != nil {
		return nil, fmt.Errorf("scanned batches: %w", err)
	}
	return batches, nil
}

// ScanCount is how many of a kind there are in a stack.
type ScanCount struct {
	Of    string // file, page, left_out, sheet, question
	State string
	N     int
}

// ScanCounts counts what is in a stack: its files and sheets by state, its pages by state (blank, rejected and typed where
// a person or the reading settled one that was not located), its questions: decided, left, and sheets that lack a page
// or contradict themselves. Of pages that were left out as duplicates or foreign it counts the sheets too.
func (s *Scope) ScanCounts(ctx context.Context, batch int64) ([]ScanCount, error) {
	var counts []ScanCount
	err := s.list(ctx, &counts, `
		SELECT 'file' AS of, state, count(*) AS n FROM scan_files WHERE tenant_id = $1 AND batch_id = $2 GROUP BY state
		UNION ALL
		SELECT 'page', CASE WHEN settled <> '' THEN settled ELSE state END, count(*) FROM scan_pages WHERE tenant_id = $1 AND batch_id = $2 GROUP BY 2
		UNION ALL
		SELECT 'left_out', state, count(DISTINCT sheet_key) + count(*) FILTER (WHERE sheet_key IS NULL)
		FROM scan_pages
		WHERE tenant_id = $1 AND batch_id = $2 AND state IN ('duplicate', 'foreign')
		GROUP BY state
		UNION ALL
		SELECT 'sheet', state, count(*) FROM scan_sheets WHERE tenant_id = $1 AND batch_id = $2 GROUP BY state
		UNION ALL
		SELECT 'question', CASE WHEN d.field IS NULL THEN 'left' ELSE 'decided' END, count(*)
		FROM scan_questions q
		JOIN scan_sheets sh ON sh.tenant_id = q.tenant_id AND sh.id = q.sheet_id AND sh.state = 'open'
		LEFT JOIN scan_decisions d ON d.tenant_id = q.tenant_id AND d.sheet_id = q.sheet_id AND d.field = q.field
		WHERE q.tenant_id = $1 AND q.batch_id = $2 AND (q.flagged OR q.audit)
		GROUP BY 2
		UNION ALL
		SELECT 'sheet', 'incomplete', count(*) FROM scan_sheets sh WHERE tenant_id = $1 AND batch_id = $2 AND `+scanIncomplete+`
		UNION ALL
		SELECT 'sheet', 'faulty', count(*) FROM scan_sheets WHERE tenant_id = $1 AND batch_id = $2 AND state = 'open' AND fault <> ''`,
		s.tenant, batch)
	if err != nil {
		return nil, fmt.Errorf("counts of scanned batch %d: %w", batch, err)
	}
	return counts, nil
}

// lockScan holds a stack for the transaction, if it is in a state. survey.ErrNotFound, survey.ErrClosed.
func (s *Scope) lockScan(ctx context.Context, tx *sqlx.Tx, batch int64, want ScanState) error {
	var state ScanState
	err := tx.GetContext(ctx, &state, `
		SELECT state
		FROM scan_batches
		WHERE tenant_id = $1 AND id = $2
		FOR NO KEY UPDATE`, s.tenant, batch)
	if err == nil && state != want {
		return survey.ErrClosed
	}
	return err
}

// touchScan notes that somebody works on an open stack, for the transaction of what they do.
func (s *Scope) touchScan(ctx context.Context, tx *sqlx.Tx, batch int64, at time.Time) error {
	if err := s.lockScan(ctx, tx, batch, ScanOpen); err != nil {
		return err
	}
	return one(ctx, tx, `
		UPDATE scan_batches
		SET touched_at = $3
		WHERE tenant_id = $1 AND id = $2`, s.tenant, batch, at)
}

// ScanRetention returns how many days the office's scans stay after their approval.
func (s *Scope) ScanRetention(ctx context.Context) (int, error) {
	var days int
	err := s.get(ctx, &days, `
		SELECT keep_days
		FROM scan_settings
		WHERE tenant_id = $1`, s.tenant)
	if errors.Is(err, survey.ErrNotFound) {
		return ScanDays, nil
	}
	if err != nil {
		return 0, fmt.Errorf("retention of scans: %w", err)
	}
	return days, nil
}

// SaveScanRetention sets how many days the office's scans stay after their approval.
func (s *Scope) SaveScanRetention(ctx context.Context, days int, by Actor) error {
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO scan_settings (tenant_id, keep_days, updated_at, updated_by)
			VALUES ($1, $2, $3, $4)
			ON CONFLICT (tenant_id) DO UPDATE
			SET keep_days = excluded.keep_days, updated_at = excluded.updated_at, updated_by = excluded.updated_by`, s.tenant, days, by.At, by.Login)
		if err != nil {
			return err
		}
		return s.audit(ctx, tx, Event{At: by.At, Actor: by.Login, Action: "scan.retention", Subject: fmt.Sprint(days)})
	})
	if err != nil {
		return fmt.Errorf("retention of scans: %w", err)
	}
	return nil
}

// ScanWork returns the tenants of which a file waits to be read, or an approved sheet to be stored, and nobody is at it.
func (s *Store) ScanWork(ctx context.Context, now time.Time) ([]int64, error) {
	var tenants []int64
	err := inTx(ctx, s.operator, s.wait, func(tx *sqlx.Tx) error {
		return tx.SelectContext(ctx, &tenants, `
			SELECT tenant_id FROM scan_files WHERE state IN ('waiting', 'reading') AND (lease_until IS NULL OR lease_until < $1)
			UNION
			SELECT tenant_id FROM scan_batches WHERE state = 'approving' AND (lease_until IS NULL OR lease_until < $1)
			ORDER BY tenant_id`, now)
	})
	if err != nil {
		return nil, fmt.Errorf("work on scans: %w", err)
	}
	return tenants, nil
}

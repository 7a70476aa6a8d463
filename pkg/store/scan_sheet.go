package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ocenaurzedu.eu/pkg/survey"
)

// States of a sheet.
const (
	SheetOpen      = "open"
	SheetApproved  = "approved"
	SheetBlank     = "blank"     // nothing is on it: it is not stored, as a blank form is not typed
	SheetRejected  = "rejected"  // a person put it aside
	SheetDuplicate = "duplicate" // typed or stored from elsewhere before it was approved
)

// scanIncomplete holds of a sheet sh that waits for a page.
const scanIncomplete = `sh.state = 'open' AND NOT sh.accepted
	AND sh.pages > (SELECT count(DISTINCT p.sheet_page) FROM scan_pages p WHERE p.tenant_id = sh.tenant_id AND p.sheet_id = sh.id)`

// ScanSheet is a sheet of paper as its pages make it up.
type ScanSheet struct {
	ID           int64
	Batch        int64 `db:"batch_id"`
	VersionID    int64 `db:"version_id"`
	Version      int   // its number
	Serial       int64 // 0: without a code
	Pages        int
	Have         int // pages that are there
	State        string
	Accepted     bool // as it is, though a page is missing
	Fault        string
	Left         int    // questions that nobody answered yet
	SubmissionID string `db:"submission_id"` // "": not approved
	IntoBatch    int64  `db:"into_batch"`
	Number       int    // in that batch
}

// Incomplete reports whether the sheet waits for a page.
func (sh *ScanSheet) Incomplete() bool {
	return sh.State == SheetOpen && !sh.Accepted && sh.Have < sh.Pages
}

const scanSheetQuery = `
	SELECT sh.id, sh.batch_id, sh.version_id, v.number AS version, COALESCE(sh.serial, 0) AS serial, sh.pages, sh.state, sh.accepted, sh.fault,
	       (SELECT count(DISTINCT p.sheet_page) FROM scan_pages p WHERE p.tenant_id = sh.tenant_id AND p.sheet_id = sh.id) AS have,
	       (SELECT count(*)
	        FROM scan_questions q
	        LEFT JOIN scan_decisions d ON d.tenant_id = q.tenant_id AND d.sheet_id = q.sheet_id AND d.field = q.field
	        WHERE q.tenant_id = sh.tenant_id AND q.sheet_id = sh.id AND (q.flagged OR q.audit) AND d.field IS NULL) AS left,
	       COALESCE(sh.submission_id::text, '') AS submission_id, COALESCE(sh.into_batch, 0) AS into_batch, COALESCE(sh.number, 0) AS number
	FROM scan_sheets sh
	JOIN versions v ON v.tenant_id = sh.tenant_id AND v.id = sh.version_id
	WHERE sh.tenant_id = $1`

// ScanSheets returns the sheets of a stack in the order in which they were found.
func (s *Scope) ScanSheets(ctx context.Context, batch int64) ([]ScanSheet, error) {
	var sheets []ScanSheet
	err := s.list(ctx, &sheets, scanSheetQuery+` AND sh.batch_id = $2
		ORDER BY sh.id`, s.tenant, batch)
	if err != nil {
		return nil, fmt.Errorf("sheets of scanned batch %d: %w", batch, err)
	}
	return sheets, nil
}

// ScanSheet returns one sheet of a stack, or survey.ErrNotFound.
func (s *Scope) ScanSheet(ctx context.Context, batch, id int64) (*ScanSheet, error) {
	var sheet ScanSheet
	if err := s.get(ctx, &sheet, scanSheetQuery+` AND sh.batch_id = $2 AND sh.id = $3`, s.tenant, batch, id); err != nil {
		return nil, fmt.Errorf("scanned sheet %d: %w", id, err)
	}
	return &sheet, nil
}

// FieldPart stands behind a field and before the page's number, where a question's boxes go on over a page.
const FieldPart = "@"

// ScanValues returns the form that a sheet comes to: what was read, and where a person decided, that.
func (s *Scope) ScanValues(ctx context.Context, sheet int64) (survey.Values, error) {
	var rows []struct {
		Field string
		Value pq.StringArray
	}
	err := s.list(ctx, &rows, `
		SELECT COALESCE(d.field, q.field) AS field, COALESCE(d.value, q.proposal) AS value
		FROM (SELECT field, proposal FROM scan_questions WHERE tenant_id = $1 AND sheet_id = $2) q
		FULL JOIN (SELECT field, value FROM scan_decisions WHERE tenant_id = $1 AND sheet_id = $2) d ON d.field = q.field
		ORDER BY 1`, s.tenant, sheet)
	if err != nil {
		return nil, fmt.Errorf("values of scanned sheet %d: %w", sheet, err)
	}
	values := survey.Values{}
	for _, r := range rows {
		if field, _, _ := strings.Cut(r.Field, FieldPart); len(r.Value) > 0 {
			values[field] = append(values[field], r.Value...)
		}
	}
	return values, nil
}

// SettleScanSheet accepts a sheet of an open stack although a page is missing (SheetOpen), or puts it aside
// (SheetRejected). survey.ErrClosed, survey.ErrConflict.
func (s *Scope) SettleScanSheet(ctx context.Context, batch, sheet int64, state string, by Actor) error {
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		if err := s.touchScan(ctx, tx, batch, by.At); err != nil {
			return err
		}
		err := one(ctx, tx, `
			UPDATE scan_sheets
			SET state = $4, accepted = accepted OR $4 = 'open'
			WHERE tenant_id = $1 AND id = $2 AND batch_id = $3 AND state = 'open'`, s.tenant, sheet, batch, state)
		if err != nil {
			return changedMeanwhile(err)
		}
		return s.audit(ctx, tx, Event{At: by.At, Actor: by.Login, Action: "scan.sheet", Subject: fmt.Sprintf("%d/%d", batch, sheet), After: state})
	})
	if err != nil {
		return fmt.Errorf("settle scanned sheet %d: %w", sheet, err)
	}
	return nil
}

// TypedScan is a sheet that a person typed from a picture.
type TypedScan struct {
	Batch     int64
	Page      int64 // that was not located
	VersionID int64
	Serial    int64 // 0: without a code
	Pages     int   // that the sheet has
	Values    survey.Values
}

// TypeScanSheet makes a sheet of what a person typed from a page that was not located, and returns it. survey.ErrTaken:
// there is a sheet with this serial; survey.ErrConflict: the page was settled meanwhile.
func (s *Scope) TypeScanSheet(ctx context.Context, t TypedScan, by Actor) (sheet int64, err error) {
	err = s.tx(ctx, func(tx *sqlx.Tx) error {
		if err := s.touchScan(ctx, tx, t.Batch, by.At); err != nil {
			return err
		}
		var taken bool
		err := tx.GetContext(ctx, &taken, `
			SELECT EXISTS (SELECT FROM batch_sheets WHERE tenant_id = $1 AND serial = NULLIF($2, 0))`, s.tenant, t.Serial)
		if err != nil {
			return err
		}
		if taken {
			return survey.ErrTaken
		}
		if sheet, err = s.addSheet(ctx, tx, t.Batch, t.VersionID, t.Serial, t.Pages); err != nil {
			return err
		}
		err = one(ctx, tx, `
			UPDATE scan_pages
			SET settled = 'typed', sheet_id = $4, sheet_page = 1
			WHERE tenant_id = $1 AND id = $2 AND batch_id = $3 AND settled = '' AND state IN ('not_located', 'unsupported')`, s.tenant, t.Page, t.Batch, sheet)
		if err != nil {
			return changedMeanwhile(err)
		}
		_, err = tx.ExecContext(ctx, `
			UPDATE scan_sheets
			SET accepted = true
			WHERE tenant_id = $1 AND id = $2`, s.tenant, sheet)
		if err != nil {
			return err
		}
		return s.decideAll(ctx, tx, sheet, t.Values, by)
	})
	if err != nil {
		return 0, fmt.Errorf("type scanned sheet: %w", err)
	}
	return sheet, nil
}

// CorrectScanSheet keeps a whole sheet as a person typed it: each of the fields is decided, those without a value as blank.
// survey.ErrClosed, survey.ErrConflict.
func (s *Scope) CorrectScanSheet(ctx context.Context, batch, sheet int64, values survey.Values, by Actor) error {
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		if err := s.touchScan(ctx, tx, batch, by.At); err != nil {
			return err
		}
		err := one(ctx, tx, `
			UPDATE scan_sheets
			SET fault = ''
			WHERE tenant_id = $1 AND id = $2 AND batch_id = $3 AND state = 'open'`, s.tenant, sheet, batch)
		if err != nil {
			return changedMeanwhile(err)
		}
		return s.decideAll(ctx, tx, sheet, values, by)
	})
	if err != nil {
		return fmt.Errorf("correct scanned sheet %d: %w", sheet, err)
	}
	return nil
}

// decideAll decides every field of a sheet. A question of the blind audit that the person left as it was read stays open:
// nobody has looked at it yet.
func (s *Scope) decideAll(ctx context.Context, tx *sqlx.Tx, sheet int64, values survey.Values, by Actor) error {
	var read []struct {
		Field    string
		Proposal pq.StringArray
		Audit    bool
	}
	err := tx.SelectContext(ctx, &read, `
		SELECT q.field, q.proposal, q.audit AND NOT q.flagged AND d.field IS NULL AS audit
		FROM scan_questions q
		LEFT JOIN scan_decisions d ON d.tenant_id = q.tenant_id AND d.sheet_id = q.sheet_id AND d.field = q.field
		WHERE q.tenant_id = $1 AND q.sheet_id = $2`, s.tenant, sheet)
	if err != nil {
		return err
	}
	fields := map[string]bool{}
	for field := range values {
		fields[field] = true
	}
	for _, q := range read {
		same := slices.Equal(slices.Sorted(slices.Values(q.Proposal)), slices.Sorted(slices.Values(values[q.Field])))
		fields[q.Field] = !q.Audit || !same
	}
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		if !fields[field] {
			continue
		}
		if err := s.decide(ctx, tx, sheet, field, values[field], by); err != nil {
			return err
		}
	}
	return nil
}

func (s *Scope) decide(ctx context.Context, tx *sqlx.Tx, sheet int64, field string, value []string, by Actor) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO scan_decisions (tenant_id, sheet_id, field, value, decided_by, decided_at)
		VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (tenant_id, sheet_id, field) DO UPDATE
		SET value = excluded.value, decided_by = excluded.decided_by, decided_at = excluded.decided_at`,
		s.tenant, sheet, field, append(pq.StringArray{}, value...), by.Login, by.At)
	return err
}

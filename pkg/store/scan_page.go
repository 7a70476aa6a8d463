package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ocenaurzedu.eu/pkg/survey"
)

// States of a page, as of omr.State.
const (
	PageRead        = "read"
	PageNeedsCheck  = "needs_check"
	PageNotLocated  = "not_located"
	PageForeign     = "foreign"
	PageDuplicate   = "duplicate"
	PageUnsupported = "unsupported"
)

// What became of a page that was not located.
const (
	SettledBlank    = "blank"    // nothing is on it: the back of a sheet
	SettledRejected = "rejected" // a person put it aside
	SettledTyped    = "typed"    // a person typed what is on it
)

// Reasons of duplicates.
const (
	DuplicatePage     = "page_twice"     // this page of this sheet was scanned before
	DuplicateTyped    = "sheet_typed"    // the sheet was typed
	DuplicateApproved = "sheet_approved" // the sheet is among the answers already
)

// ScanPage is a page of a file, in one visible state.
type ScanPage struct {
	ID           int64
	Batch        int64 `db:"batch_id"`
	File         int64 `db:"file_id"`
	FileName     string
	Number       int    // in its file, from 1
	State        string // omr.State
	Reason       string
	Settled      string
	ByHand       bool `db:"by_hand"` // a person told where or what it is
	Algorithm    int
	Sheet        int64 `db:"sheet_id"`   // 0: none
	SheetPage    int   `db:"sheet_page"` // of it
	Serial       int64
	SheetKey     []byte `db:"-"` // tells sheets apart by their codes, whosever they are; nil: no code was read
	Milliseconds int
	Reading      json.RawMessage // omr.Page; nil: none
	Picture      []byte          // nil: none, or not asked for
	Kind         string          // of the picture: image/jpeg, image/png; "": there is none

	// Of a page to be added: where it belongs, and what was read off it.
	VersionID  int64
	SheetPages int
	Questions  []ScanQuestion
}

// Waits reports whether a person has to say what becomes of the page.
func (p *ScanPage) Waits() bool {
	return p.Settled == "" && (p.State == PageNotLocated || p.State == PageUnsupported)
}

// AddScanPage keeps a page of a file that its caller holds, in one transaction with what was read off it, and holds the
// file for longer. A page that is there already is not added again, but read anew if an older algorithm read it and no
// person said anything of it. It becomes a duplicate where its sheet is known already. survey.ErrConflict: the file is
// somebody else's by now, or was taken out.
func (s *Scope) AddScanPage(ctx context.Context, f *ScanFile, p *ScanPage, until time.Time) error {
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		if err := s.holdFile(ctx, tx, f, until); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `
			UPDATE scan_files
			SET tries = 0
			WHERE tenant_id = $1 AND id = $2`, s.tenant, f.ID)
		if err != nil {
			return err
		}
		p.Batch, p.File = f.Batch, f.ID
		var known ScanPage
		err = tx.GetContext(ctx, &known, `
			SELECT id, algorithm, by_hand, state, settled, COALESCE(sheet_id, 0) AS sheet_id
			FROM scan_pages
			WHERE tenant_id = $1 AND file_id = $2 AND number = $3`, s.tenant, f.ID, p.Number)
		if err == nil {
			return s.readAgain(ctx, tx, &known, p)
		}
		if noRow(err) != nil {
			return err
		}
		err = tx.GetContext(ctx, &p.ID, `
			INSERT INTO scan_pages (tenant_id, batch_id, file_id, number, state)
			VALUES ($1, $2, $3, $4, $5)
			RETURNING id`, s.tenant, p.Batch, p.File, p.Number, p.State)
		if err != nil {
			return err
		}
		return s.keepPage(ctx, tx, p)
	})
	if err != nil {
		return fmt.Errorf("page %d of scanned file %d: %w", p.Number, f.ID, err)
	}
	return nil
}

// readAgain keeps what was read off a page that is there already. What a person said of it or of its sheet stays, and so does
// a reading, if the new one found no sheet.
func (s *Scope) readAgain(ctx context.Context, tx *sqlx.Tx, known, p *ScanPage) error {
	if known.Algorithm >= p.Algorithm || known.ByHand || known.Settled != "" {
		return nil
	}
	var rejected bool
	err := tx.GetContext(ctx, &rejected, `
		SELECT EXISTS (SELECT FROM scan_sheets WHERE tenant_id = $1 AND id = $2 AND state = 'rejected')`, s.tenant, known.Sheet)
	if err != nil {
		return err
	}
	if rejected || known.Sheet != 0 && p.VersionID == 0 {
		return one(ctx, tx, `
			UPDATE scan_pages
			SET algorithm = $3
			WHERE tenant_id = $1 AND id = $2`, s.tenant, known.ID, p.Algorithm)
	}
	p.ID = known.ID
	return s.keepPage(ctx, tx, p)
}

// RereadScanPage keeps what was read off a page after a person told where or what it is. survey.ErrClosed: its stack takes
// nothing more; survey.ErrConflict: the page was settled meanwhile.
func (s *Scope) RereadScanPage(ctx context.Context, p *ScanPage, by Actor) error {
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		if err := s.touchScan(ctx, tx, p.Batch, by.At); err != nil {
			return err
		}
		err := one(ctx, tx, `
			UPDATE scan_pages
			SET by_hand = true
			WHERE tenant_id = $1 AND id = $2 AND batch_id = $3 AND settled = '' AND state = 'not_located'`, s.tenant, p.ID, p.Batch)
		if err != nil {
			return changedMeanwhile(err)
		}
		p.ByHand = true
		return s.keepPage(ctx, tx, p)
	})
	if err != nil {
		return fmt.Errorf("page %d: %w", p.ID, err)
	}
	return nil
}

// keepPage writes a page that has an ID, joins it to its sheet and adds its questions.
func (s *Scope) keepPage(ctx context.Context, tx *sqlx.Tx, p *ScanPage) error {
	p.Sheet = 0
	if p.VersionID != 0 {
		if err := s.joinSheet(ctx, tx, p); err != nil {
			return err
		}
	}
	reading := sql.NullString{String: string(p.Reading), Valid: len(p.Reading) > 0}
	err := one(ctx, tx, `
		UPDATE scan_pages
		SET state = $3, reason = $4, settled = $5, algorithm = $6, sheet_id = NULLIF($7, 0), sheet_page = $8, serial = $9, milliseconds = $10, reading = $11,
		    picture = COALESCE($12, picture), kind = CASE WHEN $12::bytea IS NULL THEN kind ELSE $13 END, sheet_key = $14
		WHERE tenant_id = $1 AND id = $2`, s.tenant, p.ID, p.State, p.Reason, p.Settled, p.Algorithm, p.Sheet, p.SheetPage, p.Serial, p.Milliseconds, reading,
		nilIfEmpty(p.Picture), p.Kind, nilIfEmpty(p.SheetKey))
	if err != nil || p.Sheet == 0 {
		return err
	}
	return s.addQuestions(ctx, tx, p)
}

func nilIfEmpty(b []byte) []byte {
	if len(b) == 0 {
		return nil
	}
	return b
}

// joinSheet finds the sheet that a page belongs to, or makes it, or says that the page is a duplicate.
func (s *Scope) joinSheet(ctx context.Context, tx *sqlx.Tx, p *ScanPage) error {
	// Two files may bring pages of one sheet at once; the lock is gone with the transaction.
	if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('scan_sheets', $1))`, s.tenant); err != nil {
		return err
	}
	var typed bool
	err := tx.GetContext(ctx, &typed, `
		SELECT EXISTS (
			SELECT
			FROM batch_sheets bs
			JOIN batches b ON b.tenant_id = bs.tenant_id AND b.id = bs.batch_id
			WHERE bs.tenant_id = $1 AND bs.serial = $2 AND b.scan_batch_id IS NULL)`, s.tenant, p.Serial)
	if err != nil {
		return err
	}
	if typed {
		p.State, p.Reason = PageDuplicate, DuplicateTyped
		return nil
	}
	var sheet struct {
		ID      int64
		Batch   int64
		Version int64
		Open    bool
		Twice   bool
	}
	err = tx.GetContext(ctx, &sheet, `
		SELECT sh.id, sh.batch_id AS batch, sh.version_id AS version, sh.state = 'open' AND b.state = 'open' AS open,
		       EXISTS (SELECT FROM scan_pages p WHERE p.tenant_id = sh.tenant_id AND p.sheet_id = sh.id AND p.sheet_page = $3 AND p.id <> $4) AS twice
		FROM scan_sheets sh
		JOIN scan_batches b ON b.tenant_id = sh.tenant_id AND b.id = sh.batch_id
		WHERE sh.tenant_id = $1 AND sh.serial = $2 AND sh.state IN ('open', 'approved', 'blank')`, s.tenant, p.Serial, p.SheetPage, p.ID)
	switch {
	case err == nil && !sheet.Open:
		p.State, p.Reason = PageDuplicate, DuplicateApproved
	case err == nil && (sheet.Twice || sheet.Version != p.VersionID):
		p.State, p.Reason = PageDuplicate, DuplicatePage
	case err == nil && sheet.Batch != p.Batch:
		// That stack must not be approved before the questions of this page are in it.
		if err := s.lockScan(ctx, tx, sheet.Batch, ScanOpen); errors.Is(err, survey.ErrClosed) {
			p.State, p.Reason = PageDuplicate, DuplicateApproved
			return nil
		} else if err != nil {
			return err
		}
		p.Sheet = sheet.ID
	case err == nil:
		p.Sheet = sheet.ID
	case noRow(err) == nil:
		p.Sheet, err = s.addSheet(ctx, tx, p.Batch, p.VersionID, p.Serial, p.SheetPages)
		return err
	default:
		return err
	}
	return nil
}

func (s *Scope) addSheet(ctx context.Context, tx *sqlx.Tx, batch, version, serial int64, pages int) (int64, error) {
	var id int64
	err := tx.GetContext(ctx, &id, `
		INSERT INTO scan_sheets (tenant_id, batch_id, version_id, serial, pages)
		VALUES ($1, $2, $3, NULLIF($4, 0), $5)
		RETURNING id`, s.tenant, batch, version, serial, pages)
	return id, err
}

// addQuestions keeps what was read off a page. Read again, the proposal changes; decisions stand elsewhere.
func (s *Scope) addQuestions(ctx context.Context, tx *sqlx.Tx, p *ScanPage) error {
	for _, q := range p.Questions {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO scan_questions (tenant_id, batch_id, sheet_id, page_id, field, kind, proposal, flagged, reason, audit)
			SELECT $1, sh.batch_id, sh.id, $3, $4, $5, $6, $7, $8, $9
			FROM scan_sheets sh
			WHERE sh.tenant_id = $1 AND sh.id = $2
			ON CONFLICT (tenant_id, sheet_id, field) DO UPDATE
			SET page_id = excluded.page_id, kind = excluded.kind, proposal = excluded.proposal, flagged = excluded.flagged, reason = excluded.reason`,
			s.tenant, p.Sheet, p.ID, q.Field, q.Kind, append(pq.StringArray{}, q.Proposal...), q.Flagged, q.Reason, q.Audit)
		if err != nil {
			return err
		}
	}
	return nil
}

const scanPageQuery = `
	SELECT p.id, p.batch_id, p.file_id, f.name AS filename, p.number, p.state, p.reason, p.settled, p.by_hand, p.algorithm, COALESCE(p.sheet_id, 0) AS sheet_id,
	       p.sheet_page, p.serial, p.milliseconds, p.kind
	FROM scan_pages p
	JOIN scan_files f ON f.tenant_id = p.tenant_id AND f.id = p.file_id
	WHERE p.tenant_id = $1`

// ScanPages returns the pages of a stack in the order of files, without readings and pictures.
func (s *Scope) ScanPages(ctx context.Context, batch int64) ([]ScanPage, error) {
	var pages []ScanPage
	err := s.list(ctx, &pages, scanPageQuery+` AND p.batch_id = $2
		ORDER BY p.file_id, p.number`, s.tenant, batch)
	if err != nil {
		return nil, fmt.Errorf("pages of scanned batch %d: %w", batch, err)
	}
	return pages, nil
}

// scanPageIn holds of a page p that came with a stack, $2, or belongs to one of its sheets: the pages of a sheet may come
// with several stacks, and are looked at in the sheet's.
const scanPageIn = `(p.batch_id = $2 OR EXISTS (SELECT FROM scan_sheets sh WHERE sh.tenant_id = p.tenant_id AND sh.id = p.sheet_id AND sh.batch_id = $2))`

// ScanSheetPages returns the pages of a stack's sheet in its order, with whatever stack they came.
func (s *Scope) ScanSheetPages(ctx context.Context, batch, sheet int64) ([]ScanPage, error) {
	var pages []ScanPage
	err := s.list(ctx, &pages, scanPageQuery+` AND `+scanPageIn+` AND p.sheet_id = $3
		ORDER BY p.sheet_page, p.id`, s.tenant, batch, sheet)
	if err != nil {
		return nil, fmt.Errorf("pages of scanned sheet %d: %w", sheet, err)
	}
	return pages, nil
}

// ScanPage returns one page of a stack or of its sheets with its reading, without its picture, or survey.ErrNotFound.
func (s *Scope) ScanPage(ctx context.Context, batch, id int64) (*ScanPage, error) {
	var p ScanPage
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		if err := tx.GetContext(ctx, &p, scanPageQuery+` AND `+scanPageIn+` AND p.id = $3`, s.tenant, batch, id); err != nil {
			return err
		}
		var reading []byte
		err := tx.GetContext(ctx, &reading, `
			SELECT reading
			FROM scan_pages
			WHERE tenant_id = $1 AND id = $2`, s.tenant, id)
		p.Reading = reading
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("page %d: %w", id, err)
	}
	return &p, nil
}

// ScanPicture returns a page's picture and its kind, or survey.ErrNotFound if there is none, or none any more.
func (s *Scope) ScanPicture(ctx context.Context, batch, page int64) (picture []byte, kind string, err error) {
	var row struct {
		Picture []byte
		Kind    string
	}
	err = s.get(ctx, &row, `
		SELECT p.picture, p.kind
		FROM scan_pages p
		WHERE p.tenant_id = $1 AND `+scanPageIn+` AND p.id = $3 AND p.picture IS NOT NULL`, s.tenant, batch, page)
	if err != nil {
		return nil, "", fmt.Errorf("picture of page %d: %w", page, err)
	}
	return row.Picture, row.Kind, nil
}

// SettleScanPage puts a page that was not located aside, or with "" takes that back. survey.ErrClosed, survey.ErrConflict.
func (s *Scope) SettleScanPage(ctx context.Context, batch, page int64, settled string, by Actor) error {
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		if err := s.touchScan(ctx, tx, batch, by.At); err != nil {
			return err
		}
		err := one(ctx, tx, `
			UPDATE scan_pages
			SET settled = $4
			WHERE tenant_id = $1 AND id = $2 AND batch_id = $3 AND settled <> 'typed' AND state IN ('not_located', 'unsupported')`, s.tenant, page, batch, settled)
		if err != nil {
			return changedMeanwhile(err)
		}
		return s.audit(ctx, tx, Event{At: by.At, Actor: by.Login, Action: "scan.settle", Subject: fmt.Sprintf("%d/%d", batch, page), After: settled})
	})
	if err != nil {
		return fmt.Errorf("settle page %d: %w", page, err)
	}
	return nil
}

// PrintedVersion returns the version that a serial was printed from in the panel; 0: no print of it is recorded.
func (s *Scope) PrintedVersion(ctx context.Context, serial int64) (int64, error) {
	version, err := s.VersionOfSerial(ctx, serial)
	return version, noRow(err)
}

// CountScanPages returns how many pages of a file are there: reading goes on behind the last one.
func (s *Scope) CountScanPages(ctx context.Context, file int64, algorithm int) (int, error) {
	var done int
	err := s.get(ctx, &done, `
		SELECT COALESCE(min(number) FILTER (WHERE algorithm < $3 AND NOT by_hand AND settled = '') - 1, max(number), 0)
		FROM scan_pages
		WHERE tenant_id = $1 AND file_id = $2`, s.tenant, file, algorithm)
	if err != nil {
		return 0, fmt.Errorf("pages of scanned file %d: %w", file, err)
	}
	return done, nil
}

package store

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ocenaurzedu.eu/pkg/survey"
)

// ScanPart is the length of the pieces in which a file is kept; the last one may be shorter.
const ScanPart = 1 << 20

// Tries to read a page that ended the reader each time, before the file goes on without it.
const scanTries = 3

// ScanFileState is where a file of a stack stands.
type ScanFileState string

// States of a file. The last four are final, but that a file that was read may be read again.
const (
	FileSending   ScanFileState = "sending"
	FileWaiting   ScanFileState = "waiting"
	FileReading   ScanFileState = "reading"
	FileRead      ScanFileState = "read"
	FileFailed    ScanFileState = "failed" // nothing could be read off it: Reason says why
	FileCancelled ScanFileState = "cancelled"
	FileRepeated  ScanFileState = "repeated" // sent before
)

// ScanFile is a file of a stack.
type ScanFile struct {
	ID     int64
	Batch  int64 `db:"batch_id"`
	Name   string
	Size   int64
	State  ScanFileState
	Reason string
	Pages  int // that it has; 0: not known yet
	Done   int // read so far
	Tries  int
	Lease  string
	SentBy string    `db:"sent_by"`
	SentAt time.Time `db:"sent_at"`
}

const scanFileQuery = `
	SELECT f.id, f.batch_id, f.name, f.size, f.state, f.reason, f.pages, f.tries, COALESCE(f.lease::text, '') AS lease, f.sent_by, f.sent_at,
	       (SELECT count(*) FROM scan_pages p WHERE p.tenant_id = f.tenant_id AND p.file_id = f.id) AS done
	FROM scan_files f
	WHERE f.tenant_id = $1`

// StartScanFile notes that a file of an open stack is on its way, and sets its ID. survey.ErrClosed.
func (s *Scope) StartScanFile(ctx context.Context, f *ScanFile) error {
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		if err := s.touchScan(ctx, tx, f.Batch, f.SentAt); err != nil {
			return err
		}
		return tx.GetContext(ctx, &f.ID, `
			INSERT INTO scan_files (tenant_id, batch_id, name, size, sent_by, sent_at)
			VALUES ($1, $2, $3, $4, $5, $6)
			RETURNING id`, s.tenant, f.Batch, f.Name, f.Size, f.SentBy, f.SentAt)
	})
	if err != nil {
		return fmt.Errorf("start scanned file: %w", err)
	}
	f.State = FileSending
	return nil
}

// AddScanPart keeps a piece of a file that is being sent; the same piece again is no second one. survey.ErrNotFound.
func (s *Scope) AddScanPart(ctx context.Context, batch, file int64, number int, content []byte) error {
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		var state ScanFileState
		err := tx.GetContext(ctx, &state, `
			SELECT state
			FROM scan_files
			WHERE tenant_id = $1 AND id = $2 AND batch_id = $3
			FOR UPDATE`, s.tenant, file, batch)
		if err != nil {
			return err
		}
		if state != FileSending {
			return survey.ErrClosed
		}
		_, err = tx.ExecContext(ctx, `
			INSERT INTO scan_parts (tenant_id, file_id, number, content)
			VALUES ($1, $2, $3, $4)
			ON CONFLICT DO NOTHING`, s.tenant, file, number, content)
		return err
	})
	if err != nil {
		return fmt.Errorf("part %d of scanned file %d: %w", number, file, err)
	}
	return nil
}

// ScanPartOf returns a piece of a file, or survey.ErrNotFound behind the last one.
func (s *Scope) ScanPartOf(ctx context.Context, file int64, number int) ([]byte, error) {
	var content []byte
	err := s.get(ctx, &content, `
		SELECT content
		FROM scan_parts
		WHERE tenant_id = $1 AND file_id = $2 AND number = $3`, s.tenant, file, number)
	if err != nil {
		return nil, fmt.Errorf("part %d of scanned file %d: %w", number, file, err)
	}
	return content, nil
}

// FinishScanFile puts a file that is all here into the queue. One that was sent before becomes FileRepeated, and twin is
// the stack that has it. survey.ErrConflict: pieces are missing.
func (s *Scope) FinishScanFile(ctx context.Context, batch, file int64, by Actor) (twin int64, err error) {
	sum, size := sha256.New(), int64(0)
	for number := 0; ; number++ {
		part, err := s.ScanPartOf(ctx, file, number)
		if errors.Is(err, survey.ErrNotFound) {
			break
		}
		if err != nil {
			return 0, err
		}
		size += int64(len(part))
		_, _ = sum.Write(part) // a hash takes everything
	}
	err = s.tx(ctx, func(tx *sqlx.Tx) error {
		if err := s.touchScan(ctx, tx, batch, by.At); err != nil {
			return err
		}
		// Two people may send the same file at once; the lock is gone with the transaction.
		if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('scan_files', $1))`, s.tenant); err != nil {
			return err
		}
		err := tx.GetContext(ctx, &twin, `
			SELECT batch_id
			FROM scan_files
			WHERE tenant_id = $1 AND sha256 = $2 AND id <> $3 AND state NOT IN ('cancelled', 'repeated', 'failed')`, s.tenant, sum.Sum(nil), file)
		state := FileWaiting
		if err = noRow(err); err != nil {
			return err
		}
		if twin != 0 {
			state = FileRepeated
		}
		err = one(ctx, tx, `
			UPDATE scan_files
			SET state = $4, sha256 = $5
			WHERE tenant_id = $1 AND id = $2 AND batch_id = $3 AND state = 'sending' AND size = $6`, s.tenant, file, batch, state, sum.Sum(nil), size)
		if err != nil {
			return changedMeanwhile(err)
		}
		if twin != 0 {
			if err := s.dropParts(ctx, tx, file); err != nil {
				return err
			}
		}
		return s.audit(ctx, tx, Event{At: by.At, Actor: by.Login, Action: "scan.file", Subject: fmt.Sprintf("%d/%d", batch, file)})
	})
	if err != nil {
		return 0, fmt.Errorf("finish scanned file %d: %w", file, err)
	}
	return twin, nil
}

// noRow makes nothing of the error that there is no row.
func noRow(err error) error {
	if err != nil && errors.Is(classify(err), survey.ErrNotFound) {
		return nil
	}
	return err
}

func (s *Scope) dropParts(ctx context.Context, tx *sqlx.Tx, file int64) error {
	_, err := tx.ExecContext(ctx, `
		DELETE FROM scan_parts
		WHERE tenant_id = $1 AND file_id = $2`, s.tenant, file)
	return err
}

// CancelScanFile takes a file out of an open stack, with its pages and what was read off them. survey.ErrClosed: the stack is
// not open, or one is not to whose sheets the file brought pages.
func (s *Scope) CancelScanFile(ctx context.Context, batch, file int64, by Actor) error {
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		if err := s.touchScan(ctx, tx, batch, by.At); err != nil {
			return err
		}
		err := one(ctx, tx, `
			UPDATE scan_files
			SET state = 'cancelled', lease = NULL, lease_until = NULL
			WHERE tenant_id = $1 AND id = $2 AND batch_id = $3`, s.tenant, file, batch)
		if err != nil {
			return err
		}
		if err := s.lockSheetsOf(ctx, tx, batch, file); err != nil {
			return err
		}
		if err := s.dropParts(ctx, tx, file); err != nil {
			return err
		}
		if err := s.dropPages(ctx, tx, file); err != nil {
			return err
		}
		return s.audit(ctx, tx, Event{At: by.At, Actor: by.Login, Action: "scan.cancel", Subject: fmt.Sprintf("%d/%d", batch, file)})
	})
	if err != nil {
		return fmt.Errorf("cancel scanned file %d: %w", file, err)
	}
	return nil
}

// lockSheetsOf holds the other stacks to whose sheets a file brought pages, if all are open.
func (s *Scope) lockSheetsOf(ctx context.Context, tx *sqlx.Tx, batch, file int64) error {
	var others []int64
	err := tx.SelectContext(ctx, &others, `
		SELECT DISTINCT sh.batch_id
		FROM scan_pages p
		JOIN scan_sheets sh ON sh.tenant_id = p.tenant_id AND sh.id = p.sheet_id
		WHERE p.tenant_id = $1 AND p.file_id = $2 AND sh.batch_id <> $3
		ORDER BY sh.batch_id`, s.tenant, file, batch)
	if err != nil {
		return err
	}
	for _, other := range others {
		if err := s.lockScan(ctx, tx, other, ScanOpen); err != nil {
			return err
		}
	}
	return nil
}

// dropPages takes a file's pages away, and the sheets that had no others.
func (s *Scope) dropPages(ctx context.Context, tx *sqlx.Tx, file int64) error {
	var sheets pq.Int64Array
	err := tx.GetContext(ctx, &sheets, `
		SELECT COALESCE(array_agg(DISTINCT sheet_id), '{}')
		FROM scan_pages
		WHERE tenant_id = $1 AND file_id = $2 AND sheet_id IS NOT NULL`, s.tenant, file)
	if err != nil {
		return err
	}
	for _, statement := range []string{`
		DELETE FROM scan_decisions d
		USING scan_questions q, scan_pages p
		WHERE d.tenant_id = $1 AND q.tenant_id = $1 AND p.tenant_id = $1 AND p.file_id = $2 AND q.page_id = p.id AND d.sheet_id = q.sheet_id AND d.field = q.field`, `
		DELETE FROM scan_questions q
		USING scan_pages p
		WHERE q.tenant_id = $1 AND p.tenant_id = $1 AND p.file_id = $2 AND q.page_id = p.id`, `
		DELETE FROM scan_pages
		WHERE tenant_id = $1 AND file_id = $2`} {
		if _, err := tx.ExecContext(ctx, statement, s.tenant, file); err != nil {
			return err
		}
	}
	for _, statement := range []string{`
		DELETE FROM scan_decisions d
		WHERE tenant_id = $1 AND sheet_id = ANY ($2) AND NOT EXISTS (SELECT FROM scan_pages p WHERE p.tenant_id = $1 AND p.sheet_id = d.sheet_id)`, `
		DELETE FROM scan_sheets sh
		WHERE tenant_id = $1 AND id = ANY ($2) AND NOT EXISTS (SELECT FROM scan_pages p WHERE p.tenant_id = $1 AND p.sheet_id = sh.id)`} {
		if _, err := tx.ExecContext(ctx, statement, s.tenant, sheets); err != nil {
			return err
		}
	}
	return nil
}

// ScanFiles returns the files of a stack in the order in which they came.
func (s *Scope) ScanFiles(ctx context.Context, batch int64) ([]ScanFile, error) {
	var files []ScanFile
	err := s.list(ctx, &files, scanFileQuery+` AND f.batch_id = $2
		ORDER BY f.id`, s.tenant, batch)
	if err != nil {
		return nil, fmt.Errorf("files of scanned batch %d: %w", batch, err)
	}
	return files, nil
}

// ClaimScanFile takes the oldest file that waits, or that somebody began to read and is silent, and holds it until a
// moment. Its Lease says so: what comes of another one is refused. survey.ErrNotFound: there is none.
func (s *Scope) ClaimScanFile(ctx context.Context, now, until time.Time) (*ScanFile, error) {
	var f ScanFile
	lease := uuid.NewString()
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		var id int64
		err := tx.GetContext(ctx, &id, `
			UPDATE scan_files
			SET state = 'reading', lease = $4, lease_until = $3, tries = tries + 1
			WHERE tenant_id = $1 AND id = (
				SELECT id
				FROM scan_files
				WHERE tenant_id = $1 AND state IN ('waiting', 'reading') AND (lease_until IS NULL OR lease_until < $2)
				ORDER BY id
				LIMIT 1
				FOR UPDATE SKIP LOCKED)
			RETURNING id`, s.tenant, now, until, lease)
		if err != nil {
			return err
		}
		return tx.GetContext(ctx, &f, scanFileQuery+` AND f.id = $2`, s.tenant, id)
	})
	if err != nil {
		return nil, fmt.Errorf("claim scanned file: %w", err)
	}
	return &f, nil
}

// GaveUp reports whether the page that is next has ended its reader too often.
func (f *ScanFile) GaveUp() bool { return f.Tries > scanTries }

// holdFile holds a file for longer, and notes how many pages it has. survey.ErrConflict: it is somebody else's by now, or
// was taken out.
func (s *Scope) holdFile(ctx context.Context, tx *sqlx.Tx, f *ScanFile, until time.Time) error {
	return changedMeanwhile(one(ctx, tx, `
		UPDATE scan_files
		SET lease_until = $4, pages = GREATEST(pages, $5)
		WHERE tenant_id = $1 AND id = $2 AND lease = NULLIF($3, '')::uuid AND state = 'reading'`, s.tenant, f.ID, f.Lease, until, f.Pages))
}

// ReleaseScanFile gives a file back to whoever comes next, as this process ends. Nothing if it is not its own any more.
func (s *Scope) ReleaseScanFile(ctx context.Context, f *ScanFile) error {
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		_, err := tx.ExecContext(ctx, `
			UPDATE scan_files
			SET state = 'waiting', lease = NULL, lease_until = NULL, tries = GREATEST(tries - 1, 0)
			WHERE tenant_id = $1 AND id = $2 AND lease = NULLIF($3, '')::uuid AND state = 'reading'`, s.tenant, f.ID, f.Lease)
		return err
	})
	if err != nil {
		return fmt.Errorf("release scanned file %d: %w", f.ID, err)
	}
	return nil
}

// EndScanFile notes that a file was read to its end, or why nothing could be read off it: its State, Reason and Pages.
// survey.ErrConflict as of AddScanPage.
func (s *Scope) EndScanFile(ctx context.Context, f *ScanFile) error {
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		return changedMeanwhile(one(ctx, tx, `
			UPDATE scan_files
			SET state = $4, reason = $5, pages = $6, lease = NULL, lease_until = NULL
			WHERE tenant_id = $1 AND id = $2 AND lease = NULLIF($3, '')::uuid AND state = 'reading'`, s.tenant, f.ID, f.Lease, f.State, f.Reason, f.Pages))
	})
	if err != nil {
		return fmt.Errorf("end scanned file %d: %w", f.ID, err)
	}
	return nil
}

// ReadScansAgain puts the files of an open stack back into the queue, for pages that an older algorithm read.
func (s *Scope) ReadScansAgain(ctx context.Context, batch int64, algorithm int, by Actor) error {
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		if err := s.touchScan(ctx, tx, batch, by.At); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `
			UPDATE scan_files f
			SET state = 'waiting', tries = 0
			WHERE tenant_id = $1 AND batch_id = $2 AND state = 'read'
			  AND EXISTS (SELECT FROM scan_pages p WHERE p.tenant_id = f.tenant_id AND p.file_id = f.id AND p.algorithm < $3 AND NOT p.by_hand)`, s.tenant, batch, algorithm)
		if err != nil {
			return err
		}
		return s.audit(ctx, tx, Event{At: by.At, Actor: by.Login, Action: "scan.again", Subject: fmt.Sprint(batch)})
	})
	if err != nil {
		return fmt.Errorf("read scanned batch %d again: %w", batch, err)
	}
	return nil
}

package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"ocenaurzedu.eu/pkg/survey"
)

// ExportState is where an export stands.
type ExportState string

// The states of an export. All but the first are final.
const (
	ExportRunning   ExportState = "running"
	ExportReady     ExportState = "ready"
	ExportCancelled ExportState = "cancelled" // a person stopped it
	ExportFailed    ExportState = "failed"
	ExportBroken    ExportState = "broken" // the process that wrote it ended
)

// The forms of an export.
const (
	ExportXLSX   = "xlsx"   // the submissions and their dictionary
	ExportCSV    = "csv"    // the same for other programs
	ExportReport = "report" // a report's workbook with the submissions in it
)

// exportSilence is after how long without a beat an export counts as broken off: whoever wrote it is gone.
const exportSilence = 30 * time.Second

// Export is an export of single submissions to a file.
type Export struct {
	ID         int64
	File       string // its name on disk: random, so that none is taken for another's
	Format     string
	Filter     survey.Filter
	State      ExportState
	Rows       int   // written so far
	Total      int   // submissions of the filter when it was asked for
	Bytes      int64 // of the file, once it is ready
	CreatedAt  time.Time
	CreatedBy  string
	BeatAt     time.Time
	FinishedAt time.Time // zero: it is running
}

// exportRow is an export as it is stored.
type exportRow struct {
	ID         int64
	File       string
	Format     string
	Filter     []byte
	State      ExportState
	Rows       int
	Total      int
	Bytes      int64
	CreatedAt  time.Time  `db:"created_at"`
	CreatedBy  string     `db:"created_by"`
	BeatAt     time.Time  `db:"beat_at"`
	FinishedAt *time.Time `db:"finished_at"`
}

const exportColumns = `id, file, format, filter, state, rows, total, bytes, created_at, created_by, beat_at, finished_at`

// export reads a row as it is at the moment now: one that is silent for too long is broken off.
func (r exportRow) export(now time.Time) (Export, error) {
	e := Export{ID: r.ID, File: r.File, Format: r.Format, State: r.State, Rows: r.Rows, Total: r.Total, Bytes: r.Bytes, CreatedAt: r.CreatedAt, CreatedBy: r.CreatedBy, BeatAt: r.BeatAt}
	if r.FinishedAt != nil {
		e.FinishedAt = *r.FinishedAt
	}
	if e.State == ExportRunning && now.Sub(r.BeatAt) > exportSilence {
		e.State = ExportBroken
	}
	return e, json.Unmarshal(r.Filter, &e.Filter)
}

// StartExport notes that an export begins, and sets its ID and File. survey.ErrConflict: the office has one under way.
func (s *Scope) StartExport(ctx context.Context, e *Export) error {
	filter, err := json.Marshal(e.Filter)
	if err != nil {
		return fmt.Errorf("start export: %w", err)
	}
	err = s.tx(ctx, func(tx *sqlx.Tx) error {
		_, err := tx.ExecContext(ctx, `
			UPDATE export_jobs
			SET state = 'broken', finished_at = beat_at
			WHERE tenant_id = $1 AND state = 'running' AND beat_at < $2`, s.tenant, e.CreatedAt.Add(-exportSilence))
		if err != nil {
			return err
		}
		err = tx.QueryRowContext(ctx, `
			INSERT INTO export_jobs (tenant_id, file, format, filter, total, created_at, created_by, beat_at)
			VALUES ($1, replace(gen_random_uuid()::text, '-', ''), $2, $3, $4, $5, $6, $5)
			ON CONFLICT (tenant_id) WHERE state = 'running' DO NOTHING
			RETURNING id, file`, s.tenant, e.Format, filter, e.Total, e.CreatedAt, e.CreatedBy).Scan(&e.ID, &e.File)
		if err != nil {
			return err
		}
		return s.audit(ctx, tx, Event{At: e.CreatedAt, Actor: e.CreatedBy, Action: "export.start", Subject: fmt.Sprint(e.ID), After: e.Filter})
	})
	if err != nil {
		return fmt.Errorf("start export: %w", changedMeanwhile(err)) // no row: the other one is running
	}
	e.State, e.BeatAt = ExportRunning, e.CreatedAt
	return nil
}

// BeatExport says how far a running export is. survey.ErrConflict: it runs no longer, as somebody stopped it.
func (s *Scope) BeatExport(ctx context.Context, id int64, rows int, now time.Time) error {
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		return one(ctx, tx, `
			UPDATE export_jobs
			SET rows = $3, beat_at = $4
			WHERE tenant_id = $1 AND id = $2 AND state = 'running'`, s.tenant, id, rows, now)
	})
	if err != nil {
		return fmt.Errorf("export %d: %w", id, changedMeanwhile(err))
	}
	return nil
}

// EndExport notes how a running export ended: its State, Rows, Bytes and FinishedAt. survey.ErrConflict: it had ended.
func (s *Scope) EndExport(ctx context.Context, e *Export) error {
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		return one(ctx, tx, `
			UPDATE export_jobs
			SET state = $3, rows = $4, bytes = $5, beat_at = $6, finished_at = $6
			WHERE tenant_id = $1 AND id = $2 AND state = 'running'`, s.tenant, e.ID, e.State, e.Rows, e.Bytes, e.FinishedAt)
	})
	if err != nil {
		return fmt.Errorf("export %d: %w", e.ID, changedMeanwhile(err))
	}
	return nil
}

// CancelExport stops an export. One that has ended stays as it is; survey.ErrNotFound: there is none.
func (s *Scope) CancelExport(ctx context.Context, id int64, by Actor) error {
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		var state ExportState
		err := tx.GetContext(ctx, &state, `
			SELECT state
			FROM export_jobs
			WHERE tenant_id = $1 AND id = $2
			FOR UPDATE`, s.tenant, id)
		if err != nil || state != ExportRunning {
			return err
		}
		err = one(ctx, tx, `
			UPDATE export_jobs
			SET state = 'cancelled', finished_at = $3
			WHERE tenant_id = $1 AND id = $2`, s.tenant, id, by.At)
		if err != nil {
			return err
		}
		return s.audit(ctx, tx, Event{At: by.At, Actor: by.Login, Action: "export.cancel", Subject: fmt.Sprint(id)})
	})
	if err != nil {
		return fmt.Errorf("cancel export %d: %w", id, err)
	}
	return nil
}

// Exports returns the newest exports, at most n, as they are at the moment now.
func (s *Scope) Exports(ctx context.Context, n int, now time.Time) ([]Export, error) {
	var rows []exportRow
	err := s.list(ctx, &rows, `
		SELECT `+exportColumns+`
		FROM export_jobs
		WHERE tenant_id = $1
		ORDER BY id DESC
		LIMIT $2`, s.tenant, n)
	if err != nil {
		return nil, fmt.Errorf("exports: %w", err)
	}
	all := make([]Export, len(rows))
	for i, r := range rows {
		if all[i], err = r.export(now); err != nil {
			return nil, fmt.Errorf("export %d: %w", r.ID, err)
		}
	}
	return all, nil
}

// Export returns one export as it is at the moment now, or survey.ErrNotFound.
func (s *Scope) Export(ctx context.Context, id int64, now time.Time) (*Export, error) {
	var row exportRow
	err := s.get(ctx, &row, `
		SELECT `+exportColumns+`
		FROM export_jobs
		WHERE tenant_id = $1 AND id = $2`, s.tenant, id)
	if err != nil {
		return nil, fmt.Errorf("export %d: %w", id, err)
	}
	e, err := row.export(now)
	if err != nil {
		return nil, fmt.Errorf("export %d: %w", id, err)
	}
	return &e, nil
}

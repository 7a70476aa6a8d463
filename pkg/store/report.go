package store

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"ocenaurzedu.eu/pkg/survey"
)

// Report is a report in the archive: frozen, never changed, never deleted by the service.
type Report struct {
	ReportInfo
	Filter  survey.Filter
	Summary json.RawMessage // stats.Summary
	PDF     []byte
	XLSX    []byte
	Digest  string // survey.Results.Digest of the results it was made of
}

// ReportInfo is a line of the archive.
type ReportInfo struct {
	ID          int64
	Number      int           // 1, 2, 3 … within the office; NextReportNumber tells the next one
	N           int           // submissions it takes in
	Complete    bool          // it takes in all results that there were; the database decides
	Chosen      bool          // it takes in a choice of channels or service points
	Versions    pq.Int64Array // numbers of the versions it spans
	GeneratedAt time.Time     `db:"generated_at"`
	GeneratedBy string        `db:"generated_by"`
	From        survey.Day    `db:"period_from"`
	To          survey.Day    `db:"period_to"`
	PDFHash     []byte        `db:"pdf_sha256"`
	XLSXHash    []byte        `db:"xlsx_sha256"`
	Case        ReportCase    `db:"case"` // as it is written now
}

// NextReportNumber returns the number that the next report will have.
func (s *Scope) NextReportNumber(ctx context.Context) (int, error) {
	var n int
	err := s.get(ctx, &n, `
		SELECT COALESCE(max(number), 0) + 1
		FROM reports
		WHERE tenant_id = $1`, s.tenant)
	if err != nil {
		return 0, fmt.Errorf("next report: %w", err)
	}
	return n, nil
}

// ArchiveReport freezes a report and sets its ID and whether it is complete. survey.ErrConflict: another report
// took the number; make it anew.
func (s *Scope) ArchiveReport(ctx context.Context, r *Report) error {
	return s.tx(ctx, func(tx *sqlx.Tx) error { return s.archive(ctx, tx, r) })
}

func (s *Scope) archive(ctx context.Context, tx *sqlx.Tx, r *Report) error {
	if r == nil {
		return nil
	}
	filter, err := json.Marshal(r.Filter)
	if err != nil {
		return fmt.Errorf("archive report: %w", err)
	}
	pdfHash, xlsxHash := sha256.Sum256(r.PDF), sha256.Sum256(r.XLSX)
	err = tx.QueryRowContext(ctx, `
		INSERT INTO reports (tenant_id, number, filter, versions, n, summary, pdf, xlsx, pdf_sha256, xlsx_sha256, digest, generated_at, generated_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
		RETURNING id, complete`,
		s.tenant, r.Number, filter, append(pq.Int64Array{}, r.Versions...), r.N, []byte(r.Summary), r.PDF, r.XLSX, pdfHash[:], xlsxHash[:], r.Digest,
		r.GeneratedAt, r.GeneratedBy).Scan(&r.ID, &r.Complete)
	if err = classify(err); errors.Is(err, survey.ErrTaken) {
		err = survey.ErrConflict
	}
	if err != nil {
		return fmt.Errorf("archive report %d: %w", r.Number, err)
	}
	r.PDFHash, r.XLSXHash = pdfHash[:], xlsxHash[:]
	if c := r.Case; c != (ReportCase{}) { // written on it from the beginning
		c.UpdatedAt, c.UpdatedBy = r.GeneratedAt, r.GeneratedBy
		if err := s.saveCase(ctx, tx, r.ID, c); err != nil {
			return err
		}
	}
	return s.audit(ctx, tx, Event{At: r.GeneratedAt, Actor: r.GeneratedBy, Action: "report.archive", Subject: fmt.Sprint(r.Number), After: r.Filter})
}

const reportInfoColumns = `
	r.id, r.number, r.n, r.complete, r.versions, r.generated_at, r.generated_by, r.filter ?| ARRAY['channels', 'service_points'] AS chosen,
	r.filter ->> 'from' AS period_from, r.filter ->> 'to' AS period_to,
	r.pdf_sha256, r.xlsx_sha256, COALESCE(c.sign, '') AS "case.sign", COALESCE(c.jrwa, '') AS "case.jrwa", COALESCE(c.category, '') AS "case.category"`

// Reports returns the archive, newest first.
func (s *Scope) Reports(ctx context.Context) ([]ReportInfo, error) {
	var reports []ReportInfo
	err := s.list(ctx, &reports, `
		SELECT`+reportInfoColumns+`
		FROM reports r
		LEFT JOIN report_cases c ON c.tenant_id = r.tenant_id AND c.report_id = r.id
		WHERE r.tenant_id = $1
		ORDER BY r.number DESC`, s.tenant)
	if err != nil {
		return nil, fmt.Errorf("reports: %w", err)
	}
	return reports, nil
}

// Report returns one report of the archive, or survey.ErrNotFound.
func (s *Scope) Report(ctx context.Context, id int64) (*Report, error) {
	var r Report
	err := s.txOn(ctx, s.store.reports, func(tx *sqlx.Tx) error {
		err := tx.GetContext(ctx, &r.ReportInfo, `
			SELECT`+reportInfoColumns+`
			FROM reports r
			LEFT JOIN report_cases c ON c.tenant_id = r.tenant_id AND c.report_id = r.id
			WHERE r.tenant_id = $1 AND r.id = $2`, s.tenant, id)
		if err != nil {
			return err
		}
		var filter, summary []byte
		err = tx.QueryRowContext(ctx, `
			SELECT filter, summary, pdf, xlsx, digest
			FROM reports
			WHERE tenant_id = $1 AND id = $2`, s.tenant, id).Scan(&filter, &summary, &r.PDF, &r.XLSX, &r.Digest)
		if err != nil {
			return err
		}
		r.Summary = summary
		return json.Unmarshal(filter, &r.Filter)
	})
	if err != nil {
		return nil, fmt.Errorf("report %d: %w", id, err)
	}
	return &r, nil
}

// Gate tells whether § 5 lets an edit through.
type Gate struct {
	Latest *ReportInfo // the newest complete report; nil: none yet
	Open   bool        // a complete report takes in all results as they are now, or there can't be any yet
}

// Gate returns where the tenant stands with § 5 of the order.
func (s *Scope) Gate(ctx context.Context) (*Gate, error) {
	var g Gate
	err := s.tx(ctx, func(tx *sqlx.Tx) error {
		var latest ReportInfo
		err := tx.GetContext(ctx, &latest, `
			SELECT`+reportInfoColumns+`
			FROM reports r
			LEFT JOIN report_cases c ON c.tenant_id = r.tenant_id AND c.report_id = r.id
			WHERE r.tenant_id = $1 AND r.complete
			ORDER BY r.number DESC
			LIMIT 1`, s.tenant)
		if err == nil {
			g.Latest = &latest
		} else if !errors.Is(classify(err), survey.ErrNotFound) {
			return err
		}
		// What require_report asks (migration 00005): a correction may have led back to an older report's results.
		return tx.GetContext(ctx, &g.Open, `
			SELECT NOT EXISTS (SELECT FROM versions WHERE tenant_id = $1)
			    OR EXISTS (SELECT FROM reports WHERE tenant_id = $1 AND complete AND digest = results_digest($1))`, s.tenant)
	})
	if err != nil {
		return nil, fmt.Errorf("gate: %w", err)
	}
	return &g, nil
}

// FirstDay returns the day of the tenant's oldest submission, or none.
func (s *Scope) FirstDay(ctx context.Context) (survey.Day, error) {
	var day survey.Day
	err := s.get(ctx, &day, `
		SELECT min(day)
		FROM submissions
		WHERE tenant_id = $1`, s.tenant)
	if err != nil {
		return survey.Day{}, fmt.Errorf("first day: %w", err)
	}
	return day, nil
}

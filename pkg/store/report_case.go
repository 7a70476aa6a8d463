package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"ocenaurzedu.eu/pkg/survey"
)

// ReportCase is what the archivist writes on a report after the fact; the report stays as it is. Revision 0: nothing
// was written yet.
type ReportCase struct {
	Sign      string    `json:"sign"`     // znak sprawy
	JRWA      string    `json:"jrwa"`     // symbol of the jednolity rzeczowy wykaz akt
	Category  string    `json:"category"` // kategoria archiwalna
	Revision  int       `json:"-"`
	UpdatedAt time.Time `db:"updated_at" json:"-"`
	UpdatedBy string    `db:"updated_by" json:"-"`
}

// CaseChange is an entry of the history of a report's case: how it was written, and what stood there before.
type CaseChange struct {
	At            time.Time
	Actor         string
	Before, After ReportCase
}

// ReportCase returns what is written on a report. survey.ErrNotFound: the tenant has no such report.
func (s *Scope) ReportCase(ctx context.Context, report int64) (*ReportCase, error) {
	var c ReportCase
	err := s.get(ctx, &c, `
		SELECT COALESCE(c.sign, '') AS sign, COALESCE(c.jrwa, '') AS jrwa, COALESCE(c.category, '') AS category, COALESCE(c.revision, 0) AS revision,
		       COALESCE(c.updated_at, r.generated_at) AS updated_at, COALESCE(c.updated_by, r.generated_by) AS updated_by
		FROM reports r
		LEFT JOIN report_cases c ON c.tenant_id = r.tenant_id AND c.report_id = r.id
		WHERE r.tenant_id = $1 AND r.id = $2`, s.tenant, report)
	if err != nil {
		return nil, fmt.Errorf("case of report %d: %w", report, err)
	}
	return &c, nil
}

// SaveReportCase writes on a report what c says; UpdatedAt and UpdatedBy say who did. survey.ErrConflict if what stands there
// is no longer of c.Revision, survey.ErrNotFound if the tenant has no such report.
func (s *Scope) SaveReportCase(ctx context.Context, report int64, c ReportCase) error {
	err := s.tx(ctx, func(tx *sqlx.Tx) error { return s.saveCase(ctx, tx, report, c) })
	if err != nil {
		return fmt.Errorf("case of report %d: %w", report, err)
	}
	return nil
}

func (s *Scope) saveCase(ctx context.Context, tx *sqlx.Tx, report int64, c ReportCase) error {
	var number int
	err := tx.GetContext(ctx, &number, `SELECT number FROM reports WHERE tenant_id = $1 AND id = $2`, s.tenant, report)
	if err != nil {
		return err
	}
	var before ReportCase
	err = tx.GetContext(ctx, &before, `
		SELECT sign, jrwa, category, revision, updated_at, updated_by
		FROM report_cases
		WHERE tenant_id = $1 AND report_id = $2
		FOR UPDATE`, s.tenant, report)
	if err = classify(err); err != nil && !errors.Is(err, survey.ErrNotFound) {
		return err
	}
	if before.Revision != c.Revision {
		return survey.ErrConflict
	}
	result, err := tx.ExecContext(ctx, `
		INSERT INTO report_cases (tenant_id, report_id, sign, jrwa, category, updated_at, updated_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (tenant_id, report_id) DO UPDATE
		SET sign = excluded.sign, jrwa = excluded.jrwa, category = excluded.category, revision = report_cases.revision + 1,
		    updated_at = excluded.updated_at, updated_by = excluded.updated_by
		WHERE report_cases.revision = $8`, s.tenant, report, c.Sign, c.JRWA, c.Category, c.UpdatedAt, c.UpdatedBy, c.Revision)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 { // another one wrote the first words meanwhile
		return errors.Join(err, survey.ErrConflict)
	}
	return s.audit(ctx, tx, Event{At: c.UpdatedAt, Actor: c.UpdatedBy, Action: "report.case", Subject: fmt.Sprint(number), Before: before, After: c})
}

// CaseChanges returns the history of a report's case, newest first.
func (s *Scope) CaseChanges(ctx context.Context, report int64) ([]CaseChange, error) {
	var rows []struct {
		At            time.Time
		Actor         string
		Before, After []byte
	}
	err := s.list(ctx, &rows, `
		SELECT a.at, a.actor, a.before, a.after
		FROM audit_log a
		JOIN reports r ON r.tenant_id = a.tenant_id AND r.number::text = a.subject
		WHERE a.tenant_id = $1 AND r.id = $2 AND a.action = 'report.case'
		ORDER BY a.id DESC`, s.tenant, report)
	if err != nil {
		return nil, fmt.Errorf("history of report %d: %w", report, err)
	}
	changes := make([]CaseChange, len(rows))
	for i, r := range rows {
		changes[i] = CaseChange{At: r.At, Actor: r.Actor}
		if err := errors.Join(json.Unmarshal(r.Before, &changes[i].Before), json.Unmarshal(r.After, &changes[i].After)); err != nil {
			return nil, fmt.Errorf("history of report %d: %w", report, err)
		}
	}
	return changes, nil
}

// ReportQuery chooses reports of the archive. Its zero value chooses all.
type ReportQuery struct {
	Words    string // in number, signs of the case, who made it; "": any
	Year     int    // that the period touches; 0: any
	Complete *bool  // takes in all results that there were, or not; nil: both
	Offset   int
	Limit    int // 0: all
}

// FindReports returns what the query chooses of the archive, newest first, and how many there are in all.
func (s *Scope) FindReports(ctx context.Context, q ReportQuery) (reports []ReportInfo, n int, err error) {
	var rows []struct {
		ReportInfo
		InAll int `db:"in_all"`
	}
	var limit *int
	if q.Limit > 0 {
		limit = &q.Limit
	}
	err = s.list(ctx, &rows, `
		SELECT`+reportInfoColumns+`, count(*) OVER () AS in_all
		FROM reports r
		LEFT JOIN report_cases c ON c.tenant_id = r.tenant_id AND c.report_id = r.id
		WHERE r.tenant_id = $1
		  AND ($2 = '' OR r.number::text = $2 OR position(lower($2) IN lower(concat_ws(' ', c.sign, c.jrwa, c.category, r.generated_by))) > 0)
		  AND ($3 = 0 OR (left(r.filter ->> 'from', 4)::integer <= $3 AND left(r.filter ->> 'to', 4)::integer >= $3))
		  AND ($4::boolean IS NULL OR r.complete = $4)
		ORDER BY r.number DESC
		OFFSET $5 LIMIT $6`, s.tenant, q.Words, q.Year, q.Complete, q.Offset, limit)
	if err != nil {
		return nil, 0, fmt.Errorf("find reports: %w", err)
	}
	for _, row := range rows {
		reports, n = append(reports, row.ReportInfo), row.InAll
	}
	return reports, n, nil
}

// ReportYears returns the years that the archive's periods touch, newest first.
func (s *Scope) ReportYears(ctx context.Context) ([]int, error) {
	var years []int
	err := s.list(ctx, &years, `
		SELECT DISTINCT year
		FROM reports r
		CROSS JOIN LATERAL generate_series(left(r.filter ->> 'from', 4)::integer, left(r.filter ->> 'to', 4)::integer) AS year
		WHERE r.tenant_id = $1
		ORDER BY year DESC`, s.tenant)
	if err != nil {
		return nil, fmt.Errorf("years of reports: %w", err)
	}
	return years, nil
}

// ReportBefore returns the newest report of the archive that ends before a filter begins and chooses by the same channels
// and service points, without its files, or survey.ErrNotFound.
func (s *Scope) ReportBefore(ctx context.Context, f survey.Filter) (*Report, error) {
	var id int64
	err := s.get(ctx, &id, `
		SELECT id
		FROM reports
		WHERE tenant_id = $1 AND filter ->> 'to' < $2
		  AND COALESCE(filter -> 'channels', '[]') = $3::jsonb AND COALESCE(filter -> 'service_points', '[]') = $4::jsonb
		ORDER BY filter ->> 'to' DESC, number DESC
		LIMIT 1`, s.tenant, f.From.String(), jsonList(f.Channels), jsonList(f.ServicePoints))
	if err != nil {
		return nil, fmt.Errorf("report before %s: %w", f.From, err)
	}
	return s.Report(ctx, id)
}

// jsonList is a list as jsonb has it; none is an empty one.
func jsonList[T survey.Channel | int64](list []T) string {
	if len(list) == 0 {
		return "[]"
	}
	text, _ := json.Marshal(list) // texts and numbers only
	return string(text)
}

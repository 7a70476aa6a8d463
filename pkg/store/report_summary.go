package store

import (
	"context"
	"encoding/json"
	"fmt"

	"ocenaurzedu.eu/pkg/survey"
)

// ReportSummary is an archived report without its documents.
type ReportSummary struct {
	Number  int
	Summary json.RawMessage // stats.Summary
}

// NestedReports returns the archived reports whose period lies within a filter's, or the other way round, and those that lie
// within one of the latter, oldest first: those from which and this one somebody could subtract.
func (s *Scope) NestedReports(ctx context.Context, f survey.Filter) ([]ReportSummary, error) {
	var reports []ReportSummary
	err := s.list(ctx, &reports, `
		SELECT number, summary
		FROM reports
		WHERE tenant_id = $1
		  AND ((filter ->> 'from')::date >= $2 AND (filter ->> 'to')::date <= $3
		    OR EXISTS (
		      SELECT 1
		      FROM reports AS larger
		      WHERE larger.tenant_id = $1
		        AND (larger.filter ->> 'from')::date <= LEAST($2, (reports.filter ->> 'from')::date)
		        AND (larger.filter ->> 'to')::date >= GREATEST($3, (reports.filter ->> 'to')::date)))
		ORDER BY number`, s.tenant, f.From, f.To)
	if err != nil {
		return nil, fmt.Errorf("nested reports: %w", err)
	}
	return reports, nil
}

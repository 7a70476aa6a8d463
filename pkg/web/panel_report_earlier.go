package web

import (
	"context"
	"encoding/json"
	"fmt"

	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// reportRules are an office's rules with the archived reports from which somebody could subtract what the filter chooses.
func (s *Server) reportRules(ctx context.Context, scope *store.Scope, office *store.OfficeRecord, filter survey.Filter) (stats.Rules, error) {
	rules := rulesOf(office)
	reports, err := scope.NestedReports(ctx, filter)
	if err != nil {
		return rules, err
	}
	for _, r := range reports {
		var kept archived
		if err := json.Unmarshal(r.Summary, &kept); err != nil {
			return rules, fmt.Errorf("report %d: %w", r.Number, err)
		}
		rules.Earlier = append(rules.Earlier, stats.Earlier{Number: r.Number, Summary: &kept.Summary, Crosses: kept.Document.Crosses})
	}
	return rules, nil
}

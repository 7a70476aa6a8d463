package web

import (
	"context"

	"ocenaurzedu.eu/pkg/report"
	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// ReportDocument makes the report of what the filter chooses, as a draft: it has no number and is not archived. It
// has the office's threshold and all that stands around the figures.
func (s *Server) ReportDocument(ctx context.Context, tenant *survey.Tenant, filter survey.Filter, by store.Actor) (*report.Document, error) {
	scope := s.Store.Scope(tenant.ID)
	office, err := scope.Office(ctx)
	if err != nil {
		return nil, err
	}
	points, err := scope.ServicePoints(ctx)
	if err != nil {
		return nil, err
	}
	if err := scope.CountDays(ctx); err != nil {
		return nil, err
	}
	results, err := scope.ResultsWithColumns(ctx, filter)
	if err != nil {
		return nil, err
	}
	rules, err := s.reportRules(ctx, scope, office, filter)
	if err != nil {
		return nil, err
	}
	d := &report.Document{Office: office.Office, Slug: tenant.Slug, ServicePoints: pointNames(points), GeneratedAt: by.At, GeneratedBy: by.Login,
		Summary: stats.Summarize(*results, filter, rules),
		Address: s.Site.Address(tenant.Slug), Sample: s.Demo || office.Office.Sample}
	for _, v := range d.Summary.Versions {
		for _, t := range results.Tallies {
			if t.Version.ID == v.ID {
				d.Questionnaires = append(d.Questionnaires, *t.Version)
			}
		}
	}
	return d, nil
}

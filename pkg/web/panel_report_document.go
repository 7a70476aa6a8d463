package web

import (
	"context"
	"errors"
	"slices"

	"ocenaurzedu.eu/pkg/report"
	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// fewestPeers is how many offices of a county a mean must be made of, this one included: of fewer, one that knows its own
// figure comes too near to that of another.
const fewestPeers = 4

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
	crest, err := scope.Crest(ctx)
	if err != nil && !errors.Is(err, survey.ErrNotFound) {
		return nil, err
	}
	d := &report.Document{Office: office.Office, Slug: tenant.Slug, ServicePoints: pointNames(points), GeneratedAt: by.At, GeneratedBy: by.Login,
		Summary: stats.Summarize(*results, filter, rules), Address: s.Site.Address(tenant.Slug), Sample: s.Demo || office.Office.Sample, Crest: crest}
	if d.Actions, err = s.documentActions(ctx, scope, d.Summary); err != nil {
		return nil, err
	}
	for _, v := range d.Summary.Versions {
		for _, t := range results.Tallies {
			if t.Version.ID == v.ID {
				d.Questionnaires = append(d.Questionnaires, *t.Version)
			}
		}
	}
	d.Crosses = defaultCrosses(results.Columns, d.Summary, rules, points)
	if d.Comparison, err = s.comparison(ctx, tenant, d.Summary); err != nil {
		return nil, err
	}
	d.Peers, err = s.peers(ctx, tenant, filter)
	return d, err
}

// defaultCrosses are the cross-tabs that every report has: the overall rating by channel, service point and each question
// about the respondent. One with a single column, or of which nothing may be told, is left out.
func defaultCrosses(columns []*survey.Columns, summary *stats.Summary, rules stats.Rules, points []store.ServicePoint) []stats.Cross {
	var overall *stats.Question
	by := []stats.Dimension{{Property: stats.PropertyChannel}, {Property: stats.PropertyPoint}}
	asked := map[string]bool{}
	for i := range summary.Questions {
		q := &summary.Questions[i]
		if overall == nil && q.Role == survey.RoleOverall && len(q.Items) == 1 {
			overall = q
		}
		if q.Profile && !asked[q.Key] && len(q.Items) == 1 {
			asked[q.Key] = true
			by = append(by, stats.Dimension{Question: q.Key})
		}
	}
	if overall == nil {
		return nil
	}
	around := stats.Around{Told: summary}
	for _, p := range points {
		around.Points = append(around.Points, stats.Place{ID: p.ID, Name: p.Name, Department: p.DepartmentID})
	}
	var crosses []stats.Cross
	for _, column := range by {
		cross, err := stats.CrossTab(columns, stats.Dimension{Question: overall.Key}, column, rules, around)
		if err != nil || cross.Withheld || len(cross.Columns) < 2 {
			continue // a question without values to tabulate, or with nothing to compare
		}
		crosses = append(crosses, *cross)
	}
	stats.ProtectTogether(crosses)
	return slices.DeleteFunc(crosses, func(c stats.Cross) bool { return c.Withheld })
}

// comparison sets a summary beside the last archived report of the same channels and service points that ends before it
// begins, or else beside the same period a year earlier; nil: there is neither.
func (s *Server) comparison(ctx context.Context, tenant *survey.Tenant, now *stats.Summary) (*stats.Comparison, error) {
	scope, filter := s.Store.Scope(tenant.ID), now.Filter
	archived, err := scope.ReportBefore(ctx, filter)
	if err == nil {
		before, err := s.thawWith(archived, nil)
		if err != nil {
			return nil, err
		}
		c := stats.Compare(before.Summary, now)
		c.Number = archived.Number
		return c, nil
	}
	if !errors.Is(err, survey.ErrNotFound) {
		return nil, err
	}
	filter.From, filter.To = filter.From.AddMonths(-12), filter.To.AddMonths(-12)
	if !filter.To.Before(now.Filter.From) { // longer than a year: the two would have answers in common
		return nil, nil
	}
	results, err := scope.Results(ctx, filter)
	if err != nil {
		return nil, err
	}
	before := stats.Summarize(*results, filter, stats.Rules{Threshold: now.Threshold})
	if before.N == 0 {
		return nil, nil
	}
	return stats.Compare(before, now), nil
}

// peers sets the office beside the offices of its county by their counts of the whole months of the filter's period; nil:
// it is in no county, it is a part of the office that is reported on, or too few offices have a figure.
func (s *Server) peers(ctx context.Context, tenant *survey.Tenant, filter survey.Filter) (*report.Peers, error) {
	directory := s.directory.Load()
	county := directory.counties[tenant.CountyID]
	first, last := filter.From.Add(-1).Month().AddMonths(1), filter.To.Add(1).Month().AddMonths(-1)
	if county == nil || !filter.All() || last.Before(first) {
		return nil, nil
	}
	summary, err := s.countySummary(ctx, county.ID, first, last)
	if err != nil || !summary.Mean.OK || summary.Mean.Offices < fewestPeers {
		return nil, err
	}
	for _, office := range summary.Offices {
		if office.TenantID == tenant.ID && office.Rating.OK {
			return &report.Peers{County: county.Name, Offices: summary.Mean.Offices, Mean: summary.Mean.Percent, Own: office.Percent}, nil
		}
	}
	return nil, nil
}

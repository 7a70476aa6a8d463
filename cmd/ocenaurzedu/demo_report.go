package main

import (
	"context"
	"slices"
	"time"

	"ocenaurzedu.eu/pkg/report"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// archiveDemoReports gives each office of the demo last year's report, as an office that keeps § 4 of the order
// would have one, dated 20 January of this year. An office that has any report already is left alone.
func (s *service) archiveDemoReports(ctx context.Context) error {
	d, err := s.store.Directory(ctx)
	if err != nil {
		return err
	}
	now := s.now()
	by := store.Actor{Login: "administrator", At: time.Date(now.Year(), time.January, 20, 10, 0, 0, 0, now.Location())}
	year := survey.Filter{From: survey.NewDay(now.Year()-1, time.January, 1), To: survey.NewDay(now.Year()-1, time.December, 31)}
	for i := range d.Tenants {
		t := &d.Tenants[i]
		scope := s.store.Scope(t.ID)
		reports, err := scope.Reports(ctx)
		if err != nil {
			return err
		}
		first, err := scope.FirstDay(ctx)
		if err != nil {
			return err
		}
		if len(reports) > 0 || first.IsZero() || year.To.Before(first) {
			continue
		}
		by.Login = "administrator@" + t.Slug + ".example"
		if _, err := s.server.ArchiveReport(ctx, t, year, by); err != nil {
			return err
		}
	}
	return nil
}

// publishDemoResults lets the demo's first office publish last year's results, unless it ever published any.
func (s *service) publishDemoResults(ctx context.Context) error {
	d, err := s.store.Directory(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(d.Tenants, func(t survey.Tenant) bool { return t.Slug == demoOffice })
	if i < 0 {
		return nil
	}
	t, now := &d.Tenants[i], s.now()
	published, err := s.store.Scope(t.ID).Publications(ctx)
	if err != nil || len(published) > 0 {
		return err
	}
	year := survey.Filter{From: survey.NewDay(now.Year()-1, time.January, 1), To: survey.NewDay(now.Year()-1, time.December, 31)}
	by := store.Actor{Login: "administrator@" + t.Slug + ".example", At: now}
	r, err := s.server.ArchiveReport(ctx, t, year, by)
	if err != nil || r.N < report.PublicDefault {
		return err
	}
	rules := report.PublicRules{Threshold: report.PublicDefault, Breakdown: report.BreakdownChannel, Remarks: true, Licence: report.Licences()[0].Key}
	return s.server.PublishReport(ctx, t, r.ID, rules, by)
}

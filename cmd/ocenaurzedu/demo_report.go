package main

import (
	"context"
	"time"

	"ocenaurzedu.eu/pkg/report"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// archiveDemoReports gives each office of the demo last year's report, as an office that keeps § 4 of the order
// would have one, dated 20 January of this year. Osielsko publishes it. An office that has any report already is left alone.
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
		made, err := s.server.ArchiveReport(ctx, t, year, by)
		if err != nil {
			return err
		}
		if t.Slug != demoOffice {
			continue
		}
		rules := report.PublicRules{Threshold: report.PublicDefault, Breakdown: report.BreakdownChannel, Remarks: true, Licence: report.Licences()[0].Key}
		if err := s.server.PublishReport(ctx, t, made.ID, rules, by); err != nil {
			return err
		}
	}
	return nil
}

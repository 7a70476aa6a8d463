package web

import (
	"errors"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/report"
	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// homePage is what an office sees first: this year in figures, the report's due date, the order's functions.
type homePage struct {
	page
	Year    int
	Summary *stats.Summary    // of this year so far
	Last    *store.ReportInfo // nil: no report yet
	dutyView
	Published *survey.Version // nil: none
}

func (s *Server) showHome(c *fiber.Ctx) error {
	ctx, scope, today := c.UserContext(), s.scopeOf(c), s.today()
	if sessionOf(c).Role == store.RoleAnalyst {
		return c.Redirect("/panel/powiat", fiber.StatusSeeOther)
	}
	filter := survey.Filter{From: survey.NewDay(today.Year(), 1, 1), To: today}
	if err := scope.CountDays(ctx); err != nil {
		return err
	}
	results, err := scope.Results(ctx, filter)
	if err != nil {
		return err
	}
	office, err := scope.Office(ctx)
	if err != nil {
		return err
	}
	p := homePage{page: s.page(c), Year: today.Year(), Summary: stats.Summarize(*results, filter, rulesOf(office))}
	published, err := s.publishedOf(c)
	if err != nil && !errors.Is(err, survey.ErrNotFound) {
		return err
	}
	if published != nil {
		p.Published = published.version
	}
	if p.dutyView, err = s.dutyOf(c); err != nil {
		return err
	}
	last, _, err := scope.FindReports(ctx, store.ReportQuery{Limit: 1})
	if err != nil {
		return err
	}
	if len(last) > 0 {
		p.Last = &last[0]
	}
	return c.Render("panel/home", &p)
}

// SuspectDays tells the days of the year that look stuffed, and SuspectsTotals the totals with and without them.
func (p *homePage) SuspectDays() []string {
	if p.Summary.Suspects == nil {
		return nil
	}
	return report.SuspectDays(p.Summary.Suspects.Days)
}

// SuspectsTotals sets the totals with these days beside those without.
func (p *homePage) SuspectsTotals() string {
	return (&report.Document{Summary: p.Summary}).SuspectsTotals()
}

package web

import (
	"errors"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/report"
	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// reportEveryMonths is how often the order asks for a report: at least once a year (§ 4).
const reportEveryMonths = 12

// homePage is what an office sees first: this year in figures, the report's due date, the order's functions.
type homePage struct {
	page
	Year      int
	Summary   *stats.Summary    // of this year so far
	Last      *store.ReportInfo // nil: no report yet
	LastDay   survey.Day
	Due       survey.Day // none: no version published yet
	Overdue   bool
	DaysLeft  int
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
	if err := p.readDue(c, s); err != nil {
		return err
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

// readDue works out when the next report is due: a year after the last one, or after the first publication.
func (p *homePage) readDue(c *fiber.Ctx, s *Server) error {
	reports, err := s.scopeOf(c).Reports(c.UserContext())
	if err != nil {
		return err
	}
	if len(reports) > 0 {
		p.Last = &reports[0]
	}
	switch {
	case p.Last != nil:
		p.LastDay = survey.DayOf(p.Last.GeneratedAt.In(s.Now().Location()))
		p.Due = p.LastDay.AddMonths(reportEveryMonths)
	case p.Published != nil:
		versions, err := s.scopeOf(c).Versions(c.UserContext())
		if err != nil {
			return err
		}
		first := versions[len(versions)-1]
		p.Due = survey.DayOf(first.PublishedAt.In(s.Now().Location())).AddMonths(reportEveryMonths)
	default:
		return nil
	}
	p.DaysLeft = p.Due.Sub(s.today())
	p.Overdue = p.DaysLeft < 0
	return nil
}

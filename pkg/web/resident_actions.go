package web

import (
	"fmt"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// publicActionsPage is "Państwa głos – nasze działania": what the office publishes of what it did about the answers.
type publicActionsPage struct {
	page
	Actions []store.PublicAction
}

var (
	monthsEN = [...]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}
	monthsUK = [...]string{"січня", "лютого", "березня", "квітня", "травня", "червня", "липня", "серпня", "вересня", "жовтня", "листопада", "грудня"}
)

// Day writes a day in the page's language: 7 marca 2026, 7 March 2026, 7 березня 2026.
func (p publicActionsPage) Day(d survey.Day) string {
	y, m, day := d.Time().Date()
	switch p.Lang {
	case survey.English:
		return fmt.Sprint(day, hardSpace, monthsEN[m-1], hardSpace, y)
	case survey.Ukrainian:
		return fmt.Sprint(day, hardSpace, monthsUK[m-1], hardSpace, y)
	}
	return dayPL(d)
}

// showPublicActions draws them out of memory, so that they can be read while the database is away.
func (s *Server) showPublicActions(c *fiber.Ctx) error {
	published, err := s.publishedOf(c)
	if err != nil {
		return err
	}
	return c.Render("resident/actions", publicActionsPage{s.page(c), published.actions})
}

// publishes reports whether there are actions and results that everybody may read, as far as it is in memory: an error
// page must not ask a database that is away.
func (s *Server) publishes(c *fiber.Ctx) (actions, results bool) {
	cached, _ := s.published.byTenant.Load(tenantOf(c).ID)
	known, _ := cached.(*published)
	return known != nil && len(known.actions) > 0, known != nil && known.results
}

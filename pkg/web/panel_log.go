package web

import (
	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/store"
)

// logPage is the office's audit log.
type logPage struct {
	page
	Events []store.LoggedEvent
}

// logLength is how many events the log's page shows.
const logLength = 200

func (s *Server) showLog(c *fiber.Ctx) error {
	events, err := s.scopeOf(c).Events(c.UserContext(), logLength)
	if err != nil {
		return err
	}
	for i := range events {
		events[i].At = events[i].At.In(s.Now().Location())
	}
	return c.Render("panel/log", logPage{s.page(c), events})
}

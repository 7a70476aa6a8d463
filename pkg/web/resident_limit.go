package web

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/guard"
)

// allowSurvey holds back who sends too many answers to one questionnaire. Only what would be stored counts: a
// form to be mended costs an honest resident nothing.
func (s *Server) allowSurvey(c *fiber.Ctx, f *filled) error {
	ctx := c.UserContext()
	subject := tenantOf(c).Slug + "/" + f.version.Questionnaire.Key + "/" + s.Guard.Address(ctx, s.address(c))
	verdict, err := s.Guard.Allow(ctx, guard.Check{Limit: limitSurvey, Subject: subject})
	if err != nil {
		return err
	}
	result := "allowed"
	switch {
	case !verdict.Allowed:
		result = "refused"
	case verdict.Fallback:
		result = "allowed_without_redis"
	}
	s.metrics.limits.WithLabelValues(limitSurvey.Name, result).Inc()
	if !verdict.Allowed {
		return &limitError{int(verdict.RetryAfter/time.Second) + 1}
	}
	return nil
}

package web

import (
	"errors"
	"time"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/guard"
)

// The ladder for answers to one questionnaire from one address. Whoever is over the first limit, or whose office is over
// its ceiling, is asked for work by the page, and may send after it. A browser without script can't do it and has a
// smaller bucket instead. Beyond these it is 429.
//
// They are made for residents who share an address (a school, a block's line, a mobile network): 200 within an hour pass
// without work, and 200 at once pass with it, or all without script.
var (
	limitSurvey = guard.Limit{Name: "survey", Burst: 120, Per: 15 * time.Second}
	limitPlain  = guard.Limit{Name: "survey-plain", Burst: 100, Per: time.Minute}
	limitWork   = guard.Limit{Name: "survey-work", Burst: 600, Per: 5 * time.Second}
)

// limitTenant is an office's ceiling, of all addresses together. A large city on the day of a campaign is far below it.
// Nobody is refused beyond it who does the work, so that a flood of one office leaves the others their database.
var limitTenant = guard.Limit{Name: "survey-tenant", Burst: 5000, Per: time.Second}

// limitKiosk is a device's own, whoever else sends from its address: a desk where one person follows another is far below
// it, and what a day without a network has kept, 500 answers at most, is sent in less than an hour.
var limitKiosk = guard.Limit{Name: "kiosk", Burst: 60, Per: 5 * time.Second}

// allowSurvey holds back who sends too many answers to one questionnaire. Only what would be stored counts: a
// form to be mended costs an honest resident nothing. Its errors are *limitError, *workError and faults of ours.
func (s *Server) allowSurvey(c *fiber.Ctx, f *filled) error {
	if f.device != nil {
		return s.count(c, "refused", guard.Check{Limit: limitKiosk, Subject: kioskSubject(c, f.device)}, guard.Check{Limit: limitTenant, Subject: tenantOf(c).Slug})
	}
	subject := tenantOf(c).Slug + "/" + f.version.Questionnaire.Key + "/" + s.Guard.Address(c.UserContext(), s.address(c))
	fault := s.checkWork(c, f)
	if fault == nil {
		return s.count(c, "refused", guard.Check{Limit: limitWork, Subject: subject})
	}
	next := "work"
	if f.plain() {
		next = "plain"
	}
	err := s.count(c, next, guard.Check{Limit: limitSurvey, Subject: subject}, guard.Check{Limit: limitTenant, Subject: tenantOf(c).Slug})
	var over *limitError
	switch {
	case !errors.As(err, &over):
		return err
	case f.plain():
		return s.count(c, "refused", guard.Check{Limit: limitPlain, Subject: subject})
	}
	done, err := s.Guard.Look(c.UserContext(), guard.Check{Limit: limitWork, Subject: subject})
	if err != nil {
		return err
	}
	if !done.Allowed { // work would be for nothing
		s.metrics.limits.WithLabelValues(limitWork.Name, "refused").Inc()
		return limitErrorOf(done)
	}
	again := !errors.Is(fault, errNoWork)
	return &workError{seconds: over.seconds, tries: triesAfter(limitWork.Burst - 1 - done.Left), again: again}
}

// count counts an answer by all checks, or by none, and tells the metrics of each.
func (s *Server) count(c *fiber.Ctx, refused string, checks ...guard.Check) error {
	verdict, err := s.Guard.Allow(c.UserContext(), checks...)
	if err != nil {
		return err
	}
	away := ""
	if verdict.Fallback {
		away = "_without_redis"
	}
	if !verdict.Allowed {
		s.metrics.limits.WithLabelValues(verdict.Refused, refused+away).Inc()
		return limitErrorOf(verdict)
	}
	for _, check := range checks {
		s.metrics.limits.WithLabelValues(check.Limit.Name, "allowed"+away).Inc()
	}
	return nil
}

// limitErrorOf tells how long to wait, in whole seconds.
func limitErrorOf(v guard.Verdict) *limitError { return &limitError{int(v.RetryAfter/time.Second) + 1} }

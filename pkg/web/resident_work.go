package web

import (
	"errors"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/guard"
)

// Form fields of work, and of a browser that can do none: it sends fieldPlain from inside <noscript>.
const (
	fieldWork   = "_work"   // the challenge
	fieldSolved = "_solved" // its solution
	fieldPlain  = "_plain"
)

// baseTries is how many hashes each of the 16 parts of work takes at first. work-worker.js makes 2,000,000 hashes a second on
// a server and, by the usual ratio of their browsers, some 400,000 on a phone of the middle of the market, which needs 1.3 s
// then; one that is three times as slow needs 4 s.
const baseTries = 32_000

// triesAfter is how hard work is for an address of which so many answers were let through by work lately: up to three
// times as hard as at first, so that even a slow phone needs no more than some ten seconds.
func triesAfter(done int) int {
	switch {
	case done >= limitWork.Burst/2:
		return 3 * baseTries
	case done >= limitWork.Burst/6:
		return 2 * baseTries
	}
	return baseTries
}

// workError asks for work before an answer is taken.
type workError struct {
	seconds int  // after which it would be taken without
	tries   int  // of each part
	again   bool // some was done, but it is out of date or wrong
}

func (e *workError) Error() string { return "work asked for" }

// errNoWork reports that a form carries no solution.
var errNoWork = errors.New("no work done")

// workView is work as the page carries it.
type workView struct {
	guard.Work
	Again bool
}

// solvedView is work that a form brought along: whatever else keeps it from being stored, the work is not done twice.
type solvedView struct{ Challenge, Numbers string }

func (f *filled) solved() *solvedView {
	if numbers := f.values.Get(fieldSolved); numbers != "" {
		return &solvedView{f.values.Get(fieldWork), numbers}
	}
	return nil
}

// workSubject is what work is bound to. The form's key is stored once only, and so work is of single use: a form that
// is sent twice by mistake is still taken, and counts once.
func workSubject(c *fiber.Ctx, f *filled) string {
	return tenantOf(c).Slug + "/" + f.version.Questionnaire.Key + "/" + f.key
}

// checkWork returns nil for a form with the work done for it.
func (s *Server) checkWork(c *fiber.Ctx, f *filled) error {
	solution := f.values.Get(fieldSolved)
	if solution == "" {
		return errNoWork
	}
	err := guard.CheckWork(s.Secret, workSubject(c, f), f.values.Get(fieldWork), solution, s.Now())
	verdict := "solved"
	switch {
	case errors.Is(err, guard.ErrWorkExpired):
		verdict = "expired"
	case err != nil:
		verdict = "wrong"
	}
	s.metrics.limits.WithLabelValues(limitWork.Name, verdict).Inc()
	return err
}

// plain reports whether a form comes from a browser that does no work: it runs no script, or was asked and sent nothing.
func (f *filled) plain() bool {
	return f.values.Get(fieldSolved) == "" && (f.values.Get(fieldPlain) != "" || f.values.Get(fieldWork) != "")
}

// askWork puts work on the page. Its worker is the only one that a page of ours may start.
func (s *Server) askWork(c *fiber.Ctx, f *filled, p *surveyPage, asked *workError) {
	p.Work = &workView{guard.NewWork(s.Secret, workSubject(c, f), asked.tries, s.Now()), asked.again}
	c.Status(fiber.StatusTooManyRequests).Set(fiber.HeaderRetryAfter, strconv.Itoa(asked.seconds))
	c.Set(fiber.HeaderContentSecurityPolicy, contentPolicy+"worker-src 'self'; form-action 'self'; frame-ancestors 'none'")
}

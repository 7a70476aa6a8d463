package web

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/auth"
	"ocenaurzedu.eu/pkg/guard"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// Limits of log-in. The one of an account is per address too, so that an attacker elsewhere can't lock its
// owner out; the one of the address is for all accounts that are tried from there.
var (
	limitLogin   = guard.Limit{Name: "login", Burst: 10, Per: time.Minute}
	limitAddress = guard.Limit{Name: "login-address", Burst: 50, Per: 20 * time.Second}
	limitCode    = guard.Limit{Name: "code", Burst: 10, Per: time.Minute}
)

// loginPage asks for login and password.
type loginPage struct {
	page
	Typed string
	Wrong bool
}

func (s *Server) showLogin(c *fiber.Ctx) error {
	if session := sessionOf(c); session != nil && session.Stage == store.SessionFull {
		return c.Redirect("/panel", fiber.StatusSeeOther)
	}
	return c.Render("panel/login", loginPage{page: s.page(c)})
}

// logIn checks login and password and goes on to the second factor. It takes as long, and says the same, for
// an unknown login as for a wrong password.
func (s *Server) logIn(c *fiber.Ctx) error {
	ctx, login := c.UserContext(), strings.ToLower(strings.TrimSpace(c.FormValue("login")))
	if err := s.limitLogin(c, login); err != nil {
		return err
	}
	account, err := s.scopeOf(c).AccountByLogin(ctx, login)
	if errors.Is(err, survey.ErrNotFound) {
		account, err = new(store.Account), nil
	}
	if err != nil {
		return err
	}
	right, err := s.verify(ctx, account.PasswordHash, c.FormValue("password"))
	if err != nil {
		return err
	}
	if !right || account.Disabled {
		c.Status(fiber.StatusUnprocessableEntity)
		return c.Render("panel/login", loginPage{s.page(c), login, true})
	}
	token, hash := auth.NewToken()
	if err := s.scopeOf(c).StartSession(ctx, hash, account.ID, s.Now()); err != nil {
		return err
	}
	s.setCookie(c, token)
	return c.Redirect("/panel/logowanie/kod", fiber.StatusSeeOther)
}

// verify waits for a place among the few passwords that are computed at once.
func (s *Server) verify(ctx context.Context, encoded, password string) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	right, err := s.Hasher.Verify(ctx, encoded, password)
	if errors.Is(err, context.DeadlineExceeded) {
		return false, survey.ErrUnavailable
	}
	return right, err
}

// limitLogin holds guessing back, by address and by account; while Redis is away nobody logs in.
func (s *Server) limitLogin(c *fiber.Ctx, login string) error {
	address := s.Guard.Address(c.UserContext(), s.address(c))
	if err := s.limit(c, limitAddress, address); err != nil {
		return err
	}
	return s.limit(c, limitLogin, tenantOf(c).Slug+"/"+login+"/"+address)
}

// limit is a limit of log-in. survey.ErrUnavailable while Redis is away.
func (s *Server) limit(c *fiber.Ctx, limit guard.Limit, subject string) error {
	verdict, err := s.Guard.AllowStrict(c.UserContext(), guard.Check{Limit: limit, Subject: subject})
	switch {
	case errors.Is(err, guard.ErrUnavailable):
		s.metrics.limits.WithLabelValues(limit.Name, "unavailable").Inc()
		return survey.ErrUnavailable
	case err != nil:
		return err
	case !verdict.Allowed:
		s.metrics.limits.WithLabelValues(limit.Name, "refused").Inc()
		return &limitError{int(verdict.RetryAfter/time.Second) + 1}
	}
	s.metrics.limits.WithLabelValues(limit.Name, "allowed").Inc()
	return nil
}

// codePage asks for the second factor.
type codePage struct {
	page
	Wrong bool
}

func (s *Server) showCode(c *fiber.Ctx) error {
	if sessionOf(c).Stage == store.SessionFull {
		return c.Redirect("/panel", fiber.StatusSeeOther)
	}
	return c.Render("panel/code", codePage{page: s.page(c)})
}

// checkCode completes a log-in with a TOTP or recovery code, each good once, under a new session token.
func (s *Server) checkCode(c *fiber.Ctx) error {
	session := sessionOf(c)
	if err := s.limit(c, limitCode, tenantOf(c).Slug+"/"+session.Login); err != nil {
		return err
	}
	code := strings.TrimSpace(c.FormValue("code"))
	factor := store.SecondFactor{}
	step, ok := auth.CheckTOTP(session.TOTPSecret, code, s.Now())
	if factor.Step = step; !ok {
		factor.Recovery = auth.HashRecoveryCode(code)
	}
	token, hash := auth.NewToken()
	err := s.scopeOf(c).FinishSession(c.UserContext(), session.token, hash, session.ID, factor, s.Now())
	if errors.Is(err, survey.ErrNotFound) {
		c.Status(fiber.StatusUnprocessableEntity)
		return c.Render("panel/code", codePage{s.page(c), true})
	}
	if err != nil {
		return err
	}
	s.setCookie(c, token)
	return c.Redirect("/panel", fiber.StatusSeeOther)
}

// logOut ends the session in the database and in the browser.
func (s *Server) logOut(c *fiber.Ctx) error {
	if err := s.scopeOf(c).EndSession(c.UserContext(), sessionOf(c).token); err != nil {
		return err
	}
	s.setCookie(c, "")
	return c.Redirect("/panel/logowanie", fiber.StatusSeeOther)
}

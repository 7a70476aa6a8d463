package web

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/auth"
	"ocenaurzedu.eu/pkg/guard"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// Limits of log-in: of an account from one address, of an address with all accounts that are tried from it, and of an
// account from everywhere. A browser in which the account has logged in before (see device) has a limit of its own in
// place of these, so that no attacker locks the owner out.
var (
	limitLogin   = guard.Limit{Name: "login", Burst: 10, Per: time.Minute}
	limitAddress = guard.Limit{Name: "login-address", Burst: 50, Per: 20 * time.Second}
	limitAccount = guard.Limit{Name: "login-account", Burst: 100, Per: 30 * time.Second}
	limitDevice  = guard.Limit{Name: "login-device", Burst: 20, Per: time.Minute}
	limitCode    = guard.Limit{Name: "code", Burst: 10, Per: time.Minute}
)

// loginPage asks for login and password.
type loginPage struct {
	page
	Typed string
	Wrong bool
	Next  string // the page that the session ran out on; "": none
}

// nextPage returns the page of the panel that a log-in was asked for on, or "". No other address is followed.
func nextPage(c *fiber.Ctx) string {
	next := c.Query("dalej")
	odd := func(r rune) bool { return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789-/", r) }
	if !strings.HasPrefix(next, "/panel/") || strings.Contains(next, "//") || strings.ContainsFunc(next, odd) {
		return ""
	}
	return next
}

// onward adds the page that a log-in was asked for on to an address of the log-in.
func onward(address, next string) string {
	if next == "" {
		return address
	}
	return address + "?dalej=" + url.QueryEscape(next)
}

func (s *Server) showLogin(c *fiber.Ctx) error {
	if session := sessionOf(c); session != nil && session.Stage == store.SessionFull {
		return c.Redirect(cmp.Or(nextPage(c), "/panel"), fiber.StatusSeeOther)
	}
	return c.Render("panel/login", loginPage{page: s.page(c), Next: nextPage(c)})
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
		return c.Render("panel/login", loginPage{s.page(c), login, true, nextPage(c)})
	}
	token, hash := auth.NewToken()
	if err := s.scopeOf(c).StartSession(ctx, hash, account.ID, s.Now()); err != nil {
		return err
	}
	s.setCookie(c, token)
	return c.Redirect(onward("/panel/logowanie/kod", nextPage(c)), fiber.StatusSeeOther)
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
	account := tenantOf(c).Slug + "/" + login
	if device := s.device(c, login); device != "" {
		return s.limit(c, guard.Check{Limit: limitDevice, Subject: account + "/" + device})
	}
	address := s.Guard.Address(c.UserContext(), s.address(c))
	return s.limit(c, guard.Check{Limit: limitAddress, Subject: address}, guard.Check{Limit: limitLogin, Subject: account + "/" + address},
		guard.Check{Limit: limitAccount, Subject: account})
}

// limit counts a step of log-in by all checks, or by none. survey.ErrUnavailable while Redis is away.
func (s *Server) limit(c *fiber.Ctx, checks ...guard.Check) error {
	verdict, err := s.Guard.AllowStrict(c.UserContext(), checks...)
	if err == nil && !verdict.Allowed {
		s.metrics.limits.WithLabelValues(verdict.Refused, "refused").Inc()
		return limitErrorOf(verdict)
	}
	result := "allowed"
	if errors.Is(err, guard.ErrUnavailable) {
		result, err = "unavailable", survey.ErrUnavailable
	}
	for _, check := range checks {
		s.metrics.limits.WithLabelValues(check.Limit.Name, result).Inc()
	}
	return err
}

// codePage asks for the second factor.
type codePage struct {
	page
	Wrong bool
	Next  string // see loginPage
}

func (s *Server) showCode(c *fiber.Ctx) error {
	if sessionOf(c).Stage == store.SessionFull {
		return c.Redirect(cmp.Or(nextPage(c), "/panel"), fiber.StatusSeeOther)
	}
	return c.Render("panel/code", codePage{page: s.page(c), Next: nextPage(c)})
}

// checkCode completes a log-in with a TOTP or recovery code, each good once, under a new session token.
func (s *Server) checkCode(c *fiber.Ctx) error {
	session := sessionOf(c)
	account := tenantOf(c).Slug + "/" + session.Login + "/" + s.device(c, session.Login) // strangers to it share one bucket
	if err := s.limit(c, guard.Check{Limit: limitCode, Subject: account}); err != nil {
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
		return c.Render("panel/code", codePage{s.page(c), true, nextPage(c)})
	}
	if err != nil {
		return err
	}
	s.setCookie(c, token)
	s.setDevice(c, session.Login)
	return c.Redirect(cmp.Or(nextPage(c), "/panel"), fiber.StatusSeeOther)
}

// logOut ends the session in the database and in the browser.
func (s *Server) logOut(c *fiber.Ctx) error {
	if err := s.scopeOf(c).EndSession(c.UserContext(), sessionOf(c).token); err != nil {
		return err
	}
	s.setCookie(c, "")
	return c.Redirect("/panel/logowanie", fiber.StatusSeeOther)
}

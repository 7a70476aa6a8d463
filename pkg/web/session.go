package web

import (
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/auth"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// session is the log-in that a request of the panel carries.
type session struct {
	*store.Session
	token []byte // hash of the cookie
}

// csrf returns a token for the session's forms.
func (s *session) csrf() string { return auth.CSRFToken(s.token) }

// sessionOf returns the request's session, or nil.
func sessionOf(c *fiber.Ctx) *session {
	session, _ := c.Locals(localSession).(*session) // nil on residents' pages
	return session
}

// actor returns who acts in the panel, now.
func (s *Server) actor(c *fiber.Ctx) store.Actor {
	return store.Actor{Login: sessionOf(c).Login, At: s.Now()}
}

// admit lets a request through to a route's handler if it is of the route's audience.
func (s *Server) admit(r Route) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if r.Method != fiber.MethodGet && !s.sameOrigin(c, r.Audience == Anyone) {
			return fiber.NewError(fiber.StatusForbidden, "Żądanie przyszło z innej strony. Prosimy otworzyć formularz jeszcze raz.")
		}
		if r.Audience == Anyone {
			return c.Next()
		}
		if err := s.readSession(c); err != nil {
			return err
		}
		session := sessionOf(c)
		switch {
		case r.Audience == LoggedOut:
			return c.Next()
		case session == nil && r.Method == fiber.MethodGet && strings.HasPrefix(c.Path(), typingPath+"/"):
			return c.Redirect(onward("/panel/logowanie", c.Path()), fiber.StatusSeeOther) // back to the paper that lies on the desk
		case session == nil:
			return c.Redirect("/panel/logowanie", fiber.StatusSeeOther)
		case r.Audience == HalfIn:
			// either stage may see the second step and log out
		case session.Stage != store.SessionFull:
			return c.Redirect("/panel/logowanie/kod", fiber.StatusSeeOther)
		case !slices.Contains(r.Audience.roles(), session.Role):
			return errForbidden
		}
		if r.Method != fiber.MethodGet && !auth.CheckCSRF(session.token, c.FormValue("_csrf")) {
			return fiber.NewError(fiber.StatusForbidden, "Formularz stracił ważność. Prosimy wrócić, odświeżyć stronę i wysłać go jeszcze raz.")
		}
		return c.Next()
	}
}

// sameOrigin reports whether an unsafe request comes from our own page of the same host: sibling subdomains
// are the same site, so SameSite cookies alone don't tell. Residents' forms may come from a browser that sends
// neither header; the panel's may not.
func (s *Server) sameOrigin(c *fiber.Ctx, lenient bool) bool {
	switch site := c.Get("Sec-Fetch-Site"); site {
	case "same-origin", "none":
		return true
	case "":
	default:
		return false
	}
	origin := c.Get(fiber.HeaderOrigin)
	if origin == "" {
		return lenient
	}
	u, err := url.Parse(origin)
	return err == nil && s.label(u.Host) == tenantOf(c).Slug && u.Scheme == s.Site.Scheme
}

// cookieName is bound to the host by its prefix where there is TLS; plain http on *.localhost is the demo's.
func (s *Server) cookieName() string {
	if s.Site.Secure() {
		return "__Host-panel"
	}
	return "panel"
}

// setCookie hands a session's token to the browser; "" takes it away.
func (s *Server) setCookie(c *fiber.Ctx, token string) {
	cookie := fiber.Cookie{Name: s.cookieName(), Value: token, Path: "/", HTTPOnly: true, Secure: s.Site.Secure(),
		SameSite: fiber.CookieSameSiteStrictMode, SessionOnly: true}
	if token == "" {
		cookie.SessionOnly, cookie.Expires = false, time.Unix(0, 0)
	}
	c.Cookie(&cookie)
}

// readSession finds the session of the request's cookie, if it has a live one.
func (s *Server) readSession(c *fiber.Ctx) error {
	cookie := c.Cookies(s.cookieName())
	if cookie == "" {
		return nil
	}
	token := auth.HashToken(cookie)
	found, err := s.scopeOf(c).Session(c.UserContext(), token, s.Now())
	if errors.Is(err, survey.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	c.Locals(localSession, &session{found, token})
	return nil
}

package web

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/auth"
)

// deviceLife is how long a browser is known after an account has logged in with it.
const deviceLife = 90 * 24 * time.Hour

// deviceName is the name of the cookie by which a browser is known; no address is kept for it anywhere.
func (s *Server) deviceName() string { return s.cookieName() + "-device" }

// device names a browser in which the account has logged in before, or returns "".
func (s *Server) device(c *fiber.Ctx, login string) string {
	device, ok := auth.CheckDeviceToken(s.Secret, tenantOf(c).ID, login, c.Cookies(s.deviceName()), s.Now())
	if !ok {
		return ""
	}
	return device
}

// setDevice makes a browser known to an account that has just logged in with password and code.
func (s *Server) setDevice(c *fiber.Ctx, login string) {
	c.Cookie(&fiber.Cookie{Name: s.deviceName(), Value: auth.NewDeviceToken(s.Secret, tenantOf(c).ID, login, s.Now().Add(deviceLife)), Path: "/",
		MaxAge: int(deviceLife / time.Second), HTTPOnly: true, Secure: s.Site.Secure(), SameSite: fiber.CookieSameSiteStrictMode})
}

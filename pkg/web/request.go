package web

import (
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"
)

const localRequest = "request"

// observe gives each request an id, counts it, and writes its line of the log: route template, status, time
// taken, tenant and id. No address, user agent, path or query is ever logged.
func (s *Server) observe(c *fiber.Ctx) error {
	start := time.Now()
	c.Locals(localRequest, strconv.FormatUint(rand.Uint64()|1<<63, 16))
	err := c.Next()
	if err != nil {
		if drawErr := s.app.ErrorHandler(c, err); drawErr != nil {
			s.Log.Error("error page failed", "request", requestID(c), "err", drawErr)
			_ = c.SendStatus(fiber.StatusInternalServerError) // nothing better can be sent
		}
	}
	taken, route, status := time.Since(start), routeOf(c), c.Response().StatusCode()
	tenant := ""
	if t := tenantOf(c); t != nil {
		tenant = t.Slug
	}
	s.metrics.request(c.Method(), route, status, taken)
	s.Log.LogAttrs(c.UserContext(), slog.LevelInfo, "request", slog.String("method", c.Method()), slog.String("route", route), slog.Int("status", status),
		slog.Float64("ms", float64(taken.Microseconds())/1000), slog.String("tenant", tenant), slog.String("request", requestID(c)))
	return nil
}

// routeOf returns the route's template; what matched none is told as "other", so that the log and the
// metrics can't be filled with made-up paths.
func routeOf(c *fiber.Ctx) string {
	if path := c.Route().Path; path != "/" || c.Path() == "/" {
		return path
	}
	return "other"
}

func requestID(c *fiber.Ctx) string {
	id, _ := c.Locals(localRequest).(string) // "" before observe
	return id
}

// logPanic writes down a panic of a handler; the request becomes a 500 and the process goes on.
func (s *Server) logPanic(c *fiber.Ctx, e any) {
	s.Log.Error("panic", "route", routeOf(c), "request", requestID(c), "panic", e, "stack", string(debug.Stack()))
}

// contentPolicy is what holds for each page: nothing is loaded but our own styles, images and scripts.
const contentPolicy = "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; connect-src 'self'; font-src 'self'; base-uri 'none'; "

// setHeaders sets what every page carries: it may load nothing but our own styles, images and scripts, is
// framed nowhere, and tells other sites nothing.
func (s *Server) setHeaders(c *fiber.Ctx) error {
	c.Set(fiber.HeaderContentSecurityPolicy, contentPolicy+"form-action 'self'; frame-ancestors 'none'")
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	c.Set(fiber.HeaderReferrerPolicy, "same-origin")
	c.Set("Cross-Origin-Opener-Policy", "same-origin")
	c.Set("Cross-Origin-Resource-Policy", "same-origin")
	c.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
	c.Set(fiber.HeaderCacheControl, "no-store")
	if s.Site.Secure() {
		c.Set(fiber.HeaderStrictTransportSecurity, "max-age="+strconv.Itoa(2*365*24*3600))
	}
	return c.Next()
}

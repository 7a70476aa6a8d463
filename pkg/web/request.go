package web

import (
	"bytes"
	"math/rand/v2"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/valyala/fasthttp"
)

const localRequest = "request"

// observe gives each request an id, counts it, and writes its line of the log: route template, status, time
// taken, tenant and id. No address, user agent, path or query is ever logged.
func (s *Server) observe(c *fiber.Ctx) error {
	start := time.Now()
	c.Locals(localRequest, newRequestID())
	if c.Method() == fiber.MethodPost {
		defer s.uploads.leave(&c.Request().Header)
	}
	err := c.Next()
	if err != nil {
		if drawErr := s.app.ErrorHandler(c, err); drawErr != nil {
			s.Log.Error("error page failed", "request", requestID(c), "err", drawErr)
			_ = c.SendStatus(fiber.StatusInternalServerError) // nothing better can be sent
		}
	}
	tenant := ""
	if t := tenantOf(c); t != nil {
		tenant = t.Slug
	}
	labels := requestLabels{c.Method(), routeOf(c), c.Response().StatusCode()}
	s.record(labels, s.metrics.observer(labels), start, tenant, requestID(c))
	return nil
}

// newRequestID makes a request's id: 16 digits.
func newRequestID() string { return strconv.FormatUint(rand.Uint64()|1<<63, 16) }

// record counts a request that was answered, and writes its line. The line is put together here, as slog takes several
// times as long; nothing in it needs escaping: methods, templates of routes and slugs are ours.
func (s *Server) record(labels requestLabels, counted prometheus.Observer, start time.Time, tenant, id string) {
	taken := time.Since(start)
	counted.Observe(taken.Seconds())
	if s.Requests == nil {
		return
	}
	kept, _ := s.lines.Get().(*[]byte)
	if kept == nil {
		kept = new([]byte)
	}
	line := append((*kept)[:0], `{"time":"`...)
	line = start.Add(taken).AppendFormat(line, time.RFC3339Nano)
	line = append(append(line, `","level":"INFO","msg":"request","method":"`...), labels.method...)
	line = append(append(line, `","route":"`...), labels.route...)
	line = strconv.AppendInt(append(line, `","status":`...), int64(labels.status), 10)
	line = strconv.AppendFloat(append(line, `,"ms":`...), float64(taken.Microseconds())/1000, 'f', -1, 64)
	line = append(append(line, `,"tenant":"`...), tenant...)
	line = append(append(append(line, `","request":"`...), id...), "\"}\n"...)
	_, _ = s.Requests.Write(line) // there is nowhere to tell it
	*kept = line
	s.lines.Put(kept)
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
	s.addHeaders(&c.Response().Header)
	return c.Next()
}

func (s *Server) addHeaders(h *fasthttp.ResponseHeader) {
	h.Set(fiber.HeaderContentSecurityPolicy, contentPolicy+"form-action 'self'; frame-ancestors 'none'")
	h.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	h.Set(fiber.HeaderReferrerPolicy, "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
	h.Set(fiber.HeaderCacheControl, "no-store")
	if s.Site.Secure() {
		h.Set(fiber.HeaderStrictTransportSecurity, "max-age="+strconv.Itoa(2*365*24*3600))
	}
}

// headers is what the raw head of a request tells.
type headers struct {
	hosts     int  // how often Host stands there
	forwarded bool // X-Forwarded-Host stands there
	encoded   bool // Content-Encoding does
	accepted  bool // Accept-Encoding does
}

func headersOf(r *fasthttp.Request) (h headers) {
	for raw := r.Header.RawHeaders(); len(raw) > 0; {
		line := raw
		if end := bytes.IndexByte(raw, '\n'); end >= 0 {
			line, raw = raw[:end], raw[end+1:]
		} else {
			raw = nil
		}
		name, _, ok := bytes.Cut(line, []byte(":"))
		if !ok {
			continue
		}
		switch name = bytes.TrimSpace(name); len(name) {
		case len(fiber.HeaderHost):
			if bytes.EqualFold(name, []byte(fiber.HeaderHost)) {
				h.hosts++
			}
		case len(fiber.HeaderAcceptEncoding):
			h.accepted = h.accepted || bytes.EqualFold(name, []byte(fiber.HeaderAcceptEncoding))
		case len(fiber.HeaderContentEncoding): // and as many X-Forwarded-Host has
			h.encoded = h.encoded || bytes.EqualFold(name, []byte(fiber.HeaderContentEncoding))
			h.forwarded = h.forwarded || bytes.EqualFold(name, []byte(fiber.HeaderXForwardedHost))
		}
	}
	return h
}

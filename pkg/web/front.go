package web

import (
	"runtime/debug"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/utils"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/valyala/fasthttp"
)

// front stands before the framework. Nearly all requests ask for an office's form, in a way of which nothing needs to be
// decided: to these it answers with the form that the chain has put on the office's seat. Everything else goes on to the
// chain, where all rules are; what both have to do is done by the same functions.
type front struct {
	*Server
	labels        requestLabels
	counted       prometheus.Observer
	plain, packed fasthttp.ResponseHeader // of a form
}

// front returns a handler that answers what it can, and hands the rest to the chain.
func (s *Server) front(chain fasthttp.RequestHandler) fasthttp.RequestHandler {
	f := &front{Server: s, labels: requestLabels{get, "/", fiber.StatusOK}}
	f.counted = s.metrics.observer(f.labels)
	for _, packed := range []bool{false, true} {
		h := map[bool]*fasthttp.ResponseHeader{false: &f.plain, true: &f.packed}[packed]
		s.addHeaders(h)
		formHeaders(h, packed)
	}
	return func(c *fasthttp.RequestCtx) {
		if !f.answer(c) {
			chain(c)
		}
	}
}

// answer reports whether it has answered. A panic here costs the short cut alone.
func (f *front) answer(c *fasthttp.RequestCtx) (done bool) {
	defer func() {
		if e := recover(); e != nil {
			f.Log.Error("panic", "route", f.labels.route, "panic", e, "stack", string(debug.Stack()))
			c.Response.Reset()
			done = false
		}
	}()
	r := &c.Request
	if !r.Header.IsGet() || string(r.Header.RequestURI()) != "/" || len(r.Body()) > 0 {
		return false
	}
	head := headersOf(r)
	packed := head.accepted && r.Header.HasAcceptEncoding("gzip")
	if head.hosts != 1 || head.forwarded || head.encoded || head.accepted != packed {
		return false
	}
	slug := f.label(utils.UnsafeString(r.Header.Host())) // nobody keeps it
	at := f.directory.Load().bySlug[slug]
	if at == nil {
		return false
	}
	form := at.form.Load()
	if form == nil {
		return false
	}
	id := newRequestID()
	if packed {
		f.packed.CopyTo(&c.Response.Header)
	} else {
		f.plain.CopyTo(&c.Response.Header)
	}
	form.write(&c.Response, &f.keys, packed)
	f.record(f.labels, f.counted, c.Time(), slug, id)
	return true
}

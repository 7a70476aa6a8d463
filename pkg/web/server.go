// Package web is the service as a browser sees it: hosts, routes, handlers and pages. A handler parses,
// calls and answers; it returns errors, and one place draws them.
package web

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/compress"
	"github.com/gofiber/fiber/v2/middleware/recover"

	"ocenaurzedu.eu/pkg/auth"
	"ocenaurzedu.eu/pkg/guard"
	"ocenaurzedu.eu/pkg/intake"
	"ocenaurzedu.eu/pkg/mail"
	"ocenaurzedu.eu/pkg/scan"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// bodyLimit is how many bytes a form may have (promises: 64 KiB).
const bodyLimit = 64 << 10

// Site says where the service is reached. Absolute links are made of it and of the tenant's record, never of
// a request.
type Site struct {
	BaseDomain string // ocenaurzedu.eu; an office is at <slug>.<BaseDomain>
	Scheme     string // https, or http in the demo on *.localhost
	Port       string // "" for the scheme's own
	ListenPort string // of the listener: a Host may name it too, where no proxy stands before the service
}

// hasPort reports whether a Host may name a port.
func (s Site) hasPort(port string) bool {
	own := s.Port
	if own == "" {
		own = map[string]string{"http": "80", "https": "443"}[s.Scheme]
	}
	return port != "" && (port == own || port == s.ListenPort)
}

// Address returns the address of an office's host without a path: https://osielsko.ocenaurzedu.eu.
func (s Site) Address(slug string) string {
	address := s.Scheme + "://" + slug + "." + s.BaseDomain
	if s.Port != "" {
		address += ":" + s.Port
	}
	return address
}

// typed returns the address of an office as people type it: osielsko.ocenaurzedu.eu.
func (s Site) typed(slug string) string { return strings.TrimPrefix(s.Address(slug), s.Scheme+"://") }

// Secure reports whether cookies may ask for TLS.
func (s Site) Secure() bool { return s.Scheme == "https" }

// Options is all that the service is made of.
type Options struct {
	Store          *store.Store
	Intake         *intake.Intake
	Guard          *guard.Guard
	Hasher         *auth.Hasher
	Secret         []byte           // store.Secret
	Now            func() time.Time // the clock, in the offices' time zone
	Site           Site
	TrustedProxies []netip.Prefix
	Log            *slog.Logger
	Requests       io.Writer    // takes a line in JSON for each request, like those of Log; nil: there are none
	Library        fs.FS        // the questionnaires that we ship: *.yaml; nil: none
	Mail           *mail.Sender // nil: no mail is sent; the panel lists what would be
	ExportDir      string       // where files of exports lie for a day; "": in the system's temporary directory
	Demo           bool         // pages say that the data are samples
	Scans          *scan.Runner // works the queue of scans; nil: another process does
}

// Server serves all tenants.
type Server struct {
	Options
	directory atomic.Pointer[directory]
	published publishedCache
	forms     formCache
	keys      keySource // of fresh forms
	versions  sync.Map  // *survey.Version by tenant and id, see versionOf
	shapes    sync.Map  // *shape by hash, see shared
	views     *views
	metrics   *metrics
	library   func() ([]shipped, error) // read when it is first asked for
	importing sync.Mutex                // a file is read
	lines     sync.Pool                 // of *[]byte, see record
	draining  atomic.Bool
	exports   *exporter
	uploads   uploading
	readers   *places // of what offices publish
	prints    *places // of PDFs to be printed
	pictures  *places // of scanned pages
	app       *fiber.App
}

// New makes a server and reads the directory of offices once; a database that is away is no error: the
// service says that it is not ready and tries again.
func New(ctx context.Context, o Options) (*Server, error) {
	views, err := newViews()
	if err != nil {
		return nil, fmt.Errorf("templates: %w", err)
	}
	s := &Server{Options: o, views: views, metrics: newMetrics(o.Store), exports: newExporter(o.ExportDir),
		readers: newPlaces(readersAtOnce, readersWait), prints: newPlaces(printsAtOnce, printsWait), pictures: newPlaces(picturesAtOnce, picturesWait)}
	s.library = sync.OnceValues(func() ([]shipped, error) { return readLibrary(o.Library) })
	s.directory.Store(newDirectory(&store.Directory{}, &directory{}))
	if err := s.reload(ctx); err != nil {
		o.Log.Warn("directory not read", "err", err)
	}
	s.app = s.newApp()
	return s, nil
}

// newApp builds the public listener.
func (s *Server) newApp() *fiber.App {
	app := fiber.New(fiber.Config{
		AppName:               "ocenaurzedu",
		BodyLimit:             bodyLimit,
		DisableStartupMessage: true,
		ErrorHandler:          s.showError,
		IdleTimeout:           time.Minute,
		Immutable:             true, // strings of a request outlive it nowhere, whatever a handler keeps
		ReadBufferSize:        16 << 10,
		ReadTimeout:           10 * time.Second,
		ReduceMemoryUsage:     true, // connections that wait hold no buffers: those in use are few, and stay in the processor's cache
		ServerHeader:          "",
		StrictRouting:         true,
		Views:                 s.views,
		WriteTimeout:          60 * time.Second,
	})
	app.Server().HeaderReceived = s.limitOf
	app.Use(s.observe)
	app.Use(recover.New(recover.Config{EnableStackTrace: true, StackTraceHandler: s.logPanic}))
	app.Get("/healthz", s.showHealth)
	app.Get("/readyz", s.showReady)
	app.Use(s.resolveTenant, s.setHeaders, s.checkRequest, compress.New())
	for _, r := range s.routes() {
		app.Add(r.Method, r.Path, s.admit(r), r.handler)
		if r.Method == fiber.MethodGet {
			app.Add(fiber.MethodHead, r.Path, s.admit(r), r.handler)
		}
	}
	app.Use(func(*fiber.Ctx) error { return survey.ErrNotFound })
	app.Server().Handler = s.front(app.Server().Handler)
	return app
}

// App returns the public listener's application.
func (s *Server) App() *fiber.App { return s.app }

// KnowsOffices reports whether the directory of offices was ever read. Before that no host is known, and to say so
// would send residents away from an address that is right.
func (s *Server) KnowsOffices() bool { return s.directory.Load().generation > 0 }

// Drain makes /readyz answer 503, so that no new requests are sent here, and breaks exports off, which can be started
// again.
func (s *Server) Drain() {
	s.draining.Store(true)
	s.exports.end()
}

// Watch keeps the directory of offices fresh until ctx ends: by notification, by a reload after each
// reconnection, and once a minute.
func (s *Server) Watch(ctx context.Context) {
	changed := func() {
		if err := s.reload(ctx); err != nil && ctx.Err() == nil {
			s.Log.Warn("directory not read", "err", err)
		}
	}
	for ctx.Err() == nil {
		changed()
		if err := s.Store.WatchDirectory(ctx, changed); err != nil && ctx.Err() == nil {
			s.Log.Warn("directory not watched", "err", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
}

// showHealth says that the process runs.
func (s *Server) showHealth(c *fiber.Ctx) error { return c.SendString("ok\n") }

// showReady says whether requests may be sent here: not while shutting down or while the database is away.
// Without Redis surveys stay open, so it is not asked.
func (s *Server) showReady(c *fiber.Ctx) error {
	if s.draining.Load() {
		return c.Status(fiber.StatusServiceUnavailable).SendString("draining\n")
	}
	if err := s.Store.Ready(c.UserContext()); err != nil {
		return c.Status(fiber.StatusServiceUnavailable).SendString("database away\n")
	}
	return c.SendString("ready\n")
}

// today is the offices' calendar day.
func (s *Server) today() survey.Day { return survey.DayOf(s.Now()) }

// checkRequest refuses what no browser sends.
func (s *Server) checkRequest(c *fiber.Ctx) error {
	kind, _, _ := bytes.Cut(c.Request().Header.ContentType(), []byte(";"))
	if c.Method() == fiber.MethodPost && !bytes.EqualFold(bytes.TrimSpace(kind), []byte(fiber.MIMEApplicationForm)) && !isImport(c) && !isPiece(c.Path()) {
		return fiber.NewError(fiber.StatusUnsupportedMediaType, "Przyjmujemy tylko formularze z tej strony. Prosimy otworzyć stronę i wysłać formularz stąd.")
	}
	if len(c.Request().Header.ContentEncoding()) > 0 {
		return fiber.NewError(fiber.StatusUnsupportedMediaType, "Nie przyjmujemy skompresowanych żądań. Prosimy wysłać formularz bez kompresji.")
	}
	if headersOf(c.Request()).hosts > 1 {
		return fiber.NewError(fiber.StatusBadRequest, "Żądanie ma więcej niż jeden nagłówek Host.")
	}
	return c.Next()
}

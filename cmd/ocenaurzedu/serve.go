package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/redis/go-redis/v9"
	"github.com/valyala/fasthttp"

	"ocenaurzedu.eu/pkg/auth"
	"ocenaurzedu.eu/pkg/config"
	"ocenaurzedu.eu/pkg/guard"
	"ocenaurzedu.eu/pkg/intake"
	"ocenaurzedu.eu/pkg/mail"
	"ocenaurzedu.eu/pkg/raster"
	"ocenaurzedu.eu/pkg/scan"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
	"ocenaurzedu.eu/pkg/web"
	"ocenaurzedu.eu/tenants"
)

// Bounds of a shutdown. With the longest DRAIN_DELAY (10 s) they come to 24 s: an orchestrator kills after 25.
const (
	requestsEnd = 10 * time.Second // for requests under way
	intakeEnd   = 3 * time.Second  // for submissions in the queue
	adminEnd    = time.Second
)

// keysKept is how many days, besides the current one, a submission's key holds a second copy back (promises: 48 h).
const keysKept = 2

// serveCommand runs the service.
type serveCommand struct{}

// serveSettings reads what serve can't do without. A moved clock is for tests only, whatever the demo may do.
func serveSettings(p *program) (*config.Config, error) {
	cfg, err := p.settings("BASE_DOMAIN", "DATABASE_URL", "REDIS_URL")
	if err == nil && !cfg.FakeNow.IsZero() && cfg.Env != config.Test {
		err = &config.Error{Problems: []string{"APP_FAKE_NOW: serve takes it only with APP_ENV=test"}}
	}
	return cfg, err
}

// Run serves until SIGTERM or Ctrl-C, then lets what is under way end.
func (c *serveCommand) Run(p *program) error {
	cfg, err := serveSettings(p)
	if err != nil {
		return err
	}
	listener, err := listen(cfg)
	if err != nil {
		return err
	}
	s, err := newService(p.ctx, cfg, p.out)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	return s.run(p.ctx, listener)
}

// listen opens the public listener and notes its port, which the system chooses for port 0.
func listen(cfg *config.Config) (net.Listener, error) {
	listener, err := net.Listen("tcp", string(cfg.ListenAddr))
	if err != nil {
		return nil, fmt.Errorf("LISTEN_ADDR: %w", err)
	}
	cfg.ListenAddr = config.Address(listener.Addr().String())
	return listener, nil
}

// service is all that serves: serve runs it on the operator's servers, demo on its own.
type service struct {
	cfg    *config.Config
	log    *slog.Logger
	now    func() time.Time
	store  *store.Store
	redis  *redis.Client
	intake *intake.Intake
	server *web.Server
	reader *raster.Reader
	scans  *scan.Runner
	lines  *logWriter
	open   atomic.Bool // the secret of the database is known
}

// newService puts the parts together. It starts while database and Redis are away, and says it is not ready.
func newService(ctx context.Context, cfg *config.Config, logTo io.Writer) (*service, error) {
	s := &service{cfg: cfg, now: cfg.Clock(), lines: newLogWriter(logTo)}
	s.log = slog.New(slog.NewJSONHandler(s.lines, &slog.HandlerOptions{Level: cfg.LogLevel}))
	options, err := guard.Options(string(cfg.RedisURL))
	if err != nil {
		return nil, errors.New("REDIS_URL: want redis://host:port/number, rediss://… or unix:///path") // the error may show the password
	}
	if s.store, err = store.Open(store.Options{URL: string(cfg.DatabaseURL)}); err != nil {
		return nil, err
	}
	redis.SetLogger(redisLog{s.log})
	s.redis, s.intake = redis.NewClient(options), intake.New(s.store)
	o := web.Options{Store: s.store, Intake: s.intake, Guard: guard.New(s.redis, s.now), Hasher: auth.NewHasher(min(runtime.NumCPU(), 4)),
		Now: s.now, Site: siteOf(cfg), TrustedProxies: cfg.Proxies, Log: s.log, Demo: cfg.Env == config.Demo, ExportDir: cfg.ExportDir}
	if o.Mail, err = mailOf(cfg); err != nil {
		return nil, err
	}
	if s.reader, err = newScanReader(cfg.ScanCache, 1); err != nil {
		return nil, err
	}
	s.scans = scan.New(scan.Options{Store: s.store, Intake: s.intake, Secret: func() []byte { return s.server.Secret }, Now: s.now, Log: s.log, Read: scan.With(s.reader)})
	o.Scans = s.scans
	if cfg.LogLevel <= slog.LevelInfo {
		o.Requests = requestLines{s.lines}
	}
	if o.Library, err = fs.Sub(tenants.Files, "questionnaires"); err != nil {
		return nil, err
	}
	type read struct {
		secret []byte
		err    error
	}
	secret := make(chan read, 1)
	go func() { // while the offices are read
		got, err := s.store.Secret(ctx)
		secret <- read{got, err}
	}()
	if s.server, err = web.New(ctx, o); err != nil {
		return nil, errors.Join(err, s.close())
	}
	got := <-secret
	if got.err != nil {
		s.log.Warn("secret not read", "err", got.err)
	}
	s.server.Secret = got.secret // nobody reads it before the next line
	s.open.Store(got.err == nil)
	return s, nil
}

// run serves until ctx ends, or a listener fails.
func (s *service) run(ctx context.Context, listener net.Listener) error {
	defer s.lines.flush()
	adminListener, err := net.Listen("tcp", string(s.cfg.AdminAddr))
	if err != nil {
		return errors.Join(fmt.Errorf("ADMIN_ADDR: %w", err), listener.Close(), s.close())
	}
	public, admin := s.server.App(), s.server.Admin()
	public.Server().Handler = s.whenOpen(public.Server().Handler)
	public.Server().CloseOnShutdown = true
	background, cancel := context.WithCancel(context.WithoutCancel(ctx)) // goes on while requests end
	defer cancel()
	go s.watch(background)
	go s.dropKeys(background)
	duties, endDuties := context.WithCancel(background)
	defer endDuties()
	dutiesEnded := make(chan struct{})
	go func() {
		defer close(dutiesEnded)
		var all sync.WaitGroup
		all.Go(func() { s.keepDuties(duties) })
		all.Go(func() { s.readScans(duties) })
		all.Wait()
	}()
	go tuneMemory(background)
	failed := make(chan error, 2)
	go func() { failed <- public.Listener(listener) }()
	go func() { failed <- admin.Listener(adminListener) }()
	s.log.Info("listening", "address", listener.Addr().String(), "admin", adminListener.Addr().String())

	var broken error
	select {
	case broken = <-failed:
		broken = fmt.Errorf("listener ended: %w", broken)
	case <-ctx.Done():
	}
	endDuties()
	return errors.Join(broken, s.stop(public, admin, dutiesEnded))
}

// stop says that the service is going, takes no more connections, and lets what is under way end.
func (s *service) stop(public, admin *fiber.App, duties <-chan struct{}) error {
	s.log.Info("draining")
	delay := time.NewTimer(time.Duration(s.cfg.DrainDelay)) // exports end within it
	s.server.Drain()
	<-delay.C // so that whoever sends requests here sees it and sends them elsewhere
	patience := time.NewTimer(requestsEnd)
	errs := []error{public.ShutdownWithTimeout(requestsEnd)}
	select {
	case <-duties: // a mail that went is noted as sent: else another replica would send it too
	case <-patience.C:
	}
	errs = append(errs, s.close(), admin.ShutdownWithTimeout(adminEnd))
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("not everything ended in time: %w", err)
	}
	s.log.Info("stopped")
	return nil
}

// close commits what is queued and lets go of database and Redis.
func (s *service) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), intakeEnd)
	defer cancel()
	err := s.intake.Close(ctx)
	s.reader.Close()
	s.store.Close()
	return errors.Join(err, s.redis.Close())
}

// whenOpen keeps requests out until the secret is known, without which a submission that is sent twice would
// count twice, and the offices are. /healthz only asks whether the process runs.
func (s *service) whenOpen(next fasthttp.RequestHandler) fasthttp.RequestHandler {
	return func(c *fasthttp.RequestCtx) {
		if s.open.Load() && s.server.KnowsOffices() || string(c.Path()) == "/healthz" {
			next(c)
			return
		}
		c.Response.Header.Set(fiber.HeaderRetryAfter, "5")
		c.SetContentType(fiber.MIMETextPlainCharsetUTF8)
		c.SetStatusCode(fasthttp.StatusServiceUnavailable)
		c.SetBodyString("Chwilowa przerwa\nSerwis jest na chwilę niedostępny. Prosimy spróbować ponownie za kilka sekund.\n")
	}
}

// watch reads the secret once the database is there, lets requests in, and keeps the directory fresh.
func (s *service) watch(ctx context.Context) {
	for !s.open.Load() {
		secret, err := s.store.Secret(ctx)
		if err == nil {
			s.server.Secret = secret // nobody reads it before the next line
			s.open.Store(true)
			break
		}
		s.log.Debug("secret not read", "err", err)
		select {
		case <-ctx.Done():
			return
		case <-time.After(500 * time.Millisecond):
		}
	}
	s.server.Watch(ctx)
}

// dropKeys forgets old keys of submissions, and files of exports, once an hour.
func (s *service) dropKeys(ctx context.Context) {
	for ctx.Err() == nil {
		if err := s.server.SweepExports(); err != nil {
			s.log.Warn("old exports not deleted", "err", err)
		}
		dropped, err := s.store.DropKeys(ctx, survey.DayOf(s.now()).Add(-keysKept))
		switch {
		case err != nil:
			s.log.Warn("keys not dropped", "err", err)
		case dropped > 0:
			s.log.Info("keys dropped", "n", dropped)
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Hour):
		}
	}
}

// dutyRound is how often the service looks whether a report or a mail is due.
const dutyRound = time.Minute

// keepDuties makes reports of schedules and sends mail, while the service runs. Every replica does.
func (s *service) keepDuties(ctx context.Context) {
	for ctx.Err() == nil {
		if err := errors.Join(s.server.KeepDuties(ctx), s.server.SendMail(ctx)); err != nil && ctx.Err() == nil {
			s.log.Warn("duties not kept", "err", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(dutyRound):
		}
	}
}

// readScans works the queue of scans, once submissions can be stored.
func (s *service) readScans(ctx context.Context) {
	for !s.open.Load() {
		select {
		case <-ctx.Done():
			return
		case <-time.After(500 * time.Millisecond):
		}
	}
	s.scans.Run(ctx)
}

// mailOf makes the sender of SMTP_URL; without it there is none.
func mailOf(cfg *config.Config) (*mail.Sender, error) {
	if cfg.SMTPURL == "" {
		return nil, nil
	}
	sender, err := mail.New(string(cfg.SMTPURL), "Oceń Urząd", "nie-odpowiadaj@"+string(cfg.BaseDomain))
	if err != nil {
		return nil, fmt.Errorf("SMTP_URL: %w", err)
	}
	return sender, nil
}

// redisLog turns the Redis client's own messages into lines of our log.
type redisLog struct{ log *slog.Logger }

// Printf is what the client calls.
func (l redisLog) Printf(_ context.Context, format string, args ...any) {
	l.log.Warn("redis", "message", fmt.Sprintf(format, args...))
}

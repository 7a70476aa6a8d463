package web

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/auth"
	"ocenaurzedu.eu/pkg/guard"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// A kiosk is a device of the office: a tablet or a screen that shows /kiosk and nothing else. An administrator makes a code,
// which is typed on the device once and gives it a token. With script it asks a question a screen, forgets who went away,
// and keeps answers while the network is away (kiosk.js, kiosk-line.js, kiosk-sw.js); without, it has the residents' form.

const (
	kioskPath   = "/kiosk"
	localDevice = "device"
	kioskLife   = 400 * 24 * time.Hour // of its cookie, which each visit makes new; browsers keep none for longer
)

// Limits of pairing: of an address, and of an office, so that its codes of 40 bits can't be tried from many addresses either.
var (
	limitPairing       = guard.Limit{Name: "kiosk-pairing", Burst: 10, Per: time.Minute}
	limitPairingOffice = guard.Limit{Name: "kiosk-pairing-office", Burst: 100, Per: 10 * time.Second}
	limitNote          = guard.Limit{Name: "kiosk-note", Burst: 30, Per: 10 * time.Second} // a device tells of itself once a minute
)

// deviceOf returns the kiosk that a request comes from, or nil.
func deviceOf(c *fiber.Ctx) *store.Device {
	device, _ := c.Locals(localDevice).(*store.Device) // nil on all other pages
	return device
}

// kioskSubject names a device for limits.
func kioskSubject(c *fiber.Ctx, d *store.Device) string {
	return tenantOf(c).Slug + "/" + strconv.FormatInt(d.ID, 10)
}

// pointOf is a kiosk's service point.
func pointOf(d *store.Device) *store.ServicePoint {
	return &store.ServicePoint{ID: d.ServicePoint, Name: d.PointName}
}

// kioskCookie is bound to the host by its prefix where there is TLS, as the panel's.
func (s *Server) kioskCookie() string {
	if s.Site.Secure() {
		return "__Host-kiosk"
	}
	return "kiosk"
}

// setKioskCookie hands a device its token; "" takes it away.
func (s *Server) setKioskCookie(c *fiber.Ctx, token string) {
	cookie := fiber.Cookie{Name: s.kioskCookie(), Value: token, Path: "/", HTTPOnly: true, Secure: s.Site.Secure(),
		SameSite: fiber.CookieSameSiteStrictMode, MaxAge: int(kioskLife / time.Second)}
	if token == "" {
		cookie.MaxAge, cookie.Expires = 0, time.Unix(0, 0)
	}
	c.Cookie(&cookie)
}

// readDevice finds the device of the request's cookie, for deviceOf. survey.ErrNotFound: it is none of the office's.
func (s *Server) readDevice(c *fiber.Ctx) error {
	cookie := c.Cookies(s.kioskCookie())
	if cookie == "" {
		return survey.ErrNotFound
	}
	device, err := s.scopeOf(c).Device(c.UserContext(), auth.HashToken(cookie))
	if err == nil {
		c.Locals(localDevice, device)
	}
	return err
}

// kioskPage is the survey on a kiosk.
type kioskPage struct {
	*surveyPage
	Thanks phrase // of the questionnaire; "": a sentence of ours
	Checks string // what kiosk.js looks at before it goes on to another screen, in JSON
}

// showKiosk shows the survey on a device that is paired.
func (s *Server) showKiosk(c *fiber.Ctx) error {
	err := s.readDevice(c)
	if errors.Is(err, survey.ErrNotFound) {
		return c.Redirect(kioskPath+"/parowanie", fiber.StatusSeeOther)
	}
	if err != nil {
		return err
	}
	device, now := deviceOf(c), s.Now()
	if device.SeenAt == nil || now.Sub(*device.SeenAt) >= time.Minute {
		if err := s.scopeOf(c).NoteDevice(c.UserContext(), device.ID, device.Queued, device.Refused, now); err != nil {
			return err
		}
	}
	s.setKioskCookie(c, c.Cookies(s.kioskCookie()))
	published, err := s.publishedOf(c)
	if device.Paused || errors.Is(err, survey.ErrNotFound) {
		return c.Redirect(kioskPath+"/przerwa", fiber.StatusSeeOther)
	}
	if err != nil {
		return err
	}
	f := &filled{version: published.version, key: newKey(), device: device, point: pointOf(device)}
	f.steps = newSteps(f.version, nil, f.channel(), "1")
	return s.drawKiosk(c, f, nil)
}

// drawKiosk draws the form as drawSurvey does, on a kiosk.
func (s *Server) drawKiosk(c *fiber.Ctx, f *filled, why error) error {
	drawn, err := s.surveyPageOf(c, f, why)
	if err != nil {
		return err
	}
	p := kioskPage{surveyPage: drawn, Thanks: say(f.version.Questionnaire.Thanks, drawn.Lang)}
	if p.Checks, err = s.checksOf(&f.version.Questionnaire, p.Lang); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentSecurityPolicy, contentPolicy+"worker-src 'self'; form-action 'self'; frame-ancestors 'none'")
	return c.Render("kiosk/survey", p)
}

// submitKiosk takes a form that was sent without script, as submitSurvey does.
func (s *Server) submitKiosk(c *fiber.Ctx) error {
	err := s.readDevice(c)
	switch {
	case errors.Is(err, survey.ErrNotFound):
		return c.Redirect(kioskPath+"/parowanie", fiber.StatusSeeOther)
	case errors.Is(err, survey.ErrUnavailable):
		return s.drawResend(c)
	case err != nil:
		return err
	}
	return s.submitSurvey(c)
}

// kioskThanksPage is where a form sent without script leads.
type kioskThanksPage struct {
	page
	Thanks phrase // of the questionnaire; "": a sentence of ours
}

func (s *Server) showKioskThanks(c *fiber.Ctx) error {
	published, err := s.publishedOf(c)
	p := kioskThanksPage{page: s.page(c)}
	if err == nil {
		p.Thanks = say(published.version.Questionnaire.Thanks, p.Lang)
	}
	return c.Render("kiosk/thanks", p)
}

// kioskBreakPage is shown while a device is paused, or the office has no survey. It goes on by itself.
type kioskBreakPage struct{ page }

func (s *Server) showKioskBreak(c *fiber.Ctx) error {
	return c.Render("kiosk/break", kioskBreakPage{s.page(c)})
}

// pairingPage asks for the code of a device.
type pairingPage struct {
	page
	Wrong bool
}

func (s *Server) showPairing(c *fiber.Ctx) error {
	return c.Render("kiosk/pairing", pairingPage{page: s.page(c)})
}

// pairKiosk gives a device its token for a code, which is used up by that. While Redis is away no code is tried.
func (s *Server) pairKiosk(c *fiber.Ctx) error {
	ctx, slug := c.UserContext(), tenantOf(c).Slug
	address := s.Guard.Address(ctx, s.address(c))
	err := s.limit(c, guard.Check{Limit: limitPairing, Subject: slug + "/" + address}, guard.Check{Limit: limitPairingOffice, Subject: slug})
	if err != nil {
		return err
	}
	devices, err := s.scopeOf(c).Devices(ctx)
	if err != nil {
		return err
	}
	code := strings.TrimSpace(string(c.Request().PostArgs().Peek("code")))
	i := slices.IndexFunc(devices, func(d store.Device) bool { return auth.IsPairingCode(code, s.pairingCode(c, &d)) })
	if i < 0 {
		return s.refusePairing(c)
	}
	token, hash := auth.NewToken()
	err = s.scopeOf(c).PairDevice(ctx, devices[i].ID, devices[i].Seed, hash, s.Now())
	if errors.Is(err, survey.ErrNotFound) { // too late, or another device was faster
		return s.refusePairing(c)
	}
	if err != nil {
		return err
	}
	s.setKioskCookie(c, token)
	return c.Redirect(kioskPath, fiber.StatusSeeOther)
}

func (s *Server) refusePairing(c *fiber.Ctx) error {
	c.Status(fiber.StatusUnprocessableEntity)
	return c.Render("kiosk/pairing", pairingPage{s.page(c), true})
}

// pairingCode returns the code that pairs a device now; "": there is none.
func (s *Server) pairingCode(c *fiber.Ctx, d *store.Device) string {
	if d.Until == nil || !d.Until.After(s.Now()) {
		return ""
	}
	return auth.PairingCode(s.Secret, tenantOf(c).ID, d.Seed)
}

// showKioskWorker serves the script that keeps the kiosk's page for when there is no network. It has to do with nothing else
// of the host.
func (s *Server) showKioskWorker(c *fiber.Ctx) error {
	worker, ok := assetOf("kiosk-sw.js")
	if !ok {
		return survey.ErrNotFound
	}
	c.Set(fiber.HeaderContentType, worker.kind)
	c.Set("Service-Worker-Allowed", kioskPath)
	return c.Send(worker.data)
}

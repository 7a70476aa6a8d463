package web

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/auth"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

const (
	devicesPath = "/panel/urzadzenia"
	codeLife    = 10 * time.Minute
	mostDevices = 100
	longestName = 60              // characters of a device's name
	paceDays    = 30              // how far back hasty answers are told
	missedAfter = 3 * time.Minute // a device tells of itself once a minute
)

// devicesPage lists the office's kiosks.
type devicesPage struct {
	page
	deviceForm
	Devices []deviceView
	Points  []store.ServicePoint // where one may stand
	Saved   bool
	Edit    bool
}

// deviceForm is a new device as it was typed.
type deviceForm struct {
	Typed    string // its name
	Point    string // id
	Problems []survey.FieldError
}

// Problem returns what is wrong with a field; nil: nothing.
func (f deviceForm) Problem(field string) *survey.FieldError {
	for i := range f.Problems {
		if f.Problems[i].Field == field {
			return &f.Problems[i]
		}
	}
	return nil
}

// deviceView is a kiosk as the list shows it.
type deviceView struct {
	store.Device
	Code   string            // pairs it; "": none, or not for who looks
	Expiry time.Time         // of the code
	Seen   time.Time         // zero: never
	Paired time.Time         // zero: not yet
	Missed bool              // it should have told of itself since
	Today  int               // answers
	Hasty  []store.DeviceDay // days that look as if somebody had only tapped
}

func (s *Server) showDevices(c *fiber.Ctx) error {
	return s.drawDevices(c, deviceForm{})
}

func (s *Server) drawDevices(c *fiber.Ctx, form deviceForm) error {
	ctx, scope, today := c.UserContext(), s.scopeOf(c), s.today()
	devices, err := scope.Devices(ctx)
	if err != nil {
		return err
	}
	days, err := scope.DeviceDays(ctx, today.Add(-paceDays))
	if err != nil {
		return err
	}
	points, err := scope.ServicePoints(ctx)
	if err != nil {
		return err
	}
	p := devicesPage{page: s.page(c), deviceForm: form, Saved: c.Query("zapisano") != ""}
	p.Edit = p.Role == string(store.RoleAdministrator)
	for _, point := range points {
		if point.OpenOn(today) {
			p.Points = append(p.Points, point)
		}
	}
	for i := range devices {
		v := s.deviceView(&devices[i], days)
		if p.Edit {
			v.Code = s.pairingCode(c, &devices[i])
		}
		p.Devices = append(p.Devices, v)
	}
	return c.Render("panel/devices", p)
}

func (s *Server) deviceView(d *store.Device, days []store.DeviceDay) deviceView {
	now := s.Now()
	v := deviceView{Device: *d}
	local := func(at *time.Time) time.Time {
		if at == nil {
			return time.Time{}
		}
		return at.In(now.Location())
	}
	v.Seen, v.Paired, v.Expiry = local(d.SeenAt), local(d.PairedAt), local(d.Until)
	v.Missed = d.PairedAt != nil && now.Sub(v.Seen) > missedAfter
	for _, day := range days {
		if day.Device != d.ID {
			continue
		}
		if day.Day == s.today() {
			v.Today = day.Answers
		}
		if survey.Hasty(day.Answers, day.Fast) {
			v.Hasty = append(v.Hasty, day)
		}
	}
	return v
}

// addDevice adds a device with a code to pair it by.
func (s *Server) addDevice(c *fiber.Ctx) error {
	ctx, scope := c.UserContext(), s.scopeOf(c)
	form := deviceForm{Typed: strings.TrimSpace(c.FormValue("name")), Point: c.FormValue("point")}
	var bad survey.InvalidError
	switch n := utf8.RuneCountInString(form.Typed); {
	case n == 0:
		bad.Add("name", survey.ProblemRequired, 0)
	case n > longestName:
		bad.Add("name", survey.ProblemTooLong, longestName)
	}
	points, err := scope.ServicePoints(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(points, func(p store.ServicePoint) bool {
		return strconv.FormatInt(p.ID, 10) == form.Point && p.OpenOn(s.today())
	})
	if i < 0 {
		bad.Add("point", survey.ProblemRequired, 0)
	}
	devices, err := scope.Devices(ctx)
	if err != nil {
		return err
	}
	switch {
	case len(devices) >= mostDevices:
		bad.Add("name", survey.ProblemTooManyItems, mostDevices)
	case slices.ContainsFunc(devices, func(d store.Device) bool { return strings.EqualFold(d.Name, form.Typed) }):
		bad.Add("name", survey.ProblemTaken, 0)
	}
	if form.Problems = bad.Fields; form.Problems != nil {
		c.Status(fiber.StatusUnprocessableEntity)
		return s.drawDevices(c, form)
	}
	until := s.Now().Add(codeLife)
	d := store.Device{Name: form.Typed, ServicePoint: points[i].ID, Seed: auth.NewPairingSeed(), Until: &until}
	if err := scope.AddDevice(ctx, &d, s.actor(c)); err != nil {
		return err
	}
	return c.Redirect(devicesPath+"#urzadzenie-"+strconv.FormatInt(d.ID, 10), fiber.StatusSeeOther)
}

// changeDevice makes another code for a device, pauses it, lets it go on, or removes it.
func (s *Server) changeDevice(c *fiber.Ctx) error {
	ctx, scope := c.UserContext(), s.scopeOf(c)
	id, err := strconv.ParseInt(c.Params("device"), 10, 64)
	if err != nil {
		return survey.ErrNotFound
	}
	back := devicesPath + "?zapisano=1#urzadzenie-" + c.Params("device")
	switch c.FormValue("do") {
	case "code":
		err, back = scope.OfferPairing(ctx, id, auth.NewPairingSeed(), s.Now().Add(codeLife), s.actor(c)), devicesPath+"#urzadzenie-"+c.Params("device")
	case "pause":
		err = scope.PauseDevice(ctx, id, true, s.actor(c))
	case "resume":
		err = scope.PauseDevice(ctx, id, false, s.actor(c))
	case "remove":
		err = scope.RemoveDevice(ctx, id, s.actor(c))
	default:
		return survey.ErrNotFound
	}
	if err != nil {
		return err
	}
	return c.Redirect(back, fiber.StatusSeeOther)
}

package web

import (
	"errors"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/guard"
	"ocenaurzedu.eu/pkg/survey"
)

// Fields of an answer that kiosk-line.js sends.
const (
	fieldQueued = "_queued" // it waited in the device
	fieldDay    = "_day"    // on which it was given, by the device's clock
	fieldFast   = "_fast"   // given faster than people read, or take turns, as the device saw
)

// oldestKept is how many days an answer may wait in a device.
const oldestKept = 30

// limitPace is how fast people take turns at a kiosk. Nobody is refused beyond it: answers are marked, as a child may have tapped.
var limitPace = guard.Limit{Name: "kiosk-pace", Burst: 4, Per: 20 * time.Second}

// takeKiosk takes an answer that the device's script sends, at once or after it waited. Its status says what becomes of it
// there: 204 stored; 401 the device is none of ours any more; 400, 409, 410, 422 never to be sent again; else to be sent again later.
func (s *Server) takeKiosk(c *fiber.Ctx) error {
	if err := s.knowDevice(c); err != nil {
		return err
	}
	f, err := s.readFilled(c)
	if err != nil {
		return err
	}
	if f.values.Get(fieldVersion) != strconv.FormatInt(f.version.ID, 10) {
		return survey.ErrConflict // of a version that the office does not have
	}
	if f.key == "" {
		return fiber.ErrBadRequest
	}
	day, err := s.kioskDay(f)
	if err != nil {
		return err
	}
	sub, err := f.version.Fill(f.values, f.channel(), day)
	if faults := faultsOf(err); faults != nil {
		s.metrics.submissions.WithLabelValues(string(f.channel()), "invalid").Inc()
		problems, err := s.problemsOf(s.speechOf(c, &f.version.Questionnaire, "").Lang, &survey.InvalidError{Fields: faults})
		if err != nil {
			return err
		}
		return c.Status(fiber.StatusUnprocessableEntity).JSON(problems)
	}
	if err == nil {
		err = s.allowSurvey(c, f)
	}
	if err == nil {
		sub.ServicePoint = f.point.ID
		err = s.keep(c, f, sub)
	}
	if err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusNoContent)
}

// knowDevice is readDevice for the device's script: 401 where it is not known.
func (s *Server) knowDevice(c *fiber.Ctx) error {
	err := s.readDevice(c)
	if errors.Is(err, survey.ErrNotFound) {
		return fiber.ErrUnauthorized
	}
	return err
}

// kioskDay is the day of an answer: of one that waited, the day on which it was given, by a clock that may be wrong.
func (s *Server) kioskDay(f *filled) (survey.Day, error) {
	today := s.today()
	if f.values.Get(fieldQueued) == "" {
		return today, nil
	}
	day, err := survey.ParseDay(f.values.Get(fieldDay))
	switch {
	case err != nil || day.Sub(today) > 0:
		return today, nil
	case today.Sub(day) > oldestKept:
		return day, fiber.ErrGone
	}
	if published := survey.DayOf(f.version.PublishedAt.In(s.Now().Location())); day.Before(published) {
		return published, nil
	}
	return day, nil
}

// keep stores a filled form, and counts it for the device that it was filled on. No answer is lost or held up for that count.
func (s *Server) keep(c *fiber.Ctx, f *filled, sub *survey.Submission) error {
	fresh, err := s.submitOnce(c, f.version, sub, nil)
	if err != nil || !fresh || f.device == nil {
		return err
	}
	fast := f.values.Get(fieldFast) != ""
	if f.values.Get(fieldQueued) == "" {
		pace, err := s.Guard.Allow(c.UserContext(), guard.Check{Limit: limitPace, Subject: kioskSubject(c, f.device)})
		if err != nil {
			return err
		}
		fast = fast || !pace.Allowed
	}
	if err := s.scopeOf(c).CountAnswer(c.UserContext(), f.device.ID, sub.Day, fast); err != nil {
		s.Log.Warn("answer of a kiosk not counted", "request", requestID(c), "err", err)
	}
	return nil
}

// kioskState is what a device is told when it tells of itself.
type kioskState struct {
	Open    bool  `json:"open"`    // it shows a survey
	Version int64 `json:"version"` // which one; 0: none
}

// noteKiosk keeps how many answers wait in a device, and tells it what to show.
func (s *Server) noteKiosk(c *fiber.Ctx) error {
	if err := s.knowDevice(c); err != nil {
		return err
	}
	device := deviceOf(c)
	if err := s.count(c, "refused", guard.Check{Limit: limitNote, Subject: kioskSubject(c, device)}); err != nil {
		return err
	}
	number := func(field string) int {
		n, _ := strconv.Atoi(string(c.Request().PostArgs().Peek(field))) // 0: it tells nothing
		return min(max(n, 0), 1_000_000)
	}
	if err := s.scopeOf(c).NoteDevice(c.UserContext(), device.ID, number("queued"), number("refused"), s.Now()); err != nil {
		return err
	}
	state := kioskState{}
	published, err := s.publishedOf(c)
	switch {
	case err == nil:
		state = kioskState{!device.Paused, published.version.ID}
	case !errors.Is(err, survey.ErrNotFound):
		return err
	}
	return c.JSON(state)
}

package web

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/survey"
)

// errForbidden reports that the person's role does not allow the page.
var errForbidden = errors.New("forbidden")

// limitError reports that somebody asked too often.
type limitError struct{ seconds int }

func (e *limitError) Error() string { return "too many requests" }

// errorPage is what a person sees when a request can't be answered.
type errorPage struct {
	page
	Status  int
	Title   string
	Message string
	Action  string        // where a form of the panel was sent
	Again   bool          // it can be sent again as it was: Kept are its hidden fields
	Kept    []resendField // what was typed, so that nothing is lost
}

// unreadable is said of a text that can't be kept.
const unreadable = "Tekst zawiera znak, którego nie da się zapisać. Prosimy wrócić, usunąć ten znak i" + hardSpace + "spróbować jeszcze raz."

// fault is how an error is told.
type fault struct {
	status  int
	words   string // fault_<words>_title and fault_<words> in the locale files
	message string // told by the handler itself; "": the words of the locale files
	seconds int    // how long to wait; 0: it does not matter
}

// showError draws every error that a handler returns, in one place, and logs once what is a fault of ours.
func (s *Server) showError(c *fiber.Ctx, why error) error {
	f := faultOf(why)
	if requestID(c) == "" { // before any handler: too big, too slow, broken off
		s.uploads.leave(&c.Request().Header)
	}
	if requestID(c) == "" && f.status == fiber.StatusBadRequest { // before any handler: the framework would quote the request
		f.message = ""
	}
	if f.status == fiber.StatusRequestEntityTooLarge && (strings.HasPrefix(c.Path(), "/panel/ankieta/") || c.Path() == crestPath || isUpload(c.Path())) {
		hearOut(c.Context().Conn())
	}
	if message := map[string]string{importPath: fileTooBig, crestPath: crestTooBig}[c.Path()]; f.status == fiber.StatusRequestEntityTooLarge && message != "" {
		f.message = message
	}
	if f.status == fiber.StatusRequestEntityTooLarge && isUpload(c.Path()) {
		f.message = uploadTooBig
	}
	if f.status >= 500 {
		s.Log.Error("request failed", "route", c.Route().Path, "method", c.Method(), "request", requestID(c), "err", why)
	}
	c.Status(f.status)
	if f.status == fiber.StatusServiceUnavailable {
		c.Set(fiber.HeaderRetryAfter, "5")
	}
	if f.seconds > 0 {
		c.Set(fiber.HeaderRetryAfter, strconv.Itoa(f.seconds))
	}
	if tenantOf(c) == nil { // nothing was read but the head of the request
		lang := survey.Polish
		if asked := c.Query("lang"); s.views.texts.localizers[asked] != nil {
			lang = asked
		}
		title, message, err := s.views.texts.fault(lang, f)
		if err != nil {
			return err
		}
		return c.SendString(title + "\n" + message + "\n")
	}
	if f.status == fiber.StatusNotFound && askedLanguage(c) != "" {
		s.learnLanguages(c)
	}
	p := errorPage{page: s.page(c), Status: f.status}
	var err error
	if p.Title, p.Message, err = s.views.texts.fault(p.Lang, f); err != nil {
		return err
	}
	if f.status == fiber.StatusNotFound {
		p.Login, p.CSRF = "", "" // no token, which differs each time: another office's record and none look the same to the byte
	}
	p.keep(c, why)
	if sessionOf(c) == nil && p.Action == "" {
		return c.Render("resident/error", p)
	}
	return c.Render("panel/error", p)
}

// keep holds on to a form of the panel that an outage, or somebody who was faster, kept from being saved. A
// password is never sent back.
func (p *errorPage) keep(c *fiber.Ctx, err error) {
	away := errors.Is(err, survey.ErrUnavailable)
	path := c.Path()
	if c.Method() != fiber.MethodPost || !strings.HasPrefix(path, "/panel/") || strings.HasPrefix(path, "/panel/logowanie") ||
		strings.HasPrefix(path, "/panel/zaproszenie") || !away && !errors.Is(err, survey.ErrConflict) && !errors.Is(err, survey.ErrClosed) {
		return
	}
	p.Action, p.Again = path, away
	for name, values := range formValues(c) {
		own := strings.HasPrefix(name, "_") || name == "revision" || name == "do" || name == "key" || strings.HasSuffix(name, ".key")
		for _, value := range values {
			if away || !own && strings.TrimSpace(value) != "" {
				p.Kept = append(p.Kept, resendField{name, value})
			}
		}
	}
	slices.SortFunc(p.Kept, func(a, b resendField) int { return strings.Compare(a.Name+"\x00"+a.Value, b.Name+"\x00"+b.Value) })
}

func faultOf(err error) fault {
	var fiberErr *fiber.Error
	var limit *limitError
	var invalid *survey.InvalidError
	switch {
	case errors.As(err, &limit):
		return fault{status: fiber.StatusTooManyRequests, words: "limit", seconds: limit.seconds}
	case errors.Is(err, survey.ErrNotFound):
		return fault{status: fiber.StatusNotFound, words: "not_found"}
	case errors.Is(err, errForbidden):
		return fault{status: fiber.StatusForbidden, words: "forbidden"}
	case errors.Is(err, survey.ErrReportRequired):
		return fault{status: fiber.StatusConflict, words: "report_required"}
	case errors.Is(err, survey.ErrConflict):
		return fault{status: fiber.StatusConflict, words: "conflict"}
	case errors.Is(err, survey.ErrClosed):
		return fault{status: fiber.StatusConflict, words: "closed"}
	case errors.As(err, &invalid):
		return fault{status: fiber.StatusUnprocessableEntity, words: "invalid"}
	case errors.Is(err, survey.ErrUnreadable):
		return fault{status: fiber.StatusBadRequest, words: "request", message: unreadable}
	case errors.Is(err, survey.ErrUnavailable):
		return fault{status: fiber.StatusServiceUnavailable, words: "unavailable"}
	case errors.As(err, &fiberErr):
		return fiberFault(fiberErr)
	}
	return fault{status: fiber.StatusInternalServerError, words: "ours"}
}

// fiberFault tells the errors of the framework, whose own messages are English.
func fiberFault(err *fiber.Error) fault {
	switch err.Code {
	case fiber.StatusRequestEntityTooLarge:
		return fault{status: err.Code, words: "too_large"}
	case fiber.StatusMethodNotAllowed, fiber.StatusNotFound:
		return fault{status: err.Code, words: "not_found"}
	case fiber.StatusRequestHeaderFieldsTooLarge:
		return fault{status: err.Code, words: "headers"}
	case fiber.StatusUnsupportedMediaType, fiber.StatusBadRequest, fiber.StatusForbidden:
		return fault{status: err.Code, words: "request", message: err.Message}
	}
	if err.Code >= 500 {
		return fault{status: fiber.StatusInternalServerError, words: "ours"}
	}
	return fault{status: err.Code, words: "request"}
}

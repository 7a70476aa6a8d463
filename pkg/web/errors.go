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

// fault is how an error is told.
type fault struct {
	status         int
	title, message string
}

// showError draws every error that a handler returns, in one place, and logs once what is a fault of ours.
func (s *Server) showError(c *fiber.Ctx, err error) error {
	f := faultOf(err)
	if requestID(c) == "" && f.status == fiber.StatusBadRequest { // before any handler: the framework would quote the request
		f.message = "Serwis nie rozumie tego żądania."
	}
	if f.status >= 500 {
		s.Log.Error("request failed", "route", c.Route().Path, "method", c.Method(), "request", requestID(c), "err", err)
	}
	c.Status(f.status)
	if f.status == fiber.StatusServiceUnavailable {
		c.Set(fiber.HeaderRetryAfter, "5")
	}
	var limit *limitError
	if errors.As(err, &limit) {
		c.Set(fiber.HeaderRetryAfter, strconv.Itoa(limit.seconds))
	}
	if tenantOf(c) == nil {
		return c.SendString(f.title + "\n" + f.message + "\n")
	}
	p := errorPage{page: s.page(c), Status: f.status, Title: f.title, Message: f.message}
	if f.status == fiber.StatusNotFound {
		p.Login, p.CSRF = "", "" // no token, which differs each time: another office's record and none look the same to the byte
	}
	p.keep(c, err)
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
		return fault{fiber.StatusTooManyRequests, "Zbyt wiele prób", "W krótkim czasie przyszło stąd zbyt wiele żądań. Prosimy spróbować ponownie za " + wait(limit.seconds) + "."}
	case errors.Is(err, survey.ErrNotFound):
		return fault{fiber.StatusNotFound, "Nie ma takiej strony", "Adres jest nieaktualny albo wpisany z błędem. Prosimy sprawdzić adres lub wrócić na stronę główną."}
	case errors.Is(err, errForbidden):
		return fault{fiber.StatusForbidden, "Brak uprawnień", "Ta strona jest dostępna dla innej roli. W razie potrzeby prosimy zwrócić się do administratora narzędzia w urzędzie."}
	case errors.Is(err, survey.ErrReportRequired):
		return fault{fiber.StatusConflict, "Najpierw raport", "Zmiana jest możliwa dopiero po wygenerowaniu raportu z dotychczasowych wyników (§ 5 zarządzenia)."}
	case errors.Is(err, survey.ErrConflict):
		return fault{fiber.StatusConflict, "Ktoś był szybszy", "W międzyczasie inna osoba zapisała zmiany. Prosimy otworzyć stronę jeszcze raz i nanieść zmiany na to, co jest tam teraz."}
	case errors.Is(err, survey.ErrClosed):
		return fault{fiber.StatusConflict, "Partia jest zamknięta", "Do zamkniętej partii nie można dopisywać ankiet ani ich poprawiać."}
	case errors.As(err, &invalid):
		return fault{fiber.StatusUnprocessableEntity, "Nieprawidłowe dane", "Przesłane dane są niepełne lub nieprawidłowe. Prosimy wrócić i poprawić formularz."}
	case errors.Is(err, survey.ErrUnavailable):
		return fault{fiber.StatusServiceUnavailable, "Chwilowa przerwa", "Serwis jest na chwilę niedostępny. Prosimy spróbować ponownie za kilka sekund."}
	case errors.As(err, &fiberErr):
		return fiberFault(fiberErr)
	}
	return fault{fiber.StatusInternalServerError, "Coś poszło nie tak", "Błąd leży po naszej stronie i został zapisany. Prosimy spróbować ponownie za chwilę."}
}

// fiberFault tells the errors of the framework, whose own messages are English.
func fiberFault(err *fiber.Error) fault {
	switch err.Code {
	case fiber.StatusRequestEntityTooLarge:
		return fault{err.Code, "Za dużo danych", "Przesłane dane są większe, niż przyjmuje ten formularz. Prosimy skrócić wpisany tekst."}
	case fiber.StatusMethodNotAllowed, fiber.StatusNotFound:
		return fault{err.Code, "Nie ma takiej strony", "Adres jest nieaktualny albo wpisany z błędem. Prosimy sprawdzić adres lub wrócić na stronę główną."}
	case fiber.StatusRequestHeaderFieldsTooLarge:
		return fault{err.Code, "Za dużo danych", "Nagłówki żądania są większe, niż przyjmuje serwis."}
	case fiber.StatusUnsupportedMediaType, fiber.StatusBadRequest, fiber.StatusForbidden:
		return fault{err.Code, "Nieprawidłowe żądanie", err.Message}
	}
	if err.Code >= 500 {
		return fault{fiber.StatusInternalServerError, "Coś poszło nie tak", "Błąd leży po naszej stronie i został zapisany. Prosimy spróbować ponownie za chwilę."}
	}
	return fault{err.Code, "Nieprawidłowe żądanie", "Serwis nie rozumie tego żądania."}
}

// wait tells seconds in words: "40 sekund", "3 minuty".
func wait(seconds int) string {
	if seconds < 60 {
		return countPL(seconds, "sekundę", "sekundy", "sekund")
	}
	return countPL((seconds+59)/60, "minutę", "minuty", "minut")
}

package web

import (
	"errors"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// officePage is the office's data, to read or to edit under § 5.
type officePage struct {
	page
	Groups    []officeGroup
	Threshold int
	Revision  int
	Points    []store.ServicePoint
	Gate      gateState
	Edit      bool // the person may edit and the gate is open
	Problems  []survey.FieldError
	Stopped   bool // an edit was refused for want of a report; what was typed is on the page
}

// officeGroup is a heading with its fields.
type officeGroup struct {
	Title  string
	Fields []officeField
}

// officeField is one field of the form.
type officeField struct {
	Name, Label, Hint, Type, Value string
	Rows                           int // above 0: a text area
	Problem                        *survey.FieldError
}

// officeGroups lists the fields of an office's record in the order of the page; value tells what each holds.
func officeGroups(o *survey.Office, problems []survey.FieldError) []officeGroup {
	groups := []officeGroup{
		{"Nazwa", []officeField{
			{Name: "name", Label: "Nazwa urzędu", Value: o.Name},
			{Name: "name_genitive", Label: "Dopełniacz (kogo? czego?)", Hint: "np. Urzędu Gminy Osielsko", Value: o.NameGenitive},
			{Name: "name_locative", Label: "Miejscownik (w kim? w czym?)", Hint: "np. Urzędzie Gminy Osielsko", Value: o.NameLocative},
			{Name: "kind", Label: "Rodzaj", Hint: "UG, UM, UMiG lub starostwo", Value: o.Kind},
			{Name: "organ", Label: "Organ", Hint: "wójt, burmistrz, prezydent lub starosta", Value: o.Organ},
		}},
		{"Adres i kontakt", []officeField{
			{Name: "street", Label: "Ulica i numer", Value: o.Street}, {Name: "postal_code", Label: "Kod pocztowy", Hint: "np. 86-031", Value: o.PostalCode},
			{Name: "city", Label: "Miejscowość", Value: o.City}, {Name: "phone", Label: "Telefon", Type: "tel", Value: o.Phone},
			{Name: "email", Label: "E-mail", Type: "email", Value: o.Email}, {Name: "website", Label: "Strona internetowa", Type: "url", Hint: "od https://", Value: o.Website},
			{Name: "bip", Label: "BIP", Type: "url", Hint: "od https://", Value: o.BIP}, {Name: "epuap", Label: "Skrytka ePUAP", Value: o.EPUAP},
			{Name: "e_delivery", Label: "Adres do e-Doręczeń", Hint: "AE:PL-00000-00000-AAAAA-00", Value: o.EDelivery},
			{Name: "hours", Label: "Godziny przyjęć", Value: o.Hours, Rows: 2},
		}},
		{"Identyfikatory", []officeField{
			{Name: "teryt", Label: "TERYT", Hint: "7 cyfr gminy lub 4 cyfry powiatu", Value: o.TERYT}, {Name: "nip", Label: "NIP", Hint: "10 cyfr", Value: o.NIP},
			{Name: "regon", Label: "REGON", Hint: "9 lub 14 cyfr", Value: o.REGON},
		}},
		{"Dane osobowe i dostępność", []officeField{
			{Name: "dpo", Label: "Kontakt do inspektora ochrony danych", Value: o.DPO},
			{Name: "accessibility", Label: "Osoba lub komórka do spraw dostępności", Value: o.Accessibility},
			{Name: "access", Label: "Dostępność architektoniczna siedziby", Value: o.Access, Rows: 4},
			{Name: "communication", Label: "Dostępność komunikacyjno-informacyjna", Hint: "np. tłumacz języka migowego, pętla indukcyjna", Value: o.Communication, Rows: 3},
		}},
		{"Wygląd", []officeField{{Name: "colour", Label: "Kolor urzędu", Hint: "np. #17594a; na tle tego koloru jest biały tekst", Value: o.Colour}}},
	}
	for i := range groups {
		for j := range groups[i].Fields {
			for k := range problems {
				if problems[k].Field == groups[i].Fields[j].Name {
					groups[i].Fields[j].Problem = &problems[k]
				}
			}
		}
	}
	return groups
}

func (s *Server) showOffice(c *fiber.Ctx) error {
	record, err := s.scopeOf(c).Office(c.UserContext())
	if err != nil {
		return err
	}
	return s.drawOffice(c, record, nil)
}

func (s *Server) drawOffice(c *fiber.Ctx, o *store.OfficeRecord, problems []survey.FieldError) error {
	points, err := s.scopeOf(c).ServicePoints(c.UserContext())
	if err != nil {
		return err
	}
	gate, err := s.gateOf(c)
	if err != nil {
		return err
	}
	p := officePage{page: s.page(c), Groups: officeGroups(&o.Office, problems), Threshold: o.Threshold, Revision: o.Revision, Points: points, Gate: gate, Problems: problems}
	p.Stopped = c.Response().StatusCode() == fiber.StatusConflict && !gate.Open
	p.Edit = p.Role == string(store.RoleAdministrator) && (gate.Open || p.Stopped)
	return c.Render("panel/office", p)
}

// saveOffice changes the office's data under § 5. What was typed is never lost: it is drawn again with what is
// to be mended, or with what stands in the way.
func (s *Server) saveOffice(c *fiber.Ctx) error {
	scope, by := s.scopeOf(c), s.actor(c)
	record, err := scope.Office(c.UserContext())
	if err != nil {
		return err
	}
	readOffice(c, &record.Office)
	record.Threshold, record.Revision = formInt(c, "threshold"), formInt(c, "revision")
	record.UpdatedAt, record.UpdatedBy = by.At, by.Login
	if problems := officeProblems(record); len(problems) > 0 {
		c.Status(fiber.StatusUnprocessableEntity)
		return s.drawOffice(c, record, problems)
	}
	err = s.underGate(c, func(archive *store.Report) error { return scope.SaveOffice(c.UserContext(), *record, archive) })
	switch {
	case errors.Is(err, survey.ErrReportRequired):
		c.Status(fiber.StatusConflict)
		return s.drawOffice(c, record, nil)
	case errors.Is(err, survey.ErrConflict):
		current, err := scope.Office(c.UserContext())
		if err != nil {
			return err
		}
		record.Revision = current.Revision
		c.Status(fiber.StatusConflict)
		return s.drawOffice(c, record, []survey.FieldError{{Problem: survey.ProblemChanged}})
	case err != nil:
		return err
	}
	s.refreshDirectory(c)
	return c.Redirect("/panel/urzad", fiber.StatusSeeOther)
}

// refreshDirectory lets a change be seen with the answer; the other replicas hear of it from the database.
func (s *Server) refreshDirectory(c *fiber.Ctx) {
	if err := s.reload(c.UserContext()); err != nil {
		s.Log.Warn("directory not read", "err", err)
	}
}

func officeProblems(o *store.OfficeRecord) []survey.FieldError {
	var problems []survey.FieldError
	var invalid *survey.InvalidError
	if errors.As(o.Office.Check(), &invalid) {
		problems = invalid.Fields
	}
	if o.Threshold < 3 || o.Threshold > 10 { // the floor of art. 38 of the Act on public statistics
		problems = append(problems, survey.FieldError{Field: "threshold", Problem: survey.ProblemUnknown})
	}
	return problems
}

func readOffice(c *fiber.Ctx, o *survey.Office) {
	text := func(field string) string {
		return strings.TrimSpace(strings.ReplaceAll(c.FormValue(field), "\r\n", "\n"))
	}
	o.Name, o.NameGenitive, o.NameLocative, o.Kind, o.Organ = text("name"), text("name_genitive"), text("name_locative"), text("kind"), text("organ")
	o.Street, o.PostalCode, o.City, o.Phone = text("street"), text("postal_code"), text("city"), text("phone")
	o.Email, o.Website, o.BIP, o.EPUAP, o.EDelivery = text("email"), text("website"), text("bip"), text("epuap"), text("e_delivery")
	o.Hours, o.TERYT, o.NIP, o.REGON = text("hours"), text("teryt"), digits(text("nip")), digits(text("regon"))
	o.DPO, o.Accessibility, o.Access, o.Communication = text("dpo"), text("accessibility"), text("access"), text("communication")
	o.Colour = strings.ToLower(text("colour"))
}

// digits takes the blanks and hyphens out of a number.
func digits(s string) string { return strings.NewReplacer(" ", "", "-", "").Replace(s) }

// pointsPage lists the office's service points.
type pointsPage struct {
	page
	Points   []store.ServicePoint
	Today    survey.Day
	Gate     gateState
	Typed    store.ServicePoint
	Problems []survey.FieldError
}

func (s *Server) showPoints(c *fiber.Ctx) error { return s.drawPoints(c, store.ServicePoint{}, nil) }

func (s *Server) drawPoints(c *fiber.Ctx, typed store.ServicePoint, problems []survey.FieldError) error {
	points, err := s.scopeOf(c).ServicePoints(c.UserContext())
	if err != nil {
		return err
	}
	gate, err := s.gateOf(c)
	if err != nil {
		return err
	}
	return c.Render("panel/points", pointsPage{s.page(c), points, s.today(), gate, typed, problems})
}

// savePoint adds a service point, renames one, or closes one from today on (close=1).
func (s *Server) savePoint(c *fiber.Ctx) error {
	scope := s.scopeOf(c)
	point := store.ServicePoint{Code: strings.ToLower(strings.TrimSpace(c.FormValue("code"))), Name: strings.TrimSpace(c.FormValue("name")), ValidFrom: s.today()}
	if id := c.FormValue("id"); id != "" {
		points, err := scope.ServicePoints(c.UserContext())
		if err != nil {
			return err
		}
		for _, have := range points {
			if strconv.FormatInt(have.ID, 10) == id {
				point.ID, point.Code, point.ValidFrom, point.ValidTo = have.ID, have.Code, have.ValidFrom, have.ValidTo
			}
		}
		if point.ID == 0 {
			return survey.ErrNotFound
		}
		if c.FormValue("close") != "" {
			point.ValidTo = s.today()
		}
	}
	if problems := survey.CheckServicePoint(point.Code, point.Name); problems != nil {
		c.Status(fiber.StatusUnprocessableEntity)
		return s.drawPoints(c, point, problems)
	}
	err := s.underGate(c, func(archive *store.Report) error {
		return scope.SaveServicePoint(c.UserContext(), point, s.actor(c), archive)
	})
	switch {
	case errors.Is(err, survey.ErrReportRequired):
		c.Status(fiber.StatusConflict)
		return s.drawPoints(c, point, nil)
	case errors.Is(err, survey.ErrTaken):
		c.Status(fiber.StatusUnprocessableEntity)
		return s.drawPoints(c, point, []survey.FieldError{{Field: "code", Problem: survey.ProblemTaken}})
	case err != nil:
		return err
	}
	s.refreshDirectory(c)
	return c.Redirect("/panel/urzad/punkty", fiber.StatusSeeOther)
}

// logPage is the office's audit log.
type logPage struct {
	page
	Events []store.LoggedEvent
}

// logLength is how many events the log's page shows.
const logLength = 200

func (s *Server) showLog(c *fiber.Ctx) error {
	events, err := s.scopeOf(c).Events(c.UserContext(), logLength)
	if err != nil {
		return err
	}
	for i := range events {
		events[i].At = events[i].At.In(s.Now().Location())
	}
	return c.Render("panel/log", logPage{s.page(c), events})
}

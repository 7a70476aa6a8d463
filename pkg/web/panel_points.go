package web

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// pointsPage lists the office's service points, with what was typed of one of them.
type pointsPage struct {
	page
	pointForm
	Points      []store.ServicePoint
	Departments []store.Department
	Today       survey.Day
	Gate        gateState
	Edit        bool // the person may edit and the gate is open
}

// pointForm is a service point as it was typed; ID 0: a new one.
type pointForm struct {
	Typed    store.ServicePoint
	To       string // last day, as typed
	Problems []survey.FieldError
	Stopped  bool // refused for want of a report
	Saved    bool
}

// Department names a point's department; "": none.
func (p pointsPage) Department(id int64) string {
	for _, d := range p.Departments {
		if d.ID == id {
			return d.Name
		}
	}
	return ""
}

// Point is a row of the list: as it stands, or as it was typed.
func (p pointsPage) Point(have store.ServicePoint) pointForm {
	if have.ID == p.Typed.ID {
		return p.pointForm
	}
	return pointForm{Typed: have, To: have.ValidTo.String()}
}

// New is the form for a new point.
func (p pointsPage) New() pointForm {
	if p.Typed.ID == 0 {
		return p.pointForm
	}
	return pointForm{}
}

// Problem returns what is wrong with a field; nil: nothing.
func (f pointForm) Problem(field string) *survey.FieldError {
	for i := range f.Problems {
		if f.Problems[i].Field == field {
			return &f.Problems[i]
		}
	}
	return nil
}

func (s *Server) showPoints(c *fiber.Ctx) error {
	return s.drawPoints(c, pointForm{Saved: c.Query("zapisano") != ""})
}

func (s *Server) drawPoints(c *fiber.Ctx, form pointForm) error {
	points, err := s.scopeOf(c).ServicePoints(c.UserContext())
	if err != nil {
		return err
	}
	departments, err := s.scopeOf(c).Departments(c.UserContext())
	if err != nil {
		return err
	}
	gate, err := s.gateOf(c)
	if err != nil {
		return err
	}
	p := pointsPage{page: s.page(c), pointForm: form, Points: points, Departments: departments, Today: s.today(), Gate: gate}
	p.Edit = p.Role == string(store.RoleAdministrator) && (gate.Open || form.Problems != nil)
	return c.Render("panel/points", p)
}

// savePoint adds a service point, or changes the name or the last day of one, under § 5.
func (s *Server) savePoint(c *fiber.Ctx) error {
	form, err := s.readPoint(c)
	if err != nil {
		return err
	}
	if form.Problems != nil {
		c.Status(fiber.StatusUnprocessableEntity)
		return s.drawPoints(c, form)
	}
	err = s.underGate(c, func(archive *store.Report) error {
		return s.scopeOf(c).SaveServicePoint(c.UserContext(), form.Typed, s.actor(c), archive)
	})
	if errors.Is(err, survey.ErrReportRequired) {
		form.Stopped = true
		c.Status(fiber.StatusConflict)
		return s.drawPoints(c, form)
	}
	if errors.Is(err, survey.ErrTaken) {
		form.Problems = []survey.FieldError{{Field: "code", Problem: survey.ProblemTaken}}
		c.Status(fiber.StatusUnprocessableEntity)
		return s.drawPoints(c, form)
	}
	if err != nil {
		return err
	}
	s.refreshDirectory(c)
	return c.Redirect("/panel/urzad/punkty?zapisano=1", fiber.StatusSeeOther)
}

// readPoint reads the form of a new point, or of one that the office has.
func (s *Server) readPoint(c *fiber.Ctx) (pointForm, error) {
	form := pointForm{To: strings.TrimSpace(c.FormValue("to"))}
	var bad survey.InvalidError
	if id := c.FormValue("id"); id != "" {
		points, err := s.scopeOf(c).ServicePoints(c.UserContext())
		if err != nil {
			return form, err
		}
		i := slices.IndexFunc(points, func(p store.ServicePoint) bool { return strconv.FormatInt(p.ID, 10) == id })
		if i < 0 {
			return form, survey.ErrNotFound
		}
		form.Typed = points[i]
		form.Typed.ValidTo = lastDay(form.To, points[i].ValidFrom, &bad)
	} else {
		form.Typed = store.ServicePoint{Code: strings.ToLower(strings.TrimSpace(c.FormValue("code"))), ValidFrom: s.today()}
		if err := s.chooseDepartment(c, &form.Typed, &bad); err != nil {
			return form, err
		}
	}
	form.Typed.Name = strings.TrimSpace(c.FormValue("name"))
	form.Problems = append(survey.CheckServicePoint(form.Typed.Code, form.Typed.Name), bad.Fields...)
	return form, nil
}

// lastDay reads the last day of a point that began on a day; empty: it stays open.
func lastDay(typed string, began survey.Day, bad *survey.InvalidError) survey.Day {
	if typed == "" {
		return survey.Day{}
	}
	day, err := survey.ParseDay(typed)
	switch {
	case err != nil:
		bad.Add("to", survey.ProblemBadPattern, 0)
	case day.Before(began):
		bad.Add("to", survey.ProblemBelow, 0)
	}
	return day
}

func (s *Server) chooseDepartment(c *fiber.Ctx, p *store.ServicePoint, bad *survey.InvalidError) error {
	typed := c.FormValue("department")
	if typed == "" {
		return nil
	}
	departments, err := s.scopeOf(c).Departments(c.UserContext())
	if err != nil {
		return err
	}
	i := slices.IndexFunc(departments, func(d store.Department) bool { return strconv.FormatInt(d.ID, 10) == typed })
	if i < 0 {
		bad.Add("department", survey.ProblemUnknown, 0)
		return nil
	}
	p.DepartmentID = departments[i].ID
	return nil
}

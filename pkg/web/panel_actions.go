package web

import (
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

const actionsPath = "/panel/dzialania"

// actionsPage is the register of corrective actions, what is overdue first.
type actionsPage struct {
	page
	Rows        []actionRow
	Statuses    []picked
	Departments []picked
	Filtered    bool
	All         int // in the register
	Open        int
	Overdue     int
	Unsigned    int // not open any more, and not signed off
}

// actionRow is a line of the register.
type actionRow struct {
	survey.CorrectiveAction
	Overdue bool
	Effect  *actionEffect // nil: not looked at
}

// Filters of the register that are no state of an action.
const (
	statusOpen    = "otwarte"
	statusOverdue = "po-terminie"
	statusUnseen  = "do-podpisu"
)

func (s *Server) showActions(c *fiber.Ctx) error {
	actions, err := s.scopeOf(c).Actions(c.UserContext())
	if err != nil {
		return err
	}
	status, department, today := c.Query("stan"), c.Query("referat"), s.today()
	p := actionsPage{page: s.page(c), All: len(actions), Filtered: status != "" || department != ""}
	p.Statuses = statusFilters(status)
	if status != "" && !slices.ContainsFunc(p.Statuses, func(o picked) bool { return o.On }) {
		return survey.ErrNotFound
	}
	p.Departments = departmentFilters(actions, department)
	survey.SortActions(actions)
	for _, a := range actions {
		row := actionRow{CorrectiveAction: a, Overdue: a.Overdue(today)}
		p.Open += btoiIf(a.Status.Open())
		p.Overdue += btoiIf(row.Overdue)
		p.Unsigned += btoiIf(!a.Status.Open() && a.SignedBy == "")
		if row.is(status) && (department == "" || a.Department == department) {
			p.Rows = append(p.Rows, row)
		}
	}
	return c.Render("panel/actions", p)
}

func btoiIf(b bool) int {
	if b {
		return 1
	}
	return 0
}

// is reports whether a filter takes the row in.
func (r actionRow) is(status string) bool {
	switch status {
	case "":
		return true
	case statusOpen:
		return r.Status.Open()
	case statusOverdue:
		return r.Overdue
	case statusUnseen:
		return !r.Status.Open() && r.SignedBy == ""
	}
	return string(r.Status) == status
}

func statusFilters(chosen string) []picked {
	all := []picked{{Value: statusOverdue, Label: "po terminie"}, {Value: statusOpen, Label: "otwarte"}, {Value: statusUnseen, Label: "czekają na podpis nadzoru"}}
	for _, status := range survey.ActionStatuses() {
		all = append(all, picked{Value: string(status), Label: actionStatusPL(status)})
	}
	for i := range all {
		all[i].On = all[i].Value == chosen
	}
	return all
}

// departmentFilters lists the departments that the register names.
func departmentFilters(actions []survey.CorrectiveAction, chosen string) []picked {
	var names []string
	for _, a := range actions {
		if a.Department != "" {
			names = append(names, a.Department)
		}
	}
	if chosen != "" {
		names = append(names, chosen)
	}
	slices.Sort(names)
	var all []picked
	for _, name := range slices.Compact(names) {
		all = append(all, picked{Value: name, Label: name, On: name == chosen})
	}
	return all
}

// registerPage is the whole register on paper: every column of it, and a place for the signature.
type registerPage struct {
	page
	Rows  []actionRow
	Today survey.Day
}

// showRegister draws the register to be printed, in the order of numbers.
func (s *Server) showRegister(c *fiber.Ctx) error {
	ctx, scope := c.UserContext(), s.scopeOf(c)
	actions, err := scope.Actions(ctx)
	if err != nil {
		return err
	}
	p, m := registerPage{page: s.page(c), Today: s.today()}, newMeasurer(scope)
	for _, a := range actions {
		effect, err := m.effect(ctx, a)
		if err != nil {
			return err
		}
		a.SignedAt = a.SignedAt.In(s.Now().Location())
		p.Rows = append(p.Rows, actionRow{a, a.Overdue(p.Today), effect})
	}
	return c.Render("panel/actions_register", p)
}

// actionStatusPL names where an action stands.
func actionStatusPL(status survey.ActionStatus) string {
	return map[survey.ActionStatus]string{
		survey.ActionPlanned: "planowane", survey.ActionUnderWay: "w toku", survey.ActionDone: "wykonane", survey.ActionEffective: "skuteczne",
		survey.ActionFailed: "nieskuteczne", survey.ActionDropped: "zaniechane",
	}[status]
}

// Acts reports whether a page's reader may change the register; the supervisor only signs.
func (p page) Acts() bool {
	return p.Role == string(store.RoleAdministrator) || p.Role == string(store.RoleEmployee)
}

// askedAction reads the action that a request names.
func (s *Server) askedAction(c *fiber.Ctx) (*survey.CorrectiveAction, error) {
	id, err := strconv.ParseInt(c.Params("action"), 10, 64)
	if err != nil {
		return nil, survey.ErrNotFound
	}
	return s.scopeOf(c).Action(c.UserContext(), id)
}

func actionAddress(id int64) string { return actionsPath + "/" + strconv.FormatInt(id, 10) }

package web

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"ocenaurzedu.eu/pkg/report"
	"ocenaurzedu.eu/pkg/survey"
)

// actionFormPage is the form of a new action, or of one in the register.
type actionFormPage struct {
	page
	actionForm
	Fields []actionField
}

// actionForm is an action as it was read or typed, with what came of saving it.
type actionForm struct {
	Action   survey.CorrectiveAction
	Values   survey.Values // as typed
	Key      string        // of the form of a new action; "": one in the register is changed
	Problems []survey.FieldError
	Now      *survey.CorrectiveAction // what somebody else saved meanwhile; nil: nobody did
}

// actionField is one field of the form.
type actionField struct {
	Name, Label, Hint, Value string
	Kind                     string // text, area, date or select
	Groups                   []choiceGroup
	Required                 bool
	Problem                  *survey.FieldError
	Changed                  bool   // somebody else saved Now meanwhile
	Now                      string // in words; "": nothing
}

// choiceGroup is some of what a list offers, under a heading; "": under none.
type choiceGroup struct {
	Label   string
	Choices []picked
}

// actionValues writes an action as the fields of its form have it, in their order.
func actionValues(a *survey.CorrectiveAction) [][2]string {
	number := ""
	if a.Report > 0 {
		number = strconv.Itoa(a.Report)
	}
	return [][2]string{{"finding", a.Finding}, {"report", number}, {"measure", measureValue(a.Measure)}, {"cause", a.Cause}, {"action", a.Action}, {"owner", a.Owner},
		{"department", a.Department}, {"due", a.Due.String()}, {"check", a.Check}, {"status", string(a.Status)}, {"done_on", a.DoneOn.String()}}
}

// actionFieldNames are the labels of an action's fields.
func actionFieldNames() map[string]string {
	return map[string]string{"finding": "Ustalenie", "report": "Z raportu", "measure": "Wynik, który ma się zmienić", "cause": "Przyczyna", "action": "Działanie",
		"owner": "Odpowiedzialny (stanowisko)", "department": "Referat", "due": "Termin", "check": "Jak sprawdzimy skutek", "status": "Stan", "done_on": "Dzień wykonania",
		"public_text": "Tekst dla mieszkańców"}
}

// ActionLabel names a field of an action.
func (actionFormPage) ActionLabel(field string) string { return actionFieldNames()[field] }

// actionFields lists the fields of the form with what lists offer, what is to be mended, and what somebody else saved.
func (s *Server) actionFields(c *fiber.Ctx, f *actionForm) ([]actionField, error) {
	lists, err := s.actionLists(c, &f.Action)
	if err != nil {
		return nil, err
	}
	hints := map[string]string{
		"finding": "Co wymaga poprawy, najlepiej z wynikiem z raportu.", "owner": "Stanowisko albo komórka, bez nazwiska, np. kierownik Referatu Organizacyjnego.",
		"cause": "Dlaczego tak jest. Potrzebna najpóźniej wtedy, gdy działanie jest wykonane.", "action": "Co zrobimy.",
		"check": "Np. porównanie oceny w następnym raporcie. Potrzebne najpóźniej wtedy, gdy działanie jest wykonane.", "done_on": "Tylko gdy działanie jest wykonane, skuteczne lub nieskuteczne.",
		"measure": "Następny raport pokaże, czy zmiana tej oceny jest większa niż błąd.", "report": "Skutek mierzymy od wyników tego raportu.",
	}
	kinds := map[string]string{"finding": "area", "cause": "area", "action": "area", "check": "area", "due": "date", "done_on": "date"}
	var now [][2]string
	if f.Now != nil {
		now = actionValues(f.Now)
	}
	var fields []actionField
	for i, pair := range actionValues(&f.Action) {
		field := actionField{Name: pair[0], Value: pair[1], Label: actionFieldNames()[pair[0]], Hint: glue(hints[pair[0]]), Kind: kinds[pair[0]], Groups: lists[pair[0]]}
		if f.Values != nil {
			field.Value = f.Values.Get(field.Name)
		}
		field.Required = slices.Contains([]string{"finding", "action", "owner", "due"}, field.Name)
		for j := range f.Problems {
			if f.Problems[j].Field == field.Name {
				field.Problem = &f.Problems[j]
			}
		}
		if now != nil && now[i][1] != pair[1] {
			field.Changed, field.Now = true, actionValuePL(field.Name, now[i][1])
		}
		fields = append(fields, field)
	}
	return fields, nil
}

// actionValuePL writes the value of a field for a reader.
func actionValuePL(field, value string) string {
	switch field {
	case "status":
		return actionStatusPL(survey.ActionStatus(value))
	case "due", "done_on":
		if day, err := survey.ParseDay(value); err == nil {
			return dayPL(day)
		}
	case "report":
		if value != "" {
			return "raport nr" + hardSpace + value
		}
	}
	return value
}

// actionLists are what the lists of the form offer, and what the action has already, be it gone since.
func (s *Server) actionLists(c *fiber.Ctx, a *survey.CorrectiveAction) (map[string][]choiceGroup, error) {
	ctx, scope := c.UserContext(), s.scopeOf(c)
	departments, err := scope.Departments(ctx)
	if err != nil {
		return nil, err
	}
	reports, err := scope.Reports(ctx)
	if err != nil {
		return nil, err
	}
	version, err := scope.PublishedVersion(ctx)
	if err != nil && !errors.Is(err, survey.ErrNotFound) {
		return nil, err
	}
	units, archive, status := []picked{{Label: "cały urząd"}}, []picked{{Label: "żaden"}}, []picked{}
	for _, d := range departments {
		units = append(units, picked{Value: d.Name, Label: d.Name})
	}
	for _, r := range reports {
		archive = append(archive, picked{Value: strconv.Itoa(r.Number), Label: fmt.Sprintf("nr%s%d: %s – %s", hardSpace, r.Number, dayPL(r.From), dayPL(r.To))})
	}
	for _, st := range survey.ActionStatuses() {
		status = append(status, picked{Value: string(st), Label: actionStatusPL(st)})
	}
	lists := map[string][]choiceGroup{"department": {{Choices: units}}, "report": {{Choices: archive}}, "status": {{Choices: status}}, "measure": measureChoices(version)}
	for _, pair := range actionValues(a) {
		if groups := lists[pair[0]]; groups != nil && !offers(groups, pair[1]) && pair[0] != "status" {
			groups[0].Choices = append(groups[0].Choices, picked{Value: pair[1], Label: pair[1] + " (już nieużywane)"})
		}
	}
	return lists, nil
}

func offers(groups []choiceGroup, value string) bool {
	return slices.ContainsFunc(groups, func(g choiceGroup) bool {
		return slices.ContainsFunc(g.Choices, func(o picked) bool { return o.Value == value })
	})
}

// measureChoices lists what a questionnaire rates: questions, areas and rows. version may be nil.
func measureChoices(version *survey.Version) []choiceGroup {
	groups := []choiceGroup{{Choices: []picked{{Label: "żaden"}}}}
	if version == nil {
		return groups
	}
	for _, q := range version.Questionnaire.Questions() {
		scored := slices.ContainsFunc(q.Choices(), func(c survey.Choice) bool { return c.Score != nil })
		switch {
		case !scored || q.Kind == survey.KindMulti:
		case len(q.Rows) == 0:
			groups[0].Choices = append(groups[0].Choices, picked{Value: q.Key, Label: q.Label.PL})
		default:
			table := choiceGroup{Label: q.Label.PL}
			for _, a := range q.Areas {
				table.Choices = append(table.Choices, picked{Value: measureValue(survey.Measure{Question: q.Key, Area: a.Key}), Label: "Obszar: " + a.Label.PL})
			}
			for _, r := range q.Rows {
				table.Choices = append(table.Choices, picked{Value: measureValue(survey.Measure{Question: q.Key, Row: r.Key}), Label: r.Label.PL})
			}
			groups = append(groups, table)
		}
	}
	return groups
}

// showNewAction draws the form of a new action, filled with a finding where a report's page led here.
func (s *Server) showNewAction(c *fiber.Ctx) error {
	f := actionForm{Key: newKey(), Action: survey.CorrectiveAction{Status: survey.ActionPlanned}}
	if asked := c.Query("raport"); asked != "" {
		number, err := strconv.Atoi(asked)
		if err != nil || number < 1 || number > maxReportNumber {
			return survey.ErrNotFound
		}
		figures, err := s.scopeOf(c).ReportByNumber(c.UserContext(), number)
		if err != nil {
			return err
		}
		from, err := decodeFigures(figures)
		if err != nil {
			return err
		}
		f.Action.Report = number
		if m := parseMeasure(c.Query("wynik")); m.Question != "" {
			found, ok := from.Summary.Measured(m)
			if !ok {
				return survey.ErrNotFound
			}
			f.Action.Measure = m
			f.Action.Check = "Porównanie tej oceny w następnym raporcie."
			f.Action.Finding = fmt.Sprintf("„%s” – średnia %s w\u00a0skali od %s do %s (przedział orientacyjny 95%%: %s; n\u00a0=\u00a0%s).", found.Label.PL,
				report.Decimal(found.Rating.Value, 2), report.Short(found.Min), report.Short(found.Max), report.FigureSpan(found.Rating), numberPL(found.Rating.N))
		}
	}
	return s.drawActionForm(c, f)
}

// maxReportNumber is the highest number that the database can hold.
const maxReportNumber = 1<<31 - 1

func (s *Server) drawActionForm(c *fiber.Ctx, f actionForm) error {
	fields, err := s.actionFields(c, &f)
	if err != nil {
		return err
	}
	return c.Render("panel/action_form", actionFormPage{s.page(c), f, fields})
}

// addAction puts an action into the register.
func (s *Server) addAction(c *fiber.Ctx) error {
	f := actionForm{Values: formValues(c)}
	f.Key = f.Values.Get("_key")
	if _, err := uuid.Parse(f.Key); err != nil || len(f.Key) != keyLength {
		f.Key = newKey()
	}
	if err := s.readAction(c, &f, &survey.CorrectiveAction{}); err != nil {
		return err
	}
	if f.Problems != nil {
		c.Status(fiber.StatusUnprocessableEntity)
		return s.drawActionForm(c, f)
	}
	id, err := s.scopeOf(c).AddAction(c.UserContext(), f.Action, f.Key, s.actor(c))
	if err != nil {
		return err
	}
	return c.Redirect(actionAddress(id)+"?zapisano=1", fiber.StatusSeeOther)
}

func (s *Server) showActionForm(c *fiber.Ctx) error {
	a, err := s.askedAction(c)
	if err != nil {
		return err
	}
	return s.drawActionForm(c, actionForm{Action: *a})
}

// saveAction changes an action. What was typed is never lost: it is drawn again with what is to be mended, or beside
// what somebody else saved meanwhile.
func (s *Server) saveAction(c *fiber.Ctx) error {
	before, err := s.askedAction(c)
	if err != nil {
		return err
	}
	f := actionForm{Values: formValues(c), Action: *before}
	if err := s.readAction(c, &f, before); err != nil {
		return err
	}
	if f.Problems != nil {
		c.Status(fiber.StatusUnprocessableEntity)
		return s.drawActionForm(c, f)
	}
	err = s.scopeOf(c).SaveAction(c.UserContext(), f.Action, s.actor(c))
	if errors.Is(err, survey.ErrConflict) {
		if f.Now, err = s.askedAction(c); err != nil {
			return err
		}
		f.Action.Revision, f.Problems = f.Now.Revision, []survey.FieldError{{Problem: survey.ProblemChanged}}
		c.Status(fiber.StatusConflict)
		return s.drawActionForm(c, f)
	}
	if err != nil {
		return err
	}
	s.refreshDirectory(c) // residents see where a published action stands
	return c.Redirect(actionAddress(before.ID)+"?zapisano=1", fiber.StatusSeeOther)
}

// readAction reads what was typed over what the action had before, and says what is wrong with it.
func (s *Server) readAction(c *fiber.Ctx, f *actionForm, before *survey.CorrectiveAction) error {
	var bad survey.InvalidError
	a := &f.Action
	text := func(field string) string {
		return strings.TrimSpace(strings.ReplaceAll(f.Values.Get(field), "\r\n", "\n"))
	}
	day := func(field string) (d survey.Day) {
		d, err := survey.ParseDay(text(field))
		if err != nil && text(field) != "" {
			bad.Add(field, survey.ProblemBadPattern, 0)
		}
		return d
	}
	a.Finding, a.Cause, a.Action, a.Owner, a.Check = text("finding"), text("cause"), text("action"), text("owner"), text("check")
	a.Department, a.Status, a.Measure = text("department"), survey.ActionStatus(text("status")), parseMeasure(text("measure"))
	a.Due, a.DoneOn = day("due"), day("done_on")
	a.Report, _ = strconv.Atoi(text("report")) // 0 where it is no number, which the list offers as ""
	a.Revision = readInt(f.Values, "revision")
	lists, err := s.actionLists(c, before)
	if err != nil {
		return err
	}
	for _, field := range []string{"report", "measure", "department"} {
		if !offers(lists[field], text(field)) {
			bad.Add(field, survey.ProblemUnknown, 0)
		}
	}
	var invalid *survey.InvalidError
	if errors.As(a.Faults(s.today()), &invalid) {
		for _, e := range invalid.Fields {
			if !slices.ContainsFunc(bad.Fields, func(have survey.FieldError) bool { return have.Field == e.Field }) {
				bad.Fields = append(bad.Fields, e)
			}
		}
	}
	f.Problems = sortProblems(bad.Fields, a)
	return nil
}

// sortProblems sorts what is to be mended as the fields stand in the form.
func sortProblems(problems []survey.FieldError, a *survey.CorrectiveAction) []survey.FieldError {
	place := func(field string) int {
		return slices.IndexFunc(actionValues(a), func(pair [2]string) bool { return pair[0] == field })
	}
	slices.SortStableFunc(problems, func(a, b survey.FieldError) int { return place(a.Field) - place(b.Field) })
	return problems
}

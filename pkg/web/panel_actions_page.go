package web

import (
	"errors"
	"strings"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// actionPage is one corrective action: what it is, what came of it, its publication, its sign-offs and its history.
type actionPage struct {
	page
	Action   survey.CorrectiveAction
	Overdue  bool
	Effect   *actionEffect
	SignOffs []store.SignOff
	History  []actionChange
	Saved    string // what has just been done
	actionTyped
}

// actionTyped is what was typed on an action's page and not taken.
type actionTyped struct {
	PublicText string
	Note       string
	Problems   []survey.FieldError
	Meanwhile  bool // somebody else changed the action
}

// Problem returns what is wrong with a field; nil: nothing.
func (t actionTyped) Problem(field string) *survey.FieldError {
	for i := range t.Problems {
		if t.Problems[i].Field == field {
			return &t.Problems[i]
		}
	}
	return nil
}

// Signs reports whether the page's reader may sign the action off as it is.
func (p actionPage) Signs() bool {
	return p.Role == string(store.RoleSupervisor) && !p.Action.Status.Open() && p.Action.SignedBy == ""
}

// Stands reports whether a sign-off is good for the action as it is now.
func (p actionPage) Stands(i int) bool { return i == 0 && p.Action.SignedBy != "" }

// actionChange is a line of the history.
type actionChange struct {
	store.ActionChange
	Fields []changedField
}

// What names the change.
func (c actionChange) What() string {
	return map[string]string{"action.add": "dodano do rejestru", "action.save": "zmieniono", "action.publish": "opublikowano", "action.withdraw": "wycofano z publikacji",
		"action.sign": "podpisał nadzór"}[c.Action]
}

// changedField is a field that a change touched; "" is nothing.
type changedField struct{ Label, Before, After string }

// changedFields lists what a change touched; of a new action nothing, as the page has it.
func changedFields(c store.ActionChange) []changedField {
	if c.Before == nil || c.After == nil {
		return nil
	}
	var fields []changedField
	names := actionFieldNames()
	before := append(actionValues(c.Before), [2]string{"public_text", c.Before.PublicText})
	after := append(actionValues(c.After), [2]string{"public_text", c.After.PublicText})
	for i := range before {
		if name := before[i][0]; before[i][1] != after[i][1] {
			fields = append(fields, changedField{names[name], actionValuePL(name, before[i][1]), actionValuePL(name, after[i][1])})
		}
	}
	return fields
}

func (s *Server) showAction(c *fiber.Ctx) error {
	a, err := s.askedAction(c)
	if err != nil {
		return err
	}
	return s.drawAction(c, a, actionTyped{PublicText: a.PublicText})
}

// actionDone says what has just been done, by the query of the address that it led to.
func actionDone(c *fiber.Ctx) string {
	return map[string]string{"1": "Działanie jest zapisane w rejestrze.", "tekst": "Tekst dla mieszkańców jest zapisany; nie jest opublikowany.",
		"opublikowano": "Opublikowano. Mieszkańcy widzą ten tekst od razu.", "wycofano": "Wycofano z publikacji. Mieszkańcy już tego nie widzą.",
		"podpisano": "Podpisano."}[c.Query("zapisano")]
}

func (s *Server) drawAction(c *fiber.Ctx, a *survey.CorrectiveAction, typed actionTyped) error {
	ctx, scope, zone := c.UserContext(), s.scopeOf(c), s.Now().Location()
	p := actionPage{page: s.page(c), Action: *a, Overdue: a.Overdue(s.today()), actionTyped: typed, Saved: glue(actionDone(c))}
	p.Action.SignedAt = a.SignedAt.In(zone)
	var err error
	if p.Effect, err = newMeasurer(scope).effect(ctx, *a); err != nil {
		return err
	}
	if p.SignOffs, err = scope.SignOffs(ctx, a.ID); err != nil {
		return err
	}
	for i := range p.SignOffs {
		p.SignOffs[i].SignedAt = p.SignOffs[i].SignedAt.In(zone)
	}
	history, err := scope.ActionHistory(ctx, a.Number)
	if err != nil {
		return err
	}
	for _, change := range history {
		change.At = change.At.In(zone)
		p.History = append(p.History, actionChange{change, changedFields(change)})
	}
	return c.Render("panel/action", p)
}

// publishAction keeps the text for residents, and shows it to them or takes it back.
func (s *Server) publishAction(c *fiber.Ctx) error {
	a, err := s.askedAction(c)
	if err != nil {
		return err
	}
	values, changed := formValues(c), *a
	changed.PublicText = strings.TrimSpace(strings.ReplaceAll(values.Get("public_text"), "\r\n", "\n"))
	changed.Revision = readInt(values, "revision")
	done := "tekst"
	switch values.Get("do") {
	case "publish":
		changed.Published, done = true, "opublikowano"
	case "withdraw":
		changed.Published, done = false, "wycofano"
	}
	typed := actionTyped{PublicText: changed.PublicText, Problems: publicProblems(&changed, s.today())}
	if typed.Problems != nil {
		c.Status(fiber.StatusUnprocessableEntity)
		return s.drawAction(c, a, typed)
	}
	err = s.scopeOf(c).SaveAction(c.UserContext(), changed, s.actor(c))
	if errors.Is(err, survey.ErrConflict) {
		return s.drawActionChanged(c, typed)
	}
	if err != nil {
		return err
	}
	s.refreshDirectory(c)
	return c.Redirect(actionAddress(a.ID)+"?zapisano="+done, fiber.StatusSeeOther)
}

// publicProblems says what is wrong with the text for residents; the rest of the action was checked when it was saved.
func publicProblems(a *survey.CorrectiveAction, today survey.Day) []survey.FieldError {
	var invalid *survey.InvalidError
	if !errors.As(a.Faults(today), &invalid) {
		return nil
	}
	var own []survey.FieldError
	for _, e := range invalid.Fields {
		if e.Field == "public_text" {
			own = append(own, e)
		}
	}
	return own
}

// signAction is the one thing that the supervisor may do: a sign-off of the action as it was seen, as a record of its own.
func (s *Server) signAction(c *fiber.Ctx) error {
	a, err := s.askedAction(c)
	if err != nil {
		return err
	}
	values, by := formValues(c), s.actor(c)
	note := strings.TrimSpace(strings.ReplaceAll(values.Get("note"), "\r\n", "\n"))
	typed := actionTyped{PublicText: a.PublicText, Note: note, Problems: survey.CheckNote("note", note)}
	if typed.Problems != nil {
		c.Status(fiber.StatusUnprocessableEntity)
		return s.drawAction(c, a, typed)
	}
	err = s.scopeOf(c).SignAction(c.UserContext(), a.ID, store.SignOff{Revision: readInt(values, "revision"), Note: note, SignedBy: by.Login, SignedAt: by.At})
	if errors.Is(err, survey.ErrConflict) {
		return s.drawActionChanged(c, typed)
	}
	if err != nil {
		return err
	}
	return c.Redirect(actionAddress(a.ID)+"?zapisano=podpisano", fiber.StatusSeeOther)
}

// drawActionChanged shows the action as it is now, beside what was typed.
func (s *Server) drawActionChanged(c *fiber.Ctx, typed actionTyped) error {
	now, err := s.askedAction(c)
	if err != nil {
		return err
	}
	typed.Meanwhile = true
	c.Status(fiber.StatusConflict)
	return s.drawAction(c, now, typed)
}

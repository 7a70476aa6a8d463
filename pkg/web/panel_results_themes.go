package web

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// longestTheme is how many characters a theme's name may have.
const longestTheme = 60

// themesPage lists the office's themes, with how many remarks have each in the period, and in all.
type themesPage struct {
	page
	Choice resultsChoice
	Themes []store.Theme
	Hunt   remarkHunt // of the period
	Acts   bool
	Done   string
	Fault  string // why nothing was done
	At     int64  // the theme that it is about; 0: a new one
	Typed  string // a name
}

// Head is the part of the page that all results have.
func (p themesPage) Head() resultsHead { return resultsHead{p.Choice, themesPath, nil} }

// Read is the address of a theme's remarks.
func (p themesPage) Read(id int64) string {
	return p.Choice.Link(foundPath, "temat", strconv.FormatInt(id, 10))
}

// Untagged is the address of the remarks without a theme.
func (p themesPage) Untagged() string { return p.Choice.Link(foundPath, "temat", noTheme) }

// Other are the themes that one may be merged into.
func (p themesPage) Other(id int64) []store.Theme {
	return slices.DeleteFunc(slices.Clone(p.Themes), func(t store.Theme) bool { return t.ID == id })
}

func (s *Server) showThemes(c *fiber.Ctx) error {
	done := map[string]string{"dodano": "Dodano temat.", "zmieniono": "Zmieniono nazwę tematu.", "polaczono": "Połączono tematy.", "usunieto": "Usunięto temat. Uwagi, które go miały, zostały."}
	return s.drawThemes(c, themesPage{Done: done[c.Query("zrobiono")]}, queryValues(c))
}

func (s *Server) drawThemes(c *fiber.Ctx, p themesPage, values survey.Values) error {
	scope := s.scopeOf(c)
	var err error
	if p.Choice, err = s.readResultsChoice(c, values); err != nil {
		return err
	}
	if p.Themes, err = scope.Themes(c.UserContext()); err != nil {
		return err
	}
	p.page, p.Acts, p.Hunt = s.page(c), typist(c), readHunt(survey.Values{}, p.Themes)
	if p.Choice.Problems != nil {
		c.Status(fiber.StatusUnprocessableEntity)
		return c.Render("panel/results_themes", p)
	}
	if err := scope.EachRemark(c.UserContext(), p.Choice.Filter, p.Hunt.see); err != nil {
		return err
	}
	return c.Render("panel/results_themes", p)
}

// themeFault says what is wrong with a theme's name; "": nothing.
func themeFault(name string) string {
	switch {
	case len(survey.Words(name)) == 0:
		return "Prosimy wpisać nazwę tematu."
	case utf8.RuneCountInString(name) > longestTheme:
		return "Nazwa tematu może mieć najwyżej " + strconv.Itoa(longestTheme) + " znaków."
	}
	return ""
}

// typedTheme is a theme's name as a form has it, with single blanks.
func typedTheme(form survey.Values) string {
	return strings.Join(strings.Fields(form.Get("nazwa")), " ")
}

func (s *Server) createTheme(c *fiber.Ctx) error {
	form := formValues(c)
	name := typedTheme(form)
	if fault := themeFault(name); fault != "" {
		return s.refuseTheme(c, form, themesPage{Fault: fault, Typed: name})
	}
	_, err := s.scopeOf(c).CreateTheme(c.UserContext(), name, s.actor(c))
	if errors.Is(err, survey.ErrTaken) {
		return s.refuseTheme(c, form, themesPage{Fault: "Temat o tej nazwie już jest.", Typed: name})
	}
	if err != nil {
		return err
	}
	return s.themesAgain(c, form, "dodano")
}

// changeTheme renames a theme, merges it into another, or drops it.
func (s *Server) changeTheme(c *fiber.Ctx) error {
	ctx, scope, form, by := c.UserContext(), s.scopeOf(c), formValues(c), s.actor(c)
	id, err := strconv.ParseInt(c.Params("theme"), 10, 64)
	if err != nil {
		return survey.ErrNotFound
	}
	switch form.Get("akcja") {
	case "rename":
		name := typedTheme(form)
		if fault := themeFault(name); fault != "" {
			return s.refuseTheme(c, form, themesPage{Fault: fault, At: id, Typed: name})
		}
		err = scope.RenameTheme(ctx, id, name, by)
		if errors.Is(err, survey.ErrTaken) {
			return s.refuseTheme(c, form, themesPage{Fault: "Inny temat ma już tę nazwę. Można je połączyć.", At: id, Typed: name})
		}
		if err != nil {
			return err
		}
		return s.themesAgain(c, form, "zmieniono")
	case "merge":
		into, err := strconv.ParseInt(form.Get("do-tematu"), 10, 64)
		if err != nil || into == id {
			return s.refuseTheme(c, form, themesPage{Fault: "Prosimy wybrać z listy temat, z którym ten ma być połączony.", At: id})
		}
		if err := scope.MergeThemes(ctx, id, into, by); err != nil {
			return err
		}
		return s.themesAgain(c, form, "polaczono")
	case "delete":
		if err := scope.DeleteTheme(ctx, id, by); err != nil {
			return err
		}
		return s.themesAgain(c, form, "usunieto")
	}
	return fiber.NewError(fiber.StatusBadRequest, "Formularz jest niekompletny. Prosimy otworzyć stronę z tematami jeszcze raz i użyć jednego z przycisków.")
}

// refuseTheme draws the page again with what was typed and why nothing was done.
func (s *Server) refuseTheme(c *fiber.Ctx, form survey.Values, p themesPage) error {
	c.Status(fiber.StatusUnprocessableEntity)
	return s.drawThemes(c, p, form)
}

func (s *Server) themesAgain(c *fiber.Ctx, form survey.Values, done string) error {
	choice, err := s.readResultsChoice(c, form)
	if err != nil {
		return err
	}
	return c.Redirect(choice.Link(themesPath, "zrobiono", done), fiber.StatusSeeOther)
}

// tagRemarks puts a theme on the chosen remarks, or on all that the search finds, or takes it off.
func (s *Server) tagRemarks(c *fiber.Ctx) error {
	ctx, scope, form, by := c.UserContext(), s.scopeOf(c), formValues(c), s.actor(c)
	p := foundPage{Ticked: form["remark"], Typed: typedTheme(form)}
	ids, fault, err := s.taggedIDs(c, form)
	if err != nil {
		return err
	}
	var theme int64
	if fault == "" {
		if theme, fault, err = s.themeOf(c, form); err != nil {
			return err
		}
	}
	if fault != "" {
		p.Fault = fault
		c.Status(fiber.StatusUnprocessableEntity)
		return s.drawFound(c, p, form)
	}
	n, done := 0, "nadano"
	if form.Get("akcja") == "untag" {
		done = "zdjeto"
		n, err = scope.UntagRemarks(ctx, ids, theme, by)
	} else {
		n, err = scope.TagRemarks(ctx, ids, theme, by)
	}
	if err != nil {
		return err
	}
	choice, err := s.readResultsChoice(c, form)
	if err != nil {
		return err
	}
	return c.Redirect(choice.Link(foundPath, "szukaj", form.Get("szukaj"), "pytanie", form.Get("pytanie"), "temat", form.Get("temat"), "stan", form.Get("stan"),
		"strona", form.Get("strona"), "zrobiono", done, "ile", strconv.Itoa(n), "nadany", strconv.FormatInt(theme, 10)), fiber.StatusSeeOther)
}

// taggedIDs are the remarks that a form means: those ticked, or all that its search finds.
func (s *Server) taggedIDs(c *fiber.Ctx, form survey.Values) (ids []string, fault string, err error) {
	if form.Get("zakres") != "wszystkie" {
		for _, typed := range form["remark"] {
			if id, err := uuid.Parse(typed); err == nil {
				ids = append(ids, id.String())
			}
		}
		if len(ids) == 0 {
			return nil, "Prosimy zaznaczyć uwagi albo wybrać „wszystkie znalezione”.", nil
		}
		return ids, "", nil
	}
	choice, err := s.readResultsChoice(c, form)
	if err != nil {
		return nil, "", err
	}
	themes, err := s.scopeOf(c).Themes(c.UserContext())
	if err != nil {
		return nil, "", err
	}
	hunt := readHunt(form, themes)
	if choice.Problems != nil || hunt.problems != nil {
		return nil, "Wybór uwag jest nieprawidłowy. Prosimy go poprawić.", nil
	}
	if err := s.scopeOf(c).EachRemark(c.UserContext(), choice.Filter, hunt.see); err != nil {
		return nil, "", err
	}
	return hunt.ids, "", nil
}

// themeOf is the theme that a form means: a new one by its name, or one from the list. A name that there is already
// means the theme that has it.
func (s *Server) themeOf(c *fiber.Ctx, form survey.Values) (id int64, fault string, err error) {
	themes, err := s.scopeOf(c).Themes(c.UserContext())
	if err != nil {
		return 0, "", err
	}
	name := typedTheme(form)
	i := slices.IndexFunc(themes, func(t store.Theme) bool {
		if name != "" {
			return survey.Fold(t.Name) == survey.Fold(name)
		}
		return strconv.FormatInt(t.ID, 10) == form.Get("theme")
	})
	switch {
	case i >= 0:
		return themes[i].ID, "", nil
	case name == "":
		return 0, "Prosimy wybrać temat z listy albo wpisać nowy.", nil
	case form.Get("akcja") == "untag":
		return 0, "Nie ma tematu o tej nazwie, więc nie ma czego zdjąć.", nil
	}
	if fault := themeFault(name); fault != "" {
		return 0, fault, nil
	}
	id, err = s.scopeOf(c).CreateTheme(c.UserContext(), name, s.actor(c))
	return id, "", err
}

// Share is how much of the period's remarks a theme has; 0: those without any.
func (p themesPage) Share(id int64) string {
	if p.Hunt.Total == 0 {
		return "–"
	}
	return percent1PL(float64(p.Hunt.InTheme(id)) / float64(p.Hunt.Total))
}

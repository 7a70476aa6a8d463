package web

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// reportCasePage is what the archivist writes on a report, with its history.
type reportCasePage struct {
	page
	Report   *store.ReportInfo
	Case     store.ReportCase // as typed
	Theirs   *store.ReportCase
	History  []store.CaseChange
	Problems []survey.FieldError
	Saved    bool
	Edit     bool
}

// Problem returns what is wrong with a field; nil: nothing.
func (p reportCasePage) Problem(field string) *survey.FieldError {
	return problemOf(p.Problems, field)
}

func problemOf(problems []survey.FieldError, field string) *survey.FieldError {
	for i := range problems {
		if problems[i].Field == field {
			return &problems[i]
		}
	}
	return nil
}

// Forms of the signs: the office's own instrukcja kancelaryjna says the rest.
var (
	jrwaPattern     = regexp.MustCompile(`^\d{1,5}$`)                     // a class of the jednolity rzeczowy wykaz akt
	categoryPattern = regexp.MustCompile(`^(A|B|B\d{1,3}|BE\d{1,3}|Bc)$`) // permanent; temporary, with years; to be valued; short-lived
)

// longestSign is how many characters a znak sprawy may have.
const longestSign = 60

// caseOf reads the signs of a form.
func caseOf(values survey.Values) store.ReportCase {
	return store.ReportCase{Sign: strings.TrimSpace(values.Get("sign")), JRWA: strings.TrimSpace(values.Get("jrwa")), Category: strings.TrimSpace(values.Get("category"))}
}

// checkCase says what is wrong with the signs; all may be empty.
func checkCase(c store.ReportCase) error {
	var bad survey.InvalidError
	if utf8.RuneCountInString(c.Sign) > longestSign {
		bad.Add("sign", survey.ProblemTooLong, longestSign)
	} else if strings.ContainsFunc(c.Sign, func(r rune) bool { return r < ' ' || r == utf8.RuneError }) {
		bad.Add("sign", survey.ProblemBadPattern, 0)
	}
	if c.JRWA != "" && !jrwaPattern.MatchString(c.JRWA) {
		bad.Add("jrwa", survey.ProblemBadPattern, 0)
	}
	if c.Category != "" && !categoryPattern.MatchString(c.Category) {
		bad.Add("category", survey.ProblemBadPattern, 0)
	}
	return bad.Err()
}

// caseFaults are the faults that an error tells of; nil: none, or another kind of error.
func caseFaults(err error) []survey.FieldError {
	var invalid *survey.InvalidError
	if errors.As(err, &invalid) {
		return invalid.Fields
	}
	return nil
}

func (s *Server) showReportCase(c *fiber.Ctx) error {
	id, err := strconv.ParseInt(c.Params("report"), 10, 64)
	if err != nil {
		return survey.ErrNotFound
	}
	have, err := s.scopeOf(c).ReportCase(c.UserContext(), id)
	if err != nil {
		return err
	}
	return s.drawReportCase(c, id, reportCasePage{Case: *have, Saved: c.Query("zapisano") != ""})
}

func (s *Server) drawReportCase(c *fiber.Ctx, id int64, p reportCasePage) error {
	ctx, scope := c.UserContext(), s.scopeOf(c)
	r, err := scope.Report(ctx, id)
	if err != nil {
		return err
	}
	if p.History, err = scope.CaseChanges(ctx, id); err != nil {
		return err
	}
	for i := range p.History {
		p.History[i].At = p.History[i].At.In(s.Now().Location())
	}
	r.GeneratedAt = r.GeneratedAt.In(s.Now().Location())
	p.page, p.Report = s.page(c), &r.ReportInfo
	p.Edit = p.Role != string(store.RoleSupervisor)
	return c.Render("panel/report_case", p)
}

// saveReportCase writes the signs on a report, which itself stays as it is.
func (s *Server) saveReportCase(c *fiber.Ctx) error {
	id, err := strconv.ParseInt(c.Params("report"), 10, 64)
	if err != nil {
		return survey.ErrNotFound
	}
	values, by := formValues(c), s.actor(c)
	typed := caseOf(values)
	typed.Revision, _ = strconv.Atoi(values.Get("_revision")) // anything else is no revision that stands there
	typed.UpdatedAt, typed.UpdatedBy = by.At, by.Login
	scope := s.scopeOf(c)
	if problems := caseFaults(checkCase(typed)); problems != nil {
		c.Status(fiber.StatusUnprocessableEntity)
		return s.drawReportCase(c, id, reportCasePage{Case: typed, Problems: problems})
	}
	err = scope.SaveReportCase(c.UserContext(), id, typed)
	if errors.Is(err, survey.ErrConflict) {
		theirs, err := scope.ReportCase(c.UserContext(), id)
		if err != nil {
			return err
		}
		typed.Revision = theirs.Revision
		theirs.UpdatedAt = theirs.UpdatedAt.In(s.Now().Location())
		c.Status(fiber.StatusConflict)
		return s.drawReportCase(c, id, reportCasePage{Case: typed, Theirs: theirs})
	}
	if err != nil {
		return err
	}
	return c.Redirect(fmt.Sprintf("/panel/raporty/%d/sprawa?zapisano=1", id), fiber.StatusSeeOther)
}

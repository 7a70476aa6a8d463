package web

import (
	"errors"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/report"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// publicPath is where the office decides what everybody may read.
const publicPath = "/panel/wyniki-publiczne"

// publicPage tells what is published, and begins a publication.
type publicPage struct {
	page
	Open     bool
	Shown    []shownEdition // not withdrawn, the newest first
	Past     []shownEdition // withdrawn
	Reports  []store.ReportInfo
	Typed    editionForm
	Problems []survey.FieldError
	Done     string // what was just done: "opublikowano", "wycofano", "zapisano"
}

// shownEdition is an edition as the panel lists it.
type shownEdition struct {
	*report.Edition
	ID        int64
	At        time.Time
	By        string
	Withdrawn time.Time
	Page      string
}

// editionForm chooses a report and the rules of its edition, as typed.
type editionForm struct {
	Report    int64
	Threshold string
	Breakdown string
	Remarks   bool
	Licence   string
}

// Breakdowns are the choices of the form.
func (p publicPage) Breakdowns() []picked {
	labels := map[report.Breakdown]string{report.BreakdownNone: "bez podziału", report.BreakdownChannel: "według sposobu wypełnienia ankiety",
		report.BreakdownMonth: "według miesięcy", report.BreakdownPoint: "według punktów obsługi (pokazuje też, ile ankiet ma każdy punkt)"}
	var list []picked
	for _, b := range report.Breakdowns() {
		list = append(list, picked{string(b), labels[b], string(b) == p.Typed.Breakdown})
	}
	return list
}

// Licences are the choices of the form.
func (p publicPage) Licences() []report.Licence { return report.Licences() }

// Lowest is the lowest threshold that may be typed.
func (p publicPage) Lowest() int { return report.PublicFloor }

// Problem returns what is wrong with a field; nil: nothing.
func (p publicPage) Problem(field string) *survey.FieldError {
	return newReportPage{Problems: p.Problems}.Problem(field)
}

func (s *Server) showPublic(c *fiber.Ctx) error {
	return s.drawPublic(c, editionForm{Threshold: strconv.Itoa(report.PublicDefault), Breakdown: string(report.BreakdownChannel), Remarks: true, Licence: report.Licences()[0].Key}, nil)
}

func (s *Server) drawPublic(c *fiber.Ctx, typed editionForm, problems []survey.FieldError) error {
	ctx, scope := c.UserContext(), s.scopeOf(c)
	reports, err := scope.Reports(ctx)
	if err != nil {
		return err
	}
	open, err := scope.PublicOpen(ctx)
	if err != nil {
		return err
	}
	published, err := scope.Publications(ctx)
	if err != nil {
		return err
	}
	editions, err := editionsOf(published)
	if err != nil {
		return err
	}
	p := publicPage{page: s.page(c), Open: open, Reports: slices.DeleteFunc(reports, func(r store.ReportInfo) bool { return r.Chosen }), Typed: typed, Problems: problems, Done: c.Query("wynik")}
	for i := len(published) - 1; i >= 0; i-- {
		zone := s.Now().Location()
		e := shownEdition{Edition: editions[i], ID: published[i].ID, At: published[i].PublishedAt.In(zone), By: published[i].PublishedBy, Page: resultsPath + "/" + editions[i].Name}
		if published[i].WithdrawnAt.Valid {
			e.Withdrawn = published[i].WithdrawnAt.Time.In(zone)
			p.Past = append(p.Past, e)
		} else {
			p.Shown = append(p.Shown, e)
		}
	}
	return c.Render("panel/public", p)
}

// openPublic turns the public page on or off.
func (s *Server) openPublic(c *fiber.Ctx) error {
	if err := s.scopeOf(c).OpenPublic(c.UserContext(), c.FormValue("open") == "1", s.actor(c)); err != nil {
		return err
	}
	s.refreshDirectory(c)
	return c.Redirect(publicPath+"?wynik=zapisano", fiber.StatusSeeOther)
}

// withdrawEdition takes an edition off the public page.
func (s *Server) withdrawEdition(c *fiber.Ctx) error {
	id, err := strconv.ParseInt(c.Params("publication"), 10, 64)
	if err != nil {
		return survey.ErrNotFound
	}
	if err := s.scopeOf(c).WithdrawPublication(c.UserContext(), id, s.actor(c)); err != nil {
		return err
	}
	s.refreshDirectory(c)
	return c.Redirect(publicPath+"?wynik=wycofano", fiber.StatusSeeOther)
}

// readEdition reads the form of an edition: its rules, or an *survey.InvalidError.
func readEdition(field func(string) string) (editionForm, report.PublicRules, error) {
	f := editionForm{Threshold: field("threshold"), Breakdown: field("breakdown"), Remarks: field("remarks") == "1", Licence: field("licence")}
	f.Report, _ = strconv.ParseInt(field("report"), 10, 64) // 0: no report has it
	rules := report.PublicRules{Breakdown: report.Breakdown(f.Breakdown), Remarks: f.Remarks, Licence: f.Licence}
	var err error
	if rules.Threshold, err = strconv.Atoi(f.Threshold); err != nil {
		var bad survey.InvalidError
		bad.Add("threshold", survey.ProblemNotNumber, 0)
		return f, rules, bad.Err()
	}
	return f, rules, rules.Check()
}

// query is the form as an address has it.
func (f editionForm) query() url.Values {
	values := url.Values{"report": {strconv.FormatInt(f.Report, 10)}, "threshold": {f.Threshold}, "breakdown": {f.Breakdown}, "licence": {f.Licence}}
	if f.Remarks {
		values.Set("remarks", "1")
	}
	return values
}

// newEditionPage shows what is about to be published before it is.
type newEditionPage struct {
	page
	Typed   editionForm
	Edition *report.Edition // nil: refused
	Refusal report.Refusal
	Report  *store.Report
	Asked   report.PublicRules // as they were chosen; those of the edition may be stricter
	Preview string             // address of the frame
	Told    int                // items that are told
	Remarks int
	Again   bool // it takes the place of an edition of the same report
}

// madeEdition is an edition that is made but not published.
type madeEdition struct {
	form    editionForm
	rules   report.PublicRules
	report  *store.Report
	edition *report.Edition // nil: refused
	refusal report.Refusal
	last    int64 // the newest publication there is
	again   bool
}

// makeEdition makes the edition that a form or an address asks for. Where it is wrong, only the form is returned, with
// an *survey.InvalidError.
func (s *Server) makeEdition(c *fiber.Ctx, field func(string) string) (*madeEdition, error) {
	form, rules, err := readEdition(field)
	if err != nil {
		return &madeEdition{form: form}, err
	}
	m, err := s.newEdition(c.UserContext(), tenantOf(c), form.Report, rules)
	if err == nil {
		m.form = form
	}
	return m, err
}

// showNewEdition shows what an edition would tell, with the button that publishes it.
func (s *Server) showNewEdition(c *fiber.Ctx) error {
	m, err := s.makeEdition(c, func(name string) string { return c.Query(name) })
	var invalid *survey.InvalidError
	if errors.As(err, &invalid) {
		c.Status(fiber.StatusUnprocessableEntity)
		return s.drawPublic(c, m.form, invalid.Fields)
	}
	if err != nil {
		return err
	}
	return s.drawNewEdition(c, m)
}

func (s *Server) drawNewEdition(c *fiber.Ctx, m *madeEdition) error {
	p := newEditionPage{page: s.page(c), Typed: m.form, Edition: m.edition, Refusal: m.refusal, Report: m.report, Asked: m.rules, Again: m.again,
		Preview: withQuery(publicPath+"/podglad", m.form.query())}
	if m.edition == nil {
		c.Status(fiber.StatusUnprocessableEntity)
		return c.Render("panel/public_new", p)
	}
	for _, q := range m.edition.Summary.Questions {
		for _, it := range q.Items {
			if !it.Suppressed {
				p.Told++
			}
		}
	}
	for _, g := range m.edition.Summary.Remarks {
		p.Remarks += len(g.Remarks)
	}
	allowFrames(c)
	return c.Render("panel/public_new", p)
}

// previewEdition draws the public page of an edition that is not published, for a frame.
func (s *Server) previewEdition(c *fiber.Ctx) error {
	m, err := s.makeEdition(c, func(name string) string { return c.Query(name) })
	if err != nil {
		return err
	}
	if m.edition == nil {
		return survey.ErrNotFound
	}
	p := s.resultsOf(c, m.edition)
	p.page.Preview = true
	allowFraming(c)
	return c.Render("resident/results", p)
}

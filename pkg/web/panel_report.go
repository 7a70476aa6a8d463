package web

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/report"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// newReportPage chooses what a report takes in.
type newReportPage struct {
	page
	From, To string // as typed
	Presets  []preset
	Channels []picked
	Points   []picked
	Case     store.ReportCase // as typed
	Problems []survey.FieldError
}

// preset is a period to choose by one click.
type preset struct {
	Label    string
	From, To survey.Day
}

// picked is something to tick.
type picked struct {
	Value, Label string
	On           bool
}

// Problem returns what is wrong with a field; nil: nothing.
func (p newReportPage) Problem(field string) *survey.FieldError {
	return problemOf(p.Problems, field)
}

func (s *Server) showNewReport(c *fiber.Ctx) error {
	today := s.today()
	year := survey.NewDay(today.Year(), 1, 1)
	return s.drawNewReport(c, survey.Values{"from": {year.String()}, "to": {today.String()}}, nil)
}

func (s *Server) drawNewReport(c *fiber.Ctx, typed survey.Values, problems []survey.FieldError) error {
	today, scope := s.today(), s.scopeOf(c)
	points, err := scope.ServicePoints(c.UserContext())
	if err != nil {
		return err
	}
	all, err := soFar(c.UserContext(), scope, today)
	if err != nil {
		return err
	}
	year := survey.NewDay(today.Year(), 1, 1)
	p := newReportPage{page: s.page(c), From: typed.Get("from"), To: typed.Get("to"), Case: caseOf(typed), Problems: problems, Presets: []preset{
		{"Bieżący rok", year, today}, {"Poprzedni rok", survey.NewDay(today.Year()-1, 1, 1), year.Add(-1)},
		{"Ostatnie 12 miesięcy", today.AddMonths(-12).Add(1), today}, {"Wszystkie wyniki", all.From, all.To},
	}}
	for _, channel := range survey.Channels() {
		p.Channels = append(p.Channels, picked{string(channel), channelPL(channel), slices.Contains(typed["channel"], string(channel))})
	}
	for _, point := range append(points, store.ServicePoint{Name: "bez punktu obsługi"}) {
		id := strconv.FormatInt(point.ID, 10)
		p.Points = append(p.Points, picked{id, point.Name, slices.Contains(typed["point"], id)})
	}
	return c.Render("panel/report_new", p)
}

// generateReport makes and archives a report, and shows it.
func (s *Server) generateReport(c *fiber.Ctx) error {
	ctx, scope, values := c.UserContext(), s.scopeOf(c), formValues(c)
	points, err := scope.ServicePoints(ctx)
	if err != nil {
		return err
	}
	all, err := soFar(ctx, scope, s.today())
	if err != nil {
		return err
	}
	filter, err := readFilter(values, points, all.To)
	signs := caseOf(values)
	if problems := slices.Concat(caseFaults(err), caseFaults(checkCase(signs))); len(problems) > 0 {
		c.Status(fiber.StatusUnprocessableEntity)
		return s.drawNewReport(c, values, problems)
	}
	r, err := s.archive(ctx, tenantOf(c), func() (*store.Report, error) { return s.makeReportOf(ctx, tenantOf(c), filter, signs, s.actor(c)) })
	if err != nil {
		return err
	}
	return c.Redirect("/panel/raporty/"+strconv.FormatInt(r.ID, 10), fiber.StatusSeeOther)
}

// readFilter reads what a report shall take in, or an *survey.InvalidError. Nothing ticked, or all, is all. last
// is the last day that may be asked for.
func readFilter(values survey.Values, points []store.ServicePoint, last survey.Day) (survey.Filter, error) {
	var f survey.Filter
	var bad survey.InvalidError
	readPeriod(&f, values, last, &bad)
	for _, channel := range survey.Channels() {
		if slices.Contains(values["channel"], string(channel)) {
			f.Channels = append(f.Channels, channel)
		}
	}
	for _, point := range append(points, store.ServicePoint{}) {
		if slices.Contains(values["point"], strconv.FormatInt(point.ID, 10)) {
			f.ServicePoints = append(f.ServicePoints, point.ID)
		}
	}
	if len(f.Channels) != distinct(values["channel"]) {
		bad.Add("channel", survey.ProblemUnknown, 0)
	}
	if len(f.ServicePoints) != distinct(values["point"]) {
		bad.Add("point", survey.ProblemUnknown, 0)
	}
	if len(f.Channels) == len(survey.Channels()) {
		f.Channels = nil
	}
	if len(f.ServicePoints) == len(points)+1 {
		f.ServicePoints = nil
	}
	return f, bad.Err()
}

func readPeriod(f *survey.Filter, values survey.Values, last survey.Day, bad *survey.InvalidError) {
	for name, day := range map[string]*survey.Day{"from": &f.From, "to": &f.To} {
		*day, _ = survey.ParseDay(values.Get(name)) // none where it is not a day
	}
	for _, field := range []struct {
		name string
		day  survey.Day
	}{{"from", f.From}, {"to", f.To}} {
		switch {
		case values.Get(field.name) == "":
			bad.Add(field.name, survey.ProblemRequired, 0)
		case field.day.IsZero():
			bad.Add(field.name, survey.ProblemBadPattern, 0)
		case last.Before(field.day):
			bad.Add(field.name, survey.ProblemFutureDay, 0)
		case field.name == "to" && !f.From.IsZero() && f.To.Before(f.From):
			bad.Add(field.name, survey.ProblemBelow, 0)
		}
	}
}

func distinct(values []string) int { return len(slices.Compact(slices.Sorted(slices.Values(values)))) }

// archivedReport reads a report of the archive and the document that its other formats are written of.
func (s *Server) archivedReport(c *fiber.Ctx) (*store.Report, *report.Document, error) {
	id, err := strconv.ParseInt(c.Params("report"), 10, 64)
	if err != nil {
		return nil, nil, survey.ErrNotFound
	}
	return s.reportOf(c, id)
}

// reportOf reads a report of the archive by its id.
func (s *Server) reportOf(c *fiber.Ctx, id int64) (*store.Report, *report.Document, error) {
	r, err := s.scopeOf(c).Report(c.UserContext(), id)
	if err != nil {
		return nil, nil, err
	}
	r.GeneratedAt = r.GeneratedAt.In(s.Now().Location())
	d, err := s.Thaw(c.UserContext(), tenantOf(c), r)
	return r, d, err
}

// downloadReport hands out a report: as PDF and XLSX the archived bytes themselves, as CSV and JSON what the
// archived Summary says.
func (s *Server) downloadReport(c *fiber.Ctx) error {
	r, d, err := s.archivedReport(c)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	kind := ""
	switch c.Params("format") {
	case "pdf":
		kind, b = "application/pdf", *bytes.NewBuffer(r.PDF)
	case "xlsx":
		kind, b = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", *bytes.NewBuffer(r.XLSX)
	case "csv":
		kind, err = "text/csv; charset=utf-8", d.CSV(&b)
	case "json":
		kind, err = "application/json", d.JSON(&b)
	default:
		return survey.ErrNotFound
	}
	if err != nil {
		return err
	}
	c.Attachment(fmt.Sprintf("raport-%s-%d.%s", d.Slug, r.Number, c.Params("format")))
	c.Set(fiber.HeaderContentType, kind)
	return c.Send(b.Bytes())
}

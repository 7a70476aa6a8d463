package web

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/report"
	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// archivePage lists the archived reports.
type archivePage struct {
	page
	Reports []store.ReportInfo
}

func (s *Server) showReports(c *fiber.Ctx) error {
	reports, err := s.scopeOf(c).Reports(c.UserContext())
	if err != nil {
		return err
	}
	for i := range reports {
		reports[i].GeneratedAt = reports[i].GeneratedAt.In(s.Now().Location())
	}
	return c.Render("panel/reports", archivePage{s.page(c), reports})
}

// newReportPage chooses what a report takes in.
type newReportPage struct {
	page
	From, To string // as typed
	Presets  []preset
	Channels []picked
	Points   []picked
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

func (s *Server) showNewReport(c *fiber.Ctx) error {
	today := s.today()
	year := survey.NewDay(today.Year(), 1, 1)
	return s.drawNewReport(c, survey.Filter{From: year, To: today}, [2]string{year.String(), today.String()}, nil)
}

func (s *Server) drawNewReport(c *fiber.Ctx, f survey.Filter, typed [2]string, problems []survey.FieldError) error {
	today, scope := s.today(), s.scopeOf(c)
	points, err := scope.ServicePoints(c.UserContext())
	if err != nil {
		return err
	}
	first, err := scope.FirstDay(c.UserContext())
	if err != nil {
		return err
	}
	year := survey.NewDay(today.Year(), 1, 1)
	p := newReportPage{page: s.page(c), From: typed[0], To: typed[1], Problems: problems, Presets: []preset{
		{"bieżący rok", year, today}, {"poprzedni rok", survey.NewDay(today.Year()-1, 1, 1), year.Add(-1)},
		{"ostatnie 12 miesięcy", today.AddMonths(-12).Add(1), today},
	}}
	if !first.IsZero() {
		p.Presets = append(p.Presets, preset{"wszystko", first, today})
	}
	for _, channel := range survey.Channels() {
		p.Channels = append(p.Channels, picked{string(channel), channelPL(channel), has(f.Channels, channel)})
	}
	for _, point := range append([]store.ServicePoint{{Name: "bez punktu obsługi"}}, points...) {
		p.Points = append(p.Points, picked{strconv.FormatInt(point.ID, 10), point.Name, has(f.ServicePoints, point.ID)})
	}
	return c.Render("panel/report_new", p)
}

func has[T comparable](list []T, wanted T) bool {
	for _, have := range list {
		if have == wanted {
			return true
		}
	}
	return false
}

// generateReport makes and archives a report, and shows it.
func (s *Server) generateReport(c *fiber.Ctx) error {
	values := formValues(c)
	filter, problems := readFilter(values)
	if len(problems) > 0 {
		c.Status(fiber.StatusUnprocessableEntity)
		return s.drawNewReport(c, filter, [2]string{values.Get("from"), values.Get("to")}, problems)
	}
	r, err := s.archive(c.UserContext(), tenantOf(c), func() (*store.Report, error) {
		return s.makeReport(c.UserContext(), tenantOf(c), filter, s.actor(c))
	})
	if err != nil {
		return err
	}
	return c.Redirect("/panel/raporty/"+strconv.FormatInt(r.ID, 10), fiber.StatusSeeOther)
}

func readFilter(values survey.Values) (survey.Filter, []survey.FieldError) {
	var f survey.Filter
	var bad survey.InvalidError
	for _, field := range []struct {
		name string
		day  *survey.Day
	}{{"from", &f.From}, {"to", &f.To}} {
		day, err := survey.ParseDay(values.Get(field.name))
		if err != nil && values.Get(field.name) != "" {
			bad.Add(field.name, survey.ProblemBadPattern, 0)
			continue
		}
		*field.day = day
	}
	for _, channel := range values["channel"] {
		f.Channels = append(f.Channels, survey.Channel(channel))
	}
	for _, point := range values["point"] {
		id, err := strconv.ParseInt(point, 10, 64)
		if err != nil {
			bad.Add("point", survey.ProblemUnknown, 0)
			continue
		}
		f.ServicePoints = append(f.ServicePoints, id)
	}
	var invalid *survey.InvalidError
	if len(bad.Fields) == 0 && errors.As(f.Check(), &invalid) {
		bad.Fields = invalid.Fields
	}
	return f, bad.Fields
}

// reportPage is an archived report, drawn from the Summary that was archived with it.
type reportPage struct {
	page
	Report      *store.Report
	Summary     *stats.Summary
	Conclusions []report.Conclusion
	Points      map[string]string
	PDFHash     string
	XLSXHash    string
}

func (s *Server) showReport(c *fiber.Ctx) error {
	r, d, err := s.archivedReport(c)
	if err != nil {
		return err
	}
	r.GeneratedAt = r.GeneratedAt.In(s.Now().Location())
	return c.Render("panel/report", reportPage{page: s.page(c), Report: r, Summary: d.Summary, Conclusions: d.Conclusions(), Points: d.ServicePoints,
		PDFHash: hex.EncodeToString(r.PDFHash), XLSXHash: hex.EncodeToString(r.XLSXHash)})
}

// archivedReport reads a report of the archive and the document that its other formats are written of.
func (s *Server) archivedReport(c *fiber.Ctx) (*store.Report, *report.Document, error) {
	id, err := strconv.ParseInt(c.Params("report"), 10, 64)
	if err != nil {
		return nil, nil, survey.ErrNotFound
	}
	scope := s.scopeOf(c)
	r, err := scope.Report(c.UserContext(), id)
	if err != nil {
		return nil, nil, err
	}
	var summary stats.Summary
	if err := json.Unmarshal(r.Summary, &summary); err != nil {
		return nil, nil, fmt.Errorf("report %d: %w", id, err)
	}
	points, err := scope.ServicePoints(c.UserContext())
	if err != nil {
		return nil, nil, err
	}
	t := tenantOf(c)
	return r, &report.Document{Office: t.Office, Slug: t.Slug, Title: report.DefaultTitle, Summary: &summary, ServicePoints: pointNames(points), Number: r.Number,
		GeneratedAt: r.GeneratedAt.In(s.Now().Location()), GeneratedBy: r.GeneratedBy, Address: s.Site.Address(t.Slug), Sample: s.Demo || t.Office.Sample}, nil
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

// chartOf draws one item of a question: a stacked bar for points of a scale, bars for choices.
func chartOf(q stats.Question, item stats.Item) template.HTML {
	title := q.Label.PL
	if item.Label.PL != "" {
		title += " – " + item.Label.PL
	}
	switch q.Kind {
	case survey.KindScale, survey.KindEmoji, survey.KindMatrix, survey.KindPaired:
		return report.DistributionSVG(item, title)
	}
	return report.ChoicesSVG(item, title)
}

// chartOfAreas draws the areas' means with their intervals.
func chartOfAreas(areas []stats.Area) template.HTML {
	var rated []report.Rated
	for _, a := range areas {
		rated = append(rated, report.Rated{Label: a.Label.PL, Rating: a.Rating, Withheld: a.Withheld, Min: a.Min, Max: a.Max})
	}
	return report.RatingsSVG(rated, "Średnie ocen obszarów z przedziałami 95%")
}

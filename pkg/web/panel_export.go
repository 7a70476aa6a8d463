package web

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/report"
	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

const exportsPath = "/panel/dane"

// exportsListed is how many exports the page lists.
const exportsListed = 12

// exportsPage asks for single submissions as a file, and lists what was asked for.
type exportsPage struct {
	page
	From, To string       // as typed: yyyy-mm
	Months   []survey.Day // to choose from, newest first
	Formats  []picked
	Channels []picked
	Points   []picked
	Exports  []exportView
	Typist   bool // the person may start an export
	Notes    notes
}

// exportView is an export as pages tell it.
type exportView struct {
	store.Export
	Gone bool // it was ready, and its file is not there any longer
}

// exportPage follows one export.
type exportPage struct {
	page
	Export exportView
	Typist bool
	Points []string // names of the service points of its filter
}

// Running reports whether it is being written.
func (e exportView) Running() bool { return e.State == store.ExportRunning }

// Done is how much of it is written, in per cent.
func (e exportView) Done() int {
	if e.Total == 0 {
		return 0
	}
	return min(100*e.Rows/e.Total, 100)
}

// Size words how big its file is.
func (e exportView) Size() string {
	if e.Bytes < 1_000_000 {
		return numberPL(int(e.Bytes+999)/1000) + "\u00a0kB"
	}
	return decimalPL(float64(e.Bytes)/1e6, 1) + "\u00a0MB"
}

// Name is what its file is called for whoever downloads it.
func (e exportView) Name(slug string) string {
	period := e.Filter.From.String()[:len("2006-01")] + "-" + e.Filter.To.String()[:len("2006-01")]
	kind := "dane"
	if e.Format == store.ExportReport {
		kind = "raport-z-danymi"
	}
	return fmt.Sprintf("%s-%s-%s.%s", kind, slug, period, e.extension())
}

func (e exportView) extension() string {
	if e.Format == store.ExportCSV {
		return "zip"
	}
	return "xlsx"
}

func (s *Server) viewExport(e store.Export) exportView {
	return exportView{e, e.State == store.ExportReady && !s.exports.has(e.File, s.Now())}
}

func exportFormats(chosen string) []picked {
	formats := []picked{{Value: store.ExportXLSX, Label: "Excel (XLSX): ankiety, jedna w wierszu, i słownik kolumn"}, {Value: store.ExportCSV, Label: "CSV w archiwum ZIP: to samo dla innych programów"},
		{Value: store.ExportReport, Label: "Excel (XLSX): arkusze raportu i arkusz z ankietami"}}
	for i := range formats {
		formats[i].Label = glue(formats[i].Label)
		formats[i].On = formats[i].Value == chosen
	}
	return formats
}

func (s *Server) showExports(c *fiber.Ctx) error {
	month := s.today().String()[:len("2006-01")]
	return s.drawExports(c, survey.Values{"from": {month[:len("2006")] + "-01"}, "to": {month}, "format": {store.ExportXLSX}}, nil)
}

func (s *Server) drawExports(c *fiber.Ctx, typed survey.Values, bad notes) error {
	ctx, scope := c.UserContext(), s.scopeOf(c)
	points, err := scope.ServicePoints(ctx)
	if err != nil {
		return err
	}
	all, err := soFar(ctx, scope, s.today())
	if err != nil {
		return err
	}
	exports, err := scope.Exports(ctx, exportsListed, s.Now())
	if err != nil {
		return err
	}
	p := exportsPage{page: s.page(c), From: typed.Get("from"), To: typed.Get("to"), Formats: exportFormats(typed.Get("format")), Typist: sessionOf(c).Role != store.RoleSupervisor, Notes: bad}
	for m := all.To.Month(); !m.Before(all.From.Month()) || m.Year() == s.today().Year(); m = m.AddMonths(-1) {
		p.Months = append(p.Months, m)
	}
	for _, e := range exports {
		e.CreatedAt = e.CreatedAt.In(s.Now().Location())
		p.Exports = append(p.Exports, s.viewExport(e))
	}
	for _, channel := range survey.Channels() {
		p.Channels = append(p.Channels, picked{string(channel), channelPL(channel), slices.Contains(typed["channel"], string(channel))})
	}
	for _, point := range append(points, store.ServicePoint{Name: "bez punktu obsługi"}) {
		id := strconv.FormatInt(point.ID, 10)
		p.Points = append(p.Points, picked{id, point.Name, slices.Contains(typed["point"], id)})
	}
	if len(bad) > 0 && c.Response().StatusCode() == fiber.StatusOK {
		c.Status(fiber.StatusUnprocessableEntity)
	}
	return c.Render("panel/exports", p)
}

// startExport begins to write single submissions to a file, and shows how far it is.
func (s *Server) startExport(c *fiber.Ctx) error {
	ctx, scope, form := c.UserContext(), s.scopeOf(c), formValues(c)
	filter, bad, err := s.readExport(ctx, scope, form)
	if err != nil {
		return err
	}
	if len(bad) > 0 {
		return s.drawExports(c, form, bad)
	}
	job, err := s.prepareExport(ctx, tenantOf(c), filter, s.actor(c))
	var few *tooFewError
	if errors.As(err, &few) {
		return s.drawExports(c, form, notes{{"from", fmt.Sprintf("W tym zakresie jest mniej niż %d ankiet, więc dane mogłyby wskazać osoby. Prosimy poszerzyć okres albo wybór.", few.least)}})
	}
	if err != nil {
		return err
	}
	job.export.Format = form.Get("format")
	if !s.exports.enter() {
		c.Status(fiber.StatusServiceUnavailable)
		return s.drawExports(c, form, notes{{"format", "Serwis przygotowuje teraz pliki innych urzędów. Prosimy spróbować za kilka minut."}})
	}
	if err := scope.StartExport(ctx, &job.export); err != nil {
		s.exports.leave()
		if errors.Is(err, survey.ErrConflict) {
			c.Status(fiber.StatusConflict)
			return s.drawExports(c, form, notes{{"format", "Urząd przygotowuje już jeden plik. Następny można zacząć, gdy tamten będzie gotowy albo zostanie przerwany."}})
		}
		return err
	}
	s.exports.run(job)
	return c.Redirect(exportsPath+"/"+strconv.FormatInt(job.export.ID, 10), fiber.StatusSeeOther)
}

// readExport reads what is to be exported: whole months, so that no filter narrows submissions down to a day.
func (s *Server) readExport(ctx context.Context, scope *store.Scope, form survey.Values) (survey.Filter, notes, error) {
	points, err := scope.ServicePoints(ctx)
	if err != nil {
		return survey.Filter{}, nil, err
	}
	var bad notes
	var months [2]survey.Day
	for i, name := range []string{"from", "to"} {
		day, err := survey.ParseDay(form.Get(name) + "-01")
		if err != nil {
			bad = append(bad, note{name, "Prosimy wybrać miesiąc z listy."})
		}
		months[i] = day
	}
	if len(bad) == 0 && months[1].Before(months[0]) {
		bad = append(bad, note{"to", "Koniec okresu jest wcześniejszy niż jego początek."})
	}
	if !slices.ContainsFunc(exportFormats(""), func(p picked) bool { return p.Value == form.Get("format") }) {
		bad = append(bad, note{"format", "Prosimy wybrać rodzaj pliku z listy."})
	}
	if len(bad) > 0 {
		return survey.Filter{}, bad, nil
	}
	end := months[1].AddMonths(1).Add(-1)
	filter, err := readFilter(survey.Values{"from": {months[0].String()}, "to": {end.String()}, "channel": form["channel"], "point": form["point"]}, points, end)
	var invalid *survey.InvalidError
	if errors.As(err, &invalid) {
		return filter, notes{{invalid.Fields[0].Field, "Prosimy wybrać z listy."}}, nil
	}
	return filter, nil, err
}

// tooFewError reports that there are fewer submissions than an office's threshold.
type tooFewError struct{ least int }

func (e *tooFewError) Error() string { return "fewer than " + strconv.Itoa(e.least) + " submissions" }

// prepareExport reads what an export stands on: how many submissions there are, and which places may be told.
func (s *Server) prepareExport(ctx context.Context, tenant *survey.Tenant, filter survey.Filter, by store.Actor) (*exportJob, error) {
	scope := s.Store.Scope(tenant.ID)
	office, err := scope.Office(ctx)
	if err != nil {
		return nil, err
	}
	results, err := scope.Results(ctx, filter)
	if err != nil {
		return nil, err
	}
	rules := rulesOf(office)
	job := &exportJob{server: s, tenant: tenant, scope: scope, by: by, told: stats.Told(results.Tallies, rules),
		export: store.Export{Filter: filter, CreatedAt: by.At, CreatedBy: by.Login}}
	for _, t := range results.Tallies {
		job.versions = append(job.versions, t.Version)
		for _, p := range t.Parts {
			job.export.Total += p.N
		}
	}
	if least := stats.Summarize(survey.Results{}, filter, rules).Threshold; job.export.Total < least {
		return nil, &tooFewError{least}
	}
	return job, nil
}

// exportOf reads the export that a request names.
func (s *Server) exportOf(c *fiber.Ctx) (exportView, error) {
	id, err := strconv.ParseInt(c.Params("export"), 10, 64)
	if err != nil {
		return exportView{}, survey.ErrNotFound
	}
	e, err := s.scopeOf(c).Export(c.UserContext(), id, s.Now())
	if err != nil {
		return exportView{}, err
	}
	e.CreatedAt, e.FinishedAt = e.CreatedAt.In(s.Now().Location()), e.FinishedAt.In(s.Now().Location())
	return s.viewExport(*e), nil
}

func (s *Server) showExport(c *fiber.Ctx) error {
	e, err := s.exportOf(c)
	if err != nil {
		return err
	}
	points, err := s.scopeOf(c).ServicePoints(c.UserContext())
	if err != nil {
		return err
	}
	p := exportPage{page: s.page(c), Export: e, Typist: sessionOf(c).Role != store.RoleSupervisor}
	names := pointNames(points)
	for _, id := range e.Filter.ServicePoints {
		p.Points = append(p.Points, names[strconv.FormatInt(id, 10)])
	}
	return c.Render("panel/export", p)
}

func (s *Server) cancelExport(c *fiber.Ctx) error {
	e, err := s.exportOf(c)
	if err != nil {
		return err
	}
	if err := s.scopeOf(c).CancelExport(c.UserContext(), e.ID, s.actor(c)); err != nil {
		return err
	}
	return c.Redirect(exportsPath+"/"+strconv.FormatInt(e.ID, 10), fiber.StatusSeeOther)
}

// downloadTime is how long the sending of a file may take; a download that is cut off goes on where it was.
const downloadTime = time.Hour

// downloadExport hands out the file, or the part of it that the browser still lacks. Who takes it with them is logged.
func (s *Server) downloadExport(c *fiber.Ctx) error {
	e, err := s.exportOf(c)
	if err != nil {
		return err
	}
	if e.State != store.ExportReady || e.Gone || c.Params("ext") != e.extension() {
		return survey.ErrNotFound
	}
	if err := s.recordDownload(c, e); err != nil {
		return err
	}
	if err := c.SendFile(s.exports.path(e.File)); err != nil {
		return err
	}
	kind := "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	if e.extension() == "zip" {
		kind = "application/zip"
	}
	c.Set(fiber.HeaderContentType, kind)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+e.Name(tenantOf(c).Slug)+`"`)
	c.Set(fiber.HeaderETag, `"`+e.File+`"`)
	return nil
}

// recordDownload notes who takes a file. A download that goes on where it was cut off is the same one; but nobody takes
// the file in parts without an entry of their own.
func (s *Server) recordDownload(c *fiber.Ctx, e exportView) error {
	if c.Method() != fiber.MethodGet {
		return nil
	}
	by := s.actor(c)
	event := store.Event{At: by.At, Actor: by.Login, Action: "export.download", Subject: strconv.FormatInt(e.ID, 10)}
	if c.Get(fiber.HeaderRange) != "" {
		return s.scopeOf(c).RecordOnce(c.UserContext(), event)
	}
	return s.scopeOf(c).Record(c.UserContext(), event)
}

// showSchema tells everybody how the JSON of reports is made up.
func (s *Server) showSchema(c *fiber.Ctx) error {
	c.Set(fiber.HeaderContentType, "application/schema+json")
	c.Set(fiber.HeaderCacheControl, "public, max-age=86400")
	return c.Send(report.Schema())
}

package web

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/scan"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// scanSheetPage is a whole sheet as a form, beside the pictures of its pages: to be corrected, or typed where no page of
// it could be read.
type scanSheetPage struct {
	page
	Batch    *store.ScanBatch
	Sheet    *store.ScanSheet // nil: it is typed from a page
	Pages    []store.ScanPage // with pictures
	Versions []store.VersionInfo
	Version  int64
	Code     string
	Groups   []entryGroup
	Notes    notes
	Action   string
	Open     bool
}

// showScanSheet draws a sheet with what was read and decided.
func (s *Server) showScanSheet(c *fiber.Ctx) error {
	batch, found, version, err := s.scanSheetOf(c)
	if err != nil {
		return err
	}
	values, err := s.scopeOf(c).ScanValues(c.UserContext(), found.ID)
	if err != nil {
		return err
	}
	return s.drawScanSheet(c, scanSheetPage{Batch: batch, Sheet: found}, version, values)
}

// scanSheetOf returns the stack, the sheet and its version in the request's path.
func (s *Server) scanSheetOf(c *fiber.Ctx) (*store.ScanBatch, *store.ScanSheet, *survey.Version, error) {
	batch, err := s.scanOf(c)
	if err != nil {
		return nil, nil, nil, err
	}
	id, err := idParam(c, "sheet")
	if err != nil {
		return nil, nil, nil, err
	}
	found, err := s.scopeOf(c).ScanSheet(c.UserContext(), batch.ID, id)
	if err != nil {
		return nil, nil, nil, err
	}
	version, err := s.scopeOf(c).Version(c.UserContext(), found.VersionID)
	return batch, found, version, err
}

func (s *Server) drawScanSheet(c *fiber.Ctx, p scanSheetPage, version *survey.Version, values survey.Values) error {
	p.page, p.Version = s.page(c), version.ID
	if p.Sheet != nil {
		p.Action = fmt.Sprintf("%s/arkusze/%d", scanPath(p.Batch.ID), p.Sheet.ID)
		pages, err := s.scopeOf(c).ScanSheetPages(c.UserContext(), p.Batch.ID, p.Sheet.ID)
		if err != nil {
			return err
		}
		p.Pages = slices.DeleteFunc(pages, func(g store.ScanPage) bool { return g.Kind == "" })
	}
	var err error
	p.Open = typist(c) && p.Batch.State == store.ScanOpen && (p.Sheet == nil || p.Sheet.State == store.SheetOpen)
	if p.Groups, err = entryGroups(version, values, p.Notes); err != nil {
		return err
	}
	return c.Render("panel/scan_sheet", p)
}

// saveScanSheet keeps a whole sheet as a person typed it.
func (s *Server) saveScanSheet(c *fiber.Ctx) error {
	batch, found, version, err := s.scanSheetOf(c)
	if err != nil {
		return err
	}
	values, bad, err := s.readScanSheet(c, version, batch.Day)
	if err != nil {
		return err
	}
	if len(bad) > 0 {
		c.Status(fiber.StatusUnprocessableEntity)
		return s.drawScanSheet(c, scanSheetPage{Batch: batch, Sheet: found, Notes: bad}, version, formValues(c))
	}
	if err := s.scopeOf(c).CorrectScanSheet(c.UserContext(), batch.ID, found.ID, values, s.actor(c)); err != nil {
		return err
	}
	return c.Redirect(scanPath(batch.ID)+"?zrobiono=wpisano#arkusze", fiber.StatusSeeOther)
}

// readScanSheet reads a sheet's form as values to be kept: those that the submission of it comes to, without personal data.
func (s *Server) readScanSheet(c *fiber.Ctx, version *survey.Version, day survey.Day) (survey.Values, notes, error) {
	sub, err := version.Fill(formValues(c), survey.ChannelPaperScanned, day)
	var invalid *survey.InvalidError
	if errors.As(err, &invalid) {
		var bad notes
		for _, f := range invalid.Fields {
			bad.add(f.Field, entryProblem(f))
		}
		return nil, bad, nil
	}
	if err != nil {
		return nil, nil, err
	}
	redact(sub.Remarks)
	values, err := version.Values(sub)
	return values, nil, err
}

// settleScanSheet accepts a sheet without a page that is missing, or puts it aside.
func (s *Server) settleScanSheet(c *fiber.Ctx) error {
	batch, err := idParam(c, "batch")
	if err != nil {
		return err
	}
	id, err := idParam(c, "sheet")
	if err != nil {
		return err
	}
	state, done := store.SheetRejected, "odrzucono"
	if c.FormValue("przyjmij") != "" {
		state, done = store.SheetOpen, "przyjeto"
	}
	if err := s.scopeOf(c).SettleScanSheet(c.UserContext(), batch, id, state, s.actor(c)); err != nil {
		return err
	}
	return c.Redirect(scanPath(batch)+"?zrobiono="+done+"#do-zrobienia", fiber.StatusSeeOther)
}

// showTypeScan draws an empty sheet beside a page that could not be read.
func (s *Server) showTypeScan(c *fiber.Ctx) error {
	p, version, err := s.typeScanPage(c, c.Query("wersja"))
	if err != nil {
		return err
	}
	return s.drawScanSheet(c, p, version, nil)
}

// typeScanPage prepares the form for a page, of a version of the office: the one asked for, or else the published one.
func (s *Server) typeScanPage(c *fiber.Ctx, wanted string) (scanSheetPage, *survey.Version, error) {
	ctx, scope := c.UserContext(), s.scopeOf(c)
	batch, page, err := s.scanPageOf(c)
	if err != nil {
		return scanSheetPage{}, nil, err
	}
	p := scanSheetPage{Batch: batch, Action: fmt.Sprintf("%s/strony/%d/wpisz", scanPath(batch.ID), page.ID)}
	if page.Kind != "" {
		p.Pages = []store.ScanPage{*page}
	}
	if p.Versions, err = scope.Versions(ctx); err != nil {
		return p, nil, err
	}
	if len(p.Versions) == 0 {
		return p, nil, survey.ErrNotFound
	}
	id := p.Versions[0].ID
	if wanted != "" {
		if id, err = strconv.ParseInt(wanted, 10, 64); err != nil {
			return p, nil, survey.ErrNotFound
		}
	}
	version, err := scope.Version(ctx, id)
	return p, version, err
}

// typeScan makes a sheet of what a person typed from a page.
func (s *Server) typeScan(c *fiber.Ctx) error {
	ctx, scope, form := c.UserContext(), s.scopeOf(c), formValues(c)
	p, version, err := s.typeScanPage(c, form.Get("_wersja"))
	if err != nil {
		return err
	}
	pageID, err := idParam(c, "page")
	if err != nil {
		return err
	}
	p.Code = form.Get(fieldCode)
	serial, problem, err := typedSerial(c, scope, version, p.Code)
	if err != nil {
		return err
	}
	if problem != "" {
		p.Notes.add(fieldCode, problem)
	}
	values, bad, err := s.readScanSheet(c, version, p.Batch.Day)
	if err != nil {
		return err
	}
	if p.Notes = append(p.Notes, bad...); len(p.Notes) > 0 {
		c.Status(fiber.StatusUnprocessableEntity)
		return s.drawScanSheet(c, p, version, form)
	}
	office, err := scan.OfficeOf(ctx, scope)
	if err != nil {
		return err
	}
	_, err = scope.TypeScanSheet(ctx, store.TypedScan{Batch: p.Batch.ID, Page: pageID, VersionID: version.ID, Serial: serial, Pages: office.PagesOf(version.ID), Values: values}, s.actor(c))
	if errors.Is(err, survey.ErrTaken) {
		p.Notes.add(fieldCode, "Arkusz z"+hardSpace+"tym kodem już jest. Prosimy sprawdzić kod albo odrzucić stronę.")
		c.Status(fiber.StatusConflict)
		return s.drawScanSheet(c, p, version, form)
	}
	if err != nil {
		return err
	}
	return c.Redirect(scanPath(p.Batch.ID)+"?zrobiono=wpisano#do-zrobienia", fiber.StatusSeeOther)
}

// typedSerial reads the code of a sheet that is typed; without one the serial is 0.
func typedSerial(c *fiber.Ctx, scope *store.Scope, version *survey.Version, typed string) (serial int64, problem string, err error) {
	if typed == "" {
		return 0, "", nil
	}
	code, problem, err := codeOf(c.UserContext(), scope, typed)
	if err != nil || problem != "" {
		return 0, problem, err
	}
	if code.Version != version.ID {
		return 0, "Ten kod jest z" + hardSpace + "arkusza innej wersji ankiety. Prosimy wybrać tę wersję.", nil
	}
	return int64(code.Serial), "", nil
}

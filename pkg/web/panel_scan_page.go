package web

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/omr"
	"ocenaurzedu.eu/pkg/scan"
	"ocenaurzedu.eu/pkg/sheet"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// scanPageView shows one page whole: what was read off it, or what a person can do where nothing was.
type scanPageView struct {
	page
	Batch   *store.ScanBatch
	Page    *store.ScanPage
	State   scanWord
	Why     string
	Width   int // of the picture, in pixels
	Height  int
	Boxes   []cropBox // in pixels
	Corners [4]corner
	Code    string
	Typist  bool
	Notes   notes
}

// corner is a place in the picture that a person can drag to a mark of the sheet.
type corner struct {
	Name, Label string
	X, Y        int
}

// Open reports whether the page can be worked on.
func (p scanPageView) Open() bool {
	return p.Typist && p.Batch.State == store.ScanOpen
}

// HasPicture reports whether there is something to be seen.
func (p scanPageView) HasPicture() bool { return p.Page.Kind != "" && p.Width > 0 }

// scanPageOf returns the stack and the page in the request's path.
func (s *Server) scanPageOf(c *fiber.Ctx) (*store.ScanBatch, *store.ScanPage, error) {
	batch, err := s.scanOf(c)
	if err != nil {
		return nil, nil, err
	}
	id, err := idParam(c, "page")
	if err != nil {
		return nil, nil, err
	}
	page, err := s.scopeOf(c).ScanPage(c.UserContext(), batch.ID, id)
	return batch, page, err
}

func (s *Server) showScanPage(c *fiber.Ctx) error {
	batch, page, err := s.scanPageOf(c)
	if err != nil {
		return err
	}
	return s.drawScanPage(c, batch, page, nil, nil)
}

// drawScanPage draws a page; form is what a person said of it, nil for nothing yet.
func (s *Server) drawScanPage(c *fiber.Ctx, batch *store.ScanBatch, page *store.ScanPage, form survey.Values, bad notes) error {
	p := scanPageView{page: s.page(c), Batch: batch, Page: page, State: pageWord(*page), Why: pageReason(*page), Typist: typist(c), Notes: bad, Code: form.Get("kod")}
	picture, _, err := s.scopeOf(c).ScanPicture(c.UserContext(), batch.ID, page.ID)
	if err != nil && !errors.Is(err, survey.ErrNotFound) {
		return err
	}
	if err == nil {
		if p.Width, p.Height, err = scan.Size(picture); err != nil {
			return err
		}
	}
	reading, err := readingOf(page)
	if err != nil {
		return err
	}
	p.Boxes = boxesOf(reading, s.boxSize(c, reading))
	for i, name := range []string{"lewy górny", "prawy górny", "prawy dolny", "lewy dolny"} {
		x, y := p.Width/10, p.Height/10
		if i == 1 || i == 2 {
			x = p.Width - x
		}
		if i > 1 {
			y = p.Height - y
		}
		at := corner{Name: strconv.Itoa(i + 1), Label: name, X: x, Y: y}
		if n, err := strconv.Atoi(form.Get("x" + at.Name)); err == nil {
			at.X = n
		}
		if n, err := strconv.Atoi(form.Get("y" + at.Name)); err == nil {
			at.Y = n
		}
		p.Corners[i] = at
	}
	return c.Render("panel/scan_page", p)
}

// boxesOf places a page's boxes on its picture.
func boxesOf(reading *omr.Page, size float64) []cropBox {
	var boxes []cropBox
	for _, b := range reading.Boxes {
		edge := size * reading.ToImage.Scale(b.X, b.Y)
		chosen := slices.ContainsFunc(reading.Questions, func(q omr.Question) bool {
			return q.Question == b.Question && q.Row == b.Row && q.Area == b.Area && q.Aspect == b.Aspect && slices.Contains(q.Values, b.Option)
		})
		boxes = append(boxes, cropBox{X: b.Center.X - edge/2, Y: b.Center.Y - edge/2, Size: edge, Option: b.Option, State: string(b.State), Chosen: chosen})
	}
	return boxes
}

// settleScanPage puts a page aside, or takes that back.
func (s *Server) settleScanPage(c *fiber.Ctx) error {
	batch, page, err := scanPageIDs(c)
	if err != nil {
		return err
	}
	settled, done := store.SettledRejected, "odrzucono"
	if c.FormValue("przywroc") != "" {
		settled, done = "", "przywrocono"
	}
	if err := s.scopeOf(c).SettleScanPage(c.UserContext(), batch, page, settled, s.actor(c)); err != nil {
		return err
	}
	return c.Redirect(scanPath(batch)+"?zrobiono="+done, fiber.StatusSeeOther)
}

// rereadScanPage reads a page that was not located once more, where a person says that its corners are, or with the code
// that they typed.
func (s *Server) rereadScanPage(c *fiber.Ctx) error {
	ctx, scope, form := c.UserContext(), s.scopeOf(c), formValues(c)
	batch, page, err := s.scanPageOf(c)
	if err != nil {
		return err
	}
	if batch.State != store.ScanOpen {
		return survey.ErrClosed
	}
	refuse := func(field, message string) error {
		c.Status(fiber.StatusUnprocessableEntity)
		return s.drawScanPage(c, batch, page, form, notes{{field, message}})
	}
	var hints omr.Hints
	if form.Get("rogi") != "" {
		corners, ok := readCorners(form)
		if !ok {
			return refuse("x1", "Prosimy wskazać wszystkie cztery rogi.")
		}
		hints.Corners = corners
	}
	if typed := form.Get("kod"); typed != "" {
		code, problem, err := codeOf(ctx, scope, typed)
		if err != nil {
			return err
		}
		if problem != "" {
			return refuse("kod", problem)
		}
		hints.Code = code
	}
	if hints.Corners == nil && hints.Code == nil {
		return refuse("kod", "Prosimy wskazać rogi albo wpisać kod.")
	}
	read, err := scan.Reread(ctx, scope, batch.ID, page.ID, hints, s.actor(c))
	if err != nil {
		return err
	}
	if read.State == store.PageNotLocated || read.State == store.PageForeign {
		return refuse("kod", "Strony nadal nie udało się odczytać. "+pageReason(*read)+" Można poprawić rogi i"+hardSpace+"kod, wpisać odpowiedzi ręcznie albo odrzucić stronę.")
	}
	return c.Redirect(scanPath(batch.ID)+"?zrobiono=odczytano", fiber.StatusSeeOther)
}

// readCorners reads the four places that a person pointed at.
func readCorners(form survey.Values) (*[4]omr.Point, bool) {
	var corners [4]omr.Point
	for i := range corners {
		x, errX := strconv.ParseFloat(form.Get(fmt.Sprintf("x%d", i+1)), 64)
		y, errY := strconv.ParseFloat(form.Get(fmt.Sprintf("y%d", i+1)), 64)
		if errX != nil || errY != nil || x < 0 || y < 0 || x > 1e5 || y > 1e5 {
			return nil, false
		}
		corners[i] = omr.Point{X: x, Y: y}
	}
	return &corners, true
}

// codeOf completes a code that was typed from beneath a QR, or says what is wrong with it.
func codeOf(ctx context.Context, scope *store.Scope, typed string) (*sheet.Code, string, error) {
	code, err := sheet.ParseCode(strings.ToUpper(strings.TrimSpace(typed)))
	if err == nil && code.Tenant != scope.Tenant() {
		return nil, "Ten arkusz nie jest z" + hardSpace + "tego urzędu.", nil
	}
	if err != nil {
		if code, err = sheet.ParseShort(typed); err != nil {
			return nil, "To nie jest kod arkusza. Kod ma 13 znaków i" + hardSpace + "stoi pod kwadratem QR; prosimy sprawdzić, czy nie ma pomyłki.", nil
		}
	}
	versions, err := scope.Versions(ctx)
	if err != nil {
		return nil, "", err
	}
	i := slices.IndexFunc(versions, func(v store.VersionInfo) bool { return v.ID%shortVersions == code.Version%shortVersions })
	if i < 0 {
		return nil, "Ten arkusz nie jest z" + hardSpace + "tego urzędu.", nil
	}
	code.Tenant, code.Version = scope.Tenant(), versions[i].ID
	return &code, "", nil
}

package web

import (
	"errors"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/omr"
	"ocenaurzedu.eu/pkg/scan"
	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// scanTally is what is in a stack, counted.
type scanTally struct {
	FilesOpen                                      int // files that are being sent or read
	Pages, Waiting, Blank, Typed                   int // pages: all; that a person has to settle
	Duplicates, Foreign                            int // sheets that were left out
	Sheets, Approved, Rejected, BlankSheets, Twice int
	Incomplete, Faulty, Left, Decided              int
	Unreadable                                     int // pages that were put aside
}

func tallyOf(counts []store.ScanCount) scanTally {
	var t scanTally
	for _, c := range counts {
		switch c.Of + " " + c.State {
		case "file sending", "file waiting", "file reading":
			t.FilesOpen += c.N
		case "page blank":
			t.Blank += c.N
		case "page typed":
			t.Typed += c.N
		case "page rejected":
			t.Unreadable += c.N
		case "page not_located", "page unsupported":
			t.Waiting += c.N
		case "left_out duplicate":
			t.Duplicates += c.N
		case "left_out foreign":
			t.Foreign += c.N
		case "sheet approved":
			t.Approved += c.N
		case "sheet rejected":
			t.Rejected += c.N
		case "sheet blank":
			t.BlankSheets += c.N
		case "sheet duplicate":
			t.Twice += c.N
		case "sheet incomplete":
			t.Incomplete += c.N
		case "sheet faulty":
			t.Faulty += c.N
		case "question left":
			t.Left += c.N
		case "question decided":
			t.Decided += c.N
		}
		if c.Of == "page" {
			t.Pages += c.N
		}
		if c.Of == "sheet" && c.State != "incomplete" && c.State != "faulty" {
			t.Sheets += c.N
		}
	}
	return t
}

// Ready reports whether a stack can be approved with nothing put aside.
func (t scanTally) Ready() bool {
	return t.Pages > 0 && t.FilesOpen == 0 && t.Waiting == 0 && t.Left == 0 && t.Incomplete == 0 && t.Faulty == 0
}

// Rest is how much would be put aside by an approval now.
func (t scanTally) Rest() int { return t.Waiting + t.Left + t.Incomplete + t.Faulty }

// DuplicateSheets are sheets that were there already.
func (t scanTally) DuplicateSheets() int { return t.Duplicates + t.Twice }

// scanPage is a scanned stack: its files, pages and sheets, and what is left to do.
type scanPage struct {
	page
	Batch    *store.ScanBatch
	State    scanWord
	Point    string
	Tally    scanTally
	Files    []store.ScanFile
	Pages    []store.ScanPage
	Sheets   []store.ScanSheet
	Typist   bool
	Upload   string // address that the form sends files to
	Again    bool   // an older algorithm read some of it
	Keep     int
	Approved survey.Day
	Erased   survey.Day // of the scans; zero: not yet
	EraseOn  survey.Day // on which they will be; zero: not known
	Notes    notes
	Done     string
	Audit    stats.Share // of readings that people found wrong
}

// Moving reports whether the page will change by itself.
func (p scanPage) Moving() bool { return p.Tally.FilesOpen > 0 || p.Batch.State == store.ScanApproving }

// FileWord, PageWord, SheetWord, Why and FileWhy are for the template.
func (p scanPage) FileWord(f store.ScanFile) scanWord    { return fileWord(f) }
func (p scanPage) PageWord(g store.ScanPage) scanWord    { return pageWord(g) }
func (p scanPage) SheetWord(sh store.ScanSheet) scanWord { return sheetWord(sh) }
func (p scanPage) Why(g store.ScanPage) string           { return pageReason(g) }
func (p scanPage) FileWhy(f store.ScanFile) string       { return fileReason(f.Reason) }

func (s *Server) showScan(c *fiber.Ctx) error {
	batch, err := s.scanOf(c)
	if err != nil {
		return err
	}
	return s.drawScan(c, batch, nil)
}

func (s *Server) drawScan(c *fiber.Ctx, batch *store.ScanBatch, bad notes) error {
	ctx, scope := c.UserContext(), s.scopeOf(c)
	p := scanPage{page: s.page(c), Batch: batch, State: scanStateWord(batch.State), Typist: typist(c), Notes: bad, Done: scanDone(c.Query("zrobiono"))}
	points, err := scope.ServicePoints(ctx)
	if err != nil {
		return err
	}
	p.Point = pointName(points, batch.ServicePoint)
	counts, err := scope.ScanCounts(ctx, batch.ID)
	if err != nil {
		return err
	}
	p.Tally = tallyOf(counts)
	if p.Files, err = scope.ScanFiles(ctx, batch.ID); err != nil {
		return err
	}
	if p.Pages, err = scope.ScanPages(ctx, batch.ID); err != nil {
		return err
	}
	if p.Sheets, err = scope.ScanSheets(ctx, batch.ID); err != nil {
		return err
	}
	if p.Keep, err = scope.ScanRetention(ctx); err != nil {
		return err
	}
	for _, g := range p.Pages {
		p.Again = p.Again || batch.State == store.ScanOpen && g.Algorithm < omr.Algorithm && !g.ByHand && g.State != store.PageUnsupported
	}
	if batch.ApprovedAt != nil {
		p.Approved = survey.DayOf(batch.ApprovedAt.In(s.Now().Location()))
		p.EraseOn = p.Approved.Add(p.Keep)
	}
	if batch.ErasedAt != nil {
		p.Erased = survey.DayOf(batch.ErasedAt.In(s.Now().Location()))
	}
	p.Audit = stats.ShareOf(batch.AuditedWrong, batch.Audited)
	p.Upload = s.uploadAddressOf(batch.ID, p.CSRF)
	return c.Render("panel/scan", p)
}

// scanDone says what was just done.
func scanDone(what string) string {
	return map[string]string{
		"odrzucono": "Odrzucono.", "przywrocono": "Przywrócono.", "przyjeto": "Arkusz przyjęto bez brakującej strony.", "wpisano": "Arkusz zapisano.",
		"odczytano": "Stronę odczytano.", "ponownie": "Strony czekają na ponowny odczyt. Decyzje osób zostają.", "usunieto": "Plik usunięto razem ze stronami.",
		"wszystko": "Wszystkie odpowiedzi są sprawdzone.",
	}[what]
}

// approveScan lets a stack into the answers. What is left to do hinders it, unless it shall be put aside.
func (s *Server) approveScan(c *fiber.Ctx) error {
	ctx, scope := c.UserContext(), s.scopeOf(c)
	batch, err := s.scanOf(c)
	if err != nil {
		return err
	}
	if batch.State != store.ScanOpen {
		return survey.ErrClosed
	}
	rejectRest := c.FormValue("reszta") == "odrzuc"
	faulty, err := scan.Check(ctx, scope, batch)
	if err != nil {
		return err
	}
	if faulty == 0 || rejectRest {
		err = scope.ApproveScan(ctx, batch.ID, rejectRest, s.actor(c))
		if err == nil {
			s.nudge()
			return c.Redirect(scanPath(batch.ID), fiber.StatusSeeOther)
		}
		if !errors.Is(err, survey.ErrConflict) {
			return err
		}
	}
	c.Status(fiber.StatusConflict)
	return s.drawScan(c, batch, notes{{"do-zrobienia", "Partii nie można jeszcze zatwierdzić: zostało coś do zrobienia. Lista jest poniżej."}})
}

// readScanAgain lets pages be read anew that an older algorithm read.
func (s *Server) readScanAgain(c *fiber.Ctx) error {
	batch, err := s.scanOf(c)
	if err != nil {
		return err
	}
	if err := s.scopeOf(c).ReadScansAgain(c.UserContext(), batch.ID, omr.Algorithm, s.actor(c)); err != nil {
		return err
	}
	s.nudge()
	return c.Redirect(scanPath(batch.ID)+"?zrobiono=ponownie", fiber.StatusSeeOther)
}

package web

import (
	"fmt"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

const (
	scansPath  = "/panel/skanowanie"
	scansShown = 100
	maxKeep    = 90 // days that scans may stay after approval
)

// scansPage lists scanned stacks and starts one.
type scansPage struct {
	page
	Batches   []store.ScanBatch
	Points    []store.ServicePoint
	Published bool
	Typist    bool
	Admin     bool
	Today     survey.Day
	Keep      int // days
	Form      survey.Values
	Notes     notes
	Done      string
}

// PointName returns the name of a service point; "" for none.
func (p scansPage) PointName(id int64) string { return pointName(p.Points, id) }

// StateWord is for the template.
func (p scansPage) StateWord(state store.ScanState) scanWord { return scanStateWord(state) }

func (s *Server) showScans(c *fiber.Ctx) error {
	return s.drawScans(c, survey.Values{"day": {s.today().String()}}, nil)
}

func (s *Server) drawScans(c *fiber.Ctx, form survey.Values, bad notes) error {
	ctx, scope := c.UserContext(), s.scopeOf(c)
	p := scansPage{page: s.page(c), Typist: typist(c), Admin: sessionOf(c).Role == store.RoleAdministrator, Today: s.today(), Form: form, Notes: bad}
	var err error
	if p.Batches, err = scope.Scans(ctx, scansShown); err != nil {
		return err
	}
	if p.Points, err = scope.ServicePoints(ctx); err != nil {
		return err
	}
	if p.Keep, err = scope.ScanRetention(ctx); err != nil {
		return err
	}
	versions, err := scope.Versions(ctx)
	if err != nil {
		return err
	}
	p.Published = len(versions) > 0
	if c.Query("zapisano") != "" {
		p.Done = "Zapisano, jak długo urząd trzyma skany."
	}
	if len(bad) > 0 {
		c.Status(fiber.StatusUnprocessableEntity)
	}
	return c.Render("panel/scans", p)
}

// openScan starts a stack of forms that were filled in on one day at one place, of whatever versions.
func (s *Server) openScan(c *fiber.Ctx) error {
	ctx, scope, form, actor := c.UserContext(), s.scopeOf(c), formValues(c), s.actor(c)
	points, err := scope.ServicePoints(ctx)
	if err != nil {
		return err
	}
	batch := store.ScanBatch{OpenedBy: actor.Login, OpenedAt: actor.At}
	if bad := s.readScan(&batch, form, points); len(bad) > 0 {
		return s.drawScans(c, form, bad)
	}
	if err := scope.OpenScan(ctx, &batch); err != nil {
		return err
	}
	return c.Redirect(scanPath(batch.ID), fiber.StatusSeeOther)
}

// readScan fills a stack from its form and says what is wrong with it.
func (s *Server) readScan(b *store.ScanBatch, form survey.Values, points []store.ServicePoint) notes {
	var bad notes
	day, err := survey.ParseDay(form.Get("day"))
	switch {
	case err != nil:
		bad.add("day", "Prosimy podać dzień, w"+hardSpace+"którym wypełniono formularze, na przykład "+s.today().String()+".")
	case s.today().Before(day):
		bad.add("day", "Ten dzień jeszcze nie nadszedł. Prosimy podać dzień dzisiejszy lub wcześniejszy.")
	}
	b.Day = day
	if code := form.Get("point"); code != "" {
		for _, p := range points {
			if strconv.FormatInt(p.ID, 10) == code {
				b.ServicePoint = p.ID
			}
		}
		if b.ServicePoint == 0 {
			bad.add("point", "Prosimy wybrać punkt z"+hardSpace+"listy.")
		}
	}
	b.Issued, b.Returned = readForms(&bad, "issued", form), readForms(&bad, "returned", form)
	if b.Issued != nil && b.Returned != nil && *b.Returned > *b.Issued {
		bad.add("returned", fmt.Sprintf("Zwrócono więcej formularzy, niż wydano (%d). Prosimy poprawić jedną z"+hardSpace+"tych liczb.", *b.Issued))
	}
	return bad
}

// saveScanRetention sets how long the office keeps scans after approval.
func (s *Server) saveScanRetention(c *fiber.Ctx) error {
	form := formValues(c)
	days, err := strconv.Atoi(form.Get("keep"))
	if err != nil || days < 0 || days > maxKeep {
		form["day"] = []string{s.today().String()}
		return s.drawScans(c, form, notes{{"keep", fmt.Sprintf("Prosimy podać liczbę dni od 0 do %d.", maxKeep)}})
	}
	if err := s.scopeOf(c).SaveScanRetention(c.UserContext(), days, s.actor(c)); err != nil {
		return err
	}
	return c.Redirect(scansPath+"?zapisano=1", fiber.StatusSeeOther)
}

// scanOf returns the stack in the request's path.
func (s *Server) scanOf(c *fiber.Ctx) (*store.ScanBatch, error) {
	id, err := idParam(c, "batch")
	if err != nil {
		return nil, err
	}
	return s.scopeOf(c).Scan(c.UserContext(), id)
}

func scanPath(batch int64) string { return fmt.Sprintf("%s/%d", scansPath, batch) }

// nudge lets the queue of scans look for work at once; without one in this process another's will find it.
func (s *Server) nudge() {
	if s.Scans != nil {
		s.Scans.Nudge()
	}
}

// scanLease is how long a question that was given out is nobody else's.
const scanLease = 3 * time.Minute

package web

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

const (
	batchesShown = 200
	maxForms     = 1_000_000 // handed out or come back in one batch; more is a slip of the finger
)

// note is what a person has to mend: a field of the form and a sentence.
type note struct{ Field, Message string }

type notes []note

// For returns the sentence for a field, or "".
func (n notes) For(field string) string {
	for _, one := range n {
		if one.Field == field {
			return one.Message
		}
	}
	return ""
}

func (n *notes) add(field, message string) { *n = append(*n, note{field, message}) }

// batchesPage lists the stacks of paper and starts one.
type batchesPage struct {
	page
	Batches  []store.Batch
	Points   []store.ServicePoint
	Versions []store.VersionInfo // newest first: the first one is published
	Typist   bool                // may start a batch
	Today    survey.Day
	Form     survey.Values
	Notes    notes
}

// batchesFirst is how many stacks stand open on the page; those before them are folded.
const batchesFirst = 20

// Recent has the newest stacks and all that are still typed, Older the others.
func (p batchesPage) Recent() batchesPage { return p.some(true) }
func (p batchesPage) Older() batchesPage  { return p.some(false) }

func (p batchesPage) some(recent bool) batchesPage {
	all := p.Batches
	p.Batches = nil
	for i, b := range all {
		if (i < batchesFirst || b.Open()) == recent {
			p.Batches = append(p.Batches, b)
		}
	}
	return p
}

// PointName returns the name of a service point; "" for none.
func (p batchesPage) PointName(id int64) string { return pointName(p.Points, id) }

func pointName(points []store.ServicePoint, id int64) string {
	for _, p := range points {
		if p.ID == id {
			return p.Name
		}
	}
	return ""
}

// typist reports whether the request's person may type paper.
func typist(c *fiber.Ctx) bool {
	role := sessionOf(c).Role
	return role == store.RoleAdministrator || role == store.RoleEmployee
}

func (s *Server) showBatches(c *fiber.Ctx) error {
	form := survey.Values{"day": {s.today().String()}, "percent": {strconv.Itoa(defaultPercent)}}
	return s.drawBatches(c, form, nil)
}

func (s *Server) drawBatches(c *fiber.Ctx, form survey.Values, bad notes) error {
	ctx, scope := c.UserContext(), s.scopeOf(c)
	p := batchesPage{page: s.page(c), Typist: typist(c), Today: s.today(), Form: form, Notes: bad}
	var err error
	if p.Batches, err = scope.Batches(ctx, batchesShown); err != nil {
		return err
	}
	if p.Points, err = scope.ServicePoints(ctx); err != nil {
		return err
	}
	if p.Versions, err = scope.Versions(ctx); err != nil {
		return err
	}
	if len(bad) > 0 {
		c.Status(fiber.StatusUnprocessableEntity)
	}
	return c.Render("panel/batches", p)
}

// openBatch starts a batch of forms of one version that were filled in on one day.
func (s *Server) openBatch(c *fiber.Ctx) error {
	ctx, scope, form := c.UserContext(), s.scopeOf(c), formValues(c)
	points, err := scope.ServicePoints(ctx)
	if err != nil {
		return err
	}
	versions, err := scope.Versions(ctx)
	if err != nil {
		return err
	}
	actor := s.actor(c)
	batch := store.Batch{OpenedBy: actor.Login, OpenedAt: actor.At}
	if bad := s.readBatch(&batch, form, points, versions); len(bad) > 0 {
		return s.drawBatches(c, form, bad)
	}
	if err := scope.OpenBatch(ctx, &batch); err != nil {
		return err
	}
	return c.Redirect(sheetPath(batch.ID), fiber.StatusSeeOther)
}

// readBatch fills a batch from its form and says what is wrong with it.
func (s *Server) readBatch(b *store.Batch, form survey.Values, points []store.ServicePoint, versions []store.VersionInfo) notes {
	var bad notes
	day, err := survey.ParseDay(form.Get("day"))
	switch {
	case err != nil:
		bad.add("day", "Prosimy podać dzień, w którym wypełniono formularze, na przykład "+s.today().String()+".")
	case s.today().Before(day):
		bad.add("day", "Ten dzień jeszcze nie nadszedł. Prosimy podać dzień dzisiejszy lub wcześniejszy.")
	}
	b.Day = day
	if code := form.Get("point"); code != "" && !choosePoint(b, code, points) {
		bad.add("point", "Prosimy wybrać punkt z listy.")
	}
	if !chooseVersion(b, form.Get("version"), versions) {
		bad.add("version", "Prosimy wybrać wersję ankiety z listy.")
	}
	if form.Get("rekey") != "" {
		percent, ok := readPercent(form.Get("percent"))
		if b.RekeyPercent = percent; !ok {
			bad.add("percent", wrongPercent)
		}
	}
	b.Issued = readForms(&bad, "issued", form)
	b.Returned = readForms(&bad, "returned", form)
	if b.Issued != nil && b.Returned != nil && *b.Returned > *b.Issued {
		bad.add("returned", fmt.Sprintf("Zwrócono więcej formularzy, niż wydano (%d). Prosimy poprawić jedną z tych liczb.", *b.Issued))
	}
	return bad
}

func choosePoint(b *store.Batch, id string, points []store.ServicePoint) bool {
	for _, p := range points {
		if strconv.FormatInt(p.ID, 10) == id {
			b.ServicePoint = p.ID
			return true
		}
	}
	return false
}

func chooseVersion(b *store.Batch, id string, versions []store.VersionInfo) bool {
	for _, v := range versions {
		if strconv.FormatInt(v.ID, 10) == id || id == "" {
			b.VersionID, b.Version = v.ID, v.Number
			return true
		}
	}
	return false
}

// readForms reads a number of forms; an empty field is "not recorded".
func readForms(bad *notes, field string, form survey.Values) *int {
	typed := strings.Join(strings.Fields(form.Get(field)), "")
	if typed == "" {
		return nil
	}
	n, err := strconv.Atoi(typed)
	if err != nil || n < 0 || n > maxForms {
		bad.add(field, "Prosimy wpisać liczbę formularzy cyframi, na przykład 40, albo zostawić to pole puste.")
		return nil
	}
	return &n
}

// batchPage shows a batch with its sheets.
type batchPage struct {
	page
	Batch  *store.Batch
	Point  string
	Sheets []sheetLine
	Typist bool
	Closer bool     // may close it
	Done   string   // what was just done
	Undone []string // what is left to do, where somebody would close it
	Asked  bool     // it was left out to say that it is to be closed all the same
}

// sheetLine is a sheet in a batch's list.
type sheetLine struct {
	store.TypedSheet
	Answered, Asked int // questions and rows with an answer of substance or an opt-out; all that its rules ask
	Remarks         int
}

// Answers sums the answers of all sheets up.
func (p batchPage) Answers() int {
	sum := 0
	for _, s := range p.Sheets {
		sum += s.Answered
	}
	return sum
}

// Keyed is the share of fields that two people did not key alike, with its interval.
func (p batchPage) Keyed() stats.Share {
	return stats.ShareOf(p.Batch.Differing, p.Batch.Compared)
}

// Left returns how many of the forms that came back are not typed yet, or -1 if that is not known.
func (p batchPage) Left() int {
	if p.Batch.Returned == nil {
		return -1
	}
	return max(0, *p.Batch.Returned-len(p.Sheets))
}

// ReturnRate is the share of the forms handed out that came back, or -1 if that is not known.
func (p batchPage) ReturnRate() float64 {
	if p.Batch.Returned == nil || p.Batch.Issued == nil || *p.Batch.Issued == 0 {
		return -1
	}
	return float64(*p.Batch.Returned) / float64(*p.Batch.Issued)
}

func (s *Server) showBatch(c *fiber.Ctx) error {
	batch, version, err := s.batchOf(c)
	if err != nil {
		return err
	}
	p := batchPage{Batch: batch}
	if number, err := strconv.Atoi(c.Query("poprawiono")); err == nil {
		p.Done = fmt.Sprintf("Poprawiono arkusz nr"+hardSpace+"%d.", number)
	}
	return s.drawBatch(c, version, p)
}

func (s *Server) drawBatch(c *fiber.Ctx, version *survey.Version, p batchPage) error {
	ctx, scope, batch := c.UserContext(), s.scopeOf(c), p.Batch
	points, err := scope.ServicePoints(ctx)
	if err != nil {
		return err
	}
	sheets, err := scope.TypedSheets(ctx, batch.ID)
	if err != nil {
		return err
	}
	p.page, p.Point, p.Typist, p.Closer = s.page(c), pointName(points, batch.ServicePoint), typist(c), closer(c, batch)
	p.Undone = leftOf(batch)
	for _, sheet := range sheets {
		line := sheetLine{TypedSheet: sheet, Remarks: len(sheet.Submission.Remarks)}
		line.Answered, line.Asked = answered(version, sheet.Submission.Codes)
		p.Sheets = append(p.Sheets, line)
	}
	return c.Render("panel/batch", p)
}

// answered counts the questions and rows of a sheet that were answered, and all that were asked. Answers that break a
// rule count as neither.
func answered(version *survey.Version, codes []int16) (n, all int) {
	codes = version.Layout.Effective(codes)
	for i, slot := range version.Layout.Slots {
		if slot.Option != "" || codes[i] == survey.CodeHidden {
			continue // the multi question's own slot tells; or a rule hides it
		}
		all++
		if codes[i] != survey.CodeBlank && codes[i] != survey.CodeUnreadable {
			n++
		}
	}
	return n, all
}

// closer reports whether the request's person may close a batch: whoever opened it, or an administrator.
func closer(c *fiber.Ctx, batch *store.Batch) bool {
	session := sessionOf(c)
	return session.Role == store.RoleAdministrator || typist(c) && session.Login == batch.OpenedBy
}

// leftOf says what is not done yet in a batch.
func leftOf(b *store.Batch) []string {
	var left []string
	if b.Returned != nil && *b.Returned > b.Sheets {
		left = append(left, fmt.Sprintf("Zwrócono %s, a"+hardSpace+"wpisano %s.", countPL(*b.Returned, "formularz", "formularze", "formularzy"),
			countPL(b.Sheets, "arkusz", "arkusze", "arkuszy")))
	}
	if b.RekeyPercent > 0 && b.Drawn == 0 && b.Sheets > 0 {
		left = append(left, "Nie wylosowano jeszcze arkuszy do drugiego wpisania.")
	}
	if n := b.Drawn - b.Rekeyed; n > 0 {
		left = append(left, countPL(n, "wylosowany arkusz czeka", "wylosowane arkusze czekają", "wylosowanych arkuszy czeka")+" na drugie wpisanie.")
	}
	if b.Unsettled > 0 {
		left = append(left, countPL(b.Unsettled, "arkusz ma różnice, których", "arkusze mają różnice, których", "arkuszy ma różnice, których")+" nikt nie rozstrzygnął.")
	}
	return left
}

// closeBatch ends a batch: nothing in it changes any more. Where something is left, it asks first.
func (s *Server) closeBatch(c *fiber.Ctx) error {
	batch, version, err := s.batchOf(c)
	if err != nil {
		return err
	}
	if !closer(c, batch) {
		return fiber.NewError(fiber.StatusForbidden, "Partię zamyka osoba, która ją założyła ("+batch.OpenedBy+"), albo administrator.")
	}
	if batch.Open() && len(leftOf(batch)) > 0 && c.FormValue("all") == "" {
		c.Status(fiber.StatusConflict)
		return s.drawBatch(c, version, batchPage{Batch: batch, Asked: true})
	}
	if err := s.scopeOf(c).CloseBatch(c.UserContext(), batch.ID, s.actor(c)); err != nil {
		return err
	}
	return c.Redirect(batchPath(batch.ID), fiber.StatusSeeOther)
}

// batchOf returns the batch in the request's path and its version.
func (s *Server) batchOf(c *fiber.Ctx) (*store.Batch, *survey.Version, error) {
	id, err := idParam(c, "batch")
	if err != nil {
		return nil, nil, err
	}
	batch, err := s.scopeOf(c).Batch(c.UserContext(), id)
	if err != nil {
		return nil, nil, err
	}
	version, err := s.scopeOf(c).Version(c.UserContext(), batch.VersionID)
	return batch, version, err
}

// idParam reads a number in the path; what is none is not found.
func idParam(c *fiber.Ctx, name string) (int64, error) {
	id, err := strconv.ParseInt(c.Params(name), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%s %q: %w", name, c.Params(name), survey.ErrNotFound)
	}
	return id, nil
}

// typingPath is the address of the batches.
const typingPath = "/panel/ankiety-papierowe"

func batchPath(id int64) string { return fmt.Sprintf("%s/%d", typingPath, id) }
func sheetPath(id int64) string { return batchPath(id) + "/arkusz" }

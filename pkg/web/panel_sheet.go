package web

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/sheet"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// fieldCode is the form field of the code beneath a sheet's QR; empty: typed without.
const fieldCode = "_code"

// Short codes keep the low bits of version and serial; see sheet.Code.
const (
	shortVersions = 1 << 24
	shortSerials  = 1 << 26
)

// sheetPage is the screen on which one sheet is typed, corrected, or keyed again by another person.
type sheetPage struct {
	page
	Batch  *store.Batch
	Point  string
	Sheet  *store.TypedSheet   // to be corrected; nil: a new one
	Second *store.RekeyedSheet // to be keyed again, without a look at what was typed
	Key    string              // idempotency
	Code   string
	Groups []entryGroup
	Notes  notes
	Twin   *store.SheetPlace // where the sheet was typed before
	Fault  string            // why it was not saved, where no field is to blame
	Saved  string            // what was just saved
}

// Action is the address that the form is sent to.
func (p sheetPage) Action() string {
	switch {
	case p.Sheet != nil:
		return sheetPath(p.Batch.ID) + "/" + p.Sheet.Submission.ID
	case p.Second != nil:
		return samplePath(p.Batch.ID) + "/" + p.Second.Submission
	}
	return sheetPath(p.Batch.ID)
}

// Heading names what is done on the screen. A new sheet has no number yet: somebody else may be typing too.
func (p sheetPage) Heading() string {
	switch {
	case p.Sheet != nil:
		return fmt.Sprintf("Popraw arkusz nr"+hardSpace+"%d", p.Sheet.Number)
	case p.Second != nil:
		return fmt.Sprintf("Drugie wpisanie: arkusz nr"+hardSpace+"%d", p.Second.Number)
	}
	return "Nowy arkusz"
}

// TwinPath leads to the sheet that was typed before.
func (p sheetPage) TwinPath() string { return placePath(p.Twin) }

// drawSheet draws the screen with values in it.
func (s *Server) drawSheet(c *fiber.Ctx, version *survey.Version, values survey.Values, p sheetPage) error {
	points, err := s.scopeOf(c).ServicePoints(c.UserContext())
	if err != nil {
		return err
	}
	p.page, p.Point = s.page(c), pointName(points, p.Batch.ServicePoint)
	if p.Groups, err = entryGroups(version, values, p.Notes); err != nil {
		return err
	}
	if p.Second != nil {
		p.Groups = withoutTexts(p.Groups)
	}
	return c.Render("panel/sheet_entry", p)
}

// showSheet draws an empty sheet for an open batch.
func (s *Server) showSheet(c *fiber.Ctx) error {
	batch, version, err := s.batchOf(c)
	if err != nil {
		return err
	}
	if !batch.Open() {
		return survey.ErrClosed
	}
	p := sheetPage{Batch: batch, Key: newKey()}
	if number, err := strconv.Atoi(c.Query("zapisano")); err == nil {
		p.Saved = "Arkusz zapisany"
		if number > 0 {
			p.Saved += fmt.Sprintf(" jako nr"+hardSpace+"%d", number)
		}
		p.Saved += ". W" + hardSpace + "partii: " + countPL(batch.Sheets, "arkusz", "arkusze", "arkuszy") + "."
	}
	return s.drawSheet(c, version, nil, p)
}

// saveSheet stores a typed sheet and goes on to the next one. What can't be stored is drawn again with
// everything that was typed, under the same key.
func (s *Server) saveSheet(c *fiber.Ctx) error {
	batch, version, err := s.batchOf(c)
	if err != nil {
		return err
	}
	if !batch.Open() {
		return survey.ErrClosed
	}
	values := formValues(c)
	p := sheetPage{Batch: batch, Key: values.Get(fieldKey), Code: values.Get(fieldCode)}
	serial, problem, err := s.serialOf(c.UserContext(), s.scopeOf(c), p.Code, batch)
	if err != nil {
		return err
	}
	if problem != "" {
		p.Notes.add(fieldCode, problem)
	}
	sub, bad, err := fillSheet(version, values, batch.Day)
	if err != nil {
		return err
	}
	refuseEmpty(sub, &bad)
	if p.Notes = append(p.Notes, bad...); len(p.Notes) > 0 {
		c.Status(fiber.StatusUnprocessableEntity)
		return s.drawSheet(c, version, values, p)
	}
	sub.ServicePoint = batch.ServicePoint
	err = s.submit(c, version, sub, &store.SheetRef{Batch: batch.ID, Serial: serial, TypedBy: sessionOf(c).Login})
	if err == nil {
		number, err := s.scopeOf(c).NumberOfSheet(c.UserContext(), batch.ID, sub.ID, sessionOf(c).Login)
		if err != nil {
			number = 0 // it is stored all the same, and the batch's page tells
		}
		return c.Redirect(fmt.Sprintf("%s?zapisano=%d", sheetPath(batch.ID), number), fiber.StatusSeeOther)
	}
	if errors.Is(err, survey.ErrTaken) && serial != 0 {
		p.Twin, _ = s.scopeOf(c).SheetOfSerial(c.UserContext(), serial) // without it the sentence alone has to do
	}
	if err := p.tell(c, err); err != nil {
		return err
	}
	return s.drawSheet(c, version, values, p)
}

// tell notes why a sheet was not stored, for the screen to be drawn again with everything typed, or returns the
// error if the screen is no place for it.
func (p *sheetPage) tell(c *fiber.Ctx, err error) error {
	switch {
	case errors.Is(err, survey.ErrTaken):
		c.Status(fiber.StatusConflict)
		p.Notes.add(fieldCode, "Ten arkusz już "+twinPL(p.Twin)+". Prosimy sprawdzić kod albo odłożyć arkusz.")
	case errors.Is(err, survey.ErrUnavailable):
		c.Status(fiber.StatusServiceUnavailable)
		c.Set(fiber.HeaderRetryAfter, "5")
		p.Fault = "Baza danych jest na chwilę niedostępna. Nic nie zginęło: wszystko, co wpisano, jest poniżej. Prosimy zapisać arkusz jeszcze raz za kilka sekund."
	default:
		return err
	}
	return nil
}

// fillSheet makes a submission of a typed sheet, or says what is wrong with it.
func fillSheet(version *survey.Version, values survey.Values, day survey.Day) (*survey.Submission, notes, error) {
	sub, err := version.Fill(values, survey.ChannelPaperTyped, day)
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
	return sub, nil, nil
}

// refuseEmpty notes that there is nothing on a sheet.
func refuseEmpty(sub *survey.Submission, bad *notes) {
	if sub == nil || len(sub.Remarks) > 0 {
		return
	}
	typed := func(code int16) bool { return code != survey.CodeBlank && code != survey.CodeHidden }
	if !slices.ContainsFunc(sub.Codes, typed) {
		bad.add(fieldCode, "Nie wpisano żadnej odpowiedzi. Pustego formularza nie zapisujemy – wystarczy liczyć go wśród zwróconych.")
	}
}

// twinPL says what became of a sheet before, and where.
func twinPL(twin *store.SheetPlace) string {
	switch {
	case twin == nil:
		return "wpisano"
	case twin.Scan != 0:
		return fmt.Sprintf("zeskanowano: partia skanów nr"+hardSpace+"%d", twin.Scan)
	}
	return fmt.Sprintf("wpisano: partia nr"+hardSpace+"%d, arkusz nr"+hardSpace+"%d", twin.Batch, twin.Number)
}

// placePath leads to a sheet where it can be corrected, to its line in a closed batch, or to the stack that it was scanned with.
func placePath(place *store.SheetPlace) string {
	switch {
	case place.Scan != 0:
		return scanPath(place.Scan)
	case place.Open:
		return sheetPath(place.Batch) + "/" + place.Submission
	}
	return fmt.Sprintf("%s#nr-%d", batchPath(place.Batch), place.Number)
}

// entryProblem says to a typist what is wrong with a row.
func entryProblem(f survey.FieldError) string {
	switch f.Problem {
	case survey.ProblemSeveral:
		return "Jest tu więcej niż jedna odpowiedź. Prosimy zostawić jedną albo oznaczyć wiersz jako nieczytelny."
	case survey.ProblemNotNumber:
		return "Prosimy wpisać liczbę całkowitą albo oznaczyć wiersz jako nieczytelny."
	case survey.ProblemBelow:
		return fmt.Sprintf("Najmniejsza możliwa liczba to %d.", f.N)
	case survey.ProblemAbove:
		return fmt.Sprintf("Największa możliwa liczba to %d.", f.N)
	case survey.ProblemUnchosen:
		return "Jest tu wpis, ale w pytaniu zaznaczono inną odpowiedź. Prosimy zaznaczyć tę, przy której stoi wpis, usunąć wpis albo oznaczyć pytanie jako nieczytelne."
	case survey.ProblemTooLong:
		return "Tekst może mieć najwyżej " + countPL(f.N, "znak", "znaki", "znaków") + ". Prosimy go skrócić."
	}
	return "Takiej odpowiedzi nie ma w tym pytaniu. Prosimy wybrać inną."
}

// serialOf finds the serial of a sheet by its code, typed from beneath the QR or read from it by a hand-held
// scanner, and says why the sheet is none of this batch. Without a code the serial is 0.
func (s *Server) serialOf(ctx context.Context, scope *store.Scope, typed string, batch *store.Batch) (serial int64, problem string, err error) {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return 0, "", nil
	}
	const foreign = "Ten arkusz nie jest z tego urzędu. Prosimy odłożyć go i nie wpisywać."
	code, err := sheet.ParseCode(strings.ToUpper(typed))
	if err == nil && code.Tenant != scope.Tenant() {
		return 0, foreign, nil
	}
	if err != nil {
		if code, err = sheet.ParseShort(typed); err != nil {
			return 0, "To nie jest kod arkusza. Kod ma 13 znaków i stoi pod kwadratem QR; prosimy sprawdzić, czy nie ma pomyłki.", nil
		}
	}
	versions, err := scope.Versions(ctx)
	if err != nil {
		return 0, "", err
	}
	i := slices.IndexFunc(versions, func(v store.VersionInfo) bool { return v.ID%shortVersions == code.Version%shortVersions })
	switch {
	case i < 0:
		return 0, foreign, nil
	case versions[i].ID != batch.VersionID:
		return 0, fmt.Sprintf("Ten arkusz jest z wersji %d ankiety, a w tej partii wpisywana jest wersja %d. Prosimy wpisać go w partii z wersją %d.",
			versions[i].Number, batch.Version, versions[i].Number), nil
	}
	printed, err := scope.VersionOfSerial(ctx, int64(code.Serial))
	if errors.Is(err, survey.ErrNotFound) || err == nil && printed != batch.VersionID {
		return 0, "Arkusza o takim numerze nie wydrukowano. Prosimy sprawdzić, czy w kodzie nie ma pomyłki.", nil
	}
	return int64(code.Serial), "", err
}

// codeAnswer tells the typing screen about a code before the sheet is typed.
type codeAnswer struct {
	Fits    bool   `json:"fits"`
	Message string `json:"message"`
	Link    string `json:"link,omitempty"` // where the sheet was typed before
}

// findCode says whether the sheet with a code can be typed into the batch.
func (s *Server) findCode(c *fiber.Ctx) error {
	ctx, scope := c.UserContext(), s.scopeOf(c)
	id, err := idParam(c, "batch")
	if err != nil {
		return err
	}
	batch, err := scope.Batch(ctx, id)
	if err != nil {
		return err
	}
	serial, problem, err := s.serialOf(ctx, scope, c.Query("kod"), batch)
	if err != nil {
		return err
	}
	switch {
	case problem != "":
		return c.JSON(codeAnswer{Message: problem})
	case serial == 0:
		return c.JSON(codeAnswer{Fits: true, Message: "Bez kodu."})
	}
	twin, err := scope.SheetOfSerial(ctx, serial)
	switch {
	case err == nil:
		return c.JSON(codeAnswer{Message: "Ten arkusz już " + twinPL(twin) + ".", Link: placePath(twin)})
	case !errors.Is(err, survey.ErrNotFound):
		return err
	}
	return c.JSON(codeAnswer{Fits: true, Message: fmt.Sprintf("Arkusz o numerze %04d, wersja %d.", serial, batch.Version)})
}

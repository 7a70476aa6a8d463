package web

import (
	"context"
	"errors"
	"fmt"
	"slices"
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

// sheetPage is the screen on which one sheet is typed or corrected.
type sheetPage struct {
	page
	Batch  *store.Batch
	Point  string
	Number int               // place in the stack
	Sheet  *store.TypedSheet // to be corrected; nil: a new one
	Key    string            // idempotency
	Code   string
	Groups []entryGroup
	Notes  notes
	Fault  string // why it was not saved, where no field is to blame
	Saved  string // what was just saved
}

// Action is the address that the form is sent to.
func (p sheetPage) Action() string {
	if p.Sheet != nil {
		return sheetPath(p.Batch.ID) + "/" + p.Sheet.Submission.ID
	}
	return sheetPath(p.Batch.ID)
}

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
	p := sheetPage{Batch: batch, Number: batch.Sheets + 1, Key: newKey()}
	if c.Query("zapisano") != "" {
		p.Saved = "Arkusz zapisany. W partii: " + countPL(batch.Sheets, "arkusz", "arkusze", "arkuszy") + "."
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
	p := sheetPage{Batch: batch, Number: batch.Sheets + 1, Key: values.Get(fieldKey), Code: values.Get(fieldCode)}
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
	if p.Notes = append(p.Notes, bad...); len(p.Notes) > 0 {
		c.Status(fiber.StatusUnprocessableEntity)
		return s.drawSheet(c, version, values, p)
	}
	sub.ServicePoint = batch.ServicePoint
	err = s.submit(c, version, sub, &store.SheetRef{Batch: batch.ID, Number: p.Number, Serial: serial})
	if err == nil {
		return c.Redirect(sheetPath(batch.ID)+"?zapisano=1", fiber.StatusSeeOther)
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
		p.Notes.add(fieldCode, "Ten arkusz już wpisano – taki sam kod jest przy innym arkuszu. Prosimy sprawdzić kod albo odłożyć arkusz.")
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
	typed := func(code int16) bool { return code != survey.CodeBlank && code != survey.CodeHidden }
	if !slices.ContainsFunc(sub.Codes, typed) && len(sub.Remarks) == 0 {
		return nil, notes{{fieldCode, "Nie wpisano żadnej odpowiedzi. Pustego formularza nie zapisujemy – wystarczy liczyć go wśród zwróconych."}}, nil
	}
	return sub, nil, nil
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
		return c.JSON(codeAnswer{false, problem})
	case serial == 0:
		return c.JSON(codeAnswer{true, "Bez kodu."})
	}
	sheets, err := scope.TypedSheets(ctx, batch.ID)
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(sheets, func(t store.TypedSheet) bool { return t.Serial == serial }); i >= 0 {
		return c.JSON(codeAnswer{false, fmt.Sprintf("Ten arkusz już wpisano: jest w tej partii jako nr %d.", sheets[i].Number)})
	}
	return c.JSON(codeAnswer{true, fmt.Sprintf("Arkusz o numerze %04d, wersja %d.", serial, batch.Version)})
}

// typedSheet returns the sheet in the request's path, with its batch and version.
func (s *Server) typedSheet(c *fiber.Ctx) (*store.TypedSheet, *store.Batch, *survey.Version, error) {
	batch, version, err := s.batchOf(c)
	if err != nil {
		return nil, nil, nil, err
	}
	sheets, err := s.scopeOf(c).TypedSheets(c.UserContext(), batch.ID)
	if err != nil {
		return nil, nil, nil, err
	}
	for i := range sheets {
		if sheets[i].Submission.ID == c.Params("submission") {
			return &sheets[i], batch, version, nil
		}
	}
	return nil, nil, nil, fmt.Errorf("sheet of batch %d: %w", batch.ID, survey.ErrNotFound)
}

// showTypedSheet draws a typed sheet to be corrected.
func (s *Server) showTypedSheet(c *fiber.Ctx) error {
	typed, batch, version, err := s.typedSheet(c)
	if err != nil {
		return err
	}
	if !batch.Open() {
		return survey.ErrClosed
	}
	values, err := version.Values(&typed.Submission)
	if err != nil {
		return err
	}
	return s.drawSheet(c, version, values, sheetPage{Batch: batch, Number: typed.Number, Sheet: typed, Key: newKey()})
}

// correctSheet replaces the answers of a typed sheet of an open batch.
func (s *Server) correctSheet(c *fiber.Ctx) error {
	typed, batch, version, err := s.typedSheet(c)
	if err != nil {
		return err
	}
	if !batch.Open() {
		return survey.ErrClosed
	}
	values := formValues(c)
	p := sheetPage{Batch: batch, Number: typed.Number, Sheet: typed, Key: values.Get(fieldKey)}
	sub, bad, err := fillSheet(version, values, batch.Day)
	if err != nil {
		return err
	}
	if p.Notes = bad; len(bad) > 0 {
		c.Status(fiber.StatusUnprocessableEntity)
		return s.drawSheet(c, version, values, p)
	}
	sub.ID = typed.Submission.ID
	redact(sub.Remarks)
	err = s.replaceSheet(c, version, sub, typed.Number)
	if err == nil {
		return c.Redirect(fmt.Sprintf("%s?poprawiono=%d", batchPath(batch.ID), typed.Number), fiber.StatusSeeOther)
	}
	if err := p.tell(c, err); err != nil {
		return err
	}
	return s.drawSheet(c, version, values, p)
}

// replaceSheet stores a correction and logs who made it, without the answers.
func (s *Server) replaceSheet(c *fiber.Ctx, version *survey.Version, sub *survey.Submission, number int) error {
	ctx, scope, actor := c.UserContext(), s.scopeOf(c), s.actor(c)
	if err := scope.CorrectSheet(ctx, sub, &version.Layout); err != nil {
		return err
	}
	return scope.Record(ctx, store.Event{At: actor.At, Actor: actor.Login, Action: "sheet.correct",
		Subject: fmt.Sprintf("%s/%d", c.Params("batch"), number)})
}

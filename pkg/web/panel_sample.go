package web

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// defaultPercent is the share of a batch's sheets that is keyed again unless the office says otherwise.
const defaultPercent = 10

// samplePage shows the second keying of a batch: which sheets were drawn, how far it is, and what it found.
type samplePage struct {
	page
	Batch   *store.Batch
	Sheets  []store.RekeyedSheet
	Keying  stats.Keying
	Version *survey.Version
	Percent int // to draw
	Mine    int // sheets that wait, and that the person did not type
	Typist  bool
	Typed   string // in the field that a sheet is looked for by
	Fault   string
	Done    string // what was just done
}

// Label returns the question's wording.
func (p samplePage) Label(key string) string {
	return p.Version.Questionnaire.Question(key).Label.In(survey.Polish)
}

// Waiting is how many sheets of the sample nobody has keyed again.
func (p samplePage) Waiting() int { return p.Batch.Drawn - p.Batch.Rekeyed }

func (s *Server) showSample(c *fiber.Ctx) error {
	p := samplePage{}
	if number, err := strconv.Atoi(c.Query("wpisano")); err == nil {
		p.Done = fmt.Sprintf("Drugie wpisanie arkusza nr"+hardSpace+"%d zapisane.", number)
	}
	if number, err := strconv.Atoi(c.Query("rozstrzygnieto")); err == nil {
		p.Done = fmt.Sprintf("Różnice w"+hardSpace+"arkuszu nr"+hardSpace+"%d rozstrzygnięte.", number)
	}
	return s.drawSamplePage(c, p)
}

func (s *Server) drawSamplePage(c *fiber.Ctx, p samplePage) error {
	batch, version, err := s.batchOf(c)
	if err != nil {
		return err
	}
	p.page, p.Batch, p.Version, p.Typist = s.page(c), batch, version, typist(c)
	if p.Sheets, err = s.scopeOf(c).RekeyedSheets(c.UserContext(), batch.ID); err != nil {
		return err
	}
	if p.Percent = batch.RekeyPercent; p.Percent == 0 {
		p.Percent = defaultPercent
	}
	var twice []stats.KeyedTwice
	for _, sheet := range p.Sheets {
		switch {
		case sheet.KeyedBy != "":
			twice = append(twice, stats.KeyedTwice{First: sheet.First, Second: sheet.Codes})
		case sheet.TypedBy != p.Login:
			p.Mine++
		}
	}
	p.Keying = stats.CompareKeying(version, twice)
	return c.Render("panel/sample", p)
}

// drawSample draws sheets at random for the second keying, or more of them.
func (s *Server) drawSample(c *fiber.Ctx) error {
	batch, _, err := s.batchOf(c)
	if err != nil {
		return err
	}
	percent, ok := readPercent(c.FormValue("percent"))
	if !ok {
		c.Status(fiber.StatusUnprocessableEntity)
		return s.drawSamplePage(c, samplePage{Fault: wrongPercent})
	}
	if err := s.scopeOf(c).DrawSheets(c.UserContext(), batch.ID, percent, s.actor(c)); err != nil {
		return err
	}
	return c.Redirect(samplePath(batch.ID), fiber.StatusSeeOther)
}

const wrongPercent = "Prosimy podać, jaką część arkuszy wpisać drugi raz: liczbę od 1 do 100."

func readPercent(typed string) (int, bool) {
	n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(typed), "%"))
	return n, err == nil && n >= 1 && n <= 100
}

// findSecond leads from a sheet's code, or its number in the batch, to the screen where it is keyed again.
func (s *Server) findSecond(c *fiber.Ctx) error {
	batch, _, err := s.batchOf(c)
	if err != nil {
		return err
	}
	if !batch.Open() {
		return survey.ErrClosed
	}
	typed := strings.TrimSpace(c.Query("szukaj"))
	sheets, err := s.scopeOf(c).RekeyedSheets(c.UserContext(), batch.ID)
	if err != nil {
		return err
	}
	refuse := func(why string) error {
		c.Status(fiber.StatusUnprocessableEntity)
		return s.drawSamplePage(c, samplePage{Typed: typed, Fault: why})
	}
	number, err := strconv.Atoi(typed)
	wanted := func(r store.RekeyedSheet) bool { return r.Number == number }
	if err != nil {
		serial, problem, err := s.serialOf(c.UserContext(), s.scopeOf(c), typed, batch)
		if err != nil {
			return err
		}
		if serial == 0 && problem == "" {
			problem = "Prosimy podać kod arkusza albo jego numer w" + hardSpace + "partii."
		}
		if problem != "" {
			return refuse(problem)
		}
		wanted = func(r store.RekeyedSheet) bool { return r.Serial == serial }
	}
	i := slices.IndexFunc(sheets, wanted)
	if i < 0 {
		return refuse("Tego arkusza nie wylosowano do drugiego wpisania. Wylosowane są na liście poniżej.")
	}
	if why := notSecond(&sheets[i], sessionOf(c).Login); why != "" {
		return refuse(why)
	}
	return c.Redirect(samplePath(batch.ID)+"/"+sheets[i].Submission, fiber.StatusSeeOther)
}

// notSecond says why a person can't key a sheet again; "": they can.
func notSecond(sheet *store.RekeyedSheet, login string) string {
	switch {
	case sheet.KeyedBy != "":
		return fmt.Sprintf("Arkusz nr"+hardSpace+"%d wpisano już drugi raz (%s).", sheet.Number, sheet.KeyedBy)
	case sheet.TypedBy == login:
		return fmt.Sprintf("Arkusz nr"+hardSpace+"%d wpisano z"+hardSpace+"tego konta. Drugi raz wpisuje go inna osoba, żeby ta sama pomyłka nie przeszła dwa razy.", sheet.Number)
	}
	return ""
}

// secondOf returns the sheet of the sample in the request's path, with its batch and version.
func (s *Server) secondOf(c *fiber.Ctx) (*store.RekeyedSheet, *store.Batch, *survey.Version, error) {
	batch, version, err := s.batchOf(c)
	if err != nil {
		return nil, nil, nil, err
	}
	sheets, err := s.scopeOf(c).RekeyedSheets(c.UserContext(), batch.ID)
	if err != nil {
		return nil, nil, nil, err
	}
	for i := range sheets {
		if sheets[i].Submission == c.Params("submission") {
			return &sheets[i], batch, version, nil
		}
	}
	return nil, nil, nil, fmt.Errorf("sample of batch %d: %w", batch.ID, survey.ErrNotFound)
}

// showSecond draws an empty screen for a sheet that is keyed again.
func (s *Server) showSecond(c *fiber.Ctx) error {
	sheet, batch, version, err := s.secondOf(c)
	if err != nil {
		return err
	}
	if !batch.Open() {
		return survey.ErrClosed
	}
	if why := notSecond(sheet, sessionOf(c).Login); why != "" {
		c.Status(fiber.StatusConflict)
		return s.drawSamplePage(c, samplePage{Fault: why})
	}
	return s.drawSheet(c, version, nil, sheetPage{Batch: batch, Second: sheet, Key: newKey()})
}

// saveSecond keeps the second keying of a sheet. Texts are not keyed twice, and an empty sheet is one that the two have to
// agree on too.
func (s *Server) saveSecond(c *fiber.Ctx) error {
	sheet, batch, version, err := s.secondOf(c)
	if err != nil {
		return err
	}
	values := formValues(c)
	p := sheetPage{Batch: batch, Second: sheet, Key: values.Get(fieldKey)}
	sub, bad, err := fillSheet(version, values, batch.Day)
	if err != nil {
		return err
	}
	if p.Notes = bad; len(bad) > 0 {
		c.Status(fiber.StatusUnprocessableEntity)
		return s.drawSheet(c, version, values, p)
	}
	sub.ID = sheet.Submission
	err = s.scopeOf(c).RekeySheet(c.UserContext(), batch.ID, sub, version, s.actor(c))
	switch {
	case err == nil:
		return c.Redirect(fmt.Sprintf("%s?wpisano=%d", samplePath(batch.ID), sheet.Number), fiber.StatusSeeOther)
	case errors.Is(err, store.ErrSamePerson) || errors.Is(err, survey.ErrTaken):
		if sheet, _, _, err = s.secondOf(c); err != nil {
			return err
		}
		c.Status(fiber.StatusConflict)
		p.Fault = notSecond(sheet, sessionOf(c).Login)
		return s.drawSheet(c, version, values, p)
	}
	if err := p.tell(c, err); err != nil {
		return err
	}
	return s.drawSheet(c, version, values, p)
}

func samplePath(batch int64) string { return batchPath(batch) + "/kontrola" }

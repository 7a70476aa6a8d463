package web

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// Whose answer the paper bears out.
const (
	sideSheet  = "arkusz"
	sideSecond = "drugie"
)

// differencesPage shows what two people keyed of a sheet beside each other, for somebody who has the paper.
type differencesPage struct {
	page
	Batch  *store.Batch
	Sheet  *store.RekeyedSheet
	Rows   []difference
	Typist bool
	Notes  notes
	Fault  string
}

// Settling reports whether the person may decide.
func (p differencesPage) Settling() bool {
	return p.Typist && p.Batch.Open() && p.Sheet.Unsettled()
}

// difference is a field that was not keyed alike.
type difference struct {
	Field, Label  string
	First, Second string
	Now           string // what the sheet holds, if it was corrected since
	Chosen, Note  string
	pair          survey.Pair
}

func (s *Server) showDifferences(c *fiber.Ctx) error {
	sheet, batch, version, err := s.secondOf(c)
	if err != nil {
		return err
	}
	if sheet.KeyedBy == "" { // nobody is to see the first answers before
		return fmt.Errorf("differences of sheet %d: %w", sheet.Number, survey.ErrNotFound)
	}
	return s.drawDifferences(c, version, differencesPage{Batch: batch, Sheet: sheet, Rows: differencesOf(version, sheet, nil)})
}

func (s *Server) drawDifferences(c *fiber.Ctx, version *survey.Version, p differencesPage) error {
	p.page, p.Typist = s.page(c), typist(c)
	return c.Render("panel/differences", p)
}

// differencesOf lists the fields that were not keyed alike, with what a form chose of each.
func differencesOf(version *survey.Version, sheet *store.RekeyedSheet, form survey.Values) []difference {
	var rows []difference
	for _, pair := range version.Pairs(sheet.First, sheet.Codes) {
		if !pair.Differ {
			continue
		}
		field := pair.Slot.Field()
		row := difference{Field: field, Label: questionPL(version, pair), First: typedPL(version, pair, sheet.First),
			Second: typedPL(version, pair, sheet.Codes), Chosen: form.Get(field), pair: pair}
		if now := typedPL(version, pair, sheet.Now); now != row.First {
			row.Now = now
		}
		rows = append(rows, row)
	}
	return rows
}

// settleSheet takes over what a person with the paper chose of each difference.
func (s *Server) settleSheet(c *fiber.Ctx) error {
	sheet, batch, version, err := s.secondOf(c)
	if err != nil {
		return err
	}
	if !batch.Open() {
		return survey.ErrClosed
	}
	if sheet.KeyedBy == "" {
		return fmt.Errorf("differences of sheet %d: %w", sheet.Number, survey.ErrNotFound)
	}
	form := formValues(c)
	p := differencesPage{Batch: batch, Sheet: sheet, Rows: differencesOf(version, sheet, form)}
	for i := range p.Rows {
		if row := &p.Rows[i]; row.Chosen != sideSheet && row.Chosen != sideSecond {
			row.Note = "Prosimy wskazać, która odpowiedź jest na papierze."
			p.Notes.add(row.Field, row.Label+": prosimy wskazać, która odpowiedź jest na papierze.")
		}
	}
	if len(p.Notes) == 0 && strconv.Itoa(sheet.Revision) == form.Get(fieldRevision) {
		err := s.settle(c, version, &p)
		if err == nil && len(p.Notes) == 0 {
			return c.Redirect(fmt.Sprintf("%s?rozstrzygnieto=%d", samplePath(batch.ID), sheet.Number), fiber.StatusSeeOther)
		}
		if err != nil && !errors.Is(err, survey.ErrConflict) {
			return err
		}
	}
	c.Status(fiber.StatusUnprocessableEntity)
	if len(p.Notes) == 0 {
		c.Status(fiber.StatusConflict)
		p.Fault = "Ten arkusz poprawiono w" + hardSpace + "międzyczasie. Poniżej jest to, co jest w" + hardSpace + "nim teraz. Prosimy sprawdzić wybór i" + hardSpace + "zapisać jeszcze raz."
		if p.Sheet, _, _, err = s.secondOf(c); err != nil {
			return err
		}
		p.Rows = differencesOf(version, p.Sheet, form)
	}
	return s.drawDifferences(c, version, p)
}

// settle corrects the sheet to what was chosen, or notes why that can't be.
func (s *Server) settle(c *fiber.Ctx, version *survey.Version, p *differencesPage) error {
	typed, batch, _, err := s.typedSheet(c)
	if err != nil {
		return err
	}
	mixed := typed.Submission
	mixed.Codes = slices.Clone(p.Sheet.Now)
	for _, row := range p.Rows {
		if row.Chosen == sideSecond {
			copy(mixed.Codes[row.pair.From:row.pair.To], p.Sheet.Codes[row.pair.From:row.pair.To])
		}
	}
	values, err := version.Values(&mixed)
	if err != nil {
		return err
	}
	sub, bad, err := fillSheet(version, values, batch.Day) // what a rule hides may be another field now
	if err != nil {
		return err
	}
	if p.Notes = bad; len(bad) > 0 {
		p.Fault = "Wybrane odpowiedzi nie pasują do wpisów przy nich. Prosimy najpierw poprawić arkusz."
		return nil
	}
	sub.ID = typed.Submission.ID
	keepTexts(version, sub.Codes, mixed.Codes)
	return s.scopeOf(c).SettleSheet(c.UserContext(), store.Correction{Sheet: sub, Layout: &version.Layout, Revision: p.Sheet.Revision, By: s.actor(c)})
}

// keepTexts leaves the codes of texts as they were: the second keying has none.
func keepTexts(version *survey.Version, codes, before []int16) {
	for i, slot := range version.Layout.Slots {
		kept := before[i] != survey.CodeBlank && before[i] != survey.CodeHidden
		if kept && version.Questionnaire.Question(slot.Question).Kind == survey.KindText {
			codes[i] = before[i]
		}
	}
}

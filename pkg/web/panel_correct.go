package web

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// fieldRevision is the form field of the revision of a sheet that somebody saw when they began to correct it.
const fieldRevision = "_revision"

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
	return s.drawSheet(c, version, values, sheetPage{Batch: batch, Sheet: typed, Key: newKey()})
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
	typed.Revision = revisionOf(values) // what was seen stays what was seen, until it is told what else there is
	p := sheetPage{Batch: batch, Sheet: typed, Key: values.Get(fieldKey)}
	sub, bad, err := fillSheet(version, values, batch.Day)
	if err != nil {
		return err
	}
	refuseEmpty(sub, &bad)
	if p.Notes = bad; len(bad) > 0 {
		c.Status(fiber.StatusUnprocessableEntity)
		return s.drawSheet(c, version, values, p)
	}
	sub.ID = typed.Submission.ID
	redact(sub.Remarks)
	err = s.scopeOf(c).CorrectSheet(c.UserContext(), store.Correction{Sheet: sub, Layout: &version.Layout, Revision: typed.Revision, By: s.actor(c)})
	if errors.Is(err, survey.ErrConflict) {
		return s.meetCorrection(c, version, values, sub)
	}
	if err == nil {
		return c.Redirect(correctedPath(batch.ID, typed.Number), fiber.StatusSeeOther)
	}
	if err := p.tell(c, err); err != nil {
		return err
	}
	return s.drawSheet(c, version, values, p)
}

func correctedPath(batch int64, number int) string {
	return fmt.Sprintf("%s?poprawiono=%d", batchPath(batch), number)
}

// revisionOf reads which revision of a sheet a form began with; 0, which no sheet has, if it doesn't say.
func revisionOf(values survey.Values) int {
	n := 0
	_, _ = fmt.Sscanf(values.Get(fieldRevision), "%d", &n)
	return n
}

// meetCorrection answers a correction of a sheet that was corrected meanwhile: everything typed stays, and each row that
// now holds something else says what. The same once more is done already: its first answer was lost.
func (s *Server) meetCorrection(c *fiber.Ctx, version *survey.Version, values survey.Values, sub *survey.Submission) error {
	typed, batch, _, err := s.typedSheet(c)
	if err != nil {
		return err
	}
	same := func(a, b survey.Remark) bool { return a.Question == b.Question && a.Text == b.Text }
	if slices.Equal(typed.Submission.Codes, sub.Codes) && slices.EqualFunc(typed.Submission.Remarks, byQuestion(sub.Remarks), same) {
		return c.Redirect(correctedPath(batch.ID, typed.Number), fiber.StatusSeeOther)
	}
	p := sheetPage{Batch: batch, Sheet: typed, Key: values.Get(fieldKey),
		Fault: "Ten arkusz poprawił w" + hardSpace + "międzyczasie ktoś inny. Poniżej jest to, co wpisano teraz; przy wierszach, które się różnią, stoi to, co jest zapisane. Ponowny zapis zastąpi tamtą poprawkę."}
	for _, pair := range version.Pairs(typed.Submission.Codes, sub.Codes) {
		if pair.Differ {
			p.Notes.add(pair.Slot.Field(), questionPL(version, pair)+": zapisano „"+typedPL(version, pair, typed.Submission.Codes)+"”.")
		}
	}
	c.Status(fiber.StatusConflict)
	return s.drawSheet(c, version, values, p)
}

func byQuestion(remarks []survey.Remark) []survey.Remark {
	return slices.SortedFunc(slices.Values(remarks), func(a, b survey.Remark) int { return strings.Compare(a.Question, b.Question) })
}

// questionPL names a field as it stands on the paper: the statement of a row, else the question.
func questionPL(version *survey.Version, pair survey.Pair) string {
	q := version.Questionnaire.Question(pair.Slot.Question)
	label := q.Label.In(survey.Polish)
	for _, r := range q.Rows {
		if r.Key == pair.Slot.Row {
			label = r.Label.In(survey.Polish)
		}
	}
	for _, a := range q.Areas {
		if a.Key == pair.Slot.Area {
			label = a.Label.In(survey.Polish)
		}
	}
	if pair.Slot.Aspect != "" {
		label += aspectName(pair.Slot.Aspect)
	}
	return label
}

// typedPL tells what codes hold in a field, in words.
func typedPL(version *survey.Version, pair survey.Pair, codes []int16) string {
	q, slots := version.Questionnaire.Question(pair.Slot.Question), version.Layout.Slots
	switch code := codes[pair.From]; {
	case code == survey.CodeBlank || code == survey.CodeHidden:
		return "brak odpowiedzi"
	case code == survey.CodeNotApplicable:
		return "nie dotyczy"
	case code == survey.CodeNoOpinion:
		return "nie mam zdania"
	case code == survey.CodeUnreadable:
		return "nieczytelne"
	case q.Kind == survey.KindNumber:
		return fmt.Sprint(q.Min + int(code-survey.CodeFirst))
	case q.Kind != survey.KindMulti:
		return choicePL(q, pair.Slot.Aspect, int(code-survey.CodeFirst))
	}
	var picked []string
	for i := pair.From + 1; i < pair.To; i++ {
		if codes[i] == survey.CodeFirst {
			j := slices.IndexFunc(q.Options, func(o survey.Option) bool { return o.Key == slots[i].Option })
			picked = append(picked, q.Options[j].Label.In(survey.Polish))
		}
	}
	return strings.Join(picked, "; ")
}

// choicePL names a choice with the key that it is typed by.
func choicePL(q *survey.Question, aspect string, place int) string {
	choice := q.ChoicesOf(aspect)[place]
	key, label := keysOf(q, aspect)[place], choice.Label.In(survey.Polish)
	if label == "" || label == choice.Value {
		return choice.Value
	}
	return key + " – " + label
}

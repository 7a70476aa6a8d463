package web

import (
	"errors"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"ocenaurzedu.eu/pkg/auth"
	"ocenaurzedu.eu/pkg/privacy"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// fieldKey is the form field that carries a submission's idempotency key.
const fieldKey = "_key"

// Lengths of an idempotency key, in characters. Ours have 36; a shorter one might be somebody else's by chance.
const (
	minKey = 16
	maxKey = 100
)

// newKey makes an idempotency key for a form about to be drawn.
func newKey() string { return uuid.NewString() }

// formValues returns the fields of a form sent as application/x-www-form-urlencoded, or of the one that may carry a
// file. No reflection looks at their names, so that nobody can make it build a large array by an index.
func formValues(c *fiber.Ctx) survey.Values {
	if form, err := c.Request().MultipartForm(); err == nil {
		return form.Value
	}
	args := c.Request().PostArgs()
	values, texts := make(survey.Values, args.Len()), make([]string, 0, args.Len())
	for key, value := range args.All() {
		if given, ok := values[string(key)]; ok {
			values[string(key)] = append(given, string(value))
			continue
		}
		texts = append(texts, string(value)) // most fields have one value: they share a slice
		values[string(key)] = texts[len(texts)-1 : len(texts) : len(texts)]
	}
	return values
}

// submit stores a filled submission of any channel: without the personal data in its remarks, under a random
// id, and once for the form's key, however often it comes. sheet is the paper's place in a batch, nil
// otherwise. Errors as of intake.Submit, and 400 for a form without a key.
func (s *Server) submit(c *fiber.Ctx, version *survey.Version, sub *survey.Submission, sheet *store.SheetRef) error {
	_, err := s.submitOnce(c, version, sub, sheet)
	return err
}

// submitOnce is submit, and tells whether the submission is a new one.
func (s *Server) submitOnce(c *fiber.Ctx, version *survey.Version, sub *survey.Submission, sheet *store.SheetRef) (fresh bool, err error) {
	key := string(c.Request().PostArgs().Peek(fieldKey)) // not FormValue: it prefers the address, and work is bound to the form's key
	if len(key) < minKey || len(key) > maxKey {
		return false, fiber.NewError(fiber.StatusBadRequest, "Formularz jest niekompletny. Prosimy otworzyć stronę jeszcze raz i wypełnić go ponownie.")
	}
	redact(sub.Remarks)
	sub.ID = uuid.NewString()
	tenant := tenantOf(c).ID
	err = s.Intake.Submit(c.UserContext(), store.Entry{
		Tenant: tenant, Key: auth.IdempotencyHash(s.Secret, tenant, key), Submission: sub, Layout: &version.Layout, Sheet: sheet, Stored: &fresh,
	})
	s.metrics.submissions.WithLabelValues(string(sub.Channel), submitResult(err)).Inc()
	return fresh && err == nil, err
}

// redact replaces personal data in remarks, and keeps those back that may still hold a name until a person
// has looked at them.
func redact(remarks []survey.Remark) {
	for i := range remarks {
		result := privacy.Redact(remarks[i].Text)
		remarks[i].Text = result.Text
		if result.Unsure {
			remarks[i].State = survey.RemarkUnsure
		}
	}
}

// submitResult names an outcome for the metrics.
func submitResult(err error) string {
	switch {
	case err == nil:
		return "stored"
	case errors.Is(err, survey.ErrUnavailable):
		return "unavailable"
	case errors.Is(err, survey.ErrClosed), errors.Is(err, survey.ErrTaken):
		return "refused"
	}
	return "failed"
}

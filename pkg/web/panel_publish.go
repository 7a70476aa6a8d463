package web

import (
	"encoding/json"
	"errors"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/sheet"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// publishVersion freezes the draft as the next version, together with the boxes of its printed sheet. § 5: the
// report of the results so far must stand in the archive; the page that explains this is drawn otherwise.
func (s *Server) publishVersion(c *fiber.Ctx) error {
	scope := s.scopeOf(c)
	draft, err := scope.Draft(c.UserContext())
	if err != nil {
		return err
	}
	if c.FormValue("revision") != strconv.Itoa(draft.Revision) {
		return survey.ErrConflict
	}
	layout, err := sheetLayout(&draft.Questionnaire)
	var invalid *survey.InvalidError
	if errors.As(err, &invalid) {
		return s.redrawQuestionnaire(c, fiber.StatusUnprocessableEntity) // the page lists the faults itself
	}
	if err != nil {
		return err
	}
	versions, err := scope.VersionContents(c.UserContext())
	if err != nil {
		return err
	}
	version := store.NewVersion{Draft: *draft, Sheet: layout}
	version.Changes = settle(&version.Draft.Questionnaire, survey.LastKnown(versions))
	err = s.underGate(c, func(archive *store.Report) error {
		version.By = s.actor(c) // after the report
		_, err := scope.Publish(c.UserContext(), version, archive)
		return err
	})
	if errors.Is(err, survey.ErrReportRequired) {
		return s.redrawQuestionnaire(c, fiber.StatusConflict)
	}
	if err != nil {
		return err
	}
	if err := s.reload(c.UserContext()); err != nil { // the notification does this for all replicas; here it is live with the answer
		s.Log.Warn("directory not read", "err", err)
	}
	return c.Redirect("/panel/ankieta", fiber.StatusSeeOther)
}

// settle numbers the series of a draft about to be published, as the program proposes, and returns the changes.
func settle(q, known *survey.Questionnaire) []survey.Change {
	changes, fresh := survey.Changes(known, q), map[string]bool{}
	for _, change := range changes {
		fresh[change.ID()] = change.New
	}
	q.Settle(known, fresh)
	return changes
}

// sheetLayout lays the printed sheet out. A questionnaire that no sheet holds can't be published: paper is how
// most people answer.
func sheetLayout(q *survey.Questionnaire) (json.RawMessage, error) {
	if err := q.Check(); err != nil {
		return nil, err
	}
	layout, err := sheet.NewLayout(q)
	if errors.Is(err, sheet.ErrTooLong) {
		return nil, &survey.InvalidError{Fields: []survey.FieldError{{Field: "sections", Problem: survey.ProblemTooManyItems, N: sheet.MaxPages}}}
	}
	if err != nil {
		return nil, err
	}
	return json.Marshal(layout)
}

func (s *Server) redrawQuestionnaire(c *fiber.Ctx, status int) error {
	p, err := s.readQuestionnaire(c)
	if err != nil {
		return err
	}
	p.Refused = true
	c.Status(status)
	return c.Render("panel/questionnaire", p)
}

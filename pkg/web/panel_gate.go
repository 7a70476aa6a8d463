package web

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// gateFor is how long a report of the results so far lets edits through although new answers have come since:
// a fresh one is then archived together with the edit, so that a busy office is not sent round in a circle.
const gateFor = 24 * time.Hour

// gateReturns are the pages of edits, to which the gate may send a person back.
var gateReturns = []string{"/panel/urzad", "/panel/urzad/punkty", "/panel/ankieta"}

// gateState is where an office stands with § 5 of the order.
type gateState struct {
	Latest *store.ReportInfo // the newest complete report; nil: none
	Fresh  bool              // one takes in all results as they are now
	Open   bool              // an edit is let through
}

func (s *Server) gateOf(c *fiber.Ctx) (gateState, error) {
	ctx, scope := c.UserContext(), s.scopeOf(c)
	gate, err := scope.Gate(ctx)
	if err != nil {
		return gateState{}, err
	}
	state := gateState{Latest: gate.Latest, Fresh: gate.Open, Open: gate.Open}
	if state.Latest == nil {
		return state, nil
	}
	state.Latest.GeneratedAt = state.Latest.GeneratedAt.In(s.Now().Location())
	if age := s.Now().Sub(gate.Latest.GeneratedAt); !state.Open && age >= 0 && age < gateFor {
		changed, err := lastChange(ctx, scope)
		if err != nil {
			return gateState{}, err
		}
		state.Open = gate.Latest.GeneratedAt.After(changed)
	}
	return state, nil
}

// lastChange returns when the office's data or the questionnaire last changed: a report opens the way to the
// changes after it, not to all of its day.
func lastChange(ctx context.Context, scope *store.Scope) (time.Time, error) {
	office, err := scope.Office(ctx)
	if err != nil {
		return time.Time{}, err
	}
	version, err := scope.PublishedVersion(ctx)
	if errors.Is(err, survey.ErrNotFound) {
		return office.UpdatedAt, nil
	}
	if err != nil {
		return time.Time{}, err
	}
	if version.PublishedAt.After(office.UpdatedAt) {
		return version.PublishedAt, nil
	}
	return office.UpdatedAt, nil
}

// underGate runs an edit under § 5. Without a report that opens the gate it is survey.ErrReportRequired, unless
// the form asks for a report on the way (_report=1). Where no report takes in the results as they are, edit gets
// a fresh one to archive in its own transaction; it is tried again if answers came in between.
func (s *Server) underGate(c *fiber.Ctx, edit func(archive *store.Report) error) error {
	for try := 1; ; try++ {
		gate, err := s.gateOf(c)
		if err != nil {
			return err
		}
		if !gate.Open && c.FormValue("_report") != "1" {
			return survey.ErrReportRequired
		}
		var archive *store.Report
		if !gate.Fresh {
			if archive, err = s.reportSoFar(c.UserContext(), tenantOf(c), s.actor(c)); err != nil {
				return err
			}
		}
		err = edit(archive)
		raced := errors.Is(err, survey.ErrReportRequired) || errors.Is(err, survey.ErrConflict) && archive != nil
		if !raced || try == archiveTries {
			return err
		}
	}
}

// archiveSoFar generates and archives the report of the results so far, in one click, and goes on to the edit
// that asked for it.
func (s *Server) archiveSoFar(c *fiber.Ctx) error {
	next := c.FormValue("next")
	if !slices.Contains(gateReturns, next) {
		return fiber.NewError(fiber.StatusBadRequest, "Formularz nie mówi, dokąd wrócić. Prosimy otworzyć stronę edycji jeszcze raz.")
	}
	if _, err := s.ArchiveSoFar(c.UserContext(), tenantOf(c), s.actor(c)); err != nil {
		return err
	}
	return c.Redirect(next, fiber.StatusSeeOther)
}

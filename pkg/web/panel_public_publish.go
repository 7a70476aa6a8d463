package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"time"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/report"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// publishEdition publishes a report under the rules that were chosen. Where another edition came in between, it is made
// anew beside that.
func (s *Server) publishEdition(c *fiber.Ctx) error {
	for try := 1; ; try++ {
		m, err := s.makeEdition(c, func(name string) string { return c.FormValue(name) })
		var invalid *survey.InvalidError
		if errors.As(err, &invalid) {
			c.Status(fiber.StatusUnprocessableEntity)
			return s.drawPublic(c, m.form, invalid.Fields)
		}
		if err != nil {
			return err
		}
		if m.edition == nil {
			return s.drawNewEdition(c, m)
		}
		err = publish(c.UserContext(), s.scopeOf(c), m, s.actor(c))
		if !errors.Is(err, survey.ErrConflict) || try == archiveTries {
			if err != nil {
				return err
			}
			s.refreshDirectory(c)
			return c.Redirect(publicPath+"?wynik=opublikowano", fiber.StatusSeeOther)
		}
	}
}

// publish writes the files of an edition and stores all.
func publish(ctx context.Context, scope *store.Scope, m *madeEdition, by store.Actor) error {
	content, err := json.Marshal(m.edition)
	if err != nil {
		return err
	}
	var files []store.PublicFile
	for name, write := range map[string]func(io.Writer) error{
		report.OpenCSV: m.edition.CSV, report.OpenJSON: m.edition.JSON, report.OpenXLSX: m.edition.XLSX, report.OpenDictionary: m.edition.Dictionary,
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			return err
		}
		files = append(files, store.PublicFile{Name: name, Data: b.Bytes()})
	}
	p := store.Publication{ReportID: m.report.ID, Name: m.edition.Name, PeriodTo: m.edition.Summary.Filter.To, Edition: content,
		PublishedAt: m.edition.PublishedAt, PublishedBy: by.Login}
	return scope.PublishReport(ctx, &p, files, m.last)
}

// newEdition makes the edition of an archived report beside all editions that ever were, with the remarks that are still
// approved.
func (s *Server) newEdition(ctx context.Context, tenant *survey.Tenant, id int64, rules report.PublicRules) (*madeEdition, error) {
	scope, m := s.Store.Scope(tenant.ID), &madeEdition{rules: rules}
	var err error
	if m.report, err = scope.Report(ctx, id); err != nil {
		return nil, err
	}
	d, err := s.Thaw(ctx, tenant, m.report)
	if err != nil {
		return nil, err
	}
	published, err := scope.Publications(ctx)
	if err != nil {
		return nil, err
	}
	earlier, err := editionsOf(published)
	if err != nil {
		return nil, err
	}
	for _, p := range published {
		m.last = p.ID
		m.again = m.again || p.ReportID == id && !p.WithdrawnAt.Valid
	}
	if m.refusal = report.RefusePublic(d, rules, earlier); m.refusal == "" {
		m.edition, err = withApproved(ctx, scope, report.NewEdition(d, rules, earlier, s.Now().Truncate(time.Microsecond)))
	}
	return m, err
}

// PublishReport publishes an archived report of a tenant and opens the public page, or returns survey.ErrConflict where
// the report can't be published.
func (s *Server) PublishReport(ctx context.Context, tenant *survey.Tenant, id int64, rules report.PublicRules, by store.Actor) error {
	m, err := s.newEdition(ctx, tenant, id, rules)
	if err != nil {
		return err
	}
	if m.edition == nil {
		return survey.ErrConflict
	}
	scope := s.Store.Scope(tenant.ID)
	if err := publish(ctx, scope, m, by); err != nil {
		return err
	}
	return scope.OpenPublic(ctx, true, by)
}

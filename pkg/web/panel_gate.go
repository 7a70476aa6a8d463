package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/report"
	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// gateHours is how long a report of the results so far lets edits through although new answers have come since:
// a fresh one is then archived together with the edit, so that a busy office is not sent round in a circle.
const gateHours = 24

// gateTries bounds how often an edit is tried again because answers came in between its report and itself.
const gateTries = 3

// gateState is where an office stands with § 5 of the order.
type gateState struct {
	Latest *store.ReportInfo // the newest complete report; nil: none
	Fresh  bool              // it takes in all results as they are now
	Open   bool              // an edit is let through
}

func (s *Server) gateOf(c *fiber.Ctx) (gateState, error) {
	gate, err := s.scopeOf(c).Gate(c.UserContext())
	if err != nil {
		return gateState{}, err
	}
	state := gateState{Latest: gate.Latest, Fresh: gate.Open, Open: gate.Open}
	if gate.Latest != nil && s.Now().Sub(gate.Latest.GeneratedAt) < gateHours*time.Hour {
		state.Open = true
	}
	return state, nil
}

// underGate runs an edit under § 5. Without a report that opens the gate it is survey.ErrReportRequired. Where
// answers came in since that report, edit gets a fresh one to archive in its own transaction.
func (s *Server) underGate(c *fiber.Ctx, edit func(archive *store.Report) error) error {
	gate, err := s.gateOf(c)
	if err != nil {
		return err
	}
	if !gate.Open {
		return survey.ErrReportRequired
	}
	var archive *store.Report
	for try := 0; ; try++ {
		if !gate.Fresh || try > 0 {
			if archive, err = s.reportSoFar(c.UserContext(), tenantOf(c), s.actor(c)); err != nil {
				return err
			}
		}
		err := edit(archive)
		answersCame := errors.Is(err, survey.ErrReportRequired) || errors.Is(err, survey.ErrConflict) && archive != nil
		if !answersCame || try == gateTries {
			return err
		}
	}
}

// reportSoFar makes a report of all results so far, for the caller to archive.
func (s *Server) reportSoFar(ctx context.Context, tenant *survey.Tenant, by store.Actor) (*store.Report, error) {
	first, err := s.Store.Scope(tenant.ID).FirstDay(ctx)
	if err != nil {
		return nil, err
	}
	filter := survey.Filter{From: first, To: survey.DayOf(by.At)}
	if filter.From.IsZero() || filter.To.Before(filter.From) {
		filter.From = filter.To
	}
	return s.makeReport(ctx, tenant, filter, by)
}

// makeReport makes page, PDF and XLSX of one Summary, for the caller to archive.
func (s *Server) makeReport(ctx context.Context, tenant *survey.Tenant, filter survey.Filter, by store.Actor) (*store.Report, error) {
	scope := s.Store.Scope(tenant.ID)
	results, err := scope.Results(ctx, filter)
	if err != nil {
		return nil, err
	}
	office, err := scope.Office(ctx)
	if err != nil {
		return nil, err
	}
	points, err := scope.ServicePoints(ctx)
	if err != nil {
		return nil, err
	}
	number, err := scope.NextReportNumber(ctx)
	if err != nil {
		return nil, err
	}
	summary := stats.Summarize(*results, filter, stats.Rules{Threshold: office.Threshold})
	document := report.Document{Office: office.Office, Slug: tenant.Slug, Title: report.DefaultTitle, Summary: summary, ServicePoints: pointNames(points),
		Number: number, GeneratedAt: by.At, GeneratedBy: by.Login, Address: s.Site.Address(tenant.Slug), Sample: s.Demo || office.Office.Sample}
	for _, tally := range results.Tallies {
		document.Questionnaires = append(document.Questionnaires, *tally.Version)
	}
	r := store.Report{ReportInfo: store.ReportInfo{Number: number, N: summary.N, GeneratedAt: by.At, GeneratedBy: by.Login}, Filter: filter, Digest: results.Digest}
	for _, v := range summary.Versions {
		r.Versions = append(r.Versions, int64(v.Number))
	}
	return &r, write(&r, &document)
}

// write fills a report's bytes.
func write(r *store.Report, d *report.Document) error {
	var pdf, xlsx bytes.Buffer
	if err := d.PDF(&pdf); err != nil {
		return err
	}
	if err := d.XLSX(&xlsx); err != nil {
		return err
	}
	summary, err := json.Marshal(d.Summary)
	if err != nil {
		return fmt.Errorf("summary: %w", err)
	}
	r.PDF, r.XLSX, r.Summary = pdf.Bytes(), xlsx.Bytes(), summary
	return nil
}

func pointNames(points []store.ServicePoint) map[string]string {
	names := map[string]string{"0": "bez punktu obsługi"}
	for _, p := range points {
		names[strconv.FormatInt(p.ID, 10)] = p.Name
	}
	return names
}

// archive freezes a report, made anew if another one took its number meanwhile.
func (s *Server) archive(ctx context.Context, tenant *survey.Tenant, make func() (*store.Report, error)) (*store.Report, error) {
	for try := 0; ; try++ {
		r, err := make()
		if err != nil {
			return nil, err
		}
		err = s.Store.Scope(tenant.ID).ArchiveReport(ctx, r)
		if errors.Is(err, survey.ErrConflict) && try < gateTries {
			continue
		}
		return r, err
	}
}

// archiveSoFar generates and archives the report of the results so far, in one click, and goes on to the edit
// that asked for it.
func (s *Server) archiveSoFar(c *fiber.Ctx) error {
	r, err := s.archive(c.UserContext(), tenantOf(c), func() (*store.Report, error) {
		return s.reportSoFar(c.UserContext(), tenantOf(c), s.actor(c))
	})
	if err != nil {
		return err
	}
	next := "/panel/raporty/" + strconv.FormatInt(r.ID, 10)
	if wanted := c.FormValue("next"); slices.Contains([]string{"/panel/urzad", "/panel/urzad/punkty", "/panel/ankieta"}, wanted) {
		next = wanted
	}
	return c.Redirect(next, fiber.StatusSeeOther)
}

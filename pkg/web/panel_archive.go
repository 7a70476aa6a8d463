package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"ocenaurzedu.eu/pkg/report"
	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// archiveTries is how often a report is made anew when answers or another report came in between.
const archiveTries = 3

// archived is what the archive keeps of a report's figures: the Summary, as which it can be decoded, and
// beside it what stood around it, so that the page, CSV and JSON stay as they were when the office changes.
type archived struct {
	stats.Summary
	Document archivedDocument `json:"document"`
}

// archivedDocument is the part of a report.Document that is kept in the archive.
type archivedDocument struct {
	Office        survey.Office     `json:"office"`
	Slug          string            `json:"slug"`
	Address       string            `json:"address"`
	GeneratedBy   string            `json:"generated_by"`
	ServicePoints map[string]string `json:"service_points"`
	Sample        bool              `json:"sample"`
}

// makeReport makes a report of what the filter chooses, with the office's threshold, for the caller to archive:
// alone, or in the transaction of the edit that § 5 of the order asks it for.
func (s *Server) makeReport(ctx context.Context, tenant *survey.Tenant, filter survey.Filter, by store.Actor) (*store.Report, error) {
	scope := s.Store.Scope(tenant.ID)
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
	if err := scope.CountDays(ctx); err != nil {
		return nil, err
	}
	results, err := scope.Results(ctx, filter)
	if err != nil {
		return nil, err
	}
	summary := stats.Summarize(*results, filter, rulesOf(office))
	d := report.Document{Office: office.Office, Slug: tenant.Slug, Summary: summary, ServicePoints: pointNames(points), Number: number, GeneratedAt: by.At,
		GeneratedBy: by.Login, Address: s.Site.Address(tenant.Slug), Sample: s.Demo || office.Office.Sample}
	for _, v := range summary.Versions {
		for _, t := range results.Tallies {
			if t.Version.ID == v.ID {
				d.Questionnaires = append(d.Questionnaires, *t.Version)
			}
		}
	}
	return freeze(&d)
}

// freeze writes a document in the formats of the archive.
func freeze(d *report.Document) (*store.Report, error) {
	var pdf, xlsx bytes.Buffer
	if err := d.PDF(&pdf); err != nil {
		return nil, fmt.Errorf("report %d: %w", d.Number, err)
	}
	if err := d.XLSX(&xlsx); err != nil {
		return nil, fmt.Errorf("report %d: %w", d.Number, err)
	}
	summary, err := json.Marshal(archived{*d.Summary, archivedDocument{Office: d.Office, Slug: d.Slug, Address: d.Address, GeneratedBy: d.GeneratedBy,
		ServicePoints: d.ServicePoints, Sample: d.Sample}})
	if err != nil {
		return nil, fmt.Errorf("report %d: %w", d.Number, err)
	}
	r := store.Report{Filter: d.Summary.Filter, Summary: summary, PDF: pdf.Bytes(), XLSX: xlsx.Bytes(), Digest: d.Summary.Digest}
	r.Number, r.N, r.GeneratedAt, r.GeneratedBy = d.Number, d.Summary.N, d.GeneratedAt, d.GeneratedBy
	for _, v := range d.Summary.Versions {
		r.Versions = append(r.Versions, int64(v.Number))
	}
	return &r, nil
}

// thaw makes the document of an archived report, for the page and the formats that are not kept as bytes.
func (s *Server) thaw(r *store.Report, tenant *survey.Tenant) (*report.Document, error) {
	var kept archived
	if err := json.Unmarshal(r.Summary, &kept); err != nil {
		return nil, fmt.Errorf("summary of report %d: %w", r.Number, err)
	}
	d := kept.Document
	if d.Slug == "" { // archived by other means, with the figures alone
		d = archivedDocument{Office: tenant.Office, Slug: tenant.Slug, Address: s.Site.Address(tenant.Slug), GeneratedBy: r.GeneratedBy,
			Sample: s.Demo || tenant.Office.Sample}
	}
	return &report.Document{Office: d.Office, Slug: d.Slug, Summary: &kept.Summary, ServicePoints: d.ServicePoints, Number: r.Number,
		GeneratedAt: r.GeneratedAt.In(s.Now().Location()), GeneratedBy: d.GeneratedBy, Address: d.Address, Sample: d.Sample}, nil
}

// pointNames names service points by the keys of stats.Group.
func pointNames(points []store.ServicePoint) map[string]string {
	names := map[string]string{"0": "bez punktu obsługi"}
	for _, p := range points {
		names[strconv.FormatInt(p.ID, 10)] = p.Name
	}
	return names
}

// soFar returns the filter that takes in all results so far: from the first submission's day, today if there
// is none, to today, or to the end of the last month with submissions where another clock went ahead.
func soFar(ctx context.Context, scope *store.Scope, today survey.Day) (survey.Filter, error) {
	f := survey.Filter{From: today, To: today}
	first, err := scope.FirstDay(ctx)
	if err != nil {
		return f, err
	}
	if !first.IsZero() && first.Before(today) {
		f.From = first
	}
	ahead, err := scope.Results(ctx, survey.Filter{From: today.Add(1), To: today.AddMonths(12)})
	if err != nil {
		return f, err
	}
	for _, t := range ahead.Tallies {
		for _, p := range t.Parts {
			if end := p.Month.AddMonths(1).Add(-1); p.N > 0 && f.To.Before(end) {
				f.To = end
			}
		}
	}
	return f, nil
}

// reportSoFar makes a report of all results so far, for the caller to archive.
func (s *Server) reportSoFar(ctx context.Context, tenant *survey.Tenant, by store.Actor) (*store.Report, error) {
	filter, err := soFar(ctx, s.Store.Scope(tenant.ID), survey.DayOf(by.At))
	if err != nil {
		return nil, err
	}
	return s.makeReport(ctx, tenant, filter, by)
}

// archive freezes the report that make makes, made anew if another one took its number meanwhile.
func (s *Server) archive(ctx context.Context, tenant *survey.Tenant, make func() (*store.Report, error)) (*store.Report, error) {
	for try := 1; ; try++ {
		r, err := make()
		if err != nil {
			return nil, err
		}
		err = s.Store.Scope(tenant.ID).ArchiveReport(ctx, r)
		if !errors.Is(err, survey.ErrConflict) || try == archiveTries {
			return r, err
		}
	}
}

// ArchiveReport makes and archives a report of what the filter chooses.
func (s *Server) ArchiveReport(ctx context.Context, tenant *survey.Tenant, filter survey.Filter, by store.Actor) (*store.Report, error) {
	return s.archive(ctx, tenant, func() (*store.Report, error) { return s.makeReport(ctx, tenant, filter, by) })
}

// ArchiveSoFar makes and archives a report of all of an office's results so far, as § 5 of the order asks before
// a change. One that answers came in behind is made anew; survey.ErrReportRequired: they came each time.
func (s *Server) ArchiveSoFar(ctx context.Context, tenant *survey.Tenant, by store.Actor) (*store.Report, error) {
	for try := 1; ; try++ {
		r, err := s.archive(ctx, tenant, func() (*store.Report, error) { return s.reportSoFar(ctx, tenant, by) })
		if err != nil || r.Complete {
			return r, err
		}
		if try == archiveTries {
			return nil, survey.ErrReportRequired
		}
	}
}

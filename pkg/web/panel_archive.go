package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"ocenaurzedu.eu/pkg/report"
	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// archiveTries is how often a report is made anew when answers or another report came in between.
const archiveTries = 3

// archived is what the archive keeps of a report's figures: the Summary, as which it can be decoded, and
// beside it what stood around it, so that every format can be written again as it was, whatever changes later.
type archived struct {
	stats.Summary
	Document archivedDocument `json:"document"`
}

// archivedDocument is the part of a report.Document that is kept in the archive beside the Summary. The questionnaires
// are not: Summary.Versions names them, and a version never changes.
type archivedDocument struct {
	Edition       int                       `json:"edition,omitempty"` // report.WritersEdition of the writers that wrote its files; 0: before these were counted
	Title         string                    `json:"title,omitempty"`
	Office        survey.Office             `json:"office"`
	Slug          string                    `json:"slug"`
	Address       string                    `json:"address"`
	GeneratedBy   string                    `json:"generated_by"`
	ServicePoints map[string]string         `json:"service_points"`
	Sample        bool                      `json:"sample"`
	Questionnaire bool                      `json:"questionnaires"` // it was written with the questionnaires; older ones had none to write
	Comparison    *stats.Comparison         `json:"comparison,omitempty"`
	Crosses       []stats.Cross             `json:"crosses,omitempty"`
	Actions       []survey.CorrectiveAction `json:"actions,omitempty"`
	Peers         *report.Peers             `json:"peers,omitempty"`
	Case          report.CaseRecord         `json:"case"`
	Crest         []byte                    `json:"crest,omitempty"`
}

// keep returns what the archive keeps of a document.
func keep(d *report.Document) archived {
	return archived{*d.Summary, archivedDocument{Edition: report.WritersEdition, Title: d.Title, Office: d.Office, Slug: d.Slug, Address: d.Address, GeneratedBy: d.GeneratedBy,
		ServicePoints: d.ServicePoints, Sample: d.Sample, Questionnaire: true, Comparison: d.Comparison, Crosses: d.Crosses, Actions: d.Actions,
		Peers: d.Peers, Case: d.Case, Crest: d.Crest}}
}

// document makes of what was kept the document again, but for its questionnaires and what stands in the columns of
// the archive.
func (a *archived) document() *report.Document {
	d := &a.Document
	return &report.Document{Title: d.Title, Office: d.Office, Slug: d.Slug, Address: d.Address, GeneratedBy: d.GeneratedBy, Summary: &a.Summary,
		ServicePoints: d.ServicePoints, Sample: d.Sample, Comparison: d.Comparison, Crosses: d.Crosses, Actions: d.Actions, Peers: d.Peers,
		Case: d.Case, Crest: d.Crest}
}

// makeReport makes a report of what the filter chooses, for the caller to archive: alone, or in the transaction of
// the edit that § 5 of the order asks it for.
func (s *Server) makeReport(ctx context.Context, tenant *survey.Tenant, filter survey.Filter, by store.Actor) (*store.Report, error) {
	return s.makeReportOf(ctx, tenant, filter, store.ReportCase{}, by)
}

// makeReportOf is makeReport with what the archivist writes on the report from the beginning.
func (s *Server) makeReportOf(ctx context.Context, tenant *survey.Tenant, filter survey.Filter, signs store.ReportCase, by store.Actor) (*store.Report, error) {
	d, err := s.ReportDocument(ctx, tenant, filter, by)
	if err != nil {
		return nil, err
	}
	d.Case = report.CaseRecord{Sign: signs.Sign, JRWA: signs.JRWA, Category: signs.Category}
	if d.Number, err = s.Store.Scope(tenant.ID).NextReportNumber(ctx); err != nil {
		return nil, err
	}
	return s.freeze(d)
}

// freeze writes a document in the formats of the archive: not of the document itself but of what the archive gives
// back of it, so that the same bytes can be written again.
func (s *Server) freeze(d *report.Document) (*store.Report, error) {
	summary, err := json.Marshal(keep(d))
	if err != nil {
		return nil, fmt.Errorf("report %d: %w", d.Number, err)
	}
	r := store.Report{Filter: d.Summary.Filter, ReportInfo: store.ReportInfo{Case: store.ReportCase{Sign: d.Case.Sign, JRWA: d.Case.JRWA, Category: d.Case.Category}}, Summary: withoutMinusZero(summary), Digest: d.Summary.Digest}
	r.Number, r.N, r.GeneratedBy = d.Number, d.Summary.N, d.GeneratedBy
	r.GeneratedAt = d.GeneratedAt.Truncate(time.Microsecond) // the precision of the database
	for _, v := range d.Summary.Versions {
		r.Versions = append(r.Versions, int64(v.Number))
	}
	again, err := s.thawWith(&r, d.Questionnaires)
	if err != nil {
		return nil, err
	}
	var pdf, xlsx bytes.Buffer
	if err := again.PDF(&pdf); err != nil {
		return nil, fmt.Errorf("report %d: %w", d.Number, err)
	}
	if err := again.XLSX(&xlsx); err != nil {
		return nil, fmt.Errorf("report %d: %w", d.Number, err)
	}
	r.PDF, r.XLSX = pdf.Bytes(), xlsx.Bytes()
	return &r, nil
}

// withoutMinusZero writes 0 for -0 in JSON, as jsonb does: a writer may print the two differently.
func withoutMinusZero(data []byte) []byte {
	clean, quoted := make([]byte, 0, len(data)), false
	for i := 0; i < len(data); i++ {
		switch {
		case quoted && data[i] == '\\':
			clean = append(clean, data[i])
			i++
		case data[i] == '"':
			quoted = !quoted
		case !quoted && data[i] == '-' && i+2 < len(data) && data[i+1] == '0' && bytes.IndexByte([]byte(",]}"), data[i+2]) >= 0:
			continue
		}
		clean = append(clean, data[i])
	}
	return clean
}

// thawWith makes the document of an archived report with the questionnaires given.
func (s *Server) thawWith(r *store.Report, questionnaires []survey.Version) (*report.Document, error) {
	var kept archived
	if err := json.Unmarshal(r.Summary, &kept); err != nil {
		return nil, fmt.Errorf("summary of report %d: %w", r.Number, err)
	}
	d := kept.document()
	if kept.Document.Questionnaire {
		d.Questionnaires = questionnaires
	}
	d.Number, d.GeneratedAt = r.Number, r.GeneratedAt.In(s.Now().Location())
	return d, nil
}

// Thaw makes the document of a report of the tenant's archive, of which all its formats can be written again.
func (s *Server) Thaw(ctx context.Context, tenant *survey.Tenant, r *store.Report) (*report.Document, error) {
	d, err := s.thawWith(r, nil)
	if err != nil {
		return nil, err
	}
	if d.Slug == "" { // archived by other means, with the figures alone
		d.Office, d.Slug, d.Address, d.GeneratedBy = tenant.Office, tenant.Slug, s.Site.Address(tenant.Slug), r.GeneratedBy
		d.Sample = s.Demo || tenant.Office.Sample
		return d, nil
	}
	var questionnaires []survey.Version
	for _, v := range d.Summary.Versions {
		version, err := s.versionOf(ctx, tenant.ID, v.ID)
		if err != nil {
			return nil, fmt.Errorf("report %d: %w", r.Number, err)
		}
		questionnaires = append(questionnaires, *version)
	}
	return s.thawWith(r, questionnaires)
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

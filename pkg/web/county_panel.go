package web

import (
	"bytes"
	"context"
	"fmt"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/report"
	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/survey"
)

// countyPage is the county's offices side by side, from counts alone.
type countyPage struct {
	page
	CountyName string
	From, To   survey.Day // whole months
	Summary    *stats.CountySummary
}

// showCounty shows the county's comparison to its analyst.
func (s *Server) showCounty(c *fiber.Ctx) error {
	p, err := s.readCounty(c)
	if err != nil {
		return err
	}
	return c.Render("panel/county", p)
}

// downloadCounty hands the same comparison out as a workbook.
func (s *Server) downloadCounty(c *fiber.Ctx) error {
	p, err := s.readCounty(c)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	d := report.CountyDocument{Name: p.CountyName, From: p.From, To: p.To.AddMonths(1).Add(-1), Summary: p.Summary, GeneratedAt: s.Now(), Sample: p.Demo}
	if err := report.CountyXLSX(&b, &d); err != nil {
		return err
	}
	c.Attachment(fmt.Sprintf("%s-%s-%s.xlsx", tenantOf(c).Slug, p.From, p.To))
	c.Set(fiber.HeaderContentType, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	return c.Send(b.Bytes())
}

// readCounty makes the county's figures of the months that the query asks for. It reads counts through the
// county's role; the wording of published versions, which everybody may read, tells what they count.
func (s *Server) readCounty(c *fiber.Ctx) (*countyPage, error) {
	directory := s.directory.Load()
	county := directory.county(tenantOf(c))
	if county == nil {
		return nil, survey.ErrNotFound
	}
	p := countyPage{page: s.page(c), CountyName: county.Name}
	if err := p.readPeriod(c, s.today()); err != nil {
		return nil, err
	}
	var err error
	p.Summary, err = s.countySummary(c.UserContext(), county.ID, p.From, p.To)
	return &p, err
}

// countySummary makes the figures of a county's offices of whole months.
func (s *Server) countySummary(ctx context.Context, county int64, first, last survey.Day) (*stats.CountySummary, error) {
	tallies, err := s.Store.County(county).Tallies(ctx, first, last)
	if err != nil {
		return nil, err
	}
	byTenant := map[int64][]survey.Tally{}
	for _, tally := range tallies {
		version, err := s.versionOf(ctx, tally.Tenant, tally.Version)
		if err != nil {
			return nil, fmt.Errorf("county %d: %w", county, err)
		}
		byTenant[tally.Tenant] = append(byTenant[tally.Tenant], survey.Tally{Version: version, Parts: tally.Parts})
	}
	directory := s.directory.Load()
	offices := make([]stats.OfficeResult, 0, len(directory.byCounty[county]))
	for _, t := range directory.byCounty[county] {
		office, err := s.Store.Scope(t.ID).Office(ctx)
		if err != nil {
			return nil, fmt.Errorf("county %d: %w", county, err)
		}
		offices = append(offices, stats.OfficeResult{TenantID: t.ID, Name: t.Office.Name, Population: t.Population, Threshold: office.Threshold, Tallies: byTenant[t.ID]})
	}
	return stats.SummarizeCounty(offices, stats.Rules{}), nil
}

// readPeriod reads the months ?od=2026-01&do=2026-12; none: this year so far. The county sees whole months
// only, as it can't read answers, which ragged edges would need.
func (p *countyPage) readPeriod(c *fiber.Ctx, today survey.Day) error {
	p.From, p.To = survey.NewDay(today.Year(), 1, 1), today.Month()
	var bad survey.InvalidError
	for name, day := range map[string]*survey.Day{"od": &p.From, "do": &p.To} {
		typed := c.Query(name)
		if typed == "" {
			continue
		}
		month, err := survey.ParseDay(typed + "-01")
		if err != nil {
			bad.Add(name, survey.ProblemBadPattern, 0)
			continue
		}
		*day = month
	}
	if p.To.Before(p.From) {
		bad.Add("do", survey.ProblemBelow, 0)
	}
	return bad.Err()
}

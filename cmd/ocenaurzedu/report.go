package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ocenaurzedu.eu/pkg/report"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
	"ocenaurzedu.eu/pkg/web"
)

// reportCommands make reports and look after the archive.
type reportCommands struct {
	Make   reportMakeCommand   `cmd:"" default:"withargs" help:"Make a report of an office."`
	Verify reportVerifyCommand `cmd:"" help:"Look at every archived report: whether its bytes have their hashes, and can be made again; fails with the list."`
}

// reportMakeCommand makes a report as the panel does. It has no sheet of single submissions: an operator never reads
// answers.
type reportMakeCommand struct {
	Tenant  string   `required:"" help:"Slug of the office."`
	From    string   `help:"First day, yyyy-mm-dd; by default that of the first submission."`
	To      string   `help:"Last day; by default today."`
	Channel []string `help:"Only these channels: web, qr, kiosk, paper_typed, paper_scanned."`
	Point   []string `help:"Only the service points with these codes; none: those without a point."`
	Format  string   `default:"all" enum:"pdf,xlsx,csv,json,all" help:"pdf, xlsx, csv, json or all."`
	Output  string   `short:"o" default:"." type:"path" help:"Directory for the files."`
	Archive bool     `help:"Archive it, with the next number, as the panel does."`
	Reason  string   `required:"" help:"Why; it stands in the office's log."`
	JSON    bool     `name:"json" help:"Print JSON."`
}

// madeReport is what the command made.
type madeReport struct {
	Tenant string     `json:"tenant"`
	From   survey.Day `json:"from"`
	To     survey.Day `json:"to"`
	N      int        `json:"n"`
	Number int        `json:"number,omitempty"` // in the archive
	Files  []string   `json:"files"`
}

// Run makes the report and writes its files.
func (c *reportMakeCommand) Run(p *program) error {
	if strings.TrimSpace(c.Reason) == "" {
		return errors.New("--reason must not be empty")
	}
	o, done, err := p.console()
	if err != nil {
		return err
	}
	defer done()
	tenant, _, err := o.tenant(c.Tenant)
	if err != nil {
		return err
	}
	filter, err := c.filter(o, o.store.Scope(tenant.ID))
	if err != nil {
		return err
	}
	server, err := o.server(p.ctx)
	if err != nil {
		return err
	}
	by := store.Actor{Login: "operator", At: o.now()}
	event := store.Event{At: by.At, Actor: by.Login, Action: "report.operator", Subject: c.Format, Reason: c.Reason, After: filter}
	if err := o.store.Scope(tenant.ID).Record(p.ctx, event); err != nil {
		return err
	}
	made, err := c.make(p.ctx, server, &tenant, filter, by)
	if err != nil {
		return err
	}
	if c.JSON {
		return p.printJSON(made)
	}
	for _, file := range made.Files {
		p.printf("%s\n", file)
	}
	return nil
}

// server is the part of the service that makes reports; it listens to nobody.
func (o *console) server(ctx context.Context) (*web.Server, error) {
	return web.New(ctx, web.Options{Store: o.store, Now: o.now, Site: o.site, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
}

// filter reads what the report shall take in.
func (c *reportMakeCommand) filter(o *console, scope *store.Scope) (survey.Filter, error) {
	f := survey.Filter{To: survey.DayOf(o.now())}
	var err error
	if f.From, err = scope.FirstDay(o.ctx); err != nil {
		return f, err
	}
	if f.From.IsZero() || f.To.Before(f.From) {
		f.From = f.To
	}
	for _, flag := range []struct {
		name, value string
		day         *survey.Day
	}{{"from", c.From, &f.From}, {"to", c.To, &f.To}} {
		if flag.value == "" {
			continue
		}
		if *flag.day, err = survey.ParseDay(flag.value); err != nil {
			return f, fmt.Errorf("--%s=%s: want yyyy-mm-dd", flag.name, flag.value)
		}
	}
	if f.To.Before(f.From) {
		return f, fmt.Errorf("the period ends on %s, before it begins on %s", f.To, f.From)
	}
	for _, name := range c.Channel {
		channel, err := survey.ParseChannel(name)
		if err != nil {
			return f, fmt.Errorf("there is no channel %q", name)
		}
		f.Channels = append(f.Channels, channel)
	}
	f.ServicePoints, err = c.points(o.ctx, scope)
	return f, err
}

func (c *reportMakeCommand) points(ctx context.Context, scope *store.Scope) ([]int64, error) {
	points, err := scope.ServicePoints(ctx)
	if err != nil {
		return nil, err
	}
	points = append(points, store.ServicePoint{Code: "none"})
	var ids []int64
	for _, code := range c.Point {
		i := slices.IndexFunc(points, func(p store.ServicePoint) bool { return p.Code == code })
		if i < 0 {
			return nil, fmt.Errorf("%s has no service point %q", c.Tenant, code)
		}
		ids = append(ids, points[i].ID)
	}
	return ids, nil
}

// make makes the document through the panel's own code, and writes its files.
func (c *reportMakeCommand) make(ctx context.Context, server *web.Server, tenant *survey.Tenant, filter survey.Filter, by store.Actor) (*madeReport, error) {
	var d *report.Document
	var kept *store.Report
	var err error
	if c.Archive {
		if kept, err = server.ArchiveReport(ctx, tenant, filter, by); err != nil {
			return nil, err
		}
		d, err = server.Thaw(ctx, tenant, kept)
	} else {
		d, err = server.ReportDocument(ctx, tenant, filter, by)
	}
	if err != nil {
		return nil, err
	}
	made := &madeReport{Tenant: tenant.Slug, From: filter.From, To: filter.To, N: d.Summary.N, Number: d.Number, Files: []string{}}
	if err := os.MkdirAll(c.Output, 0o750); err != nil {
		return nil, err
	}
	name := "raport-" + tenant.Slug
	if d.Number > 0 {
		name = fmt.Sprintf("%s-%d", name, d.Number)
	}
	for _, format := range []struct {
		name  string
		write func(io.Writer) error
	}{{"pdf", d.PDF}, {"xlsx", d.XLSX}, {"csv", d.CSV}, {"json", d.JSON}} {
		if c.Format != "all" && c.Format != format.name {
			continue
		}
		var b bytes.Buffer
		if err := format.write(&b); err != nil {
			return nil, err
		}
		path := filepath.Join(c.Output, name+"."+format.name)
		if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
			return nil, err
		}
		made.Files = append(made.Files, path)
	}
	return made, nil
}

// reportVerifyCommand looks at the archive.
type reportVerifyCommand struct {
	Tenant string `help:"Only the office with this slug."`
	JSON   bool   `name:"json" help:"Print JSON."`
}

// verifiedArchive is what was found.
type verifiedArchive struct {
	Reports   int                  `json:"reports"`
	MadeAgain int                  `json:"made_again"` // whose files were written again and are the same to the byte
	Wrong     []web.VerifiedReport `json:"wrong"`
}

// Run looks at the reports of all offices. It fails if anything is wrong with one.
func (c *reportVerifyCommand) Run(p *program) error {
	o, done, err := p.console()
	if err != nil {
		return err
	}
	defer done()
	directory, err := o.store.Directory(o.ctx)
	if err != nil {
		return err
	}
	if c.Tenant != "" {
		if _, _, err := o.tenant(c.Tenant); err != nil {
			return err
		}
	}
	server, err := o.server(p.ctx)
	if err != nil {
		return err
	}
	found := verifiedArchive{Wrong: []web.VerifiedReport{}}
	for i := range directory.Tenants {
		t := &directory.Tenants[i]
		if c.Tenant != "" && c.Tenant != t.Slug {
			continue
		}
		all, err := server.VerifyReports(p.ctx, t) // p.ctx: however long it takes
		if err != nil {
			return fmt.Errorf("%s: %w", t.Slug, err)
		}
		for _, v := range all {
			found.Reports++
			if len(v.Problems) > 0 {
				found.Wrong = append(found.Wrong, v)
			} else if v.Again {
				found.MadeAgain++
			}
		}
	}
	return found.print(p, c.JSON)
}

func (v *verifiedArchive) print(p *program, asJSON bool) error {
	if asJSON {
		if err := p.printJSON(v); err != nil {
			return err
		}
	} else {
		for _, r := range v.Wrong {
			for _, problem := range r.Problems {
				p.printf("%s report %d: %s\n", r.Tenant, r.Number, problem)
			}
		}
		p.printf("%d reports, %d made again to the byte, %d wrong\n", v.Reports, v.MadeAgain, len(v.Wrong))
	}
	if len(v.Wrong) > 0 {
		return fmt.Errorf("%d reports are not as they were archived", len(v.Wrong))
	}
	return nil
}

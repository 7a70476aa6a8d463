package main

import (
	"errors"
	"fmt"
	"strings"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// countyCommands are about counties.
type countyCommands struct {
	Add countyAddCommand `cmd:"" help:"Add a county with its own office, and invite its analyst."`
}

// countyAddCommand adds a county.
type countyAddCommand struct {
	Slug          string `required:"" help:"Label of the subdomain of the county's own office."`
	Name          string `required:"" help:"Name of the county, such as \"powiat bydgoski\"."`
	TERYT         string `required:"" name:"teryt" help:"TERYT code of the county, 4 digits."`
	OfficeName    string `help:"Name of the county's own office; by default the county's."`
	AdminEmail    string `required:"" help:"E-mail address of the analyst who is invited."`
	Questionnaire string `default:"short.yaml" help:"A shipped questionnaire, or the path of a YAML file."`
	Reason        string `default:"wdrożenie urzędu" help:"Why; it stands in the office's log."`
	JSON          bool   `name:"json" help:"Print JSON."`
}

// Run adds the county, its office, and an invitation. What an earlier run broken off left is completed.
func (c *countyAddCommand) Run(p *program) error {
	login, err := checkEmail(c.AdminEmail)
	if err != nil {
		return err
	}
	seed := survey.CountySeed{Slug: c.Slug, Name: c.Name, TERYT: c.TERYT, Questionnaire: "short.yaml",
		Office: survey.Office{Name: c.OfficeName, Kind: "starostwo", Organ: "starosta", TERYT: c.TERYT, Email: c.AdminEmail}}
	if strings.TrimSpace(c.OfficeName) == "" {
		seed.Office.Name = c.Name
	}
	if err := refusal(seed.Check(), c.Slug); err != nil {
		return err
	}
	questionnaire, err := readQuestionnaire(c.Questionnaire)
	if err != nil {
		return err
	}
	o, done, err := p.console()
	if err != nil {
		return err
	}
	defer done()
	if err := o.addCounty(seed); err != nil {
		return err
	}
	tenant, err := o.addOffice(store.NewTenant{Slug: c.Slug, County: c.Slug, Office: seed.Office, Questionnaire: questionnaire, Reason: c.Reason})
	if err != nil {
		return err
	}
	invited, err := o.invite(tenant, store.Invitation{Login: login, Name: login, Role: store.RoleAnalyst, Reason: c.Reason})
	if err != nil {
		return fmt.Errorf("the county was added, but nobody invited (user add does that): %w", err)
	}
	return invited.print(p, c.JSON)
}

// addCounty adds a county, unless it is there without an office and says the same of itself.
func (o *console) addCounty(seed survey.CountySeed) error {
	d, err := o.store.Directory(o.ctx)
	if err != nil {
		return err
	}
	for _, t := range d.Tenants {
		if t.Slug == seed.Slug {
			return fmt.Errorf("slug %q is taken", seed.Slug)
		}
	}
	for _, c := range d.Counties {
		switch {
		case c.Slug == seed.Slug && c.Name == seed.Name && c.TERYT == seed.TERYT:
			return nil
		case c.Slug == seed.Slug:
			return fmt.Errorf("slug %q is taken by a county", seed.Slug)
		case c.TERYT == seed.TERYT:
			return fmt.Errorf("TERYT %s is that of %s", seed.TERYT, c.Slug)
		}
	}
	_, err = o.store.CreateCounty(o.ctx, survey.County{Slug: seed.Slug, Name: seed.Name, TERYT: seed.TERYT})
	if errors.Is(err, survey.ErrTaken) {
		return fmt.Errorf("slug %q is taken by a county", seed.Slug)
	}
	return err
}

package main

import (
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"

	"ocenaurzedu.eu/pkg/auth"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// invitationLife is how long an invitation can be accepted.
const invitationLife = 7 * 24 * time.Hour

// userCommands are about people.
type userCommands struct {
	Add   userAddCommand   `cmd:"" help:"Invite a person to an office."`
	Reset userResetCommand `cmd:"" help:"Take a person's password and second factor away and invite them anew."`
}

// userAddCommand invites a person.
type userAddCommand struct {
	Tenant string `required:"" help:"Slug of the office."`
	Email  string `required:"" help:"E-mail address of the person, who logs in with it."`
	Role   string `required:"" enum:"administrator,employee,supervisor,analyst" help:"administrator, employee, supervisor or analyst (of a county)."`
	Name   string `required:"" help:"Name of the person, as the panel shows it."`
	Reason string `default:"wdrożenie urzędu" help:"Why; it stands in the office's log."`
	JSON   bool   `name:"json" help:"Print JSON."`
}

// userResetCommand invites a person anew.
type userResetCommand struct {
	Tenant string `required:"" help:"Slug of the office."`
	Email  string `required:"" help:"E-mail address with which the person logs in."`
	Reason string `required:"" help:"Why; it stands in the office's log."`
	JSON   bool   `name:"json" help:"Print JSON."`
}

// invitedPerson is what an invitation tells. Link works once, until Expires.
type invitedPerson struct {
	Tenant  string    `json:"tenant"`
	Address string    `json:"address"`
	Login   string    `json:"login"`
	Role    string    `json:"role"`
	Link    string    `json:"link"`
	Expires time.Time `json:"expires"`
}

// Run invites a person who has no account yet.
func (c *userAddCommand) Run(p *program) error {
	login, err := checkEmail(c.Email)
	if err != nil {
		return err
	}
	if strings.TrimSpace(c.Reason) == "" || strings.TrimSpace(c.Name) == "" {
		return errors.New("--name and --reason must not be empty")
	}
	o, done, err := p.console()
	if err != nil {
		return err
	}
	defer done()
	tenant, county, err := o.tenant(c.Tenant)
	if err != nil {
		return err
	}
	if c.Role == string(store.RoleAnalyst) && !county {
		return fmt.Errorf("an analyst reads a county's figures, and %s is no county's own office", c.Tenant)
	}
	_, err = o.store.Scope(tenant.ID).AccountByLogin(o.ctx, login)
	if err == nil {
		return fmt.Errorf("%s has an account at %s already; user reset invites them anew", login, c.Tenant)
	}
	if !errors.Is(err, survey.ErrNotFound) {
		return err
	}
	invited, err := o.invite(tenant, store.Invitation{Login: login, Name: strings.TrimSpace(c.Name), Role: store.Role(c.Role), Reason: c.Reason})
	if err != nil {
		return err
	}
	return invited.print(p, c.JSON)
}

// Run takes the log-in away, ends all sessions, and invites anew.
func (c *userResetCommand) Run(p *program) error {
	login, err := checkEmail(c.Email)
	if err != nil {
		return err
	}
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
	account, err := o.store.Scope(tenant.ID).AccountByLogin(o.ctx, login)
	if errors.Is(err, survey.ErrNotFound) {
		return fmt.Errorf("nobody at %s logs in as %s; user add invites them", c.Tenant, login)
	}
	if err != nil {
		return err
	}
	if account.Disabled {
		return fmt.Errorf("the account %s at %s is disabled; an administrator of the office has to enable it first", login, c.Tenant)
	}
	invited, err := o.invite(tenant, store.Invitation{Login: login, Reason: c.Reason})
	if err != nil {
		return err
	}
	invited.Role = string(account.Role)
	return invited.print(p, c.JSON)
}

// checkEmail returns the login of an address.
func checkEmail(email string) (string, error) {
	parsed, err := mail.ParseAddress(email)
	office := survey.Office{Name: "-", Email: email} // the rule that office records have
	if err != nil || parsed.Address != email || office.Check() != nil {
		return "", fmt.Errorf("%q is no e-mail address", email)
	}
	return strings.ToLower(email), nil
}

// tenant finds an office, and tells whether it is a county's own.
func (o *console) tenant(slug string) (tenant survey.Tenant, county bool, err error) {
	d, err := o.store.Directory(o.ctx)
	if err != nil {
		return tenant, false, err
	}
	for _, t := range d.Tenants {
		if t.Slug != slug {
			continue
		}
		for _, c := range d.Counties {
			county = county || c.TenantID == t.ID
		}
		return t, county, nil
	}
	return tenant, false, fmt.Errorf("there is no office %q", slug)
}

// invite opens an invitation that begins now. Only the link holds its token.
func (o *console) invite(t survey.Tenant, i store.Invitation) (*invitedPerson, error) {
	token, hash := auth.NewToken()
	i.Token, i.At = hash, o.now()
	i.Expires = i.At.Add(invitationLife)
	if err := o.store.Invite(o.ctx, t.ID, i); err != nil {
		return nil, err
	}
	address := o.site.Address(t.Slug)
	return &invitedPerson{Tenant: t.Slug, Address: address, Login: i.Login, Role: string(i.Role),
		Link: address + "/panel/zaproszenie/" + token, Expires: i.Expires}, nil
}

func (i *invitedPerson) print(p *program, asJSON bool) error {
	if asJSON {
		return p.printJSON(i)
	}
	p.printf("%s (%s) sets up the log-in at %s\n\n  %s\n\nThe link works once, until %s.\n", i.Login, i.Role, i.Address, i.Link, i.Expires.Format("2006-01-02 15:04"))
	return nil
}

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"text/tabwriter"

	"ocenaurzedu.eu/pkg/sheet"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
	"ocenaurzedu.eu/tenants"
)

// tenantCommands are about offices.
type tenantCommands struct {
	Add  tenantAddCommand  `cmd:"" help:"Add an office, live at once, and invite its administrator."`
	List tenantListCommand `cmd:"" help:"List the offices."`
	Sync tenantSyncCommand `cmd:"" help:"Compare the offices of YAML files with the database, and add and change them with --apply."`
}

// tenantAddCommand adds an office.
type tenantAddCommand struct {
	Slug          string `required:"" help:"Label of the office's subdomain: lower-case letters, digits and hyphens."`
	Name          string `required:"" help:"Name of the office, such as \"Urząd Gminy Osielsko\"."`
	AdminEmail    string `required:"" help:"E-mail address of the administrator who is invited; the office's until they enter another."`
	County        string `help:"Slug of the office's county."`
	TERYT         string `name:"teryt" help:"TERYT code of the gmina, 7 digits."`
	Population    int    `help:"How many people live there; 0 if not known."`
	Questionnaire string `default:"default.yaml" help:"A shipped questionnaire (default, short, kiosk, importance or call.yaml), or the path of a YAML file."`
	Reason        string `default:"wdrożenie urzędu" help:"Why; it stands in the office's log."`
	JSON          bool   `name:"json" help:"Print JSON."`
}

// Run adds the office with a published questionnaire, and an invitation.
func (c *tenantAddCommand) Run(p *program) error {
	login, err := checkEmail(c.AdminEmail)
	if err != nil {
		return err
	}
	n := store.NewTenant{Slug: c.Slug, County: c.County, Population: c.Population, Reason: c.Reason,
		Office: survey.Office{Name: strings.TrimSpace(c.Name), TERYT: c.TERYT, Email: c.AdminEmail}}
	if err := c.check(n); err != nil {
		return err
	}
	if n.Questionnaire, err = readQuestionnaire(c.Questionnaire); err != nil {
		return err
	}
	o, done, err := p.console()
	if err != nil {
		return err
	}
	defer done()
	tenant, err := o.addOffice(n)
	if err != nil {
		return err
	}
	invited, err := o.invite(tenant, store.Invitation{Login: login, Name: login, Role: store.RoleAdministrator, Reason: c.Reason})
	if err != nil {
		return fmt.Errorf("the office was added, but nobody invited (user add does that): %w", err)
	}
	return invited.print(p, c.JSON)
}

// check says what is wrong with the command line, before anything is asked of the database.
func (c *tenantAddCommand) check(n store.NewTenant) error {
	if err := refusal(survey.CheckSlug(c.Slug), c.Slug); err != nil {
		return err
	}
	if c.TERYT != "" && (len(c.TERYT) != 7 || !survey.ValidTERYT(c.TERYT)) {
		return fmt.Errorf("TERYT %q is no code of a gmina: want 7 digits, such as 0403062", c.TERYT)
	}
	if c.Population < 0 {
		return errors.New("--population must not be negative")
	}
	if strings.TrimSpace(c.Reason) == "" {
		return errors.New("--reason must not be empty")
	}
	return refusal(n.Office.Check(), c.Slug)
}

// refusal says in an operator's words what is wrong with a record.
func refusal(err error, slug string) error {
	var bad *survey.InvalidError
	if !errors.As(err, &bad) {
		return err
	}
	parts := make([]string, len(bad.Fields))
	for i, f := range bad.Fields {
		switch {
		case f.Field == "slug" && f.Problem == survey.ProblemTaken:
			parts[i] = fmt.Sprintf("slug %q is reserved for the platform", slug)
		case f.Field == "slug":
			parts[i] = fmt.Sprintf("slug %q can't be a subdomain: want lower-case letters, digits and hyphens between them, at most 63", slug)
		case f.Problem == survey.ProblemRequired:
			parts[i] = f.Field + " must not be empty"
		case f.Problem == survey.ProblemTooLong:
			parts[i] = fmt.Sprintf("%s is longer than %d characters", f.Field, f.N)
		default:
			parts[i] = f.Field + " is malformed"
		}
	}
	return errors.New(strings.Join(parts, "; "))
}

// readQuestionnaire reads a shipped questionnaire by its name, or another one by its path.
func readQuestionnaire(name string) (*survey.Questionnaire, error) {
	data, err := fs.ReadFile(tenants.Files, "questionnaires/"+name)
	if err != nil {
		if data, err = os.ReadFile(name); err != nil {
			return nil, fmt.Errorf("there is no shipped questionnaire %q and no such file", name)
		}
	}
	return survey.ParseQuestionnaire(name, data)
}

// addOffice checks an office against what is there and creates it, with the sheet of its questionnaire.
func (o *console) addOffice(n store.NewTenant) (survey.Tenant, error) {
	d, err := o.store.Directory(o.ctx)
	if err != nil {
		return survey.Tenant{}, err
	}
	if err := fits(d, n); err != nil {
		return survey.Tenant{}, err
	}
	if n.At.IsZero() {
		n.At = o.now()
	}
	if n.Sheet, n.Sheets, err = sheet.Frozen(n.Questionnaire); err != nil {
		return survey.Tenant{}, err
	}
	id, err := o.store.CreateTenant(o.ctx, n)
	if errors.Is(err, survey.ErrTaken) {
		return survey.Tenant{}, fmt.Errorf("slug %q is taken", n.Slug)
	}
	return survey.Tenant{ID: id, Slug: n.Slug, Population: n.Population, Office: n.Office}, err
}

// fits says why an office can't be added to those that are there.
func fits(d *store.Directory, n store.NewTenant) error {
	for _, t := range d.Tenants {
		if t.Slug == n.Slug {
			return fmt.Errorf("slug %q is taken", n.Slug)
		}
		if n.Office.TERYT != "" && t.Office.TERYT == n.Office.TERYT {
			return fmt.Errorf("TERYT %s is that of %s", n.Office.TERYT, t.Slug)
		}
	}
	found := n.County == ""
	for _, c := range d.Counties {
		if c.Slug == n.Slug && n.County != n.Slug {
			return fmt.Errorf("slug %q is taken by a county", n.Slug)
		}
		if c.Slug != n.County {
			continue
		}
		found = true
		if n.Office.TERYT != "" && !strings.HasPrefix(n.Office.TERYT, c.TERYT) {
			return fmt.Errorf("TERYT %s is not in %s, whose codes begin with %s", n.Office.TERYT, c.Slug, c.TERYT)
		}
	}
	if !found {
		return fmt.Errorf("there is no county %q; county add adds it", n.County)
	}
	return nil
}

// tenantListCommand lists offices.
type tenantListCommand struct {
	County string `help:"Only those of the county with this slug."`
	JSON   bool   `name:"json" help:"Print JSON."`
}

// listedTenant is one line of the list.
type listedTenant struct {
	Slug       string `json:"slug"`
	Address    string `json:"address"`
	Name       string `json:"name"`
	County     string `json:"county,omitempty"`
	TERYT      string `json:"teryt,omitempty"`
	Population int    `json:"population,omitempty"`
}

// Run prints the offices in the order in which they were added.
func (c *tenantListCommand) Run(p *program) error {
	o, done, err := p.console()
	if err != nil {
		return err
	}
	defer done()
	list, err := o.list(c.County)
	if err != nil {
		return err
	}
	if c.JSON {
		return p.printJSON(list)
	}
	table := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "SLUG\tNAME\tCOUNTY\tTERYT\tADDRESS")
	for _, t := range list {
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", t.Slug, t.Name, t.County, t.TERYT, t.Address)
	}
	return table.Flush()
}

func (o *console) list(county string) ([]listedTenant, error) {
	d, err := o.store.Directory(o.ctx)
	if err != nil {
		return nil, err
	}
	slugs, found := map[int64]string{}, county == ""
	for _, c := range d.Counties {
		slugs[c.ID] = c.Slug
		found = found || c.Slug == county
	}
	if !found {
		return nil, fmt.Errorf("there is no county %q", county)
	}
	list := []listedTenant{}
	for _, t := range d.Tenants {
		if county == "" || slugs[t.CountyID] == county {
			list = append(list, listedTenant{t.Slug, o.site.Address(t.Slug), t.Office.Name, slugs[t.CountyID], t.Office.TERYT, t.Population})
		}
	}
	return list, nil
}

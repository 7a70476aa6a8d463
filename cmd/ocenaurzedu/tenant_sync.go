package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"reflect"
	"slices"
	"strings"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
	"ocenaurzedu.eu/tenants"
)

// tenantSyncCommand makes the database follow YAML files.
type tenantSyncCommand struct {
	Dir   string `arg:"" optional:"" help:"Directory with offices/*.yaml and counties/*.yaml; by default those shipped with the program."`
	Apply bool   `help:"Make it so. Without it, only the differences are shown."`
	JSON  bool   `name:"json" help:"Print JSON."`
}

// Kinds of difference.
const (
	addCounty    = "add county"
	addOffice    = "add office"
	changeOffice = "change office"
)

// fieldChange is one field of an office's record that the file says otherwise.
type fieldChange struct {
	Field string `json:"field"`
	From  string `json:"from"`
	To    string `json:"to"`
}

// difference is one thing that the files have and the database has not. Done and Problem tell what --apply did.
type difference struct {
	Kind    string        `json:"kind"`
	Slug    string        `json:"slug"`
	Changes []fieldChange `json:"changes,omitempty"`
	Done    bool          `json:"done"`
	Problem string        `json:"problem,omitempty"`
	apply   func() error
}

// Run shows the differences and, with --apply, makes the database follow the files.
func (c *tenantSyncCommand) Run(p *program) error {
	files := fs.FS(tenants.Files)
	if c.Dir != "" {
		files = os.DirFS(c.Dir)
	}
	seeds, err := readSeeds(files)
	if err != nil {
		return err
	}
	o, done, err := p.console()
	if err != nil {
		return err
	}
	defer done()
	d, err := o.store.Directory(o.ctx)
	if err != nil {
		return err
	}
	differences := o.compare(seeds, d)
	failed := 0
	for i := range differences {
		if !c.JSON {
			differences[i].show(p)
		}
		if c.Apply && !differences[i].carryOut() {
			failed++
		}
	}
	if c.JSON {
		err = p.printJSON(differences)
	} else {
		c.sum(p, differences, failed)
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d differences remain: %s", failed, len(differences), problems(differences))
	}
	return err
}

func problems(differences []difference) string {
	var all []string
	for _, d := range differences {
		if d.Problem != "" {
			all = append(all, d.Slug+": "+d.Problem)
		}
	}
	return strings.Join(all, "; ")
}

func (c *tenantSyncCommand) sum(p *program, differences []difference, failed int) {
	switch {
	case len(differences) == 0:
		p.printf("The database has all that the files have.\n")
	case c.Apply:
		p.printf("%d done, %d not.\n", len(differences)-failed, failed)
	default:
		p.printf("Nothing was changed; --apply does it.\n")
	}
}

func (d *difference) show(p *program) {
	p.printf("%s %s\n", d.Kind, d.Slug)
	for _, f := range d.Changes {
		p.printf("  %s\n  - %s\n  + %s\n", f.Field, f.From, f.To)
	}
}

// carryOut applies the difference; not true if that was refused.
func (d *difference) carryOut() bool {
	err := d.apply()
	switch {
	case errors.Is(err, survey.ErrReportRequired):
		d.Problem = "§ 5 of the order: an administrator of this office must archive a report of the results so far first"
	case err != nil:
		d.Problem = err.Error()
	}
	d.Done = err == nil
	return d.Done
}

// seeds are the offices and counties of a directory, with their questionnaires by the name of the file.
type seeds struct {
	counties       []*survey.CountySeed
	offices        []*survey.Seed
	questionnaires map[string]*survey.Questionnaire
}

// has reports whether an office or a county's own office has the slug.
func (s *seeds) has(slug string) bool {
	return slices.ContainsFunc(s.offices, func(o *survey.Seed) bool { return o.Slug == slug }) ||
		slices.ContainsFunc(s.counties, func(c *survey.CountySeed) bool { return c.Slug == slug })
}

// readSeeds reads and checks a directory. A questionnaire that it has not is taken from those shipped.
func readSeeds(files fs.FS) (*seeds, error) {
	s := &seeds{questionnaires: map[string]*survey.Questionnaire{}}
	err := eachYAML(files, "counties", func(name string, data []byte) error {
		seed, err := survey.ParseCountySeed(name, data)
		if err != nil {
			return err
		}
		s.counties = append(s.counties, seed)
		return s.readQuestionnaire(files, seed.Questionnaire)
	})
	if err != nil {
		return nil, err
	}
	err = eachYAML(files, "offices", func(name string, data []byte) error {
		seed, err := survey.ParseSeed(name, data)
		if err != nil {
			return err
		}
		s.offices = append(s.offices, seed)
		return s.readQuestionnaire(files, seed.Questionnaire)
	})
	if err == nil && len(s.offices)+len(s.counties) == 0 {
		err = errors.New("the directory has no offices/*.yaml and no counties/*.yaml")
	}
	return s, err
}

func eachYAML(files fs.FS, dir string, read func(name string, data []byte) error) error {
	names, err := fs.Glob(files, dir+"/*.yaml")
	if err != nil {
		return err
	}
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		if err := read(name, data); err != nil {
			return err
		}
	}
	return nil
}

// readQuestionnaire reads the questionnaire that a seed names.
func (s *seeds) readQuestionnaire(files fs.FS, file string) error {
	if s.questionnaires[file] != nil {
		return nil
	}
	name := path.Join("questionnaires", file)
	data, err := fs.ReadFile(files, name)
	if err != nil {
		data, err = fs.ReadFile(tenants.Files, name)
	}
	if err != nil {
		return fmt.Errorf("there is no questionnaire %s", file)
	}
	s.questionnaires[file], err = survey.ParseQuestionnaire(name, data)
	return err
}

// compare lists what the files have and the database has not, counties first as offices name them.
func (o *console) compare(s *seeds, d *store.Directory) []difference {
	counties, offices := map[string]bool{}, map[string]survey.Tenant{}
	for _, c := range d.Counties {
		counties[c.Slug] = true
	}
	for _, t := range d.Tenants {
		offices[t.Slug] = t
	}
	differences := []difference{}
	add := func(n store.NewTenant, exists survey.Tenant) {
		if exists.ID == 0 {
			n.Reason = "sync"
			differences = append(differences, difference{Kind: addOffice, Slug: n.Slug, apply: func() error { _, err := o.addOffice(n); return err }})
		} else if changes := officeChanges(exists.Office, n.Office); len(changes) > 0 {
			differences = append(differences, difference{Kind: changeOffice, Slug: n.Slug, Changes: changes,
				apply: func() error { return o.changeOffice(exists.ID, n.Office) }})
		}
	}
	for _, seed := range s.counties {
		if !counties[seed.Slug] {
			differences = append(differences, difference{Kind: addCounty, Slug: seed.Slug, apply: func() error {
				_, err := o.store.CreateCounty(o.ctx, survey.County{Slug: seed.Slug, Name: seed.Name, TERYT: seed.TERYT})
				return err
			}})
		}
		add(newCountyOffice(seed, s.questionnaires), offices[seed.Slug])
	}
	for _, seed := range s.offices {
		add(newOffice(seed, s.questionnaires), offices[seed.Slug])
	}
	return differences
}

func newOffice(seed *survey.Seed, questionnaires map[string]*survey.Questionnaire) store.NewTenant {
	return store.NewTenant{Slug: seed.Slug, County: seed.County, Population: seed.Population, Office: seed.Office, Departments: seed.Departments,
		ServicePoints: seed.ServicePoints, Questionnaire: questionnaires[seed.Questionnaire]}
}

func newCountyOffice(seed *survey.CountySeed, questionnaires map[string]*survey.Questionnaire) store.NewTenant {
	return store.NewTenant{Slug: seed.Slug, County: seed.Slug, Office: seed.Office, Questionnaire: questionnaires[seed.Questionnaire]}
}

// officeChanges lists the fields that the file gives otherwise. A field that it leaves out is not known to it,
// and stays as the administrator entered it; "sample" is always told.
func officeChanges(have, want survey.Office) []fieldChange {
	var changes []fieldChange
	a, b := reflect.ValueOf(have), reflect.ValueOf(want)
	for i := range a.NumField() {
		from, to := fmt.Sprint(a.Field(i)), fmt.Sprint(b.Field(i))
		if from != to && to != "" {
			changes = append(changes, fieldChange{a.Type().Field(i).Tag.Get("json"), from, to})
		}
	}
	return changes
}

// changeOffice changes an office's record under § 5, as its administrator would.
func (o *console) changeOffice(tenant int64, want survey.Office) error {
	scope := o.store.Scope(tenant)
	record, err := scope.Office(o.ctx)
	if err != nil {
		return err
	}
	a, b := reflect.ValueOf(&record.Office).Elem(), reflect.ValueOf(want)
	for i := range a.NumField() {
		if b.Field(i).Kind() == reflect.Bool || !b.Field(i).IsZero() {
			a.Field(i).Set(b.Field(i))
		}
	}
	if err := record.Office.Check(); err != nil {
		return err
	}
	record.UpdatedAt, record.UpdatedBy = o.now(), store.Operator
	return scope.SaveOffice(o.ctx, *record, nil)
}

package main

import (
	"fmt"

	"ocenaurzedu.eu/pkg/privacy"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// verifyCommand counts all answers again. It may run beside the service: each office is read in one snapshot.
type verifyCommand struct {
	JSON bool `name:"json" help:"Print JSON."`
}

// listedDifferences is how many differences are printed; all are counted.
const listedDifferences = 1000

// verified is what verify found.
type verified struct {
	Tenants     int                `json:"tenants"`
	Submissions int                `json:"submissions"`
	Total       int                `json:"total"` // differences
	Differences []tenantDifference `json:"differences"`
}

// tenantDifference is a difference and whose it is.
type tenantDifference struct {
	Tenant string `json:"tenant"`
	store.Difference
}

// Run recounts every tally of every office, active or not, from the answers, and looks at each remark and key. It
// fails if anything is different.
func (c *verifyCommand) Run(p *program) error {
	o, done, err := p.console()
	if err != nil {
		return err
	}
	defer done()
	tenants, err := o.store.TenantNames(o.ctx)
	if err != nil {
		return err
	}
	found := verified{Tenants: len(tenants), Differences: []tenantDifference{}}
	last := survey.DayOf(o.now()).Add(1)
	for _, t := range tenants {
		n, err := o.store.Scope(t.ID).Verify(p.ctx, last, keepable, func(d store.Difference) { // p.ctx: however long it takes
			if found.Total++; found.Total <= listedDifferences {
				found.Differences = append(found.Differences, tenantDifference{t.Slug, d})
			}
		})
		if err != nil {
			return fmt.Errorf("%s: %w", t.Slug, err)
		}
		found.Submissions += n
	}
	return found.print(p, c.JSON)
}

// keepable reports whether a remark holds nothing that is replaced before it is stored. Replacing again changes nothing.
func keepable(words string) bool { return privacy.Redact(words).Text == words }

func (v *verified) print(p *program, asJSON bool) error {
	if asJSON {
		if err := p.printJSON(v); err != nil {
			return err
		}
	} else {
		for _, d := range v.Differences {
			p.printf("%s\n", d)
		}
		p.printf("%d submissions of %d offices, %d differences\n", v.Submissions, v.Tenants, v.Total)
	}
	if v.Total > 0 {
		return fmt.Errorf("%d differences between the answers and what was counted or kept of them", v.Total)
	}
	return nil
}

// String tells a difference in one line.
func (d tenantDifference) String() string {
	where := d.Tenant
	if d.Version != 0 {
		where += fmt.Sprintf(" version %d", d.Version)
	}
	if d.Channel != "" {
		where += fmt.Sprintf(" %s %s point %d", d.Month.String()[:len("2006-01")], d.Channel, d.ServicePoint)
	}
	if d.What == store.DifferentTally {
		return fmt.Sprintf("%s %s: tally %d, recount %d", where, d.Slot, d.Tally, d.Recount)
	}
	return fmt.Sprintf("%s %s %s: %d rows", where, d.What, d.Slot, d.Rows)
}

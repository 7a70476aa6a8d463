package main

import (
	"time"

	"ocenaurzedu.eu/pkg/survey"
)

// complianceCommand tells which offices keep § 4 of the order: a report at least once a year.
type complianceCommand struct {
	Overdue bool `help:"Only offices that are late."`
	JSON    bool `name:"json" help:"Print JSON."`
}

// officeDuty is where one office stands: dates and counts, never answers.
type officeDuty struct {
	Office     string       `json:"office"`
	Name       string       `json:"name"`
	Since      survey.Day   `json:"since,omitzero"`       // of the first publication; missing: none, and so no duty
	LastReport survey.Day   `json:"last_report,omitzero"` // missing: none
	Number     int          `json:"last_number,omitempty"`
	Reports    int          `json:"reports"`
	Due        survey.Day   `json:"due,omitzero"`
	DaysLeft   int          `json:"days_left"` // below 0: late; 0 too where nothing is due
	Overdue    bool         `json:"overdue"`
	Mails      []dutyLetter `json:"mails"` // reminders of this due date
}

// dutyLetter is a reminder that went into the outbox.
type dutyLetter struct {
	Days int       `json:"days"` // before the due date that it is meant for
	At   time.Time `json:"at"`
}

// Run lists the offices.
func (c *complianceCommand) Run(p *program) error {
	o, done, err := p.console()
	if err != nil {
		return err
	}
	defer done()
	offices, err := o.compliance()
	if err != nil {
		return err
	}
	listed, late := []officeDuty{}, 0
	for _, office := range offices {
		if office.Overdue {
			late++
		}
		if office.Overdue || !c.Overdue {
			listed = append(listed, office)
		}
	}
	if c.JSON {
		return p.printJSON(listed)
	}
	for _, office := range listed {
		p.printf("%s\n", office)
	}
	p.printf("%d offices, %d late\n", len(offices), late)
	return nil
}

// compliance works out the duty of each active office, by slug.
func (o *console) compliance() ([]officeDuty, error) {
	directory, err := o.store.Directory(o.ctx)
	if err != nil {
		return nil, err
	}
	names := map[int64]string{}
	for _, t := range directory.Tenants {
		names[t.ID] = t.Office.Name
	}
	now := o.now()
	today, zone := survey.DayOf(now), now.Location()
	duties, mails, err := o.store.Duties(o.ctx, survey.Day{})
	if err != nil {
		return nil, err
	}
	offices := make([]officeDuty, 0, len(duties))
	for _, d := range duties {
		duty := d.In(zone)
		office := officeDuty{Office: d.Slug, Name: names[d.Tenant], Since: duty.Since, LastReport: duty.Last, Number: d.LastNumber, Reports: d.Reports, Mails: []dutyLetter{}}
		if !duty.Since.IsZero() {
			office.Due = duty.Due()
			office.DaysLeft = office.Due.Sub(today)
			office.Overdue = office.DaysLeft < 0
		}
		for _, m := range mails {
			if m.Tenant == d.Tenant && m.Due == office.Due {
				office.Mails = append(office.Mails, dutyLetter{m.Days, m.At.In(zone)})
			}
		}
		offices = append(offices, office)
	}
	return offices, nil
}

// String tells an office's duty in one line.
func (d officeDuty) String() string {
	switch {
	case d.Due.IsZero():
		return d.Office + ": nothing published, no report is due"
	case d.Overdue:
		return d.Office + ": late since " + d.Due.String() + d.last()
	}
	return d.Office + ": due " + d.Due.String() + d.last()
}

func (d officeDuty) last() string {
	if d.LastReport.IsZero() {
		return ", no report yet"
	}
	return ", last report " + d.LastReport.String()
}

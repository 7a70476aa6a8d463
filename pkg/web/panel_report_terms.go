package web

import (
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// reportTermsPage tells when reports are due: the yearly one of § 4, and those of the office's schedule.
type reportTermsPage struct {
	page
	dutyView
	Reminders []reminderRow
	Schedule  []scheduleRow
	Mails     []store.Mail
	NoMail    bool // the service has no mail server
	Problems  []survey.FieldError
	Saved     bool
}

// dutyView is where the office stands with § 4.
type dutyView struct {
	Duty     *store.Duty
	LastDay  survey.Day
	Due      survey.Day // none: no version published yet
	Overdue  bool
	DaysLeft int
}

// reminderRow is one letter about the yearly report.
type reminderRow struct {
	Days int
	On   survey.Day
	Sent time.Time // zero: not yet
}

// scheduleRow is a schedule that the office has or may have.
type scheduleRow struct {
	Every    survey.Every
	Label    string
	On       bool
	From, To survey.Day // the next report's period
}

// dutyOf works out when the office's next report is due.
func (s *Server) dutyOf(c *fiber.Ctx) (dutyView, error) {
	d, err := s.scopeOf(c).Duty(c.UserContext())
	if err != nil {
		return dutyView{}, err
	}
	duty := d.In(s.Now().Location())
	v := dutyView{Duty: d, LastDay: duty.Last, Due: duty.Due()}
	if !v.Due.IsZero() {
		v.DaysLeft = v.Due.Sub(s.today())
		v.Overdue = v.DaysLeft < 0
	}
	return v, nil
}

// DraftReady reports whether it is time to look at the draft of the yearly report.
func (v dutyView) DraftReady() bool {
	return !v.Due.IsZero() && v.DaysLeft <= survey.Reminders()[0]
}

func (s *Server) showReportTerms(c *fiber.Ctx) error {
	return s.drawReportTerms(c, reportTermsPage{Saved: c.Query("zapisano") != ""})
}

func (s *Server) drawReportTerms(c *fiber.Ctx, p reportTermsPage) error {
	ctx, scope, zone := c.UserContext(), s.scopeOf(c), s.Now().Location()
	var err error
	if p.dutyView, err = s.dutyOf(c); err != nil {
		return err
	}
	sent, err := scope.DutyMails(ctx, 100)
	if err != nil {
		return err
	}
	for _, days := range survey.Reminders() {
		row := reminderRow{Days: days, On: p.Due.Add(-days)}
		if i := slices.IndexFunc(sent, func(m store.DutyMail) bool { return m.Due == p.Due && m.Days == days }); i >= 0 {
			row.Sent = sent[i].At.In(zone)
		}
		p.Reminders = append(p.Reminders, row)
	}
	schedules, err := scope.Schedules(ctx)
	if err != nil {
		return err
	}
	for _, every := range survey.Everies() {
		row := scheduleRow{Every: every, Label: everyPL(every)}
		row.From, row.To = every.Period(s.today())
		if i := slices.IndexFunc(schedules, func(have store.Schedule) bool { return have.Every == every }); i >= 0 {
			row.On = true
			row.From, row.To = every.Period(schedules[i].DoneTo.Add(1))
		}
		p.Schedule = append(p.Schedule, row)
	}
	if p.Mails, err = scope.Mails(ctx, 20); err != nil {
		return err
	}
	for i := range p.Mails {
		p.Mails[i].CreatedAt, p.Mails[i].SentAt.Time = p.Mails[i].CreatedAt.In(zone), p.Mails[i].SentAt.Time.In(zone)
	}
	p.page, p.NoMail = s.page(c), s.Mail == nil
	return c.Render("panel/report_terms", p)
}

// everyPL names a schedule.
func everyPL(e survey.Every) string {
	return map[survey.Every]string{survey.EveryMonth: "Co miesiąc", survey.EveryQuarter: "Co kwartał", survey.EveryHalf: "Co pół roku", survey.EveryYear: "Co rok"}[e]
}

// saveReportTerms sets the office's schedule.
func (s *Server) saveReportTerms(c *fiber.Ctx) error {
	var chosen []survey.Every
	for _, value := range formValues(c)["every"] {
		every := survey.Every(value)
		if every.Months() == 0 {
			c.Status(fiber.StatusUnprocessableEntity)
			return s.drawReportTerms(c, reportTermsPage{Problems: []survey.FieldError{{Field: "every", Problem: survey.ProblemUnknown}}})
		}
		if !slices.Contains(chosen, every) {
			chosen = append(chosen, every)
		}
	}
	if err := s.scopeOf(c).SaveSchedules(c.UserContext(), chosen, s.today(), s.actor(c)); err != nil {
		return err
	}
	return c.Redirect("/panel/raporty/terminy?zapisano=1", fiber.StatusSeeOther)
}

// showReportDraft shows the yearly report as it would be now: of the last twelve months, not archived.
func (s *Server) showReportDraft(c *fiber.Ctx) error {
	today, by := s.today(), s.actor(c)
	filter := survey.Filter{From: today.AddMonths(-survey.DutyMonths).Add(1), To: today}
	d, err := s.ReportDocument(c.UserContext(), tenantOf(c), filter, by)
	if err != nil {
		return err
	}
	r := &store.Report{Filter: filter}
	r.GeneratedAt, r.GeneratedBy, r.N = by.At, by.Login, d.Summary.N
	return c.Render("panel/report", s.reportPage(c, r, d))
}

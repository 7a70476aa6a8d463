package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"runtime/debug"
	"strconv"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// scheduleActor is who makes the reports of a schedule.
const scheduleActor = "harmonogram"

// KeepDuties does once what the clock asks for: reports of schedules whose period is over, and mail about the yearly report
// of § 4. Every replica may do it at any time: each report and each mail is claimed in the transaction that keeps it.
// What fails for one office does not hold up the others; all failures are returned.
func (s *Server) KeepDuties(ctx context.Context) error {
	return errors.Join(s.keepSchedules(ctx), s.keepReminders(ctx))
}

// guarded makes an error of a panic: one office's figures, as no writer ever met them, end neither the process nor the
// round for the others.
func guarded(do func() error) (err error) {
	defer func() {
		if broken := recover(); broken != nil {
			err = fmt.Errorf("panic: %v\n%s", broken, debug.Stack())
		}
	}()
	return do()
}

// byID returns all offices by their ids.
func (d *directory) byID() map[int64]*survey.Tenant {
	tenants := make(map[int64]*survey.Tenant, len(d.bySlug))
	for _, seat := range d.bySlug {
		tenants[seat.tenant.ID] = seat.tenant
	}
	return tenants
}

// keepSchedules makes the reports of all periods that are over and have none, however long the service was away.
func (s *Server) keepSchedules(ctx context.Context) error {
	schedules, err := s.Store.Schedules(ctx)
	if err != nil {
		return err
	}
	tenants := s.directory.Load().byID()
	var errs []error
	for _, schedule := range schedules {
		tenant := tenants[schedule.Tenant]
		if tenant == nil {
			continue // added this moment: the next round knows it
		}
		for _, period := range schedule.Every.Ended(schedule.DoneTo, s.today()) {
			err := guarded(func() error { return s.archiveScheduled(ctx, tenant, schedule.Every, period) })
			if errors.Is(err, survey.ErrClosed) {
				break // another replica is at it
			} else if err != nil {
				errs = append(errs, fmt.Errorf("schedule of %s: %w", tenant.Slug, err))
				break
			}
		}
	}
	return errors.Join(errs...)
}

// archiveScheduled makes the report of a schedule's period and tells the office. survey.ErrClosed: it has one.
func (s *Server) archiveScheduled(ctx context.Context, tenant *survey.Tenant, every survey.Every, period survey.Filter) error {
	scope := s.Store.Scope(tenant.ID)
	to, err := s.recipients(ctx, tenant)
	if err != nil {
		return err
	}
	for try := 1; ; try++ {
		r, err := s.makeReport(ctx, tenant, period, store.Actor{Login: scheduleActor, At: s.Now()})
		if err != nil {
			return err
		}
		err = scope.ArchiveScheduled(ctx, every, r, func(r *store.Report) []store.Mail {
			subject, body := s.scheduledWords(tenant, r)
			return s.letters(tenant, to, "raport-"+strconv.Itoa(r.Number), subject, body)
		})
		if !errors.Is(err, survey.ErrConflict) || try == archiveTries {
			return err
		}
	}
}

// keepReminders writes to the offices whose yearly report is due in 60, 30 or 7 days, or was.
func (s *Server) keepReminders(ctx context.Context) error {
	duties, mails, err := s.Store.Duties(ctx, s.today().AddMonths(-survey.DutyMonths))
	if err != nil {
		return err
	}
	type key struct {
		tenant int64
		due    survey.Day
	}
	sent := map[key]int{} // the last one: of the fewest days
	for _, m := range mails {
		sent[key{m.Tenant, m.Due}] = m.Days
	}
	tenants := s.directory.Load().byID()
	var errs []error
	for _, d := range duties {
		duty, tenant := d.In(s.Now().Location()), tenants[d.Tenant]
		days := duty.Reminder(s.today())
		last, some := sent[key{d.Tenant, duty.Due()}]
		if days == 0 || tenant == nil || some && last <= days {
			continue
		}
		if err := guarded(func() error { return s.remind(ctx, tenant, d, days) }); err != nil {
			errs = append(errs, fmt.Errorf("reminder of %s: %w", tenant.Slug, err))
		}
	}
	return errors.Join(errs...)
}

// remind writes to an office about its yearly report. One without any address waits until it has one.
func (s *Server) remind(ctx context.Context, tenant *survey.Tenant, d store.Duty, days int) error {
	to, err := s.recipients(ctx, tenant)
	if err != nil || len(to) == 0 {
		return err
	}
	due := d.In(s.Now().Location()).Due()
	subject, body := s.reminderWords(tenant, d)
	letters := s.letters(tenant, to, fmt.Sprintf("termin-%s-%d", due, days), subject, body)
	_, err = s.Store.Scope(tenant.ID).Remind(ctx, store.DutyMail{Due: due, Days: days, At: s.Now()}, letters)
	return err
}

// recipients are the addresses that an office's mail goes to: its administrators and supervisors, or else the office's own.
func (s *Server) recipients(ctx context.Context, tenant *survey.Tenant) ([]string, error) {
	accounts, err := s.Store.Scope(tenant.ID).Accounts(ctx)
	if err != nil {
		return nil, err
	}
	var to []string
	for _, a := range accounts {
		if !a.Disabled && (a.Role == store.RoleAdministrator || a.Role == store.RoleSupervisor) {
			to = append(to, a.Login)
		}
	}
	if len(to) == 0 && tenant.Office.Email != "" {
		to = []string{tenant.Office.Email}
	}
	return to, nil
}

// letters addresses one text to each recipient. The Message-ID is made of what it is about and who gets it.
func (s *Server) letters(tenant *survey.Tenant, to []string, about, subject, body string) []store.Mail {
	var mails []store.Mail
	for _, recipient := range to {
		who := sha256.Sum256([]byte(recipient))
		mails = append(mails, store.Mail{MessageID: fmt.Sprintf("%s-%s@%s.%s", about, hex.EncodeToString(who[:4]), tenant.Slug, s.Site.BaseDomain),
			Recipient: recipient, Subject: subject, Body: body, CreatedAt: s.Now()})
	}
	return mails
}

// signature ends every letter.
func (s *Server) signature(tenant *survey.Tenant) string {
	return "\n\nTerminy i" + hardSpace + "harmonogram raportów: " + s.Site.Address(tenant.Slug) + "/panel/raporty/terminy\n\n-- \n" +
		"Wiadomość wysłał automatycznie serwis Oceń Urząd. Prosimy na nią nie odpowiadać.\n"
}

// reminderWords are the letter about the yearly report.
func (s *Server) reminderWords(tenant *survey.Tenant, d store.Duty) (subject, body string) {
	duty := d.In(s.Now().Location())
	due, left := duty.Due(), duty.Due().Sub(s.today())
	when := "za " + countPL(left, "dzień", "dni", "dni")
	switch {
	case left < 0:
		when = "termin minął " + countPL(-left, "dzień", "dni", "dni") + " temu"
	case left == 0:
		when = "to dzisiaj"
	}
	last := "Urząd nie ma jeszcze żadnego raportu."
	if !duty.Last.IsZero() {
		last = "Ostatni raport: nr" + hardSpace + strconv.Itoa(d.LastNumber) + " z" + hardSpace + dayPL(duty.Last) + "."
	}
	return "Raport z badania satysfakcji klientów: termin " + dayPL(due),
		"Dzień dobry,\n\nzarządzenie (§" + hardSpace + "4) wymaga, aby urząd co najmniej raz w" + hardSpace + "roku sporządził raport z" + hardSpace + "badania satysfakcji klientów.\n\n" +
			"Urząd: " + tenant.Office.Name + "\nTermin: " + dayPL(due) + " – " + when + "\n" + last + "\n\n" +
			"Projekt raportu jest gotowy do obejrzenia: " + s.Site.Address(tenant.Slug) + "/panel/raporty/projekt\n" +
			"Stamtąd można go jednym kliknięciem wygenerować i" + hardSpace + "złożyć w" + hardSpace + "archiwum." + s.signature(tenant)
}

// scheduledWords are the letter about a report that a schedule made.
func (s *Server) scheduledWords(tenant *survey.Tenant, r *store.Report) (subject, body string) {
	period := dayPL(r.Filter.From) + " – " + dayPL(r.Filter.To)
	number := "nr" + hardSpace + strconv.Itoa(r.Number)
	return "Raport " + number + " jest gotowy: " + period,
		"Dzień dobry,\n\nzgodnie z" + hardSpace + "harmonogramem powstał raport z" + hardSpace + "badania satysfakcji klientów i" + hardSpace + "jest już w" + hardSpace + "archiwum.\n\n" +
			"Urząd: " + tenant.Office.Name + "\nRaport: " + number + "\nOkres: " + period + "\nWypełnione ankiety: " + numberPL(r.N) + "\n\n" +
			"Raport: " + s.Site.Address(tenant.Slug) + "/panel/raporty/" + strconv.FormatInt(r.ID, 10) + s.signature(tenant)
}

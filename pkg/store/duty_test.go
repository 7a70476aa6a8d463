package store_test

import (
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

func mail(id string) store.Mail {
	return store.Mail{MessageID: id + "@test", Recipient: "tajne@urzad.example", Subject: "tajne", Body: "tajne", CreatedAt: admin.At}
}

// addDuty gives the tenant with secrets a case, a schedule, a reminder and its mail.
func addDuty(t testing.TB, scope *store.Scope, id *ids) {
	t.Helper()
	must(t, "case", scope.SaveReportCase(ctx, id.report, store.ReportCase{Sign: secret, UpdatedBy: secret, UpdatedAt: admin.At}))
	must(t, "schedules", scope.SaveSchedules(ctx, []survey.Every{survey.EveryMonth}, survey.NewDay(2026, 3, 10), store.Actor{Login: secret, At: admin.At}))
	_, err := scope.Remind(ctx, store.DutyMail{Due: survey.NewDay(2027, 3, 10), Days: 60, At: admin.At}, []store.Mail{mail("first")})
	must(t, "remind", err)
	mails, err := scope.Mails(ctx, 1)
	must(t, "mails", err)
	id.mail = mails[0]
}

func dutyCases() map[string]scopeCase {
	return map[string]scopeCase{
		"Duty":      {call: func(s *store.Scope, _ ids) (any, error) { return s.Duty(ctx) }},
		"DutyMails": {hides: true, call: func(s *store.Scope, _ ids) (any, error) { return s.DutyMails(ctx, 10) }},
		"Schedules": {call: func(s *store.Scope, _ ids) (any, error) { return s.Schedules(ctx) }},
		"FindReports": {call: func(s *store.Scope, _ ids) (any, error) {
			got, _, err := s.FindReports(ctx, store.ReportQuery{})
			return got, err
		}},
		"ReportYears": {hides: true, call: func(s *store.Scope, _ ids) (any, error) { return s.ReportYears(ctx) }},
		"ReportBefore": {foreign: survey.ErrNotFound, call: func(s *store.Scope, _ ids) (any, error) {
			return s.ReportBefore(ctx, survey.Filter{From: year.To.Add(1), To: year.To.Add(31)})
		}},
		"ReportCase":  {foreign: survey.ErrNotFound, call: func(s *store.Scope, id ids) (any, error) { return s.ReportCase(ctx, id.report) }},
		"CaseChanges": {call: func(s *store.Scope, id ids) (any, error) { return s.CaseChanges(ctx, id.report) }},
		"SaveReportCase": {foreign: survey.ErrNotFound, hides: true, call: alone(func(s *store.Scope, id ids) error {
			return s.SaveReportCase(ctx, id.report, store.ReportCase{Sign: "x", Revision: 1, UpdatedBy: "x", UpdatedAt: admin.At})
		})},
		"SaveSchedules": {hides: true, call: alone(func(s *store.Scope, _ ids) error {
			return s.SaveSchedules(ctx, []survey.Every{survey.EveryYear}, survey.NewDay(2026, 3, 10), admin)
		})},
		"ArchiveScheduled": {foreign: survey.ErrClosed, hides: true, call: alone(func(s *store.Scope, _ ids) error { return scheduled(s, survey.EveryMonth) })},
		"Remind": {hides: true, call: func(s *store.Scope, _ ids) (any, error) {
			return s.Remind(ctx, store.DutyMail{Due: survey.NewDay(2027, 3, 10), Days: 30, At: admin.At}, []store.Mail{mail("second")})
		}},
		"Mails": {call: func(s *store.Scope, _ ids) (any, error) { return s.Mails(ctx, 10) }},
		"ClaimMail": {foreign: survey.ErrNotFound, call: func(s *store.Scope, _ ids) (any, error) {
			return s.ClaimMail(ctx, admin.At, admin.At.Add(time.Minute))
		}},
		"SettleMail": {foreign: survey.ErrConflict, hides: true, call: alone(func(s *store.Scope, id ids) error { return s.SettleMail(ctx, id.mail) })},
	}
}

// scheduled archives the report of March 2026 for a schedule.
func scheduled(s *store.Scope, every survey.Every) error {
	number, err := s.NextReportNumber(ctx)
	if err != nil {
		return err
	}
	r := &store.Report{ReportInfo: store.ReportInfo{Number: number, GeneratedAt: admin.At, GeneratedBy: "x"}, Summary: []byte(`{}`), PDF: []byte("%PDF-x"), XLSX: []byte("PKx"),
		Filter: survey.Filter{From: survey.NewDay(2026, 3, 1), To: survey.NewDay(2026, 3, 31)}}
	return s.ArchiveScheduled(ctx, every, r, func(r *store.Report) []store.Mail { return []store.Mail{mail(fmt.Sprint("report", r.Number))} })
}

// atOnce runs f so many times at once, as replicas would, and counts how often it returned nil.
func atOnce(t *testing.T, n int, allowed error, f func() error) int {
	t.Helper()
	var wg sync.WaitGroup
	errs := make([]error, n)
	for i := range n {
		wg.Go(func() { errs[i] = f() })
	}
	wg.Wait()
	done := 0
	for _, err := range errs {
		switch {
		case err == nil:
			done++
		case !errors.Is(err, allowed):
			t.Errorf("one of %d at once: %v; want nil or %v", n, err, allowed)
		}
	}
	return done
}

var errSecond = errors.New("second")

func TestReminderGoesOnce(t *testing.T) {
	s, _, _ := open(t)
	scope := plainTenant(t, s, "a")
	due := survey.NewDay(2027, 3, 10)
	remind := func(days int) error {
		claimed, err := scope.Remind(ctx, store.DutyMail{Due: due, Days: days, At: admin.At}, []store.Mail{mail(fmt.Sprint(due, "-", days))})
		if err == nil && !claimed {
			return errSecond
		}
		return err
	}
	for i, days := range survey.Reminders() {
		if n := atOnce(t, 8, errSecond, func() error { return remind(days) }); n != 1 {
			t.Errorf("the mail of %d days went %d times; want once", days, n)
		}
		mails, err := scope.Mails(ctx, 100)
		if err != nil || len(mails) != i+1 {
			t.Errorf("after %d reminders %d mails wait, %v", i+1, len(mails), err)
		}
	}
	if err := remind(60); !errors.Is(err, errSecond) {
		t.Errorf("60 days after 7 = %v; want nothing to be sent", err)
	}
	due = due.AddMonths(12)
	if err := remind(60); err != nil {
		t.Errorf("next year's reminder: %v", err)
	}
}

func TestScheduledReportIsArchivedOnce(t *testing.T) {
	s, _, _ := open(t)
	scope := plainTenant(t, s, "a")
	must(t, "schedules", scope.SaveSchedules(ctx, []survey.Every{survey.EveryMonth, survey.EveryQuarter}, survey.NewDay(2026, 3, 10), admin))
	// Replicas that lose take either answer: the number is taken, or the period is done.
	closedOrTaken := func(every survey.Every) func() error {
		return func() error {
			err := scheduled(scope, every)
			if errors.Is(err, survey.ErrConflict) {
				return fmt.Errorf("%w: %w", survey.ErrClosed, err)
			}
			return err
		}
	}
	for _, every := range []survey.Every{survey.EveryMonth, survey.EveryQuarter} {
		if n := atOnce(t, 6, survey.ErrClosed, closedOrTaken(every)); n != 1 {
			t.Errorf("the %s's report was archived %d times", every, n)
		}
	}
	reports, err := scope.Reports(ctx)
	mails, err2 := scope.Mails(ctx, 100)
	if err != nil || err2 != nil || len(reports) != 2 || len(mails) != 2 {
		t.Errorf("%d reports and %d mails, %v, %v; want 2 of each", len(reports), len(mails), err, err2)
	}
	must(t, "schedules", scope.SaveSchedules(ctx, []survey.Every{survey.EveryMonth}, survey.NewDay(2026, 4, 10), admin))
	got, err := scope.Schedules(ctx)
	if err != nil || len(got) != 1 || got[0].DoneTo != survey.NewDay(2026, 3, 31) {
		t.Errorf("schedules = %+v, %v; want the month's, done to 31 March", got, err)
	}
}

func TestOutbox(t *testing.T) {
	s, _, _ := open(t)
	scope := plainTenant(t, s, "a")
	_, err := scope.Remind(ctx, store.DutyMail{Due: survey.NewDay(2027, 3, 10), Days: 60, At: admin.At}, []store.Mail{mail("one"), mail("two")})
	must(t, "remind", err)
	waits := func(at time.Time, want int) {
		t.Helper()
		tenants, err := s.MailWaits(ctx, at)
		if err != nil || len(tenants) != want {
			t.Errorf("at %s mail waits for %v, %v; want %d tenants", at, tenants, err, want)
		}
	}
	waits(admin.At.Add(-time.Second), 0)
	waits(admin.At, 1)
	later := admin.At.Add(time.Minute)
	first, err := scope.ClaimMail(ctx, admin.At, later)
	must(t, "claim", err)
	second, err := scope.ClaimMail(ctx, admin.At, later)
	must(t, "claim", err)
	if first.MessageID != "one@test" || second.MessageID != "two@test" || first.Tries != 1 {
		t.Errorf("claimed %+v and %+v", first, second)
	}
	if _, err := scope.ClaimMail(ctx, admin.At, later); !errors.Is(err, survey.ErrNotFound) {
		t.Errorf("third claim = %v; want ErrNotFound", err)
	}
	waits(admin.At, 0)
	// Whoever took the first one died: another one takes it, and the first may not settle it any more.
	again, err := scope.ClaimMail(ctx, later, later.Add(time.Minute))
	must(t, "claim", err)
	if again.ID != first.ID || again.MessageID != first.MessageID || again.Tries != 2 {
		t.Errorf("claimed again %+v; want the first one", again)
	}
	if err := scope.SettleMail(ctx, *first); !errors.Is(err, survey.ErrConflict) {
		t.Errorf("settled by who lost it: %v; want ErrConflict", err)
	}
	again.SentAt, again.NextAt = sql.NullTime{Time: later, Valid: true}, sql.NullTime{}
	must(t, "settle", scope.SettleMail(ctx, *again))
	if err := scope.SettleMail(ctx, *again); !errors.Is(err, survey.ErrConflict) {
		t.Errorf("settled twice: %v; want ErrConflict", err)
	}
	waits(later, 1) // the second
	second.NextAt, second.Problem = sql.NullTime{}, "550 no such user"
	must(t, "settle", scope.SettleMail(ctx, *second))
	waits(later.AddDate(1, 0, 0), 0)
}

func TestDutyFollowsPublicationAndReports(t *testing.T) {
	s, _, _ := open(t)
	scope := plainTenant(t, s, "a")
	d, err := scope.Duty(ctx)
	must(t, "duty", err)
	if !d.Since.Valid || !d.Since.Time.Equal(admin.At) || d.LastAt.Valid || d.Reports != 0 {
		t.Errorf("after the first publication %+v", d)
	}
	for i, at := range []time.Time{admin.At.Add(time.Hour), admin.At.Add(-time.Hour)} { // one is made with an earlier date
		r := report(t, scope, -1)
		r.GeneratedAt = at
		must(t, "archive", scope.ArchiveReport(ctx, r))
		d, err = scope.Duty(ctx)
		must(t, "duty", err)
		if !d.LastAt.Time.Equal(admin.At.Add(time.Hour)) || d.Reports != i+1 || d.LastNumber != i+1 {
			t.Errorf("after report %d: %+v", i+1, d)
		}
	}
	duties, _, err := s.Duties(ctx, survey.Day{})
	must(t, "duties", err)
	if diff := cmp.Diff([]store.Duty{*d}, duties); diff != "" {
		t.Errorf("the operator sees (-own +operator's):\n%s", diff)
	}
}

func TestReportCase(t *testing.T) {
	s, _, _ := open(t)
	scope := plainTenant(t, s, "a")
	r := report(t, scope, -1)
	must(t, "archive", scope.ArchiveReport(ctx, r))
	write := func(sign string, revision int) error {
		return scope.SaveReportCase(ctx, r.ID, store.ReportCase{Sign: sign, JRWA: "0643", Revision: revision, UpdatedAt: admin.At, UpdatedBy: admin.Login})
	}
	must(t, "write", write("OR.1", 0))
	for _, stale := range []int{0, 7} {
		if err := write("OR.9", stale); !errors.Is(err, survey.ErrConflict) {
			t.Errorf("write on revision %d = %v; want ErrConflict", stale, err)
		}
	}
	must(t, "write", write("OR.2", 1))
	c, err := scope.ReportCase(ctx, r.ID)
	if err != nil || c.Sign != "OR.2" || c.Revision != 2 {
		t.Errorf("case = %+v, %v", c, err)
	}
	changes, err := scope.CaseChanges(ctx, r.ID)
	if err != nil || len(changes) != 2 || changes[0].Before.Sign != "OR.1" || changes[0].After.Sign != "OR.2" || changes[1].Before.Sign != "" {
		t.Errorf("history = %+v, %v", changes, err)
	}
	for words, want := range map[string]int{"or.2": 1, "0643": 1, "1": 1, "nothing": 0, "": 1, "OR.1": 0} {
		got, n, err := scope.FindReports(ctx, store.ReportQuery{Words: words, Limit: 10})
		if err != nil || len(got) != want || n != want {
			t.Errorf("find %q: %d of %d, %v; want %d", words, len(got), n, err, want)
		}
	}
}

package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ocenaurzedu.eu/pkg/embedded"
	"ocenaurzedu.eu/pkg/pgtest"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// at sets the clock of a command.
func at(with []string, day survey.Day) []string {
	return append(append([]string{}, with...), "APP_ENV=test", "APP_FAKE_NOW="+day.String()+"T08:00:00Z")
}

// archiveEmpty archives a report of the tenant, with words that the operator may not see.
func archiveEmpty(t *testing.T, scope *store.Scope, when time.Time) {
	t.Helper()
	r := &store.Report{ReportInfo: store.ReportInfo{Number: 1, N: 4321, GeneratedAt: when, GeneratedBy: "tajne@osielsko.example"}, Summary: []byte(`{"tajne": 1}`),
		PDF: []byte("%PDF-x"), XLSX: []byte("PKx"), Filter: survey.Filter{From: survey.NewDay(2026, 1, 1), To: survey.NewDay(2026, 3, 31)}}
	if err := scope.ArchiveReport(context.Background(), r); err != nil {
		t.Fatal(err)
	}
}

func TestCompliance(t *testing.T) {
	with := settings(t)
	scope := storeOf(t, with) // both published on 10 March 2026
	archiveEmpty(t, scope, pgtest.Now().AddDate(0, 3, 0))
	due := survey.NewDay(2027, 6, 10)
	mails := []store.Mail{{MessageID: "x@y", Recipient: "tajne@osielsko.example", Subject: "tajne", Body: "tajne", CreatedAt: pgtest.Now()}}
	if _, err := scope.Remind(context.Background(), store.DutyMail{Due: due, Days: 60, At: pgtest.Now()}, mails); err != nil {
		t.Fatal(err)
	}
	var told []officeDuty
	mustRun(t, at(with, survey.NewDay(2027, 4, 15)), &told, "compliance", "--json")
	since := survey.NewDay(2026, 3, 10)
	want := []officeDuty{
		{Office: "dobrcz", Name: "Urząd Gminy dobrcz", Since: since, Due: survey.NewDay(2027, 3, 10), DaysLeft: -36, Overdue: true, Mails: []dutyLetter{}},
		{Office: "osielsko", Name: "Urząd Gminy osielsko", Since: since, LastReport: survey.NewDay(2026, 6, 10), Number: 1, Reports: 1, Due: due, DaysLeft: 56,
			Mails: []dutyLetter{{60, pgtest.Now()}}},
	}
	if diff := cmp.Diff(want, told, cmp.Comparer(func(a, b survey.Day) bool { return a == b })); diff != "" {
		t.Errorf("compliance --json (-want +got):\n%s", diff)
	}
	r := runCommand(t, at(with, survey.NewDay(2027, 4, 15)), "compliance", "--overdue")
	if r.code != 0 || r.out != "dobrcz: late since 2027-03-10, no report yet\n2 offices, 1 late\n" {
		t.Errorf("compliance --overdue: exit code %d, %q%s", r.code, r.out, r.err)
	}
	for _, arg := range []string{"--json", "--overdue"} {
		if r := runCommand(t, with, "compliance", arg); strings.Contains(r.out, "tajne") || strings.Contains(r.out, "4321") {
			t.Errorf("the operator sees what is the office's: %s", r.out)
		}
	}
}

// Two services at once write to an office whose report is due, and make the report of its schedule: once.
func TestServeKeepsDuties(t *testing.T) {
	post, err := embedded.StartSMTP(nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = post.Close() })
	with := settings(t)
	scope := storeOf(t, with)
	if err := openStore(t, with).Invite(context.Background(), scope.Tenant(), store.Invitation{Token: make([]byte, 32), Login: "kto@osielsko.example", Role: store.RoleAdministrator,
		At: pgtest.Now(), Expires: pgtest.Now().AddDate(0, 0, 7), Reason: "test"}); err != nil {
		t.Fatal(err)
	}
	by := store.Actor{Login: "kto@osielsko.example", At: pgtest.Now()}
	if err := scope.SaveSchedules(context.Background(), []survey.Every{survey.EveryYear}, survey.NewDay(2026, 3, 10), by); err != nil {
		t.Fatal(err)
	}
	with = append(at(with, survey.NewDay(2027, 2, 20)), "SMTP_URL="+post.URL())
	first, second := startServe(t, with), startServe(t, with)
	letters := func() string {
		var ids []string
		for _, m := range post.Taken() {
			if m.To == "kto@osielsko.example" {
				id, _, _ := strings.Cut(m.Message.Header.Get("Message-Id"), "-")
				ids = append(ids, id)
			}
		}
		slices.Sort(ids)
		return strings.Join(ids, " ")
	}
	eventually(t, "letters about the report and about the date", func() bool { return strings.Contains(letters(), "<raport") })
	for _, r := range []*running{first, second} {
		if code := r.end(t, syscall.SIGTERM); code != 0 {
			t.Errorf("serve ended with %d:\n%s", code, r.log())
		}
	}
	reports, err := scope.Reports(context.Background())
	if err != nil || len(reports) != 1 || fmt.Sprint(reports[0].From, reports[0].To) != "2026-01-01 2026-12-31" {
		t.Errorf("archive %+v, %v; want the year's report once", reports, err)
	}
	if got := letters(); got != "<raport" && got != "<raport <termin" { // the reminder goes where the other one looked before the report was there
		t.Errorf("letters %q; want one about the report, and one at most about the date", got)
	}
}

package main

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/uuid"

	"ocenaurzedu.eu/pkg/pgtest"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

func TestVerify(t *testing.T) {
	with := settings(t)
	scope := storeOf(t, with)
	version, err := scope.PublishedVersion(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	submit(t, with, scope, version)
	if r := runCommand(t, with, "verify"); r.code != 0 || r.out != "1 submissions of 2 offices, 0 differences\n" {
		t.Errorf("verify of what is right: exit code %d, %s%s", r.code, r.out, r.err)
	}
	owner := ownerOf(t, with)
	if _, err := owner.Exec(`UPDATE tenants SET active = false`); err != nil { // an office that is closed keeps its answers
		t.Fatal(err)
	}
	if _, err := owner.Exec(`UPDATE tallies SET n = 3, counts[5 + 2] = 4`); err != nil {
		t.Fatal(err)
	}
	refused(t, with, exitRefused, "ocenaurzedu verify: 2 differences", "verify")
	want := "osielsko version 1 2026-02 web point 0 n: tally 3, recount 1\nosielsko version 1 2026-02 web point 0 overall=2: tally 4, recount 1\n" +
		"1 submissions of 2 offices, 2 differences\n"
	if r := runCommand(t, with, "verify"); r.out != want {
		t.Errorf("verify tells %q; want %q", r.out, want)
	}
	r := runCommand(t, with, "verify", "--json")
	var told verified
	if err := json.Unmarshal([]byte(r.out), &told); err != nil || r.code != exitRefused || told.Total != 2 || len(told.Differences) != 2 {
		t.Fatalf("verify --json: exit code %d, %v, %s", r.code, err, r.out)
	}
	if d := told.Differences[1]; d.Tenant != "osielsko" || d.Slot != "overall=2" || d.Tally != 4 || d.Recount != 1 || d.Month != survey.NewDay(2026, 2, 1) {
		t.Errorf("verify --json tells %+v", d)
	}
	if _, err := owner.Exec(`UPDATE tallies SET n = 1, counts[5 + 2] = 1; SET session_replication_role = replica; UPDATE remarks SET text = 'tajna uwaga, tel. 601 234 567'`); err != nil {
		t.Fatal(err)
	}
	if r := runCommand(t, with, "verify"); r.code != exitRefused || !strings.HasPrefix(r.out, "osielsko version 1 words remarks: 1 rows\n") || strings.Contains(r.out, "601") {
		t.Errorf("verify of a telephone number: exit code %d, %s", r.code, r.out)
	}
	if strings.Contains(r.out, "tajna uwaga") {
		t.Errorf("verify shows what a resident wrote: %s", r.out)
	}
}

// storeOf adds two offices and returns the first.
func storeOf(t *testing.T, with []string) *store.Scope {
	t.Helper()
	s := openStore(t, with)
	first := pgtest.Tenant(t, s, "osielsko", "")
	pgtest.Tenant(t, s, "dobrcz", "")
	return first
}

func openStore(t *testing.T, with []string) *store.Store {
	t.Helper()
	s, err := store.Open(store.Options{URL: valueOf(t, with, "DATABASE_URL")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// submit stores a submission past the service.
func submit(t *testing.T, with []string, scope *store.Scope, version *survey.Version) {
	t.Helper()
	sub, err := version.Fill(survey.Values{"overall": {"2"}, "remarks": {"tajna uwaga"}}, survey.ChannelWeb, survey.NewDay(2026, 2, 3))
	if err != nil {
		t.Fatal(err)
	}
	sub.ID = uuid.NewString()
	e := store.Entry{Tenant: scope.Tenant(), Key: make([]byte, 32), Submission: sub, Layout: &version.Layout}
	if err := openStore(t, with).AddSubmissions(context.Background(), []store.Entry{e}); err != nil {
		t.Fatal(err)
	}
}

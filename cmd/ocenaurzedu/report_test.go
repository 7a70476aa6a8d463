package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ocenaurzedu.eu/pkg/report"
)

func TestReport(t *testing.T) {
	with := settings(t)
	scope := storeOf(t, with)
	version, err := scope.PublishedVersion(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	submit(t, with, scope, version)
	dir := t.TempDir()
	var made madeReport
	mustRun(t, with, &made, "report", "--tenant=osielsko", "--reason=na prośbę urzędu", "-o", dir, "--archive", "--json")
	want := []string{"raport-osielsko-1.pdf", "raport-osielsko-1.xlsx", "raport-osielsko-1.csv", "raport-osielsko-1.json"}
	for i, name := range want {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || made.Files[i] != filepath.Join(dir, name) {
			t.Fatalf("files %q, %v; want %q", made.Files, err, want)
		}
		if start := [...]string{"%PDF-", "PK", "\ufefftabela;", "{\n"}[i]; !strings.HasPrefix(string(data), start) {
			t.Errorf("%s begins with %q", name, data[:8])
		}
	}
	var told struct {
		Schema  string
		Number  int
		Summary struct{ N int }
	}
	data, _ := os.ReadFile(filepath.Join(dir, want[3]))
	if err := json.Unmarshal(data, &told); err != nil || told.Schema != report.JSONSchema || told.Number != 1 || told.Summary.N != 1 || made.N != 1 || made.Number != 1 {
		t.Errorf("JSON tells %+v, %v; the command %+v", told, err, made)
	}
	owner := ownerOf(t, with)
	var reason string
	if err := owner.QueryRow(`SELECT reason FROM audit_log WHERE action = 'report.operator'`).Scan(&reason); err != nil || reason != "na prośbę urzędu" {
		t.Errorf("the office's log says %q, %v", reason, err)
	}
	made = madeReport{}
	mustRun(t, with, &made, "report", "--tenant=osielsko", "--reason=x", "-o", dir, "--format=csv", "--channel=kiosk", "--from=2026-01-01", "--json")
	if made.N != 0 || made.Number != 0 || !slices.Equal(made.Files, []string{filepath.Join(dir, "raport-osielsko.csv")}) {
		t.Errorf("a draft of another channel: %+v", made)
	}
	for want, args := range map[string][]string{
		`there is no channel "fax"`: {"--channel=fax"}, `has no service point "kasa"`: {"--point=kasa"}, "want yyyy-mm-dd": {"--from=1.1.2026"}, "before it begins": {"--from=2026-05-01", "--to=2026-04-01"},
	} {
		refused(t, with, exitRefused, want, append([]string{"report", "--tenant=osielsko", "--reason=x", "-o", dir}, args...)...)
	}
	refused(t, with, exitUsage, "--reason", "report", "--tenant=osielsko")
}

func TestReportVerify(t *testing.T) {
	with := settings(t)
	scope := storeOf(t, with)
	version, err := scope.PublishedVersion(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	submit(t, with, scope, version)
	dir := t.TempDir()
	for range 2 {
		mustRun(t, with, &madeReport{}, "report", "--tenant=osielsko", "--reason=x", "-o", dir, "--archive", "--json")
	}
	if r := runCommand(t, with, "report", "verify"); r.code != 0 || r.out != "2 reports, 2 made again to the byte, 0 wrong\n" {
		t.Fatalf("verify of what is right: exit code %d, %s%s", r.code, r.out, r.err)
	}
	owner := ownerOf(t, with)
	change := func(statement string) {
		t.Helper()
		if _, err := owner.Exec(`SET session_replication_role = replica; ` + statement); err != nil {
			t.Fatal(err)
		}
	}
	change(`UPDATE reports SET summary = jsonb_set(summary, '{n}', '7') WHERE number = 1`) // somebody with the owner's rights
	change(`UPDATE reports SET pdf = pdf || 'x', pdf_sha256 = sha256(pdf || 'x') WHERE number = 2`)
	r := runCommand(t, with, "report", "verify", "--tenant=osielsko")
	if want := "osielsko report 1: PDF is not what its figures give\nosielsko report 1: XLSX is not what its figures give\nosielsko report 2: PDF is not what its figures give\n2 reports, 0 made again to the byte, 2 wrong\n"; r.code != exitRefused || r.out != want {
		t.Errorf("verify: exit code %d, %s; want %s", r.code, r.out, want)
	}
	change(`UPDATE reports SET summary = summary #- '{document,edition}' WHERE number = 1`)
	var found verifiedArchive
	r = runCommand(t, with, "report", "verify", "--json")
	if err := json.Unmarshal([]byte(r.out), &found); err != nil || r.code != exitRefused || found.Reports != 2 || len(found.Wrong) != 1 || found.Wrong[0].Number != 2 {
		t.Errorf("verify --json = %d, %+v, %v: a report of another edition is only looked at by its hashes", r.code, found, err)
	}
}

package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// addOsielsko adds the county and one of its offices.
func addOsielsko(t testing.TB, with []string) invitedPerson {
	t.Helper()
	mustRun(t, with, nil, "county", "add", "--slug=powiat-bydgoski", "--name=powiat bydgoski", "--teryt=0403", "--admin-email=analityk@powiat.example", "--json")
	var invited invitedPerson
	mustRun(t, with, &invited, "tenant", "add", "--slug=osielsko", "--name=Urząd Gminy Osielsko", "--county=powiat-bydgoski", "--teryt=0403062",
		"--population=15347", "--admin-email=Anna@osielsko.example", "--json")
	return invited
}

// An added office is live at once, while the service runs.
func TestTenantAddIsLiveAtOnce(t *testing.T) {
	with := settings(t)
	r := startServe(t, with)
	if got := r.get(t, "osielsko", "/panel/logowanie").StatusCode; got != http.StatusMisdirectedRequest {
		t.Fatalf("before it is added, the office answers %d", got)
	}
	invited := addOsielsko(t, append(with, "LISTEN_ADDR="+r.address))
	if invited.Login != "anna@osielsko.example" || invited.Role != "administrator" || invited.Address != "http://osielsko.localhost:"+r.port {
		t.Errorf("invited %+v", invited)
	}
	eventually(t, "the office is live", func() bool { return r.get(t, "osielsko", "/panel/logowanie").StatusCode == http.StatusOK })
	path, ok := strings.CutPrefix(invited.Link, invited.Address)
	if response := r.get(t, "osielsko", path); !ok || response.StatusCode != http.StatusOK {
		t.Errorf("the invitation %s answers %d", invited.Link, response.StatusCode)
	}
	if got := r.get(t, "powiat-bydgoski", path).StatusCode; got == http.StatusOK {
		t.Error("another office takes the invitation")
	}
	if got := r.get(t, "osielsko", path+"x").StatusCode; got == http.StatusOK {
		t.Error("a made-up invitation is taken")
	}
}

func TestTenantAddRefusals(t *testing.T) {
	with := settings(t)
	addOsielsko(t, with)
	tests := []struct {
		name, want string
		args       []string // besides or instead of good ones
	}{
		{"taken slug", `slug "osielsko" is taken`, []string{"--slug=osielsko", "--teryt="}},
		{"a county's slug", `slug "powiat-bydgoski" is taken`, []string{"--slug=powiat-bydgoski"}},
		{"reserved slug", `slug "panel" is reserved`, []string{"--slug=panel"}},
		{"slug in capitals", `slug "Dobrcz" can't be a subdomain`, []string{"--slug=Dobrcz"}},
		{"slug with a dot", `can't be a subdomain`, []string{"--slug=a.b"}},
		{"slug in punycode", `can't be a subdomain`, []string{"--slug=xn--dobrcz"}},
		{"no name", "name must not be empty", []string{"--name= "}},
		{"name of two lines", "name is malformed", []string{"--name=Urząd\nGminy"}},
		{"unknown county", `there is no county "powiat-torunski"`, []string{"--county=powiat-torunski"}},
		{"TERYT of another length", "want 7 digits", []string{"--teryt=0403"}},
		{"TERYT of no voivodeship", "want 7 digits", []string{"--teryt=0303032"}},
		{"TERYT of another county", "whose codes begin with 0403", []string{"--teryt=0415032"}},
		{"TERYT of another office", "TERYT 0403062 is that of osielsko", []string{"--teryt=0403062"}},
		{"no e-mail address", "is no e-mail address", []string{"--admin-email=dobrcz.example"}},
		{"e-mail address with a name", "is no e-mail address", []string{"--admin-email=Anna <anna@dobrcz.example>"}},
		{"less than nobody", "--population must not be negative", []string{"--population=-1"}},
		{"unknown questionnaire", `no shipped questionnaire "long.yaml"`, []string{"--questionnaire=long.yaml"}},
		{"no reason", "--reason must not be empty", []string{"--reason="}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			args := []string{"tenant", "add", "--slug=dobrcz", "--name=Urząd Gminy Dobrcz", "--county=powiat-bydgoski", "--teryt=0403032", "--admin-email=anna@dobrcz.example"}
			refused(t, with, exitRefused, tt.want, append(args, tt.args...)...)
		})
	}
	var list []listedTenant
	mustRun(t, with, &list, "tenant", "list", "--json")
	if len(list) != 2 {
		t.Errorf("refusals left offices behind: %+v", list)
	}
}

func TestTenantList(t *testing.T) {
	with := append(settings(t), "LISTEN_ADDR=:8443", "PUBLIC_SCHEME=https", "PUBLIC_PORT=8443")
	addOsielsko(t, with)
	mustRun(t, with, nil, "tenant", "add", "--slug=rypin", "--name=Urząd Miasta Rypin", "--admin-email=a@rypin.example", "--questionnaire=short.yaml", "--json")
	var list []listedTenant
	mustRun(t, with, &list, "tenant", "list", "--county=powiat-bydgoski", "--json")
	want := []listedTenant{
		{"powiat-bydgoski", "https://powiat-bydgoski.localhost:8443", "powiat bydgoski", "powiat-bydgoski", "0403", 0},
		{"osielsko", "https://osielsko.localhost:8443", "Urząd Gminy Osielsko", "powiat-bydgoski", "0403062", 15347},
	}
	if diff := cmp.Diff(want, list); diff != "" {
		t.Errorf("tenant list --county (-want +got):\n%s", diff)
	}
	if table := runCommand(t, with, "tenant", "list"); strings.Count(table.out, "\n") != 4 || !strings.Contains(table.out, "rypin") {
		t.Errorf("tenant list:\n%s", table.out)
	}
	refused(t, with, exitRefused, "there is no county", "tenant", "list", "--county=x")
}

// A questionnaire may come from a file; one that is wrong adds no office.
func TestTenantAddWithItsOwnQuestionnaire(t *testing.T) {
	with, file := settings(t), filepath.Join(t.TempDir(), "own.yaml")
	args := []string{"tenant", "add", "--slug=osielsko", "--name=Urząd", "--admin-email=a@osielsko.example", "--json", "--questionnaire=" + file}
	write(t, file, "key: own\ntitle: Ankieta\nsections:\n  - {key: s, title: Ocena, questions: [{key: ok, kind: yesno, labell: Czy?}]}\n")
	refused(t, with, exitRefused, "labell", args...)
	write(t, file, "key: own\ntitle: Ankieta\nsections:\n  - {key: s, title: Ocena, questions: [{key: ok, kind: yesno, label: Czy?}]}\n")
	mustRun(t, with, nil, args...)
}

func write(t testing.TB, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// sync shows the differences first and changes nothing; --apply adds what is missing.
func TestTenantSync(t *testing.T) {
	with := settings(t)
	var first, again, applied []difference
	mustRun(t, with, &first, "tenant", "sync", "--json")
	mustRun(t, with, &again, "tenant", "sync", "--json")
	if diff := cmp.Diff(kinds(first), kinds(again)); diff != "" || len(first) != 10 || first[0].Kind != addCounty || first[0].Done {
		t.Errorf("sync without --apply changed something (-first +again):\n%s%+v", diff, first)
	}
	mustRun(t, with, &applied, "tenant", "sync", "--apply", "--json")
	for _, d := range applied {
		if !d.Done || d.Problem != "" {
			t.Errorf("not applied: %+v", d)
		}
	}
	if r := runCommand(t, with, "tenant", "sync"); r.code != 0 || r.out != "The database has all that the files have.\n" {
		t.Errorf("sync after --apply: %s%s", r.out, r.err)
	}
	var list []listedTenant
	mustRun(t, with, &list, "tenant", "list", "--county=powiat-bydgoski", "--json")
	if len(list) != 9 {
		t.Errorf("%d offices in the county, want its own and eight gminas", len(list))
	}
}

func kinds(differences []difference) []string {
	var all []string
	for _, d := range differences {
		all = append(all, d.Kind+" "+d.Slug)
	}
	return all
}

// A changed record of an office that has a questionnaire waits for a report of the results so far (§ 5). Fields
// that the file does not give stay as they are.
func TestTenantSyncWaitsForTheReport(t *testing.T) {
	with, dir := settings(t), t.TempDir()
	office := "slug: osielsko\noffice:\n  name: Urząd Gminy Osielsko\n  teryt: \"0403062\"\n  phone: %\nquestionnaire: short.yaml\n"
	file := filepath.Join(dir, "offices", "osielsko.yaml")
	write(t, file, strings.Replace(office, "%", "52 000 00 00", 1))
	mustRun(t, with, nil, "tenant", "sync", dir, "--apply")
	write(t, file, strings.Replace(office, "%", "52 000 00 01\n  city: Osielsko", 1))
	shown := runCommand(t, with, "tenant", "sync", dir)
	want := "change office osielsko\n  city\n  - \n  + Osielsko\n  phone\n  - 52 000 00 00\n  + 52 000 00 01\nNothing was changed; --apply does it.\n"
	if shown.code != 0 || shown.out != want {
		t.Errorf("sync shows\n%swant\n%s", shown.out, want)
	}
	refused(t, with, exitRefused, "osielsko: § 5 of the order: an administrator of this office must archive a report", "tenant", "sync", dir, "--apply")
	write(t, file, strings.Replace(office, "  phone: %\n", "", 1))
	if r := runCommand(t, with, "tenant", "sync", dir); !strings.Contains(r.out, "has all that the files have") {
		t.Errorf("a field that the file does not give is a difference:\n%s", r.out)
	}
	write(t, file, "slug: osielsko\nphone: 1\n")
	refused(t, with, exitRefused, "offices/osielsko.yaml", "tenant", "sync", dir)
	refused(t, with, exitRefused, "no offices/*.yaml", "tenant", "sync", t.TempDir())
}

func TestCountyAdd(t *testing.T) {
	with := settings(t)
	args := []string{"county", "add", "--slug=powiat-bydgoski", "--name=powiat bydgoski", "--teryt=0403", "--admin-email=analityk@powiat.example", "--json"}
	var invited invitedPerson
	mustRun(t, with, &invited, args...)
	if invited.Role != "analyst" || !strings.HasPrefix(invited.Link, "http://powiat-bydgoski.localhost") {
		t.Errorf("county add: %+v", invited)
	}
	refused(t, with, exitRefused, `slug "powiat-bydgoski" is taken`, args...)
	for want, arg := range map[string]string{"teryt is malformed": "--teryt=040306", `slug "www" is reserved`: "--slug=www", "name must not be empty": "--name=",
		"TERYT 0403 is that of powiat-bydgoski": "--slug=powiat-drugi"} {
		refused(t, with, exitRefused, want, append(args, arg)...)
	}
}

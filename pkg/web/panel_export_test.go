package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// startExports starts a service whose exports lie in a directory of the test.
func startExports(t *testing.T) *harness {
	t.Helper()
	dir := t.TempDir()
	h := start(t, func(o *Options) { o.ExportDir = filepath.Join(dir, "eksport") })
	t.Cleanup(h.web.exports.end)
	return h
}

// export asks for an export and waits until it has ended.
func (p *person) export(form url.Values) string {
	p.t.Helper()
	a := p.post(exportsPath, form)
	if a.StatusCode != http.StatusSeeOther {
		p.t.Fatalf("export of %v = %d\n%s", form, a.StatusCode, a.body)
	}
	p.web.exports.all.Wait()
	return a.Header.Get("Location")
}

func firstQuarter(format string) url.Values {
	return url.Values{"from": {"2026-01"}, "to": {"2026-03"}, "format": {format}}
}

// rowsOf are the rows of a sheet of a workbook.
func rowsOf(t *testing.T, data, sheet string) [][]string {
	t.Helper()
	f, err := excelize.OpenReader(strings.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	rows, err := f.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestExport(t *testing.T) {
	h := startExports(t)
	h.answer("osielsko", given{n: 6, values: survey.Values{"overall": {"5"}, "remarks": {"tajna uwaga"}}})
	h.answer("osielsko", given{n: 7, channel: survey.ChannelKiosk})
	h.answer("osielsko", given{n: 3, channel: survey.ChannelQR}) // too few to tell the place
	h.answer("dobrcz", given{n: 9})
	p := h.logIn("osielsko", store.RoleEmployee)
	place := p.export(firstQuarter("xlsx"))
	h.expect("ready", p.get(place), 200, "Plik jest gotowy", "16 ankiet", place+"/plik.xlsx")
	file := p.get(place + "/plik.xlsx")
	if file.StatusCode != 200 || !strings.Contains(file.Header.Get("Content-Disposition"), "dane-osielsko-2026-01-2026-03.xlsx") || file.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("download = %d, %v", file.StatusCode, file.Header)
	}
	rows := rowsOf(t, file.body, "Dane")
	if len(rows) != 17 {
		t.Errorf("%d rows, want the header and 16", len(rows))
	}
	counts := map[string]int{}
	for _, row := range rows[1:] {
		counts[row[0]+" "+row[1]]++
	}
	// The three hide the smaller of the other two with them: alone they would be known by what is missing.
	if counts["2026-03 kiosk w urzędzie"] != 7 || counts["pominięto pominięto"] != 9 {
		t.Errorf("places %v", counts)
	}
	if text := fmt.Sprint(rows); strings.Contains(text, "tajna") || strings.Contains(text, "2026-03-10") {
		t.Error("the file tells a remark or a day")
	}
	for _, action := range []string{"export.start", "export.download"} {
		if n := h.count(`SELECT count(*) FROM audit_log WHERE action = $1 AND actor = $2`, action, p.login); n != 1 {
			t.Errorf("%d entries %s in the log, want 1", n, action)
		}
	}
	foreign := h.logIn("dobrcz", store.RoleAdministrator)
	for _, path := range []string{place, place + "/plik.xlsx"} {
		if a := foreign.get(path); a.StatusCode != 404 {
			t.Errorf("%s as another office = %d, want 404", path, a.StatusCode)
		}
	}
	if a := foreign.post(place+"/przerwij", nil); a.StatusCode != 404 {
		t.Errorf("stopping another office's export = %d, want 404", a.StatusCode)
	}
}

// A download that was cut off goes on where it was.
func TestExportResumes(t *testing.T) {
	h := startExports(t)
	h.answer("osielsko", given{n: 30})
	p := h.logIn("osielsko", store.RoleAdministrator)
	place := p.export(firstQuarter("csv"))
	whole := p.get(place + "/plik.zip")
	half := len(whole.body) / 2
	r := p.request(p.slug, place+"/plik.zip", nil)
	r.AddCookie(p.cookie)
	r.Header.Set("Range", "bytes="+strconv.Itoa(half)+"-")
	r.Header.Set("Accept-Encoding", "gzip")
	rest := p.do(r)
	if rest.StatusCode != http.StatusPartialContent || whole.body[:half]+rest.body != whole.body || rest.Header.Get("Content-Encoding") != "" {
		t.Errorf("the second half = %d, %d bytes of %d, %v", rest.StatusCode, len(rest.body), len(whole.body), rest.Header)
	}
	if n := h.count(`SELECT count(*) FROM audit_log WHERE action = 'export.download'`); n != 1 {
		t.Errorf("%d downloads in the log, want 1", n)
	}
}

func TestExportRefusals(t *testing.T) {
	h := startExports(t)
	h.answer("osielsko", given{n: 4})
	p := h.logIn("osielsko", store.RoleEmployee)
	with := func(name, value string) url.Values {
		form := firstQuarter("xlsx")
		form.Set(name, value)
		return form
	}
	tests := []struct {
		name string
		form url.Values
		want string
	}{
		{"too few", firstQuarter("xlsx"), "mniej niż 5 ankiet"},
		{"a day", with("from", "2026-03-10"), "Prosimy wybrać miesiąc z listy."},
		{"upside down", with("from", "2026-04"), "Koniec okresu jest wcześniejszy"},
		{"format", with("format", "exe"), "Prosimy wybrać rodzaj pliku"},
		{"channel", with("channel", "fax"), "Prosimy wybrać z listy."},
		{"another office's point", with("point", "999999"), "Prosimy wybrać z listy."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { h.expect(tt.name, p.post(exportsPath, tt.form), 422, tt.want, "Plik nie powstaje") })
	}
	if n := h.count(`SELECT count(*) FROM export_jobs`); n != 0 {
		t.Errorf("%d exports were started", n)
	}
	supervisor := h.logIn("osielsko", store.RoleSupervisor)
	if page := supervisor.get(exportsPath); page.StatusCode != 200 || strings.Contains(page.body, "Przygotuj plik") {
		t.Errorf("a supervisor's page = %d, and offers to start an export", page.StatusCode)
	}
}

// A few at once: one of an office, two of the process. Where a process was cut off, its export is told as such and can be
// started again.
func TestExportStates(t *testing.T) {
	h := startExports(t)
	h.answer("osielsko", given{n: 20})
	p := h.logIn("osielsko", store.RoleEmployee)
	h.web.exports.enter()
	h.web.exports.enter()
	h.expect("full", p.post(exportsPath, firstQuarter("xlsx")), 503, "Serwis przygotowuje teraz pliki innych urzędów")
	h.web.exports.leave()
	h.web.exports.leave()
	left := store.Export{Format: store.ExportXLSX, Filter: survey.Filter{From: survey.NewDay(2026, 1, 1), To: survey.NewDay(2026, 3, 31)}, Total: 20, CreatedAt: h.clock.now(), CreatedBy: "kto@osielsko.example"}
	if err := h.scope("osielsko").StartExport(context.Background(), &left); err != nil { // by a process that is gone
		t.Fatal(err)
	}
	place := exportsPath + "/" + strconv.FormatInt(left.ID, 10)
	h.expect("running", p.get(place), 200, "Plik powstaje", "Przerwij", "Odśwież stan")
	h.expect("second of the office", p.post(exportsPath, firstQuarter("xlsx")), 409, "Urząd przygotowuje już jeden plik")
	h.clock.advance(time.Minute)
	h.expect("broken", p.get(place), 200, "się urwało", "Przygotuj jeszcze raz")
	again := p.export(firstQuarter("report"))
	h.expect("again", p.get(again), 200, "Plik jest gotowy")
	data := p.get(again + "/plik.xlsx").body
	if rows := rowsOf(t, data, "Dane"); len(rows) != 21 {
		t.Errorf("%d rows of submissions in the report", len(rows))
	}
	if rows := rowsOf(t, data, "Podsumowanie"); len(rows) < 5 {
		t.Errorf("the report has %d lines of summary", len(rows))
	}
	h.expect("list", p.get(exportsPath), 200, "urwany", "gotowy")
	h.clock.advance(25 * time.Hour)
	other := h.logIn("osielsko", store.RoleEmployee)
	h.expect("gone", other.get(again), 200, "Plik usunięto")
	if a := other.get(again + "/plik.xlsx"); a.StatusCode != 404 {
		t.Errorf("a file of yesterday = %d, want 404", a.StatusCode)
	}
	if err := h.web.SweepExports(); err != nil {
		t.Fatal(err)
	}
	if files, _ := os.ReadDir(h.web.exports.dir); len(files) != 0 {
		t.Errorf("%d files are left", len(files))
	}
}

// job is an export that is noted, and written by nobody yet.
func (h *harness) job(slug string, n int) *exportJob {
	h.t.Helper()
	filter := survey.Filter{From: survey.NewDay(2026, 1, 1), To: survey.NewDay(2026, 3, 31)}
	job, err := h.web.prepareExport(context.Background(), h.web.directory.Load().tenant(slug), filter, store.Actor{Login: "kto", At: h.clock.now()})
	if err != nil {
		h.t.Fatal(err)
	}
	if job.export.Total != n {
		h.t.Fatalf("an export of %d, want %d", job.export.Total, n)
	}
	job.export.Format = store.ExportXLSX
	if err := job.scope.StartExport(context.Background(), &job.export); err != nil {
		h.t.Fatal(err)
	}
	return job
}

// What is stopped, by a person or with the service, leaves no file and says so.
func TestExportEndsEarly(t *testing.T) {
	h := startExports(t)
	h.answer("osielsko", given{n: 8})
	p := h.logIn("osielsko", store.RoleAdministrator)
	job := h.job("osielsko", 8)
	place := exportsPath + "/" + strconv.FormatInt(job.export.ID, 10)
	if a := p.post(place+"/przerwij", nil); a.StatusCode != 303 {
		t.Fatalf("stop = %d", a.StatusCode)
	}
	h.web.exports.enter()
	h.web.exports.run(job) // writes to its end, and is not believed
	h.web.exports.all.Wait()
	h.expect("stopped", p.get(place), 200, "Przerwano", "Przygotuj jeszcze raz")

	job = h.job("osielsko", 8)
	h.web.exports.stop() // the service ends before the first submission
	h.web.exports.enter()
	h.web.exports.run(job)
	h.web.Drain()
	h.expect("broken", p.get(exportsPath+"/"+strconv.FormatInt(job.export.ID, 10)), 200, "się urwało")
	if files, _ := os.ReadDir(h.web.exports.dir); len(files) != 0 {
		t.Errorf("files are left: %v", files)
	}
}

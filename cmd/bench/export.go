package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"ocenaurzedu.eu/pkg/auth"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// exportCommand takes all submissions of an office out as the panel does, beside a bare StreamWriter of excelize that
// writes the same cells out of memory.
type exportCommand struct {
	Rows int `default:"1100000" help:"Submissions of the office: more than a sheet of Excel has rows."`
}

// bareCommand is the bare StreamWriter, in a process of its own.
type bareCommand struct {
	Rows int    `arg:""`
	Path string `arg:""`
}

// Run measures both in turns.
func (c *exportCommand) Run(b *bench) error {
	b.Tenants = min(b.Tenants, 10)
	s, err := newStage(b)
	if err != nil {
		return err
	}
	defer func() { _ = s.close() }()
	if err := s.addAnswers(c.Rows); err != nil {
		return err
	}
	session, err := s.employee(b.ctx)
	if err != nil {
		return err
	}
	var ratios, peaks []float64
	for range b.Rounds {
		took, size, peak, err := c.measure(b, s, session, "xlsx")
		if err != nil {
			return err
		}
		bare, bareSize, barePeak, err := c.bare(b, s)
		if err != nil {
			return err
		}
		zipped, zipSize, zipPeak, err := c.measure(b, s, session, "csv")
		if err != nil {
			return err
		}
		ratios, peaks = append(ratios, bare.Seconds()/took.Seconds()), append(peaks, max(peak, zipPeak))
		for _, line := range []struct {
			what       string
			took       time.Duration
			size, peak float64
		}{{"XLSX", took, size, peak}, {"CSV in a ZIP", zipped, zipSize, zipPeak}, {"bare StreamWriter", bare, bareSize, barePeak}} {
			fmt.Printf("%s: %d rows in %.1f s, %.0f rows/s, %.1f MB, peak of memory %.0f MB\n", line.what, c.Rows, line.took.Seconds(), float64(c.Rows)/line.took.Seconds(), line.size, line.peak)
		}
	}
	printTable([]row{
		{what: "submissions to XLSX, rows/s ÷ bare StreamWriter writing the same cells", got: median(ratios), floor: 0.8, goal: 1},
		{what: fmt.Sprintf("peak resident memory of the service that writes %d rows", c.Rows), got: median(peaks), floor: 200, goal: 120, most: true, unit: " MB"},
	})
	return nil
}

// staffLogin is who takes the file out.
type staffLogin struct {
	cookie string
	csrf   string
}

// employee adds a person to the first office and a session of theirs.
func (s *stage) employee(ctx context.Context) (*staffLogin, error) {
	db, err := store.Open(store.Options{URL: s.url()})
	if err != nil {
		return nil, err
	}
	defer db.Close()
	scope, now := db.Scope(s.tenants[0].id), time.Now()
	_, invitation := auth.NewToken()
	err = db.Invite(ctx, scope.Tenant(), store.Invitation{Login: "bench@urzad.example", Name: "Bench", Role: store.RoleEmployee, Token: invitation, At: now, Expires: now.Add(time.Hour), Reason: "bench"})
	if err != nil {
		return nil, err
	}
	account, err := scope.AcceptInvitation(ctx, invitation, store.Credentials{PasswordHash: "-", TOTPSecret: "-"}, now)
	if err != nil {
		return nil, err
	}
	_, half := auth.NewToken()
	token, full := auth.NewToken()
	if err := scope.StartSession(ctx, half, account.ID, now); err != nil {
		return nil, err
	}
	if err := scope.FinishSession(ctx, half, full, account.ID, store.SecondFactor{Step: 1}, now); err != nil {
		return nil, err
	}
	return &staffLogin{"__Host-panel=" + token, auth.CSRFToken(full)}, nil
}

// ask sends a request of the panel and returns the answer, read to its end.
func (l *staffLogin) ask(s *stage, service *server, path string, form url.Values) (*http.Response, string, error) {
	method, body := http.MethodGet, io.Reader(nil)
	if form != nil {
		form.Set("_csrf", l.csrf)
		method, body = http.MethodPost, strings.NewReader(form.Encode())
	}
	r, err := http.NewRequest(method, "http://"+service.address+path, body)
	if err != nil {
		return nil, "", err
	}
	r.Host = s.tenants[0].host
	r.Header.Set("Cookie", l.cookie)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := http.DefaultTransport.RoundTrip(r) // follows no redirect
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	return answer, string(text), err
}

var written = regexp.MustCompile(`<p>([\d\s\x{a0}]+)[\s\x{a0}]ankiet`)

// measure starts the service anew, so that its peak of memory is of this file alone.
func (c *exportCommand) measure(b *bench, s *stage, l *staffLogin, format string) (took time.Duration, size, peak float64, err error) {
	service, err := s.serve(b.ctx, b.Service)
	if err != nil {
		return 0, 0, 0, err
	}
	defer func() { _ = service.stop() }()
	began := time.Now()
	year := strconv.Itoa(reportYear)
	answer, text, err := l.ask(s, service, "/panel/dane", url.Values{"from": {year + "-01"}, "to": {year + "-12"}, "format": {format}})
	if err != nil || answer.StatusCode != http.StatusSeeOther {
		return 0, 0, 0, fmt.Errorf("the export does not start: %w %.2000s", err, text)
	}
	place := answer.Header.Get("Location")
	for !strings.Contains(text, "Plik jest gotowy") {
		time.Sleep(50 * time.Millisecond)
		if _, text, err = l.ask(s, service, place, nil); err != nil {
			return 0, 0, 0, err
		}
		if strings.Contains(text, "Plik nie powstał") {
			return 0, 0, 0, fmt.Errorf("the export failed")
		}
	}
	took = time.Since(began)
	if n := written.FindStringSubmatch(text); n == nil || strings.Map(onlyDigits, n[1]) != strconv.Itoa(c.Rows) {
		return 0, 0, 0, fmt.Errorf("the export holds %q rows, want %d", n, c.Rows)
	}
	files, _ := filepath.Glob(filepath.Join(s.dir, "eksport", "*")) // fails only for a malformed pattern
	for _, file := range files {
		info, err := os.Stat(file)
		if err != nil {
			return 0, 0, 0, err
		}
		size = float64(info.Size()) / 1e6
		if err := os.Remove(file); err != nil {
			return 0, 0, 0, err
		}
	}
	peak, err = highest(service.cmd.Process.Pid)
	return took, size, peak, err
}

func onlyDigits(r rune) rune {
	if r < '0' || r > '9' {
		return -1
	}
	return r
}

// highest returns the highest resident memory that a process had, in MB.
func highest(pid int) (float64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	kb, err := strconv.Atoi(strings.Fields(rest)[0])
	return float64(kb) / 1024, err
}

// bare runs the bare StreamWriter.
func (c *exportCommand) bare(b *bench, s *stage) (took time.Duration, size, peak float64, err error) {
	self, err := os.Executable()
	if err != nil {
		return 0, 0, 0, err
	}
	path := filepath.Join(s.dir, "bare.xlsx")
	out, err := exec.CommandContext(b.ctx, self, "--service", b.Service, "bare", strconv.Itoa(c.Rows), path).Output()
	if err != nil {
		return 0, 0, 0, err
	}
	var seconds float64
	if _, err := fmt.Sscan(string(out), &seconds, &peak); err != nil {
		return 0, 0, 0, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return 0, 0, 0, err
	}
	return time.Duration(seconds * float64(time.Second)), float64(info.Size()) / 1e6, peak, os.Remove(path)
}

// bareRow is what the service writes of one of the stage's submissions.
func bareRow(columns int) []any {
	cells := []any{45658, "strona internetowa", "bez punktu obsługi", 1}
	for len(cells) < columns {
		cells = append(cells, "bardzo słabo")
	}
	return cells
}

// Run writes the rows and prints how long it took and the highest memory.
func (c *bareCommand) Run(*bench) error {
	content, _ := files.ReadFile("questionnaire.yaml") // embedded
	q, err := survey.ParseQuestionnaire("questionnaire.yaml", content)
	if err != nil {
		return err
	}
	columns := len(bareRow(0)) + len(survey.NewLayout(q).Slots)
	for _, question := range q.Questions() {
		if question.Kind == survey.KindMulti { // its options alone are columns
			columns--
		}
	}
	began, f := time.Now(), excelize.NewFile()
	defer func() { _ = f.Close() }()
	most, cells := excelize.TotalRows, bareRow(columns)
	var w *excelize.StreamWriter
	for i := range c.Rows {
		if i%most == 0 {
			if w != nil {
				if err := w.Flush(); err != nil {
					return err
				}
			}
			name := "Sheet" + strconv.Itoa(1+i/most)
			if _, err := f.NewSheet(name); err != nil {
				return err
			}
			if w, err = f.NewStreamWriter(name); err != nil {
				return err
			}
		}
		cell, err := excelize.CoordinatesToCellName(1, 1+i%most)
		if err != nil {
			return err
		}
		if err := w.SetRow(cell, cells); err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if err := f.SaveAs(c.Path); err != nil {
		return err
	}
	took := time.Since(began)
	peak, err := highest(os.Getpid())
	if err != nil {
		return err
	}
	fmt.Println(took.Seconds(), peak)
	return nil
}

package main

import (
	"database/sql"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// A submission that is under way at SIGTERM is stored and thanked for; sent again to the next process, it is
// thanked for again and stored once.
func TestSubmissionSurvivesARestart(t *testing.T) {
	with := settings(t)
	addOsielsko(t, with)
	db := ownerOf(t, with)
	r := startServe(t, with)
	form := openForm(t, r)
	form.Set("overall", "5")
	form.Set("remarks", "Sprawnie załatwiona sprawa.")

	lock, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = lock.Rollback() }()
	if _, err := lock.Exec(`LOCK TABLE submission_keys IN ACCESS EXCLUSIVE MODE`); err != nil {
		t.Fatal(err)
	}
	answered := make(chan string, 1)
	go func() { answered <- send(r, form) }()
	eventually(t, "the submission waits for the lock", func() bool {
		waiting := 0
		err := db.QueryRow(`SELECT count(*) FROM pg_stat_activity WHERE application_name = 'ocena_intake' AND wait_event_type = 'Lock'
			AND query LIKE '%add_submissions%' AND datname = current_database()`).Scan(&waiting)
		return err == nil && waiting > 0
	})
	if err := r.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	eventually(t, "no more connections are taken", func() bool {
		_, err := r.try("", "/healthz")
		return err != nil
	})
	if err := lock.Rollback(); err != nil {
		t.Fatal(err)
	}
	if got := <-answered; got != "303 /dziekujemy" {
		t.Errorf("the submission under way got %s", got)
	}
	if code := r.wait(t); code != 0 {
		t.Errorf("exit code %d: %s", code, r.log())
	}

	next := startServe(t, with)
	if got := send(next, form); got != "303 /dziekujemy" {
		t.Errorf("the submission sent again got %s", got)
	}
	var stored int
	if err := db.QueryRow(`SELECT count(*) FROM submissions`).Scan(&stored); err != nil || stored != 1 {
		t.Errorf("%d submissions stored, %v; want 1", stored, err)
	}
	if got := next.get(t, "osielsko", "/dziekujemy").StatusCode; got != http.StatusOK {
		t.Errorf("the thank-you page answers %d", got)
	}
}

func ownerOf(t *testing.T, with []string) *sql.DB {
	t.Helper()
	db, err := sql.Open("postgres", valueOf(t, with, "DATABASE_OWNER_URL"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// valueOf returns a setting; the last one of a name counts.
func valueOf(t testing.TB, with []string, name string) string {
	t.Helper()
	for i := len(with) - 1; i >= 0; i-- {
		if value, ok := strings.CutPrefix(with[i], name+"="); ok {
			return value
		}
	}
	t.Fatalf("no %s", name)
	return ""
}

var hiddenField = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`)

// openForm opens the survey once it is there and returns its hidden fields.
func openForm(t *testing.T, r *running) url.Values {
	t.Helper()
	eventually(t, "the survey is open", func() bool { return r.get(t, "osielsko", "/").StatusCode == http.StatusOK })
	page, err := io.ReadAll(r.get(t, "osielsko", "/").Body)
	if err != nil {
		t.Fatal(err)
	}
	form := url.Values{}
	for _, field := range hiddenField.FindAllStringSubmatch(string(page), -1) {
		form.Set(field[1], field[2])
	}
	if form.Get("_key") == "" {
		t.Fatalf("the survey has no key: %s", page)
	}
	return form
}

// send sends the survey and tells status and target.
func send(r *running, form url.Values) string {
	request, err := http.NewRequest(http.MethodPost, "http://"+r.address+"/", strings.NewReader(form.Encode()))
	if err != nil {
		return err.Error()
	}
	request.Host = "osielsko.localhost:" + r.port
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		return err.Error()
	}
	defer func() { _ = response.Body.Close() }()
	return strings.TrimSpace(response.Status[:3] + " " + response.Header.Get("Location"))
}

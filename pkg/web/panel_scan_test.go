package web

import (
	"context"
	"testing"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// TestScansBecomeAnswers takes some sheets from an upload to answers by plain forms, and compares every count.
func TestScansBecomeAnswers(t *testing.T) {
	h, runner := startScanning(t)
	run, foreign := printSheets(t, h, "osielsko", 10), printSheets(t, h, "dobrcz", 1)
	p := h.logIn("osielsko", store.RoleEmployee)
	batch := openScanBatch(t, p)
	var files []scanFile
	add := func(name string, r printRun, serial int64, page int) {
		files = append(files, scanFile{name, r.filled(t, "grey", serial, page, uint64(len(files))).File})
	}
	for serial := run.first; serial < run.first+3; serial++ {
		for page := range run.layout.Pages {
			add("a.jpg", run, serial, page+1)
		}
	}
	add("znowu.jpg", run, run.first, 1)
	add("obcy.jpg", foreign, foreign.first, 1)
	files = append(files, scanFile{"list.txt", []byte("To nie jest skan.")})
	if got := sendScans(t, p, batch, files...); got.StatusCode != 303 {
		t.Fatalf("upload: %d\n%s", got.StatusCode, got.body)
	}
	if got := sendScans(t, p, batch, files[0]); got.StatusCode != 422 {
		t.Errorf("the same file again: %d, want 422 with a sentence", got.StatusCode)
	}
	work(t, runner)
	t.Log(p.get(batch).body)
	n := answerScans(t, p, batch, "Telefon 601 234 567")
	t.Logf("%d questions answered", n)
	if got := p.post(batch+"/zatwierdz", nil); got.StatusCode != 409 {
		t.Errorf("approved with a page that nobody settled: %d, want 409", got.StatusCode)
	}
	if got := p.post(batch+"/zatwierdz", map[string][]string{"reszta": {"odrzuc"}}); got.StatusCode != 303 {
		t.Fatalf("approve: %d\n%s", got.StatusCode, got.body)
	}
	work(t, runner)
	page := p.get(batch).body
	for of, want := range map[string]string{"approved": "3", "rejected": "0", "duplicate": "1", "foreign": "1", "blank": "0", "unreadable": "1"} {
		if got := counted(t, page, of); got != want {
			t.Errorf("%s: %s, want %s", of, got, want)
		}
	}
	results, err := h.scope("osielsko").Results(context.Background(), survey.Filter{From: survey.NewDay(2026, 3, 1), To: survey.NewDay(2026, 3, 31)})
	if err != nil {
		t.Fatal(err)
	}
	if n := h.count(`SELECT count(*) FROM submissions WHERE channel = 'paper_scanned' AND day = '2026-03-09'`); n != 3 {
		t.Errorf("%d submissions, want 3", n)
	}
	if results.Issued != 80 || results.Returned != 60 {
		t.Errorf("issued %d, returned %d; want 80, 60", results.Issued, results.Returned)
	}
}

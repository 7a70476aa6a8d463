package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"ocenaurzedu.eu/pkg/sheet"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/synth"
)

func TestScan(t *testing.T) {
	with := settings(t)
	storeOf(t, with)
	dir := t.TempDir()
	letter := filepath.Join(dir, "list.txt")
	if err := os.WriteFile(letter, []byte("To nie jest skan."), 0o600); err != nil {
		t.Fatal(err)
	}
	var told scannedStack
	mustRun(t, with, &told, "scan", "--tenant=osielsko", "--reason=na prośbę urzędu", "--json", letter, filepath.Join(dir, "nie-ma.pdf"))
	if len(told.Files) != 2 || told.Files[0].State != string(store.FileWaiting) || told.Files[1].Reason != "missing" || told.Batch == 0 {
		t.Fatalf("first files: %+v", told)
	}
	batch := told.Batch
	told = scannedStack{}
	mustRun(t, with, &told, "scan", "--tenant=osielsko", "--batch=1", "--json", letter)
	if told.Batch != batch || told.Files[0].State != string(store.FileRepeated) || told.Files[0].Twin != batch {
		t.Errorf("the same file again: %+v", told)
	}
	var reason string
	if err := ownerOf(t, with).QueryRow(`SELECT reason FROM audit_log WHERE action = 'scan.operator' ORDER BY id LIMIT 1`).Scan(&reason); err != nil || reason != "na prośbę urzędu" {
		t.Errorf("the office's log says %q, %v", reason, err)
	}
	refused(t, with, exitRefused, "no stack 99", "scan", "--tenant=osielsko", "--batch=99", letter)
	refused(t, with, exitRefused, "want yyyy-mm-dd", "scan", "--tenant=osielsko", "--day=1.1.2026", letter)
	mustRun(t, with, nil, "tenant", "add", "--slug=drugie", "--name=Urząd Gminy Drugie", "--admin-email=anna@drugie.example", "--json")
	var tenant int64
	if err := ownerOf(t, with).QueryRow(`SELECT id FROM tenants WHERE slug = 'drugie'`).Scan(&tenant); err != nil {
		t.Fatal(err)
	}
	told = scannedStack{}
	mustRun(t, with, &told, "scan", "--tenant=drugie", "--wait", "--json", letter, filledSheet(t, openStore(t, with).Scope(tenant)))
	if told.Files[1].State != string(store.FileRead) || told.Pages["read"]+told.Pages["needs_check"] != 1 || told.Pages["unsupported"] != 1 {
		t.Errorf("read by the program's own workers: %+v", told)
	}
}

// filledSheet is a file with the first page of a sheet of the office's published version, filled in and scanned.
func filledSheet(t *testing.T, scope *store.Scope) string {
	t.Helper()
	version, err := scope.PublishedVersion(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	raw, err := scope.SheetLayout(t.Context(), version.ID, "A")
	if err != nil {
		t.Fatal(err)
	}
	var layout sheet.Layout
	if err := json.Unmarshal(raw, &layout); err != nil {
		t.Fatal(err)
	}
	print, err := synth.Draw(&layout, sheet.Code{Tenant: scope.Tenant(), Version: version.ID, Page: 1, Serial: 3}, 150)
	if err != nil {
		t.Fatal(err)
	}
	class, _ := synth.ClassOf("grey")
	page, err := class.Make(print, false, synth.Rand(1, "grey", 1))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "arkusz.jpg")
	if err := os.WriteFile(file, page.File, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

package main

import (
	"os"
	"path/filepath"
	"testing"

	"ocenaurzedu.eu/pkg/store"
)

func TestScan(t *testing.T) {
	with := settings(t)
	scope := storeOf(t, with)
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
	files, err := scope.ScanFiles(t.Context(), batch)
	if err != nil || len(files) != 2 {
		t.Errorf("files of the stack: %+v, %v", files, err)
	}
}

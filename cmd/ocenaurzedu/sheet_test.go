package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"ocenaurzedu.eu/pkg/sheet"
)

func TestSheetPrintsAQuestionnaireWithoutADatabase(t *testing.T) {
	dir := t.TempDir()
	layout, pdf := filepath.Join(dir, "layout.json"), filepath.Join(dir, "sheet.pdf")
	got := runCommand(t, nil, "sheet", "--tenant=osielsko", "--questionnaire=default", "--copies=2", "--lang=uk", "--print=large", "--serial=7", "--version=3", "--layout="+layout, "-o", pdf)
	if got.code != 0 || got.out+got.err != "" {
		t.Fatalf("sheet: %+v", got)
	}
	data, err := os.ReadFile(layout)
	if err != nil {
		t.Fatal(err)
	}
	var told struct {
		Tenant, Version int64
		sheet.Layout
	}
	if err := json.Unmarshal(data, &told); err != nil {
		t.Fatal(err)
	}
	if told.Tenant != 6 || told.Version != 3 || told.Format != "F" || told.Lang != "uk" || told.BoxSize != 7 || len(told.Pages) < 2 || len(told.Pages[0].Boxes) == 0 {
		t.Errorf("layout of tenant %d, version %d, format %s, language %s, boxes of %v, %d pages", told.Tenant, told.Version, told.Format, told.Lang, told.BoxSize, len(told.Pages))
	}
	for _, want := range []string{`"tenant":6`, `"version":3`, `"format":"F"`, `"pageWidth":210`, `"fiducials":[[15,15],`, `"qr":{"x":`, `"texts":[`} {
		if !bytes.Contains(data, []byte(want)) {
			t.Errorf("layout lacks %s", want)
		}
	}
	text, err := exec.Command("pdftotext", pdf, "-").Output()
	if err != nil {
		t.Fatalf("pdftotext (package poppler-utils): %v", err)
	}
	if n := bytes.Count(text, []byte("\f")); n != 2*len(told.Pages) {
		t.Errorf("%d pages of paper, want two sheets of %d", n, len(told.Pages))
	}
	for serial := range 2 {
		short := sheet.Code{Tenant: 6, Version: 3, Page: 1, Serial: 7 + uint32(serial), Format: "F"}.Short()
		for _, want := range []string{"Urząd Gminy Osielsko", short[:5] + " " + short[5:9] + " " + short[9:]} {
			if !strings.Contains(string(text), want) {
				t.Errorf("paper lacks %q", want)
			}
		}
	}
	again := runCommand(t, nil, "sheet", "--tenant=6", "--office=Urząd Gminy Osielsko", "--questionnaire=../../tenants/questionnaires/short.yaml", "-o", "-")
	if again.code != 0 || !strings.HasPrefix(again.out, "%PDF-") {
		t.Errorf("sheet -o -: code %d, %d bytes, %s", again.code, len(again.out), again.err)
	}
}

func TestSheetRefuses(t *testing.T) {
	file := filepath.Join(t.TempDir(), "sheet.pdf")
	tests := []struct {
		name, want string
		args       []string
	}{
		{"an unknown office", "neither a number nor", []string{"--tenant=nowhere"}},
		{"no such questionnaire", "no shipped questionnaire", []string{"--tenant=6", "--questionnaire=nowhere"}},
		{"too many copies", "--copies must be 1 to 500", []string{"--tenant=6", "--copies=501"}},
		{"no number of the office", "--tenant and --version", []string{"--tenant=0"}},
		{"no such language", "--lang", []string{"--tenant=6", "--lang=de"}},
		{"a language that the questionnaire lacks", `has no language "uk"`, []string{"--tenant=6", "--lang=uk", "--questionnaire=../../pkg/web/testdata/questionnaires/kutno.yaml"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := runCommand(t, nil, append([]string{"sheet", "-o", file}, tt.args...)...)
			if got.code == 0 || got.out != "" || !strings.Contains(got.err, tt.want) {
				t.Errorf("%v: %+v, want a refusal with %q", tt.args, got, tt.want)
			}
			if _, err := os.Stat(file); err == nil {
				t.Error("a file was written")
			}
		})
	}
}

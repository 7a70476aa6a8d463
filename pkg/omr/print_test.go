package omr

import (
	"bytes"
	"fmt"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"ocenaurzedu.eu/pkg/sheet"
	"ocenaurzedu.eu/pkg/survey"
)

// shipped reads one of the questionnaires that every office gets.
func shipped(t testing.TB, name string) *survey.Questionnaire {
	t.Helper()
	path := filepath.Join("..", "..", "tenants", "questionnaires", name+".yaml")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	q, err := survey.ParseQuestionnaire(path, data)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// printed prints one copy of a shipped questionnaire: its order and its PDF.
func printed(t testing.TB, name string) (sheet.Print, []byte) {
	t.Helper()
	q := shipped(t, name)
	layout, err := sheet.NewLayout(q)
	if err != nil {
		t.Fatal(err)
	}
	version := &survey.Version{ID: 17, Number: 3, Questionnaire: *q, Layout: survey.NewLayout(q), PublishedAt: time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC)}
	office := survey.Office{Name: "Urząd Gminy Osielsko", Street: "Szosa Gdańska 55A", PostalCode: "86-031", City: "Osielsko"}
	p := sheet.Print{Office: office, Tenant: 6, Version: version, Layout: layout, Copies: 1, FirstSerial: 41}
	var out bytes.Buffer
	if err := p.PDF(&out); err != nil {
		t.Fatal(err)
	}
	return p, out.Bytes()
}

// rendered draws a page of a PDF in grey, as poppler's pdftoppm does.
func rendered(t testing.TB, pdf []byte, page, dpi int) *image.Gray {
	t.Helper()
	file := filepath.Join(t.TempDir(), "sheet.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	n := fmt.Sprint(page)
	out, err := exec.Command("pdftoppm", "-gray", "-r", fmt.Sprint(dpi), "-f", n, "-l", n, file).Output()
	if err != nil {
		t.Fatalf("pdftoppm (package poppler-utils): %v", err)
	}
	var w, h, most int
	if _, err := fmt.Sscanf(string(out[:40]), "P5\n%d %d\n%d\n", &w, &h, &most); err != nil || most != 255 {
		t.Fatalf("pdftoppm gives no grey picture: %v", err)
	}
	return &image.Gray{Pix: out[len(out)-w*h:], Stride: w, Rect: image.Rect(0, 0, w, h)}
}

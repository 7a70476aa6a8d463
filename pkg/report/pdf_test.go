package report

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// pdfBytes writes the document as PDF.
func pdfBytes(t *testing.T, d *Document) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := d.PDF(&b); err != nil {
		t.Fatalf("PDF: %v", err)
	}
	return b.Bytes()
}

// pdfText reads the text of a PDF back with poppler, in one line with single spaces.
func pdfText(t *testing.T, data []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "raport.pdf")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("pdftotext", "-layout", file, "-").CombinedOutput()
	if err != nil {
		t.Fatalf("pdftotext (install poppler-utils): %v: %s", err, out)
	}
	return strings.Join(strings.Fields(string(out)), " ")
}

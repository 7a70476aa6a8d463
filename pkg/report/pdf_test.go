package report

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/survey"
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

// poppler runs one of poppler's tools on a PDF; %s among the arguments is the file.
func poppler(t *testing.T, data []byte, tool string, args ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "raport.pdf")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	for i := range args {
		args[i] = strings.ReplaceAll(args[i], "%s", file)
	}
	out, err := exec.Command(tool, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s (install poppler-utils): %v: %s", tool, err, out)
	}
	return string(out)
}

// pdfText reads the text of a PDF back, in one line with single spaces.
func pdfText(t *testing.T, data []byte) string {
	t.Helper()
	return strings.Join(strings.Fields(poppler(t, data, "pdftotext", "-layout", "%s", "-")), " ")
}

// TestPDFTells finds the key figures, the method and the texts of a report in its PDF, and none of what
// must not be there.
func TestPDFTells(t *testing.T) {
	data := pdfBytes(t, fixture())
	text, pages := pdfText(t, data), strings.Fields(regexp.MustCompile(`Pages: +\d+`).FindString(poppler(t, data, "pdfinfo", "%s")))[1]
	for _, want := range []string{
		"Urząd Gminy Osielsko", "Szosa Gdańska 55A, 86-031 Osielsko", "1 stycznia – 31 grudnia 2025 r.", "14 stycznia 2026 r., godz. 09:30", "Dane przykładowe", "strona 2 z " + pages, "strona " + pages + " z " + pages,
		"Średnia ocena ogólna to 4,29 w skali od 1 do 5 (przedział orientacyjny 95%: 4,21–4,37; n = 488).", "wybrało 85,5% osób", "Zebrano 500 ankiet.", "wróciło 311 (74,0%)",
		"przedział orientacyjny; próba nielosowa", "mniej niż 5 odpowiedzi", "uwagi, które przejrzał pracownik: 3 uwagi czekają na przejrzenie", "Papier (wpisany) 311 62,2%",
		"Referat Podatków i Opłat 96 4,18 3,97–4,39", "Kasa 4 n za małe", "Rzetelność (4 stwierdzenia) 478 3,97 3,89–4,05", "podatki i opłaty 171 35,0% 30,9–39,3% 34,2%",
		"2. Czy sprawa została załatwiona? (wersja 2)", "2. Czy załatwił(a) Pan(i) sprawę? (wersja 1)", "Pytanie zmieniono w wersji 2: wyniki osobno", "Wskaźnik polecenia NPS: 46,2 (przedział 40,2–52,2)",
		"Średnia 9,40 min (przedział 8,70–10,10)", "10. W czyim imieniu załatwiano sprawę? N za małe", "Odpowiedzi wpisano w 91 z 500 ankiet (18,2%)",
		"zażółć gęślą jaźń", "=HYPERLINK(\"http://zly.example\";\"kliknij\")", "<b>brawo</b> & {nb}", "[TELEFON]", "Załącznik 1. Ankieta, wersja 2", "Zatwierdził(a)", "Sekretarz / Wójt",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the PDF's text lacks %q", want)
		}
	}
	for _, not := range []string{"NaN", "%!", "\ufffd", "0,00–", "Urząd informuje, kiedy sprawa będzie załatwiona 0"} {
		if strings.Contains(text, not) {
			t.Errorf("the PDF's text has %q", not)
		}
	}
}

func TestPDFAllLetters(t *testing.T) {
	d := fixture()
	d.Summary.Remarks[0].Remarks[0].Text = "ąćęłńóśźż ĄĆĘŁŃÓŚŹŻ їієґ ЇІЄҐ a\u0328 „cudzysłów” – 5 €"
	if text := pdfText(t, pdfBytes(t, d)); !strings.Contains(text, "ąćęłńóśźż ĄĆĘŁŃÓŚŹŻ їієґ ЇІЄҐ ą „cudzysłów” – 5 €") {
		t.Error("letters got lost on the way to the PDF")
	}
}

func TestPDFIsReproducible(t *testing.T) {
	if !bytes.Equal(pdfBytes(t, fixture()), pdfBytes(t, fixture())) {
		t.Error("two PDFs of one document differ")
	}
}

func TestPDFProperties(t *testing.T) {
	data := pdfBytes(t, fixture())
	info := poppler(t, data, "pdfinfo", "%s")
	for _, want := range []string{"Raport z badania satysfakcji klientów – Urząd Gminy Osielsko", "2026", "A4", "Author:          Urząd Gminy Osielsko"} {
		if !strings.Contains(info, want) {
			t.Errorf("pdfinfo lacks %q:\n%s", want, info)
		}
	}
	if !bytes.Contains(data, []byte("/Lang (pl-PL)")) || !bytes.Contains(data, []byte("/Outlines")) {
		t.Error("the PDF has no language or no bookmarks")
	}
}

// TestPDFOfNothing reports a period without any submission: it must say so and give no figure.
func TestPDFOfNothing(t *testing.T) {
	d := fixture()
	d.Summary = &stats.Summary{Filter: d.Summary.Filter, Threshold: 5}
	text := pdfText(t, pdfBytes(t, d))
	if !strings.Contains(text, "W tym okresie nie zebrano żadnej ankiety.") || !strings.Contains(text, "nie ma uwag") {
		t.Errorf("an empty report says: %s", text)
	}
	if strings.Contains(text, "NaN") || strings.Contains(text, "Średnia ocena") {
		t.Errorf("an empty report tells figures: %s", text)
	}
}

// TestPDFWithheldOverall must not tell a rating anywhere when the overall item is withheld.
func TestPDFWithheldOverall(t *testing.T) {
	d := fixture()
	d.Summary.Overall = &stats.Item{Suppressed: true, Asked: 500, Min: 1, Max: 5, Points: 5, Box: 2}
	d.Summary.ByChannel, d.Summary.ServicePoints, d.Summary.Months, d.Summary.Areas, d.Summary.Questions = nil, nil, nil, nil, nil
	text := pdfText(t, pdfBytes(t, d))
	if !strings.Contains(text, "zbyt mało, aby podać wynik (n za małe)") || strings.Contains(text, "4,29") {
		t.Errorf("withheld overall rating: %s", text)
	}
}

// TestPDFLongTexts runs remarks and words of any length over lines and pages.
func TestPDFLongTexts(t *testing.T) {
	d := fixture()
	long := strings.Repeat("bardzo ", 4000/7)
	word := strings.Repeat("ż", 4000)
	d.Summary.Remarks = []stats.RemarkGroup{{Label: survey.PL("Uwagi"), Remarks: []stats.Remark{{Text: long + "koniec"}, {Text: word}, {Text: "\x00\u202eodwrócone\ufe0f"}}}}
	text := strings.ReplaceAll(pdfText(t, pdfBytes(t, d)), " ", "")
	if got := strings.Count(text, "ż"); got < 4000 {
		t.Errorf("%d of 4000 letters of a long word are left", got)
	}
	if !strings.Contains(text, "koniec") || !strings.Contains(text, "odwrócone") {
		t.Error("the end of a long remark is missing")
	}
}

func TestHeadingStaysWithItsText(t *testing.T) {
	p := newPDFPage(fixture(), PDFOptions{})
	p.newPage()
	p.y = pageEnd - 30
	p.heading(2, "Pytanie", 10)
	if p.pdf.PageNo() != 1 {
		t.Error("a heading with room for what follows left its page")
	}
	p.y = pageEnd - 15
	p.heading(2, "Pytanie", 10)
	if p.pdf.PageNo() != 2 {
		t.Error("a heading without room for what follows stayed at the foot of its page")
	}
}

// TestTableHeadRepeats finds the head of the long matrix on each page that has some of its rows, which are at least two.
func TestTableHeadRepeats(t *testing.T) {
	pages := strings.Split(poppler(t, pdfBytes(t, signedDocument()), "pdftotext", "-layout", "%s", "-"), "\f")
	with := 0
	for i, text := range pages {
		at := strings.Index(text, "Sprawę załatwiono")
		if at < 0 {
			at = strings.Index(text, "Decyzje są dobrze uzasadnione")
		}
		if at < 0 {
			continue
		}
		with++
		if head := text[:at]; !strings.Contains(head, "Stwierdzenie") && !strings.Contains(head, "Pytanie lub stwierdzenie") {
			t.Errorf("page %d has no head of the matrix above its rows", i+1)
		}
	}
	if with < 4 {
		t.Errorf("the matrix is on %d pages; want it on several", with)
	}
}

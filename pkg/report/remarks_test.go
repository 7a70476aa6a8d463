package report

import (
	"bytes"
	"strings"
	"testing"

	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/survey"
)

// TestRemarksAreToldOnce has people read each wording once with how often it came, and machines each remark.
func TestRemarksAreToldOnce(t *testing.T) {
	d := fixture()
	may, june := survey.NewDay(2025, 5, 1), survey.NewDay(2025, 6, 1)
	group := stats.RemarkGroup{Question: "uwagi", Label: survey.PL("Uwagi"), Remarks: []stats.Remark{{Text: "Tylko raz.", Channel: survey.ChannelWeb, Month: may}}}
	for _, month := range []survey.Day{may, may, june} {
		group.Remarks = append(group.Remarks, stats.Remark{Text: "Krótka kolejka.", Channel: survey.ChannelQR, Month: month})
	}
	d.Summary.Remarks = []stats.RemarkGroup{group}

	text := pdfText(t, pdfBytes(t, d))
	if n := strings.Count(text, "Krótka kolejka."); n != 1 {
		t.Errorf("the PDF tells it %d times, want once", n)
	}
	for _, want := range []string{"4 uwagi, w tym 2 różne Krótka kolejka. 3 razy, kod QR", "Tylko raz. strona internetowa, maj 2025"} {
		if !strings.Contains(text, want) {
			t.Errorf("the PDF's text lacks %q", want)
		}
	}

	var b bytes.Buffer
	if err := d.XLSX(&b); err != nil {
		t.Fatal(err)
	}
	rows, err := openBook(t, b.Bytes()).GetRows(sheetRemarks)
	if err != nil || len(rows) != 3 {
		t.Fatalf("the sheet has %d rows (%v), want a header and 2", len(rows), err)
	}
	if got, want := strings.Join(rows[1], "|"), "Uwagi|Krótka kolejka.|3|kod QR"; strings.TrimRight(got, "|") != want {
		t.Errorf("first row = %q, want %q", got, want)
	}
	if got, want := strings.Join(rows[2], "|"), "Uwagi|Tylko raz.|1|strona internetowa|maj 2025"; got != want {
		t.Errorf("second row = %q, want %q", got, want)
	}

	b.Reset()
	if err := d.CSV(&b); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(b.String(), "Krótka kolejka."); n != 3 {
		t.Errorf("the CSV has it %d times, want 3", n)
	}
}

// TestCrossesThatStandElsewhere names a table that is of less than a third of the report's answers and does not repeat it; one of
// more is put, with why it is not newer and why cells are withheld.
func TestCrossesThatStandElsewhere(t *testing.T) {
	cross := func(label string, n int) stats.Cross {
		line := func(name string) stats.CrossLine {
			return stats.CrossLine{Value: name, Label: survey.PL(name), N: n / 2}
		}
		told, hidden := stats.CrossCell{Count: n / 2, Share: stats.Share{OK: true, Count: n / 2, N: n / 2, Value: 1, Low: 1, High: 1}}, stats.CrossCell{Suppressed: true}
		return stats.Cross{Row: stats.Dimension{Question: "o"}, Column: stats.Dimension{Question: label}, RowLabel: survey.PL("Ocena"), ColLabel: survey.PL(label), N: n, Held: 3,
			Rows: []stats.CrossLine{line("Zła"), line("Średnia"), line("Dobra")}, Columns: []stats.CrossLine{line("Jedni"), line("Drudzy")},
			Cells: [][]stats.CrossCell{{hidden, hidden}, {hidden, hidden}, {told, told}}}
	}
	d := fixture()
	d.Crosses = []stats.Cross{cross("Zawód", 100), cross("Wykształcenie", 400)}
	text := pdfText(t, pdfBytes(t, d))
	for _, want := range []string{"„zawód” (ostatni nr 3, razem n = 100)", "Tabela podsumowuje tylko wcześniejsze raporty (ostatni: nr 3)", "Zła, średnia n za małe n za małe", "„N za małe”: odpowiedziało tak mniej niż 5 osób"} {
		if !strings.Contains(text, want) {
			t.Errorf("the PDF's text lacks %q", want)
		}
	}
	if strings.Contains(text, "według: zawód") {
		t.Error("the PDF repeats a table of less than a third of the answers")
	}
	var b bytes.Buffer
	if err := d.XLSX(&b); err != nil {
		t.Fatal(err)
	}
	rows, err := openBook(t, b.Bytes()).GetRows(sheetCrosses)
	if err != nil {
		t.Fatal(err)
	}
	var sheet strings.Builder
	for _, row := range rows {
		sheet.WriteString(strings.Join(row, " ") + "\n")
	}
	if got := sheet.String(); strings.Contains(got, "według: zawód") || !strings.Contains(got, "według: wykształcenie") || !strings.Contains(got, "„zawód” (ostatni nr 3") {
		t.Errorf("the sheet of cross-tabs:\n%s", got)
	}
}

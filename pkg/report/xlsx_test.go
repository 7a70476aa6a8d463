package report

import (
	"archive/zip"
	"bytes"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"ocenaurzedu.eu/pkg/stats"
)

func xlsxBytes(t *testing.T, d *Document) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := d.XLSX(&b); err != nil {
		t.Fatalf("XLSX: %v", err)
	}
	return b.Bytes()
}

func openBook(t *testing.T, data []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// cellOf finds the cell under a header in the row whose other columns hold the wanted texts.
func cellOf(t *testing.T, f *excelize.File, sheet, header string, want ...string) (raw, cell string) {
	t.Helper()
	rows, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	for r, row := range rows[1:] {
		line := "|" + strings.Join(row, "|") + "|"
		found := true
		for _, w := range want {
			found = found && strings.Contains(line, "|"+w+"|")
		}
		if !found {
			continue
		}
		for c, title := range rows[0] {
			if title == header {
				cell = at(c+1, r+2)
				raw, err = f.GetCellValue(sheet, cell, excelize.Options{RawCellValue: true})
				if err != nil {
					t.Fatal(err)
				}
				return raw, cell
			}
		}
	}
	t.Fatalf("%s: no row of %q with the column %q", sheet, want, header)
	return "", ""
}

func TestXLSXNumbers(t *testing.T) {
	f := openBook(t, xlsxBytes(t, fixture()))
	tests := []struct {
		sheet, header string
		row           []string
		want          float64
		shown         string
	}{
		{sheetQuestions, "Liczba", []string{"sprawa", "podatki i opłaty"}, 171, "171"},
		{sheetQuestions, "% ważnych", []string{"sprawa", "podatki i opłaty"}, 171.0 / 489, "35.0%"},
		{sheetRatings, "Średnia", []string{"Jak ogólnie ocenia Pani / Pan nasz urząd?"}, 4.2930, "4.29"},
		{sheetRatings, "Brak odpowiedzi", []string{"Godziny pracy urzędu są dogodne"}, 3, "3"},
		{sheetRatings, "NPS", []string{"Na ile prawdopodobne jest, że poleci Pani / Pan nasz urząd jako pomocny?"}, 46.2, "46.20"},
		{sheetAreas, "Średnia", []string{"terminowość"}, 4.21, "4.21"},
		{sheetAreas, "n", []string{"terminowość"}, 478, "478"},
		{sheetChannels, "Ankiety", []string{"papier (wpisany)"}, 311, "311"},
		{sheetChannels, "% wszystkich", []string{"papier (wpisany)"}, 0.622, "62.2%"},
		{sheetPoints, "Góra 95%", []string{"Kasa"}, -1, ""},
	}
	for _, tt := range tests {
		t.Run(tt.sheet+" "+tt.header, func(t *testing.T) {
			raw, cell := cellOf(t, f, tt.sheet, tt.header, tt.row...)
			if tt.shown == "" {
				if raw != "" {
					t.Errorf("%s = %q, want an empty cell", cell, raw)
				}
				return
			}
			kind, err := f.GetCellType(tt.sheet, cell)
			if err != nil || kind != excelize.CellTypeUnset && kind != excelize.CellTypeNumber {
				t.Errorf("%s has the type %v, %v; want a number", cell, kind, err)
			}
			got, err := strconv.ParseFloat(raw, 64)
			if err != nil || got-tt.want > 1e-4 || tt.want-got > 1e-4 {
				t.Errorf("%s = %q, want %v", cell, raw, tt.want)
			}
			if shown, _ := f.GetCellValue(tt.sheet, cell); shown != tt.shown {
				t.Errorf("%s shows %q, want %q", cell, shown, tt.shown)
			}
		})
	}
}

// TestXLSXWithheld looks at everything that stands in the rows of withheld figures: words, and no number but
// how many sheets there were.
func TestXLSXWithheld(t *testing.T) {
	f := openBook(t, xlsxBytes(t, fixture()))
	tests := []struct {
		sheet, mark string
		numbers     string // all numbers that may stand in the row
	}{
		{sheetQuestions, "W czyim imieniu załatwiano sprawę?", "10 500"},
		{sheetQuestions, "Urząd informuje, kiedy sprawa będzie załatwiona", "4 500"},
		{sheetRatings, "Urząd informuje, kiedy sprawa będzie załatwiona", "4"},
		{sheetPoints, "Kasa", "4"},
		{sheetChannels, "papier (skan)", "3 0.006"},
	}
	for _, tt := range tests {
		t.Run(tt.sheet+" "+tt.mark, func(t *testing.T) {
			rows, err := f.GetRows(tt.sheet, excelize.Options{RawCellValue: true})
			if err != nil {
				t.Fatal(err)
			}
			found := 0
			for _, row := range rows {
				line := "|" + strings.Join(row, "|") + "|"
				if !strings.Contains(line, "|"+tt.mark+"|") {
					continue
				}
				found++
				var numbers []string
				for _, value := range row {
					if _, err := strconv.ParseFloat(value, 64); err == nil {
						numbers = append(numbers, value)
					}
				}
				if got := strings.Join(numbers, " "); got != tt.numbers || !strings.Contains(line, "|"+tooFew+"|") {
					t.Errorf("row %q: numbers %q, want %q and %q", line, got, tt.numbers, tooFew)
				}
			}
			if found != 1 {
				t.Errorf("%d rows, want 1", found)
			}
		})
	}
}

// TestXLSXText finds no formula and no text that could become one in any cell.
func TestXLSXText(t *testing.T) {
	f := openBook(t, xlsxBytes(t, fixture()))
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for r, row := range rows {
			for c, value := range row {
				cell := at(c+1, r+1)
				if formula, _ := f.GetCellFormula(sheet, cell); formula != "" {
					t.Errorf("%s!%s holds the formula %q", sheet, cell, formula)
				}
				if value != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(value)[0]) {
					t.Errorf("%s!%s starts like a formula: %q", sheet, cell, value)
				}
			}
		}
	}
	if raw, _ := cellOf(t, f, sheetRemarks, "Uwaga", "kod QR"); raw != "'=HYPERLINK(\"http://zly.example\";\"kliknij\")" {
		t.Errorf("remark = %q", raw)
	}
}

func TestXLSXIsReproducible(t *testing.T) {
	if !bytes.Equal(xlsxBytes(t, fixture()), xlsxBytes(t, fixture())) {
		t.Error("two workbooks of one document differ")
	}
}

func TestXLSXSetUp(t *testing.T) {
	data := xlsxBytes(t, fixture())
	f := openBook(t, data)
	want := []string{sheetSummary, sheetQuestions, sheetNotes, sheetRatings, sheetAreas, sheetChannels, sheetPoints, sheetTrend, sheetRemarks, sheetGlossary}
	if got := f.GetSheetList(); strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("sheets %v, want %v", got, want)
	}
	for _, sheet := range want {
		props, err := f.GetSheetProps(sheet)
		if err != nil || props.FitToPage == nil || !*props.FitToPage {
			t.Errorf("%s does not print to the width of a page (%v)", sheet, err)
		}
		panes, err := f.GetPanes(sheet)
		if frozen := panes.Freeze && panes.YSplit == 1; err != nil || frozen != (sheet != sheetSummary) {
			t.Errorf("%s: frozen header = %t, %v", sheet, frozen, err)
		}
	}
	props, err := f.GetDocProps()
	if err != nil || props.Language != "pl-PL" || props.Creator != "Urząd Gminy Osielsko" || props.Title != DefaultTitle || props.Created != "2026-01-14T08:30:00Z" {
		t.Errorf("properties %+v, %v", props, err)
	}
	if got := charts(t, data); got != 6 {
		t.Errorf("%d charts, want 6", got)
	}
}

// charts counts the native charts of a workbook.
func charts(t *testing.T, data []byte) int {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, file := range z.File {
		if strings.HasPrefix(file.Name, "xl/charts/chart") {
			n++
		}
	}
	return n
}

func TestXLSXOfNothing(t *testing.T) {
	d := fixture()
	d.Summary = &stats.Summary{Filter: d.Summary.Filter, Threshold: 5}
	f := openBook(t, xlsxBytes(t, d))
	if got, err := f.GetRows(sheetQuestions); err != nil || len(got) != 1 {
		t.Errorf("an empty report has %d rows of questions, %v; want the header", len(got), err)
	}
}

package report

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/survey"
)

// fullBook is the workbook of the fullest report; SCREENSHOTS names a directory that keeps it, to be looked at.
func fullBook(t *testing.T, d *Document, name string) []byte {
	t.Helper()
	data := xlsxBytes(t, d)
	if dir := os.Getenv("SCREENSHOTS"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, name+".xlsx"), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return data
}

func TestXLSXOfAll(t *testing.T) {
	data := fullBook(t, signedDocument(), "raport")
	f := openBook(t, data)
	want := []string{sheetSummary, sheetQuestions, sheetNotes, sheetRatings, sheetAreas, sheetIndicators, sheetQuadrants, sheetChannels, sheetPoints, sheetCrosses, sheetTrend, sheetComparison, sheetActions, sheetRemarks, sheetGlossary}
	if got := f.GetSheetList(); !slices.Equal(got, want) {
		t.Errorf("sheets %q\nwant %q", got, want)
	}
	for _, tt := range []struct{ sheet, header, row, want string }{
		{sheetAreas, "α Cronbacha", "wizerunek i warunki", "0.91"}, {sheetAreas, "α: n", "wizerunek i warunki", "431"}, {sheetAreas, "α Cronbacha", "terminowość", ""},
		{sheetAreas, "Średnia", "rzetelność", tooFew}, {sheetAreas, "n", "rzetelność", ""},
		{sheetIndicators, "Wartość (0–100)", "Sprawność obsługi", "79.4"}, {sheetIndicators, "Waga", "Ocena pracownika", "1.5"}, {sheetIndicators, "Wartość (0–100)", "Wskaźnik łączny", "81.9"},
		{sheetQuadrants, "Rodzaj ważności", "Jak ocenia Pani / Pan obsługę w urzędzie?", "wyprowadzona (ρ)"}, {sheetQuadrants, "CSI", "Jak ocenia Pani / Pan obsługę w urzędzie?", ""},
		{sheetTrend, "Średnia na wykresie, wersja 1", "luty 2025", ""}, {sheetTrend, "Średnia na wykresie, wersja 2", "czerwiec 2025", "4.1"}, {sheetTrend, "Zmiana ankiety", "czerwiec 2025", "od tego miesiąca wersja 2; nowa seria oceny ogólnej, nie łączyć z wcześniejszą"},
		{sheetComparison, "Zmiana", "ocena ogólna", "wzrost"}, {sheetComparison, "Poprzednio", "ocena ogólna", "4.11"}, {sheetComparison, "Teraz (n)", "ocena ogólna", "488"}, {sheetComparison, "Najwyższe oceny teraz", "ocena ogólna", "0.854508196721311"},
		{sheetActions, "Termin", "Klienci nie wiedzą, kiedy sprawa będzie załatwiona.", ""}, {sheetActions, "Stan", "Klienci nie wiedzą, kiedy sprawa będzie załatwiona.", "skuteczne"},
	} {
		if got, cell := cellOf(t, f, tt.sheet, tt.header, tt.row); got != tt.want {
			t.Errorf("%s!%s (%s of %q) = %q, want %q", tt.sheet, cell, tt.header, tt.row, got, tt.want)
		}
	}
	if due, err := f.GetCellValue(sheetActions, "H2"); err != nil || due != "2026-06-30" {
		t.Errorf("the day an action is due = %q, %v", due, err)
	}
	summary, err := f.GetRows(sheetSummary)
	if err != nil {
		t.Fatal(err)
	}
	for _, piece := range []string{"Znak sprawy OR.0643.3.2026", "Kategoria archiwalna A", "Ocena ogólna w powiecie powiat bydgoski: średnia z 7 urzędów to 78,3% zakresu skali, urząd ma 82,2%"} {
		if !slices.ContainsFunc(summary, func(row []string) bool { return strings.Join(row, " ") == piece }) {
			t.Errorf("the summary lacks %q", piece)
		}
	}
}

// TestXLSXCrosses wants every cell of a cross-tab where people look for it, and words where it is withheld.
func TestXLSXCrosses(t *testing.T) {
	f := openBook(t, xlsxBytes(t, signedDocument()))
	for cell, want := range map[string]string{"A1": "Jak ogólnie ocenia Pani / Pan nasz urząd? – według: punkt obsługi", "A3": "% kolumny", "A4": "Bardzo słabo", "B4": tooFew, "E4": tooFew, "C3": "Urząd Stanu Cywilnego", "C5": "19.4%",
		"A9": "Liczba odpowiedzi", "B10": tooFew, "C10": "6", "C14": "34", "E14": tooFew, "A15": "Razem (n)", "B15": "60", "E15": tooFew} {
		got, err := f.GetCellValue(sheetCrosses, cell)
		if err != nil || got != want {
			t.Errorf("%s = %q, %v; want %q", cell, got, err, want)
		}
	}
}

// formulaCorpus are texts with which cells are attacked.
var formulaCorpus = []string{"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "＠SUM(A1)", "﹦1", "﹢1", "﹣1", "﹫A1", "−1", " =1", "\u00a0=1", "\u200b=1", "\ufeff=1", "\u202e=1", "\x00=1",
	`=cmd|' /C calc'!A0`, `=HYPERLINK("http://zly.example")`, `=IMPORTXML("http://zly.example","//a")`, "'=1"}

// TestNoTextStartsAFormula puts the texts of the corpus into every place that an office or a resident writes, three of
// them in turns into each, and looks at each cell of the workbook, of the CSV and of the raw data.
func TestNoTextStartsAFormula(t *testing.T) {
	for round := range 3 {
		next := round * 7
		bad := func() string {
			next++
			return formulaCorpus[next%len(formulaCorpus)]
		}
		d := signedDocument()
		attack(d, bad)
		checkCells(t, xlsxBytes(t, d))
		for _, line := range csvLines(t, d) {
			for i, field := range line {
				if i < 7 && startsFormula(field) {
					t.Errorf("a field of the CSV starts like a formula: %q", field)
				}
			}
		}
		raw := rawFixture(slices.Repeat(rawSubmissions(), 3)...)
		raw.Office.Name, raw.ServicePoints = bad(), map[string]string{"4": bad()}
		for _, v := range raw.Versions {
			for _, q := range v.Questionnaire.Questions() {
				q.Label = survey.PL(bad())
				for i := range q.Options {
					q.Options[i].Label = survey.PL(bad())
				}
				for i := 0; q.Scale != nil && i < len(q.Scale.Points); i++ {
					q.Scale.Points[i].Label = survey.PL(bad())
				}
			}
		}
		var b bytes.Buffer
		if err := raw.XLSX(&b); err != nil {
			t.Fatal(err)
		}
		checkCells(t, b.Bytes())
	}
}

// attack puts texts into a document, wherever there are any that people wrote.
func attack(d *Document, bad func() string) {
	text := func() survey.Text { return survey.PL(bad()) }
	d.Title, d.Office.Name, d.GeneratedBy, d.Case.Sign, d.Peers.County = bad(), bad(), bad(), bad(), bad()
	d.ServicePoints = map[string]string{"1": bad(), "2": bad(), "3": bad(), "4": bad()}
	for i := range d.Summary.Questions {
		q := &d.Summary.Questions[i]
		q.Label, q.Section = text(), text()
		for j := range q.Items {
			q.Items[j].Label = text()
			for k := range q.Items[j].Values {
				q.Items[j].Values[k].Label = text()
			}
		}
	}
	for i := range d.Summary.Areas {
		d.Summary.Areas[i].Label = text()
	}
	for i := range d.Crosses {
		c := &d.Crosses[i]
		c.RowLabel, c.ColLabel, c.Rows[0].Label, c.Columns[0].Label = text(), text(), text(), text()
	}
	for i := range d.Comparison.Items {
		d.Comparison.Items[i].Label = text()
	}
	for i := range d.Actions {
		a := &d.Actions[i]
		a.Finding, a.Cause, a.Action, a.Owner, a.Department, a.Check, a.SignedBy = bad(), bad(), bad(), bad(), bad(), bad(), bad()
	}
	d.Summary.Remarks = []stats.RemarkGroup{{Question: "uwagi", Label: text()}}
	for _, one := range formulaCorpus {
		d.Summary.Remarks[0].Remarks = append(d.Summary.Remarks[0].Remarks, stats.Remark{Text: one})
	}
}

// startsFormula is a second, plain writing of what safe is about.
func startsFormula(s string) bool {
	if s == "" {
		return false
	}
	if strings.ContainsRune("\t\r\n", rune(s[0])) {
		return true
	}
	s = strings.TrimLeft(s, " \t\r\n\x00\u00a0\u200b\ufeff\u202e")
	for _, sign := range []string{"=", "+", "-", "@", "＝", "＋", "－", "＠", "﹦", "﹢", "﹣", "﹫", "−"} {
		if strings.HasPrefix(s, sign) {
			return true
		}
	}
	return false
}

func checkCells(t *testing.T, data []byte) {
	t.Helper()
	f := openBook(t, data)
	seen := 0
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
				if strings.HasPrefix(value, "'") {
					seen++
				}
				kind, err := f.GetCellType(sheet, cell)
				if err != nil {
					t.Fatal(err)
				}
				if kind != excelize.CellTypeUnset && kind != excelize.CellTypeNumber && startsFormula(value) {
					t.Errorf("%s!%s starts like a formula: %q", sheet, cell, value)
				}
			}
		}
	}
	if seen < 5 {
		t.Errorf("%d cells of texts that were made safe", seen)
	}
}

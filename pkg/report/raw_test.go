package report

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/survey"
)

// rawVersions are two versions: the second words a question anew, changes a scale and adds a question.
func rawVersions() []*survey.Version {
	scale := func(labels ...string) *survey.Scale {
		s := &survey.Scale{}
		for _, l := range labels {
			s.Points = append(s.Points, survey.Point{Label: survey.PL(l)})
		}
		return s
	}
	first := survey.Questionnaire{Key: "q", Sections: []survey.Section{{Key: "s", Questions: []survey.Question{
		{Key: "ocena", Kind: survey.KindScale, Label: survey.PL("Jak Pan ocenia?"), Scale: scale("źle", "dobrze"), OptOuts: []survey.OptOut{survey.NotApplicable}},
		{Key: "czas", Kind: survey.KindScale, Label: survey.PL("Czas"), Scale: scale("a", "b")},
		{Key: "minuty", Kind: survey.KindNumber, Label: survey.PL("Minuty"), Min: 5, Max: 60},
		{Key: "sprawa", Kind: survey.KindMulti, Label: survey.PL("Sprawa"), Options: []survey.Option{{Key: "p", Label: survey.PL("=podatki")}, {Key: "i", Label: survey.PL("inna")}}},
		{Key: "uwagi", Kind: survey.KindText, Label: survey.PL("Uwagi")},
	}}}}
	second := first
	second.Sections = []survey.Section{{Key: "s", Questions: slices.Clone(first.Sections[0].Questions)}}
	qs := second.Sections[0].Questions
	qs[0].Label = survey.PL("Jak Pani/Pan ocenia?")
	qs[1].Scale = scale("a", "b", "c")
	second.Sections[0].Questions = append(qs, survey.Question{Key: "polecenie", Kind: survey.KindNPS, Label: survey.PL("+polecenie")})
	return []*survey.Version{{ID: 21, Number: 1, Questionnaire: first, Layout: survey.NewLayout(&first)}, {ID: 22, Number: 2, Questionnaire: second, Layout: survey.NewLayout(&second)}}
}

func rawFixture(subs ...survey.Submission) *Raw {
	var all iter.Seq2[*survey.Submission, error] = func(yield func(*survey.Submission, error) bool) {
		for i := range subs {
			if !yield(&subs[i], nil) {
				return
			}
		}
	}
	march := survey.NewDay(2026, 3, 1)
	return &Raw{Office: survey.Office{Name: "Urząd Gminy Osielsko"}, Title: "Dane", Versions: rawVersions(), ServicePoints: map[string]string{"4": "@Kasa"}, Submissions: all,
		Told: map[stats.Origin]bool{{Version: 21, Month: march, Channel: survey.ChannelWeb, ServicePoint: 4}: true, {Version: 22, Month: march, Channel: survey.ChannelWeb}: true}, GeneratedAt: time.Date(2026, 3, 31, 10, 0, 0, 0, time.UTC)}
}

func rawSubmissions() []survey.Submission {
	day := survey.NewDay(2026, 3, 17)
	return []survey.Submission{
		{VersionID: 21, Channel: survey.ChannelWeb, ServicePoint: 4, Day: day, Codes: []int16{6, 5, 10, 5, 5, 0, 5}},
		{VersionID: 22, Channel: survey.ChannelWeb, Day: day, Codes: []int16{1, 7, 0, 0, 0, 0, 0, 15}},
		{VersionID: 22, Channel: survey.ChannelKiosk, Day: day, Codes: []int16{3, 4, 5, 5, 0, 5, 0, 2}}, // its place is not told
	}
}

// rawWant are the rows of rawSubmissions, in the columns of rawFixture.
var rawWant = [][]string{
	{"Miesiąc", "Sposób wypełnienia", "Punkt obsługi", "Wersja ankiety", "Jak Pani/Pan ocenia?", "Czas [wersja 2]", "Minuty", "Sprawa – =podatki", "Sprawa – inna", "Uwagi", "'+polecenie", "Czas [wersja 1]"},
	{"2026-03", "strona internetowa", "'@Kasa", "1", "dobrze", "", "10", "tak", "nie", "jest", "", "a"},
	{"2026-03", "strona internetowa", "bez punktu obsługi", "2", "nie dotyczy", "c", "brak odpowiedzi", "brak odpowiedzi", "brak odpowiedzi", "brak", "10", ""},
	{"pominięto", "pominięto", "pominięto", "2", "nieczytelne", "nie pytano", "5", "nie", "tak", "brak", "nie mam zdania", ""},
}

func TestRawXLSX(t *testing.T) {
	var b bytes.Buffer
	if err := rawFixture(rawSubmissions()...).XLSX(&b); err != nil {
		t.Fatal(err)
	}
	f := openBook(t, b.Bytes())
	if got := f.GetSheetList(); !slices.Equal(got, []string{"Dane", "Słownik"}) {
		t.Errorf("sheets %q", got)
	}
	got, err := f.GetRows("Dane")
	if err != nil {
		t.Fatal(err)
	}
	compareRows(t, got, rawWant)
	for cell, want := range map[string]excelize.CellType{"A2": excelize.CellTypeUnset, "D2": excelize.CellTypeUnset, "G2": excelize.CellTypeUnset, "E2": excelize.CellTypeSharedString} {
		if kind, err := f.GetCellType("Dane", cell); err != nil || kind != want {
			t.Errorf("%s has the type %v, %v; want %v", cell, kind, err, want)
		}
	}
}

// compareRows compares rows but for empty cells at their ends.
func compareRows(t *testing.T, got, want [][]string) {
	t.Helper()
	trim := func(rows [][]string) string {
		var lines []string
		for _, r := range rows {
			lines = append(lines, strings.TrimRight(strings.Join(r, "|"), "|"))
		}
		return strings.Join(lines, "\n")
	}
	if trim(got) != trim(want) {
		t.Errorf("rows\n%s\nwant\n%s", trim(got), trim(want))
	}
}

func TestRawCSV(t *testing.T) {
	var b bytes.Buffer
	if err := rawFixture(rawSubmissions()...).CSV(&b); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	lines := map[string][][]string{}
	for _, file := range z.File {
		part, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(part)
		if err != nil {
			t.Fatal(err)
		}
		text, bom := strings.CutPrefix(string(data), "\ufeff")
		r := csv.NewReader(strings.NewReader(text))
		r.Comma = ';'
		if lines[file.Name], err = r.ReadAll(); err != nil || !bom || !strings.HasSuffix(text, "\r\n") {
			t.Errorf("%s: BOM %t, %v", file.Name, bom, err)
		}
	}
	compareRows(t, lines["dane.csv"], rawWant)
	if n := len(lines["slownik.csv"]); n < 20 {
		t.Errorf("the dictionary has %d lines", n)
	}
}

// TestRawSheets splits submissions over sheets and loses none.
func TestRawSheets(t *testing.T) {
	one := rawSubmissions()[0]
	for _, tt := range []struct {
		n    int
		want []string
	}{{0, []string{"Dane", "Słownik"}}, {3, []string{"Dane", "Słownik"}}, {4, []string{"Dane 1", "Dane 2", "Słownik"}}, {7, []string{"Dane 1", "Dane 2", "Dane 3", "Słownik"}}} {
		r := rawFixture(slices.Repeat([]survey.Submission{one}, tt.n)...)
		r.most = 3
		var b bytes.Buffer
		if err := r.XLSX(&b); err != nil {
			t.Fatal(err)
		}
		f := openBook(t, b.Bytes())
		if got := f.GetSheetList(); !slices.Equal(got, tt.want) {
			t.Errorf("%d submissions: sheets %q, want %q", tt.n, got, tt.want)
		}
		total := 0
		for _, sheet := range tt.want[:len(tt.want)-1] {
			rows, err := f.GetRows(sheet)
			if err != nil || rows[0][0] != "Miesiąc" {
				t.Fatalf("%s: %q, %v", sheet, rows, err)
			}
			total += len(rows) - 1
			if panes, err := f.GetPanes(sheet); err != nil || !panes.Freeze {
				t.Errorf("%s: the header is not frozen (%v)", sheet, err)
			}
		}
		if total != tt.n {
			t.Errorf("%d rows of %d submissions", total, tt.n)
		}
	}
}

// TestReportWithSubmissions puts the sheet behind the remarks, and nowhere if it is not asked for.
func TestReportWithSubmissions(t *testing.T) {
	d := fixture()
	var b bytes.Buffer
	if err := d.XLSXWith(&b, rawFixture(rawSubmissions()...)); err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("SCREENSHOTS"); dir != "" { // to be opened by other programs
		if err := os.WriteFile(filepath.Join(dir, "raport-z-danymi.xlsx"), b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f := openBook(t, b.Bytes())
	got := f.GetSheetList()
	if end := got[len(got)-4:]; !slices.Equal(end, []string{sheetRemarks, sheetData, sheetGlossary, sheetDictionary}) {
		t.Errorf("last sheets %q", end)
	}
	rows, err := f.GetRows(sheetData)
	if err != nil {
		t.Fatal(err)
	}
	compareRows(t, rows, rawWant)
	if raw, _ := cellOf(t, f, sheetAreas, "n", "terminowość"); raw != "478" {
		t.Errorf("n of an area = %q beside the submissions", raw)
	}
	if slices.Contains(openBook(t, xlsxBytes(t, d)).GetSheetList(), sheetData) {
		t.Error("a report that was not asked for submissions has them")
	}
}

func TestRawErrorsAreTold(t *testing.T) {
	broken := errors.New("connection lost")
	r := rawFixture()
	r.Submissions = func(yield func(*survey.Submission, error) bool) { yield(nil, broken) }
	if err := r.XLSX(io.Discard); !errors.Is(err, broken) {
		t.Errorf("XLSX = %v, want %v", err, broken)
	}
	if err := r.CSV(io.Discard); !errors.Is(err, broken) {
		t.Errorf("CSV = %v, want %v", err, broken)
	}
	alien := rawFixture(survey.Submission{VersionID: 99, Codes: []int16{1}})
	if alien.XLSX(io.Discard) == nil || alien.CSV(io.Discard) == nil {
		t.Error("a submission of an unknown version gives no error")
	}
	if err := rawFixture(rawSubmissions()...).XLSX(fullDisk{}); !errors.Is(err, errFull) {
		t.Errorf("XLSX to a full disk = %v, want %v", err, errFull)
	}
}

package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"ocenaurzedu.eu/pkg/stats"
)

// csvLines reads a document's CSV back.
func csvLines(t *testing.T, d *Document) [][]string {
	t.Helper()
	var b bytes.Buffer
	if err := d.CSV(&b); err != nil {
		t.Fatalf("CSV: %v", err)
	}
	text, bom := strings.CutPrefix(b.String(), "\ufeff")
	if !bom {
		t.Error("the CSV has no BOM")
	}
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord = ';', len(csvHeader)
	lines, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

func TestCSV(t *testing.T) {
	all := "\n"
	for _, line := range csvLines(t, fixture()) {
		all += strings.Join(line, ";") + "\n"
		for i, field := range line {
			numeric := i >= 7 && i <= 10
			if !numeric && field != "" && strings.ContainsRune("=+-@\t\r＝＋－＠", []rune(field)[0]) {
				t.Errorf("a cell starts like a formula: %q", field)
			}
			if numeric && strings.Contains(field, ".") {
				t.Errorf("a number has a decimal point: %q", field)
			}
		}
	}
	for _, want := range []string{
		"\nkanał;paper_typed;papier (wpisany);;;;udział;0,622;;;500;\n",
		"\nkanał;paper_scanned;papier (skan);;;;ocena ogólna;;;;;tak\n",
		"\npunkt obsługi;4;Kasa;;;;ankiety;4;;;;\n",
		"\npytanie;klient;W czyim imieniu załatwiano sprawę?;1, 2;;;ważne odpowiedzi;;;;;tak\n",
		"\npytanie;sprawa;Czego dotyczyła sprawa?;1, 2;;podatki i opłaty;liczba;171;;;;\n",
		";'=HYPERLINK(\"http://zly.example\";\"kliknij\");",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("the CSV lacks %q", want)
		}
	}
	if strings.Contains(all, "\npytanie;klient;W czyim imieniu załatwiano sprawę?;1, 2;;;brak odpowiedzi") {
		t.Error("the CSV tells the blanks of a withheld question")
	}
}

// TestCSVOfAll looks for what stands around the Summary.
func TestCSVOfAll(t *testing.T) {
	all := "\n"
	for _, line := range csvLines(t, signedDocument()) {
		all += strings.Join(line, ";") + "\n"
	}
	for _, want := range []string{
		";α Cronbacha;0,91;;;431;\n", "\nwskaźnik;efficiency;sprawność obsługi;;;;waga;2;;;;\n", "\nwskaźnik;;wskaźnik łączny;;;;0–100;81,9;80,1;83,7;488;\n",
		"według: punkt obsługi;2;Kasa;Bardzo słabo;liczba;;;;;tak\n", "według: punkt obsługi;2;Urząd Stanu Cywilnego;Słabo;liczba;13;;;;\n",
		"\nporównanie;ocena ogólna;ocena ogólna;;;wzrost;poprzednio;4,11;4,02;4,2;402;\n", "\ndziałanie;1;Czas oczekiwania", ";stan: w toku;;;;;\n",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("the CSV lacks %q", want)
		}
	}
}

func TestSafe(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"empty", "", ""}, {"plain", "miło", "miło"}, {"dash", "– miło", "– miło"}, {"inner sign", "a=b", "a=b"},
		{"equals", "=1+1", "'=1+1"}, {"plus", "+48", "'+48"}, {"minus", "-1", "'-1"}, {"at", "@SUM(A1)", "'@SUM(A1)"},
		{"tab", "\t=1", "'\t=1"}, {"carriage return", "\r1", "'\r1"}, {"line feed", "\nmiło", "'\nmiło"},
		{"full-width equals", "＝1", "'＝1"}, {"full-width plus", "＋1", "'＋1"}, {"full-width minus", "－1", "'－1"}, {"full-width at", "＠A", "'＠A"}, {"minus sign", "−1", "'−1"},
		{"behind spaces", "  =1", "'  =1"}, {"behind a hard space", "\u00a0=1", "'\u00a0=1"}, {"behind a zero-width space", "\u200b=1", "'\u200b=1"}, {"behind a BOM", "\ufeff=1", "'\ufeff=1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := safe(tt.text); got != tt.want {
				t.Errorf("safe(%q) = %q, want %q", tt.text, got, tt.want)
			}
		})
	}
}

func TestJSON(t *testing.T) {
	var b bytes.Buffer
	if err := fixture().JSON(&b); err != nil {
		t.Fatalf("JSON: %v", err)
	}
	var got struct {
		Schema  string
		Sample  bool
		Office  struct{ Name string }
		Period  struct{ From, To string }
		Summary struct {
			N         int
			Questions []struct {
				Key   string
				Items []stats.Item
			}
		}
	}
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Schema != JSONSchema || !got.Sample || got.Office.Name != "Urząd Gminy Osielsko" || got.Period.From != "2025-01-01" || got.Period.To != "2025-12-31" || got.Summary.N != 500 {
		t.Errorf("JSON = %+v", got)
	}
	last := got.Summary.Questions[len(got.Summary.Questions)-1]
	if last.Key != "klient" || !last.Items[0].Suppressed || last.Items[0].Valid != 0 {
		t.Errorf("withheld question = %+v", last)
	}
}

// TestNoSummary wants an error, not a panic, of every format.
func TestNoSummary(t *testing.T) {
	d := &Document{Slug: "osielsko"}
	for name, write := range map[string]func(io.Writer) error{"PDF": d.PDF, "XLSX": d.XLSX, "CSV": d.CSV, "JSON": d.JSON} {
		if err := write(io.Discard); err == nil {
			t.Errorf("%s of a document without a summary gives no error", name)
		}
	}
	if err := CountyXLSX(io.Discard, &CountyDocument{}); err == nil {
		t.Error("CountyXLSX without a summary gives no error")
	}
}

// fullDisk takes nothing.
type fullDisk struct{}

var errFull = errors.New("no space left")

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }

func TestWriteErrorsAreTold(t *testing.T) {
	d := fixture()
	for name, write := range map[string]func(io.Writer) error{"PDF": d.PDF, "XLSX": d.XLSX, "CSV": d.CSV, "JSON": d.JSON} {
		if err := write(fullDisk{}); !errors.Is(err, errFull) {
			t.Errorf("%s to a full disk = %v, want %v", name, err, errFull)
		}
	}
}

func TestCountyXLSX(t *testing.T) {
	d := &CountyDocument{Name: "powiat bydgoski", From: fixture().Summary.Filter.From, To: fixture().Summary.Filter.To, GeneratedAt: fixture().GeneratedAt, Summary: &stats.CountySummary{
		Threshold: 5, N: 904, Comparable: true,
		Offices: []stats.OfficeSummary{
			{Name: "Urząd Gminy Osielsko", Population: 15347, N: 500, Rating: stats.Figure{OK: true, N: 488, Value: 4.29, Low: 4.21, High: 4.37}, Percent: 82.25, Top2: wilson(417, 488), Min: 1, Max: 5, Points: 5, Box: 2},
			{Name: "Urząd Gminy Dobrcz", N: 400, Rating: stats.Figure{OK: true, N: 390, Value: 4.1, Low: 4, High: 4.2}, Percent: 77.5, Top2: wilson(300, 390), Min: 1, Max: 5, Points: 5, Box: 2},
			{Name: "=Urząd Gminy Sicienko", Population: 9915, N: 4, Suppressed: true, Min: 1, Max: 5, Points: 5, Box: 2},
		},
		Mean: stats.CountyFigure{OK: true, Offices: 2, N: 878, Value: 4.195, Percent: 79.875},
	}}
	var b bytes.Buffer
	if err := CountyXLSX(&b, d); err != nil {
		t.Fatalf("CountyXLSX: %v", err)
	}
	f := openBook(t, b.Bytes())
	if raw, _ := cellOf(t, f, sheetOffices, "Ocena ogólna (średnia)", "Urząd Gminy Osielsko"); raw != "4.29" {
		t.Errorf("rating = %q, want 4.29", raw)
	}
	if raw, _ := cellOf(t, f, sheetOffices, "Ankiety", "'=Urząd Gminy Sicienko"); raw != "4" {
		t.Errorf("submissions of a withheld office = %q, want 4", raw)
	}
	for _, header := range []string{"Dół 95%", "Góra 95%", "Ocen (n)", "% zakresu skali"} {
		if raw, cell := cellOf(t, f, sheetOffices, header, "'=Urząd Gminy Sicienko"); raw != "" {
			t.Errorf("%s of a withheld office (%s) = %q, want nothing", header, cell, raw)
		}
	}
	if raw, _ := cellOf(t, f, sheetOffices, "Ocena ogólna (średnia)", "'=Urząd Gminy Sicienko"); raw != tooFew {
		t.Errorf("rating of a withheld office = %q, want %q", raw, tooFew)
	}
	if got := charts(t, b.Bytes()); got != 1 {
		t.Errorf("%d charts, want 1", got)
	}
}

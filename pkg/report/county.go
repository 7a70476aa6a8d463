package report

import (
	"fmt"
	"io"
	"time"

	"github.com/xuri/excelize/v2"

	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/survey"
)

// CountyDocument is what a county may read of its offices. Summary must not be nil.
type CountyDocument struct {
	Name        string // of the county
	From, To    survey.Day
	Summary     *stats.CountySummary
	GeneratedAt time.Time
	Sample      bool // made of sample data
}

// Names of the sheets of a county's workbook, besides sheetAreas and sheetGlossary.
const sheetOffices = "Urzędy"

// CountyXLSX writes a county's comparison of its offices as a workbook with typed numbers and a native chart.
func CountyXLSX(w io.Writer, d *CountyDocument) error {
	if d.Summary == nil {
		return fmt.Errorf("county report of %s: no summary", d.Name)
	}
	b := newBook("Oceny urzędów: "+d.Name, d.Name, d.GeneratedAt)
	d.summarySheet(b)
	d.officesSheet(b)
	d.areasSheet(b)
	d.glossarySheet(b)
	if err := b.write(w); err != nil {
		return fmt.Errorf("county report of %s as XLSX: %w", d.Name, err)
	}
	return nil
}

func (d *CountyDocument) summarySheet(b *book) {
	b.sheet(sheetSummary, false)
	b.keep(b.file.SetColWidth(sheetSummary, "A", "A", 40))
	b.keep(b.file.SetColWidth(sheetSummary, "B", "E", 18))
	b.put(sheetSummary, 1, 1, "Oceny urzędów: "+d.Name, formatTitle)
	facts := [][2]any{{"Okres", plain(periodWords(d.From, d.To))}, {"Data wygenerowania", plain(dateWords(d.GeneratedAt))}, {"Zebrane ankiety", d.Summary.N}}
	if d.Sample {
		facts = append(facts, [2]any{"Uwaga", "Dane przykładowe: skoroszyt nie opisuje prawdziwych opinii o urzędach."})
	}
	row := 2
	for _, f := range facts {
		b.put(sheetSummary, 1, row, f[0], formatBold)
		format := formatText
		if _, number := f[1].(int); number {
			format = formatIntLeft
		}
		b.put(sheetSummary, 2, row, f[1], format)
		row++
	}
	row++
	for i, title := range []string{"Ocena ogólna w powiecie", "Średnia", "% zakresu skali", "Urzędy", "Ocen (n)"} {
		b.put(sheetSummary, i+1, row, title, formatHead)
	}
	for i, f := range []stats.CountyFigure{d.Summary.Mean, d.Summary.Pooled, d.Summary.Weighted} {
		name := [...]string{"Średnia urzędów (każdy waży tyle samo)", "Wszystkie oceny razem", "Ważona liczbą mieszkańców"}[i]
		b.put(sheetSummary, 1, row+1+i, name, formatText)
		for j, value := range d.figureCells(f) {
			b.put(sheetSummary, 2+j, row+1+i, value, [...]format{formatMean, formatShare, formatInt, formatInt}[j])
		}
	}
}

// figureCells are a county's figure as cells; points are left empty where offices rate on different scales.
func (d *CountyDocument) figureCells(f stats.CountyFigure) []any {
	if !f.OK {
		return []any{tooFew, nil, nil, nil}
	}
	return []any{bound(d.Summary.Comparable, f.Value), f.Percent / 100, f.Offices, f.N}
}

func (d *CountyDocument) officesSheet(b *book) {
	b.sheet(sheetOffices, true)
	columns := []sheetColumn{{"Urząd", 40, formatWrap}, {"Ankiety", 10, formatInt}, {"Ocena ogólna (średnia)", 13, formatMean}, {"Dół 95%", 9, formatMean}, {"Góra 95%", 9, formatMean}, {"Ocen (n)", 9, formatInt},
		{"% zakresu skali", 11, formatShare}, {"Najwyższe oceny", 11, formatShare}, {"Skala od", 8, formatInt}, {"Skala do", 8, formatInt}, {"Mieszkańcy", 12, formatInt}}
	var rows [][]any
	for _, o := range d.Summary.Offices {
		rows = append(rows, officeRow(o))
	}
	b.table(sheetOffices, columns, rows)
	if len(rows) == 0 {
		return
	}
	low, high := 0.0, 1.0
	b.chart(bookChart{sheet: sheetOffices, cell: at(1, len(rows)+4), title: "Ocena ogólna urzędów (% zakresu skali)", kind: excelize.Bar, height: uint(140 + 34*len(rows)), format: "0%", low: &low, high: &high,
		series: []excelize.ChartSeries{{Name: quoted(sheetOffices) + "!$G$1", Categories: b.ref(sheetOffices, 1, 2, len(rows)+1), Values: b.ref(sheetOffices, 7, 2, len(rows)+1), Fill: solid("1D4F8C")}}})
}

func officeRow(o stats.OfficeSummary) []any {
	ok := o.Rating.OK
	var n, low, high, population any
	if ok {
		n = o.Rating.N
	}
	if o.Max > o.Min {
		low, high = o.Min, o.Max
	}
	if o.Population > 0 {
		population = o.Population
	}
	return []any{o.Name, o.N, figureValue(o.Rating, o.Suppressed), bound(ok, o.Rating.Low), bound(ok, o.Rating.High), n, bound(ok, o.Percent/100), shareValue(o.Top2, o.Suppressed && o.Box > 0), low, high, population}
}

func (d *CountyDocument) areasSheet(b *book) {
	b.sheet(sheetAreas, false)
	var rows [][]any
	for _, list := range []struct {
		name  string
		areas []stats.CountyArea
	}{{"najlepiej oceniane", d.Summary.Best}, {"najsłabiej oceniane", d.Summary.Worst}} {
		for _, a := range list.areas {
			rows = append(rows, []any{list.name, a.Label.PL, a.Percent / 100, a.Offices})
		}
	}
	b.table(sheetAreas, []sheetColumn{{"Lista", 22, formatText}, {"Obszar", 44, formatWrap}, {"% zakresu skali", 12, formatShare}, {"Urzędy", 10, formatInt}}, rows)
}

func (d *CountyDocument) glossarySheet(b *book) {
	b.sheet(sheetGlossary, false)
	b.table(sheetGlossary, []sheetColumn{{"Kolumna", 26, formatText}, {"Znaczenie", 100, formatWrap}}, [][]any{
		{"% zakresu skali", "(średnia − najniższa ocena) / (najwyższa ocena − najniższa ocena); pozwala zestawić urzędy z różnymi skalami."},
		{"Dół 95%, Góra 95%", "Przedział orientacyjny; próba nielosowa."},
		{"Średnia urzędów", "Zwykła średnia ocen urzędów; każdy urząd waży tyle samo, niezależnie od liczby ankiet."},
		{"Ważona liczbą mieszkańców", "Bez urzędów, których liczby mieszkańców nie podano."},
		{tooFew, fmt.Sprintf("Wynik wstrzymany: mniej niż %d odpowiedzi. Wyniki powiatu liczymy tylko z urzędów, których wynik podano.", d.Summary.Threshold)},
	})
}

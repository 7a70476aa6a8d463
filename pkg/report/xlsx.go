package report

import (
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"

	"ocenaurzedu.eu/pkg/stats"
)

// Names of the sheets.
const (
	sheetSummary   = "Podsumowanie"
	sheetQuestions = "Pytania"
	sheetNotes     = "O pytaniach"
	sheetRatings   = "Oceny"
	sheetAreas     = "Obszary"
	sheetQuadrants = "Ważność i zadowolenie"
	sheetChannels  = "Kanały"
	sheetPoints    = "Punkty obsługi"
	sheetTrend     = "Trend"
	sheetRemarks   = "Uwagi"
	sheetGlossary  = "Słownik"

	sheetIndicators = "Wskaźniki"
	sheetCrosses    = "Przekroje"
	sheetComparison = "Porównanie"
	sheetActions    = "Działania"
	sheetDictionary = "Słownik danych"
)

// XLSX writes the report as a workbook with typed numbers and native charts. Text that people wrote stays
// text: a cell of it never holds or starts a formula.
func (d *Document) XLSX(w io.Writer) error {
	if err := d.check(); err != nil {
		return err
	}
	b := newBook(d.title(), d.Office.Name, d.GeneratedAt)
	d.sheets(b)
	d.glossarySheet(b)
	if err := b.write(w); err != nil {
		return fmt.Errorf("report %d of %s as XLSX: %w", d.Number, d.Slug, err)
	}
	return nil
}

// sheets writes all sheets but the glossary, before which single submissions may stand.
func (d *Document) sheets(b *book) {
	d.summarySheet(b)
	d.questionsSheet(b)
	d.notesSheet(b)
	d.ratingsSheet(b)
	d.areasSheet(b)
	d.indicatorsSheet(b)
	d.quadrantsSheet(b)
	d.channelsSheet(b)
	d.pointsSheet(b)
	d.crossesSheet(b)
	d.trendSheet(b)
	d.comparisonSheet(b)
	d.actionsSheet(b)
	d.remarksSheet(b)
}

// summarySheet holds the facts, the conclusions and how the overall rating is spread.
func (d *Document) summarySheet(b *book) {
	b.sheet(sheetSummary, false)
	b.keep(b.file.SetColWidth(sheetSummary, "A", "A", 38))
	b.keep(b.file.SetColWidth(sheetSummary, "B", "B", 78))
	b.keep(b.file.SetColWidth(sheetSummary, "C", "D", 13))
	b.put(sheetSummary, 1, 1, d.title(), formatTitle)
	row := 2
	line := func(label string, value any, f format) {
		b.put(sheetSummary, 1, row, label, formatBold)
		b.put(sheetSummary, 2, row, value, f)
		if text, ok := value.(string); ok {
			b.rowLines(sheetSummary, row, max(linesOf(text, 78), linesOf(label, 34)))
		}
		row++
	}
	line("Urząd", d.Office.Name, formatWrap)
	line("Okres", plain(d.period()), formatWrap)
	if d.Sample {
		line("Uwaga", "Dane przykładowe: skoroszyt nie opisuje prawdziwych opinii o urzędzie.", formatWrap)
	}
	for i, fact := range d.facts() {
		if i == 0 {
			line(fact[0], d.Summary.N, formatIntLeft)
			continue
		}
		line(fact[0], plain(fact[1]), formatWrap)
	}
	if o := d.Summary.Overall; o != nil {
		line("Ocena ogólna (średnia)", figureValue(o.Rating, fewScored(o)), formatMeanLeft)
		line(firstUpper(boxName(o.Box, true)), shareValue(o.Top2, fewScored(o)), formatShareLeft)
	}
	if text := d.SuspectsNote(); text != "" {
		line("Dni do sprawdzenia", plain(text), formatWrap)
	}
	for _, fact := range d.around() {
		line(fact[0], plain(fact[1]), formatWrap)
	}
	row++
	for _, c := range d.Conclusions() {
		line(c.Question, plain(c.Answer), formatWrap)
	}
	row++
	d.overallTable(b, row)
}

// around are the facts about the county around the office.
func (d *Document) around() [][2]string {
	var facts [][2]string
	if p := d.Peers; p != nil {
		facts = append(facts, [2]string{"Ocena ogólna w powiecie", fmt.Sprintf("%s: średnia z %s to %s%% zakresu skali, urząd ma %s%%", p.County,
			counted(p.Offices, "urzędu", "urzędów", "urzędów"), Decimal(p.Mean, 1), Decimal(p.Own, 1))})
	}
	return facts
}

// overallTable puts the distribution of the overall rating and its chart under the conclusions.
func (d *Document) overallTable(b *book, row int) {
	o := d.Summary.Overall
	if o == nil || o.Suppressed || o.Valid == 0 {
		return
	}
	for i, title := range []string{"Ocena ogólna", "", "Liczba", "% ważnych"} {
		b.put(sheetSummary, i+1, row, title, formatHead)
	}
	first := row + 1
	for i, v := range worstFirst(o.Values) {
		b.put(sheetSummary, 1, first+i, valueName(v), formatWrap)
		b.put(sheetSummary, 3, first+i, v.Count, formatInt)
		b.put(sheetSummary, 4, first+i, shareValue(v.Share, false), formatShare)
	}
	last := row + len(o.Values)
	b.chart(bookChart{sheet: sheetSummary, cell: at(1, last+2), title: "Jak rozkładają się oceny ogólne", kind: excelize.Bar, height: 280, format: "0%",
		series: []excelize.ChartSeries{{Name: quoted(sheetSummary) + "!" + fmt.Sprintf("$D$%d", row), Categories: b.ref(sheetSummary, 1, first, last), Values: b.ref(sheetSummary, 4, first, last), Fill: solid("1D4F8C")}}})
}

// figureValue is a mean for a cell: a number, "n za małe", or nothing.
func figureValue(f stats.Figure, withheld bool) any {
	switch {
	case f.OK:
		return f.Value
	case withheld:
		return tooFew
	}
	return nil
}

// shareValue is a share for a cell: a number, "n za małe", or nothing.
func shareValue(s stats.Share, withheld bool) any {
	switch {
	case s.OK:
		return s.Value
	case withheld:
		return tooFew
	}
	return nil
}

// bound is a bound of an interval for a cell: a number, or nothing.
func bound(ok bool, v float64) any {
	if !ok {
		return nil
	}
	return v
}

// questionsSheet holds every value of every question, one a row.
func (d *Document) questionsSheet(b *book) {
	b.sheet(sheetQuestions, true)
	columns := []sheetColumn{{"Nr", 6, formatText}, {"Klucz", 16, formatText}, {"Pytanie", 44, formatWrap}, {"Wersje", 9, formatText}, {"Rodzaj", 17, formatText}, {"Stwierdzenie", 40, formatWrap},
		{"Odpowiedź", 30, formatWrap}, {"Liczba", 9, formatInt}, {"% ważnych", 10, formatShare}, {"Dół 95%", 9, formatShare}, {"Góra 95%", 9, formatShare}, {"% wszystkich", 11, formatShare}, {"Ważne (n)", 9, formatInt}, {"Zadano (N)", 9, formatInt}, {"Nie pytano", 9, formatInt}}
	var rows [][]any
	for i, number := range d.numbered() {
		q := &d.Summary.Questions[i]
		for j := range q.Items {
			it := &q.Items[j]
			head := []any{number, q.Key, q.Label.PL, versionList(q.Versions), kindName(q.Kind), itemName(it)}
			rows = append(rows, valueRows(head, it)...)
		}
	}
	b.table(sheetQuestions, columns, rows)
}

// valueRows are the rows of one item; a withheld one or one without choices has a single row.
func valueRows(head []any, it *stats.Item) [][]any {
	with := func(cells ...any) []any { return append(append([]any{}, head...), cells...) }
	if it.Suppressed {
		return [][]any{with(tooFew, nil, nil, nil, nil, nil, nil, it.Asked, nil)}
	}
	if len(it.Values) == 0 {
		return [][]any{with(nil, nil, nil, nil, nil, nil, it.Valid, it.Asked, it.States.Hidden)}
	}
	var rows [][]any
	for _, v := range it.Values {
		rows = append(rows, with(valueName(v), v.Count, shareValue(v.Share, false), bound(v.Share.OK, v.Share.Low), bound(v.Share.OK, v.Share.High), v.OfAll, it.Valid, it.Asked, it.States.Hidden))
	}
	return rows
}

// notesSheet says of which questions it must be known who was asked them, or how they changed. Without any it is not
// there.
func (d *Document) notesSheet(b *book) {
	var rows [][]any
	for i, number := range d.numbered() {
		q := &d.Summary.Questions[i]
		for _, note := range append([]string{d.seriesNote(q)}, d.QuestionNotes(q)...) {
			if note != "" {
				rows = append(rows, []any{number, q.Label.PL, versionList(q.Versions), plain(note)})
			}
		}
	}
	if len(rows) == 0 {
		return
	}
	b.sheet(sheetNotes, true)
	b.table(sheetNotes, []sheetColumn{{"Nr", 6, formatText}, {"Pytanie", 50, formatWrap}, {"Wersje", 9, formatText}, {"Kogo pytano, co zmieniono", 80, formatWrap}}, rows)
}

func (d *Document) areasSheet(b *book) {
	b.sheet(sheetAreas, true)
	columns := []sheetColumn{{"Obszar", 34, formatWrap}, {"Wersje", 9, formatText}, {"Stwierdzenia", 12, formatInt}, {"n", 9, formatInt}, {"Średnia", 10, formatMean}, {"Dół 95%", 9, formatMean}, {"Góra 95%", 9, formatMean},
		{"Najwyższe oceny", 11, formatShare}, {"Najniższe oceny", 11, formatShare}, {"Skala od", 8, formatInt}, {"Skala do", 8, formatInt}, {"α Cronbacha", 11, formatMean}, {"α: n", 8, formatInt}}
	var rows [][]any
	told := 0
	for _, a := range d.Summary.Areas {
		var n any
		if a.Rating.OK {
			n = a.Rating.N
			told++
		}
		rows = append(rows, []any{a.Label.PL, versionList(a.Versions), a.Rows, n, figureValue(a.Rating, a.Withheld), bound(a.Rating.OK, a.Rating.Low), bound(a.Rating.OK, a.Rating.High),
			shareValue(a.Top2, a.Withheld), shareValue(a.Bottom2, a.Withheld), a.Min, a.Max, bound(a.Alpha.OK, a.Alpha.Value), bound(a.Alpha.OK, float64(a.Alpha.N))})
	}
	b.table(sheetAreas, columns, rows)
	if told == 0 {
		return
	}
	low, high := d.Summary.Areas[0].Min, d.Summary.Areas[0].Max
	b.chart(bookChart{sheet: sheetAreas, cell: at(1, len(rows)+4), title: "Średnie obszarów", kind: excelize.Bar, height: uint(120 + 40*told), format: "0.00", low: &low, high: &high,
		series: []excelize.ChartSeries{{Name: quoted(sheetAreas) + "!$E$1", Categories: b.ref(sheetAreas, 1, 2, told+1), Values: b.ref(sheetAreas, 5, 2, told+1), Fill: solid("1D4F8C")}}})
}

func (d *Document) channelsSheet(b *book) {
	b.sheet(sheetChannels, true)
	columns := append([]sheetColumn{{"Sposób wypełnienia", 26, formatText}, {"Ankiety", 10, formatInt}, {"% wszystkich", 12, formatShare}}, groupColumns()...)
	groups := map[string]stats.Group{}
	for _, g := range d.Summary.ByChannel {
		groups[g.Key] = g
	}
	var rows [][]any
	for _, c := range d.Summary.Channels {
		rows = append(rows, append([]any{channelName(c.Channel), c.N, c.Share}, groupCells(groups[string(c.Channel)])...))
	}
	b.table(sheetChannels, columns, rows)
	if len(rows) == 0 {
		return
	}
	b.chart(bookChart{sheet: sheetChannels, cell: at(1, len(rows)+4), title: "Ankiety według sposobu wypełnienia", kind: excelize.Bar, height: 300, format: "#,##0",
		series: []excelize.ChartSeries{{Name: quoted(sheetChannels) + "!$B$1", Categories: b.ref(sheetChannels, 1, 2, len(rows)+1), Values: b.ref(sheetChannels, 2, 2, len(rows)+1), Fill: solid("1D4F8C")}}})
}

// groupColumns are the figures of a group.
func groupColumns() []sheetColumn {
	return []sheetColumn{{"Ocena ogólna (średnia)", 13, formatMean}, {"Dół 95%", 9, formatMean}, {"Góra 95%", 9, formatMean}, {"Ocen (n)", 9, formatInt}, {"Najwyższe oceny", 11, formatShare}}
}

func groupCells(g stats.Group) []any {
	var n any
	if g.Rating.OK {
		n = g.Rating.N
	}
	return []any{figureValue(g.Rating, g.Withheld), bound(g.Rating.OK, g.Rating.Low), bound(g.Rating.OK, g.Rating.High), n, shareValue(g.Top2, g.Withheld)}
}

func (d *Document) pointsSheet(b *book) {
	b.sheet(sheetPoints, true)
	columns := append([]sheetColumn{{"Punkt obsługi", 36, formatWrap}, {"Ankiety", 10, formatInt}}, groupColumns()...)
	var rows [][]any
	for _, g := range d.Summary.ServicePoints {
		rows = append(rows, append([]any{d.servicePoint(g.Key), g.N}, groupCells(g)...))
	}
	b.table(sheetPoints, columns, rows)
}

func (d *Document) remarksSheet(b *book) {
	b.sheet(sheetRemarks, true)
	columns := []sheetColumn{{"Pytanie", 40, formatWrap}, {"Uwaga", 90, formatWrap}, {"Ile razy", 9, formatInt}, {"Sposób wypełnienia", 22, formatText}, {"Miesiąc", 18, formatText}}
	var rows [][]any
	for _, g := range d.Summary.Remarks {
		for _, w := range g.Wordings() {
			rows = append(rows, []any{g.Label.PL, w.Text, w.Times, channelName(w.Channel), monthWords(w.Month)})
		}
	}
	b.table(sheetRemarks, columns, rows)
}

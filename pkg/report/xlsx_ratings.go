package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/survey"
)

// ratingColumnsBefore is how many columns of the ratings sheet stand before those of the points.
const ratingColumnsBefore = 19

// ratingsSheet holds every item that is rated, one a row, with the shares of its points from the worst to
// the best, and a chart for each matrix.
func (d *Document) ratingsSheet(b *book) {
	b.sheet(sheetRatings, true)
	columns := []sheetColumn{{"Nr", 6, formatText}, {"Pytanie", 36, formatWrap}, {"Obszar", 22, formatWrap}, {"Stwierdzenie", 44, formatWrap}, {"Wersje", 9, formatText}, {"n", 8, formatInt}, {"Średnia", 10, formatMean},
		{"Dół 95%", 9, formatMean}, {"Góra 95%", 9, formatMean}, {"Odchylenie standardowe", 12, formatMean}, {"Mediana", 9, formatMean}, {"Najwyższe oceny", 11, formatShare}, {"Najniższe oceny", 11, formatShare}, {"NPS", 8, formatMean},
		{"Nie dotyczy", 9, formatInt}, {"Bez zdania", 9, formatInt}, {"Brak odpowiedzi", 10, formatInt}, {"Nieczytelne", 11, formatInt}, {"Nie pytano", 9, formatInt}}
	points := d.pointNames()
	for _, name := range points {
		columns = append(columns, sheetColumn{name, 11, formatShare})
	}
	var rows [][]any
	charts := []bookChart{}
	for i, number := range d.numbered() {
		q := &d.Summary.Questions[i]
		for _, side := range Sides(q) {
			first := len(rows) + 2
			for j := range side.Items {
				if it := &side.Items[j]; isRated(q, it) {
					rows = append(rows, ratedRow(number, q, it, points))
				}
			}
			if last := len(rows) + 1; isTable(q) && slices.Equal(pointLabels(&side.Items[0]), points) {
				charts = append(charts, distributionChart(b, q, side, [2]int{first, last}))
			}
		}
	}
	b.table(sheetRatings, columns, rows)
	row := len(rows) + 4
	for _, c := range charts {
		c.cell = at(2, row)
		b.chart(c)
		row += int(c.height)/20 + 2
	}
}

// isRated reports whether an item has scores, whether or not they may be told.
func isRated(q *stats.Question, it *stats.Item) bool {
	return it.Points > 0 || it.Rating.OK || isTable(q)
}

// pointNames are the columns of points: the labels of the first table's scale, worst first, or, without a
// table, of the first rated question's. Items of other scales have their distribution among the questions.
func (d *Document) pointNames() []string {
	var names []string
	for i := range d.Summary.Questions {
		q := &d.Summary.Questions[i]
		for _, side := range Sides(q) {
			if labels := pointLabels(&side.Items[0]); labels != nil && isTable(q) {
				return labels
			} else if names == nil {
				names = labels
			}
		}
	}
	return names
}

// pointLabels are the points of an item's scale from the worst to the best; nil where there is none.
func pointLabels(it *stats.Item) []string {
	if it.Points == 0 {
		return nil
	}
	var labels []string
	for _, v := range worstFirst(it.Values) {
		labels = append(labels, valueName(v))
	}
	return labels
}

// isTable reports whether a question rates rows on one scale.
func isTable(q *stats.Question) bool {
	return q.Kind == survey.KindMatrix || q.Kind == survey.KindPaired
}

func ratedRow(number string, q *stats.Question, it *stats.Item, points []string) []any {
	versions := q.Versions
	if len(it.Versions) > 0 {
		versions = it.Versions
	}
	head := []any{number, q.Label.PL, areaName(q, it.Area), itemName(it), versionList(versions)}
	if it.Suppressed {
		row := append(head, nil, tooFew)
		return append(row, make([]any, ratingColumnsBefore-len(row)+len(points))...)
	}
	few, ok := fewScored(it), it.Rating.OK
	row := append(head, it.Valid, figureValue(it.Rating, few), bound(ok, it.Rating.Low), bound(ok, it.Rating.High), bound(ok, it.SD), bound(ok, it.Median),
		shareValue(it.Top2, few), shareValue(it.Bottom2, few), bound(it.NPS.OK, it.NPS.Value),
		it.States.NotApplicable, it.States.NoOpinion, it.States.Blank, it.States.Unreadable, it.States.Hidden)
	if it.Points == 0 || !slices.Equal(pointLabels(it), points) {
		return append(row, make([]any, len(points))...)
	}
	for _, v := range worstFirst(it.Values) {
		row = append(row, shareValue(v.Share, false))
	}
	return row
}

// distributionChart is the stacked chart of a matrix's side whose rows stand in the rows span of the sheet.
func distributionChart(b *book, q *stats.Question, side Side, span [2]int) bookChart {
	palette := []string{"A3ABB6", "C9CFD6", "E6EAEE", "96ABC9", "28588F"}
	points, title := len(side.Items[0].Values), q.Label.PL
	if side.Title != "" {
		title += " – " + lower(side.Title)
	}
	var series []excelize.ChartSeries
	for i := range points {
		col := ratingColumnsBefore + 1 + i
		name, err := excelize.ColumnNumberToName(col)
		b.keep(err)
		series = append(series, excelize.ChartSeries{Name: fmt.Sprintf("%s!$%s$1", quoted(sheetRatings), name), Categories: b.ref(sheetRatings, 4, span[0], span[1]),
			Values: b.ref(sheetRatings, col, span[0], span[1]), Fill: solid(palette[stepTone(i, points)-toneLow2])})
	}
	return bookChart{sheet: sheetRatings, title: title, kind: excelize.BarPercentStacked, height: uint(140 + 26*(span[1]-span[0]+1)), format: "0%", series: series}
}

// glossarySheet says what the columns mean and which base each per cent has.
func (d *Document) glossarySheet(b *book) {
	b.sheet(sheetGlossary, false)
	rows := [][]any{
		{"Zadano (N)", "Liczba ankiet, w których pytanie zadano; to podstawa kolumny „% wszystkich”."},
		{"Nie pytano", "Liczba ankiet, w których pytanie pominięto zgodnie z jego warunkiem; nie wchodzą one do „Zadano (N)”."},
		{"Ważne (n)", "Liczba odpowiedzi co do treści: bez braków, „nie dotyczy”, „nie mam zdania” i nieczytelnych; to podstawa kolumny „% ważnych”."},
		{"% ważnych", "Udział w ważnych odpowiedziach. W pytaniach z wieloma odpowiedziami liczony od osób, dlatego suma przekracza 100%."},
		{"Dół 95%, Góra 95%", "Przedział orientacyjny; próba nielosowa. Dla odsetków metoda Wilsona, dla średnich rozkład t."},
		{"Średnia", "Średnia z ocen ustawionych tak, że wyższa znaczy lepsza; bez „nie dotyczy” i „nie mam zdania”."},
		{"Najwyższe oceny", "Udział odpowiedzi z dwóch najlepszych punktów skali; w skali o dwóch lub trzech punktach – z jednego. Skal o różnej liczbie punktów nie należy porównywać."},
		{"Najniższe oceny", "Udział odpowiedzi z dwóch najgorszych punktów skali; w skali o dwóch lub trzech punktach – z jednego."},
		{"NPS", "Odsetek ocen 9–10 minus odsetek ocen 0–6 w pytaniu o polecenie (od −100 do 100)."},
		{"Wersje", "Wersje ankiety, w których pytanie miało ten sam sens i te same odpowiedzi; podajemy najnowsze brzmienie. Różnych serii nie należy łączyć."},
		{tooFew, fmt.Sprintf("Wynik wstrzymany: mniej niż %d odpowiedzi, albo dałoby się z niego obliczyć inny wstrzymany wynik.", d.Summary.Threshold)},
		{"Zmiana", "Różnica wobec poprzedniego raportu; „wzrost” lub „spadek”, gdy cały przedział leży po jednej stronie zera, inaczej „w granicach błędu”."},
		{"Pozycje, Waga", "Z ilu pytań i stwierdzeń jest wskaźnik i z jaką wagą, ustaloną przez urząd, wchodzi do wskaźnika łącznego."},
		{"% kolumny", "W przekrojach: udział odpowiedzi w ankietach danej grupy."},
		{"Uwaga", "Tekst klienta po usunięciu danych osobowych. Apostrof na początku dodano tam, gdzie arkusz mógłby wziąć tekst za formułę."},
	}
	if len(d.Summary.Quadrants) > 0 {
		rows = append(rows, []any{"Ćwiartka", QuadrantMethod}, []any{"Nr", "Numer punktu na wykresie ważności i zadowolenia."},
			[]any{"CSI", "Wskaźnik zadowolenia w postaci klasycznej: średnie zadowolenia ważone średnimi ważności, podzielone przez liczbę punktów skali. Najniższa możliwa wartość nie jest równa 0%."})
	}
	for _, each := range d.formulas() {
		if !slices.ContainsFunc(rows, func(row []any) bool { return strings.EqualFold(row[0].(string), each.name) }) {
			rows = append(rows, []any{each.name, plain(each.text)})
		}
	}
	b.table(sheetGlossary, []sheetColumn{{"Kolumna", 26, formatText}, {"Znaczenie", 100, formatWrap}}, rows)
}

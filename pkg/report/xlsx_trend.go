package report

import (
	"strings"

	"github.com/xuri/excelize/v2"

	"ocenaurzedu.eu/pkg/stats"
)

// trendSheet holds the months with their intervals, the versions that began in them, and the charts. Where the overall
// rating began a new series the line of means begins anew: each series has a column of its own.
func (d *Document) trendSheet(b *book) {
	b.sheet(sheetTrend, true)
	breaks := d.trendBreaks()
	columns := []sheetColumn{{"Miesiąc", 18, formatText}, {"Ankiety", 10, formatInt}, {"Ocena ogólna (średnia)", 13, formatMean}, {"Dół 95%", 9, formatMean}, {"Góra 95%", 9, formatMean}, {"Ocen (n)", 9, formatInt}, {"Zmiana ankiety", 54, formatWrap}}
	var rows [][]any
	told := 0
	for i, m := range d.Summary.Months {
		cells := groupCells(stats.Group{Rating: m.Rating, Withheld: m.Withheld})
		rows = append(rows, append(append([]any{monthWords(m.Month), m.N}, cells[:4]...), plain(changeWords(breaks, i))))
		if m.Rating.OK {
			told++
		}
	}
	b.table(sheetTrend, columns, rows)
	if len(rows) < 2 {
		return
	}
	last := len(rows) + 1
	b.chart(bookChart{sheet: sheetTrend, cell: at(1, last+3), title: "Ankiety według miesiąca", kind: excelize.Col, height: 300, format: "#,##0",
		series: []excelize.ChartSeries{{Name: quoted(sheetTrend) + "!$B$1", Categories: b.ref(sheetTrend, 1, 2, last), Values: b.ref(sheetTrend, 2, 2, last), Fill: solid("1D4F8C")}}})
	if told < 2 {
		return
	}
	b.trendChart(spans(breaks, len(rows)), last)
}

// trendChart draws the means with the ends of their intervals, one line a series.
func (b *book) trendChart(spans [][2]int, last int) {
	var series []excelize.ChartSeries
	for i, span := range spans {
		for j, line := range []struct {
			col   int
			color string
			width float64
		}{{3, "1D4F8C", 2.25}, {4, "8A94A3", 1}, {5, "8A94A3", 1}} {
			if i > 0 && j > 0 || i > 0 && span[0] == span[1] {
				continue
			}
			first, end := span[0]+2, span[1]+2
			if j > 0 { // the ends of the intervals are told once, over all months
				first, end = 2, last
			}
			s := excelize.ChartSeries{Name: b.ref(sheetTrend, line.col, 1, 1), Categories: b.ref(sheetTrend, 1, 2, last), Values: b.ref(sheetTrend, line.col, first, end),
				Fill: solid(line.color), Line: excelize.LineOptions{Type: excelize.LineSolid, Width: line.width}, Marker: excelize.ChartMarker{Symbol: "none"}}
			if j == 0 {
				s.Marker = excelize.ChartMarker{Symbol: "circle", Size: 6, Fill: solid(line.color)}
			}
			series = append(series, s)
		}
	}
	b.chart(bookChart{sheet: sheetTrend, cell: at(1, last+20), title: "Ocena ogólna według miesiąca z przedziałem 95%", kind: excelize.Line, height: 340, format: "0.00", series: series, bare: true})
}

// changeWords tell what began in a month.
func changeWords(breaks []trendBreak, month int) string {
	var words []string
	for _, each := range breaks {
		if each.at != month {
			continue
		}
		text := "od tego miesiąca " + each.name
		if each.broken {
			text += "; nowa seria oceny ogólnej, nie łączyć z wcześniejszą"
		}
		words = append(words, text)
	}
	return strings.Join(words, "; ")
}

// spans are the stretches of months of one series, as indices of the first and the last.
func spans(breaks []trendBreak, months int) [][2]int {
	list := [][2]int{{0, months - 1}}
	for _, each := range breaks {
		if each.broken {
			list[len(list)-1][1] = each.at - 1
			list = append(list, [2]int{each.at, months - 1})
		}
	}
	return list
}

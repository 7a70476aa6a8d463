package report

import (
	"strings"

	"github.com/xuri/excelize/v2"

	"ocenaurzedu.eu/pkg/stats"
)

// trendColumns are the columns of the trend before those that the chart is drawn of.
const trendColumns = 7

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
	stretches := spans(breaks, len(rows))
	for _, span := range stretches { // a chart would draw "n za małe" as 0, and join series that must not be
		columns = append(columns, sheetColumn{"Średnia na wykresie" + spanName(stretches, span, d.Summary.Months), 16, formatMean})
		for i, m := range d.Summary.Months {
			rows[i] = append(rows[i], bound(m.Rating.OK && span[0] <= i && i <= span[1], m.Rating.Value))
		}
	}
	b.table(sheetTrend, columns, rows)
	if len(rows) < 2 {
		return
	}
	last := len(rows) + 1
	b.chart(bookChart{sheet: sheetTrend, cell: at(1, last+3), title: "Ankiety według miesiąca", kind: excelize.Col, height: 320, width: 490, format: "#,##0",
		series: []excelize.ChartSeries{{Name: quoted(sheetTrend) + "!$B$1", Categories: b.ref(sheetTrend, 1, 2, last), Values: b.ref(sheetTrend, 2, 2, last), Fill: solid("1D4F8C")}}})
	if told >= 2 {
		b.trendChart(len(stretches), last, d.Summary.Overall)
	}
}

// spanName tells a stretch of months from the others; "" where it is the only one.
func spanName(all [][2]int, span [2]int, months []stats.MonthCount) string {
	if len(all) < 2 {
		return ""
	}
	return ", od: " + monthWords(months[span[0]].Month)
}

// trendChart draws the means, a line a series, with the ends of their intervals.
func (b *book) trendChart(stretches, last int, overall *stats.Item) {
	line := func(col int, color string, width float64, symbol string) excelize.ChartSeries {
		return excelize.ChartSeries{Name: b.ref(sheetTrend, col, 1, 1), Categories: b.ref(sheetTrend, 1, 2, last), Values: b.ref(sheetTrend, col, 2, last), Fill: solid(color),
			Line: excelize.LineOptions{Type: excelize.LineSolid, Width: width}, Marker: excelize.ChartMarker{Symbol: symbol, Size: 6, Fill: solid(color)}}
	}
	series := []excelize.ChartSeries{line(4, "8A94A3", 1, "none"), line(5, "8A94A3", 1, "none")}
	for i := range stretches {
		series = append(series, line(trendColumns+1+i, "1D4F8C", 2.25, "circle"))
	}
	c := bookChart{sheet: sheetTrend, cell: at(trendColumns, last+3), title: "Ocena ogólna według miesiąca z przedziałem 95%", kind: excelize.Line, height: 320, format: "0.0", series: series, bare: true}
	if overall != nil && overall.Max > overall.Min {
		c.low, c.high = &overall.Min, &overall.Max
	}
	b.chart(c)
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

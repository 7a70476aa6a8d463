package report

import (
	"strings"

	"github.com/xuri/excelize/v2"

	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/survey"
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
	for _, m := range d.Summary.Months {
		cells := groupCells(stats.Group{Rating: m.Rating, Withheld: m.Withheld})
		rows = append(rows, append(append([]any{monthWords(m.Month), m.N}, cells[:4]...), plain(changeWords(breaks, m.Month))))
		if m.Rating.OK {
			told++
		}
	}
	lines := d.trendLines()
	for _, line := range lines { // a chart would draw "n za małe" as 0, and join series that must not be
		title := "Średnia na wykresie"
		if len(lines) > 1 {
			title += ", " + seriesName(line.Versions)
		}
		columns = append(columns, sheetColumn{title, 16, formatMean})
		for i, m := range d.Summary.Months {
			var mean any
			for _, p := range line.Points {
				if p.Month == m.Month && p.Rating.OK {
					mean = p.Rating.Value
				}
			}
			rows[i] = append(rows[i], mean)
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
		b.trendChart(lines, last)
	}
}

// trendChart draws the means, a line a series, with the ends of their intervals.
func (b *book) trendChart(lines []stats.TrendLine, last int) {
	line := func(col int, color string, width float64, symbol string) excelize.ChartSeries {
		return excelize.ChartSeries{Name: b.ref(sheetTrend, col, 1, 1), Categories: b.ref(sheetTrend, 1, 2, last), Values: b.ref(sheetTrend, col, 2, last), Fill: solid(color),
			Line: excelize.LineOptions{Type: excelize.LineSolid, Width: width}, Marker: excelize.ChartMarker{Symbol: symbol, Size: 6, Fill: solid(color)}}
	}
	series := []excelize.ChartSeries{line(4, "8A94A3", 1, "none"), line(5, "8A94A3", 1, "none")}
	for i := range lines {
		series = append(series, line(trendColumns+1+i, "1D4F8C", 2.25, "circle"))
	}
	c := bookChart{sheet: sheetTrend, cell: at(trendColumns, last+3), title: "Ocena ogólna według miesiąca z przedziałem 95%", kind: excelize.Line, height: 320, format: "0.0", series: series, bare: true}
	if low, high := trendScale(lines); high > low {
		c.low, c.high = &low, &high
	}
	b.chart(c)
}

// changeWords tell what began in a month.
func changeWords(breaks []trendBreak, month survey.Day) string {
	var words []string
	for _, each := range breaks {
		if each.month != month {
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

// trendScale is what all lines' scales span.
func trendScale(lines []stats.TrendLine) (low, high float64) {
	for i, line := range lines {
		if i == 0 {
			low, high = line.Min, line.Max
		}
		low, high = min(low, line.Min), max(high, line.Max)
	}
	return low, high
}

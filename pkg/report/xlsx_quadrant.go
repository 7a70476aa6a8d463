package report

import (
	"fmt"

	"github.com/xuri/excelize/v2"

	"ocenaurzedu.eu/pkg/stats"
)

// quadrantsSheet holds the points of every chart of importance and satisfaction, and the charts. Without any it is not
// there.
func (d *Document) quadrantsSheet(b *book) {
	if len(d.Summary.Quadrants) == 0 {
		return
	}
	b.sheet(sheetQuadrants, true)
	columns := []sheetColumn{{"Pytanie", 36, formatWrap}, {"Wersje", 9, formatText}, {"Ćwiartka", 20, formatText}, {"Nr", 6, formatIntLeft}, {"Stwierdzenie lub obszar", 44, formatWrap},
		{"Ważność (średnia)", 11, formatMean}, {"Ważność (n)", 10, formatInt}, {"Zadowolenie (średnia)", 13, formatMean}, {"Zadowolenie (n)", 13, formatInt},
		{"Granica ważności", 10, formatMean}, {"Granica zadowolenia", 13, formatMean}, {"CSI", 9, formatShare}, {"Rodzaj ważności", 17, formatText}}
	var rows [][]any
	for i := range d.Summary.Quadrants {
		q := &d.Summary.Quadrants[i]
		for n, p := range q.Points {
			kind := "pytana"
			if q.Derived {
				kind = "wyprowadzona (ρ)"
			}
			rows = append(rows, []any{q.Label.PL, versionList(p.Versions), QuadrantName(p.Quadrant), n + 1, pointName(p), p.Importance.Value, p.Importance.N, p.Satisfaction.Value, p.Satisfaction.N,
				q.Importance.Cut, q.Satisfaction.Cut, bound(!q.Derived, q.CSI/100), kind})
		}
	}
	b.table(sheetQuadrants, columns, rows)
	first, row := 2, len(rows)+4
	for i := range d.Summary.Quadrants {
		q := &d.Summary.Quadrants[i]
		row = b.quadrant(q, first, row)
		first += len(q.Points)
	}
}

// quadrantRows is how many rows of a sheet a chart of importance and satisfaction covers.
const quadrantRows = 25

// quadrant puts a chart, of the points that stand from row first on, at a row, and under it the ends of the lines of
// its cut; it returns the next free row.
func (b *book) quadrant(q *stats.Quadrant, first, row int) int {
	importance, satisfaction := sheetAxis(q.Points, q.Importance, func(p stats.QuadrantPoint) stats.Figure { return p.Importance }), sheetAxis(q.Points, q.Satisfaction, func(p stats.QuadrantPoint) stats.Figure { return p.Satisfaction })
	ends := row + quadrantRows
	b.put(sheetQuadrants, 5, ends, "Granice ćwiartek na wykresie", formatBold)
	b.put(sheetQuadrants, 12, ends, hard, formatText) // their name, so that no words stand at their ends
	for i, end := range [][2]float64{{importance.low, q.Satisfaction.Cut}, {importance.high, q.Satisfaction.Cut}, {q.Importance.Cut, satisfaction.low}, {q.Importance.Cut, satisfaction.high}} {
		b.put(sheetQuadrants, 5, ends+1+i, [...]string{"średnia zadowolenia, początek", "średnia zadowolenia, koniec", "średnia ważności, początek", "średnia ważności, koniec"}[i], formatText)
		b.put(sheetQuadrants, 6, ends+1+i, end[0], formatMean)
		b.put(sheetQuadrants, 8, ends+1+i, end[1], formatMean)
	}
	var series []excelize.ChartSeries
	for i, p := range q.Points {
		symbol := map[stats.QuadrantName]string{stats.QuadrantImprove: "triangle", stats.QuadrantStrength: "circle", stats.QuadrantLowPriority: "square", stats.QuadrantExcess: "diamond"}[p.Quadrant]
		series = append(series, excelize.ChartSeries{Name: b.ref(sheetQuadrants, 4, first+i, first+i), Categories: b.ref(sheetQuadrants, 8, first+i, first+i), Values: b.ref(sheetQuadrants, 6, first+i, first+i),
			Marker: excelize.ChartMarker{Symbol: symbol, Size: 8, Fill: solid("1D4F8C")}, Line: excelize.LineOptions{Type: excelize.LineNone}, DataLabelPosition: excelize.ChartDataLabelsPositionRight})
	}
	for i := range 2 {
		from := ends + 1 + 2*i
		series = append(series, excelize.ChartSeries{Name: b.ref(sheetQuadrants, 12, ends, ends), Categories: b.ref(sheetQuadrants, 8, from, from+1), Values: b.ref(sheetQuadrants, 6, from, from+1),
			Marker: excelize.ChartMarker{Symbol: "none"}, Fill: solid("5A6472"), Line: excelize.LineOptions{Type: excelize.LineSolid, Width: 1.25}})
	}
	title := "Ważność i zadowolenie: " + q.Label.PL
	font := excelize.Font{Color: "1C2430", Size: 9}
	heading := func(text string, size float64) excelize.ChartTitle {
		return excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: text, Font: &excelize.Font{Bold: true, Size: size, Color: "1C2430"}}}}
	}
	axis := func(a chartAxis, name string) excelize.ChartAxis {
		format := "0.0"
		if a.step < 0.1 {
			format = "0.00"
		}
		return excelize.ChartAxis{Font: font, Minimum: &a.low, Maximum: &a.high, MajorUnit: a.step, Title: heading(name, 10), NumFmt: excelize.ChartNumFmt{CustomNumFmt: format}}
	}
	b.keep(b.file.AddChart(sheetQuadrants, at(1, row), &excelize.Chart{
		Type: excelize.Scatter, Series: series, Title: heading(title, 12), Legend: excelize.ChartLegend{Position: "none"},
		Dimension: excelize.ChartDimension{Width: 760, Height: quadrantRows*20 - 30},
		Format:    excelize.GraphicOptions{AltText: title + fmt.Sprintf(". Numery punktów są w kolumnie „Nr”, wiersze %d–%d.", first, first+len(q.Points)-1), Name: title},
		XAxis:     axis(satisfaction, "Zadowolenie"), YAxis: axis(importance, importanceTitle(q)),
		PlotArea: excelize.ChartPlotArea{ShowSerName: true},
	}))
	return ends + 6
}

// importanceTitle names the axis of importance.
func importanceTitle(q *stats.Quadrant) string {
	if q.Derived {
		return "Ważność wyprowadzona (ρ)"
	}
	return "Ważność"
}

// sheetAxis is the part of a scale that an axis of a workbook's chart shows.
func sheetAxis(points []stats.QuadrantPoint, scale stats.Axis, of func(stats.QuadrantPoint) stats.Figure) chartAxis {
	means := make([]float64, len(points))
	for i, p := range points {
		means[i] = of(p).Value
	}
	a := newAxis(means, scale, 0, 1)
	a.low, a.high = max(a.low-a.step, scale.Min), min(a.high+a.step, scale.Max) // room for the dots, within the scale
	return a
}

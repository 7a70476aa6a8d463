package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/survey"
)

// trendBreak is where a version began, in months from the first. Broken is true where the overall rating began a new series.
type trendBreak struct {
	at     float64
	month  survey.Day
	name   string
	broken bool
}

// trendLines are the series of the overall rating over the months, oldest first; of a Summary that does not tell them apart, one.
func (d *Document) trendLines() []stats.TrendLine {
	if len(d.Summary.Trend) > 0 {
		return d.Summary.Trend
	}
	low, high := d.overallScale()
	line := stats.TrendLine{Min: low, Max: high}
	for _, m := range d.Summary.Months {
		if m.Rating.OK || m.Withheld {
			line.Points = append(line.Points, stats.TrendPoint{Month: m.Month, Rating: m.Rating, Withheld: m.Withheld})
		}
	}
	if line.Max <= line.Min || len(line.Points) == 0 {
		return nil
	}
	return []stats.TrendLine{line}
}

// trendCharts are the lines that share a chart: neighbours on one scale, with something to draw.
func trendCharts(lines []stats.TrendLine) [][]stats.TrendLine {
	var charts [][]stats.TrendLine
	for _, l := range lines {
		if !slices.ContainsFunc(l.Points, func(p stats.TrendPoint) bool { return p.Rating.OK }) {
			continue
		}
		if n := len(charts); n > 0 && charts[n-1][0].Min == l.Min && charts[n-1][0].Max == l.Max {
			charts[n-1] = append(charts[n-1], l)
			continue
		}
		charts = append(charts, []stats.TrendLine{l})
	}
	return charts
}

// trendBreaks are the versions that began within the months, but the first one. In a month that two series have, the
// break stands between their two points.
func (d *Document) trendBreaks() []trendBreak {
	var breaks []trendBreak
	lines := d.trendLines()
	q := d.overallQuestion()
	for i, v := range d.Summary.Versions {
		at := monthIndex(d.Summary.Months, v.Published)
		if i == 0 || at < 0 {
			continue
		}
		b := trendBreak{at: float64(at), month: d.Summary.Months[at].Month, name: seriesName([]int{v.Number})}
		if len(d.Summary.Trend) == 0 {
			b.broken = q != nil && q.Break && len(q.Versions) > 0 && q.Versions[0] == v.Number
		}
		for j := 1; j < len(lines); j++ {
			if len(lines[j].Versions) > 0 && lines[j].Versions[0] == v.Number {
				b.broken = true
				if hasMonth(lines[j-1], b.month) {
					b.at += 0.5
				}
			}
		}
		if b.at > 0 {
			breaks = append(breaks, b)
		}
	}
	return breaks
}

// monthIndex finds the month of a day; −1: it is not among them.
func monthIndex(months []stats.MonthCount, day survey.Day) int {
	return slices.IndexFunc(months, func(m stats.MonthCount) bool {
		return m.Month.Year() == day.Year() && m.Month.Time().Month() == day.Time().Month()
	})
}

func hasMonth(l stats.TrendLine, month survey.Day) bool {
	return slices.ContainsFunc(l.Points, func(p stats.TrendPoint) bool { return p.Month == month })
}

// trendChart draws means month by month with their intervals. Neighbours are joined by a line, never over a break: a
// version's beginning is a dashed line, that of a new series a double one, and every other series has hollow dots.
// all are the lines of all charts.
func trendChart(months []stats.MonthCount, lines, all []stats.TrendLine, breaks []trendBreak, f frame) []shape {
	scale := stats.Axis{Min: lines[0].Min, Max: lines[0].Max}
	plot := frame{f.x + 3*f.size, f.y + 2.6*f.size, f.w - 3.4*f.size, f.h - 6.2*f.size, f.size}
	y := trendAxis(lines, scale, plot)
	step := plot.w / float64(len(months))
	shapes := append(outline(plot), trendTicks(months, y, scale, plot)...)
	shapes = append(shapes, breakLines(breaks, plot, step)...)
	for k, l := range lines {
		var last dotAt
		before := -2
		for _, p := range l.Points {
			i := monthIndex(months, p.Month)
			if !p.Rating.OK || i < 0 {
				continue
			}
			at := dotAt{plot.x + step*(float64(i)+0.5+trendShift(all, l, p.Month)), y.at(p.Rating.Value)}
			if i == before+1 && !brokenAt(breaks, i) {
				shapes = append(shapes, shape{kind: shapeLine, x: last.x, y: last.y, w: at.x - last.x, h: at.y - last.y, tone: toneInk})
			}
			shapes = append(shapes, trendDot(p.Rating, at, y, k%2 == 1, f.size)...)
			last, before = at, i
		}
	}
	return shapes
}

// trendShift moves a line's point aside, in months, where the series before or after it has the month too.
func trendShift(all []stats.TrendLine, l stats.TrendLine, month survey.Day) float64 {
	k := slices.IndexFunc(all, func(other stats.TrendLine) bool { return slices.Equal(other.Versions, l.Versions) })
	switch {
	case k >= 0 && k+1 < len(all) && hasMonth(all[k+1], month):
		return -0.25
	case k > 0 && hasMonth(all[k-1], month):
		return 0.25
	}
	return 0
}

// trendDot is a mean and its interval as far as the axis goes.
func trendDot(r stats.Figure, at dotAt, y chartAxis, hollow bool, size float64) []shape {
	low, high, end := y.at(max(r.Low, y.low)), y.at(min(r.High, y.high)), 0.35*size
	shapes := []shape{
		{kind: shapeLine, x: at.x, y: low, h: high - low, tone: toneInk},
		{kind: shapeLine, x: at.x - end, y: low, w: 2 * end, tone: toneInk}, {kind: shapeLine, x: at.x - end, y: high, w: 2 * end, tone: toneInk},
		{kind: shapeDot, x: at.x, y: at.y, w: dotRadius * size, tone: toneBar},
	}
	if hollow {
		shapes = append(shapes, shape{kind: shapeDot, x: at.x, y: at.y, w: 0.5 * dotRadius * size, tone: toneGap})
	}
	return shapes
}

// brokenAt reports whether a new series begins with a month: a Summary that does not tell series apart has one line.
func brokenAt(breaks []trendBreak, i int) bool {
	return slices.ContainsFunc(breaks, func(b trendBreak) bool { return b.broken && b.at == float64(i) })
}

// trendAxis shows all means with their intervals as far as the scale goes.
func trendAxis(lines []stats.TrendLine, scale stats.Axis, plot frame) chartAxis {
	var ends []float64
	for _, l := range lines {
		for _, p := range l.Points {
			if p.Rating.OK {
				ends = append(ends, max(p.Rating.Low, scale.Min), min(p.Rating.High, scale.Max))
			}
		}
	}
	return newAxis(ends, scale, plot.y+plot.h-0.5*plot.size, plot.y+0.5*plot.size)
}

func trendTicks(months []stats.MonthCount, y chartAxis, scale stats.Axis, plot frame) []shape {
	var shapes []shape
	word := func(x, y float64, anchor, text string) shape {
		return shape{kind: shapeText, x: x, y: y, h: plot.size, tone: toneInk, on: toneTrack, text: text, anchor: anchor}
	}
	values, words := y.ticks(scale)
	for i, v := range values {
		shapes = append(shapes, shape{kind: shapeLine, x: plot.x, y: y.at(v), w: plot.w, tone: toneMuted}, word(plot.x-0.6*plot.size, y.at(v)+0.36*plot.size, "end", words[i]))
	}
	step := plot.w / float64(len(months))
	every := 1
	for step*float64(every) < 2.4*plot.size {
		every++
	}
	for i, m := range months {
		at := plot.x + step*(float64(i)+0.5)
		if i%every == 0 {
			shapes = append(shapes, word(at, plot.y+plot.h+1.4*plot.size, "middle", monthShort(m.Month)))
		}
		if i == 0 || m.Month.Time().Month() == 1 {
			shapes = append(shapes, word(at, plot.y+plot.h+2.8*plot.size, "middle", fmt.Sprint(m.Month.Year())))
		}
	}
	return shapes
}

// breakLines stand between the month before a version and its first.
func breakLines(breaks []trendBreak, plot frame, step float64) []shape {
	var shapes []shape
	for _, b := range breaks {
		x := plot.x + step*b.at
		offsets := []float64{0}
		name := b.name
		if b.broken {
			offsets, name = []float64{-0.2 * plot.size, 0.2 * plot.size}, name+": nowa seria"
		}
		for _, dx := range offsets {
			for y := plot.y; y < plot.y+plot.h; y += 0.9 * plot.size {
				shapes = append(shapes, shape{kind: shapeLine, x: x + dx, y: y, h: min(0.5*plot.size, plot.y+plot.h-y), tone: toneInk})
			}
		}
		anchor := "middle"
		if half := textWidth(name, plot.size) / 2; x+half > plot.x+plot.w {
			x, anchor = plot.x+plot.w, "end"
		}
		shapes = append(shapes, shape{kind: shapeText, x: x, y: plot.y - 0.7*plot.size, h: plot.size, tone: toneInk, on: toneTrack, text: name, anchor: anchor})
	}
	return shapes
}

// monthShort is a month in Roman figures, as Polish dates have it.
func monthShort(d survey.Day) string {
	return [...]string{"I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"}[d.Time().Month()-1]
}

// trendWords tell the chart: of each series where it begins and ends, its highest and lowest month; and the breaks.
func trendWords(lines []stats.TrendLine, breaks []trendBreak) string {
	text := "Średnia ocena ogólna w kolejnych miesiącach z przedziałami."
	for _, l := range lines {
		var told []stats.TrendPoint
		for _, p := range l.Points {
			if p.Rating.OK {
				told = append(told, p)
			}
		}
		name := func(p stats.TrendPoint) string { return monthWords(p.Month) + " – " + Decimal(p.Rating.Value, 2) }
		byMean := func(a, b stats.TrendPoint) int { return cmp.Compare(a.Rating.Value, b.Rating.Value) }
		series := ""
		if len(lines) > 1 {
			series = firstUpper(seriesName(l.Versions)) + ": "
		}
		text += fmt.Sprintf(" %spoczątek %s, koniec %s, najwyższa %s, najniższa %s.", series, name(told[0]), name(told[len(told)-1]), name(slices.MaxFunc(told, byMean)), name(slices.MinFunc(told, byMean)))
	}
	var names []string
	for _, b := range breaks {
		began := monthWords(b.month) + ": " + b.name
		if b.broken {
			began += ", nowa seria"
		}
		names = append(names, began)
	}
	if len(names) > 0 {
		text += " Zmiany ankiety: " + strings.Join(names, "; ") + "."
	}
	return text
}

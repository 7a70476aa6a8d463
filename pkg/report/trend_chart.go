package report

import (
	"fmt"
	"strings"

	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/survey"
)

// trendBreak stands before a month: a version began there. Broken is true where the overall rating began a new series.
type trendBreak struct {
	at     int // index of the month
	name   string
	broken bool
}

// trendBreaks are the versions that began within the months, but the first one.
func (d *Document) trendBreaks() []trendBreak {
	var breaks []trendBreak
	q := d.overallQuestion()
	for i, v := range d.Summary.Versions {
		at := monthIndex(d.Summary.Months, v.Published)
		if i == 0 || at < 1 {
			continue
		}
		broken := overallBroken(q) && q.Versions[0] == v.Number
		breaks = append(breaks, trendBreak{at, seriesName([]int{v.Number}), broken})
	}
	return breaks
}

// monthIndex finds the month of a day; −1: it is not among them.
func monthIndex(months []stats.MonthCount, day survey.Day) int {
	for i, m := range months {
		if m.Month.Year() == day.Year() && m.Month.Time().Month() == day.Time().Month() {
			return i
		}
	}
	return -1
}

// trendChart draws means month by month with their intervals. Neighbours are joined by a line, never over a broken series; a
// version's beginning is a dashed line, a broken series' a double one.
func trendChart(months []stats.MonthCount, breaks []trendBreak, scale stats.Axis, f frame) []shape {
	plot := frame{f.x + 3*f.size, f.y + 2.6*f.size, f.w - 3.4*f.size, f.h - 6.2*f.size, f.size}
	y := trendAxis(months, scale, plot)
	step := plot.w / float64(len(months))
	x := func(i int) float64 { return plot.x + step*(float64(i)+0.5) }
	shapes := append(outline(plot), trendTicks(months, y, scale, plot)...)
	shapes = append(shapes, breakLines(breaks, plot, step)...)
	for i, m := range months {
		if !m.Rating.OK {
			continue
		}
		if i > 0 && months[i-1].Rating.OK && !brokenAt(breaks, i) {
			from, to := y.at(months[i-1].Rating.Value), y.at(m.Rating.Value)
			shapes = append(shapes, shape{kind: shapeLine, x: x(i - 1), y: from, w: step, h: to - from, tone: toneInk})
		}
		low, high := y.at(max(m.Rating.Low, y.low)), y.at(min(m.Rating.High, y.high))
		cap := 0.35 * f.size
		shapes = append(shapes, shape{kind: shapeLine, x: x(i), y: low, h: high - low, tone: toneInk},
			shape{kind: shapeLine, x: x(i) - cap, y: low, w: 2 * cap, tone: toneInk}, shape{kind: shapeLine, x: x(i) - cap, y: high, w: 2 * cap, tone: toneInk},
			shape{kind: shapeDot, x: x(i), y: y.at(m.Rating.Value), w: dotRadius * f.size, tone: toneBar})
	}
	return shapes
}

func brokenAt(breaks []trendBreak, i int) bool {
	for _, b := range breaks {
		if b.at == i && b.broken {
			return true
		}
	}
	return false
}

// trendAxis shows all means with their intervals as far as the scale goes.
func trendAxis(months []stats.MonthCount, scale stats.Axis, plot frame) chartAxis {
	var ends []float64
	for _, m := range months {
		if m.Rating.OK {
			ends = append(ends, max(m.Rating.Low, scale.Min), min(m.Rating.High, scale.Max))
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
		x := plot.x + step*float64(b.at)
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

// trendWords tell the chart: where it begins and ends, its highest and lowest month, and its breaks.
func trendWords(months []stats.MonthCount, breaks []trendBreak) string {
	var told []stats.MonthCount
	for _, m := range months {
		if m.Rating.OK {
			told = append(told, m)
		}
	}
	name := func(m stats.MonthCount) string { return monthWords(m.Month) + " – " + Decimal(m.Rating.Value, 2) }
	best, worst := told[0], told[0]
	for _, m := range told {
		if m.Rating.Value > best.Rating.Value {
			best = m
		}
		if m.Rating.Value < worst.Rating.Value {
			worst = m
		}
	}
	text := fmt.Sprintf("Średnia ocena ogólna w kolejnych miesiącach z przedziałami: początek %s, koniec %s, najwyższa %s, najniższa %s.", name(told[0]), name(told[len(told)-1]), name(best), name(worst))
	var names []string
	for _, b := range breaks {
		began := monthWords(months[b.at].Month) + ": " + b.name
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

package report

import (
	"math"
	"strconv"
	"strings"

	"ocenaurzedu.eu/pkg/stats"
)

// chartAxis is the part of a scale that an axis shows, with a tick at every step.
type chartAxis struct {
	low, high, step float64
	from, to        float64 // where low and high are drawn
}

// mostTicks is how many steps an axis has at most.
const mostTicks = 7

// newAxis shows all means with room beside them, of at least an eighth of the scale, so that small differences do not
// look like large ones.
func newAxis(means []float64, scale stats.Axis, from, to float64) chartAxis {
	low, high := means[0], means[0]
	for _, m := range means {
		low, high = min(low, m), max(high, m)
	}
	if least := (scale.Max - scale.Min) / 8; high-low < least {
		middle := (low + high) / 2
		low, high = middle-least/2, middle+least/2
	}
	a := chartAxis{from: from, to: to}
	for tens := 0.01; a.step == 0; tens *= 10 {
		for _, step := range []float64{tens, 2 * tens, 5 * tens} {
			if math.Ceil(high/step-1e-9)-math.Floor(low/step+1e-9) <= mostTicks {
				a.step = step
				break
			}
		}
	}
	a.low, a.high = math.Floor(low/a.step+1e-9)*a.step, math.Ceil(high/a.step-1e-9)*a.step
	return a
}

func (a chartAxis) at(v float64) float64 {
	return a.from + (a.to-a.from)*(v-a.low)/(a.high-a.low)
}

// ticks are the values at which the axis is marked, in words. What lies beyond the scale is not marked.
func (a chartAxis) ticks(scale stats.Axis) (values []float64, words []string) {
	places := 0
	for step := a.step; step < 1-1e-9 && places < 2; step *= 10 {
		places++
	}
	for i := 0; i <= int(math.Round((a.high-a.low)/a.step)); i++ {
		v := a.low + float64(i)*a.step
		if v >= scale.Min-1e-9 && v <= scale.Max+1e-9 {
			values, words = append(values, v), append(words, Decimal(v, places))
		}
	}
	return values, words
}

// quadrantChart draws importance upwards and satisfaction to the right, cut at their grand means. What to improve is
// shaded, each quarter named in its corner, each point numbered: no meaning is in a colour alone.
func quadrantChart(q *stats.Quadrant, f frame) []shape {
	var importance, satisfaction []float64
	for _, p := range q.Points {
		importance, satisfaction = append(importance, p.Importance.Value), append(satisfaction, p.Satisfaction.Value)
	}
	plot := frame{f.x + 3*f.size, f.y + 2*f.size, f.w - 3*f.size, f.h - 5.4*f.size, f.size}
	// The names of the quarters stand beyond the outermost points.
	x := newAxis(satisfaction, q.Satisfaction, plot.x+2*f.size, plot.x+plot.w-2*f.size)
	y := newAxis(importance, q.Importance, plot.y+plot.h-3.6*f.size, plot.y+3.6*f.size)
	cutX, cutY := x.at(q.Satisfaction.Cut), y.at(q.Importance.Cut)
	shapes := []shape{{kind: shapeRect, x: plot.x, y: plot.y, w: cutX - plot.x, h: cutY - plot.y, tone: toneTrack}}
	shapes = append(shapes, outline(plot)...)
	shapes = append(shapes,
		shape{kind: shapeLine, x: cutX, y: plot.y, h: plot.h, tone: toneInk},
		shape{kind: shapeLine, x: plot.x, y: cutY, w: plot.w, tone: toneInk})
	shapes = append(shapes, quadrantTicks(q, x, y, plot)...)
	names := corners(plot)
	shapes = append(shapes, names...)
	word := func(x, y float64, anchor, text string) shape {
		return shape{kind: shapeText, x: x, y: y, h: f.size, tone: toneInk, on: toneTrack, text: text, anchor: anchor}
	}
	shapes = append(shapes,
		word(f.x, f.y+f.size, "start", "↑ "+importanceAxis(q)+" (granica "+Decimal(q.Importance.Cut, 2)+")"),
		word(f.x+f.w, f.y+f.h-0.4*f.size, "end", "Zadowolenie (granica "+Decimal(q.Satisfaction.Cut, 2)+") →"))
	dots := make([]dotAt, len(q.Points))
	for i := range q.Points {
		dots[i] = dotAt{x.at(satisfaction[i]), y.at(importance[i])}
		shapes = append(shapes, shape{kind: shapeDot, x: dots[i].x, y: dots[i].y, w: dotRadius * f.size, tone: toneBar})
	}
	return append(shapes, numbers(dots, names, plot, dotAt{cutX, cutY})...)
}

// importanceAxis names the axis of importance, asked or derived.
func importanceAxis(q *stats.Quadrant) string {
	if q.Derived {
		return "Ważność wyprowadzona"
	}
	return "Ważność"
}

// outline is the border of a frame.
func outline(f frame) []shape {
	return []shape{
		{kind: shapeLine, x: f.x, y: f.y, w: f.w, tone: toneMuted}, {kind: shapeLine, x: f.x, y: f.y + f.h, w: f.w, tone: toneMuted},
		{kind: shapeLine, x: f.x, y: f.y, h: f.h, tone: toneMuted}, {kind: shapeLine, x: f.x + f.w, y: f.y, h: f.h, tone: toneMuted},
	}
}

func quadrantTicks(q *stats.Quadrant, x, y chartAxis, plot frame) []shape {
	var shapes []shape
	tick := 0.4 * plot.size
	values, words := x.ticks(q.Satisfaction)
	for i, v := range values {
		shapes = append(shapes,
			shape{kind: shapeLine, x: x.at(v), y: plot.y + plot.h, h: tick, tone: toneMuted},
			shape{kind: shapeText, x: x.at(v), y: plot.y + plot.h + tick + plot.size, h: plot.size, tone: toneInk, on: toneTrack, text: words[i], anchor: "middle"})
	}
	values, words = y.ticks(q.Importance)
	for i, v := range values {
		shapes = append(shapes,
			shape{kind: shapeLine, x: plot.x - tick, y: y.at(v), w: tick, tone: toneMuted},
			shape{kind: shapeText, x: plot.x - 1.5*tick, y: y.at(v) + 0.36*plot.size, h: plot.size, tone: toneInk, on: toneTrack, text: words[i], anchor: "end"})
	}
	return shapes
}

// corners name the quarters, each in a corner of the frame and on two lines.
func corners(f frame) []shape {
	var shapes []shape
	lead := 1.2 * f.size
	for _, c := range []struct {
		name        stats.QuadrantName
		right, foot bool
	}{{stats.QuadrantImprove, false, false}, {stats.QuadrantStrength, true, false}, {stats.QuadrantLowPriority, false, true}, {stats.QuadrantExcess, true, true}} {
		lines := strings.SplitN(firstUpper(QuadrantName(c.name)), " ", 2)
		s := shape{kind: shapeText, x: f.x + 0.6*f.size, y: f.y + 1.3*f.size, h: f.size, tone: toneInk, on: toneTrack, anchor: "start"}
		if c.right {
			s.x, s.anchor = f.x+f.w-0.6*f.size, "end"
		}
		if c.foot {
			s.y = f.y + f.h - 0.6*f.size - lead*float64(len(lines)-1)
		}
		for _, s.text = range lines {
			shapes = append(shapes, s)
			s.y += lead
		}
	}
	return shapes
}

// dotAt is the centre of a dot.
type dotAt struct{ x, y float64 }

// dotRadius is the radius of a dot, in heights of the text.
const dotRadius = 0.34

// numbers put each dot's number beside it, where it covers no dot, no other number, no name of a quarter and, if it can,
// no line of the cut; a number that finds room farther off only is led to its dot by a line.
func numbers(dots []dotAt, names []shape, plot frame, cut dotAt) []shape {
	var shapes []shape
	var taken []frame
	for _, s := range names {
		x, w := s.x, textWidth(s.text, s.h)
		if s.anchor == "end" {
			x -= w
		}
		taken = append(taken, frame{x, s.y - 0.86*s.h, w, s.h, 0})
	}
	r := dotRadius * plot.size
	for _, d := range dots {
		taken = append(taken, frame{d.x - r, d.y - r, 2 * r, 2 * r, 0})
	}
	for i, d := range dots {
		text := strconv.Itoa(i + 1)
		box, centre, far := numberPlace(d, textWidth(text, plot.size), plot, cut, taken)
		taken = append(taken, box)
		if far {
			shapes = append(shapes, shape{kind: shapeLine, x: d.x, y: d.y, w: centre.x - d.x, h: centre.y - d.y, tone: toneMuted})
		}
		shapes = append(shapes, shape{kind: shapeText, x: centre.x, y: box.y + 0.86*box.h, h: plot.size, tone: toneInk, on: toneTrack, text: text, anchor: "middle"})
	}
	return shapes
}

// numberPlace looks for the cheapest place of a number of a width around its dot: its box and its centre. far is true
// where it is not next to the dot.
func numberPlace(d dotAt, w float64, plot frame, cut dotAt, taken []frame) (best frame, centre dotAt, far bool) {
	cheapest := math.Inf(1)
	size := plot.size
	for ring := range 6 {
		for turn := range 16 {
			if ring == 0 && turn%2 == 1 {
				continue
			}
			sin, cos := math.Sincos(float64(turn) * math.Pi / 8)
			reach := float64(ring) * size
			c := dotAt{d.x + cos*(0.5*size+w/2+reach), d.y - sin*(0.95*size+reach)}
			box := frame{c.x - w/2, c.y - size/2, w, size, 0}
			cost := float64(ring) + 0.01*float64(turn)
			if box.x < plot.x || box.x+box.w > plot.x+plot.w || box.y < plot.y || box.y+box.h > plot.y+plot.h {
				cost += 200
			}
			if box.x < cut.x && cut.x < box.x+box.w || box.y < cut.y && cut.y < box.y+box.h {
				cost += 1.5
			}
			for _, t := range taken {
				if box.x < t.x+t.w && t.x < box.x+box.w && box.y < t.y+t.h && t.y < box.y+box.h {
					cost += 100
				}
			}
			if cost < cheapest {
				cheapest, best, centre, far = cost, box, c, ring > 0
			}
		}
	}
	return best, centre, far
}

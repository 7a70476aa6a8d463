package report

import (
	"math"
	"slices"
	"unicode/utf8"

	"ocenaurzedu.eu/pkg/stats"
)

// shapeKind says what a shape is.
type shapeKind int

const (
	shapeRect shapeKind = iota // x, y, w, h
	shapeLine                  // from x, y to x+w, y+h
	shapeDot                   // centre x, y; radius w
	shapeText                  // x, baseline y; size h; anchor
)

// tone says what a shape's colour means; a page and a PDF choose their own colours for it.
type tone int

const (
	toneInk   tone = iota // text and axes
	toneMuted             // secondary text, grid
	toneTrack             // the whole of which a bar is a part
	toneBar               // a share
	toneLow2              // five steps of a scale, worst to best
	toneLow1
	toneMid
	toneHigh1
	toneHigh2
	toneHatch // lines over the lower half of a scale, so that it is told apart without colour
	toneGap   // separates neighbours
)

// shape is one thing drawn. Charts are lists of shapes in the unit of their frame, so that the SVG of a
// page and the PDF have one geometry.
type shape struct {
	kind       shapeKind
	x, y, w, h float64
	tone       tone
	on         tone   // text: what it stands on (toneTrack: the page itself)
	text       string // text only
	anchor     string // start, middle, end
}

// frame is where a chart may draw. size is the height of its text.
type frame struct{ x, y, w, h, size float64 }

// textWidth estimates the width of a text in the font of a chart, a little too wide rather than too narrow.
func textWidth(s string, size float64) float64 {
	return 0.58 * size * float64(utf8.RuneCountInString(s))
}

// worstFirst returns the values of a scored question from the worst to the best, others as they are.
func worstFirst(values []stats.Value) []stats.Value {
	for _, v := range values {
		if v.Score == nil {
			return values
		}
	}
	sorted := slices.Clone(values)
	slices.SortStableFunc(sorted, func(a, b stats.Value) int {
		switch {
		case *a.Score < *b.Score:
			return -1
		case *a.Score > *b.Score:
			return 1
		}
		return 0
	})
	return sorted
}

// stepTone is the colour of point i of n on a scale from worst to best.
func stepTone(i, n int) tone {
	if n < 2 {
		return toneMid
	}
	t := float64(i) / float64(n-1)
	switch {
	case t < 0.2:
		return toneLow2
	case t < 0.45:
		return toneLow1
	case t <= 0.55:
		return toneMid
	case t <= 0.8:
		return toneHigh1
	}
	return toneHigh2
}

// stackedBar draws a distribution as one bar of segments from worst to best. A segment shows its whole
// per cent where there is room. The lower half of the scale is hatched.
func stackedBar(values []stats.Value, f frame) []shape {
	total := 0
	for _, v := range values {
		total += v.Count
	}
	if total == 0 {
		return []shape{{kind: shapeRect, x: f.x, y: f.y, w: f.w, h: f.h, tone: toneTrack}}
	}
	var shapes []shape
	x := f.x
	sorted := worstFirst(values)
	for i, v := range sorted {
		w := f.w * float64(v.Count) / float64(total)
		if w == 0 {
			continue
		}
		seg := frame{x, f.y, w, f.h, f.size}
		shapes = append(shapes, segment(seg, stepTone(i, len(sorted)), math.Round(100*float64(v.Count)/float64(total)))...)
		x += w
	}
	return shapes
}

// segment is one part of a stacked bar: its fill, its hatch, the gap to the next and its per cent.
func segment(f frame, t tone, percent float64) []shape {
	shapes := []shape{{kind: shapeRect, x: f.x, y: f.y, w: f.w, h: f.h, tone: t}}
	if t == toneLow2 || t == toneLow1 {
		shapes = append(shapes, hatch(f)...)
	}
	shapes = append(shapes, shape{kind: shapeLine, x: f.x + f.w, y: f.y, h: f.h, tone: toneGap})
	label := Decimal(percent, 0)
	if w := textWidth(label, f.size); w+0.5*f.size <= f.w {
		if t == toneLow2 || t == toneLow1 { // a clean patch, so that the hatch does not run through the digits
			shapes = append(shapes, shape{kind: shapeRect, x: f.x + f.w/2 - w/2 - 0.1*f.size, y: f.y + f.h/2 - 0.55*f.size, w: w + 0.2*f.size, h: 1.1 * f.size, tone: t})
		}
		shapes = append(shapes, shape{kind: shapeText, x: f.x + f.w/2, y: f.y + f.h/2 + 0.36*f.size, h: f.size, tone: toneInk, on: t, text: label, anchor: "middle"})
	}
	return shapes
}

// hatch fills a frame with lines at 45°, cut at its edges.
func hatch(f frame) []shape {
	var shapes []shape
	step := f.h / 2
	for c := f.x - f.h + step; c < f.x+f.w; c += step { // from (c, bottom) up to (c+h, top)
		x1, x2 := max(c, f.x), min(c+f.h, f.x+f.w)
		if x2-x1 < 0.01*f.h {
			continue
		}
		shapes = append(shapes, shape{kind: shapeLine, x: x1, y: f.y + f.h - (x1 - c), w: x2 - x1, h: -(x2 - x1), tone: toneHatch})
	}
	return shapes
}

// shareBar draws a share as a bar on a track from 0 to 1, with its interval as a whisker.
func shareBar(s stats.Share, f frame) []shape {
	shapes := []shape{{kind: shapeRect, x: f.x, y: f.y, w: f.w, h: f.h, tone: toneTrack}}
	if !s.OK {
		return shapes
	}
	if s.Value > 0 {
		shapes = append(shapes, shape{kind: shapeRect, x: f.x, y: f.y, w: f.w * min(s.Value, 1), h: f.h, tone: toneBar})
	}
	return append(shapes, shape{kind: shapeLine, x: f.x + f.w*s.Low, y: f.y + f.h/2, w: f.w * (s.High - s.Low), tone: toneInk})
}

// dotInterval draws a mean as a dot and its interval as a line, on an axis with a tick at every whole score.
func dotInterval(fig stats.Figure, low, high float64, f frame) []shape {
	if high <= low {
		return nil
	}
	at := func(v float64) float64 { return f.x + f.w*(min(max(v, low), high)-low)/(high-low) }
	mid := f.y + f.h/2
	shapes := []shape{{kind: shapeLine, x: f.x, y: mid, w: f.w, tone: toneMuted}}
	for v := math.Ceil(low); v <= high && high-low <= 20; v++ {
		shapes = append(shapes, shape{kind: shapeLine, x: at(v), y: mid - f.h/4, h: f.h / 2, tone: toneMuted})
	}
	if !fig.OK {
		return shapes
	}
	return append(shapes,
		shape{kind: shapeRect, x: at(fig.Low), y: mid - f.h/8, w: at(fig.High) - at(fig.Low), h: f.h / 4, tone: toneHigh1},
		shape{kind: shapeDot, x: at(fig.Value), y: mid, w: f.h / 4, tone: toneBar})
}

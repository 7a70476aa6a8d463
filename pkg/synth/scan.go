package synth

import (
	"math"
	"math/rand/v2"

	"ocenaurzedu.eu/pkg/sheet"
)

// scanner is how a class of scans lies on the glass and is lit.
type scanner struct {
	dpi     []float64 // one of these
	across  float64   // dots across for each down: 1, but of a fax
	skew    span      // degrees, either way
	scale   span      // of print and scan together; within them half comes of each
	shift   float64   // millimetres at most
	turns   bool      // any of the four
	blur    span      // pixels
	shading span      // share of light that is missing at the dark side
	lid     span      // brightness behind the paper
	wobble  span      // millimetres by which the feed is uneven
	margin  float64   // millimetres of lid seen around the paper
	cuts    bool      // the paper lies so far off that a fiducial isn't seen
}

// office is a scanner as it stands in offices, within the ranges of the specification.
func office(dpi ...float64) scanner {
	return scanner{dpi: dpi, across: 1, skew: span{0, 5}, scale: span{0.97, 1.03}, shift: 3, turns: true, blur: span{0.25, 0.8}, shading: span{0, 0.15},
		lid: span{225, 255}, wobble: span{0, 0.15}}
}

// placed is a view with the way from the paper to it.
type placed struct {
	view
	toView func(x, y float64) (u, v float64) // about: without what isn't flat
}

// lay puts a page on the glass so that its fiducials stay in the picture.
func (s scanner) lay(l *sheet.Layout, page *sheet.Page, r *rand.Rand) placed {
	pw, ph := paperSize(l)
	dpi := pick(r, s.dpi...)
	scale := s.scale.of(r)
	printed := 1.0 // what the printer shrinks, the paper staying as it is
	if chance(r, 0.5) {
		printed, scale = scale, 1
	}
	perMM := dpi / mmPerInch * scale
	w, h := pw+2*s.margin, ph+2*s.margin
	quarter := 0
	if s.turns {
		quarter = r.IntN(4)
	}
	m := s.straight(l, page, printed, r)
	if quarter%2 == 1 {
		m = moved(h/2, w/2).times(turned(float64(90 * quarter))).times(moved(-w/2, -h/2)).times(m)
		w, h = h, w
	} else {
		m = moved(w/2, h/2).times(turned(float64(90 * quarter))).times(moved(-w/2, -h/2)).times(m)
	}
	m = scaled(perMM*s.across, perMM).times(m)
	back := m.inverse()
	lid := uint8(s.lid.of(r))
	v := view{w: int(w * perMM * s.across), h: int(h * perMM), perMM: perMM * math.Sqrt(s.across), toPaper: back.apply, behind: func(int, int) rgb { return rgb{lid, lid, lid} }}
	v.light, v.off = s.lamp(float64(v.w), float64(v.h), r), feed(s.wobble.of(r), r)
	return placed{v, m.apply}
}

// straight lays the paper on the glass, before any turn of the picture: skewed and shifted.
func (s scanner) straight(l *sheet.Layout, page *sheet.Page, printed float64, r *rand.Rand) homography {
	pw, ph := paperSize(l)
	w, h := pw+2*s.margin, ph+2*s.margin
	for {
		skew := s.skew.of(r) * pick(r, -1.0, 1)
		dx, dy := between(r, -s.shift, s.shift), between(r, -s.shift, s.shift)
		if s.cuts { // over an edge: its two corners go unless the paper is skewed, which keeps one of them
			skew, dx, dy = between(r, 2, 5)*pick(r, -1.0, 1), pick(r, -1.0, 1)*between(r, 9, 11.5), 0
		}
		m := moved(w/2, h/2).times(turned(skew)).times(scaled(printed, printed)).times(moved(-pw/2+dx, -ph/2+dy))
		if seen := fiducialsWithin(m, page, l.FiducialSize/2, w, h); seen == 4 || s.cuts && seen == 3 {
			return m
		}
		if !s.cuts {
			s.skew.hi = max(s.skew.lo, s.skew.hi*0.97) // a draw that cuts a fiducial off is drawn anew, a little straighter
		}
	}
}

// fiducialsWithin counts the fiducials that are whole in a picture of w by h.
func fiducialsWithin(m homography, page *sheet.Page, half, w, h float64) int {
	const least = 0.4 // millimetres
	seen := 0
	for _, f := range page.Fiducials {
		whole := true
		for _, d := range [][2]float64{{-half, -half}, {half, -half}, {half, half}, {-half, half}} {
			x, y := m.apply(f[0]+d[0], f[1]+d[1])
			whole = whole && x >= least && y >= least && x <= w-least && y <= h-least
		}
		if whole {
			seen++
		}
	}
	return seen
}

// lamp is a light that falls off to one side, and a little in a wave.
func (s scanner) lamp(w, h float64, r *rand.Rand) func(u, v float64) float64 {
	depth := s.shading.of(r)
	if depth == 0 {
		return nil
	}
	sin, cos := math.Sincos(between(r, 0, 2*math.Pi))
	waves, phase := between(r, 0.3, 1.5), between(r, 0, 2*math.Pi)
	return func(u, v float64) float64 {
		t := 0.5 + (u/w-0.5)*cos*0.7 + (v/h-0.5)*sin*0.7
		return 1 - depth*(0.75*min(max(t, 0), 1)+0.25*(0.5+0.5*math.Sin(phase+waves*2*math.Pi*v/h)))
	}
}

// feed moves the paper a little faster and slower, and to the side.
func feed(depth float64, r *rand.Rand) func(x, y float64) (float64, float64) {
	if depth == 0 {
		return nil
	}
	long, phase, side := between(r, 60, 200), between(r, 0, 2*math.Pi), between(r, 0, 2*math.Pi)
	return func(_, y float64) (float64, float64) {
		return depth * 0.5 * math.Sin(side+2*math.Pi*y/(long*1.3)), depth * math.Sin(phase+2*math.Pi*y/long)
	}
}

// both adds one displacement to another; either may be nil.
func both(a, b func(x, y float64) (float64, float64)) func(x, y float64) (float64, float64) {
	if a == nil {
		return b
	}
	if b == nil {
		return a
	}
	return func(x, y float64) (float64, float64) {
		ax, ay := a(x, y)
		bx, by := b(x, y)
		return ax + bx, ay + by
	}
}

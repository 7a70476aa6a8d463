package synth

import (
	"math"
)

// toner is a cartridge that is nearly empty: paler print, and bands down the page that are paler still. It happens before
// anybody writes.
func toner(s *scene) {
	r := s.r
	level, bands := between(r, 0.15, 0.45), 1+r.IntN(3)
	type band struct{ x, width, depth float64 }
	all := make([]band, bands)
	for i := range all {
		all[i] = band{between(r, 0, 210), between(r, 4, 22), between(r, 0.1, 0.4)}
	}
	seed := r.Uint32()
	plane := s.paper.planes[0]
	for x := range s.paper.w {
		pale := level
		for _, b := range all {
			d := (float64(x)/s.paper.perMM - b.x) / b.width
			pale += b.depth * math.Exp(-d*d)
		}
		pale = min(pale, 0.72)
		for y := range s.paper.h {
			i := y*s.paper.w + x
			if plane[i] == 255 {
				continue
			}
			left := pale + 0.25*pale*(rough(x, y, seed)-0.5)
			v := uint8(float64(plane[i]) + left*(255-float64(plane[i])))
			for p := range s.paper.planes {
				s.paper.planes[p][i] = v
			}
		}
	}
}

// back shows the print and the marks of the other side, mirrored.
func back(s *scene) {
	other := canvasOf(s.print, false)
	fill(s.print, other, s.truth.Nasty, s.r)
	other.blur(between(s.r, 1.5, 3.5))
	strength := between(s.r, 0.06, 0.2)
	dx, dy := int(between(s.r, -2, 2)*s.paper.perMM), int(between(s.r, -2, 2)*s.paper.perMM)
	for y := range s.paper.h {
		for x := range s.paper.w {
			ox, oy := s.paper.w-1-x+dx, y+dy
			if ox < 0 || oy < 0 || ox >= other.w || oy >= other.h {
				continue
			}
			if dark := 255 - other.planes[0][oy*other.w+ox]; dark > 0 {
				s.paper.soak(y*s.paper.w+x, strength*float64(dark)/255, rgb{30, 30, 30})
			}
		}
	}
}

// photocopied is a copy of the filled sheet; twice of a copy of it: steeper, dirtier, and a little askew each time.
func photocopied(times int) effect {
	return func(s *scene) {
		for range times {
			s.photocopy()
		}
	}
}

func (s *scene) photocopy() {
	r, w, h := s.r, float64(s.paper.w), float64(s.paper.h)
	zoom := between(r, 0.985, 1.01)
	m := moved(w/2+between(r, -8, 8), h/2+between(r, -8, 8)).times(turned(between(r, -0.7, 0.7))).times(scaled(zoom, zoom)).times(moved(-w/2, -h/2))
	back := m.inverse()
	perMM := s.paper.perMM
	v := view{w: s.paper.w, h: s.paper.h, perMM: perMM, behind: func(int, int) rgb { return rgb{250, 250, 250} }, toPaper: func(u, v float64) (float64, float64) {
		x, y := back.apply(u, v)
		return x / perMM, y / perMM
	}}
	out := v.take(s.paper, between(r, 0.6, 1.3))
	middle, steep := between(r, 120, 190), between(r, 0.03, 0.07)
	lowest, highest := between(r, 5, 45), between(r, 235, 255)
	out.apply(func(v float64) float64 { return lowest + (highest-lowest)/(1+math.Exp(-steep*(v-middle))) })
	specks := int(between(r, 40, 500))
	for range specks {
		x, y, size := r.IntN(out.w), r.IntN(out.h), between(r, 0.04, 0.16)
		at := point{x: float64(x) / perMM, y: float64(y) / perMM, press: between(r, 0.4, 1)}
		out.write(pen{ink: rgb{50, 50, 50}, width: size, alpha: 1}, []stroke{{at}}, r)
	}
	out.noise(between(r, 1, 5), r)
	s.paper = out
}

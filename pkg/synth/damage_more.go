package synth

import (
	"math"
)

// scrawl is somebody trying a pen out: over a fiducial, and a line over the QR.
func scrawl(s *scene) {
	r := s.r
	p := drawPen(r)
	h := newHand(r)
	f := s.page.Fiducials[r.IntN(len(s.page.Fiducials))]
	s.paper.write(p, []stroke{h.zigzag(f[0]+between(r, -3, 3), f[1]+between(r, -3, 3), between(r, 5, 11), between(r, 1.2, 2.5))}, r)
	qr := s.page.QR
	x, y := qr.X+between(r, -2, qr.Size*0.6), qr.Y+between(r, 2, qr.Size-2)
	s.paper.write(p, []stroke{h.curve(x, y, x+between(r, 6, 20), y+between(r, -6, 6), 0.2)}, r)
}

// thumb holds the paper and covers a corner of it.
func thumb(s *scene) {
	r := s.r
	f := s.page.Fiducials[r.IntN(len(s.page.Fiducials))]
	w, h := paperSize(s.print.Layout)
	skin := rgb{clip(between(r, 170, 225)), clip(between(r, 120, 165)), clip(between(r, 95, 140))}
	fromX, fromY := -12.0, f[1]+between(r, -6, 14)
	if f[0] > w/2 {
		fromX = w + 12
	}
	fromY = min(max(fromY, 4), h-4)
	toX, toY := f[0]+between(r, -6, 4)*math.Copysign(1, w/2-f[0]), f[1]+between(r, -4, 4)
	p := pen{ink: skin, width: between(r, 15, 20), alpha: 1, bleed: 0.8}
	s.paper.write(pen{ink: rgb{60, 55, 50}, width: p.width + 3, alpha: 0.35, bleed: 3}, []stroke{{{fromX, fromY + 1.5, 1}, {toX, toY + 1.5, 1}}}, r)
	reach := p.width / 2
	s.paper.each(min(fromX, toX)-reach, min(fromY, toY)-reach, max(fromX, toX)+reach, max(fromY, toY)+reach, func(i int, x, y float64) {
		dx, dy := toX-fromX, toY-fromY
		t := min(max(((x-fromX)*dx+(y-fromY)*dy)/(dx*dx+dy*dy), 0), 1)
		d := math.Hypot(x-fromX-t*dx, y-fromY-t*dy)
		s.paper.paint(i, min(max((reach-d)/0.3, 0), 1), skin)
	})
}

// tinted is paper that isn't white: recycled, or of a colour that tells one office's forms from another's.
func tinted(s *scene) {
	r := s.r
	colour := pick(r, rgb{255, 246, 170}, rgb{190, 232, 190}, rgb{250, 200, 210}, rgb{185, 215, 245}, rgb{215, 210, 198}, rgb{205, 203, 200})
	fibres, seed := pick(r, 0.0, 0.04, 0.12), r.Uint32()
	for y := range s.paper.h {
		for x := range s.paper.w {
			i := y*s.paper.w + x
			s.paper.soak(i, 1-fibres*rough(x/2, y/3, seed), colour)
		}
	}
}

// crumpled is paper that was in a bag: many small creases, and nothing lies flat.
func crumpled(s *scene) {
	r := s.r
	w, h := paperSize(s.print.Layout)
	hand := &hand{r: r, press: 1, shake: 1.5}
	for range 8 + r.IntN(10) {
		x, y, turn, length := between(r, 0, w), between(r, 0, h), between(r, 0, 2*math.Pi), between(r, 30, 120)
		line := hand.curve(x, y, x+length*math.Cos(turn), y+length*math.Sin(turn), 0.2)
		s.paper.write(pen{ink: rgb{120, 120, 120}, width: between(r, 2, 6), alpha: between(r, 0.05, 0.16), bleed: 2.5}, []stroke{line}, r)
		s.paper.write(pen{ink: rgb{90, 90, 90}, width: 0.3, alpha: between(r, 0.05, 0.3), bleed: 0.2}, []stroke{line}, r)
	}
	for range 3 {
		long, across, phase, depth := between(r, 25, 70), between(r, 0, 2*math.Pi), between(r, 0, 2*math.Pi), between(r, 0.05, 0.25)
		sin, cos := math.Sincos(across)
		s.off = both(s.off, func(x, y float64) (float64, float64) {
			d := depth * math.Sin(phase+2*math.Pi*(x*cos+y*sin)/long)
			return d * cos, d * sin
		})
	}
}

// glare is a lamp's reflection on the paper: ink in it is paler, and paper white. Boxes in its middle can't be read.
func glare(s *scene) {
	r := s.r
	w, h := paperSize(s.print.Layout)
	x, y, radius, bright := between(r, 20, w-20), between(r, 50, h-20), between(r, 12, 35), between(r, 0.4, 0.9)
	s.paper.each(x-3*radius, y-3*radius, x+3*radius, y+3*radius, func(i int, px, py float64) {
		d2 := (px-x)*(px-x) + (py-y)*(py-y)
		s.paper.paint(i, bright*math.Exp(-d2/(radius*radius)), white)
	})
	for i := range s.truth.Boxes {
		b := &s.truth.Boxes[i]
		if d := math.Hypot(b.X-x, b.Y-y); bright*math.Exp(-d*d/(radius*radius)) > 0.75 {
			b.State = Unclear
		}
	}
}

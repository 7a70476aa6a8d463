package synth

import (
	"math"
	"math/rand/v2"

	"ocenaurzedu.eu/pkg/sheet"
)

// scene is a filled page on its way to a scanner.
type scene struct {
	r     *rand.Rand
	print Print
	page  *sheet.Page
	paper *canvas
	truth *Truth
	off   func(x, y float64) (float64, float64) // how far paper that was folded lies from its place; nil: nowhere
	lid   uint8                                 // what shows through holes
}

// effect is something that happens to paper.
type effect func(s *scene)

// folds go across the page, or along it: a line that is light or dark, shade on one side, and paper that stands off the glass.
func folds(s *scene) {
	w, h := paperSize(s.print.Layout)
	along := chance(s.r, 0.25)
	length, far := h, w
	if along {
		length, far = w, h
	}
	for _, part := range pick(s.r, []float64{0.5}, []float64{0.33, 0.67}, []float64{0.25, 0.5, 0.75}) {
		at, slant := length*part+between(s.r, -6, 6), between(s.r, -0.015, 0.015)
		s.fold(at, slant, along, far)
	}
}

func (s *scene) fold(at, slant float64, along bool, far float64) {
	r := s.r
	line, shade, wide := between(r, -0.35, 0.3), between(r, 0, 0.22), between(r, 3, 12)
	rise, reach := between(r, -0.5, 0.5), between(r, 8, 25)
	distance := func(x, y float64) float64 {
		if along {
			x, y = y, x
		}
		return y - at - slant*(x-far/2)
	}
	w, h := paperSize(s.print.Layout)
	x0, y0, x1, y1 := 0.0, at-wide-4, w, at+wide+4
	if along {
		x0, y0, x1, y1 = at-wide-4, 0, at+wide+4, h
	}
	s.paper.each(x0, y0, x1, y1, func(i int, x, y float64) {
		d := distance(x, y)
		dark := 0.0
		if d > 0 && d < wide {
			dark = shade * (1 - d/wide) * (1 - d/wide)
		}
		if a := math.Abs(d); a < 0.35 {
			dark += line * (1 - a/0.35)
		}
		if dark > 0 {
			s.paper.soak(i, dark, rgb{40, 40, 40})
		} else if dark < 0 {
			s.paper.paint(i, -dark, rgb{250, 250, 250}) // the toner breaks off
		}
	})
	s.off = both(s.off, func(x, y float64) (float64, float64) {
		d := distance(x, y)
		move := rise * math.Exp(-d*d/(reach*reach))
		if along {
			return move, 0
		}
		return 0, move
	})
}

// staple is one in a corner, or what it left: a bent line with a shadow, and a crease across the corner.
func staple(s *scene) {
	r := s.r
	w, _ := paperSize(s.print.Layout)
	x, y := between(r, 6, 20), between(r, 6, 20)
	if chance(r, 0.4) {
		x = w - x
	}
	turn := between(r, 0, math.Pi)
	dx, dy := 5.5*math.Cos(turn), 5.5*math.Sin(turn)
	shadow := pen{ink: rgb{70, 70, 72}, width: between(r, 1.5, 4), alpha: between(r, 0.2, 0.5), bleed: 1.5}
	s.paper.write(shadow, []stroke{{{x - dx + 1, y - dy + 1, 1}, {x + dx + 1, y + dy + 1, 1}}}, r)
	wire := pen{ink: pick(r, rgb{40, 40, 42}, rgb{200, 200, 205}), width: 0.55, alpha: 1}
	s.paper.write(wire, []stroke{{{x - dx, y - dy, 1}, {x + dx, y + dy, 1}}}, r)
	if chance(r, 0.6) { // the corner was turned over
		leg := between(r, 28, 46)
		edge := 0.0
		if x > w/2 {
			edge = w
		}
		crease := pen{ink: rgb{90, 90, 90}, width: between(r, 0.4, 1.2), alpha: between(r, 0.1, 0.35), bleed: 0.6}
		s.paper.write(crease, []stroke{{{edge, leg, 1}, {math.Abs(edge - leg), 0, 1}}}, r)
	}
}

// holes are two or four of a punch, at a margin, seldom where they should be.
func holes(s *scene) {
	w, h := paperSize(s.print.Layout)
	x := between(s.r, 8, 14)
	if chance(s.r, 0.15) {
		x = w - x
	}
	middle, gaps := h/2+between(s.r, -12, 12), []float64{-40, 40}
	if chance(s.r, 0.25) {
		gaps = []float64{-120, -40, 40, 120}
	}
	radius := between(s.r, 2.6, 3.2)
	for _, gap := range gaps {
		y := middle + gap
		s.paper.each(x-radius-1, y-radius-1, x+radius+1, y+radius+1, func(i int, px, py float64) {
			d := math.Hypot(px-x, py-y)
			s.paper.paint(i, min(max((radius-d)*s.paper.perMM+0.5, 0), 1), rgb{s.lid, s.lid, s.lid})
			s.paper.soak(i, 0.45*math.Exp(-math.Abs(d-radius)/0.25), rgb{60, 60, 60})
		})
	}
}

// stamp is the office's round one or a date in a frame, over boxes too: those that it touches are unclear.
func stamp(s *scene) {
	r := s.r
	w, h := paperSize(s.print.Layout)
	at := point{x: between(r, 45, w-45), y: between(r, 70, h-50)}
	if n := len(s.page.Boxes); n > 0 && chance(r, 0.8) {
		b := s.page.Boxes[r.IntN(n)]
		at.x, at.y = min(b.X+between(r, -15, 15), w-25), b.Y+between(r, -12, 12)
	}
	ink := pen{ink: pick(r, rgb{60, 70, 165}, rgb{175, 40, 60}, rgb{90, 60, 150}, rgb{40, 40, 45}), width: between(r, 0.35, 0.7), alpha: between(r, 0.45, 0.9), grain: between(r, 0.2, 0.6)}
	h1 := &hand{r: r, press: 1}
	var lines []stroke
	reachX, reachY := between(r, 14, 18), between(r, 14, 18)
	if chance(r, 0.5) {
		reachY = reachX
		lines = append(lines, h1.ring(at.x, at.y, reachX, reachX), h1.ring(at.x, at.y, reachX*0.62, reachX*0.62))
		for a := 0.0; a < 2*math.Pi; a += 0.22 {
			lines = append(lines, h1.word(at.x+reachX*0.78*math.Cos(a), at.y+reachX*0.78*math.Sin(a), 1.6, 1.6))
		}
	} else {
		reachX, reachY = between(r, 20, 30), between(r, 8, 12)
		x0, y0, x1, y1 := at.x-reachX, at.y-reachY, at.x+reachX, at.y+reachY
		lines = append(lines, stroke{{x0, y0, 1}, {x1, y0, 1}, {x1, y1, 1}, {x0, y1, 1}, {x0, y0, 1}})
		for y := y0 + 5; y < y1-1; y += 5.5 {
			lines = append(lines, h1.words(x0+2, y-4, 2*reachX-4, 4)...)
		}
	}
	s.paper.write(ink, lines, r)
	for i := range s.truth.Boxes {
		b := &s.truth.Boxes[i]
		near := s.print.Layout.BoxSize / 2
		if b.State == Empty && math.Abs(b.X-at.x) < reachX+near+0.6 && math.Abs(b.Y-at.y) < reachY+near+0.6 {
			b.State = Unclear
		}
	}
}

// highlighter runs over lines of text and boxes, and means nothing.
func highlighter(s *scene) {
	w, h := paperSize(s.print.Layout)
	colour := pick(s.r, rgb{255, 246, 110}, rgb{255, 246, 110}, rgb{160, 245, 130}, rgb{255, 165, 205}, rgb{255, 195, 110}, rgb{140, 215, 250})
	for range 1 + s.r.IntN(3) {
		p := pen{ink: colour, width: between(s.r, 3.5, 6), alpha: between(s.r, 0.7, 1), bleed: 0.15}
		x, y := between(s.r, 15, 80), between(s.r, 55, h-35)
		if n := len(s.page.Boxes); n > 0 {
			y = s.page.Boxes[s.r.IntN(n)].Y + between(s.r, -1, 1)
		}
		h1 := &hand{r: s.r, press: 1, shake: 0.2}
		s.paper.write(p, []stroke{h1.curve(x, y, min(x+between(s.r, 40, 150), w-8), y+between(s.r, -2, 2), 0.01)}, s.r)
	}
}

// coffee is the ring of a cup.
func coffee(s *scene) {
	w, h := paperSize(s.print.Layout)
	x, y, radius := between(s.r, 20, w-20), between(s.r, 40, h-20), between(s.r, 30, 42)
	dark, phase := between(s.r, 0.25, 0.6), between(s.r, 0, 2*math.Pi)
	seed := s.r.Uint32()
	s.paper.each(x-radius-6, y-radius-6, x+radius+6, y+radius+6, func(i int, px, py float64) {
		d := math.Hypot(px-x, py-y) - radius
		turn := math.Atan2(py-y, px-x)
		edge := dark * (0.6 + 0.4*math.Sin(turn+phase)) * math.Exp(-d*d/(2*0.9*0.9))
		if d < 0 {
			edge += dark * 0.2
		}
		s.paper.soak(i, edge*(0.85+0.15*rough(int(px*8), int(py*8), seed)), rgb{125, 85, 50})
	})
}

// torn takes a corner off.
func torn(s *scene) {
	w, h := paperSize(s.print.Layout)
	legX, legY := between(s.r, 14, 29), between(s.r, 14, 29)
	right, foot := chance(s.r, 0.5), chance(s.r, 0.5)
	phase := between(s.r, 0, 2*math.Pi)
	s.paper.each(0, 0, w, h, func(i int, x, y float64) {
		if right {
			x = w - x
		}
		if foot {
			y = h - y
		}
		if x > legX+3 || y > legY+3 {
			return
		}
		edge := (1 - x/legX - y/legY) * min(legX, legY) * 0.7
		edge += 0.6*math.Sin(phase+x*1.3) + 0.3*math.Sin(phase+y*4.1)
		s.paper.paint(i, min(max(edge*s.paper.perMM+0.5, 0), 1), rgb{s.lid, s.lid, s.lid})
		s.paper.soak(i, 0.3*math.Exp(-math.Abs(edge)/0.3), rgb{110, 110, 110})
	})
}

// dirt on a feeder's glass draws lines down the whole page, through boxes if they are in the way.
func dirt(s *scene) {
	_, h := paperSize(s.print.Layout)
	for range 1 + s.r.IntN(3) {
		x := between(s.r, 18, 192)
		if n := len(s.page.Boxes); n > 0 && chance(s.r, 0.6) {
			x = s.page.Boxes[s.r.IntN(n)].X + between(s.r, -2, 2)
		}
		p := pen{ink: pick(s.r, rgb{60, 60, 60}, rgb{120, 120, 120}, rgb{190, 190, 190}), width: between(s.r, 0.1, 0.35), alpha: between(s.r, 0.4, 1)}
		s.paper.write(p, []stroke{{{x, 0, 1}, {x + between(s.r, -0.1, 0.1), h, 1}}}, s.r)
		for i := range s.truth.Boxes {
			if b := &s.truth.Boxes[i]; b.State == Empty && math.Abs(b.X-x) < s.print.Layout.BoxSize/2+0.4 {
				b.State = Unclear
			}
		}
	}
}

package omr

import "math"

const (
	thinLine  = 0.3 * perMM // standard deviation across, of a line of 1 mm
	roundest  = 8.0 * perMM // radius of what still is a line: a stamp's ring
	bentFrom  = 2.5 * perMM // length from which a bend is told from chance
	lesser    = 0.35        // of the largest piece: what is smaller does not decide
	fewPlaces = 8           // of a piece
)

// curve is a line through a place, a little bent: v = a + b·u + c·u² across from it.
type curve struct {
	x, y, dx, dy float64
	a, b, c      float64
}

// passes reports that the ink in the box is a thin line through it that goes on on both sides, straight or a little bent, or
// several such: a fold, a streak of the scanner, a stroke through the row, the ring of a stamp. A cross is no line, and a
// tick or a stroke that marks ends.
func (m *measurer) passes(in area, cut float32, edge float64) bool {
	const rim = 3 // places in which the border's rest may be
	in = area{in.x0 + rim, in.y0 + rim, in.x1 - rim, in.y1 - rim}
	pieces := m.pieces(in, cut)
	most := 0
	for _, p := range pieces {
		most = max(most, len(p))
	}
	for _, p := range pieces {
		if float64(len(p)) < lesser*float64(most) {
			continue
		}
		line, ok := lineOf(p)
		if !ok || !m.calm.goesOn(line, 1, cut, edge) || !m.calm.goesOn(line, -1, cut, edge) {
			return false
		}
	}
	return most > 0
}

// pieces lists the places of each connected piece of ink in an area.
func (m *measurer) pieces(in area, cut float32) [][]Point {
	w, h := in.x1-in.x0, in.y1-in.y0
	m.cover(in, func(d float32) bool { return d > cut })
	var all [][]Point
	for i := range m.mask {
		if m.mask[i] != 1 || m.flood(i, w, h, 0).all < fewPlaces {
			continue
		}
		var piece []Point
		for k, v := range m.mask {
			if v == 2 {
				piece = append(piece, Point{float64(in.x0 + k%w), float64(in.y0 + k/w)})
				m.mask[k] = 3
			}
		}
		all = append(all, piece)
	}
	return all
}

// lineOf puts a line through places; false if they are no thin line.
func lineOf(places []Point) (curve, bool) {
	n := float64(len(places))
	var l curve
	for _, p := range places {
		l.x, l.y = l.x+p.X/n, l.y+p.Y/n
	}
	xx, xy, yy := 0.0, 0.0, 0.0
	for _, p := range places {
		x, y := p.X-l.x, p.Y-l.y
		xx, xy, yy = xx+x*x, xy+x*y, yy+y*y
	}
	turn := math.Atan2(2*xy, xx-yy) / 2
	l.dx, l.dy = math.Cos(turn), math.Sin(turn)
	s2, s3, s4, bend, across, from, to := 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
	for _, p := range places {
		x, y := p.X-l.x, p.Y-l.y
		u, v := x*l.dx+y*l.dy, y*l.dx-x*l.dy
		s2, s3, s4 = s2+u*u, s3+u*u*u, s4+u*u*u*u
		bend, across, from, to = bend+u*u*v, across+v*v, min(from, u), max(to, u)
	}
	// Along the main axis Σu, Σv and Σuv are nothing, which leaves one unknown of the least squares.
	if free := s4 - s2*s2/n - s3*s3/max(s2, 1e-9); to-from >= bentFrom && free > 1e-9 {
		l.c = min(max(bend/free, -1/(2*roundest)), 1/(2*roundest))
		l.a, l.b = -l.c*s2/n, -l.c*s3/s2
		across -= l.c * bend
	}
	return l, across < n*thinLine*thinLine
}

// goesOn reports that a line has ink from the border out to 1.1 mm from it, in one of its directions.
func (p *patch) goesOn(l curve, side float64, cut float32, edge float64) bool {
	midX, midY := p.halfW*perMM, p.halfH*perMM
	seen, dark := 0, 0
	for t := 0.0; t < 12*perMM; t++ {
		u := side * t
		v := l.a + l.b*u + l.c*u*u
		px, py := l.x+u*l.dx-v*l.dy, l.y+u*l.dy+v*l.dx
		out := max(math.Abs(px+0.5-midX), math.Abs(py+0.5-midY))/perMM - edge
		if out < 0.45 {
			continue
		}
		if out > 1.1 {
			break
		}
		seen++
		for k := -3.0; k <= 3; k += 1.5 { // places across
			x, y := int(px-k*l.dy+0.5), int(py+k*l.dx+0.5)
			if x >= 0 && y >= 0 && x < p.w && y < p.h && p.dark[y*p.w+x] > cut {
				dark++
				break
			}
		}
	}
	return seen > 0 && 10*dark >= 7*seen
}

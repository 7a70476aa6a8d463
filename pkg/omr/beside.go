package omr

import "math"

// beside is the largest share of ink in the blank strips: left and right of the box, and the low ones above and below it
// that rules of tables leave. In those only what runs along the box counts: the ends of marks of the next row reach in.
func (m *measurer) beside(edge float64, cut float32) float64 {
	p := &m.calm
	near, along := edge+0.55, edge+1.25
	left := m.blobs(area{1, p.row(-edge), p.column(-near), p.row(edge)}, cut, 0)
	right := m.blobs(area{p.column(near), p.row(-edge), p.w - 1, p.row(edge)}, cut, 0)
	most := max(left.cover, right.cover)
	for _, low := range []area{
		{p.column(-edge), p.row(-along), p.column(edge), p.row(-edge - 0.4)},
		{p.column(-edge), p.row(edge + 0.4), p.column(edge), p.row(along)},
	} {
		if b := m.blobs(low, cut, 0); b.stroke > 0.55 {
			most = max(most, b.cover)
		}
	}
	return most
}

// strays reports ink that may be no mark of this box: outside, a piece of it is longer than the ends of marks are or goes
// on beyond the strip, and inside it passes the middle by, or is not in three of four quarters.
func (m *measurer) strays(in area, cut float32, edge float64) bool {
	p := &m.calm
	const long = 3.0 * perMM
	near := edge + 0.45
	out := false
	for _, a := range []area{
		{1, 1, p.column(-near), p.h - 1}, {p.column(near), 1, p.w - 1, p.h - 1},
		{1, 1, p.w - 1, p.row(-near)}, {1, p.row(near), p.w - 1, p.h - 1},
	} {
		out = out || m.blobs(a, cut, 0).stroke*float64(max(a.x1-a.x0, a.y1-a.y0)) >= long
	}
	if !out {
		return false
	}
	midX, midY := (in.x0+in.x1)/2, (in.y0+in.y1)/2
	quarters, middle := 0, p.share(area{midX - perMM, midY - perMM, midX + perMM, midY + perMM}, cut) > 0.05
	for _, q := range []area{{in.x0, in.y0, midX, midY}, {midX, in.y0, in.x1, midY}, {in.x0, midY, midX, in.y1}, {midX, midY, in.x1, in.y1}} {
		if p.share(q, cut) > 0.04 {
			quarters++
		}
	}
	return !middle || quarters < 3
}

// share is how much of an area is darker than cut.
func (p *patch) share(a area, cut float32) float64 {
	n := 0
	for y := a.y0; y < a.y1; y++ {
		for _, d := range p.dark[y*p.w+a.x0:][:a.x1-a.x0] {
			if d > cut {
				n++
			}
		}
	}
	return float64(n) / float64(max(a.size(), 1))
}

// straight reports that the ink in the box is one thin line through it that goes on on both sides: a fold, a streak of
// the scanner, a stroke through the row. A cross has two, and a tick or a stroke that marks ends.
func (m *measurer) straight(in area, cut float32, edge float64) bool {
	p := &m.calm
	n, sx, sy, xx, xy, yy := 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
	const rim = 3 // places in which the border's rest may be
	for y := in.y0 + rim; y < in.y1-rim; y++ {
		for x := in.x0 + rim; x < in.x1-rim; x++ {
			if p.dark[y*p.w+x] > cut {
				fx, fy := float64(x), float64(y)
				n, sx, sy, xx, xy, yy = n+1, sx+fx, sy+fy, xx+fx*fx, xy+fx*fy, yy+fy*fy
			}
		}
	}
	if n < 8 {
		return false
	}
	cx, cy := sx/n, sy/n
	xx, xy, yy = xx/n-cx*cx, xy/n-cx*cy, yy/n-cy*cy
	turn := math.Atan2(2*xy, xx-yy) / 2
	dx, dy := math.Cos(turn), math.Sin(turn)
	across := xx*dy*dy - 2*xy*dx*dy + yy*dx*dx
	const thin = 0.3 * perMM // standard deviation across, of a line of 1 mm
	return across < thin*thin && p.goesOn(cx, cy, dx, dy, cut, edge) && p.goesOn(cx, cy, -dx, -dy, cut, edge)
}

// goesOn reports that a line has ink from the border out to 1.1 mm from it.
func (p *patch) goesOn(x, y, dx, dy float64, cut float32, edge float64) bool {
	midX, midY := p.halfW*perMM, p.halfH*perMM
	seen, dark := 0, 0
	for t := 0.0; t < 12*perMM; t++ {
		px, py := x+t*dx, y+t*dy
		out := max(math.Abs(px+0.5-midX), math.Abs(py+0.5-midY))/perMM - edge
		if out < 0.45 {
			continue
		}
		if out > 1.1 {
			break
		}
		seen++
		ix, iy := int(px+0.5), int(py+0.5)
		for _, k := range [3][2]int{{ix, iy}, {ix + int(math.Round(-2*dy)), iy + int(math.Round(2*dx))}, {ix - int(math.Round(-2*dy)), iy - int(math.Round(2*dx))}} {
			if k[0] >= 0 && k[1] >= 0 && k[0] < p.w && k[1] < p.h && p.dark[k[1]*p.w+k[0]] > cut {
				dark++
				break
			}
		}
	}
	return seen > 0 && 10*dark >= 7*seen
}

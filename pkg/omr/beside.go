package omr

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

package omr

import "math"

// beside is the larger share of ink in the blank strips: left and right of the box, and the narrower ones above and
// below it that rules of tables leave.
func (m *measurer) beside(edge float64, cut float32) float64 {
	p := &m.calm
	near := edge + 0.55
	strips := []area{
		{1, p.row(-edge), p.column(-near), p.row(edge)},
		{p.column(near), p.row(-edge), p.w - 1, p.row(edge)},
	}
	most := 0.0
	for _, s := range strips {
		most = max(most, m.blobs(s, cut, false).cover)
	}
	return most
}

// straight reports that the ink is one thin line across the box, level or upright, that goes on on both sides: a fold, a
// streak of the scanner, a stroke through the row. People's crosses and ticks slant, or end.
func (m *measurer) straight(in area) bool {
	p := &m.calm
	return p.crosses(in, false) || p.crosses(in, true)
}

// crosses reports whether each step along one axis has ink within a narrow track across the other, also outside.
func (p *patch) crosses(in area, upright bool) bool {
	from, to, across0, across1, end := in.x0, in.x1, in.y0, in.y1, p.w
	if upright {
		from, to, across0, across1, end = in.y0, in.y1, in.x0, in.x1, p.h
	}
	const outside = 9 // places, 1.1 mm
	low, high, gaps, area := math.MaxInt, 0, 0, 0
	for a := max(from-outside, 1); a < min(to+outside, end-1); a++ {
		if a >= from-5 && a < from || a >= to && a < to+5 {
			continue // the border itself
		}
		any := false
		for b := across0; b < across1; b++ {
			k := b*p.w + a
			if upright {
				k = a*p.w + b
			}
			if p.dark[k] > faintInk+0.04 {
				low, high, any = min(low, b), max(high, b), true
				area++
			}
		}
		if !any {
			gaps++
		}
	}
	return gaps <= 2 && high-low <= perMM*9/8
}

package omr

import "math"

// At returns where a place on the page, in millimetres, is in the image.
func (h Homography) At(xMM, yMM float64) Point {
	w := h[6]*xMM + h[7]*yMM + h[8]
	return Point{(h[0]*xMM + h[1]*yMM + h[2]) / w, (h[3]*xMM + h[4]*yMM + h[5]) / w}
}

// Scale returns how many pixels a millimetre has at a place on the page, as the root of the area of a square millimetre.
func (h Homography) Scale(xMM, yMM float64) float64 {
	j := h.slope(xMM, yMM)
	return math.Sqrt(math.Abs(j[0]*j[3] - j[1]*j[2]))
}

// slope is the Jacobian at a place: how far in x and y (rows) a millimetre right and a millimetre down lead.
func (h Homography) slope(x, y float64) [4]float64 {
	w := h[6]*x + h[7]*y + h[8]
	p := h.At(x, y)
	return [4]float64{(h[0] - p.X*h[6]) / w, (h[1] - p.X*h[7]) / w, (h[3] - p.Y*h[6]) / w, (h[4] - p.Y*h[7]) / w}
}

// Inverse returns the mapping from the image to the page; false if there is none.
func (h Homography) Inverse() (Homography, bool) {
	a, b, c, d, e, f, g, i, j := h[0], h[1], h[2], h[3], h[4], h[5], h[6], h[7], h[8]
	inv := Homography{e*j - f*i, c*i - b*j, b*f - c*e, f*g - d*j, a*j - c*g, c*d - a*f, d*i - e*g, b*g - a*i, a*e - b*d}
	if !finite(inv[8]) || math.Abs(inv[8]) < 1e-12 {
		return Homography{}, false
	}
	last := inv[8]
	for k := range inv {
		inv[k] /= last
	}
	return inv, true
}

// pair is a place on the page and where it was found in the image.
type pair struct {
	page, image Point
	weight      float64
}

// fit returns the homography that leads the pairs' places on the page to those in the image, with the least squares of
// algebraic error if there are more than four pairs. It is false if they do not settle it.
func fit(pairs []pair) (Homography, bool) {
	if len(pairs) < 4 {
		return Homography{}, false
	}
	from, to := unit(pairs, func(p pair) Point { return p.page }), unit(pairs, func(p pair) Point { return p.image })
	var a [8][9]float64
	for _, p := range pairs {
		x, y := from.in(p.page)
		u, v := to.in(p.image)
		for _, row := range [2][9]float64{{x, y, 1, 0, 0, 0, -u * x, -u * y, u}, {0, 0, 0, x, y, 1, -v * x, -v * y, v}} {
			for i := range 8 {
				for j := range 9 {
					a[i][j] += p.weight * row[i] * row[j]
				}
			}
		}
	}
	s, ok := solve(&a)
	if !ok {
		return Homography{}, false
	}
	n := Homography{s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7], 1}
	h := times(times(to.back(), n), from.there())
	if !finite(h[8]) || math.Abs(h[8]) < 1e-12 {
		return Homography{}, false
	}
	last := h[8]
	for i := range h {
		h[i] /= last
	}
	return h, true
}

// fitAffine returns the homography without perspective that three or more pairs settle.
func fitAffine(pairs []pair) (Homography, bool) {
	from, to := unit(pairs, func(p pair) Point { return p.page }), unit(pairs, func(p pair) Point { return p.image })
	var a [8][9]float64
	for _, p := range pairs {
		x, y := from.in(p.page)
		u, v := to.in(p.image)
		for _, row := range [2][9]float64{{x, y, 1, 0, 0, 0, 0, 0, u}, {0, 0, 0, x, y, 1, 0, 0, v}} {
			for i := range 8 {
				for j := range 9 {
					a[i][j] += p.weight * row[i] * row[j]
				}
			}
		}
	}
	a[6][6], a[7][7] = 1, 1
	s, ok := solve(&a)
	if !ok {
		return Homography{}, false
	}
	return times(times(to.back(), Homography{s[0], s[1], s[2], s[3], s[4], s[5], 0, 0, 1}), from.there()), true
}

// frame moves points to about the origin and to about the length 1, which keeps the equations well behaved.
type frame struct{ x, y, scale float64 }

func unit(pairs []pair, of func(pair) Point) frame {
	var f frame
	for _, p := range pairs {
		f.x += of(p).X / float64(len(pairs))
		f.y += of(p).Y / float64(len(pairs))
	}
	for _, p := range pairs {
		f.scale += math.Hypot(of(p).X-f.x, of(p).Y-f.y) / float64(len(pairs))
	}
	if f.scale == 0 {
		f.scale = 1
	}
	return f
}

func (f frame) in(p Point) (x, y float64) { return (p.X - f.x) / f.scale, (p.Y - f.y) / f.scale }

func (f frame) there() Homography {
	return Homography{1 / f.scale, 0, -f.x / f.scale, 0, 1 / f.scale, -f.y / f.scale, 0, 0, 1}
}

func (f frame) back() Homography { return Homography{f.scale, 0, f.x, 0, f.scale, f.y, 0, 0, 1} }

func times(a, b Homography) Homography {
	var c Homography
	for i := range 3 {
		for j := range 3 {
			c[3*i+j] = a[3*i]*b[j] + a[3*i+1]*b[3+j] + a[3*i+2]*b[6+j]
		}
	}
	return c
}

// solve eliminates with the largest pivots; false if the equations do not settle the unknowns.
func solve(a *[8][9]float64) (x [8]float64, ok bool) {
	for c := range 8 {
		best := c
		for r := c + 1; r < 8; r++ {
			if math.Abs(a[r][c]) > math.Abs(a[best][c]) {
				best = r
			}
		}
		if !(math.Abs(a[best][c]) > 1e-9) {
			return x, false
		}
		a[c], a[best] = a[best], a[c]
		for r := range 8 {
			if r == c {
				continue
			}
			by := a[r][c] / a[c][c]
			for k := c; k < 9; k++ {
				a[r][k] -= by * a[c][k]
			}
		}
	}
	for i := range x {
		x[i] = a[i][8] / a[i][i]
	}
	return x, true
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// scaled leads to an image of so many times the pixels.
func (h Homography) scaled(by float64) Homography {
	for i := range 6 {
		h[i] *= by
	}
	return h
}

package omr

import (
	"math"
	"slices"
)

const (
	tileMM     = 6.0
	whiteShare = 0.85 // of a tile's pixels are darker than its white
)

// paper is how bright the page's white is from place to place, and how dark its black.
type paper struct {
	tile       float64 // pixels of the searched image
	cols, rows int
	white      []float64
	black      float64 // brightness of print, as a share of the white's
}

// newPaper measures the white of each tile of the searched image: what 85 % of its pixels do not reach. A filled box
// leaves a third of a tile free. What is not ink but covers more (a shadow, a highlighter) is white there.
func newPaper(g grey, p *place) paper {
	t := max(tileMM*p.toImage.Scale(105, 148), 8)
	m := paper{tile: t, cols: int(math.Ceil(float64(g.w) / t)), rows: int(math.Ceil(float64(g.h) / t))}
	m.white = make([]float64, m.cols*m.rows)
	for row := range m.rows {
		y0, y1 := int(float64(row)*t), min(int(float64(row+1)*t), g.h)
		for col := range m.cols {
			x0, x1 := int(float64(col)*t), min(int(float64(col+1)*t), g.w)
			m.white[row*m.cols+col] = g.percentile(x0, y0, x1, y1)
		}
	}
	m.blackOf(g, p)
	return m
}

func (g grey) percentile(x0, y0, x1, y1 int) float64 {
	var counts [256]int
	for y := y0; y < y1; y++ {
		for _, v := range g.pix[y*g.stride+x0 : y*g.stride+x1] {
			counts[v]++
		}
	}
	left := int(whiteShare * float64((x1-x0)*(y1-y0)))
	for v, n := range counts {
		if left -= n; left < 0 {
			return max(float64(v), 1)
		}
	}
	return 255
}

// blackOf takes the middle of the print's solid squares: the fiducials' dots and those of the QR's finders.
func (m *paper) blackOf(g grey, p *place) {
	var shares []float64
	add := func(at Point) {
		if g.holds(at) {
			shares = append(shares, g.at(at.X, at.Y)/m.brightest(at))
		}
	}
	for _, f := range p.fiducials {
		add(f)
	}
	for _, f := range p.finders {
		add(p.toImage.At(f.X, f.Y))
	}
	slices.Sort(shares)
	if len(shares) > 0 {
		m.black = min(shares[len(shares)/3], 0.8)
	}
}

// brightest is the white around a place, which a tile full of print can't tell itself.
func (m *paper) brightest(at Point) float64 {
	col, row := int(at.X/m.tile), int(at.Y/m.tile)
	best := 1.0
	for y := max(row-1, 0); y <= min(row+1, m.rows-1); y++ {
		for x := max(col-1, 0); x <= min(col+1, m.cols-1); x++ {
			best = max(best, m.white[y*m.cols+x])
		}
	}
	return best
}

// at interpolates the white between the middles of tiles.
func (m *paper) at(p Point) float64 {
	x := min(max(p.X/m.tile-0.5, 0), float64(m.cols-1))
	y := min(max(p.Y/m.tile-0.5, 0), float64(m.rows-1))
	col, row := int(x), int(y)
	right, low := min(col+1, m.cols-1), min(row+1, m.rows-1)
	fx, fy := x-float64(col), y-float64(row)
	top := m.white[row*m.cols+col]*(1-fx) + m.white[row*m.cols+right]*fx
	bottom := m.white[low*m.cols+col]*(1-fx) + m.white[low*m.cols+right]*fx
	return top*(1-fy) + bottom*fy
}

package omr

import (
	"math"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode/decoder"

	"ocenaurzedu.eu/pkg/sheet"
)

// scoreFinders finds the QR's finders near where they belong. The place's score is how well they show, from -1 to 1.
// Coarsely it tells a wrong place from a right one.
func (p *place) scoreFinders(g grey, fine bool) {
	total := 0.0
	for i, c := range finderCentres() {
		at, score := p.search(g, c, pattern7(), fine)
		p.finders[i] = at
		total += score / 3
	}
	p.score = total
}

// pattern is a small picture of modules around a centre: dark is 1, light is -1, in rows.
type pattern struct {
	half  float64 // from the centre to the middle of the outermost module, in modules
	n     int
	cells []float64
}

// pattern7 is a QR's finder with the white around it, as far as it stands inside the code or in the quiet zone.
func pattern7() pattern {
	p := pattern{half: 4, n: 9}
	for y := range 9 {
		for x := range 9 {
			ring := max(abs(x-4), abs(y-4))
			p.cells = append(p.cells, tone(ring == 3 || ring <= 1))
		}
	}
	return p
}

// pattern5 is a QR's alignment pattern.
func pattern5() pattern {
	p := pattern{half: 2, n: 5}
	for y := range 5 {
		for x := range 5 {
			ring := max(abs(x-2), abs(y-2))
			p.cells = append(p.cells, tone(ring == 2 || ring == 0))
		}
	}
	return p
}

func tone(dark bool) float64 {
	if dark {
		return 1
	}
	return -1
}

func abs(v int) int { return max(v, -v) }

// search finds where near a place on the page a pattern of modules shows best, coarsely and then finely, and how well:
// the correlation of its tones with the image's.
func (p *place) search(g grey, c Point, of pattern, fine bool) (Point, float64) {
	best, score := c, math.Inf(-1)
	least := 0.3
	if fine {
		least = 0.04
	}
	for step, reach := 0.4, finderReach; step > least; step, reach = step/3, step {
		from := best
		for dy := -reach; dy <= reach+1e-9; dy += step {
			for dx := -reach; dx <= reach+1e-9; dx += step {
				at := Point{from.X + dx, from.Y + dy}
				// A little off counts a little less, so that plain paper does not send it to an edge.
				if s := p.correlate(g, at, of) - 0.01*math.Hypot(at.X-c.X, at.Y-c.Y); s > score {
					best, score = at, s
				}
			}
		}
	}
	return best, score
}

func (p *place) correlate(g grey, c Point, of pattern) float64 {
	const module = 24.0 / qrModules
	o, j := p.toImage.At(c.X, c.Y), p.toImage.slope(c.X, c.Y)
	if !g.holds(o) {
		return -1
	}
	sum, square, cross, cells := 0.0, 0.0, 0.0, 0.0
	for i, want := range of.cells {
		x, y := (float64(i%of.n)-of.half)*module, (float64(i/of.n)-of.half)*module
		v := 255 - g.at(o.X+j[0]*x+j[1]*y, o.Y+j[2]*x+j[3]*y)
		sum, square, cross, cells = sum+v, square+v*v, cross+v*want, cells+want
	}
	n := float64(len(of.cells))
	spread, tones := square/n-sum*sum/n/n, 1-cells*cells/n/n
	if spread < 25 {
		return 0
	}
	return (cross/n - sum/n*cells/n) / math.Sqrt(spread*tones)
}

// moduleGrid leads from modules of the QR to the image, by its three finders and its alignment pattern as they were found.
type moduleGrid struct {
	toPage [2][4]float64 // x and y on the page = a + b·column + c·row + d·column·row
}

func (p *place) grid(align bool, g grey) moduleGrid {
	tl, tr, bl := p.finders[0], p.finders[1], p.finders[2]
	span := float64(qrModules - 7)
	var m moduleGrid
	set := func(axis int, o, r, d float64) {
		b, c := (r-o)/span, (d-o)/span
		m.toPage[axis] = [4]float64{o - 3.5*b - 3.5*c, b, c, 0}
	}
	set(0, tl.X, tr.X, bl.X)
	set(1, tl.Y, tr.Y, bl.Y)
	if !align {
		return m
	}
	const k = 22.5 // the middle of the alignment pattern of version 3, from the left and from above
	want := m.at(k, k)
	at, score := p.search(g, want, pattern5(), true)
	if score < 0.6 || math.Hypot(at.X-want.X, at.Y-want.Y) > 1.5 {
		return m
	}
	for axis, off := range [2]float64{at.X - want.X, at.Y - want.Y} {
		// (column - 3.5)·(row - 3.5) is nothing at the three finders
		d := off / ((k - 3.5) * (k - 3.5))
		t := &m.toPage[axis]
		t[0], t[1], t[2], t[3] = t[0]+12.25*d, t[1]-3.5*d, t[2]-3.5*d, d
	}
	return m
}

func (m moduleGrid) at(column, row float64) Point {
	f := func(t [4]float64) float64 { return t[0] + t[1]*column + t[2]*row + t[3]*column*row }
	return Point{f(m.toPage[0]), f(m.toPage[1])}
}

// modules are the brightness of each module of the QR, mean of nine places in it.
type modules [qrModules][qrModules]float64

func (p *place) modules(g grey, m moduleGrid, shift Point) modules {
	var all modules
	for y := range qrModules {
		for x := range qrModules {
			sum := 0.0
			for k := range 9 {
				c := m.at(float64(x)+0.5+0.22*float64(k%3-1)+shift.X, float64(y)+0.5+0.22*float64(k/3-1)+shift.Y)
				at := p.toImage.At(c.X, c.Y)
				sum += g.at(at.X, at.Y)
			}
			all[y][x] = sum / 9
		}
	}
	return all
}

// dark says for each module whether it is darker than what is around it: the mean of the darkest and the lightest (local)
// within some modules, or the mean of all of these.
func (m *modules) dark(half int, extremes bool) [][]bool {
	rows := make([][]bool, qrModules)
	for y := range rows {
		rows[y] = make([]bool, qrModules)
		for x := range rows[y] {
			low, high, sum, n := math.Inf(1), 0.0, 0.0, 0.0
			for j := max(0, y-half); j <= min(qrModules-1, y+half); j++ {
				for i := max(0, x-half); i <= min(qrModules-1, x+half); i++ {
					v := m[j][i]
					low, high, sum, n = min(low, v), max(high, v), sum+v, n+1
				}
			}
			cut := sum / n
			if extremes {
				cut = (low + high) / 2
			}
			rows[y][x] = m[y][x] < cut
		}
	}
	return rows
}

// code reads the QR; false if it does not give a code of ours. Each way of looking is tried until the check sum fits.
func (p *place) code(g grey) (sheet.Code, bool) {
	for _, shift := range []Point{{}, {0.3, 0}, {-0.3, 0}, {0, 0.3}, {0, -0.3}} {
		for _, align := range []bool{true, false} {
			m := p.modules(g, p.grid(align, g), shift)
			for _, way := range []struct {
				half     int
				extremes bool
			}{{4, true}, {5, false}, {28, true}, {3, true}, {28, false}} {
				if c, ok := decode(m.dark(way.half, way.extremes)); ok {
					return c, true
				}
			}
		}
	}
	return sheet.Code{}, false
}

func decode(dark [][]bool) (sheet.Code, bool) {
	bits, err := gozxing.ParseBoolMapToBitMatrix(dark)
	if err != nil {
		return sheet.Code{}, false
	}
	result, err := decoder.NewDecoder().Decode(bits, nil)
	if err != nil {
		return sheet.Code{}, false
	}
	if meta, ok := result.GetOther().(*decoder.QRCodeDecoderMetaData); ok && meta.IsMirrored() {
		return sheet.Code{}, false // the page is seen from behind
	}
	c, err := sheet.ParseCode(result.GetText())
	return c, err == nil
}

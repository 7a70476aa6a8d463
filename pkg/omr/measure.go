package omr

import (
	"math"
	"slices"

	"ocenaurzedu.eu/pkg/sheet"
)

// Darkness from which a place counts as ink. Paper is 0, print 1.
const (
	faintInk  = 0.12 // what may be pencil, bleed-through, dirt: never sure
	strongInk = 0.22 // what a mark is made of
	blackInk  = 0.45 // on a black and white scan, where there is nothing between
	openInk   = 0.45 // of the ink's darkness in a box: what is lighter is free, in one that may be filled
	speckMM2  = 0.11 // smaller areas are dust
	insetMM   = 0.20 // from the middle of the border to the interior, at least
	blurMM    = 0.65 // and at most, however thick and blurred the border is
)

// ink is what stands in and beside a box, before it is judged.
type ink struct {
	Measures
	faint   float64 // coverage with all that may be ink
	faints  float64 // longest stroke of all that may be ink
	bilevel bool    // strokes may be broken
	open    int     // of the four sectors between the diagonals: those that have free paper
	strays  bool    // what is in it may belong to something else
	hatched bool    // much of it is covered, but by thin strokes: neither a cross nor filled
	over    bool    // drawn over: more strokes than a cross has
	line    bool    // thin lines that cross the box and go on outside
}

// measurer measures boxes one after another in the same memory.
type measurer struct {
	scan  *scan
	shape boxShape
	blank float64 // mm of blank strip on the left and right
	patch patch
	calm  patch // the patch without its specks
	mask  []uint8
	stack []int
	noise []float64
}

func newMeasurer(s *scan, l *sheet.Layout) *measurer {
	return &measurer{scan: s, shape: shapeOf(l), blank: l.Blank}
}

// area is a rectangle of a patch's places; the ends are past it.
type area struct{ x0, y0, x1, y1 int }

func (a area) size() int { return max(a.x1-a.x0, 0) * max(a.y1-a.y0, 0) }

// measure measures the box whose centre is c on the page.
func (m *measurer) measure(c Point) ink {
	edge := m.shape.line + m.shape.half
	m.scan.sample(&m.patch, c, edge+m.blank-0.3, edge+1.4)
	p := &m.patch
	noise := m.level(p, edge)
	if m.scan.bilevel {
		m.calm.copy(p) // thin strokes are one pixel wide there
	} else {
		m.calm.median(p)
	}
	rim := 2
	cut, mark := float32(max(faintInk, min(5*noise, 0.22))), float32(strongInk)
	if m.scan.bilevel {
		cut, mark = blackInk, blackInk
	}
	in := m.interior(cut)
	if m.scan.bilevel { // borders are ragged there
		in, rim = area{in.x0 + 3, in.y0 + 3, in.x1 - 3, in.y1 - 3}, 0
	}
	var out ink
	out.bilevel = m.scan.bilevel
	faint := m.blobs(in, cut, rim)
	strong := m.blobs(in, mark, rim)
	out.faint, out.faints = faint.cover, faint.stroke
	out.Coverage, out.Stroke = strong.cover, strong.stroke
	out.Cells = m.cells(in, mark)
	if out.Coverage > unclearCover || out.Cells > unclearCells {
		out.open = m.open(in)
	}
	out.Beside = m.beside(edge, cut+0.04)
	out.strays = out.Stroke > 0 && m.strays(in, mark, edge)
	out.hatched = out.Coverage > hatchCover && m.solid(in, mark) < hatchSolid*out.Coverage
	out.over = out.Coverage > overCover && m.drawnOver(in, mark, out.Coverage)
	out.line = out.faints > 0.85 && m.passes(in, cut, edge)
	return out
}

// level brings the paper beside the box to 0, on both sides: a highlighter or a shadow is paper, not ink. It returns
// how noisy the paper is.
func (m *measurer) level(p *patch, edge float64) float64 {
	left := m.strip(p, -p.halfW, -edge-0.5)
	l, spreadL := middle(left)
	right := m.strip(p, edge+0.5, p.halfW)
	r, spreadR := middle(right)
	l, r = min(max(l, -0.3), 0.6), min(max(r, -0.3), 0.6)
	for y := range p.h {
		row := p.dark[y*p.w:][:p.w]
		for x := range row {
			f := min(max((float64(x)/float64(p.w)-0.2)/0.6, 0), 1)
			base := float32(l + (r-l)*f)
			row[x] = (row[x] - base) / (1 - base)
		}
	}
	return min(spreadL, spreadR)
}

// strip lists every other place beside a box, from x0 to x1 mm and as high as the box.
func (m *measurer) strip(p *patch, x0, x1 float64) []float64 {
	m.noise = m.noise[:0]
	for y := p.row(-m.shape.line); y < p.row(m.shape.line); y += 2 {
		for x := p.column(x0); x < p.column(x1); x += 2 {
			m.noise = append(m.noise, float64(p.dark[y*p.w+x]))
		}
	}
	return m.noise
}

// middle is the 40th percentile, as ink only darkens, and the spread below it, as of a normal distribution.
func middle(v []float64) (at, spread float64) {
	if len(v) == 0 {
		return 0, 0
	}
	slices.Sort(v)
	at = v[len(v)*2/5]
	return at, (at - v[len(v)/12]) / 1.13
}

func (c *patch) copy(p *patch) {
	c.w, c.h, c.halfW, c.halfH = p.w, p.h, p.halfW, p.halfH
	c.dark = append(c.dark[:0], p.dark...)
}

// median makes of p a patch without specks: each place gets the median of the nine around it.
func (c *patch) median(p *patch) {
	c.copy(p)
	for y := 1; y < p.h-1; y++ {
		a, b, d := p.dark[(y-1)*p.w:][:p.w], p.dark[y*p.w:][:p.w], p.dark[(y+1)*p.w:][:p.w]
		out := c.dark[y*p.w:][:p.w]
		l0, l1, l2 := sort3(a[0], b[0], d[0])
		m0, m1, m2 := sort3(a[1], b[1], d[1])
		for x := 1; x < p.w-1; x++ {
			r0, r1, r2 := sort3(a[x+1], b[x+1], d[x+1])
			_, mid, _ := sort3(l1, m1, r1)
			_, mid, _ = sort3(max(l0, m0, r0), mid, min(l2, m2, r2))
			out[x] = mid
			l0, l1, l2, m0, m1, m2 = m0, m1, m2, r0, r1, r2
		}
	}
}

func sort3(a, b, c float32) (low, mid, high float32) {
	if a > b {
		a, b = b, a
	}
	if b > c {
		b, c = c, b
	}
	if a > b {
		a, b = b, a
	}
	return a, b, c
}

// interior is what lies within the border. How far its blur reaches inwards is seen on each side where most of the
// side's length is dark; strokes of a mark meet it only here and there.
func (m *measurer) interior(cut float32) area {
	p := &m.calm
	line, from, to := m.shape.line, m.shape.line-0.5, insetMM
	inset := func(at func(along, in float64) float32) float64 {
		in := to
		for ; in < blurMM; in += 0.5 / perMM {
			var v []float64
			for along := -from; along <= from; along += 0.25 {
				v = append(v, float64(at(along, line-in)))
			}
			slices.Sort(v)
			if float32(v[len(v)*35/100]) < cut {
				break
			}
		}
		return in + 0.5/perMM
	}
	dark := func(x, y float64) float32 { return p.dark[p.row(y)*p.w+p.column(x)] }
	l := inset(func(a, in float64) float32 { return dark(-in, a) })
	r := inset(func(a, in float64) float32 { return dark(in, a) })
	t := inset(func(a, in float64) float32 { return dark(a, -in) })
	b := inset(func(a, in float64) float32 { return dark(a, in) })
	return area{p.column(-line + l), p.row(-line + t), p.column(line-r) + 1, p.row(line-b) + 1}
}

// blobs is what connected areas of ink add up to.
type blobs struct {
	cover  float64 // share of the area
	stroke float64 // of the one that reaches farthest, in widths of the area
}

// blobs finds connected ink in an area. Dust does not count, nor what does not come further in from the edges than a
// rim of so many places: that is the border's, where it is not quite straight.
func (m *measurer) blobs(in area, cut float32, rim int) blobs {
	w, h := in.x1-in.x0, in.y1-in.y0
	if w <= 0 || h <= 0 {
		return blobs{}
	}
	m.cover(in, func(d float32) bool { return d > cut })
	const dust = speckMM2 * perMM * perMM
	var out blobs
	for i := range m.mask {
		if m.mask[i] != 1 {
			continue
		}
		e := m.flood(i, w, h, rim)
		if float64(e.inner) < dust {
			continue
		}
		out.cover += float64(e.all) / float64(w*h)
		out.stroke = max(out.stroke, e.length()/float64(max(w, h)))
	}
	return out
}

// cover marks the places of an area in the mask.
func (m *measurer) cover(in area, of func(dark float32) bool) {
	p := &m.calm
	w := in.x1 - in.x0
	m.mask = append(m.mask[:0], make([]uint8, in.size())...)
	if in.size() == 0 {
		return
	}
	for y := in.y0; y < in.y1; y++ {
		row := m.mask[(y-in.y0)*w:][:w]
		for x, d := range p.dark[y*p.w+in.x0:][:w] {
			if of(d) {
				row[x] = 1
			}
		}
	}
}

// extent is how far a blob reaches, in x, y and along the two diagonals; how many places it has, and how many within the rim.
type extent struct {
	all, inner                     int
	x0, y0, x1, y1, a0, a1, b0, b1 int
}

func (e extent) length() float64 {
	across := max(e.x1-e.x0, e.y1-e.y0) + 1
	slant := float64(max(e.a1-e.a0, e.b1-e.b0)) / math.Sqrt2
	return max(float64(across), slant)
}

// flood takes the blob at i out of the mask.
func (m *measurer) flood(i, w, h, rim int) extent {
	e := extent{x0: w, y0: h, a0: w + h, b0: w + h, b1: -w - h}
	reach := 1
	if m.scan.bilevel {
		reach = 5 // half a millimetre: a thin or pale stroke is broken into dots
	}
	m.stack = append(m.stack[:0], i)
	m.mask[i] = 2
	for len(m.stack) > 0 {
		k := m.stack[len(m.stack)-1]
		m.stack = m.stack[:len(m.stack)-1]
		x, y := k%w, k/w
		e.all++
		if x >= rim && y >= rim && x < w-rim && y < h-rim {
			e.inner++
		}
		e = extent{e.all, e.inner, min(e.x0, x), min(e.y0, y), max(e.x1, x), max(e.y1, y), min(e.a0, x+y), max(e.a1, x+y), min(e.b0, x-y), max(e.b1, x-y)}
		for ny := max(y-reach, 0); ny <= min(y+reach, h-1); ny++ {
			for nx := max(x-reach, 0); nx <= min(x+reach, w-1); nx++ {
				if m.mask[ny*w+nx] == 1 {
					m.mask[ny*w+nx] = 2
					m.stack = append(m.stack, ny*w+nx)
				}
			}
		}
	}
	return e
}

// cells is the share of a grid's cells that are mostly ink.
func (m *measurer) cells(in area, cut float32) float64 {
	const n = 5
	p := &m.calm
	full := 0
	for j := range n {
		for i := range n {
			ink, all := 0, 0
			for y := in.y0 + j*(in.y1-in.y0)/n; y < in.y0+(j+1)*(in.y1-in.y0)/n; y++ {
				for x := in.x0 + i*(in.x1-in.x0)/n; x < in.x0+(i+1)*(in.x1-in.x0)/n; x++ {
					all++
					if p.dark[y*p.w+x] > cut {
						ink++
					}
				}
			}
			if 2*ink >= all {
				full++
			}
		}
	}
	return float64(full) / (n * n)
}

// open counts the sectors between the diagonals of the box in which a square of 0.25 mm is free: a cross leaves all four
// open, however thick the pen; what is filled, by whatever strokes, leaves none.
func (m *measurer) open(in area) int {
	const side = perMM / 4
	p := &m.calm
	var free [4]bool
	cut := float32(openInk) * m.tone(in)
	midX, midY := in.x0+in.x1, in.y0+in.y1
	for y := in.y0; y+side <= in.y1; y++ {
		for x := in.x0; x+side <= in.x1; x++ {
			dx, dy := 2*x+side-midX, 2*y+side-midY
			sector := 0
			switch {
			case abs(dx) > abs(dy) && dx > 0:
				sector = 1
			case abs(dx) > abs(dy):
				sector = 2
			case dy > 0:
				sector = 3
			}
			free[sector] = free[sector] || p.free(x, y, side, cut)
		}
	}
	n := 0
	for _, f := range free {
		if f {
			n++
		}
	}
	return n
}

func (p *patch) free(x, y, side int, cut float32) bool {
	for j := range side {
		for _, d := range p.dark[(y+j)*p.w+x:][:side] {
			if d > cut {
				return false
			}
		}
	}
	return true
}

// solid is the share of an area that is ink with ink 0.3 mm around it, as a thick pen's is.
func (m *measurer) solid(in area, cut float32) float64 {
	const reach = 2
	p := &m.calm
	n := 0
	for y := in.y0 + reach; y < in.y1-reach; y++ {
	places:
		for x := in.x0 + reach; x < in.x1-reach; x++ {
			for j := -reach; j <= reach; j++ {
				for _, d := range p.dark[(y+j)*p.w+x-reach:][:2*reach+1] {
					if d <= cut {
						continue places
					}
				}
			}
			n++
		}
	}
	return float64(n) / float64(max(in.size(), 1))
}

// tone is how dark the ink in an area is, if it covers a good part of it.
func (m *measurer) tone(in area) float32 {
	m.noise = m.noise[:0]
	for y := in.y0; y < in.y1; y++ {
		for _, d := range m.calm.dark[y*m.calm.w+in.x0:][:in.x1-in.x0] {
			m.noise = append(m.noise, float64(d))
		}
	}
	if len(m.noise) == 0 {
		return 1
	}
	slices.Sort(m.noise)
	return float32(min(m.noise[len(m.noise)*7/10], 1))
}

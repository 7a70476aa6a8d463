package synth

import (
	"math"
	"math/rand/v2"
)

// pen is what somebody writes with.
type pen struct {
	name  string
	ink   rgb
	width float64 // millimetres
	alpha float64 // how much of the ink stays on the paper
	grain float64 // how much of it the paper's roughness keeps away: pencil
	skips float64 // share of a line that stays white: a ballpoint that runs dry
	bleed float64 // millimetres that the ink spreads: felt
}

// pens that lie about in an office.
var pens = []pen{
	{name: "black ballpoint", ink: rgb{35, 33, 38}, width: 0.42, alpha: 0.93, grain: 0.15, skips: 0.02},
	{name: "blue ballpoint", ink: rgb{38, 58, 150}, width: 0.42, alpha: 0.93, grain: 0.15, skips: 0.02},
	{name: "light blue ballpoint", ink: rgb{80, 105, 190}, width: 0.38, alpha: 0.9, grain: 0.2, skips: 0.04},
	{name: "thin ballpoint", ink: rgb{45, 50, 90}, width: 0.28, alpha: 0.9, grain: 0.15, skips: 0.03},
	{name: "gel pen", ink: rgb{18, 18, 30}, width: 0.55, alpha: 1},
	{name: "pencil", ink: rgb{92, 92, 96}, width: 0.55, alpha: 0.85, grain: 0.45},
	{name: "felt pen", ink: rgb{25, 25, 28}, width: 1.15, alpha: 1, bleed: 0.12},
	{name: "red pen", ink: rgb{190, 35, 45}, width: 0.45, alpha: 0.93, grain: 0.1},
	{name: "green pen", ink: rgb{25, 120, 70}, width: 0.45, alpha: 0.93, grain: 0.1},
}

// faint is a pencil that hardly touches the paper.
var faint = pen{name: "faint pencil", ink: rgb{110, 110, 114}, width: 0.45, alpha: 0.55, grain: 0.5}

// drawPen takes a pen as often as they lie about, each a little different.
func drawPen(r *rand.Rand) pen {
	of := []int{0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 2, 3, 3, 4, 4, 4, 5, 5, 6, 7, 8}
	p := pens[pick(r, of...)]
	p.width *= between(r, 0.85, 1.2)
	p.alpha = min(1, p.alpha*between(r, 0.9, 1.06))
	return p
}

// point is a place on the paper in millimetres; press is how hard the pen is pressed there, 1 as usual.
type point struct{ x, y, press float64 }

// stroke is a line drawn without lifting the pen.
type stroke []point

// write draws strokes with a pen.
func (c *canvas) write(p pen, strokes []stroke, r *rand.Rand) {
	for _, s := range strokes {
		if len(s) > 0 {
			c.line(p, p.skipping(s, r), r.Uint32())
		}
	}
}

// skipping takes the pressure away where the pen runs dry.
func (p pen) skipping(s stroke, r *rand.Rand) stroke {
	out, dry := append(stroke{}, s...), 0
	for i := range out {
		if dry == 0 && chance(r, p.skips/3) {
			dry = 1 + r.IntN(4)
		}
		if dry > 0 {
			dry--
			out[i].press *= 0.35
		}
	}
	return out
}

// line draws one stroke: where it crosses itself, it isn't darker than the pen.
func (c *canvas) line(p pen, s stroke, seed uint32) {
	margin := p.width + p.bleed + 1/c.perMM
	x0, y0, x1, y1 := bounds(s)
	px0, py0 := max(0, int((x0-margin)*c.perMM)), max(0, int((y0-margin)*c.perMM))
	px1, py1 := min(c.w, int((x1+margin)*c.perMM)+1), min(c.h, int((y1+margin)*c.perMM)+1)
	if px1 <= px0 || py1 <= py0 {
		return
	}
	m := mask{x: px0, y: py0, w: px1 - px0, h: py1 - py0, cover: make([]float32, (px1-px0)*(py1-py0))}
	for i := range s {
		m.segment(s[max(i-1, 0)], s[i], p, c.perMM)
	}
	for i, v := range m.cover {
		if v == 0 {
			continue
		}
		x, y := m.x+i%m.w, m.y+i/m.w
		share := float64(v) * p.alpha * (1 - p.grain*rough(x, y, seed))
		c.soak(y*c.w+x, share, p.ink)
	}
}

func bounds(s stroke) (x0, y0, x1, y1 float64) {
	x0, y0, x1, y1 = s[0].x, s[0].y, s[0].x, s[0].y
	for _, p := range s {
		x0, y0, x1, y1 = min(x0, p.x), min(y0, p.y), max(x1, p.x), max(y1, p.y)
	}
	return x0, y0, x1, y1
}

// mask is how much of each pixel of a part of a canvas a stroke covers.
type mask struct {
	x, y, w, h int
	cover      []float32
}

// segment adds a straight piece with round ends.
func (m *mask) segment(a, b point, p pen, perMM float64) {
	press := (a.press + b.press) / 2
	half := p.width / 2 * (0.75 + 0.25*min(press, 1.5)) * perMM
	soft := math.Max(0.5, p.bleed*perMM)
	ax, ay, bx, by := a.x*perMM-float64(m.x), a.y*perMM-float64(m.y), b.x*perMM-float64(m.x), b.y*perMM-float64(m.y)
	reach := half + soft + 1
	fromX, toX := max(0, int(min(ax, bx)-reach)), min(m.w, int(max(ax, bx)+reach)+1)
	fromY, toY := max(0, int(min(ay, by)-reach)), min(m.h, int(max(ay, by)+reach)+1)
	dx, dy := bx-ax, by-ay
	long := dx*dx + dy*dy
	strength := float32(min(press, 1))
	for y := fromY; y < toY; y++ {
		for x := fromX; x < toX; x++ {
			px, py := float64(x)+0.5-ax, float64(y)+0.5-ay
			t := 0.0
			if long > 0 {
				t = min(max((px*dx+py*dy)/long, 0), 1)
			}
			d := math.Hypot(px-t*dx, py-t*dy)
			v := float32(min(max((half+soft-d)/(2*soft), 0), 1)) * strength
			if at := &m.cover[y*m.w+x]; v > *at {
				*at = v
			}
		}
	}
}

// rough is the paper's roughness at a pixel, 0 to 1, in grains of about two pixels.
func rough(x, y int, seed uint32) float64 {
	coarse, fine := hash(x/2, y/2, seed), hash(x, y, seed+1)
	return (float64(coarse&0xffff)*0.65 + float64(fine&0xffff)*0.35) / 0xffff
}

// hash mixes a place and a seed.
func hash(x, y int, seed uint32) uint32 {
	h := uint32(x)*0x9e3779b1 ^ uint32(y)*0x85ebca77 ^ seed*0xc2b2ae3d
	h ^= h >> 15
	h *= 0x2c1b3c6d
	h ^= h >> 12
	h *= 0x297a2d39
	return h ^ h>>15
}

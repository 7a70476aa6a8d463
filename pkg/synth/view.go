package synth

import (
	"math"
)

// view is what a device sees of a paper: where each of its pixels lies on it and how much light comes from there.
type view struct {
	w, h    int
	perMM   float64                               // pixels per millimetre of paper, about
	toPaper func(u, v float64) (x, y float64)     // pixels → millimetres on the paper
	light   func(u, v float64) float64            // 1 is full light; nil: everywhere
	tint    [3]float64                            // of the light, by plane; zeros: none
	behind  func(u, v int) rgb                    // what lies where no paper is
	off     func(x, y float64) (float64, float64) // where paper that isn't flat lies, in millimetres; nil: where it should
}

// node is a corner of a cell of the view: mapping and light are computed there alone, and are straight in between.
type node struct{ x, y, light float64 }

const cell = 16 // pixels

// take samples the paper, smoothed by blur pixels of the view and as much as its pixels are wider than the paper's.
func (s view) take(paper *canvas, blur float64) *canvas {
	ratio := paper.perMM / s.perMM
	paper.blur(ratio * math.Hypot(blur, 0.4))
	out := newCanvas(s.w, s.h, len(paper.planes), s.perMM)
	columns := s.w/cell + 2
	above, below := make([]node, columns), make([]node, columns)
	s.nodes(above, 0, paper.perMM)
	for top := 0; top < s.h; top += cell {
		s.nodes(below, top+cell, paper.perMM)
		for v := top; v < min(top+cell, s.h); v++ {
			s.row(paper, out, v, mix(above, below, (float64(v-top)+0.5)/cell))
		}
		above, below = below, above
	}
	return out
}

func (s view) nodes(to []node, v int, perMM float64) {
	for i := range to {
		u, v := float64(i*cell), float64(v)
		x, y := s.toPaper(u, v)
		if s.off != nil {
			dx, dy := s.off(x, y)
			x, y = x+dx, y+dy
		}
		light := 1.0
		if s.light != nil {
			light = s.light(u, v)
		}
		to[i] = node{x * perMM, y * perMM, light}
	}
}

func mix(a, b []node, t float64) []node {
	out := make([]node, len(a))
	for i := range a {
		out[i] = node{a[i].x + t*(b[i].x-a[i].x), a[i].y + t*(b[i].y-a[i].y), a[i].light + t*(b[i].light-a[i].light)}
	}
	return out
}

// row samples one row of pixels.
func (s view) row(paper, out *canvas, v int, nodes []node) {
	for u := range s.w {
		a, b, t := nodes[u/cell], nodes[u/cell+1], (float64(u%cell)+0.5)/cell
		x, y := a.x+t*(b.x-a.x)-0.5, a.y+t*(b.y-a.y)-0.5
		light := a.light + t*(b.light-a.light)
		at := v*s.w + u
		if x < 0 || y < 0 || x >= float64(paper.w-1) || y >= float64(paper.h-1) {
			colour := s.behind(u, v)
			for p := range out.planes {
				out.planes[p][at] = clip(float64(out.part(colour, p)) * light * s.tinted(p))
			}
			continue
		}
		ix, iy := int(x), int(y)
		fx, fy := int(256*(x-float64(ix))), int(256*(y-float64(iy)))
		from := iy*paper.w + ix
		for p, plane := range paper.planes {
			up := int(plane[from])*(256-fx) + int(plane[from+1])*fx
			down := int(plane[from+paper.w])*(256-fx) + int(plane[from+paper.w+1])*fx
			value := float64(up*(256-fy)+down*fy) / 65536
			out.planes[p][at] = clip(value * light * s.tinted(p))
		}
	}
}

func (s view) tinted(plane int) float64 {
	if s.tint[plane] == 0 {
		return 1
	}
	return s.tint[plane]
}

// homography maps the plane to the plane, row by row.
type homography [9]float64

func (m homography) apply(x, y float64) (float64, float64) {
	d := m[6]*x + m[7]*y + m[8]
	return (m[0]*x + m[1]*y + m[2]) / d, (m[3]*x + m[4]*y + m[5]) / d
}

// inverse is by cofactors; what is left over is a factor, which apply divides out.
func (m homography) inverse() homography {
	return homography{
		m[4]*m[8] - m[5]*m[7], m[2]*m[7] - m[1]*m[8], m[1]*m[5] - m[2]*m[4],
		m[5]*m[6] - m[3]*m[8], m[0]*m[8] - m[2]*m[6], m[2]*m[3] - m[0]*m[5],
		m[3]*m[7] - m[4]*m[6], m[1]*m[6] - m[0]*m[7], m[0]*m[4] - m[1]*m[3],
	}
}

// times is this after n.
func (m homography) times(n homography) homography {
	var out homography
	for i := range 3 {
		for j := range 3 {
			for k := range 3 {
				out[3*i+j] += m[3*i+k] * n[3*k+j]
			}
		}
	}
	return out
}

// turned turns by degrees, scaled turns by scale, moved shifts.
func turned(degrees float64) homography {
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	return homography{cos, -sin, 0, sin, cos, 0, 0, 0, 1}
}

func scaled(x, y float64) homography { return homography{x, 0, 0, 0, y, 0, 0, 0, 1} }

func moved(x, y float64) homography { return homography{1, 0, x, 0, 1, y, 0, 0, 1} }

package synth

import (
	"math"
	"math/rand/v2"
)

// Mark is a shape that people make in, on or beside a box.
type Mark string

// Marks. Those up to Dot stand in a box and mean it.
const (
	Cross     Mark = "cross"
	HugeCross Mark = "huge cross"
	TinyCross Mark = "tiny cross"
	Tick      Mark = "tick"
	Slash     Mark = "slash"
	Bar       Mark = "bar" // a single stroke, level or upright
	Dot       Mark = "dot"
	Fill      Mark = "fill"      // the whole box, as the sheet asks for a mistake
	Scribble  Mark = "scribble"  // scribbled over, not full
	Circle    Mark = "circle"    // around a box
	Beside    Mark = "beside"    // a cross next to a box
	Underline Mark = "underline" // below a box
)

// hand is how somebody draws.
type hand struct {
	r       *rand.Rand
	tilt    float64 // degrees
	size    float64 // of a cross, in boxes
	off     float64 // millimetres off the middle
	dx, dy  float64 // and where to
	shake   float64 // millimetres
	press   float64
	slanted bool // crosses in one go, without lifting the pen
}

func newHand(r *rand.Rand) *hand {
	return &hand{
		r: r, tilt: between(r, -14, 14), size: between(r, 0.72, 1.15), off: between(r, 0.1, 0.45), dx: between(r, -0.3, 0.3), dy: between(r, -0.3, 0.3),
		shake: between(r, 0.02, 0.09), press: between(r, 0.8, 1.15), slanted: chance(r, 0.12),
	}
}

// shape returns the strokes of a mark for a box of that size with its centre at x, y.
func (h *hand) shape(m Mark, x, y, box float64, p pen) []stroke {
	r := h.r
	x0, y0 := x, y
	x, y = x+h.dx+h.off*r.NormFloat64()*0.6, y+h.dy+h.off*r.NormFloat64()*0.6
	switch m {
	case HugeCross:
		return h.cross(x, y, box*between(r, 1.5, 2.2))
	case TinyCross:
		return h.cross(x, y, box*between(r, 0.26, 0.42))
	case Tick:
		return h.tick(x, y, box*between(r, 0.7, 1.25))
	case Slash:
		side := pick(r, 1.0, 1, 1, -1)
		s := box * between(r, 0.32, 0.6)
		return []stroke{h.curve(x-s, y+s*side, x+s, y-s*side, 0.15)}
	case Bar:
		s := box * between(r, 0.3, 0.6)
		if chance(r, 0.5) {
			return []stroke{h.curve(x-s, y, x+s, y+between(r, -0.4, 0.4), 0.1)}
		}
		return []stroke{h.curve(x, y-s, x+between(r, -0.4, 0.4), y+s, 0.1)}
	case Dot:
		return []stroke{h.blob(x, y, between(r, 0.45, 1.0))}
	case Fill:
		return h.fill(x0, y0, box, p)
	case Scribble:
		strokes := h.cross(x, y, box*h.size)
		return append(strokes, h.zigzag(x0, y0, box*between(r, 0.8, 1.15), between(r, 0.75, 1.3)))
	case Circle:
		return []stroke{h.ring(x, y, box*between(r, 0.72, 0.95), box*between(r, 0.66, 0.85))}
	case Beside:
		side := pick(r, -1.0, 1)
		return h.cross(x0+side*box*between(r, 1, 1.15), y0+between(r, -0.6, 0.6), box*between(r, 0.5, 0.75))
	case Underline:
		s := box * between(r, 0.6, 1)
		below := y0 + box*between(r, 0.6, 0.72)
		return []stroke{h.curve(x0-s, below, x0+s, below+between(r, -0.2, 0.2), 0.1)}
	default:
		size := min(max(h.size*between(r, 0.85, 1.15), 0.6), 1.3)
		return h.cross(x, y, box*size)
	}
}

// curve goes from one place to another in a slight bow, with a trembling hand.
func (h *hand) curve(ax, ay, bx, by, bow float64) stroke {
	length := math.Hypot(bx-ax, by-ay)
	n := max(4, int(length/0.25))
	bend := h.r.NormFloat64() * bow * length / 2
	nx, ny := -(by-ay)/max(length, 0.01), (bx-ax)/max(length, 0.01)
	phase, waves := between(h.r, 0, 2*math.Pi), between(h.r, 0.8, 2.2)
	s := make(stroke, n+1)
	for i := range s {
		t := float64(i) / float64(n)
		d := bend*4*t*(1-t) + h.shake*math.Sin(phase+waves*2*math.Pi*t)
		press := h.press * (0.75 + 0.35*math.Sin(math.Pi*min(t+0.15, 1))) // light where the pen touches down and leaves
		s[i] = point{ax + t*(bx-ax) + nx*d, ay + t*(by-ay) + ny*d, press}
	}
	return s
}

// cross is an X of that size from corner to corner.
func (h *hand) cross(x, y, size float64) []stroke {
	r := h.r
	turn := (h.tilt + r.NormFloat64()*6) * math.Pi / 180
	corner := func(dx, dy float64) (float64, float64) {
		dx, dy = dx*size/2*between(r, 0.85, 1.15), dy*size/2*between(r, 0.85, 1.15)
		return x + dx*math.Cos(turn) - dy*math.Sin(turn), y + dx*math.Sin(turn) + dy*math.Cos(turn)
	}
	ax, ay := corner(-1, -1)
	bx, by := corner(1, 1)
	cx, cy := corner(1, -1)
	dx, dy := corner(-1, 1)
	first, second := h.curve(ax, ay, bx, by, 0.08), h.curve(cx, cy, dx, dy, 0.08)
	if !h.slanted {
		return []stroke{first, second}
	}
	between := h.curve(bx, by, cx, cy, 0.25)
	return []stroke{append(append(first, between...), second...)}
}

func (h *hand) tick(x, y, size float64) []stroke {
	r := h.r
	foot := point{x - size*between(r, 0.02, 0.15), y + size*between(r, 0.22, 0.42), h.press}
	down := h.curve(foot.x-size*between(r, 0.2, 0.36), foot.y-size*between(r, 0.22, 0.42), foot.x, foot.y, 0.08)
	up := h.curve(foot.x, foot.y, foot.x+size*between(r, 0.4, 0.85), foot.y-size*between(r, 0.6, 1.1), 0.1)
	return []stroke{append(down, up...)}
}

// blob is a dot that was pressed on: a small spiral.
func (h *hand) blob(x, y, radius float64) stroke {
	var s stroke
	for a := 0.0; a < 5*math.Pi; a += 0.5 {
		d := radius * a / (5 * math.Pi)
		s = append(s, point{x + d*math.Cos(a), y + d*math.Sin(a), h.press})
	}
	return s
}

// fill covers the whole box: as close as the pen is wide, once more across where that left gaps.
func (h *hand) fill(x, y, box float64, p pen) []stroke {
	step := p.width * between(h.r, 0.5, 0.8)
	size := box * between(h.r, 0.94, 1.12)
	strokes := append(h.cross(x, y, box*h.size), h.zigzag(x, y, size, step))
	if chance(h.r, 0.5) {
		strokes = append(strokes, h.zigzag(x, y, size, step*1.4))
	}
	return strokes
}

// zigzag goes to and fro over a square, a step further at each turn.
func (h *hand) zigzag(x, y, size, step float64) stroke {
	turn := between(h.r, -0.35, 0.35)
	if chance(h.r, 0.3) {
		turn += math.Pi / 2
	}
	var s stroke
	half, side := size/2, 1.0
	for d := -half; d <= half; d += step {
		for _, t := range []float64{-side, -side / 3, side / 3, side} {
			px, py := t*half*between(h.r, 0.95, 1.05), d+step*t*side/2
			// a turned square would leave the box: keep to its edges
			rx, ry := px*math.Cos(turn)-py*math.Sin(turn), px*math.Sin(turn)+py*math.Cos(turn)
			s = append(s, point{x + min(max(rx*1.15, -half), half), y + min(max(ry*1.15, -half), half), h.press})
		}
		side = -side
	}
	return s
}

// ring goes around a place, a bit more than once or a bit less.
func (h *hand) ring(x, y, rx, ry float64) stroke {
	var s stroke
	from, drift := between(h.r, 0, 2*math.Pi), between(h.r, -0.12, 0.12)
	for a, to := 0.0, between(h.r, 1.85, 2.2)*math.Pi; a < to; a += 0.12 {
		grow := 1 + drift*a/(2*math.Pi)
		s = append(s, point{x + rx*grow*math.Cos(from+a), y + ry*grow*math.Sin(from+a), h.press})
	}
	return s
}

// words scribbles lines of what looks like handwriting into an area.
func (h *hand) words(x, y, w, height float64) []stroke {
	r := h.r
	line := min(between(r, 6, 8.5), max(height, 3.5))
	var all []stroke
	for top := y + line*0.75; top < y+height; top += line {
		end := x + w*between(r, 0.3, 1)
		for at := x + between(r, 0.5, 4); at < end-3; {
			width := min(between(r, 4, 16), end-at)
			all = append(all, h.word(at, top, width, line*0.3))
			at += width + between(r, 2, 4)
		}
		if chance(r, 0.35) {
			break
		}
	}
	return all
}

// word is a row of loops and arches, some of them tall.
func (h *hand) word(x, base, width, high float64) stroke {
	var s stroke
	tall, letter := 1.0, 0.0
	for d := 0.0; d < width; d += 0.12 {
		if d-letter > 1.9 {
			letter = d
			tall = pick(h.r, 1.0, 1, 1, 1.9, -0.8)
		}
		a := 2 * math.Pi * d / 1.9
		s = append(s, point{x + d + 0.45*math.Sin(a), base - high*tall*(0.5-0.5*math.Cos(a)), h.press})
	}
	return s
}

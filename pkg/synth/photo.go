package synth

import (
	"math"
	"math/rand/v2"

	"ocenaurzedu.eu/pkg/sheet"
)

// camera is how a class of photos is taken: a phone above a desk, the whole page in the picture.
type camera struct {
	megapixels span
	tilt       span // degrees from straight above, about both axes
	roll       span // degrees, besides any of the four turns
	fills      span // share of the picture's narrower side that the page takes
	barrel     span // of the lens: shift at half the diagonal, as a share of it
	blur       span // pixels
	shadow     float64
	curl       span // millimetres
}

func phone() camera {
	return camera{megapixels: span{8, 12}, tilt: span{-16, 16}, roll: span{-9, 9}, fills: span{0.78, 0.95}, barrel: span{-0.005, 0.02}, blur: span{0.5, 1.5},
		shadow: 0.6, curl: span{0, 1}}
}

// lay takes the picture from somewhere above.
func (c camera) lay(l *sheet.Layout, r *rand.Rand) placed {
	pw, ph := paperSize(l)
	long := math.Sqrt(c.megapixels.of(r) * 1e6 * 4 / 3)
	w, h := math.Round(long*3/4), math.Round(long)
	if chance(r, 0.3) {
		w, h = h, w
	}
	m := c.perspective(pw, ph, r)
	left, top, right, bottom := extent(m, pw, ph)
	fit := min(w/(right-left), h/(bottom-top)) * c.fills.of(r)
	spareX, spareY := w-fit*(right-left), h-fit*(bottom-top)
	m = moved(spareX*between(r, 0.25, 0.75), spareY*between(r, 0.25, 0.75)).times(scaled(fit, fit)).times(moved(-left, -top)).times(m)
	back, barrel, half := m.inverse(), c.barrel.of(r), math.Hypot(w, h)/2
	lens := func(u, v float64) (float64, float64) {
		du, dv := (u-w/2)/half, (v-h/2)/half
		k := 1 + barrel*(du*du+dv*dv)
		return w/2 + du*half*k, h/2 + dv*half*k
	}
	view := view{w: int(w), h: int(h), perMM: math.Sqrt(area(m, pw, ph) / (pw * ph)), behind: desk(r)}
	view.toPaper = func(u, v float64) (float64, float64) { return back.apply(lens(u, v)) }
	view.light, view.tint, view.off = c.lamp(w, h, r), warm(r), curl(c.curl.of(r), r)
	return placed{view, func(x, y float64) (float64, float64) {
		u, v := m.apply(x, y)
		du, dv := (u-w/2)/half, (v-h/2)/half
		k := 1 - barrel*(du*du+dv*dv)
		return w/2 + du*half*k, h/2 + dv*half*k
	}}
}

// perspective maps the paper to the picture at some scale: four turns and a roll, tilted about both axes, seen from a distance.
func (c camera) perspective(pw, ph float64, r *rand.Rand) homography {
	distance := between(r, 1.3, 2.2) * ph
	sinX, cosX := math.Sincos(c.tilt.of(r) * math.Pi / 180)
	sinY, cosY := math.Sincos(c.tilt.of(r) * math.Pi / 180)
	tilt := homography{ // of the plane z = 0; the last row is the depth
		cosY, sinX * sinY, 0,
		0, cosX, 0,
		-sinY / distance, sinX * cosY / distance, 1,
	}
	roll := float64(90*r.IntN(4)) + c.roll.of(r)
	return tilt.times(turned(roll)).times(moved(-pw/2, -ph/2))
}

// extent is the rectangle that holds the paper's picture.
func extent(m homography, pw, ph float64) (left, top, right, bottom float64) {
	left, top, right, bottom = math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, at := range [][2]float64{{0, 0}, {pw, 0}, {pw, ph}, {0, ph}} {
		x, y := m.apply(at[0], at[1])
		left, top, right, bottom = min(left, x), min(top, y), max(right, x), max(bottom, y)
	}
	return left, top, right, bottom
}

// area is that of the paper's picture.
func area(m homography, pw, ph float64) float64 {
	corners, sum := [][2]float64{{0, 0}, {pw, 0}, {pw, ph}, {0, ph}}, 0.0
	for i, at := range corners {
		next := corners[(i+1)%4]
		ax, ay := m.apply(at[0], at[1])
		bx, by := m.apply(next[0], next[1])
		sum += ax*by - bx*ay
	}
	return math.Abs(sum) / 2
}

// lamp is light from a side, darker corners, and often the soft shadow of the hand that holds the phone.
func (c camera) lamp(w, h float64, r *rand.Rand) func(u, v float64) float64 {
	sin, cos := math.Sincos(between(r, 0, 2*math.Pi))
	slope, vignette, level := between(r, 0.05, 0.35), between(r, 0.05, 0.25), between(r, 0.92, 1.15)
	dark, soft := 0.0, between(r, 0.03, 0.15)
	if chance(r, c.shadow) {
		dark = between(r, 0.2, 0.5)
	}
	sx, sy := between(r, 0, 1), pick(r, between(r, 0, 0.35), between(r, 0.65, 1))
	rx, ry, turn := between(r, 0.15, 0.5), between(r, 0.1, 0.3), between(r, 0, math.Pi)
	sinS, cosS := math.Sincos(turn)
	return func(u, v float64) float64 {
		x, y := u/w, v/h
		light := level * (1 - slope*(0.5+(x-0.5)*cos+(y-0.5)*sin)) * (1 - vignette*2*((x-0.5)*(x-0.5)+(y-0.5)*(y-0.5)))
		dx, dy := (x-sx)*cosS+(y-sy)*sinS, (y-sy)*cosS-(x-sx)*sinS
		edge := math.Hypot(dx/rx, dy/ry) - 1
		return light * (1 - dark*(1-smooth(-soft/ry, soft/ry, edge)))
	}
}

// warm is the light of a room: less blue, or a little less red under a cold lamp.
func warm(r *rand.Rand) [3]float64 {
	if chance(r, 0.25) {
		return [3]float64{between(r, 0.93, 1), 0.98, 1}
	}
	return [3]float64{1, between(r, 0.9, 0.98), between(r, 0.68, 0.92)}
}

// desk is what lies around the paper: wood, a white or a dark table.
func desk(r *rand.Rand) func(u, v int) rgb {
	base := pick(r, rgb{150, 108, 70}, rgb{120, 84, 58}, rgb{205, 205, 200}, rgb{236, 234, 230}, rgb{60, 60, 64}, rgb{110, 125, 135})
	seed, grain, vein := r.Uint32(), between(r, 4, 16), between(r, 0, 24)
	return func(u, v int) rgb {
		d := grain*(float64(hash(u/2, v/12, seed)&255)/255-0.5) + vein*math.Sin(float64(u)/37+2*math.Sin(float64(v)/410))
		return rgb{clip(float64(base[0]) + d), clip(float64(base[1]) + d), clip(float64(base[2]) + d)}
	}
}

// curl is paper that doesn't lie flat: two soft waves.
func curl(depth float64, r *rand.Rand) func(x, y float64) (float64, float64) {
	long, phase, side := between(r, 180, 420), between(r, 0, 2*math.Pi), between(r, 0, 2*math.Pi)
	return func(x, y float64) (float64, float64) {
		return depth * math.Sin(side+2*math.Pi*y/long), depth * 0.7 * math.Sin(phase+2*math.Pi*x/long)
	}
}

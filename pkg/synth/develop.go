package synth

import (
	"math"
	"math/rand/v2"
)

// tone is what a device makes of the light that it got.
type tone struct {
	black   span // grey of full ink
	white   span // grey of the paper
	gamma   span
	noise   span // of a pixel, in levels
	sharpen span // how much edges are overdone
	salt    span // of 100,000 pixels, that are black or white for no reason
	motion  span // millimetres by which the paper moved meanwhile, of 10
}

func plain() tone {
	return tone{black: span{10, 50}, white: span{215, 255}, gamma: span{0.8, 1.25}, noise: span{0.5, 6}, sharpen: span{0, 0.6}}
}

// develop sets contrast, sharpens, and adds the sensor's noise.
func (t tone) develop(c *canvas, r *rand.Rand) {
	black, white, gamma := t.black.of(r), t.white.of(r), t.gamma.of(r)
	c.apply(func(v float64) float64 { return black + (white-black)*math.Pow(v/255, gamma) })
	if amount := t.sharpen.of(r); amount > 0.2 {
		c.sharpen(amount)
	}
	if t.motion.hi > 0 {
		c.smear(t.motion.of(r)/10, chance(r, 0.5))
	}
	c.noise(t.noise.of(r), r)
	for range int(t.salt.of(r) * float64(c.w*c.h) / 1e5) {
		at, value := r.IntN(c.w*c.h), pick(r, uint8(0), 255)
		for _, plane := range c.planes {
			plane[at] = value
		}
	}
}

// smear averages over so many millimetres along the rows or the columns.
func (c *canvas) smear(length float64, down bool) {
	n, step := max(1, int(math.Round(length*c.perMM))), 1
	if down {
		step = c.w
	}
	for _, plane := range c.planes {
		for i := 0; i < len(plane)-n*step; i++ { // what lies ahead isn't smeared yet
			sum := 0
			for k := range n {
				sum += int(plane[i+k*step])
			}
			plane[i] = uint8(sum / n)
		}
	}
}

// sharpen adds what a blur takes away.
func (c *canvas) sharpen(amount float64) {
	soft := c.clone()
	soft.blur(0.9)
	for p, plane := range c.planes {
		for i, v := range plane {
			plane[i] = clip(float64(v) + amount*(float64(v)-float64(soft.planes[p][i])))
		}
	}
}

// noise adds a Gaussian of sigma levels to each pixel, three parts alike in all planes and one apart.
func (c *canvas) noise(sigma float64, r *rand.Rand) {
	if sigma < 0.3 {
		return
	}
	const size = 1 << 16
	table := make([]int16, size)
	for i := range table {
		table[i] = int16(math.Round(r.NormFloat64() * sigma))
	}
	seed := r.Uint32()
	for y := range c.h {
		at := hash(y, 0, seed)
		for x := range c.w {
			i := y*c.w + x
			at = at*1664525 + 1013904223
			for p := range c.planes {
				c.planes[p][i] = uint8(min(max(int(c.planes[p][i])+int(table[at>>16]), 0), 255))
				if p > 0 {
					at = at*1664525 + 1013904223
				}
			}
		}
	}
}

// threshold makes black and white of grey, in one of the ways that scanners do.
type threshold struct {
	adaptive float64 // share of pages that are compared with what is around, not with one level
	level    span    // of black and white: 0 is ink, 1 is paper
	specks   span    // of 100,000 pixels, in clusters
	dither   bool    // grey as a pattern of dots: a scanner set for photos
}

func (t threshold) develop(c *canvas, r *rand.Rand) {
	plane := c.planes[0]
	if t.dither {
		dither(c)
	} else if chance(r, t.adaptive) {
		bilevelAround(c, between(r, 8, 20), between(r, 0.08, 0.25))
	} else {
		dark, light := percentile(plane, 0.01), percentile(plane, 0.7)
		level := float64(dark) + t.level.of(r)*float64(light-dark)
		for i, v := range plane {
			plane[i] = 255
			if float64(v) < level {
				plane[i] = 0
			}
		}
	}
	for range int(t.specks.of(r) * float64(len(plane)) / 1e5) {
		x, y, size, value := r.IntN(c.w), r.IntN(c.h), pick(r, 1, 1, 1, 1, 1, 2, 2, 3), uint8(0)
		if chance(r, 0.4) {
			value = 255
		}
		for i := range size * size {
			if at := (y+i/size)*c.w + x + i%size; x+i%size < c.w && at < len(plane) {
				plane[at] = value
			}
		}
	}
}

// dither hands each pixel's error on to its neighbours (Floyd and Steinberg).
func dither(c *canvas) {
	plane := c.planes[0]
	light := float64(percentile(plane, 0.5)) - 6
	rows := [2][]float64{make([]float64, c.w+2), make([]float64, c.w+2)}
	for y := range c.h {
		here, next := rows[y%2], rows[(y+1)%2]
		clear(next)
		for x := range c.w {
			v := min(float64(plane[y*c.w+x])*255/light, 255) + here[x+1]
			out := 0.0
			if v > 127 {
				out = 255
			}
			plane[y*c.w+x] = uint8(out)
			left := v - out
			here[x+2] += left * 7 / 16
			next[x] += left * 3 / 16
			next[x+1] += left * 5 / 16
			next[x+2] += left / 16
		}
	}
}

// percentile is the value below which that share of a plane lies.
func percentile(plane []uint8, share float64) uint8 {
	var counts [256]int
	for _, v := range plane {
		counts[v]++
	}
	left := int(share * float64(len(plane)))
	for v, n := range counts {
		if left -= n; left < 0 {
			return uint8(v)
		}
	}
	return 255
}

// bilevelAround makes black what is darker than its surroundings, a square of so many millimetres, by a share, and
// what is as dark as print.
func bilevelAround(c *canvas, reach, share float64) {
	plane, half := c.planes[0], int(reach*c.perMM/2)
	print := float64(percentile(plane, 0.02)) + 15
	sums := make([]uint32, (c.w+1)*(c.h+1))
	for y := range c.h {
		var row uint32
		for x := range c.w {
			row += uint32(plane[y*c.w+x])
			sums[(y+1)*(c.w+1)+x+1] = sums[y*(c.w+1)+x+1] + row
		}
	}
	for y := range c.h {
		y0, y1 := max(0, y-half)*(c.w+1), min(c.h, y+half+1)*(c.w+1)
		for x := range c.w {
			x0, x1 := max(0, x-half), min(c.w, x+half+1)
			n := float64((y1 - y0) / (c.w + 1) * (x1 - x0))
			mean := float64(sums[y1+x1]-sums[y1+x0]-sums[y0+x1]+sums[y0+x0]) / n
			value := uint8(255)
			if v := float64(plane[y*c.w+x]); v < print || v < mean*(1-share) {
				value = 0
			}
			plane[y*c.w+x] = value
		}
	}
}

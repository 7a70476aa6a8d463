package synth

import (
	"image"
	"math"
	"math/rand/v2"

	"ocenaurzedu.eu/pkg/sheet"
)

// mmPerInch turns dots per inch into pixels per millimetre.
const mmPerInch = 25.4

// rgb is a colour: what is left of white light, 255 all of it.
type rgb [3]uint8

// luma is the colour's grey, as a scanner sees it.
func (c rgb) luma() uint8 {
	return uint8((299*int(c[0]) + 587*int(c[1]) + 114*int(c[2]) + 500) / 1000)
}

// canvas is a picture in planes: one of grey, or three of red, green and blue.
type canvas struct {
	w, h   int
	perMM  float64 // pixels per millimetre
	planes [][]uint8
}

func newCanvas(w, h, planes int, perMM float64) *canvas {
	c := &canvas{w: w, h: h, perMM: perMM, planes: make([][]uint8, planes)}
	for i := range c.planes {
		c.planes[i] = make([]uint8, w*h)
	}
	return c
}

// canvasOf copies a grey picture of a whole page.
func canvasOf(p Print, colour bool) *canvas {
	b := p.Image.Bounds()
	planes := 1
	if colour {
		planes = 3
	}
	c := newCanvas(b.Dx(), b.Dy(), planes, float64(b.Dx())/p.Layout.PageWidth)
	for i := range c.planes {
		for y := range c.h {
			copy(c.planes[i][y*c.w:(y+1)*c.w], p.Image.Pix[y*p.Image.Stride:])
		}
	}
	return c
}

func (c *canvas) clone() *canvas {
	d := newCanvas(c.w, c.h, len(c.planes), c.perMM)
	for i := range c.planes {
		copy(d.planes[i], c.planes[i])
	}
	return d
}

// part is a colour's share in one of the planes.
func (c *canvas) part(colour rgb, plane int) uint8 {
	if len(c.planes) == 1 {
		return colour.luma()
	}
	return colour[plane]
}

// each calls f for the pixels within a rectangle of millimetres, with the place of each pixel's centre.
func (c *canvas) each(x0, y0, x1, y1 float64, f func(i int, x, y float64)) {
	fromX, toX := max(0, int(x0*c.perMM)), min(c.w, int(math.Ceil(x1*c.perMM)))
	fromY, toY := max(0, int(y0*c.perMM)), min(c.h, int(math.Ceil(y1*c.perMM)))
	for y := fromY; y < toY; y++ {
		for x := fromX; x < toX; x++ {
			f(y*c.w+x, (float64(x)+0.5)/c.perMM, (float64(y)+0.5)/c.perMM)
		}
	}
}

// soak lets ink cover a share of a pixel, 0 to 1: it takes light away and adds none.
func (c *canvas) soak(i int, share float64, ink rgb) {
	if share <= 0 {
		return
	}
	share = min(share, 1)
	for p := range c.planes {
		left := 1 - share*(1-float64(c.part(ink, p))/255)
		c.planes[p][i] = uint8(float64(c.planes[p][i])*left + 0.5)
	}
}

// paint covers a share of a pixel with an opaque colour.
func (c *canvas) paint(i int, share float64, colour rgb) {
	if share <= 0 {
		return
	}
	share = min(share, 1)
	for p := range c.planes {
		v := float64(c.planes[p][i])
		c.planes[p][i] = uint8(v + share*(float64(c.part(colour, p))-v) + 0.5)
	}
}

// rectangle paints a rectangle of millimetres, its edges smoothed.
func (c *canvas) rectangle(x0, y0, x1, y1 float64, colour rgb) {
	half := 0.5 / c.perMM
	c.each(x0-half, y0-half, x1+half, y1+half, func(i int, x, y float64) {
		across := min(x+half, x1) - max(x-half, x0)
		down := min(y+half, y1) - max(y-half, y0)
		c.paint(i, max(0, across)*max(0, down)*c.perMM*c.perMM, colour)
	})
}

// blur smooths the picture by a Gaussian of sigma pixels.
func (c *canvas) blur(sigma float64) {
	if sigma < 0.2 {
		return
	}
	kernel := gaussian(sigma)
	for p := range c.planes {
		blurRows(c.planes[p], c.w, kernel)
		c.planes[p] = blurColumns(c.planes[p], c.w, c.h, kernel)
	}
}

const kernelOne = 1 << 16

// gaussian is a kernel in parts of kernelOne, whose sum is exactly that.
func gaussian(sigma float64) []uint32 {
	radius := int(math.Ceil(2.5 * sigma))
	weights, sum := make([]float64, 2*radius+1), 0.0
	for i := range weights {
		d := float64(i-radius) / sigma
		weights[i] = math.Exp(-d * d / 2)
		sum += weights[i]
	}
	kernel, left := make([]uint32, len(weights)), uint32(kernelOne)
	for i := range weights {
		kernel[i] = uint32(weights[i] / sum * kernelOne)
		left -= kernel[i]
	}
	kernel[radius] += left
	return kernel
}

func blurRows(plane []uint8, w int, kernel []uint32) {
	radius := len(kernel) / 2
	padded := make([]uint8, w+2*radius)
	for from := 0; from < len(plane); from += w {
		row := plane[from : from+w]
		copy(padded[radius:], row)
		for i := range radius {
			padded[i], padded[w+radius+i] = row[0], row[w-1]
		}
		for x := range row {
			sum := uint32(kernelOne / 2)
			for k, v := range padded[x : x+len(kernel)] {
				sum += kernel[k] * uint32(v)
			}
			row[x] = uint8(sum >> 16)
		}
	}
}

func blurColumns(plane []uint8, w, h int, kernel []uint32) []uint8 {
	radius, out, sums := len(kernel)/2, make([]uint8, len(plane)), make([]uint32, w)
	for y := range h {
		for x := range sums {
			sums[x] = kernelOne / 2
		}
		for k, weight := range kernel {
			from := min(max(y+k-radius, 0), h-1) * w
			for x, v := range plane[from : from+w] {
				sums[x] += weight * uint32(v)
			}
		}
		for x, s := range sums {
			out[y*w+x] = uint8(s >> 16)
		}
	}
	return out
}

// apply replaces every value of every plane.
func (c *canvas) apply(curve func(v float64) float64) {
	var table [256]uint8
	for i := range table {
		table[i] = clip(curve(float64(i)))
	}
	for _, plane := range c.planes {
		for i, v := range plane {
			plane[i] = table[v]
		}
	}
}

func clip(v float64) uint8 { return uint8(min(max(v, 0), 255) + 0.5) }

// picture is the canvas as an image.
func (c *canvas) picture() image.Image {
	if len(c.planes) == 1 {
		return &image.Gray{Pix: c.planes[0], Stride: c.w, Rect: image.Rect(0, 0, c.w, c.h)}
	}
	img := image.NewRGBA(image.Rect(0, 0, c.w, c.h))
	for i := range c.w * c.h {
		img.Pix[4*i], img.Pix[4*i+1], img.Pix[4*i+2], img.Pix[4*i+3] = c.planes[0][i], c.planes[1][i], c.planes[2][i], 255
	}
	return img
}

// span is a range to draw from.
type span struct{ lo, hi float64 }

func (s span) of(r *rand.Rand) float64 { return s.lo + (s.hi-s.lo)*r.Float64() }

// between draws from a range, chance is true that often, pick takes one of several.
func between(r *rand.Rand, lo, hi float64) float64 { return span{lo, hi}.of(r) }

func chance(r *rand.Rand, share float64) bool { return r.Float64() < share }

func pick[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

// smooth goes from 0 at lo to 1 at hi, without a corner.
func smooth(lo, hi, v float64) float64 {
	t := min(max((v-lo)/(hi-lo), 0), 1)
	return t * t * (3 - 2*t)
}

// paperSize is a page's in millimetres.
func paperSize(l *sheet.Layout) (w, h float64) { return l.PageWidth, l.PageHeight }

package omr

import "image"

// grey is an image whose first pixel is at 0, 0.
type grey struct {
	pix          []uint8
	stride, w, h int
}

func newGrey(img *image.Gray) grey {
	b := img.Bounds()
	if b.Empty() {
		return grey{}
	}
	return grey{img.Pix[img.PixOffset(b.Min.X, b.Min.Y):], img.Stride, b.Dx(), b.Dy()}
}

// shrink averages squares of by × by pixels. What does not fill a square at the right and the bottom is left out.
func (g grey) shrink(by int) grey {
	if by <= 1 {
		return g
	}
	s := grey{w: g.w / by, h: g.h / by, stride: g.w / by}
	s.pix = make([]uint8, s.w*s.h)
	sums := make([]uint32, s.w)
	area := uint32(by * by)
	for y := range s.h {
		clear(sums)
		for dy := range by {
			row := g.pix[(y*by+dy)*g.stride:][:s.w*by]
			addRow(sums, row, by)
		}
		out := s.pix[y*s.w:][:s.w]
		for x, sum := range sums {
			out[x] = uint8((sum + area/2) / area)
		}
	}
	return s
}

// addRow adds each by pixels of a row to one sum; two and three are the common cases, written out for speed.
func addRow(sums []uint32, row []uint8, by int) {
	switch by {
	case 2:
		for x := range sums {
			r := row[2*x : 2*x+2 : 2*x+2]
			sums[x] += uint32(r[0]) + uint32(r[1])
		}
	case 3:
		for x := range sums {
			r := row[3*x : 3*x+3 : 3*x+3]
			sums[x] += uint32(r[0]) + uint32(r[1]) + uint32(r[2])
		}
	default:
		for x := range sums {
			for _, v := range row[x*by : (x+1)*by] {
				sums[x] += uint32(v)
			}
		}
	}
}

// at interpolates the brightness at a place in pixels; outside the image it is what the nearest pixel has.
func (g grey) at(x, y float64) float64 {
	x, y = min(max(x-0.5, 0), float64(g.w-1)), min(max(y-0.5, 0), float64(g.h-1))
	ix, iy := min(int(x), g.w-2), min(int(y), g.h-2)
	if ix < 0 || iy < 0 {
		return float64(g.pix[max(iy, 0)*g.stride+max(ix, 0)])
	}
	fx, fy := x-float64(ix), y-float64(iy)
	p := g.pix[iy*g.stride+ix:]
	top := float64(p[0]) + fx*(float64(p[1])-float64(p[0]))
	low := float64(p[g.stride]) + fx*(float64(p[g.stride+1])-float64(p[g.stride]))
	return top + fy*(low-top)
}

// holds reports whether a place is in the image.
func (g grey) holds(p Point) bool {
	return p.X >= 0 && p.Y >= 0 && p.X < float64(g.w) && p.Y < float64(g.h)
}

// threshold marks as dark what is darker than the mean of the square of half a side around it by more than the given
// percentage. The integral image wraps around in 32 bits, which its differences survive.
func (g grey) threshold(half, percent int) []bool {
	w := g.w + 1
	sums := make([]uint32, w*(g.h+1))
	for y := range g.h {
		line := uint32(0)
		above, below := sums[y*w:][:w], sums[(y+1)*w:][:w]
		for x, v := range g.pix[y*g.stride:][:g.w] {
			line += uint32(v)
			below[x+1] = above[x+1] + line
		}
	}
	dark := make([]bool, g.w*g.h)
	for y := range g.h {
		y0, y1 := max(y-half, 0), min(y+half+1, g.h)
		above, below := sums[y0*w:][:w], sums[y1*w:][:w]
		out := dark[y*g.w:][:g.w]
		for x, v := range g.pix[y*g.stride:][:g.w] {
			x0, x1 := max(x-half, 0), min(x+half+1, g.w)
			sum := below[x1] - below[x0] - above[x1] + above[x0]
			out[x] = uint64(v)*uint64((x1-x0)*(y1-y0))*100 < uint64(sum)*uint64(100-percent)
		}
	}
	return dark
}

// bilevel reports whether the image is black and white: there are next to no tones between, as against the dark ones.
func (g grey) bilevel() bool {
	var counts [256]int
	for y := 0; y < g.h; y += 3 {
		for _, v := range g.pix[y*g.stride:][:g.w] {
			counts[v]++
		}
	}
	dark, between, light := 0, 0, 0
	for v, n := range counts {
		switch {
		case v < 48:
			dark += n
		case v < 208:
			between += n
		default:
			light += n
		}
	}
	return light > 0 && between*20 < dark
}

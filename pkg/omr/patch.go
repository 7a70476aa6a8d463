package omr

import (
	"image"
	"math"
)

// perMM is how finely a patch is sampled, whatever the scan's resolution: eight places a millimetre, as at 200 dpi.
const perMM = 8

// patch is a piece of the page, rectified: its darkness from 0, the paper's white, to 1, the print's black.
type patch struct {
	w, h         int
	halfW, halfH float64 // mm from the centre to the edges
	dark         []float32
}

// scan is an image with a page found in it.
type scan struct {
	work    grey       // what is measured
	toWork  Homography // of a page's millimetres
	by      float64    // pixels of the given image in one of work, along a side
	shrunk  float64    // and pixels of work in one of the searched image
	paper   paper
	bilevel bool
}

// sample fills a patch of the page around a centre. Within a patch perspective is as good as none.
func (s *scan) sample(into *patch, c Point, halfW, halfH float64) {
	into.halfW, into.halfH = halfW, halfH
	into.w, into.h = int(math.Round(2*halfW*perMM)), int(math.Round(2*halfH*perMM))
	if n := into.w * into.h; cap(into.dark) < n {
		into.dark = make([]float32, n)
	} else {
		into.dark = into.dark[:n]
	}
	o, j := s.toWork.At(c.X, c.Y), s.toWork.slope(c.X, c.Y)
	corner := func(x, y float64) (Point, float64) {
		p := Point{o.X + j[0]*x + j[1]*y, o.Y + j[2]*x + j[3]*y}
		return p, s.paper.at(Point{p.X / s.shrunk, p.Y / s.shrunk})
	}
	tl, w1 := corner(-halfW, -halfH)
	tr, w2 := corner(halfW, -halfH)
	bl, w3 := corner(-halfW, halfH)
	br, w4 := corner(halfW, halfH)
	inside := true
	for _, p := range []Point{tl, tr, bl, br} {
		inside = inside && p.X >= 2 && p.Y >= 2 && p.X < float64(s.work.w-3) && p.Y < float64(s.work.h-3)
	}
	span := 1 - s.paper.black
	for y := range into.h {
		fy := (float64(y) + 0.5) / float64(into.h)
		x0 := -halfW + 0.5/perMM
		yy := -halfH + (float64(y)+0.5)/perMM
		l := line{x: o.X + j[0]*x0 + j[1]*yy, y: o.Y + j[2]*x0 + j[3]*yy, dx: j[0] / perMM, dy: j[2] / perMM}
		wl, wr := w1+(w3-w1)*fy, w2+(w4-w2)*fy
		l.white, l.dWhite = wl, (wr-wl)/float64(into.w)
		s.work.fill(into.dark[y*into.w:][:into.w], l, span, inside)
	}
}

// line is a row of places in an image and the white there.
type line struct{ x, y, dx, dy, white, dWhite float64 }

func (g grey) fill(out []float32, l line, span float64, inside bool) {
	for i := range out {
		var v float64
		if inside {
			x, y := l.x-0.5, l.y-0.5
			ix, iy := int(x), int(y)
			fx, fy := x-float64(ix), y-float64(iy)
			k := iy*g.stride + ix
			a, b := g.pix[k:k+2:k+2], g.pix[k+g.stride:k+g.stride+2:k+g.stride+2]
			top := float64(a[0]) + fx*(float64(a[1])-float64(a[0]))
			low := float64(b[0]) + fx*(float64(b[1])-float64(b[0]))
			v = top + fy*(low-top)
		} else {
			v = g.at(l.x, l.y)
		}
		out[i] = float32((1 - v/l.white) / span)
		l.x, l.y, l.white = l.x+l.dx, l.y+l.dy, l.white+l.dWhite
	}
}

// column and row are the indices of a place in a patch, mm from its centre.
func (p *patch) column(mm float64) int {
	return min(max(int(math.Floor((mm+p.halfW)*perMM)), 0), p.w-1)
}

func (p *patch) row(mm float64) int {
	return min(max(int(math.Floor((mm+p.halfH)*perMM)), 0), p.h-1)
}

// Crop rectifies a part of the page for the eye: x, y is its top left corner, all in millimetres. It keeps the image's
// tones. It is nil for a part without area.
func Crop(img *image.Gray, h Homography, x, y, w, hgt, pxPerMM float64) *image.Gray {
	cols, rows := int(math.Round(w*pxPerMM)), int(math.Round(hgt*pxPerMM))
	const most = 1 << 14
	if !(cols > 0 && rows > 0 && cols <= most && rows <= most) || img.Bounds().Empty() {
		return nil
	}
	g := newGrey(img)
	by := int(h.Scale(x+w/2, y+hgt/2) / pxPerMM)
	if by > 1 {
		g = g.shrink(min(by, 8))
		h = h.scaled(1 / float64(min(by, 8)))
	}
	out := image.NewGray(image.Rect(0, 0, cols, rows))
	for j := range rows {
		for i := range cols {
			p := h.At(x+(float64(i)+0.5)/pxPerMM, y+(float64(j)+0.5)/pxPerMM)
			v := 255.0
			if finite(p.X) && finite(p.Y) && g.holds(p) {
				v = g.at(p.X, p.Y)
			}
			out.Pix[j*out.Stride+i] = uint8(v + 0.5)
		}
	}
	return out
}

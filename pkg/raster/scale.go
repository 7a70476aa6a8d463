package raster

import (
	"image"
	"math"
)

// halve shrinks an image to half its width and height.
func halve(img *image.Gray) *image.Gray {
	w, h := img.Rect.Dx()/2, img.Rect.Dy()/2
	dst := image.NewGray(image.Rect(0, 0, max(w, 1), max(h, 1)))
	for y := range h {
		row, a, b := dst.Pix[y*dst.Stride:][:w], img.Pix[2*y*img.Stride:], img.Pix[(2*y+1)*img.Stride:]
		for x := range row {
			row[x] = uint8((int(a[2*x]) + int(a[2*x+1]) + int(b[2*x]) + int(b[2*x+1]) + 2) / 4)
		}
	}
	return dst
}

// shrink resamples an image by area to width × height, which are no larger than its own.
func shrink(img *image.Gray, width, height int) *image.Gray {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	dst := image.NewGray(image.Rect(0, 0, width, height))
	across := shares(w, width)
	sums := make([]float32, width) // of one row of the result
	for y := range height {
		clear(sums)
		top, bottom := float64(y)*float64(h)/float64(height), float64(y+1)*float64(h)/float64(height)
		for from := int(top); from < min(int(math.Ceil(bottom)), h); from++ {
			part := float32(math.Min(bottom, float64(from+1)) - math.Max(top, float64(from)))
			row := img.Pix[from*img.Stride:][:w]
			for x, v := range row {
				s, f := across[x], float32(v)*part
				sums[s.to] += f * s.share
				if s.share < 1 && s.to+1 < width {
					sums[s.to+1] += f * (1 - s.share)
				}
			}
		}
		area := float32(float64(w) / float64(width) * (bottom - top))
		for x, sum := range sums {
			dst.Pix[y*dst.Stride+x] = uint8(min(sum/area+0.5, 255))
		}
	}
	return dst
}

// share tells which pixel of the smaller row one of the larger goes to, and how much of it; the rest goes to the next.
type share struct {
	to    int
	share float32
}

func shares(from, to int) []share {
	all := make([]share, from)
	for i := range all {
		start, end := float64(i)*float64(to)/float64(from), float64(i+1)*float64(to)/float64(from)
		at := min(int(start), to-1)
		all[i] = share{at, 1}
		if edge := float64(at + 1); end > edge && at+1 < to {
			all[i].share = float32((edge - start) / (end - start))
		}
	}
	return all
}

package raster

import (
	"image"
	"image/color"
)

// Grey here is not quite what the eye sees. A pen of any colour has to be dark, while yellowed paper and highlighters
// have to stay white. So luma goes halfway to the darker one of red and green: in what is dark already, and where that
// makes it lighter, as in yellow, which lacks blue alone. A red pen (200, 40, 50) becomes 64 where luma makes 89, green
// (40, 140, 70) 71 instead of 102, yellow (255, 255, 80) 245 instead of 235; pink (255, 165, 205) stays at 197. Black,
// white and grey stay as they are.
const (
	half      = 128 // of 256
	darkUpTo  = 110 // luma of what goes all the way
	lightFrom = 190 // luma of what becomes no darker
)

// halfway adds to a luma half of what the darker one of red and green differs from it.
func halfway(luma, difference int) int {
	share := half
	if difference < 0 {
		share = max(0, min(half, (lightFrom-luma)*half/(lightFrom-darkUpTo)))
	}
	return luma + difference*share/256
}

func newImage(img image.Image, dpi float64) Image {
	grey := toGrey(img)
	return Image{grey, dpi, isBilevel(grey)}
}

// isBilevel reports whether all pixels are black or white.
func isBilevel(img *image.Gray) bool {
	for _, v := range img.Pix {
		if v != 0 && v != 255 {
			return false
		}
	}
	return true
}

// toGrey makes an image grey. Two-coloured ones become black and white.
func toGrey(img image.Image) *image.Gray {
	switch src := img.(type) {
	case *image.Gray:
		return compact(src)
	case *image.Paletted:
		return greyOfPalette(src)
	case *image.YCbCr:
		return greyOfYCbCr(src)
	case *image.RGBA:
		return greyOfRGB(src.Pix, src.Stride, src.Rect, channels{wide: 1})
	case *image.NRGBA:
		return greyOfRGB(src.Pix, src.Stride, src.Rect, channels{wide: 1, straight: true})
	case *image.RGBA64:
		return greyOfRGB(src.Pix, src.Stride, src.Rect, channels{wide: 2})
	case *image.NRGBA64:
		return greyOfRGB(src.Pix, src.Stride, src.Rect, channels{wide: 2, straight: true})
	case *image.Gray16:
		dst := blank(src.Rect)
		for y := range dst.Rect.Dy() {
			row, from := dst.Pix[y*dst.Stride:][:dst.Stride], src.Pix[y*src.Stride:]
			for x := range row {
				row[x] = from[2*x]
			}
		}
		return dst
	}
	return greyOfAny(img)
}

// compact leaves out what decoders keep beside the rows.
func compact(src *image.Gray) *image.Gray {
	if src.Rect.Min == (image.Point{}) && src.Stride == src.Rect.Dx() && len(src.Pix) == src.Stride*src.Rect.Dy() {
		return src
	}
	dst := blank(src.Rect)
	for y := range dst.Rect.Dy() {
		copy(dst.Pix[y*dst.Stride:][:dst.Stride], src.Pix[y*src.Stride:])
	}
	return dst
}

func blank(r image.Rectangle) *image.Gray { return image.NewGray(image.Rect(0, 0, r.Dx(), r.Dy())) }

// grey weighs one pixel of 8 bits a channel.
func grey(r, g, b int) uint8 {
	luma := (19595*r + 38470*g + 7471*b + 1<<15) >> 16
	return uint8(halfway(luma, min(r, g)-luma))
}

// onWhite lays a channel of opacity a on white paper.
func onWhite(v, a int) int { return (v*a + 255*(255-a)) / 255 }

// channels tells how red, green, blue and opacity of a pixel are kept: in how many bytes each, of which the first
// matters, and whether colour isn't multiplied with opacity yet.
type channels struct {
	wide     int
	straight bool
}

func greyOfRGB(pix []byte, stride int, rect image.Rectangle, as channels) *image.Gray {
	dst, each := blank(rect), 4*as.wide
	for y := range dst.Rect.Dy() {
		row, src := dst.Pix[y*dst.Stride:][:dst.Stride], pix[y*stride:]
		for x := range row {
			p := src[each*x : each*x+each : each*x+each]
			r, g, b, a := int(p[0]), int(p[as.wide]), int(p[2*as.wide]), int(p[3*as.wide])
			switch {
			case a == 255:
			case as.straight:
				r, g, b = onWhite(r, a), onWhite(g, a), onWhite(b, a)
			default:
				r, g, b = min(r+255-a, 255), min(g+255-a, 255), min(b+255-a, 255)
			}
			row[x] = grey(r, g, b)
		}
	}
	return dst
}

// greyOfBGRX is for PDFium's bitmaps: blue, green, red and a byte of nothing.
func greyOfBGRX(pix []byte, width, height int) *image.Gray {
	dst := image.NewGray(image.Rect(0, 0, width, height))
	for i := range dst.Pix {
		p := pix[4*i : 4*i+4 : 4*i+4]
		if p[0] == p[1] && p[1] == p[2] {
			dst.Pix[i] = p[0]
			continue
		}
		dst.Pix[i] = grey(int(p[2]), int(p[1]), int(p[0]))
	}
	return dst
}

// greyOfYCbCr is grey for JPEG without the way over RGB. Y is the luma; what red and green differ from it depends on
// the chroma alone, which has been sampled at half the width or less.
func greyOfYCbCr(src *image.YCbCr) *image.Gray {
	dst := blank(src.Rect)
	for y := range dst.Rect.Dy() {
		row := dst.Pix[y*dst.Stride:][:dst.Stride]
		yAt := src.YOffset(src.Rect.Min.X, src.Rect.Min.Y+y)
		luma := src.Y[yAt : yAt+len(row)]
		last, difference := -1, 0
		for x := range row {
			if c := src.COffset(src.Rect.Min.X+x, src.Rect.Min.Y+y); c != last {
				last, difference = c, darker(src.Cb[c], src.Cr[c])
			}
			if row[x] = luma[x]; difference != 0 {
				row[x] = uint8(max(0, min(255, halfway(int(luma[x]), difference))))
			}
		}
	}
	return dst
}

// darker is what the darker one of red and green differs from luma (JFIF: ITU-R BT.601, full range).
func darker(cb, cr uint8) int {
	b, r := int(cb)-128, int(cr)-128
	red := 91881 * r
	green := -22554*b - 46802*r
	return (min(red, green) + 1<<15) >> 16
}

// greyOfPalette looks each colour up once. The darker of two becomes black, the lighter white: scanners write
// black-and-white pages as images with a palette of two.
func greyOfPalette(src *image.Paletted) *image.Gray {
	var table [256]uint8
	for i, c := range src.Palette[:min(len(src.Palette), len(table))] {
		table[i] = greyOfColor(c)
	}
	if len(src.Palette) == 2 && table[0] != table[1] {
		dark := min(table[0], table[1])
		for i := range 2 {
			if table[i] = 255; greyOfColor(src.Palette[i]) == dark {
				table[i] = 0
			}
		}
	}
	dst := blank(src.Rect)
	for y := range dst.Rect.Dy() {
		row, from := dst.Pix[y*dst.Stride:][:dst.Stride], src.Pix[y*src.Stride:]
		for x := range row {
			row[x] = table[from[x]]
		}
	}
	return dst
}

func greyOfColor(c color.Color) uint8 {
	r, g, b, a := c.RGBA()
	white := 0xFFFF - a
	return grey(int(r+white)>>8, int(g+white)>>8, int(b+white)>>8)
}

func greyOfAny(src image.Image) *image.Gray {
	r := src.Bounds()
	dst := blank(r)
	for y := range dst.Rect.Dy() {
		for x := range dst.Rect.Dx() {
			dst.Pix[y*dst.Stride+x] = greyOfColor(src.At(r.Min.X+x, r.Min.Y+y))
		}
	}
	return dst
}

package synth

import (
	"image"
	"math"
	"slices"

	"ocenaurzedu.eu/pkg/sheet"
)

// WithCode is the page with another QR in its place: that of another sheet, or any text in capitals and digits. The Layout
// and what is printed of it stay.
func (p Print) WithCode(text string) (Print, error) {
	c := p.withoutCode()
	err := c.code(p.Layout.Pages[p.Code.Page-1].QR, text)
	p.Image = c.picture().(*image.Gray)
	return p, err
}

// WithSerial is the same page of another sheet.
func (p Print) WithSerial(serial uint32) (Print, error) {
	p.Code.Serial = serial
	return p.WithCode(p.Code.Encode())
}

// WithoutCode is the page with white paper where its QR was.
func (p Print) WithoutCode() Print {
	p.Image = p.withoutCode().picture().(*image.Gray)
	return p
}

func (p Print) withoutCode() *canvas {
	c, at := canvasOf(p, false), p.Layout.Pages[p.Code.Page-1].QR
	c.rectangle(at.X-0.2, at.Y-0.2, at.X+at.Size+0.2, at.Y+at.Size+0.2, white)
	return c
}

// Mirrored is the page seen from behind, as on a transparency.
func (p Print) Mirrored() Print {
	c := canvasOf(p, false)
	for y := range c.h {
		slices.Reverse(c.planes[0][y*c.w : (y+1)*c.w])
	}
	p.Image = c.picture().(*image.Gray)
	return p
}

// Blank is white paper that is taken for the page.
func (p Print) Blank() Print {
	c := canvasOf(p, false)
	c.apply(func(float64) float64 { return 255 })
	p.Image = c.picture().(*image.Gray)
	return p
}

// Letter is a page of an office's letter: lines of words, a table, and a QR as bills have it. Nothing of it is ours.
func (p Print) Letter() (Print, error) {
	p = p.Blank()
	c := canvasOf(p, false)
	w, h := paperSize(p.Layout)
	for y := 40.0; y < h-30; y += 5.5 {
		if math.Mod(y, 33) > 27 {
			continue
		}
		c.greyWords(sheet.Words{X: 25, Y: y, Size: 11, Text: "Informujemy, że sprawa została rozpatrzona w terminie i zgodnie z przepisami."})
	}
	for x := 30.0; x < 170; x += 28 { // a table with squares in it
		c.frame(x, 230, x+28, 242, 0.3)
		c.frame(x+11, 233.5, x+16, 238.5, 0.3)
	}
	err := c.code(sheet.QR{X: w - 50, Y: 12, Size: 22}, "HTTPS://EXAMPLE.COM/PAY/1234567890")
	p.Image = c.picture().(*image.Gray)
	return p, err
}

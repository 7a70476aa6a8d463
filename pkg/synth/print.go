package synth

import (
	"fmt"
	"image"
	"math"

	"github.com/boombuler/barcode/qr"

	"ocenaurzedu.eu/pkg/sheet"
)

// Print is one side of a printed sheet that nobody has written on yet.
type Print struct {
	Layout *sheet.Layout
	Code   sheet.Code  // its Page tells which of the Layout's pages this is
	Image  *image.Gray // the whole page, at 300 dpi or so
}

var (
	black = rgb{22, 22, 22} // of a laser printer
	white = rgb{255, 255, 255}
)

// Draw prints a page from its Layout alone, without the PDF: fiducials, QR, boxes, lines and pictures as they are, words
// as rows of grey letters that can't be read. It serves tests that have no time to render the PDF.
func Draw(l *sheet.Layout, code sheet.Code, dpi float64) (Print, error) {
	if code.Page < 1 || code.Page > len(l.Pages) {
		return Print{}, fmt.Errorf("drawing page %d of %d", code.Page, len(l.Pages))
	}
	perMM := dpi / mmPerInch
	c := newCanvas(int(math.Round(l.PageWidth*perMM)), int(math.Round(l.PageHeight*perMM)), 1, perMM)
	c.apply(func(float64) float64 { return 255 })
	page := &l.Pages[code.Page-1]
	for _, w := range page.Words {
		c.greyWords(w)
	}
	for _, r := range page.Rules {
		grey := uint8(r.Grey)
		half := r.W / 2
		c.rectangle(min(r.X1, r.X2)-half, min(r.Y1, r.Y2)-half, max(r.X1, r.X2)+half, max(r.Y1, r.Y2)+half, rgb{grey, grey, grey})
	}
	for _, a := range page.Texts {
		if a.Kind == sheet.AreaOther {
			c.rectangle(a.X, a.Y+a.H-1.6, a.X+a.W, a.Y+a.H-1.4, black)
			continue
		}
		c.frame(a.X, a.Y, a.X+a.W, a.Y+a.H, 0.2)
	}
	for _, p := range page.Pictures {
		half := p.Size / 2
		c.frame(p.X-half, p.Y-half, p.X+half, p.Y+half, l.BoxLine)
	}
	for _, b := range page.Boxes {
		half := l.BoxSize / 2
		c.frame(b.X-half, b.Y-half, b.X+half, b.Y+half, l.BoxLine)
	}
	for _, f := range page.Fiducials {
		c.fiducial(f[0], f[1], l.FiducialSize)
	}
	if err := c.code(page.QR, code.Encode()); err != nil {
		return Print{}, err
	}
	return Print{Layout: l, Code: code, Image: c.picture().(*image.Gray)}, nil
}

// frame draws the border of a rectangle, inwards.
func (c *canvas) frame(x0, y0, x1, y1, line float64) {
	c.rectangle(x0, y0, x1, y0+line, black)
	c.rectangle(x0, y1-line, x1, y1, black)
	c.rectangle(x0, y0, x0+line, y1, black)
	c.rectangle(x1-line, y0, x1, y1, black)
}

func (c *canvas) fiducial(x, y, size float64) {
	for i, part := range []float64{7, 5, 3} {
		half := size * part / 14
		c.rectangle(x-half, y-half, x+half, y+half, []rgb{black, white, black}[i])
	}
}

// code draws a QR of version 3, level Q.
func (c *canvas) code(at sheet.QR, text string) error {
	b, err := qr.Encode(text, qr.Q, qr.AlphaNumeric)
	if err != nil {
		return fmt.Errorf("qr of %q: %w", text, err)
	}
	n := b.Bounds().Dx()
	size := at.Size / float64(n)
	for y := range n {
		for x := range n {
			if r, _, _, _ := b.At(x, y).RGBA(); r == 0 {
				px, py := at.X+float64(x)*size, at.Y+float64(y)*size
				c.rectangle(px, py, px+size, py+size, black)
			}
		}
	}
	return nil
}

// greyWords draws upright bars, about as wide and as dark as the words' letters.
func (c *canvas) greyWords(w sheet.Words) {
	const pointMM = mmPerInch / 72
	size := w.Size
	if size == 0 {
		size = 10
	}
	high, advance := size*pointMM*0.5, size*pointMM*0.5
	ink := rgb{60, 60, 60}
	for i, letter := range []rune(w.Text) {
		if letter == ' ' || letter == '\u00a0' {
			continue
		}
		at := float64(i) * advance
		if w.Turn {
			c.rectangle(w.X-high, w.Y-at-advance*0.6, w.X, w.Y-at, ink)
			continue
		}
		c.rectangle(w.X+at, w.Y-high, w.X+at+advance*0.25, w.Y, ink)
		c.rectangle(w.X+at+advance*0.4, w.Y-high, w.X+at+advance*0.6, w.Y, ink)
	}
}

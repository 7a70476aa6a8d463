// Package synth makes sheets as people fill them in and as scanners and phones bring them back, with the truth beside
// them: what was meant by each answer, and what stands in each box. It is test code that the repository keeps, so that
// anybody can judge what the reading of marks is measured with: persons and their shares are in person.go, marks in
// marks.go, pens in pen.go, classes with their ranges in classes.go. It knows nothing of how sheets are read. The same
// seed gives the same page.
package synth

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
)

// Page is a filled sheet as it comes back.
type Page struct {
	Image   image.Image // before it was written as a file: *image.Gray or *image.RGBA
	File    []byte
	JPEG    bool // File is JPEG, else PNG
	Truth   Truth
	Quality int // of the JPEG
	DPI     float64
	toView  func(x, y float64) (u, v float64)
}

// Place tells about where a place on the paper, in millimetres, lies in the image: without what isn't flat.
func (p *Page) Place(x, y float64) (u, v float64) { return p.toView(x, y) }

// Make has a page filled in by a cooperative or a nasty person, and brings it back in one of the ways of the class.
func (c Class) Make(p Print, nasty bool, r *rand.Rand) (*Page, error) {
	if p.Code.Page < 1 || p.Code.Page > len(p.Layout.Pages) {
		return nil, fmt.Errorf("filling page %d of %d", p.Code.Page, len(p.Layout.Pages))
	}
	s := &scene{r: r, print: p, page: &p.Layout.Pages[p.Code.Page-1], paper: canvasOf(p, c.colour), lid: uint8(between(r, 225, 250))}
	if c.scanner.lid.hi > 0 && c.scanner.lid.hi < 100 {
		s.lid = uint8(c.scanner.lid.of(r))
	}
	if c.printed != nil {
		c.printed(s)
	}
	truth := fill(p, s.paper, nasty, r)
	s.truth = &truth
	for _, e := range c.happened {
		e(s)
	}
	return c.bring(s)
}

// bring scans or photographs what became of the paper.
func (c Class) bring(s *scene) (*Page, error) {
	r := s.r
	var at placed
	blur := c.scanner.blur
	if c.camera != nil {
		at, blur = c.camera.lay(s.print.Layout, r), c.camera.blur
	} else {
		at = c.scanner.lay(s.print.Layout, s.page, r)
	}
	at.off = both(at.off, s.off)
	out := at.take(s.paper, blur.of(r))
	c.tone.develop(out, r)
	if c.bilevel != nil {
		c.bilevel.develop(out, r)
	}
	page := &Page{Image: out.picture(), Truth: *s.truth, DPI: at.perMM * mmPerInch, toView: at.toView}
	return page, page.write(c, r)
}

// write makes the file.
func (p *Page) write(c Class, r *rand.Rand) error {
	var out bytes.Buffer
	var err error
	switch {
	case c.bilevel != nil:
		err = png.Encode(&out, bitmap(p.Image.(*image.Gray)))
	case c.quality.hi > 0:
		p.JPEG, p.Quality = true, int(c.quality.of(r))
		err = jpeg.Encode(&out, p.Image, &jpeg.Options{Quality: p.Quality})
	default:
		err = png.Encode(&out, p.Image)
	}
	if err != nil {
		return fmt.Errorf("writing a page: %w", err)
	}
	p.File = out.Bytes()
	return nil
}

// bitmap has one bit a pixel.
func bitmap(g *image.Gray) *image.Paletted {
	out := image.NewPaletted(g.Rect, color.Palette{color.Black, color.White})
	for i, v := range g.Pix {
		out.Pix[i] = v >> 7
	}
	return out
}

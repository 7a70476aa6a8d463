package sheet

import (
	"bytes"
	"encoding/xml"
	"fmt"
)

// SVG draws a page, counted from 0, as an SVG document in millimetres: what printing draws from the Layout, with
// grey stand-ins for what only a print knows – the office, and the code of each sheet. It has no inline style, so that
// it may stand in a page with a strict content policy.
func (l *Layout) SVG(page int) []byte {
	s := svg{layout: l}
	p := &l.Pages[page]
	s.put(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %g %g" role="img" aria-label="Strona %d z %d wydruku ankiety" font-family="Liberation Sans, Arial, sans-serif" text-rendering="geometricPrecision">`,
		l.PageWidth, l.PageHeight, page+1, len(l.Pages))
	s.put(`<path fill="#fff" d="M0 0h%gv%gH0z"/>`, l.PageWidth, l.PageHeight)
	for _, f := range p.Fiducials {
		s.finder(f[0], f[1], l.FiducialSize, 0)
	}
	s.code(p.QR)
	if page == 0 {
		form, _ := FormOf(l.Format)
		d := form.dimensions()
		s.words(Words{X: headX, Y: d.officeY, Style: StyleQuestion, Size: d.sizes[StyleQuestion], Text: "Nazwa urzędu"}, standIn)
		s.words(Words{X: headX, Y: d.addressY, Style: StyleHint, Size: d.sizes[StyleHint], Text: "adres urzędu"}, standIn)
	}
	for _, w := range p.Words {
		s.words(w, w.Style.grey())
	}
	for _, r := range p.Rules {
		s.put(`<path stroke="%s" stroke-width="%g" d="M%g %gL%g %g"/>`, shade(r.Grey), r.W, r.X1, r.Y1, r.X2, r.Y2)
	}
	for _, pic := range p.Pictures {
		s.example(pic)
	}
	for _, a := range p.Texts {
		s.area(a)
	}
	s.boxes(p.Boxes)
	s.put(`</svg>`)
	return s.out.Bytes()
}

// standIn is the grey of what a preview can't know.
const standIn = 150

// svg is one page being made.
type svg struct {
	layout *Layout
	out    bytes.Buffer
}

func (s *svg) put(format string, args ...any) { fmt.Fprintf(&s.out, format, args...) }

func shade(grey int) string { return fmt.Sprintf("#%02x%02[1]x%02[1]x", grey) }

func (s *svg) words(w Words, grey int) {
	weight, turn := "", ""
	if w.Style.bold() {
		weight = ` font-weight="bold"`
	}
	if w.Turn {
		turn = fmt.Sprintf(` transform="rotate(-90 %g %g)"`, w.X, w.Y)
	}
	s.put(`<text x="%g" y="%g" font-size="%.3f" fill="%s"%s%s>`, w.X, w.Y, w.Size*point, shade(grey), weight, turn)
	_ = xml.EscapeText(&s.out, []byte(w.Text)) // a buffer takes everything
	s.put(`</text>`)
}

// finder draws squares in each other, 7:5:3, about a centre: a fiducial, or a corner of a QR.
func (s *svg) finder(x, y, size float64, grey int) {
	for i, part := range []float64{7, 5, 3} {
		side := size * part / 7
		s.put(`<path fill="%s" d="M%g %gh%gv%gh-%gz"/>`, shade(max(grey, 255*(i%2))), mm(x-side/2), mm(y-side/2), mm(side), mm(side), mm(side))
	}
}

// code draws what looks like a QR and is none, so that nobody takes a picture of the preview for a sheet.
func (s *svg) code(at QR) {
	const corner = 7
	module := at.Size / qrModules
	s.put(`<path fill="%s" d="`, shade(standIn+50))
	for y := range qrModules {
		for x := range qrModules {
			inCorner := (x <= corner || x >= qrModules-1-corner) && y <= corner || x <= corner && y >= qrModules-1-corner
			if !inCorner && scattered(x, y) {
				s.put(`M%g %gh%gv%gh-%gz`, mm(at.X+float64(x)*module), mm(at.Y+float64(y)*module), mm(module), mm(module), mm(module))
			}
		}
	}
	s.put(`"/>`)
	half := corner * module / 2
	for _, c := range [][2]float64{{at.X + half, at.Y + half}, {at.X + at.Size - half, at.Y + half}, {at.X + half, at.Y + at.Size - half}} {
		s.finder(c[0], c[1], 2*half, standIn)
	}
}

// scattered is dark at about half of all places, without a pattern.
func scattered(x, y int) bool {
	h := uint32(x*73+y*151+7) * 2654435761
	h ^= h >> 15
	return h*2246822519>>31 == 1
}

// example draws one of the pictures of the head.
func (s *svg) example(p Picture) {
	half := p.Size / 2
	fill := "none"
	if p.Kind == "filled" {
		fill = "#000"
	}
	s.put(`<path fill="%s" stroke="#000" stroke-width="0.2" d="M%g %gh%gv%gh-%gz"/>`, fill, mm(p.X-half), mm(p.Y-half), p.Size, p.Size, p.Size)
	if p.Kind != "filled" {
		arm := half * crossArm
		s.put(`<path stroke="#000" stroke-width="0.45" d="M%g %gl%g %gm0 -%[4]gl-%[3]g %[4]g"/>`, mm(p.X-arm), mm(p.Y-arm), mm(2*arm), mm(2*arm))
	}
}

// area draws a frame, or a dotted line to write on.
func (s *svg) area(a Area) {
	if a.Kind == AreaOther {
		s.put(`<path stroke="#000" stroke-width="0.25" stroke-dasharray="0.25 0.9" d="M%g %gh%g"/>`, a.X, mm(a.Y+a.H-otherLine), a.W)
		return
	}
	s.put(`<path fill="none" stroke="#000" stroke-width="0.25" d="M%g %gh%gv%gh-%gz"/>`, a.X, a.Y, a.W, a.H, a.W)
}

func (s *svg) boxes(all []Box) {
	if len(all) == 0 {
		return
	}
	side := s.layout.BoxSize - s.layout.BoxLine
	s.put(`<path fill="none" stroke="#000" stroke-width="%g" d="`, s.layout.BoxLine)
	for _, b := range all {
		s.put(`M%g %gh%gv%gh-%gz`, mm(b.X-side/2), mm(b.Y-side/2), mm(side), mm(side), mm(side))
	}
	s.put(`"/>`)
}

package report

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/go-fonts/liberation/liberationsansbold"
	"github.com/go-fonts/liberation/liberationsansregular"
	"github.com/go-pdf/fpdf"

	"ocenaurzedu.eu/pkg/tagged"
)

// The page, in millimetres: A4 with generous margins.
const (
	pageWidth    = 210.0
	pageHeight   = 297.0
	marginLeft   = 23.0
	marginTop    = 26.0
	marginBottom = 24.0
	textColumn   = pageWidth - 2*marginLeft
	pageEnd      = pageHeight - marginBottom
	point        = 25.4 / 72 // a typographic point in millimetres
)

const fontFamily = "liberation"

// rgb is a colour of the printed page.
type rgb struct{ r, g, b int }

// Inks of the printed page; the accent is the office's own.
var (
	inkText  = rgb{0x1c, 0x24, 0x30}
	inkMuted = rgb{0x5a, 0x64, 0x72}
	inkRule  = rgb{0xd5, 0xda, 0xe1}
	inkTrack = rgb{0xee, 0xf1, 0xf4}
	inkWhite = rgb{0xff, 0xff, 0xff}
	// defaultAccent is used by an office without a colour of its own.
	defaultAccent = rgb{0x1d, 0x4f, 0x8c}
)

// style is how a text is set: size and line height in points.
type style struct {
	size, lead float64
	bold       bool
	ink        rgb
}

// Styles of running text and tables.
var (
	styleBody  = style{9.5, 14, false, inkText}
	styleNote  = style{8, 11.5, false, inkMuted}
	styleTable = style{8.5, 11.5, false, inkText}
	styleHead  = style{7.5, 10, true, inkMuted}
	styleFrame = style{7.5, 10, false, inkMuted}
)

// lineHeight is the height of one line in millimetres.
func (s style) lineHeight() float64 { return s.lead * point }

func (s style) strong() style         { s.bold = true; return s }
func (s style) inked(ink rgb) style   { s.ink = ink; return s }
func (s style) sized(n float64) style { s.lead, s.size = s.lead*n/s.size, n; return s }

// pdfPage writes a Document on A4 pages, from top to bottom. y is where the next block starts.
type pdfPage struct {
	doc      *Document
	pdf      *fpdf.Fpdf
	tree     *tagged.Tree
	accent   rgb
	y        float64
	section  []string            // heading of the section on top of each page, by page number less one
	depth    int                 // level of the heading that stands last, 1 to 3
	chapter  bool                // a Sect is open
	artifact string              // what is drawn is no part of the document; "": it is
	figure   bool                // shapes are a figure's, not decoration
	encode   func(string) string // nil: fonts are embedded and take any text
	annexes  int                 // how many there are
	widths   map[inFace]float64
}

// inFace is a text in a font, whose width is kept.
type inFace struct {
	size float64
	bold bool
	text string
}

// PDFOptions leave out what a PDF costs besides its pages, so that it can be inFace.
type PDFOptions struct {
	CoreFonts bool // Helvetica, which every reader has, in place of embedded fonts; letters beyond Windows-1250 are lost
	Untagged  bool // without the structure
}

// PDF writes the report as tagged PDF 1.7 with embedded fonts, bookmarks and the language pl-PL (PDF/UA-1, ISO 14289-1).
// The same Document gives the same bytes.
func (d *Document) PDF(w io.Writer) error { return d.PDFWith(w, PDFOptions{}) }

// PDFWith writes the report as PDF, less what the options leave out.
func (d *Document) PDFWith(w io.Writer, o PDFOptions) error {
	if err := d.check(); err != nil {
		return err
	}
	p := newPDFPage(d, o)
	p.write()
	finish := func() error { return p.tree.Finish(w, d.pdfInfo()) }
	if o.Untagged {
		finish = func() error { return p.tree.Draw(w) }
	}
	if err := finish(); err != nil {
		return fmt.Errorf("report %d of %s as PDF: %w", d.Number, d.Slug, err)
	}
	return nil
}

// write puts all chapters in their order.
func (p *pdfPage) write() {
	p.titlePage()
	p.conclusions()
	p.method()
	p.structure()
	p.questions()
	p.overall()
	p.areas()
	p.indicators()
	p.quadrants()
	p.crosses()
	p.trend()
	p.comparison()
	p.peers()
	p.remarks()
	p.actions()
	p.signatures()
	p.questionnaires()
	p.tables()
	p.glossary()
	p.closeChapter()
	p.frames()
}

func newPDFPage(d *Document, o PDFOptions) *pdfPage {
	pdf := fpdf.New("P", "mm", "A4", "")
	pdf.SetMargins(marginLeft, marginTop, marginLeft)
	pdf.SetAutoPageBreak(false, 0)
	p := &pdfPage{doc: d, pdf: pdf, tree: tagged.New(pdf), accent: parseColour(d.Office.Colour), widths: map[inFace]float64{}}
	if o.Untagged {
		p.tree = tagged.NewOff(pdf)
	}
	if o.CoreFonts {
		p.encode = pdf.UnicodeTranslatorFromDescriptor("cp1250")
	} else {
		pdf.AddUTF8FontFromBytes(fontFamily, "", liberationsansregular.TTF)
		pdf.AddUTF8FontFromBytes(fontFamily, "B", liberationsansbold.TTF)
	}
	p.tree.Describe(d.pdfInfo())
	pdf.SetDisplayMode("fullwidth", "continuous")
	return p
}

// pdfInfo is what the PDF tells about itself.
func (d *Document) pdfInfo() tagged.Info {
	title := d.title() + " – " + d.Office.Name
	if period := d.period(); period != "" {
		title += ", " + plain(period)
	}
	return tagged.Info{Title: title, Author: d.Office.Name, Subject: "Wyniki ankiety badania satysfakcji klienta", Lang: "pl-PL", At: d.GeneratedAt, Producer: "ocenaurzedu"}
}

// parseColour reads #rrggbb; anything else gives the default accent.
func parseColour(s string) rgb {
	n, err := strconv.ParseUint(strings.TrimPrefix(s, "#"), 16, 32)
	if err != nil || len(s) != 7 || s[0] != '#' {
		return defaultAccent
	}
	return rgb{int(n >> 16), int(n >> 8 & 0xff), int(n & 0xff)}
}

// mix returns the colour with so much white in it (0: none, 1: white).
func (c rgb) mix(white float64) rgb {
	blend := func(v int) int { return v + int(float64(255-v)*white+0.5) }
	return rgb{blend(c.r), blend(c.g), blend(c.b)}
}

// plain turns hard spaces into spaces: lines are broken by then, and a reader who searches or copies
// expects ordinary ones.
func plain(s string) string { return strings.ReplaceAll(s, hard, " ") }

// newPage starts a page.
func (p *pdfPage) newPage() {
	p.tree.Break()
	p.pdf.AddPage()
	p.y = marginTop
	name := ""
	if n := len(p.section); n > 0 {
		name = p.section[n-1]
	}
	p.section = append(p.section, name)
}

// room starts a page if less than h millimetres are left on this one.
func (p *pdfPage) room(h float64) {
	if p.y+h > pageEnd {
		p.newPage()
	}
}

// rule draws a horizontal line.
func (p *pdfPage) rule(x, y, w, thickness float64, ink rgb) {
	p.mark(false)
	p.pdf.SetDrawColor(ink.r, ink.g, ink.b)
	p.pdf.SetLineWidth(thickness)
	p.pdf.Line(x, y, x+w, y)
}

// fill draws a filled rectangle.
func (p *pdfPage) fill(x, y, w, h float64, ink rgb) {
	p.mark(false)
	p.pdf.SetFillColor(ink.r, ink.g, ink.b)
	p.pdf.Rect(x, y, w, h, "F")
}

// frames puts header and footer on all pages but the title page, once their number is known.
func (p *pdfPage) frames() {
	total := p.pdf.PageCount()
	for page := 2; page <= total; page++ {
		p.tree.Break()
		p.pdf.SetPage(page)
		p.aside(tagged.PageHeader, func() { p.pageHead(p.section[page-1]) })
		p.aside(tagged.PageFooter, func() { p.pageFoot(page, total) })
	}
	p.tree.Break()
	p.pdf.SetPage(total)
}

func (p *pdfPage) pageHead(section string) {
	p.rule(marginLeft, 18, textColumn, 0.2, inkRule)
	left := p.doc.Office.Name
	if p.doc.Sample {
		left += " · dane przykładowe"
	}
	p.text(styleFrame, marginLeft, 15.5, textColumn, "L", p.clip(styleFrame, textColumn*0.6, left))
	p.text(styleFrame, marginLeft, 15.5, textColumn, "R", p.clip(styleFrame, textColumn*0.38, section))
}

func (p *pdfPage) pageFoot(page, total int) {
	foot := p.doc.title()
	if period := p.doc.period(); period != "" {
		foot += ", " + period
	}
	if sign := p.doc.Case.Sign; sign != "" {
		foot += " · " + sign
	}
	p.text(styleFrame, marginLeft, pageHeight-13, textColumn, "L", p.clip(styleFrame, textColumn*0.8, foot))
	p.text(styleFrame, marginLeft, pageHeight-13, textColumn, "R", fmt.Sprintf("strona %d z %d", page, total))
}

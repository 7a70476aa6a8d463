package report

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/go-fonts/liberation/liberationsansbold"
	"github.com/go-fonts/liberation/liberationsansregular"
	"github.com/go-pdf/fpdf"
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
	doc     *Document
	pdf     *fpdf.Fpdf
	accent  rgb
	y       float64
	section []string // heading of the section on top of each page, by page number less one
}

// PDF writes the report as PDF 1.x with embedded fonts, bookmarks and the language pl-PL. The same Document
// gives the same bytes.
func (d *Document) PDF(w io.Writer) error {
	if err := d.check(); err != nil {
		return err
	}
	p := newPDFPage(d)
	p.titlePage()
	p.conclusions()
	p.method()
	p.structure()
	p.comparisons()
	p.areas()
	p.quadrants()
	p.questions()
	p.remarks()
	p.annex()
	p.signatures()
	p.frames()
	if err := p.pdf.Output(w); err != nil {
		return fmt.Errorf("report %d of %s as PDF: %w", d.Number, d.Slug, err)
	}
	return nil
}

func newPDFPage(d *Document) *pdfPage {
	pdf := fpdf.New("P", "mm", "A4", "")
	pdf.SetMargins(marginLeft, marginTop, marginLeft)
	pdf.SetAutoPageBreak(false, 0)
	pdf.AddUTF8FontFromBytes(fontFamily, "", liberationsansregular.TTF)
	pdf.AddUTF8FontFromBytes(fontFamily, "B", liberationsansbold.TTF)
	pdf.SetCatalogSort(true)
	pdf.SetCreationDate(d.GeneratedAt.UTC())
	pdf.SetModificationDate(d.GeneratedAt.UTC())
	pdf.SetLang("pl-PL")
	pdf.SetTitle(d.title()+" – "+d.Office.Name+", "+plain(d.period()), true)
	pdf.SetAuthor(d.Office.Name, true)
	pdf.SetSubject("Wyniki ankiety badania satysfakcji klienta", true)
	pdf.SetCreator("ocenaurzedu", true)
	pdf.SetProducer("ocenaurzedu", true)
	pdf.SetDisplayMode("fullwidth", "continuous")
	return &pdfPage{doc: d, pdf: pdf, accent: parseColour(d.Office.Colour)}
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

// set chooses the font of a style.
func (p *pdfPage) set(s style) {
	weight := ""
	if s.bold {
		weight = "B"
	}
	p.pdf.SetFont(fontFamily, weight, s.size)
	p.pdf.SetTextColor(s.ink.r, s.ink.g, s.ink.b)
}

// width measures a text in millimetres.
func (p *pdfPage) width(s style, text string) float64 {
	p.set(s)
	return p.pdf.GetStringWidth(plain(text))
}

// text puts one line with its baseline at y. align is L, C or R within w.
func (p *pdfPage) text(s style, x, y, w float64, align, text string) {
	p.set(s)
	text = plain(text)
	switch align {
	case "R":
		x += w - p.pdf.GetStringWidth(text)
	case "C":
		x += (w - p.pdf.GetStringWidth(text)) / 2
	}
	if text != "" {
		p.pdf.Text(x, y, text)
	}
}

// lines breaks a text into lines of at most w millimetres: at spaces, and within a word only where the
// word alone is too long.
func (p *pdfPage) lines(s style, w float64, text string) []string {
	p.set(s)
	var lines []string
	for _, paragraph := range strings.Split(glue(printable(text)), "\n") {
		line := ""
		for _, word := range strings.Split(paragraph, " ") {
			next := word
			if line != "" {
				next = line + " " + word
			}
			if p.pdf.GetStringWidth(plain(next)) <= w {
				line = next
				continue
			}
			if line != "" {
				lines = append(lines, line)
			}
			var full []string
			full, line = p.chop(w, word)
			lines = append(lines, full...)
		}
		lines = append(lines, line)
	}
	return lines
}

// chop breaks a word that is wider than a line; what is left of it starts the next line.
func (p *pdfPage) chop(w float64, word string) (full []string, rest string) {
	for _, r := range word {
		if rest != "" && p.pdf.GetStringWidth(plain(rest+string(r))) > w {
			full, rest = append(full, rest), ""
		}
		rest += string(r)
	}
	return full, rest
}

// block puts wrapped text at x and moves on below it; it may run over pages.
func (p *pdfPage) block(s style, x, w float64, text string) {
	for _, line := range p.lines(s, w, text) {
		p.room(s.lineHeight())
		p.text(s, x, p.y+s.size*point, w, "L", line)
		p.y += s.lineHeight()
	}
}

// paragraph puts running text and the space after it.
func (p *pdfPage) paragraph(text string) {
	p.block(styleBody, marginLeft, textColumn, text)
	p.y += 2
}

// note puts small print and the space after it. A short one is not split over pages.
func (p *pdfPage) note(text string) {
	p.room(float64(min(len(p.lines(styleNote, textColumn, text)), 4)) * styleNote.lineHeight())
	p.block(styleNote, marginLeft, textColumn, text)
	p.y += 1.5
}

// rule draws a horizontal line.
func (p *pdfPage) rule(x, y, w, thickness float64, ink rgb) {
	p.pdf.SetDrawColor(ink.r, ink.g, ink.b)
	p.pdf.SetLineWidth(thickness)
	p.pdf.Line(x, y, x+w, y)
}

// fill draws a filled rectangle.
func (p *pdfPage) fill(x, y, w, h float64, ink rgb) {
	p.pdf.SetFillColor(ink.r, ink.g, ink.b)
	p.pdf.Rect(x, y, w, h, "F")
}

// frames puts header and footer on all pages but the title page, once their number is known.
func (p *pdfPage) frames() {
	total := p.pdf.PageCount()
	for page := 2; page <= total; page++ {
		p.pdf.SetPage(page)
		p.rule(marginLeft, 18, textColumn, 0.2, inkRule)
		left := p.doc.Office.Name
		if p.doc.Sample {
			left += " · dane przykładowe"
		}
		p.text(styleFrame, marginLeft, 15.5, textColumn, "L", p.clip(styleFrame, textColumn*0.6, left))
		p.text(styleFrame, marginLeft, 15.5, textColumn, "R", p.section[page-1])
		foot := p.doc.title() + ", " + p.doc.period()
		p.text(styleFrame, marginLeft, pageHeight-13, textColumn, "L", p.clip(styleFrame, textColumn*0.8, foot))
		p.text(styleFrame, marginLeft, pageHeight-13, textColumn, "R", fmt.Sprintf("strona %d z %d", page, total))
	}
	p.pdf.SetPage(total)
}

// clip shortens a text to one line of w millimetres.
func (p *pdfPage) clip(s style, w float64, text string) string {
	lines := p.lines(s, w, text)
	if len(lines) == 1 {
		return lines[0]
	}
	return lines[0] + " …"
}

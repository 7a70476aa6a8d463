package report

import (
	"bytes"
	"image"
	"image/draw"
	_ "image/jpeg" // crests
	"image/png"
	"strings"

	"github.com/go-pdf/fpdf"

	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/survey"
	"ocenaurzedu.eu/pkg/tagged"
)

// titlePage puts the office, the title, the period and the facts of the report.
func (p *pdfPage) titlePage() {
	d := p.doc
	p.newPage()
	p.openChapter()
	p.fill(0, 0, 6, pageHeight, p.accent)
	x := marginLeft
	if p.crest() {
		x += crestSize + 6
	}
	office := style{13, 16, true, p.accent}
	p.tree.In(tagged.Paragraph, func() {
		p.text(office, x, 36, 0, "L", p.clip(office, marginLeft+textColumn-x, d.Office.Name))
	})
	if place := d.place(); place != "" {
		p.tree.In(tagged.Paragraph, func() { p.text(styleNote.sized(9), x, 42, 0, "L", place) })
	}
	p.y = 88
	p.tree.In(tagged.Heading1, func() { p.block(style{30, 36, true, inkText}, marginLeft, textColumn, d.title()) })
	p.depth = 1
	p.pdf.Bookmark(d.title(), 0, 0)
	p.y += 5
	p.rule(marginLeft, p.y, 28, 0.9, p.accent)
	p.y += 7
	if period := d.period(); period != "" {
		p.tree.In(tagged.Paragraph, func() { p.block(style{15, 20, false, inkMuted}, marginLeft, textColumn, period) })
	}
	if d.Sample {
		p.sampleBox()
	}
	facts := asTerms(d.facts())
	p.y = max(p.y+12, pageEnd-float64(len(facts))*(styleBody.lineHeight()+2)-14)
	p.terms(styleBody.inked(inkMuted), 50, facts)
}

// crestSize is the side of the square that a crest is fitted into.
const crestSize = 24.0

// crest puts the office's crest, if it is a picture that can be read.
func (p *pdfPage) crest() bool {
	picture, w, h := crestPNG(p.doc.Crest)
	if picture == nil {
		return false
	}
	scale := min(crestSize/float64(w), crestSize/float64(h))
	f := frame{marginLeft, 24, float64(w) * scale, float64(h) * scale, 0}
	p.pdf.RegisterImageOptionsReader("crest", fpdf.ImageOptions{ImageType: "PNG"}, bytes.NewReader(picture))
	p.picture("Herb: "+p.doc.Office.Name, f, func() {
		p.mark(false)
		p.pdf.ImageOptions("crest", f.x, f.y, f.w, f.h, false, fpdf.ImageOptions{ImageType: "PNG"}, 0, "")
	})
	return true
}

// mostPixels is how large a crest may be.
const mostPixels = 4 << 20

// crestPNG makes of a PNG or JPEG of any kind a PNG with 8 bits a channel, which fpdf takes; nil of anything else.
func crestPNG(data []byte) (picture []byte, w, h int) {
	config, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil || config.Width < 1 || config.Height < 1 || config.Width*config.Height > mostPixels {
		return nil, 0, 0
	}
	decoded, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, 0, 0
	}
	plain := image.NewNRGBA(image.Rect(0, 0, config.Width, config.Height))
	draw.Draw(plain, plain.Bounds(), decoded, decoded.Bounds().Min, draw.Src)
	var b bytes.Buffer
	if png.Encode(&b, plain) != nil {
		return nil, 0, 0
	}
	return b.Bytes(), config.Width, config.Height
}

// sampleBox says in a box that the figures are samples.
func (p *pdfPage) sampleBox() {
	p.y += 10
	p.fill(marginLeft, p.y, textColumn, 16, p.accent.mix(0.9))
	p.tree.In(tagged.Paragraph, func() {
		p.text(styleBody.strong().inked(p.accent), marginLeft+5, p.y+6.6, 0, "L", "Dane przykładowe ")
		p.text(styleNote, marginLeft+5, p.y+11.8, 0, "L", "Raport pokazuje działanie narzędzia i nie opisuje prawdziwych opinii o urzędzie.")
	})
	p.y += 16
}

// place is the office's address in one line, as far as it is known.
func (d *Document) place() string {
	town := strings.TrimSpace(d.Office.PostalCode + " " + d.Office.City)
	if d.Office.Street == "" || town == "" {
		return d.Office.Street + town
	}
	return d.Office.Street + ", " + town
}

// facts are what stands on the title page besides the title.
func (d *Document) facts() [][2]string {
	facts := [][2]string{{"Zebrane ankiety", integer(d.Summary.N)}}
	if d.Number > 0 {
		facts = append(facts, [2]string{"Numer raportu", integer(d.Number)})
	}
	for _, fact := range [][2]string{{"Znak sprawy", d.Case.Sign}, {"Symbol JRWA", d.Case.JRWA}, {"Kategoria archiwalna", d.Case.Category}} {
		if fact[1] != "" {
			facts = append(facts, fact)
		}
	}
	if len(d.Summary.Versions) > 0 {
		numbers := make([]int, len(d.Summary.Versions))
		for i, v := range d.Summary.Versions {
			numbers[i] = v.Number
		}
		facts = append(facts, [2]string{plural(len(numbers), "Wersja ankiety", "Wersje ankiety", "Wersje ankiety"), versionList(numbers)})
	}
	facts = append(facts, [2]string{"Data wygenerowania", dateWords(d.GeneratedAt) + ", godz. " + d.GeneratedAt.Format("15:04")})
	if d.GeneratedBy != "" {
		facts = append(facts, [2]string{"Wygenerowano przez", d.GeneratedBy})
	}
	if d.Address != "" {
		facts = append(facts, [2]string{"Adres ankiety", d.Address})
	}
	return facts
}

// openChapter begins a part of the document's structure.
func (p *pdfPage) openChapter() {
	p.closeChapter()
	p.tree.Open(tagged.Element{Role: tagged.Sect})
	p.chapter = true
}

func (p *pdfPage) closeChapter() {
	if p.chapter {
		p.tree.Close()
		p.chapter = false
	}
}

// headings are the styles of a chapter's title, a group's and a question's, with the space before and after.
var headings = [...]struct {
	style         style
	before, after float64
	role          tagged.Role
}{
	{style{18, 23, true, inkText}, 9, 4, tagged.Heading1},
	{style{12.5, 16, true, inkText}, 6, 2.5, tagged.Heading2},
	{style{10.5, 14, true, inkText}, 4, 1.5, tagged.Heading3},
}

// heading puts a chapter's title (level 0), a group's (1) or a question's (2), with a bookmark, and keeps it on one page
// with the next keep millimetres. No level is left out in the structure: under a chapter without groups a question is one.
func (p *pdfPage) heading(level int, text string, keep float64) {
	h := headings[level]
	if level == 0 {
		h.style.ink = p.accent
		p.openChapter()
		p.depth = 0
	}
	lines := p.lines(h.style, textColumn, text)
	if p.y+h.before+float64(len(lines))*h.style.lineHeight()+h.after+keep > pageEnd {
		p.newPage()
	}
	if p.y > marginTop {
		p.y += h.before
	}
	if level == 0 {
		p.section[len(p.section)-1] = text
	}
	p.depth = min(level, p.depth) + 1
	p.set(h.style)
	p.pdf.Bookmark(plain(printable(text)), p.depth-1, p.y)
	p.tree.In(headings[p.depth-1].role, func() { p.block(h.style, marginLeft, textColumn, text) })
	p.y += h.after
}

// conclusions put the key figures and then question → conclusion.
func (p *pdfPage) conclusions() {
	p.newPage()
	p.heading(0, "Podsumowanie", 60)
	p.keyFigures()
	p.tree.In(tagged.List, func() {
		for _, c := range p.doc.Conclusions() {
			p.room(p.tall(styleBody.strong(), textColumn, c.Question) + p.tall(styleBody, textColumn, c.Answer))
			p.tree.In(tagged.Item, func() {
				p.tree.In(tagged.Label, func() { p.block(styleBody.strong(), marginLeft, textColumn, c.Question+" ") })
				p.tree.In(tagged.Body, func() { p.block(styleBody, marginLeft, textColumn, c.Answer) })
			})
			p.y += 3
		}
	})
}

// keyFigures are the three figures that a head of office looks for first.
func (p *pdfPage) keyFigures() {
	s := p.doc.Summary
	figures := [][3]string{{integer(s.N), plural(s.N, "zebrana ankieta", "zebrane ankiety", "zebranych ankiet"), ""}}
	if o := s.Overall; o != nil && s.N > 0 {
		rating, satisfied := figure(o.Rating, fewScored(o)), share(o.Top2, fewScored(o))
		scale := ""
		if o.Max > o.Min {
			scale = " (skala " + Short(o.Min) + "–" + Short(o.Max) + ")"
		}
		figures = append(figures, [3]string{rating, "ocena ogólna" + scale, ""}, [3]string{satisfied, "zadowolonych – " + boxName(o.Box, true), ""})
	}
	if c := p.doc.Comparison; c != nil {
		before := figuresBefore(c, p.doc.Summary.Filter)
		for i := range figures {
			figures[i][2] = before[i]
		}
	}
	w := textColumn / 3
	for i, f := range figures {
		x := marginLeft + float64(i)*w
		p.rule(x, p.y, w-6, 0.7, p.accent)
		p.tree.In(tagged.Paragraph, func() {
			p.text(style{24, 28, true, inkText}, x, p.y+12.5, w, "L", f[0]+" ")
			p.text(styleNote, x, p.y+18.5, w, "L", spaced(f[1], 0, len(f[2])+1))
			p.text(styleNote, x, p.y+23, w, "L", f[2])
		})
	}
	p.y += 26
	if p.doc.Comparison != nil {
		p.y += 4
	}
}

// figuresBefore tell of each key figure how it stood in the report that this one is compared with; "" where that is not known.
// How many forms came is set beside it only where both periods are about as long: two years bring more than one.
func figuresBefore(c *stats.Comparison, now survey.Filter) [3]string {
	var told [3]string
	if asLong(c.Before, now) {
		told[0] = "poprzednio " + integer(c.BeforeN)
	}
	o := c.Overall
	if o == nil {
		return told
	}
	if o.Before.OK && o.Now.OK {
		told[1] = "poprzednio " + Decimal(o.Before.Value, 2) + " – " + verdictMark(o.Verdict) + VerdictName(o.Verdict)
	}
	if o.Top2Before.OK && o.Top2Now.OK && o.Top2Verdict != "" {
		told[2] = "poprzednio " + percent(o.Top2Before.Value) + " – " + verdictMark(o.Top2Verdict) + VerdictName(o.Top2Verdict)
	}
	return told
}

// asLong reports whether two periods differ by a tenth of their days at most.
func asLong(a, b survey.Filter) bool {
	x, y := a.To.Sub(a.From)+1, b.To.Sub(b.From)+1
	return 10*(max(x, y)-min(x, y)) <= max(x, y)
}

// method puts the method as headings beside texts.
func (p *pdfPage) method() {
	p.heading(0, "Metoda badania", 50)
	p.terms(styleBody.strong(), 42, asTerms(p.doc.methodNotes()))
}

func asTerms(pairs [][2]string) []term {
	list := make([]term, len(pairs))
	for i, pair := range pairs {
		list[i] = term{pair[0], pair[1]}
	}
	return list
}

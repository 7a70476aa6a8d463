package report

import (
	"strings"

	"ocenaurzedu.eu/pkg/tagged"
)

// set chooses the font of a style.
func (p *pdfPage) set(s style) {
	weight, family := "", fontFamily
	if s.bold {
		weight = "B"
	}
	if p.encode != nil {
		family = "Helvetica"
	}
	p.pdf.SetFont(family, weight, s.size)
	p.pdf.SetTextColor(s.ink.r, s.ink.g, s.ink.b)
}

// width measures a text in millimetres. Widths are kept, as a text is inFace for its place before it is put there.
func (p *pdfPage) width(s style, text string) float64 {
	key := inFace{s.size, s.bold, text}
	w, found := p.widths[key]
	if !found {
		p.set(s)
		w = p.pdf.GetStringWidth(p.encoded(plain(text)))
		p.widths[key] = w
	}
	return w
}

// encoded is a text as the fonts take it.
func (p *pdfPage) encoded(text string) string {
	if p.encode == nil {
		return text
	}
	return p.encode(text)
}

// text puts one line with its baseline at y. align is L, C or R within w. A space at its end is not seen; it parts the line's
// last word from the next line's first for whoever reads or copies the text.
func (p *pdfPage) text(s style, x, y, w float64, align, text string) {
	if text == "" {
		return
	}
	switch visible := strings.TrimRight(text, " "); align {
	case "R":
		x += w - p.width(s, visible)
	case "C":
		x += (w - p.width(s, visible)) / 2
	}
	p.mark(true)
	p.set(s)
	p.pdf.Text(x, y, p.encoded(plain(text)))
}

// mark says whose the text or the shape is that is drawn next: the open element's, or nobody's.
func (p *pdfPage) mark(text bool) {
	switch {
	case p.artifact != "":
		p.tree.Artifact(p.artifact)
	case text || p.figure:
		p.tree.Content()
	default:
		p.tree.Artifact(tagged.Decoration)
	}
}

// aside draws what is no part of the document.
func (p *pdfPage) aside(kind string, draw func()) {
	before := p.artifact
	p.artifact = kind
	draw()
	p.artifact = before
}

// picture draws a figure in its frame, told in words.
func (p *pdfPage) picture(alt string, f frame, draw func()) {
	bottom, top := (pageHeight-f.y-f.h)/point, (pageHeight-f.y)/point
	p.tree.Within(tagged.Element{Role: tagged.Figure, Alt: plain(alt), Box: [4]float64{f.x / point, bottom, (f.x + f.w) / point, top}}, func() {
		p.figure = true
		draw()
		p.figure = false
	})
}

// lines breaks a text into lines of at most w millimetres: at spaces, and within a word only where the
// word alone is too long.
func (p *pdfPage) lines(s style, w float64, text string) []string {
	var lines []string
	space := p.width(s, " ")
	for _, paragraph := range strings.Split(glue(printable(text)), "\n") {
		line, used := "", 0.0
		for i, word := range strings.Split(paragraph, " ") {
			wide := p.width(s, word)
			switch {
			case i == 0:
				line, used = word, wide
			case used+space+wide <= w:
				line, used = line+" "+word, used+space+wide
				continue
			default:
				lines = append(lines, line)
				line, used = word, wide
			}
			if wide > w {
				var full []string
				full, line = p.chop(s, w, word)
				lines, used = append(lines, full...), p.width(s, line)
			}
		}
		lines = append(lines, line)
	}
	return lines
}

// block puts wrapped text at x and moves on below it; it may run over pages, but leaves no line alone at the end of one or
// at the beginning of the next.
func (p *pdfPage) block(s style, x, w float64, text string) {
	lines := p.lines(s, w, text)
	for i, line := range lines {
		p.room(float64(kept(i, len(lines))) * s.lineHeight())
		if i < len(lines)-1 {
			line += " "
		}
		p.text(s, x, p.y+s.size*point, w, "L", line)
		p.y += s.lineHeight()
	}
}

// kept is how many lines, line i of n being the first of them, must not be parted by the end of a page.
func kept(i, n int) int {
	switch {
	case i == 0:
		if n <= 3 {
			return n
		}
		return 2
	case i == n-2:
		return 2
	}
	return 1
}

// tall is the height of a wrapped text.
func (p *pdfPage) tall(s style, w float64, text string) float64 {
	return float64(len(p.lines(s, w, text))) * s.lineHeight()
}

// paragraph puts running text and the space after it.
func (p *pdfPage) paragraph(text string) {
	p.tree.In(tagged.Paragraph, func() { p.block(styleBody, marginLeft, textColumn, text) })
	p.y += 2
}

// note puts small print and the space after it. A short one is not split over pages.
func (p *pdfPage) note(text string) {
	p.room(float64(min(len(p.lines(styleNote, textColumn, text)), 4)) * styleNote.lineHeight())
	p.tree.In(tagged.Paragraph, func() { p.block(styleNote, marginLeft, textColumn, text) })
	p.y += 1.5
}

// term is a word and what is said of it.
type term struct{ name, text string }

// terms put a list of words, each beside what is said of it. A short text stays whole.
func (p *pdfPage) terms(name style, label float64, list []term) {
	p.tree.In(tagged.List, func() {
		for _, t := range list {
			names, texts := p.lines(name, label-4, t.name), p.lines(styleBody, textColumn-label, t.text)
			p.room(max(float64(len(names))*name.lineHeight(), float64(min(len(texts), 10))*styleBody.lineHeight()))
			p.tree.In(tagged.Item, func() { p.term(name, label, t) })
			p.y += 2
		}
	})
}

func (p *pdfPage) term(name style, label float64, t term) {
	top, page := p.y, p.pdf.PageNo()
	p.tree.In(tagged.Label, func() { p.block(name, marginLeft, label-4, t.name+" ") })
	foot := p.y
	p.y = top
	p.tree.In(tagged.Body, func() { p.block(styleBody, marginLeft+label, textColumn-label, t.text) })
	if p.pdf.PageNo() == page {
		p.y = max(p.y, foot)
	}
}

// clip shortens a text to one line of w millimetres.
func (p *pdfPage) clip(s style, w float64, text string) string {
	lines := p.lines(s, w, text)
	if len(lines) == 1 {
		return lines[0]
	}
	return lines[0] + " …"
}

package report

import (
	"fmt"
	"strings"
)

// titlePage puts the office, the title, the period and the facts of the report.
func (p *pdfPage) titlePage() {
	d := p.doc
	p.newPage()
	p.fill(0, 0, 6, pageHeight, p.accent)
	p.text(style{13, 16, true, p.accent}, marginLeft, 36, textColumn, "L", p.clip(style{13, 16, true, p.accent}, textColumn, d.Office.Name))
	if place := d.place(); place != "" {
		p.text(styleNote.sized(9), marginLeft, 42, textColumn, "L", place)
	}
	p.y = 92
	p.block(style{30, 36, true, inkText}, marginLeft, textColumn, d.title())
	p.y += 5
	p.rule(marginLeft, p.y, 28, 0.9, p.accent)
	p.y += 7
	p.block(style{15, 20, false, inkMuted}, marginLeft, textColumn, d.period())
	if d.Sample {
		p.sampleBox()
	}
	p.y = 196
	for _, fact := range d.facts() {
		p.text(styleBody.inked(inkMuted), marginLeft, p.y, 44, "L", fact[0])
		top := p.y
		p.y -= styleBody.size * point
		p.block(styleBody, marginLeft+46, textColumn-46, fact[1])
		p.y = max(p.y+styleBody.size*point+1.4, top+styleBody.lineHeight())
	}
}

// sampleBox says in a box that the figures are samples.
func (p *pdfPage) sampleBox() {
	p.y += 10
	p.fill(marginLeft, p.y, textColumn, 16, p.accent.mix(0.9))
	p.text(styleBody.strong().inked(p.accent), marginLeft+5, p.y+6.6, 0, "L", "Dane przykładowe")
	p.text(styleNote, marginLeft+5, p.y+11.8, 0, "L", "Raport pokazuje działanie narzędzia i nie opisuje prawdziwych opinii o urzędzie.")
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

// heading puts a section's title (level 0), a group's (1) or a question's (2), with a bookmark, and keeps
// it on one page with the next keep millimetres.
func (p *pdfPage) heading(level int, text string, keep float64) {
	s := [...]style{{18, 23, true, p.accent}, {12.5, 16, true, inkText}, {10.5, 14, true, inkText}}[level]
	before := [...]float64{9, 6, 4}[level]
	after := [...]float64{4, 2.5, 1.5}[level]
	lines := p.lines(s, textColumn, text)
	need := before + float64(len(lines))*s.lineHeight() + after + keep
	if p.y+need > pageEnd {
		p.newPage()
	}
	if p.y > marginTop {
		p.y += before
	}
	if level == 0 {
		p.section[len(p.section)-1] = text
	}
	p.set(s)
	p.pdf.Bookmark(plain(printable(text)), level, p.y)
	for _, line := range lines {
		p.text(s, marginLeft, p.y+s.size*point, textColumn, "L", line)
		p.y += s.lineHeight()
	}
	p.y += after
}

// conclusions put the key figures and then question → conclusion.
func (p *pdfPage) conclusions() {
	p.newPage()
	p.heading(0, "Podsumowanie", 60)
	p.keyFigures()
	for _, c := range p.doc.Conclusions() {
		answer := p.lines(styleBody, textColumn, c.Answer)
		question := p.lines(styleBody.strong(), textColumn, c.Question)
		p.room(float64(len(question)+len(answer)) * styleBody.lineHeight())
		p.block(styleBody.strong(), marginLeft, textColumn, c.Question)
		p.paragraph(c.Answer)
		p.y += 1
	}
}

// keyFigures are the three figures that a head of office looks for first.
func (p *pdfPage) keyFigures() {
	s := p.doc.Summary
	figures := [][2]string{{integer(s.N), "zebrane ankiety"}}
	if o := s.Overall; o != nil && s.N > 0 {
		rating, satisfied := figure(o.Rating, fewScored(o)), share(o.Top2, fewScored(o))
		scale := ""
		if o.Max > o.Min {
			scale = fmt.Sprintf(" (skala %s–%s)", Short(o.Min), Short(o.Max))
		}
		figures = append(figures, [2]string{rating, "ocena ogólna" + scale}, [2]string{satisfied, boxName(o.Box, true)})
	}
	w := textColumn / 3
	for i, f := range figures {
		x := marginLeft + float64(i)*w
		p.rule(x, p.y, w-6, 0.7, p.accent)
		p.text(style{24, 28, true, inkText}, x, p.y+12.5, w, "L", f[0])
		p.text(styleNote, x, p.y+18.5, w, "L", f[1])
	}
	p.y += 26
}

// method puts the method as headings beside texts.
func (p *pdfPage) method() {
	p.heading(0, "Metoda badania", 50)
	const label = 40.0
	for _, n := range p.doc.methodNotes() {
		lines := p.lines(styleBody, textColumn-label, n[1])
		p.room(float64(min(len(lines), 10)) * styleBody.lineHeight()) // a note stays whole, unless it lists many versions
		p.text(styleBody.strong(), marginLeft, p.y+styleBody.size*point, label, "L", n[0])
		p.block(styleBody, marginLeft+label, textColumn-label, n[1])
		p.y += 2
	}
}

package report

import (
	"slices"
	"strings"

	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/tagged"
)

// remarksIntro says whose words the remarks are.
const remarksIntro = "Uwagi przytaczamy w brzmieniu klientów, po usunięciu danych osobowych. Nie są to stanowiska urzędu. Uwagę, która się powtarza, podajemy raz i piszemy, ile razy padła; najczęstsze są pierwsze."

// remarks put what clients wrote, each wording once, after removal of personal data.
func (p *pdfPage) remarks() {
	s := p.doc.Summary
	p.heading(0, "Uwagi klientów", 40)
	if slices.ContainsFunc(s.Remarks, func(g stats.RemarkGroup) bool { return len(g.Remarks) > 0 }) {
		p.paragraph(remarksIntro)
	}
	if s.Pending > 0 {
		p.note(counted(s.Pending, "uwaga czeka", "uwagi czekają", "uwag czeka") + " na przejrzenie; w raporcie są tylko zatwierdzone.")
	}
	if s.RemarksWithheld {
		p.note("Części uwag nie podajemy, bo pytanie zadano zbyt małej liczbie osób.")
	}
	total := 0
	for _, g := range s.Remarks {
		if len(g.Remarks) == 0 {
			continue
		}
		total += len(g.Remarks)
		p.heading(1, g.Label.PL, 4*styleBody.lineHeight()+8)
		wordings := g.Wordings()
		p.note(remarksCounted(len(g.Remarks), len(wordings)))
		p.tree.In(tagged.List, func() {
			for _, w := range wordings {
				p.remarkItem(w.Text, Origin(w))
			}
		})
	}
	if total == 0 {
		p.paragraph("W tym okresie nie ma uwag do pokazania.")
	}
}

// remarkItem puts one text beside a rule, with its origin in small print: behind the last word, or on a line of its own where that
// does not fit. A short one is kept on one page.
func (p *pdfPage) remarkItem(text, origin string) {
	lines := p.lines(styleBody, textColumn-6, strings.TrimSpace(text))
	last := p.width(styleBody, lines[len(lines)-1]) + 3
	beside := origin == "" || last+p.width(styleNote, origin) <= textColumn-6
	foot := 0.0 // of the origin's own line
	if !beside {
		foot = styleNote.lineHeight()
	}
	if len(lines) <= 12 {
		p.room(float64(len(lines))*styleBody.lineHeight() + foot)
	}
	p.tree.In(tagged.Item, func() {
		p.tree.In(tagged.Body, func() {
			p.tree.In(tagged.Paragraph, func() { p.remarkLines(lines, foot) })
			if origin == "" {
				return
			}
			x, y := marginLeft+5, p.y+styleNote.size*point
			if beside {
				x, y = x+last, p.y-styleBody.lineHeight()+styleBody.size*point
			}
			p.tree.In(tagged.Paragraph, func() { p.text(styleNote, x, y, 0, "L", origin) })
		})
	})
	p.y += foot + 2.2
}

func (p *pdfPage) remarkLines(lines []string, foot float64) {
	page, top := p.pdf.PageNo(), p.y
	beside := func(end float64) { p.fill(marginLeft, top+0.4, 0.6, end-top, p.accent.mix(0.6)) }
	for i, line := range lines {
		h := float64(kept(i, len(lines))) * styleBody.lineHeight()
		if i == len(lines)-1 {
			h += foot
		}
		if p.y+h > pageEnd {
			beside(p.y)
			p.newPage()
			page, top = p.pdf.PageNo(), p.y
		}
		p.text(styleBody, marginLeft+5, p.y+styleBody.size*point, textColumn-6, "L", line+" ")
		p.y += styleBody.lineHeight()
	}
	if page == p.pdf.PageNo() {
		beside(p.y + foot)
	}
}

// signatures put the places to sign: who made the report and who approves it. They are filled by hand.
func (p *pdfPage) signatures() {
	const h = 54.0
	annexes := "Załączniki: " + strings.Join(p.doc.annexNames(), "; ") + "."
	p.heading(0, "Podpisy", h+p.tall(styleBody, textColumn, annexes)+2)
	p.paragraph(annexes)
	w := (textColumn - 14) / 2
	organ := firstUpper(p.doc.Office.Organ)
	if organ == "" {
		organ = "Kierownik urzędu"
	}
	for i, who := range [][2]string{{"Sporządził(a)", "imię i nazwisko, stanowisko"}, {"Zatwierdził(a)", "Sekretarz / " + organ}} {
		x := marginLeft + float64(i)*(w+14)
		p.tree.In(tagged.Paragraph, func() {
			p.text(styleBody.strong(), x, p.y+4, w, "L", who[0]+" ")
			p.text(styleNote, x, p.y+30, w, "L", who[1]+" ")
			p.text(styleNote, x, p.y+48, w, "L", "data i podpis")
		})
		p.rule(x, p.y+26, w, 0.2, inkMuted)
		p.rule(x, p.y+44, w, 0.2, inkMuted)
	}
	p.y += h
}

package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ocenaurzedu.eu/pkg/survey"
)

// remarks put what clients wrote, word by word, after removal of personal data.
func (p *pdfPage) remarks() {
	s := p.doc.Summary
	p.heading(0, "Uwagi klientów", 40)
	p.paragraph("Uwagi przytaczamy w brzmieniu klientów, po usunięciu danych osobowych. Nie są to stanowiska urzędu.")
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
		p.heading(1, g.Label.PL, 3*styleBody.lineHeight())
		p.note(counted(len(g.Remarks), "uwaga", "uwagi", "uwag"))
		for _, r := range g.Remarks {
			p.remark(r.Text, origin(r))
		}
	}
	if total == 0 {
		p.paragraph("W tym okresie nie ma uwag do pokazania.")
	}
}

// remark puts one text beside a rule, with its origin in small print. A short one is kept on one page.
func (p *pdfPage) remark(text, origin string) {
	lines := p.lines(styleBody, textColumn-6, strings.TrimSpace(text))
	if len(lines) <= 12 {
		p.room(float64(len(lines))*styleBody.lineHeight() + styleNote.lineHeight())
	}
	for i, line := range lines {
		h := styleBody.lineHeight()
		if i == len(lines)-1 {
			h += styleNote.lineHeight()
		}
		p.room(h)
		p.fill(marginLeft, p.y+0.4, 0.6, h, p.accent.mix(0.6))
		p.text(styleBody, marginLeft+5, p.y+styleBody.size*point, textColumn-6, "L", line)
		p.y += styleBody.lineHeight()
	}
	p.text(styleNote, marginLeft+5, p.y+styleNote.size*point, textColumn-6, "L", origin)
	p.y += styleNote.lineHeight() + 3
}

// annex puts the wording of the questionnaires that the report spans.
func (p *pdfPage) annex() {
	for i := range p.doc.Questionnaires {
		v := &p.doc.Questionnaires[i]
		p.heading(0, fmt.Sprintf("Załącznik %d. Ankieta, wersja %d", i+1, v.Number), 50)
		p.note(v.Questionnaire.Title.PL + ". Opublikowana " + strings.TrimSuffix(dateWords(v.PublishedAt), ".") + ".")
		number, known := 0, askedIn(&v.Questionnaire)
		for _, section := range v.Questionnaire.Sections {
			p.heading(2, section.Title.PL, 3*styleBody.lineHeight())
			if words := ruleWords([]*survey.Rule{section.ShowIf}, known); words != "" {
				p.note("Sekcja zadawana tylko, jeśli " + words + ".")
			}
			for j := range section.Questions {
				q := &section.Questions[j]
				if q.Kind != survey.KindInfo {
					number++
				}
				p.annexQuestion(number, q, ruleWords([]*survey.Rule{q.ShowIf}, known))
			}
		}
	}
}

// annexQuestion puts a question as it was printed; rule says in words by which answers it was shown, "" always.
func (p *pdfPage) annexQuestion(number int, q *survey.Question, rule string) {
	label := q.Label.PL
	if q.Kind != survey.KindInfo {
		label = strconv.Itoa(number) + ". " + label + " [" + kindName(q.Kind) + "]"
	}
	p.room(2 * styleBody.lineHeight())
	p.block(styleBody, marginLeft, textColumn, label)
	line := func(text string) { p.block(styleNote, marginLeft+5, textColumn-5, text) }
	if rule != "" {
		line("Pytanie zadawane tylko, jeśli " + rule + ".")
	}
	if text := choicesText(q); text != "" {
		line(text)
	}
	switch {
	case q.AsksImportance():
		line("Ważność każdego obszaru: " + pointsText(q.ChoicesOf(survey.AspectImportance)))
	case q.Importance != nil:
		line("Ważność: " + pointsText(q.ChoicesOf(survey.AspectImportance)))
	}
	for _, a := range append(slices.Clone(q.Areas), survey.Area{}) {
		rows := slices.DeleteFunc(slices.Clone(q.Rows), func(r survey.Row) bool { return r.Area != a.Key })
		if a.Key != "" {
			line(firstUpper(a.Label.PL) + ":")
		}
		for _, r := range rows {
			line("– " + r.Label.PL)
		}
	}
	p.y += 1.5
}

// pointsText lists choices in one line.
func pointsText(choices []survey.Choice) string {
	var labels []string
	for _, c := range choices {
		labels = append(labels, c.Label.PL)
	}
	return strings.Join(labels, " / ")
}

// choicesText lists what a question offers, opt-outs last.
func choicesText(q *survey.Question) string {
	var parts []string
	if text := pointsText(q.Choices()); text != "" {
		parts = []string{text}
	}
	if q.Kind == survey.KindNPS {
		parts = []string{"od 0 do 10"}
	}
	if q.Kind == survey.KindNumber {
		parts = []string{strings.TrimSpace(fmt.Sprintf("od %d do %d %s", q.Min, q.Max, q.Unit.PL))}
	}
	if q.Has(survey.NotApplicable) {
		parts = append(parts, "nie dotyczy")
	}
	if q.Has(survey.NoOpinion) {
		parts = append(parts, "nie mam zdania")
	}
	return strings.Join(parts, " / ")
}

// signatures put the places to sign: who made the report and who approves it. They are filled by hand.
func (p *pdfPage) signatures() {
	const h = 62.0
	p.heading(0, "Podpisy", h)
	w := (textColumn - 14) / 2
	organ := firstUpper(p.doc.Office.Organ)
	if organ == "" {
		organ = "Kierownik urzędu"
	}
	for i, who := range [][2]string{{"Sporządził(a)", "imię i nazwisko, stanowisko"}, {"Zatwierdził(a)", "Sekretarz / " + organ}} {
		x := marginLeft + float64(i)*(w+14)
		p.text(styleBody.strong(), x, p.y+4, w, "L", who[0])
		p.rule(x, p.y+26, w, 0.2, inkMuted)
		p.text(styleNote, x, p.y+30, w, "L", who[1])
		p.rule(x, p.y+44, w, 0.2, inkMuted)
		p.text(styleNote, x, p.y+48, w, "L", "data i podpis")
	}
	p.y += h
}

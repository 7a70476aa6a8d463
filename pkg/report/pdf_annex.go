package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/survey"
	"ocenaurzedu.eu/pkg/tagged"
)

// Names of the annexes besides the questionnaires.
const (
	annexTables   = "Tabele liczebności"
	annexGlossary = "Objaśnienia wskaźników i wzorów"
)

// annexNames are the annexes in their order, with their numbers.
func (d *Document) annexNames() []string {
	var names []string
	add := func(name string) { names = append(names, strconv.Itoa(len(names)+1)+". "+name) }
	for i := range d.Questionnaires {
		add(questionnaireName(&d.Questionnaires[i]))
	}
	if len(d.countsTables()) > 0 {
		add(annexTables)
	}
	add(annexGlossary)
	return names
}

func questionnaireName(v *survey.Version) string { return fmt.Sprintf("Ankieta, wersja %d", v.Number) }

// annex begins an annex with the next number, the first one on a page of its own: what is signed ends before it.
func (p *pdfPage) annex(name string, keep float64) {
	if p.annexes == 0 {
		p.newPage()
	}
	p.annexes++
	p.heading(0, fmt.Sprintf("Załącznik %d. %s", p.annexes, name), keep)
}

// questionnaires put the wording of the questionnaires that the report spans.
func (p *pdfPage) questionnaires() {
	for i := range p.doc.Questionnaires {
		v := &p.doc.Questionnaires[i]
		p.annex(questionnaireName(v), 50)
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

// annexQuestion puts a question as it was published; rule says in words by which answers it was shown, "" always.
func (p *pdfPage) annexQuestion(number int, q *survey.Question, rule string) {
	label := q.Label.PL
	if q.Kind != survey.KindInfo {
		label = strconv.Itoa(number) + ". " + label + " [" + kindName(q.Kind) + "]"
	}
	lines := annexLines(q, rule)
	need := p.tall(styleBody, textColumn, label)
	for i := range min(2, len(lines)) {
		need += p.tall(styleNote, textColumn-5, lines[i])
	}
	p.room(need)
	p.tree.In(tagged.Paragraph, func() { p.block(styleBody, marginLeft, textColumn, label) })
	if len(lines) > 0 {
		p.tree.In(tagged.List, func() {
			for _, line := range lines {
				p.tree.In(tagged.Item, func() {
					p.tree.In(tagged.Body, func() { p.block(styleNote, marginLeft+5, textColumn-5, line) })
				})
			}
		})
	}
	p.y += 1.5
}

// annexLines are what stands below a question: its help, its rule, its choices, its areas and rows.
func annexLines(q *survey.Question, rule string) []string {
	var lines []string
	add := func(prefix, text string) {
		if text != "" {
			lines = append(lines, prefix+text)
		}
	}
	add("", q.Help.PL)
	if rule != "" {
		add("", "Pytanie zadawane tylko, jeśli "+rule+".")
	}
	add("", choicesText(q))
	switch {
	case q.AsksImportance():
		add("Ważność każdego obszaru: ", pointsText(q.ChoicesOf(survey.AspectImportance)))
	case q.Importance != nil:
		add("Ważność: ", pointsText(q.ChoicesOf(survey.AspectImportance)))
	}
	for _, a := range append(slices.Clone(q.Areas), survey.Area{}) {
		rows := slices.DeleteFunc(slices.Clone(q.Rows), func(r survey.Row) bool { return r.Area != a.Key })
		if a.Key != "" {
			add("", firstUpper(a.Label.PL)+":")
		}
		for _, r := range rows {
			add("– ", r.Label.PL)
		}
	}
	return lines
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

// mostPoints is how many points of a scale a table of counts has room for.
const mostPoints = 7

// numberedTable is a table of counts with the heading of its question.
type numberedTable struct {
	title string
	key   string // what the numbers of its columns mean; "": the columns say it
	table table
}

// countsTables are the counts of the questions that are tables: a row a row, a column a point.
func (d *Document) countsTables() []numberedTable {
	var all []numberedTable
	numbers := d.numbered()
	for i := range d.Summary.Questions {
		q := &d.Summary.Questions[i]
		if !isTable(q) || d.Summary.N == 0 {
			continue
		}
		for _, side := range Sides(q) {
			if t, key, ok := countsTable(side); ok {
				t.caption = side.Title
				all = append(all, numberedTable{numbers[i] + ". " + q.Label.PL, key, t})
			}
		}
	}
	return all
}

// tables put the counts, under one heading a question.
func (p *pdfPage) tables() {
	title := ""
	for i, each := range p.doc.countsTables() {
		if i == 0 {
			p.annex(annexTables, 70)
			p.paragraph("Ile osób wybrało każdy punkt skali. Odsetki ważnych odpowiedzi są w rozdziale „Wyniki pytań”.")
		}
		if each.title != title {
			title = each.title
			p.heading(1, title, p.start(each.table)+10)
		}
		if each.key != "" {
			p.room(p.tall(styleNote, textColumn, each.key) + p.start(each.table))
			p.note(each.key)
		}
		p.put(each.table)
	}
}

// pointColumn is the width of a point's column, where there are so many, and how many letters of a word fit into its head.
func pointColumn(points int) (width float64, letters int) {
	if points <= 5 {
		return 18, 9
	}
	return 15, 7
}

// pointHeads are the heads of the points' columns: their wordings, or, where these are too long, numbers with a key.
func pointHeads(points []stats.Value) (heads []string, key string) {
	var words []string
	long := false
	_, letters := pointColumn(len(points))
	for i, v := range points {
		heads = append(heads, firstUpper(valueName(v)))
		words = append(words, strconv.Itoa(i+1)+hard+"– "+valueName(v))
		long = long || slices.ContainsFunc(strings.Fields(valueName(v)), func(word string) bool { return utf8.RuneCountInString(word) > letters })
	}
	if !long {
		return heads, ""
	}
	for i := range heads {
		heads[i] = strconv.Itoa(i + 1)
	}
	return heads, "Kolumny: " + strings.Join(words, "; ") + "."
}

// countsTable counts the answers of a side, point by point from the worst; ok is false where nothing may be told.
func countsTable(side Side) (t table, key string, ok bool) {
	var points []stats.Value
	for i := range side.Items {
		if it := &side.Items[i]; !it.Suppressed && len(it.Values) > 0 && len(it.Values) <= mostPoints {
			points = worstFirst(it.Values)
		}
	}
	if points == nil {
		return table{}, "", false
	}
	heads, key := pointHeads(points)
	width, _ := pointColumn(len(points))
	t = table{columns: []column{{title: side.first(), align: "L"}}}
	for _, head := range heads {
		t.columns = append(t.columns, column{title: head, width: width, align: "R"})
	}
	t.columns = append(t.columns, column{title: "n", width: 17, align: "R"}, column{title: "N", width: 12, align: "R"})
	t.columns[0].width = textColumn - t.width()
	for i := range side.Items {
		t.rows = append(t.rows, countsRow(&side.Items[i], len(points)))
	}
	return t, key, true
}

func countsRow(it *stats.Item, points int) row {
	cells := []cell{{text: firstUpper(RowName(it))}}
	values := worstFirst(it.Values)
	for i := range points {
		switch {
		case it.Suppressed:
			cells = append(cells, cell{text: none, muted: true})
		case len(values) != points: // a scale of its own
			cells = append(cells, cell{text: none, muted: true})
		default:
			cells = append(cells, cell{text: integer(values[i].Count)})
		}
	}
	n := cell{text: integer(it.Valid)}
	if it.Suppressed {
		n = cell{text: tooFew, muted: true}
	}
	return row{cells: append(cells, n, cell{text: integer(it.Asked), muted: true})}
}

package web

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ocenaurzedu.eu/pkg/sheet"
	"ocenaurzedu.eu/pkg/survey"
)

// The states of a thing on the checklist before a publication.
const (
	checkDone  = "done"
	checkWarn  = "warn"  // worth a look; it stops nothing
	checkBlock = "block" // it stops the publication
)

// check is a thing on the checklist.
type check struct {
	State  string
	Title  string
	Text   string
	Faults []checkFault // each with where to mend it
	More   string       // heading of Faults where they are many; "": they are shown at once
}

// checkFault is what is to be mended or looked at in one place.
type checkFault struct {
	Where, Link string
	Text        string             // "": Problem tells
	Part        string             // of the question: "odpowiedzi, pozycja 2"
	Problem     *survey.FieldError // nil: Text tells
}

// StateWord says a state in words, as it is drawn with a sign.
func (c check) StateWord() string {
	return map[string]string{checkDone: "gotowe", checkWarn: "warto sprawdzić", checkBlock: "do poprawy"}[c.State]
}

// checklist goes through all that an editor should know before residents see a draft.
func checklist(q *survey.Questionnaire, office *survey.Office) []check {
	list := []check{checkContent(q)}
	list = append(list, checkLanguages(q)...)
	list = append(list, checkLength(q))
	if grids := checkGrids(q); grids != nil {
		list = append(list, *grids)
	}
	return append(list, checkSheet(q), checkColours(office))
}

// blocked reports whether something on the checklist stops the publication.
func blocked(list []check) bool {
	return slices.ContainsFunc(list, func(c check) bool { return c.State == checkBlock })
}

// faultsToMend lists the faults of a draft by place instead of path.
func faultsToMend(q *survey.Questionnaire) []checkFault {
	var invalid *survey.InvalidError
	if !errors.As(q.Check(), &invalid) {
		return nil
	}
	var faults []checkFault
	for _, f := range invalid.Fields {
		var fault checkFault
		var rest string
		fault.Where, fault.Link, rest = placeOf(q, f.Field)
		fault.Part, fault.Problem = fieldPL(rest), &f
		faults = append(faults, fault)
	}
	return faults
}

// placeOf names what a path of a questionnaire leads to, as differenceLines does, and returns the rest of the path.
func placeOf(q *survey.Questionnaire, path string) (where, link, rest string) {
	section, question, rest := splitPath(path)
	switch {
	case question >= 0:
		where, link = questionPlace(q, &q.Sections[section].Questions[question])
		return where, link, rest
	case section >= 0:
		s := &q.Sections[section]
		return "Sekcja " + strconv.Itoa(section+1) + wordedPL(s.Title), "/panel/ankieta?s=" + s.Key, rest
	}
	return "Ankieta", "/panel/ankieta?p=-", path
}

// splitPath splits a path of a questionnaire, sections[0].questions[2].label, into places counted from 0 and the rest;
// -1: the path leads to none.
func splitPath(path string) (section, question int, rest string) {
	switch n, _ := fmt.Sscanf(path, "sections[%d].questions[%d]", &section, &question); n {
	case 2:
		rest = fmt.Sprintf("sections[%d].questions[%d].", section, question)
	case 1:
		question, rest = -1, fmt.Sprintf("sections[%d].", section)
	default:
		return -1, -1, path
	}
	return section, question, path[min(len(rest), len(path)):]
}

// questionPlace names a question and links to it in the editor.
func questionPlace(q *survey.Questionnaire, question *survey.Question) (where, link string) {
	where, link = "Informacja", "/panel/ankieta?p="+question.Key
	if number := questionNumbers(q)[question.Key]; number > 0 {
		where = "Pytanie" + hardSpace + strconv.Itoa(number)
	}
	return where + wordedPL(question.Label), link
}

// wordedPL puts a wording behind the name of what it is of: " „…”", or "" without one.
func wordedPL(t survey.Text) string {
	if t.PL == "" {
		return ""
	}
	return " „" + glue(shorten(t.PL)) + "”"
}

func checkContent(q *survey.Questionnaire) check {
	faults := faultsToMend(q)
	if faults == nil {
		return check{State: checkDone, Title: "Treść", Text: "Wszystkie pytania są kompletne."}
	}
	return check{State: checkBlock, Title: "Treść", Text: "Zanim ankieta będzie mogła zostać opublikowana, trzeba uzupełnić:", Faults: faults}
}

// checkLanguages tells which wordings each offered language lacks.
func checkLanguages(q *survey.Questionnaire) []check {
	var list []check
	for _, lang := range q.Languages {
		c := check{State: checkDone, Title: map[string]string{survey.English: "Wersja angielska", survey.Ukrainian: "Wersja ukraińska"}[lang],
			Text: "Wszystkie teksty są przetłumaczone."}
		if gaps := q.Missing(lang); len(gaps) > 0 {
			c.State, c.Faults, c.More = checkWarn, gapFaults(q, gaps), "Pokaż, czego brakuje"
			c.Text = "Brakuje tłumaczenia: " + countPL(len(gaps), "tekst", "teksty", "tekstów") + ". Mieszkańcy zobaczą je po polsku."
		}
		list = append(list, c)
	}
	return list
}

// gapFaults tells missing translations place by place.
func gapFaults(q *survey.Questionnaire, gaps []survey.Gap) []checkFault {
	var faults []checkFault
	for _, gap := range gaps {
		f := checkFault{Where: "Ankieta", Link: "/panel/ankieta?p=-"}
		if gap.Question != "" {
			f.Where, f.Link = questionPlace(q, q.Question(gap.Question))
		} else if i := slices.IndexFunc(q.Sections, func(s survey.Section) bool { return s.Key == gap.Section }); i >= 0 {
			f.Where, f.Link, _ = placeOf(q, fmt.Sprintf("sections[%d]", i))
		}
		text := "„" + shorten(gap.PL) + "”"
		if n := len(faults); n > 0 && faults[n-1].Link == f.Link {
			faults[n-1].Text += ", " + text
			continue
		}
		f.Text = text
		faults = append(faults, f)
	}
	return faults
}

// checkLength warns above the limit that US agencies share (OMB Circular A-11, § 280).
func checkLength(q *survey.Questionnaire) check {
	l := q.Length()
	c := check{State: checkDone, Title: "Długość", Text: lengthPL(l) + "."}
	if l.Long() {
		c.State = checkWarn
		c.Text += fmt.Sprintf(" To dużo: powyżej %d"+hardSpace+"pytań lub 5"+hardSpace+"minut coraz więcej osób przerywa wypełnianie. Warto usunąć to, czego urząd nie wykorzysta.",
			survey.LongQuestions)
	}
	return c
}

// checkGrids warns of tables whose every row must be answered: a forced grid invites the same answer down the line.
// nil: there are no tables.
func checkGrids(q *survey.Questionnaire) *check {
	c := check{State: checkDone, Title: "Tabele ocen", Text: "Nikt nie musi oceniać każdego wiersza, żeby wysłać ankietę."}
	grids := 0
	for _, question := range q.Questions() {
		if question.Kind != survey.KindMatrix && question.Kind != survey.KindPaired {
			continue
		}
		grids++
		all := question.Required || len(question.Rows) > 0 && !slices.ContainsFunc(question.Rows, func(r survey.Row) bool { return !r.Required })
		if all {
			fault := checkFault{Text: "wymagany jest każdy wiersz"}
			fault.Where, fault.Link = questionPlace(q, question)
			c.Faults = append(c.Faults, fault)
		}
	}
	if c.Faults != nil {
		c.State, c.Text = checkWarn, "Gdy trzeba ocenić każdy wiersz, ludzie zaznaczają wszędzie to samo. Lepiej pozwolić pominąć wiersz albo dodać „nie mam zdania”."
	}
	if grids == 0 {
		return nil
	}
	return &c
}

// checkSheet tells how many pages the printed sheet has.
func checkSheet(q *survey.Questionnaire) check {
	layout, err := sheet.Preview(q)
	if err != nil { // sheet.ErrTooLong: there is no other
		return check{State: checkBlock, Title: "Wydruk", Text: fmt.Sprintf("Arkusz miałby więcej niż %d"+hardSpace+"stron, a"+hardSpace+"więcej się nie zmieści. Prosimy skrócić ankietę.",
			sheet.MaxPages), Faults: []checkFault{{Where: "Ankieta", Link: "/panel/ankieta?p=-", Text: "za długa na papier"}}}
	}
	n := len(layout.Pages)
	c := check{State: checkDone, Title: "Wydruk", Text: "Arkusz ma " + countPL(n, "stronę", "strony", "stron") + " A4 (może mieć najwyżej " + strconv.Itoa(sheet.MaxPages) + ")."}
	if n > 4 { // two leaves, printed on both sides
		c.State = checkWarn
		c.Text += " Na więcej niż dwóch kartkach mało kto odpowiada do końca."
	}
	if without := sheetsTooLong(q); len(without) > 0 {
		c.State = checkWarn
		c.Text += " Nie będzie arkuszy, które byłyby dłuższe: " + strings.Join(without, "; ") + "."
	}
	return c
}

// sheetsTooLong names the languages and sizes in which a questionnaire has no sheet.
func sheetsTooLong(q *survey.Questionnaire) []string {
	var names []string
	for _, form := range sheet.Forms(q) {
		if _, err := form.Preview(q); err != nil {
			names = append(names, formPL(form))
		}
	}
	return names
}

// checkColours tells how well the office's colour can be read (WCAG 2.2, 1.4.3: at least 4.5 to 1).
func checkColours(office *survey.Office) check {
	c := check{State: checkDone, Title: "Kolory", Text: "Ankieta ma kolory domyślne, czytelne dla osób słabowidzących."}
	colour, ok := parseColour(office.Colour)
	if !ok {
		return c
	}
	shown := colour.until(rgb{}, lightPaper)
	c.Text = "Kolor urzędu jest czytelny: kontrast z" + hardSpace + "tłem " + decimalPL(shown.contrast(lightPaper), 1) + " do 1, wymagane jest 4,5."
	if shown != colour {
		c.Text = "Kolor urzędu jest dość jasny. Na stronie ankiety jest przyciemniony, żeby tekst dał się czytać: kontrast " +
			decimalPL(shown.contrast(lightPaper), 1) + " do 1, wymagane jest 4,5."
	}
	return c
}

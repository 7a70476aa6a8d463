package web

import (
	"slices"
	"strconv"
	"strings"

	"ocenaurzedu.eu/pkg/survey"
)

// Keys of the typing screen that stand for a state instead of a substantive answer (paper: typing).
const (
	typeNotApplicable = "-"
	typeNoOpinion     = "/"
	typeUnreadable    = "*"
	typeBlank         = "."
	typeTen           = "+" // 10 on a scale from 0, which has more values than there are digits
)

// choiceKeys are the keys of choices by their place: nine digits, 0 for the tenth, then letters. There are
// as many as survey.MaxOptions.
const choiceKeys = "1234567890abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

// Kinds of rows, by how they are typed.
const (
	entryOne    = "one"    // a key chooses and moves on
	entryMany   = "many"   // keys toggle, Enter moves on
	entryNumber = "number" // typed
	entryText   = "text"   // typed
)

// entryGroup is a question on the typing screen with its rows; most have one.
type entryGroup struct {
	Section string // heading, on the first question of a section
	Number  int    // as printed on the sheet
	Label   string
	Hint    string
	Grid    bool          // rows of a matrix, which share the legend
	Legend  []entryChoice // what the keys mean in each row
	Rows    []entryRow
}

// entryRow is one field of the form.
type entryRow struct {
	Field   string
	Label   string
	Area    string // of a matrix, on its first row
	Kind    string
	Choices []entryChoice // choices, then states
	Typed   string        // number and text: what stands in the field
	Unit    string
	Limit   int    // text: most characters
	When    string // "jakie?": id of the option's input that asks for it
	Note    string // what is wrong with it
}

// ID names the row in the page.
func (r entryRow) ID() string { return "w-" + r.Field }

// entryChoice is a value that a key chooses.
type entryChoice struct {
	ID      string
	Key     string
	Value   string
	Label   string
	State   bool // no substantive answer
	Checked bool
}

// entry builds the typing screen of one sheet.
type entry struct {
	values survey.Values
	notes  notes
}

// entryGroups lists what is to be typed of a version's sheet, in the order of the paper, filled with values.
func entryGroups(q *survey.Questionnaire, values survey.Values, bad notes) []entryGroup {
	e := entry{values, bad}
	var groups []entryGroup
	number := 0
	for i := range q.Sections {
		section := q.Sections[i].Title.In(survey.Polish)
		for j := range q.Sections[i].Questions {
			question := &q.Sections[i].Questions[j]
			if question.Kind == survey.KindInfo {
				continue
			}
			number++
			g := entryGroup{Section: section, Number: number, Label: question.Label.In(survey.Polish), Hint: entryHint(question)}
			section = ""
			e.question(&g, question)
			groups = append(groups, g)
		}
	}
	return groups
}

func entryHint(q *survey.Question) string {
	switch {
	case q.Kind == survey.KindMulti && q.Max > 0:
		return "najwyżej " + countPL(q.Max, "odpowiedź", "odpowiedzi", "odpowiedzi")
	case q.Kind == survey.KindMulti:
		return "można kilka"
	case q.Kind == survey.KindNumber:
		return "liczba od " + strconv.Itoa(q.Min) + " do " + strconv.Itoa(q.Max)
	}
	return ""
}

// question adds a question's rows to its group.
func (e entry) question(g *entryGroup, q *survey.Question) {
	switch q.Kind {
	case survey.KindMatrix, survey.KindPaired:
		g.Grid = true
		e.matrix(g, q)
		g.Legend = g.Rows[0].Choices
	case survey.KindText:
		row := e.row(q, q.Key, "", entryText)
		row.Limit, row.Typed = q.MaxText(), e.values.Get(q.Key)
		if row.Choices[0].Checked = row.Typed == survey.ValueUnreadable; row.Choices[0].Checked {
			row.Typed = ""
		}
		g.Rows = append(g.Rows, row)
	case survey.KindNumber:
		row := e.row(q, q.Key, "", entryNumber)
		row.Unit = q.Unit.In(survey.Polish)
		for _, value := range e.values[q.Key] {
			if !slices.ContainsFunc(row.Choices, func(c entryChoice) bool { return c.Value == value }) {
				row.Typed = value
			}
		}
		g.Rows = append(g.Rows, row)
	case survey.KindMulti:
		g.Rows = append(append(g.Rows, e.row(q, q.Key, "", entryMany)), e.optionTexts(q)...)
	default:
		g.Rows = append(append(g.Rows, e.row(q, q.Key, "", entryOne)), e.optionTexts(q)...)
	}
}

// matrix adds a row for each statement, or two where importance is asked as well.
func (e entry) matrix(g *entryGroup, q *survey.Question) {
	area := ""
	for _, r := range q.Rows {
		heading := ""
		if r.Area != area {
			area = r.Area
			heading = areaLabel(q, area)
		}
		field, label := q.Key+"."+r.Key, r.Label.In(survey.Polish)
		if q.Kind == survey.KindMatrix {
			row := e.row(q, field, label, entryOne)
			row.Area = heading
			g.Rows = append(g.Rows, row)
			continue
		}
		importance := e.row(q, field+"."+survey.AspectImportance, label+" – ważność", entryOne)
		importance.Area = heading
		g.Rows = append(g.Rows, importance, e.row(q, field+"."+survey.AspectSatisfaction, label+" – zadowolenie", entryOne))
	}
}

func areaLabel(q *survey.Question, key string) string {
	for _, a := range q.Areas {
		if a.Key == key {
			return a.Label.In(survey.Polish)
		}
	}
	return ""
}

// optionTexts adds a row for the "jakie?" of each option that asks for it.
func (e entry) optionTexts(q *survey.Question) []entryRow {
	var rows []entryRow
	for i, o := range q.Options {
		if o.Text {
			field := q.Key + "." + o.Key
			rows = append(rows, entryRow{Field: field, Label: o.Label.In(survey.Polish) + " – jakie?", Kind: entryText, Typed: e.values.Get(field),
				Limit: q.MaxText(), When: choiceID(q.Key, i), Note: e.notes.For(field)})
		}
	}
	return rows
}

// row makes a row with its choices and states.
func (e entry) row(q *survey.Question, field, label, kind string) entryRow {
	row := entryRow{Field: field, Label: label, Kind: kind, Note: e.notes.For(field)}
	keys := keysOf(q)
	for i, c := range q.Choices() {
		row.add(e, entryChoice{Key: keys[i], Value: c.Value, Label: c.Label.In(survey.Polish)})
	}
	if q.Has(survey.NotApplicable) {
		row.add(e, entryChoice{Key: typeNotApplicable, Value: survey.ValueNotApplicable, Label: "nie dotyczy", State: true})
	}
	if q.Has(survey.NoOpinion) {
		row.add(e, entryChoice{Key: typeNoOpinion, Value: survey.ValueNoOpinion, Label: "nie mam zdania", State: true})
	}
	row.add(e, entryChoice{Key: typeUnreadable, Value: survey.ValueUnreadable, Label: "nieczytelne", State: true})
	if kind == entryOne || kind == entryNumber {
		blank := !slices.ContainsFunc(row.Choices, func(c entryChoice) bool { return c.Checked })
		row.Choices = append(row.Choices, entryChoice{ID: choiceID(field, len(row.Choices)), Key: typeBlank, Label: "brak odpowiedzi", State: true, Checked: blank})
	}
	return row
}

func (r *entryRow) add(e entry, c entryChoice) {
	c.ID = choiceID(r.Field, len(r.Choices))
	c.Checked = slices.Contains(e.values[r.Field], c.Value)
	r.Choices = append(r.Choices, c)
}

func choiceID(field string, place int) string { return "w-" + field + "-" + strconv.Itoa(place) }

// keysOf returns the key of each choice: the digit that is printed beside it, where one digit is, else its
// place, so that nobody has to count boxes that have numbers.
func keysOf(q *survey.Question) []string {
	choices := q.Choices()
	keys := make([]string, len(choices))
	for i := range keys {
		keys[i] = choiceKeys[i : i+1]
	}
	if q.Kind == survey.KindNPS || q.Scale != nil && q.Scale.Digits {
		if printed, ok := printedDigits(choices); ok {
			return printed
		}
	}
	return keys
}

// printedDigits returns the scores 0 to 10 of choices as keys, or false if a score is none of them or stands twice.
func printedDigits(choices []survey.Choice) ([]string, bool) {
	var keys []string
	for _, c := range choices {
		if c.Score == nil {
			return nil, false
		}
		key := strconv.FormatFloat(*c.Score, 'f', -1, 64)
		if key == "10" {
			key = typeTen
		}
		if len(key) != 1 || !strings.Contains("0123456789"+typeTen, key) || slices.Contains(keys, key) {
			return nil, false
		}
		keys = append(keys, key)
	}
	return keys, true
}

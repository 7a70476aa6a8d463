package web

import (
	"slices"
	"strconv"
	"strings"

	"ocenaurzedu.eu/pkg/sheet"
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

// entryGroup is a question on the typing screen with its rows; most have one. Where importance has a scale of its own,
// each scale has a group.
type entryGroup struct {
	Section string // heading, on the first question of a section
	Number  int    // as printed on the sheet
	Label   string
	Hint    string
	Grid    bool          // rows of a matrix, which share the legend
	Legend  []entryChoice // what the keys mean in each row
	Rows    []entryRow
	Gate    string // the rule that may hide it, for the script; see entryGates
	Rule    string // and in words
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
	Most    int    // many: with more of them a sheet can't be read; 0: all may be
	When    string // "jakie?": id of the option's input that asks for it
	Note    string // what is wrong with it
	given   []string
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
	Sole    bool // goes with no other
	Checked bool
}

// entry builds the typing screen of one sheet.
type entry struct {
	values survey.Values
	notes  notes
}

// entryGroups lists what is to be typed of a version's sheet, in the order of the paper, filled with values.
func entryGroups(version *survey.Version, values survey.Values, bad notes) ([]entryGroup, error) {
	gates, err := entryGates(version)
	if err != nil {
		return nil, err
	}
	q := &version.Questionnaire
	e, rules := entry{values, bad}, sheet.Conditions(q)
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
			g := entryGroup{Section: section, Number: number, Label: question.Label.In(survey.Polish), Hint: entryHint(question),
				Gate: gates[question.Key], Rule: rules[question.Key]}
			section = ""
			groups = append(groups, e.question(g, question)...)
		}
	}
	return groups, nil
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

// withoutTexts leaves out what is not keyed twice. The heading of a section goes on to the next question.
func withoutTexts(groups []entryGroup) []entryGroup {
	var kept []entryGroup
	section := ""
	for _, g := range groups {
		g.Rows = slices.DeleteFunc(g.Rows, func(r entryRow) bool { return r.Kind == entryText })
		if g.Section != "" {
			section = g.Section
		}
		if len(g.Rows) > 0 {
			g.Section, section = section, ""
			kept = append(kept, g)
		}
	}
	return kept
}

// question adds a question's rows to its group, or to a group for each of its tables.
func (e entry) question(g entryGroup, q *survey.Question) []entryGroup {
	switch q.Kind {
	case survey.KindMatrix, survey.KindPaired:
		return e.tables(g, q)
	case survey.KindText:
		row := e.row(q, "", q.Key, "", entryText)
		row.Limit, row.Typed = q.MaxText(), e.values.Get(q.Key)
		if row.Choices[0].Checked = row.Typed == survey.ValueUnreadable; row.Choices[0].Checked {
			row.Typed = ""
		}
		g.Rows = append(g.Rows, row)
	case survey.KindNumber:
		row := e.row(q, "", q.Key, "", entryNumber)
		row.Unit = q.Unit.In(survey.Polish)
		for _, value := range e.values[q.Key] {
			if !slices.ContainsFunc(row.Choices, func(c entryChoice) bool { return c.Value == value }) {
				row.Typed = value
			}
		}
		g.Rows = append(g.Rows, row)
	case survey.KindMulti:
		row := e.row(q, "", q.Key, "", entryMany)
		row.Most = q.Max
		for i := range q.Options {
			row.Choices[i].Sole = q.Options[i].Exclusive
		}
		g.Rows = append(append(g.Rows, row), e.optionTexts(q)...)
	default:
		g.Rows = append(append(g.Rows, e.row(q, "", q.Key, "", entryOne)), e.optionTexts(q)...)
	}
	return []entryGroup{g}
}

// Names of the two aspects, and of what is asked of areas, behind a label.
const (
	importanceName   = " – ważność"
	satisfactionName = " – zadowolenie"
	areasName        = " – ważność obszarów"
)

func aspectName(aspect string) string {
	if aspect == survey.AspectImportance {
		return importanceName
	}
	return satisfactionName
}

// tables lists a matrix as it is printed: one table; two of a paired matrix whose importance has a scale of its own;
// and a table of areas where each is rated for importance.
func (e entry) tables(g entryGroup, q *survey.Question) []entryGroup {
	g.Grid = true
	table := func(name string, rows []entryRow) entryGroup {
		one := g
		one.Label, one.Rows = g.Label+name, rows
		if len(rows) > 0 {
			one.Legend = rows[0].Choices
		}
		return one
	}
	var tables []entryGroup
	switch {
	case q.Kind == survey.KindPaired && q.Importance != nil:
		tables = []entryGroup{table(importanceName, e.statements(q, survey.AspectImportance)), table(satisfactionName, e.statements(q, survey.AspectSatisfaction))}
	case q.Kind == survey.KindPaired:
		tables = []entryGroup{table("", e.statements(q, survey.AspectImportance, survey.AspectSatisfaction))}
	case q.AsksImportance():
		tables = []entryGroup{table("", e.statements(q, "")), table(areasName, e.areas(q))}
	default:
		tables = []entryGroup{table("", e.statements(q, ""))}
	}
	for i := range tables[1:] {
		tables[i+1].Section = ""
	}
	return tables
}

// statements lists a row for each statement and aspect, in the order of the paper: those without an area first.
func (e entry) statements(q *survey.Question, aspects ...string) []entryRow {
	var rows []entryRow
	for _, area := range append([]survey.Area{{}}, q.Areas...) {
		heading := area.Label.In(survey.Polish)
		for _, r := range q.Rows {
			if r.Area != area.Key {
				continue
			}
			for _, aspect := range aspects {
				field, label := q.Key+"."+r.Key, r.Label.In(survey.Polish)
				if aspect != "" {
					field, label = field+"."+aspect, label+aspectName(aspect)
				}
				row := e.row(q, aspect, field, label, entryOne)
				row.Area, heading = heading, ""
				rows = append(rows, row)
			}
		}
	}
	return rows
}

// areas lists a row for the importance of each area.
func (e entry) areas(q *survey.Question) []entryRow {
	var rows []entryRow
	for _, a := range q.Areas {
		field := q.Key + "." + a.Key + "." + survey.AspectImportance
		rows = append(rows, e.row(q, survey.AspectImportance, field, a.Label.In(survey.Polish)+importanceName, entryOne))
	}
	return rows
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

// row makes a row with the choices of one aspect, and its states.
func (e entry) row(q *survey.Question, aspect, field, label, kind string) entryRow {
	row := entryRow{Field: field, Label: label, Kind: kind, Note: e.notes.For(field), given: e.values[field]}
	if len(q.Options) > 0 {
		row.given = q.Picked(e.values)
	}
	keys := keysOf(q, aspect)
	for i, c := range q.ChoicesOf(aspect) {
		row.add(entryChoice{Key: keys[i], Value: c.Value, Label: c.Label.In(survey.Polish)})
	}
	if q.Has(survey.NotApplicable) {
		row.add(entryChoice{Key: typeNotApplicable, Value: survey.ValueNotApplicable, Label: "nie dotyczy", State: true})
	}
	if q.Has(survey.NoOpinion) {
		row.add(entryChoice{Key: typeNoOpinion, Value: survey.ValueNoOpinion, Label: "nie mam zdania", State: true})
	}
	row.add(entryChoice{Key: typeUnreadable, Value: survey.ValueUnreadable, Label: "nieczytelne", State: true})
	if kind == entryOne || kind == entryNumber {
		blank := !slices.ContainsFunc(row.Choices, func(c entryChoice) bool { return c.Checked })
		row.Choices = append(row.Choices, entryChoice{ID: choiceID(field, len(row.Choices)), Key: typeBlank, Label: "brak odpowiedzi", State: true, Checked: blank})
	}
	return row
}

func (r *entryRow) add(c entryChoice) {
	c.ID = choiceID(r.Field, len(r.Choices))
	c.Checked = slices.Contains(r.given, c.Value)
	r.Choices = append(r.Choices, c)
}

func choiceID(field string, place int) string { return "w-" + field + "-" + strconv.Itoa(place) }

// keysOf returns the key of each choice of one aspect: the digit that is printed beside it, where one digit is, else
// its place, so that nobody has to count boxes that have numbers.
func keysOf(q *survey.Question, aspect string) []string {
	choices, scale := q.ChoicesOf(aspect), q.Scale
	if aspect == survey.AspectImportance && q.Importance != nil {
		scale = q.Importance
	}
	keys := make([]string, len(choices))
	for i := range keys {
		keys[i] = choiceKeys[i : i+1]
	}
	if q.Kind == survey.KindNPS || scale != nil && scale.Digits {
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

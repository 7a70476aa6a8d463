package web

import (
	"slices"
	"strconv"

	"ocenaurzedu.eu/pkg/survey"
)

// wordingLang is a language in which an editor writes.
type wordingLang struct{ Code, Name, Short string }

// wordingLangs lists the languages of a questionnaire, Polish first.
func wordingLangs(q *survey.Questionnaire) []wordingLang {
	langs := []wordingLang{{survey.Polish, "po polsku", "PL"}}
	for _, other := range []wordingLang{{survey.English, "po angielsku", "EN"}, {survey.Ukrainian, "po ukraińsku", "UK"}} {
		if slices.Contains(q.Languages, other.Code) {
			langs = append(langs, other)
		}
	}
	return langs
}

// wordingField is a text in all languages of a questionnaire, beside each other.
type wordingField struct {
	Name  string // of the Polish field; others have .en and .uk behind it
	Label string
	Hint  string
	Rows  int // lines of the field; 0: one line
	Most  int // characters
	Parts []wordingPart
	Fault *faultLine
}

// wordingPart is a text in one language. Kept: the questionnaire does not speak it, and the form only carries it on.
type wordingPart struct {
	wordingLang
	Name, Value string
	Kept        bool
}

// Title names the language over its field.
func (p wordingPart) Title() string { return p.wordingLang.Name }

// Several reports whether the text is asked for in more than one language.
func (f wordingField) Several() bool { return len(f.Parts) > 1 && !f.Parts[1].Kept }

func newWordingField(langs []wordingLang, name, label string, t survey.Text, rows, most int) wordingField {
	f := wordingField{Name: name, Label: label, Rows: rows, Most: most}
	values := map[string]string{survey.Polish: t.PL, survey.English: t.EN, survey.Ukrainian: t.UK}
	for _, lang := range langs {
		part := wordingPart{wordingLang: lang, Name: name, Value: values[lang.Code]}
		if lang.Code != survey.Polish {
			part.Name += "." + lang.Code
		}
		f.Parts = append(f.Parts, part)
	}
	for _, code := range []string{survey.English, survey.Ukrainian} {
		spoken := slices.ContainsFunc(langs, func(l wordingLang) bool { return l.Code == code })
		if !spoken && values[code] != "" {
			f.Parts = append(f.Parts, wordingPart{wordingLang{Code: code}, name + "." + code, values[code], true})
		}
	}
	return f
}

// faultLine is what is wrong with a field: Gap: only that it is not filled in yet.
type faultLine struct {
	survey.FieldError
	Gap bool
}

// fieldForm is what the three forms of the editor share: the languages, and what is wrong.
type fieldForm struct {
	Langs  []wordingLang
	faults map[string]*faultLine // by path from the form's thing on
}

func newFieldForm(q *survey.Questionnaire, faults []survey.FieldError) fieldForm {
	f := fieldForm{Langs: wordingLangs(q), faults: map[string]*faultLine{}}
	for _, each := range faults {
		if f.faults[each.Field] == nil {
			f.faults[each.Field] = &faultLine{each, isGap(each.Problem)}
		}
	}
	return f
}

// Fault returns what is wrong at a path, or nil.
func (f *fieldForm) Fault(path string) *faultLine { return f.faults[path] }

// wording makes the field of a text whose path is its name.
func (f *fieldForm) wording(path, name, label string, t survey.Text, rows, most int) wordingField {
	field := newWordingField(f.Langs, name, label, t, rows, most)
	field.Fault = f.faults[path]
	return field
}

// textsForm edits the texts of the questionnaire as a whole.
type textsForm struct {
	fieldForm
	Title, Intro, Thanks wordingField
	Speaks               map[string]bool
}

func newTextsForm(q *survey.Questionnaire) *textsForm {
	f := textsForm{fieldForm: newFieldForm(q, faultsByPlace(q).whole), Speaks: map[string]bool{}}
	f.Title = f.wording("title", "title", "Tytuł ankiety", q.Title, 0, survey.MaxLabel)
	f.Intro = f.wording("intro", "intro", "Wstęp", q.Intro, 3, survey.MaxRemark)
	f.Thanks = f.wording("thanks", "thanks", "Podziękowanie po wysłaniu", q.Thanks, 2, survey.MaxRemark)
	for _, lang := range q.Languages {
		f.Speaks[lang] = true
	}
	return &f
}

// sectionForm edits a section's heading and when it is shown.
type sectionForm struct {
	fieldForm
	*survey.Section
	TitleField, HelpField wordingField
	Rule                  ruleForm
}

// newSectionForm returns nil if there is no such section.
func newSectionForm(q *survey.Questionnaire, key string) *sectionForm {
	i := slices.IndexFunc(q.Sections, func(s survey.Section) bool { return s.Key == key })
	if i < 0 {
		return nil
	}
	s := &q.Sections[i]
	f := sectionForm{fieldForm: newFieldForm(q, faultsByPlace(q).sections[i]), Section: s}
	f.TitleField = f.wording("title", "title", "Tytuł sekcji", s.Title, 0, survey.MaxLabel)
	f.HelpField = f.wording("help", "help", "Objaśnienie pod tytułem", s.Help, 2, survey.MaxRemark)
	f.Rule = newRuleForm(q, s.ShowIf, sourcesBefore(q, opened{section: s.Key}), f.faults)
	return &f
}

// questionForm edits a question.
type questionForm struct {
	fieldForm
	*survey.Question
	Number     int // 0: a note has none
	LabelField wordingField
	HelpField  wordingField
	UnitField  wordingField
	Rule       ruleForm
	Series     *survey.Change // how its published series goes on; nil: as it is
	Published  bool           // it was published before
	Depend     []dependant    // what its answers show and hide
	Jumps      []jumpTarget   // where an answer may lead on to
}

// newQuestionForm returns nil if there is no such question. Known is what was published of each.
func newQuestionForm(q *survey.Questionnaire, key string, known *survey.Questionnaire) *questionForm {
	question := q.Question(key)
	if question == nil {
		return nil
	}
	f := questionForm{fieldForm: newFieldForm(q, faultsByPlace(q).questions[key]), Question: question, Number: questionNumbers(q)[key],
		Published: known.Question(key) != nil}
	label := "Treść pytania"
	if question.Kind == survey.KindInfo {
		label = "Treść"
	}
	f.LabelField = f.wording("label", "label", label, question.Label, 2, survey.MaxLabel)
	f.HelpField = f.wording("help", "help", "Objaśnienie", question.Help, 2, survey.MaxRemark)
	f.UnitField = f.wording("unit", "unit", "Jednostka", question.Unit, 0, survey.MaxLabel)
	f.Rule = newRuleForm(q, question.ShowIf, sourcesBefore(q, opened{question: key}), f.faults)
	for _, change := range survey.Changes(known, q) {
		if change.Question == key && (f.Series == nil || change.New && !f.Series.New) {
			f.Series = &change
		}
	}
	f.Depend, f.Jumps = dependants(q, key), jumpTargets(q, question)
	return &f
}

// Is reports whether the question is of one of the kinds.
func (f *questionForm) Is(kinds ...string) bool { return slices.Contains(kinds, string(f.Kind)) }

// Gap tells of the question as a whole what it still lacks: answers, rows.
func (f *questionForm) Gap() *faultLine {
	for _, path := range []string{"options", "rows", "areas", "scale.points", "importance.points", "kind"} {
		if fault := f.faults[path]; fault != nil {
			return fault
		}
	}
	return nil
}

// itemLine is a line of a list in the form: an option, a row, an area or a point. ID names its fields, list.ID.label.
type itemLine struct {
	List, ID   string
	New        bool // empty, to be filled in
	LabelField wordingField
	HelpField  wordingField
	Option     survey.Option
	Row        survey.Row
	Area       survey.Area
	Score      string // its own; "": none
	Ghost      string // score that counts where there is none of its own
	Areas      []survey.Area
	Kind       survey.Kind
}

// Field names one of the line's fields.
func (l itemLine) Field(name string) string { return l.List + "." + l.ID + "." + name }

// line makes the line of an item at path; what names it for who does not see the list: "Odpowiedź 2".
func (f *questionForm) line(list, id, path, what string, label, help survey.Text) itemLine {
	l := itemLine{List: list, ID: id, Kind: f.Kind, Areas: f.Areas}
	l.LabelField = f.wording(path+".label", l.Field("label"), what, label, 0, survey.MaxLabel)
	l.HelpField = f.wording(path+".help", l.Field("help"), what+" – objaśnienie", help, 0, survey.MaxRemark)
	return l
}

// blank makes an empty line, under a key of its own.
func (f *questionForm) blank(list, what string) itemLine {
	l := f.line(list, newItemKey(list), "-", what, survey.Text{}, survey.Text{})
	l.New = true
	return l
}

// newItemKey makes a key for an item of a list; that of a point is only its name in the form.
func newItemKey(list string) string { return list[:1] + "_" + shortID() }

// OptionLines lists the options.
func (f *questionForm) OptionLines() []itemLine {
	var lines []itemLine
	for i, o := range f.Options {
		l := f.line(listOptions, o.Key, "options["+strconv.Itoa(i)+"]", "Odpowiedź "+strconv.Itoa(i+1), o.Label, o.Help)
		l.Option, l.Score = o, scorePL(o.Score)
		lines = append(lines, l)
	}
	return lines
}

// RowLines lists the rows.
func (f *questionForm) RowLines() []itemLine {
	var lines []itemLine
	for i, r := range f.Rows {
		l := f.line(listRows, r.Key, "rows["+strconv.Itoa(i)+"]", "Wiersz "+strconv.Itoa(i+1), r.Label, survey.Text{})
		l.Row = r
		lines = append(lines, l)
	}
	return lines
}

// AreaLines lists the areas.
func (f *questionForm) AreaLines() []itemLine {
	var lines []itemLine
	for i, a := range f.Areas {
		l := f.line(listAreas, a.Key, "areas["+strconv.Itoa(i)+"]", "Obszar "+strconv.Itoa(i+1), a.Label, survey.Text{})
		l.Area = a
		lines = append(lines, l)
	}
	return lines
}

// PointLines lists the points of the scale.
func (f *questionForm) PointLines() []itemLine { return f.points(listScale, f.Scale) }

// ImportanceLines lists the points of the scale of importance.
func (f *questionForm) ImportanceLines() []itemLine { return f.points(listImportance, f.Importance) }

func (f *questionForm) points(list string, scale *survey.Scale) []itemLine {
	var lines []itemLine
	for i, p := range pointsOf(scale) {
		l := f.line(list, "p"+strconv.Itoa(i+1), list+".points["+strconv.Itoa(i)+"]", "Punkt "+strconv.Itoa(i+1), p.Label, survey.Text{})
		l.Score, l.Ghost = scorePL(p.Score), strconv.Itoa(i+1)
		if scale.BestFirst {
			l.Ghost = strconv.Itoa(len(scale.Points) - i)
		}
		lines = append(lines, l)
	}
	return lines
}

// Blank makes an empty line of a list, for the button that adds one.
func (f *questionForm) Blank(list string) itemLine {
	what := map[string]string{listOptions: "Nowa odpowiedź", listRows: "Nowy wiersz", listAreas: "Nowy obszar"}[list]
	if what == "" {
		what = "Nowy punkt"
	}
	return f.blank(list, what)
}

// scaleMarks are the two marks of a scale.
type scaleMarks struct {
	List  string
	Scale *survey.Scale
}

// Marks returns the marks of one of the question's scales.
func (f *questionForm) Marks(list string) scaleMarks {
	if list == listImportance {
		return scaleMarks{list, f.Importance}
	}
	return scaleMarks{list, f.Scale}
}

// scorePL writes a score as an editor types it.
func scorePL(score *float64) string {
	if score == nil {
		return ""
	}
	return decimalPL(*score, -1)
}

// dependant is what a question's answers show or hide.
type dependant struct{ Where, Link, Rule string }

// dependants lists what asks for a question in its rule.
func dependants(q *survey.Questionnaire, key string) []dependant {
	asks := func(r *survey.Rule) bool {
		return r != nil && slices.ContainsFunc(slices.Concat(r.All, r.Any), func(c survey.Condition) bool { return c.Question == key })
	}
	var all []dependant
	for i := range q.Sections {
		s := &q.Sections[i]
		if asks(s.ShowIf) {
			all = append(all, dependant{"Sekcja " + strconv.Itoa(i+1) + wordedPL(s.Title), "/panel/ankieta?s=" + s.Key, ruleSentence(q, s.ShowIf)})
		}
		for j := range s.Questions {
			if question := &s.Questions[j]; asks(question.ShowIf) {
				where, link := questionPlace(q, question)
				all = append(all, dependant{where, link, ruleSentence(q, question.ShowIf)})
			}
		}
	}
	return all
}

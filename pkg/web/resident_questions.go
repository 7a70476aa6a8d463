package web

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"ocenaurzedu.eu/pkg/survey"
)

// sectionView is a section as its template draws it.
type sectionView struct {
	Title, Help phrase
	Questions   []questionView
	Later       bool // nothing of it stands on the page: it waits for survey.js
}

// questionView is a question as its template draws it: wordings in one language, what was typed, what is wrong.
// ID is the id of its first control, which the error summary links to; the ids of other things begin with it.
type questionView struct {
	ID, Field, Lang string
	Anchor          string // id of the question as a whole, for a preview; "": none
	Kind            survey.Kind
	Number          int // "pytanie Number"; 0: none
	Label, Help     phrase
	Required        bool
	Choices, Outs   []choiceView
	Shape           string     // how choices are laid out: "choices" (a list) or "points n5" (side by side)
	Grids           []gridView // of a matrix
	Value           string     // of text and number
	Unit            phrase
	Min, Max        int // multi: picks, number: bounds
	Most            int // characters
	Short           bool
	Warn            bool   // the help does not say it yet: no personal data
	Problem         string // "": none
	If              string // rules for survey.js; "": none
	Later           bool   // it does not stand on the page, though its section does: it waits for survey.js
}

// Described lists the ids that describe the question to a screen reader.
func (q questionView) Described() string {
	var ids []string
	if q.Help.Text != "" || q.Hint() || q.Warn {
		ids = append(ids, q.ID+"-help")
	}
	if q.Problem != "" {
		ids = append(ids, q.ID+"-problem")
	}
	return strings.Join(ids, " ")
}

// Hint reports whether the bounds are told in a sentence of ours, as the editor wrote no help.
func (q questionView) Hint() bool {
	return q.Help.Text == "" && (q.Kind == survey.KindNumber || q.Kind == survey.KindMulti)
}

// choiceView is a radio button or a checkbox.
type choiceView struct {
	ID, Field, Value, Type string
	Label, Help            phrase
	Digit                  string
	Checked                bool
	Face                   string    // path of the mouth; "": no face
	Other                  *textView // the "jakie?" line
	Names                  string    // matrix: ids of what names the control
	Out                    bool      // an opt-out
}

type textView struct {
	ID, Field, Lang, Value string
	Most                   int
	Problem                string
}

// drawing turns a questionnaire into views. It numbers the questions and lists what is wrong in their order.
type drawing struct {
	lang     string
	values   survey.Values
	problems map[string]string // by field
	steps    *steps            // nil: all questions are drawn, whatever the rules
	number   int
	from     int // number of the first question on the page; 0: none
	summary  []problemView
}

func (d *drawing) sections(q *survey.Questionnaire) []sectionView {
	sections := make([]sectionView, len(q.Sections))
	for i := range q.Sections {
		section := &q.Sections[i]
		v := sectionView{Title: d.say(section.Title), Help: d.say(section.Help), Later: true}
		for j := range section.Questions {
			question := &section.Questions[j]
			view := d.placed(question)
			view.If = rulesFor(q, section.ShowIf, question.ShowIf)
			v.Later = v.Later && view.Later
			v.Questions = append(v.Questions, view)
		}
		for j := range v.Questions {
			v.Questions[j].Later = v.Questions[j].Later && !v.Later // the section waits as a whole
		}
		sections[i] = v
	}
	return sections
}

func (d *drawing) say(t survey.Text) phrase { return say(t, d.lang) }

// placed draws a question, be it on the page or for survey.js, which numbers what it shows itself.
func (d *drawing) placed(q *survey.Question) questionView {
	if d.steps == nil || d.steps.shows(q.Key) {
		v := d.question(q)
		if d.from == 0 {
			d.from = v.Number
		}
		return v
	}
	aside := drawing{lang: d.lang, values: d.values, number: d.number}
	v := aside.question(q)
	v.Later = true
	if !d.steps.hidden[q.Key] {
		d.number = aside.number
	}
	return v
}

func (d *drawing) question(q *survey.Question) questionView {
	v := questionView{ID: "q-" + q.Key, Field: q.Key, Lang: d.lang, Kind: q.Kind, Label: d.say(q.Label), Help: d.say(q.Help), Required: q.Required,
		Unit: d.say(q.Unit), Min: q.Min, Max: q.Max, Most: q.MaxText(), Short: q.Short}
	if q.Kind != survey.KindInfo {
		d.number++
		v.Number = d.number
	}
	v.Problem = d.problem(q.Key, v.Label)
	switch q.Kind {
	case survey.KindInfo:
	case survey.KindText, survey.KindNumber:
		v.Value = typed(q, d.values[q.Key])
		v.Outs = d.optOuts(q, q.Key, "checkbox")
		v.Warn = q.Kind == survey.KindText && !strings.Contains(strings.ToLower(q.Help.In(survey.Polish)), "osobow")
	case survey.KindMatrix, survey.KindPaired:
		d.matrix(q, &v)
	default:
		all := d.choices(q, q.Key, "")
		v.Choices, v.Outs = all[:len(q.Choices())], all[len(q.Choices()):]
		v.Shape = shapeOf(q.Kind, v.Choices)
	}
	return v
}

// typed returns what stands in a text field. A number's opt-outs share its field.
func typed(q *survey.Question, given []string) string {
	for _, value := range given {
		if !q.Has(survey.OptOut(value)) {
			return value
		}
	}
	return ""
}

// problem returns what is wrong with a field and adds it to the summary.
func (d *drawing) problem(field string, label phrase) string {
	text := d.problems[field]
	if text != "" {
		d.summary = append(d.summary, problemView{"q-" + field, strconv.Itoa(d.number), label, text})
	}
	return text
}

// choices returns a field's choices of an aspect and then its opt-outs.
func (d *drawing) choices(q *survey.Question, field, aspect string) []choiceView {
	kind, scale := "radio", q.Scale
	if q.Kind == survey.KindMulti {
		kind = "checkbox"
	}
	if aspect == survey.AspectImportance && q.Importance != nil {
		scale = q.Importance
	}
	given := d.values[field]
	if len(q.Options) > 0 {
		given = q.Picked(d.values)
	}
	var views []choiceView
	for i, c := range q.ChoicesOf(aspect) {
		v := choiceView{ID: "q-" + field + "-" + c.Value, Field: field, Value: c.Value, Type: kind, Label: d.say(c.Label), Help: d.say(c.Help),
			Checked: slices.Contains(given, c.Value)}
		if scale != nil && scale.Digits && c.Score != nil {
			v.Digit = strings.Replace(strconv.FormatFloat(*c.Score, 'f', -1, 64), ".", ",", 1)
		}
		if q.Kind == survey.KindEmoji {
			v.Face = mouth(i, len(scale.Points), scale.BestFirst)
		}
		if c.Text {
			v.Other = d.other(q, field+"."+c.Value, v.Label)
		}
		views = append(views, v)
	}
	views = append(views, d.optOuts(q, field, kind)...)
	if len(views) > 0 {
		views[0].ID = "q-" + field
	}
	return views
}

func (d *drawing) optOuts(q *survey.Question, field, kind string) []choiceView {
	var views []choiceView
	for _, o := range q.OptOuts {
		label := map[survey.OptOut]survey.Text{
			survey.NotApplicable: {PL: "nie dotyczy", EN: "not applicable", UK: "не стосується"},
			survey.NoOpinion:     {PL: "nie mam zdania", EN: "no opinion", UK: "не маю думки"},
		}[o]
		views = append(views, choiceView{ID: "q-" + field + "-" + string(o), Field: field, Value: string(o), Type: kind, Label: d.say(label),
			Checked: slices.Contains(d.values[field], string(o)), Out: true})
	}
	return views
}

func (d *drawing) other(q *survey.Question, field string, label phrase) *textView {
	v := textView{ID: "q-" + field, Field: field, Lang: d.lang, Most: q.MaxText(), Problem: d.problem(field, label)}
	if len(d.values[field]) > 0 {
		v.Value = d.values[field][0]
	}
	return &v
}

// shapeOf lays choices side by side where their labels are short enough for a phone, or at least for a desk.
func shapeOf(kind survey.Kind, choices []choiceView) string {
	switch {
	case kind == survey.KindNPS:
		return "points n11"
	case kind == survey.KindSingle || kind == survey.KindMulti || len(choices) > 7:
		return "choices"
	}
	for _, c := range choices {
		if utf8.RuneCountInString(c.Label.Text) > 40 {
			return "choices"
		}
	}
	shape := fmt.Sprintf("points n%d", len(choices))
	if long(choices) {
		shape += " long"
	}
	return shape
}

// long reports whether labels are too long to stand side by side on a phone.
func long(choices []choiceView) bool {
	if len(choices) > 6 {
		return true
	}
	return slices.ContainsFunc(choices, func(c choiceView) bool {
		if c.Out {
			return false
		}
		return utf8.RuneCountInString(c.Label.Text) > 22 ||
			slices.ContainsFunc(strings.Fields(c.Label.Text), func(word string) bool { return utf8.RuneCountInString(word) > 10 })
	})
}

// mouth draws point i of n: from a frown to a smile, or the other way where the best is first. The face is 24 wide.
func mouth(i, n int, bestFirst bool) string {
	if bestFirst {
		i = n - 1 - i
	}
	bend := 0.0
	if n > 1 {
		bend = float64(i)/float64(n-1)*9 - 4.5
	}
	return fmt.Sprintf("M7.5 %.1fQ12 %.1f 16.5 %.1f", 15.5-bend/4, 15.5+bend, 15.5-bend/4)
}

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
	Title, Help string
	Questions   []questionView
}

// questionView is a question as its template draws it: wordings in one language, what was typed, what is wrong.
// ID is the id of its first control, which the error summary links to; the ids of other things begin with it.
type questionView struct {
	ID, Field, Lang string
	Kind            survey.Kind
	Number          int // "pytanie Number"; 0: none
	Label, Help     string
	Required        bool
	Choices, Outs   []choiceView
	Shape           string     // how choices are laid out: "choices" (a list) or "points n5" (side by side)
	Areas           []areaView // of a matrix
	Columns         int        // of a matrix, with the one of rows
	Value           string     // of text and number
	Unit            string
	Min, Max        int // multi: picks, number: bounds
	Most            int // characters
	Short           bool
	Warn            bool   // the help does not say it yet: no personal data
	Problem         string // "": none
}

// Described lists the ids that describe the question to a screen reader.
func (q questionView) Described() string {
	var ids []string
	if q.Help != "" || q.Hint() || q.Warn {
		ids = append(ids, q.ID+"-help")
	}
	if q.Problem != "" {
		ids = append(ids, q.ID+"-problem")
	}
	return strings.Join(ids, " ")
}

// Hint reports whether the bounds are told in a sentence of ours, as the editor wrote no help.
func (q questionView) Hint() bool {
	return q.Help == "" && (q.Kind == survey.KindNumber || q.Kind == survey.KindMulti)
}

// choiceView is a radio button or a checkbox.
type choiceView struct {
	ID, Field, Value, Type string
	Label, Help, Digit     string
	Checked                bool
	Face                   string    // path of the mouth; "": no face
	Other                  *textView // the "jakie?" line
	Names                  string    // matrix: ids of what names the control
	Out                    bool      // an opt-out
}

type textView struct {
	ID, Field, Value string
	Most             int
	Problem          string
}

// areaView is a group of rows of a matrix.
type areaView struct {
	Label string
	Rows  []rowView
}

// rowView is a statement of a matrix with its lines: one, or two where importance is asked too.
type rowView struct {
	ID, Label string
	Paired    bool
	Lines     []lineView
}

type lineView struct {
	ID, Label string
	Cells     []choiceView
	Problem   string
}

// drawing turns a questionnaire into views. It numbers the questions and lists what is wrong in their order.
type drawing struct {
	lang     string
	values   survey.Values
	problems map[string]string // by field
	number   int
	summary  []problemView
}

func (d *drawing) sections(q *survey.Questionnaire) []sectionView {
	sections := make([]sectionView, len(q.Sections))
	for i, section := range q.Sections {
		sections[i] = sectionView{Title: section.Title.In(d.lang), Help: section.Help.In(d.lang)}
		for j := range section.Questions {
			sections[i].Questions = append(sections[i].Questions, d.question(&section.Questions[j]))
		}
	}
	return sections
}

func (d *drawing) question(q *survey.Question) questionView {
	v := questionView{ID: "q-" + q.Key, Field: q.Key, Lang: d.lang, Kind: q.Kind, Label: q.Label.In(d.lang), Help: q.Help.In(d.lang), Required: q.Required,
		Unit: q.Unit.In(d.lang), Min: q.Min, Max: q.Max, Most: q.MaxText(), Short: q.Short}
	if q.Kind != survey.KindInfo {
		d.number++
		v.Number = d.number
	}
	v.Problem = d.problem(q.Key, v.Label)
	switch q.Kind {
	case survey.KindInfo:
	case survey.KindText, survey.KindNumber:
		if len(d.values[q.Key]) > 0 {
			v.Value = d.values[q.Key][0]
		}
		v.Warn = q.Kind == survey.KindText && !strings.Contains(strings.ToLower(v.Help), "osobow")
	case survey.KindMatrix, survey.KindPaired:
		d.matrix(q, &v)
	default:
		all := d.choices(q, q.Key)
		v.Choices, v.Outs = all[:len(q.Choices())], all[len(q.Choices()):]
		v.Shape = shapeOf(q.Kind, v.Choices)
	}
	return v
}

// problem returns what is wrong with a field and adds it to the summary.
func (d *drawing) problem(field, label string) string {
	text := d.problems[field]
	if text != "" {
		d.summary = append(d.summary, problemView{"q-" + field, strconv.Itoa(d.number), label, text})
	}
	return text
}

// choices returns a field's choices and then its opt-outs.
func (d *drawing) choices(q *survey.Question, field string) []choiceView {
	kind := "radio"
	if q.Kind == survey.KindMulti {
		kind = "checkbox"
	}
	given := d.values[field]
	var views []choiceView
	for i, c := range q.Choices() {
		v := choiceView{ID: "q-" + field + "-" + c.Value, Field: field, Value: c.Value, Type: kind, Label: c.Label.In(d.lang), Help: c.Help.In(d.lang),
			Checked: slices.Contains(given, c.Value)}
		if q.Scale != nil && q.Scale.Digits && c.Score != nil {
			v.Digit = strings.Replace(strconv.FormatFloat(*c.Score, 'f', -1, 64), ".", ",", 1)
		}
		if q.Kind == survey.KindEmoji {
			v.Face = mouth(i, len(q.Scale.Points), q.Scale.BestFirst)
		}
		if c.Text {
			v.Other = d.other(q, field+"."+c.Value, v.Label)
		}
		views = append(views, v)
	}
	for _, o := range q.OptOuts {
		label := map[survey.OptOut]survey.Text{
			survey.NotApplicable: {PL: "nie dotyczy", EN: "not applicable", UK: "не стосується"},
			survey.NoOpinion:     {PL: "nie mam zdania", EN: "no opinion", UK: "не маю думки"},
		}[o]
		views = append(views, choiceView{ID: "q-" + field + "-" + string(o), Field: field, Value: string(o), Type: kind, Label: label.In(d.lang),
			Checked: slices.Contains(given, string(o)), Out: true})
	}
	if len(views) > 0 {
		views[0].ID = "q-" + field
	}
	return views
}

func (d *drawing) other(q *survey.Question, field, label string) *textView {
	v := textView{ID: "q-" + field, Field: field, Most: q.MaxText(), Problem: d.problem(field, label)}
	if len(d.values[field]) > 0 {
		v.Value = d.values[field][0]
	}
	return &v
}

// matrix adds the rows of a matrix in the order of its areas; rows without an area come first.
func (d *drawing) matrix(q *survey.Question, v *questionView) {
	head := d.choices(q, q.Key)
	for i := range head {
		head[i].ID = v.ID + "-h" + strconv.Itoa(i)
	}
	v.Choices, v.Columns = head, len(head)+1
	v.Shape = "matrix"
	if long(head) || len(head) > 7 {
		v.Shape = "matrix list"
	}
	areas := append([]survey.Area{{}}, q.Areas...)
	for _, area := range areas {
		view := areaView{Label: area.Label.In(d.lang)}
		for _, r := range q.Rows {
			if r.Area == area.Key {
				view.Rows = append(view.Rows, d.row(q, r, head))
			}
		}
		if len(view.Rows) > 0 {
			v.Areas = append(v.Areas, view)
		}
	}
}

func (d *drawing) row(q *survey.Question, r survey.Row, head []choiceView) rowView {
	field := q.Key + "." + r.Key
	v := rowView{ID: "q-" + field + "-r", Label: r.Label.In(d.lang), Paired: q.Kind == survey.KindPaired}
	if !v.Paired {
		v.Lines = []lineView{d.line(q, field, v.ID, head)}
		v.Lines[0].ID, v.Lines[0].Label, v.Lines[0].Problem = v.ID, v.Label, d.problem(field, v.Label)
		return v
	}
	aspects := []struct {
		key   string
		label survey.Text
	}{
		{survey.AspectImportance, survey.Text{PL: "ważność", EN: "importance", UK: "важливість"}},
		{survey.AspectSatisfaction, survey.Text{PL: "zadowolenie", EN: "satisfaction", UK: "задоволення"}},
	}
	for _, a := range aspects {
		id, name := "q-"+field+"."+a.key+"-r", field+"."+a.key
		line := d.line(q, name, v.ID+" "+id, head)
		line.ID, line.Label = id, a.label.In(d.lang)
		line.Problem = d.problem(name, v.Label+" – "+line.Label)
		v.Lines = append(v.Lines, line)
	}
	return v
}

// line makes the cells of a line; names are the ids of its headings.
func (d *drawing) line(q *survey.Question, field, names string, head []choiceView) lineView {
	cells := d.choices(q, field)
	for i := range cells {
		cells[i].Names = names + " " + head[i].ID
	}
	return lineView{Cells: cells}
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
		if utf8.RuneCountInString(c.Label) > 40 {
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
		return utf8.RuneCountInString(c.Label) > 22 ||
			slices.ContainsFunc(strings.Fields(c.Label), func(word string) bool { return utf8.RuneCountInString(word) > 10 })
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

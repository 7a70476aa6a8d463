package web

import (
	"strconv"

	"ocenaurzedu.eu/pkg/survey"
)

// gridView is a table of a matrix: rows that are rated on the scale of its columns. A paired matrix whose importance has
// a scale of its own has two, each under its Aspect.
type gridView struct {
	ID, Lang string
	Aspect   phrase // "": the only table
	Shape    string
	Columns  int // with the one of rows
	Choices  []choiceView
	Areas    []areaView
}

// areaView is a group of rows of a matrix, and how important it is where that is asked.
type areaView struct {
	Label      phrase
	Rows       []rowView
	Importance *ratingView
}

// rowView is a statement of a matrix with its lines: one, or two where importance is asked too.
type rowView struct {
	ID, Lang string
	Label    phrase
	Required bool // though the question is not
	Heads    bool // it stands above its lines
	Lines    []lineView
}

// lineView is a line of radio buttons.
type lineView struct {
	ID, Lang string
	Label    phrase
	Required bool // though the question is not
	Cells    []choiceView
	Problem  string
}

// ratingView is the importance of an area, which is asked with a scale of its own.
type ratingView struct {
	ID, Lang      string
	Choices, Outs []choiceView
	Shape         string
	Problem       string
}

// aspectLabel names an aspect of a paired matrix.
func aspectLabel(aspect string) survey.Text {
	if aspect == survey.AspectImportance {
		return survey.Text{PL: "ważność", EN: "importance", UK: "важливість"}
	}
	return survey.Text{PL: "zadowolenie", EN: "satisfaction", UK: "задоволення"}
}

// matrix adds the tables of a matrix. The rows of a pair stand under each other where one scale serves both.
func (d *drawing) matrix(q *survey.Question, v *questionView) {
	switch {
	case q.Kind == survey.KindMatrix:
		v.Grids = []gridView{d.grid(q, v.ID, "")}
	case q.Importance == nil:
		v.Grids = []gridView{d.grid(q, v.ID, survey.AspectImportance, survey.AspectSatisfaction)}
	default:
		for _, aspect := range []string{survey.AspectImportance, survey.AspectSatisfaction} {
			grid := d.grid(q, v.ID+"-"+aspect, aspect)
			grid.Aspect = d.say(aspectLabel(aspect))
			v.Grids = append(v.Grids, grid)
		}
	}
}

// grid makes a table in the order of the areas; rows without an area come first.
func (d *drawing) grid(q *survey.Question, id string, aspects ...string) gridView {
	head := (&drawing{lang: d.lang}).choices(q, q.Key, aspects[0])
	for i := range head {
		head[i].ID = id + "-h" + strconv.Itoa(i)
	}
	g := gridView{ID: id, Lang: d.lang, Shape: "matrix", Columns: len(head) + 1, Choices: head}
	if long(head) || len(head) > 7 {
		g.Shape += " list"
	}
	if len(head) <= 5 {
		g.Shape += " few"
	}
	for _, area := range append([]survey.Area{{}}, q.Areas...) {
		view := areaView{Label: d.say(area.Label)}
		for _, r := range q.Rows {
			if r.Area == area.Key {
				view.Rows = append(view.Rows, d.row(q, r, &g, aspects))
			}
		}
		if q.AsksImportance() && area.Key != "" {
			view.Importance = d.importance(q, area)
		}
		if len(view.Rows) > 0 || view.Importance != nil {
			g.Areas = append(g.Areas, view)
		}
	}
	return g
}

// row makes the lines of a row: one an aspect.
func (d *drawing) row(q *survey.Question, r survey.Row, g *gridView, aspects []string) rowView {
	field := q.Key + "." + r.Key
	v := rowView{ID: "q-" + field + "-r", Lang: d.lang, Label: d.say(r.Label), Required: r.Required && !q.Required, Heads: len(aspects) > 1}
	for _, aspect := range aspects {
		line, problem := lineView{ID: v.ID, Lang: d.lang, Label: v.Label, Required: v.Required && !v.Heads}, v.Label
		name, names := field, v.ID
		if aspect != "" {
			name = field + "." + aspect
			line.ID = "q-" + name + "-r"
			problem.Text += " – " + aspectLabel(aspect).In(d.lang)
			names = g.ID + "-c " + line.ID // the table is named, and then the row
		}
		if v.Heads {
			line.Label, names = d.say(aspectLabel(aspect)), v.ID+" "+line.ID
		}
		line.Cells = d.choices(q, name, aspect)
		for i := range line.Cells {
			line.Cells[i].Names = names + " " + g.Choices[i].ID
		}
		line.Problem = d.problem(name, problem)
		v.Lines = append(v.Lines, line)
	}
	return v
}

// importance asks how important an area is.
func (d *drawing) importance(q *survey.Question, area survey.Area) *ratingView {
	field, label := q.Key+"."+area.Key+"."+survey.AspectImportance, d.say(area.Label)
	label.Text += " – " + aspectLabel(survey.AspectImportance).In(d.lang)
	all, n := d.choices(q, field, survey.AspectImportance), len(q.Importance.Points)
	return &ratingView{ID: "q-" + field, Lang: d.lang, Choices: all[:n], Outs: all[n:], Shape: shapeOf(q.Kind, all[:n]), Problem: d.problem(field, label)}
}

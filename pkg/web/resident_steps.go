package web

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/survey"
)

// A survey whose rules ask for its own answers is one form that is asked in two ways.
//
// Without script it comes a page at a time, as survey.Questionnaire.Pages splits it. The answers of other pages travel
// in hidden fields, so that nothing of a form that was not sent is kept here. _page tells which page was sent and _do
// by which button; rules are decided between the pages.
//
// With script it comes whole. What a page leaves out stands in <template> elements, which are nothing without script;
// survey.js puts them in their places, takes _page, _do and the hidden answers out, and decides the rules while answers
// change. Whoever sends no _do has sent the whole form, and gets the whole form back where something is to be mended.

// Form fields of a survey that is asked a page at a time.
const (
	fieldPage = "_page" // place of the page, counted from 1
	fieldDo   = "_do"   // the button
)

// The buttons of fieldDo; anything else sends the survey.
const (
	doNext = "next"
	doBack = "back"
	doSend = "send"
	doStay = "stay" // the same page in another language
)

// wholeForm is the page of a survey that is not split.
const wholeForm = -1

// steps are the pages of one resident's survey.
type steps struct {
	version *survey.Version
	pages   [][]string
	place   map[string]int  // page of a question, counted from 0
	hidden  map[string]bool // questions that rules hide, by the answers so far
	at      int             // page that is drawn, counted from 0; len(pages): the one after the last question; wholeForm
}

// newSteps begins at the page of a place counted from 1, or takes the form as a whole if there is no such page.
func newSteps(version *survey.Version, values survey.Values, channel survey.Channel, place string) *steps {
	if len(version.Layout.Gates) == 0 { // no rules: one page, nothing hidden
		return &steps{version: version, at: wholeForm}
	}
	w := &steps{version: version, pages: version.Questionnaire.Pages(), place: map[string]int{}, hidden: version.Hidden(values, channel), at: wholeForm}
	for i, page := range w.pages {
		for _, key := range page {
			w.place[key] = i
		}
	}
	if n, err := strconv.Atoi(place); err == nil && w.split() && n >= 1 && n <= len(w.pages)+1 {
		w.at = n - 1
	}
	return w
}

// split reports whether the survey has more than one page.
func (w *steps) split() bool { return len(w.pages) > 1 }

// whole reports whether all questions are drawn at once.
func (w *steps) whole() bool { return w.at == wholeForm }

// shows reports whether the drawn page asks a question.
func (w *steps) shows(key string) bool { return !w.hidden[key] && (w.whole() || w.place[key] == w.at) }

// first reports whether the drawn page is the one that a resident sees first.
func (w *steps) first() bool { return w.whole() || w.turn(-1) == w.at }

// turn returns the next page that asks something in a direction, 1 or -1. Beyond the last is the page without questions;
// before the first there is none.
func (w *steps) turn(by int) int {
	for i := w.at + by; i >= 0 && i < len(w.pages); i += by {
		if slices.ContainsFunc(w.pages[i], func(key string) bool { return !w.hidden[key] }) {
			return i
		}
	}
	if by < 0 {
		return w.at
	}
	return len(w.pages)
}

// settled reports whether what comes after the drawn page is known already, whatever it is answered.
func (w *steps) settled() bool {
	open := map[string]bool{} // questions whose answers are still to come
	q := &w.version.Questionnaire
	for i := range q.Sections {
		for j := range q.Sections[i].Questions {
			question := &q.Sections[i].Questions[j]
			if w.whole() || w.place[question.Key] < w.at {
				continue
			}
			unsure := slices.ContainsFunc(conditionsOf(q.Sections[i].ShowIf, question.ShowIf), func(c survey.Condition) bool { return open[c.Question] })
			if unsure {
				return false
			}
			open[question.Key] = !w.hidden[question.Key]
		}
	}
	return true
}

// last reports whether the drawn page is the one that sends.
func (w *steps) last() bool { return w.whole() || w.settled() && w.turn(1) == len(w.pages) }

// has reports whether one of the faults is of a question that the drawn page asks.
func (w *steps) has(faults []survey.FieldError) bool {
	return slices.ContainsFunc(faults, func(e survey.FieldError) bool { return w.shows(questionOf(e.Field)) })
}

// lead goes to the page of the first fault.
func (w *steps) lead(faults []survey.FieldError) {
	for _, e := range faults {
		if place, ok := w.place[questionOf(e.Field)]; ok && !w.whole() {
			w.at = place
			return
		}
	}
}

// carried are the answers to questions of the survey that the drawn page does not ask.
func (w *steps) carried(values survey.Values) []resendField {
	var fields []resendField
	for name, given := range values {
		key := questionOf(name)
		if _, ok := w.place[key]; !ok || w.shows(key) {
			continue
		}
		for _, value := range given {
			if value != "" {
				fields = append(fields, resendField{name, value})
			}
		}
	}
	slices.SortStableFunc(fields, func(a, b resendField) int { return strings.Compare(a.Name, b.Name) })
	return fields
}

// questionOf returns the key of the question that a form field belongs to.
func questionOf(field string) string {
	key, _, _ := strings.Cut(field, ".")
	return key
}

// turnPage draws another page of a survey, once the answers of the one that was sent fit.
func (s *Server) turnPage(c *fiber.Ctx, f *filled) error {
	if f.key == "" {
		f.key = newKey()
	}
	switch f.do {
	case doBack:
		f.steps.at = f.steps.turn(-1)
	case doNext:
		if _, err := f.version.Fill(f.values, f.channel(), s.today()); f.steps.has(faultsOf(err)) {
			return s.drawSurvey(c, f, err)
		}
		f.steps.at = f.steps.turn(1)
	}
	return s.drawSurvey(c, f, nil)
}

// stepsView is how a page of a split survey is drawn.
type stepsView struct {
	Page    int  // sent as _page; 0: the whole form
	First   bool // there is none before
	Last    bool // it sends
	Bare    bool // it asks nothing
	From    int  // number of its first question; 0: none
	Carried []resendField
}

func (w *steps) view(values survey.Values) *stepsView {
	if !w.split() {
		return nil
	}
	return &stepsView{Page: w.at + 1, First: w.first(), Last: w.last(), Bare: w.at == len(w.pages), Carried: w.carried(values)}
}

// showsIf is a condition as survey.js decides it: the field has one of the values, or a whole number From … To.
type showsIf struct {
	Field string   `json:"field"`
	Is    []string `json:"is,omitempty"`
	From  *int     `json:"from,omitempty"`
	To    *int     `json:"to,omitempty"`
	Not   bool     `json:"not,omitempty"`
}

// rulesFor writes the rules of a section and of its question down for survey.js: lists of conditions, of each list at
// least one must hold. "" if there are none.
func rulesFor(q *survey.Questionnaire, rules ...*survey.Rule) string {
	var all [][]showsIf
	for _, r := range rules {
		if r == nil {
			continue
		}
		for _, c := range r.All {
			all = append(all, []showsIf{conditionFor(q, c)})
		}
		if len(r.Any) > 0 {
			some := make([]showsIf, len(r.Any))
			for i, c := range r.Any {
				some[i] = conditionFor(q, c)
			}
			all = append(all, some)
		}
	}
	if all == nil {
		return ""
	}
	data, _ := json.Marshal(all) // texts and numbers have no faults
	return string(data)
}

func conditionFor(q *survey.Questionnaire, c survey.Condition) showsIf {
	s := showsIf{Field: c.Question, Is: c.Is, Not: c.Not}
	if c.Row != "" {
		s.Field += "." + c.Row
	}
	source := q.Question(c.Question)
	if source == nil || c.AtLeast == nil && c.AtMost == nil {
		return s
	}
	from, to := source.Min, source.Max
	if source.Kind == survey.KindNPS {
		from, to = 0, 10
	}
	if c.AtLeast != nil {
		from = max(from, *c.AtLeast)
	}
	if c.AtMost != nil {
		to = min(to, *c.AtMost)
	}
	s.From, s.To = &from, &to
	return s
}

// conditionsOf returns the conditions of rules, of which some may be nil.
func conditionsOf(rules ...*survey.Rule) []survey.Condition {
	var all []survey.Condition
	for _, r := range rules {
		if r != nil {
			all = slices.Concat(all, r.All, r.Any)
		}
	}
	return all
}

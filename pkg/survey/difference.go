package survey

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// What happened to a part of a questionnaire.
const (
	DifferenceAdded   = "added"
	DifferenceRemoved = "removed"
	DifferenceMoved   = "moved"
	DifferenceChanged = "changed"
)

// Difference is one thing in which two wordings of a questionnaire differ. Section and Question name what differs;
// both empty: the questionnaire as a whole.
type Difference struct {
	Section  string
	Question string
	What     string
	Property string // of a change: label, help, kind, required, options, rows, scale, importance, show_if …, as in YAML
	Item     string // key of the option, row or area, or place of the point, counted from 1; "": none
	Part     string // of an item: label, help, score, text, exclusive, area, required …; "" for the item's label
	Lang     string // of a wording
	Before   string
	After    string
}

// fact is one property of a question or section, as text.
type fact struct{ property, item, part, lang, value string }

type facts []fact

func (f *facts) add(property, item, part, value string) {
	if value != "" {
		*f = append(*f, fact{property, item, part, "", value})
	}
}

func (f *facts) text(property, item, part string, t Text) {
	for _, each := range []struct{ lang, value string }{{Polish, t.PL}, {English, t.EN}, {Ukrainian, t.UK}} {
		if each.value != "" {
			*f = append(*f, fact{property, item, part, each.lang, each.value})
		}
	}
}

func (f *facts) flag(property, item, part string, set bool) {
	if set {
		f.add(property, item, part, "yes")
	}
}

func (f *facts) number(property string, n int) {
	if n != 0 {
		f.add(property, "", "", strconv.Itoa(n))
	}
}

func (f *facts) score(property, item string, score *float64) {
	if score != nil {
		f.add(property, item, "score", strconv.FormatFloat(*score, 'f', -1, 64))
	}
}

func (f *facts) rule(r *Rule) {
	if r != nil {
		f.add("show_if", "", "", r.String())
	}
}

func (f *facts) scale(property string, s *Scale) {
	if s == nil {
		return
	}
	for i, p := range s.Points {
		item := itoa(i + 1)
		f.text(property, item, "", p.Label)
		f.score(property, item, p.Score)
	}
	f.flag(property, "", "best_first", s.BestFirst)
	f.flag(property, "", "digits", s.Digits)
}

// facts lists all properties of a question but its key, series and place.
func (q *Question) facts() facts {
	var f facts
	f.text("label", "", "", q.Label)
	f.text("help", "", "", q.Help)
	f.add("kind", "", "", string(q.Kind))
	f.flag("required", "", "", q.Required)
	keys := []string{}
	for _, o := range q.Options {
		f.text("options", o.Key, "", o.Label)
		f.text("options", o.Key, "help", o.Help)
		f.flag("options", o.Key, "text", o.Text)
		f.flag("options", o.Key, "exclusive", o.Exclusive)
		f.score("options", o.Key, o.Score)
		keys = append(keys, o.Key)
	}
	f.add("options", "", "order", strings.Join(keys, ", "))
	f.scale("scale", q.Scale)
	f.scale("importance", q.Importance)
	f.grid(q)
	for _, o := range []OptOut{NotApplicable, NoOpinion} {
		f.flag("opt_outs", string(o), "", q.Has(o))
	}
	f.flag("partly", "", "", q.Partly)
	f.number("min", q.Min)
	f.number("max", q.Max)
	f.text("unit", "", "", q.Unit)
	f.number("limit", q.Limit)
	f.flag("short", "", "", q.Short)
	f.add("role", "", "", string(q.Role))
	f.flag("profile", "", "", q.Profile)
	f.rule(q.ShowIf)
	return f
}

// grid lists areas and rows.
func (f *facts) grid(q *Question) {
	keys := []string{}
	for _, a := range q.Areas {
		f.text("areas", a.Key, "", a.Label)
		f.add("areas", a.Key, "role", string(a.Role))
	}
	for _, r := range q.Rows {
		f.text("rows", r.Key, "", r.Label)
		f.add("rows", r.Key, "area", r.Area)
		f.flag("rows", r.Key, "required", r.Required)
		keys = append(keys, r.Key)
	}
	f.add("rows", "", "order", strings.Join(keys, ", "))
}

func (s *Section) facts() facts {
	var f facts
	f.text("title", "", "", s.Title)
	f.text("help", "", "", s.Help)
	f.rule(s.ShowIf)
	return f
}

func (q *Questionnaire) facts() facts {
	var f facts
	f.text("title", "", "", q.Title)
	f.text("intro", "", "", q.Intro)
	f.text("thanks", "", "", q.Thanks)
	f.add("languages", "", "", strings.Join(q.Languages, ", "))
	return f
}

// String writes a rule in one line, for logs and comparisons.
func (r *Rule) String() string {
	one := func(c Condition) string {
		s := c.Question
		if c.Row != "" {
			s += "." + c.Row
		}
		if len(c.Is) > 0 {
			s += " is " + strings.Join(c.Is, "|")
		}
		if c.AtLeast != nil {
			s += fmt.Sprintf(" >= %d", *c.AtLeast)
		}
		if c.AtMost != nil {
			s += fmt.Sprintf(" <= %d", *c.AtMost)
		}
		if c.Not {
			return "not (" + s + ")"
		}
		return s
	}
	join := func(list []Condition, word string) string {
		var parts []string
		for _, c := range list {
			parts = append(parts, one(c))
		}
		return strings.Join(parts, word)
	}
	all, some := join(r.All, " and "), join(r.Any, " or ")
	if all != "" && some != "" {
		return all + " and (" + some + ")"
	}
	return all + some
}

// compare lists in which properties two things differ, in the order of the newer one.
func compare(at Difference, before, after facts) []Difference {
	var all []Difference
	key := func(f fact) fact { f.value = ""; return f }
	find := func(list facts, f fact) string {
		for _, have := range list {
			if key(have) == key(f) {
				return have.value
			}
		}
		return ""
	}
	note := func(f fact, was, is string) {
		d := at
		d.What, d.Property, d.Item, d.Part, d.Lang, d.Before, d.After = DifferenceChanged, f.property, f.item, f.part, f.lang, was, is
		all = append(all, d)
	}
	for _, f := range after {
		if was := find(before, f); was != f.value {
			note(f, was, f.value)
		}
	}
	for _, f := range before {
		if find(after, f) == "" {
			note(f, f.value, "")
		}
	}
	return slices.DeleteFunc(all, func(d Difference) bool { return d.Part == "order" && !reordered(d.Before, d.After) })
}

// reordered reports whether two lists have their common members in another order; new and missing ones are told apart.
func reordered(before, after string) bool {
	was, is := strings.Split(before, ", "), strings.Split(after, ", ")
	was = slices.DeleteFunc(was, func(s string) bool { return !slices.Contains(is, s) })
	is = slices.DeleteFunc(is, func(s string) bool { return !slices.Contains(was, s) })
	return !slices.Equal(was, is)
}

// Diff lists in what after differs from before, in the order of after; what was removed comes last.
func Diff(before, after *Questionnaire) []Difference {
	all := compare(Difference{}, before.facts(), after.facts())
	was := before.places()
	moved := displaced(before.tokens(), after.tokens())
	for i := range after.Sections {
		s := &after.Sections[i]
		at := Difference{Section: s.Key}
		if old := before.section(s.Key); old == nil {
			all = append(all, Difference{Section: s.Key, What: DifferenceAdded, After: s.Title.PL})
		} else {
			all = append(all, compare(at, old.facts(), s.facts())...)
			if moved[token{section: s.Key}] {
				all = append(all, Difference{Section: s.Key, What: DifferenceMoved, After: s.Title.PL})
			}
		}
		for j := range s.Questions {
			q := &s.Questions[j]
			old := before.Question(q.Key)
			if old == nil {
				all = append(all, Difference{Section: s.Key, Question: q.Key, What: DifferenceAdded, After: q.Label.PL})
				continue
			}
			at.Question = q.Key
			all = append(all, compare(at, old.facts(), q.facts())...)
			if moved[token{question: q.Key}] || was[q.Key] != s.Key {
				all = append(all, Difference{Section: s.Key, Question: q.Key, What: DifferenceMoved, Before: was[q.Key], After: s.Key})
			}
		}
	}
	for i := range before.Sections {
		s := &before.Sections[i]
		if after.section(s.Key) == nil {
			all = append(all, Difference{Section: s.Key, What: DifferenceRemoved, Before: s.Title.PL})
		}
		for j := range s.Questions {
			if after.Question(s.Questions[j].Key) == nil {
				all = append(all, Difference{Section: s.Key, Question: s.Questions[j].Key, What: DifferenceRemoved, Before: s.Questions[j].Label.PL})
			}
		}
	}
	return all
}

// section returns the section with the key, or nil.
func (q *Questionnaire) section(key string) *Section {
	for i := range q.Sections {
		if q.Sections[i].Key == key {
			return &q.Sections[i]
		}
	}
	return nil
}

// places tells the section of each question.
func (q *Questionnaire) places() map[string]string {
	places := map[string]string{}
	for _, s := range q.Sections {
		for _, question := range s.Questions {
			places[question.Key] = s.Key
		}
	}
	return places
}

// token is a section's heading or a question in the sequence of the page.
type token struct{ section, question string }

func (q *Questionnaire) tokens() []token {
	var all []token
	for _, s := range q.Sections {
		all = append(all, token{section: s.Key})
		for _, question := range s.Questions {
			all = append(all, token{question: question.Key})
		}
	}
	return all
}

// displaced returns the tokens in both sequences that keep no order: those outside a longest common subsequence.
func displaced(before, after []token) map[token]bool {
	n, m := len(before), len(after)
	longest := make([][]int, n+1)
	for i := range longest {
		longest[i] = make([]int, m+1)
	}
	for i := n - 1; i >= 0; i-- {
		for j := m - 1; j >= 0; j-- {
			longest[i][j] = max(longest[i+1][j], longest[i][j+1])
			if before[i] == after[j] {
				longest[i][j] = longest[i+1][j+1] + 1
			}
		}
	}
	moved := map[token]bool{}
	for _, t := range after {
		moved[t] = slices.Contains(before, t)
	}
	for i, j := 0, 0; i < n && j < m; {
		switch {
		case before[i] == after[j]:
			moved[after[j]] = false
			i, j = i+1, j+1
		case longest[i+1][j] >= longest[i][j+1]:
			i++
		default:
			j++
		}
	}
	return moved
}

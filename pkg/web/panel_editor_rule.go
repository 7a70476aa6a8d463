package web

import (
	"slices"
	"strconv"
	"strings"

	"ocenaurzedu.eu/pkg/survey"
)

// How the conditions of a rule go together.
const (
	ruleNone  = ""
	ruleAll   = "all"
	ruleAny   = "any"
	ruleMixed = "mixed" // some must hold all, of others one; files have such rules
)

// ruleForm builds a rule from menus.
type ruleForm struct {
	Mode       string
	Sentence   string // what the rule says now
	Conditions []conditionForm
	Sources    []ruleSource // what may be asked for; none: nothing stands before
	Fault      *faultLine   // of the rule as a whole
}

// Mixed reports whether the rule is one that only files can make anew.
func (f ruleForm) Mixed() bool { return f.Mode == ruleMixed }

// ruleSource is an answer that a condition may ask for: a question's, or that of a row in a table.
type ruleSource struct {
	Value string // key, or key.row
	Label string
}

// conditionForm is a condition of a rule.
type conditionForm struct {
	ID      string   // names its fields, rule.ID.question
	Group   string   // ruleAll or ruleAny
	Word    string   // before the condition: "jeśli", "i", "lub"
	Source  string   // chosen
	Stray   string   // what it asks for, where that is gone or stands further on; "": it is among the sources
	Kept    []string // answers that the menu does not show, and the form only carries on
	Choices []ruleChoice
	Number  bool // asks for bounds
	Low     string
	High    string
	Not     bool
	Fault   *faultLine
}

// conditionID names a condition in the form, by its place in the rule.
func conditionID(place int) string { return "c" + strconv.Itoa(place+1) }

// Field names one of the condition's fields.
func (f conditionForm) Field(name string) string { return "rule." + f.ID + "." + name }

// ruleChoice is an answer that a condition may ask for.
type ruleChoice struct {
	Value, Label string
	Chosen       bool
}

func newRuleForm(q *survey.Questionnaire, r *survey.Rule, sources []ruleSource, faults map[string]*faultLine) ruleForm {
	f := ruleForm{Sentence: ruleSentence(q, r), Sources: sources, Fault: faults["show_if"]}
	if r == nil {
		return f
	}
	switch {
	case len(r.All) > 0 && len(r.Any) > 0:
		f.Mode = ruleMixed
	case len(r.Any) > 0:
		f.Mode = ruleAny
	default:
		f.Mode = ruleAll
	}
	for _, group := range []struct {
		name, word string
		list       []survey.Condition
	}{{ruleAll, "i", r.All}, {ruleAny, "lub", r.Any}} {
		for i, c := range group.list {
			form := newConditionForm(q, c)
			form.ID, form.Group, form.Word = conditionID(len(f.Conditions)), group.name, group.word
			if i == 0 {
				form.Word = "jeśli"
			}
			if i == 0 && group.name == ruleAny && len(r.All) > 0 {
				form.Word = "i" + hardSpace + "jeśli"
			}
			if !slices.ContainsFunc(sources, func(have ruleSource) bool { return have.Value == form.Source }) {
				form.Stray = strayPL(q, c.Question)
			}
			path := "show_if." + group.name + "[" + strconv.Itoa(i) + "]"
			for _, part := range []string{"", ".question", ".row", ".is", ".at_least", ".at_most"} {
				if form.Fault == nil {
					form.Fault = faults[path+part]
				}
			}
			f.Conditions = append(f.Conditions, form)
		}
	}
	return f
}

func newConditionForm(q *survey.Questionnaire, c survey.Condition) conditionForm {
	f := conditionForm{Source: c.Question, Not: c.Not, Low: boundText(c.AtLeast), High: boundText(c.AtMost)}
	if c.Row != "" {
		f.Source += "." + c.Row
	}
	source := q.Question(c.Question)
	if f.Number = f.Low != "" || f.High != ""; source == nil {
		f.Kept = c.Is
		return f
	}
	f.Number = f.Number || source.Kind == survey.KindNumber || source.Kind == survey.KindNPS
	if source.Kind != survey.KindNPS { // eleven boxes for what two bounds say
		for _, choice := range source.Choices() {
			f.Choices = append(f.Choices, ruleChoice{choice.Value, choice.Label.PL, slices.Contains(c.Is, choice.Value)})
		}
	}
	for _, out := range source.OptOuts {
		f.Choices = append(f.Choices, ruleChoice{string(out), answerPL(source, string(out)), slices.Contains(c.Is, string(out))})
	}
	for _, value := range c.Is {
		if !slices.ContainsFunc(f.Choices, func(choice ruleChoice) bool { return choice.Value == value }) {
			f.Kept = append(f.Kept, value)
		}
	}
	return f
}

// strayPL names what a condition asks for and can't.
func strayPL(q *survey.Questionnaire, key string) string {
	question := q.Question(key)
	if question == nil {
		return "(pytanie usunięte)"
	}
	return strconv.Itoa(questionNumbers(q)[key]) + ". " + shorten(question.Label.PL)
}

func boundText(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}

// sourcesBefore lists what stands before a question or section and has answers that a rule can ask for.
func sourcesBefore(q *survey.Questionnaire, at opened) []ruleSource {
	numbers := questionNumbers(q)
	var sources []ruleSource
	for i := range q.Sections {
		if q.Sections[i].Key == at.section {
			return sources
		}
		for j := range q.Sections[i].Questions {
			question := &q.Sections[i].Questions[j]
			if question.Key == at.question {
				return sources
			}
			label := strconv.Itoa(numbers[question.Key]) + ". " + shorten(question.Label.PL)
			switch question.Kind {
			case survey.KindInfo, survey.KindText, survey.KindPaired:
			case survey.KindMatrix:
				for _, r := range question.Rows {
					sources = append(sources, ruleSource{question.Key + "." + r.Key, label + " – " + shorten(r.Label.PL)})
				}
			default:
				sources = append(sources, ruleSource{question.Key, label})
			}
		}
	}
	return sources
}

// readRule reads the menus of a rule. The condition rule.remove goes; with rule.add there is one more, which asks for
// the nearest question before. Was is the rule as it was stored.
func readRule(v survey.Values, was *survey.Rule, sources []ruleSource) *survey.Rule {
	mode := v.Get("rule.mode")
	if mode == ruleNone {
		return nil
	}
	var r survey.Rule
	add := func(c survey.Condition, group string) {
		if mode == ruleAny || mode == ruleMixed && group == ruleAny {
			r.Any = append(r.Any, c)
			return
		}
		r.All = append(r.All, c)
	}
	stored := map[string][]string{}
	if was != nil {
		for i, c := range slices.Concat(was.All, was.Any) {
			stored[conditionID(i)] = c.Is
		}
	}
	for _, id := range v["rule"] {
		if v.Get("rule.remove") != id {
			c := readCondition(v, "rule."+id+".")
			c.Is = inOrder(stored[id], c.Is)
			add(c, v.Get("rule."+id+".group"))
		}
	}
	if len(sources) > 0 && (v.Get("rule.add") != "" || len(v["rule"]) == 0) {
		key, row, _ := strings.Cut(sources[len(sources)-1].Value, ".")
		add(survey.Condition{Question: key, Row: row}, ruleAll)
	}
	if len(r.All)+len(r.Any) == 0 {
		return nil
	}
	return &r
}

// readCondition reads a condition. Where the question was changed, answers of the old one are dropped.
func readCondition(v survey.Values, prefix string) survey.Condition {
	source := v.Get(prefix + "question")
	c := survey.Condition{Not: v.Get(prefix+"not") != ""}
	c.Question, c.Row, _ = strings.Cut(source, ".")
	if source != v.Get(prefix+"was") {
		return c
	}
	c.Is = v[prefix+"is"]
	c.AtLeast, c.AtMost = readBound(v.Get(prefix+"at_least")), readBound(v.Get(prefix+"at_most"))
	return c
}

func readBound(typed string) *int {
	n, err := strconv.Atoi(strings.TrimSpace(typed))
	if err != nil {
		return nil
	}
	return &n
}

// jumpTarget is a question or section to which an answer may lead on.
type jumpTarget struct{ Value, Label string }

// jumpTargets lists what stands further on than the next question; nil: nothing does, or the question's answers can't
// be asked for.
func jumpTargets(q *survey.Questionnaire, question *survey.Question) []jumpTarget {
	if newConditionForm(q, survey.Condition{Question: question.Key}).Choices == nil || question.Kind == survey.KindMatrix || question.Kind == survey.KindPaired {
		return nil
	}
	numbers := questionNumbers(q)
	var targets []jumpTarget
	passed := -1 // questions since the one that leads on; -1: before it
	for i := range q.Sections {
		s := &q.Sections[i]
		if passed > 0 {
			targets = append(targets, jumpTarget{s.Key, "Sekcja „" + shorten(s.Title.PL) + "”"})
		}
		for j := range s.Questions {
			each := &s.Questions[j]
			if n := numbers[each.Key]; passed > 0 && n > 0 {
				targets = append(targets, jumpTarget{each.Key, strconv.Itoa(n) + ". " + shorten(each.Label.PL)})
			}
			if passed >= 0 || each.Key == question.Key {
				passed++
			}
		}
	}
	return targets
}

// addJump adds the jump that a question's form asks for, and says why not if it can't be.
func addJump(v survey.Values, q *survey.Questionnaire, key string) string {
	switch answers, to := v["jump.is"], v.Get("jump.to"); {
	case v.Get("jump.add") == "":
	case len(answers) == 0:
		return "Nie dodano przejścia: prosimy zaznaczyć odpowiedź, po której ma nastąpić."
	case q.Clone().SkipTo(key, answers, to) != nil:
		return "Nie dodano przejścia: może prowadzić tylko do miejsca, które stoi dalej niż następne pytanie."
	default:
		_ = q.SkipTo(key, answers, to) // was just tried: it changes the rules before it knows whether it can
	}
	return ""
}

// JumpChoices lists the answers that may lead on.
func (f *questionForm) JumpChoices() []ruleChoice {
	q := survey.Questionnaire{Sections: []survey.Section{{Questions: []survey.Question{*f.Question}}}}
	return newConditionForm(&q, survey.Condition{Question: f.Key}).Choices
}

package survey

import (
	"slices"
	"strings"
	"unicode"
)

// Reason names why a change of a published question may begin a new series.
type Reason string

// Reasons, from those that forbid adding answers up to those that an editor judges.
const (
	ReasonKind    Reason = "kind"     // another kind of question
	ReasonValues  Reason = "values"   // other options, points or scores
	ReasonBounds  Reason = "bounds"   // other bounds or unit of a number
	ReasonPicks   Reason = "picks"    // another number of picks
	ReasonOptOuts Reason = "opt_outs" // an opt-out more or less
	ReasonRule    Reason = "rule"     // asked of others
	ReasonMeaning Reason = "meaning"  // a wording that may mean something else
	ReasonWording Reason = "wording"  // a wording that seems to mean the same
)

// Change is a change of a question, or of a row of a matrix, that was published before. Spelling corrected is the
// same series; another scale or meaning is a new one (domain: series). New is what the program proposes; the editor
// confirms it or says otherwise, unless Fixed: answers to the two can't be counted together.
type Change struct {
	Question string
	Row      string // "": the question
	Before   string // Polish wording
	After    string
	Reasons  []Reason
	New      bool
	Fixed    bool
}

// ID names the change among those of its questionnaire: the question's key, or key.row.
func (c Change) ID() string {
	if c.Row == "" {
		return c.Question
	}
	return c.Question + "." + c.Row
}

// Changes lists the questions and rows of after whose series is to be decided, in the order of after. Before is what
// was published: see LastKnown. Changes of translations and looks are none.
func Changes(before, after *Questionnaire) []Change {
	var all []Change
	for _, q := range after.Questions() {
		old := before.Question(q.Key)
		if old == nil || q.Kind == KindInfo && old.Kind == KindInfo {
			continue
		}
		if c := changeOf(old, q); len(c.Reasons) > 0 {
			all = append(all, c)
		}
		for _, r := range q.Rows {
			i := slices.IndexFunc(old.Rows, func(have Row) bool { return have.Key == r.Key })
			if i < 0 || old.Rows[i].Label.PL == r.Label.PL {
				continue
			}
			c := Change{Question: q.Key, Row: r.Key, Before: old.Rows[i].Label.PL, After: r.Label.PL}
			c.wording([2]string{old.Rows[i].Label.PL, r.Label.PL})
			all = append(all, c)
		}
	}
	return all
}

func changeOf(old, q *Question) Change {
	c := Change{Question: q.Key, Before: old.Label.PL, After: q.Label.PL}
	fixed := func(r Reason, changed bool) {
		if changed {
			c.Reasons, c.New, c.Fixed = append(c.Reasons, r), true, true
		}
	}
	judged := func(r Reason, changed bool) {
		if changed {
			c.Reasons, c.New = append(c.Reasons, r), true
		}
	}
	fixed(ReasonKind, old.Kind != q.Kind)
	if old.Kind != q.Kind {
		return c
	}
	fixed(ReasonValues, !sameValues(old.Choices(), q.Choices()) || !sameValues(old.ChoicesOf(AspectImportance), q.ChoicesOf(AspectImportance)))
	fixed(ReasonBounds, q.Kind == KindNumber && (old.Min != q.Min || old.Max != q.Max || old.Unit.PL != q.Unit.PL))
	judged(ReasonPicks, q.Kind == KindMulti && (old.Min != q.Min || old.Max != q.Max))
	judged(ReasonOptOuts, old.Has(NotApplicable) != q.Has(NotApplicable) || old.Has(NoOpinion) != q.Has(NoOpinion))
	judged(ReasonRule, !sameRule(old.ShowIf, q.ShowIf))
	wordings := [][2]string{{old.Label.PL, q.Label.PL}}
	if !slices.Contains(c.Reasons, ReasonValues) {
		for _, aspect := range []string{"", AspectImportance} {
			was, is := old.ChoicesOf(aspect), q.ChoicesOf(aspect)
			for i := range is {
				wordings = append(wordings, [2]string{was[i].Label.PL, is[i].Label.PL})
			}
		}
	}
	c.wording(wordings...)
	return c
}

// wording notes which of some pairs of wordings, before and after, differ.
func (c *Change) wording(pairs ...[2]string) {
	reworded, meaning := false, false
	for _, p := range pairs {
		reworded = reworded || p[0] != p[1]
		meaning = meaning || !sameMeaning(p[0], p[1])
	}
	switch {
	case meaning:
		c.Reasons, c.New = append(c.Reasons, ReasonMeaning), true
	case reworded:
		c.Reasons = append(c.Reasons, ReasonWording)
	}
}

func sameValues(a, b []Choice) bool {
	return slices.EqualFunc(a, b, func(a, b Choice) bool {
		return a.Value == b.Value && (a.Score == nil) == (b.Score == nil) && (a.Score == nil || *a.Score == *b.Score)
	})
}

func sameRule(a, b *Rule) bool {
	return a == b || a != nil && b != nil && a.String() == b.String()
}

// sameMeaning guesses whether two wordings differ in spelling only: the same letters but for case, punctuation and
// a few typing errors, and no negation more or less.
func sameMeaning(before, after string) bool {
	was, is := plainWords(before), plainWords(after)
	negations := func(words []string) int {
		n := 0
		for _, w := range words {
			if w == "nie" || w == "bez" || w == "nigdy" {
				n++
			}
		}
		return n
	}
	if negations(was) != negations(is) || !slices.Equal(figures(was), figures(is)) {
		return false
	}
	a, b := []rune(strings.Join(was, " ")), []rune(strings.Join(is, " "))
	return distance(a, b) <= max(1, min(len(a), len(b))/12)
}

func plainWords(s string) []string {
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// figures returns the words with a digit: another number is another meaning, however close.
func figures(words []string) []string {
	return slices.DeleteFunc(slices.Clone(words), func(w string) bool { return !strings.ContainsFunc(w, unicode.IsDigit) })
}

// distance is how many letters must be added, dropped or replaced to make one text of the other (Levenshtein).
func distance(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j, y := range b {
			cost := diagonal
			if x != y {
				cost = min(diagonal, row[j], row[j+1]) + 1
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}

// LastKnown returns each question as it was last published, in any version (oldest first): what a draft's series
// continue. A question that was taken out and comes back is measured by its last wording.
func LastKnown(versions []*Version) *Questionnaire {
	known := Questionnaire{Sections: []Section{{}}}
	for _, v := range versions {
		for _, q := range v.Questionnaire.Questions() {
			list := known.Sections[0].Questions
			if i := slices.IndexFunc(list, func(have Question) bool { return have.Key == q.Key }); i >= 0 {
				list[i] = *q
				continue
			}
			known.Sections[0].Questions = append(list, *q)
		}
	}
	return &known
}

// Settle numbers the series of a questionnaire about to be published: each question and row goes on with the series
// that it has in before, or begins the next one if fresh names it (Change.ID) or the change leaves no choice.
func (q *Questionnaire) Settle(before *Questionnaire, fresh map[string]bool) {
	begins := map[string]bool{}
	for _, c := range Changes(before, q) {
		begins[c.ID()] = c.Fixed || fresh[c.ID()]
	}
	next := func(series int, id string) int {
		if begins[id] {
			return max(series, 1) + 1
		}
		return series
	}
	for _, question := range q.Questions() {
		old := before.Question(question.Key)
		if old == nil {
			old = &Question{}
		}
		question.Series = next(old.Series, question.Key)
		for i := range question.Rows {
			r := &question.Rows[i]
			r.Series = 0
			if j := slices.IndexFunc(old.Rows, func(have Row) bool { return have.Key == r.Key }); j >= 0 {
				r.Series = next(old.Rows[j].Series, question.Key+"."+r.Key)
			}
		}
	}
}

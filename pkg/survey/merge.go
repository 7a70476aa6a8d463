package survey

import (
	"encoding/json"
	"reflect"
	"slices"
)

// Clone returns a copy that shares nothing with the questionnaire.
func (q *Questionnaire) Clone() *Questionnaire {
	var c Questionnaire
	data, err := json.Marshal(q)
	if err == nil {
		err = json.Unmarshal(data, &c)
	}
	if err != nil {
		panic(err) // texts, numbers and flags always have a JSON
	}
	return &c
}

// Merge brings into theirs what mine changed of base: two people's edits of one draft, or an undo (base: after the
// edit, mine: before it). Where both changed the same thing in different ways, theirs stays and the thing is in
// conflicts: the key of a question or section, or "" for title, introduction, thanks, languages and the order.
func Merge(base, mine, theirs *Questionnaire) (merged *Questionnaire, conflicts []string) {
	m := merging{merged: theirs.Clone()}
	base, mine, merged = base.Clone(), mine.Clone(), m.merged
	for _, q := range mine.Questions() {
		if was := base.Question(q.Key); was != nil && merged.Question(q.Key) == nil && !reflect.DeepEqual(q, was) {
			m.conflicts = append(m.conflicts, q.Key) // changed by me, removed by them
		}
	}
	for i := range mine.Sections {
		s := &mine.Sections[i]
		if was := base.section(s.Key); was != nil && merged.section(s.Key) == nil && !sameHeading(s, was) {
			m.conflicts = append(m.conflicts, s.Key) // the same with a heading
		}
	}
	pick(&m, "", base.Title, mine.Title, &merged.Title)
	pick(&m, "", base.Intro, mine.Intro, &merged.Intro)
	pick(&m, "", base.Thanks, mine.Thanks, &merged.Thanks)
	pick(&m, "", base.Languages, mine.Languages, &merged.Languages)
	m.order(base, mine)
	for i := range merged.Sections {
		s := &merged.Sections[i]
		m.heading(base, mine, s)
		for j := range s.Questions {
			m.question(base, mine, &s.Questions[j])
		}
	}
	slices.Sort(m.conflicts)
	return merged, slices.Compact(m.conflicts)
}

type merging struct {
	merged    *Questionnaire
	conflicts []string
}

// pick sets a value that is theirs to mine where mine changed it, and theirs did not.
func pick[T any](m *merging, key string, base, mine T, theirs *T) {
	switch {
	case reflect.DeepEqual(mine, base), reflect.DeepEqual(mine, *theirs):
	case reflect.DeepEqual(*theirs, base):
		*theirs = mine
	default:
		m.conflicts = append(m.conflicts, key)
	}
}

func sameHeading(a, b *Section) bool {
	return a.Title == b.Title && a.Help == b.Help && reflect.DeepEqual(a.ShowIf, b.ShowIf)
}

func (m *merging) heading(base, mine *Questionnaire, s *Section) {
	was, is := base.section(s.Key), mine.section(s.Key)
	if was == nil || is == nil {
		return
	}
	pick(m, s.Key, was.Title, is.Title, &s.Title)
	pick(m, s.Key, was.Help, is.Help, &s.Help)
	pick(m, s.Key, was.ShowIf, is.ShowIf, &s.ShowIf)
}

func (m *merging) question(base, mine *Questionnaire, q *Question) {
	was, is := base.Question(q.Key), mine.Question(q.Key)
	if was != nil && is != nil {
		pick(m, q.Key, *was, *is, q)
	}
}

// order brings in what mine added, removed and moved.
func (m *merging) order(base, mine *Questionnaire) {
	was, is, theirs := base.tokens(), mine.tokens(), m.merged.tokens()
	if slices.Equal(was, is) || slices.Equal(is, theirs) {
		return
	}
	moved := displaced(was, is)
	for _, t := range was {
		q, s := m.merged.Question(t.question), m.merged.section(t.section)
		gone := !slices.Contains(is, t)
		switch {
		case gone && s != nil && !sameHeading(s, base.section(t.section)): // removed by me, changed by them
			m.conflicts = append(m.conflicts, t.section)
			return
		case gone && q != nil && !reflect.DeepEqual(q, base.Question(t.question)): // removed by me, changed by them
			m.conflicts = append(m.conflicts, t.question)
			return
		case moved[t] && !slices.Equal(was, theirs) && displaced(was, theirs)[t]: // moved by both
			m.conflicts = append(m.conflicts, t.section+t.question)
			return
		case gone:
			theirs = slices.DeleteFunc(theirs, func(have token) bool { return have == t })
		}
	}
	here := slices.Clone(theirs)
	for i, t := range is { // added or moved by me: after what stands before it in mine
		if slices.Contains(was, t) && (!moved[t] || !slices.Contains(here, t)) {
			continue
		}
		theirs = slices.DeleteFunc(theirs, func(have token) bool { return have == t })
		at := 0
		for k := i - 1; k >= 0 && at == 0; k-- {
			at = slices.Index(theirs, is[k]) + 1
		}
		theirs = slices.Insert(theirs, at, t)
	}
	m.arrange(mine, theirs)
}

// arrange puts sections and questions in the order of tokens; those that theirs lacks come from mine.
func (m *merging) arrange(mine *Questionnaire, order []token) {
	if len(order) > 0 && order[0].section == "" {
		m.conflicts = append(m.conflicts, "")
		return
	}
	var sections []Section
	for _, t := range order {
		if t.section != "" {
			s := m.merged.section(t.section)
			if s == nil {
				s = mine.Clone().section(t.section)
			}
			heading := *s
			heading.Questions = nil
			sections = append(sections, heading)
			continue
		}
		q := m.merged.Question(t.question)
		if q == nil {
			q = mine.Clone().Question(t.question)
		}
		last := &sections[len(sections)-1]
		last.Questions = append(last.Questions, *q)
	}
	m.merged.Sections = sections
}

package sheet

import (
	"slices"
	"strings"

	"ocenaurzedu.eu/pkg/survey"
)

// What a preview prints where a draft has nothing yet.
const (
	noWording = "(bez treści)"
	noAnswers = "(jeszcze bez odpowiedzi)"
)

// Preview lays a draft out as NewLayout would, with stand-ins for what is not written yet: a question without a label
// or without answers keeps its place and number. It takes any draft; of one without faults it is NewLayout. The error
// is ErrTooLong.
func Preview(q *survey.Questionnaire) (*Layout, error) {
	return Form{Lang: survey.Polish}.Preview(q)
}

// Preview is as the function of that name, in a form.
func (f Form) Preview(q *survey.Questionnaire) (*Layout, error) {
	whole := completed(q)
	flow, err := newFlow(f, whole)
	if err != nil {
		return nil, err
	}
	return flow.lay(whole)
}

// completed is a copy of a draft of which each part can be printed.
func completed(q *survey.Questionnaire) *survey.Questionnaire {
	done := &survey.Questionnaire{Key: q.Key, Title: worded(q.Title, survey.MaxLabel), Intro: cut(q.Intro, survey.MaxRemark)}
	for _, s := range q.Sections {
		s.Title, s.Help = worded(s.Title, survey.MaxLabel), cut(s.Help, survey.MaxRemark)
		questions := s.Questions
		s.Questions = nil
		for _, question := range questions {
			s.Questions = append(s.Questions, complete(question))
		}
		done.Sections = append(done.Sections, s)
	}
	return done
}

func complete(q survey.Question) survey.Question {
	q.Label, q.Help = worded(q.Label, survey.MaxLabel), cut(q.Help, survey.MaxRemark)
	q.Unit = cut(q.Unit, survey.MaxLabel)
	q.Scale, q.Importance = wholeScale(q.Scale), wholeScale(q.Importance)
	q.Options = slices.Clone(q.Options[:min(len(q.Options), survey.MaxOptions)])
	for i := range q.Options {
		q.Options[i].Label, q.Options[i].Help = worded(q.Options[i].Label, survey.MaxLabel), cut(q.Options[i].Help, survey.MaxRemark)
	}
	q.Areas = slices.Clone(q.Areas[:min(len(q.Areas), survey.MaxRows)])
	for i := range q.Areas {
		q.Areas[i].Label = worded(q.Areas[i].Label, survey.MaxLabel)
	}
	q.Rows = slices.Clone(q.Rows[:min(len(q.Rows), survey.MaxRows)])
	for i := range q.Rows {
		r := &q.Rows[i]
		r.Label = worded(r.Label, survey.MaxLabel)
		if !slices.ContainsFunc(q.Areas, func(a survey.Area) bool { return a.Key == r.Area }) {
			r.Area = ""
		}
	}
	if q.Kind == survey.KindMatrix && len(q.Areas) == 0 {
		q.Importance = nil
	}
	if !answerable(&q) {
		q.Kind, q.Help, q.Options, q.OptOuts = survey.KindSingle, survey.PL(noAnswers), nil, nil
	}
	return q
}

// answerable reports whether there is something to mark or to write on, or nothing to answer at all.
func answerable(q *survey.Question) bool {
	switch q.Kind {
	case survey.KindSingle, survey.KindMulti:
		return len(q.Options) > 0
	case survey.KindScale, survey.KindEmoji:
		return q.Scale != nil
	case survey.KindMatrix, survey.KindPaired:
		return q.Scale != nil && len(q.Rows) > 0
	case survey.KindYesNo, survey.KindNPS, survey.KindNumber, survey.KindText, survey.KindInfo:
		return true
	}
	return false
}

// wholeScale is a scale as far as a sheet has room for its points, or nil if it has none.
func wholeScale(s *survey.Scale) *survey.Scale {
	if s == nil || len(s.Points) == 0 {
		return nil
	}
	whole := *s
	whole.Points = slices.Clone(s.Points[:min(len(s.Points), survey.MaxPoints)])
	for i := range whole.Points {
		whole.Points[i].Label = worded(whole.Points[i].Label, survey.MaxLabel)
	}
	return &whole
}

// worded is a text that is never empty.
func worded(t survey.Text, most int) survey.Text {
	if t = cut(t, most); strings.TrimSpace(printable(t.PL)) == "" {
		t.PL = noWording
	}
	return t
}

// cut shortens what is too long to be published.
func cut(t survey.Text, most int) survey.Text {
	for _, text := range []*string{&t.PL, &t.EN, &t.UK} {
		if runes := []rune(*text); len(runes) > most {
			*text = string(runes[:most-1]) + "…"
		}
	}
	return t
}

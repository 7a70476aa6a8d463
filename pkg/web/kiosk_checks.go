package web

import (
	"encoding/json"

	"ocenaurzedu.eu/pkg/survey"
)

// kioskCheck is something that kiosk.js looks at, before it goes on to another screen or keeps answers for later: what Fill would
// not take. A field is of the screen on which its controls stand.
type kioskCheck struct {
	Field string   `json:"field"`
	Kind  string   `json:"kind"` // required, few, many, exclusive, number, below, above, unchosen
	N     int      `json:"n,omitempty"`
	Of    []string `json:"of,omitempty"` // exclusive: values that go with no other; few: those that are enough alone; number: values that need be none; unchosen: field and value that a text belongs to
	Text  string   `json:"text"`         // said if it does not hold
}

// checksOf lists what is checked of a questionnaire, in words of a language.
func (s *Server) checksOf(q *survey.Questionnaire, lang string) (string, error) {
	var all []kioskCheck
	for i := range q.Sections {
		for j := range q.Sections[i].Questions {
			all = append(all, checksOfQuestion(&q.Sections[i].Questions[j])...)
		}
	}
	problems := map[string]survey.Problem{"required": survey.ProblemRequired, "few": survey.ProblemTooFew, "many": survey.ProblemTooMany, "exclusive": survey.ProblemExclusive,
		"number": survey.ProblemNotNumber, "below": survey.ProblemBelow, "above": survey.ProblemAbove, "unchosen": survey.ProblemUnchosen}
	for i := range all {
		var err error
		if all[i].Text, err = s.views.texts.problem(lang, survey.FieldError{Field: all[i].Field, Problem: problems[all[i].Kind], N: all[i].N}); err != nil {
			return "", err
		}
	}
	data, err := json.Marshal(all)
	return string(data), err
}

func checksOfQuestion(q *survey.Question) []kioskCheck {
	var all []kioskCheck
	outs := make([]string, len(q.OptOuts))
	for i, o := range q.OptOuts {
		outs[i] = string(o)
	}
	for _, field := range requiredFields(q) {
		all = append(all, kioskCheck{Field: field, Kind: "required"})
	}
	switch q.Kind {
	case survey.KindNumber:
		all = append(all, kioskCheck{Field: q.Key, Kind: "number", Of: outs}, kioskCheck{Field: q.Key, Kind: "below", N: q.Min, Of: outs}, kioskCheck{Field: q.Key, Kind: "above", N: q.Max, Of: outs})
	case survey.KindMulti:
		alone := outs
		for _, o := range q.Options {
			if o.Exclusive {
				alone = append(alone, o.Key)
			}
		}
		all = append(all, kioskCheck{Field: q.Key, Kind: "exclusive", Of: alone})
		if q.Max > 0 {
			all = append(all, kioskCheck{Field: q.Key, Kind: "many", N: q.Max})
		}
		if q.Min > 0 {
			all = append(all, kioskCheck{Field: q.Key, Kind: "few", N: q.Min, Of: alone})
		}
	}
	for _, o := range q.Options {
		if o.Text {
			all = append(all, kioskCheck{Field: q.Key + "." + o.Key, Kind: "unchosen", Of: []string{q.Key, o.Key}})
		}
	}
	return all
}

// requiredFields lists the fields of a question that have to be answered.
func requiredFields(q *survey.Question) []string {
	var fields []string
	switch q.Kind {
	case survey.KindInfo:
	case survey.KindMatrix, survey.KindPaired:
		for _, r := range q.Rows {
			switch field := q.Key + "." + r.Key; {
			case !q.Required && !r.Required:
			case q.Kind == survey.KindPaired:
				fields = append(fields, field+"."+survey.AspectImportance, field+"."+survey.AspectSatisfaction)
			default:
				fields = append(fields, field)
			}
		}
		for _, a := range q.Areas {
			if q.Required && q.AsksImportance() && q.Kind == survey.KindMatrix {
				fields = append(fields, q.Key+"."+a.Key+"."+survey.AspectImportance)
			}
		}
	default:
		if q.Required {
			fields = append(fields, q.Key)
		}
	}
	return fields
}

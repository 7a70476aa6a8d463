package web

import (
	"encoding/json"
	"fmt"

	"ocenaurzedu.eu/pkg/survey"
)

// entryTest is a survey.Test in terms of the form's fields, for the typing screen's script: it holds if one of Of is
// met, or with Not if none is.
type entryTest struct {
	Not bool        `json:"not,omitempty"`
	Of  []entrySpan `json:"of"`
}

// entrySpan is met by a field that has one of the values, or a number within the bounds.
type entrySpan struct {
	Field string   `json:"field"`
	Is    []string `json:"is,omitempty"`
	From  *int     `json:"from,omitempty"`
	To    *int     `json:"to,omitempty"`
}

// entryGates returns the rules of a version as JSON, by the key of the question that they may hide: of each list at
// least one test must hold.
func entryGates(version *survey.Version) (map[string]string, error) {
	gates := map[string]string{}
	for _, g := range version.Layout.Gates {
		tests := make([][]entryTest, len(g.Tests))
		for i, some := range g.Tests {
			for _, t := range some {
				tests[i] = append(tests[i], entryTest{t.Not, entrySpans(version, t.Spans)})
			}
		}
		data, err := json.Marshal(tests)
		if err != nil {
			return nil, fmt.Errorf("rule of %s: %w", g.Question, err)
		}
		gates[g.Question] = string(data)
	}
	return gates, nil
}

func entrySpans(version *survey.Version, spans []survey.Span) []entrySpan {
	all := []entrySpan{}
	for _, span := range spans {
		slot := version.Layout.Slots[span.Slot]
		q := version.Questionnaire.Question(slot.Question)
		one := entrySpan{Field: slot.Field()}
		if q.Kind == survey.KindNumber && span.Low >= survey.CodeFirst {
			from, to := q.Min+int(span.Low-survey.CodeFirst), q.Min+int(span.High-survey.CodeFirst)
			one.From, one.To = &from, &to
		} else {
			for code := span.Low; code <= span.High; code++ {
				one.Is = append(one.Is, entryValue(q, slot, code))
			}
		}
		all = append(all, one)
	}
	return all
}

// entryValue is the form's value that gives a slot a code which rules can ask for.
func entryValue(q *survey.Question, slot survey.Slot, code survey.Code) string {
	switch {
	case slot.Option != "":
		return slot.Option
	case code == survey.CodeNotApplicable:
		return survey.ValueNotApplicable
	case code == survey.CodeNoOpinion:
		return survey.ValueNoOpinion
	}
	return q.Choices()[code-survey.CodeFirst].Value
}

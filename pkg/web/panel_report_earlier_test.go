package web

import (
	"testing"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// § 5 makes a report before each change, so that two of them may be two people apart: what these answered must not be the
// difference. How many came is told.
func TestReportAfterTwoNewAnswers(t *testing.T) {
	h := start(t)
	day := survey.NewDay(2026, 1, 7)
	h.answer("osielsko", given{n: 12, day: day, values: survey.Values{"overall": {"4"}, "quality.signs": {"5"}, "settled": {"yes"}}})
	admin := h.logIn("osielsko", store.RoleAdministrator)
	first := admin.json(admin.generate(thisYear())).Summary
	h.answer("osielsko", given{n: 2, day: day, values: survey.Values{"overall": {"1"}, "quality.signs": {"1"}, "settled": {"no"}}})
	second := admin.json(admin.generate(thisYear())).Summary
	if second.N != 14 || second.Overall.Held != 1 || second.Overall.Rating != first.Overall.Rating || second.Overall.Valid != 12 {
		t.Errorf("two more came: N %d, overall %+v; want 14, and the rating as it was in report 1", second.N, second.Overall)
	}
	h.answer("osielsko", given{n: 4, day: day, values: survey.Values{"overall": {"1"}, "quality.signs": {"1"}, "settled": {"no"}}})
	third := admin.json(admin.generate(thisYear())).Summary
	if third.N != 18 || third.Overall.Held != 0 || third.Overall.Valid != 18 || third.Overall.Rating.Value != 3 {
		t.Errorf("six more came: N %d, overall %+v; want 18 and the mean 3", third.N, third.Overall)
	}
}

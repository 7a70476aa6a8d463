package report

import (
	"testing"

	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/survey"
)

// The number of forms is not set beside that of a period of another length.
func TestCountsOfOtherLengthsAreNotCompared(t *testing.T) {
	year := survey.Filter{From: survey.NewDay(2025, 1, 1), To: survey.NewDay(2025, 12, 31)}
	tests := []struct {
		name string
		from survey.Day
		want string
	}{
		{"a year and the year before", survey.NewDay(2024, 1, 1), "poprzednio " + integer(3719)},
		{"a year and the two before", survey.NewDay(2023, 1, 1), ""},
		{"a year and a month", survey.NewDay(2024, 12, 1), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := &stats.Comparison{Before: survey.Filter{From: tt.from, To: survey.NewDay(2024, 12, 31)}, BeforeN: 3719}
			if got := figuresBefore(c, year)[0]; got != tt.want {
				t.Errorf("figuresBefore = %q, want %q", got, tt.want)
			}
		})
	}
}

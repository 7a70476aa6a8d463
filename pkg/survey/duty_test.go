package survey_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ocenaurzedu.eu/pkg/survey"
)

func day(t *testing.T, s string) survey.Day {
	t.Helper()
	if s == "" {
		return survey.Day{}
	}
	d, err := survey.ParseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDuty(t *testing.T) {
	tests := []struct {
		name, since, last, today, due string
		reminder                      int
	}{
		{"nothing published", "", "", "2026-03-10", "", 0},
		{"a report before the first publication", "", "2025-01-20", "2026-03-10", "2026-01-20", 0},
		{"published, no report", "2025-03-10", "", "2026-01-08", "2026-03-10", 0},
		{"61 days before", "2020-01-01", "2025-03-10", "2026-01-08", "2026-03-10", 0},
		{"60 days before", "2020-01-01", "2025-03-10", "2026-01-09", "2026-03-10", 60},
		{"31 days before", "2020-01-01", "2025-03-10", "2026-02-07", "2026-03-10", 60},
		{"30 days before", "2020-01-01", "2025-03-10", "2026-02-08", "2026-03-10", 30},
		{"8 days before", "2020-01-01", "2025-03-10", "2026-03-02", "2026-03-10", 30},
		{"7 days before", "2020-01-01", "2025-03-10", "2026-03-03", "2026-03-10", 7},
		{"on the day", "2020-01-01", "2025-03-10", "2026-03-10", "2026-03-10", 7},
		{"too late, and nothing was sent", "2020-01-01", "2025-03-10", "2026-05-10", "2026-03-10", 7},
		{"a leap day", "2020-01-01", "2028-02-29", "2028-03-01", "2029-03-01", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := survey.Duty{Since: day(t, tt.since), Last: day(t, tt.last)}
			if got := d.Due(); got != day(t, tt.due) {
				t.Errorf("%+v.Due() = %s; want %s", d, got, tt.due)
			}
			if got := d.Reminder(day(t, tt.today)); got != tt.reminder {
				t.Errorf("%+v.Reminder(%s) = %d; want %d", d, tt.today, got, tt.reminder)
			}
		})
	}
}

func TestEveryEnded(t *testing.T) {
	tests := []struct {
		name        string
		every       survey.Every
		done, today string
		want        []string
	}{
		{"the month is not over", survey.EveryMonth, "2026-02-28", "2026-03-31", nil},
		{"the month is over", survey.EveryMonth, "2026-02-28", "2026-04-01", []string{"2026-03-01/2026-03-31"}},
		{"missed months", survey.EveryMonth, "2025-11-30", "2026-03-10", []string{"2025-12-01/2025-12-31", "2026-01-01/2026-01-31", "2026-02-01/2026-02-28"}},
		{"quarters over new year", survey.EveryQuarter, "2025-09-30", "2026-04-01", []string{"2025-10-01/2025-12-31", "2026-01-01/2026-03-31"}},
		{"half a year", survey.EveryHalf, "2025-12-31", "2026-07-01", []string{"2026-01-01/2026-06-30"}},
		{"a year", survey.EveryYear, "2024-12-31", "2026-01-01", []string{"2025-01-01/2025-12-31"}},
		{"today lies behind", survey.EveryYear, "2026-12-31", "2026-01-01", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, f := range tt.every.Ended(day(t, tt.done), day(t, tt.today)) {
				got = append(got, f.From.String()+"/"+f.To.String())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s.Ended(%s, %s) (-want +got):\n%s", tt.every, tt.done, tt.today, diff)
			}
		})
	}
}

// Periods follow each other without a gap and have the day that was asked for.
func TestPeriodsTileTheCalendar(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		every := rapid.SampledFrom(survey.Everies()).Draw(t, "every")
		at := survey.NewDay(2020, 1, 1).Add(rapid.IntRange(0, 20000).Draw(t, "day"))
		from, to := every.Period(at)
		if at.Before(from) || to.Before(at) {
			t.Fatalf("%s.Period(%s) = %s, %s", every, at, from, to)
		}
		if next, _ := every.Period(to.Add(1)); next != to.Add(1) || from.AddMonths(every.Months()) != next {
			t.Fatalf("after %s to %s comes %s", from, to, next)
		}
	})
}

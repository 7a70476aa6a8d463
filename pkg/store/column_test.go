package store_test

import (
	"slices"
	"testing"

	"ocenaurzedu.eu/pkg/pgtest"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// columnRows turns columns back into submissions, sorted, as text does not depend on how they were read.
func columnRows(columns []*survey.Columns) [][]survey.Code {
	var rows [][]survey.Code
	for _, c := range columns {
		for i := range c.N {
			var row []survey.Code
			for _, column := range c.Codes {
				row = append(row, column.At(i))
			}
			rows = append(rows, row)
		}
	}
	slices.SortFunc(rows, slices.Compare[[]survey.Code])
	return rows
}

func columns(t testing.TB, scope *store.Scope, f survey.Filter) [][]survey.Code {
	t.Helper()
	got, err := scope.Columns(ctx, f)
	must(t, "columns", err)
	return columnRows(got)
}

// TestColumnsAreWhatIsStored reads columns again and again while answers come in and are corrected: what is kept in the
// process may never be told after it has changed, though all counters may be as they were.
func TestColumnsAreWhatIsStored(t *testing.T) {
	s, _, _ := open(t)
	scope := pgtest.Tenant(t, s, "columns", "")
	b := openBatch(t, scope)
	one := sheet(t, scope, b, 1, 0, survey.Values{"overall": {"1"}, "quality.polite": {"1"}, "remarks": {"uwaga"}})
	two := sheet(t, scope, b, 2, 0, survey.Values{"overall": {"3"}, "quality.polite": {"3"}, "improve": {"signs"}})
	must(t, "add", s.AddSubmissions(ctx, []store.Entry{one, two, entry(t, scope, "w", survey.Values{"overall": {"2"}}, survey.NewDay(2026, 3, 10))}))
	want := [][]survey.Code{{5, 5, 0, 0, 0, 0, 0, 5}, {6, 0, 0, 0, 0, 0, 0, 0}, {7, 7, 0, 5, 0, 5, 0, 0}}
	if got := columns(t, scope, year); !slices.EqualFunc(got, want, slices.Equal[[]survey.Code]) {
		t.Fatalf("columns hold %v, want %v", got, want)
	}
	before, err := scope.Results(ctx, year)
	must(t, "results", err)
	one.Submission.Codes[1], two.Submission.Codes[1] = two.Submission.Codes[1], one.Submission.Codes[1] // no counter changes
	must(t, "correct", scope.CorrectSheet(ctx, correction(one.Submission, one.Layout, 1)))
	must(t, "correct", scope.CorrectSheet(ctx, correction(two.Submission, two.Layout, 1)))
	after, err := scope.ResultsWithColumns(ctx, year)
	must(t, "results", err)
	if before.Digest != after.Digest || before.Columns != nil {
		t.Errorf("the correction changed counters, or columns were read without being asked for")
	}
	want[0][1], want[2][1] = 7, 5
	if got := columnRows(after.Columns); !slices.EqualFunc(got, want, slices.Equal[[]survey.Code]) {
		t.Errorf("after a correction that no counter tells, columns hold %v, want %v", got, want)
	}
	april := survey.NewDay(2026, 4, 2)
	must(t, "add", s.AddSubmissions(ctx, []store.Entry{entry(t, scope, "a", survey.Values{"overall": {"3"}}, april)}))
	for _, tt := range []struct {
		name string
		f    survey.Filter
		want int
	}{
		{"one more", year, 4},
		{"two days", survey.Filter{From: april.Add(-1), To: april}, 1},
		{"a day before", survey.Filter{From: april.Add(-1), To: april.Add(-1)}, 0},
		{"from the middle of a month", survey.Filter{From: survey.NewDay(2026, 3, 10), To: april}, 2},
		{"a channel", survey.Filter{From: year.From, To: year.To, Channels: []survey.Channel{survey.ChannelWeb}}, 2},
		{"a point", survey.Filter{From: year.From, To: year.To, ServicePoints: []int64{77}}, 0},
	} {
		if got := columns(t, scope, tt.f); len(got) != tt.want {
			t.Errorf("%s: columns hold %v, want %d", tt.name, got, tt.want)
		}
	}
}

package survey

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestParseDay(t *testing.T) {
	for _, s := range []string{"2026-11-23", "2024-02-29", "1970-01-01", "1969-12-31", "0001-01-02", "9999-12-31"} {
		if d, err := ParseDay(s); err != nil || d.String() != s || d.IsZero() {
			t.Errorf("ParseDay(%q) = %v, %v", s, d, err)
		}
	}
	for _, s := range []string{"", "2026-02-29", "2026-13-01", "23.11.2026", "2026-1-1", " 2026-01-01", "2026-01-01T00:00:00Z", "0000-01-01", "12026-01-01"} {
		if d, err := ParseDay(s); err == nil {
			t.Errorf("ParseDay(%q) = %v, want an error", s, d)
		}
	}
}

// A day is that of the clock on the wall, whatever it is in Greenwich.
func TestDayOfZone(t *testing.T) {
	warsaw := time.FixedZone("CEST", 2*3600)
	if got := DayOf(time.Date(2026, 7, 1, 0, 30, 0, 0, warsaw)); got != NewDay(2026, 7, 1) {
		t.Errorf("DayOf = %v, want 2026-07-01", got)
	}
	if !DayOf(time.Time{}).IsZero() {
		t.Error("the zero time has a day")
	}
}

func TestDayArithmetic(t *testing.T) {
	d := NewDay(2026, 1, 31)
	tests := []struct {
		name string
		got  Day
		want string
	}{
		{"Add", d.Add(1), "2026-02-01"}, {"Add back over a year", d.Add(-31), "2025-12-31"}, {"Month", d.Month(), "2026-01-01"},
		{"AddMonths", d.AddMonths(1), "2026-03-03"}, {"AddMonths back", d.AddMonths(-2), "2025-12-01"}, {"none", Day{}, ""},
	}
	for _, tt := range tests {
		if tt.got.String() != tt.want {
			t.Errorf("%s = %s, want %s", tt.name, tt.got, tt.want)
		}
	}
	if e := NewDay(2026, 3, 1); e.Sub(d) != 29 || !d.Before(e) || e.Before(d) || d.Before(d) || d.Year() != 2026 {
		t.Errorf("order of %v and %v is wrong", d, e)
	}
}

func TestDayScan(t *testing.T) {
	want := NewDay(2026, 5, 4)
	for _, src := range []any{time.Date(2026, 5, 4, 0, 0, 0, 0, time.FixedZone("", 0)), "2026-05-04", []byte("2026-05-04")} {
		if d := NewDay(1999, 1, 1); d.Scan(src) != nil || d != want {
			t.Errorf("Scan(%v) gives %v", src, d)
		}
	}
	if d := want; d.Scan(nil) != nil || !d.IsZero() {
		t.Errorf("Scan(nil) gives %v", d)
	}
	var d Day
	for _, src := range []any{5, "x", []byte("2026-99-01")} {
		if d.Scan(src) == nil {
			t.Errorf("Scan(%v) gives %v, want an error", src, d)
		}
	}
	if v, err := (Day{}).Value(); v != nil || err != nil {
		t.Errorf("Value of none = %v, %v", v, err)
	}
}

func TestDayRoundTrips(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := NewDay(2000, 1, 1).Add(rapid.IntRange(-700000, 2900000).Draw(t, "days"))
		data, err := json.Marshal(map[string]Day{"day": want})
		if err != nil {
			t.Fatal(err)
		}
		var got map[string]Day
		if err := json.Unmarshal(data, &got); err != nil || got["day"] != want {
			t.Fatalf("JSON %s gives %v, %v", data, got, err)
		}
		value, err := want.Value()
		var scanned Day
		if err != nil || scanned.Scan(value) != nil || scanned != want || DayOf(want.Time()) != want {
			t.Fatalf("Value %v, %v gives %v; want %v", value, err, scanned, want)
		}
	})
}

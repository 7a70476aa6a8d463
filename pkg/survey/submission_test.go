package survey

import (
	"errors"
	"slices"
	"testing"
)

func TestFilterCheck(t *testing.T) {
	from, to := NewDay(2026, 1, 1), NewDay(2026, 12, 31)
	tests := []struct {
		name   string
		filter Filter
		want   []FieldError
	}{
		{"a year", Filter{From: from, To: to}, nil},
		{"a day", Filter{From: from, To: from, Channels: Channels()}, nil},
		{"no period", Filter{}, []FieldError{{"from", ProblemRequired, 0}, {"to", ProblemRequired, 0}}},
		{"no end", Filter{From: from}, fault("to", ProblemRequired, 0)},
		{"backwards", Filter{From: to, To: from}, fault("to", ProblemBelow, 0)},
		{"unknown channel", Filter{From: from, To: to, Channels: []Channel{ChannelQR, "fax"}}, fault("channel", ProblemUnknown, 0)},
	}
	for _, tt := range tests {
		var got []FieldError
		var invalid *InvalidError
		if err := tt.filter.Check(); errors.As(err, &invalid) {
			got = invalid.Fields
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: Check = %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestChannels(t *testing.T) {
	for _, c := range Channels() {
		if got, err := ParseChannel(string(c)); got != c || err != nil {
			t.Errorf("ParseChannel(%q) = %q, %v", c, got, err)
		}
		if want := c == ChannelPaperTyped || c == ChannelPaperScanned; c.OnPaper() != want {
			t.Errorf("%s on paper: %t", c, c.OnPaper())
		}
	}
	if _, err := ParseChannel("fax"); !errors.Is(err, ErrNotFound) {
		t.Errorf("ParseChannel of an unknown channel: %v", err)
	}
}

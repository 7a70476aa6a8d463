package web

import "testing"

func TestNounPL(t *testing.T) {
	for n, want := range map[int]string{0: "ankiet", 1: "ankieta", 2: "ankiety", 4: "ankiety", 5: "ankiet", 11: "ankiet", 12: "ankiet", 14: "ankiet", 21: "ankiet",
		22: "ankiety", 112: "ankiet", 1893: "ankiety"} {
		if got := nounPL(n, "ankieta", "ankiety", "ankiet"); got != want {
			t.Errorf("nounPL(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestNumberPL(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1\u00a0000", -999: "-999", -1234: "-1\u00a0234", 1234567: "1\u00a0234\u00a0567"} {
		if got := numberPL(n); got != want {
			t.Errorf("numberPL(%d) = %q, want %q", n, got, want)
		}
	}
}

// A word of one letter stays with the next one, wherever a text was typed.
func TestProsePL(t *testing.T) {
	tests := []struct{ text, want string }{
		{"W poniedziałki i w środę.", "W\u00a0poniedziałki i\u00a0w\u00a0środę."},
		{"pokój 12a i b", "pokój 12a i\u00a0b"},
		{"„O krok” (a dalej)", "„O\u00a0krok” (a\u00a0dalej)"},
	}
	for _, tt := range tests {
		if got := prosePL(tt.text); len(got) != 1 || got[0] != tt.want {
			t.Errorf("prosePL(%q) = %q, want %q", tt.text, got, tt.want)
		}
	}
	if got := prosePL("a\nb"); len(got) != 2 {
		t.Errorf("two lines are %q", got)
	}
}

package survey

import "testing"

func TestAlike(t *testing.T) {
	tests := []struct{ text, want string }{
		{"Brak.", "brak"},
		{" brak ", "brak"},
		{"BRAK  UWAG!", "brak uwag"},
		{"Bez\nuwag", "bez uwag"},
		{"-", "-"},
		{"…", "-"},
		{"–––", "-"},
		{"5/5", "5 5"},
		{"+", "+"},
		{"👍", "👍"},
		{"źle", "źle"},
	}
	for _, tt := range tests {
		if got := Alike(tt.text); got != tt.want {
			t.Errorf("Alike(%q) = %q, want %q", tt.text, got, tt.want)
		}
	}
}

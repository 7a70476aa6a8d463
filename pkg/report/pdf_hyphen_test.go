package report

import "testing"

// TestPartedAt parts words where a Polish reader would, and addresses behind a sign.
func TestPartedAt(t *testing.T) {
	tests := []struct {
		name, word string
		fits       int
		want       string
		hyphen     string
	}{
		{"between syllables", "niepełnosprawnościami", 17, "niepełnosprawnoś", "-"},
		{"not within one sound", "najwyższych", 10, "naj", "-"},
		{"not before the last two letters", "kolejka", 6, "ko", "-"},
		{"an address", "sekretarz@osielsko.example", 16, "sekretarz@", ""},
		{"digits", "123456789012", 7, "1234567", ""},
		{"no vowel", "zzzzzzzz", 5, "zzzzz", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			word := []rune(tt.word)
			at, hyphen := partedAt(word, tt.fits, func(i int) bool { return i < tt.fits })
			if got := string(word[:at]); got != tt.want || hyphen != tt.hyphen {
				t.Errorf("partedAt(%q, %d) = %q%s, want %q%s", tt.word, tt.fits, got, hyphen, tt.want, tt.hyphen)
			}
		})
	}
}

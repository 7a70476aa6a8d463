package report

import (
	"slices"
	"strings"
	"unicode"
)

// chop breaks a word that is wider than a line; what is left of it starts the next line. An address is parted behind a sign, a
// word of letters between syllables, with a hyphen, and what is neither wherever the line ends.
func (p *pdfPage) chop(s style, w float64, word string) (full []string, rest string) {
	p.set(s)
	wide := func(part []rune, end string) bool {
		return p.pdf.GetStringWidth(p.encoded(plain(string(part)+end))) > w
	}
	left := []rune(word)
	for len(left) > 1 && wide(left, "") {
		fits := 1
		for fits < len(left) && !wide(left[:fits+1], "") {
			fits++
		}
		at, hyphen := partedAt(left, fits, func(i int) bool { return !wide(left[:i], "-") })
		full, left = append(full, string(left[:at])+hyphen), left[at:]
	}
	return full, string(left)
}

// partedAt is how many letters of a word, of which fits have room, stay on the line, and the hyphen behind them.
func partedAt(word []rune, fits int, hyphened func(i int) bool) (at int, hyphen string) {
	for i := fits; i > 2; i-- {
		if strings.ContainsRune("@./-–_", word[i-1]) {
			return i, ""
		}
	}
	if slices.ContainsFunc(word, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsPunct(r) }) {
		return fits, ""
	}
	for i := fits; i >= 2; i-- {
		if syllable(word, i) && hyphened(i) {
			return i, "-"
		}
	}
	return fits, ""
}

const vowels = "aąeęioóuyAĄEĘIOÓUY"

// syllable reports whether a Polish word may be parted before its letter i: a consonant that a vowel follows begins a syllable,
// unless it is the second half of one sound. At least two letters stay before, and three go on.
func syllable(word []rune, i int) bool {
	if i < 2 || i+3 > len(word) || !unicode.IsLetter(word[i-1]) {
		return false
	}
	vowel := func(r rune) bool { return strings.ContainsRune(vowels, r) }
	if vowel(word[i]) || !unicode.IsLetter(word[i]) || !vowel(word[i+1]) || !slices.ContainsFunc(word[:i], vowel) {
		return false
	}
	return !slices.Contains([]string{"ch", "cz", "dz", "dź", "dż", "rz", "sz"}, strings.ToLower(string(word[i-1:i+1])))
}

package survey

import (
	"strings"
	"unicode"
)

// foldedLetters are what letters with marks are written as by those who leave the marks out.
var foldedLetters = map[rune]rune{'ą': 'a', 'ć': 'c', 'ę': 'e', 'ł': 'l', 'ń': 'n', 'ó': 'o', 'ś': 's', 'ź': 'z', 'ż': 'z'}

// foldRune writes a letter small and without its mark; combining marks become -1 and belong to no word's letters.
func foldRune(r rune) rune {
	r = unicode.ToLower(r)
	if plain, ok := foldedLetters[r]; ok {
		return plain
	}
	if unicode.Is(unicode.Mn, r) {
		return -1
	}
	return r
}

// Fold writes a text in small letters, without Polish marks and with single blanks: „Żółty  SER” and „zolty ser” are
// the same.
func Fold(text string) string {
	return strings.Join(strings.Fields(strings.Map(foldRune, text)), " ")
}

// Word is a word of a text: Start and End are its bytes there.
type Word struct {
	Start, End int
	Folded     string
	Stem       string
}

// Words are the words of a text that can be looked for: letters and digits that stand together.
func Words(text string) []Word {
	var words []Word
	eachWord(text, func(start, end int) {
		folded := strings.Map(foldRune, text[start:end])
		words = append(words, Word{start, end, folded, Stem(folded)})
	})
	return words
}

// eachWord hands over where each word of a text stands.
func eachWord(text string, each func(start, end int)) {
	start := -1
	for i, r := range text {
		letter := unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.M, r)
		switch {
		case letter && start < 0:
			start = i
		case !letter && start >= 0:
			each(start, i)
			start = -1
		}
	}
	if start >= 0 {
		each(start, len(text))
	}
}

// Search finds remarks that hold all its words, in whatever form: „kolejki” finds „w kolejce”, „zolty” finds „żółtego”,
// and the beginning of a word finds the word.
type Search struct{ terms []Word }

// leastBeginning is how many letters of a word are enough to find it by its beginning.
const leastBeginning = 3

// NewSearch reads what a person typed.
func NewSearch(typed string) Search { return Search{Words(typed)} }

// Empty reports whether there is no word to look for, so that everything is found.
func (s Search) Empty() bool { return len(s.terms) == 0 }

// Find returns the words of a text that the search found, in order, and whether it found all that it looks for.
func (s Search) Find(text string) (found []Word, all bool) {
	seen := make([]bool, len(s.terms))
	if s.Empty() {
		return nil, true
	}
	eachWord(text, func(start, end int) {
		if !s.mayBe(text[start:end]) {
			return
		}
		folded := strings.Map(foldRune, text[start:end])
		word, hit := Word{start, end, folded, Stem(folded)}, false
		for i, term := range s.terms {
			if term.finds(word) {
				seen[i], hit = true, true
			}
		}
		if hit {
			found = append(found, word)
		}
	})
	for _, one := range seen {
		if !one {
			return nil, false
		}
	}
	return found, true
}

// mayBe reports whether a word begins as one of the terms does. No form of a word begins otherwise, and most words of a
// text need no closer look.
func (s Search) mayBe(word string) bool {
	for _, r := range word {
		first := foldRune(r)
		if first < 0 {
			continue
		}
		for _, term := range s.terms {
			if strings.HasPrefix(term.Folded, string(first)) {
				return true
			}
		}
		return false
	}
	return true // marks alone
}

// finds reports whether a word is the term in some form, or begins with it.
func (w Word) finds(word Word) bool {
	return w.Stem == word.Stem || len(w.Folded) >= leastBeginning && strings.HasPrefix(word.Folded, w.Folded)
}

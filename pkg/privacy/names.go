package privacy

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Names can't be proved, so they are never replaced, only pointed out.

// word is a word of a text and where it stands, in bytes.
type word struct {
	start, end int
	text       string // as written
	low        string // in lower case
	starts     bool   // begins a sentence
	follows    bool   // nothing but blanks, a hyphen or an abbreviation's point parts it from the word before
	shouted    bool   // in a text of capitals only, where a capital tells nothing
}

// nameReach is how many words behind the announcing one the name is looked for: "pani kierownik referatu
// spraw obywatelskich Wrona" is as long as people write.
const nameReach = 6

// longestName is how many words one name may have: "Anna Maria Wrona".
const longestName = 3

// perhapsNames finds what may be a person's name: behind a form of address or an office, a first name, a word
// with the ending of a surname, a common surname, an initial with a name.
func perhapsNames(words []word) []span {
	var found []span
	for i, w := range words {
		at := -1
		switch {
		case w.courtesy() || w.introduces():
			at = announcedName(words, i+1, true)
		case w.office():
			at = announcedName(words, i+1, false)
		case w.low == "u" && i+1 < len(words) && words[i+1].visited():
			at = i + 1
		case w.knownName() && !behindStreet(words, i):
			at = i
		case w.initial() && i+1 < len(words) && words[i+1].follows && words[i+1].name() && !behindStreet(words, i) && !(i > 0 && words[i-1].numbered()):
			at = i
		}
		if at >= 0 {
			found = append(found, wholeName(words, at))
		}
	}
	return found
}

// knownName reports whether the word is a name by itself: a first name, a common surname, or one by its ending. In
// capitals, too many words look like a short first name.
func (w word) knownName() bool {
	return w.capital() && !w.nonName() && (w.firstName() && !w.shouted || w.commonSurname() || w.surnameEnding())
}

// announcedName returns the index of the name that the words from i on begin with, behind a form of address
// or an office; -1: none.
func announcedName(words []word, i int, polite bool) int {
	end := min(len(words), i+nameReach)
	for ; i < end; i++ {
		w := words[i]
		switch {
		case w.starts, w.ruled():
			return -1
		case w.courtesy(), w.office(), w.introduces(), w.subject(), w.abbreviated():
			continue
		case w.name(), polite && (w.surnameEnding() || w.firstName() || w.commonSurname()):
			return i
		}
		return -1
	}
	return -1
}

// wholeName widens a name to the capital words that follow it.
func wholeName(words []word, i int) span {
	last := i
	for last+1 < len(words) && last+1 < i+longestName {
		next := words[last+1]
		if next.follows && next.initial() {
			return span{words[i].start, next.end}
		}
		if !next.follows || next.starts || !(next.name() || next.surnameEnding()) || next.office() || next.courtesy() || next.subject() {
			break
		}
		last++
	}
	return span{words[i].start, words[last].end}
}

// behindStreet reports whether a word for an address stands before word i, so that its name is no person here.
func behindStreet(words []word, i int) bool {
	for back := 1; back <= 3 && back <= i; back++ {
		before := words[i-back]
		if street[before.low] {
			return true
		}
		if !before.capital() && !before.abbreviated() || before.starts && back > 1 {
			return false
		}
	}
	return false
}

// capital reports whether the word begins with a capital letter.
func (w word) capital() bool {
	first, _ := utf8.DecodeRuneInString(w.text)
	return unicode.IsUpper(first)
}

// name reports whether the word may be a name: a capital within a sentence tells, where not all are capitals.
func (w word) name() bool {
	return w.capital() && utf8.RuneCountInString(w.text) >= 3 && !w.starts && !w.nonName() && (!w.shouted || w.knownName())
}

// visited reports whether the word behind "u" is somebody, as in "u Wrony".
func (w word) visited() bool {
	return w.follows && w.name() && utf8.RuneCountInString(w.low) >= 4 && !w.subject() && !w.office() && !w.courtesy() && !w.ruled()
}

// initial reports whether the word is one capital letter, as in "J. Wrona".
func (w word) initial() bool { return w.capital() && !w.shouted && utf8.RuneCountInString(w.text) == 1 }

// numbered reports whether letters number what the word names: "pokój B".
func (w word) numbered() bool {
	return begins(w.low, "pok", "budyn", "sal", "wejści", "klat", "blok", "skrzyd", "stanowisk", "grup", "typ")
}

// surnameEnding reports whether the word ends as hardly anything but surnames does, in any case.
func (w word) surnameEnding() bool {
	if utf8.RuneCountInString(w.low) < 6 || w.nonName() {
		return false
	}
	for _, ending := range adjectival {
		if stem, ok := strings.CutSuffix(w.low, ending); ok {
			return strings.HasSuffix(stem, "sk") || strings.HasSuffix(stem, "ck") || strings.HasSuffix(stem, "dzk")
		}
	}
	for _, tail := range [...]string{"icz", "czyk", "czuk", "enk"} {
		if at := strings.LastIndex(w.low, tail); at >= 2 && slices.Contains(masculine, w.low[at+len(tail):]) {
			return tail != "enk" || w.low[at+len(tail):] == "o" // Ukrainian: -enko
		}
	}
	return false
}

func (w word) firstName() bool     { return inflected(w.low, firstNames, firstNameEndings) }
func (w word) commonSurname() bool { return inflected(w.low, surnames, masculine) }
func (w word) courtesy() bool      { return courtesies[w.low] }
func (w word) introduces() bool    { return begins(w.low, "nazywam", "podpisan", "niejak") }
func (w word) office() bool        { return inflected(w.low, offices, officeEndings) }
func (w word) subject() bool {
	return !w.knownName() && (begins(w.low, subjects...) || w.low == "się" || w.low == "i")
}
func (w word) abbreviated() bool { return slices.Contains(abbreviations, w.low) }

// nonName reports whether the word looks like a name and is none: an adjective of a place, an office of the day.
func (w word) nonName() bool { return everyday[w.low] || begins(w.low, places...) }

// ruled reports whether the word is what an office rules; behind it stands a place, as in "Wójt Gminy Dobrcz".
func (w word) ruled() bool {
	return begins(w.low, "gmin", "miast", "powiat", "województw", "sołectw", "rady", "radzie", "radą", "radę") && utf8.RuneCountInString(w.low) <= 10
}

// begins reports whether the word begins with one of the stems.
func begins(low string, stems ...string) bool {
	return slices.ContainsFunc(stems, func(stem string) bool { return strings.HasPrefix(low, stem) })
}

// inflected reports whether the word is one of the stems with one of the endings.
func inflected(low string, stems, endings []string) bool {
	return slices.ContainsFunc(stems, func(stem string) bool {
		ending, ok := strings.CutPrefix(low, stem)
		return ok && slices.Contains(endings, ending)
	})
}

// wordsOf splits a text into words. A token is no word, but parts what stands on its sides.
func wordsOf(text string) []word {
	var words []word
	shouted := !strings.ContainsFunc(text, unicode.IsLower) && strings.Count(text, " ") > 0
	starts, last := true, 0
	for at := 0; at < len(text); {
		if token := tokenAt(text[at:]); token > 0 {
			at += token
			last, starts = at, true
			continue
		}
		r, size := utf8.DecodeRuneInString(text[at:])
		if !unicode.IsLetter(r) {
			at += size
			continue
		}
		w := word{start: at, end: wordEnd(text, at), shouted: shouted}
		at = w.end
		w.text = text[w.start:w.end]
		w.low = strings.ToLower(w.text)
		w.starts, w.follows = joined(words, text[last:w.start], starts)
		words = append(words, w)
		last, starts = at, false
	}
	return words
}

// wordEnd returns where the word ends that begins at the place: letters, with a hyphen or an apostrophe within.
func wordEnd(text string, at int) int {
	end := at
	for i, r := range text[at:] {
		switch {
		case unicode.IsLetter(r) || unicode.Is(unicode.Mn, r):
			end = at + i + utf8.RuneLen(r)
		case r != '-' && r != '\'' && r != '’' || end < at+i:
			return end
		}
	}
	return end
}

// joined tells from the gap between two words whether the second one begins a sentence, and whether it may
// belong to the first: "p. Nowak" goes on behind its point.
func joined(words []word, gap string, starts bool) (begins, follows bool) {
	if starts || len(words) == 0 {
		return true, false
	}
	previous := words[len(words)-1]
	trimmed := strings.TrimSpace(gap)
	if strings.ContainsAny(gap, ".!?;\n") && !(trimmed == "." && (previous.abbreviated() || previous.initial())) && trimmed != "" {
		return true, false
	}
	return false, trimmed == "" || trimmed == "-" || trimmed == "."
}

package survey

import "strings"

// endings are those of Polish nouns, adjectives and verbs, without marks, the longest first. Adverbs and comparatives
// lose theirs too: „wolno” and „wolniej” are near enough to „wolny”.
var endings = []string{
	"iejszego", "iejszych", "iejszymi", "owalismy", "iejsza", "iejsze", "iejszy", "owanie", "owania", "owaniu", "alismy", "elismy", "ilismy", "ylismy",
	"owali", "owala", "owano", "ujemy", "iemy", "iami", "iach", "iego", "iemu", "owie", "owac", "uja", "uje",
	"ami", "ach", "ego", "emu", "imi", "ymi", "ych", "ich", "ymy", "amy", "ali", "ala", "alo", "ila", "ili", "ilo", "yla", "yli", "ylo", "ano", "ony", "ona", "one", "iej",
	"iom", "iem", "owi", "ow", "om", "em", "im", "ym", "ej", "ie", "ia", "io", "iu", "ac", "ec", "ic", "yc", "al", "il", "yl", "aj", "ek",
	"a", "e", "i", "o", "u", "y",
}

// leastStem is how many letters an ending must leave, one of them a vowel.
const (
	leastStem = 3
	vowels    = "aeiouy"
)

// stemEnds are ends of stems that change into one another when a word is inflected: noga, nodze; ręka, ręce; urząd, urzędzie;
// biuro, biurze; mucha, musze; kolejka, kolejek. The longest first.
var stemEnds = []struct{ from, to string }{
	{"sci", "st"}, {"szcz", "st"}, {"dzi", "d"}, {"ci", "t"}, {"dz", "d"}, {"cz", "t"}, {"rz", "r"}, {"sz", "s"}, {"ch", "s"}, {"sc", "st"}, {"zn", "sn"},
	{"g", "d"}, {"k", "t"}, {"c", "t"}, {"z", "s"}, {"ni", "n"}, {"li", "l"}, {"wi", "w"}, {"pi", "p"}, {"bi", "b"}, {"mi", "m"},
}

// Stem takes a folded word to what its forms have in common. It is made to find remarks, not to be read: it puts some
// words together that only look alike, and keeps apart a few whose forms differ within.
func Stem(folded string) string {
	stem := folded
	if strings.HasSuffix(stem, "ek") && len(stem) > leastStem+1 { // kolejek, okienek: the e comes and goes
		stem = stem[:len(stem)-2] + "k"
	} else {
		for _, ending := range endings {
			if rest, ok := strings.CutSuffix(stem, ending); ok && len(rest) >= leastStem && strings.ContainsAny(rest, vowels) {
				stem = rest
				break
			}
		}
	}
	for _, end := range stemEnds {
		if rest, ok := strings.CutSuffix(stem, end.from); ok && len(rest) >= leastStem-1 {
			stem = rest + end.to
			break
		}
	}
	if at := strings.LastIndexAny(stem, vowels); at > 0 && stem[at] == 'a' { // urząd, urzędu; miasto, mieście
		stem = stem[:at] + "e" + stem[at+1:]
	}
	return stem
}

package privacy

import (
	"regexp"
	"strings"
)

// houseNumber is a house, perhaps with a flat: 5, 5a, 5/3, 12 m. 4.
const houseNumber = `[0-9]{1,4}[A-Za-z]?(?:[\s\p{Zs}]?(?:/|m\.|lok\.)[\s\p{Zs}]?[0-9]{1,4}[A-Za-z]?|[\s\p{Zs}][A-Z](?:[^\p{L}.]|$))?`

// streetName is some words that begin with a capital or are numbers, as in "Jana Pawła II", "3 Maja", "gen. Andersa".
const streetName = `(?:(?:\p{Lu}[\p{L}.-]*|[0-9]{1,2}|gen\.|ks\.|św\.|dr|pl\.)[\s\p{Zs}]+){1,5}`

// Forms of an address. Nothing proves one, and a street without a house is nobody's.
var addressForms = []struct {
	hints []string // one of them stands in a text, in lower case, that the form matches
	form  *regexp.Regexp
}{
	// ul. Leśna 5/3, os. Słoneczne 12
	{[]string{"ul.", "ul ", "ulic", "os.", "osiedl", "al.", "alej", "pl.", "plac", "szos"}, regexp.MustCompile(`(?:^|[^\p{L}])((?i:ul\.?|ulic[aęyą]|os\.|osiedl[eua]|al\.|alej[aięą]+|pl\.|plac[u]?|szosi?[aeyęą])[\s\p{Zs}]*` + streetName + `(?:nr[\s\p{Zs}]+)?` + houseNumber + `)`)},
	// ul. leśna 5
	{[]string{"ul."}, regexp.MustCompile(`(?:^|[^\p{L}])((?i:ul\.)[\s\p{Zs}]*\p{Ll}+[\s\p{Zs}]+` + houseNumber + `)`)},
	// mieszkam w Niwach 14, zam. Niwy 14
	{[]string{"mieszka", "zam.", "adres", "posesj", "nieruchomoś"}, regexp.MustCompile(`(?i:mieszka(?:m|my|jąc[ayej]*)|zamieszka\p{L}*|zam\.|adres\p{L}*|posesj\p{L}+|nieruchomoś\p{L}+)[^.!?\n]{0,30}?[\s\p{Zs}](\p{Lu}\p{L}+[\s\p{Zs}]+(?:nr[\s\p{Zs}]+)?` + houseNumber + `)`)},
	// dom nr 14, posesja 14
	{[]string{"dom", "posesj"}, regexp.MustCompile(`(?:^|[^\p{L}])((?i:dom(?:u|em)?[\s\p{Zs}]+(?:nr|numer)|posesj\p{L}{1,3}(?:[\s\p{Zs}]+(?:nr|numer))?)[\s\p{Zs}.]+` + houseNumber + `)`)},
	// przy Leśnej 12
	{[]string{"przy ", "na ", "z "}, regexp.MustCompile(`(?:^|[^\p{L}])(?i:przy|na|z)[\s\p{Zs}]+(\p{Lu}\p{L}+(?:ej|ego|ich|ów)[\s\p{Zs}]+` + houseNumber + `)`)},
	// Leśna 5/3
	{[]string{"/", "m."}, regexp.MustCompile(`(?:^|[^\p{L}])(\p{Lu}\p{Ll}{3,}[\s\p{Zs}]+[0-9]{1,3}[A-Za-z]?[\s\p{Zs}]?(?:/|m\.)[\s\p{Zs}]?[0-9]{1,3})(?:[^0-9/]|$)`)},
}

// countedThings begin words behind which a number is no house.
var countedThings = []string{"ocen", "uchwał", "działk", "druk", "stron", "poko", "pokó", "sal", "ankiet", "pytani", "wnios", "decyzj", "faktur", "numer", "okien", "stanowisk", "etap",
	"zarządzen", "rozdział", "paragraf", "artykuł", "ustaw", "pism", "spraw", "załącz", "formularz", "punkt", "skal", "rubryk", "pozycj", "plan", "wersj", "rok", "termin", "godzin", "kwartał", "obręb"}

// addresses finds what may be a person's address.
func addresses(text, low string) []span {
	var found []span
	for _, f := range addressForms {
		if !holds(low, f.hints...) {
			continue
		}
		for _, at := range matches(f.form, text, 1) {
			first := wordsOf(text[at.start:at.end])
			behind := text[at.end:]
			if len(first) > 0 && begins(first[0].low, countedThings...) || sizeBehind.MatchString(behind) || yearEnd.MatchString(text[at.start:at.end]) {
				continue
			}
			found = append(found, trimmed(text, at))
		}
	}
	return found
}

// yearEnd matches a year at the end, which is no house.
var yearEnd = regexp.MustCompile(`[\s\p{Zs}](?:19|20)[0-9]{2}$`)

// trimmed takes a stretch's last character off where it is no letter or digit: the forms look one ahead.
func trimmed(text string, at span) span {
	piece := trailing.ReplaceAllString(text[at.start:at.end], "")
	return span{at.start, at.start + len(piece)}
}

var trailing = regexp.MustCompile(`[^\p{L}\p{Nd}]+$`)

// holds reports whether the text has one of the pieces in it.
func holds(text string, pieces ...string) bool {
	for _, piece := range pieces {
		if strings.Contains(text, piece) {
			return true
		}
	}
	return false
}

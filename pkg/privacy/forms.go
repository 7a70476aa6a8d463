package privacy

import (
	"regexp"
	"strings"
)

// Forms of an address: with a domain and the at sign or what people put in its place, with blanks or a line end at
// it; and without the end of the domain, where no blank parts it.
var (
	emailForm = regexp.MustCompile(
		`(?i)[\p{L}\p{Nd}][\p{L}\p{Nd}._%+'-]*` +
			`(?:[\s\p{Zs}]*(?:@|＠|[(\[{]\s*(?:at|ma[łl]pa|@)\s*[)\]}])[\s\p{Zs}]*|[\s\p{Zs}]+ma[łl]pa[\s\p{Zs}]+|[\s\p{Zs}]+at[\s\p{Zs}]+)` +
			`[\p{L}\p{Nd}-]+(?:(?:\.|[\s\p{Zs}]+(?:kropka|dot)[\s\p{Zs}]+|\s*[(\[{]\s*(?:dot|kropka|\.)\s*[)\]}]\s*)[\p{L}\p{Nd}-]+)+`)
	shortEmail = regexp.MustCompile(`[\p{L}\p{Nd}][\p{L}\p{Nd}._%+'-]*\p{L}[\p{L}\p{Nd}._%+'-]*[@＠]\p{L}[\p{L}\p{Nd}-]+`)
)

// mayBeEmail lets texts through that have an at sign or a word for it.
func mayBeEmail(text string) bool {
	if strings.ContainsAny(text, "@＠") {
		return true
	}
	low := strings.ToLower(text)
	return strings.Contains(low, "at") && atSpelt.MatchString(low) || strings.Contains(low, "małpa") || strings.Contains(low, "malpa")
}

var atSpelt = regexp.MustCompile(`[(\[{\s\p{Zs}]at[)\]}\s\p{Zs}]`)

func findEmails(text string) []span {
	return append(matches(emailForm, text, 0), matches(shortEmail, text, 0)...)
}

// landRegisterForm matches a number such as XX1X/00000000/0 (court's department, number in the register,
// check digit). People leave out leading zeros and the check digit; the court's code is proof enough.
var landRegisterForm = regexp.MustCompile(
	`(?i)(?:^|[^\p{L}\p{Nd}])([a-z]{2}[ -]?[0-9][a-z]\s*/\s*[0-9](?:[\s\p{Pd}]*[0-9]){3,7}(?:\s*/\s*[0-9])?)`)

func findLandRegisters(text string) []span { return matches(landRegisterForm, text, 1) }

// matches returns where a group of the pattern matches.
func matches(pattern *regexp.Regexp, text string, group int) []span {
	var found []span
	for _, at := range pattern.FindAllStringSubmatchIndex(text, -1) {
		found = append(found, span{at[2*group], at[2*group+1]})
	}
	return found
}

// Forms of a registration plate (regulation of the minister of infrastructure on the registration of
// vehicles): place of two or three letters and four or five signs, or a letter, a digit and a
// choice of one's own; the third is Ukrainian.
var (
	plateForm = regexp.MustCompile(`(?:^|[^\p{L}\p{Nd}])([A-Z]{2,3}[ -]?[0-9A-Z]{4,5}|[A-Z][0-9][ -]?[0-9A-Z]{3,5}|[A-Z]{2}[ -]?[0-9]{4}[ -]?[A-Z]{2})`)
	lowPlate  = regexp.MustCompile(`(?i)(?:^|[^\p{L}\p{Nd}])([a-z]{2,3}[ -]?[0-9]{2,5}[a-z]{0,2})`)
	plateWord = regexp.MustCompile(`(?i)(?:rejestr|nr\.? rej|tablic|samoch|pojazd|ciężar[oó]w|przyczep|motocykl|skuter|(?:^|[^\p{L}])(?:rej|aut[oaeu]|autem|blach\p{L}*)(?:[^\p{L}]|$))`)
	plateName = regexp.MustCompile(`(?i)(?:nr\.? rej|rejestracyjn|tablic|(?:^|[^\p{L}])rej\.)[^\[\]\n]{0,15}$`)
)

// mayBePlate lets texts through that have a digit and speak of a vehicle.
func mayBePlate(text string) bool {
	return strings.ContainsFunc(text, isDigit) &&
		holds(strings.ToLower(text), "rej", "tablic", "samoch", "poja", "ciężar", "przyczep", "motocykl", "skuter", "aut", "blach") && plateWord.MatchString(text)
}

// plateReach is how far, in bytes, a word about a vehicle may stand from its plate.
const plateReach = 48

// findPlates finds registration plates near a word about a vehicle: without one, a form like theirs is
// an abbreviation with a year more often than a plate. Lower case counts only right behind the word.
func findPlates(text string) []span {
	var found []span
	for _, at := range matches(plateForm, text, 1) {
		context := before(text, at.start, plateReach) + " " + behind(text, at.end, plateReach)
		if ends(text, at.end) && strings.ContainsAny(text[at.start:at.end], "0123456789") && plateWord.MatchString(context) {
			found = append(found, at)
		}
	}
	for _, at := range matches(lowPlate, text, 1) {
		if n := signs(text[at.start:at.end]); n >= 6 && n <= 8 && ends(text, at.end) &&
			plateName.MatchString(before(text, at.start, plateReach)) && !preposition(text[at.start:at.end]) {
			found = append(found, at)
		}
	}
	return found
}

// preposition reports whether the letters in front are a word, as in "do 2023".
func preposition(plate string) bool {
	word, _, split := strings.Cut(strings.ToLower(plate), " ")
	return split && strings.Contains(" do od na za po ze we ul nr rok dnia dn lat ", " "+word+" ")
}

// signs counts what is neither blank nor hyphen.
func signs(s string) int { return len(s) - strings.Count(s, " ") - strings.Count(s, "-") }

// wordBehind matches where a word goes on.
var wordBehind = regexp.MustCompile(`^[\p{L}\p{Nd}]`)

// ends reports whether no word goes on at the place.
func ends(text string, at int) bool { return !wordBehind.MatchString(text[at:]) }

package privacy

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// findPESELs finds valid PESELs, split in any way; points and strokes, which part dates and case signs too, only in
// one that stands alone.
func findPESELs(text string) []span {
	found := findNumbers(text, 11, func(w window) bool { return validPESEL(w.values()) })
	for _, r := range runs(text, "./_") {
		if w := (window{r, 0, len(r.groups)}); validPESEL(w.values()) {
			found = append(found, w.span())
		}
	}
	return found
}

// findLongREGONs finds REGONs of local units, split in any way.
func findLongREGONs(text string) []span {
	return findNumbers(text, 14, func(w window) bool { return validREGON(w.values()) })
}

// findNIPs finds tax numbers. One number of eleven passes the check, so that the form counts too.
func findNIPs(text string) []span {
	return findNumbers(text, 10, func(w window) bool {
		return validNIP(w.values()) && likelyNumber(text, w, "10", "3-3-2-2", "3-2-2-3", "3-3-4")
	})
}

// findShortREGONs finds REGONs. One number of eleven passes the check, so that the form counts too.
func findShortREGONs(text string) []span {
	return findNumbers(text, 9, func(w window) bool {
		return validREGON(w.values()) && likelyNumber(text, w, "9", "3-3-3")
	})
}

// findNumbers finds the numbers of n digits that are wanted.
func findNumbers(text string, n int, want func(window) bool) []span {
	var found []span
	for _, r := range runs(text, "") {
		for _, w := range r.windows(n) {
			if want(w) {
				found = append(found, w.span())
			}
		}
	}
	return found
}

// likelyNumber reports whether a number that little speaks for may be meant as one: it is written in one
// of the usual shapes, or in any other but stands alone; and it is no date, amount or fraction.
func likelyNumber(text string, w window, shapes ...string) bool {
	usual := slices.Contains(shapes, w.shape()) || slices.Contains(shapes, joinedShape(text, w))
	oneGroup := w.to-w.from == 1
	return (usual || w.whole()) && (oneGroup || !w.dated()) && !measured(text, w.span())
}

// joinedShape is the window's shape where a line end does not split a group.
func joinedShape(text string, w window) string {
	at := w.span()
	joined := runs(lineEnds.ReplaceAllString(text[at.start:at.end], ""), "().")
	return window{joined[0], 0, len(joined[0].groups)}.shape()
}

// lineEnds matches a line end, with the hyphen that may announce it.
var lineEnds = regexp.MustCompile(`-?[ \t]*\r?\n[ \t]*`)

// What stands behind an amount, and what stands before and behind a part of a longer sign or fraction.
var (
	unitBehind     = regexp.MustCompile(`(?i)^[\s\p{Zs}]*(?:zł|zl|pln|eur|euro|€|usd|\$|tys\b|mln\b|mld\b|%|m2|m²|ha\b|kwh)`)
	fractionBehind = regexp.MustCompile(`^[.,][0-9]{1,2}(?:[^0-9]|$)`)
	signBefore     = regexp.MustCompile(`(?:^|[^0-9])[0-9]{1,6}[./]$`)
)

// measured reports whether the number is an amount, a fraction or a part of a case sign.
func measured(text string, at span) bool {
	return unitBehind.MatchString(text[at.end:]) || fractionBehind.MatchString(text[at.end:]) ||
		signBefore.MatchString(before(text, at.start, 10))
}

// before returns up to n bytes that precede the place, cut at a token, so that tokens never count as context.
func before(text string, at, n int) string {
	piece := text[max(0, at-n):at]
	return piece[strings.LastIndexByte(piece, ']')+1:]
}

// behind returns up to n bytes that follow the place, cut at a token.
func behind(text string, at, n int) string {
	piece := text[at:min(len(text), at+n)]
	if i := strings.IndexByte(piece, '['); i >= 0 {
		return piece[:i]
	}
	return piece
}

// ibanLengths tells how long an account number is in the countries from which residents have one (SWIFT
// IBAN registry).
var ibanLengths = map[string]int{
	"AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20, "ES": 24,
	"FI": 18, "FR": 27, "GB": 22, "GE": 22, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IS": 26, "IT": 27,
	"LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MD": 24, "MT": 31, "NL": 18, "NO": 15, "PL": 28,
	"PT": 25, "RO": 24, "SE": 24, "SI": 19, "SK": 24, "TR": 26, "UA": 29,
}

// ibanStart matches a country and the first digit of an account number.
var ibanStart = regexp.MustCompile(`(?i)[a-z]{2}[\s\p{Zs}\p{Pd}\p{Cf}]*\p{Nd}`)

// findAccounts finds Polish account numbers of 26 digits and IBANs, split in any way.
func findAccounts(text string) []span {
	found := findNumbers(text, 26, func(w window) bool {
		return validIBAN("PL" + spell(w.values()))
	})
	for from := 0; from < len(text); {
		at := ibanStart.FindStringIndex(text[from:])
		if at == nil {
			break
		}
		start := from + at[0]
		if end := ibanEnd(text, start); end > 0 {
			found = append(found, span{start, end})
		}
		from = start + 1
	}
	return found
}

// ibanEnd returns where the IBAN ends that begins at the place, or 0 if none does.
func ibanEnd(text string, start int) int {
	want := ibanLengths[strings.ToUpper(text[start:start+2])]
	var iban strings.Builder
	for i, r := range text[start:] {
		if value, ok := digitValue(r); ok {
			iban.WriteByte('0' + value)
		} else if r < utf8.RuneSelf && isLetter(byte(r)) {
			iban.WriteByte(byte(r) &^ 0x20) // to upper case
		} else if !separates(r) {
			return 0
		}
		if iban.Len() >= want {
			if !validIBAN(iban.String()) {
				return 0
			}
			return start + i + utf8.RuneLen(r)
		}
	}
	return 0
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// spell writes the digits in ASCII.
func spell(digits []digit) string {
	out := make([]byte, len(digits))
	for i, d := range digits {
		out[i] = '0' + d.value
	}
	return string(out)
}

// cardLetters matches the series of an identity card at the end of a text; lower case counts only
// behind the card's name, as too many words have three letters.
var (
	cardLetters = regexp.MustCompile(`(?:^|[^\p{L}\p{Nd}])([A-Z]{3})[\s\p{Zs}\p{Pd}\p{Cf}]*$`)
	cardNamed   = regexp.MustCompile(`(?i)(?:dow[oó]d\p{L}*|dow\.?|osobist\p{L}*|seri[ai]|numer|nr)[\s:.,]*([a-z]{3})[\s\p{Zs}\p{Pd}\p{Cf}]*$`)
)

// findIdentityCards finds three letters and six digits with a right check digit.
func findIdentityCards(text string) []span {
	var found []span
	for _, r := range runs(text, "") {
		for _, w := range r.windows(6) {
			if w.from > 0 {
				break // other digits precede it
			}
			at := w.span()
			ahead := before(text, at.start, 60)
			letters := cardLetters.FindStringSubmatchIndex(ahead)
			if letters == nil {
				letters = cardNamed.FindStringSubmatchIndex(ahead)
			}
			if letters == nil {
				continue
			}
			series := ahead[letters[2]:letters[3]]
			if validIdentityCard(strings.ToUpper(series), w.values()) {
				found = append(found, span{at.start - len(ahead) + letters[2], at.end})
			}
		}
	}
	return found
}

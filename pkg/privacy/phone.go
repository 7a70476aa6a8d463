package privacy

import (
	"regexp"
	"slices"
	"strings"
)

// Limits of a number with its country (ITU-T E.164 allows 15 digits; a 16th or a short number is
// something else).
const (
	shortestForeign = 9
	longestForeign  = 13
	polishWithCode  = 11 // 48 and nine digits
)

// plusBefore matches the plus sign that begins an international number.
var plusBefore = regexp.MustCompile(`\+[\s(]*$`)

// findInternationalPhones finds numbers that begin with a plus sign or with 0048, split in any way.
func findInternationalPhones(text string) []span {
	var found []span
	for _, r := range runs(text, "()") {
		at := r.digits[0].start
		if sign := plusBefore.FindStringIndex(before(text, at, 4)); sign != nil {
			if w, ok := r.international(); ok {
				start := at - len(before(text, at, 4)) + sign[0]
				found = append(found, span{start, w.span().end})
			}
		}
		for _, w := range r.windows(polishWithCode + 2) {
			if strings.HasPrefix(spell(w.values()), "0048") {
				found = append(found, w.span())
			}
		}
	}
	return found
}

// international returns the phone number with which a run after a plus sign begins.
func (r run) international() (window, bool) {
	if strings.HasPrefix(spell(r.digits), "48") {
		for _, w := range r.windows(polishWithCode) {
			if w.from == 0 {
				return w, true
			}
		}
		return window{}, false
	}
	for n := longestForeign; n >= shortestForeign; n-- {
		for _, w := range r.windows(n) {
			if w.from == 0 {
				return w, true
			}
		}
	}
	return window{}, false
}

// phoneWord matches the words that announce a phone number, at the end of a text.
var phoneWord = regexp.MustCompile(
	`(?i)(?:^|[^\p{L}])(?:tel|telefon\p{L}*|kom|kom[oó]rk\p{L}*|fax|faks\p{L}*|(?:za|od)?dzwoni\p{L}*|(?:za|od)dzwoń\p{L}*|sms\p{L}*|kontakt\p{L}*)` +
		`(?:[\s.:,;(–-]|nr|numer\p{L}*|pod|mnie|do|na|mój|kom|stac)*$`)

// findAnnouncedPhones finds numbers of seven or nine digits, split in any way, behind a word for a phone.
func findAnnouncedPhones(text string) []span {
	var found []span
	for _, r := range runs(text, "()/") {
		if !phoneWord.MatchString(before(text, r.digits[0].start, 60)) {
			continue
		}
		for _, n := range [...]int{polishWithCode, 10, 9, 7} {
			for _, w := range r.windows(n) {
				if w.from == 0 && announced(w) && (n != 7 || w.whole()) {
					found = append(found, bracketed(text, w.span()))
				}
			}
		}
	}
	return found
}

// bracketed widens a number that begins within brackets by the opening one.
func bracketed(text string, at span) span {
	if strings.HasSuffix(text[:at.start], "(") && strings.Contains(text[at.start:at.end], ")") {
		at.start--
	}
	return at
}

// announced reports whether the digits fit a Polish number: nine of them, or seven within an area, or
// nine behind the country's code or the 0 that used to be dialled first.
func announced(w window) bool {
	digits := spell(w.values())
	switch len(digits) {
	case polishWithCode:
		return strings.HasPrefix(digits, "48") && digits[2] != '0'
	case 10:
		return digits[0] == '0' && digits[1] != '0'
	}
	return digits[0] != '0'
}

// findBarePhones finds nine digits in one of the ways in which phone numbers are written.
func findBarePhones(text string) []span {
	found := barePhones(text, "()", func(w window) bool { return true })
	// Points also part the groups of case signs, so that such a number has to stand alone.
	return append(found, barePhones(text, ".", window.whole)...)
}

func barePhones(text, extra string, want func(window) bool) []span {
	shapes := []string{"9", "3-3-3", "2-3-2-2", "3-2-2-2", "2-2-3-2", "2-7", "3-6"}
	trunk := []string{"10", "1-9", "1-2-3-2-2", "3-3-2-2", "1-2-7", "3-7"} // with the 0 of former days
	withCode := []string{"2-9", "2-3-3-3", "2-2-3-2-2"}
	var found []span
	for _, r := range runs(text, extra) {
		for n, usual := range map[int][]string{9: shapes, 10: trunk, polishWithCode: withCode} {
			for _, w := range r.windows(n) {
				fits := slices.Contains(usual, w.shape()) || slices.Contains(usual, joinedShape(text, w))
				if fits && announced(w) && want(w) && !measured(text, w.span()) && !(w.to-w.from > 1 && w.dated()) {
					found = append(found, bracketed(text, w.span()))
				}
			}
		}
	}
	return found
}

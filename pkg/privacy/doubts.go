package privacy

import (
	"regexp"
	"slices"
	"strings"
)

// Reason says what a stretch of a text may be, for a person to judge.
type Reason string

// The reasons for a doubt.
const (
	PerhapsName         Reason = "name"
	PerhapsPESEL        Reason = "pesel"         // mistyped: the date or the check digit is wrong
	PerhapsAccount      Reason = "account"       // mistyped
	PerhapsIdentityCard Reason = "identity_card" // mistyped
	PerhapsPhone        Reason = "phone"         // announced, with too few or too many digits
	PerhapsAddress      Reason = "address"
	PerhapsCaseSign     Reason = "case_sign" // leads to the parties of a case
	PerhapsPlot         Reason = "plot"      // leads to an owner
	PerhapsRoom         Reason = "room"      // of somebody who is spoken of
)

// Reasons lists all reasons.
func Reasons() []Reason {
	return []Reason{PerhapsName, PerhapsPESEL, PerhapsAccount, PerhapsIdentityCard, PerhapsPhone, PerhapsAddress, PerhapsCaseSign, PerhapsPlot, PerhapsRoom}
}

// Doubt is a stretch of a text, in bytes, that may be personal data: nothing proves it, so that it is not replaced.
type Doubt struct {
	Start, End int
	Reason     Reason
}

// Doubts finds what may be personal data in a text that Redact returned, in the order of the text. They don't
// overlap and hold no token.
func Doubts(text string) []Doubt {
	var all []Doubt
	add := func(reason Reason, found []span) {
		for _, at := range found {
			all = append(all, Doubt{at.start, at.end, reason})
		}
	}
	words := wordsOf(text)
	names := perhapsNames(words)
	if strings.ContainsFunc(text, isDigit) {
		low := strings.ToLower(text)
		add(PerhapsPESEL, mistypedPESELs(text))
		add(PerhapsAccount, mistypedAccounts(text))
		add(PerhapsPhone, mistypedPhones(text))
		if holds(low, "dow") {
			add(PerhapsIdentityCard, matches(mistypedCard, text, 1))
		}
		add(PerhapsCaseSign, caseSigns(text, low))
		if holds(low, "dz") {
			add(PerhapsPlot, plots(text))
		}
		add(PerhapsAddress, addresses(text, low))
		if holds(low, "pok", "biur", "gabine", "stanowisk", "okien") {
			add(PerhapsRoom, peoplesRooms(text, words, names))
		}
	}
	add(PerhapsName, names)
	return apart(all)
}

// apart sorts the doubts and drops those that overlap with one before, or with a longer one from the same place.
func apart(all []Doubt) []Doubt {
	slices.SortStableFunc(all, func(a, b Doubt) int {
		if a.Start != b.Start {
			return a.Start - b.Start
		}
		return b.End - a.End
	})
	kept := all[:0]
	for _, d := range all {
		if len(kept) == 0 || d.Start >= kept[len(kept)-1].End {
			kept = append(kept, d)
		}
	}
	return kept
}

// peselWord matches the word that announces a PESEL at the end of a text.
var peselWord = regexp.MustCompile(`(?i)pesel\p{L}*[^\p{Nd}]{0,20}$`)

// mistypedPESELs finds numbers that are announced as a PESEL and are none, and eleven digits of which either the
// date or the check digit is right: a slip of one digit leaves the other one so.
func mistypedPESELs(text string) []span {
	var found []span
	for _, r := range runs(text, "") {
		if n := len(r.digits); n >= 9 && n <= 13 && peselWord.MatchString(before(text, r.digits[0].start, 40)) {
			found = append(found, span{r.digits[0].start, r.digits[n-1].end})
			continue
		}
		for _, w := range r.windows(11) {
			alone := w.to-w.from == 1 || w.whole() && w.to-w.from <= 3 && !w.dated()
			if alone && (validBirthDate(w.values()) || validPESELCheck(w.values())) && !same(w.values()) && !measured(text, w.span()) {
				found = append(found, w.span())
			}
		}
	}
	return found
}

// accountWord matches the word that announces an account number at the end of a text.
var accountWord = regexp.MustCompile(`(?i)(?:kont\p{L}*|rachun\p{L}*|iban)[^\p{Nd}]{0,20}$`)

// mistypedAccounts finds 26 digits that are no account number, and 20 to 30 that are announced as one.
func mistypedAccounts(text string) []span {
	var found []span
	for _, r := range runs(text, "") {
		n := len(r.digits)
		if n == 26 && !same(r.digits) || n >= 20 && n <= 30 && accountWord.MatchString(before(text, r.digits[0].start, 40)) {
			found = append(found, span{r.digits[0].start, r.digits[n-1].end})
		}
	}
	return found
}

// mistypedCard matches an identity card that is announced; a right one has been replaced.
var mistypedCard = regexp.MustCompile(`(?i)dow[oó]d\p{L}*(?:[\s:.,]|osobist\p{L}*|seri[ai]|numer|nr)*[\s:.,]([a-z]{3}[\s\p{Pd}]*[0-9]{6})(?:[^\p{L}\p{Nd}]|$)`)

// mistypedPhones finds numbers of six to thirteen digits behind a word for a phone.
func mistypedPhones(text string) []span {
	var found []span
	for _, r := range runs(text, "()/") {
		n := len(r.digits)
		if n < 6 || n > 13 {
			continue
		}
		at := span{r.digits[0].start, r.digits[n-1].end}
		if phoneWord.MatchString(before(text, at.start, 60)) && !(window{r, 0, len(r.groups)}).dated() {
			found = append(found, at)
		}
	}
	return found
}

// Forms of a case sign (instrukcja kancelaryjna, Dz.U. 2011 nr 14 poz. 67, § 5: office, class of the file plan, number,
// year, clerk) and of what a text calls a case.
var (
	caseSign  = regexp.MustCompile(`(?:^|[^\p{L}\p{Nd}.])((?:\p{Lu}{1,6}[-.\s]?(?:\p{Lu}{1,6}[-.]){0,3})?[0-9]{3,4}\.[0-9]{1,5}\.(?:[0-9]{1,5}\.)?(?:19|20)[0-9]{2}(?:\.\p{Lu}{1,4})?)`)
	namedCase = regexp.MustCompile(`(?i)(?:znak\p{L}*|spraw\p{L}{0,3}|decyzj\p{L}{0,2}|sygn\p{L}*|wnios\p{L}{0,4}|postępowani\p{L}{0,2}|zawiadomieni\p{L}{0,2}|upomnieni\p{L}{0,2})` +
		`(?:[\s:.]|nr|numer\p{L}*|znak\p{L}*|spraw\p{L}{0,2})*[\s:.]((?:\p{L}{1,6}[./-])*[0-9]{1,6}[./-][0-9A-Za-z./-]*[0-9A-Za-z])`)
)

// caseSigns finds case signs. A date behind "sprawa z dnia" is none.
func caseSigns(text, low string) []span {
	var found []span
	if strings.Contains(text, ".") {
		found = matches(caseSign, text, 1)
	}
	if !holds(low, "znak", "spraw", "decyzj", "sygn", "wnios", "postępowani", "zawiadomieni", "upomnieni") {
		return found
	}
	for _, at := range matches(namedCase, text, 1) {
		if piece := text[at.start:at.end]; !dateForm.MatchString(piece) {
			found = append(found, at)
		}
	}
	return found
}

var dateForm = regexp.MustCompile(`^(?:[0-9]{1,2}[./-][0-9]{1,2}(?:[./-](?:[0-9]{2}|(?:19|20)[0-9]{2}))?(?:[^0-9].*)?|(?:19|20)[0-9]{2}-[0-9]{1,2}-[0-9]{1,2})$`)

// plotForm matches the number of a plot; "działka 12 arów" tells a size.
var plotForm = regexp.MustCompile(`(?i)(?:^|[^\p{L}])(?:działk\p{L}*|działek|działce|dz\.)(?:[\s:.,]|nr|numer\p{L}*|ewid\p{L}*|geodezyjn\p{L}*|o|i|oraz|[0-9]+/[0-9]+)*[\s.:]([0-9]{1,5}(?:/[0-9]{1,5})?)`)

func plots(text string) []span {
	return slices.DeleteFunc(matches(plotForm, text, 1), func(at span) bool {
		return unitBehind.MatchString(text[at.end:]) || sizeBehind.MatchString(text[at.end:])
	})
}

var sizeBehind = regexp.MustCompile(`(?i)^(?:[.,][0-9]+)?[\s\p{Zs}]*(?:ar|m\b|m2|metr|hekt|lat|rok|dni|miesi|tygod|godz|minut|min\b|km|osób|raz|pięt|os\b|zł)`)

// peoplesRooms finds the numbers of rooms in sentences that speak of a person: together they tell who it is. A
// room alone is a place.
func peoplesRooms(text string, words []word, names []span) []span {
	rooms := matches(roomForm, text, 1)
	if len(rooms) == 0 {
		return nil
	}
	people := slices.Clone(names)
	for _, w := range words {
		if w.courtesy() && w.low != "p" || w.office() {
			people = append(people, span{w.start, w.end})
		}
	}
	slices.SortFunc(people, func(a, b span) int { return a.start - b.start })
	ends := append(sentenceEnd.FindAllStringIndex(text, -1), []int{len(text), len(text)})
	sentence, who := 0, 0
	return slices.DeleteFunc(rooms, func(room span) bool {
		for ends[sentence][0] < room.start {
			sentence++
		}
		from := 0
		if sentence > 0 {
			from = ends[sentence-1][0]
		}
		for who < len(people) && people[who].start < from {
			who++
		}
		return who == len(people) || people[who].start > ends[sentence][0]
	})
}

var roomForm = regexp.MustCompile(`(?i)(?:^|[^\p{L}])((?:pok(?:\.|oju|oje|oj[aueó]?|ój)?|biur(?:o|ze|a)|gabine\p{L}+|stanowisk\p{L}{1,2}|okien\p{L}{2,3})[\s\p{Zs}]+(?:nr\.?[\s\p{Zs}]*|numer[\s\p{Zs}]+)?[0-9]{1,3}[a-z]?)(?:[^\p{L}\p{Nd}]|$)`)

var sentenceEnd = regexp.MustCompile(`[.!?][\s]+\p{Lu}|\n`)

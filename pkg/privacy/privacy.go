// Package privacy finds personal data in remarks and replaces them before anything is stored. It is
// pure: no I/O, no clock, no state. What it takes out is gone; nothing here keeps or logs the original.
//
// Numbers are recognised by their checksums and digits may be split by spaces, hyphens and line ends,
// as people type them. What a checksum or an unmistakable form proves is replaced; what only looks like
// a person's name, an address, a case or a slip in a number is left for a person to judge (Doubts), who can put a
// cover in its place (Hide), one way.
package privacy

import (
	"slices"
	"strings"
)

// Kind is a kind of personal data that is replaced for sure.
type Kind string

// The kinds, in the order in which Result lists them.
const (
	Email        Kind = "email"
	LandRegister Kind = "land_register"
	Account      Kind = "account"
	PESEL        Kind = "pesel"
	IdentityCard Kind = "identity_card"
	REGON        Kind = "regon"
	NIP          Kind = "nip"
	Phone        Kind = "phone"
	Plate        Kind = "plate"
)

// Kinds lists all kinds in the order of Result.Kinds.
func Kinds() []Kind {
	return []Kind{Email, LandRegister, Account, PESEL, IdentityCard, REGON, NIP, Phone, Plate}
}

// Token returns what stands in the text in place of the datum, or "" for an unknown kind.
func (k Kind) Token() string {
	switch k {
	case Email:
		return "[E-MAIL]"
	case LandRegister:
		return "[KSIĘGA WIECZYSTA]"
	case Account:
		return "[KONTO]"
	case PESEL:
		return "[PESEL]"
	case IdentityCard:
		return "[DOWÓD]"
	case REGON:
		return "[REGON]"
	case NIP:
		return "[NIP]"
	case Phone:
		return "[TELEFON]"
	case Plate:
		return "[REJESTRACJA]"
	}
	return ""
}

// Result is a text without the personal data that are sure.
type Result struct {
	Text   string // the text with tokens; valid UTF-8
	Kinds  []Kind // what was replaced, each kind once, in the order of Kinds; nil: nothing
	Unsure bool   // Doubts finds something in it: a person should look
}

// span is a piece of text, in bytes, that is to be replaced.
type span struct{ start, end int }

// detector finds all data of one kind.
type detector struct {
	kind Kind
	find func(text string) []span
	may  func(text string) bool // a cheap look: false where find can find nothing
}

// detectors lists the detectors in the order in which they take their share. Longer and stricter forms
// come first, so that a part of an account number is never taken for a PESEL, nor a part of a PESEL for
// a phone number. A plus sign says more than a checksum that one of eleven numbers passes; a checksum
// says more than nine bare digits.
func detectors() []detector {
	return []detector{
		{Email, findEmails, mayBeEmail},
		{LandRegister, findLandRegisters, digitsAtLeast(4)},
		{Account, findAccounts, digitsAtLeast(8)},
		{Phone, findInternationalPhones, digitsAtLeast(9)},
		{PESEL, findPESELs, digitsAtLeast(11)},
		{IdentityCard, findIdentityCards, digitsAtLeast(6)},
		{REGON, findLongREGONs, digitsAtLeast(14)},
		{Phone, findAnnouncedPhones, digitsAtLeast(7)},
		{NIP, findNIPs, digitsAtLeast(10)},
		{REGON, findShortREGONs, digitsAtLeast(9)},
		{Phone, findBarePhones, digitsAtLeast(9)},
		{Plate, findPlates, mayBePlate},
	}
}

// digitsAtLeast returns a look that lets texts with so many digits through.
func digitsAtLeast(n int) func(string) bool {
	return func(text string) bool {
		have := 0
		for _, r := range text {
			if isDigit(r) {
				have++
			}
		}
		return have >= n
	}
}

// Redact replaces the personal data in a text by tokens. Redacting a redacted text changes nothing.
// Bytes that are not UTF-8 become U+FFFD.
func Redact(text string) Result {
	text = strings.ToValidUTF8(text, "\uFFFD")
	found := make(map[Kind]bool)
	// A token can be shorter than what it replaced and so bring a context word within reach of a
	// number. Repeating until nothing changes makes the result stable; each round that goes on has
	// taken digits or an at sign away, so that it ends.
	for changed := true; changed; {
		changed = false
		for _, d := range detectors() {
			if !d.may(text) {
				continue
			}
			if spans := d.find(text); len(spans) > 0 {
				text = replace(text, spans, d.kind.Token())
				found[d.kind], changed = true, true
			}
		}
	}
	result := Result{Text: text, Unsure: len(Doubts(text)) > 0}
	for _, kind := range Kinds() {
		if found[kind] {
			result.Kinds = append(result.Kinds, kind)
		}
	}
	return result
}

// replace puts the token in place of each span. Spans that overlap become one, so that no digit of
// either is left.
func replace(text string, spans []span, token string) string {
	slices.SortFunc(spans, func(a, b span) int { return a.start - b.start })
	var out strings.Builder
	done := 0
	for i := 0; i < len(spans); {
		start, end := spans[i].start, spans[i].end
		for i++; i < len(spans) && spans[i].start < end; i++ {
			end = max(end, spans[i].end)
		}
		out.WriteString(text[done:start])
		out.WriteString(token)
		done = end
	}
	out.WriteString(text[done:])
	return out.String()
}

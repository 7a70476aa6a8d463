package privacy

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Cover is a token that a person puts in place of what only a person can judge.
type Cover string

// The covers.
const (
	CoverName    Cover = "[NAZWISKO]"
	CoverAddress Cover = "[ADRES]"
	CoverNumber  Cover = "[NUMER]"
	CoverOther   Cover = "[INNE]"
)

// Covers lists the covers in the order of the panel.
func Covers() []Cover { return []Cover{CoverName, CoverAddress, CoverNumber, CoverOther} }

// Cover returns the token for what a doubt is about.
func (r Reason) Cover() Cover {
	switch r {
	case PerhapsName:
		return CoverName
	case PerhapsAddress:
		return CoverAddress
	case PerhapsPESEL, PerhapsAccount, PerhapsIdentityCard, PerhapsPhone, PerhapsCaseSign, PerhapsPlot:
		return CoverNumber
	}
	return CoverOther
}

// tokenAt returns the length of the token that the text begins with, or 0.
func tokenAt(text string) int {
	if !strings.HasPrefix(text, "[") {
		return 0
	}
	for _, kind := range Kinds() {
		if token := kind.Token(); strings.HasPrefix(text, token) {
			return len(token)
		}
	}
	for _, cover := range Covers() {
		if strings.HasPrefix(text, string(cover)) {
			return len(cover)
		}
	}
	return 0
}

// Word is a word of a remark, in bytes, that a person can choose to hide.
type Word struct {
	Start, End int
	Reason     Reason // of the doubt that it belongs to; "": none
}

// Words splits a text at blanks, without the punctuation around the words. Tokens are no words, and what stands
// between words holds no letter and no digit.
func Words(text string) []Word {
	doubts := Doubts(text)
	var words []Word
	for at := 0; at < len(text); {
		if token := tokenAt(text[at:]); token > 0 {
			at += token
			continue
		}
		r, size := utf8.DecodeRuneInString(text[at:])
		if !wordly(r) {
			at += size
			continue
		}
		w := Word{Start: at, End: chosenEnd(text, at)}
		for _, d := range doubts {
			if d.Start < w.End && w.Start < d.End {
				w.Reason = d.Reason
				break
			}
		}
		words = append(words, w)
		at = w.End
	}
	return words
}

// wordly reports whether the character is of a word, and no punctuation.
func wordly(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.M, r)
}

// chosenEnd returns where the word ends: at a blank or a token, without the punctuation before it.
func chosenEnd(text string, at int) int {
	end := at
	for i, r := range text[at:] {
		if unicode.IsSpace(r) || tokenAt(text[at+i:]) > 0 {
			break
		}
		if wordly(r) {
			end = at + i + utf8.RuneLen(r)
		}
	}
	return end
}

// Hide puts the cover in place of the words with the given indexes, one for neighbours that nothing but blanks
// parts. What it takes out is gone; hidden tells how many characters that were. Indexes outside are ignored.
func Hide(text string, chosen []int, cover Cover) (covered string, hidden int) {
	words := Words(text)
	var spans []span
	for i, w := range words {
		if !slices.Contains(chosen, i) {
			continue
		}
		if n := len(spans); n > 0 && strings.TrimSpace(text[spans[n-1].end:w.Start]) == "" {
			spans[n-1].end = w.End
			continue
		}
		spans = append(spans, span{w.Start, w.End})
	}
	for _, at := range spans {
		hidden += utf8.RuneCountInString(text[at.start:at.end])
	}
	return replace(text, spans, string(cover)), hidden
}

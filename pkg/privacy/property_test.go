package privacy

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// drawIBAN makes a valid Polish account number without the country.
func drawIBAN(t *rapid.T) string {
	bank := rapid.StringMatching(`[0-9]{24}`).Draw(t, "bank and account")
	n, _ := new(big.Int).SetString(bank+"252100", 10)
	return fmt.Sprintf("%02d", 98-new(big.Int).Mod(n, big.NewInt(97)).Int64()) + bank
}

// TestNoAccountSurvives splits valid account numbers in any way, with and without their country.
func TestNoAccountSurvives(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		account := drawIBAN(t)
		gaps := rapid.SampledFrom([]string{"", "", "", " ", "-", "\n", "\u00a0", " - ", "–", "\u200b"})
		var split strings.Builder
		split.WriteString(rapid.SampledFrom([]string{"", "PL", "pl ", "PL-", "konto ", "nr:", "5 "}).Draw(t, "before"))
		for _, digit := range account {
			split.WriteRune(digit)
			split.WriteString(gaps.Draw(t, "gap"))
		}
		text := split.String() + rapid.SampledFrom([]string{"", "dziękuję", ".", " 7", ",50", "/1", " 600 100 201"}).Draw(t, "behind")
		got := Redact(text)
		if strings.Contains(digitsOnly(got.Text), account) || !slices.Contains(got.Kinds, Account) {
			t.Fatalf("Redact(%q) = %q, %v", text, got.Text, got.Kinds)
		}
	})
}

// drawRemark makes a text of pieces that detectors look for.
func drawRemark(t *rapid.T) string {
	pieces := rapid.SampledFrom([]string{"pani ", "Kowalska ", "Jan ", "wójt ", "ul. ", "Leśna ", "5/3 ", "działka ", "nr ", "12 ", "GK.6220.1.2024 ", "pok. ", "600 100 201", "\n", ". ", ", ",
		"[NAZWISKO]", "[PESEL] ", "sprawa ", "02070803628", "02070803627 ", "x@y.pl ", "małpa ", "ABA 300000 ", "auto ", "CB 12345 ", "J. ", "u ", "\xff", "ą", "\u0301", "[", "]", "-", "’"})
	var b strings.Builder
	for range rapid.IntRange(0, 14).Draw(t, "pieces") {
		b.WriteString(pieces.Draw(t, "piece"))
	}
	return b.String()
}

// TestDoubtsAndWordsFit checks what the panel builds on: doubts and words are within the text, in order, apart from
// each other and from tokens, and each doubt has a word to choose.
func TestDoubtsAndWordsFit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := Redact(drawRemark(t)).Text
		checkFit(t, text)
	})
}

// failer is what a test and a property have in common.
type failer interface{ Fatalf(string, ...any) }

func checkFit(t failer, text string) {
	last := 0
	words := Words(text)
	for _, d := range Doubts(text) {
		piece := text[d.Start:d.End]
		if d.Start < last || d.End <= d.Start || !utf8.ValidString(piece) || !slices.Contains(Reasons(), d.Reason) {
			t.Fatalf("Doubts(%q) has %+v", text, d)
		}
		if !slices.ContainsFunc(words, func(w Word) bool { return w.Reason == d.Reason && w.Start < d.End && d.Start < w.End }) {
			t.Fatalf("no word of Words(%q) belongs to the doubt %q", text, piece)
		}
		last = d.End
	}
	last = 0
	for _, w := range words {
		piece := text[w.Start:w.End]
		if w.Start < last || w.End <= w.Start || !utf8.ValidString(piece) || strings.ContainsFunc(piece, unicode.IsSpace) {
			t.Fatalf("Words(%q) has %+v", text, w)
		}
		last = w.End
	}
}

// TestHideIsOneWay hides words drawn at random: they are gone, everything else stays, and the covers can't be chosen
// again.
func TestHideIsOneWay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := Redact(drawRemark(t)).Text
		words := Words(text)
		chosen := rapid.SliceOfDistinct(rapid.IntRange(-1, len(words)), rapid.ID[int]).Draw(t, "chosen")
		cover := rapid.SampledFrom(Covers()).Draw(t, "cover")
		got, hidden := Hide(text, chosen, cover)
		want := 0
		for i, w := range words {
			if slices.Contains(chosen, i) {
				want += utf8.RuneCountInString(text[w.Start:w.End])
			}
		}
		if hidden < want {
			t.Fatalf("Hide(%q, %v) hides %d characters, want at least %d", text, chosen, hidden, want)
		}
		rest := len(Words(got))
		if gone := len(words) - rest; want > 0 && gone < 1 || got == text && want > 0 {
			t.Fatalf("Hide(%q, %v) = %q: %d of %d words left", text, chosen, got, rest, len(words))
		}
		at := 0
		for _, piece := range strings.Split(got, string(cover)) { // what the database's trigger checks
			i := strings.Index(text[at:], piece)
			if i < 0 {
				t.Fatalf("Hide(%q, %v) = %q has %q, which the text had not", text, chosen, got, piece)
			}
			at += i + len(piece)
		}
	})
}

func TestHide(t *testing.T) {
	const text = "Pani Kowalska-Nowak, Anna Maria z pok. 5/3 [TELEFON]."
	tests := []struct {
		name   string
		chosen []int
		cover  Cover
		want   string
		hidden int
	}{
		{"nothing", nil, CoverName, text, 0},
		{"outside", []int{-1, 99}, CoverName, text, 0},
		{"a word without its comma", []int{1}, CoverName, "Pani [NAZWISKO], Anna Maria z pok. 5/3 [TELEFON].", 14},
		{"neighbours", []int{2, 3}, CoverName, "Pani Kowalska-Nowak, [NAZWISKO] z pok. 5/3 [TELEFON].", 10},
		{"apart", []int{0, 6}, CoverOther, "[INNE] Kowalska-Nowak, Anna Maria z pok. [INNE] [TELEFON].", 7},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, hidden := Hide(text, tt.chosen, tt.cover); got != tt.want || hidden != tt.hidden {
				t.Errorf("Hide(%q, %v, %s) = %q, %d; want %q, %d", text, tt.chosen, tt.cover, got, hidden, tt.want, tt.hidden)
			}
		})
	}
}

func TestEachReasonHasACover(t *testing.T) {
	for _, reason := range Reasons() {
		if !slices.Contains(Covers(), reason.Cover()) {
			t.Errorf("%s has the cover %q", reason, reason.Cover())
		}
	}
}

func FuzzHide(f *testing.F) {
	f.Add("Pani Kowalska, ul. Leśna 5/3 [PESEL]", 1)
	f.Add("a\u0301 [NAZWISKO]x]", 0)
	f.Fuzz(func(t *testing.T, text string, i int) {
		text = Redact(text).Text
		checkFit(t, text)
		if got, hidden := Hide(text, []int{i}, CoverOther); hidden > 0 != (got != text) || !utf8.ValidString(got) {
			t.Errorf("Hide(%q, %d) = %q, %d", text, i, got, hidden)
		}
	})
}

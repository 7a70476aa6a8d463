package survey_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ocenaurzedu.eu/pkg/survey"
)

func TestFold(t *testing.T) {
	for text, want := range map[string]string{
		"Żółty  SER": "zolty ser", "ZAŻÓŁĆ GĘŚLĄ JAŹŃ": "zazolc gesla jazn", " kolejki\n w\u00a0holu ": "kolejki w holu", "z\u0307o\u0301łty": "zolty", "Черга": "черга", "": "",
	} {
		if got := survey.Fold(text); got != want {
			t.Errorf("Fold(%q) = %q; want %q", text, got, want)
		}
	}
}

// The forms of a word have one stem, whoever leaves the marks out.
func TestStemOfForms(t *testing.T) {
	for _, forms := range []string{
		"kolejka kolejki kolejce kolejkę kolejką kolejek kolejkom kolejkami kolejkach",
		"urząd urzędu urzędowi urzędem urzędzie urzędy urzędów urzędom urzędami urzędach",
		"okienko okienka okienku okienkiem okienek okienkach",
		"pani pania", "pokój pokoju pokojem pokoje", "parking parkingu parkingiem parkingi parkingów",
		"obsługa obsługi obsłudze obsługę obsługą", "urzędnik urzędnika urzędnikiem urzędnicy urzędników",
		"miły miła miłe miłego miłej miłych miłymi", "długo długie długa długich", "podatek podatku podatki podatków podatkami",
		"czekanie czekania czekaniu", "winda windy windzie windę windą wind", "strona strony stronie stronę stronami",
		"wniosek wniosku wnioski wniosków", "poczta poczty poczcie pocztą", "sprawa sprawy sprawie spraw sprawami sprawach",
	} {
		words := strings.Fields(forms)
		want := survey.Stem(survey.Fold(words[0]))
		for _, form := range words[1:] {
			if got := survey.Stem(survey.Fold(form)); got != want {
				t.Errorf("Stem(%q) = %q; of %q it is %q", form, got, words[0], want)
			}
		}
	}
}

// Words of different meaning that remarks are full of stay apart.
func TestStemKeepsApart(t *testing.T) {
	words := []string{"kolejka", "kasa", "parking", "obsługa", "urząd", "urzędnik", "winda", "strona", "telefon", "pokój", "poczta", "toaleta", "podatek", "termin", "godzina", "śmieci",
		"droga", "chodnik", "dowód", "wniosek", "okienko", "krzesło", "miła", "długo", "szybko", "podjazd", "tablica", "pies", "lampa"}
	seen := map[string]string{}
	for _, word := range words {
		stem := survey.Stem(survey.Fold(word))
		if other := seen[stem]; other != "" {
			t.Errorf("%q and %q have one stem: %q", word, other, stem)
		}
		seen[stem] = word
	}
}

func TestSearch(t *testing.T) {
	const text = "Żółty podjazd dla wózków jest za stromy, a w kolejce czekałem 40 minut."
	tests := []struct {
		typed string
		want  string // the words found, with blanks; "-": the remark is not found
	}{
		{"", ""}, {"  ,. ", ""},
		{"zolty", "Żółty"}, {"ŻÓŁTEGO", "Żółty"}, {"kolejki", "kolejce"}, {"podjazdu wózki", "podjazd wózków"},
		{"kol", "kolejce"}, {"ko", "-"}, {"40", "40"}, {"minuta", "minut"},
		{"kolejka winda", "-"}, {"pies", "-"}, {"lejce", "-"},
	}
	for _, tt := range tests {
		words, all := survey.NewSearch(tt.typed).Find(text)
		var found []string
		for _, w := range words {
			found = append(found, text[w.Start:w.End])
		}
		if got := strings.Join(found, " "); all != (tt.want != "-") || all && got != tt.want {
			t.Errorf("search of %q finds %q, %t; want %q", tt.typed, got, all, tt.want)
		}
	}
}

// Every word of a text finds the text, and what is found stands where it says.
func TestSearchFindsItsOwnWords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[A-Za-zĄąĆćĘęŁłŃńÓóŚśŹźŻż0-9 .,\n\-]{0,60}`).Draw(t, "text")
		for _, w := range survey.Words(text) {
			word := text[w.Start:w.End]
			found, all := survey.NewSearch(word).Find(text)
			if !all || !slices.ContainsFunc(found, func(f survey.Word) bool { return f.Start == w.Start && f.End == w.End }) {
				t.Fatalf("%q does not find itself in %q: %v", word, text, found)
			}
			if survey.Fold(word) != w.Folded {
				t.Fatalf("Fold(%q) = %q; the word has %q", word, survey.Fold(word), w.Folded)
			}
		}
	})
}

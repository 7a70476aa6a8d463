package sheet

import (
	"strings"
	"testing"

	"ocenaurzedu.eu/pkg/tagged"
)

// TestSheetIsReadInOrder reads a sheet back through its structure: what is printed for people comes in order, what is for a
// scanner does not come.
func TestSheetIsReadInOrder(t *testing.T) {
	p := order(t, shipped(t, "default"))
	p.Copies = 2
	pdf := pdfOf(t, p)
	if loose, err := tagged.Loose(pdf); err != nil || len(loose) > 0 {
		t.Errorf("outside of tags are %q, %v", loose, err)
	}
	if info := string(poppler(t, pdf, "pdfinfo")); !strings.Contains(info, "Tagged:          yes") {
		t.Errorf("pdfinfo tells: %s", info)
	}
	p.Copies = 1
	read := strings.Join(strings.Fields(string(poppler(t, pdfOf(t, p), "pdfinfo", "-struct-text"))), " ")
	rest := read
	for _, want := range []string{"Document Sect Figure:", `"Urząd Gminy Osielsko"`, `"Szosa Gdańska 55A, 86-031 Osielsko"`, `"wersja 3"`, `H1 (block) "Ankieta badania satysfakcji Klienta"`, "Figure:", `P (block) "Prosimy wstawić krzyżyk`,
		"Figure:", "Figure:", `P (block) "Pomyłka? Prosimy zamalować całą kratkę`, "anonimowa i dobrowolna", "H2 (block)", `H3 (block) "1. `, "Zgodność z tym, co wcześniej zapowiedziano", "Metryczka"} {
		at := strings.Index(rest, want)
		if at < 0 {
			t.Fatalf("%q is missing, or not at its place, in %s", want, read)
		}
		rest = rest[at+len(want):]
	}
	for _, never := range []string{"strona 1 z 3", "strona 3 z 3"} {
		if strings.Contains(read, never) {
			t.Errorf("a footer is read out: %q", never)
		}
	}
}

func TestParagraphs(t *testing.T) {
	at := func(style Style, x, y float64, text string) Words {
		return Words{X: x, Y: y, Style: style, Size: normalPrint().sizes[style], Text: text}
	}
	got := paragraphs([]Words{
		at(StyleQuestion, 15, 50, "1. Jak ocenia Pani"), at(StyleQuestion, 15, 54.2, "nasz urząd?"), at(StyleHint, 15, 58, "Jedna odpowiedź."),
		at(StyleText, 22, 64, "dobrze"), at(StyleText, 60, 64, "źle"), at(StyleText, 22, 72.5, "nie wiem"),
		at(StyleHead, 104.5, 80, "nie"), at(StyleHead, 100.5, 83.4, "dotyczy"), at(StyleHead, 114, 83.4, "1"), at(StyleHint, 15, 90, "Krzyżyk."), at(StyleHint, 80, 90, "Pomyłka?"),
	}, func(w Words) float64 { return 2 * float64(len([]rune(w.Text))) })
	var texts []string
	for _, p := range got {
		line := ""
		for _, w := range p {
			line += w.Text + "/"
		}
		texts = append(texts, line)
	}
	want := "1. Jak ocenia Pani/nasz urząd?/ Jedna odpowiedź./ dobrze/ źle/ nie wiem/ nie/dotyczy/ 1/ Krzyżyk./ Pomyłka?/"
	if got := strings.Join(texts, " "); got != want {
		t.Errorf("paragraphs = %s; want %s", got, want)
	}
}

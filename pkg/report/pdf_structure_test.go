package report

import (
	"bytes"
	"compress/zlib"
	"io"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/tagged"
)

// element is a line of what poppler reads of a structure: its depth, its role with attributes, or its text.
type element struct {
	depth      int
	role, text string
}

// structureOf reads the structure of a PDF back, in order.
func structureOf(t *testing.T, data []byte, texts bool) []element {
	t.Helper()
	var all []element
	how := "-struct"
	if texts { // takes poppler seconds
		how = "-struct-text"
	}
	for line := range strings.Lines(poppler(t, data, "pdfinfo", how, "%s")) {
		words := strings.TrimSpace(line)
		e := element{depth: (len(line) - len(strings.TrimLeft(line, " "))) / 2}
		switch {
		case words == "" || strings.HasPrefix(words, "/"):
			continue
		case strings.HasPrefix(words, `"`):
			e.text = strings.Trim(words, `"`)
		default:
			e.role = strings.TrimSuffix(strings.Fields(words)[0], ":")
		}
		all = append(all, e)
	}
	return all
}

// chapters are the texts of a structure by the H1 that they stand under.
func chapters(all []element) (names []string, texts map[string]string) {
	texts = map[string]string{}
	name, heading := "", false
	for _, e := range all {
		switch {
		case e.role == "H1":
			heading = true
		case e.text != "" && heading:
			name, heading = strings.TrimSpace(e.text), false
			names = append(names, name)
		case e.text != "":
			texts[name] += e.text + " "
		}
	}
	for name := range texts {
		texts[name] = strings.Join(strings.Fields(texts[name]), " ")
	}
	return names, texts
}

// TestPDFIsReadInOrder reads the whole of the fullest report through its structure: each chapter at its place, with its words in order.
func TestPDFIsReadInOrder(t *testing.T) {
	names, texts := chapters(structureOf(t, pdfBytes(t, signedDocument()), true))
	want := []struct {
		chapter string
		words   []string
	}{
		{"Raport z badania satysfakcji klientów", []string{"1 stycznia – 31 grudnia 2025 r.", "Dane przykładowe", "Numer raportu 7", "Znak sprawy OR.0643.3.2026", "Symbol JRWA 0643", "Kategoria archiwalna A", "Wygenerowano przez administrator"}},
		{"Podsumowanie", []string{"500 zebranych ankiet", "4,29 ocena ogólna", "Ile osób wypełniło ankietę? Zebrano 500 ankiet.", "Jak klienci oceniają urząd? Średnia", "od poprzedniego raportu? Ocena ogólna: wzrost, poprzednio 4,11, teraz 4,29 (przedział zmiany od +0,06 do +0,30).", "Jak urząd wypada na tle powiatu?", "Co powinniśmy poprawić? Najczęściej"}},
		{"Metoda badania", []string{"Okres 1 stycznia", "Kanały Strona internetowa: 92 ankiety", "Wersje ankiety Wersja 1", "Małe liczebności", "Formularze papierowe Wydano 420, wróciło 311", "Zmiany w pytaniach", "Wagi wskaźników", "sprawność obsługi – 2, ocena pracownika – 1,5"}},
		{"Struktura respondentów", []string{"Według kanału", "Sposób wypełnienia Ankiety % wszystkich Strona internetowa 92 18,4%", "Razem 500 100,0%", "Według punktu obsługi", "Kasa 4 0,8%", "Metryczka", "9. Wiek", "10. W czyim imieniu załatwiano sprawę? N za małe", "12. Wykształcenie", "14. Płeć"}},
		{"Wyniki pytań", []string{"1. Czego dotyczyła sprawa?", "podatki i opłaty 171 35,0% 30,9–39,3% 34,2%", "2. Czy sprawa została załatwiona? (wersja 2)", "(wersja 1)", "4. Jak ocenia Pani / Pan obsługę", "Wypełniono 97,1% pól", "w stanie z raportu nr 6", "Dotyczy: „Jest gdzie usiąść", "Wizerunek i warunki", "Urząd informuje, kiedy sprawa będzie załatwiona – n za małe", "Rozkład ważnych odpowiedzi", "NPS: 46,2"}},
		{"Ocena ogólna", []string{"Ocena według kanału", "Papier (skan) 3 n za małe", "Ocena według punktu obsługi", "Kasa 4 n za małe"}},
		{"Obszary", []string{"Wizerunek i warunki (4 stwierdzenia) 478 4,45 4,37–4,53", "0,91", "Rzetelność (4 stwierdzenia) – n za małe", "α Cronbacha"}},
		{"Wskaźniki", []string{"Sprawność obsługi 8 2 79,4 77,8–81,0", "Wskaźnik łączny 3 81,9"}},
		{"Ważność i zadowolenie", []string{"O ważność nie pytano. Ważność wyprowadzona", "↑ Ważność wyprowadzona (granica 0,52)", "Priorytet do poprawy", "1 Oznakowanie budynku", "Nadmiar"}},
		{"Przekroje", []string{"pominięto odpowiedzi z wersji 1", "Tylko ankiety, w których w pytaniu 2 wybrano „tak”.", "Jedna osoba może być w kilku kolumnach.", "(ostatni: nr 6)", "Bardzo słabo n za małe 9,0% 6", "Razem (n) 60 67 74 n za małe", "Średnia i przedział"}},
		{"Wyniki w kolejnych miesiącach", []string{"Ocena ogólna: średnia w miesiącu", "wersja 2: nowa seria", "Wersja 1, skala od 1 do 5 Styczeń 2025 22 3,60", "Luty 2025 – n za małe", "Czerwiec 2025 20 3,60", "Wersja 2, skala od 1 do 5 Czerwiec 2025 20 4,10"}},
		{"Porównanie z poprzednim raportem", []string{"Poprzedni raport (nr 4) obejmuje okres 1 stycznia – 31 grudnia 2024 r. Zebrano wtedy 414 ankiet", "Średnia 4,11 4,29 +0,18 od +0,06 do +0,30 ▲ wzrost", "79,1% 85,5% +6,3 p.p.", "▼ spadek", "w granicach błędu", "za mało odpowiedzi", "pytanie zmieniono", "nowe pytanie", "wynik wstrzymano", "Papier (wpisany) 354 85,5% 311 62,2%"}},
		{"Na tle urzędów powiatu", []string{"Ocena ogólna, przeliczona na skalę od 0 do 100, to 82,2 i jest powyżej średniej 7 urzędów powiatu, których wynik podano (78,3)"}},
		{"Uwagi klientów", []string{"3 uwagi czekają", "zażółć gęślą jaźń", "strona internetowa, marzec 2025", "=HYPERLINK(\"http://zly.example\";\"kliknij\")", "słyszałem co innego.", "karta seniora"}},
		{"Działania naprawcze i doskonalące", []string{"Ustalenie i przyczyna", "Przyczyna: Jedno stanowisko", "do 30 czerwca 2026 r.", "W toku podpisano: Sekretarz Gminy", "Skuteczne", "Zaniechane"}},
		{"Podpisy", []string{"Załączniki: 1. Ankieta, wersja 2; 2. Ankieta, wersja 2; 3. Tabele liczebności; 4. Objaśnienia", "Sporządził(a) imię i nazwisko, stanowisko data i podpis", "Zatwierdził(a) Sekretarz / Wójt"}},
		{"Załącznik 1. Ankieta, wersja 2", []string{"1. Na ile prawdopodobne jest", "od 0 do 240 min"}},
		{"Załącznik 2. Ankieta, wersja 2", []string{"Pytanie zadawane tylko, jeśli w pytaniu 1 wybrano „nie” lub „częściowo”.", "– Dyskrecja przy okienku"}},
		{"Załącznik 3. Tabele liczebności", []string{"Bardzo słabo Słabo Średnio Dobrze Bardzo dobrze n N Oznakowanie budynku i pokoi ułatwia dotarcie na miejsce 6 11 40 160 240 457 460"}},
		{"Załącznik 4. Objaśnienia wskaźników i wzorów", []string{"Przedział dla odsetka Metoda Wilsona", "t · s / √n", "α Cronbacha", "N za małe"}},
	}
	for i, w := range want {
		if i >= len(names) || names[i] != w.chapter {
			t.Fatalf("chapters are %q; want %q at %d", names, w.chapter, i)
		}
		rest := texts[w.chapter]
		for _, words := range w.words {
			at := strings.Index(rest, words)
			if at < 0 {
				t.Fatalf("%s: %q is missing, or not at its place, in %q", w.chapter, words, texts[w.chapter])
			}
			rest = rest[at+len(words):]
		}
	}
	if len(names) != len(want) {
		t.Errorf("chapters are %q; want %d", names, len(want))
	}
}

// valuesIn are the objects that a PDF holds in compressed streams: the elements of its structure.
func valuesIn(t *testing.T, data []byte) string {
	t.Helper()
	all := ""
	for _, at := range regexp.MustCompile(`/Type /ObjStm[^\n]*\nstream\n`).FindAllIndex(data, -1) {
		z, err := zlib.NewReader(bytes.NewReader(data[at[1]:]))
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		all += string(text)
	}
	return all
}

// TestPDFIsTaggedWhole looks at everything that is drawn and at each table and figure, of a full, an empty and a strange report.
func TestPDFIsTaggedWhole(t *testing.T) {
	empty := &Document{Office: fixture().Office, Summary: &stats.Summary{Threshold: 5}, GeneratedAt: time.Unix(0, 0)}
	for name, d := range map[string]*Document{"full": signedDocument(), "importance": importanceDocument(), "empty": empty} {
		data := pdfBytes(t, d)
		if loose, err := tagged.Loose(data); err != nil || len(loose) > 0 {
			t.Errorf("%s: outside of tags are %q, %v", name, loose, err)
		}
		values := valuesIn(t, data)
		figures := strings.Count(values, "/S /Figure")
		if alts := len(regexp.MustCompile(`/S /Figure [^\n]*/Alt <FEFF[0-9A-F]{8,}>`).FindAllString(values, -1)); alts != figures || name != "empty" && figures == 0 {
			t.Errorf("%s: %d of %d figures have words", name, alts, figures)
		}
		tables, headed := 0, 0
		all := structureOf(t, data, false)
		for i, e := range all {
			if e.role == "Table" {
				tables++
				if hasHeader(all[i+1:], e.depth) {
					headed++
				}
			}
		}
		if tables == 0 || headed != tables {
			t.Errorf("%s: %d of %d tables have header cells", name, headed, tables)
		}
	}
}

// hasHeader reports whether there is a header cell before the structure leaves the depth.
func hasHeader(rest []element, depth int) bool {
	for _, e := range rest {
		if e.role != "" && e.depth <= depth {
			return false
		}
		if e.role == "TH" {
			return true
		}
	}
	return false
}

// TestNoHeadingEndsAPage moves what stands on the pages line by line: a heading goes with what it is the heading of.
func TestNoHeadingEndsAPage(t *testing.T) {
	elements := regexp.MustCompile(`<</S /(\w+) /P \d+ 0 R(?: /Pg (\d+) 0 R)?`)
	for n := range 24 {
		d := signedDocument()
		d.Title = strings.Repeat("Raport ", n+1)
		d.Summary.Questions = d.Summary.Questions[n%5:]
		d.Summary.Remarks[0].Remarks[0].Text = strings.Repeat("Długa uwaga klienta o obsłudze w urzędzie gminy. ", 2*n+1)
		d.Comparison.Items, d.Actions = d.Comparison.Items[:n%6+1], d.Actions[:n%3+1]
		heading := ""
		for _, m := range elements.FindAllStringSubmatch(valuesIn(t, pdfBytes(t, d)), -1) {
			role, page := m[1], m[2]
			if page != "" && heading != "" && page != heading {
				t.Errorf("document %d: a heading on the page of object %s is parted from its %s", n, heading, role)
			}
			if page != "" || role != "L" && role != "LI" && role != "Table" && role != "THead" && role != "TR" {
				heading = ""
			}
			if strings.HasPrefix(role, "H") && len(role) == 2 {
				heading = page
			}
		}
	}
}

// TestLongPointsAreNumbered: a wording that would be broken within its column's head is told in a key.
func TestLongPointsAreNumbered(t *testing.T) {
	tables := importanceDocument().countsTables()
	if len(tables) != 4 || tables[0].table.columns[1].title != "1" || !strings.Contains(tables[0].key, "2\u00a0– niezadowolony(-a); ") {
		t.Errorf("tables of counts are %+v", tables)
	}
	if tables = signedDocument().countsTables(); len(tables) != 1 || tables[0].key != "" || tables[0].table.columns[1].title != "Bardzo słabo" {
		t.Errorf("tables of counts are %+v", tables)
	}
}

func TestNoLineStandsAlone(t *testing.T) {
	tests := []struct{ i, n, want int }{{0, 1, 1}, {0, 2, 2}, {0, 3, 3}, {0, 4, 2}, {1, 4, 1}, {2, 4, 2}, {3, 4, 1}}
	for _, tt := range tests {
		if got := kept(tt.i, tt.n); got != tt.want {
			t.Errorf("kept(%d, %d) = %d; want %d", tt.i, tt.n, got, tt.want)
		}
	}
}

// TestPDFHasTheSameBytes writes one report twice, and on one processor.
func TestPDFHasTheSameBytes(t *testing.T) {
	first := pdfBytes(t, signedDocument())
	if !bytes.Equal(first, pdfBytes(t, signedDocument())) {
		t.Error("two PDFs of one document differ")
	}
	before := runtime.GOMAXPROCS(1)
	defer runtime.GOMAXPROCS(before)
	if !bytes.Equal(first, pdfBytes(t, signedDocument())) {
		t.Error("the PDF of one processor differs")
	}
}

// TestPDFTakesAnyCrest leaves out what is no picture, or one too large.
func TestPDFTakesAnyCrest(t *testing.T) {
	for name, crest := range map[string][]byte{"none": nil, "no picture": []byte("GIF89a nonsense"), "cut off": crestPicture()[:60]} {
		d := fixture()
		d.Crest = crest
		if data := pdfBytes(t, d); strings.Contains(valuesIn(t, data), string("/Alt <FEFF0048006500720062003A")) {
			t.Errorf("%s: the report shows a crest", name)
		}
	}
	d := fixture()
	d.Crest = crestPicture()
	if data := pdfBytes(t, d); !strings.Contains(valuesIn(t, data), "/Alt <FEFF0048006500720062003A") {
		t.Error("a crest is not shown")
	}
}

// TestPDFOptions leaves out fonts and tags, and keeps the pages.
func TestPDFOptions(t *testing.T) {
	pages := func(o PDFOptions) string {
		var b bytes.Buffer
		if err := signedDocument().PDFWith(&b, o); err != nil {
			t.Fatal(err)
		}
		info := poppler(t, b.Bytes(), "pdfinfo", "%s")
		if tagged := strings.Contains(info, "Tagged:          yes"); tagged == o.Untagged {
			t.Errorf("PDF with %+v is tagged: %t", o, tagged)
		}
		return regexp.MustCompile(`Pages: +\d+`).FindString(info)
	}
	if all, core, bare := pages(PDFOptions{}), pages(PDFOptions{CoreFonts: true}), pages(PDFOptions{Untagged: true}); all != core || all != bare {
		t.Errorf("%s, with core fonts %s, without tags %s", all, core, bare)
	}
}

package privacy

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// The numbers below were made from their check formulas; they belong to nobody.
func TestRedact(t *testing.T) {
	tests := []struct {
		name, text, want string
		kinds            []Kind
	}{
		{"PESEL", "mój PESEL 02070803628.", "mój PESEL [PESEL].", []Kind{PESEL}},
		{"PESEL of the 2000s", "02270812350", "[PESEL]", []Kind{PESEL}},
		{"PESEL in two groups", "020708-03628", "[PESEL]", []Kind{PESEL}},
		{"PESEL digit by digit", "0 2 0 7 0 8 0 3 6 2 8", "[PESEL]", []Kind{PESEL}},
		{"PESEL over line ends", "0207-\r\n0803\n628 tak", "[PESEL] tak", []Kind{PESEL}},
		{"PESEL with hard spaces and dashes", "02\u00a007\u202f08 – 03\u200b628", "[PESEL]", []Kind{PESEL}},
		{"PESEL in full-width digits", "０２０７０８０３６２８", "[PESEL]", []Kind{PESEL}},
		{"PESEL glued to letters", "nr02070803628x", "nr[PESEL]x", []Kind{PESEL}},
		{"PESEL behind a house number", "Leśna 5 02070803628", "Leśna 5 [PESEL]", []Kind{PESEL}},
		{"PESEL and phone side by side", "02070803628 600 100 201", "[PESEL] [TELEFON]", []Kind{PESEL, Phone}},
		{"two PESELs", "02070803628, 02270812350", "[PESEL], [PESEL]", []Kind{PESEL}},
		{"NIP", "NIP 1234563218", "NIP [NIP]", []Kind{NIP}},
		{"NIP in groups", "123-456-32-18", "[NIP]", []Kind{NIP}},
		{"NIP of a company", "123-45-63-218", "[NIP]", []Kind{NIP}},
		{"NIP with country", "PL1234563218", "PL[NIP]", []Kind{NIP}},
		{"NIP split oddly", "firma 12 34 56\n32 18 z o.o.", "firma [NIP] z o.o.", []Kind{NIP}},
		{"REGON", "REGON 123456785", "REGON [REGON]", []Kind{REGON}},
		{"REGON in groups", "123 456 785", "[REGON]", []Kind{REGON}},
		{"REGON of a local unit", "12345678512347", "[REGON]", []Kind{REGON}},
		{"account", "61 1090 1014 0000 0712 1981 2874", "[KONTO]", []Kind{Account}},
		{"account with country", "konto PL61109010140000071219812874!", "konto [KONTO]!", []Kind{Account}},
		{"account with spaces", "pl 61 1090-1014 0000\n0712 1981 2874", "[KONTO]", []Kind{Account}},
		{"German account", "DE89 3704 0044 0532 0130 00", "[KONTO]", []Kind{Account}},
		{"British account", "GB82 WEST 1234 5698 7654 32 ok", "[KONTO] ok", []Kind{Account}},
		{"identity card", "dowód ABA300000", "dowód [DOWÓD]", []Kind{IdentityCard}},
		{"identity card split", "ABA 300-000.", "[DOWÓD].", []Kind{IdentityCard}},
		{"identity card in lower case", "dowód nr aba 300000", "dowód nr [DOWÓD]", []Kind{IdentityCard}},
		{"e-mail", "na adres jan.k+urzad@poczta.example.pl.", "na adres [E-MAIL].", []Kind{Email}},
		{"e-mail with a number in it", "x600100201@example.com", "[E-MAIL]", []Kind{Email}},
		{"e-mail spelt out", "ala(at)example.pl, ola małpa example.pl", "[E-MAIL], [E-MAIL]", []Kind{Email}},
		{"mobile phone", "proszę o telefon 600 100 201", "proszę o telefon [TELEFON]", []Kind{Phone}},
		{"mobile phone bare", "600100201", "[TELEFON]", []Kind{Phone}},
		{"mobile phone with hyphens", "600-100-201", "[TELEFON]", []Kind{Phone}},
		{"mobile phone with points", "nr 600.100.201.", "nr [TELEFON].", []Kind{Phone}},
		{"mobile phone in pairs", "600 10 02 01", "[TELEFON]", []Kind{Phone}},
		{"mobile phone over a line end", "6001\n00201", "[TELEFON]", []Kind{Phone}},
		{"fixed phone", "52 381 39 00", "[TELEFON]", []Kind{Phone}},
		{"fixed phone with area in brackets", "(52) 381 39 00", "[TELEFON]", []Kind{Phone}},
		{"phone in brackets", "urząd (523 813 900)", "urząd ([TELEFON])", []Kind{Phone}},
		{"announced phone with area in brackets", "tel. (52) 381-39-00", "tel. [TELEFON]", []Kind{Phone}},
		{"fixed phone with 0", "0-52 381 39 00", "[TELEFON]", []Kind{Phone}},
		{"local phone", "tel. 381 39 00", "tel. [TELEFON]", []Kind{Phone}},
		{"phone with country", "+48 600 100 201", "[TELEFON]", []Kind{Phone}},
		{"phone with country, split oddly", "+48 6001 00 201", "[TELEFON]", []Kind{Phone}},
		{"phone with 0048", "0048600100201", "[TELEFON]", []Kind{Phone}},
		{"phone with country that is a valid REGON", "+48 123 456 785", "[TELEFON]", []Kind{Phone}},
		{"announced phone that is a valid REGON", "tel.: 123-456-785", "tel.: [TELEFON]", []Kind{Phone}},
		{"Ukrainian phone", "+380 44 123 45 67", "[TELEFON]", []Kind{Phone}},
		{"land register", "księga BY1B/00012345/6", "księga [KSIĘGA WIECZYSTA]", []Kind{LandRegister}},
		{"land register in lower case", "kw by1b / 00012345 / 6", "kw [KSIĘGA WIECZYSTA]", []Kind{LandRegister}},
		{"plate", "Auto CB 12345 stało na trawniku", "Auto [REJESTRACJA] stało na trawniku", []Kind{Plate}},
		{"plate before its word", "CBY 12AB – samochód urzędu", "[REJESTRACJA] – samochód urzędu", []Kind{Plate}},
		{"plate in lower case", "nr rej. cb12345", "nr rej. [REJESTRACJA]", []Kind{Plate}},
		{"PESEL with points", "02.07.08.03628", "[PESEL]", []Kind{PESEL}},
		{"PESEL with strokes", "pesel: 020708/03628", "pesel: [PESEL]", []Kind{PESEL}},
		{"PESEL of the 1800s", "99820112347", "[PESEL]", []Kind{PESEL}},
		{"REGON whose sum is 10", "192598050 i 12345678510050", "[REGON] i [REGON]", []Kind{REGON}},
		{"e-mail without diacritics", "jan.k malpa example.pl", "[E-MAIL]", []Kind{Email}},
		{"e-mail in words", "jan at example kropka pl", "[E-MAIL]", []Kind{Email}},
		{"e-mail in brackets", "jan [at] example [dot] pl", "[E-MAIL]", []Kind{Email}},
		{"e-mail cut short", "jan.k@gmail", "[E-MAIL]", []Kind{Email}},
		{"fixed phone with a stroke", "tel. 52/381-39-00", "tel. [TELEFON]", []Kind{Phone}},
		{"two phones with a stroke", "tel. 600100201/600100202", "tel. [TELEFON]/[TELEFON]", []Kind{Phone}},
		{"several", "Mam 02070803628 i x@example.pl, tel. 600100201",
			"Mam [PESEL] i [E-MAIL], tel. [TELEFON]", []Kind{Email, PESEL, Phone}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Redact(tt.text)
			if got.Text != tt.want || !slices.Equal(got.Kinds, tt.kinds) {
				t.Errorf("Redact(%q) = %q, %v; want %q, %v", tt.text, got.Text, got.Kinds, tt.want, tt.kinds)
			}
			if again := Redact(got.Text); again.Text != got.Text || again.Kinds != nil {
				t.Errorf("Redact(%q) = %q, %v; want it unchanged", got.Text, again.Text, again.Kinds)
			}
		})
	}
}

func TestRedactKeeps(t *testing.T) {
	tests := []string{
		"",
		"Miła obsługa, krótka kolejka.",
		"02070803627",              // PESEL with a wrong check digit
		"12345678903",              // right check digit, month 34, day 56
		"99023012345",              // 30 February
		"1234563217",               // NIP with a wrong check digit
		"1000000160", "1000000161", // NIP whose sum leaves 10, which no digit can be
		"0000000000000", // filler
		"000000000",
		"Byłam 12.05.2023 o 14:30, a potem 2023-05-12.",
		"od 12-05-2023 do 13-05-2023",
		"12-05-2023 14:30",
		"12 05 2023 5",
		"86-031 Osielsko, Szosa Gdańska 55A",
		"sprawa OR.0057.12.2023.AB z 5 maja",
		"znak GKN.6220.15.2024 i 6220.123456789.2024",
		"opłata 1 250 000,50 zł",
		"dotacja 123 456 785 zł i 600 100 201 PLN",
		"123456785,50",
		"działka 123/45, obręb 0002",
		"czekałem 45 minut w pokoju 12 na 2 piętrze",
		"druk PIT-37 i CEIDG-1, ABA 300001",
		"ustawa Dz.U. 2024 poz. 773",
		"pok 123456",
		"CB 12345 to nie wiem co",
		"auto do 2023 roku",
		"oceniam 5 4 5 5",
		"10/10 @urzad",
		"BY1B 12",
	}
	for _, text := range tests {
		if got := Redact(text); got.Text != text || got.Kinds != nil {
			t.Errorf("Redact(%q) = %q, %v; want it unchanged", text, got.Text, got.Kinds)
		}
	}
}

func TestRedactUnsure(t *testing.T) {
	tests := []struct {
		text string
		want bool
	}{
		{"Pani Kowalska z pokoju 12 jest niemiła", true},
		{"p. Nowak", true},
		{"dzięki panu Nowakowi", true},
		{"pani kowalska", true},
		{"Pan Wójt Nowak", true},
		{"kierownik referatu Zieliński", true},
		{"rozmawiałem z naczelnikiem Wrona", true},
		{"u sekretarza Wrony", true},
		{"burmistrzowi Wronie", true},
		{"kierowniczka Wrona", true},
		{"nazywam się Ala Wrona", true},
		{"Anna Wrona pomogła", true},
		{"pomogła Wiśniewska", true},
		{"PANI WRONA", true},
		{"[pani Wrona]", true},
		{"kierownik: Wrona", true},
		{"pani (Wrona)", true},
		{"PESEL 02070803627", true}, // mistyped
		{"", false},
		{"Pani w okienku była miła. Polecam", false},
		{"Pani kierownik była miła.", false},
		{"Pan Wójt Gminy Dobrcz dba o drogi", false},
		{"Szosa Gdańska i ul. Wiśniewska", false},
		{"Wójt. Wszystko dobrze", false},
		{"pan [PESEL]", false},
		{"numer sprawy 02070803627", true}, // the date is right
		{"numer 12345678903", true},        // the check digit is right
		{"numer 99999999990", false},
	}
	for _, tt := range tests {
		if got := Redact(tt.text); got.Unsure != tt.want || got.Text != tt.text {
			t.Errorf("Redact(%q) = %q, unsure %t; want the same text, unsure %t", tt.text, got.Text, got.Unsure, tt.want)
		}
	}
}

func TestRedactMendsUTF8(t *testing.T) {
	if got := Redact("dobrze\xff 02070803628"); got.Text != "dobrze\uFFFD [PESEL]" {
		t.Errorf("Redact of broken UTF-8 = %q", got.Text)
	}
}

// TestRedactIsLinear would run for a minute if any detector looked at the whole text from each place.
func TestRedactIsLinear(t *testing.T) {
	for _, piece := range []string{"1 ", "pan ", "pl61 ", "a@", "auto CB 12345 ", "600100201 ", "Aa ", "ABA 1 ", "[ ", "małpa ", "pani pok. 1 ",
		"Leśna 5/3 ", "ul. Leśna 5 ", "działka 1/2 ", "sprawa 1/2/", "GK.6220.1.2024 ", "A. ", "tel. 600100 ", "a at b ", "mieszkam "} {
		text := strings.Repeat(piece, 64<<10/len(piece))
		if got := Redact(text); !utf8.ValidString(got.Text) {
			t.Errorf("Redact of many %q is not UTF-8", piece)
		}
	}
}

func TestTokens(t *testing.T) {
	var got []string
	for _, kind := range Kinds() {
		got = append(got, kind.Token())
	}
	want := []string{"[E-MAIL]", "[KSIĘGA WIECZYSTA]", "[KONTO]", "[PESEL]", "[DOWÓD]", "[REGON]", "[NIP]", "[TELEFON]", "[REJESTRACJA]"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestDigitValue checks what digitValue builds on: each range of Nd is made of whole tens from 0 to 9.
func TestDigitValue(t *testing.T) {
	next := byte(0)
	for r := rune(0); r <= unicode.MaxRune; r++ {
		value, ok := digitValue(r)
		if ok != unicode.IsDigit(r) {
			t.Fatalf("digitValue(%U) says %t, unicode.IsDigit %t", r, ok, unicode.IsDigit(r))
		}
		if ok && value != next {
			t.Fatalf("digitValue(%U) = %d, want %d", r, value, next)
		} else if ok {
			next = (next + 1) % 10
		}
	}
}

// drawPESEL makes a valid PESEL of any century.
func drawPESEL(t *rapid.T) string {
	year := rapid.IntRange(1800, 2299).Draw(t, "year")
	month := rapid.IntRange(1, 12).Draw(t, "month")
	day := rapid.IntRange(1, 28).Draw(t, "day")
	shift := map[int]int{18: 80, 19: 0, 20: 20, 21: 40, 22: 60}[year/100]
	pesel := fmt.Sprintf("%02d%02d%02d%04d", year%100, month+shift, day, rapid.IntRange(0, 9999).Draw(t, "serial"))
	sum := 0
	for i, weight := range []int{1, 3, 7, 9, 1, 3, 7, 9, 1, 3} {
		sum += weight * int(pesel[i]-'0')
	}
	return pesel + string(rune('0'+(10-sum%10)%10))
}

func digitsOnly(s string) string {
	return strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// TestNoPESELSurvives splits valid PESELs in any way and puts words and other numbers around them.
func TestNoPESELSurvives(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pesel := drawPESEL(t)
		gaps := rapid.SampledFrom([]string{"", "", "", " ", "-", "\n", "\r\n", "\u00a0", " - ", "–", "-\n", "  ", "\t", "\u200b"})
		var split strings.Builder
		for i, digit := range pesel {
			if i > 0 {
				split.WriteString(gaps.Draw(t, "gap"))
			}
			split.WriteRune(digit)
		}
		around := rapid.SampledFrom([]string{"", "mój PESEL ", "tel. ", "nr:", "x", "5 ", "pan Jan ", "12-05-2023 ", "ABA ", "+", "PL"})
		behind := rapid.SampledFrom([]string{"", " dziękuję", ".", " 7", " zł", ",50", "a", "@", "/1", " 600 100 201"})
		text := around.Draw(t, "before") + split.String() + behind.Draw(t, "behind")
		got := Redact(text)
		if strings.Contains(digitsOnly(got.Text), pesel) {
			t.Fatalf("Redact(%q) = %q still holds the PESEL", text, got.Text)
		}
		if len(got.Kinds) == 0 {
			t.Fatalf("Redact(%q) found nothing", text)
		}
		if again := Redact(got.Text); again.Text != got.Text {
			t.Fatalf("Redact(%q) = %q, redacted again %q", text, got.Text, again.Text)
		}
	})
}

// TestBadPESELStays checks that eleven digits with a wrong check digit, which are no PESEL, are kept.
func TestBadPESELStays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pesel := []byte(drawPESEL(t))
		pesel[10] = '0' + (pesel[10]-'0'+byte(rapid.IntRange(1, 9).Draw(t, "shift")))%10
		text := "sprawa " + string(pesel)
		if got := Redact(text); got.Text != text {
			t.Fatalf("Redact(%q) = %q, want it unchanged", text, got.Text)
		}
	})
}

func FuzzRedact(f *testing.F) {
	for _, seed := range []string{"02070803628", "0 2 0 7 0 8 0 3 6 2 8", "auto CB 12345", "tel. 381 39 00", "x@example.pl",
		"PL61 1090 1014 0000 0712 1981 2874", "pani Wrona", "+48600100201", "ABA300000", "by1b/00012345/6", "[TELEFON] 3813900",
		"auto [KONTO] CB 12345 nr rej", "\xff1\xfe2"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := Redact(text)
		if !utf8.ValidString(got.Text) {
			t.Errorf("Redact(%q) = %q is not UTF-8", text, got.Text)
		}
		if len(got.Text) > 3*len(text) { // a byte that is not UTF-8 takes three; a token is at most as much longer than its datum
			t.Errorf("Redact of %d bytes has %d", len(text), len(got.Text))
		}
		again := Redact(got.Text)
		if again.Text != got.Text || again.Kinds != nil || again.Unsure != got.Unsure {
			t.Errorf("Redact(%q) = %+v, redacted again %+v", text, got, again)
		}
		if len(got.Kinds) == 0 && got.Text != strings.ToValidUTF8(text, "\uFFFD") {
			t.Errorf("Redact(%q) = %q changed the text and says that it found nothing", text, got.Text)
		}
	})
}

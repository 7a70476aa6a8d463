package privacy

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// corpus are remarks as residents of a gmina write them, and what a careful clerk would make of each: tokens where a
// number proves itself, ‹reason:words› where a person has to judge. People, numbers and addresses are made up.
var corpus = []string{
	// names of those who serve
	"Pani ‹name:Kowalska› z ‹room:pokoju 12› jest nieuprzejma.",
	"Bardzo dziękuję pani ‹name:Annie› z kasy za cierpliwość!",
	"P. ‹name:Nowak› z referatu podatków nigdy nie odbiera telefonu.",
	"Dziękuję Panu ‹name:Nowakowi› za pomoc przy wniosku.",
	"rozmawiałam z panią ‹name:kowalską›, która wszystko wyjaśniła",
	"pani ‹name:basia› z sekretariatu super",
	"Pan ‹name:Tomek› od dróg zawsze oddzwania.",
	"Kierownik referatu ‹name:Zieliński› odmówił rozmowy.",
	"Skarga na kierownika ‹name:Jana Wronę›.",
	"Wójt ‹name:Piotrowski› obiecał drogę dwa lata temu.",
	"Czekam na odpowiedź od sekretarz ‹name:Wróblewskiej› od marca.",
	"Inspektor ‹name:Maria Gil› bardzo kompetentna, polecam.",
	"Dziękuję ‹name:Agnieszce Maj› z USC.",
	"Pani ‹name:Zofia Kowal-Nowicka› z dowodów to skarb.",
	"‹name:Nowakowa› z kasy jest niemiła.",
	"Ślubu udzielał pan ‹name:Marek Dąb›, pięknie dziękujemy.",
	"Zastępca wójta pan ‹name:Gołąb› przyjął mnie od ręki.",
	"PANI ‹name:KOWALSKA› W KASIE BARDZO NIEMIŁA",
	"Byłem u ‹name:Wrony› i nic nie załatwiłem.",
	"Proszę pochwalić ‹name:Kasię› z biura obsługi.",
	"Geodeta ‹name:J. Sokół› pomylił mapy.",
	"Radny ‹name:Mazur› krzyczał na korytarzu.",
	"Dzielnicowy ‹name:Kowalczyk› pomógł od razu.",
	"Pani sekretarka ‹name:Irena› – uśmiech na twarzy.",
	"Urzędniczka ‹name:Szewczenko› pomogła mi po ukraińsku.",
	"Z panem ‹name:Lisem› nie da się rozmawiać.",
	"Kierowniczka GOPS p. ‹name:Dudek› jest wspaniała.",
	"mgr ‹name:Woźniak› wszystko wytłumaczył",
	"Pracownik ‹name:Michał W›. był opryskliwy.",
	"obsługiwała mnie pani ‹name:Katarzyna›, dziękuję",
	"Najlepsza jest ‹name:Ola› z pierwszego okienka!",
	// their own name and how to reach them
	"Nazywam się ‹name:Jan Wrona› i czekam na decyzję.",
	"Z poważaniem, ‹name:Krystyna Bąk›",
	"Podpisano: ‹name:Stanisław Kępa›, tel. [TELEFON]",
	"Proszę o kontakt: [TELEFON]",
	"mój nr [TELEFON] proszę dzwonić po 16",
	"Odpowiedź proszę na [E-MAIL].",
	"mail: [E-MAIL]",
	"PESEL [PESEL], sprawa dowodu",
	"Mój pesel to ‹pesel:85031204619› i nadal nic.",
	"Zwrot opłaty proszę na [KONTO].",
	"nr konta ‹account:61 8142 0007 0012 3456 7890 1234›",
	"Faktura na NIP [NIP], firma budowlana.",
	"Numer dowodu [DOWÓD], a pani i tak kazała wrócić.",
	"dowód osobisty ‹identity_card:CHL 528178› nie był gotowy",
	"zadzwońcie: tel ‹phone:600 100 20›",
	// where they live, what their case is
	"Mieszkam przy ‹address:ul. Leśnej 5/3› i od roku nie ma chodnika.",
	"Dziura w drodze pod ‹address:ul. Polną 14a›.",
	"mieszkam w ‹address:Niwach 14›, śmieci nie są odbierane",
	"Na ‹address:Akacjowej 7› znowu nie odśnieżono.",
	"Nikt nie odebrał odpadów z ‹address:os. Słonecznego 12 m. 4›.",
	"Proszę o latarnię przy ‹address:Szosie Bydgoskiej 31›.",
	"posesja ‹address:Kasztanowa 8/2› – zalewa nam piwnicę",
	"‹address:dom nr 23› nie ma dojazdu",
	"Sprawa ‹case_sign:GKN.6220.15.2024› stoi w miejscu.",
	"Znak sprawy: ‹case_sign:RGP.6730.112.2025.MK›, brak odpowiedzi.",
	"wniosek nr ‹case_sign:1234/2025› zaginął",
	"Decyzja ‹case_sign:FN.3120.4.17.2025› jest błędna.",
	"Działka nr ‹plot:123/4› nadal nie ma warunków zabudowy.",
	"dz. ‹plot:56/12› obręb Niwy – podział trwa rok",
	"Na działce ‹plot:77› wycięto drzewa.",
	"Księga [KSIĘGA WIECZYSTA] ma błąd.",
	"Samochód [REJESTRACJA] stoi na miejscu dla niepełnosprawnych.",
	"Urzędniczka w ‹room:pokoju nr 7› odesłała mnie do domu.",
	// nothing personal
	"brak",
	"Bez uwag.",
	"-",
	"Wszystko w porządku, dziękuję.",
	"Pani w okienku bardzo miła.",
	"Pani Kierownik Urzędu Stanu Cywilnego pomogła nam w dniu ślubu.",
	"Pan Wójt Gminy Dobrcz dba o drogi.",
	"Kierownik Referatu Gospodarki Komunalnej nie odpowiada na pisma.",
	"Dyrektor Gminnego Ośrodka Kultury robi świetne imprezy.",
	"Obsługa w Urzędzie Gminy Osielsko na najwyższym poziomie.",
	"Czekałem 45 minut w pokoju 12 na 2 piętrze.",
	"W godz. 7:30–15:30 pracuję, proszę o dyżur do 18.00.",
	"Opłata 1 250,00 zł za wypis to za dużo.",
	"Dojazd z Bydgoszczy autobusem 93 trwa godzinę.",
	"Ulica Leśna jest dziurawa, a ul. Polna bez oświetlenia.",
	"Remont na ul. Jana Pawła II ciągnie się od 2023 roku.",
	"W 2024 r. złożyłem 3 wnioski i 2 odwołania.",
	"Obsługa: 5/5, czystość: 4/5.",
	"Ludzka twarz urzędu, tak trzymać.",
	"Bliska odległość od przystanku to plus.",
	"Troska o seniorów godna pochwały.",
	"Ani razu nikt nie oddzwonił.",
	"Marka urzędu bardzo się poprawiła.",
	"Działka 12 arów, a podatek jak za 20.",
	"Szkoła Podstawowa im. Mikołaja Kopernika potrzebuje parkingu.",
	"BARDZO DŁUGA KOLEJKA DO KASY, TYLKO JEDNO OKIENKO CZYNNE",
	"Formularz PIT-37 i CEIDG-1 powinny leżeć przy wejściu.",
	"Uchwała 12/2023 w sprawie odpadów jest niezrozumiała.",
	"Ustawa z 24 września 2010 r. mówi co innego.",
	"Kolejka: 20 osób, 1 okienko. Proszę o drugie okienko 2.",
	"Na stronie www.osielsko.example brak druku.",
	"Pracownicy zawsze pomocni. Polecam każdemu!",
	"Sekretariat odsyła do referatu, referat do sekretariatu.",
	"Szkoda, że Państwo nie macie dyżuru w soboty.",
	"Chciałbym, żeby Pani z okienka częściej się uśmiechała.",
	"Przystanek przy Szkole bez wiaty.",
	"Wójt powinien częściej spotykać się z mieszkańcami.",
	"Jest postęp. Internet w sali obsługi działa.",
	"Druk nr 4 jest nieczytelny, a wzór 5 nieaktualny.",
	"Przyjęcia w poniedziałki od 8 do 16, a o 15 już zamknięte.",
	"Proszę o więcej miejsc na ul. Leśnej dla rowerów.",
}

// heldOut are remarks that were written after the lists of words, and that no word was added for: what they give is
// nearer to what an office will see.
var heldOut = []string{
	"Pani ‹name:Bożena Wilczek› z ewidencji zawsze pomoże.",
	"pan ‹name:zbyszek› z wodociągów nie przyjechał",
	"Sekretarz gminy ‹name:Ostrowski› zbył mnie jednym zdaniem.",
	"Rozmowa z dyrektorką ‹name:Gawron› to strata czasu.",
	"Dzięki dla ‹name:Moniki› i ‹name:Pawła› z kancelarii.",
	"Pani ‹name:Grażynka› super babka",
	"Kasjerka ‹name:Ewelina› liczy na palcach.",
	"Naczelnik ‹name:R. Czyż› nie zna przepisów.",
	"Przyjęła mnie ‹name:Halina Kos›, wszystko jasne.",
	"‹name:Żurawska› powinna zmienić pracę.",
	"wójt ‹name:kowalski› nic nie robi",
	"Skarbnik pani ‹name:Lewandowska-Pyż› odpowiada szybko.",
	"Za dużo papierów, za mało życzliwości pani ‹name:Wandy›.",
	"Pan ‹name:Szczepan› z pierwszego piętra – złoty człowiek.",
	"Pozdrawiam ‹name:Helena Dróżdż›, lat 82",
	"Adres: ‹address:Niwy 7/2›, proszę o odpowiedź na piśmie.",
	"Kanalizacja na ‹address:ul. gen. Maczka 18› cuchnie.",
	"U nas na ‹address:Wierzbowej 33b› nie ma hydrantu.",
	"mieszkam ‹address:ul. krótka 9›, brak chodnika",
	"Skrzyżowanie przy ‹address:pl. Wolności 2› jest niebezpieczne.",
	"Sygn. akt ‹case_sign:SKO.4141.12.2025›, brak reakcji urzędu.",
	"W sprawie ‹case_sign:6733.8.2025› nikt nic nie wie.",
	"Postępowanie nr ‹case_sign:OŚ.604.3.2025› trwa za długo.",
	"Dla działek nr ‹plot:215/7› i ‹plot:215/8› wydano sprzeczne wypisy.",
	"działka ewid. nr ‹plot:1042› bez dostępu do drogi",
	"Pani w ‹room:pok. 3› przyjmuje bez kolejki znajomych.",
	"pesel ‹pesel:8503120461› nie pasuje do aktu",
	"numer [TELEFON], dzwonić wieczorem",
	"[E-MAIL] – czekam na fakturę",
	"Żona ma [PESEL], proszę sprawdzić",
	"Kolejki w poniedziałek są nie do zniesienia.",
	"Winda nie działa od Bożego Narodzenia.",
	"Urząd Miejski w Koronowie powinien być czynny w soboty.",
	"Panie z sekretariatu bardzo pomocne.",
	"Wójt Gminy robi co może.",
	"Szanowni Państwo, proszę o remont dachu świetlicy.",
	"Na dworcu w Bydgoszczy jest czyściej.",
	"Podatek wzrósł o 12% w ciągu 2 lat.",
	"Trzeci raz przyjeżdżam, a Pani Kierownik na urlopie.",
	"Dostałem pismo z 12.05.2025, termin 14 dni.",
	"Brakuje ławki przy placu zabaw w Niwach.",
	"Sesja Rady Gminy powinna być w internecie.",
	"Autobus 12 nie jeździ w Święta.",
	"Okienko nr 2 zamknięte mimo kolejki 15 osób.",
	"Proponuję Dzień Otwarty i kawę dla klientów.",
	"Program „Czyste Powietrze” działa, dziękuję.",
	"Strona ePUAP zawiesza się na kroku 3/5.",
	"Za wypis z MPZP zapłaciłem 100 zł.",
}

// clear are the numbers that stand behind the tokens of the corpus, made from their check formulas; they belong to
// nobody.
var clear = map[string][]string{
	"[TELEFON]": {"600 100 201", "52 381 39 00", "+48 600-100-201"}, "[E-MAIL]": {"jan.k@poczta.example.pl", "ola (małpa) poczta.example.pl"},
	"[PESEL]": {"85031204618", "850312-04618"}, "[KONTO]": {"PL61 1090 1014 0000 0712 1981 2874"}, "[NIP]": {"123-456-32-18"}, "[DOWÓD]": {"ABA 300000"},
	"[KSIĘGA WIECZYSTA]": {"BY1B/00012345/6"}, "[REJESTRACJA]": {"CB 12345"},
}

// annotated is what Redact and Doubts make of a text, in the corpus's notation.
func annotated(text string) string {
	text = Redact(text).Text
	var b strings.Builder
	at := 0
	for _, d := range Doubts(text) {
		fmt.Fprintf(&b, "%s‹%s:%s›", text[at:d.Start], d.Reason, text[d.Start:d.End])
		at = d.End
	}
	return b.String() + text[at:]
}

// marksOf counts the marks of an annotated text by what they say.
func marksOf(text string) map[string]int {
	marks := map[string]int{}
	for _, part := range strings.Split(text, "‹")[1:] {
		mark, _, _ := strings.Cut(part, "›")
		marks[mark]++
	}
	return marks
}

// bare takes the marks out of an annotated text.
func bare(text string) string {
	for _, part := range strings.Split(text, "‹")[1:] {
		mark, _, _ := strings.Cut(part, "›")
		_, words, _ := strings.Cut(mark, ":")
		text = strings.Replace(text, "‹"+mark+"›", words, 1)
	}
	return text
}

// raw makes the remark that a person typed of an annotated one.
func raw(want string, round int) string {
	want = bare(want)
	for _, token := range slices.Sorted(maps.Keys(clear)) {
		want = strings.ReplaceAll(want, token, clear[token][round%len(clear[token])])
	}
	return want
}

// score is what the doubts found in some remarks are worth.
type score struct {
	hits, missed, extra             int // stretches
	forReview, reviewed, needlessly int // remarks
}

func (s score) precision() float64 { return float64(s.hits) / float64(s.hits+s.extra) }
func (s score) recall() float64    { return float64(s.hits) / float64(s.hits+s.missed) }

func (s score) String() string {
	return fmt.Sprintf("stretches: precision %.3f, recall %.3f; of %d remarks that a person should see %d go to review, and %d others",
		s.precision(), s.recall(), s.forReview, s.reviewed, s.needlessly)
}

// add compares what was found in one remark with what should have been.
func (s *score) add(got, want string) {
	have, wanted := marksOf(got), marksOf(want)
	for mark, n := range wanted {
		s.hits += min(n, have[mark])
		s.missed += n - min(n, have[mark])
	}
	for mark, n := range have {
		s.extra += n - min(n, wanted[mark])
	}
	switch {
	case len(wanted) > 0 && len(have) > 0:
		s.forReview, s.reviewed = s.forReview+1, s.reviewed+1
	case len(wanted) > 0:
		s.forReview++
	case len(have) > 0:
		s.needlessly++
	}
}

// TestCorpus prints how many of the doubts in the remarks are found (recall) and how many of those found are meant
// (precision). What proves itself must be replaced without exception, and nothing else.
func TestCorpus(t *testing.T) {
	for _, tt := range []struct {
		name              string
		remarks           []string
		precision, recall float64
		needlessly        int
	}{
		{"corpus", corpus, 0.97, 0.97, 0},
		{"held out", heldOut, 0.95, 0.92, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var s score
			for _, want := range tt.remarks {
				for round := range 3 {
					text := raw(want, round)
					got := annotated(text)
					if bare(got) != bare(want) {
						t.Errorf("Redact(%q) replaces %q, want %q", text, got, want)
					}
					if round > 0 {
						continue
					}
					s.add(got, want)
					if got != want {
						t.Logf("got  %s\nwant %s", got, want)
					}
				}
			}
			t.Logf("%d remarks; %s", len(tt.remarks), s)
			if s.precision() < tt.precision || s.recall() < tt.recall || s.needlessly > tt.needlessly {
				t.Errorf("want precision %.2f, recall %.2f, needlessly at most %d", tt.precision, tt.recall, tt.needlessly)
			}
		})
	}
}

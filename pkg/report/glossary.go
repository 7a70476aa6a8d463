package report

import (
	"strconv"
)

// formulas explain in plain Polish how the figures are made. Those of what a report does not have are left out.
func (d *Document) formulas() []term {
	s := d.Summary
	list := []term{
		{"n i N", "N to liczba ankiet, w których zadano pytanie. n to liczba ważnych odpowiedzi: od N odejmujemy braki odpowiedzi, „nie dotyczy”, „nie mam zdania” i odpowiedzi nieczytelne."},
		{"Odsetek (%)", "Ile osób na sto wybrało odpowiedź. Liczbę tych osób dzielimy przez n („% ważnych”) albo przez N („% wszystkich”) i mnożymy przez 100. Przykład: 80 osób z 200 to 40%."},
		{"Punkt procentowy (p.p.)", "Różnica dwóch odsetków. Wzrost z 40% do 44% to 4 p.p."},
		{"Średnia", "Suma ocen podzielona przez ich liczbę."},
		{"Mediana", "Ocena środkowa, gdy ustawimy wszystkie od najniższej do najwyższej: połowa osób oceniła nie wyżej, połowa nie niżej."},
		{"Odchylenie standardowe", "Mówi, jak bardzo zdania są podzielone: 0 oznacza, że wszyscy ocenili tak samo. Wzór: pierwiastek z sumy kwadratów odległości ocen od średniej, podzielonej przez n − 1."},
		{"Najwyższe i najniższe oceny", "Odsetek odpowiedzi z dwóch skrajnych punktów skali (w skali o dwóch lub trzech punktach – z jednego)."},
		{"Przedział 95%", "Gdyby odpowiedziały inne osoby, wynik byłby trochę inny. Przedział pokazuje, w jakich granicach: liczony tak dla wielu losowych prób, obejmowałby prawdziwy wynik w 95 na 100. Im więcej odpowiedzi, tym jest węższy. Respondenci zgłaszali się sami, dlatego jest tylko orientacyjny."},
		{"Przedział dla odsetka", "Metoda Wilsona: (p + z²/2n ± z · √(p(1 − p)/n + z²/4n²)) / (1 + z²/n), gdzie p to odsetek zapisany jako ułamek, a z = 1,96."},
		{"Przedział dla średniej", "Średnia ± t · s / √n, gdzie s to odchylenie standardowe, a t pochodzi z tablic rozkładu Studenta (przy wielu odpowiedziach t jest bliskie 1,96)."},
		{"Procent zakresu skali", "Ocena przeliczona na skalę od 0 do 100, aby zestawić pytania o różnych skalach: 0 to same najniższe oceny, 100 – same najwyższe. Wzór: (średnia − najniższa ocena) / (najwyższa ocena − najniższa ocena) · 100."},
	}
	add := func(there bool, name, text string) {
		if there {
			list = append(list, term{name, text})
		}
	}
	add(d.hasNPS(), "Wskaźnik polecenia (NPS)", "Odsetek ocen 9–10 minus odsetek ocen 0–6 w pytaniu o polecenie ze skalą od 0 do 10. Przyjmuje wartości od −100 (nikt nie poleca) do 100 (polecają wszyscy). Przedział: ± 1,96 · √((a + b − (a − b)²) / n) · 100, gdzie a i b to te dwa odsetki zapisane jako ułamki.")
	add(len(s.Indicators) > 0, "Wskaźniki", "Średnia procentów zakresu skali z pytań, które mówią o tym samym (na przykład o sprawności obsługi). Wskaźnik łączny to średnia wskaźników ważona wagami, które ustalił urząd.")
	add(len(s.Areas) > 0 && s.N > 0, "α Cronbacha", "Mówi, czy stwierdzenia obszaru oceniano podobnie: blisko 1 – tak, i obszar można czytać jako jedną cechę; blisko 0 – nie. Wzór: r / (r − 1) · (1 − suma wariancji stwierdzeń / wariancja ich sumy), gdzie r to liczba stwierdzeń, a wariancja to kwadrat odchylenia standardowego.")
	asked, derived := false, false
	for _, q := range s.Quadrants {
		asked, derived = asked || !q.Derived, derived || q.Derived
	}
	add(asked, "Wskaźnik zadowolenia (CSI)", "Jaką część pełnego zadowolenia osiągnięto, jeśli to, co ważniejsze, liczy się bardziej. Wzór: suma iloczynów ważności i zadowolenia / (najwyższa ocena · suma ważności) · 100%, ze średnich każdego stwierdzenia lub obszaru. To postać klasyczna.")
	add(derived, "Ważność wyprowadzona", "Jak silnie ocena stwierdzenia idzie w parze z oceną ogólną: 1 – zawsze razem, 0 – bez związku, −1 – odwrotnie. Wzór: korelacja rang Spearmana (ρ). Liczymy ją tam, gdzie o ważność nie pytano.")
	add(d.Comparison != nil, "Zmiana między raportami", "„Wzrost” lub „spadek” piszemy, gdy cały przedział zmiany leży po jednej stronie zera, a odpowiedzi jest dość. W przeciwnym razie różnica mogła powstać przypadkiem: „w granicach błędu”. Metody: dla średnich test Welcha, dla odsetków przedział różnicy dwóch odsetków.")
	add(d.Peers != nil, "Średnia powiatu", "Średnia z procentów zakresu skali urzędów powiatu; każdy urząd waży tyle samo.")
	add(true, firstUpper(tooFew), "Wynik wstrzymany: odpowiedziało mniej niż "+strconv.Itoa(s.Threshold)+" osób albo z wyniku dałoby się obliczyć inny wstrzymany. Tak chronimy anonimowość odpowiadających.")
	return list
}

func (d *Document) hasNPS() bool {
	for _, q := range d.Summary.Questions {
		for _, it := range q.Items {
			if it.NPS.OK {
				return true
			}
		}
	}
	return false
}

// weightsNote tells the weights of the indicators; "" where there is no composite.
func (d *Document) weightsNote() string {
	if len(d.Summary.Indicators) == 0 {
		return ""
	}
	text := ""
	for i, each := range d.Summary.Indicators {
		if i > 0 {
			text += ", "
		}
		text += RoleName(each.Role) + " – " + Short(each.Weight)
	}
	return "Wagi we wskaźniku łącznym, ustalone przez urząd: " + text + "."
}

// glossary puts the formulas as the last annex.
func (p *pdfPage) glossary() {
	p.annex(annexGlossary, 50)
	p.terms(styleBody.strong(), 46, p.doc.formulas())
}

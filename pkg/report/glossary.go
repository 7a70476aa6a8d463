package report

import (
	"strconv"
)

// formulas explain in plain Polish how the figures are made. Those of what a report does not have are left out.
func (d *Document) formulas() []term {
	s := d.Summary
	list := []term{
		{"n i N", "N to liczba osób, którym zadano pytanie. n to liczba ważnych odpowiedzi, czyli N bez braków odpowiedzi, „nie dotyczy”, „nie mam zdania” i odpowiedzi nieczytelnych."},
		{"Odsetek (%)", "Liczba osób, które wybrały odpowiedź, podzielona przez n („% ważnych”) albo przez N („% wszystkich”), razy 100."},
		{"Punkt procentowy (p.p.)", "Różnica dwóch odsetków. Wzrost z 40% do 44% to 4 p.p."},
		{"Średnia", "Suma ocen podzielona przez ich liczbę."},
		{"Mediana", "Ocena środkowa: połowa osób oceniła nie wyżej, połowa nie niżej."},
		{"Odchylenie standardowe", "Przeciętna odległość ocen od średniej: pierwiastek z sumy kwadratów odległości podzielonej przez n − 1. Im większe, tym bardziej zdania są podzielone."},
		{"Najwyższe i najniższe oceny", "Odsetek odpowiedzi z dwóch skrajnych punktów skali (w skali o dwóch lub trzech punktach – z jednego)."},
		{"Przedział 95% dla odsetka", "Metoda Wilsona. Gdyby osoby wylosowano, przedział liczony w ten sposób zawierałby prawdziwy odsetek w 95 badaniach na 100. Respondenci zgłaszali się sami, dlatego przedział jest tylko orientacyjny."},
		{"Przedział 95% dla średniej", "Średnia plus i minus t · s / √n, gdzie s to odchylenie standardowe, a t pochodzi z rozkładu Studenta."},
		{"Procent zakresu skali", "(średnia − najniższa ocena) / (najwyższa ocena − najniższa ocena) · 100. Pozwala zestawić pytania na różnych skalach: 0 to same najniższe oceny, 100 – same najwyższe."},
	}
	add := func(there bool, name, text string) {
		if there {
			list = append(list, term{name, text})
		}
	}
	add(d.hasNPS(), "Wskaźnik polecenia (NPS)", "Odsetek ocen 9–10 minus odsetek ocen 0–6 w pytaniu o polecenie ze skalą od 0 do 10. Przyjmuje wartości od −100 do 100.")
	add(len(s.Indicators) > 0, "Wskaźniki", "Średnia procentów zakresu skali z pytań o jednej roli. Wskaźnik łączny to średnia wskaźników ważona wagami, które ustalił urząd.")
	add(len(s.Areas) > 0, "α Cronbacha", "r / (r − 1) · (1 − suma wariancji stwierdzeń / wariancja ich sumy), gdzie r to liczba stwierdzeń obszaru. Blisko 1: stwierdzenia oceniano zgodnie.")
	asked, derived := false, false
	for _, q := range s.Quadrants {
		asked, derived = asked || !q.Derived, derived || q.Derived
	}
	add(asked, "Wskaźnik zadowolenia (CSI)", "Średnie zadowolenia ważone średnimi ważności, podzielone przez najwyższą ocenę, razy 100. To postać klasyczna.")
	add(derived, "Ważność wyprowadzona", "Korelacja rang Spearmana (ρ) oceny stwierdzenia z oceną ogólną, od −1 do 1. Liczymy ją tam, gdzie o ważność nie pytano.")
	add(d.Comparison != nil, "Zmiana między raportami", "Dla średnich test Welcha, dla odsetków przedział różnicy dwóch odsetków. „Wzrost” lub „spadek” piszemy, gdy cały przedział leży po jednej stronie zera, a odpowiedzi jest dość; inaczej „w granicach błędu”.")
	add(d.Peers != nil, "Średnia powiatu", "Średnia z procentów zakresu skali urzędów powiatu; każdy urząd waży tyle samo.")
	add(true, firstUpper(tooFew), "Wynik wstrzymany: odpowiedziało mniej niż "+strconv.Itoa(s.Threshold)+" osób albo z wyniku dałoby się obliczyć inny wstrzymany. Chroni to anonimowość.")
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

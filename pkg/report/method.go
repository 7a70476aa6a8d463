package report

import (
	"fmt"
	"strings"
)

// methodNotes say how the survey was held and how its figures were made: pairs of a heading and a text.
func (d *Document) methodNotes() [][2]string {
	notes := [][2]string{
		{"Okres", d.periodNote()},
		{"Zakres", d.scope()},
		{"Kanały", d.channelsNote()},
		{"Wersje ankiety", d.versionsNote()},
		{"Dobór respondentów", "Udział był dobrowolny i anonimowy, a respondenci zgłaszali się sami. Każdy przedział w raporcie to przedział orientacyjny; próba nielosowa. Wyników nie należy uogólniać na wszystkich klientów urzędu."},
		{"Podstawy procentów", "„% ważnych” liczymy od ważnych odpowiedzi na pytanie (n), czyli bez braków odpowiedzi, „nie dotyczy”, „nie mam zdania” i odpowiedzi nieczytelnych. „% wszystkich” liczymy od wszystkich ankiet, w których pytanie zadano (N), bez tych, w których pytanie pominięto zgodnie z jego warunkiem. W pytaniach z wieloma odpowiedziami procenty liczymy od osób, dlatego sumują się do ponad 100%."},
		{"Średnie i przedziały", "Średnie liczymy z ocen ustawionych tak, że wyższa znaczy lepsza. Przedziały są na poziomie 95%: dla odsetków metodą Wilsona, dla średnich z rozkładu t. „Najwyższe oceny” i „najniższe oceny” to odsetki odpowiedzi z dwóch skrajnych punktów skali, a w skali o dwóch lub trzech punktach – z jednego. Skal o różnej liczbie punktów nie należy porównywać."},
		{"Małe liczebności", fmt.Sprintf("Wyników opartych na mniej niż %d odpowiedziach nie podajemy („%s”). Wstrzymujemy też wyniki, z których dałoby się je obliczyć przez odejmowanie, oraz pytania zadawane zależnie od wstrzymanych odpowiedzi.", d.Summary.Threshold, tooFew)},
		{"Dane osobowe", d.privacyNote()},
	}
	if text := d.paperNote(); text != "" {
		notes = append(notes, [2]string{"Formularze papierowe", text})
	}
	if text := d.SuspectsNote(); text != "" {
		notes = append(notes, [2]string{"Dni do sprawdzenia", text})
	}
	if text := d.ConditionalNote(); text != "" {
		notes = append(notes, [2]string{"Pytania warunkowe", text})
	}
	if text := d.ChangesNote(); text != "" {
		notes = append(notes, [2]string{"Zmiany w pytaniach", text})
	}
	if text := d.weightsNote(); text != "" {
		notes = append(notes, [2]string{"Wagi wskaźników", text})
	}
	if len(d.Summary.Quadrants) > 0 {
		notes = append(notes, [2]string{"Cztery ćwiartki", QuadrantMethod})
	}
	if d.Summary.Digest != "" {
		notes = append(notes, [2]string{"Stan danych", "Suma kontrolna wyników: " + d.Summary.Digest})
	}
	return notes
}

// periodNote is the period as a sentence.
func (d *Document) periodNote() string {
	if d.period() == "" {
		return "Wszystkie zebrane dotąd ankiety."
	}
	return strings.TrimSuffix(d.period(), ".") + "."
}

// channelsNote says by which ways answers came.
func (d *Document) channelsNote() string {
	var parts []string
	for _, c := range d.Summary.Channels {
		if c.N > 0 {
			parts = append(parts, channelName(c.Channel)+": "+forms(c.N))
		}
	}
	if len(parts) == 0 {
		return "W tym okresie nie zebrano ankiet."
	}
	return firstUpper(strings.Join(parts, "; ")) + ". Kanał zapisujemy przy każdej ankiecie, a wszystkie odpowiedzi tworzą jeden zbiór."
}

// scope says what the filter took in.
func (d *Document) scope() string {
	f := d.Summary.Filter
	if f.All() {
		return "Wszystkie kanały i wszystkie punkty obsługi."
	}
	channels, points := "wszystkie kanały", "wszystkie punkty obsługi"
	if len(f.Channels) > 0 {
		names := make([]string, len(f.Channels))
		for i, c := range f.Channels {
			names[i] = channelName(c)
		}
		channels = "wybrane kanały: " + strings.Join(names, ", ")
	}
	if len(f.ServicePoints) > 0 {
		names := make([]string, len(f.ServicePoints))
		for i, id := range f.ServicePoints {
			names[i] = d.servicePoint(fmt.Sprint(id))
		}
		points = "wybrane punkty obsługi: " + strings.Join(names, ", ")
	}
	return firstUpper(channels) + "; " + points + ". Raport nie obejmuje pozostałych ankiet."
}

func (d *Document) versionsNote() string {
	if len(d.Summary.Versions) == 0 {
		return "W tym okresie nie zebrano ankiet."
	}
	parts := make([]string, len(d.Summary.Versions))
	for i, v := range d.Summary.Versions {
		parts[i] = fmt.Sprintf("wersja %d (opublikowana %s): %s", v.Number, dayWords(v.Published), forms(v.N))
	}
	return firstUpper(strings.Join(parts, "; ")) + "."
}

func (d *Document) privacyNote() string {
	text := "Nie zapisujemy, kto ani z jakiego urządzenia wypełnił ankietę, a z czasu zostawiamy tylko dzień. W uwagach dane osobowe rozpoznane automatycznie (na przykład numer telefonu lub PESEL) zastępujemy znacznikiem przed zapisem."
	if n := d.Summary.Pending; n > 0 {
		text += " Urząd opuszczają tylko uwagi, które przejrzał pracownik: " + counted(n, "uwaga czeka", "uwagi czekają", "uwag czeka") + " na przejrzenie."
	}
	return text
}

// paperNote tells the return of paper, or that issued forms were not counted; "" where no paper came.
func (d *Document) paperNote() string {
	p := d.Summary.Paper
	if p.Issued > 0 {
		return fmt.Sprintf("Wydano %s, wróciło %s (%s).", integer(p.Issued), integer(p.Returned), percent(p.Rate))
	}
	for _, c := range d.Summary.Channels {
		if c.Channel.OnPaper() && c.N > 0 {
			return "Liczby wydanych formularzy nie zapisano, dlatego odsetka zwrotów nie podajemy."
		}
	}
	return ""
}

package report

import (
	"fmt"
	"math"
	"time"

	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/survey"
)

// wilson is a second, plain writing of the Wilson interval for fixtures.
func wilson(count, n int) stats.Share {
	if n == 0 {
		return stats.Share{}
	}
	const z = 1.959964
	p, f := float64(count)/float64(n), float64(n)
	centre := (p + z*z/(2*f)) / (1 + z*z/f)
	half := z * math.Sqrt(p*(1-p)/f+z*z/(4*f*f)) / (1 + z*z/f)
	return stats.Share{OK: true, Count: count, N: n, Value: p, Low: max(0, centre-half), High: min(1, centre+half)}
}

// rated makes the item of a scale of counts, worst first, scored from 1.
func rated(labels []string, counts []int, states stats.States) stats.Item {
	n, sum, squares := 0, 0.0, 0.0
	for i, c := range counts {
		n += c
		sum += float64(c * (i + 1))
		squares += float64(c * (i + 1) * (i + 1))
	}
	it := stats.Item{Valid: n, States: states, Asked: n + states.Blank + states.NotApplicable + states.NoOpinion + states.Unreadable, Min: 1, Max: float64(len(counts)), Points: len(counts), Box: 2}
	mean := sum / float64(n)
	it.SD = math.Sqrt((squares - float64(n)*mean*mean) / float64(n-1))
	half := 1.96 * it.SD / math.Sqrt(float64(n))
	it.Rating = stats.Figure{OK: true, N: n, Value: mean, Low: mean - half, High: mean + half}
	it.Median = 5
	it.Values = values(labels, counts, n, it.Asked)
	for i := range it.Values {
		score := float64(i + 1)
		it.Values[i].Score = &score
	}
	k := len(counts)
	it.Top2, it.Bottom2 = wilson(counts[k-1]+counts[k-2], n), wilson(counts[0]+counts[1], n)
	return it
}

func values(labels []string, counts []int, n, asked int) []stats.Value {
	list := make([]stats.Value, len(counts))
	for i, c := range counts {
		list[i] = stats.Value{Value: fmt.Sprint(i + 1), Label: survey.PL(labels[i]), Count: c, Share: wilson(c, n), OfAll: float64(c) / float64(asked)}
	}
	return list
}

// chosen makes the item of a question of options.
func chosen(labels []string, counts []int, valid, blank int) stats.Item {
	return stats.Item{Asked: valid + blank, Valid: valid, States: stats.States{Blank: blank}, Values: values(labels, counts, valid, valid+blank)}
}

var fivePoints = []string{"bardzo słabo", "słabo", "średnio", "dobrze", "bardzo dobrze"}

var fixtureAreas = []struct {
	key, label string
	rows       [4]string
}{
	{"warunki", "wizerunek i warunki", [4]string{"Oznakowanie budynku i pokoi ułatwia dotarcie na miejsce", "W urzędzie jest czysto i schludnie", "Jest gdzie usiąść i wypełnić formularz", "Godziny pracy urzędu są dogodne"}},
	{"podejscie", "indywidualne podejście", [4]string{"Pracownik był uprzejmy i życzliwy", "Pracownik uważnie wysłuchał, z czym przychodzę", "Pracownik poświęcił mi tyle czasu, ile było trzeba", "Czułam się / czułem się traktowana(-y) z szacunkiem"}},
	{"terminowosc", "terminowość", [4]string{"Czas oczekiwania na przyjęcie był rozsądny", "Sprawę załatwiono w obiecanym terminie", "Na pisma i e-maile urząd odpowiada bez zwłoki", "Urząd informuje, kiedy sprawa będzie załatwiona"}},
	{"kompetencje", "kompetencje", [4]string{"Pracownik znał przepisy dotyczące mojej sprawy", "Wyjaśnienia były zrozumiałe", "Nie musiałam / nie musiałem chodzić od pokoju do pokoju", "Dostałam / dostałem pełną listę potrzebnych dokumentów"}},
	{"rzetelnosc", "rzetelność", [4]string{"Sprawę załatwiono bez błędów", "Informacje na stronie zgadzają się z tym, co słyszę w urzędzie", "Wszystkich traktuje się tak samo", "Decyzje są dobrze uzasadnione"}},
}

// fixture is a full report of 500 answers to the default questionnaire; the row "terminowosc4", one
// service point and one channel are withheld.
func fixture() *Document {
	warsaw := time.FixedZone("CET", 3600)
	s := &stats.Summary{
		Filter: survey.Filter{From: survey.NewDay(2025, 1, 1), To: survey.NewDay(2025, 12, 31)}, Threshold: 5, N: 500,
		Versions: []stats.VersionCount{{ID: 11, Number: 1, Published: survey.NewDay(2024, 1, 2), Title: survey.PL("Ankieta badania satysfakcji Klienta"), N: 188},
			{ID: 12, Number: 2, Published: survey.NewDay(2025, 6, 16), Title: survey.PL("Ankieta badania satysfakcji Klienta"), N: 312}},
		Pending: 3, Paper: stats.PaperReturn{Issued: 420, Returned: 311, Rate: 311.0 / 420}, Digest: "9f2c7b1e4a60d853",
	}
	for i, n := range []int{92, 48, 46, 311, 3} {
		s.Channels = append(s.Channels, stats.ChannelCount{Channel: survey.Channels()[i], N: n, Share: float64(n) / 500})
	}
	overall := rated(fivePoints, []int{9, 14, 48, 171, 246}, stats.States{Blank: 10, Unreadable: 2})
	s.Overall = &overall
	fixtureGroups(s)
	fixtureQuestions(s, overall)
	s.Remarks = []stats.RemarkGroup{{Question: "uwagi", Label: survey.PL("Co jeszcze chce Pani / Pan nam powiedzieć?"), Remarks: []stats.Remark{
		{Text: "Pani w okienku bardzo miła, ale zażółć gęślą jaźń – długa kolejka w poniedziałki.", Channel: survey.ChannelWeb, Month: survey.NewDay(2025, 3, 1)},
		{Text: "=HYPERLINK(\"http://zly.example\";\"kliknij\")", Channel: survey.ChannelQR, Month: survey.NewDay(2025, 4, 1)},
		{Text: "Proszę o telefon zwrotny: [TELEFON]. Sprawa ciągnie się od marca, za każdym razem słyszę co innego.\nDrugi akapit: w pokoju nie ma gdzie usiąść, a przy biurku trudno się rozmawia, bo wszystko słychać na korytarzu. Przydałby się osobny kącik dla osób, które muszą coś wyjaśnić na spokojnie.", Channel: survey.ChannelPaperTyped, Month: survey.NewDay(2025, 9, 1)},
		{Text: "@SUM(A1) 😀 <b>brawo</b> & {nb}", Channel: survey.ChannelKiosk, Month: survey.NewDay(2025, 10, 1)},
		{Text: "－10 za parking", Channel: survey.ChannelWeb, Month: survey.NewDay(2025, 11, 1)},
	}}, {Question: "sprawa.inna", Label: survey.PL("Rodzaj sprawy – inna: jaka?"), Remarks: []stats.Remark{{Text: "karta seniora", Channel: survey.ChannelPaperTyped, Month: survey.NewDay(2025, 5, 1)}}}}
	return &Document{
		Office: survey.Office{Name: "Urząd Gminy Osielsko", NameGenitive: "Urzędu Gminy Osielsko", Organ: "wójt", Street: "Szosa Gdańska 55A", PostalCode: "86-031", City: "Osielsko", TERYT: "0403062"},
		Slug:   "osielsko", Summary: s, ServicePoints: map[string]string{"1": "Biuro podawcze", "2": "Referat Podatków i Opłat", "3": "Urząd Stanu Cywilnego", "4": "Kasa"},
		Number: 7, GeneratedAt: time.Date(2026, 1, 14, 9, 30, 0, 0, warsaw), GeneratedBy: "administrator (login: administrator)", Address: "https://osielsko.ocenaurzedu.eu", Sample: true,
		Questionnaires: []survey.Version{fixtureVersion()},
	}
}

func fixtureGroups(s *stats.Summary) {
	mean := func(n int, v float64) stats.Figure {
		return stats.Figure{OK: true, N: n, Value: v, Low: v - 2/math.Sqrt(float64(n)), High: min(5, v+2/math.Sqrt(float64(n)))}
	}
	for i, g := range []stats.Group{{N: 92, Rating: mean(90, 4.02)}, {N: 48, Rating: mean(47, 4.21)}, {N: 46, Rating: mean(46, 4.33)}, {N: 311, Rating: mean(303, 4.37)}, {N: 3, Withheld: true}} {
		g.Key = string(survey.Channels()[i])
		s.ByChannel = append(s.ByChannel, g)
	}
	s.ServicePoints = []stats.Group{{Key: "1", N: 214, Rating: mean(210, 4.41)}, {Key: "2", N: 96, Rating: mean(95, 4.18)}, {Key: "3", N: 58, Rating: mean(58, 4.66)}, {Key: "4", N: 4, Withheld: true}, {Key: "0", N: 128, Rating: mean(125, 4.05)}}
	for m := range 12 {
		n := []int{22, 31, 64, 58, 49, 20, 14, 18, 71, 77, 60, 16}[m]
		s.Months = append(s.Months, stats.MonthCount{Month: survey.NewDay(2025, time.Month(m+1), 1), N: n, Rating: mean(n, 4.1+0.05*float64(m%5))})
	}
}

func fixtureQuestions(s *stats.Summary, overall stats.Item) {
	before, after, profile := survey.PL("O Pani / Pana wizycie"), survey.PL("Ocena i uwagi"), survey.PL("Metryczka")
	both, second := []int{1, 2}, []int{2}
	question := func(key string, kind survey.Kind, label string, items ...stats.Item) stats.Question {
		return stats.Question{Key: key, Kind: kind, Label: survey.PL(label), Section: before, Versions: both, Items: items}
	}
	matrix := question("oceny", survey.KindMatrix, "Jak ocenia Pani / Pan obsługę w urzędzie?")
	matrix.Section = survey.PL("Ocena obsługi")
	for i, a := range fixtureAreas {
		matrix.Areas = append(matrix.Areas, survey.Area{Key: a.key, Label: survey.PL(a.label)})
		for j, label := range a.rows {
			it := rated(fivePoints, []int{6 + 3*i, 11 + 4*j, 40 + 5*i, 160 + 3*j, 240 - 12*i}, stats.States{NotApplicable: 7 * j, Blank: 3 + i})
			if a.key == "terminowosc" && j == 3 {
				it = stats.Item{Suppressed: true, Asked: 500}
			}
			it.Row, it.Label, it.Area = fmt.Sprint(a.key, j+1), survey.PL(label), a.key
			matrix.Items = append(matrix.Items, it)
		}
		v := 4.45 - 0.12*float64(i)
		s.Areas = append(s.Areas, stats.Area{Question: "oceny", Key: a.key, Label: survey.PL(a.label), Versions: both, Rows: 4, Min: 1, Max: 5,
			Rating: stats.Figure{OK: true, N: 478, Value: v, Low: v - 0.08, High: v + 0.08}, Top2: wilson(1600-90*i, 1880), Bottom2: wilson(60+20*i, 1880)})
	}
	newer := question("zalatwiona", survey.KindYesNo, "Czy sprawa została załatwiona?", chosen([]string{"tak", "częściowo", "nie"}, []int{241, 42, 23}, 306, 6))
	newer.Break, newer.Versions = true, second
	older := question("zalatwiona", survey.KindYesNo, "Czy załatwił(a) Pan(i) sprawę?", chosen([]string{"tak", "nie"}, []int{160, 22}, 182, 6))
	older.Break, older.Versions = true, []int{1}
	rating := question("ogolna", survey.KindScale, "Jak ogólnie ocenia Pani / Pan nasz urząd?", overall)
	rating.Role, rating.Section = survey.RoleOverall, after
	nps := question("polecenie", survey.KindNPS, "Na ile prawdopodobne jest, że poleci Pani / Pan nasz urząd jako pomocny?", fixtureNPS())
	nps.Section = after
	improve := question("poprawa", survey.KindMulti, "Co powinniśmy poprawić?", chosen([]string{"krótsze kolejki", "prostsze formularze", "więcej spraw przez internet", "parking", "nic"}, []int{188, 143, 122, 97, 61}, 452, 48))
	improve.Section = after
	minutes := question("czekanie", survey.KindNumber, "Ile minut czekała Pani / czekał Pan na przyjęcie?", chosen([]string{"0–5", "6–10", "11–20", "21–60"}, []int{212, 141, 80, 31}, 464, 36))
	minutes.Unit = survey.PL("min")
	minutes.Items[0].SD, minutes.Items[0].Median = 9.11, 7
	minutes.Items[0].Rating, minutes.Items[0].Max = stats.Figure{OK: true, N: 464, Value: 9.4, Low: 8.7, High: 10.1}, 60
	remarks := question("uwagi", survey.KindText, "Co jeszcze chce Pani / Pan nam powiedzieć?", stats.Item{Asked: 500, Valid: 91, States: stats.States{Blank: 409}})
	remarks.Section = after
	age := question("wiek", survey.KindSingle, "Wiek", chosen([]string{"do 24 lat", "25–44 lata", "45–64 lata", "65 lat i więcej", "wolę nie podawać"}, []int{31, 170, 168, 99, 20}, 488, 12))
	age.Profile, age.Section = true, profile
	client := question("klient", survey.KindSingle, "W czyim imieniu załatwiano sprawę?", stats.Item{Suppressed: true, Asked: 500})
	client.Profile, client.Section = true, profile
	s.Questions = []stats.Question{
		question("sprawa", survey.KindMulti, "Czego dotyczyła sprawa?", chosen([]string{"podatki i opłaty", "dowód osobisty, meldunek", "akty stanu cywilnego", "budownictwo i zagospodarowanie przestrzenne", "inna"}, []int{171, 122, 83, 94, 40}, 489, 11)),
		newer, older, minutes, matrix, rating, nps, improve, remarks, age, client}
}

func fixtureNPS() stats.Item {
	labels := make([]string, 11)
	for i := range labels {
		labels[i] = fmt.Sprint(i)
	}
	it := chosen(labels, []int{6, 2, 4, 5, 6, 21, 18, 44, 92, 101, 184}, 483, 17)
	for i := range it.Values {
		score := float64(i)
		it.Values[i].Value, it.Values[i].Score = labels[i], &score
	}
	it.Max, it.Points, it.Box, it.SD, it.Median = 10, 11, 2, 2.31, 9
	it.Rating = stats.Figure{OK: true, N: 483, Value: 8.42, Low: 8.21, High: 8.63}
	it.Top2, it.Bottom2 = wilson(285, 483), wilson(8, 483)
	it.NPS = stats.Figure{OK: true, N: 483, Value: 46.2, Low: 40.2, High: 52.2}
	return it
}

func fixtureVersion() survey.Version {
	q := survey.Questionnaire{Key: "domyslna", Title: survey.PL("Ankieta badania satysfakcji Klienta"), Sections: []survey.Section{{Key: "ocena", Title: survey.PL("Ocena obsługi"), Questions: []survey.Question{
		{Key: "ogolna", Kind: survey.KindNPS, Label: survey.PL("Na ile prawdopodobne jest, że poleci Pani / Pan nasz urząd?"), OptOuts: []survey.OptOut{survey.NoOpinion}},
		{Key: "czekanie", Kind: survey.KindNumber, Label: survey.PL("Ile minut trwało oczekiwanie?"), Max: 240, Unit: survey.PL("min")},
	}}}}
	return survey.Version{ID: 12, Number: 2, Questionnaire: q, Layout: survey.NewLayout(&q), PublishedAt: time.Date(2025, 6, 16, 8, 0, 0, 0, time.UTC)}
}

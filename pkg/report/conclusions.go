package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/survey"
)

// Conclusion is a question that a head of office asks, and what the results answer.
type Conclusion struct {
	Question string
	Answer   string
}

// Conclusions are the report in a dozen sentences, in Polish. They say only what the Summary tells: a
// withheld figure is called so.
func (d *Document) Conclusions() []Conclusion {
	s := d.Summary
	list := []Conclusion{{"Ile osób wypełniło ankietę?", d.concludeCount()}}
	if s.N > 0 {
		list = append(list, d.concludeResults()...)
	}
	for i := range list {
		list[i].Answer = glue(list[i].Answer)
	}
	return list
}

func (d *Document) concludeResults() []Conclusion {
	s := d.Summary
	var list []Conclusion
	list = append(list, Conclusion{"Jak klienci oceniają urząd?", d.concludeOverall()})
	if o := s.Overall; o != nil && !o.Suppressed && o.Top2.OK {
		list = append(list, Conclusion{"Ilu klientów jest zadowolonych?", concludeSatisfied(o)})
	}
	if text := d.concludeChange(); text != "" {
		list = append(list, Conclusion{"Co się zmieniło od poprzedniego raportu?", text})
	}
	if d.Peers != nil {
		list = append(list, Conclusion{"Jak urząd wypada na tle powiatu?", d.concludePeers()})
	}
	list = append(list, d.concludePriorities()...)
	list = append(list, d.concludeAreas()...)
	if text := d.concludeChannels(); text != "" {
		list = append(list, Conclusion{"Czy ocena zależy od sposobu wypełnienia ankiety?", text})
	}
	for i := range s.Questions {
		if c, ok := concludeQuestion(&s.Questions[i]); ok {
			list = append(list, c)
		}
	}
	return list
}

func (d *Document) concludeCount() string {
	s := d.Summary
	if s.N == 0 {
		return "W tym okresie nie zebrano żadnej ankiety."
	}
	top := slices.MaxFunc(s.Channels, func(a, b stats.ChannelCount) int { return cmp.Compare(a.N, b.N) })
	text := fmt.Sprintf("Zebrano %s. Najczęstsza droga: %s – %s (%s).", forms(s.N), channelName(top.Channel), forms(top.N), percent(top.Share))
	if s.Paper.Issued > 0 {
		text += fmt.Sprintf(" Z %s formularzy papierowych wróciło %s (%s).", integer(s.Paper.Issued), integer(s.Paper.Returned), percent(s.Paper.Rate))
	}
	return text
}

func (d *Document) concludeOverall() string {
	o := d.Summary.Overall
	switch {
	case o == nil:
		return "Ankieta nie zawierała pytania o ocenę ogólną."
	case fewScored(o):
		return "Odpowiedzi na pytanie o ocenę ogólną było zbyt mało, aby podać wynik (" + tooFew + ")."
	case !o.Rating.OK:
		return "Na pytanie o ocenę ogólną nikt nie odpowiedział."
	}
	return fmt.Sprintf("Średnia ocena ogólna to %s w skali od %s do %s (przedział orientacyjny 95%%: %s; n = %s).",
		figure(o.Rating, true), Short(o.Min), Short(o.Max), FigureSpan(o.Rating), integer(o.Rating.N))
}

func concludeSatisfied(o *stats.Item) string {
	best, worst := "Jedną z dwóch najwyższych ocen", "jedną z dwóch najniższych"
	if o.Box == 1 {
		best, worst = "Najwyższą ocenę", "najniższą"
	}
	text := fmt.Sprintf("%s wybrało %s osób, które oceniły urząd (przedział orientacyjny: %s)", best, percent(o.Top2.Value), ShareSpan(o.Top2))
	if o.Bottom2.OK {
		text += fmt.Sprintf(", a %s %s", worst, percent(o.Bottom2.Value))
	}
	return text + "."
}

// concludeChange says how the overall rating changed, and which areas rose or fell beyond the margin of error.
func (d *Document) concludeChange() string {
	c := d.Comparison
	if c == nil {
		return ""
	}
	var parts []string
	if o := c.Overall; o != nil {
		text := "Ocena ogólna: " + VerdictName(o.Verdict)
		if o.Before.OK && o.Now.OK {
			text += ", poprzednio " + Decimal(o.Before.Value, 2) + ", teraz " + Decimal(o.Now.Value, 2)
		}
		if o.Difference.OK {
			text += fmt.Sprintf(" (przedział zmiany od%s%s do%s%s)", hard, signed(o.Difference.Low, 2), hard, signed(o.Difference.High, 2))
		}
		parts = append(parts, text+".")
	}
	parts = append(parts, changedAreas(c.Areas)...)
	if len(parts) == 0 {
		return "Żadnej oceny nie da się porównać."
	}
	if period := periodWords(c.Before.From, c.Before.To); period != "" {
		parts = append(parts, "Porównujemy z"+hard+"okresem "+strings.TrimSuffix(period, ".")+".")
	}
	return strings.Join(parts, " ")
}

// changedAreas name the areas that rose or fell beyond the margin of error, and say of the others that they did not.
func changedAreas(areas []stats.AreaChange) []string {
	names := map[stats.Verdict][]string{}
	for _, a := range areas {
		names[a.Verdict] = append(names[a.Verdict], a.Label.PL)
	}
	var parts []string
	tell := func(words string, v stats.Verdict) {
		if len(names[v]) > 0 {
			parts = append(parts, words+": "+strings.Join(names[v], ", ")+".")
		}
	}
	tell("Wyżej niż poprzednio oceniono obszary", stats.VerdictUp)
	tell("Niżej niż poprzednio oceniono obszary", stats.VerdictDown)
	tell("Bez zmiany poza granicami błędu", stats.VerdictWithin)
	return parts
}

// concludePeers sets the office's rating beside the mean of the county's offices.
func (d *Document) concludePeers() string {
	c := d.Peers
	place := "powyżej średniej"
	switch {
	case Decimal(c.Own, 1) == Decimal(c.Mean, 1):
		place = "na poziomie średniej"
	case c.Own < c.Mean:
		place = "poniżej średniej"
	}
	return fmt.Sprintf("Ocena ogólna, przeliczona na skalę od 0 do 100, to %s i%sjest %s %s powiatu, których wynik podano (%s).", Decimal(c.Own, 1), hard, place, counted(c.Offices, "urzędu", "urzędów", "urzędów"), Decimal(c.Mean, 1))
}

// concludeAreas names up to three best and three worst areas, never one as both. Areas on different scales
// are not compared.
func (d *Document) concludeAreas() []Conclusion {
	var told []stats.Area
	for _, a := range d.Summary.Areas {
		if a.Rating.OK {
			told = append(told, a)
		}
	}
	if len(told) < 2 || !slices.EqualFunc(told[1:], told[:len(told)-1], func(a, b stats.Area) bool { return a.Min == b.Min && a.Max == b.Max }) {
		return nil
	}
	n := min(3, len(told)/2)
	worst := slices.Clone(told[len(told)-n:])
	slices.Reverse(worst)
	low := "Najniżej oceniono: " + nameAreas(worst) + "."
	if told[0].Rating.Low <= worst[0].Rating.High {
		low += " Różnica między skrajnymi obszarami mieści się w granicach błędu."
	}
	return []Conclusion{
		{"Co klienci oceniają najlepiej?", "Najwyżej oceniono: " + nameAreas(told[:n]) + "."},
		{"Co klienci oceniają najsłabiej?", low},
	}
}

func nameAreas(areas []stats.Area) string {
	names := make([]string, len(areas))
	for i, a := range areas {
		names[i] = fmt.Sprintf("%s (%s)", a.Label.PL, figure(a.Rating, true))
	}
	return strings.Join(names, ", ")
}

// concludeChannels compares the channels whose rating may be told.
func (d *Document) concludeChannels() string {
	var told []stats.Group
	for _, g := range d.Summary.ByChannel {
		if g.Rating.OK {
			told = append(told, g)
		}
	}
	if len(told) < 2 {
		return ""
	}
	byRating := func(a, b stats.Group) int { return cmp.Compare(a.Rating.Value, b.Rating.Value) }
	best, worst := slices.MaxFunc(told, byRating), slices.MinFunc(told, byRating)
	name := func(g stats.Group) string {
		return fmt.Sprintf("%s (%s; n = %s)", channelName(survey.Channel(g.Key)), figure(g.Rating, true), integer(g.Rating.N))
	}
	text := "Najwyższa średnia: " + name(best) + "; najniższa: " + name(worst) + "."
	if best.Rating.Low <= worst.Rating.High {
		return text + " Przedziały zachodzą na siebie, więc różnicy nie należy przeceniać."
	}
	return text + " Przedziały nie zachodzą na siebie, ale różnymi drogami mogą wypowiadać się różne osoby."
}

// concludeQuestion sums up a question of choices in one sentence; the respondents' profile and older series
// stand in the tables only.
func concludeQuestion(q *stats.Question) (Conclusion, bool) {
	if q.Profile || q.Break || len(q.Items) != 1 || q.Items[0].Suppressed || q.Items[0].Valid == 0 {
		return Conclusion{}, false
	}
	it := &q.Items[0]
	switch q.Kind {
	case survey.KindYesNo:
		parts := make([]string, len(it.Values))
		for i, v := range it.Values {
			parts[i] = fmt.Sprintf("„%s” – %s", valueName(v), share(v.Share, false))
		}
		return Conclusion{q.Label.PL, "Odpowiedzi: " + strings.Join(parts, ", ") + " (n = " + integer(it.Valid) + ")."}, true
	case survey.KindMulti:
		return Conclusion{q.Label.PL, "Najczęściej: " + topValues(it, 3) + " (n = " + integer(it.Valid) + "; można było wskazać kilka odpowiedzi)."}, true
	case survey.KindNPS:
		if it.NPS.OK {
			return Conclusion{q.Label.PL, fmt.Sprintf("Wskaźnik polecenia NPS wynosi %s (przedział orientacyjny: %s; n = %s).",
				Decimal(it.NPS.Value, 1), span(Decimal(it.NPS.Low, 1), Decimal(it.NPS.High, 1)), integer(it.Valid))}, true
		}
	}
	return Conclusion{}, false
}

func topValues(it *stats.Item, most int) string {
	values := slices.Clone(it.Values)
	slices.SortStableFunc(values, func(a, b stats.Value) int { return b.Count - a.Count })
	var parts []string
	for _, v := range values[:min(most, len(values))] {
		if v.Count > 0 {
			parts = append(parts, fmt.Sprintf("„%s” (%s)", valueName(v), share(v.Share, false)))
		}
	}
	return strings.Join(parts, ", ")
}

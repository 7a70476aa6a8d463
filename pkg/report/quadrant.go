package report

import (
	"fmt"
	"html/template"
	"slices"
	"strings"

	"ocenaurzedu.eu/pkg/stats"
)

// QuadrantMethod says, in a report, how importance and satisfaction are set against each other.
const QuadrantMethod = "Każde stwierdzenie (lub obszar) trafia do jednej z czterech ćwiartek. Ich granicami są średnie ze średnich, osobno dla ważności i dla zadowolenia; wynik równy granicy liczymy jako wysoki. Miejsce w ćwiartce mówi, jak stwierdzenie wypada na tle pozostałych, a nie czy wynik jest dobry."

// DerivedMethod says where importance comes from that nobody was asked for.
const DerivedMethod = "O ważność nie pytano. Ważność wyprowadzona to korelacja rang Spearmana (ρ, od −1 do 1) między oceną stwierdzenia a oceną ogólną: im wyższa, tym silniej stwierdzenie wiąże się z zadowoleniem. To współwystępowanie, nie dowód przyczyny."

// QuadrantName names a quarter of the chart of importance and satisfaction.
func QuadrantName(name stats.QuadrantName) string {
	return map[stats.QuadrantName]string{
		stats.QuadrantImprove: "priorytet do poprawy", stats.QuadrantStrength: "mocne strony", stats.QuadrantLowPriority: "niski priorytet", stats.QuadrantExcess: "nadmiar",
	}[name]
}

// QuadrantTitle names a quarter and says what it means.
func QuadrantTitle(name stats.QuadrantName) string {
	return firstUpper(QuadrantName(name)) + " – " + map[stats.QuadrantName]string{
		stats.QuadrantImprove: "ważniejsze, ocenione poniżej średniej", stats.QuadrantStrength: "ważniejsze, ocenione powyżej średniej",
		stats.QuadrantLowPriority: "mniej ważne, ocenione poniżej średniej", stats.QuadrantExcess: "mniej ważne, ocenione powyżej średniej",
	}[name]
}

// ofAreas reports whether a chart's points are areas.
func ofAreas(q *stats.Quadrant) bool { return len(q.Points) > 0 && q.Points[0].Row == "" }

// pointName is a point's wording.
func pointName(p stats.QuadrantPoint) string {
	return firstUpper(p.Label.PL) + seriesMark(p.Break, p.Versions)
}

// QuadrantNotes say what a chart of importance and satisfaction shows: its cuts, its index, and what is left out.
func QuadrantNotes(q *stats.Quadrant) []string {
	if q.Derived {
		return derivedNotes(q)
	}
	notes := []string{
		fmt.Sprintf("Granice ćwiartek: średnia ważności %s (skala od %s do %s), średnia zadowolenia %s (skala od %s do %s). Osie pokazują tylko ten wycinek skal, w którym są wyniki.",
			Decimal(q.Importance.Cut, 2), Short(q.Importance.Min), Short(q.Importance.Max), Decimal(q.Satisfaction.Cut, 2), Short(q.Satisfaction.Min), Short(q.Satisfaction.Max)),
	}
	k := q.Satisfaction.Points
	csi := fmt.Sprintf("Wskaźnik zadowolenia CSI: %s%%. To postać klasyczna: średnie zadowolenia ważone średnimi ważności, w procentach najwyższej oceny; najniższa możliwa wartość to %s%%, a nie 0%%.", Decimal(q.CSI, 1), strings.TrimSuffix(Decimal(100/float64(k), 1), ",0"))
	if stretched(q.Satisfaction) || stretched(q.Importance) {
		csi += " Do wskaźnika punkty skali przeliczono równomiernie tak, aby zaczynały się od 1 i rosły co 1."
	}
	notes = append(notes, csi)
	notes = append(notes, leftOut(q)...)
	for i := range notes {
		notes[i] = glue(notes[i])
	}
	return notes
}

// derivedNotes tell the cuts where importance is derived; there is no index of weights that nobody gave.
func derivedNotes(q *stats.Quadrant) []string {
	notes := append([]string{fmt.Sprintf("Granice ćwiartek: średnia ważności wyprowadzonej %s, średnia zadowolenia %s (skala od %s do %s). Osie pokazują tylko ten wycinek, w którym są wyniki.",
		Decimal(q.Importance.Cut, 2), Decimal(q.Satisfaction.Cut, 2), Short(q.Satisfaction.Min), Short(q.Satisfaction.Max))}, leftOut(q)...)
	for i := range notes {
		notes[i] = glue(notes[i])
	}
	return notes
}

// leftOut says how many points are not in the chart; none where all are.
func leftOut(q *stats.Quadrant) []string {
	n := q.Withheld
	if n == 0 {
		return nil
	}
	things := [3]string{"stwierdzenie", "stwierdzenia", "stwierdzeń"}
	if ofAreas(q) {
		things = [3]string{"obszar", "obszary", "obszarów"}
	}
	return []string{"Pominięto " + counted(n, things[0], things[1], things[2]) + ": odpowiedzi było zbyt mało („" + tooFew + "”)."}
}

// stretched reports whether the scores of a scale are not 1, 2, 3 …
func stretched(a stats.Axis) bool { return a.Min != 1 || a.Max != float64(a.Points) }

// quadrantNote tells a series apart from others of the same question.
func (d *Document) quadrantNote(q *stats.Quadrant) string {
	if !q.Break {
		return ""
	}
	return "Wyniki dla " + versionsGenitive(q.Versions) + "."
}

// quadrantWords tell a chart point by point.
func quadrantWords(q *stats.Quadrant) string {
	desc := make([]string, len(q.Points))
	for i, p := range q.Points {
		desc[i] = fmt.Sprintf("%d. %s – ważność %s, zadowolenie %s: %s", i+1, pointName(p), Decimal(p.Importance.Value, 2), Decimal(p.Satisfaction.Value, 2), QuadrantName(p.Quadrant))
	}
	return strings.Join(desc, "; ")
}

// QuadrantSVG draws the points of a chart of importance and satisfaction, numbered in their order.
func QuadrantSVG(q *stats.Quadrant) template.HTML {
	const height = 470
	return svg(quadrantChart(q, frame{0, 0, svgWidth, height, svgText}), height, "Ważność i zadowolenie: "+q.Label.PL, quadrantWords(q))
}

// concludePriorities names up to three things that matter and satisfy less than the rest.
func (d *Document) concludePriorities() []Conclusion {
	for i := range d.Summary.Quadrants {
		q := &d.Summary.Quadrants[i]
		importance := lower(importanceAxis(q))
		var names []string
		for _, p := range q.Points {
			if p.Quadrant == stats.QuadrantImprove {
				names = append(names, fmt.Sprintf("„%s”%s (%s %s, zadowolenie %s)", p.Label.PL, seriesMark(p.Break, p.Versions), importance, Decimal(p.Importance.Value, 2), Decimal(p.Satisfaction.Value, 2)))
			}
		}
		if len(names) > 0 {
			names = slices.Clip(names[:min(len(names), 3)])
			return []Conclusion{{"Co poprawić najpierw?", "Ważniejsze od pozostałych, a ocenione poniżej średniej: " + strings.Join(names, ", ") + "."}}
		}
	}
	return nil
}

package report

import (
	"fmt"
	"slices"
	"strings"

	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/survey"
)

// SuspectDays tells each day that looks as if somebody had filled the survey again and again: what came, and what is usual.
func SuspectDays(days []survey.Suspicion) []string {
	var lines []string
	for _, d := range days {
		text := dayWords(d.Day) + " (" + channelName(d.Channel) + "): " + forms(d.N)
		if d.Rate {
			text += ", zwykle " + Decimal(d.Usual, usualPlaces(d.Usual))
		}
		if d.Alike {
			text += fmt.Sprintf(", w tym %s o identycznych odpowiedziach", integer(d.Same))
		}
		if d.Burst {
			text += fmt.Sprintf(", w tym %s jedna po drugiej tak szybko, jakby ktoś tylko dotykał ekranu", integer(d.Fast))
		}
		lines = append(lines, glue(text))
	}
	return lines
}

// usualPlaces: a median of counts is whole, or a half.
func usualPlaces(f float64) int {
	if f == float64(int(f)) {
		return 0
	}
	return 1
}

// SuspectsTotals sets the totals with these days beside those without.
func (d *Document) SuspectsTotals() string {
	s := d.Summary.Suspects
	if s == nil {
		return ""
	}
	text := "Razem z tymi dniami: " + forms(d.Summary.N)
	if o := d.Summary.Overall; o != nil && o.Rating.OK && s.Overall.OK {
		text += ", ocena ogólna " + figure(o.Rating, false)
	}
	text += "; bez nich: " + forms(s.N) + overallWords(s.Overall) + "."
	return glue(text)
}

func overallWords(f stats.Figure) string {
	if !f.OK {
		return ""
	}
	return ", ocena ogólna " + figure(f, false)
}

// SuspectsNote says in the method which days look stuffed, and that nothing was left out for it; "" if none does.
func (d *Document) SuspectsNote() string {
	s := d.Summary.Suspects
	if s == nil {
		return ""
	}
	tapped := ""
	if slices.ContainsFunc(s.Days, func(d survey.Suspicion) bool { return d.Burst }) {
		tapped = ", albo wypełniano je na kiosku szybciej, niż da się przeczytać pytania"
	}
	return glue("W tych dniach przyszło dużo więcej ankiet niż zwykle albo wiele z nich było jednakowych"+tapped+", co może znaczyć, że ktoś wypełniał ankietę wielokrotnie: ") +
		strings.Join(SuspectDays(s.Days), "; ") + glue(". Żadnej ankiety z tego powodu nie usunięto ani nie pominięto. ") + d.SuspectsTotals()
}

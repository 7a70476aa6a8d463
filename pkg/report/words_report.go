package report

import (
	"fmt"
	"strings"

	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/survey"
)

// What the parts of a report say of themselves, in the PDF as on its page.
const (
	IndicatorMethod = "Wskaźnik to średnia procentów zakresu skali: 0 to same najniższe oceny, 100 – same najwyższe. Łączą się w nim pytania o jednej roli, nawet na różnych skalach. Wagi wskaźnika łącznego ustala urząd."
	AlphaMethod     = "α Cronbacha mówi, jak zgodnie oceniano stwierdzenia obszaru (1 – jednakowo, około 0 – bez związku); liczymy ją z ankiet, w których oceniono wszystkie. Od 0,7 obszar można czytać jako jedną cechę."
	CrossMethod     = "Czy ocena zależy od tego, kto i jak wypełniał ankietę? W komórce podajemy odsetek w kolumnie, a pod nim liczbę odpowiedzi."
	RegisterLead    = "Rejestr działań w dniu sporządzenia raportu: co ustalono, co robimy, kto odpowiada i jak sprawdzimy skutek."
)

// RoleName names an indicator. The names are ours; none is another institution's formula.
func RoleName(r survey.Role) string {
	switch r {
	case survey.RoleEfficiency:
		return "sprawność obsługi"
	case survey.RoleEmployee:
		return "ocena pracownika"
	case survey.RoleOverall:
		return "ocena ogólna"
	}
	return string(r)
}

// VerdictName says in words what a difference between two periods amounts to.
func VerdictName(v stats.Verdict) string {
	switch v {
	case stats.VerdictUp:
		return "wzrost"
	case stats.VerdictDown:
		return "spadek"
	case stats.VerdictWithin:
		return "w" + hard + "granicach błędu"
	case stats.VerdictTooFew:
		return "za mało odpowiedzi"
	case stats.VerdictBroken:
		return "pytanie zmieniono"
	case stats.VerdictNew:
		return "nowe pytanie"
	case stats.VerdictWithheld:
		return "wynik wstrzymano"
	}
	return string(v)
}

// verdictMark is a sign beside a verdict's words: changes are seen at a glance, without colour.
func verdictMark(v stats.Verdict) string {
	switch v {
	case stats.VerdictUp:
		return "▲" + hard
	case stats.VerdictDown:
		return "▼" + hard
	}
	return ""
}

// StatusName names the state of a corrective action.
func StatusName(s survey.ActionStatus) string {
	switch s {
	case survey.ActionPlanned:
		return "planowane"
	case survey.ActionUnderWay:
		return "w" + hard + "toku"
	case survey.ActionDone:
		return "wykonane"
	case survey.ActionEffective:
		return "skuteczne"
	case survey.ActionFailed:
		return "nieskuteczne"
	case survey.ActionDropped:
		return "zaniechane"
	}
	return string(s)
}

// heldWords say that a figure stands as in an earlier report; "" where it is as it is now.
func heldWords(number int) string {
	if number == 0 {
		return ""
	}
	return "Wynik podajemy w" + hard + "stanie z" + hard + "raportu nr" + hard + integer(number) + ": od tamtej pory odpowiedziało zbyt mało osób, aby zmiana nie zdradziła ich odpowiedzi."
}

// heldRows say of which rows of a table that is so.
func heldRows(q *stats.Question) string {
	var names []string
	number := 0
	for i := range q.Items {
		if it := &q.Items[i]; it.Held > 0 {
			number = max(number, it.Held)
			names = append(names, "„"+cut(it.Label.PL, longestQuote)+"”")
		}
	}
	switch {
	case len(names) == 0:
		return ""
	case len(names) > mostQuoted:
		names = []string{counted(len(names), "pozycja", "pozycje", "pozycji")}
	}
	return heldWords(number) + " Dotyczy: " + strings.Join(names, ", ") + "."
}

// distributionWords tell a bar of a distribution point by point.
func distributionWords(it *stats.Item) string {
	var parts []string
	for _, v := range worstFirst(it.Values) {
		if v.Share.OK {
			parts = append(parts, fmt.Sprintf("%s %s", valueName(v), percent(v.Share.Value)))
		}
	}
	return "Rozkład ważnych odpowiedzi: " + strings.Join(parts, ", ") + "."
}

// signed writes a difference with its sign.
func signed(f float64, places int) string {
	s := Decimal(f, places)
	if f > 0 && strings.Trim(s, "0,") != "" {
		return "+" + s
	}
	return s
}

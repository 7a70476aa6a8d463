package web

import (
	"ocenaurzedu.eu/pkg/report"
	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/survey"
)

// verdictSentence tells the change of the overall rating: what it is, and how sure that is.
func verdictSentence(c stats.Change) string {
	difference := report.Decimal(c.Difference.Value, 2)
	if c.Difference.Value > 0 {
		difference = "+" + difference
	}
	told := glue(" Różnica: " + difference + " (przedział orientacyjny od " + report.Decimal(c.Difference.Low, 2) + " do " + report.Decimal(c.Difference.High, 2) + ").")
	switch c.Verdict {
	case stats.VerdictUp:
		return glue("Ocena jest wyższa niż w poprzednim okresie: było "+report.Decimal(c.Before.Value, 2)+".") + told
	case stats.VerdictDown:
		return glue("Ocena jest niższa niż w poprzednim okresie: było "+report.Decimal(c.Before.Value, 2)+".") + told
	case stats.VerdictWithin:
		return glue("Ocena nie zmieniła się wyraźnie: było "+report.Decimal(c.Before.Value, 2)+", a różnica mieści się w granicach błędu.") + told
	case stats.VerdictBroken:
		return glue("Z poprzednim okresem nie da się porównać: pytanie o ocenę ogólną lub jego skala były wtedy inne.")
	case stats.VerdictNew:
		return glue("Z poprzednim okresem nie da się porównać: nie ma z niego oceny ogólnej.")
	}
	return glue("Z poprzednim okresem nie da się porównać: w jednym z nich było zbyt mało odpowiedzi.")
}

// OverallChange tells the change of the overall rating against the period before; "": there is no rating.
func (p panelResultsPage) OverallChange() string {
	switch {
	case p.Change.Overall == nil:
		return ""
	case p.Before.N == 0:
		return glue("Z poprzedniego okresu nie ma żadnej ankiety, więc nie ma z czym porównać.")
	}
	return verdictSentence(*p.Change.Overall)
}

// verdictClass colours a verdict that is a change.
func verdictClass(v stats.Verdict) string {
	return map[stats.Verdict]string{stats.VerdictUp: " success", stats.VerdictDown: " danger"}[v]
}

// AreaChange is the change of an area; nil: there is no period before to compare with.
func (p panelResultsPage) AreaChange(question, key string) *stats.Change {
	if p.Before.N == 0 {
		return nil
	}
	for i := range p.Change.Areas {
		if a := &p.Change.Areas[i]; a.Question == question && a.Key == key {
			return &a.Change
		}
	}
	return nil
}

// RoleChange is the change of an indicator; nil: there is no period before to compare with.
func (p panelResultsPage) RoleChange(role survey.Role) *stats.Change {
	if p.Before.N == 0 {
		return nil
	}
	for i := range p.Change.Indicators {
		if c := &p.Change.Indicators[i]; c.Role == role {
			return &c.Change
		}
	}
	return nil
}

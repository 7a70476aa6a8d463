package web

import (
	"slices"
	"strconv"

	"ocenaurzedu.eu/pkg/survey"
)

// differenceLine tells one difference between two wordings of a questionnaire.
type differenceLine struct {
	Where         string // "Pytanie 3 „…”", "Sekcja „…”", "Ankieta"
	Link          string // to it in the editor; "": it is gone
	Text          string // "poprawiono treść", "dodano odpowiedź „…”"
	Before, After string // of a wording that changed; both "": Text tells all
}

// differenceLines tells in a clerk's words in what after differs from before, in the order of after.
func differenceLines(before, after *survey.Questionnaire) []differenceLine {
	d := differing{before, after, questionNumbers(before), questionNumbers(after)}
	all := survey.Diff(before, after)
	whole := wholeItems(all)
	var lines []differenceLine
	for _, each := range all {
		if whole[itemOf(each)] && (each.Part != "" || each.Lang != survey.Polish) {
			continue
		}
		line := differenceLine{}
		line.Where, line.Link = d.where(each)
		switch each.What {
		case survey.DifferenceAdded:
			line.Text = "dodano"
		case survey.DifferenceRemoved:
			line.Text = "usunięto"
		case survey.DifferenceMoved:
			line.Text = "przeniesiono w inne miejsce"
		default:
			d.changed(each, &line)
		}
		lines = append(lines, line)
	}
	return lines
}

// differingItem is an option, row, area or point of a question.
type differingItem struct{ question, property, key string }

func itemOf(d survey.Difference) differingItem {
	return differingItem{d.Question, d.Property, d.Item}
}

// wholeItems returns the items that came or went. Their label tells so; what else they have or had is no other change.
func wholeItems(all []survey.Difference) map[differingItem]bool {
	whole := map[differingItem]bool{}
	for _, d := range all {
		if d.Item != "" && d.Part == "" && d.Lang == survey.Polish && (d.Before == "" || d.After == "") {
			whole[itemOf(d)] = true
		}
	}
	return whole
}

type differing struct {
	before, after             *survey.Questionnaire
	numbersBefore, numbersNow map[string]int
}

// where names the place of a difference as it is now, or as it was if it is gone.
func (d differing) where(each survey.Difference) (where, link string) {
	switch {
	case each.Question != "":
		question, number := d.after.Question(each.Question), d.numbersNow[each.Question]
		link = "/panel/ankieta?p=" + each.Question
		if question == nil {
			question, number, link = d.before.Question(each.Question), d.numbersBefore[each.Question], ""
		}
		if number == 0 {
			return "Informacja" + wordedPL(question.Label), link
		}
		return "Pytanie" + hardSpace + strconv.Itoa(number) + wordedPL(question.Label), link
	case each.Section != "":
		for _, q := range []*survey.Questionnaire{d.after, d.before} {
			i := slices.IndexFunc(q.Sections, func(s survey.Section) bool { return s.Key == each.Section })
			if i >= 0 && q == d.after {
				link = "/panel/ankieta?s=" + each.Section
			}
			if i >= 0 {
				return "Sekcja" + wordedPL(q.Sections[i].Title), link
			}
		}
	}
	return "Ankieta", "/panel/ankieta?p=-"
}

// changed words a changed property.
func (d differing) changed(each survey.Difference, line *differenceLine) {
	if each.Property == "show_if" {
		line.Text, line.Before, line.After = "zmieniono warunek wyświetlania", d.rule(d.before, each), d.rule(d.after, each)
		return
	}
	thing := propertyPL(each, d.label(each))
	if q := d.after.Question(each.Question); q != nil && q.Kind == survey.KindMulti && (each.Property == "min" || each.Property == "max") {
		thing = map[string]string{"min": "najmniej zaznaczeń", "max": "najwięcej zaznaczeń"}[each.Property]
	}
	if each.Lang == survey.English {
		thing += " po angielsku"
	} else if each.Lang == survey.Ukrainian {
		thing += " po ukraińsku"
	}
	switch {
	case each.Part == "order":
		line.Text = "zmieniono kolejność: " + thing
	case each.Lang == "" && each.After == "":
		line.Text = "wyłączono: " + thing
	case each.Lang == "" && each.Before == "" && each.After == "yes":
		line.Text = "włączono: " + thing
	case each.Before == "":
		line.Text, line.After = "dodano: "+thing, each.After
	case each.After == "":
		line.Text, line.Before = "usunięto: "+thing, each.Before
	default:
		line.Text, line.Before, line.After = "zmieniono: "+thing, each.Before, each.After
	}
	if each.Property == "kind" {
		line.Before, line.After = kindPL(survey.Kind(each.Before)), kindPL(survey.Kind(each.After))
	}
}

// rule words the rule of what differs in one of the two wordings.
func (d differing) rule(q *survey.Questionnaire, each survey.Difference) string {
	if question := q.Question(each.Question); question != nil {
		return ruleSentence(q, question.ShowIf)
	}
	for i := range q.Sections {
		if q.Sections[i].Key == each.Section {
			return ruleSentence(q, q.Sections[i].ShowIf)
		}
	}
	return ruleSentence(q, nil)
}

// label returns what the option, row, area or point of a difference is called now; "": it has no name.
func (d differing) label(each survey.Difference) string {
	q := d.after.Question(each.Question)
	if q == nil {
		return ""
	}
	switch each.Property {
	case "options":
		if i := slices.IndexFunc(q.Options, func(o survey.Option) bool { return o.Key == each.Item }); i >= 0 {
			return q.Options[i].Label.PL
		}
	case "rows":
		if i := slices.IndexFunc(q.Rows, func(r survey.Row) bool { return r.Key == each.Item }); i >= 0 {
			return q.Rows[i].Label.PL
		}
	case "areas":
		if i := slices.IndexFunc(q.Areas, func(a survey.Area) bool { return a.Key == each.Item }); i >= 0 {
			return q.Areas[i].Label.PL
		}
	case "scale", "importance":
		points := pointsOf(map[string]*survey.Scale{"scale": q.Scale, "importance": q.Importance}[each.Property])
		if i, err := strconv.Atoi(each.Item); err == nil && i > 0 && i <= len(points) {
			return points[i-1].Label.PL
		}
	}
	return ""
}

// propertyPL names what changed, in the nominative. label is what the item is called, of which a part changed.
func propertyPL(each survey.Difference, label string) string {
	if each.Property == "opt_outs" {
		return map[string]string{"na": "odpowiedź „nie dotyczy”", "dk": "odpowiedź „nie mam zdania”"}[each.Item]
	}
	item := map[string]string{"options": "odpowiedź", "rows": "wiersz", "areas": "obszar", "scale": "punkt skali", "importance": "punkt skali ważności"}[each.Property]
	part := map[string]string{
		"help": "objaśnienie", "score": "liczba punktów", "text": "pole „jakie?”", "exclusive": "wyklucza inne", "area": "obszar wiersza",
		"required": "wiersz wymagany", "role": "rola w" + hardSpace + "raporcie", "best_first": "pierwszy punkt jest najlepszy", "digits": "cyfry obok słów",
	}[each.Part]
	switch {
	case each.Part == "order":
		return map[string]string{"options": "odpowiedzi", "rows": "wiersze"}[each.Property]
	case item != "" && part != "" && each.Item != "":
		return item + wordedPL(survey.PL(label)) + " – " + part
	case item != "" && part != "":
		return part
	case item != "":
		return item
	}
	return map[string]string{
		"label": "treść", "help": "objaśnienie", "title": "tytuł", "intro": "wstęp", "thanks": "podziękowanie", "languages": "języki", "kind": "rodzaj pytania",
		"required": "odpowiedź wymagana", "partly": "odpowiedź „częściowo”", "min": "najmniejsza wartość", "max": "największa wartość", "unit": "jednostka",
		"limit": "najwięcej znaków", "short": "odpowiedź w" + hardSpace + "jednej linii", "role": "rola w" + hardSpace + "raporcie", "profile": "pytanie metryczki",
	}[each.Property]
}

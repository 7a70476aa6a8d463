package web

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ocenaurzedu.eu/pkg/survey"
)

// questionNumbers returns the number of each question as residents and paper show it. Notes have none.
func questionNumbers(q *survey.Questionnaire) map[string]int {
	numbers := map[string]int{}
	for _, question := range q.Questions() {
		if question.Kind != survey.KindInfo {
			numbers[question.Key] = len(numbers) + 1
		}
	}
	return numbers
}

// ruleSentence words a rule: "Pokaż, jeśli w pytaniu 3 wybrano »nie«". No rule is "Pokaż zawsze".
func ruleSentence(q *survey.Questionnaire, r *survey.Rule) string {
	if r == nil || len(r.All)+len(r.Any) == 0 {
		return "Pokaż zawsze"
	}
	numbers := questionNumbers(q)
	words := func(list []survey.Condition) []string {
		var all []string
		for _, c := range list {
			all = append(all, conditionWords(q, numbers, c))
		}
		return all
	}
	all, some := words(r.All), strings.Join(words(r.Any), " lub ")
	if some != "" && len(all) > 0 && len(r.Any) > 1 {
		some = "(" + some + ")"
	}
	if some != "" {
		all = append(all, some)
	}
	return "Pokaż, jeśli " + strings.Join(all, " i"+hardSpace)
}

// conditionWords words one condition: "w pytaniu 3 wybrano »nie« lub »częściowo«".
func conditionWords(q *survey.Questionnaire, numbers map[string]int, c survey.Condition) string {
	source := q.Question(c.Question)
	if source == nil {
		return "w" + hardSpace + "pytaniu, którego już nie ma, podano odpowiedź"
	}
	where := "w" + hardSpace + "pytaniu" + hardSpace + strconv.Itoa(numbers[c.Question])
	if i := slices.IndexFunc(source.Rows, func(r survey.Row) bool { return r.Key == c.Row }); i >= 0 {
		where += " w" + hardSpace + "wierszu „" + shorten(source.Rows[i].Label.PL) + "”"
	}
	var answers []string
	for _, value := range c.Is {
		answers = append(answers, "»"+shorten(answerPL(source, value))+"«")
	}
	verb := "wybrano"
	if source.Kind == survey.KindMulti {
		verb = "zaznaczono"
	}
	var told []string
	if len(answers) > 0 {
		told = append(told, verb+" "+strings.Join(answers, " lub "))
	}
	if bounds := boundsPL(c); bounds != "" {
		told = append(told, "podano "+bounds)
	}
	if len(told) == 0 {
		told = []string{verb + " …"}
	}
	not := ""
	if c.Not {
		not = "nie "
	}
	return where + " " + not + strings.Join(told, " lub ")
}

// boundsPL words the bounds of a condition on a number, or "".
func boundsPL(c survey.Condition) string {
	switch {
	case c.AtLeast != nil && c.AtMost != nil && *c.AtLeast == *c.AtMost:
		return strconv.Itoa(*c.AtLeast)
	case c.AtLeast != nil && c.AtMost != nil:
		return fmt.Sprintf("od %d do %d", *c.AtLeast, *c.AtMost)
	case c.AtLeast != nil:
		return fmt.Sprintf("co najmniej %d", *c.AtLeast)
	case c.AtMost != nil:
		return fmt.Sprintf("najwyżej %d", *c.AtMost)
	}
	return ""
}

// answerPL words a value of a question: its choice's label, or the opt-out.
func answerPL(q *survey.Question, value string) string {
	switch survey.OptOut(value) {
	case survey.NotApplicable:
		return "nie dotyczy"
	case survey.NoOpinion:
		return "nie mam zdania"
	}
	for _, c := range q.Choices() {
		if c.Value == value {
			return c.Label.PL
		}
	}
	return "odpowiedź, której już nie ma"
}

// shorten cuts a wording that is too long to stand within a sentence, between words.
func shorten(s string) string {
	const most = 48
	s = strings.Join(strings.Fields(s), " ")
	letters := []rune(s)
	if len(letters) <= most {
		return s
	}
	cut := string(letters[:most-1])
	if i := strings.LastIndexByte(cut, ' '); i > most/2 {
		cut = cut[:i]
	}
	return strings.TrimRight(cut, " ,;:–-") + "…"
}

// reasonPL says in a clerk's words why a change of a published question may begin a new series.
func reasonPL(r survey.Reason) string {
	return map[survey.Reason]string{
		survey.ReasonKind: "inny rodzaj pytania", survey.ReasonValues: "inne odpowiedzi lub punkty skali", survey.ReasonBounds: "inny zakres lub jednostka liczby",
		survey.ReasonPicks: "inna liczba odpowiedzi do wyboru", survey.ReasonOptOuts: "doszła lub ubyła odpowiedź „nie dotyczy” albo „nie mam zdania”",
		survey.ReasonRule: "pytanie zobaczą inne osoby", survey.ReasonMeaning: "treść może znaczyć co innego", survey.ReasonWording: "drobna poprawka treści",
	}[r]
}

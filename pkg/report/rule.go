package report

import (
	"slices"
	"strconv"
	"strings"

	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/survey"
)

// asked is what the words of a rule need of a question that it asks for.
type asked struct {
	number        string
	multi         bool
	rows, answers map[string]string // wording by key
}

// asked lists the questions of the summary by key, as the newest series words them.
func (d *Document) asked() map[string]asked {
	known := map[string]asked{}
	for i, number := range d.numbered() {
		q := &d.Summary.Questions[i]
		if _, found := known[q.Key]; found {
			continue
		}
		a := asked{number, q.Kind == survey.KindMulti, map[string]string{}, map[string]string{}}
		for _, it := range q.Items {
			a.rows[it.Row] = it.Label.PL
			for _, v := range it.Values {
				if it.Aspect != survey.AspectImportance {
					a.answers[v.Value] = valueName(v)
				}
			}
		}
		known[q.Key] = a
	}
	return known
}

// askedIn lists the questions of one version by key.
func askedIn(q *survey.Questionnaire) map[string]asked {
	known := map[string]asked{}
	for _, question := range q.Questions() {
		if question.Kind == survey.KindInfo {
			continue
		}
		a := asked{strconv.Itoa(len(known) + 1), question.Kind == survey.KindMulti, map[string]string{}, map[string]string{}}
		for _, r := range question.Rows {
			a.rows[r.Key] = r.Label.PL
		}
		for _, c := range question.Choices() {
			a.answers[c.Value] = c.Label.PL
		}
		known[question.Key] = a
	}
	return known
}

// ruleWords say by which answers a question or section is shown: "w pytaniu 3 wybrano „nie” lub „częściowo”"; "" of
// no rules. All of the rules must hold.
func ruleWords(rules []*survey.Rule, known map[string]asked) string {
	var parts, some []string
	for _, r := range rules {
		if r == nil {
			continue
		}
		for _, c := range r.All {
			parts = append(parts, conditionWords(c, known))
		}
		var any []string
		for _, c := range r.Any {
			any = append(any, conditionWords(c, known))
		}
		if len(any) > 0 {
			some = append(some, strings.Join(any, " albo "))
		}
	}
	if len(parts)+len(some) > 1 {
		for i, any := range some {
			if strings.Contains(any, " albo ") {
				some[i] = "(" + any + ")"
			}
		}
	}
	return strings.Join(append(parts, some...), " oraz ")
}

func conditionWords(c survey.Condition, known map[string]asked) string {
	q, found := known[c.Question]
	if !found {
		return "na wcześniejsze pytanie odpowiedziano w określony sposób"
	}
	where := "w" + hard + "pytaniu" + hard + q.number
	if c.Row != "" {
		where += " przy stwierdzeniu „" + cut(q.rows[c.Row], longestQuote) + "”"
	}
	var told, answers []string
	for _, value := range c.Is {
		answers = append(answers, "„"+cut(answerName(value, q), longestQuote)+"”")
	}
	if len(answers) > 0 {
		verb := "wybrano "
		if q.multi {
			verb = "zaznaczono "
		}
		told = append(told, verb+strings.Join(answers, " lub "))
	}
	if c.AtLeast != nil || c.AtMost != nil {
		told = append(told, "podano "+boundsWords(c))
	}
	not := ""
	if c.Not {
		not = "nie "
	}
	return where + " " + not + strings.Join(told, " lub ")
}

// longestQuote is how many characters of a label stand within a sentence.
const longestQuote = 60

func answerName(value string, q asked) string {
	switch survey.OptOut(value) {
	case survey.NotApplicable:
		return "nie dotyczy"
	case survey.NoOpinion:
		return "nie mam zdania"
	}
	if label := q.answers[value]; label != "" {
		return label
	}
	return value
}

func boundsWords(c survey.Condition) string {
	switch {
	case c.AtMost == nil:
		return "co najmniej" + hard + strconv.Itoa(*c.AtLeast)
	case c.AtLeast == nil:
		return "najwyżej" + hard + strconv.Itoa(*c.AtMost)
	case *c.AtLeast == *c.AtMost:
		return strconv.Itoa(*c.AtLeast)
	}
	return "od" + hard + strconv.Itoa(*c.AtLeast) + " do" + hard + strconv.Itoa(*c.AtMost)
}

// QuestionNotes say of a question who was asked it, if not everybody, and where its words were corrected.
func (d *Document) QuestionNotes(q *stats.Question) []string {
	var notes []string
	if words := ruleWords(q.ShowIf, d.asked()); words != "" {
		notes = append(notes, glue("Zadawane tylko, jeśli "+words+"."))
	}
	if words := brokenWords(q); words != "" {
		notes = append(notes, glue("Zmieniono sens lub skalę "+words+", dlatego wyniki podajemy tu osobno dla każdej serii wersji."))
	}
	if words := rewordedWords(q); words != "" {
		notes = append(notes, glue("Bez zmiany sensu poprawiono brzmienie: "+words+". Wyniki liczymy razem."))
	}
	return notes
}

// mostQuoted is how many rows a note names one by one.
const mostQuoted = 3

// brokenWords say which rows of a question, or areas, began a new series while it went on; "" if none.
func brokenWords(q *stats.Question) string {
	var names []string
	for _, it := range q.Items {
		name := "„" + cut(it.Label.PL, longestQuote) + "”"
		if it.Break && !q.Break && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	switch n := len(names); {
	case n == 0:
		return ""
	case n > mostQuoted:
		return counted(n, "pozycji", "pozycji", "pozycji")
	}
	return "pozycji " + strings.Join(names, ", ")
}

// rewordedWords say what of a question is worded otherwise since which version, or "".
func rewordedWords(q *stats.Question) string {
	var parts, rows []string
	if len(q.Reworded) > 0 {
		parts = append(parts, "pytania lub odpowiedzi (w"+hard+versionsLocative(q.Reworded)+")")
	}
	var versions []int
	for _, it := range q.Items {
		name := "„" + cut(it.Label.PL, longestQuote) + "”"
		if len(it.Reworded) > 0 && !slices.Contains(rows, name) {
			rows = append(rows, name)
			versions = append(versions, it.Reworded...)
		}
	}
	slices.Sort(versions)
	since := " (w" + hard + versionsLocative(slices.Compact(versions)) + ")"
	switch n := len(rows); {
	case n == 1:
		parts = append(parts, "wiersza "+rows[0]+since)
	case n > mostQuoted:
		parts = append(parts, counted(n, "wiersza", "wierszy", "wierszy")+since)
	case n > 1:
		parts = append(parts, "wierszy "+strings.Join(rows, ", ")+since)
	}
	return strings.Join(parts, " i ")
}

// ConditionalNote says which questions not everybody was asked; "" where there are none.
func (d *Document) ConditionalNote() string {
	numbers := d.questionNumbers(func(q *stats.Question) bool { return len(q.ShowIf) > 0 })
	if len(numbers) == 0 {
		return ""
	}
	return glue(questionsWords(numbers) + " zadawano tylko części osób, zależnie od wcześniejszych odpowiedzi; warunek podajemy przy pytaniu. Kogo nie pytano, tego nie wliczamy do podstawy procentów.")
}

// ChangesNote says which questions began a new series in the report's period, and of which only words were corrected;
// "" where there are none.
func (d *Document) ChangesNote() string {
	var notes []string
	if numbers := d.questionNumbers(func(q *stats.Question) bool { return q.Break }); len(numbers) > 0 {
		notes = append(notes, questionsWords(numbers)+": zmieniono sens lub skalę, dlatego wyniki podajemy osobno dla każdej serii wersji.")
	}
	if numbers := d.questionNumbers(func(q *stats.Question) bool { return brokenWords(q) != "" }); len(numbers) > 0 {
		notes = append(notes, questionsWords(numbers)+": zmieniono sens lub skalę niektórych pozycji tabeli, dlatego ich wyniki podajemy osobno dla każdej serii wersji.")
	}
	if numbers := d.questionNumbers(func(q *stats.Question) bool { return rewordedWords(q) != "" }); len(numbers) > 0 {
		notes = append(notes, questionsWords(numbers)+": poprawiono brzmienie bez zmiany sensu, wyniki liczymy razem.")
	}
	return glue(strings.Join(notes, " "))
}

// questionNumbers lists the numbers of the questions that are chosen, each once.
func (d *Document) questionNumbers(choose func(*stats.Question) bool) []int {
	var numbers []int
	for i, number := range d.numbered() {
		n, err := strconv.Atoi(number)
		if err == nil && choose(&d.Summary.Questions[i]) && !slices.Contains(numbers, n) {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	return numbers
}

// questionsWords names questions by their numbers: "Pytania 2 i 4–6".
func questionsWords(numbers []int) string {
	list := versionList(numbers)
	if i := strings.LastIndex(list, ", "); i >= 0 {
		list = list[:i] + " i" + hard + list[i+len(", "):]
	}
	return plural(len(numbers), "Pytanie", "Pytania", "Pytania") + hard + list
}

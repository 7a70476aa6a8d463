package sheet

import (
	"fmt"
	"strconv"
	"strings"

	"ocenaurzedu.eu/pkg/survey"
)

// words are the sheet's own texts in one language.
type words struct {
	lang                             string
	mark, mistake, anonymous         string
	notApplicable, noOpinion         string
	which, noPersonal, personalData  string
	importance, satisfaction         string
	continued, turn, drop            string
	page, version                    string
	exampleCross, exampleFilled      string // what the pictures of the head show
	sheetCode                        string // what the QR is
	some, upTo, atLeast, between     string
	exactly, one                     string
	npsEnds                          string
	rateImportance, rateSatisfaction string
	rateAreas                        string
	ruleWords
}

// ruleWords are what instructions are made of.
type ruleWords struct {
	only, justOnly, oneOnly, twoOnly, moreOnly, partOnly string // "Tylko jeśli …"
	inQuestion, atRow                                    string
	marked, notMarked, notMarkedAny, entered, notEntered string
	numberAtLeast, numberAtMost, numberBetween           string
	numberBelow, numberAbove                             string
	and, or, nor, besides                                string
	goTo, goToEnd                                        string
	quotes                                               [2]string // of a label
}

// polishRules are in Polish. Hard spaces keep together what reads as one.
func polishRules() ruleWords {
	return ruleWords{
		only:          "%s %s.",
		justOnly:      "Tylko jeśli",
		oneOnly:       "Na pytanie\u00a0%d prosimy odpowiedzieć, tylko jeśli",
		twoOnly:       "Na pytania\u00a0%d i\u00a0%d prosimy odpowiedzieć, tylko jeśli",
		moreOnly:      "Na pytania\u00a0%d–%d prosimy odpowiedzieć, tylko jeśli",
		partOnly:      "Tę część prosimy wypełnić, tylko jeśli",
		inQuestion:    "w\u00a0pytaniu\u00a0%d ",
		atRow:         "przy %s ",
		marked:        "zaznaczono ",
		notMarked:     "nie zaznaczono ",
		notMarkedAny:  "nic nie zaznaczono",
		entered:       "wpisano ",
		notEntered:    "nic nie wpisano",
		numberAtLeast: "co najmniej\u00a0%d",
		numberAtMost:  "co najwyżej\u00a0%d",
		numberBetween: "od\u00a0%d do\u00a0%d",
		numberBelow:   "mniej niż\u00a0%d",
		numberAbove:   "więcej niż\u00a0%d",
		and:           " i\u00a0",
		or:            " lub ",
		nor:           " ani ",
		besides:       ", a\u00a0oprócz tego ",
		goTo:          "–\u00a0proszę przejść do\u00a0pytania\u00a0%d",
		goToEnd:       "–\u00a0proszę przejść do\u00a0końca ankiety",
		quotes:        [2]string{"»", "«"},
	}
}

// wordsIn returns the texts in a language, or an error for one in which no sheet is printed.
func wordsIn(lang string) (words, error) {
	switch lang {
	case survey.Polish:
		return polish(), nil
	case survey.English:
		return english(), nil
	case survey.Ukrainian:
		return ukrainian(), nil
	}
	return words{}, fmt.Errorf("sheet in language %q: %w", lang, survey.ErrNotFound)
}

func polish() words {
	return words{
		lang:             survey.Polish,
		mark:             "Prosimy wstawić krzyżyk w kratce.",
		mistake:          "Pomyłka? Prosimy zamalować całą kratkę i wstawić krzyżyk w innej.",
		anonymous:        "Ankieta jest anonimowa i dobrowolna. Kod w rogu łączy strony arkusza i wykrywa powtórzenia; nie wskazuje osoby.",
		notApplicable:    "nie dotyczy",
		noOpinion:        "nie mam zdania",
		which:            "jakie?",
		noPersonal:       "Prosimy nie wpisywać danych osobowych.",
		personalData:     "danych osobowych",
		importance:       "ważność",
		satisfaction:     "zadowolenie",
		continued:        "ciąg dalszy pytania",
		turn:             "Ciąg dalszy na następnej stronie",
		drop:             "Dziękujemy. Wypełnioną ankietę prosimy wrzucić do urny na ankiety lub oddać w urzędzie.",
		page:             "strona %d z %d",
		exampleCross:     "Przykład: kratka z krzyżykiem, czyli zaznaczona odpowiedź.",
		exampleFilled:    "Przykład: kratka cała zamalowana, czyli pomyłka.",
		sheetCode:        "Kod QR arkusza %s, strona %d.",
		version:          "wersja %d",
		some:             "Można zaznaczyć kilka odpowiedzi.",
		upTo:             "Można zaznaczyć najwyżej %d odpowiedzi.",
		atLeast:          "Prosimy zaznaczyć co najmniej %d odpowiedzi.",
		between:          "Prosimy zaznaczyć od %d do %d odpowiedzi.",
		exactly:          "Prosimy zaznaczyć dokładnie %d odpowiedzi.",
		one:              "Prosimy zaznaczyć jedną odpowiedź.",
		npsEnds:          "0\u00a0–\u00a0zdecydowanie nie, 10\u00a0–\u00a0zdecydowanie tak",
		rateImportance:   "Ważność",
		rateSatisfaction: "Zadowolenie",
		rateAreas:        "Jak ważne są dla Pani/Pana te obszary?",
		ruleWords:        polishRules(),
	}
}

// picks says how many options of a multi question may be marked; "" where the help text says it already.
func (w words) picks(q *survey.Question) string {
	help := q.Help.In(w.lang)
	switch {
	case q.Max == 0 && q.Min <= 1 && help != "":
		return ""
	case q.Max > 0 && strings.Contains(help, strconv.Itoa(q.Max)):
		return ""
	case q.Max == 1:
		return w.one
	case q.Max > 0 && q.Min == q.Max:
		return fmt.Sprintf(w.exactly, q.Max)
	case q.Max > 0 && q.Min > 1:
		return fmt.Sprintf(w.between, q.Min, q.Max)
	case q.Max > 0:
		return fmt.Sprintf(w.upTo, q.Max)
	case q.Min > 1:
		return fmt.Sprintf(w.atLeast, q.Min)
	}
	return w.some
}

// hint is what stands behind a question's label in a lighter face: its help and the sheet's own advice.
func (w words) hint(q *survey.Question) string {
	parts := []string{strings.TrimSpace(q.Help.In(w.lang))}
	switch q.Kind {
	case survey.KindMulti:
		parts = append(parts, w.picks(q))
	case survey.KindText:
		if !strings.Contains(parts[0], w.personalData) {
			parts = append(parts, w.noPersonal)
		}
	case survey.KindNPS:
		parts = append(parts, w.npsEnds)
	}
	return strings.TrimSpace(strings.Join(parts, " "))
}

// choice is one box of a question, or of each of its rows.
type choice struct {
	value, label, help, digit string
	kind                      BoxKind
	write                     bool   // a line to write on behind it
	after                     string // where to go on, if not to the next question
}

// scaleOf is the scale of one aspect of a question, or nil.
func scaleOf(q *survey.Question, aspect string) *survey.Scale {
	if aspect == survey.AspectImportance && q.Importance != nil {
		return q.Importance
	}
	return q.Scale
}

// choicesOf lists a question's boxes, or those of one aspect: its choices, then its opt-outs.
func choicesOf(q *survey.Question, aspect string, w words) []choice {
	scale := scaleOf(q, aspect)
	var all []choice
	for i, c := range q.ChoicesOf(aspect) {
		one := choice{value: c.Value, label: c.Label.In(w.lang), help: c.Help.In(w.lang), kind: BoxChoice, write: c.Text}
		if q.Kind == survey.KindMulti {
			one.kind = BoxPick
			if q.Options[i].Exclusive {
				one.kind = BoxExclusive
			}
		}
		if scale != nil && scale.Digits && c.Score != nil {
			one.digit = strings.Replace(strconv.FormatFloat(*c.Score, 'f', -1, 64), ".", ",", 1)
		}
		if one.write && !strings.Contains(one.label, "?") {
			one.label += " – " + w.which
		}
		all = append(all, one)
	}
	for _, o := range []survey.OptOut{survey.NotApplicable, survey.NoOpinion} {
		label := w.notApplicable
		if o == survey.NoOpinion {
			label = w.noOpinion
		}
		if q.Has(o) && q.Kind != survey.KindText && q.Kind != survey.KindInfo {
			all = append(all, choice{value: string(o), label: label, kind: BoxOptOut})
		}
	}
	return all
}

package sheet

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"ocenaurzedu.eu/pkg/survey"
)

// maxQuoted is how many characters of a label an instruction quotes.
const maxQuoted = 40

// Conditions returns the visibility rules of a questionnaire in words, by the key of the question that they may hide:
// "w pytaniu 3 zaznaczono »nie«". A section's rule stands with each of its questions. The numbers are those on the
// printed sheet.
func Conditions(q *survey.Questionnaire) map[string]string {
	g, all := newGuide(q, polish()), map[string]string{}
	for _, one := range g.items {
		if text := g.all(one.clauses); text != "" {
			all[one.q.Key] = text
		}
	}
	return all
}

// instruct words what no jump tells, once for all neighbours in a section that have it in common.
func (g *guide) instruct() {
	for at := 0; at < len(g.items); {
		q := g.items[at].q
		text := g.all(g.ofSingle[q])
		next := at + 1
		for next < len(g.items) && g.items[next].section == g.items[at].section && text != "" && g.all(g.ofSingle[g.items[next].q]) == text {
			next++
		}
		if text != "" {
			g.texts[q] = fmt.Sprintf(g.words.only, g.group(g.items[at:next]), text)
		}
		at = next
	}
}

// group names the questions that share an instruction, with a space behind; "" for the one that stands below it.
func (g *guide) group(items []item) string {
	var numbers []int
	for _, one := range items {
		if one.number > 0 {
			numbers = append(numbers, one.number)
		}
	}
	switch n := len(numbers); {
	case len(items) == 1 || n == 0:
		return g.words.justOnly
	case n == 1:
		return fmt.Sprintf(g.words.oneOnly, numbers[0])
	case n == 2:
		return fmt.Sprintf(g.words.twoOnly, numbers[0], numbers[1])
	default:
		return fmt.Sprintf(g.words.moreOnly, numbers[0], numbers[n-1])
	}
}

// question is the instruction above a question, or "".
func (g *guide) question(q *survey.Question) string { return g.texts[q] }

// section is the instruction below a section's title, or "".
func (g *guide) section(s *survey.Section) string {
	text := g.all(g.ofParts[s])
	if text == "" {
		return ""
	}
	return fmt.Sprintf(g.words.only, g.words.partOnly, text)
}

// after says where to go on after an answer, or "" if it is just to the next question.
func (g *guide) after(q *survey.Question, value string) string {
	to, ok := g.jumps[q][value]
	if !ok {
		return ""
	}
	for _, one := range g.items[min(to, len(g.items)):] {
		if one.number > 0 {
			return fmt.Sprintf(g.words.goTo, one.number)
		}
	}
	return g.words.goToEnd
}

// all words clauses of which each must hold.
func (g *guide) all(clauses []clause) string {
	var certain, some []string
	for _, c := range clauses {
		text := g.some(c)
		switch {
		case text == "" || slices.Contains(certain, text) || slices.Contains(some, text):
		case len(c) > 1:
			some = append(some, text)
		default:
			certain = append(certain, text)
		}
	}
	parts := some
	if len(certain) > 0 {
		parts = append([]string{listed(certain, g.words.and)}, some...)
	}
	return strings.Join(parts, g.words.besides)
}

// some words conditions of which one must hold.
func (g *guide) some(c clause) string {
	var parts []string
	for _, one := range c {
		if text := g.condition(one); text != "" {
			parts = append(parts, text)
		}
	}
	return listed(parts, g.words.or)
}

// condition words one condition. One that asks for what is not there, as a draft's may, is "".
func (g *guide) condition(c survey.Condition) string {
	at, ok := g.places[c.Question]
	if !ok || g.items[at].number == 0 {
		return ""
	}
	w, source := g.words, g.items[at]
	where := fmt.Sprintf(w.inQuestion, source.number)
	if c.Row != "" {
		i := slices.IndexFunc(source.q.Rows, func(r survey.Row) bool { return r.Key == c.Row })
		if i < 0 {
			return ""
		}
		where += fmt.Sprintf(w.atRow, w.quoted(source.q.Rows[i].Label.In(w.lang)))
	}
	is, not := c.Is, c.Not
	if rest := without(answers(source.q), is); not && c.AtLeast == nil && c.AtMost == nil && len(source.clauses) == 0 &&
		source.q.Kind != survey.KindMulti && source.q.Kind != survey.KindNumber && len(rest) > 0 && len(rest) < len(is) {
		is, not = rest, false // the same in fewer words, of a question that everybody is asked
	}
	var parts []string
	if c.AtLeast != nil || c.AtMost != nil {
		parts = append(parts, g.bounds(c, source))
	}
	var labels []string
	for _, one := range choicesOf(source.q, "", w) {
		if slices.Contains(is, one.value) {
			labels = append(labels, w.quoted(one.label))
		}
	}
	between := w.or
	switch {
	case len(labels) > 0 && not:
		parts, between = append(parts, w.notMarked+listed(labels, w.nor)), w.and
	case len(labels) > 0:
		parts = append(parts, w.marked+listed(labels, w.or))
	}
	if len(parts) == 0 {
		return ""
	}
	return where + listed(parts, between)
}

// bounds words the bounds of a number or of 0 to 10.
func (g *guide) bounds(c survey.Condition, source item) string {
	w := g.words
	verb, nothing := w.entered, w.notEntered
	if source.q.Kind != survey.KindNumber {
		verb, nothing = w.marked, w.notMarkedAny
	}
	low, high := c.AtLeast, c.AtMost
	if !c.Not {
		switch {
		case low == nil:
			return verb + fmt.Sprintf(w.numberAtMost, *high)
		case high == nil:
			return verb + fmt.Sprintf(w.numberAtLeast, *low)
		case *low == *high:
			return verb + strconv.Itoa(*low)
		}
		return verb + fmt.Sprintf(w.numberBetween, *low, *high)
	}
	var parts []string
	if low != nil {
		parts = append(parts, fmt.Sprintf(w.numberBelow, *low))
	}
	if high != nil {
		parts = append(parts, fmt.Sprintf(w.numberAbove, *high))
	}
	text := verb + listed(parts, w.or)
	if len(source.clauses) > 0 { // who was not asked belongs here too
		text += w.or + nothing
	}
	return text
}

// without returns the values that are not among those taken.
func without(values, taken []string) []string {
	return slices.DeleteFunc(slices.Clone(values), func(v string) bool { return slices.Contains(taken, v) })
}

// listed joins parts by commas, the last one by a word.
func listed(parts []string, last string) string {
	if len(parts) < 2 {
		return strings.Join(parts, "")
	}
	n := len(parts) - 1
	return strings.Join(parts[:n], ", ") + last + parts[n]
}

// quoted is a label in quotation marks, shortened at a word.
func (w ruleWords) quoted(label string) string {
	return w.quotes[0] + shortened(label, maxQuoted) + w.quotes[1]
}

func shortened(label string, most int) string {
	label = strings.Join(strings.FieldsFunc(printable(label), isBreak), " ")
	if utf8.RuneCountInString(label) <= most {
		return label
	}
	cut := string([]rune(label)[:most-1])
	if at := strings.LastIndex(cut, " "); at > 0 {
		cut = cut[:at]
	}
	return strings.TrimRight(cut, " ,;:.–-(") + "…"
}

package sheet

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ocenaurzedu.eu/pkg/survey"
)

// visit is a questionnaire whose rules the tests below write in YAML: %s is what follows its six sources.
const visit = `
key: wizyta
title: Wizyta w urzędzie
sections:
  - key: visit
    title: Wizyta
    questions:
      - {key: hello, kind: info, label: Na początek}
      - {key: settled, kind: yesno, label: Czy sprawa jest załatwiona?, partly: true, opt_outs: [na]}
      - key: way
        kind: single
        label: Jak odbył się kontakt?
        options:
          - {key: desk, label: Osobiście}
          - {key: phone, label: Przez telefon}
          - {key: post, label: Pocztą albo przez kogoś z rodziny lub znajomych}
          - {key: other, label: Inaczej, text: true}
      - key: improve
        kind: multi
        label: Co poprawić?
        options: [{key: time, label: Czas}, {key: manners, label: Uprzejmość}, {key: nothing, label: Nic, exclusive: true}]
        opt_outs: [dk]
      - {key: minutes, kind: number, label: Ile minut trwało czekanie?, max: 240, opt_outs: [na]}
      - {key: recommend, kind: nps, label: Czy poleci Pani/Pan nasz urząd?}
      - key: quality
        kind: matrix
        label: Jakość
        scale: {points: [{label: źle}, {label: średnio}, {label: dobrze}]}
        rows: [{key: wait, label: Czas oczekiwania}, {key: staff, label: Uprzejmość}]
      - {key: again, kind: yesno, label: Czy to była pierwsza wizyta?%s}
%s`

// visiting makes the questionnaire with a tail, and with more behind the last source, such as a skip.
func visiting(t testing.TB, more, tail string) *survey.Questionnaire {
	t.Helper()
	q, err := survey.ParseQuestionnaire("visit.yaml", []byte(fmt.Sprintf(visit, more, tail)))
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// printedRules lists all that a sheet says about rules, in its order: instructions above what they are about, and
// where answers lead.
func printedRules(t testing.TB, q *survey.Questionnaire) []string {
	t.Helper()
	return rulesIn(q, polish())
}

func rulesIn(q *survey.Questionnaire, w words) []string {
	g := newGuide(q, w)
	var all []string
	for i := range q.Sections {
		s := &q.Sections[i]
		if text := g.section(s); text != "" {
			all = append(all, s.Key+": "+text)
		}
		for j := range s.Questions {
			question := &s.Questions[j]
			if text := g.question(question); text != "" {
				all = append(all, question.Key+": "+text)
			}
			for _, value := range answers(question) {
				if text := g.after(question, value); text != "" {
					all = append(all, question.Key+"="+value+" "+text)
				}
			}
		}
	}
	for i := range all {
		all[i] = strings.ReplaceAll(all[i], "\u00a0", " ")
	}
	return all
}

func TestInstructionOfEachShapeOfRule(t *testing.T) {
	tests := []struct{ name, rule, want string }{
		{"one value", `{all: [{question: way, is: [desk]}]}`, "Tylko jeśli w pytaniu 2 zaznaczono »Osobiście«."},
		{"several values", `{all: [{question: settled, is: [no, partly]}]}`, "Tylko jeśli w pytaniu 1 zaznaczono »częściowo« lub »nie«."},
		{"three values", `{all: [{question: settled, is: [yes, partly, na]}]}`, "Tylko jeśli w pytaniu 1 zaznaczono »tak«, »częściowo« lub »nie dotyczy«."},
		{"a long label", `{all: [{question: way, is: [post]}]}`, "Tylko jeśli w pytaniu 2 zaznaczono »Pocztą albo przez kogoś z rodziny lub…«."},
		{"not", `{all: [{question: improve, is: [time], not: true}]}`, "Tylko jeśli w pytaniu 3 nie zaznaczono »Czas«."},
		{"none of several", `{all: [{question: improve, is: [time, manners], not: true}]}`, "Tylko jeśli w pytaniu 3 nie zaznaczono »Czas« ani »Uprzejmość«."},
		{"not, where the rest is shorter", `{all: [{question: way, is: [phone, post, other], not: true}]}`, "Tylko jeśli w pytaniu 2 zaznaczono »Osobiście«."},
		{"at least", `{all: [{question: minutes, at_least: 30}]}`, "Tylko jeśli w pytaniu 4 wpisano co najmniej 30."},
		{"at most", `{all: [{question: minutes, at_most: 30}]}`, "Tylko jeśli w pytaniu 4 wpisano co najwyżej 30."},
		{"between", `{all: [{question: minutes, at_least: 30, at_most: 60}]}`, "Tylko jeśli w pytaniu 4 wpisano od 30 do 60."},
		{"one number", `{all: [{question: minutes, at_least: 30, at_most: 30}]}`, "Tylko jeśli w pytaniu 4 wpisano 30."},
		{"not at least", `{all: [{question: minutes, at_least: 30, not: true}]}`, "Tylko jeśli w pytaniu 4 wpisano mniej niż 30."},
		{"not between", `{all: [{question: minutes, at_least: 30, at_most: 60, not: true}]}`, "Tylko jeśli w pytaniu 4 wpisano mniej niż 30 lub więcej niż 60."},
		{"a number or an opt-out", `{all: [{question: minutes, at_least: 30, is: [na]}]}`, "Tylko jeśli w pytaniu 4 wpisano co najmniej 30 lub zaznaczono »nie dotyczy«."},
		{"neither", `{all: [{question: minutes, at_least: 30, is: [na], not: true}]}`, "Tylko jeśli w pytaniu 4 wpisano mniej niż 30 i nie zaznaczono »nie dotyczy«."},
		{"0 to 10", `{all: [{question: recommend, at_most: 6}]}`, "Tylko jeśli w pytaniu 5 zaznaczono co najwyżej 6."},
		{"points of 0 to 10", `{all: [{question: recommend, is: ["9", "10"]}]}`, "Tylko jeśli w pytaniu 5 zaznaczono »9« lub »10«."},
		{"a row", `{all: [{question: quality, row: wait, is: ["1"]}]}`, "Tylko jeśli w pytaniu 6 przy »Czas oczekiwania« zaznaczono »źle«."},
		{"all", `{all: [{question: way, is: [desk]}, {question: minutes, at_least: 30}]}`, "Tylko jeśli w pytaniu 2 zaznaczono »Osobiście« i w pytaniu 4 wpisano co najmniej 30."},
		{"any", `{any: [{question: way, is: [desk]}, {question: minutes, at_least: 30}]}`, "Tylko jeśli w pytaniu 2 zaznaczono »Osobiście« lub w pytaniu 4 wpisano co najmniej 30."},
		{"all of three", `{all: [{question: way, is: [desk]}, {question: improve, is: [time]}, {question: minutes, at_least: 30}]}`,
			"Tylko jeśli w pytaniu 2 zaznaczono »Osobiście«, w pytaniu 3 zaznaczono »Czas« i w pytaniu 4 wpisano co najmniej 30."},
		{"all and any", `{all: [{question: way, is: [desk]}], any: [{question: minutes, at_least: 30}, {question: recommend, at_most: 6}]}`,
			"Tylko jeśli w pytaniu 2 zaznaczono »Osobiście«, a oprócz tego w pytaniu 4 wpisano co najmniej 30 lub w pytaniu 5 zaznaczono co najwyżej 6."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			last := "      - {key: why, kind: text, label: Dlaczego?, show_if: " + tt.rule + "}\n"
			got := printedRules(t, visiting(t, "", last))
			if want := []string{"why: " + tt.want}; !slices.Equal(got, want) {
				t.Errorf("printed %q\nwant %q", got, want)
			}
			section := "  - {key: end, title: Na koniec, show_if: " + tt.rule + ", questions: [{key: why, kind: text, label: Dlaczego?}]}\n"
			got = printedRules(t, visiting(t, "", section))
			if want := []string{"end: " + strings.Replace(tt.want, "Tylko", "Tę część prosimy wypełnić, tylko", 1)}; !slices.Equal(got, want) {
				t.Errorf("a section's: printed %q\nwant %q", got, want)
			}
		})
	}
}

func TestJumpAtTheAnswerThatHidesWhatFollows(t *testing.T) {
	const questions = "      - {key: why, kind: text, label: Dlaczego?%s}\n      - {key: who, kind: text, label: Kto?%s}\n      - {key: end, kind: text, label: Uwagi}\n"
	const no, notYes = `, show_if: {all: [{question: again, is: [no]}]}`, `, show_if: {all: [{question: again, is: [yes], not: true}]}`
	const scaled = "      - {key: rate, kind: scale, label: Ocena, scale: {points: [{label: źle}, {label: słabo}, {label: średnio}, {label: dobrze}, {label: świetnie}]}}\n"
	tests := []struct {
		name, more, tail string
		want             []string
	}{
		{"a skip", ", skip: [{is: [yes], to: end}]", fmt.Sprintf(questions, "", ""), []string{"again=yes – proszę przejść do pytania 10"}},
		{"the other answer", "", fmt.Sprintf(questions, no, no), []string{"again=yes – proszę przejść do pytania 10"}},
		{"both ways to say it", "", fmt.Sprintf(questions, no, notYes), []string{"again=yes – proszę przejść do pytania 10"}},
		{"one question", "", fmt.Sprintf(questions, no, ""), []string{"again=yes – proszę przejść do pytania 9"}},
		{"the other one does not follow directly", "", fmt.Sprintf(questions, "", no), []string{"who: Tylko jeśli w pytaniu 7 zaznaczono »nie«."}},
		{"to the end", "", strings.Replace(fmt.Sprintf(questions, no, no), "Uwagi", "Uwagi"+no, 1), []string{"again=yes – proszę przejść do końca ankiety"}},
		{"over a section, to a note", "", "  - {key: extra, title: Więcej" + no + ", questions: [{key: why, kind: text, label: Dlaczego?}]}\n" +
			"  - {key: last, title: Na koniec, questions: [{key: note, kind: info, label: Dziękujemy}, {key: end, kind: text, label: Uwagi}]}\n", []string{"again=yes – proszę przejść do pytania 9"}},
		{"and another condition, in words", "", fmt.Sprintf(questions, `, show_if: {all: [{question: again, is: [no]}, {question: minutes, at_least: 30}]}`, no),
			[]string{"again=yes – proszę przejść do pytania 10", "why: Tylko jeśli w pytaniu 4 wpisano co najmniej 30."}},
		{"two questions with the same words", "", fmt.Sprintf(questions, `, show_if: {all: [{question: settled, is: [no]}]}`, `, show_if: {all: [{question: settled, is: [no]}]}`),
			[]string{"why: Na pytania 8 i 9 prosimy odpowiedzieć, tylko jeśli w pytaniu 1 zaznaczono »nie«."}},
		{"a jump beside words", ", skip: [{is: [yes], to: end}]", fmt.Sprintf(questions, "", `, show_if: {all: [{question: way, is: [desk]}]}`),
			[]string{"again=yes – proszę przejść do pytania 10", "who: Tylko jeśli w pytaniu 2 zaznaczono »Osobiście«."}},
		{"two answers of a scale", "", scaled + fmt.Sprintf(questions, `, show_if: {all: [{question: rate, is: ["4", "5"], not: true}]}`, ""),
			[]string{"rate=4 – proszę przejść do pytania 10", "rate=5 – proszę przejść do pytania 10"}},
		{"three answers of a scale: words are shorter", "", scaled + fmt.Sprintf(questions, `, show_if: {all: [{question: rate, is: ["3", "4", "5"], not: true}]}`, ""),
			[]string{"why: Tylko jeśli w pytaniu 8 zaznaczono »źle« lub »słabo«."}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := printedRules(t, visiting(t, tt.more, tt.tail)); !slices.Equal(got, tt.want) {
				t.Errorf("printed %q\nwant %q", got, tt.want)
			}
		})
	}
}

// A person who leaves a multi question at an option may not have come to the others yet; at an exclusive one he has.
func TestJumpFromAMultiQuestion(t *testing.T) {
	const tail = `      - key: what
        kind: multi
        label: Co jeszcze?
        options: [{key: park, label: Parking}, {key: none, label: Nic, exclusive: true}]
        skip: [{is: [%s], to: end}]
      - {key: why, kind: text, label: Dlaczego?}
      - {key: end, kind: text, label: Uwagi}
`
	for at, want := range map[string]string{"none": "what=none – proszę przejść do pytania 10", "park": "why: Tylko jeśli w pytaniu 8 nie zaznaczono »Parking«."} {
		if got := printedRules(t, visiting(t, "", fmt.Sprintf(tail, at))); !slices.Equal(got, []string{want}) {
			t.Errorf("skip at %s: printed %q, want %q", at, got, want)
		}
	}
}

// A question that was itself skipped has no answer, which "not" is about as well: its words stay as exact as they are long.
func TestWordsAboutAQuestionThatNotEverybodyIsAsked(t *testing.T) {
	const tail = `      - {key: wait, kind: number, label: Ile dni?, max: 90, show_if: {all: [{question: settled, is: [no]}]}}
      - {key: rate, kind: emoji, label: Ocena, scale: {points: [{label: źle}, {label: średnio}, {label: dobrze}]}, show_if: {all: [{question: settled, is: [no]}]}}
      - {key: between, kind: text, label: Uwagi}
      - {key: why, kind: text, label: Dlaczego?, show_if: {all: [{question: wait, at_least: 30, not: true}]}}
      - {key: how, kind: text, label: Jak?, show_if: {all: [{question: rate, is: ["1", "2"], not: true}]}}
`
	got := printedRules(t, visiting(t, "", tail))
	want := []string{
		"wait: Na pytania 8 i 9 prosimy odpowiedzieć, tylko jeśli w pytaniu 1 zaznaczono »nie«.",
		"why: Tylko jeśli w pytaniu 8 wpisano mniej niż 30 lub nic nie wpisano.",
		"how: Tylko jeśli w pytaniu 9 nie zaznaczono »źle« ani »średnio«.",
	}
	if !slices.Equal(got, want) {
		t.Errorf("printed %q\nwant %q", got, want)
	}
}

// pen is a person who follows what the sheet says: it goes from question to question, skips what an instruction
// tells, and goes on where an answer leads.
type pen struct {
	g       *guide
	form    survey.Values // what each question would be answered
	written survey.Values // what was
}

func (p pen) walk() (asked []string) {
	for at := 0; at < len(p.g.items); {
		one := p.g.items[at]
		at++
		if !p.holds(p.g.ofParts[one.section]) || !p.holds(p.g.ofSingle[one.q]) {
			continue
		}
		asked = append(asked, one.q.Key)
		for field, values := range p.form {
			if field == one.q.Key || strings.HasPrefix(field, one.q.Key+".") {
				p.written[field] = values
			}
		}
		for _, value := range p.written[one.q.Key] {
			if to, ok := p.g.jumps[one.q][value]; ok {
				at = to
			}
		}
	}
	return asked
}

func (p pen) holds(clauses []clause) bool {
	for _, c := range clauses {
		if !slices.ContainsFunc(c, p.met) {
			return false
		}
	}
	return true
}

func (p pen) met(c survey.Condition) bool {
	field := c.Question
	if c.Row != "" {
		field += "." + c.Row
	}
	met := false
	for _, value := range p.written[field] {
		met = met || slices.Contains(c.Is, value)
		if n, err := strconv.Atoi(value); err == nil && (c.AtLeast != nil || c.AtMost != nil) {
			met = met || (c.AtLeast == nil || n >= *c.AtLeast) && (c.AtMost == nil || n <= *c.AtMost)
		}
	}
	return met != c.Not
}

// drawForm answers each question, within its rules.
func drawForm(t *rapid.T, q *survey.Questionnaire) survey.Values {
	form := survey.Values{}
	for _, question := range q.Questions() {
		values := answers(question)
		switch question.Kind {
		case survey.KindInfo, survey.KindText, survey.KindPaired:
			continue
		case survey.KindNumber:
			values = append(values, strconv.Itoa(rapid.IntRange(0, 20).Draw(t, "number")))
		case survey.KindMatrix:
			for _, r := range question.Rows {
				form[question.Key+"."+r.Key] = []string{rapid.SampledFrom(values).Draw(t, r.Key)}
			}
			continue
		case survey.KindMulti:
			picks := rapid.SliceOfNDistinct(rapid.SampledFrom(values), 1, max(1, min(question.Max, len(values))), rapid.ID[string]).Draw(t, question.Key)
			if i := slices.IndexFunc(picks, func(v string) bool { return alone(question, v) }); i >= 0 {
				picks = picks[i : i+1]
			}
			form[question.Key] = picks
			continue
		}
		form[question.Key] = []string{rapid.SampledFrom(values).Draw(t, question.Key)}
	}
	return form
}

// Whoever follows the printed words answers exactly the questions that the rules show.
func TestWordsLeadAPenAsTheRulesDo(t *testing.T) {
	jumped, skipped := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		q := ruled().Draw(t, "questionnaire")
		version := survey.Version{Questionnaire: *q, Layout: survey.NewLayout(q)}
		p := pen{newGuide(q, polish()), drawForm(t, q), survey.Values{}}
		hidden := version.Hidden(p.form, survey.ChannelPaperTyped)
		var want []string
		for _, question := range q.Questions() {
			if !hidden[question.Key] {
				want = append(want, question.Key)
			}
		}
		if diff := cmp.Diff(want, p.walk()); diff != "" {
			t.Fatalf("asked by the rules (-) and on paper (+):\n%s\nprinted: %v", diff, p.g.texts)
		}
		jumped += len(p.g.jumps)
		skipped += len(hidden)
	})
	if jumped == 0 || skipped == 0 {
		t.Errorf("%d questions with jumps, %d hidden ones were drawn: nothing was tested", jumped, skipped)
	}
}

func TestConditions(t *testing.T) {
	const tail = "      - {key: why, kind: text, label: Dlaczego?, show_if: {all: [{question: again, is: [no]}]}}\n" +
		"  - {key: end, title: Koniec, show_if: {all: [{question: settled, is: [no]}]}, questions: [{key: how, kind: text, label: Jak?, show_if: {all: [{question: minutes, at_least: 9}]}}]}\n"
	got := Conditions(visiting(t, "", tail))
	want := map[string]string{"why": "w\u00a0pytaniu\u00a07 zaznaczono »nie«", "how": "w\u00a0pytaniu\u00a01 zaznaczono »nie« i\u00a0w\u00a0pytaniu\u00a04 wpisano co najmniej\u00a09"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Conditions (-want +got):\n%s", diff)
	}
}

// Where boxes stand under the heads of a scale, a line below them says where to go on; beside a label it is part of it.
func TestSheetPrintsItsRules(t *testing.T) {
	const tail = `      - {key: score, kind: nps, label: Ile punktów?, skip: [{is: ["0", "10"], to: end}]}
      - {key: why, kind: text, label: Dlaczego tyle?}
      - {key: end, kind: text, label: Uwagi}
  - key: more
    title: Więcej
    show_if: {all: [{question: way, is: [desk]}]}
    questions: [{key: how, kind: text, label: Jak było?, show_if: {all: [{question: minutes, at_least: 30}]}}]
`
	q := visiting(t, ", skip: [{is: [yes], to: score}]}\n      - {key: first, kind: text, label: Skąd Pani/Pan o nas wie?", tail)
	l := layout(t, q)
	for _, bad := range append(faults(testMetrics(t), l), missing(q, l)...) {
		t.Error(bad)
	}
	var lines []string
	for _, p := range l.Pages {
		for _, w := range p.Words {
			lines = append(lines, w.Text)
		}
	}
	text := strings.Join(lines, " ")
	for _, want := range []string{
		"tak – proszę przejść do pytania 9 nie ", "»0« lub »10« – proszę przejść do pytania 11. ", "10. Dlaczego tyle?",
		"Więcej Tę część prosimy wypełnić, tylko jeśli w pytaniu 2 zaznaczono »Osobiście«. Tylko jeśli w pytaniu 4 wpisano co najmniej 30. 12. Jak było?",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the sheet lacks %q:\n%s", want, text)
		}
	}
}

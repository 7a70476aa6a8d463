package web

import (
	"hash/fnv"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"ocenaurzedu.eu/pkg/survey"
)

// fieldSurvey is a questionnaire with the structure of one that a real office uses, and two people who answer it in ways
// that its rules tell apart. The first one answers on the web, the second one on paper.
type fieldSurvey struct {
	slug   string // of the office, and of its file in testdata/questionnaires
	sides  int    // of paper
	first  fieldPerson
	second fieldPerson
	points int      // of its chart of importance and satisfaction; 0: it has none
	told   []string // on its sheet, about how to fill it in
	asks   *survey.Questionnaire
}

// fieldPerson is what someone decides. All else is chosen by fieldValue, for the second person the next one.
type fieldPerson struct {
	values survey.Values
	hidden string // the questions that rules hide from this person
	next   int
}

// hides reports whether a question, or the one of a field, is hidden from the person.
func (p fieldPerson) hides(field string) bool {
	key, _, _ := strings.Cut(field, ".")
	return slices.Contains(strings.Fields(p.hidden), key)
}

// fieldSurveys are the twelve.
func fieldSurveys() []*fieldSurvey {
	surveys := []*fieldSurvey{
		{slug: "zielona-gora", sides: 2, first: decides("", "visited", "yes", "settled", "no"),
			second: decides("how_often settled delay courtesy clarity speed overall remarks", "visited", "no"),
			told:   []string{"nie – proszę przejść do pytania 10", "przejść do pytania 5"}},
		{slug: "sierpc", sides: 2},
		{slug: "swiecie", sides: 2, first: decides("", "visits", "12"), second: decides("change", "visits", "1"), points: 3,
			told: []string{"Tylko jeśli w pytaniu 1 wpisano co najmniej 2", "Jak ważne są dla Pani/Pana te obszary?"}},
		{slug: "koscielec", sides: 1, first: decides("why_bad", "overall", "dk", "quality.kindness", "1", "quality.competence", "2"),
			second: decides("no_opinion", "overall", "2", "quality.competence", "4"), told: []string{"Tylko jeśli w pytaniu 2 zaznaczono »nie mam zdania«"}},
		{slug: "karczew", sides: 1, first: decides("", "statements.deadline", "4"), second: decides("reminder", "statements.deadline", "1"),
			told: []string{"Tylko jeśli w pytaniu 2 przy »Sprawę załatwiono w terminie, który…« zaznaczono »raczej się nie zgadzam«"}},
		{slug: "cieszyn", sides: 1, first: decides("", "ways", "visit online", "website", "2"), second: decides("website form_help", "ways", "visit phone"),
			told: []string{"Tę część prosimy wypełnić, tylko jeśli w pytaniu 1 zaznaczono »Przez internet«", "Prosimy myśleć o stronie urzędu"}},
		{slug: "kozmin", sides: 2, first: decides("", "matters", "identity roads other"), second: decides("outdoors staff", "matters", "none"),
			told: []string{"Tylko jeśli w pytaniu 1 nie zaznaczono »Nie załatwiano żadnej sprawy«", "Prosimy zaznaczyć od 2 do 3 odpowiedzi"}},
		{slug: "swierzawa", sides: 1, first: decides("", "desk", "21", "minutes", "20"), second: decides("long_wait payment", "desk", "3", "minutes", "5"),
			told: []string{"Tylko jeśli w pytaniu 2 wpisano co najmniej 15", "Tylko jeśli w pytaniu 1 wpisano od 20 do 24"}},
		{slug: "slomniki", sides: 2, first: decides("", "settled", "no"), second: decides("reason", "settled", "yes"), points: 6,
			told: []string{"Tylko jeśli w pytaniu 2 zaznaczono »nie«", "Ważność", "Zadowolenie"}},
		{slug: "kutno", sides: 1, first: decides("", "recommend", "4"), second: decides("why_low", "recommend", "9", "priorities", "none"),
			told: []string{"Tylko jeśli w pytaniu 3 zaznaczono co najwyżej 6", "najwyżej 2 odpowiedzi"}},
		{slug: "trzcianka", sides: 1, first: decides("", "overall", "2"), second: decides("why", "overall", "5"), told: []string{"proszę przejść do pytania 3"}},
		{slug: "krosno", sides: 1},
	}
	for _, f := range surveys {
		f.second.next = 1
	}
	return surveys
}

// decides makes a person of the questions hidden from them and of pairs of a field and its values.
func decides(hidden string, pairs ...string) fieldPerson {
	p := fieldPerson{values: survey.Values{}, hidden: hidden}
	for i := 0; i < len(pairs); i += 2 {
		p.values[pairs[i]] = strings.Fields(pairs[i+1])
	}
	return p
}

// read parses the survey's file.
func (f *fieldSurvey) read(t *testing.T) *survey.Questionnaire {
	t.Helper()
	name := f.slug + ".yaml"
	data, err := os.ReadFile(filepath.Join("testdata", "questionnaires", name))
	if err != nil {
		t.Fatal(err)
	}
	if f.asks, err = survey.ParseQuestionnaire(name, data); err != nil {
		t.Fatal(err)
	}
	return f.asks
}

// answers returns all that a person answers: every question that is not hidden from them.
func (f *fieldSurvey) answers(p fieldPerson) survey.Values {
	values := survey.Values{}
	for _, q := range f.asks.Questions() {
		if p.hides(q.Key) {
			continue
		}
		single := survey.Questionnaire{Sections: []survey.Section{{Questions: []survey.Question{*q}}}}
		for _, slot := range survey.NewLayout(&single).Slots {
			if field := slot.Field(); slot.Option == "" {
				if values[field] = p.values[field]; values[field] == nil {
					values[field] = fieldValue(q, slot, p.next)
				}
			}
		}
		for _, o := range q.Options {
			if o.Text && slices.Contains(values[q.Key], o.Key) {
				values[q.Key+"."+o.Key] = []string{"inna odpowiedź na " + q.Key}
			}
		}
	}
	return values
}

// fieldValue chooses an answer: always the same one, and the next one beside it for somebody else.
func fieldValue(q *survey.Question, slot survey.Slot, next int) []string {
	switch q.Kind {
	case survey.KindText:
		return []string{"Wpis w polu " + slot.Field()}
	case survey.KindNumber:
		return []string{strconv.Itoa(min(q.Min+7, q.Max) - next)}
	case survey.KindMulti:
		picks := []string{q.Options[next].Key}
		for _, o := range q.Options[next+1:] {
			if o.Text || len(picks) < q.Min {
				picks = append(picks, o.Key)
			}
		}
		return picks
	}
	var offered []string
	for _, c := range q.ChoicesOf(slot.Aspect) {
		offered = append(offered, c.Value)
	}
	for _, o := range q.OptOuts {
		offered = append(offered, string(o))
	}
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(slot.Field())) // never fails
	return []string{offered[(int(sum.Sum32()%uint32(len(offered)))+next)%len(offered)]}
}

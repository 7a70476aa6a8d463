package web

import (
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// arrange moves, adds, duplicates and removes: do=add|up|down|move|duplicate|remove with the key of a question (of add:
// of its section), or section-add|section-up|section-down|section-remove with that of a section, or clear.
func (s *Server) arrange(c *fiber.Ctx) error {
	do, key := c.FormValue("do"), c.FormValue("key")
	at, told := openedBy(c), ""
	fresh := map[string]string{} // keys of what is new, the same at each try
	newKey := func(q *survey.Questionnaire, prefix string) string {
		if fresh[prefix] == "" {
			fresh[prefix] = freeKey(q, prefix)
		}
		return fresh[prefix]
	}
	apply := func(q *survey.Questionnaire) (err error) {
		switch do {
		case "add":
			at, err = addQuestion(q, key, survey.Kind(c.FormValue("kind")), newKey)
			told = "Dodano pytanie."
		case "duplicate":
			at, err = duplicateQuestion(q, key, newKey)
			told = "Dodano kopię pytania."
		case "remove":
			told = "Usunięto pytanie „" + labelOf(q, key) + "”."
			if err = removeQuestion(q, key); at.question == key {
				at = opened{}
			}
		case "up", "down":
			err = shiftQuestion(q, key, do == "up")
			told = "Pytanie „" + labelOf(q, key) + "” jest teraz " + positionPL(q, key) + "."
		case "move":
			err = moveQuestion(q, key, c.FormValue("section"), c.FormValue("before"))
			told = "Pytanie „" + labelOf(q, key) + "” jest teraz " + positionPL(q, key) + "."
		case "clear":
			q.Sections = []survey.Section{{Key: newKey(q, "sekcja")}}
			q.Title, q.Intro, q.Thanks, q.Languages = survey.Text{}, survey.Text{}, survey.Text{}, nil
			at, told = opened{whole: wholeKey}, "Szkic jest pusty."
		default:
			told, err = arrangeSection(q, do, key, newKey, &at)
		}
		return err
	}
	result, err := s.editDraft(c, store.Edit{Action: editArrange}, apply)
	if err != nil {
		return err
	}
	return s.answerEdit(c, result, at, told)
}

func labelOf(q *survey.Questionnaire, key string) string {
	if question := q.Question(key); question != nil {
		return shorten(question.Label.PL)
	}
	return ""
}

// freeKey returns a key that no question or section of the draft has. Keys of removed questions may come
// back in a later version only by being typed in a file: a random part keeps series apart.
func freeKey(q *survey.Questionnaire, prefix string) string {
	used := map[string]bool{}
	for _, section := range q.Sections {
		used[section.Key] = true
	}
	for _, question := range q.Questions() {
		used[question.Key] = true
	}
	for {
		if key := prefix + "_" + shortID(); !used[key] {
			return key
		}
	}
}

// errFull reports that the questionnaire has as many questions as one may have.
func errFull() error {
	return fiber.NewError(fiber.StatusBadRequest, "Ankieta może mieć najwyżej "+strconv.Itoa(survey.MaxQuestions)+hardSpace+"pytań. Prosimy najpierw usunąć któreś.")
}

// addQuestion puts a new question of a kind at the end of a section, and opens it.
func addQuestion(q *survey.Questionnaire, section string, kind survey.Kind, newKey func(*survey.Questionnaire, string) string) (opened, error) {
	i := slices.IndexFunc(q.Sections, func(s survey.Section) bool { return s.Key == section })
	switch {
	case i < 0 || !isKind(kind):
		return opened{}, survey.ErrNotFound
	case len(q.Questions()) >= survey.MaxQuestions:
		return opened{}, errFull()
	}
	question := newQuestion(newKey(q, "pytanie"), kind)
	translatePoints(question.Scale, q.Languages)
	translatePoints(question.Importance, q.Languages)
	q.Sections[i].Questions = append(q.Sections[i].Questions, question)
	return opened{question: question.Key}, nil
}

// placeOfQuestion returns where a question stands, or survey.ErrNotFound.
func placeOfQuestion(q *survey.Questionnaire, key string) (section, at int, err error) {
	for i := range q.Sections {
		if j := slices.IndexFunc(q.Sections[i].Questions, func(question survey.Question) bool { return question.Key == key }); j >= 0 {
			return i, j, nil
		}
	}
	return 0, 0, survey.ErrNotFound
}

// duplicateQuestion puts a copy behind a question, and opens it. Its answers are a series of their own.
func duplicateQuestion(q *survey.Questionnaire, key string, newKey func(*survey.Questionnaire, string) string) (opened, error) {
	i, j, err := placeOfQuestion(q, key)
	if err != nil {
		return opened{}, err
	}
	if len(q.Questions()) >= survey.MaxQuestions {
		return opened{}, errFull()
	}
	double := *q.Clone().Question(key)
	double.Key, double.Series = newKey(q, "pytanie"), 0
	q.Sections[i].Questions = slices.Insert(q.Sections[i].Questions, j+1, double)
	return opened{question: double.Key}, nil
}

func removeQuestion(q *survey.Questionnaire, key string) error {
	i, j, err := placeOfQuestion(q, key)
	if err == nil {
		q.Sections[i].Questions = slices.Delete(q.Sections[i].Questions, j, j+1)
	}
	return err
}

// shiftQuestion moves a question by one place, over the border of its section where it stands at the edge.
func shiftQuestion(q *survey.Questionnaire, key string, up bool) error {
	i, j, err := placeOfQuestion(q, key)
	if err != nil {
		return err
	}
	questions := q.Sections[i].Questions
	moved := questions[j]
	switch {
	case up && j > 0:
		questions[j-1], questions[j] = questions[j], questions[j-1]
	case !up && j+1 < len(questions):
		questions[j], questions[j+1] = questions[j+1], questions[j]
	case up && i > 0:
		q.Sections[i].Questions = slices.Delete(questions, j, j+1)
		q.Sections[i-1].Questions = append(q.Sections[i-1].Questions, moved)
	case !up && i+1 < len(q.Sections):
		q.Sections[i].Questions = slices.Delete(questions, j, j+1)
		q.Sections[i+1].Questions = slices.Insert(q.Sections[i+1].Questions, 0, moved)
	}
	return nil
}

// moveQuestion puts a question in a section, before another one of it, or at its end.
func moveQuestion(q *survey.Questionnaire, key, section, before string) error {
	i, j, err := placeOfQuestion(q, key)
	if err != nil {
		return err
	}
	moved := q.Sections[i].Questions[j]
	q.Sections[i].Questions = slices.Delete(q.Sections[i].Questions, j, j+1)
	to := slices.IndexFunc(q.Sections, func(s survey.Section) bool { return s.Key == section })
	if to < 0 {
		return survey.ErrNotFound
	}
	questions := q.Sections[to].Questions
	place := slices.IndexFunc(questions, func(question survey.Question) bool { return question.Key == before })
	if before == key && to == i {
		place = j
	}
	if place < 0 {
		place = len(questions)
	}
	q.Sections[to].Questions = slices.Insert(questions, place, moved)
	return nil
}

// arrangeSection does what arrange does with a section, and says so.
func arrangeSection(q *survey.Questionnaire, do, key string, newKey func(*survey.Questionnaire, string) string, at *opened) (told string, err error) {
	i := slices.IndexFunc(q.Sections, func(s survey.Section) bool { return s.Key == key })
	switch {
	case do == "section-add":
		section := survey.Section{Key: newKey(q, "sekcja")}
		q.Sections = append(q.Sections, section)
		*at = opened{section: section.Key}
		return "Dodano sekcję.", nil
	case i < 0:
		return "", survey.ErrNotFound
	}
	title := shorten(q.Sections[i].Title.PL)
	switch {
	case do == "section-remove":
		q.Sections = slices.Delete(q.Sections, i, i+1)
		*at = opened{}
		return "Usunięto sekcję „" + title + "”.", nil
	case do == "section-up" && i > 0:
		q.Sections[i-1], q.Sections[i] = q.Sections[i], q.Sections[i-1]
		i--
	case do == "section-down" && i+1 < len(q.Sections):
		q.Sections[i], q.Sections[i+1] = q.Sections[i+1], q.Sections[i]
		i++
	case do != "section-up" && do != "section-down":
		return "", survey.ErrNotFound
	}
	return "Sekcja „" + title + "” jest teraz " + strconv.Itoa(i+1) + ". z" + hardSpace + strconv.Itoa(len(q.Sections)) + ".", nil
}

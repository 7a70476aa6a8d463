package web

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// questionnairePage is the draft as a list, with what publishing it would ask for.
type questionnairePage struct {
	page
	Draft     *store.Draft
	Published *survey.Version // nil: none yet
	Changed   bool            // the draft differs from the published version
	Versions  []store.VersionInfo
	Gate      gateState
	Problems  []draftProblem // why it can't be published; nil: it can
	Kinds     []survey.Kind
	Refused   bool // a publication was just stopped
}

// draftProblem is a fault of the draft in words, with where to mend it.
type draftProblem struct {
	Where string // "pytanie 3: …", "sekcja 2"
	Link  string
	survey.FieldError
}

func (s *Server) showQuestionnaire(c *fiber.Ctx) error {
	p, err := s.readQuestionnaire(c)
	if err != nil {
		return err
	}
	return c.Render("panel/questionnaire", p)
}

func (s *Server) readQuestionnaire(c *fiber.Ctx) (*questionnairePage, error) {
	ctx, scope := c.UserContext(), s.scopeOf(c)
	p := questionnairePage{page: s.page(c), Kinds: editorKinds()}
	var err error
	if p.Draft, err = scope.Draft(ctx); err != nil {
		return nil, err
	}
	p.Published, err = scope.PublishedVersion(ctx)
	if err != nil && !errors.Is(err, survey.ErrNotFound) {
		return nil, err
	}
	p.Changed = p.Published == nil || !reflect.DeepEqual(p.Published.Questionnaire, p.Draft.Questionnaire)
	if p.Versions, err = scope.Versions(ctx); err != nil {
		return nil, err
	}
	p.Draft.UpdatedAt = p.Draft.UpdatedAt.In(s.Now().Location())
	for i := range p.Versions {
		p.Versions[i].PublishedAt = p.Versions[i].PublishedAt.In(s.Now().Location())
	}
	if p.Gate, err = s.gateOf(c); err != nil {
		return nil, err
	}
	p.Problems = draftProblems(&p.Draft.Questionnaire)
	return &p, nil
}

// editorKinds lists the kinds that the editor offers, the common ones first.
func editorKinds() []survey.Kind {
	return []survey.Kind{survey.KindSingle, survey.KindMulti, survey.KindScale, survey.KindMatrix, survey.KindYesNo, survey.KindNPS,
		survey.KindNumber, survey.KindText, survey.KindEmoji, survey.KindPaired, survey.KindInfo}
}

// draftProblems tells each fault of a draft by the question's place instead of its path.
func draftProblems(q *survey.Questionnaire) []draftProblem {
	var invalid *survey.InvalidError
	if !errors.As(q.Check(), &invalid) {
		return nil
	}
	var problems []draftProblem
	for _, f := range invalid.Fields {
		problem := draftProblem{Where: "ankieta", Link: "#tytul", FieldError: f}
		var i, j int
		if n, _ := fmt.Sscanf(f.Field, "sections[%d].questions[%d]", &i, &j); n == 2 {
			question := q.Sections[i].Questions[j]
			problem.Where, problem.Link = "pytanie „"+question.Label.PL+"”", "/panel/ankieta/pytanie/"+question.Key
		} else if n == 1 {
			problem.Where, problem.Link = "sekcja "+strconv.Itoa(i+1), "#sekcja-"+strconv.Itoa(i+1)
		}
		problems = append(problems, problem)
	}
	return problems
}

// editDraft changes the draft by f and keeps it, unless somebody else did since the form was drawn. The form
// names the revision that it was drawn of.
func (s *Server) editDraft(c *fiber.Ctx, f func(*survey.Questionnaire) error) error {
	draft, err := s.scopeOf(c).Draft(c.UserContext())
	if err != nil {
		return err
	}
	if c.FormValue("revision") != strconv.Itoa(draft.Revision) {
		return survey.ErrConflict
	}
	if err := f(&draft.Questionnaire); err != nil {
		return err
	}
	by := s.actor(c)
	draft.UpdatedAt, draft.UpdatedBy = by.At, by.Login
	_, err = s.scopeOf(c).SaveDraft(c.UserContext(), *draft, store.Edit{Action: "question"})
	return err
}

// saveWording keeps the titles and introductions of the questionnaire and its sections.
func (s *Server) saveWording(c *fiber.Ctx) error {
	err := s.editDraft(c, func(q *survey.Questionnaire) error {
		setPL(&q.Title, c.FormValue("title"))
		setPL(&q.Intro, c.FormValue("intro"))
		setPL(&q.Thanks, c.FormValue("thanks"))
		for i := range q.Sections {
			setPL(&q.Sections[i].Title, c.FormValue("section."+strconv.Itoa(i)+".title"))
			setPL(&q.Sections[i].Help, c.FormValue("section."+strconv.Itoa(i)+".help"))
		}
		return nil
	})
	if err != nil {
		return err
	}
	return c.Redirect("/panel/ankieta", fiber.StatusSeeOther)
}

// setPL sets the Polish wording and leaves the other languages as they are.
func setPL(t *survey.Text, typed string) {
	t.PL = strings.TrimSpace(strings.ReplaceAll(typed, "\r\n", "\n"))
}

// arrange moves, adds and removes questions and sections: do=up|down|remove|add|section-up|section-down|
// section-remove|section-add.
func (s *Server) arrange(c *fiber.Ctx) error {
	do, key := c.FormValue("do"), c.FormValue("key")
	added := ""
	err := s.editDraft(c, func(q *survey.Questionnaire) error {
		switch do {
		case "add":
			question, err := addQuestion(q, key, survey.Kind(c.FormValue("kind")))
			added = question
			return err
		case "up", "down", "remove":
			return arrangeQuestion(q, do, key)
		case "section-add":
			q.Sections = append(q.Sections, survey.Section{Key: freeKey(q, "sekcja"), Title: survey.PL("Nowa sekcja")})
			return nil
		case "section-up", "section-down", "section-remove":
			return arrangeSection(q, strings.TrimPrefix(do, "section-"), key)
		}
		return survey.ErrNotFound
	})
	if err != nil {
		return err
	}
	if added != "" {
		return c.Redirect("/panel/ankieta/pytanie/"+added, fiber.StatusSeeOther)
	}
	return c.Redirect("/panel/ankieta#p-"+key, fiber.StatusSeeOther)
}

// addQuestion puts a new question of a kind at the end of a section, complete enough to be published once it
// has a wording, and returns its key.
func addQuestion(q *survey.Questionnaire, section string, kind survey.Kind) (string, error) {
	i := slices.IndexFunc(q.Sections, func(s survey.Section) bool { return s.Key == section })
	if i < 0 || !slices.Contains(editorKinds(), kind) {
		return "", survey.ErrNotFound
	}
	question := survey.Question{Key: freeKey(q, "pytanie"), Kind: kind}
	switch kind {
	case survey.KindScale, survey.KindMatrix, survey.KindPaired:
		question.Scale = fivePoints()
	case survey.KindEmoji:
		question.Scale = &survey.Scale{Points: []survey.Point{{Label: survey.PL("źle")}, {Label: survey.PL("średnio")}, {Label: survey.PL("dobrze")}}}
	case survey.KindNumber:
		question.Max = 100
	}
	q.Sections[i].Questions = append(q.Sections[i].Questions, question)
	return question.Key, nil
}

func fivePoints() *survey.Scale {
	labels := []string{"bardzo słabo", "słabo", "przeciętnie", "dobrze", "bardzo dobrze"}
	scale := survey.Scale{Digits: true}
	for _, l := range labels {
		scale.Points = append(scale.Points, survey.Point{Label: survey.PL(l)})
	}
	return &scale
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

// arrangeQuestion moves a question by one place, over the border of its section where it stands at the edge,
// or removes it.
func arrangeQuestion(q *survey.Questionnaire, do, key string) error {
	for i := range q.Sections {
		questions := q.Sections[i].Questions
		j := slices.IndexFunc(questions, func(question survey.Question) bool { return question.Key == key })
		if j < 0 {
			continue
		}
		moved := questions[j]
		switch {
		case do == "remove":
			q.Sections[i].Questions = slices.Delete(questions, j, j+1)
		case do == "up" && j > 0:
			questions[j-1], questions[j] = questions[j], questions[j-1]
		case do == "down" && j+1 < len(questions):
			questions[j], questions[j+1] = questions[j+1], questions[j]
		case do == "up" && i > 0:
			q.Sections[i].Questions = slices.Delete(questions, j, j+1)
			q.Sections[i-1].Questions = append(q.Sections[i-1].Questions, moved)
		case do == "down" && i+1 < len(q.Sections):
			q.Sections[i].Questions = slices.Delete(questions, j, j+1)
			q.Sections[i+1].Questions = slices.Insert(q.Sections[i+1].Questions, 0, moved)
		}
		return nil
	}
	return survey.ErrNotFound
}

func arrangeSection(q *survey.Questionnaire, do, key string) error {
	i := slices.IndexFunc(q.Sections, func(s survey.Section) bool { return s.Key == key })
	switch {
	case i < 0:
		return survey.ErrNotFound
	case do == "remove":
		q.Sections = slices.Delete(q.Sections, i, i+1)
	case do == "up" && i > 0:
		q.Sections[i-1], q.Sections[i] = q.Sections[i], q.Sections[i-1]
	case do == "down" && i+1 < len(q.Sections):
		q.Sections[i], q.Sections[i+1] = q.Sections[i+1], q.Sections[i]
	}
	return nil
}

package web

import (
	"crypto/rand"
	"encoding/base32"
	"errors"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// blankLines is how many empty lines a list of options, rows or points offers for new ones.
const blankLines = 3

// questionPage is one question being edited.
type questionPage struct {
	page
	Draft    *store.Draft
	Question *survey.Question
	Section  string // title
	Problems []survey.FieldError
	New      bool // it is in no published version
}

// Blank returns the empty lines to draw under a list that has n, at most most in all.
func (questionPage) Blank(n, most int) []int {
	var lines []int
	for i := n; i < n+blankLines && i < most; i++ {
		lines = append(lines, i)
	}
	return lines
}

// Is reports whether the question is of one of the kinds.
func (p questionPage) Is(kinds ...string) bool {
	return slices.Contains(kinds, string(p.Question.Kind))
}

func (s *Server) showQuestion(c *fiber.Ctx) error {
	draft, err := s.scopeOf(c).Draft(c.UserContext())
	if err != nil {
		return err
	}
	question := draft.Questionnaire.Question(c.Params("key"))
	if question == nil {
		return survey.ErrNotFound
	}
	return s.drawQuestion(c, draft, question, nil)
}

func (s *Server) drawQuestion(c *fiber.Ctx, draft *store.Draft, q *survey.Question, problems []survey.FieldError) error {
	p := questionPage{page: s.page(c), Draft: draft, Question: q, Problems: problems}
	for _, section := range draft.Questionnaire.Sections {
		if slices.ContainsFunc(section.Questions, func(have survey.Question) bool { return have.Key == q.Key }) {
			p.Section = section.Title.PL
		}
	}
	published, err := s.scopeOf(c).PublishedVersion(c.UserContext())
	if err != nil && !errors.Is(err, survey.ErrNotFound) {
		return err
	}
	p.New = published == nil || published.Questionnaire.Question(q.Key) == nil
	return c.Render("panel/question", p)
}

// saveQuestion keeps a question as it was typed. One with faults is drawn again with everything typed.
func (s *Server) saveQuestion(c *fiber.Ctx) error {
	key := c.Params("key")
	err := s.editDraft(c, func(q *survey.Questionnaire) error {
		question := q.Question(key)
		if question == nil {
			return survey.ErrNotFound
		}
		readQuestion(c, question)
		if problems := questionProblems(q, key); len(problems) > 0 {
			return &survey.InvalidError{Fields: problems}
		}
		return nil
	})
	var invalid *survey.InvalidError
	switch {
	case errors.As(err, &invalid):
		c.Status(fiber.StatusUnprocessableEntity)
		return s.redrawQuestion(c, key, invalid.Fields)
	case errors.Is(err, survey.ErrConflict):
		c.Status(fiber.StatusConflict)
		return s.redrawQuestion(c, key, []survey.FieldError{{Field: "", Problem: survey.ProblemChanged}})
	case err != nil:
		return err
	}
	return c.Redirect("/panel/ankieta#p-"+key, fiber.StatusSeeOther)
}

// redrawQuestion draws the form with what was typed, on the draft as it is now.
func (s *Server) redrawQuestion(c *fiber.Ctx, key string, problems []survey.FieldError) error {
	draft, err := s.scopeOf(c).Draft(c.UserContext())
	if err != nil {
		return err
	}
	question := draft.Questionnaire.Question(key)
	if question == nil {
		return survey.ErrNotFound
	}
	readQuestion(c, question)
	return s.drawQuestion(c, draft, question, problems)
}

// questionProblems returns the faults of one question, their fields named from the question on.
func questionProblems(q *survey.Questionnaire, key string) []survey.FieldError {
	var invalid *survey.InvalidError
	if !errors.As(q.Check(), &invalid) {
		return nil
	}
	var problems []survey.FieldError
	for i, section := range q.Sections {
		for j, question := range section.Questions {
			prefix := "sections[" + strconv.Itoa(i) + "].questions[" + strconv.Itoa(j) + "]."
			for _, f := range invalid.Fields {
				if rest, ok := strings.CutPrefix(f.Field, prefix); ok && question.Key == key {
					problems = append(problems, survey.FieldError{Field: rest, Problem: f.Problem, N: f.N})
				}
			}
		}
	}
	return problems
}

// readQuestion reads the form of a question. Its key and kind stay; other languages stay with the items that
// keep their keys.
func readQuestion(c *fiber.Ctx, q *survey.Question) {
	setPL(&q.Label, c.FormValue("label"))
	setPL(&q.Help, c.FormValue("help"))
	q.Required = c.FormValue("required") != ""
	q.OptOuts = nil
	for _, o := range []survey.OptOut{survey.NotApplicable, survey.NoOpinion} {
		if c.FormValue("opt_out."+string(o)) != "" {
			q.OptOuts = append(q.OptOuts, o)
		}
	}
	switch q.Kind {
	case survey.KindSingle, survey.KindMulti:
		q.Options = readOptions(c, q.Options)
		if q.Kind == survey.KindMulti {
			q.Min, q.Max = formInt(c, "min"), formInt(c, "max")
		}
	case survey.KindMatrix, survey.KindPaired:
		q.Areas = readAreas(c, q.Areas)
		q.Rows = readRows(c, q.Rows, q.Areas)
		readScale(c, q.Scale)
	case survey.KindScale, survey.KindEmoji:
		readScale(c, q.Scale)
	case survey.KindYesNo:
		q.Partly = c.FormValue("partly") != ""
	case survey.KindNumber:
		q.Min, q.Max = formInt(c, "min"), formInt(c, "max")
		setPL(&q.Unit, c.FormValue("unit"))
	case survey.KindText:
		q.Limit, q.Short = formInt(c, "limit"), c.FormValue("short") != ""
	}
	if c.FormValue("overall") != "" {
		q.Role = survey.RoleOverall
	} else if q.Role == survey.RoleOverall {
		q.Role = ""
	}
	q.Profile = c.FormValue("profile") != ""
}

func formInt(c *fiber.Ctx, field string) int {
	n, _ := strconv.Atoi(strings.TrimSpace(c.FormValue(field))) // what is no number is 0, which Check judges
	return n
}

// line is one typed line of a list: its place, its index in the form, and the key of the item it was.
type line struct {
	place int
	index string
	key   string
	label string
}

// readLines reads the lines name.0 … that have a label, in the order of their places. A line that keeps its
// key is the same item under another wording; an empty one is gone.
func readLines(c *fiber.Ctx, name string, most int) []line {
	var lines []line
	for i := range most + blankLines {
		l := line{index: name + "." + strconv.Itoa(i) + "."}
		l.label, l.key, l.place = strings.TrimSpace(c.FormValue(l.index+"label")), c.FormValue(l.index+"key"), formInt(c, l.index+"place")
		if l.label == "" {
			continue
		}
		if l.place == 0 {
			l.place = most + i
		}
		if l.key == "" {
			l.key = name + "_" + shortID()
		}
		lines = append(lines, l)
	}
	sort.SliceStable(lines, func(i, j int) bool { return lines[i].place < lines[j].place })
	return lines
}

func readOptions(c *fiber.Ctx, old []survey.Option) []survey.Option {
	var options []survey.Option
	for _, l := range readLines(c, "opcja", survey.MaxOptions) {
		o := survey.Option{Key: l.key}
		if i := slices.IndexFunc(old, func(have survey.Option) bool { return have.Key == l.key }); i >= 0 {
			o = old[i]
		}
		setPL(&o.Label, l.label)
		setPL(&o.Help, c.FormValue(l.index+"help"))
		o.Text, o.Exclusive = c.FormValue(l.index+"text") != "", c.FormValue(l.index+"exclusive") != ""
		options = append(options, o)
	}
	return options
}

func readAreas(c *fiber.Ctx, old []survey.Area) []survey.Area {
	var areas []survey.Area
	for _, l := range readLines(c, "obszar", survey.MaxRows) {
		a := survey.Area{Key: l.key}
		if i := slices.IndexFunc(old, func(have survey.Area) bool { return have.Key == l.key }); i >= 0 {
			a = old[i]
		}
		setPL(&a.Label, l.label)
		areas = append(areas, a)
	}
	return areas
}

// readRows reads rows with their area. A row whose area was just removed is in none.
func readRows(c *fiber.Ctx, old []survey.Row, areas []survey.Area) []survey.Row {
	var rows []survey.Row
	for _, l := range readLines(c, "wiersz", survey.MaxRows) {
		r := survey.Row{Key: l.key}
		if i := slices.IndexFunc(old, func(have survey.Row) bool { return have.Key == l.key }); i >= 0 {
			r = old[i]
		}
		setPL(&r.Label, l.label)
		r.Area = c.FormValue(l.index + "area")
		if !slices.ContainsFunc(areas, func(a survey.Area) bool { return a.Key == r.Area }) {
			r.Area = ""
		}
		rows = append(rows, r)
	}
	return rows
}

// readScale reads the points. Own scores stay with the places that had them.
func readScale(c *fiber.Ctx, scale *survey.Scale) {
	if scale == nil {
		return
	}
	var points []survey.Point
	for i, l := range readLines(c, "punkt", survey.MaxPoints) {
		var p survey.Point
		if i < len(scale.Points) {
			p = scale.Points[i]
		}
		setPL(&p.Label, l.label)
		points = append(points, p)
	}
	scale.Points = points
	scale.BestFirst, scale.Digits = c.FormValue("best_first") != "", c.FormValue("digits") != ""
}

// shortID returns eight random lower-case letters and digits.
func shortID() string {
	var b [5]byte
	_, _ = rand.Read(b[:]) // never fails
	return strings.ToLower(base32.StdEncoding.EncodeToString(b[:]))
}

package web

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/privacy"
	"ocenaurzedu.eu/pkg/scan"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

const (
	questionsAhead = 3  // given out at once: the one before the person, and those whose crops load meanwhile
	alikeShown     = 24 // in a grid
)

// checkKeys are the keys of choices by their place; s and u have another meaning.
const checkKeys = "123456789abcdefghijklmnopqrtvwxyz"

// scanQuestionView is a question as a person sees it.
type scanQuestionView struct {
	store.ScanQuestion
	Label   string // of the question
	Row     string // of the row, "" where it has none
	Why     string
	Crop    crop
	Kind    string
	Choices []entryChoice
	Typed   string
	Unit    string
	Limit   int
	Other   bool // the text of an option: an unreadable one is left out
	Sure    bool // the proposal can be accepted as it stands
	Note    string
}

// Path is the address of the question.
func (v scanQuestionView) Path() string {
	return fmt.Sprintf("%s/pytania/%d", scanPath(v.Batch), v.ID)
}

// scanCheckPage is the screen of verification: the first question is before the person, the others load.
type scanCheckPage struct {
	page
	Batch     *store.ScanBatch
	Left      int
	Decided   int
	Questions []scanQuestionView
	Told      string
}

// showScanCheck gives out the next questions.
func (s *Server) showScanCheck(c *fiber.Ctx) error {
	batch, err := s.scanOf(c)
	if err != nil {
		return err
	}
	if batch.State != store.ScanOpen {
		return survey.ErrClosed
	}
	return s.drawScanCheck(c, batch, 0, "")
}

// drawScanCheck draws the screen; bad is a question that was answered wrongly, with a note.
func (s *Server) drawScanCheck(c *fiber.Ctx, batch *store.ScanBatch, bad int64, note string) error {
	ctx, scope, actor := c.UserContext(), s.scopeOf(c), s.actor(c)
	questions, err := scope.NextScanQuestions(ctx, batch.ID, questionsAhead, nil, actor, actor.At.Add(scanLease))
	if err != nil {
		return err
	}
	counts, err := scope.ScanCounts(ctx, batch.ID)
	if err != nil {
		return err
	}
	tally := tallyOf(counts)
	if tally.Left == 0 && bad == 0 {
		return c.Redirect(scanPath(batch.ID)+"?zrobiono=wszystko", fiber.StatusSeeOther)
	}
	first := bad
	if first == 0 {
		first, _ = strconv.ParseInt(c.Query("pytanie"), 10, 64) // 0: the order of the queue
	}
	if questions, err = withFirst(ctx, scope, batch.ID, questions, first); err != nil {
		return err
	}
	p := scanCheckPage{page: s.page(c), Batch: batch, Left: tally.Left, Decided: tally.Decided}
	if p.Questions, err = s.viewQuestions(c, questions); err != nil {
		return err
	}
	for i := range p.Questions {
		if p.Questions[i].ID == bad {
			p.Questions[i].Note = note
		}
	}
	if c.Query("cofnieto") != "" {
		p.Told = "Cofnięto ostatnią decyzję."
	}
	return c.Render("panel/scan_check", p)
}

// withFirst puts a question before the others, if it is one that a person has to answer.
func withFirst(ctx context.Context, scope *store.Scope, batch int64, questions []store.ScanQuestion, first int64) ([]store.ScanQuestion, error) {
	if first == 0 {
		return questions, nil
	}
	q, err := scope.ScanQuestion(ctx, batch, first)
	if errors.Is(err, survey.ErrNotFound) || err == nil && (q.Decided || !q.Flagged && !q.Audit) {
		return questions, nil
	}
	if err != nil {
		return nil, err
	}
	others := slices.DeleteFunc(questions, func(other store.ScanQuestion) bool { return other.ID == first })
	return append([]store.ScanQuestion{*q}, others...), nil
}

// viewQuestions prepares questions for the eye.
func (s *Server) viewQuestions(c *fiber.Ctx, questions []store.ScanQuestion) ([]scanQuestionView, error) {
	ctx, scope := c.UserContext(), s.scopeOf(c)
	pages := map[int64]*store.ScanPage{}
	var views []scanQuestionView
	for _, q := range questions {
		if pages[q.Page] == nil {
			page, err := scope.ScanPage(ctx, q.Batch, q.Page)
			if err != nil {
				return nil, err
			}
			pages[q.Page] = page
		}
		version, err := scope.Version(ctx, q.VersionID)
		if err != nil {
			return nil, err
		}
		reading, err := readingOf(pages[q.Page])
		if err != nil {
			return nil, err
		}
		v, err := viewQuestion(version, q)
		if err != nil {
			return nil, err
		}
		v.Crop = cropOf(reading, q.Field, q.Proposal, s.boxSize(c, reading))
		for i := range v.Crop.Boxes {
			b := &v.Crop.Boxes[i]
			if at := slices.IndexFunc(v.Choices, func(c entryChoice) bool { return c.Value == b.Option }); at >= 0 {
				b.Key = v.Choices[at].Key
			}
		}
		views = append(views, v)
	}
	return views, nil
}

// viewQuestion words a question as the typing screen does, with the keys of this one.
func viewQuestion(version *survey.Version, q store.ScanQuestion) (scanQuestionView, error) {
	field, _, _ := strings.Cut(q.Field, store.FieldPart)
	values := survey.Values{}
	if q.Kind != store.AskOne || len(q.Proposal) == 1 {
		values[field] = q.Proposal
	}
	groups, err := entryGroups(version, values, nil)
	if err != nil {
		return scanQuestionView{}, err
	}
	v := scanQuestionView{ScanQuestion: q, Why: questionReason(q.Reason), Kind: q.Kind, Sure: q.Kind == store.AskMany || q.Kind == store.AskOne && len(q.Proposal) <= 1}
	for _, g := range groups {
		for _, row := range g.Rows {
			if row.Field != field {
				continue
			}
			v.Label, v.Row, v.Unit, v.Limit, v.Typed = fmt.Sprintf("%d. %s", g.Number, g.Label), row.Label, row.Unit, row.Limit, row.Typed
			v.Other = row.When != ""
			v.Choices = keyed(row.Choices, q.Kind)
			return v, nil
		}
	}
	return v, fmt.Errorf("field %q of version %d: %w", field, version.ID, survey.ErrNotFound)
}

// keyed gives the choices the keys of the verification screen: the digits printed beside them if these are 1 to 9, else
// their places; 0 is nothing.
func keyed(choices []entryChoice, kind string) []entryChoice {
	keyed := slices.Clone(choices)
	printed := true
	for _, c := range choices {
		printed = printed && (c.State || len(c.Key) == 1 && c.Key >= "1" && c.Key <= "9")
	}
	place := 0
	for i := range keyed {
		switch c := &keyed[i]; {
		case c.State && c.Key == typeBlank:
			c.Key = "0"
		case !c.State && !printed && place < len(checkKeys):
			c.Key = checkKeys[place : place+1]
			place++
		case !c.State && !printed:
			c.Key = ""
		}
	}
	if kind == store.AskMany {
		keyed = append(keyed, entryChoice{Key: "0", Label: "brak odpowiedzi", State: true})
	}
	return keyed
}

// decideScan takes what a person says of a question.
func (s *Server) decideScan(c *fiber.Ctx) error {
	ctx, scope := c.UserContext(), s.scopeOf(c)
	batch, err := s.scanOf(c)
	if err != nil {
		return err
	}
	id, err := idParam(c, "question")
	if err != nil {
		return err
	}
	q, err := scope.ScanQuestion(ctx, batch.ID, id)
	if err != nil {
		return err
	}
	value, problem, err := s.decisionOf(ctx, scope, q, formValues(c))
	if err != nil {
		return err
	}
	if problem != "" {
		c.Status(fiber.StatusUnprocessableEntity)
		return s.drawScanCheck(c, batch, q.ID, problem)
	}
	if err := scope.DecideScan(ctx, batch.ID, []store.ScanDecision{{Question: q.ID, Value: value}}, s.actor(c)); err != nil {
		return err
	}
	return c.Redirect(scanPath(batch.ID)+"/weryfikacja", fiber.StatusSeeOther)
}

// decisionOf reads an answer from its form, or says what is wrong with it. Personal data in words is replaced before
// anything is kept.
func (s *Server) decisionOf(ctx context.Context, scope *store.Scope, q *store.ScanQuestion, form survey.Values) (value []string, problem string, err error) {
	field, _, _ := strings.Cut(q.Field, store.FieldPart)
	switch {
	case form.Get("brak") != "":
		return nil, "", nil
	case form.Get("nieczytelne") != "" && strings.Contains(field, ".") && q.Kind == store.AskText:
		return nil, "", nil // an option's words: the option itself is what counts
	case form.Get("nieczytelne") != "":
		return []string{survey.ValueUnreadable}, "", nil
	case q.Kind == store.AskText:
		text := strings.TrimSpace(form.Get("tekst"))
		if text == "" {
			return nil, "Prosimy przepisać tekst albo wybrać „brak” lub „nieczytelne”.", nil
		}
		if value = []string{privacy.Redact(text).Text}; form.Get("osobowe") != "" {
			value = append(value, scan.Personal)
		}
	default:
		for _, v := range form["wybor"] {
			if v = strings.TrimSpace(v); v != "" {
				value = append(value, v)
			}
		}
		if typed := form.Get("tekst"); q.Kind == store.AskNumber && typed != "" {
			value = []string{typed}
		}
		if form.Get("przyjmij") != "" && q.Kind == store.AskOne && len(q.Proposal) > 1 {
			return nil, "Odczytano więcej niż jedną odpowiedź. Prosimy wybrać jedną albo „nieczytelne”.", nil
		}
		if form.Get("przyjmij") != "" {
			value = q.Proposal
		}
	}
	version, err := scope.Version(ctx, q.VersionID)
	if err != nil {
		return nil, "", err
	}
	_, err = version.Fill(survey.Values{field: value}, survey.ChannelPaperScanned, s.today())
	var invalid *survey.InvalidError
	if errors.As(err, &invalid) {
		return nil, entryProblem(invalid.Fields[0]), nil
	}
	return value, "", err
}

// undoScan takes back a person's last decision.
func (s *Server) undoScan(c *fiber.Ctx) error {
	batch, err := idParam(c, "batch")
	if err != nil {
		return err
	}
	actor := s.actor(c)
	q, err := s.scopeOf(c).UndoScan(c.UserContext(), batch, actor, actor.At.Add(scanLease))
	if errors.Is(err, survey.ErrNotFound) {
		if _, found := s.scopeOf(c).Scan(c.UserContext(), batch); found != nil {
			return found
		}
		return c.Redirect(scanPath(batch)+"/weryfikacja", fiber.StatusSeeOther) // nothing to undo
	}
	if err != nil {
		return err
	}
	return c.Redirect(fmt.Sprintf("%s/weryfikacja?cofnieto=1&pytanie=%d", scanPath(batch), q.ID), fiber.StatusSeeOther)
}

// scanAlikePage shows questions that read alike beside each other, to be accepted together.
type scanAlikePage struct {
	page
	Batch     *store.ScanBatch
	Why       string
	Questions []scanQuestionView
}

// Title names a question without a row; Read lists what was read, in words.
func (p scanAlikePage) Title(v scanQuestionView) string { return v.Label }

// Read lists what was read of a question, in words.
func (p scanAlikePage) Read(v scanQuestionView) []string {
	var read []string
	for _, c := range v.Choices {
		if c.Checked && c.Value != "" {
			read = append(read, c.Label)
		}
	}
	return read
}

// showScanAlike gives out questions that read like one.
func (s *Server) showScanAlike(c *fiber.Ctx) error {
	ctx, scope, actor := c.UserContext(), s.scopeOf(c), s.actor(c)
	batch, err := s.scanOf(c)
	if err != nil {
		return err
	}
	id, err := idParam(c, "question")
	if err != nil {
		return err
	}
	like, err := scope.ScanQuestion(ctx, batch.ID, id)
	if err != nil {
		return err
	}
	questions, err := scope.NextScanQuestions(ctx, batch.ID, alikeShown, like, actor, actor.At.Add(scanLease))
	if err != nil {
		return err
	}
	p := scanAlikePage{page: s.page(c), Batch: batch, Why: questionReason(like.Reason)}
	if p.Questions, err = s.viewQuestions(c, questions); err != nil {
		return err
	}
	if len(p.Questions) == 0 || !p.Questions[0].Sure {
		return c.Redirect(scanPath(batch.ID)+"/weryfikacja", fiber.StatusSeeOther)
	}
	return c.Render("panel/scan_alike", p)
}

// acceptAlike accepts the proposals of several questions.
func (s *Server) acceptAlike(c *fiber.Ctx) error {
	ctx, scope := c.UserContext(), s.scopeOf(c)
	batch, err := idParam(c, "batch")
	if err != nil {
		return err
	}
	var decisions []store.ScanDecision
	for _, text := range formValues(c)["pytanie"] {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return survey.ErrNotFound
		}
		q, err := scope.ScanQuestion(ctx, batch, id)
		if err != nil {
			return err
		}
		if q.Kind == store.AskOne && len(q.Proposal) <= 1 || q.Kind == store.AskMany {
			decisions = append(decisions, store.ScanDecision{Question: id, Value: q.Proposal})
		}
	}
	if err := scope.DecideScan(ctx, batch, decisions, s.actor(c)); err != nil {
		return err
	}
	return c.Redirect(scanPath(batch)+"/weryfikacja", fiber.StatusSeeOther)
}

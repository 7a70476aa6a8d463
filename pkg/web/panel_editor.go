package web

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// editorPage is the draft as a list of sections and questions, with the form of the one that is open, and both forms
// that residents will see beside it.
type editorPage struct {
	surveyTabs
	Draft     *store.Draft
	Published int    // number of the version that residents see; 0: none
	Summary   string // what the draft changes in it; "": nothing
	Size      string // "13 pytań, około 4 minut"
	Gate      gateState
	Faults    int // how many things keep the draft from being published
	Sections  []editorSection
	Whole     *textsForm // open; at most one of the three is
	Section   *sectionForm
	Question  *questionForm
	Langs     []wordingLang // in which the texts are written, Polish first
	Undo      string        // what the person may take back; "": nothing
	Told      string        // what was just done, for who does not see it
	Since     []editLine    // what others saved since the form was drawn
	Conflict  bool          // they changed what the form changes: nothing was saved
	Typed     bool          // the open form still has what was not saved
	Drawn     int           // revision that the open form began with
	Refused   string        // what could not be done of a form that was saved; "": nothing
	Lost      bool          // what the form was about is gone
}

// editorSection is a section in the list.
type editorSection struct {
	*survey.Section
	Place     int // counted from 1
	Last      bool
	Rule      string // when it is shown, in words; "": always
	Lacking   string // what of the section itself keeps it from being published, in two words; "": nothing
	Questions []editorQuestion
}

// editorQuestion is a question in the list.
type editorQuestion struct {
	*survey.Question
	Number  int    // 0: a note has none
	Rule    string // when it is shown, in words; "": always
	Lacking string // what keeps it from being published; "": nothing
	Place   int    // among all questions and notes, counted from 1
}

// Facts tells in a line what is asked.
func (q editorQuestion) Facts() string {
	text := kindPL(q.Kind)
	for _, each := range []struct {
		n              int
		one, few, many string
	}{{len(q.Options), "odpowiedź", "odpowiedzi", "odpowiedzi"}, {len(q.Rows), "wiersz", "wiersze", "wierszy"}, {len(pointsOf(q.Scale)), "punkt skali", "punkty skali", "punktów skali"}} {
		if each.n > 0 {
			text += " · " + countPL(each.n, each.one, each.few, each.many)
		}
	}
	if q.Required {
		text += " · wymagane"
	}
	return text
}

// opened names the part of the draft whose form is open: wholeKey, a section's key or a question's; all "": none.
type opened struct{ whole, section, question string }

// wholeKey opens the form of the questionnaire as a whole.
const wholeKey = "-"

func (s *Server) showEditor(c *fiber.Ctx) error {
	at := opened{section: c.Query("s"), question: c.Query("p")}
	if at.question == wholeKey {
		at = opened{whole: wholeKey}
	}
	p, err := s.readEditor(c, at)
	if err != nil {
		return err
	}
	if since := c.QueryInt("od"); since > 0 { // the script comes back to the page
		edits, err := s.scopeOf(c).DraftEdits(c.UserContext(), since)
		if err != nil {
			return err
		}
		for _, edit := range edits {
			if edit.Actor != p.Login {
				p.Since = append(p.Since, s.editLine(edit))
			}
		}
	}
	return s.renderEditor(c, p)
}

func (s *Server) renderEditor(c *fiber.Ctx, p *editorPage) error {
	allowFrames(c)
	return c.Render("panel/editor", p)
}

// readEditor reads the draft as it is stored. What the address opens and is no longer there is told, not refused: a
// link of a checklist may be older than the draft.
func (s *Server) readEditor(c *fiber.Ctx, at opened) (*editorPage, error) {
	ctx, scope := c.UserContext(), s.scopeOf(c)
	draft, err := scope.Draft(ctx)
	if err != nil {
		return nil, err
	}
	versions, err := scope.VersionContents(ctx)
	if err != nil {
		return nil, err
	}
	p := s.editorOf(c, draft, versions)
	p.open(at, survey.LastKnown(versions))
	if p.Gate, err = s.gateOf(c); err != nil {
		return nil, err
	}
	last, err := scope.LastEdit(ctx, sessionOf(c).Login, s.Now().Add(-store.SessionLongest))
	switch {
	case errors.Is(err, survey.ErrNotFound):
	case err != nil:
		return nil, err
	default:
		p.Undo = editPL(*last)
	}
	return p, nil
}

// editorOf makes the page of a draft, with nothing open.
func (s *Server) editorOf(c *fiber.Ctx, draft *store.Draft, versions []*survey.Version) *editorPage {
	p := editorPage{surveyTabs: s.surveyTabs(c), Draft: draft, Drawn: draft.Revision}
	draft.UpdatedAt = draft.UpdatedAt.In(s.Now().Location())
	q := &draft.Questionnaire
	p.Langs = wordingLangs(q)
	p.Size = lengthPL(q.Length())
	if n := len(versions); n > 0 {
		p.Published, p.Summary = versions[n-1].Number, summaryPL(&versions[n-1].Questionnaire, q)
	}
	faults := faultsByPlace(q)
	p.Faults = faults.count
	numbers, place := questionNumbers(q), 0
	for i := range q.Sections {
		section := &q.Sections[i]
		row := editorSection{Section: section, Place: i + 1, Last: i == len(q.Sections)-1, Lacking: lackingWords(faults.sections[i])}
		if section.ShowIf != nil {
			row.Rule = ruleSentence(q, section.ShowIf)
		}
		for j := range section.Questions {
			place++
			question := editorQuestion{Question: &section.Questions[j], Place: place}
			question.Number = numbers[question.Key]
			question.Lacking = faults.lacking(section.Questions[j].Key)
			if question.ShowIf != nil {
				question.Rule = ruleSentence(q, question.ShowIf)
			}
			row.Questions = append(row.Questions, question)
		}
		p.Sections = append(p.Sections, row)
	}
	return &p
}

// open opens a form. Known is what was published of each question.
func (p *editorPage) open(at opened, known *survey.Questionnaire) {
	q := &p.Draft.Questionnaire
	switch {
	case at.whole != "":
		p.Whole = newTextsForm(q)
	case at.section != "":
		p.Section = newSectionForm(q, at.section)
		p.Lost = p.Section == nil
	case at.question != "":
		p.Question = newQuestionForm(q, at.question, known)
		p.Lost = p.Question == nil
	}
}

// AsksReport reports whether a publication waits for a report of the results so far (§ 5 of the order).
func (p *editorPage) AsksReport() bool { return p.Published > 0 && !p.Gate.Open }

// OpensSection reports whether a section's form is the open one. A question may have the same key.
func (p *editorPage) OpensSection(key string) bool { return p.Section != nil && p.Section.Key == key }

// OpensQuestion reports whether a question's form is the open one.
func (p *editorPage) OpensQuestion(key string) bool {
	return p.Question != nil && p.Question.Key == key
}

// QuestionCount counts questions and notes.
func (p *editorPage) QuestionCount() int { return len(p.Draft.Questionnaire.Questions()) }

// Kinds lists the kinds that the editor offers, the common ones first, with a line for who chooses.
func (p *editorPage) Kinds() []kindChoice {
	return []kindChoice{
		{survey.KindSingle, "np. „Który referat załatwiał sprawę?”"}, {survey.KindMulti, "np. „Co warto poprawić?”, najwyżej trzy"},
		{survey.KindScale, "np. ocena ogólna od 1 do 5"}, {survey.KindMatrix, "wiele ocen na jednej skali"},
		{survey.KindPaired, "co jest ważne i jak to wychodzi"}, {survey.KindYesNo, "np. „Czy sprawa została załatwiona?”"},
		{survey.KindEmoji, "3 lub 5 buziek z podpisami"}, {survey.KindNPS, "„Czy poleciłaby Pani urząd znajomym?”"},
		{survey.KindNumber, "np. minuty czekania"}, {survey.KindText, "uwagi, propozycje"}, {survey.KindInfo, "nagłówek lub wyjaśnienie"},
	}
}

// kindChoice is a kind of question that can be added.
type kindChoice struct {
	Kind  survey.Kind
	About string
}

// isKind reports whether a kind is one of those that the editor offers.
func isKind(kind survey.Kind) bool {
	return slices.ContainsFunc((*editorPage)(nil).Kinds(), func(k kindChoice) bool { return k.Kind == kind })
}

// placedFaults are the faults of a draft, by where they are to be mended.
type placedFaults struct {
	count     int
	whole     []survey.FieldError
	sections  map[int][]survey.FieldError    // by place, their fields from the section on
	questions map[string][]survey.FieldError // by key, their fields from the question on
}

func faultsByPlace(q *survey.Questionnaire) placedFaults {
	p := placedFaults{sections: map[int][]survey.FieldError{}, questions: map[string][]survey.FieldError{}}
	var invalid *survey.InvalidError
	if !errors.As(q.Check(), &invalid) {
		return p
	}
	p.count = len(invalid.Fields)
	for _, f := range invalid.Fields {
		section, question, rest := splitPath(f.Field)
		f.Field = rest
		switch {
		case question >= 0:
			key := q.Sections[section].Questions[question].Key
			p.questions[key] = append(p.questions[key], f)
		case section >= 0:
			p.sections[section] = append(p.sections[section], f)
		default:
			p.whole = append(p.whole, f)
		}
	}
	return p
}

// lacking says in a few words what keeps a question from being published; "": nothing.
func (p placedFaults) lacking(key string) string {
	faults := p.questions[key]
	if len(faults) == 0 {
		return ""
	}
	what := faults[0]
	if i := slices.IndexFunc(faults, isWrong); i >= 0 {
		what = faults[i]
	}
	return lackingWords(faults) + ": " + partPL(what.Field)
}

// lackingWords tells whether faults are to be mended or only filled in; "": there are none.
func lackingWords(faults []survey.FieldError) string {
	switch {
	case len(faults) == 0:
		return ""
	case slices.ContainsFunc(faults, isWrong):
		return "do poprawy"
	}
	return "do uzupełnienia"
}

// isWrong reports whether a fault is more than something that is not there yet.
func isWrong(f survey.FieldError) bool { return !isGap(f.Problem) }

// partPL names a part of a question. Its conditions are told apart in the form only.
func partPL(path string) string {
	if strings.HasPrefix(path, "show_if") {
		return "warunek"
	}
	return fieldPL(path)
}

// isGap reports whether a fault is only something that is not there yet, as a condition's answer.
func isGap(p survey.Problem) bool {
	return p == survey.ProblemNoLabel || p == survey.ProblemEmpty || p == survey.ProblemBadScale || p == survey.ProblemBadRule
}

// positionPL tells where a question stands: "na miejscu 3 z 9, w sekcji „Wizyta”".
func positionPL(q *survey.Questionnaire, key string) string {
	place, all := 0, len(q.Questions())
	for _, section := range q.Sections {
		for _, question := range section.Questions {
			place++
			if question.Key == key {
				return "na miejscu " + strconv.Itoa(place) + " z" + hardSpace + strconv.Itoa(all) + ", w" + hardSpace + "sekcji „" + shorten(section.Title.PL) + "”"
			}
		}
	}
	return ""
}

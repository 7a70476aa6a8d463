package web

import (
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// Actions of edits that the forms of the editor make.
const (
	editQuestion = "question" // Target: its key
	editSection  = "section"  // Target: its key
	editWhole    = "texts"    // Target: wholeKey
	editArrange  = "arrange"
	editUndo     = "undo"
)

const (
	saveTries  = 3       // while others save at the same time
	draftLimit = 2 << 20 // bytes of a draft
)

// headerEditor marks a request of the editor's script: it is answered by the page as it then is, instead of leading
// there.
const headerEditor = "X-Editor"

// saved is what became of a form of the editor.
type saved struct {
	draft   *store.Draft
	since   []editLine // what others saved since the form was drawn
	clash   bool       // they changed the same: nothing was saved
	drawn   int        // revision of the form
	refused string     // what could not be done of the form; the rest was
}

// formEdit is what a form of the editor changes.
type formEdit struct {
	store.Edit
	at      opened
	apply   func(*survey.Questionnaire) error
	refused string // told by apply, see saved
}

// editDraft changes the draft by f and keeps it. The form names the revision that it was drawn of; what others saved
// since stays, unless f changes the same.
func (s *Server) editDraft(c *fiber.Ctx, e store.Edit, f func(*survey.Questionnaire) error) (*saved, error) {
	drawn, err := strconv.Atoi(c.FormValue("revision"))
	if over := c.FormValue("over"); over != "" { // the person has seen what was saved in between
		drawn, err = strconv.Atoi(over)
	}
	if err != nil {
		return nil, survey.ErrConflict
	}
	for try := 1; ; try++ {
		result, err := s.tryEdit(c, drawn, e, f)
		if result != nil {
			result.drawn = drawn
		}
		if !errors.Is(err, survey.ErrConflict) || try == saveTries {
			return result, err
		}
	}
}

func (s *Server) tryEdit(c *fiber.Ctx, drawn int, e store.Edit, f func(*survey.Questionnaire) error) (*saved, error) {
	ctx, scope, by := c.UserContext(), s.scopeOf(c), s.actor(c)
	draft, err := scope.Draft(ctx)
	if err != nil {
		return nil, err
	}
	result := saved{draft: draft}
	base := &draft.Questionnaire
	if drawn != draft.Revision {
		edits, err := scope.DraftEdits(ctx, drawn)
		if err != nil {
			return nil, err
		}
		if len(edits) == 0 { // of a month ago, or of no revision that there was
			return &saved{draft: draft, clash: true}, nil
		}
		base = &edits[0].Before
		for _, edit := range edits {
			if edit.Actor != by.Login {
				result.since = append(result.since, s.editLine(edit))
			}
		}
	}
	mine := base.Clone()
	if err := f(mine); err != nil {
		return nil, err
	}
	typeset(mine, base)
	merged, conflicts := survey.Merge(base, mine, &draft.Questionnaire)
	if conflicts != nil {
		result.clash = true
		return &result, nil
	}
	content, err := json.Marshal(merged)
	if err != nil {
		return nil, err
	}
	if len(content) > draftLimit {
		return nil, fiber.NewError(fiber.StatusRequestEntityTooLarge)
	}
	if before, err := json.Marshal(&draft.Questionnaire); err == nil && string(before) == string(content) {
		return &result, nil // nothing to keep
	}
	draft.Questionnaire, draft.UpdatedAt, draft.UpdatedBy = *merged, by.At, by.Login
	draft.Revision, err = scope.SaveDraft(ctx, *draft, e)
	return &result, err
}

// answerEdit answers a form of the editor: its script with the page as it now is, another browser by leading there.
// told says what was done, to who can't see it.
func (s *Server) answerEdit(c *fiber.Ctx, result *saved, at opened, told string) error {
	live := c.Get(headerEditor) != ""
	if !live && !result.clash && result.refused == "" {
		return c.Redirect(editorAddress(at), fiber.StatusSeeOther)
	}
	p, err := s.readEditor(c, at)
	if err != nil {
		return err
	}
	p.Told, p.Since, p.Refused = told, result.since, result.refused
	if p.Refused != "" {
		c.Status(fiber.StatusUnprocessableEntity)
	}
	if p.Conflict = result.clash; p.Conflict {
		p.Told = ""
		c.Status(fiber.StatusConflict)
	}
	return s.renderEditor(c, p)
}

func editorAddress(at opened) string {
	switch {
	case at.whole != "":
		return "/panel/ankieta?p=" + wholeKey
	case at.section != "":
		return "/panel/ankieta?s=" + at.section + "#s-" + at.section
	case at.question != "":
		return "/panel/ankieta?p=" + at.question + "#p-" + at.question
	}
	return "/panel/ankieta"
}

// saveWhole keeps title, introduction, thanks and languages.
func (s *Server) saveWhole(c *fiber.Ctx) error {
	v := draftValues(c)
	apply := func(q *survey.Questionnaire) error {
		q.Title, q.Intro, q.Thanks = readWording(v, "title"), readWording(v, "intro"), readWording(v, "thanks")
		q.Languages = nil
		for _, lang := range []string{survey.English, survey.Ukrainian} {
			if slices.Contains(v["languages"], lang) {
				q.Languages = append(q.Languages, lang)
			}
		}
		return nil
	}
	return s.saveForm(c, &formEdit{Edit: store.Edit{Action: editWhole, Target: wholeKey}, at: opened{whole: wholeKey}, apply: apply})
}

// saveSection keeps a section's heading and rule.
func (s *Server) saveSection(c *fiber.Ctx) error {
	key, v := c.Params("key"), draftValues(c)
	apply := func(q *survey.Questionnaire) error {
		i := slices.IndexFunc(q.Sections, func(s survey.Section) bool { return s.Key == key })
		if i < 0 {
			return survey.ErrNotFound
		}
		section := &q.Sections[i]
		section.Title, section.Help = readWording(v, "title"), readWording(v, "help")
		section.ShowIf = readRule(v, section.ShowIf, sourcesBefore(q, opened{section: key}))
		return nil
	}
	return s.saveForm(c, &formEdit{Edit: store.Edit{Action: editSection, Target: key}, at: opened{section: key}, apply: apply})
}

// saveQuestion keeps a question as it was typed. A draft may be incomplete; what it could not hold is refused, with
// everything typed.
func (s *Server) saveQuestion(c *fiber.Ctx) error {
	key, v := c.Params("key"), draftValues(c)
	if err := tooMuch(v); err != nil {
		return err
	}
	f := formEdit{Edit: store.Edit{Action: editQuestion, Target: key}, at: opened{question: key}}
	f.apply = func(q *survey.Questionnaire) error {
		question := q.Question(key)
		if question == nil {
			return survey.ErrNotFound
		}
		readQuestion(v, q, question)
		f.refused = addJump(v, q, key)
		return nil
	}
	return s.saveForm(c, &f)
}

// draftValues returns the fields of a form without the NUL characters, of which Postgres can store none.
func draftValues(c *fiber.Ctx) survey.Values {
	v := formValues(c)
	for _, values := range v {
		for i := range values {
			values[i] = strings.ReplaceAll(values[i], "\x00", "")
		}
	}
	return v
}

// saveForm keeps what a form changes. Where others changed the same, the form is drawn again with what was typed.
func (s *Server) saveForm(c *fiber.Ctx, f *formEdit) error {
	result, err := s.editDraft(c, f.Edit, f.apply)
	if errors.Is(err, survey.ErrNotFound) {
		c.Status(fiber.StatusNotFound)
		p, err := s.readEditor(c, f.at)
		if err != nil {
			return err
		}
		return s.renderEditor(c, p)
	}
	if err != nil {
		return err
	}
	if !result.clash {
		result.refused = f.refused
		return s.answerEdit(c, result, f.at, "")
	}
	typed := *result.draft
	err = f.apply(&typed.Questionnaire)
	if errors.Is(err, survey.ErrNotFound) && c.Get(headerEditor) == "" {
		return survey.ErrConflict // others removed it: the page of errors keeps what was typed, as the script does by itself
	}
	if err != nil && !errors.Is(err, survey.ErrNotFound) {
		return err
	}
	versions, err := s.scopeOf(c).VersionContents(c.UserContext())
	if err != nil {
		return err
	}
	p := s.editorOf(c, &typed, versions)
	p.open(f.at, survey.LastKnown(versions))
	p.Conflict, p.Typed, p.Drawn, p.Since = true, true, result.drawn, result.since
	c.Status(fiber.StatusConflict)
	return s.renderEditor(c, p)
}

// undoEdit takes back the newest edit of the person in this session. What others did since stays.
func (s *Server) undoEdit(c *fiber.Ctx) error {
	ctx, scope := c.UserContext(), s.scopeOf(c)
	last, err := scope.LastEdit(ctx, sessionOf(c).Login, s.Now().Add(-store.SessionLongest))
	if errors.Is(err, survey.ErrNotFound) {
		draft, err := scope.Draft(ctx)
		if err != nil {
			return err
		}
		return s.answerEdit(c, &saved{draft: draft}, openedBy(c), "Nie ma już czego cofnąć.")
	}
	if err != nil {
		return err
	}
	draft, err := scope.Draft(ctx)
	if err != nil {
		return err
	}
	merged, conflicts := survey.Merge(&last.After, &last.Before, &draft.Questionnaire)
	result := saved{draft: draft, clash: conflicts != nil}
	if result.clash {
		edits, err := scope.DraftEdits(ctx, last.Revision)
		if err != nil {
			return err
		}
		for _, edit := range edits {
			result.since = append(result.since, s.editLine(edit))
		}
		return s.answerEdit(c, &result, openedBy(c), "")
	}
	by := s.actor(c)
	draft.Questionnaire, draft.UpdatedAt, draft.UpdatedBy = *merged, by.At, by.Login
	if draft.Revision, err = scope.SaveDraft(ctx, *draft, store.Edit{Action: editUndo, Undoes: last.Revision}); err != nil {
		return err
	}
	return s.answerEdit(c, &result, openedBy(c), "Cofnięto: "+editPL(*last)+".")
}

// openedBy tells which form was open when a button outside it was pressed.
func openedBy(c *fiber.Ctx) opened {
	at := opened{section: c.FormValue("s"), question: c.FormValue("p")}
	if at.question == wholeKey {
		return opened{whole: wholeKey}
	}
	return at
}

// readWording reads a text in all languages that the form has.
func readWording(v survey.Values, name string) survey.Text {
	clean := func(field string) string { return strings.ReplaceAll(v.Get(field), "\r\n", "\n") }
	return survey.Text{PL: clean(name), EN: clean(name + "." + survey.English), UK: clean(name + "." + survey.Ukrainian)}
}

// typeset sets what was typed as a printer would. A text that was there before stays as it is: who saves a form changes
// only what was changed in it.
func typeset(typed, before *survey.Questionnaire) {
	known := map[string]bool{}
	before.EachText(func(t *survey.Text) { known[t.PL], known[t.UK] = true, true })
	tie := func(text *string) {
		if !known[*text] {
			*text = numberedWord.ReplaceAllString(glue(*text), "$1"+hardSpace+"$2")
		}
	}
	typed.EachText(func(t *survey.Text) {
		tie(&t.PL)
		tie(&t.UK)
	})
}

// numberedWord is a number and what it counts, which stay on one line: 35 lat.
var numberedWord = regexp.MustCompile(`(\d) (\p{Ll})`)

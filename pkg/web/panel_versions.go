package web

import (
	"errors"
	"html/template"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// editsTold is how many revisions of the draft the history goes back.
const editsTold = 40

// versionsPage is the history of the questionnaire: what was published, and what is being changed in the draft.
type versionsPage struct {
	surveyTabs
	Versions []versionLine // newest first
	Draft    *store.Draft  // nil: not for this role, or there is none
	Summary  string        // what the draft changes
	Edits    []editLine    // newest first
}

// versionLine is a published version in the history.
type versionLine struct {
	store.VersionInfo
	Previous int    // number; 0: it is the first
	Summary  string // what it changed
	Live     bool   // residents see it
}

func (s *Server) versionLine(info store.VersionInfo, live bool) versionLine {
	info.PublishedAt = info.PublishedAt.In(s.Now().Location())
	return versionLine{VersionInfo: info, Live: live}
}

// By tells who published it.
func (v versionLine) By() string {
	if v.PublishedBy == store.Operator {
		return "operator platformy"
	}
	return v.PublishedBy
}

// surveyTabs is a page about the questionnaire, with links to the others.
type surveyTabs struct {
	page
	Tabs []navItem
}

func (s *Server) surveyTabs(c *fiber.Ctx) surveyTabs {
	t := surveyTabs{page: s.page(c)}
	for _, item := range []navItem{{Path: "/panel/ankieta", Label: "Edytor"}, {Path: "/panel/ankieta/publikacja", Label: "Publikacja"},
		{Path: "/panel/ankieta/porownanie", Label: "Porównanie"}, {Path: "/panel/ankieta/wersje", Label: "Wersje"},
		{Path: "/panel/ankieta/biblioteka", Label: "Biblioteka"}} {
		item.Current = c.Path() == item.Path || item.Path != "/panel/ankieta" && strings.HasPrefix(c.Path(), item.Path+"/")
		if s.opens(store.Role(t.Role), item.Path) {
			t.Tabs = append(t.Tabs, item)
		}
	}
	return t
}

// opens reports whether a role may open a page.
func (s *Server) opens(role store.Role, path string) bool {
	return slices.ContainsFunc(s.routes(), func(r Route) bool {
		return r.Method == fiber.MethodGet && r.Path == path && slices.Contains(r.Audience.roles(), role)
	})
}

// editLine is a saved edit of the draft.
type editLine struct {
	At    time.Time
	Actor string
	Text  string
}

func (s *Server) showVersions(c *fiber.Ctx) error {
	ctx, scope := c.UserContext(), s.scopeOf(c)
	p := versionsPage{surveyTabs: s.surveyTabs(c)}
	infos, err := scope.Versions(ctx)
	if err != nil {
		return err
	}
	contents, err := scope.VersionContents(ctx)
	if err != nil {
		return err
	}
	for i, info := range infos {
		line := s.versionLine(info, i == 0)
		at := indexOfVersion(contents, info.Number)
		if at > 0 {
			line.Previous = contents[at-1].Number
			line.Summary = summaryPL(&contents[at-1].Questionnaire, &contents[at].Questionnaire)
		}
		p.Versions = append(p.Versions, line)
	}
	if p.Role == string(store.RoleAdministrator) {
		err = s.readEdits(c, &p, contents)
	}
	if err != nil {
		return err
	}
	return c.Render("panel/versions", p)
}

// indexOfVersion returns the place of a version among others, or -1.
func indexOfVersion(versions []*survey.Version, number int) int {
	for i, v := range versions {
		if v.Number == number {
			return i
		}
	}
	return -1
}

// readEdits adds the draft and who changed what in it lately.
func (s *Server) readEdits(c *fiber.Ctx, p *versionsPage, published []*survey.Version) error {
	ctx, scope := c.UserContext(), s.scopeOf(c)
	draft, err := scope.Draft(ctx)
	if errors.Is(err, survey.ErrNotFound) { // a county's own office has none
		return nil
	}
	if err != nil {
		return err
	}
	draft.UpdatedAt = draft.UpdatedAt.In(s.Now().Location())
	p.Draft = draft
	if n := len(published); n > 0 {
		p.Summary = summaryPL(&published[n-1].Questionnaire, &draft.Questionnaire)
	}
	edits, err := scope.DraftEdits(ctx, max(0, draft.Revision-editsTold))
	if err != nil {
		return err
	}
	for i := len(edits) - 1; i >= 0; i-- {
		p.Edits = append(p.Edits, s.editLine(edits[i]))
	}
	return nil
}

func (s *Server) editLine(e store.DraftEdit) editLine {
	return editLine{e.At.In(s.Now().Location()), e.Actor, editPL(e)}
}

// editPL tells an edit of the draft in a line.
func editPL(e store.DraftEdit) string {
	lines := differenceLines(&e.Before, &e.After)
	text := "bez zmian w" + hardSpace + "treści"
	switch n := len(lines); {
	case n == 1 || n > 1 && sameWhere(lines):
		text = lines[0].Where + ": " + lines[0].Text
		if n > 1 {
			text += " i" + hardSpace + countPL(n-1, "inna zmiana", "inne zmiany", "innych zmian")
		}
	case n > 1:
		text = summaryPL(&e.Before, &e.After)
	}
	switch e.Action {
	case store.EditPublish:
		return "opublikowano ankietę"
	case editVersion:
		return "przywrócono wersję " + e.Target + ": " + text
	case editShipped:
		return "użyto gotowej ankiety „" + e.Target + "”: " + text
	case editFile:
		return "wczytano ankietę z" + hardSpace + "pliku: " + text
	}
	return text
}

func sameWhere(lines []differenceLine) bool {
	for _, line := range lines {
		if line.Where != lines[0].Where {
			return false
		}
	}
	return true
}

// Actions of edits that replace the whole draft.
const (
	editVersion = "version" // Target: its number
	editShipped = "library" // Target: title
	editFile    = "import"
)

// summaryPL counts in a line what differs: "dodano 2 pytania, zmieniono 1 pytanie". "": nothing.
func summaryPL(before, after *survey.Questionnaire) string {
	added, removed, moved, changed := map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}
	whole := false
	for _, d := range survey.Diff(before, after) {
		kind := map[string]map[string]bool{survey.DifferenceAdded: added, survey.DifferenceRemoved: removed, survey.DifferenceMoved: moved, survey.DifferenceChanged: changed}[d.What]
		if d.Question == "" {
			whole = true
			continue
		}
		kind[d.Question] = true
	}
	var text string
	add := func(verb string, n int) {
		if n == 0 {
			return
		}
		if text != "" {
			text += ", "
		}
		text += verb + " " + countPL(n, "pytanie", "pytania", "pytań")
	}
	add("dodano", len(added))
	add("usunięto", len(removed))
	add("zmieniono", len(changed))
	add("przeniesiono", len(moved))
	switch {
	case whole && text == "":
		text = "zmieniono teksty ankiety lub sekcji"
	case whole:
		text += ", zmieniono teksty ankiety lub sekcji"
	}
	return text
}

// versionPage is one published version, in both forms that it has.
type versionPage struct {
	surveyTabs
	Info    versionLine
	Title   string
	Size    string
	Earlier int // number of the version before; 0: none
	Phone   string
	Sheets  []template.HTML
	Draft   *store.Draft // to which it may be restored; nil: not for this role
	Unsaved string       // what of the draft is not published; "": nothing
}

// showVersion shows a version, however old: it stays readable for ever.
func (s *Server) showVersion(c *fiber.Ctx) error {
	infos, at, version, err := s.versionNumbered(c)
	if err != nil {
		return err
	}
	p := versionPage{surveyTabs: s.surveyTabs(c), Info: s.versionLine(infos[at], at == 0), Title: version.Questionnaire.Title.PL,
		Size: lengthPL(version.Questionnaire.Length()), Phone: c.Path() + "/podglad"}
	if at+1 < len(infos) {
		p.Earlier = infos[at+1].Number
	}
	if p.Sheets, err = s.frozenPictures(c, version.ID); err != nil {
		return err
	}
	if p.Role == string(store.RoleAdministrator) {
		if p.Draft, err = s.scopeOf(c).Draft(c.UserContext()); err != nil {
			return err
		}
		if p.Unsaved, err = s.unpublished(c, p.Draft); err != nil {
			return err
		}
	}
	allowFrames(c)
	return c.Render("panel/version", p)
}

// versionNumbered returns all versions, newest first, and the one whose number the address has, or survey.ErrNotFound.
func (s *Server) versionNumbered(c *fiber.Ctx) (infos []store.VersionInfo, at int, version *survey.Version, err error) {
	infos, err = s.scopeOf(c).Versions(c.UserContext())
	if err != nil {
		return nil, 0, nil, err
	}
	for i, info := range infos {
		if strconv.Itoa(info.Number) == c.Params("number") {
			version, err = s.versionOf(c.UserContext(), tenantOf(c).ID, info.ID)
			return infos, i, version, err
		}
	}
	return nil, 0, nil, survey.ErrNotFound
}

// previewVersion shows a version as residents saw it.
func (s *Server) previewVersion(c *fiber.Ctx) error {
	_, _, version, err := s.versionNumbered(c)
	if err != nil {
		return err
	}
	return s.drawPreview(c, &version.Questionnaire)
}

// restoreVersion makes a version's wording the draft again. It is an edit like others, and can be taken back.
func (s *Server) restoreVersion(c *fiber.Ctx) error {
	_, _, version, err := s.versionNumbered(c)
	if err != nil {
		return err
	}
	if err := s.replaceDraft(c, version.Questionnaire.Clone(), store.Edit{Action: editVersion, Target: c.Params("number")}); err != nil {
		return err
	}
	return c.Redirect("/panel/ankieta", fiber.StatusSeeOther)
}

// replaceDraft puts a questionnaire in the place of the draft whose revision the form names, or survey.ErrConflict.
// The key stays: it is the office's name for its survey.
func (s *Server) replaceDraft(c *fiber.Ctx, q *survey.Questionnaire, e store.Edit) error {
	draft, err := s.scopeOf(c).Draft(c.UserContext())
	if err != nil {
		return err
	}
	if c.FormValue("revision") != strconv.Itoa(draft.Revision) {
		return survey.ErrConflict
	}
	if draft.Questionnaire.Key != "" {
		q.Key = draft.Questionnaire.Key
	}
	by := s.actor(c)
	draft.Questionnaire, draft.UpdatedAt, draft.UpdatedBy = *q, by.At, by.Login
	_, err = s.scopeOf(c).SaveDraft(c.UserContext(), *draft, e)
	return err
}

package web

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/sheet"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// publicationPage is all that an editor has to know and to say before residents see the draft; and, once they do, that
// they do.
type publicationPage struct {
	surveyTabs
	Draft     *store.Draft
	Published *store.VersionInfo // nil: none yet
	Next      int                // number that the draft would get
	Summary   string             // what the draft changes; "": nothing, or there is nothing to change
	Checks    []check
	Changes   []changeView
	Gate      gateState
	Refused   string     // why a publication was just stopped, see refused…; "": it was not
	Since     []editLine // of refusedChanged: what others changed meanwhile
}

// Why a publication is stopped.
const (
	refusedFaults  = "faults"
	refusedReport  = "report"
	refusedChanged = "changed"
)

// Blocked reports whether something on the checklist stops the publication.
func (p *publicationPage) Blocked() bool { return blocked(p.Checks) }

// Changed reports whether there is something to publish.
func (p *publicationPage) Changed() bool { return p.Published == nil || p.Summary != "" }

// changeView is a changed question or row, of which the editor says whether it still means the same.
type changeView struct {
	survey.Change
	Where, Link string
	Why         []string
	Lines       []compareLine
	Fresh       bool // chosen: a new series
}

// Field is the form field of a decision; a question's key has no dot, so that a row's is its own.
func (c changeView) Field() string { return "series." + c.ID() }

// The values of a decision.
const (
	seriesSame = "same"
	seriesNew  = "new"
)

func (s *Server) showPublication(c *fiber.Ctx) error {
	p, _, err := s.readPublication(c)
	if err != nil {
		return err
	}
	return c.Render("panel/publish", p)
}

// readPublication reads the page, and what was last published of each question.
func (s *Server) readPublication(c *fiber.Ctx) (*publicationPage, *survey.Questionnaire, error) {
	ctx, scope := c.UserContext(), s.scopeOf(c)
	p := publicationPage{surveyTabs: s.surveyTabs(c), Next: 1}
	var err error
	if p.Draft, err = scope.Draft(ctx); err != nil {
		return nil, nil, err
	}
	infos, err := scope.Versions(ctx)
	if err != nil {
		return nil, nil, err
	}
	versions, err := scope.VersionContents(ctx)
	if err != nil {
		return nil, nil, err
	}
	if p.Gate, err = s.gateOf(c); err != nil {
		return nil, nil, err
	}
	known := survey.LastKnown(versions)
	p.Checks = checklist(&p.Draft.Questionnaire, &p.Office)
	if n := len(versions); n > 0 {
		p.Published, p.Next = &infos[0], infos[0].Number+1
		p.Published.PublishedAt = p.Published.PublishedAt.In(s.Now().Location())
		p.Summary = summaryPL(&versions[n-1].Questionnaire, &p.Draft.Questionnaire)
		p.Changes = changeViews(known, &versions[n-1].Questionnaire, &p.Draft.Questionnaire, c.FormValue)
	}
	return &p, known, nil
}

// changeViews tells the changes that are classed, with what the form says of each, or else what the program proposes.
func changeViews(known, published, draft *survey.Questionnaire, form func(string, ...string) string) []changeView {
	changes := survey.Changes(known, draft)
	var views []changeView
	for _, change := range changes {
		v := changeView{Change: change, Fresh: change.New}
		v.Where, v.Link = questionPlace(draft, draft.Question(change.Question))
		for _, r := range change.Reasons {
			v.Why = append(v.Why, reasonPL(r))
		}
		switch form(v.Field()) {
		case seriesSame:
			v.Fresh = change.Fixed
		case seriesNew:
			v.Fresh = true
		}
		if change.Row != "" {
			v.Where += ", wiersz"
			line := compareLine{Text: "zmieniono: wiersz", Taken: true, Came: true}
			line.Was, line.Is = markWords(change.Before, change.After)
			v.Lines = []compareLine{line}
		} else {
			before := published
			if before.Question(change.Question) == nil { // it was taken out, and comes back
				before = known
			}
			v.Lines = linesOf(before, draft, v.Link, changes)
		}
		views = append(views, v)
	}
	return views
}

// linesOf tells what differs in a question but for its place, its translations, and rows that have a decision of
// their own.
func linesOf(before, after *survey.Questionnaire, link string, changes []survey.Change) []compareLine {
	var lines []compareLine
	for _, group := range compareGroups(before, after) {
		if group.Link != link {
			continue
		}
		for _, line := range group.Lines {
			translated := strings.HasSuffix(line.Text, "po angielsku") || strings.HasSuffix(line.Text, "po ukraińsku")
			own := strings.HasPrefix(line.Text, "zmieniono: wiersz") && slices.ContainsFunc(changes, func(c survey.Change) bool { return c.Row != "" && line.after == c.After })
			if moved := strings.HasPrefix(line.Text, "przeniesiono"); !translated && !own && !moved {
				lines = append(lines, line)
			}
		}
	}
	return lines
}

// publishVersion freezes the draft as the next version, together with the boxes of its printed sheet and the series
// that the editor declared. § 5: the report of the results so far must stand in the archive, or is made on the way.
// Sent twice, it publishes once.
func (s *Server) publishVersion(c *fiber.Ctx) error {
	p, known, err := s.readPublication(c)
	switch {
	case err != nil:
		return err
	case !p.Changed():
		return c.Redirect("/panel/ankieta/publikacja", fiber.StatusSeeOther)
	case c.FormValue("revision") != strconv.Itoa(p.Draft.Revision):
		return s.refusePublication(c, fiber.StatusConflict, refusedChanged)
	case p.Blocked():
		return s.refusePublication(c, fiber.StatusUnprocessableEntity, refusedFaults)
	}
	version := store.NewVersion{Draft: *p.Draft, Changes: declared(p.Changes)}
	version.Draft.Questionnaire.Settle(known, freshOf(p.Changes))
	if version.Sheet, version.Sheets, err = sheetLayouts(&version.Draft.Questionnaire); err != nil {
		return err
	}
	err = s.underGate(c, func(archive *store.Report) error {
		version.By = s.actor(c) // after the report
		_, err := s.scopeOf(c).Publish(c.UserContext(), version, archive)
		return err
	})
	switch {
	case errors.Is(err, survey.ErrReportRequired):
		return s.refusePublication(c, fiber.StatusConflict, refusedReport)
	case errors.Is(err, survey.ErrConflict):
		return s.refusePublication(c, fiber.StatusConflict, refusedChanged)
	case err != nil:
		return err
	}
	if err := s.reload(c.UserContext()); err != nil { // the notification does this for all replicas; here it is live with the answer
		s.Log.Warn("directory not read", "err", err)
	}
	return c.Redirect("/panel/ankieta/publikacja", fiber.StatusSeeOther)
}

// refusePublication draws the page again as things are now, with the decisions that were sent.
func (s *Server) refusePublication(c *fiber.Ctx, status int, why string) error {
	p, _, err := s.readPublication(c)
	if err != nil {
		return err
	}
	p.Refused = why
	if drawn, err := strconv.Atoi(c.FormValue("revision")); why == refusedChanged && err == nil {
		edits, err := s.scopeOf(c).DraftEdits(c.UserContext(), max(drawn, p.Draft.Revision-editsTold))
		if err != nil {
			return err
		}
		for _, e := range edits {
			p.Since = append(p.Since, s.editLine(e))
		}
	}
	c.Status(status)
	return c.Render("panel/publish", p)
}

// freshOf returns the changes that begin a new series.
func freshOf(changes []changeView) map[string]bool {
	fresh := map[string]bool{}
	for _, c := range changes {
		fresh[c.ID()] = c.Fresh
	}
	return fresh
}

// declaration is what the log keeps of a changed question: who reads a report years later sees why a series broke.
type declaration struct {
	ID      string          `json:"id"` // key, or key.row
	Before  string          `json:"before"`
	After   string          `json:"after"`
	Reasons []survey.Reason `json:"reasons"`
	Series  string          `json:"series"`            // same, new
	Against bool            `json:"against,omitempty"` // the program proposed the other one
}

func declared(changes []changeView) []declaration {
	list := []declaration{}
	for _, c := range changes {
		series := seriesSame
		if c.Fresh {
			series = seriesNew
		}
		list = append(list, declaration{c.ID(), c.Before, c.After, c.Reasons, series, c.Fresh != c.New})
	}
	return list
}

// sheetLayouts lays the printed sheet out in each of its formats. A questionnaire that no sheet holds can't be published: paper is how
// most people answer.
func sheetLayouts(q *survey.Questionnaire) (first json.RawMessage, others map[string]json.RawMessage, err error) {
	if err := q.Check(); err != nil {
		return nil, nil, err
	}
	first, others, err = sheet.Frozen(q)
	if errors.Is(err, sheet.ErrTooLong) {
		return nil, nil, &survey.InvalidError{Fields: []survey.FieldError{{Field: "sections", Problem: survey.ProblemTooManyItems, N: sheet.MaxPages}}}
	}
	return first, others, err
}

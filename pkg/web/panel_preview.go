package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/sheet"
	"ocenaurzedu.eu/pkg/survey"
)

// allowFrames lets a page of the panel hold previews.
func allowFrames(c *fiber.Ctx) {
	c.Set(fiber.HeaderContentSecurityPolicy, contentPolicy+"form-action 'self'; frame-src 'self'; frame-ancestors 'none'")
}

// allowFraming lets a preview stand in a page of the panel. Nothing can be sent from it.
func allowFraming(c *fiber.Ctx) {
	c.Set(fiber.HeaderContentSecurityPolicy, contentPolicy+"form-action 'none'; frame-ancestors 'self'")
}

// previewDraft shows the draft as residents would see it, however unfinished it is.
func (s *Server) previewDraft(c *fiber.Ctx) error {
	draft, err := s.scopeOf(c).Draft(c.UserContext())
	if err != nil {
		return err
	}
	return s.drawPreview(c, &draft.Questionnaire)
}

// drawPreview draws a questionnaire as residents see it, for a frame. With wszystko=1 all questions are shown,
// whatever their rules. The questions have ids to scroll to: q-key.
func (s *Server) drawPreview(c *fiber.Ctx, q *survey.Questionnaire) error {
	q = standIns(q)
	all := c.Query("wszystko") == "1"
	if all {
		showAll(q)
	}
	f := filled{version: &survey.Version{Questionnaire: *q, Layout: survey.NewLayout(q)}}
	f.steps = newSteps(f.version, nil, survey.ChannelWeb, "1")
	p, err := s.surveyPageOf(c, &f, nil)
	if err != nil {
		return err
	}
	p.Preview = true
	for i := range p.Languages {
		query := url.Values{}
		if code := p.Languages[i].Code; code != survey.Polish {
			query.Set("lang", code)
		}
		if all {
			query.Set("wszystko", "1")
		}
		p.Languages[i].Address = withQuery(c.Path(), query)
	}
	for i := range p.Sections {
		for j := range p.Sections[i].Questions {
			v := &p.Sections[i].Questions[j]
			if v.Kind == survey.KindInfo || v.Grids != nil || v.Shape != "" && len(v.Choices)+len(v.Outs) == 0 {
				v.Anchor = v.ID // no control of it has the id
			}
		}
	}
	allowFraming(c)
	return c.Render("resident/survey", p)
}

// showAll takes the rules out of a questionnaire.
func showAll(q *survey.Questionnaire) {
	for i := range q.Sections {
		q.Sections[i].ShowIf = nil
		for j := range q.Sections[i].Questions {
			q.Sections[i].Questions[j].ShowIf = nil
		}
	}
}

// standIns copies a draft, with words where there are none yet, so that headings and answers can be seen and heard.
func standIns(q *survey.Questionnaire) *survey.Questionnaire {
	const none = "(bez treści)"
	q = q.Clone()
	word := func(t *survey.Text) {
		if strings.TrimSpace(t.PL) == "" {
			t.PL = none
		}
	}
	word(&q.Title)
	for i := range q.Sections {
		word(&q.Sections[i].Title)
	}
	for _, question := range q.Questions() {
		word(&question.Label)
		if len(question.Choices()) == 0 && !slices.Contains([]survey.Kind{survey.KindText, survey.KindNumber, survey.KindInfo}, question.Kind) {
			question.Help = survey.PL("(jeszcze bez odpowiedzi)")
		}
		for i := range question.Options {
			word(&question.Options[i].Label)
		}
		for i := range question.Rows {
			word(&question.Rows[i].Label)
		}
		for _, scale := range []*survey.Scale{question.Scale, question.Importance} {
			for i := range pointsOf(scale) {
				word(&scale.Points[i].Label)
			}
		}
	}
	return q
}

func pointsOf(scale *survey.Scale) []survey.Point {
	if scale == nil {
		return nil
	}
	return scale.Points
}

// sheetsPage is the printed sheet as pictures of its pages, for a frame.
type sheetsPage struct {
	page
	Pages []template.HTML
	Forms []sheetForm // in which it can be printed
	Most  int         // pages that a sheet may have
	Long  bool        // it has more, and no pictures
}

// previewDraftSheet shows the draft as it would be printed.
func (s *Server) previewDraftSheet(c *fiber.Ctx) error {
	draft, err := s.scopeOf(c).Draft(c.UserContext())
	if err != nil {
		return err
	}
	p := sheetsPage{page: s.page(c), Most: sheet.MaxPages}
	form := sheet.Form{Lang: survey.Polish}
	for _, each := range sheet.Forms(&draft.Questionnaire) {
		if each.Format() == c.Query("format") {
			form = each
		}
	}
	p.Forms = sheetForms(&draft.Questionnaire, form)
	layout, err := form.Preview(&draft.Questionnaire)
	if p.Long = errors.Is(err, sheet.ErrTooLong); !p.Long && err != nil {
		return err
	}
	p.Pages = pictures(layout)
	allowFraming(c)
	return c.Render("panel/preview_sheet", p)
}

// sheetForm is a link to a sheet in a language and a size.
type sheetForm struct {
	Format, Label string
	On            bool
}

func sheetForms(q *survey.Questionnaire, shown sheet.Form) []sheetForm {
	var all []sheetForm
	for _, form := range sheet.Forms(q) {
		all = append(all, sheetForm{form.Format(), formPL(form), form == shown})
	}
	return all
}

func formPL(form sheet.Form) string {
	label := map[string]string{survey.Polish: "polski", survey.English: "angielski", survey.Ukrainian: "ukraiński"}[form.Lang]
	if form.Large {
		label += ", duży druk"
	}
	return label
}

// pictures draws the pages of a sheet; nil: none.
func pictures(layout *sheet.Layout) []template.HTML {
	if layout == nil {
		return nil
	}
	pages := make([]template.HTML, len(layout.Pages))
	for i := range layout.Pages {
		pages[i] = template.HTML(layout.SVG(i)) //nolint:gosec // our own picture, in which texts are escaped
	}
	return pages
}

// frozenPictures draws the sheet of a version as it was frozen.
func (s *Server) frozenPictures(c *fiber.Ctx, version int64) ([]template.HTML, error) {
	frozen, err := s.scopeOf(c).SheetLayout(c.UserContext(), version, sheet.Form{Lang: survey.Polish}.Format())
	if err != nil {
		return nil, err
	}
	var layout sheet.Layout
	if err := json.Unmarshal(frozen, &layout); err != nil {
		return nil, fmt.Errorf("sheet of version %d: %w", version, err)
	}
	return pictures(&layout), nil
}

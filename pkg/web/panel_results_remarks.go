package web

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

const (
	foundOnPage = 50
	noTheme     = "bez" // in an address: remarks without any theme
)

// foundPage is what residents wrote, to be read, searched and put under themes. It stays in the office: only approved
// remarks leave it.
type foundPage struct {
	page
	Choice      resultsChoice
	Hunt        remarkHunt
	Themes      []store.Theme
	Cards       []foundCard
	Fields      []countedField
	Suggestions []suggestion
	Acts        bool     // may put themes on remarks
	Done, Fault string   // what was just done, or why not
	Ticked      []string // remarks that were chosen, where nothing was done
	Typed       string   // the name of a new theme
}

// foundCard is a remark with what was found marked.
type foundCard struct {
	store.TaggedRemark
	Label, Point string
	Pieces       []foundPiece
	Tags         []store.Theme
	On           bool
}

// foundPiece is a stretch of a remark; Hit: a word that was looked for.
type foundPiece struct {
	Text string
	Hit  bool
}

// countedField is a question that remarks were written on.
type countedField struct {
	Key, Label string
	N          int
}

// Title tells one page of a search from another.
func (p foundPage) Title() string {
	if p.Hunt.Typed != "" {
		return "Uwagi: „" + p.Hunt.Typed + "”"
	}
	return "Uwagi w wynikach"
}

// Link is the address of the page with one of its fields changed: stan, temat, pytanie, szukaj, strona.
func (p foundPage) Link(name, value string) string {
	fields := p.Hunt.fields()
	if name != "strona" {
		delete(fields, "strona")
	}
	fields[name] = value
	var pairs []string
	for _, key := range []string{"szukaj", "pytanie", "temat", "stan", "strona"} {
		pairs = append(pairs, key, fields[key])
	}
	return p.Choice.Link(foundPath, pairs...)
}

// At is the address of another of its pages.
func (p foundPage) At(n int) string { return p.Link("strona", strconv.Itoa(n)) }

// Find is the address of a search for a word among remarks without a theme.
func (p foundPage) Find(word string) string {
	return p.Choice.Link(foundPath, "szukaj", word, "temat", noTheme)
}

// ThemeLink is the address of the remarks of a theme.
func (p foundPage) ThemeLink(id int64) string { return p.Link("temat", strconv.FormatInt(id, 10)) }

// ThemeKey is a theme as an address has it.
func (p foundPage) ThemeKey(id int64) string { return strconv.FormatInt(id, 10) }

// Kept are the fields of the search for a form that goes on with it.
func (p foundPage) Kept(without ...string) []resendField {
	var kept []resendField
	for name, value := range p.Hunt.fields() {
		if value != "" && !slices.Contains(without, name) {
			kept = append(kept, resendField{name, value})
		}
	}
	slices.SortFunc(kept, func(a, b resendField) int { return cmp.Compare(a.Name, b.Name) })
	return kept
}

// States are the states to choose by.
func (p foundPage) States() []survey.RemarkState {
	return []survey.RemarkState{survey.RemarkUnsure, survey.RemarkNew, survey.RemarkApproved, survey.RemarkWithheld}
}

// Head is the part of the page that all results have.
func (p foundPage) Head() resultsHead { return resultsHead{p.Choice, foundPath, p.Kept("strona")} }

func (s *Server) showFound(c *fiber.Ctx) error {
	values := queryValues(c)
	p := foundPage{}
	if err := s.tellTagged(c, &p); err != nil {
		return err
	}
	return s.drawFound(c, p, values)
}

// tellTagged words what the address says was just done.
func (s *Server) tellTagged(c *fiber.Ctx, p *foundPage) error {
	n, err := strconv.Atoi(c.Query("ile"))
	if err != nil || n < 0 || c.Query("zrobiono") == "" {
		return nil // an address without it tells nothing
	}
	themes, err := s.scopeOf(c).Themes(c.UserContext())
	if err != nil {
		return err
	}
	i := slices.IndexFunc(themes, func(t store.Theme) bool { return strconv.FormatInt(t.ID, 10) == c.Query("nadany") })
	if i < 0 {
		return nil
	}
	switch c.Query("zrobiono") {
	case "nadano":
		p.Done = "Temat „" + themes[i].Name + "” nadano: " + countPL(n, "uwaga", "uwagi", "uwag") + "."
	case "zdjeto":
		p.Done = "Temat „" + themes[i].Name + "” zdjęto: " + countPL(n, "uwaga", "uwagi", "uwag") + "."
	}
	return nil
}

// drawFound looks for remarks and draws a page of them.
func (s *Server) drawFound(c *fiber.Ctx, p foundPage, values survey.Values) error {
	scope, ctx := s.scopeOf(c), c.UserContext()
	var err error
	if p.Choice, err = s.readResultsChoice(c, values); err != nil {
		return err
	}
	if p.Themes, err = scope.Themes(ctx); err != nil {
		return err
	}
	p.page, p.Acts = s.page(c), typist(c)
	p.Hunt = readHunt(values, p.Themes)
	p.Choice.Problems = append(p.Choice.Problems, p.Hunt.problems...)
	if p.Choice.Problems != nil {
		c.Status(fiber.StatusUnprocessableEntity)
		return c.Render("panel/results_remarks", p)
	}
	if err := scope.EachRemark(ctx, p.Choice.Filter, p.Hunt.see); err != nil {
		return err
	}
	if p.Hunt.Page > p.Hunt.Pages() { // behind the last page is the last
		values["strona"] = []string{strconv.Itoa(p.Hunt.Pages())}
		return s.drawFound(c, p, values)
	}
	p.Suggestions = p.Hunt.suggestions(p.Themes)
	if err := s.labelFound(c, &p); err != nil {
		return err
	}
	return c.Render("panel/results_remarks", p)
}

// labelFound makes the cards, and names the questions and the service points.
func (s *Server) labelFound(c *fiber.Ctx, p *foundPage) error {
	labels := map[string]string{}
	for _, r := range p.Hunt.found {
		version, err := s.versionOf(c.UserContext(), tenantOf(c).ID, r.VersionID)
		if err != nil {
			return err
		}
		label := version.Questionnaire.FieldLabel(r.Question).PL
		labels[r.Question] = label
		card := foundCard{TaggedRemark: r.TaggedRemark, Label: label, Point: pointName(p.Choice.points, r.ServicePoint), Pieces: piecesOf(r.Text, r.words),
			On: slices.Contains(p.Ticked, r.ID)}
		for _, theme := range p.Themes {
			if slices.Contains(r.Themes, theme.ID) {
				card.Tags = append(card.Tags, theme)
			}
		}
		p.Cards = append(p.Cards, card)
	}
	return s.labelFields(c, p, labels)
}

// labelFields names the questions that remarks were written on, also those that the page has no remark of.
func (s *Server) labelFields(c *fiber.Ctx, p *foundPage, labels map[string]string) error {
	for key, of := range p.Hunt.fieldVersions {
		if labels[key] == "" {
			version, err := s.versionOf(c.UserContext(), tenantOf(c).ID, of)
			if err != nil {
				return err
			}
			labels[key] = version.Questionnaire.FieldLabel(key).PL
		}
		p.Fields = append(p.Fields, countedField{key, cmp.Or(labels[key], key), p.Hunt.fieldCounts[key]})
	}
	slices.SortFunc(p.Fields, func(a, b countedField) int { return cmp.Or(b.N-a.N, strings.Compare(a.Label, b.Label)) })
	return nil
}

// piecesOf cuts a text at the words that were found.
func piecesOf(text string, words []survey.Word) []foundPiece {
	var pieces []foundPiece
	at := 0
	for _, w := range words {
		if w.Start > at {
			pieces = append(pieces, foundPiece{text[at:w.Start], false})
		}
		pieces = append(pieces, foundPiece{text[w.Start:w.End], true})
		at = w.End
	}
	return append(pieces, foundPiece{text[at:], false})
}

package web

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/privacy"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// remarksPath is where remarks are reviewed: only approved ones leave the office.
const remarksPath = "/panel/uwagi"

const (
	remarksOnPage = 20
	shortShown    = 2000 // short remarks among which those alike are looked for
	groupsShown   = 12
)

// remarkView is one choice of remarks.
type remarkView struct {
	Name, Label string
	states      []survey.RemarkState
}

// remarkViews are the choices by state; the first one is the queue.
func remarkViews() []remarkView {
	return []remarkView{
		{"", "Czekające", []survey.RemarkState{survey.RemarkUnsure, survey.RemarkNew}},
		{"niepewne", "Niepewne", []survey.RemarkState{survey.RemarkUnsure}},
		{"nowe", "Nowe", []survey.RemarkState{survey.RemarkNew}},
		{"zatwierdzone", "Zatwierdzone", []survey.RemarkState{survey.RemarkApproved}},
		{"wstrzymane", "Wstrzymane", []survey.RemarkState{survey.RemarkWithheld}},
		{"wszystkie", "Wszystkie", []survey.RemarkState{survey.RemarkUnsure, survey.RemarkNew, survey.RemarkApproved, survey.RemarkWithheld}},
	}
}

// remarkChoice is what the page's address chooses.
type remarkChoice struct {
	View  remarkView
	Month survey.Day // none: all
	Page  int        // from 1
}

// readRemarkChoice reads the fields stan, miesiac and strona of an address or a form; what makes no sense is as if
// it were not there.
func readRemarkChoice(field func(string) string) remarkChoice {
	choice := remarkChoice{View: remarkViews()[0], Page: 1}
	for _, view := range remarkViews() {
		if view.Name == field("stan") {
			choice.View = view
		}
	}
	choice.Month, _ = survey.ParseDay(field("miesiac") + "-01") // none where it is no month
	if n, err := strconv.Atoi(field("strona")); err == nil && n > 1 && n < 1e6 {
		choice.Page = n
	}
	return choice
}

// MonthValue is the month as the address has it; "": all.
func (c remarkChoice) MonthValue() string {
	if c.Month.IsZero() {
		return ""
	}
	return c.Month.String()[:7]
}

// Link is the address of the choice, with more fields in pairs.
func (c remarkChoice) Link(more ...string) string {
	query := url.Values{}
	set := func(name, value string) {
		if value != "" {
			query.Set(name, value)
		}
	}
	set("stan", c.View.Name)
	set("miesiac", c.MonthValue())
	if c.Page > 1 {
		set("strona", strconv.Itoa(c.Page))
	}
	for i := 0; i+1 < len(more); i += 2 {
		set(more[i], more[i+1])
	}
	if len(query) == 0 {
		return remarksPath
	}
	return remarksPath + "?" + query.Encode()
}

// At is the link of a page.
func (c remarkChoice) At(page int) string { c.Page = page; return c.Link() }

// Of is the link of the first page of a view, in the same month.
func (c remarkChoice) Of(view remarkView) string { c.View, c.Page = view, 1; return c.Link() }

// remarksPage is the queue of remarks.
type remarksPage struct {
	page
	Choice  remarkChoice
	Counts  map[survey.RemarkState]int
	Months  []survey.Day
	Cards   []remarkCard
	Groups  []alikeGroup
	Pages   int
	Acts    bool // may review
	Covers  []privacy.Cover
	Done    string      // what was just done
	Undo    *remarkCard // what can be taken back
	Fault   string      // why nothing was done
	Faulted *remarkCard // the remark that it is about, where it is not in the list
}

// Views are the choices by state.
func (p remarksPage) Views() []remarkView { return remarkViews() }

// Count is how many remarks a view has.
func (p remarksPage) Count(view remarkView) int {
	sum := 0
	for _, state := range view.states {
		sum += p.Counts[state]
	}
	return sum
}

// remarkCard is a remark with what a reviewer has to know of it.
type remarkCard struct {
	store.Remark
	Label  string // of the question
	Point  string
	Pieces []remarkPiece
	Words  []remarkWord
	Tail   string        // behind the last word
	Cover  privacy.Cover // proposed; "": none
	Next   string        // id of the remark behind it
	Open   bool          // its words are to be chosen
	Note   string        // what was wrong with the choice
}

// Seen names the text that the reviewer looks at, so that an action on another one is told.
func (r remarkCard) Seen() string { return seenText(r.Text) }

func seenText(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}

// remarkPiece is a stretch of a remark: plain, a token, or what may be personal data.
type remarkPiece struct {
	Text string
	Why  privacy.Reason
}

// remarkWord is a word to choose, with what stands before it.
type remarkWord struct {
	Before, Text string
	On           bool
	Why          privacy.Reason
}

// newRemarkCard marks a remark's doubts. The words of the first doubt, and of those that are covered as it is, are
// chosen from the start.
func newRemarkCard(r store.Remark) remarkCard {
	card := remarkCard{Remark: r}
	at := 0
	for _, d := range privacy.Doubts(r.Text) {
		if card.Cover == "" {
			card.Cover = d.Reason.Cover()
		}
		card.Pieces = append(card.Pieces, remarkPiece{r.Text[at:d.Start], ""}, remarkPiece{r.Text[d.Start:d.End], d.Reason})
		at = d.End
	}
	card.Pieces = append(card.Pieces, remarkPiece{r.Text[at:], ""})
	at = 0
	for _, w := range privacy.Words(r.Text) {
		card.Words = append(card.Words, remarkWord{r.Text[at:w.Start], r.Text[w.Start:w.End], w.Reason != "" && w.Reason.Cover() == card.Cover, w.Reason})
		at = w.End
	}
	card.Tail = r.Text[at:]
	return card
}

// alikeGroup is short remarks that say the same.
type alikeGroup struct {
	Alike string
	N     int
}

func (s *Server) showRemarks(c *fiber.Ctx) error {
	p := remarksPage{Choice: readRemarkChoice(func(name string) string { return c.Query(name) })}
	if err := s.tellDone(c, &p); err != nil {
		return err
	}
	return s.drawRemarks(c, p)
}

// drawRemarks draws the queue as the choice wants it; a page behind the last is the last.
func (s *Server) drawRemarks(c *fiber.Ctx, p remarksPage) error {
	ctx, scope := c.UserContext(), s.scopeOf(c)
	p.page, p.Acts, p.Covers = s.page(c), typist(c), privacy.Covers()
	list, err := scope.Remarks(ctx, store.RemarkFilter{States: p.Choice.View.states, Month: p.Choice.Month, Skip: (p.Choice.Page - 1) * remarksOnPage, Most: remarksOnPage})
	if err != nil {
		return err
	}
	p.Counts, p.Months = list.Counts, list.Months
	p.Pages = max(1, (p.Count(p.Choice.View)+remarksOnPage-1)/remarksOnPage)
	if p.Choice.Page > p.Pages {
		p.Choice.Page = p.Pages
		return s.drawRemarks(c, p)
	}
	cards := make([]remarkCard, len(list.Remarks))
	for i, r := range list.Remarks {
		cards[i] = newRemarkCard(r)
		if f := p.Faulted; f != nil && f.ID == r.ID {
			cards[i], p.Faulted = *f, nil
		}
	}
	for i := range cards[:max(0, len(cards)-1)] {
		cards[i].Next = cards[i+1].ID
	}
	p.Cards = cards
	if err := s.labelRemarks(c, &p); err != nil {
		return err
	}
	if p.Acts && p.Choice.View.Name == "" {
		if p.Groups, err = alikeGroups(c, scope); err != nil {
			return err
		}
	}
	return c.Render("panel/remarks", p)
}

// labelRemarks names the question and the service point of each card.
func (s *Server) labelRemarks(c *fiber.Ctx, p *remarksPage) error {
	ctx, scope := c.UserContext(), s.scopeOf(c)
	points, err := scope.ServicePoints(ctx)
	if err != nil {
		return err
	}
	versions := map[int64]*survey.Version{}
	cards := p.all()
	for _, card := range cards {
		version := versions[card.VersionID]
		if version == nil {
			if version, err = scope.Version(ctx, card.VersionID); err != nil {
				return err
			}
			versions[card.VersionID] = version
		}
		card.Label, card.Point = version.Questionnaire.FieldLabel(card.Question).PL, pointName(points, card.ServicePoint)
	}
	return nil
}

// all are the page's cards, and the one that a fault is about.
func (p *remarksPage) all() []*remarkCard {
	var all []*remarkCard
	for i := range p.Cards {
		all = append(all, &p.Cards[i])
	}
	if p.Faulted != nil {
		all = append(all, p.Faulted)
	}
	return all
}

// alikeGroups gathers new short remarks that say the same, the largest group first.
func alikeGroups(c *fiber.Ctx, scope *store.Scope) ([]alikeGroup, error) {
	short, err := scope.ShortRemarks(c.UserContext(), shortShown)
	if err != nil {
		return nil, err
	}
	var groups []alikeGroup
	for _, r := range short {
		alike := survey.Alike(r.Text)
		i := slices.IndexFunc(groups, func(g alikeGroup) bool { return g.Alike == alike })
		if i < 0 {
			i = len(groups)
			groups = append(groups, alikeGroup{Alike: alike})
		}
		groups[i].N++
	}
	groups = slices.DeleteFunc(groups, func(g alikeGroup) bool { return g.N < 2 })
	slices.SortStableFunc(groups, func(a, b alikeGroup) int { return b.N - a.N })
	return groups[:min(len(groups), groupsShown)], nil
}

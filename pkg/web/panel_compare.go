package web

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// draftChoice stands for the draft in the address of a comparison.
const draftChoice = "szkic"

// comparePage tells two wordings of the questionnaire apart.
type comparePage struct {
	surveyTabs
	From, To string          // chosen: a number, or draftChoice
	Choices  []compareChoice // newest first
	Groups   []compareGroup
	Drafts   bool // the second one is the draft, which can be edited
}

type compareChoice struct{ Value, Label string }

// compareGroup is all that differs in one question or section.
type compareGroup struct {
	Where, Link string
	Lines       []compareLine
}

// compareLine is one difference, with the changed words of its wordings marked.
type compareLine struct {
	Text        string
	Was, Is     []mark
	Taken, Came bool     // there are words of before, and of after
	Others      []string // words of more things that came or went alike
	after       string   // what is there, as it was typed
}

// marked are the words of one side.
type marked struct {
	Marks []mark
	Old   bool
}

// Before returns what was there.
func (l compareLine) Before() marked { return marked{l.Was, true} }

// After returns what is there.
func (l compareLine) After() marked { return marked{l.Is, false} }

// mark is a run of words; Changed ones are only on this side.
type mark struct {
	Text    string
	Changed bool
}

// showComparison compares any two versions, or a version with the draft, which administrators see.
func (s *Server) showComparison(c *fiber.Ctx) error {
	p := comparePage{surveyTabs: s.surveyTabs(c), From: c.Query("od"), To: c.Query("do")}
	versions, err := s.scopeOf(c).VersionContents(c.UserContext())
	if err != nil {
		return err
	}
	byName := map[string]*survey.Questionnaire{}
	for _, v := range slices.Backward(versions) {
		name := strconv.Itoa(v.Number)
		byName[name] = &v.Questionnaire
		p.Choices = append(p.Choices, compareChoice{name, "wersja " + name + " z" + hardSpace + dayPL(survey.DayOf(v.PublishedAt.In(s.Now().Location())))})
	}
	if p.Role == string(store.RoleAdministrator) {
		draft, err := s.scopeOf(c).Draft(c.UserContext())
		if err != nil {
			return err
		}
		byName[draftChoice] = &draft.Questionnaire
		p.Choices = slices.Insert(p.Choices, 0, compareChoice{draftChoice, "szkic"})
	}
	p.choose()
	if len(p.Choices) > 0 {
		before, after := byName[p.From], byName[p.To]
		if before == nil || after == nil {
			return survey.ErrNotFound
		}
		p.Drafts = p.To == draftChoice
		p.Groups = compareGroups(before, after)
	}
	return c.Render("panel/compare", p)
}

// choose fills in what the address leaves open: the two newest.
func (p *comparePage) choose() {
	n := len(p.Choices)
	if n == 0 {
		return
	}
	if p.To == "" {
		p.To = p.Choices[0].Value
	}
	if p.From == "" {
		p.From = p.Choices[min(1, n-1)].Value
		if i := slices.IndexFunc(p.Choices, func(each compareChoice) bool { return each.Value == p.To }); i >= 0 {
			p.From = p.Choices[min(i+1, n-1)].Value
		}
	}
}

// compareGroups tells what differs, thing by thing.
func compareGroups(before, after *survey.Questionnaire) []compareGroup {
	var groups []compareGroup
	for _, line := range differenceLines(before, after) {
		if n := len(groups); n == 0 || groups[n-1].Where != line.Where || groups[n-1].Link != line.Link {
			groups = append(groups, compareGroup{Where: line.Where, Link: line.Link})
		}
		each := compareLine{Text: line.Text, Taken: line.Before != "", Came: line.After != "", after: line.After}
		each.Was, each.Is = markWords(line.Before, line.After)
		groups[len(groups)-1].add(each)
	}
	return groups
}

// add adds a line. Things that came or went alike, one after another, are told together.
func (g *compareGroup) add(line compareLine) {
	n := len(g.Lines)
	if line.Taken == line.Came || n == 0 {
		g.Lines = append(g.Lines, line)
		return
	}
	last := &g.Lines[n-1]
	if many := manyPL(line.Text); last.Taken == line.Taken && last.Came == line.Came && (last.Text == line.Text || last.Text == many) {
		last.Text, last.Others = many, append(last.Others, text(line.Was)+text(line.Is))
		return
	}
	g.Lines = append(g.Lines, line)
}

// manyPL puts what a line is about into the plural: "usunięto: odpowiedź" becomes "usunięto: odpowiedzi".
func manyPL(text string) string {
	verb, thing, _ := strings.Cut(text, ": ")
	for _, noun := range []struct{ one, many string }{{"odpowiedź", "odpowiedzi"}, {"wiersz", "wiersze"}, {"obszar", "obszary"}, {"punkt skali", "punkty skali"}} {
		if rest, ok := strings.CutPrefix(thing, noun.one); ok {
			return verb + ": " + noun.many + rest
		}
	}
	return text
}

// markWords marks the words that only one of two wordings has. What has nothing in common, or nothing beside it, is not
// marked.
func markWords(before, after string) (was, is []mark) {
	a, b := strings.FieldsFunc(before, unicode.IsSpace), strings.FieldsFunc(after, unicode.IsSpace)
	common := commonWords(a, b)
	if common == nil {
		return runs(a, func(int) bool { return false }), runs(b, func(int) bool { return false })
	}
	inA, inB := map[int]bool{}, map[int]bool{}
	for _, pair := range common {
		inA[pair[0]], inB[pair[1]] = true, true
	}
	return runs(a, func(i int) bool { return !inA[i] }), runs(b, func(i int) bool { return !inB[i] })
}

// runs joins words that are marked alike, as they may be broken into lines.
func runs(words []string, changed func(int) bool) []mark {
	var all []mark
	for i, word := range words {
		if n := len(all); n > 0 && all[n-1].Changed == changed(i) {
			all[n-1].Text += " " + word
			continue
		}
		all = append(all, mark{word, changed(i)})
	}
	for i := range all {
		all[i].Text = glue(all[i].Text)
	}
	return all
}

// text joins marked words.
func text(marks []mark) string {
	var words []string
	for _, m := range marks {
		words = append(words, m.Text)
	}
	return strings.Join(words, " ")
}

// mostPairs bounds the work of commonWords: two introductions of the greatest length that are words.
const mostPairs = 1 << 20

// commonWords returns the places of a longest sequence of words that both have; nil: none, or too much to compare.
func commonWords(a, b []string) [][2]int {
	n, m := len(a), len(b)
	if n*m > mostPairs {
		return nil
	}
	longest := make([][]int, n+1)
	for i := range longest {
		longest[i] = make([]int, m+1)
	}
	for i := n - 1; i >= 0; i-- {
		for j := m - 1; j >= 0; j-- {
			longest[i][j] = max(longest[i+1][j], longest[i][j+1])
			if a[i] == b[j] {
				longest[i][j] = longest[i+1][j+1] + 1
			}
		}
	}
	var common [][2]int
	for i, j := 0, 0; i < n && j < m; {
		switch {
		case a[i] == b[j]:
			common = append(common, [2]int{i, j})
			i, j = i+1, j+1
		case longest[i+1][j] >= longest[i][j+1]:
			i++
		default:
			j++
		}
	}
	return common
}

package web

import (
	"cmp"
	"errors"
	"html/template"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/report"
	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/survey"
)

// resultsHead is the part that the pages of the results share: where they lead, and what they take in.
type resultsHead struct {
	Choice resultsChoice
	Path   string
	Keep   []resendField // what the page chooses besides the filter
}

// resultsTab is a page of the results.
type resultsTab struct {
	Link, Label string
	Current     bool
}

// Tabs link the pages of the results with the same filter.
func (h resultsHead) Tabs() []resultsTab {
	var tabs []resultsTab
	for _, t := range [][2]string{{panelResultsPath, "Wyniki"}, {crossPath, "Przekroje"}, {foundPath, "Uwagi"}, {themesPath, "Tematy uwag"}} {
		tabs = append(tabs, resultsTab{h.Choice.Link(t[0]), t[1], t[0] == h.Path})
	}
	return tabs
}

// Preset is the address of this page with another period.
func (h resultsHead) Preset(p resultsPreset) string {
	var more []string
	for _, f := range h.Keep {
		more = append(more, f.Name, f.Value)
	}
	return h.Choice.In(p).Link(h.Path, more...)
}

// panelResultsPage is an office's results as they are now: first what a head of office wants in ten seconds, then question
// by question.
type panelResultsPage struct {
	page
	Choice   resultsChoice
	Document *report.Document
	Summary  *stats.Summary
	Before   *stats.Summary // of the period before
	Change   *stats.Comparison
	Sections []reportSection
	newest   *survey.Questionnaire // of the versions with answers, or the one that is published; nil: there is none
}

// Head is the part of the page that all results have.
func (p panelResultsPage) Head() resultsHead { return resultsHead{p.Choice, panelResultsPath, nil} }

func (s *Server) showPanelResults(c *fiber.Ctx) error {
	choice, err := s.readResultsChoice(c, queryValues(c))
	if err != nil {
		return err
	}
	p := panelResultsPage{page: s.page(c), Choice: choice}
	if choice.Problems != nil {
		c.Status(fiber.StatusUnprocessableEntity)
		return c.Render("panel/results", p)
	}
	if err := p.read(c, s); err != nil {
		return err
	}
	return c.Render("panel/results", p)
}

// read makes the figures of the period and of the one before.
func (p *panelResultsPage) read(c *fiber.Ctx, s *Server) error {
	ctx, scope, tenant := c.UserContext(), s.scopeOf(c), tenantOf(c)
	office, err := scope.Office(ctx)
	if err != nil {
		return err
	}
	if err := scope.CountDays(ctx); err != nil {
		return err
	}
	results, err := scope.ResultsWithColumns(ctx, p.Choice.Filter)
	if errors.Is(err, survey.ErrTooLarge) { // then there is no importance to be worked out
		results, err = scope.Results(ctx, p.Choice.Filter)
	}
	if err != nil {
		return err
	}
	before, err := scope.Results(ctx, p.Choice.Before())
	if err != nil {
		return err
	}
	p.Summary = stats.Summarize(*results, p.Choice.Filter, rulesOf(office))
	p.Before = stats.Summarize(*before, p.Choice.Before(), rulesOf(office))
	p.Change = stats.Compare(p.Before, p.Summary)
	p.Document = &report.Document{Office: office.Office, Slug: tenant.Slug, ServicePoints: pointNames(p.Choice.points), Summary: p.Summary}
	p.Sections = reportSections(p.Document)
	if n := len(results.Tallies); n > 0 {
		p.newest = &results.Tallies[n-1].Version.Questionnaire
	}
	return nil
}

// rankedArea is an area, or a rated question where the questionnaire has no areas, among the best or the worst.
type rankedArea struct {
	Label    string
	Rating   stats.Figure
	Min, Max float64
}

// ranked lists what is rated on the scale of most of them, best first.
func (p panelResultsPage) ranked() []rankedArea {
	var all []rankedArea
	for _, a := range p.Summary.Areas {
		if a.Rating.OK {
			all = append(all, rankedArea{a.Label.PL, a.Rating, a.Min, a.Max})
		}
	}
	if len(all) < 2 {
		all = nil
		for _, q := range p.Summary.Questions {
			for _, item := range q.Items {
				if item.Rating.OK && item.Points > 0 && item.Aspect != survey.AspectImportance && q.Kind != survey.KindNPS && !q.Break {
					all = append(all, rankedArea{cmp.Or(item.Label.PL, q.Label.PL), item.Rating, item.Min, item.Max})
				}
			}
		}
	}
	if len(all) == 0 {
		return nil
	}
	all = slices.DeleteFunc(all, func(a rankedArea) bool { return a.Min != all[0].Min || a.Max != all[0].Max })
	slices.SortStableFunc(all, func(a, b rankedArea) int { return cmp.Compare(b.Rating.Value, a.Rating.Value) })
	return all
}

const (
	rankedShown       = 3
	improvementsShown = 5
)

// Best are up to three that are rated highest, and Worst up to three that are rated lowest, the lowest first; none is
// among both.
func (p panelResultsPage) Best() []rankedArea {
	all := p.ranked()
	return all[:min(rankedShown, (len(all)+1)/2)]
}

// Worst are up to three that are rated lowest, the lowest first.
func (p panelResultsPage) Worst() []rankedArea {
	all := p.ranked()
	worst := slices.Clone(all[len(all)-min(rankedShown, len(all)/2):])
	slices.Reverse(worst)
	return worst
}

// Apart reports whether best and worst differ by more than chance explains.
func (p panelResultsPage) Apart() bool {
	all := p.ranked()
	return len(all) > 1 && all[0].Rating.Low > all[len(all)-1].Rating.High
}

// RankedChart draws all that is ranked.
func (p panelResultsPage) RankedChart(list []rankedArea, title string) template.HTML {
	var rated []report.Rated
	for _, a := range list {
		rated = append(rated, report.Rated{Label: a.Label, Rating: a.Rating, Min: a.Min, Max: a.Max})
	}
	return report.RatingsSVG(rated, title)
}

// asksToImprove tells a question on what to improve by its words, as its key may be any.
var asksToImprove = regexp.MustCompile(`(?i)popraw|zmieni|ulepsz|usprawni|zabrak|brakowa|przeszkadza|utrudni`)

// improvement is what residents say should become better.
type improvement struct {
	Question string
	Item     stats.Item
	Top      []stats.Value
	Nothing  []stats.Value // what excludes all else: "nothing"
}

// AsksToImprove reports whether the questionnaire asks what to improve, be it answered or not.
func (p panelResultsPage) AsksToImprove() bool {
	return slices.ContainsFunc(p.Summary.Questions, onImproving)
}

func onImproving(q stats.Question) bool {
	return q.Kind == survey.KindMulti && !q.Profile && asksToImprove.MatchString(q.Label.PL)
}

// Improve is the question on what to improve that was answered last in the questionnaire, with its most frequent
// answers; nil: none.
func (p panelResultsPage) Improve() *improvement {
	for _, q := range slices.Backward(p.Summary.Questions) {
		if !onImproving(q) || len(q.Items) != 1 || q.Items[0].Valid == 0 {
			continue
		}
		said := improvement{Question: q.Label.PL, Item: q.Items[0]}
		for _, v := range q.Items[0].Values {
			switch {
			case p.excludes(q.Key, v.Value):
				said.Nothing = append(said.Nothing, v)
			case v.Count > 0:
				said.Top = append(said.Top, v)
			}
		}
		slices.SortStableFunc(said.Top, func(a, b stats.Value) int { return b.Count - a.Count })
		said.Top = said.Top[:min(len(said.Top), improvementsShown)]
		return &said
	}
	return nil
}

// excludes reports whether an option can't be picked beside others.
func (p panelResultsPage) excludes(question, option string) bool {
	if p.newest == nil || p.newest.Question(question) == nil {
		return false
	}
	return slices.ContainsFunc(p.newest.Question(question).Options, func(o survey.Option) bool { return o.Key == option && o.Exclusive })
}

// Priorities are what is important and rated below the others, of all charts of importance and satisfaction. Importance
// that was worked out counts only where it is more than chance.
func (p panelResultsPage) Priorities() []stats.QuadrantPoint {
	var points []stats.QuadrantPoint
	for _, q := range p.Summary.Quadrants {
		for _, point := range q.Points {
			if point.Quadrant == stats.QuadrantImprove && (!q.Derived || point.Importance.Low > 0) {
				points = append(points, point)
			}
		}
	}
	return points[:min(len(points), rankedShown)]
}

// Derived reports whether importance was worked out, as nobody was asked for it.
func (p panelResultsPage) Derived() bool {
	return slices.ContainsFunc(p.Summary.Quadrants, func(q stats.Quadrant) bool { return q.Derived })
}

// Point names a service point by its key in the Summary.
func (p panelResultsPage) Point(key string) string {
	return cmp.Or(p.Document.ServicePoints[key], "punkt obsługi "+key)
}

// ByChannel returns the overall rating of a channel.
func (p panelResultsPage) ByChannel(channel survey.Channel) stats.Group {
	for _, g := range p.Summary.ByChannel {
		if g.Key == string(channel) {
			return g
		}
	}
	return stats.Group{}
}

// CrossLink is the address of a cross-tab of an item with the same filter.
func (p panelResultsPage) CrossLink(q reportQuestion, item stats.Item) string {
	return p.Choice.Link(crossPath, "wiersze", dimensionKey(stats.Dimension{Question: q.Key, Row: cmp.Or(item.Row, item.Area), Aspect: item.Aspect}))
}

// RemarksLink is the address of the remarks on a question.
func (p panelResultsPage) RemarksLink(question string) string {
	return p.Choice.Link(foundPath, "pytanie", question)
}

// AreasChart draws the areas' means with their intervals.
func (p panelResultsPage) AreasChart() template.HTML {
	var rated []report.Rated
	for _, a := range p.Summary.Areas {
		rated = append(rated, report.Rated{Label: a.Label.PL, Rating: a.Rating, Withheld: a.Withheld, Min: a.Min, Max: a.Max})
	}
	return report.RatingsSVG(rated, "Średnie ocen obszarów z przedziałami 95%")
}

// Quadrants are the charts of importance and satisfaction.
func (p panelResultsPage) Quadrants() []reportQuadrant {
	var all []reportQuadrant
	for i := range p.Summary.Quadrants {
		all = append(all, reportQuadrant{&p.Summary.Quadrants[i]})
	}
	return all
}

// DerivedMethod says where importance comes from that nobody was asked for.
func (p panelResultsPage) DerivedMethod() string { return glue(report.DerivedMethod) }

// QuadrantMethod says how importance and satisfaction are set against each other.
func (p panelResultsPage) QuadrantMethod() string { return report.QuadrantMethod }

// Weights sets the weights of the indicators in the composite beside each other.
func (p panelResultsPage) Weights() string {
	words := make([]string, len(p.Summary.Indicators))
	for i, each := range p.Summary.Indicators {
		words[i] = report.Short(each.Weight)
	}
	return strings.Join(words, " : ")
}

// Trend draws the overall rating by month; "": there is none.
func (p panelResultsPage) Trend() template.HTML {
	var lines []report.TrendLine
	for _, t := range p.Summary.Trend {
		line := report.TrendLine{Label: versionsPL(t.Versions), Min: t.Min, Max: t.Max}
		for i, point := range t.Points {
			if i > 0 { // months between that nobody rated break the line
				for month := t.Points[i-1].Month.AddMonths(1); month.Before(point.Month); month = month.AddMonths(1) {
					line.Months = append(line.Months, report.TrendMonth{Month: month})
				}
			}
			line.Months = append(line.Months, report.TrendMonth{Month: point.Month, Rating: point.Rating, Withheld: point.Withheld})
		}
		if len(line.Months) > 0 {
			lines = append(lines, line)
		}
	}
	return report.TrendSVG(lines, "Ocena ogólna w kolejnych miesiącach")
}

// versionsPL names versions: "wersja 3", "wersje 1, 2".
func versionsPL(versions []int) string {
	words := make([]string, len(versions))
	for i, v := range versions {
		words[i] = strconv.Itoa(v)
	}
	if len(words) == 1 {
		return "wersja" + hardSpace + words[0]
	}
	return "wersje" + hardSpace + strings.Join(words, ", ")
}

// dimensionKey is a dimension as an address has it: a question's key, with a row and an aspect behind dots, or a
// property behind a hyphen, which no key begins with.
func dimensionKey(d stats.Dimension) string {
	key := d.Question
	if d.Property != "" {
		return "-" + d.Property
	}
	if d.Row != "" || d.Aspect != "" {
		key += "." + d.Row
	}
	if d.Aspect != "" {
		key += "." + d.Aspect
	}
	return key
}

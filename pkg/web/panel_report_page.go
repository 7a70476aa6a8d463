package web

import (
	"encoding/hex"
	"html/template"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/report"
	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// reportPage is an archived report, drawn from the Summary that was archived with it.
type reportPage struct {
	page
	Report      *store.Report
	Document    *report.Document
	Summary     *stats.Summary
	Conclusions []report.Conclusion
	Sections    []reportSection
	PDFHash     string
	XLSXHash    string
}

// reportSection is a heading of the questionnaire with its questions.
type reportSection struct {
	Title     string
	Questions []reportQuestion
}

// reportQuestion is one series of a question, with the number that its question has in the report, and what is to be
// known of who was asked it and of its words.
type reportQuestion struct {
	stats.Question
	Number string
	Notes  []string
}

// reportSide is what one table and one chart show of a table question.
type reportSide struct {
	report.Side
	question *reportQuestion
}

// reportItem is one item with its question.
type reportItem struct {
	Question reportQuestion
	Item     stats.Item
}

func (s *Server) showReport(c *fiber.Ctx) error {
	r, d, err := s.archivedReport(c)
	if err != nil {
		return err
	}
	return c.Render("panel/report", s.reportPage(c, r, d))
}

func (s *Server) reportPage(c *fiber.Ctx, r *store.Report, d *report.Document) reportPage {
	return reportPage{page: s.page(c), Report: r, Document: d, Summary: d.Summary, Conclusions: d.Conclusions(),
		Sections: reportSections(d), PDFHash: hex.EncodeToString(r.PDFHash), XLSXHash: hex.EncodeToString(r.XLSXHash)}
}

// Draft reports whether this is a report as it would be, and not of the archive.
func (p reportPage) Draft() bool { return p.Report.Number == 0 }

// Changes is the comparison that the report was made with, or none.
func (p reportPage) Changes() *comparisonView {
	if p.Document.Comparison == nil {
		return nil
	}
	return &comparisonView{Comparison: p.Document.Comparison, now: p.Summary}
}

// Indicator names an indicator.
func (p reportPage) Indicator(role survey.Role) string { return indicatorPL(role) }

// reportSections puts questions under their sections. Questions count up by key: an older series keeps the
// number of the newer one, as in the PDF.
func reportSections(d *report.Document) []reportSection {
	var sections []reportSection
	numbers := map[string]int{}
	for _, q := range d.Summary.Questions {
		if numbers[q.Key] == 0 {
			numbers[q.Key] = len(numbers) + 1
		}
		if q.Kind == survey.KindInfo {
			continue
		}
		if n := len(sections); n == 0 || sections[n-1].Title != q.Section.PL {
			sections = append(sections, reportSection{Title: q.Section.PL})
		}
		last := &sections[len(sections)-1]
		last.Questions = append(last.Questions, reportQuestion{q, strconv.Itoa(numbers[q.Key]), d.QuestionNotes(&q)})
	}
	return sections
}

// Point names a service point by its key in the Summary.
func (p reportPage) Point(key string) string {
	if name := p.Document.ServicePoints[key]; name != "" {
		return name
	}
	if key == "0" {
		return "bez punktu obsługi"
	}
	return "punkt obsługi " + key
}

// Scope says what the report leaves out; "": nothing of its period.
func (p reportPage) Scope() []string {
	var parts []string
	for _, channel := range p.Summary.Filter.Channels {
		parts = append(parts, channelPL(channel))
	}
	for _, id := range p.Summary.Filter.ServicePoints {
		parts = append(parts, p.Point(strconv.FormatInt(id, 10)))
	}
	return parts
}

// ByChannel returns the overall rating of a channel.
func (p reportPage) ByChannel(channel survey.Channel) stats.Group {
	for _, g := range p.Summary.ByChannel {
		if g.Key == string(channel) {
			return g
		}
	}
	return stats.Group{}
}

// AreasChart draws the areas' means with their intervals.
func (p reportPage) AreasChart() template.HTML {
	var rated []report.Rated
	for _, a := range p.Summary.Areas {
		rated = append(rated, report.Rated{Label: a.Label.PL, Rating: a.Rating, Withheld: a.Withheld, Min: a.Min, Max: a.Max})
	}
	return report.RatingsSVG(rated, "Średnie ocen obszarów z przedziałami 95%")
}

// QuadrantMethod says how importance and satisfaction are set against each other.
func (p reportPage) QuadrantMethod() string { return report.QuadrantMethod }

// IndicatorMethod says what an indicator is.
func (p reportPage) IndicatorMethod() string { return glue(report.IndicatorMethod) }

// AlphaMethod says how to read α.
func (p reportPage) AlphaMethod() string { return glue(report.AlphaMethod) }

// CrossMethod says how to read a cross-tab.
func (p reportPage) CrossMethod() string { return glue(report.CrossMethod) }

// RegisterLead says what the register of actions is.
func (p reportPage) RegisterLead() string { return glue(report.RegisterLead) }

// Quadrants are the charts of importance and satisfaction.
func (p reportPage) Quadrants() []reportQuadrant {
	var all []reportQuadrant
	for i := range p.Summary.Quadrants {
		all = append(all, reportQuadrant{&p.Summary.Quadrants[i]})
	}
	return all
}

// reportQuadrant is a chart of importance and satisfaction.
type reportQuadrant struct{ *stats.Quadrant }

// OfAreas reports whether its points are areas, not rows.
func (q reportQuadrant) OfAreas() bool { return q.Points[0].Row == "" }

// Chart draws it.
func (q reportQuadrant) Chart() template.HTML { return report.QuadrantSVG(q.Quadrant) }

// Notes say what it shows and leaves out.
func (q reportQuadrant) Notes() []string { return report.QuadrantNotes(q.Quadrant) }

// Quarter names the quarter that begins with point i; "" where it goes on.
func (q reportQuadrant) Quarter(i int) string {
	name := q.Points[i].Quadrant
	if i > 0 && q.Points[i-1].Quadrant == name {
		return ""
	}
	return report.QuadrantTitle(name)
}

// Region names the question's charts and tables apart from all others of the page: two may be worded alike, above all an older
// series of the same question.
func (q reportQuestion) Region() string {
	name := q.Number + ". " + q.Label.PL
	if !q.Break {
		return name
	}
	for i, v := range q.Versions {
		name += []string{", wersja ", ", "}[min(i, 1)] + strconv.Itoa(v)
	}
	return name
}

// Matrix reports whether the question is rows on one scale.
func (q reportQuestion) Matrix() bool {
	return q.Kind == survey.KindMatrix || q.Kind == survey.KindPaired
}

// Sides are what is rated of a table question, and its importance where that is asked.
func (q reportQuestion) Sides() []reportSide {
	var sides []reportSide
	for _, side := range report.Sides(&q.Question) {
		sides = append(sides, reportSide{side, &q})
	}
	return sides
}

// Name tells the side's charts and tables apart from others on the page.
func (s reportSide) Name() string {
	if s.Title == "" {
		return s.question.Label.PL
	}
	return s.question.Label.PL + " – " + s.Title
}

// Region is Name for a part of the page.
func (s reportSide) Region() string {
	if s.Title == "" {
		return s.question.Region()
	}
	return s.question.Region() + " – " + s.Title
}

// Area names the area that begins with row i; "" where it goes on, or there is none, or rows are areas themselves.
func (s reportSide) Area(i int) string {
	key := s.Items[i].Area
	if s.Areas || i > 0 && s.Items[i-1].Area == key {
		return ""
	}
	for _, a := range s.question.Areas {
		if a.Key == key {
			return a.Label.PL
		}
	}
	return ""
}

// Hidden reports whether somebody was not asked a row, by a rule.
func (s reportSide) Hidden() bool {
	return slices.ContainsFunc(s.Items, func(item stats.Item) bool { return item.States.Hidden > 0 })
}

// Chart draws the means of the rows.
func (s reportSide) Chart() template.HTML {
	var rated []report.Rated
	for _, item := range s.Items {
		rated = append(rated, report.Rated{Label: report.RowName(&item), Rating: item.Rating, Withheld: item.Suppressed || item.Valid > 0 && !item.Rating.OK,
			Min: item.Min, Max: item.Max})
	}
	return report.RatingsSVG(rated, s.Name()+" – średnie z przedziałami 95%")
}

// Spread draws how the answers to a row are spread.
func (s reportSide) Spread(item stats.Item) template.HTML {
	return report.DistributionSVG(item, s.Name()+" – "+report.RowName(&item))
}

// Chart draws one item: a stacked bar for the points of a scale, bars for choices.
func (q reportQuestion) Chart(item stats.Item) template.HTML {
	if q.Kind == survey.KindScale || q.Kind == survey.KindEmoji {
		return report.DistributionSVG(item, q.Label.PL)
	}
	return report.ChoicesSVG(item, q.Label.PL)
}

// Scored reports whether the question's choices have scores.
func (q reportQuestion) Scored() bool { return len(q.Items) > 0 && q.Items[0].Points > 0 }

// Value names a choice, with its score where the question is rated.
func (q reportQuestion) Value(v stats.Value) string {
	label := v.Label.PL
	if label == "" {
		return v.Value
	}
	if score := v.Score; score != nil && q.Scored() {
		if digit := report.Short(*score); digit != label {
			label += " (" + digit + ")"
		}
	}
	return label
}

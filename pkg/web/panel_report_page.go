package web

import (
	"encoding/hex"
	"html/template"
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

// reportQuestion is one series of a question, with the number that its question has in the report.
type reportQuestion struct {
	stats.Question
	Number string
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
	return c.Render("panel/report", reportPage{page: s.page(c), Report: r, Document: d, Summary: d.Summary, Conclusions: d.Conclusions(),
		Sections: reportSections(d.Summary.Questions), PDFHash: hex.EncodeToString(r.PDFHash), XLSXHash: hex.EncodeToString(r.XLSXHash)})
}

// reportSections puts questions under their sections. Questions count up by key: an older series keeps the
// number of the newer one, as in the PDF.
func reportSections(questions []stats.Question) []reportSection {
	var sections []reportSection
	numbers := map[string]int{}
	for _, q := range questions {
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
		last.Questions = append(last.Questions, reportQuestion{q, strconv.Itoa(numbers[q.Key])})
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

// Matrix reports whether the question is rows on one scale.
func (q reportQuestion) Matrix() bool {
	return q.Kind == survey.KindMatrix || q.Kind == survey.KindPaired
}

// Row names a row of a matrix.
func (q reportQuestion) Row(item stats.Item) string {
	label := item.Label.PL
	switch item.Aspect {
	case survey.AspectImportance:
		label += " – ważność"
	case survey.AspectSatisfaction:
		label += " – zadowolenie"
	}
	return label
}

// Area names the area that begins with row i; "" where it goes on, or there is none.
func (q reportQuestion) Area(i int) string {
	key := q.Items[i].Area
	if i > 0 && q.Items[i-1].Area == key {
		return ""
	}
	for _, a := range q.Areas {
		if a.Key == key {
			return a.Label.PL
		}
	}
	return ""
}

// RowsChart draws the means of a matrix's rows.
func (q reportQuestion) RowsChart() template.HTML {
	var rated []report.Rated
	for _, item := range q.Items {
		rated = append(rated, report.Rated{Label: q.Row(item), Rating: item.Rating, Withheld: item.Suppressed || item.Valid > 0 && !item.Rating.OK,
			Min: item.Min, Max: item.Max})
	}
	return report.RatingsSVG(rated, q.Label.PL+" – średnie z przedziałami 95%")
}

// Chart draws one item: a stacked bar for the points of a scale, bars for choices.
func (q reportQuestion) Chart(item stats.Item) template.HTML {
	title := q.Label.PL
	if item.Row != "" {
		title += " – " + q.Row(item)
	}
	switch q.Kind {
	case survey.KindScale, survey.KindEmoji, survey.KindMatrix, survey.KindPaired:
		return report.DistributionSVG(item, title)
	}
	return report.ChoicesSVG(item, title)
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
		if digit := strconv.FormatFloat(*score, 'f', -1, 64); digit != label {
			label += " (" + digit + ")"
		}
	}
	return label
}

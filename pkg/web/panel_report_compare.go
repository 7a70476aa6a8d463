package web

import (
	"html/template"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/report"
	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// reportComparePage sets two reports of the archive side by side.
type reportComparePage struct {
	page
	comparisonView
	Reports   [2]*store.Report // the earlier one first
	Documents [2]*report.Document
	Overlap   bool // their periods have days in common
	Differ    bool // they choose by other channels or service points
}

// comparisonView is a comparison as pages draw it.
type comparisonView struct {
	Comparison *stats.Comparison
	now        *stats.Summary
	before     *stats.Summary // nil: only its comparison is known
}

// changeRow is a line of a table of changes.
type changeRow struct {
	stats.Change
	Label, Note string
	Min, Max    float64
	Places      int // of its figures
}

// changesTable is a table of changes; Top: with the highest ratings.
type changesTable struct {
	Title, Head string
	Rows        []changeRow
	Top         bool
}

// showReportComparison compares ?a= and ?b=, whichever is the earlier one. The list of reports sends two ?r=.
func (s *Server) showReportComparison(c *fiber.Ctx) error {
	if chosen := c.Context().QueryArgs().PeekMulti("r"); len(chosen) > 0 || c.Query("a") == "" {
		if len(chosen) != 2 {
			return c.Redirect("/panel/raporty?wybrano="+strconv.Itoa(len(chosen)), fiber.StatusSeeOther)
		}
		return c.Redirect(comparisonPath(string(chosen[0]), string(chosen[1])), fiber.StatusSeeOther)
	}
	p := reportComparePage{page: s.page(c)}
	for i, param := range []string{"a", "b"} {
		id, err := strconv.ParseInt(c.Query(param), 10, 64)
		if err != nil {
			return survey.ErrNotFound
		}
		if p.Reports[i], p.Documents[i], err = s.reportOf(c, id); err != nil {
			return err
		}
	}
	a, b := p.Reports[0], p.Reports[1]
	if later(a, b) {
		return c.Redirect(comparisonPath(c.Query("b"), c.Query("a")), fiber.StatusSeeOther)
	}
	p.before, p.now = p.Documents[0].Summary, p.Documents[1].Summary
	p.Comparison = stats.Compare(p.before, p.now)
	p.Comparison.Number = a.Number
	p.Overlap = !a.Filter.To.Before(b.Filter.From)
	p.Differ = !slices.Equal(a.Filter.Channels, b.Filter.Channels) || !slices.Equal(a.Filter.ServicePoints, b.Filter.ServicePoints)
	return c.Render("panel/report_compare", p)
}

// comparisonPath is the address of the comparison of two reports, whose ids come of a query.
func comparisonPath(a, b string) string {
	id := func(text string) string {
		n, _ := strconv.ParseInt(text, 10, 64) // 0 is nobody's: not found
		return strconv.FormatInt(n, 10)
	}
	return "/panel/raporty/porownanie?a=" + id(a) + "&b=" + id(b)
}

// later reports whether a is of a later period than b, or of the same and later in the archive.
func later(a, b *store.Report) bool {
	if a.Filter.To != b.Filter.To {
		return b.Filter.To.Before(a.Filter.To)
	}
	if a.Filter.From != b.Filter.From {
		return b.Filter.From.Before(a.Filter.From)
	}
	return a.Number > b.Number
}

// verdictPL says in words what a difference amounts to.
func verdictPL(v stats.Verdict) string {
	return map[stats.Verdict]string{
		stats.VerdictUp: "wzrost", stats.VerdictDown: "spadek", stats.VerdictWithin: "w granicach błędu", stats.VerdictTooFew: "za mało odpowiedzi",
		stats.VerdictBroken: "pytanie zmieniono", stats.VerdictNew: "wcześniej nie pytano", stats.VerdictWithheld: "n za małe",
	}[v]
}

// Verdict says what the row's difference amounts to.
func (r changeRow) Verdict() string { return verdictPL(r.Change.Verdict) }

// TopVerdict says what the difference of the highest ratings amounts to; "" where there is none.
func (r changeRow) TopVerdict() string {
	if !r.Top2Before.OK || !r.Top2Now.OK {
		return ""
	}
	return verdictPL(r.Top2Verdict)
}

// Badge is the class of the verdict's badge.
func (r changeRow) Badge() string {
	return map[stats.Verdict]string{stats.VerdictUp: "success", stats.VerdictDown: "danger", stats.VerdictBroken: "warning", stats.VerdictWithheld: "withheld"}[r.Change.Verdict]
}

// Figure writes a mean of the row.
func (r changeRow) Figure(f stats.Figure) string { return report.Decimal(f.Value, r.Places) }

// Signed writes a difference with its sign.
func (r changeRow) Signed(f float64) string {
	text := report.Decimal(f, r.Places)
	if f > 0 {
		return "+" + text
	}
	return text
}

// Points writes a difference of shares in percentage points, with its sign.
func (r changeRow) Points(f float64) string {
	text := report.Decimal(100*f, 1)
	if f > 0 {
		text = "+" + text
	}
	return text
}

// Overall is the change of the overall rating, or none.
func (v comparisonView) Overall() []changeRow {
	if v.Comparison.Overall == nil {
		return nil
	}
	row := changeRow{Change: *v.Comparison.Overall, Label: "Ocena ogólna", Places: 2, Max: 1}
	if v.now.Overall != nil {
		row.Min, row.Max = v.now.Overall.Min, v.now.Overall.Max
	}
	return []changeRow{row}
}

// Indicators are their changes, in points of 0 to 100.
func (v comparisonView) Indicators() []changeRow {
	var rows []changeRow
	for _, i := range v.Comparison.Indicators {
		rows = append(rows, changeRow{Change: i.Change, Label: indicatorPL(i.Role), Places: 1, Max: 100})
	}
	return rows
}

// indicatorPL names an indicator.
func indicatorPL(role survey.Role) string {
	return map[survey.Role]string{survey.RoleOverall: "Ocena ogólna (wskaźnik)", survey.RoleEfficiency: "Sprawność obsługi",
		survey.RoleEmployee: "Ocena pracownika"}[role]
}

// Areas are their changes.
func (v comparisonView) Areas() []changeRow {
	var rows []changeRow
	for _, a := range v.Comparison.Areas {
		row := changeRow{Change: a.Change, Label: a.Label.PL, Places: 2, Max: 1}
		for _, now := range v.now.Areas {
			if now.Question == a.Question && now.Key == a.Key && now.Max > now.Min {
				row.Min, row.Max = now.Min, now.Max
				break
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// Items are the changes of all rated questions and rows.
func (v comparisonView) Items() []changeRow {
	var rows []changeRow
	for _, i := range v.Comparison.Items {
		row := changeRow{Change: i.Change, Label: i.Label.PL, Places: 2, Max: 1}
		if i.Aspect == survey.AspectImportance {
			row.Note = "ważność"
		}
		if item := itemNamed(v.now, i); item != nil && item.Max > item.Min {
			row.Min, row.Max = item.Min, item.Max
		}
		rows = append(rows, row)
	}
	return rows
}

func itemNamed(s *stats.Summary, change stats.ItemChange) *stats.Item {
	for i := range s.Questions {
		q := &s.Questions[i]
		for j := range q.Items {
			if it := &q.Items[j]; q.Key == change.Question && it.Row == change.Row && it.Aspect == change.Aspect {
				return it
			}
		}
	}
	return nil
}

// Chart draws rows of changes: those that have anything to draw.
func (v comparisonView) Chart(rows []changeRow, title string) template.HTML {
	var changed []report.Changed
	for _, r := range rows {
		if r.Before.OK || r.Now.OK {
			changed = append(changed, report.Changed{Label: r.Label, Change: r.Change, Words: r.Verdict(), Min: r.Min, Max: r.Max})
		}
	}
	if len(changed) == 0 {
		return ""
	}
	return report.ChangesSVG(changed, title)
}

// OnlyBefore are the questions that only the earlier report asks, OnlyNow those that only the later one does.
func (v comparisonView) OnlyBefore() []string { return missing(v.before, v.now) }

// OnlyNow are the questions that only the later report asks.
func (v comparisonView) OnlyNow() []string { return missing(v.now, v.before) }

// missing lists the questions of one summary that another one does not ask.
func missing(of, in *stats.Summary) []string {
	if of == nil || in == nil {
		return nil
	}
	has := map[string]bool{}
	for _, q := range in.Questions {
		has[q.Key] = true
	}
	var labels []string
	for _, q := range of.Questions {
		if !has[q.Key] && q.Kind != survey.KindInfo {
			has[q.Key] = true
			labels = append(labels, q.Label.PL)
		}
	}
	return labels
}

// Changed are the questions and rows that both ask, but otherwise.
func (v comparisonView) Changed() []string {
	var labels []string
	for _, i := range v.Comparison.Items {
		if i.Change.Verdict == stats.VerdictBroken {
			labels = append(labels, i.Label.PL)
		}
	}
	return labels
}

// ChannelRows sets how the forms came beside each other.
func (p reportComparePage) ChannelRows() []channelRow {
	var rows []channelRow
	for i, channel := range p.now.Channels {
		row := channelRow{Channel: channel.Channel, Now: channel}
		if i < len(p.before.Channels) {
			row.Before = p.before.Channels[i]
		}
		rows = append(rows, row)
	}
	return rows
}

// channelRow is a channel in two reports.
type channelRow struct {
	Channel     survey.Channel
	Before, Now stats.ChannelCount
}

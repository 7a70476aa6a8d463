package web

import (
	"bytes"
	"errors"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// crossPage builds a cross-tab: what is in the rows, what in the columns, and of whom.
type crossPage struct {
	page
	Choice              resultsChoice
	Rows, Columns       []dimensionGroup
	Where               []dimensionGroup
	Row, Column, Filter string     // as the address has them
	Table               *crossView // nil: nothing to show
	Threshold           int
	TooLarge            bool
}

// dimensionGroup is the choices of one heading of a list.
type dimensionGroup struct {
	Label   string
	Options []picked
}

// Head is the part of the page that all results have.
func (p crossPage) Head() resultsHead {
	return resultsHead{p.Choice, crossPath, []resendField{{"wiersze", p.Row}, {"kolumny", p.Column}, {"gdy", p.Filter}}}
}

// Link is the address of the table in another form: the page itself, or its CSV.
func (p crossPage) Link(end string) string {
	return p.Choice.Link(crossPath+end, "wiersze", p.Row, "kolumny", p.Column, "gdy", p.Filter)
}

// Swapped is the address of the table with its two questions the other way round; "" where columns are no question.
func (p crossPage) Swapped() string {
	if strings.HasPrefix(p.Column, "-") {
		return ""
	}
	return p.Choice.Link(crossPath, "wiersze", p.Column, "kolumny", p.Row, "gdy", p.Filter)
}

// Condition words the condition; "": there is none.
func (p crossPage) Condition() string {
	for _, group := range p.Where {
		for _, o := range group.Options {
			if o.On {
				return group.Label + " – " + o.Label
			}
		}
	}
	return ""
}

func (s *Server) showCross(c *fiber.Ctx) error {
	p, err := s.crossOf(c)
	if err != nil {
		return err
	}
	if p.Choice.Problems != nil || p.TooLarge {
		c.Status(fiber.StatusUnprocessableEntity)
	}
	return c.Render("panel/results_cross", p)
}

// downloadCross hands out the table as CSV.
func (s *Server) downloadCross(c *fiber.Ctx) error {
	p, err := s.crossOf(c)
	if err != nil {
		return err
	}
	if p.Table == nil {
		c.Status(fiber.StatusUnprocessableEntity)
		return c.Render("panel/results_cross", p)
	}
	var b bytes.Buffer
	if err := p.Table.CSV(&b); err != nil {
		return err
	}
	c.Attachment("przekroj-" + tenantOf(c).Slug + ".csv")
	c.Set(fiber.HeaderContentType, "text/csv; charset=utf-8")
	return c.Send(b.Bytes())
}

// crossOf makes the table that the address asks for; one that asks for none has the overall rating by channel.
func (s *Server) crossOf(c *fiber.Ctx) (*crossPage, error) {
	values := queryValues(c)
	choice, err := s.readResultsChoice(c, values)
	if err != nil {
		return nil, err
	}
	p := &crossPage{page: s.page(c), Choice: choice, Row: values.Get("wiersze"), Column: values.Get("kolumny"), Filter: values.Get("gdy")}
	if choice.Problems != nil {
		return p, nil
	}
	columns, err := s.scopeOf(c).Columns(c.UserContext(), choice.Filter)
	if errors.Is(err, survey.ErrTooLarge) {
		p.TooLarge = true
		return p, nil
	}
	if err != nil {
		return nil, err
	}
	versions, err := s.crossVersions(c, columns)
	if err != nil {
		return nil, err
	}
	p.offer(versions)
	if len(p.Rows) == 0 || p.Choice.Problems != nil {
		return p, nil
	}
	return p, s.tabulate(c, p, columns)
}

// crossVersions are the versions whose questions can be crossed, newest first: those with answers, and the one that is
// published.
func (s *Server) crossVersions(c *fiber.Ctx, columns []*survey.Columns) ([]*survey.Version, error) {
	var versions []*survey.Version
	published, err := s.publishedOf(c)
	if err != nil && !errors.Is(err, survey.ErrNotFound) {
		return nil, err
	}
	if published != nil {
		versions = append(versions, published.version)
	}
	for _, column := range columns {
		if !slices.ContainsFunc(versions, func(v *survey.Version) bool { return v.ID == column.Version.ID }) {
			versions = append(versions, column.Version)
		}
	}
	slices.SortFunc(versions, func(a, b *survey.Version) int { return b.Number - a.Number })
	return versions, nil
}

// tabulate counts the table.
func (s *Server) tabulate(c *fiber.Ctx, p *crossPage, columns []*survey.Columns) error {
	ctx, scope := c.UserContext(), s.scopeOf(c)
	office, err := scope.Office(ctx)
	if err != nil {
		return err
	}
	departments, err := scope.Departments(ctx)
	if err != nil {
		return err
	}
	p.Threshold = max(office.Threshold, stats.FloorThreshold)
	around := stats.Around{Points: crossPoints(p.Choice.points)}
	for _, d := range departments {
		around.Departments = append(around.Departments, stats.Place{ID: d.ID, Name: d.Name})
	}
	if key, value, ok := strings.Cut(p.Filter, "="); ok {
		around.Where = &survey.Condition{Question: key, Is: []string{value}}
	}
	cross, err := stats.CrossTab(columns, readDimension(p.Row), readDimension(p.Column), rulesOf(office), around)
	if errors.Is(err, survey.ErrNotFound) { // no version of the period asks both
		return nil
	}
	if err != nil {
		return err
	}
	p.Table = newCrossView(cross, "")
	return nil
}

func crossPoints(points []store.ServicePoint) []stats.Place {
	var places []stats.Place
	for _, point := range points {
		places = append(places, stats.Place{ID: point.ID, Name: point.Name, Department: point.DepartmentID})
	}
	return places
}

// readDimension reads what dimensionKey wrote.
func readDimension(key string) stats.Dimension {
	if property, ok := strings.CutPrefix(key, "-"); ok {
		return stats.Dimension{Property: property}
	}
	parts := append(strings.SplitN(key, ".", 3), "", "")
	return stats.Dimension{Question: parts[0], Row: parts[1], Aspect: parts[2]}
}

// offer lists what can be chosen, and finds what is.
func (p *crossPage) offer(versions []*survey.Version) {
	known := map[string]bool{}
	overall := ""
	for _, v := range versions {
		for i := range v.Questionnaire.Sections {
			for j := range v.Questionnaire.Sections[i].Questions {
				q := &v.Questionnaire.Sections[i].Questions[j]
				if q.Role == survey.RoleOverall && overall == "" {
					overall = q.Key
				}
				p.offerQuestion(v, q, known)
			}
		}
	}
	if len(p.Rows) == 0 {
		return
	}
	p.Columns = append([]dimensionGroup{{"Skąd i kiedy", []picked{{"-channel", "sposób wypełnienia", false}, {"-point", "punkt obsługi", false}, {"-department", "referat punktu obsługi", false},
		{"-month", "miesiąc", false}}}}, p.Columns...)
	if p.Row == "" {
		p.Row = overall
		if overall == "" {
			p.Row = p.Rows[0].Options[0].Value
		}
	}
	if p.Column == "" {
		p.Column = "-channel"
	}
	for _, field := range []struct {
		name, value string
		groups      []dimensionGroup
	}{{"wiersze", p.Row, p.Rows}, {"kolumny", p.Column, p.Columns}, {"gdy", p.Filter, p.Where}} {
		if !choose(field.groups, field.value) && field.value != "" {
			p.Choice.Problems = append(p.Choice.Problems, survey.FieldError{Field: field.name, Problem: survey.ProblemUnknown})
		}
	}
	if p.Row == p.Column {
		p.Choice.Problems = append(p.Choice.Problems, survey.FieldError{Field: "kolumny", Problem: survey.ProblemTaken})
	}
}

// choose marks a value among the choices; false: it is none of them.
func choose(groups []dimensionGroup, value string) bool {
	found := false
	for i := range groups {
		for j := range groups[i].Options {
			o := &groups[i].Options[j]
			o.On = o.Value == value
			found = found || o.On
		}
	}
	return found
}

// offerQuestion lists what a question gives for rows, columns and conditions; a newer version's wording goes before.
func (p *crossPage) offerQuestion(v *survey.Version, q *survey.Question, known map[string]bool) {
	if known[q.Key] || q.Kind == survey.KindText || q.Kind == survey.KindInfo {
		return
	}
	known[q.Key] = true
	group := dimensionGroup{Label: q.Label.PL}
	for _, slot := range v.Layout.Slots {
		if slot.Question != q.Key || slot.Option != "" {
			continue
		}
		d := stats.Dimension{Question: q.Key, Row: slot.Row, Aspect: slot.Aspect}
		if slot.Area != "" {
			d.Row = slot.Area
		}
		group.Options = append(group.Options, picked{dimensionKey(d), dimensionPL(q, d), false})
	}
	p.Rows, p.Columns = append(p.Rows, group), append(p.Columns, dimensionGroup{group.Label, slices.Clone(group.Options)})
	switch q.Kind {
	case survey.KindSingle, survey.KindYesNo, survey.KindScale, survey.KindEmoji, survey.KindMulti:
		where := dimensionGroup{Label: q.Label.PL}
		for _, choice := range q.Choices() {
			where.Options = append(where.Options, picked{q.Key + "=" + choice.Value, choice.Label.PL, false})
		}
		p.Where = append(p.Where, where)
	}
}

// dimensionPL words a question, or one of its rows.
func dimensionPL(q *survey.Question, d stats.Dimension) string {
	label := q.Label.PL
	for _, r := range q.Rows {
		if r.Key == d.Row {
			label = r.Label.PL
		}
	}
	for _, a := range q.Areas {
		if a.Key == d.Row && d.Row != "" {
			label = a.Label.PL
		}
	}
	switch d.Aspect {
	case survey.AspectImportance:
		label += " (ważność)"
	case survey.AspectSatisfaction:
		label += " (zadowolenie)"
	}
	return label
}

package stats

import (
	"cmp"
	"maps"
	"slices"
	"strconv"

	"ocenaurzedu.eu/pkg/survey"
)

// axis is one dimension of a cross-tab.
type axis struct {
	dimension Dimension
	label     survey.Text
	lines     []CrossLine
	multi     bool
	// in tells where the axis stands in some columns; nil if their version asks it otherwise, or not at all.
	in func(c *survey.Columns) *source
}

// source is where an axis stands in some columns. What has one value a submission has one pick, which is the base too; a
// multi question has one pick an option, and its own slot for a base.
type source struct {
	base  reading
	picks []reading
}

// reading is one slot with the line that each of its codes belongs to, or −1; slot −1: every submission has the line
// of code 0.
type reading struct {
	slot  int
	lines []int
}

// questionAxis makes the axis of a question as a version asks it.
func questionAxis(v *survey.Version, d Dimension) (*axis, error) {
	q := v.Questionnaire.Question(d.Question)
	if q == nil {
		return nil, survey.ErrNotFound
	}
	slot := slotOf(v, d)
	if slot < 0 || q.Kind == survey.KindText {
		return nil, survey.ErrNotFound
	}
	a := &axis{dimension: d, label: labelOf(q, d), multi: q.Kind == survey.KindMulti}
	for _, c := range q.ChoicesOf(d.Aspect) {
		line := CrossLine{Value: c.Value, Label: c.Label}
		if !a.multi {
			line.Score = c.Score
		}
		a.lines = append(a.lines, line)
	}
	var lines []int // of a value
	if q.Kind == survey.KindNumber {
		a.lines, lines = numberLines(q)
	} else {
		for i := range a.lines {
			lines = append(lines, i)
		}
	}
	like := seriesOf(v, d)
	a.in = func(c *survey.Columns) *source {
		at := slotOf(c.Version, d)
		if at < 0 || seriesOf(c.Version, d) != like {
			return nil
		}
		if a.multi {
			return multiSource(c.Version, d.Question, at)
		}
		r := reading{at, append(slices.Repeat([]int{-1}, int(survey.CodeFirst)), lines...)}
		return &source{r, []reading{r}}
	}
	return a, nil
}

// slotOf returns the place of a dimension in a version's layout, or −1. A multi question's is its own slot, which comes
// before those of its options.
func slotOf(v *survey.Version, d Dimension) int {
	return slices.IndexFunc(v.Layout.Slots, func(s survey.Slot) bool {
		return s.Question == d.Question && s.Aspect == d.Aspect && (s.Row == d.Row && s.Area == "" || s.Area != "" && s.Area == d.Row)
	})
}

// seriesOf is equal for two versions in which the dimension's answers count together.
func seriesOf(v *survey.Version, d Dimension) string {
	q := v.Questionnaire.Question(d.Question)
	return identity(q) + structure(q.ChoicesOf(d.Aspect)) + strconv.Itoa(max(rowOf(q, d.Row).Series, 1))
}

func labelOf(q *survey.Question, d Dimension) survey.Text {
	part := rowOf(q, d.Row).Label
	if part.PL == "" {
		part = areaOf(q, d.Row).Label
	}
	join := func(a, b string) string {
		if b == "" {
			return a
		}
		return a + " – " + b
	}
	return survey.Text{PL: join(q.Label.PL, part.PL), EN: join(q.Label.EN, part.EN), UK: join(q.Label.UK, part.UK)}
}

// multiSource reads one pick an option. The options' slots follow the question's own, in their order.
func multiSource(v *survey.Version, question string, at int) *source {
	any := reading{at, append(slices.Repeat([]int{-1}, int(survey.CodeFirst)), 0)}
	s := &source{base: any}
	for at++; at < len(v.Layout.Slots) && v.Layout.Slots[at].Question == question; at++ {
		s.picks = append(s.picks, reading{at, any.lines})
	}
	return s
}

// numberLines divides the bounds of a number question into ranges, whatever was answered: so the ranges tell nothing.
func numberLines(q *survey.Question) (lines []CrossLine, of []int) {
	width := roundWidth(q.Min, q.Max)
	for from := floor(q.Min, width); from <= q.Max; from += width {
		first, last := max(from, q.Min), min(from+width-1, q.Max)
		for range last - first + 1 {
			of = append(of, len(lines))
		}
		lines = append(lines, CrossLine{Value: span(first, last, "-"), Label: survey.PL(span(first, last, "–"))})
	}
	return lines, of
}

// propertyAxis makes the axis of a property, with the values that the columns have.
func propertyAxis(columns []*survey.Columns, d Dimension, around Around) (*axis, error) {
	value := map[string]func(*survey.Columns) string{
		PropertyChannel:    func(c *survey.Columns) string { return string(c.Channel) },
		PropertyPoint:      func(c *survey.Columns) string { return strconv.FormatInt(c.ServicePoint, 10) },
		PropertyDepartment: func(c *survey.Columns) string { return strconv.FormatInt(around.department(c.ServicePoint), 10) },
		PropertyMonth:      func(c *survey.Columns) string { return c.Month.String() },
	}[d.Property]
	if value == nil {
		return nil, survey.ErrNotFound
	}
	has := map[string]bool{}
	for _, c := range columns {
		if c.N > 0 {
			has[value(c)] = true
		}
	}
	a := &axis{dimension: d}
	a.label, a.lines = around.lines(d.Property, has)
	at := map[string]int{}
	for i, line := range a.lines {
		at[line.Value] = i
	}
	a.in = func(c *survey.Columns) *source {
		r := reading{-1, []int{at[value(c)]}}
		return &source{r, []reading{r}}
	}
	return a, nil
}

func (a Around) department(point int64) int64 {
	i := slices.IndexFunc(a.Points, func(p Place) bool { return p.ID == point })
	if i < 0 {
		return 0
	}
	return a.Points[i].Department
}

// lines lists the values of a property that there are, in the order in which the caller named them, "none" last.
func (a Around) lines(property string, has map[string]bool) (survey.Text, []CrossLine) {
	switch property {
	case PropertyPoint:
		return survey.PL("Punkt obsługi"), placeLines(a.Points, has, "bez punktu obsługi")
	case PropertyDepartment:
		return survey.PL("Referat"), placeLines(a.Departments, has, "bez referatu")
	case PropertyMonth:
		var lines []CrossLine
		for value := range has {
			lines = append(lines, CrossLine{Value: value, Label: survey.PL(value[:len("2006-01")])})
		}
		slices.SortFunc(lines, func(a, b CrossLine) int { return cmp.Compare(a.Value, b.Value) })
		return survey.PL("Miesiąc"), lines
	}
	var lines []CrossLine
	for _, c := range survey.Channels() {
		if has[string(c)] {
			lines = append(lines, CrossLine{Value: string(c), Label: survey.PL(channelNames[c])})
		}
	}
	return survey.PL("Sposób wypełnienia"), lines
}

// channelNames are those that reports use.
var channelNames = map[survey.Channel]string{
	survey.ChannelWeb: "strona internetowa", survey.ChannelQR: "kod QR", survey.ChannelKiosk: "kiosk w\u00a0urzędzie",
	survey.ChannelPaperTyped: "papier (wpisany)", survey.ChannelPaperScanned: "papier (skan)",
}

func placeLines(places []Place, has map[string]bool, none string) []CrossLine {
	var lines []CrossLine
	for _, p := range places {
		if id := strconv.FormatInt(p.ID, 10); has[id] {
			lines = append(lines, CrossLine{Value: id, Label: survey.PL(p.Name)})
			delete(has, id)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(has)) {
		if id != "0" { // a name that the caller does not know
			lines = append(lines, CrossLine{Value: id, Label: survey.PL("nr\u00a0" + id)})
		}
	}
	if has["0"] {
		lines = append(lines, CrossLine{Value: "0", Label: survey.PL(none)})
	}
	return lines
}

// counts is how often two readings' codes stand in one submission.
type counts struct {
	a, b  reading
	width int // codes of b
	n     []int
}

// together counts two readings of some columns together.
func together(c *survey.Columns, a, b reading) counts {
	out := counts{a: a, b: b, width: len(b.lines), n: make([]int, len(a.lines)*len(b.lines))}
	switch {
	case a.slot < 0 && b.slot < 0:
		out.n[0] = c.N
	case a.slot < 0:
		single(c.Codes[b.slot], c.N, out.n)
	case b.slot < 0:
		single(c.Codes[a.slot], c.N, out.n)
	default:
		double(c, a.slot, b.slot, out)
	}
	return out
}

func single(column survey.Column, n int, into []int) {
	for i := range n {
		into[column.At(i)]++
	}
}

// double is where a cross-tab spends its time.
func double(c *survey.Columns, a, b int, out counts) {
	first, second := c.Codes[a].Bytes(), c.Codes[b].Bytes()
	if len(first) > 0 && len(first) == len(second) {
		for i, code := range first {
			out.n[int(code)*out.width+int(second[i])]++
		}
		return
	}
	for i := range c.N {
		out.n[int(c.Codes[a].At(i))*out.width+int(c.Codes[b].At(i))]++
	}
}

// each tells the pairs whose codes both belong to a line.
func (c counts) each(f func(a, b, n int)) {
	for i, a := range c.a.lines {
		for j, b := range c.b.lines {
			if n := c.n[i*c.width+j]; n > 0 && a >= 0 && b >= 0 {
				f(a, b, n)
			}
		}
	}
}

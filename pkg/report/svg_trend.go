package report

import (
	"fmt"
	"html"
	"html/template"
	"math"
	"strconv"
	"strings"

	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/survey"
)

// TrendLine is a rating by month. Lines are never joined: between two of them the meaning of the question changed.
type TrendLine struct {
	Label    string // what is told of the line where there are several: "wersja 3"
	Min, Max float64
	Months   []TrendMonth // ascending, without gaps
}

// TrendMonth is the rating of one month.
type TrendMonth struct {
	Month    survey.Day
	N        int // submissions of the month
	Rating   stats.Figure
	Withheld bool // there is a rating, but it is not told
}

// Sizes of a trend on a page, in its own units.
const (
	svgTrendLeft   = 34.0
	svgTrendTop    = 14.0
	svgTrendHeight = 190.0
	svgTrendBottom = 40.0
	svgTrendWidth  = 720.0
)

// svgTrend is a trend under way: months count from the first of all lines.
type svgTrend struct {
	b     strings.Builder
	lines []TrendLine
	first survey.Day
	count int
	min   float64
	max   float64
	same  bool // all lines have one scale, so that the axis can name it
}

// TrendSVG draws ratings by month with their intervals as a band. A month whose rating is not told breaks the line, and
// where a new series begins a dashed line stands across, with nothing drawn over it. The classes are those of the
// other charts; chart-band is the interval, chart-line the rating, chart-break a break.
func TrendSVG(lines []TrendLine, title string) template.HTML {
	c := svgTrend{lines: lines, same: true}
	var last survey.Day
	for _, line := range lines {
		for _, m := range line.Months {
			if c.first.IsZero() || m.Month.Before(c.first) {
				c.first = m.Month
			}
			if last.Before(m.Month) {
				last = m.Month
			}
		}
		c.same = c.same && line.Min == lines[0].Min && line.Max == lines[0].Max
	}
	if c.first.IsZero() {
		return ""
	}
	c.min, c.max, c.count = lines[0].Min, lines[0].Max, monthsBetween(c.first, last)+1
	c.axes()
	for i := range lines {
		if i > 0 {
			c.breakAt(&lines[i])
		}
		c.line(&lines[i])
	}
	return c.wrap(title)
}

func monthsBetween(from, to survey.Day) int {
	a, b := from.Time(), to.Time()
	return 12*(b.Year()-a.Year()) + int(b.Month()) - int(a.Month())
}

// x is where a month stands.
func (c *svgTrend) x(month survey.Day) float64 {
	step := (svgTrendWidth - svgTrendLeft - 10) / float64(max(c.count, 2))
	return svgTrendLeft + step*(float64(monthsBetween(c.first, month))+0.5)
}

// y is how high a score of a line stands.
func (c *svgTrend) y(line *TrendLine, score float64) float64 {
	if line.Max <= line.Min {
		return svgTrendTop + svgTrendHeight
	}
	return svgTrendTop + svgTrendHeight*(1-(min(max(score, line.Min), line.Max)-line.Min)/(line.Max-line.Min))
}

func (c *svgTrend) axes() {
	for _, score := range c.scores() {
		y := c.y(&c.lines[0], score)
		fmt.Fprintf(&c.b, `<line class="chart-grid" x1="%s" y1="%s" x2="%s" y2="%s" stroke="currentColor" stroke-opacity="0.2"/>`, num(svgTrendLeft), num(y), num(svgTrendWidth-10), num(y))
		if c.same {
			c.text(svgTrendLeft-8, y+5, "end", Short(score))
		}
	}
	every := 1
	for c.count/every > 12 {
		every = map[int]int{1: 2, 2: 3, 3: 6, 6: 12}[every]
		if every == 0 {
			every = c.count
		}
	}
	for i := 0; i < c.count; i += every {
		month := c.first.AddMonths(i)
		c.text(c.x(month), svgTrendTop+svgTrendHeight+18, "middle", shortMonths[month.Time().Month()-1])
		if i == 0 || month.Year() != c.first.AddMonths(i-every).Year() {
			c.text(c.x(month), svgTrendTop+svgTrendHeight+34, "middle", strconv.Itoa(month.Year()))
		}
	}
}

var shortMonths = [...]string{"sty", "lut", "mar", "kwi", "maj", "cze", "lip", "sie", "wrz", "paź", "lis", "gru"}

// scores are what the axis names: whole scores where they are few, else the ends and the middle.
func (c *svgTrend) scores() []float64 {
	if c.same && c.max-c.min <= 10 && c.min == math.Trunc(c.min) {
		var all []float64
		for v := c.min; v <= c.max; v++ {
			all = append(all, v)
		}
		return all
	}
	return []float64{c.min, (c.min + c.max) / 2, c.max}
}

func (c *svgTrend) text(x, y float64, anchor, text string) {
	fmt.Fprintf(&c.b, `<text class="chart-text chart-on-track" x="%s" y="%s" font-size="14" text-anchor="%s">%s</text>`, num(x), num(y), anchor, html.EscapeString(text))
}

// breakAt draws where a series ends and another one begins.
func (c *svgTrend) breakAt(line *TrendLine) {
	if len(line.Months) == 0 {
		return
	}
	x := c.x(line.Months[0].Month) - 0.5*(svgTrendWidth-svgTrendLeft-10)/float64(max(c.count, 2))
	fmt.Fprintf(&c.b, `<line class="chart-break" x1="%s" y1="%s" x2="%s" y2="%s" stroke="currentColor" stroke-width="1.5" stroke-dasharray="5 4"/>`,
		num(x), num(svgTrendTop-10), num(x), num(svgTrendTop+svgTrendHeight))
	anchor, at := "start", x+6
	if x > svgTrendWidth*0.7 {
		anchor, at = "end", x-6
	}
	c.text(at, svgTrendTop, anchor, line.Label)
}

// line draws the stretches of a line that are told without a gap.
func (c *svgTrend) line(line *TrendLine) {
	var stretch []TrendMonth
	for _, m := range line.Months {
		if m.Rating.OK {
			stretch = append(stretch, m)
			continue
		}
		c.stretch(line, stretch)
		stretch = nil
		if m.Withheld {
			c.text(c.x(m.Month), svgTrendTop+svgTrendHeight-6, "middle", "×")
		}
	}
	c.stretch(line, stretch)
}

func (c *svgTrend) stretch(line *TrendLine, months []TrendMonth) {
	if len(months) == 0 {
		return
	}
	var upper, lower, path []string
	for i, m := range months {
		x := c.x(m.Month)
		path = append(path, corner(x, c.y(line, m.Rating.Value)))
		upper = append(upper, corner(x, c.y(line, m.Rating.High)))
		lower = append(lower, corner(c.x(months[len(months)-1-i].Month), c.y(line, months[len(months)-1-i].Rating.Low)))
	}
	if len(months) == 1 { // a band without width is a whisker
		m := months[0]
		fmt.Fprintf(&c.b, `<line class="chart-ink" x1="%s" y1="%s" x2="%s" y2="%s" stroke="currentColor" stroke-width="2"/>`,
			num(c.x(m.Month)), num(c.y(line, m.Rating.Low)), num(c.x(m.Month)), num(c.y(line, m.Rating.High)))
	} else {
		fmt.Fprintf(&c.b, `<polygon class="chart-band" points="%s" fill-opacity="0.15"/>`, strings.Join(append(upper, lower...), " "))
		fmt.Fprintf(&c.b, `<polyline class="chart-line" points="%s" fill="none" stroke="currentColor" stroke-width="2.5"/>`, strings.Join(path, " "))
	}
	for _, m := range months {
		fmt.Fprintf(&c.b, `<circle class="chart-bar" cx="%s" cy="%s" r="4"/>`, num(c.x(m.Month)), num(c.y(line, m.Rating.Value)))
		if c.count <= 13 {
			c.text(c.x(m.Month), max(c.y(line, m.Rating.High)-8, 11), "middle", Decimal(m.Rating.Value, 2))
		}
	}
}

func corner(x, y float64) string { return num(x) + "," + num(y) }

// wrap tells the whole trend in words beside the drawing.
func (c *svgTrend) wrap(title string) template.HTML {
	var told []string
	for i, line := range c.lines {
		if i > 0 {
			told = append(told, "tu zaczyna się inna seria ("+line.Label+")")
		}
		for _, m := range line.Months {
			words := monthWords(m.Month) + ": " + figure(m.Rating, m.Withheld)
			if m.Rating.OK {
				words += " (" + FigureSpan(m.Rating) + ")"
			}
			told = append(told, words)
		}
	}
	return wrapSVG(c.b.String(), svgTrendWidth, svgTrendTop+svgTrendHeight+svgTrendBottom, title, strings.Join(told, "; "))
}

// wrapSVG makes an accessible image of what was drawn: role, title and description.
func wrapSVG(drawn string, width, height float64, title, desc string) template.HTML {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="chart" role="img" viewBox="0 0 %s %s" width="%s" height="%s" xmlns="http://www.w3.org/2000/svg" fill="currentColor" stroke="none" aria-label="%s">`,
		num(width), num(height), num(width), num(height), html.EscapeString(title+": "+desc))
	fmt.Fprintf(&b, `<title>%s</title><desc>%s</desc>`, html.EscapeString(title), html.EscapeString(desc))
	b.WriteString(drawn)
	b.WriteString(`</svg>`)
	return template.HTML(b.String())
}

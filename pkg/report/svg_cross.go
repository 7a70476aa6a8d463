package report

import (
	"fmt"
	"html"
	"html/template"
	"strings"

	"ocenaurzedu.eu/pkg/stats"
)

// Sizes of a cross-tab's chart.
const (
	crossBar   = 24.0
	crossStep  = 56.0
	crossThin  = 12.0
	crossKinds = 8 // colours of what has no order
)

// Crossed is a cross-tab with the words of its lines, as a page draws it.
type Crossed struct {
	*stats.Cross
	Rows, Columns []string // wordings of the lines
	Ordered       bool     // the rows are points of a scale, from the worst to the best
}

// fillOf is how the answers of a row are filled: by a step of the scale, or by one of several colours, each with a
// pattern of its own so that they are told apart without colour.
func (c *Crossed) fillOf(row int) (class string, pattern int) {
	if c.Ordered {
		t := stepTone(row, len(c.Rows))
		if t == toneLow2 || t == toneLow1 {
			return "chart-" + t.name(), 1
		}
		return "chart-" + t.name(), 0
	}
	return fmt.Sprintf("chart-kind%d", row%crossKinds+1), row % 5
}

// CrossSVG draws a cross-tab: a bar a column, made of the shares of its answers; where several answers could be given,
// a group of bars an answer. What is withheld is left open and hatched.
func CrossSVG(c Crossed, title string) template.HTML {
	if c.Withheld || len(c.Rows) == 0 || len(c.Columns) == 0 {
		return ""
	}
	var b strings.Builder
	height := 0.0
	if c.Multi {
		height = c.groups(&b)
	} else {
		height = c.bars(&b)
	}
	return wrapSVG(b.String(), svgWidth, height, title, c.told())
}

// bars draws the columns as stacked bars, and a legend.
func (c *Crossed) bars(b *strings.Builder) float64 {
	y := 0.0
	for j := range c.Columns {
		c.head(b, j, y)
		c.bar(b, j, frame{0, y + 20, svgWidth, crossBar, svgText})
		y += crossStep
	}
	y += 6
	for i, row := range c.Rows {
		class, pattern := c.fillOf(i)
		box := frame{0, y, 16, 16, svgText}
		patterned(b, box, class, pattern)
		svgWords(b, 24, y+13, "start", "track", cut(row, 80))
		y += 24
	}
	return y
}

// head words a column above its bar.
func (c *Crossed) head(b *strings.Builder, column int, y float64) {
	svgWords(b, 0, y+svgText, "start", "track", cut(c.Columns[column], 60))
	svgWords(b, svgWidth, y+svgText, "end", "track", c.sizeOf(column))
}

func (c *Crossed) sizeOf(column int) string {
	line := c.Cross.Columns[column]
	if line.Suppressed {
		return tooFew
	}
	return "n" + hard + "=" + hard + integer(line.N)
}

func (c *Crossed) bar(b *strings.Builder, column int, f frame) {
	x, hidden := f.x, false
	for i := range c.Rows {
		cell := c.Cells[i][column]
		hidden = hidden || cell.Suppressed
		if cell.Suppressed || !cell.Share.OK || cell.Count == 0 {
			continue
		}
		class, pattern := c.fillOf(i)
		seg := frame{x, f.y, f.w * cell.Share.Value, f.h, f.size}
		patterned(b, seg, class, pattern)
		if label := Decimal(100*cell.Share.Value, 0); textWidth(label, f.size)+8 <= seg.w {
			w := textWidth(label, f.size) + 4
			if pattern != 0 { // a clean patch, so that the pattern does not run through the digits
				fmt.Fprintf(b, `<rect class="%s" x="%s" y="%s" width="%s" height="%s" fill-opacity="0.3"/>`, class, num(seg.x+seg.w/2-w/2), num(f.y+4), num(w), num(f.h-8))
			}
			svgWords(b, seg.x+seg.w/2, f.y+f.h/2+5, "middle", strings.TrimPrefix(class, "chart-"), label)
		}
		x += seg.w
	}
	if rest := f.x + f.w - x; rest > 0.5 && (hidden || c.Cross.Columns[column].Suppressed) {
		fmt.Fprintf(b, `<rect class="chart-open" x="%s" y="%s" width="%s" height="%s" fill="none" stroke="currentColor" stroke-dasharray="3 3"/>`, num(x+0.5), num(f.y+0.5), num(rest-1), num(f.h-1))
		if rest > textWidth(tooFew, f.size)+8 {
			svgWords(b, x+rest/2, f.y+f.h/2+5, "middle", "track", tooFew)
		}
	}
}

// groups draws, for each answer, a bar a column.
func (c *Crossed) groups(b *strings.Builder) float64 {
	y := 0.0
	for i, row := range c.Rows {
		svgWords(b, 0, y+svgText, "start", "track", cut(row, 80))
		y += 22
		for j, column := range c.Columns {
			cell := c.Cells[i][j]
			label := cut(column, 26)
			svgWords(b, 190, y+11, "end", "track", label)
			fmt.Fprintf(b, `<rect class="chart-track" x="200" y="%s" width="360" height="%s" fill-opacity="0.08"/>`, num(y), num(crossThin))
			value := tooFew
			if !cell.Suppressed && cell.Share.OK {
				patterned(b, frame{200, y, 360 * min(cell.Share.Value, 1), crossThin, svgText}, fmt.Sprintf("chart-kind%d", j%crossKinds+1), j%5)
				value = share(cell.Share, false)
			} else if !cell.Suppressed {
				value = none
			}
			svgWords(b, svgWidth, y+11, "end", "track", value)
			y += crossThin + 6
		}
		y += 10
	}
	return y
}

// patterned draws a rectangle with the lines of a pattern over it, cut at its edges.
func patterned(b *strings.Builder, f frame, class string, pattern int) {
	fmt.Fprintf(b, `<rect class="%s" x="%s" y="%s" width="%s" height="%s" fill-opacity="0.3"/>`, class, num(f.x), num(f.y), num(f.w), num(f.h))
	line := func(x1, y1, x2, y2 float64) {
		fmt.Fprintf(b, `<line class="chart-hatch" x1="%s" y1="%s" x2="%s" y2="%s" stroke="currentColor" stroke-opacity="0.5"/>`, num(x1), num(y1), num(x2), num(y2))
	}
	if pattern == 1 || pattern == 3 {
		for _, s := range hatch(f) {
			if y1, y2 := s.y, s.y+s.h; pattern == 1 {
				line(s.x, y1, s.x+s.w, y2)
			} else { // the other way round
				line(s.x, 2*f.y+f.h-y1, s.x+s.w, 2*f.y+f.h-y2)
			}
		}
	}
	if pattern == 2 {
		for y := f.y + f.h/4; y < f.y+f.h; y += f.h / 4 {
			line(f.x, y, f.x+f.w, y)
		}
	}
	if pattern == 4 {
		for x := f.x + 5; x < f.x+f.w; x += 5 {
			line(x, f.y, x, f.y+f.h)
		}
	}
	fmt.Fprintf(b, `<line class="chart-gap" x1="%s" y1="%s" x2="%s" y2="%s" stroke="currentColor" stroke-opacity="0.9"/>`, num(f.x+f.w), num(f.y), num(f.x+f.w), num(f.y+f.h))
}

func svgWords(b *strings.Builder, x, y float64, anchor, on, text string) {
	fmt.Fprintf(b, `<text class="chart-text chart-on-%s" x="%s" y="%s" font-size="14" text-anchor="%s">%s</text>`, on, num(x), num(y), anchor, html.EscapeString(text))
}

// told is the chart in words, a column at a time.
func (c *Crossed) told() string {
	columns := make([]string, len(c.Columns))
	for j, column := range c.Columns {
		var parts []string
		for i, row := range c.Rows {
			cell := c.Cells[i][j]
			parts = append(parts, row+" "+share(cell.Share, cell.Suppressed))
		}
		columns[j] = column + " (" + c.sizeOf(j) + "): " + strings.Join(parts, ", ")
	}
	return strings.Join(columns, "; ")
}

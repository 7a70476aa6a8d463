package report

import (
	"fmt"
	"html"
	"html/template"
	"strconv"
	"strings"

	"ocenaurzedu.eu/pkg/stats"
)

// Sizes of a chart on a page, in its own units; the page scales the SVG by its width.
const (
	svgWidth = 640.0
	svgText  = 14.0
	svgRow   = 34.0
)

// Rated is one line of a chart of means.
type Rated struct {
	Label    string
	Rating   stats.Figure
	Withheld bool    // there is a rating, but it is not told
	Min, Max float64 // ends of the scale
}

// DistributionSVG draws how the answers to a rated item are spread, from the worst to the best, with a
// legend that tells label, per cent and count. title names what was rated.
//
// Charts carry presentation attributes only, so that a strict CSP lets them be; a page colours them by
// their classes (chart, chart-low2 … chart-high2, chart-bar, chart-track, chart-ink, chart-muted,
// chart-hatch, chart-gap, chart-on-…). Without any style they are drawn in currentColor.
func DistributionSVG(item stats.Item, title string) template.HTML {
	if item.Suppressed || item.Valid == 0 {
		return noChart(item, title)
	}
	shapes := stackedBar(item.Values, frame{0, 0, svgWidth, 30, svgText})
	values := worstFirst(item.Values)
	desc := make([]string, len(values))
	y := 54.0
	for i, v := range values {
		text := fmt.Sprintf("%s – %s (%s)", valueName(v), share(v.Share, false), integer(v.Count))
		swatch := frame{0, y - 12, 14, 14, svgText}
		shapes = append(shapes, shape{kind: shapeRect, x: swatch.x, y: swatch.y, w: swatch.w, h: swatch.h, tone: stepTone(i, len(values))})
		if t := stepTone(i, len(values)); t == toneLow2 || t == toneLow1 {
			shapes = append(shapes, hatch(swatch)...)
		}
		shapes = append(shapes, shape{kind: shapeText, x: 22, y: y, h: svgText, tone: toneInk, on: toneTrack, text: text, anchor: "start"})
		desc[i] = text
		y += 22
	}
	return svg(shapes, y-10, title, strings.Join(desc, "; "))
}

// ChoicesSVG draws how often each choice was taken, as horizontal bars with their intervals.
func ChoicesSVG(item stats.Item, title string) template.HTML {
	if item.Suppressed || item.Valid == 0 {
		return noChart(item, title)
	}
	var shapes []shape
	desc := make([]string, len(item.Values))
	y := 0.0
	for i, v := range item.Values {
		label := fmt.Sprintf("%s (%s)", share(v.Share, false), integer(v.Count))
		shapes = append(shapes,
			shape{kind: shapeText, x: 0, y: y + svgText, h: svgText, tone: toneInk, on: toneTrack, text: cut(valueName(v), 52), anchor: "start"},
			shape{kind: shapeText, x: svgWidth, y: y + svgText, h: svgText, tone: toneInk, on: toneTrack, text: label, anchor: "end"})
		shapes = append(shapes, shareBar(v.Share, frame{0, y + 20, svgWidth, 8, svgText})...)
		desc[i] = valueName(v) + " – " + label
		y += svgRow + 4
	}
	return svg(shapes, y, title, strings.Join(desc, "; "))
}

// RatingsSVG draws means as dots with their intervals, one line each. A withheld mean is told in words.
func RatingsSVG(rated []Rated, title string) template.HTML {
	var shapes []shape
	desc := make([]string, len(rated))
	y := 0.0
	for i, r := range rated {
		label := figure(r.Rating, r.Withheld)
		if r.Rating.OK {
			label += " (" + FigureSpan(r.Rating) + ")"
		}
		shapes = append(shapes,
			shape{kind: shapeText, x: 0, y: y + svgText, h: svgText, tone: toneInk, on: toneTrack, text: cut(r.Label, 52), anchor: "start"},
			shape{kind: shapeText, x: svgWidth, y: y + svgText, h: svgText, tone: toneInk, on: toneTrack, text: label, anchor: "end"})
		shapes = append(shapes, dotInterval(r.Rating, r.Min, r.Max, frame{8, y + 18, svgWidth - 16, 20, svgText})...)
		desc[i] = r.Label + " – " + label
		y += svgRow + 10
	}
	return svg(shapes, y, title, strings.Join(desc, "; "))
}

// noChart stands where there is nothing to draw, and says which of the two reasons it is.
func noChart(item stats.Item, title string) template.HTML {
	why := "brak odpowiedzi"
	if item.Suppressed {
		why = tooFew
	}
	return template.HTML(`<p class="chart-none">` + html.EscapeString(firstUpper(title)+": "+why) + `</p>`)
}

// svg writes shapes as an accessible image.
func svg(shapes []shape, height float64, title, desc string) template.HTML {
	var b strings.Builder
	for _, s := range shapes {
		writeShape(&b, s)
	}
	return wrapSVG(b.String(), svgWidth, height, title, desc)
}

func writeShape(b *strings.Builder, s shape) {
	class := "chart-" + s.tone.name()
	switch s.kind {
	case shapeRect:
		fmt.Fprintf(b, `<rect class="%s" x="%s" y="%s" width="%s" height="%s" fill-opacity="%s"/>`, class, num(s.x), num(s.y), num(s.w), num(s.h), s.tone.opacity())
	case shapeLine:
		fmt.Fprintf(b, `<line class="%s" x1="%s" y1="%s" x2="%s" y2="%s" stroke="currentColor" stroke-width="%s" stroke-opacity="%s"/>`,
			class, num(s.x), num(s.y), num(s.x+s.w), num(s.y+s.h), s.tone.stroke(), s.tone.opacity())
	case shapeDot:
		fmt.Fprintf(b, `<circle class="%s" cx="%s" cy="%s" r="%s"/>`, class, num(s.x), num(s.y), num(s.w))
	case shapeText:
		fmt.Fprintf(b, `<text class="chart-text chart-on-%s" x="%s" y="%s" font-size="%s" text-anchor="%s">%s</text>`,
			s.on.name(), num(s.x), num(s.y), num(s.h), s.anchor, html.EscapeString(s.text))
	}
}

// name is the tone's part of a class name.
func (t tone) name() string {
	return [...]string{"ink", "muted", "track", "bar", "low2", "low1", "mid", "high1", "high2", "hatch", "gap"}[t]
}

// opacity keeps text in currentColor readable on every tone, light or dark, without any style sheet.
func (t tone) opacity() string {
	return [...]string{"1", "0.35", "0.08", "0.55", "0.28", "0.16", "0.08", "0.2", "0.4", "0.5", "0.9"}[t]
}

func (t tone) stroke() string {
	return [...]string{"2", "1", "1", "1", "1", "1", "1", "1", "1", "1", "1.5"}[t]
}

// num writes a coordinate with at most two places.
func num(f float64) string {
	s := strconv.FormatFloat(f, 'f', 2, 64)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// cut shortens a label that would run into the figures; the description and the table tell it whole.
func cut(s string, most int) string {
	r := []rune(s)
	if len(r) <= most {
		return s
	}
	return strings.TrimRight(string(r[:most-1]), " ,;") + "…"
}

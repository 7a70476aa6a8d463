package report

import (
	"html/template"
	"strings"

	"ocenaurzedu.eu/pkg/stats"
)

// Changed is one line of a chart of changes.
type Changed struct {
	Label    string
	Change   stats.Change
	Words    string  // what the change amounts to
	Min, Max float64 // ends of the scale
}

// ChangesSVG draws two periods' means with their intervals on one scale, a line each: the earlier one as a square above the
// scale, the later one as a dot below it. Where a series is broken the scale is, too, and there is no earlier mean.
func ChangesSVG(changed []Changed, title string) template.HTML {
	const row, left, width, markSize = 56.0, 8.0, svgWidth - 16, 8.0
	var shapes []shape
	desc := make([]string, len(changed))
	y := 0.0
	for i, c := range changed {
		shapes = append(shapes,
			shape{kind: shapeText, x: 0, y: y + svgText, h: svgText, tone: toneInk, on: toneTrack, text: cut(c.Label, 52), anchor: "start"},
			shape{kind: shapeText, x: svgWidth, y: y + svgText, h: svgText, tone: toneInk, on: toneTrack, text: c.Words, anchor: "end"})
		shapes = append(shapes, scaleLine(frame{left, y + 34, width, 0, 0}, c.Change.Verdict == stats.VerdictBroken)...)
		at := func(score float64) float64 { return left + width*max(0, min(1, (score-c.Min)/max(c.Max-c.Min, 1e-9))) }
		if f := c.Change.Before; f.OK {
			shapes = append(shapes, shape{kind: shapeLine, x: at(f.Low), y: y + 28, w: at(f.High) - at(f.Low), tone: toneInk},
				shape{kind: shapeRect, x: at(f.Value) - markSize/2, y: y + 28 - markSize/2, w: markSize, h: markSize, tone: toneInk})
		}
		if f := c.Change.Now; f.OK {
			shapes = append(shapes, shape{kind: shapeLine, x: at(f.Low), y: y + 40, w: at(f.High) - at(f.Low), tone: toneInk},
				shape{kind: shapeDot, x: at(f.Value), y: y + 40, w: markSize * 0.6, tone: toneBar})
		}
		desc[i] = c.Label + " – " + c.told()
		y += row
	}
	return svg(shapes, y, title, strings.Join(desc, "; "))
}

// told is a line in words.
func (c *Changed) told() string {
	var parts []string
	if c.Change.Before.OK {
		parts = append(parts, "wcześniej "+Decimal(c.Change.Before.Value, 2))
	}
	if c.Change.Now.OK {
		parts = append(parts, "teraz "+Decimal(c.Change.Now.Value, 2))
	}
	return strings.Join(append(parts, c.Words), ", ")
}

// scaleLine is the scale: whole, or with the sign of a break where it begins.
func scaleLine(f frame, broken bool) []shape {
	if !broken {
		return []shape{{kind: shapeLine, x: f.x, y: f.y, w: f.w, tone: toneMuted}}
	}
	const gap, slant = 18.0, 6.0
	shapes := []shape{{kind: shapeLine, x: f.x + gap, y: f.y, w: f.w - gap, tone: toneMuted}}
	for _, x := range []float64{f.x, f.x + gap - slant - 4} {
		shapes = append(shapes, shape{kind: shapeLine, x: x, y: f.y + slant, w: slant, h: -2 * slant, tone: toneInk})
	}
	return shapes
}

package omr

import (
	"math"
	"testing"

	"ocenaurzedu.eu/pkg/sheet"
	"ocenaurzedu.eu/pkg/synth"
)

// underline, ring and crossBeside are ink beside a box that may mean it.
func underline(p synth.Print, b sheet.Box, n int) {
	y := b.Y + 2.5 + 0.55 + 0.1*float64(n%6)
	stroke(p, b.X-3.5, y, b.X+3.5, y+0.1, 0.4, 90)
}

func ring(p synth.Print, b sheet.Box, n int) {
	rx, ry := 3.8+0.1*float64(n%8), 3.5
	for a := 0.0; a < 2*math.Pi; a += 0.1 {
		stroke(p, b.X+rx*math.Cos(a), b.Y+ry*math.Sin(a), b.X+rx*math.Cos(a+0.1), b.Y+ry*math.Sin(a+0.1), 0.4, 90)
	}
}

func crossBeside(p synth.Print, b sheet.Box, _ int) {
	x := b.X + 4.9
	stroke(p, x-1.3, b.Y-1.3, x+1.3, b.Y+1.3, 0.4, 90)
	stroke(p, x-1.3, b.Y+1.3, x+1.3, b.Y-1.3, 0.4, 90)
}

// TestInkBesideABoxIsNoBlank draws one such thing in each row of a page.
func TestInkBesideABoxIsNoBlank(t *testing.T) {
	l := layout(t, "default")
	for name, draw := range map[string]func(synth.Print, sheet.Box, int){"underline": underline, "ring": ring, "cross": crossBeside} {
		for _, dpi := range []float64{150, 200} {
			p := blank(t, l, 2, dpi)
			last, n := "", 0
			for _, b := range l.Pages[1].Boxes {
				if b.Row != last {
					last, n = b.Row, n+1
					draw(p, b, n)
				}
			}
			for _, q := range Read(p.Image, only(l), Hints{}).Questions {
				if !q.Flagged {
					t.Errorf("%s at %.0f dpi: %s is %q, sure", name, dpi, q.Row, q.Values)
				}
			}
		}
	}
}

// TestInkBesideAPickIsSeen marks one pick of a question, and another beside its box or around it.
func TestInkBesideAPickIsSeen(t *testing.T) {
	l := layout(t, "default")
	for name, draw := range map[string]func(synth.Print, sheet.Box, int){"ring": ring, "cross": crossBeside} {
		p := blank(t, l, 1, 200)
		var picks []sheet.Box
		for _, b := range l.Pages[0].Boxes {
			if b.Kind == sheet.BoxPick {
				picks = append(picks, b)
			}
		}
		stroke(p, picks[0].X-2, picks[0].Y-2, picks[0].X+2, picks[0].Y+2, 0.5, 60)
		stroke(p, picks[0].X-2, picks[0].Y+2, picks[0].X+2, picks[0].Y-2, 0.5, 60)
		draw(p, picks[len(picks)-1], 1)
		for _, q := range Read(p.Image, only(l), Hints{}).Questions {
			if q.Question == picks[0].Question && q.Reason != InkBeside {
				t.Errorf("%s: %+v", name, q)
			}
		}
	}
}

// TestLinesThroughBoxesAreNoMarks draws lines down and across the page, as a scanner's dirty glass and folds do.
func TestLinesThroughBoxesAreNoMarks(t *testing.T) {
	l := layout(t, "default")
	boxes := l.Pages[1].Boxes
	for _, off := range []float64{-1.4, 0, 0.9} {
		p := blank(t, l, 2, 200)
		x, y := boxes[2].X+off, boxes[len(boxes)/2].Y+off
		stroke(p, x, 50, x+0.4, 290, 0.3, 110)
		stroke(p, boxes[2].X+5, y, 205, y+0.4, 0.3, 110)
		for _, b := range Read(p.Image, only(l), Hints{}).Boxes {
			if b.State == Marked || b.State == Filled {
				t.Errorf("%s %s, %.1f mm off its middle, is %s", b.Row, b.Option, off, b.State)
			}
		}
	}
}

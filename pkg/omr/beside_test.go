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

// picksOf are the boxes of a page's first question that takes several.
func picksOf(l *sheet.Layout, page int) []sheet.Box {
	var picks []sheet.Box
	for _, b := range l.Pages[page-1].Boxes {
		if b.Kind == sheet.BoxPick && (len(picks) == 0 || b.Question == picks[0].Question) {
			picks = append(picks, b)
		}
	}
	return picks
}

// crossed draws the cross that the sheet asks for.
func crossed(p synth.Print, b sheet.Box, width float64) {
	stroke(p, b.X-2, b.Y-2, b.X+2, b.Y+2, width, 60)
	stroke(p, b.X-2, b.Y+2, b.X+2, b.Y-2, width, 60)
}

// TestPickScribbledOutIsNoPick takes one pick back by strokes to and fro over its cross, which leave paper free.
func TestPickScribbledOutIsNoPick(t *testing.T) {
	l := layout(t, "default")
	for _, dpi := range []float64{150, 200, 300} {
		for _, width := range []float64{0.35, 0.45, 0.6} {
			for turns := 4; turns <= 6; turns++ {
				p := blank(t, l, 1, dpi)
				picks := picksOf(l, 1)
				crossed(p, picks[0], width)
				out := picks[3]
				crossed(p, out, width)
				step := 4.4 / float64(turns)
				for k := range turns {
					y, side := out.Y-2.2+step*float64(k), float64(1-2*(k%2))
					stroke(p, out.X-2.3*side, y, out.X+2.3*side, y+step, width, 60)
				}
				for _, b := range Read(p.Image, only(l), Hints{}).Boxes {
					if b.Option == out.Option && b.Question == out.Question && b.State == Marked {
						t.Errorf("%.0f dpi, pen of %.2f mm, %d strokes: %+v", dpi, width, turns, b.Measures)
					}
					if b.Option == picks[0].Option && b.Question == out.Question && (b.State != Marked) {
						t.Errorf("%.0f dpi, pen of %.2f mm: the cross is %+v", dpi, width, b)
					}
				}
			}
		}
	}
}

// TestStampOverAPickIsNoPick has the ring of a stamp pass over an empty box, at its corner or across. A narrow one that
// bends within the box and leaves by its corner may be taken for a stroke.
func TestStampOverAPickIsNoPick(t *testing.T) {
	l := layout(t, "default")
	taken := 0
	for n := range 96 {
		p := blank(t, l, 1, []float64{150, 200, 300}[n%3])
		picks := picksOf(l, 1)
		crossed(p, picks[0], 0.45)
		b := picks[4]
		turn, radius, past := float64(n)*0.37, 12+float64(n%8), -2.6+0.4*float64(n/3%14)
		x, y := b.X+(radius+past)*math.Cos(turn), b.Y+(radius+past)*math.Sin(turn)
		for _, r := range [][]float64{{radius}, {radius, radius - 1.2}}[n%2] {
			for a := 0.0; a < 2*math.Pi; a += 0.05 {
				stroke(p, x+r*math.Cos(a), y+r*math.Sin(a), x+r*math.Cos(a+0.05), y+r*math.Sin(a+0.05), 0.5, 100)
			}
		}
		for _, got := range Read(p.Image, only(l), Hints{}).Boxes {
			if got.Question == b.Question && got.Option == b.Option && got.State == Marked && !got.Flagged {
				taken++
				t.Logf("ring of %.0f mm, %.1f mm from the middle, at %.1f, double %t: %+v", radius, past, turn, n%2 == 1, got.Measures)
			}
		}
	}
	if taken > 1 {
		t.Errorf("%d of 96 rings are marks", taken)
	}
}

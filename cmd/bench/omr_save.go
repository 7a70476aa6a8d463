package main

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"strings"

	"ocenaurzedu.eu/pkg/omr"
	"ocenaurzedu.eu/pkg/synth"
)

// colours of outlines: what was read in a box.
var stateColours = map[omr.BoxState]color.RGBA{
	omr.Empty: {120, 190, 120, 255}, omr.Marked: {40, 90, 230, 255}, omr.Filled: {170, 60, 200, 255}, omr.Doubtful: {240, 150, 0, 255},
}

// save writes a page with its boxes outlined as they were read, and in red those that are wrong; and beside it in words
// what was meant and what was read.
func (c *omrCommand) save(name string, page *synth.Page, read *omr.Page, r result) error {
	img := image.NewRGBA(page.Image.Bounds())
	draw.Draw(img, img.Rect, page.Image, img.Rect.Min, draw.Src)
	for _, b := range read.Boxes {
		outline(img, page, b, stateColours[b.State], 4.2)
	}
	for _, b := range r.wrongBoxes {
		outline(img, page, b, color.RGBA{230, 20, 20, 255}, 5)
	}
	for _, a := range r.wrong {
		for _, b := range read.Boxes {
			if b.Question == a.truth.Question && b.Row == a.truth.Row && b.Area == a.truth.Area && b.Aspect == a.truth.Aspect {
				outline(img, page, b, color.RGBA{230, 20, 20, 255}, 5.6)
			}
		}
	}
	for _, f := range read.Fiducials {
		mark(img, int(f.X), int(f.Y), 12, color.RGBA{230, 20, 20, 255})
	}
	if err := os.WriteFile(filepath.Join(c.Save, name+".txt"), []byte(told(page, read, r)), 0o600); err != nil {
		return err
	}
	file, err := os.Create(filepath.Join(c.Save, name+".png"))
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	fast := png.Encoder{CompressionLevel: png.BestSpeed}
	return fast.Encode(file, img)
}

// outline draws a square around a box, of so many millimetres.
func outline(img *image.RGBA, page *synth.Page, b omr.Box, colour color.RGBA, size float64) {
	half := size / 2 * page.DPI / 25.4
	mark(img, int(b.Center.X), int(b.Center.Y), int(half*1.25), colour)
}

func mark(img *image.RGBA, x, y, half int, colour color.RGBA) {
	for d := -half; d <= half; d++ {
		for w := range 2 {
			img.SetRGBA(x+d, y-half+w, colour)
			img.SetRGBA(x+d, y+half-w, colour)
			img.SetRGBA(x-half+w, y+d, colour)
			img.SetRGBA(x+half-w, y+d, colour)
		}
	}
}

// told says what was wrong.
func told(page *synth.Page, read *omr.Page, r result) string {
	var out strings.Builder
	b := page.Image.Bounds()
	fmt.Fprintf(&out, "%s %s; %d×%d, %.0f dpi, JPEG quality %d, %s, nasty %t, %+v\n", read.State, read.Reason, b.Dx(), b.Dy(), page.DPI, page.Quality, page.Truth.Pen, page.Truth.Nasty, page.Truth.Code)
	for _, a := range r.wrong {
		fmt.Fprintf(&out, "question %s.%s%s%s: meant %q, read %q; %s, only a flag is right: %t\n", a.truth.Question, a.truth.Row, a.truth.Area, a.truth.Aspect, a.truth.Values, a.read.Values, a.truth.Oddity, a.truth.Flag)
	}
	for _, a := range r.answers {
		if a.flagged {
			fmt.Fprintf(&out, "flagged %s.%s%s%s: meant %q, read %q for %s; %s\n", a.truth.Question, a.truth.Row, a.truth.Area, a.truth.Aspect, a.truth.Values, a.read.Values, a.read.Reason, a.truth.Oddity)
		}
	}
	for i, t := range page.Truth.Boxes {
		if i < len(read.Boxes) {
			got := read.Boxes[i]
			if !got.Flagged && t.State != synth.Unclear && string(got.State) != string(t.State) {
				fmt.Fprintf(&out, "box %s.%s.%s: %s by a %s, read %s, %+v\n", t.Question, t.Row, t.Option, t.State, t.Mark, got.State, got.Measures)
			}
		}
	}
	return out.String()
}

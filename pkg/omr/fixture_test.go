package omr

import (
	"bytes"
	"image"
	"image/draw"
	"image/jpeg"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	_ "image/png"

	"ocenaurzedu.eu/pkg/sheet"
	"ocenaurzedu.eu/pkg/survey"
	"ocenaurzedu.eu/pkg/synth"
)

// layout is of one of the questionnaires that every office gets.
func layout(t testing.TB, name string) *sheet.Layout {
	t.Helper()
	path := filepath.Join("..", "..", "tenants", "questionnaires", name+".yaml")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	q, err := survey.ParseQuestionnaire(path, data)
	if err != nil {
		t.Fatal(err)
	}
	l, err := sheet.NewLayout(q)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func codeOf(l *sheet.Layout, page int) sheet.Code {
	return sheet.Code{Tenant: 6, Version: 17, Page: page, Serial: 41, Format: l.Format}
}

// blank draws a page that nobody has written on.
func blank(t testing.TB, l *sheet.Layout, page int, dpi float64) synth.Print {
	t.Helper()
	p, err := synth.Draw(l, codeOf(l, page), dpi)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// filled has a page filled in and brought back in one of the ways of a class: the image as decoded from its file.
func filled(t testing.TB, p synth.Print, class string, nasty bool, n int) (*image.Gray, synth.Truth) {
	t.Helper()
	c, ok := synth.ClassOf(class)
	if !ok {
		t.Fatalf("no class %s", class)
	}
	page, err := c.Make(p, nasty, synth.Rand(20260, class, n))
	if err != nil {
		t.Fatal(err)
	}
	img, _, err := image.Decode(bytes.NewReader(page.File))
	if err != nil {
		t.Fatal(err)
	}
	return inGrey(img), page.Truth
}

func inGrey(img image.Image) *image.Gray {
	if g, ok := img.(*image.Gray); ok {
		return g
	}
	b := img.Bounds()
	out := image.NewGray(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(out, out.Rect, img, b.Min, draw.Src)
	return out
}

// only finds the given layout for any code.
func only(l *sheet.Layout) Lookup {
	return func(sheet.Code) (*sheet.Layout, error) { return l, nil }
}

func wasRead(p Page) bool { return p.State == Done || p.State == NeedsCheck }

// turned turns an image by quarters, clockwise; mirrored ones are turned over.
func turned(g *image.Gray, quarters int, mirror bool) *image.Gray {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	at := func(x, y int) uint8 { return g.Pix[y*g.Stride+x] }
	ow, oh := w, h
	if quarters%2 == 1 {
		ow, oh = h, w
	}
	out := image.NewGray(image.Rect(0, 0, ow, oh))
	for y := range oh {
		for x := range ow {
			sx, sy := x, y
			switch quarters {
			case 1:
				sx, sy = y, h-1-x
			case 2:
				sx, sy = w-1-x, h-1-y
			case 3:
				sx, sy = w-1-y, x
			}
			if mirror {
				sx = w - 1 - sx
			}
			out.Pix[y*out.Stride+x] = at(sx, sy)
		}
	}
	return out
}

// rescaled interpolates an image at another resolution.
func rescaled(g *image.Gray, by float64) *image.Gray {
	w, h := int(float64(g.Rect.Dx())*by), int(float64(g.Rect.Dy())*by)
	return Crop(g, Homography{1, 0, 0, 0, 1, 0, 0, 0, 1}, 0, 0, float64(w)/by, float64(h)/by, by)
}

func recompressed(t testing.TB, g *image.Gray, quality int) *image.Gray {
	t.Helper()
	var out bytes.Buffer
	if err := jpeg.Encode(&out, g, &jpeg.Options{Quality: quality}); err != nil {
		t.Fatal(err)
	}
	img, err := jpeg.Decode(&out)
	if err != nil {
		t.Fatal(err)
	}
	return inGrey(img)
}

// stroke draws a stroke over a blank page, all in millimetres.
func stroke(p synth.Print, x0, y0, x1, y1, width float64, tone uint8) {
	g := p.Image
	perMM := float64(g.Rect.Dx()) / p.Layout.PageWidth
	x0, y0, x1, y1, half := x0*perMM, y0*perMM, x1*perMM, y1*perMM, width*perMM/2
	long := (x1-x0)*(x1-x0) + (y1-y0)*(y1-y0)
	for y := int(min(y0, y1) - half - 1); y <= int(max(y0, y1)+half+1); y++ {
		for x := int(min(x0, x1) - half - 1); x <= int(max(x0, x1)+half+1); x++ {
			px, py, t := float64(x)+0.5-x0, float64(y)+0.5-y0, 0.0
			if long > 0 {
				t = min(max((px*(x1-x0)+py*(y1-y0))/long, 0), 1)
			}
			if math.Hypot(px-t*(x1-x0), py-t*(y1-y0)) <= half && (image.Point{X: x, Y: y}).In(g.Rect) {
				at := &g.Pix[y*g.Stride+x]
				*at = min(*at, tone)
			}
		}
	}
}

// cover paints a rectangle of the page over.
func cover(p synth.Print, x0, y0, x1, y1 float64, tone uint8) {
	perMM := float64(p.Image.Rect.Dx()) / p.Layout.PageWidth
	r := image.Rect(int(x0*perMM), int(y0*perMM), int(x1*perMM), int(y1*perMM)).Intersect(p.Image.Rect)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		row := p.Image.Pix[y*p.Image.Stride:]
		for x := r.Min.X; x < r.Max.X; x++ {
			row[x] = tone
		}
	}
}

// sameAnswers reports where two readings of one page differ though neither has a flag.
func sameAnswers(t *testing.T, name string, a, b Page) {
	t.Helper()
	if !wasRead(a) || !wasRead(b) || a.Code != b.Code {
		t.Errorf("%s: %s %s %+v, then %s %s %+v", name, a.State, a.Reason, a.Code, b.State, b.Reason, b.Code)
		return
	}
	flagged := 0
	for i, q := range a.Questions {
		r := b.Questions[i]
		if r.Flagged {
			flagged++
		}
		if !q.Flagged && !r.Flagged && !slices.Equal(q.Values, r.Values) {
			t.Errorf("%s: %s %s is %q, then %q", name, q.Question, q.Row, q.Values, r.Values)
		}
	}
	if flagged*2 > len(a.Questions) {
		t.Errorf("%s: %d of %d questions flagged", name, flagged, len(a.Questions))
	}
}

package synth

import (
	"bytes"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"ocenaurzedu.eu/pkg/sheet"
	"ocenaurzedu.eu/pkg/survey"
	"ocenaurzedu.eu/tenants"
)

// printed draws the first page of the default questionnaire's sheet.
func printed(t testing.TB, dpi float64) Print {
	t.Helper()
	data, err := tenants.Files.ReadFile("questionnaires/default.yaml")
	if err != nil {
		t.Fatal(err)
	}
	q, err := survey.ParseQuestionnaire("default.yaml", data)
	if err != nil {
		t.Fatal(err)
	}
	l, err := sheet.NewLayout(q)
	if err != nil {
		t.Fatal(err)
	}
	p, err := Draw(l, sheet.Code{Tenant: 6, Version: 17, Page: 1, Serial: 41}, dpi)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestEachClassMakesPages makes a page of each class: as large as its device makes them, neither blank nor black, with a
// file that holds the same picture. SCREENSHOTS keeps the files to be looked at.
func TestEachClassMakesPages(t *testing.T) {
	p := printed(t, 120)
	for _, c := range Classes() {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			page, err := c.Make(p, true, Rand(1, c.Name, 1))
			if err != nil {
				t.Fatal(err)
			}
			b := page.Image.Bounds()
			lowest, highest := 0.6e6, 40e6
			if c.camera != nil {
				lowest, highest = 2.4e6, 12.1e6
				if c.camera.megapixels == phone().megapixels {
					lowest = 7.9e6
				}
			}
			if n := float64(b.Dx() * b.Dy()); n < lowest || n > highest {
				t.Errorf("%d×%d pixels, want %.0f to %.0f", b.Dx(), b.Dy(), lowest, highest)
			}
			config, format, err := image.DecodeConfig(bytes.NewReader(page.File))
			if err != nil || config.Width != b.Dx() || config.Height != b.Dy() || (format == "jpeg") != page.JPEG {
				t.Errorf("file: %s of %d×%d, %v; want %v", format, config.Width, config.Height, err, b)
			}
			if dark := darkShare(page.Image); dark < 0.0005 || dark > 0.6 && c.camera == nil {
				t.Errorf("%.4f of the page is dark", dark)
			}
			if dir := os.Getenv("SCREENSHOTS"); dir != "" {
				keep(t, filepath.Join(dir, c.Name+".png"), page.Image)
			}
		})
	}
}

// TestDeterministic makes the same page twice, and others of another seed, class or number.
func TestDeterministic(t *testing.T) {
	p := printed(t, 100)
	seen := map[string]string{}
	for _, tt := range []struct {
		name  string
		seed  uint64
		class string
		n     int
	}{{"first", 1, "100-dpi", 1}, {"another seed", 2, "100-dpi", 1}, {"another page", 1, "100-dpi", 2}, {"another class", 1, "fax", 1}} {
		c, ok := ClassOf(tt.class)
		if !ok {
			t.Fatalf("no class %s", tt.class)
		}
		var files [2]*Page
		for i := range files {
			page, err := c.Make(p, true, Rand(tt.seed, tt.class, tt.n))
			if err != nil {
				t.Fatal(err)
			}
			files[i] = page
		}
		if !bytes.Equal(files[0].File, files[1].File) || !reflect.DeepEqual(files[0].Truth, files[1].Truth) {
			t.Errorf("%s: not the same page twice", tt.name)
		}
		if other, known := seen[string(files[0].File)]; known {
			t.Errorf("%s is the same page as %s", tt.name, other)
		}
		seen[string(files[0].File)] = tt.name
	}
}

// TestTruthIsInk looks at the ink that filling adds within each box: none in an empty one but where a pen rested, some in a
// marked one, most of it in a filled one. And answers agree with boxes.
func TestTruthIsInk(t *testing.T) {
	p := printed(t, 150)
	for n := range 40 {
		c := canvasOf(p, false)
		truth := fill(p, c, n%2 == 1, Rand(7, "ink", n))
		for _, b := range truth.Boxes {
			ink := inked(p, c, b)
			lowest, highest := 0.0, 1.0
			switch b.State {
			case Empty:
				highest = 0.06
			case Marked:
				lowest = 0.015
			case Filled:
				lowest = 0.75
			}
			if ink < lowest || ink > highest {
				t.Errorf("page %d, %s, %s.%s.%s: %s (%s) has ink on %.3f of it", n, truth.Pen, b.Question, b.Row, b.Option, b.State, b.Mark, ink)
			}
		}
		for _, q := range truth.Questions {
			checkAnswer(t, truth, q)
		}
	}
}

// inked is the share of a box's inside that filling made darker.
func inked(p Print, c *canvas, b Box) float64 {
	half, dark, all := p.Layout.BoxSize/2-p.Layout.BoxLine-0.1, 0, 0
	c.each(b.X-half, b.Y-half, b.X+half, b.Y+half, func(i int, _, _ float64) {
		all++
		if int(c.planes[0][i]) < int(p.Image.Pix[i])-25 {
			dark++
		}
	})
	return float64(dark) / float64(all)
}

// checkAnswer wants an answer that can be known to be what is marked.
func checkAnswer(t *testing.T, truth Truth, q Question) {
	t.Helper()
	var marked []string
	for _, b := range truth.Boxes {
		if b.State == Marked && b.Question == q.Question && b.Row == q.Row && b.Area == q.Area && b.Aspect == q.Aspect {
			marked = append(marked, b.Option)
		}
	}
	if !q.Flag && !slices.Equal(marked, q.Values) {
		t.Errorf("%s.%s: %q is meant and %q marked (%s)", q.Question, q.Row, q.Values, marked, q.Oddity)
	}
	if !truth.Nasty && q.Flag {
		t.Errorf("%s.%s of a cooperative person can't be known (%s)", q.Question, q.Row, q.Oddity)
	}
}

// TestNastyPeople do each thing that the profile tells of, and cooperative ones only what the sheet asks for.
func TestNastyPeople(t *testing.T) {
	p := printed(t, 60)
	p.Code.Page = 2 // most questions stand there; what is printed on it doesn't matter
	var marks, odd [2]map[string]int
	for i := range marks {
		marks[i], odd[i] = map[string]int{}, map[string]int{}
		for n := range 200 {
			truth := fill(p, canvasOf(p, false), i == 1, Rand(3, "people", n))
			for _, b := range truth.Boxes {
				marks[i][string(b.Mark)]++
			}
			for _, q := range truth.Questions {
				odd[i][q.Oddity]++
			}
		}
	}
	for _, m := range []Mark{Cross, HugeCross, TinyCross, Tick, Slash, Bar, Dot, Fill, Scribble, Circle, Beside, Underline} {
		if marks[1][string(m)] == 0 {
			t.Errorf("no nasty person makes a %s", m)
		}
		if marks[0][string(m)] > 0 != (m == Cross || m == Fill) {
			t.Errorf("cooperative people make %d of %s", marks[0][string(m)], m)
		}
	}
	for _, o := range oddities() {
		if odd[1][o.name] == 0 || odd[0][o.name] > 0 {
			t.Errorf("%s: %d times by nasty people, %d by cooperative ones", o.name, odd[1][o.name], odd[0][o.name])
		}
	}
}

// TestPlace wants the fiducials of a scan where Place tells: dark in the middle, light around it.
func TestPlace(t *testing.T) {
	p := printed(t, 150)
	for _, name := range []string{"grey", "black-border", "photo"} {
		c, _ := ClassOf(name)
		if c.camera != nil {
			c.camera.curl = span{} // which Place leaves out
		}
		for n := range 2 {
			page, err := c.Make(p, false, Rand(5, name, n))
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range p.Layout.Pages[0].Fiducials {
				dot, ring := brightness(page, f[0], f[1]), brightness(page, f[0]+2, f[1])
				if float64(dot) > 0.75*float64(ring) {
					t.Errorf("%s %d: fiducial at %v has %d in its middle and %d around it", name, n, f, dot, ring)
				}
			}
		}
	}
}

func brightness(p *Page, x, y float64) uint32 {
	u, v := p.Place(x, y)
	_, g, _, _ := p.Image.At(int(u), int(v)).RGBA()
	return g >> 8
}

func keep(t testing.TB, path string, img image.Image) {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// darkShare is the share of pixels much darker than half of all pixels are.
func darkShare(img image.Image) float64 {
	var greens []uint8
	switch img := img.(type) {
	case *image.Gray:
		for i := 0; i < len(img.Pix); i += 5 {
			greens = append(greens, img.Pix[i])
		}
	case *image.RGBA:
		for i := 1; i < len(img.Pix); i += 20 {
			greens = append(greens, img.Pix[i])
		}
	}
	paper, dark := percentile(greens, 0.5), 0
	for _, v := range greens {
		if int(v) < int(paper)*4/5 {
			dark++
		}
	}
	return float64(dark) / float64(len(greens))
}

// BenchmarkMake tells what a page costs.
func BenchmarkMake(b *testing.B) {
	p := printed(b, 300)
	for _, name := range []string{"200-dpi", "bw-adaptive", "photo"} {
		c, _ := ClassOf(name)
		b.Run(name, func(b *testing.B) {
			for n := 0; b.Loop(); n++ {
				if _, err := c.Make(p, true, Rand(1, name, n)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

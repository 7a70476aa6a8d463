package omr

import (
	"image"
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// TestGeometryIsThatOfAllSheets: a page is located before its layout is known.
func TestGeometryIsThatOfAllSheets(t *testing.T) {
	for _, name := range []string{"default", "importance", "short", "call"} {
		for _, p := range layout(t, name).Pages {
			for i, f := range p.Fiducials {
				if (Point{f[0], f[1]}) != corners[i] {
					t.Errorf("%s: fiducial %d at %v; want %v", name, i, f, corners[i])
				}
			}
			if p.QR != qrPlace {
				t.Errorf("%s: QR at %+v; want %+v", name, p.QR, qrPlace)
			}
		}
	}
}

// views are homographies of a page seen by a scanner or a camera, any way up.
func views(t *rapid.T) Homography {
	turn := rapid.Float64Range(-math.Pi, math.Pi).Draw(t, "turn")
	scale := rapid.Float64Range(3, 12).Draw(t, "scale")
	px, py := rapid.Float64Range(-6e-4, 6e-4).Draw(t, "across"), rapid.Float64Range(-6e-4, 6e-4).Draw(t, "down")
	c, s := scale*math.Cos(turn), scale*math.Sin(turn)
	return Homography{c, -s, 2000, s, c, 1500, px, py, 1}
}

func near(a, b Point, by float64) bool { return math.Hypot(a.X-b.X, a.Y-b.Y) <= by }

func TestHomographyIsFoundFromItsPoints(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := views(t)
		var pairs []pair
		for _, c := range corners {
			pairs = append(pairs, pair{c, h.At(c.X, c.Y), 1})
		}
		for range rapid.IntRange(0, 5).Draw(t, "more") {
			p := Point{rapid.Float64Range(0, 210).Draw(t, "x"), rapid.Float64Range(0, 297).Draw(t, "y")}
			pairs = append(pairs, pair{p, h.At(p.X, p.Y), 1})
		}
		got, ok := fit(pairs)
		inverse, inverts := got.Inverse()
		if !ok || !inverts {
			t.Fatalf("fit: %t, inverse: %t", ok, inverts)
		}
		for _, p := range []Point{{0, 0}, {105, 148}, {210, 297}, {33, 200}} {
			at := got.At(p.X, p.Y)
			if want := h.At(p.X, p.Y); !near(at, want, 1e-3) {
				t.Errorf("%v is at %v; want %v", p, at, want)
			}
			if back := inverse.At(at.X, at.Y); !near(back, p, 1e-4) {
				t.Errorf("%v comes back as %v", p, back)
			}
			const d = 1e-4
			j, right, down := got.slope(p.X, p.Y), got.At(p.X+d, p.Y), got.At(p.X, p.Y+d)
			if !near(Point{j[0], j[2]}, Point{(right.X - at.X) / d, (right.Y - at.Y) / d}, 0.01) || !near(Point{j[1], j[3]}, Point{(down.X - at.X) / d, (down.Y - at.Y) / d}, 0.01) {
				t.Errorf("slope at %v is %v", p, j)
			}
		}
	})
}

func TestPointsOnALineSettleNoHomography(t *testing.T) {
	var pairs []pair
	for i := range 6 {
		v := float64(i)
		pairs = append(pairs, pair{Point{v, v}, Point{v, 2 * v}, 1})
	}
	if h, ok := fit(pairs); ok && upright(h) {
		t.Errorf("fit gives %v", h)
	}
	if _, ok := fit(pairs[:3]); ok {
		t.Error("three points settle a homography")
	}
}

// TestComponentsHoldTheWholeImage compares labelling by runs with what must hold of any image.
func TestComponentsHoldTheWholeImage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(1, 24).Draw(t, "w"), rapid.IntRange(1, 24).Draw(t, "h")
		dark := rapid.SliceOfN(rapid.Bool(), w*h, w*h).Draw(t, "dark")
		areas, want := [2]int{}, [2]int{}
		for _, c := range components(dark, w, h) {
			if c.area == 0 {
				continue
			}
			areas[index(c.dark)] += c.area
			if c.maxX < c.minX || c.maxY < c.minY || c.maxX >= w || c.maxY >= h || c.area > (c.maxX-c.minX+1)*(c.maxY-c.minY+1) {
				t.Fatalf("%+v", c)
			}
		}
		for _, d := range dark {
			want[index(d)]++
		}
		if areas != want {
			t.Errorf("areas %v; want %v", areas, want)
		}
	})
}

func index(b bool) int {
	if b {
		return 1
	}
	return 0
}

func TestComponentsNest(t *testing.T) {
	picture := []string{
		".........",
		".#######.",
		".#.....#.",
		".#.###.#.",
		".#.###.#.",
		".#.....#.",
		".#######.",
		"........#", // touches the ring over a corner
	}
	var dark []bool
	for _, row := range picture {
		for _, c := range row {
			dark = append(dark, c == '#')
		}
	}
	all := components(dark, 9, 8)
	for i, c := range all {
		if c.area != 6 {
			continue
		}
		white := all[c.parent]
		ring := all[white.parent]
		if white.area != 14 || white.dark || ring.area != 23 || !ring.dark || all[ring.parent].dark {
			t.Errorf("component %d of 6 lies in %+v in %+v", i, white, ring)
		}
		return
	}
	t.Error("the dot is not found")
}

// noisePage draws what a page is not, from a seed: noise, rectangles, rings with dots.
func noisePage(seed uint64, w, h int) *image.Gray {
	r := rand.New(rand.NewPCG(seed, 7))
	g := image.NewGray(image.Rect(0, 0, w, h))
	base, noise := r.IntN(256), 1+r.IntN(60)
	for i := range g.Pix {
		g.Pix[i] = uint8(min(max(base+r.IntN(noise)-noise/2, 0), 255))
	}
	paint := func(x, y, half int, tone uint8) {
		for j := max(y-half, 0); j < min(y+half, h); j++ {
			for i := max(x-half, 0); i < min(x+half, w); i++ {
				g.Pix[j*g.Stride+i] = tone
			}
		}
	}
	if w == 0 || h == 0 {
		return g
	}
	for range r.IntN(40) {
		x, y, unit := r.IntN(w), r.IntN(h), 1+r.IntN(max(min(w, h)/60, 1))
		for i, half := range []int{7, 5, 3} {
			paint(x, y, half*unit/2+1, uint8(255*(i%2)))
		}
	}
	for range r.IntN(100) {
		paint(r.IntN(w), r.IntN(h), 1+r.IntN(w/10+1), uint8(r.IntN(256)))
	}
	return g
}

func FuzzRead(f *testing.F) {
	l := layout(f, "short")
	for _, size := range [][2]uint16{{0, 0}, {1, 5000}, {300, 300}, {301, 420}, {640, 900}, {900, 320}} {
		f.Add(uint64(size[0])*7+1, size[0], size[1], false)
		f.Add(uint64(size[1])*3+2, size[0], size[1], true)
	}
	f.Fuzz(func(t *testing.T, seed uint64, w, h uint16, typed bool) {
		w, h = w%1200, h%1200
		img := noisePage(seed, int(w), int(h))
		var hints Hints
		if typed {
			code := codeOf(l, 1)
			r := rand.New(rand.NewPCG(seed, 9))
			at := func() Point {
				return Point{3*r.Float64()*float64(w) - float64(w), 3*r.Float64()*float64(h) - float64(h)}
			}
			hints = Hints{Code: &code, Corners: &[4]Point{at(), at(), at(), at()}}
			if seed%3 == 0 {
				hints.Corners = nil
			}
		}
		if page := Read(img, only(l), hints); wasRead(page) {
			t.Errorf("noise of seed %d, %d by %d, is read", seed, w, h)
		}
	})
}

// TestNoForeignPageIsRead reads noise with rings and dots of the right proportions in it.
func TestNoForeignPageIsRead(t *testing.T) {
	l := layout(t, "short")
	for seed := range uint64(12) {
		if page := Read(noisePage(seed, 850, 1200), only(l), Hints{}); wasRead(page) || page.State == Foreign {
			t.Errorf("seed %d: %s", seed, page.State)
		}
	}
}

func TestSubImagesAreReadAsImages(t *testing.T) {
	l := layout(t, "short")
	img := blank(t, l, 1, 150).Image
	wide := image.NewGray(image.Rect(-40, -30, img.Rect.Dx()+50, img.Rect.Dy()+60))
	for y := range img.Rect.Dy() {
		copy(wide.Pix[wide.PixOffset(0, y):], img.Pix[y*img.Stride:][:img.Rect.Dx()])
	}
	a, b := Read(img, only(l), Hints{}), Read(wide.SubImage(img.Rect).(*image.Gray), only(l), Hints{})
	sameAnswers(t, "sub-image", a, b)
	if a.ToImage != b.ToImage {
		t.Errorf("%v and %v", a.ToImage, b.ToImage)
	}
}

func TestCrop(t *testing.T) {
	l := layout(t, "short")
	p := blank(t, l, 1, 150)
	page := Read(turned(p.Image, 1, false), only(l), Hints{})
	b := l.Pages[0].Boxes[0]
	crop := Crop(turned(p.Image, 1, false), page.ToImage, b.X-5, b.Y-4, 10, 8, 6)
	if crop == nil || crop.Rect != image.Rect(0, 0, 60, 48) {
		t.Fatalf("crop %v", crop)
	}
	// The box is 5 mm: 15 places left and right of the middle.
	if edge, inside := crop.GrayAt(30-14, 24).Y, crop.GrayAt(30, 24).Y; edge > 140 || inside < 200 {
		t.Errorf("border %d, inside %d", edge, inside)
	}
	for _, bad := range [][3]float64{{0, 8, 6}, {10, 8, 0}, {math.NaN(), 8, 6}, {1e9, 8, 6}} {
		if Crop(p.Image, page.ToImage, 0, 0, bad[0], bad[1], bad[2]) != nil {
			t.Errorf("Crop of %v is not nil", bad)
		}
	}
	if out := Crop(p.Image, page.ToImage, -500, -500, 5, 5, 4); out == nil || out.GrayAt(3, 3).Y != 255 {
		t.Error("outside the page Crop is not white")
	}
}

func TestTargetsAreExact(t *testing.T) {
	l := layout(t, "short")
	page := Read(blank(t, l, 1, 200).Image, only(l), Hints{})
	for i, c := range corners {
		if want := (Point{c.X * 200 / 25.4, c.Y * 200 / 25.4}); !near(page.Fiducials[i], want, 0.3) {
			t.Errorf("fiducial %d at %v; want %v", i, page.Fiducials[i], want)
		}
	}
}

// BenchmarkRead reads a full page. The bar is 150 ms at 200 dpi on one core, or six times decoding its JPEG.
func BenchmarkRead(b *testing.B) {
	l := layout(b, "default")
	img, _ := filled(b, blank(b, l, 2, 200), "grey", false, 1)
	b.ReportAllocs()
	for b.Loop() {
		Read(img, only(l), Hints{})
	}
}

package omr

import (
	"image"
	"math/rand/v2"
	"slices"
	"testing"

	"ocenaurzedu.eu/pkg/sheet"
	"ocenaurzedu.eu/pkg/synth"
)

func TestBlankPageIsReadAsBlank(t *testing.T) {
	for _, name := range []string{"default", "importance"} {
		l := layout(t, name)
		for i, printed := range l.Pages {
			for _, dpi := range []float64{100, 150, 200, 300} {
				page := Read(blank(t, l, i+1, dpi).Image, only(l), Hints{})
				if page.State != Done || page.Bilevel || len(page.Boxes) != len(printed.Boxes) || page.Code != codeOf(l, i+1) {
					t.Fatalf("page %d at %.0f dpi is %s %s, code %+v, %d boxes", i+1, dpi, page.State, page.Reason, page.Code, len(page.Boxes))
				}
				for _, b := range page.Boxes {
					if b.State != Empty || b.Flagged || b.Measures.Border < 0.95 {
						t.Errorf("page %d at %.0f dpi: %+v", i+1, dpi, b)
					}
				}
				for _, x := range page.Texts {
					if x.Written {
						t.Errorf("page %d at %.0f dpi: %+v", i+1, dpi, x)
					}
				}
			}
		}
	}
}

// TestUnflaggedAnswersAreWhatWasMeant reads a few pages of several classes. The bench reads many of all.
func TestUnflaggedAnswersAreWhatWasMeant(t *testing.T) {
	l := layout(t, "default")
	p := blank(t, l, 2, 200)
	for _, class := range []string{"grey", "bw-adaptive", "photo", "folds", "jpeg-30"} {
		t.Run(class, func(t *testing.T) {
			t.Parallel()
			img, truth := filled(t, p, class, class == "grey", 1)
			page := Read(img, only(l), Hints{})
			if !wasRead(page) || page.Code != truth.Code || page.Bilevel != (class == "bw-adaptive") {
				t.Fatalf("%s %s, code %+v, bilevel %t", page.State, page.Reason, page.Code, page.Bilevel)
			}
			sure := 0
			for i, q := range page.Questions {
				want := truth.Questions[i]
				if q.Flagged {
					continue
				}
				sure++
				if want.Flag || !slices.Equal(q.Values, want.Values) && len(q.Values)+len(want.Values) > 0 {
					t.Errorf("%s %s is %q; meant %q, unclear %t (%s)", q.Question, q.Row, q.Values, want.Values, want.Flag, want.Oddity)
				}
			}
			if sure*2 < len(page.Questions) {
				t.Errorf("%d of %d questions are sure", sure, len(page.Questions))
			}
		})
	}
}

func TestTurnedRescaledAndRecompressedPagesGiveTheSameAnswers(t *testing.T) {
	l := layout(t, "default")
	p := blank(t, l, 2, 200)
	for n, nasty := range []bool{false, true} {
		img, _ := filled(t, p, "grey", nasty, n+2)
		page := Read(img, only(l), Hints{})
		for q := 1; q <= 3; q++ {
			sameAnswers(t, "turned", page, Read(turned(img, q, false), only(l), Hints{}))
		}
		for _, by := range []float64{0.8, 1.25} {
			sameAnswers(t, "rescaled", page, Read(rescaled(img, by), only(l), Hints{}))
		}
		for _, quality := range []int{40, 75} {
			sameAnswers(t, "recompressed", page, Read(recompressed(t, img, quality), only(l), Hints{}))
		}
	}
}

// TestInkInAnEmptyBoxIsNeverEmpty draws strokes and blots of any place, length, width and tone in all boxes, and then more.
func TestInkInAnEmptyBoxIsNeverEmpty(t *testing.T) {
	l := layout(t, "default")
	for seed, dpi := range []float64{100, 150, 200, 300} {
		p := blank(t, l, 2, dpi)
		r := rand.New(rand.NewPCG(uint64(seed), 1))
		for more := range 2 {
			for _, b := range l.Pages[1].Boxes {
				const room = 1.55 // ink's middle; nearer the border a blot of faint ink may be taken for the border's blur
				x0, y0 := b.X+room*(2*r.Float64()-1), b.Y+room*(2*r.Float64()-1)
				x1, y1 := b.X+room*(2*r.Float64()-1), b.Y+room*(2*r.Float64()-1)
				width := 0.3 + 0.7*r.Float64()
				if long := (x1-x0)*(x1-x0) + (y1-y0)*(y1-y0); long < 1.2 {
					width = max(width, 0.7) // a blot
				}
				stroke(p, x0, y0, x1, y1, width, uint8(20+150*r.Float64()))
			}
			page := Read(p.Image, only(l), Hints{})
			if !wasRead(page) {
				t.Fatalf("%.0f dpi: %s", dpi, page.Reason)
			}
			for _, b := range page.Boxes {
				if b.State == Empty {
					t.Errorf("%.0f dpi, ink %d: %+v", dpi, more, b)
				}
			}
			for _, q := range page.Questions {
				if !q.Flagged {
					t.Errorf("%.0f dpi, ink %d: %s %s with ink in all boxes is %q", dpi, more, q.Question, q.Row, q.Values)
				}
			}
		}
	}
}

func TestMirroredPageIsNotRead(t *testing.T) {
	l := layout(t, "short")
	img := blank(t, l, 1, 150).Image
	for q := range 4 {
		if page := Read(turned(img, q, true), only(l), Hints{}); page.State != NotLocated {
			t.Errorf("mirrored, turned %d: %s %s", q, page.State, page.Reason)
		}
	}
}

func TestForeignPagesAreNotRead(t *testing.T) {
	l, other := layout(t, "default"), layout(t, "importance")
	img := blank(t, l, 2, 150).Image
	tests := []struct {
		name   string
		find   Lookup
		state  State
		reason Reason
	}{
		{"of another office", func(sheet.Code) (*sheet.Layout, error) { return nil, ErrForeign }, Foreign, OtherOffice},
		{"of no version", func(sheet.Code) (*sheet.Layout, error) { return nil, ErrUnknown }, Foreign, OtherSheet},
		{"with boxes elsewhere", only(other), NotLocated, BoxesNotFound},
		{"without that page", only(&sheet.Layout{Format: l.Format, Pages: l.Pages[:1]}), Foreign, OtherSheet},
		{"of another format", only(&sheet.Layout{Format: "?", Pages: l.Pages}), Foreign, OtherSheet},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			page := Read(img, tt.find, Hints{})
			if page.State != tt.state || page.Reason != tt.reason || page.Boxes != nil || page.Code != codeOf(l, 2) {
				t.Errorf("%s %s, code %+v, %d boxes; want %s %s", page.State, page.Reason, page.Code, len(page.Boxes), tt.state, tt.reason)
			}
		})
	}
}

func TestDamagedPages(t *testing.T) {
	l := layout(t, "default")
	code := codeOf(l, 2)
	qr := func(p synth.Print) { cover(p, 22, 10, 48, 37, 255) }
	fiducial := func(n int) func(synth.Print) {
		return func(p synth.Print) { c := corners[n]; cover(p, c.X-5, c.Y-5, c.X+5, c.Y+5, 255) }
	}
	two := func(p synth.Print) { fiducial(1)(p); fiducial(2)(p) }
	at := func(p synth.Print) *[4]Point {
		perMM := float64(p.Image.Rect.Dx()) / l.PageWidth
		var c [4]Point
		for i := range c {
			c[i] = Point{corners[i].X*perMM + 2, corners[i].Y*perMM - 2} // as well as a hand can point
		}
		return &c
	}
	tests := []struct {
		name   string
		damage func(synth.Print)
		hints  func(synth.Print) Hints
		state  State
		reason Reason
	}{
		{"first fiducial covered", fiducial(0), nil, Done, ""},
		{"second fiducial covered", fiducial(1), nil, Done, ""},
		{"third fiducial covered", fiducial(2), nil, Done, ""},
		{"fourth fiducial covered", fiducial(3), nil, Done, ""},
		{"a black corner", func(p synth.Print) { cover(p, 180, 265, 210, 297, 0) }, nil, Done, ""},
		{"QR covered", qr, nil, NotLocated, NoCode},
		{"QR covered, code typed", qr, func(synth.Print) Hints { return Hints{Code: &code} }, Done, ""},
		{"half of the QR covered", func(p synth.Print) { cover(p, 22, 24, 48, 37, 255) }, func(synth.Print) Hints { return Hints{Code: &code} }, Done, ""},
		{"two fiducials covered, pointed at", two, func(p synth.Print) Hints { return Hints{Corners: at(p)} }, Done, ""},
		{"pointed at, code typed", func(p synth.Print) { two(p); qr(p) }, func(p synth.Print) Hints { return Hints{Corners: at(p), Code: &code} }, Done, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := blank(t, l, 2, 150)
			tt.damage(p)
			var h Hints
			if tt.hints != nil {
				h = tt.hints(p)
			}
			for _, img := range []*image.Gray{p.Image, turned(p.Image, 2, false)} {
				if img != p.Image && h.Corners != nil {
					break
				}
				page := Read(img, only(l), h)
				if page.State != tt.state || page.Reason != tt.reason || page.State == Done && page.Code != code {
					t.Errorf("%s %q, code %+v; want %s %q", page.State, page.Reason, page.Code, tt.state, tt.reason)
				}
			}
		})
	}
}

// TestPhotoWithACoveredFiducial covers each fiducial of photos in turn, as a finger does.
func TestPhotoWithACoveredFiducial(t *testing.T) {
	l := layout(t, "default")
	p := blank(t, l, 1, 150)
	for n := range 3 {
		img, truth := filled(t, p, "photo", false, n+20)
		whole := Read(img, only(l), Hints{})
		if !wasRead(whole) {
			t.Fatalf("photo %d: %s", n, whole.Reason)
		}
		for i, f := range whole.Fiducials {
			covered := image.NewGray(img.Rect)
			copy(covered.Pix, img.Pix)
			reach := int(5 * whole.ToImage.Scale(105, 148))
			for y := max(int(f.Y)-reach, 0); y < min(int(f.Y)+reach, img.Rect.Dy()); y++ {
				for x := max(int(f.X)-reach, 0); x < min(int(f.X)+reach, img.Rect.Dx()); x++ {
					covered.Pix[y*covered.Stride+x] = 120
				}
			}
			page := Read(covered, only(l), Hints{})
			if page.Code != truth.Code {
				t.Errorf("photo %d without fiducial %d: %s %s", n, i, page.State, page.Reason)
				continue
			}
			sameAnswers(t, "covered", whole, page)
		}
	}
}

func TestHintOfABilevelScanFlagsBlanks(t *testing.T) {
	l := layout(t, "short")
	page := Read(blank(t, l, 1, 150).Image, only(l), Hints{Bilevel: true})
	for _, q := range page.Questions {
		if !page.Bilevel || !q.Flagged || q.Reason != BlankBilevel {
			t.Errorf("%+v", q)
		}
	}
}

func TestStagesAreTold(t *testing.T) {
	l := layout(t, "short")
	var stages []string
	Read(blank(t, l, 1, 150).Image, only(l), Hints{Stage: func(s string) { stages = append(stages, s) }})
	if want := []string{"shrink", "locate", "code", "register", "measure"}; !slices.Equal(stages, want) {
		t.Errorf("stages %q; want %q", stages, want)
	}
}

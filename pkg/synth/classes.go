package synth

import "math/rand/v2"

// Bars names the bars of the specification that a class is held to.
type Bars string

// Bars: of grey scans, of black and white ones, of photos. Other classes are beyond the specification's: they are measured
// against the bars of the kind that they are nearest to, and nothing is promised of them.
const (
	Grey    Bars = "grey"
	Bilevel Bars = "b/w"
	Photo   Bars = "photo"
)

// Class is a way in which sheets come back, each in a range: no two pages are alike.
type Class struct {
	Name     string
	Bars     Bars
	Beyond   bool // a class that the specification's table doesn't have
	colour   bool
	scanner  scanner
	camera   *camera // instead of a scanner
	tone     tone
	bilevel  *threshold
	quality  span // of JPEG; lossless if it is zero
	printed  effect
	happened []effect
}

func grey(name string, happened ...effect) Class {
	return Class{Name: name, Bars: Grey, Beyond: true, scanner: office(150, 200, 200, 300), tone: plain(), quality: span{60, 90}, happened: happened}
}

func coloured(c Class) Class {
	c.colour = true
	return c
}

func bw(name string, adaptive float64) Class {
	t := plain()
	t.noise, t.sharpen = span{1, 7}, span{0, 0.8}
	return Class{Name: name, Bars: Bilevel, scanner: office(200, 300), tone: t,
		bilevel: &threshold{adaptive: adaptive, level: span{0.48, 0.75}, specks: span{0, 6}}}
}

func photo(name string, happened ...effect) Class {
	p := phone()
	return Class{Name: name, Bars: Photo, Beyond: true, colour: true, camera: &p, quality: span{70, 92}, happened: happened,
		tone: tone{black: span{15, 55}, white: span{215, 250}, gamma: span{0.85, 1.2}, noise: span{2, 7}, sharpen: span{0, 0.7}}}
}

// Classes are all ways in which sheets come back, those of the specification first.
func Classes() []Class {
	plain := grey("grey")
	plain.Beyond = false
	picture := photo("photo")
	picture.Beyond = false
	all := []Class{plain, bw("bw-global", 0), bw("bw-adaptive", 1), picture}
	all = append(all, coloured(grey("colour")))
	all = append(all, worn()...)
	all = append(all, devices()...)
	return all
}

// worn are classes of paper that something happened to.
func worn() []Class {
	low := grey("low-toner")
	low.printed = toner
	return []Class{
		grey("folds", folds), grey("staple", staple), grey("holes", holes), coloured(grey("stamp", stamp)), grey("bleed-through", back),
		coloured(grey("highlighter", highlighter)), grey("photocopy", photocopied(1)), grey("photocopy-twice", photocopied(2)),
		grey("torn-corner", torn), coloured(grey("coffee", coffee)), low, grey("dirty-glass", dirt), photo("photo-folds", folds),
		grey("crumpled", crumpled), coloured(grey("scrawl", scrawl)), coloured(grey("tinted-paper", tinted)), photo("photo-thumb", thumb), photo("photo-glare", glare),
	}
}

// devices are classes of machines that are worse than they should be.
func devices() []Class {
	border := grey("black-border")
	border.scanner.lid, border.scanner.margin = span{0, 40}, 9
	coarse := grey("100-dpi")
	coarse.scanner.dpi = []float64{100}
	usual := grey("200-dpi") // as most offices set their scanners, and as time is measured
	usual.scanner.dpi = []float64{200}
	fine := grey("600-dpi")
	fine.scanner.dpi = []float64{600}
	fax := bw("fax", 0)
	fax.Beyond, fax.scanner.dpi, fax.scanner.across = true, []float64{196}, 204.0/196
	fax.bilevel.specks, fax.scanner.skew, fax.scanner.turns = span{0, 25}, span{0, 2}, false
	pale := grey("washed-out")
	pale.tone.black, pale.tone.white, pale.tone.gamma = span{90, 140}, span{200, 250}, span{0.6, 1}
	dark := grey("dark")
	dark.tone.black, dark.tone.white, dark.tone.gamma = span{0, 25}, span{130, 190}, span{1, 1.6}
	squashed := grey("jpeg-30")
	squashed.quality = span{25, 40}
	gutter := grey("shading")
	gutter.scanner.shading = span{0.3, 0.6}
	grainy := grey("noise")
	grainy.tone.noise = span{10, 22}
	copied := bw("bw-photocopy", 0.5)
	copied.Beyond, copied.happened = true, []effect{photocopied(1)}
	salted := grey("salt-and-pepper")
	salted.tone.salt = span{200, 2000}
	moving := grey("motion-blur")
	moving.tone.motion = span{1, 3}
	dithered := bw("bw-dithered", 0)
	dithered.Beyond, dithered.bilevel.dither = true, true
	cut := grey("cut-off") // one fiducial isn't in the picture
	cut.scanner.shift, cut.scanner.cuts = 3, true
	steep := photo("photo-steep")
	steep.camera.tilt = span{-32, 32}
	small := photo("photo-3-megapixels")
	small.camera.megapixels, small.camera.blur = span{2.5, 4}, span{0.3, 0.8}
	return []Class{salted, moving, dithered, cut, steep, small, usual, border, coarse, fine, fax, pale, dark, squashed, gutter, grainy, copied}
}

// ClassOf returns the class of that name.
func ClassOf(name string) (Class, bool) {
	for _, c := range Classes() {
		if c.Name == name {
			return c, true
		}
	}
	return Class{}, false
}

// Rand is the chance that a page of a class is made by: the same seed, class and number give the same page.
func Rand(seed uint64, class string, n int) *rand.Rand {
	h := uint64(14695981039346656037)
	for _, b := range []byte(class) {
		h = (h ^ uint64(b)) * 1099511628211
	}
	return rand.New(rand.NewPCG(seed^h, uint64(n)))
}

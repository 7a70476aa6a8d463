package sheet

import (
	"fmt"
	"strings"

	"github.com/boombuler/barcode/qr"
	"github.com/go-pdf/fpdf"

	"ocenaurzedu.eu/pkg/tagged"
)

const crestName = "herb"

// ink is a colour of sRGB.
type ink [3]int

var (
	houseGreen = ink{0x17, 0x59, 0x4a}
	paperWhite = ink{255, 255, 255}
	textInk    = ink{0x1c, 0x21, 0x26}
	softInk    = ink{0x4a, 0x52, 0x5b}
	cutGrey    = ink{150, 150, 150}
)

// posterDrawing is a PDF of posters being made, at one place.
type posterDrawing struct {
	Posters
	pdf    *fpdf.Fpdf
	tree   *tagged.Tree
	colour ink
	crest  *fpdf.ImageInfoType // nil: none
	place  Place
	code   modules
}

// board is a part of a page that is drawn as if it began at 0, 0: in millimetres of the composition, of which scale make
// one on paper. A copy is drawn as decoration: what stands on a sheet twenty times is read out once.
type board struct {
	*posterDrawing
	x, y, scale float64
	height      float64 // of the page
	turned      bool    // upside down about turnX, turnY
	turnX       float64
	turnY       float64
	copy        bool
}

// area is a place on a board, from its left upper corner.
type area struct{ x, y, w, h float64 }

// lettering is text that is set as large as fits, from size down to least points, into w by h millimetres and lines.
type lettering struct {
	area
	size, least float64
	lines       int
	bold        bool
	ink         ink
	middle      bool // of h; else from the top
	bottom      bool // at the foot of h
	centred     bool // in w
	joined      bool // an address, see addressParts
	lang        string
	role        tagged.Role // "": a paragraph
}

// tightness is the distance of lines, in font sizes.
const tightness = 1.16

// write sets text and returns where it ends. Text that does not fit at its least size is cut.
func (b board) write(l lettering, text string) float64 {
	text = strings.TrimSpace(printable(text))
	if text == "" {
		return l.y
	}
	size, lines := b.fit(l, text)
	step := size * point * tightness
	y := l.y
	switch tall := step * float64(len(lines)); {
	case l.middle:
		y += (l.h - tall) / 2
	case l.bottom:
		y += l.h - tall
	}
	if l.role == "" {
		l.role = tagged.Paragraph
	}
	b.say(tagged.Element{Role: l.role, Lang: l.lang}, func() {
		b.font(l.bold, size)
		b.fill(l.ink)
		b.pdf.SetTextColor(l.ink[0], l.ink[1], l.ink[2])
		for i, line := range lines {
			x := l.x
			if l.centred {
				x += (l.w - b.wide(line)) / 2
			}
			if i < len(lines)-1 && !l.joined {
				line += " " // parts the words for whoever has it read out
			}
			b.pdf.Text(b.x+x*b.scale, b.y+(y+step*float64(i)+size*point*0.95)*b.scale, line)
		}
	})
	return y + step*float64(len(lines))
}

// fit returns the largest size at which text fits, and its lines.
func (b board) fit(l lettering, text string) (float64, []string) {
	words := glued(text)
	if l.joined {
		words = addressParts(text)
	}
	for size := l.size; ; size = max(l.least, size*0.97) {
		b.font(l.bold, size)
		lines, whole := b.broken(words, l)
		fits := whole && len(lines) <= l.lines && float64(len(lines))*size*point*tightness <= l.h+1e-9
		if fits {
			return size, lines
		}
		if size == l.least {
			return size, b.cut(lines, l, size)
		}
	}
}

// addressParts are what an address may be parted into: a dot or a hyphen begins a line, where nobody takes it for the end of a
// sentence or of a syllable.
func addressParts(address string) []string {
	var parts []string
	from := 0
	for i, r := range address {
		if i > from && (r == '.' || r == '-') {
			parts = append(parts, address[from:i])
			from = i
		}
	}
	return append(parts, address[from:])
}

// broken breaks words into lines of l.w; whole: no word is wider than that.
func (b board) broken(words []string, l lettering) (lines []string, whole bool) {
	space := " "
	if l.joined {
		space = ""
	}
	whole = true
	for _, word := range words {
		if n := len(lines); n > 0 && b.wide(lines[n-1]+space+word) <= l.w {
			lines[n-1] += space + word
			continue
		}
		lines = append(lines, word)
		whole = whole && b.wide(word) <= l.w
	}
	return lines, whole
}

// cut keeps what fits, and tells with a "…" that there was more.
func (b board) cut(lines []string, l lettering, size float64) []string {
	most := max(1, min(l.lines, int(l.h/(size*point*tightness)+1e-9)))
	if len(lines) > most {
		lines = lines[:most]
		lines[most-1] += "…"
	}
	for i, line := range lines {
		runes, end := []rune(line), ""
		for len(runes) > 1 && b.wide(string(runes)+end) > l.w {
			runes, end = runes[:len(runes)-1], "…"
		}
		lines[i] = strings.TrimRight(string(runes), " …")
		if end != "" || strings.HasSuffix(line, "…") {
			lines[i] += "…"
		}
	}
	return lines
}

// say draws an element, or the copy of one.
func (b board) say(e tagged.Element, draw func()) {
	if b.copy {
		b.tree.Artifact(tagged.Decoration)
		draw()
		return
	}
	b.tree.Within(e, func() {
		b.tree.Content()
		draw()
	})
}

// font chooses a size of the composition.
func (b board) font(bold bool, size float64) { setFont(b.pdf, bold, size*b.scale) }

// wide is a text's width in the font, in millimetres of the composition.
func (b board) wide(text string) float64 { return b.pdf.GetStringWidth(text) / b.scale }

func (b board) fill(c ink) { b.pdf.SetFillColor(c[0], c[1], c[2]) }

// panel draws a rounded area.
func (b board) panel(at area, r float64, c ink) {
	b.tree.Artifact(tagged.Decoration)
	b.fill(c)
	b.pdf.RoundedRect(b.x+at.x*b.scale, b.y+at.y*b.scale, at.w*b.scale, at.h*b.scale, r*b.scale, "1234", "F")
}

// qr draws the place's code within a square that holds its quiet zone too, as one path in units of modules.
func (b board) qr(x, y, side float64) {
	module := side * b.scale / float64(b.code.n+2*quietZone) / point
	left, head := b.x+x*b.scale, b.y+y*b.scale
	var path strings.Builder
	fmt.Fprintf(&path, "q 0 g %.4f 0 0 %.4f %.3f %.3f cm\n", module, -module, left/point+quietZone*module, (b.height-head)/point-quietZone*module)
	b.code.runs(func(x, y, length int) { fmt.Fprintf(&path, "%d %d %d 1 re\n", x, y, length) })
	path.WriteString("f Q")
	b.say(tagged.Element{Role: tagged.Figure, Alt: "Kod QR: " + b.place.Address, Box: b.bounds(area{x, y, side, side})}, func() {
		b.pdf.RawWriteStr(path.String())
	})
}

// bounds is a rectangle's place on its page in points from the foot.
func (b board) bounds(at area) [4]float64 {
	x, y, w, h := b.x+at.x*b.scale, b.y+at.y*b.scale, at.w*b.scale, at.h*b.scale
	if b.turned {
		x, y = 2*b.turnX-x-w, 2*b.turnY-y-h
	}
	return [4]float64{x / point, (b.height - y - h) / point, (x + w) / point, (b.height - y) / point}
}

// crestIn draws the office's crest within an area, at its left and in its middle, and returns its width; 0: there is none.
func (b board) crestIn(at area) float64 {
	if b.crest == nil {
		return 0
	}
	share := min(at.w/b.crest.Width(), at.h/b.crest.Height())
	wide, tall := b.crest.Width()*share, b.crest.Height()*share
	x, y := at.x, at.y+(at.h-tall)/2
	b.say(tagged.Element{Role: tagged.Figure, Alt: "Herb", Box: b.bounds(area{x, y, wide, tall})}, func() {
		b.pdf.ImageOptions(crestName, b.x+x*b.scale, b.y+y*b.scale, wide*b.scale, tall*b.scale, false, fpdf.ImageOptions{ImageType: "PNG"}, 0, "")
	})
	return wide
}

// mark draws the house's sign, a speech bubble with a tick, size high and wide.
func (b board) mark(x, y, size float64, bubble, tick ink) {
	b.tree.Artifact(tagged.Decoration)
	unit := size / 32 * b.scale
	at := func(px, py float64) (float64, float64) { return b.x + x*b.scale + px*unit, b.y + y*b.scale + py*unit }
	line := func(px, py float64) { b.pdf.LineTo(at(px, py)) }
	round := func(from, corner, to [2]float64) { // a quarter of a circle
		const bend = 0.5523
		x1, y1 := at(from[0]+(corner[0]-from[0])*bend, from[1]+(corner[1]-from[1])*bend)
		x2, y2 := at(to[0]+(corner[0]-to[0])*bend, to[1]+(corner[1]-to[1])*bend)
		x, y := at(to[0], to[1])
		b.pdf.CurveBezierCubicTo(x1, y1, x2, y2, x, y)
	}
	b.fill(bubble)
	b.pdf.MoveTo(at(8, 2))
	line(24, 2)
	round([2]float64{24, 2}, [2]float64{30, 2}, [2]float64{30, 8})
	line(30, 20)
	round([2]float64{30, 20}, [2]float64{30, 26}, [2]float64{24, 26})
	line(16, 26)
	line(9, 31)
	line(9, 26)
	line(8, 26)
	round([2]float64{8, 26}, [2]float64{2, 26}, [2]float64{2, 20})
	line(2, 8)
	round([2]float64{2, 8}, [2]float64{2, 2}, [2]float64{8, 2})
	b.pdf.ClosePath()
	b.pdf.DrawPath("F")
	b.pdf.SetDrawColor(tick[0], tick[1], tick[2])
	b.pdf.SetLineWidth(3.5 * unit)
	b.pdf.SetLineCapStyle("round")
	b.pdf.SetLineJoinStyle("round")
	b.pdf.MoveTo(at(9.5, 14.5))
	line(14, 19)
	line(23, 9.5)
	b.pdf.DrawPath("D")
	b.pdf.SetLineCapStyle("butt")
	b.pdf.SetLineJoinStyle("miter")
}

// posterQR makes the code of an address at level Q, so that a crease or a stain does not spoil it.
func posterQR(address string) (modules, error) {
	if _, err := urlQR(address); err != nil {
		return modules{}, err
	}
	code, err := qr.Encode(address, qr.Q, qr.Auto)
	if err != nil {
		return modules{}, fmt.Errorf("qr: %w", ErrBadURL)
	}
	return modules{code, code.Bounds().Dx()}, nil
}

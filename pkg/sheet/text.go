package sheet

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-fonts/liberation/liberationsansbold"
	"github.com/go-fonts/liberation/liberationsansregular"
	"github.com/go-pdf/fpdf"
)

// Style says what a run of text is for; its face follows from it, its size is kept beside it.
type Style string

// Styles of text.
const (
	StyleTitle    Style = "title"
	StyleSection  Style = "section"
	StyleQuestion Style = "question"
	StyleText     Style = "text" // options and rows
	StyleHint     Style = "hint"
	StyleArea     Style = "area"
	StyleHead     Style = "head" // of a column of boxes
	StyleDigit    Style = "digit"
)

const (
	fontFamily = "Liberation Sans"
	point      = 25.4 / 72 // mm
	leading    = 1.13      // distance of lines, in font sizes
)

func (s Style) bold() bool {
	switch s {
	case StyleTitle, StyleSection, StyleQuestion, StyleArea, StyleDigit:
		return true
	}
	return false
}

// grey is the style's ink: 0 is black.
func (s Style) grey() int {
	if s == StyleHint {
		return 50
	}
	return 0
}

// newDocument returns an empty A4 document in millimetres with both faces of the sheet's font.
func newDocument() (*fpdf.Fpdf, error) {
	pdf := fpdf.New("P", "mm", "A4", "")
	pdf.AddUTF8FontFromBytes(fontFamily, "", liberationsansregular.TTF)
	pdf.AddUTF8FontFromBytes(fontFamily, "B", liberationsansbold.TTF)
	return pdf, pdf.Error()
}

func setFont(pdf *fpdf.Fpdf, bold bool, size float64) {
	face := ""
	if bold {
		face = "B"
	}
	pdf.SetFont(fontFamily, face, size)
}

// metrics measures text.
type metrics struct {
	pdf   *fpdf.Fpdf
	sizes map[Style]float64 // in points
}

func (m metrics) width(style Style, size float64, text string) float64 {
	setFont(m.pdf, style.bold(), size)
	return m.pdf.GetStringWidth(text)
}

// run is text in one style; size 0 is the style's own, and set on all lines.
type run struct {
	style Style
	text  string
	size  float64
}

// sized is the run with its size.
func (m metrics) sized(r run) run {
	if r.size == 0 {
		r.size = m.sizes[r.style]
	}
	return r
}

// lineHeight is the distance from one line to the next.
func lineHeight(points float64) float64 { return points * point * leading }

// span is a run's part on one line, x from the line's left end.
type span struct {
	run
	x, width float64
}

// line is one line of text.
type line struct {
	spans         []span
	width, height float64
}

func heightOf(lines []line) float64 {
	h := 0.0
	for _, l := range lines {
		h += l.height
	}
	return h
}

func widest(lines []line) float64 {
	w := 0.0
	for _, l := range lines {
		w = max(w, l.width)
	}
	return w
}

// wrap breaks runs into lines of at most width. A word of one letter stays with the next, as Polish
// typography asks; a word that is wider than a line is broken.
func (m metrics) wrap(width float64, runs ...run) []line {
	var lines []line
	var now line
	for _, r := range runs {
		r = m.sized(r)
		gap := m.width(r.style, r.size, " ")
		for _, word := range m.pieces(width, r) {
			w := m.width(r.style, r.size, word)
			if len(now.spans) > 0 && now.width+gap+w > width {
				lines = append(lines, now)
				now = line{}
			}
			now.add(r, word, gap, w)
		}
	}
	if len(now.spans) > 0 {
		lines = append(lines, now)
	}
	return lines
}

// add puts a word at the line's end, into the last span if that is of the same run.
func (l *line) add(r run, word string, gap, w float64) {
	l.height = max(l.height, lineHeight(r.size))
	if len(l.spans) == 0 {
		gap = 0
	}
	if last := len(l.spans) - 1; last >= 0 && l.spans[last].style == r.style && l.spans[last].size == r.size {
		s := &l.spans[last]
		s.text += " " + word
		s.width += gap + w
	} else {
		l.spans = append(l.spans, span{run{r.style, word, r.size}, l.width + gap, w})
	}
	l.width += gap + w
}

// pieces are a run's words, none wider than width.
func (m metrics) pieces(width float64, r run) []string {
	var all []string
	for _, word := range glued(r.text) {
		for m.width(r.style, r.size, word) > width {
			cut := m.fitting(width, r, word)
			all = append(all, word[:cut])
			word = word[cut:]
		}
		all = append(all, word)
	}
	return all
}

// fitting returns how many bytes of a word fit into width, at least one character's.
func (m metrics) fitting(width float64, r run, word string) int {
	_, cut := utf8.DecodeRuneInString(word)
	for i := range word {
		if i <= cut {
			continue
		}
		if m.width(r.style, r.size, word[:i]) > width {
			break
		}
		cut = i
	}
	return cut
}

// fits reports whether text takes at most n lines of width without a word being broken.
func (m metrics) fits(width float64, n int, runs ...run) bool {
	for _, r := range runs {
		if m.longestWord(r) > width {
			return false
		}
	}
	return len(m.wrap(width, runs...)) <= n
}

func (m metrics) longestWord(r run) float64 {
	w := 0.0
	r = m.sized(r)
	for _, word := range glued(r.text) {
		w = max(w, m.width(r.style, r.size, word))
	}
	return w
}

// glued splits text into words, one-letter words and lone dashes joined to a neighbour.
func glued(text string) []string {
	var words []string
	join := false
	for _, field := range strings.FieldsFunc(printable(text), isBreak) {
		dash := field == "–" || field == "—" || field == "-"
		if len(words) > 0 && (join || dash) {
			words[len(words)-1] += " " + field
		} else {
			words = append(words, field)
		}
		r, size := utf8.DecodeRuneInString(field)
		join = size == len(field) && unicode.IsLetter(r)
	}
	for i := range words {
		words[i] = strings.ReplaceAll(words[i], "\u00a0", " ")
	}
	return words
}

// isBreak is white space where a line may end.
func isBreak(r rune) bool { return unicode.IsSpace(r) && r != '\u00a0' }

// printable replaces what the font can't hold (anything beyond the basic plane) and drops controls.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return r
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
			return -1
		case r > 0xFFFD:
			return '\uFFFD'
		}
		return r
	}, text)
}

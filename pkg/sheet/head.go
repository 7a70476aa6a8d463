package sheet

import (
	"strings"

	"ocenaurzedu.eu/pkg/survey"
)

// Head of the first page: beside the QR two lines for the office, which printing fills in, then the title
// and the introduction; below, across the page, how to mark and what the code is for.
const (
	officeY    = 11.5 // two lines: name, address
	pictureGap = 2.2
	markWidth  = 68.0
)

// head starts the first page.
func (f *flow) head(q *survey.Questionnaire) {
	f.title = q.Title.In(f.words.lang)
	f.newPage()
	title := run{style: StyleTitle, text: f.title}
	if !f.fits(headRight-headX, 2, title) {
		title.size = f.d.smallTitle
	}
	y := f.lines(headX, f.d.titleY, f.wrap(headRight-headX, title))
	intro := run{style: StyleHint, text: strings.TrimSpace(q.Intro.In(f.words.lang))}
	beside := f.wrap(headRight-headX, intro)
	if y+1+heightOf(beside) <= f.d.headBottom {
		f.lines(headX, y+1, beside)
		f.y = f.d.top
	} else {
		f.y = f.lines(left, max(f.d.top, y+0.6), f.wrap(right-left, intro)) + 1.5
	}
	f.instructions()
	f.from, f.first = f.y, true
	f.tooTall = f.y > f.d.bottom
}

// instructions show the one rule of marking, in words and pictures, and tell what becomes of the answers.
// The pictures are smaller than boxes and stand nowhere near one.
func (f *flow) instructions() {
	f.rule(left, f.y, right, f.y, hairline, hairGrey)
	y := f.y + 1.4
	if f.d.stacked {
		y = f.shown(left, y, right-left, f.words.mark, "cross") + 1.2
		y = f.shown(left, y, right-left, f.words.mistake, "filled", "cross") + 1.2
	} else {
		y = max(f.shown(left, y, markWidth-3, f.words.mark, "cross"), f.shown(left+markWidth, y, right-left-markWidth, f.words.mistake, "filled", "cross")) + 1.2
	}
	y = f.lines(left, y, f.wrap(right-left, run{style: StyleHint, text: f.words.anonymous})) + 1.2
	f.rule(left, y, right, y, hairline, hairGrey)
	f.y = y + 2.6
}

// shown puts examples side by side and what is said of them behind, and returns where that ends.
func (f *flow) shown(x, y, width float64, text string, kinds ...string) float64 {
	room := float64(len(kinds))*(f.d.picture+1.2) - 1.2 + pictureGap
	lines := f.wrap(width-room, run{style: StyleHint, text: text})
	h := max(heightOf(lines), f.d.picture+0.6)
	for i, kind := range kinds {
		f.picture(kind, x+f.d.picture/2+float64(i)*(f.d.picture+1.2), y+h/2)
	}
	f.lines(x+room, y+(h-heightOf(lines))/2, lines)
	return y + h
}

func (f *flow) picture(kind string, x, y float64) {
	f.page().Pictures = append(f.page().Pictures, Picture{kind, mm(x), mm(y), f.d.picture})
}

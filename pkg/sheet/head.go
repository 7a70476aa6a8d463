package sheet

import (
	"strings"

	"ocenaurzedu.eu/pkg/survey"
)

// Head of the first page: beside the QR two lines for the office, which printing fills in, then the title
// and the introduction; below, across the page, how to mark and what the code is for.
const (
	officeY      = 11.5 // two lines: name, address
	titleY       = 21.5
	pictureSize  = 3.8
	pictureGap   = 2.2
	headBottom   = 41.5 // beside the QR
	markWidth    = 68.0
	smallerTitle = 12.0
)

// head starts the first page.
func (f *flow) head(q *survey.Questionnaire) {
	f.title = q.Title.In(f.words.lang)
	f.newPage()
	title := run{style: StyleTitle, text: f.title}
	if !f.fits(headRight-headX, 2, title) {
		title.size = smallerTitle
	}
	y := f.lines(headX, titleY, f.wrap(headRight-headX, title))
	intro := run{style: StyleHint, text: strings.TrimSpace(q.Intro.In(f.words.lang))}
	beside := f.wrap(headRight-headX, intro)
	if y+1+heightOf(beside) <= headBottom {
		f.lines(headX, y+1, beside)
		f.y = top
	} else {
		f.y = f.lines(left, max(top, y+0.6), f.wrap(right-left, intro)) + 1.5
	}
	f.instructions()
	f.from, f.first = f.y, true
	f.tooTall = f.y > bottom
}

// instructions show the one rule of marking, in words and pictures, and tell what becomes of the answers.
// The pictures are smaller than boxes and stand nowhere near one.
func (f *flow) instructions() {
	f.rule(left, f.y, right, f.y, hairline, hairGrey)
	y := f.y + 1.4
	mark := f.wrap(markWidth-9, run{style: StyleHint, text: f.words.mark})
	mistake := f.wrap(right-left-markWidth-13, run{style: StyleHint, text: f.words.mistake})
	h := max(heightOf(mark), heightOf(mistake), pictureSize+0.6)
	middle := y + h/2
	f.picture("cross", left+pictureSize/2, middle)
	f.lines(left+pictureSize+pictureGap, middle-heightOf(mark)/2, mark)
	x := left + markWidth
	f.picture("filled", x+pictureSize/2, middle)
	f.picture("cross", x+pictureSize*1.5+1.2, middle)
	f.lines(x+2*pictureSize+1.2+pictureGap, middle-heightOf(mistake)/2, mistake)
	y += h + 1.2
	y = f.lines(left, y, f.wrap(right-left, run{style: StyleHint, text: f.words.anonymous})) + 1.2
	f.rule(left, y, right, y, hairline, hairGrey)
	f.y = y + 2.6
}

func (f *flow) picture(kind string, x, y float64) {
	f.page().Pictures = append(f.page().Pictures, Picture{kind, mm(x), mm(y), pictureSize})
}

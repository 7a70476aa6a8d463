// Package sheet is the paper questionnaire: the Layout that freezes where everything stands on paper, the
// code that names each page, and the PDF. Reading a scan starts from a Layout and never computes it again.
package sheet

import (
	"errors"
	"fmt"
	"math"

	"ocenaurzedu.eu/pkg/survey"
)

// Geometry of a sheet in millimetres. A fiducial's centre is 15 mm from both edges: nearer, it leaves the
// page when a scanner skews it by 5°.
const (
	pageWidth    = 210.0
	pageHeight   = 297.0
	boxLine      = 0.3
	blank        = 4.0 // free of print on the left and right of a box
	fiducialSize = 7.0
	fiducialEdge = 15.0
	left         = 15.0 // edges of the text
	right        = 195.0
	top          = 43.0 // the flow of questions starts here, below the QR
	qrX          = 23.0
	qrY          = 11.5
	qrSize       = 24.0
	headX        = 52.0 // the head stands between QR and fiducial
	headRight    = 188.0
)

// MaxPages is how many pages a sheet may have: more than eight leaves nobody fills in, and a code counts to 31.
const MaxPages = 16

// ErrTooLong reports that a questionnaire does not fit on MaxPages pages.
var ErrTooLong = fmt.Errorf("questionnaire takes more than %d pages of paper", MaxPages)

// ErrMismatch reports that a Layout is not of the version it came with.
var ErrMismatch = errors.New("layout is of another version")

// Layout tells, in millimetres from the top left corner of the page, where everything stands on a printed
// sheet. It is frozen with its version as JSON: boxes, writing areas and texts are printed from it and read
// by it, so that a sheet printed years ago stays readable whatever this package does by then.
type Layout struct {
	Format       string  `json:"format"` // first letter of the codes on its sheets; see FormOf
	Lang         string  `json:"lang"`
	PageWidth    float64 `json:"pageWidth"`
	PageHeight   float64 `json:"pageHeight"`
	BoxSize      float64 `json:"boxSize"`      // outer edge of the square
	BoxLine      float64 `json:"boxLine"`      // width of its border, inwards
	Blank        float64 `json:"blank"`        // strip without print on the left and right of each box, as high as the box
	FiducialSize float64 `json:"fiducialSize"` // outer edge; white square within 5/7, black square within 3/7 of it
	Pages        []Page  `json:"pages"`
}

// Page is one side of paper.
type Page struct {
	Fiducials [][2]float64 `json:"fiducials"` // centres: top left, top right, bottom right, bottom left
	QR        QR           `json:"qr"`
	Boxes     []Box        `json:"boxes"`
	Texts     []Area       `json:"texts"`
	Words     []Words      `json:"words"`
	Rules     []Rule       `json:"rules"`
	Pictures  []Picture    `json:"pictures"`
}

// QR is the square of the QR's 29 by 29 modules: x, y is its top left corner. Around it are 4 modules of white.
type QR struct {
	X    float64 `json:"x"`
	Y    float64 `json:"y"`
	Size float64 `json:"size"`
}

// BoxKind tells what a mark in a box means to its question.
type BoxKind string

// Kinds of box.
const (
	BoxChoice    BoxKind = "choice"    // one of its question, or of its row (and aspect)
	BoxPick      BoxKind = "pick"      // one of those of a multi question
	BoxExclusive BoxKind = "exclusive" // multi: goes with no other pick
	BoxOptOut    BoxKind = "optout"    // option "na" or "dk"
)

// Box is a square to be marked; X, Y is its centre. Question, Row and Area are keys as in survey.Slot, Aspect too
// (paired matrices, and importance of an area); Option is a survey.Choice's value, or "na" or "dk".
type Box struct {
	Question string  `json:"question"`
	Row      string  `json:"row,omitempty"`
	Area     string  `json:"area,omitempty"`
	Aspect   string  `json:"aspect,omitempty"`
	Option   string  `json:"option"`
	Kind     BoxKind `json:"kind"`
	X        float64 `json:"x"`
	Y        float64 `json:"y"`
}

// AreaKind tells what is written in an Area.
type AreaKind string

// Kinds of area.
const (
	AreaText   AreaKind = "text"   // a framed field for remarks
	AreaNumber AreaKind = "number" // a framed field for a number
	AreaOther  AreaKind = "other"  // a dotted line: the "jakie?" of Option
)

// Area is where something is written by hand; X, Y is its top left corner.
type Area struct {
	Question string   `json:"question"`
	Option   string   `json:"option,omitempty"`
	Kind     AreaKind `json:"kind"`
	X        float64  `json:"x"`
	Y        float64  `json:"y"`
	W        float64  `json:"w"`
	H        float64  `json:"h"`
}

// Words is a run of text in one style; X, Y is the left end of its baseline. A turned one runs upwards.
type Words struct {
	X     float64 `json:"x"`
	Y     float64 `json:"y"`
	Style Style   `json:"style"`
	Size  float64 `json:"size"` // points
	Text  string  `json:"text"`
	Turn  bool    `json:"turn,omitempty"`
}

// Rule is a straight line; Grey is 0 (black) to 255.
type Rule struct {
	X1   float64 `json:"x1"`
	Y1   float64 `json:"y1"`
	X2   float64 `json:"x2"`
	Y2   float64 `json:"y2"`
	W    float64 `json:"w"`
	Grey int     `json:"grey"`
}

// Picture shows in the head how to mark: a small box with a cross or filled. X, Y is its centre. It is not
// a Box: nobody reads it.
type Picture struct {
	Kind string  `json:"kind"` // "cross" or "filled"
	X    float64 `json:"x"`
	Y    float64 `json:"y"`
	Size float64 `json:"size"`
}

// NewLayout lays a questionnaire out in Polish and in normal print; see Form.Layout.
func NewLayout(q *survey.Questionnaire) (*Layout, error) { return Form{Lang: survey.Polish}.Layout(q) }

// lay lays out a questionnaire of which each question has something to print.
func (f *flow) lay(q *survey.Questionnaire) (*Layout, error) {
	f.guide = newGuide(q, f.words)
	f.head(q)
	for i := range q.Sections {
		f.section(&q.Sections[i])
	}
	f.finish()
	if len(f.layout.Pages) > MaxPages || f.tooTall {
		return nil, fmt.Errorf("%s, %d pages: %w", q.Key, len(f.layout.Pages), ErrTooLong)
	}
	return f.layout, nil
}

func emptyLayout(form Form, d dimensions) *Layout {
	return &Layout{
		Format: form.Format(), Lang: form.Lang, PageWidth: pageWidth, PageHeight: pageHeight, BoxSize: d.box, BoxLine: boxLine,
		Blank: blank, FiducialSize: fiducialSize,
	}
}

func emptyPage() Page {
	const l, t, r, b = fiducialEdge, fiducialEdge, pageWidth - fiducialEdge, pageHeight - fiducialEdge
	return Page{
		Fiducials: [][2]float64{{l, t}, {r, t}, {r, b}, {l, b}},
		QR:        QR{qrX, qrY, qrSize},
		Boxes:     []Box{}, Texts: []Area{}, Words: []Words{}, Rules: []Rule{}, Pictures: []Picture{},
	}
}

// Check says whether the layout is of this questionnaire: a box for each value that can be marked, an area
// for each that is written, no other, and no more pages than a code can tell apart.
func (l *Layout) Check(q *survey.Questionnaire) error {
	if len(l.Pages) == 0 || len(l.Pages) > MaxPages || l.Format == "" {
		return fmt.Errorf("%d pages: %w", len(l.Pages), ErrMismatch)
	}
	want := wanted(q)
	for _, p := range l.Pages {
		for _, b := range p.Boxes {
			want[place{b.Question, b.Row, b.Area, b.Aspect, b.Option, false}]--
		}
		for _, a := range p.Texts {
			want[place{question: a.Question, option: a.Option, written: true}]--
		}
	}
	for at, n := range want {
		if n != 0 {
			return fmt.Errorf("%+v: %w", at, ErrMismatch)
		}
	}
	return nil
}

// place names a box or, with written set, a writing area.
type place struct {
	question, row, area, aspect, option string
	written                             bool
}

// wanted counts the places that a questionnaire needs on paper: one each.
func wanted(q *survey.Questionnaire) map[place]int {
	want := map[place]int{}
	boxes := func(question *survey.Question, row, area, aspect string) {
		for _, c := range choicesOf(question, aspect, words{}) {
			want[place{question.Key, row, area, aspect, c.value, false}]++
			if c.write {
				want[place{question: question.Key, option: c.value, written: true}]++
			}
		}
	}
	for _, question := range q.Questions() {
		switch question.Kind {
		case survey.KindMatrix, survey.KindPaired:
			for _, r := range question.Rows {
				if question.Kind == survey.KindMatrix {
					boxes(question, r.Key, "", "")
					continue
				}
				boxes(question, r.Key, "", survey.AspectImportance)
				boxes(question, r.Key, "", survey.AspectSatisfaction)
			}
			for _, a := range question.Areas {
				if question.AsksImportance() {
					boxes(question, "", a.Key, survey.AspectImportance)
				}
			}
			continue
		case survey.KindText, survey.KindNumber:
			want[place{question: question.Key, written: true}]++
		}
		boxes(question, "", "", "")
	}
	return want
}

// mm rounds to hundredths of a millimetre, which no printer can tell apart.
func mm(v float64) float64 { return math.Round(v*100) / 100 }

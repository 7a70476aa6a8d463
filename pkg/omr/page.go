// Package omr reads marks off the image of a printed sheet. It starts from the sheet's frozen Layout: it finds the
// page's fiducials and QR, registers each box by its border, measures the ink in it, and says what was answered and
// where a person has to look. It is pure: no I/O, no clock, no chance; the same image gives the same Page.
package omr

import (
	"errors"

	"ocenaurzedu.eu/pkg/sheet"
)

// Algorithm is the version of the reading, kept with what was read. It rises with any change that may read a page differently.
const Algorithm = 2

// ErrForeign reports that a code is of another office; ErrUnknown that it is of this office, but of no sheet of it.
// A Lookup returns them.
var (
	ErrForeign = errors.New("sheet of another office")
	ErrUnknown = errors.New("no sheet with this code")
)

// Lookup returns the layout that a code's sheet was printed from: ErrForeign or ErrUnknown if there is none to be read.
type Lookup func(sheet.Code) (*sheet.Layout, error)

// Hints are what is known of a page beside its image: by a person, if it was not located, or by its file. All may be missing.
type Hints struct {
	Corners *[4]Point          // centres of the fiducials in the image: top left, top right, bottom right, bottom left of the printed page
	Code    *sheet.Code        // as typed from below the QR; the caller has completed it by tenant. It is not used if the QR can be read
	Bilevel bool               // the scan was black and white, though this image of it may have greys at edges, as one rendered from a PDF has
	Stage   func(stage string) // called at the end of each stage, for who measures time
}

// Point is a place in an image: pixels from its top left corner, the centre of the first pixel is (0.5, 0.5).
type Point struct{ X, Y float64 }

// State is what became of a page.
type State string

// States of a page. Duplicate is found by who reads several pages: a page on its own is never one.
const (
	Done        State = "read"        // each question is sure
	NeedsCheck  State = "needs_check" // some question is flagged
	NotLocated  State = "not_located"
	Foreign     State = "foreign" // another office's, or no sheet of this one
	Duplicate   State = "duplicate"
	Unsupported State = "unsupported" // not an image that can be read: no page comes of it
)

// Reason says why a page is not read, or why a question is flagged; "" for neither.
type Reason string

// Reasons of a page, and of a question.
const (
	NoFiducials     Reason = "no_fiducials"
	NoCode          Reason = "no_code"            // located, but the QR can't be read
	OtherOffice     Reason = "other_office"       //
	OtherSheet      Reason = "other_sheet"        // of this office, but no version or page of it
	BoxesNotFound   Reason = "boxes_not_found"    // under 70 % of the borders of boxes are where they belong
	SeveralMarks    Reason = "several_marks"      // more than one mark where one is allowed
	DoubtfulMark    Reason = "doubtful_mark"      // a box neither surely marked nor surely empty
	InkBeside       Reason = "ink_beside"         // no mark, but ink beside the boxes
	BlankBilevel    Reason = "blank_on_bilevel"   // no mark on a black-and-white scan, which may have lost pencil
	OnlyFilled      Reason = "only_filled"        // a box is filled and none is crossed: a correction without its answer, or a mark
	ExclusivePicked Reason = "exclusive_and_more" // an exclusive pick, or an opt-out, beside others
	TooManyPicks    Reason = "too_many_picks"
)

// BoxState is what stands in a box.
type BoxState string

// States of a box.
const (
	Empty    BoxState = "empty"
	Marked   BoxState = "marked"
	Filled   BoxState = "filled" // filled all over: a mark taken back
	Doubtful BoxState = "doubtful"
)

// Measures are of a box's interior, after division by the white of the paper around it.
type Measures struct {
	Coverage float64 `json:"coverage"` // share of dark pixels, 0 to 1
	Stroke   float64 `json:"stroke"`   // longest stroke, in inner widths of the box
	Cells    float64 `json:"cells"`    // share of a grid's cells with ink, 0 to 1
	Beside   float64 `json:"beside"`   // share of dark pixels in the blank strip left or right of the box, whichever has more
	Border   float64 `json:"border"`   // share of its border that was found, 0 to 1
}

// Box is a box of the Layout as it was read.
type Box struct {
	sheet.Box
	State    BoxState `json:"state"`
	Flagged  bool     `json:"flagged"` // the state is not sure, or its question is flagged
	Measures Measures `json:"measures"`
	Center   Point    `json:"center"` // in the image
}

// Question is an answer as it was read: one row of a matrix, of one aspect, or one question without rows. Values are
// the options marked; empty is a blank.
type Question struct {
	Question string   `json:"question"`
	Row      string   `json:"row,omitempty"`
	Area     string   `json:"area,omitempty"`
	Aspect   string   `json:"aspect,omitempty"`
	Values   []string `json:"values"`
	Flagged  bool     `json:"flagged"`
	Reason   Reason   `json:"reason,omitempty"`
}

// Page is what was read off one image. Code is set if it is known; Boxes and Questions are empty unless State is Done
// or NeedsCheck.
type Page struct {
	State     State
	Reason    Reason
	Algorithm int
	Code      sheet.Code
	Bilevel   bool // the scan is black and white
	Boxes     []Box
	Questions []Question
	Texts     []Text
	ToImage   Homography
	Fiducials [4]Point // found, as Hints.Corners
}

// Text is a writing area of the Layout and whether something was written there.
type Text struct {
	sheet.Area
	Ink     float64 `json:"ink"` // share of dark pixels
	Written bool    `json:"written"`
}

// Homography maps millimetres on the page to pixels of the image, row by row; the last is 1.
type Homography [9]float64

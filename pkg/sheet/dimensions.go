package sheet

import "ocenaurzedu.eu/pkg/survey"

// dimensions are the millimetres and points that differ between normal and large print.
type dimensions struct {
	box          float64 // outer edge
	pitchDown    float64 // least distance of two boxes, centre to centre, down the page
	pitchAcross  float64 // and across it
	sizes        map[Style]float64
	smallTitle   float64   // points of a long title
	heads        []float64 // points of columns' heads that stand upright, the best first
	smallHead    float64   // points of those that run upwards
	smallOffice  float64   // points of an office's name and address, at least
	foot         float64   // points
	code         float64   // points of what is typed of the QR
	top          float64   // where the flow of questions starts, and where it ends
	bottom       float64
	officeY      float64 // lines on which the name stands, and below it the address
	addressY     float64
	titleY       float64
	noteY        float64 // lower edge of the note that a question continues
	headBottom   float64 // beside the QR
	picture      float64
	stacked      bool    // what is to be rated stands above its boxes, how to mark on lines of their own
	sideX        float64 // where boxes start that stand beside their question
	writeMin     float64 // shortest line for "jakie?"
	writeHeight  float64
	aspect       float64 // width of "zadowolenie"
	widePitch    float64
	turnedLength float64 // of a head that runs upwards
	turnedLines  int
	fieldWidth   float64
	fieldHeight  float64
	shortField   float64
	versionWidth float64 // kept free beside the running title
}

// boxAt is a box's centre from its column's left edge, labelAt its label from there, columnGap what a column needs beside
// its label.
func (d dimensions) boxAt() float64     { return d.box / 2 }
func (d dimensions) labelAt() float64   { return d.box + blank }
func (d dimensions) columnGap() float64 { return d.box + 2*blank }

// sideWidth is that of a question with boxes beside it.
func (d dimensions) sideWidth() float64 { return d.sideX - left - blank }

func normalPrint() dimensions {
	return dimensions{
		box: 5, pitchDown: 8.5, pitchAcross: 13,
		sizes: map[Style]float64{
			StyleTitle: 15, StyleSection: 11.5, StyleQuestion: 10.5, StyleText: 10, StyleHint: 9, StyleArea: 10, StyleHead: 8.5, StyleDigit: 10,
		},
		smallTitle: 12, heads: []float64{8.5, 8}, smallHead: 8, smallOffice: 8, foot: 9, code: 8, top: top, bottom: 274,
		officeY: officeY + 3.4, addressY: officeY + 7.6, titleY: 21.5, noteY: 21.5, headBottom: 41.5, picture: 3.8,
		sideX: 77, writeMin: 34, writeHeight: 7, aspect: 22, widePitch: 26, turnedLength: 30, turnedLines: 3,
		fieldWidth: 26, fieldHeight: 9, shortField: 11, versionWidth: 30,
	}
}

const (
	largeBox = 7.0
	mostOf   = 11 // columns of large boxes that stand side by side
)

// largePrint has all that residents read in 18 points, hints in 16, the heads of columns and what
// is not of the questions in 14 at least. Boxes grow
// with the text, unless a scale is so long that they would not stand in one row.
func largePrint() dimensions {
	return dimensions{
		box: largeBox, pitchDown: 11, pitchAcross: largeBox + 2*blank,
		sizes: map[Style]float64{
			StyleTitle: 22, StyleSection: 20, StyleQuestion: 18, StyleText: 18, StyleHint: 16, StyleArea: 18, StyleHead: 18, StyleDigit: 18,
		},
		smallTitle: 18, heads: []float64{18, 16, 14}, smallHead: 16, smallOffice: 12, foot: 14, code: 12, top: top + 1.5, bottom: 268,
		officeY: officeY + 5, addressY: officeY + 10.8, titleY: 25.5, noteY: 29, headBottom: 41.5, picture: 5.4, stacked: true,
		sideX: 90, writeMin: 50, writeHeight: 9, aspect: 40, widePitch: 30, turnedLength: 62, turnedLines: 1,
		fieldWidth: 36, fieldHeight: 13, shortField: 15, versionWidth: 36,
	}
}

// dimensions are those of a form. Boxes are the same on all pages of a sheet.
func (f Form) dimensions() dimensions {
	if f.Large {
		return largePrint()
	}
	return normalPrint()
}

// fit makes large boxes smaller if a scale of the questionnaire would not stand in one row.
func (d dimensions) fit(q *survey.Questionnaire) dimensions {
	if normal := normalPrint(); mostColumns(q) > mostOf {
		d.box, d.pitchAcross = normal.box, normal.pitchAcross
	}
	return d
}

// mostColumns is how many boxes the longest scale of a questionnaire has side by side, opt-outs included.
func mostColumns(q *survey.Questionnaire) int {
	most := 0
	for _, question := range q.Questions() {
		switch question.Kind {
		case survey.KindNPS, survey.KindScale, survey.KindMatrix, survey.KindPaired:
			for _, aspect := range []string{"", survey.AspectImportance} {
				most = max(most, len(choicesOf(question, aspect, words{})))
			}
		}
	}
	return most
}

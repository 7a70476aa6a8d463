package sheet

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/go-pdf/fpdf"

	"ocenaurzedu.eu/pkg/survey"
	"ocenaurzedu.eu/pkg/tagged"
)

// MaxCopies is how many sheets one PDF may hold, if they have few pages; see Layout.MaxCopies.
const MaxCopies = 500

// maxPages of a PDF keep the process that makes it within some 300 MB of memory.
const maxPages = 1500

const (
	crossArm  = 0.7  // of a cross in a picture, in halves of the box
	capHeight = 0.74 // of capitals, in heights of the print
	otherLine = 1.4  // from the foot of an area to the line that is written on
)

// ErrSerials reports that a version has no serials left.
var ErrSerials = errors.New("serials are used up")

// Print is an order for sheets: Copies of one version's sheet, with serials from FirstSerial on. Serials of
// a version must never be given out twice; the caller keeps count.
type Print struct {
	Office      survey.Office
	Tenant      int64
	Version     *survey.Version
	Layout      *Layout // frozen with Version
	Copies      int     // 1 to the Layout's MaxCopies
	FirstSerial uint32
	Lang        string // "" is the Layout's
	Duplex      bool   // a blank back after a sheet of an odd number of pages
}

// MaxCopies is how many sheets of the layout one PDF may hold.
func (l *Layout) MaxCopies() int { return min(MaxCopies, maxPages/max(1, len(l.Pages))) }

// check says what is wrong with an order: an *survey.InvalidError for the number of copies, ErrMismatch for
// a Layout of another version.
func (p Print) check() error {
	if p.Version == nil || p.Layout == nil || p.Lang != "" && p.Lang != p.Layout.Lang {
		return fmt.Errorf("printing a sheet: %w", ErrMismatch)
	}
	if form, err := FormOf(p.Layout.Format); err != nil || form.Lang != p.Layout.Lang {
		return fmt.Errorf("printing a sheet of format %q: %w", p.Layout.Format, ErrMismatch)
	}
	var bad survey.InvalidError
	switch most := p.Layout.MaxCopies(); {
	case p.Copies < 1:
		bad.Add("copies", survey.ProblemBelow, 1)
	case p.Copies > most:
		bad.Add("copies", survey.ProblemAbove, most)
	}
	if err := bad.Err(); err != nil {
		return err
	}
	if uint64(p.FirstSerial)+uint64(p.Copies)-1 > math.MaxUint32 {
		return fmt.Errorf("%d sheets from serial %d: %w", p.Copies, p.FirstSerial, ErrSerials)
	}
	if err := (Code{Tenant: p.Tenant, Version: p.Version.ID, Page: 1}).Check(); err != nil {
		return fmt.Errorf("printing a sheet: %w", err)
	}
	return p.Layout.Check(&p.Version.Questionnaire)
}

// PDF writes the sheets, one after another, as A4 pages. With Duplex, a sheet of an odd number of pages ends with an
// empty page when more follow, so that on paper printed on both sides each begins on a leaf of its own. The same order
// gives the same bytes.
func (p Print) PDF(w io.Writer) error {
	if err := p.check(); err != nil {
		return err
	}
	words, err := wordsIn(p.Layout.Lang)
	if err != nil {
		return err
	}
	pdf, err := newDocument()
	if err != nil {
		return fmt.Errorf("sheet's fonts: %w", err)
	}
	parts, err := parts(p.Layout)
	if err != nil {
		return fmt.Errorf("sheet's fonts: %w", err)
	}
	d := drawing{pdf: pdf, tree: tagged.New(pdf), print: p, words: words, parts: parts, d: p.form().dimensions()}
	d.tree.Describe(p.info())
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetMargins(0, 0, 0)
	pdf.SetDisplayMode("fullpage", "continuous")
	for copy := range p.Copies {
		serial := p.FirstSerial + uint32(copy)
		d.level = 0
		d.tree.Open(tagged.Element{Role: tagged.Sect})
		for i := range p.Layout.Pages {
			if err := d.page(i, serial); err != nil {
				return err
			}
		}
		d.tree.Close()
		if p.Duplex && len(p.Layout.Pages)%2 == 1 && copy < p.Copies-1 {
			d.tree.Break()
			pdf.AddPage()
		}
	}
	if err := d.tree.Finish(w, p.info()); err != nil {
		return fmt.Errorf("writing the sheet: %w", err)
	}
	return nil
}

// form is that of the Layout, which check has looked at.
func (p Print) form() Form {
	form, _ := FormOf(p.Layout.Format)
	return form
}

// info is what a PDF tells about itself. Its date is the version's, so that the bytes do not change
// from one day to the next.
func (p Print) info() tagged.Info {
	return tagged.Info{Title: p.Version.Questionnaire.Title.In(p.Layout.Lang) + " – " + p.Office.Name, Author: p.Office.Name, Lang: p.Layout.Lang, At: p.Version.PublishedAt, Producer: "ocenaurzedu"}
}

// drawing is one PDF being made. It draws what the Layout holds and measures nothing that is read later.
type drawing struct {
	pdf   *fpdf.Fpdf
	tree  *tagged.Tree
	print Print
	words words
	d     dimensions
	parts [][]part // by page
	level int      // of the heading that stands last
}

func (d *drawing) page(i int, serial uint32) error {
	p := &d.print.Layout.Pages[i]
	d.tree.Break()
	d.pdf.AddPage()
	d.inGrey(0)
	d.tree.Artifact(tagged.Decoration)
	for _, f := range p.Fiducials {
		d.fiducial(f[0], f[1])
	}
	code := Code{Tenant: d.print.Tenant, Version: d.print.Version.ID, Page: i + 1, Serial: serial, Format: d.print.Layout.Format}
	if err := d.qr(p.QR, code); err != nil {
		return err
	}
	d.office(i == 0)
	d.texts(p, d.parts[i], i == 0)
	d.tree.Artifact(tagged.Decoration)
	for _, r := range p.Rules {
		d.pdf.SetDrawColor(r.Grey, r.Grey, r.Grey)
		d.pdf.SetLineWidth(r.W)
		d.pdf.Line(r.X1, r.Y1, r.X2, r.Y2)
	}
	d.pdf.SetDrawColor(0, 0, 0)
	for _, a := range p.Texts {
		d.area(a)
	}
	line, outer := d.print.Layout.BoxLine, d.print.Layout.BoxSize
	d.pdf.SetLineWidth(line)
	for _, b := range p.Boxes {
		d.pdf.Rect(b.X-(outer-line)/2, b.Y-(outer-line)/2, outer-line, outer-line, "D")
	}
	return d.pdf.Error()
}

// fiducial draws a ring and a dot of squares, 7:5:3.
func (d *drawing) fiducial(x, y float64) {
	size := d.print.Layout.FiducialSize
	for i, part := range []float64{7, 5, 3} {
		grey := 255 * (i % 2)
		d.pdf.SetFillColor(grey, grey, grey)
		half := size * part / 14
		d.pdf.Rect(x-half, y-half, 2*half, 2*half, "F")
	}
}

// qr draws a page's code as one path, so that no hair of white parts its rows, with what is to be typed of it beneath.
func (d *drawing) qr(at QR, code Code) error {
	m, err := sheetQR(code.Encode())
	if err != nil {
		return err
	}
	var path strings.Builder
	path.WriteString("q 0 g\n")
	size := at.Size / float64(m.n)
	m.runs(func(x, y, length int) {
		fmt.Fprintf(&path, "%.3f %.3f %.3f %.3f re\n", (at.X+float64(x)*size)/point,
			(d.print.Layout.PageHeight-at.Y-float64(y+1)*size)/point, float64(length)*size/point, size/point)
	})
	path.WriteString("f Q")
	short := code.Short()
	shown := short[:5] + " " + short[5:9] + " " + short[9:]
	setFont(d.pdf, false, d.d.code)
	width, y := d.pdf.GetStringWidth(shown), at.Y+at.Size+size*quietZone+d.d.code*capHeight*point
	x := max(left, at.X+(at.Size-width)/2)
	if x+width > headX-1 { // in large print it is wider than the place below the QR
		x = left
	}
	d.figure(fmt.Sprintf(d.words.sheetCode, shown, code.Page), [4]float64{min(at.X, x), at.Y, max(at.Size, width), y + 0.9 - at.Y}, func() {
		d.pdf.RawWriteStr(path.String())
		setFont(d.pdf, false, d.d.code)
		d.pdf.Text(x, y, shown)
	})
	return nil
}

// office writes the version's number and, on the first page, the office's name and address beside the QR. They
// come from the record of the day of printing, not from the Layout.
func (d *drawing) office(first bool) {
	y := d.d.officeY
	version := fmt.Sprintf(d.words.version, d.print.Version.Number)
	setFont(d.pdf, false, d.d.foot)
	width := d.pdf.GetStringWidth(version)
	if !first {
		d.tree.Artifact(tagged.PageHeader)
		d.pdf.Text(headRight-width, y, version)
		return
	}
	d.said(func() { d.oneLine(printable(d.print.Office.Name), y, headRight-headX-width-3, true) })
	d.said(func() { d.oneLine(printable(address(d.print.Office)), d.d.addressY, headRight-headX, false) })
	setFont(d.pdf, false, d.d.foot)
	d.said(func() { d.pdf.Text(headRight-width, y, version) })
}

// oneLine writes text beside the QR, smaller if it is long, cut if it is too long even in the smallest print.
func (d *drawing) oneLine(text string, y, width float64, bold bool) {
	size := d.d.sizes[StyleHint]
	if bold {
		size = d.d.sizes[StyleQuestion]
	}
	for setFont(d.pdf, bold, size); size > d.d.smallOffice && d.pdf.GetStringWidth(text) > width; setFont(d.pdf, bold, size) {
		size = max(d.d.smallOffice, size-0.5)
	}
	runes, cut := []rune(text), ""
	for len(runes) > 0 && d.pdf.GetStringWidth(string(runes)+cut) > width {
		runes, cut = runes[:len(runes)-1], "…"
	}
	d.pdf.Text(headX, y, strings.TrimSpace(string(runes))+cut)
}

// address is an office's street and town on one line, as much as is known of them.
func address(o survey.Office) string {
	town := strings.TrimSpace(o.PostalCode + " " + o.City)
	if o.Street == "" || town == "" {
		return o.Street + town
	}
	return o.Street + ", " + town
}

func (d *drawing) text(w Words) {
	setFont(d.pdf, w.Style.bold(), w.Size)
	d.inGrey(w.Style.grey())
	if !w.Turn {
		d.pdf.Text(w.X, w.Y, w.Text)
		return
	}
	d.pdf.TransformBegin()
	d.pdf.TransformRotate(90, w.X, w.Y)
	d.pdf.Text(w.X, w.Y, w.Text)
	d.pdf.TransformEnd()
}

func (d *drawing) inGrey(grey int) { d.pdf.SetTextColor(grey, grey, grey) }

// picture draws one of the examples of the head: a small box with a cross, or filled.
func (d *drawing) picture(p Picture) {
	half := p.Size / 2
	d.pdf.SetLineWidth(0.2)
	if p.Kind == "filled" {
		d.pdf.SetFillColor(0, 0, 0)
		d.pdf.Rect(p.X-half, p.Y-half, p.Size, p.Size, "DF")
		return
	}
	d.pdf.Rect(p.X-half, p.Y-half, p.Size, p.Size, "D")
	d.pdf.SetLineWidth(0.45)
	arm := half * crossArm
	d.pdf.Line(p.X-arm, p.Y-arm, p.X+arm, p.Y+arm)
	d.pdf.Line(p.X-arm, p.Y+arm, p.X+arm, p.Y-arm)
}

// area draws a frame, or a dotted line to write on.
func (d *drawing) area(a Area) {
	if a.Kind == AreaOther {
		d.pdf.SetLineWidth(0.25)
		d.pdf.SetDashPattern([]float64{0.25, 0.9}, 0)
		d.pdf.Line(a.X, a.Y+a.H-otherLine, a.X+a.W, a.Y+a.H-otherLine)
		d.pdf.SetDashPattern(nil, 0)
		return
	}
	d.pdf.SetLineWidth(0.25)
	d.pdf.Rect(a.X, a.Y, a.W, a.H, "D")
}

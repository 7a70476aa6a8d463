package sheet

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/go-pdf/fpdf"

	"ocenaurzedu.eu/pkg/survey"
	"ocenaurzedu.eu/pkg/tagged"
)

// PosterKind is something that leads people to the survey.
type PosterKind string

// The kinds, in the order in which they are printed.
const (
	PosterA4 PosterKind = "plakat-a4"
	PosterA3 PosterKind = "plakat-a3"
	Tent     PosterKind = "stojak"    // A4, folded across the middle: both halves are read when it stands
	Stickers PosterKind = "naklejki"  // A4, 3 × 7 of 63.5 × 38.1 mm, as sheets of labels are cut
	Cards    PosterKind = "wizytowki" // A4, 2 × 5 of 85 × 55 mm
)

// PosterKinds lists the kinds.
func PosterKinds() []PosterKind { return []PosterKind{PosterA4, PosterA3, Tent, Stickers, Cards} }

// MaxPosterPages is how many pages one PDF of posters may have: all kinds for 220 places. They take some 200 MB while they are drawn.
const MaxPosterPages = 1100

// Place is where a poster hangs. Name may be "": the whole office.
type Place struct {
	Name    string
	Address string // of its QR: absolute
}

// Posters is an order: each kind for each place.
type Posters struct {
	Office    survey.Office
	Crest     []byte        // PNG, 8 bits a channel; nil: none
	Colour    string        // #rrggbb, dark enough for white text; "" or another form: the house's green
	Short     string        // address as it is typed: osielsko.ocenaurzedu.eu
	Time      time.Duration // that the survey takes
	Languages []string      // of the survey besides Polish
	Kinds     []PosterKind
	Places    []Place
	At        time.Time // told by the PDF
}

func (p Posters) check() error {
	var bad survey.InvalidError
	for _, kind := range p.Kinds {
		if !slices.Contains(PosterKinds(), kind) {
			bad.Add("kinds", survey.ProblemUnknown, 0)
		}
	}
	switch pages := len(p.Kinds) * len(p.Places); {
	case len(p.Kinds) == 0:
		bad.Add("kinds", survey.ProblemRequired, 0)
	case len(p.Places) == 0:
		bad.Add("places", survey.ProblemRequired, 0)
	case pages > MaxPosterPages:
		bad.Add("places", survey.ProblemAbove, MaxPosterPages/len(p.Kinds))
	}
	return bad.Err()
}

// PDF writes the posters: kind by kind, as each wants its own paper, and in each by place. The same order gives the
// same bytes. Errors: *survey.InvalidError of kinds and places, ErrBadURL, and a crest that is no PNG.
func (p Posters) PDF(w io.Writer) error {
	if err := p.check(); err != nil {
		return err
	}
	pdf, err := newDocument()
	if err != nil {
		return fmt.Errorf("posters' fonts: %w", err)
	}
	d := posterDrawing{pdf: pdf, tree: tagged.New(pdf), Posters: p, colour: parseInk(p.Colour)}
	if len(p.Crest) > 0 {
		if d.crest = pdf.RegisterImageOptionsReader(crestName, fpdf.ImageOptions{ImageType: "PNG"}, bytes.NewReader(p.Crest)); pdf.Err() {
			return fmt.Errorf("crest: %w", pdf.Error())
		}
	}
	info := tagged.Info{Title: "Oceń Urząd – " + p.Office.Name, Author: p.Office.Name, Lang: survey.Polish, At: p.At, Producer: "ocenaurzedu"}
	d.tree.Describe(info)
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetMargins(0, 0, 0)
	pdf.SetDisplayMode("fullpage", "continuous")
	codes := make([]modules, len(p.Places))
	for i, place := range p.Places {
		if codes[i], err = posterQR(place.Address); err != nil {
			return err
		}
	}
	for _, kind := range PosterKinds() {
		for i, place := range p.Places {
			if slices.Contains(p.Kinds, kind) {
				d.place, d.code = place, codes[i]
				d.page(kind)
			}
		}
	}
	if err := d.tree.Finish(w, info); err != nil {
		return fmt.Errorf("writing posters: %w", err)
	}
	return nil
}

// page draws one place's poster, or sheet of what is cut.
func (d *posterDrawing) page(kind PosterKind) {
	d.tree.Break()
	size := fpdf.SizeType{Wd: 210, Ht: 297}
	if kind == PosterA3 {
		size = fpdf.SizeType{Wd: 297, Ht: 420}
	}
	d.pdf.AddPageFormat("P", size)
	d.tree.Open(tagged.Element{Role: tagged.Sect})
	defer d.tree.Close()
	whole := board{posterDrawing: d, scale: 1, height: size.Ht}
	switch kind {
	case PosterA4:
		whole.poster()
	case PosterA3:
		whole.scale = math.Sqrt2
		whole.poster()
	case Tent:
		whole.tent()
	case Stickers:
		whole.grid(stickerGrid, board.sticker)
	case Cards:
		whole.grid(cardGrid, board.card)
	}
	d.tree.Break()
}

// parseInk reads #rrggbb.
func parseInk(hex string) ink {
	n, err := strconv.ParseUint(hex[min(1, len(hex)):], 16, 32)
	if err != nil || len(hex) != 7 {
		return houseGreen
	}
	return ink{int(n >> 16), int(n >> 8 & 255), int(n & 255)}
}

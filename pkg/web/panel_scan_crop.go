package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/jpeg"
	"strings"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/omr"
	"ocenaurzedu.eu/pkg/scan"
	"ocenaurzedu.eu/pkg/sheet"
	"ocenaurzedu.eu/pkg/store"
)

// Crops, in millimetres of the page.
const (
	cropLeft    = 12.0
	cropRight   = 198.0
	cropAround  = 6.0 // above and below
	cropLabel   = 9.0 // above a single row, where its question stands
	textAround  = 2.0
	otherAbove  = 7.0
	cropDensity = 5.0 // pixels a millimetre
	cropQuality = 82
	shortCrop   = 10.0 // boxes of one row or two
)

// crop is the part of a page that a question stands on.
type crop struct {
	X, Y, W, H float64 // millimetres
	Boxes      []cropBox
}

// cropBox is a box within a crop.
type cropBox struct {
	X, Y, Size float64 // top left corner, in millimetres from the crop's
	Option     string
	State      string // omr.BoxState
	Chosen     bool
	Key        string
}

// PX is the width in pixels, PY the height.
func (c crop) PX() int { return int(c.W * cropDensity) }

// PY is the height in pixels.
func (c crop) PY() int { return int(c.H * cropDensity) }

// readingOf decodes what was read off a page. A page without a reading has none.
func readingOf(p *store.ScanPage) (*omr.Page, error) {
	var reading omr.Page
	if len(p.Reading) == 0 {
		return &reading, nil
	}
	if err := json.Unmarshal(p.Reading, &reading); err != nil {
		return nil, fmt.Errorf("reading of page %d: %w", p.ID, err)
	}
	return &reading, nil
}

// cropOf finds what a question's field stands on.
func cropOf(reading *omr.Page, field string, chosen []string, size float64) crop {
	field, _, _ = strings.Cut(field, store.FieldPart)
	c := crop{X: cropLeft, W: cropRight - cropLeft}
	inverse, ok := reading.ToImage.Inverse()
	low, high := 1e9, -1e9
	for _, b := range reading.Boxes {
		if scan.FieldOf(b.Question, b.Row, b.Area, b.Aspect) != field {
			continue
		}
		at := omr.Point{X: b.X, Y: b.Y}
		if ok { // where it was found: paper is not flat
			at = inverse.At(b.Center.X, b.Center.Y)
		}
		low, high = min(low, at.Y), max(high, at.Y)
		box := cropBox{X: at.X - size/2, Y: at.Y - size/2, Size: size, Option: b.Option, State: string(b.State)}
		for _, v := range chosen {
			box.Chosen = box.Chosen || v == b.Option
		}
		c.Boxes = append(c.Boxes, box)
	}
	above, below := cropAround, cropAround
	if len(c.Boxes) > 0 && high-low < shortCrop {
		above = cropLabel
	}
	for _, t := range reading.Texts {
		if scan.AreaField(t.Area) != field {
			continue
		}
		low, high = min(low, t.Y), max(high, t.Y+t.H)
		if above, below = textAround, textAround; t.Kind != sheet.AreaText {
			above = otherAbove
		}
	}
	if low > high {
		return crop{}
	}
	c.Y, c.H = low-above, high-low+above+below
	for i := range c.Boxes {
		c.Boxes[i].X -= c.X
		c.Boxes[i].Y -= c.Y
	}
	return c
}

// boxSize returns the edge of the boxes on a page's sheet.
func (s *Server) boxSize(c *fiber.Ctx, reading *omr.Page) float64 {
	const usual = 5.0
	full := reading.Code.Encode()
	if full == "" {
		return usual
	}
	raw, err := s.scopeOf(c).SheetLayout(c.UserContext(), reading.Code.Version, full[:1])
	var layout struct {
		BoxSize float64 `json:"boxSize"`
	}
	if err != nil || json.Unmarshal(raw, &layout) != nil || layout.BoxSize <= 0 {
		return usual // only a frame that is drawn depends on it
	}
	return layout.BoxSize
}

// showCrop serves the picture of a question.
func (s *Server) showCrop(c *fiber.Ctx) error {
	ctx, scope := c.UserContext(), s.scopeOf(c)
	batch, err := idParam(c, "batch")
	if err != nil {
		return err
	}
	id, err := idParam(c, "question")
	if err != nil {
		return err
	}
	q, err := scope.ScanQuestion(ctx, batch, id)
	if err != nil {
		return err
	}
	page, err := scope.ScanPage(ctx, batch, q.Page)
	if err != nil {
		return err
	}
	reading, err := readingOf(page)
	if err != nil {
		return err
	}
	picture, _, err := scope.ScanPicture(ctx, batch, q.Page)
	if err != nil {
		return err
	}
	img, err := scan.Picture(picture)
	if err != nil {
		return err
	}
	part := cropOf(reading, q.Field, nil, 0)
	out := omr.Crop(img, reading.ToImage, part.X, part.Y, part.W, part.H, cropDensity)
	if out == nil {
		out = image.NewGray(image.Rect(0, 0, 1, 1))
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, out, &jpeg.Options{Quality: cropQuality}); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "image/jpeg")
	return c.Send(b.Bytes())
}

// showScanPicture serves the picture of a page.
func (s *Server) showScanPicture(c *fiber.Ctx) error {
	batch, page, err := scanPageIDs(c)
	if err != nil {
		return err
	}
	picture, kind, err := s.scopeOf(c).ScanPicture(c.UserContext(), batch, page)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, kind)
	return c.Send(picture)
}

func scanPageIDs(c *fiber.Ctx) (batch, page int64, err error) {
	if batch, err = idParam(c, "batch"); err != nil {
		return 0, 0, err
	}
	page, err = idParam(c, "page")
	return batch, page, err
}

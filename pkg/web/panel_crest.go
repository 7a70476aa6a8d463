package web

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"

	"github.com/gofiber/fiber/v2"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// An office's crest comes in as a file, by an address of its own. It is kept as a PNG of our own making: so it holds
// nothing but the picture, neither where it was taken nor what another program would read in it.
const (
	crestPath   = "/panel/urzad/herb"
	crestSide   = 512         // longest side of what is kept, in pixels
	crestPixels = 40_000_000  // of what is sent
	crestMemory = 160_000_000 // bytes that it takes to decode
)

// What is said of a file that is no crest.
const (
	crestMissing = "Prosimy wybrać plik z" + hardSpace + "herbem."
	crestTooBig  = "Plik jest większy niż 1" + hardSpace + "MB. Prosimy zmniejszyć obraz, na przykład do 1000" + hardSpace + "×" + hardSpace + "1000 punktów, i" + hardSpace + "wybrać go jeszcze raz."
	crestUnknown = "To nie jest obraz PNG ani JPEG. Prosimy zapisać herb w" + hardSpace + "jednym z" + hardSpace + "tych formatów i" + hardSpace + "wybrać go jeszcze raz."
	crestBroken  = "Obraz jest uszkodzony: nie da się go odczytać do końca. Prosimy zapisać go jeszcze raz albo wybrać inny plik."
	crestTooWide = "Obraz ma za dużo punktów (%d" + hardSpace + "×" + hardSpace + "%d). Prosimy go zmniejszyć, na przykład do 1000" + hardSpace + "×" + hardSpace + "1000 punktów, i" + hardSpace + "wybrać jeszcze raz."
)

// crestForm is what came of sending a crest.
type crestForm struct {
	CrestProblem string
	CrestStopped bool // refused for want of a report
	CrestSaved   bool
}

// crestAddress returns where a tenant's crest is, by its hash, so that a browser asks for a new one at once; "": it has
// none.
func crestAddress(t *survey.Tenant) string {
	if t.Crest == "" {
		return ""
	}
	return "/herb?w=" + t.Crest[:12]
}

// showCrest serves the office's crest to anybody.
func (s *Server) showCrest(c *fiber.Ctx) error {
	t := tenantOf(c)
	if t.Crest == "" {
		return survey.ErrNotFound
	}
	tag := `"` + t.Crest + `"`
	c.Set(fiber.HeaderETag, tag)
	c.Set(fiber.HeaderCacheControl, "public, max-age=300")
	if c.OriginalURL() == crestAddress(t) {
		c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	}
	if c.Get(fiber.HeaderIfNoneMatch) == tag {
		return c.SendStatus(fiber.StatusNotModified)
	}
	crest, err := s.scopeOf(c).Crest(c.UserContext())
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "image/png")
	return c.Send(crest)
}

// saveCrest changes the office's crest under § 5, or takes it away.
func (s *Server) saveCrest(c *fiber.Ctx) error {
	var crest []byte
	if c.FormValue("usun") == "" {
		data, err := readUpload(c)
		if err != nil {
			return err
		}
		var problem string
		if crest, problem, err = s.readCrest(data); err != nil {
			return err
		}
		if problem != "" {
			status := fiber.StatusUnprocessableEntity
			if problem == crestTooBig {
				status = fiber.StatusRequestEntityTooLarge
			}
			return s.refuseCrest(c, status, crestForm{CrestProblem: problem})
		}
	}
	err := s.underGate(c, func(archive *store.Report) error {
		return s.scopeOf(c).SaveCrest(c.UserContext(), crest, s.actor(c), archive)
	})
	if errors.Is(err, survey.ErrReportRequired) {
		return s.refuseCrest(c, fiber.StatusConflict, crestForm{CrestStopped: true})
	}
	if err != nil {
		return err
	}
	s.refreshDirectory(c)
	return c.Redirect("/panel/urzad?herb=1#herb", fiber.StatusSeeOther)
}

// refuseCrest draws the office's page again, with what is wrong with the file.
func (s *Server) refuseCrest(c *fiber.Ctx, status int, crest crestForm) error {
	form, err := s.readOfficeForm(c)
	if err != nil {
		return err
	}
	form.crestForm = crest
	c.Status(status)
	return s.drawOffice(c, form)
}

// readCrest makes the crest that is kept of a file, or says in a sentence why it can't. Its header is read before
// anything is decoded, and one picture is decoded at a time.
func (s *Server) readCrest(data []byte) (crest []byte, problem string, err error) {
	if len(data) == 0 {
		return nil, crestMissing, nil
	}
	if len(data) > importLimit {
		return nil, crestTooBig, nil
	}
	readConfig, decode := png.DecodeConfig, png.Decode
	switch {
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")):
	case bytes.HasPrefix(data, []byte("\xff\xd8\xff")):
		readConfig, decode = jpeg.DecodeConfig, jpeg.Decode
	default:
		return nil, crestUnknown, nil
	}
	config, err := readConfig(bytes.NewReader(data))
	if err != nil || config.Width < 1 || config.Height < 1 {
		return nil, crestBroken, nil
	}
	if pixels := int64(config.Width) * int64(config.Height); pixels > crestPixels || pixels*decodedBytes(config, data) > crestMemory {
		return nil, fmt.Sprintf(crestTooWide, config.Width, config.Height), nil
	}
	s.importing.Lock()
	defer s.importing.Unlock()
	picture, err := decode(bytes.NewReader(data))
	if err != nil {
		return nil, crestBroken, nil
	}
	var out bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(&out, shrink(picture, crestSide)); err != nil {
		return nil, "", fmt.Errorf("crest: %w", err)
	}
	return out.Bytes(), "", nil
}

// decodedBytes returns how much memory a pixel takes to decode. A small file can hold a large picture: an interlaced PNG
// is decoded in passes besides the whole, and of a progressive JPEG all coefficients are kept, four bytes each.
func decodedBytes(config image.Config, data []byte) int64 {
	if data[0] == 0xff {
		if isProgressive(data) {
			return 16
		}
		return 4
	}
	size := int64(4)
	switch config.ColorModel {
	case color.Gray16Model, color.RGBA64Model, color.NRGBA64Model:
		size = 8
	}
	if len(data) > 28 && data[28] != 0 { // IHDR's last byte
		size *= 2
	}
	return size
}

// isProgressive reports whether a JPEG has the frame SOF2 (ITU-T T.81, B.1.1.3), by a walk along its segments.
func isProgressive(data []byte) bool {
	for i := 2; i+4 <= len(data) && data[i] == 0xff; {
		switch marker := data[i+1]; marker {
		case 0xff: // a fill byte
			i++
			continue
		case 0xc2:
			return true
		case 0xc0, 0xc1, 0xda:
			return false
		}
		i += 2 + int(data[i+2])<<8 + int(data[i+3])
	}
	return false
}

// shrink returns a picture at most side pixels wide and high, each of them the mean of those that it stands for. It takes
// the picture line by line, and no memory of its size.
func shrink(src image.Image, side int) *image.NRGBA {
	from := src.Bounds()
	width, height := from.Dx(), from.Dy()
	if longest := max(width, height); longest > side {
		width, height = max(1, width*side/longest), max(1, height*side/longest)
	}
	out := image.NewNRGBA(image.Rect(0, 0, width, height))
	row := image.NewRGBA(image.Rect(0, 0, from.Dx(), 1))
	sums := make([]uint64, 4*width)
	for y := range height {
		clear(sums)
		top, bottom := y*from.Dy()/height, (y+1)*from.Dy()/height
		for i := top; i < bottom; i++ {
			draw.Draw(row, row.Bounds(), src, image.Pt(from.Min.X, from.Min.Y+i), draw.Src)
			for x := range from.Dx() {
				at := 4 * (x * width / from.Dx())
				for j := range 4 {
					sums[at+j] += uint64(row.Pix[4*x+j])
				}
			}
		}
		for x := range width {
			n := uint64(bottom-top) * uint64(stretch(x+1, from.Dx(), width)-stretch(x, from.Dx(), width))
			sum := sums[4*x:]
			out.Set(x, y, color.RGBA{mean(sum[0], n), mean(sum[1], n), mean(sum[2], n), mean(sum[3], n)})
		}
	}
	return out
}

// stretch returns the first of the pixels from which pixel x of a shrunk line is made: the least i with i·width/full = x.
func stretch(x, full, width int) int { return (x*full + width - 1) / width }

// mean rounds a mean of n bytes.
func mean(sum, n uint64) uint8 {
	return uint8(min(255, (sum+n/2)/n))
}

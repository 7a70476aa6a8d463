package raster

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-pdf/fpdf"
	"golang.org/x/image/tiff"

	"ocenaurzedu.eu/pkg/omr"
)

// decoder keeps compiled code for all tests of a run.
func decoder(t testing.TB) *Decoder {
	t.Helper()
	d := NewDecoder(compiled)
	t.Cleanup(d.Close)
	return d
}

func read(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestPagesAreDecodedToTheSameGrey(t *testing.T) {
	one := drawn(1)
	palette := image.NewPaletted(one.Rect, color.Palette{color.RGBA{10, 10, 60, 255}, color.RGBA{250, 245, 220, 255}})
	for i, v := range one.Pix {
		palette.Pix[i] = v & 1
	}
	var none bytes.Buffer
	if err := tiff.Encode(&none, one, nil); err != nil {
		t.Fatal(err)
	}
	colour := image.NewRGBA(one.Rect)
	for i, v := range one.Pix {
		copy(colour.Pix[4*i:], []byte{v, v, v, 255})
	}
	tests := []struct {
		name    string
		data    []byte
		kind    Kind
		pages   int
		dpi     float64
		bilevel bool
		within  int
	}{
		{"PNG", pngOf(t, one), PNG, 1, 0, true, 0},
		{"PNG in colour", pngOf(t, colour), PNG, 1, 0, true, 0},
		{"PNG of two colours", pngOf(t, palette), PNG, 1, 0, true, 0},
		{"JPEG", jpegOf(t, one), JPEG, 1, 0, false, 40},
		{"JPEG in colour", jpegOf(t, colour), JPEG, 1, 0, false, 40},
		{"TIFF without compression", none.Bytes(), TIFF, 1, 72, true, 0},
		{"TIFF of G4", read(t, "g4.tiff"), TIFF, 3, 300, true, 0},
		{"TIFF of LZW, big endian", read(t, "lzw-msb.tiff"), TIFF, 3, 200, true, 0},
		{"TIFF of LZW in colour", read(t, "lzw-rgb.tiff"), TIFF, 3, 200, true, 0},
		{"PDF", pdfOf(scanOf(drawn(1), 8), scanOf(drawn(2), 8)), PDF, 2, 200, false, 0},
		{"PDF in black and white", pdfOf(scanOf(drawn(1), 1), scanOf(drawn(2), 1)), PDF, 2, 200, true, 0},
		{"PDF after the words of a mail program", append([]byte("Content: x\r\n\r\n"), pdfOf(scanOf(drawn(1), 8))...), PDF, 1, 200, false, 0},
	}
	d := decoder(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, err := d.Open(tt.data)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			if f.Kind != tt.kind || f.Pages != tt.pages {
				t.Fatalf("%s of %d pages; want %s of %d", f.Kind, f.Pages, tt.kind, tt.pages)
			}
			for n := f.Pages; n >= 1; n-- { // in any order
				img, err := f.Page(n)
				if err != nil {
					t.Fatal(err)
				}
				if apart := pixelsApart(img.Gray, drawn(n), tt.within); apart > 0 {
					t.Errorf("page %d: %v, %d pixels are not as drawn", n, img.Rect, apart)
				}
				if img.Bilevel != tt.bilevel || img.DPI-tt.dpi > 0.1 || tt.dpi-img.DPI > 0.1 {
					t.Errorf("page %d: %v dpi, bilevel %t; want %v, %t", n, img.DPI, img.Bilevel, tt.dpi, tt.bilevel)
				}
			}
			for _, n := range []int{0, f.Pages + 1} {
				if _, err := f.Page(n); err == nil {
					t.Errorf("page %d of %d has no error", n, f.Pages)
				}
			}
		})
	}
}

func TestBadFilesAreRefusedWithAReason(t *testing.T) {
	heic := []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic")
	bomb := pngOf(t, image.NewGray(image.Rect(0, 0, 8, 8)))
	copy(bomb[16:], "\x00\x00\xFF\xFF\x00\x00\xFF\xFF") // width and height; the check sum is wrong, too
	many := make([]pdfPage, MaxPages+1)
	for i := range many {
		many[i] = pdfPage{width: 100, height: 100}
	}
	secret := fpdf.New("P", "mm", "A4", "")
	secret.SetProtection(0, "hasło", "inne hasło")
	secret.AddPage()
	var encrypted bytes.Buffer
	if err := secret.Output(&encrypted); err != nil {
		t.Fatal(err)
	}
	circle := bytes.Clone(read(t, "g4.tiff"))
	wild := bytes.Clone(circle)
	copy(wild[4:], "\xF0\xFF\xFF\x7F")
	tests := []struct {
		name string
		data []byte
		want omr.Reason
	}{
		{"empty", nil, NotAnImage},
		{"words", []byte("Szanowni Państwo, w załączeniu ankieta."), NotAnImage},
		{"GIF", []byte("GIF89a..............."), NotAnImage},
		{"HEIC", heic, HEIC},
		{"BigTIFF", []byte("II+\x00\x08\x00\x00\x00"), OddImage},
		{"PNG of 65535 × 65535", bomb, Broken},
		{"PNG of 7000 × 7000", pngHeader(7000, 7000, 8), TooLarge},
		{"progressive JPEG of 6000 × 6000", jpegHeader(6000, 6000, 0xC2), TooLarge},
		{"JPEG of 7000 × 7000", jpegHeader(7000, 7000, 0xC0), TooLarge},
		{"PNG cut off", pngOf(t, drawn(1))[:100], Broken},
		{"JPEG cut off", jpegOf(t, drawn(1))[:700], Broken},
		{"JPEG that is nothing but a signature", []byte("\xFF\xD8\xFF"), Broken},
		{"TIFF with a wild directory", wild, Broken},
		{"TIFF without a directory", []byte("II*\x00\x00\x00\x00\x00"), Broken},
		{"TIFF cut off in its header", []byte("II*\x00\x08"), Broken},
		{"TIFF of JPEG", read(t, "jpeg.tiff"), OddImage},
		{"PDF of nothing", []byte("%PDF-1.7\n%%EOF\n"), Broken},
		{"PDF cut off", pdfOf(scanOf(drawn(1), 8))[:200], Broken},
		{"PDF of 501 pages", pdfOf(many...), TooManyPages},
		{"PDF with a password", encrypted.Bytes(), Encrypted},
		{"PDF of no size", pdfOf(pdfPage{width: 0, height: 0}), ""},
		{"more than 50 MB", make([]byte, MaxFile+1), TooLarge},
	}
	d := decoder(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, err := d.Open(tt.data)
			if err == nil {
				defer f.Close()
				_, err = f.Page(1)
			}
			var bad *BadError
			if err != nil && !errors.As(err, &bad) {
				t.Fatalf("error %v is no *BadError", err)
			}
			if got := reasonOf(err); err == nil && tt.want != "" || err != nil && got != tt.want {
				t.Errorf("reason %q, %v; want %q", got, err, tt.want)
			}
			if tt.want != "" && !strings.HasSuffix(Hint(tt.want), ".") {
				t.Errorf("no sentence says what to do: %q", Hint(tt.want))
			}
		})
	}
}

// pngHeader is a PNG of that size that has nothing after its header.
func pngHeader(width, height, depth int) []byte {
	var b bytes.Buffer
	b.WriteString("\x89PNG\r\n\x1a\n")
	header := []byte{0, 0, byte(width >> 8), byte(width), 0, 0, byte(height >> 8), byte(height), byte(depth), 6, 0, 0, 0}
	chunk(&b, "IHDR", header)
	chunk(&b, "IDAT", nil)
	return b.Bytes()
}

// jpegHeader is a JPEG in colour of that size, without subsampling, that has no pixels after the header of its frame: sof0 or sof2.
func jpegHeader(width, height int, frame byte) []byte {
	sof := segment(frame, []byte{8, byte(height >> 8), byte(height), byte(width >> 8), byte(width), 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0})
	return slices.Concat([]byte("\xFF\xD8"), sof, segment(0xDA, make([]byte, 10)))
}

func segment(marker byte, body []byte) []byte {
	return append([]byte{0xFF, marker, byte((len(body) + 2) >> 8), byte(len(body) + 2)}, body...)
}

func TestDensityIsReadOffTheHeader(t *testing.T) {
	jfif := func(unit, high, low byte) []byte {
		plain := jpegOf(t, drawn(1))
		return slices.Concat(plain[:2], segment(0xE0, []byte{'J', 'F', 'I', 'F', 0, 1, 2, unit, high, low, high, low, 0, 0}), segment(0xE1, []byte("Exif\x00\x00MM\x00*")), plain[2:])
	}
	phys := func(unit byte) []byte {
		var b bytes.Buffer
		plain := pngOf(t, drawn(1))
		const header = 8 + 25
		b.Write(plain[:header])
		chunk(&b, "pHYs", []byte{0, 0, 0x2E, 0x23, 0, 0, 0x2E, 0x23, unit}) // 11,811 a metre
		b.Write(plain[header:])
		return b.Bytes()
	}
	tests := []struct {
		name string
		data []byte
		want float64
	}{
		{"JPEG, an inch", jfif(1, 1, 44), 300},
		{"JPEG, a centimetre", jfif(2, 0, 100), 254},
		{"JPEG, a ratio of sides", jfif(0, 0, 100), 0},
		{"JPEG, what no scanner has", jfif(1, 0, 1), 0},
		{"JPEG without", jpegOf(t, drawn(1)), 0},
		{"PNG", phys(1), 300},
		{"PNG, a ratio of sides", phys(0), 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, err := NewDecoder("").Open(tt.data)
			if err != nil {
				t.Fatal(err)
			}
			if img, err := f.Page(1); err != nil || math.Abs(img.DPI-tt.want) > 0.1 {
				t.Errorf("%v dpi, %v; want %v", img.DPI, err, tt.want)
			}
		})
	}
}

func TestATornChainOfPagesEndsInABrokenOne(t *testing.T) {
	data := bytes.Clone(read(t, "g4.tiff"))
	order := byteOrder(data)
	first := order.Uint32(data[4:])
	next := first + 2 + uint32(order.Uint16(data[first:]))*entrySize
	for name, to := range map[string]uint32{"wild": 1 << 30, "circle": first} {
		order.PutUint32(data[next:], to)
		f, err := decoder(t).Open(data)
		if err != nil || f.Pages != 2 {
			t.Fatalf("%s: %+v, %v; want two pages", name, f, err)
		}
		if img, err := f.Page(1); err != nil || pixelsApart(img.Gray, drawn(1), 0) > 0 {
			t.Errorf("%s: first page: %v", name, err)
		}
		if _, err := f.Page(2); reasonOf(err) != Broken {
			t.Errorf("%s: second page: %v; want it broken", name, err)
		}
	}
}

func TestOneBadPageOfAPDFCostsNoOther(t *testing.T) {
	broken := scanOf(drawn(2), 8)
	data := pdfOf(scanOf(drawn(1), 8), broken, scanOf(drawn(3), 8))
	second := bytes.Index(data, []byte("/Type/Page/")) + 1
	second += bytes.Index(data[second:], []byte("/Type/Page/"))
	data = bytes.Replace(data, data[second:second+11], []byte("/Type/Pagf/"), -1)
	f, err := decoder(t).Open(data)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, n := range []int{1, 3} {
		if img, err := f.Page(n); err == nil && pixelsApart(img.Gray, drawn(n), 0) > 0 {
			t.Errorf("page %d is not as drawn", n)
		}
	}
}

func TestLargePagesAreRenderedWithFewerDots(t *testing.T) {
	f, err := decoder(t).Open(pdfOf(
		pdfPage{width: 14400, height: 14400, content: "0 0 7200 14400 re f"}, // 200 inches
		pdfPage{width: 595.28, height: 841.89},
		pdfPage{width: 3, height: 14400},
	))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for n, want := range []image.Point{{3464, 3464}, {1654, 2339}, {8, 20000}} {
		img, err := f.Page(n + 1)
		if n == 2 {
			if reasonOf(err) != Broken {
				t.Errorf("page of 200 inches by none: %v", err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if size := img.Rect.Size(); size != want {
			t.Errorf("page %d has %v pixels, want %v", n+1, size, want)
		}
	}
}

func TestScansOf600DPIAreHalved(t *testing.T) {
	img := image.NewGray(image.Rect(0, 0, 5000, 4000))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	for y := 1000; y < 2000; y++ {
		clear(img.Pix[y*5000+1000 : y*5000+3000])
	}
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	f, err := decoder(t).Open(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	got, err := f.Page(1)
	if err != nil {
		t.Fatal(err)
	}
	if got.Rect.Dx() != 2500 || got.Rect.Dy() != 2000 || !got.Bilevel || got.GrayAt(499, 700).Y != 255 || got.GrayAt(500, 700).Y != 0 || got.GrayAt(1499, 999).Y != 0 || got.GrayAt(1500, 999).Y != 255 {
		t.Errorf("%v, bilevel %t, is not what was drawn at half its size", got.Rect, got.Bilevel)
	}
}

func TestPensOfAllColoursAreDarkAndHighlightersAreNot(t *testing.T) {
	tests := []struct {
		name        string
		c           color.RGBA
		least, most uint8
	}{
		{"black pen", color.RGBA{25, 25, 25, 255}, 25, 25},
		{"blue pen", color.RGBA{40, 60, 160, 255}, 0, 70},
		{"light blue pen", color.RGBA{70, 110, 210, 255}, 0, 100},
		{"red pen", color.RGBA{200, 40, 50, 255}, 0, 90},
		{"green pen", color.RGBA{40, 140, 70, 255}, 0, 90},
		{"pencil", color.RGBA{130, 130, 130, 255}, 130, 130},
		{"yellow highlighter", color.RGBA{255, 255, 80, 255}, 235, 255},
		{"orange highlighter", color.RGBA{255, 190, 80, 255}, 190, 255},
		{"pink highlighter", color.RGBA{255, 165, 205, 255}, 190, 255},
		{"blue highlighter", color.RGBA{140, 215, 250, 255}, 190, 255},
		{"green highlighter", color.RGBA{160, 245, 130, 255}, 200, 255},
		{"yellowed paper", color.RGBA{245, 235, 200, 255}, 230, 255},
		{"white", color.RGBA{255, 255, 255, 255}, 255, 255},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := toGrey(filled(tt.c, 16, 16)).Pix[0]
			wide := image.NewRGBA64(image.Rect(0, 0, 16, 16))
			draw.Draw(wide, wide.Rect, image.NewUniform(tt.c), image.Point{}, draw.Src)
			if w, a := toGrey(wide).Pix[0], greyOfAny(wide).Pix[0]; w != got || a != got {
				t.Errorf("%v is %d in grey, with 16 bits a channel %d, by way of colours %d", tt.c, got, w, a)
			}
			if got < tt.least || got > tt.most {
				t.Errorf("%v is %d in grey; want %d to %d", tt.c, got, tt.least, tt.most)
			}
			f, err := decoder(t).Open(jpegOf(t, filled(tt.c, 16, 16)))
			if err != nil {
				t.Fatal(err)
			}
			img, err := f.Page(1)
			if err != nil {
				t.Fatal(err)
			}
			if d := int(img.Pix[40]) - int(got); d > 5 || d < -5 {
				t.Errorf("as JPEG it is %d in grey, not %d", img.Pix[40], got)
			}
		})
	}
}

func TestWhatIsTransparentIsPaper(t *testing.T) {
	for name, img := range map[string]image.Image{
		"NRGBA":   &image.NRGBA{Pix: []byte{0, 0, 0, 0}, Stride: 4, Rect: image.Rect(0, 0, 1, 1)},
		"RGBA":    &image.RGBA{Pix: []byte{0, 0, 0, 0}, Stride: 4, Rect: image.Rect(0, 0, 1, 1)},
		"NRGBA64": &image.NRGBA64{Pix: make([]byte, 8), Stride: 8, Rect: image.Rect(0, 0, 1, 1)},
		"RGBA64":  &image.RGBA64{Pix: make([]byte, 8), Stride: 8, Rect: image.Rect(0, 0, 1, 1)},
		"other":   &image.Alpha{Pix: []byte{0}, Stride: 1, Rect: image.Rect(0, 0, 1, 1)},
	} {
		if got := toGrey(img).Pix[0]; got != 255 {
			t.Errorf("%s: %d, want white", name, got)
		}
	}
}

func TestShrinkKeepsInkWhereItIs(t *testing.T) {
	img := drawn(1)
	for _, size := range []image.Point{{400, 300}, {200, 150}, {267, 200}, {133, 100}, {1, 1}} {
		small := shrink(img, size.X, size.Y)
		ink, x, y := 0.0, 0.0, 0.0
		for i, v := range small.Pix {
			d := 255 - float64(v)
			ink, x, y = ink+d, x+d*(float64(i%size.X)+0.5), y+d*(float64(i/size.X)+0.5)
		}
		share := ink / 255 / float64(size.X*size.Y) / (40.0 * 40 / 400 / 300)
		x, y = x/ink/float64(size.X)*400, y/ink/float64(size.Y)*300
		if size.X > 1 && (share < 0.98 || share > 1.02 || x < 69.5 || x > 70.5 || y < 69.5 || y > 70.5) {
			t.Errorf("at %v the square has %.3f of its ink, about %.1f, %.1f; want 70, 70", size, share, x, y)
		}
	}
}

package raster

import (
	"bytes"
	"errors"
	"image"
	"testing"

	"golang.org/x/image/tiff"

	"ocenaurzedu.eu/pkg/omr"
	"ocenaurzedu.eu/pkg/sheet"
)

// small keeps decoders from being fuzzed with large pictures of nothing.
const small = 1 << 16

// decodeAll opens a file and decodes its pages past the net that catches panics.
func decodeAll(t *testing.T, d *Decoder, data []byte) {
	f, err := d.Open(data)
	if err == nil {
		defer f.Close()
		for n := 1; n <= min(f.Pages, 3); n++ {
			var img Image
			if img, err = f.page(n); err != nil {
				break
			}
			if size := img.Bounds().Size(); img.Bounds().Min != (image.Point{}) || size.X < 1 || size.Y < 1 || size.X*size.Y > MaxPixels || len(img.Pix) != img.Stride*size.Y {
				t.Fatalf("page %d: %v of %d bytes", n, img.Bounds(), len(img.Pix))
			}
			if img.DPI != 0 && !(img.DPI >= 1 && img.DPI <= 2400) {
				t.Fatalf("page %d: %v dpi", n, img.DPI)
			}
		}
	}
	var bad *BadError
	if err != nil && !errors.As(err, &bad) {
		t.Fatalf("%v is no *BadError", err)
	}
}

func FuzzImages(f *testing.F) {
	one := drawn(1).SubImage(image.Rect(40, 40, 72, 72))
	grey := image.NewGray(image.Rect(0, 0, 24, 16))
	var none bytes.Buffer
	if err := tiff.Encode(&none, grey, nil); err != nil {
		f.Fatal(err)
	}
	for _, seed := range [][]byte{
		jpegOf(f, one), jpegOf(f, filled(image.Black.C, 16, 16)), pngOf(f, grey), pngOf(f, filled(image.Black.C, 4, 4)), none.Bytes(), read(f, "g4.tiff"), read(f, "jpeg.tiff"),
		read(f, "lzw-msb.tiff"), read(f, "lzw-rgb.tiff"), jpegHeader(8, 8, 0xC2), pngHeader(7000, 7000, 8), []byte("II*\x00\x08\x00\x00\x00\xFF\xFF"), []byte("\x00\x00\x00\x18ftypheic"),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if kind, err := Sniff(data); err == nil && kind == PDF || claimed(data) > small {
			return
		}
		decodeAll(t, NewDecoder(""), data)
	})
}

// claimed is how many pixels a JPEG or PNG says that it has.
func claimed(data []byte) int {
	c, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return 0
	}
	return c.Width * c.Height
}

func FuzzPDF(f *testing.F) {
	f.Add(pdfOf(scanOf(drawn(1), 8)))
	f.Add(pdfOf(scanOf(drawn(1), 1), pdfPage{width: 100, height: 50, content: "0 0 1 rg 10 10 20 20 re f"}))
	f.Add(pdfOf(pdfPage{width: 1440, height: 20}))
	f.Add([]byte("%PDF-1.7\ntrailer<</Root 1 0 R>>\n%%EOF\n"))
	f.Add([]byte("%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[2 0 R]/Count 1>>endobj trailer<</Root 1 0 R>>"))
	d := decoder(f)
	if warm, err := d.Open(pdfOf(scanOf(drawn(1), 8))); err != nil { // PDFium is compiled here, and not within the time of one execution
		f.Fatal(err)
	} else {
		warm.Close()
	}
	f.Fuzz(func(t *testing.T, data []byte) { decodeAll(t, d, append([]byte("%PDF-"), data...)) })
}

// FuzzFrames plays a worker that sends anything, and a parent that does.
func FuzzFrames(f *testing.F) {
	f.Add([]byte("R\x00\x00\x00\x00O\x00\x00\x00\x02{}"))
	f.Add([]byte("J\x00\x00\x00\x02{}F\x00\x00\x00\x00"))
	f.Add([]byte("I\xFF\xFF\xFF\xFF"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, limit := range []func(frameKind) int{fromWorker, toWorker} {
			for r := bytes.NewReader(data); ; {
				got, err := readFrame(r, limit)
				if err != nil {
					break
				}
				if len(got.payload) > limit(got.kind) {
					t.Fatalf("%q of %d bytes", got.kind, len(got.payload))
				}
				var page result
				if got.as(framePage, &page) == nil {
					x := &reading{job: Job{Layouts: []Layout{{Layout: layout1()}}}}
					if x.plausible(&page.Page) && (page.Page.State == omr.Done) != (len(page.Page.Boxes) == 1) && page.Page.State != omr.NeedsCheck {
						t.Fatalf("believed %+v", page.Page)
					}
				}
			}
		}
		w := Worker{Read: func(*image.Gray, omr.Lookup, omr.Hints) omr.Page { return omr.Page{State: omr.NotLocated} }}
		_ = w.Work(bytes.NewReader(data), new(bytes.Buffer), func() {})
	})
}

// Shrinking and finding layouts take any numbers.
func FuzzShrink(f *testing.F) {
	f.Add(uint16(3), uint16(2), uint16(2), uint16(1))
	f.Fuzz(func(t *testing.T, w, h, toW, toH uint16) {
		w, h = w%500+1, h%500+1
		toW, toH = toW%w+1, toH%h+1
		img := image.NewGray(image.Rect(0, 0, int(w), int(h)))
		for i := range img.Pix {
			img.Pix[i] = 200
		}
		for i, v := range shrink(img, int(toW), int(toH)).Pix {
			if v < 199 || v > 201 {
				t.Fatalf("%d × %d to %d × %d: pixel %d is %d", w, h, toW, toH, i, v)
			}
		}
		_, _ = layoutIndex{{Layout: layout1()}}.find(sheet.Code{Page: int(w)})
	})
}

package raster

import (
	"image"
	"image/draw"
	"testing"
)

// a4 is a scan of A4 at 200 dpi with rows of something.
func a4() *image.Gray {
	img := image.NewGray(image.Rect(0, 0, 1654, 2339))
	draw.Draw(img, img.Rect, image.White, image.Point{}, draw.Src)
	for y := 200; y < 2100; y += 60 {
		for x := 200; x < 1400; x += 36 {
			draw.Draw(img, image.Rect(x, y, x+20, y+3+x%20), image.Black, image.Point{}, draw.Src)
		}
	}
	return img
}

// BenchmarkPage decodes a page of each kind, without reading it.
func BenchmarkPage(b *testing.B) {
	colour := image.NewRGBA(a4().Rect)
	draw.Draw(colour, colour.Rect, a4(), image.Point{}, draw.Src)
	for name, data := range map[string][]byte{
		"PDF-8-bit": pdfOf(scanOf(a4(), 8)), "PDF-1-bit": pdfOf(scanOf(a4(), 1)), "JPEG-grey": jpegOf(b, a4()), "JPEG-colour": jpegOf(b, colour), "PNG-grey": pngOf(b, a4()),
	} {
		b.Run(name, func(b *testing.B) {
			f, err := decoder(b).Open(data)
			if err != nil {
				b.Fatal(err)
			}
			defer f.Close()
			for b.Loop() {
				if _, err := f.Page(1); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkStart is the way from no process to a PDF's first page, with and without compiled code.
func BenchmarkStart(b *testing.B) {
	job := Job{Data: pdfOf(scanOf(drawn(1), 8))}
	start := func(b *testing.B, cache func() string) {
		for b.Loop() {
			r := reader(b, "well", 0)
			r.options.Command[len(r.options.Command)-1] = cache()
			wantStates(b, states(b, r, job), "1/1 foreign other_office")
			r.Close()
		}
	}
	b.Run("cold", func(b *testing.B) { start(b, b.TempDir) })
	b.Run("warm", func(b *testing.B) { start(b, func() string { return compiled }) })
	b.Run("running", func(b *testing.B) {
		r := reader(b, "well", 0)
		for b.Loop() {
			wantStates(b, states(b, r, job), "1/1 foreign other_office")
		}
	})
}

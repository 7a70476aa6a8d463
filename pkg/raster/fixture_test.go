package raster

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
)

// The pages of the files in testdata: 400 × 300, white, with a black square of 40 that moves by 50 from page to page. Written by
// ImageMagick: convert … -compress Group4|LZW (lzw-msb: big endian, per centimetre; lzw-rgb: with predictor 2).
const fixtureWidth, fixtureHeight = 400, 300

func drawn(page int) *image.Gray {
	img := image.NewGray(image.Rect(0, 0, fixtureWidth, fixtureHeight))
	draw.Draw(img, img.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(img, image.Rect(50*page, 50, 50*page+40, 90), image.Black, image.Point{}, draw.Src)
	return img
}

// pixelsApart is how many pixels differ by more than within.
func pixelsApart(a, b *image.Gray, within int) int {
	if a.Rect != b.Rect {
		return max(len(a.Pix), len(b.Pix))
	}
	n := 0
	for i := range a.Pix {
		if d := int(a.Pix[i]) - int(b.Pix[i]); d > within || d < -within {
			n++
		}
	}
	return n
}

func jpegOf(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 90}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pngOf(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// filled is one colour all over.
func filled(c color.Color, width, height int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	draw.Draw(img, img.Rect, image.NewUniform(c), image.Point{}, draw.Src)
	return img
}

// pdfPage is a page of a PDF with one image all over, or, without an image, with what its content draws.
type pdfPage struct {
	width, height float64 // points
	image         *image.Gray
	bits          int // of the image: 1 or 8
	content       string
}

// pdfOf writes a PDF by hand: what is to be read is often what no library writes.
func pdfOf(pages ...pdfPage) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.5\n")
	offsets := []int{0}
	object := func(dictionary string, stream []byte) int {
		offsets = append(offsets, b.Len())
		n := len(offsets) - 1
		if stream == nil {
			fmt.Fprintf(&b, "%d 0 obj\n<<%s>>\nendobj\n", n, dictionary)
			return n
		}
		fmt.Fprintf(&b, "%d 0 obj\n<<%s/Length %d>>\nstream\n%s\nendstream\nendobj\n", n, dictionary, len(stream), stream)
		return n
	}
	object("/Type/Catalog/Pages 2 0 R", nil)
	tree := len(offsets)
	offsets = append(offsets, 0)
	var kids []string
	for _, p := range pages {
		resources, content := "", p.content
		if p.image != nil {
			resources = fmt.Sprintf("/Resources<</XObject<</I %d 0 R>>>>", object(imageObject(p.image, p.bits)))
			content = fmt.Sprintf("q %g 0 0 %g 0 0 cm /I Do Q", p.width, p.height)
		}
		c := object("", []byte(content))
		n := object(fmt.Sprintf("/Type/Page/Parent 2 0 R/MediaBox[0 0 %g %g]%s/Contents %d 0 R", p.width, p.height, resources, c), nil)
		kids = append(kids, fmt.Sprintf("%d 0 R", n))
	}
	offsets[tree] = b.Len()
	fmt.Fprintf(&b, "2 0 obj\n<</Type/Pages/Count %d/Kids[%s]>>\nendobj\n", len(pages), strings.Join(kids, " "))
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(offsets))
	for _, at := range offsets[1:] {
		fmt.Fprintf(&b, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(offsets), xref)
	return b.Bytes()
}

// imageObject is an image of 1 or 8 bits a pixel, deflated.
func imageObject(img *image.Gray, bits int) (dictionary string, stream []byte) {
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	for y := range img.Rect.Dy() {
		row := img.Pix[y*img.Stride:][:img.Rect.Dx()]
		if bits == 1 {
			bitmap := make([]byte, (len(row)+7)/8)
			for x, v := range row {
				bitmap[x/8] |= v >> 7 << (7 - x%8)
			}
			row = bitmap
		}
		_, _ = z.Write(row)
	}
	_ = z.Close()
	return fmt.Sprintf("/Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceGray/BitsPerComponent %d/Filter/FlateDecode", img.Rect.Dx(), img.Rect.Dy(), bits), packed.Bytes()
}

// scanOf is a page of a PDF as a scanner makes it, at 200 dpi.
func scanOf(img *image.Gray, bits int) pdfPage {
	return pdfPage{width: float64(img.Rect.Dx()) * 72 / 200, height: float64(img.Rect.Dy()) * 72 / 200, image: img, bits: bits}
}

// chunk writes one of PNG's.
func chunk(b *bytes.Buffer, name string, body []byte) {
	_ = binary.Write(b, binary.BigEndian, uint32(len(body)))
	b.WriteString(name)
	b.Write(body)
	_ = binary.Write(b, binary.BigEndian, crc32.ChecksumIEEE(append([]byte(name), body...)))
}

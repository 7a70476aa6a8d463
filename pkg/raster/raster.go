// Package raster turns files of scans and photos into grey images of pages, and has sheets read off them in a process
// of its own. Whoever scans sends PDF, JPEG, PNG or TIFF; what they hold is hostile until proven otherwise: sizes are
// checked before anything is decoded, a page that can't be decoded costs no other page, and Reader runs all of it with
// limits of time and memory outside of the process that serves.
package raster

import (
	"bytes"
	"errors"
	"fmt"
	"image"

	"ocenaurzedu.eu/pkg/omr"
)

// Limits of a file, of which the larger ones are refused before decoding.
const (
	MaxFile   = 50 << 20   // bytes
	MaxPages  = 500        // of a PDF or TIFF
	MaxPixels = 40_000_000 // of an image, by its header

	maxDecoded   = 384 << 20 // bytes that the decoder of an image needs, by its header: 40 Mpx of two bytes a channel don't fit
	maxReadable  = 16e6      // pixels that are read: sheets at 600 dpi are halved, 300 show all that there is to see
	pdfDPI       = 200.0
	pdfPixels    = 12e6
	pdfMaxSide   = 20_000 // pixels
	pdfMemory    = 256 << 20
	unitsPerInch = 72.0
)

// Reasons why a page is unsupported, besides those of omr. Hint has words for them.
const (
	NotAnImage   omr.Reason = "unknown_format"
	HEIC         omr.Reason = "heic"
	Broken       omr.Reason = "broken"
	Encrypted    omr.Reason = "encrypted"
	OddImage     omr.Reason = "unsupported_image" // a right file of a kind that can't be decoded here
	TooLarge     omr.Reason = "too_large"
	TooManyPages omr.Reason = "too_many_pages"
	TooSlow      omr.Reason = "too_slow"
	Crashed      omr.Reason = "crashed"
	Missing      omr.Reason = "missing" // there is no such file, or it can't be opened
)

// BadError says why a file, or a page of it, can't be read.
type BadError struct {
	Reason omr.Reason
	Err    error // what the decoder says; may be nil
}

func (e *BadError) Error() string {
	if e.Err == nil {
		return string(e.Reason)
	}
	return string(e.Reason) + ": " + e.Err.Error()
}

func (e *BadError) Unwrap() error { return e.Err }

func bad(reason omr.Reason, err error) error { return &BadError{reason, err} }

// reasonOf tells the reason in an error of this package; any other is Broken.
func reasonOf(err error) omr.Reason {
	var b *BadError
	if errors.As(err, &b) {
		return b.Reason
	}
	return Broken
}

// Hint tells in Polish why a page is unsupported and what to do, "" for reasons of other states.
func Hint(reason omr.Reason) string {
	switch reason {
	case HEIC:
		return "To zdjęcie w\u00a0formacie HEIC, którego nie da się tu odczytać. Proszę ustawić w\u00a0telefonie: ustawienia aparatu → formaty → najbardziej zgodne, i\u00a0zrobić zdjęcie jeszcze raz albo zapisać je jako JPEG."
	case NotAnImage:
		return "To nie jest plik ze skanem. Można wczytać pliki PDF, JPEG, PNG i\u00a0TIFF."
	case Broken:
		return "Pliku lub strony nie da się otworzyć – dane są uszkodzone. Proszę zeskanować jeszcze raz."
	case Encrypted:
		return "Plik PDF jest zabezpieczony hasłem. Proszę zapisać go bez hasła i\u00a0wczytać ponownie."
	case OddImage:
		return "Tego rodzaju obrazu nie da się tu odczytać. Proszę zapisać skan jako PDF, JPEG albo PNG."
	case TooLarge:
		return "Plik lub strona są za duże: najwyżej 50\u00a0MB w\u00a0pliku i\u00a040\u00a0milionów pikseli na stronie. Proszę skanować w\u00a0200–300\u00a0dpi."
	case TooManyPages:
		return "Plik ma ponad 500\u00a0stron. Proszę podzielić go na mniejsze."
	case TooSlow:
		return "Odczyt strony trwał za długo i\u00a0został przerwany. Proszę zeskanować ją jeszcze raz albo wpisać ręcznie."
	case Crashed:
		return "Odczytu strony nie udało się dokończyć. Proszę zeskanować ją jeszcze raz albo wpisać ręcznie."
	case Missing:
		return "Nie ma takiego pliku albo nie da się go otworzyć."
	}
	return ""
}

// Kind is what a file is, by its content.
type Kind string

// Kinds of file that can be read. JPEG and PNG have one page.
const (
	PDF  Kind = "pdf"
	JPEG Kind = "jpeg"
	PNG  Kind = "png"
	TIFF Kind = "tiff"
)

// pdfHeaderWithin is where PDF's signature may begin: readers tolerate what mail programs put before it.
const pdfHeaderWithin = 1024

// Sniff tells what a file is by its first bytes; its name says nothing. The error is a *BadError.
func Sniff(data []byte) (Kind, error) {
	switch {
	case bytes.HasPrefix(data, []byte("\xFF\xD8\xFF")):
		return JPEG, nil
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")):
		return PNG, nil
	case bytes.HasPrefix(data, []byte("II*\x00")), bytes.HasPrefix(data, []byte("MM\x00*")):
		return TIFF, nil
	case bytes.HasPrefix(data, []byte("II+\x00")), bytes.HasPrefix(data, []byte("MM\x00+")):
		return "", bad(OddImage, errors.New("BigTIFF"))
	case isHEIC(data):
		return "", bad(HEIC, nil)
	case bytes.Contains(data[:min(len(data), pdfHeaderWithin)], []byte("%PDF-")):
		return PDF, nil
	}
	return "", bad(NotAnImage, nil)
}

// isHEIC reports whether data begins with the box of a file type (ISO/IEC 14496-12, 4.3) of HEIF's family.
func isHEIC(data []byte) bool {
	if len(data) < 12 || string(data[4:8]) != "ftyp" {
		return false
	}
	switch string(data[8:12]) {
	case "heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs", "mif1", "msf1", "avif", "avis":
		return true
	}
	return false
}

// Image is a page in grey: 0 is black.
type Image struct {
	*image.Gray
	DPI     float64 // 0 if it isn't known; a photo's means nothing
	Bilevel bool    // the scan was black and white; where it was shrunk, edges are grey all the same
}

// File is an open file. Close gives back what its decoder holds.
type File struct {
	Kind  Kind
	Pages int
	page  func(n int) (Image, error)
	close func()
}

// Page decodes page n, from 1. An error is a *BadError and says nothing of other pages.
func (f *File) Page(n int) (img Image, err error) {
	defer func() { // the image libraries are fuzzed, but a page is never worth a file
		if p := recover(); p != nil {
			img, err = Image{}, bad(Crashed, fmt.Errorf("page %d: %v", n, p))
		}
	}()
	if n < 1 || n > f.Pages {
		return Image{}, bad(Broken, fmt.Errorf("page %d of %d", n, f.Pages))
	}
	img, err = f.page(n)
	if err != nil {
		return Image{}, err
	}
	for img.Bounds().Dx()*img.Bounds().Dy() > maxReadable {
		img = Image{halve(img.Gray), img.DPI / 2, img.Bilevel}
	}
	return img, nil
}

// Close ends the use of a file.
func (f *File) Close() {
	if f.close != nil {
		f.close()
	}
}

// Decoder opens files. It starts PDFium for the first PDF and keeps it, so that it's for one goroutine at a time and
// has to be closed. A Decoder has no limits of time and memory of its own: see Reader.
type Decoder struct {
	cache string // directory of compiled code; "" for none
	pdf   *pdfEngine
}

// NewDecoder returns a Decoder that keeps PDFium's compiled code in a directory, which makes the start of the next one
// 3 s shorter; "" keeps none.
func NewDecoder(cache string) *Decoder { return &Decoder{cache: cache} }

// Close ends PDFium.
func (d *Decoder) Close() {
	if d.pdf != nil {
		d.pdf.close()
		d.pdf = nil
	}
}

// prepare starts PDFium if a file needs it. That takes long where it has to be compiled, whatever the file.
func (d *Decoder) prepare(data []byte) (err error) {
	if kind, _ := Sniff(data); kind == PDF && d.pdf == nil {
		d.pdf, err = startPDF(d.cache)
	}
	return err
}

// Open looks at a file's kind and its number of pages. The error is a *BadError that holds for the whole file, or what
// hinders PDFium from starting.
func (d *Decoder) Open(data []byte) (*File, error) {
	if len(data) > MaxFile {
		return nil, bad(TooLarge, fmt.Errorf("%d bytes", len(data)))
	}
	kind, err := Sniff(data)
	if err != nil {
		return nil, err
	}
	if err := d.prepare(data); err != nil {
		return nil, err
	}
	switch kind {
	case TIFF:
		return openTIFF(data)
	case PDF:
		return d.pdf.open(data)
	default:
		return &File{Kind: kind, Pages: 1, page: func(int) (Image, error) { return decodeSingle(kind, data) }}, nil
	}
}

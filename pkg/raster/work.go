package raster

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"runtime/debug"
	"time"

	"ocenaurzedu.eu/pkg/omr"
)

const (
	pictureSide    = 2339 // the longer side of a picture: A4 at 200 dpi
	pictureQuality = 75
)

// Read reads a sheet off the image of a page, as omr.Read does.
type Read func(*image.Gray, omr.Lookup, omr.Hints) omr.Page

// Worker is the other end of a Reader: it decodes files and reads sheets off them, one after another.
type Worker struct {
	Read  Read
	Cache string // directory of compiled code, as of NewDecoder

	before func(page int) // called before a page is decoded, in tests
}

// Work serves jobs until its input ends. Its input is read all the time, and gone is called as soon as it ends: who
// asked for a page isn't there any more, and the page may take for ever. A fault of a file or page is an answer; the
// error is of input or output.
func (w *Worker) Work(in io.Reader, out io.Writer, gone func()) error {
	frames := make(chan frame)
	failed := make(chan error, 1)
	go func() {
		buffered := bufio.NewReader(in)
		for {
			f, err := readFrame(buffered, toWorker)
			if err != nil {
				failed <- err
				close(frames)
				gone()
				return
			}
			frames <- f
		}
	}()
	decoder := NewDecoder(w.Cache)
	defer decoder.Close()
	if err := writeFrame(out, frameReady, nil); err != nil {
		return err
	}
	for job := range frames {
		var asked request
		if err := job.as(frameJob, &asked); err != nil {
			return err
		}
		file, ok := <-frames
		if ok && file.kind != frameFile {
			return fmt.Errorf("%q after a job: %w", file.kind, errFrame)
		}
		if err := w.file(out, decoder, &asked, file.payload); err != nil {
			return err
		}
		file.payload = nil
		debug.FreeOSMemory() // a worker that waits for its next file holds no more than it must
	}
	if err := <-failed; !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

// file answers one job.
func (w *Worker) file(out io.Writer, decoder *Decoder, asked *request, data []byte) error {
	if err := decoder.prepare(data); err != nil {
		return err
	}
	if err := writeFrame(out, frameSet, nil); err != nil {
		return err
	}
	file, err := decoder.Open(data)
	if err != nil {
		if err := writeJSON(out, frameOpened, opened{Reason: reasonOf(err), Detail: err.Error()}); err != nil {
			return err
		}
		return writeFrame(out, frameEnd, nil)
	}
	defer file.Close()
	if err := writeJSON(out, frameOpened, opened{Kind: file.Kind, Pages: file.Pages}); err != nil {
		return err
	}
	for n := max(asked.First, 1); n <= file.Pages && (asked.Last == 0 || n <= asked.Last); n += max(asked.Every, 1) {
		if err := writeJSON(out, frameBegun, n); err != nil {
			return err
		}
		if w.before != nil {
			w.before(n)
		}
		page, picture := w.page(file, n, asked)
		if err := writeJSON(out, framePage, page); err != nil {
			return err
		}
		if err := writeFrame(out, framePicture, picture); err != nil {
			return err
		}
	}
	return writeFrame(out, frameEnd, nil)
}

// page decodes and reads a page and draws its picture. Coordinates of the result are the picture's.
func (w *Worker) page(file *File, n int, asked *request) (result, []byte) {
	start := time.Now()
	img, err := file.Page(n)
	decoded := time.Since(start)
	if err != nil {
		return result{Number: n, Page: unsupported(reasonOf(err)), Detail: err.Error(), DecodeNS: int64(decoded)}, nil
	}
	width, height, scale := img.Rect.Dx(), img.Rect.Dy(), 1.0
	if longer := max(width, height); asked.Pictures && longer > pictureSide {
		scale = float64(pictureSide) / float64(longer)
		width, height = max(int(float64(width)*scale), 1), max(int(float64(height)*scale), 1)
	}
	page := w.Read(img.Gray, layoutIndex(asked.Layouts).find, omr.Hints{Corners: scaledCorners(asked.Corners, 1/scale), Code: asked.Code, Bilevel: img.Bilevel})
	read := time.Since(start) - decoded
	scalePage(&page, scale)
	r := result{Number: n, Page: page, Width: width, Height: height, DPI: img.DPI * scale, DecodeNS: int64(decoded), ReadNS: int64(read)}
	if !asked.Pictures {
		return r, nil
	}
	small := img.Gray
	if scale != 1 {
		small = shrink(img.Gray, width, height)
	}
	picture, kind, err := pictureOf(small)
	if err != nil {
		r.Detail = err.Error()
		return r, nil
	}
	r.PictureType = kind
	return r, picture
}

// pictureOf writes a picture: grey as JPEG, black and white as PNG, which is smaller and keeps edges.
func pictureOf(img *image.Gray) (picture []byte, mediaType string, err error) {
	var b bytes.Buffer
	if !isBilevel(img) {
		err = jpeg.Encode(&b, img, &jpeg.Options{Quality: pictureQuality})
		return b.Bytes(), "image/jpeg", err
	}
	two := image.NewPaletted(img.Rect, color.Palette{color.Gray{Y: 0}, color.Gray{Y: 255}})
	for i, v := range img.Pix {
		two.Pix[i] = v & 1
	}
	err = (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, two)
	return b.Bytes(), "image/png", err
}

// unsupported is a page that none was read of.
func unsupported(reason omr.Reason) omr.Page {
	return omr.Page{State: omr.Unsupported, Reason: reason, Algorithm: omr.Algorithm}
}

// scalePage turns what is told in pixels of the image into pixels of its picture.
func scalePage(p *omr.Page, scale float64) {
	if scale == 1 {
		return
	}
	for i := range p.Boxes {
		p.Boxes[i].Center = scaled(p.Boxes[i].Center, scale)
	}
	for i := range p.Fiducials {
		p.Fiducials[i] = scaled(p.Fiducials[i], scale)
	}
	for i := range 6 { // x and y of the picture
		p.ToImage[i] *= scale
	}
}

func scaledCorners(from *[4]omr.Point, scale float64) *[4]omr.Point {
	if from == nil {
		return nil
	}
	var to [4]omr.Point
	for i := range to {
		to[i] = scaled(from[i], scale)
	}
	return &to
}

func scaled(p omr.Point, scale float64) omr.Point { return omr.Point{X: p.X * scale, Y: p.Y * scale} }

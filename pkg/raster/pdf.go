package raster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/enums"
	pdferrors "github.com/klippa-app/go-pdfium/errors"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

const (
	wasmPage       = 64 << 10
	instanceWithin = 10 * time.Second
)

// pdfEngine is PDFium, compiled to WebAssembly and from there to code of this machine: it has memory of its own with a
// bound, no file system, no network. A file gets an instance of its own, so that nothing is left of it for the next.
type pdfEngine struct{ pool pdfium.Pool }

// startPDF compiles PDFium, or takes it from the cache. A cache that can't be used is done without.
func startPDF(cache string) (*pdfEngine, error) {
	config := wazero.NewRuntimeConfig().WithMemoryLimitPages(pdfMemory / wasmPage).
		WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling)
	if cache != "" {
		if kept, err := wazero.NewCompilationCacheWithDir(cache); err == nil {
			if pool, err := newPool(config.WithCompilationCache(kept)); err == nil {
				return &pdfEngine{pool}, nil
			}
		}
	}
	pool, err := newPool(config)
	if err != nil {
		return nil, fmt.Errorf("starting PDFium: %w", err)
	}
	return &pdfEngine{pool}, nil
}

func newPool(config wazero.RuntimeConfig) (pdfium.Pool, error) {
	return webassembly.Init(webassembly.Config{
		Context: context.Background(), MaxTotal: 1, FSConfig: wazero.NewFSConfig(), RuntimeConfig: config,
		Stdout: io.Discard, Stderr: io.Discard,
	})
}

func (e *pdfEngine) close() { _ = e.pool.Close() }

// pdfFile is an open PDF. A fault of PDFium costs its instance; the next page gets another.
type pdfFile struct {
	engine   *pdfEngine
	data     []byte
	instance pdfium.Pdfium // nil after a fault
	document references.FPDF_DOCUMENT
}

func (e *pdfEngine) open(data []byte) (*File, error) {
	f := &pdfFile{engine: e, data: data}
	if err := f.load(); err != nil {
		return nil, err
	}
	count, err := f.instance.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: f.document})
	if err != nil {
		f.drop()
		return nil, bad(Broken, err)
	}
	if count.PageCount < 1 || count.PageCount > MaxPages {
		f.drop()
		if count.PageCount < 1 {
			return nil, bad(Broken, errors.New("no pages"))
		}
		return nil, bad(TooManyPages, fmt.Errorf("%d pages", count.PageCount))
	}
	return &File{Kind: PDF, Pages: count.PageCount, page: f.page, close: f.drop}, nil
}

// load opens the document in a new instance, which reads of data what it needs.
func (f *pdfFile) load() error {
	instance, err := f.engine.pool.GetInstance(instanceWithin)
	if err != nil {
		return fmt.Errorf("instance of PDFium: %w", err)
	}
	f.instance = instance
	doc, err := instance.OpenDocument(&requests.OpenDocument{FileReader: bytes.NewReader(f.data), FileReaderSize: int64(len(f.data))})
	if err != nil {
		f.drop()
		if errors.Is(err, pdferrors.ErrPassword) || errors.Is(err, pdferrors.ErrSecurity) {
			return bad(Encrypted, err)
		}
		return bad(Broken, err)
	}
	f.document = doc.Document
	return nil
}

func (f *pdfFile) drop() {
	if f.instance != nil {
		_ = f.instance.Close()
		f.instance = nil
	}
}

func (f *pdfFile) page(n int) (img Image, err error) {
	if f.instance == nil {
		if err := f.load(); err != nil {
			return Image{}, err
		}
	}
	defer func() {
		p := recover() // a memory access of PDFium's outside of its memory, say
		if p != nil {
			err = fmt.Errorf("PDFium: %v", p)
		}
		if err != nil {
			f.drop()
			img, err = Image{}, bad(Broken, fmt.Errorf("page %d: %w", n, err))
		}
	}()
	loaded, err := f.instance.FPDF_LoadPage(&requests.FPDF_LoadPage{Document: f.document, Index: n - 1})
	if err != nil {
		return Image{}, err
	}
	defer func() { // not after a fault: the instance is gone
		if err == nil {
			_, err = f.instance.FPDF_ClosePage(&requests.FPDF_ClosePage{Page: loaded.Page})
		}
	}()
	page := requests.Page{ByReference: &loaded.Page}
	if img, err = f.render(page); err != nil {
		return Image{}, err
	}
	img.Bilevel = f.scannedInBlack(page)
	return img, nil
}

// render draws a page on white paper, with what was drawn upon it in a viewer.
func (f *pdfFile) render(page requests.Page) (Image, error) {
	width, height, dpi, err := f.size(page)
	if err != nil {
		return Image{}, err
	}
	made, err := f.instance.FPDFBitmap_CreateEx(&requests.FPDFBitmap_CreateEx{Width: width, Height: height, Format: enums.FPDF_BITMAP_FORMAT_BGRX, Pointer: uint64(0)})
	if err != nil {
		return Image{}, err
	}
	bitmap := made.Bitmap
	if _, err := f.instance.FPDFBitmap_FillRect(&requests.FPDFBitmap_FillRect{Bitmap: bitmap, Width: width, Height: height, Color: 0xFFFFFFFF}); err != nil {
		return Image{}, err
	}
	_, err = f.instance.FPDF_RenderPageBitmap(&requests.FPDF_RenderPageBitmap{Bitmap: bitmap, Page: page, SizeX: width, SizeY: height, Flags: enums.FPDF_RENDER_FLAG_ANNOT})
	if err != nil {
		return Image{}, err
	}
	pixels, err := f.instance.FPDFBitmap_GetBuffer(&requests.FPDFBitmap_GetBuffer{Bitmap: bitmap})
	if err != nil {
		return Image{}, err
	}
	if len(pixels.Buffer) != 4*width*height {
		return Image{}, fmt.Errorf("bitmap of %d bytes for %d × %d pixels", len(pixels.Buffer), width, height)
	}
	img := greyOfBGRX(pixels.Buffer, width, height)
	_, err = f.instance.FPDFBitmap_Destroy(&requests.FPDFBitmap_Destroy{Bitmap: bitmap})
	return Image{Gray: img, DPI: dpi}, err
}

// size is what a page is rendered at: 200 dpi, or what gives 12 Mpx.
func (f *pdfFile) size(page requests.Page) (width, height int, dpi float64, err error) {
	w, err := f.instance.FPDF_GetPageWidthF(&requests.FPDF_GetPageWidthF{Page: page})
	if err != nil {
		return 0, 0, 0, err
	}
	h, err := f.instance.FPDF_GetPageHeightF(&requests.FPDF_GetPageHeightF{Page: page})
	if err != nil {
		return 0, 0, 0, err
	}
	across, down := float64(w.PageWidth)/unitsPerInch, float64(h.PageHeight)/unitsPerInch
	dpi = min(pdfDPI, math.Sqrt(pdfPixels/(across*down)))
	width, height = int(math.Round(across*dpi)), int(math.Round(down*dpi))
	if !(across > 0) || !(down > 0) || width < 1 || height < 1 || width > pdfMaxSide || height > pdfMaxSide {
		return 0, 0, 0, fmt.Errorf("page of %.4g × %.4g inches", across, down)
	}
	return width, height, dpi, nil
}

// scannedInBlack reports whether a page is nothing but an image of one bit a pixel. What stands on it isn't grey, even
// though shrinking makes it look so.
func (f *pdfFile) scannedInBlack(page requests.Page) bool {
	count, err := f.instance.FPDFPage_CountObjects(&requests.FPDFPage_CountObjects{Page: page})
	if err != nil || count.Count != 1 {
		return false
	}
	object, err := f.instance.FPDFPage_GetObject(&requests.FPDFPage_GetObject{Page: page})
	if err != nil {
		return false
	}
	kind, err := f.instance.FPDFPageObj_GetType(&requests.FPDFPageObj_GetType{PageObject: object.PageObject})
	if err != nil || kind.Type != enums.FPDF_PAGEOBJ_IMAGE {
		return false
	}
	about, err := f.instance.FPDFImageObj_GetImageMetadata(&requests.FPDFImageObj_GetImageMetadata{ImageObject: object.PageObject, Page: page})
	return err == nil && about.ImageMetadata.BitsPerPixel == 1
}

package raster

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"golang.org/x/image/tiff"

	"ocenaurzedu.eu/pkg/omr"
)

// Tags of a TIFF's directory (TIFF 6.0, section 8) that say what the decoder doesn't.
const (
	tagSubfileType    = 254
	tagXResolution    = 282
	tagResolutionUnit = 296
	entrySize         = 12
	reducedOrMask     = 1 | 4 // bits of the subfile type: a thumbnail, or a mask
	perCentimetre     = 3
)

// directory is one image file directory: a page.
type directory struct {
	offset uint32
	dpi    float64
	err    error
}

// openTIFF follows the chain of directories. Where it is torn, the file ends with a page that is broken, so that
// somebody sees that pages are missing.
func openTIFF(data []byte) (*File, error) {
	pages, err := directories(data)
	if err != nil {
		return nil, err
	}
	decode := func(n int) (Image, error) {
		page := pages[n-1]
		if page.err != nil {
			return Image{}, bad(Broken, page.err)
		}
		return decodeTIFF(data, page)
	}
	return &File{Kind: TIFF, Pages: len(pages), page: decode}, nil
}

func directories(data []byte) ([]directory, error) {
	var pages []directory
	if len(data) < 8 {
		return nil, bad(Broken, io.ErrUnexpectedEOF)
	}
	order, seen := byteOrder(data), map[uint32]bool{}
	for offset := order.Uint32(data[4:]); offset != 0; {
		if seen[offset] {
			pages = append(pages, directory{err: errors.New("directories run in a circle")})
			break
		}
		seen[offset] = true
		page, thumbnail, next := parseDirectory(data, order, offset)
		if !thumbnail {
			pages = append(pages, page)
		}
		if len(pages) > MaxPages {
			return nil, bad(TooManyPages, nil)
		}
		offset = next
	}
	if len(pages) == 0 || pages[0].err != nil {
		return nil, bad(Broken, errors.New("no directory"))
	}
	return pages, nil
}

func byteOrder(data []byte) binary.ByteOrder {
	if data[0] == 'M' {
		return binary.BigEndian
	}
	return binary.LittleEndian
}

// parseDirectory reads a directory and where the next one is, 0 at the end.
func parseDirectory(data []byte, order binary.ByteOrder, offset uint32) (page directory, thumbnail bool, next uint32) {
	page.offset = offset
	at := int64(offset)
	if at+2 > int64(len(data)) {
		page.err = fmt.Errorf("directory at %d of %d bytes", offset, len(data))
		return page, false, 0
	}
	entries := data[at+2:]
	count := int(order.Uint16(data[at:]))
	if count == 0 || len(entries) < count*entrySize+4 {
		page.err = fmt.Errorf("directory at %d with %d entries", offset, count)
		return page, false, 0
	}
	inch := 1.0
	for i := range count {
		e := entries[i*entrySize:][:entrySize]
		switch order.Uint16(e) {
		case tagSubfileType:
			thumbnail = order.Uint32(e[8:])&reducedOrMask != 0
		case tagXResolution:
			page.dpi = rational(data, order, order.Uint32(e[8:]))
		case tagResolutionUnit:
			if order.Uint16(e[8:]) == perCentimetre {
				inch = cmPerInch
			}
		}
	}
	page.dpi = plausibleDPI(page.dpi * inch)
	return page, thumbnail, order.Uint32(entries[count*entrySize:])
}

func rational(data []byte, order binary.ByteOrder, at uint32) float64 {
	if int64(at)+8 > int64(len(data)) || order.Uint32(data[at+4:]) == 0 {
		return 0
	}
	return float64(order.Uint32(data[at:])) / float64(order.Uint32(data[at+4:]))
}

// decodeTIFF decodes one directory. The library knows the first one only, so that it is given a header that points to
// this one.
func decodeTIFF(data []byte, page directory) (Image, error) {
	r := &repointed{data: data}
	copy(r.header[:], data)
	byteOrder(data).PutUint32(r.header[4:], page.offset)
	config, err := tiff.DecodeConfig(r)
	if err != nil {
		return Image{}, bad(tiffFault(err), err)
	}
	if err := checkSize(config, 0); err != nil {
		return Image{}, err
	}
	img, err := tiff.Decode(r)
	if err != nil {
		return Image{}, bad(tiffFault(err), err)
	}
	return newImage(img, page.dpi), nil
}

func tiffFault(err error) omr.Reason {
	var u tiff.UnsupportedError
	if errors.As(err, &u) {
		return OddImage
	}
	return Broken
}

// repointed is a file with another header.
type repointed struct {
	data   []byte
	header [8]byte
}

func (r *repointed) ReadAt(p []byte, at int64) (int, error) {
	if at < 0 || at >= int64(len(r.data)) {
		return 0, io.EOF
	}
	n := copy(p, r.data[at:])
	if at < int64(len(r.header)) {
		copy(p[:n], r.header[at:])
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// Read is never called, as the decoder prefers ReadAt; it takes an io.Reader.
func (r *repointed) Read([]byte) (int, error) { return 0, errors.ErrUnsupported }

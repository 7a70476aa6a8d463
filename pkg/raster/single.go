package raster

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"

	"ocenaurzedu.eu/pkg/omr"
)

// decodeSingle decodes a JPEG or PNG.
func decodeSingle(kind Kind, data []byte) (Image, error) {
	config, head := png.DecodeConfig, pngHead
	decode := png.Decode
	if kind == JPEG {
		config, head, decode = jpeg.DecodeConfig, jpegHead, jpeg.Decode
	}
	c, err := config(bytes.NewReader(data))
	if err != nil {
		return Image{}, bad(kindOfFault(err), err)
	}
	h := head(data)
	if err := checkSize(c, h.extra); err != nil {
		return Image{}, err
	}
	img, err := decode(bytes.NewReader(data))
	if err != nil {
		return Image{}, bad(kindOfFault(err), err)
	}
	return newImage(img, h.dpi), nil
}

// kindOfFault tells a right file that isn't supported from one that is broken.
func kindOfFault(err error) omr.Reason {
	var j jpeg.UnsupportedError
	var p png.UnsupportedError
	if errors.As(err, &j) || errors.As(err, &p) {
		return OddImage
	}
	return Broken
}

// checkSize refuses what would take too much memory: extra is what the decoder holds beside the image, bytes a pixel.
func checkSize(c image.Config, extra float64) error {
	if c.Width <= 0 || c.Height <= 0 {
		return bad(Broken, fmt.Errorf("%d × %d pixels", c.Width, c.Height))
	}
	pixels := int64(c.Width) * int64(c.Height)
	if pixels > MaxPixels || float64(pixels)*(float64(bytesPerPixel(c.ColorModel))+extra) > maxDecoded {
		return bad(TooLarge, fmt.Errorf("%d × %d pixels", c.Width, c.Height))
	}
	return nil
}

func bytesPerPixel(m color.Model) int {
	switch m {
	case color.GrayModel:
		return 1
	case color.Gray16Model:
		return 2
	case color.YCbCrModel:
		return 3
	case color.RGBA64Model, color.NRGBA64Model:
		return 8
	}
	if _, paletted := m.(color.Palette); paletted {
		return 1
	}
	return 4
}

// header is what the standard library doesn't tell of an image.
type header struct {
	dpi   float64 // 0 if not told
	extra float64 // bytes a pixel that the decoder holds beside the image
}

const (
	cmPerInch    = 2.54
	metrePerInch = 0.0254
)

// pngHead reads PNG's pHYs (PNG 1.2, 4.2.4.2), which stands before the first IDAT.
func pngHead(data []byte) header {
	for at := 8; at+12 <= len(data); {
		size, name := int(binary.BigEndian.Uint32(data[at:])), string(data[at+4:at+8])
		if name == "pHYs" && size == 9 && at+17 <= len(data) && data[at+16] == 1 {
			return header{dpi: plausibleDPI(float64(binary.BigEndian.Uint32(data[at+8:])) * metrePerInch)}
		}
		if name == "IDAT" || size > len(data) {
			break
		}
		at += size + 12
	}
	return header{}
}

// jpegHead walks JPEG's segments up to the scan: the density of JFIF (ECMA TR/98, 10.1), and whether the frame is
// progressive: then the decoder holds the coefficients of all components, four bytes each.
func jpegHead(data []byte) header {
	const app0, sof0, sof2, sos = 0xE0, 0xC0, 0xC2, 0xDA
	var h header
	for at := 2; at+4 <= len(data) && data[at] == 0xFF; {
		marker := data[at+1]
		if marker == 0xFF { // a fill byte
			at++
			continue
		}
		size := int(binary.BigEndian.Uint16(data[at+2:]))
		body := data[at+4 : max(at+4, min(at+2+size, len(data)))]
		switch {
		case marker == app0 && len(body) >= 12 && string(body[:5]) == "JFIF\x00":
			density := float64(binary.BigEndian.Uint16(body[8:]))
			if body[7] == 2 {
				density *= cmPerInch
			}
			if body[7] != 0 {
				h.dpi = plausibleDPI(density)
			}
		case marker == sof2:
			h.extra = coefficients(body)
			return h
		case marker == sof0 || marker == sos:
			return h
		}
		at += 2 + size
	}
	return h
}

// coefficients is how many bytes a pixel a frame's coefficients take, four each, by the sampling of its components (ITU-T T.81, B.2.2).
func coefficients(frame []byte) float64 {
	const first, each = 6, 3
	sum, across, down := 0, 1, 1
	for at := first; at+each <= len(frame); at += each {
		h, v := int(frame[at+1]>>4), int(frame[at+1]&15)
		sum, across, down = sum+h*v, max(across, h), max(down, v)
	}
	return 4 * float64(sum) / float64(across*down)
}

// plausibleDPI is 0 for densities that no scanner writes.
func plausibleDPI(dpi float64) float64 {
	if dpi < 30 || dpi > 2400 {
		return 0
	}
	return dpi
}

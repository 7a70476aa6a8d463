package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"html"
	"image"
	"image/color"
	"image/png"
	"net/url"
	"strings"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"
)

const (
	qrModules = 29 // QR version 3
	quietZone = 4  // modules of white that a QR needs around it (ISO/IEC 18004)
	maxQRSize = 4096
)

// ErrBadURL reports an address that a QR can't carry: not absolute, neither of the web nor otpauth (one-time
// codes), or too long.
var ErrBadURL = errors.New("not an absolute web address")

// modules is a QR without its quiet zone: dark(x, y) for 0 ≤ x, y < n.
type modules struct {
	code barcode.Barcode
	n    int
}

func (m modules) dark(x, y int) bool {
	r, _, _, _ := m.code.At(x, y).RGBA()
	return r == 0
}

// runs calls f for each run of dark modules in a row.
func (m modules) runs(f func(x, y, length int)) {
	for y := range m.n {
		for x := 0; x < m.n; x++ {
			from := x
			for x < m.n && m.dark(x, y) {
				x++
			}
			if x > from {
				f(from, y, x-from)
			}
		}
	}
}

// sheetQR makes the QR of a sheet's code: version 3, level Q.
func sheetQR(code string) (modules, error) {
	b, err := qr.Encode(code, qr.Q, qr.AlphaNumeric)
	if err != nil {
		return modules{}, fmt.Errorf("qr of %q: %w", code, err)
	}
	if n := b.Bounds().Dx(); n != qrModules {
		return modules{}, fmt.Errorf("qr of %q: %d modules, want %d", code, n, qrModules)
	}
	return modules{b, qrModules}, nil
}

func urlQR(address string) (modules, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" && u.Scheme != "otpauth" {
		return modules{}, fmt.Errorf("qr: %w", ErrBadURL) // without the address: an otpauth one holds a secret
	}
	b, err := qr.Encode(address, qr.M, qr.Auto)
	if err != nil {
		return modules{}, fmt.Errorf("qr: %w", ErrBadURL)
	}
	return modules{b, b.Bounds().Dx()}, nil
}

// QRSVG draws the QR of an absolute web or otpauth address as an SVG document of one path, with the quiet zone that
// readers need and without inline style. It scales to any size. The error is ErrBadURL.
func QRSVG(address string) (string, error) {
	m, err := urlQR(address)
	if err != nil {
		return "", err
	}
	var path strings.Builder
	m.runs(func(x, y, length int) {
		fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", x+quietZone, y+quietZone, length, length)
	})
	n := m.n + 2*quietZone
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-label="%s" shape-rendering="crispEdges">`+
		`<path fill="#fff" d="M0 0h%dv%dH0z"/><path fill="#000" d="%s"/></svg>`,
		n, n, html.EscapeString("QR: "+address), n, n, path.String()), nil
}

// QRPNG draws the QR of an absolute web address as a PNG of size by size pixels, quiet zone included. Modules
// are whole pixels; what does not divide goes to the margin. The error is ErrBadURL, or tells the size that is needed.
func QRPNG(address string, size int) ([]byte, error) {
	m, err := urlQR(address)
	if err != nil {
		return nil, err
	}
	scale := size / (m.n + 2*quietZone)
	if scale < 1 || size > maxQRSize {
		return nil, fmt.Errorf("qr of %d pixels: want %d to %d", size, m.n+2*quietZone, maxQRSize)
	}
	img := image.NewPaletted(image.Rect(0, 0, size, size), color.Palette{color.White, color.Black})
	margin := (size - scale*m.n) / 2
	m.runs(func(x, y, length int) {
		for py := margin + y*scale; py < margin+(y+1)*scale; py++ {
			for px := margin + x*scale; px < margin+(x+length)*scale; px++ {
				img.SetColorIndex(px, py, 1)
			}
		}
	})
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		return nil, fmt.Errorf("qr as png: %w", err)
	}
	return out.Bytes(), nil
}

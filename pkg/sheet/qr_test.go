package sheet

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image"
	"image/color"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// enlarged draws modules as 4 by 4 pixels with a quiet zone.
func enlarged(bits *gozxing.BitMatrix) image.Image {
	const scale = 4
	n := bits.GetWidth()
	img := image.NewGray(image.Rect(0, 0, (n+2*quietZone)*scale, (n+2*quietZone)*scale))
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			mx, my := x/scale-quietZone, y/scale-quietZone
			if mx < 0 || my < 0 || mx >= n || my >= n || !bits.Get(mx, my) {
				img.SetGray(x, y, color.Gray{Y: 255})
			}
		}
	}
	return img
}

func decode(t testing.TB, img image.Image) string {
	t.Helper()
	bitmap, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		t.Fatal(err)
	}
	result, err := qrcode.NewQRCodeReader().Decode(bitmap, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_PURE_BARCODE: true})
	if err != nil {
		t.Fatalf("QR: %v", err)
	}
	return result.GetText()
}

func TestSheetQRIsVersion3(t *testing.T) {
	for _, code := range []string{strings.Repeat("Z", codeLength), "A" + strings.Repeat("0", codeLength-1)} {
		if m, err := sheetQR(code); err != nil || m.n != 29 {
			t.Errorf("sheetQR(%q) has %d modules, %v; want 29", code, m.n, err)
		}
	}
	for _, code := range []string{"", "ą", strings.Repeat("Z", 60)} {
		if _, err := sheetQR(code); err == nil {
			t.Errorf("sheetQR(%q) gives no error", code)
		}
	}
}

const shortAddress, longAddress = "https://osielsko.ocenaurzedu.eu/?p=3", "https://osielsko.ocenaurzedu.eu/?p=3&od=baner&ze=strony-głównej-urzędu"

func TestQRPNG(t *testing.T) {
	for _, address := range []string{shortAddress, longAddress} {
		data, err := QRPNG(address, 400)
		if err != nil {
			t.Fatal(err)
		}
		img, _, err := image.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if got := decode(t, img); got != address || img.Bounds() != image.Rect(0, 0, 400, 400) {
			t.Errorf("QRPNG(%q) is %v and holds %q", address, img.Bounds(), got)
		}
	}
	for _, size := range []int{-1, 0, 30, 100000} {
		if _, err := QRPNG(shortAddress, size); err == nil {
			t.Errorf("QRPNG of %d pixels gives no error", size)
		}
	}
}

func TestQRSVG(t *testing.T) {
	svg, err := QRSVG(shortAddress)
	if err != nil {
		t.Fatal(err)
	}
	decoder := xml.NewDecoder(strings.NewReader(svg))
	for {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("QRSVG is not XML: %v", err)
		}
	}
	if strings.Contains(svg, "style") || strings.Contains(svg, "script") {
		t.Error("QRSVG has inline style or script")
	}
	if got := decode(t, drawn(t, svg)); got != shortAddress {
		t.Errorf("QRSVG holds %q, want %q", got, shortAddress)
	}
	if svg, err := QRSVG(`https://a.example/?a="><script>`); err != nil || strings.Contains(svg, "<script") {
		t.Errorf("QRSVG of a hostile address = %q, %v", svg, err)
	}
}

// drawn draws the path of QRSVG.
func drawn(t testing.TB, svg string) image.Image {
	t.Helper()
	size := regexp.MustCompile(`viewBox="0 0 (\d+) (\d+)"`).FindStringSubmatch(svg)
	n, _ := strconv.Atoi(size[1])
	bits, err := gozxing.NewSquareBitMatrix(n)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1h-(\d+)z`).FindAllStringSubmatch(svg, -1) {
		x, _ := strconv.Atoi(m[1])
		y, _ := strconv.Atoi(m[2])
		length, _ := strconv.Atoi(m[3])
		for i := range length {
			bits.Set(x+i, y)
		}
		if x < quietZone || y < quietZone || x+length > n-quietZone || m[3] != m[4] {
			t.Errorf("path %s leaves the square", m[0])
		}
	}
	return enlarged(bits)
}

func TestQRRefusesWhatIsNoAddress(t *testing.T) {
	for _, address := range []string{"", "osielsko", "/ankieta", "javascript:alert(1)", "ftp://osielsko.pl", "https://", "https://a.pl/" + strings.Repeat("x", 5000), "https://a.pl/%zz"} {
		if _, err := QRSVG(address); !errors.Is(err, ErrBadURL) {
			t.Errorf("QRSVG(%q) = %v, want ErrBadURL", address, err)
		}
		if _, err := QRPNG(address, 400); !errors.Is(err, ErrBadURL) {
			t.Errorf("QRPNG(%q) = %v, want ErrBadURL", address, err)
		}
	}
}

package synth

import (
	"bytes"
	"image"
	"testing"

	"ocenaurzedu.eu/pkg/sheet"
)

// TestWithSerial changes the QR and nothing else of the page.
func TestWithSerial(t *testing.T) {
	p := printed(t, 100)
	other, err := p.WithSerial(p.Code.Serial + 1)
	if err != nil {
		t.Fatal(err)
	}
	if other.Code.Serial != p.Code.Serial+1 || p.Code.Serial != 41 {
		t.Errorf("serials %d and %d", p.Code.Serial, other.Code.Serial)
	}
	qr := p.Layout.Pages[0].QR
	inside, outside := differ(p.Image, other.Image, qr)
	if inside < 100 || outside > 0 {
		t.Errorf("%d pixels of the QR and %d besides are different", inside, outside)
	}
	same, err := p.WithSerial(p.Code.Serial)
	if err != nil {
		t.Fatal(err)
	}
	if inside, outside := differ(p.Image, same.Image, qr); inside+outside > 0 {
		t.Errorf("with its own serial, %d pixels of the QR and %d besides are different", inside, outside)
	}
}

// differ counts the pixels that are black in one and white in the other, or nearly, in a QR with a millimetre around it and besides.
func differ(a, b *image.Gray, qr sheet.QR) (inside, outside int) {
	perMM := float64(a.Rect.Dx()) / 210
	for y := range a.Rect.Dy() {
		for x := range a.Rect.Dx() {
			if d := int(a.GrayAt(x, y).Y) - int(b.GrayAt(x, y).Y); d > -100 && d < 100 {
				continue
			}
			px, py := float64(x)/perMM, float64(y)/perMM
			if px > qr.X-1 && px < qr.X+qr.Size+1 && py > qr.Y-1 && py < qr.Y+qr.Size+1 {
				inside++
			} else {
				outside++
			}
		}
	}
	return inside, outside
}

// TestForeignPages wants each to be what its name says.
func TestForeignPages(t *testing.T) {
	p := printed(t, 100)
	if twice := p.Mirrored().Mirrored(); !bytes.Equal(twice.Image.Pix, p.Image.Pix) || bytes.Equal(p.Mirrored().Image.Pix, p.Image.Pix) {
		t.Error("a page that is mirrored twice isn't the page, or mirrored once it is")
	}
	if share := darkShare(p.Blank().Image); share > 0 {
		t.Errorf("%.4f of a blank page is dark", share)
	}
	letter, err := p.Letter()
	if err != nil {
		t.Fatal(err)
	}
	if share := darkShare(letter.Image); share < 0.005 {
		t.Errorf("%.4f of a letter is dark", share)
	}
	if inside, outside := differ(p.Image, p.WithoutCode().Image, p.Layout.Pages[0].QR); inside < 500 || outside > 0 {
		t.Errorf("without its code, %d pixels of the QR and %d besides are different", inside, outside)
	}
	if _, err := Draw(p.Layout, sheet.Code{Page: 9}, 100); err == nil {
		t.Error("Draw() of a page that isn't there gives no error")
	}
}

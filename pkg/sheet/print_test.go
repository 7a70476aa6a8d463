package sheet

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"math"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	_ "image/png"

	"ocenaurzedu.eu/pkg/survey"
)

const testDPI = 150

// raster renders one page of a PDF in grey at testDPI.
func raster(t testing.TB, pdf []byte, page int) image.Image {
	t.Helper()
	n := fmt.Sprint(page)
	out := poppler(t, pdf, "pdftoppm", "-gray", "-png", "-r", fmt.Sprint(testDPI), "-f", n, "-l", n)
	img, _, err := image.Decode(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// darkness is the mean darkness, 0 white to 1 black, of a square of size mm about x, y mm.
func darkness(img image.Image, x, y, size float64) float64 {
	px := func(mm float64) int { return int(math.Round(mm / 25.4 * testDPI)) }
	sum, n := 0.0, 0.0
	for j := px(y - size/2); j <= px(y+size/2); j++ {
		for i := px(x - size/2); i <= px(x+size/2); i++ {
			grey, _, _, _ := img.At(i, j).RGBA()
			sum, n = sum+1-float64(grey)/0xFFFF, n+1
		}
	}
	return sum / n
}

func TestPDFHasBoxesAndFiducialsWhereTheLayoutSays(t *testing.T) {
	large := order(t, shipped(t, "call"))
	var err error
	if large.Layout, err = (Form{survey.Ukrainian, true}).Layout(&large.Version.Questionnaire); err != nil {
		t.Fatal(err)
	}
	for _, p := range []Print{order(t, allKinds(t)), order(t, shipped(t, "default")), large} {
		q, pdf := p.Version.Questionnaire, pdfOf(t, p)
		for i, page := range p.Layout.Pages {
			img := raster(t, pdf, i+1)
			for _, b := range page.Boxes {
				inner := darkness(img, b.X, b.Y, 3.8)
				edge := (p.Layout.BoxSize - p.Layout.BoxLine) / 2
				for _, at := range [][2]float64{{b.X - edge, b.Y}, {b.X + edge, b.Y}, {b.X, b.Y - edge}, {b.X, b.Y + edge}} {
					if d := darkness(img, at[0], at[1], 0.1); d < 0.4 || inner > 0.01 {
						t.Fatalf("%s, page %d: box %+v: border %.2f dark at %v, inside %.2f", q.Key, i+1, b, d, at, inner)
					}
				}
				for _, x := range []float64{b.X - p.Layout.BoxSize/2 - blank/2, b.X + p.Layout.BoxSize/2 + blank/2} {
					if d := darkness(img, x, b.Y, 3.6); d > 0.01 {
						t.Fatalf("%s, page %d: box %+v: strip at %.1f is %.2f dark", q.Key, i+1, b, x, d)
					}
				}
			}
			for _, f := range page.Fiducials {
				dot, ring, black := darkness(img, f[0], f[1], 2.6), darkness(img, f[0]-2, f[1], 0.4), darkness(img, f[0], f[1]+3, 0.4)
				if dot < 0.98 || ring > 0.02 || black < 0.98 {
					t.Errorf("%s, page %d: fiducial %v: dot %.2f, ring %.2f, edge %.2f dark", q.Key, i+1, f, dot, ring, black)
				}
			}
		}
	}
}

func TestPDFHasAQROnEachPageOfEachCopy(t *testing.T) {
	p := order(t, shipped(t, "default"))
	p.Copies, p.Duplex = 2, true
	pdf := pdfOf(t, p)
	pages := len(p.Layout.Pages)
	sheetPages := pages + pages%2
	for copy := range p.Copies {
		for i := range pages {
			at := p.Layout.Pages[i].QR
			want := Code{Tenant: p.Tenant, Version: p.Version.ID, Page: i + 1, Serial: p.FirstSerial + uint32(copy), Format: "A"}
			got, err := ParseCode(readQR(t, raster(t, pdf, copy*sheetPages+i+1), at))
			if err != nil || got != want {
				t.Errorf("copy %d, page %d: QR holds %+v, %v; want %+v", copy, i+1, got, err, want)
			}
		}
	}
}

// readQR samples the 29 by 29 modules at their place on the page and decodes them, as reading a scan does.
func readQR(t testing.TB, img image.Image, at QR) string {
	t.Helper()
	bits, err := gozxing.NewBitMatrix(29, 29)
	if err != nil {
		t.Fatal(err)
	}
	for y := range 29 {
		for x := range 29 {
			module := at.Size / 29
			if darkness(img, at.X+(float64(x)+0.5)*module, at.Y+(float64(y)+0.5)*module, 0.3) > 0.5 {
				bits.Set(x, y)
			}
		}
	}
	bitmap, err := gozxing.NewBinaryBitmap(gozxing.NewHybridBinarizer(gozxing.NewLuminanceSourceFromImage(enlarged(bits))))
	if err != nil {
		t.Fatal(err)
	}
	result, err := qrcode.NewQRCodeReader().Decode(bitmap, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_PURE_BARCODE: true})
	if err != nil {
		t.Fatalf("QR: %v", err)
	}
	if level := result.GetResultMetadata()[gozxing.ResultMetadataType_ERROR_CORRECTION_LEVEL]; level != "Q" {
		t.Errorf("QR of level %v, want Q", level)
	}
	return result.GetText()
}

func TestPDFText(t *testing.T) {
	p := order(t, shipped(t, "default"))
	text := string(poppler(t, pdfOf(t, p), "pdftotext", "-layout"))
	for _, want := range []string{
		"Urząd Gminy Osielsko", "Szosa Gdańska 55A, 86-031 Osielsko", "Ankieta badania satysfakcji Klienta", "wersja 3", "strona 1 z 3", "strona 3 z 3",
		"Zgodność z tym, co wcześniej zapowiedziano", "anonimowa i dobrowolna", "nie wskazuje osoby", "Pomyłka? Prosimy zamalować całą kratkę", "danych osobowych", "do urny",
		"Inna sprawa – jakie?", "najwyżej 3 odpowiedzi", "Metryczka",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("text lacks %q", want)
		}
	}
	for i := range p.Layout.Pages {
		short := Code{Tenant: 6, Version: 17, Page: i + 1, Serial: 41}.Short()
		if want := short[:5] + " " + short[5:9] + " " + short[9:]; !strings.Contains(text, want) {
			t.Errorf("text lacks the code %q", want)
		}
	}
	for _, never := range []string{"http", "www.", "*", "wymagane", "%!"} {
		if strings.Contains(text, never) {
			t.Errorf("text has %q", never)
		}
	}
	info := string(poppler(t, pdfOf(t, p), "pdfinfo"))
	for _, want := range []string{"Ankieta badania satysfakcji Klienta – Urząd Gminy Osielsko", "A4", "Pages:           3"} {
		if !strings.Contains(info, want) {
			t.Errorf("pdfinfo lacks %q:\n%s", want, info)
		}
	}
	if !bytes.Contains(pdfOf(t, p), []byte("/Lang (pl)")) {
		t.Error("the PDF does not name its language")
	}
}

func TestPDFFromAFrozenLayoutHasTheSameBytes(t *testing.T) {
	p := order(t, allKinds(t))
	p.Copies = 3
	first := pdfOf(t, p)
	frozen, err := json.Marshal(p.Layout)
	if err != nil {
		t.Fatal(err)
	}
	p.Layout = new(Layout)
	if err := json.Unmarshal(frozen, p.Layout); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first, pdfOf(t, p)) {
		t.Error("printing again from the frozen layout gives other bytes")
	}
}

func TestPDFOfManyCopies(t *testing.T) {
	p := order(t, shipped(t, "short"))
	p.Copies, p.FirstSerial = MaxCopies, math.MaxUint32-MaxCopies+1
	text := string(poppler(t, pdfOf(t, p), "pdftotext"))
	seen := map[string]bool{}
	for i := range MaxCopies {
		short := Code{Tenant: 6, Version: 17, Page: 1, Serial: p.FirstSerial + uint32(i)}.Short()
		if shown := short[:5] + " " + short[5:9] + " " + short[9:]; seen[shown] || !strings.Contains(text, shown) {
			t.Fatalf("copy %d: code %q missing or twice", i, shown)
		} else {
			seen[shown] = true
		}
	}
}

func TestPDFTakesAnyOffice(t *testing.T) {
	p := order(t, shipped(t, "short"))
	for _, office := range []survey.Office{{}, {Name: strings.Repeat("Urząd Gminy 🏛 ", 30), Street: strings.Repeat("Długa ", 80), City: "Łódź"}, {Name: "Urząd", City: "Osielsko"}} {
		p.Office = office
		if len(pdfOf(t, p)) == 0 {
			t.Errorf("office %q: empty PDF", office.Name)
		}
	}
}

func TestPDFRefuses(t *testing.T) {
	tests := []struct {
		name   string
		change func(*Print)
		want   error
	}{
		{"no version", func(p *Print) { p.Version = nil }, ErrMismatch},
		{"no layout", func(p *Print) { p.Layout = nil }, ErrMismatch},
		{"layout of another questionnaire", func(p *Print) { p.Layout = layout(t, allKinds(t)) }, ErrMismatch},
		{"empty layout", func(p *Print) { p.Layout = &Layout{Format: formatPolish, Lang: survey.Polish} }, ErrMismatch},
		{"another language", func(p *Print) { p.Lang = survey.Ukrainian }, ErrMismatch},
		{"a format of another language", func(p *Print) { l := *p.Layout; l.Format = "C"; p.Layout = &l }, ErrMismatch},
		{"a format of the future", func(p *Print) { l := *p.Layout; l.Format = "G"; p.Layout = &l }, ErrMismatch},
		{"version without a number", func(p *Print) { v := *p.Version; v.ID = 0; p.Version = &v }, ErrBadCode},
		{"no tenant", func(p *Print) { p.Tenant = 0 }, ErrBadCode},
		{"serials used up", func(p *Print) { p.Copies, p.FirstSerial = 2, math.MaxUint32 }, ErrSerials},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := order(t, shipped(t, "short"))
			tt.change(&p)
			var out bytes.Buffer
			if err := p.PDF(&out); !errors.Is(err, tt.want) || out.Len() > 0 {
				t.Errorf("PDF = %v with %d bytes, want %v and none", err, out.Len(), tt.want)
			}
		})
	}
	if most := (&Layout{Pages: make([]Page, 16)}).MaxCopies(); most != 93 {
		t.Errorf("most copies of 16 pages = %d, want 93", most)
	}
	for _, copies := range []int{-1, 0, MaxCopies + 1} {
		p := order(t, shipped(t, "short"))
		p.Copies = copies
		var invalid *survey.InvalidError
		if err := p.PDF(&bytes.Buffer{}); !errors.As(err, &invalid) || invalid.Fields[0].Field != "copies" {
			t.Errorf("PDF of %d copies = %v, want an InvalidError of copies", copies, err)
		}
	}
}

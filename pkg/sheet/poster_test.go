package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"ocenaurzedu.eu/pkg/survey"
	"ocenaurzedu.eu/pkg/tagged"
)

// shield is a made-up crest, clear around.
func shield(t testing.TB) []byte {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, 240, 290))
	for y := range 290 {
		for x := range 240 {
			half := 120.0
			if y > 150 {
				half = 120 * (1 - float64(y-150)*float64(y-150)/(140*140))
			}
			if dx := float64(x) - 120; dx < -half || dx > half {
				continue
			}
			c := color.NRGBA{0xb8, 0x1f, 0x2d, 255}
			if (x/60+y/60)%2 == 0 {
				c = color.NRGBA{0xf2, 0xc1, 0x2e, 255}
			}
			img.SetNRGBA(x, y, c)
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, img); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func posters(t testing.TB) Posters {
	t.Helper()
	return Posters{
		Office: survey.Office{Name: "Urząd Gminy Osielsko"}, Crest: shield(t), Colour: "#1d4f91", Short: "osielsko.ocenaurzedu.eu", Time: 5 * time.Minute,
		Languages: []string{survey.English, survey.Ukrainian}, Kinds: PosterKinds(), At: time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC),
		Places: []Place{{"Biuro Obsługi Klienta", "https://osielsko.ocenaurzedu.eu/?p=bok"}},
	}
}

func postersPDF(t testing.TB, p Posters) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := p.PDF(&out); err != nil {
		t.Fatalf("PDF: %v", err)
	}
	if dir := os.Getenv("SCREENSHOTS"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, strings.ReplaceAll(t.Name(), "/", "-")+".pdf"), out.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return out.Bytes()
}

// codesOn reads a QR out of each of the pieces of a page.
func codesOn(t testing.TB, img image.Image, pieces []image.Rectangle) []string {
	t.Helper()
	var found []string
	for _, piece := range pieces {
		part := img.(interface {
			SubImage(image.Rectangle) image.Image
		}).SubImage(piece)
		bitmap, err := gozxing.NewBinaryBitmapFromImage(part)
		if err != nil {
			t.Fatal(err)
		}
		result, err := qrcode.NewQRCodeReader().Decode(bitmap, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true})
		if err != nil {
			t.Fatalf("piece %v: %v", piece, err)
		}
		if level := result.GetResultMetadata()[gozxing.ResultMetadataType_ERROR_CORRECTION_LEVEL]; level != "Q" {
			t.Errorf("QR of level %v, want Q", level)
		}
		found = append(found, result.GetText())
	}
	return found
}

// pieces are the places of a grid on a page at testDPI.
func (g cuts) pieces() []image.Rectangle {
	px := func(mm float64) int { return int(mm / 25.4 * testDPI) }
	var all []image.Rectangle
	for row := range g.rows {
		for column := range g.columns {
			x, y := g.left+float64(column)*g.across, g.top+float64(row)*g.down
			all = append(all, image.Rect(px(x), px(y), px(x+g.wide), px(y+g.tall)))
		}
	}
	return all
}

func TestPosters(t *testing.T) {
	p := posters(t)
	p.Places = append(p.Places, Place{"Kasa", "https://osielsko.ocenaurzedu.eu/?p=kasa"}, Place{"", "https://osielsko.ocenaurzedu.eu/"})
	pdf := postersPDF(t, p)
	info := string(poppler(t, pdf, "pdfinfo", "-f", "1", "-l", "99"))
	for i := range 15 {
		want := "595.28 x 841.89 pts (A4)"
		if i/3 == 1 {
			want = "841.89 x 1190.55 pts (A3)"
		}
		if line := fmt.Sprintf("Page %4d size:  %s", i+1, want); !strings.Contains(info, line) {
			t.Errorf("pdfinfo lacks %q:\n%s", line, info)
		}
	}
	whole := []image.Rectangle{image.Rect(0, 0, 10000, 10000)}
	const half = 877 // of A4 at testDPI
	parts := [][]image.Rectangle{whole, whole, {image.Rect(0, 0, 10000, half), image.Rect(0, half, 10000, 2*half)}, stickerGrid.pieces(), cardGrid.pieces()}
	for kind, pieces := range parts {
		for i, place := range p.Places {
			got := codesOn(t, raster(t, pdf, kind*len(p.Places)+i+1), pieces)
			for _, text := range got {
				if text != place.Address {
					t.Errorf("%s, %q: a QR holds %q, want %q", PosterKinds()[kind], place.Name, text, place.Address)
				}
			}
		}
	}
	for _, page := range []string{"1", "10"} { // printed in black and white
		img, _, err := image.Decode(bytes.NewReader(poppler(t, pdf, "pdftoppm", "-mono", "-png", "-r", fmt.Sprint(testDPI), "-f", page, "-l", page)))
		if err != nil {
			t.Fatal(err)
		}
		if got := codesOn(t, img, append(whole, stickerGrid.pieces()...)[len(page)-1:len(page)]); got[0] != p.Places[0].Address {
			t.Errorf("page %s in black and white holds %q", page, got[0])
		}
	}
	if !bytes.Equal(pdf, postersPDF(t, p)) {
		t.Error("the same order gives other bytes")
	}
}

// A sheet of twenty-one stickers, and both sides of a tent, are read out once.
func TestPostersAreReadInOrder(t *testing.T) {
	p := posters(t)
	pdf := postersPDF(t, p)
	if loose, err := tagged.Loose(pdf); err != nil || len(loose) > 0 {
		t.Errorf("outside of tags are %q, %v", loose, err)
	}
	if info := string(poppler(t, pdf, "pdfinfo")); !strings.Contains(info, "Tagged:          yes") {
		t.Errorf("pdfinfo tells: %s", info)
	}
	read := strings.Join(strings.Fields(string(poppler(t, pdf, "pdfinfo", "-struct-text"))), " ")
	for words, want := range map[string]int{`H1 (block) "Oceń Urząd"`: 5, `P (block) "osielsko.ocenaurzedu.eu"`: 5, "anonimowa, wypełnienie zajmuje około 5 minut.": 3, "Ankieta anonimowa, ok. 5 min": 2} {
		if got := strings.Count(strings.ReplaceAll(read, gap, " "), words); got != want {
			t.Errorf("%q is read %d times, want %d, in %s", words, got, want, read)
		}
	}
	text := strings.Join(strings.Fields(string(poppler(t, pdf, "pdftotext"))), " ")
	for _, want := range []string{"Biuro Obsługi Klienta", "Urząd Gminy Osielsko", "Point your phone’s camera at the code.", "Наведіть камеру телефону на код.", "Rate the Office – the survey is anonymous and takes about 5 minutes.",
		"Оцініть установу – анкета анонімна, заповнення займає близько 5 хвилин."} {
		if !strings.Contains(text, want) {
			t.Errorf("text lacks %q:\n%s", want, text)
		}
	}
	if n := strings.Count(string(pdf), "/Lang"); n == 0 {
		t.Error("the PDF names no language")
	}
}

func TestPostersSayTheTime(t *testing.T) {
	tests := []struct {
		time          time.Duration
		pl, brief, en string
		uk            string
	}{
		{20 * time.Second, "mniej niż minutę.", "poniżej minuty", "less than a minute.", "менше хвилини."},
		{80 * time.Second, "około minuty.", "ok. 1 min", "about a minute.", "близько хвилини."},
		{100 * time.Second, "około 2 minut.", "ok. 2 min", "about 2 minutes.", "близько 2 хвилин."},
		{11 * time.Minute, "około 11 minut.", "ok. 11 min", "about 11 minutes.", "близько 11 хвилин."},
		{21 * time.Minute, "około 21 minut.", "ok. 21 min", "about 21 minutes.", "близько 21 хвилини."},
	}
	for _, tt := range tests {
		pl, rest := polishPoster(tt.time), foreignPosters([]string{survey.Ukrainian, survey.English}, tt.time)
		for _, pair := range [][2]string{{pl.about, tt.pl}, {pl.brief, tt.brief}, {rest[0].about, tt.en}, {rest[1].about, tt.uk}} {
			if got := strings.ReplaceAll(pair[0], gap, " "); !strings.HasSuffix(got, " "+pair[1]) {
				t.Errorf("%s: %q, want %q at the end", tt.time, got, pair[1])
			}
		}
	}
	if got := foreignPosters(nil, time.Minute); got != nil {
		t.Errorf("a survey in Polish alone is announced in %v", got)
	}
}

func TestPostersOfAnyOffice(t *testing.T) {
	long := posters(t)
	long.Office.Name = "Urząd Miasta i Gminy Nowa Wieś Wielka-Zdrój nad Brdą z siedzibą w Aleksandrowie Kujawskim"
	long.Places = []Place{{"Referat Gospodarki Nieruchomościami, Planowania Przestrzennego i Ochrony Środowiska – stanowisko 4", "https://urzad-miasta-i-gminy-nowa-wies-wielka-zdroj-nad-brda-2026.ocenaurzedu.eu/?p=abcdefghijklmnopqrst"}}
	long.Short = "urzad-miasta-i-gminy-nowa-wies-wielka-zdroj-nad-brda-2026.ocenaurzedu.eu"
	plain := posters(t)
	plain.Crest, plain.Colour, plain.Languages, plain.Places = nil, "", nil, []Place{{"", "http://osielsko.localhost:8080/"}}
	plain.Short, plain.Time = "osielsko.localhost:8080", 30*time.Second
	odd := posters(t)
	odd.Office.Name = strings.Repeat("Nieskończenieniepodzielny", 9)
	for name, p := range map[string]Posters{"long": long, "plain": plain, "odd": odd} {
		t.Run(name, func(t *testing.T) {
			pdf := postersPDF(t, p)
			text := strings.Join(strings.Fields(string(poppler(t, pdf, "pdftotext"))), " ")
			const copies = 1 + 1 + 2 + 21 + 10
			joined := strings.ReplaceAll(text, " ", "")
			if name == "long" && (strings.Count(text, "Aleksandrowie Kujawskim") != copies || strings.Count(joined, p.Short) != copies) {
				t.Errorf("the whole name stands %d times and the address %d times, want %d", strings.Count(text, "Aleksandrowie Kujawskim"), strings.Count(joined, p.Short), copies)
			}
			for kind, pieces := range map[int][]image.Rectangle{4: stickerGrid.pieces()[:1], 5: cardGrid.pieces()[:1]} {
				if got := codesOn(t, raster(t, pdf, kind), pieces); got[0] != p.Places[0].Address {
					t.Errorf("page %d: QR %q", kind, got[0])
				}
			}
		})
	}
}

func TestPostersAreRefused(t *testing.T) {
	many := func(n int) []Place {
		all := make([]Place, n)
		for i := range all {
			all[i] = Place{fmt.Sprint("Stanowisko ", i), fmt.Sprint("https://osielsko.ocenaurzedu.eu/?p=s", i)}
		}
		return all
	}
	tests := []struct {
		name   string
		change func(*Posters)
		field  string
		want   error
	}{
		{"no kind", func(p *Posters) { p.Kinds = nil }, "kinds", nil},
		{"unknown kind", func(p *Posters) { p.Kinds = []PosterKind{"baner"} }, "kinds", nil},
		{"no place", func(p *Posters) { p.Places = nil }, "places", nil},
		{"too many", func(p *Posters) { p.Places = many(MaxPosterPages/5 + 1) }, "places", nil},
		{"no address", func(p *Posters) { p.Places[0].Address = "osielsko" }, "", ErrBadURL},
		{"too long an address", func(p *Posters) { p.Places[0].Address = "https://a.pl/" + strings.Repeat("x", 3000) }, "", ErrBadURL},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := posters(t)
			tt.change(&p)
			var out bytes.Buffer
			err := p.PDF(&out)
			var invalid *survey.InvalidError
			if out.Len() > 0 || tt.want != nil && !errors.Is(err, tt.want) || tt.field != "" && (!errors.As(err, &invalid) || invalid.Fields[0].Field != tt.field) {
				t.Errorf("PDF = %v with %d bytes; want %v or a fault of %q", err, out.Len(), tt.want, tt.field)
			}
		})
	}
	p := posters(t)
	p.Crest = []byte("GIF89a")
	if err := p.PDF(&bytes.Buffer{}); err == nil {
		t.Error("a crest that is no PNG gives no error")
	}
}

// Two hundred places, of each kind one, stay a file that can be sent and a document that can be held.
func TestPostersOfManyPlaces(t *testing.T) {
	p := posters(t)
	p.Places = nil
	for i := range 200 {
		p.Places = append(p.Places, Place{fmt.Sprint("Stanowisko ", i+1), fmt.Sprint("https://osielsko.ocenaurzedu.eu/?p=stanowisko", i+1)})
	}
	var out bytes.Buffer
	if err := p.PDF(&out); err != nil {
		t.Fatal(err)
	}
	if info := string(poppler(t, out.Bytes(), "pdfinfo")); !strings.Contains(info, "Pages:           1000") || out.Len() > 12<<20 {
		t.Errorf("%d bytes:\n%s", out.Len(), info)
	}
	t.Logf("%d bytes", out.Len())
}

package web

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ocenaurzedu.eu/pkg/store"
)

// picture is an office's fictional crest: red above, white below, and clear around.
func picture(width, height int) *image.NRGBA {
	p := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := width / 4; x < width-width/4; x++ {
			p.SetNRGBA(x, y, color.NRGBA{200, 30, 30, 255})
			if y >= height/2 {
				p.SetNRGBA(x, y, color.NRGBA{255, 255, 255, 255})
			}
		}
	}
	return p
}

func pngOf(t *testing.T, p image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func jpegOf(t *testing.T, p image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, p, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// header is a PNG of nothing but a header, as large as it says.
func header(width, height uint32, depth, interlaced byte) []byte {
	chunk := append([]byte("IHDR"), make([]byte, 13)...)
	binary.BigEndian.PutUint32(chunk[4:], width)
	binary.BigEndian.PutUint32(chunk[8:], height)
	chunk[12], chunk[13], chunk[16] = depth, 6, interlaced
	data := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), chunk...)
	return binary.BigEndian.AppendUint32(data, crc32.ChecksumIEEE(chunk))
}

// The crest's walk: no report, one click, chosen again, seen by everybody, taken away.
func TestCrest(t *testing.T) {
	h := start(t)
	h.answer("osielsko", given{n: 5})
	admin := h.logIn("osielsko", store.RoleAdministrator)
	send := func(file []byte, fields url.Values) *answer { return admin.upload(crestPath, file, fields) }
	file := pngOf(t, picture(900, 1200))

	h.expect("before", admin.get("/panel/urzad"), 200, "Urząd nie ma tu jeszcze herbu", "not:", "Zapisz herb")
	if got := h.get("osielsko", "/herb"); got.StatusCode != 404 {
		t.Errorf("no crest yet: %d, want 404", got.StatusCode)
	}
	h.expect("without a report", send(file, url.Values{}), 409, "Herbu nie zmieniono: najpierw raport", "Generuj raport i zapisz herb", `name="_report" value="1"`)
	if got := send(file, url.Values{"_report": {"1"}}); got.StatusCode != 303 || h.count(reportsOf, h.ids["osielsko"]) != 1 {
		t.Fatalf("with a report on the way: %d: %.300s", got.StatusCode, got.body)
	}
	page := admin.get("/panel/urzad?herb=1")
	h.expect("after", page, 200, "Herb jest zapisany", "Usuń herb", `src="/herb?w=`)

	address := page.body[strings.Index(page.body, "/herb?w="):]
	address = address[:strings.Index(address, `"`)]
	got := h.get("osielsko", address)
	tag := got.Header.Get("ETag")
	if got.StatusCode != 200 || got.Header.Get("Content-Type") != "image/png" || got.Header.Get("X-Content-Type-Options") != "nosniff" ||
		got.Header.Get("Cache-Control") != "public, max-age=31536000, immutable" || tag == "" || got.Header.Get("Set-Cookie") != "" {
		t.Errorf("%s = %d, %v", address, got.StatusCode, got.Header)
	}
	crest, err := png.Decode(strings.NewReader(got.body))
	if err != nil || crest.Bounds().Dx() != 384 || crest.Bounds().Dy() != 512 {
		t.Fatalf("the crest is no PNG of 384 × 512: %v", err)
	}
	if c := color.NRGBAModel.Convert(crest.At(192, 100)); c != (color.NRGBA{200, 30, 30, 255}) {
		t.Errorf("its upper half is %v, want red", c)
	}
	if _, _, _, alpha := crest.At(2, 2).RGBA(); alpha != 0 {
		t.Error("its margin is not clear any more")
	}
	r := h.request("osielsko", "/herb", nil)
	r.Header.Set("If-None-Match", tag)
	if again := h.do(r); again.StatusCode != 304 || again.body != "" {
		t.Errorf("asked with its tag: %d, want 304", again.StatusCode)
	}
	if other := h.get("dobrcz", address); other.StatusCode != 404 {
		t.Errorf("at another office: %d, want 404", other.StatusCode)
	}
	h.expect("the log", admin.get("/panel/dziennik"), 200, "zmiana herbu")

	if got := send(jpegOf(t, picture(60, 40)), url.Values{}); got.StatusCode != 303 || h.get("osielsko", "/herb").Header.Get("ETag") == tag {
		t.Errorf("a JPEG in its place: %d", got.StatusCode)
	}
	if got := send(nil, url.Values{"usun": {"1"}}); got.StatusCode != 303 || h.get("osielsko", "/herb").StatusCode != http.StatusNotFound {
		t.Errorf("taken away: %d, then %d", got.StatusCode, h.get("osielsko", "/herb").StatusCode)
	}
}

// What is no crest is refused by a sentence that says what to do, and changes nothing.
func TestCrestRefused(t *testing.T) {
	h := start(t)
	admin := h.logIn("osielsko", store.RoleAdministrator)
	admin.post("/panel/raporty/dotychczasowe", url.Values{"next": {"/panel/urzad"}})
	whole := pngOf(t, picture(40, 40))
	progressive := append([]byte("\xff\xd8\xff\xe0\x00\x07JFIF\x00\xff\xc2\x00\x11\x08\x10\x00\x10\x00\x03\x01\x11\x00\x02\x11\x01\x03\x11\x01"), make([]byte, 50)...)
	tests := []struct {
		name   string
		file   []byte
		status int
		word   string
	}{
		{"nothing", nil, 422, "Prosimy wybrać plik z herbem."},
		{"a GIF", []byte("GIF89a\x01\x00\x01\x00"), 422, "To nie jest obraz PNG ani JPEG."},
		{"a script", []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`), 422, "To nie jest obraz PNG ani JPEG."},
		{"a torn PNG", whole[:len(whole)-30], 422, "Obraz jest uszkodzony"},
		{"a torn header", whole[:20], 422, "Obraz jest uszkodzony"},
		{"a torn JPEG", jpegOf(t, picture(40, 40))[:200], 422, "Obraz jest uszkodzony"},
		{"over 40 megapixels", header(8000, 5001, 8, 0), 422, "Obraz ma za dużo punktów (8000 × 5001)."},
		{"the widest there is", header(1<<31-1, 1<<31-1, 1, 0), 422, "Obraz"},
		{"16 bits a channel", header(6000, 4000, 16, 0), 422, "za dużo punktów (6000 × 4000)"},
		{"interlaced", header(6000, 4000, 8, 1), 422, "za dużo punktów (6000 × 4000)"},
		{"a progressive JPEG", progressive, 422, "za dużo punktów (4096 × 4096)"},
		{"over a megabyte", append(bytes.Clone(whole), make([]byte, 1<<20)...), 413, "Plik jest większy niż 1 MB"},
		{"over five", make([]byte, 5<<20), 413, "Prosimy zmniejszyć obraz"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h.expect(tt.name, admin.upload(crestPath, tt.file, url.Values{}), tt.status, tt.word)
		})
	}
	if got := h.get("osielsko", "/herb"); got.StatusCode != 404 {
		t.Errorf("something was saved: %d", got.StatusCode)
	}
	employee := h.logIn("osielsko", store.RoleEmployee)
	h.expect("an employee", employee.upload(crestPath, whole, url.Values{}), 403)
}

// A shrunk picture has the sides it should have, and none of its pixels is outside of what it was made of.
func TestShrink(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		width, height, side := rapid.IntRange(1, 90).Draw(rt, "width"), rapid.IntRange(1, 90).Draw(rt, "height"), rapid.IntRange(1, 40).Draw(rt, "side")
		low, high := uint8(rapid.IntRange(0, 255).Draw(rt, "low")), uint8(0)
		high = low + uint8(rapid.IntRange(0, int(255-low)).Draw(rt, "span"))
		src := image.NewGray(image.Rect(3, 5, 3+width, 5+height))
		for i := range src.Pix {
			src.Pix[i] = uint8(rapid.IntRange(int(low), int(high)).Draw(rt, "grey"))
		}
		out := shrink(src, side)
		w, h := out.Bounds().Dx(), out.Bounds().Dy()
		if max(w, h) != min(side, max(width, height)) || max(width, height) <= side && (w != width || h != height) {
			rt.Fatalf("%d × %d within %d is %d × %d", width, height, side, w, h)
		}
		for i, p := range out.Pix {
			if i%4 == 3 && p != 255 || i%4 < 3 && (p < low || p > high) {
				rt.Fatalf("byte %d is %d, outside of %d to %d", i, p, low, high)
			}
			if same := max(width, height) <= side; same && i%4 == 0 && p != src.Pix[i/4] {
				rt.Fatalf("pixel %d of a picture that fits is %d, was %d", i/4, p, src.Pix[i/4])
			}
		}
	})
}

// The office's page in the states of its crest, at a desk and on a phone, by day and by night.
func TestOfficePageIsAccessible(t *testing.T) {
	axe := axeSource(t)
	h, ctx := start(t), startBrowser(t)
	h.answer("osielsko", given{n: 5})
	admin, supervisor := h.logIn("osielsko", store.RoleAdministrator), h.logIn("osielsko", store.RoleSupervisor)
	const empty = `document.querySelector("#herb form").submit(); true`
	states := []struct {
		name, path, script string
		who                *person
		before             func()
	}{
		{name: "urzad-przed-raportem", path: "/panel/urzad", who: admin},
		{name: "urzad-herb-odmowa", path: "/panel/urzad", script: empty, who: admin, before: func() { h.archiveSoFar("osielsko") }},
		{name: "urzad-herb", path: "/panel/urzad?herb=1", who: admin, before: func() {
			if got := admin.upload(crestPath, pngOf(t, picture(900, 1200)), url.Values{}); got.StatusCode != 303 {
				t.Fatalf("crest = %d", got.StatusCode)
			}
			h.answer("osielsko", given{n: 1})
		}},
		{name: "urzad-nadzor", path: "/panel/urzad", who: supervisor},
	}
	for _, state := range states {
		if state.before != nil {
			state.before()
		}
		become(t, ctx, state.who)
		for _, width := range []int64{360, 1280} {
			for _, scheme := range []string{"light", "dark"} {
				t.Run(fmt.Sprintf("%s/%d/%s", state.name, width, scheme), func(t *testing.T) {
					look(t, ctx, width, scheme, h.address(state.who.slug, state.path), state.script)
					if state.script != "" {
						until(t, ctx, `document.getElementById("plik-e")?.textContent.startsWith("Prosimy wybrać")`)
					}
					checkAxe(t, ctx, axe)
					shoot(t, ctx, fmt.Sprintf("%s-%d-%s", state.name, width, scheme))
				})
			}
		}
	}
}

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-pdf/fpdf"

	"ocenaurzedu.eu/pkg/sheet"
	"ocenaurzedu.eu/pkg/synth"
)

// omrBench has a layout as the command sheet writes it, and pages of it that were filled in and scanned.
type omrBench struct {
	t      *testing.T
	dir    string
	layout string // its file
	l      *sheet.Layout
	truths map[string]synth.Truth // by file and page
}

func newOMRBench(t *testing.T) *omrBench {
	b := &omrBench{t: t, dir: t.TempDir(), truths: map[string]synth.Truth{}}
	b.layout = filepath.Join(b.dir, "layout.json")
	if got := runCommand(t, nil, "sheet", "--tenant=6", "--version=3", "--layout="+b.layout, "-o", filepath.Join(b.dir, "printed.pdf")); got.code != 0 {
		t.Fatalf("sheet: %+v", got)
	}
	loaded, err := loadLayout(b.layout)
	if err != nil {
		t.Fatal(err)
	}
	b.l = loaded.Layout
	return b
}

// scan has a sheet's page filled in and scanned.
func (b *omrBench) scan(n int, code sheet.Code) *synth.Page {
	b.t.Helper()
	p, err := synth.Draw(b.l, code, 200)
	if err != nil {
		b.t.Fatal(err)
	}
	class, ok := synth.ClassOf("grey")
	if !ok {
		b.t.Fatal("no class of grey scans")
	}
	page, err := class.Make(p, false, synth.Rand(6, "omr", n))
	if err != nil {
		b.t.Fatal(err)
	}
	return page
}

func (b *omrBench) write(name string, data []byte) string {
	b.t.Helper()
	path := filepath.Join(b.dir, name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		b.t.Fatal(err)
	}
	return path
}

// pdf puts scans into one file, as a scanner does.
func (b *omrBench) pdf(name string, pages ...*synth.Page) string {
	b.t.Helper()
	doc := fpdf.New("P", "mm", "A4", "")
	for i, p := range pages {
		size := fpdf.SizeType{Wd: float64(p.Image.Bounds().Dx()) / p.DPI * 25.4, Ht: float64(p.Image.Bounds().Dy()) / p.DPI * 25.4}
		doc.AddPageFormat("P", size)
		id := fmt.Sprint("scan", i)
		doc.RegisterImageOptionsReader(id, fpdf.ImageOptions{ImageType: "JPG"}, bytes.NewReader(p.File))
		doc.ImageOptions(id, 0, 0, size.Wd, size.Ht, false, fpdf.ImageOptions{}, 0, "")
	}
	var out bytes.Buffer
	if err := doc.Output(&out); err != nil {
		b.t.Fatal(err)
	}
	return b.write(name, out.Bytes())
}

// lines runs the command and reads what it prints.
func (b *omrBench) lines(args ...string) []readLine {
	b.t.Helper()
	got := runCommand(b.t, nil, append([]string{"omr", "--layout=" + b.layout}, args...)...)
	if got.code != 0 || got.err != "" {
		b.t.Fatalf("omr: %d, %s", got.code, got.err)
	}
	var all []readLine
	for line := range strings.Lines(got.out) {
		var l readLine
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			b.t.Fatalf("%v in %s", err, line)
		}
		all = append(all, l)
	}
	return all
}

func TestOMRReadsFilesWithoutADatabase(t *testing.T) {
	t.Parallel()
	b := newOMRBench(t)
	code := sheet.Code{Tenant: 6, Version: 3, Page: 1, Serial: 11}
	first := b.scan(1, code)
	code.Serial++
	second := b.scan(2, code)
	code.Page++
	back := b.scan(3, code)
	other := code
	other.Tenant = 7
	older := code
	older.Version = 2
	white := image.NewGray(image.Rect(0, 0, 1240, 1754))
	draw.Draw(white, white.Rect, image.NewUniform(color.White), image.Point{}, draw.Src)
	var blank bytes.Buffer
	if err := png.Encode(&blank, white); err != nil {
		t.Fatal(err)
	}
	files := []string{
		b.write("first.jpg", first.File), b.pdf("stack.pdf", second, back, first, b.scan(4, other), b.scan(5, older)), b.write("blank.png", blank.Bytes()),
		b.write("IMG_2041.JPG", []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic")), filepath.Join(b.dir, "no such file.pdf"), filepath.Join(b.dir, "printed.pdf"),
	}
	b.truths["first.jpg 1"], b.truths["stack.pdf 1"], b.truths["stack.pdf 2"], b.truths["stack.pdf 3"] = first.Truth, second.Truth, back.Truth, first.Truth
	var got []string
	for _, l := range b.lines(files...) {
		name := fmt.Sprintf("%s %d", filepath.Base(l.File), l.Page)
		state := string(l.State)
		if state == "needs_check" {
			state = "read"
		}
		got = append(got, strings.TrimSpace(fmt.Sprintf("%s %s %s", name, state, l.Reason)))
		if truth, ok := b.truths[name]; ok {
			compareTruth(t, name, l, truth)
		}
		if l.State == "unsupported" && l.Hint == "" {
			t.Errorf("%s: nothing is said of what to do", name)
		}
	}
	want := []string{
		"first.jpg 1 read", "stack.pdf 1 read", "stack.pdf 2 read", "stack.pdf 3 duplicate", "stack.pdf 4 foreign other_office", "stack.pdf 5 foreign other_sheet",
		"blank.png 1 not_located no_fiducials", "IMG_2041.JPG 1 unsupported heic", "no such file.pdf 1 unsupported missing",
	}
	for i := range b.l.Pages {
		want = append(want, fmt.Sprintf("printed.pdf %d read", i+1))
	}
	if !slices.Equal(got, want) {
		t.Errorf("pages:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// compareTruth compares what was read with what was meant, where no person would be asked.
func compareTruth(t *testing.T, name string, l readLine, truth synth.Truth) {
	t.Helper()
	if l.Tenant != truth.Code.Tenant || l.Version != truth.Code.Version || l.Serial != truth.Code.Serial || l.SheetPage != truth.Code.Page || l.Format != "A" {
		t.Errorf("%s: code %d, %d, %d, %d, %s; want %+v", name, l.Tenant, l.Version, l.Serial, l.SheetPage, l.Format, truth.Code)
	}
	if len(l.Boxes) != len(truth.Boxes) || len(l.Questions) != len(truth.Questions) || l.MS <= 0 || l.MS < l.DecodeMS {
		t.Errorf("%s: %d boxes, %d questions, %v ms; want %d, %d", name, len(l.Boxes), len(l.Questions), l.MS, len(truth.Boxes), len(truth.Questions))
	}
	sure := 0
	for _, q := range l.Questions {
		if q.Flagged {
			continue
		}
		sure++
		at := slices.IndexFunc(truth.Questions, func(w synth.Question) bool {
			return w.Question == q.Question && w.Row == q.Row && w.Area == q.Area && w.Aspect == q.Aspect
		})
		if at < 0 || !slices.Equal(q.Values, truth.Questions[at].Values) && len(q.Values)+len(truth.Questions[at].Values) > 0 {
			t.Errorf("%s: %+v was read of %+v", name, q, truth.Questions)
		}
	}
	if sure == 0 {
		t.Errorf("%s: all questions are flagged", name)
	}
}

// The fields of a line are a promise to whoever reads them.
func TestOMRPrintsTheFieldsThatItPromises(t *testing.T) {
	t.Parallel()
	b := newOMRBench(t)
	scan := b.write("scan.jpg", b.scan(1, sheet.Code{Tenant: 9, Version: 1 << 30, Page: 2, Serial: 5}).File)
	plain := map[string]any{}
	data, err := os.ReadFile(b.layout)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &plain); err != nil {
		t.Fatal(err)
	}
	for key := range plain { // what is left is what the README tells of: no sheet is foreign then
		if !slices.Contains([]string{"pageWidth", "pageHeight", "boxSize", "pages"}, key) {
			delete(plain, key)
		}
	}
	if data, err = json.Marshal(plain); err != nil {
		t.Fatal(err)
	}
	b.layout = b.write("plain.json", data)
	got := runCommand(t, nil, "omr", "--layout", b.layout, "--workers=1", scan)
	var line map[string]any
	if err := json.Unmarshal([]byte(got.out), &line); err != nil || got.code != 0 {
		t.Fatalf("%v: %+v", err, got)
	}
	for _, key := range []string{"file", "page", "state", "reason", "tenant", "version", "serial", "sheetPage", "boxes", "questions", "ms"} {
		if line[key] == nil {
			t.Errorf("no %s in %s", key, got.out)
		}
	}
	if state := line["state"]; state != "read" && state != "needs_check" {
		t.Errorf("state %s, %s, by a layout of no office", state, line["reason"])
	}
	for list, keys := range map[string][]string{"boxes": {"question", "row", "option", "state", "flagged", "measures"}, "questions": {"question", "row", "values", "flagged", "reason"}} {
		all, _ := line[list].([]any)
		if len(all) == 0 {
			t.Fatalf("%s are empty", list)
		}
		one, _ := all[0].(map[string]any)
		for _, key := range keys {
			if one[key] == nil {
				t.Errorf("no %s in %v", key, one)
			}
		}
	}
}

func TestOMRRefusesWhatIsNoLayout(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, content := range map[string]string{"words.json": "Szanowni Państwo", "empty.json": "{}", "flat.json": `{"pageWidth":210,"pageHeight":297,"boxSize":5,"pages":[{"boxes":[]}]}`} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		refused(t, nil, exitRefused, name, "omr", "--layout="+path, "scan.jpg")
	}
	refused(t, nil, exitUsage, "--layout", "omr", "scan.jpg")
}

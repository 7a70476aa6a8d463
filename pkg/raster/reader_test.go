package raster

import (
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"ocenaurzedu.eu/pkg/omr"
	"ocenaurzedu.eu/pkg/sheet"
)

// compiled is where this run's decoders and workers keep PDFium's code.
var compiled string

// TestMain runs the tests, or is the worker of one: the test's binary is the program that a Reader starts, with a
// failing and the page that it fails on.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "worker" {
		if err := playWorker(os.Args[2], os.Args[3], os.Args[4]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	const inherited = "RASTER_TEST_CACHE" // by the processes that fuzz
	if compiled = os.Getenv(inherited); compiled != "" {
		os.Exit(m.Run())
	}
	dir, err := os.MkdirTemp("", "raster")
	if err != nil {
		panic(err)
	}
	compiled = dir
	_ = os.Setenv(inherited, dir)
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// layout1 and code1 are of what the worker below claims to read.
func layout1() *sheet.Layout {
	return &sheet.Layout{Format: "A", Pages: []sheet.Page{{Boxes: []sheet.Box{{Question: "quality", Option: "1"}}}}}
}

var code1 = sheet.Code{Tenant: 3, Version: 4, Page: 1, Serial: 9, Format: "A"}

// claim pretends to have read the sheet of code1, with the box where the image is darkest.
func claim(img *image.Gray, find omr.Lookup, hints omr.Hints) omr.Page {
	page := omr.Page{State: omr.Done, Algorithm: omr.Algorithm, Code: code1, Bilevel: hints.Bilevel, ToImage: omr.Homography{1, 0, 0, 0, 1, 0, 0, 0, 1}}
	if _, err := find(code1); err != nil {
		page.State, page.Reason = omr.Foreign, omr.OtherOffice
		return page
	}
	at := slices.Index(img.Pix, slices.Min(img.Pix))
	center := omr.Point{X: float64(at%img.Stride) + 0.5, Y: float64(at/img.Stride) + 0.5}
	if hints.Corners != nil {
		center = hints.Corners[0]
	}
	page.Boxes = []omr.Box{{Box: layout1().Pages[0].Boxes[0], State: omr.Marked, Center: center}}
	return page
}

func playWorker(failing, on, cache string) error {
	page, _ := strconv.Atoi(on)
	w := Worker{Read: claim, Cache: cache}
	w.before = func(n int) {
		if n != page {
			return
		}
		switch failing {
		case "hangs":
			select {}
		case "panics":
			go panic("as if memory were corrupt")
			select {}
		case "eats":
			var kept [][]byte
			for {
				b := make([]byte, 16<<20)
				for i := 0; i < len(b); i += 4096 {
					b[i] = 1
				}
				kept = append(kept, b)
			}
		case "exits":
			os.Exit(3)
		}
	}
	switch failing {
	case "absent":
		return errors.New("no worker today")
	case "babbles":
		fmt.Println("O hai")
		select {}
	case "lies":
		w.Read = func(img *image.Gray, find omr.Lookup, hints omr.Hints) omr.Page {
			p := claim(img, find, hints)
			p.Boxes = append(p.Boxes, p.Boxes...)
			return p
		}
	case "floods":
		w.Read = func(img *image.Gray, find omr.Lookup, hints omr.Hints) omr.Page {
			p := claim(img, find, hints)
			p.Questions = []omr.Question{{Question: strings.Repeat("x", maxAnswer)}}
			return p
		}
	}
	return w.Work(os.Stdin, os.Stdout, func() { os.Exit(0) })
}

// reader starts workers that fail on a page.
func reader(t testing.TB, failing string, on int, change ...func(*Options)) *Reader {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Command: []string{self, "worker", failing, strconv.Itoa(on), compiled}}
	for _, c := range change {
		c(&o)
	}
	r := NewReader(o)
	t.Cleanup(r.Close)
	return r
}

func threePages(t testing.TB) Job {
	return Job{Data: read(t, "g4.tiff"), Layouts: []Layout{{Tenant: 3, Version: 4, Format: "A", Layout: layout1()}}}
}

// states reads all pages and tells number, state and reason of each.
func states(t testing.TB, r *Reader, job Job) []string {
	t.Helper()
	var all []string
	for p, err := range r.Read(t.Context(), job) {
		if err != nil {
			t.Fatalf("after %q: %v", all, err)
		}
		s := fmt.Sprintf("%d/%d %s", p.Number, p.Of, p.State)
		if p.Reason != "" {
			s += " " + string(p.Reason)
		}
		all = append(all, s)
	}
	return all
}

func wantStates(t testing.TB, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("pages %q; want %q", got, want)
	}
}

func TestReaderReadsAllPages(t *testing.T) {
	r := reader(t, "well", 0)
	job := threePages(t)
	wantStates(t, states(t, r, job), "1/3 read", "2/3 read", "3/3 read")
	r.mu.Lock()
	warm := r.idle[0].cmd.Process.Pid
	r.mu.Unlock()

	job.First, job.Last = 2, 2
	wantStates(t, states(t, r, job), "2/3 read")
	job.First, job.Last, job.Every = 1, 0, 2
	wantStates(t, states(t, r, job), "1/3 read", "3/3 read")
	job.First = 4
	wantStates(t, states(t, r, job))
	job = threePages(t)
	job.Layouts[0].Tenant = 5
	wantStates(t, states(t, r, job), "1/3 foreign other_office", "2/3 foreign other_office", "3/3 foreign other_office")
	job.Data = pdfOf(scanOf(drawn(1), 8), scanOf(drawn(2), 1))
	job.Layouts[0].Tenant = 0
	wantStates(t, states(t, r, job), "1/2 read", "2/2 read")
	job.Data = []byte("Szanowni Państwo")
	wantStates(t, states(t, r, job), "1/1 unsupported unknown_format")

	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.idle) != 1 || r.idle[0].cmd.Process.Pid != warm {
		t.Errorf("%d workers wait, want the first one alone", len(r.idle))
	}
}

func TestPicturesAndPlacesAgree(t *testing.T) {
	large := image.NewGray(image.Rect(0, 0, 3000, 4000)) // white but for a square at 1500, 2000
	for i := range large.Pix {
		large.Pix[i] = 255
	}
	for y := 2000; y < 2040; y++ {
		clear(large.Pix[y*3000+1500 : y*3000+1540])
	}
	r := reader(t, "well", 0)
	job := threePages(t)
	job.Data, job.Pictures = jpegOf(t, large), true
	for p, err := range r.Read(t.Context(), job) {
		if err != nil {
			t.Fatal(err)
		}
		f, err := decoder(t).Open(p.Picture)
		if err != nil {
			t.Fatal(err)
		}
		picture, err := f.Page(1)
		if err != nil {
			t.Fatal(err)
		}
		const scale = float64(pictureSide) / 4000
		if p.Height != pictureSide || p.Width != 1754 || picture.Rect.Dx() != p.Width || picture.Rect.Dy() != p.Height || p.PictureType != "image/jpeg" {
			t.Errorf("picture of %v, told %d × %d, %s", picture.Rect, p.Width, p.Height, p.PictureType)
		}
		at := p.Boxes[0].Center
		if x, y := at.X/scale, at.Y/scale; x < 1499 || x > 1541 || y < 1999 || y > 2041 || picture.GrayAt(int(at.X)+5, int(at.Y)+5).Y > 60 {
			t.Errorf("box at %v of the picture, where %d is dark", at, picture.GrayAt(int(at.X)+5, int(at.Y)+5).Y)
		}
		if p.ToImage[0] != scale || p.ToImage[4] != scale || p.ToImage[8] != 1 {
			t.Errorf("millimetres go to %v", p.ToImage)
		}
	}
	job.Hints.Corners = &[4]omr.Point{{X: 100, Y: 200}}
	job.First, job.Last = 1, 1
	for p, err := range r.Read(t.Context(), job) {
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Boxes[0].Center; got.X < 99.9 || got.X > 100.1 || got.Y < 199.9 || got.Y > 200.1 {
			t.Errorf("a corner of 100, 200 came back at %v", got)
		}
	}
	job = threePages(t)
	job.Pictures = true
	for p, err := range r.Read(t.Context(), job) {
		if err != nil || p.PictureType != "image/png" || p.Width != fixtureWidth || !p.Bilevel {
			t.Errorf("black-and-white page: %s of %d, bilevel %t, %v", p.PictureType, p.Width, p.Bilevel, err)
		}
	}
}

func TestAPageThatCostsTheWorkerCostsNoOther(t *testing.T) {
	tests := []struct {
		failing string
		on      int
		want    string
		change  func(*Options)
	}{
		{"hangs", 2, "too_slow", func(o *Options) {
			o.pageTime = func(n int) time.Duration { return map[int]time.Duration{2: time.Nanosecond}[n] }
		}},
		{"panics", 1, "crashed", nil},
		{"exits", 3, "crashed", nil},
		{"eats", 2, "too_large", nil},
	}
	for _, tt := range tests {
		t.Run(tt.failing, func(t *testing.T) {
			t.Parallel()
			want := []string{"1/3 read", "2/3 read", "3/3 read"}
			want[tt.on-1] = fmt.Sprintf("%d/3 unsupported %s", tt.on, tt.want)
			r := reader(t, tt.failing, tt.on, func(o *Options) {
				if tt.change != nil {
					tt.change(o)
				}
			})
			wantStates(t, states(t, r, threePages(t)), want...)
		})
	}
}

func TestALyingWorkerIsNotBelieved(t *testing.T) {
	for _, failing := range []string{"lies", "floods"} {
		wantStates(t, states(t, reader(t, failing, 0), threePages(t)), "1/3 unsupported crashed", "2/3 unsupported crashed", "3/3 unsupported crashed")
	}
}

func TestAWorkerThatCannotStartIsAnError(t *testing.T) {
	for _, failing := range []string{"absent", "babbles"} {
		for p, err := range reader(t, failing, 0).Read(t.Context(), threePages(t)) {
			if err == nil || !strings.HasPrefix(err.Error(), "starting a worker: ") {
				t.Errorf("%s: page %+v, error %v", failing, p, err)
			}
			if failing == "absent" && !strings.Contains(err.Error(), "no worker today") {
				t.Errorf("the error doesn't tell what the worker said: %v", err)
			}
		}
	}
	r := NewReader(Options{Command: []string{"/nonexistent/program"}})
	for _, err := range r.Read(t.Context(), threePages(t)) {
		if err == nil {
			t.Error("a program that isn't there has read a page")
		}
	}
}

func TestTheTimeOfAFileEnds(t *testing.T) {
	r := reader(t, "hangs", 1, func(o *Options) { o.FileTime = time.Nanosecond })
	got := states(t, r, threePages(t))
	if len(got) == 1 { // it hadn't even been opened
		wantStates(t, got, "1/1 unsupported too_slow")
	} else {
		wantStates(t, got, "1/3 unsupported too_slow", "2/3 unsupported too_slow", "3/3 unsupported too_slow")
	}

	x := &reading{job: Job{}, next: 2, pages: 4, left: -1}
	var told []string
	x.yield = func(p Page, _ error) bool { told = append(told, fmt.Sprint(p.Number, p.Reason)); return true }
	if err := x.skip(Crashed, errDead); err != nil {
		t.Fatal(err)
	}
	wantStates(t, told, "2crashed", "3too_slow", "4too_slow")
}

func TestReadingEndsWithItsContextAndItsCaller(t *testing.T) {
	r := reader(t, "hangs", 2)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	n := 0
	for p, err := range r.Read(ctx, threePages(t)) {
		if n++; n == 1 {
			cancel()
		} else if !errors.Is(err, context.Canceled) {
			t.Errorf("page %+v, error %v; want the context's", p, err)
		}
	}
	if n != 2 {
		t.Errorf("%d pages and errors, want one of each", n)
	}
	for range r.Read(t.Context(), threePages(t)) {
		break
	}
	if len(r.idle) != 0 {
		t.Error("a worker that was left in the middle of a file waits for another")
	}
	if len(r.slots) != 0 {
		t.Error("a slot is lost")
	}
}

func TestAWorkerThatDiedWhileItWaitedCostsNothing(t *testing.T) {
	r := reader(t, "well", 0)
	for range 2 {
		wantStates(t, states(t, r, threePages(t)), "1/3 read", "2/3 read", "3/3 read")
		r.mu.Lock()
		idle := r.idle[0]
		r.mu.Unlock()
		_ = idle.cmd.Process.Kill()
		<-idle.done
	}
}

func TestFilesWaitForAWorker(t *testing.T) {
	r := reader(t, "well", 0)
	job := threePages(t)
	next := make(chan []string)
	for range r.Read(t.Context(), job) { // holds the only worker
		go func() { next <- states(t, r, job) }()
		break
	}
	wantStates(t, <-next, "1/3 read", "2/3 read", "3/3 read")
}

func TestWorkersHaveNothingOfOurs(t *testing.T) {
	t.Setenv("DATABASE_URL", "postgres://secret")
	p, err := start(t.Context(), reader(t, "well", 0).options.Command, MaxMemory)
	if err != nil {
		t.Fatal(err)
	}
	defer p.kill()
	environ, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", p.cmd.Process.Pid))
	if err != nil {
		t.Skip("no /proc: ", err)
	}
	if got := string(environ); got != heapLimit+"\x00" {
		t.Errorf("environment of a worker: %q", got)
	}
	theirs, err := os.Readlink(fmt.Sprintf("/proc/%d/ns/net", p.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	if ours, err := os.Readlink("/proc/self/ns/net"); err != nil || (ours == theirs) != (p.cmd.SysProcAttr == nil) {
		t.Errorf("network of a worker %s, ours %s, %v, asked for another: %t", theirs, ours, err, p.cmd.SysProcAttr != nil)
	}
	if rss := residentMemory(p.cmd.Process.Pid); rss < 1<<20 || rss > MaxMemory {
		t.Errorf("a worker that waits holds %d bytes", rss)
	}
}

// Nobody kills the worker of a service that was killed itself: it goes when its input ends, whatever it is doing.
func TestAWorkerDoesNotOutliveWhoStartedIt(t *testing.T) {
	p, err := start(t.Context(), reader(t, "hangs", 1).options.Command, MaxMemory)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.ask(request{}, read(t, "g4.tiff")); err != nil {
		t.Fatal(err)
	}
	for _, want := range []frameKind{frameSet, frameOpened, frameBegun} {
		if f, err := p.next(t.Context(), PageTime); err != nil || f.kind != want {
			t.Fatalf("%q, %v; want %q", f.kind, err, want)
		}
	}
	if err := p.in.Close(); err != nil {
		t.Fatal(err)
	}
	<-p.done
}

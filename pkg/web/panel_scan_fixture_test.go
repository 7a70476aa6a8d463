package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image/jpeg"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"ocenaurzedu.eu/pkg/omr"
	"ocenaurzedu.eu/pkg/raster"
	"ocenaurzedu.eu/pkg/scan"
	"ocenaurzedu.eu/pkg/sheet"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/synth"
)

// readHere reads files as a worker does, but in this process.
func readHere(ctx context.Context, job scan.Job, take func(scan.Page) error) error {
	cache, _ := os.UserCacheDir() // "": each PDF waits for PDFium
	decoder := raster.NewDecoder(cache)
	defer decoder.Close()
	file, err := decoder.Open(job.Data)
	var bad *raster.BadError
	if errors.As(err, &bad) {
		return take(scan.Page{Page: omr.Page{State: omr.Unsupported, Reason: bad.Reason, Algorithm: omr.Algorithm}, Number: 1, Of: 1, Unopened: true})
	}
	if err != nil {
		return err
	}
	defer file.Close()
	find := func(c sheet.Code) (*sheet.Layout, error) {
		if c.Tenant != job.Tenant {
			return nil, omr.ErrForeign
		}
		for _, l := range job.Layouts {
			if l.Version == c.Version && strings.HasPrefix(c.Encode(), l.Format) && c.Page <= len(l.Layout.Pages) {
				return l.Layout, nil
			}
		}
		return nil, omr.ErrUnknown
	}
	for n := job.First; n <= file.Pages && ctx.Err() == nil; n++ {
		page := scan.Page{Number: n, Of: file.Pages, Kind: "image/jpeg"}
		img, err := file.Page(n)
		if err != nil {
			errors.As(err, &bad)
			page.Page, page.Kind = omr.Page{State: omr.Unsupported, Reason: bad.Reason, Algorithm: omr.Algorithm}, ""
		} else {
			page.Page = omr.Read(img.Gray, find, omr.Hints{})
			var picture bytes.Buffer
			if err := jpeg.Encode(&picture, img.Gray, &jpeg.Options{Quality: 75}); err != nil {
				return err
			}
			page.Picture = picture.Bytes()
		}
		if err := take(page); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// startScanning starts a service whose queue of scans a test works step by step.
func startScanning(t *testing.T) (*harness, *scan.Runner) {
	t.Helper()
	var runner *scan.Runner
	var h *harness
	h = start(t, func(o *Options) {
		runner = scan.New(scan.Options{Store: o.Store, Intake: o.Intake, Secret: func() []byte { return o.Secret }, Now: o.Now, Log: o.Log, Read: readHere})
		o.Scans = runner
	})
	return h, runner
}

// work does all that waits.
func work(t *testing.T, r *scan.Runner) {
	t.Helper()
	for {
		did, err := r.Step(context.Background())
		if err != nil {
			t.Fatalf("work on scans: %v", err)
		}
		if !did {
			return
		}
	}
}

// printRun is a run of printed sheets.
type printRun struct {
	tenant, version int64
	layout          *sheet.Layout
	first           int64
}

// printSheets prints sheets of an office's published version.
func printSheets(t *testing.T, h *harness, slug string, copies int) printRun {
	t.Helper()
	ctx, scope := context.Background(), h.scope(slug)
	version, err := scope.PublishedVersion(ctx)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := scope.SheetLayout(ctx, version.ID, "A")
	if err != nil {
		t.Fatal(err)
	}
	r := printRun{tenant: h.ids[slug], version: version.ID, layout: &sheet.Layout{}}
	if err := json.Unmarshal(raw, r.layout); err != nil {
		t.Fatal(err)
	}
	printed, err := scope.RecordPrint(ctx, version.ID, copies, store.Actor{Login: "x", At: h.clock.now()})
	if err != nil {
		t.Fatal(err)
	}
	r.first = printed.FirstSerial
	return r
}

// filled has a page of a sheet filled in and scanned.
func (r printRun) filled(t *testing.T, class string, serial int64, page int, seed uint64) *synth.Page {
	t.Helper()
	code := sheet.Code{Tenant: r.tenant, Version: r.version, Page: page, Serial: uint32(serial)}
	p, err := synth.Draw(r.layout, code, 150)
	if err != nil {
		t.Fatal(err)
	}
	c, ok := synth.ClassOf(class)
	if !ok {
		t.Fatalf("no class %s", class)
	}
	out, err := c.Make(p, false, synth.Rand(seed, class, page))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// openScanBatch starts a stack and returns its path.
func openScanBatch(t *testing.T, p *person) string {
	t.Helper()
	got := p.post(scansPath, url.Values{"day": {"2026-03-09"}, "issued": {"80"}, "returned": {"60"}})
	if got.StatusCode != http.StatusSeeOther {
		t.Fatalf("open scans: %d\n%s", got.StatusCode, got.body)
	}
	return got.Header.Get("Location")
}

var uploadPattern = regexp.MustCompile(`id="upload"[^>]* action="([^"]+)"`)

// scanFile is a file to be sent.
type scanFile struct {
	name string
	data []byte
}

// sendScans sends files as the plain form does.
func sendScans(t *testing.T, p *person, batch string, files ...scanFile) *answer {
	t.Helper()
	action := uploadPattern.FindStringSubmatch(p.get(batch).body)
	if action == nil {
		t.Fatalf("%s has no form for files", batch)
	}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for _, f := range files {
		w, err := form.CreateFormFile("pliki", f.name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = w.Write(f.data)
	}
	_ = form.Close()
	r, err := http.NewRequest(http.MethodPost, p.address(p.slug, strings.ReplaceAll(action[1], "&amp;", "&")), &body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.AddCookie(p.cookie)
	return p.do(r)
}

var questionPattern = regexp.MustCompile(`(?s)<article[^>]*data-question="(\d+)" data-kind="(\w+)".*?</article>`)

// answerScans answers all questions of a stack as the plain forms do: what was read is accepted, and what can't be is
// unreadable; words are typed as given.
func answerScans(t *testing.T, p *person, batch, words string) int {
	t.Helper()
	for n := 0; ; n++ {
		page := p.get(batch + "/weryfikacja")
		if page.StatusCode == http.StatusSeeOther {
			return n
		}
		found := questionPattern.FindStringSubmatch(page.body)
		if found == nil {
			t.Fatalf("no question after %d: %d\n%s", n, page.StatusCode, page.body)
		}
		values := url.Values{"nieczytelne": {"1"}}
		switch {
		case found[2] == "text":
			values = url.Values{"tekst": {words}}
		case found[2] == "number":
			values = url.Values{"tekst": {"7"}}
		case found[2] == "many" || strings.Contains(found[0], `name="przyjmij"`):
			values = url.Values{"przyjmij": {"1"}}
		}
		if got := p.post(fmt.Sprintf("%s/pytania/%s", batch, found[1]), values); got.StatusCode != http.StatusSeeOther {
			t.Fatalf("answer %v: %d\n%s", values, got.StatusCode, got.body)
		}
	}
}

// counted returns a count of the result page.
func counted(t *testing.T, page, of string) string {
	t.Helper()
	found := regexp.MustCompile(`data-count="` + of + `">([^<]*)<`).FindStringSubmatch(page)
	if found == nil {
		t.Fatalf("no count of %s in\n%s", of, page)
	}
	return found[1]
}

package web

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/xuri/excelize/v2"
)

// patience is how long a page or a file may take before the test says what is on the screen instead.
const patience = 15 * time.Second

// desk opens Chromium as at a desk, with nobody logged in. Without Chromium the test fails: ops/test installs it.
func desk(t *testing.T, p *person) *keyboard {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("accept-lang", "pl-PL,pl"), chromedp.UserDataDir(t.TempDir()))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	k := tab(t, ctx, p)
	k.do(chromedp.EmulateViewport(1280, 900))
	return k
}

// phone opens a touch screen, 360 px wide, that shares no cookies with the desk.
func phone(t *testing.T, desk *keyboard) *keyboard {
	t.Helper()
	k := tab(t, desk.ctx, desk.person, chromedp.WithNewBrowserContext())
	k.do(chromedp.EmulateViewport(360, 740, chromedp.EmulateMobile, chromedp.EmulateTouch, chromedp.EmulatePortrait))
	return k
}

func tab(t *testing.T, parent context.Context, p *person, options ...chromedp.ContextOption) *keyboard {
	t.Helper()
	ctx, cancel := chromedp.NewContext(parent, options...)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start Chromium: %v", err)
	}
	t.Cleanup(func() { _ = chromedp.Cancel(ctx) })           // so that its files can be removed
	limited, stop := context.WithTimeout(ctx, 5*time.Minute) // each wait has its own, shorter patience
	t.Cleanup(stop)
	if err := chromedp.Listen(ctx, func(event any) {
		if thrown, ok := event.(*runtime.EventExceptionThrown); ok {
			t.Errorf("the page threw: %v", thrown.ExceptionDetails)
		}
	}); err != nil {
		t.Fatal(err)
	}
	return &keyboard{person: p, ctx: limited}
}

// load runs steps that lead to another page and wants its status. The page is told when it is another one.
func (k *keyboard) load(status int, steps ...chromedp.Action[chromedp.Void]) {
	k.t.Helper()
	ctx, stop := context.WithTimeout(k.ctx, patience)
	defer stop()
	response, err := chromedp.RunResponse(ctx, steps...)
	if err != nil {
		k.t.Fatalf("browser: %v\non the page: %s", err, k.text())
	}
	if int(response.Status) != status {
		k.t.Fatalf("%s answers %d, want %d\non the page: %s", response.URL, response.Status, status, k.text())
	}
}

// visit opens a page of the person's office.
func (k *keyboard) visit(path string) {
	k.t.Helper()
	k.load(200, chromedp.Navigate(k.address(k.slug, path)))
}

// button finds a button by the words on it.
func button(words string) chromedp.Search {
	return chromedp.Search(fmt.Sprintf(`//button[not(@aria-hidden) and contains(translate(., "%s", " "), "%s")]`, "\u00a0", words))
}

// tap touches the label of an answer, and wants it chosen.
func (k *keyboard) tap(field, value string) {
	k.t.Helper()
	box := fmt.Sprintf(`input[name=%q][value=%q]`, field, value)
	k.wait(fmt.Sprintf(`document.querySelector(%q) !== null`, box))
	k.do(chromedp.Tap(chromedp.CSS("label:has(> " + box + ")")))
	k.wait(fmt.Sprintf(`document.querySelector(%q).checked`, box))
}

// fill replaces what stands in a field. The text comes in at once: chromedp takes some Polish letters for keys such
// as Alt when it types them one by one.
func (k *keyboard) fill(id, text string) {
	k.t.Helper()
	k.do(chromedp.Focus(chromedp.ID(id)), chromedp.Evaluate[chromedp.Void](`document.activeElement.select(), undefined`),
		chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
			_, err := cdp.Call(ctx, target, input.InsertText, input.InsertTextParams{Text: text})
			return err
		}))
	if got := k.read(`document.getElementById("` + id + `").value`); got != text {
		k.t.Fatalf("%s = %q after typing %q", id, got, text)
	}
}

// text is what the page shows, with plain spaces.
func (k *keyboard) text() string {
	k.t.Helper()
	return words(k.read(`document.body.innerText`))
}

// see wants words on the page.
func (k *keyboard) see(words ...string) {
	k.t.Helper()
	hold(k.t, "the page "+k.read(`location.pathname`), k.text(), words...)
}

// hold wants words in a text of plain spaces.
func hold(t *testing.T, what, text string, words ...string) {
	t.Helper()
	var lacking []string
	for _, w := range words {
		if !strings.Contains(text, w) {
			lacking = append(lacking, w)
		}
	}
	if lacking != nil {
		t.Errorf("%s lacks %q:\n%.6000s", what, lacking, text)
	}
}

// miss wants words not to be in a text.
func miss(t *testing.T, what, text string, words ...string) {
	t.Helper()
	for _, w := range words {
		if strings.Contains(text, w) {
			t.Errorf("%s has %q", what, w)
		}
	}
}

// cookies are the names of the cookies that the browser keeps for the page.
func (k *keyboard) cookies() []string {
	k.t.Helper()
	got, err := chromedp.Call(k.ctx, network.GetCookies, network.GetCookiesParams{})
	if err != nil {
		k.t.Fatal(err)
	}
	var names []string
	for _, c := range got.Cookies {
		names = append(names, c.Name)
	}
	return names
}

// download clicks what leads to a file and returns it as the browser stored it.
func (k *keyboard) download(what chromedp.Search) []byte {
	k.t.Helper()
	dir, on := k.t.TempDir(), true
	k.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
			Behavior: browser.SetDownloadBehaviorBehaviorAllowAndName, DownloadPath: dir, EventsEnabled: &on})
		return err
	}))
	ctx, stop := context.WithTimeout(k.ctx, patience)
	defer stop()
	done, err := chromedp.Run(ctx, chromedp.WaitEvent(browser.DownloadProgress, func(e browser.EventDownloadProgress) bool {
		return e.State != browser.DownloadProgressStateInProgress
	}, chromedp.Click(what)))
	if err != nil || done.State != browser.DownloadProgressStateCompleted {
		k.t.Fatalf("download by %s: %s, %v\non the page: %s", what, done.State, err, k.text())
	}
	data, err := os.ReadFile(filepath.Join(dir, done.GUID))
	if err != nil {
		k.t.Fatal(err)
	}
	return data
}

// shot keeps a picture of the whole page where SCREENSHOTS names a directory.
func (k *keyboard) shot(name string) {
	k.t.Helper()
	dir := os.Getenv("SCREENSHOTS")
	if dir == "" {
		return
	}
	picture, err := chromedp.Run(k.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		k.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), picture, 0o600); err != nil {
		k.t.Fatal(err)
	}
}

// words is a text with plain single spaces only.
func words(text string) string { return strings.Join(strings.Fields(text), " ") }

// book opens an XLSX file.
func book(t *testing.T, data []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// cell is the raw value under a column's heading in the first row that has all the other cells.
func cell(t *testing.T, f *excelize.File, sheet, heading string, others ...string) string {
	t.Helper()
	rows, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
	if err != nil || len(rows) == 0 {
		t.Fatalf("sheet %s: %d rows, %v", sheet, len(rows), err)
	}
	for _, row := range rows[1:] {
		if !hasAll(row, others) {
			continue
		}
		for i, title := range rows[0] {
			if title == heading && i < len(row) {
				return row[i]
			}
		}
	}
	t.Errorf("sheet %s: nothing under %q in a row of %q", sheet, heading, others)
	return ""
}

func hasAll(row, wanted []string) bool {
	for _, w := range wanted {
		if !slices.Contains(row, w) {
			return false
		}
	}
	return true
}

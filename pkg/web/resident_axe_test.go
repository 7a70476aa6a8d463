package web

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	cdpage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// axeSource returns axe-core, or skips the test on a machine that has none. ops/test fetches it.
func axeSource(t *testing.T) string {
	t.Helper()
	path := os.Getenv("AXE_PATH")
	if path == "" && os.Getenv("CI") == "" {
		t.Skip("AXE_PATH is not set: ops/test fetches axe-core and sets it")
	}
	source, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("axe-core: %v", err)
	}
	return string(source)
}

// startBrowser starts a Chromium whose names *.localhost all lead to this machine. It runs past the CSP for axe alone.
func startBrowser(t *testing.T) context.Context {
	t.Helper()
	binary, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatalf("chromium: %v", err)
	}
	flags := []string{"disable-quic", "disable-background-networking", "disable-component-update", "disable-sync", "hide-scrollbars"}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(binary), chromedp.NoSandbox, chromedp.DisableGPU)
	for _, flag := range flags {
		opts = append(opts, chromedp.Flag(flag, true))
	}
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 3*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// look sets the window and the colour scheme, goes to an address and runs a script there.
func look(t *testing.T, ctx context.Context, width int64, scheme, address, script string) {
	t.Helper()
	err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 900))
	if err == nil {
		_, err = chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
	}
	if err == nil {
		_, err = chromedp.Call(ctx, cdpage.SetBypassCSP, cdpage.SetBypassCSPParams{Enabled: true})
	}
	if err == nil {
		err = chromedp.Do(ctx, chromedp.Navigate(address))
	}
	if err == nil && script != "" {
		_, err = chromedp.RunResponse(ctx, func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
			_, err := chromedp.Run(ctx, chromedp.Evaluate[bool](script))
			return chromedp.Void{}, err
		})
	}
	if err != nil {
		t.Fatalf("%s: %v", address, err)
	}
	until(t, ctx, `document.readyState === "complete"`)
}

// until waits for a condition on the page. While the browser changes pages there may be no document to ask.
func until(t *testing.T, ctx context.Context, condition string) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(20 * time.Second); ; <-tick.C {
		done, err := chromedp.Run(ctx, chromedp.Evaluate[bool](condition))
		if err == nil && done {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("not true in time: %s (%v)", condition, err)
		}
	}
}

const runAxe = `axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]})
	.then(r => r.violations.map(v => v.id + ": " + v.help + "\n  " + v.nodes.slice(0, 4).map(n => n.target + " " + n.failureSummary).join("\n  ")))`

// checkAxe lets axe look at the page that the browser shows, and looks for what is wider than the window.
func checkAxe(t *testing.T, ctx context.Context, axe string) {
	t.Helper()
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](axe+";true")); err != nil {
		t.Fatalf("load axe: %v", err)
	}
	violations, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](runAxe, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("run axe: %v", err)
	}
	for _, v := range violations {
		t.Error(v)
	}
	over, err := chromedp.Run(ctx, chromedp.Evaluate[int](`document.documentElement.scrollWidth - window.innerWidth`))
	if err != nil || over > 0 {
		t.Errorf("the page is %d px wider than the window (%v)", over, err)
	}
}

func TestResidentsPagesAreAccessible(t *testing.T) {
	axe := axeSource(t)
	h, ctx := startEvery(t), startBrowser(t)
	const send = `document.querySelector("[name=overall]").checked = true; document.querySelector("form").submit(); true`
	pages := []struct{ name, slug, path, script string }{
		{"survey", "osielsko", "/", ""}, {"every kind", "wszystko", "/?p=okienko", ""}, {"errors", "wszystko", "/", send}, {"thanks", "osielsko", "/dziekujemy", ""},
		{"declaration", "osielsko", "/deklaracja-dostepnosci", ""}, {"privacy", "osielsko", "/prywatnosc", ""}, {"not found", "osielsko", "/nie-ma", ""},
		{"offices", "powiat-bydgoski", "/", ""},
	}
	for _, p := range pages {
		for _, width := range []int64{360, 1280} {
			for _, scheme := range []string{"light", "dark"} {
				t.Run(fmt.Sprintf("%s/%d/%s", p.name, width, scheme), func(t *testing.T) {
					look(t, ctx, width, scheme, h.address(p.slug, p.path), p.script)
					if p.script != "" {
						checkFocus(t, ctx)
					}
					checkAxe(t, ctx, axe)
				})
			}
		}
	}
}

// stroll is a way through a survey with rules: scripts that lead from one state to the next.
type stroll struct {
	name, path string
	script     bool // survey.js loads
	steps      []struct{ name, act string }
}

// Every state of a survey with rules, page by page and live, in all languages.
func TestRulesAreAccessible(t *testing.T) {
	axe := axeSource(t)
	h, ctx := startRules(t), startBrowser(t)
	const (
		next   = `document.getElementById("wyslij").click(); true`
		no     = `for (const e of document.querySelectorAll("[name=settled][value=no], [name=ways][value=phone], [name=ways][value=other]")) e.click(); true`
		answer = `for (const e of document.querySelectorAll("[name=reason][value=papers], [name='quality.polite'][value='3']")) e.click(); ` + next
		end    = `for (const e of document.querySelectorAll("[name^='worth.hours'][value='1'], [name=recommend][value='9']")) e.click(); ` + next
	)
	type step = struct{ name, act string }
	strolls := []stroll{
		{"paged", "/", false, []step{{"page 1", no}, {"page 2", next}, {"faults of page 2", next}, {"page 3", answer}, {"nothing left to ask", end}}},
		{"paged-en", "/?lang=en", false, []step{{"page 1", no}, {"page 2", next}, {"faults of page 2", next}}},
		{"live-en", "/?lang=en&p=okienko", true, []step{{"at first", ""}, {"with more questions", no}, {"faults", next}}},
		{"live-uk", "/?lang=uk", true, []step{{"with more questions", no}, {"faults", next}}},
		{"declaration-en", "/deklaracja-dostepnosci?lang=en", true, []step{{"declaration", ""}}},
		{"not-found-uk", "/nie-ma?lang=uk", true, []step{{"not found", ""}}},
	}
	for _, s := range strolls {
		blockScript(t, ctx, !s.script)
		for width, scheme := range map[int64]string{360: "light", 1280: "dark"} {
			look(t, ctx, width, scheme, h.address("warunki", s.path), "")
			for i, step := range s.steps {
				t.Run(fmt.Sprintf("%s/%s/%d/%s", s.name, step.name, width, scheme), func(t *testing.T) {
					act(t, ctx, step.act, strings.HasSuffix(step.act, next))
					checkAxe(t, ctx, axe)
					shoot(t, ctx, fmt.Sprintf("%s-%d-%d-%s", s.name, i, width, scheme))
				})
			}
		}
	}
}

// act runs a script on the page, and waits for the page that it leads to.
func act(t *testing.T, ctx context.Context, script string, leads bool) {
	t.Helper()
	if script == "" {
		return
	}
	run := func(ctx context.Context, _ *chromedp.Target) (chromedp.Void, error) {
		_, err := chromedp.Run(ctx, chromedp.Evaluate[bool](script))
		return chromedp.Void{}, err
	}
	var err error
	if leads {
		_, err = chromedp.RunResponse(ctx, run)
	} else {
		_, err = chromedp.Run(ctx, run)
	}
	if err != nil {
		t.Fatalf("%s: %v", script, err)
	}
	until(t, ctx, `document.readyState === "complete"`)
}

// shoot keeps a picture of the whole page where SCREENSHOTS names a directory.
func shoot(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	dir := os.Getenv("SCREENSHOTS")
	if dir == "" {
		return
	}
	picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name+".png"), picture, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// checkFocus looks whether the error summary has the focus.
func checkFocus(t *testing.T, ctx context.Context) {
	t.Helper()
	until(t, ctx, `document.activeElement !== null && document.activeElement.id === "bledy"`) // the summary of errors has the focus
	title, err := chromedp.Run(ctx, chromedp.Title())
	if err != nil || !strings.HasPrefix(title, "Błąd") {
		t.Errorf("after an error the title is %q (%v)", title, err)
	}
}

func TestOtherAsksWhichOnlyWhenChosen(t *testing.T) {
	h, ctx := startEvery(t), startBrowser(t)
	look(t, ctx, 360, "light", h.address("wszystko", "/"), "")
	const shown = `document.getElementById("q-matter.other").offsetHeight > 0`
	const write = `document.getElementById("q-matter.other").value = "drzewo"; `
	for _, step := range []struct {
		choose, write string
		want          bool
	}{{"tax", "", false}, {"other", "", true}, {"tax", "", false}, {"other", write, true}, {"tax", "", true}} { // words are never out of sight
		script := fmt.Sprintf(`document.querySelector("[name=matter][value=%s]").click(); %s%s`, step.choose, step.write, shown)
		if got, err := chromedp.Run(ctx, chromedp.Evaluate[bool](script)); err != nil || got != step.want {
			t.Errorf("after choosing %s the line is shown: %t, want %t (%v)", step.choose, got, step.want, err)
		}
	}
}

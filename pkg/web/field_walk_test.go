package web

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"ocenaurzedu.eu/pkg/survey"
)

// control is an input that the page shows.
type control struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Type  string `json:"type"`
	Value string `json:"value"`
	On    bool   `json:"on"`
}

// shown lists the controls that someone in front of the page can see and use.
const shown = `JSON.stringify([...document.querySelectorAll("main form :is(input, textarea)")]
	.filter((e) => e.type !== "hidden" && !e.matches(":disabled") && (e.closest("label") ?? e).checkVisibility())
	.map((e) => ({id: e.id, name: e.name, type: e.type, value: e.value, on: e.checked === true})))`

func (k *keyboard) controls() []control {
	k.t.Helper()
	var all []control
	if text := k.read(shown); json.Unmarshal([]byte(text), &all) != nil {
		k.t.Fatalf("controls of the page: %s", text)
	}
	return all
}

// misses returns a control that is not as wanted, or nil if all are.
func misses(all []control, want survey.Values) *control {
	i := slices.IndexFunc(all, func(c control) bool {
		switch c.Type {
		case "radio":
			return !c.On && slices.Contains(want[c.Name], c.Value)
		case "checkbox":
			return c.On != slices.Contains(want[c.Name], c.Value)
		}
		return len(want[c.Name]) > 0 && c.Value != want[c.Name][0]
	})
	if i < 0 {
		return nil
	}
	return &all[i]
}

// answerShown answers what the page asks, from the top, and what it begins to ask meanwhile. It returns the names of the
// fields that it shows in the end.
func (k *keyboard) answerShown(want survey.Values) map[string]bool {
	k.t.Helper()
	for range 100 {
		all := k.controls()
		c := misses(all, want)
		if c == nil {
			names := map[string]bool{}
			for _, c := range all {
				names[c.Name] = true
			}
			return names
		}
		at := chromedp.CSS(fmt.Sprintf(`[id=%q]`, c.ID))
		if c.Type == "radio" || c.Type == "checkbox" {
			k.do(chromedp.Click("label:has(> " + at + ")"))
			until(k.t, k.ctx, fmt.Sprintf(`document.getElementById(%q).checked !== %t`, c.ID, c.On))
			continue
		}
		k.do(chromedp.Focus(at), chromedp.Evaluate[chromedp.Void](`document.activeElement.select(), undefined`))
		k.insert(want[c.Name][0])
	}
	k.t.Fatalf("the page does not come to rest: %s", k.text())
	return nil
}

// answerSurvey fills a survey in, page by page where there are pages, sends it, and returns the names of all fields that
// it was shown.
func (k *keyboard) answerSurvey(want survey.Values) map[string]bool {
	k.t.Helper()
	seen := map[string]bool{}
	for range 10 {
		maps.Copy(seen, k.answerShown(want))
		k.load(200, chromedp.Click(chromedp.CSS("#wyslij")))
		if k.read(`location.pathname`) == "/dziekujemy" {
			return seen
		}
	}
	k.t.Fatalf("the survey has no end: %s", k.text())
	return nil
}

// scripts lets pages run scripts from the next one on, or forbids them.
func (k *keyboard) scripts(allowed bool) {
	k.t.Helper()
	if _, err := chromedp.Call(k.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !allowed}); err != nil {
		k.t.Fatal(err)
	}
}

// logBrowserIn lets the browser be logged in as the person.
func (k *keyboard) logBrowserIn() {
	k.t.Helper()
	k.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, network.SetCookie, network.SetCookieParams{Name: k.cookie.Name, Value: k.cookie.Value, URL: k.address(k.slug, "/")})
		return err
	}))
}

// stop is where the typing screen stands.
type stop struct {
	Kind  string            `json:"kind"`
	Field string            `json:"field"`
	Keys  map[string]string `json:"keys"` // value → key
	Last  bool              `json:"last"` // Enter saves
}

const standing = `JSON.stringify((() => {
	const at = document.activeElement.closest("[data-row]"), all = [...document.querySelectorAll("#sheet [data-row]")].filter((e) => !e.hidden);
	return {kind: at?.dataset.row ?? "", field: at?.querySelector("[name]")?.name ?? "", last: all.indexOf(at) >= all.length - 2,
		keys: Object.fromEntries([...at?.querySelectorAll("[data-key]") ?? []].map((e) => [e.value, e.dataset.key]))};
})())`

// typeAll types a sheet by keys, as it lies on the desk.
func (k *keyboard) typeAll(want survey.Values) {
	k.t.Helper()
	k.ready(1)
	for range 200 {
		var at stop
		if text := k.read(standing); json.Unmarshal([]byte(text), &at) != nil {
			k.t.Fatalf("the typing screen stands at %s", text)
		}
		values := want[at.Field]
		switch {
		case at.Kind == entryOne && len(values) > 0:
			k.press(at.Keys[values[0]])
			continue // the key moves on
		case at.Kind == entryMany:
			for _, v := range values {
				k.press(at.Keys[v])
			}
		case at.Kind == entryNumber && len(values) > 0:
			k.press(values[0])
		case at.Kind == entryText && len(values) > 0:
			k.insert(values[0])
		}
		if k.press(kb.Enter); at.Last {
			k.waitTold("Arkusz zapisany")
			return
		}
	}
	k.t.Fatalf("the sheet has no end: %s", k.text())
}

// insert writes a text where the cursor is.
func (k *keyboard) insert(text string) {
	k.t.Helper()
	k.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, input.InsertText, input.InsertTextParams{Text: text})
		return err
	}))
}

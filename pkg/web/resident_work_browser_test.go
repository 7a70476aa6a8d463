package web

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	cdpage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// holdWorker makes pages keep the worker's task back until release() is called, and note what their live region says.
const holdWorker = `
	const Real = Worker;
	window.Worker = class extends Real {
		postMessage(task) { window.release = () => super.postMessage(task); }
	};
	addEventListener("DOMContentLoaded", () => {
		const region = document.querySelector("#bledy [role=status]");
		if (!region) return;
		const said = [];
		new MutationObserver(() => { said.push(region.textContent); sessionStorage.setItem("said", said.join("|")); }).observe(region, { childList: true, characterData: true, subtree: true });
	});`

// onEachPage runs a script before those of the pages to come.
func onEachPage(t *testing.T, ctx context.Context, script string) {
	t.Helper()
	if _, err := chromedp.Call(ctx, cdpage.AddScriptToEvaluateOnNewDocument, cdpage.AddScriptToEvaluateOnNewDocumentParams{Source: script}); err != nil {
		t.Fatal(err)
	}
}

// answerEvery fills in what the questionnaire of "wszystko" asks for.
func (k *keyboard) answerEvery() {
	k.t.Helper()
	for field, values := range valid() {
		k.choose(field, values[0])
	}
	k.write("remarks", "Zostaje")
}

func TestBrowserDoesTheWork(t *testing.T) {
	h := startEvery(t)
	h.redis.SetTime(h.clock.now())
	h.use(limitSurvey, limitSurvey.Burst)
	k := phone(t, desk(t, &person{harness: h, slug: "wszystko"}))
	onEachPage(t, k.ctx, holdWorker)
	k.visit("/")
	k.answerEvery()
	k.load(429, chromedp.Click(chromedp.ID("wyslij")))
	k.wait(`document.activeElement.id === "bledy"`)
	k.wait(`document.querySelector("#bledy progress").checkVisibility() && typeof release === "function"`)
	k.see("Jeszcze chwila – ankieta zaraz się wyśle", "Trwa obliczenie. Gdy się skończy, ankieta wyśle się sama.")
	k.shot("work-360")
	// The button does not send before the work is done, and says why.
	k.do(chromedp.Click(chromedp.ID("wyslij")))
	if at := k.read(`location.pathname + document.querySelectorAll("#bledy").length`); at != "/1" {
		t.Errorf("the button led to %s", at)
	}
	k.load(200, chromedp.Evaluate[chromedp.Void](`release()`))
	if at := k.read(`location.pathname`); at != "/dziekujemy" {
		t.Fatalf("after the work the page is %s: %s", at, k.text())
	}
	said := slices.Compact(strings.Split(words(k.read(`sessionStorage.getItem("said")`)), "|"))
	if want := []string{"Trwa obliczenie. Gdy się skończy, ankieta wyśle się sama.", "Połowa obliczenia gotowa.", "Obliczenie gotowe. Wysyłamy ankietę."}; !slices.Equal(said, want) {
		t.Errorf("the page said %q, want %q", said, want)
	}
	if n := h.count(`SELECT count(*) FROM remarks WHERE text = 'Zostaje'`); n != 1 {
		t.Errorf("%d stored, want 1", n)
	}
}

// Whoever changes an answer while the machine works sends it by hand, and the change counts.
func TestWorkWhileAnAnswerIsChanged(t *testing.T) {
	h := startEvery(t)
	h.redis.SetTime(h.clock.now())
	h.use(limitSurvey, limitSurvey.Burst)
	k := desk(t, &person{harness: h, slug: "wszystko"})
	onEachPage(t, k.ctx, holdWorker)
	k.visit("/")
	k.answerEvery()
	k.load(429, chromedp.Click(chromedp.ID("wyslij")))
	k.wait(`typeof release === "function"`)
	k.write("remarks", "Inaczej")
	k.do(chromedp.Evaluate[chromedp.Void](`release()`))
	k.wait(`document.querySelector("#bledy [role=status]").textContent.startsWith("Obliczenie gotowe. Prosimy")`)
	k.load(200, chromedp.Click(chromedp.ID("wyslij")))
	if n := h.count(`SELECT count(*) FROM remarks WHERE text = 'Inaczej'`); n != 1 {
		t.Errorf("%d stored with the change, want 1", n)
	}
}

// A browser that can't start the worker, or runs no script at all, sends by the button.
func TestWorkThatABrowserCanNotDo(t *testing.T) {
	h := startEvery(t)
	h.redis.SetTime(h.clock.now())
	h.use(limitSurvey, limitSurvey.Burst)
	k := desk(t, &person{harness: h, slug: "wszystko"})
	k.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		if _, err := cdp.Call(ctx, target, network.Enable, network.EnableParams{}); err != nil {
			return err
		}
		_, err := cdp.Call(ctx, target, network.SetBlockedURLs, network.SetBlockedURLsParams{
			URLPatterns: []*network.BlockPattern{{URLPattern: "*://*:*/assets/work.js*", Block: true}}})
		return err
	}))
	k.visit("/")
	k.answerEvery()
	k.load(429, chromedp.Click(chromedp.ID("wyslij")))
	k.see("Jeżeli nic się nie dzieje, ankietę można wysłać przyciskiem.")
	k.load(200, chromedp.Click(chromedp.ID("wyslij")))
	k.allowScript(false)
	k.visit("/")
	k.answerEvery()
	k.load(200, chromedp.Click(chromedp.ID("wyslij")))
	if at := k.read(`location.pathname`); at != "/dziekujemy" {
		t.Errorf("without script the page is %s: %s", at, k.text())
	}
	if n := h.count(`SELECT count(*) FROM submissions`); n != 2 {
		t.Errorf("%d stored, want 2", n)
	}
}

// With rules, survey.js and work.js share the form.
func TestWorkOfASurveyWithRules(t *testing.T) {
	h := startRules(t)
	h.redis.SetTime(h.clock.now())
	for range limitSurvey.Burst {
		h.post("warunki", "/", merge(map[string][]string{fieldKey: {newKey()}}, happy()))
	}
	k := visitor(t, h)
	version, err := h.scope("warunki").PublishedVersion(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	k.visit("/?lang=uk")
	k.wait(`document.getElementById("wyslij").textContent === "Надіслати анкету"`)
	k.reply(&version.Questionnaire, unhappy())
	k.do(chromedp.Click(chromedp.ID("wyslij")))
	until(t, k.ctx, `location.pathname + location.search === "/dziekujemy?lang=uk"`) // two pages on
	if n := h.count(`SELECT count(*) FROM submissions`); n != limitSurvey.Burst+1 {
		t.Errorf("%d stored, want %d", n, limitSurvey.Burst+1)
	}
}

// Every state of the page that works, for axe.
func TestWorkIsAccessible(t *testing.T) {
	axe := axeSource(t)
	h, ctx := startEvery(t), startBrowser(t)
	h.redis.SetTime(h.clock.now())
	h.use(limitSurvey, limitSurvey.Burst)
	const send = `for (const [name, value] of [["matter", "tax"], ["overall", "4"], ["quality.polite", "3"], ["quality.wise", "na"], ["quality.quick", "1"]])
		document.querySelector("[name='" + name + "'][value='" + value + "']").click();
		document.getElementById("wyslij").click(); true`
	states := []struct{ name, act, until string }{
		{"running", `true`, `typeof release === "function" && document.querySelector("#bledy progress").checkVisibility()`},
		{"done", `document.querySelector("#q-remarks").dispatchEvent(new Event("input", {bubbles: true})); release(); true`, `document.querySelector("[name=_solved]").value !== ""`},
	}
	onEachPage(t, ctx, holdWorker)
	for width, scheme := range map[int64]string{360: "light", 1280: "dark"} {
		look(t, ctx, width, scheme, h.address("wszystko", "/"), send)
		for _, state := range states {
			t.Run(fmt.Sprintf("%s/%d/%s", state.name, width, scheme), func(t *testing.T) {
				act(t, ctx, state.act, false)
				until(t, ctx, state.until)
				checkAxe(t, ctx, axe)
				shoot(t, ctx, fmt.Sprintf("work-%s-%d-%s", state.name, width, scheme))
			})
		}
	}
}

package web

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// visitor opens a browser of a resident of "warunki".
func visitor(t *testing.T, h *harness) *keyboard {
	t.Helper()
	return desk(t, &person{harness: h, slug: "warunki"})
}

// allowScript turns scripts of pages on or off.
func (k *keyboard) allowScript(allowed bool) {
	k.t.Helper()
	k.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !allowed})
		return err
	}))
}

// blockScript keeps survey.js from loading, or lets it load again.
func blockScript(t *testing.T, ctx context.Context, blocked bool) {
	t.Helper()
	err := chromedp.Do(ctx, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		if _, err := cdp.Call(ctx, target, network.Enable, network.EnableParams{}); err != nil {
			return err
		}
		_, err := cdp.Call(ctx, target, network.SetBlockedURLs, network.SetBlockedURLsParams{
			URLPatterns: []*network.BlockPattern{{URLPattern: "*://*:*/assets/survey.js*", Block: blocked}}})
		return err
	}))
	if err != nil {
		t.Fatal(err)
	}
}

// seen lists the questions on the screen with their numbers.
func (k *keyboard) seen() []string {
	k.t.Helper()
	list := k.read(`[...document.querySelectorAll("[data-label]")].filter((e) => e.checkVisibility()).map((e) => (e.parentElement.querySelector(".step")?.textContent ?? "-") + " " + e.textContent).join("|")`)
	return strings.Split(words(list), "|")
}

// choose clicks an answer, and wants it chosen.
func (k *keyboard) choose(field, value string) {
	k.t.Helper()
	k.do(chromedp.Click(chromedp.CSS(fmt.Sprintf(`label:has(> input[name=%q][value=%q])`, field, value))))
	until(k.t, k.ctx, fmt.Sprintf(`document.querySelector('input[name=%q][value=%q]').checked`, field, value)) // a Poll would need script
}

// reply gives the answers that are asked for on the screen, in the order of the survey.
func (k *keyboard) reply(q *survey.Questionnaire, values url.Values) {
	k.t.Helper()
	for _, field := range fieldsOf(q) {
		for _, value := range values[field] {
			state := k.read(fmt.Sprintf(`(() => {
				const e = [...document.getElementsByName(%q)].find((e) => !["radio", "checkbox"].includes(e.type) || e.value === %q);
				return !e || !e.checkVisibility() || e.disabled ? "away" : e.checked || e.type !== "radio" && e.type !== "checkbox" && e.value === %q ? "done" : e.type;
			})()`, field, value, value))
			switch state {
			case "radio", "checkbox":
				k.choose(field, value)
			case "text", "textarea":
				k.write(field, value)
			}
		}
	}
}

// write replaces what stands in a text field.
func (k *keyboard) write(field, text string) {
	k.t.Helper()
	box := fmt.Sprintf(`input[name=%[1]q]:not([type=checkbox]), textarea[name=%[1]q]`, field)
	k.do(chromedp.Focus(chromedp.CSS(box)), chromedp.Evaluate[chromedp.Void](`document.activeElement.select(), undefined`),
		chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
			_, err := cdp.Call(ctx, target, input.InsertText, input.InsertTextParams{Text: text})
			return err
		}))
	if got := k.read(fmt.Sprintf(`document.querySelector(%q).value`, box)); got != text {
		k.t.Fatalf("%s = %q after typing %q", field, got, text)
	}
}

// fieldsOf lists the fields of a survey in its order, with those of texts of options.
func fieldsOf(q *survey.Questionnaire) []string {
	layout := survey.NewLayout(q)
	var fields []string
	for _, slot := range layout.Slots {
		if slot.Option == "" {
			fields = append(fields, slot.Field())
			for _, o := range q.Question(slot.Question).Options {
				if o.Text {
					fields = append(fields, slot.Question+"."+o.Key)
				}
			}
		}
	}
	return fields
}

// With script all is on one page, without it comes a page at a time: both store the same.
func TestScriptAndPagesStoreTheSame(t *testing.T) {
	h := startRules(t)
	k := visitor(t, h)
	version, err := h.scope("warunki").PublishedVersion(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range map[string]url.Values{"unhappy": unhappy(), "happy": happy(), "an opt-out of a number": merge(happy(), url.Values{"minutes": {"na"}, "queue": {"nie było"}})} {
		sub, err := version.Fill(survey.Values(values), survey.ChannelWeb, h.web.today())
		if err != nil {
			t.Fatal(err)
		}
		want := strings.ReplaceAll(strings.Trim(fmt.Sprint(sub.Codes), "[]"), " ", ",")
		for n, script := range []bool{false, true} {
			k.allowScript(script)
			k.visit("/")
			pages := 1
			for ; pages < 9; pages++ {
				k.reply(&version.Questionnaire, values)
				k.load(200, chromedp.Click(chromedp.ID("wyslij")))
				if k.read(`location.pathname`) == "/dziekujemy" {
					break
				}
			}
			if script != (pages == 1) {
				t.Errorf("%s, script %t: %d pages", name, script, pages)
			}
			if got := h.count(`SELECT count(*) FROM submissions WHERE codes = string_to_array($1, ',')::smallint[]`, want); got != n+1 {
				t.Errorf("%s, script %t: %d with the codes %s, want %d; stored %v", name, script, got, want, n+1, h.stored("warunki"))
			}
		}
	}
}

func TestQuestionsComeAndGo(t *testing.T) {
	h := startRules(t)
	k := visitor(t, h)
	k.visit("/")
	k.wait(`document.getElementById("wyslij").textContent === "Wyślij ankietę"`)
	start := []string{"Pytanie 1 z 6 Czy sprawę załatwiono?", "Pytanie 2 z 6 Jak się Pani/Pan kontaktował/a?", "Pytanie 3 z 6 Ile minut trwało czekanie?",
		"Pytanie 4 z 6 Obsługa", "Pytanie 5 z 6 Co jest ważne i jak wypada?", "Pytanie 6 z 6 Czy poleci Pani/Pan urząd?"}
	if got := k.seen(); !slices.Equal(got, start) {
		t.Errorf("at first: %q", got)
	}
	said := func(want string) {
		t.Helper()
		k.wait(fmt.Sprintf(`document.querySelector("[role=status]").textContent.replaceAll("\u00a0", " ") === %q`, want))
	}
	said("")
	k.do(chromedp.Focus(chromedp.CSS(`[name=settled][value=partly]`)))
	k.press(kb.ArrowDown) // "no", by keys
	said("Dodano do ankiety: Przykro nam; Co było powodem?; Co poszło nie tak?")
	if at := k.read(`document.activeElement.name + document.activeElement.value`); at != "settledno" {
		t.Errorf("the focus went to %s", at)
	}
	if got := k.seen(); got[3] != "- Przykro nam" || got[4] != "Pytanie 4 z 8 Co było powodem?" || len(got) != 9 {
		t.Errorf("after no: %q", got)
	}
	k.see("Czego zabrakło", "Prosimy o szczegóły.")
	k.write("blame", "Zostaje, gdy wróci")
	k.choose("reason", "papers")
	k.choose("settled", "yes")
	said("Usunięto z ankiety: Przykro nam; Co było powodem?; Co poszło nie tak? Dodano do ankiety: Czy woli Pani/Pan listy?")
	miss(t, "the form", words(k.read(`[...document.querySelectorAll(".section")].filter((e) => e.checkVisibility()).map((e) => e.innerText).join(" ")`)), "Czego zabrakło", "Prosimy o szczegóły.", "Przykro nam")
	if got := k.read(`[...new FormData(document.getElementById("ankieta")).keys()].join()`); strings.Contains(got, "blame") || strings.Contains(got, "reason") || strings.Contains(got, "_page") || strings.Contains(got, "_do") {
		t.Errorf("what is hidden is sent: %s", got)
	}
	k.choose("settled", "partly")
	if got := k.read(`document.getElementById("q-blame").value + document.querySelector("[name=reason]").checked`); got != "Zostaje, gdy wrócitrue" {
		t.Errorf("what came back lost its answer: %q", got)
	}
	for _, step := range []struct{ typed, said string }{{"29", ""}, {"30", "Dodano do ankiety: Co działo się w kolejce?"}, {"241", "Usunięto z ankiety: Co działo się w kolejce?"}} {
		k.do(chromedp.Evaluate[chromedp.Void](`document.querySelector("[role=status]").textContent = "", undefined`))
		k.write("minutes", step.typed)
		said(step.said)
	}
	// Whatever hides the question in which the focus is, the focus stays on the screen.
	k.do(chromedp.Focus(chromedp.ID("q-blame")), chromedp.Evaluate[chromedp.Void](`(() => {
		const yes = document.querySelector("[name=settled][value=yes]");
		yes.checked = true;
		yes.dispatchEvent(new Event("input", {bubbles: true}));
	})()`))
	if at := k.read(`document.activeElement.name`); at != "settled" {
		t.Errorf("the focus was lost to %s", at)
	}
	k.do(chromedp.Click(chromedp.CSS(`[type=reset]`)))
	k.wait(`document.querySelectorAll(":checked").length === 0`)
	k.wait(fmt.Sprintf(`document.querySelector(".step").textContent.endsWith(" %d")`, len(start))) // the page decides after the browser has cleared
	if got := k.seen(); !slices.Equal(got, start) {
		t.Errorf("after clearing all: %q; want %q", got, start)
	}
}

// Who writes beside an option that is not chosen any more chooses it, and its rules hold at once.
func TestWritingChoosesWithScript(t *testing.T) {
	h := start(t)
	q := &survey.Questionnaire{Key: "a", Title: survey.PL("Ankieta"), Sections: []survey.Section{{Key: "a", Title: survey.PL("A"), Questions: []survey.Question{
		{Key: "one", Kind: survey.KindSingle, Label: survey.PL("Jedna?"), Options: []survey.Option{{Key: "a", Label: survey.PL("a")}, {Key: "other", Label: survey.PL("inna"), Text: true}}},
		{Key: "some", Kind: survey.KindMulti, Label: survey.PL("Kilka?"), Options: []survey.Option{{Key: "a", Label: survey.PL("a")}, {Key: "other", Label: survey.PL("inne"), Text: true}}},
		{Key: "more", Kind: survey.KindYesNo, Label: survey.PL("Czy więcej?"), ShowIf: &survey.Rule{All: []survey.Condition{{Question: "one", Is: []string{"other"}}, {Question: "some", Is: []string{"other"}}}}},
	}}}}
	h.create(t.Context(), store.NewTenant{Slug: "warunki", Questionnaire: q, Office: survey.Office{Name: "Urząd"}})
	h.refresh()
	k := visitor(t, h)
	k.visit("/")
	k.wait(`document.getElementById("wyslij").textContent === "Wyślij ankietę"`)
	for _, field := range []string{"one", "some"} {
		k.choose(field, "other")
		k.write(field+".other", "coś")
		k.choose(field, "a")
	}
	k.do(chromedp.Click(chromedp.CSS(`label:has(> [name=some][value=other])`)))
	k.wait(`!document.querySelector("[name=some][value=other]").checked && document.getElementById("q-more").closest("[data-if]").hidden`)
	k.write("one.other", "coś innego")
	k.write("some.other", "coś innego")
	k.wait(`document.querySelector("[name=one][value=other]").checked && document.querySelectorAll("[name=some]:checked").length === 2 && document.getElementById("q-more").checkVisibility()`)
}

// Five questions at once are told by three names.
func TestManyQuestionsAreToldInShort(t *testing.T) {
	h := start(t)
	q := &survey.Questionnaire{Key: "a", Title: survey.PL("Ankieta"), Languages: []string{"uk"}, Sections: []survey.Section{
		{Key: "a", Title: survey.PL("A"), Questions: []survey.Question{{Key: "q", Kind: survey.KindYesNo, Label: survey.PL("Czy więcej?")}}},
		{Key: "b", Title: survey.PL("B"), ShowIf: &survey.Rule{All: []survey.Condition{{Question: "q", Is: []string{"yes"}}}}}}}
	for i := range 5 {
		q.Sections[1].Questions = append(q.Sections[1].Questions, survey.Question{Key: fmt.Sprintf("q%d", i), Kind: survey.KindYesNo, Label: survey.Text{PL: "x", UK: fmt.Sprintf("Що %d?", i)}})
	}
	h.create(t.Context(), store.NewTenant{Slug: "warunki", Questionnaire: q, Office: survey.Office{Name: "Urząd"}})
	h.refresh()
	k := visitor(t, h)
	k.visit("/?lang=uk")
	k.wait(`document.getElementById("wyslij").textContent === "Надіслати анкету"`)
	k.choose("q", "yes")
	k.wait(`document.querySelector("[role=status]").textContent === "Додано до анкети: Що 0?; Що 1?; Що 2?; і\u00a0ще 2."`)
}

// Faults of a form that came whole lead to a whole form, in which the script goes on.
func TestFaultsWithScript(t *testing.T) {
	h := startRules(t)
	k := visitor(t, h)
	version, err := h.scope("warunki").PublishedVersion(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	k.visit("/?lang=en&p=okienko")
	k.wait(`document.getElementById("wyslij").textContent === "Send the survey"`)
	values := unhappy()
	delete(values, "reason")
	delete(values, "recommend")
	k.reply(&version.Questionnaire, values)
	k.load(422, chromedp.Click(chromedp.ID("wyslij")))
	k.wait(`document.activeElement.id === "bledy"`)
	k.see("2 answers to correct", "Question 4", "What was the reason?", "Question 11")
	if got := k.read(`document.querySelectorAll("template, [data-paged]").length + document.getElementById("wyslij").textContent`); got != "0Send the survey" {
		t.Errorf("the form is not whole: %s", got)
	}
	if got := k.read(`["ways.other", "minutes", "blame", "queue"].map((name) => document.getElementsByName(name)[0].value).join("|")`); got != "gołębiem|30|Nic nie działało.|tłok" {
		t.Errorf("kept: %s", got)
	}
	// Enter in a text field sends the survey, though the languages' buttons stand before.
	k.reply(&version.Questionnaire, url.Values{"reason": {"papers"}})
	k.do(chromedp.Focus(chromedp.ID("q-queue")))
	k.load(422, chromedp.KeyEvent(kb.Enter))
	k.see("1 answer to correct")
	k.load(200, chromedp.Click(chromedp.CSS(`.languages button[lang=uk]`)))
	k.wait(`document.getElementById("wyslij").textContent === "Надіслати анкету"`)
	k.see("Що пішло не так?")
	k.reply(&version.Questionnaire, unhappy())
	k.load(200, chromedp.Click(chromedp.ID("wyslij")))
	if at := k.read(`location.pathname + location.search`); at != "/dziekujemy?lang=uk" {
		t.Fatalf("sent, and on %s: %s", at, k.text())
	}
	if got := h.stored("warunki"); len(got) != 1 || got[0].Point != "okienko" {
		t.Errorf("stored %v", got)
	}
}

// Where the script does not load, the pages stay; where it loads late, on a page in the middle, it takes all answers along.
func TestScriptThatLoadsLate(t *testing.T) {
	h := startRules(t)
	k := visitor(t, h)
	version, err := h.scope("warunki").PublishedVersion(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	blockScript(t, k.ctx, true)
	k.visit("/")
	k.reply(&version.Questionnaire, unhappy())
	k.load(200, chromedp.Click(chromedp.ID("wyslij")))
	if got := k.seen(); got[0] != "- Przykro nam" || got[1] != "Pytanie 4 Co było powodem?" {
		t.Fatalf("without the script page 2 asks %q", got)
	}
	blockScript(t, k.ctx, false)
	k.reply(&version.Questionnaire, url.Values{"reason": {"papers"}})
	k.load(200, chromedp.Click(button("Wstecz")))
	k.wait(`document.getElementById("wyslij").textContent === "Wyślij ankietę"`)
	if got := k.seen(); got[0] != "Pytanie 1 z 10 Czy sprawę załatwiono?" || !slices.Contains(got, "Pytanie 4 z 10 Co było powodem?") {
		t.Errorf("with the script: %q", got)
	}
	k.reply(&version.Questionnaire, without(unhappy(), "reason"))
	k.load(200, chromedp.Click(chromedp.ID("wyslij")))
	if got := h.stored("warunki"); len(got) != 1 || !strings.HasPrefix(got[0].Codes, "{7,5,5,0,0,5,35,5,5,") {
		t.Errorf("stored %v", got)
	}
}

// A survey with rules loads two scripts of ours; others load one (see checkWords).
func TestRulesLoadTwoScripts(t *testing.T) {
	h := startRules(t)
	got := h.get("warunki", "/?lang=uk")
	total, scripts := h.weight("warunki", "/?lang=uk"), 0
	for _, m := range loads.FindAllStringSubmatch(got.body, -1) {
		if strings.HasPrefix(m[0], "<form") {
			continue
		}
		if !strings.HasPrefix(m[1], "/") || strings.HasPrefix(m[1], "//") {
			t.Errorf("the page loads %q", m[1])
		}
		if strings.HasPrefix(m[0], "<script") {
			scripts++
		}
		total += h.weight("warunki", m[1])
	}
	if scripts != 2 || strings.Count(got.body, "<script") != 2 || !strings.Contains(got.Header.Get("Content-Security-Policy"), "script-src 'self';") {
		t.Errorf("%d scripts are loaded under %s", scripts, got.Header.Get("Content-Security-Policy"))
	}
	if total > 30<<10 {
		t.Errorf("the page weighs %d bytes", total)
	}
}

package web

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// keyboard is a person at a browser who touches keys only, and how many.
type keyboard struct {
	*person
	ctx  context.Context
	keys int
}

// sitDown opens a page of the panel in a browser of its own, logged in.
func sitDown(t *testing.T, p *person, path string) *keyboard {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true), chromedp.UserDataDir(t.TempDir()))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start Chromium: %v", err)
	}
	t.Cleanup(func() { _ = chromedp.Cancel(ctx) })           // so that its files can be removed
	limited, stop := context.WithTimeout(ctx, 5*time.Minute) // each wait has its own, shorter patience
	t.Cleanup(stop)
	k := &keyboard{person: p, ctx: limited}
	if err := chromedp.Listen(ctx, func(event any) {
		if thrown, ok := event.(*runtime.EventExceptionThrown); ok {
			t.Errorf("the page threw: %v", thrown.ExceptionDetails)
		}
	}); err != nil {
		t.Fatal(err)
	}
	k.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, network.SetCookie, network.SetCookieParams{Name: p.cookie.Name, Value: p.cookie.Value, URL: p.address(p.slug, "/")})
		return err
	}), chromedp.Navigate(p.address(p.slug, path)))
	return k
}

func (k *keyboard) do(steps ...chromedp.Action[chromedp.Void]) {
	k.t.Helper()
	if err := chromedp.Do(k.ctx, steps...); err != nil {
		k.t.Fatalf("browser: %v\non the page: %s", err, k.read(`document.body.innerText.slice(0, 1500)`))
	}
}

// press types keys one after another.
func (k *keyboard) press(keys string) {
	k.t.Helper()
	for _, key := range keys {
		k.keys++
		k.do(chromedp.KeyEvent(string(key)))
	}
}

// read returns what an expression gives in the page.
func (k *keyboard) read(expression string) string {
	k.t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(k.ctx), 5*time.Second)
	defer cancel()
	got, err := chromedp.Run(ctx, chromedp.Evaluate[string]("String("+expression+")"))
	if err != nil {
		return "unreadable: " + err.Error()
	}
	return got
}

// wait waits until an expression is true in the page.
func (k *keyboard) wait(expression string) {
	k.t.Helper()
	if _, err := chromedp.Run(k.ctx, chromedp.Poll[bool](expression, chromedp.WithPollingTimeout(20*time.Second))); err != nil {
		k.t.Fatalf("waiting for %s: %v\nthe focus is at: %s\non the page: %s\ntold: %s", expression, err, k.read(`document.activeElement.outerHTML.slice(0, 300)`),
			k.read(`document.body.innerText.slice(0, 1500)`), k.read(`document.getElementById("told")?.textContent`))
	}
}

// waitTold waits until the page has told something in words.
func (k *keyboard) waitTold(words string) {
	k.t.Helper()
	k.wait(fmt.Sprintf(`document.getElementById("told")?.textContent.includes(%q)`, words))
}

// ready waits until a sheet is on the screen and its first stop has the focus.
func (k *keyboard) ready(number int) {
	k.t.Helper()
	k.wait(fmt.Sprintf(`document.getElementById("sheet")?.dataset.sheets === "%d" && document.activeElement.closest("[data-row]") !== null`, number-1))
}

// twentyRows is a questionnaire of 20 rows: a scale, a matrix of 17, a yes or no, and 0 to 10.
func twentyRows() *survey.Questionnaire {
	scale := &survey.Scale{Digits: true}
	for _, label := range []string{"bardzo źle", "źle", "średnio", "dobrze", "bardzo dobrze"} {
		scale.Points = append(scale.Points, survey.Point{Label: survey.PL(label)})
	}
	matrix := survey.Question{Key: "quality", Kind: survey.KindMatrix, Label: survey.PL("Jakość"), Scale: scale,
		OptOuts: []survey.OptOut{survey.NotApplicable, survey.NoOpinion}}
	for i := range 17 {
		matrix.Rows = append(matrix.Rows, survey.Row{Key: fmt.Sprintf("r%d", i), Label: survey.PL(fmt.Sprintf("Wiersz %d", i+1))})
	}
	return &survey.Questionnaire{Key: "ankieta", Title: survey.PL("Ankieta"), Sections: []survey.Section{{Key: "main", Title: survey.PL("Ocena"), Questions: []survey.Question{
		{Key: "overall", Kind: survey.KindScale, Label: survey.PL("Ocena ogólna"), Scale: scale},
		matrix,
		{Key: "settled", Kind: survey.KindYesNo, Label: survey.PL("Załatwiona?"), Partly: true},
		{Key: "recommend", Kind: survey.KindNPS, Label: survey.PL("Polecenie")},
	}}}}
}

// kept counts what the browser keeps of sheets that are not stored, of the account that is logged in.
func (k *keyboard) kept() string {
	k.t.Helper()
	k.wait(`!("keeping" in (document.getElementById("typing")?.dataset ?? {}))`)
	const count = `(async () => {
		const db = await new Promise((done, fail) => { const r = indexedDB.open("typing:" + %q); r.onsuccess = () => done(r.result); r.onerror = () => fail(r.error); });
		const n = await new Promise((done, fail) => { const r = db.transaction("kept").objectStore("kept").count(); r.onsuccess = () => done(r.result); r.onerror = () => fail(r.error); });
		db.close();
		return String(n);
	})()`
	n, err := chromedp.Run(k.ctx, chromedp.Evaluate[string](fmt.Sprintf(count, k.login), chromedp.EvalAwaitPromise))
	if err != nil {
		k.t.Fatalf("count what is kept: %v", err)
	}
	return n
}

// Sheets of 20 rows by keys alone, at most 3 keys a sheet more than rows, without a code (paper: typing). What was pressed
// before a sheet was stored is the next one's.
func TestTypeSheetsByKeys(t *testing.T) {
	h := start(t)
	h.create(context.Background(), store.NewTenant{Slug: "klawisze", Office: survey.Office{Name: "Urząd Gminy Klawisze"}, Questionnaire: twentyRows()})
	h.refresh()
	p := h.logIn("klawisze", store.RoleEmployee)
	batch := openPaperBatch(t, p, nil)
	k := sitDown(t, p, batch+"/arkusz")
	sheets := []string{
		kb.Enter + "5" + "12345-/.*54321123" + "2" + "+" + kb.Enter, // no code, which the next sheets don't ask for again; overall, 17 rows, partly, 10
		"4" + "55555555555555555" + "1" + "0" + kb.Enter,
		"3" + "1" + kb.Backspace + "2" + "2222222222222222" + "3" + "5" + kb.Enter, // a slip
		"2" + "*,/-1234512345123" + "1" + "9" + kb.Enter,
	}
	k.ready(1)
	k.do(chromedp.Evaluate[chromedp.Void](`window.real = fetch, window.fetch = (...a) => new Promise((go) => { window.go = () => go(window.real(...a)) }), undefined`)) // a slow network
	for i, keys := range sheets {
		before := k.keys
		k.press(keys[:len(keys)-1])
		if i+1 < len(sheets) {
			k.press(kb.Enter)
			k.press(sheets[i+1][:1]) // ahead
			sheets[i+1] = sheets[i+1][1:]
			k.wait(`window.go !== undefined`)
			k.do(chromedp.Evaluate[chromedp.Void](`go(), delete window.go, undefined`))
		} else {
			k.do(chromedp.Evaluate[chromedp.Void](`window.fetch = window.real, undefined`))
			k.press(kb.Enter)
		}
		k.wait(fmt.Sprintf(`document.getElementById("sheet").dataset.sheets === "%d"`, i+1))
		if used := k.keys - before; used > 20+3 {
			t.Errorf("sheet %d took %d keys, want at most 23", i+1, used)
		}
	}
	k.waitTold("Arkusz zapisany jako nr\u00a04")
	wantCodes := []string{
		"{9,5,6,7,8,9,1,2,0,3,9,8,7,6,5,5,6,7,6,15}", "{8,9,9,9,9,9,9,9,9,9,9,9,9,9,9,9,9,9,5,5}",
		"{7,6,6,6,6,6,6,6,6,6,6,6,6,6,6,6,6,6,7,10}", "{6,3,0,2,1,5,6,7,8,9,5,6,7,8,9,5,6,7,5,14}",
	}
	for i, want := range wantCodes {
		var got string
		if err := h.owner.QueryRow(`SELECT s.codes FROM submissions s JOIN batch_sheets bs ON bs.submission_id = s.id WHERE bs.number = $1`, i+1).Scan(&got); err != nil || got != want {
			t.Errorf("sheet %d holds %s, %v; want %s", i+1, got, err, want)
		}
	}
	if n, _ := counts(t, h, "klawisze"); n != len(sheets) {
		t.Errorf("n = %d; want %d", n, len(sheets))
	}
	if left := k.kept(); left != "0" {
		t.Errorf("%s sheets are kept in the browser after saving, want none", left)
	}
}

// A sheet of the shipped questionnaire with everything that can happen at the keys.
func TestTypeWithCorrectionsAndFaults(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleEmployee)
	version := publishedID(t, h, "osielsko")
	short, _, _ := printed(t, h, "osielsko", version)
	foreign, _, _ := printed(t, h, "dobrcz", publishedID(t, h, "dobrcz"))
	batch := openPaperBatch(t, p, nil)
	k := sitDown(t, p, batch+"/arkusz")
	k.ready(1)

	k.press(foreign + kb.Enter)
	k.waitTold("nie jest z tego urzędu")
	k.wait(`document.activeElement.id === "code"`)
	k.press(strings.ToLower(short) + kb.Enter) // the wrong one is selected, so that this one replaces it
	k.waitTold("Arkusz o numerze")
	k.press("8pokój 3" + kb.Enter)          // another department: its line opens
	k.press("1" + "3" + "1" + kb.Enter)     // matters: the first one is taken back
	k.press("9")                            // no such way of contact
	k.waitTold("Klawisz 9 nie oznacza")     //
	k.press("1" + kb.Backspace + "2" + "-") // in person, no: by phone; settled: not applicable
	k.press("5" + "*" + ".")                // three rows
	k.written()
	k.do(chromedp.Navigate(p.address("osielsko", batch+"/arkusz"))) // an accident
	k.waitTold("Przywrócono")
	k.press(kb.Enter + kb.Enter + kb.Enter + kb.Enter + kb.Enter + kb.Enter + kb.Enter + kb.Enter + kb.Enter) // code, five questions, three rows
	k.press(strings.Repeat("4", 17) + "5")                                                                    // the other rows, overall
	k.press(kb.Enter)                                                                                         // nothing to improve
	k.press("Miło. Tel. 601 234 567")                                                                         //
	k.press(kb.Enter + "1" + "2" + "3" + "1")                                                                 // remarks, profile; the last question stays blank
	stored := func() int { return h.count(`SELECT count(*) FROM submissions WHERE tenant_id = $1`, h.ids["osielsko"]) }

	// The network is away: the sheet waits and typing goes on. Then it breaks after the sheet was stored. Nothing is lost,
	// nothing doubled.
	k.do(chromedp.Evaluate[chromedp.Void](`window.real = fetch, window.fetch = () => Promise.reject(new TypeError("away")), undefined`))
	k.press(kb.Enter)
	k.waitTold("Nie ma połączenia z\u00a0serwisem")
	if n := stored(); n != 0 {
		t.Fatalf("stored without a network: %d", n)
	}
	k.wait(`document.getElementById("kept").innerText.includes("czekają")`)
	k.do(chromedp.Evaluate[chromedp.Void](`window.fetch = async (...a) => { await window.real(...a); window.cut = true; throw new TypeError("cut") }, dispatchEvent(new Event("online")), undefined`))
	k.wait(`window.cut`)
	if n := stored(); n != 1 {
		t.Fatalf("stored although the answer was lost: %d, want 1", n)
	}
	k.do(chromedp.Evaluate[chromedp.Void](`window.fetch = window.real, undefined`)) // it tries again by itself
	k.waitTold("Zaległy arkusz wysłany. Arkusz zapisany jako nr\u00a01")
	k.wait(`document.getElementById("kept").hidden`)

	n, got := counts(t, h, "osielsko")
	want := map[string]int64{"department/=12": 1, "matter/=5": 1, "matter/waste=5": 1, "contact/=6": 1, "settled/=1": 1, "overall/=9": 1, "remarks/=5": 1,
		"sex/=5": 1, "age/=6": 1, "education/=7": 1, "residence/=5": 1, "quality.signs/=9": 1, "quality.comfort/=3": 1}
	v, err := h.scope("osielsko").PublishedVersion(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range v.Questionnaire.Question("quality").Rows[3:] {
		want["quality."+row.Key+"/=8"] = 1
	}
	if diff := cmp.Diff(want, got); n != 1 || diff != "" {
		t.Errorf("n = %d, want 1; tally (-want +got):\n%s", n, diff)
	}
	if h.count(`SELECT count(*) FROM remarks WHERE text IN ('pokój 3', 'Miło. Tel. [TELEFON]')`) != 2 {
		t.Error("the texts were not kept as they were typed, without the number")
	}
	if h.count(`SELECT count(*) FROM batch_sheets WHERE serial IS NOT NULL`) != 1 {
		t.Error("the sheet's serial was not kept")
	}

	// The batch is closed by somebody else: told, and what was typed stays.
	k.ready(2)
	k.press(kb.Enter + "1")
	h.logIn("osielsko", store.RoleAdministrator).post(batch+"/zamknij", url.Values{})
	k.do(chromedp.Evaluate[chromedp.Void](`document.querySelector("#sheet").requestSubmit(), undefined`))
	k.waitTold("zamkniętej partii")
	if got := k.read(`new FormData(document.getElementById("sheet")).get("department")`); got != "office" {
		t.Errorf("department on the screen after a refusal = %q, want it kept", got)
	}
}

// Words in a line "jakie?" are never lost: the line stays, words choose its option, and beside another answer the typist is
// asked which.
func TestTypeWordsOfAnOption(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleEmployee)
	batch := openPaperBatch(t, p, nil)
	k := sitDown(t, p, batch+"/arkusz")
	k.ready(1)
	department := func() string {
		return k.read(`new FormData(document.getElementById("sheet")).get("department") + " " + document.getElementById("w-department.other").hidden`)
	}
	k.press(kb.Enter + "8" + "pokój 3" + kb.Enter) // no code, another department
	k.do(chromedp.Click(chromedp.CSS(`#w-department .pick:has([data-key="1"])`)))
	if got := department(); got != "office false" {
		t.Errorf("after another department: %s, want the line to stay", got)
	}
	k.do(chromedp.Evaluate[chromedp.Void](`document.querySelector("#sheet").requestSubmit(), undefined`))
	k.waitTold("zaznaczono inną odpowiedź")
	k.wait(`document.activeElement.closest("[data-row]")?.id === "w-department.other" && document.activeElement.value === "pokój 3"`)
	k.press("a")
	if got := department(); got != "other false" {
		t.Errorf("after words: %s, want their option", got)
	}
	k.do(chromedp.Click(chromedp.CSS(`#w-department .pick:has([value=unreadable])`)), chromedp.Focus(chromedp.CSS(`[id="w-department.other-t"]`)))
	k.press("b")
	if got := department(); got != "unreadable false" {
		t.Errorf("what can't be read: %s, want it kept", got)
	}
	k.do(chromedp.Evaluate[chromedp.Void](`document.querySelector("#sheet").requestSubmit(), undefined`))
	k.waitTold("Arkusz zapisany")
	if h.count(`SELECT count(*) FROM remarks WHERE question = 'department.other' AND text LIKE '%pokój 3%'`) != 1 {
		t.Error("the words were lost")
	}
}

// The form's fields are the resident form's, so that one Fill reads both; where each scale has a table of its own, in
// the order of the paper.
func TestEntryHasEveryField(t *testing.T) {
	h := start(t)
	for _, name := range []string{"default.yaml", "importance.yaml", "call.yaml", "short.yaml"} {
		q := h.questionnaire(name)
		version := &survey.Version{Questionnaire: *q, Layout: survey.NewLayout(q)}
		groups, err := entryGroups(version, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		var got, want []string
		for _, g := range groups {
			for _, row := range g.Rows {
				if row.When == "" {
					got = append(got, row.Field)
				}
			}
		}
		for _, slot := range version.Layout.Slots {
			if slot.Option == "" {
				want = append(want, slot.Field())
			}
		}
		if name == "importance.yaml" {
			slices.Sort(got)
			slices.Sort(want)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: fields = %v\nwant %v", name, got, want)
		}
	}
}

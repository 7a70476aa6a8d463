package web

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"ocenaurzedu.eu/pkg/store"
)

// TestScanScreens looks at the screens of verification on a phone and at a desk, and works them by keys: a choice, one
// taken back, questions that read alike, the corners of a page, a whole sheet.
func TestScanScreens(t *testing.T) {
	axe := axeSource(t)
	h, runner := startScanning(t)
	run := shortOffice(t, h)
	p := h.logIn("krotki", store.RoleEmployee)
	batch := openScanBatch(t, p)
	page := run.filled(t, "grey", run.first, 1, 3)
	files := []scanFile{{"polowa.jpg", asJPEG(t, page.Image, 0.3)}}
	for i := range int64(4) {
		files = append(files, scanFile{fmt.Sprintf("%d.jpg", i), run.filled(t, "grey", run.first+i, 1, uint64(100+i)).File})
	}
	sendScans(t, p, batch, files...)
	work(t, runner)
	// Two boxes at once, as somebody may have marked them, and two blanks that the reading was not sure of.
	for _, statement := range []string{
		`UPDATE scan_questions SET audit = false, flagged = false`,
		`UPDATE scan_questions SET flagged = true, reason = 'several_marks', proposal = '{3,4}' WHERE field = 'overall' AND id = (SELECT min(id) FROM scan_questions WHERE field = 'overall')`,
		`UPDATE scan_questions SET flagged = true, reason = 'ink_beside', proposal = '{}' WHERE field IN ('staff', 'speed') AND id > (SELECT min(id) FROM scan_questions WHERE field = 'overall')`,
	} {
		if _, err := h.owner.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	k := sitDown(t, p, batch)
	w := walk(k, axe)
	k.load(200, chromedp.Click(chromedp.CSS(`a[href$="/weryfikacja"]`)))
	first := k.question()
	w.inspect("pytanie", "Sprawdzanie odpowiedzi", "Skanowanie")
	k.press("s")
	k.wait(`document.querySelector("#queue article:not([hidden]) .whole").open`)
	w.shot("cala-strona")
	k.press("s")
	k.do(chromedp.Evaluate[chromedp.Void](`document.activeElement.blur(), undefined`))
	k.press(kb.Enter)
	k.wait(`document.getElementById("told").textContent === "Prosimy wybrać odpowiedź."`)
	k.press("3")
	k.until(fmt.Sprintf(`document.querySelector("#queue article:not([hidden], [data-sent])")?.dataset.question !== %q`, first.id))
	if n := h.count(`SELECT count(*) FROM scan_decisions WHERE value = '{3}'`); n != 1 {
		k.until(`document.querySelector("[data-sent]") === null`)
	}
	k.load(200, chromedp.KeyEvent("u"))
	if again := k.question(); again.id != first.id || h.count(`SELECT count(*) FROM scan_decisions`) != 0 {
		t.Errorf("taken back: question %s, want %s, and no decision left", again.id, first.id)
	}
	k.press("3")
	k.until(fmt.Sprintf(`document.querySelector("#queue article:not([hidden], [data-sent])")?.dataset.question !== %q`, first.id))
	k.until(`document.querySelector("[data-sent]") === null`)
	k.load(200, chromedp.Click(chromedp.CSS(`#queue article:not([hidden]) a[href$="/podobne"]`)))
	w.inspect("podobne", "Podobne odpowiedzi", "Skanowanie")
	k.load(200, chromedp.Click(button("Przyjmij zaznaczone")))
	k.see("Do zrobienia", "nie rozpoznano")
	if n := h.count(`SELECT count(*) FROM scan_decisions`); n < 3 {
		t.Errorf("%d decisions, want those of the grid too", n)
	}

	k.load(200, chromedp.Click(chromedp.CSS(`.tasks a[href*="/strony/"]`)))
	k.wait(`document.querySelector("#handles:not([hidden]) [data-corner]") !== null`)
	w.inspect("rogi", "polowa.jpg, strona 1", "Skanowanie")
	k.do(chromedp.Evaluate[chromedp.Void](`window.before = Number(document.getElementById("x2").value), document.querySelector('[data-corner="2"]').focus(), undefined`))
	k.press(kb.ArrowRight + kb.ArrowDown)
	k.wait(`Number(document.getElementById("x2").value) === before + 3 && document.getElementById("corners").checked`)
	k.visit(batch)
	k.load(200, chromedp.Click(chromedp.CSS(`a[href*="/arkusze/"]`)))
	w.inspect("arkusz", "Arkusz 0001", "Skanowanie")
	k.do(chromedp.EmulateViewport(1280, 900))
}

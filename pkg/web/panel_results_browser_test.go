package web

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	cdpage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"ocenaurzedu.eu/pkg/store"
)

// follow reaches a link or a button and waits for the page that Enter leads to.
func (k *keyboard) follow(selector string) {
	k.t.Helper()
	k.reach(selector)
	k.load(200, chromedp.KeyEvent(kb.Enter))
}

// An employee reads the results by keys: filters, a cross-tab, a search, and a theme on what was found.
func TestResultsByKeys(t *testing.T) {
	h := start(t)
	h.ratedTwoYears("osielsko", 400)
	k := sitDown(t, h.logIn("osielsko", store.RoleEmployee), "/panel")
	k.follow(`nav.tabs a[href="/panel/wyniki"]`)
	k.wait(`document.querySelector(".hero") !== null`)
	k.see("Ostatnie 12 miesięcy", "Ocena ogólna", "wzrost")

	// the previous year, then two channels of it
	k.follow(`.scope .views a[href*="poprzedni-rok"]`)
	k.wait(`document.querySelector("#zakres").innerText.includes("31\u00a0grudnia")`)
	k.enter(`.scope summary`)
	k.tick(`input[name=kanal][value=qr]`)
	k.tick(`input[name=kanal][value=kiosk]`)
	k.follow(`.scope form button`)
	k.wait(`document.querySelector(".scope .hint").innerText.includes("kod QR, kiosk")`)
	if got := k.read(`location.search`); !strings.Contains(got, "kanal=qr") || !strings.Contains(got, "kanal=kiosk") || !strings.Contains(got, "od=2025-01-01") {
		t.Errorf("the filter is not in the address: %s", got)
	}

	// a cross-tab; the filter goes along
	k.follow(`.parts a[href^="/panel/wyniki/przekroj"]`)
	k.wait(`document.querySelector("table.cross") !== null && location.search.includes("kanal=kiosk")`)
	k.reach("#wiersze")
	k.press("czy s") // a list chooses by typing
	k.wait(`document.querySelector("#wiersze").value === "settled"`)
	k.reach("#kolumny")
	k.press("miesi")
	k.wait(`document.querySelector("#kolumny").value === "-month"`)
	k.follow(`.builder button`)
	k.wait(`document.querySelector("#tabela")?.innerText.includes("miesiąc") && location.search.includes("wiersze=settled")`)
	k.wait(`document.querySelector(".scope .hint").innerText.includes("kod QR, kiosk")`)

	// a search over everything, and a theme on all that it finds
	k.visit("/panel/wyniki/uwagi?okres=wszystko")
	k.reach("#szukaj")
	k.fill("szukaj", "kolejki")
	k.load(200, chromedp.KeyEvent(kb.Enter))
	k.wait(`document.querySelector("#znalezione")?.innerText.includes("kolejki") && document.querySelectorAll(".found mark").length > 5`)
	k.reach("#zakres-uwag")
	k.press(kb.ArrowDown)
	k.reach("#nazwa")
	k.fill("nazwa", "Kolejki i czekanie")
	k.load(200, chromedp.KeyEvent(kb.Enter))
	k.wait(`document.querySelector(".notice.success")?.innerText.includes("Kolejki i czekanie")`)
	k.wait(`document.querySelectorAll(".found .tags").length === document.querySelectorAll(".found > li").length`)

	// some others by their boxes: the whole page at once
	k.visit("/panel/wyniki/uwagi?okres=wszystko&szukaj=parking")
	k.tick("#cala-strona")
	k.wait(`[...document.querySelectorAll("[name=remark]")].every((box) => box.checked)`)
	k.reach("#nazwa", true)
	k.fill("nazwa", "Parking")
	k.load(200, chromedp.KeyEvent(kb.Enter))
	k.wait(`document.querySelector(".notice.success")?.innerText.includes("„Parking” nadano")`)
	k.follow(`.tags a`)
	k.wait(`document.querySelector("#temat").selectedOptions[0].text.startsWith("Parking")`)

	// a filter that makes no sense is told, with the focus on what is wrong
	k.load(422, chromedp.Navigate(k.address("osielsko", "/panel/wyniki?od=2026-02-01&do=2026-01-01")))
	k.wait(`document.activeElement.id === "bledy"`)
}

// All that the keys did works without script too.
func TestResultsWithoutScript(t *testing.T) {
	h := start(t)
	h.remarked("osielsko", wrote...)
	k := sitDown(t, h.logIn("osielsko", store.RoleEmployee), "/panel/wyniki/uwagi")
	k.scripts(false)
	k.visit("/panel/wyniki/uwagi?szukaj=parking")
	k.fill("nazwa", "Parking")
	k.do(chromedp.Click(chromedp.CSS("[name=remark]")))
	k.load(200, chromedp.Click(button("Nadaj temat")))
	k.see("Temat „Parking” nadano: 1 uwaga.")
	k.visit("/panel/wyniki/tematy")
	k.do(chromedp.Click(chromedp.CSS(".themes summary")))
	k.load(200, chromedp.Click(button("Usuń temat")))
	k.see("Usunięto temat.")
}

// Every page of the results, at a desk and on a phone, by day and by night.
func TestResultsAreAccessible(t *testing.T) {
	axe := axeSource(t)
	h, ctx := start(t), startBrowser(t)
	h.ratedTwoYears("osielsko", 600)
	h.answer("dobrcz", given{n: 3})
	p, supervisor, other := h.logIn("osielsko", store.RoleEmployee), h.logIn("osielsko", store.RoleSupervisor), h.logIn("dobrcz", store.RoleEmployee)
	for theme, word := range map[string]string{"Kolejki": "kolejka", "Parking": "parking"} {
		p.post("/panel/wyniki/uwagi?okres=wszystko", map[string][]string{"akcja": {"tag"}, "zakres": {"wszystkie"}, "okres": {"wszystko"}, "szukaj": {word}, "nazwa": {theme}})
	}
	const unfold = `for (const e of document.querySelectorAll("main details")) e.open = true; true`
	states := []struct {
		name, path, script string
		who                *person
	}{
		{"wyniki", "/panel/wyniki", "", p},
		{"wyniki-rozwiniete", "/panel/wyniki?okres=wszystko", unfold, p},
		{"wyniki-malo", "/panel/wyniki", "", other},
		{"wyniki-blad", "/panel/wyniki?od=2026-02-01&do=2026-01-01&kanal=faks", "", p},
		{"przekroj", "/panel/wyniki/przekroj?okres=wszystko", "", p},
		{"przekroj-wiele", "/panel/wyniki/przekroj?okres=wszystko&wiersze=improve&kolumny=sex", "", p},
		{"przekroj-nominalny", "/panel/wyniki/przekroj?okres=wszystko&wiersze=department&kolumny=-point", "", p},
		{"przekroj-malo", "/panel/wyniki/przekroj?od=2026-02-20&do=2026-03-10&kolumny=-channel", "", p},
		{"przekroj-blad", "/panel/wyniki/przekroj?wiersze=nie_ma&kolumny=-pogoda", "", p},
		{"uwagi-wyniki", "/panel/wyniki/uwagi?okres=wszystko&szukaj=kolejka", "", p},
		{"uwagi-nadzor-wyniki", "/panel/wyniki/uwagi", "", supervisor},
		{"tematy", "/panel/wyniki/tematy?okres=wszystko", unfold, p},
	}
	for _, state := range states {
		become(t, ctx, state.who)
		for _, width := range []int64{360, 1280} {
			for _, scheme := range []string{"light", "dark"} {
				t.Run(fmt.Sprintf("%s/%d/%s", state.name, width, scheme), func(t *testing.T) {
					look(t, ctx, width, scheme, h.address(state.who.slug, state.path), "")
					act(t, ctx, state.script, false)
					checkAxe(t, ctx, axe)
					shoot(t, ctx, fmt.Sprintf("%s-%d-%s", state.name, width, scheme))
				})
			}
		}
	}
}

// The results print on A4 without losing anything to the right, and with all that is folded on the screen.
func TestResultsPrint(t *testing.T) {
	h := start(t)
	h.ratedTwoYears("osielsko", 400)
	k := sitDown(t, h.logIn("osielsko", store.RoleEmployee), "/panel/wyniki?okres=wszystko")
	k.wait(`document.querySelector(".hero") !== null`)
	if _, err := chromedp.Call(k.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"}); err != nil {
		t.Fatal(err)
	}
	k.do(chromedp.EmulateViewport(718, 1000)) // A4 without its margins, at 96 dpi
	k.wait(`document.documentElement.scrollWidth <= window.innerWidth`)
	k.wait(`[...document.querySelectorAll("main .row, .scope form, nav.tabs, .views")].every((e) => e.offsetParent === null)`)
	width, height, margin := 8.27, 11.69, 0.4
	got, err := chromedp.Call(k.ctx, cdpage.PrintToPDF, cdpage.PrintToPDFParams{PaperWidth: width, PaperHeight: height, MarginTop: &margin, MarginBottom: &margin, MarginLeft: &margin, MarginRight: &margin})
	if err != nil || len(got.Data) < 10_000 {
		t.Fatalf("print: %d bytes, %v", len(got.Data), err)
	}
	if dir := os.Getenv("SCREENSHOTS"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, "wyniki.pdf"), []byte(got.Data), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

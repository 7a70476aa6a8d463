package web

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// waitCard waits until the focus is on the remark with a text.
func (k *keyboard) waitCard(piece string) {
	k.t.Helper()
	k.wait(fmt.Sprintf(`document.activeElement.matches(".remark") && document.activeElement.innerText.includes(%q)`, piece))
}

// A queue of five is reviewed by keys alone.
func TestRemarksByKeys(t *testing.T) {
	h := start(t)
	h.remarked("osielsko", "Pani Kowalska z kasy niemiła.", "Miła obsługa.", "Wulgarna uwaga.", "Za mało krzeseł.", "Krótka kolejka.")
	k := sitDown(t, h.logIn("osielsko", store.RoleEmployee), "/panel/uwagi")
	k.waitCard("Kowalska") // the unsure one comes first
	k.press("u")
	k.wait(`document.activeElement.matches("[name=word]") && document.activeElement.parentElement.innerText === "Kowalska" && document.activeElement.checked`)
	k.press(kb.Enter)
	k.waitTold("Ukryto.")
	k.waitCard("Pani [NAZWISKO] z kasy niemiła.")
	k.press("z")
	k.waitTold("Zatwierdzono uwagę.")
	k.waitCard("Miła obsługa.")
	k.press("z")
	k.waitCard("Wulgarna")
	k.press("w")
	k.waitTold("Wstrzymano uwagę.")
	k.waitCard("krzeseł")
	k.press("c") // the last decision is taken back, and the focus goes there
	k.waitCard("Wulgarna")
	k.press(kb.ArrowDown + kb.ArrowUp)
	k.waitCard("Wulgarna")
	k.press("w")
	k.waitCard("krzeseł")
	k.press("z")
	k.waitCard("kolejka")
	k.press("u" + kb.ArrowRight + " ") // words are chosen by arrows and the space bar
	k.wait(`document.querySelectorAll("[name=word]:checked").length === 1 && document.activeElement.parentElement.innerText.startsWith("kolejka")`)
	k.press(kb.Escape)
	k.waitCard("kolejka")
	k.press("z")
	k.wait(`document.body.innerText.includes("Żadna uwaga nie czeka na przejrzenie") && document.activeElement.id === "done"`)
	if k.keys > 18 {
		t.Errorf("five remarks took %d keys", k.keys)
	}
	k.wait(`!document.querySelector("nav.tabs").innerText.includes("czeka")`)
	for text, want := range map[string]survey.RemarkState{"Pani [NAZWISKO] z kasy niemiła.": "approved", "Miła": "approved", "Wulgarna": "withheld", "krzeseł": "approved", "Krótka kolejka.": "approved"} {
		if got := h.remark("osielsko", text); got.State != want {
			t.Errorf("%q is %s, want %s", text, got.State, want)
		}
	}
}

// Two reviewers at one remark, and one without script.
func TestRemarksInTheBrowser(t *testing.T) {
	h := start(t)
	h.remarked("osielsko", "Pani Kowalska z kasy niemiła.", "Miła obsługa.")
	p := h.logIn("osielsko", store.RoleEmployee)
	k := sitDown(t, p, "/panel/uwagi")
	k.waitCard("Kowalska")
	other, r := h.logIn("osielsko", store.RoleAdministrator), h.remark("osielsko", "Kowalska")
	other.post("/panel/uwagi/"+r.ID, reviewing("withhold", r))
	k.press("z")
	k.wait(`document.activeElement.id === "fault" && document.activeElement.innerText.includes("w międzyczasie wstrzymano")`)
	if h.remark("osielsko", "Kowalska").State != survey.RemarkWithheld {
		t.Error("the slower one went through")
	}
	k.do(chromedp.Click(chromedp.CSS(".remark mark, .remark summary"))) // by mouse
	k.wait(`document.querySelector(".remark details").open`)

	k.scripts(false)
	k.visit("/panel/uwagi?stan=wstrzymane")
	k.load(200, chromedp.Click(button("Cofnij wstrzymanie")))
	k.see("Cofnięto. Uwaga znów czeka na przejrzenie.")
	k.visit("/panel/uwagi?stan=niepewne")
	k.do(chromedp.Click(chromedp.CSS("summary")))
	k.load(200, chromedp.Click(button("Ukryj zaznaczone")))
	k.see("Ukryto.")
	if got := h.remark("osielsko", "Pani"); got.Text != "Pani [NAZWISKO] z kasy niemiła." {
		t.Errorf("without script the text became %q", got.Text)
	}
}

// The queue in its states, at a desk and on a phone, by day and by night.
func TestRemarkPagesAreAccessible(t *testing.T) {
	axe := axeSource(t)
	h, ctx := start(t), startBrowser(t)
	h.remarked("osielsko", kowalska+", dz. 123/4, sprawa GK.6220.1.2025. Mój pesel 02070803627.", "Brak", "brak.", "Za długo czekałem w kolejce,\ntylko jedno okienko było czynne. Tel. 600 100 201", "Miła obsługa.")
	for i := range 25 {
		h.remarked("osielsko", fmt.Sprintf("Uwaga numer %d: przydałaby się ławka przed budynkiem.", i))
	}
	p := h.logIn("osielsko", store.RoleEmployee)
	r := h.remark("osielsko", "Miła")
	p.post("/panel/uwagi/"+r.ID, reviewing("approve", r))
	const open = `document.querySelector(".remark details").open = true; `
	states := []versionState{
		{name: "uwagi", path: "/panel/uwagi", who: p},
		{name: "uwagi-zatwierdzono", path: "/panel/uwagi?zrobiono=zatwierdzono&uwaga=" + r.ID, who: p},
		{name: "uwagi-odmowa", path: "/panel/uwagi", who: p, script: open + `document.querySelectorAll("[name=word]").forEach((e) => e.checked = false);
			const f = document.querySelector(".remark form"), b = document.createElement("input"); b.type = "hidden"; b.name = "do"; b.value = "redact"; f.append(b); f.submit(); true`},
		{name: "uwagi-zatwierdzone", path: "/panel/uwagi?stan=zatwierdzone", who: p},
		{name: "uwagi-brak", path: "/panel/uwagi?stan=wstrzymane", who: p},
		{name: "uwagi-nadzor", path: "/panel/uwagi?strona=2", who: h.logIn("osielsko", store.RoleSupervisor)},
		{name: "uwagi-pusto", path: "/panel/uwagi", who: h.logIn("dobrcz", store.RoleEmployee)},
		{name: "start-uwagi", path: "/panel", who: p},
	}
	for _, state := range states {
		become(t, ctx, state.who)
		for _, width := range []int64{360, 1280} {
			for _, scheme := range []string{"light", "dark"} {
				t.Run(fmt.Sprintf("%s/%d/%s", state.name, width, scheme), func(t *testing.T) {
					look(t, ctx, width, scheme, h.address(state.who.slug, state.path), state.script)
					if state.script != "" {
						until(t, ctx, `document.activeElement?.id === "fault"`)
					}
					checkAxe(t, ctx, axe)
					shoot(t, ctx, fmt.Sprintf("%s-%d-%s", state.name, width, scheme))
				})
			}
		}
	}
}

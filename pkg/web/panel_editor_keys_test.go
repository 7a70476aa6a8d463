package web

import (
	"context"
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// reach presses Tab, or Shift and Tab, until what a selector names has the focus.
func (k *keyboard) reach(selector string, back ...bool) {
	k.t.Helper()
	tab := chromedp.KeyEvent(kb.Tab)
	if len(back) > 0 {
		tab = chromedp.KeyEvent(kb.Tab, chromedp.KeyModifiers(chromedp.ModifierShift))
	}
	for range 150 {
		if k.read(fmt.Sprintf(`document.activeElement.matches(%q)`, selector)) == "true" {
			return
		}
		k.do(tab)
	}
	k.t.Fatalf("no Tab reaches %s; the focus is at %s\non the page: %s", selector, k.read(`document.activeElement.outerHTML.slice(0, 300)`), k.text())
}

// enter reaches something and presses Enter there.
func (k *keyboard) enter(selector string, back ...bool) {
	k.t.Helper()
	k.reach(selector, back...)
	k.do(chromedp.KeyEvent(kb.Enter))
}

// tick reaches a box and presses space.
func (k *keyboard) tick(selector string) {
	k.t.Helper()
	k.reach(selector)
	k.do(chromedp.KeyEvent(" "))
	k.wait(fmt.Sprintf(`document.querySelector(%q)?.checked`, selector))
}

// settled waits until the editor has saved and has nothing under way.
func (k *keyboard) settled() {
	k.t.Helper()
	k.wait(`document.getElementById("stan").textContent.startsWith("Zapisano")`)
}

// addQuestion adds a question of a kind to the last section and writes its wording.
func (k *keyboard) addQuestion(kind survey.Kind, label string) {
	k.t.Helper()
	n := k.read(`document.querySelectorAll(".ed-question").length`)
	k.enter(`.ed-section:nth-last-of-type(1) .ed-add > summary`)
	k.enter(fmt.Sprintf(`.ed-section:nth-last-of-type(1) .ed-add button[value=%q]`, kind))
	k.wait(fmt.Sprintf(`document.querySelectorAll(".ed-question").length === %s + 1 && document.activeElement.name === "label" && document.activeElement.value === ""`, n))
	k.insert(label)
	k.settled()
}

// lines writes the lines of a list, the first one after its button was pressed, the others by Enter.
func (k *keyboard) lines(list string, labels ...string) {
	k.t.Helper()
	k.enter(fmt.Sprintf(`[data-plus=%q]`, list))
	for i, label := range labels {
		if i > 0 {
			k.do(chromedp.KeyEvent(kb.Enter))
		}
		k.wait(fmt.Sprintf(`document.activeElement.name.startsWith(%q) && document.activeElement.value === ""`, list+"."))
		k.insert(label)
	}
	k.settled()
}

// addSection adds a section and writes its title.
func (k *keyboard) addSection(title string) {
	k.t.Helper()
	n := k.read(`document.querySelectorAll(".ed-section").length`)
	k.enter(`#dodaj-sekcje`)
	k.wait(fmt.Sprintf(`document.querySelectorAll(".ed-section").length === %s + 1 && document.activeElement.name === "title"`, n))
	k.insert(title)
	k.settled()
}

// A clerk rebuilds Słomniki's survey from nothing by keys alone, publishes it, and its importance stands in the report.
func TestSurveyIsBuiltByKeys(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleAdministrator)
	k := sitDown(t, p, "/panel/ankieta")
	k.do(chromedp.EmulateViewport(1280, 900))
	k.wait(`document.getElementById("edytor").classList.contains("live")`)
	k.enter(`#o-- a`)
	k.wait(`document.activeElement.name === "title"`)
	k.enter(`#od-nowa`)
	k.wait(`document.querySelectorAll(".ed-question").length === 0 && document.activeElement.name === "title"`)
	k.insert("Ważność i zadowolenie")
	k.reach(`[name=intro]`)
	k.insert("Każdą cechę obsługi prosimy ocenić dwa razy" + hardSpace + "– jak jest ważna i czy jest Pani/Pan z niej zadowolona/-y.")
	k.settled()

	k.enter(`.ed-head .ed-name a`)
	k.wait(`document.activeElement.name === "title" && document.activeElement.form.action.includes("/sekcja/")`)
	k.insert("Ostatnia sprawa")
	k.settled()
	k.addQuestion(survey.KindSingle, "Kto zajmował się sprawą?")
	k.lines("options", "Urząd Stanu Cywilnego", "Podatki i opłaty", "Budownictwo i drogi", "Inny referat")
	k.enter(`.ed-line:last-child .ed-extra > summary`)
	k.tick(`.ed-line:last-child [name$=".text"]`)
	k.addQuestion(survey.KindYesNo, "Czy sprawa została załatwiona?")
	k.tick(`[name=opt_outs][value=na]`)
	k.addQuestion(survey.KindText, "Czego zabrakło?")
	k.tick(`[name=short]`)
	k.reach(`[name=limit]`)
	k.insert("120")
	k.reach(`[id="rule.mode"]`)
	k.do(chromedp.KeyEvent(kb.ArrowDown))
	k.wait(`document.querySelector(".ed-condition") !== null && document.activeElement.id === "rule.mode"`)
	k.tick(`.ed-condition [value=no]`)
	k.wait(`document.querySelector(".ed-sentence").textContent === "Pokaż, jeśli w\u00a0pytaniu\u00a02 wybrano »nie«"`)
	k.shot("editor-rule")

	k.addSection("Co się liczy")
	k.buildPairs()
	k.addQuestion(survey.KindScale, "Czy ogólnie jest Pani/Pan zadowolona/-y z obsługi?")
	k.enter(`#gotowe > summary`)
	k.enter(`[name=preset][value=satisfied5]`)
	k.wait(`document.querySelector('[data-list=scale] textarea').value === "bardzo niezadowolona/-y"`)
	k.tick(`[name=required]`)
	k.reach(`#role`)
	k.do(chromedp.KeyEvent(kb.ArrowDown))
	k.addQuestion(survey.KindText, "Uwagi")
	k.addSection("Metryczka")
	k.addQuestion(survey.KindSingle, "Wiek")
	k.lines("options", "Do 35 lat", "36–60 lat", "Powyżej 60 lat")
	k.tick(`[name=profile]`)
	k.settled()
	k.sameAsFile("slomniki")

	k.reach(`a[href="/panel/ankieta/publikacja"].btn`, true)
	k.load(200, chromedp.KeyEvent(kb.Enter))
	k.see("Wszystkie pytania są kompletne")
	k.reach(`.btn.big`)
	k.load(200, chromedp.KeyEvent(kb.Enter))
	k.see("Wersja 2 jest widoczna dla mieszkańców")
	k.reportsQuadrant()
}

// buildPairs builds the table of importance and satisfaction.
func (k *keyboard) buildPairs() {
	k.t.Helper()
	k.addQuestion(survey.KindPaired, "Jak ważne są te cechy obsługi i czy jest Pani/Pan z nich zadowolona/-y?")
	k.lines("areas", "Pracownicy", "Przebieg sprawy")
	for i, role := range []survey.Role{survey.RoleEmployee, survey.RoleEfficiency} {
		k.reach(fmt.Sprintf(`[data-list=areas] > :nth-child(%d) select`, i+1), i == 0)
		for range 3 - i {
			k.do(chromedp.KeyEvent(kb.ArrowDown))
		}
		k.wait(fmt.Sprintf(`document.activeElement.value === %q`, role))
	}
	k.lines("rows", "Uprzejmość", "Fachowość", "Dyskrecja")
	k.reach(`[data-list=rows] > :first-child select`, true)
	k.do(chromedp.KeyEvent(kb.ArrowDown))
	k.tick(`[data-list=rows] > :first-child [name$=".required"]`)
	for i := 2; i <= 3; i++ {
		k.reach(fmt.Sprintf(`[data-list=rows] > :nth-child(%d) select`, i))
		k.do(chromedp.KeyEvent(kb.ArrowDown))
	}
	k.lines("rows", "Szybkość") // goes on in the area of the row before
	k.reach(`[data-list=rows] > :last-child select`)
	k.do(chromedp.KeyEvent(kb.ArrowDown))
	k.reach(`[data-list=rows] > :last-child textarea`, true)
	k.do(chromedp.KeyEvent(kb.Enter))
	k.insert("Informowanie o postępach")
	k.do(chromedp.KeyEvent(kb.Enter))
	k.insert("Bezbłędność")
	k.enter(`#gotowe > summary`)
	k.enter(`[name=preset][value=satisfied5]`)
	k.wait(`document.querySelector('[data-list=scale] textarea').value === "bardzo niezadowolona/-y"`)
	k.enter(`[data-list=importance] > :nth-child(2) .ed-drop`)
	k.wait(`document.querySelectorAll("[data-list=importance] > li").length === 3`)
	k.tick(`[name=opt_outs][value=na]`)
	k.settled()
	k.shot("editor-pairs")
}

// sameAsFile wants the draft to be what a file says, but for the keys, which the editor makes itself.
func (k *keyboard) sameAsFile(file string) {
	k.t.Helper()
	want, got := (&fieldSurvey{slug: file}).read(k.t), k.draft(k.slug).Questionnaire.Clone()
	keys := map[string]string{}
	for i := range want.Sections {
		for j := range want.Sections[i].Questions {
			keys[want.Sections[i].Questions[j].Key] = got.Sections[i].Questions[j].Key
			for a, area := range want.Sections[i].Questions[j].Areas {
				keys[area.Key] = got.Sections[i].Questions[j].Areas[a].Key
			}
		}
	}
	for _, q := range want.Questions() {
		for i := range q.Rows {
			q.Rows[i].Area = keys[q.Rows[i].Area]
		}
		if q.ShowIf != nil {
			for i := range q.ShowIf.All {
				q.ShowIf.All[i].Question = keys[q.ShowIf.All[i].Question]
			}
		}
	}
	ignore := cmp.FilterPath(func(path cmp.Path) bool { return path.Last().String() == ".Key" }, cmp.Ignore())
	if diff := cmp.Diff(want, got, ignore, cmpopts.EquateEmpty()); diff != "" {
		k.t.Errorf("what was built differs from %s (-file +editor):\n%s", file, diff)
	}
}

// reportsQuadrant answers the survey and wants its importance in the report's JSON.
func (k *keyboard) reportsQuadrant() {
	k.t.Helper()
	v, err := k.scope(k.slug).PublishedVersion(context.Background())
	if err != nil {
		k.t.Fatal(err)
	}
	questions := v.Questionnaire.Questions()
	pairs := questions[3]
	values := survey.Values{questions[4].Key: {"4"}}
	for i, r := range pairs.Rows {
		values[pairs.Key+"."+r.Key+".importance"] = []string{[]string{"3", "1", "1", "3", "1", "3"}[i]}
		values[pairs.Key+"."+r.Key+".satisfaction"] = []string{[]string{"5", "5", "4", "1", "2", "1"}[i]}
	}
	k.answer(k.slug, given{n: 12, values: values})
	d := k.json(k.generate(thisYear()))
	if len(d.Summary.Quadrants) != 1 {
		k.t.Fatalf("%d quadrants in the JSON, want 1", len(d.Summary.Quadrants))
	}
	var got []string
	for _, p := range d.Summary.Quadrants[0].Points {
		got = append(got, fmt.Sprintf("%s %g/%g %s", p.Label.PL, p.Importance.Value, p.Satisfaction.Value, p.Quadrant))
	}
	want := []string{"Szybkość 3/1 improve", "Bezbłędność 3/1 improve", "Uprzejmość 3/5 strength", "Informowanie o" + hardSpace + "postępach 1/2 low_priority", "Fachowość 1/5 excess", "Dyskrecja 1/4 excess"}
	if diff := cmp.Diff(want, got, cmpopts.SortSlices(func(a, b string) bool { return a < b })); diff != "" {
		k.t.Errorf("points of the quadrant (-want +got):\n%s", diff)
	}
}

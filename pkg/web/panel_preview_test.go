package web

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

func TestPreviewIsTheResidentsPageOfTheDraft(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleAdministrator)
	p.change("question", "settled", reworked)
	a := p.get("/panel/ankieta/podglad")
	hold(t, "the preview", words(a.body), "Czy sprawa została załatwiona w całości?", "Ile minut trwało czekanie?", "To jest podgląd", `<base target="_blank">`, `data-if=`)
	miss(t, "the preview", a.body, `name="_do" value="send"`, `name="_do" value="next"`, `type="submit"`, p.login, `class="tabs"`)
	csp := a.Header.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "form-action 'none'", "frame-ancestors 'self'"} {
		if !strings.Contains(csp, want) {
			t.Errorf("the preview's policy lacks %s: %s", want, csp)
		}
	}
	if other := h.get("osielsko", "/").Header.Get("Content-Security-Policy"); !strings.Contains(other, "frame-ancestors 'none'") || !strings.Contains(other, "form-action 'self'") {
		t.Errorf("a resident's page may be framed: %s", other)
	}
	english := p.get("/panel/ankieta/podglad?lang=en").body
	hold(t, "the English preview", words(english), `<html lang="en">`, "Has the matter been settled?", `href="/panel/ankieta/podglad"`, `href="/panel/ankieta/podglad?lang=uk"`)
	hold(t, "all questions in English", p.get("/panel/ankieta/podglad?lang=en&wszystko=1").body, `href="/panel/ankieta/podglad?wszystko=1"`,
		`href="/panel/ankieta/podglad?lang=uk&amp;wszystko=1"`)
	all := p.get("/panel/ankieta/podglad?wszystko=1").body
	miss(t, "the preview of all questions", all, "data-if=", "<template>", "survey.js")
	if resident := h.get("osielsko", "/").body; strings.Contains(resident, "w całości") || strings.Contains(resident, "podgląd") {
		t.Error("residents see the draft")
	}
	for _, lang := range []string{"xx", "PL", "%3Cb%3E"} { // what is no language is Polish
		hold(t, "the preview in "+lang, words(p.get("/panel/ankieta/podglad?lang="+lang).body), `<html lang="pl">`, "załatwiona w całości?")
	}
	if a := p.post("/panel/ankieta/podglad", url.Values{"overall": {"5"}}); a.StatusCode != 404 || h.count(`SELECT count(*) FROM submissions`) != 0 {
		t.Errorf("answers sent to a preview = %d, want 404 and none stored", a.StatusCode)
	}
}

// A draft is shown however unfinished it is, on screen and on paper, each question with a place to scroll to.
func TestPreviewTakesAnyDraft(t *testing.T) {
	h := startEvery(t)
	p := h.logIn("wszystko", store.RoleAdministrator)
	whole := h.draft("wszystko").Questionnaire
	for name, change := range unfinished(everyKindOf(h)) {
		p.change("", "", func(q *survey.Questionnaire) {
			*q = *whole.Clone()
			change(q)
		})
		q := h.draft("wszystko").Questionnaire
		for _, path := range []string{"podglad", "podglad?wszystko=1", "podglad?lang=uk", "podglad/arkusz"} {
			a := p.get("/panel/ankieta/" + path)
			if a.StatusCode != 200 {
				t.Errorf("%s: %s = %d", name, path, a.StatusCode)
			}
			if strings.Contains(path, "arkusz") {
				continue
			}
			for _, question := range q.Questions() {
				if question.Key != "" && !strings.Contains(a.body, fmt.Sprintf(`id="q-%s"`, question.Key)) {
					t.Errorf("%s: %s has no place for question %s of kind %s", name, path, question.Key, question.Kind)
				}
			}
		}
		if all := p.get("/panel/ankieta/podglad?wszystko=1").body; strings.HasPrefix(name, "every kind") && strings.Count(all, "(jeszcze bez odpowiedzi)") < 5 {
			t.Errorf("%s: nothing stands where answers will be", name)
		}
		for _, path := range []string{"publikacja", "porownanie", "wersje", "biblioteka", "ankieta.yaml"} {
			if a := p.get("/panel/ankieta/" + path); a.StatusCode != 200 {
				t.Errorf("%s: %s = %d", name, path, a.StatusCode)
			}
		}
	}
}

// unfinished are ways to leave a draft.
func unfinished(kinds []survey.Kind) map[string]func(*survey.Questionnaire) {
	empty := func(kind survey.Kind) survey.Question { return survey.Question{Key: "e_" + string(kind), Kind: kind} }
	return map[string]func(*survey.Questionnaire){
		"nothing":    func(q *survey.Questionnaire) { *q = survey.Questionnaire{} },
		"no section": func(q *survey.Questionnaire) { q.Sections = nil },
		"no texts": func(q *survey.Questionnaire) {
			q.Title, q.Sections[0].Title = survey.Text{}, survey.Text{}
			for _, question := range q.Questions() {
				question.Label = survey.Text{}
			}
		},
		"every kind without anything": func(q *survey.Questionnaire) {
			q.Sections = []survey.Section{{Key: "s"}}
			for _, kind := range append(kinds, "") {
				q.Sections[0].Questions = append(q.Sections[0].Questions, empty(kind))
			}
		},
		"scales without points, and rows of no area": func(q *survey.Questionnaire) {
			q.Sections = []survey.Section{{Key: "s"}}
			for _, kind := range []survey.Kind{survey.KindMatrix, survey.KindPaired, survey.KindScale, survey.KindEmoji} {
				question := empty(kind)
				question.Scale, question.Importance = &survey.Scale{Digits: true}, &survey.Scale{}
				question.Rows = []survey.Row{{Key: "r", Area: "gone"}, {}}
				q.Sections[0].Questions = append(q.Sections[0].Questions, question)
			}
		},
		"numbers without bounds": func(q *survey.Questionnaire) { q.Question("minutes").Min, q.Question("minutes").Max = 10, -10 },
		"rules that lead nowhere": func(q *survey.Questionnaire) {
			q.Question("matter").ShowIf = &survey.Rule{All: []survey.Condition{{Question: "gone", Is: []string{"x"}}, {}}}
			q.Question("overall").ShowIf = &survey.Rule{Any: []survey.Condition{{Question: "overall", Row: "gone", Not: true}}}
			q.Sections[1].ShowIf = &survey.Rule{All: []survey.Condition{{Question: "remarks", Is: []string{"1"}}}}
		},
		"keys twice": func(q *survey.Questionnaire) { q.Questions()[1].Key = q.Questions()[2].Key },
	}
}

// everyKindOf lists the kinds of question, as the office of every kind has them.
func everyKindOf(h *harness) []survey.Kind {
	kinds := map[survey.Kind]bool{}
	whole := h.draft("wszystko").Questionnaire
	for _, q := range whole.Questions() {
		kinds[q.Kind] = true
	}
	return slices.Sorted(maps.Keys(kinds))
}

func TestPreviewOfTheSheet(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleAdministrator)
	p.change("question", "settled", reworked)
	a := p.get("/panel/ankieta/podglad/arkusz")
	hold(t, "the sheet", words(a.body), "<svg", "Ile minut trwało czekanie?", `aria-label="Strona 3 z 3 wydruku ankiety"`)
	miss(t, "the sheet", a.body, " style=", "<script", `class="tabs"`)
	if csp := a.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "frame-ancestors 'self'") {
		t.Errorf("the sheet can't be framed: %s", csp)
	}
	hold(t, "the sheet", a.body, `<a href="?format=A" aria-current="true">polski</a>`, `<a href="?format=F">ukraiński, duży druk</a>`)
	large := p.get("/panel/ankieta/podglad/arkusz?format=F").body
	hold(t, "the sheet in Ukrainian and large print", words(large), `<a href="?format=F" aria-current="true">`, "Просимо поставити хрестик у клітинці.", "сторінка 1 з 7", `font-size="6.350"`)
	miss(t, "the sheet in Ukrainian", words(large), "Prosimy wstawić krzyżyk")
	hold(t, "a sheet of no format", words(p.get("/panel/ankieta/podglad/arkusz?format=X").body), `<a href="?format=A" aria-current="true">`)
	p.change("question", "", func(q *survey.Questionnaire) {
		q.Sections[0].Questions[0].Label.PL = `<script>alert("x")</script> & <b>`
	})
	miss(t, "the sheet", p.get("/panel/ankieta/podglad/arkusz").body, "<script>alert", "<b>")
	p.change("question", "", func(q *survey.Questionnaire) {
		for i := range 150 {
			q.Sections[0].Questions = append(q.Sections[0].Questions, survey.Question{Key: fmt.Sprintf("t%d", i), Kind: survey.KindText, Label: survey.PL("Uwagi")})
		}
	})
	a = p.get("/panel/ankieta/podglad/arkusz")
	if hold(t, "too long a sheet", words(a.body), "nie zmieści się"); a.StatusCode != 200 || strings.Contains(a.body, "<svg xmlns") {
		t.Errorf("too long a sheet = %d", a.StatusCode)
	}
}

// In a frame of the panel the preview answers to clicks as the survey does, and sends nothing.
func TestPreviewInAFrame(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleAdministrator)
	p.change("question", "settled", reworked)
	p.publish(nil)
	k := sitDown(t, p, "/panel/ankieta/wersje/2")
	const frame = `document.querySelector("iframe").contentDocument`
	k.wait(frame + `?.querySelector("[data-if]")?.hidden === true`) // minutes are asked of those who came
	k.do(chromedp.Evaluate[chromedp.Void](frame + `.querySelector("[name=contact][value=in_person]").click(), undefined`))
	k.wait(frame + `.querySelector("[data-if]").hidden === false`)
	k.do(chromedp.Evaluate[chromedp.Void](`(() => { const e = ` + frame + `.getElementById("q-minutes"); e.scrollIntoView(); e.focus() })(), undefined`))
	k.press("12" + kb.Enter)
	k.do(chromedp.Evaluate[chromedp.Void](frame + `.getElementById("wyslij").click(), ` + frame + `.querySelector("form").submit(), undefined`))
	k.wait(frame + `.getElementById("q-minutes").value === "12"`)
	if at := k.read(`document.querySelector("iframe").contentWindow.location.pathname`); at != "/panel/ankieta/wersje/2/podglad" {
		t.Errorf("the preview went to %s", at)
	}
	if n := h.count(`SELECT count(*) FROM submissions`); n != 0 {
		t.Errorf("the preview stored %d answers", n)
	}
}

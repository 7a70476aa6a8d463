package web

import (
	"fmt"
	"testing"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// Every form of the editor, and every state that it has, at a desk and on a phone, by day and by night.
func TestEditorIsAccessible(t *testing.T) {
	axe := axeSource(t)
	h, ctx := startEvery(t), startBrowser(t)
	every, languages := h.logIn("wszystko", store.RoleAdministrator), h.logIn("osielsko", store.RoleAdministrator)
	broken, other := h.logIn("dobrcz", store.RoleAdministrator), h.logIn("dobrcz", store.RoleAdministrator)
	const editor = "/panel/ankieta"
	const (
		menus = `for (const e of document.querySelectorAll("#edytor details")) e.open = true; true`
		typed = `document.querySelector("#formularz textarea").value = "Treść, którą zmienił ktoś inny"; document.querySelector("#formularz textarea").dispatchEvent(new Event("input", {bubbles: true})); true`
		aside = `document.getElementById("uwagi").childElementCount > 0`
	)
	type state struct {
		name, path string
		who        *person
		script     string
		until      string
		before     func()
	}
	states := []state{
		{name: "lista", path: editor, who: languages}, {name: "dodaj", path: editor, who: languages, script: menus},
		{name: "calosc", path: editor + "?p=-", who: languages}, {name: "sekcja", path: editor + "?s=second", who: every},
		{name: "jezyki", path: editor + "?p=improve", who: languages, script: menus}, {name: "zniknelo", path: editor + "?p=nie_ma", who: every},
	}
	for _, q := range h.draft("wszystko").Questionnaire.Questions() {
		states = append(states, state{name: "rodzaj-" + string(q.Kind) + "-" + q.Key, path: editor + "?p=" + q.Key, who: every, script: menus})
	}
	states = append(states,
		state{name: "braki", path: editor + "?p=improve", who: broken, before: func() { broken.change("question", "improve", faulty) }},
		state{name: "warunki", path: editor + "?p=contact", who: broken},
		state{name: "konflikt", path: editor + "?p=settled", who: broken, script: typed, until: `document.activeElement.id === "konflikt"`},
		state{name: "inni", path: editor + "?p=settled", who: broken, script: typed, until: aside},
	)
	for _, s := range states {
		if s.before != nil {
			s.before()
		}
		become(t, ctx, s.who)
		for i, width := range []int64{360, 1280} {
			scheme := []string{"light", "dark"}[i]
			t.Run(fmt.Sprintf("%s/%d/%s", s.name, width, scheme), func(t *testing.T) {
				look(t, ctx, width, scheme, h.address(s.who.slug, s.path), "")
				until(t, ctx, `[...document.querySelectorAll("iframe")].every(f => f.contentDocument?.readyState === "complete") && document.querySelector("#edytor.live") !== null`)
				n := fmt.Sprint(width)
				switch s.name {
				case "konflikt":
					other.change("question", "settled", func(q *survey.Questionnaire) { q.Question("settled").Label.PL = "Czy urząd pomógł? " + n })
				case "inni":
					other.change("question", "overall", func(q *survey.Questionnaire) { q.Question("overall").Label.PL = "Jaki jest urząd? " + n })
				}
				act(t, ctx, s.script, false)
				if s.until != "" {
					until(t, ctx, s.until)
				}
				checkAxe(t, ctx, axe)
				shoot(t, ctx, fmt.Sprintf("edytor-%s-%d-%s", s.name, width, scheme))
			})
		}
	}
}

// faulty leaves things to mend in a draft, and rules of every sort.
func faulty(q *survey.Questionnaire) {
	improve := q.Question("improve")
	improve.Options[0].Label, improve.Options[1].Label.PL = survey.Text{}, "x"
	improve.Min, improve.Max = 5, 2
	bound := 3
	q.Question("contact").ShowIf = &survey.Rule{
		All: []survey.Condition{{Question: "department", Is: []string{"office"}, Not: true}, {Question: "matter"}},
		Any: []survey.Condition{{Question: "nie_ma", Is: []string{"x"}}, {Question: "overall", AtLeast: &bound}},
	}
}

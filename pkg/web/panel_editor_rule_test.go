package web

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// conditional is a draft with each kind of question that a rule can ask for, and one, last, that is shown by a rule.
func conditional(t *testing.T, rule string) *survey.Questionnaire {
	t.Helper()
	q, err := survey.ParseDraft("conditional.yaml", []byte(`
key: ankieta
title: Ankieta
sections:
  - key: a
    title: Początek
    questions:
      - {key: note, kind: info, label: Nagłówek}
      - {key: desk, kind: single, label: Który referat?, options: [{key: usc, label: USC}, {key: taxes, label: Podatki}], opt_outs: [na]}
      - {key: why, kind: multi, label: Po co?, options: [{key: id, label: Dowód}, {key: tax, label: Podatek}, {key: other, label: Inne}]}
      - {key: minutes, kind: number, label: Ile minut?, max: 200, opt_outs: [dk]}
      - {key: again, kind: nps, label: Poleci?}
      - {key: settled, kind: yesno, label: Załatwiono?, partly: true}
      - {key: overall, kind: scale, label: Ogólnie?, scale: {points: [{label: źle}, {label: dobrze}]}}
      - {key: quality, kind: matrix, label: Ocena, rows: [{key: time, label: Czas}, {key: staff, label: Obsługa}], scale: {points: [{label: źle}, {label: dobrze}]}}
      - {key: pairs, kind: paired, label: Pary, rows: [{key: r, label: Wiersz}], scale: {points: [{label: źle}, {label: dobrze}]}}
      - {key: remarks, kind: text, label: Uwagi}
  - key: b
    title: Ciąg dalszy
    questions:
      - {key: details, kind: yesno, label: Szczegóły?`+rule+`}
      - {key: last, kind: yesno, label: Ostatnie?}
  - {key: c, title: Koniec, questions: [{key: end, kind: yesno, label: Koniec?}]}
`))
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func TestRulesAreBuilt(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleAdministrator)
	two := `, show_if: {all: [{question: settled, is: ["no"]}, {question: desk, is: [usc]}]}`
	one := func(source string, more url.Values) url.Values { // a condition c1 that was on the same source
		v := url.Values{"rule.mode": {"all"}, "rule": {"c1"}, "rule.c1.question": {source}, "rule.c1.was": {source}}
		for name, values := range more {
			v[name] = values
		}
		return v
	}
	tests := []struct {
		name   string
		before string // the rule of the draft
		form   url.Values
		want   string // show_if in YAML; "": none
		says   string
	}{
		{"a new one asks for the nearest question", "", url.Values{"rule.mode": {"all"}}, `all: [{question: quality, row: staff}]`, "Pokaż, jeśli w pytaniu 7 w wierszu „Obsługa” wybrano …"},
		{"any is its own list", "", url.Values{"rule.mode": {"any"}}, `any: [{question: quality, row: staff}]`, "Pokaż, jeśli w pytaniu 7"},
		{"none", two, url.Values{"rule.mode": {""}, "rule": {"c1"}, "rule.c1.question": {"settled"}}, "", "Pokaż zawsze"},
		{"single", "", one("desk", url.Values{"rule.c1.is": {"taxes", "na"}}), `all: [{question: desk, is: [taxes, na]}]`, "Pokaż, jeśli w pytaniu 1 wybrano »Podatki« lub »nie dotyczy«"},
		{"multi", "", one("why", url.Values{"rule.c1.is": {"other"}, "rule.c1.not": {"1"}}), `all: [{question: why, is: [other], not: true}]`, "Pokaż, jeśli w pytaniu 2 nie zaznaczono »Inne«"},
		{"number", "", one("minutes", url.Values{"rule.c1.at_least": {"15"}, "rule.c1.at_most": {" 60 "}}), `all: [{question: minutes, at_least: 15, at_most: 60}]`, "Pokaż, jeśli w pytaniu 3 podano od 15 do 60"},
		{"number or opt-out", "", one("minutes", url.Values{"rule.c1.at_least": {"15"}, "rule.c1.is": {"dk"}}), `all: [{question: minutes, at_least: 15, is: [dk]}]`, "w pytaniu 3 wybrano »nie mam zdania« lub podano co najmniej 15"},
		{"letters for a bound", "", one("minutes", url.Values{"rule.c1.at_least": {"dużo"}, "rule.c1.at_most": {"0"}}), `all: [{question: minutes, at_most: 0}]`, "w pytaniu 3 podano najwyżej 0"},
		{"nps", "", one("again", url.Values{"rule.c1.at_most": {"6"}}), `all: [{question: again, at_most: 6}]`, "w pytaniu 4 podano najwyżej 6"},
		{"yesno", "", one("settled", url.Values{"rule.c1.is": {"partly", "no"}}), `all: [{question: settled, is: [partly, "no"]}]`, "w pytaniu 5 wybrano »częściowo« lub »nie«"},
		{"scale", "", one("overall", url.Values{"rule.c1.is": {"1"}}), `all: [{question: overall, is: ["1"]}]`, "w pytaniu 6 wybrano »źle«"},
		{"row", "", one("quality.time", url.Values{"rule.c1.is": {"2"}}), `all: [{question: quality, row: time, is: ["2"]}]`, "w pytaniu 7 w wierszu „Czas” wybrano »dobrze«"},
		{"one more", two, withRule("all", "c1 settled no", "c2 desk usc", "rule.add 1"), `all: [{question: settled, is: ["no"]}, {question: desk, is: [usc]}, {question: quality, row: staff}]`, "wybrano »nie« i w pytaniu 1 wybrano »USC« i w pytaniu 7"},
		{"one less", two, withRule("all", "c1 settled no", "c2 desk usc", "rule.remove c1"), `all: [{question: desk, is: [usc]}]`, "Pokaż, jeśli w pytaniu 1 wybrano »USC«"},
		{"the last one goes", `, show_if: {all: [{question: desk, is: [usc]}]}`, withRule("all", "c1 desk usc", "rule.remove c1"), "", "Pokaż zawsze"},
		{"all becomes any", two, withRule("any", "c1 settled no", "c2 desk usc"), `any: [{question: settled, is: ["no"]}, {question: desk, is: [usc]}]`, "w pytaniu 5 wybrano »nie« lub w pytaniu 1 wybrano »USC«"},
		{"mixed stays mixed", two, withRule("mixed", "c1 settled no", "rule.c1.group all", "c2 desk usc", "rule.c2.group any", "c3 overall 1", "rule.c3.group any"),
			`{all: [{question: settled, is: ["no"]}], any: [{question: desk, is: [usc]}, {question: overall, is: ["1"]}]}`, "w pytaniu 5 wybrano »nie« i (w pytaniu 1 wybrano »USC« lub w pytaniu 6 wybrano »źle«)"},
		{"another source drops the answers", two, withRule("all", "rule c1", "rule.c1.question minutes", "rule.c1.was settled", "rule.c1.is no", "rule.c1.at_least 3", "rule.c1.not 1"), `all: [{question: minutes, not: true}]`, "w pytaniu 3 nie wybrano …"},
		{"the order of answers stays", `, show_if: {all: [{question: settled, is: ["no", partly]}]}`, withRule("all", "c1 settled partly", "rule.c1.is no"), `all: [{question: settled, is: ["no", partly]}]`, "wybrano »nie« lub »częściowo«"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h.setDraft("osielsko", conditional(t, tt.before))
			tt.form.Set("label", "Szczegóły?")
			a := p.live("/panel/ankieta/pytanie/details", tt.form)
			want := conditional(t, "").Question("details")
			if tt.want != "" {
				want.ShowIf = &survey.Rule{}
				if err := survey.ParseYAML("rule.yaml", []byte(tt.want), want.ShowIf); err != nil {
					t.Fatal(err)
				}
			}
			same(t, "question", want, h.draft("osielsko").Questionnaire.Question("details"))
			if body := strings.ReplaceAll(a.body, hardSpace, " "); a.StatusCode != 200 || !strings.Contains(body, `<p class="ed-sentence">`+wholePrefix(tt.says)) || !strings.Contains(body, tt.says) {
				t.Errorf("page = %d; want the sentence %q", a.StatusCode, tt.says)
			}
		})
	}
}

func wholePrefix(says string) string {
	if strings.HasPrefix(says, "Pokaż") {
		return says
	}
	return "Pokaż, jeśli "
}

// withRule makes the fields of a rule: "c1 settled no" is a condition on a question that it was on before; else a name
// and its value.
func withRule(mode string, fields ...string) url.Values {
	v := url.Values{"rule.mode": {mode}}
	for _, f := range fields {
		switch words := strings.Fields(f); {
		case len(words) == 3:
			v.Add("rule", words[0])
			at := "rule." + words[0] + "."
			v.Add(at+"question", words[1])
			v.Add(at+"was", words[1])
			v.Add(at+"is", words[2])
		default:
			v.Add(words[0], words[1])
		}
	}
	return v
}

// What a rule asks for and can't is shown, said to be wrong, and kept until somebody mends it.
func TestStrayRulesAreKept(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleAdministrator)
	drop := func(key string) func(q *survey.Questionnaire) {
		return func(q *survey.Questionnaire) {
			if err := removeQuestion(q, key); err != nil {
				t.Fatal(err)
			}
		}
	}
	tests := []struct {
		name, rule string
		change     func(*survey.Questionnaire)
		says       string // option of the menu
		fault      string
	}{
		{"a removed question", `, show_if: {all: [{question: settled, is: ["no", partly]}]}`, drop("settled"), "(pytanie usunięte)", "Warunek wskazuje pytanie lub odpowiedź, których nie ma w ankiecie."},
		{"a removed number", `, show_if: {all: [{question: minutes, at_least: 3, at_most: 5, is: [dk]}]}`, drop("minutes"), "(pytanie usunięte)", "Warunek wskazuje pytanie"},
		{"a question further on", `, show_if: {all: [{question: last, is: ["no"]}]}`, func(*survey.Questionnaire) {}, "11. Ostatnie?", "Warunek może dotyczyć tylko pytania, które stoi wcześniej."},
		{"a removed answer", `, show_if: {any: [{question: desk, is: [gone, usc]}]}`, func(*survey.Questionnaire) {}, "", "Warunek wskazuje pytanie lub odpowiedź"},
		{"a removed row", `, show_if: {all: [{question: quality, row: gone, is: ["1"]}]}`, func(*survey.Questionnaire) {}, "7. Ocena", "Warunek wskazuje pytanie"},
		{"a number that became another kind", `, show_if: {all: [{question: minutes, at_least: 3}]}`, func(q *survey.Questionnaire) { convert(q.Question("minutes"), survey.KindYesNo) }, "", "Granice są nieprawidłowe."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q := conditional(t, tt.rule)
			tt.change(q)
			h.setDraft("osielsko", q)
			page := p.get("/panel/ankieta?p=details")
			action, form := page.openForm(t, true)
			if body := strings.ReplaceAll(page.body, hardSpace, " "); !strings.Contains(body, " selected>"+tt.says) || !strings.Contains(body, `data-fault>`+tt.fault) {
				t.Errorf("the page does not show %q and say %q", tt.says, tt.fault)
			}
			form.Set("label", "Inna treść")
			if a := p.post(action, form); a.StatusCode != 303 {
				t.Fatalf("save = %d", a.StatusCode)
			}
			q.Question("details").Label.PL = "Inna treść"
			got := h.draft("osielsko").Questionnaire
			same(t, "draft", q, &got)
		})
	}
}

// A rule looks back: the menu offers what stands before, of a section what stands before its first question.
func TestSourcesOfRules(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleAdministrator)
	q := conditional(t, `, show_if: {all: [{question: settled, is: ["no"]}]}`)
	q.Sections[1].Key = "details" // as of the question in it
	q.Sections[1].ShowIf = q.Question("details").ShowIf
	q.Sections[1].Questions = slices.Insert(q.Sections[1].Questions, 0, survey.Question{Key: "before", Kind: survey.KindYesNo, Label: survey.PL("Przed?")})
	h.setDraft("osielsko", q)
	all := []string{"desk", "why", "minutes", "again", "settled", "overall", "quality.time", "quality.staff"}
	for path, want := range map[string][]string{"?p=details": append(slices.Clone(all), "before"), "?s=details": all} {
		page := p.get("/panel/ankieta" + path)
		_, menu, _ := strings.Cut(page.body, `id="rule.c1.question"`)
		menu, _, _ = strings.Cut(menu, "</select>")
		var got []string
		for _, option := range strings.Split(menu, `<option value="`)[1:] {
			value, _, _ := strings.Cut(option, `"`)
			got = append(got, value)
		}
		if !slices.Equal(got, want) {
			t.Errorf("sources at %s = %v, want %v", path, got, want)
		}
		if twice := doubleID(t, page); twice != "" {
			t.Errorf("%s has two elements with the id %q", path, twice)
		}
	}
	if page := p.get("/panel/ankieta?p=note"); !strings.Contains(page.body, "Zawsze: przed tym miejscem nie ma pytania") || strings.Contains(page.body, `name="rule.mode"`) {
		t.Error("the first question offers a rule")
	}
}

func TestJumps(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleAdministrator)
	const forward, pick = "Nie dodano przejścia: może prowadzić tylko do miejsca, które stoi dalej niż następne pytanie.", "Nie dodano przejścia: prosimy zaznaczyć odpowiedź, po której ma nastąpić."
	tests := []struct {
		name, from, to string
		is             []string
		refused        string
	}{
		{"to a question", "overall", "last", []string{"1"}, ""},
		{"to a section", "settled", "c", []string{"no", "partly"}, ""},
		{"back", "settled", "desk", []string{"no"}, forward},
		{"to the next question", "settled", "overall", []string{"no"}, forward},
		{"to itself", "settled", "settled", []string{"no"}, forward},
		{"to nowhere", "settled", "nic", []string{"no"}, forward},
		{"to no place", "settled", "", []string{"no"}, forward},
		{"of no answer", "settled", "c", nil, pick},
	}
	for _, tt := range tests {
		for _, script := range []bool{false, true} {
			t.Run(tt.name, func(t *testing.T) {
				want := conditional(t, "")
				h.setDraft("osielsko", want)
				action, form := p.get("/panel/ankieta?p="+tt.from).openForm(t, script)
				form.Set("label", "Pytanie po poprawce")
				form.Set("jump.add", "1")
				form.Set("jump.to", tt.to)
				form["jump.is"] = tt.is
				want.Question(tt.from).Label.PL = "Pytanie po poprawce"
				send, status := p.post, 303
				if script {
					send, status = p.live, 200
				}
				a := send(action, form)
				if tt.refused != "" {
					status = 422
				} else if err := want.SkipTo(tt.from, tt.is, tt.to); err != nil {
					t.Fatal(err)
				}
				if a.StatusCode != status || !strings.Contains(a.body, tt.refused) || strings.Contains(a.body, "Nie dodano") != (tt.refused != "") {
					t.Errorf("jump (script: %t) = %d; want %d with %q", script, a.StatusCode, status, tt.refused)
				}
				got := h.draft("osielsko").Questionnaire
				same(t, "draft", want, &got) // what was typed is kept either way
				if tt.refused == "" && got.Check() != nil {
					t.Errorf("draft with a jump: %v", got.Check())
				}
			})
		}
	}
	if page := p.get("/panel/ankieta?p=quality"); strings.Contains(page.body, `name="jump.to"`) {
		t.Error("a matrix offers a jump")
	}
}

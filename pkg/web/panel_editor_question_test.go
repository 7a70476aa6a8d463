package web

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// foreign are fields of properties that only some kinds have.
var foreign = url.Values{
	"options": {"o_x"}, "options.o_x.label": {"Obca odpowiedź"}, "rows": {"r_x"}, "rows.r_x.label": {"Obcy wiersz"}, "areas": {"a_x"}, "areas.a_x.label": {"Obcy obszar"},
	"scale": {"p1", "p2"}, "scale.p1.label": {"obcy punkt"}, "scale.p2.label": {"drugi obcy punkt"}, "asks_importance": {"1"}, "importance": {"p1"}, "importance.p1.label": {"obca waga"},
	"min": {"3"}, "max": {"4"}, "unit": {"obca jednostka"}, "limit": {"77"}, "short": {"1"}, "partly": {"1"}, "required": {"1"}, "profile": {"1"}, "opt_outs": {"na", "dk", "maybe"}, "role": {"overall"},
	"key": {"obcy_klucz"}, "series": {"9"},
}

// savedForms are forms of the questions of everything.yaml, and what becomes of them.
func savedForms() []savedForm {
	return []savedForm{
		{"single", "desk", url.Values{"label": {"Który\r\nreferat"}, "label.en": {"Which desk?"}, "label.uk": {"Куди?"}, "help": {" Objaśnienie "}, "help.uk": {"Пояснення"}, "role": {"employee"}, "opt_outs": {"na"},
			"options": {"b", "o_new", "a", "o_blank", "b", "Zły klucz"}, "options.b.label": {"Drugi"}, "options.b.score": {"1,5"}, "options.b.exclusive": {"1"}, "options.Zły klucz.label": {"x"},
			"options.o_new.label": {"Nowy"}, "options.o_new.label.uk": {"Новий"}, "options.o_new.help": {"Pomoc"}, "options.o_new.help.en": {"Help"}, "options.o_new.text": {"1"}, "options.o_new.score": {"dużo"},
			"options.a.label": {"Trzeci"}, "options.a.score": {"-0.25"}, "options.o_blank.label": {"  "}, "options.o_blank.score": {"3"}},
			`{key: desk, kind: single, series: 3, label: {pl: "Który\nreferat", en: "Which desk?", uk: "Куди?"}, help: {pl: Objaśnienie, uk: Пояснення}, role: employee, opt_outs: [na], options: [{key: b, label: Drugi, score: 1.5},
			 {key: o_new, label: {pl: Nowy, uk: Новий}, help: {pl: Pomoc, en: Help}, text: true}, {key: a, label: Trzeci, score: -0.25}]}`},
		{"multi", "why", url.Values{"label": {"Dlaczego?"}, "min": {"1"}, "max": {"2"}, "options": {"none", "x"}, "options.none.label": {"Nic"}, "options.none.exclusive": {"1"}, "options.x.label": {"X"}},
			`{key: why, kind: multi, label: Dlaczego?, min: 1, max: 2, options: [{key: none, label: Nic, exclusive: true}, {key: x, label: X}]}`},
		{"nothing is left of a list", "why", url.Values{"label": {""}, "options": {"x"}, "options.x.label": {""}, "max": {"dwie"}}, `{key: why, kind: multi, label: ""}`},
		{"the script keeps an emptied line", "why", url.Values{"_live": {"1"}, "label": {"Dlaczego?"}, "options": {"x", "o_new", "y"}, "options.x.label": {""}, "options.y.label": {"Y"}},
			`{key: why, kind: multi, label: Dlaczego?, options: [{key: x, label: ""}, {key: "y", label: "Y"}]}`},
		{"an emptied line goes with what hides in it", "desk", url.Values{"label": {"Który?"}, "options": {"z_last", "b"}, "options.z_last.label": {""}, "options.z_last.label.uk": {""}, "options.z_last.label.en": {"Last"}, "options.b.label.uk": {"Другий"}},
			`{key: desk, kind: single, series: 3, label: Który?, options: [{key: b, label: {pl: "", uk: Другий}}]}`},
		{"matrix", "quality", url.Values{"label": {"Ocena"}, "areas": {"place", "a_new"}, "areas.place.label": {"Miejsce"}, "areas.place.role": {"efficiency"}, "areas.a_new.label": {"Nowy obszar"}, "areas.a_new.role": {"żaden"},
			"rows": {"r1", "r_new", "r2"}, "rows.r1.label": {"Inny"}, "rows.r1.area": {"time"}, "rows.r_new.label": {"Nowy"}, "rows.r_new.area": {"a_new"}, "rows.r_new.required": {"1"}, "rows.r2.label": {"Wiersz"}, "rows.r2.label.en": {"Row"}, "rows.r2.area": {"place"},
			"scale": {"p3", "s_new", "p1"}, "scale.p3.label": {"źle"}, "scale.s_new.label": {"średnio"}, "scale.s_new.score": {"2,5"}, "scale.p1.label": {"dobrze"}, "scale.best_first": {"1"},
			"asks_importance": {"1"}, "importance": {"p1", "p2"}, "importance.p1.label": {"nieważne"}, "importance.p2.label": {"ważne"}, "importance.digits": {"1"}},
			`{key: quality, kind: matrix, series: 2, label: Ocena, areas: [{key: place, label: Miejsce, role: efficiency}, {key: a_new, label: Nowy obszar}],
			 rows: [{key: r1, label: Inny}, {key: r_new, label: Nowy, area: a_new, required: true}, {key: r2, label: {pl: Wiersz, en: Row}, area: place, series: 4}],
			 scale: {best_first: true, points: [{label: źle}, {label: średnio, score: 2.5}, {label: dobrze}]}, importance: {digits: true, points: [{label: nieważne}, {label: ważne}]}}`},
		{"importance off", "quality", url.Values{"label": {"Ocena"}, "importance": {"p1", "p2"}, "importance.p1.label": {"nieważne"}, "importance.p2.label": {"ważne"}, "scale": {"p1"}, "scale.p1.label": {"źle"}},
			`{key: quality, kind: matrix, series: 2, label: Ocena, scale: {points: [{label: źle}]}}`},
		{"importance on", "same_scale", url.Values{"label": {"Pary"}, "asks_importance": {"1"}, "rows": {"r1"}, "rows.r1.label": {"Wiersz"}, "scale": {"p1"}, "scale.p1.label": {"źle"}},
			`{key: same_scale, kind: paired, label: Pary, rows: [{key: r1, label: Wiersz}], scale: {points: [{label: źle}]},
			 importance: {points: [{label: {pl: nieważne, uk: неважливо}}, {label: {pl: mało ważne, uk: мало важливо}}, {label: {pl: ważne, uk: важливо}}, {label: {pl: bardzo ważne, uk: дуже важливо}}]}}`},
		{"scale", "overall", foreign, `{key: overall, kind: scale, label: "", required: true, profile: true, role: overall, opt_outs: [na, dk], scale: {points: [{label: obcy punkt}, {label: drugi obcy punkt}]}}`},
		{"emoji", "face", foreign, `{key: face, kind: emoji, label: "", required: true, profile: true, role: overall, opt_outs: [na, dk], scale: {points: [{label: obcy punkt}, {label: drugi obcy punkt}]}}`},
		{"yesno", "settled", foreign, `{key: settled, kind: yesno, label: "", required: true, profile: true, role: overall, opt_outs: [na, dk], partly: true}`},
		{"nps", "again", foreign, `{key: again, kind: nps, label: "", required: true, profile: true, role: overall, opt_outs: [na, dk]}`},
		{"number", "minutes", foreign, `{key: minutes, kind: number, label: "", required: true, profile: true, role: overall, opt_outs: [na, dk], min: 3, max: 4, unit: obca jednostka}`},
		{"text", "remarks", foreign, `{key: remarks, kind: text, label: "", required: true, profile: true, limit: 77, short: true}`},
		{"info", "note", foreign, `{key: note, kind: info, label: "", profile: true}`},
		{"negative bounds", "minutes", url.Values{"label": {"Ile?"}, "min": {"-20"}, "max": {"-3"}, "unit": {"minut"}, "unit.en": {"minutes"}}, `{key: minutes, kind: number, label: Ile?, min: -20, max: -3, unit: {pl: minut, en: minutes}}`},
		{"a character that Postgres can't hold", "note", url.Values{"label": {"Nag\x00łówek"}, "help": {"a\x00"}}, `{key: note, kind: info, label: Nagłówek, help: a, profile: true}`},
		{"what is typed is set as a printer would", "settled", url.Values{"label": {"Ma Pani 35 lat i czeka w kolejce?"}, "label.en": {"I am 35 years a client"}, "label.uk": {"Чи є в Вас 35 років?"}},
			"{key: settled, kind: yesno, label: {pl: \"Ma Pani 35\u00a0lat i\u00a0czeka w\u00a0kolejce?\", en: I am 35 years a client, uk: \"Чи є\u00a0в\u00a0Вас 35\u00a0років?\"}}"},
		{"a preset", "overall", url.Values{"label": {"Ogólnie"}, "preset": {"agree4"}, "scale": {"p1"}, "scale.p1.label": {"źle"}, "scale.best_first": {"1"}},
			`{key: overall, kind: scale, label: Ogólnie, scale: {points: [{label: {pl: zdecydowanie nie, uk: однозначно ні}}, {label: {pl: raczej nie, uk: радше ні}}, {label: {pl: raczej tak, uk: радше так}}, {label: {pl: zdecydowanie tak, uk: однозначно так}}]}}`},
		{"a preset of faces", "face", url.Values{"label": {"Buźka"}, "preset": {"faces3"}}, `{key: face, kind: emoji, label: Buźka, scale: {points: [{label: {pl: źle, uk: погано}}, {label: {pl: średnio, uk: посередньо}}, {label: {pl: dobrze, uk: добре}}]}}`},
		{"a preset of another kind", "face", url.Values{"label": {"Buźka"}, "preset": {"agree4"}, "scale": {"p1"}, "scale.p1.label": {"źle"}}, `{key: face, kind: emoji, label: Buźka, scale: {points: [{label: źle}]}}`},
		{"a preset for what has no scale", "settled", url.Values{"label": {"Tak?"}, "preset": {"agree4"}}, `{key: settled, kind: yesno, label: Tak?}`},
	}
}

type savedForm struct {
	name, key string
	form      url.Values
	want      string // the question in YAML
}

func TestQuestionIsSaved(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleAdministrator)
	for _, tt := range savedForms() {
		t.Run(tt.name, func(t *testing.T) {
			h.setDraft("osielsko", everything(t))
			form := url.Values{}
			for name, values := range tt.form {
				form[name] = slices.Clone(values)
			}
			if a := p.edit("/panel/ankieta/pytanie/"+tt.key, form); a.StatusCode != 303 || a.Header.Get("Location") != "/panel/ankieta?p="+tt.key+"#p-"+tt.key {
				t.Fatalf("save = %d to %q", a.StatusCode, a.Header.Get("Location"))
			}
			var want survey.Question
			if err := survey.ParseYAML("want.yaml", []byte(tt.want), &want); err != nil {
				t.Fatal(err)
			}
			got := h.draft("osielsko").Questionnaire
			same(t, "question", &want, got.Question(tt.key))
			rest := everything(t)
			*rest.Question(tt.key) = *got.Question(tt.key)
			same(t, "rest of the draft", rest, &got)
		})
	}
}

func TestWholeAndSectionAreSaved(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleAdministrator)
	h.setDraft("osielsko", everything(t))
	want := everything(t)
	p.edit("/panel/ankieta/tresc", url.Values{"title": {"Nowy"}, "title.en": {"New"}, "intro.uk": {"Вступ"}, "thanks": {"Dziękujemy\r\n\r\nbardzo"}, "languages": {"uk", "en", "de"}})
	want.Title, want.Intro, want.Thanks = survey.Text{PL: "Nowy", EN: "New"}, survey.Text{UK: "Вступ"}, survey.PL("Dziękujemy\n\nbardzo")
	want.Languages = []string{"en", "uk"}
	p.edit("/panel/ankieta/sekcja/first", url.Values{"title": {"Inna"}, "title.uk": {"Інша"}, "help": {"Krótko"}, "questions": {""}})
	want.Sections[0].Title, want.Sections[0].Help = survey.Text{PL: "Inna", UK: "Інша"}, survey.PL("Krótko")
	rule := withRule("any", "c1 desk b", "rule.c1.not 1", "c2 why x")
	rule.Set("title", "Druga po poprawce")
	p.edit("/panel/ankieta/sekcja/second", rule)
	want.Sections[1].Title = survey.PL("Druga po poprawce")
	want.Sections[1].ShowIf = &survey.Rule{Any: []survey.Condition{{Question: "desk", Is: []string{"b"}, Not: true}, {Question: "why", Is: []string{"x"}}}}
	got := h.draft("osielsko").Questionnaire
	same(t, "draft", want, &got)
	for _, path := range []string{"/panel/ankieta/pytanie/nic", "/panel/ankieta/sekcja/nic", "/panel/ankieta/pytanie/first", "/panel/ankieta/sekcja/desk"} {
		a := p.edit(path, url.Values{"label": {"x"}, "title": {"x"}})
		if a.StatusCode != 404 || !strings.Contains(a.body, "Tego fragmentu nie ma już w") {
			t.Errorf("%s = %d; want 404", path, a.StatusCode)
		}
	}
	if got := h.draft("osielsko").Questionnaire; got.Question("nic") != nil {
		t.Error("a question came of nothing")
	}
}

// Each kind can become each other one. What both have stays, and a question that was complete lacks at most what only
// the new kind has.
func TestKindsConvert(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleAdministrator)
	keys := []string{"note", "desk", "why", "minutes", "again", "quality", "pairs", "same_scale", "overall", "face", "settled", "remarks"}
	for _, key := range keys {
		for _, kind := range (*editorPage)(nil).Kinds() {
			h.setDraft("osielsko", everything(t))
			before := everything(t).Question(key)
			action, form := p.get("/panel/ankieta?p="+key).openForm(t, true)
			form.Set("kind", string(kind.Kind))
			if a := p.post(action, form); a.StatusCode != 303 {
				t.Fatalf("%s to %s = %d", key, kind.Kind, a.StatusCode)
			}
			q := h.draft("osielsko").Questionnaire
			after := q.Question(key)
			if kind.Kind == before.Kind {
				same(t, key+" stays "+string(kind.Kind), before, after)
				continue
			}
			if after.Kind != kind.Kind || after.Label != before.Label || after.Help != before.Help || after.Series != before.Series {
				t.Errorf("%s to %s = %+v", key, kind.Kind, after)
			}
			same(t, "rule of "+key+" as "+string(kind.Kind), before.ShowIf, after.ShowIf)
			if before.Options != nil && (kind.Kind == survey.KindSingle || kind.Kind == survey.KindMulti) && len(after.Options) != len(before.Options) {
				t.Errorf("%s to %s lost options", key, kind.Kind)
			}
			if before.Rows != nil && (kind.Kind == survey.KindMatrix || kind.Kind == survey.KindPaired) {
				same(t, "rows of "+key+" as "+string(kind.Kind), before.Rows, after.Rows)
			}
			if before.Scale != nil && after.Scale != nil && kind.Kind != survey.KindEmoji {
				same(t, "scale of "+key+" as "+string(kind.Kind), before.Scale, after.Scale)
			}
			for _, f := range faultsByPlace(&q).questions[key] {
				if only := f.Problem == survey.ProblemEmpty && (f.Field == "options" || f.Field == "rows"); !only {
					t.Errorf("%s to %s: %+v", key, kind.Kind, f)
				}
			}
		}
	}
}

package web

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"

	"ocenaurzedu.eu/pkg/report"
	"ocenaurzedu.eu/pkg/sheet"
	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// weighed asks for importance, of rows and of areas, on scales of their own, and by a rule what was missing.
const weighed = `
key: ankieta
title: Co się liczy
sections:
  - key: visit
    title: Wizyta
    questions:
      - {key: settled, kind: yesno, label: Czy sprawa jest załatwiona?}
      - key: missing
        kind: single
        label: Czego zabrakło?
        show_if: {all: [{question: settled, is: [no]}]}
        options: [{key: time, label: czasu}, {key: papers, label: dokumentów}]
      - key: overall
        kind: scale
        label: Jak ocenia Pani/Pan urząd?
        role: overall
        required: true
        scale: &rating {points: [{label: źle}, {label: średnio}, {label: dobrze}]}
  - key: weights
    title: Co jest ważne
    questions:
      - key: pairs
        kind: paired
        label: Co jest ważne i jak nam to wychodzi?
        scale: *rating
        importance: {points: [{label: nieważne}, {label: dość ważne}, {label: ważne}, {label: bardzo ważne}]}
        rows: [{key: polite, label: Uprzejmość}, {key: quick, label: Szypkość}, {key: hours, label: Godziny przyjęć}, {key: signs, label: Tłumacz}]
      - key: areas
        kind: matrix
        label: Jak ocenia Pani/Pan obsługę?
        scale: *rating
        importance: {points: [{label: mniej ważne}, {label: ważniejsze}]}
        areas: [{key: staff, label: Pracownicy, role: employee}, {key: course, label: Przebieg sprawy}]
        rows: [{key: words, area: staff, label: Zrozumiały język}, {key: term, area: course, label: Termin}]
`

// startWeighed starts an office whose survey asks for importance, and answers it: 20 people of the first version, 10 of
// a second one that corrects a word. Three people rated the translator.
func startWeighed(t *testing.T) (*harness, *person) {
	t.Helper()
	h := start(t)
	q, err := survey.ParseQuestionnaire("weighed.yaml", []byte(weighed))
	if err != nil {
		t.Fatal(err)
	}
	h.create(context.Background(), store.NewTenant{Slug: "wagi", Office: survey.Office{Name: "Urząd Gminy Wagi"}, Questionnaire: q})
	h.refresh()
	values := survey.Values{"overall": {"2"}, "settled": {"yes"}, "pairs.polite.importance": {"2"}, "pairs.polite.satisfaction": {"3"}, "pairs.quick.importance": {"4"}, "pairs.quick.satisfaction": {"1"},
		"pairs.hours.importance": {"3"}, "pairs.hours.satisfaction": {"2"}, "areas.words": {"3"}, "areas.term": {"2"}, "areas.staff.importance": {"1"}, "areas.course.importance": {"2"}}
	answer := func(n int, more ...string) {
		v := survey.Values{}
		for key, value := range values {
			v[key] = value
		}
		for i := 0; i < len(more); i += 2 {
			v[more[i]] = []string{more[i+1]}
		}
		h.answer("wagi", given{n: n, values: v})
	}
	answer(11)
	answer(6, "settled", "no", "missing", "time")
	answer(3, "pairs.signs.importance", "4", "pairs.signs.satisfaction", "1")
	admin := h.logIn("wagi", store.RoleAdministrator)
	admin.post("/panel/raporty/dotychczasowe", map[string][]string{"next": {"/panel/ankieta"}})
	ctx, scope := context.Background(), h.scope("wagi")
	draft, err := scope.Draft(ctx)
	if err != nil {
		t.Fatal(err)
	}
	draft.Questionnaire.Question("pairs").Rows[1].Label = survey.PL("Szybkość")
	layout, err := sheet.NewLayout(&draft.Questionnaire)
	if err != nil {
		t.Fatal(err)
	}
	boxes, err := json.Marshal(layout)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := scope.Publish(ctx, store.NewVersion{Draft: *draft, Sheet: boxes, By: store.Actor{Login: admin.login, At: h.clock.now()}}, nil); err != nil {
		t.Fatal(err)
	}
	answer(10)
	return h, admin
}

// Importance beside satisfaction, the rule, who was not asked, and the corrected word, on the page and in the files.
func TestReportOfImportance(t *testing.T) {
	h, admin := startWeighed(t)
	address := admin.generate(thisYear())
	page := admin.get(address)
	page.body = strings.ReplaceAll(page.body, hardSpace, " ")
	h.expect("page", page, 200, "Co poprawić najpierw?", "„Szybkość” (ważność 4,00, zadowolenie 1,00)", "Priorytet do poprawy – ważniejsze, ocenione poniżej średniej",
		"Nadmiar – mniej ważne, ocenione powyżej średniej", "<desc>1. Szybkość – ważność 4,00, zadowolenie 1,00: priorytet do poprawy;", "Pominięto 1 stwierdzenie", "Wskaźnik zadowolenia CSI",
		"Pytanie 2 zadawano tylko części osób", "Zadawane tylko, jeśli w pytaniu 1 wybrano „nie”.", "nie pytano: 24 osoby (pytanie warunkowe)", "N = 6",
		"Pytanie 4: poprawiono brzmienie bez zmiany sensu", "wiersza „Szybkość” (w wersji 2)", "Ważność obszarów", "bardzo ważne", "ważniejsze", "not:", "Szypkość", "wersja 1)", "Tłumacz – ważność", "{{")
	d := admin.json(address)
	if len(d.Summary.Quadrants) != 2 {
		t.Fatalf("%d quadrants in the JSON, want 2", len(d.Summary.Quadrants))
	}
	rows, areas := d.Summary.Quadrants[0], d.Summary.Quadrants[1]
	var got []string
	for _, p := range append(rows.Points, areas.Points...) {
		got = append(got, fmt.Sprintf("%s%s %g/%d %g/%d %s", p.Row, p.Area, p.Importance.Value, p.Importance.N, p.Satisfaction.Value, p.Satisfaction.N, p.Quadrant))
	}
	want := "quick 4/30 1/30 improve, hours 3/30 2/30 strength, polite 2/30 3/30 excess, course 2/30 2/30 improve, staff 1/30 3/30 excess"
	if strings.Join(got, ", ") != want {
		t.Errorf("points %s\nwant %s", strings.Join(got, ", "), want)
	}
	if rows.Importance.Cut != 3 || rows.Satisfaction.Cut != 2 || rows.Withheld != 1 || math.Abs(rows.CSI-100*16.0/27) > 1e-9 { // (2·3 + 4·1 + 3·2)/(3·9)
		t.Errorf("quadrant %+v", rows)
	}
	for _, q := range d.Summary.Questions {
		for _, it := range q.Items {
			if it.Row == "signs" && (!it.Suppressed || it.Rating != (stats.Figure{})) || it.Row == "words" && it.Role != survey.RoleEmployee {
				t.Errorf("%s = %+v", it.Row, it)
			}
		}
	}
	csv := admin.get(address + "/raport.csv").body
	for _, line := range []string{";pairs;Co jest ważne i jak nam to wychodzi?;1, 2;quick;Szybkość;priorytet do poprawy;1;;;;", ";missing;Czego zabrakło?;1, 2;;;nie pytano;24;;;;"} {
		if !strings.Contains(csv, line) {
			t.Errorf("the CSV lacks %q", line)
		}
	}
	if strings.Contains(csv, "signs;Tłumacz;zadowolenie") {
		t.Error("the CSV tells a withheld point")
	}
}

// Two series of a row are told apart in its chart too, as in the table beside it.
func TestChartNamesSeries(t *testing.T) {
	side := reportSide{report.Side{Items: []stats.Item{{Label: survey.PL("Dyskrecja"), Break: true, Versions: []int{2}}, {Label: survey.PL("Dyskrecja"), Break: true, Versions: []int{1}}}}, &reportQuestion{}}
	chart := string(side.Chart())
	for _, want := range []string{">Dyskrecja [wersja 2]<", ">Dyskrecja [wersja 1]<"} {
		if !strings.Contains(chart, want) {
			t.Errorf("the chart lacks %q: %s", want, chart)
		}
	}
	if spread := string(side.Spread(stats.Item{Label: survey.PL("Dyskrecja"), Break: true, Versions: []int{1}, Suppressed: true})); !strings.Contains(spread, "[wersja 1]") {
		t.Errorf("the distribution is of %s", spread)
	}
}

// The report's page holds up to axe on a phone and at a desk, in light and dark.
func TestReportOfImportanceIsAccessible(t *testing.T) {
	axe := axeSource(t)
	_, admin := startWeighed(t)
	address := admin.generate(thisYear())
	k := desk(t, admin)
	k.logBrowserIn()
	for _, width := range []int64{360, 1280} {
		for _, scheme := range []string{"light", "dark"} {
			t.Run(strconv.FormatInt(width, 10)+"/"+scheme, func(t *testing.T) {
				look(t, k.ctx, width, scheme, k.address("wagi", address), "")
				until(t, k.ctx, `[...document.querySelectorAll("details")].every((d) => d.open = true) && document.querySelectorAll("svg.chart circle").length > 5`)
				checkAxe(t, k.ctx, axe)
			})
		}
	}
}

package web

import (
	"context"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

const everyKind = `
key: wszystko
title: Wszystkie rodzaje pytań
intro: Jedno pytanie każdego rodzaju.
thanks: Dziękujemy pięknie.
sections:
  - key: first
    title: Pierwsza część
    questions:
      - {key: about, kind: info, label: Jak wypełniać, help: Prosimy odpowiadać po kolei.}
      - key: matter
        kind: single
        label: Jaka to była sprawa?
        required: true
        options:
          - {key: tax, label: Podatek, help: także opłata}
          - {key: other, label: Inna, text: true}
      - key: ways
        kind: multi
        label: Które drogi kontaktu?
        min: 2
        max: 3
        options:
          - {key: phone, label: Telefon}
          - {key: mail, label: E-mail}
          - {key: visit, label: Wizyta}
          - {key: letter, label: List}
          - {key: none, label: Żadna, exclusive: true}
      - key: overall
        kind: scale
        label: Ocena ogólna
        required: true
        opt_outs: [dk]
        scale:
          digits: true
          points: [{label: bardzo źle}, {label: źle}, {label: średnio}, {label: dobrze}, {label: bardzo dobrze}]
      - key: agree
        kind: scale
        label: Czy urząd działa sprawnie?
        scale:
          best_first: true
          points: [{label: zdecydowanie się zgadzam}, {label: raczej się zgadzam}, {label: raczej się nie zgadzam}, {label: zdecydowanie się nie zgadzam}]
      - key: face
        kind: emoji
        label: Jak było dzisiaj?
        scale:
          points: [{label: źle}, {label: średnio}, {label: dobrze}]
  - key: second
    title: Druga część
    help: Tu są wiersze.
    questions:
      - key: quality
        kind: matrix
        label: Obsługa
        required: true
        opt_outs: [na, dk]
        scale:
          digits: true
          points: [{label: źle}, {label: średnio}, {label: dobrze}]
        areas: [{key: staff, label: Pracownicy}, {key: time, label: Czas}]
        rows:
          - {key: polite, label: Uprzejmość, area: staff}
          - {key: wise, label: Wiedza, area: staff}
          - {key: quick, label: Szybkość, area: time}
      - key: worth
        kind: paired
        label: Co jest ważne i jak wypada?
        scale:
          points: [{label: mało}, {label: średnio}, {label: bardzo}]
        rows:
          - {key: hours, label: Godziny przyjęć}
          - {key: place, label: Miejsce}
      - {key: settled, kind: yesno, label: Czy sprawa załatwiona?, partly: true, opt_outs: [na]}
      - {key: recommend, kind: nps, label: Czy poleci Pani/Pan nasz urząd?}
      - {key: minutes, kind: number, label: Ile trwało czekanie?, min: 0, max: 240, unit: minut}
      - {key: word, kind: text, label: Jednym słowem, short: true, limit: 20}
      - {key: remarks, kind: text, label: Uwagi, limit: 500}
`

// startEvery starts a service with an office "wszystko" whose questionnaire asks in every way, and a closed
// and an open service point.
func startEvery(t *testing.T, change ...func(*Options)) *harness {
	t.Helper()
	h := start(t, change...)
	h.createEvery()
	return h
}

func (h *harness) createEvery() {
	h.t.Helper()
	q, err := survey.ParseQuestionnaire("every.yaml", []byte(everyKind))
	if err != nil {
		h.t.Fatal(err)
	}
	h.create(context.Background(), store.NewTenant{Slug: "wszystko", Questionnaire: q,
		Office:        survey.Office{Name: "Urząd Gminy Wszystko", Colour: "#8a1538"},
		ServicePoints: []survey.SeedServicePoint{{Code: "okienko", Name: "Okienko 1"}}})
	h.refresh()
}

var hiddenField = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`)

// form returns a drawn form's hidden fields with values added.
func (h *harness) form(slug, path string, values url.Values) url.Values {
	h.t.Helper()
	got := h.get(slug, path)
	if got.StatusCode != 200 {
		h.t.Fatalf("GET %s = %d", path, got.StatusCode)
	}
	return merge(hidden(got.body), values)
}

func hidden(body string) url.Values {
	fields := url.Values{}
	for _, m := range hiddenField.FindAllStringSubmatch(body, -1) {
		fields.Add(m[1], m[2])
	}
	return fields
}

func merge(into, values url.Values) url.Values {
	for name, v := range values {
		into[name] = v
	}
	return into
}

// valid are the least answers that the questionnaire of "wszystko" takes.
func valid() url.Values {
	return url.Values{"matter": {"tax"}, "overall": {"4"}, "quality.polite": {"3"}, "quality.wise": {"na"}, "quality.quick": {"1"}}
}

// tags returns the opening tags of a page that hold all the parts.
func tags(body string, parts ...string) []string {
	var found []string
	for _, tag := range regexp.MustCompile(`<[a-z][^>]*>`).FindAllString(body, -1) {
		all := true
		for _, part := range parts {
			all = all && strings.Contains(tag, part)
		}
		if all {
			found = append(found, tag)
		}
	}
	return found
}

package sheet

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"ocenaurzedu.eu/pkg/survey"
)

// strs lists all the texts of a struct of words, by the names of their fields.
func strs(v reflect.Value, name string) map[string]string {
	all := map[string]string{}
	switch v.Kind() {
	case reflect.String:
		all[name] = v.String()
	case reflect.Struct:
		for i := range v.NumField() {
			for k, s := range strs(v.Field(i), v.Type().Field(i).Name) {
				all[k] = s
			}
		}
	case reflect.Array:
		for i := range v.Len() {
			for k, s := range strs(v.Index(i), fmt.Sprint(name, i)) {
				all[k] = s
			}
		}
	}
	return all
}

// Each text is there in each language, and takes the same numbers and names.
func TestWordsAreWholeInEachLanguage(t *testing.T) {
	verbs := regexp.MustCompile(`%[ds]`)
	polish := strs(reflect.ValueOf(polish()), "")
	for _, lang := range []string{survey.English, survey.Ukrainian} {
		w, err := wordsIn(lang)
		if err != nil {
			t.Fatal(err)
		}
		for field, text := range strs(reflect.ValueOf(w), "") {
			if strings.TrimSpace(text) == "" {
				t.Errorf("%s: %s is empty", lang, field)
			}
			if got, want := verbs.FindAllString(text, -1), verbs.FindAllString(polish[field], -1); !slices.Equal(got, want) {
				t.Errorf("%s: %s takes %v, want %v", lang, field, got, want)
			}
			if lang == survey.Ukrainian && strings.ContainsAny(text, "ыэъё") {
				t.Errorf("%s is not Ukrainian: %q", field, text)
			}
			if field != "only" && !slices.Contains([]string{"quotes0", "quotes1", "lang"}, field) && text == polish[field] {
				t.Errorf("%s: %s is in Polish: %q", lang, field, text)
			}
		}
	}
	if _, err := wordsIn("de"); err == nil {
		t.Error("there are words in German")
	}
}

func TestInstructionsInEachLanguage(t *testing.T) {
	const tail = `
      - {key: why, kind: text, label: {pl: Dlaczego?, en: Why?, uk: Чому?}, show_if: {all: [{question: way, is: [desk]}, {question: minutes, at_least: 30, at_most: 60}]}}
      - {key: what, kind: text, label: {pl: Co?, en: What?, uk: Що?}, show_if: {all: [{question: improve, is: [time, manners], not: true}]}}
`
	tests := []struct {
		lang string
		want []string
	}{
		{survey.Polish, []string{"settled=no – proszę przejść do pytania 3", "why: Tylko jeśli w pytaniu 2 zaznaczono »Osobiście« i w pytaniu 4 wpisano od 30 do 60.",
			"what: Tylko jeśli w pytaniu 3 nie zaznaczono »Czas« ani »Uprzejmość«."}},
		{survey.English, []string{"settled=no – please go to question 3", "why: Only if in question 2 you marked “Osobiście” and in question 4 you wrote 30 to 60.",
			"what: Only if in question 3 you did not mark “Czas” or “Uprzejmość”."}},
		{survey.Ukrainian, []string{"settled=no – просимо перейти до запитання 3", "why: Лише якщо у запитанні 2 позначено «Osobiście» і у запитанні 4 вписано від 30 до 60.",
			"what: Лише якщо у запитанні 3 не позначено «Czas» чи «Uprzejmość»."}},
	}
	for _, tt := range tests {
		q := visiting(t, "", tail)
		q.Question("way").ShowIf = &survey.Rule{All: []survey.Condition{{Question: "settled", Is: []string{"no"}, Not: true}}}
		w, err := wordsIn(tt.lang)
		if err != nil {
			t.Fatal(err)
		}
		if got := rulesIn(q, w); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.lang, got, tt.want)
		}
	}
}

// What a sheet must say in any language: how to mark and to mend, that the code is of no person, where to put it, and not to
// write personal data.
func TestPDFInEachForm(t *testing.T) {
	says := map[string][]string{
		survey.Polish:    {"Prosimy wstawić krzyżyk w kratce.", "Prosimy zamalować całą kratkę", "nie wskazuje osoby", "do urny", "danych osobowych", "wersja 3", "strona 1 z"},
		survey.English:   {"Please put a cross in the box.", "Please fill in the whole box", "not linked to any person", "survey box", "no personal data", "version 3", "page 1 of", "Waiting time at the desk"},
		survey.Ukrainian: {"Просимо поставити хрестик у клітинці.", "Просимо зафарбувати всю клітинку", "не вказує на особу", "в урну", "персональних даних", "версія 3", "сторінка 1 з", "Якщо справа ще триває"},
	}
	q := shipped(t, "default")
	for _, form := range Forms(q) {
		p := order(t, q)
		var err error
		if p.Layout, err = form.Layout(q); err != nil {
			t.Fatal(err)
		}
		pdf := pdfOf(t, p)
		text := strings.Join(strings.Fields(string(poppler(t, pdf, "pdftotext"))), " ")
		for _, want := range append(says[form.Lang], "Urząd Gminy Osielsko") {
			if !strings.Contains(text, want) {
				t.Errorf("%s: the sheet lacks %q", form.Format(), want)
			}
		}
		for lang, never := range says {
			if lang != form.Lang && strings.Contains(text, never[0]) {
				t.Errorf("%s: the sheet says %q", form.Format(), never[0])
			}
		}
		if !strings.Contains(string(pdf), "/Lang ("+form.Lang+")") {
			t.Errorf("%s: the PDF does not name its language", form.Format())
		}
		want := Code{Tenant: 6, Version: 17, Page: 1, Serial: 41, Format: form.Format()}
		if got, err := ParseCode(readQR(t, raster(t, pdf, 1), p.Layout.Pages[0].QR)); err != nil || got != want {
			t.Errorf("%s: the QR holds %+v, %v; want %+v", form.Format(), got, err, want)
		}
	}
}

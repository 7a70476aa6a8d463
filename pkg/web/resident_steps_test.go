package web

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// withRules asks for its own answers in every way: of a choice, of one of several, of a number and an opt-out, of a row,
// of a recommendation; for a section and for a question; on four pages. English lacks one option.
const withRules = `
key: warunki
title: {pl: Ankieta z warunkami, en: Survey with rules, uk: Анкета з умовами}
intro: {pl: To wstęp do ankiety., en: This is the introduction., uk: Це вступ до анкети.}
thanks: {pl: Ładnie dziękujemy., en: Many thanks., uk: Щиро дякуємо.}
languages: [en, uk]
sections:
  - key: start
    title: {pl: Sprawa, en: Your matter, uk: Справа}
    questions:
      - key: settled
        kind: yesno
        label: {pl: Czy sprawę załatwiono?, en: Was your matter settled?, uk: Чи справу вирішено?}
        required: true
        partly: true
      - key: ways
        kind: multi
        label: {pl: Jak się Pani/Pan kontaktował/a?, en: How did you contact us?, uk: Як Ви зверталися?}
        options:
          - {key: phone, label: {pl: telefon, en: telephone, uk: телефон}}
          - {key: mail, label: {pl: e-mail, en: e-mail, uk: електронна пошта}}
          - {key: desk, label: okienko podawcze}
          - {key: other, label: {pl: inaczej, en: in another way, uk: інакше}, text: true}
      - key: minutes
        kind: number
        label: {pl: Ile minut trwało czekanie?, en: How many minutes did you wait?, uk: Скільки хвилин Ви чекали?}
        max: 240
        unit: {pl: minut, en: minutes, uk: хвилин}
        opt_outs: [na]
  - key: why
    title: {pl: Czego zabrakło, en: What was missing, uk: Чого бракувало}
    help: {pl: Prosimy o szczegóły., en: Please tell us the details., uk: Просимо розповісти докладніше.}
    show_if: {any: [{question: settled, is: ["no"]}, {question: settled, is: [partly]}]}
    questions:
      - {key: sorry, kind: info, label: {pl: Przykro nam, en: We are sorry, uk: Нам прикро}, help: {pl: Chcemy to naprawić., en: We want to put it right., uk: Ми хочемо це виправити.}}
      - key: reason
        kind: single
        label: {pl: Co było powodem?, en: What was the reason?, uk: Що було причиною?}
        required: true
        options:
          - {key: papers, label: {pl: dokumenty, en: papers, uk: документи}}
          - {key: else, label: {pl: co innego, en: something else, uk: щось інше}, text: true}
      - {key: blame, kind: text, label: {pl: Co poszło nie tak?, en: What went wrong?, uk: Що пішло не так?}, limit: 40}
  - key: contact
    title: {pl: Kontakt, en: Contact, uk: Контакт}
    questions:
      - key: quality
        kind: matrix
        label: {pl: Obsługa, en: Service, uk: Обслуговування}
        opt_outs: [dk]
        scale: {points: [{label: {pl: źle, en: badly, uk: погано}}, {label: {pl: średnio, en: fairly, uk: посередньо}}, {label: {pl: dobrze, en: well, uk: добре}}]}
        importance:
          points:
            - {label: {pl: nieważny, en: not important, uk: неважлива}}
            - {label: {pl: dość ważny, en: quite important, uk: досить важлива}}
            - {label: {pl: ważny, en: important, uk: важлива}}
            - {label: {pl: najważniejszy, en: most important, uk: найважливіша}}
        areas:
          - {key: people, label: {pl: Ludzie, en: People, uk: Люди}}
          - {key: time, label: {pl: Czas, en: Time, uk: Час}}
        rows:
          - {key: polite, area: people, required: true, label: {pl: Uprzejmość, en: Politeness, uk: Ввічливість}}
          - {key: wise, area: people, label: {pl: Wiedza, en: Knowledge, uk: Знання}}
          - {key: quick, area: time, label: {pl: Szybkość, en: Speed, uk: Швидкість}}
      - key: line
        kind: yesno
        label: {pl: Czy telefon był zajęty?, en: Was the line busy?, uk: Чи лінія була зайнята?}
        show_if: {all: [{question: ways, is: [phone]}]}
      - key: letters
        kind: yesno
        label: {pl: Czy woli Pani/Pan listy?, en: Do you prefer letters?, uk: Чи Ви надаєте перевагу листам?}
        required: true
        show_if: {all: [{question: ways, is: [mail], not: true}, {question: settled, is: ["yes"]}]}
      - key: queue
        kind: text
        short: true
        limit: 60
        label: {pl: Co działo się w kolejce?, en: What happened in the queue?, uk: Що відбувалося в черзі?}
        show_if: {any: [{question: minutes, at_least: 30}, {question: minutes, is: [na]}]}
  - key: end
    title: {pl: Na koniec, en: Finally, uk: Наостанок}
    questions:
      - key: rude
        kind: scale
        label: {pl: Jak bardzo było niemiło?, en: How unpleasant was it?, uk: Наскільки було неприємно?}
        show_if: {all: [{question: quality, row: polite, is: ["1"]}]}
        scale: {points: [{label: {pl: trochę, en: a little, uk: трохи}}, {label: {pl: bardzo, en: very, uk: дуже}}]}
      - key: worth
        kind: paired
        label: {pl: Co jest ważne i jak wypada?, en: What matters and how is it?, uk: Що важливе і яке воно?}
        scale: {points: [{label: {pl: niezadowolona/y, en: dissatisfied, uk: незадоволена/ий}}, {label: {pl: obojętna/y, en: indifferent, uk: байдуже}}, {label: {pl: zadowolona/y, en: satisfied, uk: задоволена/ий}}]}
        importance: {digits: true, points: [{label: {pl: mało ważne, en: hardly important, uk: мало важливо}}, {label: {pl: bardzo ważne, en: very important, uk: дуже важливо}}]}
        rows:
          - {key: hours, required: true, label: {pl: Godziny, en: Hours, uk: Години}}
          - {key: place, label: {pl: Miejsce, en: Place, uk: Місце}}
      - {key: recommend, kind: nps, required: true, label: {pl: Czy poleci Pani/Pan urząd?, en: Would you recommend the office?, uk: Чи порадите Ви установу?}}
      - key: better
        kind: text
        limit: 300
        label: {pl: Co poprawić?, en: What should be better?, uk: Що поліпшити?}
        show_if: {all: [{question: recommend, at_most: 6}]}
`

// startRules starts a service with an office "warunki" whose questionnaire has rules, and a service point.
func startRules(t *testing.T, change ...func(*Options)) *harness {
	t.Helper()
	h := start(t, change...)
	q, err := survey.ParseQuestionnaire("rules.yaml", []byte(withRules))
	if err != nil {
		t.Fatal(err)
	}
	h.create(context.Background(), store.NewTenant{Slug: "warunki", Questionnaire: q,
		Office: survey.Office{Name: "Urząd Gminy Warunki", Street: "Łąkowa 1", City: "Śliwice", DPO: "Inspektor, iod@warunki.example"}, ServicePoints: []survey.SeedServicePoint{{Code: "okienko", Name: "Okienko główne"}}})
	h.refresh()
	return h
}

// withoutTemplates is a page as a browser without script sees it.
func withoutTemplates(body string) string {
	return regexp.MustCompile(`(?s)<template>.*?</template>`).ReplaceAllString(body, "")
}

// press fills in what the page asks for of values, and presses a button, as a browser without script does.
func (h *harness) press(slug string, on *answer, do string, values url.Values) *answer {
	h.t.Helper()
	page := withoutTemplates(on.body)
	form := hidden(page)
	for name, v := range values {
		if len(tags(page, ` name="`+name+`"`, "id=")) > 0 {
			form[name] = v
		}
	}
	if len(tags(page, `name="_do"`, `value="`+do+`"`)) == 0 {
		h.t.Fatalf("no button %q on the page: %q", do, tags(page, "<button"))
	}
	form.Set("_do", do)
	return h.post(slug, "/", form)
}

// walk answers a survey page by page until it is stored, and returns the pages.
func (h *harness) walk(slug, path string, values url.Values) []*answer {
	h.t.Helper()
	pages := []*answer{h.get(slug, path)}
	for len(pages) < 20 {
		last := pages[len(pages)-1]
		do := doNext
		if len(tags(withoutTemplates(last.body), `id="wyslij"`, `value="send"`)) > 0 {
			do = doSend
		}
		next := h.press(slug, last, do, values)
		if next.StatusCode == http.StatusSeeOther && do == doSend {
			return pages
		}
		if next.StatusCode != http.StatusOK {
			h.t.Fatalf("page %d, %s = %d: %s", len(pages), do, next.StatusCode, next.body)
		}
		pages = append(pages, next)
	}
	h.t.Fatal("no end of pages")
	return nil
}

var askedOn = regexp.MustCompile(`<(?:legend|label class="ask"[^>]*)>(?:<span class="step">([^<]*)</span> )?<span data-label[^>]*>([^<]*)</span>`)

// asked lists the questions of a page as a browser without script shows them: "1 of 3 label".
func asked(body string) []string {
	var all []string
	for _, m := range askedOn.FindAllStringSubmatch(withoutTemplates(body), -1) {
		all = append(all, words(m[1]+" | "+m[2]))
	}
	return all
}

// unhappy answers see each question but letters; happy ones see no section "why" and end after three pages.
func unhappy() url.Values {
	return url.Values{"settled": {"no"}, "ways": {"phone", "other"}, "ways.other": {"gołębiem"}, "minutes": {"30"}, "reason": {"else"}, "reason.else": {"remont"}, "blame": {"Nic nie działało."},
		"quality.polite": {"1"}, "quality.wise": {"dk"}, "quality.people.importance": {"4"}, "line": {"yes"}, "queue": {"tłok"},
		"rude": {"2"}, "worth.hours.importance": {"2"}, "worth.hours.satisfaction": {"1"}, "recommend": {"6"}, "better": {"Wszystko."}}
}

func happy() url.Values {
	return url.Values{"settled": {"yes"}, "minutes": {"5"}, "quality.polite": {"3"}, "letters": {"no"}, "worth.hours.importance": {"1"}, "worth.hours.satisfaction": {"3"}, "recommend": {"7"}}
}

func TestSurveyPageByPage(t *testing.T) {
	h := startRules(t)
	tests := []struct {
		name   string
		values url.Values
		pages  [][]string
	}{
		{"unhappy", unhappy(), [][]string{
			{"Pytanie 1 | Czy sprawę załatwiono?", "Pytanie 2 | Jak się Pani/Pan kontaktował/a?", "Pytanie 3 | Ile minut trwało czekanie?"},
			{"Pytanie 4 | Co było powodem?", "Pytanie 5 | Co poszło nie tak?", "Pytanie 6 | Obsługa", "Pytanie 7 | Czy telefon był zajęty?", "Pytanie 8 | Co działo się w kolejce?"},
			{"Pytanie 9 | Jak bardzo było niemiło?", "Pytanie 10 | Co jest ważne i jak wypada?", "Pytanie 11 | Czy poleci Pani/Pan urząd?"},
			{"Pytanie 12 z 12 | Co poprawić?"},
		}},
		{"happy", happy(), [][]string{
			{"Pytanie 1 | Czy sprawę załatwiono?", "Pytanie 2 | Jak się Pani/Pan kontaktował/a?", "Pytanie 3 | Ile minut trwało czekanie?"},
			{"Pytanie 4 | Obsługa", "Pytanie 5 | Czy woli Pani/Pan listy?"},
			{"Pytanie 6 | Co jest ważne i jak wypada?", "Pytanie 7 | Czy poleci Pani/Pan urząd?"},
			nil, // what was left is hidden: nothing is asked any more
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before := len(h.stored("warunki"))
			pages := h.walk("warunki", "/?p=okienko", tt.values)
			if len(pages) != len(tt.pages) {
				t.Fatalf("%d pages, want %d", len(pages), len(tt.pages))
			}
			for i, p := range pages {
				if got := asked(p.body); !slices.Equal(got, tt.pages[i]) {
					t.Errorf("page %d asks\n%q, want\n%q", i+1, got, tt.pages[i])
				}
				plain := withoutTemplates(p.body)
				checkIDs(t, fmt.Sprintf("%s, page %d", tt.name, i+1), p.body)
				if strings.Contains(plain, "Przykro nam") != (tt.name == "unhappy" && i == 1) || strings.Contains(plain, "Prosimy o szczegóły") != (tt.name == "unhappy" && i == 1) {
					t.Errorf("page %d: the note of a hidden section, or its help, is not where it should be", i+1)
				}
				if strings.Contains(plain, "Ankieta jest anonimowa") != (i == 0) || strings.Contains(plain, "To wstęp") != (i == 0) {
					t.Errorf("page %d: the clause belongs to the first page", i+1)
				}
				if hidden(plain).Get("_key") != hidden(pages[0].body).Get("_key") || hidden(plain).Get("_p") != "okienko" || strings.Contains(plain, "%") {
					t.Errorf("page %d has another key or no service point, or a percentage", i+1)
				}
			}
			if got := h.stored("warunki"); len(got) != before+1 || got[0].Point != "okienko" {
				t.Errorf("stored %v", got)
			}
		})
	}
	if n := h.count(`SELECT count(*) FROM remarks WHERE text IN ('gołębiem', 'remont', 'Nic nie działało.', 'tłok', 'Wszystko.')`); n != 5 {
		t.Errorf("%d texts stored, want 5", n)
	}
}

// A resident may go back, change an answer and go on: what was typed on pages that are passed over now comes back with
// the answer that shows them, and is not stored otherwise.
func TestGoingBackKeepsAnswers(t *testing.T) {
	h := startRules(t)
	page := h.press("warunki", h.get("warunki", "/"), doNext, unhappy())
	page = h.press("warunki", page, doBack, url.Values{"blame": {strings.Repeat("za długie ", 9)}, "quality.polite": {"2"}}) // nothing is checked on the way back
	if page.StatusCode != http.StatusOK || len(tags(withoutTemplates(page.body), `name="settled"`, `value="no"`, "checked")) != 1 || len(tags(page.body, `name="ways.other"`, `value="gołębiem"`)) != 1 {
		t.Fatalf("back = %d: the first page lost its answers", page.StatusCode)
	}
	if got := hidden(withoutTemplates(page.body)); !strings.HasPrefix(got.Get("blame"), "za długie") || got.Get("quality.polite") != "2" {
		t.Errorf("the answers of the page that was left are not carried: %v", got)
	}
	page = h.press("warunki", page, doNext, url.Values{"settled": {"yes"}})
	if got := asked(page.body); page.StatusCode != http.StatusOK || slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, "poszło nie tak") }) {
		t.Fatalf("after yes = %d with %q", page.StatusCode, got)
	}
	again := h.press("warunki", h.press("warunki", page, doBack, nil), doNext, url.Values{"settled": {"no"}})
	if !strings.Contains(withoutTemplates(again.body), "za długie") {
		t.Error("after no again the text is lost")
	}
	page = h.press("warunki", page, doNext, happy())
	page = h.press("warunki", page, doNext, happy())
	if got := asked(h.press("warunki", page, doBack, nil).body); len(got) != 2 || !strings.Contains(got[1], "Czy poleci") { // over the page that asks nothing now
		t.Errorf("back from the end asks %q", got)
	}
	if got := h.press("warunki", page, doSend, nil); got.StatusCode != http.StatusSeeOther {
		t.Fatalf("a fault in a hidden answer holds the survey back: %d %s", got.StatusCode, got.body)
	}
	if n := h.count(`SELECT count(*) FROM remarks WHERE question IN ('blame', 'reason.else', 'queue')`); n != 0 {
		t.Errorf("%d hidden texts stored, want none", n)
	}
	if got := h.stored("warunki"); len(got) != 1 || !strings.Contains(got[0].Codes, ",4,4,") { // reason and blame
		t.Errorf("stored %v, want hidden answers to be marked as such", got)
	}
}

func TestFaultsOfAPage(t *testing.T) {
	h := startRules(t)
	first := h.get("warunki", "/")
	page := h.press("warunki", first, doNext, url.Values{"minutes": {"dużo"}})
	if page.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(page.body, "Do poprawy: 2 odpowiedzi") || !strings.Contains(page.body, `href="#q-settled"`) ||
		strings.Contains(page.body, `href="#q-recommend"`) || len(tags(page.body, `name="minutes"`, `value="dużo"`)) != 1 {
		t.Fatalf("a fault on page 1 = %d: %s", page.StatusCode, page.body)
	}
	page = h.press("warunki", page, doNext, unhappy())
	page = h.press("warunki", page, doNext, url.Values{"blame": {strings.Repeat("a", 41)}, "quality.polite": {"1"}})
	plain := withoutTemplates(page.body)
	if page.StatusCode != http.StatusUnprocessableEntity || hidden(plain).Get("_page") != "2" || !strings.Contains(plain, `href="#q-reason"`) || !strings.Contains(plain, `href="#q-blame"`) {
		t.Fatalf("a fault on page 2 = %d: %s", page.StatusCode, plain)
	}
	if got := hidden(plain); got.Get("settled") != "no" || got.Get("ways.other") != "gołębiem" || !slices.Equal(got["ways"], []string{"phone", "other"}) || got.Get("_key") != hidden(first.body).Get("_key") {
		t.Errorf("page 2 with faults carries %v", got)
	}
	checkIDs(t, "faults on page 2", page.body)
	// The last page leads to a fault on an earlier one: the required row of page 2.
	form := merge(hidden(first.body), unhappy())
	form.Set("_page", "4")
	form.Set("_do", doSend)
	page = h.post("warunki", "/", without(form, "quality.polite"))
	if got := hidden(withoutTemplates(page.body)); page.StatusCode != http.StatusUnprocessableEntity || got.Get("_page") != "2" || got.Get("better") != "Wszystko." || !strings.Contains(page.body, `href="#q-quality.polite"`) {
		t.Errorf("a fault on an earlier page = %d with %v", page.StatusCode, got)
	}
	if n := len(h.stored("warunki")); n != 0 {
		t.Errorf("%d stored, want none", n)
	}
}

// Whoever sends all answers at once is not led through the pages, and gets all questions back where something is wrong.
func TestSurveyWithRulesSentWhole(t *testing.T) {
	h := startRules(t)
	key := func(v url.Values) url.Values { return merge(url.Values{"_key": {newKey()}}, v) }
	for name, form := range map[string]url.Values{
		"no page": key(unhappy()), "the hidden fields of page 1": h.form("warunki", "/", unhappy()), "with answers that are hidden": key(merge(unhappy(), url.Values{"letters": {"yes"}, "letters.x": {"?"}})),
	} {
		if got := h.post("warunki", "/", form); got.StatusCode != http.StatusSeeOther || got.Header.Get("Location") != "/dziekujemy" {
			t.Errorf("%s: %d to %q", name, got.StatusCode, got.Header.Get("Location"))
		}
	}
	got := h.post("warunki", "/", key(merge(unhappy(), url.Values{"minutes": {"x"}, "recommend": {"11"}, "better": {"Ten tekst"}})))
	plain := withoutTemplates(got.body)
	if got.StatusCode != http.StatusUnprocessableEntity || hidden(plain).Has("_page") || !strings.Contains(plain, `href="#q-minutes"`) || !strings.Contains(plain, `href="#q-recommend"`) ||
		len(asked(plain)) != 10 || hidden(plain).Get("better") != "Ten tekst" { // 12 but queue and better: neither minutes nor recommend tells that they are shown
		t.Errorf("a whole form to mend = %d asking %q: %v", got.StatusCode, asked(plain), hidden(plain))
	}
	if n := len(tags(plain, "<button", `name="_do"`)); n != 1+1+3 { // send, the one that Enter presses, three languages
		t.Errorf("%d buttons on a whole form", n)
	}
	stored := h.stored("warunki")
	if len(stored) != 3 || stored[0] != stored[1] || stored[1] != stored[2] {
		t.Errorf("the same answers are stored as %v", stored)
	}
}

// Whatever is answered, page by page and at once store the same codes: those that Fill gives.
func TestEveryWayStoresTheSame(t *testing.T) {
	h := startRules(t)
	version, err := h.scope("warunki").PublishedVersion(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	chance := rand.New(rand.NewPCG(3, 2026))
	for i := range 25 {
		values := randomAnswers(chance, &version.Questionnaire)
		sub, err := version.Fill(survey.Values(values), survey.ChannelWeb, h.web.today())
		if err != nil {
			t.Fatalf("%v: %v", values, err)
		}
		checkSteps(t, h.walk("warunki", "/", values))
		if got := h.post("warunki", "/", merge(url.Values{"_key": {newKey()}}, values)); got.StatusCode != http.StatusSeeOther {
			t.Fatalf("at once: %d", got.StatusCode)
		}
		want := strings.ReplaceAll(strings.Trim(fmt.Sprint(sub.Codes), "[]"), " ", ",")
		if n := h.count(`SELECT count(*) FROM submissions WHERE tenant_id = $1 AND codes = string_to_array($2, ',')::smallint[]`, h.ids["warunki"], want); n < 2 {
			t.Fatalf("%d, %v: %d of the two ways stored %s", i, values, n, want)
		}
	}
}

// checkSteps wants questions to be counted on through the pages, and a number of all to be told only where it holds.
func checkSteps(t *testing.T, pages []*answer) {
	t.Helper()
	var steps []string
	for _, p := range pages {
		steps = append(steps, asked(p.body)...)
	}
	told := 0
	for i, step := range steps {
		place, of, total := strings.Cut(strings.TrimPrefix(step[:strings.Index(step, " | ")], "Pytanie "), " z ")
		if place != strconv.Itoa(i+1) || total && of != strconv.Itoa(len(steps)) {
			t.Errorf("%q is question %d of %d", step, i+1, len(steps))
		}
		if total {
			told++
		}
	}
	if last := pages[len(pages)-1]; told != len(asked(last.body)) { // before, an answer may still show more
		t.Errorf("%d of %q tell how many there are", told, steps)
	}
}

// randomAnswers answers all that is required, whether rules hide it or not, and some of the rest.
func randomAnswers(chance *rand.Rand, q *survey.Questionnaire) url.Values {
	values := url.Values{}
	layout := survey.NewLayout(q)
	for _, slot := range layout.Slots {
		question, field := q.Question(slot.Question), slot.Field()
		var one string
		choices := question.ChoicesOf(slot.Aspect)
		switch {
		case slot.Option != "":
			if chance.IntN(2) == 0 {
				values.Add(field, slot.Option)
			}
			continue
		case question.Kind == survey.KindMulti:
			continue
		case question.Kind == survey.KindText:
			one = "tekst " + strconv.Itoa(chance.IntN(9))
		case question.Kind == survey.KindNumber:
			one = strconv.Itoa(chance.IntN(60))
		default:
			one = choices[chance.IntN(len(choices))].Value
		}
		row := slices.IndexFunc(question.Rows, func(r survey.Row) bool { return r.Key == slot.Row && r.Required })
		if outs := question.OptOuts; len(outs) > 0 && chance.IntN(5) == 0 {
			one = string(outs[chance.IntN(len(outs))])
		}
		if question.Required || row >= 0 || chance.IntN(3) > 0 {
			values.Set(field, one)
		}
	}
	return values
}

// A limit or an outage keeps the page, its answers and the key.
func TestRefusedOnTheLastPage(t *testing.T) {
	h := startRules(t)
	for range limitSurvey.Burst + limitPlain.Burst {
		if got := h.post("warunki", "/", merge(url.Values{"_key": {newKey()}, fieldPlain: {"1"}}, happy())); got.StatusCode != http.StatusSeeOther {
			t.Fatal(got.StatusCode)
		}
	}
	page := h.get("warunki", "/?lang=en")
	key := hidden(page.body).Get("_key")
	for range 3 {
		page = h.press("warunki", page, doNext, unhappy())
	}
	page = h.press("warunki", page, doSend, unhappy())
	got := hidden(withoutTemplates(page.body))
	if page.StatusCode != http.StatusTooManyRequests || got.Get("_key") != key || got.Get("_page") != "4" || got.Get("blame") != "Nic nie działało." || !strings.Contains(page.body, "Wszystko.</textarea>") {
		t.Errorf("over the limit = %d with %v", page.StatusCode, got)
	}
	if !strings.Contains(page.body, "Please wait a moment") || !regexp.MustCompile(`in \d+\x{a0}(seconds?|minutes?)\.`).MatchString(page.body) {
		t.Error("the limit is not told in English")
	}
	h.advance(limitPlain.Per)
	if again := h.press("warunki", page, doSend, nil); again.StatusCode != http.StatusSeeOther || again.Header.Get("Location") != "/dziekujemy?lang=en" {
		t.Errorf("after a while = %d to %q", again.StatusCode, again.Header.Get("Location"))
	}
}

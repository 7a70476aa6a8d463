package web

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"
	"github.com/lib/pq"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// ruledPaper has a skip over a matrix and a multi question, a question behind a number, two scales of importance, and
// a last question that few are asked.
const ruledPaper = `
key: ankieta
title: Ankieta z regułami
sections:
  - key: visit
    title: Wizyta
    questions:
      - {key: settled, kind: yesno, label: Załatwiona?, partly: true, skip: [{is: [yes], to: overall}]}
      - key: delay
        kind: matrix
        label: Co trwało za długo?
        scale: &grade {digits: true, points: [{label: źle}, {label: średnio}, {label: dobrze}]}
        rows: [{key: queue, label: Kolejka}, {key: desk, label: Obsługa}, {key: letter, label: Pismo}]
      - {key: reason, kind: multi, label: Dlaczego?, max: 2, options: [{key: staff, label: Za mało osób}, {key: law, label: Przepisy}, {key: me, label: Ja}, {key: unknown, label: Nie wiem, exclusive: true}]}
      - {key: overall, kind: scale, label: Ogólnie, scale: *grade, opt_outs: [dk]}
      - {key: minutes, kind: number, label: Ile minut?, max: 240, opt_outs: [na]}
      - {key: long, kind: yesno, label: Czy to za długo?, show_if: {all: [{question: minutes, at_least: 30}]}}
  - key: weight
    title: Co jest ważne
    questions:
      - key: pairs
        kind: paired
        label: Ważność i zadowolenie
        scale: *grade
        importance: {points: [{label: nieważne}, {label: ważne}]}
        rows: [{key: time, label: Czas}, {key: manners, label: Uprzejmość}]
      - key: quality
        kind: matrix
        label: Jakość
        scale: *grade
        importance: {digits: true, points: [{label: mało, score: 0}, {label: dość, score: 1}, {label: bardzo, score: 2}]}
        areas: [{key: room, label: Warunki}, {key: staff, label: Ludzie}]
        rows: [{key: way, label: Dojazd, area: room}, {key: help, label: Pomoc, area: staff}]
      - {key: why, kind: text, label: Dlaczego źle?, show_if: {all: [{question: overall, is: ["1"]}]}}
`

func ruledQuestionnaire(t *testing.T, source string) *survey.Questionnaire {
	t.Helper()
	q, err := survey.ParseQuestionnaire("ruled.yaml", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// codesOf reads the stored codes of a batch's sheet by field; a multi question's options as field=option.
func codesOf(t *testing.T, h *harness, version *survey.Version, number int) map[string]int64 {
	t.Helper()
	var codes pq.Int64Array
	err := h.owner.QueryRow(`
		SELECT codes
		FROM submissions
		JOIN batch_sheets ON batch_sheets.tenant_id = submissions.tenant_id AND batch_sheets.submission_id = submissions.id
		WHERE batch_sheets.number = $1`, number).Scan(&codes)
	if err != nil {
		t.Fatal(err)
	}
	byField := map[string]int64{}
	for i, slot := range version.Layout.Slots {
		field := slot.Field()
		if slot.Option != "" {
			field += "=" + slot.Option
		}
		byField[field] = codes[i]
	}
	return byField
}

// What a rule hides costs no key, an answer that breaks it can be typed, and it is kept without counting.
func TestTypePastWhatRulesHide(t *testing.T) {
	h := start(t)
	h.create(context.Background(), store.NewTenant{Slug: "reguly", Office: survey.Office{Name: "Urząd Gminy Reguły"}, Questionnaire: ruledQuestionnaire(t, ruledPaper)})
	h.refresh()
	version, err := h.scope("reguly").PublishedVersion(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	p := h.logIn("reguly", store.RoleEmployee)
	batch := openPaperBatch(t, p, nil)
	k := sitDown(t, p, batch+"/arkusz")
	focus := func(field string) {
		t.Helper()
		k.wait(fmt.Sprintf(`document.activeElement.closest("[data-row]")?.id === %q`, "w-"+field))
	}

	k.ready(1)
	before := k.keys
	k.press(kb.Enter + "1") // no code; settled, so that four rows are passed over
	focus("overall")
	k.press("3" + "15" + kb.Enter) // no long wait, so that its question is passed over
	focus("pairs.time.importance")
	k.press("22" + "31") // importance of both, then satisfaction
	focus("quality.way")
	k.press("33")
	focus("quality.room.importance")
	k.press("02" + kb.Enter) // the printed digits; the last question is passed over, and Enter saves
	k.waitTold("Arkusz zapisany")
	if used, answers := k.keys-before, 1+1+2+4+2+2; used != answers+3 {
		t.Errorf("sheet 1 took %d keys, want one an answer (%d) and Enter for the code, the number and saving", used, answers)
	}

	k.ready(2)
	k.press("1")
	focus("overall")
	k.press(kb.Backspace) // the paper has answers where it should not
	focus("delay.queue")
	k.waitTold("nie wejdzie do wyników tego pytania")
	k.press("1" + "2")
	focus("delay.letter")
	k.wait(`document.getElementById("w-delay.queue").closest(".group").innerText.includes("Wpisana tu odpowiedź zostanie zapisana")`)
	k.press(kb.Enter) // nothing more there
	focus("overall")
	k.press(kb.Backspace + kb.Backspace) // over what is hidden in two keys, however long it is
	focus("settled")
	k.press("1" + "1") // settled once more, overall badly: the last question is asked now
	focus("minutes")
	k.press("45" + kb.Enter)
	focus("long")
	k.press("1" + "....." + "..." + "Tak" + kb.Enter)
	if got := k.read(`document.querySelectorAll(".skipped").length`); got != "2" {
		t.Errorf("%s questions are passed over, want the two behind the skip", got)
	}
	k.press(kb.Enter)
	k.waitTold("Arkusz zapisany")

	codes := codesOf(t, h, version, 2)
	kept := map[string]int64{"settled": 5, "delay.queue": 5, "delay.desk": 6, "delay.letter": 4, "reason": 4, "overall": 5, "minutes": 50, "long": 5, "why": 5}
	for field, want := range kept {
		if codes[field] != want {
			t.Errorf("stored %s = %d, want %d", field, codes[field], want)
		}
	}
	n, got := counts(t, h, "reguly")
	want := map[string]int64{
		"settled/=5": 2, "delay.queue/=4": 2, "delay.desk/=4": 2, "delay.letter/=4": 2, "reason/=4": 2, "reason/staff=4": 2, "reason/law=4": 2, "reason/me=4": 2, "reason/unknown=4": 2,
		"overall/=7": 1, "overall/=5": 1, "minutes/=20": 1, "minutes/=50": 1, "long/=4": 1, "long/=5": 1, "why/=4": 1, "why/=5": 1,
		"pairs.time.importance/=6": 1, "pairs.manners.importance/=6": 1, "pairs.time.satisfaction/=7": 1, "pairs.manners.satisfaction/=5": 1,
		"quality.way/=7": 1, "quality.help/=7": 1, "quality.room.importance/=5": 1, "quality.staff.importance/=7": 1,
	}
	if diff := cmp.Diff(want, got); n != 2 || diff != "" {
		t.Errorf("n = %d, want 2; tally (-want +got):\n%s", n, diff)
	}

	// The kept answers are there to be corrected, and stay when something else is.
	var id string
	if err := h.owner.QueryRow(`SELECT submission_id FROM batch_sheets WHERE number = 2`).Scan(&id); err != nil {
		t.Fatal(err)
	}
	k.do(chromedp.Navigate(p.address("reguly", batch+"/arkusz/"+id)))
	k.wait(`document.getElementById("w-delay.queue")?.closest(".skipped") && document.querySelector("[name='delay.queue']:checked").value === "1"`)
	k.load(http.StatusOK, chromedp.Evaluate[chromedp.Void](`document.querySelector("[name=overall][value='3']").click(), document.getElementById("sheet").requestSubmit(), undefined`))
	codes = codesOf(t, h, version, 2)
	if codes["delay.queue"] != 5 || codes["delay.desk"] != 6 || codes["overall"] != 7 {
		t.Errorf("after the correction queue, desk and overall = %d, %d, %d; want 5, 6, 7", codes["delay.queue"], codes["delay.desk"], codes["overall"])
	}
	if page := k.text(); !strings.Contains(page, "Poprawiono arkusz nr 2") {
		t.Errorf("the batch says\n%s", page)
	}
}

// manyRules has rules of each shape, some of them about questions that have a rule themselves.
const manyRules = `
key: ankieta
title: Reguły
sections:
  - key: all
    title: Wszystkie
    questions:
      - {key: yes, kind: yesno, label: Tak?, partly: true, opt_outs: [na, dk]}
      - {key: what, kind: multi, label: Co?, max: 2, opt_outs: [dk], options: [{key: a, label: A}, {key: b, label: B}, {key: c, label: C}, {key: none, label: Nic, exclusive: true}]}
      - {key: wait, kind: number, label: Ile?, min: -5, max: 50, opt_outs: [na]}
      - {key: nps, kind: nps, label: Polecenie}
      - {key: grid, kind: matrix, label: Oceny, scale: {best_first: true, digits: true, points: [{label: dobrze}, {label: źle}]}, opt_outs: [na], rows: [{key: x, label: X}, {key: y, label: Y}]}
      - {key: is, kind: yesno, label: Dalej?, show_if: {all: [{question: yes, is: [yes, partly]}]}}
      - {key: not, kind: yesno, label: Nie?, show_if: {all: [{question: what, is: [a], not: true}]}}
      - {key: picked, kind: yesno, label: Wybrane?, show_if: {all: [{question: what, is: [b, dk]}]}}
      - {key: sole, kind: yesno, label: Nic?, show_if: {all: [{question: what, is: [none]}]}}
      - {key: between, kind: yesno, label: Między?, show_if: {all: [{question: wait, at_least: -2, at_most: 9}]}}
      - {key: above, kind: yesno, label: Powyżej?, show_if: {all: [{question: wait, at_least: 10, is: [na]}]}}
      - {key: below, kind: yesno, label: Nie powyżej?, show_if: {all: [{question: wait, at_least: 10, not: true}]}}
      - {key: critic, kind: yesno, label: Krytyk?, show_if: {all: [{question: nps, at_most: 6}]}}
      - {key: row, kind: yesno, label: Wiersz?, show_if: {any: [{question: grid, row: x, is: ["2"]}, {question: grid, row: y, is: [na]}]}}
      - {key: chain, kind: yesno, label: Po regule?, show_if: {all: [{question: is, is: [yes]}]}}
      - {key: unchain, kind: yesno, label: Po regule nie?, show_if: {all: [{question: is, is: [yes], not: true}, {question: nps, is: ["9", "10"]}]}}
      - {key: both, kind: yesno, label: Oba?, show_if: {all: [{question: yes, is: [yes, partly]}], any: [{question: nps, at_least: 7}, {question: what, is: [c]}]}}
      - {key: end, kind: text, label: Uwagi}
  - key: part
    title: Część
    show_if: {all: [{question: yes, is: [no, dk]}]}
    questions:
      - {key: inside, kind: yesno, label: W części?, show_if: {all: [{question: critic, is: [yes], not: true}]}}
      - {key: last, kind: yesno, label: Koniec?}
`

// randomForm marks each field with one of its values, or nothing, or more than a person should.
func randomForm(r *rand.Rand, version *survey.Version) survey.Values {
	form := survey.Values{}
	for _, slot := range version.Layout.Slots {
		q, field := version.Questionnaire.Question(slot.Question), slot.Field()
		if slot.Option != "" || q.Kind == survey.KindText {
			continue
		}
		values := []string{"", survey.ValueUnreadable}
		for _, c := range q.Choices() {
			values = append(values, c.Value, c.Value)
		}
		for _, o := range q.OptOuts {
			values = append(values, string(o))
		}
		if q.Kind == survey.KindNumber {
			values = append(values, strconv.Itoa(q.Min+r.IntN(q.Max-q.Min+1)), strconv.Itoa(r.IntN(12)))
		}
		if q.Kind == survey.KindMulti && r.IntN(2) == 0 {
			for _, o := range q.Options {
				if r.IntN(2) == 0 {
					form[field] = append(form[field], o.Key)
				}
			}
			continue
		}
		if value := values[r.IntN(len(values))]; value != "" {
			form[field] = []string{value}
		}
	}
	return form
}

// The screen passes over exactly what Fill counts as hidden.
func TestTypingScreenJudgesRulesAsFillDoes(t *testing.T) {
	h := start(t)
	h.create(context.Background(), store.NewTenant{Slug: "zgodnosc", Office: survey.Office{Name: "Urząd Gminy Zgodność"}, Questionnaire: ruledQuestionnaire(t, manyRules)})
	h.refresh()
	version, err := h.scope("zgodnosc").PublishedVersion(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	p := h.logIn("zgodnosc", store.RoleEmployee)
	k := sitDown(t, p, openPaperBatch(t, p, nil)+"/arkusz")
	k.ready(1)
	r := rand.New(rand.NewPCG(3, 14))
	seen := map[string]int{}
	for range 300 {
		form := randomForm(r, version)
		data, err := json.Marshal(form)
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Fields(k.read(fmt.Sprintf(`(() => {
			const form = %s;
			for (const e of document.querySelectorAll("#sheet [data-key], #sheet [data-typed]")) {
				const values = form[e.name] ?? [];
				if (e.type === "radio" || e.type === "checkbox") e.checked = values.includes(e.value) && e.value !== "";
				else e.value = values.find((v) => /^-?\d+$/.test(v)) ?? "";
			}
			document.getElementById("w-end-t").dispatchEvent(new Event("change", { bubbles: true }));
			return [...document.querySelectorAll(".skipped")].map((g) => g.querySelector("[data-row]").id.slice(2)).join(" ");
		})()`, data)))
		hidden := version.Hidden(form, survey.ChannelPaperTyped)
		want := slices.Sorted(maps.Keys(hidden))
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Fatalf("with %v the screen passes over %v, want %v", form, got, want)
		}
		for _, key := range want {
			seen[key]++
		}
	}
	for _, g := range version.Layout.Gates {
		if n := seen[g.Question]; n == 0 || n == 300 {
			t.Errorf("%s was hidden in %d of 300 forms: its rule was not tested", g.Question, n)
		}
	}
}

// Without script every row can be typed, and the rules stand beside their questions.
func TestSheetSaysItsRules(t *testing.T) {
	h := start(t)
	h.create(context.Background(), store.NewTenant{Slug: "reguly", Office: survey.Office{Name: "Urząd Gminy Reguły"}, Questionnaire: ruledQuestionnaire(t, ruledPaper)})
	h.refresh()
	p := h.logIn("reguly", store.RoleEmployee)
	batch := openPaperBatch(t, p, nil)
	page := p.get(batch + "/arkusz").body
	for _, part := range []string{
		"Tylko jeśli w\u00a0pytaniu\u00a01 nie zaznaczono »tak«.", "Tylko jeśli w\u00a0pytaniu\u00a05 wpisano co najmniej\u00a030.",
		"Ważność i zadowolenie – ważność", "Ważność i zadowolenie – zadowolenie", "Jakość – ważność obszarów", `name="quality.staff.importance" value="1" data-key="0"`,
	} {
		if !strings.Contains(page, part) {
			t.Errorf("the screen lacks %q", part)
		}
	}
	// A form on which nothing is marked is none, though rules hide some of it.
	got := typeSheet(t, p, batch, url.Values{"overall": {""}})
	if got.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(got.body, "Nie wpisano żadnej odpowiedzi") {
		t.Errorf("an empty sheet: %d, want 422 and why", got.StatusCode)
	}
	mustType(t, p, batch, url.Values{"settled": {"yes"}, "delay.queue": {"1"}, "overall": {"2"}})
	// Asked: settled, overall, minutes, the four pairs, the two rows and the two areas.
	if page := p.get(batch).body; !strings.Contains(page, "2 z&nbsp;11") {
		t.Errorf("the batch does not count 2 of the 11 rows that its rules ask:\n%s", page)
	}
}

// What is passed over is dimmed and still readable; also with an answer in it, and with the focus there.
func TestTypingScreenIsAccessible(t *testing.T) {
	axe := axeSource(t)
	h, ctx := start(t), startBrowser(t)
	h.create(context.Background(), store.NewTenant{Slug: "reguly", Office: survey.Office{Name: "Urząd Gminy Reguły"}, Questionnaire: ruledQuestionnaire(t, ruledPaper)})
	h.refresh()
	p := h.logIn("reguly", store.RoleEmployee)
	address := p.address("reguly", openPaperBatch(t, p, nil)+"/arkusz")
	if _, err := chromedp.Call(ctx, network.SetCookie, network.SetCookieParams{Name: p.cookie.Name, Value: p.cookie.Value, URL: address}); err != nil {
		t.Fatal(err)
	}
	const answer = `(() => {
		for (const field of ["settled", "delay.desk"]) document.querySelector("[name='" + field + "']").click();
		return document.querySelectorAll(".skipped").length === 4 && document.querySelector(".skipped [data-kept]").hidden === false; })()`
	for _, width := range []int64{360, 1280} {
		for _, scheme := range []string{"light", "dark"} {
			t.Run(fmt.Sprintf("%d/%s", width, scheme), func(t *testing.T) {
				look(t, ctx, width, scheme, address, "")
				until(t, ctx, `document.getElementById("keys")?.hidden === false`)
				until(t, ctx, answer)
				checkAxe(t, ctx, axe)
			})
		}
	}
}

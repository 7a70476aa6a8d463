package web

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// openPaperBatch starts a batch of 9 March 2026 and returns its path.
func openPaperBatch(t *testing.T, p *person, form url.Values) string {
	t.Helper()
	if form == nil {
		form = url.Values{}
	}
	if !form.Has("day") {
		form.Set("day", "2026-03-09")
	}
	got := p.post("/panel/ankiety-papierowe", form)
	if got.StatusCode != http.StatusSeeOther {
		t.Fatalf("open batch: %d\n%s", got.StatusCode, got.body)
	}
	return strings.TrimSuffix(got.Header.Get("Location"), "/arkusz")
}

var keyPattern = regexp.MustCompile(`name="_key" value="([^"]+)"`)

// typeSheet sends a sheet as the plain form does.
func typeSheet(t *testing.T, p *person, batch string, values url.Values) *answer {
	t.Helper()
	page := p.get(batch + "/arkusz")
	key := keyPattern.FindStringSubmatch(page.body)
	if page.StatusCode != http.StatusOK || key == nil {
		t.Fatalf("GET %s/arkusz: %d\n%s", batch, page.StatusCode, page.body)
	}
	sent := maps.Clone(values)
	if !sent.Has("_key") {
		sent.Set("_key", key[1])
	}
	return p.post(batch+"/arkusz", sent)
}

func mustType(t *testing.T, p *person, batch string, values url.Values) {
	t.Helper()
	got := typeSheet(t, p, batch, values)
	if want := batch + "/arkusz?zapisano="; got.StatusCode != http.StatusSeeOther || !strings.HasPrefix(got.Header.Get("Location"), want) {
		t.Fatalf("typing a sheet: %d to %q, want 303 to %q and its number\n%s", got.StatusCode, got.Header.Get("Location"), want, got.body)
	}
}

// counts reads the tally of typed paper: counter by field and value, without those that are nought.
func counts(t *testing.T, h *harness, slug string) (n int, byValue map[string]int64) {
	t.Helper()
	results, err := h.scope(slug).Results(context.Background(), survey.Filter{From: survey.NewDay(2026, 1, 1), To: survey.NewDay(2026, 3, 10)})
	if err != nil {
		t.Fatal(err)
	}
	byValue = map[string]int64{}
	for _, tally := range results.Tallies {
		for _, part := range tally.Parts {
			if part.Channel != survey.ChannelPaperTyped {
				continue
			}
			n += part.N
			for _, slot := range tally.Version.Layout.Slots {
				for i := range slot.Counters() {
					if c := part.Counts[slot.Offset+i]; c != 0 && i != int(survey.CodeBlank) {
						byValue[fmt.Sprintf("%s/%s=%d", slot.Field(), slot.Option, i)] += c
					}
				}
			}
		}
	}
	return n, byValue
}

func TestTypedSheetIsCountedExactly(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleEmployee)
	points, err := h.scope("osielsko").ServicePoints(context.Background())
	if err != nil || len(points) == 0 {
		t.Fatalf("ServicePoints = %v, %v", points, err)
	}
	batch := openPaperBatch(t, p, url.Values{"point": {strconv.FormatInt(points[0].ID, 10)}, "issued": {"40"}, "returned": {"12"}})
	mustType(t, p, batch, url.Values{
		"department": {"other"}, "department.other": {"pokój 7"}, "matter": {"taxes", "waste"}, "settled": {"na"},
		"quality.signs": {"5"}, "quality.comfort": {"unreadable"}, "quality.access": {"na"}, "overall": {"4"},
		"improve": {"waiting", "speed", "courtesy", "clarity"}, // one more than the sheet allows: can't be read
		"remarks": {"Proszę dzwonić: 601 234 567."}, "sex": {""},
	})
	mustType(t, p, batch, url.Values{"overall": {"4"}, "remarks": {"unreadable", ""}})

	n, got := counts(t, h, "osielsko")
	want := map[string]int64{
		"department/=12": 1, // the eighth option
		"matter/=5":      1, "matter/taxes=5": 1, "matter/waste=5": 1, "settled/=1": 1, "quality.signs/=9": 1, "quality.comfort/=3": 1, "quality.access/=1": 1,
		"overall/=8": 2, "improve/=3": 1, "remarks/=5": 1, "remarks/=3": 1,
	}
	if n != 2 {
		t.Errorf("typed sheets in the tally = %d, want 2", n)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("tally (-want +got):\n%s", diff)
	}
	if got := h.count(`SELECT count(*) FROM submissions WHERE channel = 'paper_typed' AND day = '2026-03-09' AND service_point_id = $1`, points[0].ID); got != 2 {
		t.Errorf("submissions of the batch's day and point = %d, want 2", got)
	}
	var remark string
	if err := h.owner.QueryRow(`SELECT text FROM remarks WHERE question = 'remarks'`).Scan(&remark); err != nil || remark != "Proszę dzwonić: [TELEFON]." {
		t.Errorf("remark = %q, %v; want the number replaced", remark, err)
	}
	if h.count(`SELECT count(*) FROM remarks WHERE question = 'department.other' AND text = 'pokój 7'`) != 1 {
		t.Error("the text of an option was not kept")
	}
	page := p.get(batch).body
	for _, part := range []string{"wpisanych arkuszy", "30%", "zwróconych, ale nie wpisanych", points[0].Name, "bez kodu"} {
		if !strings.Contains(page, part) {
			t.Errorf("the batch's page lacks %q", part)
		}
	}
	if strings.Contains(h.log.String(), "601 234 567") {
		t.Error("the log holds a remark")
	}
}

func TestSheetIsStoredOnceForItsKey(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleAdministrator)
	batch := openPaperBatch(t, p, nil)
	values := url.Values{"overall": {"1"}, "_key": {newKey()}}
	for range 3 {
		mustType(t, p, batch, values)
	}
	if n, _ := counts(t, h, "osielsko"); n != 1 {
		t.Errorf("after sending one sheet three times the tally has %d, want 1", n)
	}
	for _, key := range []string{"", "short", strings.Repeat("x", 101)} {
		if got := typeSheet(t, p, batch, url.Values{"overall": {"1"}, "_key": {key}}); got.StatusCode != http.StatusBadRequest {
			t.Errorf("a sheet with the key %q: %d, want 400", key, got.StatusCode)
		}
	}
}

// While nothing can be stored the form comes back with everything in it and the same key.
func TestSheetOutlastsAnOutage(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleEmployee)
	batch := openPaperBatch(t, p, nil)
	if err := h.web.Intake.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	values := url.Values{"overall": {"2"}, "remarks": {"Za mało ławek."}, "_key": {newKey()}}
	got := typeSheet(t, p, batch, values)
	if got.StatusCode != http.StatusServiceUnavailable || got.Header.Get("Retry-After") == "" {
		t.Errorf("%d, Retry-After %q; want 503 and when to come back", got.StatusCode, got.Header.Get("Retry-After"))
	}
	for _, part := range []string{`value="2" data-key="2" checked`, "Za mało ławek.", values.Get("_key"), "Nic nie zginęło"} {
		if !strings.Contains(got.body, part) {
			t.Errorf("the form that comes back lacks %q", part)
		}
	}
}

func TestTwoTypistsOfOneBatch(t *testing.T) {
	h := start(t)
	first, second := h.logIn("osielsko", store.RoleEmployee), h.logIn("osielsko", store.RoleAdministrator)
	batch := openPaperBatch(t, first, nil)
	var wait sync.WaitGroup
	for _, p := range []*person{first, second} {
		wait.Go(func() {
			for range 5 {
				got := p.post(batch+"/arkusz", url.Values{"overall": {"5"}, "_key": {newKey()}})
				if got.StatusCode != http.StatusSeeOther {
					t.Errorf("%s: %d\n%s", p.login, got.StatusCode, got.body)
				}
			}
		})
	}
	wait.Wait()
	if n, _ := counts(t, h, "osielsko"); n != 10 {
		t.Errorf("tally = %d, want 10", n)
	}
}

func TestCorrectSheet(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleEmployee)
	batch := openPaperBatch(t, p, nil)
	mustType(t, p, batch, url.Values{"overall": {"1"}, "matter": {"taxes"}, "remarks": {"Za długo."}})
	mustType(t, p, batch, url.Values{"overall": {"5"}})
	var id string
	if err := h.owner.QueryRow(`SELECT submission_id FROM batch_sheets WHERE number = 1`).Scan(&id); err != nil {
		t.Fatal(err)
	}
	if _, err := h.owner.Exec(`UPDATE remarks SET state = 'approved'`); err != nil {
		t.Fatal(err)
	}
	path := batch + "/arkusz/" + id
	page := p.get(path)
	for _, part := range []string{`value="taxes" data-key="2" checked`, `value="1" data-key="1" checked`, "Za długo.", "Popraw arkusz nr"} {
		if !strings.Contains(page.body, part) {
			t.Errorf("the sheet to correct lacks %s", part)
		}
	}
	values := url.Values{"overall": {"2"}, "matter": {"waste", "other"}, "matter.other": {"PESEL 44051401359"}, "remarks": {"Za długo."}, "_key": {newKey()}, "_revision": {"1"}}
	if got := p.post(path, values); got.StatusCode != http.StatusSeeOther || got.Header.Get("Location") != batch+"?poprawiono=1" {
		t.Fatalf("correcting: %d to %q\n%s", got.StatusCode, got.Header.Get("Location"), got.body)
	}
	n, got := counts(t, h, "osielsko")
	want := map[string]int64{"overall/=6": 1, "overall/=9": 1, "matter/=5": 1, "matter/waste=5": 1, "matter/other=5": 1, "remarks/=5": 1}
	if diff := cmp.Diff(want, got); n != 2 || diff != "" {
		t.Errorf("n = %d, want 2; tally (-want +got):\n%s", n, diff)
	}
	remarks := map[string]string{"matter.other": "PESEL [PESEL]/new", "remarks": "Za długo./approved"}
	for question, want := range remarks {
		var got string
		if err := h.owner.QueryRow(`SELECT text || '/' || state FROM remarks WHERE question = $1`, question).Scan(&got); err != nil || got != want {
			t.Errorf("remark %s = %q, %v; want %q", question, got, err, want)
		}
	}
	if got := h.count(`SELECT count(*) FROM audit_log WHERE action = 'sheet.correct' AND actor = $1 AND before IS NULL AND after IS NULL`, p.login); got != 1 {
		t.Errorf("corrections in the audit log = %d, want 1, without answers", got)
	}
	other := openPaperBatch(t, p, nil)
	for _, path := range []string{other + "/arkusz/" + id, batch + "/arkusz/00000000-0000-4000-8000-000000000000", batch + "/arkusz/nic"} {
		if got := p.post(path, values); got.StatusCode != http.StatusNotFound {
			t.Errorf("POST %s: %d, want 404", path, got.StatusCode)
		}
	}
}

func TestClosedBatchStaysAsItIs(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleEmployee)
	batch := openPaperBatch(t, p, nil)
	mustType(t, p, batch, url.Values{"overall": {"3"}})
	var id string
	if err := h.owner.QueryRow(`SELECT submission_id FROM batch_sheets`).Scan(&id); err != nil {
		t.Fatal(err)
	}
	if got := p.post(batch+"/zamknij", nil); got.StatusCode != http.StatusSeeOther || got.Header.Get("Location") != batch {
		t.Fatalf("closing: %d to %q", got.StatusCode, got.Header.Get("Location"))
	}
	values := url.Values{"overall": {"5"}, "_key": {newKey()}}
	for _, got := range []*answer{
		p.get(batch + "/arkusz"), p.get(batch + "/arkusz/" + id), p.post(batch+"/arkusz", values), p.post(batch+"/arkusz/"+id, values), p.post(batch+"/zamknij", nil),
	} {
		if got.StatusCode != http.StatusConflict || !strings.Contains(got.body, "Partia jest zamknięta") {
			t.Errorf("%s %s of a closed batch: %d, want 409 and why", got.Request.Method, got.Request.URL.Path, got.StatusCode)
		}
	}
	page := p.get(batch).body
	for _, word := range []string{"Wpisuj arkusze", "Popraw", "Zamknij partię"} {
		if strings.Contains(page, word) {
			t.Errorf("the page of a closed batch offers %q", word)
		}
	}
	if _, got := counts(t, h, "osielsko"); !maps.Equal(got, map[string]int64{"overall/=7": 1}) {
		t.Errorf("tally = %v, want the sheet as it was", got)
	}
}

func TestBatchFormRefuses(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleEmployee)
	foreign, err := h.scope("dobrcz").PublishedVersion(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, field, value, says string
	}{
		{"no day", "day", "", "Prosimy podać dzień"},
		{"no such day", "day", "2026-02-30", "Prosimy podać dzień"},
		{"a day to come", "day", "2026-03-11", "jeszcze nie nadszedł"},
		{"unknown point", "point", "99999", "wybrać punkt"},
		{"another office's version", "version", strconv.FormatInt(foreign.ID, 10), "wybrać wersję"},
		{"words for a number", "issued", "dużo", "cyframi"},
		{"below nought", "returned", "-1", "cyframi"},
		{"more than there is paper", "issued", "99999999999999999999", "cyframi"},
		{"more returned than issued", "returned", "41", "niż wydano (40)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			form := url.Values{"day": {"2026-03-09"}, "issued": {"40"}}
			form.Set(tt.field, tt.value)
			got := p.post("/panel/ankiety-papierowe", form)
			if got.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(got.body, tt.says) || !strings.Contains(got.body, `href="#`+tt.field+`"`) {
				t.Errorf("%s = %q: %d, want 422 with %q at the field", tt.field, tt.value, got.StatusCode, tt.says)
			}
		})
	}
	if n := h.count(`SELECT count(*) FROM batches`); n != 0 {
		t.Errorf("batches after refusals = %d, want 0", n)
	}
	for _, day := range []string{"2026-03-10", "2024-02-29"} {
		openPaperBatch(t, p, url.Values{"day": {day}, "issued": {"1 200"}, "returned": {"0"}})
	}
}

func TestSheetRefusesWhatCannotBe(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleEmployee)
	batch := openPaperBatch(t, p, nil)
	tests := []struct {
		name   string
		values url.Values
		says   string
	}{
		{"a point too many", url.Values{"overall": {"6"}}, "Takiej odpowiedzi nie ma"},
		{"two answers", url.Values{"overall": {"1", "2"}}, "więcej niż jedna odpowiedź"},
		{"an opt-out that is not offered", url.Values{"overall": {"na"}}, "Takiej odpowiedzi nie ma"},
		{"a long remark", url.Values{"remarks": {strings.Repeat("ą", 2001)}}, "najwyżej 2\u00a0000"},
		{"nothing", url.Values{"overall": {""}}, "Nie wpisano żadnej odpowiedzi"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.values.Set("quality.speed", "3")
			if tt.name == "nothing" {
				tt.values.Del("quality.speed")
			}
			got := typeSheet(t, p, batch, tt.values)
			if got.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(got.body, tt.says) {
				t.Errorf("%d, want 422 with %q", got.StatusCode, tt.says)
			}
			if tt.name != "nothing" && !strings.Contains(got.body, `name="quality.speed" value="3" data-key="3" checked`) {
				t.Error("what was typed is gone from the screen")
			}
		})
	}
	if n, _ := counts(t, h, "osielsko"); n != 0 {
		t.Errorf("stored after refusals = %d, want 0", n)
	}
}

func TestRedactKeepsBackWhatMayBeAName(t *testing.T) {
	remarks := []survey.Remark{{Text: "Pani Kowalska była niemiła.", State: survey.RemarkNew}, {Text: "Za mało ławek.", State: survey.RemarkNew}}
	redact(remarks)
	if remarks[0].State != survey.RemarkUnsure || remarks[1].State != survey.RemarkNew {
		t.Errorf("states = %s, %s; want unsure, new", remarks[0].State, remarks[1].State)
	}
}

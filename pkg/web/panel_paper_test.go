package web

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ocenaurzedu.eu/pkg/auth"
	"ocenaurzedu.eu/pkg/sheet"
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
	if want := batch + "/arkusz?zapisano=1"; got.StatusCode != http.StatusSeeOther || got.Header.Get("Location") != want {
		t.Fatalf("typing a sheet: %d to %q, want 303 to %q\n%s", got.StatusCode, got.Header.Get("Location"), want, got.body)
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
	values := url.Values{"overall": {"2"}, "matter": {"waste", "other"}, "matter.other": {"PESEL 44051401359"}, "remarks": {"Za długo."}, "_key": {newKey()}}
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
		{"a long remark", url.Values{"remarks": {strings.Repeat("ą", 2001)}}, "najwyżej 2000"},
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

// publishAgain publishes the office's questionnaire as version 2 with its title changed, and returns it.
func publishAgain(t *testing.T, h *harness, slug string) *survey.Version {
	t.Helper()
	ctx, scope, actor := context.Background(), h.scope(slug), store.Actor{Login: "test", At: h.clock.now()}
	draft, err := scope.Draft(ctx)
	if err != nil {
		t.Fatal(err)
	}
	draft.Questionnaire.Title = survey.PL("Ankieta po zmianie")
	if draft.Revision, err = scope.SaveDraft(ctx, *draft); err != nil {
		t.Fatal(err)
	}
	layout, err := sheet.NewLayout(&draft.Questionnaire)
	if err != nil {
		t.Fatal(err)
	}
	boxes, err := json.Marshal(layout)
	if err != nil {
		t.Fatal(err)
	}
	filter := survey.Filter{From: survey.NewDay(2025, 1, 1), To: survey.NewDay(2026, 3, 10)}
	results, err := scope.Results(ctx, filter)
	if err != nil {
		t.Fatal(err)
	}
	report := store.Report{ReportInfo: store.ReportInfo{Number: 1, GeneratedAt: actor.At, GeneratedBy: actor.Login}, Filter: filter,
		Summary: []byte(`{}`), PDF: []byte("pdf"), XLSX: []byte("xlsx"), Digest: results.Digest}
	version, err := scope.Publish(ctx, store.NewVersion{Draft: *draft, Sheet: boxes, By: actor}, &report)
	if err != nil {
		t.Fatal(err)
	}
	h.refresh()
	return version
}

// printed takes serials for sheets and returns the first one's codes: short and whole.
func printed(t *testing.T, h *harness, slug string, version int64) (short, whole string, serial uint32) {
	t.Helper()
	scope := h.scope(slug)
	run, err := scope.RecordPrint(context.Background(), version, 3, store.Actor{Login: "test", At: h.clock.now()})
	if err != nil {
		t.Fatal(err)
	}
	code := sheet.Code{Tenant: scope.Tenant(), Version: version, Page: 1, Serial: uint32(run.FirstSerial)}
	return code.Short(), code.Encode(), code.Serial
}

func publishedID(t *testing.T, h *harness, slug string) int64 {
	t.Helper()
	version, err := h.scope(slug).PublishedVersion(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return version.ID
}

func TestCodes(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleEmployee)
	old := publishedID(t, h, "osielsko")
	oldCode, _, _ := printed(t, h, "osielsko", old)
	version := publishAgain(t, h, "osielsko")
	short, whole, serial := printed(t, h, "osielsko", version.ID)
	foreign, foreignWhole, _ := printed(t, h, "dobrcz", publishedID(t, h, "dobrcz"))
	never := sheet.Code{Tenant: h.ids["osielsko"], Version: version.ID, Page: 1, Serial: serial + 3}.Short()
	wrong := []byte(short)
	wrong[12] = "01"[map[bool]int{true: 1, false: 0}[wrong[12] == '0']]
	batch := openPaperBatch(t, p, url.Values{"day": {"2026-03-10"}})

	refused := []struct{ name, code, says string }{
		{"too short", "A12", "To nie jest kod arkusza"},
		{"one character wrong", string(wrong), "To nie jest kod arkusza"},
		{"of another version", oldCode, "jest z wersji 1 ankiety, a w tej partii wpisywana jest wersja 2"},
		{"of another office, short", foreign, "nie jest z tego urzędu"},
		{"of another office, whole", foreignWhole, "nie jest z tego urzędu"},
		{"never printed", never, "nie wydrukowano"},
	}
	for _, tt := range refused {
		t.Run(tt.name, func(t *testing.T) {
			if got := ask(t, p, batch, tt.code); got.Fits || !strings.Contains(got.Message, tt.says) {
				t.Errorf("asked for %q: %+v, want no, with %q", tt.code, got, tt.says)
			}
			got := typeSheet(t, p, batch, url.Values{"overall": {"5"}, "_code": {tt.code}})
			if got.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(got.body, tt.says) || !strings.Contains(got.body, `value="5" data-key="5" checked`) {
				t.Errorf("typing %q: %d, want 422 with %q and the answers kept", tt.code, got.StatusCode, tt.says)
			}
		})
	}
	if got := ask(t, p, batch, short); !got.Fits || !strings.Contains(got.Message, fmt.Sprintf("%04d", serial)) {
		t.Errorf("asked for the right code: %+v", got)
	}
	mustType(t, p, batch, url.Values{"overall": {"5"}, "_code": {" " + strings.ToLower(short[:5]) + " " + short[5:]}})
	for _, again := range []string{short, whole} { // beneath the QR, and the QR itself by a scanner
		if got := ask(t, p, batch, again); got.Fits || !strings.Contains(got.Message, "już wpisano: jest w tej partii jako nr 1") {
			t.Errorf("asked for a sheet that was typed: %+v", got)
		}
		got := typeSheet(t, p, batch, url.Values{"overall": {"4"}, "_code": {again}})
		if got.StatusCode != http.StatusConflict || !strings.Contains(got.body, "Ten arkusz już wpisano") || !strings.Contains(got.body, `value="4" data-key="4" checked`) {
			t.Errorf("typing a sheet twice: %d, want 409, told, and the answers kept", got.StatusCode)
		}
	}
	second := openPaperBatch(t, p, nil)
	if got := typeSheet(t, p, second, url.Values{"overall": {"4"}, "_code": {short}}); got.StatusCode != http.StatusConflict {
		t.Errorf("typing a sheet again in another batch: %d, want 409", got.StatusCode)
	}
	mustType(t, p, openPaperBatch(t, p, url.Values{"version": {strconv.FormatInt(old, 10)}}), url.Values{"overall": {"3"}, "_code": {oldCode}})
	if n, _ := counts(t, h, "osielsko"); n != 2 {
		t.Errorf("tally = %d, want 2", n)
	}
}

func ask(t *testing.T, p *person, batch, code string) codeAnswer {
	t.Helper()
	got := p.get(batch + "/kod?kod=" + url.QueryEscape(code))
	var a codeAnswer
	if err := json.Unmarshal([]byte(got.body), &a); err != nil || got.StatusCode != http.StatusOK {
		t.Fatalf("asking for a code: %d, %v\n%s", got.StatusCode, err, got.body)
	}
	return a
}

func TestPaperByRole(t *testing.T) {
	h := start(t)
	batch := openPaperBatch(t, h.logIn("osielsko", store.RoleEmployee), nil)
	pages := []struct {
		path string
		post url.Values // nil: GET
		want map[store.Role]int
	}{
		{"/panel/ankiety-papierowe", nil, map[store.Role]int{"administrator": 200, "employee": 200, "supervisor": 200, "analyst": 403}},
		{batch, nil, map[store.Role]int{"administrator": 200, "employee": 200, "supervisor": 200, "analyst": 403}},
		{batch + "/arkusz", nil, map[store.Role]int{"administrator": 200, "employee": 200, "supervisor": 403, "analyst": 403}},
		{batch + "/kod?kod=A", nil, map[store.Role]int{"administrator": 200, "employee": 200, "supervisor": 403, "analyst": 403}},
		{"/panel/ankiety-papierowe", url.Values{"day": {"2026-03-01"}}, map[store.Role]int{"administrator": 303, "employee": 303, "supervisor": 403, "analyst": 403}},
		{batch + "/arkusz", url.Values{"overall": {"1"}}, map[store.Role]int{"administrator": 303, "employee": 303, "supervisor": 403, "analyst": 403}},
		{"/panel/wydruk", nil, map[store.Role]int{"administrator": 200, "employee": 200, "supervisor": 403, "analyst": 403}},
		{"/panel/wydruk", url.Values{"copies": {"1"}}, map[store.Role]int{"administrator": 200, "employee": 200, "supervisor": 403, "analyst": 403}},
		{"/panel/baner", nil, map[store.Role]int{"administrator": 200, "employee": 200, "supervisor": 200, "analyst": 403}},
		{"/panel/baner/qr/strona.svg", nil, map[store.Role]int{"administrator": 200, "employee": 200, "supervisor": 200, "analyst": 403}},
		{batch + "/zamknij", url.Values{}, map[store.Role]int{"supervisor": 403, "analyst": 403}},
	}
	for _, role := range []store.Role{store.RoleAdministrator, store.RoleEmployee, store.RoleSupervisor, store.RoleAnalyst} {
		p := h.logIn("osielsko", role)
		for _, page := range pages {
			want, tried := page.want[role]
			if !tried {
				continue
			}
			got := &answer{}
			if page.post == nil {
				got = p.get(page.path)
			} else {
				form := maps.Clone(page.post)
				form.Set("_key", newKey())
				got = p.post(page.path, form)
			}
			if got.StatusCode != want {
				t.Errorf("%s %s as %s: %d, want %d", got.Request.Method, page.path, role, got.StatusCode, want)
			}
		}
	}
	supervisor := h.logIn("osielsko", store.RoleSupervisor)
	if page := supervisor.get("/panel/ankiety-papierowe").body; strings.Contains(page, "Nowa partia") || strings.Contains(page, "wpisuj dalej") {
		t.Error("a supervisor is offered what changes something")
	}
}

func TestPaperOfAnotherOffice(t *testing.T) {
	h := start(t)
	batch := openPaperBatch(t, h.logIn("osielsko", store.RoleEmployee), nil)
	mustType(t, h.logIn("osielsko", store.RoleEmployee), batch, url.Values{"overall": {"2"}})
	var id string
	if err := h.owner.QueryRow(`SELECT submission_id FROM batch_sheets`).Scan(&id); err != nil {
		t.Fatal(err)
	}
	p := h.logIn("dobrcz", store.RoleAdministrator)
	const none = "/panel/ankiety-papierowe/999999"
	values := func() url.Values { return url.Values{"overall": {"1"}, "_key": {newKey()}} }
	for _, end := range []string{"", "/arkusz", "/arkusz/" + id, "/kod?kod="} {
		if foreign, missing := p.get(batch+end), p.get(none+end); foreign.StatusCode != http.StatusNotFound || missing.StatusCode != http.StatusNotFound {
			t.Errorf("GET another office's %s: %d, one that is not: %d; want 404 for both", end, foreign.StatusCode, missing.StatusCode)
		}
	}
	for _, end := range []string{"/arkusz", "/arkusz/" + id, "/zamknij"} {
		if got := p.post(batch+end, values()); got.StatusCode != http.StatusNotFound {
			t.Errorf("POST another office's %s: %d, want 404", end, got.StatusCode)
		}
	}
	if strings.Contains(p.get("/panel/ankiety-papierowe").body, batch+`"`) {
		t.Error("another office's batch is listed")
	}
}

func TestPrintSheets(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleEmployee)
	version := publishedID(t, h, "osielsko")
	tests := []struct{ copies, version, says string }{
		{"0", "", "od 1 do 500"}, {"501", "", "od 1 do 500"}, {"-3", "", "od 1 do 500"}, {"wiele", "", "od 1 do 500"}, {"", "", "od 1 do 500"},
		{"5", "999999", "wybrać wersję"}, {"5", "x", "wybrać wersję"}, {"5", strconv.FormatInt(publishedID(t, h, "dobrcz"), 10), "wybrać wersję"},
	}
	for _, tt := range tests {
		got := p.post("/panel/wydruk", url.Values{"copies": {tt.copies}, "version": {tt.version}})
		if got.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(got.body, tt.says) {
			t.Errorf("%q copies of version %q: %d, want 422 with %q", tt.copies, tt.version, got.StatusCode, tt.says)
		}
	}
	if n := h.count(`SELECT count(*) FROM prints`); n != 0 {
		t.Fatalf("runs after refusals = %d, want 0: serials must not be lost", n)
	}
	first := p.post("/panel/wydruk", url.Values{"copies": {"2"}})
	second := p.post("/panel/wydruk", url.Values{"copies": {"1"}, "version": {strconv.FormatInt(version, 10)}})
	for i, got := range []*answer{first, second} {
		if got.StatusCode != http.StatusOK || got.Header.Get("Content-Type") != "application/pdf" {
			t.Fatalf("print %d: %d, %s", i, got.StatusCode, got.Header.Get("Content-Type"))
		}
	}
	want := `attachment; filename="ankieta-osielsko-v1-0001-0002.pdf"; filename*=UTF-8''Ankieta%20%E2%80%93%20Urz%C4%85d%20Gminy%20Osielsko%20%E2%80%93%20wersja%201%20%E2%80%93%20arkusze%200001%E2%80%930002.pdf`
	if got := first.Header.Get("Content-Disposition"); got != want {
		t.Errorf("Content-Disposition = %s\nwant %s", got, want)
	}
	if got := second.Header.Get("Content-Disposition"); !strings.Contains(got, "v1-0003-0003.pdf") {
		t.Errorf("Content-Disposition of the next run = %s, want serial 3", got)
	}
	text := pdfText(t, first.body)
	for serial := range uint32(2) {
		short := sheet.Code{Tenant: h.ids["osielsko"], Version: version, Page: 1, Serial: serial + 1}.Short()
		if !strings.Contains(text, short[:5]+" "+short[5:9]+" "+short[9:]) {
			t.Errorf("the PDF lacks the code of sheet %d", serial+1)
		}
	}
	for _, part := range []string{"Urząd Gminy Osielsko", "Ankieta badania satysfakcji Klienta", "Uprzejmość i kultura rozmowy"} {
		if !strings.Contains(text, part) {
			t.Errorf("the PDF lacks %q", part)
		}
	}
}

func pdfText(t *testing.T, pdf string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "sheet.pdf")
	if err := os.WriteFile(file, []byte(pdf), 0o600); err != nil {
		t.Fatal(err)
	}
	text, err := exec.Command("pdftotext", "-layout", file, "-").Output()
	if err != nil {
		t.Fatalf("pdftotext: %v", err)
	}
	return string(text)
}

func TestBanner(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleSupervisor)
	r := p.request("osielsko", "/panel/baner", nil)
	r.AddCookie(p.cookie)
	r.Header.Set("X-Forwarded-Host", "zly.example")
	page := p.do(r)
	home := h.web.Site.Address("osielsko") + "/"
	for _, part := range []string{`&lt;a href=&#34;` + home + `&#34;&gt;`, `<a href="` + home + `"><svg`, "aria-label=\"Oceń Urząd – ankieta dla mieszkańców, Urząd Gminy Osielsko\"",
		`href="/panel/baner/qr/strona.svg" download="qr-osielsko.svg"`, `width="240"`, `width="150"`} {
		if !strings.Contains(page.body, part) {
			t.Errorf("the page lacks %s", part)
		}
	}
	if strings.Contains(page.body, "zly.example") {
		t.Error("the page tells an address from the request")
	}
	snippet := newBanner("x", home, survey.Office{Name: `"><script>`, Colour: "#ffff00"}, 150, 50).Snippet
	for _, word := range []string{"<script", "style=", "#ffff00", "class="} {
		if strings.Contains(snippet, word) {
			t.Errorf("the snippet has %s: %s", word, snippet)
		}
	}
	points, err := h.scope("osielsko").ServicePoints(context.Background())
	if err != nil || len(points) == 0 {
		t.Fatalf("ServicePoints = %v, %v", points, err)
	}
	for _, name := range []string{"strona", points[0].Code} {
		svg, png := p.get("/panel/baner/qr/"+name+".svg"), p.get("/panel/baner/qr/"+name+".png")
		want := home
		if name != "strona" {
			want += "?p=" + name
		}
		if svg.Header.Get("Content-Type") != "image/svg+xml" || !strings.Contains(svg.body, `aria-label="QR: `+want+`"`) {
			t.Errorf("%s.svg is no QR of %s", name, want)
		}
		if png.Header.Get("Content-Type") != "image/png" || !strings.HasPrefix(png.body, "\x89PNG") {
			t.Errorf("%s.png is no PNG", name)
		}
	}
	for _, name := range []string{"nic.svg", "strona.gif", "strona", ".svg"} {
		if got := p.get("/panel/baner/qr/" + name); got.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d, want 404", name, got.StatusCode)
		}
	}
}

func TestEntryKeys(t *testing.T) {
	points := func(n int, scores ...float64) *survey.Scale {
		s := &survey.Scale{}
		for i := range n {
			p := survey.Point{Label: survey.PL("x")}
			if scores != nil {
				p.Score = &scores[i]
			}
			s.Points = append(s.Points, p)
		}
		return s
	}
	options := func(n int) []survey.Option {
		o := make([]survey.Option, n)
		for i := range o {
			o[i].Key = "o" + strconv.Itoa(i)
		}
		return o
	}
	digits := func(s *survey.Scale, best bool) *survey.Scale { s.Digits, s.BestFirst = true, best; return s }
	tests := []struct {
		name string
		q    survey.Question
		want string
	}{
		{"by place", survey.Question{Kind: survey.KindScale, Scale: points(5)}, "12345"},
		{"the printed digit, best first", survey.Question{Kind: survey.KindScale, Scale: digits(points(5), true)}, "54321"},
		{"printed scores from 0", survey.Question{Kind: survey.KindScale, Scale: digits(points(3, 0, 1, 2), false)}, "012"},
		{"halves are no keys", survey.Question{Kind: survey.KindScale, Scale: digits(points(3, 1, 1.5, 2), false)}, "123"},
		{"the same score twice", survey.Question{Kind: survey.KindScale, Scale: digits(points(3, 1, 1, 2), false)}, "123"},
		{"0 to 10", survey.Question{Kind: survey.KindNPS}, "0123456789+"},
		{"eleven points with digits", survey.Question{Kind: survey.KindScale, Scale: digits(points(11), false)}, "1234567890a"},
		{"yes, partly, no", survey.Question{Kind: survey.KindYesNo, Partly: true}, "123"},
		{"twelve options", survey.Question{Kind: survey.KindMulti, Options: options(12)}, "1234567890ab"},
		{"as many options as there may be", survey.Question{Kind: survey.KindSingle, Options: options(survey.MaxOptions)}, choiceKeys[:survey.MaxOptions]},
	}
	for _, tt := range tests {
		if got := strings.Join(keysOf(&tt.q), ""); got != tt.want {
			t.Errorf("%s: keysOf = %s, want %s", tt.name, got, tt.want)
		}
	}
	if seen := slices.Sorted(slices.Values(strings.Split(choiceKeys, ""))); len(slices.Compact(seen)) != len(choiceKeys) {
		t.Error("two choices share a key")
	}
}

func TestRedactKeepsBackWhatMayBeAName(t *testing.T) {
	remarks := []survey.Remark{{Text: "Pani Kowalska była niemiła.", State: survey.RemarkNew}, {Text: "Za mało ławek.", State: survey.RemarkNew}}
	redact(remarks)
	if remarks[0].State != survey.RemarkUnsure || remarks[1].State != survey.RemarkNew {
		t.Errorf("states = %s, %s; want unsure, new", remarks[0].State, remarks[1].State)
	}
}

// A form that has lost its session's token changes nothing.
func TestPaperNeedsToken(t *testing.T) {
	h := start(t)
	p, other := h.logIn("osielsko", store.RoleEmployee), h.logIn("osielsko", store.RoleEmployee)
	for _, token := range []string{"", "x", auth.CSRFToken(other.hash)} {
		if got := p.post("/panel/wydruk", url.Values{"copies": {"1"}, "_csrf": {token}}); got.StatusCode != http.StatusForbidden {
			t.Errorf("printing with the token %q: %d, want 403", token, got.StatusCode)
		}
	}
}

package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"ocenaurzedu.eu/pkg/sheet"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// publishAgain publishes the office's questionnaire as version 2 with its title changed, and returns it.
func publishAgain(t *testing.T, h *harness, slug string) *survey.Version {
	t.Helper()
	ctx, scope, actor := context.Background(), h.scope(slug), store.Actor{Login: "test", At: h.clock.now()}
	draft, err := scope.Draft(ctx)
	if err != nil {
		t.Fatal(err)
	}
	draft.Questionnaire.Title = survey.PL("Ankieta po zmianie")
	if draft.Revision, err = scope.SaveDraft(ctx, *draft, store.Edit{}); err != nil {
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
		Summary: []byte(`{}`), PDF: []byte("%PDF-"), XLSX: []byte("PK"), Digest: results.Digest}
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
		if got := ask(t, p, batch, again); got.Fits || !strings.Contains(got.Message, "już wpisano: partia nr\u00a01, arkusz nr\u00a01") || !strings.HasPrefix(got.Link, batch+"/arkusz/") {
			t.Errorf("asked for a sheet that was typed: %+v", got)
		}
		got := typeSheet(t, p, batch, url.Values{"overall": {"4"}, "_code": {again}})
		if got.StatusCode != http.StatusConflict || !strings.Contains(got.body, "Ten arkusz już wpisano") || !strings.Contains(got.body, `value="4" data-key="4" checked`) {
			t.Errorf("typing a sheet twice: %d, want 409, told, and the answers kept", got.StatusCode)
		}
	}
	second := openPaperBatch(t, p, nil)
	if got := typeSheet(t, p, second, url.Values{"overall": {"4"}, "_code": {short}}); got.StatusCode != http.StatusConflict || !strings.Contains(got.body, `href="`+batch+`/arkusz/`) {
		t.Errorf("typing a sheet again in another batch: %d, want 409 and a link to the first one\n%s", got.StatusCode, got.body)
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

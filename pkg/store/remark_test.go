package store_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/lib/pq"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// everyRemark is a filter that takes in all remarks of the fixtures.
var everyRemark = store.RemarkFilter{States: []survey.RemarkState{survey.RemarkNew, survey.RemarkUnsure, survey.RemarkApproved, survey.RemarkWithheld}, Most: 100}

func remarkCases() map[string]scopeCase {
	return map[string]scopeCase{
		"Remarks":      {call: func(s *store.Scope, _ ids) (any, error) { return s.Remarks(ctx, everyRemark) }},
		"Remark":       {foreign: survey.ErrNotFound, call: func(s *store.Scope, id ids) (any, error) { return s.Remark(ctx, id.remark.ID) }},
		"ShortRemarks": {call: func(s *store.Scope, _ ids) (any, error) { return s.ShortRemarks(ctx, 100) }},
		"ReviewRemark": {foreign: survey.ErrNotFound, hides: true, call: alone(func(s *store.Scope, id ids) error {
			return s.ReviewRemark(ctx, id.remark.ID, survey.RemarkNew, survey.RemarkApproved, admin)
		})},
		"ApproveRemarks": {hides: true, call: func(s *store.Scope, id ids) (any, error) { return s.ApproveRemarks(ctx, []string{id.remark.ID}, admin) }},
		"RedactRemark": {foreign: survey.ErrNotFound, hides: true, call: alone(func(s *store.Scope, id ids) error {
			return s.RedactRemark(ctx, store.Redaction{Remark: id.remark, Text: "[INNE] uwagi", State: survey.RemarkNew, Kind: "[INNE]", Hidden: 5}, admin)
		})},
	}
}

// remarked stores remarks of an office, a submission each, and returns them in the order given.
func remarked(t *testing.T, s *store.Store, scope *store.Scope, day survey.Day, texts ...string) []store.Remark {
	t.Helper()
	for _, text := range texts {
		must(t, "add", s.AddSubmissions(ctx, []store.Entry{entry(t, scope, day.String()+text, survey.Values{"overall": {"1"}, "remarks": {text}}, day)}))
	}
	list, err := scope.Remarks(ctx, everyRemark)
	must(t, "remarks", err)
	var found []store.Remark
	for _, text := range texts {
		at := slices.IndexFunc(list.Remarks, func(r store.Remark) bool { return r.Text == text && r.Day == day })
		found = append(found, list.Remarks[at])
	}
	return found
}

func TestReviewRemark(t *testing.T) {
	s, owner, _ := open(t)
	scope := plainTenant(t, s, "urzad")
	r := remarked(t, s, scope, survey.NewDay(2026, 3, 9), "dobrze")[0]
	if r.State != survey.RemarkNew || r.ReviewedBy != "" || !r.ReviewedOn.IsZero() || r.Redacted {
		t.Fatalf("a remark comes in as %+v", r)
	}
	must(t, "approve", scope.ReviewRemark(ctx, r.ID, survey.RemarkNew, survey.RemarkApproved, admin))
	got, err := scope.Remark(ctx, r.ID)
	must(t, "remark", err)
	if got.State != survey.RemarkApproved || got.ReviewedBy != admin.Login || got.ReviewedOn != survey.DayOf(admin.At) {
		t.Errorf("approved: %+v", got)
	}
	for _, from := range []survey.RemarkState{survey.RemarkNew, survey.RemarkUnsure, survey.RemarkWithheld} {
		if err := scope.ReviewRemark(ctx, r.ID, from, survey.RemarkWithheld, admin); !errors.Is(err, survey.ErrConflict) {
			t.Errorf("withhold what was %s: %v; want ErrConflict", from, err)
		}
	}
	must(t, "reopen", scope.ReviewRemark(ctx, r.ID, survey.RemarkApproved, survey.RemarkNew, admin))
	if got, err = scope.Remark(ctx, r.ID); err != nil || got.ReviewedBy != "" || !got.ReviewedOn.IsZero() {
		t.Errorf("reopened: %+v, %v", got, err)
	}
	log := lines(t, owner, `SELECT action || ' ' || subject FROM audit_log WHERE action LIKE 'remark.%' ORDER BY id`)
	if want := []string{"remark.approve " + r.ID, "remark.reopen " + r.ID}; !slices.Equal(log, want) {
		t.Errorf("log %q, want %q", log, want)
	}
}

func TestRemarksAreChosenAndCounted(t *testing.T) {
	s, _, _ := open(t)
	scope := plainTenant(t, s, "urzad")
	march, may := survey.NewDay(2026, 3, 31), survey.NewDay(2026, 5, 1)
	old := remarked(t, s, scope, march, "a", "b", "c")
	remarked(t, s, scope, may, "d")
	must(t, "approve", scope.ReviewRemark(ctx, old[0].ID, survey.RemarkNew, survey.RemarkApproved, admin))
	tests := []struct {
		name   string
		filter store.RemarkFilter
		want   string
	}{
		{"all", everyRemark, "abcd"},
		{"approved", store.RemarkFilter{States: []survey.RemarkState{survey.RemarkApproved}, Most: 9}, "a"},
		{"of March", store.RemarkFilter{States: everyRemark.States, Month: march.Month(), Most: 9}, "abc"},
		{"of April", store.RemarkFilter{States: everyRemark.States, Month: may.AddMonths(-1), Most: 9}, ""},
		{"waiting of May", store.RemarkFilter{States: everyRemark.States[:2], Month: may, Most: 9}, "d"},
		{"third page", store.RemarkFilter{States: everyRemark.States, Skip: 3, Most: 1}, "d"},
		{"none", store.RemarkFilter{Most: 9}, ""},
	}
	for _, tt := range tests {
		list, err := scope.Remarks(ctx, tt.filter)
		must(t, tt.name, err)
		var texts []string
		for _, r := range list.Remarks {
			texts = append(texts, r.Text)
		}
		slices.Sort(texts)
		if got := strings.Join(texts, ""); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
		if months := []survey.Day{may, march.Month()}; !slices.Equal(list.Months, months) {
			t.Errorf("%s: months %v, want %v", tt.name, list.Months, months)
		}
	}
	results, err := scope.Results(ctx, year)
	if err != nil || len(results.Remarks) != 1 || results.Remarks[0].Text != "a" || results.Pending != 3 {
		t.Errorf("results have the remarks %+v, %d pending, %v; want the approved one and 3", results.Remarks, results.Pending, err)
	}
}

func TestApproveRemarksTogether(t *testing.T) {
	s, owner, _ := open(t)
	scope := plainTenant(t, s, "urzad")
	all := remarked(t, s, scope, survey.NewDay(2026, 3, 9), "brak", "Brak.", "-", strings.Repeat("x", survey.AlikeLength+1))
	must(t, "withhold", scope.ReviewRemark(ctx, all[2].ID, survey.RemarkNew, survey.RemarkWithheld, admin))
	short, err := scope.ShortRemarks(ctx, 100)
	if err != nil || len(short) != 2 {
		t.Fatalf("short remarks %+v, %v; want two", short, err)
	}
	n, err := scope.ApproveRemarks(ctx, []string{all[0].ID, all[1].ID, all[2].ID}, admin)
	if err != nil || n != 2 {
		t.Errorf("approved %d, %v; want 2: one was withheld meanwhile", n, err)
	}
	if n, err = scope.ApproveRemarks(ctx, nil, admin); err != nil || n != 0 {
		t.Errorf("approved %d of none, %v", n, err)
	}
	if log := lines(t, owner, `SELECT subject || ' ' || jsonb_array_length(after) FROM audit_log WHERE action = 'remark.approve_alike'`); !slices.Equal(log, []string{"2 2"}) {
		t.Errorf("log %q", log)
	}
}

func TestRedactRemark(t *testing.T) {
	s, owner, _ := open(t)
	scope := plainTenant(t, s, "urzad")
	r := remarked(t, s, scope, survey.NewDay(2026, 3, 9), "Pani Kowalska, proszę")[0]
	redaction := store.Redaction{Remark: &r, Text: "Pani [NAZWISKO], proszę", State: survey.RemarkNew, Kind: "[NAZWISKO]", Hidden: 8}
	must(t, "redact", scope.RedactRemark(ctx, redaction, admin))
	got, err := scope.Remark(ctx, r.ID)
	if err != nil || got.Text != redaction.Text || !got.Redacted {
		t.Errorf("redacted: %+v, %v", got, err)
	}
	if err := scope.RedactRemark(ctx, redaction, admin); !errors.Is(err, survey.ErrConflict) {
		t.Errorf("redact what another one redacted: %v; want ErrConflict", err)
	}
	log := lines(t, owner, `SELECT subject FROM audit_log WHERE action = 'remark.redact'`)
	if want := []string{r.ID + " [NAZWISKO] 8"}; !slices.Equal(log, want) {
		t.Errorf("log %q, want %q", log, want)
	}
	for _, row := range dump(t, owner, scope.Tenant()) {
		if strings.Contains(row, "Kowalska") {
			t.Errorf("the original is still there: %s", row)
		}
	}
}

// TestRedactionGoesOneWay tries texts on the trigger: words can only be replaced by tokens.
func TestRedactionGoesOneWay(t *testing.T) {
	s, _, service := open(t)
	scope := plainTenant(t, s, "urzad")
	const before = "Pani Ala [ADRES] i Ola, Ala"
	tests := []struct {
		name, text string
		ok         bool
	}{
		{"a word", "Pani [NAZWISKO] [ADRES] i Ola, Ala", true},
		{"two words", "Pani [NAZWISKO] [ADRES] i [NAZWISKO], Ala", true},
		{"the first and the last", "[INNE] Ala [ADRES] i Ola, [NAZWISKO]", true},
		{"all", "[INNE]", true},
		{"a token too", "Pani [INNE], Ala", true},
		{"another word", "Pani [NAZWISKO] [ADRES] i Ela, Ala", false},
		{"an added word", "Pani [NAZWISKO] [ADRES] i Ola, Ala!", false},
		{"a word before", "Ta Pani [NAZWISKO] [ADRES] i Ola, Ala", false},
		{"another order", "Ola [NAZWISKO] Pani", false},
		{"no token", "Pani Ala i Ola, Ala", false},
		{"a token back to a word", "Pani Ala Leśna 5 i Ola, Ala", false},
		{"nothing", "", false},
		{"a token that is none", "Pani [X] [ADRES] i Ola, Ala", false},
	}
	for i, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := remarked(t, s, scope, survey.NewDay(2026, 3, 1+i), before)[0]
			tx := inTenant(t, as(t, service, "ocena_app"), scope.Tenant())
			_, err := tx.Exec(`UPDATE remarks SET text = $3 WHERE tenant_id = $1 AND id = $2`, scope.Tenant(), r.ID, tt.text)
			var refused *pq.Error
			if ok := err == nil; ok != tt.ok || !ok && (!errors.As(err, &refused) || refused.Code != "23514") {
				t.Errorf("%q to %q: %v; want it let through: %t", before, tt.text, err, tt.ok)
			}
		})
	}
}

// TestCorrectionKeepsReview corrects a typed sheet: what stays keeps its review, and what was hidden does not come back.
func TestCorrectionKeepsReview(t *testing.T) {
	s, owner, _ := open(t)
	scope := plainTenant(t, s, "urzad")
	b := openBatch(t, scope)
	typed := sheet(t, scope, b, 1, 0, survey.Values{"overall": {"1"}, "improve": {"other"}, "improve.other": {"ławki"}, "remarks": {"Pani Kowalska"}})
	must(t, "add", s.AddSubmissions(ctx, []store.Entry{typed}))
	list, err := scope.Remarks(ctx, everyRemark)
	must(t, "remarks", err)
	for _, r := range list.Remarks {
		if r.Question == "remarks" {
			must(t, "redact", scope.RedactRemark(ctx, store.Redaction{Remark: &r, Text: "Pani [NAZWISKO]", State: survey.RemarkNew, Kind: "[NAZWISKO]", Hidden: 8}, admin))
		} else {
			must(t, "approve", scope.ReviewRemark(ctx, r.ID, r.State, survey.RemarkApproved, admin))
		}
	}
	want := lines(t, owner, `SELECT x::text FROM remarks x ORDER BY 1`)
	must(t, "correct", scope.CorrectSheet(ctx, correction(typed.Submission, typed.Layout, 1))) // a form from before the redaction
	if got := lines(t, owner, `SELECT x::text FROM remarks x ORDER BY 1`); !slices.Equal(got, want) {
		t.Errorf("after the correction %q, want %q", got, want)
	}
	changed := *typed.Submission
	changed.Remarks = []survey.Remark{{Question: "improve.other", Text: "stojaki", State: survey.RemarkNew}}
	must(t, "correct", scope.CorrectSheet(ctx, correction(&changed, typed.Layout, 2)))
	got := lines(t, owner, `SELECT question || ': ' || text || ' ' || state FROM remarks ORDER BY 1`)
	if want := []string{"improve.other: stojaki new", "remarks: Pani [NAZWISKO] new"}; !slices.Equal(got, want) {
		t.Errorf("after another correction %q, want %q", got, want)
	}
}

package web

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ocenaurzedu.eu/pkg/report"
	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// fullDocument is a draft of all results with every field of a Document set.
func (h *harness) fullDocument(slug string) *report.Document {
	h.t.Helper()
	ctx, tenant := context.Background(), h.web.directory.Load().tenant(slug)
	filter := survey.Filter{From: survey.NewDay(2026, 1, 1), To: survey.NewDay(2026, 3, 10)}
	d, err := h.web.ReportDocument(ctx, tenant, filter, store.Actor{Login: "kto@osielsko.example", At: h.web.Now()})
	if err != nil {
		h.t.Fatal(err)
	}
	d.Number, d.Title, d.Sample = 1, "Raport roczny", true
	d.Comparison = &stats.Comparison{Before: survey.Filter{From: survey.NewDay(2025, 1, 1), To: survey.NewDay(2025, 3, 10)}, BeforeN: 31, Number: 7,
		Overall: &stats.Change{Difference: stats.Figure{OK: true, N: 30, Value: 1.0 / 3, Low: -1e-7, High: 0.1 + 0.2}, Top2: stats.Figure{Low: math.Copysign(0, -1)}, Verdict: stats.VerdictWithin},
		Items:   []stats.ItemChange{{Question: "overall", Label: survey.Text{PL: "Ocena „ogólna”"}}}}
	d.Crosses = []stats.Cross{{Row: stats.Dimension{Question: "overall"}, Column: stats.Dimension{Property: "channel"}, N: 9,
		Cells: [][]stats.CrossCell{{{Suppressed: true}}}}}
	d.Actions = []survey.CorrectiveAction{{ID: 3, Number: 1, Finding: "Długie oczekiwanie", Due: survey.NewDay(2026, 6, 30), Status: survey.ActionPlanned,
		Measure: survey.Measure{Question: "quality", Row: "signs"}, SignedAt: time.Date(2026, 3, 9, 8, 7, 6, 0, time.UTC)}}
	d.Peers = &report.Peers{County: "powiat bydgoski", Offices: 8, Mean: 71.25, Own: 80}
	d.Case = report.CaseRecord{Sign: "OR.0643.1.2026", JRWA: "0643", Category: "B5"}
	d.Crest = onePixel
	return d
}

// onePixel is the smallest PNG.
var onePixel = []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00\x90wS\xde" +
	"\x00\x00\x00\x0cIDATx\x9cc\xf8\xcf\xc0\x00\x00\x03\x01\x01\x00\xc9\xfe\x92\xef\x00\x00\x00\x00IEND\xaeB`\x82")

func asJSON(t *testing.T, v any) string {
	t.Helper()
	data, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// Every field of a document comes back out of the archive, and of what comes back PDF and XLSX are written again byte
// for byte, whatever has changed since.
func TestArchivedReportIsWrittenAgain(t *testing.T) {
	h := start(t)
	h.answer("osielsko", given{n: 12, day: survey.NewDay(2026, 1, 7), values: survey.Values{"overall": {"4"}, "quality.signs": {"5"}, "settled": {"yes"}}})
	d := h.fullDocument("osielsko")
	for i, v := 0, reflect.ValueOf(*d); i < v.NumField(); i++ {
		if v.Field(i).IsZero() {
			t.Fatalf("Document.%s is not set: this test can't tell whether the archive keeps it", v.Type().Field(i).Name)
		}
	}
	frozen, err := h.web.freeze(d)
	if err != nil {
		t.Fatal(err)
	}
	ctx, scope := context.Background(), h.scope("osielsko")
	if err := scope.ArchiveReport(ctx, frozen); err != nil {
		t.Fatal(err)
	}
	if _, err := h.owner.ExecContext(ctx, `UPDATE service_points SET name = 'Inna nazwa' WHERE tenant_id = $1`, h.ids["osielsko"]); err != nil {
		t.Fatal(err)
	}
	h.advance(40 * 24 * time.Hour)
	stored, err := scope.Report(ctx, frozen.ID)
	if err != nil {
		t.Fatal(err)
	}
	again, err := h.web.Thaw(ctx, h.web.directory.Load().tenant("osielsko"), stored)
	if err != nil {
		t.Fatal(err)
	}
	d.GeneratedAt, d.Comparison.Overall.Top2.Low = d.GeneratedAt.Truncate(time.Microsecond), 0 // jsonb knows no -0
	if diff := cmp.Diff(asJSON(t, d), asJSON(t, again)); diff != "" {
		t.Errorf("the archive gives another document back (-want +got):\n%s", diff)
	}
	var pdf, xlsx bytes.Buffer
	if err := again.PDF(&pdf); err != nil || !bytes.Equal(pdf.Bytes(), stored.PDF) {
		t.Errorf("PDF written again: %v, %d bytes; want the %d archived", err, pdf.Len(), len(stored.PDF))
	}
	if err := again.XLSX(&xlsx); err != nil || !bytes.Equal(xlsx.Bytes(), stored.XLSX) {
		t.Errorf("XLSX written again: %v, %d bytes; want the %d archived", err, xlsx.Len(), len(stored.XLSX))
	}
}

// A report that an older program archived, with the figures and little else, still opens.
func TestOldArchivedReportOpens(t *testing.T) {
	h := start(t)
	h.answer("osielsko", given{n: 12, day: survey.NewDay(2026, 1, 7), values: survey.Values{"overall": {"4"}, "settled": {"yes"}}})
	frozen, err := h.web.freeze(h.fullDocument("osielsko"))
	if err != nil {
		t.Fatal(err)
	}
	admin := h.logIn("osielsko", store.RoleAdministrator)
	for i, kept := range [][]string{nil, {"office", "slug", "address", "generated_by", "service_points", "sample"}} {
		old := *frozen
		old.Number, old.Summary = i+1, onlyOld(t, frozen.Summary, kept)
		if err := h.scope("osielsko").ArchiveReport(context.Background(), &old); err != nil {
			t.Fatal(err)
		}
		address := "/panel/raporty/" + strconv.FormatInt(old.ID, 10)
		h.expect("old report", admin.get(address), 200, "1 stycznia 2026 – 10 marca 2026")
		h.expect("old report as CSV", admin.get(address+"/raport.csv"), 200)
	}
}

// onlyOld leaves of an archived summary what the first programs wrote; of its document the fields named, if any.
func onlyOld(t *testing.T, summary []byte, fields []string) []byte {
	t.Helper()
	var all map[string]any
	if err := json.Unmarshal(summary, &all); err != nil {
		t.Fatal(err)
	}
	document := all["document"].(map[string]any)
	for _, field := range []string{"document", "indicators", "composite", "quadrants", "suspects"} {
		delete(all, field)
	}
	if maps.DeleteFunc(document, func(name string, _ any) bool { return !slices.Contains(fields, name) }); len(document) > 0 {
		all["document"] = document
	}
	return []byte(asJSON(t, all))
}

// What is written at once must be written of what jsonb gives back later.
func TestMinusZeroIsNoNumberOfJSONB(t *testing.T) {
	got := string(withoutMinusZero([]byte(`{"a":-0,"b":[-0,-0.5,-0],"c":":-0}","d":"\\","e":"\":-0}","f":-0}`)))
	if want := `{"a":0,"b":[0,-0.5,0],"c":":-0}","d":"\\","e":"\":-0}","f":0}`; got != want {
		t.Errorf("withoutMinusZero = %s; want %s", got, want)
	}
}

// thawed is the document of a report of the archive.
func (h *harness) thawed(slug, address string) *report.Document {
	h.t.Helper()
	id, err := strconv.ParseInt(address[strings.LastIndexByte(address, '/')+1:], 10, 64)
	if err != nil {
		h.t.Fatal(err)
	}
	r, err := h.scope(slug).Report(context.Background(), id)
	if err != nil {
		h.t.Fatal(err)
	}
	d, err := h.web.Thaw(context.Background(), h.web.directory.Load().tenant(slug), r)
	if err != nil {
		h.t.Fatal(err)
	}
	return d
}

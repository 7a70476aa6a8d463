package web

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"ocenaurzedu.eu/pkg/sheet"
	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// generate makes a report over the form and returns its address.
func (p *person) generate(form url.Values) string {
	p.t.Helper()
	got := p.post("/panel/raporty", form)
	if got.StatusCode != 303 || !strings.HasPrefix(got.Header.Get("Location"), "/panel/raporty/") {
		p.t.Fatalf("generate %v = %d to %q:\n%.2000s", form, got.StatusCode, got.Header.Get("Location"), got.body)
	}
	return got.Header.Get("Location")
}

func thisYear() url.Values { return url.Values{"from": {"2026-01-01"}, "to": {"2026-03-10"}} }

// decoded is what a test reads of a report's JSON.
type decoded struct {
	Number  int
	Office  survey.Office
	Summary stats.Summary
}

func (p *person) json(report string) (d decoded) {
	p.t.Helper()
	got := p.get(report + "/raport.json")
	if err := json.Unmarshal([]byte(got.body), &d); err != nil {
		p.t.Fatalf("%s as JSON: %v", report, err)
	}
	return d
}

// Page, PDF, XLSX, CSV and JSON of one archived report.
func TestReport(t *testing.T) {
	h := start(t)
	bok := h.pointID("osielsko", "bok")
	for i := range 10 {
		h.answer("osielsko", given{n: 2, point: bok, channel: survey.ChannelPaperTyped, day: survey.NewDay(2026, 1, 5+i),
			values: survey.Values{"overall": {strconv.Itoa(3 + i%3)}, "quality.signs": {"5"}, "settled": {"yes"}, "remarks": {"Dziękuję <b>bardzo</b>"}}})
	}
	admin := h.logIn("osielsko", store.RoleAdministrator)
	admin.post("/panel/uwagi", url.Values{"alike": {survey.Alike("Dziękuję <b>bardzo</b>")}}) // only approved remarks are reported
	report := admin.generate(thisYear())
	h.expect("page", admin.get(report), 200, "Raport nr 1", "1 stycznia 2026 – 10 marca 2026", "wypełnionych ankiet", "papier (wpisany)", "<svg", "<title>",
		"<desc>", "Najważniejsze wyniki", "Metoda", "próba jest nielosowa", "Uwagi klientów", "Dziękuję <b>bardzo</b>", "bardzo dobrze (5)", "Obejmuje wszystkie wyniki", admin.login)
	if body := admin.get(report).body; strings.Contains(body, "<b>bardzo</b>") {
		t.Error("a remark's markup is not escaped")
	}

	var id int64
	if _, err := fmt.Sscanf(report, "/panel/raporty/%d", &id); err != nil {
		t.Fatal(err)
	}
	kept, err := h.scope("osielsko").Report(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	for format, want := range map[string][]byte{"pdf": kept.PDF, "xlsx": kept.XLSX} {
		got := admin.get(report + "/raport." + format)
		if got.StatusCode != 200 || got.body != string(want) || len(want) == 0 {
			t.Errorf("%s: %d, %d bytes, archived %d", format, got.StatusCode, len(got.body), len(want))
		}
		if d := got.Header.Get("Content-Disposition"); d != fmt.Sprintf(`attachment; filename="raport-osielsko-1.%s"`, format) {
			t.Errorf("%s: Content-Disposition %q", format, d)
		}
	}
	if sum := sha256.Sum256(kept.PDF); !strings.Contains(admin.get(report).body, fmt.Sprintf("%x", sum)) {
		t.Error("the page does not tell the PDF's hash")
	}
	if csv := admin.get(report + "/raport.csv"); csv.StatusCode != 200 || !strings.HasPrefix(csv.body, "\ufeff") || !strings.Contains(csv.body, "Biuro") {
		t.Errorf("CSV = %d: %.100s", csv.StatusCode, csv.body)
	}
	if d := admin.json(report); d.Number != 1 || d.Summary.N != 20 {
		t.Errorf("JSON tells number %d, n %d", d.Number, d.Summary.N)
	}
	h.expect("other format", admin.get(report+"/raport.docx"), 404)
	h.expect("archive", admin.get("/panel/raporty"), 200, "Raport nr 1", "całość wyników", report+"/raport.pdf", fmt.Sprintf("%x", kept.PDFHash[:4]))
}

// An archived report tells the office as it was, in every format.
func TestReportStaysAsItWas(t *testing.T) {
	h := start(t)
	h.answer("osielsko", given{n: 8})
	admin := h.logIn("osielsko", store.RoleAdministrator)
	report := admin.generate(thisYear())
	before := admin.get(report + "/raport.csv").body
	if got := admin.post("/panel/urzad", with(admin.officeForm(), "name", "Urząd Miasta Przemianowany")); got.StatusCode != 303 {
		t.Fatalf("rename = %d", got.StatusCode)
	}
	if d := admin.json(report); d.Office.Name != "Urząd Gminy Osielsko" {
		t.Errorf("JSON of the old report is of %q", d.Office.Name)
	}
	h.expect("page", admin.get(report), 200, "Urząd Gminy Osielsko. ")
	if admin.get(report+"/raport.csv").body != before {
		t.Error("the CSV changed with the office")
	}
	if d := admin.json(admin.generate(thisYear())); d.Office.Name != "Urząd Miasta Przemianowany" {
		t.Errorf("the next report is of %q", d.Office.Name)
	}
}

func TestReportFilters(t *testing.T) {
	h := start(t)
	bok := h.pointID("osielsko", "bok")
	h.answer("osielsko", given{n: 5, day: survey.NewDay(2025, 12, 31)})
	h.answer("osielsko", given{n: 6, day: survey.NewDay(2026, 1, 1)})
	h.answer("osielsko", given{n: 7, day: survey.NewDay(2026, 2, 28), channel: survey.ChannelQR, point: bok})
	h.answer("osielsko", given{n: 9, day: survey.NewDay(2026, 3, 10), channel: survey.ChannelKiosk, point: bok})
	h.answer("dobrcz", given{n: 50})
	p, point := h.logIn("osielsko", store.RoleEmployee), strconv.FormatInt(bok, 10)
	tests := []struct {
		name, from, to  string
		channels, point []string
		want            int
		complete        bool
	}{
		{"all", "2025-01-01", "2026-03-10", nil, nil, 27, true},
		{"this year", "2026-01-01", "2026-03-10", nil, nil, 22, false},
		{"last year", "2025-01-01", "2025-12-31", nil, nil, 5, false},
		{"one day", "2026-02-28", "2026-02-28", nil, nil, 7, false},
		{"a channel", "2025-01-01", "2026-03-10", []string{"qr"}, nil, 7, false},
		{"two channels", "2025-01-01", "2026-03-10", []string{"qr", "kiosk"}, nil, 16, false},
		{"a point", "2025-01-01", "2026-03-10", nil, []string{point}, 16, false},
		{"no point", "2025-01-01", "2026-03-10", nil, []string{"0"}, 11, false},
		{"a point's channel", "2025-01-01", "2026-03-10", []string{"kiosk"}, []string{point}, 9, false},
		{"every channel ticked", "2025-01-01", "2026-03-10", []string{"web", "qr", "kiosk", "paper_typed", "paper_scanned"}, nil, 27, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			report := p.generate(url.Values{"from": {tt.from}, "to": {tt.to}, "channel": tt.channels, "point": tt.point})
			if got := p.json(report).Summary.N; got != tt.want {
				t.Errorf("n = %d, want %d", got, tt.want)
			}
			id, _ := strings.CutPrefix(report, "/panel/raporty/")
			if n := h.count(`SELECT count(*) FROM reports WHERE id = $1 AND complete`, id); (n == 1) != tt.complete {
				t.Errorf("complete: %t, want %t", n == 1, tt.complete)
			}
		})
	}
	h.expect("a choice is told", p.get(p.generate(url.Values{"from": {"2026-01-01"}, "to": {"2026-03-10"}, "channel": {"kiosk"}, "point": {point}})), 200,
		"wybór: kiosk w urzędzie, Biuro", "Obejmuje wybór wyników")
}

func TestReportProblems(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleEmployee)
	foreign := strconv.FormatInt(h.pointID("dobrcz", "bok"), 10)
	tests := []struct {
		name  string
		form  url.Values
		words []string
	}{
		{"nothing", url.Values{}, []string{"Od dnia: Prosimy podać dzień.", "Do dnia: Prosimy podać dzień."}},
		{"turned round", url.Values{"from": {"2026-03-01"}, "to": {"2026-02-01"}}, []string{"Koniec okresu jest wcześniejszy", `value="2026-03-01"`}},
		{"future", url.Values{"from": {"2026-03-01"}, "to": {"2027-02-01"}}, []string{"Do dnia: Ten dzień jeszcze nie nadszedł"}},
		{"no such day", url.Values{"from": {"2026-02-30"}, "to": {"2026-03-01"}}, []string{"Od dnia: Wpis ma inną postać", `value="2026-02-30"`}},
		{"far past", url.Values{"from": {"0000-01-01"}, "to": {"2026-03-01"}}, []string{"Od dnia: Wpis ma inną postać"}},
		{"unknown channel", with(thisYear(), "channel", "fax"), []string{"Kanały: Prosimy wybrać"}},
		{"another office's point", with(thisYear(), "point", foreign), []string{"Punkty obsługi: Prosimy wybrać"}},
		{"no number", with(thisYear(), "point", "1 OR 1=1"), []string{"Punkty obsługi: Prosimy wybrać"}},
		{"what was ticked stays", with(thisYear(), "channel", "qr", "to", "?"), []string{`value="qr" checked`, `value="?"`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h.expect(tt.name, p.post("/panel/raporty", tt.form), 422, append([]string{"Prosimy poprawić zakres raportu"}, tt.words...)...)
		})
	}
	if n := h.count(`SELECT count(*) FROM reports`); n != 0 {
		t.Errorf("%d reports were archived", n)
	}
}

// What too few answered is in no format, neither as a figure nor as a count.
func TestReportWithholds(t *testing.T) {
	h := start(t)
	h.answer("osielsko", given{n: 4, values: survey.Values{"overall": {"1"}, "quality.signs": {"2"}, "remarks": {"Tylko czworo"}}})
	p := h.logIn("osielsko", store.RoleEmployee)
	h.expect("fewer than the threshold", p.get(p.generate(thisYear())), 200, "n za małe", "not:", "Tylko czworo", "1,00", "ocen z dwóch", "średnia 1", "bardzo słabo (1)")

	h.answer("osielsko", given{n: 30, values: survey.Values{"overall": {"5"}}})
	report := p.generate(thisYear())
	h.expect("a row that four rated", p.get(report), 200, "n za małe", "ocena ogólna", "not:", "2,00")
	rows := 0
	for _, q := range p.json(report).Summary.Questions {
		for _, item := range q.Items {
			if item.Row == "signs" && (!item.Suppressed || item.Valid != 0 || item.Rating.Value != 0) {
				t.Errorf("JSON tells what four rated: %+v", item)
			}
			rows += strings.Count(item.Row, "signs")
		}
	}
	if rows != 1 {
		t.Fatalf("%d rows of the name, want 1", rows)
	}
	if csv := p.get(report + "/raport.csv").body; strings.Contains(csv, ";2,00;") {
		t.Error("CSV tells what four rated")
	}
	h.answer("osielsko", given{n: 2, channel: survey.ChannelKiosk, values: survey.Values{"overall": {"3"}}})
	report = p.generate(thisYear())
	h.expect("two at a kiosk", p.get(report), 200, "n za małe", "not:", "3,00")
}

// csrfField is the token of the form that logs out, new in every page.
var csrfField = regexp.MustCompile(`name="_csrf" value="[^"]*"`)

// A report of another office is as one that does not exist, byte for byte.
func TestForeignReport(t *testing.T) {
	h := start(t)
	h.answer("osielsko", given{n: 5})
	report := h.logIn("osielsko", store.RoleAdministrator).generate(thisYear())
	stranger := h.logIn("dobrcz", store.RoleAdministrator)
	for _, suffix := range []string{"", "/raport.pdf", "/raport.xlsx", "/raport.csv", "/raport.json"} {
		foreign, missing := stranger.get(report+suffix), stranger.get("/panel/raporty/987654321"+suffix)
		same := csrfField.ReplaceAllString(foreign.body, "") == csrfField.ReplaceAllString(missing.body, "")
		if foreign.StatusCode != 404 || missing.StatusCode != 404 || !same {
			t.Errorf("%s: foreign %d, missing %d, same body: %t", suffix, foreign.StatusCode, missing.StatusCode, same)
		}
	}
	h.expect("no number", stranger.get("/panel/raporty/ostatni"), 404)
	h.expect("archive of another office", stranger.get("/panel/raporty"), 200, "Archiwum jest jeszcze puste", "not:", "Raport nr 1")
}

func TestReportRoles(t *testing.T) {
	h := start(t)
	h.answer("osielsko", given{n: 5})
	report := h.logIn("osielsko", store.RoleEmployee).generate(thisYear())
	supervisor := h.logIn("osielsko", store.RoleSupervisor)
	h.expect("supervisor begins", supervisor.get("/panel"), 200, `class="tile" href="/panel/wyniki"`, `class="tile" href="/panel/raporty"`, "wypełnionych ankiet", "not:", "/panel/raporty/nowy")
	h.expect("supervisor reads", supervisor.get(report), 200)
	h.expect("supervisor downloads", supervisor.get(report+"/raport.pdf"), 200)
	h.expect("supervisor's archive", supervisor.get("/panel/raporty"), 200, "Raport nr 1", "not:", "/panel/raporty/nowy")
	h.expect("supervisor chooses", supervisor.get("/panel/raporty/nowy"), 403)
	h.expect("supervisor generates", supervisor.post("/panel/raporty", thisYear()), 403)
	employee := h.logIn("osielsko", store.RoleEmployee)
	h.expect("employee chooses", employee.get("/panel/raporty/nowy"), 200, "Bieżący rok", "Wszystkie wyniki", `value="2026-01-01"`, `value="2026-03-10"`)
	h.expect("no token", employee.post("/panel/raporty", with(thisYear(), "_csrf", "")), 403)
	if got := h.get("osielsko", report+"/raport.pdf"); got.StatusCode != 303 {
		t.Errorf("a stranger's download = %d", got.StatusCode)
	}
	if n := h.count(`SELECT count(*) FROM reports`); n != 1 {
		t.Errorf("%d reports, want 1", n)
	}
}

// A question whose scale changed stands twice, old and new apart.
func TestReportOfTwoVersions(t *testing.T) {
	h := start(t)
	ctx, scope := context.Background(), h.scope("osielsko")
	h.answer("osielsko", given{n: 6, values: survey.Values{"overall": {"2"}}})
	admin := h.logIn("osielsko", store.RoleAdministrator)
	admin.post("/panel/raporty/dotychczasowe", url.Values{"next": {"/panel/ankieta"}})
	draft, err := scope.Draft(ctx)
	if err != nil {
		t.Fatal(err)
	}
	overall := draft.Questionnaire.Question("overall")
	overall.Scale = &survey.Scale{Points: []survey.Point{{Label: survey.PL("całkiem źle")}, {Label: survey.PL("tak sobie")}, {Label: survey.PL("znakomicie")}}}
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
	h.answer("osielsko", given{n: 7, values: survey.Values{"overall": {"3"}}})
	h.expect("page", admin.get(admin.generate(thisYear())), 200, "wersja 1, opublikowana", "wersja 2, opublikowana", "Pytanie zmieniono między wersjami ankiety",
		"Tu są wyniki z wersji 1;", "Tu są wyniki z wersji 2;", "znakomicie", "bardzo dobrze (5)")
}

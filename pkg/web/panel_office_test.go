package web

import (
	"context"
	"errors"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"ocenaurzedu.eu/pkg/auth"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// given is a batch of alike answers for a test.
type given struct {
	n       int
	values  survey.Values // nil: overall rating 4
	channel survey.Channel
	point   int64
	day     survey.Day // none: today
}

// answer stores submissions of an office's published version.
func (h *harness) answer(slug string, g given) {
	h.t.Helper()
	scope, entries := h.scope(slug), []store.Entry{}
	version, err := scope.PublishedVersion(context.Background())
	if err != nil {
		h.t.Fatal(err)
	}
	if g.values == nil {
		g.values = survey.Values{"overall": {"4"}}
	}
	if g.day.IsZero() {
		g.day = h.web.today()
	}
	if g.channel == "" {
		g.channel = survey.ChannelWeb
	}
	for range g.n {
		sub, err := version.Fill(g.values, g.channel, g.day)
		if err != nil {
			h.t.Fatal(err)
		}
		sub.ID, sub.ServicePoint = uuid.NewString(), g.point
		entries = append(entries, store.Entry{Tenant: scope.Tenant(), Key: auth.HashToken(sub.ID), Submission: sub, Layout: &version.Layout})
	}
	if err := h.store.AddSubmissions(context.Background(), entries); err != nil {
		h.t.Fatal(err)
	}
}

// pointID returns the id of a service point by its code.
func (h *harness) pointID(slug, code string) int64 {
	h.t.Helper()
	points, err := h.scope(slug).ServicePoints(context.Background())
	if err != nil {
		h.t.Fatal(err)
	}
	for _, p := range points {
		if p.Code == code {
			return p.ID
		}
	}
	h.t.Fatalf("%s has no point %q", slug, code)
	return 0
}

// expect fails the test unless an answer has the status, all of the words, and none of those after "not:".
func (h *harness) expect(what string, got *answer, status int, words ...string) {
	h.t.Helper()
	if got.StatusCode != status {
		h.t.Errorf("%s = %d, want %d:\n%.1500s", what, got.StatusCode, status, got.body)
		return
	}
	body, want := plain(got.body), true
	for _, word := range words {
		if word == "not:" {
			want = false
			continue
		}
		if strings.Contains(body, word) != want {
			h.t.Errorf("%s: %q is in the page: %t, want %t", what, word, !want, want)
		}
	}
}

// plain is a page with entities and hard spaces as one reads them.
func plain(body string) string {
	return strings.ReplaceAll(html.UnescapeString(body), hardSpace, " ")
}

// officeForm reads the form of the office's data as a browser would send it back.
func (p *person) officeForm() url.Values {
	p.t.Helper()
	record, err := p.scope(p.slug).Office(context.Background())
	if err != nil {
		p.t.Fatal(err)
	}
	form := url.Values{"revision": {strconv.Itoa(record.Revision)}, "threshold": {strconv.Itoa(record.Threshold)}, "sample": {"1"}}
	for _, group := range officeGroups(&record.Office) {
		for _, field := range group.Fields {
			form.Set(field.Name, field.Value)
		}
	}
	return form
}

func with(form url.Values, pairs ...string) url.Values {
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return form
}

func (h *harness) officeOf(slug string) *store.OfficeRecord {
	h.t.Helper()
	record, err := h.scope(slug).Office(context.Background())
	if err != nil {
		h.t.Fatal(err)
	}
	return record
}

const reportsOf = `SELECT count(*) FROM reports WHERE tenant_id = $1`

// The walk of § 5: stopped, explained, one click, saved.
func TestOfficeWaitsForReport(t *testing.T) {
	h := start(t)
	h.answer("osielsko", given{n: 7})
	admin := h.logIn("osielsko", store.RoleAdministrator)

	h.expect("GET without a report", admin.get("/panel/urzad"), 200, "Najpierw raport", "Takiego raportu jeszcze nie ma", "Generuj raport z dotychczasowych wyników",
		"not:", "Zapisz dane urzędu")
	refused := admin.post("/panel/urzad", with(admin.officeForm(), "phone", "52 111 22 33"))
	h.expect("POST without a report", refused, 409, "Zmiany nie zapisano: najpierw raport", `value="52 111 22 33"`, "Generuj raport i zapisz")
	if got := h.officeOf("osielsko").Office.Phone; got == "52 111 22 33" {
		t.Fatal("saved without a report")
	}

	back := admin.post("/panel/raporty/dotychczasowe", url.Values{"next": {"/panel/urzad"}})
	if back.StatusCode != 303 || back.Header.Get("Location") != "/panel/urzad" {
		t.Fatalf("report in one click = %d to %q", back.StatusCode, back.Header.Get("Location"))
	}
	if n := h.count(`SELECT count(*) FROM reports WHERE tenant_id = $1 AND complete AND n = 7`, h.ids["osielsko"]); n != 1 {
		t.Fatalf("%d complete reports of 7 answers, want 1", n)
	}
	h.expect("GET with a report", admin.get("/panel/urzad"), 200, "Zapisz dane urzędu", "not:", "Najpierw raport")
	saved := admin.post("/panel/urzad", with(admin.officeForm(), "phone", "52 111 22 33"))
	if saved.StatusCode != 303 {
		t.Fatalf("POST with a report = %d: %s", saved.StatusCode, saved.body)
	}
	h.expect("after saving", admin.get(saved.Header.Get("Location")), 200, "Dane urzędu są zapisane", `value="52 111 22 33"`)
	if n := h.count(reportsOf, h.ids["osielsko"]); n != 1 {
		t.Errorf("%d reports, want 1: the archive held all results already", n)
	}
	h.expect("log", admin.get("/panel/dziennik"), 200, "zmiana danych urzędu", "raport w archiwum", admin.login)
}

// The form that was refused makes the report and saves, with nothing typed again.
func TestOfficeReportOnTheWay(t *testing.T) {
	h := start(t)
	h.answer("osielsko", given{n: 6})
	admin := h.logIn("osielsko", store.RoleAdministrator)
	refused := admin.post("/panel/urzad", with(admin.officeForm(), "city", "Osielsko Dolne"))
	if !strings.Contains(refused.body, `name="_report" value="1"`) {
		t.Fatal("the form drawn again does not offer the report")
	}
	saved := admin.post("/panel/urzad", with(admin.officeForm(), "city", "Osielsko Dolne", "_report", "1"))
	if saved.StatusCode != 303 || h.officeOf("osielsko").Office.City != "Osielsko Dolne" {
		t.Fatalf("report and save = %d, city %q", saved.StatusCode, h.officeOf("osielsko").Office.City)
	}
	if n := h.count(`SELECT count(*) FROM reports WHERE tenant_id = $1 AND complete AND n = 6`, h.ids["osielsko"]); n != 1 {
		t.Errorf("%d complete reports, want 1", n)
	}
}

// A report opens the gate for a day, and only to the change after it; what came in since is archived with the edit.
func TestGateAfterNewAnswers(t *testing.T) {
	h := start(t)
	h.answer("osielsko", given{n: 6})
	admin := h.logIn("osielsko", store.RoleAdministrator)
	archive := func() {
		admin.post("/panel/raporty/dotychczasowe", url.Values{"next": {"/panel/urzad"}})
	}
	archive()
	h.answer("osielsko", given{n: 1})
	if got := admin.post("/panel/urzad", with(admin.officeForm(), "hours", "pn.–pt. 7.30–15.30")); got.StatusCode != 303 {
		t.Fatalf("within a day = %d", got.StatusCode)
	}
	if n := h.count(`SELECT count(*) FROM reports WHERE tenant_id = $1 AND complete AND n = 7 AND number = 2`, h.ids["osielsko"]); n != 1 {
		t.Errorf("the new answer is in %d archived reports, want 1", n)
	}

	h.answer("osielsko", given{n: 1})
	h.expect("after the change that the report was for", admin.post("/panel/urzad", with(admin.officeForm(), "hours", "wt. 8–16")), 409, "nie obejmuje odpowiedzi, które przyszły później")

	archive()
	h.answer("osielsko", given{n: 1})
	h.clock.advance(25 * time.Hour)
	admin = h.logIn("osielsko", store.RoleAdministrator)
	h.expect("a day later", admin.post("/panel/urzad", with(admin.officeForm(), "hours", "wt. 8–16")), 409, "Ostatni taki raport (nr 3", "wt. 8–16")
	if n := h.count(reportsOf, h.ids["osielsko"]); n != 3 {
		t.Errorf("%d reports, want 3", n)
	}
	archive()
	h.clock.advance(48 * time.Hour)
	admin = h.logIn("osielsko", store.RoleAdministrator)
	if got := admin.post("/panel/urzad", with(admin.officeForm(), "hours", "wt. 8–16")); got.StatusCode != 303 {
		t.Errorf("no answers since the report, two days later = %d, want 303", got.StatusCode)
	}
}

// Answers that come in between a report and its edit make both anew, three times at most; a report whose edit
// failed is not left behind.
func TestGateRace(t *testing.T) {
	for _, tt := range []struct{ late, wantTries, wantReports int }{{0, 1, 1}, {2, 3, 1}, {3, 3, 0}} {
		h := start(t)
		h.answer("osielsko", given{n: 5})
		record, tries := h.officeOf("osielsko"), 0
		app := fiber.New()
		var got error
		app.Post("/", func(c *fiber.Ctx) error {
			c.Locals(localTenant, h.web.directory.Load().tenant("osielsko"))
			c.Locals(localSession, &session{Session: &store.Session{Account: store.Account{Login: "anna@osielsko.example"}}})
			got = h.web.underGate(c, func(archive *store.Report) error {
				if tries++; tries <= tt.late {
					h.answer("osielsko", given{n: 1})
				}
				record.UpdatedAt, record.UpdatedBy = h.clock.now(), "anna@osielsko.example"
				return h.scope("osielsko").SaveOffice(c.UserContext(), *record, archive)
			})
			return nil
		})
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader("_report=1"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if _, err := app.Test(r, -1); err != nil {
			t.Fatal(err)
		}
		if tries != tt.wantTries || (got == nil) != (tt.wantReports == 1) || got != nil && !errors.Is(got, survey.ErrReportRequired) {
			t.Errorf("%d answers in between: %d tries, %v", tt.late, tries, got)
		}
		if n := h.count(`SELECT count(*) FROM reports WHERE complete`); n != tt.wantReports || n != h.count(`SELECT count(*) FROM reports`) {
			t.Errorf("%d answers in between: %d complete reports, want %d and no other", tt.late, n, tt.wantReports)
		}
	}
}

func TestOfficeProblems(t *testing.T) {
	h := start(t)
	admin := h.logIn("osielsko", store.RoleAdministrator)
	admin.post("/panel/raporty/dotychczasowe", url.Values{"next": {"/panel/urzad"}})
	tests := []struct{ name, field, typed, problem string }{
		{"no name", "name", " ", "Nazwa urzędu: Prosimy wypełnić to pole."},
		{"light colour", "colour", "#ffee00", "Kolor urzędu: Ten kolor jest za jasny"},
		{"no colour", "colour", "zielony", "Kolor urzędu: Wpis ma inną postać"},
		{"postal code", "postal_code", "86031", "Kod pocztowy: Wpis ma inną postać"},
		{"check digit", "nip", "123-456-78-90", "NIP: Wpis ma inną postać"},
		{"script address", "website", "javascript:alert(1)", "Strona internetowa: Wpis ma inną postać"},
		{"too long", "dpo", strings.Repeat("ą", 501), "Tekst może mieć najwyżej 500 znaków"},
		{"control character", "street", "Szosa\x00 1", "Ulica i numer: Wpis ma inną postać"},
		{"below the usual threshold", "threshold", "4", "nie mniejszą niż 5"},
		{"above the highest threshold", "threshold", "11", "nie większą niż 10"},
		{"no number", "threshold", "pięć", "liczbę całkowitą"},
		{"weight of nothing", "weight_employee", "0", "Ocena pracownika: "},
		{"weight above a hundred", "weight_overall", "101", "nie większą niż 100"},
		{"no whole weight", "weight_efficiency", "1,5", "Sprawność obsługi: "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := admin.post("/panel/urzad", with(admin.officeForm(), "epuap", "/wpisane/wcześniej", tt.field, tt.typed))
			h.expect(tt.field, got, 422, tt.problem, `value="/wpisane/wcześniej"`, "Prosimy poprawić formularz")
			if tt.field != "street" && tt.field != "nip" && strings.TrimSpace(tt.typed) != "" && !strings.Contains(plain(got.body), tt.typed) {
				t.Errorf("what was typed is lost: %q", tt.typed)
			}
		})
	}
	if h.officeOf("osielsko").Revision != 1 {
		t.Error("something was saved")
	}
	if got := admin.post("/panel/urzad", with(admin.officeForm(), "threshold", "10", "colour", "#17594A", "regon", "123456785", "weight_efficiency", "50")); got.StatusCode != 303 {
		t.Fatalf("valid = %d: %s", got.StatusCode, got.body)
	}
	if o := h.officeOf("osielsko"); o.Threshold != 10 || o.Office.Colour != "#17594a" || o.Weights.Of(survey.RoleEfficiency) != 50 || o.Weights.Of(survey.RoleOverall) != 1 {
		t.Errorf("saved threshold %d, colour %s, weights %v", o.Threshold, o.Office.Colour, o.Weights)
	}
	h.expect("page", admin.get("/panel/urzad"), 200, "Wagi wskaźników", `name="weight_efficiency" value="50"`, `name="weight_overall" value="1"`)
	h.answer("osielsko", given{n: 12, values: survey.Values{"overall": {"4"}}})
	h.archiveSoFar("osielsko")
	if n := h.count(`SELECT count(*) FROM reports, jsonb_array_elements(summary -> 'indicators') i WHERE i ->> 'role' = 'overall' AND i ->> 'weight' = '1' AND i -> 'value' ->> 'value' = '75'`); n != 1 {
		t.Errorf("%d archived reports have the weight with the indicator, want 1", n)
	}
}

// The second of two who edit at once sees both wordings, and decides.
func TestOfficeConflict(t *testing.T) {
	h := start(t)
	one, two := h.logIn("osielsko", store.RoleAdministrator), h.logIn("osielsko", store.RoleAdministrator)
	one.post("/panel/raporty/dotychczasowe", url.Values{"next": {"/panel/urzad"}})
	first, second := with(one.officeForm(), "phone", "52 111 11 11"), with(two.officeForm(), "phone", "52 222 22 22")
	if got := one.post("/panel/urzad", first); got.StatusCode != 303 {
		t.Fatalf("first = %d", got.StatusCode)
	}
	got := two.post("/panel/urzad", second)
	h.expect("second", got, 409, "Ktoś był szybszy", `value="52 222 22 22"`, "Inna osoba zapisała tu: <b>52 111 11 11</b>", fmt.Sprintf(`name="revision" value="%d"`, 2))
	if h.officeOf("osielsko").Office.Phone != "52 111 11 11" {
		t.Fatal("the first change is lost")
	}
	if got := two.post("/panel/urzad", with(second, "revision", "2")); got.StatusCode != 303 || h.officeOf("osielsko").Office.Phone != "52 222 22 22" {
		t.Errorf("sent again = %d", got.StatusCode)
	}
}

func TestServicePoints(t *testing.T) {
	h := start(t)
	h.answer("osielsko", given{n: 5})
	admin := h.logIn("osielsko", store.RoleAdministrator)
	id := strconv.FormatInt(h.pointID("osielsko", "bok"), 10)

	h.expect("new without a report", admin.post("/panel/urzad/punkty", url.Values{"code": {"okienko7"}, "name": {"Okienko siódme"}}), 409,
		"Zmiany nie zapisano: najpierw raport", `value="okienko7"`, `value="Okienko siódme"`, `name="_report" value="1"`)
	h.expect("rename without a report", admin.post("/panel/urzad/punkty", url.Values{"id": {id}, "name": {"Biuro podawcze"}}), 409, `value="Biuro podawcze"`, `name="id" value="`+id+`"`)
	if n := h.count(`SELECT count(*) FROM service_points WHERE code = 'okienko7' OR name = 'Biuro podawcze'`); n != 0 {
		t.Fatal("saved without a report")
	}
	if got := admin.post("/panel/urzad/punkty", url.Values{"code": {"okienko7"}, "name": {"Okienko siódme"}, "_report": {"1"}}); got.StatusCode != 303 {
		t.Fatalf("new with a report on the way = %d", got.StatusCode)
	}
	h.expect("list", admin.get("/panel/urzad/punkty"), 200, "Okienko siódme", "okienko7")

	tests := []struct {
		name   string
		form   url.Values
		status int
		word   string
	}{
		{"taken code", url.Values{"code": {"bok"}, "name": {"Drugie biuro"}}, 422, "Kod: Ta nazwa jest już zajęta"},
		{"bad code", url.Values{"code": {"Okienko ż"}, "name": {"Okienko"}}, 422, "Kod: Wpis ma inną postać"},
		{"no name", url.Values{"code": {"okno"}, "name": {""}}, 422, "Nazwa: Prosimy wypełnić to pole."},
		{"unknown department", url.Values{"code": {"okno"}, "name": {"Okno"}, "department": {"999999"}}, 422, "Referat: Prosimy wybrać"},
		{"closed before it opened", url.Values{"id": {id}, "name": {"Biuro"}, "to": {"2001-01-01"}}, 422, "wcześniejszy niż pierwszy dzień"},
		{"no day", url.Values{"id": {id}, "name": {"Biuro"}, "to": {"wczoraj"}}, 422, "Ostatni dzień: Wpis ma inną postać"},
		{"of another office", url.Values{"id": {strconv.FormatInt(h.pointID("dobrcz", "bok"), 10)}, "name": {"Cudze"}}, 404, "Nie ma takiej strony"},
		{"renamed and closed", url.Values{"id": {id}, "name": {"Biuro podawcze"}, "to": {"2026-03-10"}}, 303, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { h.expect(tt.name, admin.post("/panel/urzad/punkty", tt.form), tt.status, tt.word) })
	}
	h.expect("after", admin.get("/panel/urzad/punkty"), 200, "Biuro podawcze", "ostatni dzień 10 marca 2026", "not:", "Drugie biuro", "Cudze")
}

// Who may read and who may change; the county's analyst has no business here.
func TestOfficeRoles(t *testing.T) {
	h := start(t)
	people := map[store.Role]*person{}
	for _, role := range []store.Role{store.RoleAdministrator, store.RoleEmployee, store.RoleSupervisor} {
		people[role] = h.logIn("osielsko", role)
	}
	for role, p := range people {
		for _, path := range []string{"/panel/urzad", "/panel/urzad/punkty", "/panel/dziennik", "/panel/raporty"} {
			h.expect(string(role)+" "+path, p.get(path), 200)
		}
		want := map[bool]int{true: 303, false: 403}
		edits, makes := role == store.RoleAdministrator, role != store.RoleSupervisor
		h.expect(string(role)+" makes a report", p.post("/panel/raporty/dotychczasowe", url.Values{"next": {"/panel/urzad"}}), want[makes])
		h.expect(string(role)+" edits", p.post("/panel/urzad", with(p.officeForm(), "_report", "1")), want[edits])
		h.expect(string(role)+" adds a point", p.post("/panel/urzad/punkty", url.Values{"code": {"nowy"}, "name": {"Nowy"}, "_report": {"1"}}), want[edits])
		if !edits {
			h.expect(string(role)+" reads", p.get("/panel/urzad"), 200, "readonly", "not:", "Zapisz dane urzędu", "Generuj raport z dotychczasowych")
		}
	}
	for _, path := range []string{"/panel/urzad", "/panel/urzad/punkty", "/panel/dziennik"} {
		if got := h.get("osielsko", path); got.StatusCode != 303 {
			t.Errorf("a stranger's GET %s = %d, want 303 to the log-in", path, got.StatusCode)
		}
	}
	admin := people[store.RoleAdministrator]
	h.expect("no token", admin.post("/panel/urzad", with(admin.officeForm(), "_csrf", "")), 403)
	h.expect("return to elsewhere", admin.post("/panel/raporty/dotychczasowe", url.Values{"next": {"https://example.org/"}}), 400, "dokąd wrócić")
}

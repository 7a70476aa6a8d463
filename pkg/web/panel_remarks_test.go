package web

import (
	"context"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"ocenaurzedu.eu/pkg/auth"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// remarked stores remarks of an office as they come in, a submission each, on the days before today: the first is the
// oldest.
func (h *harness) remarked(slug string, texts ...string) {
	h.t.Helper()
	scope, entries := h.scope(slug), []store.Entry{}
	version, err := scope.PublishedVersion(context.Background())
	if err != nil {
		h.t.Fatal(err)
	}
	for i, text := range texts {
		sub, err := version.Fill(survey.Values{"overall": {"4"}, "remarks": {text}}, survey.ChannelWeb, h.web.today().Add(i-len(texts)))
		if err != nil {
			h.t.Fatal(err)
		}
		redact(sub.Remarks)
		sub.ID = uuid.NewString()
		entries = append(entries, store.Entry{Tenant: scope.Tenant(), Key: auth.HashToken(sub.ID), Submission: sub, Layout: &version.Layout})
	}
	if err := h.store.AddSubmissions(context.Background(), entries); err != nil {
		h.t.Fatal(err)
	}
}

// remark finds a remark by a piece of its text.
func (h *harness) remark(slug, piece string) store.Remark {
	h.t.Helper()
	list, err := h.scope(slug).Remarks(context.Background(), store.RemarkFilter{States: remarkViews()[5].states, Most: 1000})
	if err != nil {
		h.t.Fatal(err)
	}
	i := slices.IndexFunc(list.Remarks, func(r store.Remark) bool { return strings.Contains(r.Text, piece) })
	if i < 0 {
		h.t.Fatalf("no remark with %q among %+v", piece, list.Remarks)
	}
	return list.Remarks[i]
}

// reviewing is the form that a button beside a remark sends.
func reviewing(do string, r store.Remark, more ...string) url.Values {
	form := url.Values{"do": {do}, "state": {string(r.State)}, "seen": {seenText(r.Text)}}
	for i := 0; i+1 < len(more); i += 2 {
		form.Add(more[i], more[i+1])
	}
	return form
}

const kowalska = "Pani Kowalska z pokoju 12, ul. Leśna 5/3"

func TestReviewOfRemarks(t *testing.T) {
	h := start(t)
	h.remarked("osielsko", "Miła obsługa", kowalska, "Krótka kolejka")
	p := h.logIn("osielsko", store.RoleEmployee)
	page := p.get("/panel/uwagi")
	text := toldBy(page.body)
	hold(t, "the queue", text, "Uwagi mieszkańców", "Kowalska (może być nazwisko)", "pokoju 12 (pokój wskazuje osobę)", "ul. Leśna 5/3 (może być adres)",
		"strona internetowa", "niepewna", "Czekające 3", "Niepewne 1", "Nowe 2")
	if unsure, first := strings.Index(page.body, "Kowalska"), strings.Index(page.body, "Miła obsługa"); unsure > first {
		t.Error("the unsure remark does not come first")
	}
	home := toldBy(p.get("/panel").body)
	hold(t, "the home page", home, "Uwagi 3 czeka", "3 uwagi czekają na przejrzenie")

	// approve, and take it back
	r := h.remark("osielsko", "Miła")
	done := p.post("/panel/uwagi/"+r.ID, reviewing("approve", r))
	if done.StatusCode != http.StatusSeeOther {
		t.Fatalf("approve: %d %s", done.StatusCode, done.body)
	}
	after := p.get(done.Header.Get("Location")).body
	hold(t, "the queue", toldBy(after), "Zatwierdzono uwagę.", "Cofnij", "Czekające 2", "Zatwierdzone 1")
	if r = h.remark("osielsko", "Miła"); r.State != survey.RemarkApproved || r.ReviewedBy != p.login {
		t.Errorf("approved: %+v", r)
	}
	p.post("/panel/uwagi/"+r.ID, reviewing("reopen", r))
	if r = h.remark("osielsko", "Miła"); r.State != survey.RemarkNew || r.ReviewedBy != "" {
		t.Errorf("reopened: %+v", r)
	}
	// withhold an unsure one, and take it back: it is unsure again
	r = h.remark("osielsko", "Kowalska")
	p.post("/panel/uwagi/"+r.ID, reviewing("withhold", r))
	r = h.remark("osielsko", "Kowalska")
	p.post("/panel/uwagi/"+r.ID, reviewing("reopen", r))
	if r = h.remark("osielsko", "Kowalska"); r.State != survey.RemarkUnsure {
		t.Errorf("withheld and reopened: %+v", r)
	}
	if got := p.post("/panel/uwagi/"+r.ID, reviewing("delete", r)); got.StatusCode != http.StatusBadRequest {
		t.Errorf("an action that is none: %d", got.StatusCode)
	}
}

// markup matches what is no text of a page.
var markup = regexp.MustCompile(`<[^>]*>`)

// toldBy is the text of a page, with plain spaces.
func toldBy(page string) string {
	return words(html.UnescapeString(markup.ReplaceAllString(page, " ")))
}

// The words are gone from the whole database, the log included.
func TestRedactionLeavesNothing(t *testing.T) {
	h := start(t)
	h.remarked("osielsko", kowalska)
	p := h.logIn("osielsko", store.RoleAdministrator)
	r := h.remark("osielsko", "Kowalska")
	for _, tt := range []struct {
		name string
		form url.Values
		want string
	}{
		{"no words", reviewing("redact", r, "cover", "[NAZWISKO]"), "Prosimy zaznaczyć słowa"},
		{"words that are not there", reviewing("redact", r, "cover", "[NAZWISKO]", "word", "99", "word", "x", "word", "-1"), "Prosimy zaznaczyć słowa"},
		{"no reason", reviewing("redact", r, "word", "1"), "Prosimy wybrać z listy"},
		{"another token", reviewing("redact", r, "word", "1", "cover", "Kowal"), "Prosimy wybrać z listy"},
	} {
		if got := p.post("/panel/uwagi/"+r.ID, tt.form); got.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(got.body, tt.want) || !strings.Contains(got.body, "<details open>") {
			t.Errorf("%s: %d %.2000s", tt.name, got.StatusCode, got.body)
		}
	}
	if h.remark("osielsko", "Kowalska").Text != r.Text {
		t.Fatal("a refused redaction changed the text")
	}
	done := p.post("/panel/uwagi/"+r.ID, reviewing("redact", r, "word", "1", "cover", "[NAZWISKO]"))
	if done.StatusCode != http.StatusSeeOther {
		t.Fatalf("redact: %d %s", done.StatusCode, done.body)
	}
	hold(t, "the queue", toldBy(p.get(done.Header.Get("Location")).body), "Ukryto. Poprzedniej treści nie ma już w bazie.", "Pani [NAZWISKO]", "ukryto słowa")
	r = h.remark("osielsko", "Pani [NAZWISKO] z pokoju 12, ul. Leśna 5/3")
	if r.State != survey.RemarkUnsure {
		t.Errorf("with an address left the state is %s", r.State)
	}
	p.post("/panel/uwagi/"+r.ID, reviewing("redact", r, "word", "3", "word", "2", "cover", "[INNE]"))
	r = h.remark("osielsko", "Pani [NAZWISKO] z [INNE], ul. Leśna 5/3")
	p.post("/panel/uwagi/"+r.ID, reviewing("redact", r, "word", "2", "word", "3", "word", "4", "cover", "[ADRES]"))
	if r = h.remark("osielsko", "Pani [NAZWISKO] z [INNE], [ADRES]"); r.State != survey.RemarkNew {
		t.Errorf("with nothing left the state is %s", r.State)
	}
	for _, word := range []string{"Kowalska", "Leśna"} {
		if where := h.everywhere(word); len(where) > 0 {
			t.Errorf("%s still stands in %q", word, where)
		}
	}
	if log := h.log.String(); strings.Contains(log, "Kowalska") {
		t.Error("the log holds the name")
	}
	log := toldBy(p.get("/panel/dziennik").body)
	hold(t, "the log", log, p.login+" ukrycie słów w uwadze (rodzaj, liczba znaków): "+r.ID+" [NAZWISKO] 8")
}

// everywhere lists the tables of the whole database that have a text in a row, in any column; bytes are read too.
func (h *harness) everywhere(text string) []string {
	h.t.Helper()
	rows, err := h.owner.Query(`SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`)
	if err != nil {
		h.t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var tables, found []string
	for rows.Next() {
		var table string
		if err := rows.Scan(&table); err != nil {
			h.t.Fatal(err)
		}
		tables = append(tables, table)
	}
	for _, table := range tables {
		if h.count(`SELECT count(*) FROM `+table+` x WHERE strpos(x::text, $1) > 0 OR strpos(x::text, $2) > 0`, text, fmt.Sprintf("%x", text)) > 0 {
			found = append(found, table)
		}
	}
	return found
}

func TestEverywhereFinds(t *testing.T) {
	h := start(t)
	h.remarked("osielsko", kowalska)
	if where := h.everywhere("Kowalska"); !slices.Equal(where, []string{"public.remarks"}) {
		t.Errorf("the name stands in %q", where)
	}
}

func TestReviewTellsOfConflicts(t *testing.T) {
	h := start(t)
	h.remarked("osielsko", kowalska)
	one, other := h.logIn("osielsko", store.RoleEmployee), h.logIn("osielsko", store.RoleAdministrator)
	seen := h.remark("osielsko", "Kowalska")
	one.post("/panel/uwagi/"+seen.ID, reviewing("redact", seen, "word", "1", "cover", "[NAZWISKO]"))
	for _, form := range []url.Values{reviewing("approve", seen), reviewing("redact", seen, "word", "1", "cover", "[NAZWISKO]")} {
		got := other.post("/panel/uwagi/"+seen.ID, form)
		if got.StatusCode != http.StatusConflict {
			t.Errorf("%s of a remark that was redacted meanwhile: %d", form.Get("do"), got.StatusCode)
		}
		hold(t, "the answer", toldBy(got.body), "W tej uwadze w międzyczasie ukryto słowa ("+one.login+"). Niczego nie zmieniono")
	}
	now := h.remark("osielsko", "[NAZWISKO]")
	one.post("/panel/uwagi/"+now.ID, reviewing("withhold", now))
	got := other.post("/panel/uwagi/"+now.ID, reviewing("approve", now))
	if got.StatusCode != http.StatusConflict {
		t.Errorf("approve what was withheld meanwhile: %d", got.StatusCode)
	}
	hold(t, "the answer", toldBy(got.body), "Tę uwagę w międzyczasie wstrzymano ("+one.login+")")
	if h.remark("osielsko", "[NAZWISKO]").State != survey.RemarkWithheld {
		t.Error("the second reviewer's action went through")
	}
}

func TestAlikeRemarksTogether(t *testing.T) {
	h := start(t)
	h.remarked("osielsko", "brak", "Brak.", "BRAK", "-", ".", "Bez uwag", "Brak ławek")
	h.remarked("dobrcz", "brak")
	p := h.logIn("osielsko", store.RoleEmployee)
	hold(t, "the queue", toldBy(p.get("/panel/uwagi").body), "„brak” – zatwierdź 3 uwagi", "„-” – zatwierdź 2 uwagi")
	done := p.post("/panel/uwagi", url.Values{"alike": {"brak"}})
	if done.StatusCode != http.StatusSeeOther {
		t.Fatalf("approve together: %d", done.StatusCode)
	}
	hold(t, "the queue", toldBy(p.get(done.Header.Get("Location")).body), "Zatwierdzono razem: 3 uwagi.", "Czekające 4")
	if n := h.count(`SELECT count(*) FROM remarks WHERE state = 'approved'`); n != 3 {
		t.Errorf("%d remarks are approved, want 3", n)
	}
	if got := p.post("/panel/uwagi", url.Values{"alike": {"nic takiego"}}); got.StatusCode != http.StatusSeeOther {
		t.Errorf("approve none: %d", got.StatusCode)
	}
}

func TestRemarksAreFiltered(t *testing.T) {
	h := start(t)
	texts := []string{}
	for i := range 45 {
		texts = append(texts, fmt.Sprintf("Uwaga numer %d o urzędzie.", i))
	}
	h.remarked("osielsko", texts...) // from 24 January to 9 March 2026
	p := h.logIn("osielsko", store.RoleSupervisor)
	tests := []struct {
		address   string
		has, lack string
	}{
		{"/panel/uwagi", "Uwaga numer 0 ", "Uwaga numer 20 "},
		{"/panel/uwagi?strona=2", "Uwaga numer 20 ", "Uwaga numer 0 "},
		{"/panel/uwagi?strona=99", "Uwaga numer 44 ", "Uwaga numer 20 "},
		{"/panel/uwagi?miesiac=2026-03", "Uwaga numer 44 ", "Uwaga numer 0 "},
		{"/panel/uwagi?miesiac=2026-01&stan=nowe", "Uwaga numer 7 ", "Uwaga numer 8 "},
		{"/panel/uwagi?miesiac=2025-12", "Nie ma takich uwag", "Uwaga numer"},
		{"/panel/uwagi?stan=niepewne", "Nie ma takich uwag", "Uwaga numer"},
		{"/panel/uwagi?stan=x&miesiac=y&strona=z&zrobiono=w&uwaga=v", "Uwaga numer 0 ", "Zatwierdzono uwagę"},
		{"/panel/uwagi?zrobiono=razem&ile=-3", "Uwaga numer 0 ", "Zatwierdzono razem"},
	}
	for _, tt := range tests {
		got := p.get(tt.address)
		text := toldBy(got.body)
		if got.StatusCode != http.StatusOK || !strings.Contains(text, tt.has) || strings.Contains(text, tt.lack) {
			t.Errorf("%s: %d, has %q: %t, lacks %q: %t", tt.address, got.StatusCode, tt.has, strings.Contains(text, tt.has), tt.lack, !strings.Contains(text, tt.lack))
		}
	}
}

func TestRemarksByRole(t *testing.T) {
	h := start(t)
	want := map[store.Role][2]int{"administrator": {200, 303}, "employee": {200, 303}, "supervisor": {200, 403}, "analyst": {403, 403}}
	for role, codes := range want {
		h.remarked("osielsko", "Uwaga dla roli "+string(role))
		r, p := h.remark("osielsko", string(role)), h.logIn("osielsko", role)
		page := p.get("/panel/uwagi")
		if page.StatusCode != codes[0] {
			t.Errorf("the queue as %s: %d, want %d", role, page.StatusCode, codes[0])
		}
		for _, path := range []string{"/panel/uwagi/" + r.ID, "/panel/uwagi"} {
			for _, token := range []string{"", "x", auth.CSRFToken([]byte("another"))} {
				form := reviewing("approve", r)
				form.Set("_csrf", token)
				if got := p.post(path, form); got.StatusCode != http.StatusForbidden {
					t.Errorf("%s as %s with the token %q: %d", path, role, token, got.StatusCode)
				}
			}
		}
		if got := p.post("/panel/uwagi/"+r.ID, reviewing("approve", r)); got.StatusCode != codes[1] {
			t.Errorf("approve as %s: %d, want %d", role, got.StatusCode, codes[1])
		}
		if role == store.RoleSupervisor && strings.Contains(page.body, `action="/panel/uwagi/`) {
			t.Error("a supervisor is offered what changes something")
		}
	}
	if got := h.get("osielsko", "/panel/uwagi"); got.StatusCode != http.StatusSeeOther {
		t.Errorf("a stranger: %d", got.StatusCode)
	}
}

func TestRemarkOfAnotherOffice(t *testing.T) {
	h := start(t)
	h.remarked("osielsko", kowalska)
	r, p := h.remark("osielsko", "Kowalska"), h.logIn("dobrcz", store.RoleAdministrator)
	for _, do := range []string{"approve", "withhold", "reopen", "redact"} {
		form := func() url.Values { return reviewing(do, r, "word", "1", "cover", "[NAZWISKO]") }
		foreign := p.post("/panel/uwagi/"+r.ID, form())
		for _, none := range []string{uuid.NewString(), "x", "1", strings.ToUpper(r.ID), "%00"} {
			missing := p.post("/panel/uwagi/"+none, form())
			if foreign.StatusCode != http.StatusNotFound || missing.StatusCode != http.StatusNotFound || foreign.body != missing.body {
				t.Errorf("%s: another office's remark %d, %s %d, the same page: %t; want the same 404", do, foreign.StatusCode, none, missing.StatusCode, foreign.body == missing.body)
			}
		}
	}
	got := p.get("/panel/uwagi?zrobiono=zatwierdzono&uwaga=" + r.ID)
	if strings.Contains(got.body, "Kowalska") || strings.Contains(got.body, "Zatwierdzono uwagę") {
		t.Error("another office's remark is told")
	}
	if h.remark("osielsko", "Kowalska") != r {
		t.Error("another office's remark changed")
	}
}

// Only approved remarks are in a report, whatever its format.
func TestReportHasApprovedRemarksOnly(t *testing.T) {
	h := start(t)
	h.remarked("osielsko", "Zatwierdzona uwaga", "Nowa uwaga", kowalska, "Wstrzymana uwaga", "Piąta uwaga", "Szósta uwaga")
	p := h.logIn("osielsko", store.RoleAdministrator)
	for _, piece := range []string{"Zatwierdzona", "Wstrzymana"} {
		r := h.remark("osielsko", piece)
		do := map[string]string{"Zatwierdzona": "approve", "Wstrzymana": "withhold"}[piece]
		if got := p.post("/panel/uwagi/"+r.ID, reviewing(do, r)); got.StatusCode != http.StatusSeeOther {
			t.Fatalf("%s: %d", do, got.StatusCode)
		}
	}
	hold(t, "the form", toldBy(p.get("/panel/raporty/nowy").body), "4 uwagi czekają na przejrzenie. W raporcie są tylko zatwierdzone.")
	made := p.post("/panel/raporty", url.Values{"from": {"2026-01-01"}, "to": {"2026-03-10"}})
	report := made.Header.Get("Location")
	page := p.get(report).body
	hold(t, "the report", toldBy(page), "Zatwierdzona uwaga", "4 uwagi czekają na przejrzenie")
	bodies := map[string]string{"page": page}
	for _, format := range []string{"csv", "json"} {
		bodies[format] = p.get(report + "/raport." + format).body
	}
	f := book(t, []byte(p.get(report+"/raport.xlsx").body))
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		bodies["xlsx"] += fmt.Sprint(rows)
	}
	for format, body := range bodies {
		if !strings.Contains(body, "Zatwierdzona uwaga") {
			t.Errorf("%s lacks the approved remark", format)
		}
		miss(t, format, body, "Nowa uwaga", "Kowalska", "Wstrzymana uwaga", "Piąta uwaga")
	}
}

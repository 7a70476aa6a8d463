package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// change keeps a changed draft, as the editor does.
func (p *person) change(action, target string, f func(*survey.Questionnaire)) {
	p.t.Helper()
	d := p.draft(p.slug)
	f(&d.Questionnaire)
	d.UpdatedAt, d.UpdatedBy = p.clock.now(), p.login
	if _, err := p.scope(p.slug).SaveDraft(context.Background(), *d, store.Edit{Action: action, Target: target}); err != nil {
		p.t.Fatal(err)
	}
}

// publish publishes the draft with a report on the way, and what the form says of changed questions.
func (p *person) publish(decisions url.Values) {
	p.t.Helper()
	if decisions == nil {
		decisions = url.Values{}
	}
	decisions.Set("_report", "1")
	if a := p.edit("/panel/ankieta/publikacja", decisions); a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "/panel/ankieta/publikacja" {
		p.t.Fatalf("publishing = %d to %q", a.StatusCode, a.Header.Get("Location"))
	}
}

// reworked is a draft that has something of everything that a publication asks about.
func reworked(q *survey.Questionnaire) {
	q.Intro.PL = "Prosimy o kilka minut."
	settled := q.Question("settled")
	settled.Label.PL = "Czy sprawa została załatwiona w całości?"
	q.Question("overall").Label.PL = "Jak ogólnie ocenia Pani/Pan nasz Urząd?"
	improve := q.Question("improve")
	improve.Options = append(improve.Options[:2:2], survey.Option{Key: "seats", Label: survey.PL("Miejsca do siedzenia")})
	quality := q.Question("quality")
	quality.Rows[0].Label.PL = "Oznakowanie pokoi i tablice informacyjne"
	q.Sections[0].Questions = append(q.Sections[0].Questions, survey.Question{Key: "minutes", Kind: survey.KindNumber, Label: survey.PL("Ile minut trwało czekanie?"),
		Max: 240, Unit: survey.PL("minut"), ShowIf: &survey.Rule{All: []survey.Condition{{Question: "contact", Is: []string{"in_person"}}}}})
}

func TestHistoryTellsWhoChangedWhatWhen(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleAdministrator)
	p.change("question", "settled", reworked)
	page := words(p.get("/panel/ankieta/wersje").body)
	hold(t, "the history", page, "Wersja 1", "operator platformy", "10 marca 2025", "pierwsza wersja", "widoczna teraz",
		"Od ostatniej publikacji: dodano 1 pytanie, zmieniono 4 pytania, zmieniono teksty ankiety", "Ostatnie zmiany", p.login)
	p.publish(nil)
	h.answer("osielsko", given{n: 7, values: survey.Values{"overall": {"4"}}})
	page = words(p.get("/panel/ankieta/wersje").body)
	hold(t, "the history", page, "Wersja 2", "dodano 1 pytanie, zmieniono 4 pytania", "7 odpowiedzi", "Nic się nie zmieniło od ostatniej publikacji",
		"/panel/ankieta/porownanie?od=1&amp;do=2")
	if n := strings.Count(page, "widoczna teraz"); n != 1 {
		t.Errorf("%d versions are shown now, want 1", n)
	}

	supervisor := h.logIn("osielsko", store.RoleSupervisor)
	page = supervisor.get("/panel/ankieta/wersje").body
	hold(t, "the supervisor's history", words(page), "Wersja 2", "Wersja 1", "dodano 1 pytanie, zmieniono 4 pytania, zmieniono teksty ankiety lub sekcji")
	miss(t, "the supervisor's history", page, "Przywróć", "Ostatnie zmiany", `href="/panel/ankieta"`, "Publikacja", "Biblioteka", "<h2 id=\"szkic\">")
}

func TestOldVersionsStayReadable(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleAdministrator)
	p.change("question", "settled", reworked)
	p.publish(nil)
	for _, who := range []*person{p, h.logIn("osielsko", store.RoleSupervisor)} {
		page := who.get("/panel/ankieta/wersje/1")
		hold(t, "version 1", words(page.body), "Wersja 1", "Ankieta badania satysfakcji Klienta", `src="/panel/ankieta/wersje/1/podglad"`, "Strona 1 z", "około 4 minut",
			"załatwiona?") // of the printed sheet
		if csp := page.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "frame-src 'self'") || !strings.Contains(csp, "frame-ancestors 'none'") {
			t.Errorf("policy of a page with a preview: %s", csp)
		}
		if offered := strings.Contains(page.body, "Przywróć wersję 1"); offered != (who == p) {
			t.Errorf("%s is offered to restore: %t", who.login, offered)
		}
		phone := who.get("/panel/ankieta/wersje/1/podglad").body
		hold(t, "the phone", words(phone), "Czy sprawa została załatwiona?")
		miss(t, "the phone", phone, "w całości", "Ile minut")
		hold(t, "version 2", words(who.get("/panel/ankieta/wersje/2/podglad").body), "załatwiona w całości?")
	}
}

func TestVersionsOfAnotherOffice(t *testing.T) {
	h := start(t)
	own := h.logIn("osielsko", store.RoleAdministrator)
	own.change("question", "settled", reworked)
	own.publish(nil) // Osielsko has version 2, Dobrcz has none
	p := h.logIn("dobrcz", store.RoleAdministrator)
	for _, end := range []string{"", "/podglad", "/ankieta.yaml"} {
		foreign, missing := p.get("/panel/ankieta/wersje/2"+end), p.get("/panel/ankieta/wersje/99"+end)
		if foreign.StatusCode != 404 || missing.StatusCode != 404 || foreign.body != missing.body {
			t.Errorf("GET %s of another office's version = %d, of none = %d; want the same 404", end, foreign.StatusCode, missing.StatusCode)
		}
		for _, bad := range []string{"0", "-1", "01", "x", "1%00", "9999999999999999999999"} {
			if got := p.get("/panel/ankieta/wersje/" + bad + end).StatusCode; got != 404 {
				t.Errorf("GET version %s%s = %d, want 404", bad, end, got)
			}
		}
	}
	if got := p.edit("/panel/ankieta/wersje/2/szkic", nilForm()).StatusCode; got != 404 {
		t.Errorf("restoring another office's version = %d, want 404", got)
	}
	for _, query := range []string{"?od=2&do=1", "?od=1&do=2", "?od=x", "?do=szkic&od=%00"} {
		if got := p.get("/panel/ankieta/porownanie" + query).StatusCode; got != 404 {
			t.Errorf("comparing %s = %d, want 404", query, got)
		}
	}
}

func nilForm() url.Values { return url.Values{} }

func TestVersionIsRestoredToTheDraft(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleAdministrator)
	first := h.draft("osielsko").Questionnaire
	p.change("question", "settled", reworked)
	p.publish(nil)
	if a := p.edit("/panel/ankieta/wersje/1/szkic", url.Values{"revision": {"1"}}); a.StatusCode != 409 {
		t.Errorf("restoring over somebody's changes = %d, want 409", a.StatusCode)
	}
	if a := p.edit("/panel/ankieta/wersje/1/szkic", nilForm()); a.StatusCode != 303 || a.Header.Get("Location") != "/panel/ankieta" {
		t.Fatalf("restoring = %d to %q", a.StatusCode, a.Header.Get("Location"))
	}
	draft := h.draft("osielsko")
	if diff := survey.Diff(&first, &draft.Questionnaire); len(diff) != 0 || draft.UpdatedBy != p.login {
		t.Errorf("the draft of %s differs from version 1: %v", draft.UpdatedBy, diff)
	}
	if resident := h.get("osielsko", "/").body; !strings.Contains(words(resident), "w całości") {
		t.Error("restoring a draft changed what residents see")
	}
	edit, err := h.scope("osielsko").LastEdit(context.Background(), p.login, h.clock.now().AddDate(0, 0, -1))
	if err != nil || edit.Action != editVersion || edit.Before.Question("minutes") == nil {
		t.Errorf("the edit can't be taken back: %+v, %v", edit, err)
	}
	hold(t, "the history", words(p.get("/panel/ankieta/wersje").body), "przywrócono wersję 1: usunięto 1 pytanie")

	// A question that was published, left and restored goes on with the series that it had last.
	p.publish(nil)
	v, err := h.scope("osielsko").PublishedVersion(context.Background())
	if err != nil || v.Number != 3 || v.Questionnaire.Question("settled").Series != 3 {
		t.Errorf("version %d, series of settled %d, %v; want 3 and 3: its meaning changed twice", v.Number, v.Questionnaire.Question("settled").Series, err)
	}
}

// Who may see and do what: the draft and its way to residents are the administrators'; what was published is everybody's
// in the office. Without the session's token nobody changes anything.
func TestVersionPagesByRole(t *testing.T) {
	h := start(t)
	people := map[string]*person{"administrator": h.logIn("osielsko", store.RoleAdministrator), "employee": h.logIn("osielsko", store.RoleEmployee),
		"supervisor": h.logIn("osielsko", store.RoleSupervisor), "analyst": h.logIn("osielsko", store.RoleAnalyst)}
	const own, staff = "administrator", "administrator employee supervisor"
	pages := []struct{ path, roles string }{
		{"publikacja", own}, {"podglad", own}, {"podglad?lang=en", own}, {"podglad/arkusz", own}, {"ankieta.yaml", own},
		{"biblioteka", own}, {"biblioteka/short", own}, {"biblioteka/short/podglad", own},
		{"porownanie", staff}, {"wersje", staff}, {"wersje/1", staff}, {"wersje/1/podglad", staff}, {"wersje/1/ankieta.yaml", staff},
	}
	for role, p := range people {
		for _, page := range pages {
			want := map[bool]int{true: 200, false: 403}[strings.Contains(page.roles, role)]
			a := p.get("/panel/ankieta/" + page.path)
			if a.StatusCode != want {
				t.Errorf("GET %s as %s = %d, want %d", page.path, role, a.StatusCode, want)
			}
			if want == 403 {
				miss(t, page.path+" as "+role, a.body, "Krótka ankieta", "załatwiona", "Opublikuj", "key: ")
			}
		}
		for _, path := range []string{"publikacja", "biblioteka", "biblioteka/plik", "wersje/1/szkic"} {
			form := url.Values{"name": {"short"}, "tekst": {"key: a"}, "_report": {"1"}, "_csrf": {"x"}}
			if role != own {
				form.Del("_csrf")
			}
			if a := p.edit("/panel/ankieta/"+path, form); a.StatusCode != 403 {
				t.Errorf("POST %s as %s = %d, want 403", path, role, a.StatusCode)
			}
		}
	}
	if d := h.draft("osielsko"); d.Revision != 1 || h.count(`SELECT count(*) FROM versions WHERE tenant_id = $1`, h.ids["osielsko"]) != 1 {
		t.Errorf("the draft has revision %d after refusals, want 1", d.Revision)
	}
	page := people["employee"].get("/panel/ankieta/wersje/1").body
	miss(t, "version 1 for an employee", page, "szkic", "Przywróć", "/panel/ankieta/publikacja", "/panel/ankieta/biblioteka", `href="/panel/ankieta"`)
}

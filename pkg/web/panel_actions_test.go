package web

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"ocenaurzedu.eu/pkg/store"
)

// typedAction is the least that the form takes.
func typedAction() url.Values {
	return url.Values{"finding": {"Długie czekanie"}, "action": {"Drugie okienko w poniedziałki"}, "owner": {"kierownik Referatu Organizacyjnego"}, "due": {"2026-06-30"},
		"status": {"planned"}, "department": {""}, "report": {""}, "measure": {""}}
}

// act adds an action and returns its address.
func (p *person) act(form url.Values) string {
	p.t.Helper()
	got := p.post(actionsPath, form)
	address, found := strings.CutSuffix(got.Header.Get("Location"), "?zapisano=1")
	if got.StatusCode != 303 || !found {
		p.t.Fatalf("add %v = %d to %q:\n%.3000s", form, got.StatusCode, got.Header.Get("Location"), plain(got.body))
	}
	return address
}

// edited is the form of an action as a browser would send it back, with fields changed.
func (p *person) edited(address string, change ...string) url.Values {
	p.t.Helper()
	id, err := strconv.ParseInt(strings.TrimPrefix(address, actionsPath+"/"), 10, 64)
	if err != nil {
		p.t.Fatal(err)
	}
	a, err := p.scope(p.slug).Action(context.Background(), id)
	if err != nil {
		p.t.Fatal(err)
	}
	form := url.Values{"revision": {strconv.Itoa(a.Revision)}}
	for _, pair := range actionValues(a) {
		form.Set(pair[0], pair[1])
	}
	return with(form, change...)
}

func revision(n int) url.Values { return url.Values{"revision": {strconv.Itoa(n)}} }

// done are the fields of an action that was carried out.
func done(day string) []string {
	return []string{"status", "done", "done_on", day, "cause", "Jedno okienko", "check", "Ocena w następnym raporcie"}
}

func TestActionIsAddedChangedAndRemembered(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleEmployee)
	h.expect("empty register", p.get(actionsPath), 200, "Rejestr jest jeszcze pusty", "Dodaj działanie")
	form := with(typedAction(), "_key", newKey())
	address := p.act(form)
	if again := p.act(form); again != address {
		t.Errorf("a form sent twice adds %s and %s", address, again)
	}
	h.expect("its page", p.get(address), 200, "Działanie nr 1", "Długie czekanie", "Drugie okienko w poniedziałki", "30 czerwca 2026", "planowane", "jeszcze nieustalona", "dodano do rejestru")
	got := p.post(address, p.edited(address, "department", "Referat Finansowy", "status", "under_way", "due", "2026-02-01"))
	if got.StatusCode != 303 {
		t.Fatalf("change = %d:\n%.2000s", got.StatusCode, plain(got.body))
	}
	h.expect("changed", p.get(address), 200, "w toku", "po terminie", "Referat Finansowy", "zmieniono", "<del>planowane</del>", "<ins>w toku</ins>", "<del>30 czerwca 2026</del>")
	h.expect("log", p.get("/panel/dziennik"), 200, "nowe działanie, numer: 1", "zmiana działania, numer: 1")
	p.act(with(typedAction(), "finding", "Mało tablic", "due", "2026-03-20"))
	page := plain(p.get(actionsPath).body)
	if late, next := strings.Index(page, "Długie czekanie"), strings.Index(page, "Mało tablic"); late < 0 || next < late {
		t.Errorf("what is overdue stands at %d, what is not at %d", late, next)
	}
	for filter, words := range map[string][]string{
		"?stan=po-terminie": {"Długie czekanie", "not:", "Mało tablic"}, "?stan=planned": {"Mało tablic", "not:", "Długie czekanie"}, "?stan=otwarte": {"Mało tablic", "Długie czekanie"},
		"?referat=Referat+Finansowy": {"Długie czekanie", "not:", "Mało tablic"}, "?stan=do-podpisu": {"Żadne działanie nie spełnia", "not:", "Mało tablic"},
	} {
		h.expect(filter, p.get(actionsPath+filter), 200, words...)
	}
	h.expect("no such state", p.get(actionsPath+"?stan=x"), 404)
	h.expect("register", p.get(actionsPath+"/rejestr"), 200, "Rejestr działań naprawczych", "Długie czekanie", "Mało tablic", "po terminie", "Zatwierdził(a)")
}

func TestActionProblems(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleAdministrator)
	address := p.act(typedAction())
	tests := []struct {
		name  string
		form  url.Values
		words []string
	}{
		{"nothing", url.Values{}, []string{"Ustalenie: Prosimy wypełnić to pole.", "Odpowiedzialny (stanowisko): Prosimy wypełnić", "Termin: Prosimy wypełnić", "Stan: Prosimy wybrać"}},
		{"no day", with(typedAction(), "due", "2026-02-30"), []string{"Termin: Wpis ma inną postać", `value="2026-02-30"`}},
		{"done without a day", with(typedAction(), "status", "done"), []string{"Dzień wykonania: Prosimy wypełnić", "Przyczyna: Prosimy wypełnić", "Jak sprawdzimy skutek: Prosimy wypełnić"}},
		{"done tomorrow", with(typedAction(), done("2026-03-11")...), []string{"Dzień wykonania: Ten dzień jeszcze nie nadszedł"}},
		{"a day, but not done", with(typedAction(), "done_on", "2026-03-01"), []string{"Działanie nie jest wykonane: prosimy zmienić stan"}},
		{"unknown lists", with(typedAction(), "department", "Referat Obcy", "report", "7", "measure", "quality.nie_ma", "status", "x"), []string{"Referat: Prosimy wybrać pozycję z listy", "Z raportu: Prosimy wybrać", "ma się zmienić: Prosimy wybrać", "Stan: Prosimy wybrać"}},
		{"too long", with(typedAction(), "finding", strings.Repeat("ą", 501)), []string{"Ustalenie: Tekst może mieć najwyżej 500 znaków"}},
		{"unprintable", with(typedAction(), "owner", "a\x00b"), []string{"Odpowiedzialny (stanowisko): Wpis ma inną postać"}},
		{"what was typed stays", with(typedAction(), "finding", "<b>Zostaje</b>", "due", ""), []string{"<b>Zostaje</b>"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h.expect("new", p.post(actionsPath, tt.form), 422, append([]string{"Prosimy poprawić formularz"}, tt.words...)...)
			h.expect("changed", p.post(address, with(tt.form, "revision", "1")), 422, tt.words...)
		})
	}
	if n := h.count(`SELECT count(*) FROM actions`); n != 1 {
		t.Errorf("%d actions, want 1", n)
	}
	h.expect("published without a text", p.post(address+"/publikacja", with(revision(1), "do", "publish")), 422, "Tekst dla mieszkańców: Prosimy wypełnić")
	h.expect("published too long", p.post(address+"/publikacja", with(revision(1), "do", "keep", "public_text", strings.Repeat("x", 5000))), 422, "Tekst może mieć najwyżej 4000 znaków", "xxxxx")
}

// Two people at one action: nothing typed is lost, and nothing is overwritten unseen.
func TestActionEditedByTwo(t *testing.T) {
	h := start(t)
	p, other, supervisor := h.logIn("osielsko", store.RoleEmployee), h.logIn("osielsko", store.RoleAdministrator), h.logIn("osielsko", store.RoleSupervisor)
	address := p.act(with(typedAction(), done("2026-03-01")...))
	mine, theirs := p.edited(address, "action", "Moje zdanie"), other.edited(address, "action", "Ich zdanie", "owner", "Sekretarz")
	other.post(address, theirs)
	got := p.post(address, mine)
	h.expect("the slower one", got, 409, "Ktoś był szybszy", "Moje zdanie", "Inna osoba zapisała tu: <b>Ich zdanie</b>", "Inna osoba zapisała tu: <b>Sekretarz</b>", `name="revision" value="2"`)
	if got := p.post(address, with(mine, "revision", "2")); got.StatusCode != 303 {
		t.Errorf("sent again = %d", got.StatusCode)
	}
	h.expect("publication of a state not seen", p.post(address+"/publikacja", with(revision(2), "do", "publish", "public_text", "Napisane na próżno?")), 409, "Ktoś był szybszy", "Napisane na próżno?")
	h.expect("signing a state not seen", supervisor.post(address+"/podpis", with(revision(2), "note", "Uwaga do podpisu")), 409, "Ktoś był szybszy", "Uwaga do podpisu")
	if n := h.count(`SELECT count(*) FROM action_signoffs`) + h.count(`SELECT count(*) FROM actions WHERE published`); n != 0 {
		t.Errorf("%d were signed or published", n)
	}
}

// The supervisor signs, and changes nothing; a change of more than the publication asks for another sign-off.
func TestSupervisorSignsActions(t *testing.T) {
	h := start(t)
	p, supervisor := h.logIn("osielsko", store.RoleEmployee), h.logIn("osielsko", store.RoleSupervisor)
	address := p.act(typedAction())
	h.expect("open", supervisor.get(address), 200, "Nadzór podpisuje działanie, które zostało wykonane", "not:", "Podpisz działanie", "Zmień działanie", "Opublikuj")
	h.expect("list", supervisor.get(actionsPath), 200, "not:", "Dodaj działanie")
	h.expect("signing what is open", supervisor.post(address+"/podpis", revision(1)), 409)
	p.post(address, p.edited(address, done("2026-03-02")...))
	h.expect("waiting", supervisor.get(actionsPath+"?stan=do-podpisu"), 200, "Długie czekanie")
	h.expect("an employee signs", p.post(address+"/podpis", revision(2)), 403)
	h.expect("too long a note", supervisor.post(address+"/podpis", with(revision(2), "note", strings.Repeat("n", 4001))), 422, "Uwaga nadzoru: Tekst może mieć", "nnnn")
	if got := supervisor.post(address+"/podpis", with(revision(2), "note", "Proszę utrzymać.")); got.StatusCode != 303 {
		t.Fatalf("sign = %d:\n%.1000s", got.StatusCode, plain(got.body))
	}
	h.expect("signed", supervisor.get(address), 200, "podpisane przez nadzór", "aktualny", supervisor.login, "Proszę utrzymać.", "podpisał nadzór", "not:", "Podpisz działanie")
	h.expect("signed twice", supervisor.post(address+"/podpis", revision(2)), 409)
	for _, path := range []string{"", "/publikacja"} {
		h.expect("supervisor changes"+path, supervisor.post(address+path, p.edited(address)), 403)
	}
	h.expect("supervisor adds", supervisor.post(actionsPath, typedAction()), 403)
	p.post(address+"/publikacja", with(revision(2), "do", "publish", "public_text", "Otworzyliśmy drugie okienko."))
	h.expect("published", supervisor.get(address), 200, "aktualny", "widzą mieszkańcy")
	p.post(address, p.edited(address, "cause", "Dwie przyczyny"))
	h.expect("changed", supervisor.get(address), 200, "przed późniejszą zmianą", "Podpisz działanie", "not:", "aktualny", "podpisane przez nadzór")
	h.expect("signed anew", supervisor.post(address+"/podpis", revision(4)), 303)
	if n := h.count(`SELECT count(*) FROM action_signoffs`); n != 2 {
		t.Errorf("%d sign-offs, want 2", n)
	}
}

// Residents see what is published, and nothing else of an action, nor of others.
func TestPublishedActions(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleEmployee)
	hidden := p.act(with(typedAction(), "finding", "TAJNE ustalenie", "action", "TAJNE działanie", "owner", "TAJNE stanowisko", "cause", "TAJNA przyczyna", "check", "TAJNE sprawdzenie"))
	shown := p.act(with(with(typedAction(), done("2026-03-02")...), "finding", "TAJNE drugie", "action", "TAJNE", "owner", "TAJNE", "cause", "TAJNA", "check", "TAJNE"))
	p.post(hidden+"/publikacja", with(revision(1), "do", "keep", "public_text", "TAJNY szkic tekstu"))
	h.refresh()
	for _, path := range []string{"/", "/dziekujemy", "/prywatnosc"} {
		h.expect(path+" before", h.get("osielsko", path), 200, "not:", "/dzialania", "Państwa głos")
	}
	h.expect("before", h.get("osielsko", "/dzialania"), 200, "nie opublikował jeszcze żadnych działań", "not:", "TAJN")
	p.post(shown+"/publikacja", with(revision(1), "do", "publish", "public_text", "Pisali Państwo o kolejkach.\n<b>Otworzyliśmy</b> drugie okienko."))
	got := h.get("osielsko", "/dzialania")
	h.expect("after", got, 200, "Państwa głos – nasze działania", "Pisali Państwo o kolejkach.", "<b>Otworzyliśmy</b>", "zrobione", "2 marca 2026", `datetime="2026-03-02"`, "not:", "TAJN")
	if strings.Contains(got.body, "<b>Otworzyliśmy</b>") || got.Header.Get("Set-Cookie") != "" {
		t.Errorf("markup is not escaped, or a cookie is set: %q", got.Header.Get("Set-Cookie"))
	}
	for _, path := range []string{"/", "/dziekujemy", "/prywatnosc", "/nie-ma"} {
		if page := h.get("osielsko", path); !strings.Contains(page.body, `href="/dzialania"`) || strings.Contains(page.body, "TAJN") {
			t.Errorf("%s does not lead to the published actions, or tells more", path)
		}
	}
	h.expect("in English", h.get("osielsko", "/dzialania?lang=en"), 200, "Your voice – our actions", "2 March 2026", "done", "in Polish", "Pisali Państwo")
	h.expect("in Ukrainian", h.get("osielsko", "/dzialania?lang=uk"), 200, "Ваш голос – наші дії", "2 березня 2026", "Pisali Państwo")
	h.expect("another office", h.get("dobrcz", "/dzialania"), 200, "not:", "Pisali Państwo")
	h.expect("another office's form", h.get("dobrcz", "/"), 200, "not:", "/dzialania")
	p.post(shown+"/publikacja", with(revision(2), "do", "withdraw", "public_text", "Pisali Państwo o kolejkach."))
	h.expect("taken back", h.get("osielsko", "/dzialania"), 200, "not:", "Pisali Państwo")
	h.expect("form after that", h.get("osielsko", "/"), 200, "not:", "/dzialania")
}

// Another replica hears of a publication from the database.
func TestPublicationIsToldToReplicas(t *testing.T) {
	h := start(t)
	ctx, stop := context.WithCancel(context.Background())
	t.Cleanup(stop)
	heard := make(chan struct{}, 1)
	go func() {
		_ = h.store.WatchDirectory(ctx, func() {
			select {
			case heard <- struct{}{}:
			default:
			}
		})
	}()
	p := h.logIn("osielsko", store.RoleEmployee)
	address := p.act(typedAction())
	deadline := time.After(20 * time.Second)
	for n, do := 1, "publish"; ; n++ { // until the watch has begun
		if got := p.post(address+"/publikacja", with(revision(n), "do", do, "public_text", "Tekst "+strconv.Itoa(n))); got.StatusCode != 303 {
			t.Fatalf("publish = %d", got.StatusCode)
		}
		select {
		case <-heard:
			return
		case <-deadline:
			t.Fatal("nobody was told")
		default:
		}
	}
}

// An action of another office is as one that does not exist, byte for byte.
func TestForeignAction(t *testing.T) {
	h := start(t)
	address := h.logIn("osielsko", store.RoleAdministrator).act(typedAction())
	stranger, supervisor := h.logIn("dobrcz", store.RoleAdministrator), h.logIn("dobrcz", store.RoleSupervisor)
	for _, end := range []string{"", "/edycja"} {
		foreign, missing := stranger.get(address+end), stranger.get(actionsPath+"/987654321"+end)
		same := csrfField.ReplaceAllString(foreign.body, "") == csrfField.ReplaceAllString(missing.body, "")
		if foreign.StatusCode != 404 || missing.StatusCode != 404 || !same {
			t.Errorf("%s: foreign %d, missing %d, same body: %t", end, foreign.StatusCode, missing.StatusCode, same)
		}
	}
	h.expect("change", stranger.post(address, with(typedAction(), "revision", "1")), 404)
	h.expect("publish", stranger.post(address+"/publikacja", with(revision(1), "do", "publish", "public_text", "x")), 404)
	h.expect("sign", supervisor.post(address+"/podpis", revision(1)), 404)
	h.expect("of another office's report", stranger.get(actionsPath+"/nowe?raport=1"), 404)
	h.expect("no number", stranger.get(actionsPath+"/x"), 404)
}

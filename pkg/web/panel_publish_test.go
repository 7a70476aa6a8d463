package web

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"

	"ocenaurzedu.eu/pkg/intake"
	"ocenaurzedu.eu/pkg/pgtest"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

func TestPublicationListsWhatToKnow(t *testing.T) {
	h := startEvery(t)
	p := h.logIn("osielsko", store.RoleAdministrator)
	page := words(p.get("/panel/ankieta/publikacja").body)
	hold(t, "the page without changes", page, "Wersja 1 jest widoczna dla mieszkańców", "Szkic jest taki sam jak opublikowana wersja 1", `href="`+h.address("osielsko", "/")+`"`)
	miss(t, "the page without changes", page, "Opublikuj jako", "<form method=\"post\" action=\"/panel/ankieta")

	p.change("question", "settled", reworked)
	page = p.get("/panel/ankieta/publikacja").body
	hold(t, "the page", words(page), "Wszystkie pytania są kompletne.", "Brakuje tłumaczenia: 3 teksty.", `<a href="/panel/ankieta?p=minutes">Pytanie 5`,
		"14 pytań, w tabelach 20 ocen, około 4 minut.", "Nikt nie musi oceniać każdego wiersza", "Arkusz ma 3 strony A4", "Ankieta ma kolory domyślne",
		"opublikuj jako wersję 2", "Najpierw raport", `name="_report" value="1"`)
	miss(t, "the page", page, "To dużo", "do poprawy")
	if n := strings.Count(page, `class="block"`); n != 0 {
		t.Errorf("%d things stop a publication that nothing stops", n)
	}

	every := h.logIn("wszystko", store.RoleAdministrator)
	every.change("question", "matter", func(q *survey.Questionnaire) {
		q.Question("matter").Label, q.Question("ways").Options, q.Sections[1].Title = survey.Text{}, nil, survey.Text{}
		for i := range 16 {
			q.Sections[0].Questions = append(q.Sections[0].Questions, survey.Question{Key: "more" + strconv.Itoa(i), Kind: survey.KindNPS, Label: survey.PL("Więcej?")})
		}
	})
	page = every.get("/panel/ankieta/publikacja").body
	hold(t, "the page with faults", words(page), `<a href="/panel/ankieta?p=matter">Pytanie 1</a>: Prosimy wpisać treść po polsku.`, `<a href="/panel/ankieta?p=ways">`,
		`<a href="/panel/ankieta?s=second">Sekcja 2</a>`, "28 pytań", "To dużo: powyżej 15 pytań lub 5 minut", "wymagany jest każdy wiersz", "do 1, wymagane jest 4,5",
		"Zanim ankieta będzie mogła zostać opublikowana", `aria-disabled="true"`)
	if a := every.edit("/panel/ankieta/publikacja", url.Values{"_report": {"1"}}); a.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(a.body, "Nie opublikowano") {
		t.Errorf("publishing a draft with faults = %d, want 422", a.StatusCode)
	}
	if n := h.count(`SELECT count(*) FROM versions WHERE tenant_id = $1`, h.ids["wszystko"]); n != 1 {
		t.Errorf("%d versions after a refusal, want 1", n)
	}
}

// A sheet that paper can't hold stops the publication.
func TestPublicationNeedsASheet(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleAdministrator)
	p.change("question", "", func(q *survey.Questionnaire) {
		for i := range 150 {
			q.Sections[0].Questions = append(q.Sections[0].Questions, survey.Question{Key: "t" + strconv.Itoa(i), Kind: survey.KindText, Label: survey.PL("Uwagi")})
		}
	})
	a := p.edit("/panel/ankieta/publikacja", url.Values{"_report": {"1"}})
	if a.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(words(a.body), "Arkusz miałby więcej niż 16") {
		t.Errorf("publishing what no sheet holds = %d, want 422", a.StatusCode)
	}
}

// changed reads what the page asks of each changed question: the decision that is chosen; "fixed": none is asked.
func changed(page string) map[string]string {
	all := map[string]string{}
	for _, m := range regexp.MustCompile(`name="series\.([a-z_.]+)" value="(same|new)" checked`).FindAllStringSubmatch(page, -1) {
		all[m[1]] = m[2]
	}
	for _, m := range regexp.MustCompile(`(?s)<section class="card change".*?</section>`).FindAllString(page, -1) {
		if strings.Contains(m, "Nowa seria wyników") {
			all[regexp.MustCompile(`\?p=([a-z_]+)`).FindStringSubmatch(m)[1]] = "fixed"
		}
	}
	return all
}

func TestChangesAreClassedAndDeclared(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleAdministrator)
	p.change("question", "settled", reworked)
	page := p.get("/panel/ankieta/publikacja").body
	want := map[string]string{"settled": "new", "overall": "same", "improve": "fixed", "quality.signs": "new"}
	if diff := cmp.Diff(want, changed(page)); diff != "" {
		t.Fatalf("the page asks of (-want +got):\n%s", diff)
	}
	text := words(page)
	hold(t, "the page", text, "treść może znaczyć co innego", "drobna poprawka treści", "inne odpowiedzi lub punkty skali", "Takich odpowiedzi nie da się liczyć razem ze starymi",
		"<dt>Było</dt><dd>Czy sprawa została <del>załatwiona?</del></dd>", "<dt>Jest</dt><dd>Czy sprawa została <ins>załatwiona w całości?</ins></dd>",
		"dodano: odpowiedź", "Miejsca do siedzenia", "wyniki liczone razem", "nowa seria, raport pokaże przerwę")
	miss(t, "the page", text, "po angielsku", "dodano: wiersz")

	// What an editor says counts, but for what can't be counted together.
	a := p.edit("/panel/ankieta/publikacja", url.Values{"series.settled": {"same"}, "series.overall": {"new"}, "series.improve": {"same"}})
	if got := changed(a.body); a.StatusCode != 409 || got["settled"] != "same" || got["overall"] != "new" || got["quality.signs"] != "new" {
		t.Fatalf("a refused publication = %d and forgets the decisions: %v", a.StatusCode, got)
	}
	p.publish(url.Values{"series.settled": {"same"}, "series.overall": {"new"}, "series.improve": {"same"}, "series.quality.signs": {"bad"}})
	v, err := h.scope("osielsko").PublishedVersion(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	q := v.Questionnaire
	got := map[string]int{"settled": q.Question("settled").Series, "overall": q.Question("overall").Series, "improve": q.Question("improve").Series,
		"quality": q.Question("quality").Series, "signs": q.Question("quality").Rows[0].Series, "comfort": q.Question("quality").Rows[1].Series, "minutes": q.Question("minutes").Series}
	if diff := cmp.Diff(map[string]int{"settled": 0, "overall": 2, "improve": 2, "quality": 0, "signs": 2, "comfort": 0, "minutes": 0}, got); diff != "" {
		t.Errorf("series (-want +got):\n%s", diff)
	}
	if draft := h.draft("osielsko").Questionnaire; draft.Question("overall").Series != 2 {
		t.Error("the draft does not go on with what was published")
	}
	var log []byte
	if err := h.owner.QueryRow(`SELECT after FROM audit_log WHERE tenant_id = $1 AND action = 'version.publish' AND actor = $2`, h.ids["osielsko"], p.login).Scan(&log); err != nil {
		t.Fatal(err)
	}
	var declared []declaration
	if err := json.Unmarshal(log, &declared); err != nil || len(declared) != 4 {
		t.Fatalf("the log keeps %s, %v", log, err)
	}
	if d := declared[0]; d.ID != "settled" || d.Series != "same" || !d.Against || d.Before != "Czy sprawa została załatwiona?" || d.Reasons[0] != survey.ReasonMeaning {
		t.Errorf("the log says of settled %+v", d)
	}
	series := map[string]string{}
	for _, d := range declared {
		series[d.ID] = d.Series
	}
	if diff := cmp.Diff(map[string]string{"settled": "same", "overall": "new", "improve": "new", "quality.signs": "new"}, series); diff != "" {
		t.Errorf("the log says of the series (-want +got):\n%s", diff)
	}
}

// A row that has a decision of its own is not told once more with its question, however it was typed.
func TestChangedRowIsToldOnce(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleAdministrator)
	p.change("question", "quality", func(q *survey.Questionnaire) {
		q.Question("quality").Label.PL = "Jak wygląda u nas załatwianie spraw?"
		q.Question("quality").Rows[0].Label.PL = "Drogowskazy  i tablice w" + hardSpace + "urzędzie"
	})
	page := p.get("/panel/ankieta/publikacja").body
	if diff := cmp.Diff(map[string]string{"quality": "new", "quality.signs": "new"}, changed(page)); diff != "" {
		t.Errorf("the page asks of (-want +got):\n%s", diff)
	}
	if n := strings.Count(page, "zmieniono: wiersz"); n != 1 {
		t.Errorf("the row is told %d times, want once", n)
	}
}

// At the keyboard: an editor says that a question is still the same, and publishes together with the report.
func TestPublicationInTheBrowser(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleAdministrator)
	h.answer("osielsko", given{n: 6})
	p.change("question", "settled", reworked)
	k := sitDown(t, p, "/panel/ankieta/publikacja")
	k.see("Najpierw raport", "Czy to nadal to samo pytanie?", "Czy sprawa została załatwiona w całości?")
	k.do(chromedp.Focus(chromedp.CSS(`[name="series.settled"]:checked`)))
	k.press(kb.ArrowUp)
	k.wait(`document.querySelector('[name="series.settled"][value=same]').checked`)
	k.load(200, chromedp.Click(button("Generuj raport i opublikuj jako wersję 2")))
	k.see("Wersja 2 jest widoczna dla mieszkańców", "Zobacz ankietę tak jak mieszkańcy")
	k.load(200, chromedp.Click(chromedp.Search(`//a[contains(., "Zobacz ankietę")]`)))
	k.see("Czy sprawa została załatwiona w całości?")
	v, err := h.scope("osielsko").PublishedVersion(context.Background())
	if err != nil || v.Number != 2 || v.Questionnaire.Question("settled").Series != 0 || v.Questionnaire.Question("improve").Series != 2 {
		t.Errorf("version %d with series %d and %d, %v; want 2 with 0 and 2", v.Number, v.Questionnaire.Question("settled").Series, v.Questionnaire.Question("improve").Series, err)
	}
	if n := h.count(`SELECT count(*) FROM reports WHERE tenant_id = $1 AND complete`, h.ids["osielsko"]); n != 1 {
		t.Errorf("%d reports, want 1", n)
	}
}

// Somebody edits the draft while another one reads the checklist: nothing is published unseen, and the page says what
// changed.
func TestPublicationOfAChangedDraft(t *testing.T) {
	h := start(t)
	p, other := h.logIn("osielsko", store.RoleAdministrator), h.logIn("osielsko", store.RoleAdministrator)
	p.change("question", "settled", reworked)
	seen := strconv.Itoa(h.draft("osielsko").Revision)
	other.change("question", "remarks", func(q *survey.Questionnaire) { q.Question("remarks").Label.PL = "Co jeszcze warto nam przekazać?" })
	a := p.edit("/panel/ankieta/publikacja", url.Values{"revision": {seen}, "_report": {"1"}, "series.settled": {"same"}})
	hold(t, "the refusal", words(a.body), "szkic się zmienił", other.login+": Pytanie 9 „Co jeszcze warto nam przekazać?”: zmieniono: treść", "opublikuj jako wersję 2")
	if a.StatusCode != http.StatusConflict || changed(a.body)["settled"] != "same" || changed(a.body)["remarks"] != "new" {
		t.Errorf("publishing a draft that changed meanwhile = %d, decisions %v; want 409 with what was chosen", a.StatusCode, changed(a.body))
	}
	for _, bad := range []string{"", "x", "-5", "99999", "99999999999999999999"} {
		if a := p.edit("/panel/ankieta/publikacja", url.Values{"revision": {bad}, "_report": {"1"}}); a.StatusCode != http.StatusConflict {
			t.Errorf("publishing revision %q = %d, want 409", bad, a.StatusCode)
		}
	}
	if n := h.count(`SELECT count(*) FROM versions WHERE tenant_id = $1`, h.ids["osielsko"]); n != 1 {
		t.Errorf("%d versions after refusals, want 1", n)
	}
}

// § 5: not without a report, or with one on the way; sent twice, it is published once.
func TestPublicationArchivesAReport(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleAdministrator)
	h.answer("osielsko", given{n: 9})
	p.change("question", "settled", reworked)
	reports := func() int {
		return h.count(`SELECT count(*) FROM reports WHERE tenant_id = $1 AND complete`, h.ids["osielsko"])
	}
	form := func() url.Values {
		return url.Values{"revision": {strconv.Itoa(h.draft("osielsko").Revision)}}
	}
	if a := p.post("/panel/ankieta/publikacja", form()); a.StatusCode != http.StatusConflict || !strings.Contains(a.body, "najpierw raport") || reports() != 0 {
		t.Errorf("publishing without a report = %d, want 409", a.StatusCode)
	}
	sent := form()
	sent.Set("_report", "1")
	for range 2 {
		a := p.post("/panel/ankieta/publikacja", sent)
		if a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "/panel/ankieta/publikacja" {
			t.Fatalf("publishing = %d to %q", a.StatusCode, a.Header.Get("Location"))
		}
	}
	if n := h.count(`SELECT count(*) FROM versions WHERE tenant_id = $1`, h.ids["osielsko"]); n != 2 || reports() != 1 {
		t.Errorf("%d versions and %d reports after a form sent twice, want 2 and 1", n, reports())
	}
	hold(t, "the page after it", words(p.get("/panel/ankieta/publikacja").body), "Wersja 2 jest widoczna dla mieszkańców", `href="`+h.address("osielsko", "/")+`"`)
	hold(t, "the survey", words(h.get("osielsko", "/").body), "załatwiona w całości?")

	p.change("question", "settled", func(q *survey.Questionnaire) { q.Question("settled").Help = survey.PL("Nowe objaśnienie.") })
	h.answer("osielsko", given{n: 5})
	page := words(p.get("/panel/ankieta/publikacja").body)
	hold(t, "the page", page, "opublikuj jako wersję 3", "nie obejmuje odpowiedzi, które przyszły później")
	miss(t, "the page", page, "Zmienione pytania") // a help text is no other question
}

// Two people press the button at the same time: one version comes of it, and the other one is told.
func TestPublicationAtOnce(t *testing.T) {
	h := start(t)
	people := []*person{h.logIn("osielsko", store.RoleAdministrator), h.logIn("osielsko", store.RoleAdministrator)}
	people[0].change("question", "settled", reworked)
	revision, statuses := strconv.Itoa(h.draft("osielsko").Revision), make(chan int, len(people))
	for _, p := range people {
		go func() {
			statuses <- p.post("/panel/ankieta/publikacja", url.Values{"revision": {revision}, "_report": {"1"}}).StatusCode
		}()
	}
	for range people {
		if status := <-statuses; status != http.StatusSeeOther && status != http.StatusConflict {
			t.Errorf("publishing = %d, want 303 or 409", status)
		}
	}
	if n := h.count(`SELECT count(*) FROM versions WHERE tenant_id = $1`, h.ids["osielsko"]); n != 2 {
		t.Errorf("%d versions, want 2", n)
	}
}

// A report of less than a day ago opens the way; what came in after it is in a new report, made with the publication.
func TestPublicationAfterAReport(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleAdministrator)
	h.answer("osielsko", given{n: 9})
	p.change("question", "settled", reworked)
	reports := func() int {
		return h.count(`SELECT count(*) FROM reports WHERE tenant_id = $1 AND complete`, h.ids["osielsko"])
	}
	if a := p.post("/panel/raporty/dotychczasowe", url.Values{"next": {"/panel/ankieta"}}); a.StatusCode != http.StatusSeeOther || reports() != 1 {
		t.Fatalf("the report so far = %d, %d reports", a.StatusCode, reports())
	}
	page := p.get("/panel/ankieta/publikacja").body
	hold(t, "the page with a fresh report", words(page), "obejmuje wszystkie dotychczasowe wyniki", "nr&nbsp;1 z&nbsp;10 marca 2026")
	miss(t, "the page with a fresh report", page, "Najpierw raport", `name="_report"`, "Generuj raport")
	h.answer("osielsko", given{n: 5})
	page = p.get("/panel/ankieta/publikacja").body
	hold(t, "the page with later answers", words(page), "przyszły nowe odpowiedzi. Obejmie je raport, który powstanie przy publikacji")
	miss(t, "the page with later answers", page, "Najpierw raport", `name="_report"`)

	h.advance(gateFor)
	p = h.logIn("osielsko", store.RoleAdministrator) // the session is over
	if a := p.edit("/panel/ankieta/publikacja", url.Values{}); a.StatusCode != http.StatusConflict || reports() != 1 {
		t.Errorf("publishing a day after the report = %d with %d reports, want 409 and 1", a.StatusCode, reports())
	}
	h.archiveSoFar("osielsko")
	h.answer("osielsko", given{n: 1})
	if a := p.edit("/panel/ankieta/publikacja", url.Values{}); a.StatusCode != http.StatusSeeOther || reports() != 3 {
		t.Errorf("publishing soon after a report = %d with %d reports, want 303 and 3", a.StatusCode, reports())
	}
	if n := h.count(`SELECT count(*) FROM versions WHERE tenant_id = $1`, h.ids["osielsko"]); n != 2 {
		t.Errorf("%d versions, want 2", n)
	}
}

// A publication is live on every replica within a second, by the database's notification.
func TestPublicationReachesReplicas(t *testing.T) {
	db, owner := pgtest.StoreAndOwner(t)
	h := startOn(t, db, owner)
	replica := h.replica(t)
	resident := func() string {
		r, err := http.NewRequest(http.MethodGet, "http://"+replica+"/", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = "osielsko.localhost:" + h.web.Site.Port
		return h.doTo(replica, r).body
	}
	if page := resident(); !strings.Contains(page, "Czy sprawa została załatwiona?") {
		t.Fatalf("the replica shows no survey: %.300s", page)
	}
	p := h.logIn("osielsko", store.RoleAdministrator)
	p.change("question", "settled", reworked)
	if strings.Contains(resident(), "w całości") {
		t.Fatal("the replica shows a draft")
	}
	p.publish(nil)
	published := time.Now()
	for !strings.Contains(resident(), "w całości") {
		if waited := time.Since(published); waited > time.Second {
			t.Fatalf("the replica shows the old version after %v", waited)
		}
	}
}

// replica starts a second service on the harness's database, which watches for changes, and returns its address.
func (h *harness) replica(t *testing.T) string {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o := h.web.Options
	in := intake.New(o.Store)
	o.Intake = in
	second, err := New(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = second.App().Listener(listener) }() // ends with Shutdown
	watched := make(chan struct{})
	go func() { second.Watch(ctx); close(watched) }()
	t.Cleanup(func() {
		cancel()
		<-watched
		_ = second.App().ShutdownWithTimeout(5 * time.Second)
		_ = in.Close(context.Background())
	})
	deadline := time.Now().Add(20 * time.Second)
	for h.count(`SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'`) == 0 {
		if time.Now().After(deadline) {
			t.Fatal("the replica does not listen for changes")
		}
	}
	return listener.Addr().String()
}

// doTo sends a request to another service than the harness's.
func (h *harness) doTo(address string, r *http.Request) *answer {
	h.t.Helper()
	own := h.http
	defer func() { h.http = own }()
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp4", address)
	}
	transport := &http.Transport{DialContext: dial, DisableKeepAlives: true}
	h.http = &http.Client{Transport: transport, Timeout: 10 * time.Second}
	return h.do(r)
}

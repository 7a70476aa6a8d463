package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// What no browser sends is refused in a sentence, and is no fault of the service.
func TestHostileText(t *testing.T) {
	h := start(t)
	h.answer("osielsko", given{n: 6, values: survey.Values{"overall": {"5"}, "remarks": {"dobrze"}}})
	p := h.logIn("osielsko", store.RoleAdministrator)
	report := p.generate(period("2026-01-01", "2026-03-10"))
	for _, path := range []string{
		"/panel/raporty?szukaj=%00", "/panel/raporty?szukaj=%ff%fe", "/panel/raporty?strona=9223372036854775807", "/panel/raporty?rok=9223372036854775807",
		"/panel/raporty?rok=-1&strona=-5", report + "/sprawa?%00=%00", "/panel/raporty/porownanie?raport=%00&raport=%ff", "/panel/raporty/9223372036854775807",
		crossPath + "?wiersze=%00&kolumny=%ff&gdy=%00%3d%00", crossPath + "?wiersze=-month&kolumny=overall.......", crossPath + "?okres=%00", crossPath + ".csv?wiersze=" + strings.Repeat("x.", 4000),
		crossPath + "?" + strings.Repeat("punkt=1&", 1500), crossPath + "?od=0001-01-01&do=2026-01-01", crossPath + "?od=9999-12-31&do=9999-12-31",
		panelResultsPath + "?od=0001-01-01&do=2026-01-01", panelResultsPath + "?od=-0001-01-01&do=%00",
		foundPath + "?szukaj=%00%ff&pytanie=%00&stan=%ff&temat=99999999999999999999&strona=99999999999", exportsPath + "/99999999999999999999",
		actionsPath + "/nowe?raport=%00&pytanie=%ff", actionsPath + "?status=%00&stan=%ff", "/wyniki/%00", "/wyniki/dane/%ff/%00", "/dzialania?lang=%00", publicPath + "/podglad?raport=%00",
		publicPath + "/nowe?raport=99999999999999999999", "/panel/raporty/terminy?x=%00",
	} {
		if a := p.get(path); a.StatusCode >= 500 {
			t.Errorf("GET %.100s = %d", path, a.StatusCode)
		}
	}
	nul := "a\x00b"
	for path, form := range map[string]url.Values{
		themesPath: {"nazwa": {nul}}, foundPath: {"nazwa": {nul}, "zakres": {"wszystkie"}}, report + "/sprawa": {"sign": {nul}, "jrwa": {"\xff"}, "category": {nul}, "znak": {nul}},
		actionsPath: with(typedAction(), "finding", nul), actionsPath + "?": with(typedAction(), "owner", "\xff\xfe"), "/panel/raporty": {"from": {"2026-01-01"}, "to": {"2026-03-10"}, "sign": {nul}},
		"/panel/raporty/terminy": {"every": {nul}}, publicPath + "/nowe": {"report": {nul}}, exportsPath: {"from": {nul}, "to": {nul}, "format": {nul}},
	} {
		if a := p.post(path, form); a.StatusCode >= 500 {
			t.Errorf("POST %s = %d", path, a.StatusCode)
		}
	}
	action := p.act(typedAction())
	boss := h.logIn("osielsko", store.RoleSupervisor)
	for _, number := range []string{"2147483648", "-2147483649", "99999999999999999999", "x"} {
		answers := map[string]*answer{"an action": p.post(action, p.edited(action, "revision", number)), "its publication": p.post(action+"/publikacja", url.Values{"revision": {number}, "public_text": {"Tekst"}, "do": {"publish"}}),
			"its sign-off": boss.post(action+"/podpis", url.Values{"revision": {number}}), "a case": p.post(report+"/sprawa", url.Values{"_revision": {number}, "sign": {"OR.1.2026"}, "jrwa": {"0643"}}),
			"an edition": p.post(publicPath+"/nowe", url.Values{"report": {number}, "threshold": {number}}), "an action of a report": p.post(actionsPath, with(typedAction(), "report", number))}
		for what, a := range answers {
			if a.StatusCode >= 500 {
				t.Errorf("%s with the number %s = %d", what, number, a.StatusCode)
			}
		}
	}
	h.expect("a NUL in a search", p.get("/panel/raporty?szukaj=%00"), 400, "znak, którego nie da się zapisać")
}

// Who takes a file in parts, from its first byte on or from the second, stands in the log like anybody else.
func TestDownloadInPartsIsLogged(t *testing.T) {
	h := startExports(t)
	h.answer("osielsko", given{n: 30})
	p, other := h.logIn("osielsko", store.RoleAdministrator), h.logIn("osielsko", store.RoleSupervisor)
	place := p.export(firstQuarter("csv"))
	for _, who := range []*person{p, other} {
		for _, part := range []string{"bytes=1-", "bytes=0-"} {
			r := who.request(who.slug, place+"/plik.zip", nil)
			r.AddCookie(who.cookie)
			r.Header.Set("Range", part)
			if a := who.do(r); a.StatusCode != http.StatusPartialContent {
				t.Fatalf("%s = %d", part, a.StatusCode)
			}
			if n := h.count(`SELECT count(*) FROM audit_log WHERE action = 'export.download' AND actor = $1`, who.login); n != 1 {
				t.Errorf("%d downloads by %s in the log after %s, want 1", n, who.login, part)
			}
		}
	}
}

// EXPORT_DIR may hold what is not ours.
func TestSweepLeavesForeignFiles(t *testing.T) {
	dir, now := t.TempDir(), time.Now()
	young := strings.Repeat("c", 32)
	kept := map[string]bool{"kopia.dump": true, "dane.part": true, strings.Repeat("a", 32) + ".xlsx": true, young: true,
		strings.Repeat("a", 32): false, strings.Repeat("b", 32) + ".part": false}
	for name := range kept {
		at := now.Add(-2 * exportLife)
		if name == young {
			at = now
		}
		path := filepath.Join(dir, name)
		if err := errors.Join(os.WriteFile(path, []byte("x"), 0o600), os.Chtimes(path, at, at)); err != nil {
			t.Fatal(err)
		}
	}
	if err := newExporter(dir).sweep(now); err != nil {
		t.Fatal(err)
	}
	for name, want := range kept {
		if _, err := os.Stat(filepath.Join(dir, name)); (err == nil) != want {
			t.Errorf("%s is kept: %t, want %t", name, err == nil, want)
		}
	}
}

// endingWriter ends the service at the first byte, and counts what comes after that.
type endingWriter struct {
	end  context.CancelFunc
	late int
	some bool
}

func (w *endingWriter) Write(p []byte) (int, error) {
	if w.some {
		w.late++
	}
	w.some = true
	w.end()
	return len(p), nil
}

// A service that ends does not finish a file first, even where all submissions are read.
func TestExportStopsAtItsEnd(t *testing.T) {
	h := startExports(t)
	h.answer("osielsko", given{n: 8})
	for _, format := range []string{store.ExportXLSX, store.ExportCSV, store.ExportReport} {
		job := h.job("osielsko", 8)
		job.export.Format = format
		ctx, end := context.WithCancel(context.Background())
		w := &endingWriter{end: end}
		if err := job.writeTo(ctx, w); w.late > 0 {
			t.Errorf("%s: %v, and %d more pieces were written", format, err, w.late)
		}
		if err := h.scope("osielsko").CancelExport(context.Background(), job.export.ID, store.Actor{Login: "x", At: h.web.Now()}); err != nil {
			t.Fatal(err)
		}
	}
}

// A mail server that is away costs one attempt a round, not one for each letter that waits.
func TestMailServerAway(t *testing.T) {
	post := startPostOffice(t)
	h := start(t, func(o *Options) { o.Mail = post.sender(t) })
	for _, slug := range []string{"osielsko", "dobrcz"} {
		for n := range 3 {
			m := h.web.letters(h.web.directory.Load().tenant(slug), []string{"kto@" + slug + ".example"}, fmt.Sprint("proba-", n), "Próba", "Treść\n")
			if _, err := h.scope(slug).Remind(context.Background(), store.DutyMail{Due: survey.NewDay(2030+n, 1, 1), Days: 60, At: h.web.Now()}, m); err != nil {
				t.Fatal(err)
			}
		}
	}
	for i, command := range []string{"CONNECT", "MAIL"} {
		post.answer(command, "drop")
		if err := h.web.SendMail(context.Background()); err != nil {
			t.Fatal(err)
		}
		if n := h.count(`SELECT sum(tries) FROM outbox`); n != i+1 {
			t.Errorf("%d attempts in %d rounds at a server that breaks off at %s", n, i+1, command)
		}
	}
	post.answer("", "")
	h.advance(time.Hour)
	if err := h.web.SendMail(context.Background()); err != nil || len(post.Taken()) != 6 {
		t.Errorf("%d letters taken, %v; want 6", len(post.Taken()), err)
	}
}

// A report that can't be made is told of; it ends neither the round for others nor the process.
func TestGuarded(t *testing.T) {
	if err := guarded(func() error { panic("nie ma takiego pytania") }); err == nil || !strings.Contains(err.Error(), "nie ma takiego pytania") {
		t.Errorf("a panic came back as %v", err)
	}
	if err := guarded(func() error { return io.EOF }); !errors.Is(err, io.EOF) {
		t.Errorf("an error came back as %v", err)
	}
}

// Reports whose figures are damaged are found out, and the others are looked at all the same.
func TestVerifyBrokenFigures(t *testing.T) {
	h := start(t)
	h.answer("osielsko", given{n: 12})
	p := h.logIn("osielsko", store.RoleAdministrator)
	for range 4 {
		p.generate(period("2026-01-01", "2026-03-10"))
	}
	for number, damage := range map[int]string{1: `jsonb_set(summary, '{versions,0,id}', '987654')`, 2: `jsonb_set(summary, '{filter}', '{"from": "2026-01-01", "to": "0001-01-01"}')`,
		3: `jsonb_set(summary, '{versions}', '[]')`} {
		if _, err := h.owner.Exec(`
			ALTER TABLE reports DISABLE TRIGGER USER;
			ALTER TABLE reports NO FORCE ROW LEVEL SECURITY;
			UPDATE reports SET summary = ` + damage + ` WHERE number = ` + strconv.Itoa(number) + `;
			ALTER TABLE reports FORCE ROW LEVEL SECURITY;
			ALTER TABLE reports ENABLE TRIGGER USER`); err != nil {
			t.Fatal(err)
		}
	}
	all, err := h.web.VerifyReports(context.Background(), h.web.directory.Load().tenant("osielsko"))
	if err != nil || len(all) != 4 {
		t.Fatalf("%d reports looked at, %v; want 4", len(all), err)
	}
	for _, v := range all {
		if want := v.Number < 4; len(v.Problems) > 0 != want {
			t.Errorf("report %d has the problems %q; want some: %t", v.Number, v.Problems, want)
		}
	}
}

// Long reports of the panel keep nobody from what was published, and many readers nobody from the panel's reports.
func TestReadersAndReportsLeaveEachOtherRoom(t *testing.T) {
	h, admin, address := startPublic(t)
	admin.publishResults(address)
	scope := h.scope("osielsko")
	release := make(chan struct{})
	var long, under sync.WaitGroup
	for range 2 { // as many as the pool of reports has connections
		under.Add(1)
		long.Go(func() {
			var once sync.Once
			wait := func(store.TaggedRemark) { once.Do(func() { under.Done(); <-release }) }
			if err := scope.EachRemark(context.Background(), survey.Filter{From: survey.NewDay(2026, 1, 1), To: survey.NewDay(2026, 12, 31)}, wait); err != nil {
				t.Error(err)
			}
		})
	}
	under.Wait()
	h.expect("the page beside long reports", h.get("osielsko", resultsPath), 200, "Wyniki")
	h.expect("the index beside long reports", h.get("osielsko", resultsPath+"/dane.json"), 200, "dcat:Catalog")
	close(release)
	long.Wait()

	for range readersAtOnce {
		h.web.readers.taken <- struct{}{}
	}
	late := h.get("osielsko", resultsPath)
	if late.StatusCode != 503 || late.Header.Get("Retry-After") == "" {
		t.Errorf("one reader too many = %d, Retry-After %q; want 503 with it", late.StatusCode, late.Header.Get("Retry-After"))
	}
	h.expect("a report beside many readers", admin.get(panelResultsPath), 200, "Wyniki")
	<-h.web.readers.taken
	h.expect("once one is done", h.get("osielsko", resultsPath), 200, "Wyniki")
}

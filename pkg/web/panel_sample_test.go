package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ocenaurzedu.eu/pkg/store"
)

// sampled is a batch of six sheets that jan typed, of which five were drawn, and whoever keys them again.
type sampled struct {
	*harness
	jan, ewa *person
	batch    string
}

func startSampled(t *testing.T) *sampled {
	t.Helper()
	h := start(t)
	s := &sampled{harness: h, jan: h.logIn("osielsko", store.RoleEmployee), ewa: h.logIn("osielsko", store.RoleEmployee)}
	s.batch = openPaperBatch(t, s.jan, url.Values{"rekey": {"1"}, "percent": {"20"}, "returned": {"6"}})
	for range 6 {
		mustType(t, s.jan, s.batch, url.Values{"overall": {"1"}, "matter": {"taxes"}, "quality.signs": {"3"}, "remarks": {"Miło."}})
	}
	if got := s.jan.post(s.batch+"/kontrola", url.Values{"percent": {"20"}}); got.StatusCode != http.StatusSeeOther {
		t.Fatalf("drawing: %d\n%s", got.StatusCode, got.body)
	}
	return s
}

// drawn lists the ids and numbers of the sample.
func (s *sampled) drawn() (ids []string, numbers []int) {
	s.t.Helper()
	rows, err := s.owner.Query(`SELECT rs.submission_id, bs.number FROM rekeyed_sheets rs JOIN batch_sheets bs USING (tenant_id, submission_id) ORDER BY bs.number`)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var id string
		var number int
		if err := rows.Scan(&id, &number); err != nil {
			s.t.Fatal(err)
		}
		ids, numbers = append(ids, id), append(numbers, number)
	}
	return ids, numbers
}

// again keys a sheet again.
func (s *sampled) again(who *person, id string, values url.Values) *answer {
	values.Set("_key", newKey())
	return who.post(s.batch+"/kontrola/"+id, values)
}

func alike() url.Values {
	return url.Values{"overall": {"1"}, "matter": {"taxes"}, "quality.signs": {"3"}}
}

func TestSecondKeyingIsAnotherPersons(t *testing.T) {
	s := startSampled(t)
	ids, numbers := s.drawn()
	if len(ids) != 5 {
		t.Fatalf("drawn: %d sheets, want 5", len(ids))
	}
	s.expect("the sample", s.jan.get(s.batch+"/kontrola"), 200, "wpisano z tego konta", "czeka")
	s.expect("looked for by its typist", s.jan.get(s.batch+"/kontrola/arkusz?szukaj="+strconv.Itoa(numbers[0])), 422, "Drugi raz wpisuje go inna osoba")
	s.expect("opened by its typist", s.jan.get(s.batch+"/kontrola/"+ids[0]), 409, "Drugi raz wpisuje go inna osoba")
	s.expect("sent by its typist", s.again(s.jan, ids[0], alike()), 409, "Drugi raz wpisuje go inna osoba", `name="overall" value="1" data-key="1" checked`)
	missing := 1
	for slices.Contains(numbers, missing) {
		missing++
	}
	s.expect("not drawn", s.ewa.get(s.batch+"/kontrola/arkusz?szukaj="+strconv.Itoa(missing)), 422, "nie wylosowano")
	s.expect("no code", s.ewa.get(s.batch+"/kontrola/arkusz?szukaj=AB"), 422, "To nie jest kod arkusza", `value="AB"`)
	s.expect("nothing", s.ewa.get(s.batch+"/kontrola/arkusz?szukaj="), 422, "Prosimy podać kod")
	found := s.ewa.get(s.batch + "/kontrola/arkusz?szukaj=" + strconv.Itoa(numbers[0]))
	if found.StatusCode != http.StatusSeeOther || found.Header.Get("Location") != s.batch+"/kontrola/"+ids[0] {
		t.Fatalf("looked for by number: %d to %q", found.StatusCode, found.Header.Get("Location"))
	}
	blind := s.ewa.get(s.batch + "/kontrola/" + ids[0])
	s.expect("the screen", blind, 200, "Drugie wpisanie: arkusz nr", `name="overall"`)
	if strings.Contains(blind.body, "Miło.") || strings.Contains(blind.body, `name="remarks"`) || strings.Contains(blind.body, `value="1" data-key="1" checked`) {
		t.Error("the screen of the second keying shows what was typed first, or asks for texts")
	}
	if got := s.ewa.get(s.batch + "/kontrola/" + ids[0] + "/roznice"); got.StatusCode != http.StatusNotFound {
		t.Errorf("differences before the second keying: %d, want 404", got.StatusCode)
	}
	s.expect("an answer that is not", s.again(s.ewa, ids[0], url.Values{"overall": {"9"}}), 422, "Takiej odpowiedzi nie ma")
	for range 2 { // the first answer may be lost on its way
		if got := s.again(s.ewa, ids[0], alike()); got.StatusCode != http.StatusSeeOther || got.Header.Get("Location") != s.batch+"/kontrola?wpisano="+strconv.Itoa(numbers[0]) {
			t.Fatalf("second keying: %d to %q\n%s", got.StatusCode, got.Header.Get("Location"), got.body)
		}
	}
	s.expect("keyed a third time", s.again(s.ewa, ids[0], url.Values{"overall": {"2"}}), 409, "wpisano już drugi raz")
	if n, _ := counts(t, s.harness, "osielsko"); n != 6 {
		t.Errorf("n = %d, want 6: a second keying is no answer", n)
	}
}

func TestDifferencesAreSettledWithThePaper(t *testing.T) {
	s := startSampled(t)
	ids, numbers := s.drawn()
	other := url.Values{"overall": {"2"}, "matter": {"taxes", "waste"}, "quality.signs": {"3"}}
	for i, values := range []url.Values{other, alike(), alike()} {
		if got := s.again(s.ewa, ids[i], values); got.StatusCode != http.StatusSeeOther {
			t.Fatalf("second keying: %d\n%s", got.StatusCode, got.body)
		}
	}
	differences := s.batch + "/kontrola/" + ids[0] + "/roznice"
	s.expect("the sample", s.ewa.get(s.batch+"/kontrola"), 200, "22,2%", "2 z 9", "2 różnice", "do rozstrzygnięcia", "zgodny")
	s.expect("the batch", s.jan.get(s.batch), 200, "22,2%", "2 z 9", "6,3–54,7%")
	s.expect("the list", s.jan.get("/panel/ankiety-papierowe"), 200, "22,2% różnic", "do rozstrzygnięcia: 1")
	page := s.jan.get(differences)
	s.expect("beside each other", page, 200, "1 – ", "2 – ", s.jan.login, s.ewa.login, `name="overall" value="arkusz"`, `name="matter" value="drugie"`)
	if strings.Contains(page.body, `name="quality.signs"`) {
		t.Error("what was keyed alike is asked about")
	}
	s.expect("one left out", s.jan.post(differences, url.Values{"_revision": {"1"}, "overall": {"drugie"}}), 422, "Prosimy wskazać", `value="drugie" checked`)
	chosen := url.Values{"_revision": {"1"}, "overall": {"drugie"}, "matter": {"arkusz"}}
	s.expect("of another revision", s.jan.post(differences, url.Values{"_revision": {"2"}, "overall": {"drugie"}, "matter": {"arkusz"}}), 409, "poprawiono w międzyczasie")
	if got := s.jan.post(differences, chosen); got.StatusCode != http.StatusSeeOther || got.Header.Get("Location") != s.batch+"/kontrola?rozstrzygnieto="+strconv.Itoa(numbers[0]) {
		t.Fatalf("settling: %d to %q\n%s", got.StatusCode, got.Header.Get("Location"), got.body)
	}
	n, got := counts(t, s.harness, "osielsko")
	want := map[string]int64{"overall/=5": 5, "overall/=6": 1, "matter/=5": 6, "matter/taxes=5": 6, "quality.signs/=7": 6, "remarks/=5": 6}
	if diff := cmp.Diff(want, got); n != 6 || diff != "" {
		t.Errorf("n = %d, want 6; tally (-want +got):\n%s", n, diff)
	}
	if s.count(`SELECT count(*) FROM remarks WHERE question = 'remarks'`) != 6 {
		t.Error("settling took a remark away")
	}
	s.expect("settled", s.jan.get(differences), 200, "Rozstrzygnięte przez: "+s.jan.login)
	s.expect("the sample", s.ewa.get(s.batch+"/kontrola"), 200, "22,2%", "rozstrzygnięte")
	if s.count(`SELECT count(*) FROM audit_log WHERE action IN ('batch.draw', 'sheet.rekey', 'sheet.settle') AND before IS NULL AND after IS NULL`) != 5 {
		t.Error("the log doesn't tell of a draw, three second keyings and a settled sheet, without answers")
	}
}

// Closing says what is left and wants to be told to go on; only whoever opened the batch, or an administrator, may.
func TestClosingAsksForWhatIsLeft(t *testing.T) {
	s := startSampled(t)
	ids, _ := s.drawn()
	s.again(s.ewa, ids[0], url.Values{"overall": {"2"}})
	s.expect("somebody else closes", s.ewa.post(s.batch+"/zamknij", url.Values{"all": {"1"}}), 403, "Partię zamyka osoba, która ją założyła")
	s.expect("somebody else's page", s.ewa.get(s.batch), 200, "Partię zamyka osoba, która ją założyła")
	s.expect("not asked", s.jan.post(s.batch+"/zamknij", nil), 409, "4 wylosowane arkusze czekają na drugie wpisanie", "1 arkusz ma różnice, których nikt nie rozstrzygnął", "Zamykam mimo to")
	if got := s.logIn("osielsko", store.RoleAdministrator).post(s.batch+"/zamknij", url.Values{"all": {"1"}}); got.StatusCode != http.StatusSeeOther {
		t.Fatalf("closing: %d\n%s", got.StatusCode, got.body)
	}
	s.expect("closed", s.jan.get(s.batch), 200, "Czego nie dokończono", "zamknięta")
	for _, got := range []*answer{
		s.ewa.get(s.batch + "/kontrola/" + ids[1]), s.again(s.ewa, ids[1], alike()), s.ewa.post(s.batch+"/kontrola", url.Values{"percent": {"90"}}),
		s.jan.post(s.batch+"/kontrola/"+ids[0]+"/roznice", url.Values{"_revision": {"1"}}), s.ewa.get(s.batch + "/kontrola/arkusz?szukaj=1"),
	} {
		if got.StatusCode != http.StatusConflict {
			t.Errorf("%s %s of a closed batch: %d, want 409", got.Request.Method, got.Request.URL.Path, got.StatusCode)
		}
	}
	unwanted := openPaperBatch(t, s.jan, nil)
	mustType(t, s.jan, unwanted, url.Values{"overall": {"1"}})
	if got := s.jan.post(unwanted+"/zamknij", nil); got.StatusCode != http.StatusSeeOther {
		t.Errorf("closing a batch of which nothing is left: %d", got.StatusCode)
	}
	for _, percent := range []string{"0", "101", "x", ""} {
		got := s.jan.post("/panel/ankiety-papierowe", url.Values{"day": {"2026-03-09"}, "rekey": {"1"}, "percent": {percent}})
		s.expect("a share of "+percent, got, 422, "liczbę od 1 do 100", `href="#percent"`)
	}
}

// Two who correct one sheet: the second one is told, keeps what was typed, and decides.
func TestCorrectionsMeet(t *testing.T) {
	h := start(t)
	first, second := h.logIn("osielsko", store.RoleEmployee), h.logIn("osielsko", store.RoleEmployee)
	batch := openPaperBatch(t, first, nil)
	mustType(t, first, batch, url.Values{"overall": {"1"}, "remarks": {"Miło."}})
	var id string
	if err := h.owner.QueryRow(`SELECT submission_id FROM batch_sheets`).Scan(&id); err != nil {
		t.Fatal(err)
	}
	path := batch + "/arkusz/" + id
	h.expect("the form", first.get(path), 200, `name="_revision" value="1"`)
	correct := func(p *person, revision, overall string) *answer {
		return p.post(path, url.Values{"overall": {overall}, "remarks": {"Miło."}, "_key": {newKey()}, "_revision": {revision}})
	}
	h.expect("the first", correct(first, "1", "2"), 303)
	h.expect("the first once more, as its answer was lost", correct(first, "1", "2"), 303)
	h.expect("the second", correct(second, "1", "4"), 409, "w międzyczasie ktoś inny", "zapisano „2 – ", `name="overall" value="4" data-key="4" checked`, `name="_revision" value="2"`)
	if _, got := counts(t, h, "osielsko"); got["overall/=6"] != 1 {
		t.Errorf("tally = %v, want the first correction", got)
	}
	h.expect("the second, who has seen it", correct(second, "2", "4"), 303)
	if _, got := counts(t, h, "osielsko"); got["overall/=8"] != 1 {
		t.Errorf("tally = %v, want the second correction", got)
	}
	h.expect("a form without a revision", correct(second, "", "1"), 409)
}

func TestSecondKeyingByRole(t *testing.T) {
	s := startSampled(t)
	ids, _ := s.drawn()
	s.again(s.ewa, ids[0], url.Values{"overall": {"2"}})
	supervisor, stranger := s.logIn("osielsko", store.RoleSupervisor), s.logIn("dobrcz", store.RoleAdministrator)
	sheet := s.batch + "/kontrola/" + ids[0]
	s.expect("a supervisor reads", supervisor.get(s.batch+"/kontrola"), 200, "wylosowanych arkuszy")
	s.expect("and reads the differences", supervisor.get(sheet+"/roznice"), 200, "Nierozstrzygnięte")
	for _, got := range []*answer{supervisor.get(sheet), s.again(supervisor, ids[1], alike()), supervisor.post(s.batch+"/kontrola", url.Values{"percent": {"50"}}), supervisor.post(sheet+"/roznice", url.Values{})} {
		if got.StatusCode != http.StatusForbidden {
			t.Errorf("%s %s as a supervisor: %d, want 403", got.Request.Method, got.Request.URL.Path, got.StatusCode)
		}
	}
	for _, got := range []*answer{
		stranger.get(s.batch + "/kontrola"), stranger.get(sheet), stranger.get(sheet + "/roznice"), s.again(stranger, ids[1], alike()),
		stranger.post(s.batch+"/kontrola", url.Values{"percent": {"50"}}), stranger.post(sheet+"/roznice", url.Values{}),
		s.ewa.get(s.batch + "/kontrola/nic"), s.ewa.get(s.batch + "/kontrola/00000000-0000-4000-8000-000000000000"),
	} {
		if got.StatusCode != http.StatusNotFound {
			t.Errorf("%s %s of another office or of nobody: %d, want 404", got.Request.Method, got.Request.URL.Path, got.StatusCode)
		}
	}
}

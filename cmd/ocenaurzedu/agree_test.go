package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ocenaurzedu.eu/pkg/auth"
	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/survey"
	"ocenaurzedu.eu/pkg/web"
)

// What the tables of a report of five versions, three years and all channels say is the same on the page, in the PDF, the
// XLSX, the CSV and the JSON, whether the panel or the command line makes them: counts, means and shares of items, areas,
// channels and months with their intervals, and the indicators. Cross-tabs are laid out too differently to be compared like this.
func TestFormatsAgree(t *testing.T) {
	v := visitDemo(t)
	from, to := v.today.AddMonths(-12*demoYears), v.today
	address := v.post("/panel/raporty", url.Values{"from": {from.String()}, "to": {to.String()}})
	var told struct{ Summary *stats.Summary }
	if err := json.Unmarshal(v.get(address+"/raport.json"), &told); err != nil {
		t.Fatal(err)
	}
	facts := factsOf(told.Summary)
	if told.Summary.N < 6000 || len(facts) < 130 {
		t.Fatalf("%d answers, %d facts", told.Summary.N, len(facts))
	}
	formats := map[string]tableRows{
		"page": pageRows(t, v.get(address)),
		"PDF":  paperRows(t, v.get(address+"/raport.pdf")),
		"XLSX": bookRows(t, v.get(address+"/raport.xlsx")),
		"CSV":  listRows(t, v.get(address+"/raport.csv")),
	}
	dir := t.TempDir()
	mustRun(t, v.with, nil, "report", "--tenant="+demoOffice, "--from="+from.String(), "--to="+to.String(), "--reason=test", "-o", dir)
	formats["PDF of the command line"] = paperRows(t, readOnly(t, dir, "*.pdf"))
	formats["XLSX of the command line"] = bookRows(t, readOnly(t, dir, "*.xlsx"))
	formats["CSV of the command line"] = listRows(t, readOnly(t, dir, "*.csv"))
	var again struct{ Summary *stats.Summary }
	if err := json.Unmarshal(readOnly(t, dir, "*.json"), &again); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(factsOf(told.Summary), factsOf(again.Summary), cmp.AllowUnexported(fact{})); d != "" {
		t.Errorf("the command line's JSON tells something else (-panel +command):\n%s", d)
	}
	for format, rows := range formats {
		t.Run(format, func(t *testing.T) {
			if rows.tells(fact{label: facts[0].label, values: []float64{facts[0].values[0] + 1}}) {
				t.Error("a wrong number is found too")
			}
			for _, f := range facts {
				if !rows.tells(f) {
					t.Errorf("%q %v is not told", f.label, f.values)
				}
			}
		})
	}
}

// readOnly reads the one file of the pattern.
func readOnly(t *testing.T, dir, pattern string) []byte {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil || len(found) != 1 {
		t.Fatalf("%s: %v, %v", pattern, found, err)
	}
	data, err := os.ReadFile(found[0])
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// factsOf lists what every format has to tell of a Summary.
func factsOf(s *stats.Summary) []fact {
	var facts []fact
	for _, a := range s.Areas {
		facts = append(facts, rated(a.Label.PL, a.Rating))
	}
	for _, i := range s.Indicators {
		if i.Value.OK {
			facts = append(facts, fact{label: roleWords[i.Role], values: []float64{i.Value.Value}})
		}
	}
	for _, m := range s.Months {
		if m.N > 0 && m.Rating.OK {
			facts = append(facts, fact{label: monthWords(m.Month), values: []float64{float64(m.N), m.Rating.Value}})
		}
	}
	for _, c := range s.Channels {
		facts = append(facts, fact{label: channelWords[c.Channel], values: []float64{float64(c.N), c.Share}, shares: true})
	}
	for _, q := range s.Questions {
		for _, item := range q.Items {
			switch {
			case item.Suppressed || item.Valid == 0:
			case item.Row != "":
				facts = append(facts, rated(item.Label.PL, item.Rating))
			case item.Area == "" && q.Kind != survey.KindText:
				facts = append(facts, counted(item)...)
			}
		}
	}
	return facts
}

// roleWords name the indicators.
var roleWords = map[survey.Role]string{survey.RoleEfficiency: "Sprawność obsługi", survey.RoleEmployee: "Ocena pracownika", survey.RoleOverall: "Ocena ogólna"}

var channelWords = map[survey.Channel]string{survey.ChannelWeb: "strona internetowa", survey.ChannelQR: "kod QR", survey.ChannelKiosk: "kiosk w urzędzie",
	survey.ChannelPaperTyped: "papier (wpisany)", survey.ChannelPaperScanned: "papier (skan)"}

// monthWords names a month as reports do.
func monthWords(m survey.Day) string {
	names := [...]string{"styczeń", "luty", "marzec", "kwiecień", "maj", "czerwiec", "lipiec", "sierpień", "wrzesień", "październik", "listopad", "grudzień"}
	return names[m.Time().Month()-1] + " " + strconv.Itoa(m.Year())
}

func rated(label string, f stats.Figure) fact {
	return fact{label: label, values: []float64{float64(f.N), f.Value, f.Low, f.High}}
}

func counted(item stats.Item) []fact {
	var facts []fact
	for _, v := range item.Values {
		label := v.Label.PL
		if label == "" {
			label = v.Value
		}
		facts = append(facts, fact{label: label, values: []float64{float64(v.Count), v.Share.Value, v.Share.Low, v.Share.High, v.OfAll}, shares: true})
	}
	return facts
}

// visitor is the first office's administrator of the demo, logged in.
type visitor struct {
	t       *testing.T
	service *service
	host    string
	cookie  string
	csrf    string
	today   survey.Day
	with    []string // the environment of commands
}

// visitDemo fills the first office of the demo and logs its administrator in, as a person does.
func visitDemo(t *testing.T) *visitor {
	t.Helper()
	with := append(settings(t), "APP_ENV=test", "APP_FAKE_NOW=2026-11-20T10:00:00Z")
	o := &console{t.Context(), open(t, with), web.Site{BaseDomain: "localhost", Scheme: "http"}, func() time.Time { return time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC) }}
	offices, err := o.addDemoOffices()
	if err != nil {
		t.Fatal(err)
	}
	state, err := o.addDemoAccounts(offices, &demoState{})
	if err != nil {
		t.Fatal(err)
	}
	s := demoService(t, with) // which now knows the offices
	if err := s.addDemoHistory(t.Context(), &program{ctx: t.Context(), out: t.Output(), err: t.Output()}); err != nil {
		t.Fatal(err)
	}
	v := &visitor{t: t, service: s, host: demoOffice + ".localhost", today: survey.DayOf(s.now()), with: with}
	v.logIn(state.Accounts[0])
	return v
}

func (v *visitor) logIn(a demoAccount) {
	v.t.Helper()
	v.post("/panel/logowanie", url.Values{"login": {a.Login}, "password": {a.Password}})
	code, err := auth.TOTPCode(a.Secret, v.service.now())
	if err != nil {
		v.t.Fatal(err)
	}
	if at := v.post("/panel/logowanie/kod", url.Values{"code": {code}}); at != "/panel" {
		v.t.Fatalf("log-in leads to %q", at)
	}
}

// get fetches what must be there.
func (v *visitor) get(path string) []byte {
	v.t.Helper()
	r := v.send(http.MethodGet, path, nil)
	if r.Code != http.StatusOK {
		v.t.Fatalf("%s: status %d: %.300s", path, r.Code, r.Body)
	}
	return r.Body.Bytes()
}

// post sends a form and returns the address that it leads to.
func (v *visitor) post(path string, values url.Values) string {
	v.t.Helper()
	if v.cookie != "" {
		values.Set("_csrf", v.csrf)
	}
	r := v.send(http.MethodPost, path, values)
	if r.Code != http.StatusSeeOther {
		v.t.Fatalf("%s: status %d: %.600s", path, r.Code, r.Body)
	}
	return r.Header().Get("Location")
}

func (v *visitor) send(method, path string, values url.Values) *httptest.ResponseRecorder {
	v.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(values.Encode()))
	r.Host = v.host
	if values != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	if v.cookie != "" {
		r.Header.Set("Cookie", v.cookie)
	}
	response, err := v.service.server.App().Test(r, int(time.Minute.Milliseconds()))
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	for _, c := range response.Cookies() {
		if c.Name == "panel" || c.Name == "__Host-panel" {
			v.cookie, v.csrf = c.Name+"="+c.Value, auth.CSRFToken(auth.HashToken(c.Value))
		}
	}
	out := httptest.NewRecorder()
	for name, values := range response.Header {
		out.Header()[name] = values
	}
	out.WriteHeader(response.StatusCode)
	_, _ = io.Copy(out, response.Body)
	return out
}

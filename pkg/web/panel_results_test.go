package web

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"

	"ocenaurzedu.eu/pkg/auth"
	"ocenaurzedu.eu/pkg/sheet"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// wrote is what residents write in the fixture of results, in turns.
var wrote = []string{"Za długa kolejka do kasy.", "W kolejce czekałem godzinę, a okienko było jedno.", "Żółty podjazd dla wózków jest za stromy.", "Miła obsługa, dziękuję!",
	"Kolejki, kolejki i jeszcze raz kolejki", "Brakuje miejsc na parkingu.", "Na parkingu wiecznie tłok.", "Parking dla klientów zajmują urzędnicy."}

// ratedTwoYears stores n answers of an office over two years that end today, by all channels and at two service points. They
// are better in the second year: the first has ratings around 3.6, the second around 4.3.
func (h *harness) ratedTwoYears(slug string, n int) {
	h.t.Helper()
	scope, dice := h.scope(slug), rand.New(rand.NewPCG(5, 2026))
	version, err := scope.PublishedVersion(context.Background())
	if err != nil {
		h.t.Fatal(err)
	}
	rows := version.Questionnaire.Question("quality").Rows
	points := []int64{0, h.pointID(slug, "bok"), h.pointID(slug, "kasa")}
	var entries []store.Entry
	for i := range n {
		values := survey.Values{}
		rate := func(worse float64) string {
			score := 3.6 - worse + dice.NormFloat64()
			if i >= n/2 {
				score += 0.7
			}
			return strconv.Itoa(int(max(1, min(5, score+0.5))))
		}
		values["overall"] = []string{rate(0)}
		for j, row := range rows {
			if dice.IntN(12) > 0 {
				values["quality."+row.Key] = []string{rate(float64(j/4) * 0.25)}
			}
		}
		values["settled"] = []string{[]string{"yes", "yes", "partly", "no"}[dice.IntN(4)]}
		values["sex"] = []string{[]string{"woman", "woman", "man", "undisclosed"}[dice.IntN(4)]}
		values["improve"] = []string{"waiting", []string{"speed", "hours", "online"}[dice.IntN(3)]}
		if i%5 == 0 {
			values["improve"] = []string{"nothing"}
		}
		values["department"] = []string{[]string{"office", "registry", "finance", "utilities"}[dice.IntN(4)]}
		if i%3 == 0 {
			values["remarks"] = []string{wrote[i/3%len(wrote)]}
		}
		channel := survey.Channels()[dice.IntN(5)]
		sub, err := version.Fill(values, channel, h.web.today().Add(-(n-1-i)*728/n))
		if err != nil {
			h.t.Fatal(err)
		}
		redact(sub.Remarks)
		sub.ID, sub.ServicePoint = uuid.NewString(), points[dice.IntN(3)]
		entries = append(entries, store.Entry{Tenant: scope.Tenant(), Key: auth.HashToken(sub.ID), Submission: sub, Layout: &version.Layout})
	}
	if err := h.store.AddSubmissions(context.Background(), entries); err != nil {
		h.t.Fatal(err)
	}
}

func TestResults(t *testing.T) {
	h := start(t)
	p := h.logIn("osielsko", store.RoleSupervisor)
	h.expect("nothing yet", p.get("/panel/wyniki"), 200, "nie ma żadnej ankiety")
	h.ratedTwoYears("osielsko", 600)
	page := p.get("/panel/wyniki")
	if page.StatusCode != 200 {
		t.Fatalf("results = %d %.2000s", page.StatusCode, page.body)
	}
	hold(t, "results", toldBy(page.body), "Ocena ogólna", "w skali od 1 do 5", "wzrost Ocena jest wyższa niż w poprzednim okresie", "Przedział orientacyjny 95%",
		"Najlepiej", "Wizerunek i warunki", "Najsłabiej", "Rzetelność", "Co poprawić", "Czas oczekiwania na obsługę", "„Nic – wszystko działa dobrze”: 2", "Skąd przyszły ankiety", "kiosk w urzędzie",
		"Miesiąc po miesiącu", "Punkty obsługi", "Kasa", "% ważnych", "% wszystkich", "Bez odpowiedzi lub nieczytelne", "próba jest nielosowa")
	if strings.Contains(page.body, "Za długa kolejka") {
		t.Error("the page of figures tells a remark")
	}
	for _, chart := range []string{`<polygon class="chart-band"`, `role="img"`, `class="chart-low2"`} {
		if !strings.Contains(page.body, chart) {
			t.Errorf("the page lacks %s", chart)
		}
	}
}

func TestResultsFilters(t *testing.T) {
	h := start(t)
	h.answer("osielsko", given{n: 6, day: survey.NewDay(2026, 1, 1)})
	h.answer("osielsko", given{n: 7, day: survey.NewDay(2026, 2, 28), channel: survey.ChannelQR, point: h.pointID("osielsko", "bok")})
	h.answer("osielsko", given{n: 9, day: survey.NewDay(2025, 5, 10), channel: survey.ChannelKiosk})
	h.answer("dobrcz", given{n: 50})
	p, point := h.logIn("osielsko", store.RoleEmployee), strconv.FormatInt(h.pointID("osielsko", "bok"), 10)
	foreign := strconv.FormatInt(h.pointID("dobrcz", "bok"), 10)
	tests := []struct {
		name, query string
		status      int
		want        []string
	}{
		{"a year back by itself", "", 200, []string{"n = 22 z 22 ankiet", "Ostatnie 12 miesięcy"}},
		{"this year", "?okres=rok", 200, []string{"n = 13 z 13 ankiet", "1 stycznia 2026 – 10 marca 2026"}},
		{"last year", "?okres=poprzedni-rok", 200, []string{"n = 9 z 9 ankiet"}},
		{"all", "?okres=wszystko", 200, []string{"n = 22 z 22 ankiet"}},
		{"own days", "?od=2026-02-01&do=2026-02-28", 200, []string{"n = 7 z 7 ankiet", "Poprzedni okres tej samej długości: 1 stycznia 2026 – 31 stycznia 2026, 6 ankiet"}},
		{"a channel and a point", "?kanal=qr&punkt=" + point, 200, []string{"n = 7 z 7 ankiet", "Tylko: kod QR, Biuro Obsługi Klienta"}},
		{"no period of that name", "?okres=jutro", 422, []string{"Nie ma takiego okresu"}},
		{"no day", "?od=wczoraj&do=2026-01-01", 422, []string{"Prosimy podać dzień, na przykład"}},
		{"one day only", "?od=2026-01-01", 422, []string{"Prosimy podać dzień."}},
		{"the end first", "?od=2026-02-01&do=2026-01-01", 422, []string{"Koniec okresu jest wcześniejszy"}},
		{"tomorrow", "?od=2026-01-01&do=2026-12-31", 422, []string{"Ten dzień jeszcze nie nadszedł"}},
		{"no channel", "?kanal=faks", 422, []string{"Kanały: Nie ma takiej pozycji"}},
		{"another office's point", "?punkt=" + foreign, 422, []string{"Punkty obsługi: Nie ma takiej pozycji"}},
	}
	for _, tt := range tests {
		for _, path := range []string{"/panel/wyniki", "/panel/wyniki/przekroj", "/panel/wyniki/uwagi", "/panel/wyniki/tematy"} {
			got := p.get(path + tt.query)
			if got.StatusCode != tt.status {
				t.Errorf("%s%s (%s) = %d, want %d", path, tt.query, tt.name, got.StatusCode, tt.status)
			}
			if path == "/panel/wyniki" || tt.status == 422 {
				hold(t, path+tt.query, toldBy(got.body), tt.want...)
			}
			if query, err := url.ParseQuery(strings.TrimPrefix(tt.query, "?")); err == nil && tt.status == 200 && path != "/panel/wyniki/uwagi" {
				if link := `href="/panel/wyniki/uwagi` + strings.ReplaceAll("?"+query.Encode(), "&", "&amp;"); tt.query != "" && !strings.Contains(got.body, link) {
					t.Errorf("%s%s does not carry the filter on: no %s", path, tt.query, link)
				}
			}
		}
	}
}

// Where the scale of the overall rating changes, the trend breaks and the two are not compared.
func TestResultsOfTwoSeries(t *testing.T) {
	h := start(t)
	ctx, scope := context.Background(), h.scope("osielsko")
	h.answer("osielsko", given{n: 40, values: survey.Values{"overall": {"2"}}, day: survey.NewDay(2025, 12, 5)})
	h.answer("osielsko", given{n: 40, values: survey.Values{"overall": {"3"}}, day: survey.NewDay(2026, 1, 5)})
	admin := h.logIn("osielsko", store.RoleAdministrator)
	admin.post("/panel/raporty/dotychczasowe", url.Values{"next": {"/panel/ankieta"}})
	draft, err := scope.Draft(ctx)
	if err != nil {
		t.Fatal(err)
	}
	draft.Questionnaire.Question("overall").Scale = &survey.Scale{Points: []survey.Point{{Label: survey.PL("całkiem źle")}, {Label: survey.PL("tak sobie")}, {Label: survey.PL("znakomicie")}}}
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
	h.answer("osielsko", given{n: 40, values: survey.Values{"overall": {"3"}}, day: survey.NewDay(2026, 2, 5)})
	h.answer("osielsko", given{n: 40, values: survey.Values{"overall": {"2"}}, day: survey.NewDay(2026, 3, 5)})
	page := admin.get("/panel/wyniki?okres=wszystko").body
	hold(t, "results of two series", toldBy(page), "Linia przerywana oznacza inne pytanie lub inną skalę", "skala od 1 do 5", "grudzień 2025 2,00", "znakomicie", "wersja 2")
	if lines, breaks := strings.Count(page, "<polyline"), strings.Count(page, `class="chart-break"`); lines != 2 || breaks != 1 {
		t.Errorf("%d lines and %d breaks; want 2 and 1", lines, breaks)
	}
	page = admin.get("/panel/wyniki?od=2026-02-01&do=2026-02-28").body
	hold(t, "the month after the change", toldBy(page), "pytanie zmieniono", "pytanie o ocenę ogólną lub jego skala były wtedy inne")
	cross := toldBy(admin.get("/panel/wyniki/przekroj?okres=wszystko").body)
	hold(t, "a cross-tab of the newer series", cross, "n = 80", "pominięto wersje", "znakomicie")
}

func TestResultsWithhold(t *testing.T) {
	h := start(t)
	h.answer("osielsko", given{n: 4})
	page := toldBy(h.logIn("osielsko", store.RoleEmployee).get("/panel/wyniki").body)
	hold(t, "results of four", page, "n za małe")
	miss(t, "results of four", page, "w skali od 1 do 5")
}

func TestCross(t *testing.T) {
	h := start(t)
	h.ratedTwoYears("osielsko", 600)
	p := h.logIn("osielsko", store.RoleSupervisor)
	tests := []struct {
		name, query string
		status      int
		want        []string
	}{
		{"by itself", "?okres=wszystko", 200, []string{"n = 600", "według: sposób wypełnienia", "kod QR", "Średnia (przedział 95%)", "bardzo dobrze (5)"}},
		{"two questions", "?okres=wszystko&wiersze=settled&kolumny=sex", 200, []string{"Kobieta", "częściowo", "n = 600"}},
		{"a row by department", "?okres=wszystko&wiersze=quality.courtesy&kolumny=-department", 200, []string{"Uprzejmość i kultura rozmowy", "Referat", "bez referatu", "poza tabelą"}},
		{"several answers by month", "?wiersze=improve&kolumny=-month", 200, []string{"Czas oczekiwania na obsługę", "nie sumują się do 100", "styczeń 2026"}},
		{"a condition", "?okres=wszystko&wiersze=overall&kolumny=-point&gdy=settled%3Dno", 200, []string{"Tylko osoby, które odpowiedziały: Czy sprawa została załatwiona? – nie", "Kasa"}},
		{"small cells", "?od=2026-03-01&do=2026-03-10&wiersze=overall&kolumny=-channel", 200, []string{"n za małe"}},
		{"no question", "?wiersze=nie_ma", 422, []string{"Wiersze tabeli: Nie ma takiej pozycji"}},
		{"no column", "?kolumny=-pogoda", 422, []string{"Kolumny tabeli: Nie ma takiej pozycji"}},
		{"no condition", "?gdy=settled%3Dmaybe", 422, []string{"Warunek: Nie ma takiej pozycji"}},
		{"with itself", "?wiersze=sex&kolumny=sex", 422, []string{"coś innego niż w wierszach"}},
	}
	for _, tt := range tests {
		got := p.get("/panel/wyniki/przekroj" + tt.query)
		if got.StatusCode != tt.status {
			t.Errorf("%s = %d, want %d", tt.name, got.StatusCode, tt.status)
		}
		hold(t, tt.name, toldBy(got.body), tt.want...)
	}
	sheet := p.get("/panel/wyniki/przekroj.csv?okres=wszystko&wiersze=settled&kolumny=sex")
	r := csv.NewReader(strings.NewReader(strings.TrimPrefix(sheet.body, "\ufeff")))
	r.Comma = ';'
	lines, err := r.ReadAll()
	if err != nil || sheet.StatusCode != 200 || !strings.HasPrefix(sheet.body, "\ufeff") {
		t.Fatalf("CSV = %d, %v: %.300s", sheet.StatusCode, err, sheet.body)
	}
	sum := 0
	for _, line := range lines[1:] {
		if line[2] == "liczba" {
			n, _ := strconv.Atoi(line[3])
			sum += n
		}
	}
	if sum != 600 {
		t.Errorf("the cells of the CSV sum to %d, want 600", sum)
	}
	if bad := p.get("/panel/wyniki/przekroj.csv?wiersze=nie_ma"); bad.StatusCode != 422 {
		t.Errorf("CSV of nothing = %d", bad.StatusCode)
	}
}

func TestFoundRemarks(t *testing.T) {
	h := start(t)
	h.remarked("osielsko", wrote...)
	h.remarked("dobrcz", "Kolejka w Dobrczu")
	p := h.logIn("osielsko", store.RoleEmployee)
	tests := []struct {
		query        string
		want, absent []string
	}{
		{"", []string{"Osoba testowa", "8 uwag", "Za długa kolejka", "Miła obsługa", "Częste słowa w uwagach bez tematu", "parking"}, []string{"Dobrczu"}},
		{"?szukaj=kolejek", []string{"3 uwagi ze słowami „kolejek”", "kolejce", "Kolejki"}, []string{"Miła obsługa", "podjazd"}},
		{"?szukaj=zolty", []string{"1 uwaga", "Żółty"}, []string{"kolejka do"}},
		{"?szukaj=parking+klient", []string{"1 uwaga", "zajmują urzędnicy"}, nil},
		{"?szukaj=helikopter", []string{"0 uwag", "nie ma takich uwag"}, nil},
		{"?stan=approved", []string{"0 uwag"}, nil},
		{"?pytanie=remarks", []string{"8 uwag"}, nil},
		{"?strona=99", []string{"Za długa kolejka"}, nil},
	}
	for _, tt := range tests {
		got := toldBy(p.get("/panel/wyniki/uwagi" + tt.query).body)
		hold(t, tt.query, got, tt.want...)
		miss(t, tt.query, got, tt.absent...)
	}
	if !strings.Contains(p.get("/panel/wyniki/uwagi?szukaj=zolty").body, "<mark>Żółty</mark>") {
		t.Error("what was found is not marked")
	}
	for query, want := range map[string]string{"?stan=dziwny": "Stan: Nie ma takiej pozycji", "?temat=77": "Nie ma takiego tematu", "?temat=x": "Nie ma takiego tematu", "?szukaj=" + strings.Repeat("x", 201): "Szukane słowa:"} {
		h.expect(query, p.get("/panel/wyniki/uwagi"+query), 422, want)
	}
}

func TestTagging(t *testing.T) {
	h := start(t)
	h.remarked("osielsko", wrote...)
	p := h.logIn("osielsko", store.RoleEmployee)
	const path = "/panel/wyniki/uwagi"
	refused := []struct {
		name string
		form url.Values
		want string
	}{
		{"nothing chosen", url.Values{"akcja": {"tag"}, "nazwa": {"Kolejki"}}, "Prosimy zaznaczyć uwagi"},
		{"no theme", url.Values{"akcja": {"tag"}, "zakres": {"wszystkie"}}, "Prosimy wybrać temat"},
		{"a long name", url.Values{"akcja": {"tag"}, "zakres": {"wszystkie"}, "nazwa": {strings.Repeat("ż", 61)}}, "najwyżej 60 znaków"},
		{"taken off before it is there", url.Values{"akcja": {"untag"}, "zakres": {"wszystkie"}, "nazwa": {"Kolejki"}}, "nie ma czego zdjąć"},
	}
	for _, tt := range refused {
		h.expect(tt.name, p.post(path, tt.form), 422, tt.want)
	}
	if n := h.count(`SELECT count(*) FROM themes`); n != 0 {
		t.Fatalf("refused forms made %d themes", n)
	}
	done := p.post(path, url.Values{"akcja": {"tag"}, "zakres": {"wszystkie"}, "nazwa": {"Kolejki"}, "szukaj": {"kolejka"}})
	h.expect("queues", p.get(done.Header.Get("Location")), 200, "nadano: 3", "Kolejki (3)", "bez tematu (0)")
	parking := h.remark("osielsko", "wiecznie")
	done = p.post(path, url.Values{"akcja": {"tag"}, "remark": {parking.ID, uuid.NewString(), "x"}, "nazwa": {" kolejki "}}) // the same theme
	h.expect("one more", p.get(done.Header.Get("Location")), 200, "nadano: 1")
	if n := h.count(`SELECT count(*) FROM themes`); n != 1 {
		t.Errorf("%d themes, want 1", n)
	}
	theme := strconv.Itoa(h.count(`SELECT id FROM themes`))
	h.expect("read by theme", p.get(path+"?temat="+theme), 200, "4 uwagi", "wiecznie")
	h.expect("without any", p.get(path+"?temat=bez"), 200, "4 uwagi", "zajmują")
	done = p.post(path, url.Values{"akcja": {"untag"}, "remark": {parking.ID}, "theme": {theme}, "temat": {theme}})
	h.expect("taken off", p.get(done.Header.Get("Location")), 200, "zdjęto: 1", "3 uwagi")

	// themes: one more, renamed onto the first (refused), merged, dropped
	h.expect("a name that is none", p.post("/panel/wyniki/tematy", url.Values{"nazwa": {" – "}}), 422, "Prosimy wpisać nazwę")
	h.expect("a second one", p.get(p.post("/panel/wyniki/tematy", url.Values{"nazwa": {"Czekanie"}}).Header.Get("Location")), 200, "Osoba testowa", "Dodano temat", "Czekanie")
	h.expect("once more", p.post("/panel/wyniki/tematy", url.Values{"nazwa": {"CZEKANIE"}}), 422, "już jest")
	second := strconv.Itoa(h.count(`SELECT max(id) FROM themes`))
	h.expect("another's name", p.post("/panel/wyniki/tematy/"+second, url.Values{"akcja": {"rename"}, "nazwa": {"Kolejki"}}), 422, "Można je połączyć")
	h.expect("merge with nothing", p.post("/panel/wyniki/tematy/"+second, url.Values{"akcja": {"merge"}}), 422, "Prosimy wybrać z listy")
	h.expect("merge with what is not there", p.post("/panel/wyniki/tematy/"+second, url.Values{"akcja": {"merge"}, "do-tematu": {"99999"}}), 404)
	h.expect("merged", p.get(p.post("/panel/wyniki/tematy/"+theme, url.Values{"akcja": {"merge"}, "do-tematu": {second}}).Header.Get("Location")), 200, "Połączono tematy")
	h.expect("the merged one", p.get(path+"?temat="+second), 200, "3 uwagi")
	h.expect("dropped", p.get(p.post("/panel/wyniki/tematy/"+second, url.Values{"akcja": {"delete"}}).Header.Get("Location")), 200, "Usunięto temat")
	h.expect("the log", p.get("/panel/dziennik"), 200, "temat nadany uwagom, liczba: Kolejki: 3", "usunięcie tematu uwag: Czekanie")
	h.expect("no such action", p.post("/panel/wyniki/tematy/"+second, url.Values{}), 400)
}

// Only who may review remarks puts themes on them, and no other office's.
func TestThemeRoles(t *testing.T) {
	h := start(t)
	h.remarked("osielsko", "Kolejka")
	r := h.remark("osielsko", "Kolejka")
	supervisor, other := h.logIn("osielsko", store.RoleSupervisor), h.logIn("dobrcz", store.RoleAdministrator)
	form := func() url.Values { return url.Values{"akcja": {"tag"}, "remark": {r.ID}, "nazwa": {"Kolejki"}} }
	if got := supervisor.post("/panel/wyniki/uwagi", form()); got.StatusCode != 403 {
		t.Errorf("a supervisor tags: %d", got.StatusCode)
	}
	for _, path := range []string{"/panel/wyniki/uwagi", "/panel/wyniki/tematy"} {
		if page := supervisor.get(path).body; strings.Contains(page, "Nadaj temat") || strings.Contains(page, "Nowy temat") {
			t.Errorf("%s offers a supervisor what changes something", path)
		}
	}
	other.post("/panel/wyniki/uwagi", form())
	if n := h.count(`SELECT count(*) FROM remark_themes`); n != 0 {
		t.Errorf("another office put %d themes on the remark", n)
	}
	own := h.logIn("osielsko", store.RoleEmployee)
	own.post("/panel/wyniki/uwagi", form())
	theme := fmt.Sprintf("/panel/wyniki/tematy/%d", h.count(`SELECT theme_id FROM remark_themes`))
	for _, action := range []string{"rename", "delete"} {
		foreign := other.post(theme, url.Values{"akcja": {action}, "nazwa": {"Moje"}})
		missing := other.post("/panel/wyniki/tematy/999999", url.Values{"akcja": {action}, "nazwa": {"Moje"}})
		if foreign.StatusCode != 404 || foreign.body != missing.body {
			t.Errorf("%s of another office's theme: %d; of one that is not: %d", action, foreign.StatusCode, missing.StatusCode)
		}
	}
}

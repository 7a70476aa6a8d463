package report

import (
	"cmp"
	"strconv"

	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/survey"
)

// OpenRow is one figure of the open data: a line of CSV and XLSX, and an object of JSON. A figure that is held back has
// no number and Withheld is true.
type OpenRow struct {
	Table    string   `json:"tabela"`
	Key      string   `json:"klucz"`
	Name     string   `json:"nazwa"`
	Versions string   `json:"wersje"`
	Row      string   `json:"wiersz"`
	Label    string   `json:"etykieta"`
	Answer   string   `json:"odpowiedz"`
	Wording  string   `json:"tresc_odpowiedzi"`
	Measure  string   `json:"miara"`
	Value    *float64 `json:"wartosc"`
	Low      *float64 `json:"dol95"`
	High     *float64 `json:"gora95"`
	N        *int     `json:"n"`
	Withheld bool     `json:"wstrzymane"`
}

// openRows gathers rows.
type openRows struct {
	rows []OpenRow
	at   OpenRow // what the next figure is of
}

func (o *openRows) add(measure string, value, low, high *float64, n *int, withheld bool) {
	r := o.at
	r.Measure, r.Value, r.Low, r.High, r.N, r.Withheld = measure, value, low, high, n, withheld
	o.rows = append(o.rows, r)
}

func (o *openRows) count(measure string, n int) {
	value := float64(n)
	o.add(measure, &value, nil, nil, nil, false)
}

func (o *openRows) number(measure string, f float64) { o.add(measure, &f, nil, nil, nil, false) }

func (o *openRows) of(measure string, f float64, n int) { o.add(measure, &f, nil, nil, &n, false) }

// figure adds a figure, or that it is held back; nothing where there is none.
func (o *openRows) figure(measure string, f stats.Figure, withheld bool) {
	switch {
	case f.OK:
		o.add(measure, &f.Value, &f.Low, &f.High, &f.N, false)
	case withheld:
		o.add(measure, nil, nil, nil, nil, true)
	}
}

func (o *openRows) share(measure string, s stats.Share, withheld bool) {
	o.figure(measure, stats.Figure{OK: s.OK, N: s.N, Value: s.Value, Low: s.Low, High: s.High}, withheld)
}

// Rows are all figures of the edition, in the order of the page.
func (e *Edition) Rows() []OpenRow {
	o, s := &openRows{}, e.Summary
	o.at = OpenRow{Table: "badanie", Key: e.Name, Name: e.Office, Label: plain(e.Period())}
	o.count("ankiety", s.N)
	if s.Paper.Issued > 0 {
		o.count("wydane_formularze", s.Paper.Issued)
		o.count("zwrocone_formularze", s.Paper.Returned)
	}
	for _, v := range s.Versions {
		o.at = OpenRow{Table: "wersja", Key: strconv.Itoa(v.Number), Name: v.Title.PL, Versions: strconv.Itoa(v.Number), Label: v.Published.String()}
		o.count("ankiety", v.N)
	}
	e.partRows(o)
	for _, r := range s.Indicators {
		o.at = OpenRow{Table: "wskaznik", Key: string(r.Role), Name: indicatorName(r.Role)}
		o.figure("wskaznik", r.Value, r.Withheld)
		o.number("waga", r.Weight)
	}
	if s.Composite.OK {
		o.at = OpenRow{Table: "wskaznik", Key: "razem", Name: "wskaźnik łączny"}
		o.figure("wskaznik", s.Composite, false)
	}
	for _, a := range s.Areas {
		o.area(a)
	}
	for i := range s.Quadrants {
		o.quadrant(&s.Quadrants[i])
	}
	for i := range s.Questions {
		o.question(&s.Questions[i])
	}
	return o.rows
}

// partRows are counts by channel, month and service point, and the overall rating where the breakdown has it.
func (e *Edition) partRows(o *openRows) {
	s := e.Summary
	for i, c := range s.Channels {
		o.at = OpenRow{Table: "kanal", Key: string(c.Channel), Name: channelName(c.Channel)}
		o.count("ankiety", c.N)
		o.of("udzial", c.Share, s.N)
		if i < len(s.ByChannel) {
			o.figure("ocena_ogolna", s.ByChannel[i].Rating, s.ByChannel[i].Withheld)
		}
	}
	for _, m := range s.Months {
		o.at = OpenRow{Table: "miesiac", Key: m.Month.String()[:7], Name: monthWords(m.Month)}
		o.count("ankiety", m.N)
		o.figure("ocena_ogolna", m.Rating, m.Withheld)
	}
	for _, g := range s.ServicePoints {
		o.at = OpenRow{Table: "punkt", Key: g.Key, Name: e.ServicePoints[g.Key]}
		o.count("ankiety", g.N)
		o.figure("ocena_ogolna", g.Rating, g.Withheld)
	}
}

func (o *openRows) area(a stats.Area) {
	o.at = OpenRow{Table: "obszar", Key: a.Question, Name: a.Label.PL, Versions: versionList(a.Versions), Row: a.Key}
	o.figure("srednia", a.Rating, a.Withheld)
	o.share("najwyzsze_oceny", a.Top2, a.Withheld)
	o.share("najnizsze_oceny", a.Bottom2, a.Withheld)
	if a.Alpha.OK {
		o.of("alfa", a.Alpha.Value, a.Alpha.N)
	}
}

func (o *openRows) quadrant(q *stats.Quadrant) {
	o.at = OpenRow{Table: "waznosc", Key: q.Question, Name: q.Label.PL, Versions: versionList(q.Versions)}
	o.number("granica_waznosci", q.Importance.Cut)
	o.number("granica_zadowolenia", q.Satisfaction.Cut)
	if !q.Derived {
		o.number("csi", q.CSI)
	}
	for _, p := range q.Points {
		o.at.Row, o.at.Label, o.at.Versions = cmp.Or(p.Row, p.Area), pointName(p), versionList(p.Versions)
		o.figure("waznosc", p.Importance, false)
		o.figure("zadowolenie", p.Satisfaction, false)
	}
}

func (o *openRows) question(q *stats.Question) {
	for i := range q.Items {
		it := &q.Items[i]
		versions := q.Versions
		if len(it.Versions) > 0 {
			versions = it.Versions
		}
		o.at = OpenRow{Table: "pytanie", Key: q.Key, Name: q.Label.PL, Versions: versionList(versions), Row: itemKey(it), Label: itemName(it)}
		o.count("zadano", it.Asked)
		if it.Suppressed {
			o.add("wazne", nil, nil, nil, nil, true)
			continue
		}
		o.count("wazne", it.Valid)
		for _, s := range []struct {
			measure string
			n       int
		}{{"brak_odpowiedzi", it.States.Blank}, {"nie_dotyczy", it.States.NotApplicable}, {"nie_mam_zdania", it.States.NoOpinion},
			{"nieczytelne", it.States.Unreadable}, {"nie_pytano", it.States.Hidden}} {
			o.count(s.measure, s.n)
		}
		o.item(it)
	}
}

// itemKey names a row, or the area or side that is rated.
func itemKey(it *stats.Item) string {
	key := it.Row
	if key == "" && it.Aspect == survey.AspectImportance {
		key = it.Area
	}
	if it.Aspect != "" {
		key += "." + it.Aspect
	}
	return key
}

func (o *openRows) item(it *stats.Item) {
	few := fewScored(it)
	o.figure("srednia", it.Rating, few)
	if it.Rating.OK {
		o.of("odchylenie", it.SD, it.Rating.N)
		o.of("mediana", it.Median, it.Rating.N)
	}
	o.share("najwyzsze_oceny", it.Top2, few && it.Box > 0)
	o.share("najnizsze_oceny", it.Bottom2, few && it.Box > 0)
	o.figure("nps", it.NPS, false)
	for _, v := range it.Values {
		o.at.Answer, o.at.Wording = v.Value, valueName(v)
		o.count("liczba", v.Count)
		o.share("udzial_waznych", v.Share, false)
		o.of("udzial_zadanych", v.OfAll, it.Asked)
	}
}

// indicatorName names an indicator.
func indicatorName(r survey.Role) string {
	return map[survey.Role]string{survey.RoleEfficiency: "sprawność obsługi", survey.RoleEmployee: "ocena pracownika", survey.RoleOverall: "ocena ogólna"}[r]
}

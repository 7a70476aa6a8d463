package report

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"

	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/survey"
)

// csvHeader are the columns of the CSV: one figure a line. "wartość" and the bounds of its interval are
// plain numbers (shares 0 to 1); "wstrzymane" is "tak" where a figure is withheld, and its number empty.
var csvHeader = []string{"tabela", "klucz", "nazwa", "wersje", "wiersz", "etykieta", "miara", "wartość", "dół 95%", "góra 95%", "n", "wstrzymane"}

// CSV writes all figures and remarks in one long table, for Polish Excel: UTF-8 with BOM, semicolons,
// decimal commas, lines ended by CR LF. No text in it can start a formula.
func (d *Document) CSV(w io.Writer) error {
	if err := d.check(); err != nil {
		return err
	}
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return fmt.Errorf("report as CSV: %w", err)
	}
	out := csv.NewWriter(w)
	out.Comma, out.UseCRLF = ';', true
	t := csvTable{out: out}
	t.line(csvHeader)
	d.csvGroups(&t)
	for i := range d.Summary.Quadrants {
		t.quadrant(&d.Summary.Quadrants[i])
	}
	for i := range d.Summary.Questions {
		t.question(&d.Summary.Questions[i])
	}
	d.csvMore(&t)
	for _, g := range d.Summary.Remarks {
		for _, r := range g.Remarks {
			t.line([]string{"uwaga", safe(g.Question), safe(g.Label.PL), "", "", safe(r.Text), Origin(stats.Wording{Channel: r.Channel, Month: r.Month}), "", "", "", "", ""})
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("report as CSV: %w", err)
	}
	return nil
}

// csvTable writes lines; the writer keeps the first error for its end.
type csvTable struct{ out *csv.Writer }

func (t *csvTable) line(fields []string) { _ = t.out.Write(fields) }

// csvPlace tells what a figure is of.
type csvPlace struct{ table, key, name, versions, row, label string }

// measured is one figure: value, bounds and n as numbers, empty where there are none.
type measured struct {
	measure, value, low, high, n string
	withheld                     bool
}

func (t *csvTable) figure(p csvPlace, m measured) {
	withheld := ""
	if m.withheld {
		withheld = "tak"
	}
	t.line([]string{p.table, safe(p.key), safe(p.name), p.versions, safe(p.row), safe(p.label), m.measure, m.value, m.low, m.high, m.n, withheld})
}

func count(measure string, n int) measured { return measured{measure: measure, value: strconv.Itoa(n)} }

func ofFigure(measure string, f stats.Figure, withheld bool) measured {
	if !f.OK {
		return measured{measure: measure, withheld: withheld}
	}
	return measured{measure, commaNumber(f.Value), commaNumber(f.Low), commaNumber(f.High), strconv.Itoa(f.N), false}
}

func ofShare(measure string, s stats.Share, withheld bool) measured {
	if !s.OK {
		return measured{measure: measure, withheld: withheld}
	}
	return measured{measure, commaNumber(s.Value), commaNumber(s.Low), commaNumber(s.High), strconv.Itoa(s.N), false}
}

// commaNumber writes a number as a spreadsheet in Polish reads it, with enough places for any use.
func commaNumber(f float64) string {
	return strings.Replace(strconv.FormatFloat(f, 'g', 10, 64), ".", ",", 1)
}

func (d *Document) csvGroups(t *csvTable) {
	s := d.Summary
	t.figure(csvPlace{table: "raport", key: d.Slug, name: d.Office.Name, label: plain(d.period())}, count("ankiety", s.N))
	if d.Sample {
		t.figure(csvPlace{table: "raport", key: d.Slug, name: d.Office.Name, label: "dane przykładowe"}, measured{})
	}
	if s.Suspects != nil {
		for _, each := range s.Suspects.Days {
			p := csvPlace{table: "dzień do sprawdzenia", key: each.Day.String(), name: channelName(each.Channel)}
			t.figure(p, count("ankiety", each.N))
			t.figure(p, count("jednakowe", each.Same))
			t.figure(p, measured{measure: "zwykle", value: commaNumber(each.Usual)})
		}
		p := csvPlace{table: "raport", key: d.Slug, name: d.Office.Name, label: "bez dni do sprawdzenia"}
		t.figure(p, count("ankiety", s.Suspects.N))
		t.figure(p, ofFigure("ocena ogólna", s.Suspects.Overall, !s.Suspects.Overall.OK))
	}
	for _, c := range s.Channels {
		p := csvPlace{table: "kanał", key: string(c.Channel), name: channelName(c.Channel)}
		t.figure(p, count("ankiety", c.N))
		t.figure(p, measured{measure: "udział", value: commaNumber(c.Share), n: strconv.Itoa(s.N)})
	}
	for _, g := range s.ByChannel {
		t.group("kanał", channelName(survey.Channel(g.Key)), g)
	}
	for _, g := range s.ServicePoints {
		p := csvPlace{table: "punkt obsługi", key: g.Key, name: d.servicePoint(g.Key)}
		t.figure(p, count("ankiety", g.N))
		t.group("punkt obsługi", d.servicePoint(g.Key), g)
	}
	for _, m := range s.Months {
		t.figure(csvPlace{table: "miesiąc", key: m.Month.String()[:7], name: monthWords(m.Month)}, count("ankiety", m.N))
		t.group("miesiąc", monthWords(m.Month), stats.Group{Key: m.Month.String()[:7], Rating: m.Rating, Withheld: m.Withheld})
	}
	for _, a := range s.Areas {
		p := csvPlace{table: "obszar", key: a.Question, name: a.Label.PL, versions: versionList(a.Versions), row: a.Key}
		t.figure(p, ofFigure("średnia", a.Rating, a.Withheld))
		t.figure(p, ofShare("najwyższe oceny", a.Top2, a.Withheld))
		t.figure(p, ofShare("najniższe oceny", a.Bottom2, a.Withheld))
		if a.Alpha.OK {
			t.figure(p, measured{measure: "α Cronbacha", value: commaNumber(a.Alpha.Value), n: strconv.Itoa(a.Alpha.N)})
		}
	}
	for _, each := range s.Indicators {
		p := csvPlace{table: "wskaźnik", key: string(each.Role), name: RoleName(each.Role)}
		t.figure(p, ofFigure("0–100", each.Value, each.Withheld))
		t.figure(p, measured{measure: "waga", value: commaNumber(each.Weight)})
	}
	if s.Composite.OK {
		t.figure(csvPlace{table: "wskaźnik", name: "wskaźnik łączny"}, ofFigure("0–100", s.Composite, false))
	}
}

func (t *csvTable) group(table, name string, g stats.Group) {
	if g.Rating.OK || g.Withheld {
		t.figure(csvPlace{table: table, key: g.Key, name: name}, ofFigure("ocena ogólna", g.Rating, g.Withheld))
	}
}

func (t *csvTable) question(q *stats.Question) {
	for i := range q.Items {
		it := &q.Items[i]
		versions := q.Versions
		if len(it.Versions) > 0 {
			versions = it.Versions
		}
		p := csvPlace{table: "pytanie", key: q.Key, name: q.Label.PL, versions: versionList(versions), row: it.Row, label: itemName(it)}
		if it.Row == "" && it.Aspect != "" { // importance of an area
			p.row = it.Area
		}
		if it.Aspect != "" {
			p.row += "." + it.Aspect
		}
		t.figure(p, count("zadano", it.Asked))
		if it.Suppressed {
			t.figure(p, measured{measure: "ważne odpowiedzi", withheld: true})
			continue
		}
		t.figure(p, count("ważne odpowiedzi", it.Valid))
		for _, s := range stateCounts(it.States) {
			t.figure(p, count(s.name, s.n))
		}
		t.itemFigures(p, it)
	}
}

// quadrant writes a chart of importance and satisfaction: a point's quarter is the measure named so, with the value 1.
func (t *csvTable) quadrant(q *stats.Quadrant) {
	p := csvPlace{table: "ważność i zadowolenie", key: q.Question, name: q.Label.PL, versions: versionList(q.Versions)}
	t.figure(p, measured{measure: "granica ważności", value: commaNumber(q.Importance.Cut)})
	t.figure(p, measured{measure: "granica zadowolenia", value: commaNumber(q.Satisfaction.Cut)})
	if !q.Derived {
		t.figure(p, measured{measure: "CSI (%)", value: commaNumber(q.CSI)})
	}
	t.figure(p, count("pominięte", q.Withheld))
	for _, point := range q.Points {
		p.row, p.label, p.versions = cmp.Or(point.Row, point.Area), pointName(point), versionList(point.Versions)
		t.figure(p, ofFigure("ważność", point.Importance, false))
		t.figure(p, ofFigure("zadowolenie", point.Satisfaction, false))
		t.figure(p, count(QuadrantName(point.Quadrant), 1))
	}
}

func (t *csvTable) itemFigures(p csvPlace, it *stats.Item) {
	few := fewScored(it)
	if it.Rating.OK || few {
		t.figure(p, ofFigure("średnia", it.Rating, few))
	}
	if it.Rating.OK {
		t.figure(p, measured{measure: "odchylenie standardowe", value: commaNumber(it.SD)})
		t.figure(p, measured{measure: "mediana", value: commaNumber(it.Median)})
	}
	if it.Box > 0 {
		t.figure(p, ofShare("najwyższe oceny", it.Top2, few))
		t.figure(p, ofShare("najniższe oceny", it.Bottom2, few))
	}
	if it.NPS.OK {
		t.figure(p, ofFigure("NPS", it.NPS, false))
	}
	for _, v := range it.Values {
		p.label = valueName(v)
		t.figure(p, count("liczba", v.Count))
		t.figure(p, ofShare("udział ważnych", v.Share, false))
		t.figure(p, measured{measure: "udział wszystkich", value: commaNumber(v.OfAll), n: strconv.Itoa(it.Asked)})
	}
}

// safe makes a text that no spreadsheet takes for a formula: one that starts, after white space or invisible
// characters, with = + - @ (also full-width or the minus sign), or with a tab or line end, gets an apostrophe
// before it.
func safe(s string) string {
	if s == "" {
		return s
	}
	if strings.ContainsRune("\t\r\n", rune(s[0])) {
		return "'" + s
	}
	start := strings.TrimLeftFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) })
	for _, r := range start {
		if strings.ContainsRune("=+-@＝＋－＠−﹦﹢﹣﹫", r) {
			return "'" + s
		}
		break
	}
	return s
}

package report

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"strings"
	"time"

	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/survey"
)

// signedDocument is the fullest report: 14 questions, a table of 20 rows, withheld items, long remarks, a broken series of
// the overall rating, and all that may stand around a Summary.
func signedDocument() *Document {
	d := fixture()
	s := d.Summary
	d.Case = CaseRecord{Sign: "OR.0643.3.2026", JRWA: "0643", Category: "A"}
	d.Crest = crestPicture()
	addQuestions(s)
	for i := range s.Questions {
		if q := &s.Questions[i]; q.Key == "oceny" {
			q.Completion, q.Items[2].Held = wilson(9481, 9760), 6
		}
	}
	for i := range s.Areas {
		s.Areas[i].Alpha = stats.Alpha{OK: i != 2, Value: 0.91 - 0.06*float64(i), N: 431, Rows: 4}
	}
	s.Areas[4].Withheld, s.Areas[4].Rating, s.Areas[4].Top2, s.Areas[4].Bottom2, s.Areas[4].Alpha = true, stats.Figure{}, stats.Share{}, stats.Share{}, stats.Alpha{}
	s.Indicators = []stats.Indicator{{Role: survey.RoleEfficiency, Items: 8, Weight: 2, Value: stats.Figure{OK: true, N: 479, Value: 79.4, Low: 77.8, High: 81}},
		{Role: survey.RoleEmployee, Items: 4, Weight: 1.5, Value: stats.Figure{OK: true, N: 481, Value: 85.1, Low: 83.6, High: 86.6}}, {Role: survey.RoleOverall, Items: 1, Weight: 1, Value: stats.Figure{OK: true, N: 488, Value: 82.2, Low: 80.2, High: 84.3}}}
	s.Composite = stats.Figure{OK: true, N: 488, Value: 81.9, Low: 80.1, High: 83.7}
	s.Quadrants = []stats.Quadrant{derivedQuadrant(s)}
	s.Trend = twoSeries(s, 5)
	s.Remarks[0].Remarks = append(s.Remarks[0].Remarks, stats.Remark{Text: strings.Repeat("Byłem w urzędzie trzy razy w tej samej sprawie i za każdym razem słyszałem co innego. ", 22), Channel: survey.ChannelWeb, Month: survey.NewDay(2025, 6, 1)})
	d.Comparison = comparedReports(s)
	d.Crosses = []stats.Cross{crossOf(4, false), crossOf(9, true)}
	d.Actions = registeredActions()
	d.Peers = &Peers{County: "powiat bydgoski", Offices: 7, Mean: 78.3, Own: 82.2}
	d.Questionnaires = append(d.Questionnaires, importanceDocument().Questionnaires[1])
	return d
}

// addQuestions breaks the overall rating into two series and adds questions, so that there are 14.
func addQuestions(s *stats.Summary) {
	for i := range s.Questions {
		q := &s.Questions[i]
		if q.Role == survey.RoleOverall {
			q.Break, q.Versions = true, []int{2}
			older := *q
			older.Versions, older.Label = []int{1}, survey.PL("Jak ocenia Pan(i) pracę urzędu?")
			older.Items = []stats.Item{rated(fivePoints[:4], []int{12, 31, 66, 79}, stats.States{Blank: 4})}
			s.Questions = append(s.Questions[:i+1], append([]stats.Question{older}, s.Questions[i+1:]...)...)
			break
		}
	}
	for _, q := range []stats.Question{
		{Key: "kontakt", Kind: survey.KindSingle, Label: survey.PL("W jaki sposób najczęściej kontaktuje się Pani / Pan z urzędem?"), Items: []stats.Item{chosen([]string{"osobiście", "telefonicznie", "e-mailem", "przez e-Doręczenia lub ePUAP", "pocztą"}, []int{268, 101, 64, 41, 12}, 486, 14)}},
		{Key: "wykształcenie", Kind: survey.KindSingle, Label: survey.PL("Wykształcenie"), Profile: true, Items: []stats.Item{chosen([]string{"podstawowe", "zawodowe", "średnie", "wyższe"}, []int{21, 92, 188, 171}, 472, 28)}},
		{Key: "miejsce", Kind: survey.KindYesNo, Label: survey.PL("Czy mieszka Pani / Pan w gminie?"), Profile: true, Items: []stats.Item{chosen([]string{"tak", "nie"}, []int{411, 66}, 477, 23)}},
		{Key: "płeć", Kind: survey.KindSingle, Label: survey.PL("Płeć"), Profile: true, Items: []stats.Item{chosen([]string{"kobieta", "mężczyzna", "wolę nie podawać"}, []int{262, 190, 21}, 473, 27)}},
	} {
		q.Section, q.Versions = survey.PL("Metryczka"), []int{1, 2}
		if !q.Profile {
			q.Section = survey.PL("Kontakt z urzędem")
		}
		s.Questions = append(s.Questions, q)
	}
}

func derivedQuadrant(s *stats.Summary) stats.Quadrant {
	q := stats.Quadrant{Question: "oceny", Label: survey.PL("Jak ocenia Pani / Pan obsługę w urzędzie?"), Versions: []int{1, 2}, Derived: true, Withheld: 1,
		Importance: stats.Axis{Cut: 0.52, Min: -1, Max: 1}, Satisfaction: stats.Axis{Cut: 4.25, Min: 1, Max: 5, Points: 5}}
	for i, p := range []struct {
		rho, mean float64
		name      stats.QuadrantName
	}{{0.71, 4.02, stats.QuadrantImprove}, {0.64, 4.18, stats.QuadrantImprove}, {0.66, 4.51, stats.QuadrantStrength}, {0.54, 4.33, stats.QuadrantStrength}, {0.41, 4.11, stats.QuadrantLowPriority}, {0.38, 4.2, stats.QuadrantLowPriority}, {0.31, 4.4, stats.QuadrantExcess}} {
		row := fixtureAreas[i%5].rows[i%4]
		q.Points = append(q.Points, stats.QuadrantPoint{Row: row, Label: survey.PL(row), Versions: []int{1, 2}, Quadrant: p.name,
			Importance: stats.Figure{OK: true, N: 452 - i, Value: p.rho, Low: p.rho - 0.06, High: p.rho + 0.05}, Satisfaction: stats.Figure{OK: true, N: 470 - i, Value: p.mean, Low: p.mean - 0.09, High: p.mean + 0.09}})
	}
	return q
}

// twoSeries are the months before and after version 2, which both have June; a withheld month is in each.
func twoSeries(s *stats.Summary, oldHighest float64) []stats.TrendLine {
	older, newer := stats.TrendLine{Question: "ogolna", Versions: []int{1}, Series: 1, Break: true, Min: 1, Max: oldHighest}, stats.TrendLine{Question: "ogolna", Versions: []int{2}, Series: 2, Break: true, Min: 1, Max: 5}
	for i, m := range s.Months {
		if i <= 5 {
			r := m.Rating
			r.Value, r.Low, r.High = r.Value-0.5, r.Low-0.5, min(oldHighest, r.High-0.5)
			older.Points = append(older.Points, stats.TrendPoint{Month: m.Month, Rating: r})
		}
		if i >= 5 {
			newer.Points = append(newer.Points, stats.TrendPoint{Month: m.Month, Rating: m.Rating})
		}
	}
	older.Points[1] = stats.TrendPoint{Month: older.Points[1].Month, Withheld: true}
	newer.Points[3] = stats.TrendPoint{Month: newer.Points[3].Month, Withheld: true}
	return []stats.TrendLine{older, newer}
}

// comparedReports has each verdict.
func comparedReports(s *stats.Summary) *stats.Comparison {
	figure := func(n int, v, half float64) stats.Figure {
		return stats.Figure{OK: true, N: n, Value: v, Low: v - half, High: v + half}
	}
	change := func(before, now, half float64, verdict stats.Verdict) stats.Change {
		return stats.Change{Before: figure(402, before, 0.09), Now: figure(488, now, 0.08), Difference: figure(402, now-before, half), Verdict: verdict}
	}
	overall := change(4.11, 4.29, 0.12, stats.VerdictUp)
	overall.Top2Before, overall.Top2Now, overall.Top2, overall.Top2Verdict = wilson(318, 402), wilson(417, 488), figure(402, 0.063, 0.05), stats.VerdictUp
	c := &stats.Comparison{Before: survey.Filter{From: survey.NewDay(2024, 1, 1), To: survey.NewDay(2024, 12, 31)}, BeforeN: 414, Number: 4, Overall: &overall,
		Indicators: []stats.RoleChange{{Role: survey.RoleEfficiency, Change: change(77.1, 79.4, 2.9, stats.VerdictWithin)}, {Role: survey.RoleEmployee, Change: change(88.4, 85.1, 2.4, stats.VerdictDown)}},
		Channels:   []stats.ChannelCount{{Channel: survey.ChannelWeb, N: 60, Share: 60.0 / 414}, {Channel: survey.ChannelPaperTyped, N: 354, Share: 354.0 / 414}}}
	for i, a := range s.Areas[:4] {
		c.Areas = append(c.Areas, stats.AreaChange{Question: a.Question, Key: a.Key, Label: a.Label, Change: change(a.Rating.Value-0.1+0.06*float64(i), a.Rating.Value, 0.11, stats.VerdictWithin)})
	}
	verdicts := []stats.Verdict{stats.VerdictUp, stats.VerdictDown, stats.VerdictWithin, stats.VerdictTooFew, stats.VerdictBroken, stats.VerdictNew, stats.VerdictWithheld}
	for i, v := range verdicts {
		each := change(4.2, 4.2+0.1*float64(1-i%3), 0.09, v)
		if v == stats.VerdictTooFew || v == stats.VerdictBroken || v == stats.VerdictNew {
			each = stats.Change{Now: each.Now, Verdict: v}
		}
		if v == stats.VerdictWithheld {
			each = stats.Change{Verdict: v}
		}
		row := fixtureAreas[i%5].rows[i%4]
		c.Items = append(c.Items, stats.ItemChange{Question: "oceny", Row: row, Label: survey.PL(row), Change: each})
	}
	return c
}

// crossOf is a cross-tab of so many columns; the last cell of each row is withheld.
func crossOf(columns int, means bool) stats.Cross {
	names := []string{"Referat Podatków i Opłat", "Urząd Stanu Cywilnego", "Biuro podawcze", "Kasa", "Referat Budownictwa", "Referat Organizacyjny", "Referat Inwestycji", "Ewidencja ludności", "Oświata i kultura"}
	c := stats.Cross{RowLabel: survey.PL("Jak ogólnie ocenia Pani / Pan nasz urząd?"), ColLabel: survey.PL("Punkt obsługi"), N: 470, Left: 30, Versions: []int{2}, Multi: !means, LeftOut: []int{1}}
	if !means {
		c.Held, c.Overlap = 6, true
		c.Where = &survey.Condition{Question: "zalatwiona", Is: []string{"1"}}
	}
	for j := range columns {
		c.Columns = append(c.Columns, stats.CrossLine{Value: names[j], Label: survey.PL(names[j]), N: 60 + 7*j, Suppressed: j == columns-1})
		c.Means = append(c.Means, stats.CrossMean{Rating: stats.Figure{OK: j != columns-1, N: 60, Value: 4.1 + 0.05*float64(j), Low: 3.9, High: 4.4}, Suppressed: j == columns-1})
	}
	if !means {
		c.Means = nil
	}
	for i, point := range fivePoints {
		c.Rows = append(c.Rows, stats.CrossLine{Value: point, Label: survey.PL(point), N: 20 * (i + 1)})
		var cells []stats.CrossCell
		for j := range columns {
			count := 5 + i*7 + j
			if j == columns-1 || i == 0 && j == 0 {
				cells = append(cells, stats.CrossCell{Suppressed: true})
				continue
			}
			cells = append(cells, stats.CrossCell{Count: count, Share: wilson(count, 60+7*j)})
		}
		c.Cells = append(c.Cells, cells)
	}
	return c
}

func registeredActions() []survey.CorrectiveAction {
	return []survey.CorrectiveAction{
		{Number: 1, Report: 4, Finding: "Czas oczekiwania na przyjęcie oceniono najniżej ze stwierdzeń o terminowości.", Cause: "Jedno stanowisko w poniedziałki i środy do 17.", Action: "Drugie stanowisko w godzinach 15–17 oraz umawianie wizyt przez internet.", Owner: "Kierownik Referatu Organizacyjnego", Department: "Referat Organizacyjny",
			Due: survey.NewDay(2026, 6, 30), Status: survey.ActionUnderWay, Check: "Średnia stwierdzenia w raporcie za 2026 r.", SignedBy: "Sekretarz Gminy", SignedAt: time.Date(2026, 1, 12, 9, 0, 0, 0, time.UTC)},
		{Number: 2, Finding: "Klienci nie wiedzą, kiedy sprawa będzie załatwiona.", Action: "Powiadomienia o stanie sprawy.", Owner: "Sekretarz Gminy", Status: survey.ActionEffective},
		{Number: 3, Finding: "Brak miejsc postojowych.", Cause: "Parking zajmują pracownicy.", Action: "Wydzielenie miejsc dla klientów.", Owner: "Referat Inwestycji", Due: survey.NewDay(2026, 3, 31), Status: survey.ActionDropped, Check: "Uwagi klientów."},
	}
}

// crestPicture is a shield of two fields, as PNG.
func crestPicture() []byte {
	img := image.NewNRGBA(image.Rect(0, 0, 120, 140))
	for y := range 140 {
		for x := range 120 {
			inside := y < 80 || (x-60)*(x-60)+(y-80)*(y-80) < 60*60
			if c := (color.NRGBA{0x1d, 0x4f, 0x8c, 0xff}); inside {
				if x > 60 {
					c = color.NRGBA{0xd9, 0xb4, 0x2c, 0xff}
				}
				img.Set(x, y, c)
			}
		}
	}
	var b bytes.Buffer
	if png.Encode(&b, img) != nil {
		return nil
	}
	return b.Bytes()
}

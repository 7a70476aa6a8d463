package report

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/survey"
)

// wellFormed fails the test where a chart is no XML, or has what a strict CSP forbids.
func wellFormed(t *testing.T, chart string) {
	t.Helper()
	for _, not := range []string{"style=", "<style", "<script", "NaN", "Inf", "url("} {
		if strings.Contains(chart, not) {
			t.Errorf("the chart has %q", not)
		}
	}
	for d := xml.NewDecoder(strings.NewReader(chart)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("the chart is not well-formed: %v", err)
		}
	}
}

func trendOf(from survey.Day, ratings ...float64) []TrendMonth {
	var months []TrendMonth
	for i, r := range ratings {
		m := TrendMonth{Month: from.AddMonths(i)}
		switch {
		case r > 0:
			m.Rating = stats.Figure{OK: true, N: 40, Value: r, Low: r - 0.2, High: r + 0.2}
		case r < 0:
			m.Withheld = true
		}
		months = append(months, m)
	}
	return months
}

func TestTrendSVG(t *testing.T) {
	lines := []TrendLine{
		{Label: "wersja 1", Min: 1, Max: 5, Months: trendOf(survey.NewDay(2025, 1, 1), 3.5, 3.6, -1, 3.8, 3.9)},
		{Label: `wersja <2>`, Min: 1, Max: 5, Months: trendOf(survey.NewDay(2025, 6, 1), 4.2, 0, 4.1)},
	}
	chart := string(TrendSVG(lines, "Ocena"))
	wellFormed(t, chart)
	// Two stretches of two months have a line and a band each; the lone months are whiskers. No line goes over the month
	// that is withheld, the one without answers, or the break.
	for what, want := range map[string]int{"<polyline": 2, "<polygon": 2, "<circle": 6, `class="chart-ink"`: 2, `class="chart-break"`: 1, ">×<": 1} {
		if got := strings.Count(chart, what); got != want {
			t.Errorf("%d times %s, want %d", got, what, want)
		}
	}
	for _, want := range []string{"styczeń 2025: 3,50 (3,30–3,70)", "marzec 2025: n za małe", "tu zaczyna się inna seria (wersja &lt;2&gt;)", "lipiec 2025: –", `role="img"`, "<title>Ocena</title>", "wersja &lt;2&gt;</text>"} {
		if !strings.Contains(chart, want) {
			t.Errorf("the chart lacks %q: %s", want, chart)
		}
	}
	if got := TrendSVG(nil, "Ocena"); got != "" {
		t.Errorf("nothing is drawn as %q", got)
	}
}

// A scale of its own gives a line its own height, and no axis that only one of them would have.
func TestTrendSVGOfTwoScales(t *testing.T) {
	chart := string(TrendSVG([]TrendLine{
		{Label: "a", Min: 1, Max: 5, Months: trendOf(survey.NewDay(2025, 1, 1), 3, 3)},
		{Label: "b", Min: 0, Max: 10, Months: trendOf(survey.NewDay(2025, 3, 1), 5, 5)},
	}, "Ocena"))
	wellFormed(t, chart)
	if strings.Count(chart, `cy="109"`) != 4 {
		t.Errorf("the middle of two scales is not at one height: %s", chart)
	}
	if strings.Contains(chart, `text-anchor="end">5<`) {
		t.Error("the axis names a score of one scale")
	}
}

func crossFixture() *stats.Cross {
	score := func(f float64) *float64 { return &f }
	cell := func(count, n int) stats.CrossCell { return stats.CrossCell{Count: count, Share: wilson(count, n)} }
	return &stats.Cross{
		Row: stats.Dimension{Question: "ogolna"}, Column: stats.Dimension{Property: stats.PropertyChannel}, RowLabel: survey.PL("Ocena <ogólna>"), N: 100,
		Rows:    []stats.CrossLine{{Value: "1", Label: survey.PL("dobrze"), Score: score(2), N: 70}, {Value: "2", Label: survey.PL("=źle"), Score: score(1), N: 30}},
		Columns: []stats.CrossLine{{Value: "web", N: 60}, {Value: "qr", N: 40}},
		Cells:   [][]stats.CrossCell{{cell(45, 60), {Suppressed: true}}, {cell(15, 60), {Suppressed: true}}},
		Means:   []stats.CrossMean{{Rating: stats.Figure{OK: true, N: 60, Value: 1.75, Low: 1.6, High: 1.9}}, {Suppressed: true}},
	}
}

func TestCrossSVG(t *testing.T) {
	c := NewCrossed(crossFixture())
	if got := strings.Join(c.Rows, "; "); got != "=źle (1); dobrze (2)" || !c.Ordered {
		t.Errorf("rows are %q; want the worst first", got)
	}
	if got := strings.Join(c.Columns, "; "); got != "strona internetowa; kod QR" {
		t.Errorf("columns are %q", got)
	}
	chart := string(CrossSVG(c, c.Title()))
	wellFormed(t, chart)
	for _, want := range []string{"Ocena &lt;ogólna&gt; – według: sposób wypełnienia", "strona internetowa (n\u00a0=\u00a060): =źle (1) 25,0%, dobrze (2) 75,0%", "kod QR (n\u00a0=\u00a040): =źle (1) n za małe", `class="chart-low2"`, `class="chart-high2"`, `class="chart-open"`} {
		if !strings.Contains(chart, want) {
			t.Errorf("the chart lacks %q: %s", want, chart)
		}
	}
	if strings.Index(chart, `class="chart-low2"`) > strings.Index(chart, `class="chart-high2"`) {
		t.Error("the best is drawn before the worst")
	}
	x := crossFixture()
	x.Multi = true
	chart = string(CrossSVG(NewCrossed(x), "Kilka"))
	wellFormed(t, chart)
	if strings.Count(chart, ">n za małe<") != 2 || !strings.Contains(chart, "75,0%") {
		t.Errorf("several answers: %s", chart)
	}
	if got := CrossSVG(NewCrossed(&stats.Cross{Withheld: true}), "x"); got != "" {
		t.Errorf("a withheld table is drawn as %q", got)
	}
}

// Answers without an order are told apart without colour: no two neighbours have one pattern.
func TestKindsHavePatterns(t *testing.T) {
	c := Crossed{Cross: &stats.Cross{}, Rows: make([]string, 12)}
	seen := map[string]bool{}
	for i := range c.Rows {
		class, pattern := c.fillOf(i)
		_, next := c.fillOf(i + 1)
		if pattern == next {
			t.Errorf("rows %d and %d have one pattern", i, i+1)
		}
		both := class + " " + string(rune('0'+pattern))
		if seen[both] {
			t.Errorf("row %d looks like another one", i)
		}
		seen[both] = true
	}
}

func TestCrossCSV(t *testing.T) {
	var b strings.Builder
	c := NewCrossed(crossFixture())
	if err := c.CSV(&b); err != nil {
		t.Fatal(err)
	}
	want := "\ufeffwiersz;kolumna;miara;wartość;dół 95%;góra 95%;n kolumny;wstrzymane\r\n" +
		"'=źle (1);strona internetowa;liczba;15;;;60;\r\n"
	if !strings.HasPrefix(b.String(), want) {
		t.Errorf("CSV begins %q; want %q", b.String()[:len(want)], want)
	}
	for _, line := range []string{"'=źle (1);kod QR;liczba;;;;40;tak\r\n", ";strona internetowa;średnia;1,75;1,6;1,9;60;\r\n", ";kod QR;średnia;;;;40;tak\r\n"} {
		if !strings.Contains(b.String(), line) {
			t.Errorf("the CSV lacks %q: %s", line, b.String())
		}
	}
}

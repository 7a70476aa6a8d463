package report

import (
	"strings"
	"testing"

	"ocenaurzedu.eu/pkg/stats"
)

func TestChangesSVG(t *testing.T) {
	figure := func(value float64) stats.Figure {
		return stats.Figure{OK: true, N: 40, Value: value, Low: value - 0.2, High: value + 0.2}
	}
	rows := []Changed{
		{Label: "Uprzejmość <b>", Words: "wzrost", Min: 1, Max: 5, Change: stats.Change{Before: figure(3), Now: figure(4), Verdict: stats.VerdictUp}},
		{Label: "Oznakowanie", Words: "pytanie zmieniono", Min: 1, Max: 3, Change: stats.Change{Now: figure(2), Verdict: stats.VerdictBroken}},
		{Label: "Wstrzymane", Words: "n za małe", Min: 1, Max: 5, Change: stats.Change{Verdict: stats.VerdictWithheld}},
	}
	got := string(ChangesSVG(rows, "Zmiany"))
	for want, n := range map[string]int{`role="img"`: 1, "<title>Zmiany</title>": 1, "<desc>Uprzejmość &lt;b&gt; – wcześniej 3,00, teraz 4,00, wzrost; Oznakowanie – teraz 2,00, pytanie zmieniono; Wstrzymane – n za małe</desc>": 1,
		"<circle": 2, `<rect class="chart-ink"`: 1, `<line class="chart-muted"`: 3, `<line class="chart-ink"`: 5, "<b>": 0} {
		if c := strings.Count(got, want); c != n {
			t.Errorf("%q is %d times in the chart, want %d:\n%s", want, c, n, got)
		}
	}
	// 4 on a scale of 1 to 5 lies at three quarters of it.
	if want := `cx="` + num(8+0.75*(svgWidth-16)) + `"`; !strings.Contains(got, want) {
		t.Errorf("no dot at %s:\n%s", want, got)
	}
}

package report

import (
	"strings"
	"testing"
)

// TestTrendIsNotDrawnOverABreak counts the lines between months: none from one series to the next, none over a withheld month.
func TestTrendIsNotDrawnOverABreak(t *testing.T) {
	d := signedDocument()
	for _, tt := range []struct {
		name             string
		oldHighest       float64
		charts, segments int
	}{{"one scale", 5, 1, 3 + 2 + 2}, {"two scales", 4, 2, 3 + 2 + 2}} {
		t.Run(tt.name, func(t *testing.T) {
			d.Summary.Trend = twoSeries(d.Summary, tt.oldHighest)
			charts := trendCharts(d.trendLines())
			segments, hollow := 0, 0
			for _, lines := range charts {
				for _, s := range trendChart(d.Summary.Months, lines, d.trendLines(), d.trendBreaks(), frame{0, 0, 160, 70, 3}) {
					if s.kind == shapeLine && s.tone == toneInk && s.w > 5 {
						segments++
					}
					if s.kind == shapeDot && s.tone == toneGap {
						hollow++
					}
				}
			}
			if len(charts) != tt.charts || segments != tt.segments {
				t.Errorf("%d charts with %d lines between months; want %d and %d", len(charts), segments, tt.charts, tt.segments)
			}
			if want := tt.charts == 1; (hollow > 0) != want {
				t.Errorf("%d hollow dots; the second series of a chart has them: %t", hollow, want)
			}
		})
	}
}

func TestTrendBreaks(t *testing.T) {
	d := signedDocument()
	breaks := d.trendBreaks()
	if len(breaks) != 1 || !breaks[0].broken || breaks[0].at != 5.5 || breaks[0].name != "wersja 2" {
		t.Errorf("trendBreaks = %+v; want one in the middle of June", breaks)
	}
	d.Summary.Trend = nil
	if breaks = d.trendBreaks(); len(breaks) != 1 || !breaks[0].broken || breaks[0].at != 5 {
		t.Errorf("trendBreaks without series = %+v; want one before June", breaks)
	}
	words := trendWords(signedDocument().trendLines(), signedDocument().trendBreaks())
	for _, want := range []string{"Wersja 1: początek styczeń 2025 – 3,60", "Wersja 2: początek czerwiec 2025 – 4,10", "Zmiany ankiety: czerwiec 2025: wersja 2, nowa seria."} {
		if !strings.Contains(words, want) {
			t.Errorf("trendWords = %q; want %q", words, want)
		}
	}
}

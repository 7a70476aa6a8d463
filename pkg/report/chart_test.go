package report

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"strings"
	"testing"

	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/survey"
)

func TestStackedBarFillsItsFrame(t *testing.T) {
	item := rated(fivePoints, []int{9, 0, 48, 171, 246}, stats.States{})
	f := frame{10, 20, 200, 12, 6}
	x := f.x
	for _, s := range stackedBar(item.Values, f) {
		if s.kind == shapeRect && s.h == f.h {
			if math.Abs(s.x-x) > 1e-9 {
				t.Errorf("a segment starts at %g, want %g", s.x, x)
			}
			x += s.w
		}
		if s.x < f.x-1e-9 || s.kind != shapeText && s.x+s.w > f.x+f.w+1e-9 || s.kind == shapeLine && (s.y+s.h < f.y-1e-9 || s.y > f.y+f.h+1e-9) {
			t.Errorf("a shape leaves the frame: %+v", s)
		}
	}
	if math.Abs(x-210) > 1e-9 {
		t.Errorf("the segments end at %g, want 210", x)
	}
}

// TestStackedBarOrder draws a scale whose first point is the best from the worst to the best too.
func TestStackedBarOrder(t *testing.T) {
	values := []stats.Value{{Value: "1", Score: ref(2), Count: 30, Label: survey.PL("dobrze")}, {Value: "2", Score: ref(1), Count: 10, Label: survey.PL("źle")}}
	shapes := stackedBar(values, frame{0, 0, 40, 4, 1})
	if shapes[0].tone != toneLow2 || shapes[0].w != 10 {
		t.Errorf("the first segment is %+v, want the worst, 10 wide", shapes[0])
	}
}

func ref(f float64) *float64 { return &f }

func TestDotInterval(t *testing.T) {
	shapes := dotInterval(stats.Figure{OK: true, Value: 3, Low: 2, High: 4}, 1, 5, frame{100, 0, 80, 8, 0})
	dot, band := shapes[len(shapes)-1], shapes[len(shapes)-2]
	if dot.x != 140 || band.x != 120 || band.w != 40 {
		t.Errorf("dot at %g, interval from %g over %g; want 140, 120, 40", dot.x, band.x, band.w)
	}
	for _, s := range dotInterval(stats.Figure{}, 1, 5, frame{100, 0, 80, 8, 0}) {
		if s.tone != toneMuted {
			t.Errorf("a withheld mean draws %+v", s)
		}
	}
	if got := dotInterval(stats.Figure{OK: true}, 0, 0, frame{}); got != nil {
		t.Errorf("no scale draws %v", got)
	}
}

// TestSVG checks that the charts are well-formed, told in words, free of styles and escaped.
func TestSVG(t *testing.T) {
	item := rated(fivePoints, []int{9, 14, 48, 171, 246}, stats.States{})
	item.Values[0].Label = survey.PL(`<script>"&`)
	areas := []Rated{{Label: "terminowość", Rating: stats.Figure{OK: true, Value: 4.21, Low: 4.1, High: 4.3}, Min: 1, Max: 5}, {Label: "rzetelność", Withheld: true, Min: 1, Max: 5}}
	tests := []struct {
		name, svg string
		want      []string
	}{
		{"distribution", string(DistributionSVG(item, "Ocena")), []string{"<title>Ocena</title>", "bardzo dobrze – 50,4% (246)", `role="img"`, "&lt;script&gt;", "chart-hatch"}},
		{"choices", string(ChoicesSVG(item, "Ocena")), []string{"<desc>", "50,4% (246)", "chart-bar"}},
		{"ratings", string(RatingsSVG(areas, "Obszary")), []string{"terminowość – 4,21 (4,10–4,30)", "rzetelność – n za małe", "<circle"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, want := range tt.want {
				if !strings.Contains(tt.svg, want) {
					t.Errorf("the chart lacks %q: %s", want, tt.svg)
				}
			}
			for _, not := range []string{"style=", "<style", "<script", "NaN", "url("} {
				if strings.Contains(tt.svg, not) {
					t.Errorf("the chart has %q", not)
				}
			}
			d := xml.NewDecoder(strings.NewReader(tt.svg))
			for {
				if _, err := d.Token(); errors.Is(err, io.EOF) {
					break
				} else if err != nil {
					t.Fatalf("the chart is not well-formed: %v", err)
				}
			}
		})
	}
}

func TestSVGWithheld(t *testing.T) {
	for _, svg := range []string{string(DistributionSVG(stats.Item{Suppressed: true, Asked: 12}, "Ocena")), string(ChoicesSVG(stats.Item{Suppressed: true, Asked: 12}, "Ocena"))} {
		if svg != `<p class="chart-none">Ocena: n za małe</p>` {
			t.Errorf("a withheld chart is %q", svg)
		}
	}
}

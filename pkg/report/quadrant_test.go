package report

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/survey"
)

// quadrantOf makes a chart of points on scales from 1 to 5, in the order given.
func quadrantOf(points ...[2]float64) *stats.Quadrant {
	q := &stats.Quadrant{Question: "p", Label: survey.PL("Pary"), Importance: stats.Axis{Min: 1, Max: 5, Points: 5}, Satisfaction: stats.Axis{Min: 1, Max: 5, Points: 5}}
	for i, p := range points {
		q.Importance.Cut += p[0] / float64(len(points))
		q.Satisfaction.Cut += p[1] / float64(len(points))
		q.Points = append(q.Points, stats.QuadrantPoint{Row: fmt.Sprint(i), Label: survey.PL(fmt.Sprintf("wiersz %d", i+1)), Quadrant: stats.QuadrantStrength,
			Importance: stats.Figure{OK: true, N: 9, Value: p[0]}, Satisfaction: stats.Figure{OK: true, N: 9, Value: p[1]}})
	}
	return q
}

// boxOf is what a text covers.
func boxOf(s shape) frame {
	w := textWidth(s.text, s.h)
	x := map[string]float64{"start": s.x, "middle": s.x - w/2, "end": s.x - w}[s.anchor]
	return frame{x, s.y - 0.86*s.h, w, s.h, 0}
}

func overlap(a, b frame) bool {
	const touch = 1e-6
	return a.x+touch < b.x+b.w && b.x+touch < a.x+a.w && a.y+touch < b.y+b.h && b.y+touch < a.y+a.h
}

// TestQuadrantChartPlaces finds each dot in its quarter of the cut, important ones above and satisfying ones right.
func TestQuadrantChartPlaces(t *testing.T) {
	q := quadrantOf([2]float64{4.8, 2.1}, [2]float64{4.6, 4.4}, [2]float64{2.2, 2.0}, [2]float64{1.9, 4.7})
	var dots []shape
	var cuts []shape
	for _, s := range quadrantChart(q, frame{0, 0, 640, 470, 14}) {
		switch {
		case s.kind == shapeDot:
			dots = append(dots, s)
		case s.kind == shapeLine && s.tone == toneInk:
			cuts = append(cuts, s)
		}
	}
	if len(dots) != 4 || len(cuts) != 2 {
		t.Fatalf("%d dots, %d lines of the cut", len(dots), len(cuts))
	}
	x, y := cuts[0].x, cuts[1].y
	for i, want := range [][2]bool{{true, false}, {true, true}, {false, false}, {false, true}} {
		if above, right := dots[i].y < y, dots[i].x > x; above != want[0] || right != want[1] {
			t.Errorf("dot %d is above the cut: %t, right of it: %t; want %v", i+1, above, right, want)
		}
	}
	// Equal steps of a scale are equal ways, and the cut is drawn where the grand mean is.
	perPoint := (dots[1].x - dots[0].x) / (4.4 - 2.1)
	if got, want := dots[3].x-dots[2].x, perPoint*2.7; math.Abs(got-want) > 1e-9 {
		t.Errorf("2.7 points are %g wide, want %g", got, want)
	}
	if want := dots[0].x + perPoint*(q.Satisfaction.Cut-2.1); math.Abs(x-want) > 1e-9 {
		t.Errorf("the cut of satisfaction is at %g, want %g", x, want)
	}
}

// TestQuadrantChartIsReadable draws many points, crowded and apart, and finds all in the frame, each numbered, no number
// on another one, on a dot or on the name of a quarter.
func TestQuadrantChartIsReadable(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	clouds := map[string][][2]float64{"all equal": slices.Repeat([][2]float64{{4, 4}}, 12), "as many as a question has rows, in one place": slices.Repeat([][2]float64{{4, 4}}, survey.MaxRows), "two": {{1, 5}, {5, 1}}, "ends of the scale": {{1, 1}, {5, 5}, {1, 5}, {5, 1}}, "one far off": append(slices.Repeat([][2]float64{{4.5, 4.4}}, 8), [2]float64{1.2, 1.1})}
	for n := range 30 {
		var cloud [][2]float64
		for range 2 + r.IntN(survey.MaxRows-1) {
			cloud = append(cloud, [2]float64{3 + 1.5*r.Float64(), 3.5 + 0.2*r.Float64()*float64(n%7)})
		}
		clouds[fmt.Sprint("random ", n)] = cloud
	}
	f := frame{20, 30, 640, 470, 14}
	for name, cloud := range clouds {
		t.Run(name, func(t *testing.T) {
			var words, dots []frame
			numbers := 0
			for _, s := range quadrantChart(quadrantOf(cloud...), f) {
				box := frame{min(s.x, s.x+s.w), min(s.y, s.y+s.h), math.Abs(s.w), math.Abs(s.h), 0}
				switch s.kind {
				case shapeText:
					box = boxOf(s)
					if s.anchor == "middle" && !strings.Contains(s.text, ",") {
						numbers++
					}
					words = append(words, box)
				case shapeDot:
					box = frame{s.x - s.w, s.y - s.w, 2 * s.w, 2 * s.w, 0}
					dots = append(dots, box)
				}
				if box.x < f.x-1e-6 || box.y < f.y-1e-6 || box.x+box.w > f.x+f.w+1e-6 || box.y+box.h > f.y+f.h+1e-6 || math.IsNaN(box.x+box.y) {
					t.Errorf("a shape leaves the frame: %+v", s)
				}
			}
			for i, a := range words {
				for _, b := range slices.Concat(words[i+1:], dots) {
					if overlap(a, b) {
						t.Errorf("%v and %v overlap", a, b)
					}
				}
			}
			if numbers < len(cloud) || len(dots) != len(cloud) {
				t.Errorf("%d numbers and %d dots of %d points", numbers, len(dots), len(cloud))
			}
		})
	}
}

// TestAxis shows small differences as small, and names no value beyond the scale.
func TestAxis(t *testing.T) {
	scale := stats.Axis{Min: 1, Max: 5, Points: 5}
	tests := []struct {
		name  string
		means []float64
		want  string
	}{
		{"far apart", []float64{1.2, 4.9}, "1 2 3 4 5"},
		{"close", []float64{4.21, 4.24}, "3,9 4,0 4,1 4,2 4,3 4,4 4,5"},
		{"equal", []float64{3, 3}, "2,7 2,8 2,9 3,0 3,1 3,2 3,3"},
		{"at the end", []float64{4.9, 5}, "4,7 4,8 4,9 5,0"},
		{"ordinary", []float64{3.42, 4.61}, "3,4 3,6 3,8 4,0 4,2 4,4 4,6 4,8"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := newAxis(tt.means, scale, 0, 100)
			_, words := a.ticks(scale)
			if got := strings.Join(words, " "); got != tt.want {
				t.Errorf("ticks %q, want %q", got, tt.want)
			}
			for _, m := range tt.means {
				if at := a.at(m); at < -1e-9 || at > 100+1e-9 {
					t.Errorf("%g is drawn at %g", m, at)
				}
			}
		})
	}
}

func TestQuadrantSVG(t *testing.T) {
	q := quadrantOf([2]float64{4, 2}, [2]float64{2, 4})
	q.Points[0].Label, q.Points[0].Quadrant = survey.PL(`<b>"Kolejka"&`), stats.QuadrantImprove
	svg := string(QuadrantSVG(q))
	for _, want := range []string{`role="img"`, "<title>Ważność i zadowolenie: Pary</title>", "1. &lt;b&gt;&#34;Kolejka&#34;&amp; – ważność 4,00, zadowolenie 2,00: priorytet do poprawy; 2. Wiersz 2 – ważność 2,00", ">do poprawy</text>", ">Nadmiar</text>", "granica 3,00"} {
		if !strings.Contains(svg, want) {
			t.Errorf("the chart lacks %q: %s", want, svg)
		}
	}
	for _, not := range []string{"style=", "<b>", "NaN", "Inf"} {
		if strings.Contains(svg, not) {
			t.Errorf("the chart has %q", not)
		}
	}
	for d := xml.NewDecoder(strings.NewReader(svg)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("the chart is not well-formed: %v", err)
		}
	}
}

func TestQuadrantNotes(t *testing.T) {
	q := quadrantOf([2]float64{4, 2}, [2]float64{2, 4})
	q.CSI = 61.84
	notes := func() string { return plain(strings.Join(QuadrantNotes(q), " ")) }
	if got := notes(); !strings.Contains(got, "średnia ważności 3,00 (skala od 1 do 5), średnia zadowolenia 3,00") || !strings.Contains(got, "CSI: 61,8%.") || !strings.Contains(got, "najniższa możliwa wartość to 20%, a nie 0%") ||
		strings.Contains(got, "Pominięto") || strings.Contains(got, "przeliczono") {
		t.Errorf("notes %q", got)
	}
	q.Withheld, q.Satisfaction = 2, stats.Axis{Cut: 1, Min: 0, Max: 3, Points: 4}
	if got := notes(); !strings.Contains(got, "Pominięto 2 stwierdzenia: odpowiedzi było zbyt mało („n za małe”).") || !strings.Contains(got, "przeliczono równomiernie") || !strings.Contains(got, "wartość to 25%") {
		t.Errorf("notes %q", got)
	}
	for i := range q.Points {
		q.Points[i].Row, q.Points[i].Area = "", "a"
	}
	if got := notes(); !strings.Contains(got, "Pominięto 2 obszary") {
		t.Errorf("notes of areas %q", got)
	}
}

// TestImportanceInPDF finds chart, table, rule, base and corrected words in the PDF, and nothing of the row that three
// people rated.
func TestImportanceInPDF(t *testing.T) {
	d := importanceDocument()
	text := pdfText(t, pdfBytes(t, d))
	q := d.Summary.Quadrants[0]
	first := q.Points[0]
	for _, want := range []string{
		"Co poprawić najpierw? Ważniejsze od pozostałych, a ocenione poniżej średniej: „" + first.Label.PL + "”",
		"Priorytet do poprawy – ważniejsze, ocenione poniżej średniej 1 " + first.Label.PL + " " + Decimal(first.Importance.Value, 2) + " " + integer(first.Importance.N) + " " + Decimal(first.Satisfaction.Value, 2),
		"Pominięto 1 stwierdzenie: odpowiedzi było zbyt mało", "Wskaźnik zadowolenia CSI: " + Decimal(q.CSI, 1) + "%",
		"Zadawane tylko, jeśli w pytaniu 1 wybrano „nie” lub „częściowo”.", "Nie pytano: 139 osób (pytanie warunkowe).", "Cztery ćwiartki", "Pytania warunkowe Pytania 2, 4 i 6",
		"Ważność obszarów", "nieważne raczej ważne ważne najważniejsze", "Rozkład ważnych odpowiedzi (%), od najmniejszej ważności do", "Kontakt z urzędnikiem 169",
		"Sekcja zadawana tylko, jeśli w pytaniu 1 nie wybrano „nie”.", "Pytanie zadawane tylko, jeśli w pytaniu 1 wybrano", "Ważność każdego obszaru: nieważne / raczej ważne / ważne / najważniejsze", "Ważność: nieważne / ważne / bardzo ważne",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the PDF lacks %q", want)
		}
	}
	if n := strings.Count(text, "Pomoc tłumacza języka migowego – n za małe"); n != 2 {
		t.Errorf("the withheld row stands in %d tables of figures, want 2", n)
	}
	for _, not := range []string{"NaN", "%!", "Pomoc tłumacza języka migowego 3", "pominięte zgodnie"} {
		if strings.Contains(text, not) {
			t.Errorf("the PDF has %q", not)
		}
	}
}

func TestImportanceInXLSX(t *testing.T) {
	d := importanceDocument()
	data := xlsxBytes(t, d)
	f := openBook(t, data)
	p := d.Summary.Quadrants[0].Points[0]
	for header, want := range map[string]string{"Ćwiartka": "priorytet do poprawy", "Nr": "1", "Ważność (n)": fmt.Sprint(p.Importance.N), "Zadowolenie (n)": fmt.Sprint(p.Satisfaction.N), "CSI": fmt.Sprint(d.Summary.Quadrants[0].CSI / 100)} {
		if raw, cell := cellOf(t, f, sheetQuadrants, header, p.Label.PL); raw != want {
			t.Errorf("%s of the first point (%s) = %q, want %q", header, cell, raw, want)
		}
	}
	if raw, _ := cellOf(t, f, sheetQuestions, "Nie pytano", "missing", "czasu"); raw != "139" {
		t.Errorf("not asked = %q, want 139", raw)
	}
	if raw, _ := cellOf(t, f, sheetRatings, "Nie pytano", "Godziny przyjęć"); raw != fmt.Sprint(itemIn(d, "areas", "hours", "").States.Hidden) {
		t.Errorf("not asked a row = %q", raw)
	}
	if raw, _ := cellOf(t, f, sheetNotes, "Kogo pytano, co zmieniono", "Czego zabrakło?"); raw != "Zadawane tylko, jeśli w pytaniu 1 wybrano „nie” lub „częściowo”." {
		t.Errorf("note = %q", raw)
	}
	for _, sheet := range []string{sheetQuadrants, sheetRatings} {
		rows, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			line := strings.Join(row, "|")
			if strings.Contains(line, "Pomoc tłumacza") && (sheet == sheetQuadrants || !strings.Contains(line, tooFew) || strings.Contains(line, "|3|")) {
				t.Errorf("%s tells of the withheld row: %s", sheet, line)
			}
		}
	}
	if got, want := charts(t, data), 9; got != want { // overall, satisfaction of pairs, areas, indicators, two of importance, channels, two of months
		t.Errorf("%d charts, want %d", got, want)
	}
}

func TestImportanceInCSV(t *testing.T) {
	d := importanceDocument()
	all := "\n"
	for _, line := range csvLines(t, d) {
		all += strings.Join(line, ";") + "\n"
	}
	q, p := d.Summary.Quadrants[1], d.Summary.Quadrants[1].Points[0]
	head := "\nważność i zadowolenie;areas;" + q.Label.PL + ";1, 2;"
	for _, want := range []string{
		head + ";;granica ważności;" + commaNumber(q.Importance.Cut) + ";;;;\n",
		head + ";;CSI (%);" + commaNumber(q.CSI) + ";;;;\n",
		head + "staff;Kontakt z urzędnikiem;ważność;" + commaNumber(p.Importance.Value) + ";",
		head + "staff;Kontakt z urzędnikiem;priorytet do poprawy;1;;;;\n",
		"\npytanie;areas;" + q.Label.PL + ";1, 2;staff.importance;kontakt z urzędnikiem (ważność);ważne odpowiedzi;169;;;;\n",
		"\npytanie;missing;Czego zabrakło?;1, 2;;;nie pytano;139;;;;\n",
		"\nważność i zadowolenie;pairs;" + d.Summary.Quadrants[0].Label.PL + ";1, 2;;;pominięte;1;;;;\n",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("the CSV lacks %q", want)
		}
	}
	if strings.Contains(all, "rare;Pomoc tłumacza języka migowego;ważność") || strings.Contains(all, "rare.satisfaction;Pomoc tłumacza języka migowego (zadowolenie);średnia") {
		t.Error("the CSV tells of the withheld row")
	}
}

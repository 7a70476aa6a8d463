package report

import (
	"testing"
	"time"

	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/survey"
)

func TestNumbers(t *testing.T) {
	tests := []struct{ name, got, want string }{
		{"small", integer(7), "7"}, {"thousands", integer(1234), "1\u00a0234"}, {"millions", integer(1234567), "1\u00a0234\u00a0567"}, {"hundreds", integer(999), "999"}, {"negative", integer(-1234), "−1\u00a0234"},
		{"decimal", Decimal(4.2951, 2), "4,30"}, {"decimal of thousands", Decimal(1234.5, 1), "1\u00a0234,5"}, {"negative decimal", Decimal(-12.34, 1), "−12,3"}, {"negative that rounds to nothing", Decimal(-0.01, 1), "0,0"},
		{"half as a spreadsheet rounds it", Decimal(4.125, 2), "4,13"}, {"half that binary can't hold", Decimal(1.005, 2), "1,01"}, {"share of a sixteenth", percent(0.0625), "6,3%"}, {"negative half", Decimal(-0.125, 2), "−0,13"},
		{"glued", glue("a było n = 5 „% ważnych” i 3"), "a\u00a0było n\u00a0=\u00a05 „%\u00a0ważnych” i\u00a03"},
		{"percent", percent(0.1234), "12,3%"}, {"whole percent", percent(1), "100,0%"},
		{"short whole", Short(5), "5"}, {"short ten", Short(10), "10"}, {"short half", Short(4.5), "4,5"}, {"short nothing", Short(0), "0"},
		{"span", span("1,0", "2,0"), "1,0–2,0"}, {"span below zero", span("−3,0", "2,0"), "od\u00a0−3,0 do\u00a02,0"},
		{"withheld", figure(stats.Figure{}, true), "n za małe"}, {"absent", figure(stats.Figure{}, false), "–"}, {"withheld share", share(stats.Share{}, true), "n za małe"},
		{"versions", versionList([]int{1, 2, 3, 5, 7, 8}), "1–3, 5, 7, 8"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.got != tt.want {
				t.Errorf("got %q, want %q", tt.got, tt.want)
			}
		})
	}
}

func TestPlural(t *testing.T) {
	tests := []struct {
		n    int
		want string
	}{{0, "ankiet"}, {1, "ankieta"}, {2, "ankiety"}, {4, "ankiety"}, {5, "ankiet"}, {11, "ankiet"}, {12, "ankiet"}, {14, "ankiet"}, {21, "ankiet"}, {22, "ankiety"}, {112, "ankiet"}, {123, "ankiety"}, {1000, "ankiet"}}
	for _, tt := range tests {
		if got := plural(tt.n, "ankieta", "ankiety", "ankiet"); got != tt.want {
			t.Errorf("plural(%d) = %s, want %s", tt.n, got, tt.want)
		}
	}
}

func TestPeriodWords(t *testing.T) {
	day := func(y int, m time.Month, d int) survey.Day { return survey.NewDay(y, m, d) }
	tests := []struct {
		name     string
		from, to survey.Day
		want     string
	}{
		{"one year", day(2025, 1, 1), day(2025, 12, 31), "1 stycznia – 31 grudnia 2025 r."},
		{"two years", day(2024, 11, 6), day(2025, 2, 28), "6 listopada 2024 r. – 28 lutego 2025 r."},
		{"one day", day(2025, 5, 2), day(2025, 5, 2), "2 maja 2025 r."},
		{"none", survey.Day{}, survey.Day{}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := plain(periodWords(tt.from, tt.to)); got != tt.want {
				t.Errorf("periodWords = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestGlueAndPrintable(t *testing.T) {
	if got, want := glue("kolejka w urzędzie i (z dziećmi) a potem"), "kolejka w\u00a0urzędzie i\u00a0(z\u00a0dziećmi) a\u00a0potem"; got != want {
		t.Errorf("glue = %q, want %q", got, want)
	}
	if got, want := printable("a\u0328\t😀\r\n\x07\u202e＝1"), "ą □\n=1"; got != want {
		t.Errorf("printable = %q, want %q", got, want)
	}
}

// TestConclusions checks that no conclusion says more than the figures carry.
func TestConclusions(t *testing.T) {
	answer := func(d *Document, question string) string {
		for _, c := range d.Conclusions() {
			if c.Question == question {
				return plain(c.Answer)
			}
		}
		return ""
	}
	d := fixture()
	if got, want := answer(d, "Co klienci oceniają najlepiej?"), "Najwyżej oceniono: wizerunek i warunki (4,45), indywidualne podejście (4,33)."; got != want {
		t.Errorf("best areas: %q, want %q", got, want)
	}
	if got, want := answer(d, "Co klienci oceniają najsłabiej?"), "Najniżej oceniono: rzetelność (3,97), kompetencje (4,09)."; got != want {
		t.Errorf("worst areas: %q, want %q", got, want)
	}
	d.Summary.Areas[4].Rating.High = 4.40
	if got, want := answer(d, "Co klienci oceniają najsłabiej?"), "Najniżej oceniono: rzetelność (3,97), kompetencje (4,09). Różnica między skrajnymi obszarami mieści się w granicach błędu."; got != want {
		t.Errorf("areas within the margin: %q, want %q", got, want)
	}
	d.Summary.Areas[0].Max = 4
	if got := answer(d, "Co klienci oceniają najsłabiej?"); got != "" {
		t.Errorf("areas on different scales are compared: %q", got)
	}
	d.Summary.Overall.Box = 1
	if got, want := answer(d, "Ilu klientów jest zadowolonych?"), "Najwyższą ocenę wybrało 85,5% osób, które oceniły urząd (przedział orientacyjny: 82,0–88,3%), a najniższą 4,7%."; got != want {
		t.Errorf("short scale: %q, want %q", got, want)
	}
}

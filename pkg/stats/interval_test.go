package stats

import (
	"math"
	"testing"
)

// near compares at the precision of a printed table.
func near(got, want, by float64) bool { return math.Abs(got-want) <= by }

func TestTQuantile(t *testing.T) {
	// Printed tables of t(0.975; df); the closed forms are tan(0.475π) for 1 and 0.95·√(2/(1−0.95²)) for 2.
	tests := []struct {
		df, want, by float64
	}{
		{1, math.Tan(0.475 * math.Pi), 1e-9}, {2, 0.95 * math.Sqrt(2/(1-0.95*0.95)), 1e-9}, {3, 3.1824463, 1e-7}, {4, 2.7764451, 1e-7},
		{5, 2.5705818, 1e-7}, {9, 2.2621572, 1e-7}, {10, 2.2281389, 1e-7}, {29, 2.0452296, 1e-7}, {30, 2.0422725, 1e-7}, {60, 2.0002978, 1e-7},
		{99, 1.9842170, 1e-7}, {120, 1.9799304, 1e-7}, {1000, 1.9623391, 1e-7}, {1_000_000, 1.9599640, 1e-7},
	}
	for _, tt := range tests {
		if got := tQuantile(tt.df); !near(got, tt.want, tt.by) {
			t.Errorf("tQuantile(%g) = %.9f, want %.9f", tt.df, got, tt.want)
		}
	}
	for df, before := 1.0, math.Inf(1); df < 3_000_000; df = math.Floor(df*3/2) + 1 {
		got := tQuantile(df)
		if got > before || got < z95 {
			t.Errorf("tQuantile(%g) = %.12f, not between %.12f and %.12f", df, got, z95, before)
		}
		before = got
		// Fisher's expansion holds to the order of df⁻³ (Abramowitz and Stegun 26.7.5).
		z, n := z95, df
		want := z + (math.Pow(z, 3)+z)/(4*n) + (5*math.Pow(z, 5)+16*math.Pow(z, 3)+3*z)/(96*n*n)
		if df > 100 && df < manyFreedoms && !near(got, want, 6/(n*n*n)+1e-9) {
			t.Errorf("tQuantile(%g) = %.12f, want about %.12f", df, got, want)
		}
	}
}

func TestShare(t *testing.T) {
	tests := []struct {
		name      string
		count, n  int
		low, high float64
	}{
		{"published check: 90 % of 30", 27, 30, 0.7438, 0.9654},
		{"published check: 100 % of 10", 10, 10, 0.7225, 1},
		{"none of 10", 0, 10, 0, 0.2775},
		{"half of 100", 50, 100, 0.4038, 0.5962},
	}
	for _, tt := range tests {
		got := ShareOf(tt.count, tt.n)
		if !got.OK || !near(got.Low, tt.low, 5e-5) || !near(got.High, tt.high, 5e-5) || got.Value != float64(tt.count)/float64(tt.n) {
			t.Errorf("%s: ShareOf(%d, %d) = %+v, want %v to %v", tt.name, tt.count, tt.n, got, tt.low, tt.high)
		}
	}
	if got := ShareOf(0, 0); got != (Share{}) {
		t.Errorf("ShareOf(0, 0) = %+v, want none", got)
	}
}

func TestEstimate(t *testing.T) {
	// 4, 5, 5, 3, 4: mean 4.2, s = √0.7, half width 2.776445·√0.7/√5.
	d := newDist([]float64{1, 2, 3, 4, 5}, []bool{true, true, true, true, true}, []int{0, 0, 1, 2, 2})
	mean, sd := d.moments()
	got := estimate(mean, sd, d.n())
	if !near(got.Value, 4.2, 1e-12) || !near(sd, 0.83666003, 1e-8) || !near(got.Low, 3.1611488, 1e-6) || !near(got.High, 5.2388512, 1e-6) || got.N != 5 {
		t.Errorf("estimate = %+v, sd %v", got, sd)
	}
	if d.median() != 4 {
		t.Errorf("median = %v, want 4", d.median())
	}
	if got := estimate(4, 0, 1); got.OK {
		t.Errorf("estimate of one answer = %+v, want none", got)
	}
	even := newDist([]float64{1, 2, 3, 4}, []bool{true, true, true, true}, []int{1, 1, 0, 2})
	if even.median() != 3 {
		t.Errorf("median of 1, 2, 4, 4 = %v, want 3", even.median())
	}
}

func TestPromoters(t *testing.T) {
	// 50 promoters, 30 passives, 20 detractors: NPS 30, SE = √((0.5+0.2−0.09)/100) = 0.0781025.
	got := promoters([]int{1, 2, 3, 4, 5, 0, 5, 15, 15, 20, 30})
	if got.N != 100 || !near(got.Value, 30, 1e-9) || !near(got.Low, 30-15.30781, 1e-4) || !near(got.High, 30+15.30781, 1e-4) {
		t.Errorf("promoters = %+v", got)
	}
	if got := promoters([]int{0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 9}); got.High != 100 || got.Low <= -100 {
		t.Errorf("promoters of 9 to 1 = %+v, want an interval that ends at 100", got)
	}
	if got := promoters(make([]int, 11)); got.OK {
		t.Errorf("promoters of nobody = %+v, want none", got)
	}
}

func TestPercentOfRange(t *testing.T) {
	tests := []struct{ mean, lowest, highest, want float64 }{{4, 1, 5, 75}, {1, 1, 5, 0}, {10, 0, 10, 100}, {3, 3, 3, 0}}
	for _, tt := range tests {
		if got := PercentOfRange(tt.mean, tt.lowest, tt.highest); got != tt.want {
			t.Errorf("PercentOfRange(%v, %v, %v) = %v, want %v", tt.mean, tt.lowest, tt.highest, got, tt.want)
		}
	}
}

func TestBoxes(t *testing.T) {
	all := func(n int) (d dist) {
		for i := range n {
			d.scores, d.counts = append(d.scores, float64(i)), append(d.counts, 1<<i)
		}
		return d
	}
	tests := []struct{ points, box, top, bottom int }{{1, 0, 0, 0}, {2, 1, 2, 1}, {3, 1, 4, 1}, {4, 2, 12, 3}, {5, 2, 24, 3}, {11, 2, 1536, 3}}
	for _, tt := range tests {
		d := all(tt.points)
		if top, bottom := d.boxes(); d.box() != tt.box || top != tt.top || bottom != tt.bottom {
			t.Errorf("%d points: box %d, top %d, bottom %d; want %d, %d, %d", tt.points, d.box(), top, bottom, tt.box, tt.top, tt.bottom)
		}
	}
}

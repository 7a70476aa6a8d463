package stats

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ocenaurzedu.eu/pkg/survey"
)

// office makes a county's office whose overall ratings, by point of its scale, are given.
func office(t testing.TB, id int64, population int, byPoint ...int) OfficeResult {
	v := version(t, 1, overallQuestion(len(byPoint)))
	var all []filled
	for i, n := range byPoint {
		all = append(all, sheets(n, v, survey.ChannelWeb, first+int16(i))...)
	}
	return OfficeResult{TenantID: id, Name: "Urząd", Population: population, Tallies: count([]*survey.Version{v}, all).Tallies}
}

func TestSummarizeCountyGolden(t *testing.T) {
	c := SummarizeCounty([]OfficeResult{
		office(t, 1, 10_000, 0, 0, 0, 10, 0),  // 4: 75 %
		office(t, 2, 30_000, 0, 0, 10, 0, 30), // 4.5: 87.5 %
		office(t, 3, 90_000, 3, 1, 0, 0, 0),   // withheld
		office(t, 4, 0, 0, 0, 50, 0, 0),       // 3: 50 %; population not known
		office(t, 5, 20_000, 0, 0, 0, 0, 0),   // nobody
	}, Rules{})
	if c.N != 104 || !c.Comparable {
		t.Errorf("n %d, comparable %t", c.N, c.Comparable)
	}
	for i, want := range []struct {
		n              int
		ok, suppressed bool
	}{{10, true, false}, {40, true, false}, {4, false, true}, {50, true, false}, {0, false, false}} {
		if o := c.Offices[i]; o.N != want.n || o.Rating.OK != want.ok || o.Top2.OK != want.ok || o.Suppressed != want.suppressed {
			t.Errorf("office %d: %+v, want %+v", i, o, want)
		}
	}
	tests := []struct {
		name           string
		got            CountyFigure
		offices, n     int
		value, percent float64
	}{
		{"mean", c.Mean, 3, 100, 11.5 / 3, 212.5 / 3},
		{"pooled", c.Pooled, 3, 100, 3.7, 67.5},
		{"weighted", c.Weighted, 2, 50, 4.375, 84.375},
	}
	for _, tt := range tests {
		if !tt.got.OK || tt.got.Offices != tt.offices || tt.got.N != tt.n || !near(tt.got.Value, tt.value, 1e-9) || !near(tt.got.Percent, tt.percent, 1e-9) {
			t.Errorf("%s: %+v, want %+v", tt.name, tt.got, tt)
		}
	}
}

func TestCountyOfDifferentScales(t *testing.T) {
	c := SummarizeCounty([]OfficeResult{office(t, 1, 1, 0, 0, 0, 0, 8), office(t, 2, 1, 0, 4, 4, 0)}, Rules{})
	if c.Comparable || !c.Mean.OK || c.Mean.Value != 0 || !near(c.Mean.Percent, 75, 1e-9) {
		t.Errorf("5 and 4 points: comparable %t, mean %+v; want 75 %% of range only", c.Comparable, c.Mean)
	}
	alone := SummarizeCounty([]OfficeResult{office(t, 1, 1, 0, 0, 0, 0, 8), office(t, 2, 1, 0, 4, 0, 0)}, Rules{})
	if alone.Mean.OK || alone.Pooled.OK || alone.Weighted.OK {
		t.Errorf("one office told: %+v, want no figure over offices", alone)
	}
	if empty := SummarizeCounty(nil, Rules{}); empty.Mean.OK || empty.Best == nil || empty.Worst == nil || empty.Offices == nil {
		t.Errorf("no office: %+v", empty)
	}
}

func TestCountyAreas(t *testing.T) {
	office := func(points int, scores ...int16) OfficeResult {
		q := survey.Question{Key: "m", Kind: survey.KindMatrix, Label: survey.PL("Oceń"), Scale: scaleOf(points)}
		codes := []int16{}
		for i, s := range scores {
			key := string(rune('a' + i))
			q.Areas = append(q.Areas, survey.Area{Key: key, Label: survey.PL("Obszar " + key)})
			q.Rows = append(q.Rows, survey.Row{Key: key, Label: survey.PL(key), Area: key})
			codes = append(codes, first+s-1)
		}
		v := version(t, 1, q)
		return OfficeResult{Tallies: count([]*survey.Version{v}, sheets(6, v, survey.ChannelWeb, codes...)).Tallies}
	}
	c := SummarizeCounty([]OfficeResult{office(5, 5, 4, 3, 2, 1, 5), office(3, 3, 3, 2, 1, 1)}, Rules{}) // area f in one office only
	list := func(areas []CountyArea) string {
		var keys []string
		for _, a := range areas {
			keys = append(keys, a.Key)
		}
		return strings.Join(keys, " ")
	}
	if list(c.Best) != "a b c" || list(c.Worst) != "e d" || !near(c.Best[1].Percent, 87.5, 1e-9) || c.Best[1].Offices != 2 {
		t.Errorf("best %+v, worst %+v", c.Best, c.Worst)
	}
}

// TestWithheldOfficeDoesNotShow changes the answers of a suppressed office and wants the same county.
func TestWithheldOfficeDoesNotShow(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var offices []OfficeResult
		for i := range rapid.IntRange(1, 5).Draw(rt, "offices") {
			byPoint := rapid.SliceOfN(rapid.IntRange(0, 3), 4, 5).Draw(rt, "answers")
			offices = append(offices, office(t, int64(i), rapid.IntRange(0, 9).Draw(rt, "population"), byPoint...))
		}
		before := SummarizeCounty(offices, Rules{})
		changed := slices.Clone(offices)
		for i, o := range before.Offices {
			if o.Suppressed {
				byPoint := make([]int, o.Points)
				for range o.N {
					byPoint[rapid.IntRange(0, o.Points-1).Draw(rt, "other answer")]++
				}
				changed[i] = office(t, o.TenantID, o.Population, byPoint...)
			}
		}
		if a, b := asJSON(rt, before), asJSON(rt, SummarizeCounty(changed, Rules{})); a != b {
			rt.Fatalf("a withheld office shows:\n%s\n%s", a, b)
		}
	})
}

// TestCountyKeepsAnOfficesThreshold withholds what the office itself would not tell.
func TestCountyKeepsAnOfficesThreshold(t *testing.T) {
	shy := office(t, 1, 10_000, 0, 0, 3, 3, 3)
	shy.Threshold = 10
	c := SummarizeCounty([]OfficeResult{shy, office(t, 2, 10_000, 0, 0, 10, 0, 0), office(t, 3, 10_000, 0, 0, 10, 0, 0)}, Rules{})
	if o := c.Offices[0]; o.N != 9 || o.Rating.OK || !o.Suppressed || c.Mean.Offices != 2 || c.Pooled.N != 20 {
		t.Errorf("an office whose threshold is 10 is told of 9: %+v, mean %+v, pooled %+v", o, c.Mean, c.Pooled)
	}
}

// TestGminaThatKnowsItsOwnData plays an office that takes its own answers off all that the county is told, in a system of
// how often each office got each score: no withheld office's counts may come out.
func TestGminaThatKnowsItsOwnData(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(2, 5).Draw(rt, "offices")
		var offices []OfficeResult
		for id := range n {
			byPoint := make([]int, 5)
			for i := range byPoint {
				byPoint[i] = rapid.IntRange(0, rapid.SampledFrom([]int{1, 2, 20}).Draw(rt, "most")).Draw(rt, "ratings")
			}
			offices = append(offices, office(t, int64(id+1), 1000*rapid.IntRange(0, 9).Draw(rt, "thousands"), byPoint...))
		}
		c := SummarizeCounty(offices, Rules{})
		sys := &system{unknowns: 5 * n}
		score := func(office int, weight float64) map[int]float64 {
			terms := map[int]float64{}
			for i := range 5 {
				terms[5*office+i] = weight * float64(i+1)
			}
			return terms
		}
		all := map[int]float64{}
		for o, each := range c.Offices {
			ones := map[int]float64{}
			for i := range 5 {
				ones[5*o+i] = 1
			}
			sys.equation(ones, float64(each.N))
			if each.Rating.OK {
				sys.equation(score(o, 1), each.Rating.Value*float64(each.Rating.N))
				for at, x := range score(o, 1) {
					all[at] = x
				}
			}
		}
		if c.Pooled.OK {
			sys.equation(all, c.Pooled.Value*float64(c.Pooled.N))
		}
		for i := range 5 { // the first office knows its own
			sys.equation(map[int]float64{i: 1}, ratingsOf(offices[0], i))
		}
		for o := 1; o < n; o++ {
			if !c.Offices[o].Suppressed {
				continue
			}
			for i := range 5 {
				if low, high := sys.bounds(map[int]float64{5*o + i: 1}); high-low < float64(c.Offices[o].N)-1e-6 {
					rt.Fatalf("office %d's number of %ds is within %g and %g of %d", o, i+1, low, high, c.Offices[o].N)
				}
			}
		}
	})
}

func ratingsOf(o OfficeResult, point int) float64 {
	n := 0.0
	for _, p := range o.Tallies[0].Parts {
		n += float64(p.Counts[int(survey.CodeFirst)+point])
	}
	return n
}

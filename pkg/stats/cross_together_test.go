package stats

import (
	"fmt"
	"math"
	"math/rand"
	"slices"
	"testing"

	"ocenaurzedu.eu/pkg/survey"
)

// person is what a submission is to an attacker: a value of each dimension, 0 of a question without an answer.
type person [4]int

// threeQuestions asks three questions with 3, 2 and 3 values.
func threeQuestions(t testing.TB) *survey.Version {
	return version(t, 1, overallQuestion(3),
		survey.Question{Key: "settled", Kind: survey.KindYesNo, Label: survey.PL("Załatwione?")},
		survey.Question{Key: "kind", Kind: survey.KindSingle, Label: survey.PL("Jaka sprawa?"), Options: []survey.Option{
			{Key: "x", Label: survey.PL("x")}, {Key: "y", Label: survey.PL("y")}, {Key: "z", Label: survey.PL("z")}}})
}

// universe numbers all persons that there can be.
func universe() []person {
	var all []person
	for a := range 4 {
		for b := range 3 {
			for c := range 4 {
				for channel := range 2 {
					all = append(all, person{a, b, c, channel})
				}
			}
		}
	}
	return all
}

// reportSystem is what an attacker writes down of a report over all people there can be.
type reportSystem struct {
	system
	people []person
}

// those lists the people that a condition holds of.
func (s *reportSystem) those(in func(person) bool) map[int]float64 {
	terms := map[int]float64{}
	for i, p := range s.people {
		if in(p) {
			terms[i] = 1
		}
	}
	return terms
}

// theSummary writes down a report's distributions, channels and ratings by channel, and how many are in each table, by channel too.
func theSummary(s *Summary, crosses []Cross) *reportSystem {
	sys := &reportSystem{people: universe()}
	sys.unknowns = len(sys.people)
	for d, q := range s.Questions {
		it := q.Items[0]
		for v, value := range it.Values {
			if !it.Suppressed {
				sys.equation(sys.those(func(p person) bool { return p[d] == v+1 }), float64(value.Count))
			}
		}
	}
	for i, c := range []survey.Channel{survey.ChannelWeb, survey.ChannelQR} {
		at := slices.IndexFunc(s.ByChannel, func(g Group) bool { return g.Key == string(c) })
		g := s.ByChannel[at]
		sys.equation(sys.those(func(p person) bool { return p[3] == i }), float64(g.N))
		if !g.Rating.OK {
			continue
		}
		n, first, second := float64(g.Rating.N), map[int]float64{}, map[int]float64{}
		for u, p := range sys.people {
			if p[3] == i {
				first[u], second[u] = float64(p[0]), float64(p[0]*p[0])
			}
		}
		variance := g.Rating.standardError() * g.Rating.standardError() * n // the interval tells it
		sys.equation(sys.those(func(p person) bool { return p[3] == i && p[0] > 0 }), n)
		sys.equation(first, math.Round(n*g.Rating.Value))
		sys.equation(second, math.Round(variance*(n-1)+n*g.Rating.Value*g.Rating.Value))
		sys.equation(sys.those(func(p person) bool { return p[3] == i && p[0] == 3 }), float64(g.Top2.Count))
	}
	for _, x := range crosses {
		row, column, first := standsIn(&x)
		if !x.Withheld {
			sys.equation(sys.those(func(p person) bool { return p[row] > 0 && p[column] >= first }), float64(x.N))
		}
		for j, line := range x.Columns {
			if x.Column.Property != "" {
				sys.equation(sys.those(func(p person) bool { return p[row] > 0 && p[column] == columnValue(&x, j) }), float64(line.N))
			}
		}
	}
	return sys
}

// columnValue is the value that the persons of a column have.
func columnValue(x *Cross, j int) int {
	if x.Column.Property == "" {
		return j + 1
	}
	return slices.Index([]string{string(survey.ChannelWeb), string(survey.ChannelQR)}, x.Columns[j].Value)
}

// standsIn tells where in a person the dimensions of a table stand, and the first value of its columns.
func standsIn(x *Cross) (row, column, first int) {
	dimensions := map[string]int{"overall": 0, "settled": 1, "kind": 2, PropertyChannel: 3}
	if x.Column.Property == "" {
		first = 1
	}
	return dimensions[x.Row.Question], dimensions[x.Column.Question+x.Column.Property], first
}

// attackReport adds the cross-tabs of a report to its Summary, and returns the suppressed cells, of those who answered one
// question alone too, that come out narrower than the Summary and the threshold leave them.
func attackReport(s *Summary, crosses []Cross) []string {
	alone, sys := theSummary(s, crosses), theSummary(s, crosses)
	type cell struct {
		name  string
		terms map[int]float64
	}
	var hidden []cell
	for _, x := range crosses {
		row, column, first := standsIn(&x)
		tell := func(a, b, n int, suppressed bool) {
			terms := sys.those(func(p person) bool { return p[row] == a && p[column] == b })
			if !suppressed {
				sys.equation(terms, float64(n))
				return
			}
			hidden = append(hidden, cell{fmt.Sprintf("%s × %s %d %d", x.Row.Question, x.Column.Question+x.Column.Property, a, b), terms})
		}
		for j, line := range x.Columns {
			value := columnValue(&x, j)
			tell(0, value, line.All-line.N, line.Suppressed)
			for i, line := range x.Rows {
				tell(i+1, value, x.Cells[i][j].Count, x.Cells[i][j].Suppressed)
				if j == 0 && first == 1 {
					tell(i+1, 0, line.All-line.N, line.Suppressed)
				}
			}
		}
	}
	var broken []string
	for _, c := range hidden {
		least, most := alone.bounds(c.terms)
		if low, high := sys.bounds(c.terms); high-low < min(float64(s.Threshold-1), most-least)-1e-5 || most > least+1e-5 && sys.determined(c.terms) {
			broken = append(broken, fmt.Sprintf("%s is within %g and %g, without the table %g and %g", c.name, low, high, least, most))
		}
	}
	return broken
}

// drawReport makes a report of a few people, who answer alike, with cross-tabs in any order.
func drawReport(t testing.TB, r *rand.Rand, v *survey.Version) (*Summary, []Cross) {
	var all []filled
	lean := r.Float64() * 2
	for range 20 + r.Intn(120) {
		f := filled{version: v, month: survey.NewDay(2025, 1, 1), channel: []survey.Channel{survey.ChannelWeb, survey.ChannelQR}[r.Intn(2)]}
		mood := int(r.ExpFloat64() * lean)
		for _, slot := range v.Layout.Slots {
			code := survey.CodeFirst + int16(min(slot.Values-1, mood+r.Intn(2)))
			if r.Intn(8) == 0 {
				code = survey.CodeBlank
			}
			f.codes = append(f.codes, code)
		}
		all = append(all, f)
	}
	results := count([]*survey.Version{v}, all)
	s := Summarize(results, survey.Filter{}, Rules{})
	pairs := [][2]Dimension{
		{{Question: "overall"}, {Question: "settled"}}, {{Question: "overall"}, {Question: "kind"}}, {{Question: "kind"}, {Question: "settled"}},
		{{Question: "overall"}, {Property: PropertyChannel}}, {{Question: "kind"}, {Property: PropertyChannel}}, {{Question: "settled"}, {Property: PropertyChannel}},
	}
	r.Shuffle(len(pairs), func(i, j int) { pairs[i], pairs[j] = pairs[j], pairs[i] })
	var crosses []Cross
	for _, pair := range pairs {
		x, err := CrossTab(results.Columns, pair[0], pair[1], Rules{}, Around{Told: s})
		if err != nil {
			t.Fatal(err)
		}
		crosses = append(crosses, *x)
	}
	return s, crosses
}

// TestAttackerCannotSolveAReport plays the attacker over all cross-tabs and distributions of a report together.
func TestAttackerCannotSolveAReport(t *testing.T) {
	r, v := rand.New(rand.NewSource(8)), threeQuestions(t)
	told, alone := 0, 0
	for i := range 60 {
		s, crosses := drawReport(t, r, v)
		if i < 20 && len(attackReport(s, crosses)) > 0 {
			alone++
		}
		ProtectTogether(crosses)
		for _, x := range crosses {
			if !x.Withheld {
				told++
			}
		}
		if broken := attackReport(s, crosses); len(broken) > 0 {
			t.Fatalf("report %d: %s\n%s", i, broken, asJSON(t, crosses))
		}
	}
	t.Logf("%d of 360 tables told; %d of 20 reports broken without looking at their tables together", told, alone)
	if told < 120 || alone == 0 {
		t.Errorf("%d of 360 tables told; %d of 20 reports broken without looking at their tables together", told, alone)
	}
}

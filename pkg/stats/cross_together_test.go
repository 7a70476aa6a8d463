package stats

import (
	"fmt"
	"math/rand"
	"slices"
	"strconv"
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

// attackReport writes down a report's distributions, channels and cross-tabs over all people there can be, and returns
// the suppressed cells that come out narrower than their table's totals and the threshold leave them.
func attackReport(s *Summary, crosses []Cross) []string {
	people := universe()
	sys := &system{unknowns: len(people)}
	those := func(in func(person) bool) map[int]float64 {
		terms := map[int]float64{}
		for i, p := range people {
			if in(p) {
				terms[i] = 1
			}
		}
		return terms
	}
	dimensions := map[string]int{"overall": 0, "settled": 1, "kind": 2, PropertyChannel: 3}
	for d, q := range s.Questions {
		it := q.Items[0]
		for v, value := range it.Values {
			if !it.Suppressed {
				sys.equation(those(func(p person) bool { return p[d] == v+1 }), float64(value.Count))
			}
		}
	}
	for i, c := range []survey.Channel{survey.ChannelWeb, survey.ChannelQR} {
		at := slices.IndexFunc(s.Channels, func(count ChannelCount) bool { return count.Channel == c })
		sys.equation(those(func(p person) bool { return p[3] == i }), float64(s.Channels[at].N))
	}
	type cell struct {
		name  string
		terms map[int]float64
		width int
	}
	var hidden []cell
	for _, x := range crosses {
		row, column := dimensions[x.Row.Question], dimensions[x.Column.Question+x.Column.Property]
		first := 1
		if x.Column.Property != "" {
			first = 0
		}
		for i, line := range x.Rows {
			sys.equation(those(func(p person) bool { return p[row] == i+1 && p[column] >= first }), float64(line.N))
			for j, c := range x.Cells[i] {
				value := j + first
				if x.Column.Property != "" && x.Columns[j].Value == string(survey.ChannelQR) {
					value = 1
				}
				terms := those(func(p person) bool { return p[row] == i+1 && p[column] == value })
				if !c.Suppressed {
					sys.equation(terms, float64(c.Count))
					continue
				}
				possible := min(line.N, x.Columns[j].N) - max(0, line.N+x.Columns[j].N-x.N)
				hidden = append(hidden, cell{x.Row.Question + " × " + x.Column.Question + x.Column.Property + strconv.Itoa(i) + strconv.Itoa(j), terms, min(s.Threshold-1, possible)})
			}
		}
		for j, line := range x.Columns {
			value := j + first
			if x.Column.Property != "" && line.Value == string(survey.ChannelQR) {
				value = 1
			}
			sys.equation(those(func(p person) bool { return p[column] == value && p[row] > 0 }), float64(line.N))
		}
	}
	var broken []string
	for _, c := range hidden {
		if low, high := sys.bounds(c.terms); high-low < float64(c.width)-1e-5 || sys.determined(c.terms) {
			broken = append(broken, fmt.Sprintf("%s is within %g and %g, want a width of %d", c.name, low, high, c.width))
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
		{{Question: "kind"}, {Property: PropertyChannel}}, {{Question: "settled"}, {Property: PropertyChannel}},
	}
	r.Shuffle(len(pairs), func(i, j int) { pairs[i], pairs[j] = pairs[j], pairs[i] })
	var crosses []Cross
	for _, pair := range pairs {
		x, err := CrossTab(results.Columns, pair[0], pair[1], Rules{}, Around{})
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
	for i := range 120 {
		s, crosses := drawReport(t, r, v)
		if i < 30 && len(attackReport(s, crosses)) > 0 {
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
	t.Logf("%d of 600 tables told; %d of 30 reports broken without looking at their tables together", told, alone)
	if told < 240 || alone == 0 {
		t.Errorf("%d of 600 tables told; %d of 30 reports broken without looking at their tables together", told, alone)
	}
}

package stats

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ocenaurzedu.eu/pkg/survey"
)

// valuesOf lists the values that a submission has of a dimension, one by one and in words, and whether it answered: a
// second way to read codes.
func valuesOf(f filled, d Dimension) (values []string, answered bool) {
	switch d.Property {
	case PropertyChannel:
		return []string{string(f.channel)}, true
	case PropertyPoint:
		return []string{strconv.FormatInt(f.point, 10)}, true
	case PropertyDepartment:
		return []string{strconv.FormatInt(f.point/2*10, 10)}, true
	case PropertyMonth:
		return []string{f.month.String()}, true
	}
	q := f.version.Questionnaire.Question(d.Question)
	codes := f.counted()
	for i, slot := range f.version.Layout.Slots {
		if slot.Question != d.Question || slot.Row != d.Row || slot.Aspect != d.Aspect || slot.Area != "" || codes[i] < survey.CodeFirst {
			continue
		}
		answered = true
		switch {
		case slot.Option != "":
			values = append(values, slot.Option)
		case q.Kind == survey.KindMulti:
		case q.Kind == survey.KindNumber:
			values = append(values, strconv.Itoa(q.Min+int(codes[i]-survey.CodeFirst)))
		default:
			values = append(values, q.ChoicesOf(d.Aspect)[codes[i]-survey.CodeFirst].Value)
		}
	}
	return values, answered
}

// TestCrossTabCountsWhatWasAnswered compares every told cell, total and mean with a count by hand.
func TestCrossTabCountsWhatWasAnswered(t *testing.T) {
	dimensions := []Dimension{
		{Question: "overall"}, {Question: "kind"}, {Question: "better"}, {Question: "matrix", Row: "r1"}, {Question: "settled"}, {Question: "nps"}, {Question: "wait"},
		{Question: "pair", Row: "r2", Aspect: survey.AspectSatisfaction}, {Question: "pair", Row: "r1", Aspect: survey.AspectImportance},
	}
	properties := []Dimension{{Property: PropertyChannel}, {Property: PropertyPoint}, {Property: PropertyDepartment}, {Property: PropertyMonth}}
	around := Around{Points: []Place{{1, "Kasa", 0}, {2, "Biuro", 10}}, Departments: []Place{{10, "Referat", 0}}}
	told := 0
	rapid.Check(t, func(rt *rapid.T) {
		versions, all := drawSurvey(rt, t, 60)
		row := rapid.SampledFrom(dimensions).Draw(rt, "row")
		column := rapid.SampledFrom(slices.Concat(dimensions, properties)).Draw(rt, "column")
		around := around
		if rapid.Bool().Draw(rt, "where") {
			around.Where = &survey.Condition{Question: "overall", Is: []string{"1", "2"}, Not: rapid.Bool().Draw(rt, "not")}
		}
		x, err := CrossTab(count(versions, all).Columns, row, column, Rules{Threshold: 3}, around)
		if errors.Is(err, survey.ErrNotFound) {
			return
		}
		if err != nil {
			rt.Fatal(err)
		}
		if x.Withheld {
			return
		}
		want := countByHand(rt, x, all)
		if want.n != x.N || x.Multi != (row.Question == "better") || x.Overlap != (column.Question == "better") {
			rt.Fatalf("%+v by %+v: N = %d, want %d", row, column, x.N, want.n)
		}
		for i, line := range x.Rows {
			if !line.Suppressed && line.N != want.rows[i] {
				rt.Fatalf("%+v by %+v: row %s has %d, want %d", row, column, line.Value, line.N, want.rows[i])
			}
			for j, c := range x.Cells[i] {
				if !c.Suppressed {
					told++
				}
				if !c.Suppressed && (c.Count != want.cells[i][j] || few(c.Count, 3)) {
					rt.Fatalf("%+v by %+v: cell %d, %d = %d, want %d", row, column, i, j, c.Count, want.cells[i][j])
				}
			}
		}
		for j, m := range x.Means {
			if m.Rating.OK && (m.Suppressed || abs(m.Rating.Value*float64(m.Rating.N)-want.scores[j]) > 1e-9) {
				rt.Fatalf("%+v by %+v: mean %d = %+v, want the sum %g", row, column, j, m, want.scores[j])
			}
		}
	})
	if told < 100 {
		t.Errorf("only %d cells were told", told)
	}
}

// byHand is what one finds who takes one submission after the other.
type byHand struct {
	n          int
	rows, cols []int
	cells      [][]int
	scores     []float64 // sum by column
}

func countByHand(t *rapid.T, x *Cross, all []filled) byHand {
	at := func(lines []CrossLine, value string) int {
		i := slices.IndexFunc(lines, func(l CrossLine) bool { return l.Value == value || inRange(l.Value, value) })
		if i < 0 {
			t.Fatalf("%+v %+v: no line for %q among %+v", x.Row, x.Column, value, lines)
		}
		return i
	}
	h := byHand{rows: make([]int, len(x.Rows)), cols: make([]int, len(x.Columns)), scores: make([]float64, len(x.Columns))}
	for range h.rows {
		h.cells = append(h.cells, make([]int, len(h.cols)))
	}
	for _, f := range all {
		overall, _ := valuesOf(f, Dimension{Question: "overall"})
		met := len(overall) > 0 && (overall[0] == "1" || overall[0] == "2")
		a, answersRow := valuesOf(f, x.Row)
		b, answersColumn := valuesOf(f, x.Column)
		if !slices.Contains(x.Versions, f.version.Number) || x.Where != nil && met == x.Where.Not || !answersRow || !answersColumn {
			continue
		}
		h.n++
		for _, value := range a {
			h.rows[at(x.Rows, value)]++
		}
		for _, other := range b {
			j := at(x.Columns, other)
			h.cols[j]++
			for _, value := range a {
				i := at(x.Rows, value)
				h.cells[i][j]++
				if x.Rows[i].Score != nil {
					h.scores[j] += *x.Rows[i].Score
				}
			}
		}
	}
	return h
}

// inRange reports whether a number stands in a range as lines name it: 0-9, or −3 do 6.
func inRange(line, value string) bool {
	n, err := strconv.Atoi(value)
	low, high, found := strings.Cut(line, " do ")
	if !found {
		low, high, found = strings.Cut(line, "-")
	}
	if err != nil || !found {
		return false
	}
	first, err1 := strconv.Atoi(low)
	last, err2 := strconv.Atoi(high)
	return err1 == nil && err2 == nil && first <= n && n <= last
}

// TestCrossTabLeavesOtherSeriesOut joins what counts together and names the version that asks otherwise.
func TestCrossTabLeavesOtherSeriesOut(t *testing.T) {
	yes := survey.Question{Key: "settled", Kind: survey.KindYesNo, Label: survey.PL("Załatwione?")}
	versions := []*survey.Version{version(t, 1, overallQuestion(4), yes), version(t, 2, overallQuestion(5), yes), version(t, 3, yes, overallQuestion(5))}
	var all []filled
	for i, v := range versions {
		for range 20 * (i + 1) {
			codes := []int16{first, first}
			all = append(all, filled{v, survey.NewDay(2025, 1, 1), survey.ChannelWeb, 0, codes})
		}
	}
	x, err := CrossTab(count(versions, all).Columns, Dimension{Question: "overall"}, Dimension{Question: "settled"}, Rules{}, Around{})
	if err != nil {
		t.Fatal(err)
	}
	if x.N != 100 || x.Left != 20 || !slices.Equal(x.Versions, []int{2, 3}) || !slices.Equal(x.LeftOut, []int{1}) || x.Cells[0][0].Count != 100 {
		t.Errorf("cross-tab = %+v, want the 100 of versions 2 and 3", x)
	}
	for _, d := range []Dimension{{Question: "none"}, {Property: "age"}, {Question: "overall", Row: "r"}} {
		if _, err := CrossTab(count(versions, all).Columns, Dimension{Question: "overall"}, d, Rules{}, Around{}); !errors.Is(err, survey.ErrNotFound) {
			t.Errorf("by %+v: %v, want not found", d, err)
		}
	}
}

package stats

import (
	"cmp"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"ocenaurzedu.eu/pkg/survey"
)

// pairs makes a paired question with rows a, b, c … on two scales.
func pairs(rows int, importance, satisfaction *survey.Scale) survey.Question {
	q := survey.Question{Key: "p", Kind: survey.KindPaired, Label: survey.PL("Co jest ważne?"), Scale: satisfaction, Importance: importance}
	for i := range rows {
		key := string(rune('a' + i))
		q.Rows = append(q.Rows, survey.Row{Key: key, Label: survey.PL("Wiersz " + key)})
	}
	return q
}

// placed is what a test compares of a point.
type placed struct {
	Key                      string
	Importance, Satisfaction float64
	Quadrant                 QuadrantName
}

func placesOf(q Quadrant) []placed {
	var all []placed
	for _, p := range q.Points {
		all = append(all, placed{cmp.Or(p.Row, p.Area), p.Importance.Value, p.Satisfaction.Value, p.Quadrant})
	}
	return all
}

// TestQuadrantGolden holds a chart of four rows against figures worked out by hand: means of importance 5, 4, 2, 1
// (cut 3), of satisfaction 2, 4, 1, 5 (cut 3); CSI = (10+16+2+5)/(5·12) = 55 %.
func TestQuadrantGolden(t *testing.T) {
	v := version(t, 1, pairs(4, nil, scaleOf(5)))
	all := slices.Concat(
		sheets(5, v, survey.ChannelWeb, first+4, first, first+3, first+3, first, first, first, first+4),
		sheets(5, v, survey.ChannelWeb, first+4, first+2, first+3, first+3, first+2, first, first, first+4))
	s := Summarize(count([]*survey.Version{v}, all), survey.Filter{}, Rules{})
	want := []placed{{"a", 5, 2, QuadrantImprove}, {"b", 4, 4, QuadrantStrength}, {"c", 2, 1, QuadrantLowPriority}, {"d", 1, 5, QuadrantExcess}}
	if len(s.Quadrants) != 1 {
		t.Fatalf("%d quadrants, want 1", len(s.Quadrants))
	}
	q := s.Quadrants[0]
	if diff := gocmp.Diff(want, placesOf(q)); diff != "" {
		t.Errorf("points (-want +got):\n%s", diff)
	}
	if q.Importance != (Axis{3, 1, 5, 5}) || q.Satisfaction != (Axis{3, 1, 5, 5}) || !near(q.CSI, 55, 1e-9) || q.Withheld != 0 || q.Question != "p" {
		t.Errorf("quadrant %+v", q)
	}
	if p := q.Points[0]; p.Importance.N != 10 || p.Satisfaction.N != 10 || p.Label.PL != "Wiersz a" {
		t.Errorf("point %+v", p)
	}
}

// TestQuadrantOnTheCut counts a mean on the cut as high, though rounding may put the cut a hair above it.
func TestQuadrantOnTheCut(t *testing.T) {
	v := version(t, 1, pairs(3, nil, scaleOf(5)))
	var all []filled
	for i := range 10 { // every mean is 3.1, which three thirds of it sum to a little more than
		c := first + 2 + int16(i/9)
		all = append(all, sheets(1, v, survey.ChannelWeb, c, c, c, c, c, c)...)
	}
	for _, p := range Summarize(count([]*survey.Version{v}, all), survey.Filter{}, Rules{}).Quadrants[0].Points {
		if p.Quadrant != QuadrantStrength {
			t.Errorf("%s is %s, want strength: %+v", p.Row, p.Quadrant, p)
		}
	}
}

// TestQuadrantScales cuts each axis on its own scale, and stretches scores that are not 1 … k for the CSI:
// importance 0 and 2 of 0 … 2 weigh 1 and 3, satisfaction −1 and 1 of −1, 0, 1 count 1 and 3: 10/(3·4).
func TestQuadrantScales(t *testing.T) {
	scored := func(scores ...float64) *survey.Scale {
		scale := scaleOf(len(scores))
		for i := range scores {
			scale.Points[i].Score = &scores[i]
		}
		return scale
	}
	v := version(t, 1, pairs(2, scored(0, 1, 2), scored(-1, 0, 1)))
	s := Summarize(count([]*survey.Version{v}, sheets(5, v, survey.ChannelWeb, first, first, first+2, first+2)), survey.Filter{}, Rules{})
	q := s.Quadrants[0]
	if q.Importance != (Axis{1, 0, 2, 3}) || q.Satisfaction != (Axis{0, -1, 1, 3}) || !near(q.CSI, 1000.0/12, 1e-9) {
		t.Errorf("quadrant %+v", q)
	}
	if diff := gocmp.Diff([]placed{{"b", 2, 1, QuadrantStrength}, {"a", 0, -1, QuadrantLowPriority}}, placesOf(q)); diff != "" {
		t.Errorf("points (-want +got):\n%s", diff)
	}
}

// TestQuadrantOfAreas sets an area's importance against its rows' pooled mean, and leaves out what is withheld.
func TestQuadrantOfAreas(t *testing.T) {
	q := survey.Question{Key: "m", Kind: survey.KindMatrix, Label: survey.PL("Oceń"), Scale: scaleOf(5), Importance: scaleOf(3),
		Areas: []survey.Area{{Key: "x", Label: survey.PL("Czas")}, {Key: "y", Label: survey.PL("Wiedza")}, {Key: "z", Label: survey.PL("Lokal")}},
		Rows:  []survey.Row{{Key: "x1", Label: survey.PL("1"), Area: "x"}, {Key: "x2", Label: survey.PL("2"), Area: "x"}, {Key: "y1", Label: survey.PL("3"), Area: "y"}, {Key: "z1", Label: survey.PL("4"), Area: "z"}}}
	v := version(t, 1, q)
	all := slices.Concat(
		sheets(6, v, survey.ChannelWeb, first, first+2, first+4, survey.CodeBlank, first+2, first+1, first+2),
		sheets(3, v, survey.ChannelWeb, first, survey.CodeBlank, first+4, first+4, first+2, first+1, first+2))
	s := Summarize(count([]*survey.Version{v}, all), survey.Filter{}, Rules{})
	items := s.Questions[0].Items
	if it := items[4]; len(items) != 7 || it.Row != "" || it.Area != "x" || it.Aspect != survey.AspectImportance || it.Label.PL != "Czas" || it.Points != 3 || it.Valid != 9 {
		t.Errorf("importance of an area: %+v of %d items", it, len(items))
	}
	got := s.Quadrants[0]
	want := []placed{{"x", 3, 1.8, QuadrantImprove}, {"y", 2, 5, QuadrantExcess}} // x: (9·1 + 6·3)/15
	if diff := gocmp.Diff(want, placesOf(got), gocmp.Comparer(func(a, b float64) bool { return near(a, b, 1e-9) })); diff != "" {
		t.Errorf("points (-want +got):\n%s", diff)
	}
	if got.Withheld != 1 || got.Points[0].Satisfaction.N != 9 || got.Importance.Max != 3 || got.Satisfaction.Max != 5 {
		t.Errorf("quadrant %+v; want one area left out", got)
	}
	if len(s.Areas) != 3 || s.Areas[0].Key != "y" {
		t.Errorf("importance is in the areas: %+v", s.Areas)
	}
}

// TestQuadrantNeedsTwoPoints tells none of a single row that is left.
func TestQuadrantNeedsTwoPoints(t *testing.T) {
	v := version(t, 1, pairs(2, nil, scaleOf(5)))
	all := slices.Concat(sheets(6, v, survey.ChannelWeb, first, first+1, survey.CodeBlank, first), sheets(4, v, survey.ChannelWeb, first, first+1, first, first))
	if q := Summarize(count([]*survey.Version{v}, all), survey.Filter{}, Rules{}).Quadrants; len(q) != 0 {
		t.Errorf("quadrants %+v, want none", q)
	}
}

// TestQuadrantsAgainstRawCodes recomputes every chart from the submissions one by one, and finds nothing in it that
// the items and areas do not tell.
func TestQuadrantsAgainstRawCodes(t *testing.T) {
	drawn := 0
	rapid.Check(t, func(rt *rapid.T) {
		versions, all := drawSurvey(rt, t, 60)
		s := Summarize(count(versions, all), survey.Filter{}, Rules{Threshold: 3})
		for _, chart := range s.Quadrants {
			if chart.Derived {
				continue // TestDerivedImportance and TestGolden hold these
			}
			drawn++
			q := s.Questions[slices.IndexFunc(s.Questions, func(q Question) bool { return q.Key == chart.Question && slices.Equal(q.Versions, chart.Versions) })]
			cutI, cutS := 0.0, 0.0
			for _, p := range chart.Points {
				i, sat := checkPoint(rt, q, p, all)
				cutI, cutS = cutI+i, cutS+sat
			}
			n := float64(len(chart.Points))
			sum, weights := 0.0, 0.0
			for _, p := range chart.Points {
				i, sat := p.Importance.Value, p.Satisfaction.Value
				want := map[[2]bool]QuadrantName{{true, true}: "strength", {true, false}: "improve", {false, true}: "excess", {false, false}: "low_priority"}[[2]bool{i*n > cutI-1e-6, sat*n > cutS-1e-6}]
				if p.Quadrant != want {
					rt.Fatalf("%s %+v is %s, want %s of cuts %v, %v", q.Key, p, p.Quadrant, want, cutI/n, cutS/n)
				}
				sum, weights = sum+i*sat, weights+i
			}
			if !near(chart.Importance.Cut, cutI/n, 1e-9) || !near(chart.Satisfaction.Cut, cutS/n, 1e-9) || !near(chart.CSI, 100*sum/weights/chart.Satisfaction.Max, 1e-9) {
				rt.Fatalf("%+v, want cuts %v, %v", chart, cutI/n, cutS/n)
			}
		}
	})
	if drawn < 20 {
		t.Errorf("only %d charts came up", drawn)
	}
}

// checkPoint recomputes a point's two means. Scores of these scales are 1 … k.
func checkPoint(t *rapid.T, q Question, p QuadrantPoint, all []filled) (importance, satisfaction float64) {
	mean := func(in func(Item) bool) float64 {
		sum, n := 0.0, 0.0
		for _, it := range q.Items {
			if !in(it) || it.Suppressed || !it.Rating.OK {
				continue
			}
			codes, _ := answers(q, it, all)
			for _, c := range codes {
				if c >= first {
					sum, n = sum+*it.Values[c-first].Score, n+1
				}
			}
		}
		return sum / n
	}
	row := func(aspect string) func(Item) bool {
		return func(it Item) bool {
			paired := slices.ContainsFunc(p.Versions, func(v int) bool { return slices.Contains(it.Versions, v) })
			return it.Row == p.Row && (p.Row != "" || it.Area == p.Area) && it.Aspect == aspect && paired
		}
	}
	importance = mean(row(survey.AspectImportance))
	satisfaction = mean(row(survey.AspectSatisfaction))
	if p.Row == "" {
		satisfaction = mean(func(it Item) bool { return it.Row != "" && it.Area == p.Area })
	}
	if !near(p.Importance.Value, importance, 1e-9) || !near(p.Satisfaction.Value, satisfaction, 1e-9) {
		t.Fatalf("%s %+v, want importance %v, satisfaction %v", q.Key, p, importance, satisfaction)
	}
	return importance, satisfaction
}

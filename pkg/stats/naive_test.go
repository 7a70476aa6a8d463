package stats

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ocenaurzedu.eu/pkg/survey"
)

// isOf reports whether a slot counts for an item.
func isOf(s survey.Slot, q Question, it Item) bool {
	area := ""
	if it.Aspect == survey.AspectImportance && it.Row == "" {
		area = it.Area
	}
	return s.Question == q.Key && s.Row == it.Row && s.Aspect == it.Aspect && s.Area == area
}

// answers lists the codes that an item is made of, and of a multi question the picks by option.
func answers(q Question, it Item, all []filled) (codes []int16, picks map[string]int) {
	picks = map[string]int{}
	for _, f := range all {
		if !slices.Contains(it.Versions, f.version.Number) {
			continue
		}
		counted := f.counted()
		for i, s := range f.version.Layout.Slots {
			if !isOf(s, q, it) {
				continue
			}
			if s.Option == "" {
				codes = append(codes, counted[i])
			} else if counted[i] == survey.CodeFirst {
				picks[s.Option]++
			}
		}
	}
	return codes, picks
}

// TestSummarizeAgainstRawCodes recomputes every told item from the submissions one by one.
func TestSummarizeAgainstRawCodes(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		versions, all := drawSurvey(rt, t, 40)
		s := Summarize(count(versions, all), survey.Filter{}, Rules{Threshold: 3})
		slots := map[string]bool{} // version, question, row, area and aspect that an item took in
		for _, q := range s.Questions {
			for _, it := range q.Items {
				for _, v := range it.Versions {
					name := strings.Join([]string{strconv.Itoa(v), q.Key, it.Row, it.Area, it.Aspect}, "|")
					if slots[name] {
						rt.Fatalf("%s is counted twice", name)
					}
					slots[name] = true
				}
				checkItem(rt, s, q, it, all)
			}
		}
		for _, f := range all {
			for _, slot := range f.version.Layout.Slots {
				area := slot.Area + rowOf(f.version.Questionnaire.Question(slot.Question), slot.Row).Area
				if name := strings.Join([]string{strconv.Itoa(f.version.Number), slot.Question, slot.Row, area, slot.Aspect}, "|"); !slots[name] {
					rt.Fatalf("%s is not counted", name)
				}
			}
		}
	})
}

func checkItem(t *rapid.T, s *Summary, q Question, it Item, all []filled) {
	codes, picks := answers(q, it, all)
	var valid []int
	states := [survey.CodeFirst]int{}
	for _, c := range codes {
		if c >= survey.CodeFirst {
			valid = append(valid, int(c-survey.CodeFirst))
		} else {
			states[c]++
		}
	}
	if it.Suppressed {
		if it.Asked != len(codes) || it.Valid != 0 || it.States != (States{}) || it.Rating.OK || it.SD != 0 || it.Median != 0 || it.Top2.OK || it.Bottom2.OK || it.NPS.OK {
			t.Fatalf("%s %s is suppressed but tells %+v", q.Key, it.Row, it)
		}
		return
	}
	if base := len(valid); q.Kind != survey.KindText && base > 0 && base < s.Threshold || s.N > 0 && s.N < s.Threshold {
		t.Fatalf("%s %s is told with %d answers of %d submissions", q.Key, it.Row, len(valid), s.N)
	}
	want := States{states[0], states[1], states[2], states[3], states[4]}
	if it.Asked != len(codes)-states[survey.CodeHidden] || it.Valid != len(valid) || it.States != want {
		t.Fatalf("%s %s: asked %d, valid %d, %+v; want %d less %d, %d, %+v", q.Key, it.Row, it.Asked, it.Valid, it.States, len(codes), states[4], len(valid), want)
	}
	checkValues(t, q, it, valid, picks)
	checkFigures(t, s, q, it, valid, all)
}

func checkValues(t *rapid.T, q Question, it Item, valid []int, picks map[string]int) {
	sum := 0
	for i, v := range it.Values {
		want := 0
		switch q.Kind {
		case survey.KindMulti:
			want = picks[v.Value]
		case survey.KindNumber:
			want = v.Count // its ranges are checked in TestRanges; here only that nothing is lost
		default:
			for _, c := range valid {
				if c == i {
					want++
				}
			}
		}
		sum += v.Count
		if v.Count != want || v.Share.Count != want || v.Share.N != len(valid) || it.Asked > 0 && v.OfAll != float64(want)/float64(it.Asked) {
			t.Fatalf("%s %s %q: %+v, want %d of %d", q.Key, it.Row, v.Value, v, want, len(valid))
		}
	}
	if q.Kind != survey.KindMulti && q.Kind != survey.KindText && sum != len(valid) {
		t.Fatalf("%s %s: values sum to %d of %d", q.Key, it.Row, sum, len(valid))
	}
}

// checkFigures recomputes mean, deviation, median and boxes from a sorted list of scores.
func checkFigures(t *rapid.T, s *Summary, q Question, it Item, valid []int, all []filled) {
	var scores []float64
	for _, c := range valid {
		switch {
		case q.Kind == survey.KindNumber:
			scores = append(scores, it.Min+float64(c))
		case q.Kind != survey.KindMulti && q.Kind != survey.KindText && it.Values[c].Score != nil:
			scores = append(scores, *it.Values[c].Score)
		}
	}
	slices.Sort(scores)
	n := len(scores)
	if n < s.Threshold || it.Max == it.Min {
		if it.Rating.OK || it.Top2.OK || it.NPS.OK {
			t.Fatalf("%s %s: figures of %d scores: %+v", q.Key, it.Row, n, it)
		}
		return
	}
	sum, squares := 0.0, 0.0
	for _, x := range scores {
		sum += x
		squares += x * x
	}
	mean := sum / float64(n)
	sd := math.Sqrt(math.Max(0, (squares-sum*sum/float64(n))/float64(n-1)))
	median := (scores[(n-1)/2] + scores[n/2]) / 2
	if !near(it.Rating.Value, mean, 1e-9) || !near(it.SD, sd, 1e-6) || it.Median != median || it.Rating.N != n {
		t.Fatalf("%s %s: %+v, SD %v, median %v; want %v, %v, %v of %d", q.Key, it.Row, it.Rating, it.SD, it.Median, mean, sd, median, n)
	}
	if half := tQuantile(float64(n-1)) * sd / math.Sqrt(float64(n)); !near(it.Rating.High-mean, half, 1e-6) || !near(mean-it.Rating.Low, half, 1e-6) {
		t.Fatalf("%s %s: interval %+v, want ±%v", q.Key, it.Row, it.Rating, half)
	}
	if it.Box == 2 { // the points of these scales are 1 apart
		top := 0
		for _, x := range scores {
			if x >= it.Max-1 {
				top++
			}
		}
		if it.Top2.Count != top || it.Top2.N != n {
			t.Fatalf("%s %s: top 2 %+v, want %d of %d", q.Key, it.Row, it.Top2, top, n)
		}
	}
}

// TestPartsAgainstRawCodes recomputes the overall rating of each part, and the always told counts.
func TestPartsAgainstRawCodes(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		versions, all := drawSurvey(rt, t, 60)
		s := Summarize(count(versions, all), survey.Filter{}, Rules{Threshold: 3})
		if s.N != len(all) {
			rt.Fatalf("n = %d, want %d", s.N, len(all))
		}
		for division, parts := range partsOf(s) {
			sum := 0
			for _, p := range parts {
				n, scores := 0, []float64{}
				for _, f := range all {
					if keysOf(f)[division] == p.Key {
						n++
						scores = append(scores, overallScores(s, f)...)
					}
				}
				sum += p.N
				mean := 0.0
				for _, x := range scores {
					mean += x / float64(len(scores))
				}
				switch {
				case p.N != n:
					rt.Fatalf("part %s: n %d, want %d", p.Key, p.N, n)
				case p.Rating.OK && (p.Rating.N != len(scores) || !near(p.Rating.Value, mean, 1e-9)):
					rt.Fatalf("part %s: %+v, want %v of %d", p.Key, p.Rating, mean, len(scores))
				case !p.Rating.OK && !p.Withheld && len(scores) > 0 || p.Rating.OK && (p.Withheld || len(scores) < s.Threshold):
					rt.Fatalf("part %s of %d scores: %+v", p.Key, len(scores), p)
				}
			}
			if sum != len(all) {
				rt.Fatalf("parts of division %d sum to %d of %d", division, sum, len(all))
			}
		}
	})
}

// partsOf lists the parts of a summary by division.
func partsOf(s *Summary) [divisions][]Group {
	var months []Group
	for _, m := range s.Months {
		months = append(months, Group{Key: m.Month.String(), N: m.N, Rating: m.Rating, Withheld: m.Withheld})
	}
	return [divisions][]Group{byChannel: s.ByChannel, byPoint: s.ServicePoints, byMonth: months}
}

func keysOf(f filled) [divisions]string {
	return [divisions]string{string(f.channel), strconv.FormatInt(f.point, 10), f.month.String()}
}

// overallScores returns the submission's overall rating, if it gave one to the question that the summary
// reports.
func overallScores(s *Summary, f filled) []float64 {
	if s.Overall == nil || !slices.Contains(s.Overall.Versions, f.version.Number) {
		return nil
	}
	for i, slot := range f.version.Layout.Slots {
		if slot.Question == "overall" && f.codes[i] >= survey.CodeFirst {
			return []float64{*s.Overall.Values[f.codes[i]-survey.CodeFirst].Score}
		}
	}
	return nil
}

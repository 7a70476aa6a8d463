package stats

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ocenaurzedu.eu/pkg/survey"
)

func asJSON(t interface{ Fatal(...any) }, v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestWithheldItemDoesNotShow changes what was answered to a suppressed item, and how many answered it, and
// wants the same summary to the byte: what does not depend on a number can't carry it.
func TestWithheldItemDoesNotShow(t *testing.T) {
	tried := 0
	rapid.Check(t, func(rt *rapid.T) {
		versions, all := drawSurvey(rt, t, 25)
		rules := Rules{Threshold: 5}
		before := Summarize(count(versions, all), survey.Filter{}, rules)
		for _, q := range before.Questions {
			for _, it := range q.Items {
				if it.Suppressed && (q.Kind != survey.KindText || before.N < before.Threshold) && it.Asked > 0 {
					tried++
					after := Summarize(count(versions, change(rt, q, it, all)), survey.Filter{}, rules)
					if a, b := asJSON(rt, before), asJSON(rt, after); a != b {
						rt.Fatalf("%s %s is suppressed, but its answers show:\n%s\n%s", q.Key, it.Row, a, b)
					}
				}
			}
		}
	})
	if tried < 100 {
		t.Errorf("only %d suppressed items came up", tried)
	}
}

// change returns the submissions with other answers to an item: between one answer and threshold−1, of
// random values, by other people, as far as those who answered or said "blank" may trade places.
func change(t *rapid.T, q Question, it Item, all []filled) []filled {
	out := slices.Clone(all)
	type place struct{ submission, slot int }
	var open []place
	for i, f := range out {
		out[i].codes = slices.Clone(f.codes)
		counted := f.counted()
		for j, s := range f.version.Layout.Slots {
			ours := isOf(s, q, it) && slices.Contains(it.Versions, f.version.Number)
			if ours && s.Option == "" && (counted[j] >= survey.CodeFirst || counted[j] == survey.CodeBlank) {
				open = append(open, place{i, j})
				out[i].codes[j] = survey.CodeBlank
			} else if ours && s.Option != "" {
				out[i].codes[j] = survey.CodeBlank
			}
		}
	}
	if len(open) == 0 {
		return out
	}
	open = rapid.Permutation(open).Draw(t, "order")
	for _, p := range open[:rapid.IntRange(1, min(4, len(open))).Draw(t, "answers")] {
		slots, codes := out[p.submission].version.Layout.Slots, out[p.submission].codes
		codes[p.slot] = survey.CodeFirst + int16(rapid.IntRange(0, slots[p.slot].Values-1).Draw(t, "value"))
		for j := p.slot + 1; j < len(slots) && slots[j].Option != ""; j++ {
			codes[j] = int16(rapid.SampledFrom([]int{int(survey.CodeBlank), int(survey.CodeFirst)}).Draw(t, "pick"))
		}
	}
	return out
}

// TestWithheldPartCannotBeHad plays the reader: of all that is told over channels, service points and
// months, no small part, no small rest of a division and no small difference of two parts may be had.
func TestWithheldPartCannotBeHad(t *testing.T) {
	withheld := 0
	rapid.Check(t, func(rt *rapid.T) {
		versions, all := drawSurvey(rt, t, 80)
		s := Summarize(count(versions, all), survey.Filter{}, Rules{Threshold: 5})
		rated := slices.DeleteFunc(slices.Clone(all), func(f filled) bool { return len(overallScores(s, f)) == 0 })
		if len(rated) == 0 || s.Overall.Suppressed {
			for division, parts := range partsOf(s) {
				for _, p := range parts {
					if p.Rating.OK || p.Top2.OK {
						rt.Fatalf("nothing may be told by division %d, but %+v is", division, p)
					}
				}
			}
			return
		}
		whole := members(rated, func(filled) bool { return true })
		told, every := [][]float64{whole}, [][]float64{make([]float64, len(rated)), whole}
		for division, parts := range partsOf(s) {
			rest, count := len(rated), 0
			for _, p := range parts {
				is := members(rated, func(f filled) bool { return keysOf(f)[division] == p.Key })
				every = append(every, is)
				switch {
				case p.Rating.OK:
					told = append(told, is)
					rest -= p.Rating.N
				case p.Withheld:
					withheld++
					count++
				}
			}
			if count == 1 || rest > 0 && rest < s.Threshold {
				rt.Fatalf("division %d: %d parts withheld, with %d answers together:\n%+v", division, count, rest, parts)
			}
		}
		for _, outer := range every { // a small part is its difference from the empty one
			for _, inner := range every {
				if n := nested(inner, outer); n > 0 && n < s.Threshold && rank(append(slices.Clone(told), less(outer, inner))) == rank(told) {
					rt.Fatalf("the answers of %d people are a combination of what is told: %s", n, asJSON(rt, s))
				}
			}
		}
	})
	if withheld < 100 {
		t.Errorf("only %d withheld parts came up", withheld)
	}
}

// members marks the submissions that are in a part.
func members(all []filled, in func(filled) bool) []float64 {
	marks := make([]float64, len(all))
	for i, f := range all {
		if in(f) {
			marks[i] = 1
		}
	}
	return marks
}

// nested returns by how many submissions outer is larger than inner, or 0 if inner is not within it.
func nested(inner, outer []float64) int {
	n := 0
	for i := range inner {
		if inner[i] > outer[i] {
			return 0
		}
		n += int(outer[i] - inner[i])
	}
	return n
}

// less is outer without inner.
func less(outer, inner []float64) []float64 {
	rest := slices.Clone(outer)
	for i := range rest {
		rest[i] -= inner[i]
	}
	return rest
}

// rank is the rank of a matrix of zeros and ones, by elimination in floating point.
func rank(matrix [][]float64) int {
	rows := make([][]float64, len(matrix))
	for i := range matrix {
		rows[i] = slices.Clone(matrix[i])
	}
	r := 0
	for column := 0; r < len(rows) && column < len(rows[0]); column++ {
		best := r
		for i := r; i < len(rows); i++ {
			if abs(rows[i][column]) > abs(rows[best][column]) {
				best = i
			}
		}
		if abs(rows[best][column]) < 1e-9 {
			continue
		}
		rows[r], rows[best] = rows[best], rows[r]
		for i := r + 1; i < len(rows); i++ {
			factor := rows[i][column] / rows[r][column]
			for j := range rows[i] {
				rows[i][j] -= factor * rows[r][j]
			}
		}
		r++
	}
	return r
}

func abs(x float64) float64 { return max(x, -x) }

// TestWithheldPartsDoNotShow lets people of two withheld parts trade their ratings, which changes no part
// that is told, and wants the same summary to the byte.
func TestWithheldPartsDoNotShow(t *testing.T) {
	tried := 0
	rapid.Check(t, func(rt *rapid.T) {
		v := version(t, 1, overallQuestion(5))
		var all []filled
		for range rapid.IntRange(8, 60).Draw(rt, "n") {
			channel := survey.Channels()[min(rapid.IntRange(0, 12).Draw(rt, "channel"), 4)]
			all = append(all, filled{v, survey.NewDay(2025, 1, 1), channel, 1, []int16{survey.CodeFirst + int16(rapid.IntRange(0, 4).Draw(rt, "score"))}})
		}
		before := Summarize(count([]*survey.Version{v}, all), survey.Filter{}, Rules{})
		var hidden []int
		for i, f := range all {
			for _, g := range before.ByChannel {
				if g.Withheld && g.Key == string(f.channel) {
					hidden = append(hidden, i)
				}
			}
		}
		if len(hidden) == 0 {
			return
		}
		tried++
		after := slices.Clone(all)
		for i, j := range rapid.Permutation(hidden).Draw(rt, "trade") {
			after[hidden[i]].codes = all[j].codes
		}
		if a, b := asJSON(rt, before), asJSON(rt, Summarize(count([]*survey.Version{v}, after), survey.Filter{}, Rules{})); a != b {
			rt.Fatalf("withheld parts show:\n%s\n%s", a, b)
		}
	})
	if tried < 20 {
		t.Errorf("only %d times was anything withheld", tried)
	}
}

// TestFewSubmissionsTellNothing draws fewer submissions than the threshold.
func TestFewSubmissionsTellNothing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		versions, all := drawSurvey(rt, t, 4)
		r := count(versions, all)
		r.Pending = 77
		for _, f := range all {
			r.Remarks = append(r.Remarks, survey.ResultRemark{VersionID: f.version.ID, Channel: f.channel, Month: f.month, Remark: survey.Remark{Question: "remarks", Text: "tajne", State: survey.RemarkApproved}})
		}
		s := Summarize(r, survey.Filter{}, Rules{})
		if len(all) > 0 && s.Pending != 0 {
			rt.Fatalf("pending %d is told", s.Pending)
		}
		if text := asJSON(rt, s); strings.Contains(text, "tajne") || strings.Contains(text, `"ok":true`) {
			rt.Fatalf("%d submissions tell %s", len(all), text)
		}
	})
}

// TestKioskWithinServicePoint is the case that no single division shows: the kiosk is all but two of its
// service point, so the two would be the difference.
func TestKioskWithinServicePoint(t *testing.T) {
	v := version(t, 1, overallQuestion(5))
	var all []filled
	add := func(n int, channel survey.Channel, point int64, score int16) {
		for range n {
			all = append(all, filled{v, survey.NewDay(2025, 1, 1), channel, point, []int16{survey.CodeFirst + score - 1}})
		}
	}
	add(30, survey.ChannelWeb, 0, 4)
	add(20, survey.ChannelKiosk, 7, 5)
	add(2, survey.ChannelWeb, 7, 1)
	s := Summarize(count([]*survey.Version{v}, all), survey.Filter{}, Rules{})
	point := s.ServicePoints[slices.IndexFunc(s.ServicePoints, func(g Group) bool { return g.Key == "7" })]
	kiosk := s.ByChannel[slices.IndexFunc(s.ByChannel, func(g Group) bool { return g.Key == "kiosk" })]
	if point.Rating.OK && kiosk.Rating.OK {
		t.Errorf("kiosk %+v and its service point %+v are both told", kiosk, point)
	}
	if !s.Overall.Rating.OK || s.Overall.Valid != 52 {
		t.Errorf("overall = %+v, want all 52 told", s.Overall)
	}
}

// TestSmallPartOverSeveralServicePoints is the case that no two parts show: the three QR answers would be all,
// less the web's, less the two service points that hold all paper.
func TestSmallPartOverSeveralServicePoints(t *testing.T) {
	v := version(t, 1, overallQuestion(5))
	var all []filled
	add := func(n int, channel survey.Channel, point int64) {
		for i := range n {
			all = append(all, filled{v, survey.NewDay(2025, 1, 1), channel, point, []int16{survey.CodeFirst + int16(i%5)}})
		}
	}
	add(31, survey.ChannelWeb, 0)
	add(30, survey.ChannelWeb, 1)
	add(3, survey.ChannelQR, 1)
	add(10, survey.ChannelPaperTyped, 2)
	add(11, survey.ChannelPaperTyped, 3)
	s := Summarize(count([]*survey.Version{v}, all), survey.Filter{}, Rules{})
	told := func(groups []Group, key string) bool {
		return groups[slices.IndexFunc(groups, func(g Group) bool { return g.Key == key })].Rating.OK
	}
	if told(s.ByChannel, "qr") || told(s.ByChannel, "web") && told(s.ServicePoints, "2") && told(s.ServicePoints, "3") {
		t.Errorf("the QR answers can be had from %+v and %+v", s.ByChannel, s.ServicePoints)
	}
}

// TestRuleOnWithheldAnswers shows a question by answers that too few gave: how many were asked it, be it none or
// all but one, would tell what these few said. So it is withheld, and so is what depends on it in turn.
func TestRuleOnWithheldAnswers(t *testing.T) {
	yesNo := func(key string, ask string, not bool) survey.Question {
		q := survey.Question{Key: key, Kind: survey.KindYesNo, Label: survey.PL(key + "?")}
		if ask != "" {
			q.ShowIf = &survey.Rule{Any: []survey.Condition{{Question: ask, Is: []string{"no"}, Not: not}}}
		}
		return q
	}
	v := version(t, 1, yesNo("settled", "", false), yesNo("why", "settled", true), yesNo("again", "why", true), yesNo("refused", "settled", false), yesNo("apart", "", false))
	summarize := func(no int) map[string]Item {
		var all []filled
		for i := range 20 {
			codes := []int16{survey.CodeBlank, first, first, first, first}
			if i < 3 {
				codes[0] = first
			}
			if i < no {
				codes[0] = first + 1
			}
			all = append(all, filled{v, survey.NewDay(2025, 1, 1), survey.ChannelWeb, 0, codes})
		}
		items := map[string]Item{}
		for _, q := range Summarize(count([]*survey.Version{v}, all), survey.Filter{}, Rules{}).Questions {
			items[q.Key] = q.Items[0]
		}
		return items
	}
	for _, no := range []int{0, 1, 3} {
		for key, it := range summarize(no) {
			if key == "apart" && (it.Suppressed || it.Valid != 20) {
				t.Errorf("%d no: %s = %+v, want it told", no, key, it)
			}
			if key != "apart" && (!it.Suppressed || it.Asked != 20 || it.States.Hidden != 0) {
				t.Errorf("%d no: %s = %+v, want it withheld with all 20 asked", no, key, it)
			}
		}
	}
	items := summarize(13) // enough to tell
	for key, want := range map[string][3]int{"settled": {20, 13, 0}, "why": {7, 7, 13}, "again": {20, 20, 0}, "refused": {13, 13, 7}} {
		it := items[key]
		if got := [3]int{it.Asked, it.Valid, it.States.Hidden}; got != want || it.Suppressed {
			t.Errorf("%s: asked, valid and hidden = %v, suppressed %t; want %v", key, got, it.Suppressed, want)
		}
	}
}

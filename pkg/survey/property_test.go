package survey

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// A questionnaire survives its file and its column in the database, and stays free of faults.
func TestQuestionnaireRoundTrips(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := genQuestionnaire().Draw(t, "questionnaire")
		if err := want.Check(); err != nil {
			t.Fatalf("Check of a generated questionnaire: %v", err)
		}
		asYAML, err := want.YAML()
		if err != nil {
			t.Fatal(err)
		}
		fromYAML, err := ParseQuestionnaire("q.yaml", asYAML)
		if err != nil {
			t.Fatalf("%v in\n%s", err, asYAML)
		}
		if diff := cmp.Diff(want, fromYAML); diff != "" {
			t.Fatalf("YAML (-want +got):\n%s\nin\n%s", diff, asYAML)
		}
		asJSON, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var fromJSON Questionnaire
		if err := json.Unmarshal(asJSON, &fromJSON); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, &fromJSON); diff != "" {
			t.Fatalf("JSON (-want +got):\n%s", diff)
		}
	})
}

// What a version takes in, it can show again for correction, and nothing changes by that.
func TestFillRoundTrips(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := genQuestionnaire().Draw(t, "questionnaire")
		version := &Version{ID: 7, Questionnaire: *q, Layout: NewLayout(q)}
		channel := rapid.SampledFrom(Channels()).Draw(t, "channel")
		day := NewDay(2026, 3, 14)
		values := genValues(t, q, channel)
		first, err := version.Fill(values, channel, day)
		if err != nil {
			t.Fatalf("Fill(%v): %v", values, err)
		}
		if !version.Layout.Fits(first.Codes) {
			t.Fatalf("codes %v do not fit %+v", first.Codes, version.Layout)
		}
		again, err := version.Values(first)
		if err != nil {
			t.Fatalf("Values(%v): %v", first.Codes, err)
		}
		second, err := version.Fill(again, channel, day)
		if err != nil {
			t.Fatalf("Fill(Values(%v)): %v", first.Codes, err)
		}
		if diff := cmp.Diff(first, second, cmp.AllowUnexported(Day{})); diff != "" {
			t.Fatalf("Fill of Values (-first +second) from %v:\n%s", values, diff)
		}
	})
}

// No submission of one version can be read by another, even where its codes would fit.
func TestValuesOfAnotherVersion(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := genQuestionnaire().Draw(t, "questionnaire")
		version := &Version{ID: 7, Questionnaire: *q, Layout: NewLayout(q)}
		sub, err := version.Fill(genValues(t, q, ChannelPaperTyped), ChannelPaperTyped, NewDay(2026, 3, 14))
		if err != nil {
			t.Fatal(err)
		}
		other := rapid.SampledFrom([]*Questionnaire{q, genQuestionnaire().Draw(t, "other")}).Draw(t, "of")
		second := &Version{ID: 8, Questionnaire: *other, Layout: NewLayout(other)}
		if values, err := second.Values(sub); !errors.Is(err, ErrMismatch) {
			t.Fatalf("Values of another version = %v, %v; want ErrMismatch", values, err)
		}
	})
}

// What a rule hides never counts: online it is not stored either, on paper it is kept. The rules compiled to codes
// say the same as the rules read as they are written.
func TestHiddenNeverCounts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := genQuestionnaire().Draw(t, "questionnaire")
		version := &Version{ID: 7, Questionnaire: *q, Layout: NewLayout(q)}
		channel := rapid.SampledFrom(Channels()).Draw(t, "channel")
		values := genValues(t, q, channel)
		sub, err := version.Fill(values, channel, NewDay(2026, 3, 14))
		if err != nil {
			t.Fatalf("Fill(%v): %v", values, err)
		}
		counted, hidden := version.Layout.Effective(sub.Codes), version.Hidden(values, channel)
		for i, slot := range version.Layout.Slots {
			shown := shownAsWritten(q, values, channel, slot.Question)
			if shown == hidden[slot.Question] || shown == (counted[i] == CodeHidden) {
				t.Fatalf("%s: shown %t, hidden %t, code %d, counted %d", slot.Question, shown, hidden[slot.Question], sub.Codes[i], counted[i])
			}
			if !shown && !channel.OnPaper() && sub.Codes[i] != CodeHidden {
				t.Fatalf("%s is hidden but stored as %d", slot.Question, sub.Codes[i])
			}
		}
	})
}

// shownAsWritten evaluates the rules of a question on the filled form, as their documentation reads.
func shownAsWritten(q *Questionnaire, values Values, channel Channel, key string) bool {
	holds := func(c Condition) bool {
		source, field := q.Question(c.Question), c.Question
		if c.Row != "" {
			field += "." + c.Row
		}
		given := nonEmpty(values[field])
		met := slices.ContainsFunc(given, func(v string) bool { return slices.Contains(c.Is, v) })
		if n, err := strconv.Atoi(values.Get(field)); err == nil && (c.AtLeast != nil || c.AtMost != nil) {
			met = met || (c.AtLeast == nil || n >= *c.AtLeast) && (c.AtMost == nil || n <= *c.AtMost)
		}
		if source.Kind == KindMulti && channel.OnPaper() { // more marks than allowed can't be read
			var bad InvalidError
			picked := make([]Code, len(source.Options))
			f := filling{values: values, paper: true, bad: bad}
			if problem, _ := f.picks(source, given, picked); problem == ProblemTooMany || problem == ProblemExclusive {
				met = false
			}
		}
		return (met && shownAsWritten(q, values, channel, c.Question)) != c.Not
	}
	for i := range q.Sections {
		for j := range q.Sections[i].Questions {
			question := &q.Sections[i].Questions[j]
			if question.Key != key {
				continue
			}
			for _, r := range []*Rule{q.Sections[i].ShowIf, question.ShowIf} {
				if r == nil {
					continue
				}
				if slices.ContainsFunc(r.All, func(c Condition) bool { return !holds(c) }) || len(r.Any) > 0 && !slices.ContainsFunc(r.Any, holds) {
					return false
				}
			}
			return true
		}
	}
	return false
}

// Every page but the first asks for something, and no rule asks for an answer of its own page.
func TestPages(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := genQuestionnaire().Draw(t, "questionnaire")
		page := map[string]int{}
		var all []string
		for i, keys := range q.Pages() {
			for _, key := range keys {
				page[key] = i
				all = append(all, key)
			}
		}
		rules := false
		for i, question := range q.Questions() {
			if all[i] != question.Key {
				t.Fatalf("pages %v leave the order", all)
			}
		}
		for i := range q.Sections {
			for _, question := range q.Sections[i].Questions {
				for _, c := range slices.Concat(q.Sections[i].ShowIf.conditions(), question.ShowIf.conditions()) {
					rules = true
					if page[c.Question] >= page[question.Key] {
						t.Fatalf("%s on page %d depends on %s on page %d", question.Key, page[question.Key], c.Question, page[c.Question])
					}
				}
			}
		}
		if pages := len(q.Pages()); !rules && pages != 1 {
			t.Fatalf("%d pages without a rule", pages)
		}
	})
}

// Counting submissions and taking them off again, in any order, leaves a tally as it was; in between each
// slot counts each submission once.
func TestCountIsNeutral(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := genQuestionnaire().Draw(t, "questionnaire")
		layout := NewLayout(q)
		before := rapid.SliceOfN(rapid.Int64Range(0, 1000), layout.Counters, layout.Counters).Draw(t, "counts")
		counts := slices.Clone(before)
		submissions := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) []int16 { return genCodes(t, layout) }), 1, 5).Draw(t, "codes")
		for _, codes := range submissions {
			layout.Count(counts, codes, 1)
		}
		for _, s := range layout.Slots {
			got := sum(counts[s.Offset:s.Offset+s.Counters()]) - sum(before[s.Offset:s.Offset+s.Counters()])
			if got != int64(len(submissions)) {
				t.Fatalf("slot %+v counted %d of %d submissions", s, got, len(submissions))
			}
		}
		for _, codes := range rapid.Permutation(submissions).Draw(t, "order") {
			layout.Count(counts, codes, -1)
		}
		if !slices.Equal(counts, before) {
			t.Fatalf("counts %v, want %v", counts, before)
		}
	})
}

// Counters of slots neither overlap nor leave gaps.
func TestLayoutIsDense(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		layout := NewLayout(genQuestionnaire().Draw(t, "questionnaire"))
		next := 0
		for _, s := range layout.Slots {
			if s.Offset != next {
				t.Fatalf("slot %+v starts at %d, want %d", s, s.Offset, next)
			}
			next += s.Counters()
		}
		if layout.Counters != next {
			t.Fatalf("Counters = %d, want %d", layout.Counters, next)
		}
	})
}

// Codes never fit a layout with another number of slots, nor with a code beyond a slot's values.
func TestForeignCodesDoNotFit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		layout := NewLayout(genQuestionnaire().Draw(t, "questionnaire"))
		codes := genCodes(t, layout)
		if !layout.Fits(codes) {
			t.Fatalf("own codes %v do not fit", codes)
		}
		if layout.Fits(append(slices.Clone(codes), CodeBlank)) || layout.Fits(codes[1:]) {
			t.Fatal("codes of another length fit")
		}
		i := rapid.IntRange(0, len(codes)-1).Draw(t, "slot")
		for _, code := range []Code{-1, Code(layout.Slots[i].Counters())} {
			wrong := slices.Clone(codes)
			wrong[i] = code
			if layout.Fits(wrong) {
				t.Fatalf("code %d fits slot %+v", code, layout.Slots[i])
			}
		}
	})
}

// Whatever is posted, Fill either takes it into codes that fit or says what to mend; it never panics.
func TestFillOfAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := genQuestionnaire().Draw(t, "questionnaire")
		version := &Version{Questionnaire: *q, Layout: NewLayout(q)}
		values := Values{}
		for _, s := range version.Layout.Slots {
			known := rapid.SampledFrom([]string{"", "1", "11", "0", "yes", ValueNotApplicable, ValueNoOpinion, ValueUnreadable, s.Option, "-1", "99999999999999999999"})
			values[s.Field()] = rapid.SliceOfN(rapid.OneOf(known, rapid.String()), 0, 3).Draw(t, s.Field())
		}
		sub, err := version.Fill(values, rapid.SampledFrom(Channels()).Draw(t, "channel"), Day{})
		if (sub == nil) == (err == nil) {
			t.Fatalf("Fill = %v, %v", sub, err)
		}
		if err == nil && !version.Layout.Fits(sub.Codes) {
			t.Fatalf("codes %v do not fit", sub.Codes)
		}
	})
}

func genCodes(t *rapid.T, layout Layout) []int16 {
	codes := make([]int16, len(layout.Slots))
	for i, s := range layout.Slots {
		codes[i] = rapid.Int16Range(0, int16(s.Counters()-1)).Draw(t, "code")
	}
	return codes
}

func sum(counts []int64) int64 {
	var total int64
	for _, n := range counts {
		total += n
	}
	return total
}

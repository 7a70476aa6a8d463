package main

import (
	"context"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ocenaurzedu.eu/pkg/privacy"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
	"ocenaurzedu.eu/pkg/web"
)

func demoConsole(s *store.Store) *console {
	now := time.Date(2026, time.November, 20, 10, 0, 0, 0, time.UTC)
	return &console{context.Background(), s, web.Site{BaseDomain: "localhost", Scheme: "http"}, func() time.Time { return now }}
}

// The sample answers are there once, and look like those of real offices.
func TestDemoAnswers(t *testing.T) {
	s := open(t, settings(t))
	o := demoConsole(s)
	offices, err := o.addDemoOffices()
	if err != nil {
		t.Fatal(err)
	}
	p := &program{ctx: o.ctx, out: t.Output(), err: t.Output()}
	for range 2 { // the second start finds them there
		if err := o.addDemoAnswers(offices, p); err != nil {
			t.Fatal(err)
		}
	}
	for _, sample := range sampleOffices {
		if sample.slug == demoOffice {
			continue
		}
		t.Run(sample.slug, func(t *testing.T) { checkOffice(t, o, sample) })
	}
	if first, err := scopeOf(t, s, demoCounty).FirstDay(o.ctx); err != nil || !first.IsZero() {
		t.Errorf("the county's own office has answers: %v, %v", first, err)
	}
}

func checkOffice(t *testing.T, o *console, sample sampleOffice) {
	scope, today := scopeOf(t, o.store, sample.slug), survey.DayOf(o.now())
	results, err := scope.Results(o.ctx, survey.Filter{From: survey.NewDay(2020, 1, 1), To: today})
	if err != nil {
		t.Fatal(err)
	}
	n, years, channels, campaign := 0, map[int]int{}, map[survey.Channel]int{}, 0
	for _, part := range results.Tallies[0].Parts {
		n += part.N
		years[part.Month.Year()] += part.N
		channels[part.Channel] += part.N
		if m := part.Month.Time().Month(); m >= time.March && m <= time.May || m >= time.September && m <= time.November {
			campaign += part.N
		}
	}
	if n < 600 || n > 1500 || years[2025] < 200 || years[2026] < 150 {
		t.Errorf("%d answers, by year %v", n, years)
	}
	paper := channels[survey.ChannelPaperTyped] + channels[survey.ChannelPaperScanned]
	if len(channels) != 5 || paper < n*6/10 || channels[survey.ChannelWeb] > n*12/100 || channels[survey.ChannelPaperTyped] < paper/2 {
		t.Errorf("channels %v", channels)
	}
	if campaign < n*7/10 || campaign > n*95/100 {
		t.Errorf("%d of %d answers come from campaigns", campaign, n)
	}
	if results.Returned != paper || results.Issued <= results.Returned {
		t.Errorf("%d forms issued, %d returned, %d on paper", results.Issued, results.Returned, paper)
	}
	written := len(results.Remarks) + results.Pending
	if results.Pending == 0 && !sample.quiet || results.Pending > len(results.Remarks) {
		t.Errorf("%d remarks wait for review, %d are approved", results.Pending, len(results.Remarks))
	}
	if asked := n - channels[survey.ChannelKiosk]; written < asked*12/100 || written > asked*24/100 {
		t.Errorf("%d remarks of %d people", written, asked)
	}
	batches, err := scope.Batches(o.ctx, 1)
	if err != nil || len(batches) == 0 || batches[0].Open() {
		t.Errorf("batches %+v, %v; want all closed", batches, err)
	}
	checkLately(t, o, scope, sample)
	checkRatings(t, results.Tallies[0])
}

// checkLately looks at the last three months: the quiet office has so few answers that they are withheld.
func checkLately(t *testing.T, o *console, scope *store.Scope, sample sampleOffice) {
	today := survey.DayOf(o.now())
	lately, err := scope.Results(o.ctx, survey.Filter{From: today.AddMonths(-3).Add(1), To: today})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, tally := range lately.Tallies {
		for _, part := range tally.Parts {
			n += part.N
		}
	}
	if (n > 0 && n < 5) != sample.quiet {
		t.Errorf("%d answers in the last three months; quiet: %t", n, sample.quiet)
	}
}

// checkRatings looks at the counts of the matrix and of the overall rating.
func checkRatings(t *testing.T, tally survey.Tally) {
	counts := make([]int64, tally.Version.Layout.Counters)
	for _, part := range tally.Parts {
		for i, c := range part.Counts {
			counts[i] += c
		}
	}
	states, lowest, highest := map[survey.Code]int64{}, math.Inf(1), math.Inf(-1)
	for _, slot := range tally.Version.Layout.Slots {
		if slot.Question != "overall" && slot.Question != "quality" {
			continue
		}
		of := counts[slot.Offset : slot.Offset+slot.Counters()]
		mean := meanOf(of[survey.CodeFirst:])
		lowest, highest = min(lowest, mean), max(highest, mean)
		for code := range survey.CodeFirst {
			states[code] += of[code]
		}
		if slot.Question == "overall" && (mean < 4.1 || mean > 4.65) {
			t.Errorf("overall rating %.2f", mean)
		}
	}
	if highest-lowest < 0.4 || lowest < 3 {
		t.Errorf("ratings go from %.2f to %.2f: want strong and weak points", lowest, highest)
	}
	if states[survey.CodeNotApplicable] == 0 || states[survey.CodeBlank] == 0 || states[survey.CodeUnreadable] == 0 {
		t.Errorf("states %v: want opt-outs, blanks and unreadable marks", states)
	}
}

func meanOf(points []int64) float64 {
	n, sum := int64(0), int64(0)
	for i, c := range points {
		n += c
		sum += int64(i+1) * c
	}
	return float64(sum) / float64(n)
}

// The same office gets the same answers every time, and the answers of one person go together.
func TestSamplerIsDeterministic(t *testing.T) {
	o := demoConsole(open(t, settings(t)))
	if _, err := o.addDemoOffices(); err != nil {
		t.Fatal(err)
	}
	var runs [2][]survey.Values
	together, n := 0.0, 400
	for run := range runs {
		s, err := o.newSampler(sampleOffices[0], scopeOf(t, o.store, sampleOffices[0].slug))
		if err != nil {
			t.Fatal(err)
		}
		s.days = likelyDays(survey.NewDay(2025, 1, 1), survey.NewDay(2025, 12, 31))
		for range n {
			day := s.day()
			runs[run] = append(runs[run], s.form(survey.ChannelPaperTyped, day))
			who := s.person(survey.ChannelPaperTyped, day)
			together += who.ratings["knowledge"] * who.ratings["speed"]
			together -= (who.ratings["knowledge"]*who.ratings["knowledge"] + who.ratings["speed"]*who.ratings["speed"]) / 2
		}
	}
	if diff := cmp.Diff(runs[0], runs[1]); diff != "" {
		t.Errorf("the second run differs:\n%s", diff)
	}
	// Half the mean squared difference of two ratings of one person; between strangers it would be their
	// variance, some 0.6.
	if apart := -together / float64(2*n); apart > 0.35 {
		t.Errorf("ratings of one person lie %.2f apart", apart)
	}
}

// The remarks are various and hold nothing that could be anybody's.
func TestSampleRemarks(t *testing.T) {
	seen := map[string]bool{}
	for _, sentences := range [][]string{praise, proposals, complaints} {
		for _, sentence := range sentences {
			if clean := privacy.Redact(sentence); clean.Text != sentence || clean.Unsure {
				t.Errorf("%q looks like personal data", sentence)
			}
			if seen[sentence] || !strings.ContainsAny(sentence[len(sentence)-1:], ".!") {
				t.Errorf("%q is there twice or does not end", sentence)
			}
			seen[sentence] = true
		}
	}
	for _, sentence := range doubtful {
		if clean := privacy.Redact(sentence); clean.Text != sentence || !clean.Unsure {
			t.Errorf("%q waits for nobody's review: %+v", sentence, clean)
		}
	}
	if len(seen) < 60 {
		t.Errorf("%d remarks, want at least 60", len(seen))
	}
}

package stats

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ocenaurzedu.eu/pkg/survey"
)

// filled is one submission before it is counted.
type filled struct {
	version *survey.Version
	month   survey.Day
	channel survey.Channel
	point   int64
	codes   []int16
}

// counted returns the codes as they count: what a rule hides is hidden.
func (f filled) counted() []int16 { return f.version.Layout.Effective(f.codes) }

// count makes results of submissions, as the store would.
func count(versions []*survey.Version, all []filled) survey.Results {
	var r survey.Results
	for _, v := range versions {
		t := survey.Tally{Version: v}
		for _, f := range all {
			if f.version != v {
				continue
			}
			i := slices.IndexFunc(t.Parts, func(p survey.TallyPart) bool {
				return p.Month == f.month && p.Channel == f.channel && p.ServicePoint == f.point
			})
			if i < 0 {
				i = len(t.Parts)
				t.Parts = append(t.Parts, survey.TallyPart{Month: f.month, Channel: f.channel, ServicePoint: f.point, Counts: make([]int64, v.Layout.Counters)})
			}
			t.Parts[i].N++
			v.Layout.Count(t.Parts[i].Counts, f.codes, 1)
		}
		r.Tallies = append(r.Tallies, t)
		r.Columns = append(r.Columns, columnsOf(v, all)...)
	}
	return r
}

// columnsOf turns the submissions of a version on their side, as the store would.
func columnsOf(v *survey.Version, all []filled) []*survey.Columns {
	var columns []*survey.Columns
	for _, f := range all {
		if f.version != v {
			continue
		}
		i := slices.IndexFunc(columns, func(c *survey.Columns) bool {
			return c.Month == f.month && c.Channel == f.channel && c.ServicePoint == f.point
		})
		if i < 0 {
			i = len(columns)
			columns = append(columns, survey.NewColumns(v, f.month, f.channel, f.point, 0))
		}
		columns[i].Add(f.month, f.codes)
	}
	return columns
}

// version freezes questions as a version.
func version(t testing.TB, number int, questions ...survey.Question) *survey.Version {
	q := survey.Questionnaire{Key: "q", Title: survey.PL("Ankieta"), Sections: []survey.Section{{Key: "s", Title: survey.PL("Sekcja"), Questions: questions}}}
	if err := q.Check(); err != nil {
		t.Fatalf("questionnaire of version %d: %v", number, err)
	}
	published := time.Date(2024, time.Month(number), 1, 12, 0, 0, 0, time.UTC)
	return &survey.Version{ID: int64(100 + number), Number: number, Questionnaire: q, Layout: survey.NewLayout(&q), PublishedAt: published}
}

func scaleOf(points int) *survey.Scale {
	s := &survey.Scale{}
	for i := range points {
		s.Points = append(s.Points, survey.Point{Label: survey.PL(fmt.Sprintf("punkt %d z %d", i+1, points))})
	}
	return s
}

func overallQuestion(points int) survey.Question {
	return survey.Question{Key: "overall", Kind: survey.KindScale, Label: survey.PL("Jak ogólnie ocenia Pani/Pan urząd?"), Scale: scaleOf(points), Role: survey.RoleOverall, OptOuts: []survey.OptOut{survey.NoOpinion}}
}

// drawRule draws a rule that asks for one of the questions before, or none.
func drawRule(t *rapid.T, before []survey.Question) *survey.Rule {
	if rapid.IntRange(0, 2).Draw(t, "rule") > 0 {
		return nil
	}
	asks := map[survey.Kind]survey.Condition{
		survey.KindScale: {Is: []string{"1", "dk"}}, survey.KindSingle: {Is: []string{"x", "z"}}, survey.KindMulti: {Is: []string{"y"}},
		survey.KindMatrix: {Row: "r1", Is: []string{"1", "2"}}, survey.KindYesNo: {Is: []string{"no"}}, survey.KindNPS: {AtMost: new(6)}, survey.KindNumber: {AtLeast: new(2)},
	}
	before = slices.DeleteFunc(slices.Clone(before), func(q survey.Question) bool {
		return asks[q.Kind].Is == nil && asks[q.Kind].AtMost == nil && asks[q.Kind].AtLeast == nil
	})
	q := rapid.SampledFrom(before).Draw(t, "asked by the rule")
	c := asks[q.Kind]
	c.Question, c.Not = q.Key, rapid.Bool().Draw(t, "not")
	return &survey.Rule{All: []survey.Condition{c}}
}

// drawQuestions draws one version's questions: all kinds, each of which may be missing, be shown by a rule, or differ
// from the other versions in wording, series, scale, rows or options.
func drawQuestions(t *rapid.T) []survey.Question {
	scored := rapid.SampledFrom([]*float64{nil, new(2.0)}).Draw(t, "score")
	rows := []survey.Row{{Key: "r1", Label: survey.PL("Czystość"), Area: "a"}, {Key: "r2", Label: survey.PL("Kolejka"), Area: "a"}, {Key: "r3", Label: survey.PL("Wiedza"), Area: "b"}}
	if rapid.Bool().Draw(t, "reword") {
		rows[0].Label = survey.PL("Czystość i porządek")
	}
	series := rapid.SampledFrom([]int{0, 0, 1, 2})
	rows[0].Series = series.Draw(t, "row's series")
	areas := []survey.Area{{Key: "a", Label: survey.PL("Warunki")}, {Key: "b", Label: survey.PL("Kompetencje")}}
	points := rapid.IntRange(3, 5)
	matrix := survey.Question{Key: "matrix", Kind: survey.KindMatrix, Label: survey.PL("Oceń"), Scale: scaleOf(points.Draw(t, "matrix")), Rows: rows[:rapid.IntRange(1, 3).Draw(t, "rows")], Areas: areas}
	matrix.Scale.BestFirst = rapid.Bool().Draw(t, "best first")
	importance := func() *survey.Scale {
		return rapid.SampledFrom([]*survey.Scale{nil, scaleOf(3), scaleOf(5)}).Draw(t, "importance")
	}
	matrix.Importance, matrix.Series = importance(), series.Draw(t, "series")
	all := []survey.Question{
		{Key: "kind", Kind: survey.KindSingle, Label: survey.PL("Jaka sprawa?"), Options: []survey.Option{
			{Key: "x", Label: survey.PL("x"), Score: new(1.0)}, {Key: "y", Label: survey.PL("y"), Score: scored}, {Key: "z", Label: survey.PL("inna"), Text: true}}},
		{Key: "better", Kind: survey.KindMulti, Label: survey.PL("Co poprawić?"), Options: []survey.Option{
			{Key: "x", Label: survey.PL("x")}, {Key: "y", Label: survey.PL("y")}, {Key: "z", Label: survey.PL("inne"), Text: true}}},
		matrix,
		{Key: "pair", Kind: survey.KindPaired, Label: survey.PL("Ważność i zadowolenie"), Scale: scaleOf(points.Draw(t, "pair")), Importance: importance(), Rows: slices.Clone(rows[:2]), Areas: areas[:1]},
		{Key: "settled", Kind: survey.KindYesNo, Label: survey.PL("Załatwione?"), Partly: rapid.Bool().Draw(t, "partly")},
		{Key: "nps", Kind: survey.KindNPS, Label: survey.PL("Polecisz?")},
		{Key: "wait", Kind: survey.KindNumber, Label: survey.PL("Ile minut?"), Min: rapid.IntRange(-3, 0).Draw(t, "min"), Max: rapid.SampledFrom([]int{6, 90}).Draw(t, "max")},
		{Key: "remarks", Kind: survey.KindText, Label: survey.PL("Uwagi")},
	}
	kept := []survey.Question{overallQuestion(points.Draw(t, "overall"))}
	for _, q := range all {
		if rapid.IntRange(0, 3).Draw(t, "keep "+q.Key) > 0 {
			q.ShowIf = drawRule(t, kept)
			kept = append(kept, q)
		}
	}
	return kept
}

// drawCodes fills a version's layout; valid answers are as rare as one in rare.
func drawCodes(t *rapid.T, v *survey.Version, rare int) []int16 {
	codes := make([]int16, len(v.Layout.Slots))
	own := -1 // slot of the multi question whose options follow
	for i, s := range v.Layout.Slots {
		codes[i] = int16(rapid.IntRange(0, int(survey.CodeHidden)).Draw(t, "state"))
		switch {
		case s.Option != "":
			codes[i] = survey.CodeBlank
			if codes[own] >= survey.CodeFirst && rapid.Bool().Draw(t, "picked") {
				codes[i] = survey.CodeFirst
			}
		case rapid.IntRange(1, rare).Draw(t, "valid") == 1:
			codes[i] = survey.CodeFirst + int16(rapid.IntRange(0, s.Values-1).Draw(t, "value"))
		}
		if s.Option == "" {
			own = i
		}
	}
	return codes
}

// drawSurvey draws up to three versions and up to most submissions over channels, months and service points.
func drawSurvey(t *rapid.T, tb testing.TB, most int) ([]*survey.Version, []filled) {
	var versions []*survey.Version
	for i := range rapid.IntRange(1, 3).Draw(t, "versions") {
		versions = append(versions, version(tb, i+1, drawQuestions(t)...))
	}
	rare := rapid.IntRange(1, 6).Draw(t, "rare")
	lean := rapid.SampledFrom([]int{1, 1, 2, 5}).Draw(t, "lean") // makes most submissions alike, so that small parts come up
	pick := func(n int, label string) int {
		if rapid.IntRange(1, lean).Draw(t, label) > 1 {
			return 0
		}
		return rapid.IntRange(0, n-1).Draw(t, label)
	}
	tied := rapid.Bool().Draw(t, "tied") // a channel mostly goes with one service point, as kiosk and web do
	var all []filled
	for range rapid.IntRange(0, most).Draw(t, "n") {
		v := versions[pick(len(versions), "version")]
		channel, point := pick(4, "channel"), 0
		if tied && rapid.IntRange(0, 9).Draw(t, "at its point") > 0 {
			point = min(channel, 2)
		} else {
			point = pick(3, "point")
		}
		all = append(all, filled{
			version: v, month: survey.NewDay(2025, time.Month(1+pick(4, "month")), 1), channel: survey.Channels()[channel],
			point: int64(point), codes: drawCodes(t, v, rare),
		})
	}
	return versions, all
}

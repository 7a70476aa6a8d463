package stats

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ocenaurzedu.eu/pkg/survey"
)

// sheets makes n submissions with the same codes.
func sheets(n int, v *survey.Version, channel survey.Channel, codes ...int16) []filled {
	return slices.Repeat([]filled{{v, survey.NewDay(2025, 3, 1), channel, 0, codes}}, n)
}

const first = survey.CodeFirst

// TestSummarizeGolden holds a small survey against figures worked out by hand (mean, s: Python's statistics;
// t(0.975; 9) = 2.2622).
func TestSummarizeGolden(t *testing.T) {
	v := version(t, 1, overallQuestion(5))
	var all []filled
	for i, n := range []int{1, 0, 2, 3, 4} { // mean 3.9, s 1.2866839
		all = append(all, sheets(n, v, survey.ChannelWeb, first+int16(i))...)
	}
	all = append(all, sheets(2, v, survey.ChannelPaperTyped, survey.CodeBlank)...)
	all = append(all, sheets(1, v, survey.ChannelPaperScanned, survey.CodeNoOpinion)...)
	r := count([]*survey.Version{v}, all)
	r.Issued, r.Returned, r.Digest = 12, 3, "abc"
	s := Summarize(r, survey.Filter{From: survey.NewDay(2025, 1, 1)}, Rules{})
	it := s.Overall
	if s.N != 13 || it.Asked != 13 || it.Valid != 10 || it.States != (States{Blank: 2, NoOpinion: 1}) {
		t.Fatalf("n %d, overall %+v", s.N, it)
	}
	if !near(it.Rating.Value, 3.9, 1e-12) || !near(it.SD, 1.2866839, 1e-7) || !near(it.Rating.Low, 3.9-2.2621572*1.2866839/3.1622777, 1e-6) || it.Median != 4 {
		t.Errorf("rating %+v, SD %v, median %v", it.Rating, it.SD, it.Median)
	}
	if it.Top2.Count != 7 || it.Bottom2.Count != 1 || it.Top2.N != 10 || it.Points != 5 || it.Box != 2 || it.Min != 1 || it.Max != 5 {
		t.Errorf("boxes %+v, %+v of %d points", it.Top2, it.Bottom2, it.Points)
	}
	if last := it.Values[4]; last.Share.Value != 0.4 || !near(last.OfAll, 4.0/13, 1e-12) {
		t.Errorf("best point %+v, want 4 of 10 and of 13", last)
	}
	if want := (PaperReturn{Issued: 12, Returned: 3, Rate: 0.25}); s.Paper != want || s.Digest != "abc" {
		t.Errorf("paper %+v, want %+v", s.Paper, want)
	}
	if s.Channels[0].N != 10 || !near(s.Channels[0].Share, 10.0/13, 1e-12) || !s.ByChannel[0].Rating.OK || s.ByChannel[3].Withheld {
		t.Errorf("channels %+v, ratings %+v", s.Channels, s.ByChannel)
	}
}

func TestThreshold(t *testing.T) {
	tests := []struct{ given, want int }{{0, 5}, {-1, 3}, {1, 3}, {3, 3}, {7, 7}, {10, 10}, {50, 10}}
	for _, tt := range tests {
		if got := (Rules{Threshold: tt.given}).threshold(); got != tt.want {
			t.Errorf("threshold of %d = %d, want %d", tt.given, got, tt.want)
		}
	}
}

func TestSummarizeNothing(t *testing.T) {
	v := version(t, 1, overallQuestion(5), survey.Question{Key: "wait", Kind: survey.KindNumber, Label: survey.PL("Ile?"), Max: 9})
	for name, r := range map[string]survey.Results{"no version": {}, "no submission": count([]*survey.Version{v}, nil)} {
		s := Summarize(r, survey.Filter{}, Rules{})
		if s.N != 0 || s.RemarksWithheld || s.Overall != nil && (s.Overall.Suppressed || s.Overall.Rating.OK) || len(s.Channels) != 5 || s.Versions == nil || s.Months == nil || s.Areas == nil {
			t.Errorf("%s: %s", name, asJSON(t, s))
		}
	}
}

func TestAreasBestFirstWithoutWithheldRows(t *testing.T) {
	areas := []survey.Area{{Key: "low", Label: survey.PL("Niska")}, {Key: "few", Label: survey.PL("Rzadka")}, {Key: "high", Label: survey.PL("Wysoka")}}
	rows := []survey.Row{{Key: "a", Label: survey.PL("A"), Area: "low"}, {Key: "b", Label: survey.PL("B"), Area: "few"}, {Key: "c", Label: survey.PL("C"), Area: "high"}, {Key: "d", Label: survey.PL("D"), Area: "high"}}
	v := version(t, 1, survey.Question{Key: "m", Kind: survey.KindMatrix, Label: survey.PL("Oceń"), Scale: scaleOf(5), Areas: areas, Rows: rows})
	all := slices.Concat(sheets(6, v, survey.ChannelWeb, first, survey.CodeBlank, first+4, survey.CodeBlank), sheets(3, v, survey.ChannelWeb, first+1, first+4, first+4, first))
	s := Summarize(count([]*survey.Version{v}, all), survey.Filter{}, Rules{})
	var keys []string
	for _, a := range s.Areas {
		keys = append(keys, a.Key)
	}
	if !slices.Equal(keys, []string{"high", "low", "few"}) || s.Areas[0].Rating.Value != 5 || s.Areas[0].Rows != 1 || !s.Areas[2].Withheld || s.Areas[2].Rating.OK {
		t.Errorf("areas %+v", s.Areas)
	}
}

func TestRanges(t *testing.T) {
	q := &survey.Question{Key: "wait", Kind: survey.KindNumber, Label: survey.PL("Ile minut?"), Min: -5, Max: 300}
	type rng struct {
		Label string
		Count int
	}
	tests := []struct {
		name    string
		answers []int
		want    []rng
	}{
		{"single values", []int{2, 2, 4}, []rng{{"2", 2}, {"3", 0}, {"4", 1}}},
		{"one value", []int{7, 7, 7}, []rng{{"7", 3}}},
		{"tens", []int{12, 19, 20, 61}, []rng{{"10–14", 1}, {"15–19", 1}, {"20–24", 1}, {"25–29", 0}, {"30–34", 0}, {"35–39", 0}, {"40–44", 0}, {"45–49", 0}, {"50–54", 0}, {"55–59", 0}, {"60–64", 1}}},
		{"up to the bound", []int{0, 300}, []rng{{"0–49", 1}, {"50–99", 0}, {"100–149", 0}, {"150–199", 0}, {"200–249", 0}, {"250–299", 0}, {"300", 1}}},
		{"below zero", []int{-5, 30}, []rng{{"-5 do -1", 1}, {"0–4", 0}, {"5–9", 0}, {"10–14", 0}, {"15–19", 0}, {"20–24", 0}, {"25–29", 0}, {"30–34", 1}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := &line{values: make([]int, 306), valid: len(tt.answers)}
			for _, a := range tt.answers {
				l.values[a-q.Min]++
			}
			var got []rng
			for _, v := range ranges(q, l, 10) {
				got = append(got, rng{v.Label.PL, v.Count})
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("ranges (-want +got):\n%s", diff)
			}
		})
	}
}

func TestMonthsWithoutGaps(t *testing.T) {
	v := version(t, 1, overallQuestion(5))
	all := slices.Concat(sheets(6, v, survey.ChannelWeb, first+3), sheets(6, v, survey.ChannelWeb, first+4))
	for i := range 6 {
		all[i].month = survey.NewDay(2024, 12, 1)
	}
	s := Summarize(count([]*survey.Version{v}, all), survey.Filter{}, Rules{})
	var got []string
	for _, m := range s.Months {
		got = append(got, m.Month.String())
	}
	if !slices.Equal(got, []string{"2024-12-01", "2025-01-01", "2025-02-01", "2025-03-01"}) || s.Months[0].Rating.Value != 4 || s.Months[1].Rating.OK || s.Months[1].Withheld || s.Months[3].Rating.Value != 5 {
		t.Errorf("months %+v", s.Months)
	}
}

func TestRemarks(t *testing.T) {
	text := survey.Question{Key: "remarks", Kind: survey.KindText, Label: survey.PL("Uwagi")}
	kind := survey.Question{Key: "kind", Kind: survey.KindSingle, Label: survey.PL("Jaka sprawa?"), Options: []survey.Option{{Key: "x", Label: survey.PL("x")}, {Key: "other", Label: survey.PL("inna"), Text: true}}}
	rare := kind
	rare.Key = "rare"
	v := version(t, 1, overallQuestion(5), text, kind, rare)
	all := slices.Concat(
		sheets(8, v, survey.ChannelWeb, first+3, first, first+1, survey.CodeBlank),
		sheets(6, v, survey.ChannelQR, first+3, survey.CodeBlank, first, survey.CodeBlank),
		sheets(2, v, survey.ChannelKiosk, first, survey.CodeBlank, survey.CodeBlank, first+1))
	r := count([]*survey.Version{v}, all)
	march := survey.NewDay(2025, 3, 1)
	add := func(question, text string, channel survey.Channel, state survey.RemarkState) {
		r.Remarks = append(r.Remarks, survey.ResultRemark{VersionID: v.ID, Channel: channel, Month: march, Remark: survey.Remark{Question: question, Text: text, State: state}})
	}
	add("remarks", "Długo czekałam", survey.ChannelWeb, survey.RemarkApproved)
	add("remarks", "Brak toalety", survey.ChannelWeb, survey.RemarkApproved)
	add("remarks", "Za cicho", survey.ChannelKiosk, survey.RemarkApproved)
	add("remarks", "Pan z pokoju 7", survey.ChannelWeb, survey.RemarkUnsure)
	add("remarks", "Nikt nie przejrzał", survey.ChannelWeb, survey.RemarkNew)
	add("remarks", "Wstrzymane", survey.ChannelWeb, survey.RemarkWithheld)
	add("kind.other", "dowód", survey.ChannelWeb, survey.RemarkApproved)
	add("rare.other", "tajne", survey.ChannelKiosk, survey.RemarkApproved)
	r.Pending = 1
	s := Summarize(r, survey.Filter{}, Rules{})
	want := []RemarkGroup{
		{"remarks", survey.PL("Uwagi"), []Remark{{"Za cicho", "", march}, {"Brak toalety", survey.ChannelWeb, march}, {"Długo czekałam", survey.ChannelWeb, march}}},
		{"kind.other", survey.PL("Jaka sprawa? – inna"), []Remark{{"dowód", survey.ChannelWeb, march}}},
	}
	if diff := cmp.Diff(want, s.Remarks, cmp.Comparer(func(a, b survey.Day) bool { return a == b })); diff != "" {
		t.Errorf("remarks (-want +got):\n%s", diff)
	}
	if !s.RemarksWithheld || s.Pending != 1 {
		t.Errorf("withheld %t, pending %d; want true, 1", s.RemarksWithheld, s.Pending)
	}
}

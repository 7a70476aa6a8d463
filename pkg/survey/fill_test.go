package survey

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// pin is a version of one question.
func pin(q Question) *Version {
	questionnaire := Questionnaire{Key: "q", Sections: []Section{{Key: "s", Questions: []Question{q}}}}
	return &Version{ID: 3, Questionnaire: questionnaire, Layout: NewLayout(&questionnaire)}
}

func options(keys ...string) []Option {
	var all []Option
	for _, key := range keys {
		all = append(all, Option{Key: key, Label: PL(key), Text: key == "other", Exclusive: key == "none"})
	}
	return all
}

func points(n int) *Scale { return &Scale{Points: make([]Point, n)} }

// fillCase is one form. Its wants are the codes, or the only problem.
type fillCase struct {
	name    string
	q       Question
	values  Values
	channel Channel // none: web
	codes   []int16
	remarks []Remark
	problem FieldError
}

func runFills(t *testing.T, tests []fillCase) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.q.Key = "q"
			if tt.channel == "" {
				tt.channel = ChannelWeb
			}
			sub, err := pin(tt.q).Fill(tt.values, tt.channel, NewDay(2026, 5, 4))
			if tt.problem.Problem != "" {
				var invalid *InvalidError
				if sub != nil || !errors.As(err, &invalid) || len(invalid.Fields) != 1 || invalid.Fields[0] != tt.problem {
					t.Fatalf("Fill(%v) = %v, %v; want only %v", tt.values, sub, err, tt.problem)
				}
				return
			}
			if err != nil {
				t.Fatalf("Fill(%v): %v", tt.values, err)
			}
			want := &Submission{VersionID: 3, Channel: tt.channel, Day: NewDay(2026, 5, 4), Codes: tt.codes, Remarks: tt.remarks}
			if diff := cmp.Diff(want, sub, cmp.AllowUnexported(Day{})); diff != "" {
				t.Errorf("Fill(%v) (-want +got):\n%s", tt.values, diff)
			}
		})
	}
}

func TestFillChoices(t *testing.T) {
	single := Question{Kind: KindSingle, Options: options("a", "other")}
	required := Question{Kind: KindSingle, Options: options("a", "b"), Required: true, OptOuts: []OptOut{NoOpinion}}
	requiredOther := Question{Kind: KindSingle, Options: options("a", "other"), Required: true, OptOuts: []OptOut{NoOpinion}}
	twoTexts := Question{Kind: KindSingle, Options: append(options("other"), Option{Key: "third", Text: true})}
	scale := Question{Kind: KindScale, Scale: points(5), OptOuts: []OptOut{NotApplicable}}
	runFills(t, []fillCase{
		{name: "single", q: single, values: Values{"q": {"a"}}, codes: []int16{CodeFirst}},
		{name: "white space and empty fields around", q: single, values: Values{"q": {"", " a "}}, codes: []int16{CodeFirst}},
		{name: "other with text", q: single, values: Values{"q": {"", "other"}, "q.other": {" jakieś "}}, codes: []int16{CodeFirst + 1}, remarks: []Remark{{"q.other", "jakieś", RemarkNew}}},
		{name: "other without text", q: single, values: Values{"q": {"other"}}, codes: []int16{CodeFirst + 1}},
		{name: "text alone chooses its option", q: single, values: Values{"q.other": {" jakieś "}}, codes: []int16{CodeFirst + 1}, remarks: []Remark{{"q.other", "jakieś", RemarkNew}}},
		{name: "text alone on paper", q: single, values: Values{"q": {""}, "q.other": {"x"}}, channel: ChannelPaperTyped, codes: []int16{CodeFirst + 1}, remarks: []Remark{{"q.other", "x", RemarkNew}}},
		{name: "text answers a required question", q: requiredOther, values: Values{"q.other": {"x"}}, codes: []int16{CodeFirst + 1}, remarks: []Remark{{"q.other", "x", RemarkNew}}},
		{name: "blank text chooses nothing", q: single, values: Values{"q.other": {" \x00"}}, codes: []int16{CodeBlank}},
		{name: "text beside another answer", q: single, values: Values{"q": {"a"}, "q.other": {"jakieś"}}, problem: FieldError{"q.other", ProblemUnchosen, 0}},
		{name: "text beside another answer on paper", q: single, values: Values{"q": {"a"}, "q.other": {"x"}}, channel: ChannelPaperTyped, problem: FieldError{"q.other", ProblemUnchosen, 0}},
		{name: "text beside an opt-out", q: requiredOther, values: Values{"q": {"dk"}, "q.other": {"x"}}, problem: FieldError{"q.other", ProblemUnchosen, 0}},
		{name: "text beside an unreadable mark", q: single, values: Values{"q": {"unreadable"}, "q.other": {"x"}}, channel: ChannelPaperTyped, codes: []int16{CodeUnreadable}, remarks: []Remark{{"q.other", "x", RemarkNew}}},
		{name: "texts of two options", q: twoTexts, values: Values{"q.other": {"x"}, "q.third": {"y"}}, problem: FieldError{"q.third", ProblemUnchosen, 0}},
		{name: "text of an option without text", q: single, values: Values{"q": {"a"}, "q.a": {"jakieś"}}, codes: []int16{CodeFirst}},
		{name: "not answered", q: single, values: Values{}, codes: []int16{CodeBlank}},
		{name: "unknown field", q: single, values: Values{"x": {"a"}}, codes: []int16{CodeBlank}},
		{name: "unknown option", q: single, values: Values{"q": {"c"}}, problem: FieldError{"q", ProblemUnknown, 0}},
		{name: "opt-out not offered", q: single, values: Values{"q": {"na"}}, problem: FieldError{"q", ProblemUnknown, 0}},
		{name: "several", q: single, values: Values{"q": {"a", "other"}}, problem: FieldError{"q", ProblemSeveral, 0}},
		{name: "required", q: required, values: Values{"q": {" "}}, problem: FieldError{"q", ProblemRequired, 0}},
		{name: "required, opted out", q: required, values: Values{"q": {"dk"}}, codes: []int16{CodeNoOpinion}},
		{name: "required, blank on paper", q: required, values: Values{}, channel: ChannelPaperTyped, codes: []int16{CodeBlank}},
		{name: "unreadable on paper", q: required, values: Values{"q": {"unreadable"}}, channel: ChannelPaperScanned, codes: []int16{CodeUnreadable}},
		{name: "unreadable elsewhere", q: required, values: Values{"q": {"unreadable"}}, channel: ChannelKiosk, problem: FieldError{"q", ProblemUnknown, 0}},
		{name: "scale", q: scale, values: Values{"q": {"5"}}, codes: []int16{CodeFirst + 4}},
		{name: "scale, not applicable", q: scale, values: Values{"q": {"na"}}, codes: []int16{CodeNotApplicable}},
		{name: "above the scale", q: scale, values: Values{"q": {"6"}}, problem: FieldError{"q", ProblemUnknown, 0}},
		{name: "below the scale", q: scale, values: Values{"q": {"0"}}, problem: FieldError{"q", ProblemUnknown, 0}},
		{name: "emoji", q: Question{Kind: KindEmoji, Scale: points(3)}, values: Values{"q": {"2"}}, codes: []int16{CodeFirst + 1}},
		{name: "no", q: Question{Kind: KindYesNo}, values: Values{"q": {"no"}}, codes: []int16{CodeFirst + 1}},
		{name: "no beside partly", q: Question{Kind: KindYesNo, Partly: true}, values: Values{"q": {"no"}}, codes: []int16{CodeFirst + 2}},
		{name: "partly not offered", q: Question{Kind: KindYesNo}, values: Values{"q": {"partly"}}, problem: FieldError{"q", ProblemUnknown, 0}},
		{name: "nps lowest", q: Question{Kind: KindNPS}, values: Values{"q": {"0"}}, codes: []int16{CodeFirst}},
		{name: "nps highest", q: Question{Kind: KindNPS}, values: Values{"q": {"10"}}, codes: []int16{CodeFirst + 10}},
		{name: "nps above", q: Question{Kind: KindNPS}, values: Values{"q": {"11"}}, problem: FieldError{"q", ProblemUnknown, 0}},
		{name: "info", q: Question{Kind: KindInfo}, values: Values{"q": {"x"}}},
	})
}

func TestFillMulti(t *testing.T) {
	multi := Question{Kind: KindMulti, Options: options("a", "b", "other", "none"), Max: 2, OptOuts: []OptOut{NotApplicable}}
	atLeast := Question{Kind: KindMulti, Options: options("a", "b", "c", "none"), Min: 2}
	required := Question{Kind: KindMulti, Options: options("a", "b"), Required: true}
	const on, off, paper = CodeFirst, CodeBlank, ChannelPaperTyped
	runFills(t, []fillCase{
		{name: "some", q: multi, values: Values{"q": {"a", "other"}, "q.other": {"x"}}, codes: []int16{on, on, off, on, off}, remarks: []Remark{{"q.other", "x", RemarkNew}}},
		{name: "twice the same", q: multi, values: Values{"q": {"b", "b", "a"}}, codes: []int16{on, on, on, off, off}},
		{name: "none picked", q: multi, values: Values{}, codes: []int16{off, off, off, off, off}},
		{name: "text picks its option too", q: multi, values: Values{"q": {"a"}, "q.other": {"x"}}, codes: []int16{on, on, off, on, off}, remarks: []Remark{{"q.other", "x", RemarkNew}}},
		{name: "text alone", q: multi, values: Values{"q.other": {"x"}}, channel: paper, codes: []int16{on, off, off, on, off}, remarks: []Remark{{"q.other", "x", RemarkNew}}},
		{name: "text beyond the picks allowed", q: multi, values: Values{"q": {"a", "b"}, "q.other": {"x"}}, problem: FieldError{"q", ProblemTooMany, 2}},
		{name: "text beside an exclusive option", q: multi, values: Values{"q": {"none"}, "q.other": {"x"}}, problem: FieldError{"q", ProblemExclusive, 0}},
		{name: "text beside an unreadable mark", q: multi, values: Values{"q": {"unreadable"}, "q.other": {"x"}}, channel: paper, codes: []int16{CodeUnreadable, off, off, off, off}, remarks: []Remark{{"q.other", "x", RemarkNew}}},
		{name: "too many", q: multi, values: Values{"q": {"a", "b", "other"}}, problem: FieldError{"q", ProblemTooMany, 2}},
		{name: "exclusive alone", q: multi, values: Values{"q": {"none"}}, codes: []int16{on, off, off, off, on}},
		{name: "exclusive with another", q: multi, values: Values{"q": {"a", "none"}}, problem: FieldError{"q", ProblemExclusive, 0}},
		{name: "opted out", q: multi, values: Values{"q": {"na"}}, codes: []int16{CodeNotApplicable, off, off, off, off}},
		{name: "opted out and picked", q: multi, values: Values{"q": {"na", "a"}}, problem: FieldError{"q", ProblemExclusive, 0}},
		{name: "opted out by what is not offered", q: multi, values: Values{"q": {"dk"}}, problem: FieldError{"q", ProblemUnknown, 0}},
		{name: "unknown", q: multi, values: Values{"q": {"a", "z"}}, problem: FieldError{"q", ProblemUnknown, 0}},
		{name: "unknown on paper", q: multi, values: Values{"q": {"z"}}, channel: paper, problem: FieldError{"q", ProblemUnknown, 0}},
		{name: "unreadable elsewhere", q: multi, values: Values{"q": {"unreadable"}}, problem: FieldError{"q", ProblemUnknown, 0}},
		{name: "unreadable on paper", q: multi, values: Values{"q": {"unreadable"}}, channel: paper, codes: []int16{CodeUnreadable, off, off, off, off}},
		{name: "too many on paper", q: multi, values: Values{"q": {"a", "b", "other"}, "q.other": {"x"}}, channel: paper, codes: []int16{CodeUnreadable, off, off, off, off}, remarks: []Remark{{"q.other", "x", RemarkNew}}},
		{name: "exclusive with another on paper", q: multi, values: Values{"q": {"a", "none"}}, channel: paper, codes: []int16{CodeUnreadable, off, off, off, off}},
		{name: "opted out and picked on paper", q: multi, values: Values{"q": {"na", "a"}}, channel: paper, codes: []int16{CodeUnreadable, off, off, off, off}},
		{name: "too few", q: atLeast, values: Values{"q": {"a"}}, problem: FieldError{"q", ProblemTooFew, 2}},
		{name: "too few is fine on paper", q: atLeast, values: Values{"q": {"a"}}, channel: paper, codes: []int16{on, on, off, off, off}},
		{name: "nothing is not too few", q: atLeast, values: Values{}, codes: []int16{off, off, off, off, off}},
		{name: "exclusive is not too few", q: atLeast, values: Values{"q": {"none"}}, codes: []int16{on, off, off, off, on}},
		{name: "required", q: required, values: Values{"q": {""}}, problem: FieldError{"q", ProblemRequired, 0}},
		{name: "required on paper", q: required, values: Values{}, channel: paper, codes: []int16{off, off, off}},
	})
}

func TestFillRows(t *testing.T) {
	rows := []Row{{Key: "x"}, {Key: "y"}}
	matrix := Question{Kind: KindMatrix, Scale: points(4), Rows: rows, OptOuts: []OptOut{NotApplicable, NoOpinion}}
	forced := Question{Kind: KindMatrix, Scale: points(4), Rows: rows, Required: true}
	paired := Question{Kind: KindPaired, Scale: points(5), Rows: rows}
	runFills(t, []fillCase{
		{name: "rows", q: matrix, values: Values{"q.x": {"4"}, "q.y": {"dk"}}, codes: []int16{CodeFirst + 3, CodeNoOpinion}},
		{name: "one row", q: matrix, values: Values{"q.y": {"1"}}, codes: []int16{CodeBlank, CodeFirst}},
		{name: "row above the scale", q: matrix, values: Values{"q.y": {"5"}}, problem: FieldError{"q.y", ProblemUnknown, 0}},
		{name: "row twice", q: matrix, values: Values{"q.y": {"4", "4"}}, problem: FieldError{"q.y", ProblemSeveral, 0}},
		{name: "each row required", q: forced, values: Values{"q.x": {"1"}}, problem: FieldError{"q.y", ProblemRequired, 0}},
		{name: "paired", q: paired, values: Values{"q.x.importance": {"5"}, "q.x.satisfaction": {"2"}, "q.y.satisfaction": {"1"}}, codes: []int16{CodeFirst + 4, CodeFirst + 1, CodeBlank, CodeFirst}},
		{name: "paired, bad aspect", q: paired, values: Values{"q.y.importance": {"x"}}, problem: FieldError{"q.y.importance", ProblemUnknown, 0}},
	})
}

func TestFillNumbers(t *testing.T) {
	minutes := Question{Kind: KindNumber, Min: -5, Max: 240, OptOuts: []OptOut{NotApplicable}}
	runFills(t, []fillCase{
		{name: "lowest", q: minutes, values: Values{"q": {"-5"}}, codes: []int16{CodeFirst}},
		{name: "highest", q: minutes, values: Values{"q": {"240"}}, codes: []int16{CodeFirst + 245}},
		{name: "leading zeros", q: minutes, values: Values{"q": {"007"}}, codes: []int16{CodeFirst + 12}},
		{name: "below", q: minutes, values: Values{"q": {"-6"}}, problem: FieldError{"q", ProblemBelow, -5}},
		{name: "above", q: minutes, values: Values{"q": {"241"}}, problem: FieldError{"q", ProblemAbove, 240}},
		{name: "far above", q: minutes, values: Values{"q": {"99999999999999999999"}}, problem: FieldError{"q", ProblemNotNumber, 0}},
		{name: "fraction", q: minutes, values: Values{"q": {"1,5"}}, problem: FieldError{"q", ProblemNotNumber, 0}},
		{name: "words", q: minutes, values: Values{"q": {"pół godziny"}}, problem: FieldError{"q", ProblemNotNumber, 0}},
		{name: "opted out", q: minutes, values: Values{"q": {"na"}}, codes: []int16{CodeNotApplicable}},
		{name: "several", q: minutes, values: Values{"q": {"1", "2"}}, problem: FieldError{"q", ProblemSeveral, 0}},
		{name: "unreadable", q: minutes, values: Values{"q": {"unreadable"}}, channel: ChannelPaperTyped, codes: []int16{CodeUnreadable}},
	})
}

func TestFillText(t *testing.T) {
	text := Question{Kind: KindText, Limit: 5}
	required := Question{Kind: KindText, Required: true}
	long := Question{Kind: KindText}
	remark := func(s string) []Remark { return []Remark{{"q", s, RemarkNew}} }
	said := []int16{CodeFirst}
	runFills(t, []fillCase{
		{name: "as long as allowed, in characters", q: text, values: Values{"q": {" żółć! "}}, codes: said, remarks: remark("żółć!")},
		{name: "too long", q: text, values: Values{"q": {"żółć!!"}}, problem: FieldError{"q", ProblemTooLong, 5}},
		{name: "too long without a limit of its own", q: long, values: Values{"q": {strings.Repeat("ą", MaxRemark+1)}}, problem: FieldError{"q", ProblemTooLong, MaxRemark}},
		{name: "blank", q: text, values: Values{"q": {" \n\t "}}, codes: []int16{CodeBlank}},
		{name: "control characters only", q: required, values: Values{"q": {"\x00\x07\u0085"}}, problem: FieldError{"q", ProblemRequired, 0}},
		{name: "control characters", q: long, values: Values{"q": {"a\x00b\x1bc\x7fd\u009fe\ufffef\tg"}}, codes: said, remarks: remark("abcdef\tg")},
		{name: "line ends", q: long, values: Values{"q": {"a\r\nb\rc\nd"}}, codes: said, remarks: remark("a\nb\nc\nd")},
		{name: "CRLF counts once", q: text, values: Values{"q": {"ab\r\ncd"}}, codes: said, remarks: remark("ab\ncd")},
		{name: "invalid UTF-8", q: long, values: Values{"q": {"a\xffb\xc5"}}, codes: said, remarks: remark("a\uFFFDb\uFFFD")},
		{name: "required", q: required, values: Values{}, problem: FieldError{"q", ProblemRequired, 0}},
		{name: "required on paper", q: required, values: Values{}, channel: ChannelPaperTyped, codes: []int16{CodeBlank}},
		{name: "unreadable on paper", q: text, values: Values{"q": {"unreadable"}}, channel: ChannelPaperTyped, codes: []int16{CodeUnreadable}},
		{name: "the word elsewhere is a word", q: long, values: Values{"q": {"unreadable"}}, codes: said, remarks: remark("unreadable")},
	})
}

// The text of an option is bounded like any other.
func TestFillLongOptionText(t *testing.T) {
	q := Question{Kind: KindSingle, Options: options("other")}
	values := Values{"q": {"other"}, "q.other": {strings.Repeat("x", MaxRemark+1)}}
	runFills(t, []fillCase{{name: "too long", q: q, values: values, problem: FieldError{"q.other", ProblemTooLong, MaxRemark}}})
}

// All faults are told at once, in the order of the page.
func TestFillTellsEverything(t *testing.T) {
	q := Questionnaire{Sections: []Section{
		{Questions: []Question{{Key: "a", Kind: KindNPS, Required: true}, {Key: "b", Kind: KindNumber, Max: 9}}},
		{Questions: []Question{{Key: "c", Kind: KindText, Limit: 1}}},
	}}
	version := &Version{Questionnaire: q, Layout: NewLayout(&q)}
	_, err := version.Fill(Values{"c": {"xx"}, "b": {"x"}}, ChannelQR, Day{})
	want := "invalid: a: required; b: not_number; c: too_long (1)"
	if err == nil || err.Error() != want {
		t.Errorf("Fill = %v, want %s", err, want)
	}
}

// A value stands where the list of choices has it, for every kind.
func TestChoiceAt(t *testing.T) {
	three, two := &Scale{Points: make([]Point, 3)}, &Scale{Points: make([]Point, 2)}
	questions := []*Question{
		{Kind: KindSingle, Options: []Option{{Key: "a"}, {Key: "b"}}}, {Kind: KindMulti, Options: []Option{{Key: "a"}}}, {Kind: KindScale, Scale: three},
		{Kind: KindEmoji, Scale: three}, {Kind: KindMatrix, Scale: three, Importance: two}, {Kind: KindPaired, Scale: three}, {Kind: KindPaired, Scale: two, Importance: three},
		{Kind: KindYesNo}, {Kind: KindYesNo, Partly: true}, {Kind: KindNPS}, {Kind: KindText}, {Kind: KindInfo}, {Kind: KindScale},
	}
	values := []string{"", "a", "b", "c", "0", "1", "2", "3", "4", "01", "+1", "10", "11", "yes", "partly", "no", "na"}
	for _, q := range questions {
		for _, aspect := range []string{"", AspectImportance, AspectSatisfaction} {
			for _, value := range values {
				want := slices.IndexFunc(q.ChoicesOf(aspect), func(c Choice) bool { return c.Value == value })
				if got := q.choiceAt(aspect, value); got != want {
					t.Errorf("choiceAt(%q, %q) of %s = %d; want %d", aspect, value, q.Kind, got, want)
				}
			}
		}
	}
}

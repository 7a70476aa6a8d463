package survey

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// skipping is a questionnaire in the form of a file: who was served goes on to the ratings.
const skipping = `
key: ankieta
title: Ankieta
sections:
  - key: sprawa
    title: Sprawa
    questions:
      - {key: settled, kind: yesno, label: Czy sprawa została załatwiona?, partly: true, skip: [{is: [yes], to: oceny}]}
      - {key: why, kind: text, label: Dlaczego nie?, required: true}
      - {key: who, kind: single, label: Kto pomógł?, options: [{key: nobody, label: nikt}, {key: friend, label: znajomy}]}
  - key: dalej
    title: Co dalej
    questions:
      - {key: again, kind: yesno, label: Czy przyjdzie Pani/Pan jeszcze raz?}
  - key: oceny
    title: Oceny
    questions:
      - {key: rate, kind: nps, label: Czy poleci nas Pani/Pan?}
      - {key: low, kind: text, label: Co poprawić?, show_if: {all: [{question: rate, at_most: 6}]}}
`

func parsed(t *testing.T, yaml string) *Version {
	t.Helper()
	q, err := ParseQuestionnaire("q.yaml", []byte(yaml))
	if err != nil {
		t.Fatal(err)
	}
	return &Version{ID: 1, Questionnaire: *q, Layout: NewLayout(q)}
}

func TestSkipBecomesRules(t *testing.T) {
	v := parsed(t, skipping)
	not := &Rule{All: []Condition{{Question: "settled", Is: []string{"yes"}, Not: true}}}
	got := map[string]*Rule{}
	for i := range v.Questionnaire.Sections {
		s := &v.Questionnaire.Sections[i]
		got[s.Key] = s.ShowIf
		for _, q := range s.Questions {
			got[q.Key] = q.ShowIf
			if q.Skips != nil {
				t.Errorf("%s keeps its skips", q.Key)
			}
		}
	}
	six := 6
	want := map[string]*Rule{
		"sprawa": nil, "settled": nil, "why": not, "who": not, "dalej": not, "again": nil, "oceny": nil, "rate": nil,
		"low": {All: []Condition{{Question: "rate", AtMost: &six}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rules (-want +got):\n%s", diff)
	}
	for _, to := range []string{"settled", "why", "nowhere"} {
		wrong := strings.Replace(skipping, "to: oceny", "to: "+to, 1)
		if _, err := ParseQuestionnaire("q.yaml", []byte(wrong)); err == nil || !strings.Contains(err.Error(), "sections[0].questions[0].skip[0].to: rule_unknown") {
			t.Errorf("skip to %s: %v", to, err)
		}
	}
}

func TestFillFollowsRules(t *testing.T) {
	v := parsed(t, skipping)
	day := NewDay(2026, 3, 14)
	tests := []struct {
		name    string
		values  Values
		channel Channel
		codes   []int16 // settled, why, who, again, rate, low
		counted []int16
		remarks int
	}{
		{
			"skipped, whatever stands there", Values{"settled": {"yes"}, "why": {"bo tak"}, "who": {"nobody"}, "again": {"no"}, "rate": {"9"}, "low": {"nic"}}, ChannelWeb,
			[]int16{5, 4, 4, 4, 14, 4}, []int16{5, 4, 4, 4, 14, 4}, 0,
		},
		{
			"not skipped", Values{"settled": {"no"}, "why": {"bo tak"}, "again": {"no"}, "rate": {"6"}, "low": {"kolejki"}}, ChannelWeb,
			[]int16{7, 5, 0, 6, 11, 5}, []int16{7, 5, 0, 6, 11, 5}, 2,
		},
		{
			"kept on paper, but not counted", Values{"settled": {"yes"}, "why": {"bo tak"}, "who": {"nobody"}, "rate": {"9"}, "low": {"nic"}}, ChannelPaperTyped,
			[]int16{5, 5, 5, 4, 14, 5}, []int16{5, 4, 4, 4, 14, 4}, 2,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			sub, err := v.Fill(tt.values, tt.channel, day)
			if err != nil {
				t.Fatal(err)
			}
			if counted := v.Layout.Effective(sub.Codes); !slices.Equal(sub.Codes, tt.codes) || !slices.Equal(counted, tt.counted) {
				t.Errorf("codes %v, counted %v; want %v, %v", sub.Codes, counted, tt.codes, tt.counted)
			}
			if len(sub.Remarks) != tt.remarks {
				t.Errorf("remarks %v, want %d", sub.Remarks, tt.remarks)
			}
		})
	}
	var invalid *InvalidError
	_, err := v.Fill(Values{"settled": {"no"}}, ChannelWeb, day)
	if !errors.As(err, &invalid) || len(invalid.Fields) != 1 || invalid.Fields[0].Field != "why" {
		t.Errorf("Fill without a required answer that is shown = %v", err)
	}
	if _, err := v.Fill(Values{"settled": {"yes"}, "who": {"nonsense"}}, ChannelWeb, day); err != nil {
		t.Errorf("Fill with nonsense in a hidden field = %v", err)
	}
	if _, err := v.Fill(Values{"settled": {"yes"}, "who": {"nonsense"}}, ChannelPaperTyped, day); err == nil {
		t.Error("a typing error in a hidden field of a sheet goes unnoticed")
	}
}

func TestPagesOfRules(t *testing.T) {
	got := parsed(t, skipping).Questionnaire.Pages()
	want := [][]string{{"settled"}, {"why", "who", "again", "rate"}, {"low"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("pages (-want +got):\n%s", diff)
	}
}

func TestCheckOfRules(t *testing.T) {
	is := func(question string, values ...string) Condition { return Condition{Question: question, Is: values} }
	all := func(conditions ...Condition) *Rule { return &Rule{All: conditions} }
	n := func(i int) *int { return &i }
	base := func() *Questionnaire {
		return &Questionnaire{Key: "ankieta", Title: PL("Ankieta"), Sections: []Section{
			{Key: "a", Title: PL("A"), Questions: []Question{
				{Key: "q1", Kind: KindYesNo, Label: PL("1"), Required: true},
				{Key: "q2", Kind: KindMulti, Label: PL("2"), Max: 1, Options: []Option{{Key: "x", Label: PL("x")}, {Key: "y", Label: PL("y")}}},
				{Key: "q3", Kind: KindNumber, Label: PL("3"), Max: 10},
				{Key: "q4", Kind: KindMatrix, Label: PL("4"), Scale: &Scale{Points: []Point{{Label: PL("źle")}, {Label: PL("dobrze")}}}, Rows: []Row{{Key: "r", Label: PL("r")}}},
			}},
			{Key: "b", Title: PL("B"), Questions: []Question{{Key: "q5", Kind: KindText, Label: PL("5")}, {Key: "q6", Kind: KindYesNo, Label: PL("6")}}},
		}}
	}
	q6 := func(r *Rule) func(*Questionnaire) { return func(q *Questionnaire) { q.Question("q6").ShowIf = r } }
	const path = "sections[1].questions[1].show_if"
	tests := []struct {
		name string
		edit func(*Questionnaire)
		want string // path: problem; "": none
	}{
		{"sound", q6(all(is("q1", "no"), is("q2", "x"), Condition{Question: "q3", AtLeast: n(3)}, Condition{Question: "q4", Row: "r", Is: []string{"1"}})), ""},
		{"without a condition", q6(&Rule{}), path + ": bad_rule"},
		{"without an answer", q6(all(is("q1"))), path + ".all[0].is: bad_rule"},
		{"of a question that is not there", q6(all(is("q9", "x"))), path + ".all[0].question: rule_unknown"},
		{"of a text", q6(all(is("q5", "x"))), path + ".all[0].question: rule_unknown"},
		{"of an answer that is not there", q6(all(is("q2", "z"))), path + ".all[0].is: rule_unknown"},
		{"of an opt-out that is not offered", q6(all(is("q1", "na"))), path + ".all[0].is: rule_unknown"},
		{"of a matrix without a row", q6(all(is("q4", "1"))), path + ".all[0].row: rule_unknown"},
		{"of a row of no matrix", q6(all(Condition{Question: "q1", Row: "r", Is: []string{"yes"}})), path + ".all[0].row: rule_unknown"},
		{"bounds of no number", q6(all(Condition{Question: "q1", AtLeast: n(1)})), path + ".all[0].at_least: bad_bounds"},
		{"bounds out of reach", q6(all(Condition{Question: "q3", AtLeast: n(11)})), path + ".all[0].at_least: bad_bounds (10)"},
		{"of itself", q6(all(is("q6", "yes"))), path + ".all[0].question: rule_cycle (6)"},
		{"of a later question", func(q *Questionnaire) { q.Question("q1").ShowIf = all(is("q6", "yes")) }, "sections[0].questions[0].show_if.all[0].question: rule_ahead (6)"},
		{"in a circle", func(q *Questionnaire) {
			q.Question("q1").ShowIf, q.Question("q6").ShowIf = all(is("q6", "yes")), all(is("q1", "yes"))
		}, "sections[0].questions[0].show_if.all[0].question: rule_cycle (6)"},
		{"a section of its own question", func(q *Questionnaire) { q.Sections[1].ShowIf = all(is("q6", "yes")) }, "sections[1].show_if.all[0].question: rule_cycle (6)"},
		{"never met", q6(all(is("q1", "yes"), is("q1", "no"))), path + ": dead"},
		{"never met for the number of picks", q6(all(is("q2", "x"), is("q2", "y"))), path + ": dead"},
		{"never met through another", func(q *Questionnaire) {
			q.Question("q2").ShowIf, q.Question("q6").ShowIf = all(is("q1", "no")), all(is("q1", "yes"), is("q2", "x"))
		}, path + ": dead"},
		{"never met, as an answer is required", q6(all(Condition{Question: "q1", Is: []string{"yes", "no"}, Not: true})), path + ": dead"},
		{"met by no answer", func(q *Questionnaire) {
			q.Question("q1").Required = false
			q.Question("q6").ShowIf = all(Condition{Question: "q1", Is: []string{"yes", "no"}, Not: true})
		}, ""},
		{
			"a section never shown", func(q *Questionnaire) { q.Sections[1].ShowIf = all(is("q1", "yes"), is("q1", "no")) },
			"sections[1].questions[0].show_if: dead; sections[1].questions[1].show_if: dead",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q := base()
			tt.edit(q)
			got := ""
			if err := q.Check(); err != nil {
				got = strings.TrimPrefix(err.Error(), "invalid: ")
			}
			if got != tt.want {
				t.Errorf("Check = %q, want %q", got, tt.want)
			}
		})
	}
}

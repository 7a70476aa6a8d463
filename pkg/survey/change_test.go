package survey

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func small() *Questionnaire {
	return &Questionnaire{Key: "ankieta", Title: PL("Ankieta"), Sections: []Section{
		{Key: "a", Title: PL("Sprawa"), Questions: []Question{
			{Key: "settled", Kind: KindYesNo, Label: PL("Czy sprawa została załatwiona?")},
			{Key: "why", Kind: KindText, Label: PL("Dlaczego nie?"), ShowIf: &Rule{All: []Condition{{Question: "settled", Is: []string{"no"}}}}},
		}},
		{Key: "b", Title: PL("Oceny"), Questions: []Question{
			{Key: "rate", Kind: KindMatrix, Label: PL("Jak Pani/Pan ocenia?"), Scale: &Scale{Points: []Point{{Label: PL("źle")}, {Label: PL("średnio")}, {Label: PL("dobrze")}}},
				Rows: []Row{{Key: "speed", Label: PL("szybkość obsługi")}, {Key: "kind", Label: PL("uprzejmość")}}},
			{Key: "wait", Kind: KindNumber, Label: PL("Ile minut trwało czekanie?"), Max: 60, Unit: PL("minut")},
		}},
	}}
}

func TestChanges(t *testing.T) {
	tests := []struct {
		name string
		edit func(*Questionnaire)
		want []Change
	}{
		{"nothing", func(*Questionnaire) {}, nil},
		{"a typing error", func(q *Questionnaire) { q.Question("settled").Label.PL = "Czy sprawa zostala załatwiona" },
			[]Change{{Question: "settled", Reasons: []Reason{ReasonWording}}}},
		{"a negation", func(q *Questionnaire) { q.Question("settled").Label.PL = "Czy sprawa nie została załatwiona?" },
			[]Change{{Question: "settled", Reasons: []Reason{ReasonMeaning}, New: true}}},
		{"a figure", func(q *Questionnaire) { q.Question("wait").Label.PL = "Ile minut trwało czekanie 2?" },
			[]Change{{Question: "wait", Reasons: []Reason{ReasonMeaning}, New: true}}},
		{"another question", func(q *Questionnaire) { q.Question("settled").Label.PL = "Czy urzędnik był pomocny?" },
			[]Change{{Question: "settled", Reasons: []Reason{ReasonMeaning}, New: true}}},
		{"a translation", func(q *Questionnaire) { q.Question("settled").Label.EN = "Was your matter settled?" }, nil},
		{"a row's wording", func(q *Questionnaire) { q.Question("rate").Rows[0].Label.PL = "szybkość obslugi" },
			[]Change{{Question: "rate", Row: "speed", Reasons: []Reason{ReasonWording}}}},
		{"a row more", func(q *Questionnaire) {
			r := q.Question("rate")
			r.Rows = append(r.Rows, Row{Key: "place", Label: PL("wygoda")})
		}, nil},
		{"a point more", func(q *Questionnaire) {
			r := q.Question("rate")
			r.Scale.Points = append(r.Scale.Points, Point{Label: PL("bardzo dobrze")})
		}, []Change{{Question: "rate", Reasons: []Reason{ReasonValues}, New: true, Fixed: true}}},
		{"the best first", func(q *Questionnaire) { q.Question("rate").Scale.BestFirst = true },
			[]Change{{Question: "rate", Reasons: []Reason{ReasonValues}, New: true, Fixed: true}}},
		{"a point's wording", func(q *Questionnaire) { q.Question("rate").Scale.Points[1].Label.PL = "wcale nie" },
			[]Change{{Question: "rate", Reasons: []Reason{ReasonMeaning}, New: true}}},
		{"an opt-out", func(q *Questionnaire) { q.Question("rate").OptOuts = []OptOut{NoOpinion} },
			[]Change{{Question: "rate", Reasons: []Reason{ReasonOptOuts}, New: true}}},
		{"a rule less", func(q *Questionnaire) { q.Question("why").ShowIf = nil },
			[]Change{{Question: "why", Reasons: []Reason{ReasonRule}, New: true}}},
		{"other bounds", func(q *Questionnaire) { q.Question("wait").Max = 90 },
			[]Change{{Question: "wait", Reasons: []Reason{ReasonBounds}, New: true, Fixed: true}}},
		{"another kind", func(q *Questionnaire) { q.Question("settled").Kind = KindNPS },
			[]Change{{Question: "settled", Reasons: []Reason{ReasonKind}, New: true, Fixed: true}}},
		{"help, order and requirement", func(q *Questionnaire) {
			q.Question("settled").Help, q.Question("settled").Required = PL("Ta sama sprawa"), true
			slices.Reverse(q.Sections)
		}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before, after := small(), small()
			tt.edit(after)
			got := Changes(before, after)
			for i := range got {
				got[i].Before, got[i].After = "", ""
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Changes (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSettle(t *testing.T) {
	before, after := small(), small()
	before.Question("wait").Series = 3
	after.Question("wait").Max = 90                                      // no choice: a new series
	after.Question("settled").Label.PL = "Czy urzędnik załatwił sprawę?" // proposed as new, but not declared so
	after.Question("rate").Rows[0].Label.PL = "szybkość obslugi"         // proposed as the same, but declared new
	after.Question("why").Series = 8                                     // a draft's own idea counts for nothing
	after.Sections[0].Questions = append(after.Sections[0].Questions, Question{Key: "new", Kind: KindNPS, Label: PL("Nowe"), Series: 4})
	after.Settle(before, map[string]bool{"rate.speed": true, "why": true})
	got := map[string]int{}
	for _, q := range after.Questions() {
		got[q.Key] = q.Series
		for _, r := range q.Rows {
			got[q.Key+"."+r.Key] = r.Series
		}
	}
	want := map[string]int{"wait": 4, "settled": 0, "rate": 0, "rate.speed": 2, "rate.kind": 0, "why": 0, "new": 0}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("series (-want +got):\n%s", diff)
	}
}

// A question that was taken out is compared with its last wording when it comes back.
func TestLastKnown(t *testing.T) {
	first, second, third := small(), small(), small()
	first.Question("wait").Label.PL = "Najstarsza treść"
	second.Question("wait").Series = 2
	third.Sections[1].Questions = third.Sections[1].Questions[:1]
	known := LastKnown([]*Version{{Questionnaire: *first}, {Questionnaire: *second}, {Questionnaire: *third}})
	if got := known.Question("wait"); got == nil || got.Series != 2 || got.Label.PL != "Ile minut trwało czekanie?" {
		t.Errorf("LastKnown = %+v, want the second version's", got)
	}
	back := small()
	back.Settle(known, nil)
	if got := back.Question("wait").Series; got != 2 {
		t.Errorf("series of a question that came back = %d, want 2", got)
	}
}

func TestDiff(t *testing.T) {
	before, after := small(), small()
	after.Title.PL = "Ankieta 2"
	after.Question("settled").Label.EN = "Settled?"
	after.Question("rate").Rows = after.Question("rate").Rows[:1]
	after.Sections[0].Questions, after.Sections[1].Questions = after.Sections[0].Questions[:1], append(after.Sections[1].Questions, after.Sections[0].Questions[1])
	after.Sections[1].Questions = slices.Delete(after.Sections[1].Questions, 1, 2)
	want := []Difference{
		{What: DifferenceChanged, Property: "title", Lang: "pl", Before: "Ankieta", After: "Ankieta 2"},
		{Section: "a", Question: "settled", What: DifferenceChanged, Property: "label", Lang: "en", After: "Settled?"},
		{Section: "b", Question: "rate", What: DifferenceChanged, Property: "rows", Item: "kind", Lang: "pl", Before: "uprzejmość"},
		{Section: "b", Question: "why", What: DifferenceMoved, Before: "a", After: "b"},
		{Section: "b", Question: "wait", What: DifferenceRemoved, Before: "Ile minut trwało czekanie?"},
	}
	if diff := cmp.Diff(want, Diff(before, after)); diff != "" {
		t.Errorf("Diff (-want +got):\n%s", diff)
	}
}

// Whoever changed nothing gets what the other made of it.
func TestMergeOfOneSide(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base, other := genQuestionnaire().Draw(t, "base"), genQuestionnaire().Draw(t, "other")
		for _, side := range []struct{ mine, theirs *Questionnaire }{{other, base}, {base, other}, {other, other}} {
			merged, conflicts := Merge(base, side.mine, side.theirs)
			if len(conflicts) > 0 {
				t.Fatalf("conflicts %v though one side changed nothing", conflicts)
			}
			merged.Key = other.Key
			if diff := cmp.Diff(other, merged); diff != "" {
				t.Fatalf("Merge (-want +got):\n%s", diff)
			}
		}
	})
}

func TestMerge(t *testing.T) {
	label := func(key, text string) func(*Questionnaire) {
		return func(q *Questionnaire) { q.Question(key).Label.PL = text }
	}
	remove := func(q *Questionnaire) { q.Sections[0].Questions = q.Sections[0].Questions[:1] }
	add := func(q *Questionnaire) {
		q.Sections[0].Questions = slices.Insert(q.Sections[0].Questions, 1, Question{Key: "new", Kind: KindNPS, Label: PL("Nowe")})
	}
	swap := func(q *Questionnaire) { slices.Reverse(q.Sections[1].Questions) }
	title := func(q *Questionnaire) { q.Sections[1].Title.PL = "Inny" }
	dropSection := func(q *Questionnaire) { q.Sections = q.Sections[:1] }
	swapSections := func(q *Questionnaire) { slices.Reverse(q.Sections) }
	tests := []struct {
		name         string
		mine, theirs func(*Questionnaire)
		order        []string
		conflicts    []string
	}{
		{"two questions", label("settled", "Moje"), label("wait", "Ich"), []string{"settled", "why", "rate", "wait"}, nil},
		{"the same question", label("settled", "Moje"), label("settled", "Ich"), []string{"settled", "why", "rate", "wait"}, []string{"settled"}},
		{"removed and changed elsewhere", remove, label("wait", "Ich"), []string{"settled", "rate", "wait"}, nil},
		{"removed and changed", remove, label("why", "Ich"), []string{"settled", "why", "rate", "wait"}, []string{"why"}},
		{"changed and removed", label("why", "Moje"), remove, []string{"settled", "rate", "wait"}, []string{"why"}},
		{"a section changed and removed", title, dropSection, []string{"settled", "why"}, []string{small().Sections[1].Key}},
		{"a section removed and changed", dropSection, title, []string{"settled", "why", "rate", "wait"}, []string{small().Sections[1].Key}},
		{"added and moved", add, swap, []string{"settled", "new", "why", "wait", "rate"}, nil},
		{"moved and added", swap, add, []string{"settled", "new", "why", "wait", "rate"}, nil},
		{"both moved the same", swap, swap, []string{"settled", "why", "wait", "rate"}, nil},
		{"sections and a removal", swapSections, remove, []string{"rate", "wait", "settled"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			mine, theirs := small(), small()
			tt.mine(mine)
			tt.theirs(theirs)
			merged, conflicts := Merge(small(), mine, theirs)
			var order []string
			for _, q := range merged.Questions() {
				order = append(order, q.Key)
			}
			if !slices.Equal(conflicts, tt.conflicts) || len(conflicts) == 0 && !slices.Equal(order, tt.order) {
				t.Errorf("Merge = %v, conflicts %v; want %v, %v", order, conflicts, tt.order, tt.conflicts)
			}
		})
	}
}

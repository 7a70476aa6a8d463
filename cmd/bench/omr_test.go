package main

import (
	"strings"
	"testing"

	"ocenaurzedu.eu/pkg/omr"
	"ocenaurzedu.eu/pkg/sheet"
	"ocenaurzedu.eu/pkg/synth"
)

// truthOf is a page of one question with two boxes, of which the first is marked.
func truthOf(flag bool) *synth.Truth {
	a, b := sheet.Box{Question: "q", Option: "a", X: 20, Y: 60}, sheet.Box{Question: "q", Option: "b", X: 40, Y: 60}
	return &synth.Truth{
		Code: sheet.Code{Tenant: 6, Version: 17, Page: 1, Serial: 5}, Nasty: flag,
		Boxes:     []synth.Box{{Box: a, State: synth.Marked}, {Box: b, State: synth.Empty}},
		Questions: []synth.Question{{Question: "q", Values: []string{"a"}, Flag: flag}},
	}
}

// readAs is what a reader makes of it.
func readAs(truth *synth.Truth, flagged bool, states [2]omr.BoxState, values ...string) *omr.Page {
	page := &omr.Page{State: omr.Done, Code: truth.Code, Questions: []omr.Question{{Question: "q", Values: values, Flagged: flagged}}}
	for i, b := range truth.Boxes {
		page.Boxes = append(page.Boxes, omr.Box{Box: b.Box, State: states[i], Flagged: flagged})
	}
	return page
}

func TestJudge(t *testing.T) {
	right, both := [2]omr.BoxState{omr.Marked, omr.Empty}, [2]omr.BoxState{omr.Marked, omr.Marked}
	other := readAs(truthOf(false), false, right, "a")
	other.Code.Serial++
	lost := &omr.Page{State: omr.NotLocated, Reason: omr.NoCode}
	tests := []struct {
		name              string
		flag              bool // only a flag is right
		read              *omr.Page
		located, foreign  bool
		wrong, wrongBoxes int
		sure              int
	}{
		{"right", false, readAs(truthOf(false), false, right, "a"), true, false, 0, 0, 2},
		{"wrong box and answer", false, readAs(truthOf(false), false, both, "b"), true, false, 1, 1, 2},
		{"flagged, so that nothing of it counts", false, readAs(truthOf(false), true, both, "b"), true, false, 0, 0, 0},
		{"sure of what nobody can know", true, readAs(truthOf(true), false, right, "a"), true, false, 1, 0, 2},
		{"flagged what nobody can know", true, readAs(truthOf(true), true, right, "a"), true, false, 0, 0, 0},
		{"no answer to the question", false, &omr.Page{State: omr.Done, Code: truthOf(false).Code, Boxes: other.Boxes}, true, false, 1, 0, 2},
		{"another sheet", false, other, false, true, 0, 0, 0},
		{"not located", false, lost, false, false, 0, 0, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := judge(truthOf(tt.flag), tt.read)
			if got.located != tt.located || got.wrongForm != tt.foreign || len(got.wrong) != tt.wrong || len(got.wrongBoxes) != tt.wrongBoxes || got.sureBoxes != tt.sure {
				t.Errorf("judge() = located %t, wrong form %t, %d wrong, %d of %d boxes wrong; want %t, %t, %d, %d of %d",
					got.located, got.wrongForm, len(got.wrong), len(got.wrongBoxes), got.sureBoxes, tt.located, tt.foreign, tt.wrong, tt.wrongBoxes, tt.sure)
			}
		})
	}
}

// TestScoreTellsMisses adds a hundred pages and wants each bar that doesn't hold told, with how much is missing, and no other.
func TestScoreTellsMisses(t *testing.T) {
	class, _ := synth.ClassOf("grey")
	s := newScore(class)
	for n := range 100 {
		truth := truthOf(false)
		truth.Nasty = n%2 == 1
		read := readAs(truth, n < 10, [2]omr.BoxState{omr.Marked, omr.Empty}, "a") // a tenth is flagged, alike of both manners
		if n == 99 {
			read = &omr.Page{State: omr.NotLocated}
		}
		s.add(judge(truth, read))
	}
	got := strings.Join(s.misses(), "; ")
	const want = "grey: located and QR right 99.00 %, bar 99.50 %, by 0.50 points; grey: questions flagged, cooperative 10.00 %, bar 5.00 %, by 5.00 points"
	if got != want {
		t.Errorf("misses() = %s, want %s", got, want)
	}
	if line := s.line(); !strings.HasSuffix(line, "| misses 2 |") {
		t.Errorf("line() = %s", line)
	}
}

// TestQuestionnairesOfBench wants the forms that are read to be without faults, and one to have boxes of every kind.
func TestQuestionnairesOfBench(t *testing.T) {
	forms, err := questionnaires()
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[sheet.BoxKind]bool{}
	for _, q := range forms {
		l, err := sheet.NewLayout(q)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range l.Pages {
			for _, b := range p.Boxes {
				kinds[b.Kind] = true
			}
		}
	}
	if len(forms) < 7 || len(kinds) != 4 {
		t.Errorf("%d forms with boxes of %v, want at least 7 with 4 kinds", len(forms), kinds)
	}
}

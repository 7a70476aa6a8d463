package survey

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFileErrorTellsPlaceAndPath(t *testing.T) {
	const section = "key: a\nsections:\n- key: s\n  questions:\n  - key: q\n" // line 5
	tests := []struct {
		name, yaml string
		want       FileError
	}{
		{"unknown field", section + "    lable: x\n", FileError{Line: 6, Column: 5, Path: "sections[0].questions[0].lable", Fault: FaultUnknownField, Word: "lable", Meant: "label"}},
		{"unknown language", section + "    label: {pl: a, de: b}\n", FileError{Line: 6, Column: 20, Path: "sections[0].questions[0].label.de", Fault: FaultUnknownField, Word: "de"}},
		{"field twice", "key: a\nkey: b\n", FileError{Line: 2, Column: 1, Fault: FaultTwice, Word: "key"}},
		{"word for a number", section + "    max: dwa\n", FileError{Line: 6, Column: 10, Path: "sections[0].questions[0].max", Fault: FaultType, Want: WantNumber}},
		{"number too large", section + "    max: 99999999999999999999\n", FileError{Line: 6, Column: 10, Path: "sections[0].questions[0].max", Fault: FaultType, Want: WantNumber}},
		{"word for a flag", section + "    required: maybe\n", FileError{Line: 6, Column: 15, Path: "sections[0].questions[0].required", Fault: FaultType, Want: WantFlag}},
		{"word for a list", "languages: pl\n", FileError{Line: 1, Column: 12, Path: "languages", Fault: FaultType, Want: WantList}},
		{"mapping for a list", "sections: {}\n", FileError{Line: 1, Column: 11, Path: "sections", Fault: FaultType, Want: WantList}},
		{"list for a text", "key: a\ntitle: {pl: [T]}\n", FileError{Line: 2, Column: 13, Path: "title.pl", Fault: FaultType, Want: WantText}},
		{"mapping for a text", "key:\n  a: b\n", FileError{Line: 2, Column: 4, Path: "key", Fault: FaultType, Want: WantText}},
		{"a list as the whole", "- a\n", FileError{Line: 1, Column: 1, Fault: FaultType, Want: WantMapping}},
		{"alias of nothing", section + "    scale: *nic\n", FileError{Line: 6, Column: 13, Path: "sections[0].questions[0].scale", Fault: FaultSyntax}},
		{"no end of quotes", "key: a\ntitle: 'nie\n", FileError{Line: 2, Column: 8, Fault: FaultSyntax}},
		{"tab", "key: a\n\ttitle: x\n", FileError{Line: 2, Column: 1, Fault: FaultSyntax}},
		{"empty", "# nic\n", FileError{Fault: FaultEmpty}},
		{"two documents", "key: a\n---\nkey: b\n", FileError{Fault: FaultDocuments}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ParseDraft("q.yaml", []byte(tt.yaml))
			var got *FileError
			if !errors.As(err, &got) {
				t.Fatalf("ParseDraft = %v, want a *FileError", err)
			}
			if got.Name != "q.yaml" || got.Detail == "" || !strings.HasSuffix(err.Error(), got.Detail) {
				t.Errorf("error %q of %+v", err, got)
			}
			got.Name, got.Detail = "", ""
			if diff := cmp.Diff(tt.want, *got); diff != "" {
				t.Errorf("ParseDraft (-want +got):\n%s", diff)
			}
		})
	}
}

// Files made to take a parser's time and memory are refused before they do, and without ending the process.
func TestParseRefusesBombs(t *testing.T) {
	const size = 1 << 18
	repeat := func(s string) string { return strings.Repeat(s, size/len(s)) }
	tests := []struct{ name, yaml string }{
		{"open brackets", "key: " + repeat("[")},
		{"brackets", "key: " + strings.Repeat("[", 20000) + strings.Repeat("]", 20000)},
		{"braces", "key: " + strings.Repeat("{a: ", 10000) + strings.Repeat("}", 10000)},
		{"brackets that a quote hides", repeat(`[ "]", `)},
		{"lists in lists", "key:\n" + repeat("- ") + "a"},
		{"keys of keys", repeat("? ")},
		{"tags", "title: " + repeat("!!str ")},
		{"tags on lines", "title:\n" + repeat(" !!str\n") + " a\n"},
		{"anchors", "title: " + repeat("&a ")},
		{"repeated lists", "key: a\nsections:\n- key: s\n  questions:\n  - &q\n    key: q\n    options:\n" + strings.Repeat("    - {key: a, label: b}\n", 2000) +
			strings.Repeat("  - *q\n", 2000)},
		{"repeated in turn", "a: &a [x, x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]\n" +
			"d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c]\ne: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d]\nf: [*e, *e, *e, *e, *e, *e, *e, *e, *e]\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := ParseDraft("q.yaml", []byte(tt.yaml))
			runtime.ReadMemStats(&after)
			var fault *FileError
			if !errors.As(err, &fault) || fault.Fault != FaultTooComplex {
				t.Errorf("ParseDraft = %.200v, want it too complex", err)
			}
			if took := (after.TotalAlloc - before.TotalAlloc) >> 20; took > 100 {
				t.Errorf("it took %d MB", took)
			}
		})
	}
	if _, err := ParseDraft("q.yaml", []byte("key: &a [*a]\n")); err == nil {
		t.Error("a list within itself was read")
	}
}

// The largest questionnaire there may be is no bomb.
func TestParseReadsTheLargestQuestionnaire(t *testing.T) {
	q := Questionnaire{Key: "a", Title: PL("T"), Languages: []string{English, Ukrainian}, Sections: []Section{{Key: "s", Title: PL("S")}}}
	three := func(n int) Text {
		return Text{PL: fmt.Sprintf("Odpowiedź %d", n), EN: fmt.Sprintf("Answer %d", n), UK: fmt.Sprintf("Відповідь %d", n)}
	}
	for i := range MaxQuestions {
		question := Question{Key: fmt.Sprintf("q%d", i), Kind: KindMulti, Label: three(i)}
		for j := range MaxOptions {
			question.Options = append(question.Options, Option{Key: fmt.Sprintf("o%d", j), Label: three(j)})
		}
		q.Sections[0].Questions = append(q.Sections[0].Questions, question)
	}
	data, err := q.YAML()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := ParseQuestionnaire("q.yaml", data); err != nil || len(got.Questions()) != MaxQuestions {
		t.Errorf("ParseQuestionnaire of %d KB = %.300v", len(data)>>10, err)
	}
}

func TestParseDraftTakesWhatAnEditorCanMend(t *testing.T) {
	file := func(question string) []byte {
		return []byte("key: a\ntitle: T\nsections:\n- key: s\n  title: S\n  questions:\n  - {key: n, kind: nps, label: N}\n  - {" + question + "}\n")
	}
	tests := []struct {
		question, bad string // what makes it refused; "": it is taken with faults
	}{
		{"key: b, kind: nps", ""},
		{"key: b, kind: single, label: B", ""},
		{"key: b, kind: number, label: B", ""},
		{"key: b, kind: emoji, label: B, scale: {points: [{label: a}]}", ""},
		{"key: b, kind: nps, label: B, show_if: {all: [{question: nic, is: [a]}]}", ""},
		{"key: b, kind: nps, label: " + strings.Repeat("a", MaxLabel+1), "sections[0].questions[1].label: too_long (500)"},
		{"key: b, kind: scale, label: B", "sections[0].questions[1].scale: empty"},
		{"key: n, kind: nps, label: B", "sections[0].questions[1].key: duplicate_key"},
		{"key: B, kind: nps, label: B", "sections[0].questions[1].key: bad_key"},
		{"key: b, kind: slider, label: B", "sections[0].questions[1].kind: bad_kind"},
		{"key: b, kind: nps, label: B, unit: dni", "sections[0].questions[1].unit: misplaced"},
		{`key: b, kind: nps, label: "B\0"`, "sections[0].questions[1].label: bad_pattern"},
		{"key: b, kind: single, label: B, options: [{key: x, label: X, score: .nan}]", "options[0].score: not_number"},
		{"key: b, kind: yesno, label: B, skip: [{is: [yes], to: nic}]", "sections[0].questions[1].skip[0].to: rule_unknown"},
	}
	for _, tt := range tests {
		t.Run(tt.question[:min(60, len(tt.question))], func(t *testing.T) {
			q, err := ParseDraft("q.yaml", file(tt.question))
			var invalid *InvalidError
			switch {
			case tt.bad == "" && (err != nil || q.Check() == nil):
				t.Errorf("ParseDraft = %v; want it taken, and its faults left to Check", err)
			case tt.bad != "" && (!errors.As(err, &invalid) || !strings.Contains(err.Error(), tt.bad)):
				t.Errorf("ParseDraft = %v; want %s", err, tt.bad)
			}
		})
	}
}

func TestMeant(t *testing.T) {
	for _, tt := range []struct{ word, want string }{
		{"lable", "label"}, {"sectons", "sections"}, {"show-if", "show_if"}, {"requierd", "required"}, {"colour", ""}, {"knd", "kind"}, {"", ""}, {"pytanie", ""},
	} {
		if got := meant(tt.word); got != tt.want {
			t.Errorf("meant(%q) = %q, want %q", tt.word, got, tt.want)
		}
	}
}

func TestLineOf(t *testing.T) {
	const file = "# ankieta\r\nkey: a\r\nsections:\r\n- key: s\r\n  questions:\r\n  - key: q\r\n    options:\r\n    - {key: x,\r\n       label: X}\r\n  - key: q\r\n"
	for _, tt := range []struct {
		path string
		want int
	}{
		{"key", 2}, {"sections", 3}, {"sections[0].questions[0].key", 6}, {"sections[0].questions[0].options[0].label", 9}, {"sections[0].questions[1].key", 10},
		{"sections[0].questions[1].label", 10}, {"sections[0].questions[1].options[3].label", 10}, {"title", 2}, {"", 2},
	} {
		if got := LineOf([]byte(file), tt.path); got != tt.want {
			t.Errorf("LineOf(%q) = %d, want %d", tt.path, got, tt.want)
		}
	}
	if got := LineOf([]byte("{"), "key"); got != 0 {
		t.Errorf("LineOf of a broken file = %d, want 0", got)
	}
}

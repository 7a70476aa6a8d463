package survey

import (
	"strings"
	"testing"
)

const smallYAML = `key: a
title: T
intro: >-
  Dwie linie
  wstępu.
sections:
  - key: s
    title: {pl: T, en: T}
    questions:
      # a comment
      - key: q
        kind: scale
        label: Zażółć
        scale:
          points:
            - {label: a}
            - label: b
`

func TestParseQuestionnaireTellsFileAndLine(t *testing.T) {
	tests := []struct{ name, old, new, want string }{
		{"unknown field at the top", "title: T\n", "title: T\nnote: x\n", `q.yaml:3:1: unknown field "note"`},
		{"unknown field of a section", "    questions:", "    note: x\n    questions:", `q.yaml:9:5: unknown field "note"`},
		{"unknown field of a question", "        kind:", "        knd: x\n        kind:", `q.yaml:12:9: unknown field "knd"`},
		{"unknown field of a scale", "          points:", "          colour: x\n          points:", `q.yaml:15:11: unknown field "colour"`},
		{"unknown field of a point", "            - label: b", "            - label: b\n              scor: 1", `q.yaml:18:15: unknown field "scor"`},
		{"unknown field in a flow mapping", "{label: a}", "{label: a, scor: 1}", `q.yaml:16:26: unknown field "scor"`},
		{"unknown language in a flow mapping", "{pl: T, en: T}", "{pl: T, de: T}", `q.yaml:8:20: unknown field "de"`},
		{"unknown language in a block", "title: T\n", "title:\n  pl: T\n  fr: T\n", `q.yaml:4:3: unknown field "fr"`},
		{"unknown language deep inside", "label: b", "label: {pl: b, xx: b}", `q.yaml:17:30: unknown field "xx"`},
		{"field twice", "title: T\n", "title: T\ntitle: U\n", `q.yaml:3:1: mapping key "title" already defined`},
		{"list for a text", "title: T\n", "title: [T]\n", "q.yaml:2:8: "},
		{"list for a language", "title: T\n", "title: {pl: [T]}\n", "q.yaml:2:13: "},
		{"word for a number", "{label: a}", "{label: a, score: x}", "q.yaml:16:33: "},
		{"mapping for a list", "questions:\n", "questions: {}\n", "q.yaml:"},
		{"syntax", "title: T\n", "title: [T\n", "q.yaml:3:1: "},
		{"second document", "            - label: b\n", "            - label: b\n---\nkey: b\n", "q.yaml: more than one document"},
		{"broken second document", "            - label: b\n", "            - label: b\n---\n{\n", "q.yaml:"},
		{"a fault of the questionnaire", "kind: scale", "kind: slider", "q.yaml: invalid: sections[0].questions[0].kind: bad_kind"},
		{"nothing", smallYAML, "", "q.yaml: empty"},
		{"a comment only", smallYAML, "# nothing\n", "q.yaml: "},
		{"a null", smallYAML, "null\n", "q.yaml:1:1: "},
		{"not text", smallYAML, "\xff\xfe\x00", "q.yaml"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			data := strings.Replace(smallYAML, tt.old, tt.new, 1)
			for _, data := range []string{data, "\uFEFF" + strings.ReplaceAll(data, "\n", "\r\n")} {
				q, err := ParseQuestionnaire("q.yaml", []byte(data))
				if q != nil || err == nil || !strings.HasPrefix(err.Error(), tt.want) {
					t.Errorf("ParseQuestionnaire = %v, %v; want %s… of\n%s", q, err, tt.want, data)
				}
			}
		})
	}
}

func TestParseQuestionnaire(t *testing.T) {
	q, err := ParseQuestionnaire("q.yaml", []byte(smallYAML))
	if err != nil {
		t.Fatal(err)
	}
	if q.Intro.PL != "Dwie linie wstępu." || q.Sections[0].Title != (Text{PL: "T", EN: "T"}) || len(q.Sections[0].Questions[0].Scale.Points) != 2 {
		t.Errorf("ParseQuestionnaire = %+v", q)
	}
}

// What is not there is not written: a questionnaire's file stays short enough to be edited by hand.
func TestYAMLLeavesOutWhatIsNotThere(t *testing.T) {
	q := Questionnaire{Key: "a", Title: PL("T"), Sections: []Section{{Key: "s", Title: Text{PL: "T", UK: "У"}, Questions: []Question{{Key: "n", Kind: KindNPS, Label: PL("Czy: tak?\tNie?")}}}}}
	got, err := q.YAML()
	want := `key: a
title: T
sections:
- key: s
  title:
    pl: T
    uk: У
  questions:
  - key: "n"
    kind: nps
    label: "Czy: tak?\tNie?"
`
	if err != nil || string(got) != want {
		t.Errorf("YAML = %s, %v; want %s", got, err, want)
	}
}

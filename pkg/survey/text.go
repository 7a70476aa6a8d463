package survey

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
)

// Languages that a questionnaire may speak. Polish is required, the others are optional.
const (
	Polish    = "pl"
	English   = "en"
	Ukrainian = "uk"
)

// Text is a wording in Polish and, optionally, in English and Ukrainian. In YAML and JSON a Text that is
// Polish only is written as a plain string, otherwise as a mapping with the keys pl, en and uk.
type Text struct {
	PL string `yaml:"pl" json:"pl"`
	EN string `yaml:"en,omitempty" json:"en,omitempty"`
	UK string `yaml:"uk,omitempty" json:"uk,omitempty"`
}

// PL makes a Text that is Polish only.
func PL(s string) Text { return Text{PL: s} }

// In returns the wording in the language, or the Polish one where that language has none.
func (t Text) In(lang string) string {
	switch {
	case lang == English && strings.TrimSpace(t.EN) != "":
		return t.EN
	case lang == Ukrainian && strings.TrimSpace(t.UK) != "":
		return t.UK
	}
	return t.PL
}

// IsZero reports whether the Text has no wording in any language.
func (t Text) IsZero() bool { return t == Text{} }

// String returns the Polish wording.
func (t Text) String() string { return t.PL }

// EachText calls f for each text of the questionnaire, in all languages at once.
func (q *Questionnaire) EachText(f func(*Text)) {
	for _, t := range []*Text{&q.Title, &q.Intro, &q.Thanks} {
		f(t)
	}
	for i := range q.Sections {
		f(&q.Sections[i].Title)
		f(&q.Sections[i].Help)
	}
	for _, question := range q.Questions() {
		question.eachText(f)
	}
}

func (q *Question) eachText(f func(*Text)) {
	for _, t := range []*Text{&q.Label, &q.Help, &q.Unit} {
		f(t)
	}
	for i := range q.Options {
		f(&q.Options[i].Label)
		f(&q.Options[i].Help)
	}
	for i := range q.Areas {
		f(&q.Areas[i].Label)
	}
	for i := range q.Rows {
		f(&q.Rows[i].Label)
	}
	for _, scale := range []*Scale{q.Scale, q.Importance} {
		if scale == nil {
			continue
		}
		for i := range scale.Points {
			f(&scale.Points[i].Label)
		}
	}
}

// trim takes the white space off both ends of each wording.
func (t Text) trim() Text {
	return Text{PL: strings.TrimSpace(t.PL), EN: strings.TrimSpace(t.EN), UK: strings.TrimSpace(t.UK)}
}

// plainText is Text without its own encoding.
type plainText Text

// MarshalJSON writes a plain string where only Polish is there.
func (t Text) MarshalJSON() ([]byte, error) {
	if t.EN == "" && t.UK == "" {
		return json.Marshal(t.PL)
	}
	return json.Marshal(plainText(t))
}

// UnmarshalJSON reads what MarshalJSON writes.
func (t *Text) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		*t = Text{}
		return json.Unmarshal(data, &t.PL)
	}
	return json.Unmarshal(data, (*plainText)(t))
}

// MarshalYAML writes a plain string where only Polish is there.
func (t Text) MarshalYAML() (any, error) {
	if t.EN == "" && t.UK == "" {
		return wording(t.PL), nil
	}
	return struct {
		PL wording `yaml:"pl"`
		EN wording `yaml:"en,omitempty"`
		UK wording `yaml:"uk,omitempty"`
	}{wording(t.PL), wording(t.EN), wording(t.UK)}, nil
}

// wording is a string that comes back from YAML as it went in. The encoder's own choice of style loses tabs
// and carriage returns, and writes "---", "? a" and ".nan" plain.
type wording string

func (w wording) MarshalYAML() (any, error) {
	var back map[string]string
	plain, err := yaml.Marshal(map[string]string{"k": string(w)})
	if err == nil && yaml.Unmarshal(plain, &back) == nil && back["k"] == string(w) {
		return string(w), nil
	}
	return quoted(w), nil
}

// quoted is written in double quotes.
type quoted string

func (q quoted) MarshalYAML() ([]byte, error) { return []byte(strconv.Quote(string(q))), nil }

// UnmarshalYAML reads what MarshalYAML writes; unknown languages are an error in strict decoding.
func (t *Text) UnmarshalYAML(decode func(any) error) error {
	var s string
	if err := decode(&s); err == nil {
		*t = Text{PL: s}
		return nil
	}
	return decode((*plainText)(t))
}

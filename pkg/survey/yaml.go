package survey

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"

	"github.com/goccy/go-yaml"
)

// ParseQuestionnaire reads a questionnaire in YAML and checks it. name is the file's name for messages: an
// unknown field, a wrong type or a syntax error is told as "name:line:column: …", a fault of the
// questionnaire itself with its path.
func ParseQuestionnaire(name string, data []byte) (*Questionnaire, error) {
	var q Questionnaire
	if err := ParseYAML(name, data, &q); err != nil {
		return nil, err
	}
	if err := cmp.Or(q.compileSkips(), q.Check()); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return &q, nil
}

// ParseYAML reads a YAML file strictly into v: an unknown field is an error that names file and line, and so
// that nothing is passed over, an empty file or a second document is an error too.
func ParseYAML(name string, data []byte, v any) error {
	// Files from Windows: the decoder counts a line end \r\n after a comment or within quotes twice.
	data = bytes.ReplaceAll(bytes.TrimPrefix(data, []byte("\uFEFF")), []byte("\r\n"), []byte("\n"))
	decoder := yaml.NewDecoder(bytes.NewReader(data), yaml.Strict())
	err := decoder.Decode(v)
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("%s: empty", name)
	}
	if err == nil && !errors.Is(decoder.Decode(new(any)), io.EOF) {
		return fmt.Errorf("%s: more than one document", name)
	}
	var at yaml.Error
	if errors.As(err, &at) && at.GetToken() != nil {
		p := at.GetToken().Position
		return fmt.Errorf("%s:%d:%d: %s", name, p.Line, p.Column, at.GetMessage())
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// YAML writes the questionnaire as ParseQuestionnaire reads it.
func (q *Questionnaire) YAML() ([]byte, error) { return yaml.Marshal(q) }

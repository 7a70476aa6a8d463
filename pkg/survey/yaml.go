package survey

import (
	"errors"
	"fmt"

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
	if err := q.Check(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return &q, nil
}

// ParseYAML reads a YAML file strictly into v: an unknown field is an error that names file and line.
func ParseYAML(name string, data []byte, v any) error {
	err := yaml.UnmarshalWithOptions(data, v, yaml.Strict())
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

package survey

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
)

// ParseQuestionnaire reads a questionnaire in YAML and checks it. name is the file's name for messages: an
// unknown field, a wrong type or a syntax error is a *FileError, a fault of the questionnaire itself an
// *InvalidError with its path.
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

// ParseDraft reads a questionnaire in YAML that need not be complete, as a draft need not be: what an editor can
// mend is left to Check. Everything else is an error as of ParseQuestionnaire.
func ParseDraft(name string, data []byte) (*Questionnaire, error) {
	var q Questionnaire
	if err := ParseYAML(name, data, &q); err != nil {
		return nil, err
	}
	err := cmp.Or(q.compileSkips(), q.Check())
	var invalid *InvalidError
	if errors.As(err, &invalid) {
		bad := InvalidError{Fields: slices.DeleteFunc(slices.Clone(invalid.Fields), FieldError.mendable)}
		err = bad.Err()
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return &q, nil
}

// mendable reports whether an editor can mend the fault in a draft: what is missing, bounds and rules are shown there;
// keys, kinds, what a kind does not have and texts beyond all measure are not.
func (e FieldError) mendable() bool {
	switch e.Problem {
	case ProblemNoLabel, ProblemBadBounds, ProblemBadRange, ProblemBadPicks, ProblemBadLimit, ProblemBadScale, ProblemBadRule, ProblemRuleUnknown, ProblemRuleAhead, ProblemRuleCycle, ProblemDead:
		return !strings.Contains(e.Field, ".skip[") // a skip that leads nowhere leaves no rule to mend
	case ProblemEmpty:
		return !strings.HasSuffix(e.Field, "scale")
	}
	return false
}

// ParseYAML reads a YAML file strictly into v: an unknown field is an error that names file and line, and so
// that nothing is passed over, an empty file or a second document is an error too. What a reader can mend is a
// *FileError.
func ParseYAML(name string, data []byte, v any) error {
	body, err := parseDocument(name, normalized(data))
	if err != nil {
		return err
	}
	err = yaml.NewDecoder(strings.NewReader(""), yaml.Strict()).DecodeFromNode(body, v)
	return fileError(name, body, err)
}

// normalized takes off what files from Windows have: the decoder counts a line end \r\n after a comment or within
// quotes twice.
func normalized(data []byte) []byte {
	return bytes.ReplaceAll(bytes.TrimPrefix(data, []byte("\uFEFF")), []byte("\r\n"), []byte("\n"))
}

// parseDocument reads the one document of a file, which must be small enough to be decoded.
func parseDocument(name string, data []byte) (ast.Node, error) {
	tokens := lexer.Tokenize(string(data))
	if t := tooDeep(tokens); t != nil {
		return nil, &FileError{Name: name, Line: t.Position.Line, Column: t.Position.Column, Fault: FaultTooComplex, Detail: "nested too deep"}
	}
	file, err := parser.Parse(tokens, 0)
	if err != nil {
		return nil, fileError(name, nil, err)
	}
	var bodies []ast.Node
	for _, doc := range file.Docs {
		if doc.Body != nil && doc.Body.Type() != ast.CommentType {
			bodies = append(bodies, doc.Body)
		}
	}
	switch {
	case len(bodies) == 0:
		return nil, &FileError{Name: name, Fault: FaultEmpty, Detail: "empty"}
	case len(bodies) > 1:
		return nil, &FileError{Name: name, Fault: FaultDocuments, Detail: "more than one document"}
	}
	if w := (weighing{}); w.node(bodies[0]) > maxNodes {
		return nil, &FileError{Name: name, Fault: FaultTooComplex, Detail: "too many entries"}
	}
	return bodies[0], nil
}

// YAML writes the questionnaire as ParseQuestionnaire reads it.
func (q *Questionnaire) YAML() ([]byte, error) { return yaml.Marshal(q) }

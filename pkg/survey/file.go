package survey

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	yamltoken "github.com/goccy/go-yaml/token"
)

// FileFault says in one word what is wrong with a file.
type FileFault string

// Faults of a file.
const (
	FaultSyntax       FileFault = "syntax"        // not YAML; Detail says why
	FaultUnknownField FileFault = "unknown_field" // Word is no field of what it stands in
	FaultTwice        FileFault = "twice"         // the field Word for the second time
	FaultType         FileFault = "type"          // something else than Want
	FaultEmpty        FileFault = "empty"         // nothing in it
	FaultDocuments    FileFault = "documents"     // several documents
	FaultTooComplex   FileFault = "too_complex"   // nested too deep, or too large with all that is repeated
)

// What a file should have where it has something else.
const (
	WantText    = "text"
	WantNumber  = "number"
	WantFlag    = "flag"
	WantList    = "list"
	WantMapping = "mapping"
)

// FileError is why a file can't be read, and where.
type FileError struct {
	Name         string // of the file
	Line, Column int    // counted from 1; 0: the file as a whole
	Path         string // sections[0].questions[2].label; "": unknown, or the whole
	Fault        FileFault
	Word         string // of FaultUnknownField and FaultTwice
	Meant        string // the field of a questionnaire that an unknown Word is close to; "": none
	Want         string // of FaultType
	Detail       string // the parser's words
}

// Error tells file and place: "q.yaml:3:1: unknown field "note"".
func (e *FileError) Error() string {
	if e.Line == 0 {
		return e.Name + ": " + e.Detail
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.Name, e.Line, e.Column, e.Detail)
}

// fileError makes a FileError of what the parser or the decoder says. body is the document, if there is one.
func fileError(name string, body ast.Node, err error) error {
	var at yaml.Error
	if err == nil {
		return nil
	}
	if !errors.As(err, &at) || at.GetToken() == nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	p := at.GetToken().Position
	e := FileError{Name: name, Line: p.Line, Column: p.Column, Path: pathOf(body, at.GetToken()), Fault: FaultSyntax, Detail: at.GetMessage()}
	var wrongType *yaml.TypeError
	var wrongNode *yaml.UnexpectedNodeTypeError
	switch {
	case errors.As(err, new(*yaml.UnknownFieldError)):
		e.Fault, e.Word = FaultUnknownField, at.GetToken().Value
		e.Meant = meant(e.Word)
	case errors.As(err, new(*yaml.DuplicateKeyError)), strings.HasPrefix(e.Detail, "mapping key "):
		e.Fault, e.Word = FaultTwice, at.GetToken().Value
	case errors.As(err, &wrongType):
		e.Fault, e.Want = FaultType, wanted(wrongType.DstType)
	case errors.As(err, new(*yaml.OverflowError)):
		e.Fault, e.Want = FaultType, WantNumber
	case errors.As(err, &wrongNode):
		e.Fault, e.Want = FaultType, WantMapping
		if wrongNode.Expected == ast.SequenceType {
			e.Want = WantList
		}
	}
	return &e
}

// wanted names what a Go type holds.
func wanted(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Int, reflect.Float64:
		return WantNumber
	case reflect.Bool:
		return WantFlag
	case reflect.Slice:
		return WantList
	case reflect.Struct, reflect.Map:
		return WantMapping
	}
	return WantText
}

// pathOf returns the path of the outermost thing that begins with a token, as faults of a questionnaire name it.
func pathOf(body ast.Node, at *yamltoken.Token) string {
	if body == nil {
		return ""
	}
	f := finding{at: at.Position}
	ast.Walk(&f, body)
	return strings.TrimPrefix(strings.TrimPrefix(f.path, "$"), ".")
}

type finding struct {
	at   *yamltoken.Position
	path string
}

// Visit is what ast.Walk calls.
func (f *finding) Visit(n ast.Node) ast.Visitor {
	t := n.GetToken()
	if f.path == "" && t != nil && t.Position.Line == f.at.Line && t.Position.Column == f.at.Column {
		f.path = n.GetPath()
	}
	return f
}

// meant returns the field of questionnaires that a word is most likely a slip for, or "".
func meant(word string) string {
	best, least := "", min(3, (len(word)+1)/2) // a third letter, or half of them, makes it another word
	for _, field := range fieldsOf(reflect.TypeFor[Questionnaire]()) {
		if d := distance([]rune(word), []rune(field)); d < least {
			best, least = field, d
		}
	}
	return best
}

// fieldsOf lists the YAML fields of a type and of those within it.
func fieldsOf(t reflect.Type) []string {
	for t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return nil
	}
	var all []string
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
		all = append(append(all, name), fieldsOf(t.Field(i).Type)...)
	}
	return all
}

// LineOf returns the line of a YAML document in which what a path names stands, or what is nearest around it. 0: there
// is no such document.
func LineOf(data []byte, path string) int {
	body, err := parseDocument("", normalized(data))
	if err != nil {
		return 0
	}
	l := lines{}
	ast.Walk(l, body)
	for {
		if line, ok := l[path]; ok {
			return line
		}
		i := strings.LastIndexAny(path, ".[")
		if i < 0 {
			return body.GetToken().Position.Line
		}
		path = path[:i]
	}
}

// lines are where things stand, by path.
type lines map[string]int

// Visit is what ast.Walk calls.
func (l lines) Visit(n ast.Node) ast.Visitor {
	path := strings.TrimPrefix(strings.TrimPrefix(n.GetPath(), "$"), ".")
	if t := n.GetToken(); t != nil && (l[path] == 0 || t.Position.Line < l[path]) {
		l[path] = t.Position.Line
	}
	return l
}

// Bounds of a file. The parser takes time and memory with the square of the depth, and each *alias is decoded as if
// it were written out.
const (
	maxDepth = 100
	maxNodes = 300_000
)

// tooDeep returns where tokens are nested deeper than maxDepth, in brackets or by marks on one line; nil: nowhere.
func tooDeep(tokens yamltoken.Tokens) *yamltoken.Token {
	depth, marks, tags, line := 0, 0, 0, 0
	for _, t := range tokens {
		if t.Position.Line != line {
			line, marks = t.Position.Line, 0
		}
		switch t.Type {
		case yamltoken.SequenceStartType, yamltoken.MappingStartType:
			depth++
		case yamltoken.SequenceEndType, yamltoken.MappingEndType:
			depth--
		case yamltoken.SequenceEntryType, yamltoken.MappingKeyType, yamltoken.AnchorType:
			marks++
		case yamltoken.TagType: // on lines of their own too
			tags++
		default:
			tags = 0
		}
		if max(depth, marks, tags) > maxDepth {
			return t
		}
	}
	return nil
}

// weighing counts the nodes of a document with its aliases written out. It holds the weights of anchors.
type weighing map[string]int

func (w weighing) node(n ast.Node) int {
	sum := 1
	switch n := n.(type) {
	case *ast.MappingNode:
		for _, v := range n.Values {
			sum = min(sum+w.node(v), maxNodes+1)
		}
	case *ast.MappingValueNode:
		sum += w.node(n.Key) + w.node(n.Value)
	case *ast.SequenceNode:
		for _, v := range n.Values {
			sum = min(sum+w.node(v), maxNodes+1)
		}
	case *ast.TagNode:
		sum += w.node(n.Value)
	case *ast.AnchorNode:
		sum += w.node(n.Value)
		w[n.Name.GetToken().Value] = sum
	case *ast.AliasNode:
		sum += w[n.Value.GetToken().Value]
	}
	return min(sum, maxNodes+1)
}

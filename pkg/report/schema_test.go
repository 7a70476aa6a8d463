package report

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ocenaurzedu.eu/pkg/survey"
)

var update = flag.Bool("update", false, "write the JSON Schema anew")

// schema is as much of JSON Schema (draft 2020-12) as a report's takes.
type schema struct {
	Schema      string             `json:"$schema,omitempty"`
	ID          string             `json:"$id,omitempty"`
	Title       string             `json:"title,omitempty"`
	Description string             `json:"description,omitempty"`
	Ref         string             `json:"$ref,omitempty"`
	Type        any                `json:"type,omitempty"` // a name, or some
	Const       string             `json:"const,omitempty"`
	Format      string             `json:"format,omitempty"`
	Pattern     string             `json:"pattern,omitempty"`
	Enum        []string           `json:"enum,omitempty"`
	AnyOf       []*schema          `json:"anyOf,omitempty"`
	Items       *schema            `json:"items,omitempty"`
	Values      *schema            `json:"additionalProperties,omitempty"`
	Closed      *bool              `json:"unevaluatedProperties,omitempty"`
	Required    []string           `json:"required,omitempty"`
	Properties  map[string]*schema `json:"properties,omitempty"`
	Defs        map[string]*schema `json:"$defs,omitempty"`
}

// source is what the comments and constants of the packages tell of a type.
type source struct {
	types  map[string]string   // "stats.Item" → its comment
	fields map[string]string   // "stats.Item.Valid" → its comment
	values map[string][]string // "stats.Verdict" → its constants
}

func readSource(t *testing.T) *source {
	t.Helper()
	s := &source{map[string]string{}, map[string]string{}, map[string][]string{}}
	for _, pkg := range []string{"report", "stats", "survey"} {
		files, err := filepath.Glob("../" + pkg + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range file.Decls {
				if g, ok := d.(*ast.GenDecl); ok {
					s.read(pkg, g)
				}
			}
		}
	}
	return s
}

func (s *source) read(pkg string, g *ast.GenDecl) {
	for _, spec := range g.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			name := pkg + "." + spec.Name.Name
			s.types[name] = words(g.Doc)
			fields, ok := spec.Type.(*ast.StructType)
			if !ok {
				continue
			}
			for _, f := range fields.Fields.List {
				for _, n := range f.Names {
					s.fields[name+"."+n.Name] = strings.TrimSpace(words(f.Doc) + " " + words(f.Comment))
				}
			}
		case *ast.ValueSpec:
			named, ok := spec.Type.(*ast.Ident)
			if !ok {
				continue
			}
			for _, v := range spec.Values {
				if lit, ok := v.(*ast.BasicLit); ok && lit.Kind == token.STRING {
					s.values[pkg+"."+named.Name] = append(s.values[pkg+"."+named.Name], strings.Trim(lit.Value, `"`))
				}
			}
		}
	}
}

func words(c *ast.CommentGroup) string { return strings.Join(strings.Fields(c.Text()), " ") }

// schemaOf describes the JSON of a type, and collects the types that it is made of.
func (s *source) schemaOf(t reflect.Type, defs map[string]*schema) *schema {
	name := t.String()
	switch {
	case t == reflect.TypeFor[time.Time]():
		return &schema{Type: "string", Format: "date-time"}
	case t == reflect.TypeFor[survey.Day]():
		return &schema{Type: "string", Pattern: `^(\d{4}-\d{2}-\d{2})?$`, Description: "day, yyyy-mm-dd; empty: none"}
	case t == reflect.TypeFor[survey.Text]():
		return &schema{AnyOf: []*schema{{Type: "string"}, {Type: "object", Values: &schema{Type: "string"}}}, Description: "wording in Polish, or by language (pl, en, uk)"}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return s.schemaOf(t.Elem(), defs)
	case reflect.Slice:
		return &schema{Type: []string{"array", "null"}, Items: s.schemaOf(t.Elem(), defs)}
	case reflect.Map:
		return &schema{Type: []string{"object", "null"}, Values: s.schemaOf(t.Elem(), defs)}
	case reflect.Bool:
		return &schema{Type: "boolean"}
	case reflect.Float64:
		return &schema{Type: "number"}
	case reflect.String:
		if values := s.values[name]; len(values) > 0 {
			return &schema{Type: "string", Enum: append(slices.Clone(values), "")} // "": none
		}
		return &schema{Type: "string"}
	case reflect.Struct:
		key := name
		if defs[key] == nil {
			def := &schema{Type: "object", Description: s.types[name], Properties: map[string]*schema{}, Closed: new(bool)}
			defs[key] = def
			s.fieldsOf(t, def, defs)
		}
		return &schema{Ref: "#/$defs/" + key}
	}
	return &schema{Type: "integer"}
}

func (s *source) fieldsOf(t reflect.Type, def *schema, defs map[string]*schema) {
	for f := range t.Fields() {
		if f.Anonymous && f.Tag.Get("json") == "" {
			s.fieldsOf(f.Type, def, defs)
			continue
		}
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" || !f.IsExported() {
			continue
		}
		if name == "" {
			name = f.Name
		}
		property := s.schemaOf(f.Type, defs)
		if note := s.fields[t.String()+"."+f.Name]; note != "" {
			property.Description = strings.TrimSpace(note + " " + property.Description)
		}
		def.Properties[name] = property
		if !strings.Contains(options, "omit") {
			def.Required = append(def.Required, name)
		}
	}
}

// madeSchema is the schema of jsonDocument as the types and their comments say it.
func madeSchema(t *testing.T) []byte {
	t.Helper()
	defs := map[string]*schema{}
	source := readSource(t)
	source.schemaOf(reflect.TypeFor[jsonDocument](), defs)
	root := defs["report.jsonDocument"]
	delete(defs, "report.jsonDocument")
	root.Schema, root.ID, root.Title = "https://json-schema.org/draft/2020-12/schema", JSONSchema, "Raport z badania satysfakcji klientów urzędu"
	root.Properties["schema"].Const = JSONSchema
	root.Defs = defs
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(root); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const schemaFile = "raport-2.json"

// TestSchemaIsOfTheTypes wants the file that is served to say what the types say. After a change of a field's meaning the
// schema gets another number; after one that adds a field: go test ./pkg/report -run Schema -update.
func TestSchemaIsOfTheTypes(t *testing.T) {
	want := madeSchema(t)
	if *update {
		if err := os.WriteFile(schemaFile, want, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(string(Schema()), "\n")); diff != "" {
		t.Errorf("%s is not of the types (-types +file); run the test with -update:\n%s", schemaFile, diff)
	}
	if !strings.HasSuffix(JSONSchema, "/"+schemaFile) {
		t.Errorf("the schema is called %s, its file %s", JSONSchema, schemaFile)
	}
}

// violations lists where a value breaks a schema.
func violations(root, s *schema, at string, v any) []string {
	if s.Ref != "" {
		return violations(root, root.Defs[strings.TrimPrefix(s.Ref, "#/$defs/")], at, v)
	}
	if len(s.AnyOf) > 0 {
		if slices.ContainsFunc(s.AnyOf, func(one *schema) bool { return len(violations(root, one, at, v)) == 0 }) {
			return nil
		}
		return []string{at + ": none of the forms"}
	}
	var types []string
	switch names := s.Type.(type) {
	case string:
		types = []string{names}
	case []any:
		for _, name := range names {
			types = append(types, name.(string))
		}
	}
	if kind := kindOf(v); !slices.Contains(types, kind) && !(kind == "integer" && slices.Contains(types, "number")) {
		return []string{fmt.Sprintf("%s: %s, want %v", at, kind, s.Type)}
	}
	switch v := v.(type) {
	case string:
		return stringViolations(s, at, v)
	case []any:
		var all []string
		for i, one := range v {
			all = append(all, violations(root, s.Items, fmt.Sprintf("%s[%d]", at, i), one)...)
		}
		return all
	case map[string]any:
		return objectViolations(root, s, at, v)
	}
	return nil
}

func kindOf(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case []any:
		return "array"
	case json.Number:
		if _, err := v.Int64(); err == nil {
			return "integer"
		}
		return "number"
	}
	return "object"
}

func stringViolations(s *schema, at, v string) []string {
	if s.Const != "" && s.Const != v || len(s.Enum) > 0 && !slices.Contains(s.Enum, v) || s.Pattern != "" && !regexp.MustCompile(s.Pattern).MatchString(v) {
		return []string{fmt.Sprintf("%s: %q is not allowed", at, v)}
	}
	if s.Format == "date-time" {
		if _, err := time.Parse(time.RFC3339Nano, v); err != nil {
			return []string{at + ": " + err.Error()}
		}
	}
	return nil
}

func objectViolations(root, s *schema, at string, v map[string]any) []string {
	var all []string
	for _, name := range s.Required {
		if _, ok := v[name]; !ok {
			all = append(all, at+": "+name+" is missing")
		}
	}
	for name, one := range v {
		switch property := s.Properties[name]; {
		case property != nil:
			all = append(all, violations(root, property, at+"."+name, one)...)
		case s.Values != nil:
			all = append(all, violations(root, s.Values, at+"."+name, one)...)
		default:
			all = append(all, at+": "+name+" is unknown")
		}
	}
	return all
}

// TestJSONIsOfTheSchema holds what is written to what is served, and shows that a wrong document would be found.
func TestJSONIsOfTheSchema(t *testing.T) {
	var root schema
	if err := json.Unmarshal(Schema(), &root); err != nil {
		t.Fatal(err)
	}
	for name, d := range map[string]*Document{"plain": fixture(), "fullest": signedDocument(), "importance": importanceDocument()} {
		var b bytes.Buffer
		if err := d.JSON(&b); err != nil {
			t.Fatal(err)
		}
		if got := check(t, &root, b.String()); len(got) != 0 {
			t.Errorf("%s: %q", name, got)
		}
		for _, wrong := range [][2]string{{`"n": 500`, `"n": "500"`}, {`"sample": true`, `"sampel": true`}, {`"from": "2025-01-01"`, `"from": "1.01.2025"`}, {`"channel": "web"`, `"channel": "fax"`}, {`raport-2`, `raport-1`}} {
			spoilt := strings.Replace(b.String(), wrong[0], wrong[1], 1)
			if spoilt != b.String() && len(check(t, &root, spoilt)) == 0 {
				t.Errorf("%s: %s instead of %s is not found", name, wrong[1], wrong[0])
			}
		}
	}
}

func check(t *testing.T, root *schema, text string) []string {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return violations(root, root, "$", v)
}

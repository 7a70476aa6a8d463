// Package pkg_test holds the repository to its own rules: which package may import which, what stands where, and how
// long a file and a function may be.
package pkg_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const (
	module = "ocenaurzedu.eu/"
	root   = ".."
)

// mayImport is the import table of the house: which of our packages each one may import. Whoever changes it says why in
// the commit.
var mayImport = map[string][]string{
	"cmd/ocenaurzedu": {"pkg/survey", "pkg/stats", "pkg/privacy", "pkg/store", "pkg/intake", "pkg/guard", "pkg/auth", "pkg/sheet", "pkg/omr", "pkg/raster", "pkg/scan", "pkg/report",
		"pkg/mail", "pkg/config", "pkg/web", "pkg/embedded", "templates", "migrations", "tenants"},
	"cmd/bench": {"pkg/survey", "pkg/stats", "pkg/store", "pkg/guard", "pkg/auth", "pkg/sheet", "pkg/omr", "pkg/raster", "pkg/synth", "pkg/report", "pkg/embedded",
		"migrations", "tenants"}, // the load client: a program of its own; it logs in, writes reports, and reads sheets
	"pkg/survey":  {},
	"pkg/stats":   {"pkg/survey"},
	"pkg/privacy": {},
	"pkg/store":   {"pkg/survey"},
	"pkg/intake":  {"pkg/survey", "pkg/store"},
	"pkg/guard":   {},
	"pkg/auth":    {},
	"pkg/tagged":  {},
	"pkg/sheet":   {"pkg/survey", "pkg/tagged"},
	"pkg/omr":     {"pkg/survey", "pkg/sheet"},
	"pkg/raster":  {"pkg/sheet", "pkg/omr"},                                                                                   // files of all kinds → images of pages, in a worker process that reads them
	"pkg/scan":    {"pkg/survey", "pkg/store", "pkg/intake", "pkg/sheet", "pkg/omr", "pkg/raster", "pkg/privacy", "pkg/auth"}, // the queue of scans: from an upload to answers, which go through the same door as all: redacted, and with a key
	"pkg/synth":   {"pkg/survey", "pkg/sheet"},                                                                                // filled and distorted sheets, for tests and the bench
	"pkg/report":  {"pkg/survey", "pkg/stats", "pkg/tagged"},
	"pkg/mail":    {},
	"pkg/config":  {},
	"pkg/web": {"pkg/survey", "pkg/stats", "pkg/privacy", "pkg/store", "pkg/intake", "pkg/guard", "pkg/auth", "pkg/sheet", "pkg/omr", "pkg/raster", "pkg/scan", "pkg/report", "pkg/mail",
		"templates"},
	"pkg/embedded": {},
	"pkg/pgtest":   {"pkg/survey", "pkg/store", "pkg/embedded", "migrations"},
	"templates":    {},
	"migrations":   {},
	"tenants":      {},
	"pkg":          {}, // this test
}

// mayTestWith are packages that any test may import besides: fixtures, servers, and the data that we ship.
var mayTestWith = []string{"pkg/survey", "pkg/pgtest", "pkg/embedded", "pkg/synth", "migrations", "tenants", "templates"}

// pure packages have no I/O, no clock and no chance in them; what they import of these would be a way to it.
var (
	pure     = []string{"pkg/survey", "pkg/stats", "pkg/privacy", "pkg/omr"}
	impurity = regexp.MustCompile(`^(os|net|syscall|database/sql|log|math/rand|crypto/rand|unsafe)(/(exec|http|slog|v2|signal|url|netip))?$`)
)

// forbiddenNames hide what a package is about.
var forbiddenNames = []string{"internal", "service", "services", "repository", "repositories", "dto", "util", "utils", "models", "model", "common", "helpers"}

// topLevel is all that may stand at the root, besides names that begin with a dot.
var topLevel = []string{"cmd", "pkg", "tenants", "templates", "migrations", "ops", "go.mod", "go.sum", "README.md"}

// built are outputs at the root that .gitignore keeps out of the repository.
var built = regexp.MustCompile(`^(dist|ocenaurzedu)$|\.(test|out|prof)$`)

const (
	longestFile     = 400
	longestFunction = 60
)

// goPackage is what go list tells of a package.
type goPackage struct {
	ImportPath                         string
	Imports, TestImports, XTestImports []string
}

func packages(t *testing.T) []goPackage {
	t.Helper()
	list := exec.Command("go", "list", "-e", "-json=ImportPath,Imports,TestImports,XTestImports", "./...")
	list.Dir = root
	out, err := list.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []goPackage
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatalf("go list: %v", err)
		}
		all = append(all, p)
	}
}

// wrongImports tells what of a package is against the table.
func wrongImports(p goPackage) []string {
	var wrong []string
	name := strings.TrimPrefix(p.ImportPath, module)
	allowed, known := mayImport[name]
	if !known {
		wrong = append(wrong, name+" is not in the import table")
	}
	for _, element := range strings.Split(name, "/") {
		if slices.Contains(forbiddenNames, element) {
			wrong = append(wrong, name+": no package is named "+element)
		}
	}
	for _, imported := range p.Imports {
		ours, of := strings.CutPrefix(imported, module)
		if of && !slices.Contains(allowed, ours) {
			wrong = append(wrong, name+" imports "+ours)
		}
		if slices.Contains(pure, name) && impurity.MatchString(imported) {
			wrong = append(wrong, name+" is pure and imports "+imported)
		}
	}
	for _, imported := range append(p.TestImports, p.XTestImports...) {
		ours, of := strings.CutPrefix(imported, module)
		if of && ours != name && !slices.Contains(allowed, ours) && !slices.Contains(mayTestWith, ours) {
			wrong = append(wrong, name+" imports "+ours+" in its tests")
		}
	}
	return wrong
}

func TestImportsFollowTheTable(t *testing.T) {
	all := packages(t)
	if len(all) < 10 {
		t.Fatalf("go list tells of %d packages; is it run at the root?", len(all))
	}
	for _, p := range all {
		for _, wrong := range wrongImports(p) {
			t.Error(wrong)
		}
	}
}

func TestWrongImportsAreFound(t *testing.T) {
	tests := []struct {
		name string
		p    goPackage
		want string
	}{
		{"upwards", goPackage{ImportPath: module + "pkg/survey", Imports: []string{"fmt", module + "pkg/store"}}, "pkg/survey imports pkg/store"},
		{"web beside cmd", goPackage{ImportPath: module + "pkg/report", Imports: []string{module + "pkg/web"}}, "pkg/report imports pkg/web"},
		{"embedded beside cmd", goPackage{ImportPath: module + "pkg/web", Imports: []string{module + "pkg/embedded"}}, "pkg/web imports pkg/embedded"},
		{"settings in web", goPackage{ImportPath: module + "pkg/web", Imports: []string{module + "pkg/config"}}, "pkg/web imports pkg/config"},
		{"fixtures in cmd", goPackage{ImportPath: module + "cmd/ocenaurzedu", Imports: []string{module + "pkg/pgtest"}}, "cmd/ocenaurzedu imports pkg/pgtest"},
		{"a test of another layer", goPackage{ImportPath: module + "pkg/store", XTestImports: []string{module + "pkg/web"}}, "pkg/store imports pkg/web in its tests"},
		{"I/O in a pure package", goPackage{ImportPath: module + "pkg/stats", Imports: []string{"os"}}, "pkg/stats is pure and imports os"},
		{"network in a pure package", goPackage{ImportPath: module + "pkg/omr", Imports: []string{"net/http"}}, "pkg/omr is pure and imports net/http"},
		{"unknown", goPackage{ImportPath: module + "pkg/queue"}, "pkg/queue is not in the import table"},
		{"a name that says nothing", goPackage{ImportPath: module + "pkg/util"}, "pkg/util: no package is named util"},
		{"a hidden package", goPackage{ImportPath: module + "pkg/web/internal/form"}, "pkg/web/internal/form: no package is named internal"},
		{"right", goPackage{ImportPath: module + "pkg/survey", Imports: []string{"database/sql/driver", "strings"}, XTestImports: []string{module + "pkg/survey", module + "tenants"}}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := wrongImports(tt.p)
			if tt.want == "" && len(got) != 0 || tt.want != "" && !slices.Contains(got, tt.want) {
				t.Errorf("wrongImports = %q; want %q", got, tt.want)
			}
		})
	}
}

// misplaced tells which of the names at the root have no business there.
func misplaced(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		return strings.HasPrefix(name, ".") || slices.Contains(topLevel, name) || built.MatchString(name)
	})
}

func TestTopLevelHoldsWhatItMay(t *testing.T) {
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if wrong := misplaced(names); len(wrong) != 0 {
		t.Errorf("at the root stand %q; only %q and names with a dot may", wrong, topLevel)
	}
	if !slices.Contains(names, "go.mod") {
		t.Errorf("%s is not the root: %q", root, names)
	}
	if got := misplaced([]string{".ci", "cmd", "internal", "main.go", "docs", "store.test", "go.mod"}); !slices.Equal(got, []string{"internal", "main.go", "docs"}) {
		t.Errorf("misplaced finds %q; want internal, main.go and docs", got)
	}
}

// tooLong tells where a file or one of its functions is longer than a screen can explain. Tests may be longer, as
// tables grow.
func tooLong(name string, source []byte) ([]string, error) {
	var wrong []string
	if n := strings.Count(string(source), "\n"); n > longestFile {
		wrong = append(wrong, fmt.Sprintf("%s has %d lines; want at most %d", name, n, longestFile))
	}
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, name, source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	for _, declaration := range file.Decls {
		f, ok := declaration.(*ast.FuncDecl)
		if !ok {
			continue
		}
		if f.Name.Name == "init" && f.Recv == nil {
			wrong = append(wrong, name+" has an init")
		}
		if n := files.Position(f.End()).Line - files.Position(f.Pos()).Line + 1; n > longestFunction {
			wrong = append(wrong, fmt.Sprintf("%s: %s has %d lines; want at most %d", name, f.Name.Name, n, longestFunction))
		}
	}
	return wrong, nil
}

func TestFilesAndFunctionsFitAScreen(t *testing.T) {
	seen := 0
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := path.Base(filepath.ToSlash(name))
		if entry.IsDir() && name != root && strings.HasPrefix(base, ".") {
			return fs.SkipDir
		}
		if entry.IsDir() || !strings.HasSuffix(base, ".go") || strings.HasSuffix(base, "_test.go") {
			return nil
		}
		seen++
		source, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		wrong, err := tooLong(name, source)
		for _, w := range wrong {
			t.Error(w)
		}
		return err
	})
	if err != nil || seen < 50 {
		t.Errorf("read %d files, %v", seen, err)
	}
}

func TestWhatIsTooLongIsFound(t *testing.T) {
	tests := []struct {
		name, source string
		want         int
	}{
		{"short", "package p\n\nfunc f() {}\n", 0},
		{"as long as may be", "package p\n\nfunc f() {\n" + strings.Repeat("\n", longestFunction-2) + "}\n", 0},
		{"a long function", "package p\n\nfunc f() {\n" + strings.Repeat("\n", longestFunction-1) + "}\n", 1},
		{"a long file", "package p\n" + strings.Repeat("// \n", longestFile), 1},
		{"an init", "package p\n\nfunc init() {}\n", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := tooLong(tt.name, []byte(tt.source))
			if err != nil || len(got) != tt.want {
				t.Errorf("tooLong = %q, %v; want %d", got, err, tt.want)
			}
		})
	}
}

package tagged

import (
	"bytes"
	"compress/zlib"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/go-fonts/liberation/liberationsansregular"
	"github.com/go-pdf/fpdf"
)

var about = Info{Title: "Raport & wyniki", Author: "Urząd", Subject: "próba", Lang: "pl-PL", At: time.Date(2026, 1, 14, 9, 30, 0, 0, time.UTC), Producer: "ocenaurzedu"}

// begun is a tree over a document of one page.
func begun() *Tree {
	pdf := fpdf.New("P", "mm", "A4", "")
	pdf.SetAutoPageBreak(false, 0)
	pdf.AddUTF8FontFromBytes("sans", "", liberationsansregular.TTF)
	pdf.AddPage()
	pdf.SetFont("sans", "", 10)
	t := New(pdf)
	t.Describe(about)
	return t
}

func (t *Tree) say(role Role, y float64, text string) {
	t.In(role, func() { t.line(y, text) })
}

func (t *Tree) line(y float64, text string) {
	t.Content()
	t.pdf.Text(20, y, text)
}

// drawn is a document of two pages with a paragraph over both, a table and a figure.
func drawn() *Tree {
	t := begun()
	t.Artifact(Decoration)
	t.pdf.Line(10, 10, 100, 10)
	t.say(Heading1, 20, "Wyniki (część) \\ I")
	t.In(Paragraph, func() {
		t.line(30, "Zażółć gęślą ")
		t.line(35, "jaźń ")
		t.Break()
		t.pdf.AddPage()
		t.Artifact(PageHeader)
		t.pdf.Text(20, 10, "nagłówek strony")
		t.line(20, "na drugiej stronie")
	})
	t.pdf.Bookmark("Wyniki", 0, 20)
	t.pdf.Bookmark("Tabela", 1, 40)
	t.pdf.Bookmark("Rysunek", 1, 60)
	t.In(Table, func() {
		t.In(Row, func() {
			t.Within(Element{Role: Header, Scope: OfColumn}, func() { t.line(40, "Kanał") })
			t.Within(Element{Role: Header, Scope: OfColumn}, func() { t.line(40, "Ankiety") })
		})
		t.In(Row, func() { t.Within(Element{Role: Header, Scope: OfColumn, Span: 2}, func() { t.line(45, "Razem") }) })
		t.In(Row, func() {
			t.Within(Element{Role: Header, Scope: OfRow}, func() { t.line(50, "Kiosk") })
			t.say(Cell, 50, "46")
		})
	})
	t.Within(Element{Role: Figure, Alt: "Słupek „46”", Box: [4]float64{1, 2, 3, 4}}, func() {
		t.Content()
		t.pdf.Rect(20, 60, 30, 5, "F")
	})
	return t
}

func finished(t *testing.T, tree *Tree) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := tree.Finish(&b, about); err != nil {
		t.Fatalf("Finish: %v", err)
	}
	return b.Bytes()
}

func pdfinfo(t *testing.T, data []byte, args ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("pdfinfo", append(args, file)...).CombinedOutput()
	if err != nil {
		t.Fatalf("pdfinfo (install poppler-utils): %v: %s", err, out)
	}
	return string(out)
}

// objects are the values in the streams of objects.
func objects(t *testing.T, data []byte) string {
	t.Helper()
	all := ""
	for _, at := range regexp.MustCompile(`/Type /ObjStm[^\n]*\nstream\n`).FindAllIndex(data, -1) {
		z, err := zlib.NewReader(bytes.NewReader(data[at[1]:]))
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		all += string(text)
	}
	return all
}

func TestStructureIsReadBack(t *testing.T) {
	data := finished(t, drawn())
	got := strings.Join(strings.Fields(pdfinfo(t, data, "-struct-text")), " ")
	want := `Document H1 (block) "Wyniki (część) \ I" P (block) "Zażółć gęślą jaźń " "na drugiej stronie" Table (block) TR TH: /Scope /Column "Kanał" TH: /Scope /Column "Ankiety" ` +
		`TR TH: /Scope /Column /ColSpan 2 "Razem" TR TH: /Scope /Row "Kiosk" TD "46" Figure: /Placement /Block /BBox [1 2 3 4] ""`
	if got != want {
		t.Errorf("structure\n%s\nwant\n%s", got, want)
	}
	if info := pdfinfo(t, data); !strings.Contains(info, "Tagged:          yes") || !strings.Contains(info, "Raport & wyniki") || !strings.Contains(info, "1.7") {
		t.Errorf("pdfinfo tells: %s", info)
	}
	if loose, err := Loose(data); err != nil || len(loose) > 0 {
		t.Errorf("Loose = %q, %v", loose, err)
	}
}

func TestCatalogAndElements(t *testing.T) {
	data := finished(t, drawn())
	for _, want := range []string{"/MarkInfo <</Marked true>>", "/DisplayDocTitle true", "/Lang (pl-PL)", "/StructParents 0", "/StructParents 1", "/Tabs /S", "<pdfuaid:part>1</pdfuaid:part>", "Raport &amp; wyniki</rdf:li>",
		"/Type /Outlines /Count 1 ", "/Count -2>>"} {
		if !bytes.Contains(data, []byte(want)) {
			t.Errorf("the PDF lacks %q", want)
		}
	}
	if bytes.Contains(data, []byte("/Count 0")) {
		t.Error("a bookmark counts 0")
	}
	all := objects(t, data)
	if want := string(textString("Słupek „46”")); !strings.Contains(all, "/S /Figure") || !strings.Contains(all, "/Alt "+want) {
		t.Errorf("the figure has no words %s in %s", want, all)
	}
	if !strings.Contains(all, "/ParentTree ") || !strings.Contains(all, "/Nums [0 [") || strings.Count(all, "/Type /MCR") != 1 {
		t.Errorf("parent tree, or the reference to a mark of another page, is missing: %s", all)
	}
}

func TestSameBytes(t *testing.T) {
	if !bytes.Equal(finished(t, drawn()), finished(t, drawn())) {
		t.Error("two PDFs of one drawing differ")
	}
}

func TestGapsAreRefused(t *testing.T) {
	tests := []struct {
		name, want string
		draw       func(*Tree)
	}{
		{"text in no element", "content right in Document", func(tree *Tree) { tree.line(20, "luzem") }},
		{"text in a row", "content right in TR", func(tree *Tree) { tree.In(Table, func() { tree.In(Row, func() { tree.line(20, "luzem") }) }) }},
		{"a figure without words", "a figure without words", func(tree *Tree) { tree.say(Figure, 20, "x") }},
		{"a table without header cells", "a table without header cells", func(tree *Tree) { tree.In(Table, func() { tree.In(Row, func() { tree.say(Cell, 20, "x") }) }) }},
		{"a header cell of nothing", "without a scope", func(tree *Tree) { tree.In(Table, func() { tree.In(Row, func() { tree.say(Header, 20, "x") }) }) }},
		{"uneven rows", "different numbers of cells", func(tree *Tree) {
			tree.In(Table, func() {
				for n := range 2 {
					tree.In(Row, func() {
						for range n + 1 {
							tree.Within(Element{Role: Header, Scope: OfRow}, func() {})
						}
					})
				}
			})
		}},
		{"an element that stays open", "P is open at the end", func(tree *Tree) { tree.Open(Element{Role: Paragraph}) }},
		{"an element closed twice", "one element too many", func(tree *Tree) { tree.Close() }},
		{"a level left out", "H3 follows a heading of level 1", func(tree *Tree) { tree.say(Heading1, 20, "a"); tree.say(Heading3, 30, "b") }},
		{"a page left within a mark", "left within marked content", func(tree *Tree) {
			tree.In(Paragraph, func() { tree.line(20, "a"); tree.pdf.AddPage(); tree.line(20, "b") })
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tree := begun()
			tt.draw(tree)
			if err := tree.Finish(io.Discard, about); !errors.Is(err, ErrStructure) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Finish = %v, want %q", err, tt.want)
			}
		})
	}
}

func TestLooseFindsWhatIsNotTagged(t *testing.T) {
	tree := drawn()
	tree.Break()
	tree.pdf.Text(20, 100, "luzem (EMC")
	tree.pdf.Rect(20, 110, 5, 5, "F")
	loose, err := Loose(finished(t, tree))
	if got := strings.Join(loose, ", "); err != nil || got != "page 2: Tj, page 2: f" {
		t.Errorf("Loose = %q, %v", got, err)
	}
}

func TestOffMarksNothing(t *testing.T) {
	pdf := fpdf.New("P", "mm", "A4", "")
	pdf.AddPage()
	pdf.SetFont("Helvetica", "", 10)
	tree := NewOff(pdf)
	tree.say(Paragraph, 20, "x")
	var b bytes.Buffer
	if err := tree.Draw(&b); err != nil {
		t.Fatal(err)
	}
	if loose, err := Loose(b.Bytes()); err != nil || len(loose) != 1 {
		t.Errorf("Loose = %q, %v; want the text", loose, err)
	}
}

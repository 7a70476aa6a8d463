// Package tagged makes a PDF of fpdf an accessible one (ISO 32000-1, 14.7 and 14.8; PDF/UA-1, ISO 14289-1): a Tree marks
// what is drawn as it is drawn, and Finish adds to fpdf's output what fpdf can't write – the structure tree, its
// parent tree, language, metadata. It is pure: the same calls give the same bytes.
package tagged

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/go-pdf/fpdf"
)

// Role is a standard structure type of ISO 32000-1, 14.8.4.
type Role string

// The roles that our documents have.
const (
	Document  Role = "Document"
	Sect      Role = "Sect"
	Heading1  Role = "H1"
	Heading2  Role = "H2"
	Heading3  Role = "H3"
	Paragraph Role = "P"
	List      Role = "L"
	Item      Role = "LI"
	Label     Role = "Lbl" // of a list of terms: the term
	Body      Role = "LBody"
	Table     Role = "Table"
	Caption   Role = "Caption"
	Head      Role = "THead"
	Rows      Role = "TBody"
	Row       Role = "TR"
	Header    Role = "TH"
	Cell      Role = "TD"
	Figure    Role = "Figure"
)

// Scope says which cells a table's header cell is the heading of.
type Scope string

// The scopes.
const (
	OfColumn Scope = "Column"
	OfRow    Scope = "Row"
)

// Element is a part of the document's structure. Alt is for figures, Scope and Span for header cells; Box is a figure's
// place on its page in points from the foot: left, bottom, right, top. Lang is for words in another language than the
// document's.
type Element struct {
	Role  Role
	Alt   string
	Lang  string
	Scope Scope
	Span  int // columns; 0 is 1
	Box   [4]float64

	parent *Element
	kids   []kid
	object int // number in the file
}

// kid is another element, or marked content of a page.
type kid struct {
	element *Element
	page    int
	mark    int
}

// Tree is the structure of a document that is being drawn.
type Tree struct {
	pdf    *fpdf.Fpdf
	root   *Element
	open   *Element // what is drawn now belongs to it
	marked marked
	pages  [][]*Element // by page less one: the elements of its marks, in order
	errs   []error
	off    bool
}

// marked is the marked content that stands open on a page.
type marked struct {
	page     int // 0: none is open
	element  *Element
	artifact string
}

// ErrStructure reports that a document was drawn with gaps in its structure.
var ErrStructure = errors.New("structure of the PDF")

// New begins the structure of an empty document.
func New(pdf *fpdf.Fpdf) *Tree {
	root := &Element{Role: Document}
	return &Tree{pdf: pdf, root: root, open: root}
}

// NewOff marks nothing: what a document costs without tags is measured with it.
func NewOff(pdf *fpdf.Fpdf) *Tree {
	t := New(pdf)
	t.off = true
	return t
}

// Open adds an element to the one that is open and opens it in its place.
func (t *Tree) Open(e Element) {
	added := &e
	added.parent = t.open
	t.open.kids = append(t.open.kids, kid{element: added})
	t.open = added
}

// Close closes the element that was opened last.
func (t *Tree) Close() {
	if t.open.parent == nil {
		t.errs = append(t.errs, fmt.Errorf("%w: one element too many is closed", ErrStructure))
		return
	}
	t.open = t.open.parent
}

// In draws within an element.
func (t *Tree) In(role Role, draw func()) { t.Within(Element{Role: role}, draw) }

// Within draws within an element that has attributes.
func (t *Tree) Within(e Element, draw func()) {
	t.Open(e)
	draw()
	t.Close()
}

// holdsContent reports whether a role may have marked content of its own.
func holdsContent(r Role) bool {
	return !slices.Contains([]Role{Document, Sect, List, Item, Table, Head, Rows, Row}, r)
}

// Content says that what is drawn next is the open element's.
func (t *Tree) Content() {
	if !holdsContent(t.open.Role) {
		t.errs = append(t.errs, fmt.Errorf("%w: content right in %s", ErrStructure, t.open.Role))
	}
	page := t.pdf.PageNo()
	if t.off || t.marked.page == page && t.marked.element == t.open {
		return
	}
	t.Break()
	for len(t.pages) < page {
		t.pages = append(t.pages, nil)
	}
	mark := len(t.pages[page-1])
	t.pages[page-1] = append(t.pages[page-1], t.open)
	t.open.kids = append(t.open.kids, kid{page: page, mark: mark})
	t.pdf.RawWriteStr("/" + string(t.open.Role) + " <</MCID " + strconv.Itoa(mark) + ">> BDC")
	t.marked = marked{page: page, element: t.open}
}

// Kinds of artifacts.
const (
	Decoration = "/Artifact BMC"
	PageHeader = "/Artifact <</Type /Pagination /Subtype /Header>> BDC"
	PageFooter = "/Artifact <</Type /Pagination /Subtype /Footer>> BDC"
)

// Artifact says that what is drawn next is no part of the document: a line, a background, a page's number.
func (t *Tree) Artifact(kind string) {
	page := t.pdf.PageNo()
	if t.off || t.marked.page == page && t.marked.artifact == kind {
		return
	}
	t.Break()
	t.pdf.RawWriteStr(kind)
	t.marked = marked{page: page, artifact: kind}
}

// Break ends the marked content. It must be called before another page is begun or turned to.
func (t *Tree) Break() {
	if t.marked.page == 0 {
		return
	}
	if t.marked.page != t.pdf.PageNo() {
		t.errs = append(t.errs, fmt.Errorf("%w: page %d was left within marked content", ErrStructure, t.marked.page))
	}
	t.pdf.RawWriteStr("EMC")
	t.marked = marked{}
}

// Err tells what is wrong with the structure: gaps of the drawing, elements that are open, elements that lack what their role
// needs, and levels of headings that are left out (ISO 14289-1, 7.4.2).
func (t *Tree) Err() error {
	errs := slices.Clone(t.errs)
	if t.open != t.root {
		errs = append(errs, fmt.Errorf("%w: %s is open at the end", ErrStructure, t.open.Role))
	}
	level := 0
	t.root.walk(func(e *Element) {
		if err := e.check(); err != nil {
			errs = append(errs, err)
		}
		if own := slices.Index([]Role{Heading1, Heading2, Heading3}, e.Role) + 1; own > 0 {
			if own > level+1 {
				errs = append(errs, fmt.Errorf("%w: %s follows a heading of level %d", ErrStructure, e.Role, level))
			}
			level = own
		}
	})
	return errors.Join(errs...)
}

// walk visits an element and all within, in the order of reading.
func (e *Element) walk(visit func(*Element)) {
	visit(e)
	for _, k := range e.kids {
		if k.element != nil {
			k.element.walk(visit)
		}
	}
}

func (e *Element) check() error {
	switch {
	case e.Role == Figure && e.Alt == "":
		return fmt.Errorf("%w: a figure without words", ErrStructure)
	case e.Role == Header && e.Scope == "":
		return fmt.Errorf("%w: a header cell without a scope", ErrStructure)
	case e.Role == Table && !e.holds(Header):
		return fmt.Errorf("%w: a table without header cells", ErrStructure)
	case e.Role == Table && !e.even():
		return fmt.Errorf("%w: a table whose rows have different numbers of cells", ErrStructure)
	}
	return nil
}

// even reports whether all rows of a table are as wide.
func (e *Element) even() bool {
	widths := map[int]bool{}
	e.walk(func(row *Element) {
		if row.Role != Row {
			return
		}
		width := 0
		for _, k := range row.kids {
			if k.element != nil {
				width += max(k.element.Span, 1)
			}
		}
		widths[width] = true
	})
	return len(widths) == 1
}

// holds reports whether an element of the role is somewhere within.
func (e *Element) holds(role Role) bool {
	found := false
	e.walk(func(each *Element) { found = found || each.Role == role })
	return found
}

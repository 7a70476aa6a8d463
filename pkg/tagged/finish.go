package tagged

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
)

// Info is what a PDF tells about itself.
type Info struct {
	Title, Author, Subject string
	Lang                   string // pl-PL
	At                     time.Time
	Producer               string
}

// Describe gives fpdf what it writes itself; the same moment and order give the same bytes.
func (t *Tree) Describe(i Info) {
	t.pdf.SetTitle(i.Title, true)
	t.pdf.SetAuthor(i.Author, true)
	t.pdf.SetSubject(i.Subject, true)
	t.pdf.SetCreator(i.Producer, true)
	t.pdf.SetProducer(i.Producer, true)
	t.pdf.SetLang(i.Lang)
	t.pdf.SetCreationDate(i.At.UTC())
	t.pdf.SetModificationDate(i.At.UTC())
	t.pdf.SetCatalogSort(true)
}

// Finish writes the document with its structure. fpdf writes it first; Finish takes its objects over as they are, puts pages
// and catalog in touch with the structure, and adds the elements in compressed object streams (PDF 1.7).
func (t *Tree) Finish(w io.Writer, info Info) error {
	var drawn bytes.Buffer
	if err := t.Draw(&drawn); err != nil {
		return err
	}
	return t.Tag(w, drawn.Bytes(), info)
}

// Draw writes the document as fpdf leaves it: marked, but without the tree of the marks.
func (t *Tree) Draw(w io.Writer) error {
	t.Break()
	if err := t.Err(); err != nil {
		return err
	}
	return t.pdf.Output(w)
}

// Tag writes what Draw wrote, with the structure.
func (t *Tree) Tag(w io.Writer, drawn []byte, info Info) error {
	f, err := read(drawn)
	if err != nil {
		return err
	}
	f.countBookmarks()
	t.number(f)
	if err := t.link(f); err != nil {
		return err
	}
	f.elements(t.root)
	f.parents(t.pages)
	f.add(f.metadata, info.metadata(f.metadata))
	f.pack()
	_, err = w.Write(f.write())
	return err
}

// number gives the elements their numbers, in the order of reading.
func (t *Tree) number(f *file) {
	f.metadata, f.parent = f.next, f.next+1
	f.next += 3 // and the root of the tree
	f.first = f.next
	var give func(*Element)
	give = func(e *Element) {
		e.object = f.next
		f.next++
		for _, k := range e.kids {
			if k.element != nil {
				give(k.element)
			}
		}
	}
	give(t.root)
}

// link points pages and catalog to the structure.
func (t *Tree) link(f *file) error {
	for page := range t.pdf.PageCount() {
		text := fmt.Sprintf(" /Tabs /S /StructParents %d", page)
		if page >= len(t.pages) || len(t.pages[page]) == 0 {
			text = " /Tabs /S"
		}
		if err := f.insert(f.pageAt(page+1), text); err != nil {
			return err
		}
	}
	f.addValue(f.parent+1, fmt.Appendf(nil, "<</Type /StructTreeRoot /K %d 0 R /ParentTree %d 0 R /ParentTreeNextKey %d>>", t.root.object, f.parent, len(t.pages)))
	return f.insert(f.catalog, fmt.Sprintf("/MarkInfo <</Marked true>>\n/ViewerPreferences <</DisplayDocTitle true>>\n/StructTreeRoot %d 0 R\n/Metadata %d 0 R\n", f.parent+1, f.metadata))
}

// elements add an element and all within.
func (f *file) elements(e *Element) {
	parent := f.parent + 1
	if e.parent != nil {
		parent = e.parent.object
	}
	b := fmt.Appendf(nil, "<</S /%s /P %d 0 R", e.Role, parent)
	page := 0
	for _, k := range e.kids {
		if k.element == nil {
			page = k.page
			b = fmt.Appendf(b, " /Pg %d 0 R", f.pageAt(page))
			break
		}
	}
	if e.Alt != "" {
		b = append(append(b, " /Alt "...), textString(e.Alt)...)
	}
	if e.Lang != "" {
		b = append(append(b, " /Lang "...), textString(e.Lang)...)
	}
	b = append(b, e.attributes()...)
	if len(e.kids) > 0 {
		b = append(b, " /K ["...)
		for _, k := range e.kids {
			switch {
			case k.element != nil:
				b = fmt.Appendf(b, "%d 0 R ", k.element.object)
			case k.page == page:
				b = fmt.Appendf(b, "%d ", k.mark)
			default:
				b = fmt.Appendf(b, "<</Type /MCR /Pg %d 0 R /MCID %d>> ", f.pageAt(k.page), k.mark)
			}
		}
		b = append(b[:len(b)-1], ']')
	}
	f.addValue(e.object, append(b, ">>"...))
	for _, k := range e.kids {
		if k.element != nil {
			f.elements(k.element)
		}
	}
}

// attributes are the layout's of a figure, the table's of a header cell and the list's of a list.
func (e *Element) attributes() string {
	switch e.Role {
	case Figure:
		return fmt.Sprintf(" /A <</O /Layout /Placement /Block /BBox [%.2f %.2f %.2f %.2f]>>", e.Box[0], e.Box[1], e.Box[2], e.Box[3])
	case Header:
		span := ""
		if e.Span > 1 {
			span = " /ColSpan " + strconv.Itoa(e.Span)
		}
		return " /A <</O /Table /Scope /" + string(e.Scope) + span + ">>"
	case List:
		return " /A <</O /List /ListNumbering /None>>"
	}
	return ""
}

// parents add the tree that leads from a page's marks to their elements.
func (f *file) parents(pages [][]*Element) {
	b := []byte("<</Nums [")
	for page, marks := range pages {
		if len(marks) == 0 {
			continue
		}
		b = fmt.Appendf(b, "%d [", page)
		for _, e := range marks {
			b = strconv.AppendInt(b, int64(e.object), 10)
			b = append(b, " 0 R "...)
		}
		b = append(b[:len(b)-1], "] "...)
	}
	f.addValue(f.parent, append(b, "]>>"...))
}

// textString writes a text as UTF-16 in hexadecimal digits.
func textString(s string) []byte {
	b := []byte("<FEFF")
	for _, u := range utf16.Encode([]rune(s)) {
		b = fmt.Appendf(b, "%04X", u)
	}
	return append(b, '>')
}

// metadata is the XMP that PDF/UA-1 asks for (ISO 14289-1, 5 and 7.1), as the object of a number.
func (i Info) metadata(number int) []byte {
	at := i.At.UTC().Format("2006-01-02T15:04:05Z")
	data := `<?xpacket begin="` + "\ufeff" + `" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<pdfuaid:part>1</pdfuaid:part>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">` + escaped(i.Title) + `</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>` + escaped(i.Author) + `</rdf:li></rdf:Seq></dc:creator>
<dc:language><rdf:Bag><rdf:li>` + escaped(i.Lang) + `</rdf:li></rdf:Bag></dc:language>
<xmp:CreateDate>` + at + `</xmp:CreateDate><xmp:ModifyDate>` + at + `</xmp:ModifyDate><xmp:CreatorTool>` + escaped(i.Producer) + `</xmp:CreatorTool>
<pdf:Producer>` + escaped(i.Producer) + `</pdf:Producer>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>`
	return fmt.Appendf(nil, "%d 0 obj\n<</Type /Metadata /Subtype /XML /Length %d>>\nstream\n%s\nendstream\nendobj\n", number, len(data), data)
}

func escaped(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder takes everything
	return b.String()
}

package report

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/flate"
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"time"

	"ocenaurzedu.eu/pkg/survey"
)

// sheetData is the name of the sheet of single submissions; where there are several they are numbered.
const sheetData = "Dane"

// sheetRows is how many rows a sheet of Excel has.
const sheetRows = 1_048_576

func fastDeflate(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) }

// XLSX writes the submissions as a workbook: as many sheets "Dane" as it takes, and the dictionary. Rows go straight into
// the file, so that memory does not grow with them.
func (r *Raw) XLSX(w io.Writer) error {
	t := newRawTable(r.Versions)
	err := r.stream(w, t, func(rows []int) *book {
		b := newBook(r.Title, r.Office.Name, r.GeneratedAt)
		r.dataSheets(b, t, rows)
		r.dictionarySheet(b, t, false)
		return b
	})
	if err != nil {
		return fmt.Errorf("submissions as XLSX: %w", err)
	}
	return nil
}

// XLSXWith writes the report's workbook with the submissions in it. It is for the office's own staff alone, see Raw.
func (d *Document) XLSXWith(w io.Writer, r *Raw) error {
	if err := d.check(); err != nil {
		return err
	}
	t := newRawTable(r.Versions)
	err := r.stream(w, t, func(rows []int) *book {
		b := newBook(d.title(), d.Office.Name, d.GeneratedAt)
		d.sheets(b)
		r.dataSheets(b, t, rows)
		d.glossarySheet(b)
		r.dictionarySheet(b, t, true)
		return b
	})
	if err != nil {
		return fmt.Errorf("report of %s with submissions as XLSX: %w", d.Slug, err)
	}
	return nil
}

// dataSheets adds the sheets of submissions with their headers alone: the rows, so many a sheet, are streamed.
func (r *Raw) dataSheets(b *book, t *rawTable, rows []int) {
	columns := []sheetColumn{{rawPlaces[0], 12, formatText}, {rawPlaces[1], 20, formatText}, {rawPlaces[2], 28, formatText}, {rawPlaces[3], 9, formatInt}}
	for _, c := range t.columns {
		columns = append(columns, sheetColumn{c.heading, 18, formatText})
	}
	for i, n := range rows {
		name := sheetData
		if len(rows) > 1 {
			name += " " + strconv.Itoa(i+1)
		}
		b.sheet(name, true)
		b.head(name, columns)
		b.keep(b.file.SetRowHeight(name, 1, 4*lineOfRow+2))
		b.tail(name, columns, n)
	}
}

func (r *Raw) dictionarySheet(b *book, t *rawTable, beside bool) {
	name := sheetGlossary
	if beside {
		name = sheetDictionary
	}
	b.sheet(name, true)
	b.table(name, dictionaryColumns(), t.dictionary())
}

// stream writes a workbook whose sheets of submissions are streamed. build makes it with so many rows in these; it is
// called first for the look of one sheet, and again once it is known how many rows and sheets there are. Both must have
// the same shared strings, behind which those of the rows stand.
func (r *Raw) stream(w io.Writer, t *rawTable, build func(rows []int) *book) error {
	look := build([]int{1})
	first := len(look.file.GetSheetList()) // numbers of sheets are given in order
	for id, name := range look.file.GetSheetMap() {
		if name == sheetData {
			first = id
		}
	}
	parts, err := look.parts()
	if err != nil {
		return err
	}
	strings := uncounted(parts)
	pen, err := newSheetPen(t, look, parts[sheetPath(first)], bytes.Count(strings, []byte("<si>")))
	if err != nil {
		return err
	}
	if r.most > 0 {
		pen.most = r.most
	}
	z := newZip(w)
	rows, err := r.rows(z, t, pen, first)
	if err != nil {
		return err
	}
	if parts, err = build(rows).parts(); err != nil {
		return err
	}
	if !bytes.Equal(strings, uncounted(parts)) {
		return fmt.Errorf("the words of the workbook changed while it was written")
	}
	for i := range rows {
		delete(parts, sheetPath(first+i))
	}
	parts["xl/sharedStrings.xml"] = pen.withWords(strings)
	return writeParts(z, parts)
}

func sheetPath(n int) string { return "xl/worksheets/sheet" + strconv.Itoa(n) + ".xml" }

// rows writes the sheets of submissions and returns how many rows each has.
func (r *Raw) rows(z *zip.Writer, t *rawTable, pen *sheetPen, first int) ([]int, error) {
	counts := []int{0}
	begin := func() error {
		part, err := z.Create(sheetPath(first + len(counts) - 1))
		if err != nil {
			return err
		}
		pen.w.Reset(part)
		_, err = pen.w.Write(pen.before)
		return err
	}
	if err := begin(); err != nil {
		return nil, err
	}
	codes := make([]int, len(t.columns))
	for sub, err := range r.Submissions {
		if err != nil {
			return nil, err
		}
		if err := t.codes(sub, codes); err != nil {
			return nil, err
		}
		if counts[len(counts)-1] == pen.most {
			if err := pen.end(pen.most); err != nil {
				return nil, err
			}
			counts = append(counts, 0)
			if err := begin(); err != nil {
				return nil, err
			}
		}
		counts[len(counts)-1]++
		if err := pen.row(r, sub, codes); err != nil {
			return nil, err
		}
	}
	return counts, pen.end(counts[len(counts)-1])
}

// sheetPen writes rows of submissions in XML. Every cell that there can be is put into its form once.
type sheetPen struct {
	w             *bufio.Writer
	before, after []byte // of the sheet, around the rows
	filterEnd     []byte // of the sheet with one row, as it stands in after
	columns       int
	most          int               // rows of a sheet, without the header
	base          int               // shared strings of the workbook itself
	words         map[string][]byte // cells by their text
	order         []string
	cells         [][][]byte // by column and code
	states        [][]byte
	months        map[survey.Day][]byte
	versions      map[int64][]byte
	monthStyle    int
	intStyle      int
	line          []byte
}

var dimension = regexp.MustCompile(`<dimension [^>]*></dimension>|<dimension [^>]*/>`)

func newSheetPen(t *rawTable, look *book, sheet []byte, base int) (*sheetPen, error) {
	before, after, found := bytes.Cut(sheet, []byte("</sheetData>"))
	if !found {
		return nil, fmt.Errorf("the sheet %q has no rows", sheetData)
	}
	columns := len(rawPlaces) + len(t.columns)
	p := &sheetPen{w: bufio.NewWriterSize(nil, 1<<16), before: dimension.ReplaceAll(before, nil), after: append([]byte("</sheetData>"), after...), columns: columns,
		filterEnd: []byte(at(columns, 2) + `"`), most: sheetRows - 1, base: base, words: map[string][]byte{}, months: map[survey.Day][]byte{}, versions: map[int64][]byte{},
		monthStyle: look.styles[formatMonth], intStyle: look.styles[formatInt]}
	for _, c := range t.columns {
		var cells [][]byte
		for _, cell := range c.cells {
			if cell.plain {
				cells = append(cells, numberCell(p.intStyle, cell.number))
				continue
			}
			cells = append(cells, p.word(cell.text))
		}
		p.cells = append(p.cells, cells)
	}
	for state := range int(survey.CodeFirst) {
		p.states = append(p.states, p.word(unanswered(state)))
	}
	for id, v := range t.versions {
		p.versions[id] = numberCell(p.intStyle, v.Number)
	}
	return p, nil
}

func numberCell(style, n int) []byte { return fmt.Appendf(nil, `<c s="%d"><v>%d</v></c>`, style, n) }

// word returns the cell of a text, which becomes one of the workbook's shared strings.
func (p *sheetPen) word(text string) []byte {
	cell := p.words[text]
	if cell == nil {
		cell = fmt.Appendf(nil, `<c t="s"><v>%d</v></c>`, p.base+len(p.order))
		p.words[text], p.order = cell, append(p.order, text)
	}
	return cell
}

// month returns the cell of a month: its first day, as spreadsheets count days.
func (p *sheetPen) month(d survey.Day) []byte {
	if d.IsZero() {
		return p.word(rawOmitted)
	}
	if p.months[d] == nil {
		p.months[d] = numberCell(p.monthStyle, d.Sub(survey.NewDay(1899, time.December, 30)))
	}
	return p.months[d]
}

// row writes a submission.
func (p *sheetPen) row(r *Raw, sub *survey.Submission, codes []int) error {
	month, channel, point := r.place(sub)
	line := append(append(p.line[:0], "<row>"...), p.month(month)...)
	line = append(append(line, p.word(channel)...), p.word(safe(point))...)
	line = append(line, p.versions[sub.VersionID]...)
	for i, code := range codes {
		switch {
		case code >= rawUnanswered:
			line = append(line, p.states[code-rawUnanswered]...)
		case code >= 0:
			line = append(line, p.cells[i][code]...)
		default:
			line = append(line, "<c/>"...)
		}
	}
	p.line = append(line, "</row>"...)
	_, err := p.w.Write(p.line)
	return err
}

// end ends a sheet of n rows.
func (p *sheetPen) end(n int) error {
	after := bytes.Replace(p.after, p.filterEnd, []byte(at(p.columns, max(n, 1)+1)+`"`), 1)
	if _, err := p.w.Write(after); err != nil {
		return err
	}
	return p.w.Flush()
}

// withWords adds the words of the rows to the workbook's shared strings.
func (p *sheetPen) withWords(strings []byte) []byte {
	head, _, _ := bytes.Cut(strings, []byte("</sst>"))
	out := bytes.Clone(head)
	for _, text := range p.order {
		out = append(out, `<si><t xml:space="preserve">`...)
		var b bytes.Buffer
		_ = xml.EscapeText(&b, []byte(text)) // a buffer takes all
		out = append(append(out, b.Bytes()...), "</t></si>"...)
	}
	return append(out, "</sst>"...)
}

var countAttributes = regexp.MustCompile(` (count|uniqueCount)="\d+"`)

// uncounted returns a workbook's shared strings without how many they are, which is optional.
func uncounted(parts map[string][]byte) []byte {
	return countAttributes.ReplaceAll(parts["xl/sharedStrings.xml"], nil)
}

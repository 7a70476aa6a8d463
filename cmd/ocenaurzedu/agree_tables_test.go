package main

import (
	"bytes"
	"encoding/csv"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/net/html"
)

// tableRows are the rows of all tables of a document, a list of cells each.
type tableRows [][]string

// fact is what a report says in a row: a label and numbers in this order, shares as 0 to 1.
type fact struct {
	label  string
	values []float64
	shares bool // values after the first one are shares: they may be told in percent
	bounds bool // both values are the bounds of an interval
}

// tells reports whether one of the rows has the label and the fact's numbers in their order, as exactly as each cell
// tells its own.
func (rows tableRows) tells(f fact) bool {
	for _, row := range rows {
		for i, cell := range row {
			if names(cell, f.label) && tellsValues(row[i+1:], f) {
				return true
			}
		}
	}
	return false
}

// names reports whether a cell is the label, perhaps with its score or versions: "dobrze (4)", "4 – dobrze", "Terminowość
// (wersje 1–5)".
func names(cell, label string) bool {
	narrow := func(s string) string { return strings.ReplaceAll(strings.ToLower(plain(s)), " ", "") } // a narrow column may break a word
	before, after, ok := strings.Cut(narrow(cell), narrow(label))
	rest := strings.NewReplacer("wersje", "", "wersja", "", "stwierdzenia", "", "stwierdzeń", "", "wskaźnik", "").Replace(before + after)
	return ok && strings.Trim(rest, "0123456789()–.,") == ""
}

func tellsValues(cells []string, f fact) bool {
	at := 0
	for cell := range strings.SplitSeq(strings.Join(cells, "\n"), "\n") {
		if low, high, ok := strings.Cut(cell, "–"); ok && at > 0 && at+1 < len(f.values) { // an interval in one cell
			if tellsValues([]string{low, high}, fact{values: f.values[at : at+2], shares: f.shares, bounds: true}) {
				at += 2
			}
			continue
		}
		if at == len(f.values) {
			break
		}
		if same(cell, f.values[at]) || f.shares && (at > 0 || f.bounds) && same(cell, 100*f.values[at]) {
			at++
		}
	}
	return at == len(f.values)
}

var numberPattern = regexp.MustCompile(`^[-−]?[0-9]+([.,][0-9]+)?([Ee]-?[0-9]+)?%?$`)

// same reports whether a cell tells a number, to as many places as it has.
func same(cell string, want float64) bool {
	text := plain(strings.ReplaceAll(cell, " ", ""))
	text = strings.ReplaceAll(text, " ", "")
	if !numberPattern.MatchString(text) {
		return false
	}
	text = strings.NewReplacer(",", ".", "−", "-", "%", "").Replace(text)
	got, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return false
	}
	places := 0
	if _, after, ok := strings.Cut(text, "."); ok && !strings.ContainsAny(text, "Ee") {
		places = len(after)
	} else if ok {
		places = 9
	}
	return math.Abs(got-want) <= max(0.5000001*math.Pow10(-places), 1e-9)
}

// plain makes spaces of every kind one.
func plain(text string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(text, "\u00ad", "")), " ")
}

// pageRows reads the tables of a page.
func pageRows(t *testing.T, page []byte) tableRows {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var rows tableRows
	for n := range root.Descendants() {
		if n.Type != html.ElementNode || n.Data != "tr" {
			continue
		}
		var row []string
		for c := range n.ChildNodes() {
			if c.Type == html.ElementNode && (c.Data == "td" || c.Data == "th") {
				row = append(row, textOf(c))
			}
		}
		rows = append(rows, row)
	}
	return rows
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return plain(b.String())
}

// bookRows reads the rows of all sheets of a workbook, numbers as they are stored.
func bookRows(t *testing.T, data []byte) tableRows {
	t.Helper()
	book, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = book.Close() }()
	var all tableRows
	for _, name := range book.GetSheetList() {
		rows, err := book.GetRows(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, rows...)
	}
	return all
}

// listRows reads the CSV for Polish Excel.
func listRows(t *testing.T, data []byte) tableRows {
	t.Helper()
	reader := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	reader.Comma, reader.FieldsPerRecord = ';', -1
	lines, err := reader.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return gathered(lines)
}

// Columns of the CSV, which has one figure a line.
const (
	csvPlaces = 6 // table, key, name, versions, row, label
	csvName   = 2
	csvLabel  = 5
	csvValue  = 7
	csvBase   = 10
)

// gathered makes one row of the lines about one thing: what it is called, the bases of its figures, the figures.
func gathered(lines [][]string) tableRows {
	var rows tableRows
	for i := 0; i < len(lines); {
		place := strings.Join(lines[i][:csvPlaces], ";")
		bases, values := []string{}, []string{}
		first := lines[i]
		for ; i < len(lines) && strings.Join(lines[i][:csvPlaces], ";") == place; i++ {
			bases, values = append(bases, lines[i][csvBase]), append(values, lines[i][csvValue:csvBase]...) // with the interval
		}
		for _, name := range []string{first[csvName], first[csvLabel]} {
			rows = append(rows, slices.Concat([]string{name}, bases, values))
		}
	}
	return rows
}

// paperRows reads the rows of the tables of a tagged PDF as assistive technology does.
func paperRows(t *testing.T, data []byte) tableRows {
	t.Helper()
	path := filepath.Join(t.TempDir(), "raport.pdf")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("pdfinfo", "-struct-text", path).Output()
	if err != nil {
		t.Fatalf("pdfinfo: %v", err)
	}
	rows := tableRows{nil} // what stands in no row is gathered in the first
	for line := range strings.Lines(string(out)) {
		text := strings.TrimSpace(line)
		last := len(rows) - 1
		switch {
		case text == "TR" || strings.HasPrefix(text, "TR:"):
			rows = append(rows, nil)
		case strings.HasSuffix(text, "(block)"):
			rows = append(rows, nil)
		case text == "TH" || text == "TD" || strings.HasPrefix(text, "TH:") || strings.HasPrefix(text, "TD:"):
			rows[last] = append(rows[last], "")
		case len(rows[last]) > 0 && strings.HasPrefix(text, `"`):
			cell := &rows[last][len(rows[last])-1]
			*cell = plain(*cell + " " + strings.Trim(text, `"`))
		}
	}
	return rows
}

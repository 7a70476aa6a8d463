package report

import (
	"archive/zip"
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// CSV writes the submissions for other programs: a ZIP of dane.csv, one submission a line, and slownik.csv. Both are for
// Polish Excel, as Document.CSV is.
func (r *Raw) CSV(w io.Writer) error {
	t := newRawTable(r.Versions)
	z := newZip(w)
	dictionary, err := z.Create("slownik.csv")
	if err != nil {
		return fmt.Errorf("dictionary as CSV: %w", err)
	}
	if err := writeDictionary(dictionary, t); err != nil {
		return fmt.Errorf("dictionary as CSV: %w", err)
	}
	data, err := z.Create("dane.csv")
	if err != nil {
		return fmt.Errorf("submissions as CSV: %w", err)
	}
	if err := r.csvLines(bufio.NewWriterSize(data, 1<<16), t); err != nil {
		return fmt.Errorf("submissions as CSV: %w", err)
	}
	return z.Close()
}

// csvLines writes the header and a line for each submission. Words are put into their form once, not once a cell.
func (r *Raw) csvLines(w *bufio.Writer, t *rawTable) error {
	line := []byte("\ufeff")
	for _, title := range t.headings() {
		line = append(append(line, csvField(safe(title))...), ';')
	}
	cells := make([][]string, len(t.columns))
	for i, c := range t.columns {
		for _, cell := range c.cells {
			text := csvField(cell.text)
			if cell.plain {
				text = strconv.Itoa(cell.number)
			}
			cells[i] = append(cells[i], text)
		}
	}
	codes := make([]int, len(t.columns))
	for sub, err := range r.Submissions {
		if err != nil {
			return err
		}
		if err := t.codes(sub, codes); err != nil {
			return err
		}
		if _, err := w.Write(append(line[:len(line)-1], '\r', '\n')); err != nil {
			return err
		}
		month, channel, point := r.place(sub)
		line = append(line[:0], rawOmitted...)
		if !month.IsZero() {
			line = append(line[:0], month.String()[:len("2006-01")]...)
		}
		line = append(append(append(line, ';'), csvField(safe(channel))...), ';')
		line = append(append(line, csvField(safe(point))...), ';')
		line = append(strconv.AppendInt(line, int64(t.versions[sub.VersionID].Number), 10), ';')
		for i, code := range codes {
			switch {
			case code >= rawUnanswered:
				line = append(line, unanswered(code-rawUnanswered)...)
			case code >= 0:
				line = append(line, cells[i][code]...)
			}
			line = append(line, ';')
		}
	}
	if _, err := w.Write(append(line[:len(line)-1], '\r', '\n')); err != nil {
		return err
	}
	return w.Flush()
}

// csvField quotes a text where it must be.
func csvField(s string) string {
	if !strings.ContainsAny(s, ";\"\r\n") {
		return s
	}
	return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
}

func writeDictionary(w io.Writer, t *rawTable) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.Comma, out.UseCRLF = ';', true
	var titles []string
	for _, c := range dictionaryColumns() {
		titles = append(titles, c.title)
	}
	_ = out.Write(titles) // the writer keeps the first error for its end
	for _, row := range t.dictionary() {
		var fields []string
		for _, value := range row {
			switch v := value.(type) {
			case string:
				fields = append(fields, safe(v))
			case float64:
				fields = append(fields, commaNumber(v))
			default:
				fields = append(fields, "")
			}
		}
		_ = out.Write(fields)
	}
	out.Flush()
	return out.Error()
}

// dictionaryColumns are the columns of a dictionary.
func dictionaryColumns() []sheetColumn {
	return []sheetColumn{{"Kolumna", 60, formatWrap}, {"Klucz", 24, formatText}, {"Rodzaj", 18, formatText}, {"Wersje", 9, formatText}, {"Wartość", 32, formatWrap}, {"Ocena", 9, formatMean}, {"Znaczenie", 60, formatWrap}}
}

// newZip makes a ZIP that is written at once; of what repeats as much as this the fastest level loses little.
func newZip(w io.Writer) *zip.Writer {
	z := zip.NewWriter(w)
	z.RegisterCompressor(zip.Deflate, fastDeflate)
	return z
}

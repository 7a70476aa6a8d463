package report

import (
	"fmt"
	"io"
	"sort"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"ocenaurzedu.eu/pkg/survey"
)

// format is how a column of a sheet is shown.
type format int

const (
	formatText  format = iota
	formatWrap         // text over several lines
	formatInt          // 1 234
	formatMean         // 0,00
	formatShare        // 0,0%
	formatTitle
	formatHead
	formatBold
	formatSubtitle
	formatIntLeft // as the plain ones, beside text
	formatMeanLeft
	formatShareLeft
	formatHeadRight // over numbers
	formatTextRight // "n za małe" among numbers
	formatMonth     // 2025-03
	formatDay       // 2025-03-31
	formatCount     // how many formats there are
)

// bookFont is the font of workbooks; every office suite has it or its metric twin.
const bookFont = "Calibri"

// number reports whether a column of the format holds figures.
func (f format) number() bool { return f == formatInt || f == formatMean || f == formatShare }

// sheetColumn is a column of a sheet. width is in characters.
type sheetColumn struct {
	title  string
	width  float64
	format format
}

// book is a workbook being written. The first error stays and ends the work.
type book struct {
	file   *excelize.File
	styles [formatCount]int
	sheets int
	err    error
}

func (b *book) keep(err error) {
	if b.err == nil {
		b.err = err
	}
}

// newBook starts a workbook with its styles and properties.
func newBook(title, creator string, at time.Time) *book {
	b := &book{file: excelize.NewFile()}
	b.keep(b.file.SetDefaultFont(bookFont))
	moment := at.UTC().Format(time.RFC3339)
	b.keep(b.file.SetDocProps(&excelize.DocProperties{Title: title, Creator: creator, LastModifiedBy: creator, Language: "pl-PL", Created: moment, Modified: moment,
		Subject: "Wyniki ankiety badania satysfakcji klienta"}))
	b.keep(b.file.SetAppProps(&excelize.AppProperties{Application: "ocenaurzedu", Company: creator}))
	for f, style := range bookStyles() {
		id, err := b.file.NewStyle(&style)
		b.keep(err)
		b.styles[f] = id
	}
	return b
}

// bookStyles are the looks of cells, by format.
func bookStyles() [formatCount]excelize.Style {
	number := func(code, horizontal string) excelize.Style {
		indent := 0
		if horizontal == "left" {
			indent = 1
		}
		return excelize.Style{CustomNumFmt: &code, Alignment: &excelize.Alignment{Vertical: "top", Horizontal: horizontal, Indent: indent}}
	}
	head := func(horizontal string, indent int) excelize.Style {
		return excelize.Style{Font: &excelize.Font{Family: bookFont, Size: 11, Bold: true, Color: "1C2430"}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"EEF1F4"}},
			Border: []excelize.Border{{Type: "bottom", Color: "5A6472", Style: 1}}, Alignment: &excelize.Alignment{Vertical: "bottom", Horizontal: horizontal, Indent: indent, WrapText: true}}
	}
	return [formatCount]excelize.Style{
		formatText:     {NumFmt: 49, Alignment: &excelize.Alignment{Vertical: "top", Horizontal: "left", Indent: 1}},
		formatWrap:     {NumFmt: 49, Alignment: &excelize.Alignment{Vertical: "top", Horizontal: "left", Indent: 1, WrapText: true}},
		formatInt:      number("#,##0", "right"),
		formatMean:     number("0.00", "right"),
		formatShare:    number("0.0%", "right"),
		formatTitle:    {Alignment: &excelize.Alignment{Horizontal: "left", Indent: 1}, Font: &excelize.Font{Family: bookFont, Bold: true, Size: 16, Color: "1D4F8C"}},
		formatSubtitle: {Alignment: &excelize.Alignment{Horizontal: "left", Indent: 1}, Font: &excelize.Font{Family: bookFont, Bold: true, Size: 13, Color: "1D4F8C"}},
		formatHead:     head("left", 1), formatHeadRight: head("right", 0),
		formatMonth: number("yyyy\\-mm", "left"), formatDay: number("yyyy\\-mm\\-dd", "left"),
		formatTextRight: {NumFmt: 49, Alignment: &excelize.Alignment{Vertical: "top", Horizontal: "right"}},
		formatBold:      {Font: &excelize.Font{Family: bookFont, Size: 11, Bold: true}, Alignment: &excelize.Alignment{Vertical: "top", Horizontal: "left", Indent: 1, WrapText: true}},
		formatIntLeft:   number("#,##0", "left"), formatMeanLeft: number("0.00", "left"), formatShareLeft: number("0.0%", "left"),
	}
}

// sheet starts a sheet, set up to print on A4 across its whole width.
func (b *book) sheet(name string, landscape bool) {
	if b.sheets == 0 {
		b.keep(b.file.SetSheetName("Sheet1", name))
	} else {
		_, err := b.file.NewSheet(name)
		b.keep(err)
	}
	b.sheets++
	a4, one, many := 9, 1, 0
	orientation := "portrait"
	if landscape {
		orientation = "landscape"
	}
	b.keep(b.file.SetPageLayout(name, &excelize.PageLayoutOptions{Size: &a4, Orientation: &orientation, FitToWidth: &one, FitToHeight: &many}))
	b.keep(b.file.SetHeaderFooter(name, &excelize.HeaderFooterOptions{OddFooter: "&L&A&Rstrona &P z &N"}))
}

// put writes one value: a string as a string, never as a formula; a number as a number; a day as a date; nil as nothing.
func (b *book) put(sheet string, col, row int, value any, f format) {
	cell, firstDay := at(col, row), survey.NewDay(1899, time.December, 30) // as spreadsheets count days
	switch v := value.(type) {
	case nil:
		return
	case string:
		switch {
		case f.number():
			f = formatTextRight
		case f == formatIntLeft || f == formatMeanLeft || f == formatShareLeft:
			f = formatText
		}
		b.keep(b.file.SetCellStr(sheet, cell, safe(v)))
	case survey.Day:
		if v.IsZero() {
			return
		}
		b.keep(b.file.SetCellInt(sheet, cell, int64(v.Sub(firstDay))))
	case int:
		b.keep(b.file.SetCellInt(sheet, cell, int64(v)))
	case float64:
		b.keep(b.file.SetCellFloat(sheet, cell, v, -1, 64))
	default:
		b.keep(fmt.Errorf("cell %s!%s holds a %T", sheet, cell, value))
	}
	b.keep(b.file.SetCellStyle(sheet, cell, cell, b.styles[f]))
}

// at names a cell by column and row, counted from 1.
func at(col, row int) string {
	name, err := excelize.CoordinatesToCellName(col, row)
	if err != nil {
		return "A1" // coordinates from 1 on always have a name
	}
	return name
}

// table writes a sheet that is one table: header frozen, filtered and repeated in print.
func (b *book) table(sheet string, columns []sheetColumn, rows [][]any) {
	b.head(sheet, columns)
	for r, row := range rows {
		b.row(sheet, r+2, columns, row)
	}
	b.tail(sheet, columns, len(rows))
}

// head writes the header of a table.
func (b *book) head(sheet string, columns []sheetColumn) {
	lines := 2
	for i, c := range columns {
		head := formatHead
		if c.format.number() {
			head = formatHeadRight
		}
		b.put(sheet, i+1, 1, c.title, head)
		name, err := excelize.ColumnNumberToName(i + 1)
		b.keep(err)
		b.keep(b.file.SetColWidth(sheet, name, name, c.width))
		lines = max(lines, linesOf(c.title, c.width-1))
	}
	b.keep(b.file.SetRowHeight(sheet, 1, min(float64(lines)*lineOfRow+2, highestRow)))
}

// row writes a row of a table.
func (b *book) row(sheet string, r int, columns []sheetColumn, row []any) {
	lines := 1
	for i, value := range row {
		b.put(sheet, i+1, r, value, columns[i].format)
		if text, ok := value.(string); ok && columns[i].format == formatWrap {
			lines = max(lines, linesOf(text, columns[i].width))
		}
	}
	b.rowLines(sheet, r, lines)
}

// tail freezes, filters and repeats the header of a table of so many rows.
func (b *book) tail(sheet string, columns []sheetColumn, rows int) {
	b.keep(b.file.SetPanes(sheet, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}))
	last := at(len(columns), max(rows, 1)+1)
	b.keep(b.file.AutoFilter(sheet, "A1:"+last, nil))
	b.keep(b.file.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: quoted(sheet) + "!$1:$1", Scope: sheet}))
}

// lineOfRow is the height of a line of a row, in points; highestRow is the highest row that Excel takes.
const (
	lineOfRow  = 15.0
	highestRow = 409.0
)

// rowLines makes a row so high that its lines are seen in programs that do not fit rows by themselves.
func (b *book) rowLines(sheet string, row, lines int) {
	if lines > 1 {
		b.keep(b.file.SetRowHeight(sheet, row, min(lineOfRow*float64(lines), highestRow)))
	}
}

// linesOf estimates how many lines a text takes in a column of a width in characters.
func linesOf(text string, width float64) int {
	lines := 0
	for _, part := range strings.Split(text, "\n") {
		lines += 1 + int(float64(utf8.RuneCountInString(part))*1.05/width)
	}
	return lines
}

// quoted is a sheet's name as formulas write it.
func quoted(sheet string) string { return "'" + strings.ReplaceAll(sheet, "'", "''") + "'" }

// ref is a reference to rows from to to of a column, for charts.
func (b *book) ref(sheet string, col, from, to int) string {
	name, err := excelize.ColumnNumberToName(col)
	b.keep(err)
	return fmt.Sprintf("%s!$%s$%d:$%s$%d", quoted(sheet), name, from, name, to)
}

// bookChart is a native chart of a sheet's own cells.
type bookChart struct {
	sheet, cell, title string
	kind               excelize.ChartType
	series             []excelize.ChartSeries
	height             uint // pixels
	format             string
	low, high          *float64 // bounds of the value axis; nil: automatic
	bare               bool     // without its values written into it
	width              uint     // pixels; 0: 620
}

func (b *book) chart(c bookChart) {
	legend := "none"
	if len(c.series) > 1 {
		legend = "bottom"
	}
	gap := uint(60)
	if c.width == 0 {
		c.width = 620
	}
	font := excelize.Font{Color: "1C2430", Size: 9}
	horizontal := c.kind == excelize.Bar || c.kind == excelize.BarPercentStacked
	b.keep(b.file.AddChart(c.sheet, c.cell, &excelize.Chart{
		Type: c.kind, Series: c.series, GapWidth: &gap,
		Title:     excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: c.title, Font: &excelize.Font{Bold: true, Size: 12, Color: "1C2430"}}}},
		Legend:    excelize.ChartLegend{Position: legend},
		Dimension: excelize.ChartDimension{Width: c.width, Height: c.height},
		Format:    excelize.GraphicOptions{AltText: c.title, Name: c.title},
		XAxis:     excelize.ChartAxis{ReverseOrder: horizontal, Font: font},
		YAxis:     excelize.ChartAxis{MajorGridLines: true, Font: font, Minimum: c.low, Maximum: c.high, NumFmt: excelize.ChartNumFmt{CustomNumFmt: c.format}},
		PlotArea:  excelize.ChartPlotArea{ShowVal: c.kind != excelize.BarPercentStacked && !c.bare, NumFmt: excelize.ChartNumFmt{CustomNumFmt: c.format}},
	}))
}

// solid fills a series with one colour.
func solid(hex string) excelize.Fill {
	return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{hex}}
}

// write ends the workbook.
func (b *book) write(w io.Writer) error {
	defer b.file.Close()
	yes := true
	for _, sheet := range b.file.GetSheetList() { // last, as an autofilter starts the properties anew
		b.keep(b.file.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: &yes}))
	}
	// The library gathers these from a map; in one order the same report has the same bytes.
	defaults := b.file.ContentTypes.Defaults
	sort.Slice(defaults, func(i, j int) bool { return defaults[i].Extension < defaults[j].Extension })
	b.file.SetActiveSheet(0)
	if b.err != nil {
		return b.err
	}
	return b.file.Write(w)
}

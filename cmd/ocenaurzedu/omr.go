package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"ocenaurzedu.eu/pkg/omr"
	"ocenaurzedu.eu/pkg/raster"
	"ocenaurzedu.eu/pkg/sheet"
)

// omrCommand reads sheets off files: PDF, JPEG, PNG, TIFF. It works as the service does, in worker processes with their
// limits, but keeps nothing and needs no database and no settings.
type omrCommand struct {
	Layout  []string `required:"" type:"path" sep:"none" help:"Layout of the sheets, as the command sheet writes it. May be given several times."`
	Workers int      `default:"0" help:"Processes that read at once; 0 is as many as there are cores."`
	Files   []string `arg:"" name:"file" help:"Scans and photos."`
}

// readLine is what is printed of a page: one line of JSON.
type readLine struct {
	File      string       `json:"file"`
	Page      int          `json:"page"` // of the file, from 1
	State     omr.State    `json:"state"`
	Reason    omr.Reason   `json:"reason"`
	Hint      string       `json:"hint,omitempty"` // what to do about it, in Polish
	Detail    string       `json:"detail,omitempty"`
	Tenant    int64        `json:"tenant"` // the code's; 0 if none was read
	Version   int64        `json:"version"`
	Format    string       `json:"format,omitempty"`
	Serial    uint32       `json:"serial"`
	SheetPage int          `json:"sheetPage"`
	Bilevel   bool         `json:"bilevel"`
	Boxes     []readBox    `json:"boxes"`
	Questions []readAnswer `json:"questions"`
	Texts     []omr.Text   `json:"texts,omitempty"`
	MS        float64      `json:"ms"`       // to decode and to read
	DecodeMS  float64      `json:"decodeMs"` // of it
}

// readBox is a box as it was read.
type readBox struct {
	Question string       `json:"question"`
	Row      string       `json:"row"`
	Area     string       `json:"area,omitempty"`
	Aspect   string       `json:"aspect,omitempty"`
	Option   string       `json:"option"`
	State    omr.BoxState `json:"state"`
	Flagged  bool         `json:"flagged"`
	Measures omr.Measures `json:"measures"`
}

// readAnswer is a question, or a row of one, as it was read.
type readAnswer struct {
	Question string     `json:"question"`
	Row      string     `json:"row"`
	Area     string     `json:"area,omitempty"`
	Aspect   string     `json:"aspect,omitempty"`
	Values   []string   `json:"values"`
	Flagged  bool       `json:"flagged"`
	Reason   omr.Reason `json:"reason"`
}

// Run prints a line for each page, in the order of files and pages, as soon as it is read. A page that can't be read is
// no failure.
func (c *omrCommand) Run(p *program) error {
	layouts := make([]raster.Layout, len(c.Layout))
	for i, name := range c.Layout {
		var err error
		if layouts[i], err = loadLayout(name); err != nil {
			return err
		}
	}
	workers := c.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	reader, err := newScanReader("", workers)
	if err != nil {
		return err
	}
	defer reader.Close()
	ctx, cancel := context.WithCancel(p.ctx)
	defer cancel()
	s := &stack{reader: reader, layouts: layouts, workers: workers, seen: map[sheet.Code]bool{}, print: p.printLine}
	return s.run(ctx, c.Files)
}

// loadLayout reads a layout and, if they stand beside it, whose and which version's it is. Measures of the print that a
// layout may lack are those of all sheets so far.
func loadLayout(name string) (raster.Layout, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return raster.Layout{}, err
	}
	told := printedLayout{Layout: &sheet.Layout{BoxLine: 0.3, Blank: 4, FiducialSize: 7}}
	if err := json.Unmarshal(data, &told); err != nil {
		return raster.Layout{}, fmt.Errorf("%s: %w", filepath.Base(name), err)
	}
	if told.PageWidth <= 0 || told.PageHeight <= 0 || told.BoxSize <= 0 || len(told.Pages) == 0 {
		return raster.Layout{}, fmt.Errorf("%s is no layout of a sheet", filepath.Base(name))
	}
	for i, page := range told.Pages {
		if len(page.Fiducials) != 4 || page.QR.Size <= 0 {
			return raster.Layout{}, fmt.Errorf("%s: page %d lacks its four fiducials or its QR", filepath.Base(name), i+1)
		}
	}
	return raster.Layout{Tenant: told.Tenant, Version: told.Version, Format: told.Format, Layout: told.Layout}, nil
}

// stack is a run over files.
type stack struct {
	reader  *raster.Reader
	layouts []raster.Layout
	workers int
	seen    map[sheet.Code]bool // pages of sheets
	print   func(any) error
}

// part is a share of a file that one worker reads; lanes of a file take turns at its pages.
type part struct {
	pages chan raster.Page
	lost  raster.Page // once pages is closed: what is to be told of pages that are missing
	err   error       // the same: why nothing more is to be told
}

// run reads files beside each other. Parts begin in the order in which they are printed and no more at once than there
// are workers, so that the one that is waited for is always being read.
func (s *stack) run(ctx context.Context, files []string) error {
	opened := make(chan []*part, s.workers)
	go func() {
		defer close(opened)
		free := make(chan struct{}, s.workers)
		for _, name := range files {
			select {
			case opened <- s.begin(ctx, name, free):
			case <-ctx.Done():
				return
			}
		}
	}()
	for _, name := range files {
		if err := s.printFile(name, <-opened); err != nil {
			return err
		}
	}
	return nil
}

// begin starts to read a file. Only files of many pages are worth being opened by each worker.
func (s *stack) begin(ctx context.Context, name string, free chan struct{}) []*part {
	data, reason := readScan(name)
	if reason != "" {
		p := &part{pages: make(chan raster.Page, 1)}
		p.pages <- raster.Page{Page: omr.Page{State: omr.Unsupported, Reason: reason}, Number: 1, Of: 1, Unopened: true}
		close(p.pages)
		return []*part{p}
	}
	lanes := 1
	if kind, err := raster.Sniff(data); err == nil && (kind == raster.PDF || kind == raster.TIFF) {
		lanes = s.workers
	}
	parts := make([]*part, lanes)
	for i := range parts {
		parts[i] = &part{pages: make(chan raster.Page, 1)}
		job := raster.Job{Data: data, Layouts: s.layouts, First: i + 1, Every: lanes}
		free <- struct{}{}
		go func() {
			defer func() { <-free }()
			parts[i].read(ctx, s.reader, job)
		}()
	}
	return parts
}

func (p *part) read(ctx context.Context, reader *raster.Reader, job raster.Job) {
	defer close(p.pages)
	for page, err := range reader.Read(ctx, job) {
		if err != nil {
			p.err = err
			return
		}
		if p.lost = page; page.Unopened && job.First > 1 { // who begins with the first page tells it
			return
		}
		select {
		case p.pages <- page:
		case <-ctx.Done():
			p.err = ctx.Err()
			return
		}
	}
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// readScan reads a file unless it is larger than may be.
func readScan(name string) (data []byte, reason omr.Reason) {
	f, err := os.Open(name)
	if err != nil {
		return nil, raster.Missing
	}
	defer func() { _ = f.Close() }()
	data, err = io.ReadAll(io.LimitReader(f, raster.MaxFile+1))
	if err != nil {
		return nil, raster.Missing
	}
	if len(data) > raster.MaxFile {
		return nil, raster.TooLarge
	}
	return data, ""
}

// printFile prints a file's pages in their order: the parts' in turns.
func (s *stack) printFile(name string, parts []*part) error {
	if len(parts) == 0 {
		return context.Canceled
	}
	of := 0
	for n := 1; ; n++ {
		p := parts[(n-1)%len(parts)]
		page, ok := <-p.pages
		switch {
		case ok:
			of = max(of, page.Of)
		case p.err != nil || n > of:
			return p.err
		default: // a worker died when it opened the file that another one reads
			page = p.lost
			page.Number, page.Of = n, of
		}
		if err := s.print(s.line(name, page)); err != nil {
			return err
		}
	}
}

// line tells a page. The same page of the same sheet twice in a run is a duplicate.
func (s *stack) line(name string, page raster.Page) readLine {
	line := readLine{
		File: name, Page: page.Number, State: page.State, Reason: page.Reason, Hint: raster.Hint(page.Reason), Detail: page.Detail, Tenant: page.Code.Tenant,
		Version: page.Code.Version, Format: page.Code.Format, Serial: page.Code.Serial, SheetPage: page.Code.Page, Bilevel: page.Bilevel, Texts: page.Texts,
		Boxes: make([]readBox, len(page.Boxes)), Questions: make([]readAnswer, len(page.Questions)), MS: milliseconds(page.Decode + page.Reading), DecodeMS: milliseconds(page.Decode),
	}
	for i, b := range page.Boxes {
		line.Boxes[i] = readBox{b.Question, b.Row, b.Area, b.Aspect, b.Option, b.State, b.Flagged, b.Measures}
	}
	for i, q := range page.Questions {
		line.Questions[i] = readAnswer{q.Question, q.Row, q.Area, q.Aspect, append([]string{}, q.Values...), q.Flagged, q.Reason}
	}
	if line.State == omr.Done || line.State == omr.NeedsCheck {
		if s.seen[page.Code] {
			line.State = omr.Duplicate
		}
		s.seen[page.Code] = true
	}
	return line
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"

	"ocenaurzedu.eu/pkg/intake"
	"ocenaurzedu.eu/pkg/omr"
	"ocenaurzedu.eu/pkg/raster"
	"ocenaurzedu.eu/pkg/scan"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// scanCommand puts files into the queue of a scanned stack, as the panel's page does. The service reads them, or with
// --wait this command.
type scanCommand struct {
	Tenant string   `required:"" help:"The office's slug."`
	Batch  int64    `help:"Number of an open stack; without it a new one begins."`
	Day    string   `help:"Of a new stack: day on which the forms were filled in (yyyy-mm-dd); by default today."`
	Reason string   `default:"scan" help:"Why, for the office's log."`
	Wait   bool     `help:"Read what waits, and end when this stack's files are read."`
	JSON   bool     `name:"json" help:"Print JSON."`
	Files  []string `arg:"" name:"file" help:"PDF, JPEG, PNG, TIFF."`

	cache string // SCAN_CACHE_DIR
}

// scannedStack is what the command tells.
type scannedStack struct {
	Tenant string         `json:"tenant"`
	Batch  int64          `json:"batch"`
	Files  []scannedFile  `json:"files"`
	Pages  map[string]int `json:"pages"` // by state; none are there before a file is read
}

// scannedFile is a file of it.
type scannedFile struct {
	Name   string `json:"name"`
	ID     int64  `json:"id,omitempty"`
	State  string `json:"state"`
	Reason string `json:"reason,omitempty"`
	Hint   string `json:"hint,omitempty"` // what to do about it, in Polish
	Pages  int    `json:"pages"`
	Twin   int64  `json:"in_batch,omitempty"` // that has the same file
}

// Run sends the files. One that can't be opened is told and does not hold up the others.
func (c *scanCommand) Run(p *program) error {
	o, done, err := p.console()
	if err != nil {
		return err
	}
	defer done()
	c.cache = p.environ["SCAN_CACHE_DIR"]
	o.ctx = p.ctx // however long it takes
	tenant, _, err := o.tenant(c.Tenant)
	if err != nil {
		return err
	}
	scope := o.store.Scope(tenant.ID)
	by := store.Actor{Login: "operator", At: o.now()}
	if c.Batch == 0 {
		if err := c.open(o, scope, by); err != nil {
			return err
		}
	} else if b, err := scope.Scan(o.ctx, c.Batch); err != nil {
		return fmt.Errorf("%s has no stack %d: %w", c.Tenant, c.Batch, err)
	} else if b.State != store.ScanOpen {
		return fmt.Errorf("stack %d takes no more files: it is %s", c.Batch, b.State)
	}
	event := store.Event{At: by.At, Actor: by.Login, Action: "scan.operator", Subject: fmt.Sprint(c.Batch), Reason: c.Reason}
	if err := scope.Record(o.ctx, event); err != nil {
		return err
	}
	told := scannedStack{Tenant: c.Tenant, Batch: c.Batch, Pages: map[string]int{}}
	for _, name := range c.Files {
		f, err := c.send(o, scope, name, by)
		if err != nil {
			return err
		}
		told.Files = append(told.Files, f)
	}
	if c.Wait {
		if err := c.read(o, scope, told.Batch); err != nil {
			return err
		}
	}
	if err := told.look(o.ctx, scope); err != nil {
		return err
	}
	return told.print(p, c.JSON)
}

// open begins a new stack.
func (c *scanCommand) open(o *console, scope *store.Scope, by store.Actor) error {
	b := store.ScanBatch{Day: survey.DayOf(o.now()), OpenedBy: by.Login, OpenedAt: by.At}
	if c.Day != "" {
		var err error
		if b.Day, err = survey.ParseDay(c.Day); err != nil {
			return fmt.Errorf("--day=%s: want yyyy-mm-dd", c.Day)
		}
	}
	if err := scope.OpenScan(o.ctx, &b); err != nil {
		return err
	}
	c.Batch = b.ID
	return nil
}

// send puts one file into the queue.
func (c *scanCommand) send(o *console, scope *store.Scope, name string, by store.Actor) (scannedFile, error) {
	told := scannedFile{Name: filepath.Base(name), State: string(store.FileFailed), Reason: string(raster.Missing), Hint: raster.Hint(raster.Missing)}
	file, err := os.Open(name)
	if err != nil {
		return told, nil
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Size() == 0 {
		return told, nil
	}
	if info.Size() > raster.MaxFile {
		told.Reason, told.Hint = string(raster.TooLarge), raster.Hint(raster.TooLarge)
		return told, nil
	}
	f := store.ScanFile{Batch: c.Batch, Name: told.Name, Size: info.Size(), SentBy: by.Login, SentAt: by.At}
	if err := scope.StartScanFile(o.ctx, &f); err != nil {
		return told, err
	}
	piece := make([]byte, store.ScanPart)
	for number := 0; ; number++ {
		n, err := io.ReadFull(file, piece)
		if n > 0 {
			if err := scope.AddScanPart(o.ctx, c.Batch, f.ID, number, piece[:n]); err != nil {
				return told, err
			}
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			break
		}
		if err != nil {
			return told, err
		}
	}
	told.ID, told.Reason, told.Hint = f.ID, "", ""
	told.Twin, err = scope.FinishScanFile(o.ctx, c.Batch, f.ID, by)
	return told, err
}

// read works the queue until the stack's files are read.
func (c *scanCommand) read(o *console, scope *store.Scope, batch int64) error {
	reader, err := newScanReader(c.cache, 1)
	if err != nil {
		return err
	}
	defer reader.Close()
	secret, err := o.store.Secret(o.ctx)
	if err != nil {
		return err
	}
	in := intake.New(o.store)
	defer func() { _ = in.Close(o.ctx) }()
	runner := scan.New(scan.Options{Store: o.store, Intake: in, Secret: func() []byte { return secret }, Now: o.now, Log: slog.New(slog.DiscardHandler), Read: scan.With(reader)})
	ctx, stop := context.WithCancel(o.ctx)
	defer stop()
	return runner.RunUntil(ctx, func() (bool, error) {
		files, err := scope.ScanFiles(ctx, batch)
		for _, f := range files {
			if f.State == store.FileWaiting || f.State == store.FileReading {
				return false, err
			}
		}
		return true, err
	})
}

// look completes what is told by what the stack holds now.
func (s *scannedStack) look(ctx context.Context, scope *store.Scope) error {
	files, err := scope.ScanFiles(ctx, s.Batch)
	if err != nil {
		return err
	}
	for i := range s.Files {
		for _, f := range files {
			if s.Files[i].ID == f.ID {
				s.Files[i].State, s.Files[i].Reason, s.Files[i].Hint, s.Files[i].Pages = string(f.State), f.Reason, raster.Hint(omr.Reason(f.Reason)), f.Pages
			}
		}
	}
	pages, err := scope.ScanPages(ctx, s.Batch)
	for _, p := range pages {
		s.Pages[p.State]++
	}
	return err
}

func (s *scannedStack) print(p *program, asJSON bool) error {
	if asJSON {
		return p.printJSON(s)
	}
	for _, f := range s.Files {
		p.printf("%s: %s %s%s\n", f.Name, f.State, f.Reason, f.Hint)
	}
	p.printf("stack %d of %s", s.Batch, s.Tenant)
	for _, state := range []string{store.PageRead, store.PageNeedsCheck, store.PageNotLocated, store.PageForeign, store.PageDuplicate, store.PageUnsupported} {
		if n := s.Pages[state]; n > 0 {
			p.printf(", %d %s", n, state)
		}
	}
	p.printf("\n")
	return nil
}

package raster

import (
	"context"
	"errors"
	"iter"
	"sync"
	"time"

	"ocenaurzedu.eu/pkg/omr"
	"ocenaurzedu.eu/pkg/sheet"
)

// Limits of a worker process.
const (
	MaxMemory = 512 << 20        // resident bytes
	PageTime  = 10 * time.Second // to decode and read a page
	FileTime  = 10 * time.Minute // all of a file

	setTime  = 5 * time.Minute  // to take a file over and, for the first PDF, to compile PDFium: 3 s where the machine has nothing else to do
	openTime = 30 * time.Second // to open it
	idleTime = time.Minute      // that a worker waits for another file
)

// Layout is one that sheets may have been printed from. Zero values fit all: a Layout without Tenant is read whosever
// sheet it is.
type Layout struct {
	Tenant  int64
	Version int64
	Format  string // letter of the sheet's codes
	Layout  *sheet.Layout
}

// Job is a file to be read.
type Job struct {
	Data     []byte
	Layouts  []Layout  // a page with the code of none of them is Foreign
	First    int       // page to begin with; 0 is 1
	Last     int       // page to end with; 0 is the last
	Every    int       // 2 reads each second page from First on; 0 is 1
	Pictures bool      // whether Page.Picture is wanted
	Hints    omr.Hints // what a person told of the page: Corners, in pixels of its picture, and Code; of use with First = Last
}

// Page is one page of a file. Its omr.Page tells places in pixels of the picture if one was wanted, else of the image.
type Page struct {
	omr.Page
	Number      int     // from 1
	Of          int     // pages of the file; Number if it can't be opened
	Unopened    bool    // it can't be opened, and there is no other page
	Detail      string  // what the decoder says of an Unsupported one, in English; Hint says it to people
	Width       int     // of the picture, or else of the image; 0 if Unsupported
	Height      int     //
	DPI         float64 // of the same; 0 if not known
	Picture     []byte  // in grey, its longer side at most that of A4 at 200 dpi
	PictureType string  // image/jpeg or image/png
	Decode      time.Duration
	Reading     time.Duration
}

// Options of a Reader. Zero values are the limits above.
type Options struct {
	Command  []string // program and arguments that run Worker.Work on standard input and output
	Workers  int      // how many files are read at once, each in a process of its own; 0 is 1
	Memory   int64
	PageTime time.Duration
	FileTime time.Duration

	pageTime func(page int) time.Duration // instead of PageTime where it isn't 0, in tests
}

// Reader reads files in worker processes. It is safe for concurrent use; who is one too many waits. A worker that has
// read a file stays for a minute, in case there is another. Close ends those.
type Reader struct {
	options Options
	slots   chan struct{}
	mu      sync.Mutex
	idle    []*process
	closed  bool
}

// NewReader returns a Reader. It starts no process yet.
func NewReader(o Options) *Reader {
	o.Workers = max(o.Workers, 1)
	if o.Memory == 0 {
		o.Memory = MaxMemory
	}
	if o.PageTime == 0 {
		o.PageTime = PageTime
	}
	if o.FileTime == 0 {
		o.FileTime = FileTime
	}
	return &Reader{options: o, slots: make(chan struct{}, o.Workers)}
}

// Read reads the pages of a file, in order, and each of them ends in a state: a page that takes too long, or too much
// memory, or the worker's life, is Unsupported, and reading goes on with the next one. A file that can't be opened has
// one page, which is. An error ends the sequence and is none of the file's: the context's, or that no worker can be
// started. Time that the caller takes between two pages isn't counted.
func (r *Reader) Read(ctx context.Context, job Job) iter.Seq2[Page, error] {
	return func(yield func(Page, error) bool) {
		select {
		case r.slots <- struct{}{}:
			defer func() { <-r.slots }()
		case <-ctx.Done():
			yield(Page{}, ctx.Err())
			return
		}
		x := &reading{reader: r, job: job, next: max(job.First, 1), left: r.options.FileTime, yield: yield}
		if err := x.run(ctx); err != nil && !errors.Is(err, errEnough) {
			yield(Page{}, err)
		}
	}
}

// Close ends the workers that wait. One that reads ends with its file.
func (r *Reader) Close() {
	r.mu.Lock()
	idle := r.idle
	r.idle, r.closed = nil, true
	r.mu.Unlock()
	for _, p := range idle {
		p.expiry.Stop()
		p.kill()
	}
}

// take returns a worker that waits, or a new one.
func (r *Reader) take(ctx context.Context) (p *process, used bool, err error) {
	r.mu.Lock()
	for len(r.idle) > 0 && p == nil {
		last := r.idle[len(r.idle)-1]
		r.idle = r.idle[:len(r.idle)-1]
		if last.expiry.Stop() {
			p = last
		}
	}
	r.mu.Unlock()
	if p != nil {
		return p, true, nil
	}
	p, err = start(ctx, r.options.Command, r.options.Memory)
	return p, false, err
}

// keep lets a worker wait for its next file.
func (r *Reader) keep(p *process) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		go p.kill()
		return
	}
	p.expiry = time.AfterFunc(idleTime, p.kill)
	r.idle = append(r.idle, p)
}

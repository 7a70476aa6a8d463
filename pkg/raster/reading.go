package raster

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"ocenaurzedu.eu/pkg/omr"
)

// errEnough ends a reading whose caller wants no more pages.
var errEnough = errors.New("no more pages wanted")

// reading is one file on its way through as many workers as it takes.
type reading struct {
	reader *Reader
	job    Job
	next   int           // page
	pages  int           // of the file; 0 until it was opened
	left   time.Duration // of the time for the file
	yield  func(Page, error) bool
}

// run reads on after each page that costs a worker.
func (x *reading) run(ctx context.Context) error {
	for {
		err := x.attempt(ctx)
		reason := omr.Reason("")
		switch {
		case err == nil:
			return nil
		case errors.Is(err, errSlow):
			reason = TooSlow
		case errors.Is(err, errLarge):
			reason = TooLarge
		case errors.Is(err, errDead), errors.Is(err, errFrame):
			reason = Crashed
		default:
			return err
		}
		if err := x.skip(reason, err); err != nil || x.pages == 0 || x.over() {
			return err
		}
	}
}

// over reports whether the last page that is wanted is done.
func (x *reading) over() bool {
	return x.next > x.pages || x.job.Last > 0 && x.next > x.job.Last
}

// skip tells of the page that cost a worker, and of all others if the time for the file is over.
func (x *reading) skip(reason omr.Reason, why error) error {
	for {
		if err := x.give(Page{Page: unsupported(reason), Detail: why.Error(), Unopened: x.pages == 0}); err != nil {
			return err
		}
		if x.left > 0 || x.pages == 0 || x.over() {
			return nil
		}
		reason = TooSlow
	}
}

// give hands the next page to the caller.
func (x *reading) give(p Page) error {
	p.Number, p.Of = x.next, max(x.pages, x.next)
	x.next += max(x.job.Every, 1)
	if !x.yield(p, nil) {
		return errEnough
	}
	return nil
}

// attempt reads with one worker until the file is done or the worker lost.
func (x *reading) attempt(ctx context.Context) (err error) {
	worker, used, err := x.reader.take(ctx)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			worker.kill()
		}
	}()
	asked := request{Layouts: x.job.Layouts, First: x.next, Every: x.job.Every, Last: x.job.Last, Pictures: x.job.Pictures, Corners: x.job.Hints.Corners, Code: x.job.Hints.Code}
	if err := worker.ask(asked, x.job.Data); err != nil {
		return err
	}
	file, err := x.open(ctx, worker)
	if used && errors.Is(err, errDead) { // it may have died while it waited: that says nothing of this file
		worker.kill()
		return x.attempt(ctx)
	}
	if err != nil {
		return err
	}
	if file.Reason != "" {
		if err := x.give(Page{Page: unsupported(file.Reason), Detail: file.Detail, Unopened: true}); err != nil {
			return err
		}
	}
	for {
		f, err := x.wait(ctx, worker, x.reader.options.PageTime)
		if err != nil {
			return err
		}
		if f.kind == frameEnd {
			x.reader.keep(worker)
			return nil
		}
		if err := x.page(ctx, worker, f); err != nil {
			return err
		}
	}
}

// wait takes the next frame, out of the time that is left.
func (x *reading) wait(ctx context.Context, worker *process, within time.Duration) (frame, error) {
	start := time.Now()
	f, err := worker.next(ctx, max(min(within, x.left), 0))
	x.left -= time.Since(start)
	return f, err
}

func (x *reading) open(ctx context.Context, worker *process) (opened, error) {
	var file opened
	f, err := worker.next(ctx, setTime) // not of the file's time
	if err == nil && f.kind != frameSet {
		err = errFrame
	}
	if err == nil {
		f, err = x.wait(ctx, worker, openTime)
	}
	if err != nil {
		return file, err
	}
	if err := f.as(frameOpened, &file); err != nil {
		return file, err
	}
	right := file.Pages >= 1 && file.Pages <= MaxPages && file.Reason == "" || file.Pages == 0 && file.Reason != ""
	if !right || x.pages != 0 && x.pages != file.Pages {
		return file, fmt.Errorf("%d pages, before %d: %w", file.Pages, x.pages, errFrame)
	}
	x.pages = file.Pages
	return file, nil
}

func (x *reading) pageTime(n int) time.Duration {
	if o := x.reader.options; o.pageTime != nil && o.pageTime(n) != 0 {
		return o.pageTime(n)
	}
	return x.reader.options.PageTime
}

// page takes a page that the worker has begun, and hands it on.
func (x *reading) page(ctx context.Context, worker *process, begun frame) error {
	var n int
	if err := begun.as(frameBegun, &n); err != nil {
		return err
	}
	if n != x.next || x.over() {
		return fmt.Errorf("page %d instead of %d of %d: %w", n, x.next, x.pages, errFrame)
	}
	f, err := x.wait(ctx, worker, x.pageTime(n))
	if err != nil {
		return err
	}
	var read result
	if err := f.as(framePage, &read); err != nil {
		return err
	}
	picture, err := x.wait(ctx, worker, x.reader.options.PageTime)
	if err != nil {
		return err
	}
	if picture.kind != framePicture || read.Number != n || !x.plausible(&read.Page) {
		return fmt.Errorf("page %d: %w", n, errFrame)
	}
	return x.give(Page{
		Page: read.Page, Detail: read.Detail, Width: read.Width, Height: read.Height, DPI: read.DPI, Picture: picture.payload, PictureType: read.PictureType,
		Decode: time.Duration(read.DecodeNS), Reading: time.Duration(read.ReadNS),
	})
}

// plausible reports whether a page may have been read with the job's layouts: a worker that a file has taken over could
// tell anything else.
func (x *reading) plausible(p *omr.Page) bool {
	if !slices.Contains([]omr.State{omr.Done, omr.NeedsCheck, omr.NotLocated, omr.Foreign, omr.Unsupported}, p.State) {
		return false
	}
	if p.State != omr.Done && p.State != omr.NeedsCheck {
		return len(p.Boxes) == 0 && len(p.Questions) == 0
	}
	layout, err := layoutIndex(x.job.Layouts).find(p.Code)
	return err == nil && p.Code.Page >= 1 && len(p.Boxes) == len(layout.Pages[p.Code.Page-1].Boxes)
}

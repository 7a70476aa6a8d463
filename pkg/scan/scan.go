// Package scan takes scanned paper from an upload to answers: it works the queue of files, joins the pages that were read
// to sheets, says what a person has to look at, and stores the sheets of an approved stack. Everything that it knows
// stands in the database, under leases: another process goes on where one ended.
package scan

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"time"

	"ocenaurzedu.eu/pkg/intake"
	"ocenaurzedu.eu/pkg/omr"
	"ocenaurzedu.eu/pkg/sheet"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

const (
	hold  = 45 * time.Second // of a file: longer than a page and the start of a worker take, so that a dead process is missed soon
	pause = 5 * time.Second  // between two looks at the queue, unless somebody nudges
	// eraseEvery is how often it is looked for scans whose time is over.
	eraseEvery = time.Hour
	// leastRetention is the shortest time that an untouched stack stays.
	leastRetention = time.Minute
	release        = 3 * time.Second // to give a file back when the service ends
)

// Layout is one that an office's sheets were printed from.
type Layout struct {
	Version int64
	Format  string
	Layout  *sheet.Layout
}

// Job is a file to be read.
type Job struct {
	Tenant  int64
	Data    []byte
	First   int // page to begin with, from 1
	Layouts []Layout
}

// Page is a page of a file as it was read.
type Page struct {
	omr.Page
	Number   int  // from 1
	Of       int  // pages of the file
	Unopened bool // the file can't be opened, and there is no other page
	Picture  []byte
	Kind     string // of the picture: image/jpeg or image/png
	Took     time.Duration
}

// Reader reads a file and gives its pages in their order, whatever they hold, until take returns an error, which it
// returns. A file of which nothing can be read is one page, Unsupported.
type Reader func(ctx context.Context, job Job, take func(Page) error) error

// Options is all that a Runner is made of.
type Options struct {
	Store  *store.Store
	Intake *intake.Intake
	Secret func() []byte // store.Secret, or nil while it is not known
	Now    func() time.Time
	Log    *slog.Logger
	Read   Reader
}

// Runner works the queue: one job at a time.
type Runner struct {
	Options
	nudged chan struct{}
}

// New makes a Runner.
func New(o Options) *Runner { return &Runner{Options: o, nudged: make(chan struct{}, 1)} }

// Nudge lets a Runner look at the queue at once.
func (r *Runner) Nudge() {
	select {
	case r.nudged <- struct{}{}:
	default: // it will look anyway
	}
}

// Run works the queue until ctx ends. What was begun then goes back into it.
func (r *Runner) Run(ctx context.Context) {
	erased := time.Time{}
	for ctx.Err() == nil {
		if time.Since(erased) > eraseEvery {
			erased = time.Now()
			if err := r.Erase(ctx); err != nil && ctx.Err() == nil {
				r.Log.Warn("scans not erased", "err", err)
			}
		}
		did, err := r.Step(ctx)
		if err != nil && ctx.Err() == nil {
			r.Log.Warn("work on scans", "err", err)
		}
		if did && err == nil {
			continue
		}
		select {
		case <-ctx.Done():
		case <-r.nudged:
		case <-time.After(pause):
		}
	}
}

// RunUntil works the queue until done says so. While another process holds what is waited for, it looks again.
func (r *Runner) RunUntil(ctx context.Context, done func() (bool, error)) error {
	for ctx.Err() == nil {
		if ended, err := done(); ended || err != nil {
			return err
		}
		did, err := r.Step(ctx)
		if err != nil {
			return err
		}
		if did {
			continue
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
	return ctx.Err()
}

// Step does one job of each office that has some, and reports whether there was any.
func (r *Runner) Step(ctx context.Context) (bool, error) {
	tenants, err := r.Store.ScanWork(ctx, r.Now())
	if err != nil {
		return false, err
	}
	rand.Shuffle(len(tenants), func(i, j int) { tenants[i], tenants[j] = tenants[j], tenants[i] }) // replicas begin with different ones
	did := false
	var errs []error
	for _, tenant := range tenants {
		one, err := r.work(ctx, tenant)
		did = did || one
		if err != nil {
			errs = append(errs, fmt.Errorf("tenant %d: %w", tenant, err))
		}
		if ctx.Err() != nil {
			break
		}
	}
	return did, errors.Join(errs...)
}

// work does one job of an office. A panic is an error to that job, not the end of the queue.
func (r *Runner) work(ctx context.Context, tenant int64) (did bool, err error) {
	defer func() {
		if e := recover(); e != nil {
			err = fmt.Errorf("panic: %v\n%s", e, debug.Stack())
		}
	}()
	scope, now := r.Store.Scope(tenant), r.Now()
	b, err := scope.ClaimScanApproval(ctx, now, now.Add(hold))
	if err == nil {
		return true, r.approve(ctx, scope, b)
	}
	if !errors.Is(err, survey.ErrNotFound) {
		return false, err
	}
	f, err := scope.ClaimScanFile(ctx, now, now.Add(hold))
	if errors.Is(err, survey.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	err = r.readFile(ctx, scope, f)
	if ctx.Err() != nil { // the service ends: the next one need not wait for the lease to run out
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), release)
		defer cancel()
		return true, errors.Join(err, scope.ReleaseScanFile(late, f))
	}
	if errors.Is(err, survey.ErrConflict) { // it was taken out meanwhile
		return true, nil
	}
	return true, err
}

// Erase erases scans whose time is over, of all offices.
func (r *Runner) Erase(ctx context.Context) error {
	now := r.Now()
	tenants, err := r.Store.ScansToErase(ctx, now.Add(-leastRetention))
	if err != nil {
		return err
	}
	var errs []error
	for _, tenant := range tenants {
		n, err := r.Store.Scope(tenant).EraseScans(ctx, now)
		if err != nil {
			errs = append(errs, err)
		} else if n > 0 {
			r.Log.Info("scans erased", "tenant", tenant, "batches", n)
		}
	}
	return errors.Join(errs...)
}

// content returns a file's bytes.
func content(ctx context.Context, scope *store.Scope, f *store.ScanFile) ([]byte, error) {
	data := make([]byte, 0, f.Size)
	for number := 0; ; number++ {
		part, err := scope.ScanPartOf(ctx, f.ID, number)
		if errors.Is(err, survey.ErrNotFound) {
			break
		}
		if err != nil {
			return nil, err
		}
		data = append(data, part...)
	}
	if int64(len(data)) != f.Size {
		return nil, fmt.Errorf("scanned file %d: %w", f.ID, io.ErrUnexpectedEOF)
	}
	return data, nil
}

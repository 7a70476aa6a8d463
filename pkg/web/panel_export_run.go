package web

import (
	"bufio"
	"context"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"ocenaurzedu.eu/pkg/report"
	"ocenaurzedu.eu/pkg/stats"
	"ocenaurzedu.eu/pkg/store"
	"ocenaurzedu.eu/pkg/survey"
)

// Bounds of exports.
const (
	exportsAtOnce   = 2                // in this process; an office has one at most
	exportLife      = 24 * time.Hour   // of a file
	exportDisk      = 8 << 30          // bytes of all files; beyond it the oldest go first
	exportBatch     = 5000             // submissions read at once
	exportBeat      = time.Second      // how often it is noted how far an export is
	exportPatience  = 25 * time.Second // while the database is away; after that it counts as broken off anyway
	exportEnd       = 3 * time.Second  // to note how it ended
	exportTryPeriod = time.Second
	partEnd         = ".part" // of the name of a file that is not whole yet
)

// exporter writes exports, few at a time, to files that lie in a directory for a day.
type exporter struct {
	dir   string
	slots chan struct{}
	ctx   context.Context // ends with the service
	stop  context.CancelFunc
	all   sync.WaitGroup
}

func newExporter(dir string) *exporter {
	if dir == "" {
		dir = filepath.Join(os.TempDir(), "ocenaurzedu-eksport")
	}
	e := &exporter{dir: dir, slots: make(chan struct{}, exportsAtOnce)}
	e.ctx, e.stop = context.WithCancel(context.Background())
	return e
}

// enter takes one of the places, or says that there is none.
func (x *exporter) enter() bool {
	select {
	case x.slots <- struct{}{}:
		return true
	default:
		return false
	}
}

func (x *exporter) leave() { <-x.slots }

// end breaks off what is being written, and waits until that is noted.
func (x *exporter) end() {
	x.stop()
	x.all.Wait()
}

func (x *exporter) path(file string) string { return filepath.Join(x.dir, file) }

// has reports whether a file is there for anybody to take.
func (x *exporter) has(file string, now time.Time) bool {
	info, err := os.Stat(x.path(file))
	return err == nil && now.Sub(info.ModTime()) < exportLife
}

// isExport reports whether a name is one that exports give: 32 hexadecimal digits (store.StartExport), and .part until
// it is whole.
func isExport(name string) bool {
	name = strings.TrimSuffix(name, partEnd)
	_, err := hex.DecodeString(name)
	return err == nil && len(name) == 32
}

// sweep deletes the files that are too old, and of the others the oldest while there are too many bytes.
func (x *exporter) sweep(now time.Time) error {
	entries, err := os.ReadDir(x.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var files []fs.FileInfo
	for _, e := range entries {
		if !isExport(e.Name()) {
			continue // somebody else's: EXPORT_DIR may be a directory that others use too
		}
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() { // else it has gone meanwhile
			files = append(files, info)
		}
	}
	slices.SortFunc(files, func(a, b fs.FileInfo) int { return b.ModTime().Compare(a.ModTime()) })
	total := int64(0)
	errs := []error{err}
	for _, info := range files {
		if total += info.Size(); total > exportDisk || now.Sub(info.ModTime()) >= exportLife {
			errs = append(errs, os.Remove(x.path(info.Name())))
		}
	}
	return errors.Join(errs...)
}

// SweepExports deletes files of exports that are older than a day.
func (s *Server) SweepExports() error { return s.exports.sweep(s.Now()) }

// exportJob is an export under way.
type exportJob struct {
	server *Server
	tenant *survey.Tenant
	scope  *store.Scope
	by     store.Actor
	// versions are those of which there are submissions, and the published one.
	versions []*survey.Version
	told     map[stats.Origin]bool
	export   store.Export
}

// run writes an export beside the requests; its place was taken before.
func (x *exporter) run(job *exportJob) {
	x.all.Go(func() {
		defer x.leave()
		defer func() {
			if e := recover(); e != nil {
				job.server.Log.Error("panic in an export", "tenant", job.tenant.Slug, "panic", e)
				job.end(store.ExportFailed)
			}
		}()
		err := job.write(x)
		switch {
		case err == nil:
			job.end(store.ExportReady)
		case errors.Is(err, survey.ErrConflict): // stopped, which is noted
		case x.ctx.Err() != nil:
			job.end(store.ExportBroken)
		default:
			job.server.Log.Error("export failed", "tenant", job.tenant.Slug, "export", job.export.ID, "err", err)
			job.end(store.ExportFailed)
		}
	})
}

// end notes how it ended; where the database is away, its silence will tell.
func (j *exportJob) end(state store.ExportState) {
	ctx, cancel := context.WithTimeout(context.Background(), exportEnd)
	defer cancel()
	j.export.State, j.export.FinishedAt = state, j.server.Now()
	err := j.scope.EndExport(ctx, &j.export)
	if errors.Is(err, survey.ErrConflict) { // it was stopped meanwhile: nobody shall have the file
		_ = os.Remove(j.server.exports.path(j.export.File)) // there is none, unless it was just finished
	} else if err != nil {
		j.server.Log.Warn("end of an export not noted", "tenant", j.tenant.Slug, "export", j.export.ID, "err", err)
	}
}

// write writes the file under another name, so that nobody takes half of it.
func (j *exportJob) write(x *exporter) (err error) {
	if err := x.sweep(j.server.Now()); err != nil {
		j.server.Log.Warn("old exports not deleted", "err", err)
	}
	if err := os.MkdirAll(x.dir, 0o700); err != nil {
		return err
	}
	part := x.path(j.export.File + partEnd)
	file, err := os.OpenFile(part, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = file.Close()
			_ = os.Remove(part)
		}
	}()
	out := bufio.NewWriterSize(file, 1<<18)
	if err := j.writeTo(x.ctx, out); err != nil {
		return err
	}
	if err := errors.Join(out.Flush(), file.Close()); err != nil {
		return err
	}
	info, err := os.Stat(part)
	if err != nil {
		return err
	}
	j.export.Bytes = info.Size()
	now := j.server.Now() // one clock decides how old a file is
	return errors.Join(os.Chtimes(part, now, now), os.Rename(part, x.path(j.export.File)))
}

// stoppable refuses to write once its context has ended: behind the last submission a big file takes a while to finish,
// and a service that ends does not have it.
type stoppable struct {
	ctx context.Context
	w   io.Writer
}

func (s stoppable) Write(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.w.Write(p)
}

// writeTo writes the export in its form.
func (j *exportJob) writeTo(ctx context.Context, w io.Writer) error {
	w = stoppable{ctx, w}
	points, err := j.scope.ServicePoints(ctx)
	if err != nil {
		return err
	}
	raw := report.Raw{Office: j.tenant.Office, Title: "Ankiety – " + j.tenant.Office.Name, Versions: j.versions, ServicePoints: pointNames(points), Told: j.told,
		Submissions: j.submissions(ctx), GeneratedAt: j.by.At, Sample: j.server.Demo || j.tenant.Office.Sample}
	switch j.export.Format {
	case store.ExportCSV:
		return raw.CSV(w)
	case store.ExportReport:
		d, err := j.server.ReportDocument(ctx, j.tenant, j.export.Filter, j.by)
		if err != nil {
			return err
		}
		return d.XLSXWith(w, &raw)
	}
	return raw.XLSX(w)
}

// submissions reads the next batch while the last one is written, and notes how far it is.
func (j *exportJob) submissions(stopped context.Context) iter.Seq2[*survey.Submission, error] {
	return func(yield func(*survey.Submission, error) bool) {
		ctx, cancel := context.WithCancel(stopped)
		var reader sync.WaitGroup
		defer reader.Wait()
		defer cancel()
		full, free := make(chan readBatch, 1), make(chan *store.SubmissionBatch, 2)
		free <- new(store.SubmissionBatch)
		free <- new(store.SubmissionBatch)
		reader.Go(func() { j.read(ctx, full, free) })
		beaten := time.Now()
		for batch := range full {
			if batch.err != nil {
				yield(nil, batch.err)
				return
			}
			for i := range batch.Submissions {
				if !j.known(batch.Submissions[i].VersionID) {
					continue
				}
				if !yield(&batch.Submissions[i], nil) {
					return
				}
			}
			j.export.Rows += len(batch.Submissions)
			free <- batch.SubmissionBatch
			if time.Since(beaten) < exportBeat {
				continue
			}
			beaten = time.Now()
			if err := j.scope.BeatExport(ctx, j.export.ID, j.export.Rows, j.server.Now()); err != nil && !errors.Is(err, survey.ErrUnavailable) {
				yield(nil, err)
				return
			}
		}
		if err := stopped.Err(); err != nil { // the reader ended before its time
			yield(nil, err)
		}
	}
}

// known reports whether a version was there when the export began; one that was published later has no column.
func (j *exportJob) known(version int64) bool {
	return slices.ContainsFunc(j.versions, func(v *survey.Version) bool { return v.ID == version })
}

// readBatch is a batch, or why there is none.
type readBatch struct {
	*store.SubmissionBatch
	err error
}

// read reads batch after batch. It waits for a database that is away: the next batch begins behind the last one,
// whatever happened between.
func (j *exportJob) read(ctx context.Context, full chan<- readBatch, free <-chan *store.SubmissionBatch) {
	defer close(full)
	last, away := "", time.Time{}
	for {
		var b *store.SubmissionBatch
		select {
		case b = <-free:
		case <-ctx.Done():
			return
		}
		b.Last = last
		err := j.scope.NextSubmissions(ctx, j.export.Filter, exportBatch, b)
		for errors.Is(err, survey.ErrUnavailable) && ctx.Err() == nil {
			if away.IsZero() {
				away = time.Now()
			}
			if time.Since(away) > exportPatience {
				break
			}
			select {
			case <-time.After(exportTryPeriod):
			case <-ctx.Done():
			}
			err = j.scope.NextSubmissions(ctx, j.export.Filter, exportBatch, b)
		}
		if err == nil && len(b.Submissions) == 0 {
			return
		}
		last, away = b.Last, time.Time{}
		select {
		case full <- readBatch{b, err}:
		case <-ctx.Done():
			return
		}
		if err != nil {
			return
		}
	}
}

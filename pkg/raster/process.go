package raster

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

const (
	startWithin = 30 * time.Second      // until a worker says that it is there
	memoryLooks = 50 * time.Millisecond // between two looks at a worker's memory
	heapLimit   = "GOMEMLIMIT=400MiB"   // the worker collects its garbage before it has to be killed
	endWithin   = time.Second           // for what a killed worker still had to say
	wordsKept   = 2 << 10               // bytes of it that an error tells
)

// How the wait for a worker ends, besides with an answer and by the context.
var (
	errSlow  = errors.New("worker too slow")
	errLarge = errors.New("worker took too much memory")
	errDead  = errors.New("worker died")
)

// process is a running worker. It is killed rather than asked to stop: what it does can't be interrupted.
type process struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	frames chan frame // closed when there won't be another
	quit   chan struct{}
	stop   func() // closes quit, once
	done   chan struct{}
	large  atomic.Bool // killed for its memory
	words  *lastWords
	expiry *time.Timer // of one that waits for a file
}

// start runs a worker and waits until it is there.
func start(ctx context.Context, command []string, memory int64) (*process, error) {
	p := &process{frames: make(chan frame), quit: make(chan struct{}), done: make(chan struct{}), words: &lastWords{}}
	p.stop = sync.OnceFunc(func() { close(p.quit) })
	var out io.Reader
	var err error
	if p.cmd, p.in, out, err = launch(command, p.words); err != nil {
		return nil, err
	}
	go p.listen(out)
	go p.watch(memory)
	f, err := p.next(ctx, startWithin)
	if err == nil && f.kind != frameReady {
		err = errFrame
	}
	if err != nil {
		p.kill()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("starting a worker: %v: %s", err, p.words) // not %w: no page is to blame
	}
	return p, nil
}

// listen hands on frames until there is none that can be right, or nobody wants them. Then the process has to go.
func (p *process) listen(out io.Reader) {
	buffered := bufio.NewReader(out)
	for wanted := true; wanted; {
		f, err := readFrame(buffered, fromWorker)
		if err != nil {
			break
		}
		select {
		case p.frames <- f:
		case <-p.quit:
			wanted = false
		}
	}
	_ = p.cmd.Process.Kill()
	close(p.frames)
	_ = p.cmd.Wait()
	close(p.done)
}

// watch kills the process if it holds more memory than it may. Where there is no /proc, its own limit is all.
func (p *process) watch(limit int64) {
	looks := time.NewTicker(memoryLooks)
	defer looks.Stop()
	for {
		select {
		case <-p.done:
			return
		case <-looks.C:
			if residentMemory(p.cmd.Process.Pid) > limit {
				p.large.Store(true)
				_ = p.cmd.Process.Kill()
				return
			}
		}
	}
}

// residentMemory is in bytes, 0 if it can't be told (proc_pid_statm(5)).
func residentMemory(pid int) int64 {
	statm, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/statm")
	if err != nil {
		return 0
	}
	fields := bytes.Fields(statm)
	if len(fields) < 2 {
		return 0
	}
	pages, err := strconv.ParseInt(string(fields[1]), 10, 64)
	if err != nil {
		return 0
	}
	return pages * int64(os.Getpagesize())
}

// kill ends the process and waits until it is gone.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	p.stop()
	<-p.done
	_ = p.in.Close()
}

// ask sends a job. It doesn't wait until the worker has taken it: one that doesn't is too slow.
func (p *process) ask(job request, data []byte) error {
	asked, err := json.Marshal(job)
	if err != nil {
		return fmt.Errorf("job for a worker: %w", err)
	}
	if len(asked) > maxJob || len(data) > MaxFile {
		return fmt.Errorf("job of %d bytes for a file of %d: %w", len(asked), len(data), errFrame)
	}
	go func() { // a write fails only when the process is gone, which next tells
		if writeFrame(p.in, frameJob, asked) == nil {
			_ = writeFrame(p.in, frameFile, data)
		}
	}()
	return nil
}

// next waits for a frame. After an error the process is of no use, and has to be killed.
func (p *process) next(ctx context.Context, within time.Duration) (frame, error) {
	late := time.NewTimer(within)
	defer late.Stop()
	select {
	case f, ok := <-p.frames:
		return p.told(f, ok)
	case <-ctx.Done():
		return frame{}, ctx.Err()
	case <-late.C:
	}
	select { // what was there in time counts
	case f, ok := <-p.frames:
		return p.told(f, ok)
	default:
		return frame{}, errSlow
	}
}

func (p *process) told(f frame, ok bool) (frame, error) {
	switch {
	case ok:
		return f, nil
	case p.large.Load():
		return frame{}, errLarge
	}
	return frame{}, errDead
}

// lastWords keeps the beginning of what a worker said, which is where a Go program says why it dies.
type lastWords struct {
	mu   sync.Mutex
	said []byte
}

func (w *lastWords) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.said = append(w.said, b[:min(len(b), wordsKept-len(w.said))]...)
	return len(b), nil
}

func (w *lastWords) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return string(w.said)
}

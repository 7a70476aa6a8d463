package main

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// logWriter writes lines of the log together: what came while the last ones were written, and in a short pause after, goes
// out next. Under load that spares a system call a request; without load a line is out at once. A line that is not of a
// request ends the pause. A reader that is stuck holds nobody up: what is too much is dropped and counted. A kill -9 may
// take the lines of a moment along, never what they tell of: that is in the database.
type logWriter struct {
	to    io.Writer
	pause time.Duration // between two writes

	mu      sync.Mutex
	pending []byte
	spare   []byte // to swap with pending
	dropped int    // lines since the last write
	writing bool   // somebody writes, and will come back for what is pending
	idle    *sync.Cond
	hurry   chan struct{} // ends the pause
}

const (
	logPause = 5 * time.Millisecond
	logKept  = 256 << 10 // bytes of a buffer that is used again
	logMost  = 1 << 20   // bytes of requests that may be pending; other lines have as much again
)

func newLogWriter(to io.Writer) *logWriter {
	w := &logWriter{to: to, pause: logPause, hurry: make(chan struct{}, 1)}
	w.idle = sync.NewCond(&w.mu)
	return w
}

// Write takes a line that is to be out at once. It never fails: there would be nowhere to tell it.
func (w *logWriter) Write(line []byte) (int, error) {
	w.take(line, 2*logMost)
	w.wake()
	return len(line), nil
}

// requestLines is the logWriter for lines of requests, which can wait for a moment.
type requestLines struct{ *logWriter }

// Write takes a line of a request.
func (w requestLines) Write(line []byte) (int, error) {
	w.take(line, logMost)
	return len(line), nil
}

// take puts a line with those that are pending, unless that makes them too many.
func (w *logWriter) take(line []byte, most int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.pending)+len(line) > most {
		w.dropped++
		return
	}
	w.pending = append(w.pending, line...)
	if !w.writing {
		w.writing = true
		go w.write()
	}
}

func (w *logWriter) wake() {
	select {
	case w.hurry <- struct{}{}:
	default: // it was told already
	}
}

// write writes until nothing is pending.
func (w *logWriter) write() {
	pause := time.NewTimer(w.pause)
	defer pause.Stop()
	w.mu.Lock()
	defer w.mu.Unlock()
	for len(w.pending) > 0 {
		lines := w.pending
		if w.dropped > 0 {
			lines = fmt.Appendf(lines, `{"time":%q,"level":"WARN","msg":"lines of the log dropped","n":%d}`+"\n", time.Now().Format(time.RFC3339Nano), w.dropped)
		}
		w.pending, w.dropped = w.spare[:0], 0
		w.mu.Unlock()
		_, _ = w.to.Write(lines) // a reader that is gone must not stop the service
		pause.Reset(w.pause)
		select {
		case <-w.hurry:
		case <-pause.C:
		}
		w.mu.Lock()
		if w.spare = lines; cap(lines) > logKept {
			w.spare = nil
		}
	}
	w.writing = false
	w.idle.Broadcast()
}

// flush returns when everything that was taken so far is written.
func (w *logWriter) flush() {
	w.wake()
	w.mu.Lock()
	defer w.mu.Unlock()
	for w.writing {
		w.idle.Wait()
	}
}

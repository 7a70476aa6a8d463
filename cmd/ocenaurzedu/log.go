package main

import (
	"io"
	"sync"
	"time"
)

// logWriter writes lines of the log together: what came while the last ones were written goes out next. Under load that
// spares a system call a request; without load a line is out at once. A kill -9 may take the lines of a moment along,
// never what they tell of: that is in the database.
type logWriter struct {
	to io.Writer

	mu      sync.Mutex
	pending []byte
	spare   []byte // to swap with pending
	writing bool   // somebody writes, and will come back for what is pending
	idle    *sync.Cond
}

const (
	logPause = time.Millisecond // between two writes
	logMost  = 1 << 20          // bytes that may be pending; whoever brings more waits
)

func newLogWriter(to io.Writer) *logWriter {
	w := &logWriter{to: to}
	w.idle = sync.NewCond(&w.mu)
	return w
}

// Write takes a line. It never fails: there would be nowhere to tell it.
func (w *logWriter) Write(line []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for len(w.pending) > logMost {
		w.idle.Wait()
	}
	w.pending = append(w.pending, line...)
	if !w.writing {
		w.writing = true
		go w.write()
	}
	return len(line), nil
}

// write writes until nothing is pending.
func (w *logWriter) write() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for len(w.pending) > 0 {
		lines := w.pending
		w.pending = w.spare[:0]
		w.idle.Broadcast()
		w.mu.Unlock()
		_, _ = w.to.Write(lines) // a reader that is gone must not stop the service
		time.Sleep(logPause)
		w.mu.Lock()
		w.spare = lines
	}
	w.writing = false
	w.idle.Broadcast()
}

// flush returns when everything that was taken so far is written.
func (w *logWriter) flush() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for w.writing {
		w.idle.Wait()
	}
}

package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// slowWriter counts the writes.
type slowWriter struct {
	bytes.Buffer
	writes int
}

func (w *slowWriter) Write(b []byte) (int, error) {
	w.writes++
	return w.Buffer.Write(b)
}

// Every line arrives once and whole, in fewer writes than there are lines, whoever else writes.
func TestLogWriter(t *testing.T) {
	var to slowWriter
	w := newLogWriter(&to)
	const writers, each = 8, 500
	var all sync.WaitGroup
	for i := range writers {
		all.Go(func() {
			for n := range each {
				_, _ = fmt.Fprintf(w, "line %d of %d\n", n, i)
			}
		})
	}
	all.Wait()
	w.flush()
	seen := map[string]bool{}
	for line := range bytes.Lines(to.Bytes()) {
		seen[string(line)] = true
	}
	if len(seen) != writers*each || bytes.Count(to.Bytes(), []byte("\n")) != writers*each {
		t.Errorf("%d different lines of %d; want %d", len(seen), bytes.Count(to.Bytes(), []byte("\n")), writers*each)
	}
	if to.writes >= writers*each/2 {
		t.Errorf("%d writes for %d lines; want them together", to.writes, writers*each)
	}
	w.flush() // nothing is pending
}

// stuckWriter takes nothing until it is let.
type stuckWriter struct {
	bytes.Buffer
	let chan struct{}
}

func (w *stuckWriter) Write(b []byte) (int, error) {
	<-w.let
	return w.Buffer.Write(b)
}

// A reader that is stuck holds no request up: lines are dropped and counted, those of requests before others.
func TestLogWriterHoldsNobodyUp(t *testing.T) {
	to := stuckWriter{let: make(chan struct{})}
	w := newLogWriter(&to)
	line := []byte(strings.Repeat("r", 1023) + "\n")
	for range 4 * logMost / len(line) {
		_, _ = requestLines{w}.Write(line)
	}
	_, _ = fmt.Fprintln(w, "an error")
	close(to.let)
	w.flush()
	got := to.String()
	if !strings.Contains(got, "an error\n") {
		t.Error("the line of an error was dropped")
	}
	if n := strings.Count(got, string(line)); n < logMost/len(line)-1 || n > 2*logMost/len(line) {
		t.Errorf("%d lines of requests; want a megabyte of them, and at most as many that were being written", n)
	}
	if !regexp.MustCompile(`"level":"WARN","msg":"lines of the log dropped","n":\d+\}\n`).MatchString(got) {
		t.Error("nobody was told of dropped lines")
	}
}

// A line that is not of a request does not wait for the pause, however long it is; without load no line does.
func TestLogWriterIsPrompt(t *testing.T) {
	read, write := io.Pipe()
	w := newLogWriter(write)
	w.pause = time.Hour
	lines := bufio.NewScanner(read)
	_, _ = requestLines{w}.Write([]byte("request\n"))
	if !lines.Scan() || lines.Text() != "request" {
		t.Errorf("first %q", lines.Text())
	}
	_, _ = fmt.Fprintln(w, "an error")
	if !lines.Scan() || lines.Text() != "an error" {
		t.Errorf("then %q", lines.Text())
	}
}

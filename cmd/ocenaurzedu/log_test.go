package main

import (
	"bytes"
	"fmt"
	"sync"
	"testing"
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

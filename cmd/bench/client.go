package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"strconv"
	"sync"
	"time"
)

// request is the bytes of an HTTP request, of which a part is filled in anew each time.
type request struct {
	bytes     []byte
	key       int // where the 32 characters of a fresh key stand; 0: nowhere
	forwarded int // where the 15 characters of an address stand; 0: nowhere
}

// load is a number of connections that each send a request, wait for its answer, and send the next.
type load struct {
	address     string
	connections int
	requests    []request
	status      string // of every answer
}

// measured is what came of a load.
type measured struct {
	answers   int
	took      time.Duration
	latencies []time.Duration // sorted
}

func (m *measured) perSecond() float64 { return float64(m.answers) / m.took.Seconds() }

func (m *measured) quantile(q float64) time.Duration {
	return m.latencies[min(int(q*float64(len(m.latencies))), len(m.latencies)-1)]
}

// run sends requests for a while.
func (l load) run(ctx context.Context, d time.Duration) (*measured, error) {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	results, errs := make([][]time.Duration, l.connections), make([]error, l.connections)
	began := time.Now()
	var all sync.WaitGroup
	for i := range l.connections {
		all.Go(func() { results[i], errs[i] = l.connection(ctx) })
	}
	all.Wait()
	m := measured{took: time.Since(began), latencies: slices.Concat(results...)}
	m.answers = len(m.latencies)
	slices.Sort(m.latencies)
	for _, err := range errs {
		if err != nil {
			return nil, err // the others will be alike
		}
	}
	if m.answers == 0 {
		return nil, errors.New("no answers")
	}
	return &m, nil
}

// connection sends requests over one connection until ctx ends.
func (l load) connection(ctx context.Context) ([]time.Duration, error) {
	conn, err := net.Dial("tcp4", l.address)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }()
	in := bufio.NewReaderSize(conn, 64<<10)
	random := rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64()))
	var out []byte
	var latencies []time.Duration
	for ctx.Err() == nil {
		r := &l.requests[random.IntN(len(l.requests))]
		out = append(out[:0], r.bytes...)
		r.fill(out, random)
		began := time.Now()
		if _, err := conn.Write(out); err != nil {
			return nil, err
		}
		if err := readAnswer(in, l.status); err != nil {
			return nil, err
		}
		latencies = append(latencies, time.Since(began))
	}
	return latencies, nil
}

// fill writes a fresh key, and one of a million addresses 1xx.1xx.1xx.1xx.
func (r *request) fill(out []byte, random *rand.Rand) {
	if r.key > 0 {
		hex16(out[r.key:], random.Uint64())
		hex16(out[r.key+16:], random.Uint64())
	}
	if r.forwarded > 0 {
		n := random.Uint64()
		for _, i := range []int{1, 2, 5, 6, 9, 10} {
			out[r.forwarded+i] = '0' + byte(n%10)
			n /= 10
		}
	}
}

func hex16(to []byte, n uint64) {
	for i := range 16 {
		to[i] = "0123456789abcdef"[n&15]
		n >>= 4
	}
}

// readAnswer reads one answer to its end, and checks its status.
func readAnswer(in *bufio.Reader, status string) error {
	line, err := in.ReadSlice('\n')
	if err != nil {
		return err
	}
	if !bytes.HasPrefix(line, []byte("HTTP/1.1 "+status)) {
		return fmt.Errorf("answer %q; want %s", line, status)
	}
	length := 0
	for {
		line, err = in.ReadSlice('\n')
		if err != nil {
			return err
		}
		if len(line) <= 2 {
			break
		}
		if name, value, ok := bytes.Cut(line, []byte(": ")); ok && string(name) == "Content-Length" {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return err
			}
		}
	}
	_, err = in.Discard(length)
	return err
}

// median returns the one in the middle.
func median[T int | float64 | time.Duration](values []T) T {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

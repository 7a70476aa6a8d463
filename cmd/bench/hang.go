package main

import (
	"errors"
	"fmt"
	"time"
)

// hangMost is by how many milliseconds the 99th percentile of submissions may grow while Redis hangs (a promise).
const hangMost = 150

// settles is how long the service takes to ask Redis again after it has hung.
const settles = 2 * time.Second

// hang measures submissions with Redis, and with a Redis that takes connections and answers nothing.
func (c *limitsCommand) hang(b *bench, s *stage) (row, error) {
	service, err := s.serve(b.ctx, b.Service)
	if err != nil {
		return row{}, err
	}
	defer func() { _ = service.stop() }()
	if err := s.visit(service, ""); err != nil {
		return row{}, err
	}
	l := load{address: service.address, connections: 64, requests: s.submissions(), status: "303"}
	var added []time.Duration
	for round := range b.Rounds {
		if _, err := l.run(b.ctx, settles); err != nil {
			return row{}, err
		}
		well, err := l.run(b.ctx, b.Slice)
		if err != nil {
			return row{}, err
		}
		hung, err := l.runHung(b, s)
		if err != nil {
			return row{}, err
		}
		added = append(added, hung.quantile(0.99)-well.quantile(0.99))
		fmt.Printf("round %d: p99 of submissions %v, while Redis hangs %v (%.0f/s, %.0f/s)\n", round+1, well.quantile(0.99).Round(time.Microsecond),
			hung.quantile(0.99).Round(time.Microsecond), well.perSecond(), hung.perSecond())
	}
	return row{
		what: "p99 of submissions that a hanging Redis adds", got: float64(median(added).Microseconds()) / 1000, floor: hangMost, goal: hangMost, most: true, unit: " ms",
	}, nil
}

// runHung runs the load while Redis hangs, from before the service knows.
func (l load) runHung(b *bench, s *stage) (*measured, error) {
	if err := s.redis.Pause(); err != nil {
		return nil, err
	}
	m, err := l.run(b.ctx, b.Slice)
	return m, errors.Join(err, s.redis.Resume())
}

package main

import (
	"fmt"
	"time"
)

// memoryCommand measures what a process needs before it is asked for anything, and after it was asked for everything.
type memoryCommand struct{}

// Run starts the service anew each time.
func (c *memoryCommand) Run(b *bench) error {
	s, err := newStage(b)
	if err != nil {
		return err
	}
	defer func() { _ = s.close() }()
	var idle, cached []float64
	var starts []time.Duration
	for range b.Rounds {
		i, a, started, err := c.measure(b, s)
		if err != nil {
			return err
		}
		idle, cached, starts = append(idle, i), append(cached, a), append(starts, started)
		fmt.Printf("idle %.1f MB, all forms cached %.1f MB, start to first answer %v\n", i, a, started.Round(time.Millisecond))
	}
	printTable([]row{
		{what: "resident memory, idle with 2,500 offices", got: median(idle), floor: 40, goal: 25, most: true, unit: " MB"},
		{what: "resident memory, all forms cached", got: median(cached), floor: 90, goal: 60, most: true, unit: " MB"},
		{what: "start to first answer with 2,500 offices", got: float64(median(starts)) / float64(time.Millisecond), floor: 150, goal: 50, most: true, unit: " ms"},
	})
	return nil
}

// settle is how long a process is left alone before its memory is read.
const settle = 3 * time.Second

func (c *memoryCommand) measure(b *bench, s *stage) (idle, cached float64, started time.Duration, err error) {
	service, err := s.serve(b.ctx, b.Service)
	if err != nil {
		return 0, 0, 0, err
	}
	defer func() { _ = service.stop() }()
	time.Sleep(settle)
	if idle, err = memory(service.cmd.Process.Pid); err != nil {
		return 0, 0, 0, err
	}
	for _, encoding := range []string{"gzip", ""} {
		if err := s.visit(service, encoding); err != nil {
			return 0, 0, 0, err
		}
	}
	time.Sleep(settle)
	cached, err = memory(service.cmd.Process.Pid)
	return idle, cached, service.took, err
}
